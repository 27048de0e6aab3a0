#include "screen/footprint.h"

#include <math.h>
#include <string.h>
#include "screen/identity.h"
#include "screen/word.h"

static const char *const no_fields[] = {NULL};
static const char *const footprint_contents[] = {"fp_id",       "activity",     "owner",
                                                 "built_after", "built_before", "pos_error_m",
                                                 "expands",     "attrs",        NULL};
static const char *const patch_contents[] = {"patch_id",    "kind",   "t_before", "t_after",
                                             "pos_error_m", "merged", NULL};
static const char *const footprint_dates[] = {"built_after", "built_before", NULL};
static const rdl_intake_spec footprint_spec = {"screen.footprints", "footprint",    no_fields, 0,
                                               footprint_contents,  footprint_dates};
static const rdl_intake_spec patch_spec = {"screen.patches", "patch", no_fields, 2,
                                           patch_contents,   NULL};

GPtrArray *rdl_footprints_new(void)
{
    return g_ptr_array_new();
}

typedef struct {
    rdl_intake *intake;
    const rdl_pack *pack;
    GPtrArray *footprints;
    const rdl_intake_spec *spec;
    rdl_words *words;
} reading;

static const char *known_activity(const reading *r, rdl_footprint *f, const char *text)
{
    const char *hint = NULL, *code = text ? rdl_words_code(r->words, text, &hint) : NULL;

    if (code)
        return rdl_arena_text(r->intake->arena, code);
    if (hint) {
        rdl_reject(r->intake, r->spec->layer, f->fid, true,
                   "UNKNOWN_ACTIVITY: %s: judged as UNKNOWN", hint);
        f->note = hint;
    }
    return "UNKNOWN";
}

static void check_onset(const reading *r, rdl_footprint *f)
{
    if (f->onset.first <= f->onset.last)
        return;
    rdl_reject(r->intake, r->spec->layer, f->fid, true,
               "BAD_DATE: built before it was begun: both bounds count as unknown");
    f->onset = (rdl_interval){RDL_DAY_PAST, RDL_DAY_FUTURE};
}

static void keep_ground(rdl_footprint *f, rdl_arena *arena, GBytes *wkb, rdl_box box)
{
    size_t n;
    const void *bytes = g_bytes_get_data(wkb, &n);

    f->box = box;
    f->wkb = (rdl_wkb){rdl_arena_copy(arena, bytes, n), n};
}

static bool take_ground(rdl_footprint *f, rdl_arena *arena, const rdl_geometry *g, GError **error)
{
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, error);

    if (wkb)
        keep_ground(f, arena, wkb, rdl_geometry_box(g));
    return wkb != NULL;
}

static rdl_footprint *begin(const rdl_record *record, reading *r, const char *const *contents)
{
    rdl_arena *arena = rdl_record_arena(record);
    rdl_footprint *f = rdl_arena_take(arena, sizeof *f);

    g_ptr_array_add(r->footprints, f);
    f->fid = rdl_record_fid(record);
    f->content = rdl_identity_content(record, contents);
    f->web_datum = rdl_record_web_datum(record);
    f->pos_error_m = rdl_record_error_m(record, "pos_error_m");
    keep_ground(f, arena, rdl_record_wkb(record), rdl_record_box(record));
    return f;
}

static bool take_footprint(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    rdl_arena *arena = rdl_record_arena(record);
    rdl_footprint *f = begin(record, r, footprint_contents);
    bool bad = false;

    (void)error;
    f->fp_id = rdl_arena_text(arena, rdl_record_text(record, "fp_id"));
    f->owner = rdl_arena_text(arena, rdl_record_text(record, "owner"));
    f->expands = rdl_arena_text(arena, rdl_record_text(record, "expands"));
    f->attrs = rdl_arena_text(arena, rdl_record_text(record, "attrs"));
    f->activity = known_activity(r, f, rdl_record_text(record, "activity"));
    f->onset.first = rdl_record_day(record, "built_after", RDL_DAY_PAST, &bad);
    f->onset.last = rdl_record_day(record, "built_before", RDL_DAY_FUTURE, &bad);
    check_onset(r, f);
    f->built = f->onset;
    return true;
}

/* What a person who looked merged into the patch (redline review). */
static const char *joined_with(const rdl_record *record)
{
    const char *merged = rdl_record_text(record, "merged");
    g_autofree char *note = merged ? g_strdup_printf("merged from it and %s", merged) : NULL;

    return rdl_arena_text(rdl_record_arena(record), note);
}

/* Kinds that are no activity of the pack but say that nothing was built. */
static bool builds_nothing(const reading *r, const char *kind)
{
    return kind && strcmp(kind, "recovery") == 0 && !rdl_pack_has_activity(r->pack, kind);
}

static bool take_patch(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    rdl_footprint *f = begin(record, r, patch_contents);
    bool bad = false;

    (void)error;
    f->patch = true;
    f->kind = rdl_arena_text(rdl_record_arena(record), rdl_record_text(record, "kind"));
    f->built_nothing = builds_nothing(r, f->kind);
    f->fp_id = rdl_arena_text(rdl_record_arena(record), rdl_record_text(record, "patch_id"));
    /* a code, never a word: detectors have kinds of their own ("other") */
    f->activity = f->kind && rdl_pack_has_activity(r->pack, f->kind) ? f->kind : "UNKNOWN";
    f->note = joined_with(record);
    f->onset.first = rdl_record_day(record, "t_before", RDL_DAY_PAST, &bad);
    f->onset.last = rdl_record_day(record, "t_after", RDL_DAY_FUTURE, &bad);
    check_onset(r, f);
    f->built = f->onset;
    return true;
}

static bool read_layer(reading *r, const rdl_source *source, rdl_record_fn fn, GError **error)
{
    r->words = rdl_words_new(r->pack, r->intake, "activity");
    bool good = rdl_intake_read(r->intake, r->spec, source, fn, r, error);

    rdl_words_finish(r->words, r->spec->layer);
    return good;
}

bool rdl_footprints_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                         GPtrArray *footprints, GError **error)
{
    reading r = {intake, pack, footprints, &footprint_spec, NULL};

    return read_layer(&r, source, take_footprint, error);
}

bool rdl_patches_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *patches, GError **error)
{
    reading r = {intake, pack, patches, &patch_spec, NULL};

    return read_layer(&r, source, take_patch, error);
}

/* ---- settling ---- */

static rdl_identity identity(gpointer p)
{
    rdl_footprint *f = p;

    return (rdl_identity){&f->fp_id, f->wkb, f->content, f->fid};
}

static rdl_geometry *ground(const rdl_footprint *f, GError **error)
{
    return rdl_geometry_from_wkb(f->wkb.bytes, f->wkb.n, error);
}

/* Counted and marked; sweep() takes all that is marked out. */
static void remove_counted(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *footprints,
                           guint i, const char *code)
{
    const rdl_footprint *f = footprints->pdata[i];

    rdl_reject(intake, spec->layer, f->fid, false, "%s: %s%s%s", code, f->fp_id,
               f->note ? ": " : "", f->note ? f->note : "");
    rdl_tally_suppressed(intake->tally, spec->item, code, 1);
    footprints->pdata[i] = NULL;
}

static void sweep(GPtrArray *footprints)
{
    guint kept = 0;

    for (guint i = 0; i < footprints->len; i++)
        if (footprints->pdata[i])
            footprints->pdata[kept++] = footprints->pdata[i];
    g_ptr_array_set_size(footprints, (gint)kept);
}

static gint compare_id(gconstpointer id, gconstpointer element)
{
    return strcmp(id, (*(rdl_footprint *const *)element)->fp_id);
}

/* Number of a footprint among those sorted by id, -1 where it is not there. */
static gssize number_of(const GPtrArray *footprints, const char *id)
{
    rdl_footprint **found = footprints->len ? bsearch(id, footprints->pdata, footprints->len,
                                                      sizeof(gpointer), compare_id)
                                            : NULL;
    return found ? found - (rdl_footprint **)footprints->pdata : -1;
}

#define GENERATIONS_MOST 64

/* `f` without the ground that its parents, as they came in `grounds`, had before it (J26). */
static bool cut_ancestors(const rdl_footprint *f, const GPtrArray *footprints,
                          const rdl_wkb *grounds, rdl_geometry **left, GError **error)
{
    const rdl_footprint *child = f;

    *left = ground(f, error);
    for (int k = 0; *left && child->expands && k < GENERATIONS_MOST; k++) {
        gssize n = number_of(footprints, child->expands);
        if (n < 0 || footprints->pdata[n] == (gpointer)f)
            break;
        g_autoptr(rdl_geometry) older =
            rdl_geometry_from_wkb(grounds[n].bytes, grounds[n].n, error);
        rdl_geometry *rest = older ? rdl_geometry_difference(*left, older, error) : NULL;
        rdl_geometry_free(*left);
        *left = rest;
        child = footprints->pdata[n];
    }
    return *left != NULL;
}

/* What expands nothing that is there, and older, is a building like any other. */
static void drop_parent(rdl_intake *intake, rdl_footprint *f, const char *code, const char *why)
{
    rdl_reject(intake, footprint_spec.layer, f->fid, true,
               "%s: %s expands %s, which is %s: judged as no expansion", code, f->fp_id, f->expands,
               why);
    f->expands = NULL;
}

static void drop_unfit_parents(rdl_intake *intake, GPtrArray *footprints, rdl_day as_of)
{
    for (guint i = 0; i < footprints->len; i++) {
        rdl_footprint *f = footprints->pdata[i];
        gssize n = f->expands ? number_of(footprints, f->expands) : -1;
        const rdl_footprint *parent = n < 0 ? NULL : footprints->pdata[n];
        if (!f->expands)
            continue;
        if (!parent || parent == f)
            drop_parent(intake, f, "NO_PARENT", parent ? "itself" : "not there");
        else if (parent->onset.first > as_of)
            drop_parent(intake, f, "LATER_PARENT", "not built yet");
        else if (parent->onset.first > f->onset.last)
            drop_parent(intake, f, "LATER_PARENT", "built later");
    }
}

/* Who expands whom in a circle has no older ground to lose. Every footprint is passed once. */
static void drop_circles(rdl_intake *intake, GPtrArray *footprints)
{
    g_autofree gssize *parent = g_new(gssize, footprints->len + 1);
    g_autofree guint *walk = g_new0(guint, footprints->len + 1); /* that passed it; 0: none yet */

    for (guint i = 0; i < footprints->len; i++) {
        const char *expands = ((rdl_footprint *)footprints->pdata[i])->expands;
        parent[i] = expands ? number_of(footprints, expands) : -1;
    }
    for (guint i = 0; i < footprints->len; i++) {
        gssize k = i;
        for (; k >= 0 && !walk[k]; k = parent[k])
            walk[k] = i + 1;
        while (k >= 0 && walk[k] == i + 1 && parent[k] >= 0) {
            gssize up = parent[k];
            drop_parent(intake, footprints->pdata[k], "CIRCLE", "said to expand it in turn");
            parent[k] = -1;
            k = up;
        }
    }
}

static bool settle_expansions(rdl_intake *intake, GPtrArray *footprints, rdl_day as_of,
                              GError **error)
{
    g_autofree rdl_wkb *grounds = NULL;
    g_autoptr(GArray) covered = g_array_new(FALSE, FALSE, sizeof(guint));
    bool any = false;

    drop_unfit_parents(intake, footprints, as_of);
    drop_circles(intake, footprints);
    for (guint i = 0; i < footprints->len; i++)
        any = any || ((rdl_footprint *)footprints->pdata[i])->expands;
    if (!any)
        return true;
    grounds = g_new(rdl_wkb, footprints->len);
    for (guint i = 0; i < footprints->len; i++)
        grounds[i] = ((rdl_footprint *)footprints->pdata[i])->wkb;
    for (guint i = 0; i < footprints->len; i++) {
        rdl_footprint *f = footprints->pdata[i];
        g_autoptr(rdl_geometry) left = NULL;
        if (!f->expands)
            continue;
        if (!cut_ancestors(f, footprints, grounds, &left, error))
            return false;
        if (rdl_geometry_empty(left))
            g_array_append_val(covered, i);
        else if (!take_ground(f, intake->arena, left, error))
            return false;
    }
    for (guint k = covered->len; k-- > 0;)
        remove_counted(intake, &footprint_spec, footprints, g_array_index(covered, guint, k),
                       "COVERED_BY_PARENT");
    sweep(footprints);
    return true;
}

bool rdl_footprints_settle(rdl_intake *intake, GPtrArray *footprints, bool patches, rdl_day as_of,
                           GError **error)
{
    const rdl_intake_spec *spec = patches ? &patch_spec : &footprint_spec;

    rdl_identity_settle(intake, spec, footprints, identity);
    if (!patches && !settle_expansions(intake, footprints, as_of, error))
        return false;
    for (guint i = footprints->len; i-- > 0;) {
        rdl_footprint *f = footprints->pdata[i];
        if (f->onset.first > as_of)
            remove_counted(intake, spec, footprints, i, "FUTURE");
        else
            f->onset.last = MIN(f->onset.last, as_of); /* it stands today */
    }
    sweep(footprints);
    return true;
}

void rdl_footprints_plan(GPtrArray *footprints, rdl_day as_of)
{
    for (guint i = 0; i < footprints->len; i++) {
        rdl_footprint *f = footprints->pdata[i];
        f->planned = true;
        f->built = (rdl_interval){RDL_DAY_PAST, RDL_DAY_FUTURE};
        f->onset = (rdl_interval){as_of, as_of};
    }
}

/* ---- patches that footprints explain ---- */

typedef struct {
    rdl_footprint *footprint;
    double of_footprint; /* share of it that lies on the patch */
} lying;

/* Take the ground of `f` out of `*bare`, the patch no footprint has covered yet. */
static bool lay_on_patch(const rdl_geometry *patch, const rdl_footprint *f, rdl_geometry **bare,
                         double *of_footprint, GError **error)
{
    g_autoptr(rdl_geometry) g = ground(f, error);
    g_autoptr(rdl_geometry) both = g ? rdl_geometry_intersection(patch, g, error) : NULL;
    rdl_geometry *rest = both ? rdl_geometry_difference(*bare, g, error) : NULL;

    if (!rest)
        return false;
    double common = rdl_geometry_plane_area(both), own = rdl_geometry_plane_area(g);
    *of_footprint = own > 0.0 ? common / own : 0.0;
    rdl_geometry_free(*bare);
    *bare = rest;
    return true;
}

static void narrow(rdl_arena *arena, rdl_footprint *f, const rdl_footprint *patch)
{
    rdl_interval both = {MAX(f->onset.first, patch->onset.first),
                         MIN(f->onset.last, patch->onset.last)};

    if (both.first == f->onset.first && both.last == f->onset.last)
        return;
    f->onset = f->built = both;
    g_autofree char *note = g_strdup_printf("%s%sdates from patch %s", f->note ? f->note : "",
                                            f->note ? "; " : "", patch->fp_id);
    f->note = rdl_arena_text(arena, note);
}

#define PIXEL_MOST_M 30.0 /* Landsat's: an outline without steps tells no more of its pixels */

/* Metres about the middle of a box, where distances are asked. */
typedef struct {
    double x, y, mx, my;
} frame;

static bool frame_of(frame *f, rdl_box box, rdl_measure *measure, GError **error)
{
    f->x = (box.xmin + box.xmax) / 2.0;
    f->y = (box.ymin + box.ymax) / 2.0;
    return rdl_measure_scale(measure, f->x, f->y, &f->mx, &f->my, error);
}

/* Outlines of pixels go in steps: the shortest edge is a pixel's side, or more. */
static double pixel_of(const rdl_footprint *patch, const frame *f)
{
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring));
    double shortest = PIXEL_MOST_M, x0, y0, x1, y1;

    if (!rdl_rings_of(patch->wkb.bytes, patch->wkb.n, rings))
        return shortest;
    for (guint i = 0; i < rings->len; i++) {
        const rdl_ring *ring = &g_array_index(rings, rdl_ring, i);
        rdl_point_at(ring->xy, 0, &x0, &y0);
        for (guint32 k = 1; k < ring->n; k++, x0 = x1, y0 = y1) {
            rdl_point_at(ring->xy, k, &x1, &y1);
            shortest = fmin(shortest, hypot((x1 - x0) * f->mx, (y1 - y0) * f->my));
        }
    }
    return shortest;
}

/* Is there room for a disc of that radius in what is left of a patch? */
static bool has_room(const rdl_geometry *left, const frame *f, double radius, bool *yes,
                     GError **error)
{
    g_autoptr(rdl_geometry) metres = rdl_geometry_scaled(left, f->x, f->y, f->mx, f->my, error);
    g_autoptr(rdl_geometry) inner = metres ? rdl_geometry_buffer(metres, -radius, error) : NULL;

    *yes = inner && !rdl_geometry_empty(inner);
    return inner != NULL;
}

typedef struct {
    rdl_intake *intake;
    rdl_measure *measure;
    double pos_error_m; /* where a patch gives none */
} explaining;

/* What no footprint covers of an explained patch goes on as the patch, unless it is a rim. */
static bool keep_rest(const explaining *e, rdl_footprint *patch, const rdl_geometry *whole,
                      const rdl_geometry *bare, bool *kept, GError **error)
{
    double error_m = isnan(patch->pos_error_m) ? e->pos_error_m : patch->pos_error_m;
    double all = 0.0, rest = 0.0;
    frame f;

    *kept = false;
    if (rdl_geometry_empty(bare))
        return true;
    if (!frame_of(&f, patch->box, e->measure, error) ||
        !rdl_measure_area(e->measure, whole, &all, error) ||
        !rdl_measure_area(e->measure, bare, &rest, error) ||
        !has_room(bare, &f, error_m + pixel_of(patch, &f) / 2.0, kept, error) ||
        (*kept && !take_ground(patch, e->intake->arena, bare, error)))
        return false;
    g_autofree char *more =
        *kept ? g_strdup_printf("%.0f of its %.0f m2 lie under footprints and are told with them",
                                all - rest, all)
              : g_strdup_printf("%.0f of its %.0f m2 lie under none, a rim", rest, all);
    g_autofree char *both = patch->note ? g_strjoin("; ", patch->note, more, NULL) : NULL;
    patch->note = rdl_arena_text(e->intake->arena, both ? both : more);
    return true;
}

/* *wholly: what was built between its dates covers it, but for a rim. */
static bool explained(const explaining *e, rdl_footprint *patch, GPtrArray *footprints,
                      const GArray *near, bool *wholly, GError **error)
{
    g_autoptr(rdl_geometry) p = ground(patch, error), bare = ground(patch, error);
    g_autoptr(GArray) on_it = g_array_new(FALSE, FALSE, sizeof(lying));
    bool kept = true;

    for (guint k = 0; p && bare && k < near->len; k++) {
        lying l = {.footprint = footprints->pdata[g_array_index(near, size_t, k)]};
        if (rdl_interval_within(l.footprint->onset, patch->onset) == RDL_NO)
            continue;
        if (!lay_on_patch(p, l.footprint, &bare, &l.of_footprint, error))
            return false;
        g_array_append_val(on_it, l);
    }
    if (!p || !bare)
        return false;
    bool half = rdl_geometry_plane_area(bare) <= 0.5 * rdl_geometry_plane_area(p);
    for (guint k = 0; half && k < on_it->len; k++) {
        lying *l = &g_array_index(on_it, lying, k);
        if (l->of_footprint >= 0.5)
            narrow(e->intake->arena, l->footprint, patch);
    }
    if (half && !keep_rest(e, patch, p, bare, &kept, error))
        return false;
    *wholly = half && !kept;
    return true;
}

bool rdl_patches_explain(rdl_intake *intake, const rdl_pack *pack, GPtrArray *footprints,
                         GPtrArray *patches, GError **error)
{
    explaining e = {.intake = intake, .pos_error_m = rdl_pack_default(pack, "pos_error_m", 5.0)};
    g_autofree rdl_box *boxes = g_new(rdl_box, footprints->len + 1);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));
    bool wholly;

    if (!patches->len)
        return true;
    g_autoptr(rdl_measure) measure = rdl_measure_new(intake->target, error);
    if (!(e.measure = measure))
        return false;
    for (guint i = 0; i < footprints->len; i++)
        boxes[i] = ((rdl_footprint *)footprints->pdata[i])->box;
    g_autoptr(rdl_box_index) index = rdl_box_index_new(boxes, footprints->len, error);
    for (guint i = patches->len; index && i-- > 0;) {
        rdl_footprint *patch = patches->pdata[i];
        if (patch->built_nothing)
            continue;
        rdl_box_index_query(index, patch->box, near);
        if (!explained(&e, patch, footprints, near, &wholly, error))
            return false;
        if (wholly)
            remove_counted(intake, &patch_spec, patches, i, "EXPLAINED");
    }
    sweep(patches);
    return index != NULL;
}
