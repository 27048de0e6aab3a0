/* detect/gate.h - is a pair fit to be compared? Asked before any detector sees it. */
#ifndef RDL_DETECT_GATE_H
#define RDL_DETECT_GATE_H

#include "detect/align.h"

/** What speaks against a pair; it is compared all the same, and every patch says so. */
typedef enum {
    RDL_GATE_MISREGISTERED = 1, /* more than half a pixel is left between the scenes */
    RDL_GATE_ALIGN_UNSURE = 2,  /* asked to align, and the tiles do not agree on a shift */
    RDL_GATE_SEASON = 4,        /* more than 45 days of the year apart */
    RDL_GATE_UNLIKE = 8,        /* no band of one date looks like that of the other */
    RDL_GATE_ROTATED = 16,      /* the tiles fit a rotation or a change of size, not a shift */
    RDL_GATE_UNREGISTERED = 32, /* not asked to align, and the tiles agree on nothing */
    RDL_GATE_SUN = 64,          /* the sun stood more than 15 degrees higher on one date */
    RDL_GATE_OFFSET = 128,      /* the offset of Sentinel-2's baseline 04.00 is in doubt */
    RDL_GATE_LEVELS = 256,      /* levels differ by more than a band's own spread, and the detector
                                   compares levels */
    RDL_GATE_ORTHO_FLAT = 512,  /* a scene was laid on the ground as if that were level */
    RDL_GATE_INCOMPLETE = 1024, /* files that a product tells of are not there */
    RDL_GATE_CLOUDY = 2048,     /* less than half of the area of interest is observed */
    RDL_GATE_NULL_COLLAPSED = 4096, /* IR-MAD's unchanged pixels are not those of the scene */
    RDL_GATE_BLANK = 8192, /* a part of a scene is 0 or saturated in every band, or lies in gaps */
    RDL_GATE_CLOUD_LIKE = 16384 /* a part is bright in every band on one date only */
} rdl_gate_code;

typedef struct rdl_gate {
    bool asked, corrected; /* to align; and there was a shift to correct */
    bool radar;            /* no optical sensor */
    rdl_shift found, left; /* before and after correction; the same without one */
    unsigned codes;        /* rdl_gate_code */
    rdl_levels levels;
    rdl_offset_view offset;
    double sun[2];  /* elevation, degrees; NaN: not told */
    double gaps[2]; /* share of each date that is 0 in every band in gaps, taken as not observed */
    double cloud_like[2]; /* share of each date that looks like cloud; NaN: not asked */
    double clear; /* share of the area of interest observed on both dates; NaN until known */
} rdl_gate;

/** What the gate is asked about a pair. */
typedef struct rdl_gate_question {
    bool align;                           /* correct a shift */
    const char *date_before, *date_after; /* ISO dates; NULL: not known */
    bool radar;                           /* no optical sensor */
    bool levels_matter;                   /* the detector compares levels as they are */
} rdl_gate_question;

/** Measure and, when asked to align, correct the pair.
 *  Fails: RDL_ERROR_DATA (MISREGISTERED_FAR: a shift of more than five pixels that is not to be
 *  corrected, or is left), RDL_ERROR_IO, RDL_ERROR_CANCELLED. */
RDL_API bool rdl_gate_pass(rdl_gate *gate, rdl_pair *pair, const rdl_gate_question *question,
                           int threads, const rdl_progress *progress, GError **error);
/** What the sample looks like: shares of either date that look like cloud. Codes are added. */
RDL_API void rdl_gate_cloud(rdl_gate *gate, const double share[2]);
/** What the last pass found: of `inside` pixels of the area of interest `observed` were. Fails:
 *  RDL_ERROR_DATA (CLEAR_TOO_LITTLE: less than one in fifty). */
RDL_API bool rdl_gate_clear(rdl_gate *gate, gint64 observed, gint64 inside, GError **error);
/** Why each code stands there, to be told to people, added to `sentences` (char *). */
RDL_API void rdl_gate_explain(const rdl_gate *gate, const rdl_pair *pair, GPtrArray *sentences);
/** "PASS", or the codes: "MISREGISTERED;SEASON". Yours. */
RDL_API char *rdl_gate_text(const rdl_gate *gate);
/** {"verdict": "pass" | "downgrade", "codes": [...], "align", "shift": [dx, dy], ...}. Yours. */
RDL_API JsonNode *rdl_gate_json(const rdl_gate *gate);

#endif
