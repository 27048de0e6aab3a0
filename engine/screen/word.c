#include "screen/word.h"

#include <string.h>

#define NEAR_MOST 3   /* codes a hint names */
#define NEAR_ENOUGH 2 /* of three letters may differ */

/* A name or alias, folded. */
typedef struct {
    char *text;
    size_t row;
} name;

/* A text of the layer that is no code. */
typedef struct {
    const char *code; /* of the one row it names; NULL */
    const char *hint; /* where code is NULL */
    guint n;
} word;

struct rdl_words {
    rdl_intake *intake;
    const char *field;
    const rdl_csv *csv;   /* NULL: every text stands for itself */
    const char *language; /* column of the names people are shown */
    GHashTable *codes;    /* those of the field; a set */
    GArray *names;        /* of name */
    GHashTable *words;    /* text as it came -> word */
};

static void name_clear(gpointer p)
{
    g_free(((name *)p)->text);
}

static void add_name(GArray *names, const char *text, size_t row)
{
    name n = {rdl_name_fold(text), row};

    if (*n.text)
        g_array_append_val(names, n);
    else
        g_free(n.text);
}

/* Is the row of codes.csv one of the field? Those of activities.csv all are. */
static bool of_field(const rdl_words *words, size_t row)
{
    return rdl_csv_column(words->csv, "field") < 0 ||
           strcmp(rdl_csv_at(words->csv, row, "field"), words->field) == 0;
}

static void read_names(rdl_words *words)
{
    for (size_t i = 0; words->csv && i < rdl_csv_count(words->csv); i++) {
        g_auto(GStrv) aliases = g_strsplit(rdl_csv_at(words->csv, i, "aliases"), "|", -1);
        if (!of_field(words, i))
            continue;
        g_hash_table_add(words->codes, (gpointer)rdl_csv_at(words->csv, i, "code"));
        add_name(words->names, rdl_csv_at(words->csv, i, "name_zh"), i);
        add_name(words->names, rdl_csv_at(words->csv, i, "name_en"), i);
        for (char **alias = aliases; *alias; alias++)
            add_name(words->names, *alias, i);
    }
    if (g_hash_table_size(words->codes) == 0)
        words->csv = NULL;
}

rdl_words *rdl_words_new(const rdl_pack *pack, rdl_intake *intake, const char *field)
{
    rdl_words *words = g_new0(rdl_words, 1);
    bool chinese = strcmp(rdl_pack_text(pack, "language", ""), "zh") == 0;

    words->intake = intake;
    if (!intake->arena)
        intake->arena = rdl_arena_new();
    words->field = field;
    words->csv =
        rdl_pack_table(pack, strcmp(field, "activity") == 0 ? "activities.csv" : "codes.csv");
    words->language = chinese ? "name_zh" : "name_en";
    words->codes = g_hash_table_new(g_str_hash, g_str_equal);
    words->names = g_array_new(FALSE, FALSE, sizeof(name));
    g_array_set_clear_func(words->names, name_clear);
    words->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    read_names(words);
    return words;
}

/* ---- what a word may be ---- */

/* Insertions, deletions and substitutions of letters from one to the other (Levenshtein 1966), in
 * shares of the longer; 0 where one is within the other. */
static double difference(const char *a, const char *b)
{
    glong n, m;
    g_autofree gunichar *x = g_utf8_to_ucs4_fast(a, -1, &n), *y = g_utf8_to_ucs4_fast(b, -1, &m);
    g_autofree glong *row = g_new(glong, (size_t)m + 1);

    if (strstr(a, b) || strstr(b, a))
        return 0.0;
    for (glong j = 0; j <= m; j++)
        row[j] = j;
    for (glong i = 0; i < n; i++) {
        glong diagonal = row[0];
        row[0] = i + 1;
        for (glong j = 1; j <= m; j++) {
            glong swap = diagonal + (x[i] != y[j - 1]);
            diagonal = row[j];
            row[j] = MIN(swap, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return (double)row[m] / (double)MAX(n, m);
}

/* By row, how far its nearest name or its code is from the word; rows of other fields: 1. */
static double *differences(const rdl_words *words, const char *folded)
{
    size_t rows = rdl_csv_count(words->csv);
    double *far = g_new(double, rows);

    for (size_t i = 0; i < rows; i++) {
        g_autofree char *code = rdl_name_fold(rdl_csv_at(words->csv, i, "code"));
        far[i] = of_field(words, i) ? difference(folded, code) : 1.0;
    }
    for (guint k = 0; k < words->names->len; k++) {
        const name *n = &g_array_index(words->names, name, k);
        far[n->row] = MIN(far[n->row], difference(folded, n->text));
    }
    return far;
}

static void add_code(const rdl_words *words, GString *list, size_t row)
{
    g_string_append_printf(list, "%s%s (%s)", list->len ? ", " : "",
                           rdl_csv_at(words->csv, row, "code"),
                           rdl_csv_at(words->csv, row, words->language));
}

/* The nearest rows, the first of equals first; "" where none is near. Yours. */
static char *nearest(const rdl_words *words, const char *folded)
{
    g_autofree double *far = differences(words, folded);
    size_t rows = rdl_csv_count(words->csv);
    GString *list = g_string_new(NULL);

    for (int k = 0; k < NEAR_MOST; k++) {
        size_t best = 0;
        for (size_t i = 1; i < rows; i++)
            best = far[i] < far[best] ? i : best;
        if (!rows || 3.0 * far[best] > NEAR_ENOUGH)
            break;
        add_code(words, list, best);
        far[best] = 1.0;
    }
    return g_string_free(list, FALSE);
}

/* The rows that have the name, as a list for people; *code of the only one. Yours; NULL: none. */
static char *namesakes(const rdl_words *words, const char *folded, const char **code)
{
    g_autoptr(GString) list = g_string_new(NULL);
    gssize last = -1;
    int n = 0;

    for (guint k = 0; k < words->names->len; k++) {
        const name *one = &g_array_index(words->names, name, k);
        if (strcmp(one->text, folded) != 0 || (gssize)one->row == last)
            continue;
        last = (gssize)one->row;
        n++;
        add_code(words, list, one->row);
    }
    *code = n == 1 ? rdl_csv_at(words->csv, (size_t)last, "code") : NULL;
    return n ? g_strdup(list->str) : NULL;
}

/* What is said of a word that is no code. Yours. */
static char *hint_for(const rdl_words *words, const char *text, const char *folded,
                      const char *several)
{
    if (several)
        return g_strdup_printf("'%s' may be several of the pack (%s)", text, several);
    g_autofree char *near = nearest(words, folded);
    if (*near)
        return g_strdup_printf("'%s' is not in the pack (near it: %s)", text, near);
    return g_strdup_printf("'%s' is not in the pack (names and aliases: %s)", text,
                           rdl_csv_name(words->csv));
}

static word *read_word(const rdl_words *words, const char *text)
{
    g_autofree char *folded = rdl_name_fold(text);
    word *w = g_new0(word, 1);
    g_autofree char *several = namesakes(words, folded, &w->code);
    g_autofree char *hint = w->code ? NULL : hint_for(words, text, folded, several);

    w->hint = rdl_arena_text(words->intake->arena, hint);
    return w;
}

const char *rdl_words_code(rdl_words *words, const char *text, const char **hint)
{
    if (!words->csv || g_hash_table_contains(words->codes, text))
        return text;
    word *w = g_hash_table_lookup(words->words, text);
    if (!w) {
        w = read_word(words, text);
        g_hash_table_insert(words->words, g_strdup(text), w);
    }
    w->n++;
    *hint = w->hint;
    return w->code;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

void rdl_words_finish(rdl_words *take_words, const char *layer)
{
    g_autoptr(GList) texts = g_list_sort(g_hash_table_get_keys(take_words->words), by_text);

    for (GList *t = texts; t; t = t->next) {
        const word *w = g_hash_table_lookup(take_words->words, t->data);
        if (w->code)
            rdl_reject(take_words->intake, layer, RDL_WHOLE_LAYER, true,
                       "WORD_READ: %s: %s '%s' is read as %s (features: %u)", layer,
                       take_words->field, (const char *)t->data, w->code, w->n);
    }
    g_hash_table_unref(take_words->codes);
    g_array_unref(take_words->names);
    g_hash_table_unref(take_words->words);
    g_free(take_words);
}
