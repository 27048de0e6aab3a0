#include <math.h>
#include <string.h>
#include "deliver/exchange/book.h"
#include "deliver/exchange/statistics.h"
#include "deliver/words.h"

typedef struct {
    rdl_book *book;
    lxw_worksheet *sheet;
    const rdl_statistics *statistics;
    guint row;
} page;

static void head(page *p, int column, const char *text)
{
    rdl_book_text(p->book, p->sheet, p->row, column, text, p->book->head);
}

static void text(page *p, int column, const char *value)
{
    rdl_book_text(p->book, p->sheet, p->row, column, value, p->book->text);
}

static void title(page *p, const char *key)
{
    p->row++;
    rdl_book_text(p->book, p->sheet, p->row++, 0, rdl_book_word(p->book, key), p->book->title);
}

static const char *or_none(page *p, const char *code)
{
    return *code ? code : rdl_book_word(p->book, "none");
}

/* ---- sentences of the pack, their {places} filled ---- */

static char *fill(char *take_text, const char *place, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(take_text, place, -1);

    g_free(take_text);
    return g_strjoinv(value, parts);
}

static char *fill_number(char *take_text, const char *place, gint64 value)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, value);

    return fill(take_text, place, number);
}

static void sentence(page *p, char *take_text)
{
    rdl_book_text(p->book, p->sheet, p->row++, 0, take_text, p->book->title);
    g_free(take_text);
}

static char *word(page *p, const char *key)
{
    return g_strdup(rdl_ledger_word(p->book->job->ledger, key, p->book->job->language));
}

static void write_sentences(page *p)
{
    const rdl_counts *c = &p->statistics->total;
    gint64 due = c->open + c->done;
    int tenths = rdl_rate_tenths(c->done, due);
    g_autofree char *day = rdl_day_text(p->book->job->as_of);

    sentence(p, fill(word(p, "sentence.as_of"), "{date}", day ? day : ""));
    char *s = fill_number(word(p, "sentence.due"), "{due}", due);
    s = fill_number(s, "{done}", c->done);
    sentence(p, fill_number(s, "{open}", c->open));
    if (tenths >= 0) {
        g_autofree char *rate = g_strdup_printf("%d.%d", tenths / 10, tenths % 10);
        sentence(p, fill(word(p, "sentence.rate"), "{rate}", rate));
    }
    if (c->pending)
        sentence(p, word(p, "sentence.clue"));
    sentence(p, g_strdup(rdl_book_word(p->book, "rule")));
    const GArray *tasks = p->book->job->tasks;
    bool quoted = false;
    for (guint i = 0; i < tasks->len; i++)
        quoted = quoted || rdl_quoted(g_array_index(tasks, rdl_task, i).department);
    if (quoted && strcmp(p->book->job->language, "en") == 0)
        sentence(p, g_strdup(rdl_book_word(p->book, "quoted")));
    const rdl_map_data *units = p->book->units;
    if (units && (units->lost_units || !units->units->len))
        sentence(p,
                 g_strdup(rdl_book_word(p->book, units->lost_units ? "units_lost" : "units_none")));
}

/* ---- tables ---- */

static void write_states(page *p)
{
    const rdl_export_job *job = p->book->job;
    gint64 sum = 0;

    title(p, "by_state");
    head(p, 0, rdl_book_word(p->book, "state"));
    head(p, 1, rdl_book_word(p->book, "number"));
    p->row++;
    for (guint i = 0; i < p->statistics->states->len; i++, p->row++) {
        const rdl_named_count *c = &g_array_index(p->statistics->states, rdl_named_count, i);
        text(p, 0, rdl_word_of(job->ledger, RDL_WORDS_STATE, c->name, job->language));
        rdl_book_whole(p->book, p->sheet, p->row, 1, c->n);
        sum += c->n;
    }
    head(p, 0, rdl_book_word(p->book, "total"));
    rdl_book_whole(p->book, p->sheet, p->row++, 1, sum);
}

static void write_counts(page *p, const char *name, const rdl_counts *c)
{
    const gint64 due = c->open + c->done;
    const gint64 numbers[] = {c->all,  c->pending, c->excluded, c->longterm,       due,
                              c->done, c->open,    c->overdue,  c->pending_overdue};
    const int last = (int)G_N_ELEMENTS(numbers) + 1;
    int tenths = rdl_rate_tenths(c->done, due);

    text(p, 0, name);
    for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
        rdl_book_whole(p->book, p->sheet, p->row, i + 1, numbers[i]);
    if (tenths < 0)
        rdl_book_text(p->book, p->sheet, p->row, last, "—", p->book->rate);
    else
        rdl_book_real(p->book, p->sheet, p->row, last, tenths / 10.0, p->book->rate);
    p->row++;
}

static void write_units(page *p)
{
    static const char *const heads[] = {"all",  "pending", "excluded", "longterm",        "due",
                                        "done", "open",    "overdue",  "pending_overdue", "rate"};

    title(p, "by_unit");
    head(p, 0, rdl_ledger_word(p->book->job->ledger, "field.xzqdm", p->book->job->language));
    for (int i = 0; i < (int)G_N_ELEMENTS(heads); i++)
        head(p, i + 1, rdl_book_word(p->book, heads[i]));
    p->row++;
    for (guint i = 0; i < p->statistics->units->len; i++) {
        const rdl_unit_counts *u = p->statistics->units->pdata[i];
        write_counts(p, or_none(p, u->xzqdm), &u->counts);
    }
    write_counts(p, rdl_book_word(p->book, "total"), &p->statistics->total);
}

static void write_zone(page *p, const char *zone)
{
    const rdl_export_job *job = p->book->job;
    const GPtrArray *activities = p->statistics->activities;
    gint64 sum = 0;

    text(p, 0, or_none(p, rdl_word_of(job->ledger, RDL_WORDS_ZONE, zone, job->language)));
    for (guint k = 0; k < activities->len; k++) {
        gint64 n = rdl_statistics_cell(p->statistics, zone, activities->pdata[k]);
        rdl_book_whole(p->book, p->sheet, p->row, (int)k + 1, n);
        sum += n;
    }
    rdl_book_whole(p->book, p->sheet, p->row++, (int)activities->len + 1, sum);
}

static void write_zones(page *p)
{
    const rdl_export_job *job = p->book->job;
    const GPtrArray *activities = p->statistics->activities;

    title(p, "by_zone");
    head(p, 0, rdl_book_word(p->book, "zone"));
    for (guint k = 0; k < activities->len; k++)
        head(p, (int)k + 1,
             or_none(p, rdl_word_of(job->ledger, RDL_WORDS_ACTIVITY, activities->pdata[k],
                                    job->language)));
    head(p, (int)activities->len + 1, rdl_book_word(p->book, "total"));
    p->row++;
    for (guint i = 0; i < p->statistics->zones->len; i++)
        write_zone(p, p->statistics->zones->pdata[i]);
}

void rdl_sheet_statistics(rdl_book *b)
{
    const rdl_export_job *job = b->job;
    g_autoptr(rdl_statistics) statistics = rdl_statistics_new(job->ledger, job->tasks, job->as_of);
    page p = {.book = b, .sheet = rdl_book_sheet(b, "sheet.statistics"), .statistics = statistics};

    if (!p.sheet)
        return;
    worksheet_set_column(p.sheet, 0, 0, 34, NULL);
    worksheet_set_column(p.sheet, 1, 40, 13, NULL);
    write_sentences(&p);
    write_states(&p);
    write_units(&p);
    write_zones(&p);
}

/* ---- codes ---- */

typedef const char *(*word_fn)(rdl_ledger *ledger, const char *code, const char *language);

static const char *state_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_of(ledger, RDL_WORDS_STATE, code, language);
}

static const char *zone_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_of(ledger, RDL_WORDS_ZONE, code, language);
}

static const char *activity_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_of(ledger, RDL_WORDS_ACTIVITY, code, language);
}

static const char *result_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_in(ledger, "result", code, language);
}

static const char *severity_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_in(ledger, "severity", code, language);
}

static const char *tier_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_in(ledger, "tier", code, language);
}

static const char *warning_word(rdl_ledger *ledger, const char *code, const char *language)
{
    return rdl_word_in(ledger, "warning", code, language);
}

static const struct {
    const char *group;
    size_t offset; /* of the code in rdl_task */
    word_fn word;
} groups[] = {{"state", G_STRUCT_OFFSET(rdl_task, state), state_word},
              {"result", G_STRUCT_OFFSET(rdl_task, result), result_word},
              {"zone", G_STRUCT_OFFSET(rdl_task, zone), zone_word},
              {"activity", G_STRUCT_OFFSET(rdl_task, activity), activity_word},
              {"severity", G_STRUCT_OFFSET(rdl_task, severity), severity_word},
              {"tier", G_STRUCT_OFFSET(rdl_task, tier), tier_word},
              {"warning", G_STRUCT_OFFSET(rdl_task, warning), warning_word}};

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Codes that occur, in order; lent from the tasks. */
static GPtrArray *occurring(const GArray *tasks, size_t offset)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *codes = g_ptr_array_new();

    for (guint i = 0; i < tasks->len; i++) {
        char *code = G_STRUCT_MEMBER(char *, &g_array_index(tasks, rdl_task, i), offset);
        if (code && g_hash_table_add(seen, code))
            g_ptr_array_add(codes, code);
    }
    g_ptr_array_sort(codes, by_text);
    return codes;
}

void rdl_sheet_codes(rdl_book *b)
{
    static const char *const heads[] = {"group", "code", "zh", "en"};
    static const double widths[] = {14, 18, 36, 44};
    page p = {.book = b, .sheet = rdl_book_sheet(b, "sheet.codes")};

    if (!p.sheet)
        return;
    for (int i = 0; i < 4; i++) {
        worksheet_set_column(p.sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
        head(&p, i, rdl_book_word(b, heads[i]));
    }
    worksheet_freeze_panes(p.sheet, 1, 0);
    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        g_autoptr(GPtrArray) codes = occurring(b->job->tasks, groups[g].offset);
        for (guint i = 0; i < codes->len; i++) {
            p.row++;
            text(&p, 0, rdl_book_word(b, groups[g].group));
            text(&p, 1, codes->pdata[i]);
            text(&p, 2, groups[g].word(b->job->ledger, codes->pdata[i], "zh"));
            text(&p, 3, groups[g].word(b->job->ledger, codes->pdata[i], "en"));
        }
    }
}
