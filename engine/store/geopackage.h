/* store/geopackage.h - an empty GeoPackage, made by GDAL with all its layers, filled at speed.
 *
 * Rows go in as whole pages (store/pages.h), without SQLite and without a journal: the file is a
 * temporary one until it is whole. What GDAL's triggers would keep up row by row (index, counts,
 * extent) is written once at the end, and the triggers are put back as they were. */
#ifndef RDL_STORE_GEOPACKAGE_H
#define RDL_STORE_GEOPACKAGE_H

#include "store/connection.h"

typedef struct rdl_geopackage rdl_geopackage;
typedef struct rdl_rows rdl_rows; /* belongs to its GeoPackage */

/** Fails: RDL_ERROR_IO, RDL_ERROR_DATA. */
rdl_geopackage *rdl_geopackage_open(const char *path, GError **error);
/** A layer that has no rows; its values are numbered from 0 in the order its fields were made. */
rdl_rows *rdl_geopackage_rows(rdl_geopackage *package, const char *name, GError **error);
/** Indexes, counts, extents, triggers; commit and free. The file is whole only when it succeeds. */
bool rdl_geopackage_finish(rdl_geopackage *take_package, GError **error);
/** Take triggers, indexes of places and row counts out of a finished file: plain tables are left,
 *  which others may fill and rdl_store_open_foreign() reads. */
bool rdl_geopackage_bare(const char *path, GError **error);
/** Free after a failure; what is in the file is of no use. */
void rdl_geopackage_abandon(rdl_geopackage *take_package);

/** Values of the next row; what is not set is NULL. Text is lent until rdl_rows_add(). */
void rdl_rows_text(rdl_rows *table, int i, const char *text);
void rdl_rows_int(rdl_rows *table, int i, gint64 value);
void rdl_rows_real(rdl_rows *table, int i, double value);
/** All values of the next row at once, in the order of the layer's fields. */
void rdl_rows_values(rdl_rows *table, const rdl_field *fields, const rdl_value *values, int n);
typedef struct rdl_extent {
    double xmin, xmax, ymin, ymax;
} rdl_extent;
/** Copied. */
void rdl_rows_geometry(rdl_rows *table, const void *wkb, size_t n, rdl_extent extent);
bool rdl_rows_add(rdl_rows *table, GError **error);

/** Rows of items 0..n-1, made by several threads. */
typedef struct rdl_rows_work {
    void *(*worker_new)(void *job); /* a thread's own tools */
    void (*worker_free)(void *worker);
    /** The rows of one item, into `out`, in order. */
    bool (*write)(rdl_rows *out, void *job, void *worker, size_t item, GError **error);
    size_t (*count)(void *job, size_t item); /* how many they are; NULL: one each */
} rdl_rows_work;
/** Add them all, in the order of the items: the same bytes for any number of threads. */
bool rdl_rows_each(rdl_rows *table, const rdl_rows_work *how, void *job, size_t n, int threads,
                   GError **error);

#endif
