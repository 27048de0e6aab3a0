/* store/rtree.h - an SQLite R-tree filled at once.
 *
 * Row by row the index of a million rows costs more than the rows. Here the tree is packed from
 * sorted boxes (Leutenegger et al. 1997) and written into the three tables behind the virtual one,
 * in the format of sqlite.org/rtree.html. */
#ifndef RDL_STORE_RTREE_H
#define RDL_STORE_RTREE_H

#include "store/connection.h"

typedef struct rdl_rtree_entry {
    gint64 id;
    float xmin, xmax, ymin, ymax; /* rounded outward */
} rdl_rtree_entry;

/** The entry of a box: floats that contain it. */
rdl_rtree_entry rdl_rtree_entry_of(gint64 id, double xmin, double xmax, double ymin, double ymax);
/** Fill the empty R-tree `table` with n entries of ids from 1 on, each once; they are reordered. */
bool rdl_rtree_fill(rdl_store *store, const char *table, rdl_rtree_entry *entries, size_t n,
                    GError **error);

#endif
