#include "detect/reference.h"

#include <math.h>
#include <string.h>
#include "detect/change.h"

typedef struct {
    double low, high;
} range;

struct rdl_side {
    const rdl_grid *grid;
    rdl_raster *raster; /* or */
    rdl_burn *burn;
    rdl_burn *same; /* polygons labelled unchanged; NULL: all that is outside the others */
    GArray *changed, *unchanged; /* of range; NULL: all but 0, 0 */
    unsigned seen; /* bits: 0, 1, 2, another value; of a raster that is read by default */
    float *values;
    uint8_t *valid;
    size_t room;
};

bool rdl_is_raster(const char *path)
{
    g_autoptr(rdl_raster) raster = rdl_raster_open(path, NULL);

    return raster != NULL;
}

void rdl_side_free(rdl_side *s)
{
    if (!s)
        return;
    rdl_raster_close(s->raster);
    rdl_burn_close(s->burn);
    rdl_burn_close(s->same);
    g_clear_pointer(&s->changed, g_array_unref);
    g_clear_pointer(&s->unchanged, g_array_unref);
    g_free(s->values);
    g_free(s->valid);
    g_free(s);
}

const rdl_grid *rdl_side_grid(const rdl_side *side)
{
    return side->grid;
}

/* ---- ranges ---- */

/* "7", "1-3" or "128-"; a minus at the front belongs to the number. */
static bool parse_range(const char *text, range *r)
{
    char *end = NULL;

    r->low = r->high = g_ascii_strtod(text, &end);
    if (end == text)
        return false;
    if (*end == '-') {
        const char *from = end + 1;
        r->high = *from ? g_ascii_strtod(from, &end) : INFINITY;
        if (*from && end == from)
            return false;
        end = *from ? end : (char *)from;
    }
    return *end == '\0' && r->low <= r->high;
}

static GArray *parse_ranges(const char *option, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(range));

    for (char **part = parts; *part; part++) {
        range r;
        if (!parse_range(g_strstrip(*part), &r))
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "%s '%s': write values as in 2 or 1-3,7 or 128-", option, text),
                   NULL;
        g_array_append_val(ranges, r);
    }
    return g_steal_pointer(&ranges);
}

static bool in_ranges(const GArray *ranges, double v)
{
    for (guint i = 0; i < ranges->len; i++) {
        const range *r = &g_array_index(ranges, range, i);
        if (v >= r->low && v <= r->high)
            return true;
    }
    return false;
}

/* ---- opening ---- */

static bool set_values(rdl_side *s, const char *changed, const char *unchanged, GError **error)
{
    const char *item = rdl_raster_item(s->raster, "REDLINE");
    bool ours = item && g_str_has_prefix(item, "change ");

    if (!changed && ours)
        changed = "2";
    if (!unchanged && ours)
        unchanged = "1";
    return (!changed || (s->changed = parse_ranges("--changed", changed, error))) &&
           (!unchanged || (s->unchanged = parse_ranges("--unchanged", unchanged, error)));
}

static bool bring(rdl_side *s, const rdl_grid *grid, GError **error)
{
    const rdl_grid *own = rdl_raster_grid(s->raster);
    bool same_size = grid && own->width == grid->width && own->height == grid->height;

    s->grid = grid ? grid : own;
    if (!grid || rdl_grid_equal(own, grid) || (same_size && !rdl_grid_placed(own)))
        return true;
    rdl_raster *there = rdl_raster_onto(s->raster, grid, RDL_RESAMPLE_NEAREST, error);
    if (!there)
        return false;
    rdl_raster_close(s->raster);
    s->raster = there;
    return true;
}

rdl_side *rdl_side_of_raster(const char *path, const char *changed, const char *unchanged,
                             const rdl_grid *grid, GError **error)
{
    g_autoptr(rdl_side) s = g_new0(rdl_side, 1);

    s->raster = rdl_raster_open_codes(path, error);
    if (!s->raster || !set_values(s, changed, unchanged, error) || !bring(s, grid, error))
        return NULL;
    return g_steal_pointer(&s);
}

rdl_side *rdl_side_of_polygons(const char *source, const rdl_grid *grid, const char *field,
                               GError **error)
{
    static const char *const changed[] = {"changed", "2", NULL};
    static const char *const unchanged[] = {"unchanged", "1", NULL};
    g_autoptr(rdl_side) s = g_new0(rdl_side, 1);

    s->grid = grid;
    s->burn = rdl_burn_open(source, grid, field, changed, error);
    if (s->burn && field && !(s->same = rdl_burn_open(source, grid, field, unchanged, error)))
        return NULL;
    return s->burn ? g_steal_pointer(&s) : NULL;
}

/* ---- reading ---- */

static uint8_t class_of(const rdl_side *s, double v, bool known)
{
    if (!known || isnan(v))
        return RDL_NOT_OBSERVED;
    if (s->changed ? in_ranges(s->changed, v) : v != 0.0)
        return RDL_CHANGED;
    return (s->unchanged ? in_ranges(s->unchanged, v) : v == 0.0) ? RDL_UNCHANGED
                                                                  : RDL_NOT_OBSERVED;
}

static void note_values(rdl_side *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s->valid[i] && !isnan(s->values[i])) {
            float v = s->values[i];
            s->seen |= v == 0.0f ? 1u : v == 1.0f ? 2u : v == 2.0f ? 4u : 8u;
        }
}

/* Where polygons of both labels lie, nothing is known. */
static bool read_polygons(rdl_side *s, rdl_block block, uint8_t *classes, GError **error)
{
    const size_t n = rdl_block_pixels(block);
    g_autofree uint8_t *same = g_malloc(n);

    memset(same, 1, n);
    if (!rdl_burn_read(s->burn, block, classes, error) ||
        (s->same && !rdl_burn_read(s->same, block, same, error)))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool both = s->same && classes[i] && same[i];
        classes[i] = both         ? RDL_NOT_OBSERVED
                     : classes[i] ? RDL_CHANGED
                     : same[i]    ? RDL_UNCHANGED
                                  : RDL_NOT_OBSERVED;
    }
    return true;
}

bool rdl_side_read(rdl_side *s, rdl_block block, uint8_t *classes, GError **error)
{
    const size_t n = rdl_block_pixels(block);
    const int first = 1;

    if (s->burn)
        return read_polygons(s, block, classes, error);
    if (n > s->room) {
        s->values = g_realloc_n(s->values, n, sizeof *s->values);
        s->valid = g_realloc(s->valid, n);
        s->room = n;
    }
    memset(s->valid, 1, n);
    if (!rdl_raster_read(s->raster, block, 1, &first, s->values, s->valid, error))
        return false;
    for (size_t i = 0; i < n; i++)
        classes[i] = class_of(s, (double)s->values[i], s->valid[i]);
    if (!s->changed && !s->unchanged)
        note_values(s, n);
    return true;
}

bool rdl_side_in_doubt(const rdl_side *s)
{
    return (s->seen & ~1u) == 6u;
}
