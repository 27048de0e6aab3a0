#include "detect/recovery.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIXELS_LEAST 4
#define NEIGHBOURS_LEAST 30
#define NEIGHBOURS_MOST 4000 /* taken evenly from all there are */
#define RIM 2           /* pixels next to the ground are mixed: neither neighbours nor growth */
#define OUTLYING 3.0    /* standard deviations from which a neighbour has changed itself */
#define SURE 1.645      /* standard deviations of t between the bounds and the middle */
#define DISTINCT_P 0.99 /* of chi-square: a disturbance that is seen */
#define TELLS_LEAST 0.5 /* share of the ground on which it must be seen */
#define ASIDE 0.5       /* of the way: farther from it is neither as before nor as after */
#define MOVED 3.0       /* noises of the scenes between their neighbours and all else */
#define FIT_WITHIN 2.5  /* standard deviations from the axis */
#define FIT_ROUNDS 10
#define AGREE_LEAST 0.5 /* correlation from which the scenes tell a gain */
#define COLLAR 6        /* pixels from the ground that a veil over it covers too */
#define VEILED 0.5      /* of them: from then on a veil is taken to lie over the ground */

enum { BEFORE, AFTER, LATER, DATES };

/* What is worked on: pixels by their number in the window. */
typedef struct {
    const rdl_recovery_window *w;
    size_t n;
    uint8_t *near;         /* 1: within RIM of the ground */
    GArray *site;          /* numbers of pixels of the ground seen on all dates */
    GArray *ring;          /* of undisturbed neighbours */
    double *gain, *offset; /* [date * bands + k]: into the radiometry before */
    double *noise;         /* [k] */
    double *reach;         /* [k]: share of the contrast that is left at least */
    double *reference;     /* [k]; NULL: each pixel's own past */
    double seen_from;      /* length from which a disturbance is told from noise */
    GArray *room;          /* of double, for medians */
} scale;

/* ---- medians ---- */

static gint compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Quantile by linear interpolation; sorts `values`. NaN of none. */
static double quantile(GArray *values, double p)
{
    if (values->len == 0)
        return NAN;
    g_array_sort(values, compare_doubles);
    double at = p * (values->len - 1);
    guint i = (guint)at, next = MIN(i + 1, values->len - 1);
    double low = g_array_index(values, double, i), high = g_array_index(values, double, next);
    return low + (at - i) * (high - low);
}

/* ---- values in the radiometry before ---- */

static const float *plane(const scale *s, int date, int k)
{
    const float *const *planes[DATES] = {s->w->before, s->w->after, s->w->later};

    return planes[date][k];
}

static double value(const scale *s, int date, int k, guint i)
{
    int at = date * s->w->bands + k;

    return s->gain[at] * (double)plane(s, date, k)[i] + s->offset[at];
}

static double of_ring(scale *s, int date, int k, double p)
{
    g_array_set_size(s->room, 0);
    for (guint j = 0; j < s->ring->len; j++) {
        double v = value(s, date, k, g_array_index(s->ring, guint, j));
        g_array_append_val(s->room, v);
    }
    return quantile(s->room, p);
}

/* Spread of a band over the ring before: half the distance of the quartiles, never nothing. */
static double spread(scale *s, int k)
{
    double low = of_ring(s, BEFORE, k, 0.25), high = of_ring(s, BEFORE, k, 0.75);
    double least = 1e-3 * fabs(of_ring(s, BEFORE, k, 0.5)) + 1e-9;

    return MAX((high - low) / 1.349, least);
}

static const rdl_recovery_fit *fit_of(const scale *s, int date, int k)
{
    const rdl_recovery_fit *fits = s->w->fits[date - AFTER];

    return fits && fits[k].gain > 0.0 ? &fits[k] : NULL;
}

/* Medians of the ring agree with those before; so do its quartiles where the scenes tell no gain.
 */
static void fit_band(scale *s, int date, int k)
{
    int at = date * s->w->bands + k;

    s->gain[at] = 1.0;
    s->offset[at] = 0.0;
    double low = of_ring(s, date, k, 0.25), high = of_ring(s, date, k, 0.75);
    double low0 = of_ring(s, BEFORE, k, 0.25), high0 = of_ring(s, BEFORE, k, 0.75);
    double gain = high > low ? (high0 - low0) / (high - low) : 1.0;
    s->gain[at] = gain > 0.0 ? CLAMP(gain, 0.25, 4.0) : 1.0;
    if (fit_of(s, date, k))
        s->gain[at] = fit_of(s, date, k)->gain;
    s->offset[at] = of_ring(s, BEFORE, k, 0.5) - of_ring(s, date, k, 0.5);
}

static double difference(const scale *s, int date, int k, guint i)
{
    return value(s, date, k, i) - value(s, BEFORE, k, i);
}

/* Robust standard deviation of a date's differences over the ring, about their median. */
static double scatter(scale *s, int date, int k)
{
    double median;

    g_array_set_size(s->room, 0);
    for (guint j = 0; j < s->ring->len; j++) {
        double d = difference(s, date, k, g_array_index(s->ring, guint, j));
        g_array_append_val(s->room, d);
    }
    median = quantile(s->room, 0.5);
    for (guint j = 0; j < s->room->len; j++)
        g_array_index(s->room, double, j) = fabs(g_array_index(s->room, double, j) - median);
    return 1.4826 * quantile(s->room, 0.5);
}

static void measure_noise(scale *s)
{
    for (int k = 0; k < s->w->bands; k++) {
        double after = scatter(s, AFTER, k), later = scatter(s, LATER, k);
        s->noise[k] = MAX(sqrt((after * after + later * later) / 2.0), 0.02 * spread(s, k));
    }
}

static bool outlying(const scale *s, guint i)
{
    for (int date = AFTER; date <= LATER; date++)
        for (int k = 0; k < s->w->bands; k++)
            if (fabs(difference(s, date, k, i)) > OUTLYING * s->noise[k])
                return true;
    return false;
}

/* ---- radiometry of whole scenes ---- */

static double median_of(GArray *room, size_t n, const double *values, double less, bool absolute)
{
    g_array_set_size(room, 0);
    for (size_t i = 0; i < n; i++) {
        double v = absolute ? fabs(values[i] - less) : values[i] - less;
        g_array_append_val(room, v);
    }
    return quantile(room, 0.5);
}

/* The axis of the pixels near that of the round before; false where too few are. */
static bool fit_again(GArray *room, size_t n, const double *y, const double *x, double *left,
                      rdl_recovery_fit *f)
{
    double kept = 0.0, mx = 0.0, my = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;

    for (size_t i = 0; i < n; i++)
        left[i] = y[i] - f->gain * x[i];
    double middle = median_of(room, n, left, 0.0, false);
    f->offset = middle;
    f->noise = 1.4826 * median_of(room, n, left, middle, true);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            if (fabs(left[i] - middle) > FIT_WITHIN * f->noise)
                continue;
            kept += pass == 0;
            mx += pass == 0 ? x[i] : 0.0;
            my += pass == 0 ? y[i] : 0.0;
            xx += pass == 0 ? 0.0 : (x[i] - mx) * (x[i] - mx);
            yy += pass == 0 ? 0.0 : (y[i] - my) * (y[i] - my);
            xy += pass == 0 ? 0.0 : (x[i] - mx) * (y[i] - my);
        }
        if (kept < NEIGHBOURS_LEAST)
            return false;
        if (pass == 0)
            mx /= kept, my /= kept;
    }
    if (!(xx > 0.0 && yy > 0.0))
        return false;
    f->gain = sqrt(yy / xx);
    f->agreement = xy / sqrt(xx * yy);
    return true;
}

bool rdl_recovery_fit_of(size_t n, const double *before, const double *date, rdl_recovery_fit *f)
{
    g_autoptr(GArray) room = g_array_new(FALSE, FALSE, sizeof(double));
    g_autofree double *left = g_new(double, n + 1);
    double span[2];

    for (int i = 0; i < 2; i++) {
        g_array_set_size(room, 0);
        g_array_append_vals(room, i == 0 ? before : date, (guint)n);
        span[i] = quantile(room, 0.75) - quantile(room, 0.25);
    }
    if (!(span[0] > 0.0 && span[1] > 0.0))
        return false;
    *f = (rdl_recovery_fit){.gain = span[0] / span[1]};
    for (int round = 0; round < FIT_ROUNDS; round++)
        if (!fit_again(room, n, before, date, left, f))
            return false;
    return true;
}

/* ---- who is a neighbour ---- */

/* 1: at most `reach` pixels from the ground. */
static uint8_t *near_ground(const rdl_recovery_window *w, int reach)
{
    uint8_t *near = g_malloc0((size_t)w->width * (size_t)w->height);

    for (int y = 0; y < w->height; y++)
        for (int x = 0; x < w->width; x++) {
            if (w->ground[(size_t)y * (size_t)w->width + (size_t)x] != 1)
                continue;
            for (int v = MAX(y - reach, 0); v <= MIN(y + reach, w->height - 1); v++)
                memset(near + (size_t)v * (size_t)w->width + (size_t)MAX(x - reach, 0), 1,
                       (size_t)(MIN(x + reach, w->width - 1) - MAX(x - reach, 0) + 1));
        }
    return near;
}

static bool seen(const rdl_recovery_window *w, size_t i)
{
    return w->seen_after[i] && w->seen_later[i];
}

static void thin(GArray *pixels)
{
    guint step = pixels->len / NEIGHBOURS_MOST + 1, kept = 0;

    for (guint j = 0; j < pixels->len; j += step)
        g_array_index(pixels, guint, kept++) = g_array_index(pixels, guint, j);
    g_array_set_size(pixels, kept);
}

static void gather(scale *s)
{
    for (guint i = 0; i < s->n; i++) {
        if (!seen(s->w, i))
            continue;
        if (s->w->ground[i] == 1)
            g_array_append_val(s->site, i);
        else if (s->w->ground[i] == 0 && !s->near[i])
            g_array_append_val(s->ring, i);
    }
    thin(s->ring);
}

static void fit(scale *s)
{
    for (int date = AFTER; date <= LATER; date++)
        for (int k = 0; k < s->w->bands; k++)
            fit_band(s, date, k);
    measure_noise(s);
}

/* Those that changed themselves go. */
static void leave_out_changed(scale *s)
{
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint j = 0; j < s->ring->len; j++) {
        guint i = g_array_index(s->ring, guint, j);
        if (!outlying(s, i))
            g_array_append_val(kept, i);
    }
    if (kept->len >= NEIGHBOURS_LEAST)
        g_array_set_size(s->ring, 0), g_array_append_vals(s->ring, kept->data, kept->len);
    g_array_unref(kept);
}

typedef struct {
    double far;
    guint i;
} likeness;

static gint compare_likeness(gconstpointer a, gconstpointer b)
{
    const likeness *x = a, *y = b;

    return x->far != y->far ? (x->far > y->far) - (x->far < y->far) : (x->i > y->i) - (x->i < y->i);
}

static double far_from(const scale *s, const double *middle, const double *unit, guint i)
{
    double sum = 0.0;

    for (int k = 0; k < s->w->bands; k++)
        sum += pow((value(s, BEFORE, k, i) - middle[k]) / unit[k], 2);
    return sum;
}

/* The neighbours that looked before as nine tenths of the ground did; thirty at least. */
static void keep_like(scale *s)
{
    const int bands = s->w->bands;
    g_autofree double *middle = g_new(double, (size_t)bands), *unit = g_new(double, (size_t)bands);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(likeness));

    for (int k = 0; k < bands; k++) {
        g_array_set_size(s->room, 0);
        for (guint j = 0; j < s->site->len; j++) {
            double v = value(s, BEFORE, k, g_array_index(s->site, guint, j));
            g_array_append_val(s->room, v);
        }
        middle[k] = quantile(s->room, 0.5);
        unit[k] = spread(s, k);
    }
    g_array_set_size(s->room, 0);
    for (guint j = 0; j < s->site->len; j++) {
        double far = far_from(s, middle, unit, g_array_index(s->site, guint, j));
        g_array_append_val(s->room, far);
    }
    double reach = quantile(s->room, 0.9);
    for (guint j = 0; j < s->ring->len; j++) {
        guint i = g_array_index(s->ring, guint, j);
        likeness one = {far_from(s, middle, unit, i), i};
        g_array_append_val(all, one);
    }
    g_array_sort(all, compare_likeness);
    guint least = MIN(NEIGHBOURS_LEAST, all->len);
    g_array_set_size(s->ring, 0);
    for (guint j = 0; j < all->len; j++) {
        const likeness *one = &g_array_index(all, likeness, j);
        if (j < least || one->far <= reach)
            g_array_append_val(s->ring, one->i);
    }
}

/* The differences of the like ones have no median left. */
static void centre(scale *s)
{
    for (int date = AFTER; date <= LATER; date++)
        for (int k = 0; k < s->w->bands; k++) {
            g_array_set_size(s->room, 0);
            for (guint j = 0; j < s->ring->len; j++) {
                double d = difference(s, date, k, g_array_index(s->ring, guint, j));
                g_array_append_val(s->room, d);
            }
            s->offset[date * s->w->bands + k] -= quantile(s->room, 0.5);
        }
    measure_noise(s);
}

/* ---- one pixel ---- */

typedef struct {
    double t, length; /* length of the disturbance in noise */
    double high;      /* t where a veil took all the contrast that the scenes allow */
    bool neither;     /* far from the way between before and after */
} place;

/* What contrast of a band may have been lost to a veil that does not lie over all alike, as a
 * factor up to 1. The true slope of two dates that both err lies between the regressions of either
 * on the other: the axis times and through their correlation (Frisch 1934); of these, as haze takes
 * contrast and nothing adds it, only the steeper is asked. */
static double reach_of(const scale *s, int k)
{
    const rdl_recovery_fit *f = fit_of(s, LATER, k);

    return f ? MAX(f->agreement, AGREE_LEAST) : 1.0;
}

/* Of a spectrum at sqrt(whole) from the past, t times `length` along the disturbance; what noise
 * alone may do is not off it. */
static bool off_the_way(const scale *s, double whole, double t, double length)
{
    double along = t * length;
    double aside = sqrt(MAX(whole - along * along, 0.0));

    return aside > MAX(ASIDE * MAX(length, fabs(along) / 2.0), s->seen_from);
}

static double past(const scale *s, int k, guint i)
{
    return s->reference ? s->reference[k] : value(s, BEFORE, k, i);
}

static place place_of(const scale *s, guint i)
{
    double along = 0.0, square = 0.0, whole = 0.0, high = 0.0;

    for (int k = 0; k < s->w->bands; k++) {
        double d = (value(s, AFTER, k, i) - past(s, k, i)) / s->noise[k];
        double later = (value(s, LATER, k, i) - past(s, k, i)) / s->noise[k];
        double part = d * later;
        along += part;
        high += part > 0.0 ? part / s->reach[k] : part;
        square += d * d;
        whole += later * later;
    }
    double t = square > 0.0 ? along / square : NAN, length = sqrt(square);
    return (place){t, length, high / square, off_the_way(s, whole, t, length)};
}

/* Share of the ground on which the disturbance itself is seen. */
static double tells(const scale *s)
{
    guint distinct = 0;

    for (guint j = 0; j < s->site->len; j++) {
        double length = place_of(s, g_array_index(s->site, guint, j)).length;
        distinct += length >= s->seen_from;
    }
    return s->site->len ? (double)distinct / s->site->len : 0.0;
}

/* ---- the whole ground ---- */

static void measure_residual(scale *s, double back, rdl_recovery *r)
{
    int standing = 0, sure = 0, told = 0, maybe = 0, restored = 0, otherwise = 0;

    g_array_set_size(s->room, 0);
    for (guint j = 0; j < s->site->len; j++) {
        place p = place_of(s, g_array_index(s->site, guint, j));
        if (!(p.length >= s->seen_from))
            continue;
        if (p.neither) {
            otherwise++;
            continue;
        }
        told++;
        standing += p.t >= 0.5;
        sure += p.t - SURE / p.length >= 0.5;
        maybe += p.high + SURE / p.length >= 0.5;
        restored += 1.0 - p.t >= back;
        g_array_append_val(s->room, p.t);
    }
    r->residual = told ? (double)standing / told : NAN;
    r->residual_min = (double)sure / r->pixels;
    r->residual_max = (double)(maybe + r->pixels - told) / r->pixels;
    r->recovery = 1.0 - quantile(s->room, 0.5);
    r->otherwise = (double)otherwise / r->pixels;
    r->restored = told ? (double)restored / told : NAN;
}

/* ---- growth ---- */

/* Does a pixel outside look later as the ground did after, and did it not before that? */
static bool has_followed(const scale *s, const double *mean, double square, double limit, guint i)
{
    double later = 0.0, after = 0.0, change = 0.0;

    for (int k = 0; k < s->w->bands; k++) {
        double d = difference(s, LATER, k, i) / s->noise[k];
        later += mean[k] * d;
        after += mean[k] * difference(s, AFTER, k, i) / s->noise[k];
        change += d * d;
    }
    return later / square >= 0.5 && after / square < 0.5 && change >= limit &&
           !off_the_way(s, change, later / square, sqrt(square));
}

static double mean_disturbance(const scale *s, double *mean)
{
    double square = 0.0;

    for (int k = 0; k < s->w->bands; k++) {
        mean[k] = 0.0;
        for (guint j = 0; j < s->site->len; j++)
            mean[k] += difference(s, AFTER, k, g_array_index(s->site, guint, j)) / s->noise[k];
        mean[k] /= s->site->len;
        square += mean[k] * mean[k];
    }
    return square;
}

/* Pixels that follow and hang together with the ground, flooded from it; *rim: of them, those so
 * near its edge that they may be mixed. */
static int flood(const scale *s, const uint8_t *follows, int *rim)
{
    const int width = s->w->width, height = s->w->height;
    g_autofree uint8_t *done = g_malloc0(s->n);
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(guint));
    int all = 0;

    *rim = 0;
    for (guint i = 0; i < s->n; i++)
        if (s->w->ground[i] == 1)
            g_array_append_val(stack, i);
    while (stack->len) {
        guint i = g_array_index(stack, guint, stack->len - 1);
        int x = (int)(i % (guint)width), y = (int)(i / (guint)width);
        g_array_set_size(stack, stack->len - 1);
        for (int v = MAX(y - 1, 0); v <= MIN(y + 1, height - 1); v++)
            for (int u = MAX(x - 1, 0); u <= MIN(x + 1, width - 1); u++) {
                guint to = (guint)v * (guint)width + (guint)u;
                if (done[to] || !follows[to])
                    continue;
                done[to] = 1;
                all++;
                *rim += s->near[to];
                g_array_append_val(stack, to);
            }
    }
    return all;
}

static void measure_growth(const scale *s, rdl_recovery *r)
{
    g_autofree double *mean = g_new(double, (size_t)s->w->bands);
    g_autofree uint8_t *follows = g_malloc0(s->n);
    double square = mean_disturbance(s, mean), limit = gsl_cdf_chisq_Pinv(0.999, s->w->bands);
    int rim;

    if (s->reference || !(square > 0.0))
        return;
    for (guint i = 0; i < s->n; i++)
        follows[i] =
            seen(s->w, i) && s->w->ground[i] == 0 && has_followed(s, mean, square, limit, i);
    int all = flood(s, follows, &rim);
    r->grown_min = (double)(all - rim) / r->pixels;
    r->grown_max = (double)all / r->pixels;
}

/* ---- a veil ---- */

/* Has a pixel outside changed since, not before: darkened in every band, or not towards what the
 * ground was? */
static bool is_veiled(const scale *s, const double *mean, double square, double limit, guint i)
{
    double later = 0.0, after = 0.0;
    bool darker = true;

    for (int k = 0; k < s->w->bands; k++) {
        double d = difference(s, LATER, k, i) / s->noise[k];
        later += d * d;
        after += pow(difference(s, AFTER, k, i) / s->noise[k], 2);
        darker = darker && d < 0.0;
    }
    return later >= limit && after < limit && (darker || !has_followed(s, mean, square, limit, i));
}

/* Does cloud, smoke or shadow lie around the ground, and so over it? */
static bool veiled(const scale *s)
{
    g_autofree double *mean = g_new(double, (size_t)s->w->bands);
    g_autofree uint8_t *collar = near_ground(s->w, COLLAR);
    double square = mean_disturbance(s, mean), limit = gsl_cdf_chisq_Pinv(0.999, s->w->bands);
    int all = 0, veils = 0;

    for (guint i = 0; i < s->n; i++) {
        if (!collar[i] || s->near[i] || s->w->ground[i] != 0 || !seen(s->w, i))
            continue;
        all++;
        veils += is_veiled(s, mean, square, limit, i);
    }
    return all && veils >= VEILED * all;
}

/* ---- indices ---- */

static double normalised(double high, double low)
{
    double sum = high + low;

    return sum > 0.0 ? (high - low) / sum : NAN;
}

/* The index of the pixels that have one, into `room`. */
static void gather_index(scale *s, const GArray *pixels, const float *high, const float *low)
{
    g_array_set_size(s->room, 0);
    for (guint j = 0; j < pixels->len; j++) {
        guint i = g_array_index(pixels, guint, j);
        double v = normalised((double)high[i], (double)low[i]);
        if (!isnan(v))
            g_array_append_val(s->room, v);
    }
}

/* As stored on its date: the neighbours beside it take the radiometry out. */
static void measure_index(scale *s, int high, int low, double own[DATES], double around[DATES])
{
    if (high < 0 || low < 0)
        return;
    for (int date = 0; date < DATES; date++) {
        const float *p = plane(s, date, high), *q = plane(s, date, low);
        double sum = 0.0;
        gather_index(s, s->ring, p, q);
        around[date] = quantile(s->room, 0.5);
        gather_index(s, s->site, p, q);
        for (guint j = 0; j < s->room->len; j++)
            sum += g_array_index(s->room, double, j);
        own[date] = s->room->len ? sum / s->room->len : NAN;
    }
}

static void measure_water(scale *s, rdl_recovery *r)
{
    int high = s->w->green, low = s->w->swir >= 0 ? s->w->swir : s->w->nir;

    if (high < 0 || low < 0)
        return;
    for (int date = 0; date < DATES; date++) {
        guint wet = 0;
        gather_index(s, s->site, plane(s, date, high), plane(s, date, low));
        for (guint j = 0; j < s->room->len; j++)
            wet += g_array_index(s->room, double, j) > 0.0;
        r->water[date] = s->room->len ? (double)wet / s->room->len : NAN;
    }
}

/* ---- the judgement ---- */

/* What is called one thing must not be able to be its contrary. */
static bool doubtful(const rdl_recovery_limits *l, const rdl_recovery *r, bool back)
{
    return (r->residual_min <= l->restored && r->residual_max >= l->standing) ||
           (back && r->residual_max >= l->doubt);
}

static void judge(const rdl_recovery_limits *l, rdl_recovery *r)
{
    bool back = r->residual <= l->restored && r->recovery >= l->recovery;
    bool stands = r->residual >= l->standing;

    if (!r->codes && doubtful(l, r, back))
        r->codes |= RDL_RECOVERY_UNCERTAIN;
    if (r->codes)
        r->outcome = RDL_OUTCOME_CANNOT_TELL;
    else if (r->residual >= 0.5 && r->grown_min >= l->grown)
        r->outcome = RDL_OUTCOME_GROWN;
    else
        r->outcome = stands ? RDL_OUTCOME_STANDING
                     : back ? RDL_OUTCOME_RESTORED
                            : RDL_OUTCOME_PARTLY;
}

static void forget(rdl_recovery *r)
{
    double *const reals[] = {&r->residual,  &r->residual_min, &r->residual_max, &r->grown_min,
                             &r->grown_max, &r->recovery,     &r->restored,     &r->otherwise};

    *r = (rdl_recovery){0};
    for (size_t i = 0; i < G_N_ELEMENTS(reals); i++)
        *reals[i] = NAN;
    for (int i = 0; i < DATES; i++)
        r->ndvi[i] = r->ndvi_around[i] = r->bare[i] = r->bare_around[i] = r->water[i] = NAN;
}

/* The neighbours' middle before is what ground that always looked disturbed is held against. */
static void take_neighbours(scale *s)
{
    s->reference = g_new(double, (size_t)s->w->bands);
    for (int k = 0; k < s->w->bands; k++) {
        s->reference[k] = of_ring(s, BEFORE, k, 0.5);
        s->noise[k] = MAX(s->noise[k], spread(s, k));
    }
}

/* Did the neighbours as a whole leave what the scenes do elsewhere? Then they are no measure. */
static bool moved(const scale *s)
{
    for (int date = AFTER; date <= LATER; date++)
        for (int k = 0; k < s->w->bands; k++) {
            const rdl_recovery_fit *f = fit_of(s, date, k);
            double offset = s->offset[date * s->w->bands + k];
            if (f && fabs(offset - f->offset) > MOVED * MAX(f->noise, s->noise[k]))
                return true;
        }
    return false;
}

/* Do the scenes tell the gains, or do they have nothing in common? */
static bool agree(const scale *s)
{
    int told = 0;

    for (int k = 0; k < s->w->bands; k++) {
        bool good = true;
        for (int date = AFTER; date <= LATER; date++) {
            const rdl_recovery_fit *f = fit_of(s, date, k);
            good = good && (!f || f->agreement >= AGREE_LEAST);
        }
        told += good;
    }
    return 2 * told > s->w->bands;
}

static bool settle_scale(scale *s, rdl_recovery *r)
{
    fit(s);
    leave_out_changed(s);
    fit(s);
    if (tells(s) >= TELLS_LEAST) {
        keep_like(s);
        centre(s);
        r->base = RDL_RECOVERY_PAST;
        return true;
    }
    take_neighbours(s);
    r->base = RDL_RECOVERY_NEIGHBOURS;
    return tells(s) >= TELLS_LEAST;
}

static void look(scale *s, const rdl_recovery_limits *limits, rdl_recovery *r)
{
    for (size_t i = 0; i < s->n; i++)
        r->pixels += s->w->ground[i] == 1;
    gather(s);
    r->seen = (int)s->site->len;
    if (r->pixels < PIXELS_LEAST)
        r->codes |= RDL_RECOVERY_FEW_PIXELS;
    if (r->pixels && r->seen < limits->clear * r->pixels)
        r->codes |= RDL_RECOVERY_NOT_CLEAR;
    if (s->ring->len < NEIGHBOURS_LEAST)
        r->codes |= RDL_RECOVERY_FEW_NEIGHBOURS;
    if (r->codes)
        return;
    if (!settle_scale(s, r))
        r->codes |= RDL_RECOVERY_INDISTINCT;
    r->neighbours = (int)s->ring->len;
    if (moved(s) || veiled(s))
        r->codes |= RDL_RECOVERY_CHANGED_AROUND;
    if (!agree(s))
        r->codes |= RDL_RECOVERY_UNLIKE;
    measure_residual(s, limits->recovery, r);
    if (r->seen < (limits->clear + r->otherwise) * r->pixels)
        r->codes |= RDL_RECOVERY_OTHERWISE;
    measure_growth(s, r);
    measure_index(s, s->w->nir, s->w->red, r->ndvi, r->ndvi_around);
    measure_index(s, s->w->swir, s->w->nir, r->bare, r->bare_around);
    measure_water(s, r);
}

void rdl_recovery_of(const rdl_recovery_window *w, const rdl_recovery_limits *limits,
                     rdl_recovery *r)
{
    size_t dates = (size_t)w->bands * DATES;
    scale s = {.w = w,
               .n = (size_t)w->width * (size_t)w->height,
               .near = near_ground(w, RIM),
               .seen_from = sqrt(gsl_cdf_chisq_Pinv(DISTINCT_P, w->bands))};

    forget(r);
    s.site = g_array_new(FALSE, FALSE, sizeof(guint));
    s.ring = g_array_new(FALSE, FALSE, sizeof(guint));
    s.room = g_array_new(FALSE, FALSE, sizeof(double));
    s.gain = g_new(double, dates);
    s.offset = g_new0(double, dates);
    s.noise = g_new0(double, (size_t)w->bands);
    s.reach = g_new(double, (size_t)w->bands);
    for (int k = 0; k < w->bands; k++)
        s.reach[k] = reach_of(&s, k);
    for (size_t i = 0; i < dates; i++)
        s.gain[i] = 1.0;
    look(&s, limits, r);
    judge(limits, r);
    g_array_unref(s.site);
    g_array_unref(s.ring);
    g_array_unref(s.room);
    g_free(s.near);
    g_free(s.gain);
    g_free(s.offset);
    g_free(s.noise);
    g_free(s.reach);
    g_free(s.reference);
}

/* ---- in words ---- */

const char *rdl_outcome_name(rdl_outcome outcome)
{
    static const char *const names[] = {"CANNOT_TELL", "RESTORED", "PARTLY", "STANDING", "GROWN"};

    return names[outcome];
}

char *rdl_recovery_code_text(unsigned codes)
{
    static const char *const names[] = {
        "FEW_PIXELS",    "NOT_CLEAR", "FEW_NEIGHBOURS", "INDISTINCT",     "UNCERTAIN",
        "MISREGISTERED", "OUTSIDE",   "OTHERWISE",      "CHANGED_AROUND", "UNLIKE"};
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (codes & (1u << i))
            g_string_append_printf(text, "%s%s", text->len ? ";" : "", names[i]);
    return g_string_free(text, FALSE);
}

static void set_share(JsonObject *o, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(o, name, round(value * 1e6) / 1e6 + 0.0);
    else
        json_object_set_null_member(o, name);
}

/* `around` NULL: nothing is told of the neighbours. */
static void set_dates(JsonObject *o, const char *name, const double own[DATES],
                      const double around[DATES])
{
    static const char *const dates[] = {"before", "after", "later"};
    JsonObject *all = json_object_new();

    for (int i = 0; i < DATES; i++) {
        g_autofree char *beside = g_strconcat(dates[i], "_around", NULL);
        set_share(all, dates[i], own[i]);
        if (around)
            set_share(all, beside, around[i]);
    }
    json_object_set_object_member(o, name, all);
}

JsonObject *rdl_recovery_json(const rdl_recovery *r)
{
    JsonObject *o = json_object_new();
    g_autofree char *codes = rdl_recovery_code_text(r->codes);

    json_object_set_string_member(o, "outcome", rdl_outcome_name(r->outcome));
    json_object_set_string_member(o, "codes", codes);
    json_object_set_string_member(o, "base", r->base == RDL_RECOVERY_PAST ? "past" : "neighbours");
    json_object_set_int_member(o, "pixels", r->pixels);
    json_object_set_int_member(o, "seen", r->seen);
    json_object_set_int_member(o, "neighbours", r->neighbours);
    set_share(o, "residual", r->residual);
    set_share(o, "residual_min", r->residual_min);
    set_share(o, "residual_max", r->residual_max);
    set_share(o, "grown_min", r->grown_min);
    set_share(o, "grown_max", r->grown_max);
    set_share(o, "recovery", r->recovery);
    set_share(o, "otherwise", r->otherwise);
    set_share(o, "restored", r->restored);
    set_dates(o, "ndvi", r->ndvi, r->ndvi_around);
    set_dates(o, "bare", r->bare, r->bare_around);
    set_dates(o, "water", r->water, NULL);
    return o;
}

/* ---- several scenes ---- */

double rdl_trend(int n, const double *days, const double *values, int *sign)
{
    g_autoptr(GArray) slopes = g_array_new(FALSE, FALSE, sizeof(double));
    int kendall = 0;

    *sign = 0;
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            if (!(days[j] != days[i]))
                continue;
            double slope = (values[j] - values[i]) / (days[j] - days[i]) * 365.2425;
            g_array_append_val(slopes, slope);
            kendall += (slope > 0.0) - (slope < 0.0);
        }
    if (n < 3 || slopes->len == 0)
        return NAN;
    double sd = sqrt(n * (n - 1.0) * (2.0 * n + 5.0) / 18.0);
    double z = (abs(kendall) - 1) / sd;
    if (z > SURE || (n == 3 && abs(kendall) == 3)) /* all of three is all that three can say */
        *sign = kendall > 0 ? 1 : -1;
    return quantile(slopes, 0.5);
}
