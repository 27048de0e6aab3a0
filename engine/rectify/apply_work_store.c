/* What a move leaves behind in the tables: papers, close-out steps, notices, looks back, problems
 * registered again; and what is noted beside the moves. */
#include <string.h>
#include "rectify/apply.h"

static const char *text(JsonObject *o, const char *member)
{
    return rdl_json_text(o, member, NULL);
}

/* Run `sql` with ?1 = the event's number and the texts given; NULL in `values` is SQL NULL. */
static bool run_row(rdl_ledger *ledger, const char *sql, gint64 seq, const char *const *values,
                    int n, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, error);

    if (!s)
        return false;
    rdl_statement_int(s, 1, seq);
    for (int i = 0; i < n; i++)
        rdl_statement_text(s, i + 2, values[i]);
    return rdl_statement_run(s, error);
}

bool rdl_apply_papers(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    JsonNode *node = json_object_get_member(o, "documents");
    JsonArray *papers = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; papers && i < json_array_get_length(papers); i++) {
        JsonObject *paper = json_array_get_object_element(papers, i);
        g_autofree char *n = g_strdup_printf("%u", i + 1);
        const char *const values[] = {n, event->subject, text(paper, "name"), text(paper, "title"),
                                      text(paper, "sha256")};
        if (!run_row(ledger, "INSERT INTO document VALUES(?1,?2,?3,?4,?5,?6)", event->seq, values,
                     5, error))
            return false;
    }
    return true;
}

bool rdl_apply_state(rdl_ledger *ledger, const rdl_event *event, const char *task_id,
                     const char *state, GError **error)
{
    const char *const values[] = {task_id, event->at, state};

    return run_row(ledger, "INSERT INTO move(seq,task_id,at,state) VALUES(?1,?2,?3,?4)", event->seq,
                   values, 3, error);
}

static bool apply_step(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, JsonObject *step,
                       GError **error)
{
    const char *const values[] = {
        event->subject, text(step, "n"), text(step, "name"),    text(o, "to"), event->at,
        event->by,      event->role,     text(step, "outcome"), event->reason};

    return run_row(ledger,
                   "INSERT INTO closeout(seq,task_id,n,step,state,at,by,role,outcome,reason,"
                   "problem_id) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
                   "(SELECT problem_id FROM task WHERE task_id = ?2))",
                   event->seq, values, 9, error);
}

bool rdl_apply_publication(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error)
{
    const char *const values[] = {event->subject,   text(o, "kind"),   text(o, "channel"),
                                  text(o, "opens"), text(o, "closes"), text(o, "link")};

    return run_row(ledger,
                   "INSERT INTO publication(seq,task_id,kind,channel,opens,closes,link,problem_id) "
                   "VALUES(?1,?2,?3,?4,?5,?6,?7,(SELECT problem_id FROM task WHERE task_id = ?2))",
                   event->seq, values, 6, error);
}

/* A look-back is ordered by one move, or was raised by new ground, and held by another. */
static bool apply_lookback(rdl_ledger *ledger, const rdl_event *event, JsonObject *look,
                           GError **error)
{
    const char *const values[] = {event->subject, event->at, event->by, text(look, "result")};

    return run_row(ledger,
                   text(look, "result")
                       ? "UPDATE lookback SET held = ?3, held_by = ?4, result = ?5 WHERE seq = "
                         "(SELECT max(seq) FROM lookback WHERE task_id = ?2) AND ?1"
                       : "INSERT INTO lookback(seq,task_id,ordered,ordered_by,result,problem_id) "
                         "SELECT ?1,?2,?3,?4,?5,(SELECT problem_id FROM task WHERE task_id = ?2) "
                         "WHERE NOT EXISTS(SELECT 1 FROM lookback WHERE task_id = ?2 AND held IS "
                         "NULL)",
                   event->seq, values, 4, error);
}

bool rdl_apply_lookback(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    return apply_lookback(ledger, event, o, error);
}

/* The old number with a suffix; the closed row stays as it was. */
static bool apply_rebound(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    const char *const values[] = {event->subject, text(o, "reopened")};

    return run_row(
               ledger,
               "INSERT INTO problem(problem_id,site_id,clue_id,task_no,source,batch,problem,nature,"
               "category,aspect,grid,target,measures,lead_leader,supervisor,resp_unit,lead_dept,"
               "accept_unit,listed,first_responsible,reopens,rebounds) SELECT "
               "?3,p.site_id,clue_id,task_no,source,batch,problem,"
               "nature,category,aspect,grid,target,measures,lead_leader,supervisor,resp_unit,lead_"
               "dept,"
               "accept_unit,listed,first_responsible,p.problem_id,rebounds+1 FROM problem p JOIN "
               "task "
               "USING(problem_id)"
               " WHERE task_id = ?2 AND ?1",
               event->seq, values, 2, error) &&
           run_row(ledger,
                   "INSERT INTO measure(problem_id,n,text,supervised) SELECT ?3,n,text,supervised "
                   "FROM measure JOIN task USING(problem_id) WHERE task_id = ?2 AND ?1",
                   event->seq, values, 2, error) &&
           run_row(ledger,
                   "UPDATE task SET problem_id = ?3, progress = NULL WHERE task_id = ?2 "
                   "AND ?1",
                   event->seq, values, 2, error);
}

bool rdl_apply_move(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    JsonObject *step = rdl_json_object(o, "step"), *look = rdl_json_object(o, "lookback");
    JsonObject *notice = rdl_json_object(o, "publication");

    return rdl_apply_state(ledger, event, event->subject, text(o, "to"), error) &&
           (!step || apply_step(ledger, event, o, step, error)) &&
           (!notice || rdl_apply_publication(ledger, event, notice, error)) &&
           (!look || apply_lookback(ledger, event, look, error)) &&
           (!text(o, "reopened") || apply_rebound(ledger, event, o, error));
}

bool rdl_apply_transfer(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    const char *const values[] = {text(o, "transfer_no"), event->subject, text(o, "body"),
                                  event->at, text(o, "result")};
    const char *sql =
        strcmp(event->kind, "transfer.sent") == 0
            ? "INSERT INTO transfer(seq,transfer_no,task_id,body,sent,result) "
              "VALUES(?1,?2,?3,?4,?5,?6)"
        : strcmp(event->kind, "transfer.accepted") == 0
            ? "UPDATE transfer SET accepted = ?5 WHERE transfer_no = ?2 AND ?1"
            : "UPDATE transfer SET answered = ?5, result = ?6 WHERE transfer_no = ?2 AND ?1";

    return run_row(ledger, sql, event->seq, values, 5, error);
}

bool rdl_apply_draw(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    JsonArray *rows = json_object_get_array_member(o, "rows");

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        const char *const values[] = {text(row, "task_id"), text(o, "purpose"), event->at,
                                      text(row, "drawn")};
        if (!run_row(ledger,
                     "INSERT INTO draw(seq,task_id,purpose,at,drawn) VALUES(?1,?2,?3,?4,?5)",
                     event->seq, values, 4, error))
            return false;
    }
    return true;
}

bool rdl_apply_measure(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    const char *const values[] = {event->at, text(o, "problem_id"), text(o, "n"), event->subject};

    return run_row(ledger, "UPDATE measure SET done = ?2 WHERE problem_id = ?3 AND n = ?4 AND ?1",
                   event->seq, values, 3, error) &&
           run_row(ledger, "UPDATE task SET revision = revision + 1 WHERE task_id = ?5 AND ?1",
                   event->seq, values, 4, error);
}

const char *const rdl_problem_members[] = {"task_no",
                                           "source",
                                           "batch",
                                           "problem",
                                           "nature",
                                           "category",
                                           "aspect",
                                           "grid",
                                           "target",
                                           "measures",
                                           "lead_leader",
                                           "supervisor",
                                           "first_responsible",
                                           "resp_unit",
                                           "lead_dept",
                                           "accept_unit",
                                           "listed",
                                           NULL};

bool rdl_apply_problem(rdl_ledger *ledger, const char *problem_id, JsonObject *fields,
                       GError **error)
{
    g_autoptr(GString) sql = g_string_new("UPDATE problem SET ");

    for (int i = 0; rdl_problem_members[i]; i++)
        g_string_append_printf(sql, "%s%s = coalesce(?%d, %s)", i ? ", " : "",
                               rdl_problem_members[i], i + 2, rdl_problem_members[i]);
    g_string_append(sql, " WHERE problem_id = ?1");
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql->str, error);
    if (!s)
        return false;
    rdl_statement_text(s, 1, problem_id);
    for (int i = 0; rdl_problem_members[i]; i++)
        rdl_statement_text(s, i + 2, text(fields, rdl_problem_members[i]));
    return rdl_statement_run(s, error);
}
