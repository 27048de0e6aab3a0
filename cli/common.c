#include "manual.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

cli_common cli_flags;

static const GOptionEntry common_entries[] = {
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &cli_flags.quiet, "say nothing but errors", NULL},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &cli_flags.verbose, "say more", NULL},
    {"json", 0, 0, G_OPTION_ARG_NONE, &cli_flags.json, "print the result on stdout as JSON", NULL},
    {"overwrite", 0, 0, G_OPTION_ARG_NONE, &cli_flags.overwrite, "replace outputs that exist",
     NULL},
    {"threads", 'j', 0, G_OPTION_ARG_INT, &cli_flags.threads,
     "threads to work with (default: all processors)", "N"},
    {"memory", 0, 0, G_OPTION_ARG_INT, &cli_flags.memory_mib,
     "memory for blocks in flight, MiB (default 256)", "MIB"},
    G_OPTION_ENTRY_NULL};

/* GOption reads "-j 2" and not "-j2", which people write: split it. The words live as long as the
 * program. */
static char **split_threads(int *argc, char **argv)
{
    static GPtrArray *words;

    words = g_ptr_array_new();
    for (int i = 0; i < *argc; i++) {
        bool joined =
            i > 0 && argv[i][0] == '-' && argv[i][1] == 'j' && g_ascii_isdigit(argv[i][2]);
        g_ptr_array_add(words, joined ? (char *)g_intern_string("-j") : argv[i]);
        if (joined)
            g_ptr_array_add(words, (char *)g_intern_string(argv[i] + 2));
    }
    *argc = (int)words->len;
    g_ptr_array_add(words, NULL);
    return (char **)words->pdata;
}

bool cli_parse(int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
               const char *summary, const char *teach, int min, int max, GError **error)
{
    if (cli_manual_collecting()) {
        cli_manual_note((cli_page){(*argv)[0], usage, summary, teach, entries, false});
        return false;
    }
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autofree char *program = g_strconcat("redline ", (*argv)[0], NULL);

    g_set_prgname(program); /* what --help calls it */
    *argv = split_threads(argc, *argv);
    cli_flags = (cli_common){.threads = rdl_processors(), .memory_mib = 256};
    g_option_context_set_translation_domain(context, "redline");
    g_option_context_set_summary(context, summary);
    if (teach)
        g_option_context_set_description(context, teach);
    if (entries)
        g_option_context_add_main_entries(context, entries, "redline");
    g_option_context_add_main_entries(context, common_entries, "redline");
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (cli_flags.threads < 1 || cli_flags.threads > 1024)
        return rdl_fail(error, RDL_ERROR_USAGE, "-j %d: give 1 to 1024 threads", cli_flags.threads);
    if (cli_flags.memory_mib < 16)
        return rdl_fail(error, RDL_ERROR_USAGE, "--memory %d: give at least 16 MiB",
                        cli_flags.memory_mib);
    int operands = *argc - 1;
    if (operands < min || (max >= 0 && operands > max))
        return rdl_fail(error, RDL_ERROR_USAGE, "usage: redline %s %s (--help tells more)",
                        (*argv)[0], usage);
    return true;
}

int cli_manual(const char *folder)
{
    GError *error = NULL;

    cli_manual_write(folder, common_entries, &error);
    return cli_end(error);
}

int cli_end(GError *take_error)
{
    int status = rdl_exit_status(take_error);

    if (take_error) {
        g_autofree char *told = rdl_message_said(take_error->message);
        fprintf(stderr, "redline: %s\n", told);
        g_error_free(take_error);
    }
    if (fflush(stdout) != 0 && status == 0)
        status = 3;
    return status;
}

static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

typedef struct {
    const char *step;
    int tens;
    bool terminal;
} meter;

/* As gdal's own programs: 0...10...20...30 */
static void draw(meter *m, double fraction, const char *step)
{
    int ticks = (int)(fraction * 40.0 + 1e-9);

    if (m->step != step) {
        fprintf(stderr, "%s: ", step);
        m->step = step;
        m->tens = -1;
    }
    while (m->tens < ticks) {
        m->tens++;
        if (m->tens % 4 == 0)
            fprintf(stderr, "%d", m->tens / 4 * 10);
        else
            fputc('.', stderr);
    }
    if (fraction >= 1.0) {
        fputs(" - done\n", stderr);
        m->step = NULL;
    }
    fflush(stderr);
}

static bool tell(double fraction, const char *step, void *user)
{
    meter *m = user;

    if (m->terminal && !cli_flags.quiet)
        draw(m, fraction, step);
    return !stop_asked;
}

const rdl_progress *cli_progress(void)
{
    static meter m;
    static const rdl_progress progress = {tell, &m};
    struct sigaction action = {.sa_handler = ask_stop, .sa_flags = (int)SA_RESETHAND};

    m.terminal = isatty(STDERR_FILENO);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &progress;
}

void cli_say(const char *format, ...)
{
    va_list args;

    if (cli_flags.quiet)
        return;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(rdl_message(format), args);
    va_end(args);
    g_autofree char *told = rdl_message_said(line);
    fprintf(stderr, "%s\n", told);
}

void cli_print_json(JsonNode *take_node)
{
    g_autofree char *text = rdl_json_pretty(take_node);

    puts(text);
    json_node_unref(take_node);
}

bool cli_report(const rdl_tally *tally, const GPtrArray *warnings, const char *output,
                GError **error)
{
    g_autofree char *text = rdl_tally_text(tally);

    for (guint i = 0; warnings && i < warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)warnings->pdata[i]);
    if (cli_flags.json)
        cli_print_json(rdl_tally_json(tally));
    cli_say("%s%s", text, output);
    return rdl_tally_of_use(tally, error);
}
