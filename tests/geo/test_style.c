/* One SLD, told to QGIS in its own words; and QGIS itself asked, where it is installed. */
#include <glib/gstdio.h>
#include <string.h>
#include "geo/geo.h"
#include "suite.h"

static const char head[] = "<StyledLayerDescriptor><NamedLayer><Name>l</Name><UserStyle>"
                           "<FeatureTypeStyle><Rule><Name>one</Name><Title>一 / one</Title>";
static const char tail[] = "</Rule></FeatureTypeStyle></UserStyle></NamedLayer>"
                           "</StyledLayerDescriptor>";

static char *qml_of(const char *body, GError **error)
{
    g_autofree char *sld = g_strconcat(head, body, tail, NULL);

    return rdl_style_qml(sld, "l", NULL, error);
}

static void a_filter_becomes_an_expression(void)
{
    GError *error = NULL;
    g_autofree char *qml = qml_of(
        "<Filter><And><Or><PropertyIsEqualTo><PropertyName>a</PropertyName><Literal>x</Literal>"
        "</PropertyIsEqualTo><PropertyIsNull><PropertyName>a</PropertyName></PropertyIsNull></Or>"
        "<Not><PropertyIsEqualTo><PropertyName>b</PropertyName><Literal>it's</Literal>"
        "</PropertyIsEqualTo></Not></And></Filter>",
        &error);

    CHECK_OK(error);
    CHECK(qml && strstr(qml, "filter=\"((&quot;a&quot; = &apos;x&apos; OR &quot;a&quot; IS NULL) "
                             "AND NOT &quot;b&quot; = &apos;it&apos;&apos;s&apos;)\""));
    CHECK(qml && strstr(qml, "label=\"一 / one\""));
}

static void a_symbolizer_keeps_its_colours_widths_and_dashes(void)
{
    GError *error = NULL;
    g_autofree char *qml = qml_of(
        "<PolygonSymbolizer><Fill><CssParameter name=\"fill\">#0072b2</CssParameter>"
        "<CssParameter name=\"fill-opacity\">0.5</CssParameter></Fill><Stroke>"
        "<CssParameter name=\"stroke\">#d55e00</CssParameter>"
        "<CssParameter name=\"stroke-width\">1.6</CssParameter>"
        "<CssParameter name=\"stroke-dasharray\">7 3</CssParameter></Stroke></PolygonSymbolizer>",
        &error);

    CHECK_OK(error);
    CHECK(qml && strstr(qml, "k=\"color\" v=\"0,114,178,128\""));
    CHECK(qml && strstr(qml, "k=\"line_color\" v=\"213,94,0,255\""));
    CHECK(qml && strstr(qml, "k=\"line_width\" v=\"1.6\""));
    CHECK(qml && strstr(qml, "k=\"customdash\" v=\"7;3\""));
}

static void what_is_not_known_is_an_error(void)
{
    static const char *const bad[] = {
        "<LineSymbolizer/>", "<Filter><PropertyIsLike/></Filter>", "<MinScaleDenominator/>",
        "<PolygonSymbolizer><Fill><CssParameter name=\"blur\">1</CssParameter></Fill>"
        "</PolygonSymbolizer>",
        "<PolygonSymbolizer>"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        g_autofree char *qml = qml_of(bad[i], &error);
        CHECK(qml == NULL);
        CHECK_FAILS(error, RDL_ERROR_DATA, "style l");
    }
}

static const char *const styles[] = {"task",   "finding", "patch", "zone",
                                     "permit", "unit",    "site",  "review"};

static void every_style_can_be_told_to_qgis(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(styles); i++) {
        GError *error = NULL;
        g_autofree char *sld = rdl_style_sld(styles[i], &error);
        g_autofree char *qml = sld ? rdl_style_qml(sld, styles[i], NULL, &error) : NULL;
        CHECK_OK(error);
        CHECK(qml != NULL);
    }
}

/* Every layer with the fields its rules ask for, styled. */
static void write_styled(const char *path)
{
    static const rdl_field fields[] = {{"kind", RDL_FIELD_TEXT},   {"state", RDL_FIELD_TEXT},
                                       {"result", RDL_FIELD_TEXT}, {"severity", RDL_FIELD_TEXT},
                                       {"zone", RDL_FIELD_TEXT},   {"family", RDL_FIELD_TEXT},
                                       {"own", RDL_FIELD_TEXT},    {"decision", RDL_FIELD_TEXT}};
    const rdl_value row[G_N_ELEMENTS(fields)] = {RDL_NULL};
    rdl_styled styled[G_N_ELEMENTS(styles)];
    GError *error = NULL;
    g_autoptr(rdl_crs) crs = rdl_crs_parse("EPSG:4490", &error);
    g_autoptr(rdl_geometry) g = rdl_geometry_of_box((rdl_box){119, 32, 119.1, 32.1}, &error);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(g, &error);
    rdl_vector *v = rdl_vector_create(path, "GPKG", &error);

    for (size_t i = 0; i < G_N_ELEMENTS(styles); i++) {
        /* findings are written as geometry of any kind */
        int layer = rdl_vector_layer(
            v, styles[i], crs, strcmp(styles[i], "finding") == 0 ? "Geometry" : "MultiPolygon",
            fields, G_N_ELEMENTS(fields), &error);
        CHECK(rdl_vector_write(v, layer, row, wkb, &error));
        styled[i] = (rdl_styled){.layer = styles[i], .style = styles[i]};
    }
    CHECK(rdl_vector_styles(v, styled, G_N_ELEMENTS(styled), &error));
    CHECK(rdl_vector_finish(v, &error));
    CHECK_OK(error);
}

static bool runs(const char *const *argv, char **out)
{
    int status = 1;
    char *said = NULL;

    bool good =
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, &said, NULL, &status, NULL) &&
        status == 0;
    if (out)
        *out = said;
    else
        g_free(said);
    return good;
}

/* The script opens each layer, as a user would, and holds what QGIS shows against the SLD. */
static void qgis_opens_every_layer_styled(void)
{
    static const char *const ask[] = {"/usr/bin/python3", "-c", "import qgis.core", NULL};
    const char *path = suite_path("styled.gpkg");
    g_autofree char *said = NULL;

    if (!runs(ask, NULL)) {
        printf("\n    python3-qgis is not installed: QGIS was not asked\n    ");
        return;
    }
    write_styled(path);
    const char *const argv[] = {"env",
                                "QT_QPA_PLATFORM=offscreen",
                                "/usr/bin/python3",
                                suite_source("tests/geo/qgis_styles.py"),
                                path,
                                suite_source("styles"),
                                NULL};
    bool good = runs(argv, &said);
    if (!CHECK(good))
        printf("%s\n", said);
    CHECK(said && strstr(said, "8 layers"));
}

static CU_TestInfo tests[] = {
    {"a filter becomes an expression", a_filter_becomes_an_expression},
    {"a symbolizer keeps its colours, widths and dashes",
     a_symbolizer_keeps_its_colours_widths_and_dashes},
    {"what is not known is an error", what_is_not_known_is_an_error},
    {"every style can be told to QGIS", every_style_can_be_told_to_qgis},
    {"QGIS opens every layer styled", qgis_opens_every_layer_styled},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    rdl_geo_start();
    int status = run_suite("geo.style", tests, argc, argv);
    rdl_geo_stop();
    return status;
}
