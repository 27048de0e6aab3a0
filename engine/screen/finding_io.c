#include "screen/finding_io.h"

#include <math.h>
#include <string.h>
#include "screen/planned.h"
#include "store/store.h"

#define T RDL_FIELD_TEXT
#define I RDL_FIELD_INT
#define R RDL_FIELD_REAL

static const rdl_field finding_fields[] = {
    {"finding_id", T},  {"source", T},       {"source_id", T},     {"zone_id", T},
    {"zone", T},        {"zone_name", T},    {"activity", T},      {"owner", T},
    {"built_after", T}, {"built_before", T}, {"when_case", T},     {"verdict", T},
    {"result", T},      {"rule_id", T},      {"rule_then", T},     {"is_primary", I},
    {"basis", T},       {"severity", T},     {"lead_dept", T},     {"handling", T},
    {"penalty", T},     {"quantity", R},     {"quantity_unit", T}, {"limitation", T},
    {"permit_no", T},   {"xzqdm", T},        {"lon", R},           {"lat", R},
    {"area_m2", R},     {"area_own_m2", R},  {"area_min_m2", R},   {"area_max_m2", R},
    {"share", R},       {"edge", I},         {"note", T},          {"parent_id", T},
    {"expands", T},     {"own_ha", R},       {"own_mu", R},        {"kind", T}};

static const rdl_field hit_fields[] = {
    {"finding_id", T}, {"rule_id", T},   {"zone_id", T},  {"zone", T},  {"applies", T},
    {"rule_date", T},  {"verdict", T},   {"status", T},   {"basis", T}, {"severity", T},
    {"penalty", T},    {"lead_dept", T}, {"handling", T}, {"note", T}};

static const rdl_field balance_fields[] = {
    {"source", T},       {"source_id", T},   {"whole_m2", R},     {"parts_m2", R},
    {"remainder_m2", R}, {"residual_m2", R}, {"sliver_m2", R},    {"whole_ha", R},
    {"remainder_ha", R}, {"whole_mu", R},    {"remainder_mu", R}, {"adjusted", I}};

static const rdl_field rejected_fields[] = {
    {"layer", T}, {"source_fid", I}, {"reason", T}, {"repaired", I}, {"used", I}};

static const rdl_field planned_fields[] = {
    {"planned_id", T}, {"activity", T}, {"owner", T},   {"answer", T},   {"zone", T},
    {"zone_name", T},  {"rule_id", T},  {"basis", T},   {"handling", T}, {"lead_dept", T},
    {"note", T},       {"asked", T},    {"checked", T}, {"not_given", T}};

static const rdl_field letter_fields[] = {
    {"letter_no", T}, {"batch", T},        {"received", T},   {"activity", T},   {"key", I},
    {"founded", I},   {"duplicate_of", T}, {"due", I},        {"fate", T},       {"reason", T},
    {"source", T},    {"source_id", T},    {"finding_id", T}, {"pos_error_m", R}};

static const rdl_field match_fields[] = {
    {"letter_no", T},      {"source", T},        {"source_id", T}, {"finding_id", T},
    {"result", T},         {"activity", T},      {"fits", I},      {"distance_m", R},
    {"distance_min_m", R}, {"distance_max_m", R}};

static const char *source_name(const rdl_footprint *f)
{
    return f->planned ? "planned" : f->patch ? "patch" : "footprint";
}

/* Texts that many rows share, made once. */
typedef struct {
    GHashTable *days;  /* text of a day, by the day */
    GHashTable *notes; /* text of a hit's note, by the hit */
    GHashTable *spans; /* "first/last", by the text of both */
    GArray *rings;     /* of rdl_ring */
    rdl_day as_of;
} texts;

static const char *day_text(texts *t, rdl_day day)
{
    gpointer key = GINT_TO_POINTER(day), text;

    if (g_hash_table_lookup_extended(t->days, key, NULL, &text))
        return text;
    text = rdl_day_text(day);
    g_hash_table_insert(t->days, key, text);
    return text;
}

static const char *span_text(texts *t, rdl_interval i)
{
    gint64 key = (gint64)((guint64)(guint32)i.first << 32 | (guint32)i.last);
    char *text = g_hash_table_lookup(t->spans, &key);

    if (!text) {
        const char *first = day_text(t, i.first), *last = day_text(t, i.last);
        text = g_strdup_printf("%s/%s", first ? first : "..", last ? last : "..");
        g_hash_table_insert(t->spans, g_memdup2(&key, sizeof key), text);
    }
    return text;
}

/* Hits belong to verdicts that rows share. */
static const char *note_text(texts *t, const rdl_hit *hit)
{
    gpointer text;

    if (g_hash_table_lookup_extended(t->notes, hit, NULL, &text))
        return text;
    text = rdl_hit_note(hit);
    g_hash_table_insert(t->notes, (gpointer)hit, text);
    return text;
}

/* All that is written, as the threads that write it see it. */
typedef struct {
    const rdl_findings *all;
    rdl_day as_of;
} writing;

static void *texts_new(void *job)
{
    texts *t = g_new(texts, 1);

    *t = (texts){.days = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                 .notes = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                 .spans = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
                 .rings = g_array_new(FALSE, FALSE, sizeof(rdl_ring)),
                 .as_of = ((writing *)job)->as_of};
    return t;
}

static void texts_free(void *worker)
{
    texts *t = worker;

    g_hash_table_unref(t->days);
    g_hash_table_unref(t->notes);
    g_hash_table_unref(t->spans);
    g_array_unref(t->rings);
    g_free(t);
}

static bool put_geometry(rdl_rows *out, texts *t, rdl_wkb wkb, GError **error)
{
    rdl_box box;

    g_array_set_size(t->rings, 0);
    if (rdl_rings_of(wkb.bytes, wkb.n, t->rings)) {
        box = rdl_rings_box(t->rings);
    } else {
        g_autoptr(rdl_geometry) g = rdl_geometry_from_wkb(wkb.bytes, wkb.n, error);
        if (!g)
            return false;
        box = rdl_geometry_box(g);
    }
    rdl_rows_geometry(out, wkb.bytes, wkb.n, (rdl_extent){box.xmin, box.xmax, box.ymin, box.ymax});
    return true;
}

/* A standing work is held to be a continuing state: never expired by machine (3.2). */
static const char *limitation(const rdl_finding *f)
{
    return f->verdict->result == RDL_RESULT_SUSPECT ? "review" : NULL;
}

static bool write_finding(rdl_rows *out, texts *t, const rdl_finding *f, GError **error)
{
    const rdl_rule *rule = f->verdict->rule;
    const rdl_verdict *v = f->verdict;
    const rdl_value row[] = {rdl_text(f->finding_id),
                             rdl_text(source_name(f->footprint)),
                             rdl_text(f->footprint->fp_id),
                             rdl_text(f->zone ? f->zone->zone_id : NULL),
                             rdl_text(f->zone ? f->zone->class->zone : "ANY"),
                             rdl_text(f->zone ? f->zone->name : NULL),
                             rdl_text(f->footprint->activity),
                             rdl_text(f->footprint->owner),
                             rdl_text(day_text(t, f->footprint->built.first)),
                             rdl_text(day_text(t, f->footprint->built.last)),
                             rdl_text(rdl_when_text(v->when)),
                             rdl_text(v->verdict),
                             rdl_text(rdl_result_text(v->result)),
                             rdl_text(rule ? rule->rule_id : NULL),
                             rdl_text(f->rule_then ? f->rule_then->rule_id : NULL),
                             rdl_integer(f->is_primary),
                             rdl_text(rule ? rule->basis : NULL),
                             rdl_text(rule ? rule->severity : NULL),
                             rdl_text(rule ? rule->lead_dept : NULL),
                             rdl_text(rule ? rule->handling : NULL),
                             rdl_text(rule ? rule->penalty : NULL),
                             rdl_real(f->quantity),
                             rdl_text(isnan(f->quantity) ? NULL
                                      : f->in_m2         ? "m2"
                                                         : "m"),
                             rdl_text(limitation(f)),
                             rdl_text(f->permit_no),
                             rdl_text(f->xzqdm),
                             rdl_real(f->part.lon),
                             rdl_real(f->part.lat),
                             rdl_real(f->part.area_m2),
                             rdl_real(f->part.own_m2),
                             rdl_real(f->part.min_m2),
                             rdl_real(f->part.max_m2),
                             rdl_real(f->part.share),
                             rdl_integer(f->part.edge),
                             rdl_text(v->note),
                             rdl_text(*f->parent_id ? f->parent_id : NULL),
                             rdl_text(f->footprint->expands),
                             rdl_real(rdl_shown_ha(f->part.own_m2, f->ha_up)),
                             rdl_real(rdl_shown_mu(f->part.own_m2, f->mu_up)),
                             rdl_text(f->footprint->kind)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(finding_fields));

    rdl_rows_values(out, finding_fields, row, G_N_ELEMENTS(row));
    return put_geometry(out, t, f->part.wkb, error) && rdl_rows_add(out, error);
}

static bool write_hit(rdl_rows *out, texts *t, const rdl_finding *f, const rdl_hit *hit,
                      GError **error)
{
    static const char *const statuses[] = {"decided", "asked", "unknown_date"};
    rdl_interval selected = hit->by_act ? f->footprint->onset : (rdl_interval){t->as_of, t->as_of};
    const rdl_rule *rule = hit->rule;
    const rdl_value row[] = {rdl_text(f->finding_id),
                             rdl_text(rule->rule_id),
                             rdl_text(f->zone ? f->zone->zone_id : NULL),
                             rdl_text(f->zone ? f->zone->class->zone : "ANY"),
                             rdl_text(hit->by_act ? "ACT" : "STATE"),
                             rdl_text(span_text(t, selected)),
                             rdl_text(hit->verdict),
                             rdl_text(hit->overridden ? "overridden" : statuses[hit->status]),
                             rdl_text(rule->basis),
                             rdl_text(rule->severity),
                             rdl_text(rule->penalty),
                             rdl_text(rule->lead_dept),
                             rdl_text(rule->handling),
                             rdl_text(note_text(t, hit))};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(hit_fields));

    rdl_rows_values(out, hit_fields, row, G_N_ELEMENTS(row));
    return rdl_rows_add(out, error);
}

/* Findings in the order of their ids lie anywhere in memory: what is written soon is asked for. */
static void fetch_ahead(const GPtrArray *findings, guint i)
{
    if (i + 16 < findings->len)
        for (size_t at = 0; at < sizeof(rdl_finding); at += 64)
            __builtin_prefetch((const char *)findings->pdata[i + 16] + at);
    if (i + 8 < findings->len) {
        const rdl_finding *f = findings->pdata[i + 8];
        __builtin_prefetch(f->footprint);
        __builtin_prefetch(f->part.wkb.bytes);
        __builtin_prefetch(f->zone);
    }
}

static bool finding_row(rdl_rows *out, void *job, void *worker, size_t i, GError **error)
{
    const GPtrArray *findings = ((writing *)job)->all->findings;

    fetch_ahead(findings, (guint)i);
    return write_finding(out, worker, findings->pdata[i], error);
}

static const GArray *hits_of(void *job, size_t i)
{
    const rdl_finding *f = ((writing *)job)->all->findings->pdata[i];

    return f->verdict->hits;
}

static size_t count_hits(void *job, size_t i)
{
    return hits_of(job, i)->len;
}

static bool hit_rows(rdl_rows *out, void *job, void *worker, size_t i, GError **error)
{
    const GArray *hits = hits_of(job, i);
    bool good = true;

    for (guint k = 0; good && k < hits->len; k++)
        good = write_hit(out, worker, ((writing *)job)->all->findings->pdata[i],
                         &g_array_index(hits, rdl_hit, k), error);
    return good;
}

static bool balance_row(rdl_rows *out, void *job, void *worker, size_t i, GError **error)
{
    const rdl_source_balance *b =
        &g_array_index(((writing *)job)->all->balances, rdl_source_balance, i);
    const rdl_value row[] = {
        rdl_text(source_name(b->footprint)),
        rdl_text(b->footprint->fp_id),
        rdl_real(b->whole_m2),
        rdl_real(b->parts_m2),
        rdl_real(b->remainder_m2),
        rdl_real(b->whole_m2 - b->parts_m2 - b->remainder_m2),
        rdl_real(b->sliver_m2),
        rdl_real(rdl_shown_ha(b->whole_m2 + RDL_HECTARE_M2 * RDL_HECTARE_STEP / 2.0, false)),
        rdl_real(rdl_shown_ha(b->remainder_m2, b->ha_up)),
        rdl_real(rdl_shown_mu(b->whole_m2 + RDL_MU_M2 * RDL_MU_STEP / 2.0, false)),
        rdl_real(rdl_shown_mu(b->remainder_m2, b->mu_up)),
        rdl_integer(b->adjusted)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(balance_fields));

    (void)worker;
    rdl_rows_values(out, balance_fields, row, G_N_ELEMENTS(row));
    return rdl_rows_add(out, error);
}

static bool write_table(rdl_geopackage *package, const char *name, const rdl_rows_work *how,
                        writing *w, size_t n, int threads, GError **error)
{
    rdl_rows *out = rdl_geopackage_rows(package, name, error);

    return out && rdl_rows_each(out, how, w, n, threads, error);
}

/* The tables that are long. */
static bool write_tables(rdl_geopackage *package, writing *w, int threads, GError **error)
{
    static const rdl_rows_work findings = {texts_new, texts_free, finding_row, NULL},
                               hits = {texts_new, texts_free, hit_rows, count_hits},
                               balances = {texts_new, texts_free, balance_row, NULL};
    const char *parts = w->all->answers ? "planned_part" : "finding";
    size_t n = w->all->findings->len;

    return write_table(package, parts, &findings, w, n, threads, error) &&
           write_table(package, "hit", &hits, w, n, threads, error) &&
           write_table(package, "balance", &balances, w, w->all->balances->len, threads, error);
}

static bool write_rejections(rdl_geopackage *package, const rdl_findings *all, GError **error)
{
    rdl_rows *out = rdl_geopackage_rows(package, "rejected", error);
    bool good = out != NULL;

    for (guint i = 0; good && i < all->rejections->len; i++) {
        const rdl_rejection *r = &g_array_index(all->rejections, rdl_rejection, i);
        const rdl_value row[] = {
            rdl_text(r->layer), r->fid == RDL_WHOLE_LAYER ? RDL_NULL : rdl_integer(r->fid),
            rdl_text(r->reason), rdl_integer(r->repaired), rdl_integer(r->used)};
        G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(rejected_fields));
        rdl_rows_values(out, rejected_fields, row, G_N_ELEMENTS(row));
        good = rdl_rows_add(out, error);
    }
    return good;
}

/* A planned project each, with where it would stand: what an applicant is told. */
static bool write_answers(rdl_geopackage *package, texts *t, const rdl_findings *all,
                          GError **error)
{
    rdl_rows *out = all->answers ? rdl_geopackage_rows(package, "planned", error) : NULL;
    bool good = out || !all->answers;

    for (guint i = 0; good && all->answers && i < all->answers->len; i++) {
        const rdl_answer *a = &g_array_index(all->answers, rdl_answer, i);
        const rdl_rule *rule = a->why ? a->why->verdict->rule : NULL;
        const rdl_zone *zone = a->why ? a->why->zone : NULL;
        const char *of_row = a->why ? a->why->verdict->note : NULL;
        g_autofree char *note = a->note && of_row ? g_strdup_printf("%s; %s", a->note, of_row)
                                                  : g_strdup(a->note ? a->note : of_row);
        const rdl_value row[] = {rdl_text(a->project->fp_id),
                                 rdl_text(a->project->activity),
                                 rdl_text(a->project->owner),
                                 rdl_text(rdl_result_text(a->answer)),
                                 rdl_text(zone ? zone->class->zone : NULL),
                                 rdl_text(zone ? zone->name : NULL),
                                 rdl_text(rule ? rule->rule_id : NULL),
                                 rdl_text(rule ? rule->basis : NULL),
                                 rdl_text(rule ? rule->handling : NULL),
                                 rdl_text(rule ? rule->lead_dept : NULL),
                                 rdl_text(note),
                                 rdl_text(a->asked),
                                 rdl_text(all->given),
                                 rdl_text(all->missing)};
        G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(planned_fields));
        rdl_rows_values(out, planned_fields, row, G_N_ELEMENTS(row));
        good = put_geometry(out, t, a->project->wkb, error) && rdl_rows_add(out, error);
    }
    return good;
}

/* What a letter is matched to; NULL unless its fate is MATCHED. */
static const rdl_letter_match *matched(const rdl_letter *letter)
{
    for (guint i = 0; letter->fate == RDL_LETTER_MATCHED && i < letter->matches->len; i++)
        if (g_array_index(letter->matches, rdl_letter_match, i).fits)
            return &g_array_index(letter->matches, rdl_letter_match, i);
    return NULL;
}

static rdl_value flag(int known)
{
    return known < 0 ? RDL_NULL : rdl_integer(known);
}

static bool write_letter(rdl_rows *out, texts *t, const rdl_letter *letter, GError **error)
{
    const rdl_letter_match *m = matched(letter);
    const rdl_value row[] = {rdl_text(letter->letter_no),
                             rdl_text(letter->batch),
                             rdl_text(letter->received),
                             rdl_text(letter->activity),
                             flag(letter->key),
                             flag(letter->founded),
                             rdl_text(letter->duplicate_of),
                             rdl_integer(!letter->duplicate_of && letter->founded != 0),
                             rdl_text(rdl_letter_fate_text(letter->fate)),
                             rdl_text(letter->reason),
                             rdl_text(m ? source_name(m->source) : NULL),
                             rdl_text(m ? m->source->fp_id : NULL),
                             rdl_text(m && m->finding ? m->finding->finding_id : NULL),
                             rdl_real(letter->error_m)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(letter_fields));

    rdl_rows_values(out, letter_fields, row, G_N_ELEMENTS(row));
    return (!letter->wkb.n || put_geometry(out, t, letter->wkb, error)) && rdl_rows_add(out, error);
}

static bool write_match(rdl_rows *out, const rdl_letter *letter, const rdl_letter_match *m,
                        GError **error)
{
    const rdl_value row[] = {
        rdl_text(letter->letter_no),
        rdl_text(source_name(m->source)),
        rdl_text(m->source->fp_id),
        rdl_text(m->finding ? m->finding->finding_id : NULL),
        rdl_text(m->finding ? rdl_result_text(m->finding->verdict->result) : NULL),
        rdl_text(m->source->activity),
        rdl_integer(m->fits),
        rdl_real(m->distance_m),
        rdl_real(m->min_m),
        rdl_real(m->max_m)};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(match_fields));

    rdl_rows_values(out, match_fields, row, G_N_ELEMENTS(row));
    return rdl_rows_add(out, error);
}

static bool write_letters(rdl_geopackage *package, texts *t, const rdl_findings *all,
                          GError **error)
{
    rdl_rows *out = all->letters ? rdl_geopackage_rows(package, "letter", error) : NULL;
    bool good = out || !all->letters;

    for (guint i = 0; good && all->letters && i < all->letters->len; i++)
        good = write_letter(out, t, all->letters->pdata[i], error);
    if (!good || !all->letters || !(out = rdl_geopackage_rows(package, "letter_match", error)))
        return good && !all->letters;
    for (guint i = 0; i < all->letters->len; i++) {
        const rdl_letter *letter = all->letters->pdata[i];
        for (guint k = 0; good && k < letter->matches->len; k++)
            good = write_match(out, letter, &g_array_index(letter->matches, rdl_letter_match, k),
                               error);
    }
    return good;
}

/* GDAL makes the file and its layers, so that they are as GDAL wants them. */
static bool make_letters(rdl_vector *out, const rdl_crs *crs, GError **error)
{
    return rdl_vector_layer(out, "letter", crs, "Geometry", letter_fields,
                            G_N_ELEMENTS(letter_fields), error) >= 0 &&
           rdl_vector_layer(out, "letter_match", NULL, NULL, match_fields,
                            G_N_ELEMENTS(match_fields), error) >= 0;
}

static bool make_layers(const char *path, const rdl_crs *crs, const rdl_findings *all,
                        GError **error)
{
    bool planned = all->answers != NULL;
    static const rdl_styled styled[] = {{.layer = "finding", .style = "finding"}};
    rdl_vector *out = rdl_vector_create(path, "GPKG", error);

    if (!out)
        return false;
    if ((!planned || rdl_vector_layer(out, "planned", crs, "Geometry", planned_fields,
                                      G_N_ELEMENTS(planned_fields), error) >= 0) &&
        rdl_vector_layer(out, planned ? "planned_part" : "finding", crs, "Geometry", finding_fields,
                         G_N_ELEMENTS(finding_fields), error) >= 0 &&
        rdl_vector_layer(out, "hit", NULL, NULL, hit_fields, G_N_ELEMENTS(hit_fields), error) >=
            0 &&
        rdl_vector_layer(out, "balance", NULL, NULL, balance_fields, G_N_ELEMENTS(balance_fields),
                         error) >= 0 &&
        rdl_vector_layer(out, "rejected", NULL, NULL, rejected_fields,
                         G_N_ELEMENTS(rejected_fields), error) >= 0 &&
        (!all->letters || make_letters(out, crs, error)) &&
        (planned || rdl_vector_styles(out, styled, G_N_ELEMENTS(styled), error)))
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}

bool rdl_findings_write(const char *path, const rdl_crs *crs, const rdl_findings *findings,
                        rdl_day as_of, int threads, GError **error)
{
    rdl_geopackage *package =
        make_layers(path, crs, findings, error) ? rdl_geopackage_open(path, error) : NULL;
    writing w = {findings, as_of};

    if (!package)
        return false;
    texts *t = texts_new(&w);
    bool good =
        write_answers(package, t, findings, error) && write_tables(package, &w, threads, error) &&
        write_rejections(package, findings, error) && write_letters(package, t, findings, error);
    texts_free(t);
    if (good)
        return rdl_geopackage_finish(package, error);
    rdl_geopackage_abandon(package);
    return false;
}
