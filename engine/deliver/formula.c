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
