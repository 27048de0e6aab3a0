/* A map in a report on A4: units, zones and sites, with what makes it a map. */
#include <string.h>
#include "deliver/flow.h"
#include "deliver/map_frame.h"
#include "deliver/map_legend.h"
#include "deliver/map_name.h"
#include "deliver/report_part.h"

#define HIGH (118.0 * MM)
#define BELOW (52.0 * MM) /* scale, arrow, legend */
#define TICKS 14.0        /* of coordinates, outside the neat line */
#define LEAST 5000.0
#define NUMBERED 40 /* sites there may be for each to have its number: more only cover the map */
#define DPI 150.0
#define PICTURE_WIDTH (182.0 * MM)
#define PICTURE_DPI 110.0 /* of a screen, with room to look closer */

static bool draw_layers(const rdl_bulletin *r, const rdl_frame *f, rdl_page *page, rdl_body *body,
                        GError **error)
{
    const char *unit = r->options->unit;
    rdl_frame_layer l[4] = {0};
    bool good = rdl_frame_units(f, &l[0], error) && rdl_frame_zones(f, &l[1], error) &&
                rdl_frame_tasks(f, "verify", unit, "task", &l[2], error) &&
                rdl_frame_tasks(f, "rectify", unit, "task", &l[3], error) &&
                rdl_frame_draw(f, page, l, G_N_ELEMENTS(l), body, error);

    for (size_t i = 0; i < G_N_ELEMENTS(l); i++)
        rdl_frame_layer_clear(&l[i]);
    return good;
}

static bool draw_names(const rdl_bulletin *r, const rdl_frame *f, rdl_page *page, GError **error)
{
    g_autoptr(rdl_names) names = rdl_names_new(f, page);
    rdl_sites_named sites;

    return rdl_name_grounds(names, true, true, 6.5, NULL, error) &&
           (r->map->tasks->len > NUMBERED ||
            rdl_name_sites(names, r->options->unit, 4.5, &sites, error));
}

/* "影像 2003-02-06；坐标系 ..." */
static void write_source(rdl_flow *flow, const rdl_bulletin *r, const rdl_frame *f,
                         const GPtrArray *used)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < used->len; i++) {
        const rdl_map_scene *s = used->pdata[i];
        g_string_append_printf(text, "%s%s %s", i ? ", " : "",
                               s->date ? s->date : rdl_report_word(r, "no_date"), s->name);
    }
    g_autofree char *line =
        g_strdup_printf(rdl_report_word(r, "map.source"),
                        used->len ? text->str : rdl_report_word(r, "map.none"), f->crs_name);
    rdl_flow_text(flow, 7.5, 0x444444, line);
}

static bool write_below(rdl_flow *flow, const rdl_bulletin *r, const rdl_frame *f,
                        const rdl_body *body, GError **error)
{
    double top = flow->y, legend = top;
    const double left = flow->left + flow->width * 0.34;

    rdl_frame_scale_bar(f, flow->page, flow->left, top, flow->width * 0.26, 7.5);
    if (!rdl_frame_arrow(f, flow->page, flow->left + flow->width * 0.29, top, 15.0 * MM, error) ||
        !rdl_map_legend(flow->page, body, r->language, left, flow->left + flow->width - left, 3,
                        7.0, &legend, error))
        return false;
    flow->y = MAX(legend, top + 16.0 * MM);
    return true;
}

static bool draw(rdl_flow *flow, const rdl_bulletin *r, rdl_box ground, const char *title,
                 GError **error)
{
    rdl_lettering look = {.size = 9.0, .bold = true};
    g_autoptr(GPtrArray) used = g_ptr_array_new();
    rdl_body body = {0};

    rdl_flow_need(flow, HIGH + BELOW + 2.0 * TICKS);
    flow->y += rdl_page_text(flow->page, &look, flow->left, flow->y, flow->width, title) + TICKS;
    g_autoptr(rdl_frame) f = rdl_frame_new(r->map, ground, LEAST, flow->left + TICKS, flow->y,
                                           flow->width - 2.0 * TICKS, HIGH, error);
    bool good = f && (!r->monitored || rdl_frame_picture(f, flow->page, true, DPI, used, error)) &&
                draw_layers(r, f, flow->page, &body, error) &&
                draw_names(r, f, flow->page, error) && rdl_frame_edge(f, flow->page, 6.0, error);
    if (good) {
        flow->y += HIGH + TICKS;
        good = write_below(flow, r, f, &body, error);
        write_source(flow, r, f, used);
    }
    rdl_body_clear(&body);
    return good;
}

bool rdl_report_map(rdl_flow *flow, const rdl_bulletin *r, const char *title, GError **error)
{
    rdl_box ground;

    if (!r->map)
        return true;
    if (!rdl_map_ground(r->map, r->options->unit, &ground, error))
        return false;
    return ground.xmin > ground.xmax || draw(flow, r, ground, title, error);
}

GBytes *rdl_report_picture(const rdl_bulletin *r, const char *title, GError **error)
{
    const rdl_page_form form = {.width = PICTURE_WIDTH,
                                .height = HIGH + BELOW + 2.0 * TICKS + 12.0 * MM,
                                .title = title,
                                .language = r->language};
    g_autoptr(rdl_page) page = rdl_page_new(&form, error);
    rdl_flow flow = {.page = page,
                     .left = 3.0 * MM,
                     .width = PICTURE_WIDTH - 6.0 * MM,
                     .top = 3.0 * MM,
                     .bottom = form.height,
                     .y = 3.0 * MM,
                     .scale = 1.0};

    if (!page || !rdl_report_map(&flow, r, title, error))
        return NULL;
    if (flow.y <= flow.top) /* nothing lies anywhere */
        return g_bytes_new(NULL, 0);
    return rdl_page_png(page, PICTURE_DPI, error);
}
