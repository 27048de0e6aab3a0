#include "deliver/reach.h"

#include "deliver/map_data.h"

bool rdl_reaching_read(rdl_ledger *ledger, const char *recorded, const char *unit,
                       rdl_reaching *reaching, GError **error)
{
    g_autoptr(rdl_map_data) data = rdl_map_units_open(ledger, recorded, NULL, unit, "en", error);
    g_autoptr(GArray) tasks = data ? rdl_map_reaching(data, unit, 0, error) : NULL;
    g_autoptr(GString) said = g_string_new(NULL);

    *reaching = (rdl_reaching){0};
    if (!tasks)
        return false;
    reaching->n = tasks->len;
    reaching->known = data->units->len > 0;
    reaching->lost = data->lost_units;
    for (guint i = 0; i < tasks->len; i++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, i);
        g_string_append_printf(said, "%s%s (%s, %.1f %%)", i ? ", " : "", t->task_id, t->xzqdm,
                               rdl_map_share(data, t, unit) * 100.0);
    }
    reaching->sites = tasks->len ? g_strdup(said->str) : NULL;
    return true;
}
