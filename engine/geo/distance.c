#include "geo/distance.h"

#include <math.h>
#include "geo/reproject.h"

/* The two in longitude and latitude on the ellipsoid, and the systems made of it. */
typedef struct {
    const rdl_crs *crs;
    rdl_geometry *a, *b;
    rdl_crs *lonlat;
    double axis, minor;
} pair;

static void pair_clear(pair *p)
{
    rdl_geometry_free(p->a);
    rdl_geometry_free(p->b);
    if (p->lonlat)
        rdl_crs_unref(p->lonlat);
}

static char *proj(const char *head, const pair *p)
{
    char axis[G_ASCII_DTOSTR_BUF_SIZE], minor[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup_printf("%s +a=%s +b=%s +units=m +no_defs +type=crs", head,
                           g_ascii_dtostr(axis, sizeof axis, p->axis),
                           g_ascii_dtostr(minor, sizeof minor, p->minor));
}

static bool pair_init(pair *p, const rdl_crs *crs, const rdl_geometry *a, const rdl_geometry *b,
                      GError **error)
{
    g_autoptr(rdl_transform) to = rdl_transform_lonlat(crs, error);
    const double millimetre = 1e-8; /* degrees */
    double e2;

    *p = (pair){.crs = crs};
    rdl_crs_ellipsoid(crs, &p->axis, &e2);
    p->minor = p->axis * sqrt(1.0 - e2);
    g_autofree char *text = proj("+proj=longlat", p);
    return to && (p->a = rdl_reproject(a, to, millimetre, error)) &&
           (p->b = rdl_reproject(b, to, millimetre, error)) &&
           (p->lonlat = rdl_crs_parse(text, error));
}

/* The nearest points in the projection centred on `lon`, `lat`; the first becomes the new centre.
 */
static bool nearest_from(const pair *p, double *lon, double *lat, double *m, GError **error)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *head =
        g_strdup_printf("+proj=aeqd +lon_0=%s +lat_0=%s", g_ascii_dtostr(x, sizeof x, *lon),
                        g_ascii_dtostr(y, sizeof y, *lat));
    g_autofree char *text = proj(head, p);
    g_autoptr(rdl_crs) plane = rdl_crs_parse(text, error);
    g_autoptr(rdl_transform) to = plane ? rdl_transform_new(p->lonlat, plane, error) : NULL;
    g_autoptr(rdl_transform) back = to ? rdl_transform_new(plane, p->lonlat, error) : NULL;
    g_autoptr(rdl_geometry) a = back ? rdl_reproject(p->a, to, 0.001, error) : NULL;
    g_autoptr(rdl_geometry) b = a ? rdl_reproject(p->b, to, 0.001, error) : NULL;
    double xs[2], ys[2];

    if (!b || !rdl_geometry_nearest(a, b, xs, ys, error))
        return false;
    *m = hypot(xs[1] - xs[0], ys[1] - ys[0]);
    *lon = xs[0];
    *lat = ys[0];
    return rdl_transform_points(back, 1, lon, lat, error);
}

bool rdl_geodesic_distance(const rdl_crs *crs, const rdl_geometry *a, const rdl_geometry *b,
                           double *m, GError **error)
{
    pair p = {0};
    double xs[2], ys[2], before = INFINITY;
    bool meets = false;

    *m = 0.0;
    if (!rdl_geometry_intersects(a, b, &meets, error))
        return false;
    if (meets)
        return true;
    bool good = pair_init(&p, crs, a, b, error) && rdl_geometry_nearest(p.a, p.b, xs, ys, error);
    for (int i = 0; good && i < 8 && fabs(before - *m) > 1e-4; i++) {
        before = i ? *m : INFINITY;
        good = nearest_from(&p, &xs[0], &ys[0], m, error);
    }
    pair_clear(&p);
    return good;
}

bool rdl_box_grown(const rdl_crs *crs, rdl_transform *lonlat, rdl_box box, double metres,
                   rdl_box *grown, GError **error)
{
    double dx = 0.0, dy = 0.0;

    for (int corner = 0; corner < 4; corner++) {
        double mx, my, x = corner & 1 ? box.xmax : box.xmin, y = corner & 2 ? box.ymax : box.ymin;
        if (!rdl_crs_scale_at(crs, lonlat, x, y, &mx, &my, error))
            return false;
        dx = fmax(dx, metres / mx);
        dy = fmax(dy, metres / my);
    }
    /* a degree of longitude shrinks on the way: a twentieth more, enough below 80 degrees */
    *grown = (rdl_box){box.xmin - 1.05 * dx, box.ymin - 1.05 * dy, box.xmax + 1.05 * dx,
                       box.ymax + 1.05 * dy};
    return true;
}

int rdl_box_around(const rdl_crs *crs, rdl_box box, rdl_box around[2])
{
    double half = rdl_crs_geographic(crs) ? 180.0 / rdl_crs_degrees(crs) : INFINITY;
    bool west = box.xmin<-half, east = box.xmax> half;

    around[0] = around[1] = box;
    if (west == east) /* neither, or all round */
        return 1;
    double turn = west ? 2.0 * half : -2.0 * half;
    around[1].xmin += turn;
    around[1].xmax += turn;
    return 2;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

void rdl_box_index_around(const rdl_box_index *index, const rdl_crs *crs, rdl_box box,
                          GArray *found)
{
    rdl_box around[2];
    guint kept = 0;

    rdl_box_index_query(index, box, found);
    if (rdl_box_around(crs, box, around) < 2)
        return;
    g_autoptr(GArray) more = g_array_new(FALSE, FALSE, sizeof(size_t));
    rdl_box_index_query(index, around[1], more);
    g_array_append_vals(found, more->data, more->len);
    g_array_sort(found, by_number);
    for (guint i = 0; i < found->len; i++)
        if (i == 0 || g_array_index(found, size_t, i) != g_array_index(found, size_t, i - 1))
            g_array_index(found, size_t, kept++) = g_array_index(found, size_t, i);
    g_array_set_size(found, kept);
}
