#include "screen/condition.h"

#include <math.h>
#include <string.h>
#include "screen/pack_rules.h"
#include "store/store.h"

enum {
    ACTIVITY,
    ACTIVITIES,
    ATTRS,
    WHEN,
    EXPANSION,
    ZONE,
    LEVEL,
    BASIN,
    AFTER,
    BEFORE,
    AS_OF,
    AREA,
    LENGTH,
    FIXED
};

static const char *const fixed[FIXED] = {
    "activity", "activities",  "attrs",        "when_case", "expansion", "zone",    "level",
    "basin",    "built_after", "built_before", "as_of",     "area_m2",   "length_m"};

struct rdl_conditions {
    GHashTable *expressions; /* code -> rdl_expression */
    char **columns;          /* fixed, then near and in of each zone */
    size_t n, n_zones;
    bool *near; /* of each zone: some expression reads its distance */
};

static void expression_free(gpointer p)
{
    rdl_expression_free(p);
}

void rdl_conditions_free(rdl_conditions *k)
{
    if (!k)
        return;
    g_hash_table_unref(k->expressions);
    g_strfreev(k->columns);
    g_free(k->near);
    g_free(k);
}

static void name_columns(rdl_conditions *k, const rdl_csv *zones)
{
    k->n_zones = zones ? rdl_csv_count(zones) : 0;
    k->n = FIXED + 2 * k->n_zones;
    k->columns = g_new0(char *, k->n + 1);
    k->near = g_new0(bool, k->n_zones + 1);
    for (size_t i = 0; i < FIXED; i++)
        k->columns[i] = g_strdup(fixed[i]);
    for (size_t i = 0; i < k->n_zones; i++) {
        const char *code = rdl_csv_at(zones, i, "zone");
        k->columns[FIXED + 2 * i] = g_strdup_printf("near_%s_m", code);
        k->columns[FIXED + 2 * i + 1] = g_strdup_printf("in_%s", code);
    }
}

static void note_near(rdl_conditions *k, const rdl_expression *e)
{
    for (size_t i = 0; i < k->n_zones; i++)
        k->near[i] = k->near[i] || rdl_expression_reads(e, FIXED + 2 * i) ||
                     rdl_expression_reads(e, FIXED + 2 * i + 1);
}

rdl_conditions *rdl_conditions_new(const rdl_csv *zones, const rdl_csv *predicates,
                                   GPtrArray *faults)
{
    rdl_conditions *k = g_new0(rdl_conditions, 1);

    k->expressions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, expression_free);
    name_columns(k, zones);
    for (size_t i = 0; predicates && i < rdl_csv_count(predicates); i++) {
        GError *error = NULL;
        if (strcmp(rdl_csv_at(predicates, i, "kind"), "sql") != 0)
            continue;
        rdl_expression *e = rdl_expression_new(rdl_csv_at(predicates, i, "sql"),
                                               (const char *const *)k->columns, k->n, &error);
        if (e) {
            note_near(k, e);
            g_hash_table_insert(k->expressions, (gpointer)rdl_csv_at(predicates, i, "code"), e);
        } else {
            g_ptr_array_add(faults, g_strdup_printf("%s:%d: sql: %s", rdl_csv_name(predicates),
                                                    rdl_csv_line(predicates, i), error->message));
            g_error_free(error);
        }
    }
    return k;
}

static rdl_operand text(const char *value)
{
    return (rdl_operand){value, NAN};
}

static rdl_operand real(double value)
{
    return (rdl_operand){NULL, value};
}

static void fill_near(const rdl_conditions *k, const rdl_case *c, rdl_operand *cells)
{
    for (size_t i = 0; i < k->n_zones; i++) {
        double m = c->near ? c->near[i] : NAN;
        cells[FIXED + 2 * i] = real(m);
        cells[FIXED + 2 * i + 1] = real(isnan(m) ? NAN : m <= 0.0);
    }
}

rdl_truth rdl_condition_test(const rdl_pack *pack, const char *code, const rdl_case *c)
{
    rdl_conditions *k = rdl_pack_conditions(pack);
    rdl_expression *e = g_hash_table_lookup(k->expressions, code);
    g_autofree rdl_operand *cells = g_new0(rdl_operand, k->n);
    g_autofree char *above = rdl_pack_activity_path(pack, c->activity);
    g_autofree char *after = rdl_day_text(c->onset.first), *before = rdl_day_text(c->onset.last);
    g_autofree char *as_of = rdl_day_text(c->as_of);

    if (!e)
        return RDL_NO;
    cells[ACTIVITY] = text(c->activity);
    cells[ACTIVITIES] = text(above);
    cells[ATTRS] = text(c->attrs);
    cells[WHEN] = text(rdl_when_text(c->when));
    cells[EXPANSION] = real(c->expansion);
    cells[ZONE] = text(c->zone ? c->zone->zone : "ANY");
    cells[LEVEL] = text(c->level);
    cells[BASIN] = text(c->basin);
    cells[AFTER] = text(after);
    cells[BEFORE] = text(before);
    cells[AS_OF] = text(as_of);
    cells[AREA] = real(c->area_m2);
    cells[LENGTH] = real(c->length_m);
    fill_near(k, c, cells);
    return rdl_expression_test(e, cells);
}

bool rdl_pack_wants_near(const rdl_pack *pack, const rdl_zone_class *zone)
{
    const GPtrArray *rules = rdl_pack_rules(pack);
    g_autofree char *name = g_strdup_printf("near_%s_m", zone->zone);
    bool yes = rdl_pack_conditions(pack)->near[zone->number];

    for (guint i = 0; !yes && i < rules->len; i++) {
        const char *quantity = ((const rdl_rule *)rules->pdata[i])->quantity;
        g_auto(GStrv) all = g_strsplit(quantity ? quantity : "", "|", -1);
        yes = g_strv_contains((const char *const *)all, name);
    }
    return yes;
}
