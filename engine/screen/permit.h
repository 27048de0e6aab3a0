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

/** Did this permit allow `activity` in a zone of that code when it was built (J18, J21 to J24)?
 *  The ground is not asked here. `note` (static text or NULL) says what a person should look at. */
rdl_truth rdl_permit_allows(const rdl_permit *permit, const rdl_pack *pack, const char *zone,
                            const char *activity, rdl_interval onset, rdl_day as_of,
                            const char **note);

#endif
