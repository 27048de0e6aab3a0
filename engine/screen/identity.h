/* screen/identity.h - ids that are missing or repeat, whatever the order of the input. */
#ifndef RDL_SCREEN_IDENTITY_H
#define RDL_SCREEN_IDENTITY_H

#include "screen/intake.h"

/** What a kind of record shows of itself. */
typedef struct rdl_identity {
    char **id; /* may be NULL: then made from the geometry; lives in the intake's arena */
    rdl_wkb wkb;
    const char *content; /* rdl_identity_content() */
    gint64 fid;
} rdl_identity;

typedef rdl_identity (*rdl_identity_fn)(gpointer record);

/** Order `records` by id and content. A record without an id gets "~" and a digest of its geometry
 *  (NO_ID, warning). Of records alike in everything one stays, the others are counted as suppressed
 *  DUPLICATE and removed. Records of one id that differ in anything (ground, dates, version) all
 *  stay, each with "~" and a digest behind its id (REPEATED_ID, warning). Records of one geometry
 *  and different ids stay (SAME_GEOMETRY, warning). */
void rdl_identity_settle(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                         rdl_identity_fn look);

/** The texts of the NULL-ended fields of a record, each ended by a unit separator, for
 *  rdl_identity.content; absent fields count as empty. Lives in the intake's arena. Digests are
 *  made of it and the geometry, and only where ids repeat. */
const char *rdl_identity_content(const rdl_record *record, const char *const *fields);
/** Only order by id and content: for layers in which one id may have several features (a unit of
 *  two parts, a permit of two fields). */
void rdl_identity_sort(GPtrArray *records, rdl_identity_fn look);

#endif
