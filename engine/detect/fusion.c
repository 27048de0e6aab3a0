#include "detect/fusion.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"

#define PREFIX "fuse:"

bool rdl_fusion_asked(const char *method)
{
    return g_str_has_prefix(method, PREFIX);
}

static bool add(rdl_fusion *f, const char *method, const char *name, GError **error)
{
    rdl_detector detector;
    const char *why;

    if (strcmp(name, "auto") == 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--method %s: name the detectors that vote",
                        method);
    if (!rdl_detector_parse(name, false, 1, &detector, &why, error))
        return false;
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->names[i], name) == 0)
            return rdl_fail(error, RDL_ERROR_USAGE, "--method %s: %s has one vote", method, name);
    if (f->n == RDL_FUSION_MOST)
        return rdl_fail(error, RDL_ERROR_USAGE, "--method %s: %d detectors are the most", method,
                        RDL_FUSION_MOST);
    f->names[f->n++] = rdl_detector_facts(detector)->name;
    return true;
}

bool rdl_fusion_parse(const char *method, int vote, rdl_fusion *f, GError **error)
{
    g_auto(GStrv) names = g_strsplit(method + strlen(PREFIX), ",", -1);

    *f = (rdl_fusion){0};
    for (int i = 0; names[i]; i++)
        if (!add(f, method, names[i], error))
            return false;
    if (f->n < 2)
        return rdl_fail(error, RDL_ERROR_USAGE, "--method %s: give two detectors or more", method);
    if (vote < 0 || vote > f->n)
        return rdl_fail(error, RDL_ERROR_USAGE, "--vote %d: give 1 to %d, as many as detect", vote,
                        f->n);
    f->vote = vote ? vote : f->n / 2 + 1;
    return true;
}

/* ---- counting ---- */

typedef struct {
    uint8_t *class, *valid, *votes, *seen;
    float *share;
} sheet; /* one block's */

static void sheet_clear(sheet *s)
{
    g_free(s->class);
    g_free(s->valid);
    g_free(s->votes);
    g_free(s->seen);
    g_free(s->share);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sheet, sheet_clear)

static bool collect(const rdl_fusion *f, rdl_raster *const *rasters, rdl_block block, sheet *s,
                    GError **error)
{
    const size_t n = rdl_block_pixels(block);

    memset(s->votes, 0, n);
    memset(s->seen, 1, n);
    for (int k = 0; k < f->n; k++) {
        memset(s->valid, 1, n);
        if (!rdl_raster_read_bytes(rasters[k], block, 1, s->class, s->valid, error))
            return false;
        for (size_t i = 0; i < n; i++) {
            s->votes[i] = (uint8_t)(s->votes[i] + (s->valid[i] && s->class[i] == RDL_CHANGED));
            s->seen[i] = s->seen[i] && s->valid[i] && s->class[i] != RDL_NOT_OBSERVED;
        }
    }
    return true;
}

/* Classes in place of the votes. */
static void decide(const rdl_fusion *f, size_t n, sheet *s, rdl_change_pass *pass)
{
    for (size_t i = 0; i < n; i++) {
        bool changed = s->seen[i] && s->votes[i] >= f->vote;
        s->share[i] = s->seen[i] ? (float)s->votes[i] / (float)f->n : NAN;
        s->votes[i] = !s->seen[i] ? RDL_NOT_OBSERVED : changed ? RDL_CHANGED : RDL_UNCHANGED;
        pass->observed += s->seen[i];
        pass->changed += changed;
    }
}

static bool count_block(const rdl_fusion *f, rdl_raster *const *rasters, size_t i, sheet *s,
                        rdl_change_pass *pass, GError **error)
{
    rdl_block block = rdl_blocks_at(&pass->blocks, i);

    if (!collect(f, rasters, block, s, error))
        return false;
    decide(f, rdl_block_pixels(block), s, pass);
    return rdl_raster_write(pass->change, i, s->votes, error) &&
           (!pass->score || rdl_raster_write(pass->score, i, s->share, error));
}

static bool count_all(const rdl_fusion *f, rdl_raster *const *rasters, rdl_change_pass *pass,
                      const rdl_progress *progress, GError **error)
{
    const size_t room = (size_t)pass->blocks.block_width * (size_t)pass->blocks.block_height;
    g_auto(sheet)
        s = {g_malloc(room), g_malloc(room), g_malloc(room), g_malloc(room), g_new(float, room)};
    const size_t n = rdl_blocks_count(&pass->blocks);

    pass->observed = pass->changed = 0;
    for (size_t i = 0; i < n; i++)
        if (!count_block(f, rasters, i, &s, pass, error) ||
            !rdl_progress_tell(progress, (double)(i + 1) / (double)n, "vote", error))
            return false;
    return true;
}

bool rdl_fusion_count(const rdl_fusion *f, char *const *paths, rdl_change_pass *pass,
                      const rdl_progress *progress, GError **error)
{
    rdl_raster *rasters[RDL_FUSION_MOST] = {0};
    bool good = true;

    for (int k = 0; k < f->n && good; k++)
        good = (rasters[k] = rdl_raster_open(paths[k], error)) != NULL;
    good = good && count_all(f, rasters, pass, progress, error);
    for (int k = 0; k < f->n; k++)
        if (rasters[k])
            rdl_raster_close(rasters[k]);
    return good;
}
