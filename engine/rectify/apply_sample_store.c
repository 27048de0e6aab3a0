/* What events of samples do to the tables. */
#include <math.h>
#include "rectify/apply.h"

static const char *text(JsonObject *o, const char *member)
{
    return rdl_json_text(o, member, NULL);
}

/* The design without the pool, which is in the event. */
static char *design_of(JsonObject *o)
{
    static const char *const members[] = {"size",    "rate",  "least",
                                          "in_unit", "since", "allocation"};
    g_autoptr(JsonObject) design = json_object_new();
    g_autoptr(JsonNode) node = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (json_object_has_member(o, members[i]))
            json_object_set_member(design, members[i],
                                   json_node_copy(json_object_get_member(o, members[i])));
    node = rdl_json_node(design);
    return rdl_json_canonical(node);
}

static bool write_sample(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO sample VALUES(?,?,?,?,?,?,?)", error);
    g_autofree char *design = design_of(o);

    if (!s)
        return false;
    rdl_statement_text(s, 1, event->subject);
    rdl_statement_int(s, 2, event->seq);
    rdl_statement_text(s, 3, event->at);
    rdl_statement_text(s, 4, event->by);
    rdl_statement_text(s, 5, text(o, "of"));
    rdl_statement_text(s, 6, text(o, "seed"));
    rdl_statement_text(s, 7, design);
    return rdl_statement_run(s, error);
}

static bool write_strata(rdl_ledger *ledger, const rdl_event *event, JsonArray *strata,
                         GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO stratum VALUES(?,?,?,?,?)", error);

    for (guint i = 0; s && i < json_array_get_length(strata); i++) {
        JsonObject *o = json_array_get_object_element(strata, i);
        rdl_statement_text(s, 1, event->subject);
        rdl_statement_text(s, 2, text(o, "unit"));
        rdl_statement_text(s, 3, text(o, "class"));
        rdl_statement_int(s, 4, (gint64)rdl_json_real(o, "population", 0.0));
        rdl_statement_real(s, 5, rdl_json_real(o, "area_m2", NAN));
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

static bool write_rows(rdl_ledger *ledger, const rdl_event *event, JsonArray *rows, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store, "INSERT INTO sampled VALUES(?,?,?,?,?,?)", error);

    for (guint i = 0; s && i < json_array_get_length(rows); i++) {
        JsonObject *o = json_array_get_object_element(rows, i);
        rdl_statement_text(s, 1, event->subject);
        rdl_statement_int(s, 2, i + 1);
        rdl_statement_text(s, 3, text(o, "item_id"));
        rdl_statement_text(s, 4, text(o, "unit"));
        rdl_statement_text(s, 5, text(o, "class"));
        rdl_statement_real(s, 6, rdl_json_real(o, "area_m2", NAN));
        if (!rdl_statement_run(s, error))
            return false;
    }
    return s != NULL;
}

bool rdl_apply_sample(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    return write_sample(ledger, event, o, error) &&
           write_strata(ledger, event, json_object_get_array_member(o, "strata"), error) &&
           write_rows(ledger, event, json_object_get_array_member(o, "rows"), error);
}

bool rdl_apply_judged(rdl_ledger *ledger, const rdl_event *event, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store, "INSERT INTO judgement VALUES(?,?,?,?,?,?,?,?,?,?)", error);
    const char *const values[] = {event->subject,
                                  text(o, "item_id"),
                                  text(o, "answer"),
                                  event->at,
                                  event->by,
                                  text(o, "evidence"),
                                  text(o, "note"),
                                  text(o, "entered_on"),
                                  text(o, "entered_by")};

    if (!s)
        return false;
    rdl_statement_int(s, 1, event->seq);
    for (int i = 0; i < (int)G_N_ELEMENTS(values); i++)
        rdl_statement_text(s, i + 2, values[i]);
    return rdl_statement_run(s, error);
}
