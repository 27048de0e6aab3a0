/* Sentences put together, and numbers of a statistic as a table with words. */
#include <math.h>
#include <string.h>
#include "deliver/report_part.h"
#include "deliver/words.h"

/* ---- sentences ---- */

/* A sentence the pack has no words for is left out. */
void rdl_report_say(rdl_paragraph *p, char *take_sentence)
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
void rdl_report_go_on(rdl_paragraph *p)
{
    const char *stop = rdl_report_word(p->r, "stop");

    if (g_str_has_suffix(p->text->str, stop)) {
        g_string_truncate(p->text, p->text->len - strlen(stop));
        g_string_append(p->text, rdl_report_word(p->r, "comma"));
    }
}

void rdl_report_end(rdl_paragraph *p, rdl_part_kind kind)
{
    if (p->text->len)
        rdl_report_add(p->r, kind, rdl_report_keep(p->r, g_strdup(g_strchomp(p->text->str))));
    g_string_truncate(p->text, 0);
}

/* Numbers as texts for as long as the report lives. */
const char *rdl_report_count(rdl_bulletin *r, double number)
{
    return rdl_report_keep(r, rdl_report_number(RDL_CELL_WHOLE, number));
}

const char *rdl_report_hectares(rdl_bulletin *r, double m2)
{
    return rdl_report_keep(r, g_strdup_printf("%.4f", floor(m2 + 0.5) / 1e4));
}

/* ---- tables of the statistic ---- */

const char *rdl_report_change(rdl_bulletin *r, const char *code)
{
    if (!r->changes)
        r->changes = rdl_style_read("patch", NULL);
    for (int i = 0; r->changes && code && i < rdl_style_count(r->changes); i++)
        if (strcmp(rdl_style_rule(r->changes, i), code) == 0)
            return rdl_report_keep(r, rdl_half(rdl_style_title(r->changes, i), r->language));
    return !code                          ? rdl_report_word(r, "none")
           : strcmp(code, "patch") == 0   ? rdl_report_word(r, "patch")
           : strcmp(code, "unknown") == 0 ? rdl_report_word(r, "kind_unknown")
                                          : rdl_word_in(r->ledger, "when", code, r->language);
}

static const char *word_of_code(rdl_bulletin *r, const char *column, const char *code)
{
    static const struct {
        const char *column;
        rdl_words table;
    } tables[] = {
        {"zone", RDL_WORDS_ZONE}, {"activity", RDL_WORDS_ACTIVITY}, {"state", RDL_WORDS_STATE}};
    static const char *const groups[] = {"tier", "severity", "warning", "reason", "result"};

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
    if (strcmp(column, "change") == 0)
        return rdl_report_change(r, code);
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
    static const char *const wide[] = {"overdue_original", "dated",   "on_time", "on_time_rate",
                                       "pending_overdue",  "undated", NULL};

    return !g_strv_contains(wide, key);
}

/* Letters are closed where matters are done. */
static const char *column_word(rdl_bulletin *r, const rdl_statistic_table *s, const char *key)
{
    g_autofree char *own = g_strconcat("letters.", key, NULL);
    const char *word = g_str_has_prefix(s->key, "letters") ? rdl_report_word(r, own) : own;

    return word == own ? rdl_report_word(r, key) : word;
}

/* The public is told how many clues a unit has, not where and of what kind: a single one would be
 * somebody who is suspected, or was. */
static bool tells_kinds(const rdl_bulletin *r, const rdl_statistic_table *s)
{
    return r->options->public_version && s->n_codes > 0 && strcmp(s->columns[0].key, "xzqdm") != 0;
}

bool rdl_report_tells(const rdl_bulletin *r, const rdl_statistic_table *s, guint column)
{
    static const char *const clues[] = {"all", "pending", "excluded", "pending_overdue", NULL};

    return !tells_kinds(r, s) || g_str_has_prefix(s->key, "letters") ||
           !g_strv_contains(clues, s->columns[column].key);
}

bool rdl_report_names(const rdl_bulletin *r, const rdl_statistic_table *s, guint row)
{
    bool sum = s->total && row == s->n_rows - 1, left_out = false;

    for (guint c = s->n_codes; c < s->n_columns; c++) {
        left_out |= !rdl_report_tells(r, s, c);
        if (rdl_report_tells(r, s, c) && s->columns[c].quantity == RDL_QUANTITY_COUNT &&
            rdl_statistic_cell_at(s, row, c)->number > 0.0)
            return true;
    }
    return !left_out || sum;
}

const char *rdl_report_code(const rdl_bulletin *r, const rdl_statistic_table *s, guint row,
                            guint column)
{
    const char *code = rdl_statistic_cell_at(s, row, column)->text;

    return code && r->disclosure && rdl_disclosure_names(r->disclosure, code) ? NULL : code;
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
        if (!rdl_report_tells(r, s, i))
            continue;
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
        const char *code = rdl_report_code(r, s, row, c), *key = s->columns[c].key;
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
        if (!rdl_report_names(r, s, row))
            continue;
        add_codes(r, s, row, t);
        for (guint c = s->n_codes; c < s->n_columns; c++) {
            if (!rdl_report_tells(r, s, c))
                continue;
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

/* Okabe and Ito 2008: told apart by the colour-blind too. */
static unsigned colour_of(const char *series)
{
    static const struct {
        const char *series;
        unsigned rgb;
    } colours[] = {{"done", 0x009e73},     {"open", 0xe69f00},       {"pending", 0x999999},
                   {"found", 0x0072b2},    {"registered", 0xe69f00}, {"suspected", 0xd55e00},
                   {"unsettled", 0x56b4e9}};

    for (size_t i = 0; i < G_N_ELEMENTS(colours); i++)
        if (strcmp(colours[i].series, series) == 0)
            return colours[i].rgb;
    return 0x999999;
}

void rdl_report_set_chart(rdl_bulletin *r, rdl_report_table *t, rdl_chart chart, const char *label,
                          const char *const *series)
{
    t->chart = chart;
    t->label = column_named(r, t, label);
    for (t->n_series = 0; series[t->n_series]; t->n_series++) {
        t->series[t->n_series] = column_named(r, t, series[t->n_series]);
        t->colours[t->n_series] = colour_of(series[t->n_series]);
    }
}

rdl_report_table *rdl_report_numbers(rdl_bulletin *r, const rdl_statistic_table *s)
{
    rdl_report_table *t = rdl_report_add_table(r, s->key);

    set_columns(r, s, t);
    add_rows(r, s, t);
    return t;
}
