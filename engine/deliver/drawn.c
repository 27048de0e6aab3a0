#include "deliver/drawn.h"

static JsonObject *files_of(const GPtrArray *outputs, GError **error)
{
    g_autoptr(JsonObject) files = json_object_new();

    for (guint i = 0; i < outputs->len; i++) {
        g_autofree char *digest = rdl_digest_file(rdl_output_temporary(outputs->pdata[i]), error);
        g_autofree char *name = g_path_get_basename(rdl_output_path(outputs->pdata[i]));
        if (!digest)
            return NULL;
        rdl_json_set_text(files, name, digest);
    }
    return g_steal_pointer(&files);
}

static bool record(const rdl_drawn *d, const GPtrArray *outputs, GError **error)
{
    g_autoptr(JsonObject) files = files_of(outputs, error);
    g_autoptr(rdl_ledger) ledger = files ? rdl_ledger_open(d->ledger, true, error) : NULL;
    g_autofree char *latest = ledger && !d->on ? rdl_ledger_date(ledger, error) : NULL;
    const rdl_outgoing out = {.profile = d->profile,
                              .on = d->on ? d->on : latest,
                              .by = d->by,
                              .files = files,
                              .unit = d->unit,
                              .language = d->language};

    rdl_day day;

    return ledger && out.on && rdl_day_parse(out.on, &day, error) &&
           rdl_ledger_outgoing(ledger, &out, error);
}

bool rdl_drawn_commit(const rdl_drawn *d, const GPtrArray *outputs, rdl_output *told,
                      GError **error)
{
    bool good = !d->by || !outputs->len || record(d, outputs, error);

    for (guint i = 0; good && i < outputs->len; i++)
        good = rdl_output_commit(outputs->pdata[i], error);
    return good && (!told || rdl_output_commit(told, error));
}
