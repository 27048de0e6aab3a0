/* decode - the floor for a pass over two scenes: inflate both, take the difference of an index.
 *
 *   decode THREADS BEFORE AFTER
 *
 * Tiles of DEFLATE GeoTIFFs of four uint16 bands, pixel-interleaved (3 red, 4 nir), each inflated
 * by libdeflate where GDAL says it lies, its predictor undone, the index differences over 0.2
 * counted. Prints seconds and megapixels. Nothing of redline's own is in here. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <gdal.h>
#include <libdeflate.h>

enum { BANDS = 4, THREADS_MOST = 64 };

typedef struct {
    int file;
    size_t tiles;
    off_t *at;
    size_t *size;
} scene;

static scene scenes[2];
static int width, height, tile_width, tile_height, across;
static atomic_size_t next;
static atomic_llong changed;

static void give_up(const char *why)
{
    fprintf(stderr, "decode: %s\n", why);
    exit(2);
}

static long long number(GDALRasterBandH band, const char *what, int col, int row)
{
    char name[64];

    snprintf(name, sizeof name, "BLOCK_%s_%d_%d", what, col, row);
    const char *text = GDALGetMetadataItem(band, name, "TIFF");
    return text ? strtoll(text, NULL, 10) : 0;
}

static void open_scene(scene *s, const char *path)
{
    GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
    const char *predictor = ds ? GDALGetMetadataItem(ds, "PREDICTOR", "IMAGE_STRUCTURE") : NULL;

    if (!ds || GDALGetRasterCount(ds) != BANDS || !predictor || strcmp(predictor, "2") != 0)
        give_up("two DEFLATE GeoTIFFs of four bands with predictor 2 are needed");
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    width = GDALGetRasterXSize(ds);
    height = GDALGetRasterYSize(ds);
    GDALGetBlockSize(band, &tile_width, &tile_height);
    across = (width + tile_width - 1) / tile_width;
    s->tiles = (size_t)across * (size_t)((height + tile_height - 1) / tile_height);
    s->at = calloc(s->tiles, sizeof *s->at);
    s->size = calloc(s->tiles, sizeof *s->size);
    for (size_t i = 0; i < s->tiles; i++) {
        s->at[i] =
            (off_t)number(band, "OFFSET", (int)(i % (size_t)across), (int)(i / (size_t)across));
        s->size[i] =
            (size_t)number(band, "SIZE", (int)(i % (size_t)across), (int)(i / (size_t)across));
    }
    GDALClose(ds);
    s->file = open(path, O_RDONLY);
}

static void undo(uint16_t *p)
{
    for (int row = 0; row < tile_height; row++) {
        uint16_t sum[BANDS] = {0};
        for (int col = 0; col < tile_width; col++, p += BANDS)
            for (int b = 0; b < BANDS; b++)
                p[b] = sum[b] = (uint16_t)(sum[b] + p[b]);
    }
}

static long long compare(const uint16_t *p, const uint16_t *q, size_t tile)
{
    int left = (int)(tile % (size_t)across) * tile_width,
        top = (int)(tile / (size_t)across) * tile_height;
    int columns = width - left < tile_width ? width - left : tile_width;
    int rows = height - top < tile_height ? height - top : tile_height;
    long long count = 0;

    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            size_t i = ((size_t)y * (size_t)tile_width + (size_t)x) * BANDS;
            float r1 = p[i + 2], n1 = p[i + 3], r2 = q[i + 2], n2 = q[i + 3];
            float s = (n1 + r1) * (n2 + r2);
            count += fabsf((n2 - r2) * (n1 + r1) - (n1 - r1) * (n2 + r2)) > 0.2f * s;
        }
    return count;
}

static void *work(void *unused)
{
    size_t bytes = (size_t)tile_width * (size_t)tile_height * BANDS * 2, got;
    uint8_t *packed = malloc(2 * bytes);
    uint16_t *pixels[2] = {malloc(bytes), malloc(bytes)};
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

    for (size_t i; (i = atomic_fetch_add(&next, 1)) < scenes[0].tiles;) {
        for (int k = 0; k < 2; k++) {
            const scene *s = &scenes[k];
            if (s->size[i] > 2 * bytes ||
                pread(s->file, packed, s->size[i], s->at[i]) != (ssize_t)s->size[i] ||
                libdeflate_zlib_decompress(d, packed, s->size[i], pixels[k], bytes, &got) ||
                got != bytes)
                give_up("a tile cannot be inflated");
            undo(pixels[k]);
        }
        atomic_fetch_add(&changed, compare(pixels[0], pixels[1], i));
    }
    libdeflate_free_decompressor(d);
    free(packed);
    free(pixels[0]);
    free(pixels[1]);
    return unused;
}

int main(int argc, char **argv)
{
    int threads = argc == 4 ? (int)strtol(argv[1], NULL, 10) : 0;
    pthread_t ids[THREADS_MOST];
    struct timespec from, to;

    if (threads < 1 || threads > THREADS_MOST)
        give_up("usage: decode THREADS BEFORE AFTER");
    GDALAllRegister();
    clock_gettime(CLOCK_MONOTONIC, &from);
    open_scene(&scenes[0], argv[2]);
    open_scene(&scenes[1], argv[3]);
    if (scenes[0].tiles != scenes[1].tiles)
        give_up("the scenes are stored in different tiles");
    for (int i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, work, NULL);
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.3f %.2f\n",
           (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec),
           (double)width * height / 1e6);
    return 0;
}
