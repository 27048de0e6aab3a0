#include "detect/patch_io.h"

#include <math.h>
#include "detect/nuisance.h"
#include "detect/outline.h"

#define BATCH 4096        /* patches drawn before they are written, at most */
#define BATCH_RUNS 131072 /* and their runs, but for the last of them: 8 MiB of outlines */

static void patch_clear(gpointer p)
{
    rdl_patch *one = p;

    g_free(one->id);
    g_free(one->lineage_id);
    g_clear_pointer(&one->wkb, g_bytes_unref);
}

void rdl_patch_set_init(rdl_patch_set *set, const rdl_grid *grid)
{
    *set = (rdl_patch_set){.grid = grid,
                           .list = g_array_new(FALSE, TRUE, sizeof(rdl_patch)),
                           .runs = g_array_new(FALSE, FALSE, sizeof(rdl_run)),
                           .threads = 1};
    g_array_set_clear_func(set->list, patch_clear);
}

void rdl_patch_set_clear(rdl_patch_set *set)
{
    g_clear_pointer(&set->list, g_array_unref);
    g_clear_pointer(&set->runs, g_array_unref);
}

/* ---- drawing ---- */

typedef struct {
    const rdl_patch_set *set;
    guint from;
} drawing;

static void *measure_new(void *job, GError **error)
{
    const drawing *d = job;

    return rdl_measure_new(d->set->grid->crs, error);
}

static void measure_free(void *measure)
{
    rdl_measure_free(measure);
}

static bool measure_perimeter(rdl_measure *measure, rdl_patch *one, GError **error)
{
    gsize n;
    const void *wkb = g_bytes_get_data(one->wkb, &n);

    return rdl_measure_wkb_length(measure, wkb, n, &one->perimeter_m, error);
}

/* Without steps, where that gives a valid outline of nearly the same area. */
static bool straighten(const rdl_patch_set *set, rdl_measure *measure, const rdl_run *runs,
                       rdl_patch *one, GError **error)
{
    rdl_box box;
    g_autoptr(GBytes) wkb = rdl_outline_wkb(runs, one->component.n, true, set->grid, &box);
    gsize n;
    const void *bytes = g_bytes_get_data(wkb, &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(bytes, n, error);
    g_autofree char *why = NULL;
    bool valid;
    double m2;

    if (!g || !rdl_geometry_valid(g, &valid, &why, error) ||
        !rdl_measure_wkb(measure, bytes, n, &m2, error))
        return false;
    one->drawn = !valid                                                           ? "NOT_VALID"
                 : !(fabs(m2 - one->pixels_m2) <= set->simplify * one->pixels_m2) ? "AREA_MOVED"
                                                                                  : NULL;
    if (one->drawn)
        return true;
    g_bytes_unref(one->wkb);
    one->wkb = g_steal_pointer(&wkb);
    one->box = box;
    one->area_m2 = m2;
    return true;
}

static bool draw(void *job, void *measure, size_t i, GError **error)
{
    const drawing *d = job;
    rdl_patch *one = &g_array_index(d->set->list, rdl_patch, d->from + i);
    const rdl_run *runs = (const rdl_run *)(void *)d->set->runs->data + one->first;

    one->wkb = rdl_outline_wkb(runs, one->component.n, false, d->set->grid, &one->box);
    one->area_m2 = one->pixels_m2;
    return (!(d->set->simplify > 0.0) || straighten(d->set, measure, runs, one, error)) &&
           measure_perimeter(measure, one, error);
}

/* How many patches from `from` on are drawn before they are written. */
static guint batch_of(const rdl_patch_set *set, guint from, guint to)
{
    guint n = 0;
    size_t runs = 0;

    while (from + n < to && n < BATCH && runs < BATCH_RUNS)
        runs += g_array_index(set->list, rdl_patch, from + n++).component.n;
    return n;
}

static bool draw_batch(rdl_patch_set *set, guint from, guint n, rdl_patch_fn each, void *user,
                       GError **error)
{
    static const rdl_parallel how = {measure_new, measure_free, draw, "patches"};
    drawing d = {set, from};

    if (!rdl_parallel_run(&how, &d, n, set->threads, NULL, error))
        return false;
    for (guint i = from; i < from + n; i++) {
        rdl_patch *one = &g_array_index(set->list, rdl_patch, i);
        if (!each(one, user, error))
            return false;
        g_clear_pointer(&one->wkb, g_bytes_unref);
    }
    return true;
}

bool rdl_patch_draw(rdl_patch_set *set, guint from, guint to, rdl_patch_fn each, void *user,
                    const rdl_progress *progress, GError **error)
{
    for (guint at = from, n; at < to; at += n) {
        n = batch_of(set, at, to);
        if (!rdl_progress_tell(progress, (double)(at - from) / (to - from), "patches", error) ||
            !draw_batch(set, at, n, each, user, error))
            return false;
    }
    return rdl_progress_tell(progress, 1.0, "patches", error);
}

/* ---- writing ---- */

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

/* `reason` is last, and of layer `suppressed` alone. */
static const rdl_field fields[] = {
    {"patch_id", T},    {"t_before", T},     {"t_after", T},     {"kind", T},
    {"score_mean", R},  {"prob", R},         {"area_m2", R},     {"gate", T},
    {"kind_reason", T}, {"score_max", R},    {"perimeter_m", R}, {"clear_share", R},
    {"water_share", R}, {"width_px", R},     {"filled_m2", R},   {"ndvi_before", R},
    {"ndvi_after", R},  {"water_before", R}, {"water_after", R}, {"ndbi_before", R},
    {"ndbi_after", R},  {"bsi_before", R},   {"bsi_after", R},   {"lineage_id", T},
    {"relation", T},    {"crop_share", R},   {"shift_share", R}, {"reason", T}};

bool rdl_patch_layer(rdl_vector *vector, const rdl_patch_set *set, bool suppressed, GError **error)
{
    return rdl_vector_layer(vector, suppressed ? "suppressed" : "patch", set->grid->crs,
                            "MultiPolygon", fields, (int)G_N_ELEMENTS(fields) - !suppressed,
                            error) >= 0;
}

static rdl_value mean_of(double sum, gint64 n)
{
    return n ? rdl_real(sum / (double)n) : RDL_NULL;
}

bool rdl_patch_write(rdl_rows *rows, const rdl_patch_set *set, const rdl_patch *p, GError **error)
{
    const rdl_figures *f = &p->component.figures;
    rdl_value values[G_N_ELEMENTS(fields)] = {
        rdl_text(p->id),
        rdl_text(set->t_before),
        rdl_text(set->t_after),
        rdl_text(rdl_kind_code(p->kind)),
        mean_of(f->score, f->scores),
        mean_of((double)f->probabilities - f->probability, f->probabilities),
        rdl_real(p->area_m2),
        rdl_text(set->gate),
        rdl_text(p->kind_reason),
        f->scores ? rdl_real(f->score_most) : RDL_NULL,
        rdl_real(p->perimeter_m),
        rdl_real(rdl_component_clear_of(&p->component, RDL_MARK_UNOBSERVED)),
        f->observed[RDL_FIGURE_WATER]
            ? rdl_real(1.0 - rdl_component_clear_of(&p->component, RDL_MARK_WATER))
            : RDL_NULL,
        rdl_real(rdl_component_width(&p->component)),
        rdl_real(p->component.filled_m2),
    };
    size_t at = 15;

    for (int k = 0; k < RDL_FIGURE_INDICES; k++)
        for (int date = 0; date < 2; date++)
            values[at++] = rdl_real(rdl_figures_mean(f, (rdl_figure_index)k, date));
    values[at++] = rdl_text(p->lineage_id ? p->lineage_id : p->id);
    values[at++] = rdl_text(p->relation);
    values[at++] = mean_of((double)f->crops, f->series);
    values[at++] = rdl_real(rdl_rim_share(&f->rim, set->reach));
    values[at++] = rdl_text(p->reason);
    g_assert(at == G_N_ELEMENTS(fields));
    rdl_rows_values(rows, fields, values, (int)G_N_ELEMENTS(fields) - !p->reason);
    rdl_rows_geometry(rows, g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb),
                      (rdl_extent){p->box.xmin, p->box.xmax, p->box.ymin, p->box.ymax});
    return rdl_rows_add(rows, error);
}
