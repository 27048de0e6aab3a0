#include "rectify/found.h"

#include "rectify/handle.h"
#include "store/store.h"

static void clear_found(gpointer p)
{
    rdl_found *f = p;
    char *all[] = {f->finding_id, f->site_id,  f->source, f->source_id, f->xzqdm,     f->zone,
                   f->zone_name,  f->activity, f->result, f->severity,  f->when_case, f->since};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

static const char query[] =
    "SELECT f.finding_id, f.site_id, coalesce(f.source, s.source), "
    "coalesce(f.source_id, s.source_id), s.xzqdm, f.zone, json_extract(f.content, '$.zone_name'), "
    "json_extract(f.content, '$.activity'), f.result, f.severity, "
    "json_extract(f.content, '$.when_case'), "
    "(SELECT min(e.at) FROM event e WHERE e.kind = 'site.found' AND e.subject = f.site_id), "
    "json_extract(f.content, '$.expands') IS NOT NULL, "
    "coalesce(json_extract(f.content, '$.area_own_m2'), json_extract(f.content, '$.area_m2')), "
    "json_extract(f.content, '$.area_m2') "
    "FROM finding f JOIN site s ON s.site_id = f.site_id ORDER BY f.site_id, f.finding_id";

GArray *rdl_found_list(rdl_ledger *ledger, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(ledger->store, query, error);
    g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(rdl_found));
    bool row = s != NULL;

    g_array_set_clear_func(list, clear_found);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        if (!row)
            return g_steal_pointer(&list);
        rdl_found f = {0};
        char **texts[] = {&f.finding_id, &f.site_id,  &f.source,    &f.source_id,
                          &f.xzqdm,      &f.zone,     &f.zone_name, &f.activity,
                          &f.result,     &f.severity, &f.when_case, &f.since};
        int k = 0;
        for (; k < (int)G_N_ELEMENTS(texts); k++)
            *texts[k] = g_strdup(rdl_statement_get_text(s, k));
        f.enlarges = rdl_statement_get_int(s, k) != 0;
        f.area_own_m2 = rdl_statement_get_real(s, k + 1);
        f.area_m2 = rdl_statement_get_real(s, k + 2);
        g_array_append_val(list, f);
    }
    return NULL;
}
