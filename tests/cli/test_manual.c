/* Help, man pages and completion tell the same: every option of --help is in the other two. */
#include <stdio.h>
#include <string.h>
#include "suite.h"

static char *output_of(const char *command)
{
    g_autofree char *line = g_strdup_printf("%s %s", REDLINE_PROGRAM, command);
    char *out = NULL;

    CHECK(g_spawn_command_line_sync(line, &out, NULL, NULL, NULL));
    return out ? out : g_strdup("");
}

static char *manual_file(const char *name)
{
    static bool made;
    g_autofree char *command = g_strdup_printf("--manual %s", suite_path("manual"));
    g_autofree char *path = g_build_filename(suite_path("manual"), name, NULL);
    char *text = NULL;

    if (!made)
        g_free(output_of(command));
    made = true;
    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    return text ? text : g_strdup("");
}

/* The commands or verbs of a --help: the words that start the lines below "commands:" or "verbs:".
 */
static GPtrArray *listed(const char *help)
{
    const char *start = strstr(help, "s:\n"), *end = start ? strstr(start, "\n\n") : NULL;
    g_autofree char *list = g_strndup(start ? start : "", end ? (size_t)(end - start) : 0);
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GRegex) regex = g_regex_new("^  ([a-z]+) +[a-z]", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    for (g_regex_match(regex, list, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL))
        g_ptr_array_add(words, g_match_info_fetch(match, 1));
    return words;
}

static GPtrArray *options_of(const char *help)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GRegex) regex = g_regex_new("^  (?:-., )?--([a-z-]+)", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    for (g_regex_match(regex, help, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL))
        g_ptr_array_add(words, g_match_info_fetch(match, 1));
    return words;
}

/* What bash offers for "redline <words> --". */
static char *completed(const char *words)
{
    g_autofree char *script = g_strdup_printf(
        "source '%s/redline.bash'; COMP_WORDS=(redline %s --); "
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _redline; echo \" ${COMPREPLY[*]} \"",
        suite_path("manual"), words);
    char *argv[] = {"bash", "-c", script, NULL}, *out = NULL;

    CHECK(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
    return out ? out : g_strdup("");
}

static char *man_option(const char *option)
{
    g_auto(GStrv) parts = g_strsplit(option, "-", -1);
    g_autofree char *escaped = g_strjoinv("\\-", parts);

    return g_strconcat("\\-\\-", escaped, NULL);
}

static void check_command(const char *command, const char *man, const char *words)
{
    g_autofree char *asked = g_strconcat(words, " --help", NULL), *help = output_of(asked);
    g_autofree char *offered = completed(words);
    g_autoptr(GPtrArray) options = options_of(help);

    CHECK(options->len >= 6);
    for (guint i = 0; i < options->len; i++) {
        g_autofree char *in_man = man_option(options->pdata[i]);
        g_autofree char *in_bash = g_strdup_printf(" --%s ", (char *)options->pdata[i]);
        if (strcmp(options->pdata[i], "help") != 0 && !CHECK(strstr(man, in_man) != NULL))
            printf("\n    redline %s: the man page lacks %s", command, in_bash);
        if (!CHECK(strstr(offered, in_bash) != NULL))
            printf("\n    redline %s: completion lacks %s", words, in_bash);
    }
}

static void every_option_is_in_man_page_and_completion(void)
{
    g_autofree char *help = output_of("--help");
    g_autoptr(GPtrArray) commands = listed(help);

    CHECK(commands->len >= 9);
    for (guint i = 0; i < commands->len; i++) {
        const char *command = commands->pdata[i];
        g_autofree char *name = g_strdup_printf("redline-%s.1", command), *man = manual_file(name);
        g_autofree char *asked = g_strconcat(command, " --help", NULL), *own = output_of(asked);
        g_autoptr(GPtrArray) verbs = strstr(own, "\nverbs:\n") ? listed(own) : NULL;
        if (!verbs)
            check_command(command, man, command);
        for (guint k = 0; verbs && k < verbs->len; k++) {
            g_autofree char *words = g_strdup_printf("%s %s", command, (char *)verbs->pdata[k]);
            check_command(command, man, words);
        }
    }
}

static void commands_and_verbs_are_completed(void)
{
    g_free(manual_file("redline.1"));
    g_autofree char *script = g_strdup_printf(
        "source '%s/redline.bash'; COMP_WORDS=(redline det); COMP_CWORD=1; _redline; "
        "echo ${COMPREPLY[*]}; COMP_WORDS=(redline task adv); COMP_CWORD=2; _redline; "
        "echo ${COMPREPLY[*]}; COMP_WORDS=(redline detect --method ''); COMP_CWORD=3; _redline; "
        "echo ${COMPREPLY[*]}.",
        suite_path("manual"));
    char *argv[] = {"bash", "-c", script, NULL};
    g_autofree char *out = NULL;

    CHECK(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
    CHECK_TEXT(out, "detect\nadvance\n.\n");
}

static CU_TestInfo tests[] = {
    {"every option is in man page and completion", every_option_is_in_man_page_and_completion},
    {"commands and verbs are completed", commands_and_verbs_are_completed},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("cli.manual", tests, argc, argv);
}
