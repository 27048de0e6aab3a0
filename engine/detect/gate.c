#include "detect/gate.h"

#include <math.h>
#include <stdlib.h>

#define TOLERATED 0.5 /* pixels between the scenes */
#define TOO_FAR 5.0
#define SEASON_DAYS 45
#define LIKENESS_LEAST 0.3

static const struct {
    rdl_gate_code code;
    const char *name;
} names[] = {{RDL_GATE_MISREGISTERED, "MISREGISTERED"},
             {RDL_GATE_ALIGN_UNSURE, "ALIGN_UNSURE"},
             {RDL_GATE_SEASON, "SEASON"},
             {RDL_GATE_UNLIKE, "UNLIKE"}};

/* Days between two dates within the circle of a year; 0 where one is unknown. */
static int season_apart(const char *before, const char *after)
{
    rdl_day first, second;

    if (!before || !after || !rdl_day_parse(before, &first, NULL) ||
        !rdl_day_parse(after, &second, NULL))
        return 0;
    int apart = (int)fmod(fabs((double)second - (double)first), 365.2425);
    return MIN(apart, 365 - apart);
}

static bool refuse_far(const rdl_gate *g, const rdl_pair *pair, GError **error)
{
    double far = hypot(g->left.dx, g->left.dy);

    if (!g->left.sure || far <= TOO_FAR)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA, "%s: MISREGISTERED_FAR: lies %.1f pixels off %s: %s",
                    rdl_raster_path(rdl_pair_after(pair)->raster), far,
                    rdl_raster_path(rdl_pair_before(pair)->raster),
                    g->asked ? "register it first" : "give --align auto, or register it first");
}

bool rdl_gate_pass(rdl_gate *g, rdl_pair *pair, bool align, const char *before, const char *after,
                   int threads, const rdl_progress *progress, GError **error)
{
    *g = (rdl_gate){.asked = align};
    if (align ? !rdl_align(pair, threads, progress, &g->found, &g->left, error)
              : !rdl_align_measure(pair, true, threads, progress, &g->found, error))
        return false;
    if (!align)
        g->left = g->found;
    g->corrected = align && rdl_shift_counts(&g->found);
    if (align && !g->found.sure)
        g->codes |= RDL_GATE_ALIGN_UNSURE;
    if (g->left.sure && hypot(g->left.dx, g->left.dy) > TOLERATED)
        g->codes |= RDL_GATE_MISREGISTERED;
    if (season_apart(before, after) > SEASON_DAYS)
        g->codes |= RDL_GATE_SEASON;
    if (g->left.likeness < LIKENESS_LEAST)
        g->codes |= RDL_GATE_UNLIKE;
    return refuse_far(g, pair, error);
}

char *rdl_gate_text(const rdl_gate *g)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g->codes & names[i].code)
            g_string_append_printf(text, "%s%s", text->len ? ";" : "", names[i].name);
    if (!text->len)
        g_string_append(text, "PASS");
    return g_string_free(text, FALSE);
}

/* To a thousandth: more would be the noise of a processor. */
static void set_rounded(JsonObject *object, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(object, name, round(value * 1e3) / 1e3 + 0.0);
    else
        json_object_set_null_member(object, name);
}

static JsonObject *shift_json(const rdl_shift *s)
{
    JsonObject *object = json_object_new();

    json_object_set_boolean_member(object, "sure", s->sure);
    set_rounded(object, "right", s->used ? s->dx : NAN);
    set_rounded(object, "down", s->used ? s->dy : NAN);
    set_rounded(object, "spread", s->used ? s->spread : NAN);
    json_object_set_int_member(object, "tiles", s->tiles);
    json_object_set_int_member(object, "agree", s->used);
    return object;
}

JsonNode *rdl_gate_json(const rdl_gate *g)
{
    g_autoptr(JsonObject) o = json_object_new();
    JsonArray *codes = json_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g->codes & names[i].code)
            json_array_add_string_element(codes, names[i].name);
    json_object_set_string_member(o, "verdict", g->codes ? "downgrade" : "pass");
    json_object_set_array_member(o, "codes", codes);
    json_object_set_boolean_member(o, "aligned", g->corrected);
    json_object_set_object_member(o, "shift", shift_json(&g->found));
    json_object_set_object_member(o, "residual", shift_json(&g->left));
    set_rounded(o, "likeness", g->left.likeness);
    return json_node_init_object(json_node_alloc(), o);
}
