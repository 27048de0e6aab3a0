/* generate.c - the illustrative layers of the sample: zones, units, footprints, mines, permits and
 * letters, laid over the ground of the scene pair in scenes/. All of it is made up. What each case
 * is for stands in cases.h and README.md.
 *
 * Build: cc -std=c17 -O1 generate.c -o generate `pkg-config --cflags --libs gdal glib-2.0` -lm
 * Use:   ./generate scenes/labels.tif FOLDER     (overwrites; the same bytes for the same GDAL) */
#include <math.h>
#include <string.h>
#include <glib.h>
#include "gdal.h"
#include "cpl_conv.h"
#include "ogr_api.h"
#include "ogr_srs_api.h"

#define MARK "示例数据 illustrative"
#define SEED 20261101
#define VERTICES 240 /* of a zone's ring: chords of 5 to 70 m */
#define BACKGROUND 215
#define CLUSTERS 30
#define MINES 25
#define MOST_EAST 11100 /* metres, of what is not a deliberate case: units end at 11300 or more */

/* Metres east and north of the scene's lower left corner, along the scene's own grid. */
typedef struct spot {
    double u, v;
} spot;

/* A system to write in: how to get there from the scene's, and the grid coordinates snap to. */
typedef struct frame {
    int epsg;
    double grid;
    OGRSpatialReferenceH srs;
    OGRCoordinateTransformationH to;
} frame;

static spot origin;
static frame lonlat = {.epsg = 4490, .grid = 1e9};
static frame gk = {.epsg = 4549, .grid = 1e3};        /* CM 120E, false easting 500 km */
static frame gk_zone40 = {.epsg = 4528, .grid = 1e3}; /* the same with the zone's number in front */

#include "cases.h"

/* ---- places ---- */

/* The ring's boundary at an angle from east, to the centimetre. */
static spot on_ring(site ring, double angle)
{
    const blob *b = &blobs[ring];
    double wave = 1;

    for (int k = 0; k < 3; k++)
        wave += b->amp[k] * sin(b->lobes[k] * angle + b->phase[k]);
    return (spot){round((b->u + b->radius * wave * cos(angle)) * 100) / 100,
                  round((b->v + b->radius * wave * sin(angle)) * 100) / 100};
}

static spot vertex(site ring, int i)
{
    return on_ring(ring, 2 * G_PI * (i % VERTICES) / VERTICES);
}

static double river_at(double u)
{
    return 2000 + 350 * sin(u / 900) + 120 * sin(u / 310);
}

/* A box of w by h metres about a centre, turned anticlockwise. */
typedef struct box {
    spot at;
    double w, h, turn;
} box;

static spot corner(box b, double right, double up)
{
    double x = right * b.w / 2, y = up * b.h / 2;

    return (spot){b.at.u + x * cos(b.turn) - y * sin(b.turn),
                  b.at.v + x * sin(b.turn) + y * cos(b.turn)};
}

/* A box lying outside along the ring's chord at `degrees`, reaching `inset` metres in. */
static box against(site ring, double degrees, double w, double h, double inset)
{
    int i = (int)(degrees * VERTICES / 360);
    spot a = vertex(ring, i), b = vertex(ring, i + 1);
    double turn = atan2(b.v - a.v, b.u - a.u), out = h / 2 - inset;

    return (box){
        {(a.u + b.u) / 2 + out * sin(turn), (a.v + b.v) / 2 - out * cos(turn)}, w, h, turn};
}

/* ---- writing ---- */

static void must(gboolean good, const char *doing)
{
    if (!good)
        g_error("%s: %s", doing, CPLGetLastErrorMsg());
}

static void open_frame(frame *f, OGRSpatialReferenceH ground)
{
    f->srs = OSRNewSpatialReference(NULL);
    must(OSRImportFromEPSG(f->srs, f->epsg) == OGRERR_NONE, "system");
    OSRSetAxisMappingStrategy(f->srs, OAMS_TRADITIONAL_GIS_ORDER);
    f->to = OCTNewCoordinateTransformation(ground, f->srs);
    must(f->to != NULL, "transformation");
}

static void close_frame(frame *f)
{
    OCTDestroyCoordinateTransformation(f->to);
    OSRRelease(f->srs);
}

static spot project(const frame *f, spot s)
{
    double x = origin.u + s.u, y = origin.v + s.v;

    must(OCTTransform(f->to, 1, &x, &y, NULL), "project");
    return (spot){round(x * f->grid) / f->grid, round(y * f->grid) / f->grid};
}

static void add_ring(OGRGeometryH polygon, const frame *f, const spot *s, int n)
{
    OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);

    for (int i = 0; i <= n; i++) {
        spot p = project(f, s[i % n]);
        OGR_G_AddPoint_2D(ring, p.u, p.v);
    }
    OGR_G_AddGeometryDirectly(polygon, ring);
}

static void add_blob(OGRGeometryH polygon, site ring)
{
    spot s[VERTICES];

    for (int i = 0; i < VERTICES; i++)
        s[i] = vertex(ring, i);
    add_ring(polygon, &lonlat, s, VERTICES);
}

static OGRGeometryH polygon_of(const frame *f, const spot *s, int n)
{
    OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon);

    add_ring(polygon, f, s, n);
    return polygon;
}

typedef struct sheet {
    GDALDatasetH ds;
    OGRLayerH layer;
} sheet;

/* A new layer. fields: names apart by blanks, `name:r` real, `name:i` integer, else text. A
 * Shapefile is GBK: language driver 0x4D in its header, no .cpg; frame NULL: no .prj either. */
static sheet new_sheet(const char *folder, const char *file, const char *layer, const frame *f,
                       OGRwkbGeometryType type, const char *fields)
{
    static const char *gbk[] = {"ENCODING=LDID/77", "DBF_DATE_LAST_UPDATE=2026-11-01", NULL};
    gboolean esri = g_str_has_suffix(file, ".shp");
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_auto(GStrv) names = g_strsplit(fields, " ", -1);
    GDALDriverH driver = GDALGetDriverByName(esri ? "ESRI Shapefile" : "GPKG");
    sheet s;

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        GDALDeleteDataset(driver, path);
    s.ds = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    must(s.ds != NULL, path);
    s.layer =
        GDALDatasetCreateLayer(s.ds, layer, f ? f->srs : NULL, type, esri ? (char **)gbk : NULL);
    must(s.layer != NULL, path);
    for (char **name = names; *name; name++) {
        char *colon = strchr(*name, ':');
        OGRFieldType kind = !colon ? OFTString : colon[1] == 'r' ? OFTReal : OFTInteger;
        if (colon)
            *colon = '\0';
        OGRFieldDefnH field = OGR_Fld_Create(*name, kind);
        if (esri)
            OGR_Fld_SetWidth(field, kind == OFTString ? 60 : 8),
                OGR_Fld_SetPrecision(field, kind == OFTReal ? 1 : 0);
        must(OGR_L_CreateField(s.layer, field, TRUE) == OGRERR_NONE, *name);
        OGR_Fld_Destroy(field);
    }
    must(GDALDatasetStartTransaction(s.ds, FALSE) == OGRERR_NONE || esri, path);
    return s;
}

/* One row, its values as text in the order of the fields; takes the geometry, which may be NULL. */
static void put(sheet s, OGRGeometryH take_geometry, const char *const *values)
{
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(s.layer);
    OGRFeatureH row = OGR_F_Create(defn);

    for (int i = 0; i < OGR_FD_GetFieldCount(defn); i++)
        if (values[i])
            OGR_F_SetFieldString(row, i, values[i]);
        else
            OGR_F_SetFieldNull(row, i);
    if (take_geometry)
        OGR_F_SetGeometryDirectly(row, take_geometry);
    must(OGR_L_CreateFeature(s.layer, row) == OGRERR_NONE, "row");
    OGR_F_Destroy(row);
}
#define PUT(sheet, geometry, ...) put(sheet, geometry, (const char *const[]){__VA_ARGS__})

static void close_sheet(sheet s)
{
    GDALDatasetCommitTransaction(s.ds);
    GDALClose(s.ds);
}

/* Text made here lives as long as the program does. */
static const char *keep(char *take_text)
{
    const char *kept = g_intern_string(take_text);

    g_free(take_text);
    return kept;
}

static const char *noted(const char *remark)
{
    return remark ? keep(g_strconcat(MARK "; ", remark, NULL)) : MARK;
}

/* ---- zones ---- */

static OGRGeometryH river_polygon(void)
{
    enum { N = 120 };
    spot s[2 * N];

    for (int i = 0; i < N; i++) {
        double u = -200 + i * 60;
        s[i] = (spot){u, river_at(u) - 80};
        s[2 * N - 1 - i] = (spot){u, river_at(u) + 80};
    }
    return polygon_of(&lonlat, s, 2 * N);
}

static OGRGeometryH zone_polygon(const struct zone_row *z)
{
    if (z->outer == RIVER)
        return river_polygon();
    OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon);
    add_blob(polygon, z->outer);
    for (int k = 0; k < 2; k++)
        if (z->hole[k] != NONE)
            add_blob(polygon, z->hole[k]);
    return polygon;
}

static void write_zones(const char *folder)
{
    sheet s = new_sheet(folder, "zones.gpkg", "zone", &lonlat, wkbMultiPolygon,
                        "zone_id zone name level z_est valid_from valid_to boundary_error_m:r "
                        "authority basin note");

    for (size_t i = 0; i < G_N_ELEMENTS(zone_rows); i++) {
        const struct zone_row *z = &zone_rows[i];
        PUT(s, OGR_G_ForceToMultiPolygon(zone_polygon(z)), z->id, z->zone, z->name, z->level,
            z->z_est, z->from, z->to, z->error, z->authority, z->basin, noted(z->remark));
    }
    close_sheet(s);
}

/* ---- units ---- */

static void sway(GArray *ring, double u, double v)
{
    spot s = {u + 100 * sin(v / 900), v + 100 * sin(u / 700)};

    g_array_append_val(ring, s);
}

/* A box of the table with swaying sides; neighbours share every vertex. */
static OGRGeometryH unit_polygon(const struct unit_row *b)
{
    enum { STEP = 200 };
    g_autoptr(GArray) ring = g_array_new(FALSE, FALSE, sizeof(spot));

    for (int u = b->west; u < b->east; u += STEP)
        sway(ring, u, b->south);
    for (int v = b->south; v < b->north; v += STEP)
        sway(ring, b->east, v);
    for (int u = b->east; u > b->west; u -= STEP)
        sway(ring, u, b->north);
    for (int v = b->north; v > b->south; v -= STEP)
        sway(ring, b->west, v);
    return polygon_of(&lonlat, (const spot *)ring->data, (int)ring->len);
}

static void write_units(const char *folder)
{
    sheet s = new_sheet(folder, "units.shp", "units", &lonlat, wkbPolygon,
                        "xzqdm name level parent note");

    for (size_t i = 0; i < G_N_ELEMENTS(unit_rows); i++) {
        const struct unit_row *u = &unit_rows[i];
        PUT(s, unit_polygon(u), u->xzqdm, u->name, "county", "321200", MARK);
    }
    close_sheet(s);
}

/* ---- footprints ---- */

static spot spot_at(place p)
{
    const blob *b = &blobs[p.site];
    spot edge = on_ring(p.site, p.at * G_PI / 180);

    return (spot){b->u + p.far * (edge.u - b->u) + p.shift, b->v + p.far * (edge.v - b->v)};
}

static box box_at(place p)
{
    if (p.site == OPEN)
        return (box){{p.at, p.far}, p.w, p.h, 0};
    if (p.site == RIVER)
        return (box){{p.at, river_at(p.at)}, p.w, p.h, 0};
    if (p.far == 0)
        return against(p.site, p.at, p.w, p.h, p.shift);
    return (box){spot_at(p), p.w, p.h, 0};
}

typedef struct footprint {
    const char *id, *activity, *owner, *after, *before, *error, *expands, *attrs, *note;
    box box;
    shape shape;
} footprint;

/* Owner and error follow from the id, so that a repeated row is the same throughout. */
static footprint *add_footprint(GPtrArray *all, const char *id, const char *activity, box b)
{
    static const char *owners[] = {"示例公司甲", "示例公司乙", "示例公司丙", "示例人员丁",
                                   "示例公司戊", "示例公司己", "示例人员庚"};
    static const char *errors[] = {"2", "3", "5", NULL};
    guint hash = id ? g_str_hash(id) : 0;
    footprint *f = g_new0(footprint, 1);

    f->id = id, f->activity = activity, f->box = b;
    f->owner = owners[hash % G_N_ELEMENTS(owners)],
    f->error = errors[hash / 16 % G_N_ELEMENTS(errors)];
    g_ptr_array_add(all, f);
    return f;
}

static void add_cases(GPtrArray *all, const case_row *rows, size_t n)
{
    for (const case_row *c = rows; c < rows + n; c++) {
        footprint *f = add_footprint(all, c->id, c->activity, box_at(c->where));
        f->after = c->after, f->before = c->before, f->note = noted(c->remark);
        f->expands = c->expands, f->attrs = c->attrs, f->shape = c->shape;
    }
}

static gboolean is_clear(const GPtrArray *all, spot s, double radius)
{
    for (guint i = 0; i < all->len; i++) {
        const footprint *f = all->pdata[i];
        if (hypot(f->box.at.u - s.u, f->box.at.v - s.v) < radius + hypot(f->box.w, f->box.h) / 2)
            return FALSE;
    }
    return TRUE;
}

/* Boxes of 4 by 4 pixels that the labels call changed throughout, in reading order, 250 m apart. */
static void add_clusters(GPtrArray *all, const guint8 *labels, int w, int h, double pixel)
{
    static const char *activities[] = {"IND", "RES", "BLDG", "IND_CHEM", "AQUA"};
    enum { SIDE = 4, CHANGED = 2 };
    int n = 0;

    for (int r = 0; r + SIDE <= h && n < CLUSTERS; r++)
        for (int c = 0; c + SIDE <= w && n < CLUSTERS; c++) {
            spot s = {(c + SIDE / 2.0) * pixel, (h - r - SIDE / 2.0) * pixel};
            int changed = 0;
            for (int k = 0; k < SIDE * SIDE; k++)
                changed += labels[(r + k / SIDE) * w + c + k % SIDE] == CHANGED;
            if (changed < SIDE * SIDE || s.u > MOST_EAST || !is_clear(all, s, 170))
                continue;
            n++;
            footprint *f = add_footprint(all, keep(g_strdup_printf("P%02d", n)), activities[n % 5],
                                         (box){s, SIDE * pixel, SIDE * pixel, 0});
            f->after = "2000-03-17", f->before = "2003-02-06";
            f->note = noted("两期影像间建设");
        }
}

static const char *day_text(int days_from_1985)
{
    g_autoptr(GDateTime) first = g_date_time_new_utc(1985, 1, 1, 0, 0, 0);
    g_autoptr(GDateTime) day = g_date_time_add_days(first, days_from_1985);

    return keep(g_date_time_format(day, "%Y-%m-%d"));
}

/* An onset between 1985 and October 2026; one bound in ten is not known. */
static void random_onset(footprint *f, GRand *rand)
{
    int start = g_rand_int_range(rand, 0, 14750), end = start + g_rand_int_range(rand, 30, 500);

    f->after = g_rand_int_range(rand, 0, 10) ? day_text(start) : NULL;
    f->before = g_rand_int_range(rand, 0, 10) ? day_text(end) : NULL;
}

static void add_background(GPtrArray *all, const GPtrArray *mines, GRand *rand)
{
    for (int n = 0; n < BACKGROUND;) {
        guint k = (guint)g_rand_int_range(rand, 0, G_N_ELEMENTS(kind_rows));
        double grow = g_rand_double_range(rand, .7, 1.6);
        box b = {.at = {g_rand_double_range(rand, 250, MOST_EAST),
                        g_rand_double_range(rand, 250, 11750)},
                 .w = kind_rows[k].w * grow,
                 .h = kind_rows[k].h * grow,
                 .turn = g_rand_double_range(rand, 0, G_PI)};
        double radius = hypot(b.w, b.h) / 2 + 5;
        if (!is_clear(all, b.at, radius) || !is_clear(mines, b.at, radius))
            continue;
        footprint *f =
            add_footprint(all, keep(g_strdup_printf("F%04d", ++n)), kind_rows[k].activity, b);
        random_onset(f, rand);
        f->note = noted(NULL);
    }
}

/* A box, every third one with a corner cut out; cases stay plain boxes. */
static OGRGeometryH outline(const footprint *f, guint i, const frame *to)
{
    box b = f->box;
    spot s[6] = {corner(b, -1, -1), corner(b, 1, -1), corner(b, 1, 1), corner(b, -1, 1)};
    int n = 4;

    if (f->shape == NO_GEOMETRY)
        return NULL;
    if (f->shape == EMPTY)
        return OGR_G_CreateGeometry(wkbPolygon);
    if (f->shape == BOWTIE)
        s[1] = corner(b, 1, 1), s[2] = corner(b, 1, -1);
    if (f->id && f->id[0] == 'F' && i % 3 == 0)
        s[2] = corner(b, 1, .2), s[3] = corner(b, .3, .2), s[4] = corner(b, .3, 1),
        s[5] = corner(b, -1, 1), n = 6;
    return polygon_of(to, s, n);
}

static void write_footprints(const char *folder, const GPtrArray *all)
{
    sheet s =
        new_sheet(folder, "footprints.gpkg", "footprint", &gk, wkbPolygon,
                  "fp_id activity owner built_after built_before pos_error_m:r expands attrs note");

    for (guint i = 0; i < all->len; i++) {
        const footprint *f = all->pdata[i];
        PUT(s, outline(f, i, &gk), f->id, f->activity, f->owner, f->after, f->before, f->error,
            f->expands, f->attrs, f->note);
    }
    close_sheet(s);
}

/* ---- mines: a second register, in the habits of a county office ---- */

/* Clear of every footprint and of each other. */
static void add_more_mines(GPtrArray *mines, const GPtrArray *footprints, GRand *rand)
{
    static const char *kinds[] = {"采石场", "露天采场", "工矿用地"};

    while (mines->len < MINES) {
        spot s = {g_rand_double_range(rand, 300, MOST_EAST), g_rand_double_range(rand, 300, 11700)};
        double turn = g_rand_double_range(rand, 0, G_PI);
        if (!is_clear(footprints, s, 110) || !is_clear(mines, s, 110))
            continue;
        const char *id = keep(g_strdup_printf("K-%02u", mines->len + 1));
        footprint *f = add_footprint(mines, id, kinds[mines->len % 3], (box){s, 150, 110, turn});
        random_onset(f, rand);
        f->note = noted(NULL);
    }
}

/* 2009-03-01 as 20090301; NULL stays. */
static const char *basic_day(const char *iso)
{
    return iso ? keep(g_strdup_printf("%.4s%.2s%.2s", iso, iso + 5, iso + 8)) : NULL;
}

static void write_mines(const char *folder, const GPtrArray *mines)
{
    sheet s =
        new_sheet(folder, "mines.shp", "mines", NULL, wkbPolygon, "BH LX QSDW QSX HSX WZJD:r BZ");

    for (guint i = 0; i < mines->len; i++) {
        const footprint *f = mines->pdata[i];
        PUT(s, outline(f, 1, &gk_zone40), f->id, f->activity, f->owner, basic_day(f->after),
            basic_day(f->before), f->error, f->note);
    }
    close_sheet(s);
}

/* ---- permits ---- */

static const footprint *find_footprint(const GPtrArray *all, const char *id)
{
    for (guint i = 0; i < all->len; i++)
        if (g_strcmp0(((footprint *)all->pdata[i])->id, id) == 0)
            return all->pdata[i];
    return NULL;
}

static OGRGeometryH scope(box b, double scale)
{
    b.w *= scale, b.h *= scale;
    return polygon_of(
        &lonlat, (spot[]){corner(b, -1, -1), corner(b, 1, -1), corner(b, 1, 1), corner(b, -1, 1)},
        4);
}

static const char *permit_no(sheet s, const char *day)
{
    int n = (int)OGR_L_GetFeatureCount(s.layer, TRUE) + 1;

    return keep(g_strdup_printf("示例许〔%.4s〕%03d号", day ? day : "0000", n));
}

/* Permitted the summer before the year in which building began at the earliest, for thirty years.
 */
static void write_background_permit(sheet s, const footprint *f)
{
    int year = (int)g_ascii_strtoll(f->after, NULL, 10);
    const char *issued = keep(g_strdup_printf("%d-06-30", year - 1));
    const char *to = keep(g_strdup_printf("%d-06-29", year + 29));
    const char *authority = g_str_has_prefix(f->activity, "MINE") ? LAND : "县人民政府";

    PUT(s, scope(f->box, 1.3), permit_no(s, issued), authority, f->owner, f->activity, issued,
        issued, to, NULL, MARK);
}

static void write_permits(const char *folder, const GPtrArray *footprints, const GPtrArray *mines)
{
    sheet s =
        new_sheet(folder, "permits.gpkg", "permit", &lonlat, wkbPolygon,
                  "permit_no authority holder activity issued valid_from valid_to attrs note");

    for (size_t i = 0; i < G_N_ELEMENTS(permit_rows); i++) {
        const struct permit_row *p = &permit_rows[i];
        const footprint *f = find_footprint(p->of[0] == 'K' ? mines : footprints, p->of);
        PUT(s, scope(f->box, p->scale), permit_no(s, p->from), p->authority,
            p->holder ? p->holder : f->owner, p->activity, p->issued, p->from, p->to, p->attrs,
            noted(p->remark));
    }
    for (guint i = 0; i < footprints->len; i++) {
        const footprint *f = footprints->pdata[i];
        if (f->id && f->id[0] == 'F' && i % 7 == 0 && f->after)
            write_background_permit(s, f);
    }
    close_sheet(s);
}

/* ---- letters ---- */

static void write_letters(const char *folder, const GPtrArray *footprints)
{
    sheet s = new_sheet(folder, "letters.gpkg", "letter", &lonlat, wkbPoint,
                        "letter_no batch received activity key:i founded:i duplicate_of note");

    for (size_t i = 0; i < G_N_ELEMENTS(letter_rows); i++) {
        const struct letter_row *l = &letter_rows[i];
        spot at = find_footprint(footprints, l->of)->box.at;
        spot p = project(&lonlat, (spot){at.u + 15 * (double)i, at.v - 25});
        OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
        OGR_G_SetPoint_2D(point, 0, p.u, p.v);
        PUT(s, point, l->no, l->batch, l->received, l->activity, l->key, l->founded,
            l->duplicate_of, noted(l->remark));
    }
    close_sheet(s);
}

/* ---- all ---- */

/* The labels, and with them the ground: sets the origin and opens the frames. Yours to free. */
static guint8 *read_ground(const char *path, int *w, int *h, double *pixel)
{
    GDALDatasetH ds = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    double t[6];

    must(ds && GDALGetGeoTransform(ds, t) == CE_None, path);
    *w = GDALGetRasterXSize(ds), *h = GDALGetRasterYSize(ds), *pixel = t[1];
    origin = (spot){t[0], t[3] + *h * t[5]};
    guint8 *labels = g_malloc_n((gsize)*w, (gsize)*h);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    must(GDALRasterIO(band, GF_Read, 0, 0, *w, *h, labels, *w, *h, GDT_Byte, 0, 0) == CE_None,
         path);
    open_frame(&lonlat, GDALGetSpatialRef(ds));
    open_frame(&gk, GDALGetSpatialRef(ds));
    open_frame(&gk_zone40, GDALGetSpatialRef(ds));
    GDALClose(ds);
    return labels;
}

int main(int argc, char **argv)
{
    int w, h;
    double pixel;

    if (argc != 3)
        return g_printerr("usage: generate LABELS FOLDER\n"), 2;
    GDALAllRegister();
    CPLSetConfigOption("OGR_CURRENT_DATE", "2026-11-01T00:00:00.000Z"); /* last_change of GPKG */
    g_autofree guint8 *labels = read_ground(argv[1], &w, &h, &pixel);
    GRand *rand = g_rand_new_with_seed(SEED);
    g_autoptr(GPtrArray) footprints = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) mines = g_ptr_array_new_with_free_func(g_free);
    add_cases(footprints, case_rows, G_N_ELEMENTS(case_rows));
    add_clusters(footprints, labels, w, h, pixel);
    add_cases(mines, mine_rows, G_N_ELEMENTS(mine_rows));
    add_background(footprints, mines, rand);
    add_more_mines(mines, footprints, rand);
    write_zones(argv[2]);
    write_units(argv[2]);
    write_footprints(argv[2], footprints);
    write_mines(argv[2], mines);
    write_permits(argv[2], footprints, mines);
    write_letters(argv[2], footprints);
    close_frame(&lonlat), close_frame(&gk), close_frame(&gk_zone40);
    g_rand_free(rand);
    return 0;
}
