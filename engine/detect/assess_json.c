#include "detect/assess.h"

#include <math.h>

static void set_number(JsonObject *object, const char *name, double number)
{
    if (isfinite(number))
        json_object_set_double_member(object, name, number);
    else
        json_object_set_null_member(object, name);
}

static JsonObject *counts(const rdl_assess_result *r)
{
    JsonObject *o = json_object_new();

    json_object_set_int_member(o, "tp", r->confusion.tp);
    json_object_set_int_member(o, "fp", r->confusion.fp);
    json_object_set_int_member(o, "fn", r->confusion.fn);
    json_object_set_int_member(o, "tn", r->confusion.tn);
    return o;
}

static void set_accuracy(JsonObject *o, const rdl_assess_result *r)
{
    set_number(o, "overall_accuracy", r->accuracy.overall);
    set_number(o, "kappa", r->accuracy.kappa);
    set_number(o, "f1", r->accuracy.f1);
    set_number(o, "precision", r->accuracy.precision);
    set_number(o, "recall", r->accuracy.recall);
    set_number(o, "commission", r->accuracy.commission);
    set_number(o, "omission", r->accuracy.omission);
    set_number(o, "auc", r->auc);
}

static JsonObject *objects(const rdl_object_counts *c)
{
    JsonObject *o = json_object_new();

    json_object_set_int_member(o, "reference", c->reference);
    json_object_set_int_member(o, "found", c->found);
    json_object_set_int_member(o, "map", c->map);
    json_object_set_int_member(o, "right", c->right);
    json_object_set_int_member(o, "splits", c->splits);
    json_object_set_int_member(o, "merges", c->merges);
    set_number(o, "precision", (double)c->right / (double)c->map);
    set_number(o, "recall", (double)c->found / (double)c->reference);
    return o;
}

static void set_estimate(JsonObject *o, const char *name, rdl_estimate e, double scale)
{
    JsonObject *both = json_object_new();

    set_number(both, "value", e.value * scale);
    set_number(both, "half_width", e.half * scale);
    json_object_set_object_member(o, name, both);
}

static JsonObject *areas(const rdl_assess_result *r)
{
    JsonObject *o = json_object_new();

    set_number(o, "mapped_share", r->area.mapped_share);
    set_number(o, "mapped_area_m2", r->mapped_m2);
    set_estimate(o, "changed_share", r->area.share, 1.0);
    set_estimate(o, "changed_m2", r->area.share, r->mapped_m2);
    set_estimate(o, "overall_accuracy", r->area.overall, 1.0);
    set_estimate(o, "users_accuracy", r->area.user, 1.0);
    set_estimate(o, "producers_accuracy", r->area.producer, 1.0);
    json_object_set_string_member(o, "method",
                                  "Olofsson et al. 2014, Remote Sensing of Environment 148");
    return o;
}

JsonNode *rdl_assess_result_json(const rdl_assess_result *r)
{
    g_autoptr(JsonObject) o = json_object_new();
    const char *change = rdl_manifest_digest(r->manifest, "change");
    const char *reference = rdl_manifest_digest(r->manifest, "reference");
    JsonObject *digests = json_object_new();
    JsonArray *warnings = json_array_new();

    for (guint i = 0; i < r->warnings->len; i++)
        json_array_add_string_element(warnings, r->warnings->pdata[i]);
    json_object_set_string_member(o, "unit", r->points ? "points" : "pixels");
    json_object_set_object_member(o, "confusion", counts(r));
    set_accuracy(o, r);
    if (!r->points)
        json_object_set_object_member(o, "objects", objects(&r->objects));
    json_object_set_object_member(o, "area_adjusted", areas(r));
    json_object_set_string_member(digests, "change", change ? change : "");
    json_object_set_string_member(digests, "reference", reference ? reference : "");
    json_object_set_object_member(o, "digests", digests);
    json_object_set_array_member(o, "warnings", warnings);
    json_object_set_member(o, "tally", rdl_tally_json(r->tally));
    return json_node_init_object(json_node_alloc(), o);
}

char *rdl_assess_result_text(const rdl_assess_result *r)
{
    GString *t = g_string_new(NULL);
    const rdl_accuracy *a = &r->accuracy;
    const rdl_object_counts *c = &r->objects;

    g_string_append_printf(t,
                           "                       reference changed  reference unchanged\n"
                           "map changed     %24" G_GINT64_FORMAT " %20" G_GINT64_FORMAT "\n"
                           "map unchanged   %24" G_GINT64_FORMAT " %20" G_GINT64_FORMAT "\n",
                           r->confusion.tp, r->confusion.fp, r->confusion.fn, r->confusion.tn);
    g_string_append_printf(t, "overall accuracy %.4f  kappa %.4f  F1 %.4f\n", a->overall, a->kappa,
                           a->f1);
    g_string_append_printf(t, "precision %.4f (commission %.4f)  recall %.4f (omission %.4f)\n",
                           a->precision, a->commission, a->recall, a->omission);
    if (isfinite(r->auc))
        g_string_append_printf(t, "area under the ROC curve %.4f\n", r->auc);
    if (!r->points)
        g_string_append_printf(t,
                               "objects: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                               " found, %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                               " right; %" G_GINT64_FORMAT " split, %" G_GINT64_FORMAT " merged\n",
                               c->found, c->reference, c->right, c->map, c->splits, c->merges);
    g_string_append_printf(t, "changed by the map: %.4f %% of what it observes\n",
                           100.0 * r->area.mapped_share);
    g_string_append_printf(t,
                           "changed, adjusted: %.4f +- %.4f %%; overall %.4f +- %.4f, user's %.4f "
                           "+- %.4f, producer's %.4f +- %.4f\n",
                           100.0 * r->area.share.value, 100.0 * r->area.share.half,
                           r->area.overall.value, r->area.overall.half, r->area.user.value,
                           r->area.user.half, r->area.producer.value, r->area.producer.half);
    if (isfinite(r->mapped_m2))
        g_string_append_printf(t, "changed, adjusted: %.0f +- %.0f m2\n",
                               r->area.share.value * r->mapped_m2,
                               r->area.share.half * r->mapped_m2);
    return g_string_free(t, FALSE);
}
