/* Packs that differ, and verdicts judged again: exactly what changed is told, by exactly the rows
 * that changed it, whatever the order of rows and of changes. The oracle is the log of what was
 * changed. */
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "screen/screen.h"
#include "fixtures/layers.h"
#include "suite.h"

#define DEMO "data/packs/demo"

/* ---- packs that are changed row by row ---- */

/* Lines of a table of the demo pack, header first. Yours. */
static GPtrArray *lines_of(const char *file)
{
    g_autofree char *path = g_build_filename(suite_source(DEMO), file, NULL), *text = NULL;
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    for (char **l = all; *l; l++)
        if (**l)
            g_ptr_array_add(lines, g_strdup(*l));
    return lines;
}

/* A pack with those rules; its own cases, which name rules, are left out. */
static const char *pack_with(const char *name, const GPtrArray *rules)
{
    const char *folder = suite_path(name), *entry;
    GError *error = NULL;

    rdl_output_folder(folder, &error);
    GDir *dir = g_dir_open(suite_source(DEMO), 0, &error);
    while (dir && (entry = g_dir_read_name(dir))) {
        g_autofree char *from = g_build_filename(suite_source(DEMO), entry, NULL), *text = NULL;
        g_autofree char *to = g_build_filename(folder, entry, NULL);
        g_file_get_contents(from, &text, NULL, &error);
        if (strcmp(entry, "cases.csv") != 0 && strcmp(entry, "rules.csv") != 0)
            g_file_set_contents(to, text, -1, &error);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < rules->len; i++)
        g_string_append_printf(all, "%s\n", (char *)rules->pdata[i]);
    g_autofree char *to = g_build_filename(folder, "rules.csv", NULL);
    g_file_set_contents(to, all->str, -1, &error);
    CHECK_OK(error);
    return folder;
}

static char *id_of(const char *line)
{
    return g_strndup(line, strcspn(line, ","));
}

static void replace_in(GPtrArray *rules, guint i, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(rules->pdata[i], from, 2);

    CHECK(parts[0] && parts[1]);
    g_free(rules->pdata[i]);
    rules->pdata[i] = g_strjoinv(to, parts);
}

/* What may be done to a rule: {from, to, column that changes}. */
static const char *const edits[][3] = {
    {",S1,", ",S2,", "severity"},        {",S2,", ",S1,", "severity"},
    {",S3,", ",S4,", "severity"},        {",POST_NO,", ",POST_OK,", "when"},
    {",PROHIBIT,", ",DENY,", "verdict"}, {",FIX:", ",M2:", "pen"}};

/* Change, remove and add rules at random; `log` gets "ID changed COLUMN", "ID removed", "ID added".
 * IT-06 stays: another row overrides it. */
static void change_rules(GRand *rand, GPtrArray *rules, int n, GPtrArray *log)
{
    g_autoptr(GHashTable) touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (int k = 0; k < n; k++) {
        guint i = (guint)g_rand_int_range(rand, 1, (gint32)rules->len);
        const char *const *edit = edits[g_rand_int_range(rand, 0, G_N_ELEMENTS(edits))];
        char *id = id_of(rules->pdata[i]);
        int what = g_rand_int_range(rand, 0, 4);
        bool twice = !g_hash_table_add(touched, id);
        if (twice || strcmp(id, "IT-06") == 0 || strcmp(id, "BUF-01") == 0 ||
            g_str_has_prefix(id, "NEW"))
            continue;
        if (what == 0) {
            g_ptr_array_add(log, g_strdup_printf("%s removed", id));
            g_ptr_array_remove_index(rules, i);
        } else if (what == 1) {
            g_ptr_array_add(log, g_strdup_printf("NEW-%d added", k));
            g_ptr_array_add(rules, g_strdup_printf("NEW-%d%s", k, strchr(rules->pdata[i], ',')));
        } else if (strstr(rules->pdata[i], edit[0])) {
            g_ptr_array_add(log, g_strdup_printf("%s changed %s", id, edit[2]));
            replace_in(rules, i, edit[0], edit[1]);
        }
    }
}

static void shuffle_rules(GRand *rand, GPtrArray *rules)
{
    for (guint i = rules->len - 1; i > 1; i--) { /* the header stays */
        guint k = (guint)g_rand_int_range(rand, 1, (gint32)i + 1);
        gpointer line = rules->pdata[i];
        rules->pdata[i] = rules->pdata[k];
        rules->pdata[k] = line;
    }
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *sorted_text(GPtrArray *lines)
{
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

static char *diff_text(const char *from, const char *to)
{
    GError *error = NULL;
    JsonNode *node = rdl_pack_diff(from, to, &error);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    CHECK_OK(error);
    for (guint i = 0; node && i < json_array_get_length(json_node_get_array(node)); i++) {
        JsonObject *o = json_array_get_object_element(json_node_get_array(node), i);
        const char *column = rdl_json_text(o, "column", NULL);
        CHECK_TEXT(rdl_json_text(o, "table", ""), "rules.csv");
        g_ptr_array_add(lines, g_strdup_printf("%s %s%s%s", rdl_json_text(o, "key", ""),
                                               rdl_json_text(o, "change", ""), column ? " " : "",
                                               column ? column : ""));
    }
    if (node)
        json_node_unref(node);
    return sorted_text(lines);
}

static void a_diff_is_the_log_of_the_changes(void)
{
    GRand *rand = suite_rand();
    const char *before;

    {
        g_autoptr(GPtrArray) rules = lines_of("rules.csv");
        before = pack_with("before", rules);
    }
    for (int round = 0; round < 20; round++) {
        g_autoptr(GPtrArray) rules = lines_of("rules.csv");
        g_autoptr(GPtrArray) log = g_ptr_array_new_with_free_func(g_free);
        change_rules(rand, rules, 1 + round / 2, log);
        g_autofree char *want = sorted_text(log);
        g_autofree char *ordered = diff_text(before, pack_with("after", rules));
        shuffle_rules(rand, rules);
        g_autofree char *shuffled = diff_text(before, pack_with("after", rules));
        CHECK_TEXT(ordered, want);
        CHECK_TEXT(shuffled, want);
    }
}

/* ---- verdicts judged again ---- */

static const char *const zone_codes[] = {"IT", "NF", "BUF"};
static const char *const works[] = {"MINE", "MINE_GOLD", "FARM", "ROAD", "HOUSE", "UNKNOWN"};
static const char *const days[][2] = {{"1980-01-01", "1981-01-01"}, {"1989-06-01", "1991-01-01"},
                                      {"2001-01-01", "2001-06-01"}, {"2018-01-01", "2021-01-01"},
                                      {"2024-08-01", "2024-09-01"}, {"2025-01-01", "2025-03-01"}};

/* Zones side by side in strips, every activity at every time somewhere in each and outside. */
static void write_ground(rdl_source *zones, rdl_source *footprints)
{
    g_autoptr(GPtrArray) z = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) f = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < 3; i++)
        g_ptr_array_add(z, g_strdup_printf("POLYGON((%d 10,%d.5 10,%d.5 11,%d 11,%d 10))|Z%d|%s|"
                                           "1985-01-01|1985-01-01",
                                           i, i, i, i, i, i, zone_codes[i]));
    for (int i = 0; i < 3; i++)
        for (int a = 0; a < 6; a++)
            for (int d = 0; d < 6; d++) {
                double x = i + 0.45 + 0.01 * a, y = 10.05 + 0.1 * d;
                g_ptr_array_add(
                    f, g_strdup_printf("POLYGON((%.3f %.3f,%.3f %.3f,%.3f %.3f,%.3f %.3f))|"
                                       "F%d%d%d|%s|%s|%s",
                                       x, y, x + 0.008, y, x + 0.008, y + 0.008, x, y, i, a, d,
                                       works[a], days[d][0], days[d][1]));
            }
    g_ptr_array_add(z, NULL);
    g_ptr_array_add(f, NULL);
    *zones =
        (rdl_source){fixture_layer("ground-zones.gpkg", "GPKG", "EPSG:4326",
                                   "zone_id,zone,z_est,valid_from", (const char *const *)z->pdata),
                     NULL};
    *footprints = (rdl_source){fixture_layer("ground.gpkg", "GPKG", "EPSG:4326",
                                             "fp_id,activity,built_after,built_before",
                                             (const char *const *)f->pdata),
                               NULL};
}

static const char *screened_by(const char *pack, const char *file, rdl_source *z, rdl_source *f)
{
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;

    o.zones = z, o.footprints = f, o.n_zones = o.n_footprints = 1;
    o.pack = pack;
    o.as_of = rdl_day_of(2026, 11, 1);
    o.output = suite_path(file);
    o.overwrite = true;
    CHECK(rdl_screen(&o, NULL, &result, &error));
    CHECK_OK(error);
    rdl_screen_result_clear(&result);
    return o.output;
}

/* Rules by name: which of them a finding of that file has among its hits. "finding rule" -> itself.
 */
static GHashTable *hits_of(const char *file)
{
    GHashTable *hits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *source = g_strconcat(file, ":hit", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *row;

    while (layer && (row = rdl_layer_next(layer, &error)))
        g_hash_table_add(
            hits, g_strdup_printf("%s %s",
                                  rdl_feature_text(row, rdl_layer_field_index(layer, "finding_id")),
                                  rdl_feature_text(row, rdl_layer_field_index(layer, "rule_id"))));
    CHECK_OK(error);
    return hits;
}

static bool in_log(const GPtrArray *log, const char *rule)
{
    for (guint i = 0; i < log->len; i++) {
        g_autofree char *prefix = g_strconcat(rule, " ", NULL);
        if (g_str_has_prefix(log->pdata[i], prefix))
            return true;
    }
    return false;
}

/* Do the columns that changed name the rule? */
static bool named(JsonObject *columns, const char *rule)
{
    static const char *const names[] = {"rule_id", "rule_then"};
    bool yes = false;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        JsonArray *both = json_object_has_member(columns, names[i])
                              ? json_object_get_array_member(columns, names[i])
                              : NULL;
        for (guint k = 0; both && k < 2; k++)
            yes = yes || strcmp(json_array_get_string_element(both, k), rule) == 0;
    }
    return yes;
}

/* Every row named is one that was changed and hits the finding before or after, or one that the
 * columns name in its place (today's lighter row); a verdict that changed names one that was
 * changed. */
static void check_changes(JsonNode *node, const GPtrArray *log, GHashTable *before,
                          GHashTable *after, GHashTable *listed)
{
    JsonArray *changes = json_object_get_array_member(json_node_get_object(node), "changes");

    for (guint i = 0; i < json_array_get_length(changes); i++) {
        JsonObject *o = json_array_get_object_element(changes, i);
        const char *finding = rdl_json_text(o, "finding_id", "");
        JsonArray *rows = json_object_get_array_member(o, "rows");
        JsonObject *columns = json_object_get_object_member(o, "columns");
        guint known = 0;
        bool rank_only =
            json_object_get_size(columns) == 1 && json_object_has_member(columns, "is_primary");
        g_hash_table_add(listed, g_strdup(finding));
        if (!CHECK(rank_only || json_array_get_length(rows) > 0))
            printf("\n    %s of %s\n", finding, rdl_json_text(o, "source_id", ""));
        for (guint k = 0; k < json_array_get_length(rows); k++) {
            g_auto(GStrv) row = g_strsplit(json_array_get_string_element(rows, k) + 1, " ", 2);
            g_autofree char *key = g_strdup_printf("%s %s", finding, row[0]);
            bool hit = g_hash_table_contains(before, key) || g_hash_table_contains(after, key);
            bool logged = in_log(log, row[0]);
            known += logged;
            if (!CHECK(hit ? logged : named(columns, row[0])))
                printf("\n    %s of %s\n", json_array_get_string_element(rows, k), finding);
        }
        CHECK(rank_only || known > 0);
    }
}

/* "finding" -> all its compared columns, joined. */
static GHashTable *verdicts_of(const char *file)
{
    static const char *const columns[] = {"when_case", "verdict",    "result", "rule_id",
                                          "rule_then", "is_primary", "basis",  "severity",
                                          "lead_dept", "handling",   "penalty"};
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *source = g_strconcat(file, ":finding", NULL);
    GError *error = NULL;
    g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, &error);
    const rdl_feature *row;

    while (layer && (row = rdl_layer_next(layer, &error))) {
        GString *text = g_string_new(NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
            const char *cell = rdl_feature_text(row, rdl_layer_field_index(layer, columns[i]));
            g_string_append_printf(text, "|%s", cell ? cell : "");
        }
        g_hash_table_insert(
            all, g_strdup(rdl_feature_text(row, rdl_layer_field_index(layer, "finding_id"))),
            g_string_free(text, FALSE));
    }
    CHECK_OK(error);
    return all;
}

/* Listed is what differs, no more and no less. */
static void check_listed(GHashTable *listed, const char *old, const char *now)
{
    g_autoptr(GHashTable) was = verdicts_of(old), is = verdicts_of(now);
    GHashTableIter all;
    gpointer id, text;

    g_hash_table_iter_init(&all, was);
    while (g_hash_table_iter_next(&all, &id, &text))
        CHECK_INT(g_hash_table_contains(listed, id),
                  g_strcmp0(text, g_hash_table_lookup(is, id)) != 0);
    g_hash_table_iter_init(&all, is);
    while (g_hash_table_iter_next(&all, &id, NULL))
        if (!g_hash_table_contains(was, id))
            CHECK(g_hash_table_contains(listed, id));
}

static void a_replay_tells_what_changed_and_by_what(void)
{
    GRand *rand = suite_rand();
    rdl_source z, f;
    GError *error = NULL;
    g_autoptr(GPtrArray) plain = lines_of("rules.csv");

    write_ground(&z, &f);
    const char *old = screened_by(pack_with("old", plain), "old.gpkg", &z, &f);
    g_autoptr(GHashTable) before = hits_of(old);
    for (int round = 0; round < 6; round++) {
        g_autoptr(GPtrArray) rules = lines_of("rules.csv");
        g_autoptr(GPtrArray) log = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GHashTable) listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        if (round)
            change_rules(rand, rules, 2 * round, log);
        const char *now = screened_by(pack_with("new", rules), "new.gpkg", &z, &f);
        g_autoptr(GHashTable) after = hits_of(now);
        JsonNode *node = rdl_replay_changes(old, now, &error);
        CHECK_OK(error);
        check_changes(node, log, before, after, listed);
        check_listed(listed, old, now);
        CHECK(round > 0 || g_hash_table_size(listed) == 0);
        shuffle_rules(rand, rules); /* the order of rows is no law */
        const char *again = screened_by(pack_with("shuffled", rules), "again.gpkg", &z, &f);
        JsonNode *same = rdl_replay_changes(now, again, &error),
                 *twice = rdl_replay_changes(old, again, &error);
        CHECK_OK(error);
        CHECK_INT(json_object_get_int_member(json_node_get_object(same), "changed") +
                      json_object_get_int_member(json_node_get_object(same), "added") +
                      json_object_get_int_member(json_node_get_object(same), "removed"),
                  0);
        g_autofree char *one = json_to_string(node, FALSE), *two = json_to_string(twice, FALSE);
        CHECK_TEXT(one, two);
        json_node_unref(node);
        json_node_unref(same);
        json_node_unref(twice);
    }
}

static CU_TestInfo tests[] = {
    {"a diff is the log of the changes", a_diff_is_the_log_of_the_changes},
    {"a replay tells what changed and by what", a_replay_tells_what_changed_and_by_what},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("screen.replay", tests, argc, argv);
}
