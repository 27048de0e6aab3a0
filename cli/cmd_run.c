/* redline run - a whole job. */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include "run/run.h"

static char *output, *executor;
static gboolean resume;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
     "folder for the outputs (default: out/ and the job's name)", "DIR"},
    {"executor", 0, 0, G_OPTION_ARG_STRING, &executor, "local (default)", "NAME"},
    {"resume", 0, 0, G_OPTION_ARG_NONE, &resume, "not built yet", NULL},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline run data/sample/job.yaml\n\n"
    "Runs the stages the job names (detect, patches, screen, ledger, deliver) and prints a balance\n"
    "sheet: what went in, what came out, what was left out and why. A ledger that is there goes on:\n"
    "a second run over the same input adds nothing to it.";

static bool check_options(GError **error)
{
    if (executor && strcmp(executor, "local") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--executor %s: is not built yet: there is local",
                        executor);
    if (resume)
        return rdl_fail(error, RDL_ERROR_USAGE, "--resume: is not built yet: run the job again with "
                        "--overwrite");
    return true;
}

static void print(const rdl_sheet *sheet)
{
    g_autofree char *text = rdl_sheet_text(sheet);

    for (guint i = 0; i < sheet->warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)sheet->warnings->pdata[i]);
    if (cli_flags.json)
        cli_print_json(rdl_sheet_json(sheet));
    else if (!cli_flags.quiet)
        fputs(text, stdout);
}

int cmd_run(int argc, char **argv)
{
    GError *error = NULL;
    rdl_run_options options = RDL_RUN_OPTIONS_INIT;
    g_autoptr(rdl_job) job = NULL;
    g_autoptr(rdl_sheet) sheet = NULL;

    if (!cli_parse(&argc, &argv, entries, "JOB.yaml", "Run a whole job and print its balance sheet.",
                   teach, 1, 1, &error) ||
        !check_options(&error) || !(job = rdl_job_read(argv[1], &error)))
        return cli_end(error);
    options.folder = output;
    options.overwrite = cli_flags.overwrite;
    options.threads = cli_flags.threads;
    options.memory_mib = cli_flags.memory_mib;
    bool good = rdl_job_run(job, &options, cli_progress(), &sheet, &error);
    if (good || g_error_matches(error, RDL_ERROR, RDL_ERROR_BALANCE))
        print(sheet);
    return cli_end(error);
}
