/* screen/pack_rules.h - between pack.c and rule.c. */
#ifndef RDL_SCREEN_PACK_RULES_H
#define RDL_SCREEN_PACK_RULES_H

#include "screen/rule.h"

/** rules.csv as rdl_rule, checked: codes, dates, verdicts. Yours to unref. */
GPtrArray *rdl_pack_read_rules(const rdl_pack *pack, const char *const *local, GError **error);
const GPtrArray *rdl_pack_rules(const rdl_pack *pack);
/** A date column that may be empty. Fails: RDL_ERROR_DATA with file:line. */
bool rdl_pack_day(const rdl_csv *csv, size_t row, const char *column, rdl_day unknown, rdl_day *day,
                  GError **error);

#endif
