/* How the ledger's pack counts time: calendars, switches, tiers. */
#include <stdlib.h>
#include <string.h>
#include "rectify/moving.h"

static bool add_calendars(rdl_ledger *ledger, rdl_workdays *days, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT name FROM pack_file WHERE name GLOB 'calendar-*.csv' AND sha256 = (SELECT value "
        "FROM setting WHERE name = 'pack_sha256') ORDER BY name",
        error);
    bool row = true;

    while (s) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (!row)
            return true;
        const rdl_csv *csv = rdl_ledger_table(ledger, rdl_statement_get_text(s, 0), error);
        if (!csv || !rdl_workdays_add(days, csv, error))
            return false;
    }
    return false;
}

static rdl_workdays *week_of(JsonObject *deadlines)
{
    JsonNode *node = deadlines ? json_object_get_member(deadlines, "weekend") : NULL;
    JsonArray *weekend = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    int list[8] = {0};

    for (guint i = 0; weekend && i < MIN(json_array_get_length(weekend), 7); i++)
        list[i] = (int)json_array_get_int_element(weekend, i);
    return rdl_workdays_new(list);
}

static bool switched(JsonObject *deadlines, const char *name)
{
    return deadlines && json_object_get_boolean_member_with_default(deadlines, name, FALSE);
}

static int at_once(JsonObject *deadlines)
{
    return deadlines ? (int)json_object_get_int_member_with_default(deadlines, "at_once_months", 0)
                     : 0;
}

static JsonNode *pack_yaml(rdl_ledger *ledger, GError **error)
{
    g_autofree char *text =
        ledger->pack ? NULL
                     : rdl_store_value(ledger->store,
                                       "SELECT text FROM pack_file WHERE name = 'pack.yaml' AND "
                                       "sha256 = (SELECT value FROM setting WHERE name = "
                                       "'pack_sha256')",
                                       error);

    if (text)
        ledger->pack = rdl_yaml_parse(text, "pack.yaml", error);
    return ledger->pack;
}

static JsonObject *object_of(JsonNode *node)
{
    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonObject *rdl_ledger_pack(rdl_ledger *ledger, GError **error)
{
    JsonNode *pack = pack_yaml(ledger, error);

    return pack ? object_of(pack) : NULL;
}

const rdl_deadline_policy *rdl_ledger_policy(rdl_ledger *ledger, GError **error)
{
    JsonNode *pack = ledger->days ? ledger->pack : pack_yaml(ledger, error);

    if (ledger->days || !pack)
        return pack ? &ledger->policy : NULL;
    JsonObject *deadlines = rdl_json_object(object_of(pack), "deadlines");
    g_autoptr(rdl_workdays) days = week_of(deadlines);
    if (!add_calendars(ledger, days, error))
        return NULL;
    ledger->days = g_steal_pointer(&days);
    ledger->policy = (rdl_deadline_policy){ledger->days, switched(deadlines, "shift_computed"),
                                           switched(deadlines, "shift_dated"), at_once(deadlines)};
    return &ledger->policy;
}

void rdl_ledger_forget_pack(rdl_ledger *ledger)
{
    g_hash_table_remove_all(ledger->tables);
    g_clear_pointer(&ledger->pack, json_node_unref);
    g_clear_pointer(&ledger->days, rdl_workdays_free);
}

/* File of the smallest division with `xzqdm` in it that `units` names. */
static const char *file_of_unit(JsonObject *units, const char *xzqdm)
{
    g_autoptr(GList) codes = units ? json_object_get_members(units) : NULL;
    const char *best = NULL;
    size_t most = 0;

    for (GList *c = codes; xzqdm && c; c = c->next) {
        g_autofree char *unit = rdl_division_beginning(c->data);
        if (g_str_has_prefix(xzqdm, unit) && strlen(unit) > most) {
            most = strlen(unit);
            best = rdl_json_text(units, c->data, NULL);
        }
    }
    return best;
}

const rdl_csv *rdl_ledger_workflow(rdl_ledger *ledger, const char *xzqdm, const char *source,
                                   GError **error)
{
    JsonNode *pack = pack_yaml(ledger, error);

    if (!pack)
        return NULL;
    JsonObject *workflows = rdl_json_object(object_of(pack), "workflows");
    JsonObject *sources = rdl_json_object(workflows, "sources");
    const char *file = sources && source ? rdl_json_text(sources, source, NULL) : NULL;
    if (!file)
        file = file_of_unit(rdl_json_object(workflows, "units"), xzqdm);
    if (!file)
        file = rdl_json_text(workflows, "default", "workflow.csv");
    GError *failed = NULL;
    const rdl_csv *csv = rdl_ledger_table(ledger, file, &failed);
    if (!csv && !failed)
        rdl_fail(&failed, RDL_ERROR_DATA, "%s: its pack has no %s", rdl_ledger_path(ledger), file);
    if (failed)
        g_propagate_error(error, failed);
    return csv;
}

/* "" and * fit anything. */
static bool fits(const rdl_csv *csv, size_t row, const char *column, const char *value)
{
    const char *cell = rdl_csv_at(csv, row, column);

    return !*cell || strcmp(cell, "*") == 0 || g_strcmp0(cell, value) == 0;
}

static bool months_after(rdl_ledger *ledger, rdl_day from, int months, char **due, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(ledger, error);

    if (policy)
        *due = rdl_day_text(rdl_deadline_months(policy, from, months).due);
    return policy != NULL;
}

bool rdl_ledger_provisional(rdl_ledger *ledger, const char *due, bool *provisional, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(ledger, error);
    rdl_day day;

    *provisional = false;
    if (!policy || (due && !rdl_day_parse(due, &day, error)))
        return false;
    *provisional = due && policy->shift_computed && !rdl_workdays_known(policy->days, day);
    return true;
}

void rdl_set_provisional(JsonObject *payload, bool provisional, const char *words, const char *from)
{
    if (!provisional)
        return;
    json_object_set_int_member(payload, "provisional", 1);
    if (words) {
        rdl_json_set_text(payload, "words", words);
        rdl_json_set_text(payload, "from", from);
    }
}

bool rdl_ledger_tier_lasts(rdl_ledger *ledger, const char *tier)
{
    const rdl_csv *csv = rdl_ledger_table(ledger, "deadlines.csv", NULL);

    for (size_t i = 0; csv && tier && i < rdl_csv_count(csv); i++)
        if (!*rdl_csv_at(csv, i, "months") && strcmp(rdl_csv_at(csv, i, "tier"), tier) == 0)
            return true;
    return false;
}

bool rdl_ledger_tier_said(rdl_ledger *ledger, const char *kind, const rdl_deadline *limit,
                          rdl_day from, const char **tier, GError **error)
{
    const rdl_deadline_policy *policy = rdl_ledger_policy(ledger, error);
    const rdl_csv *csv = rdl_ledger_table(ledger, "deadlines.csv", NULL);

    *tier = NULL;
    for (size_t i = 0; policy && csv && !*tier && i < rdl_csv_count(csv); i++) {
        const char *months = rdl_csv_at(csv, i, "months");
        bool lasts = limit->kind == RDL_DEADLINE_NONE && !*months;
        bool same =
            limit->kind == RDL_DEADLINE_PERIOD && *months &&
            rdl_deadline_months(policy, from, (int)strtol(months, NULL, 10)).due == limit->due;
        if (fits(csv, i, "kind", kind) && (lasts || same))
            *tier = rdl_csv_at(csv, i, "tier");
    }
    return policy != NULL;
}

bool rdl_ledger_deadline(rdl_ledger *ledger, const char *kind, const char *result,
                         const char *severity, rdl_day from, const char **tier, char **due,
                         GError **error)
{
    GError *failed = NULL;
    const rdl_csv *csv = rdl_ledger_table(ledger, "deadlines.csv", &failed);

    *tier = NULL;
    *due = NULL;
    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        if (!fits(csv, i, "kind", kind) || !fits(csv, i, "result", result) ||
            !fits(csv, i, "severity", severity))
            continue;
        const char *months = rdl_csv_at(csv, i, "months");
        *tier = rdl_csv_at(csv, i, "tier");
        return !*months || months_after(ledger, from, (int)strtol(months, NULL, 10), due, error);
    }
    return true;
}
