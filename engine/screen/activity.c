#include "screen/activity.h"

#include <string.h>

#define NEAR_MOST 3   /* activities a hint names */
#define NEAR_ENOUGH 2 /* of three letters may differ */

/* A name or alias of activities.csv, folded. */
typedef struct {
    char *text;
    size_t row;
} name;

/* A text of the layer that is no code. */
typedef struct {
    const char *code; /* of the one activity it names; NULL */
    const char *hint; /* where code is NULL */
    guint n;
} word;

struct rdl_words {
    const rdl_pack *pack;
    rdl_intake *intake;
    const rdl_csv *csv;
    const char *language; /* column of the names people are shown */
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

static GArray *all_names(const rdl_csv *csv)
{
    GArray *names = g_array_new(FALSE, FALSE, sizeof(name));

    g_array_set_clear_func(names, name_clear);
    for (size_t i = 0; i < rdl_csv_count(csv); i++) {
        g_auto(GStrv) aliases = g_strsplit(rdl_csv_at(csv, i, "aliases"), "|", -1);
        add_name(names, rdl_csv_at(csv, i, "name_zh"), i);
        add_name(names, rdl_csv_at(csv, i, "name_en"), i);
        for (char **alias = aliases; *alias; alias++)
            add_name(names, *alias, i);
    }
    return names;
}

rdl_words *rdl_words_new(const rdl_pack *pack, rdl_intake *intake)
{
    rdl_words *words = g_new0(rdl_words, 1);
    bool chinese = strcmp(rdl_pack_text(pack, "language", ""), "zh") == 0;

    words->pack = pack;
    words->intake = intake;
    if (!intake->arena)
        intake->arena = rdl_arena_new();
    words->csv = rdl_pack_table(pack, "activities.csv");
    words->language = chinese ? "name_zh" : "name_en";
    words->names = all_names(words->csv);
    words->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
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

/* By row, how far its nearest name or its code is from the word; rows that are not near: 1. */
static double *differences(const rdl_words *words, const char *folded)
{
    size_t rows = rdl_csv_count(words->csv);
    double *far = g_new(double, rows);

    for (size_t i = 0; i < rows; i++) {
        g_autofree char *code = rdl_name_fold(rdl_csv_at(words->csv, i, "code"));
        far[i] = difference(folded, code);
    }
    for (guint k = 0; k < words->names->len; k++) {
        const name *n = &g_array_index(words->names, name, k);
        far[n->row] = MIN(far[n->row], difference(folded, n->text));
    }
    return far;
}

static void add_activity(const rdl_words *words, GString *list, size_t row)
{
    g_string_append_printf(list, "%s%s (%s)", list->len ? ", " : "",
                           rdl_csv_at(words->csv, row, "code"),
                           rdl_csv_at(words->csv, row, words->language));
}

/* The nearest activities of the pack, the first of equals first; "" where none is near. Yours. */
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
        add_activity(words, list, best);
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
        add_activity(words, list, one->row);
    }
    *code = n == 1 ? rdl_csv_at(words->csv, (size_t)last, "code") : NULL;
    return n ? g_strdup(list->str) : NULL;
}

/* What is said of a word that is no code. Yours. */
static char *hint_for(const rdl_words *words, const char *text, const char *folded,
                      const char *several)
{
    if (several)
        return g_strdup_printf("'%s' may be several activities of the pack (%s)", text, several);
    g_autofree char *near = nearest(words, folded);
    if (*near)
        return g_strdup_printf("'%s' is not in the pack (near it: %s)", text, near);
    return g_strdup_printf("'%s' is not in the pack (its names and aliases: activities.csv)", text);
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
    if (rdl_pack_has_activity(words->pack, text))
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
                       "ACTIVITY_READ: %s: '%s' is read as %s (features: %u)", layer,
                       (const char *)t->data, w->code, w->n);
    }
    g_array_unref(take_words->names);
    g_hash_table_unref(take_words->words);
    g_free(take_words);
}
