#include "screen/replay.h"

#include <string.h>
#include "screen/profile.h"

/* ---- what it was made from ---- */

typedef struct {
    const char *role;
    GArray *sources; /* of rdl_source, lent from the manifest */
} role_sources;

enum { ZONES, FOOTPRINTS, PATCHES, PERMITS, UNITS, LETTERS, ROLES };
static const char *const roles[ROLES] = {"zones",   "footprints", "patches",
                                         "permits", "units",      "letters"};

struct rdl_replay {
    JsonNode *manifest;
    role_sources role[ROLES];
    JsonObject *options; /* of the manifest, as its sources; lent */
    JsonArray *sources;
};

void rdl_replay_free(rdl_replay *replay)
{
    if (!replay)
        return;
    for (int i = 0; i < ROLES; i++)
        g_array_unref(replay->role[i].sources);
    g_clear_pointer(&replay->manifest, json_node_unref);
    g_free(replay);
}

static JsonArray *array_of(JsonNode *node)
{
    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonObject *object_at(JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element(array, i);

    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static bool read_manifest(rdl_replay *r, const char *findings, GError **error)
{
    g_autofree char *path = g_strconcat(findings, ".run.json", NULL), *text = NULL;
    g_autoptr(GError) io = NULL;

    if (!g_file_get_contents(path, &text, NULL, &io))
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be replayed without its manifest: %s",
                        findings, io->message);
    if (!(r->manifest = rdl_json_parse(text, path, error)))
        return false;
    JsonObject *top =
        JSON_NODE_HOLDS_OBJECT(r->manifest) ? json_node_get_object(r->manifest) : NULL;
    r->options = top ? rdl_json_object(top, "options") : NULL;
    r->sources = top ? array_of(json_object_get_member(top, "sources")) : NULL;
    if (r->options && r->sources && strcmp(rdl_json_text(top, "command", ""), "screen") == 0)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s: does not name the sources of a screening: screen them once more", path);
}

static void sort_sources(rdl_replay *r)
{
    JsonArray *all = r->sources;

    for (guint i = 0; i < json_array_get_length(all); i++) {
        JsonObject *o = object_at(all, i);
        for (int k = 0; o && k < ROLES; k++) {
            rdl_source source = {rdl_json_text(o, "path", NULL), rdl_json_text(o, "profile", NULL)};
            if (strcmp(rdl_json_text(o, "role", ""), roles[k]) == 0 && source.path)
                g_array_append_val(r->role[k].sources, source);
        }
    }
}

static bool check_inputs(const rdl_replay *r, GError **error)
{
    JsonArray *all = array_of(json_object_get_member(json_node_get_object(r->manifest), "inputs"));

    for (guint i = 0; all && i < json_array_get_length(all); i++) {
        JsonObject *o = object_at(all, i);
        const char *path = o ? rdl_json_text(o, "path", NULL) : NULL;
        const char *was = o ? rdl_json_text(o, "sha256", NULL) : NULL;
        if (!path || !was)
            continue;
        g_autofree char *is = rdl_digest_file(path, error);
        if (!is)
            return false;
        if (strcmp(is, was) != 0)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: is no longer the file that was screened: a replay would mix new "
                            "ground with new law",
                            path);
    }
    return true;
}

/* A database or a path on another machine cannot be shown to hold what was screened, and whoever
 * wrote the manifest may have named any. */
static bool check_local(const rdl_replay *r, GError **error)
{
    for (guint i = 0; i < json_array_get_length(r->sources); i++) {
        JsonObject *o = object_at(r->sources, i);
        const char *path = o ? rdl_json_text(o, "path", NULL) : NULL;
        const char *colon = path ? strrchr(path, ':') : NULL;
        g_autofree char *file = colon ? g_strndup(path, (gsize)(colon - path)) : g_strdup(path);
        if (path && !g_file_test(path, G_FILE_TEST_EXISTS) &&
            !g_file_test(file, G_FILE_TEST_EXISTS)) {
            g_autofree char *shown = rdl_source_shown(path);
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: is no file here that could be shown to be what was screened: "
                            "screen anew with the sources named",
                            shown);
        }
        if (path && !rdl_source_stays(g_file_test(path, G_FILE_TEST_EXISTS) ? path : file, error))
            return false;
    }
    return true;
}

/* The same of what they are read by. */
static bool check_profiles(const rdl_replay *r, GError **error)
{
    for (guint i = 0; i < json_array_get_length(r->sources); i++) {
        JsonObject *o = object_at(r->sources, i);
        const char *name = o ? rdl_json_text(o, "profile", NULL) : NULL;
        const char *was = o ? rdl_json_text(o, "profile_sha256", NULL) : NULL;
        if (!name || !was)
            continue;
        g_autofree char *is = rdl_profile_digest(name, error);
        if (!is)
            return false;
        if (strcmp(is, was) != 0)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: is no longer the profile that its sources were read by: a replay "
                            "would mix new readings with new law",
                            name);
    }
    return true;
}

rdl_replay *rdl_replay_open(const char *findings, GError **error)
{
    g_autoptr(rdl_replay) r = g_new0(rdl_replay, 1);

    for (int i = 0; i < ROLES; i++)
        r->role[i] = (role_sources){roles[i], g_array_new(FALSE, FALSE, sizeof(rdl_source))};
    if (!read_manifest(r, findings, error) || !check_inputs(r, error) || !check_local(r, error) ||
        !check_profiles(r, error))
        return NULL;
    sort_sources(r);
    return g_steal_pointer(&r);
}

static void lend(const rdl_replay *r, int role, const rdl_source **sources, size_t *n)
{
    *sources = (const rdl_source *)r->role[role].sources->data;
    *n = r->role[role].sources->len;
}

static double number_at(const rdl_replay *r, const char *name)
{
    const char *text = rdl_json_text(r->options, name, NULL);

    return text ? g_ascii_strtod(text, NULL) : 0.0; /* an older file knows no slivers */
}

void rdl_replay_options(const rdl_replay *r, rdl_screen_options *options)
{
    lend(r, ZONES, &options->zones, &options->n_zones);
    lend(r, FOOTPRINTS, &options->footprints, &options->n_footprints);
    lend(r, PATCHES, &options->patches, &options->n_patches);
    lend(r, PERMITS, &options->permits, &options->n_permits);
    lend(r, LETTERS, &options->letters, &options->n_letters);
    lend(r, UNITS, &options->units, &options->n_units);
    options->local = rdl_json_text(r->options, "local", NULL);
    options->residual_m = number_at(r, "residual_m");
    options->sliver_m2 = number_at(r, "sliver_m2");
    options->sliver_width_m = number_at(r, "sliver_width_m");
    rdl_day_parse(rdl_json_text(r->options, "as_of", ""), &options->as_of, NULL);
}

/* ---- what changed ---- */

static const char *const columns[] = {"finding_id", "source_id",  "zone", /* what it is, then: */
                                      "when_case",  "verdict",    "result", "rule_id",
                                      "rule_then",  "is_primary", "basis",  "severity",
                                      "lead_dept",  "handling",   "penalty"};
#define NAMES 3
#define VERDICT 4
#define RULE 6
#define RULE_THEN 7
#define BASIS 9
static const char *const hit_columns[] = {"finding_id", "rule_id", /* then: */
                                          "verdict",    "status",  "basis", "severity", "penalty"};
#define HIT_NAMES 2

static void strv_free(gpointer p)
{
    g_strfreev(p);
}

/* Rows of a layer as text, in file order. */
static GPtrArray *rows_of(const char *file, const char *layer, const char *const *names, size_t n,
                          GError **error)
{
    g_autofree char *source = g_strdup_printf("%s:%s", file, layer);
    g_autoptr(rdl_layer) in = rdl_layer_open(source, NULL, error);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(strv_free);
    const rdl_feature *feature;
    GError *failed = NULL;

    if (!in)
        return NULL;
    while ((feature = rdl_layer_next(in, &failed))) {
        char **row = g_new0(char *, n + 1);
        for (size_t i = 0; i < n; i++) {
            const char *text = rdl_feature_text(feature, rdl_layer_field_index(in, names[i]));
            row[i] = g_strdup(text ? text : "");
        }
        g_ptr_array_add(rows, row);
    }
    if (failed)
        return g_propagate_error(error, failed), NULL;
    return g_steal_pointer(&rows);
}

static void array_free(gpointer p)
{
    g_ptr_array_unref(p);
}

/* finding_id -> its rows, lent. */
static GHashTable *by_finding(const GPtrArray *rows)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, array_free);

    for (guint i = 0; i < rows->len; i++) {
        char **row = rows->pdata[i];
        GPtrArray *own = g_hash_table_lookup(table, row[0]);
        if (!own)
            g_hash_table_insert(table, row[0], own = g_ptr_array_new());
        g_ptr_array_add(own, row);
    }
    return table;
}

typedef struct {
    GPtrArray *findings, *hits;
    GHashTable *finding, *hit;
} judged_file;

static void file_clear(judged_file *f)
{
    g_clear_pointer(&f->finding, g_hash_table_unref);
    g_clear_pointer(&f->hit, g_hash_table_unref);
    g_clear_pointer(&f->findings, g_ptr_array_unref);
    g_clear_pointer(&f->hits, g_ptr_array_unref);
}

static bool file_read(judged_file *f, const char *path, GError **error)
{
    f->findings = rows_of(path, "finding", columns, G_N_ELEMENTS(columns), error);
    f->hits =
        f->findings ? rows_of(path, "hit", hit_columns, G_N_ELEMENTS(hit_columns), error) : NULL;
    if (!f->hits)
        return false;
    f->finding = by_finding(f->findings);
    f->hit = by_finding(f->hits);
    return true;
}

static char **one(const judged_file *f, const char *id)
{
    GPtrArray *rows = g_hash_table_lookup(f->finding, id);

    return rows ? rows->pdata[0] : NULL;
}

static char **hit_of(const judged_file *f, const char *id, const char *rule)
{
    GPtrArray *hits = g_hash_table_lookup(f->hit, id);

    for (guint i = 0; hits && i < hits->len; i++)
        if (strcmp(((char **)hits->pdata[i])[1], rule) == 0)
            return hits->pdata[i];
    return NULL;
}

/* A status alone changes because of another row, or of a predicate: it goes among the `others`. */
static void changed_hit(JsonArray *rows, JsonArray *others, char **was, char **is)
{
    g_autoptr(GString) cells = g_string_new(NULL);

    for (size_t i = HIT_NAMES; i < G_N_ELEMENTS(hit_columns); i++)
        if (strcmp(was[i], is[i]) != 0)
            g_string_append_printf(cells, "%s%s", cells->len ? ", " : "", hit_columns[i]);
    if (cells->len) {
        g_autofree char *text = g_strdup_printf("~%s %s", was[1], cells->str);
        json_array_add_string_element(strcmp(cells->str, "status") == 0 ? others : rows, text);
    }
}

static void only_in(JsonArray *rows, JsonArray *others, const judged_file *has,
                    const judged_file *lacks, const char *id, char sign)
{
    GPtrArray *hits = g_hash_table_lookup(has->hit, id);

    for (guint i = 0; hits && i < hits->len; i++) {
        char **hit = hits->pdata[i], **other = hit_of(lacks, id, hit[1]);
        g_autofree char *text = g_strdup_printf("%c%s", sign, hit[1]);
        if (!other)
            json_array_add_string_element(rows, text);
        else if (sign == '-')
            changed_hit(rows, others, hit, other);
    }
}

static bool names(char **row, const char *rule)
{
    return strcmp(row[RULE], rule) == 0 || strcmp(row[RULE_THEN], rule) == 0;
}

/* A rule that the columns name and no hit: of another version of the zone, or today's lighter one.
 */
static void named_in(JsonArray *rows, char **has, char **lacks, char sign)
{
    for (size_t i = RULE; i <= RULE_THEN; i++) {
        g_autofree char *text = g_strdup_printf("%c%s", sign, has[i]);
        if (*has[i] && !names(lacks, has[i]))
            json_array_add_string_element(rows, text);
    }
}

/* The rule of the finding, which is no hit of it, has other cells. */
static void changed_rule(JsonArray *rows, char **was, char **is)
{
    g_autoptr(GString) cells = g_string_new(NULL);

    for (size_t i = BASIS; i < G_N_ELEMENTS(columns); i++)
        if (strcmp(was[i], is[i]) != 0)
            g_string_append_printf(cells, "%s%s", cells->len ? ", " : "", columns[i]);
    if (strcmp(was[VERDICT], is[VERDICT]) != 0)
        g_string_append_printf(cells, "%s%s", cells->len ? ", " : "", columns[VERDICT]);
    g_autofree char *text = g_strdup_printf("~%s %s", is[RULE], cells->str);
    if (cells->len && *is[RULE])
        json_array_add_string_element(rows, text);
}

static JsonObject *describe(const judged_file *old, const judged_file *now, const char *id,
                            const char *what)
{
    char **was = one(old, id), **is = one(now, id), **row = was ? was : is;
    JsonObject *o = json_object_new();
    JsonArray *rows = json_array_new(), *others = json_array_new();

    for (int i = 0; i < NAMES; i++)
        json_object_set_string_member(o, columns[i], row[i]);
    json_object_set_string_member(o, "change", what);
    only_in(rows, others, old, now, row[0], '-');
    only_in(rows, others, now, old, row[0], '+');
    if (!json_array_get_length(rows) && was && is) {
        named_in(rows, was, is, '-');
        named_in(rows, is, was, '+');
        if (!json_array_get_length(rows) && !json_array_get_length(others))
            changed_rule(rows, was, is);
    }
    bool unexplained = !json_array_get_length(rows);
    json_object_set_array_member(o, "rows", unexplained ? others : rows);
    json_array_unref(unexplained ? rows : others);
    return o;
}

static JsonObject *cells_changed(char **was, char **is)
{
    JsonObject *cells = json_object_new();

    for (size_t i = NAMES; i < G_N_ELEMENTS(columns); i++) {
        const char *from = was ? was[i] : "", *to = is ? is[i] : "";
        if (strcmp(from, to) == 0)
            continue;
        JsonArray *both = json_array_new();
        json_array_add_string_element(both, from);
        json_array_add_string_element(both, to);
        json_object_set_array_member(cells, columns[i], both);
    }
    return cells;
}

/* Adds what became of a finding; returns 0 same, 1 changed, 2 added, 3 removed. */
static int compare(const judged_file *old, const judged_file *now, const char *id, JsonArray *out)
{
    static const char *const names[] = {"same", "changed", "added", "removed"};
    char **was = one(old, id), **is = one(now, id);
    JsonObject *cells = cells_changed(was, is);
    int what = !was ? 2 : !is ? 3 : json_object_get_size(cells) > 0;

    if (what) {
        JsonObject *o = describe(old, now, id, names[what]);
        json_object_set_object_member(o, "columns", json_object_ref(cells));
        json_array_add_object_element(out, o);
    }
    json_object_unref(cells);
    return what;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static JsonNode *compare_all(const judged_file *old, const judged_file *now)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    JsonArray *out = json_array_new();
    JsonObject *o = json_object_new();
    gint64 counts[4] = {0};

    for (guint i = 0; i < old->findings->len; i++)
        g_hash_table_add(ids, ((char **)old->findings->pdata[i])[0]);
    for (guint i = 0; i < now->findings->len; i++)
        g_hash_table_add(ids, ((char **)now->findings->pdata[i])[0]);
    g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_keys(ids), by_text);
    for (GList *id = sorted; id; id = id->next)
        counts[compare(old, now, id->data, out)]++;
    json_object_set_int_member(o, "old", old->findings->len);
    json_object_set_int_member(o, "new", now->findings->len);
    json_object_set_int_member(o, "same", counts[0]);
    json_object_set_int_member(o, "changed", counts[1]);
    json_object_set_int_member(o, "added", counts[2]);
    json_object_set_int_member(o, "removed", counts[3]);
    json_object_set_array_member(o, "changes", out);
    return json_node_init_object(json_node_alloc(), o);
}

JsonNode *rdl_replay_changes(const char *old, const char *now, GError **error)
{
    judged_file a = {0}, b = {0};
    JsonNode *node = NULL;

    if (file_read(&a, old, error) && file_read(&b, now, error))
        node = compare_all(&a, &b);
    file_clear(&a);
    file_clear(&b);
    return node;
}
