/* detect/gate.h - is a pair fit to be compared? Asked before any detector sees it. */
#ifndef RDL_DETECT_GATE_H
#define RDL_DETECT_GATE_H

#include "detect/align.h"

/** What speaks against a pair; it is compared all the same, and every patch says so. */
typedef enum {
    RDL_GATE_MISREGISTERED = 1, /* more than half a pixel is left between the scenes */
    RDL_GATE_ALIGN_UNSURE = 2,  /* asked to align, and the tiles do not agree on a shift */
    RDL_GATE_SEASON = 4,        /* more than 45 days of the year apart */
    RDL_GATE_UNLIKE = 8         /* no band of one date looks like that of the other */
} rdl_gate_code;

typedef struct rdl_gate {
    bool asked, corrected; /* to align; and there was a shift to correct */
    rdl_shift found, left; /* before and after correction; the same without one */
    unsigned codes;        /* rdl_gate_code */
} rdl_gate;

/** Measure and, when `align`, correct the pair. `before`, `after`: ISO dates, NULL where unknown.
 *  Fails: RDL_ERROR_DATA (MISREGISTERED_FAR: a shift of more than five pixels that is not to be
 *  corrected, or is left), RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
RDL_API bool rdl_gate_pass(rdl_gate *gate, rdl_pair *pair, bool align, const char *before,
                           const char *after, int threads, const rdl_progress *progress,
                           GError **error);
/** "PASS", or the codes: "MISREGISTERED;SEASON". Yours. */
RDL_API char *rdl_gate_text(const rdl_gate *gate);
/** {"verdict": "pass" | "downgrade", "codes": [...], "align", "shift": [dx, dy], ...}. Yours. */
RDL_API JsonNode *rdl_gate_json(const rdl_gate *gate);

#endif
