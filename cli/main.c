/* redline - the table of commands. */
#include "cli.h"
#include "geo/geo.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const cli_command cli_commands[] = {
    {"run", "a whole job: scenes and layers to tasks and a balance sheet", cmd_run, false},
    {"detect", "a change raster from two scenes", cmd_detect, false},
    {"normalise", "one scene in the radiometry of another", cmd_normalise, false},
    {"patches", "polygons of change from a change raster", cmd_patches, false},
    {"assess", "how good a map of change is, against what is true", cmd_assess, false},
    {"screen", "zones, footprints and patches to findings with verdicts", cmd_screen, false},
    {"review", "patches or clues to look at, decisions back", cmd_review, false},
    {"ledger", "make, load, audit and rebuild a ledger", cmd_ledger, false},
    {"task", "see tasks and move them along", cmd_task, true},
    {"verify", "the claim \"rectified\" against a later scene", cmd_verify, false},
    {"export", "the tasks of a ledger as GeoPackage, GeoJSON or XLSX", cmd_export, false},
    {"import", "work that another office did, back into the ledger", cmd_import, false},
    {"card", "one card a site: all that is known of it", cmd_card, false},
    {"report", "bulletins: the numbers of a month, a quarter or a year", cmd_report, false},
    {"map", "a map of all tasks, to be printed", cmd_map, false},
    {"why", "everything behind a task, site or finding", cmd_why, false},
    {"pack", "check, compare and test a pack of rules", cmd_pack, false},
    {"info", "what a raster or vector file holds", cmd_info, false},
    {NULL, NULL, NULL, false},
};

static int usage(FILE *to, int status)
{
    fputs(rdl_message("usage: redline COMMAND [OPTION...] ...\n\ncommands:\n"), to);
    for (const cli_command *c = cli_commands; c->name; c++)
        fprintf(to, "  %-10s %s\n", c->name, rdl_message(c->summary));
    fputs(rdl_message(
              "\n'redline COMMAND --help' tells more of each.\n"
              "exit status: 0 done, 1 --fail-on matched, 2 usage, 3 bad input, 4 ledger busy,\n"
              "5 no memory or a bug, 6 balance broken or audit failed, 130 interrupted\n"),
          to);
    return status;
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to tell, not to die of */
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    rdl_messages_bind();
    if (argc < 2)
        return usage(stderr, 2);
    if (strcmp(argv[1], "--version") == 0)
        return puts("redline " RDL_VERSION) < 0;
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout, 0);
    if (strcmp(argv[1], "--manual") == 0 && argc == 3) /* for the build: not in --help */
        return cli_manual(argv[2]);
    for (const cli_command *c = cli_commands; c->name; c++)
        if (strcmp(argv[1], c->name) == 0) {
            if (!c->plain)
                rdl_geo_start();
            int status = c->run(argc - 1, argv + 1);
            if (!c->plain)
                rdl_geo_stop();
            return status;
        }
    fprintf(stderr, rdl_message("redline: there is no command '%s'\n"), argv[1]);
    return usage(stderr, 2);
}
