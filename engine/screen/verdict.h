/* screen/verdict.h - what the law says of one part: when-case, rules, verdict, public result. */
#ifndef RDL_SCREEN_VERDICT_H
#define RDL_SCREEN_VERDICT_H

#include "screen/footprint.h"
#include "screen/overlay.h"
#include "screen/permit.h"
#include "screen/rule.h"
#include "screen/zone.h"

typedef enum {
    RDL_RESULT_SUSPECT,
    RDL_RESULT_UNKNOWN_DATE,
    RDL_RESULT_PERMIT_CHECK,
    RDL_RESULT_EDGE,
    RDL_RESULT_HISTORIC,
    RDL_RESULT_CLEAN,
    RDL_RESULT_REFUSE, /* of planned projects (screen/planned.h) */
    RDL_RESULT_ASK,
    RDL_RESULT_PERMIT_NEEDED,
    RDL_RESULT_PASS
} rdl_result;
/** "SUSPECT", "CLEAN", "PERMIT-CHECK", "HISTORIC", "EDGE", "UNKNOWN-DATE". */
RDL_API const char *rdl_result_text(rdl_result result);

/** What approvals say of a part, or of the piece of it inside or outside their scopes. */
typedef struct rdl_approval {
    rdl_truth granted;
    const char *permit_no; /* of the first that fits or may fit; lent; NULL */
    const char *note;      /* static; NULL */
    const char *attrs;     /* of the permits that cover it, joined by ";"; lent; NULL */
    bool papers_only;      /* MAYBE because of who granted it or for what, not because of dates */
} rdl_approval;

typedef struct rdl_verdict {
    rdl_when when;
    const char *verdict; /* of the rule (domain 3.3); NULL when no rule speaks */
    rdl_result result;
    const rdl_rule *rule;      /* primary; NULL */
    const rdl_rule *rule_then; /* the row in force at the act, when another is primary; NULL */
    char *note;                /* owned; NULL */
    GArray *hits;              /* of rdl_hit, primary first; owned */
} rdl_verdict;

/** How a version of a zone meets the act and the day of judgement (J27). */
typedef enum {
    RDL_VERSION_BOTH,        /* valid at as_of, and judges the act too */
    RDL_VERSION_STATE,       /* valid at as_of; an earlier version judges the act */
    RDL_VERSION_ACT,         /* superseded: judges the act only */
    RDL_VERSION_NEW_GROUND,  /* valid at as_of; no version had this ground at the act */
    RDL_VERSION_PERHAPS,     /* valid at as_of; the onset straddles its beginning or end */
    RDL_VERSION_PERHAPS_ACT, /* superseded, the same */
} rdl_version;

/** Judge a part of `f` in `zone` (NULL: all territory; `part` may then be NULL). `near`: metres
 * from the footprint to each zone class of the pack, by number, NaN where not known; may be NULL.
 */
rdl_verdict rdl_verdict_of(const rdl_pack *pack, const rdl_footprint *f, const rdl_zone *zone,
                           const rdl_part *part, const rdl_approval *approval, rdl_version version,
                           const double *near, rdl_day as_of);
/** The datum that displaces the one or the other; NULL: neither. */
const char *rdl_verdict_web_datum(const rdl_footprint *f, const rdl_zone *zone);
void rdl_verdict_clear(rdl_verdict *verdict);

/** What a hit has to say besides its row ("an attribute ... is not known: CODE"). Yours; NULL. */
char *rdl_hit_note(const rdl_hit *hit);
/** Onset against the zone's establishment, and approval (3.2). Pure. */
rdl_when rdl_when_of(rdl_interval onset, const rdl_zone *zone, rdl_truth granted);

#endif
