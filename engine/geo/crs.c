#include "geo/crs_handle.h"

#include <math.h>
#include <string.h>
#include <cpl_error.h>
#include <gdal.h>
#include <cpl_conv.h>

struct rdl_crs {
    gatomicrefcount refs;
    OGRSpatialReferenceH srs;
    char *wkt;
    double axis, e2; /* of the ellipsoid: asked for at every place */
};

struct rdl_transform {
    OGRCoordinateTransformationH ct; /* NULL: nothing to do */
    OGRSpatialReferenceH target;
    double degrees, greenwich; /* to end in degrees from Greenwich: times, then plus; 0: as it is */
    double turn;
    double side; /* as rdl_transform_side() says */
    GHashTable *squares;
};

bool rdl_fail_gdal(GError **error, rdl_error code, const char *doing)
{
    const char *said = CPLGetLastErrorMsg();
    const char *reason = said && *said ? said : "GDAL gave no reason";
    size_t n = strlen(reason);

    /* a statement of SQL may stand in it: what was done is at its head, why it failed at its end */
    g_autofree char *path = g_strndup(doing, strcspn(doing, ":"));
    const char *room = code == RDL_ERROR_IO && strstr(doing, "cannot be") &&
                               (strstr(doing, "written") || strstr(doing, "finished"))
                           ? rdl_output_room(path)
                           : "";
    if (*room)
        return rdl_fail(error, code, "%s%s", doing, room);
    if (n <= 300)
        return rdl_fail(error, code, "%s: %s", doing, reason);
    g_autofree char *head = g_utf8_make_valid(reason, 100);
    g_autofree char *tail = g_utf8_make_valid(reason + n - 160, -1);
    return rdl_fail(error, code, "%s: %s ... %s", doing, head, tail);
}

void *rdl_gdal_open(const char *path, unsigned flags, const char *const *options)
{
    g_autoptr(GError) refused = NULL;
    GDALDatasetH dataset = NULL;

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    if (rdl_input_plain(path, &refused))
        dataset = GDALOpenEx(path, flags | GDAL_OF_VERBOSE_ERROR, NULL, options, NULL);
    else
        CPLError(CE_Failure, CPLE_OpenFailed, "%s", refused->message + strlen(path) + 2);
    CPLPopErrorHandler();
    return dataset;
}

/* GeoPackage numbers them 0 and -1: coordinates of a system that nobody knows. An engineer's own
 * grid is tied to no ground either. */
static bool is_undefined(OGRSpatialReferenceH srs)
{
    const char *name = OSRGetName(srs);

    return OSRIsLocal(srs) || (name && g_ascii_strncasecmp(name, "Undefined ", 10) == 0);
}

rdl_crs *rdl_crs_from_handle(OGRSpatialReferenceH srs)
{
    char *wkt = NULL;

    if (!srs || is_undefined(srs))
        return NULL;
    rdl_crs *crs = g_new0(rdl_crs, 1);
    g_atomic_ref_count_init(&crs->refs);
    crs->srs = OSRClone(srs);
    OSRSetAxisMappingStrategy(crs->srs, OAMS_TRADITIONAL_GIS_ORDER);
    OSRExportToWkt(crs->srs, &wkt);
    crs->wkt = g_strdup(wkt ? wkt : "");
    CPLFree(wkt);
    double inverse = OSRGetInvFlattening(crs->srs, NULL);
    double f = inverse > 0.0 ? 1.0 / inverse : 0.0;
    crs->axis = OSRGetSemiMajor(crs->srs, NULL);
    crs->e2 = f * (2.0 - f);
    return crs;
}

OGRSpatialReferenceH rdl_crs_handle(const rdl_crs *crs)
{
    return crs ? crs->srs : NULL;
}

/* GDAL would also open files and URLs: not for text that may come from foreign hands. */
static bool names_a_system(const char *text)
{
    return g_regex_match_simple("^((EPSG|ESRI|IGNF|OGC|CRS|urn):|[A-Z]+\\[|\\+proj|\\{)", text,
                                G_REGEX_CASELESS, 0) &&
           !strstr(text, "://");
}

rdl_crs *rdl_crs_parse(const char *text, GError **error)
{
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    rdl_crs *crs = NULL;

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    OGRErr failed = names_a_system(text) ? OSRSetFromUserInput(srs, text) : OGRERR_UNSUPPORTED_SRS;
    CPLPopErrorHandler();
    if (failed == OGRERR_NONE)
        crs = rdl_crs_from_handle(srs);
    else
        rdl_fail(error, RDL_ERROR_CRS, "'%s' is no coordinate system: write EPSG:4490 or WKT",
                 text);
    OSRDestroySpatialReference(srs);
    return crs;
}

rdl_crs *rdl_crs_ref(const rdl_crs *crs)
{
    rdl_crs *own = (rdl_crs *)crs;

    if (own)
        g_atomic_ref_count_inc(&own->refs);
    return own;
}

void rdl_crs_unref(rdl_crs *crs)
{
    if (!crs || !g_atomic_ref_count_dec(&crs->refs))
        return;
    OSRDestroySpatialReference(crs->srs);
    g_free(crs->wkt);
    g_free(crs);
}

const char *rdl_crs_wkt(const rdl_crs *crs)
{
    return crs->wkt;
}

int rdl_crs_epsg(const rdl_crs *crs)
{
    const char *authority = OSRGetAuthorityName(crs->srs, NULL);
    const char *code = OSRGetAuthorityCode(crs->srs, NULL);

    return code && g_strcmp0(authority, "EPSG") == 0 ? (int)g_ascii_strtoll(code, NULL, 10) : 0;
}

const char *rdl_crs_name(const rdl_crs *crs)
{
    const char *name = crs ? OSRGetName(crs->srs) : NULL;

    return name ? name : "no coordinate system";
}

bool rdl_crs_geographic(const rdl_crs *crs)
{
    return OSRIsGeographic(crs->srs) != 0;
}

double rdl_crs_unit(const rdl_crs *crs)
{
    return OSRGetLinearUnits(crs->srs, NULL);
}

/* GDAL's text of a degree in radians is a few bits off: degrees are exactly that. */
static double degrees_of(OGRSpatialReferenceH srs)
{
    double degrees = OSRGetAngularUnits(srs, NULL) * 180.0 / G_PI;

    return fabs(degrees - 1.0) < 1e-9 ? 1.0 : degrees;
}

double rdl_crs_degrees(const rdl_crs *crs)
{
    return rdl_crs_geographic(crs) ? degrees_of(crs->srs) : 1.0;
}

bool rdl_crs_same(const rdl_crs *a, const rdl_crs *b)
{
    static const char *const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", NULL};

    if (!a || !b)
        return a == b;
    return a == b || OSRIsSameEx(a->srs, b->srs, options) != 0;
}

static rdl_transform *transform_between(OGRSpatialReferenceH from, OGRSpatialReferenceH to,
                                        GError **error)
{
    g_autoptr(rdl_transform) transform = g_new0(rdl_transform, 1);
    const char *names[2] = {OSRGetName(from), OSRGetName(to)};

    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    transform->ct = OCTNewCoordinateTransformation(from, to);
    CPLPopErrorHandler();
    if (!transform->ct) {
        rdl_fail(error, RDL_ERROR_CRS, "no transformation from %s to %s: %s",
                 names[0] ? names[0] : "?", names[1] ? names[1] : "?", CPLGetLastErrorMsg());
        return NULL;
    }
    return g_steal_pointer(&transform);
}

static bool bound(const rdl_crs *crs);

/* The same system with a transformation to WGS 84. Its codes are taken out: GDAL goes by them alone
 * where there are any. Yours to destroy. */
static OGRSpatialReferenceH with_towgs84(const rdl_crs *crs, const double *v)
{
    static GRegex *codes;
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);

    if (g_once_init_enter(&codes))
        g_once_init_leave(&codes, g_regex_new(",AUTHORITY\\[[^]]*\\]", G_REGEX_OPTIMIZE, 0, NULL));
    g_autofree char *wkt = g_regex_replace_literal(codes, crs->wkt, -1, 0, "", 0, NULL);
    char *at = wkt;
    OSRImportFromWkt(srs, &at);
    OSRSetTOWGS84(srs, v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

/* PROJ knows transformations given to WGS 84, and takes none of them on to CGCS2000: it is WGS 84
 * to within decimetres, and has to be told so. Yours to destroy; NULL: nothing to tell. */
static OGRSpatialReferenceH tied_to_wgs84(const rdl_crs *crs, const rdl_crs *other)
{
    const char *datum = OSRGetAttrValue(crs->srs, "DATUM", 0);

    if (!bound(other) || bound(crs) || !datum ||
        !g_regex_match_simple("china[ _](geodetic|2000)|cgcs", datum, G_REGEX_CASELESS, 0))
        return NULL;
    return with_towgs84(crs, (const double[7]){0});
}

static rdl_transform *transform_systems(const rdl_crs *from, const rdl_crs *to, GError **error)
{
    OGRSpatialReferenceH a = tied_to_wgs84(from, to), b = tied_to_wgs84(to, from);
    rdl_transform *transform = transform_between(a ? a : from->srs, b ? b : to->srs, error);

    if (a)
        OSRDestroySpatialReference(a);
    if (b)
        OSRDestroySpatialReference(b);
    return transform;
}

static double side_of(const rdl_crs *from)
{
    return rdl_crs_geographic(from) ? 0.1 / rdl_crs_degrees(from) : 1e4 / rdl_crs_unit(from);
}

double rdl_transform_side(const rdl_transform *transform)
{
    return transform->side;
}

GHashTable *rdl_transform_squares(rdl_transform *transform)
{
    if (!transform->squares)
        transform->squares = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return transform->squares;
}

rdl_transform *rdl_transform_new(const rdl_crs *from, const rdl_crs *to, GError **error)
{
    rdl_transform *transform =
        rdl_crs_same(from, to) ? g_new0(rdl_transform, 1) : transform_systems(from, to, error);

    if (transform && rdl_crs_geographic(to))
        transform->turn = 360.0 / rdl_crs_degrees(to);
    if (transform)
        transform->side = side_of(from);
    return transform;
}

/* Grads from Paris, say, to degrees from Greenwich. */
static void end_in_degrees(rdl_transform *transform, OGRSpatialReferenceH geographic)
{
    double degrees = degrees_of(geographic), greenwich = OSRGetPrimeMeridian(geographic, NULL);

    transform->turn = 360.0;
    if (degrees == 1.0 && greenwich == 0.0)
        return;
    transform->degrees = degrees;
    transform->greenwich = greenwich;
}

rdl_transform *rdl_transform_lonlat(const rdl_crs *from, GError **error)
{
    rdl_transform *transform = NULL;

    if (rdl_crs_geographic(from)) {
        transform = g_new0(rdl_transform, 1);
        transform->side = side_of(from);
        end_in_degrees(transform, from->srs);
        return transform;
    }
    OGRSpatialReferenceH base = OSRCloneGeogCS(from->srs);
    if (!base) {
        rdl_fail(error, RDL_ERROR_CRS, "%s: is not tied to the ellipsoid", rdl_crs_name(from));
        return NULL;
    }
    OSRSetAxisMappingStrategy(base, OAMS_TRADITIONAL_GIS_ORDER);
    transform = transform_between(from->srs, base, error);
    if (transform) {
        transform->target = base;
        transform->side = side_of(from);
        end_in_degrees(transform, base);
    } else {
        OSRDestroySpatialReference(base);
    }
    return transform;
}

double rdl_transform_turn(const rdl_transform *transform)
{
    return transform->turn;
}

void rdl_transform_free(rdl_transform *transform)
{
    if (!transform)
        return;
    if (transform->ct)
        OCTDestroyCoordinateTransformation(transform->ct);
    if (transform->target)
        OSRDestroySpatialReference(transform->target);
    g_clear_pointer(&transform->squares, g_hash_table_unref);
    g_free(transform);
}

bool rdl_transform_points(rdl_transform *transform, size_t n, double *x, double *y, GError **error)
{
    int good = true;

    if (n > INT_MAX)
        return rdl_fail(error, RDL_ERROR_DATA, "a geometry of %zu vertices is too large", n);
    if ((!transform->ct && transform->degrees == 0.0) || n == 0)
        return true;
    CPLErrorReset();
    if (transform->ct) {
        CPLPushErrorHandler(CPLQuietErrorHandler);
        good = OCTTransform(transform->ct, (int)n, x, y, NULL);
        CPLPopErrorHandler();
    }
    for (size_t i = 0; transform->degrees != 0.0 && i < n; i++) {
        x[i] = x[i] * transform->degrees + transform->greenwich;
        y[i] *= transform->degrees;
    }
    for (size_t i = 0; good && i < n; i++)
        good = isfinite(x[i]) && isfinite(y[i]);
    if (good)
        return true;
    const char *reason = CPLGetLastErrorMsg();
    return rdl_fail(error, RDL_ERROR_CRS, "coordinates lie outside their coordinate system: %s",
                    *reason ? reason : "no finite image");
}

void rdl_crs_ellipsoid(const rdl_crs *crs, double *a, double *e2)
{
    *a = crs->axis;
    *e2 = crs->e2;
}

/* Metres per radian along the meridian and along the parallel at latitude phi (Snyder 1987,
 * eqs 4-18 to 4-21). */
static void metres_per_radian(const rdl_crs *crs, double phi, double *north, double *east)
{
    double a, e2;

    rdl_crs_ellipsoid(crs, &a, &e2);
    double w2 = 1.0 - e2 * sin(phi) * sin(phi);
    *north = a * (1.0 - e2) / (w2 * sqrt(w2));
    *east = a * cos(phi) / sqrt(w2);
}

bool rdl_crs_scale_at(const rdl_crs *crs, rdl_transform *lonlat, double x, double y,
                      double *metres_x, double *metres_y, GError **error)
{
    /* a step of about a metre: one unit of a projected system, 1e-5 of a degree */
    double h = rdl_crs_geographic(crs) ? 1e-5 / rdl_crs_degrees(crs) : 1.0;
    double xs[] = {x, x + h, x}, ys[] = {y, y, y + h};
    const double degree = G_PI / 180.0;
    double north, east;

    if (!rdl_transform_points(lonlat, 3, xs, ys, error))
        return false;
    metres_per_radian(crs, ys[0] * degree, &north, &east);
    double ex = (xs[1] - xs[0]) * degree * east, nx = (ys[1] - ys[0]) * degree * north;
    double ey = (xs[2] - xs[0]) * degree * east, ny = (ys[2] - ys[0]) * degree * north;
    *metres_x = sqrt(ex * ex + nx * nx) / h;
    *metres_y = sqrt(ey * ey + ny * ny) / h;
    if (*metres_x > 0.0 && *metres_y > 0.0)
        return true;
    return rdl_fail(error, RDL_ERROR_CRS, "%s: has no scale at %g, %g", rdl_crs_name(crs), x, y);
}

/* ---- what can be in a system ---- */

#define FAR_M 5e6
#define EARTH_M 1e8 /* twice round the earth, or 60 zones of a million */
#define NEXT_ZONE_M 5e5
#define ZONE_IN_EASTING 1e6 /* false eastings from here on carry the number of a zone */

static bool false_easting(const rdl_crs *crs, double *x)
{
    const char *projection = OSRGetAttrValue(crs->srs, "PROJECTION", 0);
    OGRErr failed = OGRERR_NONE;

    *x = OSRGetProjParm(crs->srs, SRS_PP_FALSE_EASTING, 0.0, &failed);
    return g_strcmp0(projection, SRS_PT_TRANSVERSE_MERCATOR) == 0 && failed == OGRERR_NONE;
}

/* The area of use in the system's own plane. */
static bool area_of_use(const rdl_crs *crs, rdl_box *box)
{
    double west, south, east, north;

    if (!OSRGetAreaOfUse(crs->srs, &west, &south, &east, &north, NULL) || west < -360.0)
        return false;
    OGRSpatialReferenceH base = OSRCloneGeogCS(crs->srs);
    if (!base)
        return false;
    OSRSetAxisMappingStrategy(base, OAMS_TRADITIONAL_GIS_ORDER);
    g_autoptr(rdl_transform) to = transform_between(base, crs->srs, NULL);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool good = to && OCTTransformBounds(to->ct, west, south, east, north, &box->xmin, &box->ymin,
                                         &box->xmax, &box->ymax, 21);
    CPLPopErrorHandler();
    OSRDestroySpatialReference(base);
    return good && isfinite(box->xmin) && isfinite(box->ymin) && isfinite(box->xmax) &&
           isfinite(box->ymax) && box->xmin <= box->xmax && box->ymin <= box->ymax;
}

rdl_box rdl_crs_limits(const rdl_crs *crs)
{
    rdl_box box;
    double easting;

    if (rdl_crs_geographic(crs)) {
        double turn = 2.0 * G_PI / OSRGetAngularUnits(crs->srs, NULL);
        double pole = turn / 4.0 * (1.0 + 1e-9);
        return (rdl_box){-turn, -pole, turn, pole};
    }
    bool mercator = false_easting(crs, &easting), used = area_of_use(crs, &box);
    double unit = OSRGetLinearUnits(crs->srs, NULL), far = FAR_M / unit, earth = EARTH_M / unit;
    if (!used && !mercator)
        return (rdl_box){-earth, -earth, earth, earth};
    if (!used)
        box = (rdl_box){easting, -earth, easting, earth};
    double aside = mercator && easting >= ZONE_IN_EASTING ? NEXT_ZONE_M / unit : far;
    return (rdl_box){box.xmin - aside, box.ymin - far, box.xmax + aside, box.ymax + far};
}

static bool in_box(rdl_box box, double x, double y)
{
    return x >= box.xmin && x <= box.xmax && y >= box.ymin && y <= box.ymax;
}

bool rdl_crs_exchanged(const rdl_crs *crs, rdl_box box)
{
    double x = box.xmin + (box.xmax - box.xmin) / 2.0, y = box.ymin + (box.ymax - box.ymin) / 2.0;
    rdl_box use;

    if (rdl_crs_geographic(crs)) {
        if (!OSRGetAreaOfUse(crs->srs, &use.xmin, &use.ymin, &use.xmax, &use.ymax, NULL) ||
            use.xmin < -360.0)
            return false;
    } else if (!area_of_use(crs, &use)) {
        return false;
    }
    return !in_box(use, x, y) && in_box(use, y, x);
}

/* ---- zones in eastings ---- */

#define BEYOND_ZONE 0.5 /* degrees: sheets of neighbours overlap by as much */

/* Degrees of longitude of the zone with that number: 6n - 3 or 3n is its meridian; 0: neither. */
static double zone_width(int number, double meridian)
{
    if (fabs(meridian - (6.0 * number - 3.0)) < 0.01)
        return 6.0;
    return fabs(meridian - 3.0 * number) < 0.01 ? 3.0 : 0.0;
}

static double middle_longitude(const rdl_crs *crs, double x, double y)
{
    g_autoptr(rdl_transform) lonlat = rdl_transform_lonlat(crs, NULL);

    return lonlat && rdl_transform_points(lonlat, 1, &x, &y, NULL) ? x : NAN;
}

char *rdl_crs_zone_misfit(const rdl_crs *crs, rdl_box box)
{
    double easting, meridian = OSRGetProjParm(crs->srs, SRS_PP_CENTRAL_MERIDIAN, NAN, NULL);

    if (rdl_crs_geographic(crs) || !false_easting(crs, &easting) || easting < ZONE_IN_EASTING)
        return NULL;
    int number = (int)(easting / ZONE_IN_EASTING);
    double width = zone_width(number, meridian), reach = width / 2.0 + BEYOND_ZONE;
    double y = box.ymin + (box.ymax - box.ymin) / 2.0;
    double west = middle_longitude(crs, box.xmin, y), east = middle_longitude(crs, box.xmax, y);
    if (width == 0.0 || !(west > meridian + reach || east < meridian - reach))
        return NULL;
    double lon = (west + east) / 2.0;
    int fits = width > 3.0 ? (int)floor(lon / 6.0) + 1 : (int)lround(lon / 3.0);
    return g_strdup_printf(
        "its eastings begin with the zone's number %d (central meridian %g), but "
        "it lies at longitude %.3f, in zone %d",
        number, meridian, lon, fits);
}

/* ---- datums that need the user's own transformation ---- */

static bool guarded_datum(const rdl_crs *crs)
{
    const char *datum = OSRGetAttrValue(crs->srs, "DATUM", 0);
    g_autofree char *words = g_strconcat(rdl_crs_name(crs), " ", datum ? datum : "", NULL);
    double f = OSRGetInvFlattening(crs->srs, NULL), a = OSRGetSemiMajor(crs->srs, NULL);

    if (g_regex_match_simple("xian[ _]?(19)?80|beijing[ _]?(19)?54|new[ _]beijing|西安80|北京54",
                             words, G_REGEX_CASELESS, 0))
        return true;
    bool unnamed = !datum || g_regex_match_simple("unknown|unnamed|not[ _]specified|user", datum,
                                                  G_REGEX_CASELESS, 0);
    bool krassowsky = fabs(a - 6378245.0) < 0.5 && fabs(f - 298.3) < 1e-3;
    bool iag75 = fabs(a - 6378140.0) < 0.5 && fabs(f - 298.257) < 5e-4;
    return unnamed && (krassowsky || iag75);
}

static bool bound(const rdl_crs *crs)
{
    double seven[7];

    return strstr(crs->wkt, "TOWGS84[") || strstr(crs->wkt, "BOUNDCRS[") ||
           strstr(crs->wkt, "nadgrids") ||
           OSRGetTOWGS84(crs->srs, seven, G_N_ELEMENTS(seven)) == OGRERR_NONE;
}

bool rdl_crs_needs_shift(const rdl_crs *crs)
{
    return guarded_datum(crs) && !bound(crs);
}

bool rdl_crs_has_shift(const rdl_crs *crs)
{
    return guarded_datum(crs) && bound(crs);
}

rdl_crs *rdl_crs_shifted(const rdl_crs *crs, const double *numbers, size_t n, GError **error)
{
    double v[7] = {0};

    if (n != 3 && n != 7)
        return rdl_fail(error, RDL_ERROR_DATA, "a transformation has 3 or 7 numbers, not %zu", n),
               NULL;
    if (!rdl_crs_needs_shift(crs))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s needs no transformation: it is for Xian 80 and Beijing 54",
                        rdl_crs_name(crs)),
               NULL;
    memcpy(v, numbers, n * sizeof *v);
    OGRSpatialReferenceH srs = with_towgs84(crs, v);
    rdl_crs *shifted = rdl_crs_from_handle(srs);
    OSRDestroySpatialReference(srs);
    return shifted;
}

char *rdl_crs_misfit(const rdl_crs *crs, rdl_box box)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int zone = (int)(box.xmin / 1e6);
    double easting;

    g_string_printf(text, "x from %.10g to %.10g, y from %.10g to %.10g", box.xmin, box.xmax,
                    box.ymin, box.ymax);
    if (rdl_crs_geographic(crs)) {
        g_string_append(text, fabs(box.xmin) <= 90.0 && fabs(box.xmax) <= 90.0 &&
                                      fabs(box.ymin) <= 180.0 && fabs(box.ymax) <= 180.0
                                  ? ": latitude stands before longitude"
                                  : " are no degrees");
    } else if (false_easting(crs, &easting)) {
        bool numbered = easting >= ZONE_IN_EASTING;
        if (!numbered && box.xmin >= 1e7 && box.xmax < 1e8)
            g_string_append_printf(text,
                                   ": eastings of eight digits begin with the zone's number "
                                   "(%d), and this system has none",
                                   zone);
        else if (numbered && fabs(box.xmin) < 1e6 && fabs(box.xmax) < 1e6)
            g_string_append_printf(text,
                                   ": eastings of six digits have no zone number, and this "
                                   "system's begin with %d",
                                   (int)(easting / 1e6));
        else if (numbered && box.xmin >= 1e7 && box.xmax < 1e8)
            g_string_append_printf(text,
                                   ": eastings begin with the zone's number %d, this system's "
                                   "with %d",
                                   zone, (int)(easting / 1e6));
        else if (rdl_crs_exchanged(crs, box))
            g_string_append(text, ": northing stands before easting");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
