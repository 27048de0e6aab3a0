/* screen/pack_rules.h - between pack.c and rule.c. */
#ifndef RDL_SCREEN_PACK_RULES_H
#define RDL_SCREEN_PACK_RULES_H

#include "screen/rule.h"

/** rules.csv, free of faults, as rdl_rule. Yours to unref. */
GPtrArray *rdl_pack_read_rules(const rdl_pack *pack, const char *const *local);
const GPtrArray *rdl_pack_rules(const rdl_pack *pack);
/** pack.yaml. Lent. */
JsonNode *rdl_pack_meta(const rdl_pack *pack);
/** Top of the fine for a part of that size, in yuan; NaN where it is not comparable. */
double rdl_rule_ceiling(const rdl_rule *rule, double area_m2, double length_m);
/** A date column; `unknown` where it is empty. */
rdl_day rdl_pack_day(const rdl_csv *csv, size_t row, const char *column, rdl_day unknown);

#endif
