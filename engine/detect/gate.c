#include "detect/gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERATED 0.5 /* pixels between the scenes */
#define TOO_FAR 5.0
#define SEASON_DAYS 45
#define LIKENESS_LEAST 0.3
#define SUN_DEGREES 15.0
#define LEVELS_APART 1.0 /* standard deviations */
#define CLEAR_LEAST 0.5  /* share */
#define CLEAR_REFUSED 0.02
#define CLOUD_MOST 0.005   /* share of a scene that looks like cloud */
#define LINES_MOST 0.001   /* share of a scene in lines that are 0 in one band */
#define BLANK_MOST 0.01    /* share of a scene that is 0 or saturated in every band */
#define DARK_BELOW (-0.03) /* reflectance: an offset was taken off twice */
#define NUMBER_UNIT 1e-4   /* reflectance of one unit in numbers as Sentinel-2 has them */

static const struct {
    rdl_gate_code code;
    const char *name;
} names[] = {{RDL_GATE_MISREGISTERED, "MISREGISTERED"},
             {RDL_GATE_ALIGN_UNSURE, "ALIGN_UNSURE"},
             {RDL_GATE_SEASON, "SEASON"},
             {RDL_GATE_UNLIKE, "UNLIKE"},
             {RDL_GATE_ROTATED, "ROTATED"},
             {RDL_GATE_UNREGISTERED, "UNREGISTERED"},
             {RDL_GATE_SUN, "SUN"},
             {RDL_GATE_OFFSET, "OFFSET"},
             {RDL_GATE_LEVELS, "LEVELS"},
             {RDL_GATE_ORTHO_FLAT, "ORTHO_FLAT"},
             {RDL_GATE_INCOMPLETE, "INCOMPLETE"},
             {RDL_GATE_CLOUDY, "CLOUDY"},
             {RDL_GATE_NULL_COLLAPSED, "NULL_COLLAPSED"},
             {RDL_GATE_BLANK, "BLANK"},
             {RDL_GATE_CLOUD_LIKE, "CLOUD_LIKE"}};

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

    if (!g->left.far && (!g->left.sure || far <= TOO_FAR))
        return true;
    return rdl_fail(error, RDL_ERROR_DATA, "%s: MISREGISTERED_FAR: lies %.1f pixels off %s: %s",
                    rdl_raster_path(rdl_pair_after(pair)->raster), far,
                    rdl_raster_path(rdl_pair_before(pair)->raster),
                    g->asked || g->left.far ? "register it first"
                                            : "give --align auto, or register it first");
}

static bool refuse_turned(const rdl_gate *g, const rdl_pair *pair, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    double half = 0.5 * hypot(grid->width, grid->height);
    double corner = half * hypot(g->found.turned * G_PI / 180.0, g->found.stretched);

    if (!(corner > TOO_FAR))
        return true;
    return rdl_fail(
        error, RDL_ERROR_DATA,
        "%s: ROTATED_FAR: is turned by %.2f degrees and stretched by %.2f%% against %s, "
        "%.1f pixels at the corner: rectify it with ground control points first",
        rdl_raster_path(rdl_pair_after(pair)->raster), g->found.turned, 100.0 * g->found.stretched,
        rdl_raster_path(rdl_pair_before(pair)->raster), corner);
}

/* ---- codes ---- */

static unsigned registration(const rdl_gate *g)
{
    bool silent = !g->found.sure && g->found.tiles > 0;

    if (isfinite(g->found.turned))
        return RDL_GATE_ROTATED;
    return (g->asked && !g->found.sure ? RDL_GATE_ALIGN_UNSURE : 0) |
           (!g->asked && silent ? RDL_GATE_UNREGISTERED : 0) |
           (g->left.sure && hypot(g->left.dx, g->left.dy) > TOLERATED ? RDL_GATE_MISREGISTERED : 0);
}

static double sun_of(const rdl_scene *scene)
{
    const char *text = rdl_raster_item(scene->raster, "SUN_ELEVATION");
    char *end;
    double value = text ? g_ascii_strtod(text, &end) : NAN;

    return text && end != text ? value : NAN;
}

/* Reflectance of a unit of what is read of the scene. */
static double unit_of(const rdl_scene *scene)
{
    double scale, offset;

    rdl_raster_scale(scene->raster, scene->bands[0], &scale, &offset);
    return scale != 1.0 || offset != 0.0 ? 1.0 : NUMBER_UNIT;
}

static bool offset_told(const rdl_scene *scene)
{
    const char *text = rdl_raster_item(scene->raster, "ADD_OFFSET");

    return text && g_ascii_strtod(text, NULL) != 0.0;
}

static bool wide_numbers(const rdl_scene *scene)
{
    const char *type = rdl_raster_type(scene->raster, scene->bands[0]);

    return unit_of(scene) == 1.0 || strcmp(type, "UInt16") == 0 || strcmp(type, "Int16") == 0;
}

static bool doubtful_offset(const rdl_gate *g, const rdl_scene *before, const rdl_scene *after)
{
    const rdl_offset_view *v = &g->offset;

    return (wide_numbers(before) && wide_numbers(after) && v->step != 0.0) ||
           (offset_told(before) && v->darkest_before < DARK_BELOW) ||
           (offset_told(after) && v->darkest_after < DARK_BELOW);
}

static bool levels_apart(const rdl_levels *l)
{
    rdl_level_fit fit;
    int apart = 0, known = 0;

    for (int k = 0; k < l->bands; k++)
        if (rdl_levels_fit(l, k, &fit)) {
            known++;
            apart += fabs(fit.apart) > LEVELS_APART;
        }
    return 2 * apart > known;
}

static bool is_more(double share(const rdl_levels *, int), const rdl_gate *g)
{
    return share(&g->levels, 0) > BLANK_MOST || share(&g->levels, 1) > BLANK_MOST;
}

static unsigned radiometry(rdl_gate *g, const rdl_pair *pair, const rdl_gate_question *q)
{
    const rdl_scene *before = rdl_pair_before(pair), *after = rdl_pair_after(pair);

    g->sun[0] = sun_of(before);
    g->sun[1] = sun_of(after);
    g->offset = rdl_levels_offset(&g->levels, unit_of(before), unit_of(after));
    bool lines = rdl_levels_lines(&g->levels, 0) > LINES_MOST ||
                 rdl_levels_lines(&g->levels, 1) > LINES_MOST;
    bool gaps = lines || g->gaps[0] > 0.0 || g->gaps[1] > 0.0 || rdl_pair_dark_ground(pair);
    unsigned filled = gaps || is_more(rdl_levels_fill, g) ? RDL_GATE_BLANK : 0;
    if (q->radar)
        return filled;
    return filled | (fabs(g->sun[1] - g->sun[0]) > SUN_DEGREES ? RDL_GATE_SUN : 0) |
           (doubtful_offset(g, before, after) ? RDL_GATE_OFFSET : 0) |
           (is_more(rdl_levels_blank, g) ? RDL_GATE_BLANK : 0) |
           (q->levels_matter && levels_apart(&g->levels) ? RDL_GATE_LEVELS : 0);
}

static unsigned making(const rdl_pair *pair)
{
    const rdl_raster *scenes[] = {rdl_pair_before(pair)->raster, rdl_pair_after(pair)->raster};
    unsigned codes = 0;

    for (int i = 0; i < 2; i++) {
        bool flat;
        rdl_raster_ortho(scenes[i], &flat);
        codes |= (flat ? RDL_GATE_ORTHO_FLAT : 0) |
                 (rdl_raster_missing(scenes[i]) ? RDL_GATE_INCOMPLETE : 0);
    }
    return codes;
}

static bool measure(rdl_gate *g, rdl_pair *pair, int threads, const rdl_progress *progress,
                    GError **error)
{
    if (g->asked)
        return rdl_align(pair, threads, progress, &g->found, &g->left, &g->levels, error);
    if (!rdl_align_measure(pair, true, threads, progress, &g->found, &g->levels, error))
        return false;
    g->left = g->found;
    return true;
}

/* Are there gaps of zeros? Then they are dropped. */
static bool drop_gaps(rdl_gate *g, rdl_pair *pair)
{
    bool any = false;

    for (int date = 0; date < 2; date++) {
        g->gaps[date] = rdl_levels_gaps(&g->levels, date);
        if (g->gaps[date] > 0.0) {
            rdl_pair_drop_zeros(pair, date);
            any = true;
        }
    }
    if (any)
        rdl_pair_shift(pair, 0.0, 0.0);
    return any;
}

bool rdl_gate_pass(rdl_gate *g, rdl_pair *pair, const rdl_gate_question *q, int threads,
                   const rdl_progress *progress, GError **error)
{
    *g = (rdl_gate){.asked = q->align, .radar = q->radar, .cloud_like = {NAN, NAN}, .clear = NAN};
    if (!measure(g, pair, threads, progress, error) ||
        (drop_gaps(g, pair) && !measure(g, pair, threads, progress, error)))
        return false;
    g->corrected = q->align && rdl_shift_counts(&g->found);
    g->codes = registration(g) | radiometry(g, pair, q) | making(pair);
    if (season_apart(q->date_before, q->date_after) > SEASON_DAYS)
        g->codes |= RDL_GATE_SEASON;
    if (g->left.likeness < LIKENESS_LEAST)
        g->codes |= RDL_GATE_UNLIKE;
    return refuse_turned(g, pair, error) && refuse_far(g, pair, error);
}

void rdl_gate_cloud(rdl_gate *g, const double share[2])
{
    for (int date = 0; date < 2; date++) {
        g->cloud_like[date] = share[date];
        if (share[date] > CLOUD_MOST)
            g->codes |= RDL_GATE_CLOUD_LIKE;
    }
}

bool rdl_gate_clear(rdl_gate *g, gint64 observed, gint64 inside, GError **error)
{
    g->clear = inside > 0 ? (double)observed / (double)inside : 0.0;
    if (g->clear < CLEAR_LEAST)
        g->codes |= RDL_GATE_CLOUDY;
    return g->clear >= CLEAR_REFUSED ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "CLEAR_TOO_LITTLE: only %.1f%% of the area of interest are observed on both "
                    "dates: take another pair, or a smaller --aoi",
                    100.0 * g->clear);
}

/* ---- in words ---- */

static void say(GPtrArray *to, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(GPtrArray *to, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(to, rdl_message_remember(format, args));
    va_end(args);
}

static void explain_registration(const rdl_gate *g, GPtrArray *to)
{
    if (g->codes & RDL_GATE_MISREGISTERED)
        say(to, "the scenes lie %.2f pixels apart%s", hypot(g->left.dx, g->left.dy),
            g->asked ? " after correction" : ": --align auto may help");
    if (g->codes & RDL_GATE_ALIGN_UNSURE)
        say(to, "the scenes are not aligned: %d of %d tiles agree on a shift", g->found.used,
            g->found.tiles);
    if (g->codes & RDL_GATE_UNREGISTERED)
        say(to, "how the scenes lie to each other is not known: %d of %d tiles agree on a shift",
            g->found.used, g->found.tiles);
    if (g->codes & RDL_GATE_ROTATED)
        say(to,
            "the scene after is turned by %.3f degrees and stretched by %.3f%%: edges will look "
            "changed towards the corners; rectify it with ground control points",
            g->found.turned, 100.0 * g->found.stretched);
}

static void explain_offset(const rdl_gate *g, const rdl_pair *pair, GPtrArray *to)
{
    const rdl_scene *scenes[] = {rdl_pair_before(pair), rdl_pair_after(pair)};
    const double dark[] = {g->offset.darkest_before, g->offset.darkest_after};

    if (g->offset.step != 0.0)
        say(to,
            "%s lies %.2f %s %s in every band, as if the offset of Sentinel-2's processing "
            "baseline 04.00 (-1000) were taken off one of them only: give both as they came, with "
            "their metadata, or both harmonised",
            rdl_raster_path(scenes[1]->raster), fabs(g->offset.step),
            g->offset.step > 0 ? "above" : "below", rdl_raster_path(scenes[0]->raster));
    for (int i = 0; i < 2; i++)
        if (offset_told(scenes[i]) && dark[i] < DARK_BELOW)
            say(to,
                "%s: its metadata tell of an offset of %s, and with it the darkest ground has a "
                "reflectance of %.2f: the images look harmonised already",
                rdl_raster_path(scenes[i]->raster),
                rdl_raster_item(scenes[i]->raster, "ADD_OFFSET"), dark[i]);
}

static void explain_blank(const rdl_gate *g, const rdl_pair *pair, GPtrArray *to)
{
    const rdl_scene *scenes[] = {rdl_pair_before(pair), rdl_pair_after(pair)};

    for (int i = 0; i < 2; i++) {
        if (g->gaps[i] > 0.0)
            say(to,
                "%s: %.1f%% of what was looked at is 0 in every band, in gaps that nothing marks: "
                "taken as not observed",
                rdl_raster_path(scenes[i]->raster), 100.0 * g->gaps[i]);
        if (rdl_levels_lines(&g->levels, i) > LINES_MOST)
            say(to,
                "%s: %.1f%% of what was looked at lies in lines of 0 in one band: lost ones; they "
                "look changed: leave the band out with --bands, or mask them",
                rdl_raster_path(scenes[i]->raster), 100.0 * rdl_levels_lines(&g->levels, i));
        if (rdl_levels_fill(&g->levels, i) > BLANK_MOST)
            say(to,
                "%s: %.0f%% of what was looked at is one number below -99 in every band: gaps that "
                "nothing marks; say so with nodata or a mask",
                rdl_raster_path(scenes[i]->raster), 100.0 * rdl_levels_fill(&g->levels, i));
        if (!g->radar && rdl_levels_blank(&g->levels, i) > BLANK_MOST)
            say(to,
                "%s: %.0f%% of what was looked at is 0 or saturated in every band: gaps or cloud "
                "that nothing marks; say so with nodata or a mask",
                rdl_raster_path(scenes[i]->raster), 100.0 * rdl_levels_blank(&g->levels, i));
    }
}

static void explain_making(const rdl_pair *pair, GPtrArray *to)
{
    const rdl_raster *scenes[] = {rdl_pair_before(pair)->raster, rdl_pair_after(pair)->raster};

    for (int i = 0; i < 2; i++) {
        bool flat;
        const char *how = rdl_raster_ortho(scenes[i], &flat);
        if (flat)
            say(to,
                "%s: laid on the ground by %s, without a DEM: hills lie where they do not belong; "
                "give --dem",
                rdl_raster_path(scenes[i]), how);
        if (rdl_raster_missing(scenes[i]))
            say(to, "%s: its metadata tell of %s, which are not there", rdl_raster_path(scenes[i]),
                rdl_raster_missing(scenes[i]));
    }
}

void rdl_gate_explain(const rdl_gate *g, const rdl_pair *pair, GPtrArray *to)
{
    explain_registration(g, to);
    if (g->codes & RDL_GATE_SEASON)
        say(to, "the scenes are of different seasons: what grows looks changed");
    if (g->codes & RDL_GATE_UNLIKE)
        say(to, "no band of one scene looks like that of the other (correlation %.2f)",
            g->left.likeness);
    if (g->codes & RDL_GATE_SUN)
        say(to, "the sun stood at %.0f degrees and at %.0f: shadows look changed", g->sun[0],
            g->sun[1]);
    if (g->codes & RDL_GATE_OFFSET)
        explain_offset(g, pair, to);
    if (g->codes & RDL_GATE_LEVELS)
        say(to, "one scene is much brighter than the other: normalise it first, or take irmad");
    if (g->codes & RDL_GATE_BLANK)
        explain_blank(g, pair, to);
    explain_making(pair, to);
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
    if (isfinite(s->turned)) {
        set_rounded(object, "turned_degrees", s->turned);
        set_rounded(object, "stretched_percent", 100.0 * s->stretched);
    }
    return object;
}

static JsonArray *levels_json(const rdl_levels *l)
{
    JsonArray *array = json_array_new();
    rdl_level_fit fit;

    for (int k = 0; k < l->bands; k++) {
        JsonObject *band = json_object_new();
        bool known = rdl_levels_fit(l, k, &fit);
        set_rounded(band, "slope", known ? fit.slope : NAN);
        set_rounded(band, "intercept", known ? fit.intercept : NAN);
        set_rounded(band, "correlation", known ? fit.correlation : NAN);
        json_array_add_object_element(array, band);
    }
    return array;
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
    set_rounded(o, "sun_elevation_before", g->sun[0]);
    set_rounded(o, "sun_elevation_after", g->sun[1]);
    set_rounded(o, "clear_share", g->clear);
    json_object_set_array_member(o, "radiometric_fit", levels_json(&g->levels));
    set_rounded(o, "cloud_like_before", g->cloud_like[0]);
    set_rounded(o, "cloud_like_after", g->cloud_like[1]);
    set_rounded(o, "blank_before", rdl_levels_blank(&g->levels, 0));
    set_rounded(o, "blank_after", rdl_levels_blank(&g->levels, 1));
    return json_node_init_object(json_node_alloc(), o);
}
