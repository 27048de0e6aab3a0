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

static CU_TestInfo tests[] = {
    {"YAML is read as JSON", yaml_is_read_as_json},
    {"faults are named with their line", faults_are_named_with_their_line},
    {"deep nesting is refused", deep_nesting_is_refused},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("base.yaml", tests, argc, argv);
}
