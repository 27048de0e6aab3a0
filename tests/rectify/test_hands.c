/* Many hands on one ledger: nothing that was acknowledged is lost, whoever is killed. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fixtures/findings.h"
#include "geo/start.h"
#include "rectify/rectify.h"
#include "suite.h"

#define HANDS 8
#define NOTES 25

static const char *const suspect[] = {"SUSPECT"};

static const char *new_ledger(const char *name, GError **error)
{
    const char *path = suite_path(name);
    g_autofree char *gpkg = g_strconcat(path, ".gpkg", NULL);
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(fixture_findings(gpkg, HANDS, suspect, 1, 0, error));
    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, error));
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    CHECK(rdl_ledger_load_findings(ledger, gpkg, rdl_day_of(2026, 11, 1), tally, NULL, error));
    return path;
}

/* A child's work: note after note, a byte for each that is committed. */
static void write_notes(const char *path, int hand, int notes, int acknowledge)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, NULL);
    g_autofree char *source = g_strdup_printf("FP-%04d", hand);
    g_autofree char *id = ledger ? rdl_task_of_source(ledger, source, NULL) : NULL;
    rdl_move who = {
        .task_id = id, .to = "核查组", .on = "2026-11-02", .by = "甲", .role = "office"};

    for (int i = 0; id && i < notes; i++)
        if (!rdl_task_assign(ledger, &who, NULL) || write(acknowledge, "x", 1) != 1)
            _exit(1);
    _exit(id ? 0 : 1);
}

static pid_t start_hand(const char *path, int hand, int notes, int acknowledge)
{
    pid_t child = fork();

    if (child == 0)
        write_notes(path, hand, notes, acknowledge);
    return child;
}

static int acknowledged(int from)
{
    char bytes[256];
    int total = 0;

    for (ssize_t n; (n = read(from, bytes, sizeof bytes)) > 0;)
        total += (int)n;
    return total;
}

static gint64 events(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    g_autoptr(JsonNode) info = ledger ? rdl_ledger_info(ledger, error) : NULL;

    CHECK(ledger && rdl_ledger_audit(ledger, NULL, error));
    CHECK_OK(*error);
    return info ? json_object_get_int_member(json_node_get_object(info), "events") : -1;
}

/* With `kill_after_us`, the first half of the hands write until they are killed. */
static void all_hands(const char *path, int kill_after_us, int *acks, int *killed)
{
    pid_t child[HANDS];
    int ends[2];

    *killed = 0;
    CHECK(pipe(ends) == 0);
    for (int i = 0; i < HANDS; i++)
        child[i] = start_hand(path, i, kill_after_us && i < HANDS / 2 ? G_MAXINT : NOTES, ends[1]);
    close(ends[1]);
    if (kill_after_us)
        g_usleep((gulong)kill_after_us);
    for (int i = 0; kill_after_us && i < HANDS / 2; i++)
        kill(child[i], SIGKILL);
    *acks = acknowledged(ends[0]);
    close(ends[0]);
    for (int i = 0, status; i < HANDS; i++) {
        waitpid(child[i], &status, 0);
        if (WIFSIGNALED(status))
            ++*killed;
        else
            CHECK_INT(WEXITSTATUS(status), 0);
    }
}

static void no_update_is_lost(void)
{
    GError *error = NULL;
    const char *path = new_ledger("hands.sqlite", &error);
    gint64 before = events(path, &error);
    int acks, killed;

    all_hands(path, 0, &acks, &killed);
    CHECK_INT(acks, HANDS * NOTES);
    CHECK_INT(events(path, &error) - before, acks);
}

/* A note may be committed and its writer killed before it could say so; never the other way round.
 */
static void kills_lose_nothing_that_was_acknowledged(void)
{
    GError *error = NULL;
    GRand *r = suite_rand();
    int killed_in_all = 0;

    for (int round = 0; round < 4; round++) {
        g_autofree char *name = g_strdup_printf("kill-%d.sqlite", round);
        const char *path = new_ledger(name, &error);
        gint64 before = events(path, &error);
        int acks, killed;

        all_hands(path, g_rand_int_range(r, 20000, 200000), &acks, &killed);
        gint64 written = events(path, &error) - before;
        CHECK(written >= acks);
        CHECK(written <= acks + killed);
        killed_in_all += killed;
    }
    CHECK_INT(killed_in_all, 4 * HANDS / 2);
}

static void a_mover_who_saw_an_older_task_is_refused(void)
{
    GError *error = NULL;
    const char *path = new_ledger("seen.sqlite", &error);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, &error);
    g_autofree char *id = rdl_task_of_source(ledger, "FP-0000", &error);
    rdl_task_filter filter = {.id = id};
    g_autoptr(GArray) seen = rdl_task_list(ledger, &filter, &error);
    rdl_move who = {.task_id = id,
                    .to = "一组",
                    .on = "2026-11-02",
                    .by = "甲",
                    .role = "office",
                    .revision = g_array_index(seen, rdl_task, 0).revision};

    CHECK(rdl_task_assign(ledger, &who, &error));
    CHECK_OK(error);
    CHECK(!rdl_task_assign(ledger, &who, &error));
    CHECK_FAILS(error, RDL_ERROR_CONFLICT, "somebody changed it");
}

static CU_TestInfo tests[] = {
    {"no update is lost", no_update_is_lost},
    {"kills lose nothing that was acknowledged", kills_lose_nothing_that_was_acknowledged},
    {"a mover who saw an older task is refused", a_mover_who_saw_an_older_task_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.hands", tests, argc, argv);
}
