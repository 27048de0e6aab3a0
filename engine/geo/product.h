/* geo/product.h - a scene of several files, by what its maker wrote beside them. A private room.
 *
 * A product is found by its metadata: a file, the folder it lies in, or an archive of that folder
 * (.zip, .tar, .tar.gz, .tgz). landsat.c, sentinel2.c and stac.c read what they know of into an
 * rdl_product; this room makes one virtual raster of it. */
#ifndef RDL_GEO_PRODUCT_H
#define RDL_GEO_PRODUCT_H

#include "base/base.h"

typedef struct rdl_product_band {
    char *file;           /* raster, as GDAL opens it */
    int band;             /* in the file */
    char *id;             /* "B8A", as the maker calls it */
    const char *role;     /* "red"; static; "" where it plays none */
    double scale, offset; /* reflectance = scale * value + offset; 1 and 0: as stored */
    double nodata;        /* NaN: none */
    double resolution;    /* metres; 0: not told */
} rdl_product_band;

typedef struct rdl_product_mask {
    char *file;         /* raster, or GML of polygons */
    int band;           /* in it */
    const char *values; /* as rdl_mask_values_parse() takes them, or RDL_MASK_SHAPES; static */
} rdl_product_mask;

typedef struct rdl_product {
    const char *kind;  /* "Sentinel-2 L2A"; static */
    GPtrArray *bands;  /* rdl_product_band * */
    GPtrArray *masks;  /* rdl_product_mask *: where the scene is not to be believed */
    GPtrArray *items;  /* char *: name, value, name, value */
    char *metadata;    /* the file all this was read from */
    char *tile;        /* a second one, of the tile; NULL */
    GString *missing;  /* "B03,B09": bands told of whose files are not there */
    double resolution; /* metres of the grid wished for; 0: of the first band */
} rdl_product;

rdl_product *rdl_product_new(const char *kind, const char *metadata, double resolution);
void rdl_product_free(rdl_product *product);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_product, rdl_product_free)

/** Add a band; its facts are as stored until they are set in what is returned (lent). */
rdl_product_band *rdl_product_add(rdl_product *product, const char *file, const char *id,
                                  const char *role);
void rdl_product_add_mask(rdl_product *product, const char *file, int band, const char *values);
/** Append every file of it, char *: metadata, bands, masks. */
void rdl_product_files(const rdl_product *product, GPtrArray *files);
/** Nothing where `value` is NULL. */
void rdl_product_item(rdl_product *product, const char *name, const char *value);
/** All of a metadata file, through GDAL's virtual paths. Yours. Fails: RDL_ERROR_IO; RDL_ERROR_DATA
 *  when it is larger than metadata are. */
char *rdl_product_text(const char *path, GError **error);
/** `name` in the folder of `metadata`; NULL for a name that leads elsewhere. Yours. */
char *rdl_product_beside(const char *metadata, const char *name);
bool rdl_product_there(const char *path);

/** The product `path` stands for, NULL without error where it is none. `resolution`: metres of the
 *  grid wished for, 0: the maker's finest. Fails: RDL_ERROR_IO, RDL_ERROR_DATA, RDL_ERROR_USAGE (a
 *  resolution there is not). */
rdl_product *rdl_product_find(const char *path, double resolution, GError **error);
/** Its bands as one virtual raster (VRT text) on the grid of the first band of the resolution
 *  wished for, with roles as descriptions. Bands of other pixel sizes over the same ground are
 *  resampled: coarser ones bilinear, finer ones averaged, over observed pixels only. Yours.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA (other ground). */
char *rdl_product_vrt(const rdl_product *product, const char *path, GError **error);

#endif
