#include "detect/scene.h"

#include <stdlib.h>
#include <string.h>

void rdl_scene_free(rdl_scene *scene)
{
    if (!scene)
        return;
    rdl_raster_close(scene->raster);
    g_free(scene->bands);
    g_strfreev(scene->roles);
    g_free(scene);
}

static void allot(rdl_scene *scene, int count)
{
    scene->count = count;
    scene->bands = g_new0(int, (size_t)count);
    scene->roles = g_new0(char *, (size_t)count + 1);
}

static bool number_of(const char *text, int *number)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);

    *number = (int)n;
    return end != text && *end == '\0' && n >= 1 && n <= 65535;
}

static const char *const role_names[] = {"coastal", "blue",   "green",    "red",      "nir",
                                         "swir1",   "swir2",  "rededge1", "rededge2", "rededge3",
                                         "nir2",    "vapour", "cirrus",   NULL};

/* The band that the file calls so: by its description or the maker's name for it; 0: none. */
static int band_called(const rdl_raster *raster, const char *name)
{
    for (int i = 1; i <= rdl_raster_bands(raster); i++)
        if (strcmp(rdl_raster_description(raster, i), name) == 0 ||
            g_strcmp0(rdl_raster_band_item(raster, i, "BAND"), name) == 0)
            return i;
    return 0;
}

static const char *known_role(const char *said)
{
    for (const char *const *r = role_names; *r; r++)
        if (strcmp(said, *r) == 0)
            return *r;
    return "";
}

/* Band k, written "red=3", "3", "red" or "B04". */
static bool parse_band(rdl_scene *scene, int k, const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    const char *which = equals ? equals + 1 : text;
    bool counted = number_of(which, &scene->bands[k]);

    if (!counted)
        scene->bands[k] = band_called(scene->raster, which);
    scene->roles[k] =
        equals ? g_strndup(text, (size_t)(equals - text))
        : counted
            ? g_strdup("")
            : g_strdup(scene->bands[k]
                           ? known_role(rdl_raster_description(scene->raster, scene->bands[k]))
                           : "");
    g_strstrip(scene->roles[k]);
    if ((equals && !*scene->roles[k]) || scene->bands[k] == 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--bands '%s': write ROLE=NUMBER or NUMBER, as in red=3,nir=4, or a name "
                        "that %s has for a band",
                        text, rdl_raster_path(scene->raster));
    for (int i = 0; i < k; i++)
        if (scene->bands[i] == scene->bands[k] ||
            (*scene->roles[k] && g_str_equal(scene->roles[i], scene->roles[k])))
            return rdl_fail(error, RDL_ERROR_USAGE, "--bands '%s': named twice", text);
    return true;
}

static bool bands_from_list(rdl_scene *scene, const char *list, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);
    int count = (int)g_strv_length(parts);

    allot(scene, count);
    for (int k = 0; k < count; k++)
        if (!parse_band(scene, k, g_strstrip(parts[k]), error))
            return false;
    return count > 0 || rdl_fail(error, RDL_ERROR_USAGE, "--bands: names no band");
}

static bool bands_from_sensor(rdl_scene *scene, const char *sensor, GError **error)
{
    g_autofree char *name =
        strchr(sensor, '/') ? g_strdup(sensor) : g_strconcat(sensor, ".yaml", NULL);
    g_autofree char *path = rdl_data_named("sensors", name, error);
    g_autoptr(JsonNode) node = path ? rdl_yaml_read(path, error) : NULL;

    if (!node)
        return g_prefix_error(error, "--sensor %s: ", sensor), false;
    JsonObject *root = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    JsonObject *bands = root ? rdl_json_object(root, "bands") : NULL;
    if (!bands || json_object_get_size(bands) == 0)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: has no map 'bands' of roles to numbers", path);
    g_autoptr(GList) roles = json_object_get_members(bands);
    int k = 0;
    allot(scene, (int)json_object_get_size(bands));
    for (GList *r = roles; r; r = r->next, k++) {
        JsonObject *band = rdl_json_object(bands, r->data);
        scene->roles[k] = g_strdup(r->data);
        scene->bands[k] =
            (int)(band ? rdl_json_real(band, "number", 0.0) : rdl_json_real(bands, r->data, 0.0));
    }
    return true;
}

/* A band whose description is a role plays it, the first of several. */
static const char *role_of(const rdl_scene *scene, int band, int before)
{
    const char *role = known_role(rdl_raster_description(scene->raster, band));

    for (int k = 0; k < before; k++)
        if (*role && strcmp(scene->roles[k], role) == 0)
            return "";
    return role;
}

/* Of a product those from blue to short-wave infrared, and the coastal one where it is no coarser:
 * others are for the air, or are asked for by --bands. */
static bool taken_of_product(const rdl_raster *raster, int band)
{
    static const char *const land[] = {"blue", "green", "red", "nir", "swir1", "swir2", NULL};
    const char *role = rdl_raster_description(raster, band);

    return g_strv_contains(land, role) ||
           (strcmp(role, "coastal") == 0 &&
            g_strcmp0(rdl_raster_band_item(raster, band, "RESOLUTION"), "30") == 0);
}

static void bands_of_file(rdl_scene *scene)
{
    int k = 0;

    allot(scene, rdl_raster_bands(scene->raster));
    for (int i = 1; i <= rdl_raster_bands(scene->raster); i++) {
        if (rdl_raster_alpha(scene->raster, i) ||
            (rdl_raster_product(scene->raster) && !taken_of_product(scene->raster, i)))
            continue;
        scene->roles[k] = g_strdup(role_of(scene, i, k));
        scene->bands[k++] = i;
    }
    scene->count = k;
}

static bool bands_are_there(const rdl_scene *scene, GError **error)
{
    int there = rdl_raster_bands(scene->raster);

    for (int k = 0; k < scene->count; k++)
        if (scene->bands[k] < 1 || scene->bands[k] > there)
            return rdl_fail(error, RDL_ERROR_DATA, "%s: has %d bands, band %d%s%s is asked for",
                            rdl_raster_path(scene->raster), there, scene->bands[k],
                            *scene->roles[k] ? " as " : "", scene->roles[k]);
    return scene->count > 0 || rdl_fail(error, RDL_ERROR_DATA, "%s: has no band of data",
                                        rdl_raster_path(scene->raster));
}

/* Numbers of colours in a table do not grow with the light. */
static bool bands_are_light(const rdl_scene *scene, GError **error)
{
    for (int k = 0; k < scene->count; k++)
        if (rdl_raster_paletted(scene->raster, scene->bands[k]))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: band %d holds numbers of colours in a table, no brightness: make "
                            "red, green and blue of them (gdal_translate -expand rgb)",
                            rdl_raster_path(scene->raster), scene->bands[k]);
    return true;
}

bool rdl_sensor_is_radar(const char *sensor)
{
    return sensor && strcmp(sensor, "sar") == 0;
}

/* Radar has a band for each polarisation sent and received. */
static bool few_polarisations(const rdl_scene *scene, GError **error)
{
    return scene->count <= 4 ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "%s: --sensor sar: %d bands are no radar intensities, which have at most four "
                    "(HH, HV, VH, VV): leave --sensor, or name the bands with --bands",
                    rdl_raster_path(scene->raster), scene->count);
}

rdl_scene *rdl_scene_open(const char *path, const char *bands, const char *sensor,
                          const rdl_raster_options *how, GError **error)
{
    g_autoptr(rdl_scene) scene = g_new0(rdl_scene, 1);
    bool good = true;

    bool radar = rdl_sensor_is_radar(sensor);
    if (bands && sensor && !radar)
        return rdl_fail(error, RDL_ERROR_USAGE, "--bands and --sensor: give one of them"), NULL;
    scene->raster = rdl_raster_open_as(path, how, error);
    if (!scene->raster)
        return NULL;
    if (bands)
        good = bands_from_list(scene, bands, error);
    else if (sensor && !radar)
        good = bands_from_sensor(scene, sensor, error);
    else
        bands_of_file(scene);
    good = good && (!radar || few_polarisations(scene, error));
    return good && bands_are_there(scene, error) && bands_are_light(scene, error)
               ? g_steal_pointer(&scene)
               : NULL;
}

int rdl_scene_role(const rdl_scene *scene, const char *role)
{
    for (int k = 0; k < scene->count; k++)
        if (g_str_equal(scene->roles[k], role))
            return k;
    return -1;
}

bool rdl_scene_narrow(rdl_scene *scene, const char *const *wanted, GError **error)
{
    int count = (int)g_strv_length((char **)wanted);
    g_autofree int *bands = g_new0(int, (size_t)count);

    for (int k = 0; k < count; k++) {
        int at = rdl_scene_role(scene, wanted[k]);
        if (at < 0)
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "%s: which band is %s? say so with --bands or --sensor",
                            rdl_raster_path(scene->raster), wanted[k]);
        bands[k] = scene->bands[at];
    }
    g_free(scene->bands);
    g_strfreev(scene->roles);
    scene->count = count;
    scene->bands = g_steal_pointer(&bands);
    scene->roles = g_strdupv((char **)wanted);
    return true;
}

char *rdl_scene_band_text(const rdl_scene *scene)
{
    GString *text = g_string_new(NULL);

    for (int k = 0; k < scene->count; k++)
        g_string_append_printf(text, "%s%s%s%d", k ? "," : "", scene->roles[k],
                               *scene->roles[k] ? "=" : "", scene->bands[k]);
    return g_string_free(text, FALSE);
}
