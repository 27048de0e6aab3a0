/* base/tally.h - what came in, and what became of every piece of it.
 *
 * Nothing is dropped silently: a stage counts each input as used, suppressed (with a coded reason)
 * or failed (with a coded reason), and the counts must add up. */
#ifndef RDL_BASE_TALLY_H
#define RDL_BASE_TALLY_H

#include <json-glib/json-glib.h>
#include "base/error.h"

/** The reason of what an earlier run has used already. */
#define RDL_TALLY_THERE "ALREADY_THERE"

typedef struct rdl_tally rdl_tally;

RDL_API rdl_tally *rdl_tally_new(void);
RDL_API void rdl_tally_free(rdl_tally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_tally, rdl_tally_free)

/** `item` is the plural of what is counted within a stage: "detect.pixels", "screen.footprints". */
RDL_API void rdl_tally_in(rdl_tally *tally, const char *item, gint64 n);
RDL_API void rdl_tally_used(rdl_tally *tally, const char *item, gint64 n);
/** Left out on purpose; `reason` is a code in capitals: "BELOW_MIN_AREA". */
RDL_API void rdl_tally_suppressed(rdl_tally *tally, const char *item, const char *reason, gint64 n);
/** Could not be used; counted rejections alone are no failure of the run, as long as something was
 *  of use: rdl_tally_of_use(). */
RDL_API void rdl_tally_failed(rdl_tally *tally, const char *item, const char *reason, gint64 n);

/** Do in = used + suppressed + failed hold for every item? Fails: RDL_ERROR_BALANCE names the
 *  first item that does not add up. */
RDL_API bool rdl_tally_check(const rdl_tally *tally, GError **error);
/** Was anything of each item used, or there already, where some of it failed? For whoever hands in a
 *  list: nothing but rejections is no success. Fails: RDL_ERROR_DATA names the first item of which
 *  nothing was, with the reasons. */
RDL_API bool rdl_tally_of_use(const rdl_tally *tally, GError **error);
/** Add all of `other` to `tally`. */
RDL_API void rdl_tally_merge(rdl_tally *tally, const rdl_tally *other);

/** An array, in order of first mention, of {"item", "in", "used", "suppressed": {code: n},
 *  "failed": {code: n}, "balanced": bool}. Yours. */
RDL_API JsonNode *rdl_tally_json(const rdl_tally *tally);
/** Back from that array. Fails: RDL_ERROR_DATA. */
RDL_API rdl_tally *rdl_tally_from_json(JsonNode *node, GError **error);
/** The same as lines of text for people. Yours to free. */
RDL_API char *rdl_tally_text(const rdl_tally *tally);

#endif
