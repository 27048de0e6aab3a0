#include "deliver/sampled.h"

#include <string.h>
#include "deliver/exchange/profile.h"
#include "geo/geo.h"

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

static const rdl_field fields[] = {
    {"sample_id", T}, {"item_id", T},   {"unit", T},     {"source_id", T},
    {"zone", T},      {"activity", T},  {"says", T},     {"now", T},
    {"area_m2", R},   {"lon", R},       {"lat", R},      {"answer", T},
    {"judged_by", T}, {"judged_on", T}, {"evidence", T}, {"note", T}};
enum { FIELDS = G_N_ELEMENTS(fields) };

/* ---- out ---- */

static bool write_piece(rdl_vector *out, int layer, const char *sample_id, const rdl_sampled *s,
                        bool csv, GPtrArray *rooms, GError **error)
{
    rdl_value row[FIELDS] = {rdl_text(sample_id),    rdl_text(s->item_id),   rdl_text(s->unit),
                             rdl_text(s->source_id), rdl_text(s->zone),      rdl_text(s->activity),
                             rdl_text(s->says),      rdl_text(s->now),       rdl_real(s->area_m2),
                             rdl_real(s->lon),       rdl_real(s->lat),       rdl_text(s->answer),
                             rdl_text(s->judged_by), rdl_text(s->judged_on), rdl_text(s->evidence),
                             rdl_text(s->note)};
    guint guards = 0;

    for (guint i = 0; csv && i < FIELDS; i++)
        if (fields[i].type == T)
            row[i] = rdl_csv_guarded(row[i], rooms->pdata[i], &guards);
    return rdl_vector_write(out, layer, row, csv ? NULL : s->wkb, error);
}

static bool write_all(rdl_ledger *ledger, rdl_vector *out, const char *sample_id,
                      const GArray *pieces, bool csv, GError **error)
{
    static const char *const said[] = {"WRITE_BOM=YES", "LINEFORMAT=CRLF", NULL};
    const rdl_vector_options options = {.driver = csv ? said : NULL};
    g_autofree char *name = csv ? NULL : rdl_ledger_crs(ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;
    g_autoptr(GPtrArray) rooms = g_ptr_array_new();
    bool good = csv || crs;

    for (guint i = 0; i < FIELDS; i++)
        g_ptr_array_add(rooms, g_string_new(NULL));
    int layer = good ? rdl_vector_layer_with(out, "sample", crs, csv ? NULL : "Geometry", fields,
                                             FIELDS, &options, error)
                     : -1;
    good = layer >= 0;
    for (guint i = 0; good && i < pieces->len; i++)
        good = write_piece(out, layer, sample_id, &g_array_index(pieces, rdl_sampled, i), csv,
                           rooms, error);
    for (guint i = 0; i < FIELDS; i++)
        g_string_free(rooms->pdata[i], TRUE);
    return good;
}

static bool is_table(const char *path)
{
    return g_str_has_suffix(path, ".csv");
}

bool rdl_sample_possible(const char *path, bool overwrite, GError **error)
{
    if (path && !is_table(path) && !g_str_has_suffix(path, ".gpkg"))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: a sample is written as .gpkg or .csv", path);
    return rdl_output_possible(path, overwrite, error);
}

bool rdl_sample_write(rdl_ledger *ledger, const char *sample_id, const char *path, bool overwrite,
                      GError **error)
{
    bool csv = is_table(path);
    g_autoptr(GArray) pieces = rdl_sample_possible(path, overwrite, error)
                                   ? rdl_sample_items(ledger, sample_id, error)
                                   : NULL;
    g_autoptr(rdl_output) output = pieces ? rdl_output_begin(path, overwrite, error) : NULL;
    rdl_vector *out =
        output ? rdl_vector_create(rdl_output_temporary(output), csv ? "CSV" : "GPKG", error)
               : NULL;
    if (!out)
        return false;
    if (!write_all(ledger, out, sample_id, pieces, csv, error)) {
        rdl_vector_abandon(out);
        return false;
    }
    return rdl_vector_finish(out, error) && rdl_output_commit(output, error);
}

/* ---- back ---- */

static void clear(gpointer p)
{
    rdl_judgement_clear(p);
}

GArray *rdl_sample_read(const char *path, GError **error)
{
    static const char *const names[] = {"sample_id", "item_id",  "answer", "judged_by",
                                        "judged_on", "evidence", "note"};
    enum { NAMES = G_N_ELEMENTS(names) };
    g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, error);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(rdl_judgement));
    const rdl_feature *feature;
    GError *failure = NULL;
    int at[NAMES];

    g_array_set_clear_func(all, clear);
    for (int i = 0; layer && i < NAMES; i++)
        if ((at[i] = rdl_layer_field_index(layer, names[i])) < 0)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: has no column %s: is it a sheet of redline task sample?", path,
                            names[i]),
                   NULL;
    while (layer && (feature = rdl_layer_next(layer, &failure))) {
        rdl_judgement j = {0};
        char **const slots[] = {&j.sample_id, &j.item_id,  &j.answer, &j.judged_by,
                                &j.judged_on, &j.evidence, &j.note};
        for (int i = 0; i < NAMES; i++)
            *slots[i] = g_strdup(rdl_feature_text(feature, at[i]));
        g_array_append_val(all, j);
    }
    if (failure)
        g_propagate_error(error, failure);
    return layer && !failure ? g_steal_pointer(&all) : NULL;
}
