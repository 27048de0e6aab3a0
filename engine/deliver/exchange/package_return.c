#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "deliver/exchange/package_folder.h"
#include "deliver/exchange/package_rows.h"
#include "deliver/package.h"
#include "store/store.h"

#define MIB 1048576ULL
#define MOST_ENTRIES 100000

static const rdl_unzip_limits limits = {20000, 1024 * MIB, 8192 * MIB};

static const char *const columns[] = {"task_id", "act",      "to",     "on",     "by",     "role",
                                      "reason",  "document", "values", "number", "percent"};

typedef struct {
    GArray *entries; /* of rdl_entry */
    GStringChunk *texts;
    const char *shown;
} reading;

static void entry_clear(gpointer p)
{
    g_clear_pointer(&((rdl_entry *)p)->values, json_object_unref);
}

/* ---- table `entry` ---- */

static bool need_columns(rdl_store *store, const char *shown, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *sql = g_strdup_printf(
            "SELECT count(*) FROM pragma_table_info('entry') WHERE name = '%s'", columns[i]);
        g_autofree char *n = rdl_store_value(store, sql, error);
        if (!n)
            return false;
        if (strcmp(n, "1") != 0)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: %s has no table entry with a column %s: was it made by redline?",
                            shown, RDL_PACKAGE_WORK, columns[i]);
    }
    return true;
}

/* A cell as text without blanks around it, NULL where nothing is left. */
static bool cell(reading *r, rdl_statement *s, gint64 row, int i, const char **text, GError **error)
{
    const char *raw = rdl_statement_get_text(s, i);
    g_autofree char *bare = raw ? g_strstrip(g_strdup(raw)) : NULL;
    g_autoptr(GBytes) bytes = raw ? rdl_statement_get_bytes(s, i) : NULL;

    gsize n = bytes ? g_bytes_get_size(bytes) : 0;

    if (raw && (n != strlen(raw) || !g_utf8_validate(raw, -1, NULL)))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: %s, entry %" PRId64 ": %s is no text", r->shown,
                        RDL_PACKAGE_WORK, row, columns[i]);
    *text = bare && *bare ? g_string_chunk_insert(r->texts, bare) : NULL;
    return true;
}

/* The first thing that is wrong with an entry stays. */
G_GNUC_PRINTF(3, 4) static void wrong(reading *r, rdl_entry *e, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    if (!e->wrong)
        e->wrong = g_string_chunk_insert(r->texts, why);
}

/* "target=...|due=...": a bar ends a value where a name follows it. */
static void read_values(reading *r, rdl_entry *e, const char *text)
{
    g_auto(GStrv) parts = g_regex_split_simple("\\s*[|\\n]\\s*(?=[a-z_]+=)", text, 0, 0);

    if (g_strcmp0(e->act, "move") != 0 && g_strcmp0(e->act, "set") != 0)
        wrong(r, e, "values belong to a move or a set");
    e->values = json_object_new();
    for (char **p = parts; *p; p++) {
        g_auto(GStrv) pair = g_strsplit(*p, "=", 2);
        const char *name = pair[0] ? g_strstrip(pair[0]) : "";
        if (!*name || !pair[1])
            wrong(r, e, "values: '%s' is no NAME=VALUE", *p);
        else if (json_object_has_member(e->values, name))
            wrong(r, e, "values: %s stands there twice", name);
        else
            rdl_json_set_text(e->values, name, g_strstrip(pair[1]));
    }
}

static void read_number(reading *r, rdl_entry *e, const char *text)
{
    gint64 n = 0;

    if (!g_ascii_string_to_signed(text, 10, 1, 100000, &n, NULL))
        wrong(r, e, "number '%s' is no whole number from 1", text);
    e->number = (int)n;
}

static void read_percent(reading *r, rdl_entry *e, const char *text)
{
    char *end;

    e->percent = g_ascii_strtod(text, &end);
    if (*end || !isfinite(e->percent))
        wrong(r, e, "percent '%s' is no number", text);
}

static bool take_row(reading *r, rdl_statement *s, GError **error)
{
    const char *t[G_N_ELEMENTS(columns)];
    gint64 row = rdl_statement_get_int(s, G_N_ELEMENTS(columns));

    for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++)
        if (!cell(r, s, row, i, &t[i], error))
            return false;
    rdl_entry e = {.row = row,
                   .id = t[0],
                   .act = t[1],
                   .to = t[2],
                   .on = t[3],
                   .by = t[4],
                   .role = t[5],
                   .reason = t[6],
                   .document = t[7],
                   .percent = NAN};
    if (t[8])
        read_values(r, &e, t[8]);
    if (t[9])
        read_number(r, &e, t[9]);
    if (t[10])
        read_percent(r, &e, t[10]);
    if (r->entries->len >= MOST_ENTRIES) {
        entry_clear(&e);
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: %s has more than %d entries: send them in several packages", r->shown,
                        RDL_PACKAGE_WORK, MOST_ENTRIES);
    }
    g_array_append_val(r->entries, e);
    return true;
}

static bool read_entries(reading *r, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, RDL_PACKAGE_WORK, NULL);
    g_autoptr(rdl_store) store = rdl_store_open_foreign(path, error);
    g_autoptr(rdl_statement) s = NULL;
    bool row = true;

    if (!store || !need_columns(store, r->shown, error) ||
        !(s = rdl_statement_new(store,
                                "SELECT task_id, act, \"to\", \"on\", \"by\", role, reason, "
                                "document, \"values\", number, percent, rowid FROM entry ORDER BY "
                                "rowid",
                                error)))
        return false;
    while (row)
        if (!rdl_statement_step(s, &row, error) || (row && !take_row(r, s, error)))
            return false;
    return true;
}

/* ---- the package ---- */

/* All but the work and the manifest, which are read and not kept. */
static GPtrArray *papers_of(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, error);

    for (guint i = names ? names->len : 0; i > 0; i--)
        if (!strchr(names->pdata[i - 1], '/'))
            g_ptr_array_remove_index(names, i - 1);
    return g_steal_pointer(&names);
}

/* Rows that came back otherwise than they left: what was written into them is told, not taken. */
static JsonArray *edits_of(rdl_ledger *ledger, const char *folder, const char *issue,
                           const char *shown, rdl_tally *tally, GError **error)
{
    g_autofree char *work = g_build_filename(folder, RDL_PACKAGE_WORK, NULL);
    g_autoptr(JsonObject) left = rdl_ledger_issue_rows(ledger, issue, error);
    g_autoptr(JsonObject) came = left ? rdl_package_rows(work, shown, error) : NULL;

    return came ? rdl_package_edits(left, came, tally) : NULL;
}

static bool import_from(rdl_ledger *ledger, const char *folder, const rdl_incoming *given,
                        reading *r, rdl_tally *tally, JsonNode **report, GError **error)
{
    g_autoptr(JsonNode) manifest = rdl_package_check(folder, r->shown, given->progress, error);
    g_autoptr(GPtrArray) files = manifest ? papers_of(folder, error) : NULL;
    g_autoptr(rdl_tally) rows = rdl_tally_new();
    rdl_incoming in = *given;

    if (!files || !read_entries(r, folder, error))
        return false;
    in.issue = rdl_json_text(json_node_get_object(manifest), "issue", NULL);
    g_autoptr(JsonArray) edits = edits_of(ledger, folder, in.issue, r->shown, rows, error);
    in.told = edits;
    in.folder = folder;
    in.files = files;
    in.list = (const rdl_entry *)(void *)r->entries->data;
    in.n = r->entries->len;
    if (!edits || !rdl_ledger_return(ledger, &in, tally, report, error))
        return false;
    rdl_tally_merge(tally, rows);
    return rdl_tally_check(tally, error);
}

bool rdl_package_import(rdl_ledger *ledger, const char *path, const char *on, const char *by,
                        const rdl_progress *progress, rdl_tally *tally, JsonNode **report,
                        GError **error)
{
    g_autofree char *digest = NULL;
    g_autoptr(rdl_scratch) scratch = NULL;
    reading r = {.entries = g_array_new(FALSE, FALSE, sizeof(rdl_entry)),
                 .texts = g_string_chunk_new(4096),
                 .shown = path};

    *report = NULL;
    g_array_set_clear_func(r.entries, entry_clear);
    bool good = (digest = rdl_digest_file(path, error)) &&
                (scratch = rdl_scratch_new(error));
    if (good) {
        const rdl_incoming in = {.sha256 = digest, .on = on, .by = by, .progress = progress};
        const char *folder = rdl_scratch_path(scratch);
        g_auto(GStrv) names = rdl_unzip(path, folder, &limits, progress, error);
        good = names && import_from(ledger, folder, &in, &r, tally, report, error);
    }
    g_array_unref(r.entries);
    g_string_chunk_free(r.texts);
    return good;
}

bool rdl_package_seal(const char *folder, const char *output, bool overwrite, GError **error)
{
    g_autoptr(JsonNode) manifest = rdl_package_manifest(folder, folder, error);
    g_autofree char *work = g_build_filename(folder, RDL_PACKAGE_WORK, NULL);
    g_autoptr(rdl_store) store = manifest ? rdl_store_open_foreign(work, error) : NULL;
    g_autoptr(rdl_output) out = NULL;

    return store && need_columns(store, folder, error) &&
           (out = rdl_output_begin(output, overwrite, error)) &&
           rdl_package_pack(folder, json_node_get_object(manifest), rdl_output_temporary(out),
                            error) &&
           rdl_output_commit(out, error);
}
