/* screen/footprint.h - what is judged: a footprint of a register, or a patch of change. */
#ifndef RDL_SCREEN_FOOTPRINT_H
#define RDL_SCREEN_FOOTPRINT_H

#include "screen/intake.h"
#include "screen/pack.h"

/** All of it lives in the arena of the intake that read it. */
typedef struct rdl_footprint {
    char *fp_id;                                    /* never NULL */
    const char *activity, *owner, *expands, *attrs; /* NULL where not given; activity never */
    bool patch;                                     /* from --patches */
    const char *kind;                               /* of the change, as a patch gave it; NULL */
    bool built_nothing;  /* a patch whose kind of change is no building: nobody is accused by it */
    bool planned;        /* a project on a list, not built */
    rdl_interval built;  /* as given, or narrowed by a patch: built_after..built_before */
    rdl_interval onset;  /* the same, ended by as_of: what stands today was built by today */
    const char *content; /* the fields as they came */
    double pos_error_m;  /* NaN: not given */
    const char
        *web_datum; /* "GCJ-02", "BD-09": its place is displaced, pos_error_m says so; NULL */
    rdl_wkb wkb;    /* target system, valid */
    rdl_box box;
    gint64 fid;
    const char *note; /* "dates from patch ...", "merged from it and ..."; NULL */
} rdl_footprint;

GPtrArray *rdl_footprints_new(void);
/** Read a footprint layer (rdl_footprint appended). */
bool rdl_footprints_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                         GPtrArray *footprints, GError **error);
/** Read patches as footprints with `patch` set: activity UNKNOWN unless `kind` is an activity.
 *  `recovery` (NDVI rose: the ground turned green) built nothing (decision 0046). */
bool rdl_patches_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *patches, GError **error);

/** Settle identity of both, cut the ground an older footprint already has out of its expansions
 *  (J26), leave out what was built after `as_of` (FUTURE, J28). */
bool rdl_footprints_settle(rdl_intake *intake, GPtrArray *footprints, bool patches, rdl_day as_of,
                           GError **error);
/** They are projects asked about on that day: whatever dates they had, the act is then. */
void rdl_footprints_plan(GPtrArray *footprints, rdl_day as_of);
/** A patch of which footprints that may have been built between its dates cover half or more is
 *  explained: it narrows the onset of those that lie half or more on it. What they leave of it is a
 *  rim, and the patch is counted suppressed EXPLAINED and removed; or there is room in it for a
 *  disc as wide as a pixel (its shortest edge, 30 m at most) and twice its positional error: then
 *  that ground goes on as the patch. What built nothing explains no footprint. */
bool rdl_patches_explain(rdl_intake *intake, const rdl_pack *pack, GPtrArray *footprints,
                         GPtrArray *patches, GError **error);

#endif
