#include "manual.h"

#include <string.h>

static GPtrArray *pages; /* of cli_page *; NULL while commands do their work */

bool cli_manual_collecting(void)
{
    return pages != NULL;
}

void cli_manual_note(cli_page page)
{
    page.name = g_strdup(page.name);
    g_ptr_array_add(pages, g_memdup2(&page, sizeof page));
}

static void free_page(gpointer data)
{
    cli_page *page = data;

    g_free(page->name);
    g_free(page);
}

static void collect(void)
{
    pages = g_ptr_array_new_with_free_func(free_page);
    for (const cli_command *c = cli_commands; c->name; c++) {
        char *argv[] = {(char *)c->name, NULL};
        c->run(1, argv);
    }
}

/* ---- man pages ---- */

/* Text in roff: a backslash, a hyphen that must stay one, a line that would be a request. */
static void roff(GString *out, const char *text)
{
    bool start = true;

    for (const char *p = text; *p; p++) {
        if (start && (*p == '.' || *p == '\''))
            g_string_append(out, "\\&");
        if (*p == '\\')
            g_string_append(out, "\\e");
        else if (*p == '-')
            g_string_append(out, "\\-");
        else
            g_string_append_c(out, *p);
        start = *p == '\n';
    }
}

static void paragraph(GString *out, const char *text)
{
    roff(out, text);
    g_string_append(out, "\n");
}

static bool shown(const GOptionEntry *entry)
{
    return !(entry->flags & G_OPTION_FLAG_HIDDEN);
}

static void option_list(GString *out, const GOptionEntry *entries)
{
    for (const GOptionEntry *e = entries; e && e->long_name; e++) {
        if (!shown(e))
            continue;
        g_string_append(out, ".TP\n.B ");
        if (e->short_name)
            g_string_append_printf(out, "\\-%c\\fR,\\fB ", e->short_name);
        g_string_append(out, "\\-\\-");
        roff(out, e->long_name);
        if (e->arg_description) {
            g_string_append(out, "\\fR=\\fI");
            roff(out, e->arg_description);
        }
        g_string_append(out, "\\fR\n");
        paragraph(out, e->description);
    }
}

static void synopsis(GString *out, const cli_page *page)
{
    g_string_append_printf(out, ".B redline %s\n", page->name);
    paragraph(out, page->verbs ? "VERB [OPTION...] ..." : "[OPTION...]");
    if (!page->verbs && page->usage)
        paragraph(out, page->usage);
}

static void teaching(GString *out, const cli_page *page)
{
    if (!page->teach)
        return;
    g_string_append(out, ".PP\n.nf\n");
    paragraph(out, page->teach);
    g_string_append(out, ".fi\n");
}

static void section_of_verb(GString *out, const cli_page *verb)
{
    g_autofree char *upper = g_ascii_strup(verb->name, -1);

    g_string_append_printf(out, ".SH %s\n", upper);
    synopsis(out, verb);
    g_string_append(out, ".PP\n");
    paragraph(out, verb->summary ? verb->summary : "");
    option_list(out, verb->entries);
    teaching(out, verb);
}

static void head(GString *out, const char *title, const char *name, const char *summary)
{
    g_autofree char *upper = g_ascii_strup(title, -1);

    g_string_append_printf(out,
                           ".TH \"%s\" 1 \"\" \"redline " RDL_VERSION "\" \"redline\"\n"
                           ".SH NAME\n",
                           upper);
    roff(out, name);
    g_string_append(out, " \\- ");
    paragraph(out, summary);
}

static void foot(GString *out)
{
    g_string_append(out, ".SH EXIT STATUS\n");
    paragraph(out, "0 done, 1 done and --fail-on matched, 2 usage, 3 bad input, 4 ledger busy, "
                   "5 no memory or a bug, 6 balance broken or audit failed, 130 interrupted.");
    g_string_append(out, ".SH ENVIRONMENT\n.TP\n.B REDLINE_DATA\n");
    paragraph(out, "folder with packs, sensors, profiles and styles, looked at before the "
                   "program's own.");
    g_string_append(out, ".SH SEE ALSO\n.BR redline (1)");
    for (const cli_command *c = cli_commands; c->name; c++)
        g_string_append_printf(out, ",\n.BR redline\\-%s (1)", c->name);
    g_string_append_c(out, '\n');
}

static char *page_of_command(const cli_command *command, guint at, const GOptionEntry *common)
{
    GString *out = g_string_new(NULL);
    const cli_page *page = pages->pdata[at];
    g_autofree char *title = g_strconcat("redline-", command->name, NULL);
    g_autofree char *prefix = g_strconcat(command->name, " ", NULL);

    head(out, title, title, command->summary);
    g_string_append(out, ".SH SYNOPSIS\n");
    synopsis(out, page);
    g_string_append(out, ".SH DESCRIPTION\n");
    paragraph(out, page->summary ? page->summary : command->summary);
    teaching(out, page);
    if (page->entries) {
        g_string_append(out, ".SH OPTIONS\n");
        option_list(out, page->entries);
    }
    for (guint i = at + 1; i < pages->len; i++) {
        const cli_page *verb = pages->pdata[i];
        if (g_str_has_prefix(verb->name, prefix))
            section_of_verb(out, verb);
    }
    g_string_append(out, ".SH COMMON OPTIONS\n");
    option_list(out, common);
    foot(out);
    return g_string_free(out, FALSE);
}

static char *page_of_program(void)
{
    GString *out = g_string_new(NULL);

    head(out, "redline", "redline",
         "finds, judges and follows up projects built where they may not be");
    g_string_append(out, ".SH SYNOPSIS\n.B redline\nCOMMAND [OPTION...] ...\n"
                         ".SH COMMANDS\n");
    for (const cli_command *c = cli_commands; c->name; c++) {
        g_string_append_printf(out, ".TP\n.BR redline\\-%s (1)\n", c->name);
        paragraph(out, c->summary);
    }
    g_string_append(out, ".SH OPTIONS\n.TP\n.B \\-\\-help\nlist the commands; after a command, "
                         "tell more of it\n.TP\n.B \\-\\-version\nprint the version\n");
    foot(out);
    return g_string_free(out, FALSE);
}

/* ---- bash completion ---- */

/* All options, and those whose value is no file name. */
static void option_words(const GOptionEntry *entries, GString *all, GString *values)
{
    for (const GOptionEntry *e = entries; e && e->long_name; e++) {
        g_autofree char *words = e->short_name
                                     ? g_strdup_printf(" --%s -%c", e->long_name, e->short_name)
                                     : g_strdup_printf(" --%s", e->long_name);
        bool file = e->arg == G_OPTION_ARG_FILENAME || e->arg == G_OPTION_ARG_FILENAME_ARRAY;
        if (!shown(e))
            continue;
        g_string_append(all, words);
        if (e->arg != G_OPTION_ARG_NONE && !file)
            g_string_append(values, words);
    }
}

static void completion_case(GString *out, const cli_page *page, const GOptionEntry *common)
{
    g_autoptr(GString) all = g_string_new("--help"), values = g_string_new(NULL);

    option_words(page->entries, all, values);
    option_words(common, all, values);
    g_string_append_printf(out, "    \"%s\")\n        options=\"%s\"\n        values=\"%s \" ;;\n",
                           page->name, all->str, values->str);
}

static void completion_verbs(GString *out, guint at)
{
    const cli_page *page = pages->pdata[at];
    g_autofree char *prefix = g_strconcat(page->name, " ", NULL);

    g_string_append_printf(out, "    %s) verbs=\"", page->name);
    for (guint i = at + 1; i < pages->len; i++) {
        const cli_page *verb = pages->pdata[i];
        if (g_str_has_prefix(verb->name, prefix))
            g_string_append_printf(out, "%s ", verb->name + strlen(prefix));
    }
    g_string_append(out, "--help\" ;;\n");
}

static char *completion(const GOptionEntry *common)
{
    GString *out = g_string_new("# bash completion of redline, made from its option tables\n"
                                "_redline()\n{\n"
                                "    local current=${COMP_WORDS[COMP_CWORD]}\n"
                                "    local before=${COMP_WORDS[COMP_CWORD-1]}\n"
                                "    local key=${COMP_WORDS[1]} verbs= options= values=\n"
                                "    COMPREPLY=()\n"
                                "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                                "        COMPREPLY=($(compgen -W \"");
    for (const cli_command *c = cli_commands; c->name; c++)
        g_string_append_printf(out, "%s ", c->name);
    g_string_append(out, "--help --version\" -- \"$current\"))\n        return\n    fi\n"
                         "    case $key in\n");
    for (guint i = 0; i < pages->len; i++)
        if (((const cli_page *)pages->pdata[i])->verbs)
            completion_verbs(out, i);
    g_string_append(out, "    esac\n"
                         "    if [ -n \"$verbs\" ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
                         "        COMPREPLY=($(compgen -W \"$verbs\" -- \"$current\"))\n"
                         "        return\n    fi\n"
                         "    [ -n \"$verbs\" ] && key=\"$key ${COMP_WORDS[2]}\"\n"
                         "    case $key in\n");
    for (guint i = 0; i < pages->len; i++)
        if (!((const cli_page *)pages->pdata[i])->verbs)
            completion_case(out, pages->pdata[i], common);
    g_string_append(out, "    esac\n"
                         "    case \"$values\" in *\" $before \"*) return ;; esac\n"
                         "    case $current in\n"
                         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")) ;;\n"
                         "    *) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
                         "    esac\n}\n"
                         "complete -o filenames -F _redline redline\n");
    return g_string_free(out, FALSE);
}

/* ---- what is to be translated ---- */

static void template_text(GString *out, const char *text)
{
    if (!text || !*text)
        return;
    g_string_append(out, "\nmsgid \"");
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(out, '\\');
        if (*p == '\n')
            g_string_append(out, "\\n");
        else
            g_string_append_c(out, *p);
    }
    g_string_append(out, "\"\nmsgstr \"\"\n");
}

static void template_options(GString *out, const GOptionEntry *entries)
{
    for (const GOptionEntry *e = entries; e && e->long_name; e++)
        if (shown(e))
            template_text(out, e->description);
}

/* A gettext template of all that --help says; what stands in it twice is for msguniq. */
static char *template(const GOptionEntry *common)
{
    GString *out =
        g_string_new("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n");

    for (const cli_command *c = cli_commands; c->name; c++)
        template_text(out, c->summary);
    template_options(out, common);
    for (guint i = 0; i < pages->len; i++) {
        const cli_page *page = pages->pdata[i];
        template_text(out, page->summary);
        template_options(out, page->entries);
        template_text(out, page->teach);
    }
    return g_string_free(out, FALSE);
}

/* ---- all of it ---- */

static bool write_text(const char *folder, const char *name, char *take_text, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = take_text;

    return rdl_output_text(path, text, true, error);
}

static bool write_pages(const char *folder, const GOptionEntry *common, GError **error)
{
    for (const cli_command *c = cli_commands; c->name; c++) {
        g_autofree char *name = g_strdup_printf("redline-%s.1", c->name);
        guint at = 0;
        while (at < pages->len && strcmp(((cli_page *)pages->pdata[at])->name, c->name) != 0)
            at++;
        if (at == pages->len)
            return rdl_fail(error, RDL_ERROR_INTERNAL, "%s: has no page", c->name);
        if (!write_text(folder, name, page_of_command(c, at, common), error))
            return false;
    }
    return true;
}

bool cli_manual_write(const char *folder, const GOptionEntry *common, GError **error)
{
    collect();
    bool good = rdl_output_folder(folder, error) &&
                write_text(folder, "redline.1", page_of_program(), error) &&
                write_pages(folder, common, error) &&
                write_text(folder, "redline.bash", completion(common), error) &&
                write_text(folder, "help.pot", template(common), error);
    g_clear_pointer(&pages, g_ptr_array_unref);
    return good;
}
