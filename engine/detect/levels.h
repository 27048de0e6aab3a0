/* detect/levels.h - how the brightness of the two scenes compares, band by band, on a few tiles.
 *
 * Two questions: are the bands of one date a linear function of those of the other (radiometric
 * fit), and does one date lie above the other by the same step in every band, as it does when the
 * offset of Sentinel-2's processing baseline 04.00 was taken off one of them only? Haze, seasons
 * and the sun move bands by different amounts; a forgotten offset moves the darkest ground of
 * every band by the same 0.1. */
#ifndef RDL_DETECT_LEVELS_H
#define RDL_DETECT_LEVELS_H

#include "detect/pair.h"

#define RDL_LEVELS_MOST 32 /* bands looked at */

typedef struct rdl_band_levels {
    double n, x, y, xx, yy, xy;     /* sums of before and after, and of their products */
    double dark_before, dark_after; /* darkest two per cent end here; infinite: not known */
} rdl_band_levels;

/* Pixels stored as 0 in every band of a date, and the others: how many, how bright, how many lie
 * beside zeros and how bright those are; and how bright the other date is at both. */
typedef struct rdl_gap_view {
    double zeros, others, sum, beside, sum_beside, then_zeros, then_others;
} rdl_gap_view;

typedef struct rdl_levels {
    int bands;
    rdl_band_levels band[RDL_LEVELS_MOST];
    double pixels, blank[2]; /* seen on both dates; that are 0, or the largest number of their type,
                                in every band, before and after */
    double fill[2];          /* that are one number of -99 or less, as -9999, in every band */
    rdl_gap_view gap[2];
    double
        lines[2]; /* pixels of rows and columns of a tile that are 0 in one band, and not beside */
} rdl_levels;

/** Those of the `n` pixels of a square tile where valid is 1. most: the largest numbers of either
 *  date. */
void rdl_levels_of_tile(rdl_levels *levels, const rdl_pair_reader *tile, const float most[2]);
/** Share of what was seen that is stored as 0 in every band on a date, where these look like gaps
 *  and not like dark ground: thin (a tenth of their number or more lie beside them), amid ground as
 *  bright as any (four fifths of the mean or more), and on the other date as bright as any too. 0
 *  where they do not. */
double rdl_levels_gaps(const rdl_levels *levels, int date);
/** Share of what was seen that is blank on a date (0 before, 1 after); 0 for a single band, which
 *  may well be dark. */
double rdl_levels_blank(const rdl_levels *levels, int date);
/** Share that is filled with a number like -9999. */
double rdl_levels_fill(const rdl_levels *levels, int date);
/** Share of what was seen on a date that lies in lines of 0 in one band, which are lost. */
double rdl_levels_lines(const rdl_levels *levels, int date);
/** Tiles in a fixed order give a fixed answer. */
void rdl_levels_merge(rdl_levels *into, const rdl_levels *tile);

/** after = intercept + slope * before, by orthogonal regression; false where a band does not vary
 *  or was not seen. */
typedef struct rdl_level_fit {
    double slope, intercept, correlation;
    double apart; /* difference of the means over the mean standard deviation */
} rdl_level_fit;
bool rdl_levels_fit(const rdl_levels *levels, int band, rdl_level_fit *fit);

/** What the offsets look like. step: by how much the scene after lies higher, reflectance; 0 where
 *  bands do not agree on one like 0.1. */
typedef struct rdl_offset_view {
    double step;
    double darkest_before, darkest_after; /* of all bands, reflectance; NaN: not known */
} rdl_offset_view;
/** scale: reflectance of one unit of what was read (1 for products, 1e-4 for numbers as Sentinel-2
 *  has them), for each date. */
rdl_offset_view rdl_levels_offset(const rdl_levels *levels, double scale_before,
                                  double scale_after);

#endif
