/* cli/verb.h - commands with a second word: redline task list. */
#ifndef RDL_CLI_VERB_H
#define RDL_CLI_VERB_H

#include "cli.h"
#include "rectify/rectify.h"

typedef struct cli_verb {
    const char *name, *summary;
    int (*run)(int argc, char **argv); /* argv[0]: "task list" */
} cli_verb;

/** Run the verb argv[1] of a NULL-ended table, or tell which there are. Exit status. */
int cli_verbs(const char *command, const cli_verb *verbs, const char *teach, int argc, char **argv);
/** The day given with `option`, `fallback` where `text` is NULL. It is written YYYY-MM-DD and in no
 *  other way. Fails: RDL_ERROR_USAGE. */
bool cli_day(const char *option, const char *text, rdl_day fallback, rdl_day *day, GError **error);
/** What is put on record has happened: the day given with `option` is not after today, nor after
 * the ledger's latest date where that is later. Fails: RDL_ERROR_USAGE. */
bool cli_happened(const char *option, const char *text, rdl_ledger *ledger, GError **error);
/** A ledger that something is made of is what its events make of it, as far as rdl_ledger_trust()
 *  looks; what it did not look at is told. `id`: NULL for all. True for a file that is no ledger. */
bool cli_trust(const char *path, const char *id, GError **error);

/** Who puts on record that something left the ledger at `path`: `by`, else the login's name; NULL where
 *  the file cannot be written, which is told. */
const char *cli_exporter(const char *path, const char *by);
/** The same of a map or a card, whose day is `on`: `*exporter` as cli_exporter() has it. Of a file
 *  that is no ledger nothing is recorded. Fails: as cli_happened(). */
bool cli_drawn(const char *path, const char *on, const char **exporter, GError **error);

/** Verbs of redline task that are told in cmd_sample.c. */
int cli_task_sample(int argc, char **argv);
int cli_task_judge(int argc, char **argv);
int cli_task_accuracy(int argc, char **argv);

#endif
