#include "deliver/map_body.h"

#include <mapserver.h>
#include <mapogcsld.h>
#include <math.h>
#include <string.h>

#define FINE 4 /* MapServer thinks in whole pixels: this many a point */
#define ICON_WIDTH 30
#define ICON_HEIGHT 18

/* MapServer keeps its parser, errors and symbols in the process: one drawing at a time. */
static GMutex room;
static bool ready;

static bool fail_map(GError **error, const char *doing)
{
    char *words = msGetErrorString("; ");

    rdl_fail(error, RDL_ERROR_INTERNAL, "map: %s: %s", doing,
             words && *words ? words : "no reason given");
    msFree(words);
    msResetErrorList();
    return false;
}

static void rule_clear(gpointer p)
{
    rdl_body_rule *rule = p;

    g_free(rule->title);
    g_clear_pointer(&rule->icon, g_bytes_unref);
}

void rdl_body_clear(rdl_body *body)
{
    g_clear_pointer(&body->svg, g_bytes_unref);
    g_clear_pointer(&body->rules, g_array_unref);
}

static char *read_style(const char *style, GError **error)
{
    g_autofree char *name = g_strdup_printf("styles/%s.sld", style);
    g_autofree char *path = rdl_data_path(name, error);
    GError *failed = NULL;
    char *text = NULL;

    if (!path)
        return NULL;
    if (!g_file_get_contents(path, &text, NULL, &failed)) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read: %s", path, failed->message);
        g_error_free(failed);
    }
    return text;
}

/* Once a process. MapServer leaves an error handler of its own with GDAL: it is taken off again. */
static bool start(GError **error)
{
    if (msSetup() != MS_SUCCESS)
        return fail_map(error, "MapServer does not start");
    msOGRInitialize();
    rdl_geo_pop_handler();
    ready = true;
    return true;
}

static mapObj *new_map(rdl_box box, int width, int height, GError **error)
{
    char text[] =
        "MAP\nSIZE 64 64\nMAXSIZE 32767\nEXTENT 0 0 1 1\nUNITS METERS\nIMAGETYPE \"svg\"\n"
        "RESOLUTION 288\nDEFRESOLUTION 72\nOUTPUTFORMAT\nNAME \"svg\"\n"
        "DRIVER \"CAIRO/SVG\"\nIMAGEMODE RGBA\nTRANSPARENT ON\nEND\nEND\n";
    /* its extent runs from the middle of the first pixel to that of the last */
    double dx = (box.xmax - box.xmin) / width / 2.0, dy = (box.ymax - box.ymin) / height / 2.0;
    mapObj *map;

    if (!ready && !start(error))
        return NULL;
    map = msLoadMapFromString(text, NULL);
    if (!map || msMapSetSize(map, width, height) != MS_SUCCESS ||
        msMapSetExtent(map, box.xmin + dx, box.ymin + dy, box.xmax - dx, box.ymax - dy) !=
            MS_SUCCESS) {
        fail_map(error, "the empty map");
        if (map)
            msFreeMap(map);
        return NULL;
    }
    return map;
}

static bool add_layer(mapObj *map, const rdl_body_layer *from, GError **error)
{
    g_autofree char *sld = read_style(from->style, error);
    layerObj *layer = sld ? msGrowMapLayers(map) : NULL;

    if (!sld)
        return false;
    if (!layer || initLayer(layer, map) != MS_SUCCESS)
        return fail_map(error, from->layer);
    layer->index = map->numlayers;
    map->layerorder[map->numlayers] = map->numlayers;
    map->numlayers++;
    layer->name = msStrdup(from->style); /* by which the SLD finds it */
    layer->type = MS_LAYER_POLYGON;
    layer->status = MS_ON;
    layer->connectiontype = MS_OGR;
    layer->connection = msStrdup(from->dataset);
    layer->data = msStrdup(from->layer);
    if (msSLDApplySLD(map, sld, layer->index, NULL, NULL) != MS_SUCCESS || layer->numclasses == 0)
        return fail_map(error, from->style);
    return true;
}

static GBytes *image_bytes(mapObj *map, imageObj *image)
{
    int size = 0;
    unsigned char *data = msSaveImageBuffer(image, &size, map->outputformat);
    GBytes *bytes = data && size > 0 ? g_bytes_new(data, (gsize)size) : NULL;

    msFree(data);
    msFreeImage(image);
    return bytes;
}

/* Features in the box by class. */
static bool count_shown(mapObj *map, layerObj *layer, guint *shown, GError **error)
{
    shapeObj shape;
    int status;

    if (msLayerOpen(layer) != MS_SUCCESS || msLayerWhichItems(layer, MS_FALSE, NULL) != MS_SUCCESS)
        return fail_map(error, layer->name);
    status = msLayerWhichShapes(layer, map->extent, MS_FALSE);
    msInitShape(&shape);
    while (status == MS_SUCCESS && (status = msLayerNextShape(layer, &shape)) == MS_SUCCESS) {
        int class = msShapeGetClass(layer, map, &shape, NULL, 0);
        if (class >= 0 && msRectOverlap(&shape.bounds, &map->extent))
            shown[class]++;
        msFreeShape(&shape);
        msInitShape(&shape);
    }
    msFreeShape(&shape);
    msLayerClose(layer);
    return status == MS_DONE || fail_map(error, layer->name);
}

static bool add_rules(mapObj *map, guint i, GArray *rules, GError **error)
{
    layerObj *layer = GET_LAYER(map, (int)i);
    g_autofree guint *shown = g_new0(guint, (gsize)layer->numclasses);

    if (!count_shown(map, layer, shown, error))
        return false;
    for (int k = 0; k < layer->numclasses; k++) {
        classObj *class = layer->class[k];
        if (!shown[k])
            continue;
        layer->scalefactor = 1.0; /* a pixel of the symbol is a point */
        imageObj *icon = msCreateLegendIcon(map, layer, class, ICON_WIDTH, ICON_HEIGHT, MS_FALSE);
        rdl_body_rule rule = {i, g_strdup(class->title ? class->title : class->name), shown[k],
                              icon ? image_bytes(map, icon) : NULL};
        g_array_append_val(rules, rule);
        if (!rule.icon)
            return fail_map(error, "a symbol of the legend");
    }
    return true;
}

static bool draw(const rdl_body_layer *layers, guint n, mapObj *map, rdl_body *body, GError **error)
{
    imageObj *image;

    for (guint i = 0; i < n; i++)
        if (!add_layer(map, &layers[i], error))
            return false;
    image = msDrawMap(map, MS_FALSE);
    if (!image || !(body->svg = image_bytes(map, image)))
        return fail_map(error, "drawing");
    map->resolution = map->defresolution;
    for (guint i = 0; i < n; i++)
        if (!add_rules(map, i, body->rules, error))
            return false;
    return true;
}

bool rdl_body_draw(const rdl_body_layer *layers, guint n, rdl_box box, double width, double height,
                   rdl_body *body, GError **error)
{
    mapObj *map;
    bool good;

    body->svg = NULL;
    body->rules = g_array_new(FALSE, TRUE, sizeof(rdl_body_rule));
    g_array_set_clear_func(body->rules, rule_clear);
    g_mutex_lock(&room);
    map = new_map(box, (int)lround(width * FINE), (int)lround(height * FINE), error);
    good = map && draw(layers, n, map, body, error);
    if (map)
        msFreeMap(map);
    g_mutex_unlock(&room);
    if (!good)
        rdl_body_clear(body);
    return good;
}
