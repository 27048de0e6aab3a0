/* screen/pack_cases.h - a pack's own cases: situations with the answer the law gives.
 *
 * cases.csv, a row a situation. What is given: zone, level, basin, established (z_est), valid_from,
 * valid_to (of this boundary), activity, attrs, expands (1: an enlargement), approval (absent: no
 * approvals layer; none; valid; dates: a permit whose dates do not decide; papers: one by a body
 * that may not permit, or for what it does not say), built_after, built_before, as_of, local.
 * What must come out: when_case, verdict, result, rule_id, rule_then (empty: none), hits (rules
 * that must be among the hits, separated by |). `reason` says why, with the article. */
#ifndef RDL_SCREEN_PACK_CASES_H
#define RDL_SCREEN_PACK_CASES_H

#include "base/base.h"

typedef struct rdl_pack_trial {
    guint cases;
    GPtrArray *failures; /* of char *: "path:line: case: what it is, what it should be" */
    GPtrArray *untested; /* of char *: rules no case names */
} rdl_pack_trial;

/** Judge every case of a pack. Fails: what rdl_pack_open() fails with, RDL_ERROR_DATA for a pack
 *  without cases.csv or a case that cannot be read. A wrong answer is a failure, not an error. */
RDL_API bool rdl_pack_try(const char *name, rdl_pack_trial *trial, GError **error);
RDL_API void rdl_pack_trial_clear(rdl_pack_trial *trial);

/** Rows of all tables, and values of pack.yaml, that differ between two packs: an array of {"table", "key", "change":
 * "added", "removed" or "changed"} and for a changed row "column", "from", "to", one a column. Rows
 * are known by their key column, else by their whole text. Fails: RDL_ERROR_NOT_FOUND,
 * RDL_ERROR_DATA. */
RDL_API JsonNode *rdl_pack_diff(const char *from, const char *to, GError **error);

#endif
