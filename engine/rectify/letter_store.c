#include <math.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/event.h"
#include "rectify/site.h"
#include "screen/screen.h"

#define LINK_METRES 500.0 /* a village: how uncertain a letter's place is where it does not say */

typedef struct {
    rdl_ledger *ledger;
    const char *at;
    rdl_crs *target;
    rdl_transform *move, *lonlat;
    rdl_tally *tally;
    const rdl_layer *layer;
    const rdl_profile *profile; /* NULL: canonical names */
} posting;

static int column_of(const posting *p, const char *field)
{
    const char *name;

    return rdl_profile_column(p->profile, p->layer, field, &name);
}

static bool known_letter(rdl_ledger *ledger, const char *letter_no, bool *known, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "SELECT 1 FROM letter WHERE letter_no = ?", error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, letter_no);
    return rdl_statement_step(s, known, error);
}

/* ---- the sites a letter may speak of ---- */

typedef struct {
    char *site_id;
    double metres;
} bond;

static void bond_clear(gpointer p)
{
    g_free(((bond *)p)->site_id);
}

static gint nearest_first(gconstpointer a, gconstpointer b)
{
    const bond *x = a, *y = b;

    if (x->metres != y->metres)
        return x->metres < y->metres ? -1 : 1;
    return strcmp(x->site_id, y->site_id);
}

static rdl_statement *ask_near(rdl_ledger *ledger, rdl_box box, double dx, double dy,
                               GError **error)
{
    rdl_statement *s = rdl_statement_new(
        ledger->store,
        "SELECT site_id, AsBinary(geom) FROM site WHERE geom IS NOT NULL AND ROWID IN (SELECT pkid "
        "FROM idx_site_geom WHERE xmin <= ?3 AND ymin <= ?4 AND xmax >= ?1 AND ymax >= ?2)",
        error);

    if (!s)
        return NULL;
    rdl_statement_real(s, 1, box.xmin - dx);
    rdl_statement_real(s, 2, box.ymin - dy);
    rdl_statement_real(s, 3, box.xmax + dx);
    rdl_statement_real(s, 4, box.ymax + dy);
    return s;
}

/* Sites whose ground lies within `reach` metres of a point in the ledger's CRS, nearest first. */
static bool near_sites(posting *p, const rdl_geometry *point, double reach, GArray *links,
                       GError **error)
{
    rdl_box box = rdl_geometry_box(point);
    double mx, my;
    bool row = true;

    if (!rdl_crs_scale_at(p->target, p->lonlat, box.xmin, box.ymin, &mx, &my, error))
        return false;
    g_autoptr(rdl_statement) s = ask_near(p->ledger, box, reach / mx, reach / my, error);
    g_autoptr(rdl_geometry) here =
        s ? rdl_geometry_scaled(point, box.xmin, box.ymin, mx, my, error) : NULL;
    while (here && rdl_statement_step(s, &row, error) && row) {
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 1);
        g_autoptr(rdl_geometry) g =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        g_autoptr(rdl_geometry) there =
            g ? rdl_geometry_scaled(g, box.xmin, box.ymin, mx, my, error) : NULL;
        bond one = {NULL, 0.0};
        if (!there || !rdl_geometry_distance(here, there, &one.metres, error))
            return false;
        if (one.metres > reach)
            continue;
        one.site_id = g_strdup(rdl_statement_get_text(s, 0));
        g_array_append_val(links, one);
    }
    g_array_sort(links, nearest_first);
    return here && !row;
}

/* The nearest, and all that are not further off than the letter's place is uncertain. */
static void say_links(const GArray *links, double uncertainty, JsonObject *o)
{
    JsonArray *sites = json_array_new();

    for (guint i = 0; i < links->len; i++) {
        const bond *one = &g_array_index(links, bond, i);
        if (i && one->metres > uncertainty)
            break;
        JsonObject *site = json_object_new();
        rdl_json_set_text(site, "site_id", one->site_id);
        rdl_json_set_real(site, "distance_m", round(one->metres * 100.0) / 100.0);
        rdl_json_set_real(site, "uncertainty_m", uncertainty);
        json_array_add_object_element(sites, site);
    }
    json_object_set_array_member(o, "sites", sites);
    rdl_json_set_text(o, "site_id", links->len ? g_array_index(links, bond, 0).site_id : NULL);
}

static bool link_letter(posting *p, const rdl_feature *f, JsonObject *o, GError **error)
{
    g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(bond));
    GBytes *wkb = rdl_feature_wkb(f);
    int column = column_of(p, "pos_error_m");
    double given = column < 0 ? NAN : rdl_feature_real(f, column);
    double uncertainty = given >= 0.0 ? given : LINK_METRES; /* false for NaN */

    g_array_set_clear_func(links, bond_clear);
    if (wkb) {
        g_autoptr(rdl_geometry) g =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        g_autoptr(rdl_geometry) point = g ? rdl_reproject(g, p->move, 0.0, error) : NULL;
        if (!point || !near_sites(p, point, fmax(uncertainty, LINK_METRES), links, error))
            return false;
    }
    say_links(links, uncertainty, o);
    return true;
}

/* ---- one letter ---- */

/* Their value by the profile's codes; one it does not know stays as it is. */
static const char *value_of(const posting *p, const rdl_feature *f, const char *field)
{
    int column = column_of(p, field);
    const char *theirs = column < 0 ? NULL : rdl_feature_text(f, column);
    const rdl_codes *codes = theirs ? rdl_profile_codes(p->profile, field) : NULL;
    const char *ours = codes ? rdl_codes_find(codes, theirs) : NULL;

    return ours ? ours : theirs;
}

static bool post_letter(posting *p, const rdl_feature *f, GError **error)
{
    static const char *const fields[] = {"letter_no", "batch",   "received",    "activity",
                                         "key",       "founded", "duplicate_of"};
    g_autoptr(JsonObject) o = json_object_new();
    bool known;

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        rdl_json_set_text(o, fields[i], value_of(p, f, fields[i]));
    const char *letter_no = rdl_json_text(o, "letter_no", NULL);
    const char *issues = value_of(p, f, "issues");
    if (issues)
        rdl_json_set_text(o, "issues", issues);
    rdl_tally_in(p->tally, "ledger.letters", 1);
    if (!letter_no) {
        rdl_tally_failed(p->tally, "ledger.letters", "NO_ID", 1);
        return true;
    }
    if (!known_letter(p->ledger, letter_no, &known, error))
        return false;
    if (known) {
        rdl_tally_suppressed(p->tally, "ledger.letters", "ALREADY_THERE", 1);
        return true;
    }
    if (!link_letter(p, f, o, error))
        return false;
    rdl_tally_used(p->tally, "ledger.letters", 1);
    rdl_event event = {.at = p->at,
                       .by = "redline",
                       .role = "system",
                       .kind = "letter.received",
                       .subject = letter_no};
    return rdl_event_append(p->ledger, &event, o, error);
}

static bool post_all(posting *p, rdl_layer *layer, GError **error)
{
    GError *failed = NULL;
    const rdl_feature *f;

    while ((f = rdl_layer_next(layer, &failed)))
        if (!post_letter(p, f, error))
            return false;
    if (failed)
        g_propagate_error(error, failed);
    return !failed;
}

bool rdl_ledger_load_letters(rdl_ledger *ledger, const char *path, const char *profile_name,
                             rdl_day as_of, rdl_tally *tally, GError **error)
{
    g_autoptr(rdl_profile) profile = profile_name ? rdl_profile_read(profile_name, error) : NULL;
    rdl_layer_options options = rdl_profile_options(profile);
    g_autoptr(rdl_layer) layer =
        !profile_name || profile ? rdl_layer_open(path, &options, error) : NULL;
    g_autoptr(rdl_crs) target = layer ? rdl_crs_parse(ledger->crs, error) : NULL;
    g_autoptr(rdl_transform) move = NULL, lonlat = NULL;
    g_autofree char *at = rdl_day_text(as_of);

    if (!target)
        return false;
    if (!rdl_layer_crs(layer))
        return rdl_fail(error, RDL_ERROR_CRS, "%s: its letters name no coordinate system", path);
    if (!(move = rdl_transform_new(rdl_layer_crs(layer), target, error)) ||
        !(lonlat = rdl_transform_lonlat(target, error)))
        return false;
    posting p = {ledger, at, target, move, lonlat, tally, layer, profile};
    bool good = rdl_store_begin(ledger->store, error) && post_all(&p, layer, error) &&
                rdl_tally_check(tally, error) && rdl_store_commit(ledger->store, error);
    if (!good)
        rdl_store_rollback(ledger->store);
    return good;
}
