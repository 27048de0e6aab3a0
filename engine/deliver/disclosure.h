/* deliver/disclosure.h - which tasks may be told to everybody. */
#ifndef RDL_DELIVER_DISCLOSURE_H
#define RDL_DELIVER_DISCLOSURE_H

#include "rectify/rectify.h"

/** Why a task is not told to everybody, one rule for bulletins and exports; NULL: it may be told.
 *  EXCLUDED: dismissed or lawful. CARRIED: a clue that was registered: its rectification is told in
 *  its place. NOT_REGISTERED: a clue of which nobody knows yet what it is. */
const char *rdl_withheld(rdl_ledger *ledger, const rdl_task *task);

#endif
