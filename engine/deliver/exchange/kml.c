/* KML 2.2, a folder a kind of task as its style has them; a KMZ brings the chips of both dates. */
#include <math.h>
#include <string.h>
#include "deliver/exchange/ground.h"

#define T RDL_FIELD_TEXT

/* What a placemark brings beside the fields. */
static const rdl_field own[] = {{"name", T}, {"description", T}};
#define OWN G_N_ELEMENTS(own)

typedef struct {
    const rdl_export_job *job;
    rdl_vector *out;
    rdl_export_ground *ground;
    rdl_style *style;
    rdl_chips *chips; /* NULL: no pictures */
    rdl_field *fields;
    rdl_value *row;
    int *fit; /* which rule draws a task */
} writing;

/* ---- what a click on a place shows ---- */

static void add_line(GString *out, const char *head, const char *word)
{
    g_autofree char *sound = rdl_export_xml(word);
    g_autofree char *h = g_markup_escape_text(head, -1), *w = g_markup_escape_text(sound, -1);

    if (*word)
        g_string_append_printf(out, "<tr><th align=\"left\">%s</th><td>%s</td></tr>", h, w);
}

static void add_number(GString *out, const char *head, const rdl_task_field *f, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    bool degrees = strcmp(f->field.name, "lon") == 0 || strcmp(f->field.name, "lat") == 0;

    if (isfinite(value))
        add_line(out, head, g_ascii_formatd(text, sizeof text, degrees ? "%.6f" : "%.2f", value));
}

static void add_pictures(GString *out, const writing *w, const rdl_task *t)
{
    static const char *const when[] = {"before", "after"};

    for (size_t i = 0; w->chips && t->wkb && i < G_N_ELEMENTS(when); i++)
        g_string_append_printf(out, "<img src=\"files/%s-%s.png\" width=\"256\" alt=\"%s\"/> ",
                               t->task_id, when[i], when[i]);
}

static char *described(const writing *w, const rdl_task *t)
{
    GString *out = g_string_new(NULL);
    const rdl_export_job *job = w->job;

    add_pictures(out, w, t);
    g_string_append(out, "<table border=\"0\">");
    for (guint i = 0; i < job->fields->len; i++) {
        const rdl_task_field *f = job->fields->pdata[i];
        const char *head = rdl_task_heading(f, job->language);
        if (f->field.type == T)
            add_line(out, head, rdl_task_word(f, t, job->ledger, job->language));
        else
            add_number(out, head, f, G_STRUCT_MEMBER(double, t, f->offset));
    }
    g_string_append(out, "</table>");
    return g_string_free(out, FALSE);
}

/* ---- placemarks ---- */

static bool draw_chips(const writing *w, const rdl_task *t, GError **error)
{
    g_autofree char *before_name = g_strdup_printf("files/%s-before.png", t->task_id);
    g_autofree char *after_name = g_strdup_printf("files/%s-after.png", t->task_id);
    g_autofree char *before = rdl_bundle_file(w->job->bundle, before_name, error);
    g_autofree char *after = before ? rdl_bundle_file(w->job->bundle, after_name, error) : NULL;
    g_autofree char *crs_name = after ? rdl_ledger_crs(w->job->ledger, error) : NULL;
    g_autoptr(rdl_crs) crs = crs_name ? rdl_crs_parse(crs_name, error) : NULL;
    g_autoptr(rdl_geometry) shape =
        crs ? rdl_geometry_from_wkb(g_bytes_get_data(t->wkb, NULL), g_bytes_get_size(t->wkb), error)
            : NULL;

    return shape && rdl_chips_draw(w->chips, shape, crs, before, after, error);
}

static bool write_place(writing *w, int layer, const rdl_task *t, GError **error)
{
    g_autofree char *raw = rdl_export_name(w->job, t), *name = rdl_export_xml(raw);
    g_autofree char *description = described(w, t);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GBytes) wkb = NULL;

    if (!rdl_export_ground_of(w->ground, t, &wkb, error) ||
        (w->chips && t->wkb && !draw_chips(w, t, error)))
        return false;
    w->row[0] = rdl_text(name);
    w->row[1] = rdl_text(description);
    for (guint i = 0; i < w->job->fields->len; i++) {
        const rdl_task_field *f = w->job->fields->pdata[i];
        rdl_value value = rdl_task_value(f, t);
        if (value.set && f->field.type == T) {
            g_ptr_array_add(texts, rdl_export_xml(value.text));
            value = rdl_text(texts->pdata[texts->len - 1]);
        }
        w->row[OWN + i] = value;
    }
    return rdl_vector_write(w->out, layer, w->row, wkb, error);
}

/* "中文 / English": the half of the language. */
static char *half(const char *title, const char *language)
{
    g_auto(GStrv) halves = g_strsplit(title, " / ", 2);

    return g_strdup(halves[1] && strcmp(language, "en") == 0 ? halves[1] : halves[0]);
}

/* A clue that was registered is drawn once, as its rectification: no rule is its own. Its folder
 * comes shut. */
static int begin_folder(writing *w, int rule, GError **error)
{
    const rdl_export_job *job = w->job;
    const bool en = strcmp(job->language, "en") == 0;
    const char *name = rule < 0 ? "other" : rdl_style_rule(w->style, rule);
    g_autofree char *title =
        rule < 0 ? g_strdup(en ? "clues gone on, and others" : "已转整改的线索及其他")
                 : half(rdl_style_title(w->style, rule), job->language);
    g_autofree char *said_name = g_strdup_printf("NAME=%s", title);
    const char *const said[] = {said_name, "FOLDER=YES",
                                rule < 0 ? "VISIBILITY=NO" : "VISIBILITY=YES", NULL};
    const rdl_vector_options options = {.driver = said};

    return rdl_vector_layer_with(w->out, name, rdl_export_ground_crs(w->ground), "Geometry",
                                 w->fields, (int)(OWN + job->fields->len), &options, error);
}

/* A folder and its places; what is not there has no folder. */
static bool write_folder(writing *w, int rule, GError **error)
{
    g_autofree char *reference =
        rule < 0 ? NULL : g_strdup_printf("@%s", rdl_style_rule(w->style, rule));
    const GArray *tasks = w->job->tasks;
    int layer = -1;
    bool good = true;

    rdl_vector_drawn(w->out, reference);
    for (guint i = 0; good && i < tasks->len; i++) {
        if (w->fit[i] != rule)
            continue;
        if (layer < 0)
            layer = begin_folder(w, rule, error);
        good = layer >= 0 && write_place(w, layer, &g_array_index(tasks, rdl_task, i), error);
    }
    rdl_vector_drawn(w->out, NULL);
    return good;
}

static bool name_drawings(writing *w, GError **error)
{
    bool good = true;

    for (int i = 0; good && i < rdl_style_count(w->style); i++) {
        g_autofree char *drawing = rdl_style_drawing(w->style, i);
        good = rdl_vector_drawing(w->out, rdl_style_rule(w->style, i), drawing, error);
    }
    return good;
}

/* ---- the document ---- */

static int *rules_of(const rdl_style *style, const GArray *tasks, GError **error)
{
    static const rdl_field asked[] = {{"kind", T}, {"state", T}};
    g_autofree rdl_value *rows = g_new(rdl_value, 2 * (gsize)tasks->len + 1);

    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        rows[2 * i] = rdl_text(t->kind);
        rows[2 * i + 1] = rdl_text(t->state);
    }
    return rdl_style_fit(style, asked, 2, rows, tasks->len, error);
}

static bool write_document(writing *w, GError **error)
{
    const rdl_export_job *job = w->job;
    const guint n = job->fields->len;
    bool good = true;

    w->fields = g_new(rdl_field, OWN + n);
    w->row = g_new(rdl_value, OWN + n);
    memcpy(w->fields, own, sizeof own);
    for (guint i = 0; i < n; i++)
        w->fields[OWN + i] = ((const rdl_task_field *)job->fields->pdata[i])->field;
    good = name_drawings(w, error);
    for (int i = 0; good && i < rdl_style_count(w->style); i++)
        good = write_folder(w, i, error);
    return good && write_folder(w, -1, error);
}

static void clear(writing *w)
{
    rdl_export_ground_free(w->ground);
    rdl_style_free(w->style);
    rdl_chips_free(w->chips);
    g_free(w->fields);
    g_free(w->row);
    g_free(w->fit);
}

bool rdl_export_kml(const rdl_export_job *job, GError **error)
{
    writing w = {.job = job};
    g_autofree char *path =
        job->bundle ? rdl_bundle_file(job->bundle, "doc.kml", error) : g_strdup(job->path);
    bool good = path && (!job->bundle || rdl_export_chips(job, &w.chips, error)) &&
                (w.ground = rdl_export_ground_new(job, "EPSG:4326", error)) &&
                (w.style = rdl_style_read("task", error)) &&
                (w.fit = rules_of(w.style, job->tasks, error)) &&
                (w.out = rdl_vector_create(path, "LIBKML", error));

    good = good && write_document(&w, error);
    if (good)
        good = rdl_vector_finish(w.out, error);
    else
        rdl_vector_abandon(w.out);
    clear(&w);
    return good;
}
