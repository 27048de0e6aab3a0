#include "deliver/reach.h"

#include "deliver/map_data.h"

char *rdl_reaching(rdl_ledger *ledger, const char *recorded, const char *unit, guint *n,
                   GError **error)
{
    g_autoptr(rdl_map_data) data =
        rdl_map_units_open(ledger, recorded, NULL, unit, "en", error);
    g_autoptr(GArray) tasks = data ? rdl_map_reaching(data, unit, 0, error) : NULL;
    g_autoptr(GString) said = g_string_new(NULL);

    *n = tasks ? tasks->len : 0;
    for (guint i = 0; i < *n; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        g_string_append_printf(said, "%s%s (%s, %.1f %%)", i ? ", " : "", t->task_id, t->xzqdm,
                               rdl_map_share(data, t, unit) * 100.0);
    }
    return *n ? g_strdup(said->str) : NULL;
}
