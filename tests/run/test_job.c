/* Job files are read strictly; a job run again gives the same bytes and adds nothing. */
#include <stdio.h>
#include <string.h>
#include "deliver/deliver.h"
#include "geo/start.h"
#include "rectify/handle.h"
#include "rectify/rectify.h"
#include "run/run.h"
#include "suite.h"

static rdl_job *read_text(const char *text, GError **error)
{
    const char *path = suite_path("job.yaml");

    g_file_set_contents(path, text, -1, NULL);
    return rdl_job_read(path, error);
}

static void faults_name_file_and_key(void)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"name: x\n", "it must say 'redline: 1'"},
        {"redline: 1\nname: a/b\n", "needs a 'name'"},
        {"redline: 1\nname: x\nscren: {}\n", "key 'scren' is not known"},
        {"redline: 1\nname: x\nscreen: {zones: z.gpkg}\n", "needs 'pack' and 'as_of'"},
        {"redline: 1\nname: x\npack: cn\nas_of: 2026-13-01\nscreen: {zones: z.gpkg}\n", "as_of: '2026-13-01' is not a date"},
        {"redline: 1\nname: x\npack: cn\nas_of: 2199-01-01\nscreen: {zones: z.gpkg}\nledger: {}\n", "as_of: lies in the future"},
        {"redline: 1\nname: x\ndetect: {before: a.tif}\n", "before and after are needed"},
        {"redline: 1\nname: x\npatches: {}\n", "patches need detect"},
        {"redline: 1\nname: x\nledger: {}\n", "ledger needs screen"},
        {"redline: 1\nname: x\ndeliver: [gpkg]\n", "deliver needs a ledger: add a line 'ledger: {}'"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, treshold: 1}\n", "key 'treshold' is not known"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, aoi: 5}\n", "aoi is a word"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, aoi: {source: z}}\n", "aoi is a word"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, date_before: 2005-07-41}\n", "date_before: '2005-07-41' is not a date"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, align: false}\n", "align is a word"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, mask_values: 3}\n", "mask_values is a word"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, vote: two}\n", "vote"},
        {"redline: 1\nname: x\ndetect: {before: a, after: b, iterations: 1.0e300}\n", "iterations is a whole number"},
        {"- 1\n", "is no job file"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        CHECK(!read_text(bad[i].text, &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i].part);
    }
}

static bool run_sample(const char *folder, int threads, int memory_mib, bool overwrite,
                       rdl_sheet **sheet, GError **error)
{
    g_autoptr(rdl_job) job = rdl_job_read(suite_source("data/sample/job.yaml"), error);
    rdl_run_options options = RDL_RUN_OPTIONS_INIT;

    *sheet = NULL;
    options.folder = folder;
    options.threads = threads;
    options.memory_mib = memory_mib;
    options.overwrite = overwrite;
    return job && rdl_job_run(job, &options, NULL, sheet, error);
}

static gint64 event_count(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "ledger.sqlite", NULL);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, NULL);
    g_autoptr(JsonNode) info = ledger ? rdl_ledger_info(ledger, NULL) : NULL;

    CHECK(ledger && rdl_ledger_audit(ledger, NULL, NULL));
    return info ? json_object_get_int_member(json_node_get_object(info), "events") : -1;
}

static void check_same_outputs(const char *a, const char *b)
{
    static const char *const names[] = {"change.tif", "score.tif", "patches.gpkg", "findings.gpkg",
                                        "tasks.gpkg", "tasks.geojson", "tasks.xlsx",
                                        "overview.pdf", "overview.png", "card.pdf"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *x = g_build_filename(a, names[i], NULL);
        g_autofree char *y = g_build_filename(b, names[i], NULL);
        CHECK_SAME_FILE(x, y);
    }
}

static void threads_and_memory_change_no_byte_of_the_whole_job(void)
{
    GError *error = NULL;
    const char *a = suite_path("a"), *b = suite_path("b");
    g_autoptr(rdl_sheet) one = NULL, two = NULL;

    CHECK(run_sample(a, 1, 256, false, &one, &error));
    CHECK_OK(error);
    CHECK(run_sample(b, 3, 16, false, &two, &error));
    CHECK_OK(error);
    check_same_outputs(a, b);
    CHECK_INT(one->warnings->len, 4); /* UNKNOWN_ACTIVITY (a line a word), BAD_DATE, NO_ID */
}

/* Each delivery once, with the digests of its files; a map is printed and looked at: two files. */
static void what_a_job_delivers_is_on_record(void)
{
    static const struct {
        const char *profile, *file;
    } made[] = {{"gpkg", "tasks.gpkg"}, {"geojson", "tasks.geojson"}, {"xlsx", "tasks.xlsx"},
                {"map", "overview.png"}, {"card", "card.pdf"}};
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("a/ledger.sqlite"), false, &error);

    CHECK_OK(error);
    for (size_t i = 0; ledger && i < G_N_ELEMENTS(made); i++) {
        g_autofree char *path = g_build_filename(suite_path("a"), made[i].file, NULL);
        g_autofree char *digest = rdl_digest_file(path, &error);
        g_autofree char *sql = g_strdup_printf(
            "SELECT count(*), sum(json_extract(payload, '$.files.\"%s\"') = '%s') FROM event WHERE "
            "kind = 'export.made' AND json_extract(payload, '$.profile') = '%s'",
            made[i].file, digest, made[i].profile);
        g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, sql, &error);
        bool row = false;
        CHECK(s && rdl_statement_step(s, &row, &error) && row);
        CHECK_OK(error);
        CHECK_INT(s ? rdl_statement_get_int(s, 0) : 0, 1);
        CHECK_INT(s ? rdl_statement_get_int(s, 1) : 0, 1);
    }
}

/* The raster of scores too is derived from the scenes, as its item says. */
static void a_score_leads_back_to_the_scenes(void)
{
    const char *folder = suite_path("stac");
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("a/ledger.sqlite"), false, NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_export_options o = {.profile = "stac", .output = folder, .language = "zh"};
    GError *error = NULL;
    guint found = 0;

    CHECK(ledger && rdl_export(ledger, &o, tally, &error));
    CHECK_OK(error);
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, NULL);
    for (guint i = 0; names && i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL), *text = NULL;
        if (!g_str_has_prefix(names->pdata[i], "score-"))
            continue;
        CHECK(g_file_get_contents(path, &text, NULL, NULL));
        CHECK(text && strstr(text, "derived_from") && strstr(text, "./before-") &&
              strstr(text, "./after-") && strstr(text, "\"bbox\""));
        found++;
    }
    CHECK_INT(found, 1);
}

static void a_second_run_adds_nothing(void)
{
    GError *error = NULL;
    const char *folder = suite_path("twice"), *once = suite_path("a");
    g_autoptr(rdl_sheet) first = NULL, refused = NULL, second = NULL;

    CHECK(run_sample(folder, 2, 256, false, &first, &error));
    CHECK_OK(error);
    gint64 events = event_count(folder);
    CHECK(events > 100);
    CHECK(!run_sample(folder, 2, 256, false, &refused, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "is there already");
    CHECK(run_sample(folder, 2, 256, true, &second, &error));
    CHECK_OK(error);
    CHECK_INT(event_count(folder), events);
    check_same_outputs(folder, once);
}

/* The sample plays verifications to registration: six fields, all filled. */
static void rectifications_have_their_six_fields(void)
{
    GError *error = NULL;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("a/ledger.sqlite"), false, &error);
    rdl_task_filter filter = {.kind = "rectify"};
    g_autoptr(GArray) tasks = ledger ? rdl_task_list(ledger, &filter, &error) : NULL;

    CHECK_OK(error);
    CHECK_INT(tasks ? tasks->len : 0, 8);
    for (guint i = 0; tasks && i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        CHECK(t->target && t->measures && t->lead_leader && t->supervisor && t->resp_unit && t->due);
        CHECK(t->xzqdm && t->department);
    }
}

static CU_TestInfo tests[] = {
    {"faults name file and key", faults_name_file_and_key},
    {"threads and memory change no byte of the whole job", threads_and_memory_change_no_byte_of_the_whole_job},
    {"what a job delivers is on record", what_a_job_delivers_is_on_record},
    {"a score leads back to the scenes", a_score_leads_back_to_the_scenes},
    {"a second run adds nothing", a_second_run_adds_nothing},
    {"rectifications have their six fields", rectifications_have_their_six_fields},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("run.job", tests, argc, argv);
}
