#include "rectify/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/route.h"

#define COUNTY 6 /* digits of a county's code */

/* ---- lots ---- */

char *rdl_draw_number(const char *seed, const char *a, const char *b)
{
    g_autofree char *text = g_strconcat(seed, "\x1f", a, "\x1f", b, NULL);

    return rdl_digest_bytes(text, strlen(text));
}

typedef struct {
    char *number, *stratum;
    const char *task_id, *xzqdm;
} lot;

static void lot_free(gpointer p)
{
    lot *l = p;

    g_free(l->number);
    g_free(l->stratum);
    g_free(l);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    const lot *x = *(lot *const *)a, *y = *(lot *const *)b;
    int order = strcmp(x->stratum, y->stratum);

    return order ? order : strcmp(x->number, y->number);
}

static gint by_task(gconstpointer a, gconstpointer b)
{
    return strcmp((*(lot *const *)a)->task_id, (*(lot *const *)b)->task_id);
}

static GPtrArray *lots_of(const rdl_draw *draw, JsonArray *pool)
{
    GPtrArray *lots = g_ptr_array_new_with_free_func(lot_free);

    for (guint i = 0; i < json_array_get_length(pool); i++) {
        JsonArray *pair = json_array_get_array_element(pool, i);
        lot *l = g_new0(lot, 1);
        l->task_id = json_array_get_string_element(pair, 0);
        l->xzqdm = json_array_get_string_element(pair, 1);
        l->stratum = g_strndup(l->xzqdm ? l->xzqdm : "", COUNTY);
        l->number = rdl_draw_number(draw->seed, draw->purpose, l->task_id);
        g_ptr_array_add(lots, l);
    }
    g_ptr_array_sort(lots, by_number);
    return lots;
}

/* Of each stratum its share, rounded up; the lots are in order of stratum and number. */
static GPtrArray *shares(const rdl_draw *draw, const GPtrArray *lots)
{
    GPtrArray *drawn = g_ptr_array_new();

    for (guint from = 0, to; from < lots->len; from = to) {
        const char *stratum = ((lot *)lots->pdata[from])->stratum;
        for (to = from; to < lots->len && strcmp(((lot *)lots->pdata[to])->stratum, stratum) == 0;)
            to++;
        guint n = (guint)ceil((to - from) * draw->rate - 1e-9);
        for (guint i = 0; i < n; i++)
            g_ptr_array_add(drawn, lots->pdata[from + i]);
    }
    g_ptr_array_sort(drawn, by_task);
    return drawn;
}

static const char *one_of(const rdl_draw *draw, const lot *l)
{
    g_autofree char *least = NULL;
    const char *best = NULL;

    for (const char *const *name = draw->among; name && *name; name++) {
        if (draw->cross && *l->stratum && g_str_has_prefix(*name, l->stratum))
            continue;
        g_autofree char *number = rdl_draw_number(draw->seed, l->task_id, *name);
        if (least && strcmp(number, least) >= 0)
            continue;
        g_free(least);
        least = g_steal_pointer(&number);
        best = *name;
    }
    return best;
}

JsonArray *rdl_draw_lots(const rdl_draw *draw, JsonArray *pool)
{
    g_autoptr(GPtrArray) lots = lots_of(draw, pool), drawn = shares(draw, lots);
    JsonArray *rows = json_array_new();

    for (guint i = 0; i < drawn->len; i++) {
        const lot *l = drawn->pdata[i];
        JsonObject *o = json_object_new();
        rdl_json_set_text(o, "task_id", l->task_id);
        rdl_json_set_text(o, "xzqdm", l->xzqdm);
        rdl_json_set_text(o, "drawn", one_of(draw, l));
        json_array_add_object_element(rows, o);
    }
    return rows;
}

/* ---- events ---- */

static JsonArray *array_of(JsonObject *o, const char *member)
{
    JsonNode *node = json_object_get_member(o, member);

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* Nothing but texts, `width` of them side by side; 1: each by itself. */
static bool all_texts(JsonArray *array, guint width)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (width > 1 ? !JSON_NODE_HOLDS_ARRAY(node) ||
                            json_array_get_length(json_node_get_array(node)) != width ||
                            !all_texts(json_node_get_array(node), 1)
                      : json_node_get_value_type(node) != G_TYPE_STRING)
            return false;
    }
    return true;
}

bool rdl_draw_good(JsonObject *o)
{
    JsonArray *pool = array_of(o, "pool"), *among = array_of(o, "among"),
              *rows = array_of(o, "rows");
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    double rate = rdl_json_real(o, "rate", 0.0);
    if (!pool || !among || !rows || !rdl_json_text(o, "seed", NULL) || !all_texts(pool, 2) ||
        !all_texts(among, 1) || !(rate > 0.0 && rate <= 1.0))
        return false;
    for (guint i = 0; i < json_array_get_length(among); i++)
        g_ptr_array_add(names, (gpointer)json_array_get_string_element(among, i));
    g_ptr_array_add(names, NULL);
    const rdl_draw draw = {.purpose = rdl_json_text(o, "purpose", ""),
                           .seed = rdl_json_text(o, "seed", ""),
                           .rate = rate,
                           .among = (const char *const *)names->pdata,
                           .cross = rdl_json_real(o, "cross", 0.0) != 0.0};
    g_autoptr(JsonNode) again = json_node_init_array(json_node_alloc(), rdl_draw_lots(&draw, pool));
    g_autofree char *ours = rdl_json_canonical(again);
    g_autofree char *theirs = rdl_json_canonical(json_object_get_member(o, "rows"));
    return strcmp(ours, theirs) == 0;
}

static JsonArray *pool_of(rdl_ledger *ledger, const rdl_draw *draw, const char *on, GError **error)
{
    const rdl_task_filter filter = {
        .state = draw->state, .unit = draw->unit, .kind = draw->kind, .no_ground = true};
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, error);
    g_autoptr(JsonArray) pool = tasks ? json_array_new() : NULL;

    for (guint i = 0; tasks && i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        if (!draw->state && !rdl_task_open(t, states))
            continue;
        if (!rdl_move_in_order(ledger, t, on, error))
            return NULL;
        JsonArray *pair = json_array_new();
        json_array_add_string_element(pair, t->task_id);
        json_array_add_string_element(pair, t->xzqdm ? t->xzqdm : "");
        json_array_add_array_element(pool, pair);
    }
    return g_steal_pointer(&pool);
}

static bool check_draw(rdl_ledger *ledger, const rdl_draw *draw, const char *by, const char *role,
                       GError **error)
{
    if (!draw->purpose || !draw->seed || !*draw->seed || !by || !*by)
        return rdl_fail(error, RDL_ERROR_USAGE, "a draw needs a purpose, a seed and who draws");
    if (!(draw->rate > 0.0 && draw->rate <= 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "a draw's rate is above 0 and at most 1");
    return rdl_role_may(ledger, role, "draw", "draw", error);
}

static bool all_served(const rdl_draw *draw, JsonArray *rows, GError **error)
{
    if (json_array_get_length(rows) == 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "no task is there to be drawn");
    for (guint i = 0; draw->among && *draw->among && i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        if (!rdl_json_text(row, "drawn", NULL))
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "%s: nobody from another county than %s is among those to be drawn",
                            rdl_json_text(row, "task_id", ""), rdl_json_text(row, "xzqdm", ""));
    }
    return true;
}

/* Inside a transaction; *rows is yours. */
static bool draw_within(rdl_ledger *ledger, const rdl_draw *draw, const char *on, const char *by,
                        const char *role, JsonArray **rows, GError **error)
{
    JsonArray *pool = pool_of(ledger, draw, on, error), *among = json_array_new();
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *head = rdl_ledger_head(ledger, error);

    for (const char *const *name = draw->among; name && *name; name++)
        json_array_add_string_element(among, *name);
    json_object_set_array_member(o, "among", among);
    if (!pool || !head)
        return false;
    json_object_set_array_member(o, "pool", pool);
    *rows = rdl_draw_lots(draw, pool);
    json_object_set_array_member(o, "rows", json_array_ref(*rows));
    rdl_json_set_text(o, "purpose", draw->purpose);
    rdl_json_set_text(o, "seed", draw->seed);
    rdl_json_set_real(o, "rate", draw->rate);
    json_object_set_int_member(o, "cross", draw->cross);
    g_autofree char *id = rdl_digest_id("D-", head, draw->purpose, draw->seed, RDL_DIGEST_END);
    rdl_event event = {.at = on, .by = by, .role = role, .kind = "draw.made", .subject = id};
    return all_served(draw, *rows, error) && rdl_event_append(ledger, &event, o, error);
}

JsonNode *rdl_ledger_draw(rdl_ledger *ledger, const rdl_draw *draw, const char *on, const char *by,
                          const char *role, GError **error)
{
    JsonArray *rows = NULL;
    rdl_day day;

    if (!check_draw(ledger, draw, by, role, error) || !rdl_day_parse(on, &day, error) ||
        !rdl_store_begin(ledger->store, error))
        return NULL;
    bool good =
        rdl_ledger_end(ledger, draw_within(ledger, draw, on, by, role, &rows, error), error);
    JsonNode *node = rows ? json_node_init_array(json_node_alloc(), rows) : NULL;
    g_clear_pointer(&rows, json_array_unref);
    if (!good)
        g_clear_pointer(&node, json_node_unref);
    return node;
}
