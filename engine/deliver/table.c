#include "deliver/table.h"

static int width_of(const char *text)
{
    int width = 0;

    for (const char *p = text ? text : ""; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        width += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}

void rdl_pad(GString *out, const char *text, int width)
{
    for (const char *p = text ? text : ""; *p; p++)
        g_string_append_c(out, *p == '\n' || *p == '\r' || *p == '\t' ? ' ' : *p);
    for (int i = width_of(text); i < width; i++)
        g_string_append_c(out, ' ');
}

static void trim_line(GString *out)
{
    while (out->len && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

char *rdl_table_text(const GPtrArray *cells, guint columns)
{
    g_autofree int *widths = g_new0(int, columns + 1);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < cells->len; i++)
        widths[i % columns] = MAX(widths[i % columns], width_of(cells->pdata[i]));
    for (guint i = 0; i < cells->len; i++) {
        rdl_pad(out, cells->pdata[i], widths[i % columns] + 2);
        if (i % columns == columns - 1)
            trim_line(out);
    }
    return g_string_free(out, FALSE);
}
