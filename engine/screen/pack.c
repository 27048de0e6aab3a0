#include "screen/pack.h"

#include <stdlib.h>
#include <string.h>
#include "screen/condition.h"
#include "screen/pack_check.h"
#include "screen/pack_rules.h"

struct rdl_pack {
    char *folder, *digest;
    JsonNode *meta;
    GHashTable *tables;  /* file name -> rdl_csv */
    GHashTable *zones;   /* code -> rdl_zone_class */
    GHashTable *parents; /* activity -> parent ("" at the top) */
    GHashTable *groups;  /* activities that only stand for those below them */
    GPtrArray *rules;    /* of rdl_rule */
    rdl_conditions *conditions;
    char **local;
};

static void csv_unref(gpointer p)
{
    rdl_csv_free(p);
}

void rdl_pack_free(rdl_pack *pack)
{
    if (!pack)
        return;
    g_clear_pointer(&pack->rules, g_ptr_array_unref);
    g_clear_pointer(&pack->conditions, rdl_conditions_free);
    g_clear_pointer(&pack->zones, g_hash_table_unref);
    g_clear_pointer(&pack->parents, g_hash_table_unref);
    g_clear_pointer(&pack->groups, g_hash_table_unref);
    g_clear_pointer(&pack->tables, g_hash_table_unref);
    g_clear_pointer(&pack->meta, json_node_unref);
    g_strfreev(pack->local);
    g_free(pack->digest);
    g_free(pack->folder);
    g_free(pack);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the pack's own files, in order. */
static GPtrArray *file_names(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    if (!dir)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: is no pack: a folder is needed", folder),
               NULL;
    while ((name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".csv") || g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return g_steal_pointer(&names);
}

/* Reads every table and pack.yaml; what cannot be read is a fault, the others are read on. */
static bool load(rdl_pack *pack, GPtrArray *faults, GError **error)
{
    g_autoptr(GPtrArray) names = file_names(pack->folder, error);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *yaml = g_build_filename(pack->folder, "pack.yaml", NULL);
    GError *bad = NULL;

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *path = g_build_filename(pack->folder, name, NULL);
        g_autofree char *digest = rdl_digest_file(path, error);
        bool csv = g_str_has_suffix(name, ".csv");
        rdl_csv *table = digest && csv ? rdl_csv_read(path, &bad) : NULL;

        if (!digest)
            return false;
        g_checksum_update(sum, (const guchar *)name, -1);
        g_checksum_update(sum, (const guchar *)digest, -1);
        if (csv) /* NULL: there, but not to be read */
            g_hash_table_insert(pack->tables, g_strdup(name), table);
        if (csv && !table)
            g_ptr_array_add(faults, g_strdup(bad->message));
        g_clear_error(&bad);
    }
    if (names && !(pack->meta = rdl_yaml_read(yaml, &bad))) {
        g_ptr_array_add(faults, g_strdup(bad->message));
        g_clear_error(&bad);
    }
    pack->digest = g_strdup(g_checksum_get_string(sum));
    return names != NULL;
}

static void add_faults(rdl_pack *pack, GPtrArray *faults)
{
    if (pack->meta)
        rdl_pack_faults(pack->folder, pack->meta, pack->tables, faults);
    pack->conditions = rdl_conditions_new(rdl_pack_table(pack, "zones.csv"),
                                          rdl_pack_table(pack, "predicates.csv"), faults);
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

rdl_day rdl_pack_day(const rdl_csv *csv, size_t row, const char *column, rdl_day unknown)
{
    rdl_day day = unknown;
    const char *text = rdl_csv_at(csv, row, column);

    return *text && rdl_day_parse(text, &day, NULL) ? day : unknown;
}

static void read_zones(rdl_pack *pack)
{
    const rdl_csv *csv = rdl_pack_table(pack, "zones.csv");

    for (size_t i = 0; i < rdl_csv_count(csv); i++) {
        rdl_zone_class *zone = g_new0(rdl_zone_class, 1);
        zone->zone = rdl_csv_at(csv, i, "zone");
        zone->name_zh = rdl_csv_at(csv, i, "name_zh");
        zone->name_en = rdl_csv_at(csv, i, "name_en");
        zone->family = rdl_csv_at(csv, i, "family");
        zone->exclusive = or_null(rdl_csv_at(csv, i, "exclusive"));
        zone->converts_to = or_null(rdl_csv_at(csv, i, "converts_to"));
        zone->number = (int)i;
        zone->priority = (int)strtol(rdl_csv_at(csv, i, "priority"), NULL, 10);
        zone->reserve = strcmp(rdl_csv_at(csv, i, "reserve"), "1") == 0;
        zone->converts_from = rdl_pack_day(csv, i, "converts_from", RDL_DAY_PAST);
        g_hash_table_insert(pack->zones, (gpointer)zone->zone, zone);
    }
}

static void read_activities(rdl_pack *pack)
{
    const rdl_csv *csv = rdl_pack_table(pack, "activities.csv");

    for (size_t i = 0; i < rdl_csv_count(csv); i++) {
        gpointer code = (gpointer)rdl_csv_at(csv, i, "code");
        g_hash_table_insert(pack->parents, code, (gpointer)rdl_csv_at(csv, i, "parent"));
        if (strcmp(rdl_csv_at(csv, i, "group"), "1") == 0)
            g_hash_table_add(pack->groups, code);
    }
}

static rdl_pack *pack_new(const char *name, const char *local, GError **error)
{
    g_autoptr(rdl_pack) pack = g_new0(rdl_pack, 1);

    pack->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, csv_unref);
    pack->zones = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    pack->parents = g_hash_table_new(g_str_hash, g_str_equal);
    pack->groups = g_hash_table_new(g_str_hash, g_str_equal);
    pack->local = g_strsplit(local ? local : "", ",", -1);
    pack->folder = rdl_data_named("packs", name, error);
    return pack->folder ? g_steal_pointer(&pack) : NULL;
}

rdl_pack *rdl_pack_open(const char *name, const char *local, GError **error)
{
    g_autoptr(rdl_pack) pack = pack_new(name, local, error);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);

    if (!pack || !load(pack, faults, error))
        return NULL;
    add_faults(pack, faults);
    if (faults->len > 1)
        return rdl_fail(error, RDL_ERROR_DATA, "%s (and %u more: 'redline pack check' lists them)",
                        (char *)faults->pdata[0], faults->len - 1),
               NULL;
    if (faults->len)
        return rdl_fail(error, RDL_ERROR_DATA, "%s", (char *)faults->pdata[0]), NULL;
    read_zones(pack);
    read_activities(pack);
    pack->rules = rdl_pack_read_rules(pack, (const char *const *)pack->local);
    return g_steal_pointer(&pack);
}

GPtrArray *rdl_pack_check(const char *name, GError **error)
{
    g_autoptr(rdl_pack) pack = pack_new(name, NULL, error);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);

    if (!pack || !load(pack, faults, error))
        return NULL;
    add_faults(pack, faults);
    return g_steal_pointer(&faults);
}

const char *rdl_pack_id(const rdl_pack *pack)
{
    return rdl_pack_text(pack, "id", "");
}

const char *rdl_pack_version(const rdl_pack *pack)
{
    return rdl_pack_text(pack, "version", "");
}

const char *rdl_pack_folder(const rdl_pack *pack)
{
    return pack->folder;
}

const char *rdl_pack_digest(const rdl_pack *pack)
{
    return pack->digest;
}

const char *rdl_pack_text(const rdl_pack *pack, const char *key, const char *fallback)
{
    return rdl_json_text(json_node_get_object(pack->meta), key, fallback);
}

double rdl_pack_default(const rdl_pack *pack, const char *key, double fallback)
{
    JsonObject *defaults = rdl_json_object(json_node_get_object(pack->meta), "defaults");

    return rdl_json_real(defaults, key, fallback);
}

const rdl_csv *rdl_pack_table(const rdl_pack *pack, const char *file)
{
    return g_hash_table_lookup(pack->tables, file);
}

GList *rdl_pack_tables(const rdl_pack *pack)
{
    return g_hash_table_get_keys(pack->tables);
}

JsonNode *rdl_pack_meta(const rdl_pack *pack)
{
    return pack->meta;
}

const GPtrArray *rdl_pack_rules(const rdl_pack *pack)
{
    return pack->rules;
}

rdl_conditions *rdl_pack_conditions(const rdl_pack *pack)
{
    return pack->conditions;
}

const rdl_zone_class *rdl_pack_zone(const rdl_pack *pack, const char *zone)
{
    return g_hash_table_lookup(pack->zones, zone);
}

bool rdl_pack_has_activity(const rdl_pack *pack, const char *activity)
{
    return g_hash_table_contains(pack->parents, activity);
}

char *rdl_pack_activity_path(const rdl_pack *pack, const char *activity)
{
    GString *path = g_string_new(activity);

    for (const char *up = activity;
         up && *up && (up = g_hash_table_lookup(pack->parents, up)) && *up;)
        g_string_append_printf(path, ";%s", up);
    return g_string_free(path, FALSE);
}

bool rdl_pack_activity_is(const rdl_pack *pack, const char *activity, const char *ancestor)
{
    size_t n = strlen(ancestor);

    if (n && ancestor[n - 1] == '*')
        return strncmp(activity, ancestor, n - 1) == 0;
    for (; activity && *activity; activity = g_hash_table_lookup(pack->parents, activity))
        if (strcmp(activity, ancestor) == 0)
            return true;
    return false;
}

rdl_truth rdl_pack_activity_may_be(const rdl_pack *pack, const char *activity, const char *wanted)
{
    if (rdl_pack_activity_is(pack, activity, wanted))
        return RDL_YES;
    if (!g_hash_table_contains(pack->groups, activity))
        return RDL_NO;
    bool pattern = g_str_has_suffix(wanted, "*") && g_str_has_prefix(wanted, activity);
    return pattern || rdl_pack_activity_is(pack, wanted, activity) ? RDL_MAYBE : RDL_NO;
}
