/* A map says what is on it and what could not be, and is the same twice. */
#include <gdal.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include "deliver/district.h"
#include "deliver/map.h"
#include "deliver/map_body.h"
#include "deliver/map_frame.h"
#include "rectify/handle.h"
#include "fixtures/layers.h"
#include "suite.h"

static rdl_map_options to(const char *output)
{
    rdl_map_options o = RDL_MAP_OPTIONS_INIT;

    o.output = output;
    o.overwrite = true;
    return o;
}

static const char *ledger_of(int n)
{
    g_autofree char *name = g_strdup_printf("ledger-%d.sqlite", n);
    const char *path = suite_path(name);

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        rdl_ledger_close(district_ledger(path, n));
    return path;
}

static void the_same_ledger_gives_the_same_bytes(void)
{
    static const char *const names[][2] = {{"a.pdf", "b.pdf"}, {"a.png", "b.png"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        for (int k = 0; k < 2; k++) {
            rdl_map_options o = to(suite_path(names[i][k]));
            g_autoptr(rdl_tally) tally = rdl_tally_new();
            CHECK(rdl_map(ledger_of(3), &o, NULL, tally, &error));
            CHECK_OK(error);
        }
        CHECK_SAME_FILE(suite_path(names[i][0]), suite_path(names[i][1]));
    }
}

static void every_task_is_counted(void)
{
    GError *error = NULL;
    rdl_map_options o = to(suite_path("count.pdf"));
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_map(ledger_of(3), &o, NULL, tally, &error));
    CHECK_OK(error);
    CHECK(rdl_tally_check(tally, &error));
    g_autofree char *text = rdl_tally_text(tally);
    CHECK(strstr(text, "3  used") != NULL);
}

/* Merged: two clues of one place, the one with the lower id dismissed. */
static void a_site_is_drawn_once_by_the_task_that_is_open(void)
{
    GError *error = NULL;
    rdl_map_options o = to(suite_path("merged.png"));
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_ledger *ledger = district_ledger(suite_path("merged.sqlite"), 3);
    const char *const others[] = {"FP-1", NULL};
    const rdl_who who = {"2027-11-05", "甲", "analyst", "同一厂区"};

    CHECK(rdl_sites_merge(ledger, "FP-0", others, &who, &error));
    CHECK_OK(error);
    rdl_ledger_close(ledger);
    CHECK(rdl_map(suite_path("merged.sqlite"), &o, NULL, tally, &error));
    CHECK_OK(error);
    g_autofree char *text = rdl_tally_text(tally);
    CHECK(strstr(text, "2  used") && strstr(text, "1  suppressed SAME_SITE"));
    g_autoptr(rdl_map_data) data =
        rdl_map_data_open(suite_path("merged.sqlite"), NULL, "zh", &error);
    CHECK_OK(error);
    for (guint i = 0; data && i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        CHECK_INT(rdl_map_leads(data, i), strcmp(t->state, "DISMISSED") != 0);
    }
}

static void nothing_to_draw_is_an_error_and_leaves_no_file(void)
{
    GError *error = NULL;
    rdl_map_options o = to(suite_path("none.pdf"));
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(!rdl_map(ledger_of(0), &o, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "nothing to be drawn");
    CHECK(!g_file_test(o.output, G_FILE_TEST_EXISTS));
}

/* Whoever reads the PDF as a map finds the corner of the neat line where it is, to a pixel. */
static void a_pdf_says_where_it_lies(void)
{
    GError *error = NULL;
    const char *path = suite_path("where.pdf");
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4549", &error);
    const rdl_page_form form = {.width = 1190.55, .height = 841.89, .language = "zh"};
    const rdl_pdf_map map = {form.width,
                             form.height,
                             53.9,
                             87.9,
                             765.4,
                             691.7,
                             {480000.0, 3590000.0, 493500.0, 3602200.0},
                             crs};
    g_autoptr(rdl_page) page = rdl_page_new(&form, &error);
    bool done = false;
    double x, y;

    rdl_page_box(page, map.x, map.y, map.width, map.height, 1.0, 0);
    CHECK(rdl_page_write(page, path, true, 72.0, &error));
    CHECK(rdl_pdf_georeference(path, &map, &done, &error));
    CHECK_OK(error);
    if (!done) {
        printf("\n    this GDAL has no PDF driver\n    ");
        return;
    }
    g_autoptr(rdl_raster) raster = rdl_raster_open(path, &error);
    CHECK_OK(error);
    const rdl_grid *grid = rdl_raster_grid(raster);
    double col = grid->width / form.width, row = grid->height / form.height;
    rdl_grid_point(grid, map.x * col, map.y * row, &x, &y);
    CHECK_NEAR(x, map.ground.xmin, grid->transform[1]);
    CHECK_NEAR(y, map.ground.ymax, grid->transform[1]);
    rdl_grid_point(grid, (map.x + map.width) * col, (map.y + map.height) * row, &x, &y);
    CHECK_NEAR(x, map.ground.xmax, grid->transform[1]);
    CHECK_NEAR(y, map.ground.ymin, grid->transform[1]);
}

/* FP-2 lies in another unit than FP-0 and FP-1. */
static void a_series_has_a_sheet_a_unit(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_map_options o = to(suite_path("series"));

    o.by = "unit";
    CHECK(rdl_map(ledger_of(3), &o, written, tally, &error));
    CHECK_OK(error);
    CHECK_INT(written->len, 2);
    CHECK(written->len == 2 && g_str_has_suffix(written->pdata[0], "321202.pdf"));
    CHECK(written->len == 2 && g_str_has_suffix(written->pdata[1], "321203.pdf"));
    CHECK(rdl_tally_check(tally, &error));
    g_autofree char *text = rdl_tally_text(tally);
    CHECK(strstr(text, "3  used") != NULL);
}

static void without_zones_there_are_no_sheets_by_zone(void)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_map_options o = to(suite_path("by-zone"));
    GError *error = NULL;

    o.by = "zone";
    CHECK(!rdl_map(ledger_of(3), &o, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "give it with --zones");
}

/* A zone may lie in several features, and names that differ may not as files. */
static void zones_of_one_name_have_a_sheet_each(void)
{
    static const char *const ids[] = {"ERL/1", "ERL_1", "ERL_1"};
    GError *error = NULL;
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_map_options o = to(suite_path("one-name"));
    char *rows[G_N_ELEMENTS(ids) + 1] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *box = fixture_box(119.9 + 0.01 * (double)i, 32.3, 0.004);
        rows[i] = g_strconcat(box, "|", ids[i], "|ERL|2018-01-01", NULL);
    }
    o.zones = fixture_layer("one-name.gpkg", "GPKG", "EPSG:4490", "zone_id,zone,z_est",
                            (const char *const *)rows);
    o.by = "zone", o.exporter = "甲";
    CHECK(rdl_map(ledger_of(3), &o, written, tally, &error));
    CHECK_OK(error);
    CHECK_INT(written->len, 3);
    CHECK(written->len == 3 && g_str_has_suffix(written->pdata[0], "/ERL_1.pdf") &&
          g_str_has_suffix(written->pdata[1], "/ERL_1-2.pdf") &&
          g_str_has_suffix(written->pdata[2], "/ERL_1-3.pdf"));
    for (guint i = 0; i < written->len; i++)
        CHECK(g_file_test(written->pdata[i], G_FILE_TEST_EXISTS));
    g_autoptr(rdl_ledger) l = rdl_ledger_open(ledger_of(3), false, &error);
    g_autofree char *files = rdl_store_value(
        l->store,
        "SELECT count(*) FROM event, json_each(payload, '$.files') WHERE kind = 'export.made'",
        &error);
    CHECK_TEXT(files, "3");
    for (size_t i = 0; rows[i]; i++)
        g_free(rows[i]);
}

/* The sites lie about 119.9 E, 32.3 N, in one sheet of 15' by 10'. */
static void a_series_has_the_national_sheets(void)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_map_options o = to(suite_path("sheets"));

    o.by = "grid";
    CHECK(rdl_map(ledger_of(3), &o, written, tally, &error));
    CHECK_OK(error);
    CHECK_INT(written->len, 1);
    CHECK(written->len == 1 && g_str_has_suffix(written->pdata[0], "/I50E023024.pdf"));
    CHECK(rdl_tally_check(tally, &error));
    g_autofree char *text = rdl_tally_text(tally);
    CHECK(strstr(text, "3  used") != NULL);
}

/* GB/T 13989: J50E001001 is the north-western sheet of J50, from 114 E, 40 N. */
static void a_place_has_its_national_sheet(void)
{
    static const struct {
        double lon, lat;
        const char *number; /* NULL: none */
    } cases[] = {{114.1, 39.95, "J50E001001"}, {119.99, 36.01, "J50E024024"},
                 {119.9, 32.3, "I50E023024"},  {0.0, 0.0, "A31E024001"},
                 {17.9, 75.0, "S33E006024"},   {-60.1, -3.1, "SA20E019024"},
                 {180.0, 10.0, "C60E012024"},  {100.0, 89.0, NULL}};
    rdl_box box, again;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *number = rdl_national_sheet(cases[i].lon, cases[i].lat, &box);
        CHECK_TEXT(number, cases[i].number);
        if (!number)
            continue;
        CHECK(box.xmin <= cases[i].lon && cases[i].lon <= box.xmax);
        CHECK(box.ymin <= cases[i].lat && cases[i].lat <= box.ymax);
        CHECK(rdl_national_sheet_box(number, &again));
        CHECK(again.xmin == box.xmin && again.ymax == box.ymax);
    }
    CHECK(!rdl_national_sheet_box("J50E025001", &again));
    CHECK(!rdl_national_sheet_box("J50D001001", &again));
    CHECK(!rdl_national_sheet_box("J50E001001x", &again));
}

static void bad_options_are_named(void)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_map_options o = to("map.jpg");

    CHECK(!rdl_map(ledger_of(3), &o, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, ".pdf or .png");
    o = to(suite_path("scene.png"));
    o.before = o.output;
    CHECK(g_file_set_contents(o.output, "a scene", -1, NULL));
    CHECK(!rdl_map(ledger_of(3), &o, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "scene.png");
    o = to("map.pdf");
    o.language = "fr";
    CHECK(!rdl_map(ledger_of(3), &o, NULL, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "zh, en");
}

/* What a sheet at 75 degrees north says of north: the convergence of the meridians. */
static void north_is_true_north_at_75_degrees(void)
{
    GError *error = NULL;
    rdl_map_data data = {.language = "zh", .crs = rdl_crs_parse("EPSG:4326", &error)};
    rdl_box ground = {17.9, 74.98, 18.1, 75.02};
    double angle = 0.0;
    g_autoptr(rdl_frame) f = rdl_frame_new(&data, ground, 1.0, 0, 0, 500, 500, &error);

    CHECK_OK(error);
    CHECK(f && rdl_frame_north(f, &angle, &error));
    /* UTM 34N, central meridian 21: gamma = atan(tan(lon - 21) sin(lat)), north lies to the right
     */
    CHECK_NEAR(angle * 180.0 / G_PI,
               -atan(tan(-3.0 * G_PI / 180.0) * sin(75.0 * G_PI / 180.0)) * 180.0 / G_PI, 0.01);
    rdl_crs_unref(data.crs);
}

static void a_scale_is_round_and_holds_the_ground(void)
{
    GError *error = NULL;
    rdl_map_data data = {.language = "zh", .crs = rdl_crs_parse("EPSG:4490", &error)};
    rdl_box ground = {119.85, 32.45, 119.95, 32.53};
    g_autoptr(rdl_frame) f = rdl_frame_new(&data, ground, 1.0, 0, 0, 765, 691, &error);

    CHECK_OK(error);
    CHECK(f != NULL);
    CHECK_NEAR(f->scale, 40000.0, 0.0);
    CHECK(f->ground.xmin < 119.85 && f->ground.xmax > 119.95);
    CHECK(strstr(f->crs_name, "120°E") != NULL);
    /* a millimetre of paper is 40 m of ground */
    CHECK_NEAR((f->box.xmax - f->box.xmin) / (f->w / MM), 40.0, 1e-6);
    rdl_crs_unref(data.crs);
}

/* MapServer draws every rule that fits, so rules must not overlap; what fits none is left out. */
static void a_zone_is_drawn_by_one_rule(void)
{
    static const rdl_field fields[] = {{"zone", RDL_FIELD_TEXT}, {"family", RDL_FIELD_TEXT}};
    static const char *const zones[][2] = {{"NR_CORE", "NR"}, {"NR_GEN", "NR"}, {"ERL", "ERL"},
                                           {"DW1", "DW"},     {"RIV", "RIV"},   {"IT", "IT"}};
    GError *error = NULL;
    char *path = rdl_memory_name(".fgb");
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32650", &error);
    rdl_vector *v = rdl_vector_create(path, "FlatGeobuf", &error);
    int layer = rdl_vector_layer(v, "zone", crs, "Geometry", fields, 2, &error);
    rdl_body body;

    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++) {
        const rdl_value row[] = {rdl_text(zones[i][0]), rdl_text(zones[i][1])};
        g_autoptr(rdl_geometry) g =
            rdl_geometry_of_box((rdl_box){10.0 * (double)i, 0, 10.0 * (double)i + 5, 5}, &error);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
        CHECK(rdl_vector_write(v, layer, row, wkb, &error));
    }
    CHECK(rdl_vector_finish(v, &error));
    const rdl_body_layer layers[] = {{path, "zone", "zone"}};
    CHECK(rdl_body_draw(layers, 1, (rdl_box){-10, -10, 70, 70}, 100, 100, &body, &error));
    CHECK_OK(error);
    CHECK_INT(body.rules->len, G_N_ELEMENTS(zones));
    for (guint i = 0; i < body.rules->len; i++)
        CHECK_INT(g_array_index(body.rules, rdl_body_rule, i).shown, 1);
    /* a casing and an outline a zone, no more */
    const char *svg = g_bytes_get_data(body.svg, NULL), *end = svg + g_bytes_get_size(body.svg);
    int strokes = 0;
    for (const char *p = svg; (p = g_strstr_len(p, end - p, "stroke-width:")); p++)
        strokes++;
    CHECK_INT(strokes, 2 * G_N_ELEMENTS(zones));
    rdl_body_clear(&body);
    rdl_memory_free(path);
}

static GArray *numbered(rdl_ledger *ledger)
{
    const rdl_task_filter all = {0};
    GError *error = NULL;
    GArray *tasks = rdl_task_list(ledger, &all, &error);

    CHECK(tasks != NULL);
    CHECK_OK(error);
    return tasks;
}

static void a_site_keeps_its_number_when_it_is_registered(void)
{
    rdl_ledger *ledger = district_ledger(suite_path("numbers.sqlite"), 3);
    g_autoptr(GArray) before = numbered(ledger);
    g_autofree char *clue = district_task(ledger, "FP-0");
    int sum = 0, first = 0;

    for (guint i = 0; i < before->len; i++) {
        const rdl_task *t = &g_array_index(before, rdl_task, i);
        sum += t->number;
        first = strcmp(t->task_id, clue) == 0 ? t->number : first;
    }
    CHECK_INT(before->len, 3);
    CHECK_INT(sum, 1 + 2 + 3);
    CHECK_INT(first, 1); /* findings are loaded in their order */
    CHECK(district_register(ledger));
    g_autoptr(GArray) after = numbered(ledger);
    CHECK_INT(after->len, 4);
    for (guint i = 0; i < after->len; i++) {
        const rdl_task *t = &g_array_index(after, rdl_task, i);
        CHECK_INT(t->number, t->source_id[3] - '0' + 1); /* FP-0, FP-1 ... and the clue of FP-0 */
    }
    rdl_ledger_close(ledger);
}

static void what_cannot_be_shown_is_said_to_who_draws(void)
{
    static const char manifest[] =
        "{\"command\": \"screen\", \"options\": {\"as_of\": \"2026-11-01\"}, \"inputs\": "
        "[{\"role\": \"zones\", \"path\": \"far/zones.gpkg\", \"sha256\": \"00\"}]}";
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_map_options o = to(suite_path("warned.png"));
    GError *error = NULL;

    CHECK(g_file_set_contents(suite_path("far.sqlite.findings.gpkg.run.json"), manifest, -1, NULL));
    rdl_ledger_close(district_ledger(suite_path("far.sqlite"), 2));
    o.warnings = warnings;
    CHECK(rdl_map(suite_path("far.sqlite"), &o, NULL, tally, &error));
    CHECK_OK(error);
    CHECK_INT(warnings->len, 1);
    CHECK(warnings->len == 1 && strstr(warnings->pdata[0], "zones.gpkg: is not there any more") &&
          strstr(warnings->pdata[0], "--zones"));
}

/* A scene of one band that tells where the sun stood, and not how it was looked at. */
static void a_scene_says_where_the_sun_stood(void)
{
    const char *path = suite_path("sun.tif"), *ledger = suite_path("sun.sqlite");
    double place[] = {119.8, 0.01, 0.0, 32.6, 0.0, -0.01};
    GDALDatasetH set = GDALCreate(GDALGetDriverByName("GTiff"), path, 40, 40, 1, GDT_Byte, NULL);
    const rdl_map_sources sources = {.before = path};
    GError *error = NULL;

    GDALSetGeoTransform(set, place);
    GDALSetProjection(set, "EPSG:4490");
    GDALSetMetadataItem(set, "SUN_ELEVATION", "48.7123", NULL);
    GDALSetMetadataItem(set, "SUN_AZIMUTH", "not known", NULL);
    GDALClose(set);
    rdl_ledger_close(district_ledger(ledger, 1));
    g_autoptr(rdl_map_data) data = rdl_map_data_open(ledger, &sources, "zh", &error);
    CHECK_OK(error);
    if (!CHECK(data && data->scenes->len == 1))
        return;
    const rdl_map_scene *scene = &g_array_index(data->scenes, rdl_map_scene, 0);
    CHECK_NEAR(scene->sun_elevation, 48.7123, 1e-9);
    CHECK(isnan(scene->sun_azimuth) && isnan(scene->off_nadir));
}

static void that_a_map_was_drawn_is_an_event_and_changes_nothing(void)
{
    GError *error = NULL;
    rdl_map_options o = to(suite_path("record-1.pdf"));
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    o.exporter = "甲";
    CHECK(rdl_map(ledger_of(2), &o, NULL, tally, &error));
    o.output = suite_path("record-2.pdf");
    o.on = "2027-12-24"; /* long after the ledger's own day */
    CHECK(rdl_map(ledger_of(2), &o, NULL, tally, &error));
    o.output = suite_path("record-3.pdf"), o.on = NULL;
    CHECK(rdl_map(ledger_of(2), &o, NULL, tally, &error));
    CHECK_SAME_FILE(suite_path("record-1.pdf"), suite_path("record-3.pdf"));
    CHECK_OK(error);
    CHECK_SAME_FILE(suite_path("record-1.pdf"), suite_path("record-2.pdf"));
    g_autoptr(rdl_ledger) l = rdl_ledger_open(ledger_of(2), false, &error);
    g_autofree char *told = rdl_store_value(
        l->store,
        "SELECT count(*) || ' ' || max(by) || ' ' || max(json_extract(payload, '$.profile')) || "
        "' ' || min(subject) FROM event WHERE kind = 'export.made'",
        &error);
    g_autofree char *digest = rdl_digest_file(o.output, &error);
    g_autofree char *want = g_strdup_printf("3 甲 map %s", digest);
    CHECK_TEXT(told, want);
    CHECK_OK(error);
}

static CU_TestInfo tests[] = {
    {"a site keeps its number when it is registered",
     a_site_keeps_its_number_when_it_is_registered},
    {"what cannot be shown is said to who draws", what_cannot_be_shown_is_said_to_who_draws},
    {"the same ledger gives the same bytes", the_same_ledger_gives_the_same_bytes},
    {"every task is counted", every_task_is_counted},
    {"a site is drawn once, by the task that is open",
     a_site_is_drawn_once_by_the_task_that_is_open},
    {"nothing to draw is an error and leaves no file",
     nothing_to_draw_is_an_error_and_leaves_no_file},
    {"a PDF says where it lies", a_pdf_says_where_it_lies},
    {"a series has a sheet a unit", a_series_has_a_sheet_a_unit},
    {"without zones there are no sheets by zone", without_zones_there_are_no_sheets_by_zone},
    {"zones of one name have a sheet each", zones_of_one_name_have_a_sheet_each},
    {"a series has the national sheets", a_series_has_the_national_sheets},
    {"a place has its national sheet", a_place_has_its_national_sheet},
    {"bad options are named", bad_options_are_named},
    {"north is true north at 75 degrees", north_is_true_north_at_75_degrees},
    {"a scale is round and holds the ground", a_scale_is_round_and_holds_the_ground},
    {"a zone is drawn by one rule", a_zone_is_drawn_by_one_rule},
    {"a scene says where the sun stood", a_scene_says_where_the_sun_stood},
    {"that a map was drawn is an event and changes nothing",
     that_a_map_was_drawn_is_an_event_and_changes_nothing},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    int status = run_suite("deliver.map", tests, argc, argv);
    rdl_geo_stop();
    return status;
}
