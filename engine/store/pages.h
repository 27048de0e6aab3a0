/* store/pages.h - rows of a table as the pages SQLite keeps them in, made without it.
 *
 * A table whose rows come in the order of their numbers is a run of full leaf pages under a few
 * interior ones. Any number of threads may each make a run; only placing them in the file goes in
 * order. File format: sqlite.org/fileformat2.html, 1.3 (header), 1.6 (b-tree pages), 2.1 (records).
 */
#ifndef RDL_STORE_PAGES_H
#define RDL_STORE_PAGES_H

#include "base/base.h"

/** What SQLite keeps in a row, text and bytes together, at most. */
#define RDL_ROW_BYTES ((size_t)1000000000)

typedef enum {
    RDL_CELL_NULL,
    RDL_CELL_INT,
    RDL_CELL_REAL,
    RDL_CELL_TEXT,
    RDL_CELL_BYTES
} rdl_cell_type;

/** A value of a row; text and bytes are borrowed. RDL_CELL_REAL is for columns declared REAL. NaN
 * is NULL. */
typedef struct rdl_cell {
    rdl_cell_type type;
    gint64 integer;
    double real;
    const void *bytes;
    size_t n;
} rdl_cell;

/** Pages of rows that follow each other, not placed yet. */
typedef struct rdl_page_run rdl_page_run;
rdl_page_run *rdl_page_run_new(size_t page_size, size_t usable);
void rdl_page_run_free(rdl_page_run *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_page_run, rdl_page_run_free)
/** Row `number`, higher than those before it. False: it is larger than RDL_ROW_BYTES. */
bool rdl_page_run_add(rdl_page_run *run, gint64 number, const rdl_cell *cells, size_t n);
/** Bytes it takes so far. */
size_t rdl_page_run_bytes(const rdl_page_run *run);

/** A database that no connection writes to while this is open. */
typedef struct rdl_page_file rdl_page_file;
rdl_page_file *rdl_page_file_open(const char *path, GError **error);
/** Write the header and close: the file is sound when it succeeds. NULL is nothing. */
bool rdl_page_file_finish(rdl_page_file *take_file, GError **error);
void rdl_page_file_abandon(rdl_page_file *take_file);
rdl_page_run *rdl_page_file_run(const rdl_page_file *file);

/** A table that has no rows, and the page its root is. */
typedef struct rdl_page_table rdl_page_table;
rdl_page_table *rdl_page_table_new(rdl_page_file *file, guint32 root);
void rdl_page_table_free(rdl_page_table *table);
/** The next rows of the table. */
bool rdl_page_table_put(rdl_page_table *table, rdl_page_run *take_run, GError **error);
/** All rows are there: write what leads to them. */
bool rdl_page_table_finish(rdl_page_table *table, GError **error);

#endif
