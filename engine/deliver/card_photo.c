/* Photos of the field on a card: where they were taken, which way, when, and how they look. */
#include <math.h>
#include <string.h>
#include "deliver/card_page.h"
#include "deliver/map_frame.h"
#include "deliver/photo_word.h"

#define COLUMNS 3
#define SHOWN 12 /* pictures; all are listed */
#define GAP (3.0 * MM)
#define ARROW (9.0 * MM) /* on the sheet */
#define DOT 1.6          /* points */
#define MOST_PIXELS 480

static JsonObject *at(const rdl_card_page *card, guint i)
{
    return json_array_get_object_element(card->photos, i);
}

static guint count(const rdl_card_page *card)
{
    return card->photos ? json_array_get_length(card->photos) : 0;
}

/* ---- on the map ---- */

/* From the camera's point and one 10 m ahead of it to the sheet. */
static bool on_sheet(const rdl_frame *frame, rdl_transform *to, JsonObject *photo, double x[2],
                     double y[2], GError **error)
{
    double lat = rdl_json_real(photo, "lat", NAN), way = rdl_json_real(photo, "azimuth", NAN);
    double radians = isnan(way) ? 0.0 : way * G_PI / 180.0, ahead = 10.0 / 111320.0;

    x[0] = rdl_json_real(photo, "lon", NAN);
    y[0] = lat;
    x[1] = x[0] + ahead * sin(radians) / fmax(cos(lat * G_PI / 180.0), 1e-3);
    y[1] = y[0] + ahead * cos(radians);
    if (!rdl_transform_points(to, 2, x, y, error) ||
        !rdl_transform_points(frame->in, 2, x, y, error))
        return false;
    for (int i = 0; i < 2; i++)
        rdl_frame_place(frame, x[i], y[i], &x[i], &y[i]);
    return true;
}

static bool within(const rdl_frame *frame, double x, double y)
{
    return x >= frame->x && x <= frame->x + frame->w && y >= frame->y && y <= frame->y + frame->h;
}

/* White below, dark above; from magnetic north it is dashed. */
static void draw_way(cairo_t *c, const double x[2], const double y[2], bool magnetic)
{
    static const double dashes[] = {3.0, 2.0};
    double dx = x[1] - x[0], dy = y[1] - y[0], n = hypot(dx, dy);

    if (n <= 0.0)
        return;
    double ux = dx / n, uy = dy / n, tx = x[0] + ux * ARROW, ty = y[0] + uy * ARROW;
    for (int i = 0; i < 2; i++) {
        cairo_set_line_width(c, i ? 1.3 : 3.0);
        cairo_set_source_rgb(c, i ? 0.0 : 1.0, i ? 0.2 : 1.0, i ? 0.75 : 1.0);
        cairo_set_dash(c, dashes, magnetic && i ? 2 : 0, 0.0);
        cairo_move_to(c, x[0], y[0]);
        cairo_line_to(c, tx, ty);
        cairo_stroke(c);
        cairo_set_dash(c, NULL, 0, 0.0);
        cairo_move_to(c, tx - 5.0 * ux + 2.6 * uy, ty - 5.0 * uy - 2.6 * ux);
        cairo_line_to(c, tx, ty);
        cairo_line_to(c, tx - 5.0 * ux - 2.6 * uy, ty - 5.0 * uy + 2.6 * ux);
        cairo_stroke(c);
    }
}

static void draw_point(rdl_page *page, const double x[2], const double y[2], JsonObject *photo,
                       guint number)
{
    rdl_lettering look = {.size = 7.0, .bold = true, .rgb = 0x0033bf, .halo = true};
    g_autofree char *text = g_strdup_printf("%u", number);
    cairo_t *c = rdl_page_cairo(page);

    cairo_new_path(c);
    if (!isnan(rdl_json_real(photo, "azimuth", NAN)))
        draw_way(c, x, y, strcmp(rdl_json_text(photo, "north", ""), "magnetic") == 0);
    cairo_arc(c, x[0], y[0], DOT + 1.0, 0.0, 2.0 * G_PI);
    cairo_set_source_rgb(c, 1.0, 1.0, 1.0);
    cairo_fill(c);
    cairo_arc(c, x[0], y[0], DOT, 0.0, 2.0 * G_PI);
    cairo_set_source_rgb(c, 0.0, 0.2, 0.75);
    cairo_fill(c);
    rdl_page_text(page, &look, x[0] + 3.0, y[0] + 1.0, 30.0, text);
}

bool rdl_card_arrows(rdl_card_page *card, const rdl_frame *frame, GError **error)
{
    g_autoptr(rdl_crs) world = count(card) ? rdl_crs_parse("EPSG:4326", error) : NULL;
    g_autoptr(rdl_transform) to = world ? rdl_transform_new(world, card->data->crs, error) : NULL;
    cairo_t *c = rdl_page_cairo(card->flow.page);
    bool good = to || !count(card);

    cairo_save(c);
    cairo_rectangle(c, frame->x, frame->y, frame->w, frame->h);
    cairo_clip(c);
    for (guint i = 0; good && i < count(card); i++) {
        double x[2], y[2];
        JsonObject *photo = at(card, i);
        if (!json_object_has_member(photo, "lon") || json_object_has_member(photo, "drawn"))
            continue;
        if (!on_sheet(frame, to, photo, x, y, NULL) || !within(frame, x[0], y[0]))
            continue; /* beyond the sheet's system, or its edge: the table tells where */
        draw_point(card->flow.page, x, y, photo, i + 1);
        json_object_set_boolean_member(photo, "drawn", TRUE);
    }
    cairo_restore(c);
    return good;
}

/* ---- the list ---- */

static void take(GPtrArray *cells, char *take_text)
{
    g_ptr_array_add(cells, take_text);
}

static void write_table(rdl_card_page *card)
{
    const char *language = card->data->language;
    const rdl_column columns[] = {{rdl_card_word(card, "photo_no"), 0.05, RDL_RIGHT},
                                  {rdl_card_word(card, "photo_place"), 0.17, RDL_LEFT},
                                  {rdl_card_word(card, "photo_position"), 0.15, RDL_LEFT},
                                  {rdl_card_word(card, "photo_way"), 0.14, RDL_LEFT},
                                  {rdl_card_word(card, "photo_time"), 0.17, RDL_LEFT},
                                  {rdl_card_word(card, "photo_counts"), 0.13, RDL_LEFT},
                                  {"SHA-256", 0.19, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < count(card); i++) {
        JsonObject *photo = at(card, i);
        take(cells, g_strdup_printf("%u", i + 1));
        take(cells, rdl_photo_where(photo, language));
        take(cells, rdl_photo_position(photo));
        take(cells, rdl_photo_way(photo, language));
        take(cells, rdl_photo_when(photo, language));
        take(cells, rdl_photo_counts(photo, language));
        take(cells, g_strdup(rdl_json_text(photo, "sha256", "")));
    }
    rdl_flow_table(&card->flow, 6.5, columns, G_N_ELEMENTS(columns), cells);
    rdl_flow_text(&card->flow, 7.0, 0x444444, rdl_card_word(card, "photo_note"));
}

/* ---- the pictures ---- */

/* In a box of w by h; what cannot be shown is said in it. */
static void draw_picture(rdl_card_page *card, guint i, double x, double w, double h)
{
    rdl_lettering look = {.size = 7.0};
    JsonObject *photo = at(card, i);
    g_autofree char *path =
        rdl_ledger_paper(card->data->ledger, rdl_json_text(photo, "sha256", NULL));
    int turn = (int)rdl_json_real(photo, "orientation", 1.0), iw = 1, ih = 1;
    g_autofree unsigned char *rgba =
        path ? rdl_photo_picture(path, turn, MOST_PIXELS, &iw, &ih, NULL) : NULL;
    g_autofree char *caption = g_strdup_printf("%u  %s", i + 1, rdl_json_text(photo, "title", ""));
    rdl_page *page = card->flow.page;
    double y = card->flow.y, k = fmin(w / iw, h / ih);

    if (rgba)
        rdl_page_picture(page, rgba, iw, ih, x + (w - iw * k) / 2.0, y + (h - ih * k) / 2.0, iw * k,
                         ih * k);
    else
        rdl_page_text(page, &look, x + 2.0, y + 2.0, w - 4.0, rdl_card_word(card, "photo_gone"));
    rdl_page_box(page, x, y, w, h, 0.5, 0x888888);
    rdl_page_text(page, &look, x, y + h + 1.0, w, caption);
}

static void write_pictures(rdl_card_page *card)
{
    double w = (card->flow.width - (COLUMNS - 1) * GAP) / COLUMNS, h = w * 0.75;
    guint n = MIN(count(card), SHOWN);

    for (guint i = 0; i < n; i++) {
        if (i % COLUMNS == 0)
            rdl_flow_need(&card->flow, h + 14.0);
        draw_picture(card, i, card->flow.left + (i % COLUMNS) * (w + GAP), w, h);
        if (i % COLUMNS == COLUMNS - 1 || i + 1 == n)
            card->flow.y += h + 14.0;
    }
}

void rdl_card_photos(rdl_card_page *card)
{
    rdl_flow_head(&card->flow, rdl_card_word(card, "photos"), count(card) ? 40.0 : 12.0);
    if (!count(card)) {
        rdl_flow_text(&card->flow, 8.0, 0, rdl_card_word(card, "no_photos"));
        return;
    }
    write_table(card);
    write_pictures(card);
}
