/* cases.h - the tables of generate.c: rings, zones, the deliberate footprints, mines, permits and
 * letters. What each footprint is for stands in its remark; the law it meets in README.md. */
/* clang-format off */

typedef enum { NR_OUTER, NR_HC, NR_HX, NR_CORE, ENCLAVE, ERL, ERL_ISLE, DW2, DW1, RINGS, RIVER, OPEN } site;

/* A wavy ring: radius * (1 + sum of amp * sin(lobes * angle + phase)). */
typedef struct blob {
    double u, v, radius;
    double amp[3], phase[3];
    int lobes[3];
} blob;

static const blob blobs[RINGS] = {
    [NR_OUTER] = {3300, 9000, 2450, {.05, .03, .015}, {.4, 1.9, .2}, {3, 7, 19}},
    [NR_HC] = {3300, 9000, 1550, {.04, .03, .010}, {2.1, .3, 1.1}, {4, 9, 23}},
    [NR_HX] = {3300, 9000, 950, {.06, .04, .020}, {1.3, 2.6, .5}, {3, 8, 21}},
    [NR_CORE] = {3300, 9000, 1760, {.03, .02, .010}, {.9, .1, 2.2}, {5, 11, 17}},
    [ENCLAVE] = {1990, 7400, 75, {.08, .05, .020}, {.0, 1.0, 2.0}, {2, 5, 11}},
    [ERL] = {6300, 8300, 1900, {.07, .04, .015}, {2.8, .6, 1.7}, {4, 9, 27}},
    [ERL_ISLE] = {9900, 8100, 600, {.09, .04, .020}, {.7, 2.0, .3}, {3, 6, 15}},
    [DW2] = {8600, 3300, 1400, {.05, .03, .010}, {1.6, .8, 2.4}, {3, 7, 16}},
    [DW1] = {8600, 3300, 560, {.06, .03, .015}, {.2, 2.2, 1.4}, {4, 7, 13}},
};

/* ---- zones ---- */

#define NONE RINGS
#define RESERVE "示例湿地国家级自然保护区"
#define LINE3 "G", "1998-06-01", "1998-06-01", "2026-03-14"
#define LINE2 "G", "1998-06-01", "2026-03-15", NULL

static const struct zone_row {
    const char *id, *zone, *name, *level, *z_est, *from, *to, *error, *authority, *basin, *remark;
    site outer, hole[2];
} zone_rows[] = {
    {"NR-3-HX", "NR_HX", RESERVE "核心区", LINE3, "5", "国务院", NULL, "三区方案", NR_HX, {NONE, NONE}},
    {"NR-3-HC", "NR_HC", RESERVE "缓冲区", LINE3, "5", "国务院", NULL, "三区方案", NR_HC, {NR_HX, NONE}},
    {"NR-3-SY", "NR_SY", RESERVE "实验区", LINE3, "10", "国务院", NULL, "三区方案", NR_OUTER, {NR_HC, ENCLAVE}},
    {"NR-2-CORE", "NR_CORE", RESERVE "核心保护区", LINE2, "3", "国务院", NULL, "两区方案", NR_CORE, {NONE, NONE}},
    {"NR-2-GEN", "NR_GEN", RESERVE "一般控制区", LINE2, "3", "国务院", NULL, "两区方案", NR_OUTER, {NR_CORE, ENCLAVE}},
    {"ERL-1", "ERL", "示例生态保护红线(湿地)", "S", "2018-06-30", "2018-06-30", NULL, "5", "省人民政府", NULL,
     "2018-06-30批准; 142号文的管控自2022-08-16起", ERL, {NONE, NONE}},
    {"ERL-2", "ERL", "示例生态保护红线(水源涵养)", "S", "2018-06-30", "2018-06-30", NULL, NULL, "省人民政府", NULL,
     "边界精度未知", ERL_ISLE, {NONE, NONE}},
    {"DW-1", "DW1", "示例水源地一级保护区", "X", "2010-05-01", "2010-05-01", NULL, "3", "省人民政府", NULL, NULL, DW1, {NONE, NONE}},
    {"DW-2", "DW2", "示例水源地二级保护区", "X", "2010-05-01", "2010-05-01", NULL, NULL, "省人民政府", NULL,
     "边界精度未知", DW2, {DW1, NONE}},
    {"RIV-1", "RIV", "示例河河道管理范围", "X", "1990-01-01", "1990-01-01", NULL, "5", "市水利局", "YZ", NULL, RIVER, {NONE, NONE}},
};

/* ---- units: metres, multiples of 200 apart; nothing lies east of them but D10 ---- */

static const struct unit_row {
    const char *xzqdm, *name;
    int west, south, east, north;
} unit_rows[] = {
    {"321202", "海陵区(示例)", -400, 6000, 6000, 12400},
    {"321204", "姜堰区(示例)", 6000, 6000, 11400, 12400},
    {"321203", "高港区(示例)", -400, -400, 11400, 6000},
};

/* ---- footprints ---- */

typedef enum { PLAIN, BOWTIE, EMPTY, NO_GEOMETRY } shape;

/* Where: on a ring `at` degrees from east, at `far` times the ring's radius, `shift` metres on to the
 * east; `far` 0: against the ring from outside, reaching `shift` metres in. RIVER: `at` metres along.
 * OPEN: `at` and `far` are u and v. */
typedef struct place {
    site site;
    double at, far, shift, w, h;
} place;

typedef struct case_row {
    const char *id, *activity, *after, *before, *expands, *attrs;
    place where;
    const char *remark;
    shape shape;
} case_row;

static const case_row case_rows[] = {
    /* 2026: the two-zone version, new ground */
    {"A01", "IND", "2026-04-01", "2026-06-15", NULL, NULL, {NR_CORE, 120, .8, 0, 80, 50}, "核心保护区新建厂房, 无许可", PLAIN},
    {"A02", "BLDG", "2026-05-01", "2026-07-20", NULL, NULL, {NR_OUTER, 150, .85, 0, 60, 40}, "一般控制区新建, 无许可", PLAIN},
    {"A03", "MINE_QUARRY", "2026-04-10", "2026-06-30", NULL, NULL, {NR_OUTER, 135, .85, 0, 150, 110}, "一般控制区采石, 无许可", PLAIN},
    {"A04", "TOUR", "2026-04-10", "2026-07-01", NULL, NULL, {NR_OUTER, 165, .85, 0, 50, 40}, "生态旅游, 有效许可", PLAIN},
    {"A05", "MGMT", "2026-05-01", "2026-05-31", NULL, NULL, {NR_CORE, 150, .8, 0, 20, 15}, "管护站", PLAIN},
    {"A06", "TR_LINE", "2026-04-01", "2026-08-01", NULL, NULL, {NR_CORE, 90, .8, 0, 300, 12}, "无害化穿越, 有许可", PLAIN},
    {"A07", "EN_PV", "2026-06-01", "2026-07-31", NULL, NULL, {NR_OUTER, 180, .88, 0, 160, 90}, "光伏, 无许可; 核查为误判", PLAIN},
    {"A08", "IND", "2026-04-20", "2026-05-31", NULL, "ANY_DAMAGE", {NR_CORE, 180, .8, 0, 90, 60}, "造成生态破坏", PLAIN},
    {"A09", "RES", "1985-01-01", "1990-12-31", NULL, NULL, {NR_CORE, 240, .8, 0, 24, 16}, "原住居民, 建区前有批准", PLAIN},
    {"A10", "RES", "2026-05-01", "2026-08-15", "A09", NULL, {NR_CORE, 240, .8, 20, 16, 16}, "扩建A09", PLAIN},
    {"A11", "IND", "2026-04-01", "2026-05-15", NULL, NULL, {NR_OUTER, 195, .88, 0, 70, 50}, "许可晚于建设", PLAIN},
    {"A12", "TOUR", "2026-04-15", "2026-06-15", NULL, NULL, {NR_OUTER, 210, .88, 0, 50, 40}, "许可机关无权", PLAIN},
    {"A13", "TOUR", "2026-04-15", "2026-06-15", NULL, NULL, {NR_OUTER, 255, .88, 0, 80, 50}, "许可范围过小", PLAIN},
    {"A14", "IND", "2026-04-15", "2026-06-15", NULL, NULL, {NR_OUTER, 270, .88, 0, 70, 50}, "许可的是另一活动", PLAIN},
    {"A15", "BLDG", "2026-01-10", "2026-06-30", NULL, NULL, {NR_CORE, 210, .8, 0, 50, 30}, "跨2026-03-15法律日期", PLAIN},
    {"A16", "TR_LINE", "2026-04-15", "2026-06-15", NULL, NULL, {NR_OUTER, 285, .88, 0, 200, 12}, "登记无许可; 核查时补到批文", PLAIN},
    /* the three-zone version, by the law of those days */
    {"B01", "IND", "2005-01-10", "2006-11-30", NULL, NULL, {NR_HX, 100, .5, 0, 80, 50}, "核心区新建", PLAIN},
    {"B02", "TOUR", "2012-03-01", "2013-05-31", NULL, NULL, {NR_HC, 80, .8, 0, 60, 40}, "缓冲区旅游", PLAIN},
    {"B03", "IND_CHEM", "2008-02-01", "2009-01-31", NULL, NULL, {NR_OUTER, 80, .85, 0, 120, 80}, "实验区化工", PLAIN},
    {"B04", "MINE_QUARRY", "1990-01-01", "1995-06-30", NULL, NULL, {NR_OUTER, 100, .85, 0, 140, 100}, "建区前合法采石, 许可后已到期", PLAIN},
    {"B05", "MINE_OPEN", "1988-01-01", "1992-12-31", NULL, NULL, {NR_HX, 200, .5, 0, 160, 120}, "建区前合法露采", PLAIN},
    {"B06", "IND", "1989-01-01", "1993-12-31", NULL, NULL, {NR_OUTER, 115, .85, 0, 70, 50}, "建区前, 无批准", PLAIN},
    {"B07", "BLDG", "1997-01-01", "2000-03-17", NULL, NULL, {NR_OUTER, 125, .85, 0, 40, 30}, "跨建区日期", PLAIN},
    {"B08", "BLDG", NULL, NULL, NULL, NULL, {NR_OUTER, 142, .85, 0, 40, 30}, "建设日期全未知", PLAIN},
    {"B09", "RES", NULL, "1995-12-31", NULL, NULL, {NR_OUTER, 157, .85, 0, 24, 16}, "只知下限前存在", PLAIN},
    {"B10", "IND", "2016-01-01", NULL, NULL, NULL, {NR_OUTER, 172, .85, 0, 60, 40}, "只知不早于", PLAIN},
    {"B11", "BLDG", "2014-06-01", "2016-03-31", NULL, NULL, {NR_OUTER, 187, .88, 0, 40, 30}, "跨2015-05-08法律日期", PLAIN},
    {"B12", "EN_PV", "2019-03-01", "2019-12-31", NULL, NULL, {NR_OUTER, 202, .88, 0, 160, 90}, "光伏, 2018暂行办法", PLAIN},
    {"B13", "AGRI", "1999-03-01", "2001-10-31", NULL, NULL, {NR_OUTER, 217, .88, 0, 120, 90}, "种植", PLAIN},
    {"B14", "IND", "2010-03-01", "2011-04-30", NULL, NULL, {NR_OUTER, 262, .88, 0, 60, 40}, "许可建设前已到期", PLAIN},
    {"B15", "BLDG", "2016-05-01", "2017-04-30", NULL, NULL, {NR_OUTER, 248, .88, 0, 40, 30}, "有效许可", PLAIN},
    {"B16", "BLDG", "2016-05-01", "2017-04-30", NULL, NULL, {NR_OUTER, 278, .88, 0, 40, 30}, "许可无日期", PLAIN},
    {"B17", "LIVE", "2015-03-01", "2016-02-28", NULL, NULL, {NR_HC, 140, .8, 0, 90, 50}, "缓冲区养殖场", PLAIN},
    /* the red line, clear of the reserve but for E10 */
    {"E01", "BLDG", "2024-03-01", "2024-09-30", NULL, NULL, {ERL, 0, .75, 0, 60, 40}, "红线内新建, 无许可", PLAIN},
    {"E02", "MGMT", "2023-03-01", "2023-04-30", NULL, NULL, {ERL, 10, .75, 0, 20, 15}, "监测设施", PLAIN},
    {"E03", "TOUR", "2023-05-01", "2023-12-31", NULL, NULL, {ERL, 20, .75, 0, 50, 40}, "有限人为活动, 有认定意见", PLAIN},
    {"E04", "IND", "2019-03-01", "2020-05-31", NULL, NULL, {ERL, 30, .75, 0, 80, 50}, "红线划定后, 142号文前", PLAIN},
    {"E05", "RES", "1990-01-01", "1999-12-31", NULL, NULL, {ERL, 40, .75, 0, 24, 16}, "红线前居民点", PLAIN},
    {"E06", "WASTE", "2020-01-10", "2020-12-20", NULL, NULL, {ERL, -10, .75, 0, 90, 60}, "固废设施, 按今日法律", PLAIN},
    {"E07", "AQUA", "2015-03-01", "2016-02-28", NULL, NULL, {ERL, -20, .75, 0, 140, 90}, "养殖; 地方规则默认关闭", PLAIN},
    {"E08", "EN_PV", "2025-02-01", "2025-08-31", NULL, NULL, {ERL, -30, .75, 0, 160, 90}, "光伏, 无许可; 核查不属实", PLAIN},
    {"E09", "IND", "2026-08-20", "2026-10-10", NULL, "EIA_REPORT_PROJECT", {ERL, -40, .75, 0, 100, 60}, "应编报告书, 无许可", PLAIN},
    {"E10", "BLDG", "2026-04-01", "2026-07-31", NULL, NULL, {ERL, 180, .70, 0, 60, 40}, "红线与一般控制区重叠处", PLAIN},
    {"E11", "TR_LINE", "2024-05-01", "2024-12-31", NULL, NULL, {ERL, -55, .75, 0, 220, 12}, "登记无许可; 核查时补到认定意见", PLAIN},
    {"E12", "IND", "2023-05-01", "2024-04-30", NULL, NULL, {ERL_ISLE, 90, .5, 0, 60, 40}, "边界精度未知", PLAIN},
    /* drinking water */
    {"W01", "IND", "2024-05-01", "2024-11-30", NULL, NULL, {DW1, 30, .6, 0, 60, 40}, "一级区新建", PLAIN},
    {"W02", "WATERW", "2012-03-01", "2012-10-31", NULL, NULL, {DW1, 90, .6, 0, 40, 30}, "取水设施", PLAIN},
    {"W03", "LIVE", "2024-03-01", "2024-10-31", NULL, NULL, {DW2, 20, .75, 0, 90, 50}, "二级区养殖场", PLAIN},
    {"W04", "IND", "2025-02-01", "2025-09-30", NULL, "POLLUTING_PROJECT", {DW2, 40, .75, 0, 80, 50}, "排放污染物", PLAIN},
    {"W05", "IND", "2025-02-01", "2025-09-30", NULL, "-POLLUTING_PROJECT", {DW2, 60, .75, 0, 80, 50}, "已知不排放", PLAIN},
    {"W06", "IND", "2025-02-01", "2025-09-30", NULL, NULL, {DW2, 80, .75, 0, 80, 50}, "是否排放未知", PLAIN},
    {"W07", "BLDG", "2003-03-01", "2004-12-31", NULL, NULL, {DW1, 150, .6, 0, 40, 30}, "早于水源区; 已建成的同样", PLAIN},
    {"W08", "BLDG", "2011-03-01", "2012-06-30", NULL, NULL, {DW1, 210, .6, 0, 40, 30}, "2008法", PLAIN},
    {"W09", "BLDG", "2017-10-01", "2018-03-31", NULL, NULL, {DW1, 270, .6, 0, 40, 30}, "跨2018-01-01法律日期", PLAIN},
    {"W10", "TOUR", "2019-03-01", "2019-11-30", NULL, NULL, {DW1, 330, .6, 0, 40, 30}, "一级区旅游", PLAIN},
    {"W11", "IND", "2024-03-01", "2024-10-31", NULL, "POLLUTING_PROJECT", {DW2, 120, 0, 30, 60, 60}, "一半在界内", PLAIN},
    {"W12", "IND", "2024-03-01", "2024-10-31", NULL, "POLLUTING_PROJECT", {DW2, 150, 0, 3, 30, 40}, "入界3米, 小于误差", PLAIN},
    {"W13", "AQUA", "2022-03-01", "2022-10-31", NULL, NULL, {DW1, 0, .95, 0, 160, 90}, "跨一级和二级区", PLAIN},
    {"W14", "LIVE", "2016-03-01", "2017-02-28", NULL, NULL, {DW2, 240, .75, 0, 90, 50}, "二级区养殖场, 旧", PLAIN},
    /* the river, Yangtze basin */
    {"R01", "MINE_SAND", "2000-03-17", "2003-02-06", NULL, NULL, {RIVER, 5200, 0, 0, 120, 60}, "跨2002-01-01法律日期", PLAIN},
    {"R02", "MINE_SAND", "2024-03-01", "2024-12-31", NULL, NULL, {RIVER, 4400, 0, 0, 120, 60}, "无证采砂", PLAIN},
    {"R03", "BLDG", "2020-03-01", "2020-12-31", NULL, NULL, {RIVER, 2200, 0, 0, 40, 30}, "经河道主管机关批准", PLAIN},
    {"R04", "AQUA", "2021-03-01", "2021-12-31", NULL, NULL, {RIVER, 1600, 0, 0, 110, 50}, "无批准", PLAIN},
    /* expansions, no zone, later than the day of judgement */
    {"X01", "IND", "1992-01-01", "1995-12-31", NULL, NULL, {NR_OUTER, 70, .85, 0, 70, 50}, "建区前厂房, 有批准", PLAIN},
    {"X02", "IND", "2013-03-01", "2014-02-28", "X01", NULL, {NR_OUTER, 70, .85, 60, 50, 50}, "扩建X01, 相邻部分", PLAIN},
    {"X03", "MINE_QUARRY", "2003-01-01", "2008-12-31", NULL, NULL, {OPEN, 10400, 10900, 0, 150, 120}, "区外采石, 有许可", PLAIN},
    {"X04", "MINE_QUARRY", "2025-08-01", "2025-12-31", "X03", NULL, {OPEN, 10400, 10900, 0, 260, 200}, "新轮廓覆盖X03, 越界开采", PLAIN},
    {"X05", "BLDG", "2024-03-01", "2024-12-31", NULL, NULL, {OPEN, 9300, 11300, 0, 60, 40}, "不在任何区内", PLAIN},
    {"X06", "IND", "2026-12-01", "2027-03-31", NULL, NULL, {NR_CORE, 60, .8, 0, 60, 40}, "晚于评判日", PLAIN},
    /* dirt */
    {"D01", "BLDG", "2024-03-01", "2024-12-31", NULL, NULL, {DW2, 260, .75, 0, 60, 40}, "自相交蝴蝶结", BOWTIE},
    {"D02", "IND", "2022-03-01", "2022-12-31", NULL, NULL, {DW2, 280, .75, 0, 60, 40}, "整行重复", PLAIN},
    {"D02", "IND", "2022-03-01", "2022-12-31", NULL, NULL, {DW2, 280, .75, 0, 60, 40}, "整行重复", PLAIN},
    {"D03", "IND", "2022-03-01", "2022-12-31", NULL, NULL, {DW2, 300, .75, 0, 60, 40}, "与D04同形", PLAIN},
    {"D04", "BLDG", "2022-05-01", "2023-02-28", NULL, NULL, {DW2, 300, .75, 0, 60, 40}, "与D03同形", PLAIN},
    {"D05", "BLDG", "2024-03-01", "2024-12-31", NULL, NULL, {DW2, 180, 0, .3, 30, 40}, "碎屑: 入界0.3米", PLAIN},
    {"D06", "BLDG", "2024-03-01", "2024-12-31", NULL, NULL, {OPEN, 0, 0, 0, 0, 0}, "空值几何", NO_GEOMETRY},
    {"D07", "BLDG", "2024-03-01", "2024-12-31", NULL, NULL, {OPEN, 0, 0, 0, 0, 0}, "空多边形", EMPTY},
    {"D08", "FACTORY", "2024-03-01", "2024-12-31", NULL, NULL, {ERL, 60, .75, 0, 60, 40}, "未知活动代码", PLAIN},
    {"D09", "IND", "2013-02-30", "2013-12-31", NULL, NULL, {DW2, 320, .75, 0, 60, 40}, "不存在的日期", PLAIN},
    {"D10", "BLDG", "2024-03-01", "2024-12-31", NULL, NULL, {OPEN, 11760, 6000, 0, 60, 40}, "不在任何行政区内", PLAIN},
    {NULL, "IND", "2024-03-01", "2024-12-31", NULL, NULL, {DW2, 340, .75, 0, 60, 40}, "编号为空(D11)", PLAIN},
    {"D12", NULL, "2024-03-01", "2024-12-31", NULL, NULL, {ERL, 75, .75, 0, 60, 40}, "活动为空", PLAIN},
    {"D13", "ind", "2024-03-01", "2024-12-31", NULL, NULL, {ERL, 90, .75, 0, 60, 40}, "小写代码", PLAIN},
    {"D14", "IND", "20240301", "20241231", NULL, NULL, {ERL, 105, .75, 0, 60, 40}, "基本格式日期, 可读", PLAIN},
    {"D15", "IND", "2024-12-31", "2024-03-01", NULL, NULL, {ERL, -70, .75, 0, 60, 40}, "起止颠倒", PLAIN},
};

/* The background: each as often as it stands here; metres. */
static const struct kind_row {
    const char *activity;
    double w, h;
} kind_rows[] = {
    {"BLDG", 40, 25}, {"RES", 24, 14}, {"RES", 20, 12}, {"IND", 90, 55}, {"IND_CHEM", 110, 70}, {"AGRI", 160, 90},
    {"AQUA", 140, 80}, {"LIVE", 70, 30}, {"TOUR", 55, 40}, {"WATERW", 60, 25}, {"MGMT", 20, 14}, {"EN_PV", 150, 90},
    {"BLDG", 60, 30}, {"TR_LINE", 320, 14}, {"RES", 30, 16}, {"MINE_QUARRY", 130, 90}, {"MINE_OPEN", 170, 120}, {"MINE_SAND", 110, 50},
};

/* ---- mines, of the second register ---- */

static const case_row mine_rows[] = {
    {"K-01", "采石场", "2026-04-01", "2026-06-30", NULL, NULL, {NR_OUTER, 235, .88, 0, 140, 100}, "一般控制区采石", PLAIN},
    {"K-02", "采石场", "2025-08-01", "2025-12-31", NULL, NULL, {OPEN, 9700, 5700, 0, 160, 110}, "无证, 2025-07-01后", PLAIN},
    {"K-03", "采石场", "2009-03-01", "2010-06-30", NULL, NULL, {OPEN, 10700, 7000, 0, 150, 120}, "有证", PLAIN},
    {"K-04", "采砂场", "2001-01-01", "2001-12-31", NULL, NULL, {RIVER, 3700, 0, 0, 130, 70}, "长江采砂条例前", PLAIN},
    {"K-05", "采砂场", "2015-01-01", "2016-12-31", NULL, NULL, {RIVER, 3000, 0, 0, 130, 70}, "无证采砂", PLAIN},
    {"K-06", "露天采场", "1987-01-01", "1991-12-31", NULL, NULL, {NR_HX, 300, .5, 0, 170, 120}, "建区前, 有证", PLAIN},
    {"K-07", "工矿用地", "2011-01-01", "2012-12-31", NULL, NULL, {DW2, 200, .75, 0, 110, 70}, "二级区工矿", PLAIN},
    {"K-08", "尾矿库", "2004-01-01", "2006-12-31", NULL, NULL, {OPEN, 10900, 2300, 0, 200, 140}, "尾矿库", PLAIN},
};

/* ---- permits ---- */

#define FORESTRY "省林业和草原局"
#define LAND "市自然资源和规划局"
#define WATER "市水利局"

/* Scope: the footprint's box times `scale`. Holder NULL: the footprint's owner. */
static const struct permit_row {
    const char *of, *activity, *authority, *holder, *issued, *from, *to, *attrs, *remark;
    double scale;
} permit_rows[] = {
    {"A04", "TOUR", FORESTRY, NULL, "2026-03-20", "2026-03-20", "2036-03-19", NULL, "有效", 1.4},
    {"A06", "TR_LINE", FORESTRY, NULL, "2026-03-18", "2026-03-18", NULL, NULL, "有效, 长期", 1.2},
    {"A09", "RES", "乡人民政府", NULL, "1984-10-01", "1984-10-01", NULL, NULL, "建区前批准", 1.2},
    {"A11", "IND", FORESTRY, NULL, "2026-09-01", "2026-09-01", "2036-08-31", NULL, "晚于建设", 1.4},
    {"A12", "TOUR", "示例镇人民政府", NULL, "2026-03-20", "2026-03-20", "2036-03-19", NULL, "机关无权", 1.4},
    {"A13", "TOUR", FORESTRY, NULL, "2026-03-20", "2026-03-20", "2036-03-19", NULL, "范围过小", .6},
    {"A14", "TOUR", FORESTRY, NULL, "2026-03-20", "2026-03-20", "2036-03-19", NULL, "另一活动", 1.4},
    {"B04", "MINE_QUARRY", LAND, NULL, "1989-11-01", "1989-11-01", "2010-10-31", NULL, "建设后到期", 1.2},
    {"B05", "MINE_*", LAND, NULL, "1987-06-01", "1987-06-01", NULL, NULL, "矿种通配", 1.2},
    {"B14", "IND", FORESTRY, NULL, "2002-01-01", "2002-01-01", "2008-12-31", NULL, "建设前到期", 1.3},
    {"B15", "BLDG", FORESTRY, NULL, "2015-10-01", "2015-10-01", "2035-09-30", NULL, "有效", 1.3},
    {"B16", "BLDG", FORESTRY, NULL, NULL, NULL, NULL, NULL, "无日期", 1.3},
    {"E03", "TOUR", "省人民政府", NULL, "2023-04-01", "2023-04-01", "2033-03-31", NULL, "有限人为活动认定意见", 1.3},
    {"R03", "BLDG", WATER, NULL, "2020-01-15", "2020-01-15", NULL, NULL, "有效", 1.3},
    {"W02", "WATERW", WATER, NULL, "2011-12-01", "2011-12-01", NULL, NULL, "取水工程", 1.3},
    {"X01", "IND", LAND, "示例公司旧名", "1991-06-01", "1991-06-01", NULL, NULL, "持有人非业主", 1.0},
    {"X03", "MINE_QUARRY", LAND, NULL, "2002-09-01", "2002-09-01", "2032-08-31", NULL, "采矿权登记区域", 1.1},
    {"K-03", "MINE_QUARRY", LAND, NULL, "2008-12-01", "2008-12-01", "2028-11-30", NULL, "有效", 1.2},
    {"K-06", "MINE_OPEN", LAND, NULL, "1986-11-01", "1986-11-01", "2016-10-31", NULL, "建设后到期", 1.2},
    {"K-14", "MINE_*", LAND, NULL, NULL, "1984-01-01", NULL, NULL, "无签发日期, 以生效日代", 1.2},
};

/* ---- letters, at a footprint ---- */

static const struct letter_row {
    const char *no, *batch, *received, *activity, *key, *founded, *duplicate_of, *of, *remark;
} letter_rows[] = {
    {"L-01", "第1批", "2026-08-03", "IND", "1", "1", NULL, "A01", "反映厂房"},
    {"L-02", "第1批", "2026-08-03", "LIVE", "0", "1", NULL, "W03", "反映养殖臭味"},
    {"L-03", "第2批", "2026-08-10", "IND", "0", "1", "L-01", "A01", "重复L-01"},
    {"L-04", "第2批", "2026-08-10", "MINE_QUARRY", "1", "1", NULL, "A03", "反映采石"},
    {"L-05", "第3批", "2026-09-01", "EN_PV", "0", "0", NULL, "A07", "不属实"},
    {"L-06", "第3批", "2026-09-01", "MINE_SAND", "0", NULL, NULL, "R02", "尚未核实"},
};
