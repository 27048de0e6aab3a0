/* cli/cli.h - the table of commands; each command is an option table, one call, some printing. */
#ifndef RDL_CLI_H
#define RDL_CLI_H

#include "base/base.h"

/** A command: argv[0] is its name. Returns the exit status; has printed its own error. */
typedef struct cli_command {
    const char *name;
    const char *summary; /* one line, for the list and the man page */
    int (*run)(int argc, char **argv);
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

/** Write the man pages and the bash completion into a folder. Returns the exit status. */
int cli_manual(const char *folder);

/** "redline: message" on stderr for `error` (freed; NULL: nothing). Returns the exit status. */
int cli_end(GError *take_error);

/** Progress 0...10...20 on a terminal unless -q; stops on SIGINT and SIGTERM. Lent. */
const rdl_progress *cli_progress(void);

/** A line for people on stderr unless -q. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

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
int cmd_card(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif
