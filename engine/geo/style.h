/* geo/style.h - map styles: one SLD, given to whoever draws.
 *
 * styles/<name>.sld is the source. MapServer and GeoServer read it as it is; QGIS loads by itself
 * only its own QML, which is made from it here. Both go into a GeoPackage's table layer_styles, by
 * which QGIS opens a layer styled. Only the part of SLD 1.0 the styles use is known; anything else
 * is an error, never left out. */
#ifndef RDL_GEO_STYLE_H
#define RDL_GEO_STYLE_H

#include "geo/layer.h"

/** What a form offers for a field: one line a value, fields and values in the order of their lines.
 *  `value` NULL: the field is shown and not to be filled. */
typedef struct rdl_choice {
    const char *field, *value, *label;
} rdl_choice;

/** A layer of a dataset, the style it is to be opened with, and its form. */
typedef struct rdl_styled {
    const char *layer, *style;
    const rdl_choice *choices; /* NULL: any field takes any text */
    size_t n_choices;
} rdl_styled;

/** Text of styles/<name>.sld. Yours. Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_IO. */
RDL_API char *rdl_style_sld(const char *name, GError **error);
/** The same style as QGIS reads it: a rule a Rule, widths in points; `form` (may be NULL) tells
 * what its form offers. `name` for messages. Yours. Fails: RDL_ERROR_DATA for XML that is not
 * well-formed, or holds what is not known. */
RDL_API char *rdl_style_qml(const char *sld, const char *name, const rdl_styled *form,
                            GError **error);

/** A style rule by rule, for formats that keep a drawing with each row. */
typedef struct rdl_style rdl_style;
/** styles/<name>.sld. Fails: as above. */
RDL_API rdl_style *rdl_style_read(const char *name, GError **error);
RDL_API void rdl_style_free(rdl_style *style);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_style, rdl_style_free)
RDL_API int rdl_style_count(const rdl_style *style);
RDL_API const char *rdl_style_rule(const rdl_style *style, int i);  /* its name; lent */
RDL_API const char *rdl_style_title(const rdl_style *style, int i); /* "中文 / English"; lent */
/** Its uppermost drawing as what a <Style> of KML holds. Yours. */
RDL_API char *rdl_style_kml(const rdl_style *style, int i);
/** Which rule fits each of `n` rows of text fields, -1 for none; rows one after another, as many
 *  values as fields. Yours. Fails: RDL_ERROR_DATA for a filter that asks for other fields. */
RDL_API int *rdl_style_fit(const rdl_style *style, const rdl_field *fields, int n_fields,
                           const rdl_value *rows, size_t n, GError **error);

/** Write layer_styles for `n` layers of a GeoPackage being written; each style is its layer's
 *  default. Dated 2000-01-01: no clock. Fails: as above, RDL_ERROR_IO. */
RDL_API bool rdl_vector_styles(rdl_vector *vector, const rdl_styled *styled, size_t n,
                               GError **error);

#endif
