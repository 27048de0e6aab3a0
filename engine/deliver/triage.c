#include "deliver/triage.h"

#include <math.h>
#include <string.h>
#include "deliver/review_piece.h"
#include "deliver/words.h"

static const rdl_label words[] = {
    {"accept", "属实", "accepted"},
    {"reject", "剔除", "rejected"},
    {"outgrown", "剔除（后又扩大，已重新列为线索）",
     "rejected (it grew since, and is a clue again)"},
    {"retype", "改类", "retyped"},
    {"merge", "合并", "merged"},
    {"HELD", "同一地块、同一时段：不再列为线索", "the same ground and time: no clue is made of it"},
    {"LATER", "变化晚于剔除时所见影像：另为线索",
     "it ends after the picture that was seen: a new clue"},
    {"EARLIER", "变化早于剔除时所见影像：另为线索",
     "it ended before the pictures that were seen: a new clue"},
    {"UNDATED", "时相不明：另为线索", "its days are not known: a new clue"},
    {"PICTURES", "剔除原因只关乎当时的影像：另为线索",
     "the reason speaks of the pictures that were seen alone: a new clue"},
    {"PARTLY", "只有部分地块相同：另为线索", "only some of the ground is the same: a new clue"},
    {"LARGER", "范围明显更大：另为线索", "it is much larger: a new clue"},
    {"SMALLER", "范围明显更小：另为线索", "it is much smaller: a new clue"},
};

static const char *word(const char *key, const char *language)
{
    return rdl_label_of(words, G_N_ELEMENTS(words), key, language);
}

/* "物候或季节差异 (SEASON)"; the code alone where the list has none. Yours; NULL for NULL. */
static char *reason_of(const char *code, const char *language)
{
    g_autoptr(rdl_csv) codes = rdl_review_reasons(NULL);
    gssize row = codes && code ? rdl_csv_find(codes, "code", code) : -1;

    return row < 0 ? g_strdup(code)
                   : g_strdup_printf(
                         "%s (%s)",
                         rdl_csv_at(codes, (size_t)row, strcmp(language, "en") == 0 ? "en" : "zh"),
                         code);
}

static JsonArray *array_of(JsonObject *o, const char *name)
{
    JsonNode *node = o ? json_object_get_member(o, name) : NULL;

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static guint length(JsonArray *array)
{
    return array ? json_array_get_length(array) : 0;
}

bool rdl_triage_rejected(JsonObject *chain)
{
    JsonArray *tasks = array_of(chain, "tasks"), *review = array_of(chain, "review");
    bool rejected = false;

    for (guint i = 0; i < length(review); i++)
        rejected = rejected ||
                   strcmp(rdl_json_text(json_array_get_object_element(review, i), "decision", ""),
                          "reject") == 0;
    for (guint i = 0; i < length(tasks); i++)
        rejected =
            rejected && strcmp(rdl_json_text(json_array_get_object_element(tasks, i), "state", ""),
                               "DISMISSED") == 0;
    return rejected;
}

char *rdl_triage_decision(JsonObject *row, const char *language)
{
    g_autofree char *reason = reason_of(rdl_json_text(row, "reason", NULL), language);
    const char *becomes = rdl_json_text(row, "becomes", NULL),
               *note = rdl_json_text(row, "note", NULL);

    return g_strdup_printf("%s %s: %s%s%s%s%s%s%s", rdl_json_text(row, "on", "?"),
                           rdl_json_text(row, "by", "?"),
                           word(rdl_json_text(row, "decision", "?"), language),
                           becomes ? " → " : "", becomes ? becomes : "", reason ? ", " : "",
                           reason ? reason : "", note ? "; " : "", note ? note : "");
}

char *rdl_triage_ground(JsonObject *said, const char *language)
{
    g_autofree char *reason = reason_of(rdl_json_text(said, "reason", NULL), language);
    g_autofree char *by =
        g_strdup_printf("%s .. %s; %s %s: %s", rdl_json_text(said, "t_before", "?"),
                        rdl_json_text(said, "t_after", "?"), rdl_json_text(said, "on", "?"),
                        rdl_json_text(said, "by", "?"), reason ? reason : "?");
    const char *share_text = rdl_json_text(said, "share", NULL); /* text where SQLite gave it so */
    double share =
        share_text ? g_ascii_strtod(share_text, NULL) : rdl_json_real(said, "share", NAN);
    const char *fate = word(rdl_json_text(said, "fate", "HELD"), language);
    const char *id = rdl_json_text(said, "source_id", "?");

    return strcmp(language, "en") == 0
               ? g_strdup_printf("%.0f%% of it is ground of %s, which was rejected (%s): %s",
                                 share * 100.0, id, by, fate)
               : g_strdup_printf("与已剔除的 %s 重叠 %.0f%%（%s）：%s", id, share * 100.0, by,
                                 fate);
}

GPtrArray *rdl_triage_grounds(JsonObject *chain)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *lines = g_ptr_array_new();
    JsonArray *events = array_of(chain, "events");

    for (guint i = length(events); i > 0; i--) {
        JsonObject *e = rdl_json_object(json_array_get_object_element(events, i - 1), "payload");
        JsonArray *said = array_of(e, "on_rejected");
        bool comes = e && json_object_has_member(e, "findings");
        if (!comes || !g_hash_table_add(last, (gpointer)rdl_json_text(e, "source_id", "")))
            continue;
        for (guint k = 0; k < length(said); k++)
            g_ptr_array_add(lines, json_array_get_object_element(said, k));
    }
    return lines;
}
