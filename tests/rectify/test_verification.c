/* The claim "rectified" and a later scene: told, flagged, and never moved by the engine. */
#include "rectify/rectify.h"
#include "rectify/statistic.h"
#include "fixtures/findings.h"
#include "fixtures/work.h"
#include "fixtures/scene.h"

enum { SIDE = 80, BANDS = 3, N = SIDE * SIDE };

/* Pixels of a ten-thousandth of a degree; the footprint of 15 x 15 of them in the middle. */
static bool in_ground(size_t i)
{
    int x = (int)(i % SIDE), y = (int)(i / SIDE);

    return x >= 30 && x < 45 && y >= 30 && y < 45;
}

/* red, nir, swir1; share of the ground (from the left) that is disturbed. */
static char *scene(const char *name, double disturbed, int sun)
{
    made_form f = MADE_FORM;
    g_autoptr(GRand) r = g_rand_new_with_seed(3 + (guint32)sun);
    g_autofree double *planes = g_new(double, N *BANDS);
    static const double land[BANDS] = {40, 160, 70}, works[BANDS] = {150, 170, 190};

    f.width = f.height = SIDE;
    f.bands = BANDS;
    f.epsg = 4490;
    f.size = 0.0001;
    f.x = 119.9 - 30 * f.size;
    f.y = 32.3 + 45 * f.size;
    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < BANDS; k++) {
            double texture = 20 * sin((double)(i % SIDE) / 5) * cos((double)(i / SIDE) / 6);
            bool is = in_ground(i) && (double)(i % SIDE) < 30 + 15 * disturbed;
            double v = (is ? works[k] : land[k] + texture) + g_rand_double_range(r, -2, 2);
            planes[(size_t)k * N + i] = round(v * (1 - 0.05 * sun) + 3 * sun);
        }
    return g_strdup(make_raster(name, &f, planes));
}

static rdl_ledger *ledger_of_pack(const char *name, const char *pack, GError **error)
{
    static const char *const suspect[] = {"SUSPECT"};
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    if (!fixture_findings(gpkg, 1, suspect, 1, 4, error) ||
        !rdl_ledger_init(path, pack, NULL, error))
        return NULL;
    rdl_ledger *ledger = rdl_ledger_open(path, true, error);
    if (ledger &&
        !rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2025, 1, 1), tally, NULL, error))
        g_clear_pointer(&ledger, rdl_ledger_close);
    return ledger;
}

static rdl_ledger *ledger_with_ground(const char *name, GError **error)
{
    return ledger_of_pack(name, suite_source("data/packs/cn"), error);
}

static void go(rdl_ledger *ledger, const char *to, const char *on, const char *role)
{
    GError *error = NULL;
    g_autoptr(JsonObject) fields = fixture_values(to, on);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    rdl_move move = {.task_id = id,
                     .to = to,
                     .on = on,
                     .by = "某人",
                     .role = role,
                     .document = "文书",
                     .reason = "因故",
                     .fields = fields};

    if (strcmp(to, "REGISTERED") == 0)
        rdl_json_set_text(fields, "due", "2027-06-30");
    CHECK(rdl_task_move(ledger, &move, &error));
    CHECK_OK(error);
}

static void claim(rdl_ledger *ledger)
{
    go(ledger, "ASSIGNED", "2025-02-01", "office");
    go(ledger, "VERIFIED", "2025-02-10", "county");
    go(ledger, "REGISTERED", "2025-03-01", "office");
    go(ledger, "PLAN_OK", "2025-03-10", "city");
    go(ledger, "WORKING", "2025-04-01", "resp_unit");
    go(ledger, "SUBMITTED", "2026-01-15", "resp_unit");
}

static void close_out(rdl_ledger *ledger)
{
    go(ledger, "REVIEWED", "2026-02-01", "county");
    go(ledger, "PUBLIC", "2026-02-10", "city");
    go(ledger, "APPLIED", "2026-03-01", "city");
    go(ledger, "CHECKED", "2026-05-10", "accept_unit");
    go(ledger, "CLOSED", "2026-06-01", "province");
}

typedef struct {
    char *before, *after;
    const char *mask;
} scenes;

static bool verify(rdl_ledger *ledger, const scenes *s, const char *later, const char *date,
                   rdl_tally *tally, GError **error)
{
    rdl_verify_options o = {.scenes = {.before = s->before,
                                       .after = s->after,
                                       .later = later,
                                       .bands = "red=1,nir=2,swir1=3",
                                       .mask_later = s->mask,
                                       .threads = 1},
                            .date = date,
                            .on = "2026-11-02",
                            .by = "王一",
                            .role = "analyst"};

    return rdl_ledger_verify(ledger, &o, tally, NULL, NULL, error);
}

static void told(rdl_ledger *ledger, const scenes *s, double disturbed, const char *date)
{
    GError *error = NULL;
    g_autofree char *name = g_strdup_printf("later-%s.tif", date);
    g_autofree char *later = scene(name, disturbed, 2 + date[6] % 4); /* no two the same bytes */
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(verify(ledger, s, later, date, tally, &error));
    CHECK_OK(error);
}

static JsonObject *last_row(rdl_ledger *ledger, JsonNode **keep)
{
    GError *error = NULL;

    *keep = rdl_ledger_verifications(ledger, NULL, &error);
    CHECK_OK(error);
    JsonArray *rows = json_node_get_array(*keep);
    return json_array_get_object_element(rows, json_array_get_length(rows) - 1);
}

static char *flag(rdl_ledger *ledger)
{
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", NULL);
    rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);

    return g_strdup(g_array_index(tasks, rdl_task, 0).contradicted);
}

static void check_flag(rdl_ledger *ledger, const char *expected)
{
    g_autofree char *is = flag(ledger);

    CHECK_TEXT(is ? is : "none", expected);
}

static void a_claim_is_held_against_a_later_scene(void)
{
    static const struct {
        double disturbed;
        const char *date, *outcome, *flag;
        int contradicted;
    } cases[] = {{1.0, "2026-04-01", "STANDING", "2026-04-01", 1},
                 {0.0, "2026-04-02", "RESTORED", "none", 0},
                 {0.5, "2026-04-03", "PARTLY", "2026-04-03", 1},
                 {1.0, "2026-01-10", "STANDING", "2026-04-03", 0}}; /* before the claim */
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("claim.sqlite", &error);
    scenes s = {scene("c-before.tif", 0, 0), scene("c-after.tif", 1, 1), NULL};

    CHECK_OK(error);
    claim(ledger);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(JsonNode) all = NULL;
        told(ledger, &s, cases[i].disturbed, cases[i].date);
        all = rdl_ledger_verifications(ledger, NULL, &error);
        JsonArray *rows = json_node_get_array(all);
        for (guint k = 0; k < json_array_get_length(rows); k++) {
            JsonObject *row = json_array_get_object_element(rows, k);
            if (strcmp(rdl_json_text(row, "scene_date", ""), cases[i].date) != 0)
                continue;
            CHECK_TEXT(rdl_json_text(row, "outcome", ""), cases[i].outcome);
            CHECK_INT(rdl_json_real(row, "contradicted", -1), cases[i].contradicted);
            CHECK_INT(rdl_json_real(row, "rebound", -1), 0);
        }
        check_flag(ledger, cases[i].flag);
    }
    go(ledger, "WORKING", "2026-11-03", "county"); /* the claim is withdrawn */
    check_flag(ledger, "none");
    go(ledger, "SUBMITTED", "2026-11-20", "resp_unit"); /* again, with the same scene on record */
    check_flag(ledger, "2026-04-03");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
    check_flag(ledger, "2026-04-03");
    g_free(s.before);
    g_free(s.after);
}

static void what_comes_back_after_the_closing_is_a_rebound(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("rebound.sqlite", &error);
    scenes s = {scene("r-before.tif", 0, 0), scene("r-after.tif", 1, 1), NULL};
    g_autoptr(JsonNode) first = NULL, second = NULL;

    claim(ledger);
    close_out(ledger);
    told(ledger, &s, 0.0, "2026-07-01");
    CHECK_INT(rdl_json_real(last_row(ledger, &first), "rebound", -1), 0);
    told(ledger, &s, 1.0, "2026-09-01");
    CHECK_INT(rdl_json_real(last_row(ledger, &second), "rebound", -1), 1);
    g_free(s.before);
    g_free(s.after);
}

static void the_same_scene_is_measured_once(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("once.sqlite", &error);
    scenes s = {scene("o-before.tif", 0, 0), scene("o-after.tif", 1, 1), NULL};
    g_autofree char *later = scene("o-later.tif", 1, 2);
    g_autoptr(rdl_tally) first = rdl_tally_new(), second = rdl_tally_new();

    claim(ledger);
    CHECK(verify(ledger, &s, later, "2026-04-01", first, &error));
    CHECK(verify(ledger, &s, later, "2026-04-01", second, &error));
    CHECK_OK(error);
    g_autofree char *text = rdl_tally_text(second);
    CHECK(strstr(text, "ALREADY_THERE") != NULL);
    g_autoptr(JsonNode) all = rdl_ledger_verifications(ledger, NULL, &error);
    CHECK_INT(json_array_get_length(json_node_get_array(all)), 1);
    CHECK(!verify(ledger, &s, later, NULL, second, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "give --date");
    g_free(s.before);
    g_free(s.after);
}

/* A mask that is bad everywhere, or nowhere. */
static char *mask(const char *name, int bad)
{
    made_form f = MADE_FORM;
    g_autofree double *plane = g_new(double, N);

    f.width = f.height = SIDE;
    f.bands = 1;
    f.epsg = 4490;
    f.size = 0.0001;
    f.x = 119.9 - 30 * f.size;
    f.y = 32.3 + 45 * f.size;
    for (size_t i = 0; i < N; i++)
        plane[i] = bad;
    return g_strdup(make_raster(name, &f, plane));
}

static void check_rows(rdl_ledger *ledger, const char *outcomes)
{
    g_autoptr(JsonNode) all = rdl_ledger_verifications(ledger, NULL, NULL);
    g_autoptr(GString) list = g_string_new(NULL);
    JsonArray *rows = json_node_get_array(all);

    for (guint i = 0; i < json_array_get_length(rows); i++)
        g_string_append_printf(
            list, "%s%s", i ? " " : "",
            rdl_json_text(json_array_get_object_element(rows, i), "outcome", "?"));
    CHECK_TEXT(list->str, outcomes);
}

static void what_could_not_tell_is_asked_again_in_another_way(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("again.sqlite", &error);
    scenes s = {scene("a-before.tif", 0, 0), scene("a-after.tif", 1, 1), NULL};
    g_autofree char *later = scene("a-later.tif", 1, 2), *cloud = mask("a-mask.tif", 1),
                    *clear = NULL;
    static const char *const rows[] = {"CANNOT_TELL", "CANNOT_TELL", "CANNOT_TELL STANDING",
                                       "CANNOT_TELL STANDING"};

    claim(ledger);
    for (int i = 0; i < 4; i++) {
        g_autoptr(rdl_tally) tally = rdl_tally_new();
        if (i == 2) /* the same name, other content */
            clear = mask("a-mask.tif", 0);
        s.mask = i < 3 ? cloud : NULL;
        CHECK(verify(ledger, &s, later, "2026-04-01", tally, &error));
        CHECK_OK(error);
        check_rows(ledger, rows[i]);
        check_flag(ledger, i < 2 ? "none" : "2026-04-01");
    }
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    g_free(s.before);
    g_free(s.after);
}

static void a_trend_is_told_of_several_scenes(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("trend.sqlite", &error);
    scenes s = {scene("t-before.tif", 0, 0), scene("t-after.tif", 1, 1), NULL};
    g_autoptr(JsonNode) keep = NULL;
    static const char *const dates[] = {"2026-02-01", "2026-05-01", "2026-08-01", "2026-10-01"};

    claim(ledger);
    for (int i = 0; i < 4; i++)
        told(ledger, &s, 1.0 - 0.3 * i, dates[i]);
    JsonObject *row = last_row(ledger, &keep);
    CHECK(json_object_has_member(row, "trend"));
    CHECK(rdl_json_real(row, "trend", -1) >= 0.0);
    g_free(s.before);
    g_free(s.after);
}

static void shares_are_told_as_ground(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("ground.sqlite", &error);
    scenes s = {scene("g-before.tif", 0, 0), scene("g-after.tif", 1, 1), NULL};
    g_autoptr(JsonNode) keep = NULL;

    claim(ledger);
    told(ledger, &s, 0.4, "2026-04-01");
    JsonObject *row = last_row(ledger, &keep);
    double area = rdl_json_real(row, "area_m2", -1);
    /* 0.0015 of a degree each way at 32.3 N: 141.2 m by 166.3 m */
    CHECK_NEAR(area, 141.2 * 166.3, 30.0);
    CHECK_NEAR(rdl_json_real(row, "standing_m2", -1), area * rdl_json_real(row, "residual", -1),
               0.02);
    CHECK_NEAR(rdl_json_real(row, "standing_m2", -1), 0.4 * area, 0.02 * area);
    CHECK_NEAR(rdl_json_real(row, "restored_m2", -1), 0.6 * area, 0.02 * area);
    CHECK(rdl_json_real(row, "standing_min_m2", 1e9) <= rdl_json_real(row, "standing_m2", -1));
    CHECK(rdl_json_real(row, "standing_max_m2", -1) >= rdl_json_real(row, "standing_m2", 1e9));
    g_free(s.before);
    g_free(s.after);
}

/* Restoration of a mine, told epoch by epoch (no. 33); the unit's areas are those of the newest. */
static void restoration_is_told_by_epoch(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("epochs.sqlite", &error);
    scenes s = {scene("e-before.tif", 0, 0), scene("e-after.tif", 1, 1), NULL};
    static const struct {
        const char *date;
        double disturbed; /* whole columns of fifteen */
    } epochs[] = {{"2026-02-01", 1.0}, {"2026-05-01", 0.6}, {"2026-08-01", 0.2}};
    const rdl_statistic_options o = {.as_of = rdl_day_of(2026, 12, 1)};
    double area = NAN;

    claim(ledger);
    for (size_t i = 0; i < G_N_ELEMENTS(epochs); i++)
        told(ledger, &s, epochs[i].disturbed, epochs[i].date);
    g_autoptr(JsonNode) all = rdl_ledger_verifications(ledger, NULL, &error);
    JsonArray *rows = json_node_get_array(all);
    CHECK_INT(json_array_get_length(rows), G_N_ELEMENTS(epochs));
    for (guint i = 0; i < G_N_ELEMENTS(epochs); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        area = rdl_json_real(row, "area_m2", -1);
        CHECK_TEXT(rdl_json_text(row, "scene_date", ""), epochs[i].date);
        CHECK_NEAR(rdl_json_real(row, "standing_m2", -1) / area, epochs[i].disturbed, 0.02);
        CHECK_NEAR(rdl_json_real(row, "restored_m2", -1) / area, 1 - epochs[i].disturbed, 0.03);
    }
    g_autoptr(rdl_statistic) n = rdl_statistic_new(ledger, &o, &error);
    CHECK_OK(error);
    const rdl_statistic_table *t = rdl_statistic_find(n, "by_area");
    double whole = rdl_statistic_total(t, "verified_area");
    CHECK(whole > 0.0);
    CHECK_NEAR(rdl_statistic_total(t, "cleared_area"), 0.8 * whole, 0.02 * whole);
    g_free(s.before);
    g_free(s.after);
}

/* ---- declared land ---- */

typedef struct {
    const char *class;
    double left, right; /* of the ground's width; beyond 0 and 1: around it too */
} strip;

/* Strips of land as a layer, each reaching beyond the ground north and south. */
static char *land_layer(const char *name, const strip *strips, int n)
{
    char *path = g_strdup(suite_path(name));
    g_autoptr(GString) text = g_string_new("{\"type\":\"FeatureCollection\",\"features\":[");

    for (int i = 0; i < n; i++) {
        double x0 = 119.9 + 0.0015 * strips[i].left, x1 = 119.9 + 0.0015 * strips[i].right;
        g_string_append_printf(
            text,
            "%s{\"type\":\"Feature\",\"properties\":{\"class\":\"%s\"},\"geometry\":{\"type\":"
            "\"Polygon\",\"coordinates\":[[[%.8f,32.298],[%.8f,32.298],[%.8f,32.304],[%.8f,32.304],"
            "[%.8f,32.298]]]}}",
            i ? "," : "", strips[i].class, x0, x1, x1, x0, x0);
    }
    g_string_append(text, "]}");
    CHECK(g_file_set_contents(path, text->str, -1, NULL));
    return path;
}

static bool verify_land(rdl_ledger *ledger, const scenes *s, const char *later,
                        const rdl_verify_land *land, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_verify_options o = {.scenes = {.before = s->before,
                                             .after = s->after,
                                             .later = later,
                                             .bands = "red=1,nir=2,swir1=3",
                                             .threads = 1},
                                  .date = "2026-05-01",
                                  .on = "2026-12-01",
                                  .by = "甲",
                                  .role = "analyst",
                                  .land = *land};

    return rdl_ledger_verify(ledger, &o, tally, NULL, NULL, error);
}

static void check_land(JsonObject *row, const char *member, double m2)
{
    JsonObject *land = rdl_json_object(row, "wetland");

    CHECK(land != NULL);
    if (land)
        CHECK_NEAR(rdl_json_real(land, member, NAN), m2, 5.0);
}

/* Width 141.2 m, height 166.3 m. Ponds that become mudflat and a new dyke, outlines right and 5 m
 * off; marsh that is cropped, most of the ground not declared before; marsh declared as pond too.
 */
static void ponds_returned_are_gain_of_wetland(void)
{
    static const double width = 141.25, height = 166.35;
    static const strip pond[] = {{"POND", -1, 2}}, mud[] = {{"MUDFLAT", -1, 0.5}, {"DYKE", 0.5, 2}},
                       marsh[] = {{"MARSH", -1, 1.0 / 3}}, crop[] = {{"CROP", -1, 2}},
                       both[] = {{"MARSH", -1, 2}, {"POND", 0.75, 2}};
    static const struct {
        const strip *before, *later;
        int n_before, n_later;
        double error_m, gain, loss, least, most, returned, barrier, undeclared; /* of the width */
    } cases[] = {{pond, mud, 1, 2, 0, 0.5, 0, 0.5, 0.5, 0.5, 0.5, 0},
                 {pond, mud, 1, 2, 5, 0.5, 0, 0.5 - 5 / width, 0.5 + 5 / width, 0.5, 0.5, 0},
                 {marsh, crop, 1, 1, 0, 0, 1.0 / 3, -1, -1.0 / 3, 0, 0, 2.0 / 3},
                 {both, mud, 2, 2, 0, 0, 0.25, -0.5, -0.25, 0, 0.5, 0.25}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("wetland.sqlite", &error);
    scenes s = {scene("w-before.tif", 0, 0), scene("w-after.tif", 1, 1), NULL};
    g_autofree char *later = scene("w-later.tif", 0, 2);
    double whole = width * height;

    claim(ledger);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name0 = g_strdup_printf("land-%u-before.geojson", i),
                        *name1 = g_strdup_printf("land-%u-later.geojson", i);
        g_autofree char *before = land_layer(name0, cases[i].before, cases[i].n_before),
                        *after = land_layer(name1, cases[i].later, cases[i].n_later);
        const rdl_verify_land land = {before, after, NULL, cases[i].error_m};
        g_autoptr(JsonNode) keep = NULL;
        CHECK(verify_land(ledger, &s, later, &land, &error));
        CHECK_OK(error);
        JsonObject *row = last_row(ledger, &keep);
        CHECK_INT(json_array_get_length(json_node_get_array(keep)), i + 1);
        check_land(row, "gain_m2", whole * cases[i].gain);
        check_land(row, "loss_m2", whole * cases[i].loss);
        check_land(row, "net_m2", whole * (cases[i].gain - cases[i].loss));
        check_land(row, "net_min_m2", whole * cases[i].least);
        check_land(row, "net_max_m2", whole * cases[i].most);
        check_land(row, "returned_m2", whole * cases[i].returned);
        check_land(row, "barrier_m2", whole * cases[i].barrier);
        check_land(row, "undeclared_m2", whole * cases[i].undeclared);
        CHECK(verify_land(ledger, &s, later, &land, &error)); /* adds nothing */
        g_autoptr(JsonNode) again = NULL;
        last_row(ledger, &again);
        CHECK_INT(json_array_get_length(json_node_get_array(again)), i + 1);
    }
    const rdl_statistic_options o = {.as_of = rdl_day_of(2026, 12, 1)};
    g_autoptr(rdl_statistic) n = rdl_statistic_new(ledger, &o, &error);
    CHECK_OK(error);
    const rdl_statistic_table *t = rdl_statistic_find(n, "by_wetland");
    CHECK_NEAR(rdl_statistic_total(t, "measured"), 1, 0);
    CHECK_NEAR(rdl_statistic_total(t, "net_area"), -0.25 * whole, 5.0);
    CHECK_NEAR(rdl_statistic_total(t, "net_min_area"), -0.5 * whole, 5.0);
    CHECK_NEAR(rdl_statistic_total(t, "barrier_area"), 0.5 * whole, 5.0);
    g_free(s.before);
    g_free(s.after);
}

static void land_of_an_unknown_class_is_refused(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = ledger_with_ground("swamp.sqlite", &error);
    scenes s = {scene("u-before.tif", 0, 0), scene("u-after.tif", 1, 1), NULL};
    g_autofree char *later = scene("u-later.tif", 0, 2);
    static const strip pond[] = {{"POND", -1, 2}}, swamp[] = {{"SWAMP", -1, 2}};
    g_autofree char *before = land_layer("known.geojson", pond, 1),
                    *after = land_layer("unknown.geojson", swamp, 1);
    const rdl_verify_land land = {before, after, NULL, 0};

    claim(ledger);
    CHECK(!verify_land(ledger, &s, later, &land, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "class 'SWAMP' is in no list of the pack");
    g_free(s.before);
    g_free(s.after);
}

/* ---- may it be closed ---- */

/* Pack cn with that decision table. */
static const char *pack_closing_by(const char *name, const char *rows)
{
    const char *folder = suite_path(name);
    g_autofree char *copy =
        g_strdup_printf("cp -r '%s' '%s'", suite_source("data/packs/cn"), folder);
    g_autofree char *table = g_build_filename(folder, "closeout.csv", NULL);
    g_autofree char *text =
        g_strconcat("class,activities,zones,when,documents,imagery,src\n", rows, NULL);

    CHECK_INT(system(copy), 0);
    CHECK(g_file_set_contents(table, text, -1, NULL));
    return folder;
}

static void check_closing(rdl_ledger *ledger, const char *expected)
{
    GError *error = NULL;
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", NULL);
    g_autoptr(JsonNode) node = rdl_ledger_closing(ledger, id, &error);
    GString *told = g_string_new(NULL);

    CHECK_OK(error);
    JsonObject *o = json_node_get_object(node);
    JsonArray *rows = json_object_get_array_member(o, "rows");
    g_string_append(told, rdl_json_text(o, "closeable", "none"));
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        JsonArray *needs = json_object_get_array_member(row, "needs");
        g_string_append_printf(told, "; %s:", rdl_json_text(row, "class", "?"));
        for (guint k = 0; k < json_array_get_length(needs); k++) {
            JsonObject *need = json_array_get_object_element(needs, k);
            g_string_append_printf(told, " %s=%s", rdl_json_text(need, "what", "?"),
                                   rdl_json_text(need, "holds", "?"));
        }
    }
    CHECK_TEXT(told->str, expected);
    g_string_free(told, TRUE);
}

/* What still lacks, in one line. */
static void check_lacks(rdl_ledger *ledger, const char *expected)
{
    GError *error = NULL;
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", NULL);
    g_autoptr(JsonNode) node = rdl_ledger_closing(ledger, id, &error);
    g_autoptr(GString) told = g_string_new(NULL);

    CHECK_OK(error);
    JsonArray *lacks = json_object_get_array_member(json_node_get_object(node), "lacks");
    for (guint i = 0; i < json_array_get_length(lacks); i++)
        g_string_append_printf(told, "%s%s", i ? "; " : "",
                               json_array_get_string_element(lacks, i));
    CHECK_TEXT(told->str, expected);
}

static void what_closing_asks_for_is_told(void)
{
    GError *error = NULL;
    const char *pack =
        pack_closing_by("closing-pack", "exit,IND,ERL|NR_GEN,*,文书,CLEARED|STABLE,P4\n"
                                        "mines,MINE,*,*,,CLEARED,P4\n");
    g_autoptr(rdl_ledger) ledger = ledger_of_pack("closing.sqlite", pack, &error);
    scenes s = {scene("k-before.tif", 0, 0), scene("k-after.tif", 1, 1), NULL};
    static const struct {
        double disturbed;
        const char *date, *closing;
    } cases[] = {{0.0, "2026-01-11", "unknown; exit: 文书=yes CLEARED=unknown STABLE=unknown"},
                 {1.0, "2026-02-01", "no; exit: 文书=yes CLEARED=no STABLE=unknown"},
                 {0.0, "2026-03-01", "unknown; exit: 文书=yes CLEARED=yes STABLE=unknown"},
                 {0.0, "2026-08-01", "yes; exit: 文书=yes CLEARED=yes STABLE=yes"}};

    CHECK_OK(error);
    check_closing(ledger, "none"); /* a clue */
    check_lacks(ledger, "");
    claim(ledger);
    check_lacks(ledger, "CLEARED (no scene since the claim tells: redline verify); STABLE (0 of "
                        "the three scenes since the "
                        "claim that a trend needs)");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        told(ledger, &s, cases[i].disturbed, cases[i].date);
        check_closing(ledger, cases[i].closing);
        if (i == 1)
            check_lacks(ledger, "CLEARED (2026-02-01: STANDING, 100 % stands, at most 100 %); "
                                "STABLE (1 of the three "
                                "scenes since the claim that a trend needs); the claim, which a "
                                "later scene contradicts");
    }
    check_lacks(ledger, "");
    go(ledger, "WORKING", "2026-11-03", "county"); /* no claim, nothing to hold a scene against */
    check_closing(ledger, "unknown; exit: 文书=yes CLEARED=unknown STABLE=unknown");
    g_free(s.before);
    g_free(s.after);
}

static void alternatives_are_told_and_a_bad_table_is_refused(void)
{
    GError *error = NULL;
    const char *pack =
        pack_closing_by("either-pack", "keep,*,*,*,评估报告,,P5\nexit,*,*,*,文书,,P5\n");
    const char *bad = pack_closing_by("bad-pack", "x,*,*,*,,SEEN,P5\n");
    g_autoptr(rdl_ledger) either = ledger_of_pack("either.sqlite", pack, &error);
    g_autoptr(rdl_ledger) wrong = ledger_of_pack("wrong.sqlite", bad, &error);

    CHECK_OK(error);
    claim(either);
    check_closing(either, "yes; keep: 评估报告=unknown; exit: 文书=yes");
    claim(wrong);
    g_autofree char *id = rdl_task_of_source(wrong, "FP-0000", NULL);
    CHECK(rdl_ledger_closing(wrong, id, &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_DATA, "closeout.csv:2: imagery 'SEEN'");
    CHECK(rdl_ledger_closing(wrong, "R-none", &error) == NULL);
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no task R-none");
}

static CU_TestInfo tests[] = {
    {"a claim is held against a later scene", a_claim_is_held_against_a_later_scene},
    {"what comes back after the closing is a rebound",
     what_comes_back_after_the_closing_is_a_rebound},
    {"the same scene is measured once", the_same_scene_is_measured_once},
    {"what could not tell is asked again in another way",
     what_could_not_tell_is_asked_again_in_another_way},
    {"a trend is told of several scenes", a_trend_is_told_of_several_scenes},
    {"shares are told as ground", shares_are_told_as_ground},
    {"restoration is told by epoch", restoration_is_told_by_epoch},
    {"ponds returned are gain of wetland", ponds_returned_are_gain_of_wetland},
    {"land of an unknown class is refused", land_of_an_unknown_class_is_refused},
    {"what closing asks for is told", what_closing_asks_for_is_told},
    {"alternatives are told and a bad table is refused",
     alternatives_are_told_and_a_bad_table_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("rectify.verification", tests, argc, argv);
}
