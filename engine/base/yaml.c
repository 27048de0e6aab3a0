#include "base/yaml.h"

#include <math.h>
#include <string.h>
#include "base/input.h"
#include <yaml.h>

#define MAX_DEPTH 64

typedef struct {
    yaml_parser_t parser;
    const char *name;
    int depth;
} reader;

static bool next_event(reader *r, yaml_event_t *event, GError **error)
{
    if (yaml_parser_parse(&r->parser, event))
        return true;
    return rdl_fail(error, RDL_ERROR_DATA, "%s:%zu: not YAML: %s", r->name,
                    r->parser.problem_mark.line + 1,
                    r->parser.problem ? r->parser.problem : "unreadable");
}

static bool looks_null(const char *s)
{
    return !*s || strcmp(s, "~") == 0 || strcmp(s, "null") == 0;
}

static JsonNode *plain_scalar(const char *s)
{
    JsonNode *node = json_node_alloc();
    char *end;

    if (looks_null(s))
        return json_node_init_null(node);
    if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
        return json_node_init_boolean(node, *s == 't');
    if (g_ascii_isdigit(*s) || strchr("+-.", *s)) {
        gint64 integer = g_ascii_strtoll(s, &end, 10);
        bool leading_zero = s[0] == '0' && g_ascii_isdigit(s[1]); /* codes such as 0602 */
        if (!*end && !leading_zero)
            return json_node_init_int(node, integer);
        double real = g_ascii_strtod(s, &end);
        if (!*end && !leading_zero)
            return json_node_init_double(node, real);
    }
    return json_node_init_string(node, s);
}

static JsonNode *read_node(reader *r, yaml_event_t *event, GError **error);

static JsonNode *read_sequence(reader *r, GError **error)
{
    g_autoptr(JsonArray) array = json_array_new();
    yaml_event_t event;

    for (;;) {
        if (!next_event(r, &event, error))
            return NULL;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return json_node_init_array(json_node_alloc(), array);
        }
        JsonNode *node = read_node(r, &event, error);
        if (!node)
            return NULL;
        json_array_add_element(array, node);
    }
}

static JsonNode *read_mapping(reader *r, GError **error)
{
    g_autoptr(JsonObject) object = json_object_new();
    yaml_event_t event;

    for (;;) {
        if (!next_event(r, &event, error))
            return NULL;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return json_node_init_object(json_node_alloc(), object);
        }
        size_t line = event.start_mark.line + 1;
        g_autofree char *key = event.type == YAML_SCALAR_EVENT
                                   ? g_strdup((const char *)event.data.scalar.value)
                                   : NULL;
        yaml_event_delete(&event);
        if (!key)
            return rdl_fail(error, RDL_ERROR_DATA, "%s:%zu: a key must be plain text", r->name,
                            line),
                   NULL;
        if (json_object_has_member(object, key))
            return rdl_fail(error, RDL_ERROR_DATA, "%s:%zu: key '%s' stands twice", r->name, line,
                            key),
                   NULL;
        if (!next_event(r, &event, error))
            return NULL;
        JsonNode *node = read_node(r, &event, error);
        if (!node)
            return NULL;
        json_object_set_member(object, key, node);
    }
}

/* Takes the event. */
static JsonNode *read_node(reader *r, yaml_event_t *event, GError **error)
{
    JsonNode *node = NULL;
    size_t line = event->start_mark.line + 1;

    if (++r->depth > MAX_DEPTH) {
        yaml_event_delete(event);
        return rdl_fail(error, RDL_ERROR_DATA, "%s:%zu: nested too deeply", r->name, line), NULL;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        const char *value = (const char *)event->data.scalar.value;
        node = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
                   ? plain_scalar(value)
                   : json_node_init_string(json_node_alloc(), value);
        yaml_event_delete(event);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        yaml_event_delete(event);
        node = read_sequence(r, error);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        yaml_event_delete(event);
        node = read_mapping(r, error);
    } else {
        yaml_event_delete(event);
        rdl_fail(error, RDL_ERROR_DATA, "%s:%zu: anchors and aliases are not read here", r->name,
                 line);
    }
    r->depth--;
    return node;
}

static JsonNode *read_document(reader *r, GError **error)
{
    yaml_event_t event;

    for (;;) {
        if (!next_event(r, &event, error))
            return NULL;
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT) {
            yaml_event_delete(&event);
            continue;
        }
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            return rdl_fail(error, RDL_ERROR_DATA, "%s: empty", r->name), NULL;
        }
        return read_node(r, &event, error);
    }
}

JsonNode *rdl_yaml_parse(const char *text, const char *name, GError **error)
{
    reader r = {.name = name};
    g_autoptr(JsonNode) node = NULL;
    yaml_event_t event;

    if (!yaml_parser_initialize(&r.parser))
        return rdl_fail(error, RDL_ERROR_INTERNAL, "%s: no memory to read it", name), NULL;
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, strlen(text));
    node = read_document(&r, error);
    while (node && next_event(&r, &event, error)) { /* what follows must be readable too */
        bool end = event.type == YAML_STREAM_END_EVENT;
        bool second = event.type == YAML_DOCUMENT_START_EVENT;
        yaml_event_delete(&event);
        if (end) {
            yaml_parser_delete(&r.parser);
            return g_steal_pointer(&node);
        }
        if (second) {
            rdl_fail(error, RDL_ERROR_DATA, "%s: more than one document", name);
            break;
        }
    }
    yaml_parser_delete(&r.parser);
    return NULL;
}

JsonNode *rdl_yaml_read(const char *path, GError **error)
{
    g_autofree char *text = rdl_input_text(path, NULL, error);

    return text ? rdl_yaml_parse(text, path, error) : NULL;
}

const char *rdl_json_text(JsonObject *object, const char *member, const char *fallback)
{
    JsonNode *node = object ? json_object_get_member(object, member) : NULL;

    if (!node || !JSON_NODE_HOLDS_VALUE(node))
        return fallback;
    return json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : fallback;
}

double rdl_json_real(JsonObject *object, const char *member, double fallback)
{
    JsonNode *node = object ? json_object_get_member(object, member) : NULL;

    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) == G_TYPE_STRING)
        return fallback;
    return json_node_get_double(node);
}

JsonObject *rdl_json_object(JsonObject *object, const char *member)
{
    JsonNode *node = object ? json_object_get_member(object, member) : NULL;

    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static char *generate(JsonNode *node, gboolean pretty)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();

    json_generator_set_pretty(generator, pretty);
    json_generator_set_root(generator, node);
    return json_generator_to_data(generator, NULL);
}

char *rdl_json_line(JsonNode *node)
{
    return generate(node, FALSE);
}

char *rdl_json_pretty(JsonNode *node)
{
    return generate(node, TRUE);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static JsonNode *sorted(JsonNode *node);

static JsonNode *sorted_object(JsonObject *object)
{
    g_autoptr(JsonObject) copy = json_object_new();
    g_autoptr(GList) keys = g_list_sort(json_object_get_members(object), by_text);

    for (GList *k = keys; k; k = k->next)
        json_object_set_member(copy, k->data, sorted(json_object_get_member(object, k->data)));
    return json_node_init_object(json_node_alloc(), copy);
}

static JsonNode *sorted(JsonNode *node)
{
    if (JSON_NODE_HOLDS_OBJECT(node))
        return sorted_object(json_node_get_object(node));
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return json_node_copy(node);
    g_autoptr(JsonArray) copy = json_array_new();
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
        json_array_add_element(copy, sorted(json_array_get_element(array, i)));
    return json_node_init_array(json_node_alloc(), copy);
}

char *rdl_json_canonical(JsonNode *node)
{
    g_autoptr(JsonNode) copy = sorted(node);

    return generate(copy, FALSE);
}

/* The parser calls itself for each level, and would also take comments and 'text': without those,
 * brackets outside "text" are the levels. NULL when all is well, else what is wrong. */
static const char *beyond_json(const char *text)
{
    int depth = 0;

    for (const char *p = text; *p; p++) {
        if (*p == '"') {
            for (p++; *p && *p != '"'; p++)
                if (*p == '\\' && p[1])
                    p++;
            if (!*p)
                return "a text has no end";
        } else if (strchr("[{", *p) && ++depth > MAX_DEPTH) {
            return "nested too deeply";
        } else if (strchr("]}", *p)) {
            depth--;
        } else if (strchr("/'#", *p)) {
            return "comments and 'text' are not read here";
        }
    }
    return NULL;
}

JsonNode *rdl_json_parse(const char *text, const char *name, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) reason = NULL;
    const char *wrong = beyond_json(text);
    JsonNode *root = NULL;

    if (wrong)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: not JSON: %s", name, wrong), NULL;
    if (!json_parser_load_from_data(parser, text, -1, &reason) ||
        !(root = json_parser_get_root(parser)))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: not JSON: %s", name,
                        reason ? reason->message : "empty"),
               NULL;
    return json_node_copy(root);
}

void rdl_json_set_text(JsonObject *object, const char *member, const char *text)
{
    if (text)
        json_object_set_string_member(object, member, text);
    else
        json_object_set_null_member(object, member);
}

void rdl_json_set_real(JsonObject *object, const char *member, double real)
{
    if (isnan(real))
        json_object_set_null_member(object, member);
    else
        json_object_set_double_member(object, member, real);
}

JsonNode *rdl_json_node(JsonObject *object)
{
    return json_node_init_object(json_node_alloc(), object);
}
