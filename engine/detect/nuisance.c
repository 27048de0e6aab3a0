#include "detect/nuisance.h"

#include <string.h>

#define CLEAR_LEAST 0.5
#define SNOW_NDSI 0.4
#define SNOW_NDVI (-0.1)
#define SNOW_NDBI (-0.6)
#define BELT_WIDTH 3.0 /* pixels */
#define BELT_WATER 0.5
#define CROP_LEAST 0.5
#define RIM_LEAST 0.6  /* share of the squared difference */
#define RIM_SPREAD 2.0 /* pixels that an edge is spread over */

static const struct {
    const char *name, *code;
} rules[RDL_NUISANCES] = {{"mask-edge", "MASK_EDGE"},
                          {"snow", "SNOW"},
                          {"water-level", "WATER_LEVEL"},
                          {"crop-rotation", "CROP_ROTATION"},
                          {"misregistration", "MISREGISTRATION"}};

const char *rdl_nuisance_code(rdl_nuisance rule)
{
    return rules[rule].code;
}

static unsigned bit_of(const char *name)
{
    for (int i = 0; i < RDL_NUISANCES; i++)
        if (strcmp(rules[i].name, name) == 0)
            return 1u << i;
    return 0;
}

bool rdl_nuisances_parse(const char *text, unsigned *bits, GError **error)
{
    *bits = 0;
    if (!text || strcmp(text, "none") == 0)
        return true;
    if (strcmp(text, "all") == 0)
        return *bits = (1u << RDL_NUISANCES) - 1, true;
    g_auto(GStrv) names = g_strsplit(text, ",", -1);
    for (char **name = names; *name; name++) {
        unsigned bit = bit_of(g_strstrip(*name));
        if (!bit)
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "--suppress %s: no rule '%s': give mask-edge, snow, water-level, "
                            "crop-rotation, misregistration, all or none",
                            text, *name);
        *bits |= bit;
    }
    return true;
}

double rdl_component_width(const rdl_component *c)
{
    return 2.0 * (double)(c->pixels + c->filled) / (double)c->sides;
}

double rdl_component_clear_of(const rdl_component *c, rdl_mark mark)
{
    return 1.0 - (double)c->figures.near_mark[mark] / (double)c->pixels;
}

static bool snowy(const rdl_figures *f, int date)
{
    return rdl_figures_mean(f, RDL_FIGURE_WATER, date) >= SNOW_NDSI &&
           rdl_figures_mean(f, RDL_FIGURE_NDVI, date) >= SNOW_NDVI &&
           rdl_figures_mean(f, RDL_FIGURE_NDBI, date) <= SNOW_NDBI;
}

static bool applies(rdl_nuisance rule, const rdl_component *c, rdl_kind kind, double reach)
{
    switch (rule) {
    case RDL_NUISANCE_MASK_EDGE:
        return rdl_component_clear_of(c, RDL_MARK_UNOBSERVED) < CLEAR_LEAST;
    case RDL_NUISANCE_SNOW:
        return snowy(&c->figures, 0) != snowy(&c->figures, 1);
    case RDL_NUISANCE_WATER_LEVEL:
        return (kind == RDL_KIND_WATER_LOSS || kind == RDL_KIND_WATER_GAIN) &&
               rdl_component_width(c) <= BELT_WIDTH &&
               rdl_component_clear_of(c, RDL_MARK_WATER) <= 1.0 - BELT_WATER;
    case RDL_NUISANCE_CROP_ROTATION:
        return (kind == RDL_KIND_VEG_TO_BARE || kind == RDL_KIND_RECOVERY) &&
               c->figures.series > 0 &&
               (double)c->figures.crops >= CROP_LEAST * (double)c->figures.series;
    case RDL_NUISANCE_MISREGISTRATION:
        return rdl_component_width(c) <= reach + RIM_SPREAD &&
               rdl_rim_share(&c->figures.rim, reach) >= RIM_LEAST;
    default:
        return false;
    }
}

const char *rdl_nuisance_of(unsigned bits, const rdl_component *c, rdl_kind kind, double reach)
{
    for (int i = 0; i < RDL_NUISANCES; i++)
        if (bits & 1u << i && applies((rdl_nuisance)i, c, kind, reach))
            return rules[i].code;
    return NULL;
}
