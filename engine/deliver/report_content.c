/* What a bulletin says, and in which order. */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"
#include "deliver/words.h"

static const char *rate(rdl_bulletin *r, double tenths)
{
    return rdl_report_keep(r, rdl_report_number(RDL_CELL_RATE, tenths));
}

static double total(const rdl_bulletin *r, const char *table, const char *column)
{
    return rdl_statistic_total(rdl_statistic_find(r->statistic, table), column);
}

#define SAY(p, key, ...) \
    rdl_report_say(p, rdl_sentence((p)->r->ledger, key, (p)->r->language, __VA_ARGS__))

/* Matters left out for one reason of the pack. */
static double left_out(const rdl_bulletin *r, const char *reason)
{
    const rdl_statistic_table *t = rdl_statistic_find(r->statistic, "excluded");
    double n = 0.0;

    for (guint i = 0; i + 1 < t->n_rows; i++)
        if (g_strcmp0(rdl_statistic_cell_at(t, i, 1)->text, reason) == 0)
            n += rdl_statistic_cell_at(t, i, 2)->number;
    return n;
}

static void say_excluded(rdl_paragraph *p)
{
    double duplicate = left_out(p->r, "DUPLICATE"), unfounded = left_out(p->r, "UNFOUNDED");
    double other = total(p->r, "total", "excluded") - duplicate - unfounded;

    SAY(p, "sentence.excluded", "{all}", rdl_report_count(p->r, total(p->r, "total", "all")),
        "{pending}", rdl_report_count(p->r, total(p->r, "total", "pending")), "{duplicate}",
        rdl_report_count(p->r, duplicate), "{unfounded}", rdl_report_count(p->r, unfounded),
        "{other}", rdl_report_count(p->r, other), "{longterm}",
        rdl_report_count(p->r, total(p->r, "total", "longterm")), NULL);
}

/* A ledger keeps the pack it was made with, which may be of before there was a sentence for it. */
static void say_undated(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;
    const char *undated = rdl_report_count(r, total(r, "total", "undated"));
    char *sentence =
        rdl_sentence(r->ledger, "sentence.undated", r->language, "{undated}", undated, NULL);

    if (total(r, "total", "undated") > 0)
        rdl_report_say(p, sentence ? sentence
                          : strcmp(r->language, "zh") == 0
                              ? g_strdup_printf("重新立账后尚未确定整改时限%s项", undated)
                              : g_strdup_printf("%s were reopened and have no day yet", undated));
    else
        g_free(sentence);
}

static void say_progress(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;
    const char *due = rdl_report_count(r, total(r, "total", "due")),
               *done = rdl_report_count(r, total(r, "total", "done"));
    const char *open = rdl_report_count(r, total(r, "total", "open"));

    if (total(r, "total", "due") == 0)
        return;
    SAY(p, "sentence.progress", "{total}", due, "{done}", done, "{open}", open, NULL);
    SAY(p, "sentence.due", "{due}", due, "{done}", done, "{open}", open, NULL);
    SAY(p, "sentence.rate", "{rate}", rate(r, total(r, "total", "rate")), NULL);
    SAY(p, "sentence.overdue", "{overdue}", rdl_report_count(r, total(r, "total", "overdue")),
        NULL);
    if (total(r, "total", "overdue_original") > total(r, "total", "overdue"))
        SAY(p, "sentence.overdue_original", "{overdue}",
            rdl_report_count(r, total(r, "total", "overdue_original")), NULL);
    say_undated(p);
    if (total(r, "total", "dated") > 0)
        SAY(p, "sentence.on_time", "{dated}", rdl_report_count(r, total(r, "total", "dated")),
            "{on_time}", rdl_report_count(r, total(r, "total", "on_time")), "{rate}",
            rate(r, total(r, "total", "on_time_rate")), NULL);
}

static void say_beside(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;

    if (total(r, "total", "pending_overdue") > 0)
        SAY(p, "sentence.pending_overdue", "{overdue}",
            rdl_report_count(r, total(r, "total", "pending_overdue")), NULL);
    if (total(r, "total", "longterm") > 0)
        SAY(p, "sentence.longterm", "{longterm}",
            rdl_report_count(r, total(r, "total", "longterm")), NULL);
}

/* "共性问题36项、个性问题9项": every row of a table that has a problem. */
static char *parts_of(rdl_bulletin *r, const rdl_statistic_table *t, const char *pattern,
                      const char *nobody)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i + 1 < t->n_rows; i++) {
        const rdl_statistic_cell *code = rdl_statistic_cell_at(t, i, 0);
        double n = rdl_statistic_number(t, code->text, "due") +
                   rdl_statistic_number(t, code->text, "longterm");
        if (n == 0)
            continue;
        g_autofree char *part =
            rdl_sentence(r->ledger, code->text ? pattern : nobody, r->language, "{name}",
                         code->text, "{n}", rdl_report_count(r, n), NULL);
        if (part)
            g_string_append_printf(text, "%s%s", text->len ? rdl_report_word(r, "and") : "", part);
    }
    return text->len ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

/* Is anything given in the table, or is all in the row of what is not? */
static bool given(const rdl_statistic_table *t)
{
    guint rows = t->n_rows - t->total;

    return rows > 1 || (rows == 1 && (t->n_codes == 0 || rdl_statistic_cell_at(t, 0, 0)->text));
}

static void say_problems(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;
    const rdl_statistic_table *nature = rdl_statistic_find(r->statistic, "by_nature");
    const rdl_statistic_table *year = rdl_statistic_find(r->statistic, "by_year");
    g_autofree char *natures =
        given(nature) ? parts_of(r, nature, "part.name", "part.nobody") : NULL;
    g_autofree char *years = given(year) ? parts_of(r, year, "part.year", "part.undated") : NULL;

    if (total(r, "measures", "problems") > 0)
        SAY(p, "sentence.problems", "{problems}",
            rdl_report_count(r, total(r, "measures", "problems")), NULL);
    if (total(r, "measures", "measures") > 0)
        SAY(p, "sentence.measures", "{measures}",
            rdl_report_count(r, total(r, "measures", "measures")), "{supervised}",
            rdl_report_count(r, total(r, "measures", "supervised")), "{done}",
            rdl_report_count(r, total(r, "measures", "measures_done")), NULL);
    if (natures)
        SAY(p, "sentence.nature", "{all}",
            rdl_report_count(r, total(r, "total", "due") + total(r, "total", "longterm")),
            "{parts}", natures, NULL);
    if (years)
        SAY(p, "sentence.staged", "{parts}", years, NULL);
}

static void say_period(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;

    SAY(p, "sentence.period", "{found}", rdl_report_count(r, total(r, "moves_by_unit", "found")),
        "{registered}", rdl_report_count(r, total(r, "moves_by_unit", "registered")), "{done}",
        rdl_report_count(r, total(r, "moves_by_unit", "done")), "{excluded}",
        rdl_report_count(r, total(r, "moves_by_unit", "excluded")), "{reopened}",
        rdl_report_count(r, total(r, "moves_by_unit", "reopened")), NULL);
}

/* Units in which nothing is are named (domain no. 109). */
static void say_zero(rdl_paragraph *p, const char *key, const char *table)
{
    rdl_bulletin *r = p->r;
    const rdl_statistic_table *t = rdl_statistic_find(r->statistic, table);
    g_autoptr(GString) names = g_string_new(NULL);
    guint zero = 0, known = 0;

    for (guint i = 0; i + 1 < t->n_rows; i++) {
        const char *code = rdl_statistic_cell_at(t, i, 0)->text;
        known += code != NULL;
        if (!code || rdl_statistic_cell_at(t, i, 1)->number > 0)
            continue;
        g_string_append_printf(names, "%s%s", zero ? rdl_report_word(r, "and") : "",
                               rdl_report_unit(r, code));
        zero++;
    }
    if (zero && r->units->units->len)
        SAY(p, key, "{units}", rdl_report_count(r, known), "{n}", rdl_report_count(r, zero),
            "{names}", names->str, NULL);
}

static void say_warnings(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;
    const rdl_csv *levels = rdl_ledger_table(r->ledger, "warnings.csv", NULL);
    const rdl_statistic_table *t = rdl_statistic_find(r->statistic, "by_warning");
    g_autoptr(GString) parts = g_string_new(NULL);
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; levels && i < rdl_csv_count(levels); i++) {
        const char *level = rdl_csv_at(levels, i, "level");
        double n = 0.0;
        if (!g_hash_table_add(told, (gpointer)level))
            continue;
        for (guint k = 0; k + 1 < t->n_rows; k++)
            if (g_strcmp0(rdl_statistic_cell_at(t, k, 0)->text, level) == 0)
                n += rdl_statistic_cell_at(t, k, 2)->number;
        g_autofree char *part =
            n > 0 ? rdl_sentence(r->ledger, "part.name", r->language, "{name}",
                                 rdl_word_in(r->ledger, "warning", level, r->language), "{n}",
                                 rdl_report_count(r, n), NULL)
                  : NULL;
        if (part)
            g_string_append_printf(parts, "%s%s", parts->len ? rdl_report_word(r, "and") : "",
                                   part);
    }
    if (parts->len)
        SAY(p, "sentence.warnings", "{parts}", parts->str, NULL);
    else
        SAY(p, "sentence.no_warnings", NULL);
}

/* Ground that is in none of the sums. */
static void say_apart(rdl_paragraph *p, const char *column, const char *words)
{
    double m2 = total(p->r, "by_area", column);

    if (m2 > 0.0)
        rdl_report_say(
            p, g_strdup_printf(rdl_report_word(p->r, words), rdl_report_hectares(p->r, m2)));
}

/* In a sentence without a place for partial rebounds, of an older pack, they are told with the
 * others. */
static void say_results(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;
    double partial = total(r, "by_rebound", "partial_rebounds");
    bool apart = strstr(rdl_ledger_word(r->ledger, "sentence.rebound", r->language), "{partial}");

    SAY(p, "sentence.area", "{pending}",
        rdl_report_hectares(r, total(r, "by_area", "pending_area")), "{disturbed}",
        rdl_report_hectares(r, total(r, "by_area", "disturbed_area")), "{closed}",
        rdl_report_hectares(r, total(r, "by_area", "closed_area")), NULL);
    say_apart(p, "outside_area", "area.outside");
    say_apart(p, "taken_area", "area.taken");
    if (total(r, "by_area", "verified_area") > 0)
        SAY(p, "sentence.verified", "{verified}",
            rdl_report_hectares(r, total(r, "by_area", "verified_area")), "{cleared}",
            rdl_report_hectares(r, total(r, "by_area", "cleared_area")), "{restored}",
            rdl_report_hectares(r, total(r, "by_area", "restored_area")), "{water}",
            rdl_report_hectares(r, total(r, "by_area", "water_area")), NULL);
    SAY(p, "sentence.rebound", "{rebounds}",
        rdl_report_count(r, total(r, "by_rebound", "rebounds") + (apart ? 0.0 : partial)),
        "{partial}", rdl_report_count(r, partial), "{rebounded}",
        rdl_report_count(r, total(r, "by_rebound", "rebounded")), "{contradicted}",
        rdl_report_count(r, total(r, "by_rebound", "contradicted")), NULL);
}

static void say_letters(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;
    double due = total(r, "letters", "due"), done = total(r, "letters", "done");

    if (total(r, "letters", "cases") == 0) {
        SAY(p, "sentence.no_letters", NULL);
        return;
    }
    SAY(p, "sentence.letters", "{batches}", rdl_report_count(r, total(r, "letters", "batches")),
        "{cases}", rdl_report_count(r, total(r, "letters", "cases")), "{issues}",
        rdl_report_count(r, total(r, "letters", "issues")), "{key}",
        rdl_report_count(r, total(r, "letters", "key")), NULL);
    if (due > 0 && due == done)
        SAY(p, "sentence.letters_closed", "{total}", rdl_report_count(r, due), NULL);
    else
        SAY(p, "sentence.letters_due", "{due}", rdl_report_count(r, due), "{done}",
            rdl_report_count(r, done), "{open}", rdl_report_count(r, total(r, "letters", "open")),
            NULL);
    if (total(r, "letters", "dated") > 0)
        SAY(p, "sentence.letters_on_time", "{rate}", rate(r, total(r, "letters", "on_time_rate")),
            NULL);
    if (done > 0)
        SAY(p, "sentence.letters_public", "{rate}", rate(r, total(r, "letters", "published_rate")),
            NULL);
    say_zero(p, "sentence.zero_letters", "letters_by_unit");
}

static rdl_report_table *add_table(rdl_bulletin *r, const char *key)
{
    return rdl_report_numbers(r, rdl_statistic_find(r->statistic, key));
}

/* A table in which nothing is given stays in the workbook and is named in one line. */
static void add_classes(rdl_bulletin *r)
{
    static const char *const keys[] = {
        "by_department", "by_source",   "by_category", "by_aspect",   "by_nature",
        "by_tier",       "by_severity", "by_zone",     "by_activity", "by_zone_activity",
        "by_year",       "by_state",    "excluded"};
    const char *const work[] = {"done", "open", r->options->public_version ? NULL : "pending",
                                NULL};
    g_autoptr(GString) empty = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        rdl_report_table *t = add_table(r, keys[i]);
        t->annex = !given(rdl_statistic_find(r->statistic, keys[i]));
        t->sheet = strcmp(keys[i], "by_zone_activity") == 0;
        if (strcmp(keys[i], "by_zone") == 0)
            rdl_report_set_chart(r, t, RDL_CHART_BARS, "zone", work);
        if (t->annex)
            g_string_append_printf(empty, "%s%s", empty->len ? rdl_report_word(r, "and") : "",
                                   t->title);
    }
    if (empty->len)
        rdl_report_add(
            r, RDL_PART_NOTE,
            rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "not_given"), empty->str)));
}

static void head(rdl_bulletin *r, const char *key)
{
    rdl_report_add(r, RDL_PART_HEAD, rdl_report_word(r, key));
}

/* ---- the whole ---- */

static void summary(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;

    head(r, "head.summary");
    if (r->options->public_version)
        SAY(p, "sentence.public", NULL);
    if (r->options->unit)
        SAY(p, "sentence.unit", "{unit}", rdl_report_unit(r, r->options->unit), NULL);
    SAY(p, "sentence.as_of", "{date}", r->as_of, NULL);
    rdl_report_go_on(p);
    say_excluded(p);
    rdl_report_end(p, RDL_PART_TEXT);
    say_problems(p);
    say_progress(p);
    say_beside(p);
    rdl_report_end(p, RDL_PART_TEXT);
    add_table(r, "total");
    if (!r->options->public_version)
        rdl_report_add(r, RDL_PART_MAP, rdl_report_word(r, "map.tasks"));
    if (total(r, "measures", "measures") > 0)
        add_table(r, "measures");
}

static void of_period(rdl_paragraph *p)
{
    static const char *const steps[] = {"found", "registered", "done", NULL};
    rdl_bulletin *r = p->r;

    head(r, "head.period");
    say_period(p);
    rdl_report_end(p, RDL_PART_TEXT);
    add_table(r, "moves_by_unit");
    rdl_report_table *t = add_table(r, "moves_by_month");
    if (t->n_rows > 2)
        rdl_report_set_chart(r, t, RDL_CHART_COLUMNS, "month", steps);
    else
        t->annex = true; /* one month: its total says it all */
}

static void of_units(rdl_paragraph *p)
{
    static const char *const work[] = {"done", "open", "pending", NULL};
    rdl_bulletin *r = p->r;

    head(r, "head.units");
    say_zero(p, "sentence.zero", "by_unit");
    rdl_report_end(p, RDL_PART_TEXT);
    rdl_report_table *t = add_table(r, "by_unit");
    t->sheet = true;
    rdl_report_set_chart(r, t, RDL_CHART_BARS, "unit_name", work);
}

static void of_results(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;

    head(r, "head.results");
    say_results(p);
    rdl_report_end(p, RDL_PART_TEXT);
    add_table(r, "by_area");
    if (total(r, "by_wetland", "measured") > 0)
        add_table(r, "by_wetland");
    add_table(r, "by_rebound");
}

static void of_letters(rdl_paragraph *p)
{
    static const char *const keys[] = {"letters", "letters_by_batch", "letters_by_unit"};
    rdl_bulletin *r = p->r;

    head(r, "head.letters");
    say_letters(p);
    rdl_report_end(p, RDL_PART_TEXT);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        add_table(r, keys[i])->annex = total(r, "letters", "cases") == 0;
}

static bool quotes(const rdl_bulletin *r)
{
    const rdl_statistic_table *offices = rdl_statistic_find(r->statistic, "by_department");
    bool quoted = false;

    for (guint i = 0; i < offices->n_rows; i++)
        quoted = quoted || rdl_quoted(rdl_statistic_cell_at(offices, i, 0)->text);
    return quoted;
}

static void notes(rdl_paragraph *p)
{
    rdl_bulletin *r = p->r;

    head(r, "head.notes");
    SAY(p, "sentence.rule", NULL);
    SAY(p, "sentence.clue", NULL);
    if (r->options->public_version)
        SAY(p, "sentence.public_limits", NULL);
    rdl_report_end(p, RDL_PART_NOTE);
    rdl_report_lost_units(r);
    if (strcmp(r->language, "en") == 0 && quotes(r)) {
        rdl_report_say(p, g_strdup(rdl_report_word(r, "quoted")));
        rdl_report_end(p, RDL_PART_NOTE);
    }
    if (r->options->compiler)
        rdl_report_add(r, RDL_PART_NOTE,
                       rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "compiler"),
                                                          r->options->compiler)));
}

bool rdl_report_compose(rdl_bulletin *r, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    rdl_paragraph p = {r, text};

    r->subtitle =
        rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "as_of"), r->as_of, r->head));
    summary(&p);
    of_period(&p);
    of_units(&p);
    head(r, "head.classes");
    add_classes(r);
    head(r, "head.warnings");
    say_warnings(&p);
    rdl_report_end(&p, RDL_PART_TEXT);
    add_table(r, "by_warning");
    if (!rdl_report_lists(r, error))
        return false;
    of_results(&p);
    of_letters(&p);
    notes(&p);
    return true;
}
