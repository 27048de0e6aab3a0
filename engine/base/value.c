#include "base/value.h"

#include <math.h>

rdl_value rdl_text(const char *text)
{
    return (rdl_value){.set = text != NULL, .text = text};
}

rdl_value rdl_integer(gint64 integer)
{
    return (rdl_value){.set = true, .integer = integer};
}

rdl_value rdl_real(double real)
{
    return (rdl_value){.set = !isnan(real), .real = real};
}
