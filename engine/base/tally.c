#include "base/tally.h"

#include <inttypes.h>

#include "base/yaml.h"

typedef struct {
    char *code;
    gint64 n;
} reason_count;

typedef struct {
    char *item;
    gint64 in, used;
    GArray *suppressed, *failed; /* of reason_count */
} line;

struct rdl_tally {
    GPtrArray *lines;
};

static void reason_clear(gpointer p)
{
    g_free(((reason_count *)p)->code);
}

static GArray *reasons_new(void)
{
    GArray *reasons = g_array_new(FALSE, FALSE, sizeof(reason_count));

    g_array_set_clear_func(reasons, reason_clear);
    return reasons;
}

static void line_free(gpointer p)
{
    line *l = p;

    g_free(l->item);
    g_array_unref(l->suppressed);
    g_array_unref(l->failed);
    g_free(l);
}

rdl_tally *rdl_tally_new(void)
{
    rdl_tally *tally = g_new0(rdl_tally, 1);

    tally->lines = g_ptr_array_new_with_free_func(line_free);
    return tally;
}

void rdl_tally_free(rdl_tally *tally)
{
    if (tally)
        g_ptr_array_unref(tally->lines);
    g_free(tally);
}

static line *line_of(rdl_tally *tally, const char *item)
{
    for (guint i = 0; i < tally->lines->len; i++) {
        line *l = tally->lines->pdata[i];
        if (g_str_equal(l->item, item))
            return l;
    }
    line *l = g_new0(line, 1);
    l->item = g_strdup(item);
    l->suppressed = reasons_new();
    l->failed = reasons_new();
    g_ptr_array_add(tally->lines, l);
    return l;
}

static gint by_code(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(((const reason_count *)a)->code, ((const reason_count *)b)->code);
}

static void count_reason(GArray *reasons, const char *code, gint64 n)
{
    for (guint i = 0; i < reasons->len; i++) {
        reason_count *r = &g_array_index(reasons, reason_count, i);
        if (g_str_equal(r->code, code)) {
            r->n += n;
            return;
        }
    }
    reason_count fresh = {g_strdup(code), n};
    g_array_append_val(reasons, fresh);
    g_array_sort(reasons, by_code); /* the order of arrival must not show */
}

static gint64 sum(const GArray *reasons)
{
    gint64 n = 0;

    for (guint i = 0; i < reasons->len; i++)
        n += g_array_index(reasons, reason_count, i).n;
    return n;
}

void rdl_tally_in(rdl_tally *tally, const char *item, gint64 n)
{
    line_of(tally, item)->in += n;
}

void rdl_tally_used(rdl_tally *tally, const char *item, gint64 n)
{
    line_of(tally, item)->used += n;
}

void rdl_tally_suppressed(rdl_tally *tally, const char *item, const char *reason, gint64 n)
{
    if (n)
        count_reason(line_of(tally, item)->suppressed, reason, n);
}

void rdl_tally_failed(rdl_tally *tally, const char *item, const char *reason, gint64 n)
{
    if (n)
        count_reason(line_of(tally, item)->failed, reason, n);
}

static bool balanced(const line *l)
{
    return l->in == l->used + sum(l->suppressed) + sum(l->failed);
}

bool rdl_tally_check(const rdl_tally *tally, GError **error)
{
    for (guint i = 0; i < tally->lines->len; i++) {
        const line *l = tally->lines->pdata[i];
        if (!balanced(l))
            return rdl_fail(error, RDL_ERROR_BALANCE,
                            "%s do not add up: %" PRId64 " in, %" PRId64 " used, %" PRId64
                            " suppressed, %" PRId64 " failed",
                            l->item, l->in, l->used, sum(l->suppressed), sum(l->failed));
    }
    return true;
}

static gint64 there_already(const line *l)
{
    for (guint i = 0; i < l->suppressed->len; i++) {
        const reason_count *r = &g_array_index(l->suppressed, reason_count, i);
        if (g_str_equal(r->code, RDL_TALLY_THERE))
            return r->n;
    }
    return 0;
}

bool rdl_tally_of_use(const rdl_tally *tally, GError **error)
{
    for (guint i = 0; i < tally->lines->len; i++) {
        const line *l = tally->lines->pdata[i];
        if (l->used > 0 || sum(l->failed) == 0 || there_already(l) > 0)
            continue;
        g_autoptr(GString) reasons = g_string_new(NULL);
        for (guint k = 0; k < l->failed->len; k++) {
            const reason_count *r = &g_array_index(l->failed, reason_count, k);
            g_string_append_printf(reasons, "%s%" PRId64 " %s", k ? ", " : "", r->n, r->code);
        }
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: of %" PRId64 " none was of use (%s): mend what is told above and give "
                        "it again",
                        l->item, l->in, reasons->str);
    }
    return true;
}

void rdl_tally_merge(rdl_tally *tally, const rdl_tally *other)
{
    for (guint i = 0; i < other->lines->len; i++) {
        const line *from = other->lines->pdata[i];
        line *to = line_of(tally, from->item);

        to->in += from->in;
        to->used += from->used;
        for (guint k = 0; k < from->suppressed->len; k++) {
            reason_count *r = &g_array_index(from->suppressed, reason_count, k);
            count_reason(to->suppressed, r->code, r->n);
        }
        for (guint k = 0; k < from->failed->len; k++) {
            reason_count *r = &g_array_index(from->failed, reason_count, k);
            count_reason(to->failed, r->code, r->n);
        }
    }
}

static JsonObject *reasons_json(const GArray *reasons)
{
    JsonObject *object = json_object_new();

    for (guint i = 0; i < reasons->len; i++) {
        const reason_count *r = &g_array_index(reasons, reason_count, i);
        json_object_set_int_member(object, r->code, r->n);
    }
    return object;
}

JsonNode *rdl_tally_json(const rdl_tally *tally)
{
    g_autoptr(JsonArray) array = json_array_new();

    for (guint i = 0; i < tally->lines->len; i++) {
        const line *l = tally->lines->pdata[i];
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "item", l->item);
        json_object_set_int_member(object, "in", l->in);
        json_object_set_int_member(object, "used", l->used);
        json_object_set_object_member(object, "suppressed", reasons_json(l->suppressed));
        json_object_set_object_member(object, "failed", reasons_json(l->failed));
        json_object_set_boolean_member(object, "balanced", balanced(l));
        json_array_add_object_element(array, object);
    }
    return json_node_init_array(json_node_alloc(), array);
}

static void reasons_from(GArray *reasons, JsonObject *object)
{
    g_autoptr(GList) codes = object ? json_object_get_members(object) : NULL;

    for (GList *c = codes; c; c = c->next)
        count_reason(reasons, c->data, json_object_get_int_member(object, c->data));
}

rdl_tally *rdl_tally_from_json(JsonNode *node, GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; array && i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);
        JsonObject *object = JSON_NODE_HOLDS_OBJECT(element) ? json_node_get_object(element) : NULL;
        const char *item = rdl_json_text(object, "item", NULL);

        if (!item) {
            array = NULL;
            break;
        }
        line *l = line_of(tally, item);
        l->in = json_object_get_int_member_with_default(object, "in", 0);
        l->used = json_object_get_int_member_with_default(object, "used", 0);
        reasons_from(l->suppressed, rdl_json_object(object, "suppressed"));
        reasons_from(l->failed, rdl_json_object(object, "failed"));
    }
    if (!array)
        return rdl_fail(error, RDL_ERROR_DATA, "not a tally: an array of items is needed"), NULL;
    return g_steal_pointer(&tally);
}

static void append_reasons(GString *out, const char *fate, const GArray *reasons)
{
    for (guint i = 0; i < reasons->len; i++) {
        const reason_count *r = &g_array_index(reasons, reason_count, i);
        g_string_append_printf(out, "  %-28s %12" G_GINT64_FORMAT "  %s %s\n", "", r->n, fate,
                               r->code);
    }
}

char *rdl_tally_text(const rdl_tally *tally)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < tally->lines->len; i++) {
        const line *l = tally->lines->pdata[i];
        g_string_append_printf(out, "  %-28s %12" G_GINT64_FORMAT "  in\n", l->item, l->in);
        g_string_append_printf(out, "  %-28s %12" G_GINT64_FORMAT "  used\n", "", l->used);
        append_reasons(out, "suppressed", l->suppressed);
        append_reasons(out, "failed", l->failed);
        if (!balanced(l))
            g_string_append_printf(out, "  %-28s %12s  DOES NOT ADD UP\n", "", "");
    }
    return g_string_free(out, FALSE);
}
