#include "screen/profile.h"

#include <string.h>

struct rdl_codes {
    JsonObject *as_written; /* lent */
    GHashTable *folded;     /* code, by their folded value; values lent */
};

struct rdl_profile {
    JsonNode *node;
    JsonObject *map, *fields;
    GHashTable *codes;    /* of rdl_codes, by canonical field */
    GPtrArray *leave_out; /* of their fields, lent, sorted */
    GHashTable *reasons;  /* of rdl_codes, by their field */
    double shift[7];
    guint n_shift;
    const char **wkt, **x, **y;
    const char *datum;
};

static void codes_free(gpointer p)
{
    rdl_codes *codes = p;

    g_hash_table_unref(codes->folded);
    g_free(codes);
}

void rdl_profile_free(rdl_profile *profile)
{
    if (!profile)
        return;
    g_clear_pointer(&profile->codes, g_hash_table_unref);
    g_clear_pointer(&profile->reasons, g_hash_table_unref);
    g_clear_pointer(&profile->leave_out, g_ptr_array_unref);
    g_clear_pointer(&profile->node, json_node_unref);
    g_free(profile->wkt);
    g_free(profile->x);
    g_free(profile->y);
    g_free(profile);
}

/* ---- reading ---- */

static bool known_keys(JsonObject *map, const char *path, GError **error)
{
    static const char *const known[] = {
        "extends",  "layer",       "encoding", "crs_claim", "crs",       "datum_shift", "datum",
        "geometry", "exchange_xy", "fields",   "values",    "leave_out", NULL};
    g_autoptr(GList) keys = json_object_get_members(map);
    g_autofree char *list = g_strjoinv(", ", (char **)known);

    for (GList *k = keys; k; k = k->next)
        if (!g_strv_contains(known, k->data))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' is no key of a profile: there are %s",
                            path, (char *)k->data, list);
    return true;
}

/* One name or a list of them. Yours to g_free(); the names are lent. NULL: it is neither. */
static const char **names_of(JsonNode *node)
{
    GPtrArray *names = g_ptr_array_new();
    bool good = node != NULL;

    if (good && JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *list = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(list); i++) {
            JsonNode *one = json_array_get_element(list, i);
            good = good && JSON_NODE_HOLDS_VALUE(one) && json_node_get_string(one);
            g_ptr_array_add(names, good ? (gpointer)json_node_get_string(one) : NULL);
        }
        good = good && names->len > 0;
    } else if (good) {
        good = JSON_NODE_HOLDS_VALUE(node) && json_node_get_string(node);
        g_ptr_array_add(names, good ? (gpointer)json_node_get_string(node) : NULL);
    }
    g_ptr_array_add(names, NULL);
    const char **all = (const char **)g_ptr_array_free(names, FALSE);
    if (!good)
        g_clear_pointer(&all, g_free);
    return all;
}

static bool read_fields(rdl_profile *p, const char *path, GError **error)
{
    JsonObjectIter iter;
    const char *field;
    JsonNode *node;

    if (!(p->fields = rdl_json_object(p->map, "fields")))
        return true;
    json_object_iter_init(&iter, p->fields);
    while (json_object_iter_next(&iter, &field, &node)) {
        g_autofree const char **names = names_of(node);
        if (!names)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: fields: '%s' needs the name of a field, or a list of names", path,
                            field);
    }
    return true;
}

static rdl_codes *codes_new(JsonObject *map, const char *path, const char *field, GError **error)
{
    rdl_codes *codes = g_new0(rdl_codes, 1);
    JsonObjectIter iter;
    const char *value;
    JsonNode *node;

    codes->as_written = map;
    codes->folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_object_iter_init(&iter, map);
    while (json_object_iter_next(&iter, &value, &node)) {
        const char *code = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        char *folded = rdl_name_fold(value);
        const char *there = g_hash_table_lookup(codes->folded, folded);
        if (code && (!there || strcmp(there, code) == 0)) {
            g_hash_table_insert(codes->folded, folded, (gpointer)code);
            continue;
        }
        g_free(folded);
        codes_free(codes);
        if (!code)
            rdl_fail(error, RDL_ERROR_DATA, "%s: %s: '%s' needs a code as text", path, field,
                     value);
        else
            rdl_fail(error, RDL_ERROR_DATA, "%s: %s: '%s' is given two codes, %s and %s", path,
                     field, value, there, code);
        return NULL;
    }
    return codes;
}

static GHashTable *read_codes(JsonObject *map, const char *path, GError **error)
{
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, codes_free);
    JsonObjectIter iter;
    const char *field;
    JsonNode *node;

    if (map)
        json_object_iter_init(&iter, map);
    while (map && json_object_iter_next(&iter, &field, &node)) {
        rdl_codes *codes = NULL;
        if (JSON_NODE_HOLDS_OBJECT(node))
            codes = codes_new(json_node_get_object(node), path, field, error);
        else
            rdl_fail(error, RDL_ERROR_DATA, "%s: '%s' needs a map of values", path, field);
        if (!codes) {
            g_hash_table_unref(all);
            return NULL;
        }
        g_hash_table_insert(all, (gpointer)field, codes);
    }
    return all;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_leave_out(rdl_profile *p, const char *path, GError **error)
{
    if (!(p->reasons = read_codes(rdl_json_object(p->map, "leave_out"), path, error)))
        return false;
    GHashTableIter iter;
    gpointer field, codes, value, reason;

    p->leave_out = g_ptr_array_new();
    g_hash_table_iter_init(&iter, p->reasons);
    while (g_hash_table_iter_next(&iter, &field, &codes)) {
        GHashTableIter each;
        g_ptr_array_add(p->leave_out, field);
        g_hash_table_iter_init(&each, ((rdl_codes *)codes)->folded);
        while (g_hash_table_iter_next(&each, &value, &reason))
            if (!g_regex_match_simple("^[A-Z][A-Z_]*$", reason, 0, 0))
                return rdl_fail(error, RDL_ERROR_DATA,
                                "%s: leave_out: '%s' needs a reason in capitals, such as SHRUNK",
                                path, (char *)reason);
    }
    g_ptr_array_sort(p->leave_out, by_name);
    return true;
}

static bool read_shift(rdl_profile *p, const char *path, GError **error)
{
    JsonNode *node = json_object_has_member(p->map, "datum_shift")
                         ? json_object_get_member(p->map, "datum_shift")
                         : NULL;
    JsonArray *list = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    guint n = list ? json_array_get_length(list) : 0;
    bool good = !node || n == 3 || n == 7;

    for (guint i = 0; good && i < n; i++) {
        JsonNode *one = json_array_get_element(list, i);
        GType type = JSON_NODE_HOLDS_VALUE(one) ? json_node_get_value_type(one) : G_TYPE_INVALID;
        good = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
        p->shift[i] = good ? json_node_get_double(one) : 0.0;
    }
    p->n_shift = n;
    return good || rdl_fail(error, RDL_ERROR_DATA,
                            "%s: datum_shift needs a list of 3 or 7 numbers: metres, seconds of "
                            "arc, millionths",
                            path);
}

static bool read_geometry(rdl_profile *p, const char *path, GError **error)
{
    JsonObject *g = rdl_json_object(p->map, "geometry");

    if (!g)
        return !json_object_has_member(p->map, "geometry") ||
               rdl_fail(error, RDL_ERROR_DATA, "%s: geometry needs {wkt: FIELD} or {x: , y: }",
                        path);
    p->wkt = json_object_has_member(g, "wkt") ? names_of(json_object_get_member(g, "wkt")) : NULL;
    p->x = json_object_has_member(g, "x") ? names_of(json_object_get_member(g, "x")) : NULL;
    p->y = json_object_has_member(g, "y") ? names_of(json_object_get_member(g, "y")) : NULL;
    return p->wkt || (p->x && p->y) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: geometry needs {wkt: FIELD} or {x: , y: }", path);
}

static bool read_datum(rdl_profile *p, const char *path, GError **error)
{
    const char *datum = rdl_json_text(p->map, "datum", NULL);

    p->datum = datum ? rdl_web_datum(datum) : NULL;
    if (datum && !p->datum && g_strcmp0(datum, "CGCS2000") == 0)
        p->datum = "";
    return !datum || p->datum ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: datum '%s': write GCJ-02, BD-09 or CGCS2000", path,
                    datum);
}

static char *path_of(const char *name, GError **error)
{
    g_autofree char *file =
        g_str_has_suffix(name, ".yaml") ? g_strdup(name) : g_strconcat(name, ".yaml", NULL);

    return rdl_data_named("profiles", file, error);
}

/* The members of `over` go into `base`; maps of both are joined member by member. */
static void join_maps(JsonObject *base, JsonObject *over)
{
    JsonObjectIter iter;
    const char *key;
    JsonNode *node;

    json_object_iter_init(&iter, over);
    while (json_object_iter_next(&iter, &key, &node)) {
        JsonObject *there = rdl_json_object(base, key);
        if (there && JSON_NODE_HOLDS_OBJECT(node))
            join_maps(there, json_node_get_object(node));
        else
            json_object_set_member(base, key, json_node_copy(node));
    }
}

#define EXTENDS_MOST 8

/* The map of a file, over that of the profile it extends. Yours. */
static JsonNode *read_map(const char *path, int depth, GError **error)
{
    g_autoptr(JsonNode) node = rdl_yaml_read(path, error);

    if (!node)
        return NULL;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no profile: a map is needed", path), NULL;
    JsonObject *map = json_node_get_object(node);
    const char *name = rdl_json_text(map, "extends", NULL);
    if (!known_keys(map, path, error))
        return NULL;
    if (!name)
        return g_steal_pointer(&node);
    if (depth == EXTENDS_MOST)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: extends itself, or too many others", path),
               NULL;
    g_autofree char *other = path_of(name, error);
    JsonNode *base = other ? read_map(other, depth + 1, error) : NULL;
    if (base)
        join_maps(json_node_get_object(base), map);
    return base;
}

/* Of the file, and of what it extends: with that another reading, too. */
static char *digest_of(const char *name, int depth, GError **error)
{
    g_autofree char *path = path_of(name, error);
    g_autoptr(JsonNode) node = path ? rdl_yaml_read(path, error) : NULL;
    char *own = node ? rdl_digest_file(path, error) : NULL;
    bool map = node && JSON_NODE_HOLDS_OBJECT(node);
    const char *base = map ? rdl_json_text(json_node_get_object(node), "extends", NULL) : NULL;

    if (!own || !base || depth == EXTENDS_MOST)
        return own;
    g_autofree char *take_own = own, *under = digest_of(base, depth + 1, error);
    g_autofree char *both = under ? g_strconcat(own, "\x1f", under, NULL) : NULL;
    return both ? rdl_digest_bytes(both, strlen(both)) : NULL;
}

char *rdl_profile_digest(const char *name, GError **error)
{
    return digest_of(name, 0, error);
}

rdl_profile *rdl_profile_read(const char *name, GError **error)
{
    g_autofree char *path = path_of(name, error);
    g_autoptr(rdl_profile) p = g_new0(rdl_profile, 1);

    if (!path || !(p->node = read_map(path, 0, error)))
        return NULL;
    p->map = json_node_get_object(p->node);
    if (!read_fields(p, path, error) ||
        !(p->codes = read_codes(rdl_json_object(p->map, "values"), path, error)) ||
        !read_leave_out(p, path, error) || !read_shift(p, path, error) ||
        !read_geometry(p, path, error) || !read_datum(p, path, error))
        return NULL;
    return g_steal_pointer(&p);
}

/* ---- asking ---- */

rdl_layer_options rdl_profile_options(const rdl_profile *profile)
{
    JsonObject *map = profile ? profile->map : NULL;

    return (rdl_layer_options){
        .encoding = rdl_json_text(map, "encoding", NULL),
        .crs_claim = rdl_json_text(map, "crs_claim", NULL),
        .crs = rdl_json_text(map, "crs", NULL),
        .shift = profile && profile->n_shift ? profile->shift : NULL,
        .n_shift = profile ? profile->n_shift : 0,
        .wkt = profile ? profile->wkt : NULL,
        .x = profile ? profile->x : NULL,
        .y = profile ? profile->y : NULL,
        .exchange = map && json_object_get_boolean_member_with_default(map, "exchange_xy", FALSE)};
}

const char *rdl_profile_datum(const rdl_profile *profile)
{
    return profile ? profile->datum : NULL;
}

int rdl_profile_column(const rdl_profile *profile, const rdl_layer *layer, const char *field,
                       const char **name)
{
    JsonNode *node = profile && profile->fields && json_object_has_member(profile->fields, field)
                         ? json_object_get_member(profile->fields, field)
                         : NULL;
    g_autofree const char **names = node ? names_of(node) : NULL;

    for (const char **n = names; n && *n; n++) {
        int i = rdl_layer_field_index(layer, *n);
        *name = *n;
        if (i >= 0)
            return i;
    }
    *name = names ? names[0] : field;
    return names ? -1 : rdl_layer_field_index(layer, field);
}

const rdl_codes *rdl_profile_codes(const rdl_profile *profile, const char *field)
{
    return profile ? g_hash_table_lookup(profile->codes, field) : NULL;
}

const char *rdl_codes_find(const rdl_codes *codes, const char *value)
{
    const char *code = rdl_json_text(codes->as_written, value, NULL);
    g_autofree char *folded = code ? NULL : rdl_name_fold(value);

    return code ? code : g_hash_table_lookup(codes->folded, folded);
}

bool rdl_profile_leave_out(const rdl_profile *profile, guint i, const char **field,
                           const rdl_codes **reasons)
{
    if (!profile || i >= profile->leave_out->len)
        return false;
    *field = profile->leave_out->pdata[i];
    *reasons = g_hash_table_lookup(profile->reasons, *field);
    return true;
}
