#include "screen/pack_check.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *folder;
    JsonObject *meta;
    GHashTable *tables;
    GPtrArray *faults;
} checker;

/* ---- faults ---- */

G_GNUC_PRINTF(4, 5)
static void fault(checker *k, const rdl_csv *csv, size_t row, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(k->faults,
                    g_strdup_printf("%s:%d: %s", rdl_csv_name(csv), rdl_csv_line(csv, row), what));
}

static void take_error(checker *k, GError *take)
{
    g_ptr_array_add(k->faults, g_strdup(take->message));
    g_error_free(take);
}

static const rdl_csv *table(const checker *k, const char *file)
{
    return g_hash_table_lookup(k->tables, file);
}

/* The table when it is there with these columns. */
static const rdl_csv *with_columns(checker *k, const char *file, bool needed,
                                   const char *const *columns)
{
    const rdl_csv *csv = table(k, file);
    GError *error = NULL;

    if (needed && !g_hash_table_contains(k->tables, file))
        g_ptr_array_add(k->faults, g_strdup_printf("%s: has no %s", k->folder, file));
    if (!csv || rdl_csv_need(csv, columns, &error))
        return csv;
    take_error(k, error);
    return NULL;
}

/* ---- values ---- */

static bool in(const char *const *list, const char *text)
{
    for (; *list; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

static void one_of(checker *k, const rdl_csv *csv, size_t row, const char *column,
                   const char *const *allowed)
{
    const char *text = rdl_csv_at(csv, row, column);

    if (!in(allowed, text)) {
        g_autofree char *list = g_strjoinv(", ", (char **)allowed);
        fault(k, csv, row, "%s: unknown code '%s', not one of %s", column, text, list);
    }
}

static void filled(checker *k, const rdl_csv *csv, size_t row, const char *column)
{
    if (!*rdl_csv_at(csv, row, column))
        fault(k, csv, row, "%s: empty", column);
}

/* A date or nothing; `unknown` for nothing and for what is no date. */
static rdl_day day(checker *k, const rdl_csv *csv, size_t row, const char *column, rdl_day unknown)
{
    const char *text = rdl_csv_at(csv, row, column);
    rdl_day day = unknown;
    GError *error = NULL;

    if (*text && !rdl_day_parse(text, &day, &error)) {
        fault(k, csv, row, "%s: %s", column, error->message);
        g_error_free(error);
        return unknown;
    }
    return day;
}

static void span(checker *k, const rdl_csv *csv, size_t row, const char *first, const char *last)
{
    if (day(k, csv, row, first, RDL_DAY_PAST) > day(k, csv, row, last, RDL_DAY_FUTURE))
        fault(k, csv, row, "%s '%s' is after %s '%s': ends before it begins", first,
              rdl_csv_at(csv, row, first), last, rdl_csv_at(csv, row, last));
}

/* A number within bounds, or nothing where it may be empty. */
static void number(checker *k, const rdl_csv *csv, size_t row, const char *column, bool whole,
                   bool may_be_empty, double least)
{
    const char *text = rdl_csv_at(csv, row, column);
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);

    if (!*text && may_be_empty)
        return;
    if (!*text || *end || !isfinite(value) || value < least || (whole && value != floor(value)))
        fault(k, csv, row, "%s: '%s' is not a %snumber from %g up", column, text,
              whole ? "whole " : "", least);
}

static void unique(checker *k, const rdl_csv *csv, size_t row, const char *column)
{
    const char *text = rdl_csv_at(csv, row, column);
    gssize first = rdl_csv_find(csv, column, text);

    if (!*text)
        fault(k, csv, row, "%s: empty", column);
    else if (first != (gssize)row)
        fault(k, csv, row, "%s '%s' stands twice, first on line %d", column, text,
              rdl_csv_line(csv, (size_t)first));
}

/* ---- codes of other tables ---- */

typedef bool (*known_fn)(const checker *k, const char *code);

static bool in_table(const checker *k, const char *file, const char *column, const char *code)
{
    const rdl_csv *csv = table(k, file);

    if (!csv) /* of a table that is not to be read its own fault is told, not all that name its rows
               */
        return g_hash_table_contains(k->tables, file);
    return *code && rdl_csv_find(csv, column, code) >= 0;
}

static bool known_zone(const checker *k, const char *code)
{
    return in_table(k, "zones.csv", "zone", code);
}

static bool known_activity(const checker *k, const char *code)
{
    return in_table(k, "activities.csv", "code", code);
}

static bool known_member(const checker *k, const char *code)
{
    return strcmp(code, "*") == 0 || known_activity(k, code);
}

static bool known_predicate(const checker *k, const char *code)
{
    return in_table(k, "predicates.csv", "code", code);
}

static bool known_subject(const checker *k, const char *code)
{
    return strcmp(code, "ANY") == 0 || known_activity(k, code) ||
           in_table(k, "predicates.csv", "code", code);
}

/* As in a permit: a trailing star stands for every code with that beginning. */
static bool known_wildcard(const checker *k, const char *code)
{
    const rdl_csv *csv = table(k, "activities.csv");
    size_t n = strlen(code);

    if (!*code || strcmp(code, "ANY") == 0 || known_activity(k, code))
        return true;
    for (size_t i = 0; csv && code[n - 1] == '*' && i < rdl_csv_count(csv); i++)
        if (strncmp(rdl_csv_at(csv, i, "code"), code, n - 1) == 0)
            return true;
    return false;
}

static bool known_rule(const checker *k, const char *code)
{
    return in_table(k, "rules.csv", "rule_id", code);
}

static bool known_state(const checker *k, const char *code)
{
    return in_table(k, "states.csv", "state", code);
}

/* Where the pack says what roles there are. */
static bool known_role(const checker *k, const char *code)
{
    return !g_hash_table_contains(k->tables, "roles.csv") || in_table(k, "roles.csv", "role", code);
}

static bool known_source(const checker *k, const char *text)
{
    g_auto(GStrv) keys = g_strsplit_set(text, ";|", -1);

    for (char **key = keys; *key; key++)
        if (in_table(k, "sources.csv", "key", *key))
            return true;
    return false;
}

static bool known_local(const checker *k, const char *label)
{
    JsonObject *locals = rdl_json_object(k->meta, "locals");

    return locals && json_object_has_member(locals, label);
}

/* Every member of the cell; an empty cell only where it may be. */
static void codes(checker *k, const rdl_csv *csv, size_t row, const char *column, known_fn known,
                  bool may_be_empty, const char *what)
{
    const char *text = rdl_csv_at(csv, row, column);
    g_auto(GStrv) list = g_strsplit(text, "|", -1);

    if (!*text && !may_be_empty)
        fault(k, csv, row, "%s: empty", column);
    for (char **code = list; *text && *code; code++)
        if (!known(k, *code))
            fault(k, csv, row, "%s %s '%s'", column, what, *code);
}

static void source(checker *k, const rdl_csv *csv, size_t row)
{
    if (table(k, "sources.csv") && rdl_csv_column(csv, "src") >= 0 &&
        !known_source(k, rdl_csv_at(csv, row, "src")))
        fault(k, csv, row, "src: no key of sources.csv in '%s'", rdl_csv_at(csv, row, "src"));
}

/* Does the column, followed from row to row, come back to where it started? */
static bool circles(const rdl_csv *csv, size_t row, const char *key, const char *up)
{
    gssize at = (gssize)row;

    for (size_t steps = 0; at >= 0; steps++) {
        const char *next = rdl_csv_at(csv, (size_t)at, up);
        if (steps > rdl_csv_count(csv))
            return true;
        at = *next ? rdl_csv_find(csv, key, next) : -1;
    }
    return false;
}

/* ---- zones and activities ---- */

#define LETTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_"

static void check_zones(checker *k)
{
    static const char *const columns[] = {"zone", "family", "priority", "reserve", NULL};
    static const char *const bits[] = {"0", "1", NULL};
    const rdl_csv *csv = with_columns(k, "zones.csv", true, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        const char *to = rdl_csv_at(csv, i, "converts_to");
        gssize target = *to ? rdl_csv_find(csv, "zone", to) : -1;
        unique(k, csv, i, "zone");
        if (strspn(rdl_csv_at(csv, i, "zone"), LETTERS) != strlen(rdl_csv_at(csv, i, "zone")))
            fault(k, csv, i, "zone '%s': letters, digits and _ only", rdl_csv_at(csv, i, "zone"));
        filled(k, csv, i, "family");
        number(k, csv, i, "priority", true, false, 1);
        one_of(k, csv, i, "reserve", bits);
        day(k, csv, i, "converts_from", RDL_DAY_PAST);
        if (*to && target < 0)
            fault(k, csv, i, "converts_to: zone not in zones.csv '%s'", to);
        else if (target >= 0 && *rdl_csv_at(csv, (size_t)target, "converts_to"))
            fault(k, csv, i, "converts_to: '%s' is itself to be converted", to);
    }
}

static void check_activities(checker *k)
{
    static const char *const columns[] = {"code", "parent", NULL};
    const rdl_csv *csv = with_columns(k, "activities.csv", true, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        const char *parent = rdl_csv_at(csv, i, "parent");
        unique(k, csv, i, "code");
        if (*parent && !known_activity(k, parent))
            fault(k, csv, i, "activity %s: its parent is not in activities.csv '%s'",
                  rdl_csv_at(csv, i, "code"), parent);
        else if (circles(csv, i, "code", "parent"))
            fault(k, csv, i, "activity %s has no way up the tree: its parents go in a circle",
                  rdl_csv_at(csv, i, "code"));
        g_auto(GStrv) aliases = g_strsplit(rdl_csv_at(csv, i, "aliases"), "|", -1);
        for (char **alias = aliases; *alias; alias++)
            if (!**alias || known_activity(k, *alias))
                fault(k, csv, i, "aliases: is empty, or a code itself: '%s'", *alias);
        source(k, csv, i);
    }
}

/* ---- codes of zones' fields (codes.csv) ---- */

static gssize row_of_code(const rdl_csv *csv, const char *field, const char *code)
{
    for (size_t i = 0; i < rdl_csv_count(csv); i++)
        if (strcmp(rdl_csv_at(csv, i, "field"), field) == 0 &&
            strcmp(rdl_csv_at(csv, i, "code"), code) == 0)
            return (gssize)i;
    return -1;
}

/* A row that names a level or basin no zone can have would be silently without effect. */
static void check_field(checker *k, const rdl_csv *csv, size_t row, const char *field)
{
    const rdl_csv *known = table(k, "codes.csv");
    const char *code = rdl_csv_at(csv, row, field);

    if (known && *code && row_of_code(known, field, code) < 0)
        fault(k, csv, row, "%s is not in codes.csv: '%s'", field, code);
}

static void check_codes(checker *k)
{
    static const char *const columns[] = {"field", "code", NULL};
    static const char *const fields[] = {"level", "basin", NULL};
    const rdl_csv *csv = with_columns(k, "codes.csv", false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        const char *field = rdl_csv_at(csv, i, "field"), *code = rdl_csv_at(csv, i, "code");
        one_of(k, csv, i, "field", fields);
        filled(k, csv, i, "code");
        if (row_of_code(csv, field, code) != (gssize)i)
            fault(k, csv, i, "code '%s' of %s stands twice", code, field);
        source(k, csv, i);
    }
}

static void check_predicates(checker *k)
{
    static const char *const columns[] = {"code", "kind", "members", "excludes", NULL};
    static const char *const kinds[] = {"set", "attr", "sql", NULL};
    const rdl_csv *csv = with_columns(k, "predicates.csv", false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        bool set = strcmp(rdl_csv_at(csv, i, "kind"), "set") == 0;
        unique(k, csv, i, "code");
        one_of(k, csv, i, "kind", kinds);
        if (known_activity(k, rdl_csv_at(csv, i, "code")))
            fault(k, csv, i, "code '%s' is an activity too", rdl_csv_at(csv, i, "code"));
        codes(k, csv, i, "members", known_member, !set, "has what is not in activities.csv");
        codes(k, csv, i, "excludes", known_activity, true, "has what is not in activities.csv");
        codes(k, csv, i, "excludes_pre", known_activity, true, "has what is not in activities.csv");
        source(k, csv, i);
    }
}

/* ---- rules ---- */

bool rdl_penalty_parse(const char *text, const char **kind, double *max)
{
    static const char *const kinds[] = {"FIX:", "M2:", "M:", "X:"};
    static const char *const names[] = {"FIX", "M2", "M", "X"};

    *kind = "-";
    *max = NAN;
    if (strcmp(text, "-") == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        char *low_end, *high_end;
        if (!g_str_has_prefix(text, kinds[i]))
            continue;
        const char *s = text + strlen(kinds[i]);
        double low = g_ascii_strtod(s, &low_end);
        if (low_end == s || *low_end != '-' || !g_ascii_isdigit(low_end[1]))
            return false;
        *max = g_ascii_strtod(low_end + 1, &high_end);
        *kind = names[i];
        return g_ascii_isdigit(*s) && low <= *max && isfinite(*max) &&
               (*high_end == '\0' || (*kind[0] == 'X' && *high_end == ' '));
    }
    return false;
}

static void check_overrides(checker *k, const rdl_csv *csv, size_t row)
{
    const char *id = rdl_csv_at(csv, row, "rule_id");
    g_auto(GStrv) ids = g_strsplit(rdl_csv_at(csv, row, "overrides"), "|", -1);

    codes(k, csv, row, "overrides", known_rule, true, "names no rule of rules.csv:");
    for (char **other = ids; *other; other++) {
        gssize at = **other ? rdl_csv_find(csv, "rule_id", *other) : -1;
        g_auto(GStrv) back =
            g_strsplit(at < 0 ? "" : rdl_csv_at(csv, (size_t)at, "overrides"), "|", -1);
        if (at >= 0 && in((const char *const *)back, id))
            fault(k, csv, row, "rule %s and '%s' override each other", id, *other);
    }
}

static void check_local(checker *k, const rdl_csv *csv, size_t row)
{
    if (!*rdl_csv_at(csv, row, "local"))
        return;
    codes(k, csv, row, "local", known_local, true, "is not a member of locals in pack.yaml:");
    if (strcmp(rdl_csv_at(csv, row, "enabled"), "0") != 0)
        fault(k, csv, row, "enabled: a local row is 0 until its label is switched on");
}

/* "near_<ZONE>_m" of a zone of the pack. */
static bool known_distance(const checker *k, const char *quantity)
{
    size_t n = strlen(quantity);
    g_autofree char *zone = n > 7 ? g_strndup(quantity + 5, n - 7) : NULL;

    return zone && g_str_has_prefix(quantity, "near_") && g_str_has_suffix(quantity, "_m") &&
           known_zone(k, zone);
}

/* Distances, several by "|". */
static bool is_distance(const checker *k, const char *quantity)
{
    g_auto(GStrv) all = g_strsplit(quantity, "|", -1);
    bool good = *all != NULL;

    for (char **one = all; *one; one++)
        good = good && known_distance(k, *one);
    return good;
}

static void check_rule(checker *k, const rdl_csv *csv, size_t row)
{
    static const char *const verdicts[] = {"PROHIBIT", "DENY",   "PERMIT", "ALLOW",
                                           "EXIT",     "ASSESS", "REVIEW", NULL};
    static const char *const whens[] = {"PRE_OK", "PRE_NO", "POST_OK", "POST_NO",
                                        "EXPAND", "ANY",    NULL};
    static const char *const severities[] = {"S1", "S2", "S3", "S4", NULL};
    static const char *const applies[] = {"ACT", "STATE", "BOTH", NULL};
    static const char *const bits[] = {"0", "1", NULL};
    static const char *const quantities[] = {"", "none", "m2", "m", "outside_permit_m2", NULL};
    const char *id = rdl_csv_at(csv, row, "rule_id"), *kind;
    g_auto(GStrv) zones = g_strsplit(rdl_csv_at(csv, row, "zone"), "|", -1);
    double max;

    unique(k, csv, row, "rule_id");
    codes(k, csv, row, "zone", known_zone, false, "not in zones.csv");
    if (g_strv_length(zones) > 1 && in((const char *const *)zones, "ANY"))
        fault(k, csv, row, "rule %s: zone ANY stands alone, not beside others", id);
    codes(k, csv, row, "activity", known_subject, false,
          "is neither in activities.csv nor in predicates.csv:");
    if (!in(whens, rdl_csv_at(csv, row, "when")))
        fault(k, csv, row, "rule %s: unknown when-case '%s'", id, rdl_csv_at(csv, row, "when"));
    if (!in(verdicts, rdl_csv_at(csv, row, "verdict")))
        fault(k, csv, row, "rule %s: unknown verdict '%s'", id, rdl_csv_at(csv, row, "verdict"));
    if (!in(severities, rdl_csv_at(csv, row, "severity")))
        fault(k, csv, row, "rule %s: unknown severity '%s'", id, rdl_csv_at(csv, row, "severity"));
    if (!in(applies, rdl_csv_at(csv, row, "applies")))
        fault(k, csv, row, "rule %s: applies must be ACT, STATE or BOTH, not '%s'", id,
              rdl_csv_at(csv, row, "applies"));
    filled(k, csv, row, "basis");
    filled(k, csv, row, "lead_dept");
    filled(k, csv, row, "eff_from"); /* without it the row would judge all that ever was */
    span(k, csv, row, "eff_from", "eff_to");
    day(k, csv, row, "review_from", RDL_DAY_FUTURE);
    one_of(k, csv, row, "enabled", bits);
    if (!is_distance(k, rdl_csv_at(csv, row, "quantity")))
        one_of(k, csv, row, "quantity", quantities);
    const char *season = rdl_csv_at(csv, row, "season");
    if (*season && strcmp(season, "zone") != 0 && !rdl_season_valid(season))
        fault(k, csv, row, "rule %s: season is not MM-DD/MM-DD or zone: '%s'", id, season);
    if (!rdl_penalty_parse(rdl_csv_at(csv, row, "pen"), &kind, &max))
        fault(k, csv, row, "rule %s: pen is not FIX:, M2:, M: or X:min-max, or -: '%s'", id,
              rdl_csv_at(csv, row, "pen"));
    codes(k, csv, row, "ask_if", known_activity, true, "has what is not in activities.csv");
    codes(k, csv, row, "only_if", known_predicate, true, "is not in predicates.csv:");
    check_field(k, csv, row, "level");
    check_field(k, csv, row, "basin");
    check_overrides(k, csv, row);
    check_local(k, csv, row);
    source(k, csv, row);
}

/* A misspelt optional column would be silently without effect. */
static void check_columns(checker *k, const rdl_csv *csv)
{
    static const char *const known[] = {
        "rule_id",  "zone",     "activity",  "when",     "verdict", "basis",     "eff_from",
        "eff_to",   "severity", "lead_dept", "handling", "pen",     "src",       "applies",
        "local",    "enabled",  "level",     "basin",    "ask_if",  "overrides", "review_from",
        "quantity", "only_if",  "note",      "season",   "licence", NULL};
    const char *column;

    for (int c = 0; (column = rdl_csv_column_name(csv, c)); c++)
        if (!in(known, column))
            g_ptr_array_add(k->faults, g_strdup_printf("%s:1: column '%s' is not known",
                                                       rdl_csv_name(csv), column));
}

static void check_rules(checker *k)
{
    static const char *const needed[] = {
        "rule_id",  "zone",      "activity", "when", "verdict", "basis",   "eff_from", "eff_to",
        "severity", "lead_dept", "handling", "pen",  "applies", "enabled", NULL};
    const rdl_csv *csv = with_columns(k, "rules.csv", true, needed);

    if (csv)
        check_columns(k, csv);
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        check_rule(k, csv, i);
}

/* ---- the other tables ---- */

static void check_competent(checker *k)
{
    static const char *const columns[] = {"zone", "activity", "authority", NULL};
    const rdl_csv *csv = with_columns(k, "competent.csv", false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        codes(k, csv, i, "zone", known_zone, false, "not in zones.csv");
        if (!known_wildcard(k, rdl_csv_at(csv, i, "activity")))
            fault(k, csv, i, "activity is not in activities.csv: '%s'",
                  rdl_csv_at(csv, i, "activity"));
        filled(k, csv, i, "authority");
        span(k, csv, i, "eff_from", "eff_to");
        source(k, csv, i);
    }
}

static void check_work(checker *k, const char *file)
{
    static const char *const columns[] = {"from", "to", "roles", NULL};
    const rdl_csv *csv = with_columns(k, file, false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        codes(k, csv, i, "from", known_state, false, "is not in states.csv:");
        codes(k, csv, i, "to", known_state, false, "is not in states.csv:");
        codes(k, csv, i, "roles", known_role, false, "is not in roles.csv:");
    }
}

static void check_deadlines(checker *k)
{
    static const char *const columns[] = {"kind", "result", "severity", "tier", "months", NULL};
    static const char *const results[] = {"*",        "SUSPECT", "CLEAN",        "PERMIT-CHECK",
                                          "HISTORIC", "EDGE",    "UNKNOWN-DATE", NULL};
    static const char *const severities[] = {"*", "S1", "S2", "S3", "S4", NULL};
    static const char *const kinds[] = {"verify", "rectify", NULL};
    const rdl_csv *csv = with_columns(k, "deadlines.csv", false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        one_of(k, csv, i, "result", results);
        one_of(k, csv, i, "severity", severities);
        one_of(k, csv, i, "kind", kinds);
        filled(k, csv, i, "tier");
        number(k, csv, i, "months", true, true, 1);
        if (*rdl_csv_at(csv, i, "months") && table(k, "warnings.csv") &&
            !in_table(k, "warnings.csv", "tier", rdl_csv_at(csv, i, "tier")))
            fault(k, csv, i, "tier is not in warnings.csv, nobody would be warned: '%s'",
                  rdl_csv_at(csv, i, "tier"));
    }
}

static void check_calendar(checker *k, const char *file)
{
    static const char *const columns[] = {"date", "kind", NULL};
    static const char *const kinds[] = {"holiday", "workday", NULL};
    const rdl_csv *csv = with_columns(k, file, false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        unique(k, csv, i, "date");
        day(k, csv, i, "date", RDL_DAY_PAST);
        one_of(k, csv, i, "kind", kinds);
    }
}

static void check_small_tables(checker *k)
{
    static const char *const departments[] = {"name", "current", "valid_from", "valid_to", NULL};
    static const char *const keyed[][2] = {{"texts.csv", "key"},
                                           {"sources.csv", "key"},
                                           {"states.csv", "state"},
                                           {"units.csv", "code"}};
    const rdl_csv *csv = with_columns(k, "departments.csv", false, departments);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        filled(k, csv, i, "name");
        span(k, csv, i, "valid_from", "valid_to");
    }
    for (size_t t = 0; t < G_N_ELEMENTS(keyed); t++) {
        const char *const columns[] = {keyed[t][1], NULL};
        csv = with_columns(k, keyed[t][0], false, columns);
        for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
            unique(k, csv, i, keyed[t][1]);
    }
    csv = table(k, "units.csv");
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++) {
        number(k, csv, i, "per_m2", false, false, G_MINDOUBLE);
        number(k, csv, i, "decimals", true, false, 0);
    }
}

/* "CODE;-CODE": a misspelt one would be an attribute nobody asks for. */
static void check_attributes(checker *k, const rdl_csv *csv, size_t row)
{
    g_auto(GStrv) list = g_strsplit(rdl_csv_at(csv, row, "attrs"), ";", -1);

    for (char **code = list; *code; code++) {
        const char *name = g_strstrip(*code);
        name += *name == '-';
        if (*name && !known_subject(k, name))
            fault(k, csv, row, "attrs: neither in predicates.csv nor in activities.csv: '%s'",
                  name);
    }
}

static void check_case(checker *k, const rdl_csv *csv, size_t row)
{
    static const char *const whens[] = {"PRE_OK", "PRE_NO", "POST_OK", "POST_NO", "UNKNOWN", NULL};
    static const char *const verdicts[] = {"",     "PROHIBIT", "DENY",   "PERMIT", "ALLOW",
                                           "EXIT", "ASSESS",   "REVIEW", NULL};
    static const char *const results[] = {
        "SUSPECT", "CLEAN", "PERMIT-CHECK", "HISTORIC", "EDGE", "UNKNOWN-DATE", NULL};
    static const char *const approvals[] = {"absent", "none", "valid", "dates", "papers", NULL};
    static const char *const days[] = {"established", "valid_from", "valid_to", "as_of"};

    unique(k, csv, row, "case");
    codes(k, csv, row, "zone", known_zone, false, "not in zones.csv");
    filled(k, csv, row, "activity"); /* any text: what a pack does not know is a case too */
    filled(k, csv, row, "as_of");
    filled(k, csv, row, "reason");
    check_attributes(k, csv, row);
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        day(k, csv, row, days[i], RDL_DAY_PAST);
    span(k, csv, row, "built_after", "built_before");
    one_of(k, csv, row, "approval", approvals);
    one_of(k, csv, row, "when_case", whens);
    one_of(k, csv, row, "verdict", verdicts);
    one_of(k, csv, row, "result", results);
    codes(k, csv, row, "rule_id", known_rule, true, "names no rule of rules.csv:");
    codes(k, csv, row, "rule_then", known_rule, true, "names no rule of rules.csv:");
    codes(k, csv, row, "hits", known_rule, true, "names no rule of rules.csv:");
    codes(k, csv, row, "local", known_local, true, "is not a member of locals in pack.yaml:");
}

static void check_cases(checker *k)
{
    static const char *const columns[] = {"case",        "zone",         "activity", "approval",
                                          "built_after", "built_before", "as_of",    "when_case",
                                          "verdict",     "result",       "rule_id",  "reason",
                                          NULL};
    const rdl_csv *csv = with_columns(k, "cases.csv", false, columns);

    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        check_case(k, csv, i);
}

/* ---- the whole ---- */

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static void check_named_tables(checker *k)
{
    GList *names = g_list_sort(g_hash_table_get_keys(k->tables), by_text);

    for (GList *n = names; n; n = n->next)
        if (g_str_has_prefix(n->data, "workflow"))
            check_work(k, n->data);
        else if (g_str_has_prefix(n->data, "calendar-"))
            check_calendar(k, n->data);
    g_list_free(names);
}

static void check_meta(checker *k)
{
    JsonObject *defaults = rdl_json_object(k->meta, "defaults");
    g_autoptr(GList) members = defaults ? json_object_get_members(defaults) : NULL;

    if (!rdl_json_text(k->meta, "id", NULL) || !rdl_json_text(k->meta, "version", NULL))
        g_ptr_array_add(
            k->faults,
            g_strdup_printf("%s/pack.yaml: needs 'id' and 'version', both text", k->folder));
    const char *offset = rdl_json_text(k->meta, "utc_offset", NULL);
    g_autoptr(GTimeZone) zone = offset ? g_time_zone_new_identifier(offset) : NULL;
    if (offset && !zone)
        g_ptr_array_add(k->faults, g_strdup_printf("%s/pack.yaml: utc_offset: '%s' is none as "
                                                   "+08:00 is",
                                                   k->folder, offset));
    for (GList *m = members; m; m = m->next) {
        double value = rdl_json_real(defaults, m->data, NAN);
        if (!(value >= 0.0) || !isfinite(value))
            g_ptr_array_add(k->faults,
                            g_strdup_printf("%s/pack.yaml: defaults: '%s' is no number from 0 up",
                                            k->folder, (char *)m->data));
    }
}

static void check_workflow_name(checker *k, const char *of, const char *file)
{
    bool follows = g_hash_table_contains(k->tables, "states.csv"); /* else it only judges */

    if (follows && (!file || !g_hash_table_contains(k->tables, file)))
        g_ptr_array_add(k->faults,
                        g_strdup_printf("%s/pack.yaml: workflows: '%s' names no table of the pack",
                                        k->folder, of));
}

/* workflows: {default: FILE, units: {CODE: FILE}, sources: {NAME: FILE}}; nothing else is read. */
static void check_workflows(checker *k)
{
    JsonObject *workflows = rdl_json_object(k->meta, "workflows");
    g_autoptr(GList) members = workflows ? json_object_get_members(workflows) : NULL;

    for (GList *m = members; m; m = m->next) {
        JsonObject *of = rdl_json_object(workflows, m->data);
        g_autoptr(GList) names = of ? json_object_get_members(of) : NULL;
        for (GList *n = names; n; n = n->next)
            check_workflow_name(k, n->data, rdl_json_text(of, n->data, NULL));
        if (strcmp(m->data, "default") == 0)
            check_workflow_name(k, m->data, rdl_json_text(workflows, m->data, NULL));
        else if (!of || (strcmp(m->data, "units") != 0 && strcmp(m->data, "sources") != 0))
            g_ptr_array_add(k->faults,
                            g_strdup_printf("%s/pack.yaml: workflows: '%s' is none of default, "
                                            "units, sources",
                                            k->folder, (char *)m->data));
    }
}

void rdl_pack_faults(const char *folder, JsonNode *meta, GHashTable *tables, GPtrArray *faults)
{
    checker k = {folder, JSON_NODE_HOLDS_OBJECT(meta) ? json_node_get_object(meta) : NULL, tables,
                 faults};

    if (!k.meta) {
        g_ptr_array_add(faults, g_strdup_printf("%s/pack.yaml: needs 'id' and 'version'", folder));
        return;
    }
    check_meta(&k);
    check_workflows(&k);
    check_zones(&k);
    check_activities(&k);
    check_codes(&k);
    check_predicates(&k);
    check_rules(&k);
    check_competent(&k);
    check_deadlines(&k);
    check_small_tables(&k);
    check_named_tables(&k);
    check_cases(&k);
}
