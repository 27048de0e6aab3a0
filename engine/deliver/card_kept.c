/* What the office keeps of a site beside its moves: measures, milestones, terms, scenes, what was
 * made public, what was handed over. */
#include <string.h>
#include "deliver/card_page.h"
#include "deliver/words.h"

static void add(GPtrArray *cells, const char *text)
{
    g_ptr_array_add(cells, g_strdup(text ? text : ""));
}

static void add_take(GPtrArray *cells, char *text)
{
    g_ptr_array_add(cells, text);
}

/* "word day"; NULL where there is no day. Yours. */
static char *dated(const rdl_card_page *card, const char *key, const char *day)
{
    return day ? g_strdup_printf("%s %s", rdl_card_word(card, key), day) : NULL;
}

static char *joined(const char *between, const char *a, const char *b)
{
    return g_strdup_printf("%s%s%s", a ? a : "", a && b ? between : "", b ? b : "");
}

/* ---- a row of each kind: what, day, text, how it stands ---- */

static void add_measure(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *done = rdl_card_text(o, "done");

    add_take(cells, joined(" ", rdl_card_word(card, "kept.measure"), rdl_card_text(o, "n")));
    add(cells, NULL);
    add(cells, rdl_card_text(o, "text"));
    add_take(cells, done ? dated(card, "kept.done", done)
                         : g_strdup(rdl_card_word(card, "kept.not_done")));
}

static void add_milestone(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *met = rdl_card_text(o, "met");
    g_autofree char *first = dated(card, "kept.first", rdl_card_text(o, "due_original"));

    add_take(cells, joined(" ", rdl_card_word(card, "kept.milestone"), rdl_card_text(o, "n")));
    add(cells, rdl_card_text(o, "due"));
    add_take(cells, joined("; ", rdl_card_text(o, "text"), first));
    add_take(cells,
             met ? dated(card, "kept.met", met) : g_strdup(rdl_card_word(card, "kept.not_met")));
}

static void add_term(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *due = rdl_card_text(o, "due"), *was = rdl_card_text(o, "was");
    g_autofree char *change = due ? g_strdup_printf("%s → %s", was ? was : "–", due) : NULL;

    add(cells, rdl_card_word(card, rdl_card_text(o, "kind")));
    add(cells, rdl_card_text(o, "at"));
    add_take(cells, joined("; ", change, rdl_card_text(o, "reason")));
    add(cells, rdl_card_text(o, "by"));
}

static void add_scene(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    JsonObject *v = rdl_json_object(o, "verification");
    const char *outcome = rdl_card_text(v, "outcome");

    add(cells, rdl_card_word(card, "kept.scene"));
    add(cells, rdl_card_text(v, "scene_date"));
    add(cells, rdl_card_text(v, "scene"));
    add(cells, outcome ? rdl_card_word(card, outcome) : NULL);
}

static void add_publication(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *kind = rdl_card_text(o, "kind");

    add_take(cells, joined(" ", rdl_card_word(card, "kept.public"), kind));
    add_take(cells, joined(" – ", rdl_card_text(o, "opens"), rdl_card_text(o, "closes")));
    add_take(cells, joined("; ", rdl_card_text(o, "channel"), rdl_card_text(o, "link")));
    add(cells, NULL);
}

static void add_transfer(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    g_autofree char *accepted = dated(card, "kept.accepted", rdl_card_text(o, "accepted"));
    g_autofree char *answered = dated(card, "kept.answered", rdl_card_text(o, "answered"));

    add(cells, rdl_card_word(card, "kept.transfer"));
    add(cells, rdl_card_text(o, "sent"));
    add_take(cells, joined("; ", rdl_card_text(o, "body"), rdl_card_text(o, "result")));
    add_take(cells, joined("; ", accepted, answered));
}

void rdl_card_kept(rdl_card_page *card)
{
    static const struct {
        const char *member;
        void (*add)(const rdl_card_page *, JsonObject *, GPtrArray *);
    } kinds[] = {{"measure_rows", add_measure},
                 {"milestones", add_milestone},
                 {"terms", add_term},
                 {"verifications", add_scene},
                 {"publications", add_publication},
                 {"transfers", add_transfer}};
    const rdl_column columns[] = {{rdl_card_word(card, "kept.what"), 0.16, RDL_LEFT},
                                  {rdl_card_word(card, "on"), 0.20, RDL_LEFT},
                                  {rdl_card_word(card, "kept.text"), 0.42, RDL_LEFT},
                                  {rdl_card_word(card, "kept.stands"), 0.22, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        JsonArray *rows = rdl_card_array(card->chain, kinds[k].member);
        for (guint i = 0; rows && i < json_array_get_length(rows); i++)
            kinds[k].add(card, json_array_get_object_element(rows, i), cells);
    }
    if (!cells->len)
        return;
    rdl_flow_head(&card->flow, rdl_card_word(card, "kept"), 40.0);
    rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), cells);
}
