/* redline info - what a raster or vector file holds. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include "deliver/deliver.h"
#include "geo/geo.h"

static void set_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

static JsonObject *band_json(const rdl_raster *raster, int band)
{
    JsonObject *o = json_object_new();
    double nodata;

    json_object_set_int_member(o, "band", band);
    json_object_set_string_member(o, "type", rdl_raster_type(raster, band));
    json_object_set_string_member(o, "description", rdl_raster_description(raster, band));
    json_object_set_boolean_member(o, "alpha", rdl_raster_alpha(raster, band));
    if (rdl_raster_product(raster)) {
        double scale, offset;
        rdl_raster_scale(raster, band, &scale, &offset);
        set_text(o, "name", rdl_raster_band_item(raster, band, "BAND"));
        json_object_set_double_member(o, "scale", scale);
        json_object_set_double_member(o, "offset", offset);
        set_text(o, "resolution_m", rdl_raster_band_item(raster, band, "RESOLUTION"));
        set_text(o, "resampled", rdl_raster_band_item(raster, band, "RESAMPLED"));
    }
    if (!rdl_raster_nodata(raster, band, &nodata))
        json_object_set_null_member(o, "nodata");
    else if (isfinite(nodata))
        json_object_set_double_member(o, "nodata", nodata);
    else
        json_object_set_string_member(o, "nodata", isnan(nodata) ? "NaN" : "infinity");
    return o;
}

/* What a product's metadata tell of the scene, its masks, and what is not there. */
static void add_product(JsonObject *o, const rdl_raster *raster)
{
    static const char *const names[] = {"SPACECRAFT_ID", "PROCESSING_LEVEL", "PROCESSING_BASELINE",
                                        "ADD_OFFSET",    "SUN_ELEVATION",    "SUN_AZIMUTH"};
    JsonObject *items = json_object_new();
    JsonArray *masks = json_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (rdl_raster_item(raster, names[i]))
            set_text(items, names[i], rdl_raster_item(raster, names[i]));
    for (int i = 0; i < rdl_raster_masks(raster); i++) {
        int band;
        const char *values, *path = rdl_raster_mask(raster, i, &band, &values);
        JsonObject *mask = json_object_new();
        set_text(mask, "path", path);
        json_object_set_int_member(mask, "band", band);
        set_text(mask, "bad", values);
        json_array_add_object_element(masks, mask);
    }
    json_object_set_object_member(o, "metadata", items);
    json_object_set_array_member(o, "masks", masks);
    set_text(o, "missing", rdl_raster_missing(raster));
}

static JsonObject *raster_json(const rdl_raster *raster)
{
    const rdl_grid *grid = rdl_raster_grid(raster);
    JsonObject *o = json_object_new();
    JsonArray *bands = json_array_new(), *transform = json_array_new();

    json_object_set_string_member(o, "kind", "raster");
    json_object_set_string_member(o, "format", rdl_raster_format(raster));
    json_object_set_int_member(o, "width", grid->width);
    json_object_set_int_member(o, "height", grid->height);
    set_text(o, "crs", grid->crs ? rdl_crs_name(grid->crs) : NULL);
    for (int i = 0; i < 6; i++)
        json_array_add_double_element(transform, grid->transform[i]);
    json_object_set_array_member(o, "transform", transform);
    set_text(o, "date", rdl_raster_date(raster));
    bool flat;
    if (rdl_raster_ortho(raster, &flat))
        set_text(o, "laid_on_the_ground", rdl_raster_ortho(raster, &flat));
    if (rdl_raster_product(raster))
        add_product(o, raster);
    for (int i = 1; i <= rdl_raster_bands(raster); i++)
        json_array_add_object_element(bands, band_json(raster, i));
    json_object_set_array_member(o, "bands", bands);
    return o;
}

static JsonObject *layer_json(rdl_layer *layer)
{
    JsonObject *o = json_object_new();
    JsonArray *fields = json_array_new();
    const rdl_crs *crs = rdl_layer_crs(layer);

    json_object_set_string_member(o, "layer", rdl_layer_name(layer));
    json_object_set_int_member(o, "features", rdl_layer_count(layer));
    set_text(o, "crs", crs ? rdl_crs_name(crs) : NULL);
    for (int i = 0; i < rdl_layer_fields(layer); i++)
        json_array_add_string_element(fields, rdl_layer_field(layer, i));
    json_object_set_array_member(o, "fields", fields);
    return o;
}

static bool add_layers(JsonArray *array, const char *path, char **names, GError **error)
{
    bool one = names[0] && !names[1];

    for (char **name = names; *name; name++) {
        g_autofree char *source = one ? g_strdup(path) : g_strdup_printf("%s:%s", path, *name);
        g_autoptr(rdl_layer) layer = rdl_layer_open(source, NULL, error);
        if (!layer)
            return false;
        json_array_add_object_element(array, layer_json(layer));
    }
    return true;
}

static JsonNode *describe(const char *path, GError **error)
{
    g_autoptr(JsonObject) o = NULL;
    bool is_raster = false;
    g_auto(GStrv) names = rdl_source_layers(path, &is_raster, error);

    if (!names)
        return NULL;
    g_autoptr(rdl_raster) raster = is_raster ? rdl_raster_open(path, error) : NULL;
    if (is_raster && !raster)
        return NULL;
    if (raster) {
        o = raster_json(raster);
    } else {
        o = json_object_new();
        json_object_set_string_member(o, "kind", "vector");
    }
    JsonArray *layers = json_array_new();
    json_object_set_array_member(o, "layers", layers);
    if (!add_layers(layers, path, names, error))
        return NULL;
    return json_node_init_object(json_node_alloc(), o);
}

static void print_product(JsonObject *o)
{
    JsonObject *items = rdl_json_object(o, "metadata");
    JsonArray *masks = json_object_get_array_member(o, "masks");
    g_autoptr(GList) names = json_object_get_members(items);

    for (GList *n = names; n; n = n->next)
        printf("  %s %s\n", (char *)n->data, rdl_json_text(items, n->data, ""));
    for (guint i = 0; i < json_array_get_length(masks); i++) {
        JsonObject *m = json_array_get_object_element(masks, i);
        printf("  mask %s, band %d, bad: %s\n", rdl_json_text(m, "path", "?"),
               (int)rdl_json_real(m, "band", 1), rdl_json_text(m, "bad", "?"));
    }
    if (rdl_json_text(o, "missing", NULL))
        printf("  not there: %s\n", rdl_json_text(o, "missing", ""));
}

static void print_scaling(JsonObject *b)
{
    if (rdl_json_text(b, "name", NULL))
        printf(", %s of %s m, resampled %s, %g * value %+g", rdl_json_text(b, "name", "?"),
               rdl_json_text(b, "resolution_m", "?"), rdl_json_text(b, "resampled", "?"),
               rdl_json_real(b, "scale", 1), rdl_json_real(b, "offset", 0));
}

static void print_raster(JsonObject *o)
{
    JsonArray *bands = json_object_get_array_member(o, "bands");

    printf("%s raster, %d x %d, %u bands, %s, acquired %s\n", rdl_json_text(o, "format", "?"),
           (int)rdl_json_real(o, "width", 0), (int)rdl_json_real(o, "height", 0),
           json_array_get_length(bands), rdl_json_text(o, "crs", "no coordinate system"),
           rdl_json_text(o, "date", "on an unknown day"));
    for (guint i = 0; i < json_array_get_length(bands); i++) {
        JsonObject *b = json_array_get_object_element(bands, i);
        g_autofree char *nodata = rdl_json_line(json_object_get_member(b, "nodata"));
        printf("  band %u: %s, nodata %s %s", i + 1, rdl_json_text(b, "type", "?"),
               json_object_get_null_member(b, "nodata") ? "none" : nodata,
               rdl_json_text(b, "description", ""));
        print_scaling(b);
        putchar('\n');
    }
    if (rdl_json_text(o, "laid_on_the_ground", NULL))
        printf("  laid on the ground: %s\n", rdl_json_text(o, "laid_on_the_ground", ""));
    if (json_object_has_member(o, "masks"))
        print_product(o);
}

static void print_layers(JsonArray *layers)
{
    for (guint i = 0; i < json_array_get_length(layers); i++) {
        JsonObject *l = json_array_get_object_element(layers, i);
        JsonArray *fields = json_object_get_array_member(l, "fields");
        printf("layer %s, %.0f features, %s\n ", rdl_json_text(l, "layer", "?"),
               rdl_json_real(l, "features", -1), rdl_json_text(l, "crs", "no coordinate system"));
        for (guint k = 0; k < json_array_get_length(fields); k++)
            printf(" %s", json_array_get_string_element(fields, k));
        putchar('\n');
    }
}

/* An evidence pack is verified: that is what there is to know of it. */
static void verify_pack(const char *path, GError **error)
{
    static const char *const told[] = {"task", "site", "date", "head", "sha256"};
    JsonObject *o = rdl_evidence_check(path, error);

    if (!o)
        return;
    if (cli_flags.json) {
        cli_print_json(rdl_json_node(o));
        return;
    }
    puts("evidence pack, agrees with its own list of SHA-256; that it is the one that was handed "
         "out\n"
         "the ledger's event export.made tells, which has the digest below");
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++)
        printf("  %-7s %s\n", told[i], rdl_json_text(o, told[i], "-"));
    printf("  %-7s %.0f\n", "events", rdl_json_real(o, "events", 0.0));
    json_object_unref(o);
}

int cmd_info(int argc, char **argv)
{
    static const char teach[] =
        "Of an evidence pack (redline export --profile evidence) every byte is verified; one that\n"
        "was changed ends with status 6.";
    GError *error = NULL;

    if (!cli_parse(&argc, &argv, NULL, "FILE", "Tell what a raster or vector file holds.", teach, 1,
                   1, &error))
        return cli_end(error);
    if (rdl_evidence_is_pack(argv[1])) {
        verify_pack(argv[1], &error);
        return cli_end(error);
    }
    JsonNode *node = describe(argv[1], &error);
    if (node && cli_flags.json) {
        cli_print_json(node);
    } else if (node) {
        JsonObject *o = json_node_get_object(node);
        if (json_object_has_member(o, "bands"))
            print_raster(o);
        print_layers(json_object_get_array_member(o, "layers"));
        json_node_unref(node);
    }
    return cli_end(error);
}
