/* Images of both dates and where the site lies. */
#include <math.h>
#include <string.h>
#include "deliver/card_page.h"
#include "deliver/map_frame.h"
#include "deliver/map_name.h"

#define GAP (4.0 * MM)
#define CAPTION 26.0 /* two lines below a chip */
#define CHIP_HEIGHT(flow) (62.0 * MM * (flow)->scale)
#define PLACE_HEIGHT(flow) (58.0 * MM * (flow)->scale)
#define CHIP_LEAST 4000.0 /* scales no larger than these */
#define CHIP_PIXELS 36.0  /* of the coarsest scene, across a chip at least */
#define PLACE_LEAST 50000.0
#define AROUND 0.7 /* of a site's size, seen around it */
#define RING 6.0   /* points */
#define WIDEST 2.5 /* degrees: a unit wider than that is not shown whole */

static rdl_box grown(rdl_box b, double by)
{
    double dx = (b.xmax - b.xmin) * by, dy = (b.ymax - b.ymin) * by;

    return (rdl_box){b.xmin - dx, b.ymin - dy, b.xmax + dx, b.ymax + dy};
}

static rdl_box site_box(const rdl_card_page *card)
{
    const rdl_map_data *data = card->data;

    return data->boxes[card->task - &g_array_index(data->tasks, rdl_task, 0)];
}

/* The unit the site lies in, else the zones that meet it, else the site. */
static rdl_box place_box(const rdl_card_page *card)
{
    const rdl_map_data *data = card->data;
    rdl_box site = site_box(card), all = site;

    for (guint i = 0; i < data->units->len; i++) {
        const rdl_map_unit *u = &g_array_index(data->units, rdl_map_unit, i);
        if (card->task->xzqdm && g_strcmp0(u->xzqdm, card->task->xzqdm) == 0)
            all = (rdl_box){MIN(all.xmin, u->box.xmin), MIN(all.ymin, u->box.ymin),
                            MAX(all.xmax, u->box.xmax), MAX(all.ymax, u->box.ymax)};
    }
    return all.xmax - all.xmin <= WIDEST || !rdl_crs_geographic(data->crs) ? all : site;
}

typedef struct {
    rdl_frame *frame;
    rdl_frame_layer layers[4];
    rdl_body body;
} figure;

static void figure_clear(figure *f)
{
    for (size_t i = 0; i < G_N_ELEMENTS(f->layers); i++)
        rdl_frame_layer_clear(&f->layers[i]);
    rdl_body_clear(&f->body);
    rdl_frame_free(f->frame);
}

/* "前时相 2000-03-17 landsat-etm    1:5000" */
static char *caption(const rdl_card_page *card, const char *key, const GPtrArray *used,
                     const rdl_frame *frame)
{
    GString *out = g_string_new(rdl_card_word(card, key));
    bool image = strcmp(key, "where") != 0;

    if (image && !used->len)
        g_string_append_printf(out, " %s", rdl_card_word(card, "no_image"));

    for (guint i = 0; i < used->len; i++) {
        const rdl_map_scene *s = used->pdata[i];
        g_string_append_printf(out, "%s %s%s%s", i ? "," : "",
                               s->date ? s->date : rdl_card_word(card, "no_date"),
                               s->sensor ? " " : "", s->sensor ? s->sensor : "");
    }
    g_string_append_printf(out, "   1:%.0f", frame->scale);
    return g_string_free(out, FALSE);
}

static void add_angle(const rdl_card_page *card, GString *out, const char *key, double degrees)
{
    g_string_append_printf(out, "%s%s ", out->len ? ", " : "", rdl_card_word(card, key));
    if (isnan(degrees))
        g_string_append(out, rdl_card_word(card, "angle_unknown"));
    else
        g_string_append_printf(out, "%.1f°", degrees);
}

/* Sun and view of the first scene shown: shadows and leaning walls are read by them. */
static char *geometry_line(const rdl_card_page *card, const GPtrArray *used)
{
    GString *out = g_string_new(NULL);

    if (used->len) {
        const rdl_map_scene *s = used->pdata[0];
        add_angle(card, out, "sun", s->sun_elevation);
        add_angle(card, out, "sun_azimuth", s->sun_azimuth);
        add_angle(card, out, "off_nadir", s->off_nadir);
    }
    return g_string_free(out, FALSE);
}

static bool draw_chip(rdl_card_page *card, figure *f, bool after, double x, GError **error)
{
    rdl_lettering look = {.size = 8.0}, small = {.size = 6.5, .rgb = 0x444444};
    g_autoptr(GPtrArray) used = g_ptr_array_new();
    rdl_page *page = card->flow.page;
    cairo_t *c = rdl_page_cairo(page);

    f->frame->x = x;
    if (!rdl_frame_picture(f->frame, page, after, card->dpi, used, error))
        return false;
    if (!f->body.svg) {
        if (!rdl_frame_draw(f->frame, page, f->layers, 3, &f->body, error))
            return false;
    } else {
        cairo_save(c);
        cairo_rectangle(c, x, f->frame->y, f->frame->w, f->frame->h);
        cairo_clip(c);
        bool good =
            rdl_page_svg(page, f->body.svg, x, f->frame->y, f->frame->w, f->frame->h, error);
        cairo_restore(c);
        if (!good)
            return false;
    }
    rdl_page_box(page, x, f->frame->y, f->frame->w, f->frame->h, 0.7, 0);
    g_autofree char *text = caption(card, after ? "after" : "before", used, f->frame);
    g_autofree char *angles = geometry_line(card, used);
    double y = f->frame->y + f->frame->h + 1.0;
    y += rdl_page_text(page, &look, x, y, f->frame->w, text);
    rdl_page_text(page, &small, x, y, f->frame->w, angles);
    return true;
}

/* Ground enough to recognise it by: of coarse scenes more. */
static double chip_scale(const rdl_card_page *card, double w)
{
    double least = CHIP_LEAST;

    for (guint i = 0; i < card->data->scenes->len; i++)
        least =
            MAX(least, CHIP_PIXELS * g_array_index(card->data->scenes, rdl_map_scene, i).metres /
                           (w / MM / 1000.0));
    return least;
}

/* Both dates side by side on the same ground; scale and north in the second. */
static bool draw_chips(rdl_card_page *card, figure *f, GError **error)
{
    rdl_flow *flow = &card->flow;
    double w = (flow->width - GAP) / 2.0;

    f->frame = rdl_frame_new(card->data, grown(site_box(card), AROUND), chip_scale(card, w),
                             flow->left, flow->y, w, CHIP_HEIGHT(flow), error);
    if (!f->frame || !rdl_frame_zones(f->frame, &f->layers[0], error) ||
        !rdl_frame_permits(f->frame, &f->layers[1], error) ||
        !rdl_frame_site(f->frame, card->task->site_id, true, &f->layers[2], error) ||
        !draw_chip(card, f, false, flow->left, error) ||
        !draw_chip(card, f, true, flow->left + w + GAP, error) ||
        !rdl_card_arrows(card, f->frame, error))
        return false;
    rdl_page_fill(flow->page, f->frame->x + 2.0, f->frame->y + 2.0, 17.0, 32.0, 0xffffff);
    if (!rdl_frame_arrow(f->frame, flow->page, f->frame->x + 10.5, f->frame->y + 3.0, 29.0, error))
        return false;
    flow->y += CHIP_HEIGHT(flow) + CAPTION;
    return true;
}

/* A ring about the site, which may be too small to be seen, kept clear of names. */
static bool mark_site(rdl_card_page *card, const rdl_frame *frame, rdl_names *names, GError **error)
{
    cairo_t *c = rdl_page_cairo(card->flow.page);
    rdl_box b = site_box(card);
    double x = (b.xmin + b.xmax) / 2.0, y = (b.ymin + b.ymax) / 2.0;

    if (!rdl_transform_points(frame->in, 1, &x, &y, error))
        return false;
    rdl_frame_place(frame, x, y, &x, &y);
    for (int i = 0; i < 2; i++) {
        cairo_new_path(c);
        cairo_arc(c, x, y, RING, 0.0, 2.0 * G_PI);
        cairo_set_line_width(c, i ? 1.6 : 3.4);
        cairo_set_source_rgb(c, i ? 0.84 : 1.0, i ? 0.1 : 1.0, i ? 0.11 : 1.0);
        cairo_stroke(c);
    }
    rdl_name_avoid(names, x - RING - 1.0, y - RING - 1.0, 2.0 * RING + 2.0, 2.0 * RING + 2.0);
    return true;
}

static bool draw_place(rdl_card_page *card, figure *f, GError **error)
{
    rdl_lettering look = {.size = 8.0};
    rdl_flow *flow = &card->flow;
    double w = (flow->width - GAP) / 2.0;
    g_autoptr(GPtrArray) used = g_ptr_array_new();

    f->frame =
        rdl_frame_new(card->data, place_box(card), PLACE_LEAST, flow->left + 5.0 * MM,
                      flow->y + 4.0 * MM, w - 10.0 * MM, PLACE_HEIGHT(flow) - 8.0 * MM, error);
    if (!f->frame || !rdl_frame_units(f->frame, &f->layers[0], error) ||
        !rdl_frame_zones(f->frame, &f->layers[1], error) ||
        !rdl_frame_site(f->frame, card->task->site_id, false, &f->layers[2], error) ||
        !rdl_frame_draw(f->frame, flow->page, f->layers, 3, &f->body, error))
        return false;
    g_autoptr(rdl_names) names = rdl_names_new(f->frame, flow->page);
    if (!mark_site(card, f->frame, names, error) ||
        !rdl_name_grounds(names, true, true, 5.5, NULL, error) ||
        !rdl_card_arrows(card, f->frame, error) ||
        !rdl_frame_edge(f->frame, flow->page, 5.5, error))
        return false;
    g_autofree char *text = caption(card, "where", used, f->frame);
    rdl_page_text(flow->page, &look, flow->left, flow->y + PLACE_HEIGHT(flow) + 1.0, w, text);
    return true;
}

/* "线索 / clue" in one language. */
static char *half(const char *title, const char *language)
{
    const char *cut = strstr(title, " / ");

    if (!cut)
        return g_strdup(title);
    return strcmp(language, "en") == 0 ? g_strdup(cut + 3) : g_strndup(title, (gsize)(cut - title));
}

/* What was drawn in either figure, each once. */
static bool write_legend(rdl_card_page *card, const figure *figures, double x, double width,
                         double *y, GError **error)
{
    rdl_lettering head = {.size = 9.0, .bold = true}, look = {.size = 8.0};
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    rdl_page *page = card->flow.page;

    *y += rdl_page_text(page, &head, x, *y, width, rdl_card_word(card, "legend")) + 2.0;
    for (int k = 0; k < 2; k++)
        for (guint i = 0; i < figures[k].body.rules->len; i++) {
            const rdl_body_rule *r = &g_array_index(figures[k].body.rules, rdl_body_rule, i);
            g_autofree char *name = half(r->title, card->data->language);
            if (!g_hash_table_add(done, r->title))
                continue;
            if (!rdl_page_svg(page, r->icon, x, *y + 0.5, 20.0, 12.0, error))
                return false;
            double h = rdl_page_text(page, &look, x + 25.0, *y, width - 25.0, name);
            *y += MAX(h, 13.0) + 1.5;
        }
    return true;
}

static double write_scale(rdl_card_page *card, const char *key, const rdl_frame *frame, double x,
                          double y, double width)
{
    rdl_lettering look = {.size = 7.5};

    rdl_page_text(card->flow.page, &look, x, y, width * 0.25, rdl_card_word(card, key));
    return rdl_frame_scale_bar(frame, card->flow.page, x + width * 0.25, y, width * 0.6, 7.5) + 3.0;
}

static void write_notes(rdl_card_page *card, double x, double width, double *y)
{
    rdl_lettering look = {.size = 7.0, .rgb = 0x444444};
    const rdl_map_data *data = card->data;

    for (guint i = 0; i < data->notes->len; i++)
        *y += rdl_page_text(card->flow.page, &look, x, *y, width, data->notes->pdata[i]) + 1.0;
}

bool rdl_card_figures(rdl_card_page *card, GError **error)
{
    rdl_flow *flow = &card->flow;
    double w = (flow->width - GAP) / 2.0, x = flow->left + w + GAP, y;
    figure figures[2] = {{0}, {0}};
    rdl_box site = site_box(card);

    if (site.xmin > site.xmax)
        return true; /* a site without ground: nothing to be shown */
    rdl_flow_head(flow, rdl_card_word(card, "images"), CHIP_HEIGHT(flow) + CAPTION);
    bool good = draw_chips(card, &figures[0], error);
    if (good)
        rdl_flow_need(flow, PLACE_HEIGHT(flow) + 14.0);
    good = good && draw_place(card, &figures[1], error);
    y = flow->y;
    good = good && write_legend(card, figures, x, w, &y, error);
    if (good) {
        y += 3.0;
        y += write_scale(card, "images_scale", figures[0].frame, x, y, w);
        y += write_scale(card, "where", figures[1].frame, x, y, w);
        write_notes(card, x, w, &y);
        flow->y = MAX(flow->y + PLACE_HEIGHT(flow) + 13.0, y + 3.0);
    }
    figure_clear(&figures[0]);
    figure_clear(&figures[1]);
    return good;
}
