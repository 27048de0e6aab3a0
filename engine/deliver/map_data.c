#include "deliver/map_data.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include "deliver/map_find.h"
#include "deliver/words.h"
#include "screen/screen.h"
#include "store/store.h"

void rdl_map_note(rdl_map_data *data, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(data->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

void rdl_map_warn(const rdl_map_data *data, GPtrArray *to)
{
    for (guint i = 0; to && i < data->warnings->len; i++)
        g_ptr_array_add(to, g_strdup(data->warnings->pdata[i]));
}

/* ---- layers ---- */

static char *text_of(const rdl_record *record, const char *field)
{
    return g_strdup(rdl_record_text(record, field));
}

/* What every taken record has; false when its geometry cannot be written. */
static bool take_ground(const rdl_record *record, GBytes **wkb, rdl_box *box, GError **error)
{
    (void)error;
    *box = rdl_record_box(record);
    *wkb = g_bytes_ref(rdl_record_wkb(record));
    return true;
}

/* A column of zones.csv; "" where the pack has none. */
static const char *class_of(rdl_map_data *data, const char *zone, const char *column)
{
    const rdl_csv *zones = rdl_ledger_table(data->ledger, "zones.csv", NULL);
    gssize row = zones ? rdl_csv_find(zones, "zone", zone) : -1;

    return row < 0 ? "" : rdl_csv_at(zones, (size_t)row, column);
}

static bool take_zone(const rdl_record *record, void *user, GError **error)
{
    rdl_map_data *data = user;
    const char *code = rdl_record_text(record, "zone");
    rdl_map_zone zone = {
        .zone_id = text_of(record, "zone_id"),
        .name = text_of(record, "name"),
        .zone = g_strdup(code ? code : ""),
        .family = g_strdup(class_of(data, code ? code : "", "family")),
        .priority = (int)g_ascii_strtoll(class_of(data, code ? code : "", "priority"), NULL, 10),
        .valid_from = text_of(record, "valid_from"),
        .valid_to = text_of(record, "valid_to")};
    bool good = take_ground(record, &zone.wkb, &zone.box, error);

    g_array_append_val(data->zones, zone);
    return good;
}

static bool take_unit(const rdl_record *record, void *user, GError **error)
{
    rdl_map_data *data = user;
    rdl_map_unit unit = {.xzqdm = text_of(record, "xzqdm"), .name = text_of(record, "name")};
    bool good = take_ground(record, &unit.wkb, &unit.box, error);

    g_array_append_val(data->units, unit);
    return good;
}

static bool take_permit(const rdl_record *record, void *user, GError **error)
{
    rdl_map_data *data = user;
    rdl_map_permit permit = {.permit_no = text_of(record, "permit_no"),
                             .authority = text_of(record, "authority"),
                             .holder = text_of(record, "holder"),
                             .activity = text_of(record, "activity"),
                             .issued = text_of(record, "issued"),
                             .valid_from = text_of(record, "valid_from"),
                             .valid_to = text_of(record, "valid_to")};
    bool good = take_ground(record, &permit.wkb, &permit.box, error);

    g_array_append_val(data->permits, permit);
    return good;
}

/* Screening has counted what these layers hold; a map asks for what it draws. */
static const struct layer_kind {
    const char *role, *zh;
    rdl_intake_spec spec;
    rdl_record_fn take;
} layer_kinds[] = {{.role = "zones",
                    .zh = "管控区",
                    .spec = {.item = "map.zones",
                             .layer = "zone",
                             .fields = (const char *const[]){"zone", NULL},
                             .min_dimension = 2},
                    .take = take_zone},
                   {.role = "units",
                    .zh = "行政区",
                    .spec = {.item = "map.units",
                             .layer = "unit",
                             .fields = (const char *const[]){"xzqdm", NULL},
                             .min_dimension = 2},
                    .take = take_unit},
                   {.role = "permits",
                    .zh = "许可",
                    .spec = {.item = "map.permits",
                             .layer = "permit",
                             .fields = (const char *const[]){"permit_no", NULL},
                             .min_dimension = 2},
                    .take = take_permit}};

static bool read_layer(rdl_map_data *data, const struct layer_kind *kind, const rdl_source *source,
                       GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GArray) rejections = g_array_new(FALSE, TRUE, sizeof(rdl_rejection));
    rdl_intake intake = {.target = data->crs, .tally = tally, .rejections = rejections};
    guint bad = 0;

    g_array_unref(g_steal_pointer(&rejections));
    rejections = intake.rejections = rdl_rejections_new();
    bool good = rdl_intake_read(&intake, &kind->spec, source, kind->take, data, error);
    rdl_arena_free(intake.arena);
    if (!good)
        return false;
    for (guint i = 0; i < rejections->len; i++)
        bad += !g_array_index(rejections, rdl_rejection, i).repaired;
    if (bad)
        rdl_map_note(data,
                     RDL_MAP_SAY(data, "%s图层有%u个要素不可用，未绘出",
                                 "layer %s: %u features cannot be used"),
                     RDL_MAP_SAY(data, kind->zh, kind->role), bad);
    return true;
}

/* Why a recorded file is not shown, in the language of the sheet. */
static void note_missing(rdl_map_data *data, const char *what, const rdl_recorded *r,
                         const GError *why)
{
    g_autofree char *name = g_path_get_basename(r->path);
    const char *reason =
        why->code == RDL_ERROR_NOT_FOUND
            ? RDL_MAP_SAY(data, "文件不在原处", "the file is not there any more")
        : why->code == RDL_ERROR_DATA
            ? RDL_MAP_SAY(data, "文件内容与台账记录的摘要或者要求不符",
                          "the file is not what the ledger records, or lacks what is needed")
            : RDL_MAP_SAY(data, "文件无法读取", "the file cannot be read");

    rdl_map_note(data, RDL_MAP_SAY(data, "%s未显示（%s）：%s", "%s not shown (%s): %s"), what, name,
                 reason);
    g_ptr_array_add(data->warnings, rdl_say("%s: not shown: %s: give the file with --%s",
                                            data->path, why->message, r->role));
}

static bool read_file(rdl_map_data *data, const struct layer_kind *kind, const rdl_source *source,
                      const char *digest, GError **error)
{
    rdl_map_layer layer = {g_strdup(kind->role), g_strdup(source->path), g_strdup(digest)};
    bool good = read_layer(data, kind, source, error);

    g_array_append_val(data->layers, layer);
    if (!good)
        g_array_set_size(data->layers, data->layers->len - 1);
    return good;
}

/* Given: must be readable. Recorded: as far as it is there, else a note. */
static bool read_kind(rdl_map_data *data, const struct layer_kind *kind, const char *given,
                      const char *profile, const GPtrArray *recorded, GError **error)
{
    const rdl_source source = {given, profile};

    if (given)
        return read_file(data, kind, &source, NULL, error);
    for (guint i = 0; i < recorded->len; i++) {
        const rdl_recorded *r = recorded->pdata[i];
        GError *failed = NULL;
        if (strcmp(r->role, kind->role) != 0 || !rdl_recorded_main(r))
            continue;
        g_autofree char *path = rdl_recorded_find(r, data->path, &failed);
        const rdl_source one = {path, NULL};
        if (!path || !read_file(data, kind, &one, r->digest, &failed)) {
            note_missing(data, RDL_MAP_SAY(data, kind->zh, kind->role), r, failed);
            data->lost_zones = data->lost_zones || kind == &layer_kinds[0];
            data->lost_units = data->lost_units || kind == &layer_kinds[1];
        }
        g_clear_error(&failed);
    }
    return true;
}

/* Least strict first; ids and ground settle the rest, whatever the order of the file was. */
static int by_strictness(gconstpointer a, gconstpointer b)
{
    const rdl_map_zone *y = a, *z = b;

    if (y->priority != z->priority)
        return y->priority < z->priority ? 1 : -1;
    int d = g_strcmp0(y->zone_id, z->zone_id);
    return d ? d : g_bytes_compare(y->wkb, z->wkb);
}

static bool read_layers(rdl_map_data *data, const rdl_map_sources *s, const GPtrArray *recorded,
                        GError **error)
{
    const char *given[] = {s->zones, s->units, s->permits};

    for (size_t i = 0; i < G_N_ELEMENTS(layer_kinds); i++)
        if (!read_kind(data, &layer_kinds[i], given[i], i == 0 ? s->zones_profile : NULL, recorded,
                       error))
            return false;
    g_array_sort(data->zones, by_strictness);
    return true;
}

/* ---- scenes ---- */

/* "blue=1,green=2,red=3": the number of one; 0 where it is not named. */
static int band_named(const char *bands, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(bands ? bands : "", ",", -1);
    size_t n = strlen(name);

    for (char **p = parts; *p; p++)
        if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
            return (int)g_ascii_strtoll(*p + n + 1, NULL, 10);
    return 0;
}

static void choose_bands(rdl_map_scene *scene, const char *bands, int there)
{
    const char *const names[] = {"red", "green", "blue"};

    scene->natural = true;
    for (int i = 0; i < 3; i++) {
        scene->bands[i] = band_named(bands, names[i]);
        scene->natural = scene->natural && scene->bands[i] >= 1 && scene->bands[i] <= there;
    }
    for (int i = 0; !scene->natural && i < 3; i++)
        scene->bands[i] = there >= 3 ? i + 1 : 1;
}

/* Metres on the ground a pixel of the scene, at its middle. */
static bool pixel_size(const rdl_raster *scene, double *metres, GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(scene);
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(grid->crs, error);
    rdl_box b = rdl_grid_box(grid);
    double mx, my;

    if (!lonlat || !rdl_crs_scale_at(grid->crs, lonlat, (b.xmin + b.xmax) / 2.0,
                                     (b.ymin + b.ymax) / 2.0, &mx, &my, error))
        return false;
    *metres = sqrt(rdl_grid_pixel_area(grid) * mx * my);
    return true;
}

#define BEYOND 1.0 /* degrees between a scene and all tasks: it is of another place */

/* `box`, followed along its edges, in degrees. */
static bool box_in_degrees(const rdl_crs *crs, rdl_box box, rdl_box *degrees, GError **error)
{
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, error);
    double x[9], y[9];

    for (int i = 0; i < 9; i++) {
        x[i] = box.xmin + (box.xmax - box.xmin) * (i % 3) / 2.0;
        y[i] = box.ymin + (box.ymax - box.ymin) * (i / 3) / 2.0;
    }
    if (!lonlat || !rdl_transform_points(lonlat, 9, x, y, error))
        return false;
    *degrees = (rdl_box){x[0], y[0], x[0], y[0]};
    for (int i = 1; i < 9; i++)
        *degrees = (rdl_box){MIN(degrees->xmin, x[i]), MIN(degrees->ymin, y[i]),
                             MAX(degrees->xmax, x[i]), MAX(degrees->ymax, y[i])};
    return true;
}

static bool near(rdl_box a, rdl_box b)
{
    bool meets = false;

    for (int turn = -1; turn <= 1; turn++)
        meets = meets || rdl_box_meets((rdl_box){a.xmin - BEYOND + 360.0 * turn, a.ymin - BEYOND,
                                                 a.xmax + BEYOND + 360.0 * turn, a.ymax + BEYOND},
                                       b);
    return meets;
}

/* A scene that was given for this map must be of its ground. */
static bool of_this_ground(const rdl_map_data *data, const rdl_raster *scene, bool after,
                           GError **error)
{
    const rdl_grid *grid = rdl_raster_grid(scene);
    rdl_box all = {1.0, 1.0, 0.0, 0.0}, tasks, there;

    for (guint i = 0; i < data->tasks->len; i++) {
        rdl_box b = data->boxes[i];
        if (b.xmin > b.xmax)
            continue;
        all = all.xmin > all.xmax ? b
                                  : (rdl_box){MIN(all.xmin, b.xmin), MIN(all.ymin, b.ymin),
                                              MAX(all.xmax, b.xmax), MAX(all.ymax, b.ymax)};
    }
    if (all.xmin > all.xmax)
        return true;
    if (!box_in_degrees(data->crs, all, &tasks, error) ||
        !box_in_degrees(grid->crs, rdl_grid_box(grid), &there, error))
        return false;
    return near(there, tasks) ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "--%s %s: lies at %.2f to %.2f E, %.2f to %.2f N and the tasks at %.2f to %.2f "
                    "E, %.2f to %.2f N: give a scene of their ground",
                    after ? "after" : "before", rdl_raster_path(scene), there.xmin, there.xmax,
                    there.ymin, there.ymax, tasks.xmin, tasks.xmax, tasks.ymin, tasks.ymax);
}

/* A number of the scene's metadata by any of the names it goes by; NaN. */
static double angle_of(const rdl_raster *raster, const char *const *names)
{
    for (; *names; names++) {
        const char *text = rdl_raster_item(raster, *names);
        char *end = NULL;
        double value = text ? g_ascii_strtod(text, &end) : NAN;
        if (text && end != text && value >= -360.0 && value <= 360.0)
            return value;
    }
    return NAN;
}

static bool add_scene(rdl_map_data *data, const char *path, const rdl_recorded *r, bool after,
                      GError **error)
{
    g_autoptr(rdl_raster) raster = rdl_raster_open(path, error);

    if (!raster)
        return false;
    if (!rdl_grid_placed(rdl_raster_grid(raster)))
        return rdl_fail(error, RDL_ERROR_CRS, "%s: the scene does not say where it lies", path);
    double metres;
    if (!pixel_size(raster, &metres, error) || (!r && !of_this_ground(data, raster, after, error)))
        return false;
    static const char *const elevation[] = {"SUN_ELEVATION", "sun_elevation", NULL};
    static const char *const azimuth[] = {"SUN_AZIMUTH", "sun_azimuth", NULL};
    static const char *const off_nadir[] = {"OFF_NADIR", "off_nadir", "VIEW_ANGLE", NULL};
    const char *recorded = !r ? NULL : after ? r->date_after : r->date_before;
    rdl_map_scene scene = {.path = g_strdup(path),
                           .name = g_path_get_basename(path),
                           .date = g_strdup(recorded ? recorded : rdl_raster_date(raster)),
                           .sensor = g_strdup(r ? r->sensor : NULL),
                           .digest = g_strdup(r ? r->digest : NULL),
                           .after = after,
                           .metres = metres,
                           .sun_elevation = angle_of(raster, elevation),
                           .sun_azimuth = angle_of(raster, azimuth),
                           .off_nadir = angle_of(raster, off_nadir)};
    choose_bands(&scene, r ? r->bands : NULL, rdl_raster_bands(raster));
    g_array_append_val(data->scenes, scene);
    return true;
}

static bool has_scene(const rdl_map_data *data, const char *path, bool after)
{
    for (guint i = 0; i < data->scenes->len; i++) {
        const rdl_map_scene *s = &g_array_index(data->scenes, rdl_map_scene, i);
        if (s->after == after && strcmp(s->path, path) == 0)
            return true;
    }
    return false;
}

static bool read_scenes(rdl_map_data *data, const char *given, bool after,
                        const GPtrArray *recorded, GError **error)
{
    if (given)
        return add_scene(data, given, NULL, after, error);
    for (guint i = 0; i < recorded->len; i++) {
        const rdl_recorded *r = recorded->pdata[i];
        GError *failed = NULL;
        if (strcmp(r->role, after ? "after" : "before") != 0 || !r->scene)
            continue;
        g_autofree char *path = rdl_recorded_find(r, data->path, &failed);
        if (path ? has_scene(data, path, after) || add_scene(data, path, r, after, &failed) : false)
            continue;
        note_missing(data,
                     after ? RDL_MAP_SAY(data, "后时相影像", "later scene")
                           : RDL_MAP_SAY(data, "前时相影像", "earlier scene"),
                     r, failed);
        g_clear_error(&failed);
    }
    return true;
}

/* ---- the ledger ---- */

static bool read_boxes(rdl_map_data *data, GError **error)
{
    data->boxes = g_new(rdl_box, data->tasks->len + 1);
    for (guint i = 0; i < data->tasks->len; i++) {
        GBytes *wkb = g_array_index(data->tasks, rdl_task, i).wkb;
        g_autoptr(rdl_geometry) g =
            wkb ? rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error)
                : NULL;
        if (wkb && !g)
            return false;
        data->boxes[i] =
            g && !rdl_geometry_empty(g) ? rdl_geometry_box(g) : (rdl_box){1.0, 1.0, 0.0, 0.0};
    }
    return true;
}

bool rdl_map_leads_before(const rdl_task *a, const rdl_task *b)
{
    bool gone_a = strcmp(a->state, "DISMISSED") == 0, gone_b = strcmp(b->state, "DISMISSED") == 0;
    bool work_a = strcmp(a->kind, "rectify") == 0, work_b = strcmp(b->kind, "rectify") == 0;

    if (gone_a != gone_b)
        return gone_b;
    return work_a != work_b ? work_a : strcmp(a->task_id, b->task_id) < 0;
}

bool rdl_map_leads(const rdl_map_data *data, guint i)
{
    const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);

    return g_hash_table_lookup(data->leading, t->site_id) == t;
}

static void find_leading(rdl_map_data *data)
{
    data->leading = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < data->tasks->len; i++) {
        rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        const rdl_task *known = g_hash_table_lookup(data->leading, t->site_id);
        if (!known || rdl_map_leads_before(t, known))
            g_hash_table_insert(data->leading, t->site_id, t);
    }
}

static bool read_ledger(rdl_map_data *data, GError **error)
{
    const rdl_task_filter all = {0};
    rdl_day day;

    if (!data->ledger)
        data->ledger = rdl_ledger_open(data->path, false, error);
    if (!data->ledger || !(data->date = rdl_ledger_date(data->ledger, error)) ||
        !rdl_day_parse(data->date, &day, error))
        return false;
    rdl_task_filter today = all;
    today.as_of = day;
    g_autofree char *crs = rdl_ledger_crs(data->ledger, error);
    data->crs = crs ? rdl_crs_parse(crs, error) : NULL;
    data->digest = data->crs ? rdl_ledger_work_head(data->ledger, error) : NULL;
    data->tasks = data->digest ? rdl_task_list(data->ledger, &today, error) : NULL;
    if (!data->tasks)
        return false;
    find_leading(data);
    return read_boxes(data, error);
}

/* The ledger they are drawn by way of is nobody's to mend. */
static bool load_findings(rdl_ledger *ledger, const char *findings, const char *pack, rdl_day day,
                          GError **error)
{
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GError) failed = NULL;

    if (rdl_ledger_load_findings(ledger, findings, day, tally, NULL, &failed))
        return true;
    if (!g_error_matches(failed, RDL_ERROR, RDL_ERROR_USAGE))
        return g_propagate_error(error, g_steal_pointer(&failed)), false;
    return rdl_fail(error, RDL_ERROR_USAGE,
                    "%s: was judged by another edition of pack %s than the one that is found here: "
                    "screen again by this one, or make a ledger by that one (redline ledger init "
                    "LEDGER --pack FOLDER), load the findings into it and draw the ledger",
                    findings, pack);
}

/* Findings are drawn by way of a ledger: one law of what a clue is, what it is called and when it
 * is due. It lasts as long as the drawing. */
static bool ledger_of_findings(rdl_map_data *data, const char *findings, GError **error)
{
    g_autofree char *pack = NULL, *as_of = NULL;
    rdl_day day;

    if (!rdl_findings_options(findings, &pack, &as_of, error) || !rdl_day_parse(as_of, &day, error))
        return false;
    if (!(data->scratch = rdl_scratch_new(error)))
        return false;
    g_autofree char *path = g_build_filename(rdl_scratch_path(data->scratch), "ledger.sqlite", NULL);
    if (!rdl_ledger_init(path, pack, NULL, error))
        return false;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    if (!ledger || !load_findings(ledger, findings, pack, day, error))
        return false;
    g_free(data->path);
    data->path = g_steal_pointer(&path);
    data->findings = true;
    return true;
}

static void clear_zone(gpointer p)
{
    rdl_map_zone *z = p;

    g_free(z->zone_id);
    g_free(z->name);
    g_free(z->zone);
    g_free(z->family);
    g_free(z->valid_from);
    g_free(z->valid_to);
    g_clear_pointer(&z->wkb, g_bytes_unref);
}

static void clear_unit(gpointer p)
{
    rdl_map_unit *u = p;

    g_free(u->xzqdm);
    g_free(u->name);
    g_clear_pointer(&u->wkb, g_bytes_unref);
}

static void clear_permit(gpointer p)
{
    rdl_map_permit *q = p;
    char *all[] = {q->permit_no, q->authority,  q->holder,  q->activity,
                   q->issued,    q->valid_from, q->valid_to};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
    g_clear_pointer(&q->wkb, g_bytes_unref);
}

static void clear_scene(gpointer p)
{
    rdl_map_scene *s = p;

    g_free(s->path);
    g_free(s->name);
    g_free(s->date);
    g_free(s->sensor);
    g_free(s->digest);
}

static void clear_layer(gpointer p)
{
    rdl_map_layer *l = p;

    g_free(l->role);
    g_free(l->path);
    g_free(l->digest);
}

static GArray *new_array(size_t size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);

    g_array_set_clear_func(array, clear);
    return array;
}

static bool read_all(rdl_map_data *data, const char *path, const rdl_map_sources *sources,
                     GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: there is no such file", path);
    if (rdl_is_findings(path) && !ledger_of_findings(data, path, error))
        return false;
    if (!read_ledger(data, error))
        return false;
    g_autoptr(GPtrArray) recorded =
        rdl_recorded_read(data->path, data->findings ? path : NULL, &data->as_of, error);
    if (!recorded)
        return false;
    if (data->findings) { /* what is recorded lies around the findings, not the scratch */
        g_free(data->path);
        data->path = g_strdup(path);
    }
    if (!data->as_of)
        data->as_of = g_strdup(data->date);
    if (!read_layers(data, sources, recorded, error))
        return false;
    return rdl_map_read_reaches(data, NULL, error) &&
           read_scenes(data, sources->before, false, recorded, error) &&
           read_scenes(data, sources->after, true, recorded, error);
}

static rdl_map_data *new_data(const char *path, const char *language)
{
    rdl_map_data *data = g_new0(rdl_map_data, 1);

    data->path = g_strdup(path);
    data->language = g_intern_string(language);
    data->zones = new_array(sizeof(rdl_map_zone), clear_zone);
    data->units = new_array(sizeof(rdl_map_unit), clear_unit);
    data->permits = new_array(sizeof(rdl_map_permit), clear_permit);
    data->scenes = new_array(sizeof(rdl_map_scene), clear_scene);
    data->layers = new_array(sizeof(rdl_map_layer), clear_layer);
    data->notes = g_ptr_array_new_with_free_func(g_free);
    data->warnings = g_ptr_array_new_with_free_func(g_free);
    return data;
}

rdl_map_data *rdl_map_data_open(const char *path, const rdl_map_sources *sources,
                                const char *language, GError **error)
{
    static const rdl_map_sources none;
    g_autoptr(rdl_map_data) data = new_data(path, language);

    if (!read_all(data, path, sources ? sources : &none, error))
        return NULL;
    return g_steal_pointer(&data);
}

rdl_map_data *rdl_map_data_of(rdl_ledger *ledger, const char *path, const char *language,
                              GError **error)
{
    static const rdl_map_sources none;
    g_autoptr(rdl_map_data) data = new_data(path, language);

    data->ledger = ledger;
    data->lent = true;
    return read_all(data, path, &none, error) ? g_steal_pointer(&data) : NULL;
}

rdl_map_data *rdl_map_units_open(rdl_ledger *ledger, const char *path, const char *units,
                                 const char *unit, const char *language, GError **error)
{
    g_autoptr(rdl_map_data) data = new_data(path, language);
    g_autoptr(GPtrArray) recorded = rdl_recorded_read(path, NULL, &data->as_of, error);
    g_autofree char *crs = recorded ? rdl_ledger_crs(ledger, error) : NULL;

    data->ledger = ledger;
    data->lent = true;
    return crs && (data->crs = rdl_crs_parse(crs, error)) &&
                   read_kind(data, &layer_kinds[1], units, NULL, recorded, error) &&
                   rdl_map_read_reaches(data, unit, error)
               ? g_steal_pointer(&data)
               : NULL;
}

void rdl_map_data_free(rdl_map_data *data)
{
    if (!data)
        return;
    if (!data->lent)
        rdl_ledger_close(data->ledger);
    rdl_scratch_free(data->scratch);
    g_clear_pointer(&data->leading, g_hash_table_unref);
    g_clear_pointer(&data->tasks, g_array_unref);
    g_clear_pointer(&data->reaches, g_hash_table_unref);
    g_array_unref(data->zones);
    g_array_unref(data->units);
    g_array_unref(data->permits);
    g_array_unref(data->scenes);
    g_array_unref(data->layers);
    g_ptr_array_unref(data->notes);
    g_ptr_array_unref(data->warnings);
    rdl_crs_unref(data->crs);
    g_free(data->boxes);
    g_free(data->path);
    g_free(data->date);
    g_free(data->as_of);
    g_free(data->digest);
    g_free(data);
}

const char *rdl_map_unit_name(const rdl_map_data *data, const char *xzqdm)
{
    for (guint i = 0; xzqdm && i < data->units->len; i++) {
        const rdl_map_unit *u = &g_array_index(data->units, rdl_map_unit, i);
        if (g_strcmp0(u->xzqdm, xzqdm) == 0 && u->name)
            return u->name;
    }
    return xzqdm ? xzqdm : "";
}

static void add_code(GPtrArray *codes, const char *code)
{
    if (code && !g_ptr_array_find_with_equal_func(codes, code, g_str_equal, NULL))
        g_ptr_array_add(codes, (gpointer)code);
}

static gint compare_codes(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool rdl_map_unit_known(const rdl_map_data *data, const char *unit, GError **error)
{
    g_autoptr(GPtrArray) codes = g_ptr_array_new();
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < data->units->len; i++)
        add_code(codes, g_array_index(data->units, rdl_map_unit, i).xzqdm);
    for (guint i = 0; i < data->tasks->len; i++)
        add_code(codes, g_array_index(data->tasks, rdl_task, i).xzqdm);
    g_ptr_array_sort(codes, compare_codes);
    for (guint i = 0; i < codes->len; i++) {
        if (rdl_division_within(codes->pdata[i], unit))
            return true;
        g_string_append_printf(list, "%s%s", i ? ", " : "", (const char *)codes->pdata[i]);
    }
    return !unit || rdl_fail(error, RDL_ERROR_NOT_FOUND, "--unit %s: no such unit: there are %s",
                             unit, codes->len ? list->str : "none");
}

bool rdl_map_zone_in_force(const rdl_map_data *data, const rdl_map_zone *zone)
{
    return (!zone->valid_from || strcmp(zone->valid_from, data->as_of) <= 0) &&
           (!zone->valid_to || strcmp(zone->valid_to, data->as_of) >= 0);
}
