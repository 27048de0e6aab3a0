/* Less than an audit: is what is about to be believed what the events make of it? */
#include <string.h>
#include "rectify/moving.h"

#define AUDIT_MOST 5000 /* events that are audited in a tenth of a second */

/* ---- the work at one site ---- */

/* What tells of the tasks and problems at site ?1. */
static const char subjects[] =
    "SELECT task_id FROM task WHERE site_id = ?1 UNION SELECT problem_id FROM problem WHERE "
    "site_id "
    "= ?1 UNION SELECT ?1 UNION SELECT site_id FROM site WHERE merged_into = ?1 OR split_from = ?1 "
    "UNION SELECT split_from FROM site WHERE site_id = ?1";

/* Their rows, but for where they are and how they are numbered: that is of the whole ledger. ?1:
 * array of their ids. */
#define OF_TASKS " WHERE task_id IN (SELECT value FROM json_each(?1)) ORDER BY "
#define OF_PROBLEMS " WHERE problem_id IN (SELECT value FROM json_each(?1)) ORDER BY "
static const struct {
    const char *name, *sql;
} work_rows[] = {
    {"task", "SELECT "
             "task_id,kind,state,xzqdm,department,tier_original,tier,started,due_original,due,"
             "moved,assignee,"
             "problem_id,progress,progress_text,stopped,warned,claimed,contradicted,revision FROM "
             "task" OF_TASKS "task_id"},
    {"problem",
     "SELECT problem_id,clue_id,task_no,source,batch,problem,nature,category,aspect,grid,target,"
     "measures,lead_leader,supervisor,resp_unit,lead_dept,accept_unit,listed,first_responsible,"
     "reopens,rebounds FROM problem" OF_PROBLEMS "problem_id"},
    {"measure", "SELECT * FROM measure" OF_PROBLEMS "problem_id, n"},
    {"milestone", "SELECT * FROM milestone" OF_PROBLEMS "problem_id, n"},
    {"move", "SELECT * FROM move" OF_TASKS "task_id, seq"},
    {"closeout", "SELECT * FROM closeout" OF_TASKS "seq"},
    {"publication", "SELECT * FROM publication" OF_TASKS "seq"},
    {"lookback", "SELECT * FROM lookback" OF_TASKS "seq"},
    {"transfer", "SELECT * FROM transfer" OF_TASKS "transfer_no"},
    {"verification", "SELECT * FROM verification" OF_TASKS "task_id, seq"},
    {"document", "SELECT * FROM document WHERE subject IN (SELECT value FROM json_each(?1)) ORDER "
                 "BY seq, n"}};

static bool apply_again(const rdl_event *event, void *user, GError **error)
{
    rdl_ledger *ledger = user;
    bool of_site =
        g_str_has_prefix(event->kind, "site.") || strcmp(event->kind, "letter.received") == 0;

    return rdl_event_intact(ledger, event, error) &&
           ((of_site && strcmp(event->kind, "site.verified") != 0) ||
            rdl_event_apply(ledger->scratch, event, error));
}

static bool same_rows(rdl_ledger *ledger, const char *site_id, const char *ids, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(work_rows); i++) {
        g_autofree char *x = rdl_store_digest(ledger->store, work_rows[i].sql, ids, error);
        g_autofree char *y =
            x ? rdl_store_digest(ledger->scratch->store, work_rows[i].sql, ids, error) : NULL;
        if (!y)
            return false;
        if (strcmp(x, y) != 0)
            return rdl_fail(
                error, RDL_ERROR_BALANCE,
                "%s: table %s is not what the events make of it at %s: somebody altered "
                "it; redline ledger audit tells more, redline ledger rebuild makes it "
                "again",
                rdl_ledger_path(ledger), work_rows[i].name, site_id);
    }
    return true;
}

/* Ids of the site's tasks and problems, as JSON. */
static const char ids_of[] =
    "SELECT json_group_array(id) FROM (SELECT task_id AS id FROM task WHERE site_id = ?1 UNION "
    "ALL SELECT problem_id FROM problem WHERE site_id = ?1)";

bool rdl_work_agrees(rdl_ledger *ledger, const char *site_id, GError **error)
{
    /* within one transaction only the program itself has written since */
    if (ledger->agreed && g_hash_table_contains(ledger->agreed, site_id))
        return true;
    g_autofree char *ids = NULL;

    if (!rdl_store_ask(ledger->store, ids_of, site_id, &ids, error) ||
        (!ledger->scratch && !(ledger->scratch = rdl_ledger_scratch(error))) ||
        !rdl_store_begin(ledger->scratch->store, error))
        return false;
    bool good = rdl_event_each_of(ledger, subjects, site_id, apply_again, ledger, error) &&
                same_rows(ledger, site_id, ids, error);
    rdl_store_rollback(ledger->scratch->store);
    if (good && ledger->agreed)
        g_hash_table_add(ledger->agreed, g_strdup(site_id));
    return good;
}

/* ---- before a product is made ---- */

bool rdl_ledger_trust(rdl_ledger *ledger, const char *id, bool *whole, GError **error)
{
    g_autofree char *hash = NULL, *site_id = NULL;
    gint64 seq;

    *whole = false;
    if (!rdl_event_head(ledger, &seq, &hash, error))
        return false;
    if (seq <= AUDIT_MOST)
        return *whole = rdl_ledger_audit(ledger, NULL, error);
    return !id ||
           ((site_id = rdl_site_of(ledger, id, error)) && rdl_work_agrees(ledger, site_id, error));
}
