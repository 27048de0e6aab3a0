/* redline pack - check, compare and test a jurisdiction's tables. */
#include "verb.h"

#include <stdio.h>
#include "screen/screen.h"

static void print_lines(const GPtrArray *lines)
{
    for (guint i = 0; i < lines->len; i++)
        puts(lines->pdata[i]);
}

static JsonArray *as_json(const GPtrArray *lines)
{
    JsonArray *array = json_array_new();

    for (guint i = 0; i < lines->len; i++)
        json_array_add_string_element(array, lines->pdata[i]);
    return array;
}

/* ---- check ---- */

static bool check(const char *name, GError **error)
{
    g_autoptr(GPtrArray) faults = rdl_pack_check(name, error);

    if (!faults)
        return false;
    if (cli_flags.json) {
        JsonObject *o = json_object_new();
        json_object_set_array_member(o, "faults", as_json(faults));
        cli_print_json(rdl_json_node(o));
        json_object_unref(o);
    } else {
        print_lines(faults);
    }
    if (!faults->len)
        cli_say("%s: no faults", name);
    return !faults->len || rdl_fail(error, RDL_ERROR_DATA, "%s: %u fault%s", name, faults->len,
                                    faults->len == 1 ? "" : "s");
}

static int pack_check(int argc, char **argv)
{
    static const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    static const char teach[] = "Example:\n"
                                "  redline pack check cn\n\n"
                                "Every fault is a line with file and line number: codes that are "
                                "in no table, dates that are\n"
                                "none, rows that end before they begin, ids twice, parents in a "
                                "circle, penalties nobody can\n"
                                "read. A pack with a fault does not judge.";
    GError *error = NULL;

    if (cli_parse(&argc, &argv, entries, "PACK", "Say what is wrong in a pack.", teach, 1, 1,
                  &error))
        check(argv[1], &error);
    return cli_end(error);
}

/* ---- diff ---- */

static void print_change(JsonArray *array, guint i, JsonNode *node, gpointer user)
{
    JsonObject *o = json_node_get_object(node);
    const char *what = rdl_json_text(o, "change", ""), *column = rdl_json_text(o, "column", NULL);

    (void)array, (void)i, (void)user;
    if (column)
        printf("%s: %s: %s '%s' -> '%s'\n", rdl_json_text(o, "table", ""),
               rdl_json_text(o, "key", ""), column, rdl_json_text(o, "from", ""),
               rdl_json_text(o, "to", ""));
    else
        printf("%s: %s: %s\n", rdl_json_text(o, "table", ""), rdl_json_text(o, "key", ""), what);
}

static int pack_diff(int argc, char **argv)
{
    static const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    static const char teach[] = "Example:\n"
                                "  redline pack diff cn ./cn-2027\n\n"
                                "Rows are known by their key (rule_id, zone, code ...); every cell "
                                "that differs is a line.\n"
                                "Which verdicts change by it: 'redline screen --replay'.";
    GError *error = NULL;

    if (cli_parse(&argc, &argv, entries, "PACK PACK", "Say what differs between two packs.", teach,
                  2, 2, &error)) {
        JsonNode *changes = rdl_pack_diff(argv[1], argv[2], &error);
        if (changes && cli_flags.json) {
            cli_print_json(changes);
        } else if (changes) {
            json_array_foreach_element(json_node_get_array(changes), print_change, NULL);
            json_node_unref(changes);
        }
    }
    return cli_end(error);
}

/* ---- test ---- */

static bool try_cases(const char *name, GError **error)
{
    rdl_pack_trial trial = {0};
    bool good = rdl_pack_try(name, &trial, error);

    if (good && cli_flags.json) {
        JsonObject *o = json_object_new();
        json_object_set_int_member(o, "cases", trial.cases);
        json_object_set_array_member(o, "failures", as_json(trial.failures));
        json_object_set_array_member(o, "untested", as_json(trial.untested));
        cli_print_json(rdl_json_node(o));
        json_object_unref(o);
    } else if (good) {
        print_lines(trial.failures);
        for (guint i = 0; i < trial.untested->len; i++)
            printf("%s: no case names rule %s\n", name, (char *)trial.untested->pdata[i]);
        printf("%s: %u cases, %u answers wrong, %u rules without a case\n", name, trial.cases,
               trial.failures->len, trial.untested->len);
    }
    if (good && trial.failures->len)
        good = rdl_fail(error, RDL_ERROR_BALANCE, "%s: %u answers of its cases are wrong", name,
                        trial.failures->len);
    rdl_pack_trial_clear(&trial);
    return good;
}

static int pack_test(int argc, char **argv)
{
    static const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    static const char teach[] = "Example:\n"
                                "  redline pack test cn\n\n"
                                "cases.csv of the pack holds situations with the answer the law "
                                "gives and why. Every answer\n"
                                "that differs is a line; exit status 6 then.";
    GError *error = NULL;

    if (cli_parse(&argc, &argv, entries, "PACK", "Judge the pack's own cases.", teach, 1, 1,
                  &error))
        try_cases(argv[1], &error);
    return cli_end(error);
}

int cmd_pack(int argc, char **argv)
{
    static const cli_verb verbs[] = {{"check", "say what is wrong in a pack", pack_check},
                                     {"diff", "say what differs between two packs", pack_diff},
                                     {"test", "judge the pack's own cases", pack_test},
                                     {NULL, NULL, NULL}};
    static const char teach[] = "A pack is a folder of tables that holds a jurisdiction.";

    return cli_verbs("pack", verbs, teach, argc, argv);
}
