/* What is said to people: English in results, their own language at the terminal. */
#include <locale.h>
#include <stdlib.h>
#include "base/base.h"
#include "suite.h"

static const char catalogue[] =
    "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"
    "msgid \"%s: cannot be read: %s\"\nmsgstr \"%s：无法读取：%s\"\n\n"
    "msgid \"%s has no layer %d\"\nmsgstr \"第 %2$d 层不在 %1$s 中\"\n";

/* A folder of data with the catalogue in it; bound once, for all tests of this program. */
static void bind_catalogue(void)
{
    g_autofree char *folder =
        g_build_filename(suite_path("data"), "locale", "zh_CN", "LC_MESSAGES", NULL);
    const char *po = suite_path("zh_CN.po");
    g_autofree char *command = g_strdup_printf("msgfmt -o '%s/redline.mo' '%s'", folder, po);

    CHECK_INT(g_mkdir_with_parents(folder, 0755), 0);
    CHECK(g_file_set_contents(po, catalogue, -1, NULL));
    CHECK_INT(system(command), 0);
    g_setenv("REDLINE_DATA", suite_path("data"), TRUE);
    g_setenv("LANGUAGE", "zh_CN", TRUE);
    CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
    rdl_messages_bind();
}

static void check_said(const char *english, const char *expected)
{
    g_autofree char *told = rdl_message_said(english);

    CHECK_TEXT(told, expected);
}

static void unbound_all_is_english(void)
{
    GError *error = NULL;

    rdl_fail(&error, RDL_ERROR_IO, "%s: cannot be read: %s", "a.tif", "no such file");
    CHECK_TEXT(error->message, "a.tif: cannot be read: no such file");
    check_said(error->message, "a.tif: cannot be read: no such file");
    g_clear_error(&error);
}

static void results_stay_english_and_the_terminal_does_not(void)
{
    GError *inner = NULL, *error = NULL;

    bind_catalogue();
    rdl_fail(&inner, RDL_ERROR_DATA, "%s has no layer %d", "b.gpkg", 3);
    CHECK_TEXT(inner->message, "b.gpkg has no layer 3");
    rdl_fail(&error, RDL_ERROR_IO, "%s: cannot be read: %s", "a.tif", inner->message);
    g_prefix_error(&error, "V-12: ");
    CHECK_TEXT(error->message, "V-12: a.tif: cannot be read: b.gpkg has no layer 3");
    check_said(error->message, "V-12: a.tif：无法读取：第 3 层不在 b.gpkg 中");
    g_autofree char *warning = rdl_say("%s has no layer %d", "c.gpkg", 4);
    CHECK_TEXT(warning, "c.gpkg has no layer 4");
    check_said(warning, "第 4 层不在 c.gpkg 中");
    check_said("never said", "never said");
    g_clear_error(&inner);
    g_clear_error(&error);
}

static void what_was_said_long_ago_is_forgotten(void)
{
    g_autofree char *first = rdl_say("%s has no layer %d", "d.gpkg", 5);

    for (int i = 0; i < 300; i++) {
        g_autofree char *more = rdl_say("%s has no layer %d", "e.gpkg", i);
    }
    check_said(first, "d.gpkg has no layer 5");
}

static CU_TestInfo tests[] = {
    {"unbound all is English", unbound_all_is_english},
    {"results stay English and the terminal does not",
     results_stay_english_and_the_terminal_does_not},
    {"what was said long ago is forgotten", what_was_said_long_ago_is_forgotten},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.message", tests, argc, argv);
}
