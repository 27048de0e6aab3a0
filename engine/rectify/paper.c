#include "rectify/paper.h"

#include <string.h>

/* One paper under `name` (NULL: none of the needed). */
static bool add_paper(JsonArray *papers, const char *name, const char *title, GError **error)
{
    g_autofree char *digest = NULL;

    if (g_file_test(title, G_FILE_TEST_IS_REGULAR) && !(digest = rdl_digest_file(title, error)))
        return false;
    JsonObject *o = json_object_new();
    json_array_add_object_element(papers, o);
    rdl_json_set_text(o, "name", name);
    rdl_json_set_text(o, "title", title);
    rdl_json_set_text(o, "sha256", digest);
    return true;
}

/* "NAME=FILE" of a needed name: the part behind; NULL: it is something else. */
static const char *behind_name(const char *paper, char *const *needed, const char **name)
{
    for (; *needed; needed++) {
        size_t n = strlen(*needed);
        if (n && strncmp(paper, *needed, n) == 0 && (paper[n] == '=' || !paper[n])) {
            *name = *needed;
            return paper[n] ? paper + n + 1 : paper;
        }
    }
    return NULL;
}

static bool take_paper(JsonArray *papers, const char *paper, char *const *needed, GHashTable *there,
                       GError **error)
{
    const char *name = NULL, *file = behind_name(paper, needed, &name);

    if (file && file != paper && !g_file_test(file, G_FILE_TEST_IS_REGULAR))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such file: %s", name, file);
    if (name)
        g_hash_table_add(there, (gpointer)name);
    return add_paper(papers, name, file ? file : paper, error);
}

static bool all_there(char *const *needed, GHashTable *there, GError **error)
{
    for (; *needed; needed++)
        if (**needed && !g_hash_table_contains(there, *needed))
            return rdl_fail(error, RDL_ERROR_USAGE, "%s is missing: give --document %s=FILE",
                            *needed, *needed);
    return true;
}

JsonArray *rdl_papers(const char *given, const char *needed, GError **error)
{
    g_auto(GStrv) papers = g_strsplit(given ? given : "", "|", -1);
    g_auto(GStrv) names = g_strsplit(needed, "|", -1);
    g_autoptr(JsonArray) list = json_array_new();
    g_autoptr(GHashTable) there = g_hash_table_new(g_str_hash, g_str_equal);
    guint n = 0;

    for (char **p = papers; *p; p++) {
        if (!**p)
            continue;
        n++;
        if (!take_paper(list, *p, names, there, error))
            return NULL;
    }
    if (n == 1 && !strchr(papers[0], '='))
        return g_steal_pointer(&list);
    return all_there(names, there, error) ? g_steal_pointer(&list) : NULL;
}
