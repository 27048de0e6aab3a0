/* Moves from a table, played once however often it is read. */
#include <string.h>
#include "rectify/moving.h"

/* What the row says besides who moved what where: each column is a value of the move. */
static JsonObject *row_values(const rdl_csv *csv, size_t row)
{
    static const char *const own[] = {"source_id", "to",     "on",       "by",
                                      "role",      "reason", "document", NULL};
    JsonObject *values = NULL;
    const char *name;

    for (int c = 0; (name = rdl_csv_column_name(csv, c)); c++) {
        const char *value = rdl_csv_at(csv, row, name);
        if (!*value || g_strv_contains(own, name))
            continue;
        if (!values)
            values = json_object_new();
        rdl_json_set_text(values, name, value);
    }
    return values;
}

static const char *cell(const rdl_csv *csv, size_t row, const char *column)
{
    const char *text = rdl_csv_at(csv, row, column);

    return *text ? text : NULL;
}

/* The same move may be made twice (submitted, sent back, submitted again on one day): the n-th time
 * the file says it, it is there when the ledger has it n times. */
static bool already_moved(rdl_ledger *ledger, const rdl_csv *csv, size_t row, GHashTable *said,
                          bool *yes, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT count(*) FROM event WHERE kind = 'task.moved' AND at = ? AND by = ? AND role = ? "
        "AND "
        "coalesce(reason, '') = ? AND coalesce(json_extract(payload, '$.document'), '') = ? AND "
        "json_extract(payload, '$.to') = ? AND subject IN "
        "(SELECT task_id FROM task JOIN origin USING(site_id) WHERE source_id = ?)",
        error);
    static const char *const columns[] = {"on",       "by", "role",     "reason",
                                          "document", "to", "source_id"};
    g_autoptr(GString) key = g_string_new(NULL);
    bool counted;

    if (!s)
        return false;
    for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++) {
        rdl_statement_text(s, i + 1, rdl_csv_at(csv, row, columns[i]));
        g_string_append_printf(key, "%s\x1f", rdl_csv_at(csv, row, columns[i]));
    }
    gint64 before = GPOINTER_TO_INT(g_hash_table_lookup(said, key->str));
    g_hash_table_insert(said, g_strdup(key->str), GINT_TO_POINTER((int)before + 1));
    if (!rdl_statement_step(s, &counted, error))
        return false;
    *yes = counted && rdl_statement_get_int(s, 0) > before;
    return true;
}

static void refuse(rdl_tally *tally, GPtrArray *refusals, const rdl_csv *csv, size_t row,
                   const char *code, const char *message)
{
    rdl_tally_failed(tally, "ledger.moves", code, 1);
    if (refusals)
        g_ptr_array_add(refusals, g_strdup_printf("%s:%d: %s", rdl_csv_name(csv),
                                                  rdl_csv_line(csv, row), message));
}

static bool apply_row(rdl_ledger *ledger, const rdl_csv *csv, size_t row, GHashTable *said,
                      rdl_tally *tally, GPtrArray *refusals, GError **error)
{
    const char *source_id = rdl_csv_at(csv, row, "source_id");
    g_autoptr(JsonObject) fields = row_values(csv, row);
    GError *failed = NULL;
    bool done = false;

    rdl_tally_in(tally, "ledger.moves", 1);
    if (!already_moved(ledger, csv, row, said, &done, error))
        return false;
    if (done) {
        rdl_tally_suppressed(tally, "ledger.moves", "ALREADY_THERE", 1);
        return true;
    }
    g_autofree char *task_id = rdl_task_of_source(ledger, source_id, &failed);
    if (!task_id && !failed) {
        g_autofree char *message = g_strdup_printf("no task comes from source '%s'", source_id);
        refuse(tally, refusals, csv, row, "NO_TASK", message);
        return true;
    }
    rdl_move move = {.task_id = task_id,
                     .to = cell(csv, row, "to"),
                     .on = cell(csv, row, "on"),
                     .by = cell(csv, row, "by"),
                     .role = cell(csv, row, "role"),
                     .reason = cell(csv, row, "reason"),
                     .document = cell(csv, row, "document"),
                     .fields = fields};
    if (!failed && rdl_task_move(ledger, &move, &failed)) {
        rdl_tally_used(tally, "ledger.moves", 1);
        return true;
    }
    if (!g_error_matches(failed, RDL_ERROR, RDL_ERROR_USAGE) &&
        !g_error_matches(failed, RDL_ERROR, RDL_ERROR_DATA)) {
        g_propagate_error(error, failed);
        return false;
    }
    refuse(tally, refusals, csv, row, "REFUSED", failed->message);
    g_error_free(failed);
    return true;
}

bool rdl_moves_apply(rdl_ledger *ledger, const char *path, rdl_tally *tally, GPtrArray *refusals,
                     GError **error)
{
    static const char *const columns[] = {"source_id", "to", "on", "by", "role", NULL};
    g_autoptr(rdl_csv) csv = rdl_csv_read(path, error);
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (!csv || !rdl_csv_need(csv, columns, error))
        return false;
    for (size_t i = 0; i < rdl_csv_count(csv); i++)
        if (!apply_row(ledger, csv, i, said, tally, refusals, error))
            return false;
    return rdl_tally_check(tally, error);
}
