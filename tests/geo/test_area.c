/* Area on the ellipsoid against closed forms and against Karney's geodesic areas. */
#include <geodesic.h>
#include <math.h>
#include <stdio.h>
#include "geo/area.h"
#include "suite.h"

static double area_of(const char *crs_text, const char *wkt)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_text, &error);
    g_autoptr(rdl_measure) measure = crs ? rdl_measure_new(crs, &error) : NULL;
    g_autoptr(rdl_geometry) g = measure ? rdl_geometry_from_wkt(wkt, &error) : NULL;
    double m2 = NAN;

    if (g)
        rdl_measure_area(measure, g, &m2, &error);
    CHECK_OK(error);
    return m2;
}

/* Authalic function of the CGCS2000 ellipsoid, written out independently of area.c. */
static double zone_area(double lat)
{
    const double a = 6378137.0, f = 1 / 298.257222101, e = sqrt(f * (2 - f));
    double s = sin(lat * G_PI / 180);

    return a * a * (1 - e * e) / 2 *
           (s / (1 - e * e * s * s) - log((1 - e * s) / (1 + e * s)) / (2 * e));
}

static void a_graticule_cell_is_exact(void)
{
    double want = (zone_area(31) - zone_area(30)) * G_PI / 180;

    CHECK_NEAR(area_of("EPSG:4490", "POLYGON((120 30,121 30,121 31,120 31,120 30))") / want, 1.0,
               1e-12);
}

static void direction_and_start_change_nothing(void)
{
    double a = area_of("EPSG:4490", "POLYGON((120 30,120.1 30,120.1 30.1,120 30.1,120 30))");

    CHECK_NEAR(area_of("EPSG:4490", "POLYGON((120.1 30.1,120.1 30,120 30,120 30.1,120.1 30.1))"), a,
               a * 1e-12);
}

static void holes_are_taken_out(void)
{
    double shell = area_of("EPSG:4490", "POLYGON((0 0,3 0,3 3,0 3,0 0))");
    double hole = area_of("EPSG:4490", "POLYGON((1 1,2 1,2 2,1 2,1 1))");

    CHECK_NEAR(area_of("EPSG:4490", "POLYGON((0 0,3 0,3 3,0 3,0 0),(1 1,2 1,2 2,1 2,1 1))"),
               shell - hole, 1e-3);
}

/* A square of `side` metres in UTM, edges cut so finely that geodesics follow them. */
static double karney_square(const char *crs_text, double x0, double y0, double side, int cuts)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(crs_text, &error);
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, &error);
    struct geod_geodesic ellipsoid;
    struct geod_polygon polygon;
    double a, e2, area, perimeter;

    rdl_crs_ellipsoid(crs, &a, &e2);
    geod_init(&ellipsoid, a, 1 - sqrt(1 - e2));
    geod_polygon_init(&polygon, 0);
    for (int i = 0; i < 4 * cuts; i++) {
        double t = side * (i % cuts) / cuts, xs[] = {t, side, side - t, 0},
               ys[] = {0, t, side, side - t};
        double x = x0 + xs[i / cuts], y = y0 + ys[i / cuts];
        rdl_transform_points(lonlat, 1, &x, &y, &error);
        geod_polygon_addpoint(&ellipsoid, &polygon, y, x);
    }
    CHECK_OK(error);
    geod_polygon_compute(&ellipsoid, &polygon, 0, 1, &area, &perimeter);
    return area;
}

static void a_projected_square_agrees_with_karney(void)
{
    static const double sides[] = {30, 1000, 30000};
    static const int cuts[] = {10, 100, 4000}; /* more only adds rounding to a small square */

    for (int i = 0; i < 3; i++) {
        double s = sides[i], x = 640000, y = 3570000;
        g_autofree char *wkt = g_strdup_printf("POLYGON((%f %f,%f %f,%f %f,%f %f,%f %f))", x, y,
                                               x + s, y, x + s, y + s, x, y + s, x, y);
        double want = karney_square("EPSG:32651", x, y, s, cuts[i]);
        CHECK_NEAR(area_of("EPSG:32651", wkt) / want, 1.0, 2e-9);
    }
}

static void a_pole_may_be_inside(void)
{
    /* a disc-like square round the north pole in polar stereographic */
    double got = area_of("EPSG:3995", "POLYGON((-1e5 -1e5,1e5 -1e5,1e5 1e5,-1e5 1e5,-1e5 -1e5))");
    double want = karney_square("EPSG:3995", -1e5, -1e5, 2e5, 4000);

    CHECK_NEAR(got / want, 1.0, 1e-7);
}

static void a_meridian_has_its_length(void)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4326", &error);
    g_autoptr(rdl_measure) measure = rdl_measure_new(crs, &error);
    g_autoptr(rdl_geometry) line = rdl_geometry_from_wkt("LINESTRING(5 0,5 1)", &error);
    double m;

    rdl_measure_length(measure, line, &m, &error);
    CHECK_OK(error);
    CHECK_NEAR(m, 110574.3886, 1e-3); /* first degree of the WGS 84 meridian */
}

/* An edge that passes the pole at half a metre: longitude turns by half a circle along it. */
static void an_edge_beside_the_pole_cuts_a_square_in_two(void)
{
    static const char *const systems[] = {"EPSG:3413", "EPSG:3031"}; /* north, south */

    for (int i = 0; i < 2; i++) {
        g_autoptr(rdl_crs) crs = rdl_crs_parse(systems[i], NULL);
        g_autoptr(rdl_measure) measure = rdl_measure_new(crs, NULL);
        const double xs[3][5] = {
            {-500, 500, 500, -500, -500}, {-500, 0.5, 0.5, -500, -500}, {0.5, 500, 500, 0.5, 0.5}};
        const double ys[] = {-500, -500, 500, 500, -500};
        double m2[3];
        for (int k = 0; k < 3; k++)
            CHECK(rdl_measure_ring(measure, 5, xs[k], ys, &m2[k], NULL));
        CHECK_NEAR(m2[1] + m2[2], m2[0], 1e-9 * m2[0]);
        CHECK_NEAR(m2[1] / m2[0], 0.5005, 1e-8);
    }
}

/* A comb from (x0, y0): up by `tall`, over by `wide`, down, over; and back by a slanting line. */
static char *comb(double x0, double y0, double wide, double tall, int teeth)
{
    GString *wkt = g_string_new("POLYGON((");

    for (int i = 0; i < teeth; i++) {
        double x = x0 + 2 * i * wide;
        g_string_append_printf(wkt, "%.12g %.12g,%.12g %.12g,%.12g %.12g,%.12g %.12g,", x, y0, x,
                               y0 + tall, x + wide, y0 + tall, x + wide, y0);
    }
    for (int i = teeth; i >= 0; i--)
        g_string_append_printf(wkt, "%.12g %.12g,", x0 + 2 * i * wide,
                               y0 - i * tall / teeth - tall);
    g_string_append_printf(wkt, "%.12g %.12g))", x0, y0);
    return g_string_free(wkt, FALSE);
}

/* Sum of geodesics between the vertices of a polygon, each edge cut into `cuts`. */
static double geodesic_perimeter(const rdl_crs *crs, const void *wkb, size_t n, int cuts)
{
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, NULL);
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    struct geod_geodesic ellipsoid;
    double a, e2, sum = 0.0;

    rdl_crs_ellipsoid(crs, &a, &e2);
    geod_init(&ellipsoid, a, 1 - sqrt(1 - e2));
    CHECK(rdl_rings_of(wkb, n, rings) && rings->len == 1);
    const rdl_ring *ring = &g_array_index(rings, rdl_ring, 0);
    for (guint32 i = 1; i < ring->n; i++)
        for (int k = 0; k < cuts; k++) {
            double x0, y0, x1, y1, metres;
            rdl_point_at(ring->xy, i - 1, &x0, &y0);
            rdl_point_at(ring->xy, i, &x1, &y1);
            double xs[] = {x0 + (x1 - x0) * k / cuts, x0 + (x1 - x0) * (k + 1) / cuts};
            double ys[] = {y0 + (y1 - y0) * k / cuts, y0 + (y1 - y0) * (k + 1) / cuts};
            CHECK(rdl_transform_points(lonlat, 2, xs, ys, NULL));
            geod_inverse(&ellipsoid, ys[0], xs[0], ys[1], xs[1], &metres, NULL, NULL);
            sum += metres;
        }
    return sum;
}

/* Perimeters by cells, along vertices and by geodesics, for grids near and far from where they are
 * true, and for systems whose axes are neither square nor alike. */
static void perimeters_agree_with_geodesics(void)
{
    static const struct {
        const char *crs;
        double x, y, wide, tall;
    } at[] = {
        {"EPSG:32647", 500000, 10, 10, 20},
        {"EPSG:32647", 166000, 3300000, 10, 30},
        {"EPSG:32647", 830000, 6600000, 10, 10},
        {"EPSG:32647", 1200000, 9200000, 10, 10}, /* far beyond the zone */
        {"EPSG:32747", 400000, 1200000, 20, 10},
        {"EPSG:4490", 103.0, 0.001, 1e-4, 2e-4},
        {"EPSG:4490", 103.0, 31.0, 1e-4, 1e-4},
        {"EPSG:4326", -17.0, 60.0, 2e-4, 1e-4},
        {"EPSG:4326", 15.0, 80.0, 5e-4, 1e-4},
        {"EPSG:4326", 15.0, 89.0, 5e-4, 1e-4},
        {"EPSG:3857", 1e7, 1.2e7, 10, 10},
        {"EPSG:3413", 5e5, -2e5, 10, 10},
        {"EPSG:5514", -6e5, -1.1e6, 10, 10},       /* Krovak: an oblique cone */
        {"ESRI:54009", 8e6, 5e6, 10, 10},          /* Mollweide: axes far from square */
        {"EPSG:32647", 500000, 3300000, 2500, 10}, /* too long for a cell */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
        g_autoptr(rdl_crs) crs = rdl_crs_parse(at[i].crs, NULL);
        g_autoptr(rdl_measure) measure = crs ? rdl_measure_new(crs, NULL) : NULL;
        g_autofree char *wkt = comb(at[i].x, at[i].y, at[i].wide, at[i].tall, 200);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(wkt, NULL);
        g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
        gsize n;
        const void *bytes = g_bytes_get_data(wkb, &n);
        double by_cell, by_vertex, want = geodesic_perimeter(crs, bytes, n, 4);
        CHECK(rdl_measure_wkb_length(measure, bytes, n, &by_cell, NULL));
        CHECK(rdl_measure_length(measure, g, &by_vertex, NULL));
        CHECK_NEAR(by_cell / want, 1.0, 1e-6);
        CHECK_NEAR(by_cell / by_vertex, 1.0, 1e-6);
    }
}

/* ---- odd polygons of any size against geodesics and against the radii of curvature ---- */

#define CORNERS 11
#define SMALL 100.0 /* metres: a tangent plane tells better than sums over the globe */
#define TEMPERATE 5 /* grounds before those at the poles */

typedef struct {
    const char *crs;
    double x, y;             /* a star lies round here */
    double metre_x, metre_y; /* units of the system for a metre, roughly */
} ground;

static void star(GRand *r, const ground *g, double radius, double *x, double *y)
{
    for (int i = 0; i < CORNERS; i++) {
        double angle = 2.0 * G_PI * i / CORNERS, reach = radius * g_rand_double_range(r, 0.35, 1.0);
        x[i] = g->x + reach * cos(angle) * g->metre_x;
        y[i] = g->y + reach * sin(angle) * g->metre_y;
    }
    x[CORNERS] = x[0];
    y[CORNERS] = y[0];
}

/* Its edges, straight in the system, cut so finely that geodesics follow them. */
static double karney_area(const rdl_crs *crs, const double *xs, const double *ys, int cuts)
{
    GError *error = NULL;
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, &error);
    struct geod_geodesic ellipsoid;
    struct geod_polygon polygon;
    double a, e2, area, perimeter;

    rdl_crs_ellipsoid(crs, &a, &e2);
    geod_init(&ellipsoid, a, 1 - sqrt(1 - e2));
    geod_polygon_init(&polygon, 0);
    for (int i = 0; i < CORNERS * cuts; i++) {
        int k = i / cuts;
        double t = (double)(i % cuts) / cuts;
        double x = xs[k] + t * (xs[k + 1] - xs[k]), y = ys[k] + t * (ys[k + 1] - ys[k]);
        rdl_transform_points(lonlat, 1, &x, &y, &error);
        geod_polygon_addpoint(&ellipsoid, &polygon, y, x);
    }
    CHECK_OK(error);
    geod_polygon_compute(&ellipsoid, &polygon, 0, 1, &area, &perimeter);
    return area;
}

/* Metres on the tangent plane, for what is too small for sums over the globe. */
static double tangent_area(const rdl_crs *crs, const double *xs, const double *ys)
{
    GError *error = NULL;
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, &error);
    double a, e2, u[CORNERS + 1], v[CORNERS + 1], twice = 0.0;

    rdl_crs_ellipsoid(crs, &a, &e2);
    for (int i = 0; i <= CORNERS; i++) {
        double x = xs[i], y = ys[i];
        rdl_transform_points(lonlat, 1, &x, &y, &error);
        u[i] = x * G_PI / 180;
        v[i] = y * G_PI / 180;
        if (fabs(u[i] - u[0]) > G_PI)
            u[i] -= copysign(2.0 * G_PI, u[i] - u[0]);
    }
    CHECK_OK(error);
    double w = sqrt(1 - e2 * sin(v[0]) * sin(v[0]));
    for (int i = 0; i < CORNERS; i++)
        twice += (u[i] - u[0]) * (v[i + 1] - v[0]) - (u[i + 1] - u[0]) * (v[i] - v[0]);
    return fabs(twice) / 2.0 * (a / w) * cos(v[0]) * (a * (1 - e2) / (w * w * w));
}

static void check_star(GRand *r, const ground *g, double radius)
{
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse(g->crs, &error);
    g_autoptr(rdl_measure) measure = crs ? rdl_measure_new(crs, &error) : NULL;
    double x[CORNERS + 1], y[CORNERS + 1], got = NAN;
    int cuts = (int)CLAMP(radius / 50.0, 4.0, 1000.0);

    star(r, g, radius, x, y);
    CHECK(measure && rdl_measure_ring(measure, CORNERS + 1, x, y, &got, &error));
    CHECK_OK(error);
    double want = radius < SMALL ? tangent_area(crs, x, y) : karney_area(crs, x, y, cuts);
    /* the plane leaves radius / 1000 km; cuts of a kilometre 1e-7, a sum over the globe some cm2 */
    double tolerance = radius < SMALL ? (1e-7 + 1e-6 * radius) * want : 2e-7 * want + 0.05;
    if (!CHECK_NEAR(got, want, tolerance))
        printf("\n    in: %s, %g m round %g %g", g->crs, radius, g->x, g->y);
}

static void odd_polygons_of_any_size_agree_with_geodesics(void)
{
    static const ground grounds[] = {
        {"EPSG:4490", 117.3, 31.2, 1.05e-5, 9.0e-6},
        {"EPSG:4326", 180.0, -17.5, 9.4e-6, 9.0e-6}, /* runs on over the antimeridian */
        {"EPSG:4326", -179.999, 65.0, 2.1e-5, 9.0e-6},
        {"EPSG:4526", 38500000.0, 3450000.0, 1.0, 1.0}, /* zone number in the easting */
        {"EPSG:32660", 640000.0, 7100000.0, 1.0, 1.0},  /* east of it lies the antimeridian */
        {"EPSG:3413", 10.0, -20.0, 1.0, 1.0},           /* the pole inside */
        {"EPSG:3031", 4000.0, 900.0, 1.0, 1.0}};
    static const double radii[] = {0.25, 20.0, 900.0, 30000.0, 500000.0};
    GRand *r = suite_rand();

    for (size_t i = 0; i < G_N_ELEMENTS(grounds); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(radii); k++)
            for (int n = 0; n < 3; n++)
                if (i < TEMPERATE || radii[k] >= SMALL) /* at a pole no plane in degrees lies on */
                    check_star(r, &grounds[i], radii[k]);
}

static CU_TestInfo tests[] = {
    {"a graticule cell is exact", a_graticule_cell_is_exact},
    {"direction and start change nothing", direction_and_start_change_nothing},
    {"holes are taken out", holes_are_taken_out},
    {"a projected square agrees with Karney", a_projected_square_agrees_with_karney},
    {"a pole may be inside", a_pole_may_be_inside},
    {"a meridian has its length", a_meridian_has_its_length},
    {"an edge beside the pole cuts a square in two", an_edge_beside_the_pole_cuts_a_square_in_two},
    {"perimeters agree with geodesics", perimeters_agree_with_geodesics},
    {"odd polygons of any size agree with geodesics",
     odd_polygons_of_any_size_agree_with_geodesics},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("geo.area", tests, argc, argv);
}
