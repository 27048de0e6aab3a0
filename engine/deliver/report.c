#include "deliver/report.h"

#include <string.h>
#include "deliver/made.h"
#include "deliver/report_part.h"
#include "deliver/words.h"

#define MONITORING "monitoring"

/* ---- periods ---- */

typedef struct {
    const char *form; /* "month", "quarter", "year" */
    int year, part;   /* month or quarter; 0: the whole year */
    rdl_day first, last;
} period;

static int parts_of_year(const char *kind)
{
    return strcmp(kind, "month") == 0     ? 12
           : strcmp(kind, "quarter") == 0 ? 4
           : strcmp(kind, "year") == 0    ? 1
                                          : 0;
}

static void set_days(period *p, int parts)
{
    int months = 12 / parts;

    p->first = rdl_day_of(p->year, (p->part ? p->part - 1 : 0) * months + 1, 1);
    p->last = rdl_day_add_months(p->first, months) - 1;
}

static const struct {
    const char *kind, *pattern, *form;
} forms[] = {{"month", "^([0-9]{4})-([0-9]{2})$", "2026-10"},
             {"quarter", "^([0-9]{4})-?Q([1-4])$", "2026-Q4"},
             {"year", "^([0-9]{4})()$", "2026"}};

static bool is_period(const char *text, size_t i, period *p)
{
    g_autoptr(GRegex) regex = g_regex_new(forms[i].pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int parts = parts_of_year(forms[i].kind);

    if (!g_regex_match(regex, text, 0, &match))
        return false;
    g_autofree char *year = g_match_info_fetch(match, 1), *part = g_match_info_fetch(match, 2);
    *p = (period){.form = forms[i].kind,
                  .year = (int)g_ascii_strtoll(year, NULL, 10),
                  .part = (int)g_ascii_strtoll(part, NULL, 10)};
    if (p->year < 1 || p->part > parts || (parts > 1 && p->part < 1))
        return false;
    set_days(p, parts);
    return true;
}

/* Monitoring is of a month, a quarter or a year: whichever is named. */
static bool parse_period(const char *text, const char *kind, period *p, GError **error)
{
    const bool any = strcmp(kind, MONITORING) == 0;

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (!any && strcmp(forms[i].kind, kind) != 0)
            continue;
        if (is_period(text, i, p))
            return true;
        if (!any)
            return rdl_fail(error, RDL_ERROR_USAGE, "--period %s: a %s is written %s", text, kind,
                            forms[i].form);
    }
    return rdl_fail(error, RDL_ERROR_USAGE, "--period %s: it is written 2026-10, 2026-Q4 or 2026",
                    text);
}

static void period_of_day(rdl_day day, const char *kind, period *p)
{
    g_autofree char *text = rdl_day_text(day);
    int parts = parts_of_year(kind);

    p->form = kind;
    p->year = (int)g_ascii_strtoll(text, NULL, 10);
    p->part = parts == 1 ? 0 : ((int)g_ascii_strtoll(text + 5, NULL, 10) - 1) / (12 / parts) + 1;
    set_days(p, parts);
}

/* The days asked for; without a period that of the ledger's latest day, as of it. */
static bool set_period(rdl_ledger *ledger, const rdl_report_options *o, period *p, rdl_day *as_of,
                       rdl_day *latest, GError **error)
{
    g_autofree char *date = rdl_ledger_date(ledger, error);

    if (!date || !rdl_day_parse(date, latest, error))
        return false;
    const bool monitoring = strcmp(o->kind, MONITORING) == 0;
    if (!monitoring && !parts_of_year(o->kind))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--kind %s: there are month, quarter, year, monitoring", o->kind);
    if (monitoring && o->public_version)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--kind monitoring tells of clues that nobody has verified: it has no "
                        "public version");
    if (o->period && !parse_period(o->period, o->kind, p, error))
        return false;
    if (!o->period)
        period_of_day(o->as_of ? o->as_of : *latest, monitoring ? "year" : o->kind, p);
    *as_of = o->as_of ? o->as_of : o->period ? p->last : *latest;
    g_autofree char *first = rdl_day_text(p->first), *last = rdl_day_text(p->last);
    return (*as_of >= p->first && *as_of <= p->last) ||
           rdl_fail(error, RDL_ERROR_USAGE, "--as-of: the period is %s to %s", first, last);
}

static const char *period_text(rdl_bulletin *r, const period *p)
{
    g_autofree char *key = g_strconcat("period.", p->form, NULL);
    g_autofree char *year = g_strdup_printf("%d", p->year), *part = g_strdup_printf("%d", p->part);
    char *text = rdl_sentence(r->ledger, key, r->language, "{year}", year, "{month}", part,
                              "{quarter}", part, NULL);

    return rdl_report_keep(r, text ? text : g_strdup_printf("%s - %s", r->from, r->as_of));
}

static void set_title(rdl_bulletin *r, const period *p)
{
    g_autofree char *key =
        g_strconcat("title.", r->options->public_version ? "public" : r->options->kind, NULL);
    const char *when = period_text(r, p);
    char *title = rdl_sentence(r->ledger, key, r->language, "{period}", when, NULL);

    r->title = title ? rdl_report_keep(r, title) : when;
}

/* ---- language ---- */

/* The pack's own, or one its texts have a column for: no page is of two languages. */
static bool set_language(rdl_bulletin *r, const char *asked, GError **error)
{
    const rdl_csv *texts = rdl_ledger_table(r->ledger, "texts.csv", NULL);
    const char *known[] = {"zh", "en"};

    for (size_t i = 0; i < G_N_ELEMENTS(known) && !asked && texts; i++)
        if (rdl_csv_column(texts, known[i]) >= 0)
            asked = known[i];
    if (!asked)
        asked = "en";
    if (strcmp(asked, "zh") != 0 && strcmp(asked, "en") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "language '%s' is not known: there are zh, en",
                        asked);
    if (texts && rdl_csv_column(texts, asked) < 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--language %s: the ledger's pack has no words in it", asked);
    r->language = g_intern_string(asked);
    return true;
}

/* ---- the report ---- */

static const struct {
    const char *ending;
    bool (*write)(const rdl_bulletin *report, const char *path, GError **error);
    bool numbers; /* alone: nothing is put into words */
    bool map;
} writers[] = {{".xlsx", rdl_report_book, false, true}, {".pdf", rdl_report_page, false, true},
               {".html", rdl_report_html, false, true}, {".md", rdl_report_markdown, false, false},
               {".json", rdl_report_json, true, false}, {".csv", rdl_report_csv, true, false}};

static int writer_of(const char *output, GError **error)
{
    for (size_t i = 0; output && i < G_N_ELEMENTS(writers); i++)
        if (g_str_has_suffix(output, writers[i].ending))
            return (int)i;
    rdl_fail(error, RDL_ERROR_USAGE,
             "a report needs a file to write that ends in .xlsx, .pdf, .html, .md, .json or .csv: "
             "give -o FILE");
    return -1;
}

static char **unit_codes(const rdl_map_data *units)
{
    g_autoptr(GStrvBuilder) codes = g_strv_builder_new();

    for (guint i = 0; i < units->units->len; i++)
        g_strv_builder_add(codes, g_array_index(units->units, rdl_map_unit, i).xzqdm);
    return g_strv_builder_end(codes);
}

/* What a monitoring report counts, else what a bulletin does. */
static bool find_numbers(rdl_bulletin *r, rdl_tally *tally, GError **error)
{
    if (strcmp(r->options->kind, MONITORING) == 0)
        return rdl_report_monitor(r, tally, error);
    for (guint i = 0; i < rdl_statistic_count(r->statistic); i++)
        g_ptr_array_add(r->numbers, (gpointer)rdl_statistic_at(r->statistic, i));
    return true;
}

static bool put_into_words(rdl_bulletin *r, GError **error)
{
    return r->monitored ? rdl_report_compose_monitored(r, error) : rdl_report_compose(r, error);
}

/* Places are for those alone who may know them. */
static bool open_map(rdl_bulletin *r, int writer, GError **error)
{
    if (writers[writer].map && !r->options->public_version)
        r->map = rdl_map_data_of(r->ledger, r->path, r->language, error);
    else
        return true;
    if (r->map)
        rdl_map_warn(r->map, r->options->warnings);
    return r->map != NULL;
}

static bool compose(rdl_bulletin *r, const period *p, rdl_day as_of, int writer, rdl_tally *tally,
                    GError **error)
{
    g_auto(GStrv) codes = unit_codes(r->units);
    const rdl_statistic_options o = {.as_of = as_of,
                                     .from = p->first,
                                     .unit = r->options->unit,
                                     .units = (const char *const *)codes};

    if (!(r->statistic = rdl_statistic_new(r->ledger, &o, error)))
        return false;
    r->head = rdl_statistic_head(r->statistic);
    r->as_of = rdl_report_keep(r, rdl_day_text(as_of));
    r->from = rdl_report_keep(r, rdl_day_text(p->first));
    set_title(r, p);
    return find_numbers(r, tally, error) &&
           (writers[writer].numbers || (open_map(r, writer, error) && put_into_words(r, error)));
}

/* First on record, then there, as every export. */
static bool record(const rdl_bulletin *r, rdl_ledger *ledger, const char *path, const char *on,
                   GError **error)
{
    const rdl_report_options *o = r->options;
    g_autofree char *profile =
        g_strconcat("report.", o->kind, o->public_version ? ".public" : "", NULL);
    g_autofree char *digest = o->by ? rdl_digest_file(path, error) : NULL;
    const rdl_outgoing out = {.profile = profile,
                              .sha256 = digest,
                              .on = o->on ? o->on : on,
                              .by = o->by,
                              .unit = o->unit,
                              .as_of = r->as_of,
                              .language = r->language};

    return !o->by || (digest && rdl_ledger_outgoing(ledger, &out, error));
}

/* Not beside a public version: nobody outside need know the office's files. */
static bool begin_made(const rdl_bulletin *r, rdl_output **told, GError **error)
{
    const rdl_report_options *o = r->options;
    const rdl_made made = {.command = "report",
                           .path = r->path,
                           .head = r->head,
                           .as_of = r->as_of,
                           .language = r->language,
                           .what = o->kind,
                           .unit = o->unit,
                           .drawn = r->map ? r->map : r->units};

    return o->public_version || (*told = rdl_made_begin(&made, o->output, error));
}

static bool put_in_place(rdl_output *output, rdl_output *told, GError **error)
{
    if (!rdl_output_commit(output, error))
        return false;
    if (told)
        return rdl_output_commit(told, error);
    rdl_made_nothing(rdl_output_path(output));
    return true;
}

static bool write_whole(const rdl_bulletin *r, rdl_ledger *ledger, int writer, rdl_day latest,
                        GError **error)
{
    g_autofree char *on = rdl_day_text(latest);
    g_autoptr(rdl_output) output =
        rdl_output_begin(r->options->output, r->options->overwrite, error);
    g_autoptr(rdl_output) told = NULL;

    return output && writers[writer].write(r, rdl_output_temporary(output), error) &&
           begin_made(r, &told, error) &&
           record(r, ledger, rdl_output_temporary(output), on, error) &&
           put_in_place(output, told, error);
}

static bool count_tasks(const rdl_bulletin *r, rdl_tally *tally, GError **error)
{
    const rdl_statistic_table *total = rdl_statistic_find(r->statistic, "total");
    const rdl_statistic_table *states = rdl_statistic_find(r->statistic, "by_state");
    gint64 wanted = (gint64)rdl_statistic_total(states, "number");
    gint64 matters = (gint64)rdl_statistic_total(total, "all");
    gint64 held = rdl_statistic_tasks(r->statistic);

    rdl_tally_in(tally, "report.tasks", held);
    rdl_tally_used(tally, "report.tasks", matters);
    rdl_tally_suppressed(tally, "report.tasks", "REGISTERED", wanted - matters);
    rdl_tally_suppressed(tally, "report.tasks", "OUTSIDE_UNIT", held - wanted);
    return rdl_tally_check(tally, error);
}

static void clear_part(gpointer p)
{
    rdl_report_part *part = p;

    if (part->table) {
        g_array_unref(part->table->columns);
        g_array_unref(part->table->cells);
        g_free(part->table);
    }
}

static void warn(const rdl_report_options *o, const rdl_map_data *units, rdl_day as_of,
                 rdl_day latest)
{
    rdl_map_warn(units, o->warnings);
    if (o->warnings && units->units->len == 0)
        g_ptr_array_add(o->warnings, rdl_say("no list of units is known: units in which there is "
                                             "nothing are not listed: give it with --units"));
    if (o->warnings && as_of > latest)
        g_ptr_array_add(o->warnings,
                        rdl_say("the ledger's latest event is before the day of the report"));
}

static bool report(rdl_ledger *ledger, const char *path, const rdl_report_options *o, int writer,
                   rdl_tally *tally, GError **error)
{
    rdl_bulletin r = {.options = o, .ledger = ledger, .path = path};
    g_autoptr(rdl_ledger) then = NULL;
    rdl_day as_of = 0, latest = 0;
    period p = {0};

    if (!set_language(&r, o->language, error) ||
        !set_period(ledger, o, &p, &as_of, &latest, error) ||
        (as_of < latest && !(r.ledger = then = rdl_ledger_as_of(ledger, as_of, error))))
        return false;
    g_autoptr(rdl_map_data) units =
        rdl_map_units_open(r.ledger, path, o->units, NULL, r.language, error);
    if (!units)
        return false;
    r.units = units;
    if (o->public_version && !(r.disclosure = rdl_disclosure_new(ledger, error)))
        return false;
    r.kept = g_string_chunk_new(4096);
    r.parts = g_array_new(FALSE, TRUE, sizeof(rdl_report_part));
    g_array_set_clear_func(r.parts, clear_part);
    r.numbers = g_ptr_array_new();
    bool good = compose(&r, &p, as_of, writer, tally, error) && count_tasks(&r, tally, error) &&
                write_whole(&r, ledger, writer, latest, error);
    warn(o, units, as_of, latest);
    char *blanked = r.disclosure ? rdl_disclosure_blanked(r.disclosure) : NULL;
    if (blanked && o->warnings)
        g_ptr_array_add(o->warnings, blanked);
    else
        g_free(blanked);
    rdl_disclosure_free(r.disclosure);
    rdl_map_data_free(r.map);
    rdl_style_free(r.changes);
    rdl_monitored_free(r.monitored);
    rdl_statistic_free(r.statistic);
    g_ptr_array_unref(r.numbers);
    g_array_unref(r.parts);
    g_string_chunk_free(r.kept);
    return good;
}

bool rdl_report(const char *path, const rdl_report_options *o, rdl_tally *tally, GError **error)
{
    int writer = writer_of(o->output, error);
    const char *const inputs[] = {path, o->units};

    if (writer < 0 || !rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error) ||
        !rdl_output_possible(o->output, o->overwrite, error))
        return false;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, o->by != NULL, error);
    return ledger && report(ledger, path, o, writer, tally, error);
}
