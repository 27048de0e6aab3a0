#include "base/name.h"

char *rdl_name_fold(const char *name)
{
    g_autofree char *good = g_utf8_make_valid(name, -1);
    g_autofree char *wide = g_utf8_normalize(good, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *folded = g_utf8_casefold(wide, -1);
    GString *text = g_string_new(NULL);

    for (const char *p = folded; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c) && !g_unichar_iszerowidth(c))
            g_string_append_unichar(text, c);
    }
    return g_string_free(text, FALSE);
}
