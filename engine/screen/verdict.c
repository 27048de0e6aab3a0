#include "screen/verdict.h"

#include <math.h>
#include <string.h>

const char *rdl_result_text(rdl_result result)
{
    static const char *const names[] = {
        [RDL_RESULT_SUSPECT] = "SUSPECT",           [RDL_RESULT_UNKNOWN_DATE] = "UNKNOWN-DATE",
        [RDL_RESULT_PERMIT_CHECK] = "PERMIT-CHECK", [RDL_RESULT_EDGE] = "EDGE",
        [RDL_RESULT_HISTORIC] = "HISTORIC",         [RDL_RESULT_CLEAN] = "CLEAN"};

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

/* ---- rows that straddle the onset (J21) ---- */

static gint by_force(gconstpointer a, gconstpointer b)
{
    const rdl_hit *x = *(rdl_hit *const *)a, *y = *(rdl_hit *const *)b;
    rdl_day fx = x->rule->in_force.first, fy = y->rule->in_force.first;

    return fx < fy ? -1 : fx > fy;
}

/* If the rows one after another cover the whole onset and agree in verdict, the older decides. */
static void agree_over_time(GArray *hits, rdl_interval onset)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();

    for (guint i = 0; i < hits->len; i++) {
        rdl_hit *hit = &g_array_index(hits, rdl_hit, i);
        if (hit->status == RDL_HIT_DATE && hit->by_act)
            g_ptr_array_add(rows, hit);
    }
    g_ptr_array_sort(rows, by_force);
    if (rows->len < 2)
        return;
    rdl_hit *oldest = rows->pdata[0];
    rdl_day covered = oldest->rule->in_force.last;
    bool agree = oldest->rule->in_force.first <= onset.first;
    for (guint i = 1; agree && i < rows->len; i++) {
        const rdl_hit *next = rows->pdata[i];
        agree = strcmp(next->verdict, oldest->verdict) == 0 &&
                (covered == RDL_DAY_FUTURE || next->rule->in_force.first <= covered + 1);
        covered = MAX(covered, next->rule->in_force.last);
    }
    if (agree && covered >= onset.last) {
        oldest->status = RDL_HIT_DECIDED;
        oldest->note = "the law changed within the onset, both rows agree";
    }
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

/* The old row judges unless the newer is lighter; where either states no fixed fine they are not
 * comparable (Code art. 1057, J16). */
static const rdl_rule *lighter(const rdl_rule *then, const rdl_rule *now, rdl_day as_of)
{
    bool repealed = then->in_force.last < as_of;

    return now && repealed && !isnan(now->ceiling) && !isnan(then->ceiling) &&
                   now->ceiling < then->ceiling
               ? now
               : then;
}

/* ---- result (3.4b item 6) ---- */

static rdl_result result_without_rule(rdl_when when, bool rows_exist)
{
    switch (when) {
    case RDL_WHEN_UNKNOWN:
        return RDL_RESULT_UNKNOWN_DATE;
    case RDL_WHEN_PRE_OK:
    case RDL_WHEN_PRE_NO:
        return RDL_RESULT_HISTORIC;
    case RDL_WHEN_POST_OK:
        return RDL_RESULT_PERMIT_CHECK;
    case RDL_WHEN_POST_NO:
        break;
    }
    return rows_exist ? RDL_RESULT_PERMIT_CHECK : RDL_RESULT_CLEAN;
}

static rdl_result result_of_hit(const rdl_hit *hit, rdl_when when)
{
    bool pre = when == RDL_WHEN_PRE_OK || when == RDL_WHEN_PRE_NO;

    if (when == RDL_WHEN_UNKNOWN || hit->status == RDL_HIT_DATE)
        return RDL_RESULT_UNKNOWN_DATE;
    if (verdict_in(hit->verdict, "PROHIBIT DENY"))
        return RDL_RESULT_SUSPECT;
    if (strcmp(hit->verdict, "PERMIT") == 0)
        return when == RDL_WHEN_POST_NO ? RDL_RESULT_SUSPECT : RDL_RESULT_PERMIT_CHECK;
    if (strcmp(hit->verdict, "ALLOW") == 0)
        return RDL_RESULT_CLEAN;
    if (pre || verdict_in(hit->verdict, "EXIT ASSESS"))
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

static void conclude(rdl_verdict *v, const rdl_pack *pack, const rdl_case *c, bool any_zone)
{
    const rdl_hit *first = first_hit(v->hits);

    if (!first) {
        bool rows_exist = rdl_rules_know(pack, c);
        v->result = result_without_rule(v->when, rows_exist);
        v->verdict = v->result == RDL_RESULT_CLEAN ? NULL : "REVIEW";
        if (v->when == RDL_WHEN_POST_NO && rows_exist)
            add_note(v, c->act_judged ? "no row was in force at the act"
                                      : "the act is judged on the earlier version of the zone");
        return;
    }
    v->rule = first->rule;
    v->verdict = first->verdict;
    v->result = result_of_hit(first, v->when);
    g_autofree char *note = rdl_hit_note(first);
    add_note(v, note);
    if (decided(first) && first->by_act) {
        v->rule = lighter(first->rule, rule_today(pack, c, any_zone), c->as_of);
        if (v->rule != first->rule) {
            v->verdict = v->rule->verdict;
            add_note(v, "the newer row is lighter (Code art. 1057)");
        }
    }
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

rdl_verdict rdl_verdict_of(const rdl_pack *pack, const rdl_footprint *f, const rdl_zone *zone,
                           const rdl_part *part, const rdl_approval *approval, rdl_version version,
                           rdl_day as_of)
{
    rdl_verdict v = {.hits = g_array_new(FALSE, TRUE, sizeof(rdl_hit))};
    rdl_case c = {.zone = zone ? zone->class : NULL,
                  .level = zone ? zone->level : NULL,
                  .basin = zone ? zone->basin : NULL,
                  .activity = f->activity,
                  .attrs = f->attrs,
                  .expansion = f->expands != NULL,
                  .onset = f->onset,
                  .as_of = as_of,
                  .act_judged = version != RDL_VERSION_STATE,
                  .state_judged =
                      version != RDL_VERSION_ACT && version != RDL_VERSION_PERHAPS_ACT};
    const char *undecided = undecided_by(version);

    v.when = c.when = undecided ? RDL_WHEN_UNKNOWN : rdl_when_of(f->onset, zone, approval->granted);
    add_note(&v, f->note);
    add_note(&v, approval->note);
    add_note(&v, undecided);
    rdl_rules_match(pack, &c, zone == NULL, v.hits);
    agree_over_time(v.hits, f->onset);
    g_array_sort(v.hits, by_order);
    prefer_lawful(v.hits, v.when);
    conclude(&v, pack, &c, zone == NULL);
    if (part && part->dimension == 2 && part->min_m2 <= 0.0 && v.result != RDL_RESULT_CLEAN)
        v.result = RDL_RESULT_EDGE;
    return v;
}

void rdl_verdict_clear(rdl_verdict *verdict)
{
    g_clear_pointer(&verdict->hits, g_array_unref);
    g_clear_pointer(&verdict->note, g_free);
}
