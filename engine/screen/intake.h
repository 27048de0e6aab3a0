/* screen/intake.h - layers as they come, read as canonical records.
 *
 * A record has the fields of docs (zone_id, fp_id ...) whatever the file called them: a profile
 * maps names and values. Its geometry is valid and in the target system. What cannot be used is
 * counted and listed, never dropped. */
#ifndef RDL_SCREEN_INTAKE_H
#define RDL_SCREEN_INTAKE_H

#include "base/base.h"
#include "geo/geo.h"
#include "screen/rejection.h"

/** A layer a user names: its source and the profile to read it by (NULL: canonical names). */
typedef struct rdl_source {
    const char *path, *profile;
} rdl_source;

typedef struct rdl_intake {
    rdl_crs *target;    /* owned; NULL: take that of the first layer read */
    rdl_tally *tally;   /* owned by the caller */
    GArray *rejections; /* of rdl_rejection; owned by the caller */
    rdl_box extent;     /* of what was used of the last layer read, in the target system */
    int threads;        /* for geometry; < 1: one */
    rdl_arena *arena;   /* holds what records keep; made when needed, rdl_intake_clear() frees it */
} rdl_intake;

/** Free what the intake owns: its system, and its arena with all that was read into it. */
void rdl_intake_clear(rdl_intake *intake);

/** Take a note about feature `fid` of `layer`. `used`: it is used all the same (a warning). */
void rdl_reject(rdl_intake *intake, const char *layer, gint64 fid, bool used, const char *format,
                ...) G_GNUC_PRINTF(5, 6);

typedef struct rdl_record rdl_record; /* lent for the length of the call */
gint64 rdl_record_fid(const rdl_record *record);
/** A canonical field; those of spec.known are found once a layer. NULL: none. */
const char *rdl_record_text(const rdl_record *record, const char *field);
double rdl_record_real(const rdl_record *record, const char *field); /* NaN: none */
/** A date; `unknown` where there is none. A text that is no date is noted as a warning, *bad is
 *  set, and counts as unknown. */
rdl_day rdl_record_day(const rdl_record *record, const char *field, rdl_day unknown, bool *bad);
/** Its polygons, lines or points: valid, in one form whatever the format (rdl_wkb_canonical()).
 *  Lent for the length of the call. */
GBytes *rdl_record_wkb(const rdl_record *record);
rdl_box rdl_record_box(const rdl_record *record);
/** A positional error in metres ("500", "500 m", "0.5公里"), never less than its datum's; NaN: none
 * is given. A text that is no distance from 0 up is noted as a warning and counts as none. */
double rdl_record_error_m(const rdl_record *record, const char *field);
/** Why it has no usable place, where its spec takes it all the same: a code; rdl_record_wkb() is
 * NULL then. NULL: it has one. Static. */
const char *rdl_record_unplaced(const rdl_record *record);
/** The datum of web maps its coordinates are in ("GCJ-02", "BD-09"); NULL: none. Static. */
const char *rdl_record_web_datum(const rdl_record *record);
/** The intake's, for what is kept of a record. */
rdl_arena *rdl_record_arena(const rdl_record *record);

#define NO_PLACE_NEEDED (-1) /* features without a usable place are handed on too */

/** What a layer must bring. */
typedef struct rdl_intake_spec {
    const char *item;          /* in the tally: "screen.zones" */
    const char *layer;         /* in rejections: "zone" */
    const char *const *fields; /* that must be there, NULL-ended */
    int min_dimension;         /* 2: polygons only; NO_PLACE_NEEDED */
    const char *const *known;  /* all canonical fields, NULL-ended */
    const char *const *dates;  /* NO_DATES is noted where none of these is there; NULL: not asked */
} rdl_intake_spec;

typedef bool (*rdl_record_fn)(const rdl_record *record, void *user, GError **error);

/** Read all of a source. Every feature counts into the tally as in; those that cannot be used
 *  (NULL_GEOMETRY, UNREADABLE_GEOMETRY, EMPTY_GEOMETRY, NOT_REPAIRABLE, WRONG_DIMENSION,
 * OUTSIDE_CRS, OVER_HALF_TURN: an edge over more than 180 degrees of longitude, though not
 * 360, and DISTORTED: another area after reprojection than before) as failed, what the
 * profile leaves out as suppressed; for the others `fn` is called and must count them. Fails:
 * RDL_ERROR_IO, RDL_ERROR_DATA (a needed field is missing; a Shapefile's cut name may be of two
 * fields), RDL_ERROR_CRS (no system, none between the two, Xian 80 or Beijing 54 without a
 *  transformation, every geometry outside it, all of it with y before x or beyond the zone that its
 *  eastings name).
 */
bool rdl_intake_read(rdl_intake *intake, const rdl_intake_spec *spec, const rdl_source *source,
                     rdl_record_fn fn, void *user, GError **error);

#endif
