/* A ledger knows the layers its sites are screened with, and screens with just those. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "fixtures/layers.h"
#include "geo/start.h"
#include "rectify/moving.h"
#include "rectify/rectify.h"
#include "suite.h"

#define CRS "EPSG:4490"
#define DAY rdl_day_of(2026, 11, 1)

static rdl_ledger *new_ledger(const char *path)
{
    GError *error = NULL;
    rdl_ledger *ledger = NULL;

    g_remove(path);
    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error) &&
          (ledger = rdl_ledger_open(path, true, &error)));
    CHECK_OK(error);
    return ledger;
}

static bool add(rdl_ledger *ledger, const char *role, const char *path, const char *profile,
                GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_source source = {path, profile};

    return rdl_ledger_layer_add(ledger, role, &source, DAY, tally, error) &&
           rdl_tally_check(tally, error);
}

static bool screen(rdl_ledger *ledger, const char *footprints, GError **error)
{
    const rdl_source given = {footprints, NULL};
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    g_autoptr(rdl_tally) loaded = rdl_tally_new();

    o.as_of = DAY;
    o.footprints = &given;
    o.n_footprints = footprints ? 1 : 0;
    bool good = rdl_ledger_screen(ledger, &o, NULL, &result, loaded, error);
    rdl_screen_result_clear(&result);
    return good;
}

/* What there is to see of a ledger's sites. Yours. */
static char *sites_of(rdl_ledger *ledger)
{
    GError *error = NULL;
    char *text = rdl_store_value(ledger->store,
                                 "SELECT group_concat(s.source_id || ' ' || f.content || ' ' || "
                                 "t.task_id || ' ' || coalesce(t.due, '')) FROM (SELECT * FROM "
                                 "site ORDER BY site_id) s JOIN finding f USING(site_id) JOIN task "
                                 "t USING(site_id)",
                                 &error);

    CHECK_OK(error);
    return text;
}

/* The folder of the layers, beside which ledgers of this suite lie. */
static const char *zones, *footprints;

static void make_layers(void)
{
    if (zones)
        return;
    zones = fixture_zone(119.9, 32.5, 0.01, CRS);
    footprints = fixture_footprint("GPKG", CRS, ",built_after", "|2024-01-01", 119.9, 32.5, 0.001);
}

static void it_finds_what_the_two_commands_find(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) inside = new_ledger(suite_path("inside.sqlite"));
    g_autoptr(rdl_ledger) outside = new_ledger(suite_path("outside.sqlite"));
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    make_layers();
    CHECK(add(inside, "zones", zones, NULL, &error) &&
          add(inside, "footprints", footprints, NULL, &error) && screen(inside, NULL, &error));
    CHECK_OK(error);
    screened s = screen_layers(zones, footprints, NULL);
    CHECK_OK(s.error);
    rdl_screen_result_clear(&s.result);
    CHECK(rdl_ledger_load_findings(outside, suite_path("findings.gpkg"), DAY, tally, NULL, &error));
    g_autofree char *in = sites_of(inside), *out = sites_of(outside);
    CHECK(in && strstr(in, "F1"));
    CHECK_TEXT(in, out);
    CHECK(rdl_ledger_audit(inside, NULL, &error) &&
          rdl_ledger_rebuild(inside, false, NULL, &error) &&
          rdl_ledger_audit(inside, NULL, &error));
    CHECK_OK(error);
}

static void a_layer_that_changed_is_refused_until_it_is_loaded_again(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = new_ledger(suite_path("changed.sqlite"));
    const char *csv = fixture_text("fp.csv", "fp_id,activity,WKT\nF9,IND,\"POLYGON((119.9 32.5,"
                                             "119.901 32.5,119.901 32.501,119.9 32.5))\"\n");
    const char *profile = fixture_text("csv.yaml", "layer: footprint\ncrs_claim: \"" CRS "\"\n");
    g_autofree char *text = NULL;
    gsize n;

    make_layers();
    CHECK(add(ledger, "zones", zones, NULL, &error) &&
          add(ledger, "footprints", csv, profile, &error) && screen(ledger, NULL, &error));
    CHECK_OK(error);
    CHECK(g_file_get_contents(csv, &text, &n, NULL));
    g_autofree char *more = g_strconcat(text, "F10,IND,\n", NULL);
    CHECK(g_file_set_contents(csv, more, -1, NULL));
    CHECK(!screen(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "is not what was loaded on 2026-11-01");
    CHECK(add(ledger, "footprints", csv, profile, &error) && screen(ledger, NULL, &error));
    CHECK_OK(error);
    CHECK(g_file_set_contents(profile, "layer: footprint\ncrs_claim: \"EPSG:4326\"\n", -1, NULL));
    CHECK(!screen(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "this profile of fp.csv is not what it was");
    g_remove(csv);
    CHECK(!screen(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "--drop fp.csv");
}

static void layers_below_its_folder_move_with_it(void)
{
    GError *error = NULL;
    g_autofree char *old = g_build_filename(suite_folder(), "old", NULL);
    g_autofree char *new = g_build_filename(suite_folder(), "new", NULL);
    g_autofree char *path = g_build_filename(old, "l.sqlite", NULL);
    g_autofree char *moved = g_build_filename(new, "l.sqlite", NULL);
    g_autofree char *own = g_build_filename(old, "zones.gpkg", NULL), *bytes = NULL;
    gsize n;

    make_layers();
    CHECK_INT(g_mkdir(old, 0700), 0);
    CHECK(g_file_get_contents(zones, &bytes, &n, NULL) &&
          g_file_set_contents(own, bytes, (gssize)n, NULL));
    rdl_ledger *ledger = new_ledger(path);
    CHECK(add(ledger, "zones", own, NULL, &error) &&
          add(ledger, "footprints", footprints, NULL, &error));
    rdl_ledger_close(ledger);
    CHECK_INT(g_rename(old, new), 0);
    g_autoptr(rdl_ledger) there = rdl_ledger_open(moved, true, &error);
    CHECK(there && screen(there, NULL, &error));
    CHECK_OK(error);
}

static void what_is_given_goes_before_what_is_loaded(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = new_ledger(suite_path("given.sqlite"));

    make_layers();
    const char *other =
        fixture_footprint("GPKG", CRS, ",built_after,fp_id2", "|2024-01-01|", 119.9, 32.5, 0.002);
    CHECK(add(ledger, "zones", zones, NULL, &error) &&
          add(ledger, "footprints", footprints, NULL, &error) && screen(ledger, other, &error));
    CHECK_OK(error);
    g_autofree char *n = rdl_store_value(
        ledger->store,
        "SELECT count(*) || ' ' || round(max(json_extract(content,'$.area_m2')) / 1e4) "
        "FROM finding WHERE is_primary",
        &error);
    CHECK_TEXT(n,
               "1 17.0"); /* 0.004 degrees square: 375.5 x 443.6 m; the loaded one is a quarter */
}

static void dropped_is_screened_with_no_more(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = new_ledger(suite_path("dropped.sqlite"));

    make_layers();
    CHECK(add(ledger, "zones", zones, NULL, &error) &&
          add(ledger, "footprints", footprints, NULL, &error));
    CHECK(!rdl_ledger_layer_drop(ledger, "elsewhere.gpkg", DAY, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "it has: fp-");
    CHECK(rdl_ledger_layer_drop(ledger, footprints, DAY, &error));
    CHECK_OK(error);
    CHECK(!screen(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "footprints");
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static char *layers_of(rdl_ledger *ledger)
{
    GError *error = NULL;
    char *all = rdl_store_value(
        ledger->store, "SELECT group_concat(role || ' ' || source, '; ') FROM layer", &error);

    CHECK_OK(error);
    return all;
}

/* One register by four names is one layer of a role; dropped, it goes from both its roles. */
static void a_layer_is_one_by_whatever_name(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = new_ledger(suite_path("names.sqlite"));
    const char *link = suite_path("link.gpkg");
    g_autofree char *named = NULL, *base = NULL;

    make_layers();
    g_remove(link);
    CHECK_INT(symlink(footprints, link), 0);
    base = g_path_get_basename(footprints);
    named = g_strconcat(footprints, ":layer", NULL);
    CHECK(add(ledger, "footprints", footprints, NULL, &error) &&
          add(ledger, "footprints", link, NULL, &error) &&
          add(ledger, "footprints", named, NULL, &error));
    CHECK_OK(error);
    g_autofree char *one = layers_of(ledger), *wanted = g_strconcat("footprints ", base, NULL);
    CHECK_TEXT(one, wanted);
    CHECK(add(ledger, "patches", footprints, NULL, &error) &&
          rdl_ledger_layer_drop(ledger, footprints, DAY, &error));
    CHECK_OK(error);
    g_autofree char *none = layers_of(ledger);
    CHECK(!none || !*none);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

static void what_cannot_be_a_layer_is_refused(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = new_ledger(suite_path("refused.sqlite"));

    CHECK(!add(ledger, "zones", suite_path("none.gpkg"), NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "none.gpkg");
    CHECK(!add(ledger, "zones", "PG:dbname=x password=secret", NULL, &error));
    CHECK(error && !strstr(error->message, "secret"));
    g_clear_error(&error);
    g_autofree char *inside = g_strconcat("/vsisubfile/0,", zones, NULL);
    CHECK(!add(ledger, "zones", inside, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is no local file");
    CHECK(!add(ledger, "clouds", zones, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "clouds");
    g_autofree char *events = rdl_store_value(ledger->store, "SELECT count(*) FROM event", &error);
    CHECK_TEXT(events, "1");
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        {"it finds what the two commands find", it_finds_what_the_two_commands_find},
        {"a layer that changed is refused until it is loaded again",
         a_layer_that_changed_is_refused_until_it_is_loaded_again},
        {"layers below its folder move with it", layers_below_its_folder_move_with_it},
        {"what is given goes before what is loaded", what_is_given_goes_before_what_is_loaded},
        {"dropped is screened with no more", dropped_is_screened_with_no_more},
        {"a layer is one by whatever name", a_layer_is_one_by_whatever_name},
        {"what cannot be a layer is refused", what_cannot_be_a_layer_is_refused},
        CU_TEST_INFO_NULL};

    rdl_geo_start();
    return run_suite("rectify.layer", tests, argc, argv);
}
