#include "rectify/recorded.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "geo/geo.h"
#include "store/store.h"

#define LEVELS 6 /* folders above the ledger in which recorded paths are tried */

static void recorded_free(gpointer p)
{
    rdl_recorded *r = p;

    g_free(r->role);
    g_free(r->path);
    g_free(r->hint);
    g_free(r->digest);
    g_free(r->date_before);
    g_free(r->date_after);
    g_free(r->sensor);
    g_free(r->bands);
    g_free(r);
}

static bool is_known(const GPtrArray *all, const rdl_recorded *r)
{
    for (guint i = 0; i < all->len; i++) {
        const rdl_recorded *other = all->pdata[i];
        if (strcmp(other->role, r->role) == 0 && strcmp(other->path, r->path) == 0 &&
            other->scene == r->scene && g_strcmp0(other->digest, r->digest) == 0)
            return true;
    }
    return false;
}

static void add_input(GPtrArray *all, JsonObject *input, JsonObject *options, bool scene)
{
    rdl_recorded *r = g_new0(rdl_recorded, 1);

    r->role = g_strdup(rdl_json_text(input, "role", ""));
    r->path = g_strdup(rdl_json_text(input, "path", ""));
    r->digest = g_strdup(rdl_json_text(input, "sha256", NULL));
    r->scene = scene;
    if (scene && options) {
        r->date_before = g_strdup(rdl_json_text(options, "date_before", NULL));
        r->date_after = g_strdup(rdl_json_text(options, "date_after", NULL));
        r->sensor = g_strdup(rdl_json_text(options, "sensor", NULL));
        r->bands = g_strdup(rdl_json_text(options, "bands", NULL));
    }
    if (*r->path && !is_known(all, r))
        g_ptr_array_add(all, r);
    else
        recorded_free(r);
}

/* A manifest and those of its inputs; scenes are told by the detection that read them. */
static void add_manifest(GPtrArray *all, JsonObject *manifest, int depth)
{
    bool detect = strcmp(rdl_json_text(manifest, "command", ""), "detect") == 0;
    JsonNode *node = json_object_get_member(manifest, "inputs");
    JsonArray *inputs = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; depth < 8 && inputs && i < json_array_get_length(inputs); i++) {
        JsonNode *one = json_array_get_element(inputs, i);
        JsonObject *input = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL;
        JsonObject *made_by = input ? rdl_json_object(input, "made_by") : NULL;
        if (input)
            add_input(all, input, rdl_json_object(manifest, "options"), detect);
        if (made_by)
            add_manifest(all, made_by, depth + 1);
    }
}

static bool add_text(GPtrArray *all, const char *text, const char *name, char **as_of,
                     GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_parse(text, name, error);

    if (!node)
        return false;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return true;
    JsonObject *options = rdl_json_object(json_node_get_object(node), "options");
    const char *day = options ? rdl_json_text(options, "as_of", NULL) : NULL;
    if (day && g_strcmp0(day, *as_of) > 0) {
        g_free(*as_of);
        *as_of = g_strdup(day);
    }
    add_manifest(all, json_node_get_object(node), 0);
    return true;
}

char *rdl_findings_manifest(const char *findings, GError **error)
{
    g_autofree char *path = g_strconcat(findings, ".run.json", NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        rdl_fail(error, RDL_ERROR_NOT_FOUND,
                 "%s: the manifest of the findings is not beside them: keep both together, or load "
                 "them into a ledger",
                 path);
    return text;
}

static int compare_names(const char *const *a, const char *const *b)
{
    return strcmp(*a, *b);
}

static bool add_loads(GPtrArray *all, const char *ledger, char **as_of, GError **error)
{
    g_autoptr(rdl_store) store = rdl_store_open(ledger, RDL_STORE_READ, error);
    g_autoptr(rdl_statement) s =
        store ? rdl_statement_new(store,
                                  "SELECT manifest FROM load WHERE manifest IS NOT NULL "
                                  "ORDER BY at DESC, digest",
                                  error)
              : NULL;
    bool row = true;

    while (s && rdl_statement_step(s, &row, error)) {
        if (!row)
            return true;
        if (!add_text(all, rdl_statement_get_text(s, 0), ledger, as_of, error))
            return false;
    }
    return false;
}

static bool add_load(JsonArray *loads, rdl_statement *s, const char *name, GError **error)
{
    const char *text = rdl_statement_get_text(s, 2);
    g_autoptr(JsonNode) manifest = text ? rdl_json_parse(text, name, error) : NULL;

    if (text && !manifest)
        return false;
    JsonObject *load = json_object_new();
    rdl_json_set_text(load, "digest", rdl_statement_get_text(s, 0));
    rdl_json_set_text(load, "at", rdl_statement_get_text(s, 1));
    if (manifest && JSON_NODE_HOLDS_OBJECT(manifest))
        json_object_set_member(load, "manifest", g_steal_pointer(&manifest));
    json_array_add_object_element(loads, load);
    return true;
}

JsonArray *rdl_loads_recorded(const char *ledger, GError **error)
{
    g_autoptr(rdl_store) store = rdl_store_open(ledger, RDL_STORE_READ, error);
    g_autoptr(rdl_statement) s =
        store ? rdl_statement_new(
                    store, "SELECT digest, at, manifest FROM load ORDER BY at, digest", error)
              : NULL;
    g_autoptr(JsonArray) loads = json_array_new();
    bool row = true;

    while (s && rdl_statement_step(s, &row, error)) {
        if (!row)
            return g_steal_pointer(&loads);
        if (!add_load(loads, s, ledger, error))
            return NULL;
    }
    return NULL;
}

/* Manifests that lie beside the ledger tell the whole path of the same bytes. */
static void add_hints(GPtrArray *all, const char *near)
{
    g_autofree char *folder = g_path_get_dirname(near);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) beside = g_ptr_array_new_with_free_func(recorded_free);
    g_autofree char *ignored = NULL;
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".run.json"))
            g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, (GCompareFunc)compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *text = NULL;
        if (g_file_get_contents(names->pdata[i], &text, NULL, NULL))
            add_text(beside, text, names->pdata[i], &ignored, NULL); /* a hint, no more */
    }
    for (guint i = 0; i < all->len; i++)
        for (guint k = 0; k < beside->len; k++) {
            rdl_recorded *r = all->pdata[i];
            const rdl_recorded *b = beside->pdata[k];
            if (!r->hint && r->digest && g_strcmp0(r->digest, b->digest) == 0 &&
                strcmp(r->path, b->path) != 0)
                r->hint = g_strdup(b->path);
        }
}

GPtrArray *rdl_recorded_read(const char *ledger, const char *findings, char **as_of, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(recorded_free);
    bool good;

    *as_of = NULL;
    if (findings) {
        g_autofree char *text = rdl_findings_manifest(findings, error);
        good = text && add_text(all, text, findings, as_of, error);
    } else {
        good = add_loads(all, ledger, as_of, error);
        add_hints(all, ledger);
    }
    return good ? g_steal_pointer(&all) : NULL;
}

bool rdl_recorded_main(const rdl_recorded *recorded)
{
    static const char *const beside[] = {".dbf", ".prj", ".cpg", ".shx"};

    for (size_t i = 0; i < G_N_ELEMENTS(beside); i++)
        if (g_str_has_suffix(recorded->path, beside[i]))
            return false;
    return true;
}

/* The recorded path as seen from one folder; then the file's name alone. NULL: not there. */
static char *in_folder(const char *folder, const char *path)
{
    g_autofree char *whole = g_build_filename(folder, path, NULL);
    g_autofree char *base = g_path_get_basename(path);

    if (!g_path_is_absolute(path) && g_file_test(whole, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&whole);
    g_autofree char *plain = g_build_filename(folder, base, NULL);
    return g_file_test(plain, G_FILE_TEST_EXISTS) ? g_steal_pointer(&plain) : NULL;
}

/* Does the file, links followed, lie at or below the folder? */
static bool is_below(const char *folder, const char *path)
{
    char real[PATH_MAX], top[PATH_MAX];

    if (!realpath(path, real) || !realpath(folder, top))
        return false;
    size_t n = strlen(top);
    return strncmp(real, top, n) == 0 && (real[n] == '/' || real[n] == '\0' || n == 1);
}

/* The digest of a product is that of its files; NULL: it is none. */
static char *product_digest(const char *path)
{
    g_autoptr(rdl_raster) product =
        rdl_source_stays(path, NULL) ? rdl_raster_open(path, NULL) : NULL;
    g_auto(GStrv) files = product ? rdl_raster_files(product) : NULL;

    return files && *files ? rdl_digest_files(files, NULL) : NULL;
}

/* Has it the digest that is recorded? Where none is, *yes only below the ledger's own folder:
 * whoever wrote a ledger may name any file, but not know its bytes. */
static bool is_same(const rdl_recorded *r, const char *path, const char *home, bool *yes,
                    GError **error)
{
    *yes = is_below(home, path) &&
           (g_file_test(path, G_FILE_TEST_IS_REGULAR) || g_file_test(path, G_FILE_TEST_IS_DIR));
    bool plain = g_file_test(path, G_FILE_TEST_IS_REGULAR);
    if (!r->digest || (!plain && !g_file_test(path, G_FILE_TEST_IS_DIR)))
        return true;
    g_autofree char *digest = plain ? rdl_digest_file(path, error) : NULL;
    if (plain && !digest)
        return false;
    *yes = plain && strcmp(digest, r->digest) == 0;
    if (*yes)
        return true;
    g_autofree char *whole = product_digest(path);
    *yes = g_strcmp0(whole, r->digest) == 0;
    return true;
}

/* A place to look: the path as it is, as the hint has it, then below folder after folder, where
 * whoever worked in one of them has named it from there. */
static char *candidate(const rdl_recorded *r, int i, const char *folder)
{
    const char *path = i % 2 == 0 ? r->path : r->hint;

    if (path && i >= 2)
        return in_folder(folder, path);
    return path && g_file_test(path, G_FILE_TEST_EXISTS) ? g_strdup(path) : NULL;
}

char *rdl_recorded_find(const rdl_recorded *r, const char *near, GError **error)
{
    g_autofree char *whole = g_canonicalize_filename(near, NULL);
    g_autofree char *home = g_path_get_dirname(whole), *folder = g_strdup(home);
    g_autofree char *other = NULL;
    bool same = false;

    if (g_str_has_prefix(r->path, "/vsi") || strstr(r->path, "://"))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: is no file of this machine; what a ledger records is not fetched from "
                        "elsewhere",
                        r->path),
               NULL;
    for (int i = 0; i < 2 + 2 * LEVELS; i++) {
        g_autofree char *path = candidate(r, i, folder);
        if (path && !is_same(r, path, home, &same, error))
            return NULL;
        if (path && same)
            return rdl_source_stays(path, error) ? g_steal_pointer(&path) : NULL;
        if (path && !other)
            other = g_steal_pointer(&path);
        if (i >= 2 && i % 2) {
            char *parent = g_path_get_dirname(folder);
            g_free(folder);
            folder = parent;
        }
    }
    if (other && !r->digest)
        rdl_fail(error, RDL_ERROR_DATA,
                 "%s: has no digest on record and lies outside the ledger's folder: it is not "
                 "opened for the ledger's sake",
                 other);
    else if (other)
        rdl_fail(error, RDL_ERROR_DATA, "%s: is not the file that was read, its digest differs",
                 other);
    else
        rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: is not there any more", r->path);
    return NULL;
}

/* ---- the scenes of a detection ---- */

void rdl_scenes_used_clear(rdl_scenes_used *used)
{
    g_free(used->before);
    g_free(used->after);
    g_free(used->bands);
    g_free(used->sensor);
    g_free(used->date_before);
    g_free(used->date_after);
    *used = (rdl_scenes_used){0};
}

/* The one scene of that role, NULL without error where none is recorded. */
static bool only_scene(const GPtrArray *all, const char *role, const rdl_recorded **scene,
                       GError **error)
{
    *scene = NULL;
    for (guint i = 0; i < all->len; i++) {
        const rdl_recorded *r = all->pdata[i];
        if (!r->scene || strcmp(r->role, role) != 0)
            continue;
        if (*scene && (g_strcmp0((*scene)->digest, r->digest) != 0 ||
                       (!r->digest && strcmp((*scene)->path, r->path) != 0)))
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "several pairs of scenes are recorded (%s, %s ...): give --before and "
                            "--after",
                            (*scene)->path, r->path);
        *scene = r;
    }
    return true;
}

static bool take_scene(const GPtrArray *all, const char *role, const char *near, char **path,
                       rdl_scenes_used *used, GError **error)
{
    const rdl_recorded *r;

    if (!only_scene(all, role, &r, error))
        return false;
    if (!r)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: no scene %s is recorded in it: give --before and --after", near, role);
    if (!(*path = rdl_recorded_find(r, near, error)))
        return g_prefix_error(error, "scene %s (--%s gives another): ", role, role), false;
    if (!used->bands)
        used->bands = g_strdup(r->bands);
    if (!used->sensor)
        used->sensor = g_strdup(r->sensor);
    if (!used->date_before)
        used->date_before = g_strdup(r->date_before);
    if (!used->date_after)
        used->date_after = g_strdup(r->date_after);
    return true;
}

bool rdl_scenes_recorded(const char *ledger, rdl_scenes_used *used, GError **error)
{
    g_autofree char *as_of = NULL;
    g_autoptr(GPtrArray) all = rdl_recorded_read(ledger, NULL, &as_of, error);

    return all && take_scene(all, "before", ledger, &used->before, used, error) &&
           take_scene(all, "after", ledger, &used->after, used, error);
}
