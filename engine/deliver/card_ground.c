/* Zones and permits over a site, the balance of its ground, and its outline. */
#include <math.h>
#include <string.h>
#include "deliver/card_page.h"
#include "deliver/map_frame.h"
#include "deliver/words.h"

#define MOST_VERTICES 240

static const char *word(const rdl_card_page *card, const char *key)
{
    return rdl_card_word(card, key);
}

static void add(GPtrArray *cells, const char *text)
{
    g_ptr_array_add(cells, g_strdup(text));
}

static void add_take(GPtrArray *cells, char *text)
{
    g_ptr_array_add(cells, text);
}

static char *real_text(double value, int digits)
{
    return isnan(value) ? NULL : g_strdup_printf("%.*f", digits, value);
}

static rdl_geometry *site_ground(const rdl_card_page *card, GError **error)
{
    GBytes *wkb = card->task->wkb;

    return rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
}

static bool whole_area(const rdl_card_page *card, double *m2, GError **error)
{
    g_autoptr(rdl_measure) measure = rdl_measure_new(card->data->crs, error);
    g_autoptr(rdl_geometry) g = measure ? site_ground(card, error) : NULL;

    return g && rdl_measure_area(measure, g, m2, error);
}

static guint length(JsonArray *array)
{
    return array ? json_array_get_length(array) : 0;
}

/* ---- zones ---- */

/* What a table shows of areas, so that its lines add up (largest remainders). */
typedef struct {
    double *m2;                     /* own of each finding, then what is outside, to 0.01 m2 */
    double sum_m2, ha[2], whole_ha; /* in zones and outside */
    double mu[2], whole_mu;
} shown;

static void add_zone(const rdl_card_page *card, JsonObject *f, double own, GPtrArray *cells)
{
    rdl_ledger *ledger = card->data->ledger;
    const char *language = card->data->language, *zone = rdl_card_text(f, "zone");
    const char *name = rdl_card_text(f, "zone_name"), *severity = rdl_card_text(f, "severity");
    g_autofree char *low = real_text(rdl_card_number(f, "area_min_m2"), 2);
    g_autofree char *high = real_text(rdl_card_number(f, "area_max_m2"), 2);
    double share = rdl_card_number(f, "share");

    add(cells, name ? name : word(card, "beyond"));
    add(cells, rdl_word_of(ledger, RDL_WORDS_ZONE, zone, language));
    add_take(cells, real_text(rdl_card_number(f, "area_m2"), 2));
    add_take(cells, real_text(isnan(rdl_card_number(f, "area_own_m2")) ? NAN : own, 2));
    add_take(cells, low && high ? g_strdup_printf("%s–%s", low, high) : NULL);
    add_take(cells, isnan(share) ? NULL : g_strdup_printf("%.1f%%", share * 100.0));
    add_take(cells,
             g_strdup_printf(
                 "%s%s%s", rdl_word_in(ledger, "result", rdl_card_text(f, "result"), language),
                 severity ? " " : "", rdl_word_in(ledger, "severity", severity, language)));
    add(cells, rdl_card_text(f, "rule_id"));
}

static void add_sum(const rdl_card_page *card, const char *key, double m2, double whole, double ha,
                    double mu, GPtrArray *cells)
{
    add_take(cells, g_strconcat("*", word(card, key), NULL));
    add(cells, NULL);
    add(cells, NULL);
    add_take(cells, real_text(m2, 2));
    add_take(cells, g_strdup_printf(word(card, "ha_mu_form"), ha, mu));
    add_take(cells, whole > 0.0 ? g_strdup_printf("%.1f%%", m2 / whole * 100.0) : NULL);
    add(cells, NULL);
    add(cells, NULL);
}

static double own_of(JsonObject *f)
{
    double m2 = rdl_card_number(f, "area_own_m2");

    /* what lies in no zone is the remainder */
    return rdl_card_text(f, "zone_id") && !isnan(m2) ? m2 : 0.0;
}

static void show_in(const double *two, double whole, double unit_m2, double step, double *parts,
                    double *all)
{
    const double in_unit[] = {two[0] / unit_m2, two[1] / unit_m2};

    rdl_apportion(in_unit, 2, whole / unit_m2, step, parts);
    *all = parts[0] + parts[1];
}

/* `m2` has n own areas; their sum and what is outside make `whole`. */
static shown show_areas(double *m2, guint n, double whole)
{
    shown s = {.m2 = g_new(double, n + 1)};
    double own = 0.0;

    for (guint i = 0; i < n; i++)
        own += m2[i];
    m2[n] = MAX(0.0, whole - own);
    const double two[] = {own, m2[n]};
    rdl_apportion(m2, n + 1, own + m2[n], 0.01, s.m2);
    for (guint i = 0; i < n; i++)
        s.sum_m2 += s.m2[i];
    show_in(two, own + m2[n], RDL_HECTARE_M2, RDL_HECTARE_STEP, s.ha, &s.whole_ha);
    show_in(two, own + m2[n], RDL_MU_M2, RDL_MU_STEP, s.mu, &s.whole_mu);
    return s;
}

static void add_plain(const rdl_card_page *card, const char *key, double m2, double whole,
                      GPtrArray *cells)
{
    add_sum(card, key, m2, whole, m2 / RDL_HECTARE_M2, m2 / RDL_MU_M2, cells);
}

/* Several sources may count the same ground: shares are of the site's, each piece once. */
static void add_shared(const rdl_card_page *card, JsonArray *findings, double whole,
                       GPtrArray *cells)
{
    double own = 0.0, all = 0.0;

    for (guint i = 0; i < length(findings); i++) {
        JsonObject *f = json_array_get_object_element(findings, i);
        double m2 = rdl_card_number(f, "area_own_m2");
        add_zone(card, f, own_of(f), cells);
        own += own_of(f);
        all += isnan(m2) ? 0.0 : m2;
    }
    double twice = MAX(0.0, all - whole);
    add_plain(card, "sum_sources", own, 0.0, cells);
    add_plain(card, "twice", 0.0 - twice, 0.0, cells);
    if (!(all > own)) { /* else nobody knows where the ground that is counted twice lies */
        add_plain(card, "sum_once", own - twice, whole, cells);
        add_plain(card, "outside", MAX(0.0, whole - own + twice), whole, cells);
    }
    add_plain(card, "whole", whole, whole, cells);
}

/* A site of one source: its lines add up as they are shown. */
static void add_single(const rdl_card_page *card, JsonArray *findings, double whole,
                       GPtrArray *cells)
{
    guint n = length(findings);
    g_autofree double *m2 = g_new(double, n + 1);

    for (guint i = 0; i < n; i++)
        m2[i] = own_of(json_array_get_object_element(findings, i));
    shown s = show_areas(m2, n, whole);
    for (guint i = 0; i < n; i++)
        add_zone(card, json_array_get_object_element(findings, i), s.m2[i], cells);
    add_sum(card, "sum_own", s.sum_m2, whole, s.ha[0], s.mu[0], cells);
    add_sum(card, "outside", s.m2[n], whole, s.ha[1], s.mu[1], cells);
    add_sum(card, "whole", s.sum_m2 + s.m2[n], whole, s.whole_ha, s.whole_mu, cells);
    g_free(s.m2);
}

static bool write_zones(rdl_card_page *card, GError **error)
{
    const rdl_column columns[] = {
        {word(card, "zone_name"), 0.21, RDL_LEFT}, {word(card, "class"), 0.15, RDL_LEFT},
        {word(card, "overlap"), 0.105, RDL_RIGHT}, {word(card, "own"), 0.105, RDL_RIGHT},
        {word(card, "bounds"), 0.145, RDL_RIGHT},  {word(card, "share"), 0.075, RDL_RIGHT},
        {word(card, "result"), 0.125, RDL_LEFT},   {word(card, "rule"), 0.085, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    JsonArray *findings = rdl_card_array(card->chain, "findings");
    bool several = length(rdl_card_array(card->chain, "sources")) > 1;
    double whole;

    if (!whole_area(card, &whole, error))
        return false;
    (several ? add_shared : add_single)(card, findings, whole, cells);
    rdl_flow_head(&card->flow, word(card, "ground"), MIN(300.0, 70.0 + 22.0 * length(findings)));
    rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), cells);
    return true;
}

/* ---- permits ---- */

static bool named(JsonArray *findings, const char *permit_no)
{
    for (guint i = 0; findings && permit_no && i < json_array_get_length(findings); i++)
        if (g_strcmp0(rdl_card_text(json_array_get_object_element(findings, i), "permit_no"),
                      permit_no) == 0)
            return true;
    return false;
}

static void add_permit(const rdl_card_page *card, const rdl_map_permit *p, double m2,
                       GPtrArray *cells)
{
    const rdl_map_data *d = card->data;

    add(cells, p->permit_no);
    add(cells, p->authority);
    add(cells, p->holder);
    add(cells, rdl_word_of(d->ledger, RDL_WORDS_ACTIVITY, p->activity, d->language));
    add(cells, p->issued);
    add_take(cells, p->valid_from || p->valid_to
                        ? g_strdup_printf("%s – %s", p->valid_from ? p->valid_from : "",
                                          p->valid_to ? p->valid_to : "")
                        : NULL);
    add_take(cells, real_text(m2, 2));
}

static bool covered_area(const rdl_card_page *card, rdl_measure *measure, const rdl_geometry *site,
                         const rdl_map_permit *p, double *m2, GError **error)
{
    g_autoptr(rdl_geometry) scope =
        rdl_geometry_from_wkb(g_bytes_get_data(p->wkb, NULL), g_bytes_get_size(p->wkb), error);
    g_autoptr(rdl_geometry) both = scope ? rdl_geometry_intersection(site, scope, error) : NULL;

    (void)card;
    return both && rdl_measure_area(measure, both, m2, error);
}

static bool write_permits(rdl_card_page *card, GError **error)
{
    const rdl_column columns[] = {
        {word(card, "permit_no"), 0.17, RDL_LEFT}, {word(card, "authority"), 0.19, RDL_LEFT},
        {word(card, "holder"), 0.15, RDL_LEFT},    {word(card, "activity"), 0.12, RDL_LEFT},
        {word(card, "issued"), 0.10, RDL_LEFT},    {word(card, "valid"), 0.16, RDL_LEFT},
        {word(card, "covered"), 0.11, RDL_RIGHT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    const rdl_map_data *data = card->data;
    JsonArray *findings = rdl_card_array(card->chain, "findings");
    g_autoptr(rdl_measure) measure = rdl_measure_new(data->crs, error);
    g_autoptr(rdl_geometry) site = measure ? site_ground(card, error) : NULL;

    if (!site)
        return false;
    for (guint i = 0; i < data->permits->len; i++) {
        const rdl_map_permit *p = &g_array_index(data->permits, rdl_map_permit, i);
        double m2 = 0.0;
        bool near = rdl_box_meets(p->box, rdl_geometry_box(site));
        if (near && !covered_area(card, measure, site, p, &m2, error))
            return false;
        if (m2 > 0.0 || named(findings, p->permit_no))
            add_permit(card, p, m2, cells);
    }
    rdl_flow_head(&card->flow, word(card, "permit_table"), 50.0);
    if (cells->len)
        rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), cells);
    else
        rdl_flow_text(&card->flow, 8.0, 0,
                      word(card, data->permits->len ? "no_permit" : "no_permits"));
    return true;
}

bool rdl_card_ground(rdl_card_page *card, GError **error)
{
    return !card->task->wkb || (write_zones(card, error) && write_permits(card, error));
}

/* ---- outline ---- */

typedef struct {
    double x, y;
    guint part, n; /* ring and number in it, from 1 */
} vertex;

/* The numbers of a ring "(x y, x y, ...)"; the last vertex, which closes it, is left out. */
static const char *read_ring(const char *at, guint part, GArray *vertices)
{
    guint first = vertices->len;

    while (*at && *at != ')') {
        char *end;
        vertex v = {.part = part, .n = vertices->len - first + 1};
        v.x = g_ascii_strtod(at, &end);
        if (end == at)
            break;
        at = end;
        v.y = g_ascii_strtod(at, &end);
        at = end;
        g_array_append_val(vertices, v);
        while (*at == ',' || *at == ' ')
            at++;
    }
    if (vertices->len > first + 1)
        g_array_set_size(vertices, vertices->len - 1);
    return at;
}

static GArray *read_vertices(const char *wkt)
{
    GArray *vertices = g_array_new(FALSE, FALSE, sizeof(vertex));
    guint part = 0;

    for (const char *at = wkt; *at; at++)
        if (*at == '(' && (g_ascii_isdigit(at[1]) || at[1] == '-'))
            at = read_ring(at + 1, ++part, vertices) - 1;
    return vertices;
}

/* Degrees and metres of the sheet's system for each vertex shown; pairs of vertices a row. */
static bool add_vertices(const rdl_card_page *card, const rdl_frame *frame, const GArray *vertices,
                         guint n, GPtrArray *cells, GError **error)
{
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(card->data->crs, error);
    guint rows = (n + 1) / 2;

    for (guint i = 0; lonlat && i < 2 * rows; i++) {
        guint at = i / 2 + (i % 2) * rows; /* down the first column, then the second */
        if (at >= n) {
            for (int k = 0; k < 5; k++)
                add(cells, NULL);
            continue;
        }
        const vertex *v = &g_array_index(vertices, vertex, at);
        double lon = v->x, lat = v->y, e = v->x, north = v->y;
        if (!rdl_transform_points(lonlat, 1, &lon, &lat, error) ||
            !rdl_transform_points(frame->in, 1, &e, &north, error))
            return false;
        add_take(cells, g_strdup_printf("%u-%u", v->part, v->n));
        add_take(cells, g_strdup_printf("%.7f", lon));
        add_take(cells, g_strdup_printf("%.7f", lat));
        add_take(cells, g_strdup_printf("%.2f", north));
        add_take(cells, g_strdup_printf("%.2f", e));
    }
    return lonlat != NULL;
}

bool rdl_card_outline(rdl_card_page *card, GError **error)
{
    const rdl_column columns[] = {
        {word(card, "vertex"), 0.07, RDL_LEFT}, {word(card, "lon"), 0.115, RDL_RIGHT},
        {word(card, "lat"), 0.105, RDL_RIGHT},  {word(card, "north"), 0.11, RDL_RIGHT},
        {word(card, "east"), 0.10, RDL_RIGHT},  {word(card, "vertex"), 0.07, RDL_LEFT},
        {word(card, "lon"), 0.115, RDL_RIGHT},  {word(card, "lat"), 0.105, RDL_RIGHT},
        {word(card, "north"), 0.11, RDL_RIGHT}, {word(card, "east"), 0.10, RDL_RIGHT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(rdl_geometry) g = card->task->wkb ? site_ground(card, error) : NULL;

    if (!card->task->wkb)
        return true;
    g_autofree char *wkt = g ? rdl_geometry_wkt(g, error) : NULL;
    if (!wkt || rdl_geometry_empty(g))
        return wkt != NULL;
    g_autoptr(rdl_frame) frame =
        rdl_frame_new(card->data, rdl_geometry_box(g), 1000.0, 0.0, 0.0, 100.0, 100.0, error);
    g_autoptr(GArray) vertices = read_vertices(wkt);
    guint n = MIN(vertices->len, MOST_VERTICES);
    if (!frame || !add_vertices(card, frame, vertices, n, cells, error))
        return false;
    rdl_flow_head(&card->flow, word(card, "outline"), 40.0);
    g_autofree char *code = g_strdup_printf("EPSG:%d", rdl_crs_epsg(card->data->crs));
    const char *known = word(card, code);
    g_autofree char *system = g_strdup_printf(
        "%s: %s; %s", word(card, "system"),
        strcmp(known, code) == 0 ? rdl_crs_name(card->data->crs) : known, frame->crs_name);
    rdl_flow_text(&card->flow, 7.0, 0x444444, system);
    rdl_flow_table(&card->flow, 6.8, columns, G_N_ELEMENTS(columns), cells);
    if (vertices->len > n) {
        g_autofree char *more = g_strdup_printf(word(card, "more_vertices"), vertices->len - n);
        rdl_flow_text(&card->flow, 7.0, 0x444444, more);
    }
    return true;
}
