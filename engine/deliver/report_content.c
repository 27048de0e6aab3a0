/* What a bulletin says, and in which order. */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"
#include "deliver/words.h"

/* ---- sentences ---- */

typedef struct {
    rdl_bulletin *r;
    GString *text;
} paragraph;

/* A sentence the pack has no words for is left out. */
static void say(paragraph *p, char *take_sentence)
{
    g_autofree char *sentence = take_sentence;

    if (!sentence || !*sentence)
        return;
    gunichar first = g_utf8_get_char(sentence);
    bool goes_on = g_str_has_suffix(p->text->str, rdl_report_word(p->r, "comma"));
    g_string_append_unichar(p->text, goes_on ? first : g_unichar_toupper(first));
    g_string_append(p->text, g_utf8_next_char(sentence));
    g_string_append(p->text, rdl_report_word(p->r, "stop"));
}

/* The stop of the last sentence becomes a comma: what is said next belongs to it. */
static void go_on(paragraph *p)
{
    const char *stop = rdl_report_word(p->r, "stop");

    if (g_str_has_suffix(p->text->str, stop)) {
        g_string_truncate(p->text, p->text->len - strlen(stop));
        g_string_append(p->text, rdl_report_word(p->r, "comma"));
    }
}

static void end(paragraph *p, rdl_part_kind kind)
{
    if (p->text->len)
        rdl_report_add(p->r, kind, rdl_report_keep(p->r, g_strdup(g_strchomp(p->text->str))));
    g_string_truncate(p->text, 0);
}

/* Numbers as texts for as long as the report lives. */
static const char *count(rdl_bulletin *r, double number)
{
    return rdl_report_keep(r, rdl_report_number(RDL_CELL_WHOLE, number));
}

static const char *rate(rdl_bulletin *r, double tenths)
{
    return rdl_report_keep(r, rdl_report_number(RDL_CELL_RATE, tenths));
}

static const char *hectares(rdl_bulletin *r, double m2)
{
    return rdl_report_keep(r, g_strdup_printf("%.4f", floor(m2 + 0.5) / 1e4));
}

static double total(const rdl_bulletin *r, const char *table, const char *column)
{
    return rdl_statistic_total(rdl_statistic_find(r->statistic, table), column);
}

#define SAY(p, key, ...) say(p, rdl_sentence((p)->r->ledger, key, (p)->r->language, __VA_ARGS__))

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

static void say_excluded(paragraph *p)
{
    double duplicate = left_out(p->r, "DUPLICATE"), unfounded = left_out(p->r, "UNFOUNDED");
    double other = total(p->r, "total", "excluded") - duplicate - unfounded;

    SAY(p, "sentence.excluded", "{all}", count(p->r, total(p->r, "total", "all")), "{pending}",
        count(p->r, total(p->r, "total", "pending")), "{duplicate}", count(p->r, duplicate),
        "{unfounded}", count(p->r, unfounded), "{other}", count(p->r, other), "{longterm}",
        count(p->r, total(p->r, "total", "longterm")), NULL);
}

static void say_progress(paragraph *p)
{
    rdl_bulletin *r = p->r;
    const char *due = count(r, total(r, "total", "due")),
               *done = count(r, total(r, "total", "done"));
    const char *open = count(r, total(r, "total", "open"));

    if (total(r, "total", "due") == 0)
        return;
    SAY(p, "sentence.progress", "{total}", due, "{done}", done, "{open}", open, NULL);
    SAY(p, "sentence.due", "{due}", due, "{done}", done, "{open}", open, NULL);
    SAY(p, "sentence.rate", "{rate}", rate(r, total(r, "total", "rate")), NULL);
    SAY(p, "sentence.overdue", "{overdue}", count(r, total(r, "total", "overdue")), NULL);
    if (total(r, "total", "overdue_original") > total(r, "total", "overdue"))
        SAY(p, "sentence.overdue_original", "{overdue}",
            count(r, total(r, "total", "overdue_original")), NULL);
    if (total(r, "total", "dated") > 0)
        SAY(p, "sentence.on_time", "{dated}", count(r, total(r, "total", "dated")), "{on_time}",
            count(r, total(r, "total", "on_time")), "{rate}",
            rate(r, total(r, "total", "on_time_rate")), NULL);
}

static void say_beside(paragraph *p)
{
    rdl_bulletin *r = p->r;

    if (total(r, "total", "pending_overdue") > 0)
        SAY(p, "sentence.pending_overdue", "{overdue}",
            count(r, total(r, "total", "pending_overdue")), NULL);
    if (total(r, "total", "longterm") > 0)
        SAY(p, "sentence.longterm", "{longterm}", count(r, total(r, "total", "longterm")), NULL);
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
        g_autofree char *part = rdl_sentence(r->ledger, code->text ? pattern : nobody, r->language,
                                             "{name}", code->text, "{n}", count(r, n), NULL);
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

static void say_problems(paragraph *p)
{
    rdl_bulletin *r = p->r;
    const rdl_statistic_table *nature = rdl_statistic_find(r->statistic, "by_nature");
    const rdl_statistic_table *year = rdl_statistic_find(r->statistic, "by_year");
    g_autofree char *natures =
        given(nature) ? parts_of(r, nature, "part.name", "part.nobody") : NULL;
    g_autofree char *years = given(year) ? parts_of(r, year, "part.year", "part.undated") : NULL;

    if (total(r, "measures", "problems") > 0)
        SAY(p, "sentence.problems", "{problems}", count(r, total(r, "measures", "problems")), NULL);
    if (total(r, "measures", "measures") > 0)
        SAY(p, "sentence.measures", "{measures}", count(r, total(r, "measures", "measures")),
            "{supervised}", count(r, total(r, "measures", "supervised")), "{done}",
            count(r, total(r, "measures", "measures_done")), NULL);
    if (natures)
        SAY(p, "sentence.nature", "{all}",
            count(r, total(r, "total", "due") + total(r, "total", "longterm")), "{parts}", natures,
            NULL);
    if (years)
        SAY(p, "sentence.staged", "{parts}", years, NULL);
}

static void say_period(paragraph *p)
{
    rdl_bulletin *r = p->r;

    SAY(p, "sentence.period", "{found}", count(r, total(r, "moves_by_unit", "found")),
        "{registered}", count(r, total(r, "moves_by_unit", "registered")), "{done}",
        count(r, total(r, "moves_by_unit", "done")), "{excluded}",
        count(r, total(r, "moves_by_unit", "excluded")), "{reopened}",
        count(r, total(r, "moves_by_unit", "reopened")), NULL);
}

/* Units in which nothing is are named (domain no. 109). */
static void say_zero(paragraph *p, const char *key, const char *table)
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
        SAY(p, key, "{units}", count(r, known), "{n}", count(r, zero), "{names}", names->str, NULL);
}

static void say_warnings(paragraph *p)
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
                                 count(r, n), NULL)
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

static void say_results(paragraph *p)
{
    rdl_bulletin *r = p->r;

    SAY(p, "sentence.area", "{pending}", hectares(r, total(r, "by_area", "pending_area")),
        "{disturbed}", hectares(r, total(r, "by_area", "disturbed_area")), "{closed}",
        hectares(r, total(r, "by_area", "closed_area")), NULL);
    if (total(r, "by_area", "verified_area") > 0)
        SAY(p, "sentence.verified", "{verified}", hectares(r, total(r, "by_area", "verified_area")),
            "{cleared}", hectares(r, total(r, "by_area", "cleared_area")), "{restored}",
            hectares(r, total(r, "by_area", "restored_area")), "{water}",
            hectares(r, total(r, "by_area", "water_area")), NULL);
    SAY(p, "sentence.rebound", "{rebounds}", count(r, total(r, "by_rebound", "rebounds")),
        "{rebounded}", count(r, total(r, "by_rebound", "rebounded")), "{contradicted}",
        count(r, total(r, "by_rebound", "contradicted")), NULL);
}

static void say_letters(paragraph *p)
{
    rdl_bulletin *r = p->r;
    double due = total(r, "letters", "due"), done = total(r, "letters", "done");

    if (total(r, "letters", "cases") == 0) {
        SAY(p, "sentence.no_letters", NULL);
        return;
    }
    SAY(p, "sentence.letters", "{batches}", count(r, total(r, "letters", "batches")), "{cases}",
        count(r, total(r, "letters", "cases")), "{issues}", count(r, total(r, "letters", "issues")),
        "{key}", count(r, total(r, "letters", "key")), NULL);
    if (due > 0 && due == done)
        SAY(p, "sentence.letters_closed", "{total}", count(r, due), NULL);
    else
        SAY(p, "sentence.letters_due", "{due}", count(r, due), "{done}", count(r, done), "{open}",
            count(r, total(r, "letters", "open")), NULL);
    if (total(r, "letters", "dated") > 0)
        SAY(p, "sentence.letters_on_time", "{rate}", rate(r, total(r, "letters", "on_time_rate")),
            NULL);
    if (done > 0)
        SAY(p, "sentence.letters_public", "{rate}", rate(r, total(r, "letters", "published_rate")),
            NULL);
    say_zero(p, "sentence.zero_letters", "letters_by_unit");
}

/* ---- tables of the statistic ---- */

static const char *word_of_code(rdl_bulletin *r, const char *column, const char *code)
{
    static const struct {
        const char *column;
        rdl_words table;
    } tables[] = {
        {"zone", RDL_WORDS_ZONE}, {"activity", RDL_WORDS_ACTIVITY}, {"state", RDL_WORDS_STATE}};
    static const char *const groups[] = {"tier", "severity", "warning", "reason"};

    if (!code && strcmp(column, "warning") == 0)
        return rdl_word_in(r->ledger, "warning", "none", r->language);
    if (!code)
        return rdl_report_word(r, strcmp(column, "reason") == 0 ? "no_reason" : "none");
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (strcmp(column, tables[i].column) == 0)
            return rdl_word_of(r->ledger, tables[i].table, code, r->language);
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (strcmp(column, groups[i]) == 0)
            return rdl_word_in(r->ledger, groups[i], code, r->language);
    if (strcmp(column, "kind") == 0)
        return rdl_report_word(r, code);
    if (strcmp(column, "source") == 0 &&
        (strcmp(code, "footprint") == 0 || strcmp(code, "patch") == 0))
        return rdl_report_word(r, code);
    return code;
}

/* Columns that paper has no room for. */
static bool is_brief(const char *key)
{
    static const char *const wide[] = {"overdue_original", "dated",           "on_time",
                                       "on_time_rate",     "pending_overdue", NULL};

    return !g_strv_contains(wide, key);
}

/* Letters are closed where matters are done. */
static const char *column_word(rdl_bulletin *r, const rdl_statistic_table *s, const char *key)
{
    g_autofree char *own = g_strconcat("letters.", key, NULL);
    const char *word = g_str_has_prefix(s->key, "letters") ? rdl_report_word(r, own) : own;

    return word == own ? rdl_report_word(r, key) : word;
}

static void set_columns(rdl_bulletin *r, const rdl_statistic_table *s, rdl_report_table *t)
{
    static const rdl_cell_kind kinds[] = {[RDL_QUANTITY_CODE] = RDL_CELL_TEXT,
                                          [RDL_QUANTITY_COUNT] = RDL_CELL_WHOLE,
                                          [RDL_QUANTITY_RATE] = RDL_CELL_RATE,
                                          [RDL_QUANTITY_AREA] = RDL_CELL_HECTARES};

    for (guint i = 0; i < s->n_columns; i++) {
        const rdl_statistic_column *c = &s->columns[i];
        bool unit = strcmp(c->key, "xzqdm") == 0;
        rdl_report_column_add(t, column_word(r, s, c->key), kinds[c->quantity],
                              i < s->n_codes ? unit ? 10 : 20 : 10, is_brief(c->key));
        if (unit)
            rdl_report_column_add(t, rdl_report_word(r, "unit_name"), RDL_CELL_TEXT, 18, true);
    }
}

static void add_codes(rdl_bulletin *r, const rdl_statistic_table *s, guint row, rdl_report_table *t)
{
    bool sum = s->total && row == s->n_rows - 1;

    for (guint c = 0; c < s->n_codes; c++) {
        const char *code = rdl_statistic_cell_at(s, row, c)->text, *key = s->columns[c].key;
        bool unit = strcmp(key, "xzqdm") == 0;
        if (sum)
            rdl_report_cell_text(t, c == 0 ? rdl_report_word(r, "sum") : NULL);
        else
            rdl_report_cell_text(t, unit ? code : word_of_code(r, key, code));
        if (unit)
            rdl_report_cell_text(t, sum ? NULL : rdl_report_unit(r, code));
    }
}

/* An area column in hectares whose rounded rows make the rounded total (domain 2.6). */
static double *rounded_areas(const rdl_statistic_table *s, guint column)
{
    guint rows = s->n_rows - s->total;
    double *areas = g_new0(double, s->n_rows);
    double whole = 0.0;

    for (guint r = 0; r < rows; r++) {
        areas[r] = rdl_statistic_cell_at(s, r, column)->number / RDL_HECTARE_M2;
        whole += areas[r];
    }
    if (s->total) {
        g_autofree double *rounded = g_new0(double, rows + 1);
        bool positive = true;
        for (guint r = 0; r < rows; r++)
            positive = positive && areas[r] >= 0.0;
        if (positive && rdl_apportion(areas, rows, whole, RDL_HECTARE_STEP, rounded))
            memcpy(areas, rounded, rows * sizeof *areas);
        areas[rows] = floor(whole / RDL_HECTARE_STEP + 0.5) * RDL_HECTARE_STEP;
    }
    return areas;
}

static void add_rows(rdl_bulletin *r, const rdl_statistic_table *s, rdl_report_table *t)
{
    g_autoptr(GPtrArray) areas = g_ptr_array_new_with_free_func(g_free);

    for (guint c = 0; c < s->n_columns; c++)
        g_ptr_array_add(areas,
                        s->columns[c].quantity == RDL_QUANTITY_AREA ? rounded_areas(s, c) : NULL);
    for (guint row = 0; row < s->n_rows; row++) {
        add_codes(r, s, row, t);
        for (guint c = s->n_codes; c < s->n_columns; c++) {
            const double *rounded = areas->pdata[c];
            rdl_report_cell_number(t, rounded ? rounded[row]
                                              : rdl_statistic_cell_at(s, row, c)->number);
        }
    }
    t->total = s->total;
}

static guint column_named(const rdl_bulletin *r, const rdl_report_table *t, const char *key)
{
    for (guint i = 0; i < t->columns->len; i++)
        if (strcmp(g_array_index(t->columns, rdl_report_column, i).head, rdl_report_word(r, key)) ==
            0)
            return i;
    return 0;
}

static void set_chart(rdl_bulletin *r, rdl_report_table *t, rdl_chart chart, const char *label,
                      const char *const *series)
{
    t->chart = chart;
    t->label = column_named(r, t, label);
    for (t->n_series = 0; series[t->n_series]; t->n_series++)
        t->series[t->n_series] = column_named(r, t, series[t->n_series]);
}

static rdl_report_table *add_table(rdl_bulletin *r, const char *key)
{
    const rdl_statistic_table *s = rdl_statistic_find(r->statistic, key);
    rdl_report_table *t = rdl_report_add_table(r, key);

    set_columns(r, s, t);
    add_rows(r, s, t);
    return t;
}

/* A table in which nothing is given stays in the workbook and is named in one line. */
static void add_classes(rdl_bulletin *r)
{
    static const char *const keys[] = {
        "by_department", "by_source",   "by_category", "by_aspect",   "by_nature",
        "by_tier",       "by_severity", "by_zone",     "by_activity", "by_zone_activity",
        "by_year",       "by_state",    "excluded"};
    static const char *const work[] = {"done", "open", "pending", NULL};
    g_autoptr(GString) empty = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        rdl_report_table *t = add_table(r, keys[i]);
        t->annex = !given(rdl_statistic_find(r->statistic, keys[i]));
        t->sheet = strcmp(keys[i], "by_zone_activity") == 0;
        if (strcmp(keys[i], "by_zone") == 0)
            set_chart(r, t, RDL_CHART_BARS, "zone", work);
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

static void summary(paragraph *p)
{
    rdl_bulletin *r = p->r;

    head(r, "head.summary");
    if (r->options->public_version)
        SAY(p, "sentence.public", NULL);
    if (r->options->unit)
        SAY(p, "sentence.unit", "{unit}", rdl_report_unit(r, r->options->unit), NULL);
    SAY(p, "sentence.as_of", "{date}", r->as_of, NULL);
    go_on(p);
    say_excluded(p);
    end(p, RDL_PART_TEXT);
    say_problems(p);
    say_progress(p);
    say_beside(p);
    end(p, RDL_PART_TEXT);
    add_table(r, "total");
    if (total(r, "measures", "measures") > 0)
        add_table(r, "measures");
}

static void of_period(paragraph *p)
{
    static const char *const steps[] = {"found", "registered", "done", NULL};
    rdl_bulletin *r = p->r;

    head(r, "head.period");
    say_period(p);
    end(p, RDL_PART_TEXT);
    add_table(r, "moves_by_unit");
    rdl_report_table *t = add_table(r, "moves_by_month");
    if (t->n_rows > 2)
        set_chart(r, t, RDL_CHART_COLUMNS, "month", steps);
    else
        t->annex = true; /* one month: its total says it all */
}

static void of_units(paragraph *p)
{
    static const char *const work[] = {"done", "open", "pending", NULL};
    rdl_bulletin *r = p->r;

    head(r, "head.units");
    say_zero(p, "sentence.zero", "by_unit");
    end(p, RDL_PART_TEXT);
    rdl_report_table *t = add_table(r, "by_unit");
    t->sheet = true;
    set_chart(r, t, RDL_CHART_BARS, "unit_name", work);
}

static void of_results(paragraph *p)
{
    rdl_bulletin *r = p->r;

    head(r, "head.results");
    say_results(p);
    end(p, RDL_PART_TEXT);
    add_table(r, "by_area");
    add_table(r, "by_rebound");
}

static void of_letters(paragraph *p)
{
    static const char *const keys[] = {"letters", "letters_by_batch", "letters_by_unit"};
    rdl_bulletin *r = p->r;

    head(r, "head.letters");
    say_letters(p);
    end(p, RDL_PART_TEXT);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        add_table(r, keys[i])->annex = total(r, "letters", "cases") == 0;
}

static void notes(paragraph *p)
{
    rdl_bulletin *r = p->r;

    head(r, "head.notes");
    SAY(p, "sentence.rule", NULL);
    SAY(p, "sentence.clue", NULL);
    if (r->options->public_version)
        SAY(p, "sentence.public_limits", NULL);
    end(p, RDL_PART_NOTE);
    if (r->options->compiler)
        rdl_report_add(r, RDL_PART_NOTE,
                       rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "compiler"),
                                                          r->options->compiler)));
}

bool rdl_report_compose(rdl_bulletin *r, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    paragraph p = {r, text};

    r->subtitle =
        rdl_report_keep(r, g_strdup_printf(rdl_report_word(r, "as_of"), r->as_of, r->head));
    summary(&p);
    of_period(&p);
    of_units(&p);
    head(r, "head.classes");
    add_classes(r);
    head(r, "head.warnings");
    say_warnings(&p);
    end(&p, RDL_PART_TEXT);
    add_table(r, "by_warning");
    if (!rdl_report_lists(r, error))
        return false;
    of_results(&p);
    of_letters(&p);
    notes(&p);
    return true;
}
