#include "rectify/dossier.h"

#include <string.h>
#include "rectify/code.h"
#include "rectify/moving.h"

/* Rows by task, in order; a NULL member: the row's texts are the task's own. */
static const struct {
    const char *member, *sql, *columns[6];
} kept[] = {
    {NULL,
     "SELECT task_id, batch, nature, category, listed, progress_text FROM task LEFT JOIN problem "
     "USING(problem_id)",
     {"batch", "nature", "category", "listed", "progress", NULL}},
    {"milestones",
     "SELECT task_id, n, m.due, text, met FROM milestone m JOIN task USING(problem_id) ORDER BY "
     "task_id, n",
     {"n", "due", "text", "met", NULL}},
    {"closeout",
     "SELECT task_id, n, step, state, at, outcome FROM closeout ORDER BY seq",
     {"n", "step", "state", "at", "outcome", NULL}},
    {"publications",
     "SELECT task_id, kind, channel, opens, closes FROM publication ORDER BY seq",
     {"kind", "channel", "opens", "closes", NULL}},
    {"letters",
     "SELECT task_id, letter_no, received FROM letter_site l JOIN letter USING(letter_no) JOIN "
     "task t ON t.site_id = l.site_id ORDER BY letter_no",
     {"letter_no", "received", NULL}},
    {"lookbacks",
     "SELECT task_id, ordered, held, result FROM lookback ORDER BY seq",
     {"ordered", "held", "result", NULL}},
    {"transfers",
     "SELECT task_id, body, sent, accepted, answered, result FROM transfer ORDER BY seq",
     {"body", "sent", "accepted", "answered", "result", NULL}},
};

static JsonObject *dossier_of(GHashTable *dossiers, const char *task_id)
{
    JsonObject *o = g_hash_table_lookup(dossiers, task_id);

    if (!o)
        g_hash_table_insert(dossiers, g_strdup(task_id), o = json_object_new());
    return o;
}

/* The object a row's texts go to. */
static JsonObject *row_of(JsonObject *dossier, const char *member)
{
    JsonObject *row;

    if (!member)
        return dossier;
    if (!json_object_has_member(dossier, member))
        json_object_set_array_member(dossier, member, json_array_new());
    json_array_add_object_element(json_object_get_array_member(dossier, member),
                                  row = json_object_new());
    return row;
}

static bool read_kept(rdl_ledger *ledger, size_t k, GHashTable *dossiers, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, kept[k].sql, error);
    bool row = s != NULL;

    while (row && rdl_statement_step(s, &row, error)) {
        if (!row)
            return true;
        JsonObject *o = row_of(dossier_of(dossiers, rdl_statement_get_text(s, 0)), kept[k].member);
        for (int i = 0; kept[k].columns[i]; i++)
            if (rdl_statement_get_text(s, i + 1))
                rdl_json_set_text(o, kept[k].columns[i], rdl_statement_get_text(s, i + 1));
    }
    return false;
}

GHashTable *rdl_ledger_dossiers(rdl_ledger *ledger, GError **error)
{
    g_autoptr(GHashTable) dossiers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_object_unref);

    for (size_t k = 0; k < G_N_ELEMENTS(kept); k++)
        if (!read_kept(ledger, k, dossiers, error))
            return NULL;
    return g_steal_pointer(&dossiers);
}

/* ---- the way to the close-out ---- */

static const char *cell_of(const rdl_csv *states, const char *state, const char *column)
{
    gssize row = rdl_csv_find(states, "state", state);

    return row < 0 ? "" : rdl_csv_at(states, (size_t)row, column);
}

/* May the way lead on from there? Not from where it ends, and not over what lasts. */
static bool on_the_way(const rdl_csv *states, const char *state)
{
    return strcmp(cell_of(states, state, "kind"), "rectify") == 0 &&
           strcmp(cell_of(states, state, "open"), "1") == 0 &&
           !rdl_state_lasts(states, state);
}

static GPtrArray *walked_back(GHashTable *came_from, const char *from, const char *end)
{
    GPtrArray *way = g_ptr_array_new();

    for (const char *at = end; at && strcmp(at, from) != 0; at = g_hash_table_lookup(came_from, at))
        g_ptr_array_insert(way, 0, (gpointer)at);
    return way;
}

GPtrArray *rdl_task_way(rdl_ledger *ledger, const rdl_task *task, GError **error)
{
    const rdl_csv *workflow = rdl_ledger_workflow(ledger, task->xzqdm, task->problem_source, error);
    const rdl_csv *states = workflow ? rdl_ledger_table(ledger, "states.csv", NULL) : NULL;
    g_autoptr(GHashTable) came_from = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) reached = g_ptr_array_new();

    if (!workflow)
        return NULL;
    if (states && strcmp(task->kind, "rectify") == 0)
        g_ptr_array_add(reached, task->state);
    for (guint k = 0; k < reached->len; k++) {
        const char *from = reached->pdata[k];
        if (strcmp(cell_of(states, from, "counts"), "done") == 0)
            return walked_back(came_from, task->state, from);
        for (size_t i = 0; on_the_way(states, from) && i < rdl_csv_count(workflow); i++) {
            const char *to = rdl_csv_at(workflow, i, "to");
            if (strcmp(rdl_csv_at(workflow, i, "from"), from) == 0 &&
                strcmp(to, task->state) != 0 && !g_hash_table_contains(came_from, to)) {
                g_hash_table_insert(came_from, (gpointer)to, (gpointer)from);
                g_ptr_array_add(reached, (gpointer)to);
            }
        }
    }
    return g_ptr_array_new();
}
