#include "deliver/exchange.h"

#include <stdarg.h>
#include <string.h>
#include "deliver/exchange/profile.h"
#include "deliver/made.h"
#include "deliver/reach.h"
#include "geo/geo.h"

typedef struct {
    const char *name, *file; /* file: where no other is named; NULL: that has to be said */
    bool (*write)(const rdl_export_job *job, GError **error);
    const char *endings; /* of which the output has to have one, with | between; NULL: any */
    bool several;        /* files: a folder or an archive, whatever its name */
} profile;

static const profile profiles[] = {
    {"gpkg", "tasks.gpkg", rdl_export_gpkg, NULL, false},
    {"geojson", "tasks.geojson", rdl_export_geojson, NULL, false},
    {"xlsx", "tasks.xlsx", rdl_export_xlsx, NULL, false},
    {"flatgeobuf", "tasks.fgb", rdl_export_flatgeobuf, ".fgb", false},
    {"csv", "tasks.csv", rdl_export_csv, ".csv", false},
    {"kml", "tasks.kml", rdl_export_kml, ".kml|.kmz", false},
    {"postgis", NULL, rdl_export_postgis, NULL, false},
    {"stac", "stac.zip", rdl_export_stac, NULL, true},
    {"evidence", NULL, rdl_export_evidence, NULL, true},
    {"gpx", "tasks.gpx", rdl_export_gpx, ".gpx", false},
    {"shp-cn", "tasks-shp-cn.zip", rdl_export_shapefile, NULL, true},
    {"county", NULL, rdl_export_package, NULL, true},
    {"field", NULL, rdl_export_package, NULL, true},
};

/* Is it handed out to come back? */
static bool is_work(const profile *p)
{
    return p->write == rdl_export_package;
}

/* Takes more than the tables of a ledger: work that comes back to it, papers and inputs beside it.
 */
static bool of_today(const profile *p)
{
    return is_work(p) || p->write == rdl_export_evidence || p->write == rdl_export_stac;
}

static const profile *find_profile(const char *name, GError **error)
{
    g_autoptr(GString) there = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        if (g_strcmp0(profiles[i].name, name) == 0)
            return &profiles[i];
        g_string_append_printf(there, "%s%s", i ? ", " : "", profiles[i].name);
    }
    if (name)
        rdl_fail(error, RDL_ERROR_USAGE, "there is no profile '%s': there are %s", name,
                 there->str);
    else
        rdl_fail(error, RDL_ERROR_USAGE, "an export needs a profile: there are %s", there->str);
    return NULL;
}

/* public and internal are whatever single file the output's ending says. */
static const profile *resolve(const rdl_export_options *o, bool *everybody, GError **error)
{
    static const char *const named[] = {"gpkg", "geojson", "xlsx", "flatgeobuf", "csv"};

    *everybody = g_strcmp0(o->profile, "public") == 0;
    if (!*everybody && g_strcmp0(o->profile, "internal") != 0)
        return find_profile(o->profile, error);
    for (size_t i = 0; o->output && i < G_N_ELEMENTS(named); i++) {
        const profile *p = find_profile(named[i], NULL);
        if (g_str_has_suffix(o->output, strrchr(p->file, '.')))
            return p;
    }
    rdl_fail(
        error, RDL_ERROR_USAGE,
        "profile %s is a file named *.gpkg, *.geojson, *.xlsx, *.fgb or *.csv: give -o FILE; the "
        "other forms carry exact ground and names, and are for the office alone",
        o->profile);
    return NULL;
}

/* Of the public one several forms: "public" is its GeoPackage. */
static const char *public_file(const char *name)
{
    static const char *const files[] = {"public.gpkg", "public.geojson", "public.xlsx",
                                        "public.fgb", "public.csv"};

    if (g_strcmp0(name, "public") == 0)
        return files[0];
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (g_strcmp0(name, files[i]) == 0)
            return files[i];
    return NULL;
}

const char *rdl_export_file(const char *name, GError **error)
{
    const char *everybody = public_file(name);
    const profile *p = everybody ? NULL : find_profile(name, error);

    if (everybody)
        return everybody;

    if (p && !p->file)
        rdl_fail(error, RDL_ERROR_USAGE,
                 "profile %s asks for more than a job says: redline export makes it", name);
    return p ? p->file : NULL;
}

static bool check_ending(const profile *p, const char *output, GError **error)
{
    g_auto(GStrv) endings = g_strsplit(p->endings ? p->endings : "", "|", -1);
    bool good = !p->endings;

    for (char **e = endings; *e; e++)
        good = good || g_str_has_suffix(output, *e);
    return good || rdl_fail(error, RDL_ERROR_USAGE, "%s: a file of profile %s is named *%s", output,
                            p->name, p->endings);
}

static bool check(const profile *p, const rdl_export_options *o, GError **error)
{
    if (!o->output || !*o->output)
        return rdl_fail(error, RDL_ERROR_USAGE, "an export needs a file to write: give -o FILE");
    if (!check_ending(p, o->output, error))
        return false;
    if (p->write == rdl_export_postgis && !g_str_has_prefix(o->output, "PG:"))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "%s: profile postgis writes into a database: give -o 'PG:host=... "
                        "dbname=...'",
                        o->output);
    bool of_one = p->write == rdl_export_evidence;
    if (of_one != (o->task != NULL))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        of_one ? "profile evidence is about one task: give --task ID"
                               : "--task is for profile evidence: the others hold all tasks");
    if (o->encoding && strcmp(o->encoding, "GBK") != 0 && strcmp(o->encoding, "UTF-8") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "encoding '%s' is not known: there are GBK, UTF-8",
                        o->encoding);
    if (g_strcmp0(o->language, "zh") != 0 && g_strcmp0(o->language, "en") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "language '%s' is not known: there are zh, en",
                        o->language ? o->language : "");
    return !is_work(p) || (o->unit && *o->unit && o->by) ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "a package of work is for a unit, from somebody, and on record: give --unit "
                    "CODE and --by NAME, of a ledger that can be written");
}

/* The ledger's own date, and the day asked for where one is; of a day before it the ledger as it
 * stood. */
static char *dates(const profile *p, rdl_export_job *job, rdl_ledger **then, GError **error)
{
    const rdl_export_options *o = job->options;
    g_autofree char *date = rdl_ledger_date(job->present, error);
    rdl_day latest;

    if (!date || !rdl_day_parse(date, &latest, error))
        return NULL;
    job->as_of = o->as_of ? o->as_of : latest;
    if (job->as_of >= latest)
        return g_steal_pointer(&date);
    if (of_today(p)) {
        rdl_fail(error, RDL_ERROR_USAGE,
                 "profile %s is of the ledger as it is on %s: leave out --as-of, or name no day "
                 "before it",
                 p->name, date);
        return NULL;
    }
    if (!(*then = rdl_ledger_as_of(job->present, job->as_of, error)))
        return NULL;
    job->ledger = *then;
    return rdl_day_text(job->as_of);
}

/* ---- what writers ask ---- */

void rdl_export_tell(const rdl_export_job *job, const char *format, ...)
{
    va_list args;

    if (!job->options->warnings)
        return;
    va_start(args, format);
    g_autofree char *text = rdl_message_remember(format, args);
    va_end(args);
    g_ptr_array_add(job->options->warnings, g_strdup_printf("%s: %s", job->options->output, text));
}

rdl_day rdl_export_day(const rdl_export_job *job)
{
    rdl_day day = rdl_day_of(1980, 1, 1);

    rdl_day_parse(job->date, &day, NULL);
    return rdl_day_stamped(day);
}

char *rdl_export_xml(const char *text)
{
    GString *out = g_string_new(NULL);

    if (!text)
        return g_string_free(out, TRUE);
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        bool known = letter >= 0x20 || strchr("\t\n\r", (int)letter);
        g_string_append_unichar(out, known && (letter & 0xfffe) != 0xfffe ? letter : 0xfffd);
    }
    g_string_replace(out, "]]>", "]] >", 0);
    return g_string_free(out, FALSE);
}

const rdl_task_field *rdl_export_field(const rdl_export_job *job, const char *name)
{
    for (guint i = 0; i < job->fields->len; i++) {
        const rdl_task_field *f = job->fields->pdata[i];
        if (strcmp(f->field.name, name) == 0)
            return f;
    }
    return NULL;
}

const char *rdl_export_word(const rdl_export_job *job, const rdl_task *task, const char *name)
{
    const rdl_task_field *f = rdl_export_field(job, name);

    return f ? rdl_task_word(f, task, job->ledger, job->language) : "";
}

char *rdl_export_name(const rdl_export_job *job, const rdl_task *task)
{
    return g_strdup_printf("%d %s %s", task->number, rdl_export_word(job, task, "state"),
                           rdl_export_word(job, task, "activity"));
}

/* ---- the file ---- */

/* Of one file, or of the lines "<SHA-256>  <name>" of several; of a database the head of the ledger
 * that was written into it. */
static char *digest_of(const rdl_export_job *job, GError **error)
{
    if (strcmp(job->options->profile, "postgis") == 0)
        return rdl_ledger_head(job->ledger, error);
    if (!job->bundle)
        return rdl_digest_file(job->path, error);
    g_autofree char *lines = rdl_folder_sums(job->path, NULL, error);
    return lines ? rdl_digest_bytes(lines, strlen(lines)) : NULL;
}

/* First on record, then there: what is seen is never without its event. */
static bool record(const rdl_export_job *job, GError **error)
{
    const rdl_export_options *o = job->options;
    g_autofree char *digest = o->by ? digest_of(job, error) : NULL;
    g_autofree char *as_of = o->as_of ? rdl_day_text(o->as_of) : NULL;
    g_autofree char *latest = o->by && !o->on ? rdl_ledger_date(job->present, error) : NULL;
    const rdl_outgoing out = {.profile = o->profile,
                              .sha256 = digest,
                              .on = o->on ? o->on : latest,
                              .by = o->by,
                              .issue = job->issue,
                              .tasks = job->tasks,
                              .rows = *job->rows,
                              .unit = o->unit,
                              .as_of = as_of,
                              .language = o->language};

    return !o->by || (digest && out.on && rdl_ledger_outgoing(job->present, &out, error));
}

/* Files of tasks of the office: packs and catalogues tell it themselves, the public need not know.
 * With the head after its own event. */
static bool begin_made(const profile *p, const rdl_export_job *job, bool everybody,
                       rdl_output **told, GError **error)
{
    if (everybody || of_today(p))
        return true;
    g_autofree char *head = rdl_ledger_head(job->ledger, error);
    const rdl_made made = {.command = "export",
                           .path = rdl_ledger_path(job->present),
                           .head = head,
                           .as_of = job->date,
                           .language = job->language,
                           .what = job->options->profile,
                           .unit = job->options->unit};

    return head && (*told = rdl_made_begin(&made, job->options->output, error));
}

static bool put_told(const rdl_export_job *job, rdl_output *told, GError **error)
{
    if (told)
        return rdl_output_commit(told, error);
    rdl_made_nothing(job->options->output);
    return true;
}

static bool write_bundle(const profile *p, rdl_export_job *job, bool everybody, GError **error)
{
    g_autoptr(rdl_bundle) bundle =
        rdl_bundle_begin(job->options->output, job->options->overwrite, error);
    g_autoptr(rdl_output) told = NULL;

    job->bundle = bundle;
    job->path = bundle ? rdl_bundle_folder(bundle) : NULL;
    return bundle && p->write(job, error) && record(job, error) &&
           begin_made(p, job, everybody, &told, error) &&
           rdl_bundle_commit(bundle, rdl_export_day(job), error) && put_told(job, told, error);
}

static bool write_whole(const profile *p, rdl_export_job *job, bool everybody, GError **error)
{
    const rdl_export_options *o = job->options;

    if (p->write == rdl_export_postgis) {
        job->path = o->output;
        return p->write(job, error) && record(job, error);
    }
    if (p->several || rdl_bundle_archive(o->output))
        return write_bundle(p, job, everybody, error);
    g_autoptr(rdl_output) output = rdl_output_begin(o->output, o->overwrite, error);
    g_autoptr(rdl_output) told = NULL;
    if (!output)
        return false;
    job->path = rdl_output_temporary(output);
    return p->write(job, error) && record(job, error) &&
           begin_made(p, job, everybody, &told, error) && rdl_output_commit(output, error) &&
           put_told(job, told, error);
}

static void count(const rdl_export_job *job, const char *item, const rdl_tally *left,
                  rdl_tally *tally)
{
    rdl_tally_merge(tally, left);
    rdl_tally_in(tally, item, job->tasks->len);
    rdl_tally_used(tally, item, job->tasks->len - *job->no_place);
    if (*job->no_place)
        rdl_tally_suppressed(tally, item, "NO_PLACE", *job->no_place);
}

/* All, or those of the site of one. */
static GArray *tasks_of(rdl_ledger *ledger, const rdl_export_options *o, rdl_day as_of,
                        GError **error)
{
    const rdl_task_filter all = {.as_of = as_of, .unit = o->unit};
    g_autoptr(JsonNode) chain = o->task ? rdl_ledger_chain(ledger, o->task, error) : NULL;
    g_autoptr(GArray) tasks = !o->task || chain ? rdl_task_list(ledger, &all, error) : NULL;

    if (!chain || !tasks)
        return g_steal_pointer(&tasks);
    JsonObject *site = rdl_json_object(json_node_get_object(chain), "site");
    for (guint i = tasks->len; i > 0; i--)
        if (g_strcmp0(g_array_index(tasks, rdl_task, i - 1).site_id,
                      rdl_json_text(site, "site_id", NULL)) != 0)
            g_array_remove_index(tasks, i - 1);
    return g_steal_pointer(&tasks);
}

/* What lies in the unit and is counted by another is not among its tasks: that is said. */
static bool tell_reaching(const rdl_export_job *job, rdl_reaching *reaching, GError **error)
{
    const char *unit = job->options->unit;

    if (!unit)
        return true;
    if (!rdl_reaching_read(job->ledger, rdl_ledger_path(job->present), unit, reaching, error))
        return false;
    if (reaching->n)
        rdl_export_tell(job,
                        "%u sites that other units answer for reach into %s and are not among its "
                        "tasks: %s",
                        reaching->n, unit, reaching->sites);
    if (reaching->lost)
        rdl_export_tell(job,
                        "the layer of units that the ledger records is not to be had any more: "
                        "which sites of other units reach into %s is not known",
                        unit);
    return true;
}

/* Those that are still at work somewhere. */
static void leave_open(rdl_ledger *ledger, GArray *tasks)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);

    for (guint i = tasks->len; i > 0; i--) {
        const char *state = g_array_index(tasks, rdl_task, i - 1).state;
        gssize row = states ? rdl_csv_find(states, "state", state) : -1;
        if (row >= 0 && strcmp(rdl_csv_at(states, (size_t)row, "open"), "0") == 0)
            g_array_remove_index(tasks, i - 1);
    }
}

bool rdl_export(rdl_ledger *ledger, const rdl_export_options *options, rdl_tally *tally,
                GError **error)
{
    guint no_place = 0;
    g_autoptr(JsonObject) rows = NULL;
    rdl_export_job job = {.ledger = ledger,
                          .present = ledger,
                          .language = options->language,
                          .options = options,
                          .rows = &rows,
                          .no_place = &no_place};
    bool everybody;
    const profile *p = resolve(options, &everybody, error);
    const char *path = rdl_ledger_path(ledger);

    if (!p || !check(p, options, error) || !rdl_output_apart(&options->output, 1, &path, 1, error))
        return false;
    g_autoptr(rdl_ledger) then = NULL;
    g_autofree char *date = dates(p, &job, &then, error);
    if (!date)
        return false;
    g_autoptr(GArray) tasks = tasks_of(job.ledger, options, job.as_of, error);
    g_autofree char *issue =
        is_work(p) ? rdl_ledger_issue(ledger, options->profile, options->unit, error) : NULL;
    if (tasks && strcmp(p->name, "field") == 0)
        leave_open(ledger, tasks);
    if (tasks && is_work(p) && !tasks->len)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no work lies in unit %s", path,
                        options->unit);
    g_autoptr(GPtrArray) fields = rdl_task_fields_all();
    g_autofree char *item = g_strconcat("deliver.", options->profile, NULL);
    g_autoptr(rdl_tally) left = rdl_tally_new();
    if (tasks && everybody && !rdl_export_public(&job, tasks, fields, item, left, error))
        return false;
    job.tasks = tasks;
    job.fields = fields;
    job.date = date;
    job.issue = issue;
    if (!tasks || (is_work(p) && !issue))
        return false;
    rdl_reaching reaching = {0};
    if (!everybody && !tell_reaching(&job, &reaching, error))
        return false;
    g_autofree char *sites = reaching.sites;
    job.reaching = reaching.known ? sites : "not known";
    if (!write_whole(p, &job, everybody, error))
        return false;
    count(&job, item, left, tally);
    return true;
}
