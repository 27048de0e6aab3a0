#include "geo/coordinate.h"

#include <math.h>
#include <string.h>

/* Degrees, minutes, seconds; signs by quarter of the compass or by a minus. */
static bool parse_parts(const char *text, double *value)
{
    static GRegex *pattern;
    g_autoptr(GMatchInfo) match = NULL;
    double parts[3] = {0};

    if (g_once_init_enter(&pattern))
        g_once_init_leave(
            &pattern,
            g_regex_new("^([NSEW东西南北])?\\s*(-)?(\\d+(?:\\.\\d+)?)(?:[°º度d:]\\s*)"
                        "(?:(\\d+(?:\\.\\d+)?)(?:['′’分m:]\\s*|$))?"
                        "(?:(\\d+(?:\\.\\d+)?)(?:[\"″”秒s]|''|′′)?)?\\s*([NSEW东西南北])?$",
                        G_REGEX_OPTIMIZE | G_REGEX_CASELESS, 0, NULL));
    if (!g_regex_match(pattern, text, 0, &match))
        return false;
    for (int i = 0; i < 3; i++) {
        g_autofree char *part = g_match_info_fetch(match, i + 3);
        parts[i] = part ? g_ascii_strtod(part, NULL) : 0.0;
    }
    if (parts[1] >= 60.0 || parts[2] >= 60.0)
        return false;
    g_autofree char *before = g_match_info_fetch(match, 1), *after = g_match_info_fetch(match, 6);
    g_autofree char *minus = g_match_info_fetch(match, 2);
    g_autofree char *quarters = g_strconcat(before ? before : "", after ? after : "", NULL);
    g_autofree char *quarter = g_utf8_strup(quarters, -1);
    bool negative = (minus && *minus) || (*quarter && strstr("S W 西 南", quarter));
    *value = (negative ? -1.0 : 1.0) * (parts[0] + parts[1] / 60.0 + parts[2] / 3600.0);
    return true;
}

bool rdl_coordinate_parse(const char *text, double *value)
{
    g_autofree char *good = g_utf8_make_valid(text, -1);
    g_autofree char *plain = g_strstrip(g_utf8_normalize(good, -1, G_NORMALIZE_NFC));
    g_autofree char *narrow = g_strstrip(g_utf8_normalize(good, -1, G_NORMALIZE_ALL_COMPOSE));
    char *end;

    if (!*narrow)
        return false;
    *value = g_ascii_strtod(narrow, &end);
    if (!*end && isfinite(*value) && !strpbrk(narrow, "xXnN"))
        return true;
    return parse_parts(plain, value) || parse_parts(narrow, value);
}

/* ---- datums of web maps ---- */

#define GCJ_M 800.0 /* displacements of 100 to 700 m are met with in China */
#define BD_M 1600.0 /* adds 0.0065 and 0.006 degrees, and waves, to the first */

const char *rdl_web_datum(const char *words)
{
    static GRegex *bd, *gcj;
    g_autofree char *folded = words ? rdl_name_fold(words) : NULL;

    if (!folded)
        return NULL;
    if (g_once_init_enter(&bd))
        g_once_init_leave(&bd,
                          g_regex_new("(^|[^a-z])bd[-_]?09|baidu|百度", G_REGEX_OPTIMIZE, 0, NULL));
    if (g_once_init_enter(&gcj))
        g_once_init_leave(
            &gcj, g_regex_new("(^|[^a-z])gcj([^a-z]|$)|火星坐标|高德坐标|腾讯坐标|国测局坐标",
                              G_REGEX_OPTIMIZE, 0, NULL));
    if (g_regex_match(bd, folded, 0, NULL))
        return "BD-09";
    return g_regex_match(gcj, folded, 0, NULL) ? "GCJ-02" : NULL;
}

double rdl_web_datum_error_m(const char *datum)
{
    return strcmp(datum, "BD-09") == 0 ? BD_M : GCJ_M;
}
