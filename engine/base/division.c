#include "base/division.h"

#include <string.h>

static size_t beginning(const char *code)
{
    static const size_t levels[] = {12, 9, 6, 4, 2};
    size_t n = strlen(code);

    if (strspn(code, "0123456789") != n)
        return n;
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(levels); i++) {
        size_t above = levels[i + 1];
        if (n == levels[i] && strspn(code + above, "0") >= n - above)
            n = above;
    }
    return n;
}

char *rdl_division_beginning(const char *code)
{
    return code ? g_strndup(code, beginning(code)) : NULL;
}

bool rdl_division_within(const char *code, const char *of)
{
    return !of || (code && strncmp(code, of, beginning(of)) == 0);
}
