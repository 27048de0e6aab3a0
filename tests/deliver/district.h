/* tests/deliver/district.h - a ledger of three sites in view: each number is known. */
#ifndef RDL_TESTS_DELIVER_DISTRICT_H
#define RDL_TESTS_DELIVER_DISTRICT_H

#include "rectify/rectify.h"

/** A name of 60 Chinese characters. */
extern const char district_long_name[];
/** A ledger at `path`, open to write, of `n` sites FP-0 ... (0..3) loaded as of 2026-11-01, each
 *  with one finding and two hits: NR26-02 (leads, decided, PROHIBIT) and NR26-20 (asked, REVIEW).
 *  1234.5678 m2, 1200 to 1300. NULL after a printed error. */
rdl_ledger *district_ledger(const char *path, int n);
/** What a finding of the tests is about; NULL: NULL. */
typedef struct district_site {
    const char *wkt, *owner, *zone_name, *xzqdm;
} district_site;
/** The same ledger of `n` sites of any number and kind. */
rdl_ledger *district_of(const char *path, const district_site *sites, int n);
/** Id of the task of a source. Yours. */
char *district_task(rdl_ledger *ledger, const char *source_id);
/** Take FP-0 from SCREENED to REGISTERED on 2026-11-20. */
bool district_register(rdl_ledger *ledger);

#endif
