/* screen/finding_io.h - findings.gpkg: layers finding, hit, balance, rejected; with letters also
 * letter (fate and reason of each: screen/letter.h) and letter_match (what each may speak of).
 *
 * own_ha and own_mu of finding, whole_ha ... remainder_mu of balance are areas as shown (four and
 * two decimals), rounded so that those of a source add up (平差: base/apportion.h; balance.adjusted
 * 1).
 *
 * rejected has a row for everything said about an input: reason begins with a code; used 1 is a
 * warning, the feature was used all the same; repaired 1 where its geometry was made valid first;
 * used 0 was left out. source_fid is NULL where the whole layer is meant. */
#ifndef RDL_SCREEN_FINDING_IO_H
#define RDL_SCREEN_FINDING_IO_H

#include "screen/finding.h"
#include "screen/letter.h"

typedef struct rdl_findings {
    GPtrArray *findings;   /* of rdl_finding, by finding_id; lent */
    GArray *balances;      /* of rdl_source_balance, by source and source_id */
    GArray *rejections;    /* of rdl_rejection */
    GArray *answers;       /* of rdl_answer: to planned projects; NULL: these are findings */
    GHashTable *open;      /* with answers: rdl_answer.asked by project; lent texts */
    char *given, *missing; /* of rdl_planned_scope(); NULL without answers */
    GPtrArray *letters;    /* of rdl_letter, by letter_no; lent; NULL: none were given */
} rdl_findings;

typedef struct rdl_source_balance {
    const rdl_footprint *footprint;
    double whole_m2, parts_m2, remainder_m2; /* parts: sum of own areas */
    double sliver_m2;                        /* of the remainder: slivers along borders */
    bool ha_up, mu_up;                       /* remainder as shown: rdl_shown_ha() */
    bool adjusted; /* parts and remainder as shown make the whole (平差通过) */
} rdl_source_balance;

/** Write a GeoPackage at `path` (nothing may be there), zones' CRS. Fails: RDL_ERROR_IO. */
bool rdl_findings_write(const char *path, const rdl_crs *crs, const rdl_findings *findings,
                        rdl_day as_of, int threads, GError **error);

#endif
