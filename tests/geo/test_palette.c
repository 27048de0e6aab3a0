/* Colours of one style are told apart by those who do not see all of them, and over imagery.
 *
 * Sight without one kind of cone: Machado, Oliveira and Fernandes 2009 (IEEE TVCG 15(6)), severity
 * 1, in linear sRGB. Difference: CIEDE2000 (Sharma, Wu and Dalal 2005), D65. Ten is several times
 * what can just be told apart side by side: places on a map are small and far from their legend.
 * Two rules nearer than that have to differ in form: one line dashed and the other not so, or half
 * as wide again. */
#include <math.h>
#include <string.h>
#include "geo/geo.h"
#include "suite.h"

#define APART 10.0
#define WIDER 1.5
#define RADIANS (G_PI / 180.0)

typedef struct {
    double L, a, b;
} lab;

typedef struct {
    char *name, *colour, *dash, *casing;
    double width, casing_width;
} drawn;

static const double sights[][3][3] = {
    {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}},
    {{0.152286, 1.052583, -0.204868}, /* protanopia */
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, /* deuteranopia */
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, /* tritanopia */
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}},
};

/* ---- colour ---- */

static double linear(guint64 channel)
{
    double c = (double)(channel & 255u) / 255.0;

    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double lightness(double t)
{
    return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
}

static lab seen(const char *hex, const double sight[3][3])
{
    guint64 n = g_ascii_strtoull(hex + 1, NULL, 16);
    const double rgb[] = {linear(n >> 16), linear(n >> 8), linear(n)};
    double s[3];

    for (int i = 0; i < 3; i++)
        s[i] = CLAMP(sight[i][0] * rgb[0] + sight[i][1] * rgb[1] + sight[i][2] * rgb[2], 0.0, 1.0);
    double x = lightness((0.4124564 * s[0] + 0.3575761 * s[1] + 0.1804375 * s[2]) / 0.95047);
    double y = lightness(0.2126729 * s[0] + 0.7151522 * s[1] + 0.0721750 * s[2]);
    double z = lightness((0.0193339 * s[0] + 0.1191920 * s[1] + 0.9503041 * s[2]) / 1.08883);
    return (lab){116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
}

static double degrees(double y, double x)
{
    double h = atan2(y, x) / RADIANS;

    return h < 0.0 ? h + 360.0 : h;
}

/* Symbols as in the paper. */
static double ciede2000(lab p, lab q)
{
    const double p25 = pow(25.0, 7.0);
    double Cm = pow((hypot(p.a, p.b) + hypot(q.a, q.b)) / 2.0, 7.0);
    double G = 0.5 * (1.0 - sqrt(Cm / (Cm + p25)));
    double a1 = (1.0 + G) * p.a, a2 = (1.0 + G) * q.a;
    double C1 = hypot(a1, p.b), C2 = hypot(a2, q.b);
    double h1 = degrees(p.b, a1), h2 = degrees(q.b, a2);
    double dh = C1 * C2 == 0.0 ? 0.0 : fmod(h2 - h1 + 540.0, 360.0) - 180.0;
    double dH = 2.0 * sqrt(C1 * C2) * sin(dh / 2.0 * RADIANS), dL = q.L - p.L, dC = C2 - C1;
    double L = (p.L + q.L) / 2.0, C = (C1 + C2) / 2.0, h = C1 * C2 == 0.0 ? h1 + h2 : h1 + dh / 2.0;
    double T = 1.0 - 0.17 * cos((h - 30.0) * RADIANS) + 0.24 * cos(2.0 * h * RADIANS) +
               0.32 * cos((3.0 * h + 6.0) * RADIANS) - 0.20 * cos((4.0 * h - 63.0) * RADIANS);
    double l = (L - 50.0) * (L - 50.0), C7 = pow(C, 7.0);
    double SL = 1.0 + 0.015 * l / sqrt(20.0 + l), SC = 1.0 + 0.045 * C, SH = 1.0 + 0.015 * C * T;
    double hue = (fmod(h + 360.0, 360.0) - 275.0) / 25.0;
    double RT = -sin(60.0 * exp(-hue * hue) * RADIANS) * 2.0 * sqrt(C7 / (C7 + p25));

    dL /= SL;
    dC /= SC;
    dH /= SH;
    return sqrt(dL * dL + dC * dC + dH * dH + RT * dC * dH);
}

/* ---- styles ---- */

static char *cell(const char *text, const char *before, char after)
{
    const char *from = text ? strstr(text, before) : NULL, *to;

    if (!from)
        return NULL;
    from += strlen(before);
    return (to = strchr(from, after)) ? g_strndup(from, (gsize)(to - from)) : NULL;
}

#define CSS(part, name) cell(part, "\"" name "\">", '<')

static drawn drawn_of(const char *rule)
{
    const char *first = strstr(rule, "<PolygonSymbolizer>");
    g_auto(GStrv) parts = g_strsplit(rule, "<PolygonSymbolizer>", -1);
    const char *last = parts[g_strv_length(parts) - 1], *stroke = strstr(last, "<Stroke>");
    g_autofree char *fill = CSS(last, "fill"), *line = CSS(stroke, "stroke");
    g_autofree char *width = CSS(stroke, "stroke-width"), *around = CSS(first, "stroke-width");
    /* a dark line goes round every filled colour: the colour tells; else the line does */
    bool filled = fill && g_strcmp0(line, "#222222") == 0;

    return (drawn){.name = cell(rule, "<Name>", '<'),
                   .colour = g_strdup(filled ? fill
                                      : line ? line
                                             : fill),
                   .dash = CSS(stroke, "stroke-dasharray"),
                   .casing = CSS(first, "stroke"),
                   .width = width ? g_ascii_strtod(width, NULL) : 1.0,
                   .casing_width = around ? g_ascii_strtod(around, NULL) : 0.0};
}

static void drawn_clear(drawn *d)
{
    g_free(d->name);
    g_free(d->colour);
    g_free(d->dash);
    g_free(d->casing);
}

static bool differ_in_form(const drawn *a, const drawn *b)
{
    return g_strcmp0(a->dash, b->dash) != 0 ||
           fmax(a->width, b->width) / fmin(a->width, b->width) >= WIDER;
}

/* The rules of a style, each with a word for what is wrong between two. */
static int check_style(const char *name)
{
    GError *error = NULL;
    g_autofree char *sld = rdl_style_sld(name, &error);
    g_auto(GStrv) rules = g_strsplit(sld ? sld : "", "<Rule>", -1);
    drawn all[32];
    int n = 0;

    CHECK_OK(error);
    for (char **rule = rules + 1; *rules && *rule && n < (int)G_N_ELEMENTS(all); rule++)
        all[n++] = drawn_of(*rule);
    for (int i = 0; i < n; i++) {
        CHECK_TEXT(all[i].casing, "#ffffff"); /* the halo that lifts it off dark ground */
        CHECK(all[i].casing_width >= all[i].width + 1.0);
        for (int k = 0; k < i; k++)
            for (size_t s = 0; s < G_N_ELEMENTS(sights); s++) {
                double d =
                    ciede2000(seen(all[i].colour, sights[s]), seen(all[k].colour, sights[s]));
                if (d >= APART || differ_in_form(&all[i], &all[k]))
                    continue;
                printf("\n    %s: %s and %s are %.1f apart in sight %zu", name, all[k].name,
                       all[i].name, d, s);
                CU_FAIL("two rules are not told apart");
            }
    }
    for (int i = 0; i < n; i++)
        drawn_clear(&all[i]);
    return n;
}

/* ---- tests ---- */

/* Pairs 1, 7, 17 and 25 of the paper's table 1. */
static void the_difference_is_that_of_the_paper(void)
{
    CHECK_NEAR(ciede2000((lab){50, 2.6772, -79.7751}, (lab){50, 0, -82.7485}), 2.0425, 1e-4);
    CHECK_NEAR(ciede2000((lab){50, 0, 0}, (lab){50, -1, 2}), 2.3669, 1e-4);
    CHECK_NEAR(ciede2000((lab){50, 2.5, 0}, (lab){73, 25, -18}), 27.1492, 1e-4);
    CHECK_NEAR(ciede2000((lab){60.2574, -34.0099, 36.2677}, (lab){60.4626, -34.1751, 39.4387}),
               1.2644, 1e-4);
}

static void rules_are_told_apart_whatever_cones_one_has(void)
{
    static const char *const styles[] = {"task",   "finding", "patch", "zone",
                                         "permit", "unit",    "site",  "review"};

    for (size_t i = 0; i < G_N_ELEMENTS(styles); i++)
        CHECK(check_style(styles[i]) > 0);
}

/* In one: "中文 / English", so that a legend has either. */
static void every_rule_has_two_names(void)
{
    static const char *const styles[] = {"task",   "finding", "patch", "zone",
                                         "permit", "unit",    "site",  "review"};

    for (size_t i = 0; i < G_N_ELEMENTS(styles); i++) {
        g_autoptr(rdl_style) style = rdl_style_read(styles[i], NULL);
        for (int k = 0; k < rdl_style_count(style); k++) {
            g_auto(GStrv) halves = g_strsplit(rdl_style_title(style, k), " / ", -1);
            CHECK_INT(g_strv_length(halves), 2);
            CHECK(!g_str_is_ascii(halves[0]) && halves[1] && g_str_is_ascii(halves[1]));
        }
    }
}

static CU_TestInfo tests[] = {
    {"the difference is that of the paper", the_difference_is_that_of_the_paper},
    {"rules are told apart whatever cones one has", rules_are_told_apart_whatever_cones_one_has},
    {"every rule has two names", every_rule_has_two_names},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    int status = run_suite("geo.palette", tests, argc, argv);
    rdl_geo_stop();
    return status;
}
