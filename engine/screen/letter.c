#include "screen/letter.h"

#include <math.h>
#include <string.h>
#include "screen/identity.h"
#include "screen/word.h"

static const char *const needed[] = {"letter_no", NULL};
static const char *const contents[] = {"letter_no",    "batch",       "received",
                                       "activity",     "key",         "founded",
                                       "duplicate_of", "pos_error_m", NULL};
static const rdl_intake_spec spec = {.item = "screen.letters",
                                     .layer = "letter",
                                     .fields = needed,
                                     .known = contents,
                                     .min_dimension = NO_PLACE_NEEDED};

#define LETTER_ERROR_M 500.0 /* a village */

static void letter_free(gpointer p)
{
    rdl_letter *letter = p;

    if (letter->matches)
        g_array_unref(letter->matches);
}

GPtrArray *rdl_letters_new(void)
{
    return g_ptr_array_new_with_free_func(letter_free);
}

const char *rdl_letter_fate_text(rdl_letter_fate fate)
{
    static const char *const texts[] = {"MATCHED", "AMBIGUOUS", "NO_MATCH", "UNLOCATED"};

    return texts[fate];
}

/* ---- reading ---- */

typedef struct {
    rdl_intake *intake;
    const rdl_pack *pack;
    GPtrArray *letters;
    rdl_words *words;
} reading;

static const char *known_activity(const reading *r, const rdl_record *record)
{
    const char *text = rdl_record_text(record, "activity"), *hint = NULL;
    const char *code = text ? rdl_words_code(r->words, text, &hint) : NULL;

    if (hint)
        rdl_reject(r->intake, spec.layer, rdl_record_fid(record), true,
                   "UNKNOWN_ACTIVITY: %s: it narrows nothing down", hint);
    return rdl_arena_text(r->intake->arena, code);
}

/* 1, 0, or -1 where it is not given; anything else is told and counts as not given. */
static int flag(const reading *r, const rdl_record *record, const char *field)
{
    const char *text = rdl_record_text(record, field);

    if (!text)
        return -1;
    if (strcmp(text, "1") == 0 || strcmp(text, "是") == 0)
        return 1;
    if (strcmp(text, "0") == 0 || strcmp(text, "否") == 0)
        return 0;
    rdl_reject(r->intake, spec.layer, rdl_record_fid(record), true,
               "BAD_FLAG: %s '%s' is neither 1 nor 0: it counts as not given", field, text);
    return -1;
}

static double error_of(const reading *r, const rdl_record *record)
{
    double given = rdl_record_error_m(record, "pos_error_m");

    return isnan(given) ? rdl_pack_default(r->pack, "letter_error_m", LETTER_ERROR_M) : given;
}

static bool take_letter(const rdl_record *record, void *user, GError **error)
{
    reading *r = user;
    rdl_arena *arena = r->intake->arena;
    rdl_letter *letter = rdl_arena_take(arena, sizeof *letter);
    GBytes *wkb = rdl_record_wkb(record);
    size_t n = 0;
    const void *bytes = wkb ? g_bytes_get_data(wkb, &n) : NULL;

    (void)error;
    memset(letter, 0, sizeof *letter);
    g_ptr_array_add(r->letters, letter);
    letter->fid = rdl_record_fid(record);
    letter->content = rdl_identity_content(record, contents);
    letter->letter_no = rdl_arena_text(arena, rdl_record_text(record, "letter_no"));
    letter->batch = rdl_arena_text(arena, rdl_record_text(record, "batch"));
    letter->received = rdl_arena_text(arena, rdl_record_text(record, "received"));
    letter->duplicate_of = rdl_arena_text(arena, rdl_record_text(record, "duplicate_of"));
    letter->activity = known_activity(r, record);
    letter->key = flag(r, record, "key");
    letter->founded = flag(r, record, "founded");
    letter->error_m = error_of(r, record);
    letter->reason = rdl_record_unplaced(record);
    letter->matches = g_array_new(FALSE, FALSE, sizeof(rdl_letter_match));
    if (n) {
        letter->wkb = (rdl_wkb){rdl_arena_copy(arena, bytes, n), n};
        letter->box = rdl_record_box(record);
    }
    return true;
}

bool rdl_letters_read(rdl_intake *intake, const rdl_pack *pack, const rdl_source *source,
                      GPtrArray *letters, GError **error)
{
    reading r = {intake, pack, letters, rdl_words_new(pack, intake, "activity")};
    bool good = rdl_intake_read(intake, &spec, source, take_letter, &r, error);

    rdl_words_finish(r.words, spec.layer);
    return good;
}

/* ---- matching ---- */

/* Letters without a place are told apart by what they say. */
static rdl_identity identity(gpointer p)
{
    rdl_letter *letter = p;
    rdl_wkb words = {letter->content, strlen(letter->content)};

    return (rdl_identity){&letter->letter_no, letter->wkb.n ? letter->wkb : words, letter->content,
                          letter->fid};
}

typedef struct {
    const rdl_pack *pack;
    const rdl_crs *crs;
    rdl_transform *lonlat;
    const GPtrArray *sources;
    const rdl_box_index *index;
    GHashTable *primary; /* of rdl_finding, by source */
    double widest_m;     /* the largest error of a source */
    GArray *near;
} matching;

static double error_of_source(const matching *m, const rdl_footprint *f)
{
    return isnan(f->pos_error_m) ? rdl_pack_default(m->pack, "pos_error_m", 5.0) : f->pos_error_m;
}

static gint nearest_first(gconstpointer a, gconstpointer b)
{
    const rdl_letter_match *x = a, *y = b;

    if (x->distance_m != y->distance_m)
        return x->distance_m < y->distance_m ? -1 : 1;
    if (x->source->patch != y->source->patch)
        return x->source->patch ? 1 : -1;
    return strcmp(x->source->fp_id, y->source->fp_id);
}

static bool weigh(const matching *m, rdl_letter *letter, const rdl_geometry *place,
                  const rdl_footprint *f, GError **error)
{
    g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(f->wkb.bytes, f->wkb.n, error);
    rdl_letter_match match = {.source = f, .finding = g_hash_table_lookup(m->primary, f)};
    double e = hypot(letter->error_m, error_of_source(m, f));

    if (!g || !rdl_geodesic_distance(m->crs, place, g, &match.distance_m, error))
        return false;
    match.min_m = fmax(0.0, match.distance_m - e);
    match.max_m = match.distance_m + e;
    match.fits = !letter->activity || strcmp(f->activity, "UNKNOWN") == 0 ||
                 rdl_pack_activity_is(m->pack, f->activity, letter->activity);
    if (match.min_m <= 0.0)
        g_array_append_val(letter->matches, match);
    return true;
}

static void conclude(rdl_letter *letter)
{
    guint fitting = 0;

    for (guint i = 0; i < letter->matches->len; i++)
        fitting += g_array_index(letter->matches, rdl_letter_match, i).fits;
    letter->fate = fitting == 1 ? RDL_LETTER_MATCHED : RDL_LETTER_AMBIGUOUS;
    if (letter->matches->len == 0) {
        letter->fate = RDL_LETTER_NO_MATCH;
        letter->reason = "NOTHING_NEAR";
    } else if (fitting != 1) {
        letter->reason = fitting ? "SEVERAL" : "ACTIVITY_DIFFERS";
    } else if (letter->matches->len > 1) {
        letter->reason = "BY_ACTIVITY";
    }
}

static bool match_letter(const matching *m, rdl_letter *letter, GError **error)
{
    g_autoptr(rdl_geometry) place =
        letter->wkb.n ? rdl_geometry_from_wkb(letter->wkb.bytes, letter->wkb.n, error) : NULL;
    rdl_box reach;

    letter->fate = RDL_LETTER_UNLOCATED;
    if (!letter->wkb.n)
        return true;
    if (!place || !rdl_box_grown(m->crs, m->lonlat, letter->box,
                                 hypot(letter->error_m, m->widest_m), &reach, error))
        return false;
    rdl_box_index_around(m->index, m->crs, reach, m->near);
    for (guint i = 0; i < m->near->len; i++)
        if (!weigh(m, letter, place, m->sources->pdata[g_array_index(m->near, size_t, i)], error))
            return false;
    g_array_sort(letter->matches, nearest_first);
    conclude(letter);
    return true;
}

static GHashTable *primaries(const GPtrArray *findings)
{
    GHashTable *all = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < findings->len; i++) {
        const rdl_finding *f = findings->pdata[i];
        if (f->is_primary)
            g_hash_table_insert(all, (gpointer)f->footprint, (gpointer)f);
    }
    return all;
}

/* The letter whose number comes first among those that repeat each other through `letter`. */
static rdl_letter *first_of_circle(GHashTable *by_no, rdl_letter *letter)
{
    rdl_letter *first = letter, *l = letter;

    while ((l = g_hash_table_lookup(by_no, l->duplicate_of)) != letter)
        if (strcmp(l->letter_no, first->letter_no) < 0)
            first = l;
    return first;
}

/* Of letters that repeat each other, or themselves, one is the matter itself: else it would be in
 * no share at all. */
static void open_circles(rdl_intake *intake, const GPtrArray *letters)
{
    g_autoptr(GHashTable) by_no = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) walked = g_hash_table_new(NULL, NULL); /* letter -> who came by */

    for (guint i = 0; i < letters->len; i++) {
        rdl_letter *letter = letters->pdata[i];
        g_hash_table_insert(by_no, (gpointer)letter->letter_no, letter);
    }
    for (guint i = 0; i < letters->len; i++) {
        rdl_letter *start = letters->pdata[i], *l = start;
        while (l && l->duplicate_of && !g_hash_table_contains(walked, l)) {
            g_hash_table_insert(walked, l, start);
            l = g_hash_table_lookup(by_no, l->duplicate_of);
        }
        if (!l || !l->duplicate_of || g_hash_table_lookup(walked, l) != start)
            continue;
        rdl_letter *first = first_of_circle(by_no, l);
        rdl_reject(intake, spec.layer, first->fid, true,
                   "BAD_DUPLICATE: %s repeats itself by %s: it counts as a matter of its own",
                   first->letter_no, first->duplicate_of);
        first->duplicate_of = NULL;
    }
}

bool rdl_letters_match(rdl_intake *intake, const rdl_pack *pack, GPtrArray *letters,
                       const GPtrArray *sources, const GPtrArray *findings, GError **error)
{
    g_autofree rdl_box *boxes = g_new(rdl_box, sources->len + 1);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(intake->target, error);
    matching m = {
        .pack = pack, .crs = intake->target, .lonlat = lonlat, .sources = sources, .near = near};

    if (!letters->len || !lonlat)
        return lonlat != NULL;
    g_autoptr(GHashTable) primary = primaries(findings);
    m.primary = primary;
    rdl_identity_settle(intake, &spec, letters, identity);
    open_circles(intake, letters);
    for (guint i = 0; i < sources->len; i++) {
        boxes[i] = ((rdl_footprint *)sources->pdata[i])->box;
        m.widest_m = fmax(m.widest_m, error_of_source(&m, sources->pdata[i]));
    }
    g_autoptr(rdl_box_index) index = rdl_box_index_new(boxes, sources->len, error);
    m.index = index;
    for (guint i = 0; index && i < letters->len; i++)
        if (!match_letter(&m, letters->pdata[i], error))
            return false;
    rdl_tally_used(intake->tally, spec.item, letters->len);
    return index != NULL;
}

/* ---- statistics ---- */

JsonObject *rdl_letters_statistics(const GPtrArray *letters)
{
    JsonObject *o = json_object_new();
    gint64 fates[RDL_LETTER_UNLOCATED + 1] = {0}, duplicates = 0, unfounded = 0;
    gint64 all = letters->len;

    for (guint i = 0; i < letters->len; i++) {
        const rdl_letter *letter = letters->pdata[i];
        if (letter->duplicate_of)
            duplicates++;
        else if (letter->founded == 0)
            unfounded++;
        else
            fates[letter->fate]++;
    }
    gint64 due = all - duplicates - unfounded;
    json_object_set_int_member(o, "all", all);
    json_object_set_int_member(o, "duplicates", duplicates);
    json_object_set_int_member(o, "unfounded", unfounded);
    json_object_set_int_member(o, "due", due);
    json_object_set_int_member(o, "matched", fates[RDL_LETTER_MATCHED]);
    json_object_set_int_member(o, "ambiguous", fates[RDL_LETTER_AMBIGUOUS]);
    json_object_set_int_member(o, "no_match", fates[RDL_LETTER_NO_MATCH]);
    json_object_set_int_member(o, "unlocated", fates[RDL_LETTER_UNLOCATED]);
    rdl_json_set_real(o, "matched_percent",
                      due ? (double)((2000 * fates[RDL_LETTER_MATCHED] + due) / (2 * due)) / 10.0
                          : NAN);
    return o;
}
