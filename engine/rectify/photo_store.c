#include "rectify/photo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "rectify/moving.h"
#include "rectify/paper.h"

#define ITEM "ledger.photos"

/* ---- where ---- */

static double near_of(rdl_ledger *ledger, double given, GError **error)
{
    JsonObject *pack = isnan(given) ? rdl_ledger_pack(ledger, error) : NULL;
    double m = pack ? rdl_json_real(pack, "photo_near_m", RDL_PHOTO_NEAR_M) : given;

    if (isnan(m)) /* the pack cannot be read */
        return NAN;
    if (m > 0.0 && m <= RDL_PHOTO_NEAR_MOST_M)
        return m;
    rdl_fail(error, RDL_ERROR_USAGE, "a photo is near within %g m: give more than 0, up to %g", m,
             RDL_PHOTO_NEAR_MOST_M);
    return NAN;
}

/* The camera's point in the ledger's system. */
static rdl_geometry *point_of(const rdl_crs *crs, double lon, double lat, GError **error)
{
    char x_text[G_ASCII_DTOSTR_BUF_SIZE], y_text[G_ASCII_DTOSTR_BUF_SIZE];
    g_autoptr(rdl_crs) world = rdl_crs_parse("EPSG:4326", error);
    g_autoptr(rdl_transform) to = world ? rdl_transform_new(world, crs, error) : NULL;
    double x = lon, y = lat;

    if (!to || !rdl_transform_points(to, 1, &x, &y, error))
        return NULL;
    g_autofree char *wkt = g_strdup_printf("POINT(%s %s)", g_ascii_dtostr(x_text, sizeof x_text, x),
                                           g_ascii_dtostr(y_text, sizeof y_text, y));
    return rdl_geometry_from_wkt(wkt, error);
}

/* NaN without error: its system has no place for that point. */
static bool distance_of(rdl_ledger *ledger, const rdl_photo *photo, GBytes *wkb, double *m,
                        GError **error)
{
    g_autofree char *name = rdl_ledger_crs(ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;
    g_autoptr(rdl_geometry) ground =
        crs ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error)
            : NULL;
    g_autoptr(GError) failed = NULL;
    g_autoptr(rdl_geometry) point = ground ? point_of(crs, photo->lon, photo->lat, &failed) : NULL;

    *m = NAN;
    if (!ground)
        return false;
    if (point && rdl_geodesic_distance(crs, point, ground, m, &failed))
        return true;
    *m = NAN;
    if (g_error_matches(failed, RDL_ERROR, RDL_ERROR_CRS))
        return true;
    g_propagate_error(error, g_steal_pointer(&failed));
    return false;
}

static bool say_place(rdl_ledger *ledger, const rdl_photo *photo, GBytes *wkb, double near_m,
                      JsonObject *o, GError **error)
{
    double m;

    if (isnan(photo->lon)) {
        rdl_json_set_text(o, "place", photo->fault ? "NOT_PLAUSIBLE" : "NO_POSITION");
        if (photo->fault)
            rdl_json_set_text(o, "why", photo->fault);
        return true;
    }
    rdl_json_set_real(o, "lon", photo->lon);
    rdl_json_set_real(o, "lat", photo->lat);
    rdl_json_set_real(o, "near_m", near_m);
    if (!wkb) {
        rdl_json_set_text(o, "place", "NO_GROUND");
        return true;
    }
    if (!distance_of(ledger, photo, wkb, &m, error))
        return false;
    if (isfinite(m))
        rdl_json_set_real(o, "distance_m", round(m * 100.0) / 100.0);
    rdl_json_set_text(o, "place", m <= 0.0 ? "INSIDE" : m <= near_m ? "NEAR" : "FAR");
    return true;
}

/* ---- when ---- */

/* First day on which what is at the site can have begun; NULL: it is not known of all of it. */
static const char onset_of[] =
    "SELECT CASE WHEN count(*) = count(json_extract(content, '$.built_after')) THEN"
    " min(json_extract(content, '$.built_after')) END FROM finding WHERE site_id = ? AND"
    " is_primary = 1";

/* Civil times there are, from UTC. */
#define EARLIEST_HOURS (-12)
#define LATEST_HOURS 14

static bool is_zoned(const char *time)
{
    return strlen(time) > strlen("2026-11-03T10:20:30");
}

/* Clock and GPS can both be right: they are apart by what the clock says it is from UTC, or by as
 * much as any place's clock can be; ten minutes are let pass. */
static bool agree(const char *taken, const char *gps)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) a = g_date_time_new_from_iso8601(taken, utc);
    g_autoptr(GDateTime) b = g_date_time_new_from_iso8601(gps, utc);
    double minutes = a && b ? (double)g_date_time_difference(a, b) / 6e7 : 0.0;

    return is_zoned(taken) ? fabs(minutes) <= 10.0 : minutes >= -730.0 && minutes <= 850.0;
}

static rdl_day day_at(GDateTime *moment, GTimeZone *zone, int hours)
{
    g_autoptr(GDateTime) later = g_date_time_add_hours(moment, hours);
    g_autoptr(GDateTime) there = g_date_time_to_timezone(later, zone);

    return rdl_day_of(g_date_time_get_year(there), g_date_time_get_month(there),
                      g_date_time_get_day_of_month(there));
}

/* The earliest and the latest day it can have been at the place. A clock that tells no zone shows
 * the place's own day; a moment of UTC (GPS) is one of the pack's utc_offset, and where that tells
 * none of any place on earth: half a night's photos are of the day before in UTC. */
static bool days_of(const char *told, const char *offset, rdl_day *first, rdl_day *last)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GTimeZone) civil = offset ? g_time_zone_new_identifier(offset) : NULL;
    g_autoptr(GDateTime) moment = told ? g_date_time_new_from_iso8601(told, utc) : NULL;

    if (!told || !rdl_day_parse(told, first, NULL))
        return false;
    *last = *first;
    if (!moment || !is_zoned(told) || (!civil && !g_str_has_suffix(told, "Z")))
        return true;
    *first = day_at(moment, civil ? civil : utc, civil ? 0 : EARLIEST_HOURS);
    *last = day_at(moment, civil ? civil : utc, civil ? 0 : LATEST_HOURS);
    return true;
}

static const char *time_code(const rdl_photo *photo, const char *on, const char *onset,
                             const char *offset)
{
    rdl_day first, last, latest, begun;

    if (!days_of(photo->taken ? photo->taken : photo->gps_time, offset, &first, &last))
        return "NO_TIME";
    if (rdl_day_parse(on, &latest, NULL) && first > latest)
        return "FUTURE";
    if (onset && rdl_day_parse(onset, &begun, NULL) && last < begun)
        return "BEFORE_ONSET";
    return photo->taken && photo->gps_time && !agree(photo->taken, photo->gps_time) ? "DISAGREES"
                                                                                    : "TIMED";
}

/* ---- one photo ---- */

static void say_camera(const rdl_photo *p, JsonObject *o)
{
    const struct {
        const char *member, *text;
    } texts[] = {
        {"shot", p->taken}, {"gps_time", p->gps_time}, {"datum", p->datum}, {"camera", p->camera}};

    json_object_set_int_member(o, "width", p->width);
    json_object_set_int_member(o, "height", p->height);
    json_object_set_int_member(o, "orientation", p->orientation);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i].text)
            rdl_json_set_text(o, texts[i].member, texts[i].text);
    if (isfinite(p->altitude))
        rdl_json_set_real(o, "altitude", p->altitude);
    if (isfinite(p->azimuth))
        rdl_json_set_real(o, "azimuth", p->azimuth);
    if (isfinite(p->azimuth) && (p->magnetic || p->true_north))
        rdl_json_set_text(o, "north", p->magnetic ? "magnetic" : "true");
}

/* As a paper of the event: from there it is in every list of papers. */
static void say_paper(const char *path, const char *sha256, JsonObject *o)
{
    g_autofree char *title = g_path_get_basename(path);
    JsonArray *papers = json_array_new();
    JsonObject *paper = json_object_new();

    rdl_json_set_text(o, "sha256", sha256);
    rdl_json_set_text(o, "title", title);
    rdl_json_set_text(paper, "name", NULL);
    rdl_json_set_text(paper, "title", title);
    rdl_json_set_text(paper, "sha256", sha256);
    json_array_add_object_element(papers, paper);
    json_object_set_array_member(o, "documents", papers);
}

typedef struct {
    const rdl_task *task; /* with its ground */
    const char *onset;
    const char *offset; /* civil time, "+08:00"; NULL: the pack does not say */
    double near_m;
    const char *on;
} scene;

/* A photo as its event will tell it. */
static JsonObject *read_one(rdl_ledger *ledger, const scene *at, const char *path, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    g_autofree char *sha256 = NULL;
    rdl_photo photo;

    if (!rdl_photo_read(path, &photo, error))
        return NULL;
    bool good = (sha256 = rdl_digest_file(path, error)) &&
                say_place(ledger, &photo, at->task->wkb, at->near_m, o, error);
    if (good) {
        rdl_json_set_text(o, "time", time_code(&photo, at->on, at->onset, at->offset));
        say_camera(&photo, o);
        say_paper(path, sha256, o);
    }
    rdl_photo_clear(&photo);
    return good ? g_steal_pointer(&o) : NULL;
}

/* ---- on record ---- */

static bool say_photo(rdl_ledger *ledger, const rdl_task *task, const rdl_move *who, JsonObject *o,
                      const void *what, GError **error)
{
    JsonObject *photo = (JsonObject *)(gpointer)what;
    g_autoptr(GList) members = json_object_get_members(photo);

    (void)ledger;
    (void)task;
    (void)who;
    (void)error;
    for (GList *m = members; m; m = m->next)
        json_object_set_member(o, m->data, json_object_dup_member(photo, m->data));
    return true;
}

static bool known(rdl_ledger *ledger, const char *task_id, const char *sha256, bool *yes,
                  GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT 1 FROM document d JOIN event e USING(seq) WHERE d.subject = ? AND d.sha256 = ? AND"
        " e.kind = 'photo.taken' LIMIT 1",
        error);

    if (!s)
        return false;
    rdl_statement_text(s, 1, task_id);
    rdl_statement_text(s, 2, sha256);
    return rdl_statement_step(s, yes, error);
}

/* Its copy lies under its digest, so it harms nothing where the event then is not written. */
static bool put(rdl_ledger *ledger, const rdl_move *who, JsonObject *photo, const char *path,
                rdl_tally *tally, GError **error)
{
    const rdl_note note = {"photo.taken", "photo|note", say_photo, photo, true};
    const char *sha256 = rdl_json_text(photo, "sha256", NULL);
    bool there = false;

    rdl_tally_in(tally, ITEM, 1);
    if (!rdl_note_possible(ledger, who, &note, error) ||
        !known(ledger, who->task_id, sha256, &there, error) ||
        !rdl_ledger_keep(ledger, path, sha256, error))
        return false;
    rdl_json_set_text(photo, "code", there ? "ALREADY_THERE" : "TAKEN");
    if (there) {
        rdl_tally_suppressed(tally, ITEM, "ALREADY_THERE", 1);
        return true;
    }
    json_object_remove_member(photo, "code");
    if (!rdl_note_make(ledger, who, &note, error))
        return false;
    rdl_json_set_text(photo, "code", "TAKEN");
    rdl_tally_used(tally, ITEM, 1);
    return true;
}

static bool put_all(rdl_ledger *ledger, const rdl_move *who, GPtrArray *photos,
                    const GPtrArray *paths, rdl_tally *tally, GError **error)
{
    for (guint i = 0; i < photos->len; i++)
        if (!put(ledger, who, photos->pdata[i], paths->pdata[i], tally, error))
            return false;
    return true;
}

/* What was said of each, with what is known of the same picture elsewhere. */
static JsonNode *report_of(rdl_ledger *ledger, const char *task_id, const GPtrArray *photos,
                           GError **error)
{
    g_autoptr(JsonNode) all = rdl_ledger_photos(ledger, task_id, error);
    g_autoptr(JsonArray) report = json_array_new();
    JsonArray *list = all ? json_node_get_array(all) : NULL;

    for (guint i = 0; list && i < photos->len; i++) {
        JsonObject *own = photos->pdata[i];
        for (guint k = 0; k < json_array_get_length(list); k++) {
            JsonObject *o = json_array_get_object_element(list, k);
            if (strcmp(rdl_json_text(o, "sha256", ""), rdl_json_text(own, "sha256", "")) != 0)
                continue;
            rdl_json_set_text(o, "file", rdl_json_text(own, "title", NULL));
            rdl_json_set_text(o, "code", rdl_json_text(own, "code", NULL));
            json_array_add_object_element(report, json_object_ref(o));
            break;
        }
    }
    return all ? json_node_init_array(json_node_alloc(), report) : NULL;
}

/* Where its files are: those that others name lie in the folder they came in, and nowhere else. */
static GPtrArray *paths_of(rdl_ledger *ledger, const char *const *given, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    for (; *given; given++) {
        char *path = ledger->papers ? rdl_paper_file(*given, ledger->papers) : g_strdup(*given);
        if (!path)
            return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such photo", *given), NULL;
        g_ptr_array_add(paths, path);
        g_autofree char *shown = g_filename_display_name(path);
        if (!g_utf8_validate(path, -1, NULL))
            return rdl_fail(error, RDL_ERROR_USAGE,
                            "%s: the name of the file is not UTF-8: give it another", shown),
                   NULL;
    }
    if (!paths->len)
        return rdl_fail(error, RDL_ERROR_USAGE, "a photo needs a file"), NULL;
    return g_steal_pointer(&paths);
}

static bool take(rdl_ledger *ledger, const rdl_move *who, const scene *at, const GPtrArray *paths,
                 rdl_tally *tally, JsonNode **report, GError **error)
{
    g_autoptr(GPtrArray) photos = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
    g_autoptr(rdl_tally) own = rdl_tally_new();

    for (guint i = 0; i < paths->len; i++) {
        JsonObject *photo = read_one(ledger, at, paths->pdata[i], error);
        if (!photo)
            return false;
        g_ptr_array_add(photos, photo);
    }
    if (!rdl_store_begin(ledger->store, error) ||
        !rdl_ledger_end(ledger, put_all(ledger, who, photos, paths, own, error), error))
        return false;
    rdl_tally_merge(tally, own);
    return !report || (*report = report_of(ledger, who->task_id, photos, error));
}

bool rdl_task_photo(rdl_ledger *ledger, const rdl_move *who, const rdl_photo_files *files,
                    rdl_tally *tally, JsonNode **report, GError **error)
{
    const rdl_task_filter one = {.id = who->task_id};
    double near_m = rdl_move_complete(who, error) ? near_of(ledger, files->near_m, error) : NAN;
    g_autoptr(GPtrArray) paths = isnan(near_m) ? NULL : paths_of(ledger, files->paths, error);
    g_autoptr(GArray) tasks = paths ? rdl_task_list(ledger, &one, error) : NULL;
    g_autofree char *onset = NULL;

    if (!tasks)
        return false;
    if (!tasks->len)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no task %s: redline task list shows them",
                        rdl_ledger_path(ledger), who->task_id);
    scene at = {.task = &g_array_index(tasks, rdl_task, 0), .near_m = near_m, .on = who->on};
    if (!rdl_store_ask(ledger->store, onset_of, at.task->site_id, &onset, error))
        return false;
    at.onset = onset;
    JsonObject *pack = rdl_ledger_pack(ledger, error);
    if (!pack)
        return false;
    at.offset = rdl_json_text(pack, "utc_offset", NULL);
    return take(ledger, who, &at, paths, tally, report, error);
}

/* ---- what is on record ---- */

/* Tasks of other sites than the task's with a photo of that digest. */
static bool add_elsewhere(rdl_ledger *ledger, JsonObject *o, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT DISTINCT d.subject FROM document d JOIN event e USING(seq) JOIN task t ON"
        " t.task_id = d.subject WHERE d.sha256 = ?1 AND e.kind = 'photo.taken' AND t.site_id <>"
        " (SELECT site_id FROM task WHERE task_id = ?2) ORDER BY 1",
        error);
    JsonArray *tasks = json_array_new();
    bool row = s != NULL;

    json_object_set_array_member(o, "elsewhere", tasks);
    if (!s)
        return false;
    rdl_statement_text(s, 1, rdl_json_text(o, "sha256", NULL));
    rdl_statement_text(s, 2, rdl_json_text(o, "task_id", NULL));
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return false;
        if (row)
            json_array_add_string_element(tasks, rdl_statement_get_text(s, 0));
    }
    return true;
}

static bool counts(JsonObject *o)
{
    const char *place = rdl_json_text(o, "place", "");

    return (strcmp(place, "INSIDE") == 0 || strcmp(place, "NEAR") == 0) &&
           strcmp(rdl_json_text(o, "time", ""), "TIMED") == 0 &&
           !json_array_get_length(json_object_get_array_member(o, "elsewhere"));
}

static JsonObject *photo_of(rdl_ledger *ledger, rdl_statement *s, GError **error)
{
    static const char *const columns[] = {"task_id", "at", "by", "role", "reason"};
    g_autoptr(JsonNode) node = rdl_json_parse(rdl_statement_get_text(s, 6), "photo.taken", error);

    if (!node || !JSON_NODE_HOLDS_OBJECT(node))
        return node ? (rdl_fail(error, RDL_ERROR_DATA, "a photo that is none is on record"), NULL)
                    : NULL;
    JsonObject *o = json_object_ref(json_node_get_object(node));
    json_object_remove_member(o, "documents");
    json_object_set_int_member(o, "seq", rdl_statement_get_int(s, 0));
    for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++)
        rdl_json_set_text(o, columns[i], rdl_statement_get_text(s, i + 1));
    if (!add_elsewhere(ledger, o, error)) {
        json_object_unref(o);
        return NULL;
    }
    json_object_set_boolean_member(o, "counts", counts(o));
    return o;
}

JsonNode *rdl_ledger_photos(rdl_ledger *ledger, const char *id, GError **error)
{
    g_autoptr(rdl_statement) s = rdl_statement_new(
        ledger->store,
        "SELECT seq, subject, at, by, role, reason, payload FROM event WHERE kind = 'photo.taken'"
        " AND (subject = ?1 OR subject IN (SELECT task_id FROM task WHERE site_id = ?1)) ORDER BY"
        " seq",
        error);
    g_autoptr(JsonArray) photos = json_array_new();
    bool row = s != NULL;

    if (s)
        rdl_statement_text(s, 1, id);
    while (row) {
        if (!rdl_statement_step(s, &row, error))
            return NULL;
        JsonObject *o = row ? photo_of(ledger, s, error) : NULL;
        if (row && !o)
            return NULL;
        if (o)
            json_array_add_object_element(photos, o);
    }
    return s ? json_node_init_array(json_node_alloc(), photos) : NULL;
}

bool rdl_photos_count(rdl_ledger *ledger, const char *task_id, guint *on_record, guint *count,
                      GError **error)
{
    g_autoptr(JsonNode) node = rdl_ledger_photos(ledger, task_id, error);
    JsonArray *photos = node ? json_node_get_array(node) : NULL;

    *count = 0;
    *on_record = photos ? json_array_get_length(photos) : 0;
    for (guint i = 0; i < *on_record; i++)
        *count +=
            json_object_get_boolean_member(json_array_get_object_element(photos, i), "counts");
    return photos != NULL;
}
