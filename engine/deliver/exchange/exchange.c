#include "deliver/exchange.h"

#include <string.h>
#include "deliver/exchange/profile.h"

typedef struct {
    const char *name;
    bool (*write)(const rdl_export_job *job, GError **error);
} profile;

static const profile profiles[] = {
    {"gpkg", rdl_export_gpkg}, {"geojson", rdl_export_geojson}, {"xlsx", rdl_export_xlsx}};

static const profile *find_profile(const char *name, GError **error)
{
    g_autoptr(GString) there = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        if (g_strcmp0(profiles[i].name, name) == 0)
            return &profiles[i];
        g_string_append_printf(there, "%s%s", i ? ", " : "", profiles[i].name);
    }
    if (name)
        rdl_fail(error, RDL_ERROR_USAGE, "profile '%s' is not built yet: there are %s", name,
                 there->str);
    else
        rdl_fail(error, RDL_ERROR_USAGE, "an export needs a profile: there are %s", there->str);
    return NULL;
}

bool rdl_export_known(const char *name, GError **error)
{
    return find_profile(name, error) != NULL;
}

static bool check(const rdl_export_options *o, GError **error)
{
    if (!o->output || !*o->output)
        return rdl_fail(error, RDL_ERROR_USAGE, "an export needs a file to write: give -o FILE");
    if (g_strcmp0(o->language, "zh") != 0 && g_strcmp0(o->language, "en") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "language '%s' is not known: there are zh, en",
                        o->language ? o->language : "");
    return true;
}

/* The ledger's own date, and the day asked for where one is. */
static char *dates(rdl_ledger *ledger, const rdl_export_options *o, rdl_day *as_of, GError **error)
{
    g_autofree char *date = rdl_ledger_date(ledger, error);

    *as_of = o->as_of;
    if (!date || (!o->as_of && !rdl_day_parse(date, as_of, error)))
        return NULL;
    return g_steal_pointer(&date);
}

static bool write_whole(const profile *p, rdl_export_job *job, const rdl_export_options *o,
                        GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(o->output, o->overwrite, error);

    if (!output)
        return false;
    job->path = rdl_output_temporary(output);
    return p->write(job, error) && rdl_output_commit(output, error);
}

bool rdl_export(rdl_ledger *ledger, const rdl_export_options *options, rdl_tally *tally,
                GError **error)
{
    rdl_export_job job = {.ledger = ledger, .language = options->language};
    const profile *p = find_profile(options->profile, error);
    const char *path = rdl_ledger_path(ledger);

    if (!p || !check(options, error) || !rdl_output_apart(&options->output, 1, &path, 1, error))
        return false;
    g_autofree char *date = dates(ledger, options, &job.as_of, error);
    if (!date)
        return false;
    const rdl_task_filter all = {.as_of = job.as_of};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &all, error);
    g_autoptr(GPtrArray) fields = rdl_task_fields_all();
    job.tasks = tasks;
    job.fields = fields;
    job.date = date;
    if (!tasks || !write_whole(p, &job, options, error))
        return false;
    g_autofree char *item = g_strconcat("deliver.", options->profile, NULL);
    rdl_tally_in(tally, item, tasks->len);
    rdl_tally_used(tally, item, tasks->len);
    return true;
}
