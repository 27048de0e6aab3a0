#include "screen/permit.h"

#include <inttypes.h>
#include <string.h>
#include "screen/identity.h"
#include "screen/pack_rules.h"
#include "screen/word.h"

static const char *const no_fields[] = {NULL};
static const char *const contents[] = {"permit_no",  "authority", "holder", "activity", "issued",
                                       "valid_from", "valid_to",  "attrs",  NULL};
static const rdl_intake_spec spec = {"screen.permits", "permit", no_fields, 2, contents, NULL};

static void permit_free(gpointer p)
{
    rdl_permit *permit = p;

    g_free(permit->permit_no);
    g_free(permit->authority);
    g_free(permit->holder);
    g_free(permit->activity);
    g_free(permit->attrs);
    if (permit->wkb)
        g_bytes_unref(permit->wkb);
    g_free(permit);
}

GPtrArray *rdl_permits_new(void)
{
    return g_ptr_array_new_with_free_func(permit_free);
}

typedef struct {
    rdl_intake *intake;
    const rdl_pack *pack;
    GPtrArray *permits;
    rdl_words *words;
} reading;

/* A code of the pack, or a pattern that one of its codes fits. */
static bool in_pack(const rdl_pack *pack, const char *activity)
{
    const rdl_csv *csv = rdl_pack_table(pack, "activities.csv");

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        if (rdl_pack_activity_is(pack, rdl_csv_at(csv, i, "code"), activity))
            return true;
    return false;
}

/* A code nobody knows says nothing of what was permitted: the permit is for a person. */
static char *known_activity(const reading *r, const rdl_record *record)
{
    const char *text = rdl_record_text(record, "activity"), *hint = NULL;

    if (!text || !*text)
        return NULL;
    const char *code = in_pack(r->pack, text) ? text : rdl_words_code(r->words, text, &hint);
    if (!code)
        rdl_reject(r->intake, spec.layer, rdl_record_fid(record), true,
                   "UNKNOWN_ACTIVITY: %s: what was permitted counts as unknown", hint);
    return g_strdup(code);
}

static void read_dates(const reading *r, const rdl_record *record, rdl_permit *permit)
{
    bool *bad = &permit->dates_bad;

    permit->validity.first = rdl_record_day(record, "valid_from", RDL_DAY_PAST, bad);
    permit->validity.last = rdl_record_day(record, "valid_to", RDL_DAY_FUTURE, bad);
    if (permit->validity.first > permit->validity.last) {
        rdl_reject(r->intake, spec.layer, permit->fid, true,
                   "BAD_DATE: ends before it begins: both dates count as unknown");
        permit->validity = (rdl_interval){RDL_DAY_PAST, RDL_DAY_FUTURE};
        *bad = true;
    }
    permit->issued = rdl_record_day(record, "issued", permit->validity.first, bad);
}

static bool take_permit(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    rdl_permit *permit = g_new0(rdl_permit, 1);

    if (rdl_record_web_datum(record)) {
        g_free(permit);
        return rdl_fail(error, RDL_ERROR_CRS,
                        "permits, feature %" PRId64 ": its scope is in %s: what it covers "
                        "cannot be said to within hundreds of metres: hand it over in CGCS2000",
                        rdl_record_fid(record), rdl_record_web_datum(record));
    }
    g_ptr_array_add(r->permits, permit);
    permit->fid = rdl_record_fid(record);
    permit->content = rdl_identity_content(record, contents);
    permit->permit_no = g_strdup(rdl_record_text(record, "permit_no"));
    permit->authority = g_strdup(rdl_record_text(record, "authority"));
    permit->holder = g_strdup(rdl_record_text(record, "holder"));
    permit->activity = known_activity(r, record);
    permit->attrs = g_strdup(rdl_record_text(record, "attrs"));
    read_dates(r, record, permit);
    permit->box = rdl_record_box(record);
    permit->wkb = g_bytes_ref(rdl_record_wkb(record));
    return true;
}

bool rdl_permits_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *permits, GError **error)
{
    reading r = {intake, pack, permits, rdl_words_new(pack, intake, "activity")};
    bool good = rdl_intake_read(intake, &spec, source, take_permit, &r, error);

    rdl_words_finish(r.words, spec.layer);
    return good;
}

static rdl_identity identity(gpointer p)
{
    rdl_permit *permit = p;

    return (rdl_identity){&permit->permit_no,
                          {g_bytes_get_data(permit->wkb, NULL), g_bytes_get_size(permit->wkb)},
                          permit->content,
                          permit->fid};
}

void rdl_permits_settle(rdl_intake *intake, GPtrArray *permits)
{
    rdl_identity_sort(permits, identity);
    rdl_tally_used(intake->tally, spec.item, permits->len);
}

static bool rules_activity(const rdl_pack *pack, const char *wanted, const char *activity)
{
    return !*wanted || strcmp(wanted, "ANY") == 0 || rdl_pack_activity_is(pack, activity, wanted);
}

/* Was the row of competent.csv in force when the permit was issued? Unknown: it may have been. */
static bool rules_day(const rdl_csv *csv, size_t row, rdl_day issued)
{
    return issued == RDL_DAY_PAST || (rdl_pack_day(csv, row, "eff_from", RDL_DAY_PAST) <= issued &&
                                      issued <= rdl_pack_day(csv, row, "eff_to", RDL_DAY_FUTURE));
}

/* A zone with rows in competent.csv wants one that fits; one without takes any body (J18). */
static rdl_truth competent(const rdl_pack *pack, const char *zone, const char *activity,
                           const rdl_permit *permit)
{
    const rdl_csv *csv = rdl_pack_table(pack, "competent.csv");
    bool rows = false;

    for (size_t i = 0; csv && zone && i < rdl_csv_count(csv); i++) {
        g_auto(GStrv) zones = g_strsplit(rdl_csv_at(csv, i, "zone"), "|", -1);
        if (!g_strv_contains((const char *const *)zones, zone) ||
            !rules_activity(pack, rdl_csv_at(csv, i, "activity"), activity) ||
            !rules_day(csv, i, permit->issued))
            continue;
        rows = true;
        g_auto(GStrv) globs = g_strsplit(rdl_csv_at(csv, i, "authority"), "|", -1);
        for (char **glob = globs; *glob && permit->authority; glob++)
            if (g_pattern_match_simple(*glob, permit->authority))
                return RDL_YES;
    }
    return rows ? RDL_MAYBE : RDL_YES;
}

/* "Before the building" is issued <= built_after (J22); neither date known cannot be decided. */
static rdl_truth issued_before(const rdl_permit *permit, rdl_interval onset)
{
    if (permit->issued == RDL_DAY_PAST)
        return RDL_MAYBE;
    if (permit->issued <= onset.first)
        return RDL_YES;
    return permit->issued > onset.last ? RDL_NO : RDL_MAYBE;
}

/* Is the activity what it was granted for? Of an unknown one, or one of a kind not said, nobody can
 * tell. */
static rdl_truth granted_for(const rdl_permit *permit, const rdl_pack *pack, const char *activity)
{
    if (!permit->activity || !rdl_activity_known(pack, activity))
        return RDL_MAYBE;
    return rdl_pack_activity_may_be(pack, activity, permit->activity);
}

rdl_grant rdl_permit_allows(const rdl_permit *permit, const rdl_pack *pack, const char *zone,
                            const char *activity, rdl_interval onset, rdl_day as_of)
{
    rdl_grant grant = {.dated = true};
    rdl_truth dates =
        rdl_truth_and(issued_before(permit, onset), rdl_interval_within(onset, permit->validity));

    if (permit->dates_bad && dates != RDL_NO)
        dates = RDL_MAYBE;
    rdl_truth what = granted_for(permit, pack, activity);

    if (dates == RDL_NO || what == RDL_NO)
        return grant; /* RDL_NO */
    rdl_truth body = competent(pack, zone, activity, permit);
    grant.allows = rdl_truth_and(rdl_truth_and(dates, body), what);
    grant.dated = dates == RDL_YES;
    if (body != RDL_YES)
        grant.note = "the permit's authority is not one that may permit here";
    else if (dates != RDL_YES)
        grant.note = "the dates of a permit do not decide";
    else if (!permit->activity)
        grant.note = "the permit does not say for what it was granted";
    else if (what != RDL_YES)
        grant.note = "whether what stands there is what the permit was granted for is not known";
    else if (permit->validity.last < as_of)
        grant.note = "permit expired since, check operation";
    return grant;
}
