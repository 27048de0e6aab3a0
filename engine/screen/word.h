/* screen/word.h - what layers call things, and the codes of the pack that are meant.
 *
 * A code stands for itself. Any other text is a word: compared by rdl_name_fold() with the names
 * and aliases beside the codes. A word of one row is read as its code; one of several rows, or of
 * none, is no code, and a hint says what it may be. */
#ifndef RDL_SCREEN_WORD_H
#define RDL_SCREEN_WORD_H

#include "screen/intake.h"
#include "screen/pack.h"

typedef struct rdl_words rdl_words; /* of one field of one layer as it is read; one thread's */

/** Words for "activity" (activities.csv), or for another field, of codes.csv. Where the pack has no
 *  codes for it every text stands for itself. */
rdl_words *rdl_words_new(const rdl_pack *pack, rdl_intake *intake, const char *field);

/** The code, lent by the pack or by `text` itself; NULL where the text is none, then *hint says
 * what it is not and what it may be ("'养殖场' may be several of the pack (...)"); lent by the
 * intake. Counts every word. */
const char *rdl_words_code(rdl_words *words, const char *text, const char **hint);
/** Of each word that was read as a code say which, and how often, as a warning about the layer; and
 *  free. */
void rdl_words_finish(rdl_words *take_words, const char *layer);

#endif
