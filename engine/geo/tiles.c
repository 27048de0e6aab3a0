#include "geo/tiles.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <libdeflate.h>
#include "geo/samples.h"

#define LARGEST ((size_t)16 << 20) /* bytes of an inflated tile */
#define SLOTS_MOST 64
#define SLOTS_BYTES ((size_t)4 << 20) /* of inflated tiles kept, but one at least */

/* An inflated tile. */
typedef struct {
    int col, row, plane; /* which; col -1: none */
    uint64_t used;
    uint8_t *bytes;
    uint8_t *undone; /* rows whose predictor is undone */
} slot;

struct rdl_tiles {
    GDALDatasetH dataset;
    int file;
    off_t file_size;
    rdl_sample_type type;
    bool predicted;
    int width, height;           /* of the raster */
    int tile_width, tile_height; /* strips are tiles as wide as the raster */
    int samples;                 /* of a pixel of a tile */
    bool apart;                  /* each band in tiles of its own */
    size_t row_bytes, tile_bytes;
    struct libdeflate_decompressor *inflate;
    uint8_t *packed;
    size_t packed_room;
    slot slots[SLOTS_MOST];
    int count;
    uint64_t clock;
};

void rdl_tiles_close(rdl_tiles *t)
{
    if (!t)
        return;
    for (int i = 0; i < t->count; i++) {
        g_free(t->slots[i].bytes);
        g_free(t->slots[i].undone);
    }
    if (t->inflate)
        libdeflate_free_decompressor(t->inflate);
    if (t->file >= 0)
        close(t->file);
    g_free(t->packed);
    g_free(t);
}

/* ---- which files ---- */

static const char *structure(GDALMajorObjectH object, const char *name)
{
    const char *text = GDALGetMetadataItem(object, name, "IMAGE_STRUCTURE");

    return text ? text : "";
}

static bool type_of(GDALDatasetH dataset, rdl_sample_type *type)
{
    GDALDataType gdal = GDALGetRasterDataType(GDALGetRasterBand(dataset, 1));

    for (int i = 1; i <= GDALGetRasterCount(dataset); i++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, i);
        if (GDALGetRasterDataType(band) != gdal || *structure(band, "NBITS") ||
            *structure(band, "PIXELTYPE"))
            return false;
    }
    *type = gdal == GDT_Byte     ? RDL_SAMPLE_U8
            : gdal == GDT_UInt16 ? RDL_SAMPLE_U16
            : gdal == GDT_Int16  ? RDL_SAMPLE_I16
                                 : RDL_SAMPLE_F32;
    return *type != RDL_SAMPLE_F32 || gdal == GDT_Float32;
}

static bool layout_of(rdl_tiles *t)
{
    GDALDatasetH d = t->dataset;
    const char *predictor = structure(d, "PREDICTOR"), *interleave = structure(d, "INTERLEAVE");
    int bands = GDALGetRasterCount(d);

    t->predicted = strcmp(predictor, "2") == 0;
    t->apart = strcmp(interleave, "BAND") == 0;
    t->samples = t->apart ? 1 : bands;
    t->width = GDALGetRasterXSize(d);
    t->height = GDALGetRasterYSize(d);
    GDALGetBlockSize(GDALGetRasterBand(d, 1), &t->tile_width, &t->tile_height);
    if (strcmp(structure(d, "COMPRESSION"), "DEFLATE") != 0 || !type_of(d, &t->type) ||
        !(t->predicted || !*predictor || strcmp(predictor, "1") == 0) ||
        !(t->apart || bands == 1 || strcmp(interleave, "PIXEL") == 0) ||
        (t->predicted && t->type == RDL_SAMPLE_F32) || t->tile_width < 1 || t->tile_height < 1)
        return false;
    t->row_bytes = (size_t)t->tile_width * (size_t)t->samples * rdl_sample_bytes(t->type);
    if (t->row_bytes > LARGEST / (size_t)t->tile_height)
        return false;
    t->tile_bytes = t->row_bytes * (size_t)t->tile_height;
    return true;
}

static bool open_file(rdl_tiles *t, const char *path)
{
    uint8_t order[2];
    struct stat facts;

    if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
        return false;
    t->file = open(path, O_RDONLY | O_CLOEXEC);
    if (t->file < 0 || fstat(t->file, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    t->file_size = facts.st_size;
    return pread(t->file, order, 2, 0) == 2 && memcmp(order, "II", 2) == 0;
}

static void allot_slots(rdl_tiles *t)
{
    t->count = (int)CLAMP(SLOTS_BYTES / t->tile_bytes, 1, SLOTS_MOST);
    for (int i = 0; i < t->count; i++)
        t->slots[i].col = -1;
}

/* ---- tiles ---- */

/* Where GDAL says a tile's bytes are. False: there are none (a sparse file), or not in the file. */
static bool find(const rdl_tiles *t, int col, int row, int plane, off_t *at, size_t *size)
{
    GDALRasterBandH band = GDALGetRasterBand(t->dataset, plane + 1);
    char name[64];

    g_snprintf(name, sizeof name, "BLOCK_OFFSET_%d_%d", col, row);
    const char *offset = GDALGetMetadataItem(band, name, "TIFF");
    gint64 from = offset ? g_ascii_strtoll(offset, NULL, 10) : 0;
    g_snprintf(name, sizeof name, "BLOCK_SIZE_%d_%d", col, row);
    const char *length = GDALGetMetadataItem(band, name, "TIFF");
    gint64 n = length ? g_ascii_strtoll(length, NULL, 10) : 0;
    if (from <= 0 || n <= 0 || n > t->file_size || from > t->file_size - n ||
        n > (gint64)t->tile_bytes * 2 + 65536)
        return false;
    *at = (off_t)from;
    *size = (size_t)n;
    return true;
}

static bool read_all(int file, uint8_t *to, size_t n, off_t at)
{
    while (n > 0) {
        ssize_t got = pread(file, to, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

/* The last strip of a file may hold only the rows there are. */
static bool long_enough(const rdl_tiles *t, int row, size_t bytes)
{
    gint64 left = (gint64)t->height - (gint64)row * t->tile_height;
    size_t rows = (size_t)MIN(left, t->tile_height);

    return bytes == t->tile_bytes || (t->tile_width == t->width && bytes == rows * t->row_bytes);
}

static bool fill(rdl_tiles *t, slot *s, int col, int row, int plane)
{
    off_t at;
    size_t size, got;

    s->col = -1;
    if (!find(t, col, row, plane, &at, &size))
        return false;
    if (size > t->packed_room) {
        g_free(t->packed);
        t->packed = g_malloc(size);
        t->packed_room = size;
    }
    if (!s->bytes) {
        s->bytes = g_malloc(t->tile_bytes);
        s->undone = g_malloc((size_t)t->tile_height);
    }
    if (!read_all(t->file, t->packed, size, at) ||
        libdeflate_zlib_decompress(t->inflate, t->packed, size, s->bytes, t->tile_bytes, &got) !=
            LIBDEFLATE_SUCCESS ||
        !long_enough(t, row, got))
        return false;
    memset(s->undone, !t->predicted, (size_t)t->tile_height);
    s->col = col;
    s->row = row;
    s->plane = plane;
    return true;
}

static slot *load(rdl_tiles *t, int col, int row, int plane)
{
    slot *oldest = &t->slots[0];

    for (int i = 0; i < t->count; i++) {
        slot *s = &t->slots[i];
        if (s->col == col && s->row == row && s->plane == plane) {
            s->used = ++t->clock;
            return s;
        }
        if (s->used < oldest->used)
            oldest = s;
    }
    oldest->used = ++t->clock;
    return fill(t, oldest, col, row, plane) ? oldest : NULL;
}

static const uint8_t *row_of(const rdl_tiles *t, slot *s, int row)
{
    uint8_t *at = s->bytes + (size_t)row * t->row_bytes;

    if (!s->undone[row]) {
        rdl_samples_undo(t->type, at, (size_t)t->tile_width, (size_t)t->samples);
        s->undone[row] = 1;
    }
    return at;
}

/* ---- blocks ---- */

static int step_up(int at, int step)
{
    return (at + step - 1) / step * step;
}

/* What a block takes of one tile, and where that goes in its planes. */
typedef struct {
    int top, bottom, left, right; /* pixels of the raster; top and left are multiples of the step */
    int step;
    size_t line, at; /* pixels of a row of the planes, and before the first of this tile */
    size_t plane;    /* pixels of a plane */
} share;

static void pick_row(const share *w, const rdl_tiles *t, const uint8_t *row, int left, int n,
                     const int *bands, float *to)
{
    size_t picks = (size_t)((w->right - w->left + w->step - 1) / w->step);
    const uint8_t *from =
        row + (size_t)(w->left - left) * (size_t)t->samples * rdl_sample_bytes(t->type);

    if (w->step == 1 && n == 4 && t->samples == 4 && t->type == RDL_SAMPLE_U16 && bands[0] == 1 &&
        bands[1] == 2 && bands[2] == 3 && bands[3] == 4) {
        float *const four[] = {to, to + w->plane, to + 2 * w->plane, to + 3 * w->plane};
        rdl_samples_pick_four((const uint16_t *)(const void *)from, picks, four);
        return;
    }
    for (int k = 0; k < n; k++)
        rdl_samples_pick(t->type, from, (size_t)t->samples, t->apart ? 0 : (size_t)bands[k] - 1,
                         (size_t)w->step, picks, to + (size_t)k * w->plane);
}

static bool take_tile(rdl_tiles *t, const share *w, int col, int row, int plane, int n,
                      const int *bands, float *to)
{
    slot *s = load(t, col, row, plane);

    if (!s)
        return false;
    to += w->at;
    for (int y = w->top; y < w->bottom; y += w->step, to += w->line)
        pick_row(w, t, row_of(t, s, y - row * t->tile_height), col * t->tile_width, n, bands, to);
    return true;
}

/* The share of tile (col, row) in a block; false when it has none. */
static bool share_of(const rdl_tiles *t, rdl_block b, int step, int col, int row, share *w)
{
    int first_row = step_up(b.row, step), first_col = step_up(b.col, step);
    int end_row = b.row + b.height, end_col = b.col + b.width;

    int top = row * t->tile_height, left = col * t->tile_width;

    *w = (share){.top = step_up(MAX(b.row, top), step),
                 .bottom = (int)MIN(end_row, (gint64)top + t->tile_height),
                 .left = step_up(MAX(b.col, left), step),
                 .right = (int)MIN(end_col, (gint64)left + t->tile_width),
                 .step = step,
                 .line = (size_t)MAX((end_col - first_col + step - 1) / step, 0)};
    w->plane = w->line * (size_t)MAX((end_row - first_row + step - 1) / step, 0);
    w->at =
        (size_t)((w->top - first_row) / step) * w->line + (size_t)((w->left - first_col) / step);
    return w->top < w->bottom && w->left < w->right;
}

bool rdl_tiles_read(rdl_tiles *t, rdl_block b, int step, int n, const int *bands, float *planes)
{
    share w;

    for (int row = b.row / t->tile_height; row * (gint64)t->tile_height < b.row + b.height; row++)
        for (int col = b.col / t->tile_width; col * (gint64)t->tile_width < b.col + b.width;
             col++) {
            if (!share_of(t, b, step, col, row, &w))
                continue;
            if (!t->apart && !take_tile(t, &w, col, row, 0, n, bands, planes))
                return false;
            for (int k = 0; t->apart && k < n; k++)
                if (!take_tile(t, &w, col, row, bands[k] - 1, 1, &bands[k],
                               planes + (size_t)k * w.plane))
                    return false;
        }
    return true;
}

bool rdl_tiles_read_bytes(rdl_tiles *t, rdl_block b, int band, uint8_t *to)
{
    share w;

    if (t->type != RDL_SAMPLE_U8 || t->samples != 1)
        return false;
    for (int row = b.row / t->tile_height; row * (gint64)t->tile_height < b.row + b.height; row++)
        for (int col = b.col / t->tile_width; col * (gint64)t->tile_width < b.col + b.width;
             col++) {
            slot *s = load(t, col, row, t->apart ? band - 1 : 0);
            if (!s)
                return false;
            share_of(t, b, 1, col, row, &w);
            for (int y = w.top; y < w.bottom; y++)
                memcpy(to + w.at + (size_t)(y - w.top) * w.line,
                       row_of(t, s, y - row * t->tile_height) + (w.left - col * t->tile_width),
                       (size_t)(w.right - w.left));
        }
    return true;
}

/* ---- proof ---- */

/* The first tile through GDAL, band by band, against the same here. */
static bool agrees(rdl_tiles *t)
{
    const rdl_block corner = {0, 0, MIN(t->tile_width, t->width), MIN(t->tile_height, t->height)};
    size_t pixels = rdl_block_pixels(corner);
    g_autofree float *here = g_try_new(float, pixels), *there = g_try_new(float, pixels);
    bool same = here && there;

    for (int i = 1; same && i <= (t->apart ? 1 : t->samples); i++)
        same = rdl_tiles_read(t, corner, 1, 1, &i, here) &&
               GDALRasterIO(GDALGetRasterBand(t->dataset, i), GF_Read, 0, 0, corner.width,
                            corner.height, there, corner.width, corner.height, GDT_Float32, 0,
                            0) == CE_None &&
               memcmp(here, there, pixels * sizeof *here) == 0;
    return same;
}

rdl_tiles *rdl_tiles_open(GDALDatasetH dataset, const char *path, int *proven)
{
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    rdl_tiles *t = g_new0(rdl_tiles, 1);

    t->dataset = dataset;
    t->file = -1;
    if (driver && strcmp(GDALGetDriverShortName(driver), "GTiff") == 0 && layout_of(t) &&
        open_file(t, path) && (t->inflate = libdeflate_alloc_decompressor())) {
        allot_slots(t);
        if (g_atomic_int_get(proven) || agrees(t)) {
            g_atomic_int_set(proven, 1);
            return t;
        }
    }
    rdl_tiles_close(t);
    return NULL;
}
