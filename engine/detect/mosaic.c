#include "detect/mosaic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDGE_STEPS 20 /* an edge of a grid bends in another system: it is followed in steps */

typedef struct {
    const rdl_mosaic_options *o;
    rdl_mosaic_result *r;
    rdl_raster **changes, **scores; /* on the mosaic's grid */
    rdl_grid grid;
    rdl_blocks blocks;
    rdl_raster_writer *change, *score;
    char *bands, *sensor;
    GString *gate; /* what the gates of all pairs said; empty: nobody asked them */
} mosaic;

void rdl_mosaic_result_clear(rdl_mosaic_result *r)
{
    g_free(r->t_before);
    g_free(r->t_after);
    g_clear_pointer(&r->manifest, rdl_manifest_free);
    g_clear_pointer(&r->tally, rdl_tally_free);
    g_clear_pointer(&r->warnings, g_ptr_array_unref);
    *r = (rdl_mosaic_result){0};
}

JsonNode *rdl_mosaic_result_json(const rdl_mosaic_result *r)
{
    g_autoptr(JsonObject) o = json_object_new();

    json_object_set_int_member(o, "observed", r->observed);
    json_object_set_int_member(o, "changed", r->changed);
    json_object_set_int_member(o, "seen_twice", r->twice);
    json_object_set_boolean_member(o, "aligned", r->aligned);
    rdl_json_set_text(o, "t_before", r->t_before);
    rdl_json_set_text(o, "t_after", r->t_after);
    return rdl_json_node(o);
}

/* ---- the pairs by rank ---- */

typedef struct {
    rdl_raster *change;
    double clear; /* share of its cells */
    char *digest;
    size_t place; /* among those given */
} ranked;

static void ranked_clear(void *p)
{
    ranked *r = p;

    rdl_raster_close(r->change);
    g_free(r->digest);
}

static bool count_clear(ranked *r, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(r->change);
    if (!rdl_grid_workable(grid, rdl_raster_path(r->change), error))
        return false;
    rdl_blocks blocks = rdl_blocks_cells(grid->width, grid->height);
    const int band = 1;
    g_autofree float *class_of = g_new(float, RDL_CELL *RDL_CELL);
    g_autofree uint8_t *seen = g_malloc(RDL_CELL * RDL_CELL);
    gint64 clear = 0;

    for (size_t i = 0; i < rdl_blocks_count(&blocks); i++) {
        rdl_block block = rdl_blocks_at(&blocks, i);
        size_t n = rdl_block_pixels(block);
        memset(seen, 1, n);
        if (!rdl_raster_read(r->change, block, 1, &band, class_of, seen, error))
            return false;
        for (size_t k = 0; k < n; k++)
            clear += seen[k] && class_of[k] >= 1.0f;
    }
    r->clear = (double)clear / ((double)grid->width * (double)grid->height);
    return true;
}

static int later_first(const ranked *a, const ranked *b, const char *item)
{
    const char *of_a = rdl_raster_item(a->change, item), *of_b = rdl_raster_item(b->change, item);

    return strcmp(of_b ? of_b : "", of_a ? of_a : "");
}

static int by_rank(const void *p, const void *q)
{
    const ranked *a = p, *b = q;
    int d = (a->clear < b->clear) - (a->clear > b->clear);

    d = d ? d : later_first(a, b, "REDLINE_T_AFTER");
    d = d ? d : later_first(a, b, "REDLINE_T_BEFORE");
    return d ? d : strcmp(a->digest, b->digest);
}

bool rdl_mosaic_rank(const char *const *changes, size_t n, size_t *order, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(ranked));

    g_array_set_clear_func(all, ranked_clear);
    g_array_set_size(all, (guint)n);
    for (size_t i = 0; i < n; i++) {
        ranked *r = &g_array_index(all, ranked, i);
        r->place = i;
        if (!(r->change = rdl_raster_open(changes[i], error)) ||
            !(r->digest = rdl_digest_file(changes[i], error)) || !count_clear(r, error))
            return false;
    }
    g_array_sort(all, by_rank);
    for (guint k = 0; k < n; k++)
        order[k] = g_array_index(all, ranked, k).place;
    return true;
}

/* ---- the grid of all ---- */

/* Map coordinates to the pixels of `grid`. */
static bool to_pixels(const rdl_grid *grid, double x, double y, double *col, double *row)
{
    rdl_grid_place(grid, x, y, col, row);
    return isfinite(*col) && isfinite(*row);
}

/* The box of `grid` in the pixels of `first`, grown into `box`. */
static bool grow(const rdl_grid *first, const rdl_grid *grid, rdl_box *box, GError **error)
{
    g_autoptr(rdl_transform) transform = rdl_transform_new(grid->crs, first->crs, error);

    for (int edge = 0; transform && edge < 4; edge++)
        for (int i = 0; i <= EDGE_STEPS; i++) {
            double along = (double)i / EDGE_STEPS, x, y, col, row;
            double u = edge < 2 ? along : edge - 2, v = edge < 2 ? edge : along;
            rdl_grid_point(grid, u * grid->width, v * grid->height, &x, &y);
            if (!rdl_transform_points(transform, 1, &x, &y, error) ||
                !to_pixels(first, x, y, &col, &row))
                return false;
            *box = (rdl_box){fmin(box->xmin, col), fmin(box->ymin, row), fmax(box->xmax, col),
                             fmax(box->ymax, row)};
        }
    return transform != NULL;
}

/* Do the pixels of `grid` lie on those of `first`, moved by whole ones? */
static bool aligned(const rdl_grid *first, const rdl_grid *grid)
{
    double col, row, x, y, end_col, end_row;

    rdl_grid_point(grid, 0, 0, &x, &y);
    to_pixels(first, x, y, &col, &row);
    rdl_grid_point(grid, grid->width, grid->height, &x, &y);
    to_pixels(first, x, y, &end_col, &end_row);
    return rdl_crs_same(first->crs, grid->crs) && fabs(col - round(col)) < 0.01 &&
           fabs(row - round(row)) < 0.01 && fabs(end_col - col - grid->width) < 0.01 &&
           fabs(end_row - row - grid->height) < 0.01;
}

static bool settle_grid(mosaic *m, rdl_raster *const *own, GError **error)
{
    const rdl_grid *first = rdl_raster_grid(own[0]);
    rdl_box box = {0, 0, first->width, first->height};
    const double near = 0.01; /* of a pixel: rounding is no new column */

    m->r->aligned = true;
    for (size_t i = 0; i < m->o->n; i++) {
        const rdl_grid *grid = rdl_raster_grid(own[i]);
        if (!grid->crs)
            return rdl_fail(error, RDL_ERROR_CRS,
                            "%s: has no coordinate system, pairs to be joined "
                            "need one",
                            m->o->changes[i]);
        if (!rdl_grid_workable(grid, m->o->changes[i], error) || !grow(first, grid, &box, error))
            return false;
        m->r->aligned = m->r->aligned && aligned(first, grid);
    }
    double col = floor(box.xmin + near), row = floor(box.ymin + near);
    double width = ceil(box.xmax - near) - col, height = ceil(box.ymax - near) - row;
    m->grid = rdl_grid_copy(first);
    if (width > 1 << 30 || height > 1 << 30)
        return rdl_fail(error, RDL_ERROR_DATA, "%s and the others lie too far apart to be joined",
                        m->o->changes[0]);
    rdl_grid_point(first, col, row, &m->grid.transform[0], &m->grid.transform[3]);
    m->grid.width = (int)width;
    m->grid.height = (int)height;
    return rdl_grid_workable(&m->grid, "all pairs together", error);
}

/* ---- what they tell ---- */

/* The earliest (sign 1) or latest (-1) day of all pairs. One pair without leaves it unknown: its
 * changes may be of any day. */
static char *outermost(const mosaic *m, rdl_raster *const *own, const char *item, int sign)
{
    const char *day = NULL;

    for (size_t i = 0; i < m->o->n; i++) {
        const char *text = rdl_raster_item(own[i], item);
        if (!text || !*text)
            return NULL;
        if (!day || sign * strcmp(text, day) < 0)
            day = text;
    }
    return g_strdup(day);
}

static bool agree(const char *a, const char *b)
{
    return g_strcmp0(a ? a : "", b ? b : "") == 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The order of the pairs shows nowhere. */
static void sort_gate(GString *gate)
{
    g_auto(GStrv) words = g_strsplit(gate->str, ";", -1);

    qsort(words, g_strv_length(words), sizeof *words, by_text);
    g_autofree char *sorted = g_strjoinv(";", words);
    g_string_assign(gate, sorted);
}

/* Every code that speaks against one of the pairs; PASS where none does. */
static void add_gate(GString *gate, const char *codes)
{
    g_auto(GStrv) words = g_strsplit(codes ? codes : "", ";", -1);

    for (char **word = words; *word; word++) {
        g_auto(GStrv) there = g_strsplit(gate->str, ";", -1);
        if (!**word || g_strv_contains((const char *const *)there, *word))
            continue;
        if (strcmp(gate->str, "PASS") == 0)
            g_string_truncate(gate, 0);
        if (!gate->len || strcmp(*word, "PASS") != 0)
            g_string_append_printf(gate, "%s%s", gate->len ? ";" : "", *word);
    }
}

static void settle_facts(mosaic *m, rdl_raster *const *own)
{
    const char *before = rdl_raster_item(own[0], "REDLINE_T_BEFORE");
    const char *after = rdl_raster_item(own[0], "REDLINE_T_AFTER");
    bool same = true;

    m->bands = g_strdup(rdl_raster_item(own[0], "REDLINE_BANDS"));
    m->sensor = g_strdup(rdl_raster_item(own[0], "REDLINE_SENSOR"));
    m->gate = g_string_new(NULL);
    for (size_t i = 0; i < m->o->n; i++) {
        same = same && agree(before, rdl_raster_item(own[i], "REDLINE_T_BEFORE")) &&
               agree(after, rdl_raster_item(own[i], "REDLINE_T_AFTER"));
        add_gate(m->gate, rdl_raster_item(own[i], "REDLINE_GATE"));
        if (!agree(m->bands, rdl_raster_item(own[i], "REDLINE_BANDS")))
            g_clear_pointer(&m->bands, g_free);
    }
    sort_gate(m->gate);
    m->r->t_before = outermost(m, own, "REDLINE_T_BEFORE", 1);
    m->r->t_after = outermost(m, own, "REDLINE_T_AFTER", -1);
    if (!same)
        g_ptr_array_add(m->r->warnings,
                        rdl_say("the pairs are of different dates: every patch is dated from "
                                "the earliest (%s) to the latest (%s)",
                                m->r->t_before ? m->r->t_before : "unknown",
                                m->r->t_after ? m->r->t_after : "unknown"));
    if (!m->r->aligned)
        g_ptr_array_add(m->r->warnings,
                        rdl_say("the pairs lie on different grids: they were taken to the nearest "
                                "pixel of the one that saw most"));
}

static rdl_raster *onto(const mosaic *m, const char *path, GError **error)
{
    g_autoptr(rdl_raster) own = rdl_raster_open(path, error);

    if (!own || rdl_grid_equal(rdl_raster_grid(own), &m->grid))
        return g_steal_pointer(&own);
    return rdl_raster_onto(own, &m->grid, RDL_RESAMPLE_NEAREST, error);
}

static bool open_all(mosaic *m, GError **error)
{
    const rdl_mosaic_options *o = m->o;
    g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func((GDestroyNotify)rdl_raster_close);

    for (size_t i = 0; i < o->n; i++) {
        rdl_raster *raster = rdl_raster_open(o->changes[i], error);
        if (!raster)
            return false;
        g_ptr_array_add(own, raster);
        if (!rdl_manifest_input(m->r->manifest, "change", o->changes[i], error) ||
            (o->scores && !rdl_manifest_input(m->r->manifest, "score", o->scores[i], error)))
            return false;
    }
    if (!settle_grid(m, (rdl_raster **)own->pdata, error))
        return false;
    settle_facts(m, (rdl_raster **)own->pdata);
    for (size_t i = 0; i < o->n; i++)
        if (!(m->changes[i] = onto(m, o->changes[i], error)) ||
            (o->scores && !(m->scores[i] = onto(m, o->scores[i], error))))
            return false;
    return true;
}

/* ---- pixels ---- */

typedef struct {
    float *class_of, *score_of; /* of the pair at work */
    uint8_t *seen, *scored;     /* valid there */
    uint8_t *classes;           /* of the mosaic */
    float *scores;
} planes;

static void join(mosaic *m, const planes *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!p->seen[i] || p->class_of[i] < 1.0f)
            continue;
        bool changed = p->class_of[i] > 1.5f;
        float score = p->scored[i] ? p->score_of[i] : NAN;
        m->r->twice += p->classes[i] != 0;
        if (p->classes[i] == 0 || (changed && p->classes[i] == 1) ||
            (changed && fabsf(score) > fabsf(p->scores[i])))
            p->scores[i] = score;
        if (changed)
            p->classes[i] = 2;
        else if (p->classes[i] == 0)
            p->classes[i] = 1;
    }
}

static bool join_block(mosaic *m, const planes *p, size_t number, GError **error)
{
    rdl_block block = rdl_blocks_at(&m->blocks, number);
    size_t n = rdl_block_pixels(block);
    const int band = 1;

    memset(p->classes, 0, n);
    for (size_t i = 0; i < n; i++)
        p->scores[i] = NAN;
    for (size_t i = 0; i < m->o->n; i++) {
        memset(p->seen, 1, n);
        memset(p->scored, 1, n);
        if (!rdl_raster_read(m->changes[i], block, 1, &band, p->class_of, p->seen, error) ||
            (m->o->scores &&
             !rdl_raster_read(m->scores[i], block, 1, &band, p->score_of, p->scored, error)))
            return false;
        join(m, p, n);
    }
    for (size_t i = 0; i < n; i++) {
        m->r->observed += p->classes[i] != 0;
        m->r->changed += p->classes[i] == 2;
    }
    return rdl_raster_write(m->change, number, p->classes, error) &&
           (!m->score || rdl_raster_write(m->score, number, p->scores, error));
}

static bool join_all(mosaic *m, const rdl_progress *progress, GError **error)
{
    size_t room = (size_t)m->blocks.block_width * (size_t)m->blocks.block_height;
    size_t count = rdl_blocks_count(&m->blocks);
    g_autofree float *class_of = g_new(float, room), *score_of = g_new0(float, room);
    g_autofree float *scores = g_new(float, room);
    g_autofree uint8_t *seen = g_malloc(room), *scored = g_malloc(room), *classes = g_malloc(room);
    planes p = {class_of, score_of, seen, scored, classes, scores};

    for (size_t i = 0; i < count; i++)
        if (!rdl_progress_tell(progress, (double)i / (double)count, "joining pairs", error) ||
            !join_block(m, &p, i, error))
            return false;
    return rdl_progress_tell(progress, 1.0, "joining pairs", error);
}

/* ---- files ---- */

static bool create(mosaic *m, GError **error)
{
    const rdl_mosaic_options *o = m->o;
    const char *items[] = {"REDLINE",
                           "change " RDL_VERSION,
                           "REDLINE_CLASSES",
                           "0 not observed, 1 unchanged, 2 changed",
                           "REDLINE_METHOD",
                           "mosaic",
                           "REDLINE_BANDS",
                           m->bands ? m->bands : "",
                           "REDLINE_SENSOR",
                           m->sensor ? m->sensor : "",
                           "REDLINE_T_BEFORE",
                           m->r->t_before ? m->r->t_before : "",
                           "REDLINE_T_AFTER",
                           m->r->t_after ? m->r->t_after : "",
                           "REDLINE_GATE",
                           m->gate->str,
                           NULL};
    rdl_raster_form form = RDL_RASTER_FORM_INIT, score = RDL_RASTER_FORM_INIT;
    size_t per_pixel = 18; /* bytes of the planes above */

    m->blocks = rdl_blocks_over(m->grid.width, m->grid.height, RDL_CELL, RDL_CELL,
                                (size_t)o->memory_mib * 1048576 / 4 / per_pixel);
    form.overwrite = score.overwrite = o->overwrite;
    form.description = "change";
    form.items = items;
    score.pixel = RDL_PIXEL_F32;
    score.nodata = NAN;
    score.description = "score";
    if (!(m->change = rdl_raster_create(o->output, &m->grid, &m->blocks, &form, error)))
        return false;
    return !o->scores ||
           (m->score = rdl_raster_create(o->score, &m->grid, &m->blocks, &score, error));
}

static bool finish(mosaic *m, GError **error)
{
    rdl_mosaic_result *r = m->r;

    rdl_tally_in(r->tally, "mosaic.pixels", r->observed + r->twice);
    rdl_tally_used(r->tally, "mosaic.pixels", r->observed);
    rdl_tally_suppressed(r->tally, "mosaic.pixels", "SEEN_TWICE", r->twice);
    return rdl_raster_finish(m->change, error) &&
           (!m->score || rdl_raster_finish(m->score, error)) &&
           rdl_raster_commit(m->change, error) &&
           (!m->score || (rdl_raster_commit(m->score, error) &&
                          rdl_manifest_write(r->manifest, m->o->score, error))) &&
           rdl_manifest_write(r->manifest, m->o->output, error);
}

static void mosaic_clear(mosaic *m)
{
    for (size_t i = 0; i < m->o->n; i++) {
        rdl_raster_close(m->changes[i]);
        rdl_raster_close(m->scores[i]);
    }
    g_free(m->changes);
    g_free(m->scores);
    rdl_raster_writer_free(m->change);
    rdl_raster_writer_free(m->score);
    rdl_grid_clear(&m->grid);
    g_free(m->bands);
    if (m->gate)
        g_string_free(m->gate, TRUE);
    g_free(m->sensor);
}

static bool join_ranked(const rdl_mosaic_options *o, const rdl_progress *progress,
                        rdl_mosaic_result *r, GError **error)
{
    mosaic m = {.o = o,
                .r = r,
                .changes = g_new0(rdl_raster *, o->n + 1),
                .scores = g_new0(rdl_raster *, o->n + 1)};
    bool good = open_all(&m, error) && create(&m, error) && join_all(&m, progress, error) &&
                finish(&m, error);

    mosaic_clear(&m);
    return good;
}

bool rdl_mosaic(const rdl_mosaic_options *o, const rdl_progress *progress, rdl_mosaic_result *r,
                GError **error)
{
    const char *const outputs[] = {o->output, o->score};
    g_autofree size_t *order = g_new0(size_t, o->n + 1);
    g_autofree const char **changes = g_new0(const char *, o->n + 1);
    g_autofree const char **scores = g_new0(const char *, o->n + 1);
    rdl_mosaic_options in_rank = *o;

    *r = (rdl_mosaic_result){0};
    r->warnings = g_ptr_array_new_with_free_func(g_free);
    r->manifest = rdl_manifest_new("mosaic");
    r->tally = rdl_tally_new();
    if (!rdl_output_apart(outputs, 2, o->changes, o->n, error) ||
        (o->scores && !rdl_output_apart(outputs, 2, o->scores, o->n, error)) ||
        !rdl_mosaic_rank(o->changes, o->n, order, error))
        return false;
    for (size_t i = 0; i < o->n; i++) {
        changes[i] = o->changes[order[i]];
        scores[i] = o->scores ? o->scores[order[i]] : NULL;
    }
    in_rank.changes = changes;
    in_rank.scores = o->scores ? scores : NULL;
    return join_ranked(&in_rank, progress, r, error);
}
