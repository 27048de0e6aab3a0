#include "verb.h"
#include "manual.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int usage(const char *command, const cli_verb *verbs, const char *teach, FILE *to,
                 int status)
{
    fprintf(to, "usage: redline %s VERB [OPTION...] ...\n\nverbs:\n", command);
    for (const cli_verb *v = verbs; v->name; v++)
        fprintf(to, "  %-8s  %s\n", v->name, v->summary);
    fprintf(to, "\n%s\n\n'redline %s VERB --help' tells more of each.\n", teach, command);
    return status;
}

static int collect(const char *command, const cli_verb *verbs, const char *teach)
{
    cli_manual_note((cli_page){.name = (char *)command, .teach = teach, .verbs = true});
    for (const cli_verb *v = verbs; v->name; v++) {
        g_autofree char *name = g_strdup_printf("%s %s", command, v->name);
        char *argv[] = {name, NULL};
        v->run(1, argv);
    }
    return 0;
}

int cli_verbs(const char *command, const cli_verb *verbs, const char *teach, int argc, char **argv)
{
    if (cli_manual_collecting())
        return collect(command, verbs, teach);
    if (argc < 2)
        return usage(command, verbs, teach, stderr, 2);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return usage(command, verbs, teach, stdout, 0);
    for (const cli_verb *v = verbs; v->name; v++)
        if (strcmp(argv[1], v->name) == 0) {
            g_autofree char *name = g_strdup_printf("%s %s", command, v->name);
            argv[1] = name;
            return v->run(argc - 1, argv + 1);
        }
    fprintf(stderr, rdl_message("redline: %s has no verb '%s'\n"), command, argv[1]);
    return usage(command, verbs, teach, stderr, 2);
}

bool cli_day(const char *option, const char *text, rdl_day fallback, rdl_day *day, GError **error)
{
    GError *failed = NULL;

    *day = fallback;
    if (!text)
        return true;
    if (!rdl_day_parse(text, day, &failed)) {
        rdl_fail(error, RDL_ERROR_USAGE, "%s: %s", option, failed->message);
        g_error_free(failed);
        return false;
    }
    g_autofree char *iso = rdl_day_text(*day);
    return strcmp(text, iso) == 0 || /* it goes on record as it was typed */
           rdl_fail(error, RDL_ERROR_USAGE, "%s: '%s' is to be written %s", option, text, iso);
}

bool cli_happened(const char *option, const char *text, rdl_ledger *ledger, GError **error)
{
    rdl_day day, latest;

    if (!text)
        return true;
    if (!cli_day(option, text, 0, &day, error))
        return false;
    g_autofree char *date = rdl_ledger_date(ledger, error);
    if (!date || !rdl_day_parse(date, &latest, error))
        return false;
    return day <= MAX(latest, rdl_day_today() + 1) || /* somewhere it is tomorrow already */
           rdl_fail(error, RDL_ERROR_USAGE,
                    "%s %s lies in the future: what is put on record has happened", option, text);
}

bool cli_trust(const char *path, const char *id, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, NULL);
    GError *failed = NULL;
    bool whole;

    if (!ledger)
        return true;
    if (!rdl_ledger_trust(ledger, id, &whole, &failed) &&
        !g_error_matches(failed, RDL_ERROR, RDL_ERROR_NOT_FOUND)) {
        g_propagate_error(error, failed);
        return false;
    }
    if (!failed && !whole)
        cli_say("%s: %s; redline ledger audit looks at all of it", path,
                id ? "only the work at that place was held against its events"
                   : "of so large a ledger only the head was looked at");
    g_clear_error(&failed);
    return true;
}

/* What cannot be put on record is made all the same, and it is said that nobody will know. */
const char *cli_exporter(const char *path, const char *by)
{
    if (access(path, W_OK) == 0)
        return by ? by : g_get_user_name();
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        cli_say("redline: warning: %s cannot be written: this export is not on record", path);
    return NULL;
}

bool cli_drawn(const char *path, const char *on, const char **exporter, GError **error)
{
    g_autoptr(rdl_ledger) ledger = NULL;
    rdl_day day;

    if (!cli_day("--on", on, 0, &day, error))
        return false;
    if (!(ledger = rdl_ledger_open(path, false, NULL)))
        return true;
    *exporter = cli_exporter(path, *exporter);
    return cli_happened("--on", on, ledger, error);
}
