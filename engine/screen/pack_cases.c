#include "screen/pack_cases.h"

#include <math.h>
#include <string.h>
#include "screen/pack_rules.h"
#include "screen/verdict.h"

/* ---- one case ---- */

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static rdl_approval approval_of(const char *text)
{
    rdl_approval a = {.granted = RDL_NO};

    if (strcmp(text, "absent") == 0)
        a.note = "approvals=absent";
    else if (strcmp(text, "valid") == 0)
        a.granted = RDL_YES;
    else if (strcmp(text, "none") != 0)
        a.granted = RDL_MAYBE;
    a.papers_only = strcmp(text, "papers") == 0;
    return a;
}

/* As a single boundary meets the act: no earlier version is known here (J27). */
static rdl_version version_of(const rdl_zone *zone, const rdl_footprint *f, rdl_day as_of)
{
    bool post = rdl_when_of(f->onset, zone, RDL_NO) == RDL_WHEN_POST_NO;
    bool then = zone->version.last < as_of;

    if (post && rdl_interval_within(f->onset, zone->version) == RDL_MAYBE)
        return then ? RDL_VERSION_PERHAPS_ACT : RDL_VERSION_PERHAPS;
    if (then)
        return RDL_VERSION_ACT;
    return post && f->onset.last < zone->version.first ? RDL_VERSION_NEW_GROUND : RDL_VERSION_BOTH;
}

static double *distances(const rdl_pack *pack, const rdl_csv *csv, size_t i)
{
    const rdl_csv *zones = rdl_pack_table(pack, "zones.csv");
    double *near = g_new(double, rdl_csv_count(zones) + 1);

    for (size_t z = 0; z < rdl_csv_count(zones); z++) {
        g_autofree char *column = g_strdup_printf("near_%s_m", rdl_csv_at(zones, z, "zone"));
        const char *text = rdl_csv_at(csv, i, column);
        near[z] = *text ? g_ascii_strtod(text, NULL) : NAN;
    }
    return near;
}

static rdl_verdict judge(const rdl_pack *pack, const rdl_csv *csv, size_t i)
{
    rdl_day as_of = rdl_pack_day(csv, i, "as_of", RDL_DAY_FUTURE);
    rdl_day from = rdl_pack_day(csv, i, "valid_from", RDL_DAY_PAST);
    rdl_day established = rdl_pack_day(csv, i, "established", RDL_DAY_PAST);
    const char *code = rdl_csv_at(csv, i, "zone");
    rdl_zone zone = {.class = rdl_pack_zone(pack, code),
                     .level = (char *)or_null(rdl_csv_at(csv, i, "level")),
                     .basin = (char *)or_null(rdl_csv_at(csv, i, "basin")),
                     .period = (char *)or_null(rdl_csv_at(csv, i, "period")),
                     .managed_as = rdl_pack_zone(pack, rdl_csv_at(csv, i, "managed_as")),
                     .established = {established, established},
                     .version = {from, rdl_pack_day(csv, i, "valid_to", RDL_DAY_FUTURE)},
                     .boundary_error_m = NAN};
    rdl_footprint f = {.activity = (char *)rdl_csv_at(csv, i, "activity"),
                       .attrs = (char *)or_null(rdl_csv_at(csv, i, "attrs")),
                       .expands = strcmp(rdl_csv_at(csv, i, "expands"), "1") == 0 ? "older" : NULL,
                       .onset = {rdl_pack_day(csv, i, "built_after", RDL_DAY_PAST),
                                 MIN(as_of, rdl_pack_day(csv, i, "built_before", RDL_DAY_FUTURE))}};
    rdl_part part = {.area_m2 = 1000.0, .min_m2 = 900.0, .max_m2 = 1100.0, .dimension = 2};
    rdl_approval approval = approval_of(rdl_csv_at(csv, i, "approval"));
    bool everywhere = strcmp(code, "ANY") == 0;
    g_autofree double *near = distances(pack, csv, i);

    return rdl_verdict_of(pack, &f, everywhere ? NULL : &zone, everywhere ? NULL : &part, &approval,
                          everywhere ? RDL_VERSION_BOTH : version_of(&zone, &f, as_of), near,
                          as_of);
}

/* ---- answers ---- */

static bool among(const GArray *hits, const char *rule_id)
{
    for (guint i = 0; i < hits->len; i++)
        if (strcmp(g_array_index(hits, rdl_hit, i).rule->rule_id, rule_id) == 0)
            return true;
    return false;
}

static void wrong(rdl_pack_trial *trial, const rdl_csv *csv, size_t i, const char *what,
                  const char *got)
{
    g_ptr_array_add(trial->failures,
                    g_strdup_printf("%s:%d: %s: %s is '%s', should be '%s': %s", rdl_csv_name(csv),
                                    rdl_csv_line(csv, i), rdl_csv_at(csv, i, "case"), what,
                                    got ? got : "", rdl_csv_at(csv, i, what),
                                    rdl_csv_at(csv, i, "reason")));
}

static void compare(rdl_pack_trial *trial, const rdl_csv *csv, size_t i, const rdl_verdict *v)
{
    const char *const got[][2] = {{"when_case", rdl_when_text(v->when)},
                                  {"verdict", v->verdict},
                                  {"result", rdl_result_text(v->result)},
                                  {"rule_id", v->rule ? v->rule->rule_id : NULL},
                                  {"rule_then", v->rule_then ? v->rule_then->rule_id : NULL}};
    g_auto(GStrv) hits = g_strsplit(rdl_csv_at(csv, i, "hits"), "|", -1);

    for (size_t k = 0; k < G_N_ELEMENTS(got); k++)
        if (!same(got[k][1], rdl_csv_at(csv, i, got[k][0])))
            wrong(trial, csv, i, got[k][0], got[k][1]);
    for (char **id = hits; *id; id++)
        if (!among(v->hits, *id))
            wrong(trial, csv, i, "hits", *id);
}

/* Rules the cases name; `seen` is a set of ids. */
static void note_named(GHashTable *seen, const rdl_csv *csv, size_t i)
{
    static const char *const columns[] = {"rule_id", "rule_then", "hits"};

    for (size_t k = 0; k < G_N_ELEMENTS(columns); k++) {
        g_auto(GStrv) ids = g_strsplit(rdl_csv_at(csv, i, columns[k]), "|", -1);
        for (char **id = ids; *id; id++)
            g_hash_table_add(seen, g_strdup(*id));
    }
}

/* ---- all cases ---- */

/* The pack with those local rows on; opened once a label. */
static const rdl_pack *pack_with(GHashTable *packs, const char *name, const char *local,
                                 GError **error)
{
    rdl_pack *pack = g_hash_table_lookup(packs, local);

    if (!pack && (pack = rdl_pack_open(name, *local ? local : NULL, error)))
        g_hash_table_insert(packs, g_strdup(local), pack);
    return pack;
}

static void pack_free(gpointer pack)
{
    rdl_pack_free(pack);
}

static bool try_all(const char *name, GHashTable *packs, const rdl_csv *csv, GHashTable *seen,
                    rdl_pack_trial *trial, GError **error)
{
    for (size_t i = 0; i < rdl_csv_count(csv); i++) {
        const rdl_pack *pack = pack_with(packs, name, rdl_csv_at(csv, i, "local"), error);
        if (!pack)
            return false;
        rdl_verdict v = judge(pack, csv, i);
        compare(trial, csv, i, &v);
        note_named(seen, csv, i);
        trial->cases++;
        rdl_verdict_clear(&v);
    }
    return true;
}

bool rdl_pack_try(const char *name, rdl_pack_trial *trial, GError **error)
{
    g_autoptr(GHashTable) packs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, pack_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const rdl_pack *pack = pack_with(packs, name, "", error);
    const rdl_csv *csv = pack ? rdl_pack_table(pack, "cases.csv") : NULL;

    *trial = (rdl_pack_trial){0, g_ptr_array_new_with_free_func(g_free),
                              g_ptr_array_new_with_free_func(g_free)};
    if (!pack)
        return false;
    if (!csv)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has no cases.csv to test it by",
                        rdl_pack_folder(pack));
    if (!try_all(name, packs, csv, seen, trial, error))
        return false;
    const GPtrArray *rules = rdl_pack_rules(pack);
    for (guint i = 0; i < rules->len; i++) {
        const rdl_rule *rule = rules->pdata[i];
        if (!g_hash_table_contains(seen, rule->rule_id))
            g_ptr_array_add(trial->untested, g_strdup(rule->rule_id));
    }
    return true;
}

void rdl_pack_trial_clear(rdl_pack_trial *trial)
{
    g_clear_pointer(&trial->failures, g_ptr_array_unref);
    g_clear_pointer(&trial->untested, g_ptr_array_unref);
}
