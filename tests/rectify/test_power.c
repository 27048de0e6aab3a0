/* The disk fails, fills up, loses power: what was committed stays, and the ledger is whole. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sqlite3.h>
#include "fixtures/findings.h"
#include "fixtures/power.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "suite.h"

#define NOTES 12

static const char *const suspect[] = {"SUSPECT"};

static const char *new_ledger(const char *name, GError **error)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(fixture_findings(gpkg, 1, suspect, 1, 0, error));
    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error));
    return path;
}

/* Note after note; how many the ledger said yes to, and how many it refused. */
static void write_notes(const char *path, int n, int *good, int *bad)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, NULL);
    g_autofree char *id = ledger ? rdl_task_of_source(ledger, "FP-0000", NULL) : NULL;
    rdl_move who = {
        .task_id = id, .to = "核查组", .on = "2026-11-02", .by = "甲", .role = "office"};

    for (int i = 0; i < n; i++) {
        g_autoptr(GError) error = NULL;
        if (id && rdl_task_assign(ledger, &who, &error))
            ++*good;
        else
            ++*bad;
    }
}

/* Events of a ledger that must be whole; -1: it is not. */
static gint64 events(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
    g_autoptr(JsonNode) info = ledger ? rdl_ledger_info(ledger, &error) : NULL;

    if (!info || !rdl_ledger_audit(ledger, NULL, &error)) {
        printf("  %s\n", error ? error->message : "no ledger");
        return -1;
    }
    return json_object_get_int_member(json_node_get_object(info), "events");
}

static void power_goes_at_any_write(void)
{
    GError *error = NULL;
    GRand *rand = suite_rand();
    const char *path = new_ledger("power.sqlite", &error);
    int cuts = 0;

    CHECK_OK(error);
    power_begin();
    for (int n = 1; n < 120; n++) {
        gint64 before = events(path);
        int good = 0, bad = 0;
        power_fail(n, SQLITE_IOERR_WRITE, TRUE);
        write_notes(path, NOTES, &good, &bad);
        cuts += power_failed();
        power_cut(n % 3 ? rand : NULL);
        gint64 after = events(path);
        CHECK(before > 0 && after >= before + good);
        CHECK(after <= before + good + 1);
    }
    power_end();
    CHECK(cuts > 40);
}

static void a_write_fails_and_the_next_does_not(void)
{
    static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE};
    GError *error = NULL;
    const char *path = new_ledger("fails.sqlite", &error);
    int refused = 0;

    CHECK_OK(error);
    power_begin();
    for (int n = 1; n < 60; n++) {
        gint64 before = events(path);
        int good = 0, bad = 0;
        power_fail(n, codes[n % 2], FALSE);
        write_notes(path, NOTES, &good, &bad);
        refused += bad;
        power_fail(0, 0, FALSE);
        gint64 after = events(path);
        CHECK(before > 0 && after >= before + good && after <= before + good + bad);
    }
    power_end();
    CHECK(refused > 20);
}

/* ---- a real disk that is full ---- */

static bool copy_to(const char *from, const char *to)
{
    g_autofree char *text = NULL;
    gsize n;

    return g_file_get_contents(from, &text, &n, NULL) &&
           g_file_set_contents(to, text, (gssize)n, NULL);
}

/* In a process of its own, on a file system with 256 KiB to spare: 0 as it should be, 77 where no
 * file system may be mounted. */
static int fill_disk(const char *path, const char *folder)
{
    struct stat st;
    g_autofree char *there = g_build_filename(folder, "ledger.sqlite", NULL);
    int good = 0, bad = 0;

    if (stat(path, &st) != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return 77;
    g_autofree char *size = g_strdup_printf("size=%lld", (long long)st.st_size * 2 + 262144);
    if (mount("tmpfs", folder, "tmpfs", 0, size) != 0)
        return 77;
    g_autofree char *filler = g_build_filename(folder, "filler", NULL);
    g_autofree char *zeros = g_malloc0((gsize)st.st_size);
    if (!copy_to(path, there) || !g_file_set_contents(filler, zeros, st.st_size, NULL))
        return 2;
    gint64 before = events(there);
    write_notes(there, 400, &good, &bad);
    printf("  %d notes, then the disk was full\n", good);
    if (good == 0 || bad == 0)
        return 3;
    remove(filler);
    if (events(there) != before + good)
        return 4;
    write_notes(there, 1, &good, &bad);
    return events(there) == before + good ? 0 : 5;
}

static void a_full_disk_loses_nothing(void)
{
    GError *error = NULL;
    const char *path = new_ledger("full.sqlite", &error), *folder = suite_path("small");
    int status;

    CHECK_OK(error);
    CHECK_INT(g_mkdir_with_parents(folder, 0700), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(fill_disk(path, folder));
    CHECK_INT(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        printf("  no file system may be mounted here: not tried\n");
    else
        CHECK_INT(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

static CU_TestInfo tests[] = {
    {"power goes at any write", power_goes_at_any_write},
    {"a write fails and the next does not", a_write_fails_and_the_next_does_not},
    {"a full disk loses nothing", a_full_disk_loses_nothing},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.power", tests, argc, argv);
}
