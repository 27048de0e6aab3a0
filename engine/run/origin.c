#include "run/origin.h"

#include <string.h>
#include <glib/gstdio.h>

static bool from_file(rdl_manifest *from, const char *role, const char *path, GError **error)
{
    return !path || rdl_manifest_input(from, role, path, error);
}

/* Every file a source is read from. */
static bool from_files(rdl_manifest *from, const char *role, const char *source, GError **error)
{
    g_auto(GStrv) files = rdl_source_files(source);
    const rdl_input input = {role, source, *files ? files : NULL};

    return rdl_manifest_inputs(from, &input, 1, 1, error);
}

static bool from_scene(rdl_manifest *from, const rdl_job *job, JsonObject *detect, const char *key,
                       GError **error)
{
    const char *path = rdl_json_text(detect, key, NULL);
    g_autofree char *full = path ? rdl_path_beside(job->path, path) : NULL;

    return !full || strcmp(path, "none") == 0 || from_files(from, key, full, error);
}

/* A file of redline's own data, by the name a user gave. */
static bool from_data(rdl_manifest *from, const char *kind, const char *name, GError **error)
{
    g_autofree char *file = !name || strchr(name, '/') || g_str_has_suffix(name, ".yaml")
                                ? g_strdup(name)
                                : g_strconcat(name, ".yaml", NULL);
    g_autofree char *path = file ? rdl_data_named(kind, file, error) : NULL;

    return !name || (path && from_file(from, kind, path, error));
}

static bool from_source(rdl_manifest *from, const char *role, const rdl_source *source,
                        GError **error)
{
    rdl_manifest_method(from, source->path); /* with its :LAYER */
    return from_files(from, role, source->path, error) &&
           from_data(from, "profiles", source->profile, error);
}

static bool from_sources(rdl_manifest *from, const char *role, const rdl_sources *sources,
                         GError **error)
{
    for (size_t i = 0; i < sources->n; i++)
        if (!from_source(from, role, &sources->list[i], error))
            return false;
    return true;
}

static bool from_pack(rdl_manifest *from, const rdl_job *job, GError **error)
{
    g_autoptr(rdl_pack) pack = rdl_pack_open(job->pack, job->local, error);

    if (!pack)
        return false;
    rdl_manifest_option(from, "pack", rdl_pack_digest(pack));
    rdl_manifest_option(from, "local", job->local);
    return true;
}

/* With its log: while somebody reads a ledger, what is written to it is only there. */
static bool from_output(rdl_manifest *from, const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *log = g_strconcat(path, "-wal", NULL);

    return from_file(from, name, path, error) &&
           from_file(from, "log", g_file_test(log, G_FILE_TEST_EXISTS) ? log : NULL, error);
}

static void option_real(rdl_manifest *from, const char *name, double real)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    rdl_manifest_option(from, name, g_ascii_dtostr(buffer, sizeof buffer, real));
}

static bool all_known(rdl_manifest *from)
{
    JsonArray *inputs = json_object_get_array_member(rdl_manifest_object(from), "inputs");

    for (guint i = 0; i < json_array_get_length(inputs); i++)
        if (!rdl_json_text(json_array_get_object_element(inputs, i), "sha256", NULL))
            return false;
    return true;
}

/* The digest of all that was gathered. Takes `from`. */
static char *settle(rdl_manifest *take_from, bool good, const char *code)
{
    g_autoptr(rdl_manifest) from = take_from;

    if (!good)
        return NULL;
    rdl_manifest_option(from, "code", code);
    if (!all_known(from)) {
        g_autofree char *unlike = g_uuid_string_random();
        rdl_manifest_option(from, "unlike", unlike);
    }
    g_autoptr(JsonNode) node = rdl_json_node(rdl_manifest_object(from));
    g_autofree char *text = rdl_json_canonical(node);
    return rdl_digest_bytes(text, strlen(text));
}

char *rdl_origin_detect(const rdl_job *job, const rdl_pair_job *pair, const char *code,
                        GError **error)
{
    rdl_manifest *from = rdl_manifest_new("detect");
    g_autoptr(JsonNode) node = rdl_json_node(pair->detect);
    g_autofree char *options = rdl_json_canonical(node);

    rdl_manifest_option(from, "detect", options);
    bool good = from_scene(from, job, pair->detect, "before", error) &&
                from_scene(from, job, pair->detect, "after", error) &&
                from_scene(from, job, pair->detect, "mask_before", error) &&
                from_scene(from, job, pair->detect, "mask_after", error) &&
                from_scene(from, job, pair->detect, "aoi", error) &&
                from_scene(from, job, pair->detect, "dem", error) &&
                from_data(from, "sensors", rdl_json_text(pair->detect, "sensor", NULL), error);
    return settle(from, good, code);
}

char *rdl_origin_mosaic(const rdl_job *job, const char *folder, const char *code, GError **error)
{
    rdl_manifest *from = rdl_manifest_new("mosaic");
    bool good = true;

    for (size_t i = 0; good && i < job->n_pairs; i++) {
        g_autofree char *change = g_strdup_printf("change-%s.tif", job->pairs[i].name);
        g_autofree char *score = g_strdup_printf("score-%s.tif", job->pairs[i].name);
        good = from_output(from, folder, change, error) && from_output(from, folder, score, error);
    }
    return settle(from, good, code);
}

char *rdl_origin_patches(const rdl_job *job, const char *folder, const char *code, GError **error)
{
    rdl_manifest *from = rdl_manifest_new("patches");

    if (job->drawing) {
        g_autoptr(JsonNode) node = rdl_json_node(job->drawing);
        g_autofree char *options = rdl_json_canonical(node);
        rdl_manifest_option(from, "patches", options);
    }
    bool good = from_output(from, folder, "change.tif", error) &&
                from_output(from, folder, "score.tif", error) &&
                from_scene(from, job, job->drawing, "series", error) &&
                from_scene(from, job, job->drawing, "previous", error);
    for (size_t i = 0; good && i < job->n_pairs; i++) {
        JsonObject *detect = job->pairs[i].detect;
        rdl_manifest_method(from, rdl_json_text(detect, "bands", ""));
        good = from_scene(from, job, detect, "before", error) &&
               from_scene(from, job, detect, "after", error) &&
               from_data(from, "sensors", rdl_json_text(detect, "sensor", NULL), error);
    }
    return settle(from, good, code);
}

char *rdl_origin_screen(const rdl_job *job, const char *folder, const char *code, GError **error)
{
    rdl_manifest *from = rdl_manifest_new("screen");
    g_autofree char *as_of = rdl_day_text(job->as_of);

    rdl_manifest_option(from, "as_of", as_of);
    option_real(from, "residual", job->residual_m);
    option_real(from, "sliver_area", job->sliver_m2);
    option_real(from, "sliver_width", job->sliver_width_m);
    bool good = from_pack(from, job, error) && from_sources(from, "zones", &job->zones, error) &&
                from_sources(from, "footprints", &job->footprints, error) &&
                from_sources(from, "permits", &job->permits, error) &&
                from_sources(from, "units", &job->units, error) &&
                from_sources(from, "letters", &job->letters, error) &&
                (!job->patches || from_output(from, folder, "patches.gpkg", error));
    return settle(from, good, code);
}

char *rdl_origin_ledger(const rdl_job *job, const char *folder, const char *code, GError **error)
{
    rdl_manifest *from = rdl_manifest_new("ledger");
    g_autofree char *as_of = rdl_day_text(job->as_of);

    rdl_manifest_option(from, "as_of", as_of);
    bool good = from_pack(from, job, error) && from_output(from, folder, "findings.gpkg", error) &&
                from_sources(from, "letters", &job->letters, error) &&
                from_file(from, "moves", job->moves, error);
    return settle(from, good, code);
}

char *rdl_origin_deliver(const rdl_job *job, const char *head, const char *code)
{
    rdl_manifest *from = rdl_manifest_new("deliver");
    g_autofree char *profiles = g_strjoinv(",", job->deliver);

    rdl_manifest_option(from, "profiles", profiles);
    rdl_manifest_option(from, "head", head);
    return settle(from, true, code);
}
