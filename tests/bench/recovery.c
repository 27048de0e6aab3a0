/* What `verify` says of endings planted into three real scenes: bare ground of a scene is laid over
 * forest of the same scene, so that light, noise and season are the scene's own.
 *   recovery BEFORE AFTER LATER BANDS RED NIR [SEED]      (RED, NIR: numbers of bands) */
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "detect/detect.h"
#include "geo/start.h"

enum { DATES = 3, GROUNDS = 60, TRIES = 200000, APART = 30, FROM_EDGE = 60, BANDS_MOST = 16 };
#define GREEN_LEAST 0.3 /* NDVI of forest, BARE_MOST that of bare ground */
#define BARE_MOST 0.15
#define ALIKE 0.05 /* of bare ground on both dates: it has not changed itself */

typedef struct {
    int width, height, bands, red, nir;
    size_t n;
    double *v[DATES]; /* band after band */
    double top[DATES][BANDS_MOST];
} series;

typedef struct {
    int x, y, side; /* the ground */
    int u, w;       /* where bare ground comes from */
} plot;

static series s;
static GArray *plots;
static const char *bands;

/* ---- scenes ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void read_scene(int date, const char *path)
{
    GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
    if (!ds)
        exit(3);
    s.width = GDALGetRasterXSize(ds);
    s.height = GDALGetRasterYSize(ds);
    s.bands = MIN(GDALGetRasterCount(ds), BANDS_MOST);
    s.n = (size_t)s.width * (size_t)s.height;
    s.v[date] = g_new(double, s.n *(size_t)s.bands);
    for (int k = 0; k < s.bands; k++) {
        double *p = s.v[date] + (size_t)k * s.n;
        g_autofree double *sorted = NULL;
        if (GDALRasterIO(GDALGetRasterBand(ds, k + 1), GF_Read, 0, 0, s.width, s.height, p, s.width,
                         s.height, GDT_Float64, 0, 0) != CE_None)
            exit(3);
        sorted = g_memdup2(p, s.n * sizeof *p);
        qsort(sorted, s.n, sizeof *sorted, by_value);
        s.top[date][k] = sorted[(size_t)(0.999 * (double)s.n)];
    }
    GDALClose(ds);
}

static char *write_scene(const char *like, const double *v, const char *name)
{
    GDALDatasetH from = GDALOpen(like, GA_ReadOnly), to;
    char *path = g_strdup_printf("/vsimem/%s.tif", name);

    to = GDALCreateCopy(GDALGetDriverByName("GTiff"), path, from, FALSE, NULL, NULL, NULL);
    for (int k = 0; k < s.bands; k++)
        if (GDALRasterIO(GDALGetRasterBand(to, k + 1), GF_Write, 0, 0, s.width, s.height,
                         (void *)(v + (size_t)k * s.n), s.width, s.height, GDT_Float64, 0,
                         0) != CE_None)
            exit(3);
    GDALClose(to);
    GDALClose(from);
    return path;
}

/* ---- plots ---- */

static size_t at(int x, int y)
{
    return (size_t)y * (size_t)s.width + (size_t)x;
}

static double ndvi(int date, int x, int y)
{
    double red = s.v[date][(size_t)s.red * s.n + at(x, y)],
           nir = s.v[date][(size_t)s.nir * s.n + at(x, y)];
    return nir + red > 0 ? (nir - red) / (nir + red) : 0;
}

static bool all(int x, int y, int side, int first, bool green)
{
    for (int v = y; v < y + side; v++)
        for (int u = x; u < x + side; u++)
            for (int date = first; date < DATES; date++)
                if (green ? ndvi(date, u, v) < GREEN_LEAST : ndvi(date, u, v) > BARE_MOST)
                    return false;
    return true;
}

static bool crowded(int x, int y)
{
    for (guint i = 0; i < plots->len; i++) {
        plot *p = &g_array_index(plots, plot, i);
        if (abs(p->x - x) < APART && abs(p->y - y) < APART)
            return true;
    }
    return false;
}

/* Upper left corners of 3 x 3 bare pixels, bare after and later. */
static GArray *bare_places(void)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(plot));

    for (int y = 0; y < s.height - 3; y += 3)
        for (int x = 0; x < s.width - 3; x += 3) {
            plot p = {.u = x, .w = y};
            if (all(x, y, 3, 1, false) &&
                fabs(ndvi(1, x + 1, y + 1) - ndvi(2, x + 1, y + 1)) < ALIKE)
                g_array_append_val(found, p);
        }
    return found;
}

static void draw_plots(GRand *r)
{
    g_autoptr(GArray) bare = bare_places();

    plots = g_array_new(FALSE, FALSE, sizeof(plot));
    printf("%u bare places\n", bare->len);
    for (int i = 0; bare->len && i < TRIES && plots->len < GROUNDS; i++) {
        plot p = g_array_index(bare, plot, g_rand_int_range(r, 0, (gint32)bare->len));
        p.side = g_rand_int_range(r, 4, 11);
        p.x = g_rand_int_range(r, FROM_EDGE, s.width - FROM_EDGE);
        p.y = g_rand_int_range(r, FROM_EDGE, s.height - FROM_EDGE);
        if (!crowded(p.x, p.y) && all(p.x - 4, p.y - 4, p.side + 8, 0, true))
            g_array_append_val(plots, p);
    }
}

/* ---- endings ---- */

typedef enum { WHOLE, HALF, WIDER, LESS } extent;

/* Bare ground of `date` over the plots; pieces of 3 x 3 are repeated. share 0..1 of what is laid.
 */
static void lay(double *to, int date, extent e, double share)
{
    for (guint i = 0; i < plots->len; i++) {
        plot *p = &g_array_index(plots, plot, i);
        int grow = e == WIDER ? 4 : 0, width = e == HALF ? p->side / 2 : p->side;
        for (int y = -grow; y < p->side + grow; y++)
            for (int x = -grow; x < width + grow; x++)
                for (int k = 0; k < s.bands; k++) {
                    size_t to_i = (size_t)k * s.n + at(p->x + x, p->y + y);
                    size_t from_i = (size_t)k * s.n + at(p->u + (x + 9) % 3, p->w + (y + 9) % 3);
                    to[to_i] = (1 - share) * to[to_i] + share * s.v[date][from_i];
                }
    }
}

/* Over the plots and `more` pixels around: white mixed in, or darkened. */
static void veil(GRand *r, double *to, double white, double dark, int more)
{
    g_autofree uint8_t *done = g_malloc0(s.n);

    for (guint i = 0; i < plots->len; i++) {
        plot *p = &g_array_index(plots, plot, i);
        for (int y = -more; y < p->side + more; y++)
            for (int x = -more; x < p->side + more; x++) {
                double own = g_rand_double_range(r, 0.9, 1.1);
                size_t here = at(p->x + x, p->y + y);
                for (int k = 0; !done[here] && k < s.bands; k++) {
                    double *v = &to[(size_t)k * s.n + here];
                    *v = MIN((1 - white) * *v * dark + white * own * s.top[2][k], 255);
                }
                done[here] = 1;
            }
    }
}

/* Green cover over what stands: dark in every band, greenish, no near infrared. */
static void net(double *to)
{
    for (guint i = 0; i < plots->len; i++) {
        plot *p = &g_array_index(plots, plot, i);
        for (int y = 0; y < p->side; y++)
            for (int x = 0; x < p->side; x++)
                for (int k = 0; k < s.bands; k++) {
                    double *v = &to[(size_t)k * s.n + at(p->x + x, p->y + y)];
                    *v *= k == s.red ? 0.5 : 0.65;
                }
    }
}

static void shift(double *to, double by)
{
    g_autofree double *copy = g_memdup2(to, s.n * (size_t)s.bands * sizeof *to);
    int whole = (int)floor(by);
    double rest = by - whole;

    for (int k = 0; k < s.bands; k++)
        for (int y = 0; y < s.height; y++)
            for (int x = 0; x < s.width; x++) {
                size_t a = (size_t)k * s.n + at(MIN(x + whole, s.width - 1), y),
                       b = (size_t)k * s.n + at(MIN(x + whole + 1, s.width - 1), y);
                to[(size_t)k * s.n + at(x, y)] = (1 - rest) * copy[a] + rest * copy[b];
            }
}

/* ---- what is said ---- */

static void tell(const char *what, const char *b, const char *a, const char *like, double *later,
                 bool align)
{
    if (getenv("ONLY") && !strstr(getenv("ONLY"), what))
        return;
    int counts[5] = {0}, why[10] = {0};
    GError *error = NULL;
    g_autofree char *l = write_scene(like, later, "later");
    rdl_recovery_options o = {
        .before = b, .after = a, .later = l, .bands = bands, .align = align, .threads = 2};
    rdl_recovery_limits limits = RDL_RECOVERY_LIMITS_INIT;
    g_autoptr(rdl_recovery_scenes) scenes = rdl_recovery_open(&o, NULL, &error);

    if (!scenes) {
        printf("%-28s refused: %s\n", what, error->message);
        g_clear_error(&error);
        return;
    }
    GDALDatasetH ds = GDALOpen(like, GA_ReadOnly);
    double t[6];
    GDALGetGeoTransform(ds, t);
    const char *wkt = GDALGetProjectionRef(ds);
    g_autoptr(rdl_crs) crs = rdl_crs_parse(wkt, &error);
    for (guint i = 0; i < plots->len; i++) {
        plot *p = &g_array_index(plots, plot, i);
        double x0 = t[0] + p->x * t[1], x1 = t[0] + (p->x + p->side) * t[1],
               y0 = t[3] + p->y * t[5], y1 = t[3] + (p->y + p->side) * t[5];
        g_autofree char *text = g_strdup_printf(
            "POLYGON((%.12f %.12f,%.12f %.12f,%.12f %.12f,%.12f %.12f,%.12f %.12f))", x0, y0, x1,
            y0, x1, y1, x0, y1, x0, y0);
        g_autoptr(rdl_geometry) ground = rdl_geometry_from_wkt(text, &error);
        rdl_recovery r;
        if (!ground || !rdl_recovery_measure(scenes, ground, NULL, crs, &limits, &r, &error)) {
            printf("%s\n", error->message);
            exit(3);
        }
        counts[r.outcome]++;
        for (int c = 0; c < 10; c++)
            why[c] += (r.codes >> c) & 1u;
        if (getenv("EACH"))
            printf("  %s %d,%d side %d: %s stands %.2f [%.2f, %.2f] recovery %.2f grown %.2f\n",
                   what, p->x, p->y, p->side, rdl_outcome_name(r.outcome), r.residual,
                   r.residual_min, r.residual_max, r.recovery, r.grown_min);
    }
    GDALClose(ds);
    printf("%-28s restored %3d partly %3d standing %3d grown %3d cannot tell %3d (", what,
           counts[1], counts[2], counts[3], counts[4], counts[0]);
    for (int c = 0; c < 10; c++)
        if (why[c]) {
            g_autofree char *name = rdl_recovery_code_text(1u << c);
            printf(" %s %d", name, why[c]);
        }
    printf(" ) gate %s\n", rdl_recovery_gate(scenes));
}

int main(int argc, char **argv)
{
    if (argc < 7)
        return 2;
    rdl_geo_start();
    GDALAllRegister();
    for (int date = 0; date < DATES; date++)
        read_scene(date, argv[1 + date]);
    bands = argv[4];
    s.red = atoi(argv[5]) - 1;
    s.nir = atoi(argv[6]) - 1;
    g_autoptr(GRand) r = g_rand_new_with_seed(argc > 7 ? (guint32)atoi(argv[7]) : 1);
    draw_plots(r);
    printf("%u plots\n", plots->len);
    size_t bytes = s.n * (size_t)s.bands * sizeof(double);
    g_autofree double *after = g_memdup2(s.v[1], bytes);
    lay(after, 1, WHOLE, 1);
    g_autofree char *a = write_scene(argv[2], after, "after");
    const char *b = argv[1];
#define LATER g_autofree double *later = g_memdup2(s.v[2], bytes)
    {
        LATER;
        tell("restored", b, a, argv[3], later, true);
        shift(later, 0.5);
        tell("restored, shift 0.5", b, a, argv[3], later, false);
        shift(later, 1.0);
        tell("restored, shift 1.5", b, a, argv[3], later, false);
        tell("restored, shift 1.5 align", b, a, argv[3], later, true);
    }
    {
        LATER;
        lay(later, 2, WHOLE, 1);
        tell("standing", b, a, argv[3], later, true);
        shift(later, 1.5);
        tell("standing, shift 1.5", b, a, argv[3], later, false);
        tell("standing, shift 1.5 align", b, a, argv[3], later, true);
    }
    {
        LATER;
        lay(later, 2, HALF, 1);
        tell("half", b, a, argv[3], later, true);
    }
    {
        LATER;
        lay(later, 2, WIDER, 1);
        tell("grown", b, a, argv[3], later, true);
    }
    for (int share = 1; share < 4; share++) {
        LATER;
        g_autofree char *what = g_strdup_printf("mixed, %d%% bare", share * 25);
        lay(later, 2, WHOLE, share * 0.25);
        tell(what, b, a, argv[3], later, true);
    }
    for (int stands = 0; stands < 2; stands++) {
        const char *name = stands ? "standing" : "restored";
        const struct {
            const char *what;
            double white, dark;
            int more;
        } veils[] = {{"cloud", 0.9, 1, 6},        {"cloud, wide", 0.9, 1, 40},
                     {"thin cloud", 0.4, 1, 6},   {"haze", 0.15, 1, 6},
                     {"haze, wide", 0.15, 1, 40}, {"shadow", 0, 0.4, 6},
                     {"shadow, light", 0, 0.7, 6}};
        for (size_t i = 0; i < G_N_ELEMENTS(veils); i++) {
            LATER;
            g_autofree char *what = g_strdup_printf("%s, %s", name, veils[i].what);
            if (stands)
                lay(later, 2, WHOLE, 1);
            veil(r, later, veils[i].white, veils[i].dark, veils[i].more);
            tell(what, b, a, argv[3], later, true);
        }
    }
    {
        LATER;
        lay(later, 2, WHOLE, 1);
        net(later);
        tell("standing, green net", b, a, argv[3], later, true);
    }
    return 0;
}
