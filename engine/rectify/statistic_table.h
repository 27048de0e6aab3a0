/* rectify/statistic_table.h - how the tables of a statistic are filled, for the files that do. */
#ifndef RDL_RECTIFY_STATISTIC_TABLE_H
#define RDL_RECTIFY_STATISTIC_TABLE_H

#include "rectify/handle.h"
#include "rectify/statistic.h"

struct rdl_statistic {
    GPtrArray *tables; /* of rdl_statistic_table */
    GStringChunk *kept;
    GPtrArray *columns; /* of rdl_statistic_column *, made for a table */
    rdl_ledger *ledger;
    rdl_statistic_options options;
    gint64 tasks; /* the ledger holds */
    char *head;
};

/* ---- tables ---- */

/** A new table at the end, lent. `columns` outlive the statistic. */
rdl_statistic_table *rdl_statistic_add(rdl_statistic *s, const char *key,
                                       const rdl_statistic_column *columns, guint n_columns,
                                       guint n_codes);
/** A copy of columns that lives as long as the statistic. */
rdl_statistic_column *rdl_statistic_columns(rdl_statistic *s, const rdl_statistic_column *columns,
                                            guint n);
/** A new row: its codes (kept; NULL: not given) with their ranks (NULL: all alike), its numbers. */
void rdl_statistic_row(rdl_statistic *s, rdl_statistic_table *table, const char *const *codes,
                       const int *ranks, const double *numbers);
/** Rates of a row from its own columns: `rates` names (part, whole) of each in turn. */
void rdl_statistic_rate(rdl_statistic_table *table, guint row, const int (*rates)[2]);
/** Sort the rows, set their rates, and the total below them. */
void rdl_statistic_close(rdl_statistic *s, rdl_statistic_table *table, const int (*rates)[2]);

/** Is `xzqdm` of the unit asked for? */
bool rdl_statistic_wanted(const rdl_statistic *s, const char *xzqdm);

/** Tables of matters (statistic_store.c), of measures and letters (statistic_letter_store.c), of
 *  what happened in the period (statistic_move_store.c). */
bool rdl_statistic_matters(rdl_statistic *s, GError **error);
bool rdl_statistic_letters(rdl_statistic *s, GError **error);
bool rdl_statistic_moves(rdl_statistic *s, GError **error);

/* ---- what became of a task ---- */

typedef enum {
    RDL_FATE_PENDING,
    RDL_FATE_EXCLUDED,
    RDL_FATE_LONGTERM,
    RDL_FATE_DONE,
    RDL_FATE_OPEN,
    RDL_FATES,
    RDL_FATE_CARRIED /* no matter of its own: its rectification is */
} rdl_fate;

typedef struct rdl_fates rdl_fates;
rdl_fates *rdl_fates_new(rdl_ledger *ledger, GError **error);
void rdl_fates_free(rdl_fates *fates);
/** By states.csv. A verification in a state of rectification is carried where it was `registered`;
 *  where its problem never came to be it was ended without one: excluded. */
rdl_fate rdl_fates_of(const rdl_fates *fates, const char *kind, const char *state, bool registered);
/** Day of the move by which a task became done, after which it never was anything else. *day is
 *  yours; NULL: it is not done. */
bool rdl_fates_done_on(rdl_fates *fates, const char *task_id, char **day, GError **error);

#endif
