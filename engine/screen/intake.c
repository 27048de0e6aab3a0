#include "screen/intake.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

struct rdl_record {
    const rdl_feature *feature;
    const rdl_layer *layer;
    JsonObject *names, *values; /* of the profile; may be NULL */
    rdl_intake *intake;
    const rdl_intake_spec *spec;
    rdl_geometry *geometry;
};

static void rejection_clear(gpointer p)
{
    rdl_rejection *r = p;

    g_free(r->layer);
    g_free(r->reason);
}

GArray *rdl_rejections_new(void)
{
    GArray *rejections = g_array_new(FALSE, FALSE, sizeof(rdl_rejection));

    g_array_set_clear_func(rejections, rejection_clear);
    return rejections;
}

void rdl_reject(rdl_intake *intake, const char *layer, gint64 fid, bool used, const char *format,
                ...)
{
    va_list args;

    va_start(args, format);
    rdl_rejection r = {g_strdup(layer), g_strdup_vprintf(format, args), fid, used,
                       used && g_str_has_prefix(format, "REPAIRED:")};
    va_end(args);
    g_array_append_val(intake->rejections, r);
}

/* ---- fields ---- */

static const char *name_of(const rdl_record *record, const char *field)
{
    return rdl_json_text(record->names, field, field);
}

static int column(const rdl_record *record, const char *field)
{
    return rdl_layer_field_index(record->layer, name_of(record, field));
}

gint64 rdl_record_fid(const rdl_record *record)
{
    return rdl_feature_id(record->feature);
}

const char *rdl_record_text(const rdl_record *record, const char *field)
{
    int i = column(record, field);
    const char *text = i < 0 ? NULL : rdl_feature_text(record->feature, i);
    JsonObject *map = rdl_json_object(record->values, field);

    return text && map ? rdl_json_text(map, text, text) : text;
}

double rdl_record_real(const rdl_record *record, const char *field)
{
    int i = column(record, field);

    return i < 0 ? NAN : rdl_feature_real(record->feature, i);
}

rdl_day rdl_record_day(const rdl_record *record, const char *field, rdl_day unknown, bool *bad)
{
    const char *text = rdl_record_text(record, field);
    g_autoptr(GError) error = NULL;
    g_autofree char *plain = text ? g_strdelimit(g_strdup(text), "/.", '-') : NULL;
    rdl_day day = unknown;

    if (!text || rdl_day_parse(plain, &day, &error))
        return day;
    rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), true,
               "BAD_DATE: %s '%s' counts as unknown", field, text);
    *bad = true;
    return unknown;
}

const rdl_geometry *rdl_record_geometry(const rdl_record *record)
{
    return record->geometry;
}

/* ---- profile ---- */

static JsonNode *read_profile(const char *name, GError **error)
{
    g_autofree char *file =
        g_str_has_suffix(name, ".yaml") ? g_strdup(name) : g_strconcat(name, ".yaml", NULL);
    g_autofree char *path = rdl_data_named("profiles", file, error);
    JsonNode *node = path ? rdl_yaml_read(path, error) : NULL;

    if (node && !JSON_NODE_HOLDS_OBJECT(node)) {
        rdl_fail(error, RDL_ERROR_DATA, "%s: is no profile: a map is needed", path);
        g_clear_pointer(&node, json_node_unref);
    }
    return node;
}

/* A name found cut, with a second one beside it that GDAL or ArcGIS made unique (built_afte and
 * built_af_1): either may be the field that is meant. */
static bool check_cut_name(const rdl_record *record, const char *field, GError **error)
{
    int i = column(record, field);
    const char *cut = i < 0 ? NULL : rdl_layer_field(record->layer, i);

    if (!cut || g_ascii_strcasecmp(cut, name_of(record, field)) == 0)
        return true;
    for (int n = 1; n < 10; n++) {
        g_autofree char *twin = g_strdup_printf("%.8s_%d", cut, n);
        int k = rdl_layer_field_index(record->layer, twin);
        if (k >= 0 && k != i)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "%s: fields '%s' and '%s' may both be '%s', cut to ten characters: "
                            "say which with a --profile",
                            rdl_layer_source(record->layer), cut, twin, name_of(record, field));
    }
    return true;
}

/* No two fields may be read from one column because their names were cut alike. */
static bool check_cut_names(const rdl_record *record, const rdl_intake_spec *spec, GError **error)
{
    for (const char *const *f = spec->known; f && *f; f++) {
        if (!check_cut_name(record, *f, error))
            return false;
        for (const char *const *g = spec->known; column(record, *f) >= 0 && g != f; g++)
            if (column(record, *f) == column(record, *g) &&
                g_ascii_strcasecmp(name_of(record, *f), name_of(record, *g)) != 0)
                return rdl_fail(error, RDL_ERROR_DATA,
                                "%s: field '%s' may be '%s' or '%s', cut to ten characters: say "
                                "which with a --profile",
                                rdl_layer_source(record->layer),
                                rdl_layer_field(record->layer, column(record, *f)),
                                name_of(record, *g), name_of(record, *f));
    }
    return true;
}

/* Insertions, deletions and substitutions from one word to the other (Levenshtein 1966). */
static guint edit_distance(const char *a, const char *b)
{
    size_t n = strlen(b);
    g_autofree guint *row = g_new(guint, n + 1);

    for (size_t j = 0; j <= n; j++)
        row[j] = (guint)j;
    for (size_t i = 1; a[i - 1]; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i;
        for (size_t j = 1; j <= n; j++) {
            bool same = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]);
            guint swap = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            row[j] = MIN(swap, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

#define NEAR_MISS 3 /* edits */

static void note_no_dates(const rdl_record *record, const rdl_intake_spec *spec)
{
    g_autoptr(GString) near = g_string_new(NULL);

    for (const char *const *f = spec->dates; *f; f++)
        if (column(record, *f) >= 0)
            return;
    for (int i = 0; i < rdl_layer_fields(record->layer); i++)
        for (const char *const *f = spec->dates; *f; f++)
            if (edit_distance(rdl_layer_field(record->layer, i), *f) <= NEAR_MISS)
                g_string_append_printf(near, "; is '%s' meant for '%s'?",
                                       rdl_layer_field(record->layer, i), *f);
    g_autofree char *fields = g_strjoinv(" or ", (char **)spec->dates);
    rdl_reject(record->intake, spec->layer, RDL_WHOLE_LAYER, true,
               "NO_DATES: %s has no field %s: every date counts as unknown%s",
               rdl_layer_source(record->layer), fields, near->str);
}

static bool check_fields(const rdl_record *record, const rdl_intake_spec *spec, GError **error)
{
    g_autoptr(GString) there = g_string_new(NULL);

    if (!check_cut_names(record, spec, error))
        return false;
    if (spec->dates)
        note_no_dates(record, spec);
    for (const char *const *f = spec->fields; *f; f++) {
        if (column(record, *f) >= 0)
            continue;
        for (int i = 0; i < rdl_layer_fields(record->layer); i++)
            g_string_append_printf(there, "%s%s", i ? ", " : "", rdl_layer_field(record->layer, i));
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: the %s layer needs a field '%s'; it has %s: name it so, or give a "
                        "--profile that maps it",
                        rdl_layer_source(record->layer), spec->layer, *f,
                        there->len ? there->str : "none");
    }
    return true;
}

/* ---- geometry ---- */

/* Valid, or repaired with a note; NULL (counted) when nothing is left. */
static rdl_geometry *made_valid(rdl_intake *intake, const rdl_intake_spec *spec, gint64 fid,
                                rdl_geometry *take_g, const char *when)
{
    g_autoptr(rdl_geometry) g = take_g;
    g_autofree char *reason = NULL;
    bool valid = false;

    if (rdl_geometry_valid(g, &valid, &reason, NULL) && valid)
        return g_steal_pointer(&g);
    rdl_geometry *mended = rdl_geometry_repair(g, NULL);
    if (!mended)
        rdl_reject(intake, spec->layer, fid, false, "NOT_REPAIRABLE: %s%s", reason ? reason : "",
                   when);
    else
        rdl_reject(intake, spec->layer, fid, true, "REPAIRED: %s%s", reason ? reason : "", when);
    return mended;
}

typedef struct {
    rdl_transform *transform; /* NULL: already in the target system */
    double tolerance;
    rdl_box limits;             /* of the layer's own system */
    gint64 geometries, outside; /* met so far; of these OUTSIDE_CRS */
    rdl_box misfit;             /* round the geometries outside */
    rdl_measure *before, *after; /* in the layer's system and the target; NULL: as transform */
    double slack;                /* share by which the two may differ: their ellipsoids' */
} move;

static const rdl_box no_box = {
    .xmin = INFINITY, .ymin = INFINITY, .xmax = -INFINITY, .ymax = -INFINITY};

static rdl_box joined(rdl_box a, rdl_box b)
{
    return (rdl_box){fmin(a.xmin, b.xmin), fmin(a.ymin, b.ymin), fmax(a.xmax, b.xmax),
                     fmax(a.ymax, b.ymax)};
}

static const char *outside_crs(move *m, rdl_box box)
{
    m->outside++;
    m->misfit = joined(m->misfit, box);
    return "OUTSIDE_CRS";
}

static bool within(rdl_box box, rdl_box limits)
{
    return box.xmin >= limits.xmin && box.ymin >= limits.ymin && box.xmax <= limits.xmax &&
           box.ymax <= limits.ymax;
}

#define SAME_SIZE 1e-3

/* Area (length of lines) on the ellipsoid before and after the move. What jumps over the border of
 * the target's plane, or is torn by it, becomes another: that is a failure, however valid. */
static bool same_size(const move *m, const rdl_geometry *from, const rdl_geometry *to)
{
    bool lines = rdl_geometry_dimension(from) == 1;
    double a, b, rim = 0.0;

    if (rdl_geometry_dimension(from) == 0)
        return true;
    if (!(lines ? rdl_measure_length : rdl_measure_area)(m->before, from, &a, NULL) ||
        !(lines ? rdl_measure_length : rdl_measure_area)(m->after, to, &b, NULL))
        return false;
    if (fabs(a - b) <= (SAME_SIZE + m->slack) * fmax(a, b))
        return true;
    /* slivers: an edge may lie a millimetre aside */
    return !lines && rdl_measure_length(m->after, to, &rim, NULL) && fabs(a - b) <= 0.002 * rim;
}

/* How far areas on two ellipsoids may differ (MODIS has a sphere). */
static double ellipsoids_differ(const rdl_crs *from, const rdl_crs *to)
{
    double a, e2, b, f2;

    rdl_crs_ellipsoid(from, &a, &e2);
    rdl_crs_ellipsoid(to, &b, &f2);
    return 2.0 * fabs(a - b) / a + 2.0 * fabs(e2 - f2);
}

static const char *read_geometry(rdl_record *record, move *m)
{
    GBytes *wkb = rdl_feature_wkb(record->feature);
    rdl_intake *intake = record->intake;
    const rdl_intake_spec *spec = record->spec;
    gint64 fid = rdl_record_fid(record);
    g_autoptr(GError) error = NULL;
    size_t n;

    if (!wkb)
        return "NULL_GEOMETRY";
    const void *bytes = g_bytes_get_data(wkb, &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(bytes, n, &error);
    if (!g)
        return "NOT_REPAIRABLE";
    if (rdl_geometry_empty(g))
        return "EMPTY_GEOMETRY";
    m->geometries++;
    rdl_box box = rdl_geometry_box(g);
    if (!within(box, m->limits)) /* NaN too */
        return outside_crs(m, box);
    if (rdl_geometry_dimension(g) < spec->min_dimension)
        return "WRONG_DIMENSION";
    if (!(g = made_valid(intake, spec, fid, g_steal_pointer(&g), "")))
        return "NOT_REPAIRABLE";
    if (m->transform) {
        g_autoptr(rdl_geometry) from = g_steal_pointer(&g);
        if (!(g = rdl_reproject(from, m->transform, m->tolerance, &error)))
            return outside_crs(m, box);
        guint noted = intake->rejections->len;
        if (!(g = made_valid(intake, spec, fid, g_steal_pointer(&g), " after reprojection")))
            return "NOT_REPAIRABLE";
        if (!same_size(m, from, g)) {
            g_array_set_size(intake->rejections, noted); /* its repair is of no use */
            return "DISTORTED";
        }
    }
    if (!(g = rdl_fold(g_steal_pointer(&g), intake->target, &error)))
        return outside_crs(m, box);
    intake->extent = joined(intake->extent, rdl_geometry_box(g));
    record->geometry = g_steal_pointer(&g);
    return NULL;
}

static bool read_record(rdl_record *record, move *m, rdl_record_fn fn, void *user, GError **error)
{
    rdl_tally_in(record->intake->tally, record->spec->item, 1);
    const char *reason = read_geometry(record, m);
    if (reason) {
        rdl_tally_failed(record->intake->tally, record->spec->item, reason, 1);
        rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), false, "%s",
                   reason);
        return true;
    }
    bool good = fn(record, user, error);
    if (rdl_feature_text_damaged(record->feature))
        rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), true,
                   "DAMAGED_TEXT: some bytes are in no known encoding");
    g_clear_pointer(&record->geometry, rdl_geometry_free);
    return good;
}

static bool settle_move(rdl_intake *intake, const rdl_layer *layer, move *m, GError **error)
{
    const rdl_crs *crs = rdl_layer_crs(layer);

    if (!crs)
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s: names no coordinate system: give a --profile with crs_claim",
                        rdl_layer_source(layer));
    if (!intake->target)
        intake->target = rdl_crs_ref(crs);
    m->tolerance = rdl_reproject_tolerance(intake->target);
    m->limits = rdl_crs_limits(crs);
    if (rdl_crs_same(crs, intake->target))
        return true;
    m->slack = ellipsoids_differ(crs, intake->target);
    m->before = rdl_measure_new(crs, error);
    m->after = m->before ? rdl_measure_new(intake->target, error) : NULL;
    m->transform = m->after ? rdl_transform_new(crs, intake->target, error) : NULL;
    if (!m->transform)
        g_prefix_error(error, "%s: ", rdl_layer_source(layer));
    return m->transform != NULL;
}

/* One stray vertex is a row in `rejected`; a whole layer in the wrong place is nobody's wish. */
static bool check_system(const rdl_layer *layer, const move *m, GError **error)
{
    if (m->geometries == 0 || m->outside < m->geometries)
        return true;
    g_autofree char *misfit = rdl_crs_misfit(rdl_layer_crs(layer), m->misfit);
    return rdl_fail(error, RDL_ERROR_CRS,
                    "%s: none of its %" G_GINT64_FORMAT " geometries can be in %s, which it is "
                    "said to be in (%s): correct that (ogr2ogr -a_srs), or give a --profile with "
                    "the right crs_claim",
                    rdl_layer_source(layer), m->geometries, rdl_crs_name(rdl_layer_crs(layer)),
                    misfit);
}

static void note_claim(rdl_intake *intake, const rdl_intake_spec *spec, const rdl_layer *layer)
{
    if (rdl_layer_crs_claimed(layer))
        rdl_reject(intake, spec->layer, RDL_WHOLE_LAYER, true,
                   "CRS_CLAIMED: %s: its coordinates cannot be in the system it names: read as %s, "
                   "which its profile claims",
                   rdl_layer_source(layer), rdl_crs_name(rdl_layer_crs(layer)));
}

static void end_move(move *m)
{
    rdl_transform_free(m->transform);
    rdl_measure_free(m->before);
    rdl_measure_free(m->after);
}

bool rdl_intake_read(rdl_intake *intake, const rdl_intake_spec *spec, const rdl_source *source,
                     rdl_record_fn fn, void *user, GError **error)
{
    g_autoptr(JsonNode) profile = NULL;
    JsonObject *map = NULL;
    GError *failed = NULL;

    if (source->profile) {
        if (!(profile = read_profile(source->profile, error)))
            return false;
        map = json_node_get_object(profile);
    }
    rdl_layer_options options = {.encoding = rdl_json_text(map, "encoding", NULL),
                                 .crs_claim = rdl_json_text(map, "crs_claim", NULL)};
    g_autoptr(rdl_layer) layer = rdl_layer_open(source->path, &options, error);
    rdl_record record = {.layer = layer,
                         .intake = intake,
                         .spec = spec,
                         .names = rdl_json_object(map, "fields"),
                         .values = rdl_json_object(map, "values")};
    move m = {.misfit = no_box};

    intake->extent = no_box;
    bool good =
        layer && check_fields(&record, spec, error) && settle_move(intake, layer, &m, error);
    if (good)
        note_claim(intake, spec, layer);
    while (good && (record.feature = rdl_layer_next(layer, &failed)))
        good = read_record(&record, &m, fn, user, error);
    end_move(&m);
    if (failed)
        g_propagate_error(error, failed);
    return good && !failed && check_system(layer, &m, error);
}
