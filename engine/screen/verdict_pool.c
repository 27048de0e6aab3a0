#include "screen/verdict_pool.h"

#include <string.h>
#include "screen/pack_rules.h"
#include "screen/planned.h"

typedef struct {
    const rdl_zone_class *class; /* lent by the pack; NULL: all territory */
    const rdl_zone_class *managed_as;
    const char *level, *basin, *activity, *attrs, *period; /* NULL where not given */
    const char *approval_note, *approval_attrs, *dates_note;
    const double *near;       /* NULL: not read */
    const char *web_datum;    /* of the footprint, else of the zone; static; NULL */
    double area_m2, length_m; /* 0 where they are not read */
    size_t n_near;
    rdl_day version_ends;
    rdl_interval onset, established;
    rdl_truth granted;
    rdl_version version;
    bool expansion, polygon, least_is_nothing, planned, papers_only, sized, built_nothing;
} situation;

typedef struct {
    situation situation;
    rdl_verdict verdict;
    bool by_size; /* how large the part is may change the order of the rows */
} entry;

/* What the verdict is asked of. */
typedef struct {
    const rdl_footprint *footprint;
    const rdl_zone *zone;
    const rdl_part *part;
    const rdl_approval *approval;
    rdl_version version;
    const double *near;
} question;

struct rdl_verdict_pool {
    const rdl_pack *pack;
    rdl_day as_of;
    GHashTable *entries;  /* of entry, by its situation */
    GHashTable *by_metre; /* class -> may a fine count its metres? */
    size_t n_near;        /* zone classes of the pack */
    bool sized;           /* a condition may read the size of a part */
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
    for (size_t i = 0; s->near && i < 8; i++)
        h = mix(h, g_double_hash(&s->near[i % s->n_near]));
    return mix(mix(h, (guint)s->established.first), g_double_hash(&s->area_m2));
}

static gboolean situation_equal(gconstpointer p, gconstpointer q)
{
    const situation *a = p, *b = q;

    return a->class == b->class && a->managed_as == b->managed_as &&
           g_strcmp0(a->period, b->period) == 0 && a->granted == b->granted &&
           a->version == b->version && a->expansion == b->expansion && a->sized == b->sized &&
           a->planned == b->planned && a->papers_only == b->papers_only &&
           a->built_nothing == b->built_nothing && a->area_m2 == b->area_m2 &&
           a->length_m == b->length_m && a->version_ends == b->version_ends &&
           (a->near ? b->near && memcmp(a->near, b->near, a->n_near * sizeof *a->near) == 0
                    : !b->near) &&
           a->web_datum == b->web_datum && a->polygon == b->polygon &&
           a->least_is_nothing == b->least_is_nothing && a->onset.first == b->onset.first &&
           a->onset.last == b->onset.last && a->established.first == b->established.first &&
           a->established.last == b->established.last && strcmp(a->activity, b->activity) == 0 &&
           g_strcmp0(a->level, b->level) == 0 && g_strcmp0(a->basin, b->basin) == 0 &&
           g_strcmp0(a->attrs, b->attrs) == 0 &&
           g_strcmp0(a->approval_note, b->approval_note) == 0 &&
           g_strcmp0(a->approval_attrs, b->approval_attrs) == 0 &&
           g_strcmp0(a->dates_note, b->dates_note) == 0;
}

static void entry_free(gpointer p)
{
    entry *e = p;

    g_free((char *)e->situation.level);
    g_free((char *)e->situation.basin);
    g_free((char *)e->situation.period);
    g_free((char *)e->situation.activity);
    g_free((char *)e->situation.attrs);
    g_free((char *)e->situation.approval_note);
    g_free((char *)e->situation.dates_note);
    g_free((char *)e->situation.approval_attrs);
    g_free((double *)e->situation.near);
    rdl_verdict_clear(&e->verdict);
    g_free(e);
}

/* Does some condition name the size of a part? */
static bool conditions_read_size(const rdl_pack *pack)
{
    const rdl_csv *csv = rdl_pack_table(pack, "predicates.csv");
    bool yes = false;

    for (size_t i = 0; csv && !yes && i < rdl_csv_count(csv); i++) {
        const char *sql =
            strcmp(rdl_csv_at(csv, i, "kind"), "sql") == 0 ? rdl_csv_at(csv, i, "sql") : "";
        yes = strstr(sql, "area_m2") || strstr(sql, "length_m");
    }
    return yes;
}

rdl_verdict_pool *rdl_verdict_pool_new(const rdl_pack *pack, rdl_day as_of)
{
    rdl_verdict_pool *pool = g_new0(rdl_verdict_pool, 1);

    pool->pack = pack;
    pool->as_of = as_of;
    pool->by_metre = g_hash_table_new(NULL, NULL);
    pool->n_near = rdl_csv_count(rdl_pack_table(pack, "zones.csv"));
    pool->sized = conditions_read_size(pack);
    pool->entries = g_hash_table_new_full(situation_hash, situation_equal, entry_free, NULL);
    return pool;
}

void rdl_verdict_pool_free(rdl_verdict_pool *pool)
{
    if (!pool)
        return;
    g_hash_table_unref(pool->entries);
    g_hash_table_unref(pool->by_metre);
    g_free(pool);
}

static entry *entry_new(const situation *s)
{
    entry *e = g_new0(entry, 1);

    e->situation = *s;
    e->situation.level = g_strdup(s->level);
    e->situation.basin = g_strdup(s->basin);
    e->situation.period = g_strdup(s->period);
    e->situation.activity = g_strdup(s->activity);
    e->situation.attrs = g_strdup(s->attrs);
    e->situation.approval_note = g_strdup(s->approval_note);
    e->situation.dates_note = g_strdup(s->dates_note);
    e->situation.approval_attrs = g_strdup(s->approval_attrs);
    e->situation.near = s->near ? g_memdup2(s->near, s->n_near * sizeof *s->near) : NULL;
    return e;
}

static bool named(char *const *list, const char *zone)
{
    return zone && g_strv_contains((const char *const *)list, zone);
}

/* May a row for that class (NULL: for all territory) count its fine by the metre? */
static bool fined_by_metre(const rdl_verdict_pool *pool, const rdl_zone_class *class)
{
    const GPtrArray *rules = rdl_pack_rules(pool->pack);
    bool yes = false;

    for (guint i = 0; !yes && i < rules->len; i++) {
        const rdl_rule *rule = rules->pdata[i];
        bool by_metre =
            rule->fine && (strcmp(rule->fine, "M2") == 0 || strcmp(rule->fine, "M") == 0);
        yes = by_metre &&
              (class ? named(rule->zones, class->zone) || named(rule->zones, class->converts_to)
                     : rule->any_zone);
    }
    return yes;
}

static bool reads_size(const rdl_verdict_pool *pool, const rdl_zone_class *class)
{
    gpointer yes;

    if (pool->sized)
        return true;
    if (!g_hash_table_lookup_extended(pool->by_metre, class, NULL, &yes)) {
        yes = GINT_TO_POINTER(fined_by_metre(pool, class));
        g_hash_table_insert(pool->by_metre, (gpointer) class, yes);
    }
    return GPOINTER_TO_INT(yes);
}

static rdl_verdict judge(const rdl_verdict_pool *pool, const question *q)
{
    return q->footprint->planned ? rdl_verdict_planned(pool->pack, q->footprint, q->zone, q->part,
                                                       q->approval, q->near, pool->as_of)
                                 : rdl_verdict_of(pool->pack, q->footprint, q->zone, q->part,
                                                  q->approval, q->version, q->near, pool->as_of);
}

static bool same_order(const rdl_verdict *a, const rdl_verdict *b)
{
    bool same = a->rule == b->rule && a->result == b->result && a->hits->len == b->hits->len;

    for (guint i = 0; same && i < a->hits->len; i++)
        same = g_array_index(a->hits, rdl_hit, i).rule == g_array_index(b->hits, rdl_hit, i).rule;
    return same;
}

/* Fines by the metre grow with the part, fixed ones do not: those that never change places between
 * nothing and more than the earth has stay where they are. */
static bool size_matters(const rdl_verdict_pool *pool, const question *q, const rdl_verdict *v)
{
    static const double sizes[] = {0.0, 1e-6, 1e15};
    bool same = true;

    for (size_t i = 0; same && i < G_N_ELEMENTS(sizes) * G_N_ELEMENTS(sizes); i++) {
        rdl_part part = *q->part;
        question other = *q;
        part.area_m2 = sizes[i % G_N_ELEMENTS(sizes)];
        part.length_m = sizes[i / G_N_ELEMENTS(sizes)];
        other.part = &part;
        rdl_verdict w = judge(pool, &other);
        same = same_order(v, &w);
        rdl_verdict_clear(&w);
    }
    return !same;
}

static entry *entry_of(rdl_verdict_pool *pool, const situation *s, const question *q)
{
    entry *e = g_hash_table_lookup(pool->entries, s);

    if (!e) {
        e = entry_new(s);
        e->verdict = judge(pool, q);
        g_hash_table_add(pool->entries, e);
    }
    return e;
}

const rdl_verdict *rdl_verdict_pool_get(rdl_verdict_pool *pool, const rdl_footprint *f,
                                        const rdl_zone *zone, const rdl_part *part,
                                        const rdl_approval *approval, rdl_version version,
                                        const double *near)
{
    situation s = {.class = zone ? zone->class : NULL,
                   .level = zone ? zone->level : NULL,
                   .basin = zone ? zone->basin : NULL,
                   .period = zone ? zone->period : NULL,
                   .managed_as = zone ? zone->managed_as : NULL,
                   .established = zone ? zone->established : (rdl_interval){0, 0},
                   .activity = f->activity,
                   .attrs = f->attrs,
                   .expansion = f->expands != NULL,
                   .onset = f->onset,
                   .dates_note = f->note,
                   .web_datum = rdl_verdict_web_datum(f, zone),
                   .granted = approval->granted,
                   .approval_note = approval->note,
                   .approval_attrs = approval->attrs,
                   .papers_only = approval->papers_only,
                   .planned = f->planned,
                   .built_nothing = f->built_nothing,
                   .near = near,
                   .n_near = pool->n_near,
                   .version_ends = zone && version == RDL_VERSION_ACT ? zone->version.last : 0,
                   .version = version,
                   .polygon = part && part->dimension == 2,
                   .least_is_nothing = part && part->min_m2 <= 0.0};
    const question q = {f, zone, part, approval, version, near};
    bool sized = part && (reads_size(pool, zone ? zone->class : NULL) ||
                          (zone && zone->managed_as && reads_size(pool, zone->managed_as)));
    if (sized && !pool->sized) { /* only the order of the fines may hang on it */
        guint known = g_hash_table_size(pool->entries);
        entry *any = entry_of(pool, &s, &q);
        if (g_hash_table_size(pool->entries) > known)
            any->by_size = size_matters(pool, &q, &any->verdict);
        if (!any->by_size)
            return &any->verdict;
    }
    if ((s.sized = sized)) {
        s.area_m2 = part->area_m2;
        s.length_m = part->length_m;
    }
    return &entry_of(pool, &s, &q)->verdict;
}
