/* What a sample tells of the list it was drawn from. */
#include <math.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "rectify/handle.h"
#include "rectify/sample.h"

typedef struct {
    char *unit, *class;
    gint64 population, drawn, right, wrong, cannot_tell, unanswered;
    rdl_stratum counted, ground;
    bool measured; /* the area of every piece is known */
} part;

static void part_clear(gpointer p)
{
    g_free(((part *)p)->unit);
    g_free(((part *)p)->class);
}

typedef struct {
    rdl_ledger *ledger;
    double level;
    GArray *parts; /* of part, by unit and class */
} study;

/* ---- what there is ---- */

static bool read_parts(study *t, const char *sample_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        t->ledger->store,
        "SELECT unit, class, population, area_m2 FROM stratum WHERE sample_id = ? ORDER BY 1, 2",
        error);
    bool row = s != NULL;

    if (s)
        rdl_statement_text(s, 1, sample_id);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            break;
        double area = rdl_statement_get_real(s, 3);
        part p = {.unit = g_strdup(rdl_statement_get_text(s, 0)),
                  .class = g_strdup(rdl_statement_get_text(s, 1)),
                  .population = rdl_statement_get_int(s, 2),
                  .measured = area >= 0.0};
        p.counted.population = p.counted.size = p.ground.population = (double)p.population;
        p.ground.size = p.measured ? area : 0.0;
        g_array_append_val(t->parts, p);
    }
    return s != NULL;
}

static part *part_of(study *t, const char *unit, const char *class)
{
    for (guint i = 0; i < t->parts->len; i++) {
        part *p = &g_array_index(t->parts, part, i);
        if (strcmp(p->unit, unit) == 0 && strcmp(p->class, class) == 0)
            return p;
    }
    return NULL;
}

static void take(part *p, const char *answer, double area)
{
    p->drawn++;
    if (!answer) {
        p->unanswered++;
        return;
    }
    if (strcmp(answer, "cannot_tell") == 0) {
        p->cannot_tell++;
        return;
    }
    bool wrong = strcmp(answer, "wrong") == 0;
    *(wrong ? &p->wrong : &p->right) += 1;
    rdl_stratum_look(&p->counted, 1.0, wrong);
    if (p->measured)
        rdl_stratum_look(&p->ground, area, wrong);
}

static bool read_answers(study *t, const char *sample_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        t->ledger->store,
        "SELECT unit, class, area_m2, (SELECT answer FROM judgement j WHERE j.sample_id ="
        " i.sample_id AND j.item_id = i.item_id ORDER BY seq DESC LIMIT 1) FROM sampled i WHERE "
        "sample_id = ? ORDER BY n",
        error);
    bool row = s != NULL;

    if (s)
        rdl_statement_text(s, 1, sample_id);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        part *p =
            row ? part_of(t, rdl_statement_get_text(s, 0), rdl_statement_get_text(s, 1)) : NULL;
        if (p)
            take(p, rdl_statement_get_text(s, 3), rdl_statement_get_real(s, 2));
    }
    return s != NULL;
}

/* ---- what it tells ---- */

/* `exact`: of a stratum that stands alone; NaN where there is none, as by area. */
static void tell_interval(const study *t, JsonObject *o, rdl_share share, rdl_confidence exact,
                          bool census)
{
    const char *how = "none", *why = NULL;
    rdl_confidence c = {NAN, NAN};

    if (isnan(share.value)) {
        why = "NOT_JUDGED";
    } else if (census) {
        how = "census";
        c = (rdl_confidence){share.value, share.value};
    } else if (isnan(share.error)) {
        why = "ONE_JUDGED";
    } else if (!isnan(exact.low)) {
        how = "exact";
        c = exact;
    } else if (!(share.error > 0.0)) {
        why = "NO_DIFFERENCE";
    } else {
        double half = gsl_cdf_ugaussian_Pinv(0.5 + 0.5 * t->level) * share.error;
        how = "normal";
        c = (rdl_confidence){MAX(share.value - half, 0.0), MIN(share.value + half, 1.0)};
    }
    rdl_json_set_real(o, "standard_error", share.error);
    rdl_json_set_real(o, "low", c.low);
    rdl_json_set_real(o, "high", c.high);
    rdl_json_set_text(o, "interval", how);
    rdl_json_set_text(o, "why", why);
}

static void tell_ground(const study *t, JsonObject *of, const GArray *strata, double area,
                        bool census)
{
    JsonObject *o = json_object_new();
    rdl_share share = rdl_strata_share((const rdl_stratum *)strata->data, strata->len);

    json_object_set_object_member(of, "area", o);
    rdl_json_set_real(o, "area_m2", area);
    rdl_json_set_real(o, "area_judged_m2", share.size);
    rdl_json_set_real(o, "error_share", share.value);
    rdl_json_set_real(o, "wrong_m2", share.value * share.size);
    tell_interval(t, o, share, (rdl_confidence){NAN, NAN}, census);
}

/* Of a stratum, a unit, a class (NULL: of all). */
static JsonObject *row_of(const study *t, const char *unit, const char *class)
{
    part sum = {0};
    JsonObject *o = json_object_new();
    g_autoptr(GArray) counted = g_array_new(FALSE, FALSE, sizeof(rdl_stratum));
    g_autoptr(GArray) ground = g_array_new(FALSE, FALSE, sizeof(rdl_stratum));
    bool measured = true, census = true;
    double area = 0.0;

    for (guint i = 0; i < t->parts->len; i++) {
        const part *p = &g_array_index(t->parts, part, i);
        if ((unit && strcmp(unit, p->unit) != 0) || (class && strcmp(class, p->class) != 0))
            continue;
        sum.population += p->population;
        sum.drawn += p->drawn;
        sum.right += p->right;
        sum.wrong += p->wrong;
        sum.cannot_tell += p->cannot_tell;
        sum.unanswered += p->unanswered;
        measured &= p->measured;
        census &= p->counted.n >= p->counted.population;
        area += p->ground.size;
        g_array_append_val(counted, p->counted);
        g_array_append_val(ground, p->ground);
    }
    rdl_share share = rdl_strata_share((const rdl_stratum *)counted->data, counted->len);
    if (unit)
        rdl_json_set_text(o, "unit", unit);
    if (class)
        rdl_json_set_text(o, "class", class);
    json_object_set_int_member(o, "population", sum.population);
    json_object_set_int_member(o, "drawn", sum.drawn);
    json_object_set_int_member(o, "right", sum.right);
    json_object_set_int_member(o, "wrong", sum.wrong);
    json_object_set_int_member(o, "cannot_tell", sum.cannot_tell);
    json_object_set_int_member(o, "unanswered", sum.unanswered);
    json_object_set_int_member(o, "population_judged", (gint64)share.size);
    rdl_json_set_real(o, "error_rate", share.value);
    tell_interval(
        t, o, share,
        rdl_proportion_exact(sum.wrong, counted->len == 1 ? sum.right + sum.wrong : 0, t->level),
        census);
    if (measured && area > 0.0)
        tell_ground(t, o, ground, area, census);
    return o;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static JsonArray *rows_by(const study *t, bool classes)
{
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    JsonArray *rows = json_array_new();

    for (guint i = 0; i < t->parts->len; i++) {
        const part *p = &g_array_index(t->parts, part, i);
        char *code = classes ? p->class : p->unit;
        if (!g_ptr_array_find_with_equal_func(codes, code, g_str_equal, NULL))
            g_ptr_array_add(codes, code);
    }
    g_ptr_array_sort(codes, by_text);
    for (guint i = 0; i < codes->len; i++)
        json_array_add_object_element(
            rows, row_of(t, classes ? NULL : codes->pdata[i], classes ? codes->pdata[i] : NULL));
    return rows;
}

static bool tell_sample(rdl_ledger *ledger, rdl_statement *s, double level, JsonArray *all,
                        GError **error)
{
    static const char *const members[] = {"sample_id", "of", "on", "by", "seed"};
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(part));
    study t = {ledger, level, parts};
    JsonArray *strata = json_array_new();
    JsonObject *o = json_object_new();

    g_array_set_clear_func(parts, part_clear);
    json_array_add_object_element(all, o);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        rdl_json_set_text(o, members[i], rdl_statement_get_text(s, (int)i));
    rdl_json_set_real(o, "level", level);
    json_object_set_array_member(o, "strata", strata);
    g_autoptr(JsonNode) design = rdl_json_parse(rdl_statement_get_text(s, 5), "design", error);
    if (!design || !read_parts(&t, rdl_statement_get_text(s, 0), error) ||
        !read_answers(&t, rdl_statement_get_text(s, 0), error))
        return false;
    json_object_set_member(o, "design", json_node_copy(design));
    for (guint i = 0; i < parts->len; i++) {
        const part *p = &g_array_index(parts, part, i);
        json_array_add_object_element(strata, row_of(&t, p->unit, p->class));
    }
    json_object_set_array_member(o, "by_unit", rows_by(&t, false));
    json_object_set_array_member(o, "by_class", rows_by(&t, true));
    json_object_set_object_member(o, "total", row_of(&t, NULL, NULL));
    return true;
}

JsonNode *rdl_ledger_accuracy(rdl_ledger *ledger, const char *sample_id, double level,
                              GError **error)
{
    g_autoptr(JsonArray) all = json_array_new();

    if (!(level > 0.0 && level < 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--level %g: give a number between 0 and 1", level),
               NULL;
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT sample_id, what, at, by, seed, design FROM sample WHERE ?1 IS NULL OR sample_id = "
        "?1 ORDER BY seq",
        error);
    bool row = s != NULL;
    if (s)
        rdl_statement_text(s, 1, sample_id);
    while (row) {
        if (!rdl_statement_step(s, &row, error) ||
            (row && !tell_sample(ledger, s, level, all, error)))
            return NULL;
    }
    if (sample_id && s && json_array_get_length(all) == 0)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: no sample %s: redline task accuracy shows them",
                        rdl_ledger_path(ledger), sample_id),
               NULL;
    return s ? json_node_init_array(json_node_alloc(), all) : NULL;
}
