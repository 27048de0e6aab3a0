#include "deliver/exchange/ground.h"

struct rdl_export_ground {
    rdl_crs *from, *to;
    rdl_transform *transform; /* NULL: they are one */
};

rdl_export_ground *rdl_export_ground_new(const rdl_export_job *job, const char *crs, GError **error)
{
    g_autofree char *name = rdl_ledger_crs(job->ledger, error);
    g_autoptr(rdl_export_ground) g = g_new0(rdl_export_ground, 1);

    if (!name || !(g->from = rdl_crs_parse(name, error)) || !(g->to = rdl_crs_parse(crs, error)))
        return NULL;
    if (!rdl_crs_same(g->from, g->to) && !(g->transform = rdl_transform_new(g->from, g->to, error)))
        return NULL;
    return g_steal_pointer(&g);
}

void rdl_export_ground_free(rdl_export_ground *ground)
{
    if (!ground)
        return;
    rdl_transform_free(ground->transform);
    rdl_crs_unref(ground->from);
    rdl_crs_unref(ground->to);
    g_free(ground);
}

const rdl_crs *rdl_export_ground_crs(const rdl_export_ground *ground)
{
    return ground->to;
}

bool rdl_export_ground_of(rdl_export_ground *ground, const rdl_task *task, GBytes **wkb,
                          GError **error)
{
    *wkb = task->wkb && !ground->transform ? g_bytes_ref(task->wkb) : NULL;
    if (!task->wkb || *wkb)
        return true;
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(g_bytes_get_data(task->wkb, NULL),
                                                      g_bytes_get_size(task->wkb), error);
    g_autoptr(rdl_geometry) there =
        g ? rdl_reproject(g, ground->transform, rdl_reproject_tolerance(ground->to), error) : NULL;
    g_autoptr(rdl_geometry) folded =
        there ? rdl_fold(g_steal_pointer(&there), ground->to, error) : NULL;
    *wkb = folded ? rdl_geometry_wkb(folded, error) : NULL;
    if (!*wkb)
        g_prefix_error(error, "task %s: ", task->task_id);
    return *wkb != NULL;
}
