#include <string.h>
#include "rectify/statistic_table.h"

struct rdl_fates {
    GHashTable *known;     /* state -> fate + 1 */
    GHashTable *rectified; /* states of kind rectify */
    rdl_statement *moves;
};

rdl_fates *rdl_fates_new(rdl_ledger *ledger, GError **error)
{
    static const char *const names[RDL_FATES] = {"pending", "excluded", "longterm", "done", "open"};
    GError *failed = NULL;
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", &failed);
    rdl_fates *f = g_new0(rdl_fates, 1);

    f->known = g_hash_table_new(g_str_hash, g_str_equal);
    f->rectified = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; states && i < rdl_csv_count(states); i++) {
        char *state = (char *)rdl_csv_at(states, i, "state");
        for (int k = 0; k < RDL_FATES; k++)
            if (strcmp(rdl_csv_at(states, i, "counts"), names[k]) == 0)
                g_hash_table_insert(f->known, state, GINT_TO_POINTER(k + 1));
        if (strcmp(rdl_csv_at(states, i, "kind"), "rectify") == 0)
            g_hash_table_add(f->rectified, state);
    }
    if (!failed)
        f->moves = rdl_statement_new(ledger->store,
                                     "SELECT at, state FROM move WHERE task_id = ? ORDER BY seq "
                                     "DESC",
                                     &failed);
    if (!failed)
        return f;
    g_propagate_error(error, failed);
    rdl_fates_free(f);
    return NULL;
}

void rdl_fates_free(rdl_fates *f)
{
    if (!f)
        return;
    g_hash_table_unref(f->known);
    g_hash_table_unref(f->rectified);
    rdl_statement_free(f->moves);
    g_free(f);
}

rdl_fate rdl_fates_of(const rdl_fates *f, const char *kind, const char *state, bool registered)
{
    gpointer known = g_hash_table_lookup(f->known, state);

    if (g_strcmp0(kind, "verify") == 0 && g_hash_table_contains(f->rectified, state))
        return registered ? RDL_FATE_CARRIED : RDL_FATE_EXCLUDED;
    return known ? (rdl_fate)(GPOINTER_TO_INT(known) - 1) : RDL_FATE_PENDING;
}

bool rdl_fates_done_on(rdl_fates *f, const char *task_id, char **day, GError **error)
{
    bool row = true;

    *day = NULL;
    rdl_statement_text(f->moves, 1, task_id);
    while (row) {
        if (!rdl_statement_step(f->moves, &row, error))
            return false;
        if (!row)
            return true;
        if (rdl_fates_of(f, NULL, rdl_statement_get_text(f->moves, 1), false) != RDL_FATE_DONE)
            break;
        g_free(*day);
        *day = g_strdup(rdl_statement_get_text(f->moves, 0));
    }
    rdl_statement_reset(f->moves);
    return true;
}
