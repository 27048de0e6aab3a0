/* base/yaml.h - YAML (the JSON data model, no anchors) read into JsonNode. */
#ifndef RDL_BASE_YAML_H
#define RDL_BASE_YAML_H

#include <json-glib/json-glib.h>
#include "base/error.h"

/** Read the one document of a file. Plain scalars become integers, doubles, booleans or null where
 *  they look so in the YAML 1.2 core schema; dates stay text. Yours to json_node_unref().
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA with `path:line` (bad syntax, key twice, alias, nesting
 *  deeper than 64). */
RDL_API JsonNode *rdl_yaml_read(const char *path, GError **error);
RDL_API JsonNode *rdl_yaml_parse(const char *text, const char *name, GError **error);

/** Text member of an object, `fallback` where it is absent or null; fallback for numbers too. Lent. */
RDL_API const char *rdl_json_text(JsonObject *object, const char *member, const char *fallback);
RDL_API double rdl_json_real(JsonObject *object, const char *member, double fallback);
/** Object member, NULL where absent or not an object. Lent. */
RDL_API JsonObject *rdl_json_object(JsonObject *object, const char *member);
/** One line, keys in the order they were set. Yours to free. */
RDL_API char *rdl_json_line(JsonNode *node);
/** One line without blanks, keys sorted at every depth: equal content, equal text. Yours. */
RDL_API char *rdl_json_canonical(JsonNode *node);
/** Read one JSON text, nested at most 64 deep, without comments. Yours to unref. Fails: RDL_ERROR_DATA with `name` in front. */
RDL_API JsonNode *rdl_json_parse(const char *text, const char *name, GError **error);
/** Set a text member; NULL text sets null. */
RDL_API void rdl_json_set_text(JsonObject *object, const char *member, const char *text);
/** Set a number member; NaN sets null. */
RDL_API void rdl_json_set_real(JsonObject *object, const char *member, double real);
/** A node that holds the object (its own reference). Yours. */
RDL_API JsonNode *rdl_json_node(JsonObject *object);
/** Indented by two blanks, for people. Yours to free. */
RDL_API char *rdl_json_pretty(JsonNode *node);

#endif
