#include "deliver/disclosure.h"

#include "deliver/words.h"

const char *rdl_withheld(rdl_ledger *ledger, const rdl_task *task)
{
    if (g_str_equal(rdl_state_counts(ledger, task->state), "excluded"))
        return "EXCLUDED";
    if (g_strcmp0(task->kind, "rectify") == 0)
        return NULL;
    return g_str_equal(rdl_state_kind(ledger, task->state), "rectify") ? "CARRIED"
                                                                       : "NOT_REGISTERED";
}
