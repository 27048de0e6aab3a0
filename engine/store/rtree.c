#include "store/rtree.h"

#include <math.h>
#include <string.h>

#define CELL 24 /* bytes: an id and four floats */
#define HEAD 4  /* bytes: depth (of the root), number of cells */

rdl_rtree_entry rdl_rtree_entry_of(gint64 id, double xmin, double xmax, double ymin, double ymax)
{
    rdl_rtree_entry e = {id, (float)xmin, (float)xmax, (float)ymin, (float)ymax};

    if ((double)e.xmin > xmin)
        e.xmin = nextafterf(e.xmin, -HUGE_VALF);
    if ((double)e.ymin > ymin)
        e.ymin = nextafterf(e.ymin, -HUGE_VALF);
    if ((double)e.xmax < xmax)
        e.xmax = nextafterf(e.xmax, HUGE_VALF);
    if ((double)e.ymax < ymax)
        e.ymax = nextafterf(e.ymax, HUGE_VALF);
    return e;
}

/* Keys in the order of the numbers. */
static guint32 key_of(float value)
{
    guint32 bits;

    memcpy(&bits, &value, sizeof bits);
    return bits >> 31 ? ~bits : bits | (guint32)1 << 31;
}

/* Each entry where `order` wants it, cycle by cycle: there may be millions, and no room for twice.
 */
static void arrange(rdl_rtree_entry *entries, rdl_keyed *order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rdl_rtree_entry held = entries[i];
        size_t at = i;
        while (order[at].number != i) {
            size_t from = order[at].number;
            entries[at] = entries[from];
            order[at].number = (guint32)at;
            at = from;
        }
        entries[at] = held;
        order[at].number = (guint32)at;
    }
}

/* Upright strips of whole nodes, each from south to north. */
static void sort_tiles(rdl_rtree_entry *entries, size_t n, size_t capacity)
{
    size_t nodes = (n + capacity - 1) / capacity;
    size_t strip = capacity * (size_t)ceil(sqrt((double)nodes));
    g_autofree rdl_keyed *order = g_new(rdl_keyed, n + 1);

    for (size_t i = 0; i < n; i++)
        order[i] = (rdl_keyed){key_of(entries[i].xmin + entries[i].xmax), (guint32)i};
    rdl_keyed_sort(order, n);
    for (size_t i = 0; i < n; i++) {
        const rdl_rtree_entry *e = &entries[order[i].number];
        order[i].key = key_of(e->ymin + e->ymax);
    }
    for (size_t at = 0; at < n; at += strip)
        rdl_keyed_sort(order + at, MIN(strip, n - at));
    arrange(entries, order, n);
}

static guint8 *put_u32(guint8 *at, guint32 value)
{
    guint32 be = GUINT32_TO_BE(value);

    memcpy(at, &be, 4);
    return at + 4;
}

static guint8 *put_float(guint8 *at, float value)
{
    guint32 bits;

    memcpy(&bits, &value, 4);
    return put_u32(at, bits);
}

static void put_cells(guint8 *node, const rdl_rtree_entry *cells, size_t n, int depth)
{
    guint8 *at = put_u32(node, (guint32)depth << 16 | (guint32)n);

    for (size_t i = 0; i < n; i++) {
        at = put_u32(at, (guint32)((guint64)cells[i].id >> 32));
        at = put_u32(at, (guint32)cells[i].id);
        at = put_float(at, cells[i].xmin);
        at = put_float(at, cells[i].xmax);
        at = put_float(at, cells[i].ymin);
        at = put_float(at, cells[i].ymax);
    }
}

static rdl_rtree_entry united(const rdl_rtree_entry *cells, size_t n, gint64 id)
{
    rdl_rtree_entry all = cells[0];

    for (size_t i = 1; i < n; i++) {
        all.xmin = fminf(all.xmin, cells[i].xmin);
        all.xmax = fmaxf(all.xmax, cells[i].xmax);
        all.ymin = fminf(all.ymin, cells[i].ymin);
        all.ymax = fmaxf(all.ymax, cells[i].ymax);
    }
    all.id = id;
    return all;
}

typedef struct {
    rdl_statement *node, *parent;
    guint32 *leaf_of; /* node of an entry, by its id; 0: none */
    size_t size, capacity;
    gint64 next; /* number of the next node; the root is 1 */
} packing;

/* One level of nodes; the level above goes into `above`. A level of one node is the root. */
static bool pack_level(packing *p, const rdl_rtree_entry *cells, size_t n, int depth, GArray *above,
                       GError **error)
{
    g_autofree guint8 *node = g_malloc(p->size);
    bool root = n <= p->capacity;

    for (size_t at = 0; at < n || (n == 0 && at == 0); at += p->capacity) {
        size_t count = MIN(p->capacity, n - at);
        gint64 number = root ? 1 : p->next++;
        memset(node, 0, p->size);
        put_cells(node, cells + at, count, root ? depth : 0);
        rdl_statement_int(p->node, 1, number);
        rdl_statement_lend_bytes(p->node, 2, node, p->size);
        if (!rdl_statement_run(p->node, error))
            return false;
        for (size_t i = at; i < at + count; i++) {
            if (depth == 0) {
                p->leaf_of[cells[i].id] = (guint32)number;
                continue;
            }
            rdl_statement_int(p->parent, 1, cells[i].id);
            rdl_statement_int(p->parent, 2, number);
            if (!rdl_statement_run(p->parent, error))
                return false;
        }
        if (count == 0)
            break;
        rdl_rtree_entry up = united(cells + at, count, number);
        g_array_append_val(above, up);
    }
    return true;
}

static bool pack(packing *p, rdl_rtree_entry *entries, size_t n, GError **error)
{
    g_autoptr(GArray) level = g_array_new(FALSE, FALSE, sizeof(rdl_rtree_entry));

    if (!pack_level(p, entries, n, 0, level, error))
        return false;
    for (int depth = 1; n > p->capacity; depth++) {
        g_autoptr(GArray) below = level;
        n = below->len;
        level = g_array_new(FALSE, FALSE, sizeof(rdl_rtree_entry));
        if (!pack_level(p, (rdl_rtree_entry *)(void *)below->data, n, depth, level, error))
            return false;
    }
    return true;
}

static rdl_statement *prepare(rdl_store *store, const char *format, const char *table,
                              GError **error)
{
    g_autofree char *sql = g_strdup_printf(format, table);

    return rdl_statement_new(store, sql, error);
}

static bool write_rows(rdl_store *store, const char *table, const guint32 *leaf_of, size_t highest,
                       GError **error)
{
    g_autoptr(rdl_statement) row =
        prepare(store, "INSERT INTO \"%s_rowid\"(rowid, nodeno) VALUES (?, ?)", table, error);
    bool good = row != NULL;

    for (size_t id = 1; good && id <= highest; id++) {
        if (!leaf_of[id])
            continue;
        rdl_statement_int(row, 1, (gint64)id);
        rdl_statement_int(row, 2, leaf_of[id]);
        good = rdl_statement_run(row, error);
    }
    return good;
}

bool rdl_rtree_fill(rdl_store *store, const char *table, rdl_rtree_entry *entries, size_t n,
                    GError **error)
{
    g_autofree char *ask =
        g_strdup_printf("SELECT length(data) FROM \"%s_node\" WHERE nodeno = 1", table);
    g_autofree char *size = rdl_store_value(store, ask, error);
    gint64 highest = 0;

    if (!size)
        return false;
    for (size_t i = 0; i < n; i++)
        highest = MAX(highest, entries[i].id);
    g_autofree guint32 *leaf_of = g_new0(guint32, (size_t)highest + 1);
    packing p = {.leaf_of = leaf_of, .next = 2};
    p.size = (size_t)g_ascii_strtoull(size, NULL, 10);
    p.capacity = (p.size - HEAD) / CELL;
    if (p.size < HEAD + 2 * CELL || n > G_MAXUINT32 / 2)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: is no R-tree that can be filled",
                        rdl_store_path(store));
    sort_tiles(entries, n, p.capacity);
    g_autoptr(rdl_statement) node = prepare(
        store, "INSERT OR REPLACE INTO \"%s_node\"(nodeno, data) VALUES (?, ?)", table, error);
    g_autoptr(rdl_statement) parent =
        node ? prepare(store, "INSERT INTO \"%s_parent\"(nodeno, parentnode) VALUES (?, ?)", table,
                       error)
             : NULL;
    p.node = node;
    p.parent = parent;
    return parent && pack(&p, entries, n, error) &&
           write_rows(store, table, leaf_of, (size_t)highest, error);
}
