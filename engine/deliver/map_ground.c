/* Which ground a map shows. */
#include "deliver/map_data.h"

void rdl_box_grow(rdl_box *box, rdl_box other)
{
    if (other.xmin > other.xmax)
        return;
    if (box->xmin > box->xmax) {
        *box = other;
        return;
    }
    box->xmin = MIN(box->xmin, other.xmin);
    box->ymin = MIN(box->ymin, other.ymin);
    box->xmax = MAX(box->xmax, other.xmax);
    box->ymax = MAX(box->ymax, other.ymax);
}

/* Ground of a scene in the ledger's system. */
static bool scene_ground(const rdl_map_data *data, rdl_box *box, GError **error)
{
    for (guint i = 0; i < data->scenes->len; i++) {
        const rdl_map_scene *scene = &g_array_index(data->scenes, rdl_map_scene, i);
        g_autoptr(rdl_raster) raster = rdl_raster_open(scene->path, error);
        if (!raster)
            return false;
        const rdl_grid *grid = rdl_raster_grid(raster);
        g_autoptr(rdl_transform) t = rdl_transform_new(grid->crs, data->crs, error);
        rdl_box b = rdl_grid_box(grid);
        double x[4] = {b.xmin, b.xmax, b.xmin, b.xmax}, y[4] = {b.ymin, b.ymin, b.ymax, b.ymax};
        if (!t || !rdl_transform_points(t, 4, x, y, error))
            return false;
        for (int k = 0; k < 4; k++)
            rdl_box_grow(box, (rdl_box){x[k], y[k], x[k], y[k]});
    }
    return true;
}

bool rdl_map_ground(const rdl_map_data *data, const char *unit, rdl_box *box, GError **error)
{
    *box = (rdl_box){1.0, 1.0, 0.0, 0.0};
    for (guint i = 0; unit && i < data->units->len; i++) {
        const rdl_map_unit *u = &g_array_index(data->units, rdl_map_unit, i);
        if (rdl_division_within(u->xzqdm, unit))
            rdl_box_grow(box, u->box);
    }
    for (guint i = 0; i < data->tasks->len; i++)
        if (rdl_division_within(g_array_index(data->tasks, rdl_task, i).xzqdm, unit))
            rdl_box_grow(box, data->boxes[i]);
    if (box->xmin <= box->xmax)
        return true;
    for (guint i = 0; i < data->zones->len; i++)
        rdl_box_grow(box, g_array_index(data->zones, rdl_map_zone, i).box);
    for (guint i = 0; i < data->units->len; i++)
        rdl_box_grow(box, g_array_index(data->units, rdl_map_unit, i).box);
    return box->xmin <= box->xmax || scene_ground(data, box, error);
}
