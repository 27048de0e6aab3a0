#include "run/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "geo/geo.h"

struct rdl_state {
    char *folder, *path;
    int lock; /* the folder itself, held by flock() as long as the run lasts */
    JsonObject *stages;
};

static void remove_dead_parts(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_prefix(name, ".part-")) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            g_unlink(path);
        }
    if (dir)
        g_dir_close(dir);
}

static bool lock_folder(rdl_state *state, GError **error)
{
    state->lock = open(state->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->lock < 0)
        return rdl_fail(error, RDL_ERROR_IO, "%s: the folder cannot be opened: %s", state->folder,
                        g_strerror(errno));
    if (flock(state->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return rdl_fail(error, RDL_ERROR_CONFLICT,
                        "%s: another run is at work in this folder: wait for it, or name another "
                        "with -o",
                        state->folder);
    return true; /* a file system without locks */
}

static void read_stages(rdl_state *state)
{
    g_autofree char *text = NULL;
    g_autoptr(JsonNode) node = NULL;

    if (!g_file_get_contents(state->path, &text, NULL, NULL) ||
        !(node = rdl_json_parse(text, state->path, NULL)) || !JSON_NODE_HOLDS_OBJECT(node))
        return;
    json_object_unref(state->stages);
    state->stages = json_object_ref(json_node_get_object(node));
}

rdl_state *rdl_state_open(const char *folder, bool resume, GError **error)
{
    g_autoptr(rdl_state) state = g_new0(rdl_state, 1);

    state->folder = g_strdup(folder);
    state->path = g_build_filename(folder, "run.state.json", NULL);
    state->stages = json_object_new();
    state->lock = -1;
    if (!lock_folder(state, error))
        return NULL;
    remove_dead_parts(folder);
    if (resume)
        read_stages(state);
    return g_steal_pointer(&state);
}

void rdl_state_free(rdl_state *state)
{
    if (!state)
        return;
    if (state->lock >= 0)
        close(state->lock);
    json_object_unref(state->stages);
    g_free(state->folder);
    g_free(state->path);
    g_free(state);
}

/* A ledger with a log beside it holds more than its file says. */
static bool has_log(const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    GStatBuf facts;

    return g_stat(log, &facts) == 0 && facts.st_size > 0;
}

static bool as_left(JsonObject *outputs)
{
    g_autoptr(GList) paths = json_object_get_members(outputs);

    for (GList *p = paths; p; p = p->next) {
        g_autofree char *digest = rdl_digest_file(p->data, NULL);
        if (!digest || g_strcmp0(digest, rdl_json_text(outputs, p->data, NULL)) != 0 ||
            has_log(p->data))
            return false;
    }
    return true;
}

rdl_sheet *rdl_state_kept(const rdl_state *state, const char *stage, const char *key)
{
    JsonObject *record = rdl_json_object(state->stages, stage);
    JsonObject *outputs = record ? rdl_json_object(record, "digests") : NULL;
    JsonObject *sheet = record ? rdl_json_object(record, "sheet") : NULL;

    if (!outputs || !sheet || g_strcmp0(rdl_json_text(record, "key", NULL), key) != 0 ||
        !as_left(outputs))
        return NULL;
    return rdl_sheet_from_json(sheet, NULL);
}

static JsonArray *heads_of(JsonObject *record)
{
    JsonNode *node = record ? json_object_get_member(record, "heads") : NULL;

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

bool rdl_state_own(const rdl_state *state, const char *stage, const char *head)
{
    JsonObject *record = rdl_json_object(state->stages, stage);
    JsonArray *heads = heads_of(record);

    if (!heads || json_object_has_member(record, "shared"))
        return false;
    for (guint i = 0; i < json_array_get_length(heads); i++) {
        JsonNode *node = json_array_get_element(heads, i);
        if (JSON_NODE_HOLDS_VALUE(node) && g_strcmp0(json_node_get_string(node), head) == 0)
            return true;
    }
    return false;
}

static bool note_digest(JsonObject *digests, const char *path, const char *as, GError **error)
{
    g_autofree char *digest = rdl_digest_file(as ? as : path, error);

    if (digest)
        json_object_set_string_member(digests, path, digest);
    return digest != NULL;
}

static bool write_stages(const rdl_state *state, GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_node(state->stages);
    g_autofree char *pretty = rdl_json_pretty(node), *lines = g_strconcat(pretty, "\n", NULL);

    return rdl_output_text(state->path, lines, true, error);
}

static JsonObject *record_of(const char *key, const rdl_sheet *sheet, const char *as,
                             GError **error)
{
    g_autoptr(JsonObject) record = json_object_new();
    JsonObject *digests = json_object_new();

    json_object_set_string_member(record, "key", key);
    json_object_set_object_member(record, "digests", digests);
    for (guint i = 0; i < sheet->outputs->len; i++) {
        const char *path = sheet->outputs->pdata[i];
        g_autofree char *manifest = g_strconcat(path, ".run.json", NULL);
        if (!note_digest(digests, path, as, error) ||
            (g_file_test(manifest, G_FILE_TEST_EXISTS) &&
             !note_digest(digests, manifest, NULL, error)))
            return NULL;
    }
    json_object_set_member(record, "sheet", rdl_sheet_json(sheet));
    return g_steal_pointer(&record);
}

static bool keep(rdl_state *state, const char *stage, JsonObject *take_record, GError **error)
{
    if (!take_record)
        return false;
    json_object_set_object_member(state->stages, stage, take_record);
    return write_stages(state, error);
}

bool rdl_state_note(rdl_state *state, const char *stage, const char *key, const rdl_sheet *sheet,
                    const char *as, GError **error)
{
    return keep(state, stage, record_of(key, sheet, as, error), error);
}

bool rdl_state_share(rdl_state *state, const char *stage, const char *key, const rdl_sheet *sheet,
                     GError **error)
{
    JsonObject *record = record_of(key, sheet, NULL, error);

    if (record)
        json_object_set_boolean_member(record, "shared", TRUE);
    return keep(state, stage, record, error);
}

bool rdl_state_expect(rdl_state *state, const char *stage, const char *head, GError **error)
{
    JsonObject *record = rdl_json_object(state->stages, stage);

    if (!record || rdl_state_own(state, stage, head))
        return true;
    if (!heads_of(record))
        json_object_set_array_member(record, "heads", json_array_new());
    json_array_add_string_element(heads_of(record), head);
    return write_stages(state, error);
}

bool rdl_state_renew(rdl_state *state, const char *stage, const char *head, GError **error)
{
    JsonObject *record = rdl_json_object(state->stages, stage);
    JsonObject *digests = record ? rdl_json_object(record, "digests") : NULL;
    g_autoptr(GList) paths = digests ? json_object_get_members(digests) : NULL;
    g_autoptr(JsonObject) again = json_object_new();

    for (GList *p = paths; p; p = p->next)
        if (!note_digest(again, p->data, NULL, error))
            return false;
    if (!digests)
        return true;
    json_object_set_object_member(record, "digests", json_object_ref(again));
    json_object_set_array_member(record, "heads", json_array_new());
    json_array_add_string_element(heads_of(record), head);
    return write_stages(state, error);
}

char *rdl_code_digest(GError **error)
{
    g_autofree char *file = rdl_code_file(), *digest = rdl_digest_file(file, error);
    g_autofree char *geo = rdl_geo_versions();

    return digest ? rdl_digest_id("", RDL_VERSION, digest, geo, RDL_DIGEST_END) : NULL;
}
