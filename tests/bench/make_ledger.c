/* make_ledger PATH PROBLEMS: a ledger with that many rectifications over ten events each, as the
 * engine writes them, for timing what a large one answers (tests/bench/ledger). */
#include <stdio.h>
#include <stdlib.h>
#include "geo/geo.h"
#include "rectify/event.h"
#include "rectify/rectify.h"

#define BATCH 20000 /* problems a transaction */
#define STATES 10

static bool append(rdl_ledger *ledger, const char *at, const char *kind, const char *subject,
                   JsonObject *take_payload, GError **error)
{
    rdl_event event = {.at = at,
                       .by = "甲",
                       .role = "office",
                       .kind = kind,
                       .subject = subject,
                       .reason = "bench"};
    bool good = rdl_event_append(ledger, &event, take_payload, error);

    json_object_unref(take_payload);
    return good;
}

static JsonObject *object(const char *json)
{
    g_autoptr(JsonNode) node = rdl_json_parse(json, "bench", NULL);

    return json_object_ref(json_node_get_object(node));
}

/* Site and problem of number i, in one of 2,800 counties, and a walk of up to nine moves. */
static bool add_problem(rdl_ledger *ledger, int i, GError **error)
{
    static const char *const way[STATES] = {"REGISTERED", "PLAN_OK", "WORKING", "SUBMITTED",
                                            "REVIEWED",   "PUBLIC",  "APPLIED", "CHECKED",
                                            "CLOSED",     "LOOKBACK"};
    int county = 110000 + i % 2800 * 100 + 1, last = 3 + i / 2800 % 6;
    double x = 80.0 + i % 4000 * 0.01, y = 20.0 + i / 4000 * 0.01;
    g_autofree char *source = g_strdup_printf("FP-%07d", i);
    g_autofree char *site = rdl_digest_id("S-", source, RDL_DIGEST_END);
    g_autofree char *problem = rdl_digest_id("P-", source, RDL_DIGEST_END);
    g_autofree char *task = rdl_digest_id("R-", source, RDL_DIGEST_END);
    g_autofree char *wkt = g_strdup_printf("POLYGON((%f %f,%f %f,%f %f,%f %f))", x, y, x + 3e-4, y,
                                           x + 3e-4, y + 3e-4, x, y);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, error);
    g_autoptr(GBytes) wkb = g ? rdl_geometry_wkb(g, error) : NULL;
    g_autofree char *ground =
        wkb ? g_base64_encode(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb)) : NULL;
    g_autofree char *found = g_strdup_printf(
        "{\"source\":\"footprint\",\"source_id\":\"%s\",\"activity\":\"IND\",\"owner\":\"某公司\","
        "\"xzqdm\":\"%d\",\"lon\":%f,\"lat\":%f,\"geometry\":\"%s\",\"content\":\"%s\",\"load\":"
        "\"bench\",\"findings\":[{\"finding_id\":\"F-%07d\",\"is_primary\":1,\"zone\":\"ERL\","
        "\"result\":\"SUSPECT\",\"severity\":\"S1\",\"rule_id\":\"ERL-01\",\"area_m2\":900,"
        "\"area_min_m2\":800,\"area_max_m2\":1000}]}",
        source, county, x, y, ground, site, i);
    g_autofree char *registered =
        g_strdup_printf("{\"problem_id\":\"%s\",\"site_id\":\"%s\",\"target\":\"恢复原状\","
                        "\"measures\":\"拆除；复绿\","
                        "\"lead_leader\":\"甲\",\"supervisor\":\"乙\",\"resp_unit\":\"丙镇\"}",
                        problem, site);
    g_autofree char *opened = g_strdup_printf(
        "{\"task_id\":\"%s\",\"site_id\":\"%s\",\"finding_id\":\"F-%07d\",\"kind\":\"rectify\","
        "\"state\":\"REGISTERED\",\"xzqdm\":\"%d\",\"tier\":\"T3\",\"started\":\"2026-01-05\","
        "\"due\":\"2026-12-31\",\"problem_id\":\"%s\"}",
        task, site, i, county, problem);

    if (!ground || !append(ledger, "2026-01-02", "site.found", site, object(found), error) ||
        !append(ledger, "2026-01-05", "problem.registered", problem, object(registered), error) ||
        !append(ledger, "2026-01-05", "task.opened", task, object(opened), error))
        return false;
    for (int m = 1; m <= 7; m++) { /* to its last state, then reports of progress */
        g_autofree char *at = g_strdup_printf("2026-%02d-%02d", 1 + m, 1 + i % 28);
        g_autofree char *json =
            m <= last ? g_strdup_printf("{\"from\":\"%s\",\"to\":\"%s\"}", way[m - 1], way[m])
                      : g_strdup_printf("{\"progress\":0.%d,\"text\":\"推进\"}", m);
        if (!append(ledger, at, m <= last ? "task.moved" : "task.progress", task, object(json),
                    error))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    int n = argc > 2 ? atoi(argv[2]) : 0;

    rdl_geo_start();
    if (n < 1 || !rdl_ledger_init(argv[1], "data/packs/cn", NULL, &error)) {
        fprintf(stderr, "make_ledger PATH PROBLEMS: %s\n", error ? error->message : "how many?");
        return 2;
    }
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(argv[1], true, &error);
    for (int i = 0; ledger && !error && i < n; i++) {
        if (i % BATCH == 0)
            rdl_store_begin(ledger->store, &error);
        if (!error && add_problem(ledger, i, &error) && (i % BATCH == BATCH - 1 || i == n - 1))
            rdl_store_commit(ledger->store, &error);
    }
    if (error)
        fprintf(stderr, "%s\n", error->message);
    return error ? 1 : 0;
}
