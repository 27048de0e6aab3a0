#include "screen/identity.h"

#include <string.h>

/* ---- order ---- */

/* The first bytes of an id, which decide most comparisons. */
static guint64 prefix_of(const char *id)
{
    guint64 prefix = 0;
    size_t n = id ? strlen(id) : 0;

    for (size_t i = 0; i < sizeof prefix; i++)
        prefix = prefix << 8 | (i < n ? (guchar)id[i] : 0);
    return prefix;
}

static int compare_content(const rdl_identity *a, const rdl_identity *b)
{
    int order = strcmp(a->content, b->content);

    if (!order)
        order = memcmp(a->wkb.bytes, b->wkb.bytes, MIN(a->wkb.n, b->wkb.n));
    return order ? order : (a->wkb.n > b->wkb.n) - (a->wkb.n < b->wkb.n);
}

static gint by_id_and_content(gconstpointer a, gconstpointer b, gpointer user)
{
    rdl_identity_fn look = *(const rdl_identity_fn *)user;
    rdl_identity x = look(*(const gpointer *)a), y = look(*(const gpointer *)b);
    int by_id = g_strcmp0(*x.id, *y.id);

    if (!by_id)
        by_id = compare_content(&x, &y);
    return by_id ? by_id : (x.fid > y.fid) - (x.fid < y.fid);
}

/* Each run of records whose ids begin alike; `prefixes` by the numbers of `order`. */
static void sort_runs(GPtrArray *records, const guint64 *prefixes, const rdl_keyed *order,
                      rdl_identity_fn look)
{
    guint end;

    for (guint first = 0; first < records->len; first = end) {
        guint64 prefix = prefixes[order[first].number];
        for (end = first + 1; end < records->len && prefixes[order[end].number] == prefix; end++)
            ;
        if (end - first > 1)
            g_qsort_with_data(records->pdata + first, (gint)(end - first), sizeof(gpointer),
                              by_id_and_content, &look);
    }
}

static bool are_sorted(gconstpointer *records, const guint64 *prefixes, size_t n,
                       rdl_identity_fn look)
{
    for (size_t i = 1; i < n; i++)
        if (prefixes[i - 1] > prefixes[i] ||
            (prefixes[i - 1] == prefixes[i] &&
             by_id_and_content(&records[i - 1], &records[i], &look) > 0))
            return false;
    return true;
}

void rdl_identity_sort(GPtrArray *records, rdl_identity_fn look)
{
    size_t n = records->len;
    g_autofree gconstpointer *before = g_memdup2(records->pdata, n * sizeof(gpointer));
    g_autofree guint64 *prefixes = g_new(guint64, n + 1);
    g_autofree rdl_keyed *order = g_new(rdl_keyed, n + 1);

    for (size_t i = 0; i < n; i++) {
        prefixes[i] = prefix_of(*look(records->pdata[i]).id);
        order[i].number = (guint32)i;
    }
    if (are_sorted(before, prefixes, n, look))
        return;
    for (int half = 0; half < 64; half += 32) {
        for (size_t i = 0; i < n; i++)
            order[i].key = (guint32)(prefixes[order[i].number] >> half);
        rdl_keyed_sort(order, n);
    }
    for (size_t i = 0; i < n; i++)
        records->pdata[i] = (gpointer)before[order[i].number];
    sort_runs(records, prefixes, order, look);
}

/* ---- names ---- */

static char *named(rdl_intake *intake, const char *id, const char *digest)
{
    g_autofree char *name = g_strdup_printf("%s~%.12s", id, digest);

    return rdl_arena_text(intake->arena, name);
}

static void name_nameless(rdl_intake *intake, const rdl_intake_spec *spec, rdl_identity who)
{
    g_autofree char *digest = rdl_digest_bytes(who.wkb.bytes, who.wkb.n);

    *who.id = named(intake, "", digest);
    rdl_reject(intake, spec->layer, who.fid, true, "NO_ID: named %s by its geometry", *who.id);
}

static void tell_apart(rdl_intake *intake, const rdl_intake_spec *spec, rdl_identity who)
{
    size_t n = strlen(who.content);
    g_autofree guchar *all = g_malloc(n + who.wkb.n);

    memcpy(all, who.content, n);
    memcpy(all + n, who.wkb.bytes, who.wkb.n);
    g_autofree char *digest = rdl_digest_bytes(all, n + who.wkb.n);
    char *fresh = named(intake, *who.id, digest);
    rdl_reject(intake, spec->layer, who.fid, true, "REPEATED_ID: %s is now %s", *who.id, fresh);
    *who.id = fresh;
}

/* The sorted run first..end of one id: copies go, the rest is told apart. What stays is written
 * from `to` on; the end of it is returned. */
static guint settle_run(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                        rdl_identity_fn look, guint first, guint end, guint to, GPtrArray *dropped)
{
    guint kept = to;

    for (guint i = first; i < end; i++) {
        gpointer record = records->pdata[i];
        rdl_identity who = look(record), before = who;
        if (kept > to)
            before = look(records->pdata[kept - 1]);
        if (kept == to || compare_content(&who, &before) != 0) {
            records->pdata[kept++] = record;
            continue;
        }
        rdl_reject(intake, spec->layer, who.fid, false,
                   "DUPLICATE: the same as feature %" G_GINT64_FORMAT, before.fid);
        rdl_tally_suppressed(intake->tally, spec->item, "DUPLICATE", 1);
        g_ptr_array_add(dropped, record);
    }
    for (guint i = to; kept - to > 1 && i < kept; i++)
        tell_apart(intake, spec, look(records->pdata[i]));
    return kept;
}

/* ---- same ground ---- */

static guint32 hash_of(rdl_wkb wkb)
{
    const guint8 *bytes = wkb.bytes;
    guint64 h = 0x9e3779b97f4a7c15u ^ wkb.n, word;
    size_t i = 0;

    for (; i + 8 <= wkb.n; i += 8) {
        memcpy(&word, bytes + i, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    for (; i < wkb.n; i++)
        h = (h ^ bytes[i]) * 0x100000001b3u;
    return (guint32)(h ^ h >> 29);
}

static bool same_bytes(rdl_wkb a, rdl_wkb b)
{
    return a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0;
}

#define NOTED G_MAXUINT32

/* Those of one hash: each against the first of its ground. */
static void note_run(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                     rdl_identity_fn look, rdl_keyed *run, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (run[i].number == NOTED)
            continue;
        rdl_identity first = look(records->pdata[run[i].number]);
        for (size_t k = i + 1; k < n; k++) {
            if (run[k].number == NOTED)
                continue;
            rdl_identity who = look(records->pdata[run[k].number]);
            if (!same_bytes(first.wkb, who.wkb))
                continue;
            run[k].number = NOTED;
            rdl_reject(intake, spec->layer, who.fid, true, "SAME_GEOMETRY: %s lies exactly on %s",
                       *who.id, *first.id);
        }
    }
}

static void note_same_ground(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                             rdl_identity_fn look)
{
    g_autofree rdl_keyed *grounds = g_new(rdl_keyed, records->len + 1);
    size_t end;

    for (guint i = 0; i < records->len; i++)
        grounds[i] = (rdl_keyed){hash_of(look(records->pdata[i]).wkb), i};
    rdl_keyed_sort(grounds, records->len);
    for (size_t first = 0; first < records->len; first = end) {
        for (end = first + 1; end < records->len && grounds[end].key == grounds[first].key; end++)
            ;
        if (end - first > 1)
            note_run(intake, spec, records, look, grounds + first, end - first);
    }
}

/* ---- all of it ---- */

const char *rdl_identity_content(const rdl_record *record, const char *const *fields)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (; *fields; fields++) {
        const char *text = rdl_record_text(record, *fields);
        g_string_append(all, text ? text : "");
        g_string_append_c(all, '\x1f');
    }
    return rdl_arena_copy(rdl_record_arena(record), all->str, all->len + 1);
}

void rdl_identity_settle(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                         rdl_identity_fn look)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new();
    guint end, kept = 0;

    for (guint i = 0; i < records->len; i++) {
        rdl_identity who = look(records->pdata[i]);
        if (!*who.id)
            name_nameless(intake, spec, who);
    }
    rdl_identity_sort(records, look);
    for (guint first = 0; first < records->len; first = end) {
        const char *id = *look(records->pdata[first]).id;
        for (end = first + 1; end < records->len && strcmp(id, *look(records->pdata[end]).id) == 0;
             end++)
            ;
        kept = settle_run(intake, spec, records, look, first, end, kept, dropped);
    }
    for (guint i = 0; i < dropped->len; i++) /* freed by the array */
        records->pdata[kept + i] = dropped->pdata[i];
    g_ptr_array_set_size(records, (gint)kept);
    rdl_identity_sort(records, look);
    note_same_ground(intake, spec, records, look);
}
