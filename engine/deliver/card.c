#include "deliver/card.h"

#include <string.h>
#include "deliver/card_page.h"
#include "deliver/drawn.h"
#include "deliver/made.h"
#include "deliver/triage.h"

static rdl_map_sources sources_of(const rdl_card_options *o)
{
    return (rdl_map_sources){o->before, o->after, o->zones, o->units, o->permits, o->zones_profile};
}

static bool is_format(const char *format)
{
    return strcmp(format, "pdf") == 0 || strcmp(format, "png") == 0;
}

static bool check(const rdl_card_options *o, GError **error)
{
    const char *ending = o->output ? strrchr(o->output, '.') : NULL;

    if (!o->output || !*o->output)
        return rdl_fail(error, RDL_ERROR_USAGE, "a card needs a file to write: give -o FILE");
    if (strcmp(o->language, "zh") != 0 && strcmp(o->language, "en") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "language '%s' is not known: there are zh, en",
                        o->language);
    if (!(o->dpi >= 50.0 && o->dpi <= 600.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--dpi %g: give 50 to 600", o->dpi);
    if (!is_format(o->format))
        return rdl_fail(error, RDL_ERROR_USAGE, "format '%s' is not known: there are pdf, png",
                        o->format);
    if (o->id && !(ending && is_format(ending + 1)))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: a card is written as .pdf or .png", o->output);
    return true;
}

/* Written, and not committed yet. */
static rdl_output *write_card(const rdl_map_data *data, const rdl_task *task,
                              const rdl_card_options *o, const char *path, GError **error)
{
    g_autoptr(rdl_output) output = rdl_output_begin(path, o->overwrite, error);
    g_autoptr(rdl_page) page =
        output ? rdl_card_draw(data, task, o->compiler, o->dpi, error) : NULL;

    return page && rdl_page_write(page, rdl_output_temporary(output),
                                  g_str_has_suffix(path, ".pdf"), o->dpi, error)
               ? g_steal_pointer(&output)
               : NULL;
}

/* ---- which task names a site's card ---- */

/* Numbers (guint) of the tasks that name the cards, by task id. */
static GArray *cards_of(const rdl_map_data *data, const char *unit)
{
    GArray *chosen = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        if (rdl_map_in_unit(data, t, unit) && rdl_map_leads(data, i))
            g_array_append_val(chosen, i);
    }
    return chosen;
}

/* Of a source that a person's rejection, or one beside it, kept from becoming a site that is said.
 */
static bool no_task(const rdl_map_data *data, const char *id, GError **error)
{
    g_autoptr(JsonNode) chain = data->ledger ? rdl_ledger_chain(data->ledger, id, NULL) : NULL;

    if (!chain)
        return rdl_fail(
            error, RDL_ERROR_NOT_FOUND,
            "%s: no task of that id, nor of a site, source or finding: redline task list shows "
            "the tasks",
            id);
    if (rdl_triage_rejected(json_node_get_object(chain)))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: was rejected on record before it became a site: it has no task and no "
                        "card; redline why tells who rejected it and why",
                        id);
    return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                    "%s: is no site of its own, so it has no task and no card: redline why tells "
                    "what holds it back",
                    id);
}

/* The task that was named, or the one that leads the site of what was named. */
static const rdl_task *task_of(const rdl_map_data *data, const char *id, GError **error)
{
    const rdl_task *best = NULL;

    for (guint i = 0; i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        if (strcmp(t->task_id, id) == 0)
            return t;
        bool same = g_strcmp0(t->site_id, id) == 0 || g_strcmp0(t->source_id, id) == 0 ||
                    g_strcmp0(t->finding_id, id) == 0 || g_strcmp0(t->problem_id, id) == 0;
        if (same && (!best || rdl_map_leads_before(t, best)))
            best = t;
    }
    if (!best)
        no_task(data, id, error);
    return best;
}

/* ---- all of them ---- */

typedef struct {
    const char *input;
    const rdl_card_options *options;
    const GArray *cards;
    char **paths;
    GPtrArray *outputs; /* of a piece each */
} work;

static void *worker_new(void *job, GError **error)
{
    const work *w = job;
    const rdl_map_sources sources = sources_of(w->options);

    return rdl_map_data_open(w->input, &sources, w->options->language, error);
}

static void worker_free(void *worker)
{
    rdl_map_data_free(worker);
}

/* Tasks come by id: the same number is the same task for every worker. */
static bool piece(void *job, void *worker, size_t i, GError **error)
{
    const work *w = job;
    const rdl_map_data *data = worker;
    guint n = g_array_index(w->cards, guint, i);

    if (n >= data->tasks->len)
        return rdl_fail(error, RDL_ERROR_CONFLICT, "%s: has changed while cards were made",
                        w->input);
    w->outputs->pdata[i] =
        write_card(data, &g_array_index(data->tasks, rdl_task, n), w->options, w->paths[i], error);
    return w->outputs->pdata[i] != NULL;
}

static bool write_all(const char *input, const rdl_map_data *data, const rdl_card_options *o,
                      const rdl_progress *progress, GPtrArray *outputs, GError **error)
{
    static const rdl_parallel how = {worker_new, worker_free, piece, "cards"};
    g_autoptr(GArray) cards = cards_of(data, o->unit);
    g_auto(GStrv) paths = g_new0(char *, cards->len + 1);
    work w = {input, o, cards, paths, outputs};

    g_ptr_array_set_size(outputs, (int)cards->len);

    for (guint i = 0; i < cards->len; i++) {
        guint n = g_array_index(cards, guint, i);
        g_autofree char *name =
            g_strconcat(g_array_index(data->tasks, rdl_task, n).task_id, ".", o->format, NULL);
        paths[i] = g_build_filename(o->output, g_strdelimit(name, "/\\", '_'), NULL);
    }
    return rdl_output_folder(o->output, error) &&
           rdl_parallel_run(&how, &w, cards->len, o->threads, progress, error);
}

static bool write_named(const rdl_map_data *data, const rdl_card_options *o, GPtrArray *outputs,
                        GError **error)
{
    const rdl_task *task = task_of(data, o->id, error);
    rdl_output *output = task ? write_card(data, task, o, o->output, error) : NULL;

    if (output)
        g_ptr_array_add(outputs, output);
    return output != NULL;
}

/* A pack that holds a card tells itself what it was made from. */
static bool begin_made(const char *input, const rdl_map_data *data, const rdl_card_options *o,
                       rdl_output **told, GError **error)
{
    const rdl_made made = {.command = "card",
                           .path = input,
                           .head = data->digest,
                           .as_of = data->date,
                           .language = o->language,
                           .what = o->id,
                           .unit = o->unit,
                           .drawn = data};

    return o->in_pack || (*told = rdl_made_begin(&made, o->output, error));
}

/* No card takes the place of what it is made from. */
static bool apart(const char *input, const rdl_card_options *o, GError **error)
{
    const char *inputs[] = {input, o->before, o->after, o->zones, o->units, o->permits};

    return rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error);
}

bool rdl_card(const char *input, const rdl_card_options *o, const rdl_progress *progress,
              GPtrArray *written, rdl_tally *tally, GError **error)
{
    const rdl_map_sources sources = sources_of(o);
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func((GDestroyNotify)rdl_output_free);
    g_autoptr(rdl_map_data) data = check(o, error) && apart(input, o, error)
                                       ? rdl_map_data_open(input, &sources, o->language, error)
                                       : NULL;

    if (!data || !rdl_map_unit_known(data, o->unit, error))
        return false;
    const rdl_drawn drawn = {.ledger = input,
                             .profile = "card",
                             .by = data->findings ? NULL : o->exporter,
                             .on = o->on,
                             .unit = o->unit,
                             .language = o->language};
    g_autoptr(rdl_output) told = NULL;
    rdl_map_warn(data, o->warnings);
    if (!(o->id ? write_named(data, o, outputs, error)
                : write_all(input, data, o, progress, outputs, error)) ||
        !begin_made(input, data, o, &told, error) ||
        !rdl_drawn_commit(&drawn, outputs, told, error))
        return false;
    for (guint i = 0; written && i < outputs->len; i++)
        g_ptr_array_add(written, g_strdup(rdl_output_path(outputs->pdata[i])));
    rdl_tally_in(tally, "card.sites", outputs->len);
    rdl_tally_used(tally, "card.sites", outputs->len);
    return true;
}
