#include "screen/intake.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include "screen/profile.h"

#define FIELDS_MOST 24

/* A field of the spec, found in the layer. */
typedef struct {
    const char *name;
    int column; /* -1: not there */
    const rdl_codes *codes;
} found_field;

/* A field of theirs whose values leave features out. */
typedef struct {
    const char *name;
    int column;
    const rdl_codes *reasons;
} leaver;

struct rdl_record {
    const rdl_feature *feature;
    found_field fields[FIELDS_MOST];
    int n_fields;
    const rdl_layer *layer;
    const rdl_profile *profile; /* may be NULL */
    GArray *leavers;            /* of leaver */
    int datum_column;           /* a field that names each feature's system; -1 */
    const char *web_datum;      /* of this feature; NULL */
    const char *unplaced;       /* why this one has no place; static; NULL */
    rdl_intake *intake;
    const rdl_intake_spec *spec;
    GBytes *wkb;
    rdl_box box;
};

void rdl_reject(rdl_intake *intake, const char *layer, gint64 fid, bool used, const char *format,
                ...)
{
    va_list args;

    va_start(args, format);
    char *reason = fid == RDL_WHOLE_LAYER ? rdl_message_remember(format, args) /* also a warning */
                                          : g_strdup_vprintf(format, args);
    rdl_rejection r = {g_strdup(layer), reason, fid, used,
                       used && g_str_has_prefix(format, "REPAIRED:")};
    va_end(args);
    g_array_append_val(intake->rejections, r);
}

/* ---- fields ---- */

static int column(const rdl_record *record, const char *field)
{
    const char *name;

    return rdl_profile_column(record->profile, record->layer, field, &name);
}

/* The name a field is sought by in this layer. */
static const char *name_of(const rdl_record *record, const char *field)
{
    const char *name;

    rdl_profile_column(record->profile, record->layer, field, &name);
    return name;
}

gint64 rdl_record_fid(const rdl_record *record)
{
    return rdl_feature_id(record->feature);
}

static void find_leavers(rdl_record *record, GArray *leavers)
{
    leaver l;

    for (guint i = 0; rdl_profile_leave_out(record->profile, i, &l.name, &l.reasons); i++)
        if ((l.column = rdl_layer_field_index(record->layer, l.name)) >= 0)
            g_array_append_val(leavers, l);
    record->leavers = leavers;
}

/* Looked up by name once a layer, not once a record. */
static void find_fields(rdl_record *record)
{
    static const char *const datums[] = {"坐标系",    "坐标系统",   "坐标系名称", "coordsys",
                                         "coord_sys", "coord_type", "datum",      NULL};

    record->n_fields = 0;
    for (const char *const *f = record->spec->known; f && *f; f++) {
        g_assert(record->n_fields < FIELDS_MOST);
        record->fields[record->n_fields++] =
            (found_field){*f, column(record, *f), rdl_profile_codes(record->profile, *f)};
    }
    record->datum_column = -1;
    for (const char *const *d = datums; *d && record->datum_column < 0; d++)
        record->datum_column = rdl_layer_field_index(record->layer, *d);
}

static const found_field *field_of(const rdl_record *record, const char *name)
{
    for (int i = 0; i < record->n_fields; i++) /* the spec's own word, most often */
        if (record->fields[i].name == name)
            return &record->fields[i];
    for (int i = 0; i < record->n_fields; i++)
        if (strcmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    return NULL;
}

static int column_of(const rdl_record *record, const char *name, const rdl_codes **codes)
{
    const found_field *f = field_of(record, name);

    *codes = f ? f->codes : rdl_profile_codes(record->profile, name);
    return f ? f->column : column(record, name);
}

const char *rdl_record_text(const rdl_record *record, const char *field)
{
    const rdl_codes *codes;
    int i = column_of(record, field, &codes);
    const char *text = i < 0 ? NULL : rdl_feature_text(record->feature, i);
    const char *code = text && codes ? rdl_codes_find(codes, text) : NULL;

    return code ? code : text;
}

double rdl_record_real(const rdl_record *record, const char *field)
{
    const rdl_codes *codes;
    int i = column_of(record, field, &codes);

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

GBytes *rdl_record_wkb(const rdl_record *record)
{
    return record->wkb;
}

rdl_box rdl_record_box(const rdl_record *record)
{
    return record->box;
}

rdl_arena *rdl_record_arena(const rdl_record *record)
{
    return record->intake->arena;
}

void rdl_intake_clear(rdl_intake *intake)
{
    rdl_crs_unref(intake->target);
    intake->target = NULL;
    g_clear_pointer(&intake->arena, rdl_arena_free);
}

/* ---- fields that must be there ---- */

/* A name found cut, with a second one beside it that GDAL or ArcGIS made unique (built_afte and
 * built_af_1): either may be the field that is meant. */
static bool check_cut_name(const rdl_record *record, const char *field, GError **error)
{
    int i = column(record, field);
    const char *cut = i < 0 ? NULL : rdl_layer_field(record->layer, i);

    g_autofree char *found = cut ? rdl_name_fold(cut) : NULL;
    g_autofree char *sought = rdl_name_fold(name_of(record, field));

    if (!cut || strcmp(found, sought) == 0)
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

/* One thread's way from the layer's system to the target. */
typedef struct {
    rdl_transform *transform;
    rdl_measure *before, *after;
} tools;

typedef struct {
    tools *tools; /* of the reading thread; NULL: already in the target system */
    const rdl_crs *from, *to;
    double tolerance;
    double slack;               /* share by which areas may differ: their ellipsoids' */
    rdl_box limits;             /* of the layer's own system */
    gint64 geometries, outside; /* met so far; of these OUTSIDE_CRS */
    rdl_box misfit;             /* round the geometries outside */
    rdl_box seen;               /* round those that are not */
    int min_dimension;
    GPtrArray *spare; /* of tools: those no worker uses now, guarded by `lock` */
    pthread_mutex_t lock;
} move;

/* A feature on its way to a record. */
typedef struct {
    const rdl_feature *feature;
    GBytes *wkb;        /* as it will be used; NULL: it will not */
    rdl_box box;        /* of `wkb` */
    rdl_box came_in;    /* its box in its own system */
    const char *reason; /* why it cannot be used; static; NULL */
    char *flaw;         /* what was repaired, or could not be; NULL */
    char *moved_flaw;   /* the same after the move */
    bool met;           /* it had a geometry */
    bool repaired, moved_repaired;
} candidate;

static const rdl_box no_box = {
    .xmin = INFINITY, .ymin = INFINITY, .xmax = -INFINITY, .ymax = -INFINITY};

static rdl_box joined(rdl_box a, rdl_box b)
{
    return (rdl_box){fmin(a.xmin, b.xmin), fmin(a.ymin, b.ymin), fmax(a.xmax, b.xmax),
                     fmax(a.ymax, b.ymax)};
}

static bool within(rdl_box box, rdl_box limits)
{
    return box.xmin >= limits.xmin && box.ymin >= limits.ymin && box.xmax <= limits.xmax &&
           box.ymax <= limits.ymax;
}

/* Valid as it is (*mended NULL) or after a repair; false when nothing is left. */
static bool make_valid(rdl_geometry *g, char **flaw, rdl_geometry **mended)
{
    bool valid = false;

    *mended = NULL;
    if (rdl_geometry_valid(g, &valid, flaw, NULL) && valid) {
        if (!rdl_geometry_loose(g))
            return true;
        *flaw = g_strdup("Collection of several geometries");
    }
    if (*flaw && g_str_has_prefix(*flaw, "Invalid Coordinate"))
        return false; /* not a number: where that corner is, nobody knows */
    *mended = rdl_geometry_repair(g, NULL);
    return *mended != NULL;
}

/* Of "reading a geometry failed: IllegalArgumentException: what it is". Yours. */
static char *last_clause(const char *message)
{
    const char *colon = strrchr(message, ':');

    return g_strstrip(g_strdup(colon ? colon + 1 : message));
}

/* An edge over more than half a turn of longitude, though not a whole one: the way over the
 * antimeridian is meant, or a number is wrong. As it stands a polygon would be a belt round the
 * globe, and a road would run the long way. Yours; NULL: there is none. */
static char *long_way_round(double half, const rdl_geometry *g)
{
    double x[2];

    rdl_geometry_widest_edge(g, x);
    double width = fabs(x[1] - x[0]);
    if (width <= half || width >= 2.0 * half)
        return NULL;
    return g_strdup_printf(
        "an edge from longitude %g to %g: cut it at the antimeridian, or count on "
        "beyond it",
        x[0], x[1]);
}

/* `g`: the geometry, NULL where none is made of it yet. */
static const char *misplaced(const move *m, candidate *c, const rdl_geometry *g)
{
    double half = rdl_crs_geographic(m->from) ? 180.0 / rdl_crs_degrees(m->from) : INFINITY;

    if (!within(c->came_in, m->limits)) /* NaN too */
        return "OUTSIDE_CRS";
    if (c->came_in.xmax - c->came_in.xmin <= half)
        return NULL;
    g_autoptr(rdl_geometry) made =
        g ? NULL
          : rdl_geometry_from_wkb(g_bytes_get_data(c->wkb, NULL), g_bytes_get_size(c->wkb), NULL);
    char *flaw = g || made ? long_way_round(half, g ? g : made) : NULL;
    if (!flaw)
        return NULL;
    g_free(c->flaw);
    c->flaw = flaw;
    return "OVER_HALF_TURN";
}

/* Read, check and mend in the layer's own system. Most features are one small ring that is plainly
 * valid and never become a GEOS geometry. */
static const char *check_geometry(const move *m, candidate *c, GArray *rings)
{
    size_t n;
    const void *bytes = g_bytes_get_data(c->wkb, &n);
    rdl_geometry *mended = NULL;

    g_array_set_size(rings, 0);
    if (rdl_rings_of(bytes, n, rings) && rdl_rings_surely_valid(rings, &c->came_in)) {
        c->met = true;
        return misplaced(m, c, NULL);
    }
    g_autoptr(GError) unread = NULL;
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(bytes, n, &unread);
    if (unread) {
        c->flaw = last_clause(unread->message);
        g = rdl_geometry_from_open_wkb(bytes, n, NULL);
    }
    if (!g)
        return "NOT_REPAIRABLE";
    if (rdl_geometry_empty(g))
        return "EMPTY_GEOMETRY";
    c->met = true;
    c->came_in = rdl_geometry_box(g);
    const char *where = misplaced(m, c, g);
    if (where)
        return where;
    if (rdl_geometry_dimension(g) < m->min_dimension)
        return "WRONG_DIMENSION";
    g_autofree char *why = NULL;
    if (!make_valid(g, unread ? &why : &c->flaw, &mended))
        return "NOT_REPAIRABLE";
    if (!mended && !unread)
        return NULL;
    c->repaired = true;
    g_bytes_unref(c->wkb);
    c->wkb = rdl_geometry_wkb(mended ? mended : g, NULL);
    rdl_geometry_free(mended);
    return c->wkb ? NULL : "NOT_REPAIRABLE";
}

#define SAME_SIZE 1e-3

/* Area (length of lines) on the ellipsoid before and after the move. What jumps over the border of
 * the target's plane, or is torn by it, becomes another: that is a failure, however valid. */
static bool same_size(const move *m, const tools *t, const rdl_geometry *from,
                      const rdl_geometry *to)
{
    bool lines = rdl_geometry_dimension(from) == 1;
    double a, b, rim = 0.0;

    if (rdl_geometry_dimension(from) == 0)
        return true;
    if (!(lines ? rdl_measure_length : rdl_measure_area)(t->before, from, &a, NULL) ||
        !(lines ? rdl_measure_length : rdl_measure_area)(t->after, to, &b, NULL))
        return false;
    if (fabs(a - b) <= (SAME_SIZE + m->slack) * fmax(a, b))
        return true;
    /* slivers: an edge may lie a millimetre aside */
    return !lines && rdl_measure_length(t->after, to, &rim, NULL) && fabs(a - b) <= 0.002 * rim;
}

/* How far areas on two ellipsoids may differ (MODIS has a sphere). */
static double ellipsoids_differ(const rdl_crs *from, const rdl_crs *to)
{
    double a, e2, b, f2;

    rdl_crs_ellipsoid(from, &a, &e2);
    rdl_crs_ellipsoid(to, &b, &f2);
    return 2.0 * fabs(a - b) / a + 2.0 * fabs(e2 - f2);
}

/* Into the target system, in one piece and folded into one turn of longitude. */
static const char *move_geometry(const move *m, const tools *t, candidate *c)
{
    g_autoptr(rdl_geometry) from =
        rdl_geometry_from_wkb(g_bytes_get_data(c->wkb, NULL), g_bytes_get_size(c->wkb), NULL);
    g_autoptr(rdl_geometry) g =
        from && t ? rdl_reproject(from, t->transform, m->tolerance, NULL) : NULL;
    rdl_geometry *mended = NULL;

    if (t && !g)
        return "OUTSIDE_CRS";
    if (t && !make_valid(g, &c->moved_flaw, &mended))
        return "NOT_REPAIRABLE";
    if (mended) {
        rdl_geometry_free(g);
        g = mended;
    }
    if (t && !same_size(m, t, from, g))
        return "DISTORTED";
    c->moved_repaired = mended != NULL;
    if (!(g = rdl_fold(t ? g_steal_pointer(&g) : g_steal_pointer(&from), m->to, NULL)))
        return "OUTSIDE_CRS";
    g_bytes_unref(c->wkb);
    c->wkb = rdl_geometry_wkb(g, NULL);
    return c->wkb ? NULL : "NOT_REPAIRABLE";
}

static void settle_box(candidate *c, GArray *rings)
{
    size_t n;
    guint8 *bytes = g_bytes_unref_to_data(c->wkb, &n);

    rdl_wkb_canonical(bytes, &n);
    c->wkb = g_bytes_new_take(bytes, n);
    g_array_set_size(rings, 0);
    if (rdl_rings_of(bytes, n, rings)) {
        c->box = rdl_rings_box(rings);
        return;
    }
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(bytes, n, NULL);
    c->box = g ? rdl_geometry_box(g) : no_box;
}

/* Longitudes beyond half a turn have to be folded. */
static bool beyond_turn(const move *m, rdl_box box)
{
    double half = rdl_crs_geographic(m->to) ? 180.0 / rdl_crs_degrees(m->to) : INFINITY;

    return box.xmin < -half || box.xmax > half;
}

/* The usual case of a small ring: valid for certain where it came from and where it goes, its image
 * neither bent nor torn. */
static bool move_plainly(const move *m, const tools *t, candidate *c, GArray *rings)
{
    rdl_box box;
    size_t n;
    GBytes *moved = t ? rdl_wkb_reproject(c->wkb, t->transform, m->tolerance) : NULL;

    if (!moved)
        return false;
    const void *bytes = g_bytes_get_data(moved, &n);
    g_array_set_size(rings, 0);
    if (rdl_rings_of(bytes, n, rings) && rdl_rings_surely_valid(rings, &box) &&
        !beyond_turn(m, box)) {
        g_bytes_unref(c->wkb);
        c->wkb = moved;
        return true;
    }
    g_bytes_unref(moved);
    return false;
}

static void settle_candidate(const move *m, const tools *t, candidate *c, GArray *rings)
{
    GBytes *wkb = rdl_feature_wkb(c->feature);
    const char *flaw = rdl_feature_flaw(c->feature);

    c->reason = flaw ? "UNREADABLE_GEOMETRY" : "NULL_GEOMETRY";
    c->flaw = g_strdup(flaw);
    if (!wkb)
        return;
    c->wkb = g_bytes_ref(wkb);
    c->reason = check_geometry(m, c, rings);
    if (!c->reason && (t || beyond_turn(m, c->came_in)) &&
        (c->repaired || !move_plainly(m, t, c, rings)))
        c->reason = move_geometry(m, t, c);
    if (!c->reason)
        settle_box(c, rings);
}

/* ---- batches: features are read one after another, their geometries settled side by side ---- */

#define SHARED_BYTES ((size_t)1 << 18) /* less is done by one thread */
#define SLICE 16                       /* features a piece of work */

typedef struct {
    move *m;
    candidate *candidates;
    size_t n;
} batch;

typedef struct {
    tools *tools;
    GArray *rings;
    move *m;
} settler;

static void tools_free(gpointer p)
{
    tools *t = p;

    if (!t)
        return;
    rdl_transform_free(t->transform);
    rdl_measure_free(t->before);
    rdl_measure_free(t->after);
    g_free(t);
}

static tools *tools_new(const rdl_crs *from, const rdl_crs *to, GError **error)
{
    tools *t = g_new0(tools, 1);

    t->before = rdl_measure_new(from, error);
    t->after = t->before ? rdl_measure_new(to, error) : NULL;
    t->transform = t->after ? rdl_transform_new(from, to, error) : NULL;
    if (!t->transform)
        g_clear_pointer(&t, tools_free);
    return t;
}

static void settler_free(void *worker)
{
    settler *s = worker;

    if (s->tools) {
        pthread_mutex_lock(&s->m->lock);
        g_ptr_array_add(s->m->spare, s->tools);
        pthread_mutex_unlock(&s->m->lock);
    }
    g_array_unref(s->rings);
    g_free(s);
}

static void *settler_new(void *job, GError **error)
{
    move *m = ((batch *)job)->m;
    settler *s = g_new0(settler, 1);

    s->m = m;
    s->rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    if (!m->tools)
        return s;
    pthread_mutex_lock(&m->lock);
    if (m->spare->len)
        s->tools = g_ptr_array_steal_index(m->spare, m->spare->len - 1);
    pthread_mutex_unlock(&m->lock);
    if (!s->tools && !(s->tools = tools_new(m->from, m->to, error))) {
        settler_free(s);
        return NULL;
    }
    return s;
}

static bool settle_slice(void *job, void *worker, size_t i, GError **error)
{
    batch *b = job;
    settler *s = worker;

    (void)error;
    for (size_t k = i * SLICE; k < MIN((i + 1) * SLICE, b->n); k++)
        settle_candidate(b->m, s->tools, &b->candidates[k], s->rings);
    return true;
}

static bool settle_batch(rdl_intake *intake, batch *b, size_t bytes, GArray *rings, GError **error)
{
    static const rdl_parallel how = {settler_new, settler_free, settle_slice, "reading"};

    if (intake->threads > 1 && bytes > SHARED_BYTES)
        return rdl_parallel_run(&how, b, (b->n + SLICE - 1) / SLICE, intake->threads, NULL, error);
    for (size_t i = 0; i < b->n; i++)
        settle_candidate(b->m, b->m->tools, &b->candidates[i], rings);
    return true;
}

static bool takes_unplaced(const rdl_record *record)
{
    return record->spec->min_dimension == NO_PLACE_NEEDED;
}

static void note_repairs(rdl_record *record, const candidate *c)
{
    if (c->repaired)
        rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), true,
                   "REPAIRED: %s", c->flaw);
    if (c->moved_repaired)
        rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), true,
                   "REPAIRED: %s after reprojection", c->moved_flaw);
}

/* With what was found: what could not be repaired, or coordinates that cannot be in their system.
 */
static void note_failure(rdl_record *record, const candidate *c)
{
    bool outside = strcmp(c->reason, "OUTSIDE_CRS") == 0;
    g_autofree char *misfit =
        outside ? rdl_crs_misfit(rdl_layer_crs(record->layer), c->came_in) : NULL;
    bool lost = strcmp(c->reason, "NOT_REPAIRABLE") == 0 ||
                strcmp(c->reason, "UNREADABLE_GEOMETRY") == 0 ||
                strcmp(c->reason, "OVER_HALF_TURN") == 0;
    const char *flaw = c->moved_flaw ? c->moved_flaw : c->flaw;
    const char *found = outside ? misfit : lost ? flaw : NULL;

    rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), false, "%s%s%s%s",
               c->reason, found ? ": " : "", found ? found : "",
               found && found == c->moved_flaw ? " after reprojection" : "");
}

/* What its profile says is not to be screened: a patch of something that is gone, say. */
static bool left_out(rdl_record *record)
{
    for (guint i = 0; i < record->leavers->len; i++) {
        const leaver *l = &g_array_index(record->leavers, leaver, i);
        const char *value = rdl_feature_text(record->feature, l->column);
        const char *reason = value ? rdl_codes_find(l->reasons, value) : NULL;
        if (!reason)
            continue;
        rdl_tally_suppressed(record->intake->tally, record->spec->item, reason, 1);
        rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), false,
                   "%s: %s is %s", reason, l->name, value);
        return true;
    }
    return false;
}

static void settle_web_datum(rdl_record *record)
{
    const char *said = rdl_profile_datum(record->profile);

    record->web_datum = said ? (*said ? said : NULL) : rdl_layer_web_datum(record->layer);
    if (!record->web_datum && !said && record->datum_column >= 0)
        record->web_datum = rdl_web_datum(rdl_feature_text(record->feature, record->datum_column));
}

/* "500", "500 m", "0.5公里": metres; NaN for what is no distance. */
static double metres_of(const char *text)
{
    static const struct {
        const char *unit;
        double metres;
    } units[] = {{"", 1.0}, {"m", 1.0}, {"米", 1.0}, {"km", 1e3}, {"公里", 1e3}, {"千米", 1e3}};
    g_autofree char *plain = rdl_name_fold(text);
    char *unit = NULL;
    double value = g_ascii_strtod(plain, &unit);

    for (size_t i = 0; unit != plain && i < G_N_ELEMENTS(units); i++)
        if (strcmp(unit, units[i].unit) == 0)
            return value >= 0.0 && isfinite(value) ? value * units[i].metres : NAN;
    return NAN;
}

double rdl_record_error_m(const rdl_record *record, const char *field)
{
    const char *text = rdl_record_text(record, field);
    double given = text ? metres_of(text) : NAN;

    if (text && isnan(given))
        rdl_reject(record->intake, record->spec->layer, rdl_record_fid(record), true,
                   "BAD_ERROR: %s '%s' is no distance: it counts as not given", field, text);
    return record->web_datum ? fmax(given, rdl_web_datum_error_m(record->web_datum)) : given;
}

const char *rdl_record_unplaced(const rdl_record *record)
{
    return record->unplaced;
}

const char *rdl_record_web_datum(const rdl_record *record)
{
    return record->web_datum;
}

/* Rejected with its reason, or handed on. */
static bool take_candidate(rdl_record *record, move *m, const candidate *c, rdl_record_fn fn,
                           void *user, GError **error)
{
    rdl_intake *intake = record->intake;
    const char *layer = record->spec->layer;

    record->feature = c->feature;
    rdl_tally_in(intake->tally, record->spec->item, 1);
    m->geometries += c->met;
    if (c->reason && strcmp(c->reason, "OUTSIDE_CRS") == 0) {
        m->outside++;
        m->misfit = joined(m->misfit, c->came_in);
    }
    record->unplaced = c->reason;
    if (c->reason && takes_unplaced(record)) {
        if (left_out(record))
            return true;
        note_failure(record, c);
        record->wkb = NULL;
        record->web_datum = NULL;
        return fn(record, user, error);
    }
    if (c->reason) {
        rdl_tally_failed(intake->tally, record->spec->item, c->reason, 1);
        note_failure(record, c);
        return true;
    }
    if (left_out(record))
        return true;
    note_repairs(record, c);
    intake->extent = joined(intake->extent, c->box);
    m->seen = joined(m->seen, c->came_in);
    settle_web_datum(record);
    record->wkb = c->wkb;
    record->box = c->box;
    bool good = fn(record, user, error);
    if (rdl_feature_text_damaged(record->feature))
        rdl_reject(intake, layer, rdl_record_fid(record), true,
                   "DAMAGED_TEXT: some bytes are in no known encoding");
    return good;
}

static void candidate_clear(candidate *c)
{
    g_clear_pointer(&c->wkb, g_bytes_unref);
    g_free(c->flaw);
    g_free(c->moved_flaw);
}

static bool take_batch(rdl_record *record, move *m, const rdl_batch *read, batch *b, GArray *rings,
                       rdl_record_fn fn, void *user, GError **error)
{
    b->n = read->n;
    for (size_t i = 0; i < b->n; i++)
        b->candidates[i] = (candidate){.feature = read->features[i]};
    bool good = settle_batch(record->intake, b, read->bytes, rings, error);
    for (size_t i = 0; i < b->n; i++) {
        good = good && take_candidate(record, m, &b->candidates[i], fn, user, error);
        candidate_clear(&b->candidates[i]);
    }
    return good;
}

static bool read_features(rdl_layer *layer, rdl_record *record, move *m, rdl_record_fn fn,
                          void *user, GError **error)
{
    g_autofree candidate *candidates = g_new(candidate, RDL_BATCH_FEATURES);
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    g_autoptr(rdl_batches) batches = rdl_batches_new(layer, record->intake->threads > 1);
    batch b = {.m = m, .candidates = candidates};
    const rdl_batch *read;

    while ((read = rdl_batches_next(batches, error)) && read->n)
        if (!take_batch(record, m, read, &b, rings, fn, user, error))
            return false;
    return read != NULL;
}

/* What numbers like these are used for, for who must say which system they are in. Yours. */
static char *guess(rdl_box box)
{
    int zone = (int)(box.xmin / 1e6);
    bool degrees = fabs(box.xmin) <= 180.0 && fabs(box.xmax) <= 180.0 && fabs(box.ymin) <= 90.0 &&
                   fabs(box.ymax) <= 90.0;

    if (degrees)
        return g_strdup(" (its coordinates may be degrees, of EPSG:4490 say)");
    if (zone >= 25 && zone <= 45) /* 3 degrees */
        return g_strdup_printf(" (its eastings begin with %d, as in EPSG:%d)", zone, 4488 + zone);
    if (zone >= 13 && zone <= 23) /* 6 degrees */
        return g_strdup_printf(" (its eastings begin with %d, as in EPSG:%d)", zone, 4478 + zone);
    return g_strdup("");
}

/* A system that can be used as it is. */
static bool check_claim(const rdl_layer *layer, GError **error)
{
    const rdl_crs *crs = rdl_layer_crs(layer);
    rdl_box box = no_box;
    g_autofree char *hint = rdl_layer_extent(layer, &box) ? guess(box) : g_strdup("");

    if (!crs)
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s: names no coordinate system: give a --profile with crs_claim%s",
                        rdl_layer_source(layer), hint);
    if (rdl_crs_needs_shift(crs))
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s: is in %s, whose transformation to CGCS2000 is not public: give a "
                        "--profile with datum_shift (3 or 7 numbers from the survey office), or "
                        "with crs (a PROJ string with its grid), or hand it over in CGCS2000",
                        rdl_layer_source(layer), rdl_crs_name(crs));
    return true;
}

static bool settle_move(rdl_intake *intake, const rdl_layer *layer, move *m, GError **error)
{
    const rdl_crs *crs = rdl_layer_crs(layer);

    if (!check_claim(layer, error))
        return false;
    if (!intake->target)
        intake->target =
            rdl_crs_has_shift(crs) ? rdl_crs_parse("EPSG:4490", error) : rdl_crs_ref(crs);
    if (!intake->target)
        return false;
    m->tolerance = rdl_reproject_tolerance(intake->target);
    m->limits = rdl_crs_limits(crs);
    m->from = crs;
    m->to = intake->target;
    if (rdl_crs_same(crs, intake->target))
        return true;
    m->slack = ellipsoids_differ(crs, intake->target);
    m->tools = tools_new(crs, intake->target, error);
    if (!m->tools)
        g_prefix_error(error, "%s: ", rdl_layer_source(layer));
    return m->tools != NULL;
}

/* All of it is somewhere else than it says: y before x, or in another zone than its eastings say.
 */
static bool check_place(const rdl_layer *layer, const move *m, GError **error)
{
    const rdl_crs *crs = rdl_layer_crs(layer);

    if (m->seen.xmin > m->seen.xmax || rdl_layer_crs_claimed(layer))
        return true;
    if (rdl_crs_exchanged(crs, m->seen))
        return rdl_fail(error, RDL_ERROR_CRS,
                        "%s: x from %.10g to %.10g, y from %.10g to %.10g lie outside the area of "
                        "%s, and within it once exchanged: exchange them, or give a --profile "
                        "with exchange_xy: true",
                        rdl_layer_source(layer), m->seen.xmin, m->seen.xmax, m->seen.ymin,
                        m->seen.ymax, rdl_crs_name(crs));
    g_autofree char *zone = rdl_crs_zone_misfit(crs, m->seen);
    return !zone || rdl_fail(error, RDL_ERROR_CRS,
                             "%s: %s: correct the system it names (ogr2ogr -a_srs), or give a "
                             "--profile with the right one as crs",
                             rdl_layer_source(layer), zone);
}

/* One stray vertex is a row in `rejected`; a whole layer in the wrong place is nobody's wish. */
static bool check_system(const rdl_layer *layer, const move *m, GError **error)
{
    if (m->geometries == 0 || m->outside < m->geometries)
        return true;
    g_autofree char *misfit = rdl_crs_misfit(rdl_layer_crs(layer), m->misfit);
    return rdl_fail(error, RDL_ERROR_CRS,
                    "%s: none of its %" PRId64 " geometries can be in %s, which it is "
                    "said to be in (%s): correct that (ogr2ogr -a_srs), or give a --profile with "
                    "the right crs_claim",
                    rdl_layer_source(layer), m->geometries, rdl_crs_name(rdl_layer_crs(layer)),
                    misfit);
}

static void note_claim(rdl_intake *intake, const rdl_intake_spec *spec, const rdl_layer *layer)
{
    const rdl_crs *crs = rdl_layer_crs(layer);

    if (rdl_layer_crs_claimed(layer))
        rdl_reject(intake, spec->layer, RDL_WHOLE_LAYER, true,
                   "CRS_CLAIMED: %s: read as %s, which its profile claims, not as the system it "
                   "names",
                   rdl_layer_source(layer), rdl_crs_name(crs));
    if (rdl_crs_has_shift(crs))
        rdl_reject(intake, spec->layer, RDL_WHOLE_LAYER, true,
                   "DATUM_SHIFTED: %s: brought from %s to CGCS2000 by the transformation given "
                   "with it",
                   rdl_layer_source(layer), rdl_crs_name(crs));
}

static void note_web_datum(rdl_intake *intake, const rdl_intake_spec *spec,
                           const rdl_record *record)
{
    const char *said = rdl_profile_datum(record->profile);
    const char *datum = said ? (*said ? said : NULL) : rdl_layer_web_datum(record->layer);

    if (datum)
        rdl_reject(intake, spec->layer, RDL_WHOLE_LAYER, true,
                   "DATUM_UNCERTAIN: %s: speaks of %s, which displaces places by up to %g m: "
                   "nothing is accused on it, and what is said to lie outside a zone may lie in "
                   "it. If it is in CGCS2000 or WGS 84, say 'datum: CGCS2000' in a --profile",
                   rdl_layer_source(record->layer), datum, rdl_web_datum_error_m(datum));
}

bool rdl_intake_read(rdl_intake *intake, const rdl_intake_spec *spec, const rdl_source *source,
                     rdl_record_fn fn, void *user, GError **error)
{
    g_autoptr(rdl_profile) profile = NULL;

    if (source->profile && !(profile = rdl_profile_read(source->profile, error)))
        return false;
    rdl_layer_options options = rdl_profile_options(profile);
    g_autoptr(rdl_layer) layer = rdl_layer_open(source->path, &options, error);
    g_autoptr(GArray) leavers = g_array_new(FALSE, FALSE, sizeof(leaver));
    rdl_record record = {.layer = layer, .intake = intake, .spec = spec, .profile = profile};
    move m = {.misfit = no_box,
              .seen = no_box,
              .min_dimension = spec->min_dimension,
              .lock = PTHREAD_MUTEX_INITIALIZER};

    intake->extent = no_box;
    if (!intake->arena)
        intake->arena = rdl_arena_new();
    if (!layer || !check_fields(&record, spec, error) || !settle_move(intake, layer, &m, error))
        return false;
    find_fields(&record);
    find_leavers(&record, leavers);
    note_claim(intake, spec, layer);
    note_web_datum(intake, spec, &record);
    m.spare = g_ptr_array_new_with_free_func(tools_free);
    bool good = read_features(layer, &record, &m, fn, user, error);
    g_ptr_array_unref(m.spare);
    tools_free(m.tools);
    return good && check_system(layer, &m, error) && check_place(layer, &m, error);
}
