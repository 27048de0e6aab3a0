#include "rectify/wetland.h"

#include <math.h>
#include <string.h>
#include "rectify/moving.h"
#include "screen/screen.h"

enum { BEFORE, LATER, DATES };

/* Lists of the pack. RETURNED and BARRIER are no wetland either. */
enum { WETLAND, RETURNED, BARRIER, OTHER, LISTS };
static const char *const list_names[LISTS] = {"wetland", "returned", "barrier", "other"};

struct rdl_wetland {
    GHashTable *lists;       /* class -> list + 1 */
    GPtrArray *lands[DATES]; /* of rdl_land */
    rdl_crs *crs;
    rdl_measure *measure;
    double error_m;
};

/* A ground in metres about its middle. */
typedef struct {
    rdl_wetland *w;
    double x, y, mx, my;
    rdl_geometry *ground, *wide; /* wide: what outlines may be off is still in it */
} view;

/* What a date declares, each of polygons in the view; may be empty. */
typedef struct {
    rdl_geometry *of[LISTS];
    rdl_geometry *dry; /* all that is no wetland */
} declared;

void rdl_wetland_free(rdl_wetland *w)
{
    if (!w)
        return;
    for (int date = 0; date < DATES; date++)
        g_clear_pointer(&w->lands[date], g_ptr_array_unref);
    g_clear_pointer(&w->lists, g_hash_table_unref);
    rdl_measure_free(w->measure);
    rdl_crs_unref(w->crs);
    g_free(w);
}

/* ---- the pack's lists and the layers ---- */

static bool know_lists(rdl_wetland *w, rdl_ledger *ledger, GError **error)
{
    JsonObject *pack = rdl_ledger_pack(ledger, error);
    JsonObject *lists = pack ? rdl_json_object(pack, "wetland") : NULL;

    w->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; lists && i < LISTS; i++) {
        JsonArray *classes = json_object_has_member(lists, list_names[i])
                                 ? json_object_get_array_member(lists, list_names[i])
                                 : NULL;
        for (guint k = 0; classes && k < json_array_get_length(classes); k++)
            g_hash_table_insert(w->lists, g_strdup(json_array_get_string_element(classes, k)),
                                GINT_TO_POINTER(i + 1));
    }
    return g_hash_table_size(w->lists) > 0 || !pack ||
           rdl_fail(error, RDL_ERROR_DATA, "the ledger's pack does not say which land is wetland");
}

static bool know_classes(const rdl_wetland *w, const char *path, const GPtrArray *lands,
                         GError **error)
{
    for (guint i = 0; i < lands->len; i++) {
        const rdl_land *land = lands->pdata[i];
        if (!g_hash_table_contains(w->lists, land->class))
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: class '%s' is in no list of the pack (pack.yaml, wetland)", path,
                            land->class);
    }
    return true;
}

static bool read_layers(rdl_wetland *w, const rdl_verify_land *land, rdl_tally *tally,
                        GError **error)
{
    static const char *const items[DATES] = {"verify.land_before", "verify.land_later"};
    const char *const paths[DATES] = {land->before, land->later};
    rdl_intake intake = {
        .target = rdl_crs_ref(w->crs), .tally = tally, .rejections = rdl_rejections_new()};
    bool good = true;

    for (int date = 0; good && date < DATES; date++) {
        const rdl_source source = {paths[date], land->profile};
        w->lands[date] = rdl_lands_new();
        good = rdl_lands_read(&intake, items[date], &source, w->lands[date], error) &&
               know_classes(w, paths[date], w->lands[date], error);
    }
    g_array_unref(intake.rejections);
    rdl_intake_clear(&intake);
    return good;
}

rdl_wetland *rdl_wetland_open(rdl_ledger *ledger, const rdl_verify_land *land, rdl_tally *tally,
                              GError **error)
{
    g_autoptr(rdl_wetland) w = g_new0(rdl_wetland, 1);

    w->error_m = land->error_m;
    if (!know_lists(w, ledger, error) || !(w->crs = rdl_crs_parse(ledger->crs, error)) ||
        !(w->measure = rdl_measure_new(w->crs, error)) || !read_layers(w, land, tally, error))
        return NULL;
    return g_steal_pointer(&w);
}

/* ---- overlays; each takes NULL for a failure before, and hands it on ---- */

typedef rdl_geometry *(*overlay_fn)(const rdl_geometry *a, const rdl_geometry *b, GError **error);

static rdl_geometry *laid(overlay_fn overlay, const rdl_geometry *a, const rdl_geometry *b,
                          GError **error)
{
    return a && b ? overlay(a, b, error) : NULL;
}

static void replace(rdl_geometry **g, rdl_geometry *take_by)
{
    rdl_geometry_free(*g);
    *g = take_by;
}

static rdl_geometry *shrunk(const view *v, const rdl_geometry *g, GError **error)
{
    double e = v->w->error_m;

    return !g ? NULL : rdl_geometry_buffer(g, e > 0.0 && !rdl_geometry_empty(g) ? -e : 0.0, error);
}

/* Area on the ellipsoid of what of `g` is in the ground. */
static bool area_of(const view *v, const rdl_geometry *g, double *m2, GError **error)
{
    g_autoptr(rdl_geometry) inside = laid(rdl_geometry_intersection, g, v->ground, error);
    g_autoptr(rdl_geometry) back = inside
                                       ? rdl_geometry_scaled(inside, -v->x * v->mx, -v->y * v->my,
                                                             1.0 / v->mx, 1.0 / v->my, error)
                                       : NULL;

    *m2 = 0.0;
    return back && rdl_measure_area(v->w->measure, back, m2, error);
}

static bool area_in_both(const view *v, const rdl_geometry *a, const rdl_geometry *b, double *m2,
                         GError **error)
{
    g_autoptr(rdl_geometry) both = laid(rdl_geometry_intersection, a, b, error);

    return area_of(v, both, m2, error);
}

static bool area_in_neither(const view *v, const rdl_geometry *a, const rdl_geometry *b, double *m2,
                            GError **error)
{
    g_autoptr(rdl_geometry) all = laid(rdl_geometry_union, a, b, error);
    g_autoptr(rdl_geometry) rest = laid(rdl_geometry_difference, v->ground, all, error);

    return area_of(v, rest, m2, error);
}

/* ---- what is declared ---- */

static void declared_clear(declared *d)
{
    for (int i = 0; i < LISTS; i++)
        g_clear_pointer(&d->of[i], rdl_geometry_free);
    g_clear_pointer(&d->dry, rdl_geometry_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(declared, declared_clear)

static bool add_land(const view *v, const rdl_land *land, declared *d, bool *any, GError **error)
{
    g_autoptr(rdl_geometry) all = rdl_geometry_from_wkb(g_bytes_get_data(land->wkb, NULL),
                                                        g_bytes_get_size(land->wkb), error);
    g_autoptr(rdl_geometry) here =
        all ? rdl_geometry_scaled(all, v->x, v->y, v->mx, v->my, error) : NULL;
    g_autoptr(rdl_geometry) piece = laid(rdl_geometry_intersection, here, v->wide, error);
    int list = GPOINTER_TO_INT(g_hash_table_lookup(v->w->lists, land->class)) - 1;

    if (!piece)
        return false;
    *any |= !rdl_geometry_empty(piece);
    replace(&d->of[list], laid(rdl_geometry_union, d->of[list], piece, error));
    return d->of[list] != NULL;
}

/* What is declared as wetland and as something else is neither. */
static bool settle(declared *d, GError **error)
{
    d->dry = laid(rdl_geometry_union, d->of[RETURNED], d->of[BARRIER], error);
    replace(&d->dry, laid(rdl_geometry_union, d->dry, d->of[OTHER], error));
    g_autoptr(rdl_geometry) both = laid(rdl_geometry_intersection, d->of[WETLAND], d->dry, error);
    for (int i = 0; i < LISTS; i++)
        replace(&d->of[i], laid(rdl_geometry_difference, d->of[i], both, error));
    replace(&d->dry, laid(rdl_geometry_difference, d->dry, both, error));
    return d->dry && d->of[WETLAND] && d->of[RETURNED] && d->of[BARRIER];
}

static bool gather(const view *v, int date, rdl_box box, declared *d, bool *any, GError **error)
{
    for (int i = 0; i < LISTS; i++)
        if (!(d->of[i] = rdl_geometry_from_wkt("POLYGON EMPTY", error)))
            return false;
    for (guint i = 0; i < v->w->lands[date]->len; i++) {
        const rdl_land *land = v->w->lands[date]->pdata[i];
        if (rdl_box_meets(land->box, box) && !add_land(v, land, d, any, error))
            return false;
    }
    return settle(d, error);
}

/* ---- gain and loss ---- */

typedef struct {
    double before, later, gain, loss, least_gain, least_loss, most_gain, most_loss, returned,
        barrier, undeclared;
} areas;

static bool bound(const view *v, const declared d[DATES], areas *a, GError **error)
{
    g_autoptr(rdl_geometry) wet0 = shrunk(v, d[BEFORE].of[WETLAND], error);
    g_autoptr(rdl_geometry) wet1 = shrunk(v, d[LATER].of[WETLAND], error);
    g_autoptr(rdl_geometry) dry0 = shrunk(v, d[BEFORE].dry, error);
    g_autoptr(rdl_geometry) dry1 = shrunk(v, d[LATER].dry, error);

    return area_in_both(v, wet1, dry0, &a->least_gain, error) &&
           area_in_both(v, wet0, dry1, &a->least_loss, error) &&
           area_in_neither(v, dry1, wet0, &a->most_gain, error) &&
           area_in_neither(v, dry0, wet1, &a->most_loss, error);
}

static bool undeclared(const view *v, const declared d[DATES], areas *a, GError **error)
{
    g_autoptr(rdl_geometry) before =
        laid(rdl_geometry_union, d[BEFORE].of[WETLAND], d[BEFORE].dry, error);
    g_autoptr(rdl_geometry) later =
        laid(rdl_geometry_union, d[LATER].of[WETLAND], d[LATER].dry, error);
    g_autoptr(rdl_geometry) both = laid(rdl_geometry_intersection, before, later, error);
    g_autoptr(rdl_geometry) rest = laid(rdl_geometry_difference, v->ground, both, error);
    g_autoptr(rdl_geometry) dykes =
        laid(rdl_geometry_difference, d[LATER].of[BARRIER], d[BEFORE].of[BARRIER], error);

    return area_of(v, rest, &a->undeclared, error) && area_of(v, dykes, &a->barrier, error);
}

static bool add_up(const view *v, const declared d[DATES], areas *a, GError **error)
{
    const rdl_geometry *wet0 = d[BEFORE].of[WETLAND], *wet1 = d[LATER].of[WETLAND];

    return area_of(v, wet0, &a->before, error) && area_of(v, wet1, &a->later, error) &&
           area_in_both(v, wet1, d[BEFORE].dry, &a->gain, error) &&
           area_in_both(v, wet0, d[LATER].dry, &a->loss, error) &&
           area_in_both(v, d[BEFORE].of[RETURNED], wet1, &a->returned, error) &&
           bound(v, d, a, error) && undeclared(v, d, a, error);
}

static JsonObject *told(const areas *a, double error_m)
{
    const struct {
        const char *name;
        double m2;
    } members[] = {{"before_m2", a->before},
                   {"later_m2", a->later},
                   {"gain_m2", a->gain},
                   {"loss_m2", a->loss},
                   {"net_m2", a->gain - a->loss},
                   {"net_min_m2", a->least_gain - a->most_loss},
                   {"net_max_m2", a->most_gain - a->least_loss},
                   {"returned_m2", a->returned},
                   {"barrier_m2", a->barrier},
                   {"undeclared_m2", a->undeclared},
                   {"error_m", error_m}};
    JsonObject *o = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        rdl_json_set_real(o, members[i].name, round(members[i].m2 * 100.0) / 100.0 + 0.0);
    return o;
}

static bool look(view *v, const rdl_geometry *ground, rdl_box box, JsonObject **o, GError **error)
{
    g_auto(declared) before = {0}, later = {0};
    bool any = false;
    areas a = {0};

    v->ground = rdl_geometry_scaled(ground, v->x, v->y, v->mx, v->my, error);
    v->wide = v->ground ? rdl_geometry_buffer(v->ground, 2.0 * v->w->error_m, error) : NULL;
    if (!v->wide || !gather(v, BEFORE, box, &before, &any, error) ||
        !gather(v, LATER, box, &later, &any, error))
        return false;
    const declared both[DATES] = {before, later}; /* lent */
    if (!any)
        return true;
    if (!add_up(v, both, &a, error))
        return false;
    *o = told(&a, v->w->error_m);
    return true;
}

bool rdl_wetland_measure(rdl_wetland *w, const rdl_geometry *ground, JsonObject **o, GError **error)
{
    rdl_box box = rdl_geometry_box(ground);
    view v = {.w = w, .x = (box.xmin + box.xmax) / 2.0, .y = (box.ymin + box.ymax) / 2.0};

    *o = NULL;
    if (!rdl_measure_scale(w->measure, v.x, v.y, &v.mx, &v.my, error))
        return false;
    double far_x = 2.0 * w->error_m / v.mx, far_y = 2.0 * w->error_m / v.my;
    box = (rdl_box){box.xmin - far_x, box.ymin - far_y, box.xmax + far_x, box.ymax + far_y};
    bool good = look(&v, ground, box, o, error);
    rdl_geometry_free(v.ground);
    rdl_geometry_free(v.wide);
    return good;
}
