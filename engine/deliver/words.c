#include "deliver/words.h"

#include <string.h>

static const struct {
    const char *file, *column;
} tables[] = {[RDL_WORDS_STATE] = {"states.csv", "state"},
              [RDL_WORDS_ZONE] = {"zones.csv", "zone"},
              [RDL_WORDS_ACTIVITY] = {"activities.csv", "code"}};

/* "" where there is no such table, row or column. */
static const char *cell(rdl_ledger *ledger, rdl_words table, const char *code, const char *column)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, tables[table].file, NULL);
    gssize row = csv && code ? rdl_csv_find(csv, tables[table].column, code) : -1;

    return row < 0 ? "" : rdl_csv_at(csv, (size_t)row, column);
}

const char *rdl_word_of(rdl_ledger *ledger, rdl_words table, const char *code, const char *language)
{
    const char *name =
        cell(ledger, table, code, strcmp(language, "en") == 0 ? "name_en" : "name_zh");

    if (*name)
        return name;
    return code ? code : "";
}

const char *rdl_word_in(rdl_ledger *ledger, const char *group, const char *code,
                        const char *language)
{
    if (!code)
        return "";
    g_autofree char *key = g_strdup_printf("%s.%s", group, code);
    const char *word = rdl_ledger_word(ledger, key, language);
    return strcmp(word, key) == 0 ? g_intern_string(code) : word;
}

char *rdl_sentence(rdl_ledger *ledger, const char *key, const char *language, ...)
{
    const char *pattern = rdl_ledger_word(ledger, key, language), *place;
    g_autoptr(GString) text = g_string_new(pattern);
    va_list args;

    if (strcmp(pattern, key) == 0)
        return NULL;
    va_start(args, language);
    while ((place = va_arg(args, const char *))) {
        const char *value = va_arg(args, const char *);
        g_string_replace(text, place, value ? value : "", 0);
    }
    va_end(args);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

const char *rdl_state_counts(rdl_ledger *ledger, const char *state)
{
    return cell(ledger, RDL_WORDS_STATE, state, "counts");
}

const char *rdl_state_kind(rdl_ledger *ledger, const char *state)
{
    return cell(ledger, RDL_WORDS_STATE, state, "kind");
}

const char *rdl_label_of(const rdl_label *labels, size_t n, const char *key, const char *language)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(labels[i].key, key) == 0)
            return strcmp(language, "en") == 0 ? labels[i].en : labels[i].zh;
    return key;
}

char *rdl_half(const char *title, const char *language)
{
    const char *cut = strstr(title, " / ");

    if (!cut)
        return g_strdup(title);
    return strcmp(language, "en") == 0 ? g_strdup(cut + 3) : g_strndup(title, (gsize)(cut - title));
}

bool rdl_quoted(const char *text)
{
    bool wide = false;

    for (; text && *text && !wide; text = g_utf8_next_char(text))
        wide = g_unichar_iswide(g_utf8_get_char(text));
    return wide;
}
