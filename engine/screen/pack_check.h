/* screen/pack_check.h - what is wrong in a pack: all of it, with file and line.
 *
 * A fault is one text, "path:line: what 'value'". A pack with a fault does not open: every program
 * that judges by it would judge wrong. Tables the pack does not have are not missed, but for
 * zones.csv, activities.csv and rules.csv. */
#ifndef RDL_SCREEN_PACK_CHECK_H
#define RDL_SCREEN_PACK_CHECK_H

#include "base/base.h"

/** Faults of the pack called `name` (or in that folder), of char *, in order of table and line;
 *  empty when it is sound. Fails: RDL_ERROR_NOT_FOUND when there is no such folder. */
RDL_API GPtrArray *rdl_pack_check(const char *name, GError **error);

/** The same over tables already read (file name -> rdl_csv) and pack.yaml; appends to `faults`. */
void rdl_pack_faults(const char *folder, JsonNode *meta, GHashTable *tables, GPtrArray *faults);

/** The top bound of a penalty, "FIX:min-max", "M2:", "M:", "X:min-max base", or "-": NaN for "-".
 *  False when the text is none of them. `kind` gets the letters before the colon (static), "-". */
bool rdl_penalty_parse(const char *text, const char **kind, double *max);

#endif
