#include "detect/pixel_area.h"

#include <math.h>

#define SIDE_METRES 10000.0
#define SIDE_DEGREES 0.1
#define SIDE_MOST 4096 /* pixels */

/* Density per third of a side: sum c[i][j] t^i s^j, 0 <= t, s <= 3 along columns and rows. */
typedef struct {
    double c[3][3];
} square;

struct rdl_pixel_areas {
    const rdl_grid *grid;
    rdl_measure *measure;
    int side, across;
    square **squares; /* NULL: not asked for yet */
    size_t count;
};

void rdl_pixel_areas_free(rdl_pixel_areas *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->count; i++)
        g_free(a->squares[i]);
    g_free(a->squares);
    rdl_measure_free(a->measure);
    g_free(a);
}

rdl_pixel_areas *rdl_pixel_areas_new(const rdl_grid *grid, GError **error)
{
    rdl_measure *measure = rdl_measure_new(grid->crs, error);
    const double *t = grid->transform;

    if (!measure)
        return NULL;
    rdl_pixel_areas *a = g_new0(rdl_pixel_areas, 1);
    double pixel = fmax(hypot(t[1], t[4]), hypot(t[2], t[5]));
    double fit = (rdl_crs_geographic(grid->crs) ? SIDE_DEGREES : SIDE_METRES) / pixel;
    a->grid = grid;
    a->measure = measure;
    a->side = fit >= 1.0 ? (int)fmin(fit, SIDE_MOST) : 1;
    a->across = (grid->width - 1) / a->side + 1;
    a->count = (size_t)a->across * (size_t)((grid->height - 1) / a->side + 1);
    a->squares = g_new0(square *, a->count);
    return a;
}

static bool area_of_part(rdl_pixel_areas *a, const double *cols, const double *rows, double *m2,
                         GError **error)
{
    const int corner[][2] = {{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}};
    double x[5], y[5];

    for (int i = 0; i < 5; i++)
        rdl_grid_point(a->grid, cols[corner[i][0]], rows[corner[i][1]], &x[i], &y[i]);
    if (!rdl_measure_ring(a->measure, 5, x, y, m2, error))
        return false;
    *m2 = fabs(*m2);
    return true;
}

/* Integrals over [0,1], [1,2], [2,3] become the coefficients of 1, t, t^2. */
static void fit(double *of0, double *of1, double *of2)
{
    double first = *of1 - *of0, second = *of2 - 2.0 * *of1 + *of0, start = *of0;

    *of0 = start - first / 2.0 + second / 3.0;
    *of1 = first - second;
    *of2 = second / 2.0;
}

static square *square_at(rdl_pixel_areas *a, int col, int row, GError **error)
{
    size_t index = (size_t)(row / a->side) * (size_t)a->across + (size_t)(col / a->side);
    int left = col / a->side * a->side, top = row / a->side * a->side;
    double width = MIN(a->side, a->grid->width - left) / 3.0;
    double height = MIN(a->side, a->grid->height - top) / 3.0;

    if (a->squares[index])
        return a->squares[index];
    g_autofree square *s = g_new(square, 1);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            const double cols[] = {left + i * width, left + (i + 1) * width};
            const double rows[] = {top + j * height, top + (j + 1) * height};
            if (!area_of_part(a, cols, rows, &s->c[i][j], error))
                return NULL;
        }
    for (int k = 0; k < 3; k++)
        fit(&s->c[0][k], &s->c[1][k], &s->c[2][k]);
    for (int k = 0; k < 3; k++)
        fit(&s->c[k][0], &s->c[k][1], &s->c[k][2]);
    return a->squares[index] = g_steal_pointer(&s);
}

/* The integrals of 1, t, t^2 from `from` to `to`. */
static void powers(double from, double to, double *p)
{
    double d = to - from;

    p[0] = d;
    p[1] = d * (from + to) / 2.0;
    p[2] = d * (from * from + from * to + to * to) / 3.0;
}

static double integral(const rdl_pixel_areas *a, const square *s, int row, int col, int end)
{
    int left = col / a->side * a->side, top = row / a->side * a->side;
    double across = 3.0 / MIN(a->side, a->grid->width - left);
    double down = 3.0 / MIN(a->side, a->grid->height - top);
    double t[3], u[3], sum = 0.0;

    powers((col - left) * across, (end - left) * across, t);
    powers((row - top) * down, (row - top + 1) * down, u);
    for (int i = 0; i < 3; i++)
        sum += t[i] * (s->c[i][0] * u[0] + s->c[i][1] * u[1] + s->c[i][2] * u[2]);
    return sum;
}

bool rdl_pixel_areas_run(rdl_pixel_areas *a, const rdl_run *run, double *m2, GError **error)
{
    *m2 = 0.0;
    for (int col = run->col, end; col < run->end; col = end) {
        const square *s = square_at(a, col, run->row, error);
        if (!s)
            return false;
        end = MIN(run->end, (int)MIN((gint64)(col / a->side + 1) * a->side, G_MAXINT));
        *m2 += integral(a, s, run->row, col, end);
    }
    return true;
}
