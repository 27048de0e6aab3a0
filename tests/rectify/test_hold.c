/* A rejection holds for ground and time, under whatever number; it hides nothing that came later.
 */
#include <glib/gstdio.h>
#include <string.h>
#include "geo/geo.h"
#include "rectify/rectify.h"
#include "suite.h"

#define T RDL_FIELD_TEXT
#define R RDL_FIELD_REAL

/* A patch of 30 m x 30 m times `wide`, `east` such widths from the corner, in one zone. */
typedef struct {
    const char *id, *t_before, *t_after;
    double east, wide;
    double whole_m2; /* with what lies outside zones; 0: not said */
} patch;

static int day = 1; /* of November 2026: a day an act */

static const rdl_field fields[] = {{"finding_id", T},
                                   {"source", T},
                                   {"source_id", T},
                                   {"zone", T},
                                   {"activity", T},
                                   {"result", T},
                                   {"severity", T},
                                   {"lead_dept", T},
                                   {"xzqdm", T},
                                   {"built_after", T},
                                   {"built_before", T},
                                   {"area_m2", R},
                                   {"is_primary", RDL_FIELD_INT}};

static GBytes *ground(const patch *p)
{
    const double x = 119.9 + 0.0003 * p->east, y = 32.3;
    g_autoptr(rdl_geometry) g =
        rdl_geometry_of_box((rdl_box){x, y, x + 0.0003 * p->wide, y + 0.0003}, NULL);

    return rdl_geometry_wkb(g, NULL);
}

static bool write_patch(rdl_vector *out, int layer, const patch *p, GError **error)
{
    g_autofree char *finding = g_strconcat("F-", p->id, NULL);
    g_autoptr(GBytes) wkb = ground(p);
    const rdl_value row[] = {rdl_text(finding),     rdl_text("patch"),    rdl_text(p->id),
                             rdl_text("ERL"),       rdl_text("IND"),      rdl_text("SUSPECT"),
                             rdl_text("S1"),        rdl_text("自然资源"), rdl_text("321202"),
                             rdl_text(p->t_before), rdl_text(p->t_after), rdl_real(900 * p->wide),
                             rdl_integer(1)};

    return rdl_vector_write(out, layer, row, wkb, error);
}

static const char *findings_of(const patch *list, size_t n)
{
    static const rdl_field hit[] = {{"finding_id", T}, {"rule_id", T}};
    static const rdl_field wholes[] = {{"source", T}, {"source_id", T}, {"whole_m2", R}};
    static int made;
    g_autofree char *name = g_strdup_printf("hold-%d.gpkg", made++);
    const char *path = suite_path(name);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", NULL);
    GError *error = NULL;

    g_unlink(path);
    rdl_vector *out = rdl_vector_create(path, "GPKG", &error);
    int layer =
        rdl_vector_layer(out, "finding", crs, "Polygon", fields, G_N_ELEMENTS(fields), &error);
    for (size_t i = 0; i < n; i++)
        CHECK(write_patch(out, layer, &list[i], &error));
    CHECK(rdl_vector_layer(out, "hit", NULL, NULL, hit, 2, &error) >= 0);
    int balance = rdl_vector_layer(out, "balance", NULL, NULL, wholes, 3, &error);
    for (size_t i = 0; i < n; i++) {
        const rdl_value row[] = {rdl_text("patch"), rdl_text(list[i].id),
                                 rdl_real(list[i].whole_m2)};
        CHECK(list[i].whole_m2 <= 0 || rdl_vector_write(out, balance, row, NULL, &error));
    }
    CHECK(rdl_vector_finish(out, &error));
    CHECK_OK(error);
    return g_intern_string(path);
}

static rdl_ledger *ledger_new(void)
{
    const char *path = suite_path("hold.sqlite");
    GError *error = NULL;

    day = 1;
    g_unlink(path);
    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error));
    rdl_ledger *ledger = rdl_ledger_open(path, true, &error);
    CHECK_OK(error);
    return ledger;
}

/* The tally of a load, as text. Yours. */
static char *load(rdl_ledger *ledger, const patch *list, size_t n)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_load_findings(ledger, findings_of(list, n), rdl_day_of(2026, 11, ++day), tally,
                                   NULL, &error));
    CHECK_OK(error);
    CHECK(rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
    return rdl_tally_text(tally);
}

/* By a person who looked at the patch itself. */
static bool decide(rdl_ledger *ledger, const patch *p, const char *decision, const char *reason,
                   GError **error)
{
    g_autoptr(GBytes) wkb = ground(p);
    const rdl_decision one = {.id = p->id,
                              .decision = decision,
                              .reason = reason,
                              .ground = reason ? wkb : NULL,
                              .t_before = p->t_before,
                              .t_after = p->t_after};
    g_autofree char *on = g_strdup_printf("2026-11-%02d", ++day);
    const rdl_decisions all = {.source = "patch", .list = &one, .n = 1, .by = "甲", .on = on};
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    return rdl_ledger_review(ledger, &all, tally, error) && rdl_ledger_audit(ledger, NULL, error);
}

static void reject(rdl_ledger *ledger, const patch *p, const char *reason)
{
    GError *error = NULL;

    CHECK(decide(ledger, p, "reject", reason, &error));
    CHECK_OK(error);
}

static int waiting(rdl_ledger *ledger)
{
    const rdl_task_filter filter = {.state = "SCREENED"};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &filter, NULL);

    return tasks ? (int)tasks->len : -1;
}

/* All there is of an id, as one line. */
static char *chain_of(rdl_ledger *ledger, const char *id)
{
    GError *error = NULL;
    g_autoptr(JsonNode) chain = rdl_ledger_chain(ledger, id, &error);

    CHECK_OK(error);
    return chain ? rdl_json_line(chain) : g_strdup("");
}

static const patch seen = {"P-seen", "2000-03-17", "2003-02-06", 0, 1, 0};

/* `next` comes to a ledger in which `seen` was rejected before it was loaded: what the load says.
 */
static char *after_rejection(const char *reason, const patch *next, int clues, rdl_ledger **out)
{
    rdl_ledger *ledger = ledger_new();

    reject(ledger, &seen, reason);
    g_autofree char *said = load(ledger, next, 1);
    CHECK_INT(waiting(ledger), clues);
    if (out)
        *out = ledger;
    else
        rdl_ledger_close(ledger);
    return g_steal_pointer(&said);
}

static void the_same_ground_under_another_number_is_held_back(void)
{
    static const patch again[] = {
        {"P-a", "2000-03-17", "2003-02-06", 0, 1, 0},     /* another run */
        {"P-b", "2001-05-01", "2003-02-06", 0, 1.1, 0},   /* within */
        {"P-c", "1999-05-01", "2002-12-06", 0, 0.9, 0},   /* over its start */
        {"P-d", "2000-03-17", "2003-02-06", 0.1, .2, 0}}; /* a piece, same pair */
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(again); i++) {
        rdl_ledger *open;
        g_autofree char *said = after_rejection("SEASON", &again[i], 0, &open);
        g_autoptr(rdl_ledger) ledger = open;
        CHECK(strstr(said, "1  suppressed REJECTED_GROUND"));
        g_autoptr(JsonNode) list = rdl_ledger_rejections(ledger, &error);
        g_autofree char *line = list ? rdl_json_line(list) : NULL;
        CHECK(line && strstr(line, again[i].id) && strstr(line, "P-seen") &&
              strstr(line, "SEASON"));
        g_autofree char *head = rdl_ledger_head(ledger, &error),
                        *twice = load(ledger, &again[i], 1);
        g_autofree char *now = rdl_ledger_head(ledger, &error);
        CHECK(strstr(twice, "1  suppressed REJECTED_GROUND"));
        (void)head;
        (void)now;
    }
}

static void what_is_new_is_a_clue_and_says_what_was_rejected(void)
{
    static const struct {
        const char *reason, *fate;
        patch next;
    } cases[] = {{"SEASON", "LATER", {"P-n", "2000-03-17", "2003-02-07", 0, 1, 0}},
                 {"SEASON", "LATER", {"P-n", "2003-02-06", "2005-02-06", 0, 1, 0}},
                 {"SEASON", "EARLIER", {"P-n", "1998-02-06", "2000-03-17", 0, 1, 0}},
                 {"SEASON", "UNDATED", {"P-n", NULL, "2003-02-06", 0, 1, 0}},
                 {"SEASON", "PARTLY", {"P-n", "2000-03-17", "2003-02-06", 0, 1.26, 0}},
                 {"SEASON", "PARTLY", {"P-n", "2000-03-17", "2003-02-06", 0.3, 1, 0}},
                 {"SEASON", "LARGER", {"P-n", "2000-03-17", "2003-02-06", 0, 1, 2000}},
                 {"SEASON", "SMALLER", {"P-n", "2001-03-17", "2003-02-06", 0, 0.4, 0}},
                 {"CLOUD", "PICTURES", {"P-n", "2001-03-17", "2003-02-06", 0, 1, 0}}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        rdl_ledger *open;
        g_autofree char *said = after_rejection(cases[i].reason, &cases[i].next, 1, &open);
        g_autoptr(rdl_ledger) ledger = open;
        g_autofree char *line = chain_of(ledger, "P-n");
        CHECK(!strstr(said, "REJECTED"));
        CHECK(strstr(line, "on_rejected") && strstr(line, "P-seen"));
        CHECK(strstr(line, cases[i].fate));
    }
}

static void a_cloud_speaks_of_its_own_pictures(void)
{
    static const patch same = {"P-x", "2000-03-17", "2003-02-06", 0, 1, 0};

    g_free(after_rejection("CLOUD", &same, 0, NULL));
}

static void what_was_seen_twice_leaves_its_twin(void)
{
    static const patch twin = {"P-twin", "2000-03-17", "2003-02-06", 0, 1, 0};

    g_free(after_rejection("DOUBLE", &twin, 1, NULL));
}

static void what_was_accepted_by_name_is_not_held_back(void)
{
    static const patch twin = {"P-twin", "2000-03-17", "2003-02-06", 0, 1, 0};
    GError *error = NULL;
    rdl_ledger *open;
    g_autofree char *held = after_rejection("FARM", &twin, 0, &open);
    g_autoptr(rdl_ledger) ledger = open;

    CHECK(decide(ledger, &twin, "accept", NULL, &error));
    CHECK_OK(error);
    g_autofree char *said = load(ledger, &twin, 1);
    CHECK_INT(waiting(ledger), 1);
    g_autoptr(JsonNode) list = rdl_ledger_rejections(ledger, &error);
    g_autofree char *line = list ? rdl_json_line(list) : NULL;
    CHECK(line && !strstr(line, "P-twin"));
}

static void a_rejected_clue_holds_its_ground_too(void)
{
    static const patch twin = {"P-twin", "2001-03-17", "2003-02-06", 0, 1, 0};
    static const patch later = {"P-later", "2003-02-06", "2006-02-06", 0, 1, 0};
    g_autoptr(rdl_ledger) ledger = ledger_new();
    GError *error = NULL;

    g_free(load(ledger, &seen, 1));
    const rdl_decision one = {.id = seen.id, .decision = "reject", .reason = "FARM"};
    g_autofree char *on = g_strdup_printf("2026-11-%02d", ++day);
    const rdl_decisions all = {.source = "patch", .list = &one, .n = 1, .by = "甲", .on = on};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    CHECK(rdl_ledger_review(ledger, &all, tally, &error)); /* from what the ledger knows of it */
    CHECK_OK(error);
    g_free(load(ledger, &twin, 1));
    CHECK_INT(waiting(ledger), 0);
    g_free(load(ledger, &later, 1)); /* not joined to what was rejected and so lost */
    CHECK_INT(waiting(ledger), 1);
    g_autofree char *line = chain_of(ledger, "P-later");
    CHECK(strstr(line, "LATER") && !strstr(line, "P-twin"));
}

static void the_same_change_on_one_site_goes_with_it(void)
{
    static const patch twin = {"P-twin", "2001-03-17", "2003-02-06", 0, 1, 0};
    static const patch later = {"P-later", "2003-02-06", "2006-02-06", 0, 1, 0};
    GError *error = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(rdl_ledger) ledger = ledger_new();
        g_free(load(ledger, &seen, 1));
        g_free(load(ledger, i ? &later : &twin, 1)); /* joins: one site, one clue */
        CHECK_INT(waiting(ledger), 1);
        CHECK(decide(ledger, &seen, "reject", "FARM", &error) == !i);
        if (i)
            CHECK_FAILS(error, RDL_ERROR_USAGE, "P-later, which nobody rejected");
        CHECK_INT(waiting(ledger), i);
    }
}

static void what_outgrew_its_rejection_is_asked_about_again(void)
{
    static const patch grown = {"P-seen", "2000-03-17", "2003-02-06", 0, 3, 0};
    GError *error = NULL;

    for (int i = 0; i < 2; i++) { /* rejected before it was loaded, and after */
        g_autoptr(rdl_ledger) ledger = ledger_new();
        if (i)
            g_free(load(ledger, &seen, 1));
        CHECK(decide(ledger, &seen, "reject", "SEASON", &error));
        CHECK_OK(error);
        g_free(load(ledger, &seen, 1));
        CHECK_INT(waiting(ledger), 0);
        g_free(load(ledger, &grown, 1));
        CHECK_INT(waiting(ledger), 1);
        g_autofree char *line = chain_of(ledger, "P-seen");
        CHECK(strstr(line, "PARTLY") && strstr(line, "outgrown"));
    }
}

/* Its own number with a later end is a new clue; with the old end it is held, and that is told. */
static void a_number_that_comes_back_is_held_or_later(void)
{
    static const patch again = {"P-seen", "2000-03-17", "2003-02-06", 0, 1.1, 0};
    static const patch later = {"P-seen", "2000-03-17", "2006-02-06", 0, 1, 0};
    g_autoptr(rdl_ledger) ledger = ledger_new();
    GError *error = NULL;

    g_free(load(ledger, &seen, 1));
    reject(ledger, &seen, "SEASON");
    g_autofree char *held = load(ledger, &again, 1);
    CHECK(strstr(held, "1  suppressed REJECTED\n") && !strstr(held, "HAS_TASK"));
    CHECK_INT(waiting(ledger), 0);
    g_autoptr(JsonNode) list = rdl_ledger_rejections(ledger, &error);
    g_autofree char *line = list ? rdl_json_line(list) : NULL;
    CHECK(line && strstr(line, "\"held\":[{\""));
    g_autofree char *told = chain_of(ledger, "P-seen");
    CHECK(strstr(told, "\"holds_back\":[{"));
    g_free(load(ledger, &later, 1));
    CHECK_INT(waiting(ledger), 1);
    g_autofree char *chain = chain_of(ledger, "P-seen");
    CHECK(strstr(chain, "LATER") && strstr(chain, "outgrown"));
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error));
    CHECK_OK(error);
}

static void a_rejection_of_a_footprint_says_nothing_of_a_patch(void)
{
    g_autoptr(rdl_ledger) ledger = ledger_new();
    GError *error = NULL;
    g_autoptr(GBytes) wkb = ground(&seen);
    const rdl_decision one = {.id = "FP-1",
                              .decision = "reject",
                              .reason = "SEASON",
                              .ground = wkb,
                              .t_before = seen.t_before,
                              .t_after = seen.t_after};
    g_autofree char *on = g_strdup_printf("2026-11-%02d", ++day);
    const rdl_decisions all = {.source = "footprint", .list = &one, .n = 1, .by = "甲", .on = on};
    g_autoptr(rdl_tally) tally = rdl_tally_new();

    CHECK(rdl_ledger_review(ledger, &all, tally, &error));
    CHECK_OK(error);
    g_free(load(ledger, &seen, 1));
    CHECK_INT(waiting(ledger), 1);
}

/* One rejected, its neighbour retyped: what covers both at a later day is neither's. */
static void what_was_decided_of_a_neighbour_does_not_spread(void)
{
    static const patch two[] = {{"P-no", "2000-03-17", "2003-02-06", 0, 1, 0},
                                {"P-yes", "2000-03-17", "2003-02-06", 1, 1, 0}};
    static const patch over = {"P-over", "2000-03-17", "2005-02-06", 0, 2, 0};
    static const patch most = {"P-most", "2000-03-17", "2005-02-06", 0.9, 1.1, 0};
    rdl_ledger *ledger = ledger_new();
    g_autofree char *first = load(ledger, two, 2);

    reject(ledger, &two[0], "FARM");
    g_autofree char *next = load(ledger, &over, 1);
    CHECK(strstr(next, "JOINED") == NULL);
    CHECK_INT(waiting(ledger), 2);                  /* P-yes and P-over, each its own */
    g_autofree char *last = load(ledger, &most, 1); /* a tenth of it was rejected: it is P-yes's */
    CHECK(strstr(last, "JOINED") != NULL);
    CHECK_INT(waiting(ledger), 2);
    rdl_ledger_close(ledger);
}

static CU_TestInfo tests[] = {
    {"the same ground under another number is held back",
     the_same_ground_under_another_number_is_held_back},
    {"what is new is a clue and says what was rejected",
     what_is_new_is_a_clue_and_says_what_was_rejected},
    {"a cloud speaks of its own pictures", a_cloud_speaks_of_its_own_pictures},
    {"what was seen twice leaves its twin", what_was_seen_twice_leaves_its_twin},
    {"what was accepted by name is not held back", what_was_accepted_by_name_is_not_held_back},
    {"a rejected clue holds its ground too", a_rejected_clue_holds_its_ground_too},
    {"the same change on one site goes with it", the_same_change_on_one_site_goes_with_it},
    {"what outgrew its rejection is asked about again",
     what_outgrew_its_rejection_is_asked_about_again},
    {"a number that comes back is held or later", a_number_that_comes_back_is_held_or_later},
    {"what was decided of a neighbour does not spread",
     what_was_decided_of_a_neighbour_does_not_spread},
    {"a rejection of a footprint says nothing of a patch",
     a_rejection_of_a_footprint_says_nothing_of_a_patch},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.hold", tests, argc, argv);
}
