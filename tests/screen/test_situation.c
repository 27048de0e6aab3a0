/* Situations on the ground: what the articles say of small layers, worked out by hand in
 * tests/fixtures/situations (answers.csv), is what screening says. Versions of zones, papers over a
 * part, expansions, patches, seasons, several zones at once: what cases.csv of a pack cannot hold.
 */
#include <stdio.h>
#include <string.h>
#include "screen/screen.h"
#include "fixtures/layers.h"
#include "suite.h"

#define FOLDER "tests/fixtures/situations/"

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *text_of(const rdl_layer *layer, const rdl_feature *row, const char *field)
{
    const char *text = rdl_feature_text(row, rdl_layer_field_index(layer, field));

    return text ? text : "-";
}

static void free_answers(gpointer answers)
{
    g_ptr_array_unref(answers);
}

/* "source/zone" -> "WHEN VERDICT RESULT RULE" of each of its findings; of the primary ones into
 * `primary` too. */
static GHashTable *read_answers(GHashTable *primary)
{
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_answers);
    GError *error = NULL;
    g_autofree char *source = g_strconcat(suite_path("findings.gpkg"), ":finding", NULL);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *row;

    CHECK_OK(error);
    while (layer && (row = rdl_layer_next(layer, &error))) {
        const char *zone = rdl_feature_text(row, rdl_layer_field_index(layer, "zone_id"));
        char *key = g_strconcat(text_of(layer, row, "source_id"), "/", zone ? zone : "", NULL);
        GPtrArray *own = g_hash_table_lookup(all, key);
        if (strcmp(text_of(layer, row, "is_primary"), "1") == 0)
            g_hash_table_add(primary, g_strdup(key));
        if (!own)
            g_hash_table_insert(all, g_strdup(key), own = g_ptr_array_new_with_free_func(g_free));
        g_ptr_array_add(own, g_strdup_printf("%s %s %s %s", text_of(layer, row, "when_case"),
                                             text_of(layer, row, "verdict"),
                                             text_of(layer, row, "result"),
                                             text_of(layer, row, "rule_id")));
        g_free(key);
    }
    CHECK_OK(error);
    return all;
}

static void compare(const rdl_csv *csv, size_t i, GHashTable *all, GHashTable *primary)
{
    g_autofree char *key =
        g_strconcat(rdl_csv_at(csv, i, "source_id"), "/", rdl_csv_at(csv, i, "zone_id"), NULL);
    GPtrArray *own = g_hash_table_lookup(all, key);
    g_autoptr(GString) got = g_string_new(NULL);

    if (own)
        g_ptr_array_sort(own, by_text);
    for (guint k = 0; own && k < own->len; k++)
        g_string_append_printf(got, "%s%s", k ? "|" : "", (char *)own->pdata[k]);
    bool good = CHECK_TEXT(got->str, rdl_csv_at(csv, i, "answers"));
    if (*rdl_csv_at(csv, i, "primary"))
        good = CHECK(g_hash_table_contains(primary, key)) && good;
    if (!good)
        printf("\n    %s: %s\n", key, rdl_csv_at(csv, i, "why"));
}

static void every_situation_comes_out(void)
{
    const char *claim = fixture_text("claim.yaml", "crs_claim: \"EPSG:4490\"\n");
    rdl_source z = {suite_source(FOLDER "zones.csv"), claim},
               f = {suite_source(FOLDER "footprints.csv"), claim},
               p = {suite_source(FOLDER "permits.csv"), claim},
               d = {suite_source(FOLDER "patches.csv"), claim};
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;

    o.zones = &z, o.footprints = &f, o.permits = &p, o.patches = &d;
    o.n_zones = o.n_footprints = o.n_permits = o.n_patches = 1;
    o.pack = suite_source("data/packs/cn");
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path("findings.gpkg");
    CHECK(rdl_screen(&o, NULL, &result, &error));
    CHECK_OK(error);
    rdl_screen_result_clear(&result);
    g_autoptr(rdl_csv) csv = rdl_csv_read(suite_source(FOLDER "answers.csv"), &error);
    g_autoptr(GHashTable) primary = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) all = read_answers(primary);
    CHECK_OK(error);
    CHECK(csv && rdl_csv_count(csv) >= 109);
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        compare(csv, i, all, primary);
}

static CU_TestInfo tests[] = {
    {"every situation comes out", every_situation_comes_out},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.situation", tests, argc, argv);
}
