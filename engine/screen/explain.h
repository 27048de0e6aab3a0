/* screen/explain.h - everything behind a finding of a findings file. */
#ifndef RDL_SCREEN_EXPLAIN_H
#define RDL_SCREEN_EXPLAIN_H

#include "base/base.h"

/** Is the file a GeoPackage of findings, not a ledger? */
RDL_API bool rdl_findings_file(const char *path);
/** Findings by finding_id, or by the source's own number: {"findings": [{every column, "hits":
 *  [{every column of layer hit}]}], "made_by": the manifest beside the file, null without one}.
 *  Fails: RDL_ERROR_NOT_FOUND when there is none, what reading fails with. */
RDL_API JsonNode *rdl_findings_explain(const char *path, const char *id, GError **error);

#endif
