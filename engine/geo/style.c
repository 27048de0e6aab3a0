#include "geo/style.h"

#include <string.h>
#include <cpl_error.h>
#include <ogr_api.h>
#include <gdal.h>
#include "base/base.h"

char *rdl_style_sld(const char *name, GError **error)
{
    g_autofree char *file = g_strdup_printf("styles/%s.sld", name);
    g_autofree char *path = rdl_data_path(file, error);
    GError *failed = NULL;
    char *text = NULL;

    if (path && !g_file_get_contents(path, &text, NULL, &failed)) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read: %s", path, failed->message);
        g_error_free(failed);
    }
    return text;
}

/* ---- reading SLD ---- */

/* A polygon symbolizer; NULL where a part is not there. */
typedef struct {
    char *fill, *fill_opacity, *stroke, *width, *dash, *stroke_opacity;
} symbolizer;

typedef struct {
    char *name, *title, *filter; /* filter: a QGIS expression, "ELSE", NULL: all */
    GArray *symbolizers;
} rule;

/* A condition of a filter while its parts are read. */
typedef struct {
    const char *element;
    GPtrArray *parts; /* of char: expressions */
} condition;

typedef struct {
    const char *file;
    GArray *rules;
    GPtrArray *conditions; /* open ones, the innermost last */
    GString *text;
    char *parameter; /* of the CssParameter that is open */
} reader;

static void symbolizer_clear(gpointer p)
{
    symbolizer *s = p;
    char *all[] = {s->fill, s->fill_opacity, s->stroke, s->width, s->dash, s->stroke_opacity};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

static void rule_clear(gpointer p)
{
    rule *r = p;

    g_free(r->name);
    g_free(r->title);
    g_free(r->filter);
    g_array_unref(r->symbolizers);
}

static void condition_free(gpointer p)
{
    condition *c = p;

    g_ptr_array_unref(c->parts);
    g_free(c);
}

/* What may stand between the Rules and around their parts. */
static const char *const frames[] = {"StyledLayerDescriptor",
                                     "NamedLayer",
                                     "UserStyle",
                                     "FeatureTypeStyle",
                                     "Fill",
                                     "Stroke",
                                     "Filter",
                                     "Name",
                                     "Title",
                                     "PropertyName",
                                     "Literal",
                                     NULL};

static const struct {
    const char *element, *join; /* between its parts */
} operators[] = {{"And", " AND "},
                 {"Or", " OR "},
                 {"Not", ""},
                 {"PropertyIsEqualTo", " = "},
                 {"PropertyIsNotEqualTo", " <> "},
                 {"PropertyIsLessThan", " < "},
                 {"PropertyIsGreaterThan", " > "},
                 {"PropertyIsLessThanOrEqualTo", " <= "},
                 {"PropertyIsGreaterThanOrEqualTo", " >= "},
                 {"PropertyIsNull", ""}};

static int operator_of(const char *element)
{
    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++)
        if (strcmp(operators[i].element, element) == 0)
            return (int)i;
    return -1;
}

/* "ogc:Filter" -> "Filter". */
static const char *local_name(const char *element)
{
    const char *colon = strchr(element, ':');

    return colon ? colon + 1 : element;
}

static rule *last_rule(reader *r)
{
    return r->rules->len ? &g_array_index(r->rules, rule, r->rules->len - 1) : NULL;
}

static symbolizer *last_symbolizer(reader *r)
{
    rule *u = last_rule(r);

    return u && u->symbolizers->len
               ? &g_array_index(u->symbolizers, symbolizer, u->symbolizers->len - 1)
               : NULL;
}

static void begin_rule(reader *r)
{
    rule u = {.symbolizers = g_array_new(FALSE, TRUE, sizeof(symbolizer))};

    g_array_set_clear_func(u.symbolizers, symbolizer_clear);
    g_array_append_val(r->rules, u);
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names,
                     const char **values, gpointer user, GError **error)
{
    reader *r = user;
    const char *local = local_name(element);
    rule *u = last_rule(r);

    (void)context;
    g_string_truncate(r->text, 0);
    if (strcmp(local, "Rule") == 0) {
        begin_rule(r);
    } else if (strcmp(local, "ElseFilter") == 0 && u) {
        u->filter = g_strdup("ELSE");
    } else if (strcmp(local, "PolygonSymbolizer") == 0 && u) {
        symbolizer s = {0};
        g_array_append_val(u->symbolizers, s);
    } else if (strcmp(local, "CssParameter") == 0 && names[0] && strcmp(names[0], "name") == 0) {
        g_free(r->parameter);
        r->parameter = g_strdup(values[0]);
    } else if (operator_of(local) >= 0 && u) {
        condition *c = g_new0(condition, 1);
        c->element = operators[operator_of(local)].element;
        c->parts = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(r->conditions, c);
    } else if (!g_strv_contains(frames, local)) {
        g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT, "<%s> is not known here",
                    element);
    }
}

static void on_text(GMarkupParseContext *context, const char *text, gsize n, gpointer user,
                    GError **error)
{
    (void)context;
    (void)error;
    g_string_append_len(((reader *)user)->text, text, (gssize)n);
}

static void set_parameter(reader *r, const char *value, GError **error)
{
    symbolizer *s = last_symbolizer(r);
    const struct {
        const char *name;
        char **slot;
    } slots[] = {{"fill", s ? &s->fill : NULL},
                 {"fill-opacity", s ? &s->fill_opacity : NULL},
                 {"stroke", s ? &s->stroke : NULL},
                 {"stroke-width", s ? &s->width : NULL},
                 {"stroke-dasharray", s ? &s->dash : NULL},
                 {"stroke-opacity", s ? &s->stroke_opacity : NULL}};

    for (size_t i = 0; s && i < G_N_ELEMENTS(slots); i++)
        if (g_strcmp0(slots[i].name, r->parameter) == 0) {
            g_free(*slots[i].slot);
            *slots[i].slot = g_strdup(value);
            return;
        }
    g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                "CssParameter '%s' is not known here", r->parameter ? r->parameter : "");
}

/* 'it''s', "a ""field""". */
static char *quoted(const char *text, char mark)
{
    GString *out = g_string_new(NULL);

    g_string_append_c(out, mark);
    for (const char *c = text; *c; c++) {
        if (*c == mark)
            g_string_append_c(out, mark);
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, mark);
    return g_string_free(out, FALSE);
}

static void add_part(reader *r, char *take_part)
{
    condition *c = r->conditions->len ? r->conditions->pdata[r->conditions->len - 1] : NULL;
    rule *u = last_rule(r);

    if (c) {
        g_ptr_array_add(c->parts, take_part);
        return;
    }
    g_free(u->filter);
    u->filter = take_part;
}

/* The innermost condition is whole: one expression, a part of the next. */
static void end_condition(reader *r)
{
    condition *c = g_ptr_array_steal_index(r->conditions, r->conditions->len - 1);
    GString *out = g_string_new(NULL);
    int op = operator_of(c->element);

    if (strcmp(c->element, "Not") == 0)
        g_string_append(out, "NOT ");
    bool bracket = strcmp(c->element, "And") == 0 || strcmp(c->element, "Or") == 0;
    g_string_append(out, bracket ? "(" : "");
    for (guint i = 0; i < c->parts->len; i++)
        g_string_append_printf(out, "%s%s", i ? operators[op].join : "",
                               (char *)c->parts->pdata[i]);
    g_string_append(out, bracket ? ")" : "");
    if (strcmp(c->element, "PropertyIsNull") == 0)
        g_string_append(out, " IS NULL");
    condition_free(c);
    add_part(r, g_string_free(out, FALSE));
}

static void on_end(GMarkupParseContext *context, const char *element, gpointer user, GError **error)
{
    reader *r = user;
    const char *local = local_name(element);
    rule *u = last_rule(r);
    g_autofree char *text = g_strstrip(g_strdup(r->text->str));

    (void)context;
    if (strcmp(local, "Name") == 0 && u && !u->name)
        u->name = g_steal_pointer(&text);
    else if (strcmp(local, "Title") == 0 && u && !u->title)
        u->title = g_steal_pointer(&text);
    else if (strcmp(local, "CssParameter") == 0)
        set_parameter(r, text, error);
    else if (strcmp(local, "PropertyName") == 0 && u)
        add_part(r, quoted(text, '"'));
    else if (strcmp(local, "Literal") == 0 && u)
        add_part(r, quoted(text, '\''));
    else if (operator_of(local) >= 0 && r->conditions->len)
        end_condition(r);
}

static void reader_clear(reader *r)
{
    g_array_unref(r->rules);
    g_ptr_array_unref(r->conditions);
    g_string_free(r->text, TRUE);
    g_free(r->parameter);
}

static bool read_sld(reader *r, const char *sld, const char *name, GError **error)
{
    static const GMarkupParser parser = {on_start, on_end, on_text, NULL, NULL};
    GError *failed = NULL;

    *r = (reader){.file = name,
                  .rules = g_array_new(FALSE, TRUE, sizeof(rule)),
                  .conditions = g_ptr_array_new_with_free_func(condition_free),
                  .text = g_string_new(NULL)};
    g_array_set_clear_func(r->rules, rule_clear);
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, r, NULL);
    bool good = g_markup_parse_context_parse(context, sld, -1, &failed) &&
                g_markup_parse_context_end_parse(context, &failed);
    g_markup_parse_context_free(context);
    if (good && r->rules->len)
        return true;
    rdl_fail(error, RDL_ERROR_DATA, "style %s: %s", name, failed ? failed->message : "has no rule");
    g_clear_error(&failed);
    return false;
}

/* ---- writing QML ---- */

/* "#rrggbb" and "0.75" as QGIS has them: "r,g,b,a". */
static char *colour(const char *hex, const char *opacity)
{
    guint64 rgb = hex && *hex == '#' ? g_ascii_strtoull(hex + 1, NULL, 16) : 0;
    int alpha = opacity ? (int)(g_ascii_strtod(opacity, NULL) * 255.0 + 0.5) : 255;

    return g_strdup_printf("%d,%d,%d,%d", (int)(rgb >> 16 & 255), (int)(rgb >> 8 & 255),
                           (int)(rgb & 255), alpha);
}

/* Both as <Option>, which newer QGIS reads, and as <prop>, which older does. */
static void write_properties(GString *out, const char *class, const char *const *pairs)
{
    g_string_append_printf(out,
                           "        <layer class=\"%s\" enabled=\"1\" locked=\"0\" pass=\"0\">\n"
                           "          <Option type=\"Map\">\n",
                           class);
    for (int i = 0; pairs[i]; i += 2)
        g_string_append_printf(out,
                               "            <Option name=\"%s\" type=\"QString\" value=\"%s\"/>\n",
                               pairs[i], pairs[i + 1]);
    g_string_append(out, "          </Option>\n");
    for (int i = 0; pairs[i]; i += 2)
        g_string_append_printf(out, "          <prop k=\"%s\" v=\"%s\"/>\n", pairs[i],
                               pairs[i + 1]);
    g_string_append(out, "        </layer>\n");
}

static void write_symbolizer(GString *out, const symbolizer *s)
{
    g_autofree char *fill = colour(s->fill, s->fill_opacity);
    g_autofree char *line = colour(s->stroke, s->stroke_opacity);
    g_autofree char *dash = s->dash ? g_strdelimit(g_strdup(s->dash), " ,", ';') : NULL;
    const char *const area[] = {"color", fill, "style", "solid", "outline_style", "no", NULL};
    const char *const edge[] = {"line_color",
                                line,
                                "line_style",
                                "solid",
                                "line_width",
                                s->width ? s->width : "1",
                                "line_width_unit",
                                "Point",
                                "joinstyle",
                                "round",
                                "use_custom_dash",
                                dash ? "1" : "0",
                                "customdash",
                                dash ? dash : "5;2",
                                "customdash_unit",
                                "Point",
                                NULL};

    if (s->fill)
        write_properties(out, "SimpleFill", area);
    if (s->stroke)
        write_properties(out, "SimpleLine", edge);
}

static void write_rule(GString *out, const rule *u, guint i)
{
    g_autofree char *key = g_markup_escape_text(u->name ? u->name : "", -1);
    g_autofree char *label = g_markup_escape_text(u->title ? u->title : "", -1);
    g_autofree char *filter = u->filter ? g_markup_escape_text(u->filter, -1) : NULL;

    g_string_append_printf(out, "      <rule key=\"%s\" symbol=\"%u\" label=\"%s\"", key, i, label);
    if (filter)
        g_string_append_printf(out, " filter=\"%s\"", filter);
    g_string_append(out, "/>\n");
}

/* ---- the form ---- */

static void write_choice(GString *out, const rdl_choice *c)
{
    g_autofree char *label = g_markup_escape_text(c->label, -1);
    g_autofree char *value = g_markup_escape_text(c->value, -1);

    g_string_append_printf(out,
                           "              <Option type=\"Map\"><Option name=\"%s\" "
                           "type=\"QString\" value=\"%s\"/></Option>\n",
                           label, value);
}

/* The lines of one field, which stand together; returns how many. */
static size_t write_field(GString *out, const rdl_choice *c, size_t n)
{
    size_t k = 0;

    if (!c->value)
        return 1;
    g_string_append_printf(out,
                           "    <field name=\"%s\">\n      <editWidget type=\"ValueMap\">\n"
                           "        <config>\n          <Option type=\"Map\">\n"
                           "            <Option name=\"map\" type=\"List\">\n",
                           c->field);
    for (; k < n && strcmp(c[k].field, c->field) == 0; k++)
        write_choice(out, &c[k]);
    g_string_append(out, "            </Option>\n          </Option>\n        </config>\n"
                         "      </editWidget>\n    </field>\n");
    return k;
}

static void write_form(GString *out, const rdl_styled *form)
{
    g_string_append(out, "  <fieldConfiguration>\n");
    for (size_t i = 0; i < form->n_choices;)
        i += write_field(out, &form->choices[i], form->n_choices - i);
    g_string_append(out, "  </fieldConfiguration>\n  <editable>\n");
    for (size_t i = 0; i < form->n_choices; i++)
        if (!form->choices[i].value)
            g_string_append_printf(out, "    <field name=\"%s\" editable=\"0\"/>\n",
                                   form->choices[i].field);
    g_string_append(out, "  </editable>\n");
}

char *rdl_style_qml(const char *sld, const char *name, const rdl_styled *form, GError **error)
{
    bool forms = form && form->n_choices;
    reader r;
    bool good = read_sld(&r, sld, name, error);
    GString *out = g_string_new("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n");

    g_string_append_printf(out,
                           "<qgis version=\"3.22.0\" styleCategories=\"Symbology%s\">\n"
                           "  <renderer-v2 type=\"RuleRenderer\" symbollevels=\"0\" "
                           "forceraster=\"0\" enableorderby=\"0\">\n",
                           forms ? "|Fields|Forms" : "");
    g_string_append_printf(out, "    <rules key=\"%s\">\n", name);
    for (guint i = 0; good && i < r.rules->len; i++)
        write_rule(out, &g_array_index(r.rules, rule, i), i);
    g_string_append(out, "    </rules>\n    <symbols>\n");
    for (guint i = 0; good && i < r.rules->len; i++) {
        const GArray *symbolizers = g_array_index(r.rules, rule, i).symbolizers;
        g_string_append_printf(out,
                               "      <symbol name=\"%u\" type=\"fill\" alpha=\"1\" "
                               "clip_to_extent=\"1\" force_rhr=\"0\">\n",
                               i);
        for (guint k = 0; k < symbolizers->len; k++)
            write_symbolizer(out, &g_array_index(symbolizers, symbolizer, k));
        g_string_append(out, "      </symbol>\n");
    }
    g_string_append(out, "    </symbols>\n  </renderer-v2>\n");
    if (forms)
        write_form(out, form);
    g_string_append(out, "  <layerGeometryType>2</layerGeometryType>\n</qgis>\n");
    reader_clear(&r);
    return g_string_free(out, !good);
}

/* ---- rule by rule ---- */

struct rdl_style {
    reader r;
    char *name;
};

rdl_style *rdl_style_read(const char *name, GError **error)
{
    g_autofree char *sld = rdl_style_sld(name, error);
    g_autoptr(rdl_style) style = g_new0(rdl_style, 1);

    style->name = g_strdup(name);
    return sld && read_sld(&style->r, sld, name, error) ? g_steal_pointer(&style) : NULL;
}

void rdl_style_free(rdl_style *style)
{
    if (!style)
        return;
    if (style->r.rules)
        reader_clear(&style->r);
    g_free(style->name);
    g_free(style);
}

static const rule *rule_at(const rdl_style *style, int i)
{
    return &g_array_index(style->r.rules, rule, i);
}

int rdl_style_count(const rdl_style *style)
{
    return (int)style->r.rules->len;
}

const char *rdl_style_rule(const rdl_style *style, int i)
{
    return rule_at(style, i)->name;
}

const char *rdl_style_title(const rdl_style *style, int i)
{
    return rule_at(style, i)->title;
}

/* "#rrggbb" and "0.75" as KML has them: aabbggrr. */
static char *kml_colour(const char *hex, const char *opacity)
{
    guint64 rgb = *hex == '#' ? g_ascii_strtoull(hex + 1, NULL, 16) : 0;
    int alpha = opacity ? (int)(g_ascii_strtod(opacity, NULL) * 255.0 + 0.5) : 255;

    return g_strdup_printf("%02x%02x%02x%02x", (unsigned)alpha & 255u, (unsigned)(rgb & 255),
                           (unsigned)(rgb >> 8 & 255), (unsigned)(rgb >> 16 & 255));
}

char *rdl_style_kml(const rdl_style *style, int i)
{
    const GArray *symbolizers = rule_at(style, i)->symbolizers;
    GString *out = g_string_new(NULL);

    if (!symbolizers->len)
        return g_string_free(out, FALSE);
    const symbolizer *s = &g_array_index(symbolizers, symbolizer, symbolizers->len - 1);
    g_autofree char *line = s->stroke ? kml_colour(s->stroke, s->stroke_opacity) : NULL;
    g_autofree char *fill = s->fill ? kml_colour(s->fill, s->fill_opacity) : NULL;
    if (line)
        g_string_append_printf(out, "<LineStyle><color>%s</color><width>%s</width></LineStyle>",
                               line, s->width ? s->width : "1");
    g_string_append_printf(out, "<PolyStyle>%s%s%s</PolyStyle>", fill ? "<color>" : "<fill>",
                           fill ? fill : "0", fill ? "</color>" : "</fill>");
    return g_string_free(out, FALSE);
}

/* The rows as a table in memory, which knows how to read a filter. */
static OGRLayerH table_of(GDALDatasetH set, const rdl_field *fields, int n_fields,
                          const rdl_value *rows, size_t n)
{
    OGRLayerH layer = GDALDatasetCreateLayer(set, "row", NULL, wkbNone, NULL);

    for (int i = 0; i < n_fields; i++) {
        OGRFieldDefnH definition = OGR_Fld_Create(fields[i].name, OFTString);
        OGR_L_CreateField(layer, definition, FALSE);
        OGR_Fld_Destroy(definition);
    }
    for (size_t r = 0; r < n; r++) {
        OGRFeatureH f = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        OGR_F_SetFID(f, (GIntBig)r);
        for (int i = 0; i < n_fields; i++)
            if (rows[r * (size_t)n_fields + (size_t)i].set)
                OGR_F_SetFieldString(f, i, rows[r * (size_t)n_fields + (size_t)i].text);
        (void)!OGR_L_CreateFeature(layer, f);
        OGR_F_Destroy(f);
    }
    return layer;
}

/* Rows no rule has taken that `filter` lets through; ELSE and none let all through. */
static bool take_rows(OGRLayerH layer, const char *filter, int rule_number, int *fit)
{
    bool all = !filter || strcmp(filter, "ELSE") == 0;
    OGRFeatureH f;

    if (OGR_L_SetAttributeFilter(layer, all ? NULL : filter) != OGRERR_NONE)
        return false;
    OGR_L_ResetReading(layer);
    while ((f = OGR_L_GetNextFeature(layer))) {
        int *one = &fit[OGR_F_GetFID(f)];
        *one = *one < 0 ? rule_number : *one;
        OGR_F_Destroy(f);
    }
    return true;
}

int *rdl_style_fit(const rdl_style *style, const rdl_field *fields, int n_fields,
                   const rdl_value *rows, size_t n, GError **error)
{
    GDALDatasetH set = GDALCreate(GDALGetDriverByName("Memory"), "", 0, 0, 0, GDT_Unknown, NULL);
    OGRLayerH layer = table_of(set, fields, n_fields, rows, n);
    g_autofree int *fit = g_new(int, n + 1);
    bool good = true;

    for (size_t r = 0; r < n; r++)
        fit[r] = -1;
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    for (int i = 0; good && i < rdl_style_count(style); i++)
        good = take_rows(layer, rule_at(style, i)->filter, i, fit);
    CPLPopErrorHandler();
    if (!good)
        rdl_fail(error, RDL_ERROR_DATA, "style %s: %s", style->name, CPLGetLastErrorMsg());
    GDALClose(set);
    return good ? g_steal_pointer(&fit) : NULL;
}

/* ---- layer_styles ---- */

#define T RDL_FIELD_TEXT
static const rdl_field style_fields[] = {{"f_table_catalog", T},
                                         {"f_table_schema", T},
                                         {"f_table_name", T},
                                         {"f_geometry_column", T},
                                         {"styleName", T},
                                         {"styleQML", T},
                                         {"styleSLD", T},
                                         {"useAsDefault", RDL_FIELD_INT},
                                         {"description", T},
                                         {"owner", T},
                                         {"ui", T},
                                         {"update_time", T}};

static bool write_style(rdl_vector *vector, int layer, const rdl_styled *styled, GError **error)
{
    g_autofree char *sld = rdl_style_sld(styled->style, error);
    g_autofree char *qml = sld ? rdl_style_qml(sld, styled->style, styled, error) : NULL;
    const rdl_value row[] = {rdl_text(""),
                             rdl_text(""),
                             rdl_text(styled->layer),
                             rdl_text("geom"),
                             rdl_text(styled->style),
                             rdl_text(qml),
                             rdl_text(sld),
                             rdl_integer(1),
                             rdl_text("redline"),
                             rdl_text("redline"),
                             RDL_NULL,
                             rdl_text("2000-01-01T00:00:00.000Z")};
    G_STATIC_ASSERT(G_N_ELEMENTS(row) == G_N_ELEMENTS(style_fields));

    return qml && rdl_vector_write(vector, layer, row, NULL, error);
}

bool rdl_vector_styles(rdl_vector *vector, const rdl_styled *styled, size_t n, GError **error)
{
    int layer = rdl_vector_layer(vector, "layer_styles", NULL, NULL, style_fields,
                                 G_N_ELEMENTS(style_fields), error);
    bool good = layer >= 0;

    for (size_t i = 0; good && i < n; i++)
        good = write_style(vector, layer, &styled[i], error);
    return good;
}
