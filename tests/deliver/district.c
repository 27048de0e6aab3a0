#include "deliver/district.h"

#include <stdio.h>
#include "geo/geo.h"
#include "suite.h"

#define T RDL_FIELD_TEXT
#define I RDL_FIELD_INT
#define R RDL_FIELD_REAL

const char district_long_name[] =
    "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"
    "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十";

static const rdl_field finding_fields[] = {
    {"finding_id", T}, {"source", T}, {"source_id", T}, {"zone", T}, {"zone_name", T},
    {"activity", T}, {"owner", T}, {"built_after", T}, {"built_before", T}, {"when_case", T},
    {"verdict", T}, {"result", T}, {"rule_id", T}, {"is_primary", I}, {"basis", T},
    {"severity", T}, {"lead_dept", T}, {"handling", T}, {"penalty", T}, {"xzqdm", T}, {"lon", R},
    {"lat", R}, {"area_m2", R}, {"area_min_m2", R}, {"area_max_m2", R}, {"share", R}, {"edge", I}};

static const rdl_field hit_fields[] = {{"finding_id", T}, {"rule_id", T}, {"applies", T},
                                       {"rule_date", T},  {"verdict", T}, {"status", T},
                                       {"basis", T},      {"severity", T}, {"note", T}};

static char *square(int i)
{
    double x = 119.9 + 0.001 * i, y = 32.3, side = 0.0003;

    return g_strdup_printf("POLYGON((%f %f,%f %f,%f %f,%f %f,%f %f))", x, y, x + side, y, x + side,
                           y + side, x, y + side, x, y);
}

static bool write_finding(rdl_vector *out, int layer, int i, const district_site *site,
                          GError **error)
{
    g_autofree char *id = g_strdup_printf("F-%d", i), *source = g_strdup_printf("FP-%d", i);
    g_autoptr(rdl_geometry) g = site->wkt ? rdl_geometry_from_wkt(site->wkt, error) : NULL;
    g_autoptr(GBytes) wkb = g ? rdl_geometry_wkb(g, error) : NULL;
    const rdl_value row[] = {
        rdl_text(id), rdl_text("footprint"), rdl_text(source), rdl_text("NR_CORE"),
        rdl_text(site->zone_name), rdl_text("MINE_QUARRY"), rdl_text(site->owner),
        rdl_text("2024-01-01"), rdl_text("2024-06-30"), rdl_text("POST_NO"), rdl_text("PROHIBIT"),
        rdl_text("SUSPECT"), rdl_text("NR26-02"), rdl_integer(1), rdl_text("条例第26条"),
        rdl_text("S1"), rdl_text("林草"), rdl_text("限期拆除"), rdl_text("FIX:1-2"),
        rdl_text(site->xzqdm), rdl_real(119.9), rdl_real(32.3),
        rdl_real(1234.5678), rdl_real(1200), rdl_real(1300), rdl_real(0.853), rdl_integer(0)};

    return (!site->wkt || wkb) && rdl_vector_write(out, layer, row, wkb, error);
}

static bool write_hits(rdl_vector *out, int layer, int i, GError **error)
{
    g_autofree char *id = g_strdup_printf("F-%d", i);
    const rdl_value leads[] = {
        rdl_text(id), rdl_text("NR26-02"), rdl_text("ACT"), rdl_text("2024-01-01/2024-06-30"),
        rdl_text("PROHIBIT"), rdl_text("decided"), rdl_text("条例第26条"), rdl_text("S1"), RDL_NULL};
    const rdl_value asked[] = {
        rdl_text(id), rdl_text("NR26-20"), rdl_text("STATE"), rdl_text("2026-11-01/2026-11-01"),
        rdl_text("REVIEW"), rdl_text("asked"), rdl_text("条例第35条"), rdl_text("S2"), RDL_NULL};

    return rdl_vector_write(out, layer, leads, NULL, error) &&
           rdl_vector_write(out, layer, asked, NULL, error);
}

static bool write_findings(const char *path, const district_site *sites, int n, GError **error)
{
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", error);
    rdl_vector *out = rdl_vector_create(path, "GPKG", error);
    bool good = true;

    int layer = rdl_vector_layer(out, "finding", crs, "Geometry", finding_fields,
                                 G_N_ELEMENTS(finding_fields), error);
    for (int i = 0; good && i < n; i++)
        good = write_finding(out, layer, i, &sites[i], error);
    layer = rdl_vector_layer(out, "hit", NULL, NULL, hit_fields, G_N_ELEMENTS(hit_fields), error);
    for (int i = 0; good && i < n; i++)
        good = write_hits(out, layer, i, error);
    return rdl_vector_finish(out, error) && good;
}

rdl_ledger *district_of(const char *path, const district_site *sites, int n)
{
    g_autofree char *findings = g_strconcat(path, ".findings.gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(rdl_ledger) ledger = NULL;
    GError *error = NULL;

    if (rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error) &&
        (ledger = rdl_ledger_open(path, true, &error)) &&
        (n == 0 || (write_findings(findings, sites, n, &error) &&
                    rdl_ledger_load_findings(ledger, findings, rdl_day_of(2026, 11, 1), tally, NULL,
                                             &error))))
        return g_steal_pointer(&ledger);
    CHECK_OK(error);
    return NULL;
}

rdl_ledger *district_ledger(const char *path, int n)
{
    g_autofree district_site *sites = g_new(district_site, n + 1);
    g_autoptr(GStringChunk) wkt = g_string_chunk_new(1024);

    for (int i = 0; i < n; i++) {
        g_autofree char *one = square(i);
        sites[i] = (district_site){g_string_chunk_insert(wkt, one), "示例公司", district_long_name,
                                   i == 2 ? "321203" : "321202"};
    }
    return district_of(path, sites, n);
}

char *district_task(rdl_ledger *ledger, const char *source_id)
{
    GError *error = NULL;
    char *id = rdl_task_of_source(ledger, source_id, &error);

    CHECK_OK(error);
    return id;
}

static JsonObject *problem(void)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "target", "恢复原状");
    rdl_json_set_text(o, "measures", "拆除并复绿");
    rdl_json_set_text(o, "lead_leader", "甲");
    rdl_json_set_text(o, "supervisor", "乙");
    rdl_json_set_text(o, "resp_unit", "某县");
    rdl_json_set_text(o, "due", "2027-05-20");
    return o;
}

bool district_register(rdl_ledger *ledger)
{
    g_autofree char *id = district_task(ledger, "FP-0");
    g_autoptr(JsonObject) fields = problem();
    GError *error = NULL;
    const rdl_move moves[] = {
        {id, "ASSIGNED", "2026-11-02", "甲", "office", NULL, "核查任务单", NULL, 0},
        {id, "VERIFIED", "2026-11-10", "乙", "county", NULL, "现场核查表", NULL, 0},
        {id, "REGISTERED", "2026-11-20", "甲", "office", NULL, "问题台账", fields, 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(moves) && !error; i++)
        rdl_task_move(ledger, &moves[i], &error);
    return CHECK_OK(error);
}
