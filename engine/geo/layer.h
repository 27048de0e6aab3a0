/* geo/layer.h - vector layers in and out, through GDAL.
 *
 * A source is written FILE or FILE:LAYER, where FILE is anything GDAL opens, /vsi... too.
 * Geometries travel as 2D ISO WKB; arcs become edges of a tenth of a degree of their circle each. Text is UTF-8 whatever the file's encoding was. */
#ifndef RDL_GEO_LAYER_H
#define RDL_GEO_LAYER_H

#include "geo/crs.h"

/* ---- reading ---- */

typedef struct rdl_layer rdl_layer;     /* one thread's */
typedef struct rdl_feature rdl_feature; /* what was read last; lent until the next read */

/** All but the first three NULL or 0 where nothing is to be said. */
typedef struct rdl_layer_options {
    const char *encoding;  /* of a Shapefile's or CSV's text that is no UTF-8; NULL: as the file
                              says, else  GB18030 */
    const char *crs_claim; /* "EPSG:4490": for a file that names no CRS, or one that its
                              coordinates cannot be in; NULL: none */
    const char *crs;       /* in place of whatever the file names; NULL: as it names */
    const double *shift;   /* to CGCS2000 from Xian 80 or Beijing 54 (rdl_crs_shifted()) */
    size_t n_shift;
    const char *const *wkt; /* names of a field that holds the geometry as WKT, the first that is
                               there; NULL-ended. NULL: see rdl_layer_open() */
    const char *const *x, *const *y; /* names of the fields of a point's coordinates */
    bool exchange;                   /* what the file calls x is y */
} rdl_layer_options;
#define RDL_LAYER_OPTIONS_INIT \
    {                          \
        .encoding = NULL       \
    }

/** Open for reading. `options` may be NULL. A source without geometry (CSV, a table) that has a
 * field WKT, geometry or TBFW, or a pair such as lon and lat, 经度 and 纬度, XZB and YZB, has its
 * geometry from there. "GCJ-02" and "BD-09" are taken for a CRS: CGCS2000 with
 * rdl_layer_web_datum(). Fails: RDL_ERROR_IO, RDL_ERROR_NOT_FOUND (no such layer: the message lists
 * those there are; several layers and none named). */
RDL_API rdl_layer *rdl_layer_open(const char *source, const rdl_layer_options *options,
                                  GError **error);
RDL_API void rdl_layer_close(rdl_layer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_layer, rdl_layer_close)
RDL_API const char *rdl_layer_source(const rdl_layer *layer);
RDL_API const char *rdl_layer_name(const rdl_layer *layer);
/** NULL where the source names none and none was claimed. Lent. */
RDL_API const rdl_crs *rdl_layer_crs(const rdl_layer *layer);
/** The claim, or another system, was taken in place of the CRS the source names. */
RDL_API bool rdl_layer_crs_claimed(const rdl_layer *layer);
/** The datum of web maps that its CRS, its name, its metadata or its fields speak of: "GCJ-02" or
 *  "BD-09"; NULL: none. */
RDL_API const char *rdl_layer_web_datum(const rdl_layer *layer);
/** What the source says of its extent, in its own system; false where it does not know. */
RDL_API bool rdl_layer_extent(const rdl_layer *layer, rdl_box *box);
/** Features by the source's own count, -1 where it does not know. */
RDL_API gint64 rdl_layer_count(const rdl_layer *layer);
RDL_API int rdl_layer_fields(const rdl_layer *layer);
RDL_API const char *rdl_layer_field(const rdl_layer *layer, int i);
/** Numbers are INT or REAL, anything else TEXT. */
RDL_API rdl_field_type rdl_layer_field_type(const rdl_layer *layer, int i);
/** Index of a field; -1 where there is none. Case, white space and width of letters and brackets do
 *  not count (rdl_name_fold()); a name equal letter by letter goes first. A Shapefile keeps ten
 * bytes of a name: `built_after` is found as `built_afte`, `地块总面积` as `地块总` in UTF-8, where
 * the full name is not there. */
RDL_API int rdl_layer_field_index(const rdl_layer *layer, const char *name);

/** The next feature, NULL at the end or on error (then `error` is set). */
RDL_API const rdl_feature *rdl_layer_next(rdl_layer *layer, GError **error);
/** Features kept beside each other: made empty for a layer, read into, freed before the layer is
 *  closed. *there is false at the end. */
RDL_API rdl_feature *rdl_feature_new(const rdl_layer *layer);
RDL_API void rdl_feature_free(rdl_feature *feature);
RDL_API bool rdl_layer_read(rdl_layer *layer, rdl_feature *into, bool *there, GError **error);
RDL_API gint64 rdl_feature_id(const rdl_feature *feature);
/** Text of field i, NULL where it is NULL or empty. Lent. */
RDL_API const char *rdl_feature_text(const rdl_feature *feature, int i);
/** Value of field i, NaN where it is NULL or no number. */
RDL_API double rdl_feature_real(const rdl_feature *feature, int i);
/** 2D WKB, NULL where the geometry is NULL. Lent. */
RDL_API GBytes *rdl_feature_wkb(const rdl_feature *feature);
/** Why a text that should give the geometry gives none ("geometry 'POLYGO(('"); NULL. Lent. */
RDL_API const char *rdl_feature_flaw(const rdl_feature *feature);
/** Text that is in neither encoding was met in this feature: bytes were replaced by U+FFFD. */
RDL_API bool rdl_feature_text_damaged(const rdl_feature *feature);

/* ---- writing ---- */

typedef struct rdl_vector rdl_vector; /* a dataset being written */

/** A new dataset at `path` (nothing may be there; of a Shapefile the folder to hold its layers) by
 * GDAL's short driver name: "GPKG", "GeoJSON", "FlatGeobuf", ... One transaction where the driver
 * has them. Fails: RDL_ERROR_IO. */
RDL_API rdl_vector *rdl_vector_create(const char *path, const char *driver, GError **error);
/** Write into a database that is there, by GDAL's name ("PG:host=... dbname=..."): one transaction,
 *  and nothing is changed unless rdl_vector_finish() succeeds. Fails: RDL_ERROR_IO; RDL_ERROR_USAGE
 *  for what has no transactions. */
RDL_API rdl_vector *rdl_vector_into(const char *database, GError **error);
/** In a database: there is no table of that name, or, with `overwrite`, one that rdl_vector_mark()
 *  marked as ours, which then goes. Fails: RDL_ERROR_USAGE: it is there, or is somebody else's. */
RDL_API bool rdl_vector_make_room(rdl_vector *vector, const char *table, bool overwrite,
                                  GError **error);
RDL_API bool rdl_vector_mark(rdl_vector *vector, const char *table, GError **error);
/** Begin a layer; its number goes to rdl_vector_write(). geometry: "MultiPolygon", "Point",
 *  "Geometry" (any) or NULL (a table). Fails: RDL_ERROR_IO. */
RDL_API int rdl_vector_layer(rdl_vector *vector, const char *name, const rdl_crs *crs,
                             const char *geometry, const rdl_field *fields, int n, GError **error);
/** What a format lets a layer say besides; all may be NULL. */
typedef struct rdl_vector_options {
    const char *const *driver; /* layer creation options of GDAL's driver: "ENCODING=CP936" ...,
                                  NULL-ended; NULL: those that make our bytes repeat */
    const int *widths;   /* one a field: bytes of a text, digits of a number; 0: the format's */
    const int *decimals; /* one a field */
} rdl_vector_options;
RDL_API int rdl_vector_layer_with(rdl_vector *vector, const char *name, const rdl_crs *crs,
                                  const char *geometry, const rdl_field *fields, int n,
                                  const rdl_vector_options *options, GError **error);
/** One row: as many values as the layer has fields; wkb may be NULL. In a Multi... layer single
 *  geometries become multi ones. Fails: RDL_ERROR_IO. */
RDL_API bool rdl_vector_write(rdl_vector *vector, int layer, const rdl_value *values, GBytes *wkb,
                              GError **error);
/** Finish and free. The file is whole only when this succeeds. */
RDL_API bool rdl_vector_finish(rdl_vector *take_vector, GError **error);
/** Free after a failure. */
RDL_API void rdl_vector_abandon(rdl_vector *take_vector);

#endif
