/* detect/pair.h - two scenes of one place on one grid: that of the scene before. */
#ifndef RDL_DETECT_PAIR_H
#define RDL_DETECT_PAIR_H

#include "detect/mask.h"
#include "detect/scene.h"

typedef struct rdl_pair rdl_pair; /* read-only once open; threads read through readers */

typedef struct rdl_pair_options {
    const char *before, *after;           /* rasters */
    const char *bands, *sensor;           /* as rdl_scene_open(), for both scenes; NULL */
    const char *mask_before, *mask_after; /* rasters; NULL: a product's own; "none": not those */
    const char *mask_values; /* which of their values are bad, as rdl_mask_values_parse() */
    double mask_grow_m;      /* bad pixels grow by so many metres, >= 0 */
    const char *aoi;         /* polygons, FILE or FILE:LAYER: outside nothing is observed */
    rdl_raster_options how;  /* resolution of products, heights for RPC */
} rdl_pair_options;

/** Open both scenes; masks that a product brings along (SCL, QA_PIXEL, clouds) are heeded unless
 * one is given. A scene after that lies on another grid is resampled, bilinear, and said so in
 * `warnings` (of char *, taken over by the array); so is a collar around a scene that nothing marks
 * as nodata (detect/collar.h), in which nothing is observed. Two scenes without CRS are accepted
 * when they have equal sizes, with a warning. Fails: RDL_ERROR_IO, RDL_ERROR_DATA (band counts
 * differ, no overlap), RDL_ERROR_CRS. */
RDL_API rdl_pair *rdl_pair_open(const rdl_pair_options *options, GPtrArray *warnings,
                                GError **error);
RDL_API void rdl_pair_free(rdl_pair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_pair, rdl_pair_free)

RDL_API const rdl_scene *rdl_pair_before(const rdl_pair *pair);
RDL_API const rdl_scene *rdl_pair_after(const rdl_pair *pair);
RDL_API const rdl_grid *rdl_pair_grid(const rdl_pair *pair); /* lent */
RDL_API bool rdl_pair_resampled(const rdl_pair *pair);
/** Use only these bands from now on, by role; call before readers are made.
 *  Fails: RDL_ERROR_USAGE when a scene has no band of that role. */
RDL_API bool rdl_pair_narrow(rdl_pair *pair, const char *const *roles, GError **error);
/** Bands in use; both scenes have as many. */
RDL_API int rdl_pair_bands(const rdl_pair *pair);
/** From now on the scene after, whose content lies (dx, dy) pixels to the right of and below that
 * of the scene before, is read from there, bilinear; call before readers are made. Where a
 * neighbour is not observed, nothing is. */
RDL_API void rdl_pair_shift(rdl_pair *pair, double dx, double dy);
/** Pixels of the grid outside the area of interest (0 where there is none), and of those inside the
 *  ones that lie in the collar of either scene (detect/collar.h). Fails: as a reader. */
RDL_API bool rdl_pair_outside(const rdl_pair *pair, gint64 *outside, gint64 *collared,
                              GError **error);
/** The pixels that both scenes and the box around the area of interest may reach, without collars.
 * Fails: as a reader. */
RDL_API bool rdl_pair_reach(const rdl_pair *pair, rdl_block *reach, GError **error);
/** Do readers made from now on take pixels outside the area of interest as good? For what is learnt
 *  of the pair: a small area says little about what did not change. */
RDL_API void rdl_pair_look_around(rdl_pair *pair, bool around);
/** Was there what looked like collars on both dates, and is ground (rdl_collar_is_ground)? */
RDL_API bool rdl_pair_dark_ground(const rdl_pair *pair);
/** From now on pixels stored as 0 in every band in use of the scene of `date` (0 before, 1 after)
 * are not observed; call before readers are made. */
RDL_API void rdl_pair_drop_zeros(rdl_pair *pair, int date);
/** What 0 as it is stored is read as: of band k of those in use. */
RDL_API float rdl_pair_zero(const rdl_pair *pair, int date, int k);
/** How pixels of variate k (bands before, then after) were stored. */
RDL_API rdl_pixel rdl_pair_pixel(const rdl_pair *pair, int k);
/** Width or height of the largest piece that any of the pair's files is stored in. */
RDL_API int rdl_pair_piece(const rdl_pair *pair);
/** Blocks to read the pair by, so that `threads` of them with their work fit in `memory_mib`. */
RDL_API rdl_blocks rdl_pair_blocks(const rdl_pair *pair, int memory_mib, int threads);

/** One thread's handles and buffers. */
typedef struct rdl_pair_reader {
    size_t n; /* pixels of the block read last */
    int bands;
    const float **before, **after; /* planes of n values */
    float **planes;                /* the same 2 * bands planes, to be changed in place */
    uint8_t *valid;                /* 1 where observed on both dates */
    /* private */
    const rdl_pair *pair;
    rdl_raster *rasters[2], **masks; /* a mask is a raster, or polygons */
    rdl_burn **burns, *aoi;
    float *values;
    size_t room;
} rdl_pair_reader;

RDL_API rdl_pair_reader *rdl_pair_reader_new(const rdl_pair *pair, size_t max_pixels,
                                             GError **error);
RDL_API void rdl_pair_reader_free(rdl_pair_reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_pair_reader, rdl_pair_reader_free)
/** Fails: RDL_ERROR_IO. */
RDL_API bool rdl_pair_read(rdl_pair_reader *reader, rdl_block block, GError **error);
/** Only the pixels whose row and column are multiples of `step`: rdl_block_picks() of them. */
RDL_API bool rdl_pair_read_every(rdl_pair_reader *reader, rdl_block block, int step,
                                 GError **error);

#endif
