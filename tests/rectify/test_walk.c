/* Random walks along the lifecycle, legal steps and others, beside a model of its own.
 *
 * The model is the table of states, actors, papers and moves as the procedure describes it and a
 * handful of numbers; it reads no pack. What the ledger lets pass, and what it then says, must be
 * what the model says. */
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "geo/start.h"
#include "rectify/handle.h"
#include "rectify/rectify.h"
#include "suite.h"

#define STEPS 160
#define LOADED 20758 /* 2026-11-01 */

/* ---- the model ---- */

enum {
    PAPER = 1,
    REASON = 2,
    SIX = 4,
    PLAN = 8,
    IMAGE = 16,
    NOTICE = 32,
    T4 = 64,
    NEWER = 128,
    PERIOD = 256,
    DONE = 512
};

typedef struct {
    const char *from, *to, *actors;
    int needs;
} step;

/* What both orders share; then each order's own close-out. */
static const step common[] = {{"CLUE", "SCREENED", "system analyst", PAPER},
                              {"SCREENED", "ASSIGNED", "office", PAPER},
                              {"SCREENED", "DISMISSED", "system province", REASON},
                              {"ASSIGNED", "VERIFIED", "reserve county", PAPER},
                              {"VERIFIED", "REGISTERED", "office", PAPER | SIX},
                              {"VERIFIED", "DISMISSED", "province", REASON},
                              {"VERIFIED", "LEGAL", "lead_dept", PAPER},
                              {"REGISTERED", "PLAN_OK", "city province", PAPER | PLAN},
                              {"PLAN_OK", "WORKING", "resp_unit", 0},
                              {"WORKING", "SUBMITTED", "resp_unit", PAPER | DONE},
                              {"WORKING", "LONGTERM", "resp_unit", PAPER | T4},
                              {"CLOSED", "LOOKBACK", "city province", 0},
                              {"LOOKBACK", "CLOSED", "city province", PAPER},
                              {"LOOKBACK", "REOPENED", "office", PAPER | REASON},
                              {"REOPENED", "PLAN_OK", "city province", PAPER | PLAN},
                              {"DISMISSED", "CLUE", "system analyst", NEWER},
                              {"LEGAL", "CLUE", "system analyst", NEWER},
                              {NULL, NULL, NULL, 0}};
static const step five[] = {{"SUBMITTED", "REVIEWED", "county city office", PAPER},
                            {"REVIEWED", "PUBLIC", "city", PAPER | PERIOD},
                            {"PUBLIC", "APPLIED", "county city", PAPER | NOTICE},
                            {"APPLIED", "CHECKED", "accept_unit", PAPER | IMAGE},
                            {"CHECKED", "CLOSED", "province", PAPER},
                            {"SUBMITTED", "WORKING", "county city office", REASON},
                            {"REVIEWED", "WORKING", "county city office", REASON},
                            {"PUBLIC", "WORKING", "city", REASON},
                            {"PUBLIC", "REVIEWED", "city", REASON},
                            {"APPLIED", "WORKING", "accept_unit", REASON},
                            {"CHECKED", "WORKING", "accept_unit province", REASON},
                            {NULL, NULL, NULL, 0}};
static const step four[] = {{"SUBMITTED", "APPLIED", "county city", PAPER},
                            {"APPLIED", "CHECKED", "accept_unit", PAPER | IMAGE},
                            {"CHECKED", "REVIEWED", "city office", PAPER},
                            {"REVIEWED", "PUBLIC", "city", PAPER | PERIOD},
                            {"PUBLIC", "CLOSED", "city province", PAPER | NOTICE},
                            {"SUBMITTED", "WORKING", "county city office", REASON},
                            {"APPLIED", "WORKING", "accept_unit", REASON},
                            {"CHECKED", "WORKING", "accept_unit city office", REASON},
                            {"REVIEWED", "WORKING", "city office", REASON},
                            {"PUBLIC", "WORKING", "city", REASON},
                            {"PUBLIC", "APPLIED", "city", REASON},
                            {NULL, NULL, NULL, 0}};
static const char *const states[] = {"CLUE",     "SCREENED",   "ASSIGNED", "VERIFIED", "DISMISSED",
                                     "LEGAL",    "REGISTERED", "PLAN_OK",  "WORKING",  "SUBMITTED",
                                     "REVIEWED", "PUBLIC",     "APPLIED",  "CHECKED",  "CLOSED",
                                     "LONGTERM", "LOOKBACK",   "REOPENED"};
static const char *const roles[] = {"analyst", "county",    "city",    "province",  "auditor",
                                    "office",  "lead_dept", "reserve", "resp_unit", "accept_unit"};

typedef struct {
    const char *state;
    gint64 revision;
    int started, due, last, stopped; /* days; 0: none */
    double progress;                 /* -1: never reported */
    int tier, first_tier;            /* 1 .. 4 */
    int milestones[3], met[3];       /* days due and met; 0: none */
} work;

typedef struct {
    const step *own;      /* of the close-out */
    work clue, task;      /* task.state NULL: not registered */
    bool plan;            /* who accepts is known */
    bool done;            /* its one measure is */
    int severity;         /* of the gravest finding: 1 or 3 */
    int claimed, notice;  /* days; 0: none */
    int concluded, newer; /* events: when the clue last moved, when the place was last found anew */
    int clock, rebounds;
} model;

static bool word_in(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    return g_strv_contains((const char *const *)words, word);
}

static bool is_one_of(const char *state, const char *list)
{
    return word_in(list, state);
}

static const step *find_step(const model *m, const char *from, const char *to)
{
    for (const step *s = common; s->from; s++)
        if (strcmp(s->from, from) == 0 && strcmp(s->to, to) == 0)
            return s;
    for (const step *s = m->own; s->from; s++)
        if (strcmp(s->from, from) == 0 && strcmp(s->to, to) == 0)
            return s;
    return NULL;
}

/* Something is still to be done; a clue that was registered has become something else. */
static bool is_open(const model *m, const work *w)
{
    return w == &m->clue ? is_one_of(w->state, "CLUE SCREENED ASSIGNED VERIFIED")
                         : !is_one_of(w->state, "CLOSED LOOKBACK");
}

/* What a move brings along. */
typedef struct {
    const char *to, *role;
    int on, image, notice, due; /* days; image, notice, due 0: none */
    bool paper, reason, six, t4, accept, done;
} attempt;

static bool model_allows(const model *m, const work *w, const attempt *a)
{
    const step *s = find_step(m, w->state, a->to);

    if (!s || !word_in(s->actors, a->role) || a->on < w->last)
        return false;
    if (w == &m->clue && m->task.state)
        return false; /* what was registered goes on as a rectification */
    return (!(s->needs & PAPER) || a->paper || word_in(s->actors, "system")) &&
           (!(s->needs & REASON) || a->reason) && (!(s->needs & SIX) || a->six) &&
           (!(s->needs & PLAN) || a->accept || m->plan) &&
           (!(s->needs & PLAN) || w->due || a->due || m->task.tier == 4) &&
           (!(s->needs & DONE) || a->done || m->done) && (!(s->needs & T4) || m->task.tier == 4) &&
           (!(s->needs & IMAGE) || (a->image > m->claimed && a->image <= a->on && a->image)) &&
           (!(s->needs & PERIOD) || a->notice) &&
           (!(s->needs & NOTICE) || !m->notice || a->on > m->notice) &&
           (!(s->needs & NEWER) || m->newer > m->concluded);
}

/* `months` after a day; one of rest in a year whose calendar is known moves on (nobody rests on
 * other days of November and December 2026 than at weekends). */
static int months_after(int day, int months)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, 1, 11, 2026);
    g_date_add_days(&date, (guint)(day - LOADED));
    guint32 from = g_date_get_julian(&date);
    g_date_add_months(&date, (guint)months);
    while (g_date_get_year(&date) == 2026 && g_date_get_weekday(&date) >= G_DATE_SATURDAY)
        g_date_add_days(&date, 1);
    return day + (int)(g_date_get_julian(&date) - from);
}

static void model_registers(model *m, const attempt *a)
{
    m->task = (work){.tier = a->t4 ? 4 : 2,
                     .first_tier = a->t4 ? 4 : 2,
                     .state = "REGISTERED",
                     .revision = 1,
                     .started = a->on,
                     .due = a->on + 200,
                     .last = a->on,
                     .progress = -1};
}

/* A term of its own, from that day on. */
static void model_begins_again(work *w, int on, int due, int tier)
{
    w->started = on;
    w->due = due;
    w->tier = w->first_tier = tier;
    w->stopped = 0;
    w->revision++;
}

static void model_moves(model *m, work *w, const attempt *a)
{
    const char *from = w->state;

    w->state = find_step(m, w->state, a->to)->to;
    w->revision++;
    w->last = a->on;
    if (w == &m->clue) {
        m->concluded = ++m->clock;
        if (strcmp(a->to, "CLUE") == 0)
            model_begins_again(w, a->on, months_after(a->on, m->severity == 1 ? 1 : 2),
                               m->severity == 1 ? 1 : 2);
        if (strcmp(a->to, "REGISTERED") == 0)
            model_registers(m, a);
        return;
    }
    m->plan = m->plan || a->accept;
    if (strcmp(a->to, "SUBMITTED") == 0) {
        m->claimed = a->on;
        w->revision += !m->done; /* that it is done is an event of its own */
        m->done = true;
    }
    if (strcmp(a->to, "PUBLIC") == 0)
        m->notice = a->notice;
    if (strcmp(a->to, "REOPENED") == 0) { /* the problem begins again under another number */
        m->rebounds++;
        m->done = false;
        w->progress = -1;
        memset(w->milestones, 0, sizeof w->milestones);
        memset(w->met, 0, sizeof w->met);
        model_begins_again(w, a->on, a->due, w->tier);
    } else if (strcmp(from, "REOPENED") == 0 && a->due) {
        model_begins_again(w, a->on, a->due, w->tier);
    }
}

/* The level of a tier by the table of the procedure, its sentences in order. */
static const char *tier_warns(const model *m, const work *w, int tier, int day)
{
    bool works = is_one_of(w->state, "REGISTERED PLAN_OK WORKING REOPENED");
    int left = w->due ? w->due - day : 9999, missed = 0;
    double u = w->due > w->started ? (double)(day - w->started) / (w->due - w->started) : -1;
    double p = w->progress < 0 ? 0 : w->progress, lag = works && u >= -0.5 ? u - p : -1;
    int limits[] = {30, 15, 7};

    if (!is_open(m, w) || w->stopped)
        return NULL;
    for (int i = 0; i < 3; i++)
        missed += w->milestones[i] && w->milestones[i] < day && (!w->met[i] || w->met[i] > day);
    if (strcmp(w->state, "LONGTERM") == 0)
        return missed >= 2 ? "orange" : missed ? "yellow" : NULL;
    if (tier == 1)
        limits[0] = 7, limits[1] = 3, limits[2] = 1;
    if (left < 0 || (works && p == 0 && u >= 0.5))
        return "red";
    if (left <= limits[2] || missed >= 2 || lag > 0.25 + 1e-9)
        return "orange";
    if (left <= limits[1] || missed >= 1 || lag > 0.10 + 1e-9)
        return "yellow";
    return left <= limits[0] ? "blue" : NULL;
}

static int gravity(const char *level)
{
    static const char *const levels[] = {"blue", "yellow", "orange", "red"};
    int n = 0;

    for (int i = 0; level && i < 4; i++)
        n = strcmp(levels[i], level) == 0 ? i + 1 : n;
    return n;
}

/* What was warned of by its first tier is not forgotten when it gets a tighter one. */
static const char *model_warns(const model *m, const work *w, int day)
{
    const char *now = tier_warns(m, w, w->tier, day);
    const char *first = tier_warns(m, w, w->first_tier, day);

    return gravity(first) > gravity(now) ? first : now;
}

/* Another matter comes to a task: by its tier and day where those are earlier. */
static void take_over(work *w, int tier, int due, int day)
{
    if (tier >= w->tier && w->due && due >= w->due)
        return;
    w->tier = MIN(w->tier, tier);
    w->due = w->due ? MIN(w->due, due) : due;
    w->revision++;
    w->last = day;
}

static bool takes_over(const model *m, const work *w)
{
    return w->state && is_open(m, w) && !w->stopped && w->tier != 4;
}

/* A matter of a severity, which as a clue was of that tier and due that day. */
static void model_absorbs(model *m, int severity, int tier, int due, bool graver_only, int day)
{
    bool graver = severity < m->severity;

    if (takes_over(m, &m->clue) && (graver || !graver_only))
        take_over(&m->clue, tier, due, day);
    if (takes_over(m, &m->task) && graver)
        take_over(&m->task, 2, months_after(day, 2), day);
    m->severity = MIN(m->severity, severity);
}

/* ---- the ledger beside it ---- */

typedef struct {
    rdl_ledger *ledger;
    char *clue_id, *task_id;
    model m;
    GRand *r;
    int passed, refused, grown, day; /* day: of the newest event */
    int own_severity;                /* of the last finding of FP-0000 */
    bool merged;
} walk;

static rdl_day to_day(int day)
{
    return rdl_day_of(2026, 11, 1) + (day - LOADED);
}

static bool chance(walk *w, double p)
{
    return g_rand_double(w->r) < p;
}

static const char *any(walk *w, const char *const *list, size_t n)
{
    return list[g_rand_int_range(w->r, 0, (int)n)];
}

/* Mostly what the procedure knows next, sometimes anything. */
static attempt try_something(walk *w, const work *of)
{
    attempt a = {.to = any(w, states, G_N_ELEMENTS(states)),
                 .role = any(w, roles, G_N_ELEMENTS(roles)),
                 .on = of->last + (chance(w, 0.05) ? -1 : g_rand_int_range(w->r, 0, 12)),
                 .paper = chance(w, 0.95),
                 .reason = chance(w, 0.9),
                 .six = chance(w, 0.9),
                 .t4 = chance(w, 0.2),
                 .accept = chance(w, 0.7),
                 .done = chance(w, 0.8)};
    const step *known[64];
    int n = 0;

    for (const step *s = common; s->from; s++)
        if (strcmp(s->from, of->state) == 0)
            known[n++] = s;
    for (const step *s = w->m.own; s->from; s++)
        if (strcmp(s->from, of->state) == 0)
            known[n++] = s;
    if (n && chance(w, 0.85)) {
        const step *s = known[chance(w, 0.7) ? 0 : g_rand_int_range(w->r, 0, n)];
        a.to = s->to;
        for (int i = 0; i < 40 && !word_in(s->actors, a.role); i++)
            a.role = any(w, roles, G_N_ELEMENTS(roles));
    }
    a.image = chance(w, 0.9) ? a.on - g_rand_int_range(w->r, -1, 5) : 0;
    a.notice = chance(w, 0.8) ? a.on + g_rand_int_range(w->r, 0, 8) : 0;
    bool again =
        of == &w->m.task && (strcmp(a.to, "REOPENED") == 0 ||
                             (strcmp(of->state, "REOPENED") == 0 && is_one_of(a.to, "PLAN_OK")));
    a.due = again && chance(w, 0.5) ? a.on + g_rand_int_range(w->r, 0, 200) : 0;
    return a;
}

static void add_day(JsonObject *o, const char *member, int day)
{
    g_autofree char *text = rdl_day_text(to_day(day));

    rdl_json_set_text(o, member, text);
}

static JsonObject *fields_of(const attempt *a)
{
    static const char *const six[] = {"target", "measures", "lead_leader", "supervisor",
                                      "resp_unit"};
    JsonObject *o = json_object_new();

    if (strcmp(a->to, "REGISTERED") == 0) {
        for (size_t i = 0; i < G_N_ELEMENTS(six) - !a->six; i++)
            rdl_json_set_text(o, six[i], "甲");
        add_day(o, "due", a->on + 200);
        rdl_json_set_text(o, "tier", a->t4 ? "T4" : "T2");
    }
    if (a->due)
        add_day(o, "due", a->due);
    if (a->done && strcmp(a->to, "SUBMITTED") == 0)
        rdl_json_set_text(o, "measures_done", "all");
    if (a->accept && is_one_of(a->to, "PLAN_OK"))
        rdl_json_set_text(o, "accept_unit", "乙");
    if (a->image && strcmp(a->to, "CHECKED") == 0)
        add_day(o, "image_date", a->image);
    if (a->notice && strcmp(a->to, "PUBLIC") == 0) {
        add_day(o, "notice", a->notice);
        rdl_json_set_text(o, "channel", "网站");
    }
    return o;
}

static bool ledger_moves(walk *w, const work *of, const attempt *a, GError **error)
{
    g_autoptr(JsonObject) fields = fields_of(a);
    g_autofree char *on = rdl_day_text(to_day(a->on));
    const rdl_move move = {.task_id = of == &w->m.clue ? w->clue_id : w->task_id,
                           .to = a->to,
                           .on = on,
                           .by = "某人",
                           .role = a->role,
                           .reason = a->reason ? "因故" : NULL,
                           .document = a->paper ? "材料" : NULL,
                           .fields = fields};

    return rdl_task_move(w->ledger, &move, error);
}

/* Both must let it pass, or neither. */
static bool agree(walk *w, bool should, bool did, const GError *error, const char *what)
{
    *(did ? &w->passed : &w->refused) += 1;
    if (should != did)
        printf("\n    %s: the model says %s, the ledger %s (%s)", what, should ? "yes" : "no",
               did ? "yes" : "no", error ? error->message : "-");
    return CHECK_INT(did, should);
}

static bool walk_move(walk *w, work *of)
{
    attempt a = try_something(w, of);
    bool should = model_allows(&w->m, of, &a);
    g_autoptr(GError) error = NULL;
    g_autofree char *what = g_strdup_printf("%s to %s by %s", of->state, a.to, a.role);

    a.accept = a.accept && strcmp(a.to, "PLAN_OK") == 0;
    bool did = ledger_moves(w, of, &a, &error);
    if (!agree(w, should, did, error, what))
        return false;
    if (did) {
        model_moves(&w->m, of, &a);
        w->day = MAX(w->day, a.on);
    }
    if (did && w->m.task.state && !w->task_id)
        w->task_id = rdl_task_of_source(w->ledger, "FP-0000", NULL);
    return true;
}

/* ---- notes ---- */

/* The nth kind of note, by the model and in the ledger. */
static bool note_allowed(const walk *w, const work *of, const char *role, int on, bool extends)
{
    return is_open(&w->m, of) && on >= of->last &&
           (extends ? word_in("office city province", role) : !word_in("auditor analyst", role));
}

static bool walk_note(walk *w, work *of)
{
    int kind = g_rand_int_range(w->r, 0, 6), on = of->last + g_rand_int_range(w->r, -1, 6);
    int n = g_rand_int_range(w->r, 0, 3), more = g_rand_int_range(w->r, -5, 40);
    double share = g_rand_int_range(w->r, 0, 11) / 10.0;
    const char *role = any(w, roles, G_N_ELEMENTS(roles));
    bool rectify = of == &w->m.task, reason = chance(w, 0.9);
    bool can = note_allowed(w, of, role, on, kind == 1 || kind == 2 || kind == 3), did = false;
    int later = (of->due ? of->due : on) + more;
    g_autofree char *day = rdl_day_text(to_day(on)), *due = rdl_day_text(to_day(later));
    g_autofree char *mile = rdl_day_text(to_day(on + 20));
    rdl_move who = {.task_id = rectify ? w->task_id : w->clue_id,
                    .to = "某组",
                    .on = day,
                    .by = "某人",
                    .role = role,
                    .reason = reason ? "因故" : NULL};
    const rdl_milestone set = {n + 1, mile, "拆除"};
    g_autoptr(GError) error = NULL;
    static const char *const names[] = {"report", "extend", "stop", "resume", "milestone", "met"};

    switch (kind) {
    case 0:
        did = rdl_task_report(w->ledger, &who, share, &error);
        can = can && rectify;
        break;
    case 1:
        did = rdl_task_extend(w->ledger, &who, due, &error);
        can = can && reason && (more > 0 || !of->due);
        break;
    case 2:
        did = rdl_task_stop(w->ledger, &who, &error);
        can = can && reason && !of->stopped;
        break;
    case 3:
        did = rdl_task_resume(w->ledger, &who, &error);
        can = can && of->stopped;
        break;
    case 4:
        did = rdl_task_milestone(w->ledger, &who, &set, &error);
        can = can && rectify &&
              (!of->milestones[n] || of->milestones[n] == on + 20 ||
               (reason && word_in("office city province", role)));
        break;
    default:
        did = rdl_task_milestone_met(w->ledger, &who, n + 1, &error);
        can = can && rectify && of->milestones[n];
        break;
    }
    g_autofree char *what = g_strdup_printf("%s of %s by %s", names[kind], of->state, role);
    if (!agree(w, can, did, error, what))
        return false;
    if (!did)
        return true;
    of->last = on;
    w->day = MAX(w->day, on);
    of->revision += kind < 4; /* milestones are rows of their own */
    if (kind == 0)
        of->progress = share;
    if (kind == 1)
        of->due = later;
    if (kind == 3 && of->due)
        of->due += on - of->stopped;
    if (kind == 2 || kind == 3)
        of->stopped = kind == 2 ? on : 0;
    if (kind == 4)
        of->milestones[n] = on + 20;
    if (kind == 5)
        of->met[n] = on;
    return true;
}

/* Another site beside it, which a person calls the same place. */
static void walk_merge(walk *w)
{
    int severity = chance(w, 0.5) ? 1 : 3;
    const fixture_grade other = {.severity = severity == 1 ? "S1" : "S3", .far = 1};
    const char *gpkg = suite_path("other.gpkg"), *const others[] = {"OTHER-0001", NULL};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;
    int loaded = w->day + g_rand_int_range(w->r, 0, 10);

    w->day = loaded + g_rand_int_range(w->r, 0, 10);
    g_autofree char *on = rdl_day_text(to_day(w->day));
    const rdl_who who = {on, "某人", "analyst", "同一处"};
    CHECK(fixture_findings_graded(gpkg, "OTHER", 1, &other, 0, &error) &&
          rdl_ledger_load_findings(w->ledger, gpkg, to_day(loaded), tally, NULL, &error) &&
          rdl_sites_merge(w->ledger, "FP-0000", others, &who, &error));
    CHECK_OK(error);
    model_absorbs(&w->m, severity, severity == 1 ? 1 : 2,
                  months_after(loaded, severity == 1 ? 1 : 2), false, w->day);
    w->merged = true;
}

/* The place is found again, larger: a later epoch, at times graver. What is closed there is to be
 * looked at. */
static void walk_newer(walk *w)
{
    int severity = w->own_severity = chance(w, 0.3) ? 1 : w->own_severity;
    const fixture_grade grade = {.severity = severity == 1 ? "S1" : "S3"};
    const char *gpkg = suite_path("newer.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    w->day += 1;
    CHECK(fixture_findings_graded(gpkg, "", 1, &grade, 0.01 * ++w->grown, &error));
    CHECK(rdl_ledger_load_findings(w->ledger, gpkg, to_day(w->day), tally, NULL, &error));
    CHECK_OK(error);
    w->m.newer = ++w->m.clock;
    model_absorbs(&w->m, severity, severity == 1 ? 1 : 2,
                  months_after(w->day, severity == 1 ? 1 : 2), true, w->day);
    bool closed = w->m.task.state && strcmp(w->m.task.state, "CLOSED") == 0;
    if (closed || (w->m.task.state && strcmp(w->m.task.state, "LOOKBACK") == 0)) {
        g_autofree char
            *last = NULL,
            *sql = g_strdup_printf(
                "SELECT max(at) FROM event WHERE subject = '%s' AND kind = 'lookback.raised'",
                w->task_id);
        rdl_day day;
        last = rdl_store_value(w->ledger->store, sql, NULL);
        CHECK(!closed || last); /* one waits, of now or of before */
        if (last && rdl_day_parse(last, &day, NULL) && day == to_day(w->day))
            w->m.task.last = w->day;
    }
}

/* ---- what both say ---- */

static void same_day(const char *text, int day, const char *what)
{
    g_autofree char *is = day ? rdl_day_text(to_day(day)) : NULL;

    if (g_strcmp0(text, is) != 0)
        printf("\n    %s", what);
    CHECK_TEXT(text ? text : "none", is ? is : "none");
}

static void same_task(walk *w, const work *of, const char *id)
{
    int at = w->day + g_rand_int_range(w->r, 0, 60);
    rdl_task_filter filter = {.id = id, .as_of = to_day(at)};
    GError *error = NULL;
    g_autoptr(GArray) tasks = rdl_task_list(w->ledger, &filter, &error);

    CHECK_OK(error);
    const rdl_task *t = &g_array_index(tasks, rdl_task, 0);
    const char *level = model_warns(&w->m, of, at);
    g_autofree char *tier = g_strdup_printf("T%d", of->tier);
    CHECK_TEXT(t->state, of->state);
    CHECK_TEXT(t->tier, tier);
    CHECK_INT(t->revision, of->revision);
    same_day(t->due, of->due, "due");
    same_day(t->stopped, of->stopped, "stopped");
    CHECK_NEAR(t->progress >= 0 ? t->progress : -1, of->progress, 1e-12);
    CHECK_TEXT(t->warning ? t->warning : "none", level ? level : "none");
}

/* Every table the ledger has, as one digest a table. */
static char *all_tables(walk *w)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *names = rdl_store_value(
        w->ledger->store,
        "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'table' AND "
        "name IN ('setting','pack','pack_file','load','site','origin','review','finding','problem',"
        "'measure','milestone','task','move','document','closeout','publication','lookback',"
        "'transfer','draw','letter','letter_site','verification','event') ORDER BY name)",
        NULL);
    g_auto(GStrv) list = g_strsplit(names, ",", -1);

    CHECK_INT(g_strv_length(list), 23);
    for (char **name = list; *name; name++) {
        g_autofree char *sql = g_strdup_printf("SELECT * FROM %s ORDER BY 1, 2", *name);
        g_autofree char *digest = rdl_store_digest(w->ledger->store, sql, NULL, NULL);
        g_string_append_printf(all, "%s %s\n", *name, digest);
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void audits_and_rebuilds(walk *w)
{
    GError *error = NULL;
    g_autofree char *before = all_tables(w), *after = NULL, *rebounds = NULL;

    CHECK(rdl_ledger_audit(w->ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(w->ledger, false, NULL, &error));
    CHECK_OK(error);
    after = all_tables(w);
    CHECK_TEXT(after, before);
    rebounds =
        rdl_store_value(w->ledger->store, "SELECT coalesce(max(rebounds), 0) FROM problem", &error);
    CHECK_INT(g_ascii_strtoll(rebounds, NULL, 10), w->m.rebounds);
}

static char *counted(rdl_ledger *ledger, rdl_day day)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_ledger_count(ledger, day, &error);
    JsonArray *rows = json_object_get_array_member(json_node_get_object(node), "rows");
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        g_string_append_printf(text, "%s %s %s %d %d %d; ", rdl_json_text(o, "xzqdm", "-"),
                               rdl_json_text(o, "kind", "-"), rdl_json_text(o, "state", "-"),
                               (int)json_object_get_int_member(o, "tasks"),
                               (int)json_object_get_int_member(o, "overdue"),
                               (int)(json_object_get_int_member(o, "rebounds") +
                                     json_object_get_int_member(o, "partial_rebounds")));
    }
    return g_string_free(text, FALSE);
}

/* The same of a ledger that holds no more than that day knew. */
static char *counted_then(rdl_ledger *then, rdl_day day)
{
    g_autofree char *on = rdl_day_text(day);
    g_autofree char *sql = g_strdup_printf(
        "SELECT group_concat(x, '') FROM (SELECT coalesce(xzqdm, '-') || ' ' || kind || ' ' || "
        "state || ' ' || count(*) || ' ' || sum(coalesce(due < '%s', 0) AND state NOT IN ('CLOSED',"
        " 'LOOKBACK', 'DISMISSED', 'LEGAL', 'LONGTERM') AND NOT (kind = 'verify' AND state = "
        "'REGISTERED')) || ' ' || sum(coalesce((SELECT rebounds FROM problem p WHERE p.problem_id ="
        " task.problem_id), 0)) ||"
        " '; ' AS x FROM task GROUP BY xzqdm, kind, state ORDER BY xzqdm, kind, state)",
        on);

    return rdl_store_value(then->store, sql, NULL);
}

/* What the rows say of a past day is what its events, played again, come to. */
static void counts_as_played_again(walk *w)
{
    for (int i = 0; i < 2; i++) {
        GError *error = NULL;
        rdl_day day = to_day(g_rand_int_range(w->r, LOADED, w->day));
        g_autoptr(rdl_ledger) then = rdl_ledger_as_of(w->ledger, day, &error);
        g_autofree char *rows = counted(w->ledger, day), *events = counted_then(then, day);
        CHECK_OK(error);
        CHECK_TEXT(rows, events);
    }
}

static bool begin_walk(walk *w, const char *name, bool other)
{
    const char *path = suite_path(name), *gpkg = suite_path("walk.gpkg");
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    w->r = suite_rand();
    w->own_severity = w->m.severity = chance(w, 0.7) ? 3 : 1;
    const fixture_grade grade = {.severity = w->m.severity == 1 ? "S1" : "S3"};
    int months = w->m.severity == 1 ? 1 : 2;
    w->m.own = other ? four : five;
    w->m.clue = (work){.state = "SCREENED",
                       .revision = 2, /* opened, screened */
                       .started = LOADED,
                       .last = LOADED,
                       .due = months_after(LOADED, months),
                       .tier = months,
                       .first_tier = months,
                       .progress = -1};
    w->day = LOADED;
    bool good = fixture_findings_graded(gpkg, "", 1, &grade, 0, &error) &&
                rdl_ledger_init(path, fixture_pack(other), NULL, &error) &&
                (w->ledger = rdl_ledger_open(path, true, &error)) &&
                rdl_store_run(w->ledger->store, "PRAGMA synchronous = OFF", &error) &&
                rdl_ledger_load_findings(w->ledger, gpkg, to_day(LOADED), tally, NULL, &error);
    CHECK_OK(error);
    w->clue_id = good ? rdl_task_of_source(w->ledger, "FP-0000", &error) : NULL;
    return good;
}

/* The problem has begun again and may have no day: a merge then meets it so. */
static bool reopened(const walk *w)
{
    return w->m.task.state && strcmp(w->m.task.state, "REOPENED") == 0;
}

static void take_walk(const char *name, bool other)
{
    walk w = {0};
    bool good = begin_walk(&w, name, other);

    for (int i = 0; good && i < STEPS; i++) {
        work *of = w.m.task.state && chance(&w, 0.93) ? &w.m.task : &w.m.clue;
        if (chance(&w, is_one_of(w.m.clue.state, "DISMISSED LEGAL") ? 0.2 : 0.05))
            walk_newer(&w);
        else if (!w.merged && chance(&w, reopened(&w) ? 0.3 : 0.01))
            walk_merge(&w);
        else
            good = chance(&w, 0.7) ? walk_move(&w, of) : walk_note(&w, of);
        same_task(&w, &w.m.clue, w.clue_id);
        if (w.m.task.state)
            same_task(&w, &w.m.task, w.task_id);
        if (i % 80 == 79)
            audits_and_rebuilds(&w);
    }
    printf("\n    %d passed, %d refused, %d rebounds; the clue %s, the rectification %s ...",
           w.passed, w.refused, w.m.rebounds, w.m.clue.state,
           w.m.task.state ? w.m.task.state : "none");
    CHECK(w.passed >= 5 && w.refused >= 5);
    counts_as_played_again(&w);
    rdl_ledger_close(w.ledger);
    g_free(w.clue_id);
    g_free(w.task_id);
}

static void five_steps(void)
{
    take_walk("five-a.sqlite", false);
    take_walk("five-b.sqlite", false);
    take_walk("five-c.sqlite", false);
}

static void four_steps(void)
{
    take_walk("four-a.sqlite", true);
    take_walk("four-b.sqlite", true);
    take_walk("four-c.sqlite", true);
}

static CU_TestInfo tests[] = {
    {"review, notice, application, check, filing", five_steps},
    {"application, check, signature, notice", four_steps},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.walk", tests, argc, argv);
}
