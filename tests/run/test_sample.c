/* The planted cases of data/sample/README.md are what the screening says of them. */
#include <stdio.h>
#include <string.h>
#include "screen/screen.h"
#include "suite.h"

static void screen_sample(void)
{
    g_autofree char *zones = g_strdup(suite_source("data/sample/zones.gpkg"));
    g_autofree char *fp = g_strdup(suite_source("data/sample/footprints.gpkg"));
    g_autofree char *permits = g_strdup(suite_source("data/sample/permits.gpkg"));
    rdl_source z = {zones, NULL}, f = {fp, NULL}, p = {permits, NULL};
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;

    o.zones = &z, o.footprints = &f, o.permits = &p;
    o.n_zones = o.n_footprints = o.n_permits = 1;
    o.pack = suite_source("data/packs/cn");
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path("sample.gpkg");
    CHECK(rdl_screen(&o, NULL, &result, &error));
    CHECK_OK(error);
    rdl_screen_result_clear(&result);
}

/* key -> " value value ... ", of a layer of the findings. */
static GHashTable *column_by(const char *layer_name, const char *key, const char *value)
{
    g_autofree char *source = g_strconcat(suite_path("sample.gpkg"), ":", layer_name, NULL);
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *f;

    CHECK_OK(error);
    while (layer && (f = rdl_layer_next(layer, &error))) {
        const char *k = rdl_feature_text(f, rdl_layer_field_index(layer, key));
        const char *v = rdl_feature_text(f, rdl_layer_field_index(layer, value));
        const char *before = g_hash_table_lookup(table, k);
        g_hash_table_insert(table, g_strdup(k),
                            g_strconcat(before ? before : " ", v ? v : "", " ", NULL));
    }
    return table;
}

static bool holds(const char *words, const char *word)
{
    g_autofree char *spaced = g_strdup_printf(" %s ", word);

    return words && strstr(words, spaced);
}

/* The rules that spoke of a source: those of all its findings. */
static char *rules_of(GHashTable *ids, GHashTable *hits, const char *fp_id)
{
    const char *list = g_hash_table_lookup(ids, fp_id);
    g_auto(GStrv) findings = g_strsplit(list ? list : "", " ", -1);
    g_autoptr(GString) rules = g_string_new(" ");

    for (char **f = findings; *f; f++)
        if (g_hash_table_contains(hits, *f))
            g_string_append(rules, g_hash_table_lookup(hits, *f));
    return g_string_free(g_steal_pointer(&rules), FALSE);
}

/* "not X" and "X is local and off" are rules that must be silent; "X stood ..." is history. */
static void check_rules(const char *fp_id, const char *idea, const char *rules)
{
    g_autoptr(GRegex) named =
        g_regex_new("(not )?\\b([A-Z]{2,4}\\d*-\\d\\d)\\b( is local| stood)?", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    for (g_regex_match(named, idea, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *no = g_match_info_fetch(match, 1), *rule = g_match_info_fetch(match, 2);
        g_autofree char *after = g_match_info_fetch(match, 3);
        bool silent = *no || g_strcmp0(after, " is local") == 0;
        if (g_strcmp0(after, " stood") == 0)
            continue;
        if (holds(rules, rule) == silent)
            printf("\n    %s: %s, but the rules that spoke are%s\n", fp_id, idea, rules);
        CHECK(holds(rules, rule) != silent);
    }
}

static void the_planted_cases_are_as_told(void)
{
    g_autofree char *text = NULL;
    g_autoptr(GRegex) row =
        g_regex_new("^\\| ([A-Z]\\d\\d) \\| .*? \\| (.*?) \\| (.*?) \\|$", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int rows = 0;

    screen_sample();
    g_autoptr(GHashTable) whens = column_by("finding", "source_id", "when_case");
    g_autoptr(GHashTable) ids = column_by("finding", "source_id", "finding_id");
    g_autoptr(GHashTable) hits = column_by("hit", "finding_id", "rule_id");
    CHECK(g_file_get_contents(suite_source("data/sample/README.md"), &text, NULL, NULL));
    for (g_regex_match(row, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL), rows++) {
        g_autofree char *fp_id = g_match_info_fetch(match, 1), *when = g_match_info_fetch(match, 2);
        g_autofree char *idea = g_match_info_fetch(match, 3);
        const char *got = g_hash_table_lookup(whens, fp_id);
        bool any = strcmp(when, "any") == 0 || strcmp(when, "-") == 0;
        if (!any && !holds(got, when))
            printf("\n    %s: %s is told, got %s\n", fp_id, when, got ? got : "no finding");
        CHECK(any || holds(got, when));
        g_autofree char *rules = rules_of(ids, hits, fp_id);
        check_rules(fp_id, idea, rules);
    }
    CHECK(rows > 50);
}

static CU_TestInfo tests[] = {
    {"the planted cases are as told", the_planted_cases_are_as_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("run.sample", tests, argc, argv);
}
