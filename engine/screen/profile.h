/* screen/profile.h - how the layer of others is read.
 *
 *   extends: jctb                begin with another profile; what is said here goes over it
 *   layer: footprint             for people
 *   encoding: GBK                of text, when the file does not say
 *   crs_claim: "EPSG:4528"       for a file that names no system, or one it cannot be in
 *   crs: "EPSG:4610"             in place of what the file names: a code, WKT, a PROJ string (which
 *                                may bring a grid), or GCJ-02, BD-09
 *   datum_shift: [dx, dy, dz, rx, ry, rz, ds]   from Xian 80 or Beijing 54 to CGCS2000
 *   datum: GCJ-02 | CGCS2000     its places are displaced, or are not whatever its names say
 *   exchange_xy: true            what the file calls x is y
 *   geometry: {wkt: TBFW} | {x: XZB, y: YZB}    the fields that hold it
 *   fields: {fp_id: [JCBH, 监测编号], ...}       canonical field: theirs, the first that is there
 *   values: {activity: {"04": MINE_QUARRY, ...}}   their value: ours
 *   leave_out: {BHQK: {"3": SHRUNK}}             their field: {value: reason it is not screened}
 *
 * Names and values are compared by rdl_name_fold(). */
#ifndef RDL_SCREEN_PROFILE_H
#define RDL_SCREEN_PROFILE_H

#include "base/base.h"
#include "geo/geo.h"

typedef struct rdl_profile rdl_profile;
typedef struct rdl_codes rdl_codes; /* their values of one field, and ours */

/** `name`: of data/profiles, or a path. Fails: RDL_ERROR_IO, RDL_ERROR_DATA naming the key. */
rdl_profile *rdl_profile_read(const char *name, GError **error);
/** SHA-256 of its file, with that of the profile it extends where it does. Yours. Fails: as reading
 *  it. */
char *rdl_profile_digest(const char *name, GError **error);
void rdl_profile_free(rdl_profile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_profile, rdl_profile_free)

/* All take a NULL profile: canonical names, nothing else. */

/** How to open its layer; lent. */
rdl_layer_options rdl_profile_options(const rdl_profile *profile);
/** "GCJ-02", "BD-09": its coordinates are in that; "": they are not, whatever names say; NULL. */
const char *rdl_profile_datum(const rdl_profile *profile);
/** Column of a canonical field, -1 where it is not there; *name the name it was sought by, lent. */
int rdl_profile_column(const rdl_profile *profile, const rdl_layer *layer, const char *field,
                       const char **name);
/** Codes of a canonical field; NULL: values are taken as they are. Lent. */
const rdl_codes *rdl_profile_codes(const rdl_profile *profile, const char *field);
/** Our code for a value; NULL where there is none. Lent. */
const char *rdl_codes_find(const rdl_codes *codes, const char *value);

/** Fields of theirs that leave features out: the i-th, and its codes; false past the last. */
bool rdl_profile_leave_out(const rdl_profile *profile, guint i, const char **field,
                           const rdl_codes **reasons);

#endif
