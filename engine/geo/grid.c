#include "geo/grid.h"

#include <math.h>

rdl_grid rdl_grid_copy(const rdl_grid *grid)
{
    rdl_grid copy = *grid;

    copy.crs = rdl_crs_ref(grid->crs);
    return copy;
}

void rdl_grid_clear(rdl_grid *grid)
{
    g_clear_pointer(&grid->crs, rdl_crs_unref);
}

double rdl_grid_pixel_area(const rdl_grid *grid)
{
    const double *t = grid->transform;

    return fabs(t[1] * t[5] - t[2] * t[4]);
}

bool rdl_grid_workable(const rdl_grid *grid, const char *path, GError **error)
{
    const int side = 1 << 24;

    if (grid->width <= side && grid->height <= side &&
        (gint64)grid->width * grid->height <= (gint64)1 << 40)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "%s: says it is %d x %d pixels, more than can be worked on: is it damaged?",
                    path, grid->width, grid->height);
}

void rdl_grid_point(const rdl_grid *grid, double col, double row, double *x, double *y)
{
    const double *t = grid->transform;

    *x = t[0] + col * t[1] + row * t[2];
    *y = t[3] + col * t[4] + row * t[5];
}

void rdl_grid_place(const rdl_grid *grid, double x, double y, double *col, double *row)
{
    const double *t = grid->transform;
    double det = t[1] * t[5] - t[2] * t[4], dx = x - t[0], dy = y - t[3];

    *col = (dx * t[5] - dy * t[2]) / det;
    *row = (dy * t[1] - dx * t[4]) / det;
}

rdl_block rdl_grid_pixels(const rdl_grid *grid, rdl_box box)
{
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;

    for (int i = 0; i < 4; i++) {
        double col, row;
        rdl_grid_place(grid, i % 2 ? box.xmax : box.xmin, i / 2 ? box.ymax : box.ymin, &col, &row);
        left = fmin(left, col), right = fmax(right, col);
        top = fmin(top, row), bottom = fmax(bottom, row);
    }
    int from = (int)CLAMP(floor(left), 0.0, grid->width);
    int to = (int)CLAMP(ceil(right), 0.0, grid->width);
    int first = (int)CLAMP(floor(top), 0.0, grid->height);
    int last = (int)CLAMP(ceil(bottom), 0.0, grid->height);
    return (rdl_block){from, first, to - from, last - first};
}

static bool corner_near(const rdl_grid *a, const rdl_grid *b, int col, int row)
{
    double tolerance = 0.01 * sqrt(rdl_grid_pixel_area(a));
    double ax, ay, bx, by;

    rdl_grid_point(a, col, row, &ax, &ay);
    rdl_grid_point(b, col, row, &bx, &by);
    return fabs(ax - bx) <= tolerance && fabs(ay - by) <= tolerance;
}

bool rdl_grid_equal(const rdl_grid *a, const rdl_grid *b)
{
    return a->width == b->width && a->height == b->height && rdl_crs_same(a->crs, b->crs) &&
           corner_near(a, b, 0, 0) && corner_near(a, b, a->width, 0) &&
           corner_near(a, b, 0, a->height) && corner_near(a, b, a->width, a->height);
}

bool rdl_grid_placed(const rdl_grid *grid)
{
    static const double identity[6] = {0.0, 1.0, 0.0, 0.0, 0.0, 1.0};

    for (int i = 0; grid->crs && i < 6; i++)
        if (grid->transform[i] != identity[i])
            return true;
    return false;
}

rdl_box rdl_grid_box(const rdl_grid *grid)
{
    rdl_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    for (int corner = 0; corner < 4; corner++) {
        double x, y;
        rdl_grid_point(grid, corner & 1 ? grid->width : 0, corner & 2 ? grid->height : 0, &x, &y);
        box.xmin = fmin(box.xmin, x);
        box.ymin = fmin(box.ymin, y);
        box.xmax = fmax(box.xmax, x);
        box.ymax = fmax(box.ymax, y);
    }
    return box;
}
