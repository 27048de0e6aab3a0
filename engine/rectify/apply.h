/* rectify/apply.h - what events do to the tables, for the files that apply them. */
#ifndef RDL_RECTIFY_APPLY_H
#define RDL_RECTIFY_APPLY_H

#include "rectify/event.h"

/** Run `sql` with the named members of `o` as its text parameters, in order; NULL ends the list. */
bool rdl_apply_texts(rdl_ledger *ledger, const char *sql, JsonObject *o, const char *const *members,
                     GError **error);

/** site.found, site.revised, site.joined: one source and its findings. */
bool rdl_apply_site(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
/** source.held: a source that a rejection holds back. */
bool rdl_apply_held(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
/** WKB of a member that carries a ground (lineage.h); NULL where there is none. Yours. */
GBytes *rdl_apply_ground(JsonObject *o, const char *member);
/** Several sites become one; some sources of a site become another. */
bool rdl_apply_merged(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
bool rdl_apply_split(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);

/** What a person called a source stays, whatever a later screening brings: the site that is named
 *  after `source` and `source_id` of `o` is of the activity it was retyped to. */
bool rdl_apply_retyped(rdl_ledger *ledger, JsonObject *o, GError **error);

/** Measures of one text, which stand one after another with a full- or half-width semicolon or a
 *  line between them; some may be empty. Yours. */
char **rdl_measures_apart(const char *measures);

/** layer.loaded, layer.dropped: a layer that sites are screened with. */
bool rdl_apply_layer(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);

/** The papers an event brings, whatever it is. */
bool rdl_apply_papers(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
/** due, tier and the other members that a change of a term needs: each there, text or null; the day
 *  a day; neither due nor tier null where the task has one. Fails: RDL_ERROR_DATA. */
bool rdl_apply_term_good(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                         const char *const *members, GError **error);
/** A task has come into a state. */
bool rdl_apply_state(rdl_ledger *ledger, const rdl_event *event, const char *task_id,
                     const char *state, GError **error);
/** What a move leaves besides the state: close-out step, notice, look back, rebound. */
bool rdl_apply_move(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
bool rdl_apply_publication(rdl_ledger *ledger, const rdl_event *event, JsonObject *o,
                           GError **error);
/** A look-back that new ground at a closed place asks for. */
bool rdl_apply_lookback(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
bool rdl_apply_transfer(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
bool rdl_apply_draw(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
/** A sample that was drawn; what was found of a piece of it. */
bool rdl_apply_sample(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
bool rdl_apply_judged(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
bool rdl_apply_measure(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error);
/** Those members of `fields` that are there go to the problem. */
bool rdl_apply_problem(rdl_ledger *ledger, const char *problem_id, JsonObject *fields,
                       GError **error);

#endif
