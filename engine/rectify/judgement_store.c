/* What was found of the pieces of a sample. */
#include <string.h>
#include "rectify/moving.h"
#include "rectify/route.h"
#include "rectify/sample.h"

#define ANSWERS "sample.answers"

void rdl_judgement_clear(rdl_judgement *j)
{
    char *const texts[] = {j->sample_id, j->item_id,  j->answer, j->judged_by,
                           j->judged_on, j->evidence, j->note};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

typedef struct {
    rdl_ledger *ledger;
    const rdl_who *who;
    bool correct;
    rdl_tally *tally;
    GPtrArray *notes;
    rdl_statement *piece;   /* when was it drawn */
    rdl_statement *current; /* answer, by, at of the latest */
    rdl_statement *same;    /* was it ever said so; to correct: is it the latest */
} session;

static void fails(session *s, const char *code, char *take_why)
{
    rdl_tally_failed(s->tally, ANSWERS, code, 1);
    if (s->notes)
        g_ptr_array_add(s->notes, take_why);
    else
        g_free(take_why);
}

/* "cannot tell", "cannot-tell" and "Wrong" are meant. NULL: none of the three. */
static const char *answer_of(const char *text)
{
    static const char *const answers[] = {"right", "wrong", "cannot_tell", NULL};
    g_autofree char *folded = g_ascii_strdown(text, -1);

    g_strdelimit(g_strstrip(folded), " -", '_');
    for (int i = 0; answers[i]; i++)
        if (strcmp(folded, answers[i]) == 0)
            return answers[i];
    return NULL;
}

static bool one(rdl_statement *s, const char *const *values, int n, bool *row, GError **error)
{
    for (int i = 0; i < n; i++)
        rdl_statement_text(s, i + 1, values[i]);
    return rdl_statement_step(s, row, error);
}

/* A day from the draw on, not later than it is entered. */
static bool day_fits(const session *s, const char *drawn, const char *day)
{
    rdl_day at;

    return rdl_day_parse(day, &at, NULL) && strlen(day) == strlen(drawn) &&
           strcmp(day, drawn) >= 0 && strcmp(day, s->who->on) <= 0;
}

static bool append(session *s, const rdl_judgement *j, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    rdl_event event = {.at = j->judged_on,
                       .by = j->judged_by,
                       .role = s->who->role,
                       .kind = "sample.judged",
                       .subject = j->sample_id,
                       .reason = s->who->reason};

    rdl_json_set_text(o, "item_id", j->item_id);
    rdl_json_set_text(o, "answer", j->answer);
    rdl_json_set_text(o, "evidence", j->evidence);
    rdl_json_set_text(o, "note", j->note);
    rdl_json_set_text(o, "entered_on", s->who->on);
    rdl_json_set_text(o, "entered_by", s->who->by);
    rdl_tally_used(s->tally, ANSWERS, 1);
    return rdl_event_append(s->ledger, &event, o, error);
}

/* It is complete and of the sample: is it new, and does it agree? */
static bool settle(session *s, const rdl_judgement *j, GError **error)
{
    const char *const whole[] = {j->sample_id, j->item_id,  j->answer, j->judged_by,
                                 j->judged_on, j->evidence, j->note};
    bool said, row;

    if (!one(s->same, whole, (int)G_N_ELEMENTS(whole), &said, error))
        return false;
    if (said) {
        rdl_statement_reset(s->same);
        rdl_tally_suppressed(s->tally, ANSWERS, "ALREADY_THERE", 1);
        return true;
    }
    if (!one(s->current, whole, 2, &row, error))
        return false;
    if (!row)
        return append(s, j, error);
    bool agrees = strcmp(rdl_statement_get_text(s->current, 0), j->answer) == 0;
    if (!agrees && !s->correct)
        fails(s, "CONTRADICTS",
              rdl_say("%s: %s says %s, on record is %s by %s on %s: --correct --reason keeps both",
                      j->item_id, j->judged_by, j->answer, rdl_statement_get_text(s->current, 0),
                      rdl_statement_get_text(s->current, 1),
                      rdl_statement_get_text(s->current, 2)));
    rdl_statement_reset(s->current);
    return (!agrees && !s->correct) || append(s, j, error);
}

static bool take(session *s, const rdl_judgement *given, GError **error)
{
    rdl_judgement j = *given;
    const char *const key[] = {j.sample_id, j.item_id};
    bool row;

    rdl_tally_in(s->tally, ANSWERS, 1);
    if (!j.answer || !*j.answer) {
        rdl_tally_suppressed(s->tally, ANSWERS, "NOT_ANSWERED", 1);
        return true;
    }
    if (!one(s->piece, key, 2, &row, error))
        return false;
    g_autofree char *drawn = row ? g_strdup(rdl_statement_get_text(s->piece, 0)) : NULL;
    if (row)
        rdl_statement_reset(s->piece);
    j.answer = (char *)answer_of(given->answer);
    j.judged_by = (char *)(given->judged_by ? given->judged_by : s->who->by);
    j.judged_on = (char *)(given->judged_on ? given->judged_on : s->who->on);
    const char *id = j.item_id ? j.item_id : "-";
    if (!drawn)
        fails(s, "NOT_SAMPLED",
              rdl_say("%s: was not drawn in sample %s", id, j.sample_id ? j.sample_id : "-"));
    else if (!j.answer)
        fails(s, "BAD_ANSWER",
              rdl_say("%s: '%s' is no answer: right, wrong or cannot_tell", id, given->answer));
    else if (!j.evidence || !*j.evidence)
        fails(s, "NO_EVIDENCE", rdl_say("%s: says nothing of its evidence: fill in column evidence", id));
    else if (!day_fits(s, drawn, j.judged_on))
        fails(s, "BAD_DATE",
              rdl_say("%s: '%s' is no day from the draw of %s to %s", id, j.judged_on, drawn,
                      s->who->on));
    else
        return settle(s, &j, error);
    return true;
}

#define SAID "answer = ?3 AND by = ?4 AND at = ?5 AND evidence = ?6 AND note IS ?7"

static bool begin(session *s, GError **error)
{
    rdl_store *store = s->ledger->store;

    const char *same = s->correct
                           ? "SELECT 1 FROM (SELECT * FROM judgement WHERE sample_id = ?1 AND"
                             " item_id = ?2 ORDER BY seq DESC LIMIT 1) WHERE " SAID
                           : "SELECT 1 FROM judgement WHERE sample_id = ?1 AND item_id = ?2"
                             " AND " SAID;

    return (s->piece = rdl_statement_new(store,
                                         "SELECT p.at FROM sampled i JOIN sample p USING(sample_id)"
                                         " WHERE i.sample_id = ? AND i.item_id = ?",
                                         error)) &&
           (s->current = rdl_statement_new(
                store,
                "SELECT answer, by, at FROM judgement WHERE sample_id = ? AND item_id = ? ORDER BY "
                "seq DESC LIMIT 1",
                error)) &&
           (s->same = rdl_statement_new(store, same, error));
}

bool rdl_ledger_judge(rdl_ledger *ledger, const rdl_judgement *list, size_t n, const rdl_who *who,
                      bool correct, rdl_tally *tally, GPtrArray *notes, GError **error)
{
    session s = {.ledger = ledger, .who = who, .correct = correct, .tally = tally, .notes = notes};
    rdl_day day;

    if (!who->by || !*who->by || !who->on)
        return rdl_fail(error, RDL_ERROR_USAGE, "answers need a day and who enters them");
    if (correct && (!who->reason || !*who->reason))
        return rdl_fail(error, RDL_ERROR_USAGE, "answers are corrected with a reason");
    if (!rdl_day_parse(who->on, &day, error) ||
        !rdl_role_may(ledger, who->role, "draw", "sample", error) ||
        !rdl_store_begin(ledger->store, error))
        return false;
    bool good = begin(&s, error);
    for (size_t i = 0; good && i < n; i++)
        good = take(&s, &list[i], error);
    rdl_statement_free(s.piece);
    rdl_statement_free(s.current);
    rdl_statement_free(s.same);
    return rdl_ledger_end(ledger, good && rdl_tally_check(tally, error), error);
}
