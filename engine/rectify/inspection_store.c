#include "rectify/inspection.h"

#include <math.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/code.h"
#include "rectify/apply.h"
#include "rectify/moving.h"
#include "rectify/route.h"

#define HEADER_LEAST 3 /* known names that make a row a header */

/* Fields of a list that are not of the problem itself. */
static const char *const other_fields[] = {"tier",       "started", "due", "progress_text",
                                           "milestones", "xzqdm",   NULL};

/* What must be known before anything is registered (domain no. 67). */
static const char *const mandatory[] = {"target",    "measures", "lead_leader", "supervisor",
                                        "resp_unit", "due",      NULL};

typedef struct {
    JsonObject *fields; /* known values by field; measures apart */
    JsonObject *others; /* what no field takes, by title */
    GPtrArray *measures;
    GPtrArray *beside;        /* titles of others that further rows brought */
    guint row;                /* from 1 */
    char *base, *due, *words; /* the time limit: counted from, the day, as the list says it; NULL */
    const char *tier;         /* that the words say; NULL */
    bool provisional;         /* counted through a year without a calendar */
} item;

static void item_free(gpointer p)
{
    item *i = p;

    json_object_unref(i->fields);
    json_object_unref(i->others);
    g_ptr_array_unref(i->measures);
    g_ptr_array_unref(i->beside);
    g_free(i->base);
    g_free(i->due);
    g_free(i->words);
    g_free(i);
}

/* ---- the sheet ---- */

/* Folded name -> field. */
static GHashTable *names_of(rdl_ledger *ledger, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GError *failed = NULL;
    const rdl_csv *csv = rdl_ledger_table(ledger, "fields.csv", &failed);

    for (int i = 0; rdl_problem_members[i]; i++)
        g_hash_table_insert(names, rdl_name_fold(rdl_problem_members[i]),
                            g_strdup(rdl_problem_members[i]));
    for (int i = 0; other_fields[i]; i++)
        g_hash_table_insert(names, rdl_name_fold(other_fields[i]), g_strdup(other_fields[i]));
    for (size_t r = 0; csv && r < rdl_csv_count(csv); r++) {
        g_auto(GStrv) list = g_strsplit(rdl_csv_at(csv, r, "names"), "|", -1);
        for (char **name = list; *name; name++)
            g_hash_table_insert(names, rdl_name_fold(*name), g_strdup(rdl_csv_at(csv, r, "field")));
    }
    if (failed) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&names);
}

/* The columns of a list: what field takes each (NULL: none) and what it is called in the record. */
typedef struct {
    GPtrArray *fields, *titles; /* fields: lent */
    GArray *kept;               /* guint: values of each that no field took */
} heading;

static void heading_clear(heading *h)
{
    g_clear_pointer(&h->fields, g_ptr_array_unref);
    g_clear_pointer(&h->titles, g_ptr_array_unref);
    g_clear_pointer(&h->kept, g_array_unref);
}

/* "整改时限（2017年底前）", "责任单位:", "*整改目标": what is said besides the name. */
static char *bare_name(const char *title)
{
    g_autofree char *plain = g_utf8_normalize(title, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autoptr(GRegex) beside = g_regex_new(
        "[(\\[{【〔〖〈《「][^)\\]}】〕〗〉》」]*(?:[)\\]}】〕〗〉》」]|$)|[*:]", 0, 0, NULL);
    g_autofree char *bare =
        plain ? g_regex_replace_literal(beside, plain, -1, 0, "", 0, NULL) : NULL;

    return rdl_name_fold(bare ? bare : "");
}

static gboolean same_text(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(a, b) == 0;
}

/* A name as it stands goes before one with something in brackets; a field but `measures` is taken
 * once by the latter. */
static guint match_names(heading *h, char **row, GHashTable *names, bool bare)
{
    guint found = 0;

    for (guint c = 0; row[c]; c++) {
        g_autofree char *name = bare ? bare_name(row[c]) : rdl_name_fold(row[c]);
        char *field = *name && !h->fields->pdata[c] ? g_hash_table_lookup(names, name) : NULL;
        if (!field || (bare && strcmp(field, "measures") != 0 &&
                       g_ptr_array_find_with_equal_func(h->fields, field, same_text, NULL)))
            continue;
        h->fields->pdata[c] = field;
        found++;
    }
    return found;
}

/* What a column is called: its own words, else its place; no two alike. */
static void add_title(heading *h, const char *words)
{
    guint c = h->titles->len + 1;
    g_autofree char *own = g_strstrip(g_strdup(words));
    char *title = *own ? g_strdup(own) : g_strdup_printf("column %u", c);

    if (g_ptr_array_find_with_equal_func(h->titles, title, g_str_equal, NULL)) {
        g_free(title);
        title = g_strdup_printf("%s (column %u)", own, c);
    }
    g_ptr_array_add(h->titles, title);
}

/* `found`: how many columns a field takes. */
static heading heading_of(char **row, GHashTable *names, guint *found)
{
    heading h = {g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free),
                 g_array_new(FALSE, TRUE, sizeof(guint))};

    g_ptr_array_set_size(h.fields, (gint)g_strv_length(row));
    *found = match_names(&h, row, names, false) + match_names(&h, row, names, true);
    for (char **cell = row; *cell; cell++)
        add_title(&h, *cell);
    g_array_set_size(h.kept, h.titles->len);
    return h;
}

/* Masks of published plans: a cell of nothing else says nothing. */
static bool is_mask(gunichar c)
{
    return c == 'x' || c == 'X' || c == '*' || c == '-' || c == '/' || c == 0x2014 || c == 0x25cb ||
           g_unichar_isspace(c);
}

static bool is_known(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (!is_mask(g_utf8_get_char(text)))
            return true;
    return false;
}

bool rdl_fields_known(const char *task_id, JsonObject *fields, GError **error)
{
    for (int i = 0; rdl_problem_members[i]; i++) {
        const char *value = rdl_json_text(fields, rdl_problem_members[i], NULL);
        if (value && !is_known(value))
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "%s: %s '%s' says nothing: give what is known, or leave it out",
                            task_id, rdl_problem_members[i], value);
    }
    return true;
}

/* Cell as NFKC without blanks around; NULL: unknown. */
static char *value_of(const char *cell, const char *field)
{
    g_autofree char *text = g_strstrip(g_utf8_normalize(cell, -1, G_NORMALIZE_ALL_COMPOSE));
    bool date = field && (strcmp(field, "due") == 0 || strcmp(field, "started") == 0 ||
                          strcmp(field, "listed") == 0);

    if (!is_known(text) || (date && strpbrk(text, "xX*")))
        return NULL;
    return g_steal_pointer(&text);
}

/* A value that no field takes stays as it stands. */
static void keep_value(heading *h, item *i, guint c, const char *value)
{
    rdl_json_set_text(i->others, h->titles->pdata[c], value);
    g_array_index(h->kept, guint, c)++;
}

static item *read_item(char **row, heading *h, guint number)
{
    item *i = g_new0(item, 1);

    i->fields = json_object_new();
    i->others = json_object_new();
    i->measures = g_ptr_array_new_with_free_func(g_free);
    i->beside = g_ptr_array_new_with_free_func(g_free);
    i->row = number;
    for (guint c = 0; row[c]; c++) {
        if (c >= h->titles->len) { /* beyond the header */
            add_title(h, "");
            g_ptr_array_add(h->fields, NULL);
            g_array_set_size(h->kept, h->titles->len);
        }
        const char *field = h->fields->pdata[c];
        char *value = value_of(row[c], field);
        if (value && field && strcmp(field, "measures") == 0) {
            g_ptr_array_add(i->measures, value);
            continue;
        }
        if (value && field && !json_object_has_member(i->fields, field))
            rdl_json_set_text(i->fields, field, value);
        else if (value)
            keep_value(h, i, c, value);
        g_free(value);
    }
    return i;
}

static const char *field_of(const item *i, const char *field)
{
    return rdl_json_text(i->fields, field, NULL);
}

/* Cells of a problem with several measures stand in its first row only, or are repeated. */
static bool continues(const item *above, const item *i)
{
    const char *no = field_of(i, "task_no"), *problem = field_of(i, "problem");

    return above && i->measures->len && (!no || g_strcmp0(no, field_of(above, "task_no")) == 0) &&
           (!problem || g_strcmp0(problem, field_of(above, "problem")) == 0);
}

/* What a further row says besides its measure stays with the problem, under the row it is from. */
static void keep_beside(item *above, JsonObject *said, guint row)
{
    g_autoptr(GList) names = json_object_get_members(said);

    for (GList *n = names; n; n = n->next) {
        const char *value = rdl_json_text(said, n->data, ""), *was = field_of(above, n->data);
        g_autofree char *title = g_strdup_printf("%s, row %u", (char *)n->data, row);
        if (g_strcmp0(value, was ? was : rdl_json_text(above->others, n->data, NULL)) == 0)
            continue;
        rdl_json_set_text(above->others, title, value);
        g_ptr_array_add(above->beside, g_steal_pointer(&title));
    }
}

static void take_measures(item *above, item *i)
{
    static const char *const lines[] = {"milestones", "progress_text"};

    for (guint m = 0; m < i->measures->len; m++)
        g_ptr_array_add(above->measures, g_strdup(i->measures->pdata[m]));
    for (size_t k = 0; k < G_N_ELEMENTS(lines); k++) {
        const char *was = field_of(above, lines[k]), *more = field_of(i, lines[k]);
        g_autofree char *both = more && was ? g_strconcat(was, "\n", more, NULL) : g_strdup(more);
        if (more && g_strcmp0(was, more) != 0)
            rdl_json_set_text(above->fields, lines[k], both);
        json_object_remove_member(i->fields, lines[k]);
    }
    keep_beside(above, i->fields, i->row);
    keep_beside(above, i->others, i->row);
}

static bool is_blank(const item *i)
{
    return json_object_get_size(i->fields) == 0 && json_object_get_size(i->others) == 0 &&
           i->measures->len == 0;
}

/* The first row with enough known names; `rest`: the row after it. */
static bool find_heading(const GPtrArray *rows, GHashTable *names, heading *h, guint *rest)
{
    guint found;

    for (guint r = 0; r < rows->len; r++) {
        *h = heading_of(rows->pdata[r], names, &found);
        *rest = r + 1;
        if (found >= HEADER_LEAST)
            return true;
        heading_clear(h);
    }
    return false;
}

/* The problems of a sheet, in order, and its heading. */
static GPtrArray *read_items(const char *path, GHashTable *names, heading *h, GError **error)
{
    g_autoptr(GPtrArray) rows = rdl_sheet_read(path, error);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);
    item *above = NULL;
    guint rest = 0;

    if (rows && !find_heading(rows, names, h, &rest))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: no row names at least %d fields of a problem list (序号, 反馈问题, "
                        "整改措施 ...): see fields.csv of the pack",
                        path, HEADER_LEAST),
               NULL;
    for (guint r = rest; rows && r < rows->len; r++) {
        item *i = read_item(rows->pdata[r], h, r + 1);
        bool blank = is_blank(i), more = !blank && continues(above, i);
        if (more)
            take_measures(above, i);
        if (blank || more)
            item_free(i);
        else
            g_ptr_array_add(items, above = i);
    }
    return rows ? g_steal_pointer(&items) : NULL;
}

/* ---- into the ledger ---- */

typedef struct {
    rdl_ledger *ledger;
    const char *path;
    rdl_day as_of;
    rdl_tally *tally;
    GPtrArray *notes;
    GHashTable *seen; /* ids of this list */
} listing;

static void note(listing *l, const item *i, const char *text)
{
    if (l->notes)
        g_ptr_array_add(l->notes, rdl_say("%s, row %u: %s", l->path, i->row, text));
}

static bool append(listing *l, const char *at, const char *kind, const char *subject,
                   JsonObject *payload, GError **error)
{
    rdl_event event = {
        .at = at, .by = "redline", .role = "system", .kind = kind, .subject = subject};

    return rdl_event_append(l->ledger, &event, payload, error);
}

/* The day that the limits of a known problem are counted from: the one of its last list that told
 * it, else of its first; NULL without error where it is new. */
static char *known_base(listing *l, const char *problem_id, const char *clue_id,
                        const char *task_id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        l->ledger->store,
        "SELECT coalesce(json_extract(payload, '$.base'), at) FROM event WHERE subject IN (?1, ?2, "
        "?3) AND kind IN ('problem.registered', 'problem.changed') ORDER BY json_extract(payload, "
        "'$.base') IS NULL, CASE WHEN json_extract(payload, '$.base') IS NULL THEN seq ELSE -seq "
        "END LIMIT 1",
        error);
    bool row;

    if (!s)
        return NULL;
    rdl_statement_text(s, 1, problem_id);
    rdl_statement_text(s, 2, clue_id);
    rdl_statement_text(s, 3, task_id);
    return rdl_statement_step(s, &row, error) && row ? g_strdup(rdl_statement_get_text(s, 0))
                                                     : NULL;
}

static void note_provisional(listing *l, const item *i)
{
    g_autofree char *text = rdl_say(
        "the time limit '%s', %s, is provisional: the pack has no calendar of that year, days of "
        "rest are not known: redline ledger pack adds one that has",
        i->words, i->due);

    note(l, i, text);
}

/* Beginning and time limit by the list's words, which are counted from the day the list gives, else
 * from where they were counted first: a new version of a list begins no term anew. Unreadable ones
 * are as unknown as masked ones. */
static bool settle_dates(listing *l, item *i, const char *base, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(l->ledger, error);
    rdl_deadline first, last;
    rdl_day from = l->as_of;

    if (!policy || (base && !rdl_day_parse(base, &from, error)))
        return false;
    const char *start = field_of(i, "started"), *words = field_of(i, "due");
    if (start && rdl_deadline_words(policy, start, l->as_of, &first, NULL) &&
        first.kind == RDL_DEADLINE_DATE)
        from = first.due;
    i->base = rdl_day_text(from);
    i->words = g_strdup(words);
    if (words && rdl_deadline_words(policy, words, from, &last, NULL)) {
        i->due = last.kind == RDL_DEADLINE_NONE ? NULL : rdl_day_text(last.due);
        i->provisional = !last.calendar;
        if (i->provisional)
            note_provisional(l, i);
        return rdl_ledger_tier_said(l->ledger, "rectify", &last, from, &i->tier, error);
    }
    if (words) {
        g_autofree char *text = rdl_say("the time limit '%s' names no day", words);
        note(l, i, text);
        json_object_remove_member(i->fields, "due");
    }
    return true;
}

/* What the list says beside the fields of a problem, for the record: what no field takes, from when
 * its limits are counted, and the limit, which a clue of the list is registered with. */
static void add_beside(const item *i, JsonObject *o)
{
    json_object_set_object_member(o, "others", json_object_ref(i->others));
    rdl_json_set_text(o, "base", i->base);
    if (!i->words)
        return;
    JsonObject *limit = json_object_new();
    json_object_set_object_member(o, "limit", limit);
    rdl_json_set_text(limit, "words", i->words);
    rdl_json_set_text(limit, "due", i->due);
    rdl_json_set_text(limit, "tier", i->tier);
    if (i->provisional)
        json_object_set_int_member(limit, "provisional", 1);
}

bool rdl_listed_limit(rdl_ledger *ledger, const rdl_task *clue, JsonObject *fields, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT json_extract(payload, '$.limit.due'), json_extract(payload, '$.limit.tier'), "
        "json_extract(payload, '$.limit.provisional'), json_extract(payload, '$.limit.words'), "
        "json_extract(payload, '$.base') FROM event WHERE subject IN (?1, ?2) AND kind IN "
        "('problem.registered', 'problem.changed') AND "
        "json_type(payload, '$.limit') = 'object' ORDER BY seq DESC LIMIT 1",
        error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, clue->problem_id);
    rdl_statement_text(s, 2, clue->task_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    const char *due = row ? rdl_statement_get_text(s, 0) : NULL;
    if (!due)
        return true;
    rdl_json_set_text(fields, "due", due);
    rdl_json_set_text(fields, "due_words", rdl_statement_get_text(s, 3));
    rdl_json_set_text(fields, "due_from", rdl_statement_get_text(s, 4));
    if (rdl_statement_get_text(s, 1) && !rdl_json_text(fields, "tier", NULL))
        rdl_json_set_text(fields, "tier", rdl_statement_get_text(s, 1));
    if (rdl_statement_get_int(s, 2))
        rdl_json_set_text(fields, "due_note", RDL_NO_CALENDAR);
    return true;
}

/* Who holds a post in the unit is the problem's, where the list names nobody (domain no. 76). */
static bool inherit_posts(listing *l, item *i, GError **error)
{
    static const char *const posts[] = {"lead_leader", "supervisor", "first_responsible"};
    const char *unit;

    if (!rdl_route_unit(l->ledger, field_of(i, "xzqdm"), l->as_of, &unit, error))
        return false;
    for (size_t k = 0; k < G_N_ELEMENTS(posts); k++) {
        const char *name =
            field_of(i, posts[k]) ? NULL : rdl_route_post(l->ledger, unit, posts[k], l->as_of);
        if (name)
            rdl_json_set_text(i->fields, posts[k], name);
    }
    return true;
}

/* Names of the mandatory fields that are not known, NULL: none. Yours. */
static char *lacking(const item *i)
{
    GString *names = g_string_new(NULL);

    for (int m = 0; mandatory[m]; m++) {
        bool there = strcmp(mandatory[m], "measures") == 0 ? i->measures->len > 0
                                                           : field_of(i, mandatory[m]) != NULL;
        if (!there)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", mandatory[m]);
    }
    return g_string_free(names, names->len == 0);
}

static JsonObject *problem_payload(const item *i, const char *problem_id, const char *site_id,
                                   const char *clue_id)
{
    JsonObject *o = json_object_new();
    g_autoptr(GString) measures = g_string_new(NULL);

    for (int m = 0; rdl_problem_members[m]; m++)
        if (field_of(i, rdl_problem_members[m]))
            rdl_json_set_text(o, rdl_problem_members[m], field_of(i, rdl_problem_members[m]));
    for (guint m = 0; m < i->measures->len; m++)
        g_string_append_printf(measures, "%s%s", m ? "\n" : "", (char *)i->measures->pdata[m]);
    rdl_json_set_text(o, "measures", measures->len ? measures->str : NULL);
    rdl_json_set_text(o, "problem_id", problem_id);
    rdl_json_set_text(o, "site_id", site_id);
    rdl_json_set_text(o, "clue_id", clue_id);
    json_object_set_object_member(o, "others", json_object_ref(i->others));
    return o;
}

static bool add_site(listing *l, const item *i, const char *at, const char *kind,
                     const char *site_id, const char *source_id, const char *content,
                     GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();

    rdl_json_set_text(o, "source", "inspection");
    rdl_json_set_text(o, "source_id", source_id);
    rdl_json_set_text(o, "xzqdm", field_of(i, "xzqdm"));
    rdl_json_set_text(o, "content", content);
    rdl_json_set_text(o, "geometry", NULL);
    json_object_set_array_member(o, "findings", json_array_new());
    return append(l, at, kind, site_id, o, error);
}

static bool open_task(listing *l, const item *i, bool complete, const char *site_id,
                      const char *problem_id, const char *task_id, const char *at, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *due = NULL;
    const char *kind = complete ? "rectify" : "verify", *tier, *unit;
    bool provisional;

    if (!rdl_route_unit(l->ledger, field_of(i, "xzqdm"), l->as_of, &unit, error) ||
        !rdl_ledger_deadline(l->ledger, kind, NULL, NULL, l->as_of, &tier, &due, error) ||
        !rdl_ledger_provisional(l->ledger, due, &provisional, error))
        return false;
    if (complete && i->tier)
        tier = i->tier;
    rdl_json_set_text(o, "task_id", task_id);
    rdl_json_set_text(o, "site_id", site_id);
    rdl_json_set_text(o, "kind", kind);
    rdl_json_set_text(o, "state", complete ? "REGISTERED" : "CLUE");
    rdl_json_set_text(o, "xzqdm", unit);
    rdl_json_set_text(o, "department",
                      rdl_route_department(l->ledger, field_of(i, "lead_dept"), l->as_of));
    rdl_json_set_text(o, "tier", complete && field_of(i, "tier") ? field_of(i, "tier") : tier);
    rdl_json_set_text(o, "started", complete ? i->base : at);
    rdl_json_set_text(o, "due", complete ? i->due : due);
    rdl_set_provisional(o, complete ? i->provisional : provisional, complete ? i->words : NULL,
                        i->base);
    rdl_json_set_text(o, "problem_id", problem_id);
    return append(l, at, "task.opened", task_id, o, error);
}

static bool known_content(listing *l, const char *source_id, char **content, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        l->ledger->store,
        "SELECT content FROM origin WHERE source = 'inspection' AND source_id = ?", error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, source_id);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *content = row ? g_strdup(rdl_statement_get_text(s, 0)) : NULL;
    return true;
}

static char *content_of(const item *i, JsonObject *payload)
{
    g_autoptr(JsonObject) all = json_object_new();

    json_object_set_object_member(all, "problem", json_object_ref(payload));
    json_object_set_object_member(all, "fields", json_object_ref(i->fields));
    g_autoptr(JsonNode) node = rdl_json_node(all);
    g_autofree char *line = rdl_json_canonical(node);
    return rdl_digest_bytes(line, strlen(line));
}

/* ---- what it says of the way there ---- */

static bool set_milestone(listing *l, const char *at, const char *task_id, const char *problem_id,
                          int n, rdl_day due, const char *text, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *number = g_strdup_printf("%d", n), *day = rdl_day_text(due);

    rdl_json_set_text(o, "problem_id", problem_id);
    rdl_json_set_text(o, "n", number);
    rdl_json_set_text(o, "due", day);
    rdl_json_set_text(o, "text", *text ? text : NULL);
    return append(l, at, "milestone.set", task_id, o, error);
}

/* "2017年8月底前：完成拆除": the day, and what is done by then (lent, "" where nothing). */
static bool milestone_of(const rdl_deadline_policy *policy, rdl_day from, char *line, rdl_day *due,
                         const char **text)
{
    static const char *const ends[] = {"前", "底", "日内", "月内", "年内",
                                       "：", ":",  "，",   ",",    " "};
    rdl_deadline d;

    *text = "";
    if (rdl_deadline_words(policy, line, from, &d, NULL) && d.kind != RDL_DEADLINE_NONE)
        return *due = d.due, true;
    for (size_t k = 0; k < G_N_ELEMENTS(ends); k++) {
        char *end = strstr(line, ends[k]);
        size_t n = end ? (size_t)(end - line) + (k < 5 ? strlen(ends[k]) : 0) : 0;
        g_autofree char *words = g_strndup(line, n);
        if (!n || !rdl_deadline_words(policy, words, from, &d, NULL) || d.kind == RDL_DEADLINE_NONE)
            continue;
        for (*text = line + n; **text && !g_unichar_isalnum(g_utf8_get_char(*text));)
            *text = g_utf8_next_char(*text);
        return *due = d.due, true;
    }
    return false;
}

/* Day n of the problem that is on record; NULL without error where there is none. */
static bool known_milestone(listing *l, const char *problem_id, int n, char **day, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        l->ledger->store, "SELECT due FROM milestone WHERE problem_id = ? AND n = ?", error);
    bool row;

    if (!s)
        return false;
    rdl_statement_text(s, 1, problem_id);
    rdl_statement_int(s, 2, n);
    if (!rdl_statement_step(s, &row, error))
        return false;
    *day = row ? g_strdup(rdl_statement_get_text(s, 0)) : NULL;
    return true;
}

/* One that is on record stays: another day is given as an extension is. */
static bool settle_milestone(listing *l, const item *i, const char *at, const char *task_id,
                             const char *problem_id, int n, rdl_day due, const char *text,
                             GError **error)
{
    g_autofree char *was = NULL, *day = rdl_day_text(due), *told = NULL;

    if (!known_milestone(l, problem_id, n, &was, error))
        return false;
    if (!was)
        return set_milestone(l, at, task_id, problem_id, n, due, text, error);
    if (strcmp(was, day) == 0)
        return true;
    told = rdl_say("milestone %d by %s is not the day on record (%s), which stays: see "
                   "redline task milestone %s",
                   n, day, was, task_id);
    note(l, i, told);
    return true;
}

static bool set_milestones(listing *l, const item *i, const char *at, const char *task_id,
                           const char *problem_id, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(l->ledger, error);
    const char *words = field_of(i, "milestones"), *text;
    rdl_day from, due;
    int n = 0;

    if (!policy || !words)
        return policy != NULL;
    if (!rdl_day_parse(i->base, &from, error))
        return false;
    g_auto(GStrv) lines = g_regex_split_simple("\\s*[;；\n]\\s*", words, 0, 0);
    for (char **line = lines; *line; line++) {
        if (!**line)
            continue;
        if (!milestone_of(policy, from, *line, &due, &text)) {
            g_autofree char *told = rdl_say("the milestone '%s' names no day", *line);
            note(l, i, told);
        } else if (!settle_milestone(l, i, at, task_id, problem_id, ++n, due, text, error)) {
            return false;
        }
    }
    return true;
}

/* Words of progress; a share is reported, never guessed from them. */
static bool say_progress(listing *l, const item *i, const char *at, const char *task_id,
                         GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    const char *words = field_of(i, "progress_text");

    if (!words)
        return true;
    rdl_json_set_text(o, "text", words);
    return append(l, at, "task.progress", task_id, o, error);
}

static bool say_way(listing *l, const item *i, const char *at, const char *task_id,
                    const char *problem_id, GError **error)
{
    return set_milestones(l, i, at, task_id, problem_id, error) &&
           say_progress(l, i, at, task_id, error);
}

static int count_measures(const item *i)
{
    int n = 0;

    for (guint m = 0; m < i->measures->len; m++) {
        g_auto(GStrv) apart = rdl_measures_apart(i->measures->pdata[m]);
        for (char **one = apart; *one; one++)
            n += **one != '\0';
    }
    return n;
}

/* A day that another version of the list sets anew is no value: it is told, and is extended. */
static bool check_due(listing *l, const item *i, const char *task_id, GError **error)
{
    const char *due = i->due;
    rdl_task task = {0};

    if (!task_id || !rdl_task_read(l->ledger, task_id, &task, error))
        return false;
    if (due && strcmp(task.kind, "rectify") == 0 && g_strcmp0(due, task.due) != 0 &&
        g_strcmp0(due, task.due_original) != 0) {
        g_autofree char *text =
            rdl_say("the time limit %s is not that on record (%s), which stays: see "
                    "redline task extend %s",
                    due, task.due ? task.due : "-", task_id);
        note(l, i, text);
    }
    rdl_task_clear(&task);
    return true;
}

/* Is there nothing to change any more: concluded, or measures kept up without an end? */
static bool is_settled(rdl_ledger *ledger, const rdl_task *task)
{
    const rdl_csv *states = rdl_ledger_table(ledger, "states.csv", NULL);

    return !rdl_task_open(task, states) || rdl_state_lasts(states, task->state);
}

/* Other words under the same number: without a source and a batch that is another list's problem.
 */
static bool is_another(const item *i, const rdl_task *task)
{
    g_autofree char *known = rdl_name_fold(task->problem ? task->problem : "");
    g_autofree char *said = rdl_name_fold(field_of(i, "problem"));

    return !field_of(i, "source") && !field_of(i, "batch") && strcmp(known, said) != 0;
}

/* May the row change what is on record? Where not, it is failed and told. */
static bool check_known(listing *l, const item *i, const char *source_id, const char *at,
                        bool *takes, GError **error)
{
    g_autofree char *task_id = rdl_task_of_source(l->ledger, source_id, error), *text = NULL;
    g_autoptr(GError) early = NULL;
    const char *code = NULL;
    rdl_task task = {0};

    if (!task_id || !rdl_task_read(l->ledger, task_id, &task, error))
        return false;
    if (is_another(i, &task)) {
        code = "CONFLICT";
        text = g_strdup_printf("its number is that of another problem on record (%s '%s'): name "
                               "the source (来源) or the batch (批次) of this list",
                               task_id, task.problem ? task.problem : "-");
    } else if (is_settled(l->ledger, &task)) {
        code = "CLOSED_ROW";
        text = rdl_say("%s is %s and stays as it is on record", task_id, task.state);
    } else if (!rdl_site_in_order(l->ledger, task.site_id, at, &early)) {
        code = "BEFORE_RECORD";
        text = g_strdup(early->message);
    }
    *takes = code == NULL;
    if (code) {
        note(l, i, text);
        rdl_tally_failed(l->tally, "ledger.problems", code, 1);
    }
    rdl_task_clear(&task);
    return true;
}

/* Another version of a known problem: its values change, its task goes on. */
static bool revise(listing *l, const item *i, const char *at, const char *site_id,
                   const char *source_id, const char *content, JsonObject *payload, GError **error)
{
    g_autofree char *problem_id = g_strdup(rdl_json_text(payload, "problem_id", NULL));
    static const char *const ids[] = {"problem_id", "site_id", "clue_id", "others"};
    g_autofree char *task_id = rdl_task_of_source(l->ledger, source_id, error);
    g_autoptr(JsonObject) o = json_object_new();

    for (size_t k = 0; k < G_N_ELEMENTS(ids); k++)
        json_object_remove_member(payload, ids[k]);
    json_object_set_object_member(o, "fields", json_object_ref(payload));
    add_beside(i, o);
    return check_due(l, i, task_id, error) && append(l, at, "problem.changed", task_id, o, error) &&
           say_way(l, i, at, task_id, problem_id, error) &&
           add_site(l, i, at, "site.revised", site_id, source_id, content, error);
}

static bool settle_item(listing *l, item *i, const char *source_id, GError **error)
{
    g_autofree char *site_id = rdl_digest_id("S-", "inspection", source_id, RDL_DIGEST_END);
    g_autofree char *clue_id = rdl_digest_id("V-", site_id, RDL_DIGEST_END);
    g_autofree char *problem_id = rdl_digest_id("P-", clue_id, RDL_DIGEST_END);
    g_autofree char *task_id = rdl_digest_id("R-", problem_id, RDL_DIGEST_END);
    g_autofree char *at = rdl_day_text(l->as_of), *was = NULL;

    if (!known_content(l, source_id, &was, error))
        return false;
    g_autofree char *base = was ? known_base(l, problem_id, clue_id, task_id, error) : NULL;
    if ((was && !base) || !settle_dates(l, i, base, error) || !inherit_posts(l, i, error))
        return false;
    g_autofree char *missing = lacking(i);
    g_autoptr(JsonObject) payload =
        problem_payload(i, problem_id, site_id, missing ? clue_id : NULL);
    g_autofree char *content = content_of(i, payload);
    if (g_strcmp0(was, content) == 0) {
        rdl_tally_suppressed(l->tally, "ledger.problems", "ALREADY_THERE", 1);
        return true;
    }
    bool takes = true;
    if (was && !check_known(l, i, source_id, at, &takes, error))
        return false;
    if (!takes)
        return true;
    rdl_tally_used(l->tally, "ledger.problems", 1);
    rdl_tally_in(l->tally, "ledger.measures", count_measures(i));
    rdl_tally_used(l->tally, "ledger.measures", count_measures(i));
    if (was)
        return revise(l, i, at, site_id, source_id, content, payload, error);
    add_beside(i, payload);
    rdl_tally_in(l->tally, "ledger.registered", 1);
    if (missing) {
        g_autofree char *text = rdl_say("is a clue until it is known: %s", missing);
        note(l, i, text);
        rdl_tally_suppressed(l->tally, "ledger.registered", "INCOMPLETE", 1);
    } else {
        rdl_tally_used(l->tally, "ledger.registered", 1);
    }
    return add_site(l, i, at, "site.found", site_id, source_id, content, error) &&
           append(l, at, "problem.registered", problem_id, payload, error) &&
           open_task(l, i, !missing, site_id, problem_id, missing ? clue_id : task_id, at, error) &&
           say_way(l, i, at, missing ? clue_id : task_id, problem_id, error);
}

/* What a problem is known by: where it comes from and its number, or its words where that is
 * unknown. */
static char *source_id_of(const item *i)
{
    const char *from[] = {field_of(i, "source"), field_of(i, "batch"), field_of(i, "task_no")};
    GString *id = g_string_new(NULL);

    for (size_t k = 0; k < G_N_ELEMENTS(from); k++)
        if (from[k])
            g_string_append_printf(id, "%s%s", id->len ? "/" : "", from[k]);
    if (!from[2]) {
        g_autofree char *words = rdl_digest_id("", field_of(i, "problem"), RDL_DIGEST_END);
        g_string_append_printf(id, "%s%s", id->len ? "/" : "", words);
    }
    return g_string_free(id, FALSE);
}

static void note_beside(listing *l, item *i)
{
    if (!i->beside->len)
        return;
    g_ptr_array_add(i->beside, NULL);
    g_autofree char *titles = g_strjoinv("; ", (char **)i->beside->pdata);
    g_autofree char *text = rdl_say(
        "further rows say something else, which is kept beside the problem and changes nothing: %s",
        titles);
    note(l, i, text);
}

static bool take_item(listing *l, item *i, GError **error)
{
    g_autofree char *source_id = source_id_of(i);

    note_beside(l, i);
    rdl_tally_in(l->tally, "ledger.problems", 1);
    if (!field_of(i, "problem")) {
        g_autofree char *text = rdl_say("names no problem");
        note(l, i, text);
        rdl_tally_failed(l->tally, "ledger.problems", "NO_PROBLEM", 1);
        return true;
    }
    if (!g_hash_table_add(l->seen, g_strdup(source_id))) {
        g_autofree char *text = rdl_say("has the number of a problem above");
        note(l, i, text);
        rdl_tally_failed(l->tally, "ledger.problems", "NUMBER_TWICE", 1);
        return true;
    }
    return settle_item(l, i, source_id, error);
}

/* Every column that has a name or a value was taken by a field, or is kept and named. */
static void tell_columns(listing *l, const heading *h)
{
    for (guint c = 0; c < h->titles->len; c++) {
        const char *title = h->titles->pdata[c], *field = h->fields->pdata[c];
        guint kept = g_array_index(h->kept, guint, c);
        bool named = !g_str_has_prefix(title, "column ");
        if (!field && !named && !kept)
            continue;
        rdl_tally_in(l->tally, "ledger.columns", 1);
        if (field)
            rdl_tally_used(l->tally, "ledger.columns", 1);
        else
            rdl_tally_suppressed(l->tally, "ledger.columns", "NO_FIELD", 1);
        if ((!field || kept) && l->notes)
            g_ptr_array_add(l->notes,
                            rdl_say("%s: no field takes column '%s' (%u values), which is "
                                    "kept with the problems: fields.csv of the pack names "
                                    "those there are",
                                    l->path, title, kept));
    }
}

bool rdl_ledger_load_problems(rdl_ledger *ledger, const char *path, rdl_day as_of, rdl_tally *tally,
                              GPtrArray *notes, GError **error)
{
    heading h = {0};
    g_autoptr(GHashTable) names = names_of(ledger, error);
    g_autoptr(GPtrArray) items = names ? read_items(path, names, &h, error) : NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    listing l = {ledger, path, as_of, tally, notes, seen};
    bool good = items && rdl_store_begin(ledger->store, error);

    for (guint i = 0; good && i < items->len; i++)
        good = take_item(&l, items->pdata[i], error);
    if (items)
        tell_columns(&l, &h);
    heading_clear(&h);
    return items && rdl_ledger_end(ledger, good && rdl_tally_check(tally, error), error);
}
