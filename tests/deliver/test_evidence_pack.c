/* Evidence packs: the same bytes again; whatever is changed in one is found; nothing leads out. */
#include <string.h>
#include <glib/gstdio.h>
#include "deliver/deliver.h"
#include "deliver/district.h"
#include "geo/geo.h"
#include "store/store.h"
#include "suite.h"

static const char paper_text[] = "现场核查表：属实\n";

/* A ledger whose FP-0 was verified with a paper that is a file. */
static rdl_ledger *verified(const char *name, const char *papers)
{
    rdl_ledger *ledger = district_ledger(suite_path(name), 2);
    g_autofree char *id = district_task(ledger, "FP-0");
    g_autofree char *paper = g_build_filename(papers, "below", "核查表.txt", NULL);
    g_autofree char *folder = g_path_get_dirname(paper),
                    *given = g_strconcat("现场照片|现场核查表=", paper, NULL);
    GError *error = NULL;

    CHECK(rdl_output_folder(folder, &error) && rdl_output_text(paper, paper_text, true, &error));
    const rdl_move moves[] = {
        {id, "ASSIGNED", "2026-11-02", "甲", "office", NULL, "核查任务单", NULL, 0},
        {id, "VERIFIED", "2026-11-10", "乙", "county", NULL, given, NULL, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(moves) && !error; i++)
        rdl_task_move(ledger, &moves[i], &error);
    CHECK_OK(error);
    return ledger;
}

static bool export_pack(rdl_ledger *ledger, const char *task, const char *documents,
                        const char *path, GPtrArray *warnings, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;

    o.profile = "evidence";
    o.task = task;
    o.documents = documents;
    o.output = path;
    o.warnings = warnings;
    return rdl_export(ledger, &o, tally, error) && rdl_tally_check(tally, error);
}

static bool told(const GPtrArray *warnings, const char *part)
{
    for (guint i = 0; i < warnings->len; i++)
        if (strstr(warnings->pdata[i], part))
            return true;
    return false;
}

/* One pack for all tests: as an archive and as a folder. */
static struct {
    const char *zip, *folder;
} pack;

static void made_once(void)
{
    const char *papers = suite_path("papers");
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    if (pack.zip)
        return;
    g_autoptr(rdl_ledger) ledger = verified("ledger.sqlite", papers);
    pack.zip = suite_path("pack.zip");
    pack.folder = suite_path("pack");
    CHECK(export_pack(ledger, "FP-0", papers, pack.zip, warnings, &error));
    CHECK(export_pack(ledger, "FP-0", papers, pack.folder, warnings, &error));
    CHECK_OK(error);
}

/* Whoever names a paper runs nothing on the desk of whoever reads the list. */
static void a_list_holds_nothing_a_spreadsheet_would_run(void)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("formula.sqlite"), 1);
    g_autofree char *id = district_task(ledger, "FP-0"), *list = NULL;
    const char *folder = suite_path("formula");
    const rdl_move move = {id,   "ASSIGNED",  "2026-11-02", "甲", "office",
                           NULL, "@SUM(1+9)", NULL,         0};
    GError *error = NULL;

    CHECK(rdl_task_move(ledger, &move, &error) &&
          export_pack(ledger, "FP-0", NULL, folder, warnings, &error));
    CHECK_OK(error);
    g_autofree char *path = g_build_filename(folder, "documents.csv", NULL);
    CHECK(g_file_get_contents(path, &list, NULL, NULL));
    CHECK(list && strstr(list, "'@SUM(1+9)") && !strstr(list, ",@SUM"));
}

/* That it was handed out is on record, and changes no byte of the next one. */
static void a_pack_that_is_on_record_is_the_same_again(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("again.sqlite"), 1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    GError *error = NULL;

    o.profile = "evidence";
    o.task = "FP-0";
    o.by = "甲";
    for (int i = 0; i < 2; i++) {
        o.output = suite_path(i ? "again-2.zip" : "again-1.zip");
        CHECK(rdl_export(ledger, &o, tally, &error));
        CHECK_OK(error);
    }
    CHECK_SAME_FILE(suite_path("again-1.zip"), suite_path("again-2.zip"));
    g_autoptr(rdl_store) store = rdl_store_open(suite_path("again.sqlite"), RDL_STORE_READ, &error);
    g_autofree char *on_record = rdl_store_value(
        store,
        "SELECT json_extract(payload, '$.sha256') FROM event WHERE kind = 'export.made' LIMIT 1",
        &error);
    g_autoptr(JsonObject) checked = rdl_evidence_check(suite_path("again-2.zip"), &error);
    CHECK_OK(error);
    CHECK_TEXT(checked ? rdl_json_text(checked, "sha256", NULL) : NULL, on_record);
}

static void a_pack_holds_all_there_is(void)
{
    static const char *const files[] = {
        "README.txt",    "SHA256SUMS", "card.pdf",      "documents.csv", NULL /* documents/... */,
        "events.json",   "inputs.csv", "manifest.json", "rules.csv",     "site.json",
        "tasks.geojson", "tasks.gpkg", "why.txt"};
    GError *error = NULL;

    made_once();
    g_autoptr(GPtrArray) names = rdl_folder_names(pack.folder, &error);
    CHECK_INT(names->len, G_N_ELEMENTS(files));
    for (guint i = 0; i < MIN(names->len, G_N_ELEMENTS(files)); i++)
        if (files[i])
            CHECK_TEXT(names->pdata[i], files[i]);
        else
            CHECK(g_str_has_suffix(names->pdata[i], "-核查表.txt"));
    g_autofree char *rules = g_build_filename(pack.folder, "rules.csv", NULL);
    g_autoptr(rdl_csv) csv = rdl_csv_read(rules, &error);
    CHECK_OK(error);
    CHECK_INT(csv ? rdl_csv_count(csv) : 0, 2);
    CHECK(csv && rdl_csv_find(csv, "rule_id", "NR26-02") >= 0);
}

static void a_pack_is_rebuilt_and_verified(void)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    made_once();
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(suite_path("ledger.sqlite"), false, &error);
    const char *again = suite_path("again.zip");
    CHECK(export_pack(ledger, "FP-0", suite_path("papers"), again, warnings, &error));
    CHECK_SAME_FILE(pack.zip, again);
    CHECK(!told(warnings, "papers"));
    CHECK(told(warnings, "without pictures"));
    CHECK(rdl_evidence_is_pack(pack.zip) && rdl_evidence_is_pack(pack.folder));
    g_autoptr(JsonObject) a = rdl_evidence_check(pack.zip, &error);
    g_autoptr(JsonObject) b = rdl_evidence_check(pack.folder, &error);
    CHECK_OK(error);
    g_autofree char *head = rdl_ledger_head(ledger, &error);
    CHECK_TEXT(a ? rdl_json_text(a, "head", NULL) : NULL, head);
    CHECK(a && b && rdl_json_real(a, "events", 0) >= 4);
    if (a && b)
        CHECK_TEXT(rdl_json_text(a, "sha256", NULL), rdl_json_text(b, "sha256", NULL));
}

/* Any bit of the archive. */
static void a_changed_byte_is_found(void)
{
    g_autofree char *bytes = NULL;
    GRand *rand = suite_rand();
    const char *path = suite_path("changed.zip");
    gsize n = 0;

    made_once();
    CHECK(g_file_get_contents(pack.zip, &bytes, &n, NULL));
    for (int i = 0; i < 40; i++) {
        GError *error = NULL;
        /* half of them in the list at the end, where no file's digest looks */
        gsize at = i % 2 && n > 1200 ? n - 1 - (gsize)g_rand_int_range(rand, 0, 1200)
                                     : (gsize)g_rand_int_range(rand, 0, (gint32)n);
        bytes[at] = (char)(bytes[at] ^ (1 << g_rand_int_range(rand, 0, 8)));
        CHECK(g_file_set_contents(path, bytes, (gssize)n, NULL));
        g_autoptr(JsonObject) o = rdl_evidence_check(path, &error);
        CHECK(o == NULL && error != NULL);
        g_clear_error(&error);
        g_clear_pointer(&bytes, g_free);
        CHECK(g_file_get_contents(pack.zip, &bytes, &n, NULL));
    }
}

static void changed_files_are_named(void)
{
    GError *error = NULL;

    made_once();
    g_autofree char *why = g_build_filename(pack.folder, "why.txt", NULL), *text = NULL;
    g_autofree char *more = g_build_filename(pack.folder, "more.txt", NULL);
    CHECK(g_file_get_contents(why, &text, NULL, NULL));
    CHECK(rdl_output_text(why, "unschuldig", true, &error));
    CHECK(rdl_output_text(more, "", true, &error));
    g_autoptr(JsonObject) changed = rdl_evidence_check(pack.folder, &error);
    CHECK(changed == NULL);
    CHECK_FAILS(error, RDL_ERROR_BALANCE,
                "is not as it was made: more.txt is not in SHA256SUMS, why.txt was changed");
    CHECK(g_unlink(more) == 0 && g_unlink(why) == 0);
    g_autoptr(JsonObject) less = rdl_evidence_check(pack.folder, &error);
    CHECK(less == NULL);
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "why.txt is missing");
    CHECK(rdl_output_text(why, text, true, &error));
    g_autoptr(JsonObject) whole = rdl_evidence_check(pack.folder, &error);
    CHECK(whole != NULL);
    CHECK_OK(error);
}

/* Who seals again what he changed is found by the events. */
static void a_forged_event_does_not_give_its_hash(void)
{
    GError *error = NULL;

    made_once();
    g_autofree char *path = g_build_filename(pack.folder, "events.json", NULL), *text = NULL;
    g_autofree char *sums = g_build_filename(pack.folder, "SHA256SUMS", NULL), *sealed = NULL;
    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    CHECK(g_file_get_contents(sums, &sealed, NULL, NULL));
    g_autoptr(GString) forged = g_string_new(text), again = g_string_new(sealed);
    g_string_replace(forged, "2026-11-10", "2026-11-09", 0);
    g_autofree char *was = rdl_digest_bytes(text, strlen(text));
    g_autofree char *is = rdl_digest_bytes(forged->str, forged->len);
    g_string_replace(again, was, is, 0);
    CHECK(rdl_output_text(path, forged->str, true, &error));
    CHECK(rdl_output_text(sums, again->str, true, &error));
    g_autoptr(JsonObject) o = rdl_evidence_check(pack.folder, &error);
    CHECK(o == NULL);
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "its content does not give its hash");
    CHECK(rdl_output_text(path, text, true, &error) && rdl_output_text(sums, sealed, true, &error));
}

static void nothing_leads_out_of_a_pack(void)
{
    static const char *const names[] = {"../out.txt", "/tmp/out.txt", "a/../../out.txt"};
    const char *file = suite_path("file.txt"), *path = suite_path("slip.zip");
    GError *error = NULL;

    CHECK(rdl_output_text(file, "x", true, &error));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        rdl_zip *zip = rdl_zip_new(path, rdl_day_of(2026, 11, 1), &error);
        CHECK(rdl_zip_add(zip, "SHA256SUMS", file, &error));
        CHECK(rdl_zip_add(zip, "manifest.json", file, &error));
        CHECK(rdl_zip_add(zip, names[i], file, &error));
        CHECK(rdl_zip_finish(zip, &error));
        g_autoptr(JsonObject) o = rdl_evidence_check(path, &error);
        CHECK(o == NULL && error != NULL);
        g_clear_error(&error);
        CHECK(!g_file_test(suite_path("out.txt"), G_FILE_TEST_EXISTS));
        CHECK(!g_file_test("/tmp/out.txt", G_FILE_TEST_EXISTS));
    }
}

static void what_is_asked_for_wrongly_is_told(void)
{
    g_autoptr(rdl_ledger) ledger = district_ledger(suite_path("asked.sqlite"), 1);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_export_options o = RDL_EXPORT_OPTIONS_INIT;
    GError *error = NULL;

    CHECK(!export_pack(ledger, NULL, NULL, suite_path("x"), NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "give --task ID");
    CHECK(!export_pack(ledger, "FP-9", NULL, suite_path("x"), NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "FP-9");
    CHECK(!export_pack(ledger, "FP-0", suite_path("nowhere"), suite_path("x"), NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "nowhere");
    CHECK(!g_file_test(suite_path("x"), G_FILE_TEST_EXISTS));
    o.profile = "csv";
    o.output = suite_path("x.csv");
    o.task = "FP-0";
    CHECK(!rdl_export(ledger, &o, tally, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "--task is for profile evidence");
}

static CU_TestInfo tests[] = {
    {"a pack that is on record is the same again", a_pack_that_is_on_record_is_the_same_again},
    {"a list holds nothing a spreadsheet would run", a_list_holds_nothing_a_spreadsheet_would_run},
    {"a pack holds all there is", a_pack_holds_all_there_is},
    {"a pack is rebuilt and verified", a_pack_is_rebuilt_and_verified},
    {"a changed byte is found", a_changed_byte_is_found},
    {"changed files are named", changed_files_are_named},
    {"a forged event does not give its hash", a_forged_event_does_not_give_its_hash},
    {"nothing leads out of a pack", nothing_leads_out_of_a_pack},
    {"what is asked for wrongly is told", what_is_asked_for_wrongly_is_told},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("deliver.evidence_pack", tests, argc, argv);
}
