/* deliver/words.h - words for the codes of a ledger, from its own pack. */
#ifndef RDL_DELIVER_WORDS_H
#define RDL_DELIVER_WORDS_H

#include "rectify/rectify.h"

typedef enum { RDL_WORDS_STATE, RDL_WORDS_ZONE, RDL_WORDS_ACTIVITY } rdl_words;

/** Name of a code in its table (states.csv, zones.csv, activities.csv); the code itself where the
 *  table has none; "" for NULL. Lent. */
const char *rdl_word_of(rdl_ledger *ledger, rdl_words table, const char *code,
                        const char *language);
/** Word of texts.csv for `group`.`code` ("result", "SUSPECT"); the code itself where there is none;
 *  "" for NULL. Lent; interned. */
const char *rdl_word_in(rdl_ledger *ledger, const char *group, const char *code,
                        const char *language);
/** A sentence of texts.csv with its {places} filled: names ("{due}") and texts by turns, NULL ends.
 *  NULL where the pack has no such sentence. Yours. */
char *rdl_sentence(rdl_ledger *ledger, const char *key, const char *language,
                   ...) G_GNUC_NULL_TERMINATED;
/** Column `counts` of states.csv: "open", "done", "excluded", "longterm"; "" (a clue) else. */
const char *rdl_state_counts(rdl_ledger *ledger, const char *state);
/** Kind of task a state belongs to: "verify", "rectify"; "" where the table has none. */
const char *rdl_state_kind(rdl_ledger *ledger, const char *state);

/** A word this folder owns, by key, in "zh" or "en"; the key itself where there is none. */
typedef struct rdl_label {
    const char *key, *zh, *en;
} rdl_label;
const char *rdl_label_of(const rdl_label *labels, size_t n, const char *key, const char *language);

/** Has the text Chinese, or other wide letters? A page in English quotes the law in its own
 * language, and says so. */
bool rdl_quoted(const char *text);

/** "中文 / English", as styles have their titles, in one language; all of it where there is one.
 * Yours. */
char *rdl_half(const char *title, const char *language);

#endif
