#include "detect/normalise.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "detect/change/moments.h"
#include "detect/pair.h"

#define PIXELS_LEAST 30
#define HOLD_OUT 3 /* every third invariant pixel of a cell */

void rdl_normalise_result_clear(rdl_normalise_result *r)
{
    g_free(r->output_digest);
    g_clear_pointer(&r->manifest, rdl_manifest_free);
    g_clear_pointer(&r->warnings, g_ptr_array_unref);
    *r = (rdl_normalise_result){0};
}

static bool check(const rdl_normalise_options *o, GError **error)
{
    const char *const outputs[] = {o->output};
    const char *const inputs[] = {o->before, o->after, o->mask_before, o->mask_after};

    if (!o->before || !o->after)
        return rdl_fail(error, RDL_ERROR_USAGE, "two scenes are needed");
    if (!(o->unchanged > 0.0 && o->unchanged < 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--unchanged %g: give a number between 0 and 1",
                        o->unchanged);
    if (o->iterations < 1 || o->iterations > 1000)
        return rdl_fail(error, RDL_ERROR_USAGE, "--iterations %d: give 1 to 1000", o->iterations);
    if (!(o->tolerance > 0.0 && o->tolerance < 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--tolerance %g: give a number between 0 and 1",
                        o->tolerance);
    return rdl_output_apart(outputs, 1, inputs, G_N_ELEMENTS(inputs), error);
}

/* ---- moments of the invariant pixels, per cell: those fitted to, and those held out ---- */

typedef struct {
    const rdl_mad *mad;
    double unchanged;
    int variates;
    double *cells; /* two sets of moments each */
} gathering;

static void *scratch_new(void *user)
{
    (void)user;
    return g_new(double, 3 * (size_t)RDL_CELL * RDL_CELL);
}

static void scratch_free(void *user, void *state)
{
    (void)user;
    g_free(state);
}

static void gather(void *user, void *state, size_t index, rdl_cell cell, float *planes)
{
    const gathering *g = user;
    const size_t size = rdl_moments_size(g->variates);
    double *z = state, *fit = z + cell.n, *held = fit + cell.n;
    const float *rows[2 * RDL_BANDS_MOST];
    size_t met = 0;

    (void)planes;
    if (cell.n == 0)
        return;
    for (int k = 0; k < g->variates; k++)
        rows[k] = cell.planes + (size_t)k * cell.n;
    rdl_mad_chi_square(g->mad, cell.n, rows, z);
    rdl_mad_no_change(g->mad->p, cell.n, z);
    for (size_t i = 0; i < cell.n; i++) {
        bool invariant = z[i] > g->unchanged, out = invariant && met++ % HOLD_OUT == 0;
        fit[i] = invariant && !out;
        held[i] = out;
    }
    rdl_moments_of_cell(g->cells + 2 * index * size, g->variates, cell.n, cell.planes, fit);
    rdl_moments_of_cell(g->cells + (2 * index + 1) * size, g->variates, cell.n, cell.planes, held);
}

/* both[0]: fitted to, both[1]: held out, both[2]: all; rdl_moments_size() doubles each. */
static double *gather_all(rdl_sample *sample, const rdl_mad *mad, double unchanged,
                          const rdl_progress *progress, GError **error)
{
    static const rdl_cell_work work = {scratch_new, gather, scratch_free, "invariant pixels"};
    const int variates = 2 * mad->p;
    const size_t size = rdl_moments_size(variates), n = rdl_sample_cells(sample);
    g_autofree double *cells = g_new0(double, 2 * size * n);
    gathering job = {mad, unchanged, variates, cells};

    if (!rdl_sample_each(sample, &work, &job, progress, error))
        return NULL;
    double *sets = g_new0(double, 3 * size);
    for (size_t i = 0; i < 2 * n; i++)
        rdl_moments_merge(sets + i % 2 * size, cells + i * size, variates);
    for (int i = 0; i < 2; i++)
        rdl_moments_merge(sets + 2 * size, sets + (size_t)i * size, variates);
    return sets;
}

/* ---- one band ---- */

double rdl_orthogonal_slope(double xx, double yy, double xy)
{
    double d = yy - xx;

    return (d + sqrt(d * d + 4.0 * xy * xy)) / (2.0 * xy);
}

/* Of band k: x after, y before; sums about the means. */
typedef struct {
    double n, x, y, xx, yy, xy;
} band_sums;

static band_sums sums_of(const double *m, int p, int k)
{
    const int d = 2 * p;

    return (band_sums){m[0],
                       m[1 + p + k],
                       m[1 + k],
                       m[rdl_moments_at(d, p + k, p + k)],
                       m[rdl_moments_at(d, k, k)],
                       m[rdl_moments_at(d, p + k, k)]};
}

static void test(const band_sums *fit, const band_sums *held, rdl_band_fit *band)
{
    double b = rdl_orthogonal_slope(fit->xx, fit->yy, fit->xy), a = fit->y - b * fit->x;
    double n = held->n, difference = held->y - (a + b * held->x);
    double spread = held->yy - 2.0 * b * held->xy + b * b * held->xx; /* of the differences */

    band->held_out_before = held->y;
    band->held_out_after = a + b * held->x;
    band->t = difference / sqrt(spread / (n - 1.0) / n);
    band->t_p = 2.0 * gsl_cdf_tdist_Q(fabs(band->t), n - 1.0);
    band->f = held->yy / (b * b * held->xx);
    double upper = gsl_cdf_fdist_Q(band->f, n - 1.0, n - 1.0);
    band->f_p = 2.0 * fmin(upper, 1.0 - upper);
    band->rmse = sqrt(spread / n + difference * difference);
}

static bool fit_bands(rdl_normalise_result *r, const rdl_pair *pair, const double *sets,
                      GError **error)
{
    const int p = r->bands;
    const size_t size = rdl_moments_size(2 * p);

    r->pixels = (gint64)llround(sets[2 * size]);
    r->held_out = (gint64)llround(sets[size]);
    if (r->pixels < PIXELS_LEAST)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "only %" PRId64 " pixels are invariant, %d are needed: lower "
                        "--unchanged",
                        r->pixels, PIXELS_LEAST);
    for (int k = 0; k < p; k++) {
        band_sums fit = sums_of(sets, p, k), held = sums_of(sets + size, p, k);
        band_sums all = sums_of(sets + 2 * size, p, k);
        rdl_band_fit *band = &r->fit[k];
        band->band = rdl_pair_after(pair)->bands[k];
        if (!(all.xx > 0.0 && all.yy > 0.0 && all.xy != 0.0))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: band %d does not vary over the invariant pixels",
                            rdl_raster_path(rdl_pair_after(pair)->raster), band->band);
        band->slope = rdl_orthogonal_slope(all.xx, all.yy, all.xy);
        band->intercept = all.y - band->slope * all.x;
        band->correlation = all.xy / sqrt(all.xx * all.yy);
        test(&fit, &held, band);
    }
    return true;
}

/* ---- all of it ---- */

static bool fit_pair(const rdl_normalise_options *o, rdl_normalise_result *r, const rdl_pair *pair,
                     const rdl_progress *progress, GError **error)
{
    rdl_irmad_options how = {o->iterations, o->tolerance, o->threads, false};
    g_autoptr(rdl_sample) sample = rdl_sample_new(pair, 1, o->threads, o->memory_mib);
    g_autofree rdl_irmad_fit *fit = g_new0(rdl_irmad_fit, 1);

    r->bands = rdl_pair_bands(pair);
    if (r->bands > RDL_BANDS_MOST)
        return rdl_fail(error, RDL_ERROR_DATA, "%d bands a scene are too many, %d are the most",
                        r->bands, RDL_BANDS_MOST);
    if (!rdl_irmad(sample, &how, progress, fit, error))
        return false;
    r->iterations = fit->iterations;
    r->converged = fit->converged;
    if (!r->converged)
        g_ptr_array_add(r->warnings,
                        rdl_say("IR-MAD did not settle within %d iterations", r->iterations));
    g_autofree double *sets = gather_all(sample, &fit->mad, o->unchanged, progress, error);
    return sets && fit_bands(r, pair, sets, error);
}

static bool write_normalised(const rdl_normalise_options *o, rdl_normalise_result *r,
                             const rdl_pair *pair, const rdl_progress *progress, GError **error)
{
    double slope[RDL_BANDS_MOST], intercept[RDL_BANDS_MOST];
    int bands[RDL_BANDS_MOST];
    const char *items[] = {"REDLINE",
                           "normalised " RDL_VERSION,
                           "REDLINE_PAPER",
                           "Canty & Nielsen 2008, Remote Sensing of Environment 112",
                           "REDLINE_REFERENCE_SHA256",
                           rdl_manifest_digest(r->manifest, "before"),
                           NULL};
    rdl_rescale how = {r->bands, bands, slope, intercept, items};

    if (!o->output)
        return true;
    for (int k = 0; k < r->bands; k++) {
        slope[k] = r->fit[k].slope;
        intercept[k] = r->fit[k].intercept;
        bands[k] = r->fit[k].band;
    }
    return rdl_raster_rescale(rdl_pair_after(pair)->raster, &how, o->output, o->overwrite, progress,
                              error) &&
           (r->output_digest = rdl_digest_file(o->output, error)) &&
           rdl_manifest_write(r->manifest, o->output, error);
}

bool rdl_normalise(const rdl_normalise_options *o, const rdl_progress *progress,
                   rdl_normalise_result *r, GError **error)
{
    rdl_pair_options scenes = {.before = o->before,
                               .after = o->after,
                               .bands = o->bands,
                               .sensor = o->sensor,
                               .mask_before = o->mask_before,
                               .mask_after = o->mask_after,
                               .mask_values = o->mask_values,
                               .how = o->how};
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    *r = (rdl_normalise_result){0};
    r->warnings = g_ptr_array_new_with_free_func(g_free);
    r->manifest = rdl_manifest_new("normalise");
    rdl_manifest_method(r->manifest, "Canty & Nielsen 2008, Remote Sensing of Environment 112");
    rdl_manifest_option(r->manifest, "unchanged",
                        g_ascii_dtostr(number, sizeof number, o->unchanged));
    if (!check(o, error))
        return false;
    g_autoptr(rdl_pair) pair = rdl_pair_open(&scenes, r->warnings, error);
    return pair && rdl_manifest_input(r->manifest, "before", o->before, error) &&
           rdl_manifest_input(r->manifest, "after", o->after, error) &&
           fit_pair(o, r, pair, progress, error) && write_normalised(o, r, pair, progress, error);
}

/* ---- JSON ---- */

static JsonObject *band_json(const rdl_band_fit *b)
{
    JsonObject *o = json_object_new(), *held = json_object_new();

    json_object_set_int_member(o, "band", b->band);
    json_object_set_double_member(o, "slope", b->slope);
    json_object_set_double_member(o, "intercept", b->intercept);
    json_object_set_double_member(o, "correlation", b->correlation);
    json_object_set_double_member(held, "mean_before", b->held_out_before);
    json_object_set_double_member(held, "mean_normalised", b->held_out_after);
    json_object_set_double_member(held, "t", b->t);
    json_object_set_double_member(held, "t_p", b->t_p);
    json_object_set_double_member(held, "f", b->f);
    json_object_set_double_member(held, "f_p", b->f_p);
    json_object_set_double_member(held, "rmse", b->rmse);
    json_object_set_object_member(o, "held_out", held);
    return o;
}

JsonNode *rdl_normalise_result_json(const rdl_normalise_result *r)
{
    g_autoptr(JsonObject) o = json_object_new();
    JsonArray *bands = json_array_new(), *warnings = json_array_new();

    json_object_set_string_member(o, "method",
                                  "orthogonal regression over IR-MAD's invariant pixels");
    json_object_set_int_member(o, "iterations", r->iterations);
    json_object_set_boolean_member(o, "converged", r->converged);
    json_object_set_int_member(o, "invariant", r->pixels);
    json_object_set_int_member(o, "held_out", r->held_out);
    for (int k = 0; k < r->bands; k++)
        json_array_add_object_element(bands, band_json(&r->fit[k]));
    json_object_set_array_member(o, "bands", bands);
    for (guint i = 0; i < r->warnings->len; i++)
        json_array_add_string_element(warnings, r->warnings->pdata[i]);
    json_object_set_array_member(o, "warnings", warnings);
    if (r->output_digest)
        json_object_set_string_member(o, "output_sha256", r->output_digest);
    return json_node_init_object(json_node_alloc(), o);
}
