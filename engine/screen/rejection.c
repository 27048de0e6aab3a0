#include "screen/rejection.h"

#include <string.h>

#define LINES_MOST 20 /* of one code */

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

/* Is it of a cell that could not be read as what it should be, or of an id that was made up? */
static bool of_cell(const rdl_rejection *r)
{
    static const char *const beginnings[] = {"BAD_", "UNKNOWN_", "DAMAGED_",
                                             "NO_ID:", "REPEATED_ID:"};

    for (size_t i = 0; r->used && r->fid != RDL_WHOLE_LAYER && i < G_N_ELEMENTS(beginnings); i++)
        if (g_str_has_prefix(r->reason, beginnings[i]))
            return strchr(r->reason, ':') != NULL;
    return false;
}

/* Cells of which one line speaks. */
typedef struct {
    char *code; /* "footprint: BAD_DATE" */
    const rdl_rejection *first;
    guint n;
} cells;

static void cells_free(gpointer p)
{
    g_free(((cells *)p)->code);
    g_free(p);
}

/* A line for each code; for unknown activities one for each word. */
static void count_cell(const rdl_rejection *r, GHashTable *lines, GPtrArray *order)
{
    const char *end = strchr(r->reason, ':');
    char *code = g_strdup_printf("%s: %.*s", r->layer, (int)(end - r->reason), r->reason);
    bool word = g_str_has_prefix(r->reason, "UNKNOWN_ACTIVITY:");
    g_autofree char *key = g_strconcat(code, word ? end : "", NULL);
    cells *line = g_hash_table_lookup(lines, key);

    if (!line) {
        line = g_new0(cells, 1);
        *line = (cells){g_steal_pointer(&code), r, 0};
        g_ptr_array_add(order, line);
        g_hash_table_insert(lines, g_steal_pointer(&key), line);
    }
    line->n++;
    g_free(code);
}

static void tell_cells(GPtrArray *warnings, const GPtrArray *order)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal); /* code -> lines */

    for (guint k = 0; k < order->len; k++) {
        const cells *c = order->pdata[k];
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(told, c->code)) + 1;
        g_hash_table_insert(told, c->code, GUINT_TO_POINTER(n));
        if (n <= LINES_MOST)
            g_ptr_array_add(
                warnings,
                g_strdup_printf("%s: %u used all the same, each named in layer rejected; "
                                "feature %" G_GINT64_FORMAT "%s",
                                c->code, c->n, c->first->fid, strchr(c->first->reason, ':')));
        else if (n == LINES_MOST + 1)
            g_ptr_array_add(warnings,
                            g_strdup_printf("%s: more than %d words, the others are named in layer "
                                            "rejected",
                                            c->code, LINES_MOST));
    }
}

GPtrArray *rdl_rejections_told(const GArray *rejections)
{
    GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(cells_free);
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < rejections->len; i++) {
        const rdl_rejection *r = &g_array_index(rejections, rdl_rejection, i);
        if (r->fid == RDL_WHOLE_LAYER)
            g_ptr_array_add(warnings, g_strdup(r->reason));
        else if (of_cell(r))
            count_cell(r, lines, order);
    }
    tell_cells(warnings, order);
    return warnings;
}
