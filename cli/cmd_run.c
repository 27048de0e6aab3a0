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
    {"resume", 0, 0, G_OPTION_ARG_NONE, &resume,
     "go on after a stop: make again only what has changed or was not finished", NULL},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline run data/sample/job.yaml\n\n"
    "Runs the stages the job names (detect, patches, screen, ledger, deliver) and prints a "
    "balance\n"
    "sheet: what went in, what came out, what was left out and why. A ledger that is there goes "
    "on:\n"
    "a second run over the same input adds nothing to it.\n\n"
    "After Ctrl-C, a power cut or a mended input, --resume keeps each stage whose inputs, options\n"
    "and code are the same and whose outputs are as they were left, and says which.";

static bool check_options(GError **error)
{
    if (executor && strcmp(executor, "local") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--executor %s: is not built yet: there is local",
                        executor);
    if (resume && cli_flags.overwrite)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--resume keeps what --overwrite makes again: give one");
    return true;
}

static void print(const rdl_sheet *sheet)
{
    g_autofree char *text = rdl_sheet_text(sheet);

    for (guint i = 0; i < sheet->kept->len; i++)
        cli_say("%s: unchanged, kept", (const char *)sheet->kept->pdata[i]);
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

    if (!cli_parse(&argc, &argv, entries, "JOB.yaml",
                   "Run a whole job and print its balance sheet.", teach, 1, 1, &error) ||
        !check_options(&error) || !(job = rdl_job_read(argv[1], &error)))
        return cli_end(error);
    options.folder = output;
    options.overwrite = cli_flags.overwrite;
    options.resume = resume;
    options.threads = cli_flags.threads;
    options.memory_mib = cli_flags.memory_mib;
    rdl_job_run(job, &options, cli_progress(), &sheet, &error);
    if (sheet->ended)
        print(sheet);
    if (g_error_matches(error, RDL_ERROR, RDL_ERROR_CANCELLED))
        cli_say("redline: stopped: the same command with --resume goes on");
    return cli_end(error);
}
