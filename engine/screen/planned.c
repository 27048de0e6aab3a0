#include "screen/planned.h"

#include <string.h>

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
static rdl_result answer(const rdl_verdict *now, const rdl_verdict *then, bool everywhere)
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
    /* forbidden without an approval: is it on the list of what one can be given for? A row for all
     * territory forbids the want of a licence, not the work */
    return everywhere || is(then, "PERMIT ALLOW") || permit_row(now) ? RDL_RESULT_PERMIT_NEEDED
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
    now.result = answer(&now, &then, zone == NULL);
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

GArray *rdl_answers(const GPtrArray *projects, const GPtrArray *findings)
{
    g_autoptr(GHashTable) why = g_hash_table_new(NULL, NULL);
    GArray *answers = g_array_new(FALSE, FALSE, sizeof(rdl_answer));

    for (guint i = 0; i < findings->len; i++) {
        const rdl_finding *f = findings->pdata[i];
        if (f->is_primary)
            g_hash_table_insert(why, (gpointer)f->footprint, (gpointer)f);
    }
    for (guint i = 0; i < projects->len; i++) {
        const rdl_finding *f = g_hash_table_lookup(why, projects->pdata[i]);
        const rdl_footprint *project = projects->pdata[i];
        rdl_result none = project->web_datum ? RDL_RESULT_ASK : RDL_RESULT_PASS;
        rdl_answer one = {project, f, f ? f->verdict->result : none};
        g_array_append_val(answers, one);
    }
    g_array_sort(answers, by_id);
    return answers;
}
