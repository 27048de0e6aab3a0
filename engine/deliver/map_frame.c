#include "deliver/map_frame.h"

#include <math.h>
#include <string.h>

#define POINT_M (0.0254 / 72.0) /* metres a point */
#define SAMPLES 160             /* places along a side that are put into degrees */
#define MARGIN 1.08

static bool english(const rdl_frame *frame)
{
    return strcmp(frame->data->language, "en") == 0;
}

/* ---- the sheet's system ---- */

/* Degrees around a box of the ledger's system. */
static bool degrees_of(const rdl_map_data *data, rdl_box g, rdl_box *degrees, GError **error)
{
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(data->crs, error);
    double x[25], y[25];

    for (int i = 0; i < 25; i++) {
        x[i] = g.xmin + (g.xmax - g.xmin) * (i % 5) / 4.0;
        y[i] = g.ymin + (g.ymax - g.ymin) * (i / 5) / 4.0;
    }
    if (!lonlat || !rdl_transform_points(lonlat, 25, x, y, error))
        return false;
    *degrees = (rdl_box){x[0], y[0], x[0], y[0]};
    for (int i = 1; i < 25; i++) {
        degrees->xmin = MIN(degrees->xmin, x[i]);
        degrees->xmax = MAX(degrees->xmax, x[i]);
        degrees->ymin = MIN(degrees->ymin, y[i]);
        degrees->ymax = MAX(degrees->ymax, y[i]);
    }
    return true;
}

static char *meridian_text(double lon)
{
    return g_strdup_printf("%g°%s", fabs(lon), lon < 0.0 ? "W" : "E");
}

/* Gauss-Kruger of China's own datum where it reaches, UTM elsewhere, for wide grounds and near the
 * poles an equal-area plane around the middle. */
static bool choose_crs(rdl_frame *f, rdl_box d, GError **error)
{
    double lon = (d.xmin + d.xmax) / 2.0, lat = (d.ymin + d.ymax) / 2.0, wide = d.xmax - d.xmin;
    double gk = floor(lon / 3.0 + 0.5) * 3.0;
    int zone = (int)CLAMP(floor(lon / 6.0) + 31.0, 1.0, 60.0);
    bool china = strstr(rdl_crs_name(f->data->crs), "China Geodetic Coordinate System 2000") ||
                 strstr(rdl_crs_name(f->data->crs), "CGCS2000");
    g_autofree char *text = NULL, *meridian = NULL;

    if (china && gk >= 75.0 && gk <= 135.0 && wide <= 6.0) {
        meridian = meridian_text(gk);
        text = g_strdup_printf("EPSG:%d", 4534 + (int)lround((gk - 75.0) / 3.0));
        f->crs_name =
            g_strdup_printf(english(f) ? "CGCS2000, 3-degree Gauss-Kruger, central meridian %s"
                                       : "CGCS2000 高斯-克吕格投影（3度带，中央经线%s）",
                            meridian);
    } else if (wide <= 9.0 && d.ymax <= 84.0 && d.ymin >= -80.0) {
        text = g_strdup_printf("EPSG:%d", (lat < 0.0 ? 32700 : 32600) + zone);
        f->crs_name =
            g_strdup_printf(english(f) ? "WGS 84, UTM zone %d%s" : "WGS 84 UTM投影（%d%s带）", zone,
                            lat < 0.0 ? "S" : "N");
    } else {
        text = g_strdup_printf("+proj=laea +lat_0=%.4f +lon_0=%.4f +datum=WGS84 +units=m +type=crs",
                               round(lat), round(lon));
        f->crs_name =
            g_strdup_printf(english(f) ? "WGS 84, Lambert azimuthal equal-area around %g, %g"
                                       : "WGS 84 兰勃特方位等积投影（中心%g，%g）",
                            round(lon), round(lat));
    }
    f->crs = rdl_crs_parse(text, error);
    return f->crs != NULL;
}

static double round_scale(double scale)
{
    static const double steps[] = {1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0};
    double ten = pow(10.0, floor(log10(scale)));

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (steps[i] * ten >= scale * (1.0 - 1e-9))
            return steps[i] * ten;
    return 10.0 * ten;
}

/* The box of points, transformed as a dense grid. */
static bool box_through(rdl_transform *t, rdl_box from, rdl_box *to, GError **error)
{
    enum { N = 11 };
    double x[N * N], y[N * N];

    for (int i = 0; i < N * N; i++) {
        x[i] = from.xmin + (from.xmax - from.xmin) * (i % N) / (N - 1.0);
        y[i] = from.ymin + (from.ymax - from.ymin) * (i / N) / (N - 1.0);
    }
    if (!rdl_transform_points(t, N * N, x, y, error))
        return false;
    *to = (rdl_box){x[0], y[0], x[0], y[0]};
    for (int i = 1; i < N * N; i++) {
        to->xmin = MIN(to->xmin, x[i]);
        to->xmax = MAX(to->xmax, x[i]);
        to->ymin = MIN(to->ymin, y[i]);
        to->ymax = MAX(to->ymax, y[i]);
    }
    return true;
}

static bool fit(rdl_frame *f, rdl_box ground, double least, GError **error)
{
    rdl_box b;

    f->in = rdl_transform_new(f->data->crs, f->crs, error);
    f->back = f->in ? rdl_transform_new(f->crs, f->data->crs, error) : NULL;
    f->lonlat = f->back ? rdl_transform_lonlat(f->crs, error) : NULL;
    if (!f->lonlat || !box_through(f->in, ground, &b, error))
        return false;
    double w = f->w * POINT_M, h = f->h * POINT_M;
    double need = MAX((b.xmax - b.xmin) / w, (b.ymax - b.ymin) / h) * MARGIN;
    f->scale = round_scale(MAX(need, least));
    double e = (b.xmin + b.xmax) / 2.0, n = (b.ymin + b.ymax) / 2.0;
    f->box = (rdl_box){e - w * f->scale / 2.0, n - h * f->scale / 2.0, e + w * f->scale / 2.0,
                       n + h * f->scale / 2.0};
    return box_through(f->back, f->box, &f->ground, error);
}

rdl_frame *rdl_frame_new(const rdl_map_data *data, rdl_box ground, double least, double x, double y,
                         double w, double h, GError **error)
{
    g_autoptr(rdl_frame) f = g_new0(rdl_frame, 1);
    rdl_box degrees;

    f->data = data;
    f->x = x;
    f->y = y;
    f->w = w;
    f->h = h;
    if (!(ground.xmin <= ground.xmax && ground.ymin <= ground.ymax))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: there is nothing to be drawn: no task, zone, "
                        "unit or scene",
                        data->path),
               NULL;
    if (!degrees_of(data, ground, &degrees, error) || !choose_crs(f, degrees, error) ||
        !fit(f, ground, least, error)) {
        g_prefix_error(error, "%s: a sheet for this ground: ", data->path);
        return NULL;
    }
    return g_steal_pointer(&f);
}

void rdl_frame_free(rdl_frame *f)
{
    if (!f)
        return;
    rdl_transform_free(f->in);
    rdl_transform_free(f->back);
    rdl_transform_free(f->lonlat);
    rdl_crs_unref(f->crs);
    g_free(f->crs_name);
    g_free(f);
}

void rdl_frame_place(const rdl_frame *f, double e, double n, double *x, double *y)
{
    *x = f->x + (e - f->box.xmin) / (f->box.xmax - f->box.xmin) * f->w;
    *y = f->y + (f->box.ymax - n) / (f->box.ymax - f->box.ymin) * f->h;
}

bool rdl_frame_north(const rdl_frame *f, double *angle, GError **error)
{
    g_autoptr(rdl_crs) degrees = rdl_crs_parse("EPSG:4326", error);
    g_autoptr(rdl_transform) up = degrees ? rdl_transform_new(degrees, f->crs, error) : NULL;
    double e = (f->box.xmin + f->box.xmax) / 2.0, n = (f->box.ymin + f->box.ymax) / 2.0;
    double x = e, y = n;

    if (!up || !rdl_transform_points(f->lonlat, 1, &x, &y, error))
        return false;
    double px[2] = {x, x}, py[2] = {y - 1e-4, y + 1e-4};
    if (!rdl_transform_points(up, 2, px, py, error))
        return false;
    *angle = atan2(px[1] - px[0], py[1] - py[0]);
    return true;
}

/* ---- drawing ---- */

bool rdl_frame_draw(const rdl_frame *f, rdl_page *page, const rdl_frame_layer *layers, guint n,
                    rdl_body *body, GError **error)
{
    g_autofree rdl_body_layer *list = g_new0(rdl_body_layer, n + 1);
    cairo_t *c = rdl_page_cairo(page);
    guint used = 0;

    for (guint i = 0; i < n; i++)
        if (layers[i].features)
            list[used++] = (rdl_body_layer){layers[i].dataset, layers[i].style, layers[i].style};
    if (!rdl_body_draw(list, used, f->box, f->w, f->h, body, error))
        return false;
    cairo_save(c);
    cairo_rectangle(c, f->x, f->y, f->w, f->h);
    cairo_clip(c);
    bool good = rdl_page_svg(page, body->svg, f->x, f->y, f->w, f->h, error);
    cairo_restore(c);
    return good;
}

/* ---- coordinates on the sides ---- */

/* Degrees, minutes and seconds as far as the step needs them. */
static char *degree_text(double value, double step, bool lon)
{
    const char *side = lon ? (value < -1e-9 ? "W" : "E") : (value < -1e-9 ? "S" : "N");
    long seconds = lround(fabs(value) * 3600.0);
    long d = seconds / 3600, m = seconds / 60 % 60, s = seconds % 60;

    if (step >= 1.0 - 1e-9)
        return g_strdup_printf("%ld°%s", d, side);
    if (step >= 1.0 / 60.0 - 1e-9)
        return g_strdup_printf("%ld°%02ld′%s", d, m, side);
    return g_strdup_printf("%ld°%02ld′%02ld″%s", d, m, s, side);
}

/* The largest step of which at least three lie in a span of degrees. */
static double tick_step(double span)
{
    static const double steps[] = {30.0,        20.0,        10.0,        5.0,         2.0,
                                   1.0,         0.5,         1.0 / 3.0,   1.0 / 6.0,   1.0 / 12.0,
                                   1.0 / 30.0,  1.0 / 60.0,  1.0 / 120.0, 1.0 / 180.0, 1.0 / 360.0,
                                   1.0 / 720.0, 1.0 / 1800.0};

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (span / steps[i] >= 3.0)
            return steps[i];
    return 1.0 / 3600.0;
}

typedef struct {
    const rdl_frame *frame;
    rdl_page *page;
    rdl_lettering look;
    bool x;      /* a side from left to right, with meridians; else from top to bottom, parallels */
    double last; /* where the last label ended, along the side */
} side;

static void draw_tick(side *s, bool low, double at, double value, double step)
{
    const rdl_frame *f = s->frame;
    g_autofree char *text = degree_text(value, step, s->x);
    double wide = rdl_page_width(s->page, &s->look, text), tick = 1.6 * MM;
    double x = f->x + at * f->w, y = f->y + at * f->h;

    if (s->x) {
        double edge = low ? f->y : f->y + f->h, out = low ? -tick : tick;
        rdl_page_line(s->page, x, edge, x, edge + out, 0.5, 0);
        if (x - wide / 2.0 < s->last + 3.0)
            return;
        s->last = x + wide / 2.0;
        rdl_page_text(s->page, &s->look, x - wide / 2.0 - 1.0,
                      low ? edge - tick - s->look.size * 1.5 : edge + tick, wide + 2.0, text);
        return;
    }
    double edge = low ? f->x : f->x + f->w, out = low ? -tick : tick;
    cairo_t *c = rdl_page_cairo(s->page);
    rdl_page_line(s->page, edge, y, edge + out, y, 0.5, 0);
    if (y - wide / 2.0 < s->last + 3.0)
        return;
    s->last = y + wide / 2.0;
    cairo_save(c); /* along the side, read from below on both */
    cairo_translate(c, low ? edge - tick - s->look.size * 1.5 : edge + tick, y + wide / 2.0 + 1.0);
    cairo_rotate(c, -G_PI / 2.0);
    rdl_page_text(s->page, &s->look, 0.0, 0.0, wide + 2.0, text);
    cairo_restore(c);
}

/* Where along a side the degrees pass a round value, by sampling and linear search between. */
static bool draw_side(side *s, bool low, GError **error)
{
    const rdl_box b = s->frame->box;
    double x[SAMPLES + 1], y[SAMPLES + 1];

    for (int i = 0; i <= SAMPLES; i++) {
        double t = (double)i / SAMPLES;
        x[i] = s->x ? b.xmin + t * (b.xmax - b.xmin) : low ? b.xmin : b.xmax;
        y[i] = s->x ? (low ? b.ymax : b.ymin) : b.ymax - t * (b.ymax - b.ymin);
    }
    if (!rdl_transform_points(s->frame->lonlat, SAMPLES + 1, x, y, error))
        return false;
    const double *v = s->x ? x : y;
    double step = tick_step(fabs(v[SAMPLES] - v[0]));
    s->last = -1e9;
    for (int i = 0; i < SAMPLES; i++) {
        double first = ceil(MIN(v[i], v[i + 1]) / step), last = floor(MAX(v[i], v[i + 1]) / step);
        if (fabs(v[i + 1] - v[i]) > 180.0) /* the antimeridian */
            continue;
        for (double k = first; k <= last; k += 1.0) {
            double t = v[i + 1] == v[i] ? 0.0 : (k * step - v[i]) / (v[i + 1] - v[i]);
            if (t < 1.0 || i == SAMPLES - 1)
                draw_tick(s, low, (i + t) / SAMPLES, k * step, step);
        }
    }
    return true;
}

bool rdl_frame_edge(const rdl_frame *f, rdl_page *page, double size, GError **error)
{
    side s = {.frame = f, .page = page, .look = {.size = size, .align = RDL_CENTRE}, .x = true};

    rdl_page_box(page, f->x, f->y, f->w, f->h, 0.9, 0);
    if (!draw_side(&s, true, error) || !draw_side(&s, false, error))
        return false;
    s.x = false;
    return draw_side(&s, true, error) && draw_side(&s, false, error);
}

/* ---- coordinates of the sheet's system, inside ---- */

/* The round length of at most `longest` metres. */
static double round_length(double longest)
{
    double ten = pow(10.0, floor(log10(longest)));

    return longest >= 5.0 * ten ? 5.0 * ten : longest >= 2.0 * ten ? 2.0 * ten : ten;
}

/* One on each of two opposite sides, with kilometres beside the first. */
static void draw_metres(const rdl_frame *f, rdl_page *page, bool east, double value, double step)
{
    const rdl_lettering look = {.size = 5.0, .halo = true, .rgb = 0x333333};
    int decimals = step >= 1000.0 ? 0 : (int)ceil(3.0 - log10(step) - 1e-9);
    g_autofree char *text = g_strdup_printf("%.*f", decimals, value / 1000.0);
    double wide = rdl_page_width(page, &look, text), tick = 1.6 * MM, x, y;

    rdl_frame_place(f, east ? value : f->box.xmin, east ? f->box.ymax : value, &x, &y);
    if (east && x > f->x + wide && x < f->x + f->w - wide) {
        rdl_page_line(page, x, f->y, x, f->y + tick, 0.5, 0);
        rdl_page_line(page, x, f->y + f->h, x, f->y + f->h - tick, 0.5, 0);
        rdl_page_text(page, &look, x + 1.5, f->y + 0.5, wide + 2.0, text);
    } else if (!east && y > f->y + 4.0 * look.size && y < f->y + f->h - look.size) {
        rdl_page_line(page, f->x, y, f->x + tick, y, 0.5, 0);
        rdl_page_line(page, f->x + f->w, y, f->x + f->w - tick, y, 0.5, 0);
        rdl_page_text(page, &look, f->x + 1.0, y - 1.5 * look.size, wide + 2.0, text);
    }
}

void rdl_frame_metres(const rdl_frame *f, rdl_page *page)
{
    const rdl_box b = f->box;
    double step = round_length(MIN(b.xmax - b.xmin, b.ymax - b.ymin) / 3.0);

    for (double e = ceil(b.xmin / step) * step; e < b.xmax; e += step)
        draw_metres(f, page, true, e, step);
    for (double n = ceil(b.ymin / step) * step; n < b.ymax; n += step)
        draw_metres(f, page, false, n, step);
}

/* ---- scale and north ---- */

double rdl_frame_scale_bar(const rdl_frame *f, rdl_page *page, double x, double y, double width,
                           double size)
{
    rdl_lettering look = {.size = size}, right = {.size = size, .align = RDL_RIGHT};
    double length = round_length(width * 0.82 * POINT_M * f->scale);
    double bar = length / f->scale / POINT_M, high = size * 0.45;
    bool km = length >= 2000.0;
    g_autofree char *ratio =
        g_strdup_printf("%s1:%.0f", english(f) ? "Scale " : "比例尺 ", f->scale);
    g_autofree char *end = g_strdup_printf("%g %s", km ? length / 1000.0 : length, km ? "km" : "m");
    double top = y + rdl_page_text(page, &look, x, y, width, ratio) + 1.0;
    double wide = rdl_page_width(page, &right, end);

    for (int i = 0; i < 4; i++)
        rdl_page_fill(page, x + bar * i / 4.0, top, bar / 4.0, high, i % 2 ? 0xffffff : 0);
    rdl_page_box(page, x, top, bar, high, 0.5, 0);
    rdl_page_text(page, &look, x, top + high, 20.0, "0");
    double h = rdl_page_text(page, &right, x + bar - wide / 2.0 - 2.0, top + high, wide + 4.0, end);
    return top + high + h - y;
}

bool rdl_frame_arrow(const rdl_frame *f, rdl_page *page, double x, double y, double height,
                     GError **error)
{
    rdl_lettering look = {.size = height * 0.32, .bold = true, .align = RDL_CENTRE};
    cairo_t *c = rdl_page_cairo(page);
    double angle, letter = look.size * 1.35, body = height - letter;

    if (!rdl_frame_north(f, &angle, error))
        return false;
    cairo_save(c);
    cairo_translate(c, x, y + letter + body / 2.0);
    cairo_rotate(c, angle);
    rdl_page_text(page, &look, -20.0, -body / 2.0 - letter, 40.0, english(f) ? "N" : "北");
    cairo_move_to(c, 0.0, -body / 2.0);
    cairo_line_to(c, -body * 0.28, body / 2.0);
    cairo_line_to(c, 0.0, body * 0.28);
    cairo_close_path(c);
    cairo_set_source_rgb(c, 0.0, 0.0, 0.0);
    cairo_set_line_width(c, 0.6);
    cairo_stroke_preserve(c);
    cairo_fill(c);
    cairo_move_to(c, 0.0, -body / 2.0);
    cairo_line_to(c, body * 0.28, body / 2.0);
    cairo_line_to(c, 0.0, body * 0.28);
    cairo_close_path(c);
    cairo_stroke(c);
    cairo_restore(c);
    return true;
}
