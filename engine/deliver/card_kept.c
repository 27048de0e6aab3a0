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

/* ---- of which round ---- */

/* Is `id` one that the problem took up again after a rebound? */
static bool is_earlier(const rdl_card_page *card, JsonObject *problem, const char *id)
{
    JsonArray *problems = rdl_card_array(card->chain, "problems");
    const char *reopens = rdl_card_text(problem, "reopens");

    for (guint i = 0; reopens && i < json_array_get_length(problems); i++) {
        JsonObject *one = json_array_get_object_element(problems, i);
        if (g_strcmp0(rdl_card_text(one, "problem_id"), reopens) == 0)
            return strcmp(reopens, id) == 0 || is_earlier(card, one, id);
    }
    return reopens && strcmp(reopens, id) == 0;
}

/* Key of what the row's problem is to the card's: an earlier round, another matter; NULL: its own. */
static const char *round_of(const rdl_card_page *card, JsonObject *row)
{
    JsonObject *problem = rdl_card_problem(card);
    const char *id = rdl_card_text(row, "problem_id");

    if (!id || g_strcmp0(id, rdl_card_text(problem, "problem_id")) == 0)
        return NULL;
    return is_earlier(card, problem, id) ? "kept.earlier" : "kept.other";
}

/* "measure 2", of another round with its problem behind. Yours. */
static char *numbered(const rdl_card_page *card, const char *key, JsonObject *row)
{
    const char *round = round_of(card, row);
    g_autofree char *name = joined(" ", rdl_card_word(card, key), rdl_card_text(row, "n"));

    return round ? g_strdup_printf("%s (%s %s)", name, rdl_card_word(card, round),
                                   rdl_card_text(row, "problem_id"))
                 : g_strdup(name);
}

/* How what is not done stands: what an earlier round left undone is no work of this one. */
static const char *undone(const rdl_card_page *card, JsonObject *row, const char *key)
{
    return rdl_card_word(card, g_strcmp0(round_of(card, row), "kept.earlier") == 0
                                   ? "kept.not_in_round"
                                   : key);
}

/* ---- a row of each kind: what, day, text, how it stands ---- */

static void add_measure(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *done = rdl_card_text(o, "done");

    add_take(cells, numbered(card, "kept.measure", o));
    add(cells, NULL);
    add(cells, rdl_card_text(o, "text"));
    add_take(cells, done ? dated(card, "kept.done", done)
                         : g_strdup(undone(card, o, "kept.not_done")));
}

static void add_milestone(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *met = rdl_card_text(o, "met");
    g_autofree char *first = dated(card, "kept.first", rdl_card_text(o, "due_original"));

    add_take(cells, numbered(card, "kept.milestone", o));
    add(cells, rdl_card_text(o, "due"));
    add_take(cells, joined("; ", rdl_card_text(o, "text"), first));
    add_take(cells, met ? dated(card, "kept.met", met)
                        : g_strdup(undone(card, o, "kept.not_met")));
}

/* "was → is" of a member; NULL where it did not change. Yours. */
static char *change_of(const rdl_card_page *card, JsonObject *change, const char *was,
                       const char *is, const char *group)
{
    const char *before = rdl_card_text(change, was), *after = rdl_card_text(change, is);

    if (!json_object_has_member(change, was))
        return NULL;
    if (group) {
        before = before ? rdl_word_in(card->data->ledger, group, before, card->data->language) : NULL;
        after = after ? rdl_word_in(card->data->ledger, group, after, card->data->language) : NULL;
    }
    return g_strdup_printf("%s → %s", before ? before : "–", after ? after : "–");
}

/* The task took a graver or nearer matter over. */
static void add_tightening(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    JsonObject *change = rdl_json_object(o, "change");
    g_autofree char *due = change_of(card, change, "was", "due", NULL);
    g_autofree char *tier = change_of(card, change, "tier_was", "tier", "tier");
    g_autofree char *both = joined("; ", due, tier);

    add(cells, rdl_card_word(card, "task.tightened"));
    add(cells, rdl_card_text(o, "at"));
    add(cells, both);
    add(cells, NULL);
}

static void add_term(const rdl_card_page *card, JsonObject *o, GPtrArray *cells)
{
    const char *due = rdl_card_text(o, "due"), *was = rdl_card_text(o, "was");
    g_autofree char *change =
        due || was ? g_strdup_printf("%s → %s", was ? was : "–", due ? due : "–") : NULL;

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
                 {"tightenings", add_tightening},
                 {"verifications", add_scene},
                 {"publications", add_publication},
                 {"transfers", add_transfer}};
    const rdl_column columns[] = {{rdl_card_word(card, "kept.what"), 0.16, RDL_LEFT},
                                  {rdl_card_word(card, "on"), 0.20, RDL_LEFT},
                                  {rdl_card_word(card, "kept.text"), 0.42, RDL_LEFT},
                                  {rdl_card_word(card, "kept.stands"), 0.22, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (size_t k = 0; k < 2 * G_N_ELEMENTS(kinds); k++) { /* what is of now, then what was */
        bool past = k >= G_N_ELEMENTS(kinds);
        const size_t kind = k % G_N_ELEMENTS(kinds);
        JsonArray *rows = rdl_card_array(card->chain, kinds[kind].member);
        for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
            JsonObject *row = json_array_get_object_element(rows, i);
            if ((round_of(card, row) != NULL) == past)
                kinds[kind].add(card, row, cells);
        }
    }
    if (!cells->len)
        return;
    rdl_flow_head(&card->flow, rdl_card_word(card, "kept"), 40.0);
    rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), cells);
}
