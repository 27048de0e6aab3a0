/* deliver/disclosure.h - which tasks may be told to everybody, and what of them: one rule for
 * bulletins and exports. */
#ifndef RDL_DELIVER_DISCLOSURE_H
#define RDL_DELIVER_DISCLOSURE_H

#include "rectify/rectify.h"

/** Why a task is not told to everybody; NULL: it may be told. EXCLUDED: dismissed or lawful.
 *  CARRIED: a clue that was registered: its rectification is told in its place. NOT_REGISTERED: a
 *  clue of which nobody knows yet what it is. */
const char *rdl_withheld(rdl_ledger *ledger, const rdl_task *task);

/** data/disclosure/public.csv, and the names the ledger holds as it is today. One thread. */
typedef struct rdl_disclosure rdl_disclosure;
/** Fails: RDL_ERROR_DATA, RDL_ERROR_NOT_FOUND, RDL_ERROR_IO. */
rdl_disclosure *rdl_disclosure_new(rdl_ledger *ledger, GError **error);
void rdl_disclosure_free(rdl_disclosure *disclosure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_disclosure, rdl_disclosure_free)
/** Has the table a row for that field of a task? */
bool rdl_disclosure_tells(const rdl_disclosure *disclosure, const char *field);
/** Does the text hold a name of somebody? */
bool rdl_disclosure_names(rdl_disclosure *disclosure, const char *text);
/** Take out of a task what is not for everybody: fields without a row, texts that hold a name,
 * exact numbers, its ground but a rounded point. Fails: RDL_ERROR_DATA (an action that is none). */
bool rdl_disclosure_task(rdl_disclosure *disclosure, rdl_task *task, GError **error);
/** What people should know: how many texts were left empty for a name, by field; NULL: none. Yours.
 */
char *rdl_disclosure_blanked(const rdl_disclosure *disclosure);

#endif
