#include "deliver/map_name.h"

#include <math.h>
#include <string.h>
#include "deliver/words.h"

#define CELL 24.0 /* points: labels are kept by cells of the frame */
#define LONGEST 9 /* characters of a source's id on a map */

typedef struct {
    double x, y, w, h;
} place;

struct rdl_names {
    const rdl_frame *frame;
    rdl_page *page;
    int across, down;
    GArray **cells; /* of place, across * down */
};

static void cells_of(const rdl_names *l, place p, int *c0, int *r0, int *c1, int *r1)
{
    *c0 = CLAMP((int)floor((p.x - l->frame->x) / CELL), 0, l->across - 1);
    *c1 = CLAMP((int)floor((p.x + p.w - l->frame->x) / CELL), 0, l->across - 1);
    *r0 = CLAMP((int)floor((p.y - l->frame->y) / CELL), 0, l->down - 1);
    *r1 = CLAMP((int)floor((p.y + p.h - l->frame->y) / CELL), 0, l->down - 1);
}

static bool is_free(const rdl_names *l, place p)
{
    const rdl_frame *f = l->frame;
    int c0, r0, c1, r1;

    if (p.x < f->x + 1.0 || p.y < f->y + 1.0 || p.x + p.w > f->x + f->w - 1.0 ||
        p.y + p.h > f->y + f->h - 1.0)
        return false;
    cells_of(l, p, &c0, &r0, &c1, &r1);
    for (int r = r0; r <= r1; r++)
        for (int c = c0; c <= c1; c++) {
            const GArray *cell = l->cells[r * l->across + c];
            for (guint i = 0; cell && i < cell->len; i++) {
                const place *o = &g_array_index(cell, place, i);
                if (p.x < o->x + o->w && o->x < p.x + p.w && p.y < o->y + o->h && o->y < p.y + p.h)
                    return false;
            }
        }
    return true;
}

static void take(rdl_names *l, place p)
{
    int c0, r0, c1, r1;

    cells_of(l, p, &c0, &r0, &c1, &r1);
    for (int r = r0; r <= r1; r++)
        for (int c = c0; c <= c1; c++) {
            GArray **cell = &l->cells[r * l->across + c];
            if (!*cell)
                *cell = g_array_new(FALSE, FALSE, sizeof(place));
            g_array_append_val(*cell, p);
        }
}

rdl_names *rdl_names_new(const rdl_frame *frame, rdl_page *page)
{
    rdl_names *l = g_new0(rdl_names, 1);

    l->frame = frame;
    l->page = page;
    l->across = (int)ceil(frame->w / CELL) + 1;
    l->down = (int)ceil(frame->h / CELL) + 1;
    l->cells = g_new0(GArray *, (gsize)(l->across * l->down));
    return l;
}

void rdl_names_free(rdl_names *l)
{
    if (!l)
        return;
    for (int i = 0; i < l->across * l->down; i++)
        if (l->cells[i])
            g_array_unref(l->cells[i]);
    g_free(l->cells);
    g_free(l);
}

void rdl_name_avoid(rdl_names *l, double x, double y, double w, double h)
{
    take(l, (place){x, y, w, h});
}

bool rdl_name(rdl_names *l, const rdl_lettering *look, double x, double y, double gap,
              const char *text)
{
    static const double sides[][2] = {{1, 0},  {-1, 0}, {0, -1},  {0, 1},
                                      {1, -1}, {1, 1},  {-1, -1}, {-1, 1}};
    double w = rdl_page_width(l->page, look, text) + 1.0, h = look->size * 1.25;
    double lead = (rdl_page_measure(l->page, look, w + 1.0, text) - h) / 2.0;

    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        place p = {x + sides[i][0] * (gap + w / 2.0) - w / 2.0,
                   y + sides[i][1] * (gap + h / 2.0) - h / 2.0, w, h};
        if (!is_free(l, p))
            continue;
        take(l, p);
        rdl_page_text(l->page, look, p.x, p.y - lead, w + 1.0, text);
        return true;
    }
    return false;
}

bool rdl_name_on(rdl_names *l, const rdl_lettering *look, double x, double y, double width,
                 const char *text)
{
    double wide = MIN(width, rdl_page_width(l->page, look, text) + 1.0);
    double h = rdl_page_measure(l->page, look, wide, text);
    place p = {x - wide / 2.0, y - h / 2.0, wide, h};

    if (!is_free(l, p))
        return false;
    take(l, p);
    rdl_page_text(l->page, look, p.x, p.y, wide, text);
    return true;
}

/* ---- grounds ---- */

/* A point inside what a frame shows of a ground; *seen false where it shows nothing. */
static bool middle(const rdl_frame *f, GBytes *wkb, double *x, double *y, bool *seen,
                   GError **error)
{
    GError *failed = NULL;
    g_autoptr(rdl_geometry) g =
        rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
    g_autoptr(rdl_geometry) frame = g ? rdl_geometry_of_box(f->ground, error) : NULL;
    g_autoptr(rdl_geometry) part = frame ? rdl_geometry_intersection(g, frame, &failed) : NULL;

    *seen = false;
    g_clear_error(&failed);
    if (!frame)
        return false;
    if (!part || rdl_geometry_empty(part) || rdl_geometry_dimension(part) != 2)
        return true;
    if (!rdl_geometry_inner_point(part, x, y, error) ||
        !rdl_transform_points(f->in, 1, x, y, error))
        return false;
    rdl_frame_place(f, *x, *y, x, y);
    *seen = true;
    return true;
}

static unsigned colour_of(const char *family)
{
    static const struct {
        const char *family;
        unsigned rgb;
    } colours[] = {{"NP", 0x005f46},  {"NR", 0x005f46}, {"NPK", 0x005f46},
                   {"ERL", 0xa00f14}, {"DW", 0x004a7a}, {"RIV", 0x0f5f8f}};

    for (size_t i = 0; i < G_N_ELEMENTS(colours); i++)
        if (strcmp(colours[i].family, family) == 0)
            return colours[i].rgb;
    return 0x3a1a2a;
}

#define TRIES 11 /* at the place, then a little lower or higher by turns */

/* What is shown of a ground gets its name where there is room. */
static void name_ground(rdl_names *l, const rdl_lettering *look, double x, double y, double step,
                        double width, const char *name, guint *unnamed)
{
    for (int t = 0; t < TRIES; t++)
        if (rdl_name_on(l, look, x, y + (t % 2 ? 1 : -1) * (t + 1) / 2 * step, width, name))
            return;
    ++*unnamed;
}

static bool label_zones(rdl_names *l, double size, guint *unnamed, GError **error)
{
    const rdl_map_data *data = l->frame->data;

    for (guint i = 0; i < data->zones->len; i++) {
        const rdl_map_zone *z = &g_array_index(data->zones, rdl_map_zone, i);
        rdl_lettering look = {.size = size,
                              .bold = true,
                              .align = RDL_CENTRE,
                              .halo = true,
                              .rgb = colour_of(z->family)};
        double x, y;
        bool seen;
        if (!rdl_map_zone_in_force(data, z) || !rdl_box_meets(z->box, l->frame->ground))
            continue;
        if (!middle(l->frame, z->wkb, &x, &y, &seen, error))
            return false;
        const char *name =
            z->name ? z->name : rdl_word_of(data->ledger, RDL_WORDS_ZONE, z->zone, data->language);
        if (seen)
            name_ground(l, &look, x, y, size * 1.6, size * 13.0, name, unnamed);
    }
    return true;
}

static bool label_units(rdl_names *l, double size, guint *unnamed, GError **error)
{
    const rdl_map_data *data = l->frame->data;
    rdl_lettering look = {.size = size * 1.35, .align = RDL_CENTRE, .halo = true, .rgb = 0x333333};

    for (guint i = 0; i < data->units->len; i++) {
        const rdl_map_unit *u = &g_array_index(data->units, rdl_map_unit, i);
        double x, y;
        bool seen;
        if (!rdl_box_meets(u->box, l->frame->ground))
            continue;
        if (!middle(l->frame, u->wkb, &x, &y, &seen, error))
            return false;
        if (seen)
            name_ground(l, &look, x, y, size * 2.2, size * 16.0, u->name ? u->name : u->xzqdm,
                        unnamed);
    }
    return true;
}

bool rdl_name_grounds(rdl_names *l, bool zones, bool units, double size, guint *unnamed,
                      GError **error)
{
    guint n = 0;
    bool good =
        (!units || label_units(l, size, &n, error)) && (!zones || label_zones(l, size, &n, error));

    if (unnamed)
        *unnamed = n;
    return good;
}

/* ---- sites ---- */

/* First what is being rectified, then by severity, then by number. */
static int graver(gconstpointer a, gconstpointer b)
{
    const rdl_task *s = *(const rdl_task *const *)a, *t = *(const rdl_task *const *)b;
    int d = strcmp(s->kind, t->kind); /* "rectify" < "verify" */

    if (d == 0)
        d = strcmp(s->severity ? s->severity : "S9", t->severity ? t->severity : "S9");
    return d ? d : strcmp(s->task_id, t->task_id);
}

/* What people call it, where that is short; else its number. */
static char *short_name(const rdl_task *t, guint *numbered)
{
    if (t->source_id && g_utf8_strlen(t->source_id, -1) <= LONGEST)
        return g_strdup(t->source_id);
    *numbered += 1;
    return g_strdup_printf("№%d", t->number);
}

static bool label_site(rdl_names *l, const rdl_task *t, rdl_box b, double size,
                       rdl_sites_named *named, GError **error)
{
    const rdl_frame *f = l->frame;
    rdl_lettering look = {.size = size, .halo = true};

    if (b.xmin > b.xmax || !rdl_box_meets(b, f->ground))
        return true;
    double x[2] = {(b.xmin + b.xmax) / 2.0, b.xmax}, y[2] = {(b.ymin + b.ymax) / 2.0, b.ymax};
    if (!rdl_transform_points(f->in, 2, x, y, error))
        return false;
    rdl_frame_place(f, x[0], y[0], &x[0], &y[0]);
    rdl_frame_place(f, x[1], y[1], &x[1], &y[1]);
    if (x[0] < f->x || x[0] > f->x + f->w || y[0] < f->y || y[0] > f->y + f->h)
        return true;
    guint numbered = 0;
    g_autofree char *text = short_name(t, &numbered);
    named->all++;
    if (rdl_name(l, &look, x[0], y[0], CLAMP(hypot(x[1] - x[0], y[1] - y[0]) * 0.7, 2.2, 14.0),
                 text)) {
        named->written++;
        named->numbered += numbered;
    }
    return true;
}

/* `t` is one of the data's own tasks. */
static rdl_box box_of(const rdl_map_data *data, const rdl_task *t)
{
    return data->boxes[t - &g_array_index(data->tasks, rdl_task, 0)];
}

bool rdl_name_sites(rdl_names *l, const char *unit, double size, rdl_sites_named *named,
                    GError **error)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    const GArray *tasks = l->frame->data->tasks;

    *named = (rdl_sites_named){0};
    for (guint i = 0; i < tasks->len; i++) {
        rdl_task *t = &g_array_index(tasks, rdl_task, i);
        if (t->wkb && rdl_map_in_unit(l->frame->data, t, unit))
            g_ptr_array_add(order, t);
    }
    g_ptr_array_sort(order, graver);
    for (guint i = 0; i < order->len; i++) {
        const rdl_task *t = order->pdata[i];
        if (g_hash_table_add(done, t->site_id) &&
            !label_site(l, t, box_of(l->frame->data, t), size, named, error))
            return false;
    }
    return true;
}
