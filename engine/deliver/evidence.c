#include "deliver/evidence.h"

#include <math.h>
#include <string.h>
#include "deliver/photo_word.h"
#include "deliver/table.h"
#include "deliver/triage.h"
#include "deliver/words.h"

#define LABEL_WIDTH 18

static const rdl_label labels[] = {
    {"source", "来源", "source"},
    {"footprint", "图斑", "footprint"},
    {"patch", "遥感监测变化图斑", "change patch"},
    {"activity", "活动类型", "activity"},
    {"place", "位置", "place"},
    {"place_form", "经度 %.6f，纬度 %.6f", "longitude %.6f, latitude %.6f"},
    {"xzqdm", "行政区代码", "unit"},
    {"reaches", "；跨入 ", "; reaches into "},
    {"owner", "业主", "owner"},
    {"zones", "管控区", "zones"},
    {"footprints", "图斑", "footprints"},
    {"patches", "变化图斑", "patches"},
    {"change", "变化栅格", "change raster"},
    {"score", "变化统计量", "score raster"},
    {"before", "前时相影像", "scene before"},
    {"after", "后时相影像", "scene after"},
    {"permits", "许可", "permits"},
    {"units", "行政区", "units"},
    {"inputs", "依据材料", "What was read"},
    {"no_manifest", "载入时未附运行清单：无法追溯输入",
     "loaded without a run manifest: the inputs are "
     "not known"},
    {"no_digest", "（无摘要）", "(no digest)"},
    {"command", "命令", "command"},
    {"options", "参数", "options"},
    {"methods", "方法", "methods"},
    {"pack", "规则包", "rule pack"},
    {"finding", "判定", "Finding"},
    {"leads", "本点位的主要判定", "leads for this site"},
    {"leads_source", "本来源的主要判定", "leads for its source"},
    {"zone", "管控区", "zone"},
    {"overlap", "重叠面积", "overlap"},
    {"overlap_form", "%.2f 平方米（%.4f 公顷，%.2f 亩）", "%.2f m2 (%.4f ha, %.2f mu)"},
    {"bounds", "面积界限", "bounds"},
    {"bounds_form", "%.2f 至 %.2f 平方米", "%.2f to %.2f m2"},
    {"share", "占图斑比例", "share"},
    {"edge", "边界待核：重叠在边界误差之内", "at the boundary: the overlap is within its error"},
    {"built", "建设时间", "built"},
    {"built_unknown", "不详", "not known"},
    {"when", "时间情形", "against the zone"},
    {"permit", "许可", "permit"},
    {"no_permit", "未见许可", "none seen"},
    {"result", "判定结果", "result"},
    {"verdict", "规则结论", "verdict"},
    {"severity", "等级", "severity"},
    {"basis", "法律依据", "basis"},
    {"handling", "处理方式", "handling"},
    {"penalty", "罚则", "penalty"},
    {"lead_dept", "牵头部门", "lead department"},
    {"quantity", "处罚计量", "quantity"},
    {"limitation", "追诉时效", "limitation"},
    {"review", "由人工研判", "for a person to decide"},
    {"rule_then", "行为时规则", "row at the act"},
    {"parent", "超出许可范围，许可范围内部分", "beyond the permit of"},
    {"expands", "扩建自", "enlarges"},
    {"note", "说明", "note"},
    {"rules", "触及的规则", "Rules that spoke"},
    {"no_rules", "没有规则触及", "none"},
    {"primary", "← 主规则", "<- leads"},
    {"why_only", "只有一条规则可用", "the only rule that applies"},
    {"why_decided", "已定的规则先于待核的规则", "decided before what must still be asked"},
    {"why_verdict", "有结论的规则先于须研判的规则",
     "a verdict before what is for a person to decide"},
    {"why_severity", "等级更重", "the graver one"},
    {"why_order", "等级相同：罚款上限高者、具体管控区和活动在先，再按规则编号",
     "equally grave: the higher ceiling of the fine, a named zone and activity, then the rule id"},
    {"why_is", "主规则理由", "why it leads"},
    {"decided", "已定", "decided"},
    {"asked", "待人工确认", "asked"},
    {"unknown_date", "时间待核", "date not known"},
    {"overridden", "被其他规则取代", "overridden"},
    {"judged", "适用日", "judged at"},
    {"tasks", "任务", "Tasks"},
    {"verify", "核查", "verify"},
    {"rectify", "整改", "rectify"},
    {"due", "时限", "due"},
    {"provisional", "（暂定：缺该年日历）", " (provisional: no calendar of that year)"},
    {"undated", "未另定时限，自", "no day since"},
    {"assignee", "承办", "assigned to"},
    {"problem", "问题", "Problem"},
    {"target", "整改目标", "target"},
    {"measures", "整改措施", "measures"},
    {"lead_leader", "责任领导", "leader in charge"},
    {"supervisor", "监管人", "supervisor"},
    {"resp_unit", "责任单位", "responsible unit"},
    {"accept_unit", "验收单位", "accepting unit"},
    {"letters", "信访件", "Letters"},
    {"lookback.raised", "提请回头看", "look-back raised"},
    {"events", "经过", "What happened"},
    {"document", "材料", "document"},
    {"suspected", "遥感监测图斑仅为线索，未经实地核查，以下为疑似问题",
     "a clue only: not yet verified on site, what follows is a suspicion"},
    {"rejected_note", "经目视判读剔除：不作为疑似问题。以下为剔除前的机器判定，仅供追溯",
     "rejected on sight of the pictures: nobody is held to have done anything. What follows is "
     "what "
     "the machine said before, kept for the record"},
    {"rejected_source", "经目视判读剔除：从未立为线索，无人被列为疑似",
     "rejected on sight of the pictures: it never became a clue"},
    {"held_source",
     "与已剔除的变化相同：未立为线索。如确属另一变化，请目视判读为属实 (accept) 后再载入",
     "the same as a change that was rejected: no clue was made of it. If it is another, accept it "
     "in "
     "a review, and load it again"},
    {"triage", "目视判读", "Visual triage"},
    {"on_rejected", "已剔除地块", "rejected ground"},
    {"holds_back", "据此未立为线索", "held back by it"},
    {"was_rejected", "，已剔除", ", rejected"},
    {"review.decided", "目视判读", "triage"},
    {"source.held", "未立为线索", "held back"},
    {"site.found", "发现点位", "site found"},
    {"site.revised", "点位更新", "site revised"},
    {"site.joined", "并入点位", "site joined"},

    {"task.opened", "任务建立", "task opened"},
    {"task.moved", "流转", "moved"},
    {"task.assigned", "指派", "assigned"},
    {"task.extended", "延期", "extended"},
    {"task.tightened", "收紧", "tightened"},
    {"task.renewed", "另定时限", "due anew"},
    {"problem.registered", "立账", "problem registered"},
    {"letter.received", "收到信访件", "letter received"},
    {"ledger.init", "台账建立", "ledger made"},
    {"pack.added", "规则包入账", "pack added"},
    {"ledger.signed", "台账签名", "ledger signed"},
    {"export.made", "导出", "exported"},
    {"package.returned", "交换包回传", "package returned"},
    {"layer.loaded", "登记筛查图层", "layer to screen with"},
    {"layer.dropped", "不再用此图层筛查", "layer screened with no more"},
    {"findings.loaded", "结果入账", "findings loaded"},
    {"site.merged", "点位合并", "sites merged"},
    {"site.split", "点位拆分", "site split"},
    {"site.verified", "遥感核验", "verified by scene"},
    {"task.progress", "进度", "progress"},
    {"task.stopped", "中止计时", "clock stopped"},
    {"task.resumed", "恢复计时", "clock resumed"},
    {"milestone.set", "设定节点", "milestone set"},
    {"milestone.met", "节点完成", "milestone met"},
    {"warning.changed", "预警变更", "warning changed"},
    {"problem.changed", "问题变更", "problem changed"},
    {"measure.done", "措施完成", "measure done"},
    {"photo.taken", "现场照片入账", "photo put on record"},
    {"publication.made", "公开", "published"},
    {"draw.made", "抽取", "drawn"},
    {"sample.drawn", "抽样", "sample drawn"},
    {"sample.judged", "抽样核对", "sample judged"},
    {"transfer.sent", "移送", "transfer sent"},
    {"transfer.accepted", "移送受理", "transfer accepted"},
    {"transfer.answered", "移送反馈", "transfer answered"},
};

typedef struct {
    rdl_ledger *ledger;
    const char *language;
    GString *out;
    bool rejected; /* by a person who looked */
    bool several;  /* sources in the site */
} writer;

static const char *label(writer *w, const char *key)
{
    return rdl_label_of(labels, G_N_ELEMENTS(labels), key, w->language);
}

static const char *member(JsonObject *o, const char *name)
{
    return rdl_json_text(o, name, NULL);
}

static void line(writer *w, const char *key, const char *text)
{
    if (!text || !*text || strcmp(text, "-") == 0)
        return;
    g_string_append(w->out, "  ");
    rdl_pad(w->out, label(w, key), LABEL_WIDTH);
    rdl_pad(w->out, text, 0);
    g_string_append_c(w->out, '\n');
}

static void line_take(writer *w, const char *key, char *take_text)
{
    line(w, key, take_text);
    g_free(take_text);
}

static void title(writer *w, const char *text)
{
    g_string_append_printf(w->out, "\n%s\n", text);
}

/* "采石 (MINE_QUARRY)"; the code alone where the pack has no word. Yours; NULL for NULL. */
static char *with_code(const char *word, const char *code)
{
    if (!code)
        return NULL;
    return strcmp(word, code) == 0 ? g_strdup(code) : g_strdup_printf("%s (%s)", word, code);
}

static void line_word(writer *w, const char *key, const char *group, const char *code)
{
    line_take(w, key, with_code(rdl_word_in(w->ledger, group, code, w->language), code));
}

static JsonArray *array_of(JsonObject *o, const char *name)
{
    JsonNode *node = json_object_get_member(o, name);

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static guint length(JsonArray *array)
{
    return array ? json_array_get_length(array) : 0;
}

/* Numbers of a site are text where SQLite gave them so. NaN where there is none. */
static double number(JsonObject *o, const char *name)
{
    const char *text = member(o, name);

    return text ? g_ascii_strtod(text, NULL) : rdl_json_real(o, name, NAN);
}

/* The labels above are the formats: as many %f as there are numbers. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *format_reals(writer *w, const char *key, double a, double b, double c)
{
    return g_strdup_printf(label(w, key), a, b, c);
}
#pragma GCC diagnostic pop

/* ---- site ---- */

static bool anything_verified(JsonArray *events)
{
    for (guint i = 0; i < length(events); i++) {
        JsonObject *payload = rdl_json_object(json_array_get_object_element(events, i), "payload");
        if (payload && g_strcmp0(member(payload, "to"), "VERIFIED") == 0)
            return true;
    }
    return false;
}

/* "footprint F-12"; of a site or a finding. Yours. */
static char *source_of(writer *w, JsonObject *o)
{
    return g_strdup_printf("%s %s", label(w, rdl_json_text(o, "source", "")),
                           rdl_json_text(o, "source_id", ""));
}

/* The unit it is counted by, and those its findings lie in beside it. Yours; NULL: in none. */
static char *units_of(writer *w, JsonObject *chain, const char *own)
{
    JsonArray *findings = array_of(chain, "findings");
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    GString *out = g_string_new(own);

    if (own)
        g_hash_table_add(told, (gpointer)own);
    for (guint i = 0; own && i < length(findings); i++) {
        const char *unit = member(json_array_get_object_element(findings, i), "xzqdm");
        if (unit && g_hash_table_add(told, (gpointer)unit))
            g_string_append_printf(out, "%s%s", label(w, "reaches"), unit);
    }
    return g_string_free(out, own == NULL);
}

static void write_site(writer *w, JsonObject *chain)
{
    JsonObject *site = rdl_json_object(chain, "site");
    JsonArray *sources = array_of(chain, "sources");
    const char *activity = member(site, "activity");
    double lon = number(site, "lon"), lat = number(site, "lat");

    g_string_append_printf(w->out, "%s\n", rdl_json_text(site, "site_id", "?"));
    w->rejected = rdl_triage_rejected(chain);
    if (w->rejected)
        line(w, "note", label(w, "rejected_note"));
    else if (!anything_verified(array_of(chain, "events")))
        line(w, "note", label(w, "suspected"));
    for (guint i = 0; i < length(sources); i++)
        line_take(w, i ? "" : "source", source_of(w, json_array_get_object_element(sources, i)));
    line_take(
        w, "activity",
        with_code(rdl_word_of(w->ledger, RDL_WORDS_ACTIVITY, activity, w->language), activity));
    if (!isnan(lon) && !isnan(lat))
        line_take(w, "place", format_reals(w, "place_form", lon, lat, 0));
    line_take(w, "xzqdm", units_of(w, chain, member(site, "xzqdm")));
    line(w, "owner", member(site, "owner"));
}

/* ---- what persons said who looked ---- */

static void write_triage(writer *w, JsonObject *chain)
{
    JsonArray *review = array_of(chain, "review"), *back = array_of(chain, "holds_back");
    JsonArray *held = array_of(chain, "held");
    g_autoptr(GPtrArray) grounds = rdl_triage_grounds(chain);

    if (length(review) + length(back) + length(held) + grounds->len)
        title(w, label(w, "triage"));
    for (guint i = 0; i < length(review); i++) {
        JsonObject *row = json_array_get_object_element(review, i);
        g_autofree char *said = rdl_triage_decision(row, w->language);
        g_string_append_printf(w->out, "  %s  %s\n", rdl_json_text(row, "source_id", "?"), said);
    }
    for (guint i = 0; i < length(held); i++) {
        JsonObject *row = json_array_get_object_element(held, i);
        g_autofree char *id = g_strdup(rdl_json_text(row, "rejected", "?"));
        rdl_json_set_text(row, "source_id", id);
        line_take(w, "on_rejected", rdl_triage_ground(row, w->language));
    }
    for (guint i = 0; i < grounds->len; i++)
        line_take(w, i ? "" : "on_rejected", rdl_triage_ground(grounds->pdata[i], w->language));
    for (guint i = 0; i < length(back); i++)
        line(w, i ? "" : "holds_back",
             rdl_json_text(json_array_get_object_element(back, i), "source_id", "?"));
}

/* A source that never became a site. */
static void write_source(writer *w, JsonObject *chain)
{
    g_string_append_printf(w->out, "%s\n", rdl_json_text(chain, "source_id", "?"));
    if (rdl_triage_rejected(chain))
        line(w, "note", label(w, "rejected_source"));
    else if (length(array_of(chain, "held")))
        line(w, "note", label(w, "held_source"));
    write_triage(w, chain);
}

/* ---- what was read ---- */

static void write_inputs(writer *w, JsonObject *manifest)
{
    JsonArray *inputs = array_of(manifest, "inputs");

    for (guint i = 0; i < length(inputs); i++) {
        JsonObject *o = json_array_get_object_element(inputs, i);
        line(w, rdl_json_text(o, "role", "?"), rdl_json_text(o, "path", "?"));
        line(w, "", rdl_json_text(o, "sha256", label(w, "no_digest")));
    }
}

static void write_options(writer *w, JsonObject *manifest)
{
    JsonObject *options = rdl_json_object(manifest, "options");
    g_autoptr(GList) names = options ? json_object_get_members(options) : NULL;
    const char *key = "options";

    for (GList *l = names; l; l = l->next) {
        g_autofree char *value = rdl_json_line(json_object_get_member(options, l->data));
        const char *text = member(options, l->data);
        line_take(w, key, g_strdup_printf("%s = %s", (char *)l->data, text ? text : value));
        key = "";
    }
}

static void write_methods(writer *w, JsonObject *manifest)
{
    JsonArray *methods = array_of(manifest, "methods");

    for (guint i = 0; i < length(methods); i++)
        line(w, i ? "" : "methods", json_array_get_string_element(methods, i));
}

/* A command, what it read, how; then what made its inputs, back to the scenes. What made several of
 * them is told once. */
static void write_maker(writer *w, JsonObject *manifest, GHashTable *told)
{
    JsonArray *inputs = array_of(manifest, "inputs");
    g_autoptr(JsonNode) node = rdl_json_node(manifest);

    if (!g_hash_table_add(told, rdl_json_canonical(node)))
        return;

    line_take(w, "command",
              g_strdup_printf("redline %s %s", rdl_json_text(manifest, "redline", ""),
                              rdl_json_text(manifest, "command", "")));
    write_inputs(w, manifest);
    write_options(w, manifest);
    write_methods(w, manifest);
    for (guint i = 0; i < length(inputs); i++) {
        JsonObject *maker = rdl_json_object(json_array_get_object_element(inputs, i), "made_by");
        if (maker)
            write_maker(w, maker, told);
    }
}

static void write_manifest(writer *w, JsonObject *chain)
{
    JsonObject *manifest = rdl_json_object(chain, "manifest");

    title(w, label(w, "inputs"));
    line_take(w, "pack",
              g_strdup_printf("%s %s", rdl_json_text(chain, "pack", "?"),
                              rdl_json_text(chain, "pack_version", "")));
    if (!manifest || !json_object_get_size(manifest)) {
        line(w, "note", label(w, "no_manifest"));
        return;
    }
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    write_maker(w, manifest, told);
}

/* ---- findings ---- */

static void write_numbers(writer *w, JsonObject *f)
{
    double area = number(f, "area_m2"), least = number(f, "area_min_m2");
    double most = number(f, "area_max_m2"), share = number(f, "share");

    if (!isnan(area))
        line_take(w, "overlap", format_reals(w, "overlap_form", area, area * 1e-4, area * 0.0015));
    if (!isnan(least) && !isnan(most))
        line_take(w, "bounds", format_reals(w, "bounds_form", least, most, 0));
    if (!isnan(share))
        line_take(w, "share", g_strdup_printf("%.1f%%", share * 100.0));
    if (number(f, "edge") == 1.0)
        line(w, "note", label(w, "edge"));
}

static void write_time(writer *w, JsonObject *f)
{
    const char *after = member(f, "built_after"), *before = member(f, "built_before");

    if (after || before)
        line_take(w, "built",
                  g_strdup_printf("%s .. %s", after ? after : "?", before ? before : "?"));
    else
        line(w, "built", label(w, "built_unknown"));
    line_word(w, "when", "when", member(f, "when_case"));
    line(w, "permit", rdl_json_text(f, "permit_no", label(w, "no_permit")));
}

static void write_decision(writer *w, JsonObject *f)
{
    double quantity = number(f, "quantity");

    const char *result = member(f, "result");
    g_autofree char *words =
        with_code(rdl_word_in(w->ledger, "result", result, w->language), result);

    line_take(w, "result",
              words ? g_strconcat(words, w->rejected ? label(w, "was_rejected") : "", NULL) : NULL);
    line_word(w, "verdict", "verdict", member(f, "verdict"));
    line_word(w, "severity", "severity", member(f, "severity"));
    line(w, "basis", member(f, "basis"));
    line(w, "handling", member(f, "handling"));
    line(w, "penalty", member(f, "penalty"));
    line(w, "lead_dept", member(f, "lead_dept"));
    if (!isnan(quantity))
        line_take(w, "quantity",
                  g_strdup_printf("%.2f %s", quantity, rdl_json_text(f, "quantity_unit", "")));
    if (g_strcmp0(member(f, "limitation"), "review") == 0)
        line(w, "limitation", label(w, "review"));
    line(w, "rule_then", member(f, "rule_then"));
    line(w, "note", member(f, "note"));
}

static void write_hit(writer *w, JsonObject *hit, bool primary)
{
    const char *verdict = member(hit, "verdict"), *status = rdl_json_text(hit, "status", "");
    g_autofree char *words =
        with_code(rdl_word_in(w->ledger, "verdict", verdict, w->language), verdict);

    g_string_append(w->out, "    ");
    rdl_pad(w->out, rdl_json_text(hit, "rule_id", "?"), 10);
    g_string_append_printf(w->out, "  %s; %s; %s", words ? words : "", label(w, status),
                           rdl_json_text(hit, "severity", ""));
    g_string_append_printf(w->out, "%s%s\n", primary ? "  " : "",
                           primary ? label(w, "primary") : "");
    g_string_append_printf(w->out, "%*s%s\n", 16, "", rdl_json_text(hit, "basis", ""));
    g_string_append_printf(w->out, "%*s%s %s %s%s%s\n", 16, "", label(w, "judged"),
                           rdl_json_text(hit, "applies", ""), rdl_json_text(hit, "rule_date", ""),
                           member(hit, "note") ? "; " : "", rdl_json_text(hit, "note", ""));
}

/* The first thing in which the leading hit differs from the next (screen/rule.h, order of hits). */
static const char *why_leads(JsonArray *hits)
{
    if (length(hits) < 2)
        return "why_only";
    JsonObject *a = json_array_get_object_element(hits, 0);
    JsonObject *b = json_array_get_object_element(hits, 1);
    bool decided = g_strcmp0(member(a, "status"), "decided") == 0;
    bool review = g_strcmp0(member(b, "verdict"), "REVIEW") == 0;
    if (decided && g_strcmp0(member(b, "status"), "decided") != 0)
        return "why_decided";
    if (review && g_strcmp0(member(a, "verdict"), "REVIEW") != 0)
        return "why_verdict";
    return g_strcmp0(member(a, "severity"), member(b, "severity")) != 0 ? "why_severity"
                                                                        : "why_order";
}

static void write_hits(writer *w, JsonObject *f)
{
    JsonArray *hits = array_of(f, "hits");
    const char *leads = member(f, "rule_id");
    bool told = false; /* a row may speak twice, of the act and of what stands */

    g_string_append_printf(w->out, "  %s\n", label(w, "rules"));
    if (!length(hits))
        g_string_append_printf(w->out, "    %s\n", label(w, "no_rules"));
    for (guint i = 0; i < length(hits); i++) {
        JsonObject *hit = json_array_get_object_element(hits, i);
        bool primary = !told && leads && g_strcmp0(member(hit, "rule_id"), leads) == 0;
        write_hit(w, hit, primary);
        told = told || primary;
    }
    if (leads && length(hits))
        line(w, "why_is", label(w, why_leads(hits)));
}

static char *zone_of(writer *w, JsonObject *f)
{
    const char *zone = member(f, "zone"), *name = member(f, "zone_name");
    g_autofree char *class =
        with_code(rdl_word_of(w->ledger, RDL_WORDS_ZONE, zone, w->language), zone);

    return name ? g_strdup_printf("%s, %s", name, class ? class : "") : g_steal_pointer(&class);
}

/* Of several sources each has a leading finding: the first of them leads the site. */
static void write_finding(writer *w, JsonObject *f, bool first)
{
    bool leads = number(f, "is_primary") == 1.0;
    g_autofree char *head =
        g_strdup_printf("%s %s%s%s", label(w, "finding"), rdl_json_text(f, "finding_id", "?"),
                        leads ? ": " : "", leads ? label(w, first ? "leads" : "leads_source") : "");

    title(w, head);
    if (w->several)
        line_take(w, "source", source_of(w, f));
    line_take(w, "zone", zone_of(w, f));
    line(w, "parent", member(f, "parent_id"));
    line(w, "expands", member(f, "expands"));
    write_decision(w, f);
    write_numbers(w, f);
    write_time(w, f);
    write_hits(w, f);
}

/* ---- tasks and events ---- */

static void write_task(writer *w, JsonObject *t)
{
    const char *state = member(t, "state"), *due = member(t, "due");
    const char *first = member(t, "due_original"), *who = member(t, "assignee");
    g_autofree char *words =
        with_code(rdl_word_of(w->ledger, RDL_WORDS_STATE, state, w->language), state);

    g_string_append_printf(w->out, "  %s  %s  %s", rdl_json_text(t, "task_id", "?"),
                           label(w, rdl_json_text(t, "kind", "")), words ? words : "");
    if (due)
        g_string_append_printf(w->out, "; %s %s", label(w, "due"), due);
    if (due && member(t, "due_note"))
        g_string_append(w->out, label(w, "provisional"));
    if (member(t, "undated"))
        g_string_append_printf(w->out, "; %s %s", label(w, "undated"), member(t, "undated"));
    if (due && first && strcmp(due, first) != 0)
        g_string_append_printf(w->out, " [%s]", first);
    if (who)
        g_string_append_printf(w->out, "; %s %s", label(w, "assignee"), who);
    g_string_append_c(w->out, '\n');
}

static void write_problem(writer *w, JsonObject *problem)
{
    static const char *const members[] = {"target",     "measures",  "lead_leader",
                                          "supervisor", "resp_unit", "accept_unit"};

    g_string_append_printf(w->out, "\n%s %s\n", label(w, "problem"),
                           rdl_json_text(problem, "problem_id", "?"));
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        line(w, members[i], member(problem, members[i]));
}

/* Where and when a photo was taken. */
static char *photo_text(writer *w, JsonObject *payload)
{
    g_autofree char *where = rdl_photo_where(payload, w->language);
    g_autofree char *way = rdl_photo_way(payload, w->language);
    g_autofree char *when = rdl_photo_when(payload, w->language);

    return g_strdup_printf("%s; %s; %s", where, way, when);
}

/* from -> to, the new due date or the new owner of the task; "" where an event has neither. */
static char *change_of(writer *w, JsonObject *payload)
{
    const char *from = member(payload, "from"), *to = member(payload, "to");
    const char *was = member(payload, "was"), *due = member(payload, "due");

    if (json_object_has_member(payload, "taken"))
        return rdl_tightening_text(payload);
    if (json_object_has_member(payload, "orientation"))
        return photo_text(w, payload);
    if (from && to)
        return g_strdup_printf("%s → %s",
                               rdl_word_of(w->ledger, RDL_WORDS_STATE, from, w->language),
                               rdl_word_of(w->ledger, RDL_WORDS_STATE, to, w->language));
    if (to || (due && json_object_has_member(payload, "was")))
        return g_strdup_printf("%s → %s", was ? was : "-", to ? to : due);
    return g_strdup("");
}

static void write_document(writer *w, JsonObject *payload)
{
    JsonNode *node = json_object_get_member(payload, "documents");
    JsonArray *papers = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; papers && i < json_array_get_length(papers); i++) {
        JsonObject *paper = json_array_get_object_element(papers, i);
        const char *digest = member(paper, "sha256");
        g_string_append_printf(w->out, "; %s %s%s%s", label(w, "document"),
                               rdl_json_text(paper, "title", ""), digest ? " sha256 " : "",
                               digest ? digest : "");
    }
}

static void write_event(writer *w, JsonObject *e)
{
    JsonObject *payload = rdl_json_object(e, "payload");
    g_autofree char *change = payload ? change_of(w, payload) : g_strdup("");
    const char *hash = rdl_json_text(e, "hash", ""), *reason = member(e, "reason");

    g_string_append_printf(w->out, "  %s  ", rdl_json_text(e, "at", ""));
    rdl_pad(w->out, label(w, rdl_json_text(e, "kind", "")), 14);
    g_string_append_printf(w->out, "  %s  %s%s%s (%s)", rdl_json_text(e, "subject", ""), change,
                           *change ? "; " : "", rdl_json_text(e, "by", ""),
                           rdl_word_in(w->ledger, "role", member(e, "role"), w->language));
    if (reason)
        g_string_append_printf(w->out, "; %s", reason);
    if (payload)
        write_document(w, payload);
    g_string_append_printf(w->out, "  [%.12s]\n", hash);
}

static void write_letters(writer *w, JsonArray *letters)
{
    if (length(letters))
        title(w, label(w, "letters"));
    for (guint i = 0; i < length(letters); i++) {
        JsonObject *l = json_array_get_object_element(letters, i);
        g_string_append_printf(w->out, "  %s  %s  %s m +- %s m\n", rdl_json_text(l, "received", ""),
                               rdl_json_text(l, "letter_no", "?"),
                               rdl_json_text(l, "distance_m", "?"),
                               rdl_json_text(l, "uncertainty_m", "?"));
    }
}

static void write_events(writer *w, JsonObject *chain)
{
    JsonArray *events = array_of(chain, "events");

    if (length(events))
        title(w, label(w, "events"));
    for (guint i = 0; i < length(events); i++)
        write_event(w, json_array_get_object_element(events, i));
}

static void write_work(writer *w, JsonObject *chain)
{
    JsonArray *tasks = array_of(chain, "tasks");
    JsonObject *problem = rdl_json_object(chain, "problem");

    if (length(tasks))
        title(w, label(w, "tasks"));
    for (guint i = 0; i < length(tasks); i++)
        write_task(w, json_array_get_object_element(tasks, i));
    if (problem)
        write_problem(w, problem);
    write_letters(w, array_of(chain, "letters"));
    write_events(w, chain);
}

char *rdl_evidence_text(rdl_ledger *ledger, JsonNode *chain, const char *language)
{
    writer w = {.ledger = ledger, .language = language, .out = g_string_new(NULL)};
    JsonObject *o = json_node_get_object(chain);
    JsonArray *findings = array_of(o, "findings");

    if (!json_object_has_member(o, "site")) {
        write_source(&w, o);
        write_events(&w, o);
        return g_string_free(w.out, FALSE);
    }
    w.several = length(array_of(o, "sources")) > 1;
    write_site(&w, o);
    write_triage(&w, o);
    for (guint i = 0; i < length(findings); i++)
        write_finding(&w, json_array_get_object_element(findings, i), i == 0);
    write_work(&w, o);
    write_manifest(&w, o);
    return g_string_free(w.out, FALSE);
}
