#include "screen/zone_ground.h"

#include <features.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#define BLOCK ((size_t)1 << 20)

typedef struct {
    guint8 *pages; /* NULL: given back */
    GPtrArray *zones;
    size_t size;
    atomic_size_t last; /* piece that asks for it last, plus 1; 0: none */
} block;

struct rdl_zone_ground {
    GPtrArray *blocks;    /* of block */
    GHashTable *homes;    /* zone -> block */
    pthread_mutex_t lock; /* guards all below, and giving back */
    guint8 *done;         /* one a piece */
    size_t pieces, first_open;
};

static void give_back(block *b)
{
    if (b->pages)
        munmap(b->pages, b->size);
    b->pages = NULL;
}

static void block_free(gpointer p)
{
    block *b = p;

    give_back(b);
    g_ptr_array_unref(b->zones);
    g_free(b);
}

/* NULL where the system has no pages to map: the zones then stay where they are. */
static block *add_block(rdl_zone_ground *ground, size_t size)
{
    guint8 *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    block *b = g_new0(block, 1);
    b->pages = pages;
    b->zones = g_ptr_array_new();
    b->size = size;
    g_ptr_array_add(ground->blocks, b);
    return b;
}

static void move_in(rdl_zone_ground *ground, rdl_zone *zone, block **filling, size_t *used)
{
    size_t n;
    const void *bytes = g_bytes_get_data(zone->wkb, &n);

    if (!*filling || (*filling)->size - *used < n) {
        *filling = add_block(ground, MAX(BLOCK, n));
        *used = 0;
    }
    if (!*filling)
        return;
    guint8 *at = (*filling)->pages + *used;
    memcpy(at, bytes, n);
    *used += n;
    g_bytes_unref(zone->wkb);
    zone->wkb = g_bytes_new_static(at, n);
    g_hash_table_insert(ground->homes, zone, *filling);
    g_ptr_array_add((*filling)->zones, zone);
}

rdl_zone_ground *rdl_zone_ground_new(GPtrArray *zones)
{
    rdl_zone_ground *ground = g_new0(rdl_zone_ground, 1);
    g_autofree rdl_box *boxes = g_new(rdl_box, zones->len + 1);
    g_autofree guint32 *order = g_new(guint32, zones->len + 1);
    block *filling = NULL;
    size_t filled, used = 0;

    ground->blocks = g_ptr_array_new_with_free_func(block_free);
    ground->homes = g_hash_table_new(NULL, NULL);
    pthread_mutex_init(&ground->lock, NULL);
    for (guint i = 0; i < zones->len; i++)
        boxes[i] = ((rdl_zone *)zones->pdata[i])->box;
    rdl_boxes_order(boxes, zones->len, order, &filled);
    for (size_t i = 0; i < filled; i++)
        move_in(ground, zones->pdata[order[i]], &filling, &used);
#ifdef __GLIBC__
    malloc_trim(0); /* what the zones were read into, free now in small pieces, to the system */
#endif
    return ground;
}

void rdl_zone_ground_free(rdl_zone_ground *ground)
{
    if (!ground)
        return;
    g_ptr_array_unref(ground->blocks);
    g_hash_table_unref(ground->homes);
    pthread_mutex_destroy(&ground->lock);
    g_free(ground->done);
    g_free(ground);
}

void rdl_zone_ground_note(rdl_zone_ground *ground, const rdl_zone *zone, size_t piece)
{
    block *b = g_hash_table_lookup(ground->homes, zone);

    if (!b)
        return;
    size_t last = atomic_load(&b->last);
    while (last < piece + 1 && !atomic_compare_exchange_weak(&b->last, &last, piece + 1))
        ;
}

void rdl_zone_ground_begin(rdl_zone_ground *ground, size_t pieces)
{
    ground->pieces = pieces;
    ground->done = g_new0(guint8, pieces + 1);
}

void rdl_zone_ground_done(rdl_zone_ground *ground, size_t piece)
{
    pthread_mutex_lock(&ground->lock);
    ground->done[piece] = 1;
    size_t before = ground->first_open;
    while (ground->first_open < ground->pieces && ground->done[ground->first_open])
        ground->first_open++;
    for (guint i = 0; before < ground->first_open && i < ground->blocks->len; i++) {
        block *b = ground->blocks->pdata[i];
        if (!b->pages || atomic_load(&b->last) > ground->first_open)
            continue;
        for (guint k = 0; k < b->zones->len; k++)
            rdl_zone_drop_border(b->zones->pdata[k]);
        give_back(b);
    }
    pthread_mutex_unlock(&ground->lock);
}
