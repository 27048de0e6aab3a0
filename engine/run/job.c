#include "run/job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "deliver/deliver.h"

static const char *const job_keys[] = {"redline", "name",    "title", "pack",    "as_of",
                                       "local",   "detect",  "pairs", "patches", "screen",
                                       "ledger",  "deliver", NULL};
static const char *const detect_keys[] = {
    "before",      "after",     "date_before", "date_after", "sensor",      "bands",
    "method",      "threshold", "iterations",  "tolerance",  "mask_before", "mask_after",
    "mask_values", "mask_grow", "aoi",         "align",      "index",       "resolution",
    "dem",         "height",    "vote",        NULL};
static const char *const pair_keys[] = {
    "name",       "before",      "after",     "date_before", "date_after", "sensor",
    "bands",      "method",      "threshold", "iterations",  "tolerance",  "mask_before",
    "mask_after", "mask_values", "mask_grow", "aoi",         "align",      "index",
    "resolution", "dem",         "height",    "vote",        NULL};
static const char *const patches_keys[] = {"min_area",        "fill_holes", "simplify", "suppress",
                                           "keep_suppressed", "series",     "previous", NULL};
static const char *const screen_keys[] = {"zones",       "footprints",   "permits",
                                          "units",       "letters",      "residual",
                                          "sliver_area", "sliver_width", NULL};
static const char *const ledger_keys[] = {"moves", NULL};
static const char *const source_keys[] = {"source", "profile", NULL};

static void sources_clear(rdl_sources *sources)
{
    for (size_t i = 0; i < sources->n; i++) {
        g_free((char *)sources->list[i].path);
        g_free((char *)sources->list[i].profile);
    }
    g_free(sources->list);
}

void rdl_job_free(rdl_job *job)
{
    if (!job)
        return;
    sources_clear(&job->zones);
    sources_clear(&job->footprints);
    sources_clear(&job->permits);
    sources_clear(&job->units);
    sources_clear(&job->letters);
    g_strfreev(job->deliver);
    g_free(job->moves);
    g_free(job->path);
    g_free(job->name);
    g_free(job->pack);
    g_free(job->local);
    g_clear_pointer(&job->drawing, json_object_unref);
    for (size_t i = 0; i < job->n_pairs; i++) {
        g_free(job->pairs[i].name);
        json_object_unref(job->pairs[i].detect);
    }
    g_free(job->pairs);
    g_free(job);
}

static bool check_keys(const rdl_job *job, JsonObject *o, const char *where,
                       const char *const *known, GError **error)
{
    g_autoptr(GList) keys = json_object_get_members(o);

    for (GList *k = keys; k; k = k->next)
        if (!g_strv_contains(known, k->data)) {
            g_autofree char *list = g_strjoinv(", ", (char **)known);
            return rdl_fail(error, RDL_ERROR_DATA, "%s: %s: key '%s' is not known; there is %s",
                            job->path, where, (char *)k->data, list);
        }
    return true;
}

/* A stage's map; *there false where the key is absent; null and {} are an empty stage. */
static bool stage(rdl_job *job, JsonObject *root, const char *key, const char *const *known,
                  bool *there, JsonObject **map, GError **error)
{
    JsonNode *node = json_object_get_member(root, key);

    *there = node != NULL;
    *map = NULL;
    if (!node || JSON_NODE_HOLDS_NULL(node))
        return true;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: %s must be a map", job->path, key);
    *map = json_node_get_object(node);
    return check_keys(job, *map, key, known, error);
}

static bool add_source(rdl_job *job, const char *key, JsonNode *node, rdl_sources *sources,
                       GError **error)
{
    JsonObject *map = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *path = map                           ? rdl_json_text(map, "source", NULL)
                       : JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node)
                                                     : NULL;

    if (map && !check_keys(job, map, key, source_keys, error))
        return false;
    if (!path)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: screen: %s: a path, or source and profile, is "
                        "needed",
                        job->path, key);
    sources->list = g_renew(rdl_source, sources->list, sources->n + 1);
    sources->list[sources->n++] = (rdl_source){rdl_path_beside(job->path, path),
                                               g_strdup(rdl_json_text(map, "profile", NULL))};
    return true;
}

static bool read_sources(rdl_job *job, JsonObject *screen, const char *key, rdl_sources *sources,
                         GError **error)
{
    JsonNode *node = json_object_get_member(screen, key);
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (node && !array)
        return add_source(job, key, node, sources, error);
    for (guint i = 0; array && i < json_array_get_length(array); i++)
        if (!add_source(job, key, json_array_get_element(array, i), sources, error))
            return false;
    return true;
}

/* A number of a stage; words in its place are refused, absent or null is `unset`. */
static bool number_of(const rdl_job *job, JsonObject *map, const char *stage, const char *key,
                      double unset, double *value, GError **error)
{
    JsonNode *node = map ? json_object_get_member(map, key) : NULL;

    *value = rdl_json_real(map, key, unset);
    if (!node || JSON_NODE_HOLDS_NULL(node) || rdl_json_real(map, key, NAN) == *value)
        return true;
    g_autofree char *text = rdl_json_line(node);
    return rdl_fail(error, RDL_ERROR_DATA, "%s: %s: %s is %s: a number is needed", job->path, stage,
                    key, text);
}

static bool read_screen(rdl_job *job, JsonObject *root, GError **error)
{
    const char *as_of = rdl_json_text(root, "as_of", NULL);
    JsonObject *map;

    if (!stage(job, root, "screen", screen_keys, &job->screens, &map, error))
        return false;
    if (!job->screens)
        return true;
    if (!map || !json_object_has_member(map, "zones"))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: screen: zones are needed", job->path);
    if (!job->pack || !as_of)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: screen needs 'pack' and 'as_of'", job->path);
    if (!rdl_day_parse(as_of, &job->as_of, error)) {
        g_prefix_error(error, "%s: as_of: ", job->path);
        return false;
    }
    if (!number_of(job, map, "screen", "residual", 0.0, &job->residual_m, error) ||
        !number_of(job, map, "screen", "sliver_area", NAN, &job->sliver_m2, error) ||
        !number_of(job, map, "screen", "sliver_width", NAN, &job->sliver_width_m, error))
        return false;
    return read_sources(job, map, "zones", &job->zones, error) &&
           read_sources(job, map, "footprints", &job->footprints, error) &&
           read_sources(job, map, "permits", &job->permits, error) &&
           read_sources(job, map, "units", &job->units, error) &&
           read_sources(job, map, "letters", &job->letters, error);
}

static void add_pair(rdl_job *job, const char *name, JsonObject *detect)
{
    job->pairs = g_renew(rdl_pair_job, job->pairs, job->n_pairs + 1);
    job->pairs[job->n_pairs++] = (rdl_pair_job){g_strdup(name), json_object_ref(detect)};
}

/* What the pair says, over what detect says for all. */
static JsonObject *merged(JsonObject *shared, JsonObject *own)
{
    JsonObject *all = json_object_new();
    JsonObject *const parts[] = {shared, own};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GList) keys = parts[i] ? json_object_get_members(parts[i]) : NULL;
        for (GList *k = keys; k; k = k->next)
            if (strcmp(k->data, "name") != 0)
                json_object_set_member(all, k->data,
                                       json_node_copy(json_object_get_member(parts[i], k->data)));
    }
    return all;
}

static bool name_is_taken(const rdl_job *job, const char *name)
{
    for (size_t i = 0; i < job->n_pairs; i++)
        if (g_strcmp0(job->pairs[i].name, name) == 0)
            return true;
    return false;
}

static bool read_pair(rdl_job *job, JsonObject *shared, JsonNode *node, GError **error)
{
    JsonObject *own = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *name = rdl_json_text(own, "name", NULL);

    if (!name || !g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9_-]*$", name, 0, 0))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: pairs: each needs a 'name' of letters, digits, - and _", job->path);
    if (name_is_taken(job, name))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: pairs: two are named '%s'", job->path, name);
    if (!check_keys(job, own, "pairs", pair_keys, error))
        return false;
    g_autoptr(JsonObject) all = merged(shared, own);
    if (!rdl_json_text(all, "before", NULL) || !rdl_json_text(all, "after", NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: pairs: %s: before and after are needed",
                        job->path, name);
    add_pair(job, name, all);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const rdl_pair_job *)a)->name, ((const rdl_pair_job *)b)->name);
}

static bool read_pairs(rdl_job *job, JsonObject *root, JsonObject *shared, GError **error)
{
    JsonNode *node = json_object_get_member(root, "pairs");
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (!array || !json_array_get_length(array))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: pairs must be a list of pairs of scenes",
                        job->path);
    for (guint i = 0; i < json_array_get_length(array); i++)
        if (!read_pair(job, shared, json_array_get_element(array, i), error))
            return false;
    qsort(job->pairs, job->n_pairs, sizeof *job->pairs, by_name); /* their order says nothing */
    if (job->n_pairs == 1) /* one pair is one pair, whatever it is called */
        g_clear_pointer(&job->pairs[0].name, g_free);
    return true;
}

/* A number or a map where a word belongs would be passed over: the stage would run without it. */
static bool check_words(const rdl_job *job, JsonObject *map, const char *stage,
                        const char *const *words, GError **error)
{
    for (; *words; words++) {
        JsonNode *node = map ? json_object_get_member(map, *words) : NULL;
        if (node && !JSON_NODE_HOLDS_NULL(node) && !rdl_json_text(map, *words, NULL))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: %s: %s is a word: put what stands there in quotes", job->path,
                            stage, *words);
    }
    return true;
}

/* Told before a folder is made. */
static bool check_dates(const rdl_job *job, JsonObject *detect, GError **error)
{
    static const char *const dates[] = {"date_before", "date_after"};
    rdl_day day;

    for (size_t i = 0; i < G_N_ELEMENTS(dates); i++) {
        const char *text = rdl_json_text(detect, dates[i], NULL);
        if (!text || rdl_day_parse(text, &day, error))
            continue;
        g_prefix_error(error, "%s: detect: %s: ", job->path, dates[i]);
        return false;
    }
    return true;
}

static bool check_numbers(const rdl_job *job, JsonObject *detect, GError **error)
{
    static const struct {
        const char *key;
        bool whole;
    } numbers[] = {{"iterations", true}, {"vote", true},        {"tolerance", false},
                   {"mask_grow", false}, {"resolution", false}, {"height", false}};
    double value;

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!number_of(job, detect, "detect", numbers[i].key, 1.0, &value, error))
            return false;
        if (numbers[i].whole && !(value >= 0.0 && value <= 1e6 && value == floor(value)))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: detect: %s is a whole number", job->path,
                            numbers[i].key);
    }
    return true;
}

static bool read_patches(rdl_job *job, JsonObject *root, GError **error)
{
    static const char *const numbers[] = {"min_area", "fill_holes", "simplify"};
    static const char *const words[] = {"suppress", "series", "previous", NULL};
    JsonObject *map;
    double value;

    if (!stage(job, root, "patches", patches_keys, &job->patches, &map, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!number_of(job, map, "patches", numbers[i], NAN, &value, error))
            return false;
    if (!check_words(job, map, "patches", words, error))
        return false;
    JsonNode *keep = map ? json_object_get_member(map, "keep_suppressed") : NULL;
    if (keep && json_node_get_value_type(keep) != G_TYPE_BOOLEAN)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: patches: keep_suppressed is true or false",
                        job->path);
    job->drawing = map ? json_object_ref(map) : NULL;
    return true;
}

static bool read_detect(rdl_job *job, JsonObject *root, GError **error)
{
    static const char *const words[] = {"before",      "after",       "mask_before", "mask_after",
                                        "mask_values", "aoi",         "align",       "index",
                                        "dem",         "date_before", "date_after",  "sensor",
                                        "bands",       "method",      NULL};
    bool several = json_object_has_member(root, "pairs");
    JsonObject *detect;

    if (!stage(job, root, "detect", detect_keys, &job->detects, &detect, error) ||
        !read_patches(job, root, error))
        return false;
    if (several && !read_pairs(job, root, detect, error))
        return false;
    if (job->detects && !several &&
        (!rdl_json_text(detect, "before", NULL) || !rdl_json_text(detect, "after", NULL)))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: detect: before and after are needed",
                        job->path);
    if (job->detects && !several)
        add_pair(job, NULL, detect);
    job->detects = job->n_pairs > 0;
    for (size_t i = 0; i < job->n_pairs; i++)
        if (!check_words(job, job->pairs[i].detect, "detect", words, error) ||
            !check_dates(job, job->pairs[i].detect, error) ||
            !check_numbers(job, job->pairs[i].detect, error))
            return false;
    return !job->patches || job->detects ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: patches need detect before them", job->path);
}

/* A map, a card, or an export there is: told before anything is made. */
static bool known_profile(const rdl_job *job, const char *name, GError **error)
{
    static const char *const drawn[] = {"map", "card", NULL};

    if (g_strv_contains(drawn, name) || rdl_export_file(name, error))
        return true;
    g_prefix_error(error, "%s: deliver (map, card or an export): ", job->path);
    return false;
}

static bool read_ledger(rdl_job *job, JsonObject *root, GError **error)
{
    JsonNode *node = json_object_get_member(root, "deliver");
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    g_autoptr(GPtrArray) profiles = g_ptr_array_new_with_free_func(g_free);
    JsonObject *map;

    if (!stage(job, root, "ledger", ledger_keys, &job->keeps, &map, error))
        return false;
    if (map && rdl_json_text(map, "moves", NULL))
        job->moves = rdl_path_beside(job->path, rdl_json_text(map, "moves", NULL));
    if (node && !array)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: deliver must be a list of profiles", job->path);
    for (guint i = 0; array && i < json_array_get_length(array); i++) {
        JsonNode *profile = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_VALUE(profile) || !json_node_get_string(profile))
            return rdl_fail(error, RDL_ERROR_DATA, "%s: deliver: a profile is a word", job->path);
        if (!known_profile(job, json_node_get_string(profile), error))
            return false;
        g_ptr_array_add(profiles, g_strdup(json_node_get_string(profile)));
    }
    g_ptr_array_add(profiles, NULL);
    job->deliver = (char **)g_ptr_array_free(g_steal_pointer(&profiles), FALSE);
    if (job->keeps && !job->screens)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: ledger needs screen before it", job->path);
    if (job->keeps && job->as_of > rdl_day_today() + 1) /* somewhere it is tomorrow already */
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: as_of: lies in the future: what a ledger records has happened; a job "
                        "without 'ledger' may look ahead",
                        job->path);
    return job->keeps || !job->deliver[0] ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: deliver needs a ledger: add a line 'ledger: {}'",
                    job->path);
}

/* The name becomes a folder: a plain word. */
static bool read_name(rdl_job *job, JsonObject *root, GError **error)
{
    const char *name = rdl_json_text(root, "name", NULL);

    if (!name || !g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9._-]*$", name, 0, 0))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: needs a 'name' of letters, digits, - and _",
                        job->path);
    if (rdl_json_real(root, "redline", 0.0) != 1.0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no job file: it must say 'redline: 1'",
                        job->path);
    job->name = g_strdup(name);
    job->local = g_strdup(rdl_json_text(root, "local", NULL));
    const char *pack = rdl_json_text(root, "pack", NULL);
    job->pack = pack && strchr(pack, '/') ? rdl_path_beside(job->path, pack) : g_strdup(pack);
    return true;
}

/* The pack is there and in order, before hours are spent on scenes. */
static bool check_pack(const rdl_job *job, GError **error)
{
    g_autoptr(rdl_pack) pack = job->pack ? rdl_pack_open(job->pack, job->local, error) : NULL;

    if (job->pack && !pack)
        g_prefix_error(error, "%s: pack: ", job->path);
    return !job->pack || pack;
}

rdl_job *rdl_job_read(const char *path, GError **error)
{
    g_autoptr(rdl_job) job = g_new0(rdl_job, 1);

    job->path = g_strdup(path);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return rdl_fail(error, RDL_ERROR_IO,
                        "%s: there is no such job file: give the path of one, or write one after "
                        "data/sample/job.yaml",
                        path),
               NULL;
    g_autoptr(JsonNode) node = rdl_yaml_read(path, error);
    if (!node)
        return NULL;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no job file: a map is needed", path), NULL;
    JsonObject *root = json_node_get_object(node);
    if (!check_keys(job, root, "job", job_keys, error) || !read_name(job, root, error) ||
        !read_detect(job, root, error) || !read_screen(job, root, error) ||
        !read_ledger(job, root, error) || !check_pack(job, error))
        return NULL;
    return g_steal_pointer(&job);
}
