#include <math.h>
#include <string.h>
#include "deliver/exchange/book.h"
#include "deliver/words.h"
#include "geo/geo.h"

typedef enum { TEXT, WORD, DATE, HECTARES, MU, DEGREES, PERCENT } cell_kind;

typedef struct {
    const char *head; /* key of texts.csv (field.x), else of this folder's own words */
    double width;     /* in characters of the standard font */
    cell_kind kind;
    size_t offset; /* of a char * (TEXT, DATE) or double member of rdl_task */
    const char *(*word)(rdl_book *b, const rdl_task *t); /* WORD; lent */
} column;

#define LINE_POINTS 14.0
#define LINES_MOST 12

/* ---- words made of several members ---- */

/* Kept once as long as the book is written. */
static const char *keep(rdl_book *b, char *take_text)
{
    const char *kept = g_string_chunk_insert_const(b->kept, take_text);

    g_free(take_text);
    return kept;
}

/* Only what somebody has seen on site is more than a suspicion. */
static bool verified(const rdl_task *t)
{
    return g_strcmp0(t->kind, "rectify") == 0 || g_strcmp0(t->state, "VERIFIED") == 0 ||
           g_strcmp0(t->state, "LEGAL") == 0 || g_strcmp0(t->state, "REGISTERED") == 0;
}

static const char *activity(rdl_book *b, const rdl_task *t)
{
    return rdl_word_of(b->job->ledger, RDL_WORDS_ACTIVITY, t->activity, b->job->language);
}

static const char *zone(rdl_book *b, const rdl_task *t)
{
    return rdl_word_of(b->job->ledger, RDL_WORDS_ZONE, t->zone, b->job->language);
}

static const char *unit(rdl_book *b, const rdl_task *t)
{
    return b->units ? keep(b, rdl_map_units_short(b->units, t)) : "";
}

static const char *zones_concerned(rdl_book *b, const rdl_task *t)
{
    if (!t->zone_name)
        return zone(b, t);
    return keep(b, g_strdup_printf("%s (%s)", t->zone_name, zone(b, t)));
}

/* An inspection's list has its own words; else 疑似: 某某保护区 (自然保护区核心保护区) 内采石. */
static const char *problem(rdl_book *b, const rdl_task *t)
{
    if (t->problem)
        return t->problem;
    return keep(b,
                g_strdup_printf("%s%s%s%s", verified(t) ? "" : rdl_book_word(b, "suspected"),
                                zones_concerned(b, t), rdl_book_word(b, "within"), activity(b, t)));
}

static const char *task_no(rdl_book *b, const rdl_task *t)
{
    (void)b;
    return t->task_no ? t->task_no : t->problem_id ? t->problem_id : "";
}

static const char *source(rdl_book *b, const rdl_task *t)
{
    if (t->problem_source)
        return rdl_word_in(b->job->ledger, "source", t->problem_source, b->job->language);
    if (g_strcmp0(t->source, "footprint") == 0)
        return rdl_book_word(b, "footprint");
    if (g_strcmp0(t->source, "patch") == 0)
        return rdl_book_word(b, "patch");
    return t->source ? t->source : "";
}

static const char *kind(rdl_book *b, const rdl_task *t)
{
    return t->kind ? rdl_book_word(b, t->kind) : "";
}

static const char *tier(rdl_book *b, const rdl_task *t)
{
    return rdl_word_in(b->job->ledger, "tier", t->tier, b->job->language);
}

static const char *state(rdl_book *b, const rdl_task *t)
{
    return rdl_word_of(b->job->ledger, RDL_WORDS_STATE, t->state, b->job->language);
}

static const char *warning(rdl_book *b, const rdl_task *t)
{
    return rdl_word_in(b->job->ledger, "warning", t->warning, b->job->language);
}

static const char *result(rdl_book *b, const rdl_task *t)
{
    return rdl_word_in(b->job->ledger, "result", t->result, b->job->language);
}

static const char *severity(rdl_book *b, const rdl_task *t)
{
    return rdl_word_in(b->job->ledger, "severity", t->severity, b->job->language);
}

/* ---- words of what the office keeps ---- */

static JsonObject *dossier(rdl_book *b, const rdl_task *t)
{
    return b->dossiers ? g_hash_table_lookup(b->dossiers, t->task_id) : NULL;
}

static const char *said(rdl_book *b, const rdl_task *t, const char *member)
{
    JsonObject *o = dossier(b, t);

    return o ? rdl_json_text(o, member, "") : "";
}

static const char *batch(rdl_book *b, const rdl_task *t)
{
    return said(b, t, "batch");
}

static const char *nature(rdl_book *b, const rdl_task *t)
{
    return rdl_word_in(b->job->ledger, "nature", said(b, t, "nature"), b->job->language);
}

/* Of an inspection's list the list's own, else what goes on there. */
static const char *category(rdl_book *b, const rdl_task *t)
{
    const char *own = said(b, t, "category");

    return *own ? own : activity(b, t);
}

static const char *progress(rdl_book *b, const rdl_task *t)
{
    return said(b, t, "progress");
}

static const char *listed(rdl_book *b, const rdl_task *t)
{
    return said(b, t, "listed");
}

/* A row of a dossier as a line of a cell; NULL leaves it out. Yours. */
typedef char *line_maker(rdl_book *b, JsonObject *row);

static const char *lines(rdl_book *b, const rdl_task *t, const char *member, line_maker *make)
{
    JsonObject *o = dossier(b, t);
    JsonArray *rows =
        o && json_object_has_member(o, member) ? json_object_get_array_member(o, member) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
        g_autofree char *line = make(b, json_array_get_object_element(rows, i));
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", line);
    }
    return g_string_chunk_insert_const(b->kept, text->str);
}

/* "text (word day)", the bracket only where there is a day. */
static void add_day(rdl_book *b, GString *line, const char *key, const char *day)
{
    if (day)
        g_string_append_printf(line, "%s%s %s", line->len ? ", " : "", rdl_book_word(b, key), day);
}

static char *milestone(rdl_book *b, JsonObject *row)
{
    GString *line = g_string_new(rdl_json_text(row, "due", NULL));

    g_string_append_printf(line, " %s", rdl_json_text(row, "text", ""));
    add_day(b, line, "met", rdl_json_text(row, "met", NULL));
    return g_string_free(line, FALSE);
}

/* What was done or failed, in the order it was: that of the workflow the task went by. */
static char *step(rdl_book *b, JsonObject *row)
{
    bool zh = strcmp(b->job->language, "zh") == 0;
    const char *name = zh ? rdl_json_text(row, "step", NULL) : NULL;
    bool failed = strcmp(rdl_json_text(row, "outcome", ""), "failed") == 0;

    if (!name || !*name)
        name = rdl_word_of(b->job->ledger, RDL_WORDS_STATE, rdl_json_text(row, "state", ""),
                           b->job->language);
    return g_strdup_printf("%s %s %s%s", rdl_json_text(row, "n", ""), name,
                           rdl_json_text(row, "at", ""), failed ? rdl_book_word(b, "failed") : "");
}

static char *publication(rdl_book *b, JsonObject *row)
{
    const char *closes = rdl_json_text(row, "closes", NULL);

    (void)b;
    return g_strdup_printf("%s %s%s%s %s", rdl_json_text(row, "kind", ""),
                           rdl_json_text(row, "opens", ""), closes ? " – " : "",
                           closes ? closes : "", rdl_json_text(row, "channel", ""));
}

static char *letter(rdl_book *b, JsonObject *row)
{
    (void)b;
    return g_strdup_printf("%s %s", rdl_json_text(row, "letter_no", ""),
                           rdl_json_text(row, "received", ""));
}

static char *lookback(rdl_book *b, JsonObject *row)
{
    GString *line = g_string_new(NULL);
    const char *result = rdl_json_text(row, "result", NULL);

    add_day(b, line, "ordered", rdl_json_text(row, "ordered", NULL));
    add_day(b, line, "held", rdl_json_text(row, "held", NULL));
    if (result)
        g_string_append_printf(line, ", %s", rdl_book_word(b, result));
    return g_string_free(line, FALSE);
}

static char *transfer(rdl_book *b, JsonObject *row)
{
    GString *line = g_string_new(rdl_json_text(row, "body", ""));
    const char *result = rdl_json_text(row, "result", NULL);

    add_day(b, line, "sent", rdl_json_text(row, "sent", NULL));
    add_day(b, line, "accepted", rdl_json_text(row, "accepted", NULL));
    add_day(b, line, "answered", rdl_json_text(row, "answered", NULL));
    if (result)
        g_string_append_printf(line, ": %s", result);
    return g_string_free(line, FALSE);
}

static const char *milestones(rdl_book *b, const rdl_task *t)
{
    return lines(b, t, "milestones", milestone);
}

static const char *closeout_steps(rdl_book *b, const rdl_task *t)
{
    return lines(b, t, "closeout", step);
}

static const char *publications(rdl_book *b, const rdl_task *t)
{
    return lines(b, t, "publications", publication);
}

static const char *letters(rdl_book *b, const rdl_task *t)
{
    return lines(b, t, "letters", letter);
}

static const char *lookbacks(rdl_book *b, const rdl_task *t)
{
    return lines(b, t, "lookbacks", lookback);
}

static const char *transfers(rdl_book *b, const rdl_task *t)
{
    return lines(b, t, "transfers", transfer);
}

/* ---- the columns, in the order of domain 1.6, then what the machine knows ---- */

#define TEXT_OF(key, width, member)                               \
    {                                                             \
        key, width, TEXT, G_STRUCT_OFFSET(rdl_task, member), NULL \
    }
#define DATE_OF(key, width, member)                               \
    {                                                             \
        key, width, DATE, G_STRUCT_OFFSET(rdl_task, member), NULL \
    }
#define REAL_OF(key, width, kind, member)                         \
    {                                                             \
        key, width, kind, G_STRUCT_OFFSET(rdl_task, member), NULL \
    }
#define WORD_OF(key, width, function) \
    {                                 \
        key, width, WORD, 0, function \
    }

static const column columns[] = {
    TEXT_OF("task_id", 16, task_id),
    WORD_OF("field.task_no", 16, task_no),
    WORD_OF("kind", 8, kind),
    WORD_OF("field.source", 14, source),
    WORD_OF("field.batch", 12, batch),
    WORD_OF("field.problem", 34, problem),
    WORD_OF("field.nature", 9, nature),
    WORD_OF("field.category", 12, category),
    TEXT_OF("field.target", 24, target),
    TEXT_OF("field.measures", 30, measures),
    TEXT_OF("field.lead_leader", 11, lead_leader),
    TEXT_OF("field.supervisor", 11, supervisor),
    TEXT_OF("field.resp_unit", 18, resp_unit),
    TEXT_OF("field.lead_dept", 18, department),
    TEXT_OF("field.accept_unit", 18, accept_unit),
    WORD_OF("field.tier", 14, tier),
    DATE_OF("field.start_date", 12, started),
    DATE_OF("field.due", 12, due),
    DATE_OF("due_original", 12, due_original),
    WORD_OF("field.milestones", 22, milestones),
    WORD_OF("field.progress_text", 22, progress),
    REAL_OF("field.progress_pct", 9, PERCENT, progress),
    WORD_OF("field.status", 12, state),
    WORD_OF("field.warning", 8, warning),
    WORD_OF("field.listed_supervision", 9, listed),
    WORD_OF("field.closeout_steps", 24, closeout_steps),
    WORD_OF("field.publication", 26, publications),
    WORD_OF("field.accountability", 26, transfers),
    WORD_OF("field.letters", 22, letters),
    WORD_OF("field.lookback", 24, lookbacks),
    REAL_OF("field.lon", 12, DEGREES, lon),
    REAL_OF("field.lat", 12, DEGREES, lat),
    REAL_OF("field.area_ha", 11, HECTARES, area_m2),
    REAL_OF("field.area_mu", 10, MU, area_m2),
    REAL_OF("area_min", 11, HECTARES, area_min_m2),
    REAL_OF("area_max", 11, HECTARES, area_max_m2),
    TEXT_OF("field.xzqdm", 14, xzqdm),
    WORD_OF("field.unit_name", 16, unit),
    WORD_OF("field.zone_hits", 30, zones_concerned),
    WORD_OF("field.result", 14, result),
    WORD_OF("field.severity", 8, severity),
    TEXT_OF("field.rule_id", 11, rule_id),
    TEXT_OF("field.basis", 30, basis),
    TEXT_OF("field.handling", 26, handling),
    TEXT_OF("field.penalty", 18, penalty),
    TEXT_OF("owner", 18, owner),
    TEXT_OF("assignee", 12, assignee),
    TEXT_OF("source_id", 14, source_id),
    TEXT_OF("site_id", 16, site_id),
    TEXT_OF("field.evidence", 17, finding_id),
};

static const char *heading(rdl_book *b, const column *c)
{
    if (g_str_has_prefix(c->head, "field."))
        return rdl_ledger_word(b->job->ledger, c->head, b->job->language);
    return rdl_book_word(b, c->head);
}

/* Half up, so that a sum in the sheet is the sum of what is seen. */
static double rounded(double value, double steps)
{
    return floor(value * steps + 0.5) / steps;
}

static const char *cell_text(rdl_book *b, const column *c, const rdl_task *t)
{
    if (c->kind == WORD)
        return c->word(b, t);
    return c->kind == TEXT ? G_STRUCT_MEMBER(char *, t, c->offset) : NULL;
}

/* Lines a text takes when it is wrapped into `width` characters of the sheet's font. */
static int lines_of(const char *text, double width)
{
    int cells = 0, lines = 0;

    for (; text && *text; text = g_utf8_next_char(text)) {
        if (*text == '\n') {
            lines += MAX(1, (int)ceil(cells / (width - 1.0)));
            cells = 0;
        } else {
            cells += g_unichar_iswide(g_utf8_get_char(text)) ? 2 : 1;
        }
    }
    return lines + (int)ceil(cells / (width - 1.0));
}

/* Not every program fits a row to its wrapped text when it opens the file: the height is written.
 */
static void fit_row(rdl_book *b, lxw_worksheet *sheet, guint row, const rdl_task *t)
{
    int most = 1;

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        most = MAX(most, lines_of(cell_text(b, &columns[i], t), columns[i].width));
    worksheet_set_row(sheet, row, LINE_POINTS * MIN(most, LINES_MOST), NULL);
}

static void write_cell(rdl_book *b, lxw_worksheet *sheet, guint row, int i, const rdl_task *t)
{
    static const struct {
        double factor, steps;
    } units[] = {[HECTARES] = {1e-4, 1e4},
                 [MU] = {0.0015, 1e2},
                 [DEGREES] = {1.0, 1e6},
                 [PERCENT] = {100.0, 1.0}};
    const column *c = &columns[i];

    if (c->kind == WORD || c->kind == TEXT) {
        rdl_book_text(b, sheet, row, i, cell_text(b, c, t), b->text);
    } else if (c->kind == DATE) {
        rdl_book_date(b, sheet, row, i, G_STRUCT_MEMBER(char *, t, c->offset));
    } else {
        lxw_format *formats[] = {
            [HECTARES] = b->real4, [MU] = b->real2, [DEGREES] = b->real6, [PERCENT] = b->whole};
        double value = G_STRUCT_MEMBER(double, t, c->offset) * units[c->kind].factor;
        rdl_book_real(b, sheet, row, i, rounded(value, units[c->kind].steps), formats[c->kind]);
    }
}

static void write_tasks(rdl_book *b, const char *name, const GArray *tasks)
{
    const int n = (int)G_N_ELEMENTS(columns);
    lxw_worksheet *sheet = rdl_book_sheet(b, name);

    if (!sheet)
        return;
    for (int i = 0; i < n; i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
        rdl_book_text(b, sheet, 0, i, heading(b, &columns[i]), b->head);
    }
    worksheet_set_row(sheet, 0, 32, NULL);
    for (guint r = 0; r < tasks->len; r++) {
        const rdl_task *t = &g_array_index(tasks, rdl_task, r);
        fit_row(b, sheet, r + 1, t);
        for (int i = 0; i < n; i++)
            write_cell(b, sheet, r + 1, i, t);
    }
    worksheet_autofilter(sheet, 0, 0, MAX(tasks->len, 1), (lxw_col_t)(n - 1));
    worksheet_freeze_panes(sheet, 1, 1);
    worksheet_fit_to_pages(sheet, 3, 0); /* three A3 sheets side by side stay readable */
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_repeat_columns(sheet, 0, 0);
}

/* ---- the workbook ---- */

static lxw_format *format_of(rdl_book *b, const char *number, uint8_t align)
{
    lxw_format *f = workbook_add_format(b->workbook);

    format_set_border(f, LXW_BORDER_THIN);
    format_set_font_size(f, 10);
    format_set_text_wrap(f);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    if (align)
        format_set_align(f, align);
    if (number)
        format_set_num_format(f, number);
    return f;
}

static void make_formats(rdl_book *b)
{
    b->head = format_of(b, NULL, LXW_ALIGN_CENTER);
    format_set_bold(b->head);
    format_set_bg_color(b->head, 0xD9E2EC);
    b->title = workbook_add_format(b->workbook);
    format_set_bold(b->title);
    b->text = format_of(b, "@", 0);
    b->date = format_of(b, "yyyy-mm-dd", LXW_ALIGN_CENTER);
    b->whole = format_of(b, "0", 0);
    b->real2 = format_of(b, "0.00", 0);
    b->real4 = format_of(b, "0.0000", 0);
    b->real6 = format_of(b, "0.000000", 0);
    b->rate = format_of(b, "0.0", LXW_ALIGN_RIGHT);
}

/* Seconds since 1970 of midnight UTC. */
static time_t midnight(rdl_day day)
{
    return (time_t)(day - rdl_day_of(1970, 1, 1)) * 86400;
}

static void set_properties(rdl_book *b)
{
    lxw_doc_properties properties = {.title = (char *)rdl_book_word(b, "sheet.ledger"),
                                     .author = "redline",
                                     .created = midnight(rdl_export_day(b->job))};

    /* a created of 0 would be taken for "now" */
    if (properties.created == 0)
        properties.created = 1;
    workbook_set_properties(b->workbook, &properties);
}

bool rdl_book_check(const char *path, GError **error)
{
    static const GMarkupParser nothing = {0};
    g_auto(GStrv) names = rdl_archive_names(path, error);

    for (char **name = names; name && *name; name++) {
        g_autofree char *text = rdl_archive_text(path, *name, error);
        if (!text)
            return false;
        if (g_str_has_suffix(*name, ".png")) /* whole by the archive's own sum */
            continue;
        g_autoptr(GMarkupParseContext) xml = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
        if (!g_markup_parse_context_parse(xml, text, -1, NULL) ||
            !g_markup_parse_context_end_parse(xml, NULL))
            return rdl_fail(error, RDL_ERROR_IO,
                            "%s: is not whole when it is read again (%s): is the disk full, or %s?",
                            path, *name, g_get_tmp_dir());
    }
    return names != NULL;
}

bool rdl_export_xlsx(const rdl_export_job *job, GError **error)
{
    rdl_book b = {.job = job};
    bool everybody = strcmp(job->options->profile, "public") == 0;
    g_autoptr(GHashTable) dossiers = everybody ? NULL : rdl_ledger_dossiers(job->ledger, error);

    g_autoptr(rdl_map_data) units =
        dossiers ? rdl_map_units_open(job->ledger, rdl_ledger_path(job->present), NULL, NULL,
                                      job->language, error)
                 : NULL;
    g_autoptr(GArray) reaching =
        units ? rdl_map_reaching(units, job->options->unit, job->as_of, error) : NULL;

    if (!everybody && !reaching)
        return false;
    if (units)
        rdl_map_warn(units, job->options->warnings);
    b.units = units;
    b.dossiers = dossiers;
    if (!(b.workbook = workbook_new(job->path)))
        return rdl_fail(error, RDL_ERROR_INTERNAL, "%s: no memory for a workbook", job->path);
    b.kept = g_string_chunk_new(4096);
    make_formats(&b);
    set_properties(&b);
    write_tasks(&b, "sheet.ledger", job->tasks);
    if (reaching && reaching->len)
        write_tasks(&b, "sheet.reaching", reaching);
    rdl_sheet_statistics(&b);
    rdl_sheet_codes(&b);
    g_string_chunk_free(b.kept);
    lxw_error result = workbook_close(b.workbook);
    if (result != LXW_NO_ERROR)
        return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: %s", job->path,
                        lxw_strerror(result));
    if (b.failed)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: a sheet takes 1048575 tasks; these are "
                        "more, or a cell was refused",
                        job->path);
    return rdl_book_check(job->path, error);
}
