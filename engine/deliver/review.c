#include "deliver/review.h"

#include <glib/gstdio.h>
#include "deliver/review_piece.h"

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

static const rdl_field review_fields[] = {{"id", T},          {"kind", T},       {"t_before", T},
                                          {"t_after", T},     {"area_m2", R},    {"score", R},
                                          {"chip_before", T}, {"chip_after", T}, {"decision", T},
                                          {"becomes", T},     {"reason", T},     {"note", T}};

static bool write_piece(rdl_vector *out, int layer, const rdl_piece *p, bool pictures,
                        GError **error)
{
    g_autofree char *before = pictures ? g_strdup_printf("chips/%s-before.png", p->id) : NULL;
    g_autofree char *after = pictures ? g_strdup_printf("chips/%s-after.png", p->id) : NULL;
    const rdl_value row[] = {rdl_text(p->id),
                             rdl_text(p->kind),
                             rdl_text(p->t_before),
                             rdl_text(p->t_after),
                             rdl_real(p->area_m2),
                             rdl_real(p->score),
                             rdl_text(before),
                             rdl_text(after),
                             RDL_NULL,
                             RDL_NULL,
                             RDL_NULL,
                             RDL_NULL};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(review_fields));

    return rdl_vector_write(out, layer, row, p->wkb, error);
}

static bool write_reasons(rdl_vector *out, const rdl_csv *csv, GError **error)
{
    static const rdl_field fields[] = {{"code", T}, {"zh", T}, {"en", T}};
    int layer = rdl_vector_layer(out, "reason", NULL, NULL, fields, 3, error);
    bool good = layer >= 0;

    for (size_t i = 0; good && i < rdl_csv_count(csv); i++) {
        const rdl_value row[] = {rdl_text(rdl_csv_at(csv, i, "code")),
                                 rdl_text(rdl_csv_at(csv, i, "zh")),
                                 rdl_text(rdl_csv_at(csv, i, "en"))};
        good = rdl_vector_write(out, layer, row, NULL, error);
    }
    return good;
}

/* What the form offers: decisions and coded reasons to choose from, the rest only to be seen. */
static GArray *choices(const rdl_csv *reasons, GStringChunk *texts)
{
    static const rdl_choice fixed[] = {{"id", NULL, NULL},
                                       {"kind", NULL, NULL},
                                       {"t_before", NULL, NULL},
                                       {"t_after", NULL, NULL},
                                       {"area_m2", NULL, NULL},
                                       {"score", NULL, NULL},
                                       {"chip_before", NULL, NULL},
                                       {"chip_after", NULL, NULL},
                                       {"decision", "accept", "属实 / accept"},
                                       {"decision", "reject", "剔除 / reject"},
                                       {"decision", "retype", "改类 / retype"},
                                       {"decision", "merge", "合并 / merge"}};
    GArray *all = g_array_new(FALSE, FALSE, sizeof(rdl_choice));

    g_array_append_vals(all, fixed, G_N_ELEMENTS(fixed));
    for (size_t i = 0; i < rdl_csv_count(reasons); i++) {
        g_autofree char *label =
            g_strdup_printf("%s / %s", rdl_csv_at(reasons, i, "zh"), rdl_csv_at(reasons, i, "en"));
        const rdl_choice c = {"reason", rdl_csv_at(reasons, i, "code"),
                              g_string_chunk_insert(texts, label)};
        g_array_append_val(all, c);
    }
    return all;
}

static bool write_review(const GPtrArray *pieces, const rdl_crs *crs, const char *path,
                         bool pictures, GError **error)
{
    g_autoptr(rdl_csv) reasons = rdl_review_reasons(error);
    g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
    g_autoptr(GArray) form = reasons ? choices(reasons, texts) : NULL;
    rdl_vector *out = form ? rdl_vector_create(path, "GPKG", error) : NULL;
    int layer = out ? rdl_vector_layer(out, "review", crs, "Geometry", review_fields,
                                       G_N_ELEMENTS(review_fields), error)
                    : -1;
    bool good = layer >= 0;

    for (guint i = 0; good && i < pieces->len; i++)
        good = write_piece(out, layer, pieces->pdata[i], pictures, error);
    const rdl_styled styled = {"review", "review",
                               form ? (const rdl_choice *)(void *)form->data : NULL,
                               form ? form->len : 0};
    if (good && write_reasons(out, reasons, error) && rdl_vector_styles(out, &styled, 1, error))
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}

/* `made` takes the files that were not there before. */
static void note_made(GPtrArray *made, const char *path)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        g_ptr_array_add(made, g_strdup(path));
}

/* A scene that shows none of it is the wrong one; of what it does not show a picture is black,
 * which is counted. */
static bool tell_reach(const guint missed[2], guint all, const rdl_review_scenes *scenes,
                       rdl_tally *tally, GError **error)
{
    const char *const names[] = {scenes->before, scenes->after};

    for (int i = 0; i < 2; i++) {
        if (all && missed[i] == all)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: shows none of the %u places to be looked at: is it another scene?",
                            names[i], all);
        if (missed[i] == 0)
            continue;
        const char *item = i ? "review.pictures_after" : "review.pictures_before";
        rdl_tally_in(tally, item, all);
        rdl_tally_used(tally, item, all - missed[i]);
        rdl_tally_suppressed(tally, item, "OUTSIDE_SCENE", missed[i]);
    }
    return true;
}

static bool look_for(rdl_chips *chips, const GPtrArray *pieces, const rdl_crs *crs,
                     const rdl_review_scenes *scenes, rdl_tally *tally, GError **error)
{
    guint missed[2] = {0, 0}, all = 0;

    for (guint i = 0; i < pieces->len; i++) {
        const rdl_piece *p = pieces->pdata[i];
        bool reached[2];
        if (!p->wkb)
            continue;
        g_autoptr(rdl_geometry) shape =
            rdl_geometry_from_wkb(g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb), error);
        if (!shape || !rdl_chips_reach(chips, shape, crs, reached, error))
            return false;
        all++;
        missed[0] += !reached[0];
        missed[1] += !reached[1];
    }
    return tell_reach(missed, all, scenes, tally, error);
}

static bool draw(rdl_chips *chips, const GPtrArray *pieces, const rdl_crs *crs, const char *folder,
                 GPtrArray *made, const rdl_progress *progress, GError **error)
{
    for (guint i = 0; i < pieces->len; i++) {
        const rdl_piece *p = pieces->pdata[i];
        g_autofree char *before = g_strdup_printf("%s/chips/%s-before.png", folder, p->id);
        g_autofree char *after = g_strdup_printf("%s/chips/%s-after.png", folder, p->id);
        if (!rdl_progress_tell(progress, (double)i / pieces->len, "pictures", error))
            return false;
        if (!p->wkb)
            continue;
        note_made(made, before);
        note_made(made, after);
        g_autoptr(rdl_geometry) shape =
            rdl_geometry_from_wkb(g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb), error);
        if (!shape || !rdl_chips_draw(chips, shape, crs, before, after, error))
            return false;
    }
    return rdl_progress_tell(progress, 1.0, "pictures", error);
}

/* An id becomes the name of a file. */
static bool plain_ids(const char *source, const GPtrArray *pieces, GError **error)
{
    for (guint i = 0; i < pieces->len; i++) {
        const char *id = ((const rdl_piece *)pieces->pdata[i])->id;
        if (!g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]*$", id, 0, 0))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' cannot be the name of a picture",
                            source, id);
    }
    return true;
}

/* Nothing half-made stays behind: the files, then the folders as far as they are empty. */
static void unmake(const GPtrArray *made)
{
    for (guint i = made->len; i > 0; i--)
        if (g_remove(made->pdata[i - 1]) != 0)
            g_debug("%s: stays", (const char *)made->pdata[i - 1]);
}

static bool apart_from(const char *path, const char *source, const rdl_review_scenes *scenes,
                       GError **error)
{
    const char *const inputs[] = {source, scenes->before ? scenes->before : source,
                                  scenes->after ? scenes->after : source};

    return rdl_output_apart(&path, 1, inputs, G_N_ELEMENTS(inputs), error);
}

static bool write_folder(const GPtrArray *pieces, const rdl_crs *crs, const char *source,
                         const char *folder, const rdl_review_scenes *scenes, bool overwrite,
                         GPtrArray *made, rdl_tally *tally, const rdl_progress *progress,
                         GError **error)
{
    g_autofree char *path = g_build_filename(folder, "review.gpkg", NULL);
    g_autofree char *chips_folder = g_build_filename(folder, "chips", NULL);
    g_autoptr(rdl_chips) chips = NULL;
    g_autoptr(rdl_output) output = NULL;
    bool pictures = scenes->before != NULL;

    note_made(made, folder);
    if (!rdl_output_folder(folder, error) || !apart_from(path, source, scenes, error) ||
        !(output = rdl_output_begin(path, overwrite, error)))
        return false;
    if (pictures) {
        note_made(made, chips_folder);
        chips = rdl_chips_open(scenes->before, scenes->after, scenes->bands, error);
        if (!chips || !look_for(chips, pieces, crs, scenes, tally, error) ||
            !rdl_output_folder(chips_folder, error) ||
            !draw(chips, pieces, crs, folder, made, progress, error))
            return false;
    }
    return write_review(pieces, crs, rdl_output_temporary(output), pictures, error) &&
           rdl_output_commit(output, error);
}

bool rdl_review_export(const char *source, const char *folder, const rdl_review_scenes *scenes,
                       bool overwrite, rdl_tally *tally, const rdl_progress *progress,
                       GError **error)
{
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_crs) crs = NULL;

    if (!scenes->before != !scenes->after)
        return rdl_fail(error, RDL_ERROR_USAGE, "--before and --after: give both or none");
    g_autoptr(GPtrArray) pieces = rdl_holds_patches(source)
                                      ? rdl_pieces_of_patches(source, &crs, NULL, error)
                                      : rdl_pieces_of_clues(source, &crs, error);
    if (!pieces || !plain_ids(source, pieces, error))
        return false;
    if (!write_folder(pieces, crs, source, folder, scenes, overwrite, made, tally, progress,
                      error)) {
        unmake(made);
        return false;
    }
    rdl_tally_in(tally, "review.pieces", pieces->len);
    rdl_tally_used(tally, "review.pieces", pieces->len);
    return true;
}
