/* The picture of the house stays true because a machine looks: engine/LAYERS against #include. */
#include <stdio.h>
#include <string.h>
#include "suite.h"

/* folder -> set of folders it may include, from engine/LAYERS */
static GHashTable *read_layers(void)
{
    GHashTable *layers = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *text = NULL;

    CHECK(g_file_get_contents(suite_source("engine/LAYERS"), &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **l = lines; *l; l++) {
        char *colon = strchr(*l, ':');
        if (**l == '#' || !colon)
            continue;
        GHashTable *below = g_hash_table_new(g_str_hash, g_str_equal);
        g_auto(GStrv) words = g_strsplit_set(colon + 1, " ", -1);
        for (char **w = words; *w; w++)
            g_hash_table_add(below, (gpointer)g_intern_string(*w));
        *colon = '\0';
        g_hash_table_insert(layers, (gpointer)g_intern_string(*l), below);
    }
    return layers;
}

static void check_include(const char *path, const char *folder, GHashTable *below, const char *line)
{
    char target[64], header[128];

    if (sscanf(line, "#include \"%63[^/\"]/%127[^\"]\"", target, header) != 2 ||
        strcmp(target, folder) == 0)
        return;
    g_autofree char *door = g_strconcat(target, ".h", NULL);
    if (!below || !g_hash_table_contains(below, target)) {
        printf("\n    %s: %s may not include %s", path, folder, target);
        CHECK(!"an arrow points upward");
    }
    if (strcmp(header, door) != 0) {
        printf("\n    %s: enters %s by %s, not by its door", path, target, header);
        CHECK(!"a room is entered from outside");
    }
}

/* Headers of foreign libraries stay where they are translated. */
static void check_foreign(const char *path, const char *folder, const char *line)
{
    static const struct {
        const char *part, *folder;
    } homes[] = {{"<gdal", "geo"}, {"<ogr", "geo"}, {"<cpl", "geo"}, {"<geos_c", "geo"},
                 {"<proj", "geo"}, {"<sqlite3", "store"}, {"<spatialite", "store"},
                 {"<mapserver", "deliver"}, {"<map", "deliver"}, {"<cairo", "deliver"},
                 {"<pango", "deliver"}, {"<librsvg", "deliver"}};

    for (size_t i = 0; i < G_N_ELEMENTS(homes); i++)
        if (g_str_has_prefix(line, "#include") && strstr(line, homes[i].part) &&
            strcmp(folder, homes[i].folder) != 0) {
            printf("\n    %s: %s", path, line);
            CHECK(!"a foreign header is out of its folder");
        }
}

static int walk(const char *path, const char *folder, GHashTable *below)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    int files = 0;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL), *text = NULL;
        if (g_file_test(child, G_FILE_TEST_IS_DIR)) {
            files += walk(child, folder, below);
            continue;
        }
        if ((!g_str_has_suffix(name, ".c") && !g_str_has_suffix(name, ".h")) ||
            !g_file_get_contents(child, &text, NULL, NULL))
            continue;
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **l = lines; *l; l++) {
            check_include(child, folder, below, *l);
            check_foreign(child, folder, *l);
        }
        files++;
    }
    if (dir)
        g_dir_close(dir);
    return files;
}

static void arrows_point_downward_and_enter_by_doors(void)
{
    static const char *const folders[] = {"base", "geo", "store", "detect", "screen", "rectify",
                                          "deliver", "run"};
    g_autoptr(GHashTable) layers = read_layers();
    int files = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(suite_source("engine"), folders[i], NULL);
        files += walk(path, folders[i], g_hash_table_lookup(layers, folders[i]));
    }
    files += walk(suite_source("cli"), "cli", g_hash_table_lookup(layers, "cli"));
    CHECK(files > 50);
}

static void banned_calls_are_not_made(void)
{
    static const char *const banned[] = {"strcpy", "strcat", "sprintf", "strtok", "atoi", "localtime",
                                         "gets"};

    for (size_t i = 0; i < G_N_ELEMENTS(banned); i++) {
        g_autofree char *command = g_strdup_printf(
            "grep -rnwE '(^|[^_a-z])%s *\\(' '%s' '%s' --include=*.c --include=*.h", banned[i],
            suite_source("engine"), suite_source("cli"));
        g_autofree char *out = NULL;
        const char *argv[] = {"sh", "-c", command, NULL};
        CHECK(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL,
                           NULL, NULL));
        CHECK_TEXT(out, "");
    }
}

static CU_TestInfo tests[] = {
    {"arrows point downward and enter by doors", arrows_point_downward_and_enter_by_doors},
    {"banned calls are not made", banned_calls_are_not_made},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("house.layers", tests, argc, argv);
}
