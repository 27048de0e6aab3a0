/* geo/raster.h - rasters in and out, through GDAL.
 *
 * Pixels are read as planes of float32, one after another, with one validity byte a pixel; they are
 * written in tiles of 256 x 256 from the top left on, whatever blocks they arrive in, so the bytes
 * of a file do not depend on how the work was cut up. */
#ifndef RDL_GEO_RASTER_H
#define RDL_GEO_RASTER_H

#include <stdint.h>
#include "geo/block.h"
#include "geo/grid.h"

typedef struct rdl_raster rdl_raster; /* open for reading; one thread's */

/** How pixels were stored, for whoever keeps many of them. */
typedef enum { RDL_PIXEL_U8, RDL_PIXEL_U16, RDL_PIXEL_I16, RDL_PIXEL_F32 } rdl_pixel;

typedef enum { RDL_RESAMPLE_NEAREST, RDL_RESAMPLE_BILINEAR } rdl_resample;

/** How a scene is opened. All zero: as it is. */
typedef struct rdl_raster_options {
    double resolution;    /* metres, of a product's grid; 0: its finest */
    const char *dem;      /* heights of the ground, for pictures placed by RPC; NULL: one height */
    const double *height; /* metres above the ellipsoid, in place of a DEM; NULL: that which the
                             RPC were made about */
} rdl_raster_options;

/** Anything GDAL reads, and products of several files, by their metadata, their folder or an
 *  archive of it: a Landsat scene (_MTL.txt), Sentinel-2 L1C and L2A (SAFE), a STAC item (.json).
 *  Their bands come in reflectances where the metadata have scales and offsets for them, with their
 *  roles as descriptions ("red"). A picture without a place of its own is laid on the ground by its
 *  ground control points or rational polynomial coefficients, bilinear, in UTM.
 *  Fails: RDL_ERROR_IO when it cannot be opened, RDL_ERROR_DATA when it has no bands or complex
 *  ones, or the product is not whole, RDL_ERROR_USAGE (a resolution it has not), RDL_ERROR_CRS. */
RDL_API rdl_raster *rdl_raster_open_as(const char *path, const rdl_raster_options *how,
                                       GError **error);
/** The same with no options. */
RDL_API rdl_raster *rdl_raster_open(const char *path, GError **error);
/** The same of a raster of codes (classes, masks, quality bits): as they are stored, whatever scale
 * the file gives. */
RDL_API rdl_raster *rdl_raster_open_codes(const char *path, GError **error);
/** A second handle on the same raster, for another thread. */
RDL_API rdl_raster *rdl_raster_reopen(const rdl_raster *raster, GError **error);
/** `raster` seen on another grid through a virtual warp; opened anew. Pixels outside it are not
 *  valid. Fails: RDL_ERROR_CRS when one of the two has no place or no way leads between them. */
RDL_API rdl_raster *rdl_raster_onto(const rdl_raster *raster, const rdl_grid *grid,
                                    rdl_resample resample, GError **error);
/** Lay rasters of one system over each other on `grid` as a virtual raster at `path`, which is
 *  replaced; where several reach, the first shows. Fails: RDL_ERROR_CRS when their systems differ
 *  or the grid is rotated, RDL_ERROR_IO. */
RDL_API bool rdl_raster_lay(const char *const *paths, size_t n, const rdl_grid *grid,
                            const char *path, GError **error);
/** `scene` on `grid` as a virtual raster at `path`, which is replaced; its pixels are valid where
 *  `mask`, of the same system, is not 0, and nowhere else. Fails: as rdl_raster_lay(). */
RDL_API bool rdl_raster_veil(const char *scene, const char *mask, const rdl_grid *grid,
                             const char *path, GError **error);
RDL_API void rdl_raster_close(rdl_raster *raster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_raster, rdl_raster_close)

RDL_API const char *rdl_raster_path(const rdl_raster *raster);
/** GDAL's short driver name, or the kind of product: "Sentinel-2 L2A". */
RDL_API const char *rdl_raster_format(const rdl_raster *raster);
RDL_API const rdl_grid *rdl_raster_grid(const rdl_raster *raster);
RDL_API int rdl_raster_bands(const rdl_raster *raster);
/** Size of the pieces the file is stored in. */
RDL_API void rdl_raster_native(const rdl_raster *raster, int *width, int *height);
/** Bands count from 1. Type as GDAL names it ("UInt16"); description "" where there is none. */
RDL_API const char *rdl_raster_type(const rdl_raster *raster, int band);
RDL_API const char *rdl_raster_description(const rdl_raster *raster, int band);
/** The smallest rdl_pixel that holds every value of the band. */
RDL_API rdl_pixel rdl_raster_pixel(const rdl_raster *raster, int band);
/** False where the band has no nodata value. */
RDL_API bool rdl_raster_nodata(const rdl_raster *raster, int band, double *nodata);
/** Tagged as transparency, not as data. */
RDL_API bool rdl_raster_alpha(const rdl_raster *raster, int band);
/** Acquisition date as YYYY-MM-DD from the metadata items that sensors and processors use for it,
 *  NULL where there is none. TIFFTAG_DATETIME is not one of them: it tells when the file was
 *  written. Lent. */
RDL_API const char *rdl_raster_date(const rdl_raster *raster);
/** Metadata item of the default domain, NULL where there is none. Lent. */
RDL_API const char *rdl_raster_item(const rdl_raster *raster, const char *name);
/** The same of a band. A product's bands have BAND ("B8A"), RESOLUTION (metres, of the file) and
 *  RESAMPLED ("no", "bilinear" or "average", onto the grid). */
RDL_API const char *rdl_raster_band_item(const rdl_raster *raster, int band, const char *name);
/** Are the band's numbers those of colours in a table, other than of one grey each as they stand?
 */
RDL_API bool rdl_raster_paletted(const rdl_raster *raster, int band);
/** What is read is scale * stored + offset, as the file or the product has it for the band; 1 and 0
 *  where it says nothing. */
RDL_API void rdl_raster_scale(const rdl_raster *raster, int band, double *scale, double *offset);
RDL_API bool rdl_raster_product(const rdl_raster *raster);
/** A product's own masks: how many, and where mask `i` is, which band of it, and what is bad, as
 *  rdl_mask_values_parse() takes it, or RDL_MASK_SHAPES (geo/mask_shapes.h). All lent. */
RDL_API int rdl_raster_masks(const rdl_raster *raster);
RDL_API const char *rdl_raster_mask(const rdl_raster *raster, int i, int *band,
                                    const char **values);
/** "B09,SCL": what a product's metadata tell of and is not there; NULL: nothing. Lent. */
RDL_API const char *rdl_raster_missing(const rdl_raster *raster);
/** How a picture without a place was laid on the ground, NULL where it has one. flat: as if the
 *  ground were level. Lent. */
RDL_API const char *rdl_raster_ortho(const rdl_raster *raster, bool *flat);
/** The files a product was put together from, NULL-ended; none for other rasters. Yours. */
RDL_API char **rdl_raster_files(const rdl_raster *raster);

/** Read `n` bands of a block into `planes`, each rdl_block_pixels() values, and clear the bytes of
 *  `valid` (set to 1 or 0 before) where any of them is not observed: its nodata value, masked out
 *  (a mask or an alpha band not among the n), NaN or infinite. Values there are unspecified.
 *  Fails: RDL_ERROR_IO. */
RDL_API bool rdl_raster_read(rdl_raster *raster, rdl_block block, int n, const int *bands,
                             float *planes, uint8_t *valid, GError **error);
/** The same for the pixels whose row and column, counted in the raster, are multiples of `step`:
 *  planes and `valid` of rdl_block_picks() values. Cheaper than reading all. */
RDL_API bool rdl_raster_read_every(rdl_raster *raster, rdl_block block, int step, int n,
                                   const int *bands, float *planes, uint8_t *valid, GError **error);
/** One band whose rdl_raster_pixel() is RDL_PIXEL_U8, as bytes. */
RDL_API bool rdl_raster_read_bytes(rdl_raster *raster, rdl_block block, int band, uint8_t *plane,
                                   uint8_t *valid, GError **error);

/* ---- writing ---- */

typedef struct rdl_raster_writer rdl_raster_writer;

typedef struct rdl_raster_form {
    rdl_pixel pixel;          /* RDL_PIXEL_U8 or RDL_PIXEL_F32; default RDL_PIXEL_U8 */
    double nodata;            /* default 0 */
    bool cog;                 /* a cloud-optimised file; default false */
    bool overwrite;           /* replace what is there; default false */
    const char *description;  /* of the band; NULL: none */
    const char *const *items; /* metadata: name, value, name, value, NULL; NULL: none */
} rdl_raster_form;
#define RDL_RASTER_FORM_INIT  \
    {                         \
        .pixel = RDL_PIXEL_U8 \
    }

/** Begin a new one-band tiled DEFLATE GeoTIFF at `path`, which appears when finished. `blocks` is
 *  how it will be written. Fails: RDL_ERROR_IO, RDL_ERROR_USAGE when `path` exists. */
RDL_API rdl_raster_writer *rdl_raster_create(const char *path, const rdl_grid *grid,
                                             const rdl_blocks *blocks, const rdl_raster_form *form,
                                             GError **error);
/** Hand over block `i` of the writer's blocks, from any thread; every block once. Waits while the
 *  file is more than two rows of blocks behind, so every block before must be handed over by some
 *  thread, or rdl_raster_stop() called. `pixels`: uint8_t or float as the form says.
 *  Fails: RDL_ERROR_IO; after rdl_raster_stop() and after another block failed, with that error. */
RDL_API bool rdl_raster_write(rdl_raster_writer *writer, size_t i, const void *pixels,
                              GError **error);
/** A block will not come because of `why`: let go of all that wait in rdl_raster_write(). */
RDL_API void rdl_raster_stop(rdl_raster_writer *writer, const GError *why);
/** Say a metadata item anew; all blocks are handed over, the file is not finished. */
RDL_API void rdl_raster_restate(rdl_raster_writer *writer, const char *name, const char *value);
/** All blocks are there: complete the file under its temporary name. */
RDL_API bool rdl_raster_finish(rdl_raster_writer *writer, GError **error);
/** Put the finished file in place. */
RDL_API bool rdl_raster_commit(rdl_raster_writer *writer, GError **error);
/** Free; what was not committed is gone. */
RDL_API void rdl_raster_writer_free(rdl_raster_writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_raster_writer, rdl_raster_writer_free)

#endif
