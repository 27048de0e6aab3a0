#include "deliver/formula.h"

#include <string.h>

bool rdl_formula(const char *text)
{
    char *end;

    if (!*text || !text[1] || !strchr("=+-@\t\r", *text))
        return false;
    (void)g_ascii_strtod(text, &end);
    return *end || end == text;
}

void rdl_csv_field(GString *out, const char *text, const char *after)
{
    g_autofree char *harmless = text && rdl_formula(text) ? g_strconcat("'", text, NULL) : NULL;

    text = harmless ? harmless : text;
    if (text && strpbrk(text, ",\"\r\n")) {
        g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
        g_autofree char *safe = g_strjoinv("\"\"", parts);
        g_string_append_printf(out, "\"%s\"", safe);
    } else if (text) {
        g_string_append(out, text);
    }
    g_string_append(out, after);
}
