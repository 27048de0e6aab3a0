#include "deliver/card_page.h"

#include <math.h>
#include <string.h>
#include "deliver/triage.h"
#include "deliver/words.h"

#define WIDTH (210.0 * MM)
#define HEIGHT (297.0 * MM)
#define SIDE (12.0 * MM)
#define TOP (12.0 * MM)
#define BOTTOM (16.0 * MM)
#define LEAST_SCALE 0.84 /* 6.5 points are then 5.5: the least that print is read at */

static const char *word(const rdl_card_page *card, const char *key)
{
    return rdl_card_word(card, key);
}

static JsonObject *leading(const rdl_card_page *card)
{
    JsonArray *findings = rdl_card_array(card->chain, "findings");

    return findings && json_array_get_length(findings) ? json_array_get_object_element(findings, 0)
                                                       : NULL;
}

static guint length(JsonArray *array)
{
    return array ? json_array_get_length(array) : 0;
}

static JsonObject *at(JsonArray *array, guint i)
{
    return json_array_get_object_element(array, i);
}

/* ---- basics ---- */

/* Label and value pairs; values owned. */
typedef struct {
    GPtrArray *cells, *owned;
    const rdl_card_page *card;
} pairs;

static void pair(pairs *p, const char *key, const char *value)
{
    char *copy = g_strdup(value ? value : "");

    g_ptr_array_add(p->owned, copy);
    g_ptr_array_add(p->cells, (gpointer)word(p->card, key));
    g_ptr_array_add(p->cells, copy);
}

static void pair_take(pairs *p, const char *key, char *value)
{
    pair(p, key, value);
    g_free(value);
}

/* The value before takes the whole width. */
static void wide(pairs *p)
{
    g_ptr_array_add(p->cells, NULL);
}

/* Its day, and that it is provisional; or that it has none. */
static char *due_text(const rdl_card_page *card)
{
    const rdl_task *t = card->task;

    if (t->undated)
        return g_strdup(word(card, "undated"));
    return t->due_note ? g_strconcat(t->due, word(card, "provisional"), NULL) : g_strdup(t->due);
}

static const char *in_words(const rdl_card_page *card, const char *group, const char *code)
{
    return rdl_word_in(card->data->ledger, group, code, card->data->language);
}

static char *degrees(double value, const char *plus, const char *minus)
{
    long tenths = lround(fabs(value) * 36000.0);

    return g_strdup_printf("%ld°%02ld′%04.1f″%s", tenths / 36000, tenths / 600 % 60,
                           (double)(tenths % 600) / 10.0, value < 0.0 ? minus : plus);
}

static char *place(const rdl_task *t)
{
    if (isnan(t->lon) || isnan(t->lat))
        return NULL;
    g_autofree char *lon = degrees(t->lon, "E", "W"), *lat = degrees(t->lat, "N", "S");
    return g_strdup_printf("%s  %s  (%.6f, %.6f)", lon, lat, t->lon, t->lat);
}

static char *area(const rdl_card_page *card)
{
    g_autoptr(rdl_measure) measure = rdl_measure_new(card->data->crs, NULL);
    GBytes *wkb = card->task->wkb;
    g_autoptr(rdl_geometry) g = measure && wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL),
                                                                       g_bytes_get_size(wkb), NULL)
                                               : NULL;
    double m2;

    if (!g || !rdl_measure_area(measure, g, &m2, NULL))
        return NULL;
    return g_strdup_printf(word(card, "area_form"), m2, m2 / 1e4, m2 * 0.0015);
}

static char *built(const rdl_card_page *card, JsonObject *f)
{
    const char *after = rdl_card_text(f, "built_after"), *before = rdl_card_text(f, "built_before");

    if (!after && !before)
        return g_strdup(word(card, "unknown"));
    return g_strdup_printf("%s – %s", after ? after : word(card, "unknown"),
                           before ? before : word(card, "unknown"));
}

/* "FIX:100000-1000000" in words; anything else as the pack has it. */
static char *penalty_text(const rdl_card_page *card, const char *code)
{
    if (!code || strcmp(code, "-") == 0)
        return NULL;
    if (!g_str_has_prefix(code, "FIX:"))
        return g_strdup(code);
    g_auto(GStrv) ends = g_strsplit(code + strlen("FIX:"), "-", 2);
    return ends[0] && ends[1] ? g_strdup_printf(word(card, "fine"), ends[0], ends[1])
                              : g_strdup(code);
}

const char *rdl_card_state(const rdl_card_page *card, const char *state, const char *result)
{
    if (g_strcmp0(state, "REOPENED") == 0 && g_strcmp0(result, "PARTIAL_REBOUND") == 0)
        return word(card, "reopened_partly");
    return rdl_word_of(card->data->ledger, RDL_WORDS_STATE, state, card->data->language);
}

/* What the last look-back of the task that was held found; NULL. */
static const char *last_result(const rdl_card_page *card)
{
    JsonArray *looks = rdl_card_array(card->chain, "lookbacks");
    const char *result = NULL;

    for (guint i = 0; i < length(looks); i++)
        if (g_strcmp0(rdl_card_text(at(looks, i), "task_id"), card->task->task_id) == 0 &&
            rdl_card_text(at(looks, i), "result"))
            result = rdl_card_text(at(looks, i), "result");
    return result;
}

static void add_identity(const rdl_card_page *card, pairs *p)
{
    const rdl_task *t = card->task;
    rdl_ledger *ledger = card->data->ledger;
    const char *language = card->data->language;

    pair(p, "task_id", t->task_id);
    pair(p, "site_id", t->site_id);
    pair_take(p, "source",
              g_strdup_printf("%s %s", t->source ? word(card, t->source) : "",
                              t->source_id ? t->source_id : ""));
    pair_take(p, "state",
              g_strdup_printf("%s · %s", word(card, t->kind),
                              rdl_card_state(card, t->state, last_result(card))));
    pair_take(p, "unit", rdl_map_units_met(card->data, card->task));
    pair(p, "activity", rdl_word_of(ledger, RDL_WORDS_ACTIVITY, t->activity, language));
    pair(p, "owner", t->owner);
    pair_take(p, "number", g_strdup_printf("№%d", t->number));
    pair_take(p, "place", place(t));
    wide(p);
    pair_take(p, "area", area(card));
    wide(p);
}

static void add_judgement(const rdl_card_page *card, pairs *p)
{
    const rdl_task *t = card->task;
    JsonObject *f = leading(card);

    pair(p, "zone",
         t->zone_name
             ? t->zone_name
             : rdl_word_of(card->data->ledger, RDL_WORDS_ZONE, t->zone, card->data->language));
    wide(p);
    pair_take(p, "built", built(card, f));
    pair(p, "when", in_words(card, "when", rdl_card_text(f, "when_case")));
    pair_take(p, "result",
              g_strdup_printf("%s  %s%s", in_words(card, "result", t->result),
                              in_words(card, "severity", t->severity),
                              rdl_triage_rejected(card->chain) ? word(card, "was_rejected") : ""));
    pair(p, "verdict", in_words(card, "verdict", rdl_card_text(f, "verdict")));
    pair(p, "basis", t->basis);
    wide(p);
    pair(p, "handling", t->handling);
    pair_take(p, "penalty", penalty_text(card, t->penalty));
    pair(p, "department", t->department);
    wide(p);
    pair(p, "started", t->started);
    pair_take(p, "due", due_text(card));
    pair(p, "tier", in_words(card, "tier", t->tier));
    pair(p, "assignee", t->assignee);
}

static void write_basics(rdl_card_page *card)
{
    pairs p = {g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free), card};

    rdl_flow_head(&card->flow, word(card, "basics"), 60.0);
    add_identity(card, &p);
    add_judgement(card, &p);
    rdl_flow_pairs(&card->flow, (const char *const *)(void *)p.cells->pdata, p.cells->len);
    g_ptr_array_unref(p.cells);
    g_ptr_array_unref(p.owned);
}

/* ---- what persons said who looked ---- */

static void write_triage(rdl_card_page *card)
{
    JsonArray *review = rdl_card_array(card->chain, "review");
    g_autoptr(GPtrArray) grounds = rdl_triage_grounds(card->chain);
    const char *language = card->data->language;

    if (length(review) + grounds->len)
        rdl_flow_head(&card->flow, word(card, "triage"), 20.0);
    for (guint i = 0; i < length(review); i++) {
        g_autofree char *said = rdl_triage_decision(at(review, i), language);
        g_autofree char *line =
            g_strdup_printf("%s  %s", rdl_json_text(at(review, i), "source_id", ""), said);
        rdl_flow_text(&card->flow, 8.0, 0, line);
    }
    for (guint i = 0; i < grounds->len; i++) {
        g_autofree char *line = rdl_triage_ground(grounds->pdata[i], language);
        rdl_flow_text(&card->flow, 8.0, 0, line);
    }
}

/* ---- rules ---- */

static void add(GPtrArray *cells, const char *text)
{
    g_ptr_array_add(cells, g_strdup(text));
}

static void add_hit(const rdl_card_page *card, JsonObject *hit, const char *leads, GPtrArray *cells)
{
    const char *rule = rdl_card_text(hit, "rule_id"), *status = rdl_card_text(hit, "status");
    const char *handling = rdl_card_text(hit, "handling");
    g_autofree char *penalty = penalty_text(card, rdl_card_text(hit, "penalty"));
    const char *day = rdl_card_text(hit, "rule_date"), *cut = day ? strchr(day, '/') : NULL;
    bool same = cut && strncmp(day, cut + 1, (size_t)(cut - day)) == 0;

    g_ptr_array_add(cells, g_strconcat(leads && g_strcmp0(rule, leads) == 0 ? "*" : "",
                                       rule ? rule : "", NULL));
    add(cells, in_words(card, "verdict", rdl_card_text(hit, "verdict")));
    add(cells, status ? word(card, status) : NULL);
    add(cells, in_words(card, "severity", rdl_card_text(hit, "severity")));
    g_ptr_array_add(cells, !cut   ? g_strdup(day)
                           : same ? g_strdup(cut + 1)
                                  : g_strdup_printf("%.*s –\n%s", (int)(cut - day), day, cut + 1));
    add(cells, rdl_card_text(hit, "basis"));
    g_ptr_array_add(cells,
                    g_strdup_printf("%s%s%s", handling ? handling : "",
                                    handling && penalty ? "; " : "", penalty ? penalty : ""));
    g_ptr_array_add(cells, rdl_card_note(card, rdl_card_text(hit, "note")));
}

static void write_rules_of(rdl_card_page *card, JsonObject *f)
{
    const rdl_column columns[] = {
        {word(card, "rule_id"), 0.095, RDL_LEFT}, {word(card, "verdict"), 0.095, RDL_LEFT},
        {word(card, "status"), 0.09, RDL_LEFT},   {word(card, "severity"), 0.07, RDL_LEFT},
        {word(card, "day"), 0.11, RDL_LEFT},      {word(card, "article"), 0.19, RDL_LEFT},
        {word(card, "measure"), 0.20, RDL_LEFT},  {word(card, "note"), 0.15, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    JsonArray *hits = rdl_card_array(f, "hits");
    const char *name = rdl_card_text(f, "zone_name");

    for (guint i = 0; i < length(hits); i++)
        add_hit(card, at(hits, i), rdl_card_text(f, "rule_id"), cells);
    g_autofree char *head = g_strdup_printf("%s  %s", rdl_card_text(f, "finding_id"),
                                            name ? name : word(card, "beyond"));
    rdl_flow_need(&card->flow, 50.0);
    rdl_flow_text(&card->flow, 8.0, 0x1f3a5f, head);
    if (cells->len)
        rdl_flow_table(&card->flow, 7.0, columns, G_N_ELEMENTS(columns), cells);
    else
        rdl_flow_text(&card->flow, 8.0, 0, word(card, "no_rule"));
    card->flow.y += 3.0;
}

static void write_rules(rdl_card_page *card)
{
    JsonArray *findings = rdl_card_array(card->chain, "findings");

    rdl_flow_head(&card->flow, word(card, "rules"), 60.0);
    for (guint i = 0; i < length(findings); i++)
        write_rules_of(card, at(findings, i));
    if (strcmp(card->data->language, "en") == 0 && rdl_quoted(card->task->basis))
        rdl_flow_text(&card->flow, 7.0, 0x555555, word(card, "quoted"));
}

/* ---- work ---- */

JsonObject *rdl_card_problem(const rdl_card_page *card)
{
    JsonArray *problems = rdl_card_array(card->chain, "problems");

    for (guint i = 0; card->task->problem_id && i < length(problems); i++)
        if (g_strcmp0(rdl_card_text(at(problems, i), "problem_id"), card->task->problem_id) == 0)
            return at(problems, i);
    return rdl_json_object(card->chain, "problem");
}

static void write_problem(rdl_card_page *card)
{
    static const char *const members[] = {"target",     "measures",  "lead_leader",
                                          "supervisor", "resp_unit", "accept_unit"};
    JsonObject *problem = rdl_card_problem(card);
    pairs p = {g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free), card};

    rdl_flow_head(&card->flow, word(card, "work"), 30.0);
    for (size_t i = 0; problem && i < G_N_ELEMENTS(members); i++) {
        pair(&p, members[i], rdl_card_text(problem, members[i]));
        if (i < 2)
            wide(&p);
    }
    if (problem)
        rdl_flow_pairs(&card->flow, (const char *const *)(void *)p.cells->pdata, p.cells->len);
    else
        rdl_flow_text(&card->flow, 8.0, 0, word(card, "no_problem"));
    g_ptr_array_unref(p.cells);
    g_ptr_array_unref(p.owned);
}

/* A move of any of the site's tasks: day, who, why. */
static void add_step(const rdl_card_page *card, JsonObject *event, GPtrArray *cells)
{
    JsonObject *payload = rdl_json_object(event, "payload");
    const char *to = rdl_card_text(payload, "to"), *reason = rdl_card_text(event, "reason");
    const char *document = rdl_card_text(payload, "document"), *by = rdl_card_text(event, "by");
    const char *result = rdl_card_text(rdl_json_object(payload, "lookback"), "result");

    add(cells, rdl_card_state(card, to, result));
    add(cells, rdl_card_text(event, "at"));
    g_ptr_array_add(cells, g_strdup_printf("%s (%s)", by ? by : "",
                                           in_words(card, "role", rdl_card_text(event, "role"))));
    g_ptr_array_add(cells,
                    g_strdup_printf("%s%s%s", reason ? reason : "", reason && document ? "; " : "",
                                    document ? document : ""));
}

/* The way of a rectification that has not been walked yet, in one line. */
static bool write_open_steps(rdl_card_page *card, GError **error)
{
    g_autoptr(GPtrArray) way = rdl_task_way(card->data->ledger, card->task, error);
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; way && i < way->len; i++)
        g_string_append_printf(
            line, "%s%s", i ? " → " : word(card, "to_come"),
            rdl_word_of(card->data->ledger, RDL_WORDS_STATE, way->pdata[i], card->data->language));
    if (line->len)
        rdl_flow_text(&card->flow, 8.0, 0, line->str);
    return way != NULL;
}

static bool write_steps(rdl_card_page *card, GError **error)
{
    const rdl_column columns[] = {{word(card, "step"), 0.22, RDL_LEFT},
                                  {word(card, "on"), 0.14, RDL_LEFT},
                                  {word(card, "by"), 0.24, RDL_LEFT},
                                  {word(card, "reason"), 0.40, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) looks = g_ptr_array_new_with_free_func(g_free);
    JsonArray *events = rdl_card_array(card->chain, "events");

    for (guint i = 0; i < length(events); i++) {
        JsonObject *e = at(events, i), *payload = rdl_json_object(e, "payload");
        const char *to = rdl_card_text(payload, "to"), *from = rdl_card_text(payload, "from");
        bool look = g_strcmp0(to, "LOOKBACK") == 0 || g_strcmp0(from, "LOOKBACK") == 0;
        if (g_strcmp0(rdl_card_text(e, "kind"), "task.moved") == 0 && to)
            add_step(card, e, look ? looks : cells);
    }
    rdl_flow_head(&card->flow, word(card, "steps"), 40.0);
    rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), cells);
    if (!write_open_steps(card, error))
        return false;
    rdl_flow_head(&card->flow, word(card, "lookback"), 20.0);
    if (looks->len)
        rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), looks);
    else
        rdl_flow_text(&card->flow, 8.0, 0, word(card, "no_lookback"));
    return true;
}

static void write_letters(rdl_card_page *card)
{
    const rdl_column columns[] = {{word(card, "letter_no"), 0.5, RDL_LEFT},
                                  {word(card, "received"), 0.2, RDL_LEFT},
                                  {word(card, "activity"), 0.3, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    JsonArray *letters = rdl_card_array(card->chain, "letters");

    for (guint i = 0; i < length(letters); i++) {
        JsonObject *l = at(letters, i);
        add(cells, rdl_card_text(l, "letter_no"));
        add(cells, rdl_card_text(l, "received"));
        add(cells, rdl_word_of(card->data->ledger, RDL_WORDS_ACTIVITY, rdl_card_text(l, "activity"),
                               card->data->language));
    }
    if (!cells->len)
        return;
    rdl_flow_head(&card->flow, word(card, "letters"), 30.0);
    rdl_flow_table(&card->flow, 7.5, columns, G_N_ELEMENTS(columns), cells);
}

/* ---- inputs ---- */

static void add_inputs(const rdl_card_page *card, JsonObject *manifest, int depth, GHashTable *done,
                       GPtrArray *cells)
{
    JsonArray *inputs = rdl_card_array(manifest, "inputs");

    for (guint i = 0; depth < 8 && i < length(inputs); i++) {
        JsonObject *input = at(inputs, i), *made_by = rdl_json_object(input, "made_by");
        const char *role = rdl_card_text(input, "role"), *path = rdl_card_text(input, "path");
        const char *digest = rdl_card_text(input, "sha256");
        g_autofree char *name = g_path_get_basename(path ? path : "");
        g_autofree char *key = g_strconcat(role ? role : "", "\x1f", name, NULL);
        if (g_hash_table_add(done, g_steal_pointer(&key))) {
            add(cells, role ? word(card, role) : NULL);
            add(cells, name);
            add(cells, digest ? digest : word(card, "no_digest"));
        }
        if (made_by)
            add_inputs(card, made_by, depth + 1, done, cells);
    }
}

static void write_inputs(rdl_card_page *card)
{
    const rdl_column columns[] = {{word(card, "role"), 0.16, RDL_LEFT},
                                  {word(card, "file"), 0.30, RDL_LEFT},
                                  {"SHA-256", 0.54, RDL_LEFT}};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    JsonObject *manifest = rdl_json_object(card->chain, "manifest");
    const char *pack = rdl_card_text(card->chain, "pack");
    const char *version = rdl_card_text(card->chain, "pack_version");

    if (manifest)
        add_inputs(card, manifest, 0, done, cells);
    rdl_flow_head(&card->flow, word(card, "inputs"), 40.0);
    g_autofree char *line =
        g_strdup_printf("%s: %s %s    %s: %s", word(card, "pack"), pack ? pack : "",
                        version ? version : "", word(card, "head"), card->data->digest);
    rdl_flow_text(&card->flow, 7.0, 0x444444, line);
    if (cells->len)
        rdl_flow_table(&card->flow, 6.5, columns, G_N_ELEMENTS(columns), cells);
    else
        rdl_flow_text(&card->flow, 8.0, 0, word(card, "no_manifest"));
}

/* ---- all of it ---- */

static bool verified(const rdl_card_page *card)
{
    JsonArray *events = rdl_card_array(card->chain, "events");

    for (guint i = 0; i < length(events); i++) {
        JsonObject *payload = rdl_json_object(at(events, i), "payload");
        if (payload && g_strcmp0(rdl_card_text(payload, "to"), "VERIFIED") == 0)
            return true;
    }
    return false;
}

static const char *title_of(const rdl_card_page *card)
{
    bool registered = strcmp(card->task->kind, "rectify") == 0;

    return word(card, rdl_triage_rejected(card->chain) ? "rejected_title"
                      : registered                     ? "title_known"
                                                       : "title");
}

static void write_title(rdl_card_page *card)
{
    rdl_lettering title = {.size = 19.0, .bold = true, .align = RDL_CENTRE, .smallest = 13.0};
    rdl_lettering clue = {.size = 8.5, .align = RDL_CENTRE, .rgb = 0xa00f14};
    rdl_flow *f = &card->flow;

    bool rejected = rdl_triage_rejected(card->chain);

    f->y += rdl_page_text(f->page, &title, f->left, f->y, f->width, title_of(card));
    if (rejected || !verified(card))
        f->y += rdl_page_text(f->page, &clue, f->left, f->y, f->width,
                              word(card, rejected ? "rejected_line" : "clue_line"));
    rdl_page_line(f->page, f->left, f->y + 2.0, f->left + f->width, f->y + 2.0, 1.2, 0x1f3a5f);
    f->y += 5.0;
}

static char *footer(const rdl_card_page *card, const char *compiler)
{
    g_autofree char *who =
        compiler ? g_strdup_printf("%s %s    ", word(card, "compiler"), compiler) : g_strdup("");

    return g_strdup_printf("%s%s    %s %s (%s %s)    %.12s    redline " RDL_VERSION, who,
                           card->task->task_id, word(card, "date"), card->data->date,
                           word(card, "as_of"), card->data->as_of, card->data->digest);
}

static bool compose(rdl_card_page *card, GError **error)
{
    write_title(card);
    write_triage(card);
    write_basics(card);
    if (!rdl_card_figures(card, error) || !rdl_card_ground(card, error))
        return false;
    write_rules(card);
    write_problem(card);
    rdl_card_kept(card);
    if (!write_steps(card, error))
        return false;
    write_letters(card);
    rdl_card_photos(card);
    if (!rdl_card_outline(card, error))
        return false;
    write_inputs(card);
    return true;
}

/* The card on pages of its own; yours. */
static rdl_page *draw(rdl_card_page *card, const rdl_page_form *form, double scale, GError **error)
{
    g_autoptr(rdl_page) page = rdl_page_new(form, error);
    g_autoptr(JsonNode) photos =
        page ? rdl_ledger_photos(card->data->ledger, card->task->site_id, error) : NULL;

    if (!photos)
        return NULL;
    card->photos = json_node_get_array(photos);
    card->flow = (rdl_flow){page, SIDE, WIDTH - 2.0 * SIDE, TOP, HEIGHT - BOTTOM, TOP, scale};
    return compose(card, error) ? g_steal_pointer(&page) : NULL;
}

/* Is what runs over onto a last page little enough to find room on the pages before it? */
static bool runs_over(const rdl_page *page, const rdl_flow *flow)
{
    double room = (rdl_page_count(page) - 1) * (flow->bottom - flow->top);

    return room > 0.0 && room / (room + flow->y - flow->top) >= LEAST_SCALE;
}

rdl_page *rdl_card_draw(const rdl_map_data *data, const rdl_task *task, const char *compiler,
                        double dpi, GError **error)
{
    g_autoptr(JsonNode) chain = rdl_ledger_chain(data->ledger, task->task_id, error);
    rdl_card_page card = {.data = data, .task = task, .dpi = dpi};

    if (!chain)
        return NULL;
    card.chain = json_node_get_object(chain);
    g_autofree char *foot = footer(&card, compiler);
    g_autofree char *title = g_strdup_printf("%s %s", title_of(&card), task->task_id);
    const rdl_page_form form = {.width = WIDTH,
                                .height = HEIGHT,
                                .title = title,
                                .author = compiler,
                                .date = data->date,
                                .language = data->language,
                                .footer = foot,
                                .numbering = word(&card, "numbering")};
    g_autoptr(rdl_page) page = draw(&card, &form, 1.0, error);
    if (!page || !runs_over(page, &card.flow))
        return g_steal_pointer(&page);
    for (double scale = 0.94; scale > LEAST_SCALE - 0.01; scale -= 0.05) {
        g_autoptr(rdl_page) smaller = draw(&card, &form, scale, error);
        if (!smaller || rdl_page_count(smaller) < rdl_page_count(page))
            return g_steal_pointer(&smaller);
    }
    return g_steal_pointer(&page);
}
