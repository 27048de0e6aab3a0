/* How right the list is: drawn by lot, judged by people, told with what is not known of it. */
#include <math.h>
#include <string.h>
#include "geo/start.h"
#include "rectify/event.h"
#include "rectify/rectify.h"
#include "store/store.h"
#include "suite.h"

static bool say(rdl_ledger *ledger, const char *at, const char *kind, const char *subject,
                const char *json, GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_parse(json, "test", error);
    rdl_event event = {.at = at, .by = "甲", .role = "office", .kind = kind, .subject = subject};

    return node && rdl_event_append(ledger, &event, json_node_get_object(node), error);
}

static const char manifest[] =
    "{\"manifest\":{\"command\":\"screen\",\"inputs\":[{\"role\":\"footprints\"},{\"role\":\"patches\","
    "\"made_by\":{\"command\":\"patches\",\"inputs\":[{\"role\":\"change\",\"made_by\":{\"command\":"
    "\"detect\",\"options\":{\"method\":\"irmad\"}}}]}}]}}";

/* Of every five one is CLEAN, of every three one a patch; three counties. */
static void found(rdl_ledger *ledger, int i, GError **error)
{
    static const char *const units[] = {"321202001", "321203001", "321204"};
    g_autofree char *site = g_strdup_printf("S-%05d", i);
    g_autofree char *json = g_strdup_printf(
        "{\"source\":\"%s\",\"source_id\":\"X-%05d\",\"activity\":\"IND\",\"xzqdm\":\"%s\",\"lon\":"
        "119.9,\"lat\":32.5,\"content\":\"%d\",\"load\":\"L1\",\"findings\":[{\"finding_id\":"
        "\"F-%05d\",\"is_primary\":1,\"zone\":\"ERL\",\"result\":\"%s\",\"severity\":\"S1\","
        "\"area_m2\":5000,\"area_own_m2\":%d}]}",
        i % 3 ? "footprint" : "patch", i, units[i % 7 % 3], i, i,
        i % 5 == 4 ? "CLEAN" : "SUSPECT", 1000 + i);

    CHECK(say(ledger, "2026-11-01", "site.found", site, json, error));
}

/* A ledger of n findings, loaded in that order or the other way round. */
static rdl_ledger *list_of(const char *name, int n, bool backwards)
{
    const char *path = suite_path(name);
    GError *error = NULL;

    CHECK(rdl_ledger_init(path, suite_source("data/packs/cn"), NULL, &error));
    rdl_ledger *ledger = rdl_ledger_open(path, true, &error);
    CHECK(rdl_store_begin(ledger->store, &error));
    CHECK(say(ledger, "2026-11-01", "findings.loaded", "L1", manifest, &error));
    for (int i = 0; i < n; i++)
        found(ledger, backwards ? n - 1 - i : i, &error);
    CHECK(rdl_store_commit(ledger->store, &error));
    CHECK_OK(error);
    return ledger;
}

static const rdl_who auditor = {"2026-12-01", "乙", "auditor", NULL};

static char *draw(rdl_ledger *ledger, const char *of, int size, const char *seed)
{
    GError *error = NULL;
    rdl_sampling how = RDL_SAMPLING_INIT;

    how.of = of;
    how.seed = seed;
    how.size = size;
    char *id = rdl_ledger_sample(ledger, &how, &auditor, &error);
    CHECK_OK(error);
    return id;
}

/* "item unit class" of all pieces. */
static char *pieces(rdl_ledger *ledger, const char *sample_id)
{
    GError *error = NULL;
    g_autoptr(GArray) all = rdl_sample_items(ledger, sample_id, &error);
    GString *text = g_string_new(NULL);

    CHECK_OK(error);
    for (guint i = 0; all && i < all->len; i++) {
        const rdl_sampled *s = &g_array_index(all, rdl_sampled, i);
        g_string_append_printf(text, "%s %s %s\n", s->item_id, s->unit, s->class);
    }
    return g_string_free(text, FALSE);
}

static int count(rdl_ledger *ledger, const char *sql)
{
    GError *error = NULL;
    g_autofree char *n = rdl_store_value(ledger->store, sql, &error);

    CHECK_OK(error);
    return n ? atoi(n) : -1;
}

static void check_whole(rdl_ledger *ledger)
{
    GError *error = NULL;

    CHECK(rdl_ledger_audit(ledger, NULL, &error) &&
          rdl_ledger_rebuild(ledger, false, NULL, &error) &&
          rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* ---- drawing ---- */

static void a_seed_draws_the_same_in_any_order(void)
{
    g_autoptr(rdl_ledger) a = list_of("order-a.sqlite", 120, false);
    g_autoptr(rdl_ledger) b = list_of("order-b.sqlite", 120, true);
    g_autofree char *of_a = draw(a, "findings", 30, "2027/1");
    g_autofree char *of_b = draw(b, "findings", 30, "2027/1");
    g_autofree char *other = draw(a, "findings", 30, "2027/2");
    g_autofree char *pa = pieces(a, of_a), *pb = pieces(b, of_b), *po = pieces(a, other);

    CHECK_TEXT(of_a, of_b);
    CHECK_TEXT(pa, pb);
    CHECK(strcmp(pa, po) != 0);
    check_whole(a);
}

static void strata_are_county_and_detector_of_what_is_not_clean(void)
{
    g_autoptr(rdl_ledger) ledger = list_of("strata.sqlite", 120, false);
    g_autofree char *id = draw(ledger, "findings", 30, "s"), *again = draw(ledger, "findings", 30, "s");

    CHECK_TEXT(id, again);
    CHECK_INT(count(ledger, "SELECT count(*) FROM event WHERE kind = 'sample.drawn'"), 1);
    CHECK_INT(count(ledger, "SELECT count(*) FROM stratum"), 6);
    CHECK_INT(count(ledger, "SELECT sum(population) FROM stratum"), 96); /* 24 are CLEAN */
    CHECK_INT(count(ledger, "SELECT count(*) FROM sampled"), 30);
    CHECK_INT(count(ledger, "SELECT count(*) FROM stratum WHERE class = 'irmad'"), 3);
    CHECK_INT(count(ledger, "SELECT count(*) FROM stratum WHERE length(unit) = 6"), 6);
    CHECK_INT(count(ledger, "SELECT min(n) FROM (SELECT count(*) AS n FROM sampled GROUP BY unit, "
                            "class)") >= 2,
              1);
    /* area of the ground that is its own, added up */
    CHECK_INT(count(ledger, "SELECT sum(area_m2) FROM stratum"),
              count(ledger, "SELECT sum(json_extract(content, '$.area_own_m2')) FROM finding WHERE "
                            "result <> 'CLEAN'"));
}

static void what_cannot_be_drawn_is_refused(void)
{
    g_autoptr(rdl_ledger) ledger = list_of("refused.sqlite", 40, false);
    const rdl_who nobody = {"2026-12-01", "乙", "resp_unit", NULL};
    rdl_sampling how = {.of = "findings", .seed = "s", .size = 11, .least = 2, .since = RDL_DAY_PAST};
    GError *error = NULL;

    CHECK(!rdl_ledger_sample(ledger, &how, &auditor, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "need 12");
    how.size = 12;
    CHECK(!rdl_ledger_sample(ledger, &how, &nobody, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "draw");
    how.rate = 0.5;
    CHECK(!rdl_ledger_sample(ledger, &how, &auditor, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "a size, or a rate");
    how = (rdl_sampling){.of = "closeouts", .seed = "s", .size = 5, .since = RDL_DAY_PAST};
    CHECK(!rdl_ledger_sample(ledger, &how, &auditor, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "no closeouts to draw from");
    how = (rdl_sampling){
        .of = "findings", .seed = "s", .size = 5, .since = rdl_day_of(2026, 11, 2)};
    CHECK(!rdl_ledger_sample(ledger, &how, &auditor, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "in that unit and time");
    how = (rdl_sampling){.of = "findings", .seed = "", .size = 5, .since = RDL_DAY_PAST};
    CHECK(!rdl_ledger_sample(ledger, &how, &auditor, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "a seed");
    CHECK_INT(count(ledger, "SELECT count(*) FROM sample"), 0);
}

/* A unit is written full by zeros or by its beginning; a draw is no older than what it draws. */
static void a_unit_is_told_by_its_digits_and_a_draw_by_its_day(void)
{
    static const char *const units[] = {"321200", "3212", "321200000000", "320000"};
    g_autoptr(rdl_ledger) ledger = list_of("unit.sqlite", 60, false);
    const rdl_who early = {"2019-05-05", "乙", "auditor", NULL};
    rdl_sampling how = {.of = "findings", .seed = "s", .size = 20, .since = RDL_DAY_PAST};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        how.unit = units[i];
        g_autofree char *id = rdl_ledger_sample(ledger, &how, &auditor, &error);
        CHECK(id != NULL);
        CHECK_OK(error);
    }
    CHECK_INT(count(ledger, "SELECT min(n) FROM (SELECT sum(population) AS n FROM stratum GROUP BY "
                            "sample_id)"),
              48);
    how.unit = "321203000000";
    g_autofree char *own = rdl_ledger_sample(ledger, &how, &auditor, &error);
    CHECK_OK(error);
    CHECK_INT(count(ledger, "SELECT count(DISTINCT unit) FROM stratum WHERE sample_id = (SELECT "
                            "sample_id FROM sample ORDER BY seq DESC LIMIT 1)"),
              1);
    how.unit = NULL;
    how.seed = "t";
    CHECK(!rdl_ledger_sample(ledger, &how, &early, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "2019-05-05 lies before 2026-11-01");
    CHECK_INT(count(ledger, "SELECT count(*) FROM sample"), 5);
}

/* Whoever would rather have another piece looked at has to find a seed that gives it. */
static void a_piece_put_in_by_hand_is_seen(void)
{
    g_autoptr(rdl_ledger) ledger = list_of("hand.sqlite", 60, false);
    g_autofree char *id = draw(ledger, "findings", 20, "s");
    GError *error = NULL;
    g_autofree char *payload = rdl_store_value(
        ledger->store, "SELECT payload FROM event WHERE kind = 'sample.drawn'", &error);
    g_autoptr(JsonNode) node = rdl_json_parse(payload, "event", &error);
    JsonObject *o = json_node_get_object(node);
    JsonArray *rows = json_object_get_array_member(o, "rows");
    JsonObject *first = json_array_get_object_element(rows, 0);

    CHECK_OK(error);
    CHECK(rdl_sample_good(o));
    g_autofree char *was = g_strdup(rdl_json_text(first, "item_id", ""));
    rdl_json_set_text(first, "item_id", "F-99999");
    CHECK(!rdl_sample_good(o));
    rdl_json_set_text(first, "item_id", was);
    CHECK(rdl_sample_good(o));
    rdl_json_set_text(o, "seed", "t");
    CHECK(!rdl_sample_good(o));
    rdl_json_set_text(o, "seed", "s");
    static const double wild[] = {1e300, -1e300, 9e18, -1.0, 0.5};
    static const char *const members[] = {"size", "least", "rate"};
    for (size_t k = 0; k < G_N_ELEMENTS(members); k++) {
        bool has = json_object_has_member(o, members[k]);
        double real = rdl_json_real(o, members[k], 0.0);
        for (size_t i = 0; i < G_N_ELEMENTS(wild); i++) {
            json_object_set_double_member(o, members[k], wild[i]);
            CHECK(!rdl_sample_good(o));
        }
        json_object_set_double_member(o, members[k], real);
        if (!has)
            json_object_remove_member(o, members[k]);
    }
    CHECK(rdl_sample_good(o));
    json_array_add_null_element(rows);
    CHECK(!rdl_sample_good(o));
    json_array_remove_element(rows, json_array_get_length(rows) - 1);
    json_array_remove_element(rows, 0);
    CHECK(!rdl_sample_good(o));
    CHECK(!rdl_store_run(ledger->store, "DELETE FROM event WHERE kind = 'sample.drawn'", &error));
    g_clear_error(&error);
    CHECK(rdl_store_run(ledger->store, "UPDATE sampled SET item_id = 'F-99999' WHERE n = 1", &error));
    CHECK(!rdl_ledger_audit(ledger, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_BALANCE, "table sampled");
    CHECK(rdl_ledger_rebuild(ledger, false, NULL, &error) && rdl_ledger_audit(ledger, NULL, &error));
    CHECK_OK(error);
}

/* ---- close-outs ---- */

static void end_task(rdl_ledger *ledger, int i, const char *const *way)
{
    g_autofree char *task = g_strdup_printf("T-%05d", i), *site = g_strdup_printf("S-%05d", i);
    g_autofree char *opened = g_strdup_printf(
        "{\"task_id\":\"%s\",\"site_id\":\"%s\",\"finding_id\":\"F-%05d\",\"kind\":\"%s\",\"state\":"
        "\"CLUE\",\"xzqdm\":\"321202\",\"started\":\"2026-11-01\"}",
        task, site, i, strcmp(way[0], "WORKING") == 0 ? "rectify" : "verify");
    GError *error = NULL;

    CHECK(say(ledger, "2026-11-02", "task.opened", task, opened, &error));
    for (int k = 0; way[k]; k++) {
        g_autofree char *at = g_strdup_printf("2026-11-%02d", 10 + k);
        g_autofree char *moved = g_strdup_printf("{\"to\":\"%s\"}", way[k]);
        CHECK(say(ledger, at, "task.moved", task, moved, &error));
    }
    CHECK_OK(error);
}

static void closeouts_are_told_by_how_they_were_closed(void)
{
    static const char *const closed[] = {"WORKING", "CLOSED", NULL},
                             *const looked[] = {"WORKING", "CLOSED", "LOOKBACK", NULL},
                             *const reopened[] = {"WORKING", "CLOSED", "REOPENED", NULL},
                             *const twice[] = {"WORKING", "CLOSED", "REOPENED", "CLOSED", NULL},
                             *const legal[] = {"LEGAL", NULL}, *const none[] = {"DISMISSED", NULL};
    static const char *const *const ways[] = {closed, looked, reopened, twice, legal, none};
    g_autoptr(rdl_ledger) ledger = list_of("closed.sqlite", 6, false);
    rdl_sampling how = {
        .of = "closeouts", .seed = "s", .rate = 1.0, .since = rdl_day_of(2026, 11, 13)};
    GError *error = NULL;

    for (int i = 0; i < 6; i++)
        end_task(ledger, i, ways[i]);
    g_autofree char *id = draw(ledger, "closeouts", 99, "s");
    g_autofree char *all = pieces(ledger, id);
    CHECK(strstr(all, "T-00000 321202 CLOSED\n") && strstr(all, "T-00001 321202 CLOSED\n"));
    CHECK(!strstr(all, "T-00002"));
    CHECK(strstr(all, "T-00003 321202 CLOSED\n"));
    CHECK(strstr(all, "T-00004 321202 LEGAL\n") && strstr(all, "T-00005 321202 DISMISSED\n"));
    g_autofree char *late = rdl_ledger_sample(ledger, &how, &auditor, &error);
    g_autofree char *last = pieces(ledger, late);
    CHECK_TEXT(last, "T-00003 321202 CLOSED\n"); /* the second closing */
    check_whole(ledger);
}

/* What a merge put away as a duplicate nobody closed; the ground of a place lies there once. */
static void duplicates_are_no_closeouts_and_ground_counts_once(void)
{
    static const char *const legal[] = {"LEGAL", NULL};
    g_autoptr(rdl_ledger) ledger = list_of("twins.sqlite", 3, false);
    const rdl_event merged = {.at = "2026-11-12",
                              .by = "redline",
                              .role = "system",
                              .kind = "task.moved",
                              .subject = "T-00001",
                              .reason = "DUPLICATE"};
    g_autoptr(JsonNode) node = rdl_json_parse("{\"to\":\"DISMISSED\"}", "test", NULL);
    GError *error = NULL;

    end_task(ledger, 0, legal);
    end_task(ledger, 1, (const char *const[]){"SCREENED", NULL});
    CHECK(rdl_event_append(ledger, &merged, json_node_get_object(node), &error));
    end_task(ledger, 2, legal);
    CHECK(say(ledger, "2026-11-02", "task.opened", "T-again",
              "{\"task_id\":\"T-again\",\"site_id\":\"S-00002\",\"finding_id\":\"F-00002\",\"kind\":"
              "\"rectify\",\"state\":\"WORKING\",\"xzqdm\":\"321202\",\"started\":\"2026-11-01\"}",
              &error));
    CHECK(say(ledger, "2026-11-12", "task.moved", "T-again", "{\"to\":\"CLOSED\"}", &error));
    CHECK_OK(error);
    g_autofree char *id = draw(ledger, "closeouts", 99, "s"), *all = pieces(ledger, id);
    CHECK(strstr(all, "T-00000") && strstr(all, "T-00002") && strstr(all, "T-again"));
    CHECK(!strstr(all, "T-00001"));
    CHECK_INT(count(ledger, "SELECT sum(area_m2) FROM stratum"), 1000 + 1002);
    CHECK_INT(count(ledger, "SELECT area_m2 FROM sampled WHERE item_id = 'T-again'"), 1002);
    CHECK_INT(count(ledger,
                    "SELECT json_extract(payload, '$.counts[0].suppressed.DUPLICATE')"
                    " FROM event WHERE kind = 'sample.drawn'"),
              1);
    check_whole(ledger);
}

/* ---- answers ---- */

static void judge(rdl_ledger *ledger, const char *sample, const char *item, const char *answer,
                  const char *evidence, const rdl_who *who, bool correct, const char *want)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    const rdl_judgement j = {.sample_id = (char *)sample,
                             .item_id = (char *)item,
                             .answer = (char *)answer,
                             .evidence = (char *)evidence};
    GError *error = NULL;

    CHECK(rdl_ledger_judge(ledger, &j, 1, who, correct, tally, NULL, &error));
    CHECK_OK(error);
    g_autoptr(JsonNode) node = rdl_tally_json(tally);
    g_autofree char *text = rdl_json_canonical(node);
    if (!strstr(text, want))
        CHECK_TEXT(text, want);
}

static const char used[] = "\"used\":1";

static void an_answer_is_taken_once_and_never_overwritten(void)
{
    g_autoptr(rdl_ledger) ledger = list_of("answers.sqlite", 60, false);
    g_autofree char *id = draw(ledger, "findings", 20, "s"), *second = draw(ledger, "findings", 20, "t");
    GError *error = NULL;
    g_autoptr(GArray) all = rdl_sample_items(ledger, id, &error);
    const char *item = g_array_index(all, rdl_sampled, 0).item_id;
    const rdl_who later = {"2026-12-09", "丙", "auditor", "复核"},
                  early = {"2026-11-30", "乙", "auditor", NULL};

    judge(ledger, id, item, "Wrong", "现场", &auditor, false, used);
    judge(ledger, id, item, "wrong", "现场", &auditor, false, "\"ALREADY_THERE\":1");
    judge(ledger, id, item, "right", "影像", &later, false, "\"CONTRADICTS\":1");
    judge(ledger, id, item, NULL, "影像", &later, false, "\"NOT_ANSWERED\":1");
    judge(ledger, id, item, "maybe", "影像", &later, false, "\"BAD_ANSWER\":1");
    judge(ledger, id, item, "right", "", &later, true, "\"NO_EVIDENCE\":1");
    judge(ledger, id, "F-99999", "right", "影像", &later, false, "\"NOT_SAMPLED\":1");
    judge(ledger, id, item, "wrong", "影像", &early, false, "\"BAD_DATE\":1");
    judge(ledger, id, item, "wrong", "影像", &later, false, used); /* another sees the same */
    judge(ledger, id, item, "cannot tell", "影像", &later, true, used);
    judge(ledger, id, item, "wrong", "现场", &auditor, false, "\"ALREADY_THERE\":1"); /* the old sheet */
    judge(ledger, id, item, "cannot tell", "影像", &later, true, "\"ALREADY_THERE\":1");
    judge(ledger, id, item, "wrong", "影像", &later, true, used); /* back to what was said before */
    judge(ledger, id, item, "cannot tell", "影像", &later, true, used);
    g_autoptr(GArray) now = rdl_sample_items(ledger, id, &error);
    CHECK_TEXT(g_array_index(now, rdl_sampled, 0).answer, "cannot_tell");
    CHECK_TEXT(g_array_index(now, rdl_sampled, 0).judged_by, "丙");
    CHECK_INT(count(ledger, "SELECT count(*) FROM judgement"), 5);
    /* another sample of the same list is another sample */
    g_autofree char *other = g_strdup_printf(
        "SELECT count(*) FROM sampled i JOIN judgement j USING(sample_id, item_id) WHERE sample_id "
        "= '%s'",
        second);
    CHECK_INT(count(ledger, other), 0);
    CHECK(!rdl_ledger_judge(ledger, NULL, 0, &auditor, true, NULL, NULL, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "with a reason");
    check_whole(ledger);
}

/* ---- what it tells ---- */

/* Answers to the pieces of a stratum in their order, a letter each: r, w, c, - */
static void answer(rdl_ledger *ledger, const char *id, const char *unit, const char *class,
                   const char *letters)
{
    GError *error = NULL;
    g_autoptr(GArray) all = rdl_sample_items(ledger, id, &error);
    size_t n = 0;

    for (guint i = 0; i < all->len; i++) {
        const rdl_sampled *s = &g_array_index(all, rdl_sampled, i);
        if (strcmp(s->unit, unit) != 0 || strcmp(s->class, class) != 0)
            continue;
        CHECK(n < strlen(letters));
        char c = letters[n++];
        if (c != '-')
            judge(ledger, id, s->item_id, c == 'r' ? "right" : c == 'w' ? "wrong" : "cannot_tell",
                  "现场", &auditor, false, used);
    }
    CHECK_INT(n, strlen(letters));
}

static JsonObject *row_of(JsonNode *all, guint sample, const char *member, const char *unit,
                          const char *class)
{
    JsonObject *o = json_array_get_object_element(json_node_get_array(all), sample);
    JsonArray *rows = json_object_get_array_member(o, member);

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        if (g_strcmp0(rdl_json_text(row, "unit", NULL), unit) == 0 &&
            g_strcmp0(rdl_json_text(row, "class", NULL), class) == 0)
            return row;
    }
    CHECK(false);
    return json_object_new();
}

static double real(JsonObject *o, const char *member)
{
    return rdl_json_real(o, member, NAN);
}

/* In 321202 one footprint is wrong and one not to be told, the patches are right; of 321203 no footprint
 * and one patch is judged; in 321204 all is right. */
static void rates_speak_of_what_was_judged(void)
{
    g_autoptr(rdl_ledger) ledger = list_of("rates.sqlite", 120, false);
    g_autofree char *id = draw(ledger, "findings", 26, "s");
    GError *error = NULL;

    for (int i = 0; i < 6; i++) {
        static const char *const strata[][2] = {
            {"321202", "footprint"}, {"321202", "irmad"},     {"321203", "footprint"},
            {"321203", "irmad"},     {"321204", "footprint"}, {"321204", "irmad"}};
        g_autofree char *sql = g_strdup_printf(
            "SELECT count(*) FROM sampled WHERE sample_id = '%s' AND unit = '%s' AND class = '%s'",
            id, strata[i][0], strata[i][1]);
        g_autofree char *letters = g_strnfill((gsize)count(ledger, sql), i == 2 ? '-' : 'r');
        if (i == 0) {
            letters[1] = 'w';
            letters[2] = 'c';
        }
        if (i == 3)
            memset(letters + 1, '-', strlen(letters) - 1);
        answer(ledger, id, strata[i][0], strata[i][1], letters);
    }
    g_autoptr(JsonNode) all = rdl_ledger_accuracy(ledger, id, 0.95, &error);
    CHECK_OK(error);

    JsonObject *first = row_of(all, 0, "strata", "321202", "footprint");
    double n = real(first, "right") + 1.0, N = real(first, "population");
    CHECK_INT(real(first, "cannot_tell"), 1);
    CHECK_INT(real(first, "wrong"), 1);
    CHECK_INT(real(first, "drawn"), n + 1);
    CHECK_NEAR(real(first, "error_rate"), 1.0 / n, 1e-12);
    CHECK_TEXT(rdl_json_text(first, "interval", ""), "exact");
    CHECK_NEAR(real(first, "low"), rdl_proportion_exact(1, (gint64)n, 0.95).low, 1e-12);
    CHECK_NEAR(real(first, "high"), rdl_proportion_exact(1, (gint64)n, 0.95).high, 1e-12);

    JsonObject *silent = row_of(all, 0, "strata", "321203", "footprint");
    CHECK_TEXT(rdl_json_text(silent, "why", ""), "NOT_JUDGED");
    CHECK(isnan(real(silent, "error_rate")) && isnan(real(silent, "low")));
    JsonObject *one = row_of(all, 0, "strata", "321203", "irmad");
    CHECK_TEXT(rdl_json_text(one, "why", ""), "ONE_JUDGED");
    CHECK(isnan(real(one, "high")));

    /* of the county: W p, and the variance of the one stratum that has any */
    JsonObject *county = row_of(all, 0, "by_unit", "321202", NULL);
    double M = real(row_of(all, 0, "strata", "321202", "irmad"), "population"), p = 1.0 / n;
    double se = N / (N + M) * sqrt((1.0 - n / N) * p * (1.0 - p) / (n - 1.0));
    CHECK_NEAR(real(county, "error_rate"), N / (N + M) * p, 1e-12);
    CHECK_NEAR(real(county, "standard_error"), se, 1e-12);
    CHECK_TEXT(rdl_json_text(county, "interval", ""), "normal");
    CHECK_NEAR(real(county, "high"), N / (N + M) * p + 1.959963984540054 * se, 1e-9);
    CHECK_NEAR(real(county, "low"), 0.0, 0.0); /* a share is never below nothing */

    JsonObject *alike = row_of(all, 0, "by_unit", "321204", NULL);
    CHECK_TEXT(rdl_json_text(alike, "why", ""), "NO_DIFFERENCE");
    CHECK(isnan(real(alike, "low")));
    JsonObject *total = json_object_get_object_member(
        json_array_get_object_element(json_node_get_array(all), 0), "total");
    CHECK_TEXT(rdl_json_text(total, "why", ""), "ONE_JUDGED");
    CHECK_INT(real(total, "population"), 96);
    CHECK_INT(real(total, "population_judged"), 96 - real(silent, "population"));
    CHECK_INT(real(total, "right") + real(total, "wrong") + real(total, "cannot_tell") +
                  real(total, "unanswered"),
              real(total, "drawn"));
}

/* All that was closed: nothing is estimated; and by area what is wrong weighs as it is large. */
static void a_census_has_nothing_to_estimate(void)
{
    static const char *const legal[] = {"LEGAL", NULL};
    g_autoptr(rdl_ledger) ledger = list_of("census.sqlite", 3, false);
    GError *error = NULL;

    for (int i = 0; i < 3; i++)
        end_task(ledger, i, legal);
    g_autofree char *id = draw(ledger, "closeouts", 3, "s");
    judge(ledger, id, "T-00002", "wrong", "现场", &auditor, false, used);
    judge(ledger, id, "T-00000", "right", "现场", &auditor, false, used);
    judge(ledger, id, "T-00001", "right", "现场", &auditor, false, used);
    g_autoptr(JsonNode) all = rdl_ledger_accuracy(ledger, NULL, 0.95, &error);
    CHECK_OK(error);
    JsonObject *row = row_of(all, 0, "strata", "321202", "LEGAL");
    JsonObject *ground = rdl_json_object(row, "area");
    CHECK_TEXT(rdl_json_text(row, "interval", ""), "census");
    CHECK_NEAR(real(row, "low"), 1.0 / 3.0, 1e-12);
    CHECK_NEAR(real(row, "high"), 1.0 / 3.0, 1e-12);
    CHECK_NEAR(real(ground, "error_share"), 1002.0 / 3003.0, 1e-12);
    CHECK_NEAR(real(ground, "wrong_m2"), 1002.0, 1e-9);
    CHECK(!rdl_ledger_accuracy(ledger, "A-none", 0.95, &error));
    CHECK_FAILS(error, RDL_ERROR_NOT_FOUND, "no sample A-none");
    CHECK(!rdl_ledger_accuracy(ledger, NULL, 1.0, &error));
    CHECK_FAILS(error, RDL_ERROR_USAGE, "between 0 and 1");
}

static CU_TestInfo tests[] = {
    {"a seed draws the same in any order", a_seed_draws_the_same_in_any_order},
    {"strata are county and detector of what is not clean",
     strata_are_county_and_detector_of_what_is_not_clean},
    {"what cannot be drawn is refused", what_cannot_be_drawn_is_refused},
    {"a piece put in by hand is seen", a_piece_put_in_by_hand_is_seen},
    {"close-outs are told by how they were closed", closeouts_are_told_by_how_they_were_closed},
    {"duplicates are no close-outs and ground counts once",
     duplicates_are_no_closeouts_and_ground_counts_once},
    {"a unit is told by its digits and a draw by its day",
     a_unit_is_told_by_its_digits_and_a_draw_by_its_day},
    {"an answer is taken once and never overwritten", an_answer_is_taken_once_and_never_overwritten},
    {"rates speak of what was judged", rates_speak_of_what_was_judged},
    {"a census has nothing to estimate", a_census_has_nothing_to_estimate},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    return run_suite("rectify.sample", tests, argc, argv);
}
