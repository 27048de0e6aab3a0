/* What may be told to everybody: tasks with the rest taken out, so that no writer can tell it. */
#include "deliver/disclosure.h"
#include "deliver/exchange/profile.h"

static void leave_out(rdl_ledger *ledger, GArray *tasks, const char *item, rdl_tally *left)
{
    for (guint i = tasks->len; i > 0; i--) {
        const char *why = rdl_withheld(ledger, &g_array_index(tasks, rdl_task, i - 1));
        if (!why)
            continue;
        rdl_tally_in(left, item, 1);
        rdl_tally_suppressed(left, item, why, 1);
        g_array_remove_index(tasks, i - 1);
    }
}

bool rdl_export_public(const rdl_export_job *job, GArray *tasks, GPtrArray *fields,
                       const char *item, rdl_tally *left, GError **error)
{
    g_autoptr(rdl_disclosure) d = rdl_disclosure_new(job->present, error);

    if (!d)
        return false;
    leave_out(job->ledger, tasks, item, left);
    for (guint i = 0; i < tasks->len; i++)
        if (!rdl_disclosure_task(d, &g_array_index(tasks, rdl_task, i), error))
            return false;
    g_autofree char *blanked = rdl_disclosure_blanked(d);
    if (blanked && job->options->warnings)
        g_ptr_array_add(job->options->warnings,
                        g_strdup_printf("%s: %s", job->options->output, blanked));
    for (guint k = fields->len; k > 0; k--)
        if (!rdl_disclosure_tells(d, ((const rdl_task_field *)fields->pdata[k - 1])->field.name))
            g_ptr_array_remove_index(fields, k - 1);
    return true;
}
