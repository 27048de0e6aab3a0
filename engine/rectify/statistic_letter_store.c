/* Measures of problems; letters of the public by batch and unit. */
#include <math.h>
#include <string.h>
#include "rectify/statistic_table.h"

/* ---- measures and milestones of the problems as they stand ---- */

static bool one_row(rdl_statistic *s, const char *sql, const char *day, double *numbers, int n,
                    GError **error)
{
    g_autoptr(rdl_statement) q = rdl_statement_new(s->ledger->store, sql, error);
    bool row;

    if (!q)
        return false;
    g_autofree char *unit = rdl_division_beginning(s->options.unit);
    rdl_statement_text(q, 1, day);
    rdl_statement_text(q, 2, unit);
    if (!rdl_statement_step(q, &row, error))
        return false;
    for (int i = 0; i < n; i++)
        numbers[i] = row ? (double)rdl_statement_get_int(q, i) : 0.0;
    return true;
}

#define OF_UNIT "(?2 IS NULL OR (t.xzqdm >= ?2 AND t.xzqdm < ?2 || char(1114111)))"

static bool measures(rdl_statistic *s, const char *day, GError **error)
{
    static const rdl_statistic_column columns[] = {
        {"problems", RDL_QUANTITY_COUNT},       {"measures", RDL_QUANTITY_COUNT},
        {"measures_done", RDL_QUANTITY_COUNT},  {"measures_rate", RDL_QUANTITY_RATE},
        {"supervised", RDL_QUANTITY_COUNT},     {"milestones", RDL_QUANTITY_COUNT},
        {"milestones_met", RDL_QUANTITY_COUNT}, {"milestones_missed", RDL_QUANTITY_COUNT}};
    static const int rates[][2] = {{2, 1}};
    double n[G_N_ELEMENTS(columns)] = {0};

    if (!one_row(s, "SELECT count(*), ?1 FROM task t WHERE t.problem_id IS NOT NULL AND " OF_UNIT,
                 day, n, 1, error) ||
        !one_row(s,
                 "SELECT count(*), total(m.done <= ?1), 0, total(m.supervised = '1') FROM task t "
                 "JOIN measure m USING(problem_id) WHERE " OF_UNIT,
                 day, n + 1, 4, error) ||
        !one_row(s,
                 "SELECT count(*), total(m.met <= ?1), total(m.due < ?1 AND (m.met IS NULL OR "
                 "m.met > ?1)) FROM milestone m JOIN task t USING(problem_id) WHERE " OF_UNIT,
                 day, n + 5, 3, error))
        return false;
    rdl_statistic_table *t = rdl_statistic_add(s, "measures", columns, G_N_ELEMENTS(columns), 0);
    rdl_statistic_row(s, t, NULL, NULL, n);
    rdl_statistic_rate(t, 0, rates);
    return true;
}

/* ---- letters ---- */

typedef struct {
    gint64 cases, issues, key, excluded, longterm, done, open, dated, on_time, published;
} mail;

typedef struct {
    rdl_statistic *s;
    rdl_fates *fates;
    rdl_statement *tasks;
    const char *day;
    GHashTable *batches, *units; /* code -> mail *; "": not given */
    mail all;
} post;

/* What became of what a letter speaks of. */
typedef struct {
    rdl_fate fate;
    char *due; /* the latest of its matters'; NULL */
    bool late; /* one of them was not done by its own day */
    bool published;
} answer;

static void later(char **day, const char *other)
{
    if (other && (!*day || strcmp(other, *day) > 0)) {
        g_free(*day);
        *day = g_strdup(other);
    }
}

/* Open while any matter of its place is; excluded when all are. A letter that has no matter has
 * not been dealt with. */
static bool follow(post *p, const char *site_id, answer *a, GError **error)
{
    static const int weight[RDL_FATES] = {[RDL_FATE_EXCLUDED] = 1,
                                          [RDL_FATE_DONE] = 2,
                                          [RDL_FATE_LONGTERM] = 3,
                                          [RDL_FATE_PENDING] = 4,
                                          [RDL_FATE_OPEN] = 5};
    int gravest = 0;
    bool row = true;

    a->fate = RDL_FATE_OPEN;
    rdl_statement_text(p->tasks, 1, site_id);
    rdl_statement_text(p->tasks, 2, rdl_ledger_word(p->s->ledger, "publication.internal", "zh"));
    while (site_id && row) {
        if (!rdl_statement_step(p->tasks, &row, error))
            return false;
        if (!row)
            break;
        g_autofree char *done = NULL;
        rdl_fate f = rdl_fates_of(p->fates, rdl_statement_get_text(p->tasks, 1),
                                  rdl_statement_get_text(p->tasks, 2),
                                  rdl_statement_get_int(p->tasks, 4) != 0);
        if (f == RDL_FATE_CARRIED)
            continue;
        if (f != RDL_FATE_EXCLUDED) {
            later(&a->due, rdl_statement_get_text(p->tasks, 3));
            a->published |= rdl_statement_get_int(p->tasks, 5) != 0;
        }
        if (f == RDL_FATE_DONE &&
            !rdl_fates_done_on(p->fates, rdl_statement_get_text(p->tasks, 0), &done, error))
            return false;
        const char *due = rdl_statement_get_text(p->tasks, 3);
        a->late |= f == RDL_FATE_DONE && due && (!done || strcmp(done, due) > 0);
        if (weight[f] > gravest) {
            gravest = weight[f];
            a->fate = f == RDL_FATE_PENDING ? RDL_FATE_OPEN : f;
        }
    }
    return true;
}

static void add(mail *to, const mail *more)
{
    gint64 *a = (gint64 *)to;
    const gint64 *b = (const gint64 *)more;

    for (size_t i = 0; i < sizeof(mail) / sizeof(gint64); i++)
        a[i] += b[i];
}

static void add_to(GHashTable *piles, const char *code, const mail *one)
{
    mail *m = g_hash_table_lookup(piles, code ? code : "");

    if (!m)
        g_hash_table_insert(piles, g_strdup(code ? code : ""), m = g_new0(mail, 1));
    add(m, one);
}

static bool is(const char *flag, char what)
{
    return flag && flag[0] == what && flag[1] == '\0';
}

/* letter_no, batch, key, founded, duplicate_of, site_id, xzqdm, issues */
static bool take_letter(post *p, rdl_statement *q, GError **error)
{
    gint64 issues = rdl_statement_get_text(q, 7) ? rdl_statement_get_int(q, 7) : 1;
    mail one = {.cases = 1, .issues = issues, .key = is(rdl_statement_get_text(q, 2), '1')};
    const char *xzqdm = rdl_statement_get_text(q, 6);
    answer a = {0};

    if (!rdl_statistic_wanted(p->s, xzqdm))
        return true;
    if (!follow(p, rdl_statement_get_text(q, 5), &a, error))
        return false;
    if (is(rdl_statement_get_text(q, 3), '0') || rdl_statement_get_text(q, 4))
        a.fate = RDL_FATE_EXCLUDED;
    one.excluded = a.fate == RDL_FATE_EXCLUDED;
    one.longterm = a.fate == RDL_FATE_LONGTERM;
    one.done = a.fate == RDL_FATE_DONE;
    one.open = a.fate == RDL_FATE_OPEN;
    one.dated = (one.done || one.open) && a.due && strcmp(a.due, p->day) <= 0;
    one.on_time = one.dated && one.done && !a.late;
    one.published = one.done && a.published;
    add(&p->all, &one);
    add_to(p->batches, rdl_statement_get_text(q, 1), &one);
    add_to(p->units, xzqdm, &one);
    g_free(a.due);
    return true;
}

static const rdl_statistic_column letter_columns[] = {{"", RDL_QUANTITY_CODE},
                                                      {"cases", RDL_QUANTITY_COUNT},
                                                      {"issues", RDL_QUANTITY_COUNT},
                                                      {"key", RDL_QUANTITY_COUNT},
                                                      {"excluded", RDL_QUANTITY_COUNT},
                                                      {"longterm", RDL_QUANTITY_COUNT},
                                                      {"due", RDL_QUANTITY_COUNT},
                                                      {"done", RDL_QUANTITY_COUNT},
                                                      {"open", RDL_QUANTITY_COUNT},
                                                      {"rate", RDL_QUANTITY_RATE},
                                                      {"dated", RDL_QUANTITY_COUNT},
                                                      {"on_time", RDL_QUANTITY_COUNT},
                                                      {"on_time_rate", RDL_QUANTITY_RATE},
                                                      {"published", RDL_QUANTITY_COUNT},
                                                      {"published_rate", RDL_QUANTITY_RATE}};
#define LETTER_NUMBERS (G_N_ELEMENTS(letter_columns) - 1)

static void letter_numbers(const mail *m, double *to)
{
    const gint64 numbers[] = {
        m->cases, m->issues, m->key,   m->excluded, m->longterm, m->done + m->open, m->done,
        m->open,  0,         m->dated, m->on_time,  0,           m->published,      0};

    G_STATIC_ASSERT(G_N_ELEMENTS(numbers) == LETTER_NUMBERS);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        to[i] = (double)numbers[i];
}

static bool tell(post *p, const char *key, const char *code, GHashTable *piles, GError **error)
{
    static const int rates[][2] = {{7, 6}, {11, 10}, {13, 7}};
    rdl_statistic_column *columns =
        rdl_statistic_columns(p->s, letter_columns, G_N_ELEMENTS(letter_columns));
    rdl_statistic_table *t;
    GHashTableIter it;
    gpointer name, m;
    double row[LETTER_NUMBERS];

    columns[0].key = code;
    t = rdl_statistic_add(p->s, key, columns, G_N_ELEMENTS(letter_columns), 1);
    g_hash_table_iter_init(&it, piles);
    while (g_hash_table_iter_next(&it, &name, &m)) {
        const char *codes[] = {*(char *)name ? name : NULL};
        letter_numbers(m, row);
        rdl_statistic_row(p->s, t, codes, NULL, row);
    }
    rdl_statistic_close(p->s, t, rates);
    return rdl_statistic_total(t, "cases") == (double)p->all.cases ||
           rdl_fail(error, RDL_ERROR_BALANCE, "%s: table %s does not hold every letter",
                    rdl_ledger_path(p->s->ledger), key);
}

/* Batches, cases and issues are three numbers (domain no. 96). */
static void tell_all(post *p)
{
    static const int rates[][2] = {{7, 6}, {11, 10}, {13, 7}};
    rdl_statistic_column *columns =
        rdl_statistic_columns(p->s, letter_columns, G_N_ELEMENTS(letter_columns));
    double row[LETTER_NUMBERS + 1] = {(double)g_hash_table_size(p->batches) -
                                      g_hash_table_contains(p->batches, "")};
    rdl_statistic_table *t;

    columns[0] = (rdl_statistic_column){"batches", RDL_QUANTITY_COUNT};
    t = rdl_statistic_add(p->s, "letters", columns, G_N_ELEMENTS(letter_columns), 0);
    letter_numbers(&p->all, row + 1);
    rdl_statistic_row(p->s, t, NULL, NULL, row);
    rdl_statistic_rate(t, 0, rates);
}

static bool letters(post *p, GError **error)
{
    g_autoptr(rdl_statement) q = rdl_statement_new(
        p->s->ledger->store,
        "SELECT l.letter_no, l.batch, l.key, l.founded, l.duplicate_of, l.site_id, s.xzqdm,"
        " (SELECT json_extract(e.payload, '$.issues') FROM event e WHERE e.subject = l.letter_no"
        "  AND e.kind = 'letter.received' ORDER BY seq LIMIT 1)"
        " FROM letter l LEFT JOIN site s USING(site_id)",
        error);
    bool row = true;

    while (q && row) {
        if (!rdl_statement_step(q, &row, error))
            return false;
        if (row && !take_letter(p, q, error))
            return false;
    }
    if (!q)
        return false;
    for (int i = 0; p->s->options.units && p->s->options.units[i]; i++)
        if (rdl_statistic_wanted(p->s, p->s->options.units[i]))
            add_to(p->units, p->s->options.units[i], &(mail){0});
    tell_all(p);
    return tell(p, "letters_by_batch", "batch", p->batches, error) &&
           tell(p, "letters_by_unit", "xzqdm", p->units, error);
}

bool rdl_statistic_letters(rdl_statistic *s, GError **error)
{
    g_autofree char *day = rdl_day_text(s->options.as_of);
    post p = {.s = s,
              .day = day,
              .batches = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
              .units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    bool good =
        measures(s, day, error) && (p.fates = rdl_fates_new(s->ledger, error)) &&
        (p.tasks = rdl_statement_new(
             s->ledger->store,
             "SELECT task_id, kind, state, due, kind = 'verify' AND EXISTS(SELECT 1 FROM problem c"
             " WHERE c.clue_id = t.task_id), EXISTS(SELECT 1 FROM publication b WHERE b.task_id ="
             " t.task_id AND b.kind <> ?2) FROM task t WHERE site_id = ?1 ORDER BY task_id",
             error)) &&
        letters(&p, error);

    rdl_statement_free(p.tasks);
    rdl_fates_free(p.fates);
    g_hash_table_unref(p.batches);
    g_hash_table_unref(p.units);
    return good;
}
