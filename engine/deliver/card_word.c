/* The words of a card. */
#include "deliver/card_page.h"

#include <math.h>
#include <string.h>
#include "deliver/words.h"

static const rdl_label words[] = {
    {"title", "疑似问题点位“一点一档”卡片", "Site card"},
    {"title_known", "问题点位“一点一档”卡片", "Site card"},
    {"clue_line", "线索卡：影像图斑仅为线索，未经实地核查，以下为疑似问题",
     "A clue only: not yet verified on site; what follows is a suspicion"},
    {"rejected_title", "已剔除线索存档卡片", "Rejected clue, for the record"},
    {"rejected_line", "经目视判读剔除：不作为疑似问题；以下为剔除前的机器判定，仅供追溯",
     "Rejected on sight of the pictures: nobody is held to have done anything; what follows is "
     "what "
     "the machine said before"},
    {"triage", "目视判读", "Visual triage"},
    {"was_rejected", "（已剔除）", " (rejected)"},
    {"basics", "基本情况", "Basics"},
    {"site_id", "点位编号", "Site"},
    {"task_id", "任务编号", "Task"},
    {"number", "点位序号", "No. on maps"},
    {"source", "来源", "Source"},
    {"footprint", "图斑", "footprint"},
    {"patch", "遥感监测变化图斑", "change patch"},
    {"kind", "任务类别", "Kind of task"},
    {"verify", "核查", "verification"},
    {"rectify", "整改", "rectification"},
    {"state", "状态", "State"},
    {"unit", "行政区", "Unit"},
    {"place", "中心坐标", "Centre"},
    {"activity", "活动类型", "Activity"},
    {"owner", "业主", "Owner"},
    {"area", "点位面积", "Area of the site"},
    {"ha_mu_form", "%.4f 公顷 %.2f 亩", "%.4f ha, %.2f mu"},
    {"area_form", "%.2f 平方米（%.4f 公顷，%.2f 亩）", "%.2f m² (%.4f ha, %.2f mu)"},
    {"built", "建设时间", "Built"},
    {"unknown", "不详", "not known"},
    {"when", "时间情形", "Against the zone"},
    {"zone", "主要管控区", "Leading zone"},
    {"result", "判定结果", "Result"},
    {"severity", "等级", "Severity"},
    {"verdict", "规则结论", "Verdict"},
    {"basis", "法律依据", "Basis"},
    {"handling", "处理方式", "Handling"},
    {"penalty", "罚则", "Penalty"},
    {"department", "牵头部门", "Lead department"},
    {"due", "时限", "Due"},
    {"provisional", "（暂定：缺该年日历）", " (provisional: no calendar of that year)"},
    {"undated", "重新立账，未另定时限", "reopened, no day yet"},
    {"started", "开始日期", "Started"},
    {"assignee", "承办", "Assigned to"},
    {"tier", "时限类别", "Deadline tier"},
    {"images", "影像与位置", "Images and place"},
    {"sun", "太阳高度角", "sun elevation"},
    {"sun_azimuth", "方位角", "azimuth"},
    {"off_nadir", "侧摆角", "off nadir"},
    {"angle_unknown", "未给出", "not given"},
    {"before", "前时相", "Earlier"},
    {"after", "后时相", "Later"},
    {"no_date", "日期不明", "date not known"},
    {"no_image", "（无影像）", "(no image)"},
    {"images_scale", "影像", "Images"},
    {"where", "位置图", "Where it lies"},
    {"ground", "管控区重叠与面积平衡", "Overlap with zones, and the balance"},
    {"class", "类型", "Class"},
    {"zone_name", "管控区", "Zone"},
    {"overlap", "重叠面积\nm²", "Overlap\nm²"},
    {"own", "本区计面积\nm²", "Counted here\nm²"},
    {"bounds", "面积界限\nm²", "Bounds\nm²"},
    {"share", "占比", "Share"},
    {"rule", "主规则", "Rule"},
    {"sum_own", "各区计面积合计", "Sum of areas counted"},
    {"sum_sources", "各来源计面积合计", "Sum over all sources"},
    {"twice", "来源之间重复计入", "Counted by several sources"},
    {"sum_once", "管控区内（不重复）", "In zones, each piece once"},
    {"outside", "管控区以外", "Outside all zones"},
    {"whole", "点位全部", "Whole site"},
    {"beyond", "全域", "everywhere"},
    {"permit_table", "许可与重叠", "Permits and overlap"},
    {"permits", "许可", "permits"},
    {"permit_no", "许可文号", "Permit no."},
    {"authority", "许可机关", "Authority"},
    {"holder", "持有人", "Holder"},
    {"issued", "签发日", "Issued"},
    {"valid", "有效期", "Valid"},
    {"covered", "覆盖面积\nm²", "Covered\nm²"},
    {"no_permit", "未见覆盖本点位的许可", "No permit that covers this site was seen"},
    {"no_permits", "未取得许可图层，不能判断有无许可",
     "No layer of permits was at hand: nothing can be said"},
    {"rules", "规则适用", "Rules that spoke"},
    {"rule_id", "规则", "Rule"},
    {"fine", "罚款%s至%s元", "fine of %s to %s yuan"},
    {"article", "条款", "Article"},
    {"status", "状态", "Status"},
    {"day", "适用日", "Judged at"},
    {"measure", "处理方式、罚则", "Handling, penalty"},
    {"note", "说明", "Note"},
    {"decided", "已定", "decided"},
    {"asked", "待人工确认", "asked"},
    {"unknown_date", "时间待核", "date not known"},
    {"overridden", "被其他规则取代", "overridden"},
    {"no_rule", "没有规则触及", "No rule spoke"},
    {"work", "整改措施与销号", "Measures and close-out"},
    {"target", "整改目标", "Target"},
    {"measures", "整改措施", "Measures"},
    {"lead_leader", "责任领导", "Leader"},
    {"supervisor", "监管人", "Supervisor"},
    {"resp_unit", "责任单位", "Responsible"},
    {"accept_unit", "验收单位", "Accepting unit"},
    {"no_problem", "尚未立账：没有整改目标和措施",
     "Not registered yet: there are no target and measures"},
    {"steps", "流转与销号步骤", "Steps taken and to come"},
    {"quoted", "",
     "Articles of the law, what they order and names of offices are quoted in the "
     "language of the law."},
    {"to_come", "尚待：", "To come: "},
    {"step", "步骤", "Step"},
    {"on", "日期", "Day"},
    {"by", "经办", "By"},
    {"reason", "说明、材料", "Reason, document"},
    {"kept", "措施、节点、期限、核验、公开与移送",
     "Measures, milestones, terms, scenes, publication, transfers"},
    {"kept.what", "事项", "What"},
    {"kept.text", "内容", "Text"},
    {"kept.stands", "情况", "How it stands"},
    {"kept.measure", "措施", "measure"},
    {"kept.done", "完成", "done"},
    {"kept.not_done", "未完成", "not done"},
    {"kept.milestone", "节点", "milestone"},
    {"kept.first", "原定", "first set for"},
    {"kept.met", "达到", "met"},
    {"kept.not_met", "未达到", "not met"},
    {"task.extended", "延期", "extended"},
    {"task.stopped", "中止计时", "clock stopped"},
    {"task.resumed", "恢复计时", "clock resumed"},
    {"task.tightened", "期限收紧", "tightened"},
    {"task.renewed", "重新定期限", "new term"},
    {"kept.earlier", "前一轮", "earlier round"},
    {"kept.other", "另一问题", "other problem"},
    {"kept.not_in_round", "该轮未记录完成", "not recorded as done in that round"},
    {"reopened_partly", "部分反弹/重新立账", "partial rebound, registered again"},
    {"kept.scene", "影像核验", "later scene"},
    {"CANNOT_TELL", "无法判定", "cannot tell"},
    {"RESTORED", "已恢复", "restored"},
    {"PARTLY", "部分恢复", "partly restored"},
    {"STANDING", "仍存在", "still standing"},
    {"GROWN", "扩大", "grown"},
    {"kept.public", "公开", "publication"},
    {"kept.transfer", "移送", "transfer"},
    {"kept.accepted", "受理", "accepted"},
    {"kept.answered", "反馈", "answered"},
    {"lookback", "回头看", "Look-back"},
    {"no_lookback", "尚无回头看记录", "There has been no look-back"},
    {"photos", "现场照片", "Photos"},
    {"no_photos", "台账中没有现场照片", "The ledger holds no photos"},
    {"photo_no", "号", "No."},
    {"photo_place", "拍摄位置", "Taken"},
    {"photo_position", "经度, 纬度", "Lon, lat"},
    {"photo_way", "方位角", "Azimuth"},
    {"photo_time", "拍摄时间", "Time"},
    {"photo_counts", "是否计入", "Counts"},
    {"photo_gone", "（照片文件不在台账旁）", "(the file is not beside the ledger)"},
    {"photo_note",
     "位置、方位、时间按照片自身记录（WGS 84），可被改写，不作证明；图中箭头为方位，虚线为磁北。",
     "Place, azimuth and time are what the files tell (WGS 84): anybody can write them, and they "
     "prove nothing. Arrows on the maps: azimuth, dashed from magnetic north."},
    {"letters", "信访件", "Letters"},
    {"letter_no", "编号", "No."},
    {"received", "收到日期", "Received"},
    {"outline", "范围顶点坐标", "Vertices of the outline"},
    {"vertex", "点号", "No."},
    {"lon", "经度", "Longitude"},
    {"lat", "纬度", "Latitude"},
    {"north", "北坐标 m", "Northing m"},
    {"east", "东坐标 m", "Easting m"},
    {"more_vertices", "另有%u个顶点未列，见导出的图层",
     "%u more vertices are not listed: see the exported layer"},
    {"system", "坐标系", "System"},
    {"EPSG:4490", "2000国家大地坐标系（CGCS2000）", "CGCS2000"},
    {"EPSG:4326", "WGS 84", "WGS 84"},
    {"inputs", "依据材料及摘要", "What it was made from"},
    {"role", "材料", "Role"},
    {"file", "文件", "File"},
    {"zones", "管控区", "zones"},
    {"footprints", "图斑", "footprints"},
    {"patches", "变化图斑", "patches"},
    {"change", "变化栅格", "change raster"},
    {"score", "变化统计量", "score raster"},
    {"units", "行政区", "units"},
    {"no_digest", "（无摘要）", "(no digest)"},
    {"pack", "规则包", "Rule pack"},
    {"head", "台账链首", "Head of the ledger"},
    {"no_manifest", "载入时未附运行清单：无法追溯输入",
     "Loaded without a run manifest: the inputs are not known"},
    {"compiler", "编制", "Compiled by"},
    {"date", "日期", "Date"},
    {"as_of", "评判日", "judged as of"},
    {"numbering", "第 %u 页 共 %u 页", "page %u of %u"},
    {"legend", "图例", "Legend"},
    {"notes", "说明", "Notes"},
};

/* What screening says of a hit, in English, and its beginning where more follows. */
static const rdl_label notes[] = {
    {"an attribute of the footprint is not known: ", "图斑属性未知：", ""},
    {"the law changed within the onset, both rows agree", "建设期间法律有变，新旧规则结论一致", ""},
    {"the permit's authority is not one that may permit here", "许可机关无权作出该许可", ""},
    {"permit expired since, check operation", "许可已过期，须核查现状", ""},
    {"a permit covers only some of it: see what lies outside its scope",
     "许可只覆盖一部分，须核查范围以外部分", ""},
    {"the dates or activity of a permit do not decide", "许可的日期或者活动类型不足以判断", ""},
    {"approvals=absent", "未见许可资料", ""},
};

const char *rdl_card_word(const rdl_card_page *card, const char *key)
{
    return rdl_label_of(words, G_N_ELEMENTS(words), key, card->data->language);
}

char *rdl_card_note(const rdl_card_page *card, const char *note)
{
    if (!note || strcmp(card->data->language, "en") == 0)
        return g_strdup(note);
    g_auto(GStrv) parts = g_strsplit(note, "; ", -1);
    for (char **p = parts; *p; p++)
        for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
            if (g_str_has_prefix(*p, notes[i].key)) {
                char *said = g_strconcat(notes[i].zh, *p + strlen(notes[i].key), NULL);
                g_free(*p);
                *p = said;
                break;
            }
    return g_strjoinv("；", parts);
}

const char *rdl_card_text(JsonObject *o, const char *member)
{
    const char *text = o ? rdl_json_text(o, member, NULL) : NULL;

    return text && *text && strcmp(text, "-") != 0 ? text : NULL;
}

/* Numbers of a site are text where SQLite gave them so. */
double rdl_card_number(JsonObject *o, const char *member)
{
    const char *text = o ? rdl_json_text(o, member, NULL) : NULL;

    return text ? g_ascii_strtod(text, NULL) : o ? rdl_json_real(o, member, NAN) : NAN;
}

JsonArray *rdl_card_array(JsonObject *o, const char *member)
{
    JsonNode *node = o ? json_object_get_member(o, member) : NULL;

    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}
