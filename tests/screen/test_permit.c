/* Permits as they come: what cannot be read is told, and leaves the permit to a person. */
#include <stdio.h>
#include "screen/permit.h"
#include "suite.h"

#define GROUND "POLYGON((120 32,121 32,121 33,120 33,120 32))"

typedef struct {
    rdl_intake intake;
    rdl_pack *pack;
    GPtrArray *permits;
} reading;

/* One permit with these texts, NULL where the field is empty. */
static reading read_permit(const char *activity, const char *issued, const char *from,
                           const char *to)
{
    static const rdl_field fields[] = {{"permit_no", RDL_FIELD_TEXT},
                                       {"activity", RDL_FIELD_TEXT},
                                       {"issued", RDL_FIELD_TEXT},
                                       {"valid_from", RDL_FIELD_TEXT},
                                       {"valid_to", RDL_FIELD_TEXT}};
    const rdl_value row[] = {rdl_text("N1"), rdl_text(activity), rdl_text(issued), rdl_text(from),
                             rdl_text(to)};
    GError *error = NULL;
    rdl_source source = {suite_path("permits.gpkg"), NULL};
    reading r = {.intake = {.tally = rdl_tally_new(), .rejections = rdl_rejections_new()},
                 .pack = rdl_pack_open(suite_source("data/packs/cn"), NULL, &error),
                 .permits = rdl_permits_new()};
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkt(GROUND, &error);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
    remove(source.path);
    rdl_vector *out = rdl_vector_create(source.path, "GPKG", &error);
    int layer = rdl_vector_layer(out, "layer", crs, "Polygon", fields, 5, &error);

    CHECK(rdl_vector_write(out, layer, row, wkb, &error) && rdl_vector_finish(out, &error));
    CHECK(rdl_permits_read(&r.intake, r.pack, &source, r.permits, &error));
    CHECK_OK(error);
    return r;
}

static void stop(reading *r)
{
    g_ptr_array_unref(r->permits);
    g_array_unref(r->intake.rejections);
    rdl_tally_free(r->intake.tally);
    rdl_intake_clear(&r->intake);
    rdl_pack_free(r->pack);
}

static const rdl_permit *the_permit(const reading *r)
{
    CHECK_INT(r->permits->len, 1);
    return r->permits->pdata[0];
}

static bool told(const reading *r, const char *code)
{
    guint n = r->intake.rejections->len;

    return n == 1 &&
           g_str_has_prefix(g_array_index(r->intake.rejections, rdl_rejection, 0).reason, code);
}

static void an_unknown_activity_is_told(void)
{
    reading r = read_permit("mine_open", "2020-01-01", "2020-01-01", NULL);

    CHECK(told(&r, "UNKNOWN_ACTIVITY: 'mine_open'"));
    CHECK(the_permit(&r)->activity == NULL); /* may be for anything, never for nothing */
    stop(&r);
}

static void a_pattern_is_an_activity(void)
{
    reading r = read_permit("MINE_*", "2020-01-01", "2020-01-01", NULL);

    CHECK_INT(r.intake.rejections->len, 0);
    CHECK_TEXT(the_permit(&r)->activity, "MINE_*");
    stop(&r);
}

static void a_validity_that_runs_backwards_decides_nothing(void)
{
    reading r = read_permit("MINE_OPEN", NULL, "2027-01-01", "2020-01-01");
    const rdl_permit *permit = the_permit(&r);

    CHECK(told(&r, "BAD_DATE"));
    CHECK(permit->dates_bad);
    CHECK_INT(permit->issued, RDL_DAY_PAST);
    CHECK_INT(permit->validity.first, RDL_DAY_PAST);
    CHECK_INT(permit->validity.last, RDL_DAY_FUTURE);
    stop(&r);
}

static rdl_truth allows(const reading *r, const char *activity)
{
    rdl_interval onset = {rdl_day_of(2021, 1, 1), rdl_day_of(2021, 6, 1)};

    return rdl_permit_allows(the_permit(r), r->pack, NULL, activity, onset, rdl_day_of(2026, 11, 1))
        .allows;
}

/* A mine of a kind not said may be the one that was permitted; so may what nobody knows. */
static void what_cannot_be_held_against_it_is_not_outside_it(void)
{
    reading r = read_permit("采石场", "2020-01-01", "2020-01-01", NULL);

    CHECK_TEXT(the_permit(&r)->activity, "MINE_QUARRY");
    CHECK(told(&r, "WORD_READ: permit: activity '采石场' is read as MINE_QUARRY (features: 1)"));
    CHECK_INT(allows(&r, "MINE_QUARRY"), RDL_YES);
    CHECK_INT(allows(&r, "MINE"), RDL_MAYBE);
    CHECK_INT(allows(&r, "UNKNOWN"), RDL_MAYBE);
    CHECK_INT(allows(&r, "MINE_SAND"), RDL_NO);
    CHECK_INT(allows(&r, "IND"), RDL_NO);
    stop(&r);
}

static CU_TestInfo tests[] = {
    {"what cannot be held against it is not outside it",
     what_cannot_be_held_against_it_is_not_outside_it},
    {"an unknown activity is told", an_unknown_activity_is_told},
    {"a pattern is an activity", a_pattern_is_an_activity},
    {"a validity that runs backwards decides nothing",
     a_validity_that_runs_backwards_decides_nothing},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("screen.permit", tests, argc, argv);
}
