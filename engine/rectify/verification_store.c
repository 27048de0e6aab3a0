#include "rectify/verification.h"

#include <math.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/wetland.h"

typedef struct {
    rdl_ledger *ledger;
    const rdl_verify_options *o;
    rdl_recovery_scenes *scenes;
    rdl_recovery_limits limits;
    rdl_crs *crs;
    rdl_measure *measure;
    rdl_wetland *wetland;       /* NULL: no land is declared */
    char *digest, *name, *date; /* of the later scene */
    char *how;                  /* with what it is measured: canonical JSON */
    rdl_tally *tally;
    GPtrArray *rows; /* of JsonObject, in the order of the tasks */
} verification;

/* ---- limits ---- */

bool rdl_verify_limits(rdl_ledger *ledger, rdl_recovery_limits *l, GError **error)
{
    const struct {
        const char *name;
        double *value;
    } known[] = {{"restored", &l->restored}, {"doubt", &l->doubt}, {"standing", &l->standing},
                 {"recovery", &l->recovery}, {"grown", &l->grown}, {"clear", &l->clear}};
    JsonObject *pack = rdl_ledger_pack(ledger, error);
    JsonObject *given = pack ? rdl_json_object(pack, "verification") : NULL;

    for (size_t i = 0; given && i < G_N_ELEMENTS(known); i++)
        *known[i].value = rdl_json_real(given, known[i].name, *known[i].value);
    return pack != NULL;
}

/* ---- the claim ---- */

/* Day of the claim that stands, and of the closing; NULL where there is none. */
static bool claim_of(rdl_ledger *ledger, const char *task_id, char **claimed, char **closed,
                     GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT at, json_extract(payload, '$.to') FROM event WHERE subject = ? "
                          "AND kind = 'task.moved' ORDER BY seq",
                          error);
    bool row = true;

    *claimed = *closed = NULL;
    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    while (rdl_statement_step(s, &row, error) && row) {
        const char *at = rdl_statement_get_text(s, 0), *to = rdl_statement_get_text(s, 1);
        bool withdrawn = strcmp(to, "WORKING") == 0 || strcmp(to, "REOPENED") == 0;
        if (withdrawn || strcmp(to, "SUBMITTED") == 0)
            g_clear_pointer(claimed, g_free);
        if (withdrawn || strcmp(to, "CLOSED") == 0)
            g_clear_pointer(closed, g_free);
        if (strcmp(to, "SUBMITTED") == 0)
            *claimed = g_strdup(at);
        if (strcmp(to, "CLOSED") == 0)
            *closed = g_strdup(at);
    }
    return !row;
}

static bool after(const char *date, const char *day)
{
    return day && strcmp(date, day) > 0;
}

static bool judge_claim(verification *v, const rdl_task *t, const rdl_recovery *r, JsonObject *o,
                        GError **error)
{
    g_autofree char *claimed = NULL, *closed = NULL;
    bool stands = r->outcome != RDL_OUTCOME_CANNOT_TELL && r->residual_min > v->limits.restored;

    if (!claim_of(v->ledger, t->task_id, &claimed, &closed, error))
        return false;
    rdl_json_set_text(o, "claimed", claimed);
    rdl_json_set_text(o, "closed", closed);
    json_object_set_int_member(o, "stands", stands);
    json_object_set_int_member(o, "contradicted", stands && after(v->date, claimed));
    json_object_set_int_member(o, "rebound", stands && after(v->date, closed));
    return true;
}

/* ---- one task ---- */

static rdl_geometry *ground_of(const rdl_task *t, GError **error)
{
    if (!t->wkb)
        return NULL;
    return rdl_geometry_from_wkb(g_bytes_get_data(t->wkb, NULL), g_bytes_get_size(t->wkb), error);
}

/* Grounds of other sites in the window: they are no neighbours. */
static GPtrArray *others_near(verification *v, const rdl_task *t, const rdl_geometry *ground,
                              GError **error)
{
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func((GDestroyNotify)rdl_geometry_free);
    g_autoptr(rdl_statement) s = rdl_statement_new(
        v->ledger->store,
        "SELECT AsBinary(geom) FROM site WHERE site_id <> ? AND geom IS NOT NULL AND ROWID IN "
        "(SELECT pkid FROM idx_site_geom WHERE xmax >= ? AND ymax >= ? AND xmin <= ? AND ymin <= ?)"
        " ORDER BY site_id",
        error);
    rdl_box box;
    bool row = true;

    if (!s || !rdl_recovery_box(v->scenes, ground, v->crs, &box, error))
        return NULL;
    rdl_statement_text(s, 1, t->site_id);
    rdl_statement_real(s, 2, box.xmin);
    rdl_statement_real(s, 3, box.ymin);
    rdl_statement_real(s, 4, box.xmax);
    rdl_statement_real(s, 5, box.ymax);
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return g_steal_pointer(&others);
        g_autoptr(GBytes) wkb = rdl_statement_get_bytes(s, 0);
        rdl_geometry *g =
            rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error);
        if (!g)
            return NULL;
        g_ptr_array_add(others, g);
    }
    return NULL;
}

/* What did not tell is looked at again in another way, and with other land; not in the same. */
static bool measured_before(verification *v, const char *task_id, bool *yes, GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(v->ledger->store,
                          "SELECT 1 FROM verification WHERE task_id = ? AND scene = ? AND "
                          "(outcome <> 'CANNOT_TELL' AND ? OR how IS ?)",
                          error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    rdl_statement_text(s, 2, v->digest);
    rdl_statement_int(s, 3, v->wetland == NULL);
    rdl_statement_text(s, 4, v->how);
    return rdl_statement_step(s, yes, error);
}

static void suppress(verification *v, const char *code)
{
    rdl_tally_suppressed(v->tally, "verify.tasks", code, 1);
}

/* Take from `from` all that a row is to say, beside what it has. */
static void add_members(JsonObject *to, JsonObject *from)
{
    g_autoptr(GList) names = json_object_get_members(from);

    for (GList *n = names; n; n = n->next)
        json_object_set_member(to, n->data, json_node_copy(json_object_get_member(from, n->data)));
}

/* The shares as ground, to 0.01 m2; nothing of a share that is not known. */
static bool set_areas(verification *v, const rdl_geometry *ground, const rdl_recovery *r,
                      JsonObject *o, GError **error)
{
    const struct {
        const char *name;
        double share;
    } areas[] = {{"area_m2", 1.0},
                 {"standing_m2", r->residual},
                 {"standing_min_m2", r->residual_min},
                 {"standing_max_m2", r->residual_max},
                 {"restored_m2", r->restored},
                 {"grown_m2", r->grown_min},
                 {"water_gain_m2", r->water[2] - r->water[1]}};
    double m2;

    if (!rdl_measure_area(v->measure, ground, &m2, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(areas); i++)
        rdl_json_set_real(o, areas[i].name, round(m2 * areas[i].share * 100.0) / 100.0 + 0.0);
    return true;
}

static bool set_wetland(verification *v, const rdl_geometry *ground, JsonObject *o, GError **error)
{
    JsonObject *told = NULL;

    if (v->wetland && !rdl_wetland_measure(v->wetland, ground, &told, error))
        return false;
    if (told)
        json_object_set_object_member(o, "wetland", told);
    return true;
}

static bool measure(verification *v, const rdl_task *t, const rdl_geometry *ground, GError **error)
{
    g_autoptr(GPtrArray) others = others_near(v, t, ground, error);
    g_autoptr(JsonObject) o = json_object_new(), numbers = NULL;
    rdl_recovery r;

    if (!others ||
        !rdl_recovery_measure(v->scenes, ground, others, v->crs, &v->limits, &r, error) ||
        !judge_claim(v, t, &r, o, error) || !set_areas(v, ground, &r, o, error) ||
        !set_wetland(v, ground, o, error))
        return false;
    numbers = rdl_recovery_json(&r);
    add_members(o, numbers);
    rdl_json_set_text(o, "task_id", t->task_id);
    rdl_json_set_text(o, "site_id", t->site_id);
    rdl_json_set_text(o, "scene", v->digest);
    rdl_json_set_text(o, "scene_name", v->name);
    rdl_json_set_text(o, "scene_date", v->date);
    rdl_json_set_text(o, "gate", rdl_recovery_gate(v->scenes));
    rdl_json_set_text(o, "how", v->how);
    g_ptr_array_add(v->rows, json_object_ref(o));
    if (r.outcome == RDL_OUTCOME_CANNOT_TELL)
        rdl_tally_failed(v->tally, "verify.tasks", "CANNOT_TELL", 1);
    else
        rdl_tally_used(v->tally, "verify.tasks", 1);
    return true;
}

static bool look_at(verification *v, const rdl_task *t, GError **error)
{
    g_autoptr(rdl_geometry) ground = NULL;
    bool there, reaches;

    rdl_tally_in(v->tally, "verify.tasks", 1);
    if (!measured_before(v, t->task_id, &there, error))
        return false;
    if (there)
        return suppress(v, "ALREADY_THERE"), true;
    if (t->wkb && !(ground = ground_of(t, error)))
        return false;
    if (!ground || rdl_geometry_dimension(ground) < 2)
        return suppress(v, "NO_GROUND"), true;
    if (!rdl_recovery_reaches(v->scenes, ground, v->crs, &reaches, error))
        return false;
    if (!reaches)
        return suppress(v, "OUTSIDE_SCENE"), true;
    return measure(v, t, ground, error) || (g_prefix_error(error, "%s: ", t->task_id), false);
}

static bool look_at_all(verification *v, const rdl_progress *progress, GError **error)
{
    rdl_task_filter filter = {.kind = v->o->task_id ? NULL : "rectify", .id = v->o->task_id};
    g_autoptr(GArray) tasks = rdl_task_list(v->ledger, &filter, error);

    if (!tasks)
        return false;
    if (v->o->task_id && tasks->len == 0)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no task %s: redline task list shows them",
                        rdl_ledger_path(v->ledger), v->o->task_id);
    for (guint i = 0; i < tasks->len; i++)
        if (!rdl_progress_tell(progress, (double)i / tasks->len, "verify", error) ||
            !look_at(v, &g_array_index(tasks, rdl_task, i), error))
            return false;
    return true;
}

/* ---- on record ---- */

static bool record(verification *v, GError **error)
{
    bool good = rdl_store_begin(v->ledger->store, error);

    if (!good)
        return false;
    for (guint i = 0; good && i < v->rows->len; i++) {
        JsonObject *o = v->rows->pdata[i];
        if (!rdl_work_agrees(v->ledger, rdl_json_text(o, "site_id", ""), error)) {
            good = false;
            break;
        }
        rdl_event event = {.at = v->o->on,
                           .by = v->o->by,
                           .role = v->o->role,
                           .kind = "site.verified",
                           .subject = rdl_json_text(o, "site_id", "")};
        good = rdl_event_append(v->ledger, &event, o, error);
    }
    return rdl_ledger_end(v->ledger, good && rdl_tally_check(v->tally, error), error);
}

/* ---- the later scene ---- */

static bool know_scene(verification *v, GError **error)
{
    g_autoptr(rdl_raster) raster = rdl_raster_open(v->o->scenes.later, error);
    rdl_day day;

    if (!raster)
        return false;
    const char *date = v->o->date ? v->o->date : rdl_raster_date(raster);
    if (!date)
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: does not tell its date: give --date",
                        v->o->scenes.later);
    if (!rdl_day_parse(date, &day, error))
        return false;
    v->date = rdl_day_text(day);
    v->name = g_path_get_basename(v->o->scenes.later);
    if (g_file_test(v->o->scenes.later, G_FILE_TEST_IS_REGULAR))
        v->digest = rdl_digest_file(v->o->scenes.later, error);
    else
        v->digest = rdl_digest_id("", v->o->scenes.later, v->date, RDL_DIGEST_END);
    return v->digest != NULL;
}

/* Name of a file, and of a mask what is in it: a better one may bear the same name. */
static void set_file(JsonObject *o, const char *member, const char *path, bool content)
{
    g_autofree char *name = path ? g_path_get_basename(path) : NULL;
    g_autofree char *digest = content && path && g_file_test(path, G_FILE_TEST_IS_REGULAR)
                                  ? rdl_digest_file(path, NULL)
                                  : NULL;
    g_autofree char *both = digest ? g_strdup_printf("%s %.12s", name, digest) : g_strdup(name);

    if (both)
        rdl_json_set_text(o, member, both);
}

static bool know_how(verification *v)
{
    const rdl_recovery_options *s = &v->o->scenes;
    g_autoptr(JsonObject) o = json_object_new();

    set_file(o, "before", s->before, false);
    set_file(o, "after", s->after, false);
    set_file(o, "mask", s->mask_later, true);
    rdl_json_set_text(o, "mask_values", s->mask_values);
    rdl_json_set_text(o, "bands", s->bands);
    rdl_json_set_text(o, "sensor", s->sensor);
    json_object_set_boolean_member(o, "align", s->align);
    if (v->o->land.before) {
        set_file(o, "land_before", v->o->land.before, true);
        set_file(o, "land_later", v->o->land.later, true);
        rdl_json_set_real(o, "land_error_m", v->o->land.error_m);
    }
    g_autoptr(JsonNode) node = rdl_json_node(o);
    v->how = rdl_json_canonical(node);
    return true;
}

static bool know_land(verification *v, GError **error)
{
    return !v->o->land.before ||
           (v->wetland = rdl_wetland_open(v->ledger, &v->o->land, v->tally, error));
}

static void clear(verification *v)
{
    rdl_recovery_close(v->scenes);
    rdl_measure_free(v->measure);
    rdl_wetland_free(v->wetland);
    rdl_crs_unref(v->crs);
    g_free(v->digest);
    g_free(v->how);
    g_free(v->name);
    g_free(v->date);
    g_ptr_array_unref(v->rows);
}

bool rdl_ledger_verify(rdl_ledger *ledger, const rdl_verify_options *o, rdl_tally *tally,
                       GPtrArray *warnings, const rdl_progress *progress, GError **error)
{
    verification v = {.ledger = ledger,
                      .o = o,
                      .limits = RDL_RECOVERY_LIMITS_INIT,
                      .tally = tally,
                      .rows = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref)};
    rdl_recovery_options scenes = o->scenes;
    bool good = know_scene(&v, error) && know_how(&v) &&
                rdl_verify_limits(ledger, &v.limits, error) &&
                (v.crs = rdl_crs_parse(ledger->crs, error)) &&
                (v.measure = rdl_measure_new(v.crs, error)) && (scenes.date_later = v.date) &&
                know_land(&v, error) && (v.scenes = rdl_recovery_open(&scenes, warnings, error)) &&
                look_at_all(&v, progress, error) && record(&v, error);

    clear(&v);
    return good;
}

/* ---- what is on record ---- */

/* Scenes of one task that tell, for its trend. */
typedef struct {
    JsonObject *last;
    GArray *days, *values;
} series;

static void end_series(series *s)
{
    int sign;
    double slope = rdl_trend((int)s->days->len, (const double *)(void *)s->days->data,
                             (const double *)(void *)s->values->data, &sign);

    if (s->last && isfinite(slope)) {
        rdl_json_set_real(s->last, "trend", round(slope * 1e6) / 1e6 + 0.0);
        json_object_set_int_member(s->last, "trend_sign", sign);
    }
    g_array_set_size(s->days, 0);
    g_array_set_size(s->values, 0);
    s->last = NULL;
}

static void extend_series(series *s, JsonObject *row)
{
    double value = rdl_json_real(row, "recovery", NAN);
    rdl_day day;

    if (s->last && g_strcmp0(rdl_json_text(s->last, "task_id", NULL),
                             rdl_json_text(row, "task_id", NULL)) != 0)
        end_series(s);
    s->last = row;
    if (strcmp(rdl_json_text(row, "outcome", ""), "CANNOT_TELL") == 0 || !isfinite(value) ||
        !rdl_day_parse(rdl_json_text(row, "scene_date", ""), &day, NULL))
        return;
    double at = (double)day;
    g_array_append_val(s->days, at);
    g_array_append_val(s->values, value);
}

static bool read_rows(rdl_ledger *ledger, const char *task_id, JsonArray *rows, series *all,
                      GError **error)
{
    g_autoptr(rdl_statement) s =
        rdl_statement_new(ledger->store,
                          "SELECT content FROM verification WHERE ?1 IS NULL OR task_id = ?1 "
                          "ORDER BY task_id, scene_date, scene, seq",
                          error);
    bool row = true;

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    while (rdl_statement_step(s, &row, error)) {
        if (!row)
            return true;
        g_autoptr(JsonNode) node = rdl_json_parse(rdl_statement_get_text(s, 0), "row", error);
        if (!node)
            return false;
        JsonObject *o = json_node_get_object(node);
        extend_series(all, o);
        json_array_add_object_element(rows, json_object_ref(o));
    }
    return false;
}

JsonNode *rdl_ledger_verifications(rdl_ledger *ledger, const char *task_id, GError **error)
{
    g_autoptr(JsonArray) rows = json_array_new();
    series all = {.days = g_array_new(FALSE, FALSE, sizeof(double)),
                  .values = g_array_new(FALSE, FALSE, sizeof(double))};
    bool good = read_rows(ledger, task_id, rows, &all, error);

    if (good)
        end_series(&all);
    g_array_unref(all.days);
    g_array_unref(all.values);
    return good ? json_node_init_array(json_node_alloc(), rows) : NULL;
}
