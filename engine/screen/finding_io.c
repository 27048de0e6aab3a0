#include "screen/finding_io.h"

#include <math.h>
#include <string.h>

#define T RDL_FIELD_TEXT
#define I RDL_FIELD_INT
#define R RDL_FIELD_REAL

static const rdl_field finding_fields[] = {
    {"finding_id", T},  {"source", T},       {"source_id", T},     {"zone_id", T},
    {"zone", T},        {"zone_name", T},    {"activity", T},      {"owner", T},
    {"built_after", T}, {"built_before", T}, {"when_case", T},     {"verdict", T},
    {"result", T},      {"rule_id", T},      {"rule_then", T},     {"is_primary", I},
    {"basis", T},       {"severity", T},     {"lead_dept", T},     {"handling", T},
    {"penalty", T},     {"quantity", R},     {"quantity_unit", T}, {"limitation", T},
    {"permit_no", T},   {"xzqdm", T},        {"lon", R},           {"lat", R},
    {"area_m2", R},     {"area_own_m2", R},  {"area_min_m2", R},   {"area_max_m2", R},
    {"share", R},       {"edge", I},         {"note", T}};

static const rdl_field hit_fields[] = {
    {"finding_id", T}, {"rule_id", T},   {"zone_id", T},  {"zone", T},  {"applies", T},
    {"rule_date", T},  {"verdict", T},   {"status", T},   {"basis", T}, {"severity", T},
    {"penalty", T},    {"lead_dept", T}, {"handling", T}, {"note", T}};

static const rdl_field balance_fields[] = {{"source", T},       {"source_id", T},
                                           {"whole_m2", R},     {"parts_m2", R},
                                           {"remainder_m2", R}, {"residual_m2", R}};

static const rdl_field rejected_fields[] = {
    {"layer", T}, {"source_fid", I}, {"reason", T}, {"repaired", I}, {"used", I}};

static const char *source_name(const rdl_footprint *f)
{
    return f->patch ? "patch" : "footprint";
}

/* Dates as text that lives as long as the row is being written. */
typedef struct {
    char *first, *last;
} interval_text;

static interval_text text_of(rdl_interval i)
{
    return (interval_text){rdl_day_text(i.first), rdl_day_text(i.last)};
}

static void interval_text_clear(interval_text *t)
{
    g_free(t->first);
    g_free(t->last);
}

/* A standing work is held to be a continuing state: never expired by machine (3.2). */
static const char *limitation(const rdl_finding *f)
{
    return f->verdict->result == RDL_RESULT_SUSPECT ? "review" : NULL;
}

static bool write_finding(rdl_vector *out, int layer, const rdl_finding *f, GError **error)
{
    const rdl_rule *rule = f->verdict->rule;
    const rdl_verdict *v = f->verdict;
    interval_text built = text_of(f->footprint->built);
    const rdl_value row[] = {rdl_text(f->finding_id),
                             rdl_text(source_name(f->footprint)),
                             rdl_text(f->footprint->fp_id),
                             rdl_text(f->zone ? f->zone->zone_id : NULL),
                             rdl_text(f->zone ? f->zone->class->zone : "ANY"),
                             rdl_text(f->zone ? f->zone->name : NULL),
                             rdl_text(f->footprint->activity),
                             rdl_text(f->footprint->owner),
                             rdl_text(built.first),
                             rdl_text(built.last),
                             rdl_text(rdl_when_text(v->when)),
                             rdl_text(v->verdict),
                             rdl_text(rdl_result_text(v->result)),
                             rdl_text(rule ? rule->rule_id : NULL),
                             rdl_text(f->rule_then ? f->rule_then->rule_id : NULL),
                             rdl_integer(f->is_primary),
                             rdl_text(rule ? rule->basis : NULL),
                             rdl_text(rule ? rule->severity : NULL),
                             rdl_text(rule ? rule->lead_dept : NULL),
                             rdl_text(rule ? rule->handling : NULL),
                             rdl_text(rule ? rule->penalty : NULL),
                             rdl_real(f->quantity),
                             rdl_text(f->quantity_unit),
                             rdl_text(limitation(f)),
                             rdl_text(f->permit_no),
                             rdl_text(f->xzqdm),
                             rdl_real(f->part.lon),
                             rdl_real(f->part.lat),
                             rdl_real(f->part.area_m2),
                             rdl_real(f->part.own_m2),
                             rdl_real(f->part.min_m2),
                             rdl_real(f->part.max_m2),
                             rdl_real(f->part.share),
                             rdl_integer(f->part.edge),
                             rdl_text(v->note)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(finding_fields));

    bool good = rdl_vector_write(out, layer, row, f->part.wkb, error);
    interval_text_clear(&built);
    return good;
}

static bool write_hit(rdl_vector *out, int layer, const rdl_finding *f, const rdl_hit *hit,
                      rdl_day as_of, GError **error)
{
    static const char *const statuses[] = {"decided", "asked", "unknown_date"};
    interval_text date = text_of(hit->by_act ? f->footprint->onset : (rdl_interval){as_of, as_of});
    g_autofree char *dates =
        g_strdup_printf("%s/%s", date.first ? date.first : "..", date.last ? date.last : "..");
    g_autofree char *note = rdl_hit_note(hit);
    const rdl_rule *rule = hit->rule;
    const rdl_value row[] = {rdl_text(f->finding_id),
                             rdl_text(rule->rule_id),
                             rdl_text(f->zone ? f->zone->zone_id : NULL),
                             rdl_text(f->zone ? f->zone->class->zone : "ANY"),
                             rdl_text(hit->by_act ? "ACT" : "STATE"),
                             rdl_text(dates),
                             rdl_text(hit->verdict),
                             rdl_text(hit->overridden ? "overridden" : statuses[hit->status]),
                             rdl_text(rule->basis),
                             rdl_text(rule->severity),
                             rdl_text(rule->penalty),
                             rdl_text(rule->lead_dept),
                             rdl_text(rule->handling),
                             rdl_text(note)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(hit_fields));

    interval_text_clear(&date);
    return rdl_vector_write(out, layer, row, NULL, error);
}

static bool write_findings(rdl_vector *out, const rdl_crs *crs, const rdl_findings *all,
                           GError **error)
{
    int layer = rdl_vector_layer(out, "finding", crs, "Geometry", finding_fields,
                                 G_N_ELEMENTS(finding_fields), error);
    bool good = layer >= 0;

    for (guint i = 0; good && i < all->findings->len; i++)
        good = write_finding(out, layer, &g_array_index(all->findings, rdl_finding, i), error);
    return good;
}

static bool write_hits(rdl_vector *out, const rdl_findings *all, rdl_day as_of, GError **error)
{
    int layer =
        rdl_vector_layer(out, "hit", NULL, NULL, hit_fields, G_N_ELEMENTS(hit_fields), error);
    bool good = layer >= 0;

    for (guint i = 0; good && i < all->findings->len; i++) {
        const rdl_finding *f = &g_array_index(all->findings, rdl_finding, i);
        for (guint k = 0; good && k < f->verdict->hits->len; k++)
            good =
                write_hit(out, layer, f, &g_array_index(f->verdict->hits, rdl_hit, k), as_of, error);
    }
    return good;
}

static bool write_balances(rdl_vector *out, const rdl_findings *all, GError **error)
{
    int layer = rdl_vector_layer(out, "balance", NULL, NULL, balance_fields,
                                 G_N_ELEMENTS(balance_fields), error);
    bool good = layer >= 0;

    for (guint i = 0; good && i < all->balances->len; i++) {
        const rdl_source_balance *b = &g_array_index(all->balances, rdl_source_balance, i);
        const rdl_value row[] = {
            rdl_text(source_name(b->footprint)), rdl_text(b->footprint->fp_id),
            rdl_real(b->balance.whole_m2),       rdl_real(b->balance.parts_m2),
            rdl_real(b->balance.remainder_m2),   rdl_real(b->balance.residual_m2)};
        good = rdl_vector_write(out, layer, row, NULL, error);
    }
    return good;
}

static bool write_rejections(rdl_vector *out, const rdl_findings *all, GError **error)
{
    int layer = rdl_vector_layer(out, "rejected", NULL, NULL, rejected_fields,
                                 G_N_ELEMENTS(rejected_fields), error);
    bool good = layer >= 0;

    for (guint i = 0; good && i < all->rejections->len; i++) {
        const rdl_rejection *r = &g_array_index(all->rejections, rdl_rejection, i);
        const rdl_value row[] = {rdl_text(r->layer),
                                 r->fid == RDL_WHOLE_LAYER ? RDL_NULL : rdl_integer(r->fid),
                                 rdl_text(r->reason), rdl_integer(r->repaired),
                                 rdl_integer(r->used)};
        G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(rejected_fields));
        good = rdl_vector_write(out, layer, row, NULL, error);
    }
    return good;
}

bool rdl_findings_write(const char *path, const rdl_crs *crs, const rdl_findings *findings,
                        rdl_day as_of, GError **error)
{
    static const rdl_styled styled[] = {{"finding", "finding"}};
    rdl_vector *out = rdl_vector_create(path, "GPKG", error);

    if (!out)
        return false;
    if (write_findings(out, crs, findings, error) && write_hits(out, findings, as_of, error) &&
        write_balances(out, findings, error) && write_rejections(out, findings, error) &&
        rdl_vector_styles(out, styled, G_N_ELEMENTS(styled), error))
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}
