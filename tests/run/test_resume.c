/* A job that is killed anywhere goes on to the same bytes; what has not changed is kept. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "geo/start.h"
#include "rectify/handle.h"
#include "run/run.h"
#include "suite.h"

static GPid start(const char *folder, const char *job, const char *option)
{
    const char *argv[] = {REDLINE_PROGRAM, "run", job, "-o", "o", "-j2", option, NULL};
    g_autofree char *log = g_build_filename(folder, "log", NULL);
    GPid pid = 0;
    GError *error = NULL;

    g_mkdir_with_parents(folder, 0755);
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    g_spawn_async_with_fds(folder, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                           -1, fd, fd, &error);
    CHECK_OK(error);
    close(fd);
    return pid;
}

/* Exit status, or minus the signal. */
static int end_of(GPid pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static char *log_of(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "log", NULL);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

static int run(const char *folder, const char *job, const char *option)
{
    int status = end_of(start(folder, job, option));

    if (status != 0) {
        g_autofree char *log = log_of(folder);
        printf("\n    %s: status %d\n%s", folder, status, log);
    }
    return status;
}

static const char *sample_job(void)
{
    return suite_source("data/sample/job.yaml");
}

/* A job, and the run of it that was not broken, made once. */
typedef struct {
    const char *name, *file, *folder;
    gint64 us;
} trial;

static void make_whole(trial *t)
{
    g_autofree char *folder = g_strdup(suite_path(t->name));
    gint64 begin = g_get_monotonic_time();

    if (t->us)
        return;
    CHECK_INT(run(folder, t->file, NULL), 0);
    t->us = g_get_monotonic_time() - begin;
    t->folder = g_build_filename(folder, "o", NULL);
}

static trial *sample(void)
{
    static trial t = {.name = "whole"};

    t.file = sample_job();
    make_whole(&t);
    return &t;
}

static void check_same_folders(const char *a, const char *b)
{
    GDir *dir = g_dir_open(a, 0, NULL);
    const char *name;
    int files = 0, others = 0;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *x = g_build_filename(a, name, NULL), *y = g_build_filename(b, name, NULL);
        CHECK_SAME_FILE(x, y);
        files++;
    }
    g_clear_pointer(&dir, g_dir_close);
    dir = g_dir_open(b, 0, NULL);
    while (dir && g_dir_read_name(dir))
        others++;
    g_clear_pointer(&dir, g_dir_close);
    CHECK(files > 10);
    CHECK_INT(others, files);
}

/* Whatever was reached: no output is there by half. */
static void check_nothing_by_half(const trial *t, const char *folder)
{
    g_autofree char *o = g_build_filename(folder, "o", NULL);
    GDir *dir = g_dir_open(o, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".tif") || g_str_has_suffix(name, ".gpkg")) {
            g_autofree char *x = g_build_filename(o, name, NULL);
            g_autofree char *y = g_build_filename(t->folder, name, NULL);
            if (!g_str_has_prefix(name, ".part-"))
                CHECK_SAME_FILE(x, y);
        }
    if (dir)
        g_dir_close(dir);
}

static void break_and_resume(const trial *t, int signal_number, int times)
{
    int broken = 0;

    for (int i = 0; i < times; i++) {
        g_autofree char *name = g_strdup_printf("%s-broken-%d-%d", t->name, signal_number, i);
        const char *folder = suite_path(name);
        double at = g_rand_double_range(suite_rand(), 0.0, 0.9 * (double)t->us);
        GPid pid = start(folder, t->file, NULL);
        g_usleep((gulong)at);
        kill(pid, signal_number);
        int status = end_of(pid);
        CHECK(status == 0 || status == -signal_number || status == 130);
        broken += status != 0;
        check_nothing_by_half(t, folder);
        CHECK_INT(run(folder, t->file, "--resume"), 0);
        g_autofree char *o = g_build_filename(folder, "o", NULL);
        check_same_folders(t->folder, o);
    }
    printf("\n    %d of %d runs were broken", broken, times);
    CHECK(broken > 0 || times < 5); /* a busy machine may be late a few times */
}

/* REDLINE_KILLS sets how often; few by default, for the sake of those who wait. */
static int times(int few)
{
    const char *given = g_getenv("REDLINE_KILLS");

    return given ? (int)g_ascii_strtoll(given, NULL, 10) : few;
}

static void killed_runs_resume_to_the_same_bytes(void)
{
    break_and_resume(sample(), SIGKILL, times(2));
}

static void interrupted_runs_resume_to_the_same_bytes(void)
{
    break_and_resume(sample(), SIGINT, times(1));
}

static char *changed_job(const char *from, const char *to)
{
    g_autofree char *text = NULL, *folder = g_strdup_printf("%s/", suite_source("data/sample"));

    CHECK(g_file_get_contents(sample_job(), &text, NULL, NULL));
    g_autoptr(GString) s = g_string_new(text ? text : "");
    static const char *const paths[] = {"scenes/",      "zones.gpkg",   "footprints.gpkg",
                                        "mines.shp",    "permits.gpkg", "units.shp",
                                        "letters.gpkg", "moves.csv"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *full = g_strconcat(folder, paths[i], NULL);
        g_string_replace(s, paths[i], full, 0);
    }
    if (from)
        CHECK(g_string_replace(s, from, to, 0) == 1);
    CHECK(g_string_replace(s, ", xlsx, map, card]", "]", 0) == 1);
    const char *path = suite_path(from ? "changed.yaml" : "same.yaml");
    g_file_set_contents(path, s->str, -1, NULL);
    return g_strdup(path);
}

/* Both halves of the work, each a pair of its own, and what joins them. */
static void a_job_of_two_pairs_resumes_to_the_same_bytes(void)
{
    g_autofree char *scenes = g_strdup(suite_source("data/sample/scenes"));
    g_autofree char *one = g_strdup_printf("detect:\n  before: %s/taizhou_20000317.tif\n"
                                           "  after: %s/taizhou_20030206.tif\n"
                                           "  date_before: 2000-03-17\n  date_after: 2003-02-06\n",
                                           scenes, scenes);
    g_autofree char *pair = g_strdup_printf("before: %s/taizhou_20000317.tif, after: "
                                            "%s/taizhou_20030206.tif, date_before: 2000-03-17, "
                                            "date_after: 2003-02-06",
                                            scenes, scenes);
    g_autofree char *two =
        g_strdup_printf("pairs:\n- {name: a, %s}\n- {name: b, %s}\n\ndetect:\n", pair, pair);
    g_autofree char *file = changed_job(one, two);
    trial t = {.name = "pairs", .file = file};

    make_whole(&t);
    break_and_resume(&t, SIGKILL, times(1));
    g_free((char *)t.folder);
}

static void only_what_depends_on_a_change_is_made_again(void)
{
    const char *folder = suite_path("kept");
    g_autofree char *same = changed_job(NULL, NULL);
    g_autofree char *changed = changed_job("min_area: 5400", "min_area: 9000");

    CHECK_INT(run(folder, same, NULL), 0);
    CHECK_INT(run(folder, same, "--resume"), 0);
    g_autofree char *all = log_of(folder);
    CHECK(strstr(all, "detect: unchanged, kept") && strstr(all, "patches: unchanged, kept") &&
          strstr(all, "screen: unchanged, kept") && strstr(all, "ledger: unchanged, kept") &&
          strstr(all, "deliver: unchanged, kept"));
    CHECK_INT(run(folder, changed, "--resume"), 0);
    g_autofree char *some = log_of(folder);
    CHECK(strstr(some, "detect: unchanged, kept") && !strstr(some, "patches: unchanged"));
    CHECK(!strstr(some, "screen: unchanged") && !strstr(some, "deliver: unchanged"));
}

static void an_output_that_was_touched_is_made_again(void)
{
    const char *folder = suite_path("touched");
    const char *patches = suite_path("touched/o/patches.gpkg");

    CHECK_INT(run(folder, sample_job(), NULL), 0);
    g_file_set_contents(patches, "not any more", -1, NULL);
    CHECK_INT(run(folder, sample_job(), "--resume"), 0);
    g_autofree char *log = log_of(folder);
    CHECK(!strstr(log, "patches: unchanged") && strstr(log, "screen: unchanged, kept"));
    check_same_folders(sample()->folder, suite_path("touched/o"));
}

static char *first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

static bool shown(const char *folder, const char *line)
{
    g_autofree char *log = log_of(folder), *first = first_line(log);

    if (!strstr(log, line))
        printf("\n    %s: no '%s' in: %s ...", folder, line, first);
    return strstr(log, line) != NULL;
}

static void copy(const char *from, const char *to)
{
    g_autofree char *bytes = NULL;
    gsize n = 0;

    CHECK(g_file_get_contents(from, &bytes, &n, NULL) &&
          g_file_set_contents(to, bytes, (gssize)n, NULL));
}

/* What says where an area of interest lies is part of it. */
static void a_companion_that_changed_is_noticed(void)
{
    static const char *const companions[] = {"shp", "shx", "dbf", "prj"};
    const char *folder = suite_path("companion");
    g_autofree char *job = changed_job("detect:", "detect:\n  aoi: units.shp");

    for (size_t i = 0; i < G_N_ELEMENTS(companions); i++) {
        g_autofree char *name = g_strconcat("units.", companions[i], NULL);
        g_autofree char *from = g_strconcat("data/sample/", name, NULL);
        copy(suite_source(from), suite_path(name));
    }
    CHECK_INT(run(folder, job, NULL), 0);
    CHECK_INT(run(folder, job, "--resume"), 0);
    CHECK(shown(folder, "detect: unchanged, kept"));
    FILE *prj = fopen(suite_path("units.prj"), "a");
    CHECK(prj && fputs("\n", prj) >= 0 && fclose(prj) == 0);
    CHECK_INT(run(folder, job, "--resume"), 0);
    g_autofree char *log = log_of(folder);
    CHECK(!strstr(log, "detect: unchanged"));
}

/* The ledger of the job alone is an output like another: nothing is left of what is found no more.
 */
static void a_raised_limit_leaves_no_old_clues(void)
{
    g_autofree char *same = changed_job(NULL, NULL);
    g_autofree char *raised = changed_job("min_area: 5400", "min_area: 90000");
    g_autofree char *folder = g_strdup(suite_path("raised"));
    const char *files[] = {"ledger.sqlite", "tasks.geojson", "balance.json"};

    CHECK_INT(run(suite_path("fresh"), raised, NULL), 0);
    CHECK_INT(run(folder, same, NULL), 0);
    CHECK_INT(run(folder, raised, "--resume"), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *want = g_strconcat(suite_path("fresh"), "/o/", files[i], NULL);
        g_autofree char *got = g_strconcat(suite_path("raised"), "/o/", files[i], NULL);
        CHECK_SAME_FILE(got, want);
    }
}

/* The moves of the sample lie in the future of whoever works in it now. */
static char *without_moves(char *take_path)
{
    g_autofree char *path = take_path, *text = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) parts = g_strsplit(text ? text : "", "ledger:\n  moves: ", 2);
    CHECK_INT(g_strv_length(parts), 2);
    char *end = parts[1] ? strchr(parts[1], '\n') : NULL;
    g_autofree char *changed = g_strconcat(parts[0], "ledger: {}", end, NULL);
    char *other = g_strconcat(path, "-still.yaml", NULL);
    CHECK(g_file_set_contents(other, changed, -1, NULL));
    return other;
}

static int packs_of(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "o", "ledger.sqlite", NULL);
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, NULL);
    g_autoptr(rdl_statement) s =
        ledger ? rdl_statement_new(ledger->store, "SELECT count(*) FROM pack", NULL) : NULL;
    bool row = false;

    CHECK(s && rdl_statement_step(s, &row, NULL));
    return row ? (int)rdl_statement_get_int(s, 0) : 0;
}

/* Somebody's work is never thrown away: what is found no more stays, and is told. */
static void a_ledger_that_was_worked_in_goes_on(void)
{
    g_autofree char *same = without_moves(changed_job(NULL, NULL));
    g_autofree char *raised = without_moves(changed_job("min_area: 5400", "min_area: 90000"));
    g_autofree char *folder = g_strdup(suite_path("worked"));
    g_autofree char *pack =
        g_strdup_printf("cp -r '%s' '%s' && echo >> '%s/texts.csv'", suite_source("data/packs/cn"),
                        suite_path("cn"), suite_path("cn"));
    g_autofree char *add =
        g_strdup_printf("'%s' ledger pack '%s/o/ledger.sqlite' '%s' -q --as-of 2026-11-05",
                        REDLINE_PROGRAM, folder, suite_path("cn"));

    CHECK_INT(run(folder, same, NULL), 0);
    CHECK(system(pack) == 0 && system(add) == 0);
    CHECK_INT(run(folder, raised, "--resume"), 0);
    CHECK(shown(folder, "footprints or patches of earlier runs are not found by this one"));
    CHECK_INT(packs_of(folder), 2);
    CHECK_INT(run(folder, same, "--resume"), 0); /* and again, however often the job changes */
    CHECK_INT(packs_of(folder), 2);
}

/* While somebody reads a ledger, the work of others lies in its log alone: what is delivered is
 * made of that too. */
static void a_ledger_that_is_read_delivers_what_its_log_says(void)
{
    g_autofree char *job = without_moves(changed_job(NULL, NULL));
    g_autofree char *folder = g_strdup(suite_path("read"));
    g_autofree char *path = g_build_filename(folder, "o", "ledger.sqlite", NULL);
    g_autofree char *work = g_strdup_printf(
        "cp -r '%s' '%s' && echo >> '%s/texts.csv' && '%s' ledger pack '%s' '%s' -q "
        "--as-of 2026-11-05",
        suite_source("data/packs/cn"), suite_path("cn-read"), suite_path("cn-read"),
        REDLINE_PROGRAM, path, suite_path("cn-read"));
    g_autofree char *keep = g_strdup_printf("cp '%s' '%s.was'", path, path);
    g_autofree char *same = g_strdup_printf("cmp '%s' '%s.was'", path, path);
    GError *error = NULL;

    CHECK_INT(run(folder, job, NULL), 0);
    CHECK_INT(run(folder, job, "--resume"), 0);
    CHECK(shown(folder, "deliver: unchanged, kept"));
    CHECK(system(keep) == 0);
    g_autoptr(rdl_ledger) reader = rdl_ledger_open(path, false, &error);
    CHECK(reader && rdl_store_run(reader->store, "BEGIN", &error));
    g_autofree char *n = rdl_store_value(reader->store, "SELECT count(*) FROM event", &error);
    CHECK(system(work) == 0);
    CHECK(system(same) == 0); /* to read it here would let go of its locks */
    CHECK_INT(run(folder, job, "--resume"), 0);
    g_autofree char *log = log_of(folder);
    CHECK(!strstr(log, "deliver: unchanged"));
    CHECK(rdl_store_run(reader->store, "COMMIT", &error));
    CHECK_OK(error);
}

/* ---- work of others while a run is at work ---- */

typedef struct {
    const char *command; /* done once, by another process */
    double at;           /* of step "deliver" */
    bool done;
} colleague;

static bool work_beside(double fraction, const char *step, void *user)
{
    colleague *c = user;

    if (!c->done && strcmp(step, "deliver") == 0 && fraction >= c->at) {
        c->done = true;
        CHECK(system(c->command) == 0);
    }
    return true;
}

static bool run_beside(const char *file, const char *folder, colleague *c, bool resume,
                       GError **error)
{
    const rdl_progress progress = {work_beside, c};
    rdl_run_options options = RDL_RUN_OPTIONS_INIT;
    g_autoptr(rdl_job) job = rdl_job_read(file, error);
    g_autoptr(rdl_sheet) sheet = NULL;

    options.folder = folder;
    options.resume = resume;
    return job && rdl_job_run(job, &options, &progress, &sheet, error);
}

static char *command_adding_a_pack(const char *ledger, const char *name)
{
    return g_strdup_printf("cp -r '%s' '%s' && echo >> '%s/texts.csv' && '%s' ledger pack '%s' "
                           "'%s' -q --as-of 2026-11-05",
                           suite_source("data/packs/cn"), suite_path(name), suite_path(name),
                           REDLINE_PROGRAM, ledger, suite_path(name));
}

static void files_made_while_somebody_works_are_no_success(void)
{
    g_autofree char *job = without_moves(changed_job(NULL, NULL));
    g_autofree char *folder = g_strdup(suite_path("while/o"));
    g_autofree char *ledger = g_strdup(suite_path("while/o/ledger.sqlite"));
    g_autofree char *command = command_adding_a_pack(ledger, "cn-while");
    colleague c = {command, 0.0, false};
    GError *error = NULL;

    CHECK(!run_beside(job, folder, &c, false, &error) && c.done);
    CHECK(g_error_matches(error, RDL_ERROR, RDL_ERROR_CONFLICT));
    CHECK(error && strstr(error->message, "somebody worked in it while files were made of it"));
    g_clear_error(&error);
    CHECK_INT(run(suite_path("while"), job, "--resume"), 0);
    CHECK(!shown(suite_path("while"), "deliver: unchanged, kept"));
    CHECK_INT(packs_of(suite_path("while")), 2);
}

static void work_after_the_last_file_is_not_taken_for_the_run_s_own(void)
{
    g_autofree char *job = without_moves(changed_job(NULL, NULL));
    g_autofree char *raised = without_moves(changed_job("min_area: 5400", "min_area: 90000"));
    g_autofree char *folder = g_strdup(suite_path("after/o"));
    g_autofree char *ledger = g_strdup(suite_path("after/o/ledger.sqlite"));
    g_autofree char *command = command_adding_a_pack(ledger, "cn-after");
    colleague c = {command, 1.0, false};
    GError *error = NULL;

    CHECK(run_beside(job, folder, &c, false, &error) && c.done);
    CHECK_OK(error);
    CHECK_INT(run(suite_path("after"), job, "--resume"), 0);
    g_autofree char *log = log_of(suite_path("after"));
    CHECK(!strstr(log, "deliver: unchanged"));
    CHECK_INT(run(suite_path("after"), raised, "--resume"), 0);
    CHECK_INT(packs_of(suite_path("after")), 2);
}

/* What the last run wrote of the ledger is forgotten, as if it had been killed before. */
static void forget_digests(const char *path, const char *stage)
{
    g_autofree char *text = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    g_autoptr(JsonNode) node = rdl_json_parse(text, path, NULL);
    JsonObject *digests =
        node ? rdl_json_object(rdl_json_object(json_node_get_object(node), stage), "digests")
             : NULL;
    g_autoptr(GList) files = digests ? json_object_get_members(digests) : NULL;
    CHECK(files != NULL);
    for (GList *f = files; f; f = f->next)
        json_object_set_string_member(digests, f->data, "of before");
    g_autofree char *changed = rdl_json_pretty(node);
    CHECK(g_file_set_contents(path, changed, -1, NULL));
}

static void a_kill_between_record_and_state_leaves_the_ledger_the_run_s_own(void)
{
    g_autofree char *job = changed_job(NULL, NULL),
                    *whole = g_strdup(suite_path("between-whole/o"));

    CHECK_INT(run(suite_path("between-whole"), job, NULL), 0);
    CHECK_INT(run(suite_path("between"), job, NULL), 0);
    forget_digests(suite_path("between/o/run.state.json"), "ledger");
    CHECK_INT(run(suite_path("between"), job, "--resume"), 0);
    check_same_folders(whole, suite_path("between/o"));
}

/* A ledger that somebody has open is not taken from under them. */
static void a_ledger_that_is_open_is_not_replaced(void)
{
    g_autofree char *job = changed_job(NULL, NULL);
    g_autofree char *raised = changed_job("min_area: 5400", "min_area: 90000");
    GError *error = NULL;

    CHECK_INT(run(suite_path("open"), job, NULL), 0);
    g_autoptr(rdl_ledger) reader =
        rdl_ledger_open(suite_path("open/o/ledger.sqlite"), false, &error);
    g_autofree char *head = rdl_ledger_head(reader, &error);
    CHECK_OK(error);
    CHECK_INT(end_of(start(suite_path("open"), raised, "--resume")), 4);
    CHECK(shown(suite_path("open"), "is open in another program"));
    g_clear_pointer(&reader, rdl_ledger_close);
    CHECK_INT(run(suite_path("open"), raised, "--resume"), 0);
}

static void moves_that_were_all_refused_are_no_success(void)
{
    g_autofree char *job = changed_job(NULL, NULL), *text = NULL;
    const char *moves = suite_path("refused.csv");

    CHECK(g_file_get_contents(job, &text, NULL, NULL));
    g_auto(GStrv) parts = g_strsplit(text ? text : "", "ledger:\n  moves: ", 2);
    char *end = g_strv_length(parts) == 2 ? strchr(parts[1], '\n') : NULL;
    g_autofree char *changed = g_strconcat(parts[0], "ledger:\n  moves: ", moves, end, NULL);
    CHECK(end && g_file_set_contents(suite_path("refused.yaml"), changed, -1, NULL));
    CHECK(g_file_set_contents(moves, "source_id,to,on,by,role\nno-such,SENT,2026-11-02,甲,office\n",
                              -1, NULL));
    g_autofree char *file = g_strdup(suite_path("refused.yaml"));
    CHECK_INT(end_of(start(suite_path("refused"), file, NULL)), 3);
    CHECK(shown(suite_path("refused"), "ledger.moves: of 1 none was of use"));
    CHECK(shown(suite_path("refused"), "balance sheet of")); /* it is told all the same */
}

static void two_runs_do_not_share_a_folder(void)
{
    const char *folder = suite_path("shared");

    g_mkdir_with_parents(suite_path("shared/o"), 0755);
    int lock = open(suite_path("shared/o"), O_RDONLY | O_DIRECTORY);
    CHECK(flock(lock, LOCK_EX) == 0);
    CHECK_INT(end_of(start(folder, sample_job(), NULL)), 4);
    g_autofree char *log = log_of(folder);
    CHECK(strstr(log, "another run is at work") != NULL);
    close(lock);
    CHECK_INT(run(folder, sample_job(), NULL), 0);
}

static CU_TestInfo tests[] = {
    {"killed runs resume to the same bytes", killed_runs_resume_to_the_same_bytes},
    {"a job of two pairs resumes to the same bytes", a_job_of_two_pairs_resumes_to_the_same_bytes},
    {"interrupted runs resume to the same bytes", interrupted_runs_resume_to_the_same_bytes},
    {"only what depends on a change is made again", only_what_depends_on_a_change_is_made_again},
    {"an output that was touched is made again", an_output_that_was_touched_is_made_again},
    {"a companion that changed is noticed", a_companion_that_changed_is_noticed},
    {"a raised limit leaves no old clues", a_raised_limit_leaves_no_old_clues},
    {"a ledger that was worked in goes on", a_ledger_that_was_worked_in_goes_on},
    {"a ledger that is read delivers what its log says",
     a_ledger_that_is_read_delivers_what_its_log_says},
    {"files made while somebody works are no success",
     files_made_while_somebody_works_are_no_success},
    {"work after the last file is not taken for the run's own",
     work_after_the_last_file_is_not_taken_for_the_run_s_own},
    {"a kill between record and state leaves the ledger the run's own",
     a_kill_between_record_and_state_leaves_the_ledger_the_run_s_own},
    {"a ledger that is open is not replaced", a_ledger_that_is_open_is_not_replaced},
    {"moves that were all refused are no success", moves_that_were_all_refused_are_no_success},
    {"two runs do not share a folder", two_runs_do_not_share_a_folder},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("run.resume", tests, argc, argv);
}
