#include "deliver/package.h"

#include <string.h>
#include <glib/gstdio.h>
#include "deliver/exchange/package_folder.h"
#include "deliver/exchange/package_rows.h"
#include "deliver/exchange/profile.h"
#include "store/store.h"

#define T RDL_FIELD_TEXT
#define I RDL_FIELD_INT
#define R RDL_FIELD_REAL

static const rdl_field entry_fields[] = {
    {"task_id", T}, {"act", T},      {"to", T},     {"on", T},     {"by", T},     {"role", T},
    {"reason", T},  {"document", T}, {"values", T}, {"number", I}, {"percent", R}};

/* ---- work.gpkg ---- */

static bool write_rows(rdl_vector *out, const char *name, const rdl_field *fields, int n,
                       JsonArray *rows, GError **error)
{
    int layer = rdl_vector_layer(out, name, NULL, NULL, fields, n, error);
    g_autofree rdl_value *values = g_new0(rdl_value, n);
    bool good = layer >= 0;

    for (guint i = 0; good && rows && i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        for (int k = 0; k < n; k++)
            values[k] = rdl_text(rdl_json_text(row, fields[k].name, NULL));
        good = rdl_vector_write(out, layer, values, NULL, error);
    }
    return good;
}

static bool write_tables(rdl_vector *out, const rdl_export_job *job, GError **error)
{
    bool field = strcmp(job->options->profile, "field") == 0;

    for (const rdl_package_table *t = rdl_package_tables; t->name; t++) {
        if (field && !t->field)
            continue;
        g_autoptr(JsonNode) rows =
            rdl_ledger_unit_rows(job->ledger, t->name, job->options->unit, job->tasks, error);
        if (!rows || !write_rows(out, t->name, t->fields, t->n, json_node_get_array(rows), error))
            return false;
    }
    return write_rows(out, "entry", entry_fields, G_N_ELEMENTS(entry_fields), NULL, error);
}

static bool write_work(const rdl_export_job *job, const char *folder, GError **error)
{
    static const rdl_styled styled[] = {{.layer = "task", .style = "task"}};
    g_autofree char *path = g_build_filename(folder, RDL_PACKAGE_WORK, NULL);
    rdl_vector *out = rdl_vector_create(path, "GPKG", error);

    if (!out)
        return false;
    if (!rdl_export_task_layer(out, job, error) || !write_tables(out, job, error) ||
        !rdl_vector_styles(out, styled, 1, error)) {
        rdl_vector_abandon(out);
        return false;
    }
    return rdl_vector_finish(out, error) && rdl_geopackage_bare(path, error) &&
           (*job->rows = rdl_package_rows(path, job->options->output, error));
}

/* ---- what lies beside it ---- */

static bool copy_attachment(const rdl_export_job *job, const char *sha256, const char *folder,
                            GError **error)
{
    g_autofree char *kept = rdl_ledger_paper(job->ledger, sha256), *bytes = NULL;
    g_autofree char *to = g_build_filename(folder, "attachments", sha256, NULL);
    gsize n;

    return !kept || (g_file_get_contents(kept, &bytes, &n, error) &&
                     rdl_output_bytes(to, bytes, n, true, error));
}

static bool write_attachments(const rdl_export_job *job, const char *folder, GError **error)
{
    g_autoptr(JsonNode) node =
        rdl_ledger_unit_rows(job->ledger, "document", job->options->unit, job->tasks, error);
    g_autofree char *in = g_build_filename(folder, "attachments", NULL);
    JsonArray *rows = node ? json_node_get_array(node) : NULL;
    bool good = rows && rdl_output_folder(in, error);

    for (guint i = 0; good && i < json_array_get_length(rows); i++) {
        const char *sha256 = rdl_json_text(json_array_get_object_element(rows, i), "sha256", NULL);
        good = !sha256 || copy_attachment(job, sha256, folder, error);
    }
    return good;
}

static JsonObject *facts_of(const rdl_export_job *job, GError **error)
{
    g_autoptr(JsonNode) info = rdl_ledger_info(job->ledger, error);
    JsonObject *from = info ? json_node_get_object(info) : NULL;
    JsonObject *o = from ? json_object_new() : NULL;
    static const char *const told[] = {"pack", "pack_version", "crs", "head"};

    if (!o)
        return NULL;
    json_object_set_int_member(o, "package", 1);
    rdl_json_set_text(o, "issue", job->issue);
    rdl_json_set_text(o, "profile", job->options->profile);
    rdl_json_set_text(o, "unit", job->options->unit);
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++)
        rdl_json_set_text(o, told[i], rdl_json_text(from, told[i], NULL));
    rdl_json_set_text(o, "date", job->date);
    rdl_json_set_text(o, "reaching", job->reaching);
    return o;
}

bool rdl_export_package(const rdl_export_job *job, GError **error)
{
    g_autoptr(JsonObject) facts = facts_of(job, error);

    return facts && write_work(job, job->path, error) && write_attachments(job, job->path, error) &&
           rdl_package_list(job->path, facts, error);
}
