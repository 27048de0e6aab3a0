#include "geo/mask_shapes.h"

#include <math.h>
#include <string.h>
#include <cpl_error.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <ogr_api.h>
#include "geo/product.h"
#include "geo/reproject.h"

/* The node without its neighbours, as a polygon. */
static rdl_geometry *polygon_of(CPLXMLNode *node, GError **error)
{
    CPLXMLNode *next = node->psNext;

    node->psNext = NULL;
    char *text = CPLSerializeXMLTree(node);
    node->psNext = next;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    OGRGeometryH shape = OGR_G_CreateFromGML(text);
    CPLPopErrorHandler();
    CPLFree(text);
    if (!shape || OGR_G_IsEmpty(shape)) {
        OGR_G_DestroyGeometry(shape);
        return rdl_fail(error, RDL_ERROR_DATA, "a polygon of the mask cannot be read"), NULL;
    }
    OGR_G_FlattenTo2D(shape);
    int n = OGR_G_WkbSize(shape);
    g_autofree unsigned char *wkb = g_malloc((gsize)n);
    bool good = OGR_G_ExportToWkb(shape, wkbNDR, wkb) == OGRERR_NONE;
    OGR_G_DestroyGeometry(shape);
    g_autoptr(rdl_geometry) g = good ? rdl_geometry_from_wkb(wkb, (gsize)n, NULL) : NULL;
    if (g && isfinite(rdl_geometry_plane_area(g))) /* numbers, and none beyond all maps */
        return g_steal_pointer(&g);
    return rdl_fail(error, RDL_ERROR_DATA, "a polygon of the mask cannot be read"), NULL;
}

static bool add_polygon(CPLXMLNode *node, rdl_transform *over, double tolerance, GPtrArray *shapes,
                        GError **error)
{
    g_autoptr(rdl_geometry) own = polygon_of(node, error);
    rdl_geometry *there = !own   ? NULL
                          : over ? rdl_reproject(own, over, tolerance, error)
                                 : g_steal_pointer(&own);

    if (there)
        g_ptr_array_add(shapes, there);
    return there != NULL;
}

/* Polygons below `first` and its neighbours. */
static bool gather(CPLXMLNode *first, rdl_transform *over, double tolerance, GPtrArray *shapes,
                   GError **error)
{
    for (CPLXMLNode *n = first; n; n = n->psNext) {
        if (n->eType != CXT_Element)
            continue;
        if (strcmp(n->pszValue, "Polygon") == 0
                ? !add_polygon(n, over, tolerance, shapes, error)
                : !gather(n->psChild, over, tolerance, shapes, error))
            return false;
    }
    return true;
}

GPtrArray *rdl_mask_shapes_read(const char *path, const rdl_crs *from, const rdl_crs *to,
                                GError **error)
{
    g_autofree char *text = rdl_product_text(path, error);
    g_autoptr(GPtrArray) shapes = g_ptr_array_new_with_free_func((GDestroyNotify)rdl_geometry_free);
    g_autoptr(rdl_transform) over = NULL;

    if (!text || (!rdl_crs_same(from, to) && !(over = rdl_transform_new(from, to, error))))
        return NULL;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLXMLNode *root = CPLParseXMLString(text);
    CPLPopErrorHandler();
    if (!root)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no XML: %s", path, CPLGetLastErrorMsg()),
               NULL;
    CPLStripXMLNamespace(root, NULL, TRUE);
    bool good = CPLSearchXMLNode(root, "=Mask") != NULL;
    if (!good)
        rdl_fail(error, RDL_ERROR_DATA, "%s: is no mask", path);
    else if (!(good = gather(root, over, rdl_reproject_tolerance(to), shapes, error)))
        g_prefix_error(error, "%s: ", path);
    CPLDestroyXMLNode(root);
    return good ? g_steal_pointer(&shapes) : NULL;
}
