#include <math.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/event.h"
#include "rectify/site.h"

#define LINK_METRES 500.0

/* The nearest site whose ground lies within LINK_METRES of a point in the ledger's CRS. */
static bool nearest_site(rdl_ledger *ledger, const rdl_geometry *point, double mx, double my,
                         char **site_id, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT site_id, AsBinary(geom) FROM site WHERE geom IS NOT NULL AND "
                          "MbrIntersects(geom, BuildMbr(?,?,?,?)) ORDER BY site_id",
                          error);
    rdl_box box = rdl_geometry_box(point);
    double least = LINK_METRES;
    bool row = true;

    *site_id = NULL;
    if (!s)
        return false;
    rdl_statement_real(s, 1, box.xmin - LINK_METRES / mx);
    rdl_statement_real(s, 2, box.ymin - LINK_METRES / my);
    rdl_statement_real(s, 3, box.xmax + LINK_METRES / mx);
    rdl_statement_real(s, 4, box.ymax + LINK_METRES / my);
    g_autoptr(rdl_geometry) here = rdl_geometry_scaled(point, box.xmin, box.ymin, mx, my, error);
    while (here && rdl_statement_step(s, &row, error) && row) {
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 1);
        g_autoptr(rdl_geometry) g =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        g_autoptr(rdl_geometry) there =
            g ? rdl_geometry_scaled(g, box.xmin, box.ymin, mx, my, error) : NULL;
        double metres;
        if (!there || !rdl_geometry_distance(here, there, &metres, error))
            return false;
        if (metres <= least) {
            least = metres;
            g_free(*site_id);
            *site_id = g_strdup(rdl_statement_get_text(s, 0));
        }
    }
    return here && !row;
}

typedef struct {
    rdl_ledger *ledger;
    const char *at;
    rdl_crs *target;
    rdl_transform *move, *lonlat;
    rdl_tally *tally;
} posting;

static bool known_letter(rdl_ledger *ledger, const char *letter_no, bool *known, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT 1 FROM letter WHERE letter_no = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, letter_no);
    return rdl_statement_step(s, known, error);
}

static bool link_letter(posting *p, GBytes *wkb, char **site_id, GError **error)
{
    g_autoptr(rdl_geometry) g = NULL, point = NULL;
    double mx, my;

    *site_id = NULL;
    if (!wkb)
        return true;
    g = rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    point = g ? rdl_reproject(g, p->move, 0.0, error) : NULL;
    if (!point)
        return false;
    rdl_box box = rdl_geometry_box(point);
    return rdl_crs_scale_at(p->target, p->lonlat, box.xmin, box.ymin, &mx, &my, error) &&
           nearest_site(p->ledger, point, mx, my, site_id, error);
}

static bool post_letter(posting *p, const rdl_layer *layer, const rdl_feature *f, GError **error)
{
    static const char *const fields[] = {"letter_no", "batch",   "received",    "activity",
                                         "key",       "founded", "duplicate_of"};
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *site_id = NULL;
    bool known;

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        rdl_json_set_text(o, fields[i],
                          rdl_feature_text(f, rdl_layer_field_index(layer, fields[i])));
    const char *letter_no = rdl_json_text(o, "letter_no", NULL);
    rdl_tally_in(p->tally, "ledger.letters", 1);
    if (!letter_no) {
        rdl_tally_failed(p->tally, "ledger.letters", "NO_ID", 1);
        return true;
    }
    if (!known_letter(p->ledger, letter_no, &known, error))
        return false;
    if (known) {
        rdl_tally_suppressed(p->tally, "ledger.letters", "ALREADY_THERE", 1);
        return true;
    }
    if (!link_letter(p, rdl_feature_wkb(f), &site_id, error))
        return false;
    rdl_json_set_text(o, "site_id", site_id);
    rdl_tally_used(p->tally, "ledger.letters", 1);
    rdl_event event = {.at = p->at,
                       .by = "redline",
                       .role = "system",
                       .kind = "letter.received",
                       .subject = letter_no};
    return rdl_event_append(p->ledger, &event, o, error);
}

static bool post_all(posting *p, rdl_layer *layer, GError **error)
{
    GError *failed = NULL;
    const rdl_feature *f;

    while ((f = rdl_layer_next(layer, &failed)))
        if (!post_letter(p, layer, f, error))
            return false;
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

bool rdl_ledger_load_letters(rdl_ledger *ledger, const char *path, rdl_day as_of, rdl_tally *tally,
                             GError **error)
{
    g_autoptr(rdl_layer) layer = rdl_layer_open(path, NULL, error);
    g_autoptr(rdl_crs) target = layer ? rdl_crs_parse(ledger->crs, error) : NULL;
    g_autoptr(rdl_transform) move = NULL, lonlat = NULL;
    g_autofree char *at = rdl_day_text(as_of);

    if (!target)
        return false;
    if (!rdl_layer_crs(layer))
        return rdl_fail(error, RDL_ERROR_CRS, "%s: its letters name no coordinate system", path);
    if (!(move = rdl_transform_new(rdl_layer_crs(layer), target, error)) ||
        !(lonlat = rdl_transform_lonlat(target, error)))
        return false;
    posting p = {ledger, at, target, move, lonlat, tally};
    bool good = rdl_store_begin(ledger->store, error) && post_all(&p, layer, error) &&
                rdl_tally_check(tally, error) && rdl_store_commit(ledger->store, error);
    if (!good)
        rdl_store_rollback(ledger->store);
    return good;
}
