#include <string.h>
#include "screen/pack.h"
#include "screen/pack_cases.h"
#include "screen/pack_rules.h"

/* Key columns of the tables; a table not named here is known by the whole text of its rows. */
static const char *const keys[][4] = {{"rules.csv", "rule_id"},
                                      {"zones.csv", "zone"},
                                      {"activities.csv", "code"},
                                      {"predicates.csv", "code"},
                                      {"competent.csv", "zone", "activity", "eff_from"},
                                      {"departments.csv", "name"},
                                      {"deadlines.csv", "kind", "result", "severity"},
                                      {"warnings.csv", "tier", "level"},
                                      {"texts.csv", "key"},
                                      {"units.csv", "code"},
                                      {"states.csv", "state"},
                                      {"sources.csv", "key"},
                                      {"codes.csv", "field", "code"},
                                      {"cases.csv", "case"}};

static char *key_of(const rdl_csv *csv, size_t row, const char *file)
{
    GString *key = g_string_new(NULL);

    for (size_t t = 0; t < G_N_ELEMENTS(keys); t++)
        for (size_t k = 1; strcmp(keys[t][0], file) == 0 && k < 4 && keys[t][k]; k++)
            g_string_append_printf(key, "%s%s", k > 1 ? "/" : "", rdl_csv_at(csv, row, keys[t][k]));
    for (int c = 0; !key->len && rdl_csv_column_name(csv, c); c++)
        g_string_append_printf(key, "%s%s", c ? "/" : "",
                               rdl_csv_at(csv, row, rdl_csv_column_name(csv, c)));
    return g_string_free(key, FALSE);
}

/* Key -> row + 1; of keys that repeat, "key#2" and so on. */
static GHashTable *rows_by_key(const rdl_csv *csv, const char *file, GPtrArray *order)
{
    GHashTable *rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        g_autofree char *first = key_of(csv, i, file);
        char *key = g_strdup(first);
        for (int n = 2; g_hash_table_contains(rows, key); n++) {
            g_free(key);
            key = g_strdup_printf("%s#%d", first, n);
        }
        g_hash_table_insert(rows, key, GSIZE_TO_POINTER(i + 1));
        g_ptr_array_add(order, key);
    }
    return rows;
}

static JsonObject *change(JsonArray *out, const char *file, const char *key, const char *what)
{
    JsonObject *o = json_object_new();

    json_object_set_string_member(o, "table", file);
    json_object_set_string_member(o, "key", key);
    json_object_set_string_member(o, "change", what);
    json_array_add_object_element(out, o);
    return o;
}

static void changed_cell(JsonArray *out, const char *file, const char *key, const char *column,
                         const char *from, const char *to)
{
    if (strcmp(from, to) == 0)
        return;
    JsonObject *o = change(out, file, key, "changed");
    json_object_set_string_member(o, "column", column);
    json_object_set_string_member(o, "from", from);
    json_object_set_string_member(o, "to", to);
}

static void changed_row(JsonArray *out, const char *file, const char *key, const rdl_csv *a,
                        size_t i, const rdl_csv *b, size_t k)
{
    const char *column;

    for (int c = 0; (column = rdl_csv_column_name(a, c)); c++)
        changed_cell(out, file, key, column, rdl_csv_at(a, i, column), rdl_csv_at(b, k, column));
    for (int c = 0; (column = rdl_csv_column_name(b, c)); c++)
        if (rdl_csv_column(a, column) < 0)
            changed_cell(out, file, key, column, "", rdl_csv_at(b, k, column));
}

static void diff_table(JsonArray *out, const char *file, const rdl_csv *a, const rdl_csv *b)
{
    g_autoptr(GPtrArray) order_a = g_ptr_array_new(), order_b = g_ptr_array_new();
    g_autoptr(GHashTable) rows_a = rows_by_key(a, file, order_a);
    g_autoptr(GHashTable) rows_b = rows_by_key(b, file, order_b);

    for (guint i = 0; i < order_a->len; i++) {
        const char *key = order_a->pdata[i];
        size_t at_a = GPOINTER_TO_SIZE(g_hash_table_lookup(rows_a, key));
        size_t at_b = GPOINTER_TO_SIZE(g_hash_table_lookup(rows_b, key));
        if (at_b)
            changed_row(out, file, key, a, at_a - 1, b, at_b - 1);
        else
            change(out, file, key, "removed");
    }
    for (guint i = 0; i < order_b->len; i++)
        if (!g_hash_table_contains(rows_a, order_b->pdata[i]))
            change(out, file, order_b->pdata[i], "added");
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

/* Every value of pack.yaml by its path ("defaults.boundary_error_m") into `values`, as JSON text.
 */
static void flatten(JsonNode *node, const char *path, GHashTable *values)
{
    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        const char *text =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
                ? json_node_get_string(node)
                : NULL;
        g_hash_table_insert(values, g_strdup(path),
                            text ? g_strdup(text) : json_to_string(node, FALSE));
        return;
    }
    g_autoptr(GList) members = json_object_get_members(json_node_get_object(node));
    for (GList *m = members; m; m = m->next) {
        g_autofree char *below = g_strconcat(path, *path ? "." : "", m->data, NULL);
        flatten(json_object_get_member(json_node_get_object(node), m->data), below, values);
    }
}

static void diff_meta(JsonArray *out, const rdl_pack *a, const rdl_pack *b)
{
    g_autoptr(GHashTable) was = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) is = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter all;
    gpointer path;

    flatten(rdl_pack_meta(a), "", was);
    flatten(rdl_pack_meta(b), "", is);
    g_hash_table_iter_init(&all, is);
    while (g_hash_table_iter_next(&all, &path, NULL))
        if (!g_hash_table_contains(was, path))
            g_hash_table_insert(was, g_strdup(path), NULL);
    g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(was), by_text);
    for (GList *p = paths; p; p = p->next) {
        const char *from = g_hash_table_lookup(was, p->data),
                   *to = g_hash_table_lookup(is, p->data);
        if (from && to)
            changed_cell(out, "pack.yaml", p->data, p->data, from, to);
        else
            change(out, "pack.yaml", p->data, from ? "removed" : "added");
    }
}

static void add_names(GList **names, const rdl_pack *pack)
{
    g_autoptr(GList) own = rdl_pack_tables(pack);

    for (GList *n = own; n; n = n->next)
        if (!g_list_find_custom(*names, n->data, by_text))
            *names = g_list_insert_sorted(*names, n->data, by_text);
}

JsonNode *rdl_pack_diff(const char *from, const char *to, GError **error)
{
    g_autoptr(rdl_pack) a = rdl_pack_open(from, NULL, error);
    g_autoptr(rdl_pack) b = a ? rdl_pack_open(to, NULL, error) : NULL;
    g_autoptr(GList) names = NULL;
    JsonArray *out = json_array_new();
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);

    if (b) {
        diff_meta(out, a, b);
        add_names(&names, a);
        add_names(&names, b);
    }
    for (GList *n = names; n; n = n->next)
        diff_table(out, n->data, rdl_pack_table(a, n->data), rdl_pack_table(b, n->data));
    json_node_take_array(node, out);
    if (b)
        return node;
    json_node_unref(node);
    return NULL;
}
