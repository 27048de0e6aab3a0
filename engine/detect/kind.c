#include "detect/kind.h"

#include <math.h>
#include <string.h>
#include "detect/change/indices.h"

#define WATER_MOVED 0.1
#define WATER_CLEAR 0.2 /* over this it is water, whatever NDVI says */
#define NDVI_MOVED 0.1
#define NDVI_BARE 0.3
#define BSI_MOVED 0.05
#define BANDS_MOST 8 /* roles that any of the indices asks for */

const char *rdl_kind_code(rdl_kind kind)
{
    static const char *const codes[RDL_KINDS] = {
        "veg_to_bare", "bare_to_built", "water_loss", "water_gain", "recovery", "other", "unknown"};

    return codes[kind];
}

/* ---- which bands ---- */

static bool has_roles(const rdl_pair *pair, const rdl_spectral_index *index)
{
    for (const char *const *role = index->roles; *role; role++)
        if (rdl_scene_role(rdl_pair_before(pair), *role) < 0 ||
            rdl_scene_role(rdl_pair_after(pair), *role) < 0)
            return false;
    return true;
}

static int position(const char *role, const char **roles, int *n)
{
    for (int i = 0; i < *n; i++)
        if (strcmp(roles[i], role) == 0)
            return i;
    roles[*n] = role;
    return (*n)++;
}

static rdl_kind_index place(const rdl_spectral_index *index, const char **roles, int *n)
{
    rdl_kind_index k = {true, {-1, -1}, {-1, -1}};

    for (int i = 0; i < index->minus; i++)
        k.minus[i] = position(index->roles[i], roles, n);
    for (int i = 0; i < index->plus; i++)
        k.plus[i] = position(index->roles[index->minus + i], roles, n);
    return k;
}

bool rdl_kind_narrow(rdl_pair *pair, rdl_kind_index indices[RDL_FIGURE_INDICES])
{
    static const char *const names[RDL_FIGURE_INDICES][2] = {
        {"ndvi"}, {"mndwi", "ndwi"}, {"ndbi"}, {"bsi"}};
    const char *roles[BANDS_MOST + 1] = {NULL};
    int n = 0;

    for (int k = 0; k < RDL_FIGURE_INDICES; k++) {
        indices[k] = (rdl_kind_index){0};
        for (int i = 0; i < 2 && names[k][i] && !indices[k].there; i++) {
            const rdl_spectral_index *index = rdl_spectral_index_named(names[k][i]);
            if (has_roles(pair, index))
                indices[k] = place(index, roles, &n);
        }
    }
    g_assert(n <= BANDS_MOST);
    return (indices[RDL_FIGURE_NDVI].there || indices[RDL_FIGURE_WATER].there) &&
           rdl_pair_narrow(pair, roles, NULL);
}

double rdl_kind_value(const rdl_kind_index *k, const float *const *planes, size_t i)
{
    double minus = (double)planes[k->minus[0]][i], plus = (double)planes[k->plus[0]][i];

    if (k->minus[1] >= 0)
        minus += (double)planes[k->minus[1]][i];
    if (k->plus[1] >= 0)
        plus += (double)planes[k->plus[1]][i];
    return plus + minus != 0.0 ? (plus - minus) / (plus + minus) : NAN;
}

/* ---- the kind ---- */

bool rdl_kind_calibrated(const rdl_pair *pair)
{
    for (int k = 0; k < rdl_pair_bands(pair); k++)
        if (rdl_pair_pixel(pair, k) == RDL_PIXEL_U8)
            return false;
    return true;
}

/* Means before and after, and how far they moved; NaN, which fails every test, where not known. */
typedef struct {
    double before, after, moved;
} state;

static state state_of(const rdl_figures *f, rdl_figure_index index)
{
    double before = rdl_figures_mean(f, index, 0), after = rdl_figures_mean(f, index, 1);

    return (state){before, after, after - before};
}

static rdl_kind kind_of_plants(state ndvi)
{
    if (ndvi.moved <= -NDVI_MOVED)
        return RDL_KIND_VEG_TO_BARE;
    return ndvi.moved >= NDVI_MOVED ? RDL_KIND_RECOVERY : RDL_KIND_OTHER;
}

static bool built(const rdl_figures *f, state ndvi)
{
    return ndvi.before < NDVI_BARE && ndvi.after < NDVI_BARE &&
           state_of(f, RDL_FIGURE_BSI).moved <= -BSI_MOVED &&
           state_of(f, RDL_FIGURE_NDBI).moved > -BSI_MOVED;
}

/* NDVI that is not known speaks for water. */
static bool is_water(double index, double ndvi)
{
    return index > 0.0 && (index >= WATER_CLEAR || !(ndvi >= 0.0));
}

static rdl_kind kind_of_water(state water, state ndvi)
{
    bool was = is_water(water.before, ndvi.before), is = is_water(water.after, ndvi.after);

    if (!was && is && water.moved >= WATER_MOVED)
        return RDL_KIND_WATER_GAIN;
    if (was && !is && water.moved <= -WATER_MOVED)
        return RDL_KIND_WATER_LOSS;
    return was && is ? RDL_KIND_OTHER : RDL_KIND_UNKNOWN;
}

rdl_kind rdl_kind_of(const rdl_figures *f, bool calibrated, const char **why)
{
    state water = state_of(f, RDL_FIGURE_WATER), ndvi = state_of(f, RDL_FIGURE_NDVI);
    rdl_kind plants = kind_of_plants(ndvi);

    *why = NULL;
    if (!f->observed[RDL_FIGURE_WATER] && !f->observed[RDL_FIGURE_NDVI])
        return *why = "NOT_OBSERVED", RDL_KIND_UNKNOWN;
    if (!calibrated && plants == RDL_KIND_OTHER)
        return *why = "UNCALIBRATED", RDL_KIND_UNKNOWN;
    rdl_kind wet = calibrated ? kind_of_water(water, ndvi) : RDL_KIND_UNKNOWN;
    if (wet != RDL_KIND_UNKNOWN)
        return wet;
    return plants == RDL_KIND_OTHER && built(f, ndvi) ? RDL_KIND_BARE_TO_BUILT : plants;
}
