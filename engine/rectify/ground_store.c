#include "rectify/ground.h"

#include "rectify/handle.h"
#include "store/store.h"

static const char all[] = "SELECT s.site_id, AsBinary(s.geom) FROM site s WHERE s.geom IS NOT NULL"
                          " AND EXISTS (SELECT 1 FROM task t WHERE t.site_id = s.site_id)";
/* The spatial index holds floats, rounded outward. */
static const char near_by[] =
    "SELECT s.site_id, AsBinary(s.geom) FROM site s WHERE s.geom IS NOT NULL"
    " AND s.rowid IN (SELECT pkid FROM idx_site_geom WHERE xmin <= ?3 AND xmax >= ?1"
    " AND ymin <= ?4 AND ymax >= ?2)"
    " AND EXISTS (SELECT 1 FROM task t WHERE t.site_id = s.site_id)";

bool rdl_site_grounds(rdl_ledger *ledger, const rdl_box *within, rdl_ground_fn take, void *user,
                      GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, within ? near_by : all, error);
    bool row = s != NULL;

    if (s && within) {
        rdl_statement_real(s, 1, within->xmin);
        rdl_statement_real(s, 2, within->ymin);
        rdl_statement_real(s, 3, within->xmax);
        rdl_statement_real(s, 4, within->ymax);
    }
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            return true;
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 1);
        if (wkb && !take(rdl_statement_get_text(s, 0), g_bytes_get_data(wkb, NULL),
                         g_bytes_get_size(wkb), user, error))
            return false;
    }
    return false;
}
