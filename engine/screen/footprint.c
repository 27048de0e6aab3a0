#include "screen/footprint.h"

#include <math.h>
#include <string.h>
#include "screen/identity.h"

static const char *const no_fields[] = {NULL};
static const rdl_intake_spec footprint_spec = {"screen.footprints", "footprint", no_fields, 0};
static const rdl_intake_spec patch_spec = {"screen.patches", "patch", no_fields, 2};

static void footprint_free(gpointer p)
{
    rdl_footprint *f = p;

    g_free(f->fp_id);
    g_free(f->activity);
    g_free(f->owner);
    g_free(f->expands);
    g_free(f->attrs);
    g_free(f->note);
    if (f->wkb)
        g_bytes_unref(f->wkb);
    g_free(f);
}

GPtrArray *rdl_footprints_new(void)
{
    return g_ptr_array_new_with_free_func(footprint_free);
}

typedef struct {
    rdl_intake *intake;
    const rdl_pack *pack;
    GPtrArray *footprints;
    const rdl_intake_spec *spec;
} reading;

static char *known_activity(const reading *r, const rdl_record *record, const char *code)
{
    if (code && rdl_pack_has_activity(r->pack, code))
        return g_strdup(code);
    if (code && r->spec == &footprint_spec)
        rdl_reject(r->intake, r->spec->layer, rdl_record_fid(record), true,
                   "UNKNOWN_ACTIVITY: '%s' is not in the pack: judged as UNKNOWN", code);
    return g_strdup("UNKNOWN");
}

static void check_onset(const reading *r, rdl_footprint *f)
{
    if (f->onset.first <= f->onset.last)
        return;
    rdl_reject(r->intake, r->spec->layer, f->fid, true,
               "BAD_DATE: built before it was begun: both bounds count as unknown");
    f->onset = (rdl_interval){RDL_DAY_PAST, RDL_DAY_FUTURE};
}

static bool take_ground(rdl_footprint *f, const rdl_geometry *g, GError **error)
{
    if (f->wkb)
        g_bytes_unref(f->wkb);
    f->box = rdl_geometry_box(g);
    f->wkb = rdl_geometry_wkb(g, error);
    return f->wkb != NULL;
}

static bool take_footprint(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    rdl_footprint *f = g_new0(rdl_footprint, 1);
    bool bad = false;

    g_ptr_array_add(r->footprints, f);
    f->fid = rdl_record_fid(record);
    f->fp_id = g_strdup(rdl_record_text(record, "fp_id"));
    f->owner = g_strdup(rdl_record_text(record, "owner"));
    f->expands = g_strdup(rdl_record_text(record, "expands"));
    f->attrs = g_strdup(rdl_record_text(record, "attrs"));
    f->activity = known_activity(r, record, rdl_record_text(record, "activity"));
    f->pos_error_m = rdl_record_real(record, "pos_error_m");
    f->onset.first = rdl_record_day(record, "built_after", RDL_DAY_PAST, &bad);
    f->onset.last = rdl_record_day(record, "built_before", RDL_DAY_FUTURE, &bad);
    check_onset(r, f);
    return take_ground(f, rdl_record_geometry(record), error);
}

static bool take_patch(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    rdl_footprint *f = g_new0(rdl_footprint, 1);
    bool bad = false;

    g_ptr_array_add(r->footprints, f);
    f->patch = true;
    f->fid = rdl_record_fid(record);
    f->fp_id = g_strdup(rdl_record_text(record, "patch_id"));
    f->activity = known_activity(r, record, rdl_record_text(record, "kind"));
    f->pos_error_m = rdl_record_real(record, "pos_error_m");
    f->onset.first = rdl_record_day(record, "t_before", RDL_DAY_PAST, &bad);
    f->onset.last = rdl_record_day(record, "t_after", RDL_DAY_FUTURE, &bad);
    check_onset(r, f);
    return take_ground(f, rdl_record_geometry(record), error);
}

bool rdl_footprints_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                         GPtrArray *footprints, GError **error)
{
    reading r = {intake, pack, footprints, &footprint_spec};

    return rdl_intake_read(intake, r.spec, source, take_footprint, &r, error);
}

bool rdl_patches_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *patches, GError **error)
{
    reading r = {intake, pack, patches, &patch_spec};

    return rdl_intake_read(intake, r.spec, source, take_patch, &r, error);
}

/* ---- settling ---- */

static rdl_identity identity(gpointer p)
{
    rdl_footprint *f = p;

    return (rdl_identity){&f->fp_id, f->wkb, f->fid};
}

static rdl_geometry *ground(const rdl_footprint *f, GError **error)
{
    return rdl_geometry_from_wkb(g_bytes_get_data(f->wkb, NULL), g_bytes_get_size(f->wkb), error);
}

static void remove_counted(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *footprints,
                           guint i, const char *code)
{
    const rdl_footprint *f = footprints->pdata[i];

    rdl_reject(intake, spec->layer, f->fid, false, "%s: %s", code, f->fp_id);
    rdl_tally_suppressed(intake->tally, spec->item, code, 1);
    g_ptr_array_remove_index(footprints, i);
}

static gint compare_id(gconstpointer id, gconstpointer element)
{
    return strcmp(id, (*(rdl_footprint *const *)element)->fp_id);
}

static rdl_footprint *by_id(const GPtrArray *footprints, const char *id)
{
    rdl_footprint **found = footprints->len ? bsearch(id, footprints->pdata, footprints->len,
                                                      sizeof(gpointer), compare_id)
                                            : NULL;
    return found ? *found : NULL;
}

/* What is left of an expansion without the ground its parent has; *left NULL: nothing. */
static bool cut_parent(const rdl_footprint *f, const rdl_footprint *parent, rdl_geometry **left,
                       GError **error)
{
    g_autoptr(rdl_geometry) own = ground(f, error), older = ground(parent, error);

    *left = own && older ? rdl_geometry_difference(own, older, error) : NULL;
    if (!*left)
        return false;
    if (rdl_geometry_empty(*left))
        g_clear_pointer(left, rdl_geometry_free);
    return true;
}

static bool settle_expansions(rdl_intake *intake, GPtrArray *footprints, GError **error)
{
    for (guint i = footprints->len; i-- > 0;) {
        rdl_footprint *f = footprints->pdata[i];
        const rdl_footprint *parent = f->expands ? by_id(footprints, f->expands) : NULL;
        g_autoptr(rdl_geometry) left = NULL;

        if (f->expands && !parent)
            rdl_reject(intake, "footprint", f->fid, true, "NO_PARENT: %s expands %s, which is not "
                       "there", f->fp_id, f->expands);
        if (!parent || parent == f)
            continue;
        if (!cut_parent(f, parent, &left, error))
            return false;
        if (!left)
            remove_counted(intake, &footprint_spec, footprints, i, "COVERED_BY_PARENT");
        else if (!take_ground(f, left, error))
            return false;
    }
    return true;
}

bool rdl_footprints_settle(rdl_intake *intake, GPtrArray *footprints, bool patches, rdl_day as_of,
                           GError **error)
{
    const rdl_intake_spec *spec = patches ? &patch_spec : &footprint_spec;

    rdl_identity_settle(intake, spec, footprints, identity);
    if (!patches && !settle_expansions(intake, footprints, error))
        return false;
    for (guint i = footprints->len; i-- > 0;) {
        rdl_footprint *f = footprints->pdata[i];
        if (f->onset.first > as_of)
            remove_counted(intake, spec, footprints, i, "FUTURE");
        else
            f->onset.last = MIN(f->onset.last, as_of); /* it stands today */
    }
    return true;
}

/* ---- patches that footprints explain ---- */

typedef struct {
    rdl_footprint *footprint;
    double of_footprint; /* share of it that lies on the patch */
} lying;

static bool common_share(const rdl_geometry *patch, const rdl_footprint *f, double *of_patch,
                         double *of_footprint, GError **error)
{
    g_autoptr(rdl_geometry) g = ground(f, error);
    g_autoptr(rdl_geometry) both = g ? rdl_geometry_intersection(patch, g, error) : NULL;

    if (!both)
        return false;
    double common = rdl_geometry_plane_area(both), own = rdl_geometry_plane_area(g);
    *of_patch = common / rdl_geometry_plane_area(patch);
    *of_footprint = own > 0.0 ? common / own : 0.0;
    return true;
}

static void narrow(rdl_footprint *f, const rdl_footprint *patch)
{
    rdl_interval both = {MAX(f->onset.first, patch->onset.first),
                         MIN(f->onset.last, patch->onset.last)};

    if (both.first == f->onset.first && both.last == f->onset.last)
        return;
    f->onset = both;
    g_free(f->note);
    f->note = g_strdup_printf("dates from patch %s", patch->fp_id);
}

static bool explained(const rdl_footprint *patch, GPtrArray *footprints, const GArray *near,
                      bool *yes, GError **error)
{
    g_autoptr(rdl_geometry) p = ground(patch, error);
    g_autoptr(GArray) on_it = g_array_new(FALSE, FALSE, sizeof(lying));
    double covered = 0.0;

    for (guint k = 0; p && k < near->len; k++) {
        lying l = {.footprint = footprints->pdata[g_array_index(near, size_t, k)]};
        double share;
        if (rdl_interval_within(l.footprint->onset, patch->onset) == RDL_NO)
            continue;
        if (!common_share(p, l.footprint, &share, &l.of_footprint, error))
            return false;
        covered += share; /* footprints that overlap each other count twice: rare, and on the side
                             of trusting the register */
        g_array_append_val(on_it, l);
    }
    *yes = covered >= 0.5;
    for (guint k = 0; *yes && k < on_it->len; k++) {
        lying *l = &g_array_index(on_it, lying, k);
        if (l->of_footprint >= 0.5)
            narrow(l->footprint, patch);
    }
    return p != NULL;
}

bool rdl_patches_explain(rdl_intake *intake, GPtrArray *footprints, GPtrArray *patches,
                         GError **error)
{
    g_autofree rdl_box *boxes = g_new(rdl_box, footprints->len + 1);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));
    bool yes;

    for (guint i = 0; i < footprints->len; i++)
        boxes[i] = ((rdl_footprint *)footprints->pdata[i])->box;
    g_autoptr(rdl_box_index) index = rdl_box_index_new(boxes, footprints->len, error);
    for (guint i = patches->len; index && i-- > 0;) {
        const rdl_footprint *patch = patches->pdata[i];
        if (!rdl_box_index_query(index, patch->box, near, error) ||
            !explained(patch, footprints, near, &yes, error))
            return false;
        if (yes)
            remove_counted(intake, &patch_spec, patches, i, "EXPLAINED");
    }
    return index != NULL;
}
