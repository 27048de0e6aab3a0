/* What may be told to everybody: tasks with the rest taken out, so that no writer can tell it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "deliver/disclosure.h"
#include "deliver/exchange/profile.h"

#define SHORTEST_NAME 2 /* characters: a single one is in too many words to be anybody's */

typedef struct {
    rdl_csv *table;   /* field, action */
    GPtrArray *names; /* of GRegex */
    GHashTable *seen; /* text -> does it hold a name (1) or not (0)? owned */
    bool geographic;  /* the ledger's coordinates are longitude and latitude */
    guint *blanked;   /* texts of each field that were left empty for a name */
} telling;

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

static bool holds_name(const telling *p, const char *text)
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

static bool tell_field(telling *p, const GPtrArray *fields, guint k, rdl_task *t, GError **error)
{
    const rdl_task_field *f = fields->pdata[k];
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
        if (value && holds_name(p, value)) {
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
static bool tell_place(const telling *p, rdl_task *t, GError **error)
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

static void leave_out(rdl_ledger *ledger, GArray *tasks, const char *item, rdl_tally *left)
{
    for (guint i = tasks->len; i > 0; i--) {
        const char *why = rdl_withheld(ledger, &g_array_index(tasks, rdl_task, i - 1));
        if (!why)
            continue;
        rdl_tally_in(left, item, 1);
        rdl_tally_suppressed(left, item, why, 1);
        g_array_remove_index(tasks, i - 1);
    }
}

static void say_blanked(const rdl_export_job *job, const GPtrArray *fields, const guint *blanked)
{
    g_autoptr(GString) of = g_string_new(NULL);
    guint all = 0;

    for (guint k = 0; k < fields->len; k++) {
        if (!blanked[k])
            continue;
        g_string_append_printf(of, "%s%u of %s", all ? ", " : "", blanked[k],
                               ((const rdl_task_field *)fields->pdata[k])->field.name);
        all += blanked[k];
    }
    if (all)
        rdl_export_tell(job, "%u texts hold a name of somebody and were left empty: %s", all,
                        of->str);
}

static bool tell_task(telling *p, const GPtrArray *fields, rdl_task *t, GError **error)
{
    for (guint k = 0; k < fields->len; k++)
        if (!tell_field(p, fields, k, t, error))
            return false;
    clear_rest(t);
    return tell_place(p, t, error);
}

bool rdl_export_public(const rdl_export_job *job, GArray *tasks, GPtrArray *fields,
                       const char *item, rdl_tally *left, GError **error)
{
    static const char *const needed[] = {"field", "action", NULL};
    g_autofree char *path = rdl_data_path("disclosure/public.csv", error);
    g_autoptr(rdl_csv) table = path ? rdl_csv_read(path, error) : NULL;
    g_autoptr(JsonNode) names = table ? rdl_ledger_names(job->present, error) : NULL;
    g_autofree guint *blanked = g_new0(guint, fields->len);
    g_autoptr(GPtrArray) patterns = names ? patterns_of(json_node_get_array(names)) : NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    telling p = {table, patterns, seen, false, blanked};

    if (!names || !rdl_csv_need(table, needed, error) ||
        !geographic(job->ledger, &p.geographic, error))
        return false;
    leave_out(job->ledger, tasks, item, left);
    for (guint i = 0; i < tasks->len; i++)
        if (!tell_task(&p, fields, &g_array_index(tasks, rdl_task, i), error))
            return false;
    say_blanked(job, fields, blanked);
    for (guint k = fields->len; k > 0; k--)
        if (rdl_csv_find(table, "field",
                         ((const rdl_task_field *)fields->pdata[k - 1])->field.name) < 0)
            g_ptr_array_remove_index(fields, k - 1);
    return true;
}
