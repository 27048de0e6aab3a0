#include "rectify/hold.h"

#include <math.h>
#include <string.h>

/* A rejection; ground NULL: it names none. */
typedef struct {
    char *source, *source_id, *reason, *by, *on, *holds, *t_before, *t_after;
    rdl_geometry *ground;
    double area_m2;
    bool whole;
} rejection;

struct rdl_holds {
    GPtrArray *list;     /* of rejection, by source and id */
    GHashTable *by_name; /* "source\x1fid" -> rejection */
    rdl_box_index *index;
    rdl_measure *measure;
};

static void rejection_free(gpointer p)
{
    rejection *r = p;
    char *all[] = {r->source, r->source_id, r->reason,   r->by,
                   r->on,     r->holds,     r->t_before, r->t_after};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
    rdl_geometry_free(r->ground);
    g_free(r);
}

void rdl_holds_free(rdl_holds *h)
{
    if (!h)
        return;
    rdl_box_index_free(h->index);
    rdl_measure_free(h->measure);
    g_hash_table_unref(h->by_name);
    g_ptr_array_unref(h->list);
    g_free(h);
}

/* ---- reading ---- */

static bool take_rejection(rdl_holds *h, rdl_statement *s, GError **error)
{
    rejection *r = g_new0(rejection, 1);
    char **texts[] = {&r->source, &r->source_id, &r->reason,   &r->by,
                      &r->on,     &r->holds,     &r->t_before, &r->t_after};
    g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, (int)G_N_ELEMENTS(texts));

    g_ptr_array_add(h->list, r);
    for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
        *texts[i] = g_strdup(rdl_statement_get_text(s, i));
    r->area_m2 = rdl_statement_get_real(s, (int)G_N_ELEMENTS(texts) + 1);
    r->whole = rdl_statement_get_int(s, (int)G_N_ELEMENTS(texts) + 2) == 1;
    g_hash_table_insert(h->by_name, g_strdup_printf("%s\x1f%s", r->source, r->source_id), r);
    return !wkb || (r->ground = rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL),
                                                      g_bytes_get_size(wkb), error));
}

static bool index_grounds(rdl_holds *h, GError **error)
{
    g_autofree rdl_box *boxes = g_new(rdl_box, h->list->len + 1);

    for (guint i = 0; i < h->list->len; i++) {
        const rejection *r = h->list->pdata[i];
        boxes[i] =
            r->ground && r->holds ? rdl_geometry_box(r->ground) : (rdl_box){1.0, 1.0, 0.0, 0.0};
    }
    return (h->index = rdl_box_index_new(boxes, h->list->len, error)) != NULL;
}

rdl_holds *rdl_holds_read(rdl_ledger *ledger, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT source, source_id, reason, by, at, holds, t_before, t_after, ground, area_m2, whole"
        " FROM review WHERE decision IN ('reject', 'outgrown') ORDER BY source, source_id",
        error);
    g_autoptr(rdl_crs) crs = s ? rdl_crs_parse(ledger->crs, error) : NULL;
    g_autoptr(rdl_holds) h = g_new0(rdl_holds, 1);
    bool row = true;

    h->list = g_ptr_array_new_with_free_func(rejection_free);
    h->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!crs || !(h->measure = rdl_measure_new(crs, error)))
        return NULL;
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return index_grounds(h, error) ? g_steal_pointer(&h) : NULL;
        if (!take_rejection(h, s, error))
            return NULL;
    }
    return NULL;
}

/* ---- asking ---- */

/* NULL: the time is one the rejection speaks of. *same: both pictures are those that were seen. */
static const char *fate_of_time(const rejection *r, const rdl_held_source *of, bool *same)
{
    *same = false;
    if (!r->t_before || !r->t_after || !of->t_before || !of->t_after)
        return "UNDATED";
    *same = strcmp(of->t_before, r->t_before) == 0 && strcmp(of->t_after, r->t_after) == 0;
    if (*same)
        return NULL;
    if (strcmp(of->t_after, r->t_after) > 0)
        return "LATER";
    if (strcmp(of->t_after, r->t_before) <= 0)
        return "EARLIER";
    return strcmp(r->holds, "ground") == 0 ? NULL : "PICTURES";
}

static const char *fate_of(const rejection *r, const rdl_held_source *of, double share, double size)
{
    bool same;
    const char *time = fate_of_time(r, of, &same);

    if (time)
        return time;
    if (share < RDL_HOLD_SHARE)
        return "PARTLY";
    if (size > RDL_HOLD_LARGEST)
        return "LARGER";
    return !same && size < RDL_HOLD_LEAST ? "SMALLER" : "HELD";
}

/* Share of the source's ground that was rejected, and its size beside the rejected one. */
static bool compare(const rdl_holds *h, const rejection *r, const rdl_held_source *of,
                    double *share, double *size, GError **error)
{
    g_autoptr(rdl_geometry) both = rdl_geometry_intersection(of->ground, r->ground, error);
    double common, ground;

    if (!both || !rdl_measure_area(h->measure, both, &common, error) ||
        !rdl_measure_area(h->measure, of->ground, &ground, error))
        return false;
    bool wholes = r->whole && !isnan(of->whole_m2);
    *share = ground > 0.0 ? common / ground : 0.0;
    *size = r->area_m2 > 0.0 ? (wholes ? of->whole_m2 : ground) / r->area_m2 : INFINITY;
    return true;
}

static JsonObject *said_by(const rejection *r, double share, double size, const char *fate)
{
    JsonObject *o = json_object_new();

    rdl_json_set_text(o, "source_id", r->source_id);
    rdl_json_set_text(o, "reason", r->reason);
    rdl_json_set_text(o, "by", r->by);
    rdl_json_set_text(o, "on", r->on);
    rdl_json_set_text(o, "t_before", r->t_before);
    rdl_json_set_text(o, "t_after", r->t_after);
    rdl_json_set_real(o, "share", share);
    rdl_json_set_real(o, "size", size);
    rdl_json_set_text(o, "fate", fate);
    return o;
}

static gint first_holding(gconstpointer a, gconstpointer b)
{
    JsonObject *x = *(JsonObject *const *)a, *y = *(JsonObject *const *)b;
    bool held_x = strcmp(rdl_json_text(x, "fate", ""), "HELD") == 0;
    bool held_y = strcmp(rdl_json_text(y, "fate", ""), "HELD") == 0;
    double d = rdl_json_real(y, "share", 0.0) - rdl_json_real(x, "share", 0.0);

    if (held_x != held_y)
        return held_x ? -1 : 1;
    if (d > 0.0 || d < 0.0)
        return d > 0.0 ? 1 : -1;
    return strcmp(rdl_json_text(x, "source_id", ""), rdl_json_text(y, "source_id", ""));
}

static JsonArray *in_order(GPtrArray *said)
{
    JsonArray *array = json_array_new();

    g_ptr_array_sort(said, first_holding);
    for (guint i = 0; i < said->len; i++)
        json_array_add_object_element(array, json_object_ref(said->pdata[i]));
    return array;
}

static void object_unref(gpointer p)
{
    json_object_unref(p);
}

/* Of its own rejection a source is only free when it is plainly another thing, or ended later: a
 * number says much, and a day that is not known says nothing. */
static const char *fate_of_own(const rejection *r, const rdl_held_source *of, double share,
                               double size)
{
    if (r->t_after && ((of->t_before && strcmp(of->t_before, r->t_after) >= 0) ||
                       (of->t_after && strcmp(of->t_after, r->t_after) > 0)))
        return "LATER";
    return share < RDL_HOLD_SHARE ? "PARTLY" : size > RDL_HOLD_LARGEST ? "LARGER" : "HELD";
}

static bool ask_one(const rdl_holds *h, const rejection *r, const rdl_held_source *of,
                    GPtrArray *said, char **own, GError **error)
{
    bool mine = strcmp(r->source_id, of->source_id) == 0;
    double share, size;

    if (strcmp(r->source, of->source) != 0)
        return true;
    if (!compare(h, r, of, &share, &size, error))
        return false;
    const char *fate = mine ? fate_of_own(r, of, share, size) : fate_of(r, of, share, size);
    if (mine) {
        g_free(*own);
        *own = g_strdup(fate);
    }
    if (share >= RDL_HOLD_NOTED)
        g_ptr_array_add(said, said_by(r, share, size, fate));
    return true;
}

/* Its own rejection, before grounds are compared. */
static char *own_fate(const rdl_holds *h, const rdl_held_source *of, bool land)
{
    g_autofree char *name = g_strdup_printf("%s\x1f%s", of->source, of->source_id);
    const rejection *r = g_hash_table_lookup(h->by_name, name);
    bool elsewhere = r && land && r->ground && r->holds;

    return g_strdup(r ? fate_of_own(r, of, elsewhere ? 0.0 : 1.0, 1.0) : "");
}

bool rdl_holds_ask(const rdl_holds *h, const rdl_held_source *of, JsonArray **said, char **own,
                   GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(object_unref);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));
    bool land = of->ground && rdl_geometry_dimension(of->ground) == 2;
    g_autofree char *mine = own_fate(h, of, land);

    if (land)
        rdl_box_index_query(h->index, rdl_geometry_box(of->ground), near);
    for (guint i = 0; i < near->len; i++)
        if (!ask_one(h, h->list->pdata[g_array_index(near, size_t, i)], of, list, &mine, error))
            return false;
    *said = in_order(list);
    *own = g_steal_pointer(&mine);
    return true;
}

bool rdl_hold_of(JsonArray *said)
{
    return json_array_get_length(said) &&
           strcmp(rdl_json_text(json_array_get_object_element(said, 0), "fate", ""), "HELD") == 0;
}
