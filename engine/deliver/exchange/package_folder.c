#include "deliver/exchange/package_folder.h"

#include <string.h>
#include <glib/gstdio.h>

/* ---- files ---- */

/* manifest.json, work.gpkg, attachments/NAME and photos/NAME; nothing else. */
static bool belongs(const char *name)
{
    const char *slash = strchr(name, '/');

    if (!slash)
        return strcmp(name, RDL_PACKAGE_WORK) == 0 || strcmp(name, RDL_PACKAGE_MANIFEST) == 0;
    return (g_str_has_prefix(name, "attachments/") || g_str_has_prefix(name, "photos/")) &&
           !strchr(slash + 1, '/');
}

/* All files but the manifest, by name. */
static GPtrArray *files_of(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = rdl_folder_names(folder, error);

    for (guint i = names ? names->len : 0; i > 0; i--) {
        const char *name = names->pdata[i - 1];
        if (!belongs(name))
            return rdl_fail(
                       error, RDL_ERROR_DATA,
                       "%s: %s belongs in no package: work.gpkg (closed in QGIS), attachments/ "
                       "and photos/ do",
                       folder, name),
                   NULL;
        if (strcmp(name, RDL_PACKAGE_MANIFEST) == 0)
            g_ptr_array_remove_index(names, i - 1);
    }
    return g_steal_pointer(&names);
}

/* ---- manifest ---- */

static JsonArray *digests_of(const char *folder, const GPtrArray *names, GError **error)
{
    g_autoptr(JsonArray) files = json_array_new();

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *digest = rdl_digest_file(path, error);
        GStatBuf facts;
        if (!digest)
            return NULL;
        if (g_stat(path, &facts) != 0)
            return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read", path), NULL;
        JsonObject *o = json_object_new();
        rdl_json_set_text(o, "name", names->pdata[i]);
        json_object_set_int_member(o, "bytes", facts.st_size);
        rdl_json_set_text(o, "sha256", digest);
        json_array_add_object_element(files, o);
    }
    return g_steal_pointer(&files);
}

/* The manifest is written into the folder first, in place of the one that is there. */
static bool write_manifest(const char *folder, JsonObject *facts, const GPtrArray *names,
                           GError **error)
{
    g_autofree char *path = g_build_filename(folder, RDL_PACKAGE_MANIFEST, NULL);
    JsonArray *files = digests_of(folder, names, error);

    if (!files)
        return false;
    json_object_set_array_member(facts, "files", files);
    g_autoptr(JsonNode) node = rdl_json_node(facts);
    g_autofree char *text = rdl_json_pretty(node);
    return rdl_output_text(path, text, true, error);
}

bool rdl_package_list(const char *folder, JsonObject *facts, GError **error)
{
    g_autoptr(GPtrArray) names = files_of(folder, error);

    return names && write_manifest(folder, facts, names, error);
}

bool rdl_package_pack(const char *folder, JsonObject *facts, const char *path, GError **error)
{
    g_autoptr(GPtrArray) names = files_of(folder, error);
    rdl_day day = 0;

    rdl_day_parse(rdl_json_text(facts, "date", ""), &day, NULL);
    return names && write_manifest(folder, facts, names, error) &&
           rdl_bundle_pack(folder, path, rdl_day_stamped(day), false, error);
}

JsonNode *rdl_package_manifest(const char *folder, const char *shown, GError **error)
{
    g_autofree char *path = g_build_filename(folder, RDL_PACKAGE_MANIFEST, NULL), *text = NULL;
    g_autoptr(JsonNode) node = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has no %s: is it a package of redline?", shown,
                        RDL_PACKAGE_MANIFEST),
               NULL;
    if (!(node = rdl_json_parse(text, shown, error)))
        return NULL;
    JsonObject *o = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    if (!o || rdl_json_real(o, "package", 0.0) != 1.0 || !rdl_json_text(o, "issue", NULL))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: its manifest is none of a package of version 1 that was issued",
                        shown),
               NULL;
    return g_steal_pointer(&node);
}

/* name -> digest, as the manifest has them. */
static GHashTable *told_of(JsonObject *manifest, const char *shown, GError **error)
{
    JsonNode *node = json_object_get_member(manifest, "files");
    JsonArray *files = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; files && i < json_array_get_length(files); i++) {
        JsonNode *one = json_array_get_element(files, i);
        JsonObject *o = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL;
        const char *name = rdl_json_text(o, "name", NULL),
                   *sha256 = rdl_json_text(o, "sha256", NULL);
        if (!name || !sha256 || !g_hash_table_insert(told, (gpointer)name, (gpointer)sha256))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: its manifest is damaged", shown), NULL;
    }
    return files
               ? g_steal_pointer(&told)
               : (rdl_fail(error, RDL_ERROR_DATA, "%s: its manifest names no files", shown), NULL);
}

static bool check_file(const char *folder, const char *name, const char *told, const char *shown,
                       GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *digest = rdl_digest_file(path, error);

    if (!digest)
        return false;
    if (!told)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: %s is not in its manifest", shown, name);
    if (g_str_has_prefix(name, "attachments/") && strcmp(strchr(name, '/') + 1, digest) != 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: %s is not what its name says", shown, name);
    return strcmp(told, digest) == 0 ||
           rdl_fail(
               error, RDL_ERROR_DATA,
               "%s: %s is not what its manifest says (SHA-256 %.12s..., not %.12s...): a package "
               "that was worked on is sealed by redline export FOLDER --profile return",
               shown, name, digest, told);
}

JsonNode *rdl_package_check(const char *folder, const char *shown, const rdl_progress *progress,
                            GError **error)
{
    g_autoptr(JsonNode) manifest = rdl_package_manifest(folder, shown, error);
    g_autoptr(GHashTable) told =
        manifest ? told_of(json_node_get_object(manifest), shown, error) : NULL;
    g_autoptr(GPtrArray) names = told ? files_of(folder, error) : NULL;

    if (!names)
        return NULL;
    for (guint i = 0; i < names->len; i++)
        if (!rdl_progress_tell(progress, (double)i / names->len, "check", error) ||
            !check_file(folder, names->pdata[i], g_hash_table_lookup(told, names->pdata[i]), shown,
                        error))
            return NULL;
    if (names->len != g_hash_table_size(told))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has %u files, its manifest names %u", shown,
                        names->len, g_hash_table_size(told)),
               NULL;
    return g_steal_pointer(&manifest);
}
