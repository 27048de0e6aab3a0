#include "base/base.h"
#include "suite.h"

static void yaml_is_read_as_json(void)
{
    GError *error = NULL;
    g_autoptr(JsonNode) node = rdl_yaml_parse(
        "a: 1\nb: [x, 2.5, true, ~, \"7\"]\nday: 2026-11-01\ncode: 0602\nm: {k: v}\n", "t.yaml", &error);

    CHECK_OK(error);
    g_autofree char *line = node ? rdl_json_line(node) : NULL;
    CHECK_TEXT(line, "{\"a\":1,\"b\":[\"x\",2.5,true,null,\"7\"],\"day\":\"2026-11-01\","
                     "\"code\":\"0602\",\"m\":{\"k\":\"v\"}}");
}

static void faults_are_named_with_their_line(void)
{
    static const struct {
        const char *text, *part;
    } bad[] = {{"a: 1\na: 2\n", "t.yaml:2: key 'a' stands twice"},
               {"a: &x 1\nb: *x\n", "t.yaml:2: anchors"},
               {"a: [1\n", "not YAML"},
               {"", "empty"},
               {"a: 1\n---\nb: 2\n", "more than one document"}};
    GError *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        CHECK(!rdl_yaml_parse(bad[i].text, "t.yaml", &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, bad[i].part);
    }
}

static void deep_nesting_is_refused(void)
{
    GError *error = NULL;
    g_autofree char *deep = g_strnfill(5000, '[');

    CHECK(!rdl_yaml_parse(deep, "t.yaml", &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "t.yaml");
}

static void deep_json_is_refused_however_it_hides(void)
{
    static const char *const before[] = {"", "{\"a\":", "/* \" */", "// \"\n", "'\"',", "#\"\n"};
    GError *error = NULL;
    g_autofree char *deep = g_strnfill(200000, '[');

    for (size_t i = 0; i < G_N_ELEMENTS(before); i++) {
        g_autofree char *text = g_strconcat(before[i], deep, NULL);
        CHECK(!rdl_json_parse(text, "finding 7", &error));
        CHECK_FAILS(error, RDL_ERROR_DATA, "finding 7: not JSON: ");
    }
}

static void brackets_in_a_text_nest_nothing(void)
{
    GError *error = NULL;
    g_autofree char *many = g_strnfill(500, '[');
    g_autofree char *text = g_strdup_printf("[\"\\\"%s//\",[{}],'x']", many);
    g_autofree char *good = g_strdup_printf("[\"\\\"%s//\",[{}]]", many);

    CHECK(!rdl_json_parse(text, "t", &error));
    CHECK_FAILS(error, RDL_ERROR_DATA, "comments");
    g_autoptr(JsonNode) node = rdl_json_parse(good, "t", &error);
    CHECK_OK(error);
    g_autofree char *line = node ? rdl_json_line(node) : NULL;
    CHECK_TEXT(line, good);
}

static CU_TestInfo tests[] = {
    {"YAML is read as JSON", yaml_is_read_as_json},
    {"faults are named with their line", faults_are_named_with_their_line},
    {"deep nesting is refused", deep_nesting_is_refused},
    {"deep JSON is refused however it hides", deep_json_is_refused_however_it_hides},
    {"brackets in a text nest nothing", brackets_in_a_text_nest_nothing},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.yaml", tests, argc, argv);
}
