/* KML 2.2, a folder a kind of task as its style has them; a KMZ brings the chips of both dates.
 * Written as it comes: LIBKML holds the whole document and goes through it once a value, which
 * takes hours for ten thousand tasks. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "deliver/exchange/ground.h"
#include "deliver/photo_word.h"
#include "deliver/words.h"

#define T RDL_FIELD_TEXT
#define PHOTO_PIXELS 800

typedef struct {
    const rdl_export_job *job;
    FILE *file;
    rdl_export_ground *ground;
    rdl_style *style;
    rdl_chips *chips; /* NULL: no pictures */
    int *fit;         /* which rule draws a task */
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

static void photo_name(char *name, gsize n, JsonObject *photo)
{
    g_snprintf(name, n, "files/%s.jpg", rdl_json_text(photo, "sha256", ""));
}

/* Each with what it tells; its digest is that of the file in the ledger, of which this is a small
 * picture. */
static void add_photos(GString *out, const writing *w, JsonArray *photos)
{
    const char *language = w->job->language;

    for (guint i = 0; photos && i < json_array_get_length(photos); i++) {
        JsonObject *p = json_array_get_object_element(photos, i);
        g_autofree char *where = rdl_photo_where(p, language), *way = rdl_photo_way(p, language);
        g_autofree char *when = rdl_photo_when(p, language);
        g_autofree char *counts = rdl_photo_counts(p, language);
        g_autofree char *sound = rdl_export_xml(rdl_json_text(p, "title", ""));
        g_autofree char *line =
            g_markup_printf_escaped("%s: %s; %s; %s; %s; SHA-256 %s", sound, where, way, when,
                                    counts, rdl_json_text(p, "sha256", ""));
        char name[96];
        photo_name(name, sizeof name, p);
        if (json_object_has_member(p, "drawn"))
            g_string_append_printf(out, "<p><img src=\"%s\" width=\"320\"/><br/>%s</p>", name,
                                   line);
        else
            g_string_append_printf(out, "<p>%s</p>", line);
    }
}

static char *described(const writing *w, const rdl_task *t, JsonArray *photos)
{
    GString *out = g_string_new(NULL);
    const rdl_export_job *job = w->job;

    add_pictures(out, w, t);
    add_photos(out, w, photos);
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

static void write_value(FILE *file, const char *name, const char *text)
{
    g_autofree char *sound = rdl_export_xml(text);
    g_autofree char *safe = g_markup_escape_text(sound, -1);

    fprintf(file, "<SimpleData name=\"%s\">%s</SimpleData>\n", name, safe);
}

static void write_values(const writing *w, const rdl_task *t)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    fputs("<ExtendedData><SchemaData schemaUrl=\"#task\">\n", w->file);
    for (guint i = 0; i < w->job->fields->len; i++) {
        const rdl_task_field *f = w->job->fields->pdata[i];
        rdl_value value = rdl_task_value(f, t);
        if (value.set)
            write_value(w->file, f->field.name,
                        f->field.type == T
                            ? value.text
                            : g_ascii_formatd(number, sizeof number, "%.15g", value.real));
    }
    fputs("</SchemaData></ExtendedData>\n", w->file);
}

/* Small pictures of the photos that are kept beside the ledger. */
static bool draw_photos(const writing *w, JsonArray *photos, GError **error)
{
    for (guint i = 0; i < json_array_get_length(photos); i++) {
        JsonObject *p = json_array_get_object_element(photos, i);
        g_autofree char *kept = rdl_ledger_paper(w->job->present, rdl_json_text(p, "sha256", NULL));
        char name[96];
        photo_name(name, sizeof name, p);
        g_autofree char *to = kept ? rdl_bundle_file(w->job->bundle, name, error) : NULL;
        if (kept && (!to || !rdl_photo_reduce(kept, (int)rdl_json_real(p, "orientation", 1.0),
                                              PHOTO_PIXELS, to, error)))
            return false;
        if (kept)
            json_object_set_boolean_member(p, "drawn", TRUE);
    }
    return true;
}

/* Those of the task, for the office that asks. */
static JsonNode *photos_of(const writing *w, const rdl_task *t, GError **error)
{
    g_autoptr(JsonNode) node = rdl_ledger_photos(w->job->ledger, t->task_id, error);

    return node && (!w->job->bundle || draw_photos(w, json_node_get_array(node), error))
               ? g_steal_pointer(&node)
               : NULL;
}

static bool write_place(writing *w, int rule, const rdl_task *t, GError **error)
{
    g_autofree char *raw = rdl_export_name(w->job, t), *sound = rdl_export_xml(raw);
    g_autofree char *name = g_markup_escape_text(sound, -1), *description = NULL;
    g_autoptr(JsonNode) photos = photos_of(w, t, error);
    g_autoptr(GBytes) wkb = NULL;

    if (!photos || !rdl_export_ground_of(w->ground, t, &wkb, error) ||
        (w->chips && t->wkb && !draw_chips(w, t, error)))
        return false;
    description = described(w, t, json_node_get_array(photos));
    g_autofree char *shape = wkb ? rdl_kml_of_wkb(wkb, error) : NULL;
    if (wkb && !shape)
        return false;
    fprintf(w->file, "<Placemark id=\"%s\"><name>%s</name>%s\n", t->task_id, name,
            rule < 0 ? "<visibility>0</visibility>" : "");
    fprintf(w->file, "<description><![CDATA[%s]]></description>\n", description);
    if (rule >= 0)
        fprintf(w->file, "<styleUrl>#%s</styleUrl>\n", rdl_style_rule(w->style, rule));
    write_values(w, t);
    fprintf(w->file, "%s</Placemark>\n", shape ? shape : "");
    return true;
}

/* A clue that was registered is drawn once, as its rectification: no rule is its own. Its folder
 * comes shut. */
static void begin_folder(writing *w, int rule)
{
    const bool en = strcmp(w->job->language, "en") == 0;
    g_autofree char *title =
        rule < 0 ? g_strdup(en ? "clues gone on, and others" : "已转整改的线索及其他")
                 : rdl_half(rdl_style_title(w->style, rule), w->job->language);
    g_autofree char *name = g_markup_escape_text(title, -1);

    fprintf(w->file, "<Folder><name>%s</name>%s\n", name,
            rule < 0 ? "<visibility>0</visibility>" : "");
}

/* A folder and its places; what is not there has no folder. */
static bool write_folder(writing *w, int rule, GError **error)
{
    const GArray *tasks = w->job->tasks;
    bool begun = false, good = true;

    for (guint i = 0; good && i < tasks->len; i++) {
        if (w->fit[i] != rule)
            continue;
        if (!begun)
            begin_folder(w, rule);
        begun = true;
        good = write_place(w, rule, &g_array_index(tasks, rdl_task, i), error);
    }
    if (begun)
        fputs("</Folder>\n", w->file);
    return good;
}

static void write_head(writing *w)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n",
          w->file);
    for (int i = 0; i < rdl_style_count(w->style); i++) {
        g_autofree char *drawing = rdl_style_kml(w->style, i);
        fprintf(w->file, "<Style id=\"%s\">%s</Style>\n", rdl_style_rule(w->style, i), drawing);
    }
    fputs("<Schema id=\"task\" name=\"task\">\n", w->file);
    for (guint i = 0; i < w->job->fields->len; i++) {
        const rdl_field *f = &((const rdl_task_field *)w->job->fields->pdata[i])->field;
        fprintf(w->file, "<SimpleField name=\"%s\" type=\"%s\"/>\n", f->name,
                f->type == T ? "string" : "double");
    }
    fputs("</Schema>\n", w->file);
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
    bool good = true;

    write_head(w);
    for (int i = 0; good && i < rdl_style_count(w->style); i++)
        good = write_folder(w, i, error);
    good = good && write_folder(w, -1, error);
    fputs("</Document>\n</kml>\n", w->file);
    return good;
}

static bool write_file(writing *w, const char *path, GError **error)
{
    if (!(w->file = g_fopen(path, "wb")))
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: %s", path, g_strerror(errno));
    bool good = write_document(w, error), whole = !ferror(w->file);
    whole = fclose(w->file) == 0 && whole;
    return good && (whole || rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written%s", path,
                                      rdl_output_room(path)));
}

bool rdl_export_kml(const rdl_export_job *job, GError **error)
{
    writing w = {.job = job};
    g_autofree char *path =
        job->bundle ? rdl_bundle_file(job->bundle, "doc.kml", error) : g_strdup(job->path);
    bool good = path && (!job->bundle || rdl_export_chips(job, &w.chips, error)) &&
                (w.ground = rdl_export_ground_new(job, "EPSG:4326", error)) &&
                (w.style = rdl_style_read("task", error)) &&
                (w.fit = rules_of(w.style, job->tasks, error)) && write_file(&w, path, error);

    rdl_export_ground_free(w.ground);
    rdl_style_free(w.style);
    rdl_chips_free(w.chips);
    g_free(w.fit);
    return good;
}
