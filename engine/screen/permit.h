/* screen/permit.h - approvals: who allowed what, when, on which ground. */
#ifndef RDL_SCREEN_PERMIT_H
#define RDL_SCREEN_PERMIT_H

#include "screen/intake.h"
#include "screen/pack.h"

typedef struct rdl_permit {
    char *permit_no, *authority, *holder, *activity, *attrs;
    rdl_day issued;        /* issued, else valid_from; PAST when neither is known */
    rdl_interval validity; /* valid_from..valid_to */
    bool dates_bad;        /* some date could not be read: never decides */
    GBytes *wkb;
    rdl_box box;
    const char *content; /* the fields as they came; lent by the intake */
    gint64 fid;
} rdl_permit;

GPtrArray *rdl_permits_new(void);
bool rdl_permits_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *permits, GError **error);
void rdl_permits_settle(rdl_intake *intake, GPtrArray *permits);

/** What a permit says of an activity in a zone at its onset (J18, J21 to J24). */
typedef struct rdl_grant {
    rdl_truth allows;
    bool dated;       /* false: MAYBE because of dates; else because of the body or the activity */
    const char *note; /* static text for a person, or NULL */
} rdl_grant;

/** Did it allow `activity` in a zone of that code (NULL: who may permit is not asked) when it was
 *  built? The ground is not asked here. */
rdl_grant rdl_permit_allows(const rdl_permit *permit, const rdl_pack *pack, const char *zone,
                            const char *activity, rdl_interval onset, rdl_day as_of);

#endif
