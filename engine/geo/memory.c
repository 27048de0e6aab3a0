#include "geo/memory.h"

#include <cpl_vsi.h>

char *rdl_memory_name(const char *ending)
{
    static gint count;

    return g_strdup_printf("/vsimem/redline-%d%s", g_atomic_int_add(&count, 1), ending);
}

void rdl_memory_free(char *take_name)
{
    if (!take_name)
        return;
    VSIUnlink(take_name);
    g_free(take_name);
}
