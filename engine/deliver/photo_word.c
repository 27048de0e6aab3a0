#include "deliver/photo_word.h"

#include <math.h>
#include <string.h>
#include "deliver/words.h"

static const rdl_label words[] = {{"INSIDE", "点位内", "inside the site"},
                                  {"NEAR", "点位附近", "near the site"},
                                  {"FAR", "远离点位", "far from the site"},
                                  {"NO_POSITION", "无位置信息", "no position"},
                                  {"NOT_PLAUSIBLE", "位置不可信", "position not plausible"},
                                  {"NO_GROUND", "点位无图形", "the site has no ground"},
                                  {"NO_TIME", "无拍摄时间", "no time"},
                                  {"FUTURE", "晚于入账日", "after it was put on record"},
                                  {"BEFORE_ONSET", "早于建设时间", "before the building began"},
                                  {"DISAGREES", "时钟与卫星时间不符", "clock and GPS disagree"},
                                  {"true", "真北", "true north"},
                                  {"magnetic", "磁北", "magnetic north"},
                                  {"north_unsaid", "未注明真北或磁北", "which north is not said"},
                                  {"yes", "计入", "counts"},
                                  {"no", "不计入", "does not count"}};

static const char *word(const char *key, const char *language)
{
    return rdl_label_of(words, G_N_ELEMENTS(words), key, language);
}

char *rdl_photo_where(JsonObject *photo, const char *language)
{
    const char *place = rdl_json_text(photo, "place", "NO_POSITION");
    double m = rdl_json_real(photo, "distance_m", NAN);
    char number[32];

    if (isnan(m) || m <= 0.0)
        return g_strdup(word(place, language));
    g_snprintf(number, sizeof number, "%.0f", m);
    return g_strdup_printf(strcmp(language, "en") == 0 ? "%s (%s m)" : "%s（%s 米）",
                           word(place, language), number);
}

char *rdl_photo_way(JsonObject *photo, const char *language)
{
    double azimuth = rdl_json_real(photo, "azimuth", NAN);

    if (isnan(azimuth))
        return g_strdup("-");
    return g_strdup_printf(strcmp(language, "en") == 0 ? "%.1f° (%s)" : "%.1f°（%s）", azimuth,
                           word(rdl_json_text(photo, "north", "north_unsaid"), language));
}

char *rdl_photo_when(JsonObject *photo, const char *language)
{
    const char *gps = rdl_json_text(photo, "gps_time", NULL);
    const char *taken = rdl_json_text(photo, "shot", gps), *code = rdl_json_text(photo, "time", "");

    if (!taken)
        return g_strdup("-");
    if (strcmp(code, "TIMED") == 0)
        return g_strdup(taken);
    return g_strdup_printf(strcmp(language, "en") == 0 ? "%s (%s)" : "%s（%s）", taken,
                           word(code, language));
}

char *rdl_photo_counts(JsonObject *photo, const char *language)
{
    JsonArray *elsewhere = json_object_get_array_member(photo, "elsewhere");

    if (!json_array_get_length(elsewhere))
        return g_strdup(
            word(json_object_get_boolean_member(photo, "counts") ? "yes" : "no", language));
    return g_strdup_printf(strcmp(language, "en") == 0 ? "does not count: also a photo of %s"
                                                       : "不计入：%s 也用此照片",
                           json_array_get_string_element(elsewhere, 0));
}

char *rdl_photo_position(JsonObject *photo)
{
    double lon = rdl_json_real(photo, "lon", NAN), lat = rdl_json_real(photo, "lat", NAN);

    return isnan(lon) ? g_strdup("-") : g_strdup_printf("%.6f, %.6f", lon, lat);
}
