/* deliver/card_page.h - what is on a card. */
#ifndef RDL_DELIVER_CARD_PAGE_H
#define RDL_DELIVER_CARD_PAGE_H

#include "deliver/card.h"
#include "deliver/flow.h"
#include "deliver/map_data.h"
#include "deliver/map_frame.h"

/** A card under way. */
typedef struct rdl_card_page {
    const rdl_map_data *data;
    const rdl_task *task;
    JsonObject *chain; /* of rdl_ledger_chain() */
    JsonArray *photos; /* of rdl_ledger_photos(), of the site */
    double dpi;
    rdl_flow flow;
} rdl_card_page;

/** A word of the card, by key. Lent. */
const char *rdl_card_word(const rdl_card_page *card, const char *key);
/** A note of screening, which is in English, in the language of the card. Yours. */
char *rdl_card_note(const rdl_card_page *card, const char *note);
/** Text member, NULL where there is none; number, NaN where there is none; array, NULL. Lent. */
const char *rdl_card_text(JsonObject *o, const char *member);
double rdl_card_number(JsonObject *o, const char *member);
JsonArray *rdl_card_array(JsonObject *o, const char *member);

/** Images, place, legend. */
bool rdl_card_figures(rdl_card_page *card, GError **error);
/** Zones, permits and the balance of the ground. */
bool rdl_card_ground(rdl_card_page *card, GError **error);
/** Where the photos were taken and which way, numbered, in a frame that is drawn: those it shows,
 * and that no frame before it has shown. */
bool rdl_card_arrows(rdl_card_page *card, const rdl_frame *frame, GError **error);
/** The photos: a list of all, pictures of the first. */
void rdl_card_photos(rdl_card_page *card);
/** The problem the card is about: that of its task, else the site's; NULL: none yet. Lent. */
JsonObject *rdl_card_problem(const rdl_card_page *card);
/** Word of a state of the card's tasks: a partial rebound is called one. `result`: of the look-back
 *  that led there; NULL: none did. */
const char *rdl_card_state(const rdl_card_page *card, const char *state, const char *result);
/** Measures, milestones, terms, scenes, publications, transfers, where there are any. */
void rdl_card_kept(rdl_card_page *card);
/** The outline's vertices. */
bool rdl_card_outline(rdl_card_page *card, GError **error);
/** All of it, on a new page; yours. */
rdl_page *rdl_card_draw(const rdl_map_data *data, const rdl_task *task, const char *compiler,
                        double dpi, GError **error);

#endif
