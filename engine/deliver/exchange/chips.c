#include "deliver/exchange/profile.h"
#include "deliver/map_data.h"

/* The first of its date; NULL. */
static const rdl_map_scene *scene_of(const rdl_map_data *data, bool after)
{
    for (guint i = 0; i < data->scenes->len; i++) {
        const rdl_map_scene *s = &g_array_index(data->scenes, rdl_map_scene, i);
        if (s->after == after)
            return s;
    }
    return NULL;
}

bool rdl_export_chips(const rdl_export_job *job, rdl_chips **chips, GError **error)
{
    const rdl_map_sources sources = {.before = job->options->before, .after = job->options->after};
    bool named = sources.before && sources.after;
    GError *failed = NULL;

    *chips = NULL;
    if (!named && job->ledger != job->present) {
        rdl_export_tell(job, "without pictures: those the ledger records may be of a later day: "
                             "give --before and --after");
        return true;
    }
    g_autoptr(rdl_map_data) data =
        rdl_map_data_open(rdl_ledger_path(job->present), &sources, job->language, error);
    if (!data)
        return false;
    const rdl_map_scene *before = scene_of(data, false), *after = scene_of(data, true);
    if (before && after)
        *chips = rdl_chips_open(before->path, after->path, before->bands, named ? error : &failed);
    if (!*chips && named)
        return false;
    if (!*chips)
        rdl_export_tell(job, "without pictures: %s: give --before and --after",
                        failed ? failed->message : "the ledger's scenes are not there");
    g_clear_error(&failed);
    return true;
}
