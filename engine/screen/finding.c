#include "screen/finding.h"

#include <math.h>
#include <string.h>
#include "screen/pack_rules.h"

/* A piece that a permit cut off is named after its part. */
void rdl_finding_make_id(rdl_finding *finding)
{
    static const char *const sides[] = {NULL, "undecided", "outside"};
    const rdl_footprint *f = finding->footprint;
    const rdl_zone *zone = finding->zone;
    const char *side = sides[finding->side];
    g_autofree char *id = rdl_digest_id("F-", f->patch ? "patch" : "footprint", f->fp_id,
                                        zone ? zone->zone_id : "", RDL_DIGEST_END);
    g_autofree char *own = side ? rdl_digest_id("F-", id, side, RDL_DIGEST_END) : NULL;

    g_strlcpy(finding->finding_id, own ? own : id, sizeof finding->finding_id);
    g_strlcpy(finding->parent_id, own ? id : "", sizeof finding->parent_id);
}

static double shown(double m2, double unit_m2, double steps, bool up)
{
    return (floor(m2 / unit_m2 * steps + 1e-9) + up) / steps;
}

double rdl_shown_ha(double m2, bool up)
{
    return shown(m2, RDL_HECTARE_M2, 1.0 / RDL_HECTARE_STEP, up);
}

double rdl_shown_mu(double m2, bool up)
{
    return shown(m2, RDL_MU_M2, 1.0 / RDL_MU_STEP, up);
}

bool rdl_show_areas(const double *m2, size_t n, double whole_m2, double unit_m2, double step,
                    bool *up)
{
    size_t some = 0, last = 0;

    for (size_t i = 0; i < n; i++) {
        up[i] = false;
        if (m2[i] > 0.0)
            some++, last = i;
    }
    if (some == 1 && fabs(m2[last] - whole_m2) <= step * unit_m2) { /* the usual case */
        up[last] = round(whole_m2 / unit_m2 / step) > floor(m2[last] / unit_m2 / step + 1e-9);
        return true;
    }
    g_autofree double *parts = g_new(double, n + 1), *rounded = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++)
        parts[i] = m2[i] / unit_m2;
    bool adjusted = rdl_apportion(parts, n, whole_m2 / unit_m2, step, rounded);
    for (size_t i = 0; i < n; i++)
        up[i] = rounded[i] > floor(parts[i] / step + 1e-9) * step + step / 2.0;
    return adjusted;
}

static double fine(const rdl_finding *f)
{
    const rdl_rule *rule = f->verdict->rule;
    double ceiling = rule ? rdl_rule_ceiling(rule, f->part.area_m2, f->part.length_m) : NAN;

    return isnan(ceiling) ? -1.0 : ceiling;
}

static const char *severity(const rdl_finding *f)
{
    return f->verdict->rule ? f->verdict->rule->severity : "S9";
}

int rdl_finding_gravity(const rdl_finding *a, const rdl_finding *b)
{
    int order = (int)a->verdict->result - (int)b->verdict->result;

    if (!order)
        order = strcmp(severity(a), severity(b));
    if (!order)
        order = (fine(a) < fine(b)) - (fine(a) > fine(b));
    if (!order) /* special law before what holds everywhere (J17) */
        order = !a->zone - !b->zone;
    if (!order && a->zone)
        order = a->zone->class->priority - b->zone->class->priority;
    if (!order)
        order = (a->part.area_m2 < b->part.area_m2) - (a->part.area_m2 > b->part.area_m2);
    return order ? order : strcmp(a->finding_id, b->finding_id);
}
