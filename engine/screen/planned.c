#include "screen/planned.h"

#include <string.h>
#include "screen/condition.h"
#include "screen/pack_rules.h"

static bool is(const rdl_verdict *v, const char *list)
{
    return v->verdict && strstr(list, v->verdict);
}

/* Does a decided row among the hits allow it with a permit? */
static bool permit_row(const rdl_verdict *v)
{
    for (guint i = 0; i < v->hits->len; i++) {
        const rdl_hit *hit = &g_array_index(v->hits, rdl_hit, i);
        if (hit->status == RDL_HIT_DECIDED && !hit->overridden &&
            strcmp(hit->verdict, "PERMIT") == 0)
            return true;
    }
    return false;
}

/* `now` without an approval beyond those given, `then` with one. */
static rdl_result answer(const rdl_verdict *now, const rdl_verdict *then)
{
    if (!now->verdict || is(now, "ALLOW"))
        return RDL_RESULT_PASS;
    if (is(now, "PERMIT") && now->when == RDL_WHEN_POST_OK)
        return RDL_RESULT_PASS; /* it has its permit */
    if (is(now, "PERMIT"))
        return RDL_RESULT_PERMIT_NEEDED;
    if (is(now, "REVIEW ASSESS"))
        return RDL_RESULT_ASK;
    if (is(now, "EXIT") || is(then, "PROHIBIT DENY"))
        return RDL_RESULT_REFUSE;
    /* forbidden without an approval: is it on the list of what one can be given for, or does the
     * row forbid the want of a licence, not the work? */
    bool licence = now->rule && now->rule->licence;
    return licence || is(then, "PERMIT ALLOW") || permit_row(now) ? RDL_RESULT_PERMIT_NEEDED
                                                                  : RDL_RESULT_REFUSE;
}

/* What an applicant might still show: PERMIT rows that hang on an attribute nobody knows. */
static void note_open(rdl_verdict *now, const rdl_verdict *then)
{
    for (guint i = 0; now->result == RDL_RESULT_REFUSE && i < then->hits->len; i++) {
        const rdl_hit *hit = &g_array_index(then->hits, rdl_hit, i);
        if (hit->status != RDL_HIT_ASKED || strcmp(hit->rule->verdict, "PERMIT") != 0)
            continue;
        char *note = g_strdup_printf("%s%sunless %s holds (%s)", now->note ? now->note : "",
                                     now->note ? "; " : "", hit->asked, hit->rule->rule_id);
        g_free(now->note);
        now->note = note;
    }
}

rdl_verdict rdl_verdict_planned(const rdl_pack *pack, const rdl_footprint *f, const rdl_zone *zone,
                                const rdl_part *part, const rdl_approval *approval,
                                const double *near, rdl_day as_of)
{
    rdl_approval asked = *approval, given = *approval;

    if (asked.note && strcmp(asked.note, "approvals=absent") == 0)
        asked.note = NULL; /* a project is asked about before it has any */
    given.granted = RDL_YES;
    rdl_verdict now = rdl_verdict_of(pack, f, zone, part, &asked, RDL_VERSION_BOTH, near, as_of);
    rdl_verdict then = rdl_verdict_of(pack, f, zone, part, &given, RDL_VERSION_BOTH, near, as_of);
    now.result = answer(&now, &then);
    if (now.result == RDL_RESULT_REFUSE && !rdl_activity_known(pack, f->activity))
        now.result = RDL_RESULT_ASK; /* what it is has to be said first */
    if (now.result == RDL_RESULT_PERMIT_NEEDED && is(&then, "PERMIT")) {
        now.verdict = then.verdict; /* the row a permit is given by */
        now.rule = then.rule;
    }
    bool displaced = f->web_datum || (zone && zone->web_datum);
    if (displaced ||
        (part && part->dimension == 2 && part->min_m2 <= 0.0 && now.result != RDL_RESULT_PASS))
        now.result = RDL_RESULT_ASK; /* it may lie beside the zone */
    note_open(&now, &then);
    rdl_verdict_clear(&then);
    return now;
}

/* ---- one answer a project ---- */

static gint by_id(gconstpointer a, gconstpointer b)
{
    return strcmp(((const rdl_answer *)a)->project->fp_id, ((const rdl_answer *)b)->project->fp_id);
}

/* Why it cannot pass though no rule speaks; NULL: it can. */
static const char *in_doubt(const rdl_footprint *project, const rdl_source_balance *b,
                            double least_m2)
{
    if (!b)
        return "NOT_LAID: its geometry could not be laid over the zones (see layer rejected)";
    if (project->web_datum)
        return "DATUM_UNCERTAIN: where it lies is not known to within hundreds of metres";
    if (b->whole_m2 > 0.0 && b->whole_m2 < least_m2)
        return "TOO_SMALL: a polygon of this size is no project; are its coordinates in the unit "
               "of the system they name?";
    return NULL;
}

static rdl_answer answer_to(const rdl_footprint *project, const rdl_finding *why,
                            const rdl_source_balance *b, const char *asked, double least_m2)
{
    rdl_answer one = {project, why, why ? why->verdict->result : RDL_RESULT_PASS,
                      in_doubt(project, b, least_m2), asked};

    if (one.note && one.answer == RDL_RESULT_PASS)
        one.answer = RDL_RESULT_ASK;
    return one;
}

GArray *rdl_answers(const GPtrArray *projects, const rdl_findings *found, double least_m2)
{
    g_autoptr(GHashTable) why = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) laid = g_hash_table_new(NULL, NULL);
    GArray *answers = g_array_new(FALSE, FALSE, sizeof(rdl_answer));

    for (guint i = 0; i < found->findings->len; i++) {
        const rdl_finding *f = found->findings->pdata[i];
        if (f->is_primary)
            g_hash_table_insert(why, (gpointer)f->footprint, (gpointer)f);
    }
    for (guint i = 0; i < found->balances->len; i++) {
        rdl_source_balance *b = &g_array_index(found->balances, rdl_source_balance, i);
        g_hash_table_insert(laid, (gpointer)b->footprint, b);
    }
    for (guint i = 0; i < projects->len; i++) {
        gpointer project = projects->pdata[i];
        rdl_answer one = answer_to(project, g_hash_table_lookup(why, project),
                                   g_hash_table_lookup(laid, project),
                                   g_hash_table_lookup(found->open, project), least_m2);
        g_array_append_val(answers, one);
    }
    g_array_sort(answers, by_id);
    return answers;
}

/* ---- what was looked at ---- */

/* Does an enabled row name the kind, or measure to it? */
static bool spoken_of(const rdl_pack *pack, const rdl_zone_class *class)
{
    const GPtrArray *rules = rdl_pack_rules(pack);

    for (guint i = 0; i < rules->len; i++) {
        const rdl_rule *rule = rules->pdata[i];
        if (rule->enabled && g_strv_contains((const char *const *)rule->zones, class->zone))
            return true;
    }
    return rdl_pack_wants_near(pack, class);
}

static void list(GString *all, const char *format, const char *zone, guint n)
{
    if (all->len)
        g_string_append_c(all, '|');
    g_string_append_printf(all, format, zone, n);
}

void rdl_planned_scope(const rdl_pack *pack, const GPtrArray *zones, rdl_day as_of, char **given,
                       char **missing)
{
    const rdl_csv *csv = rdl_pack_table(pack, "zones.csv");
    GString *has = g_string_new(NULL), *lacks = g_string_new(NULL);

    for (size_t k = 0; k < rdl_csv_count(csv); k++) {
        const rdl_zone_class *class = rdl_pack_zone(pack, rdl_csv_at(csv, k, "zone"));
        guint n = 0;
        if (!class || strcmp(class->zone, "ANY") == 0)
            continue;
        for (guint i = 0; i < zones->len; i++) {
            const rdl_zone *zone = zones->pdata[i];
            n +=
                zone->class == class && zone->version.first <= as_of && as_of <= zone->version.last;
        }
        if (n)
            list(has, "%s %u", class->zone, n);
        else if (spoken_of(pack, class))
            list(lacks, "%s", class->zone, 0);
    }
    *given = g_string_free(has, FALSE);
    *missing = g_string_free(lacks, FALSE);
}
