#include "store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#define HEADER 100        /* bytes of the file's header */
#define LEAF_HEAD 8       /* bytes before a leaf's places of cells */
#define INTERIOR_HEAD 12  /* the same of an interior page */
#define INTERIOR_CELL 15  /* bytes of a child at most: its page, a row's number, its place */
#define WHOLE_MOST 0x1p47 /* reals as whole numbers are below it */
#define LEAF 0x0d
#define INTERIOR 0x05

/* A leaf page of a run, later of the file, and the number of its last row. */
typedef struct {
    guint32 page;
    gint64 last;
} child;

/* Where in a run the number of one of its pages is to be written once it has one. */
typedef struct {
    size_t at;
    guint32 page;
} page_ref;

struct rdl_page_run {
    size_t size, usable;
    GByteArray *pages;
    GArray *leaves;        /* of child, pages counted in the run */
    GArray *links;         /* of page_ref */
    size_t leaf;           /* where the leaf being filled begins */
    size_t cells, content; /* of it: how many, and where the lowest begins */
    guint8 head[4096];     /* of a record */
};

static void put_u16(guint8 *at, size_t value)
{
    at[0] = (guint8)(value >> 8);
    at[1] = (guint8)value;
}

static void put_u32(guint8 *at, guint32 value)
{
    guint32 big = GUINT32_TO_BE(value);

    memcpy(at, &big, 4);
}

static guint32 get_u32(const guint8 *at)
{
    guint32 big;

    memcpy(&big, at, 4);
    return GUINT32_FROM_BE(big);
}

/* Seven bits a byte, the highest first; nine bytes hold 64 bits. Their number. */
static size_t put_varint(guint8 *at, guint64 value)
{
    guint8 back[9];
    size_t n = 0;

    if (value >> 56) {
        at[8] = (guint8)value;
        value >>= 8;
        for (int i = 7; i >= 0; i--, value >>= 7)
            at[i] = (guint8)(value & 0x7f) | 0x80;
        return 9;
    }
    do {
        back[n++] = (guint8)(value & 0x7f) | 0x80;
        value >>= 7;
    } while (value);
    back[0] &= 0x7f;
    for (size_t i = 0; i < n; i++)
        at[i] = back[n - 1 - i];
    return n;
}

/* ---- records ---- */

static const guint8 int_bytes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0}; /* by type of an integer */

static guint64 type_of_int(gint64 v)
{
    guint64 size = (guint64)(v < 0 ? ~v : v);

    if (size <= 1 && v >= 0)
        return 8 + size;
    return size < 1u << 7            ? 1
           : size < 1u << 15         ? 2
           : size < 1u << 23         ? 3
           : size < 1u << 31         ? 4
           : size < (guint64)1 << 47 ? 5
                                     : 6;
}

/* SQLite keeps a real that is a small whole number as that, and reads it as the real it was. */
static bool is_whole(double real)
{
    return fabs(real) < WHOLE_MOST && !(real == 0.0 && signbit(real)) &&
           real == (double)(gint64)real;
}

static guint64 type_of(const rdl_cell *c)
{
    switch (c->type) {
    case RDL_CELL_INT:
        return type_of_int(c->integer);
    case RDL_CELL_REAL:
        return is_whole(c->real) ? type_of_int((gint64)c->real) : isnan(c->real) ? 0 : 7;
    case RDL_CELL_TEXT:
        return 13 + 2 * (guint64)c->n;
    case RDL_CELL_BYTES:
        return 12 + 2 * (guint64)c->n;
    case RDL_CELL_NULL:
        break;
    }
    return 0;
}

static size_t bytes_of(guint64 type)
{
    return type < 10 ? int_bytes[type] : (size_t)(type - 12) / 2;
}

/* The types of the values into run->head, before them the bytes that takes. Its length; *body of
 * the values. */
static size_t put_types(rdl_page_run *run, const rdl_cell *cells, size_t n, size_t *body)
{
    guint8 types[sizeof run->head - 2];
    size_t length = 0;

    g_assert(n <= sizeof types / 9);
    *body = 0;
    for (size_t i = 0; i < n; i++) {
        guint64 type = type_of(&cells[i]);
        length += put_varint(types + length, type);
        *body += bytes_of(type);
    }
    size_t own = length + 1 < 128 ? 1 : 2;
    put_varint(run->head, length + own);
    memcpy(run->head + own, types, length);
    return length + own;
}

/* ---- leaves ---- */

rdl_page_run *rdl_page_run_new(size_t page_size, size_t usable)
{
    rdl_page_run *run = g_new0(rdl_page_run, 1);

    run->size = page_size;
    run->usable = usable;
    run->pages = g_byte_array_new();
    run->leaves = g_array_new(FALSE, FALSE, sizeof(child));
    run->links = g_array_new(FALSE, FALSE, sizeof(page_ref));
    return run;
}

void rdl_page_run_free(rdl_page_run *run)
{
    if (!run)
        return;
    g_byte_array_unref(run->pages);
    g_array_unref(run->leaves);
    g_array_unref(run->links);
    g_free(run);
}

size_t rdl_page_run_bytes(const rdl_page_run *run)
{
    return run->pages->len;
}

/* An empty page; where it begins. */
static size_t add_page(rdl_page_run *run)
{
    size_t at = run->pages->len;

    g_byte_array_set_size(run->pages, (guint)(at + run->size));
    memset(run->pages->data + at, 0, run->size);
    return at;
}

static void end_leaf(rdl_page_run *run)
{
    guint8 *head = run->pages->data + run->leaf;

    if (!run->leaves->len)
        return;
    head[0] = LEAF;
    put_u16(head + 3, run->cells);
    put_u16(head + 5, run->content & 0xffff); /* 0 means 65536 */
}

static void begin_leaf(rdl_page_run *run)
{
    end_leaf(run);
    run->leaf = add_page(run);
    run->cells = 0;
    run->content = run->usable;
    child c = {(guint32)(run->leaf / run->size), 0};
    g_array_append_val(run->leaves, c);
}

/* What of a record stays in its leaf (1.6: "the payload spill"). */
static size_t local_bytes(const rdl_page_run *run, size_t payload)
{
    size_t most = run->usable - 35, least = (run->usable - 12) * 32 / 255 - 23;

    if (payload <= most)
        return payload;
    size_t fit = least + (payload - least) % (run->usable - 4);
    return fit <= most ? fit : least;
}

/* Where the next bytes of a record go: into its leaf, then into pages of overflow. */
typedef struct {
    rdl_page_run *run;
    size_t at, room; /* here */
    size_t next;     /* where the number of the next page goes */
} pen;

static void write_bytes(pen *p, const void *bytes, size_t n)
{
    rdl_page_run *run = p->run;

    while (n) {
        if (!p->room) {
            size_t page = add_page(run);
            page_ref l = {p->next, (guint32)(page / run->size)};
            g_array_append_val(run->links, l);
            *p = (pen){run, page + 4, run->usable - 4, page};
        }
        size_t some = MIN(n, p->room);
        memcpy(run->pages->data + p->at, bytes, some);
        p->at += some;
        p->room -= some;
        bytes = (const guint8 *)bytes + some;
        n -= some;
    }
}

static void write_value(pen *p, const rdl_cell *c)
{
    guint64 type = type_of(c), bits = (guint64)c->integer;

    if (type >= 12) {
        write_bytes(p, c->bytes, c->n);
        return;
    }
    if (type == 7)
        memcpy(&bits, &c->real, sizeof bits);
    else if (c->type == RDL_CELL_REAL)
        bits = (guint64)(gint64)c->real;
    bits = GUINT64_TO_BE(bits);
    write_bytes(p, (guint8 *)&bits + 8 - int_bytes[type], int_bytes[type]);
}

bool rdl_page_run_add(rdl_page_run *run, gint64 number, const rdl_cell *cells, size_t n)
{
    guint8 start[18];
    size_t body, head = put_types(run, cells, n, &body), payload = head + body;

    if (payload > RDL_ROW_BYTES)
        return false;
    size_t local = local_bytes(run, payload), starts = put_varint(start, payload);
    starts += put_varint(start + starts, (guint64)number);
    size_t cell = MAX(4, starts + local + (local < payload ? 4 : 0));
    if (!run->leaves->len || LEAF_HEAD + 2 * (run->cells + 1) + cell > run->content)
        begin_leaf(run);
    run->content -= cell;
    guint8 *leaf = run->pages->data + run->leaf;
    put_u16(leaf + LEAF_HEAD + 2 * run->cells++, run->content);
    memcpy(leaf + run->content, start, starts);
    size_t at = run->leaf + run->content + starts;
    pen p = {run, at, local, at + local};
    write_bytes(&p, run->head, head);
    for (size_t i = 0; i < n; i++)
        write_value(&p, &cells[i]);
    g_array_index(run->leaves, child, run->leaves->len - 1).last = number;
    return true;
}

/* ---- the file ---- */

struct rdl_page_file {
    int fd;
    char *path;
    guint8 header[HEADER];
    size_t size, usable;
    guint32 next;   /* page that is free, and all after it */
    guint32 barred; /* page SQLite keeps for its locks */
};

static bool fail_file(const rdl_page_file *file, GError **error)
{
    return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: %s%s", file->path,
                    g_strerror(errno), rdl_output_room(file->path));
}

static bool write_at(const rdl_page_file *file, const guint8 *bytes, size_t n, guint64 at,
                     GError **error)
{
    while (n) {
        ssize_t some = pwrite(file->fd, bytes, n, (off_t)at);
        if (some < 0 && errno == EINTR)
            continue;
        if (some <= 0)
            return fail_file(file, error);
        bytes += some;
        at += (guint64)some;
        n -= (size_t)some;
    }
    return true;
}

static guint64 place_of(const rdl_page_file *file, guint32 page)
{
    return (guint64)(page - 1) * file->size;
}

/* Sound, of its own making: no pages beside the tables' that would have to be kept up. */
static bool check_header(rdl_page_file *file, GError **error)
{
    const guint8 *h = file->header;
    bool known = memcmp(h, "SQLite format 3", 16) == 0 && get_u32(h + 52) == 0 /* no auto-vacuum */
                 && get_u32(h + 56) == 1 /* UTF-8 */ &&
                 get_u32(h + 44) >= 4 /* 0 and 1 are types */;
    size_t size = (size_t)h[16] << 8 | h[17];

    file->size = size == 1 ? 65536 : size;
    file->usable = file->size - h[20];
    file->next = get_u32(h + 28) + 1;
    file->barred = (guint32)((guint64)sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0) /
                             MAX(file->size, 512)) +
                   1;
    return (known && file->size >= 512 && file->usable >= 480) ||
           rdl_fail(error, RDL_ERROR_DATA, "%s: is no database whose pages can be written",
                    file->path);
}

rdl_page_file *rdl_page_file_open(const char *path, GError **error)
{
    rdl_page_file *file = g_new0(rdl_page_file, 1);

    file->path = g_strdup(path);
    file->fd = g_open(path, O_RDWR | O_CLOEXEC, 0);
    if (file->fd < 0 || pread(file->fd, file->header, HEADER, 0) != HEADER)
        fail_file(file, error);
    else if (check_header(file, error))
        return file;
    rdl_page_file_abandon(file);
    return NULL;
}

void rdl_page_file_abandon(rdl_page_file *take_file)
{
    if (!take_file)
        return;
    if (take_file->fd >= 0)
        close(take_file->fd);
    g_free(take_file->path);
    g_free(take_file);
}

/* That the file has changed, and its size; a last page that was skipped is in it. */
bool rdl_page_file_finish(rdl_page_file *take_file, GError **error)
{
    guint32 changes = get_u32(take_file->header + 24) + 1;

    put_u32(take_file->header + 24, changes);
    put_u32(take_file->header + 92, changes);
    put_u32(take_file->header + 28, take_file->next - 1);
    bool good = write_at(take_file, take_file->header, HEADER, 0, error);
    rdl_page_file_abandon(take_file);
    return good;
}

rdl_page_run *rdl_page_file_run(const rdl_page_file *file)
{
    return rdl_page_run_new(file->size, file->usable);
}

static guint32 take_page(rdl_page_file *file)
{
    if (file->next == file->barred)
        file->next++;
    return file->next++;
}

/* ---- tables ---- */

struct rdl_page_table {
    rdl_page_file *file;
    guint32 root;
    GArray *leaves;      /* of child, in the file */
    rdl_page_run *first; /* held back: a table of one leaf has it for its root */
};

rdl_page_table *rdl_page_table_new(rdl_page_file *file, guint32 root)
{
    rdl_page_table *table = g_new0(rdl_page_table, 1);

    table->file = file;
    table->root = root;
    table->leaves = g_array_new(FALSE, FALSE, sizeof(child));
    return table;
}

void rdl_page_table_free(rdl_page_table *table)
{
    if (!table)
        return;
    rdl_page_run_free(table->first);
    g_array_unref(table->leaves);
    g_free(table);
}

/* Pages that lie side by side are written at once. */
static bool write_pages(const rdl_page_file *file, const guint8 *bytes, const guint32 *numbers,
                        size_t n, GError **error)
{
    size_t end;

    for (size_t i = 0; i < n; i = end) {
        for (end = i + 1; end < n && numbers[end] == numbers[end - 1] + 1; end++)
            ;
        if (!write_at(file, bytes + i * file->size, (end - i) * file->size,
                      place_of(file, numbers[i]), error))
            return false;
    }
    return true;
}

/* Give the run's pages their numbers and write them; `root`: its one leaf is the root. */
static bool place_run(rdl_page_table *table, rdl_page_run *run, bool root, GError **error)
{
    size_t n = run->pages->len / run->size;
    g_autofree guint32 *numbers = g_new(guint32, n + 1);

    end_leaf(run);
    for (size_t i = 0; i < n; i++)
        numbers[i] = root && i == 0 ? table->root : take_page(table->file);
    for (guint i = 0; i < run->links->len; i++) {
        const page_ref *l = &g_array_index(run->links, page_ref, i);
        put_u32(run->pages->data + l->at, numbers[l->page]);
    }
    for (guint i = 0; !root && i < run->leaves->len; i++) {
        child c = g_array_index(run->leaves, child, i);
        c.page = numbers[c.page];
        g_array_append_val(table->leaves, c);
    }
    return write_pages(table->file, run->pages->data, numbers, n, error);
}

static bool place_first(rdl_page_table *table, bool all, GError **error)
{
    g_autoptr(rdl_page_run) run = g_steal_pointer(&table->first);

    return !run || place_run(table, run, all && run->leaves->len == 1, error);
}

bool rdl_page_table_put(rdl_page_table *table, rdl_page_run *take_run, GError **error)
{
    g_autoptr(rdl_page_run) run = take_run;

    if (!run->leaves->len)
        return true;
    if (!table->first && !table->leaves->len) {
        table->first = g_steal_pointer(&run);
        return true;
    }
    return place_first(table, false, error) && place_run(table, run, false, error);
}

/* One interior page over n children, written as page `number`. */
static bool write_interior(const rdl_page_file *file, const child *children, size_t n,
                           guint32 number, GError **error)
{
    g_autofree guint8 *page = g_malloc0(file->size);
    size_t content = file->usable;

    page[0] = INTERIOR;
    put_u16(page + 3, n - 1);
    put_u32(page + 8, children[n - 1].page);
    for (size_t i = 0; i + 1 < n; i++) {
        guint8 cell[13];
        put_u32(cell, children[i].page);
        size_t length = 4 + put_varint(cell + 4, (guint64)children[i].last);
        content -= length;
        memcpy(page + content, cell, length);
        put_u16(page + INTERIOR_HEAD + 2 * i, content);
    }
    put_u16(page + 5, content & 0xffff);
    return write_at(file, page, file->size, place_of(file, number), error);
}

/* The level above `level`, no page of it with a single child. */
static bool write_level(rdl_page_file *file, const GArray *level, GArray *above, GError **error)
{
    size_t most = (file->usable - INTERIOR_HEAD) / INTERIOR_CELL;
    size_t n = level->len, pages = (n + most - 1) / most;

    for (size_t i = 0; i < pages; i++) {
        size_t from = n * i / pages, end = n * (i + 1) / pages;
        child up = {take_page(file), g_array_index(level, child, end - 1).last};
        if (!write_interior(file, &g_array_index(level, child, from), end - from, up.page, error))
            return false;
        g_array_append_val(above, up);
    }
    return true;
}

bool rdl_page_table_finish(rdl_page_table *table, GError **error)
{
    rdl_page_file *file = table->file;
    size_t most = (file->usable - INTERIOR_HEAD) / INTERIOR_CELL;

    if (!place_first(table, true, error))
        return false;
    while (table->leaves->len > most) {
        g_autoptr(GArray) level = table->leaves;
        table->leaves = g_array_new(FALSE, FALSE, sizeof(child));
        if (!write_level(file, level, table->leaves, error))
            return false;
    }
    return !table->leaves->len || write_interior(file, (const child *)(void *)table->leaves->data,
                                                 table->leaves->len, table->root, error);
}
