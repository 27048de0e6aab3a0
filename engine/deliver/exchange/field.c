#include "deliver/exchange/field.h"

#include <string.h>
#include "deliver/words.h"

#define TEXT(member, pinyin, width, codes, zh, en)                           \
    {                                                                        \
        {#member, RDL_FIELD_TEXT}, pinyin, width, RDL_CODES_##codes, zh, en, \
            G_STRUCT_OFFSET(rdl_task, member)                                \
    }
#define REAL(member, pinyin, zh, en)                                  \
    {                                                                 \
        {#member, RDL_FIELD_REAL}, pinyin, 0, RDL_CODES_NONE, zh, en, \
            G_STRUCT_OFFSET(rdl_task, member)                         \
    }

static const rdl_task_field all[] = {
    TEXT(task_id, "RWBH", 40, NONE, "任务编号", "task"),
    TEXT(kind, "RWLX", 10, KIND, "任务类型", "kind of task"),
    TEXT(state, "RWZT", 20, STATE, "状态", "state"),
    TEXT(xzqdm, "XZQDM", 12, NONE, "行政区代码", "administrative code"),
    TEXT(department, "QTBM", 120, NONE, "牵头部门", "lead department"),
    TEXT(tier, "SXLB", 10, TIER, "时限类别", "deadline tier"),
    TEXT(started, "KSRQ", 10, NONE, "开始日期", "start date"),
    TEXT(due_original, "YDSX", 40, NONE, "原定时限", "original due date"),
    TEXT(due, "ZGSX", 40, NONE, "整改时限", "due date"),
    TEXT(assignee, "CBR", 60, NONE, "承办", "assigned to"),
    TEXT(warning, "YJJB", 10, WARNING, "预警", "warning"),
    TEXT(zone, "GKQDM", 20, ZONE, "管控区类型", "zone"),
    TEXT(zone_name, "GKQMC", 240, NONE, "管控区名称", "name of the zone"),
    TEXT(activity, "HDLX", 20, ACTIVITY, "活动类型", "activity"),
    TEXT(result, "PDJG", 20, RESULT, "判定结果", "result"),
    TEXT(severity, "YZDJ", 10, SEVERITY, "等级", "severity"),
    TEXT(rule_id, "GZBH", 20, NONE, "规则编号", "rule"),
    TEXT(basis, "FLYJ", 254, NONE, "法律依据", "basis in law"),
    TEXT(handling, "CLFS", 254, NONE, "处理方式", "handling"),
    TEXT(penalty, "FZ", 120, NONE, "罚则", "penalty"),
    TEXT(problem_id, "WTBH", 40, NONE, "问题编号", "problem no."),
    TEXT(target, "ZGMB", 254, NONE, "整改目标", "target"),
    TEXT(measures, "ZGCS", 254, NONE, "整改措施", "measures"),
    TEXT(lead_leader, "ZRLD", 60, NONE, "责任领导", "leader in charge"),
    TEXT(supervisor, "JGR", 60, NONE, "监管人", "supervisor"),
    TEXT(resp_unit, "ZRDW", 120, NONE, "责任单位", "responsible unit"),
    TEXT(accept_unit, "YSDW", 120, NONE, "验收单位", "accepting unit"),
    TEXT(owner, "YZ", 120, NONE, "业主", "owner"),
    TEXT(source, "LYLX", 20, NONE, "来源类型", "kind of source"),
    TEXT(source_id, "LYBH", 80, NONE, "来源编号", "source id"),
    TEXT(site_id, "DWBH", 40, NONE, "点位编号", "site"),
    TEXT(finding_id, "PDBH", 40, NONE, "判定编号", "finding"),
    REAL(lon, "ZXJD", "中心经度", "longitude"),
    REAL(lat, "ZXWD", "中心纬度", "latitude"),
    REAL(area_m2, "TBMJ", "面积(平方米)", "area (m2)"),
    REAL(area_min_m2, "MJXX", "面积下限(平方米)", "least area (m2)"),
    REAL(area_max_m2, "MJSX", "面积上限(平方米)", "greatest area (m2)"),
};

GPtrArray *rdl_task_fields_all(void)
{
    GPtrArray *fields = g_ptr_array_sized_new(G_N_ELEMENTS(all));

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_ptr_array_add(fields, (gpointer)&all[i]);
    return fields;
}

static const char *text_of(const rdl_task_field *field, const rdl_task *task)
{
    return field->field.type == RDL_FIELD_TEXT ? G_STRUCT_MEMBER(char *, task, field->offset)
                                               : NULL;
}

rdl_value rdl_task_value(const rdl_task_field *field, const rdl_task *task)
{
    return field->field.type == RDL_FIELD_TEXT
               ? rdl_text(text_of(field, task))
               : rdl_real(G_STRUCT_MEMBER(double, task, field->offset));
}

static const char *kind_word(const char *kind, const char *language)
{
    static const rdl_label kinds[] = {{"verify", "核查", "verification"},
                                      {"rectify", "整改", "rectification"}};

    return rdl_label_of(kinds, G_N_ELEMENTS(kinds), kind, language);
}

const char *rdl_task_word(const rdl_task_field *field, const rdl_task *task, rdl_ledger *ledger,
                          const char *language)
{
    static const char *const groups[] = {[RDL_CODES_RESULT] = "result",
                                         [RDL_CODES_SEVERITY] = "severity",
                                         [RDL_CODES_TIER] = "tier",
                                         [RDL_CODES_WARNING] = "warning"};
    const char *code = text_of(field, task);

    if (!code)
        return "";
    switch (field->codes) {
    case RDL_CODES_NONE:
        return code;
    case RDL_CODES_KIND:
        return kind_word(code, language);
    case RDL_CODES_STATE:
        return rdl_word_of(ledger, RDL_WORDS_STATE, code, language);
    case RDL_CODES_ZONE:
        return rdl_word_of(ledger, RDL_WORDS_ZONE, code, language);
    case RDL_CODES_ACTIVITY:
        return rdl_word_of(ledger, RDL_WORDS_ACTIVITY, code, language);
    default:
        return rdl_word_in(ledger, groups[field->codes], code, language);
    }
}

const char *rdl_task_heading(const rdl_task_field *field, const char *language)
{
    return strcmp(language, "en") == 0 ? field->en : field->zh;
}
