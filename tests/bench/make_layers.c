/* make_layers FOLDER [SCALE]: zones.gpkg and footprints.gpkg as large as a province's.
 *
 * At scale 1: 20,000 zones with ragged borders of 100 to 5000 vertices, many of them overlapping,
 * some as core, buffer and experimental rings, and 1,000,000 footprints in towns, over 300 x 300
 * km. A scale s multiplies the counts by s and the sides by sqrt(s). The same every time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "geo/geo.h"

#define SEED 20260101u
#define X0 400000.0
#define Y0 2600000.0

typedef struct {
    GRand *random;
    double side;
    GByteArray *wkb;
} maker;

static double draw(maker *m, double low, double high)
{
    return g_rand_double_range(m->random, low, high);
}

static double normal(maker *m)
{
    return sqrt(-2.0 * log(1.0 - g_rand_double(m->random))) * cos(2.0 * G_PI * draw(m, 0, 1));
}

static void put_u32(maker *m, guint32 value)
{
    g_byte_array_append(m->wkb, (const guint8 *)&value, 4);
}

static void begin_polygon(maker *m, guint32 rings)
{
    static const guint8 little = 1;

    g_byte_array_set_size(m->wkb, 0);
    g_byte_array_append(m->wkb, &little, 1);
    put_u32(m, 3);
    put_u32(m, rings);
}

static void put_point(maker *m, double x, double y)
{
    const double xy[] = {x, y};

    g_byte_array_append(m->wkb, (const guint8 *)xy, sizeof xy);
}

/* A ring round (x, y): radius times the outline, backwards for a hole. */
static void put_ring(maker *m, double x, double y, double radius, const double *outline, guint32 n,
                     bool hole)
{
    put_u32(m, n + 1);
    for (guint32 k = 0; k <= n; k++) {
        guint32 i = hole ? (n - k) % n : k % n;
        double angle = 2.0 * G_PI * i / n;
        put_point(m, x + radius * outline[i] * cos(angle), y + radius * outline[i] * sin(angle));
    }
}

/* A closed random walk of decreasing steps about 1: midpoint displacement. */
static void ragged(maker *m, double *outline, guint32 n)
{
    double waves[24], phases[24];

    for (int k = 0; k < 24; k++) {
        waves[k] = 0.25 * pow(k + 1, -1.1) * normal(m);
        phases[k] = draw(m, 0, 2.0 * G_PI);
    }
    for (guint32 i = 0; i < n; i++) {
        double r = 0.0;
        for (int k = 0; k < 24; k++)
            r += waves[k] * sin((k + 1) * 2.0 * G_PI * i / n + phases[k]);
        outline[i] = exp(fmax(-0.8, fmin(0.8, r))) * draw(m, 0.995, 1.005);
    }
}

static bool write_polygon(maker *m, rdl_vector *out, int layer, const rdl_value *row,
                          GError **error)
{
    g_autoptr(GBytes) wkb = g_bytes_new_static(m->wkb->data, m->wkb->len);

    return rdl_vector_write(out, layer, row, wkb, error);
}

static bool write_zone(maker *m, rdl_vector *out, int layer, int *id, const char *code,
                       GError **error)
{
    g_autofree char *name = g_strdup_printf("Z%06d", ++*id);
    const rdl_value row[] = {rdl_text(name), rdl_text(code), rdl_text("1998-01-01"),
                             rdl_text("1998-01-01")};

    return write_polygon(m, out, layer, row, error);
}

static bool make_site(maker *m, rdl_vector *out, int layer, int *id, GError **error)
{
    guint32 n = (guint32)fmax(100, fmin(5000, exp(6.0 + 0.9 * normal(m))));
    double radius = fmax(80, fmin(12000, 600 * exp(0.8 * normal(m))));
    double x = X0 + draw(m, 0, m->side), y = Y0 + draw(m, 0, m->side), kind = draw(m, 0, 1);
    g_autofree double *outline = g_new(double, n);

    ragged(m, outline, n);
    begin_polygon(m, kind < 0.08 ? 2 : 1);
    put_ring(m, x, y, radius, outline, n, false);
    if (kind >= 0.08)
        return write_zone(m, out, layer, id, kind < 0.8 ? "ERL" : "PBF", error);
    put_ring(m, x, y, 0.7 * radius, outline, n, true);
    if (!write_zone(m, out, layer, id, "NR_SY", error))
        return false;
    begin_polygon(m, 2);
    put_ring(m, x, y, 0.7 * radius, outline, n, false);
    put_ring(m, x, y, 0.45 * radius, outline, n, true);
    if (!write_zone(m, out, layer, id, "NR_HC", error))
        return false;
    begin_polygon(m, 1);
    put_ring(m, x, y, 0.45 * radius, outline, n, false);
    return write_zone(m, out, layer, id, "NR_HX", error);
}

static bool make_zones(maker *m, const char *path, int count, GError **error)
{
    static const rdl_field fields[] = {{"zone_id", RDL_FIELD_TEXT},
                                       {"zone", RDL_FIELD_TEXT},
                                       {"z_est", RDL_FIELD_TEXT},
                                       {"valid_from", RDL_FIELD_TEXT}};
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32647", error);
    rdl_vector *out = crs ? rdl_vector_create(path, "GPKG", error) : NULL;
    int layer = out ? rdl_vector_layer(out, "zone", crs, "Polygon", fields, 4, error) : -1;
    bool good = layer >= 0;

    for (int id = 0; good && id < count;)
        good = make_site(m, out, layer, &id, error);
    return good && rdl_vector_finish(out, error);
}

static void make_building(maker *m, double x, double y)
{
    double w = fmax(5, fmin(60, 11 * exp(0.4 * normal(m)))), l = w * draw(m, 1, 2.8);
    double angle = draw(m, 0, G_PI), c = cos(angle), s = sin(angle);
    const double u[] = {0, l, l, 0, 0}, v[] = {0, 0, w, w, 0};

    begin_polygon(m, 1);
    put_u32(m, 5);
    for (int k = 0; k < 5; k++)
        put_point(m, x + c * u[k] - s * v[k], y + s * u[k] + c * v[k]);
}

static bool make_footprints(maker *m, const char *path, int count, GError **error)
{
    static const char *const activities[] = {"IND", "RES", "MINE_QUARRY", "TOUR", "UNKNOWN"};
    static const char *const days[] = {NULL, "1995-06-01", "2016-03-01", "2021-08-01"};
    static const rdl_field fields[] = {{"fp_id", RDL_FIELD_TEXT},
                                       {"activity", RDL_FIELD_TEXT},
                                       {"built_after", RDL_FIELD_TEXT},
                                       {"built_before", RDL_FIELD_TEXT}};
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32647", error);
    rdl_vector *out = crs ? rdl_vector_create(path, "GPKG", error) : NULL;
    int layer = out ? rdl_vector_layer(out, "footprint", crs, "Polygon", fields, 4, error) : -1;
    double x = 0, y = 0, spread = 0;
    bool good = layer >= 0;

    for (int i = 0; good && i < count; i++) {
        if (i % 250 == 0) { /* a town */
            x = X0 + draw(m, 0, m->side);
            y = Y0 + draw(m, 0, m->side);
            spread = 150 + 500 * exp(0.6 * normal(m));
        }
        g_autofree char *id = g_strdup_printf("F%07d", i);
        const char *day = days[g_rand_int_range(m->random, 0, 4)];
        const rdl_value row[] = {rdl_text(id),
                                 rdl_text(activities[g_rand_int_range(m->random, 0, 5)]),
                                 rdl_text(day), rdl_text(day ? "2022-05-01" : NULL)};
        make_building(m, x + spread * normal(m), y + spread * normal(m));
        good = write_polygon(m, out, layer, row, error);
    }
    return good && rdl_vector_finish(out, error);
}

int main(int argc, char **argv)
{
    double scale = argc > 2 ? g_ascii_strtod(argv[2], NULL) : 1.0;
    GError *error = NULL;

    if (argc < 2 || !(scale > 0.0 && scale <= 10.0)) {
        fputs("usage: make_layers FOLDER [SCALE]\n", stderr);
        return 2;
    }
    rdl_geo_start();
    maker m = {
        .random = g_rand_new_with_seed(SEED), .side = 3e5 * sqrt(scale), .wkb = g_byte_array_new()};
    g_autofree char *zones = g_build_filename(argv[1], "zones.gpkg", NULL);
    g_autofree char *footprints = g_build_filename(argv[1], "footprints.gpkg", NULL);
    bool good = make_zones(&m, zones, (int)(20000 * scale), &error) &&
                make_footprints(&m, footprints, (int)(1e6 * scale), &error);
    if (!good)
        fprintf(stderr, "make_layers: %s\n", error ? error->message : "failed");
    g_clear_error(&error);
    g_rand_free(m.random);
    g_byte_array_unref(m.wkb);
    rdl_geo_stop();
    return good ? 0 : 1;
}
