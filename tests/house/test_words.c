/* A key stands once in a table of words: of two the first is taken, wherever the second was meant. */
#include <stdio.h>
#include <string.h>
#include "suite.h"

/* "key" of a line that begins {"key", ...; NULL. Yours. */
static char *key_of(const char *line)
{
    const char *begin = line + strlen("    {\""), *end = strchr(begin, '"');

    return end ? g_strndup(begin, (gsize)(end - begin)) : NULL;
}

static void check_file(const char *path, guint *tables)
{
    g_autofree char *text = NULL;
    g_autoptr(GHashTable) known = NULL;

    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **l = lines; *l; l++) {
        if (strstr(*l, "const rdl_label ") && strstr(*l, "[] = {")) {
            g_clear_pointer(&known, g_hash_table_unref);
            known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            ++*tables;
        }
        char *key = known && g_str_has_prefix(*l, "    {\"") ? key_of(*l) : NULL;
        if (key && g_hash_table_contains(known, key)) {
            printf("\n    %s: %s is there twice", path, key);
            CHECK(!"a key is there twice");
        }
        if (key)
            g_hash_table_add(known, key);
        if (strcmp(*l, "};") == 0)
            g_clear_pointer(&known, g_hash_table_unref);
    }
}

static void walk(const char *folder, guint *tables)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            walk(path, tables);
        else if (g_str_has_suffix(name, ".c"))
            check_file(path, tables);
    }
}

static void a_key_stands_once(void)
{
    guint tables = 0;

    walk(suite_source("engine"), &tables);
    CHECK(tables > 5);
}

static CU_TestInfo tests[] = {{"a key stands once", a_key_stands_once}, CU_TEST_INFO_NULL};

int main(int argc, char **argv)
{
    return run_suite("house.words", tests, argc, argv);
}
