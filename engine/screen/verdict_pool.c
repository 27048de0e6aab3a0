#include "screen/verdict_pool.h"

#include <string.h>

typedef struct {
    const rdl_zone_class *class;                  /* lent by the pack; NULL: all territory */
    const char *level, *basin, *activity, *attrs; /* NULL where not given */
    const char *approval_note, *dates_note;
    rdl_interval onset, established;
    rdl_truth granted;
    rdl_version version;
    bool expansion, polygon, least_is_nothing;
} situation;

typedef struct {
    situation situation;
    rdl_verdict verdict;
} entry;

struct rdl_verdict_pool {
    const rdl_pack *pack;
    rdl_day as_of;
    GHashTable *entries; /* of entry, by its situation */
};

static guint mix(guint h, guint value)
{
    return (h ^ value) * 16777619u;
}

static guint text_hash(guint h, const char *text)
{
    return text ? mix(h, g_str_hash(text)) : h;
}

static guint situation_hash(gconstpointer p)
{
    const situation *s = p;
    guint h = text_hash(2166136261u, s->class ? s->class->zone : NULL);

    h = text_hash(text_hash(h, s->activity), s->attrs);
    h = mix(mix(h, (guint)s->onset.first), (guint)s->onset.last);
    return mix(h, (guint)s->established.first);
}

static gboolean situation_equal(gconstpointer p, gconstpointer q)
{
    const situation *a = p, *b = q;

    return a->class == b->class && a->granted == b->granted && a->version == b->version &&
           a->expansion == b->expansion && a->polygon == b->polygon &&
           a->least_is_nothing == b->least_is_nothing && a->onset.first == b->onset.first &&
           a->onset.last == b->onset.last && a->established.first == b->established.first &&
           a->established.last == b->established.last && strcmp(a->activity, b->activity) == 0 &&
           g_strcmp0(a->level, b->level) == 0 && g_strcmp0(a->basin, b->basin) == 0 &&
           g_strcmp0(a->attrs, b->attrs) == 0 &&
           g_strcmp0(a->approval_note, b->approval_note) == 0 &&
           g_strcmp0(a->dates_note, b->dates_note) == 0;
}

static void entry_free(gpointer p)
{
    entry *e = p;

    g_free((char *)e->situation.level);
    g_free((char *)e->situation.basin);
    g_free((char *)e->situation.activity);
    g_free((char *)e->situation.attrs);
    g_free((char *)e->situation.approval_note);
    g_free((char *)e->situation.dates_note);
    rdl_verdict_clear(&e->verdict);
    g_free(e);
}

rdl_verdict_pool *rdl_verdict_pool_new(const rdl_pack *pack, rdl_day as_of)
{
    rdl_verdict_pool *pool = g_new0(rdl_verdict_pool, 1);

    pool->pack = pack;
    pool->as_of = as_of;
    pool->entries = g_hash_table_new_full(situation_hash, situation_equal, entry_free, NULL);
    return pool;
}

void rdl_verdict_pool_free(rdl_verdict_pool *pool)
{
    if (!pool)
        return;
    g_hash_table_unref(pool->entries);
    g_free(pool);
}

static entry *entry_new(const situation *s)
{
    entry *e = g_new0(entry, 1);

    e->situation = *s;
    e->situation.level = g_strdup(s->level);
    e->situation.basin = g_strdup(s->basin);
    e->situation.activity = g_strdup(s->activity);
    e->situation.attrs = g_strdup(s->attrs);
    e->situation.approval_note = g_strdup(s->approval_note);
    e->situation.dates_note = g_strdup(s->dates_note);
    return e;
}

const rdl_verdict *rdl_verdict_pool_get(rdl_verdict_pool *pool, const rdl_footprint *f,
                                        const rdl_zone *zone, const rdl_part *part,
                                        const rdl_approval *approval, rdl_version version)
{
    situation s = {.class = zone ? zone->class : NULL,
                   .level = zone ? zone->level : NULL,
                   .basin = zone ? zone->basin : NULL,
                   .established = zone ? zone->established : (rdl_interval){0, 0},
                   .activity = f->activity,
                   .attrs = f->attrs,
                   .expansion = f->expands != NULL,
                   .onset = f->onset,
                   .dates_note = f->note,
                   .granted = approval->granted,
                   .approval_note = approval->note,
                   .version = version,
                   .polygon = part && part->dimension == 2,
                   .least_is_nothing = part && part->min_m2 <= 0.0};
    entry *e = g_hash_table_lookup(pool->entries, &s);

    if (!e) {
        e = entry_new(&s);
        e->verdict = rdl_verdict_of(pool->pack, f, zone, part, approval, version, pool->as_of);
        g_hash_table_add(pool->entries, e);
    }
    return &e->verdict;
}
