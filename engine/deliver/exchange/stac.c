/* STAC 1.0: an item for the ledger, for each set of findings it was loaded with, and for every
 * product and input the manifests behind them name; what was made from what are links of rel
 * derived_from, and file:checksum is the SHA-256 the manifests record.
 *
 * Source: SpatioTemporal Asset Catalog 1.0.0; extensions file 2.1.0, projection 1.1.0. */
#include <math.h>
#include <string.h>
#include "deliver/exchange/profile.h"
#include "geo/geo.h"

#define MANIFEST ".run.json"
#define DEPTH 8 /* products made of products */
#define FILE_EXTENSION "https://stac-extensions.github.io/file/v2.1.0/schema.json"
#define PROJ_EXTENSION "https://stac-extensions.github.io/projection/v1.1.0/schema.json"

typedef struct {
    const rdl_export_job *job;
    GPtrArray *items;  /* of JsonObject, in the order they were met */
    GHashTable *known; /* ids */
    GPtrArray *recorded;
    const char *as_of; /* ISO day that dates what has no other */
    guint unplaced;    /* files that are not there: where they lie is not known */
} catalog;

/* What a product or input is known by; NULL where it is not. */
typedef struct {
    const char *role, *path, *sha256;
    const char *first, *last; /* ISO days */
    JsonObject *made_by;      /* its manifest */
} thing;

/* ---- an item ---- */

static void add_link(JsonObject *item, const char *rel, const char *href)
{
    JsonObject *link = json_object_new();
    bool catalogue = g_str_has_suffix(href, "catalog.json");

    rdl_json_set_text(link, "rel", rel);
    rdl_json_set_text(link, "href", href);
    rdl_json_set_text(link, "type", catalogue ? "application/json" : "application/geo+json");
    json_array_add_object_element(json_object_get_array_member(item, "links"), link);
}

static void add_derived(JsonObject *item, const char *id)
{
    g_autofree char *href = g_strdup_printf("./%s.json", id);

    add_link(item, "derived_from", href);
}

static void set_moment(JsonObject *o, const char *member, const char *day)
{
    g_autofree char *moment = g_strconcat(day, "T00:00:00Z", NULL);

    rdl_json_set_text(o, member, moment);
}

/* One day, or the two it lies between. */
static void set_time(JsonObject *properties, const char *first, const char *last)
{
    if (strcmp(first, last) == 0) {
        set_moment(properties, "datetime", first);
        return;
    }
    json_object_set_null_member(properties, "datetime");
    set_moment(properties, "start_datetime", first);
    set_moment(properties, "end_datetime", last);
}

static JsonArray *numbers(const double *values, size_t n)
{
    JsonArray *array = json_array_new();

    for (size_t i = 0; i < n; i++)
        json_array_add_double_element(array, values[i]);
    return array;
}

/* Corners of a box from the lower left, left round, closed. */
static JsonArray *positions(rdl_box b, guint n)
{
    const double corners[][2] = {
        {b.xmin, b.ymin}, {b.xmax, b.ymin}, {b.xmax, b.ymax}, {b.xmin, b.ymax}, {b.xmin, b.ymin}};
    JsonArray *array = json_array_new();

    for (guint i = 0; i < n; i++)
        json_array_add_array_element(array, numbers(corners[n == 2 ? 2 * i : i], 2));
    return array;
}

/* Longitudes and latitudes: a ring, or the line or point that a box without area is. */
static void set_place(JsonObject *item, rdl_box b)
{
    const double box[] = {b.xmin, b.ymin, b.xmax, b.ymax};
    bool wide = b.xmax > b.xmin, high = b.ymax > b.ymin;
    JsonObject *geometry = json_object_new();
    JsonArray *coordinates;

    if (wide && high) {
        coordinates = json_array_new();
        json_array_add_array_element(coordinates, positions(b, 5));
    } else {
        coordinates = wide || high ? positions(b, 2) : numbers(box, 2);
    }
    rdl_json_set_text(geometry, "type",
                      wide && high   ? "Polygon"
                      : wide || high ? "LineString"
                                     : "Point");
    json_object_set_array_member(geometry, "coordinates", coordinates);
    json_object_set_object_member(item, "geometry", geometry);
    json_object_set_array_member(item, "bbox", numbers(box, 4));
}

static JsonObject *item_new(const char *id, const char *title, const char *first, const char *last)
{
    JsonObject *item = json_object_new(), *properties = json_object_new();
    JsonArray *extensions = json_array_new();

    json_array_add_string_element(extensions, FILE_EXTENSION);
    rdl_json_set_text(item, "type", "Feature");
    rdl_json_set_text(item, "stac_version", "1.0.0");
    json_object_set_array_member(item, "stac_extensions", extensions);
    rdl_json_set_text(item, "id", id);
    json_object_set_null_member(item, "geometry");
    set_time(properties, first, last);
    rdl_json_set_text(properties, "title", title);
    json_object_set_object_member(item, "properties", properties);
    json_object_set_array_member(item, "links", json_array_new());
    json_object_set_object_member(item, "assets", json_object_new());
    add_link(item, "root", "./catalog.json");
    add_link(item, "parent", "./catalog.json");
    return item;
}

static const char *media_type(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".tif", "image/tiff; application=geotiff"},
                 {".gpkg", "application/geopackage+sqlite3"},
                 {".sqlite", "application/vnd.sqlite3"},
                 {".geojson", "application/geo+json"},
                 {".json", "application/json"},
                 {".csv", "text/csv"},
                 {".pdf", "application/pdf"},
                 {".png", "image/png"},
                 {".html", "text/html"},
                 {".md", "text/markdown"},
                 {".zip", "application/zip"},
                 {".fgb", "application/flatgeobuf"},
                 {".kml", "application/vnd.google-earth.kml+xml"},
                 {".kmz", "application/vnd.google-earth.kmz"},
                 {".gpx", "application/gpx+xml"},
                 {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(path, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}

static void set_asset(JsonObject *item, const char *path, const char *sha256)
{
    JsonObject *asset = json_object_new();
    JsonArray *roles = json_array_new();

    rdl_json_set_text(asset, "href", path);
    rdl_json_set_text(asset, "type", media_type(path));
    json_array_add_string_element(roles, "data");
    json_object_set_array_member(asset, "roles", roles);
    if (sha256) { /* a multihash: SHA-256, 32 bytes */
        g_autofree char *multihash = g_strconcat("1220", sha256, NULL);
        rdl_json_set_text(asset, "file:checksum", multihash);
    }
    json_object_set_object_member(json_object_get_object_member(item, "assets"), "data", asset);
}

/* ---- where a raster lies ---- */

static bool box_in_degrees(const rdl_crs *crs, rdl_box box, rdl_box *degrees, GError **error)
{
    g_autoptr(rdl_crs) wgs84 = rdl_crs_parse("EPSG:4326", error);
    g_autoptr(rdl_transform) t = wgs84 ? rdl_transform_new(crs, wgs84, error) : NULL;
    g_autoptr(rdl_geometry) g = t ? rdl_geometry_of_box(box, error) : NULL;
    g_autoptr(rdl_geometry) there =
        g ? rdl_reproject(g, t, rdl_reproject_tolerance(wgs84), error) : NULL;

    if (there)
        *degrees = rdl_geometry_box(there);
    return there != NULL;
}

static void set_projection(JsonObject *item, const rdl_grid *grid)
{
    JsonObject *p = json_object_get_object_member(item, "properties");
    JsonArray *shape = json_array_new();
    const double *t = grid->transform; /* GDAL's order: x0, dx, rx, y0, ry, dy */
    const double transform[] = {t[1], t[2], t[0], t[4], t[5], t[3]};

    json_array_add_string_element(json_object_get_array_member(item, "stac_extensions"),
                                  PROJ_EXTENSION);
    if (rdl_crs_epsg(grid->crs))
        json_object_set_int_member(p, "proj:epsg", rdl_crs_epsg(grid->crs));
    else
        json_object_set_null_member(p, "proj:epsg");
    json_array_add_int_element(shape, grid->height);
    json_array_add_int_element(shape, grid->width);
    json_object_set_array_member(p, "proj:shape", shape);
    json_object_set_array_member(p, "proj:transform", numbers(transform, 6));
}

/* As far as the file is there, and is the one that was recorded. */
static void place_raster(catalog *c, JsonObject *item, const thing *what)
{
    g_autofree char *path = NULL;

    for (guint i = 0; !path && i < c->recorded->len; i++) {
        const rdl_recorded *r = c->recorded->pdata[i];
        if (strcmp(r->role, what->role) == 0 && g_strcmp0(r->digest, what->sha256) == 0)
            path = rdl_recorded_find(r, rdl_ledger_path(c->job->ledger), NULL);
    }
    g_autoptr(rdl_raster) raster = path ? rdl_raster_open(path, NULL) : NULL;
    rdl_box degrees;
    if (!raster || !rdl_grid_placed(rdl_raster_grid(raster)) ||
        !box_in_degrees(rdl_raster_grid(raster)->crs, rdl_grid_box(rdl_raster_grid(raster)),
                        &degrees, NULL)) {
        c->unplaced++;
        return;
    }
    set_place(item, degrees);
    set_projection(item, rdl_raster_grid(raster));
}

/* ---- from manifests to items ---- */

static bool is_raster(const char *role)
{
    static const char *const rasters[] = {"before", "after",       "change",
                                          "score",  "probability", NULL};

    return g_strv_contains(rasters, role);
}

/* Days of the scenes behind it; NULL where its manifest and those below name none. */
static const char *day_behind(JsonObject *manifest, const char *member, int depth)
{
    JsonObject *options = rdl_json_object(manifest, "options");
    const char *day = options ? rdl_json_text(options, member, NULL) : NULL;
    JsonNode *node = json_object_get_member(manifest, "inputs");
    JsonArray *inputs = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; !day && depth < DEPTH && inputs && i < json_array_get_length(inputs); i++) {
        JsonNode *one = json_array_get_element(inputs, i);
        JsonObject *below = JSON_NODE_HOLDS_OBJECT(one)
                                ? rdl_json_object(json_node_get_object(one), "made_by")
                                : NULL;
        day = below ? day_behind(below, member, depth + 1) : NULL;
    }
    return day;
}

static char *id_of(const thing *what)
{
    g_autofree char *of_path = rdl_digest_bytes(what->path, strlen(what->path));
    char *id = g_strdup_printf("%s-%.12s", what->role, what->sha256 ? what->sha256 : of_path);

    return g_strcanon(id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '_');
}

static void add_inputs(catalog *c, JsonObject *item, JsonObject *manifest, int depth);

/* Its id, yours; made where it was not met before. */
static char *add_thing(catalog *c, const thing *what, int depth)
{
    g_autofree char *id = id_of(what);
    const char *first = what->first, *last = what->last;

    if (g_hash_table_contains(c->known, id))
        return g_steal_pointer(&id);
    if (what->made_by && !first) {
        first = day_behind(what->made_by, "date_before", depth);
        last = day_behind(what->made_by, "date_after", depth);
    }
    bool dated = first && last;
    g_autofree char *name = g_path_get_basename(what->path);
    JsonObject *item = item_new(id, name, dated ? first : c->as_of, dated ? last : c->as_of);
    g_hash_table_add(c->known, g_strdup(id));
    g_ptr_array_add(c->items, item);
    rdl_json_set_text(json_object_get_object_member(item, "properties"), "redline:role",
                      what->role);
    set_asset(item, what->path, what->sha256);
    if (is_raster(what->role))
        place_raster(c, item, what);
    if (what->made_by)
        add_inputs(c, item, what->made_by, depth + 1);
    return g_steal_pointer(&id);
}

/* A scene is of its day; a raster made of two lies between theirs. */
static void date_thing(thing *what, JsonObject *manifest)
{
    JsonObject *options = rdl_json_object(manifest, "options");
    bool before = strcmp(what->role, "before") == 0, after = strcmp(what->role, "after") == 0;

    if (before || after) {
        const char *member = before ? "date_before" : "date_after";
        what->first = what->last = options ? rdl_json_text(options, member, NULL) : NULL;
    } else if (is_raster(what->role)) {
        what->first = day_behind(manifest, "date_before", 0);
        what->last = day_behind(manifest, "date_after", 0);
    }
}

static void add_input(catalog *c, JsonObject *item, JsonObject *input, JsonObject *manifest,
                      int depth)
{
    thing what = {.role = rdl_json_text(input, "role", ""),
                  .path = rdl_json_text(input, "path", ""),
                  .sha256 = rdl_json_text(input, "sha256", NULL),
                  .made_by = rdl_json_object(input, "made_by")};

    if (!*what.path || strcmp(what.role, "ledger") == 0) /* its head tells which state of it */
        return;
    date_thing(&what, manifest);
    g_autofree char *id = add_thing(c, &what, depth);
    add_derived(item, id);
}

static void add_inputs(catalog *c, JsonObject *item, JsonObject *manifest, int depth)
{
    JsonNode *node = json_object_get_member(manifest, "inputs");
    JsonArray *inputs = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; depth < DEPTH && inputs && i < json_array_get_length(inputs); i++) {
        JsonNode *one = json_array_get_element(inputs, i);
        if (JSON_NODE_HOLDS_OBJECT(one))
            add_input(c, item, json_node_get_object(one), manifest, depth);
    }
}

/* ---- the ledger and its loads ---- */

/* All places that may be told; xmin > xmax: none. */
static rdl_box places(const rdl_export_job *job)
{
    rdl_box box = {1.0, 1.0, 0.0, 0.0};
    bool first = true;

    if (!rdl_export_field(job, "lon") || !rdl_export_field(job, "lat"))
        return box;
    for (guint i = 0; i < job->tasks->len; i++) {
        const rdl_task *t = &g_array_index(job->tasks, rdl_task, i);
        if (!isfinite(t->lon) || !isfinite(t->lat))
            continue;
        box = first ? (rdl_box){t->lon, t->lat, t->lon, t->lat}
                    : (rdl_box){fmin(box.xmin, t->lon), fmin(box.ymin, t->lat),
                                fmax(box.xmax, t->lon), fmax(box.ymax, t->lat)};
        first = false;
    }
    return box;
}

static void add_load(catalog *c, JsonObject *ledger_item, JsonObject *load, rdl_box box)
{
    const char *digest = rdl_json_text(load, "digest", "");
    JsonObject *manifest = rdl_json_object(load, "manifest");
    g_autofree char *id = g_strdup_printf("findings-%.12s", digest);
    const char *at = rdl_json_text(load, "at", c->as_of);
    JsonObject *item = item_new(id, "findings", at, at);

    g_ptr_array_add(c->items, item);
    rdl_json_set_text(json_object_get_object_member(item, "properties"), "redline:role",
                      "findings");
    rdl_json_set_text(json_object_get_object_member(item, "properties"), "redline:digest", digest);
    set_asset(item, "findings.gpkg", NULL); /* the ledger keeps what it held, not its bytes */
    if (box.xmin <= box.xmax)
        set_place(item, box);
    if (manifest)
        add_inputs(c, item, manifest, 0);
    add_derived(ledger_item, id);
}

static void set_ledger(catalog *c, JsonObject *item, const char *name, const char *head)
{
    JsonObject *properties = json_object_get_object_member(item, "properties");

    rdl_json_set_text(properties, "redline:role", "ledger");
    rdl_json_set_text(properties, "redline:head", head);
    set_asset(item, name, NULL); /* it goes on: its head tells which state this is */
    g_hash_table_add(c->known, g_strdup(rdl_json_text(item, "id", "")));
}

static bool add_ledger(catalog *c, JsonArray *loads, GError **error)
{
    g_autofree char *head = rdl_ledger_head(c->job->ledger, error);
    g_autofree char *name = g_path_get_basename(rdl_ledger_path(c->job->ledger));
    g_autofree char *id = head ? g_strdup_printf("ledger-%.12s", head) : NULL;
    rdl_box box = places(c->job);

    if (!head)
        return false;
    JsonObject *item = item_new(id, name, c->job->date, c->job->date);
    g_ptr_array_add(c->items, item);
    set_ledger(c, item, name, head);
    if (box.xmin <= box.xmax)
        set_place(item, box);
    for (guint i = 0; i < json_array_get_length(loads); i++)
        add_load(c, item, json_array_get_object_element(loads, i), box);
    return true;
}

/* ---- what was made from the ledger ---- */

/* The state of the ledger a product was made from; an earlier one gets an item of its own. */
static void derive_from_ledger(catalog *c, JsonObject *item, const char *head, const char *day)
{
    g_autofree char *id = g_strdup_printf("ledger-%.12s", head);
    g_autofree char *name = g_path_get_basename(rdl_ledger_path(c->job->ledger));

    add_derived(item, id);
    if (g_hash_table_contains(c->known, id))
        return;
    JsonObject *ledger = item_new(id, name, day, day);
    g_ptr_array_add(c->items, ledger);
    set_ledger(c, ledger, name, head);
}

/* "map", "card", "report", of an export "tasks"; NULL: made from no ledger. */
static const char *product_role(JsonObject *manifest)
{
    static const char *const commands[] = {"map", "card", "report", "export"};
    const char *command = rdl_json_text(manifest, "command", "");

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i], command) == 0)
            return i == 3 ? "tasks" : commands[i];
    return NULL;
}

/* Made from a state this ledger went through, by its manifest; anything else is none of ours. */
static bool add_product(catalog *c, const char *path, JsonObject *manifest, GError **error)
{
    JsonObject *options = rdl_json_object(manifest, "options");
    const char *head = options ? rdl_json_text(options, "head", NULL) : NULL;
    const char *day = options ? rdl_json_text(options, "as_of", NULL) : NULL;
    g_autofree char *name = g_path_get_basename(path);
    bool file = g_file_test(path, G_FILE_TEST_IS_REGULAR);
    thing what = {.role = product_role(manifest), .path = name};
    rdl_day parsed;

    if (!what.role || !head || strlen(head) != 64 || !day || !rdl_day_parse(day, &parsed, NULL) ||
        !rdl_ledger_holds(c->job->ledger, head, NULL) || !g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    g_autofree char *digest = file ? rdl_digest_file(path, error) : NULL;
    if (file && !digest)
        return false;
    what.sha256 = digest;
    g_autofree char *id = id_of(&what);
    if (!g_hash_table_add(c->known, g_strdup(id)))
        return true;
    JsonObject *item = item_new(id, name, day, day);
    g_ptr_array_add(c->items, item);
    rdl_json_set_text(json_object_get_object_member(item, "properties"), "redline:role", what.role);
    set_asset(item, name, digest);
    derive_from_ledger(c, item, head, day);
    add_inputs(c, item, manifest, 0);
    return true;
}

static bool add_beside(catalog *c, const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;

    if (!g_str_has_suffix(name, MANIFEST) || !g_file_get_contents(path, &text, NULL, NULL))
        return true;
    g_autoptr(JsonNode) node = rdl_json_parse(text, path, NULL);
    path[strlen(path) - strlen(MANIFEST)] = '\0';
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *own = g_canonicalize_filename(c->job->options->output, NULL);
    if (strcmp(whole, own) == 0) /* what this catalogue replaces */
        return true;
    return !node || !JSON_NODE_HOLDS_OBJECT(node) ||
           add_product(c, path, json_node_get_object(node), error);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those beside the ledger, by name. */
static bool add_products(catalog *c, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(rdl_ledger_path(c->job->ledger));
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, error);
    const char *name;
    bool good = dir != NULL;

    while (dir && (name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; good && i < names->len; i++)
        good = add_beside(c, folder, names->pdata[i], error);
    return good;
}

/* ---- files ---- */

static bool write_object(const rdl_export_job *job, const char *name, JsonObject *o, GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_node(json_object_ref(o));
    g_autofree char *text = rdl_json_pretty(node), *lines = g_strconcat(text, "\n", NULL);

    return rdl_bundle_text(job->bundle, name, lines, error);
}

static bool write_catalog(const catalog *c, GError **error)
{
    g_autoptr(JsonObject) o = json_object_new();
    bool good = true;

    rdl_json_set_text(o, "type", "Catalog");
    rdl_json_set_text(o, "stac_version", "1.0.0");
    rdl_json_set_text(o, "id", "redline");
    rdl_json_set_text(o, "description",
                      "A ledger of sites, and what it was made from, back to the scenes");
    json_object_set_array_member(o, "links", json_array_new());
    add_link(o, "root", "./catalog.json");
    for (guint i = 0; good && i < c->items->len; i++) {
        g_autofree char *name =
            g_strconcat(rdl_json_text(c->items->pdata[i], "id", ""), ".json", NULL);
        g_autofree char *href = g_strconcat("./", name, NULL);
        add_link(o, "item", href);
        good = write_object(c->job, name, c->items->pdata[i], error);
    }
    return good && write_object(c->job, "catalog.json", o, error);
}

bool rdl_export_stac(const rdl_export_job *job, GError **error)
{
    const char *path = rdl_ledger_path(job->ledger);
    g_autofree char *as_of = NULL;
    g_autoptr(GPtrArray) recorded = rdl_recorded_read(path, NULL, &as_of, error);
    g_autoptr(JsonArray) loads = recorded ? rdl_loads_recorded(path, error) : NULL;
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    catalog c = {.job = job,
                 .items = items,
                 .known = known,
                 .recorded = recorded,
                 .as_of = as_of ? as_of : job->date};

    if (!loads || !add_ledger(&c, loads, error) || !add_products(&c, error) ||
        !write_catalog(&c, error))
        return false;
    if (c.unplaced)
        rdl_export_tell(job, "%u rasters are not where they were: their items have no place",
                        c.unplaced);
    return true;
}
