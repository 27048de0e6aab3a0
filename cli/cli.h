/* cli/cli.h - the table of commands; each command is an option table, one call, some printing. */
#ifndef RDL_CLI_H
#define RDL_CLI_H

#include "base/base.h"

/** A command: argv[0] is its name. Returns the exit status; has printed its own error. */
typedef struct cli_command {
    const char *name;
    const char *summary; /* one line, for the list and the man page */
    int (*run)(int argc, char **argv);
    bool plain; /* reads no raster or layer: what does is not started */
} cli_command;

extern const cli_command cli_commands[]; /* ends with a NULL name */

/** What every command takes, merged into its options by cli_parse(). */
typedef struct cli_common {
    gboolean quiet, verbose, json, overwrite;
    int threads;    /* -j; default: the processors */
    int memory_mib; /* --memory; default 256 */
} cli_common;
extern cli_common cli_flags;

/** Parse argv against `entries` and the common options; `usage` is what follows the command's
 *  name, `teach` the text under the options (NULL: none). Operands are left in argv[1..argc-1].
 *  min..max operands are checked (max < 0: any number). False without an error: only the page was
 *  asked for. Fails: G_OPTION_ERROR, RDL_ERROR_USAGE. */
bool cli_parse(int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
               const char *summary, const char *teach, int min, int max, GError **error);

/** The language of words, into a char *; once called --lang. */
#define CLI_LANGUAGE(into)                                                                       \
    {"language", 0, 0, G_OPTION_ARG_STRING, (gpointer) & (into), "of words: zh (default) or en", \
     "LANG"},                                                                                    \
    {                                                                                            \
        "lang", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, (gpointer) & (into), "", "LANG"    \
    }

/** What a map or a card is drawn of in place of what is recorded: members before, after, zones,
 *  zones_profile, units of the options `o`. */
#define CLI_DRAWN(o)                                                       \
    {"before",                                                             \
     0,                                                                    \
     0,                                                                    \
     G_OPTION_ARG_FILENAME,                                                \
     (gpointer) & (o).before,                                              \
     "earlier scene, instead of the recorded one",                         \
     "FILE"},                                                              \
        {"after",                                                          \
         0,                                                                \
         0,                                                                \
         G_OPTION_ARG_FILENAME,                                            \
         (gpointer) & (o).after,                                           \
         "later scene, instead of the recorded one",                       \
         "FILE"},                                                          \
        {"zones",                                                          \
         0,                                                                \
         0,                                                                \
         G_OPTION_ARG_FILENAME,                                            \
         (gpointer) & (o).zones,                                           \
         "zones, instead of the recorded ones",                            \
         "SOURCE"},                                                        \
        {"zones-profile",                                                  \
         0,                                                                \
         0,                                                                \
         G_OPTION_ARG_STRING,                                              \
         (gpointer) & (o).zones_profile,                                   \
         "profile the zones are read by",                                  \
         "NAME"},                                                          \
    {                                                                      \
        "units", 0, 0, G_OPTION_ARG_FILENAME, (gpointer) & (o).units,      \
            "administrative units, instead of the recorded ones", "SOURCE" \
    }

/** How two scenes are read: sensor, masks and the members of `how`, of the options `o`; a height
 *  into the double `at`. */
#define CLI_PAIR(o, at)                                                                             \
    {"sensor",    0,                                                                                \
     0,           G_OPTION_ARG_STRING,                                                              \
     &(o).sensor, "take the bands from this sensor's file; sar: radar intensities",                 \
     "NAME"},                                                                                       \
        {"mask-before",                                                                             \
         0,                                                                                         \
         0,                                                                                         \
         G_OPTION_ARG_FILENAME,                                                                     \
         &(o).mask_before,                                                                          \
         "raster that says where the scene before is bad; none: not even the product's own",        \
         "FILE"},                                                                                   \
        {"mask-after", 0, 0, G_OPTION_ARG_FILENAME, &(o).mask_after, "the same of the scene after", \
         "FILE"},                                                                                   \
        {"mask-values",                                                                             \
         0,                                                                                         \
         0,                                                                                         \
         G_OPTION_ARG_STRING,                                                                       \
         &(o).mask_values,                                                                          \
         "what is bad in the masks: nonzero, qa-pixel, bqa, scl, bits:0-4,9 or values as in "       \
         "1,3,8-11 (default nonzero)",                                                              \
         "VALUES"},                                                                                 \
        {"resolution",                                                                              \
         0,                                                                                         \
         0,                                                                                         \
         G_OPTION_ARG_DOUBLE,                                                                       \
         &(o).how.resolution,                                                                       \
         "pixel size of a product's grid: 10, 20 or 60 of Sentinel-2 (default the finest)",         \
         "M"},                                                                                      \
        {"dem",                                                                                     \
         0,                                                                                         \
         0,                                                                                         \
         G_OPTION_ARG_FILENAME,                                                                     \
         &(o).how.dem,                                                                              \
         "heights of the ground for scenes placed by RPC",                                          \
         "FILE"},                                                                                   \
        {"height", 0,                                                                               \
         0,        G_OPTION_ARG_DOUBLE,                                                             \
         &(at),    "one height above the ellipsoid in place of a DEM (default that of the RPC)",    \
         "M"},                                                                                      \
    {                                                                                               \
        "tolerance", 0, 0, G_OPTION_ARG_DOUBLE, &(o).tolerance,                                     \
            "IR-MAD stops when no canonical correlation moves more (default 0.001)", "T"            \
    }

/** Write the man pages and the bash completion into a folder. Returns the exit status. */
int cli_manual(const char *folder);

/** "redline: message" on stderr for `error` (freed; NULL: nothing). Returns the exit status. */
int cli_end(GError *take_error);

/** Progress 0...10...20 on a terminal unless -q; stops on SIGINT and SIGTERM. Lent. */
const rdl_progress *cli_progress(void);

/** A line for people on stderr unless -q. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/** The end of a command that writes `output` and counts: with --json the counts on stdout, then on
 *  stderr the warnings (of char *; NULL: none), the counts and the output's name. Fails: as
 *  rdl_tally_of_use(). */
bool cli_report(const rdl_tally *tally, const GPtrArray *warnings, const char *output,
                GError **error);

/** JSON on stdout, indented, with a line end. Takes the node. */
void cli_print_json(JsonNode *take_node);

int cmd_detect(int argc, char **argv);
int cmd_normalise(int argc, char **argv);
int cmd_patches(int argc, char **argv);
int cmd_assess(int argc, char **argv);
int cmd_screen(int argc, char **argv);
int cmd_ledger(int argc, char **argv);
int cmd_task(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_card(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif
