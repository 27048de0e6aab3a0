/* deliver/photo_word.h - what a photo of the field tells, in words. */
#ifndef RDL_DELIVER_PHOTO_WORD_H
#define RDL_DELIVER_PHOTO_WORD_H

#include "rectify/rectify.h"

/** `photo`: one of rdl_ledger_photos(). Where: "inside the site", "far from the site (51 m)".
 *  Yours, like what follows. */
char *rdl_photo_where(JsonObject *photo, const char *language);
/** Which way: "90.0° (true north)"; "-" where it is not told. */
char *rdl_photo_way(JsonObject *photo, const char *language);
/** When, and what is wrong with that: "2026-11-03T10:20:30+08:00"; "-". */
char *rdl_photo_when(JsonObject *photo, const char *language);
/** Does it count, and why not: "yes", "no: also at V-123". */
char *rdl_photo_counts(JsonObject *photo, const char *language);
/** "119.900150, 32.300150"; "-". */
char *rdl_photo_position(JsonObject *photo);

#endif
