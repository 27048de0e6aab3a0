#include "rectify/paper.h"

#include <string.h>

char *rdl_paper_file(const char *title, const char *folder)
{
    g_auto(GStrv) parts = g_strsplit(title, "/", -1);
    g_autofree char *path = folder ? g_build_filename(folder, title, NULL) : g_strdup(title);

    if (folder && (!*folder || *title == '/' || g_strv_contains((const char *const *)parts, "..") ||
                   g_file_test(path, G_FILE_TEST_IS_SYMLINK)))
        return NULL;
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&path) : NULL;
}

/* One paper under `name` (NULL: none of the needed). */
static bool add_paper(JsonArray *papers, const char *name, const char *title, const char *folder,
                      GError **error)
{
    g_autofree char *file = rdl_paper_file(title, folder), *digest = NULL;

    if (file && !(digest = rdl_digest_file(file, error)))
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

/* "scans/a.pdf" is meant as a file, "初审意见" and "第1.2条" are titles. */
static bool looks_like_file(const char *title)
{
    const char *dot = strrchr(title, '.');
    size_t n = dot && dot > title ? strspn(dot + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS) : 0;

    return strchr(title, '/') ||
           (n > 0 && n <= 5 && !dot[1 + n] && strspn(dot + 1, G_CSET_DIGITS) < n);
}

/* A slip of the pen is no title: what looks like a file of ours is there. */
static bool file_there(const char *title, GError **error)
{
    return !looks_like_file(title) || g_file_test(title, G_FILE_TEST_IS_REGULAR) ||
           rdl_fail(error, RDL_ERROR_NOT_FOUND,
                    "%s: there is no such file; a paper without a file is named by a title "
                    "without a slash or an ending",
                    title);
}

static bool take_paper(JsonArray *papers, const char *paper, char *const *needed, GHashTable *there,
                       const char *folder, GError **error)
{
    const char *name = NULL, *file = behind_name(paper, needed, &name);
    g_autofree char *found = file && file != paper ? rdl_paper_file(file, folder) : NULL;

    if (file && file != paper && !found)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such file: %s", name, file);
    if (!folder && !name && !file_there(paper, error))
        return false;
    if (name)
        g_hash_table_add(there, (gpointer)name);
    return add_paper(papers, name, file ? file : paper, folder, error);
}

static bool all_there(char *const *needed, GHashTable *there, GError **error)
{
    for (; *needed; needed++)
        if (**needed && !g_hash_table_contains(there, *needed))
            return rdl_fail(error, RDL_ERROR_USAGE, "%s is missing: give --document %s=FILE",
                            *needed, *needed);
    return true;
}

JsonArray *rdl_papers(const char *given, const char *needed, const char *folder, GError **error)
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
        if (!take_paper(list, *p, names, there, folder, error))
            return NULL;
    }
    if (n == 1 && !strchr(papers[0], '='))
        return g_steal_pointer(&list);
    return all_there(names, there, error) ? g_steal_pointer(&list) : NULL;
}
