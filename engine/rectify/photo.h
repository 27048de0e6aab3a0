/* rectify/photo.h - photos of the field, held against the place and time they are to speak of.
 *
 * A photo is a paper of a task (event photo.taken): kept in <ledger>.files under its SHA-256, with
 * what its camera tells (geo/photo.h), where that lies, and when. Codes:
 *   place  INSIDE the site's ground; NEAR: within `near_m` of it, on the ellipsoid; FAR;
 *          NO_POSITION: it tells none; NOT_PLAUSIBLE: it tells one that cannot be, `why` says
 *          which; NO_GROUND: the site has none
 *   time   TIMED; NO_TIME: it tells none; FUTURE: after the day it is put on record; BEFORE_ONSET:
 *          before the first day on which what it is to show can have begun (days are those of the
 *          place: UTC, as GPS tells, is shifted by utc_offset of pack.yaml); DISAGREES: its clock
 *          and its GPS time cannot both be right
 * Whatever the codes, it is kept. It COUNTS, as a photo that a move asks for, when it is INSIDE or
 * NEAR, TIMED, and no task of another site has the same picture. Nor is one that counts a proof:
 * tags can be written by anybody. A file named as a paper of a move (task advance --document
 * 现场照片=FILE) is a paper, not a photo: its tags are not looked at. */
#ifndef RDL_RECTIFY_PHOTO_H
#define RDL_RECTIFY_PHOTO_H

#include "rectify/task.h"

/** Metres, where neither the call nor the pack (pack.yaml, photo_near_m) says: a phone's fix of 5
 * to 10 m, worse by walls and trees, and room to stand back. */
#define RDL_PHOTO_NEAR_M 50.0
#define RDL_PHOTO_NEAR_MOST_M 5000.0

typedef struct rdl_photo_files {
    const char *const *paths; /* NULL-ended, JPEG files */
    double near_m;            /* above 0, to RDL_PHOTO_NEAR_MOST_M; NaN: the pack's */
} rdl_photo_files;

/** Put photos of a task on record, all or none: role of `who` may photo or note, `on` is the day. Also of a
 *  task that is closed. A picture that the task has already adds nothing.
 *  *report (may be NULL; yours): [{"file", "code": TAKEN | ALREADY_THERE, and of those taken the
 *  members of rdl_ledger_photos()}]. tally: ledger.photos (suppressed ALREADY_THERE).
 *  Fails: RDL_ERROR_DATA (no whole JPEG), RDL_ERROR_NOT_FOUND, RDL_ERROR_USAGE, RDL_ERROR_IO. */
RDL_API bool rdl_task_photo(rdl_ledger *ledger, const rdl_move *who, const rdl_photo_files *files,
                            rdl_tally *tally, JsonNode **report, GError **error);

/** Photos of a task, or of all tasks of a site, as they were put on record: [{"seq", "task_id",
 *  "at", "by", "role", "reason", "title", "sha256", "width", "height", "orientation", "place",
 *  "time", "counts": bool, "elsewhere": [tasks of other sites with the same picture], "lon", "lat",
 *  "distance_m", "near_m", "azimuth", "north": true | magnetic, "altitude", "shot", "gps_time",
 *  "datum", "camera", "why"}]; what is not known is left out. Yours. */
RDL_API JsonNode *rdl_ledger_photos(rdl_ledger *ledger, const char *id, GError **error);

/** How many photos of a task are on record, and how many of them count. */
RDL_API bool rdl_photos_count(rdl_ledger *ledger, const char *task_id, guint *on_record,
                              guint *count, GError **error);

#endif
