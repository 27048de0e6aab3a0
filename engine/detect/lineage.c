#include "detect/lineage.h"

#include <math.h>
#include <string.h>

#define LINKED 0.1  /* of the smaller area */
#define CHANGED 0.1 /* of the area before */
#define SEEN_LEAST 0.5

static void ancestor_clear(gpointer data)
{
    rdl_ancestor *a = data;

    g_free(a->patch_id);
    g_free(a->lineage_id);
    g_free(a->t_before);
    g_free(a->t_after);
    g_clear_pointer(&a->hidden, g_bytes_unref);
    g_clear_pointer(&a->wkb, g_bytes_unref);
}

static void generation_clear(gpointer data)
{
    rdl_generation *g = data;
    char *all[] = {g->lineage_id, g->relation,    g->patch_id,           g->t_before,
                   g->t_after,    g->previous_id, g->previous_lineage_id};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

rdl_lineage *rdl_lineage_new(void)
{
    rdl_lineage *l = g_new0(rdl_lineage, 1);

    l->ancestors = g_array_new(FALSE, TRUE, sizeof(rdl_ancestor));
    g_array_set_clear_func(l->ancestors, ancestor_clear);
    l->links = g_array_new(FALSE, FALSE, sizeof(rdl_link));
    l->history = g_array_new(FALSE, TRUE, sizeof(rdl_generation));
    g_array_set_clear_func(l->history, generation_clear);
    return l;
}

void rdl_lineage_free(rdl_lineage *l)
{
    if (!l)
        return;
    g_array_unref(l->ancestors);
    g_array_unref(l->links);
    g_array_unref(l->history);
    rdl_box_index_free(l->index);
    g_free(l);
}

static rdl_ancestor *ancestor_at(const rdl_lineage *l, guint i)
{
    return &g_array_index(l->ancestors, rdl_ancestor, i);
}

static gint by_lineage(gconstpointer a, gconstpointer b)
{
    const rdl_ancestor *x = a, *y = b;
    int order = strcmp(x->lineage_id, y->lineage_id);

    return order ? order : strcmp(x->patch_id, y->patch_id);
}

GBytes *rdl_lineage_outline(const rdl_geometry *polygons, GError **error)
{
    static const uint8_t polygon[] = {1, 3, 0, 0, 0}, multi[] = {1, 6, 0, 0, 0, 1, 0, 0, 0};
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(polygons, error);
    gsize n;
    const void *bytes = wkb ? g_bytes_get_data(wkb, &n) : NULL;

    if (!wkb || n < sizeof polygon || memcmp(bytes, polygon, sizeof polygon) != 0)
        return g_steal_pointer(&wkb);
    GByteArray *all = g_byte_array_new();
    g_byte_array_append(all, multi, sizeof multi);
    g_byte_array_append(all, bytes, (guint)n);
    return g_byte_array_free_to_bytes(all);
}

/* `part` was not observed when `whole` was drawn: both are one place. */
static bool join(rdl_ancestor *whole, const rdl_ancestor *part, GError **error)
{
    gsize n, m;
    const void *first = g_bytes_get_data(whole->wkb, &n), *second = g_bytes_get_data(part->wkb, &m);
    g_autoptr(rdl_geometry) a = rdl_geometry_from_wkb(first, n, error);
    g_autoptr(rdl_geometry) b = a ? rdl_geometry_from_wkb(second, m, error) : NULL;
    g_autoptr(rdl_geometry) both = b ? rdl_geometry_union(a, b, error) : NULL;
    GBytes *wkb = both ? rdl_lineage_outline(both, error) : NULL;

    if (!wkb)
        return false;
    g_bytes_unref(whole->wkb);
    whole->wkb = wkb;
    whole->box = rdl_geometry_box(both);
    whole->plane_area = rdl_geometry_plane_area(both);
    whole->area_m2 += part->area_m2;
    return true;
}

static bool join_parts(rdl_lineage *l, GError **error)
{
    for (guint i = l->ancestors->len; i-- > 1;) {
        rdl_ancestor *a = ancestor_at(l, i - 1), *b = ancestor_at(l, i);
        if (a->gone || b->gone || strcmp(a->patch_id, b->patch_id) != 0)
            continue;
        if (!join(a, b, error))
            return false;
        g_array_remove_index(l->ancestors, i);
    }
    return true;
}

bool rdl_lineage_ready(rdl_lineage *l, GError **error)
{
    g_array_sort(l->ancestors, by_lineage);
    if (!join_parts(l, error))
        return false;
    g_autofree rdl_box *boxes = g_new(rdl_box, l->ancestors->len + 1);
    for (guint i = 0; i < l->ancestors->len; i++) {
        boxes[i] = ancestor_at(l, i)->box;
        ancestor_at(l, i)->heir = RDL_NOBODY;
        ancestor_at(l, i)->seen = ancestor_at(l, i)->changed = NAN;
    }
    l->index = rdl_box_index_new(boxes, l->ancestors->len, error);
    return l->index != NULL;
}

static bool overlap(const rdl_ancestor *a, const rdl_geometry *patch, double *m2, GError **error)
{
    gsize n;
    const void *wkb = g_bytes_get_data(a->wkb, &n);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb, n, error);
    g_autoptr(rdl_geometry) both = g ? rdl_geometry_intersection(g, patch, error) : NULL;

    if (!both)
        return false;
    *m2 = rdl_geometry_plane_area(both);
    return true;
}

bool rdl_lineage_link(rdl_lineage *l, guint patch, const void *wkb, size_t n, rdl_box box,
                      GError **error)
{
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));

    rdl_box_index_query(l->index, box, near);
    g_autoptr(rdl_geometry) g = near->len ? rdl_geometry_from_wkb(wkb, n, error) : NULL;
    if (near->len && !g)
        return false;
    for (guint i = 0; i < near->len; i++) {
        guint k = (guint)g_array_index(near, size_t, i);
        rdl_ancestor *a = ancestor_at(l, k);
        double own = rdl_geometry_plane_area(g), m2;
        if (!overlap(a, g, &m2, error))
            return false;
        rdl_link link = {patch, k, m2 / own, m2 / a->plane_area};
        if (m2 >= LINKED * fmin(own, a->plane_area))
            g_array_append_val(l->links, link);
    }
    return true;
}

/* ---- what became of each ---- */

/* Live ancestors alone count where a patch has any. */
static bool has_live(const rdl_lineage *l, const rdl_link *links, guint n)
{
    for (guint i = 0; i < n; i++)
        if (!ancestor_at(l, links[i].ancestor)->gone)
            return true;
    return false;
}

static guint links_of(const rdl_lineage *l, guint at, guint patch)
{
    guint n = 0;

    while (at + n < l->links->len && g_array_index(l->links, rdl_link, at + n).patch == patch)
        n++;
    return n;
}

static void drop_gone(rdl_lineage *l)
{
    guint kept = 0;

    for (guint at = 0, n; at < l->links->len; at += n) {
        const rdl_link *links = &g_array_index(l->links, rdl_link, at);
        n = links_of(l, at, links->patch);
        bool live = has_live(l, links, n);
        for (guint i = 0; i < n; i++) {
            rdl_link link = links[i];
            if (!live || !ancestor_at(l, link.ancestor)->gone)
                g_array_index(l->links, rdl_link, kept++) = link;
        }
    }
    g_array_set_size(l->links, kept);
}

static void choose_heirs(rdl_lineage *l)
{
    for (guint i = 0; i < l->links->len; i++) {
        const rdl_link *link = &g_array_index(l->links, rdl_link, i);
        rdl_ancestor *a = ancestor_at(l, link->ancestor);
        a->links++;
        if (a->heir == RDL_NOBODY || link->of_ancestor > a->heir_has) {
            a->heir = link->patch;
            a->heir_has = link->of_ancestor;
        }
    }
}

/* A patch that alone is linked to one ancestor: what is observed of that is compared. */
static const char *comparison(const rdl_ancestor *a, double m2)
{
    double seen = isnan(a->seen) ? 1.0 : a->seen, more = m2 - seen * a->area_m2;

    if (fabs(more) > CHANGED * a->area_m2)
        return more > 0.0 ? "grew" : "shrank";
    return a->hidden ? "partly_seen" : "same";
}

static const char *relation_of(const rdl_lineage *l, const rdl_link *links, guint n, double m2)
{
    const rdl_ancestor *first = n ? ancestor_at(l, links->ancestor) : NULL;

    if (!n)
        return "new";
    if (first->gone)
        return "returned";
    if (n > 1)
        return "merged";
    if (first->links > 1)
        return first->hidden ? "partly_seen" : "split";
    return comparison(first, m2);
}

/* Of the ancestors whose heir the patch is, the one it has most of. */
static guint inherit(const rdl_lineage *l, const rdl_link *links, guint n)
{
    const rdl_link *most = NULL;

    for (guint i = 0; i < n; i++)
        if (ancestor_at(l, links[i].ancestor)->heir == links[i].patch &&
            (!most || links[i].of_patch > most->of_patch))
            most = &links[i];
    return most ? most->ancestor : RDL_NOBODY;
}

rdl_descent *rdl_lineage_settle(rdl_lineage *l, guint n, const double *area_m2)
{
    rdl_descent *all = g_new(rdl_descent, n + 1);
    guint at = 0;

    drop_gone(l);
    choose_heirs(l);
    for (guint i = 0; i < n; i++) {
        const rdl_link *links = (const rdl_link *)(void *)l->links->data + at;
        guint count = links_of(l, at, i);
        all[i] = (rdl_descent){relation_of(l, links, count, area_m2[i]), inherit(l, links, count)};
        at += count;
    }
    return all;
}

const char *rdl_lineage_id(const rdl_lineage *l, guint ancestor)
{
    return ancestor_at(l, ancestor)->lineage_id;
}

rdl_absence rdl_ancestor_absence(const rdl_ancestor *a)
{
    if (a->seen < SEEN_LEAST)
        return RDL_ABSENT_UNSEEN;
    return a->changed >= LINKED ? RDL_ABSENT_LEFT_OUT : RDL_ABSENT_GONE;
}

const char *rdl_absence_name(rdl_absence absence)
{
    return absence == RDL_ABSENT_UNSEEN     ? "unseen"
           : absence == RDL_ABSENT_LEFT_OUT ? "left_out"
                                            : "gone";
}

gint64 rdl_lineage_absent(const rdl_lineage *l, rdl_absence absence)
{
    gint64 n = 0;

    for (guint i = 0; i < l->ancestors->len; i++) {
        const rdl_ancestor *a = ancestor_at(l, i);
        n += !a->gone && a->links == 0 && rdl_ancestor_absence(a) == absence;
    }
    return n;
}

const char *rdl_lineage_day(const rdl_lineage *l)
{
    const char *day = "";

    for (guint i = 0; i < l->history->len; i++) {
        const rdl_generation *g = &g_array_index(l->history, rdl_generation, i);
        if (g->t_after && strcmp(g->t_after, day) > 0)
            day = g->t_after;
    }
    return day;
}
