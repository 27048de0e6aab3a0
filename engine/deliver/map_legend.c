#include "deliver/map_legend.h"

#include "deliver/words.h"

bool rdl_map_legend(rdl_page *page, const rdl_body *body, const char *language, double x,
                    double width, guint columns, double size, double *y, GError **error)
{
    rdl_lettering look = {.size = size};
    double wide = width / columns, text = wide - 34.0, row = 0.0;

    for (guint i = 0; i < body->rules->len; i++) {
        const rdl_body_rule *r = &g_array_index(body->rules, rdl_body_rule, i);
        g_autofree char *name = rdl_half(r->title, language);
        g_autofree char *line = g_strdup_printf("%s (%u)", name, r->shown);
        double left = x + (i % columns) * wide, h = rdl_page_measure(page, &look, text, line);
        if (!rdl_page_svg(page, r->icon, left, *y + 1.0, 25.0, 15.0, error))
            return false;
        rdl_page_text(page, &look, left + 30.0, *y + MAX(0.0, (16.0 - h) / 2.0), text, line);
        row = MAX(row, MAX(h, 16.0) + 3.0);
        if (i % columns == columns - 1 || i + 1 == body->rules->len) {
            *y += row;
            row = 0.0;
        }
    }
    *y += 3.0 * MM;
    return true;
}
