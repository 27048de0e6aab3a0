#include "rectify/neighbour.h"

#define SHARE_LEAST 0.5

void rdl_common_clear(rdl_common *common)
{
    g_free(common->site_id);
    g_clear_pointer(&common->also, json_array_unref);
}

static rdl_statement *sites_near(rdl_ledger *ledger, rdl_box box, const char *load, GError **error)
{
    rdl_statement *s = rdl_statement_new(
        ledger->store,
        "SELECT site_id, AsBinary(geom) FROM site WHERE rowid IN (SELECT pkid FROM idx_site_geom "
        "WHERE xmin <= ?3 AND xmax >= ?1 AND ymin <= ?4 AND ymax >= ?2) AND coalesce(load, '') <> "
        "?5 "
        "AND EXISTS (SELECT 1 FROM origin o WHERE o.site_id = site.site_id AND NOT EXISTS (SELECT 1"
        " FROM review r WHERE r.source = o.source AND r.source_id = o.source_id AND r.decision = "
        "'reject')) ORDER BY site_id",
        error);

    if (!s)
        return NULL;
    rdl_statement_real(s, 1, box.xmin);
    rdl_statement_real(s, 2, box.ymin);
    rdl_statement_real(s, 3, box.xmax);
    rdl_statement_real(s, 4, box.ymax);
    rdl_statement_text(s, 5, load);
    return s;
}

/* Shares of common ground; plane areas do, both pieces lie in one place. */
static bool share(const rdl_geometry *site, const rdl_geometry *ground, double *of_site,
                  double *of_ground, double *area, GError **error)
{
    g_autoptr(rdl_geometry) both = rdl_geometry_intersection(site, ground, error);
    double a = rdl_geometry_plane_area(site), b = rdl_geometry_plane_area(ground);

    if (!both)
        return false;
    *area = rdl_geometry_plane_area(both);
    *of_site = a > 0.0 ? *area / a : 0.0;
    *of_ground = b > 0.0 ? *area / b : 0.0;
    return true;
}

static void consider(rdl_common *common, double *most, const char *site_id, double area,
                     double of_site, double of_ground)
{
    if (of_site < SHARE_LEAST && of_ground < SHARE_LEAST)
        return;
    if (area <= *most) {
        json_array_add_string_element(common->also, site_id);
        return;
    }
    if (common->site_id)
        json_array_add_string_element(common->also, common->site_id);
    g_free(common->site_id);
    common->site_id = g_strdup(site_id);
    common->share_of_site = of_site;
    common->share_of_source = of_ground;
    *most = area;
}

bool rdl_sites_under(rdl_ledger *ledger, const rdl_geometry *ground, const char *load,
                     rdl_common *common, GError **error)
{
    g_autoptr(rdl_statement) s = sites_near(ledger, rdl_geometry_box(ground), load, error);
    double most = 0.0;
    bool row = true;

    *common = (rdl_common){.also = json_array_new()};
    while (s) {
        double of_site, of_ground, area;
        if (!rdl_statement_step(s, &row, error))
            break;
        if (!row)
            return true;
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 1);
        g_autoptr(rdl_geometry) site =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        if (!site || !share(site, ground, &of_site, &of_ground, &area, error))
            break;
        consider(common, &most, rdl_statement_get_text(s, 0), area, of_site, of_ground);
    }
    rdl_common_clear(common);
    return false;
}
