#include "deliver/disclosure.h"

#include <math.h>
#include <string.h>
#include "deliver/exchange/field.h"
#include "deliver/words.h"
#include "geo/geo.h"

#define SHORTEST_NAME 2 /* characters: a single one is in too many words to be anybody's */

struct rdl_disclosure {
    rdl_csv *table;    /* field, action */
    GPtrArray *fields; /* of const rdl_task_field *: all there are */
    GPtrArray *names;  /* of GRegex */
    GHashTable *seen;  /* text -> does it hold a name (1) or not (0)? owned */
    bool geographic;   /* the ledger's coordinates are longitude and latitude */
    guint *blanked;    /* texts of each field that were left empty for a name */
};

const char *rdl_withheld(rdl_ledger *ledger, const rdl_task *task)
{
    if (g_str_equal(rdl_state_counts(ledger, task->state), "excluded"))
        return "EXCLUDED";
    if (g_strcmp0(task->kind, "rectify") == 0)
        return NULL;
    return g_str_equal(rdl_state_kind(ledger, task->state), "rectify") ? "CARRIED"
                                                                       : "NOT_REGISTERED";
}

/* ---- what of it ---- */

/* A name as it may stand in a text: with blanks in it or without, capitals or not. One of Latin
 * letters is a word of its own ("Li" is not in "Limited"); Chinese has no such bounds, so a name
 * that is part of another word is found all the same: rather a text too few than a name too many.
 */
static GRegex *pattern_of(const char *name)
{
    g_autoptr(GString) pattern = g_string_new(NULL);
    bool latin = false;

    for (const char *c = name; *c; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        if (g_unichar_isspace(letter))
            continue;
        g_autofree char *one = g_strndup(c, (gsize)(g_utf8_next_char(c) - c));
        g_autofree char *escaped = g_regex_escape_string(one, -1);
        g_string_append_printf(pattern, "%s%s", pattern->len ? "\\s*" : "", escaped);
        latin = latin || (letter < 0x2000 && g_unichar_isalpha(letter));
    }
    if (latin) {
        g_string_prepend(pattern, "(?<![\\p{Latin}\\d])");
        g_string_append(pattern, "(?![\\p{Latin}\\d])");
    }
    return g_regex_new(pattern->str, G_REGEX_CASELESS, 0, NULL);
}

static GPtrArray *patterns_of(JsonArray *names)
{
    GPtrArray *patterns = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);

    for (guint i = 0; i < json_array_get_length(names); i++) {
        const char *name = json_array_get_string_element(names, i);
        GRegex *pattern =
            g_utf8_validate(name, -1, NULL) && g_utf8_strlen(name, -1) >= SHORTEST_NAME
                ? pattern_of(name)
                : NULL;
        if (pattern)
            g_ptr_array_add(patterns, pattern);
    }
    return patterns;
}

bool rdl_disclosure_names(rdl_disclosure *p, const char *text)
{
    gpointer known;
    bool holds = false;

    if (g_hash_table_lookup_extended(p->seen, text, NULL, &known))
        return known != NULL;
    for (guint i = 0; i < p->names->len && !holds; i++)
        holds = g_regex_match(p->names->pdata[i], text, 0, NULL);
    g_hash_table_insert(p->seen, g_strdup(text), GINT_TO_POINTER(holds));
    return holds;
}

static double rounded(double value, int decimals)
{
    double steps = pow(10.0, decimals);

    return floor(value * steps + 0.5) / steps;
}

/* "round:2" -> 2. */
static bool decimals_of(const char *action, int *decimals)
{
    const char *digits = action + strlen("round:");
    gint64 n;

    if (!g_str_has_prefix(action, "round:") ||
        !g_ascii_string_to_signed(digits, 10, -6, 6, &n, NULL))
        return false;
    *decimals = (int)n;
    return true;
}

static void clear_text(rdl_task *t, const rdl_task_field *f)
{
    char **text = (char **)G_STRUCT_MEMBER_P(t, f->offset);

    g_clear_pointer(text, g_free);
}

static bool tell_field(rdl_disclosure *p, guint k, rdl_task *t, GError **error)
{
    const rdl_task_field *f = p->fields->pdata[k];
    gssize row = rdl_csv_find(p->table, "field", f->field.name);
    const char *action = row < 0 ? "" : rdl_csv_at(p->table, (size_t)row, "action");
    bool text = f->field.type == RDL_FIELD_TEXT;
    int decimals = 0;

    if (!*action) {
        if (text)
            clear_text(t, f);
        else
            *(double *)G_STRUCT_MEMBER_P(t, f->offset) = NAN;
        return true;
    }
    if (text && strcmp(action, "keep") == 0)
        return true;
    if (text && strcmp(action, "clean") == 0) {
        const char *value = G_STRUCT_MEMBER(char *, t, f->offset);
        if (value && rdl_disclosure_names(p, value)) {
            clear_text(t, f);
            p->blanked[k]++;
        }
        return true;
    }
    if (text || !decimals_of(action, &decimals))
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s:%d: action '%s' of %s is not known: there are keep, clean of texts, "
                        "round:N of numbers",
                        rdl_csv_name(p->table), rdl_csv_line(p->table, (size_t)row), action,
                        f->field.name);
    double *value = (double *)G_STRUCT_MEMBER_P(t, f->offset);
    *value = rounded(*value, decimals);
    return true;
}

/* A point where the numbers say, in place of the ground. */
static bool tell_place(const rdl_disclosure *p, rdl_task *t, GError **error)
{
    g_clear_pointer(&t->wkb, g_bytes_unref);
    if (!p->geographic || isnan(t->lon) || isnan(t->lat))
        return true;
    g_autofree char *wkt = g_strdup_printf("POINT(%.6f %.6f)", t->lon, t->lat);
    g_autoptr(rdl_geometry) point = rdl_geometry_from_wkt(wkt, error);
    t->wkb = point ? rdl_geometry_wkb(point, error) : NULL;
    return t->wkb != NULL;
}

/* What is in no list of fields is told to nobody. */
static void clear_rest(rdl_task *t)
{
    char **const rest[] = {&t->warning_by, &t->warned,         &t->contradicted, &t->stopped,
                           &t->task_no,    &t->problem_source, &t->problem};

    for (size_t i = 0; i < G_N_ELEMENTS(rest); i++)
        g_clear_pointer(rest[i], g_free);
    t->progress = NAN;
}

static bool geographic(rdl_ledger *ledger, bool *yes, GError **error)
{
    g_autofree char *name = rdl_ledger_crs(ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;

    *yes = crs && rdl_crs_geographic(crs);
    return crs != NULL;
}

rdl_disclosure *rdl_disclosure_new(rdl_ledger *ledger, GError **error)
{
    static const char *const needed[] = {"field", "action", NULL};
    g_autoptr(rdl_disclosure) d = g_new0(rdl_disclosure, 1);
    g_autofree char *path = rdl_data_path("disclosure/public.csv", error);

    if (!path || !(d->table = rdl_csv_read(path, error)) ||
        !rdl_csv_need(d->table, needed, error) || !geographic(ledger, &d->geographic, error))
        return NULL;
    g_autoptr(JsonNode) names = rdl_ledger_names(ledger, error);
    if (!names)
        return NULL;
    d->names = patterns_of(json_node_get_array(names));
    d->fields = rdl_task_fields_all();
    d->blanked = g_new0(guint, d->fields->len);
    d->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return g_steal_pointer(&d);
}

void rdl_disclosure_free(rdl_disclosure *d)
{
    if (!d)
        return;
    g_clear_pointer(&d->table, rdl_csv_free);
    g_clear_pointer(&d->names, g_ptr_array_unref);
    g_clear_pointer(&d->fields, g_ptr_array_unref);
    g_clear_pointer(&d->seen, g_hash_table_unref);
    g_free(d->blanked);
    g_free(d);
}

bool rdl_disclosure_tells(const rdl_disclosure *d, const char *field)
{
    return rdl_csv_find(d->table, "field", field) >= 0;
}

bool rdl_disclosure_task(rdl_disclosure *d, rdl_task *task, GError **error)
{
    for (guint k = 0; k < d->fields->len; k++)
        if (!tell_field(d, k, task, error))
            return false;
    clear_rest(task);
    return tell_place(d, task, error);
}

char *rdl_disclosure_blanked(const rdl_disclosure *d)
{
    g_autoptr(GString) of = g_string_new(NULL);
    guint all = 0;

    for (guint k = 0; k < d->fields->len; k++) {
        if (!d->blanked[k])
            continue;
        g_string_append_printf(of, "%s%u of %s", all ? ", " : "", d->blanked[k],
                               ((const rdl_task_field *)d->fields->pdata[k])->field.name);
        all += d->blanked[k];
    }
    return all ? rdl_say("%u texts hold a name of somebody and were left empty: %s", all, of->str)
               : NULL;
}
