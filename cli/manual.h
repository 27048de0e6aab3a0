/* cli/manual.h - man pages and shell completion, from the same option tables as --help. */
#ifndef RDL_CLI_MANUAL_H
#define RDL_CLI_MANUAL_H

#include "cli.h"

/** What a command tells of itself. Nothing here is owned but the text of `name`. */
typedef struct cli_page {
    char *name; /* "detect", "task list" */
    const char *usage, *summary, *teach;
    const GOptionEntry *entries; /* its own; NULL: none */
    bool verbs;                  /* it has verbs: their pages follow */
} cli_page;

/** While true a command does nothing but hand over its page, through cli_manual_note(). */
bool cli_manual_collecting(void);
void cli_manual_note(cli_page page);

/** Write redline.1, redline-COMMAND.1 for each command, redline.bash and help.pot (for
 *  translators) into `folder`, which is
 *  made. `common` are the options of every command. Fails: RDL_ERROR_IO. */
bool cli_manual_write(const char *folder, const GOptionEntry *common, GError **error);

#endif
