#include "deliver/page.h"

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define FONT "Noto Sans CJK SC"
#define FOOT (12.0 * MM) /* from the lower edge of the sheet to the foot's text */
#define SIDE (12.0 * MM)
#define MAX_PIXELS 32767

struct rdl_page {
    rdl_page_form form; /* its texts owned */
    GPtrArray *pages;   /* of cairo_surface_t recordings */
    cairo_t *cairo;     /* on the last of them */
    PangoContext *pango;
    unsigned unknown;
};

static void surface_free(gpointer p)
{
    cairo_surface_destroy(p);
}

static void set_colour(cairo_t *c, unsigned rgb)
{
    cairo_set_source_rgb(c, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

/* The same glyph positions at any size and on any surface: nothing is rounded to a pixel grid. */
static PangoContext *new_context(const char *language)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72.0);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(
        context, pango_language_from_string(strcmp(language, "en") == 0 ? "en" : "zh-cn"));
    return context;
}

static PangoLayout *new_layout(rdl_page *page, const rdl_lettering *look, double size, double width,
                               const char *text)
{
    PangoLayout *layout = pango_layout_new(page->pango);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    static const PangoAlignment align[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};

    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    if (look->bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_alignment(layout, align[look->align]);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (width > 0.0)
        pango_layout_set_width(layout, (int)lround(width * PANGO_SCALE));
    pango_layout_set_text(layout, text ? text : "", -1);
    return layout;
}

double rdl_page_width(rdl_page *page, const rdl_lettering *look, const char *text)
{
    PangoLayout *layout = new_layout(page, look, look->size, 0.0, text);
    PangoRectangle logical;

    pango_layout_get_extents(layout, NULL, &logical);
    g_object_unref(layout);
    return (double)logical.width / PANGO_SCALE;
}

/* The largest size from `size` down to `smallest` at which the text stays on one line. */
static double fitting_size(rdl_page *page, const rdl_lettering *look, double width,
                           const char *text)
{
    if (look->smallest <= 0.0 || look->smallest >= look->size || !text)
        return look->size;
    double wide = rdl_page_width(page, look, text);
    if (wide <= width)
        return look->size;
    return MAX(look->smallest, look->size * width / wide * 0.995);
}

static PangoLayout *fitting_layout(rdl_page *page, const rdl_lettering *look, double width,
                                   const char *text)
{
    return new_layout(page, look, fitting_size(page, look, width, text), width, text);
}

static double height_of(PangoLayout *layout)
{
    PangoRectangle logical;

    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

double rdl_page_measure(rdl_page *page, const rdl_lettering *look, double width, const char *text)
{
    PangoLayout *layout = fitting_layout(page, look, width, text);
    double height = height_of(layout);

    g_object_unref(layout);
    return height;
}

double rdl_page_text(rdl_page *page, const rdl_lettering *look, double x, double y, double width,
                     const char *text)
{
    PangoLayout *layout = fitting_layout(page, look, width, text);
    double height = height_of(layout);
    cairo_t *c = page->cairo;

    page->unknown += (unsigned)pango_layout_get_unknown_glyphs_count(layout);
    cairo_save(c);
    cairo_move_to(c, x, y);
    if (look->halo) {
        pango_cairo_layout_path(c, layout);
        cairo_set_line_width(c, look->size * 0.28);
        cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
        cairo_set_source_rgba(c, 1.0, 1.0, 1.0, 0.9);
        cairo_stroke(c);
        cairo_move_to(c, x, y);
    }
    set_colour(c, look->rgb);
    pango_cairo_show_layout(c, layout);
    cairo_restore(c);
    g_object_unref(layout);
    return height;
}

/* ---- life ---- */

void rdl_page_next(rdl_page *page)
{
    cairo_rectangle_t sheet = {0.0, 0.0, page->form.width, page->form.height};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &sheet);

    if (page->cairo)
        cairo_destroy(page->cairo);
    g_ptr_array_add(page->pages, surface);
    page->cairo = cairo_create(surface);
}

rdl_page *rdl_page_new(const rdl_page_form *form, GError **error)
{
    rdl_page *page = g_new0(rdl_page, 1);
    rdl_lettering look = {.size = 10.0};

    page->form = *form;
    page->form.title = g_strdup(form->title);
    page->form.author = g_strdup(form->author);
    page->form.date = g_strdup(form->date);
    page->form.language = g_strdup(form->language);
    page->form.footer = g_strdup(form->footer);
    page->form.numbering = g_strdup(form->numbering);
    page->pages = g_ptr_array_new_with_free_func(surface_free);
    page->pango = new_context(form->language);
    rdl_page_next(page);
    PangoLayout *probe = new_layout(page, &look, 10.0, 0.0, "生态");
    bool chinese = pango_layout_get_unknown_glyphs_count(probe) == 0;
    g_object_unref(probe);
    if (chinese)
        return page;
    rdl_page_free(page);
    rdl_fail(error, RDL_ERROR_NOT_FOUND,
             "no font with Chinese characters is installed: install fonts-noto-cjk");
    return NULL;
}

void rdl_page_free(rdl_page *page)
{
    if (!page)
        return;
    g_free((char *)page->form.title);
    g_free((char *)page->form.author);
    g_free((char *)page->form.date);
    g_free((char *)page->form.language);
    g_free((char *)page->form.footer);
    g_free((char *)page->form.numbering);
    cairo_destroy(page->cairo);
    g_ptr_array_unref(page->pages);
    g_object_unref(page->pango);
    g_free(page);
}

cairo_t *rdl_page_cairo(rdl_page *page)
{
    return page->cairo;
}

unsigned rdl_page_unknown(const rdl_page *page)
{
    return page->unknown;
}

guint rdl_page_count(const rdl_page *page)
{
    return page->pages->len;
}

/* ---- drawing ---- */

bool rdl_page_svg(rdl_page *page, GBytes *svg, double x, double y, double w, double h,
                  GError **error)
{
    GError *failed = NULL;
    RsvgRectangle box = {x, y, w, h};
    RsvgHandle *handle =
        rsvg_handle_new_from_data(g_bytes_get_data(svg, NULL), g_bytes_get_size(svg), &failed);
    bool good = handle && rsvg_handle_render_document(handle, page->cairo, &box, &failed);

    g_clear_object(&handle);
    if (good)
        return true;
    rdl_fail(error, RDL_ERROR_INTERNAL, "a drawing cannot be placed: %s",
             failed ? failed->message : "it is no SVG");
    g_clear_error(&failed);
    return false;
}

void rdl_page_picture(rdl_page *page, const unsigned char *rgba, int iw, int ih, double x, double y,
                      double w, double h)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, iw, ih);
    unsigned char *data = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);
    cairo_t *c = page->cairo;

    if (!data) {
        cairo_surface_destroy(image);
        return;
    }
    for (int row = 0; row < ih; row++) {
        guint32 *to = (guint32 *)(void *)(data + (size_t)row * (size_t)stride);
        const unsigned char *from = rgba + (size_t)row * (size_t)iw * 4;
        for (int col = 0; col < iw; col++, from += 4)
            to[col] = from[3]
                          ? 0xff000000u | (guint32)from[0] << 16 | (guint32)from[1] << 8 | from[2]
                          : 0u;
    }
    cairo_surface_mark_dirty(image);
    cairo_save(c);
    cairo_translate(c, x, y);
    cairo_scale(c, w / iw, h / ih);
    cairo_set_source_surface(c, image, 0.0, 0.0);
    /* pixels that are seen stay pixels: nothing is smoothed into ground that was not observed */
    cairo_pattern_set_filter(cairo_get_source(c),
                             w / iw > 0.72 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    cairo_rectangle(c, 0.0, 0.0, iw, ih);
    cairo_fill(c);
    cairo_restore(c);
    cairo_surface_destroy(image);
}

void rdl_page_box(rdl_page *page, double x, double y, double w, double h, double line, unsigned rgb)
{
    set_colour(page->cairo, rgb);
    cairo_set_line_width(page->cairo, line);
    cairo_rectangle(page->cairo, x, y, w, h);
    cairo_stroke(page->cairo);
}

void rdl_page_fill(rdl_page *page, double x, double y, double w, double h, unsigned rgb)
{
    set_colour(page->cairo, rgb);
    cairo_rectangle(page->cairo, x, y, w, h);
    cairo_fill(page->cairo);
}

void rdl_page_line(rdl_page *page, double x1, double y1, double x2, double y2, double line,
                   unsigned rgb)
{
    set_colour(page->cairo, rgb);
    cairo_set_line_width(page->cairo, line);
    cairo_move_to(page->cairo, x1, y1);
    cairo_line_to(page->cairo, x2, y2);
    cairo_stroke(page->cairo);
}

/* ---- writing ---- */

/* Page i on `c`, with its foot; the foot is drawn through a page's own text. */
static void replay(rdl_page *page, guint i, cairo_t *c)
{
    rdl_lettering left = {.size = 7.0, .rgb = 0x444444}, right = left;
    double y = page->form.height - FOOT, width = page->form.width - 2.0 * SIDE;
    cairo_t *own = page->cairo;

    right.align = RDL_RIGHT;
    cairo_set_source_surface(c, page->pages->pdata[i], 0.0, 0.0);
    cairo_paint(c);
    page->cairo = c;
    if (page->form.footer)
        rdl_page_text(page, &left, SIDE, y, width * 0.85, page->form.footer);
    if (page->form.numbering) {
        g_autofree char *this = g_strdup_printf("%u", i + 1);
        g_autofree char *all = g_strdup_printf("%u", page->pages->len);
        g_auto(GStrv) parts = g_strsplit(page->form.numbering, "%u", 3);
        g_autofree char *text = g_strconcat(parts[0], this, parts[1] ? parts[1] : "", all,
                                            parts[1] && parts[2] ? parts[2] : "", NULL);
        rdl_page_text(page, &right, SIDE, y, width, text);
    }
    page->cairo = own;
}

static bool check_status(cairo_status_t status, const char *path, GError **error)
{
    return status == CAIRO_STATUS_SUCCESS ||
           rdl_fail(error, status == CAIRO_STATUS_NO_MEMORY ? RDL_ERROR_INTERNAL : RDL_ERROR_IO,
                    "%s: cannot be written: %s%s", path, cairo_status_to_string(status),
                    rdl_output_room(path));
}

/* The day a file tells of itself, or that of SOURCE_DATE_EPOCH. */
static char *stamped(const char *date)
{
    rdl_day day;

    if (!date || !rdl_day_parse(date, &day, NULL))
        day = rdl_day_of(2000, 1, 1);
    return rdl_day_text(rdl_day_stamped(day));
}

static bool write_pdf(rdl_page *page, const char *path, GError **error)
{
    cairo_surface_t *surface = cairo_pdf_surface_create(path, page->form.width, page->form.height);
    g_autofree char *day = stamped(page->form.date);
    g_autofree char *time = g_strconcat(day, "T00:00:00Z", NULL);

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, time);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "redline " RDL_VERSION);
    if (page->form.title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, page->form.title);
    if (page->form.author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, page->form.author);
    cairo_t *c = cairo_create(surface);
    for (guint i = 0; i < page->pages->len; i++) {
        replay(page, i, c);
        cairo_show_page(c);
    }
    cairo_status_t status = cairo_status(c);
    cairo_destroy(c);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return check_status(status, path, error);
}

/* All pages below each other; NULL when they are too large. */
static cairo_surface_t *paint(rdl_page *page, double dpi, cairo_status_t *status)
{
    double scale = dpi / 72.0;
    int w = (int)lround(page->form.width * scale), h = (int)lround(page->form.height * scale);
    double all = (double)h * page->pages->len;

    if (w > MAX_PIXELS || all > MAX_PIXELS)
        return NULL;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, (int)all);
    cairo_t *c = cairo_create(surface);
    set_colour(c, 0xffffff);
    cairo_paint(c);
    for (guint i = 0; i < page->pages->len; i++) {
        cairo_save(c);
        cairo_translate(c, 0.0, (double)h * i);
        cairo_scale(c, scale, scale);
        cairo_rectangle(c, 0.0, 0.0, page->form.width, page->form.height);
        cairo_clip(c);
        replay(page, i, c);
        cairo_restore(c);
    }
    *status = cairo_status(c);
    cairo_destroy(c);
    return surface;
}

static bool write_png(rdl_page *page, const char *path, double dpi, GError **error)
{
    cairo_status_t status = CAIRO_STATUS_SUCCESS;
    cairo_surface_t *surface = paint(page, dpi, &status);

    if (!surface)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: %d by %.0f pixels are too many for a PNG: give fewer --dpi, or write "
                        "a PDF",
                        path, (int)lround(page->form.width * dpi / 72.0),
                        round(page->form.height * dpi / 72.0) * page->pages->len);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png(surface, path);
    cairo_surface_destroy(surface);
    return check_status(status, path, error);
}

static cairo_status_t take_bytes(void *to, const unsigned char *bytes, unsigned n)
{
    g_byte_array_append(to, bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

GBytes *rdl_page_png(rdl_page *page, double dpi, GError **error)
{
    cairo_status_t status = CAIRO_STATUS_NO_MEMORY;
    cairo_surface_t *surface = paint(page, dpi, &status);
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, take_bytes, bytes);
    if (surface)
        cairo_surface_destroy(surface);
    return check_status(status, page->form.title, error)
               ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes))
               : NULL;
}

bool rdl_page_write(rdl_page *page, const char *path, bool pdf, double dpi, GError **error)
{
    return pdf ? write_pdf(page, path, error) : write_png(page, path, dpi, error);
}
