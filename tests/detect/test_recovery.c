/* What a later scene shows of disturbed ground: planted endings must be told for what they are. */
#include "detect/detect.h"
#include "fixtures/scene.h"

enum { SIDE = 90, BANDS = 4, N = SIDE * SIDE, FROM = 35, TO = 55 };

typedef struct {
    float values[3][BANDS][N];
    const float *planes[3][BANDS];
    uint8_t seen_after[N], seen_later[N], ground[N];
    rdl_recovery_window w;
} made;

/* red, nir, swir1 and one more: vegetation with texture, two dates under other suns. */
static double land(int k, double texture)
{
    static const double base[BANDS] = {40, 160, 70, 60}, slope[BANDS] = {0.3, -0.8, 0.5, 0.2};

    return base[k] + slope[k] * texture;
}

static double bare(int k)
{
    static const double bright[BANDS] = {150, 170, 190, 140};

    return bright[k];
}

static bool in_ground(size_t i)
{
    int x = (int)(i % SIDE), y = (int)(i / SIDE);

    return x >= FROM && x < TO && y >= FROM && y < TO;
}

typedef bool (*disturbed_fn)(int x, int y); /* later */

static made *make(GRand *r, disturbed_fn stands, double noise)
{
    made *m = g_new0(made, 1);
    static const double gain[3] = {1.0, 0.8, 1.2}, offset[3] = {0, 11, -7};

    for (size_t i = 0; i < N; i++) {
        int x = (int)(i % SIDE), y = (int)(i / SIDE);
        double texture = 40.0 * sin(x / 7.0) * cos(y / 9.0) + g_rand_double_range(r, -10, 10);
        bool state[3] = {false, in_ground(i), stands(x, y)};
        for (int date = 0; date < 3; date++)
            for (int k = 0; k < BANDS; k++) {
                double v = state[date] ? bare(k) : land(k, texture);
                double n = g_rand_double_range(r, -noise, noise);
                m->values[date][k][i] = (float)(gain[date] * (v + n) + offset[date]);
            }
        m->seen_after[i] = m->seen_later[i] = 1;
        m->ground[i] = in_ground(i);
    }
    for (int date = 0; date < 3; date++)
        for (int k = 0; k < BANDS; k++)
            m->planes[date][k] = m->values[date][k];
    m->w = (rdl_recovery_window){.width = SIDE,
                                 .height = SIDE,
                                 .bands = BANDS,
                                 .before = m->planes[0],
                                 .after = m->planes[1],
                                 .later = m->planes[2],
                                 .seen_after = m->seen_after,
                                 .seen_later = m->seen_later,
                                 .ground = m->ground,
                                 .red = 0,
                                 .nir = 1,
                                 .swir = 2,
                                 .green = -1};
    return m;
}

static rdl_recovery told(const made *m)
{
    rdl_recovery_limits limits = RDL_RECOVERY_LIMITS_INIT;
    rdl_recovery r;

    rdl_recovery_of(&m->w, &limits, &r);
    return r;
}

static bool square(int x, int y, int from, int to)
{
    return x >= from && x < to && y >= from && y < to;
}

static bool all_stands(int x, int y)
{
    return square(x, y, FROM, TO);
}

static bool nothing_stands(int x, int y)
{
    (void)x;
    (void)y;
    return false;
}

static bool half_stands(int x, int y)
{
    return square(x, y, FROM, TO) && x < (FROM + TO) / 2;
}

static bool has_spread(int x, int y)
{
    return square(x, y, FROM - 5, TO + 5);
}

static bool elsewhere_too(int x, int y)
{
    return square(x, y, FROM, TO) || square(x, y, 2, 20);
}

static const struct {
    const char *what;
    disturbed_fn stands;
    rdl_outcome outcome;
    double residual;
} endings[] = {{"all stands", all_stands, RDL_OUTCOME_STANDING, 1.0},
               {"all is back", nothing_stands, RDL_OUTCOME_RESTORED, 0.0},
               {"half is back", half_stands, RDL_OUTCOME_PARTLY, 0.5},
               {"it has spread", has_spread, RDL_OUTCOME_GROWN, 1.0},
               {"others are built elsewhere", elsewhere_too, RDL_OUTCOME_STANDING, 1.0}};

static void endings_are_told(void)
{
    guint32 seed = g_random_int();

    printf("seed %u\n", seed);
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        for (double noise = 1.0; noise < 20.0; noise += 6.0) {
            g_autofree made *m = make(r, endings[i].stands, noise);
            rdl_recovery it = told(m);
            if (it.outcome != endings[i].outcome)
                printf("%s, noise %g: %s\n", endings[i].what, noise, rdl_outcome_name(it.outcome));
            CHECK_INT(it.outcome, endings[i].outcome);
            CHECK_NEAR(it.residual, endings[i].residual, 0.02);
            CHECK(it.residual_min <= it.residual && it.residual <= it.residual_max);
            CHECK_INT(it.base, RDL_RECOVERY_PAST);
        }
}

static void growth_is_measured_without_the_rim(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(1);
    g_autofree made *m = make(r, has_spread, 2.0);
    rdl_recovery it = told(m);

    CHECK_NEAR(it.grown_max, (30.0 * 30.0 - 400.0) / 400.0, 0.02);
    CHECK_NEAR(it.grown_min, (30.0 * 30.0 - 24.0 * 24.0) / 400.0, 0.02);
}

/* Cut to bare soil of another kind: the works are gone, the forest is not back. */
static void gone_is_not_restored(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(2);
    g_autofree made *m = make(r, nothing_stands, 2.0);

    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < BANDS && in_ground(i); k++) { /* 40 % of the way is left */
            double past = m->values[0][k][i];
            m->values[2][k][i] = (float)(1.2 * (past + 0.4 * (bare(k) - past)) - 7.0);
        }
    rdl_recovery it = told(m);
    CHECK_INT(it.outcome, RDL_OUTCOME_PARTLY);
    CHECK_NEAR(it.recovery, 0.6, 0.05);
    CHECK(it.residual < 0.05);
}

static void clouds_keep_from_telling(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(3);
    g_autofree made *m = make(r, nothing_stands, 2.0);

    for (size_t i = 0; i < N; i++)
        m->seen_later[i] = (int)(i % SIDE) >= 45; /* half of the ground */
    rdl_recovery it = told(m);
    CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
    CHECK_INT(it.codes & RDL_RECOVERY_NOT_CLEAR, RDL_RECOVERY_NOT_CLEAR);
    for (size_t i = 0; i < N; i++)
        m->seen_later[i] = (int)(i % SIDE) >= 41; /* seven tenths: what is hidden may stand */
    it = told(m);
    CHECK_INT(it.codes & RDL_RECOVERY_NOT_CLEAR, 0);
    CHECK_NEAR(it.residual_max, 0.3, 0.02);
    CHECK_INT(it.outcome, RDL_OUTCOME_RESTORED);
    rdl_recovery_limits strict = RDL_RECOVERY_LIMITS_INIT;
    strict.doubt = 0.25; /* what is hidden would be too much to call it restored */
    rdl_recovery_of(&m->w, &strict, &it);
    CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
    CHECK_INT(it.codes, RDL_RECOVERY_UNCERTAIN);
}

static void what_always_stood_is_held_against_its_neighbours(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(4);
    g_autofree made *standing = make(r, all_stands, 2.0), *gone = make(r, nothing_stands, 2.0);

    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < BANDS && in_ground(i); k++)
            standing->values[0][k][i] = gone->values[0][k][i] = (float)bare(k);
    rdl_recovery there = told(standing), not = told(gone);
    CHECK_INT(there.base, RDL_RECOVERY_NEIGHBOURS);
    CHECK_INT(there.outcome, RDL_OUTCOME_STANDING);
    CHECK_INT(not .base, RDL_RECOVERY_NEIGHBOURS);
    CHECK_INT(not .outcome, RDL_OUTCOME_RESTORED);
}

static void no_disturbance_is_not_judged(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(5);
    g_autofree made *m = make(r, nothing_stands, 2.0);

    memcpy(m->values[1], m->values[0], sizeof m->values[1]); /* nothing ever happened */
    rdl_recovery it = told(m);
    CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
    CHECK_INT(it.codes & RDL_RECOVERY_INDISTINCT, RDL_RECOVERY_INDISTINCT);
}

static void small_and_crowded_grounds_are_not_judged(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(6);
    g_autofree made *m = make(r, all_stands, 2.0);
    rdl_recovery it;

    for (size_t i = 0; i < N; i++)
        m->ground[i] = m->ground[i] ? 1 : 2; /* all around is another site's */
    it = told(m);
    CHECK_INT(it.codes, RDL_RECOVERY_FEW_NEIGHBOURS);
    memset(m->ground, 0, sizeof m->ground);
    m->ground[45 * SIDE + 45] = 1;
    it = told(m);
    CHECK_INT(it.codes, RDL_RECOVERY_FEW_PIXELS);
    CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
}

static void indices_stand_beside_their_neighbours(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(7);
    g_autofree made *m = make(r, all_stands, 0.5);
    rdl_recovery it = told(m);

    CHECK(it.ndvi[0] > 0.5 && it.ndvi[1] < 0.2 && it.ndvi[2] < 0.2);
    CHECK_NEAR(it.ndvi[0], it.ndvi_around[0], 0.05);
    CHECK(it.bare[1] > it.bare_around[1] + 0.3);
    m->values[2][0][40 * SIDE + 40] = m->values[2][1][40 * SIDE + 40] = 0; /* has no index */
    rdl_recovery without = told(m);
    CHECK_NEAR(without.ndvi[2], it.ndvi[2], 0.01);
}

static void trends_need_three_scenes_and_a_direction(void)
{
    const double days[] = {0, 365.2425, 730.485, 1095.7275}, up[] = {0.1, 0.2, 0.3, 0.4},
                 mixed[] = {0.1, 0.4, 0.1, 0.4};
    int sign;

    CHECK(isnan(rdl_trend(2, days, up, &sign)));
    CHECK_NEAR(rdl_trend(4, days, up, &sign), 0.1, 1e-12);
    CHECK_INT(sign, 1);
    rdl_trend(4, days, mixed, &sign);
    CHECK_INT(sign, 0);
}

/* ---- from files ---- */

static const char *planted(const char *name, GRand *r, disturbed_fn stands, int date)
{
    made_form f = MADE_FORM;
    g_autofree made *m = make(r, stands, 2.0);
    g_autofree double *planes = g_new(double, N *BANDS);

    f.width = f.height = SIDE;
    f.bands = BANDS;
    for (int k = 0; k < BANDS; k++)
        for (size_t i = 0; i < N; i++)
            planes[(size_t)k * N + i] = round(m->values[date][k][i]);
    return make_raster(name, &f, planes);
}

static void scenes_are_read_around_a_ground(void)
{
    GError *error = NULL;
    rdl_recovery_options o = {.bands = "red=1,nir=2,swir1=3,4", .threads = 1};
    g_autoptr(GRand) r = g_rand_new_with_seed(8);
    rdl_recovery_limits limits = RDL_RECOVERY_LIMITS_INIT;
    g_autofree char *before = g_strdup(planted("before.tif", r, all_stands, 0));
    rdl_recovery it;
    bool reaches = false;

    g_rand_set_seed(r, 8); /* the same texture under other noise would be another land */
    g_autofree char *after = g_strdup(planted("after.tif", r, all_stands, 1));
    g_rand_set_seed(r, 8);
    g_autofree char *later = g_strdup(planted("later.tif", r, half_stands, 2));
    o.before = before;
    o.after = after;
    o.later = later;
    g_autoptr(rdl_recovery_scenes) scenes = rdl_recovery_open(&o, NULL, &error);
    CHECK_OK(error);
    g_autofree char *wkt = g_strdup_printf(
        "POLYGON((%d %d,%d %d,%d %d,%d %d,%d %d))", 500000 + FROM * 30, 3600000 - FROM * 30,
        500000 + TO * 30, 3600000 - FROM * 30, 500000 + TO * 30, 3600000 - TO * 30,
        500000 + FROM * 30, 3600000 - TO * 30, 500000 + FROM * 30, 3600000 - FROM * 30);
    g_autoptr(rdl_geometry) ground = rdl_geometry_from_wkt(wkt, &error);
    g_autoptr(rdl_geometry) far = rdl_geometry_from_wkt("POLYGON((0 0,9 0,9 9,0 9,0 0))", &error);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32651", &error);
    CHECK_OK(error);
    CHECK(rdl_recovery_measure(scenes, ground, NULL, crs, &limits, &it, &error));
    CHECK_OK(error);
    CHECK_INT(it.pixels, 400);
    CHECK_INT(it.outcome, RDL_OUTCOME_PARTLY);
    CHECK_NEAR(it.residual, 0.5, 0.02);
    g_autofree char *cut =
        g_strdup_printf("POLYGON((%d %d,%d %d,%d %d,%d %d,%d %d))", 499700, 3600000 - FROM * 30,
                        500300, 3600000 - FROM * 30, 500300, 3600000 - TO * 30, 499700,
                        3600000 - TO * 30, 499700, 3600000 - FROM * 30);
    g_autoptr(rdl_geometry) half = rdl_geometry_from_wkt(cut, &error);
    CHECK(rdl_recovery_measure(scenes, half, NULL, crs, &limits, &it, &error));
    CHECK_INT(it.codes & RDL_RECOVERY_OUTSIDE, RDL_RECOVERY_OUTSIDE);
    CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
    CHECK(rdl_recovery_reaches(scenes, far, crs, &reaches, &error) && !reaches);
    CHECK(rdl_recovery_reaches(scenes, ground, crs, &reaches, &error) && reaches);
}

/* A scene of something else, or of cloud, lies well and shows nothing; another season is told. */
static void the_gate_is_asked_first(void)
{
    GError *error = NULL;
    g_autoptr(GRand) r = g_rand_new_with_seed(15);
    rdl_recovery_limits limits = RDL_RECOVERY_LIMITS_INIT;
    g_autofree char *before = g_strdup(planted("g-before.tif", r, all_stands, 0));
    g_rand_set_seed(r, 15);
    g_autofree char *after = g_strdup(planted("g-after.tif", r, all_stands, 1));
    made_form f = MADE_FORM;
    g_autofree double *planes = g_new(double, N *BANDS);
    rdl_recovery it;

    f.width = f.height = SIDE;
    f.bands = BANDS;
    for (size_t i = 0; i < N * BANDS; i++)
        planes[i] = 200 + g_rand_int_range(r, -20, 20);
    g_autofree char *later = g_strdup(make_raster("g-later.tif", &f, planes));
    rdl_recovery_options o = {.before = before,
                              .after = after,
                              .later = later,
                              .bands = "red=1,nir=2,swir1=3,4",
                              .date_before = "2020-07-01",
                              .date_later = "2025-01-15",
                              .threads = 1};
    g_autoptr(rdl_recovery_scenes) scenes = rdl_recovery_open(&o, NULL, &error);
    CHECK_OK(error);
    CHECK(strstr(rdl_recovery_gate(scenes), "UNLIKE") != NULL);
    CHECK(strstr(rdl_recovery_gate(scenes), "SEASON") != NULL);
    g_autofree char *wkt = g_strdup_printf(
        "POLYGON((%d %d,%d %d,%d %d,%d %d,%d %d))", 500000 + FROM * 30, 3600000 - FROM * 30,
        500000 + TO * 30, 3600000 - FROM * 30, 500000 + TO * 30, 3600000 - TO * 30,
        500000 + FROM * 30, 3600000 - TO * 30, 500000 + FROM * 30, 3600000 - FROM * 30);
    g_autoptr(rdl_geometry) ground = rdl_geometry_from_wkt(wkt, &error);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32651", &error);
    CHECK(rdl_recovery_measure(scenes, ground, NULL, crs, &limits, &it, &error));
    CHECK_OK(error);
    CHECK_INT(it.codes & RDL_RECOVERY_UNLIKE, RDL_RECOVERY_UNLIKE);
    CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
}

/* 1 of 20 columns of the ground is water before, all after, 5 later. */
static void water_is_where_green_outshines(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(8);
    g_autofree made *m = make(r, nothing_stands, 2.0);
    static const int wet[] = {1, 20, 5};

    m->w.green = 0; /* the planes serve as green, nir, swir */
    for (size_t i = 0; i < N; i++)
        for (int date = 0; date < 3 && in_ground(i); date++) {
            bool is = (int)(i % SIDE) < FROM + wet[date];
            m->values[date][0][i] = is ? 80.0f : 20.0f;
            m->values[date][2][i] = is ? 20.0f : 80.0f;
        }
    rdl_recovery it = told(m);
    for (int date = 0; date < 3; date++)
        CHECK_NEAR(it.water[date], wet[date] / 20.0, 1e-12);
    m->w.green = -1;
    it = told(m);
    CHECK(isnan(it.water[0]));
}

/* A quarter stands, a quarter is six tenths back, a half is as it was. */
static void what_is_restored_is_told_pixel_by_pixel(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(9);
    g_autofree made *m = make(r, nothing_stands, 1.0);

    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < BANDS && in_ground(i); k++) {
            int x = (int)(i % SIDE) - FROM;
            double past = m->values[0][k][i], left = x < 5 ? 1.0 : x < 10 ? 0.4 : 0.0;
            m->values[2][k][i] = (float)(1.2 * (past + left * (bare(k) - past)) - 7.0);
        }
    rdl_recovery it = told(m);
    CHECK_NEAR(it.residual, 0.25, 0.02);
    CHECK_NEAR(it.restored, 0.5, 0.03);
}

/* Cloud that no mask tells of, over what stands or is back: neither as before nor as after. */
static void unmasked_cloud_tells_nothing(void)
{
    static const disturbed_fn under[] = {nothing_stands, all_stands};

    for (int i = 0; i < 2; i++) {
        g_autoptr(GRand) r = g_rand_new_with_seed(10);
        g_autofree made *m = make(r, under[i], 2.0);
        for (size_t j = 0; j < N; j++)
            for (int k = 0; k < BANDS && square((int)(j % SIDE), (int)(j / SIDE), FROM - 6, TO + 6);
                 k++)
                m->values[2][k][j] = (float)(500.0 + g_rand_double_range(r, -20, 20));
        rdl_recovery it = told(m);
        CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
        CHECK_INT(it.codes & RDL_RECOVERY_OTHERWISE, RDL_RECOVERY_OTHERWISE);
        CHECK_NEAR(it.otherwise, 1.0, 0.05);
        g_autofree char *code = rdl_recovery_code_text(it.codes);
        CHECK(strstr(code, "OTHERWISE") != NULL);
    }
}

/* A third under cloud: what is left tells, and the bounds allow for the rest. */
static void cloud_over_some_widens_the_bounds(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(11);
    g_autofree made *m = make(r, all_stands, 2.0);

    for (size_t j = 0; j < N; j++)
        for (int k = 0; k < BANDS && in_ground(j) && (int)(j % SIDE) < FROM + 6; k++)
            m->values[2][k][j] = 500.0f;
    rdl_recovery it = told(m);
    CHECK_INT(it.outcome, RDL_OUTCOME_STANDING);
    CHECK_NEAR(it.residual, 1.0, 0.01);
    CHECK_NEAR(it.residual_min, 0.7, 0.01);
    CHECK_NEAR(it.residual_max, 1.0, 0.01);
    CHECK_NEAR(it.otherwise, 0.3, 0.01);
}

/* Forest that is all alike, and noise in the later scene: its spread is no measure of contrast. */
static void contrast_is_that_of_the_scenes(void)
{
    g_autoptr(GRand) r = g_rand_new_with_seed(12);
    g_autofree made *m = make(r, all_stands, 1.0);
    static const double gain[3] = {1.0, 0.8, 1.2}, offset[3] = {0, 11, -7}, noise[3] = {2, 2, 8};
    rdl_recovery_fit fits[2][BANDS];

    for (size_t i = 0; i < N; i++)
        for (int date = 0; date < 3; date++)
            for (int k = 0; k < BANDS; k++) {
                double v = date > 0 && in_ground(i) ? bare(k) : land(k, 0.0);
                v += g_rand_double_range(r, -noise[date], noise[date]);
                m->values[date][k][i] = (float)(gain[date] * v + offset[date]);
            }
    rdl_recovery shrunk = told(m);
    for (int date = 1; date < 3; date++)
        for (int k = 0; k < BANDS; k++)
            fits[date - 1][k] =
                (rdl_recovery_fit){1.0 / gain[date], -offset[date] / gain[date], 8.0, 1.0};
    m->w.fits[0] = fits[0];
    m->w.fits[1] = fits[1];
    rdl_recovery it = told(m);
    CHECK(shrunk.recovery > 0.5); /* what the neighbours' spread alone would say */
    CHECK_NEAR(it.recovery, 0.0, 0.05);
    CHECK_INT(it.outcome, RDL_OUTCOME_STANDING);
}

/* The same from files: forest that is all alike around the ground, fields beyond it. */
static char *half_alike(const char *name, GRand *r, int date)
{
    enum { WIDE = 4 * SIDE, PIXELS = WIDE * SIDE };
    static const double gain[3] = {1.0, 0.8, 1.2}, offset[3] = {0, 11, -7}, noise[3] = {2, 2, 8};
    g_autofree double *planes = g_new(double, (size_t)PIXELS *BANDS);
    made_form f = MADE_FORM;

    f.width = WIDE, f.height = SIDE, f.bands = BANDS;
    for (int i = 0; i < PIXELS; i++) {
        int x = i % WIDE, y = i / WIDE;
        double texture = x < 2 * SIDE ? 0.0 : 50.0 * sin(x / 5.0) * cos(y / 6.0);
        for (int k = 0; k < BANDS; k++) {
            bool stands = date > 0 && x < SIDE && in_ground((size_t)(y * SIDE + x));
            double v = stands ? bare(k) : land(k, texture);
            v += g_rand_double_range(r, -noise[date], noise[date]);
            planes[k * PIXELS + i] = round(gain[date] * v + offset[date]);
        }
    }
    return g_strdup(make_raster(name, &f, planes));
}

static void contrast_is_read_from_whole_scenes(void)
{
    GError *error = NULL;
    g_autoptr(GRand) r = g_rand_new_with_seed(21);
    rdl_recovery_limits limits = RDL_RECOVERY_LIMITS_INIT;
    g_autofree char *before = half_alike("w-before.tif", r, 0);
    g_autofree char *after = half_alike("w-after.tif", r, 1);
    g_autofree char *later = half_alike("w-later.tif", r, 2);
    rdl_recovery_options o = {.before = before,
                              .after = after,
                              .later = later,
                              .bands = "red=1,nir=2,swir1=3,4",
                              .threads = 1};
    g_autoptr(rdl_recovery_scenes) scenes = rdl_recovery_open(&o, NULL, &error);
    g_autofree char *wkt = g_strdup_printf(
        "POLYGON((%d %d,%d %d,%d %d,%d %d,%d %d))", 500000 + FROM * 30, 3600000 - FROM * 30,
        500000 + TO * 30, 3600000 - FROM * 30, 500000 + TO * 30, 3600000 - TO * 30,
        500000 + FROM * 30, 3600000 - TO * 30, 500000 + FROM * 30, 3600000 - FROM * 30);
    g_autoptr(rdl_geometry) ground = rdl_geometry_from_wkt(wkt, &error);
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:32651", &error);
    rdl_recovery it;

    CHECK(rdl_recovery_measure(scenes, ground, NULL, crs, &limits, &it, &error));
    CHECK_OK(error);
    CHECK_NEAR(it.recovery, 0.0, 0.1);
    CHECK_INT(it.outcome, RDL_OUTCOME_STANDING);
}

/* A fifth of the pixels is cloud, some ground changed, one date is noisy. */
static void the_axis_is_that_of_what_did_not_change(void)
{
    enum { PIXELS = 4000 };
    g_autoptr(GRand) r = g_rand_new_with_seed(13);
    g_autofree double *before = g_new(double, PIXELS), *date = g_new(double, PIXELS);
    rdl_recovery_fit f;

    for (int i = 0; i < PIXELS; i++) {
        double land_i = g_rand_double_range(r, 20, 80);
        before[i] = land_i + g_rand_double_range(r, -2, 2);
        date[i] = (land_i - 5.0) / 1.6 + g_rand_double_range(r, -1.25, 1.25);
        if (i % 5 == 0)
            date[i] = g_rand_double_range(r, 200, 255);
        if (i % 13 == 0)
            before[i] += 60.0;
    }
    CHECK(rdl_recovery_fit_of(PIXELS, before, date, &f));
    CHECK_NEAR(f.gain, 1.6, 0.05);
    CHECK_NEAR(f.offset, 5.0, 2.0);
    CHECK(f.noise > 0.5 && f.noise < 6.0);
    CHECK(f.agreement > 0.95 && f.agreement <= 1.0);
    for (int i = 0; i < PIXELS; i++)
        date[i] = 7.0;
    CHECK(!rdl_recovery_fit_of(PIXELS, before, date, &f));
    CHECK(!rdl_recovery_fit_of(0, before, date, &f));
    for (int i = 0; i < PIXELS; i++)
        date[i] = g_rand_double_range(r, 0, 255);
    CHECK(rdl_recovery_fit_of(PIXELS, before, date, &f));
    CHECK(fabs(f.agreement) < 0.2);
}

/* Shadow or haze that no mask tells of, over the ground and what is next to it. */
static void a_veil_around_is_a_veil_over_it(void)
{
    static const disturbed_fn under[] = {nothing_stands, all_stands, has_spread};
    static const struct {
        double keeps, adds;
    } veils[] = {{1.0, 0.0}, {0.4, 0.0}, {0.7, 0.0}, {0.8, 50.0}};

    for (int v = 0; v < 4; v++)
        for (int i = 0; i < 3; i++) {
            g_autoptr(GRand) r = g_rand_new_with_seed(15);
            g_autofree made *m = make(r, under[i], 2.0);
            for (size_t j = 0; j < N; j++)
                for (int k = 0;
                     k < BANDS && square((int)(j % SIDE), (int)(j / SIDE), FROM - 8, TO + 8); k++)
                    m->values[2][k][j] =
                        (float)(veils[v].keeps * (double)m->values[2][k][j] + veils[v].adds);
            bool tells = v == 0 || (v == 3 && i == 2); /* growth shows through haze */
            rdl_recovery it = told(m);
            CHECK_INT(it.codes & RDL_RECOVERY_CHANGED_AROUND,
                      tells ? 0 : RDL_RECOVERY_CHANGED_AROUND);
            CHECK_INT(it.outcome == RDL_OUTCOME_CANNOT_TELL, !tells);
        }
}

/* What stands, its contrast halved: restored in part it looks, and may be whole. */
static void scenes_that_hardly_agree_tell_less(void)
{
    static const double agreements[] = {1.0, 0.6, 0.2};
    static const unsigned codes[] = {0, RDL_RECOVERY_UNCERTAIN, RDL_RECOVERY_UNLIKE};
    static const double gain[3] = {1.0, 0.8, 1.2}, offset[3] = {0, 11, -7};

    for (int a = 0; a < 3; a++) {
        g_autoptr(GRand) r = g_rand_new_with_seed(16);
        g_autofree made *m = make(r, all_stands, 2.0);
        rdl_recovery_fit fits[2][BANDS];
        for (int date = 1; date < 3; date++)
            for (int k = 0; k < BANDS; k++)
                fits[date - 1][k] = (rdl_recovery_fit){1.0 / gain[date], -offset[date] / gain[date],
                                                       3.0, date == 2 ? agreements[a] : 1.0};
        m->w.fits[0] = fits[0];
        m->w.fits[1] = fits[1];
        for (size_t i = 0; i < N; i++)
            for (int k = 0; k < BANDS && in_ground(i); k++) {
                double past = m->values[0][k][i];
                m->values[2][k][i] = (float)(1.2 * (past + 0.42 * (bare(k) - past)) - 7.0);
            }
        rdl_recovery it = told(m);
        CHECK_NEAR(it.residual, 0.0, 0.05);
        CHECK_NEAR(it.residual_max, a == 0 ? 0.0 : 1.0, 0.05);
        CHECK_INT(it.codes & (RDL_RECOVERY_UNLIKE | RDL_RECOVERY_UNCERTAIN), codes[a]);
        CHECK_INT(it.outcome, a == 0 ? RDL_OUTCOME_PARTLY : RDL_OUTCOME_CANNOT_TELL);
    }
}

/* All that the window shows was cleared with the ground, or lies under one cloud: no measure. */
static void neighbours_that_changed_themselves_are_no_measure(void)
{
    static const double gain[3] = {1.0, 0.8, 1.2}, offset[3] = {0, 11, -7};

    for (int changed = 1; changed < 3; changed++) {
        g_autoptr(GRand) r = g_rand_new_with_seed(14);
        g_autofree made *m = make(r, nothing_stands, 2.0);
        rdl_recovery_fit fits[2][BANDS];
        for (int date = 1; date < 3; date++)
            for (int k = 0; k < BANDS; k++)
                fits[date - 1][k] =
                    (rdl_recovery_fit){1.0 / gain[date], -offset[date] / gain[date], 3.0, 1.0};
        m->w.fits[0] = fits[0];
        m->w.fits[1] = fits[1];
        CHECK_INT(told(m).codes, 0);
        for (size_t i = 0; i < N; i++)
            for (int k = 0; k < BANDS; k++)
                m->values[changed][k][i] += 60.0f;
        rdl_recovery it = told(m);
        CHECK_INT(it.codes & RDL_RECOVERY_CHANGED_AROUND, RDL_RECOVERY_CHANGED_AROUND);
        CHECK_INT(it.outcome, RDL_OUTCOME_CANNOT_TELL);
    }
}

static CU_TestInfo tests[] = {
    {"endings are told", endings_are_told},
    {"growth is measured without the rim", growth_is_measured_without_the_rim},
    {"gone is not restored", gone_is_not_restored},
    {"clouds keep from telling", clouds_keep_from_telling},
    {"what always stood is held against its neighbours",
     what_always_stood_is_held_against_its_neighbours},
    {"no disturbance is not judged", no_disturbance_is_not_judged},
    {"small and crowded grounds are not judged", small_and_crowded_grounds_are_not_judged},
    {"indices stand beside their neighbours", indices_stand_beside_their_neighbours},
    {"trends need three scenes and a direction", trends_need_three_scenes_and_a_direction},
    {"scenes are read around a ground", scenes_are_read_around_a_ground},
    {"the gate is asked first", the_gate_is_asked_first},
    {"water is where green outshines", water_is_where_green_outshines},
    {"what is restored is told pixel by pixel", what_is_restored_is_told_pixel_by_pixel},
    {"a veil around is a veil over it", a_veil_around_is_a_veil_over_it},
    {"scenes that hardly agree tell less", scenes_that_hardly_agree_tell_less},
    {"unmasked cloud tells nothing", unmasked_cloud_tells_nothing},
    {"cloud over some widens the bounds", cloud_over_some_widens_the_bounds},
    {"contrast is that of the scenes", contrast_is_that_of_the_scenes},
    {"contrast is read from whole scenes", contrast_is_read_from_whole_scenes},
    {"the axis is that of what did not change", the_axis_is_that_of_what_did_not_change},
    {"neighbours that changed themselves are no measure",
     neighbours_that_changed_themselves_are_no_measure},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("detect.recovery", tests, argc, argv);
}
