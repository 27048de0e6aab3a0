#include "screen/verdict.h"

#include <math.h>
#include <string.h>
#include "screen/pack_rules.h"

const char *rdl_result_text(rdl_result result)
{
    static const char *const names[] = {[RDL_RESULT_SUSPECT] = "SUSPECT",
                                        [RDL_RESULT_UNKNOWN_DATE] = "UNKNOWN-DATE",
                                        [RDL_RESULT_PERMIT_CHECK] = "PERMIT-CHECK",
                                        [RDL_RESULT_EDGE] = "EDGE",
                                        [RDL_RESULT_HISTORIC] = "HISTORIC",
                                        [RDL_RESULT_CLEAN] = "CLEAN",
                                        [RDL_RESULT_REFUSE] = "REFUSE",
                                        [RDL_RESULT_ASK] = "ASK",
                                        [RDL_RESULT_PERMIT_NEEDED] = "PERMIT-NEEDED",
                                        [RDL_RESULT_PASS] = "PASS"};

    return names[result];
}

/* Before the zone was established? MAYBE while the two intervals interlock. */
static rdl_truth before_zone(rdl_interval onset, const rdl_zone *zone)
{
    if (!zone)
        return RDL_NO;
    if (onset.last < zone->established.first)
        return RDL_YES;
    return onset.first >= zone->established.last ? RDL_NO : RDL_MAYBE;
}

rdl_when rdl_when_of(rdl_interval onset, const rdl_zone *zone, rdl_truth granted)
{
    rdl_truth pre = before_zone(onset, zone);

    if (pre == RDL_MAYBE || granted == RDL_MAYBE)
        return RDL_WHEN_UNKNOWN;
    if (pre == RDL_YES)
        return granted == RDL_YES ? RDL_WHEN_PRE_OK : RDL_WHEN_PRE_NO;
    return granted == RDL_YES ? RDL_WHEN_POST_OK : RDL_WHEN_POST_NO;
}

static gint by_order(gconstpointer a, gconstpointer b)
{
    return rdl_hit_order(a, b);
}

static bool decided(const rdl_hit *hit)
{
    return hit->status == RDL_HIT_DECIDED && !hit->overridden;
}

static bool verdict_in(const char *verdict, const char *list)
{
    return strstr(list, verdict) != NULL;
}

/* ---- the primary row ---- */

/* For an approved older work an EXIT, ALLOW or PERMIT row goes first (J3). */
static void prefer_lawful(GArray *hits, rdl_when when)
{
    for (guint i = 1; when == RDL_WHEN_PRE_OK && i < hits->len; i++) {
        rdl_hit hit = g_array_index(hits, rdl_hit, i);
        if (!decided(&hit) || !verdict_in(hit.verdict, "EXIT ALLOW PERMIT"))
            continue;
        g_array_remove_index(hits, i);
        g_array_prepend_val(hits, hit);
        return;
    }
}

static const rdl_hit *first_hit(const GArray *hits)
{
    const rdl_hit *hit = hits->len ? &g_array_index(hits, rdl_hit, 0) : NULL;

    return hit && !hit->overridden ? hit : NULL;
}

/* The gravest decided row selected by the act's date. */
static const rdl_rule *rule_at_act(const GArray *hits)
{
    for (guint i = 0; i < hits->len; i++) {
        const rdl_hit *hit = &g_array_index(hits, rdl_hit, i);
        if (decided(hit) && hit->by_act)
            return hit->rule;
    }
    return NULL;
}

/* The row that would be primary had the act happened on as_of: what art. 1057 compares with. */
static const rdl_rule *rule_today(const rdl_pack *pack, const rdl_case *c, bool any_zone)
{
    rdl_case now = *c;
    g_autoptr(GArray) hits = g_array_new(FALSE, TRUE, sizeof(rdl_hit));

    now.onset = (rdl_interval){c->as_of, c->as_of};
    now.act_judged = now.state_judged = true;
    rdl_rules_match(pack, &now, any_zone, hits);
    g_array_sort(hits, by_order);
    const rdl_hit *first = first_hit(hits);
    return first && decided(first) && first->by_act ? first->rule : NULL;
}

static bool countable(const rdl_rule *rule)
{
    return strcmp(rule->fine, "-") != 0 && strcmp(rule->fine, "X") != 0;
}

/* The old row judges unless the newer is lighter; without fines of one kind the two are not
 * comparable (Code art. 1057, J16). */
static const rdl_rule *lighter(const rdl_rule *then, const rdl_rule *now, rdl_day as_of)
{
    bool repealed = then->in_force.last < as_of;

    return now && repealed && countable(now) && strcmp(now->fine, then->fine) == 0 &&
                   now->ceiling < then->ceiling
               ? now
               : then;
}

/* ---- laws that changed within the onset (J21) ---- */

static gint by_day(gconstpointer a, gconstpointer b)
{
    rdl_day x = *(const rdl_day *)a, y = *(const rdl_day *)b;

    return (x > y) - (x < y);
}

static void add_limit(GArray *limits, rdl_interval onset, rdl_day day)
{
    if (onset.first < day && day <= onset.last && day != RDL_DAY_FUTURE)
        g_array_append_val(limits, day);
}

/* The days within the onset on which another law begins to judge, in order. */
static GArray *law_limits(const GArray *hits, const rdl_case *c)
{
    GArray *limits = g_array_new(FALSE, FALSE, sizeof(rdl_day));

    for (guint i = 0; i < hits->len; i++) {
        const rdl_rule *rule = g_array_index(hits, rdl_hit, i).rule;
        add_limit(limits, c->onset, rule->in_force.first);
        add_limit(limits, c->onset, rule->review_from);
        if (rule->in_force.last != RDL_DAY_FUTURE)
            add_limit(limits, c->onset, rule->in_force.last + 1);
    }
    if (c->zone && c->zone->converts_to)
        add_limit(limits, c->onset, c->zone->converts_from);
    g_array_sort(limits, by_day);
    return limits;
}

/* The primary row had the act happened in that span; NULL when none decides. */
static const rdl_rule *primary_in(const rdl_pack *pack, const rdl_case *c, rdl_interval span,
                                  bool any_zone, const char **verdict)
{
    g_autoptr(GArray) hits = g_array_new(FALSE, TRUE, sizeof(rdl_hit));
    rdl_case then = *c;

    then.onset = span;
    rdl_rules_match(pack, &then, any_zone, hits);
    g_array_sort(hits, by_order);
    prefer_lawful(hits, c->when);
    const rdl_hit *first = first_hit(hits);
    if (!first || !decided(first))
        return NULL;
    *verdict = first->verdict;
    return first->rule;
}

/* Whatever the day of the act, is the verdict the same? Then the row of the earliest span decides.
 */
static void agree_over_time(const rdl_pack *pack, const rdl_case *c, bool any_zone, GArray *hits)
{
    g_autoptr(GArray) limits = law_limits(hits, c);
    const rdl_rule *oldest = NULL;
    const char *agreed = NULL, *verdict = NULL;
    rdl_interval span = c->onset;

    for (guint i = 0; limits->len && i <= limits->len; i++) {
        span.last = i < limits->len ? g_array_index(limits, rdl_day, i) - 1 : c->onset.last;
        if (span.first > span.last)
            continue; /* the same day twice */
        const rdl_rule *rule = primary_in(pack, c, span, any_zone, &verdict);
        if (!rule || (agreed && strcmp(agreed, verdict) != 0))
            return;
        oldest = oldest ? oldest : rule;
        agreed = verdict;
        span.first = span.last + 1;
    }
    for (guint i = 0; oldest && i < hits->len; i++) {
        rdl_hit *hit = &g_array_index(hits, rdl_hit, i);
        if (hit->rule != oldest || hit->status != RDL_HIT_DATE)
            continue;
        hit->status = RDL_HIT_DECIDED;
        hit->note = "the law changed within the onset, its rows agree";
    }
}

/* ---- result (3.4b item 6) ---- */

static bool is_pre(rdl_when when)
{
    return when == RDL_WHEN_PRE_OK || when == RDL_WHEN_PRE_NO;
}

static rdl_result result_without_rule(const rdl_case *c, bool rows_exist)
{
    if (c->undated)
        return RDL_RESULT_UNKNOWN_DATE;
    if (is_pre(c->when))
        return RDL_RESULT_HISTORIC;
    return c->when != RDL_WHEN_POST_NO || rows_exist ? RDL_RESULT_PERMIT_CHECK : RDL_RESULT_CLEAN;
}

static rdl_result result_of_hit(const rdl_hit *hit, const rdl_case *c)
{
    if (c->undated || hit->status == RDL_HIT_DATE)
        return RDL_RESULT_UNKNOWN_DATE;
    if (verdict_in(hit->verdict, "PROHIBIT DENY"))
        return RDL_RESULT_SUSPECT;
    if (strcmp(hit->verdict, "PERMIT") == 0)
        return c->when == RDL_WHEN_POST_NO ? RDL_RESULT_SUSPECT : RDL_RESULT_PERMIT_CHECK;
    if (strcmp(hit->verdict, "ALLOW") == 0)
        return RDL_RESULT_CLEAN;
    if (is_pre(c->when) || verdict_in(hit->verdict, "EXIT ASSESS"))
        return RDL_RESULT_HISTORIC;
    return RDL_RESULT_PERMIT_CHECK; /* REVIEW: a person looks first, nobody is accused */
}

static void add_note(rdl_verdict *v, const char *text)
{
    if (!text)
        return;
    char *both = v->note ? g_strconcat(v->note, "; ", text, NULL) : g_strdup(text);
    g_free(v->note);
    v->note = both;
}

char *rdl_hit_note(const rdl_hit *hit)
{
    return hit->asked ? g_strdup_printf("%s: %s", hit->note, hit->asked) : g_strdup(hit->note);
}

static void conclude_without_rule(rdl_verdict *v, const rdl_pack *pack, const rdl_case *c)
{
    bool papers = c->when == RDL_WHEN_UNKNOWN && !c->undated;
    rdl_case settled = *c;

    if (papers) /* where no row would judge it, the permit in doubt matters to nobody */
        settled.when = RDL_WHEN_POST_NO;
    bool rows_exist = rdl_rules_know(pack, &settled);
    v->result = result_without_rule(&settled, rows_exist);
    v->verdict = v->result == RDL_RESULT_CLEAN ? NULL : "REVIEW";
    if (v->when == RDL_WHEN_POST_NO && rows_exist)
        add_note(v, c->act_judged ? "no row was in force at the act"
                                  : "the act is judged on the earlier version of the zone");
    if (v->result == RDL_RESULT_CLEAN && rdl_rules_unasked(pack, c))
        add_note(v, "what was built is not known: rows of this zone that name activities were not "
                    "asked");
}

/* What an accusation without a permit rests on (3.4b item 3). */
static void note_permit(rdl_verdict *v, const rdl_pack *pack, const rdl_case *c)
{
    const rdl_rule *list = NULL;

    if (v->when == RDL_WHEN_POST_NO && strcmp(v->verdict, "DENY") == 0)
        list = rdl_rules_positive(pack, c, v->rule);
    if (list) {
        g_autofree char *text =
            g_strdup_printf("permit missing: on the zone's positive list by %s", list->rule_id);
        add_note(v, text);
    } else if (v->when == RDL_WHEN_POST_NO && strcmp(v->verdict, "PERMIT") == 0) {
        add_note(v, "permit missing");
    }
}

static void conclude(rdl_verdict *v, const rdl_pack *pack, const rdl_case *c, bool any_zone)
{
    const rdl_hit *first = first_hit(v->hits);

    if (!first) {
        conclude_without_rule(v, pack, c);
        return;
    }
    v->rule = first->rule;
    v->verdict = first->verdict;
    v->result = result_of_hit(first, c);
    g_autofree char *note = rdl_hit_note(first);
    add_note(v, note);
    if (decided(first) && first->by_act) {
        v->rule = lighter(first->rule, rule_today(pack, c, any_zone), c->as_of);
        if (v->rule != first->rule) {
            v->verdict = v->rule->verdict;
            add_note(v, "the newer row is lighter (Code art. 1057)");
        }
    }
    if (v->result == RDL_RESULT_UNKNOWN_DATE) { /* shown, but it decides nothing (J3, J21) */
        v->verdict = strcmp(v->verdict, "ALLOW") == 0 ? "ALLOW" : "REVIEW";
        v->when = RDL_WHEN_UNKNOWN;
    }
    note_permit(v, pack, c);
    const rdl_rule *then = rule_at_act(v->hits);
    v->rule_then = then != v->rule ? then : NULL;
}

/* Why the version of the zone leaves the case undecided (J27); NULL where it does not. */
static const char *undecided_by(rdl_version version)
{
    if (version == RDL_VERSION_NEW_GROUND)
        return "built after the zone was established, before this boundary: new ground";
    if (version == RDL_VERSION_PERHAPS || version == RDL_VERSION_PERHAPS_ACT)
        return "the onset straddles the dates of this version of the zone";
    return NULL;
}

/* Attributes of the footprint, and of the permits that cover it (J4). Yours. */
static char *attributes(const rdl_footprint *f, const rdl_approval *approval)
{
    const char *lent = approval->granted == RDL_YES && approval->attrs ? approval->attrs : "";

    return g_strjoin(";", f->attrs ? f->attrs : "", lent, NULL);
}

const char *rdl_verdict_web_datum(const rdl_footprint *f, const rdl_zone *zone)
{
    return f->web_datum ? f->web_datum : zone ? zone->web_datum : NULL;
}

/* Nobody is accused on a place that may be hundreds of metres away. */
static void doubt_place(rdl_verdict *v, const char *web_datum)
{
    if (!web_datum)
        return;
    g_autofree char *note = g_strdup_printf("DATUM_UNCERTAIN: places in %s are displaced by up to "
                                            "%g m",
                                            web_datum, rdl_web_datum_error_m(web_datum));
    add_note(v, note);
    if (v->verdict && strcmp(v->verdict, "ALLOW") != 0)
        v->verdict = "REVIEW";
    if (v->result == RDL_RESULT_SUSPECT)
        v->result = RDL_RESULT_PERMIT_CHECK;
}

static void manage(rdl_verdict *v, rdl_case *c, const rdl_zone *zone, const char **undecided)
{
    rdl_truth other = rdl_zone_managed_as_other(zone, c->onset);

    if (other == RDL_MAYBE)
        *undecided = "whether it was done in the zone's strict season is not known";
    if (other != RDL_YES)
        return;
    c->zone = zone->managed_as;
    g_autofree char *note = g_strdup_printf("managed as %s", zone->managed_as->zone);
    add_note(v, note);
}

static void judge(rdl_verdict *v, const rdl_pack *pack, const rdl_case *c, bool any_zone)
{
    rdl_rules_match(pack, c, any_zone, v->hits);
    if (!c->undated)
        agree_over_time(pack, c, any_zone, v->hits);
    g_array_sort(v->hits, by_order);
    prefer_lawful(v->hits, v->when);
    conclude(v, pack, c, any_zone);
}

rdl_verdict rdl_verdict_of(const rdl_pack *pack, const rdl_footprint *f, const rdl_zone *zone,
                           const rdl_part *part, const rdl_approval *approval, rdl_version version,
                           const double *near, rdl_day as_of)
{
    rdl_verdict v = {.hits = g_array_new(FALSE, TRUE, sizeof(rdl_hit))};
    g_autofree char *attrs = attributes(f, approval);
    rdl_case c = {.zone = zone ? zone->class : NULL,
                  .level = zone ? zone->level : NULL,
                  .basin = zone ? zone->basin : NULL,
                  .period = zone ? zone->period : NULL,
                  .activity = f->activity,
                  .attrs = attrs,
                  .expansion = f->expands != NULL,
                  .onset = f->onset,
                  .as_of = as_of,
                  .area_m2 = part ? part->area_m2 : NAN,
                  .length_m = part ? part->length_m : NAN,
                  .near = near,
                  .act_judged = version != RDL_VERSION_STATE,
                  .state_judged = version != RDL_VERSION_ACT && version != RDL_VERSION_PERHAPS_ACT};
    const char *undecided = undecided_by(version);

    if (version == RDL_VERSION_ACT) /* a later act is judged on the later version */
        c.onset.last = MIN(c.onset.last, zone->version.last);
    manage(&v, &c, zone, &undecided);
    v.when = c.when = undecided ? RDL_WHEN_UNKNOWN : rdl_when_of(f->onset, zone, approval->granted);
    c.undated = c.when == RDL_WHEN_UNKNOWN &&
                (undecided || !approval->papers_only || before_zone(f->onset, zone) != RDL_NO);
    add_note(&v, f->note);
    add_note(&v, approval->note);
    add_note(&v, undecided);
    if (f->built_nothing) {
        v.result = RDL_RESULT_CLEAN;
        add_note(&v, "the ground turned green: nothing was built");
    } else {
        judge(&v, pack, &c, zone == NULL);
    }
    doubt_place(&v, rdl_verdict_web_datum(f, zone));
    if (part && part->dimension == 2 && part->min_m2 <= 0.0 && v.result != RDL_RESULT_CLEAN)
        v.result = RDL_RESULT_EDGE;
    return v;
}

void rdl_verdict_clear(rdl_verdict *verdict)
{
    g_clear_pointer(&verdict->hits, g_array_unref);
    g_clear_pointer(&verdict->note, g_free);
}
