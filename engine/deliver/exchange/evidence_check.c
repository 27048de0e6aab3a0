#include <string.h>
#include <glib/gstdio.h>
#include "deliver/exchange.h"
#include "deliver/exchange/evidence_pack.h"
#include "geo/geo.h"

#define TOLD 5 /* files named in a message */

bool rdl_evidence_is_pack(const char *path)
{
    g_autofree char *sums = g_build_filename(path, RDL_PACK_SUMS, NULL);
    g_autofree char *manifest = g_build_filename(path, RDL_PACK_MANIFEST, NULL);

    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_file_test(sums, G_FILE_TEST_EXISTS) && g_file_test(manifest, G_FILE_TEST_EXISTS);
    g_auto(GStrv) names = rdl_bundle_archive(path) ? rdl_archive_names(path, NULL) : NULL;
    return names && g_strv_contains((const char *const *)names, RDL_PACK_SUMS) &&
           g_strv_contains((const char *const *)names, RDL_PACK_MANIFEST);
}

/* "digest  name" lines as name -> digest. */
static GHashTable *read_sums(const char *text)
{
    GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **l = lines; *l; l++)
        if (strlen(*l) > 66)
            g_hash_table_insert(sums, g_strdup(*l + 66), g_strndup(*l, 64));
    return sums;
}

/* What differs, for people: the first few names with what is wrong. */
static char *differences(const char *said, const char *got)
{
    g_autoptr(GHashTable) a = read_sums(said), b = read_sums(got);
    g_autoptr(GList) names = g_list_concat(g_hash_table_get_keys(a), g_hash_table_get_keys(b));
    GString *out = g_string_new(NULL);
    const char *last = NULL;
    int n = 0;

    names = g_list_sort(names, (GCompareFunc)strcmp);
    for (GList *i = names; i; i = i->next) {
        const char *x = g_hash_table_lookup(a, i->data), *y = g_hash_table_lookup(b, i->data);
        if (g_strcmp0(i->data, last) == 0 || g_strcmp0(x, y) == 0)
            continue;
        last = i->data;
        if (n++ < TOLD)
            g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", last,
                                   !x   ? "is not in " RDL_PACK_SUMS
                                   : !y ? "is missing"
                                        : "was changed");
    }
    if (!n)
        g_string_append(out, RDL_PACK_SUMS " was changed");
    return g_string_free(out, FALSE);
}

static bool check_sums(const char *shown, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, RDL_PACK_SUMS, NULL), *said = NULL;
    g_autofree char *got = rdl_folder_sums(folder, RDL_PACK_SUMS, error);
    gsize n = 0;

    if (!got)
        return false;
    if (!g_file_get_contents(path, &said, &n, NULL))
        return rdl_fail(error, RDL_ERROR_IO, "%s: %s cannot be read", shown, RDL_PACK_SUMS);
    if (n == strlen(got) && memcmp(said, got, n) == 0)
        return true;
    g_autofree char *why = differences(said, got);
    return rdl_fail(error, RDL_ERROR_BALANCE, "%s: is not as it was made: %s", shown, why);
}

static JsonObject *read_object(const char *shown, const char *folder, const char *name,
                               GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: holds no %s", shown, name), NULL;
    g_autoptr(JsonNode) node = rdl_json_parse(text, path, error);
    if (!node)
        return NULL;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: %s is no object", shown, name), NULL;
    return json_node_dup_object(node);
}

/* Each event gives the hash it carries. */
static bool check_events(const char *shown, const char *folder, guint *n, GError **error)
{
    g_autoptr(JsonObject) o = read_object(shown, folder, RDL_PACK_EVENTS, error);
    JsonNode *node = o ? json_object_get_member(o, "events") : NULL;

    if (!o)
        return false;
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: %s holds no events", shown, RDL_PACK_EVENTS);
    JsonArray *events = json_node_get_array(node);
    *n = json_array_get_length(events);
    for (guint i = 0; i < *n; i++) {
        JsonNode *one = json_array_get_element(events, i);
        JsonObject *event = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL;
        if (!event || !rdl_ledger_event_sound(event))
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s: event %s: its content does not give its hash", shown,
                            event ? rdl_json_text(event, "seq", "?") : "?");
    }
    return true;
}

/* Packed again, the files give the archive: nothing was added, moved or altered between them. */
static bool check_archive(const char *path, const char *folder, rdl_day day, GError **error)
{
    g_autoptr(rdl_scratch) home = rdl_scratch_new(error);
    g_autofree char *again =
        home ? g_build_filename(rdl_scratch_path(home), "again.zip", NULL) : NULL;
    bool good = home && rdl_bundle_pack(folder, again, day, true, error);
    g_autofree char *a = good ? rdl_digest_file(path, error) : NULL;
    g_autofree char *b = a ? rdl_digest_file(again, error) : NULL;

    return b && (strcmp(a, b) == 0 ||
                 rdl_fail(error, RDL_ERROR_BALANCE,
                          "%s: is not as it was made: its files are whole, the archive around them "
                          "was changed",
                          path));
}

static JsonObject *check_folder(const char *shown, const char *folder, GError **error)
{
    guint events = 0;
    g_autoptr(JsonObject) manifest = check_sums(shown, folder, error)
                                         ? read_object(shown, folder, RDL_PACK_MANIFEST, error)
                                         : NULL;

    if (!manifest)
        return NULL;
    if (strcmp(rdl_json_text(manifest, "profile", ""), "evidence") != 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no evidence pack", shown), NULL;
    if (!check_events(shown, folder, &events, error))
        return NULL;
    g_autofree char *sums = rdl_folder_sums(folder, NULL, error);
    if (!sums)
        return NULL;
    g_autofree char *digest =
        rdl_digest_bytes(sums, strlen(sums)); /* as event export.made has it */
    rdl_json_set_text(manifest, "sha256", digest);
    json_object_set_int_member(manifest, "events", events);
    return g_steal_pointer(&manifest);
}

/* Its files are kept as they are: what unpacks to more is something else. */
static bool unpack(const char *path, const char *folder, GError **error)
{
    GStatBuf s = {0};
    GError *failed = NULL;

    if (g_stat(path, &s) != 0)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read", path);
    if (rdl_archive_unpack(path, folder, (guint64)s.st_size, &failed))
        return true;
    if (failed->code != RDL_ERROR_IO) {
        g_propagate_error(error, failed);
        return false;
    }
    rdl_fail(error, RDL_ERROR_BALANCE, "%s: is not as it was made: %s", path, failed->message);
    g_error_free(failed);
    return false;
}

static JsonObject *check_zip(const char *path, const char *folder, GError **error)
{
    rdl_day day;

    if (!unpack(path, folder, error))
        return NULL;
    g_autoptr(JsonObject) manifest = check_folder(path, folder, error);
    if (!manifest)
        return NULL;
    if (!rdl_day_parse(rdl_json_text(manifest, "packed", ""), &day, error) ||
        !check_archive(path, folder, day, error))
        return NULL;
    return g_steal_pointer(&manifest);
}

JsonObject *rdl_evidence_check(const char *path, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return check_folder(path, path, error);
    g_autoptr(rdl_scratch) scratch = rdl_scratch_new(error);

    return scratch ? check_zip(path, rdl_scratch_path(scratch), error) : NULL;
}
