/* The layers a ledger's sites are screened with, by digest; the screening that uses them. */
#include "rectify/layer.h"

#include <string.h>
#include "rectify/apply.h"
#include "rectify/moving.h"
#include "rectify/site.h"

static const char *const roles[] = {"zones", "footprints", "patches", "permits", "units", NULL};

static char *folder_of(const rdl_ledger *ledger)
{
    g_autofree char *path = g_canonicalize_filename(rdl_ledger_path(ledger), NULL);

    return g_path_get_dirname(path);
}

/* As it is kept: seen from the ledger's folder where it lies below it. */
static char *kept_path(const rdl_ledger *ledger, const char *path)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL), *folder = folder_of(ledger),
                    *below = g_strconcat(folder, "/", NULL);

    return g_strdup(g_str_has_prefix(whole, below) ? whole + strlen(below) : whole);
}

/* SHA-256 of what the source is read from. */
static char *digest_of(const char *source, GError **error)
{
    g_auto(GStrv) files = rdl_source_files(source);
    g_autofree char *shown = rdl_source_shown(source);

    if (g_strv_length(files) == 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: is no local file that has a SHA-256: give it to 'redline screen "
                        "LEDGER' itself",
                        shown),
               NULL;
    return files[1] ? rdl_digest_files(files, error) : rdl_digest_file(files[0], error);
}

/* What the event says of a source as it is now. */
static JsonObject *describe(rdl_ledger *ledger, const char *role, const rdl_source *source,
                            GError **error)
{
    g_autoptr(rdl_profile) profile =
        source->profile ? rdl_profile_read(source->profile, error) : NULL;
    rdl_layer_options how = rdl_profile_options(profile);
    g_autofree char *rules = profile ? rdl_profile_digest(source->profile, error) : NULL;
    g_autoptr(rdl_layer) layer =
        !source->profile || rules ? rdl_layer_open(source->path, &how, error) : NULL;
    g_autofree char *sha256 = layer ? digest_of(source->path, error) : NULL;

    if (!sha256)
        return NULL;
    g_autofree char *path = kept_path(ledger, source->path);
    g_autofree char *by = profile && g_file_test(source->profile, G_FILE_TEST_EXISTS)
                              ? kept_path(ledger, source->profile)
                              : g_strdup(source->profile);
    JsonObject *o = json_object_new();
    rdl_json_set_text(o, "role", role);
    rdl_json_set_text(o, "source", path);
    rdl_json_set_text(o, "profile", by);
    rdl_json_set_text(o, "sha256", sha256);
    rdl_json_set_text(o, "profile_sha256", rules);
    json_object_set_int_member(o, "features", rdl_layer_count(layer));
    return o;
}

/* Inside a transaction. */
static bool append(rdl_ledger *ledger, const char *kind, rdl_day on, JsonObject *o, GError **error)
{
    g_autofree char *at = rdl_day_text(on);
    rdl_event event = {.at = at,
                       .by = "redline",
                       .role = "system",
                       .kind = kind,
                       .subject = rdl_json_text(o, "source", "")};

    return rdl_event_append(ledger, &event, o, error);
}

/* What follows FILE: in a source; NULL: nothing. */
static const char *layer_of(const char *source)
{
    const char *file = strrchr(source, '/'), *colon = strrchr(file ? file : source, ':');

    return colon ? colon + 1 : NULL;
}

/* By this name or another: a file of which no layer is named has but one. */
static bool is_there(rdl_ledger *ledger, JsonObject *o, bool *there, GError **error)
{
    static const char *const members[] = {"role", "sha256", "profile_sha256"};
    const char *layer = layer_of(rdl_json_text(o, "source", ""));
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT source FROM layer WHERE role IS ? AND sha256 IS ? AND profile_sha256 IS ?", error);
    bool row = false;

    for (int i = 0; s && i < (int)G_N_ELEMENTS(members); i++)
        rdl_statement_text(s, i + 1, rdl_json_text(o, members[i], NULL));
    *there = false;
    while (s && rdl_statement_step(s, &row, error) && row) {
        const char *other = layer_of(rdl_statement_get_text(s, 0));
        *there = *there || !layer || !other || strcmp(layer, other) == 0;
    }
    return s && !row;
}

bool rdl_ledger_layer_add(rdl_ledger *ledger, const char *role, const rdl_source *source,
                          rdl_day on, rdl_tally *tally, GError **error)
{
    bool there = false;

    if (!g_strv_contains(roles, role))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: no role of a layer", role);
    g_autoptr(JsonObject) o = describe(ledger, role, source, error);
    if (!o || !rdl_store_begin(ledger->store, error))
        return false;
    bool good = is_there(ledger, o, &there, error) &&
                (there || append(ledger, "layer.loaded", on, o, error));
    if (!rdl_ledger_end(ledger, good, error))
        return false;
    rdl_tally_in(tally, "ledger.layers", 1);
    if (there)
        rdl_tally_suppressed(tally, "ledger.layers", "SAME", 1);
    else
        rdl_tally_used(tally, "ledger.layers", 1);
    return true;
}

bool rdl_apply_layer(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    static const char *const members[] = {"role",   "source",         "profile",
                                          "sha256", "profile_sha256", NULL};
    static const char *const gone[] = {"role", "source", NULL};
    g_autoptr(rdl_statement) s = NULL;

    if (strcmp(event->kind, "layer.dropped") == 0)
        return rdl_apply_texts(ledger, "DELETE FROM layer WHERE role = ? AND source = ?", o, gone,
                               error);
    s = rdl_statement_new(ledger->store, "INSERT OR REPLACE INTO layer VALUES(?,?,?,?,?,?,?)",
                          error);
    if (!s)
        return false;
    for (int i = 0; members[i]; i++)
        rdl_statement_text(s, i + 1, rdl_json_text(o, members[i], NULL));
    rdl_statement_int(s, 6, (gint64)rdl_json_real(o, "features", -1.0));
    rdl_statement_text(s, 7, event->at);
    return rdl_statement_run(s, error);
}

/* ---- reading ---- */

static bool read_layers(rdl_ledger *ledger, JsonArray *rows, GError **error)
{
    static const char *const names[] = {"role", "source", "profile", "sha256", "profile_sha256"};
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT role, source, profile, sha256, profile_sha256, features, at FROM layer "
        "ORDER BY role, source",
        error);
    bool row = false;

    while (s && rdl_statement_step(s, &row, error) && row) {
        JsonObject *o = json_object_new();
        for (int i = 0; i < (int)G_N_ELEMENTS(names); i++)
            rdl_json_set_text(o, names[i], rdl_statement_get_text(s, i));
        json_object_set_int_member(o, "features", rdl_statement_get_int(s, 5));
        rdl_json_set_text(o, "at", rdl_statement_get_text(s, 6));
        json_array_add_object_element(rows, o);
    }
    return s && !row;
}

JsonNode *rdl_ledger_layers(rdl_ledger *ledger, GError **error)
{
    g_autoptr(JsonArray) rows = json_array_new();

    if (!read_layers(ledger, rows, error))
        return NULL;
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    json_node_set_array(node, rows);
    return node;
}

static char *names_of(JsonArray *layers)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < json_array_get_length(layers); i++)
        g_string_append_printf(
            names, "%s%s", i ? ", " : "",
            rdl_json_text(json_array_get_object_element(layers, i), "source", ""));
    return g_string_free(g_steal_pointer(&names), FALSE);
}

/* From every role it has, an event each. */
static bool drop_all(rdl_ledger *ledger, const char *source, rdl_day on, int *n, JsonArray *layers,
                     GError **error)
{
    g_autofree char *kept = kept_path(ledger, source);

    if (!read_layers(ledger, layers, error))
        return false;
    for (guint i = 0; i < json_array_get_length(layers); i++) {
        JsonObject *layer = json_array_get_object_element(layers, i);
        const char *name = rdl_json_text(layer, "source", "");
        g_autoptr(JsonObject) o = json_object_new();
        if (strcmp(name, kept) != 0 && strcmp(name, source) != 0)
            continue;
        rdl_json_set_text(o, "role", rdl_json_text(layer, "role", NULL));
        rdl_json_set_text(o, "source", name);
        if (!append(ledger, "layer.dropped", on, o, error))
            return false;
        ++*n;
    }
    return true;
}

bool rdl_ledger_layer_drop(rdl_ledger *ledger, const char *source, rdl_day on, GError **error)
{
    g_autoptr(JsonArray) layers = json_array_new();
    int n = 0;

    if (!rdl_store_begin(ledger->store, error) ||
        !rdl_ledger_end(ledger, drop_all(ledger, source, on, &n, layers, error), error))
        return false;
    g_autofree char *names = names_of(layers);
    return n > 0 || rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no layer of %s; it has: %s", source,
                             rdl_ledger_path(ledger), *names ? names : "none");
}

/* ---- screening ---- */

/* Where a layer lies, and that it is what was loaded. */
static char *find_layer(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    const char *source = rdl_json_text(o, "source", ""), *was = rdl_json_text(o, "sha256", "");
    g_autofree char *path = rdl_path_beside(rdl_ledger_path(ledger), source);
    const char *colon = strrchr(path, ':');
    bool whole = !colon || g_file_test(path, G_FILE_TEST_EXISTS);
    g_autofree char *file = whole ? g_strdup(path) : g_strndup(path, (size_t)(colon - path));

    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: was loaded into the ledger and is not there: bring it back, or "
                        "'redline ledger load LEDGER --drop %s'",
                        path, source),
               NULL;
    g_autofree char *is = rdl_source_stays(file, error) ? digest_of(path, error) : NULL;
    if (!is)
        return NULL;
    if (strcmp(was, is) != 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: is not what was loaded on %s (SHA-256 %.12s..., now %.12s...): "
                        "'redline ledger load LEDGER --%s %s' takes it as it is now",
                        path, rdl_json_text(o, "at", ""), was, is, rdl_json_text(o, "role", ""),
                        path),
               NULL;
    return g_steal_pointer(&path);
}

static char *find_profile(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    const char *profile = rdl_json_text(o, "profile", NULL);
    g_autofree char *beside = rdl_path_beside(rdl_ledger_path(ledger), profile);
    g_autofree char *name = g_strdup(g_file_test(beside, G_FILE_TEST_EXISTS) ? beside : profile);
    g_autofree char *is = rdl_profile_digest(name, error);

    if (!is)
        return NULL;
    if (strcmp(is, rdl_json_text(o, "profile_sha256", "")) != 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: this profile of %s is not what it was on %s: load the layer again",
                        name, rdl_json_text(o, "source", ""), rdl_json_text(o, "at", "")),
               NULL;
    return g_steal_pointer(&name);
}

typedef struct {
    rdl_source *list;
    size_t n;
} sources;

static void sources_clear(sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        g_free((char *)s->list[i].path);
        g_free((char *)s->list[i].profile);
    }
    g_free(s->list);
}

/* The ledger's layers of a role, where the options name none. */
static bool fill_role(rdl_ledger *ledger, JsonArray *layers, const char *role, sources *own,
                      const rdl_source **list, size_t *n, GError **error)
{
    if (*n > 0)
        return true;
    own->list = g_new0(rdl_source, json_array_get_length(layers) + 1);
    for (guint i = 0; i < json_array_get_length(layers); i++) {
        JsonObject *o = json_array_get_object_element(layers, i);
        if (strcmp(rdl_json_text(o, "role", ""), role) != 0)
            continue;
        rdl_source *s = &own->list[own->n++];
        if (!(s->path = find_layer(ledger, o, error)) ||
            (rdl_json_text(o, "profile", NULL) && !(s->profile = find_profile(ledger, o, error))))
            return false;
    }
    *list = own->list;
    *n = own->n;
    return true;
}

/* The pack's files as the ledger keeps them, into a folder. */
static bool unpack_pack(rdl_ledger *ledger, const char *folder, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT name, text FROM pack_file WHERE sha256 = (SELECT value FROM setting WHERE name = "
        "'pack_sha256') ORDER BY name",
        error);
    bool row = false;

    if (!s || !rdl_output_folder(folder, error))
        return false;
    while (rdl_statement_step(s, &row, error) && row) {
        const char *name = rdl_statement_get_text(s, 0);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (strchr(name, '/') || name[0] == '.')
            return rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' is no name of a pack's file",
                            rdl_ledger_path(ledger), name);
        if (!rdl_output_text(path, rdl_statement_get_text(s, 1), true, error))
            return false;
    }
    return !row;
}

/* Asked before hours of work: findings of a pack that the ledger does not keep are refused. */
static bool keeps_pack(rdl_ledger *ledger, const char *name, GError **error)
{
    g_autoptr(rdl_pack) pack = rdl_pack_open(name, NULL, error);

    return pack && rdl_ledger_need_pack(ledger, rdl_pack_digest(pack), name, error);
}

static bool screen_into(rdl_ledger *ledger, rdl_screen_options *o, const char *folder,
                        const rdl_progress *progress, rdl_screen_result *result, rdl_tally *loaded,
                        GError **error)
{
    g_autofree char *pack = g_build_filename(folder, "pack", NULL),
                    *findings = g_build_filename(folder, "findings.gpkg", NULL);

    if (o->pack ? !o->planned && !keeps_pack(ledger, o->pack, error)
                : !unpack_pack(ledger, pack, error))
        return false;
    o->pack = o->pack ? o->pack : pack;
    o->output = o->output ? o->output : findings;
    return rdl_screen(o, progress, result, error) &&
           (o->planned ||
            rdl_ledger_load_findings(ledger, o->output, o->as_of, loaded, progress, error));
}

bool rdl_ledger_screen(rdl_ledger *ledger, const rdl_screen_options *options,
                       const rdl_progress *progress, rdl_screen_result *result, rdl_tally *loaded,
                       GError **error)
{
    rdl_screen_options o = *options;
    g_autoptr(JsonArray) layers = json_array_new();
    sources own[G_N_ELEMENTS(roles) - 1] = {{0}};
    struct {
        const rdl_source **list;
        size_t *n;
    } into[] = {{&o.zones, &o.n_zones},
                {&o.footprints, &o.n_footprints},
                {&o.patches, &o.n_patches},
                {&o.permits, &o.n_permits},
                {&o.units, &o.n_units}};
    bool given = o.n_footprints > 0 || o.n_patches > 0;
    bool good = read_layers(ledger, layers, error);

    for (int i = 0; good && roles[i]; i++) {
        bool judged = into[i].n == &o.n_footprints || into[i].n == &o.n_patches;
        if (!(judged && given)) /* who names what is to be judged means just that */
            good = fill_role(ledger, layers, roles[i], &own[i], into[i].list, into[i].n, error);
    }
    g_autoptr(rdl_scratch) scratch = good ? rdl_scratch_new(error) : NULL;
    good = scratch && screen_into(ledger, &o, rdl_scratch_path(scratch), progress, result, loaded,
                                  error);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        sources_clear(&own[i]);
    return good;
}
