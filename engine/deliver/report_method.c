/* Data and method: what the findings were made from, and how, as the ledger's manifests have it. */
#include <string.h>
#include "deliver/report_part.h"
#include "deliver/words.h"

#define NAMES 3 /* of one role in a sentence; the table has them all */

typedef struct {
    rdl_bulletin *r;
    rdl_report_table *table;  /* of inputs */
    GHashTable *told;         /* digest and role, of those told */
    GPtrArray *roles, *names; /* side by side: char * kept by the report */
    GPtrArray *methods;       /* sentences of detection: char * */
    char *pack, *version, *as_of;
} reading;

static const char *const roles[] = {"before",  "after", "zones",   "footprints", "patches",
                                    "permits", "units", "letters", "planned",    NULL};

/* One that goes along with a Shapefile is none of its own. */
static bool is_companion(const char *path)
{
    static const char *const endings[] = {".dbf", ".shx", ".prj", ".cpg"};
    bool is = false;

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        is = is || g_str_has_suffix(path, endings[i]);
    return is;
}

static void read_input(reading *in, JsonObject *input, JsonObject *options)
{
    rdl_bulletin *r = in->r;
    const char *role = rdl_json_text(input, "role", ""), *path = rdl_json_text(input, "path", "");
    const char *digest = rdl_json_text(input, "sha256", NULL);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *key = g_strconcat(role, "/", digest ? digest : path, NULL);

    if (!g_strv_contains(roles, role) || is_companion(path) ||
        !g_hash_table_add(in->told, g_steal_pointer(&key)))
        return;
    g_autofree char *word_key = g_strconcat("role.", role, NULL);
    g_autofree char *day_key = g_strconcat("date_", role, NULL);
    const char *word = rdl_report_word(r, word_key), *day = rdl_json_text(options, day_key, NULL);
    const char *kept = rdl_report_keep(r, g_strdup(name));
    g_ptr_array_add(in->roles, (gpointer)word);
    g_ptr_array_add(in->names, (gpointer)kept);
    rdl_report_cell_text(in->table, word);
    rdl_report_cell_text(in->table, kept);
    rdl_report_cell_text(in->table, day ? rdl_report_keep(r, g_strdup(day)) : NULL);
    rdl_report_cell_text(in->table, digest ? rdl_report_keep(r, g_strdup(digest)) : NULL);
}

static void read_detection(reading *in, JsonObject *manifest, JsonObject *options)
{
    rdl_bulletin *r = in->r;
    JsonNode *node = json_object_get_member(manifest, "methods");
    JsonArray *papers = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    const char *name = rdl_json_text(options, "method", "?");
    const char *paper =
        papers && json_array_get_length(papers) ? json_array_get_string_element(papers, 0) : NULL;
    g_autofree char *method = paper ? g_strdup_printf("%s (%s)", name, paper) : g_strdup(name);
    const char *unknown = rdl_report_word(r, "no_date");
    char *sentence = rdl_sentence(r->ledger, "method.detection", r->language, "{method}", method,
                                  "{before}", rdl_json_text(options, "date_before", unknown),
                                  "{after}", rdl_json_text(options, "date_after", unknown), NULL);

    if (sentence && !g_ptr_array_find_with_equal_func(in->methods, sentence, g_str_equal, NULL))
        g_ptr_array_add(in->methods, sentence);
    else
        g_free(sentence);
}

static void take(char **to, JsonObject *options, const char *member)
{
    const char *text = rdl_json_text(options, member, NULL);

    if (text) {
        g_free(*to);
        *to = g_strdup(text);
    }
}

/* A command and what made its inputs, back to the scenes. */
static void read_manifest(reading *in, JsonObject *manifest)
{
    JsonObject *options = rdl_json_object(manifest, "options");
    JsonNode *node = json_object_get_member(manifest, "inputs");
    JsonArray *inputs = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    const char *command = rdl_json_text(manifest, "command", "");
    g_autoptr(JsonObject) none = json_object_new();

    options = options ? options : none;
    if (strcmp(command, "detect") == 0)
        read_detection(in, manifest, options);
    if (strcmp(command, "screen") == 0) {
        take(&in->pack, options, "pack");
        take(&in->version, options, "pack_version");
        take(&in->as_of, options, "as_of");
    }
    /* what made an input first: the scene with its date is told, not the same scene without */
    for (guint i = 0; inputs && i < json_array_get_length(inputs); i++) {
        JsonNode *one = json_array_get_element(inputs, i);
        JsonObject *o = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL;
        JsonObject *maker = o ? rdl_json_object(o, "made_by") : NULL;
        if (maker)
            read_manifest(in, maker);
        if (o)
            read_input(in, o, options);
    }
}

/* "管控区（zones.gpkg）、图斑（a.gpkg、b.gpkg等5份）" */
static char *sources_of(const reading *in)
{
    GString *out = g_string_new(NULL);
    const char *and = rdl_report_word(in->r, "and");

    for (size_t k = 0; roles[k]; k++) {
        g_autofree char *key = g_strconcat("role.", roles[k], NULL);
        const char *word = rdl_report_word(in->r, key);
        g_autoptr(GString) names = g_string_new(NULL);
        guint n = 0;
        for (guint i = 0; i < in->roles->len; i++)
            if (in->roles->pdata[i] == word && n++ < NAMES)
                g_string_append_printf(names, "%s%s", n > 1 ? and : "",
                                       (const char *)in->names->pdata[i]);
        if (n > NAMES)
            g_string_append_printf(names, rdl_report_word(in->r, "and_so_on"), n);
        if (n)
            g_string_append_printf(out, rdl_report_word(in->r, "named"), out->len ? and : "", word,
                                   names->str);
    }
    return g_string_free(out, FALSE);
}

static void say_method(const reading *in, GString *text)
{
    rdl_bulletin *r = in->r;
    rdl_paragraph p = {r, text};
    g_autofree char *sources = sources_of(in);

    if (*sources)
        rdl_report_say(
            &p, rdl_sentence(r->ledger, "method.sources", r->language, "{sources}", sources, NULL));
    for (guint i = 0; i < in->methods->len; i++)
        rdl_report_say(&p, g_strdup(in->methods->pdata[i]));
    if (in->pack && in->as_of)
        rdl_report_say(&p, rdl_sentence(r->ledger, "method.screening", r->language, "{pack}",
                                        in->pack, "{version}", in->version ? in->version : "?",
                                        "{as_of}", in->as_of, NULL));
    if (!in->roles->len)
        rdl_report_say(&p, g_strdup(rdl_report_word(r, "no_manifest")));
    rdl_report_say(&p, rdl_sentence(r->ledger, "method.area", r->language, NULL));
    rdl_report_say(&p, g_strdup(rdl_report_word(r, "monitored.rule")));
}

static void reading_clear(reading *in)
{
    g_hash_table_unref(in->told);
    g_ptr_array_unref(in->roles);
    g_ptr_array_unref(in->names);
    g_ptr_array_unref(in->methods);
    g_free(in->pack);
    g_free(in->version);
    g_free(in->as_of);
}

bool rdl_report_method(rdl_bulletin *r, GError **error)
{
    static const char *const heads[] = {"role", "file", "date", "sha256"};
    static const double widths[] = {14, 30, 12, 66};
    g_autoptr(JsonArray) loads = rdl_loads_recorded(r->path, error);
    g_autoptr(GString) text = g_string_new(NULL);

    if (!loads)
        return false;
    guint place = r->parts->len; /* the sentences stand before the table, and are known after it */
    rdl_report_add(r, RDL_PART_TEXT, NULL);
    reading in = {.r = r,
                  .table = rdl_report_add_table(r, "inputs"),
                  .told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                  .roles = g_ptr_array_new(),
                  .names = g_ptr_array_new(),
                  .methods = g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++)
        rdl_report_column_add(in.table, rdl_report_word(r, heads[i]),
                              i == 2 ? RDL_CELL_DAY : RDL_CELL_TEXT, widths[i], true);
    for (guint i = 0; i < json_array_get_length(loads); i++) {
        JsonObject *load = json_array_get_object_element(loads, i);
        JsonObject *manifest = rdl_json_object(load, "manifest");
        if (manifest && strcmp(rdl_json_text(load, "at", ""), r->as_of) <= 0)
            read_manifest(&in, manifest);
    }
    say_method(&in, text);
    g_array_index(r->parts, rdl_report_part, place).text =
        rdl_report_keep(r, g_strdup(g_strchomp(text->str)));
    reading_clear(&in);
    return true;
}
