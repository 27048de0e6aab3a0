#include "screen/condition.h"
#include "screen/pack_check.h"
#include "screen/pack_rules.h"

#include <math.h>
#include <string.h>

static const char *const when_names[] = {"PRE_OK", "PRE_NO", "POST_OK", "POST_NO", "UNKNOWN"};

const char *rdl_when_text(rdl_when when)
{
    return when_names[when];
}

/* ---- reading ---- */

static bool listed(const char *const *list, const char *text)
{
    for (; *list; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

static const char *cell(const rdl_csv *csv, size_t row, const char *column)
{
    const char *text = rdl_csv_at(csv, row, column);

    return *text ? text : NULL;
}

static char **cell_list(const rdl_csv *csv, size_t row, const char *column)
{
    return g_strsplit(rdl_csv_at(csv, row, column), "|", -1);
}

static void rule_free(gpointer p)
{
    rdl_rule *rule = p;

    g_strfreev(rule->zones);
    g_strfreev(rule->activities);
    g_strfreev(rule->ask_if);
    g_strfreev(rule->overrides);
    g_strfreev(rule->only_if);
    g_free(rule);
}

static void read_texts(const rdl_csv *csv, size_t row, rdl_rule *rule)
{
    rule->rule_id = rdl_csv_at(csv, row, "rule_id");
    rule->when = rdl_csv_at(csv, row, "when");
    rule->verdict = rdl_csv_at(csv, row, "verdict");
    rule->basis = rdl_csv_at(csv, row, "basis");
    rule->severity = rdl_csv_at(csv, row, "severity");
    rule->lead_dept = rdl_csv_at(csv, row, "lead_dept");
    rule->handling = rdl_csv_at(csv, row, "handling");
    rule->penalty = rdl_csv_at(csv, row, "pen");
    rule->level = cell(csv, row, "level");
    rule->basin = cell(csv, row, "basin");
    rule->quantity = cell(csv, row, "quantity");
    rule->season = cell(csv, row, "season");
    rule->licence = cell(csv, row, "licence");
    rule->zones = cell_list(csv, row, "zone");
    rule->activities = cell_list(csv, row, "activity");
    rule->ask_if = cell_list(csv, row, "ask_if");
    rule->overrides = cell_list(csv, row, "overrides");
    rule->only_if = cell_list(csv, row, "only_if");
    rule->any_zone = strcmp(rdl_csv_at(csv, row, "zone"), "ANY") == 0;
    rule->line = rdl_csv_line(csv, row);
}

static rdl_applies applies_of(const char *text)
{
    return strcmp(text, "STATE") == 0  ? RDL_APPLIES_STATE
           : strcmp(text, "BOTH") == 0 ? RDL_APPLIES_BOTH
                                       : RDL_APPLIES_ACT;
}

/* Is one of the row's labels ("S1|S4") switched on? */
static bool switched_on(const rdl_csv *csv, size_t row, const char *const *local)
{
    g_auto(GStrv) labels = cell_list(csv, row, "local");

    for (char **label = labels; *label; label++)
        if (listed(local, *label))
            return true;
    return false;
}

GPtrArray *rdl_pack_read_rules(const rdl_pack *pack, const char *const *local)
{
    const rdl_csv *csv = rdl_pack_table(pack, "rules.csv");
    GPtrArray *rules = g_ptr_array_new_with_free_func(rule_free);

    for (size_t i = 0; i < rdl_csv_count(csv); i++) {
        rdl_rule *rule = g_new0(rdl_rule, 1);
        g_ptr_array_add(rules, rule);
        read_texts(csv, i, rule);
        rule->enabled =
            strcmp(rdl_csv_at(csv, i, "enabled"), "0") != 0 || switched_on(csv, i, local);
        rule->applies = applies_of(rdl_csv_at(csv, i, "applies"));
        rule->in_force.first = rdl_pack_day(csv, i, "eff_from", RDL_DAY_PAST);
        rule->in_force.last = rdl_pack_day(csv, i, "eff_to", RDL_DAY_FUTURE);
        rule->review_from = rdl_pack_day(csv, i, "review_from", RDL_DAY_FUTURE);
        rdl_penalty_parse(rule->penalty, &rule->fine, &rule->ceiling);
    }
    return rules;
}

const rdl_rule *rdl_pack_rule(const rdl_pack *pack, const char *rule_id)
{
    const GPtrArray *rules = rdl_pack_rules(pack);

    for (guint i = 0; i < rules->len; i++) {
        const rdl_rule *rule = rules->pdata[i];
        if (strcmp(rule->rule_id, rule_id) == 0)
            return rule;
    }
    return NULL;
}

/* ---- matching ---- */

/* CODE in "A;-B": YES, -CODE: NO, absent or both: MAYBE (J4). */
static rdl_truth attr(const char *attrs, const char *code)
{
    g_auto(GStrv) known = g_strsplit(attrs ? attrs : "", ";", -1);
    bool yes = false, no = false;

    for (char **k = known; *k; k++) {
        const char *name = g_strstrip(*k);
        yes = yes || strcmp(name, code) == 0;
        no = no || (*name == '-' && strcmp(name + 1, code) == 0);
    }
    return yes == no ? RDL_MAYBE : yes ? RDL_YES : RDL_NO;
}

static bool under_any(const rdl_pack *pack, const char *activity, char *const *codes)
{
    for (; *codes; codes++)
        if (strcmp(*codes, "*") == 0 || rdl_pack_activity_is(pack, activity, *codes))
            return true;
    return false;
}

/* The same over a cell of predicates.csv. */
static bool under_cell(const rdl_pack *pack, const char *activity, const rdl_csv *csv, gssize row,
                       const char *column)
{
    g_auto(GStrv) codes = cell_list(csv, (size_t)row, column);

    return under_any(pack, activity, codes);
}

static bool is_pre(rdl_when when)
{
    return when == RDL_WHEN_PRE_OK || when == RDL_WHEN_PRE_NO;
}

static rdl_truth predicate(const rdl_pack *pack, const rdl_case *c, const char *code)
{
    const rdl_csv *csv = rdl_pack_table(pack, "predicates.csv");
    gssize row = csv ? rdl_csv_find(csv, "code", code) : -1;

    if (row < 0)
        return RDL_NO;
    if (strcmp(rdl_csv_at(csv, (size_t)row, "kind"), "attr") == 0)
        return attr(c->attrs, code);
    if (strcmp(rdl_csv_at(csv, (size_t)row, "kind"), "sql") == 0)
        return rdl_condition_test(pack, code, c);
    bool in = under_cell(pack, c->activity, csv, row, "members") &&
              !under_cell(pack, c->activity, csv, row, "excludes") &&
              !(is_pre(c->when) && under_cell(pack, c->activity, csv, row, "excludes_pre"));
    return in ? RDL_YES : RDL_NO;
}

bool rdl_activity_known(const rdl_pack *pack, const char *activity)
{
    return rdl_pack_has_activity(pack, activity) && strcmp(activity, "UNKNOWN") != 0;
}

/* An unknown activity is under no named row (J29). */
static rdl_truth activity_matches(const rdl_pack *pack, const rdl_rule *rule, const rdl_case *c,
                                  const char **asked)
{
    bool known = rdl_activity_known(pack, c->activity);
    rdl_truth best = RDL_NO;

    for (char **a = rule->activities; *a; a++) {
        rdl_truth one = RDL_NO;
        if (strcmp(*a, "ANY") == 0)
            one = RDL_YES;
        else if (known && rdl_pack_has_activity(pack, *a))
            one = rdl_pack_activity_may_be(pack, c->activity, *a);
        else if (known)
            one = predicate(pack, c, *a);
        if (one == RDL_MAYBE && asked)
            *asked = *a;
        best = rdl_truth_or(best, one);
    }
    return best;
}

/* All the predicates that limit the row: a distance, a season. */
static rdl_truth limits_hold(const rdl_pack *pack, const rdl_rule *rule, const rdl_case *c,
                             const char **asked)
{
    rdl_truth all = RDL_YES;

    for (char **code = rule->only_if; *code; code++) {
        rdl_truth one = **code ? predicate(pack, c, *code) : RDL_YES;
        if (one == RDL_MAYBE && asked)
            *asked = *code;
        all = rdl_truth_and(all, one);
    }
    return all;
}

/* `ANY` reads as POST_OK, POST_NO and EXPAND in a reserve; UNKNOWN meets ANY rows only (J3). */
static bool when_matches(const rdl_rule *rule, const rdl_case *c)
{
    bool post = c->when == RDL_WHEN_POST_OK || c->when == RDL_WHEN_POST_NO;

    if (strcmp(rule->when, "ANY") == 0)
        return c->when == RDL_WHEN_UNKNOWN || post || !(c->zone && c->zone->reserve);
    if (strcmp(rule->when, "EXPAND") == 0)
        return c->expansion && post;
    return c->when != RDL_WHEN_UNKNOWN && strcmp(rule->when, rdl_when_text(c->when)) == 0;
}

/* Directly, or through the crosswalk of a zone that is to be converted: then for a person (J9). */
static bool zone_matches(const rdl_rule *rule, const rdl_case *c, bool *converted)
{
    *converted = false;
    if (!c->zone)
        return rule->any_zone;
    if (listed((const char *const *)rule->zones, c->zone->zone))
        return true;
    *converted =
        c->zone->converts_to && listed((const char *const *)rule->zones, c->zone->converts_to);
    return *converted;
}

/* A field of the zone polygon that the row asks for. */
static rdl_truth field_matches(const char *wanted, const char *got)
{
    if (!wanted)
        return RDL_YES;
    return !got ? RDL_MAYBE : strcmp(wanted, got) == 0 ? RDL_YES : RDL_NO;
}

/* Was it done in the row's season, or in the one the polygon names? None: all the year. */
static rdl_truth season_holds(const rdl_rule *rule, const rdl_case *c)
{
    bool of_zone = rule->season && strcmp(rule->season, "zone") == 0;
    const char *season = of_zone ? c->period : rule->season;

    return season ? rdl_season_within(c->onset, season) : RDL_YES;
}

static void ask(rdl_hit *hit, const char *note, const char *asked)
{
    hit->asked = asked;
    hit->status = RDL_HIT_ASKED;
    hit->review = true;
    hit->note = note;
}

/* Settles by which date the row is selected; false when it was in force at neither. */
static bool select_by_date(const rdl_rule *rule, const rdl_case *c, rdl_hit *hit)
{
    rdl_interval today = {c->as_of, c->as_of};
    rdl_truth then = c->act_judged ? rdl_interval_within(c->onset, rule->in_force) : RDL_NO;
    bool now = c->state_judged && rdl_interval_within(today, rule->in_force) == RDL_YES;

    hit->by_act = rule->applies != RDL_APPLIES_STATE && then != RDL_NO;
    if (rule->applies == RDL_APPLIES_BOTH && then == RDL_MAYBE && now)
        hit->by_act = false; /* what stands today is certain */
    if (!hit->by_act)
        return rule->applies != RDL_APPLIES_ACT && now;
    if (then == RDL_MAYBE || c->undated)
        hit->status = RDL_HIT_DATE;
    return true;
}

static bool match(const rdl_pack *pack, const rdl_rule *rule, const rdl_case *c, rdl_hit *hit)
{
    const char *asked = NULL;
    bool converted;

    *hit = (rdl_hit){.rule = rule, .status = RDL_HIT_DECIDED};
    if (!rule->enabled || !when_matches(rule, c) || !zone_matches(rule, c, &converted))
        return false;
    bool excepted = under_any(pack, c->activity, rule->ask_if); /* asked, never simply left out */
    rdl_truth fits = excepted ? RDL_MAYBE : activity_matches(pack, rule, c, &asked);
    if (fits != RDL_NO)
        fits = rdl_truth_and(fits, limits_hold(pack, rule, c, &asked));
    rdl_truth place =
        rdl_truth_and(field_matches(rule->level, c->level), field_matches(rule->basin, c->basin));
    rdl_truth season = season_holds(rule, c);
    if (fits == RDL_NO || place == RDL_NO || season == RDL_NO || !select_by_date(rule, c, hit))
        return false;
    if (!hit->by_act && c->undated)
        hit->status = RDL_HIT_DATE;
    if (season == RDL_MAYBE) {
        hit->status = RDL_HIT_DATE;
        hit->note = "whether it was done within the season is not known";
    }
    if (converted) {
        rdl_day date = hit->by_act ? c->onset.last : c->as_of;
        if (date < c->zone->converts_from)
            return false;
        hit->review = true;
        hit->note = "zone converted, not approved";
    }
    if (rule->review_from != RDL_DAY_FUTURE && c->onset.last >= rule->review_from) {
        if (c->onset.first < rule->review_from)
            hit->status = RDL_HIT_DATE; /* before or after that day: not known */
        else
            hit->review = true;
        hit->note = "the row's own basis was replaced, perhaps before the act";
    }
    if (excepted)
        ask(hit, "the article excepts works that serve the zone", c->activity);
    else if (fits == RDL_MAYBE)
        ask(hit,
            asked && rdl_pack_has_activity(pack, asked)
                ? "which kind of the activity it is is not known"
                : "an attribute of the footprint is not known",
            asked);
    else if (place == RDL_MAYBE)
        ask(hit, "a field of the zone is not known", rule->level && !c->level ? "level" : "basin");
    return true;
}

static bool overrides(const rdl_rule *rule, const rdl_rule *other)
{
    return listed((const char *const *)rule->overrides, other->rule_id);
}

/* Decided; or in doubt for the date, as the other is, and in force on every day the other is. */
static bool speaks_wherever(const rdl_hit *strong, const rdl_hit *weak)
{
    const rdl_interval *a = &strong->rule->in_force, *b = &weak->rule->in_force;

    return strong->status == RDL_HIT_DECIDED ||
           (strong->status == RDL_HIT_DATE && weak->status == RDL_HIT_DATE &&
            strong->by_act == weak->by_act && a->first <= b->first && a->last >= b->last);
}

/* A decided row removes the rows it names (J6); one hit a rule, and BOTH rows that were selected
 * by today yield to a decided sibling selected by the act (J2) in the order, not here. */
static void mark_overridden(GArray *hits, guint from)
{
    for (guint i = from; i < hits->len; i++) {
        const rdl_hit *strong = &g_array_index(hits, rdl_hit, i);
        for (guint k = from; k < hits->len; k++) {
            rdl_hit *weak = &g_array_index(hits, rdl_hit, k);
            if (speaks_wherever(strong, weak) && (!strong->review || weak->review) &&
                overrides(strong->rule, weak->rule))
                weak->overridden = true;
        }
    }
}

/* In yuan, where the measured quantity gives one; a multiple of a value nobody measured is not
 * comparable (J17). */
double rdl_rule_ceiling(const rdl_rule *rule, double area_m2, double length_m)
{
    if (strcmp(rule->fine, "FIX") == 0)
        return rule->ceiling;
    if (strcmp(rule->fine, "M2") == 0)
        return rule->ceiling * area_m2;
    return strcmp(rule->fine, "M") == 0 ? rule->ceiling * length_m : NAN;
}

void rdl_rules_match(const rdl_pack *pack, const rdl_case *c, bool any_zone, GArray *hits)
{
    const GPtrArray *rules = rdl_pack_rules(pack);
    guint from = hits->len;

    for (guint i = 0; i < rules->len; i++) {
        const rdl_rule *rule = rules->pdata[i];
        rdl_hit hit;
        if (rule->any_zone != any_zone || !match(pack, rule, c, &hit))
            continue;
        hit.verdict = hit.review ? "REVIEW" : rule->verdict;
        hit.ceiling = rdl_rule_ceiling(rule, c->area_m2, c->length_m);
        hit.named = under_any(pack, c->activity, rule->activities);
        g_array_append_val(hits, hit);
    }
    mark_overridden(hits, from);
}

/* Is it a row for the zone, the time and the place of the case, whatever was built? */
static bool row_of_zone(const rdl_pack *pack, const rdl_rule *rule, const rdl_case *c)
{
    bool converted;

    return rule->enabled && when_matches(rule, c) && zone_matches(rule, c, &converted) &&
           limits_hold(pack, rule, c, NULL) != RDL_NO && season_holds(rule, c) != RDL_NO &&
           field_matches(rule->level, c->level) != RDL_NO &&
           field_matches(rule->basin, c->basin) != RDL_NO;
}

bool rdl_rules_know(const rdl_pack *pack, const rdl_case *c)
{
    const GPtrArray *rules = rdl_pack_rules(pack);

    for (guint i = 0; i < rules->len; i++)
        if (row_of_zone(pack, rules->pdata[i], c) &&
            activity_matches(pack, rules->pdata[i], c, NULL) != RDL_NO)
            return true;
    return false;
}

bool rdl_rules_unasked(const rdl_pack *pack, const rdl_case *c)
{
    const GPtrArray *rules = rdl_pack_rules(pack);
    bool any = false;

    for (guint i = 0; !any && i < rules->len; i++)
        any = row_of_zone(pack, rules->pdata[i], c);
    return any && !rdl_activity_known(pack, c->activity);
}

const rdl_rule *rdl_rules_positive(const rdl_pack *pack, const rdl_case *c, const rdl_rule *rule)
{
    const GPtrArray *rules = rdl_pack_rules(pack);
    rdl_interval today = {c->as_of, c->as_of};
    bool converted;

    for (guint i = 0; i < rules->len; i++) {
        const rdl_rule *list = rules->pdata[i];
        if (list->enabled && overrides(list, rule) && strcmp(list->when, "EXPAND") != 0 &&
            zone_matches(list, c, &converted) && activity_matches(pack, list, c, NULL) == RDL_YES &&
            (rdl_interval_within(c->onset, list->in_force) != RDL_NO ||
             rdl_interval_within(today, list->in_force) == RDL_YES))
            return list;
    }
    return NULL;
}

/* ---- order ---- */

/* What a person is to look at anyway decides nothing: a row that may speak goes before it (J21). */
static int rank(const rdl_hit *h)
{
    bool review = strcmp(h->verdict, "REVIEW") == 0;

    if (h->overridden)
        return 5;
    if (h->status == RDL_HIT_ASKED)
        return 4;
    return (h->status == RDL_HIT_DATE) + 2 * review;
}

static double comparable(double ceiling)
{
    return isnan(ceiling) ? -1.0 : ceiling;
}

/* An activity by its own name goes before a set or attribute, that before ANY. */
static int breadth(const rdl_hit *hit)
{
    return strcmp(hit->rule->activities[0], "ANY") == 0 ? 2 : !hit->named;
}

int rdl_hit_order(const rdl_hit *a, const rdl_hit *b)
{
    int by_severity = strcmp(a->rule->severity, b->rule->severity);
    double fine_a = comparable(a->ceiling), fine_b = comparable(b->ceiling);

    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    /* of one family of rows the act's goes before today's (J2) */
    if (a->rule->applies == RDL_APPLIES_BOTH && b->rule->applies == RDL_APPLIES_BOTH &&
        a->by_act != b->by_act)
        return a->by_act ? -1 : 1;
    if (by_severity)
        return by_severity;
    if (fine_a < fine_b || fine_a > fine_b)
        return fine_a > fine_b ? -1 : 1;
    if (a->rule->any_zone != b->rule->any_zone)
        return a->rule->any_zone ? 1 : -1;
    if (breadth(a) != breadth(b))
        return breadth(a) - breadth(b);
    return strcmp(a->rule->rule_id, b->rule->rule_id);
}
