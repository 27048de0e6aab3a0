/* run/sheet.h - the balance sheet of a job: what went in, what came out, what was left out and
 * why, in counts and in areas. */
#ifndef RDL_RUN_SHEET_H
#define RDL_RUN_SHEET_H

#include "base/base.h"

typedef struct rdl_sheet {
    char *job;
    rdl_tally *tally;    /* of all stages, in their order */
    GPtrArray *outputs;  /* of char *: files written */
    GPtrArray *warnings; /* of char * */
    GPtrArray *kept;     /* of char *: stages of an earlier run that were not made again; no part
                            of the JSON, which does not tell how it came about */
    JsonObject *stages;  /* stage -> its own summary */
    bool ended;          /* every stage is done: what fails now is what the sheet tells */
    bool areas;          /* there was a screening: the four below hold */
    double whole_m2, own_m2, remainder_m2, sliver_m2; /* slivers: of the remainder */
} rdl_sheet;

rdl_sheet *rdl_sheet_new(const char *job);
RDL_API void rdl_sheet_free(rdl_sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_sheet, rdl_sheet_free)
/** Counts, and areas to a square metre in a million: RDL_ERROR_BALANCE when they do not add up. */
RDL_API bool rdl_sheet_check(const rdl_sheet *sheet, GError **error);
/** {"job", "balanced", "items", "areas", "stages", "outputs", "warnings"}. Yours. */
RDL_API JsonNode *rdl_sheet_json(const rdl_sheet *sheet);
/** Back from that object. Yours. Fails: RDL_ERROR_DATA. */
rdl_sheet *rdl_sheet_from_json(JsonObject *object, GError **error);
/** Add all that `stage` tells to `sheet`. */
void rdl_sheet_add(rdl_sheet *sheet, const rdl_sheet *stage);
/** For people. Yours to free. */
RDL_API char *rdl_sheet_text(const rdl_sheet *sheet);

#endif
