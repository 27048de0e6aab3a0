/* The overlay and the edge tests against the published answers of the JTS and GEOS suites, read
 * from the shared data beside the project: pairs of polygons, their intersection, what is left,
 * predicates. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "screen/overlay.h"
#include "suite.h"

#define TOLERANCE 1e-9 /* of the larger area */

/* ---- reading the XML ---- */

typedef struct {
    GString *text; /* of the element at hand */
    char *a, *b;   /* of the case */
    char *op, *arg1, *arg2;
    int overlays, lies, validities, wrong; /* checked */
    const char *file;
} parsing;

static rdl_geometry *geometry(const char *text)
{
    g_autofree char *plain = g_strstrip(g_strdup(text ? text : ""));
    size_t n = strlen(plain) / 2;

    if (!g_ascii_isxdigit(*plain) || !g_ascii_isxdigit(plain[1]))
        return *plain ? rdl_geometry_from_wkt(plain, NULL) : NULL;
    g_autofree guint8 *wkb = g_malloc(n + 1);
    for (size_t i = 0; i < n; i++)
        wkb[i] = (guint8)(g_ascii_xdigit_value(plain[2 * i]) << 4 |
                          g_ascii_xdigit_value(plain[2 * i + 1]));
    return rdl_geometry_from_wkb(wkb, n, NULL);
}

static bool valid_polygons(const rdl_geometry *g)
{
    bool valid = false;

    return g && !rdl_geometry_empty(g) && rdl_geometry_dimension(g) == 2 &&
           rdl_geometry_valid(g, &valid, NULL, NULL) && valid;
}

static GBytes *one_form(const rdl_geometry *g)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
    size_t n = g_bytes_get_size(wkb);
    guint8 *bytes = g_memdup2(g_bytes_get_data(wkb, NULL), n);

    rdl_wkb_canonical(bytes, &n);
    return g_bytes_new_take(bytes, n);
}

static void complain(parsing *p, const char *what, double got, double want)
{
    p->wrong++;
    printf("\n    %s, %s: %.17g, not %.17g\n    A %s\n    B %s", p->file, what, got, want, p->a,
           p->b);
}

/* ---- A laid over B ---- */

static const rdl_zone_class any_class = {.zone = "Z", .family = "Z", .priority = 1};

/* Plane areas of the part and of what is left; false where the overlay could not be made. */
static bool lay(const rdl_geometry *a, const rdl_geometry *b, double *part)
{
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:6933", NULL);
    g_autoptr(GPtrArray) zones = g_ptr_array_new();
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(GArray) parts = rdl_parts_new();
    g_autoptr(rdl_arena) arena = rdl_arena_new();
    g_autoptr(GBytes) wkb_a = one_form(a), wkb_b = one_form(b);
    const rdl_overlay_options options = {.boundary_error_m = 1, .pos_error_m = 1};
    rdl_zone zone = {
        .zone_id = (char *)"Z", .class = &any_class, .boundary_error_m = NAN, .wkb = wkb_b};
    rdl_footprint f = {.fp_id = (char *)"F",
                       .pos_error_m = NAN,
                       .wkb = {g_bytes_get_data(wkb_a, NULL), g_bytes_get_size(wkb_a)}};
    rdl_balance balance;
    size_t first = 0;
    GError *error = NULL;

    g_ptr_array_add(zones, &zone);
    g_array_append_val(candidates, first);
    rdl_overlay *overlay = rdl_overlay_new(crs, zones, &options, &error);
    bool good = rdl_overlay_run(overlay, &f, candidates, arena, parts, &balance, &error);
    *part = 0.0;
    for (guint i = 0; good && i < parts->len; i++) {
        const rdl_part *p = &g_array_index(parts, rdl_part, i);
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(p->wkb.bytes, p->wkb.n, NULL);
        *part += rdl_geometry_plane_area(g);
        CHECK(p->min_m2 <= p->area_m2 && p->area_m2 <= p->max_m2);
        CHECK(p->max_m2 <= balance.whole_m2 * (1 + 1e-12));
    }
    if (good)
        CHECK_NEAR(balance.residual_m2, 0, 1e-6 * balance.whole_m2);
    g_clear_error(&error);
    rdl_overlay_free(overlay);
    for (guint i = 0; i < zones->len; i++)
        rdl_zone_drop_border(zones->pdata[i]);
    return good;
}

static bool on_the_plane(const rdl_geometry *g)
{
    rdl_box box = rdl_geometry_box(g);

    return fmax(fabs(box.xmin), fabs(box.xmax)) < 1.7e7 &&
           fmax(fabs(box.ymin), fabs(box.ymax)) < 7.2e6;
}

static void check_overlay(parsing *p, const rdl_geometry *a, const rdl_geometry *b,
                          const char *expected, bool difference)
{
    g_autoptr(rdl_geometry) want = geometry(expected);
    double part, whole = rdl_geometry_plane_area(a), tolerance;

    if (!want || !on_the_plane(a) || !on_the_plane(b))
        return;
    tolerance = TOLERANCE * fmax(whole, rdl_geometry_plane_area(b));
    double area = rdl_geometry_plane_area(want);
    p->overlays++;
    if (!lay(a, b, &part))
        complain(p, "overlay", NAN, area);
    else if (!difference && fabs(part - area) > tolerance)
        complain(p, "intersection", part, area);
    else if (difference && fabs(whole - part - area) > tolerance)
        complain(p, "difference", whole - part, area);
}

/* ---- predicates ---- */

/* What the edges say of `f` in `zone` must agree with a published predicate of the two. */
static void check_lie(parsing *p, const rdl_geometry *zone, const rdl_geometry *f, bool covers,
                      bool intersects, bool of_covers)
{
    g_autoptr(GBytes) wkb_z = one_form(zone), wkb_f = one_form(f);
    g_autoptr(rdl_border) z = rdl_border_new(), b = rdl_border_new();
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(rdl_edge));

    if (!rdl_border_set(z, g_bytes_get_data(wkb_z, NULL), g_bytes_get_size(wkb_z)) ||
        !rdl_border_set(b, g_bytes_get_data(wkb_f, NULL), g_bytes_get_size(wkb_f)))
        return;
    rdl_border_edges(z, rdl_geometry_box(f), edges);
    rdl_lie lie = rdl_border_lie(z, b, edges);
    bool good = of_covers ? (lie == RDL_LIE_WITHIN ? covers : lie == RDL_LIE_TOUCH || !covers)
                          : (lie != RDL_LIE_APART) == intersects;
    p->lies++;
    if (!good)
        complain(p, of_covers ? "covers" : "intersects", lie, of_covers ? covers : intersects);
}

static void check_validity(parsing *p, const char *text, bool want)
{
    g_autoptr(rdl_geometry) g = geometry(text);
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    rdl_box box;
    bool valid;

    if (!g || rdl_geometry_empty(g) || !rdl_geometry_valid(g, &valid, NULL, NULL))
        return;
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, NULL);
    p->validities++;
    bool plain = wkb && rdl_rings_of(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), rings) &&
                 rdl_rings_surely_valid(rings, &box);
    if (valid != want || (plain && !want))
        complain(p, "isValid", valid || plain, want);
    if (want || rdl_geometry_dimension(g) != 2)
        return;
    g_autoptr(rdl_geometry) mended = rdl_geometry_repair(g, NULL);
    if (mended && !(rdl_geometry_valid(mended, &valid, NULL, NULL) && valid))
        complain(p, "repair", 0, 1);
}

static const char *argument(const parsing *p, const char *name)
{
    return name && g_ascii_strcasecmp(name, "B") == 0 ? p->b : p->a;
}

static void check_op(parsing *p)
{
    g_autofree char *said = g_strstrip(g_strdup(p->text->str));
    bool yes = g_ascii_strcasecmp(said, "true") == 0;

    if (g_ascii_strcasecmp(p->op, "isValid") == 0) {
        check_validity(p, argument(p, p->arg1), yes);
        return;
    }
    g_autoptr(rdl_geometry) a = geometry(argument(p, p->arg1));
    g_autoptr(rdl_geometry) b = p->arg2 ? geometry(argument(p, p->arg2)) : NULL;
    if (!valid_polygons(a) || !valid_polygons(b))
        return;
    if (g_ascii_strncasecmp(p->op, "intersection", 12) == 0)
        check_overlay(p, a, b, said, false);
    else if (g_ascii_strncasecmp(p->op, "difference", 10) == 0)
        check_overlay(p, a, b, said, true);
    else if (g_ascii_strcasecmp(p->op, "covers") == 0)
        check_lie(p, a, b, yes, false, true);
    else if (g_ascii_strcasecmp(p->op, "intersects") == 0)
        check_lie(p, a, b, false, yes, false);
}

static void start_element(GMarkupParseContext *context, const char *name, const char **names,
                          const char **values, gpointer user, GError **error)
{
    parsing *p = user;

    (void)context;
    (void)error;
    g_string_truncate(p->text, 0);
    if (strcmp(name, "case") == 0) {
        g_clear_pointer(&p->a, g_free);
        g_clear_pointer(&p->b, g_free);
    }
    if (strcmp(name, "op") != 0)
        return;
    g_clear_pointer(&p->op, g_free);
    g_clear_pointer(&p->arg1, g_free);
    g_clear_pointer(&p->arg2, g_free);
    for (int i = 0; names[i]; i++) {
        char **into = strcmp(names[i], "name") == 0   ? &p->op
                      : strcmp(names[i], "arg1") == 0 ? &p->arg1
                      : strcmp(names[i], "arg2") == 0 ? &p->arg2
                                                      : NULL;
        if (into)
            *into = g_strdup(values[i]);
    }
}

static void end_element(GMarkupParseContext *context, const char *name, gpointer user,
                        GError **error)
{
    parsing *p = user;

    (void)context;
    (void)error;
    if (strcmp(name, "a") == 0)
        p->a = g_strdup(p->text->str);
    else if (strcmp(name, "b") == 0)
        p->b = g_strdup(p->text->str);
    else if (strcmp(name, "op") == 0 && p->op && p->a)
        check_op(p);
    g_string_truncate(p->text, 0);
}

static void some_text(GMarkupParseContext *context, const char *text, gsize n, gpointer user,
                      GError **error)
{
    (void)context;
    (void)error;
    g_string_append_len(((parsing *)user)->text, text, (gssize)n);
}

static void check_file(parsing *p, const char *path)
{
    static const GMarkupParser parser = {start_element, end_element, some_text, NULL, NULL};
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, p, NULL);
    g_autofree char *xml = NULL, *base = g_path_get_basename(path);
    gsize n;

    p->file = base;
    if (g_file_get_contents(path, &xml, &n, NULL))
        g_markup_parse_context_parse(context, xml, (gssize)n, NULL);
    g_markup_parse_context_free(context);
}

/* Rounded to a grid, or in curves: other questions than ours. */
static bool asks_ours(const char *name)
{
    return g_str_has_suffix(name, ".xml") && !strstr(name, "Prec") && !strstr(name, "Curve");
}

static void published_answers_hold(void)
{
    static const char *const folders[] = {"general", "validate", "issue"};
    const char *root = suite_shared("data/geos-xml-suite");
    parsing p = {.text = g_string_new(NULL)};

    for (size_t i = 0; root && i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(root, folders[i], NULL);
        GDir *dir = g_dir_open(folder, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            if (asks_ours(name))
                check_file(&p, path);
        }
        if (dir)
            g_dir_close(dir);
    }
    if (root) {
        printf("(%d overlays, %d predicates, %d validities) ", p.overlays, p.lies, p.validities);
        CHECK_INT(p.wrong, 0);
        CHECK(p.overlays > 50 && p.lies > 100 && p.validities > 100);
    } else {
        CHECK(true); /* suite_shared() has said that it is not there */
    }
    g_string_free(p.text, TRUE);
    g_free(p.a);
    g_free(p.b);
    g_free(p.op);
    g_free(p.arg1);
    g_free(p.arg2);
}

static CU_TestInfo tests[] = {
    {"published answers hold", published_answers_hold},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.overlay_suite", tests, argc, argv);
}
