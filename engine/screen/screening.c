#include "screen/screening.h"

#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include "screen/condition.h"
#include "screen/judging.h"
#include "screen/letter.h"
#include "screen/planned.h"
#include "screen/profile.h"
#include "screen/zone_ground.h"

#define BATCH_MOST 512 /* footprints a piece of work */
#define AHEAD 4        /* footprints asked of memory before they are judged */

/* What findings lend from, one a thread. */
typedef struct {
    rdl_verdict_pool *pool;
    rdl_arena *arena;
} keep;

typedef struct {
    const rdl_screen_options *options;
    rdl_pack *pack;
    rdl_intake intake;
    GPtrArray *zones, *footprints, *patches, *permits, *units, *letters;
    GPtrArray *queue; /* footprints and patches, in order of work; lent */
    rdl_bench bench;
    rdl_judged **batches; /* one a piece */
    double reach_m;       /* how far from a footprint conditions look for zones; 0: they do not */
    guint32 *work;        /* numbers in `queue`, near ones near each other */
    size_t batch;         /* footprints a piece */
    rdl_zone_ground *ground;
    rdl_box_index *zone_index; /* while the ground is noted */
    GPtrArray *keeps;          /* of keep, one a thread, guarded by `lock` */
    pthread_mutex_t lock;
    size_t n_batches;
    rdl_manifest *manifest;
    rdl_output *output;
    rdl_findings found;
    JsonObject *asked;
} screening;

/* ---- reading ---- */

static bool check_options(const rdl_screen_options *o, GError **error)
{
    if (!o->n_zones)
        return rdl_fail(error, RDL_ERROR_USAGE, "screen: --zones is needed");
    if (!o->n_footprints && !o->n_patches)
        return rdl_fail(error, RDL_ERROR_USAGE, "screen: --footprints or --patches is needed");
    if (o->planned && o->n_letters)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "screen: letters speak of what stands, not of projects: leave --letters or "
                        "--planned");
    if (!o->pack)
        return rdl_fail(error, RDL_ERROR_USAGE, "screen: --pack is needed, such as cn");
    if (!o->output)
        return rdl_fail(error, RDL_ERROR_USAGE, "screen: -o is needed, such as findings.gpkg");
    if (o->sliver_m2 < 0.0 || o->sliver_width_m < 0.0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "screen: a sliver's area and width are not below 0");
    if (o->as_of == RDL_DAY_FUTURE || o->as_of == RDL_DAY_PAST)
        return rdl_fail(error, RDL_ERROR_USAGE, "screen: --as-of is needed, as YYYY-MM-DD");
    return true;
}

static bool of_shapefile(const char *path)
{
    static const char *const endings[] = {".dbf", ".prj", ".cpg"};
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        found = found || g_str_has_suffix(path, endings[i]);
    return found;
}

/* A source's files: a Shapefile is several, FILE:LAYER is FILE. */
static bool note_input(screening *s, const char *role, const rdl_source *source, GError **error)
{
    const char *colon = strrchr(source->path, ':');
    g_autofree char *shown = rdl_source_shown(source->path);
    bool database = g_str_has_prefix(source->path, "PG:");
    bool whole = database || g_file_test(source->path, G_FILE_TEST_EXISTS) || !colon;
    g_autofree char *file =
        whole ? g_strdup(shown) : g_strndup(source->path, (size_t)(colon - source->path));

    if (!rdl_manifest_input(s->manifest, role, file, error))
        return false;
    g_autofree char *part = g_strconcat(role, ".part", NULL);
    g_auto(GStrv) files = rdl_source_files(source->path);
    for (char **f = files; *f; f++)
        if (strcmp(*f, file) != 0 && !g_str_has_suffix(*f, ".shx") && /* an index, no content */
            !rdl_manifest_input(s->manifest, of_shapefile(*f) ? role : part, *f, error))
            return false;
    return true;
}

typedef bool (*read_fn)(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                        GPtrArray *into, GError **error);

static bool read_units(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                       GPtrArray *into, GError **error)
{
    (void)pack;
    return rdl_units_read(intake, source, into, error);
}

/* How far two boxes lie apart in x or in y, the larger; degrees go round. */
static double gap(rdl_box a, rdl_box b, bool round)
{
    double y = fmax(a.ymin - b.ymax, b.ymin - a.ymax), x = INFINITY;

    for (int turn = round ? -1 : 0; turn <= (round ? 1 : 0); turn++) {
        double to = 360.0 * turn;
        x = fmin(x, fmax(a.xmin + to - b.xmax, b.xmin - a.xmax - to));
    }
    return fmax(x, y);
}

#define FAR_DEGREES 10.0
#define KM_OF_DEGREE 111.0

/* A layer on another continent is in another system than it says, or the wrong layer: nothing of it
 * could be judged, and "nothing found" would be a lie. */
static bool check_near(const screening *s, const rdl_source *source, GError **error)
{
    bool degrees = rdl_crs_geographic(s->intake.target);
    double nearest = INFINITY;

    for (guint i = 0; i < s->zones->len; i++)
        nearest =
            fmin(nearest, gap(s->intake.extent, ((rdl_zone *)s->zones->pdata[i])->box, degrees));
    if (!degrees)
        nearest *= rdl_crs_unit(s->intake.target) / (1000.0 * KM_OF_DEGREE);
    if (s->intake.extent.xmin > s->intake.extent.xmax || s->zones->len == 0 ||
        nearest <= FAR_DEGREES)
        return true;
    return rdl_fail(
        error, RDL_ERROR_CRS,
        "%s: lies about %.0f degrees from the nearest zone: is it in the system it names? "
        "A --profile with crs_claim names another",
        source->path, nearest);
}

static bool read_all(screening *s, const char *role, const rdl_source *sources, size_t n,
                     read_fn read, GPtrArray *into, const rdl_progress *progress, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        g_autofree char *step = g_strdup_printf("reading %s", role);
        if (!rdl_progress_tell(progress, (double)i / (double)n, g_intern_string(step), error) ||
            !note_input(s, role, &sources[i], error) ||
            !read(&s->intake, s->pack, &sources[i], into, error))
            return false;
        if ((into == s->footprints || into == s->patches) && !check_near(s, &sources[i], error))
            return false;
    }
    return true;
}

/* Zones first: their system is the one all work is done in. */
static bool read_layers(screening *s, const rdl_progress *progress, GError **error)
{
    const rdl_screen_options *o = s->options;

    if (!read_all(s, "zones", o->zones, o->n_zones, rdl_zones_read, s->zones, progress, error))
        return false;
    s->ground = rdl_zone_ground_new(s->zones);
    return read_all(s, "footprints", o->footprints, o->n_footprints, rdl_footprints_read,
                    s->footprints, progress, error) &&
           read_all(s, "patches", o->patches, o->n_patches, rdl_patches_read, s->patches, progress,
                    error) &&
           read_all(s, "permits", o->permits, o->n_permits, rdl_permits_read, s->permits, progress,
                    error) &&
           read_all(s, "units", o->units, o->n_units, read_units, s->units, progress, error) &&
           read_all(s, "letters", o->letters, o->n_letters, rdl_letters_read, s->letters, progress,
                    error);
}

static bool something_came_in(const screening *s)
{
    for (guint i = 0; i < s->intake.rejections->len; i++) {
        const rdl_rejection *r = &g_array_index(s->intake.rejections, rdl_rejection, i);
        if (strcmp(r->layer, "footprint") == 0 && r->fid != RDL_WHOLE_LAYER)
            return true;
    }
    return s->footprints->len > 0 || s->options->n_patches > 0;
}

/* Why the first zone that was read is not used; NULL: none was read. */
static const char *first_zone_lost(const screening *s)
{
    for (guint i = 0; i < s->intake.rejections->len; i++) {
        const rdl_rejection *r = &g_array_index(s->intake.rejections, rdl_rejection, i);
        if (strcmp(r->layer, "zone") == 0 && r->fid != RDL_WHOLE_LAYER && !r->used)
            return r->reason;
    }
    return NULL;
}

/* What was exported empty must not pass for a county where all is well. */
static bool check_filled(const screening *s, GError **error)
{
    const rdl_screen_options *o = s->options;
    const char *lost = first_zone_lost(s);

    if (!s->zones->len && lost)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: holds no zone that can be used (the first: %s): without one "
                        "everything would be clean",
                        o->zones[0].path, lost);
    if (!s->zones->len)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: holds no zone that can be used: without one everything would be clean",
                        o->zones[0].path);
    return something_came_in(s) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: holds no feature: there is nothing to screen",
                    o->footprints[0].path);
}

static bool settle_layers(screening *s, GError **error)
{
    const rdl_screen_options *o = s->options;
    rdl_day as_of = o->as_of;

    if (!check_filled(s, error))
        return false;
    if (s->options->planned)
        rdl_footprints_plan(s->footprints, as_of);
    if (!rdl_zones_settle(&s->intake, s->zones, as_of, error) ||
        !rdl_footprints_settle(&s->intake, s->footprints, false, as_of, error) ||
        !rdl_footprints_settle(&s->intake, s->patches, true, as_of, error) ||
        !rdl_patches_explain(&s->intake, s->pack, s->footprints, s->patches, error))
        return false;
    rdl_permits_settle(&s->intake, s->permits);
    rdl_units_settle(&s->intake, s->units);
    g_ptr_array_extend(s->queue, s->footprints, NULL, NULL);
    g_ptr_array_extend(s->queue, s->patches, NULL, NULL);
    return true;
}

/* ---- judging ---- */

static void *judge_new(void *job, GError **error)
{
    screening *s = job;
    keep *k = g_new(keep, 1);

    *k = (keep){rdl_verdict_pool_new(s->pack, s->options->as_of), rdl_arena_new()};
    pthread_mutex_lock(&s->lock);
    g_ptr_array_add(s->keeps, k);
    pthread_mutex_unlock(&s->lock);
    return rdl_judge_new(&s->bench, k->pool, k->arena, error);
}

static void judge_free(void *worker)
{
    rdl_judge_free(worker);
}

typedef struct {
    rdl_transform *lonlat;
    GArray *found; /* of size_t */
} finder;

static void finder_free(void *worker)
{
    finder *f = worker;

    rdl_transform_free(f->lonlat);
    g_array_unref(f->found);
    g_free(f);
}

static void *finder_new(void *job, GError **error)
{
    const screening *s = job;
    rdl_transform *lonlat = rdl_transform_lonlat(s->bench.crs, error);
    finder *f = lonlat ? g_new0(finder, 1) : NULL;

    if (!f)
        return NULL;
    f->lonlat = lonlat;
    f->found = g_array_new(FALSE, FALSE, sizeof(size_t));
    return f;
}

/* Where footprint k in the order of work looks for zones. */
static bool asked_box(const screening *s, finder *f, size_t k, rdl_box *box, GError **error)
{
    *box = ((rdl_footprint *)s->queue->pdata[s->work[k]])->box;
    return s->reach_m <= 0.0 ||
           rdl_box_grown(s->bench.crs, f->lonlat, *box, s->reach_m, box, error);
}

#define RUN 16 /* footprints in a row, neighbours for the most part */

/* Which zones the footprints of a batch ask for, and some more. */
static bool note_batch(void *job, void *worker, size_t i, GError **error)
{
    screening *s = job;
    finder *f = worker;
    size_t end = MIN((i + 1) * s->batch, s->queue->len);

    for (size_t first = i * s->batch; first < end; first += RUN) {
        rdl_box all, one;
        for (size_t k = first; k < MIN(first + RUN, end); k++) {
            if (!asked_box(s, f, k, &one, error))
                return false;
            all = k == first ? one : rdl_box_union(all, one);
        }
        rdl_box_index_around(s->zone_index, s->bench.crs, all, f->found);
        for (guint n = 0; n < f->found->len; n++)
            rdl_zone_ground_note(s->ground, s->zones->pdata[g_array_index(f->found, size_t, n)], i);
    }
    return true;
}

static bool note_ground(screening *s, GError **error)
{
    static const rdl_parallel how = {finder_new, finder_free, note_batch, "screening"};
    g_autofree rdl_box *boxes = g_new(rdl_box, s->zones->len + 1);

    for (guint i = 0; i < s->zones->len; i++) {
        const rdl_zone *zone = s->zones->pdata[i];
        boxes[i] = zone->box;
        if (rdl_pack_wants_near(s->pack, zone->class))
            s->reach_m = rdl_pack_default(s->pack, "near_limit_m", RDL_NEAR_LIMIT_M);
    }
    s->zone_index = rdl_box_index_new(boxes, s->zones->len, error);
    rdl_zone_ground_begin(s->ground, s->n_batches);
    return s->zone_index &&
           rdl_parallel_run(&how, s, s->n_batches, s->options->threads, NULL, error);
}

/* Neighbours lie anywhere in memory: what is judged soon is asked for. */
static void fetch(const rdl_footprint *f)
{
    for (size_t at = 0; at < sizeof *f; at += 64)
        __builtin_prefetch((const char *)f + at);
}

static bool judge_batch(void *job, void *worker, size_t i, GError **error)
{
    screening *s = job;
    rdl_judged *judged = s->batches[i] = rdl_judged_new();
    size_t end = MIN((i + 1) * s->batch, s->queue->len);

    for (size_t k = i * s->batch; k < end; k++) {
        guint32 number = s->work[k];
        if (k + AHEAD < end)
            fetch(s->queue->pdata[s->work[k + AHEAD]]);
        if (!rdl_judge_footprint(worker, s->queue->pdata[number], judged,
                                 &g_array_index(s->found.balances, rdl_source_balance, number),
                                 error))
            return false;
    }
    rdl_zone_ground_done(s->ground, i);
    return true;
}

/* Neighbours after each other: they ask for the same zones. */
static void order_work(screening *s)
{
    size_t n = s->queue->len, filled;
    g_autofree rdl_box *boxes = g_new(rdl_box, n + 1);

    for (size_t i = 0; i < n; i++)
        boxes[i] = ((rdl_footprint *)s->queue->pdata[i])->box;
    s->work = g_new(guint32, n + 1);
    rdl_boxes_order(boxes, n, s->work, &filled);
    g_assert(filled == n); /* no empty geometry gets this far */
    s->batch = CLAMP(n / (16 * (size_t)MAX(1, s->options->threads)), 1, BATCH_MOST);
    s->n_batches = (n + s->batch - 1) / s->batch;
    s->batches = g_new0(rdl_judged *, s->n_batches + 1);
}

/* A tolerance as it was given, else the pack's, else none. A project that only grazes a zone can
 * still be moved: it is asked about. */
static double or_pack(const screening *s, double given, const char *key, double unset)
{
    double of_pack = s->options->planned ? 0.0 : rdl_pack_default(s->pack, key, unset);

    return isnan(given) ? of_pack : given;
}

static bool judge_all(screening *s, const rdl_progress *progress, GError **error)
{
    static const rdl_parallel how = {judge_new, judge_free, judge_batch, "screening"};
    const rdl_pack *pack = s->pack;

    s->bench =
        (rdl_bench){.pack = pack,
                    .crs = s->intake.target,
                    .zones = s->zones,
                    .permits = s->permits,
                    .units = s->units,
                    .permits_given = s->options->n_permits > 0,
                    .as_of = s->options->as_of,
                    .overlay = {.boundary_error_m = rdl_pack_default(pack, "boundary_error_m", 5.0),
                                .pos_error_m = rdl_pack_default(pack, "pos_error_m", 5.0),
                                .residual_m = s->options->residual_m,
                                .dust_m2 = or_pack(s, NAN, "dust_m2", 0.01),
                                .sliver_m2 = or_pack(s, s->options->sliver_m2, "sliver_m2", 0.0),
                                .sliver_width_m =
                                    or_pack(s, s->options->sliver_width_m, "sliver_width_m", 0.0)}};
    order_work(s);
    malloc_trim(0); /* what put it in order is free now: to the system, before more is asked for */
    g_array_set_size(s->found.balances, s->queue->len);
    return note_ground(s, error) &&
           rdl_parallel_run(&how, s, s->n_batches, s->options->threads, progress, error);
}

/* ---- merging ---- */

/* An id is "F-" and 48 bits in hexadecimal digits, by which text and number have one order. */
static guint64 id_bits(const rdl_finding *f)
{
    guint64 bits = 0;

    for (const char *digit = f->finding_id + 2; *digit; digit++)
        bits = bits << 4 | (guint64)g_ascii_xdigit_value(*digit);
    return bits;
}

static void sort_findings(GPtrArray *findings)
{
    g_autofree gpointer *before = g_memdup2(findings->pdata, findings->len * sizeof(gpointer));
    g_autofree rdl_keyed *order = g_new(rdl_keyed, findings->len + 1);
    g_autofree guint32 *high = g_new(guint32, findings->len + 1);

    for (guint i = 0; i < findings->len; i++) {
        guint64 bits = id_bits(before[i]);
        order[i] = (rdl_keyed){(guint32)bits, i};
        high[i] = (guint32)(bits >> 32);
    }
    rdl_keyed_sort(order, findings->len);
    for (guint i = 0; i < findings->len; i++)
        order[i].key = high[order[i].number];
    rdl_keyed_sort(order, findings->len);
    for (guint i = 0; i < findings->len; i++)
        findings->pdata[i] = before[order[i].number];
}

static gint by_rejection(gconstpointer a, gconstpointer b)
{
    const rdl_rejection *x = a, *y = b;
    int by_layer = strcmp(x->layer, y->layer);

    if (by_layer)
        return by_layer;
    return x->fid != y->fid ? (x->fid < y->fid ? -1 : 1) : strcmp(x->reason, y->reason);
}

static void merge_asked(screening *s, GHashTable *asked)
{
    GHashTableIter iter;
    gpointer rule_id, n;

    g_hash_table_iter_init(&iter, asked);
    while (g_hash_table_iter_next(&iter, &rule_id, &n)) {
        gint64 before = json_object_get_int_member_with_default(s->asked, rule_id, 0);
        json_object_set_int_member(s->asked, rule_id, before + (gint64)GPOINTER_TO_SIZE(n));
    }
}

static void take_open(gpointer project, gpointer asked, gpointer into)
{
    g_hash_table_insert(into, project, asked);
}

static void count_fates(screening *s, const rdl_judged *j)
{
    static const char *const items[] = {"screen.footprints", "screen.patches"};
    rdl_tally *tally = s->intake.tally;

    for (int k = 0; k < 2; k++) {
        rdl_tally_used(tally, items[k], j->with_findings[k]);
        rdl_tally_suppressed(tally, items[k], "OUTSIDE_ZONES", j->without[k]);
        rdl_tally_suppressed(tally, items[k], "SLIVER", j->slivers_only[k]);
        rdl_tally_failed(tally, items[k], "OVERLAY_FAILED", j->failed[k]);
    }
    for (guint i = 0; i < j->dust_only->len; i++) {
        const rdl_footprint *f = j->dust_only->pdata[i];
        rdl_tally_suppressed(tally, items[f->patch], "DUST", 1);
    }
    rdl_tally_in(tally, "screen.parts", j->findings->len + j->dust + j->slivers->len);
    rdl_tally_used(tally, "screen.parts", j->findings->len);
    rdl_tally_suppressed(tally, "screen.parts", "DUST", j->dust);
    rdl_tally_suppressed(tally, "screen.parts", "SLIVER", j->slivers->len);
}

/* The balances of footprints that failed are not there. */
static void sweep_balances(GArray *balances)
{
    guint kept = 0;

    for (guint i = 0; i < balances->len; i++) {
        rdl_source_balance b = g_array_index(balances, rdl_source_balance, i);
        if (b.footprint)
            g_array_index(balances, rdl_source_balance, kept++) = b;
    }
    g_array_set_size(balances, kept);
}

/* Never dropped in silence: each sliver is told, with its zone and size. */
static void tell_slivers(screening *s, const GArray *slivers)
{
    const rdl_overlay_options *o = &s->bench.overlay;

    for (guint i = 0; i < slivers->len; i++) {
        const rdl_left_over *l = &g_array_index(slivers, rdl_left_over, i);
        rdl_reject(&s->intake, l->footprint->patch ? "patch" : "footprint", l->footprint->fid, true,
                   "SLIVER: %s: %.2f m2 in zone %s, under %g m2 and narrower than %g m: left in "
                   "the remainder",
                   l->footprint->fp_id, l->m2, l->zone->zone_id, o->sliver_m2, o->sliver_width_m);
    }
}

static void tell_dust(screening *s, const GPtrArray *footprints)
{
    for (guint i = 0; i < footprints->len; i++) {
        const rdl_footprint *f = footprints->pdata[i];
        rdl_reject(&s->intake, f->patch ? "patch" : "footprint", f->fid, true,
                   "DUST: %s: meets zones with less than %g m2: no finding", f->fp_id,
                   s->bench.overlay.dust_m2);
    }
}

static void merge_batches(screening *s)
{
    for (size_t i = 0; i < s->n_batches; i++) {
        rdl_judged *j = s->batches[i];
        g_ptr_array_extend(s->found.findings, j->findings, NULL, NULL);
        for (guint k = 0; k < j->failures->len; k++) {
            const rdl_footprint *f = j->failed_footprints->pdata[k];
            rdl_reject(&s->intake, f->patch ? "patch" : "footprint", f->fid, false,
                       "OVERLAY_FAILED: %s", (char *)j->failures->pdata[k]);
        }
        tell_slivers(s, j->slivers);
        tell_dust(s, j->dust_only);
        merge_asked(s, j->asked);
        g_hash_table_foreach(j->open, take_open, s->found.open);
        count_fates(s, j);
        g_clear_pointer(&s->batches[i], rdl_judged_free);
    }
    sweep_balances(s->found.balances);
    sort_findings(s->found.findings);
    g_array_sort(s->intake.rejections, by_rejection);
    s->found.rejections = s->intake.rejections;
}

/* Parts and remainder must make the whole: to a square metre in a million, at least a square
 * decimetre (rounding of vertices of a small polygon far from the origin). */
static bool check_areas(const screening *s, GError **error)
{
    for (guint i = 0; i < s->found.balances->len; i++) {
        const rdl_source_balance *b = &g_array_index(s->found.balances, rdl_source_balance, i);
        double tolerance = fmax(0.01, 1e-6 * b->whole_m2);
        if (fabs(b->whole_m2 - b->parts_m2 - b->remainder_m2) > tolerance)
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s: parts of %.3f m2 and a remainder of %.3f m2 do not make %.3f m2",
                            b->footprint->fp_id, b->parts_m2, b->remainder_m2, b->whole_m2);
    }
    return true;
}

/* ---- results ---- */

static void answer_projects(screening *s)
{
    s->found.answers =
        rdl_answers(s->footprints, &s->found, rdl_pack_default(s->pack, "project_least_m2", 1.0));
    rdl_planned_scope(s->pack, s->zones, s->options->as_of, &s->found.given, &s->found.missing);
}

static JsonObject *count_by_result(const GPtrArray *findings, bool planned)
{
    JsonObject *counts = json_object_new();

    int first = planned ? RDL_RESULT_REFUSE : RDL_RESULT_SUSPECT;
    int last = planned ? RDL_RESULT_PASS : RDL_RESULT_CLEAN;

    for (int r = first; r <= last; r++) {
        gint64 n = 0;
        for (guint i = 0; i < findings->len; i++)
            n += ((rdl_finding *)findings->pdata[i])->verdict->result == (rdl_result)r;
        json_object_set_int_member(counts, rdl_result_text((rdl_result)r), n);
    }
    return counts;
}

static JsonObject *count_answers(const GArray *answers)
{
    JsonObject *counts = json_object_new();

    for (int r = RDL_RESULT_REFUSE; r <= RDL_RESULT_PASS; r++) {
        gint64 n = 0;
        for (guint i = 0; i < answers->len; i++)
            n += g_array_index(answers, rdl_answer, i).answer == (rdl_result)r;
        json_object_set_int_member(counts, rdl_result_text((rdl_result)r), n);
    }
    return counts;
}

static void count_rejections(const GArray *rejections, gint64 *rejected, gint64 *warnings)
{
    *rejected = *warnings = 0;
    for (guint i = 0; i < rejections->len; i++)
        ++*(g_array_index(rejections, rdl_rejection, i).used ? warnings : rejected);
}

static JsonArray *texts(const GPtrArray *list)
{
    JsonArray *array = json_array_new();

    for (guint i = 0; i < list->len; i++)
        json_array_add_string_element(array, list->pdata[i]);
    return array;
}

static JsonNode *summarise(screening *s, const GPtrArray *layers)
{
    JsonObject *o = json_object_new();
    g_autofree char *as_of = rdl_day_text(s->options->as_of);
    gint64 rejected, warnings;
    double own = 0.0, whole = 0.0, remainder = 0.0, sliver = 0.0;

    for (guint i = 0; i < s->found.findings->len; i++)
        own += ((rdl_finding *)s->found.findings->pdata[i])->part.own_m2;
    for (guint i = 0; i < s->found.balances->len; i++) {
        const rdl_source_balance *b = &g_array_index(s->found.balances, rdl_source_balance, i);
        whole += b->whole_m2;
        remainder += b->remainder_m2;
        sliver += b->sliver_m2;
    }
    count_rejections(s->found.rejections, &rejected, &warnings);
    json_object_set_string_member(o, "as_of", as_of);
    json_object_set_string_member(o, "pack", rdl_pack_id(s->pack));
    json_object_set_string_member(o, "pack_version", rdl_pack_version(s->pack));
    json_object_set_int_member(o, "findings", s->found.findings->len);
    json_object_set_object_member(o, "by_result",
                                  count_by_result(s->found.findings, s->options->planned));
    if (s->found.answers) {
        json_object_set_object_member(o, "answers", count_answers(s->found.answers));
        json_object_set_string_member(o, "checked", s->found.given);
        json_object_set_string_member(o, "not_given", s->found.missing);
    }
    if (s->options->n_letters)
        json_object_set_object_member(o, "letters", rdl_letters_statistics(s->letters));
    json_object_set_double_member(o, "whole_m2", whole);
    json_object_set_double_member(o, "area_own_m2", own);
    json_object_set_double_member(o, "remainder_m2", remainder);
    json_object_set_double_member(o, "sliver_m2", sliver);
    json_object_set_int_member(o, "rejected", rejected);
    json_object_set_int_member(o, "warnings", warnings);
    json_object_set_array_member(o, "layer_warnings", texts(layers));
    json_object_set_object_member(o, "asked", json_object_ref(s->asked));
    json_object_set_member(o, "tally", rdl_tally_json(s->intake.tally));
    return json_node_init_object(json_node_alloc(), o);
}

static void add_sources(JsonArray *all, const char *role, const rdl_source *sources, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        JsonObject *o = json_object_new();
        json_object_set_string_member(o, "role", role);
        g_autofree char *shown = rdl_source_shown(sources[i].path);
        json_object_set_string_member(o, "path", shown);
        rdl_json_set_text(o, "profile", sources[i].profile);
        if (sources[i].profile) {
            g_autofree char *digest = rdl_profile_digest(sources[i].profile, NULL);
            rdl_json_set_text(o, "profile_sha256", digest);
        }
        json_array_add_object_element(all, o);
    }
}

static void note_number(screening *s, const char *name, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    rdl_manifest_option(s->manifest, name, g_ascii_dtostr(text, sizeof text, value));
}

/* What a replay needs: every source as it was named, with its layer and profile. */
static void describe_sources(screening *s)
{
    const rdl_screen_options *o = s->options;
    JsonArray *all = json_array_new();

    add_sources(all, "zones", o->zones, o->n_zones);
    add_sources(all, "footprints", o->footprints, o->n_footprints);
    add_sources(all, "patches", o->patches, o->n_patches);
    add_sources(all, "permits", o->permits, o->n_permits);
    add_sources(all, "units", o->units, o->n_units);
    add_sources(all, "letters", o->letters, o->n_letters);
    json_object_set_array_member(rdl_manifest_object(s->manifest), "sources", all);
    note_number(s, "residual_m", o->residual_m);
    note_number(s, "sliver_m2", s->bench.overlay.sliver_m2);
    note_number(s, "sliver_width_m", s->bench.overlay.sliver_width_m);
}

static void describe_run(screening *s)
{
    g_autofree char *as_of = rdl_day_text(s->options->as_of);

    describe_sources(s);
    rdl_manifest_option(s->manifest, "as_of", as_of);
    rdl_manifest_option(s->manifest, "local", s->options->local);
    rdl_manifest_option(s->manifest, "pack", rdl_pack_id(s->pack));
    rdl_manifest_option(s->manifest, "pack_version", rdl_pack_version(s->pack));
    rdl_manifest_option(s->manifest, "pack_sha256", rdl_pack_digest(s->pack));
    rdl_manifest_option(s->manifest, "crs", rdl_crs_name(s->intake.target));
    rdl_manifest_method(s->manifest, "overlay in the zones' plane: Weiler & Atherton 1977 where "
                                     "borders cross cleanly, else GEOS OverlayNG; areas: authalic "
                                     "line integral on the ellipsoid (Snyder 1987, eq. 3-12)");
}

static bool write_outputs(screening *s, GError **error)
{
    const rdl_screen_options *o = s->options;

    if (!rdl_findings_write(rdl_output_temporary(s->output), s->intake.target, &s->found, o->as_of,
                            o->threads, error))
        return false;
    describe_run(s);
    g_autoptr(rdl_output) told = rdl_manifest_begin(s->manifest, o->output, error);
    return told && rdl_output_commit(s->output, error) && rdl_output_commit(told, error);
}

static bool apart(const rdl_screen_options *o, GError **error)
{
    const struct {
        const rdl_source *list;
        size_t n;
    } roles[] = {{o->zones, o->n_zones},     {o->footprints, o->n_footprints},
                 {o->patches, o->n_patches}, {o->permits, o->n_permits},
                 {o->units, o->n_units},     {o->letters, o->n_letters}};

    for (size_t r = 0; r < G_N_ELEMENTS(roles); r++)
        for (size_t i = 0; i < roles[r].n; i++)
            if (!rdl_output_apart(&o->output, 1, &roles[r].list[i].path, 1, error))
                return false;
    return true;
}

/* A label that switches nothing on is a slip of the pen. */
static bool check_local(const screening *s, GError **error)
{
    const rdl_csv *rules = rdl_pack_table(s->pack, "rules.csv");
    g_auto(GStrv) asked = g_strsplit(s->options->local ? s->options->local : "", ",", -1);
    g_autoptr(GHashTable) labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; rules && i < rdl_csv_count(rules); i++) {
        g_auto(GStrv) of_row = g_strsplit(rdl_csv_at(rules, i, "local"), "|", -1);
        for (char **l = of_row; *l; l++)
            if (**l)
                g_hash_table_add(labels, g_strdup(*l));
    }
    for (char **a = asked; *a; a++) {
        if (g_hash_table_contains(labels, *a) || (rules && rdl_csv_find(rules, "local", *a) >= 0))
            continue;
        g_autoptr(GList) known = g_list_sort(g_hash_table_get_keys(labels), (GCompareFunc)strcmp);
        g_autoptr(GString) list = g_string_new(NULL);
        for (GList *k = known; k; k = k->next)
            g_string_append_printf(list, "%s%s", k == known ? "" : ", ", (char *)k->data);
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--local '%s': pack %s has no local rows of that label; it has %s", *a,
                        rdl_pack_id(s->pack), list->len ? list->str : "none");
    }
    return true;
}

static bool hold_letters(screening *s, GError **error)
{
    if (!rdl_letters_match(&s->intake, s->pack, s->letters, s->queue, s->found.findings, error))
        return false;
    g_array_sort(s->intake.rejections, by_rejection);
    s->found.letters = s->options->n_letters ? s->letters : NULL;
    return true;
}

static bool run(screening *s, const rdl_progress *progress, GError **error)
{
    const rdl_screen_options *o = s->options;

    /* where it cannot be written is said before the work, not after it */
    if (!apart(o, error) || !(s->output = rdl_output_begin(o->output, o->overwrite, error)) ||
        !(s->pack = rdl_pack_open(o->pack, o->local, error)) || !check_local(s, error) ||
        !read_layers(s, progress, error) ||
        !rdl_progress_tell(progress, 0.0, "settling layers", error) || !settle_layers(s, error) ||
        !judge_all(s, progress, error))
        return false;
    merge_batches(s);
    if (o->planned)
        answer_projects(s);
    if (!hold_letters(s, error))
        return false;
    return rdl_tally_check(s->intake.tally, error) && check_areas(s, error) &&
           rdl_progress_tell(progress, 0.0, "writing findings", error) && write_outputs(s, error);
}

static void keep_free(gpointer p)
{
    keep *k = p;

    rdl_verdict_pool_free(k->pool);
    rdl_arena_free(k->arena);
    g_free(k);
}

static void screening_init(screening *s, const rdl_screen_options *options)
{
    *s = (screening){.options = options,
                     .intake = {.tally = rdl_tally_new(), .rejections = rdl_rejections_new()},
                     .zones = rdl_zones_new(),
                     .footprints = rdl_footprints_new(),
                     .patches = rdl_footprints_new(),
                     .permits = rdl_permits_new(),
                     .units = rdl_units_new(),
                     .letters = rdl_letters_new(),
                     .queue = g_ptr_array_new(),
                     .keeps = g_ptr_array_new_with_free_func(keep_free),
                     .lock = PTHREAD_MUTEX_INITIALIZER,
                     .manifest = rdl_manifest_new("screen"),
                     .asked = json_object_new()};
    s->intake.threads = options->threads;
    s->found.findings = g_ptr_array_new();
    s->found.open = g_hash_table_new(NULL, NULL);
    s->found.balances = g_array_new(FALSE, TRUE, sizeof(rdl_source_balance));
}

static void free_batches(screening *s)
{
    for (size_t i = 0; i < s->n_batches; i++)
        rdl_judged_free(s->batches[i]);
    g_free(s->batches);
}

static void screening_clear(screening *s)
{
    free_batches(s);
    g_ptr_array_unref(s->found.findings);
    g_array_unref(s->found.balances);
    g_hash_table_unref(s->found.open);
    if (s->found.answers)
        g_array_unref(s->found.answers);
    g_free(s->found.given);
    g_free(s->found.missing);
    g_array_unref(s->intake.rejections);
    g_ptr_array_unref(s->keeps);
    g_free(s->work);
    g_ptr_array_unref(s->queue);
    g_ptr_array_unref(s->zones);
    rdl_zone_ground_free(s->ground);
    rdl_box_index_free(s->zone_index);
    g_ptr_array_unref(s->footprints);
    g_ptr_array_unref(s->patches);
    g_ptr_array_unref(s->permits);
    g_ptr_array_unref(s->units);
    g_ptr_array_unref(s->letters);
    rdl_manifest_free(s->manifest);
    rdl_output_free(s->output);
    json_object_unref(s->asked);
    rdl_intake_clear(&s->intake);
    rdl_pack_free(s->pack);
}

bool rdl_screen(const rdl_screen_options *options, const rdl_progress *progress,
                rdl_screen_result *result, GError **error)
{
    screening s;

    *result = (rdl_screen_result){0};
    if (!check_options(options, error))
        return false;
    screening_init(&s, options);
    bool good = run(&s, progress, error);
    if (good) {
        result->warnings = rdl_rejections_told(s.found.rejections);
        result->summary = summarise(&s, result->warnings);
        result->tally = g_steal_pointer(&s.intake.tally);
    }
    rdl_tally_free(s.intake.tally);
    screening_clear(&s);
    return good;
}

void rdl_screen_result_clear(rdl_screen_result *result)
{
    g_clear_pointer(&result->tally, rdl_tally_free);
    g_clear_pointer(&result->summary, json_node_unref);
    g_clear_pointer(&result->warnings, g_ptr_array_unref);
}

/* ---- for --fail-on ---- */

bool rdl_screen_check_results(const char *list, GError **error)
{
    g_auto(GStrv) asked = g_strsplit(list, ",", -1);
    const char *names[RDL_RESULT_PASS + 2] = {NULL};

    for (int r = RDL_RESULT_SUSPECT; r <= RDL_RESULT_PASS; r++)
        names[r] = rdl_result_text((rdl_result)r);
    g_autofree char *there = g_strjoinv(", ", (char **)names);
    for (char **a = asked; *a; a++)
        if (!g_strv_contains(names, *a))
            return rdl_fail(error, RDL_ERROR_USAGE, "'%s' is no result: there are %s", *a, there);
    return *asked || rdl_fail(error, RDL_ERROR_USAGE, "no result is named: there are %s", there);
}

bool rdl_screen_has_result(const rdl_screen_result *result, const char *list)
{
    JsonObject *counts = rdl_json_object(json_node_get_object(result->summary), "by_result");
    g_auto(GStrv) asked = g_strsplit(list, ",", -1);

    for (char **a = asked; *a; a++)
        if (json_object_get_int_member_with_default(counts, *a, 0) > 0)
            return true;
    return false;
}
