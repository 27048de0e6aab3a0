#include "deliver/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "deliver/drawn.h"
#include "deliver/made.h"
#include "deliver/map_frame.h"
#include "deliver/map_legend.h"
#include "deliver/map_name.h"
#include "deliver/words.h"

#define WIDTH (420.0 * MM)
#define HEIGHT (297.0 * MM)
#define LEFT (19.0 * MM)
#define TOP (31.0 * MM)
#define MAIN_WIDTH (270.0 * MM)
#define MAIN_HEIGHT (244.0 * MM)
#define COLUMN (301.0 * MM) /* x of the column at the right */
#define COLUMN_WIDTH (108.0 * MM)
#define NAMED 12u    /* sites a note names by number */
#define LEAST 5000.0 /* no sheet of all tasks is drawn larger */

static const rdl_label labels[] = {
    {"title_tasks", "疑似问题点位与整改任务分布图", "Suspected sites and rectification tasks"},
    {"title_findings", "疑似问题点位分布图", "Suspected sites"},
    {"before", "前时相影像", "Earlier image"},
    {"after", "后时相影像", "Later image"},
    {"undated", "日期不明", "date not known"},
    {"legend", "图例", "Legend"},
    {"notes", "说明", "Notes"},
    {"natural", "真彩色", "natural colour"},
    {"bands", "波段%d、%d、%d合成", "bands %d, %d, %d"},
    {"band", "单波段%d", "one band, %d"},
    {"source", "影像", "Images"},
    {"none", "无", "none"},
    {"projection", "坐标系", "Projection"},
    {"ticks", "；外侧刻度为经纬度，内侧刻度为投影坐标（千米）",
     "; ticks outside are degrees, inside kilometres of the projection"},
    {"compiler", "编制", "Compiled by"},
    {"date", "日期", "Date"},
    {"ledger", "台账", "Ledger"},
    {"as_of", "评判日", "Judged as of"},
    {"empty", "本图范围内没有任务", "There is no task on this sheet"},
    {"symbols", "面积过小的点位以圆形符号表示（%u个）",
     "Sites too small for this scale are drawn as round symbols (%u)"},
    {"numbered", "№为点位序号，与卡片、任务清单（redline task list）中的序号一致",
     "№ is the number of a site: its card and 'redline task list' name it with the task"},
    {"unnamed", "%u个管控区或者行政区的名称因避让未标",
     "%u zones or units had no room for their names"},
    {"unlabelled", "编号标注%u个，其余%u个因避让未标",
     "%u sites are numbered; %u more had no room for a number"},
    {"expired", "已失效或者尚未生效的管控区版本%u个未绘",
     "%u zone versions not in force are not drawn"},
    {"no_zones", "未提供管控区图层", "No zone layer was given"},
    {"no_units", "未提供行政区图层", "No layer of units was given"},
    {"uncovered_before", "前时相影像不覆盖本图范围", "The earlier image does not reach this sheet"},
    {"uncovered_after", "后时相影像不覆盖本图范围", "The later image does not reach this sheet"},
    {"unknown", "有%u个字符无字形", "%u characters have no form in the fonts installed"},
    {"inset", "区位", "Location"},
    {"review_no", "审图号", "Map approval no."},
    {"counts", "统计", "Counts"},
    {"unit", "行政区", "Unit"},
    {"sites", "点位", "Sites"},
    {"verify", "核查任务", "Verify"},
    {"rectify", "整改任务", "Rectify"},
    {"out", "不计入", "Left out"},
    {"elsewhere", "不在任何行政区内", "In no unit"},
    {"reaches", "另有%u处点位自相邻行政区跨入，按其主要所在行政区统计：%s",
     "%u more sites reach in from other units and are counted there: No. %s"},
    {"others", "其余%u个单位", "%u more units"},
    {"sum", "合计", "All"},
};

typedef struct {
    const rdl_map_options *options;
    const rdl_map_data *data;
    const char *unit, *title, *style;
    rdl_box ground;
    bool part; /* of a series, or of one unit: an inset shows where it lies */
    rdl_page *page;
    rdl_frame *frame; /* the main map */
    GPtrArray *notes; /* of this sheet */
    rdl_body body;
    guint symbols, drawn;
    GPtrArray *outputs; /* of rdl_output: takes what is written and not committed; lent */
    double y;           /* in the column */
} sheet;

static const char *label(const sheet *s, const char *key)
{
    return rdl_label_of(labels, G_N_ELEMENTS(labels), key, s->data->language);
}

static void note(sheet *s, const char *key, ...)
{
    va_list args;

    va_start(args, key);
    g_ptr_array_add(s->notes, g_strdup_vprintf(label(s, key), args));
    va_end(args);
}

/* ---- maps on the sheet ---- */

static bool draw_main_layers(sheet *s, GError **error)
{
    rdl_frame_layer l[4] = {0};
    bool good = rdl_frame_units(s->frame, &l[0], error) &&
                rdl_frame_zones(s->frame, &l[1], error) &&
                rdl_frame_tasks(s->frame, "verify", s->unit, s->style, &l[2], error) &&
                rdl_frame_tasks(s->frame, "rectify", s->unit, s->style, &l[3], error) &&
                rdl_frame_draw(s->frame, s->page, l, G_N_ELEMENTS(l), &s->body, error);

    s->symbols = l[2].symbols + l[3].symbols;
    s->drawn = l[2].features + l[3].features;
    for (size_t i = 0; i < G_N_ELEMENTS(l); i++)
        rdl_frame_layer_clear(&l[i]);
    return good;
}

static bool write_labels(sheet *s, GError **error)
{
    g_autoptr(rdl_names) l = rdl_names_new(s->frame, s->page);
    rdl_sites_named sites;

    guint unnamed;

    if (!rdl_name_grounds(l, true, true, 8.0, &unnamed, error) ||
        !rdl_name_sites(l, s->unit, 5.5, &sites, error))
        return false;
    if (sites.numbered)
        note(s, "numbered");
    if (unnamed)
        note(s, "unnamed", unnamed);
    if (sites.written < sites.all)
        note(s, "unlabelled", sites.written, sites.all - sites.written);
    return true;
}

static char *image_line(sheet *s, const rdl_map_scene *scene)
{
    g_autofree char *bands =
        scene->natural ? g_strdup(label(s, "natural"))
        : scene->bands[0] == scene->bands[1]
            ? g_strdup_printf(label(s, "band"), scene->bands[0])
            : g_strdup_printf(label(s, "bands"), scene->bands[0], scene->bands[1], scene->bands[2]);

    return g_strdup_printf("%s %s%s%s (%s)", scene->date ? scene->date : label(s, "undated"),
                           scene->name, scene->sensor ? ", " : "",
                           scene->sensor ? scene->sensor : "", bands);
}

/* "Later image 2003-02-06, 2003-02-13" of the scenes that were used. */
static char *caption(const sheet *s, bool after, const GPtrArray *used)
{
    GString *out = g_string_new(label(s, after ? "after" : "before"));

    if (!used->len)
        g_string_append_printf(out, "  %s", label(s, "none"));

    for (guint i = 0; i < used->len; i++) {
        const rdl_map_scene *scene = used->pdata[i];
        g_string_append_printf(out, "%s%s", i ? ", " : "  ",
                               scene->date ? scene->date : label(s, "undated"));
    }
    return g_string_free(out, FALSE);
}

/* All units, zones and tasks there are: what an inset shows. */
static rdl_box whole_ground(const rdl_map_data *data)
{
    rdl_box box = {1.0, 1.0, 0.0, 0.0};

    for (guint i = 0; i < data->units->len; i++)
        rdl_box_grow(&box, g_array_index(data->units, rdl_map_unit, i).box);
    for (guint i = 0; i < data->zones->len; i++)
        rdl_box_grow(&box, g_array_index(data->zones, rdl_map_zone, i).box);
    for (guint i = 0; i < data->tasks->len; i++)
        rdl_box_grow(&box, data->boxes[i]);
    return box;
}

/* The neat line of the main map, on the inset. */
static bool mark_main(sheet *s, const rdl_frame *inset, GError **error)
{
    const rdl_box b = s->frame->box;
    double e[4] = {b.xmin, b.xmax, b.xmax, b.xmin}, n[4] = {b.ymin, b.ymin, b.ymax, b.ymax};
    double x[4], y[4];

    if (!rdl_transform_points(s->frame->back, 4, e, n, error) ||
        !rdl_transform_points(inset->in, 4, e, n, error))
        return false;
    for (int i = 0; i < 4; i++) {
        rdl_frame_place(inset, e[i], n[i], &x[i], &y[i]);
        x[i] = CLAMP(x[i], inset->x, inset->x + inset->w);
        y[i] = CLAMP(y[i], inset->y, inset->y + inset->h);
    }
    for (int i = 0; i < 4; i++)
        rdl_page_line(s->page, x[i], y[i], x[(i + 1) % 4], y[(i + 1) % 4], 1.6, 0xd55e00);
    return true;
}

/* Where the sheet lies: 区位图, beside the earlier image. */
static bool draw_inset(sheet *s, double x, double width, double h, GError **error)
{
    rdl_lettering look = {.size = 9.0, .bold = true};
    rdl_frame_layer l[2] = {0};
    rdl_body body = {0};
    rdl_box around = whole_ground(s->data);

    rdl_box_grow(&around, s->ground); /* a national sheet may reach beyond all that is known */
    g_autoptr(rdl_frame) f = rdl_frame_new(s->data, around, LEAST, x, s->y, width, h, error);
    bool good = f && rdl_frame_units(f, &l[0], error) && rdl_frame_zones(f, &l[1], error) &&
                rdl_frame_draw(f, s->page, l, 2, &body, error) && mark_main(s, f, error);

    for (size_t i = 0; i < 2; i++)
        rdl_frame_layer_clear(&l[i]);
    rdl_body_clear(&body);
    if (!good)
        return false;
    g_autofree char *head = g_strdup_printf("%s   1:%.0f", label(s, "inset"), f->scale);
    rdl_page_text(s->page, &look, x, s->y - 14.0, width, head);
    rdl_page_box(s->page, f->x, f->y, f->w, f->h, 0.7, 0);
    return true;
}

static bool has_scene(const rdl_map_data *data, bool after)
{
    for (guint i = 0; i < data->scenes->len; i++)
        if (g_array_index(data->scenes, rdl_map_scene, i).after == after)
            return true;
    return false;
}

/* The earlier image in the column, with zones, on the same ground; the inset beside it where the
 * sheet is one of several. */
static bool draw_before(sheet *s, GPtrArray *used, GError **error)
{
    rdl_lettering look = {.size = 9.0, .bold = true};
    const double wide = s->part ? COLUMN_WIDTH * 0.62 : COLUMN_WIDTH;
    double h = wide * 0.82, at = s->y;
    rdl_frame_layer l[2] = {0};
    rdl_body body = {0};

    s->y += 14.0;
    g_autoptr(rdl_frame) f = rdl_frame_new(s->data, s->ground, LEAST, COLUMN, s->y, wide, h, error);
    bool good = f && rdl_frame_picture(f, s->page, false, s->options->dpi, used, error) &&
                rdl_frame_units(f, &l[0], error) && rdl_frame_zones(f, &l[1], error) &&
                rdl_frame_draw(f, s->page, l, 2, &body, error);
    for (size_t i = 0; i < 2; i++)
        rdl_frame_layer_clear(&l[i]);
    rdl_body_clear(&body);
    if (!good || (s->part && !draw_inset(s, COLUMN + wide + 3.0 * MM,
                                         COLUMN_WIDTH - wide - 3.0 * MM, h, error)))
        return false;
    g_autofree char *dated = caption(s, false, used);
    g_autofree char *head = g_strdup_printf("%s   1:%.0f", dated, f->scale);
    rdl_page_text(s->page, &look, COLUMN, at, wide, head);
    rdl_page_box(s->page, f->x, f->y, f->w, f->h, 0.7, 0);
    s->y += h + 4.0 * MM;
    return true;
}

/* Without an earlier image the inset alone, where the sheet is one of several. */
static bool draw_column_top(sheet *s, GPtrArray *used, GError **error)
{
    const double wide = COLUMN_WIDTH * 0.62, h = wide * 0.82;

    if (has_scene(s->data, false))
        return draw_before(s, used, error);
    if (!s->part)
        return true;
    s->y += 14.0;
    if (!draw_inset(s, COLUMN, wide, h, error))
        return false;
    s->y += h + 4.0 * MM;
    return true;
}

static bool draw_main(sheet *s, GPtrArray *used, GError **error)
{
    s->frame = rdl_frame_new(s->data, s->ground, LEAST, LEFT, TOP, MAIN_WIDTH, MAIN_HEIGHT, error);
    bool good = s->frame &&
                rdl_frame_picture(s->frame, s->page, true, s->options->dpi, used, error) &&
                draw_main_layers(s, error) && write_labels(s, error) &&
                rdl_frame_edge(s->frame, s->page, 6.5, error);
    if (good)
        rdl_frame_metres(s->frame, s->page);
    return good;
}

/* ---- the column ---- */

static double head(sheet *s, const char *text)
{
    rdl_lettering look = {.size = 11.0, .bold = true};

    return rdl_page_text(s->page, &look, COLUMN, s->y, COLUMN_WIDTH, text) + 2.0;
}

static bool write_legend(sheet *s, GError **error)
{
    s->y += head(s, label(s, "legend"));
    return rdl_map_legend(s->page, &s->body, s->data->language, COLUMN, COLUMN_WIDTH, 2, 8.0, &s->y,
                          error);
}

static bool write_scale(sheet *s, GError **error)
{
    double h =
        rdl_frame_scale_bar(s->frame, s->page, COLUMN, s->y + 3.0 * MM, COLUMN_WIDTH * 0.72, 8.0);

    if (!rdl_frame_arrow(s->frame, s->page, COLUMN + COLUMN_WIDTH - 11.0 * MM, s->y, 17.0 * MM,
                         error))
        return false;
    s->y += MAX(h + 3.0 * MM, 17.0 * MM) + 3.0 * MM;
    return true;
}

static void line(sheet *s, const char *key, const char *text)
{
    rdl_lettering look = {.size = 7.5};
    g_autofree char *all = g_strdup_printf("%s  %s", label(s, key), text);

    s->y += rdl_page_text(s->page, &look, COLUMN, s->y, COLUMN_WIDTH, all) + 1.0;
}

static void write_images(sheet *s, const GPtrArray *used)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < used->len; i++) {
        g_autofree char *one = image_line(s, used->pdata[i]);
        g_string_append_printf(out, "%s%s", i ? "; " : "", one);
    }
    line(s, "source", used->len ? out->str : label(s, "none"));
    g_string_free(out, TRUE);
}

static guint count_expired(const rdl_map_data *data)
{
    guint n = 0;

    for (guint i = 0; i < data->zones->len; i++)
        n += !rdl_map_zone_in_force(data, &g_array_index(data->zones, rdl_map_zone, i));
    return n;
}

/* Sites drawn on the sheet of a unit that are counted by another. */
static void say_reaching(sheet *s)
{
    g_autoptr(GString) numbers = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; s->unit && i < s->data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(s->data->tasks, rdl_task, i);
        if (!rdl_map_leads(s->data, i) || rdl_division_within(t->xzqdm, s->unit) ||
            !rdl_map_in_unit(s->data, t, s->unit) ||
            !rdl_box_meets(s->data->boxes[i], s->frame->ground))
            continue;
        if (n++ < NAMED)
            g_string_append_printf(numbers, "%s%d", n > 1 ? ", " : "", t->number);
    }
    if (n > NAMED)
        g_string_append(numbers, " …");
    if (n)
        note(s, "reaches", n, numbers->str);
}

static void collect_notes(sheet *s)
{
    const rdl_map_data *d = s->data;
    const char *clue = rdl_ledger_word(d->ledger, "sentence.clue", d->language);
    guint expired = count_expired(d);

    if (strcmp(clue, "sentence.clue") != 0)
        g_ptr_array_insert(s->notes, 0, g_strdup(clue));
    if (!s->drawn)
        note(s, "empty");
    if (s->symbols)
        note(s, "symbols", s->symbols);
    say_reaching(s);
    if (expired)
        note(s, "expired", expired);
    if (!d->zones->len && !d->lost_zones)
        note(s, "no_zones");
    if (!d->units->len && !d->lost_units)
        note(s, "no_units");
    for (guint i = 0; i < d->notes->len; i++)
        g_ptr_array_add(s->notes, g_strdup(d->notes->pdata[i]));
    if (rdl_page_unknown(s->page))
        note(s, "unknown", rdl_page_unknown(s->page));
}

/* In what is left of the column; smaller when there is much to say. */
static void write_notes(sheet *s)
{
    double size = 7.5, room = TOP + MAIN_HEIGHT - s->y - 16.0, need;

    collect_notes(s);
    s->y += head(s, label(s, "notes"));
    do {
        rdl_lettering look = {.size = size};
        need = 0.0;
        for (guint i = 0; i < s->notes->len; i++)
            need += rdl_page_measure(s->page, &look, COLUMN_WIDTH - 10.0, s->notes->pdata[i]) + 1.0;
        size -= 0.5;
    } while (need > room && size > 3.0);
    rdl_lettering look = {.size = size + 0.5};
    for (guint i = 0; i < s->notes->len; i++) {
        g_autofree char *n = g_strdup_printf("%u.", i + 1);
        rdl_page_text(s->page, &look, COLUMN, s->y, 12.0, n);
        s->y += rdl_page_text(s->page, &look, COLUMN + 10.0, s->y, COLUMN_WIDTH - 10.0,
                              s->notes->pdata[i]) +
                1.0;
    }
}

/* ---- counts by unit ---- */

/* Sites by the task that stands for each: out is what was dismissed or found lawful. */
typedef struct {
    const char *xzqdm; /* NULL: in no unit */
    guint sites, verify, rectify, out;
} unit_count;

static int by_code(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(((const unit_count *)a)->xzqdm, ((const unit_count *)b)->xzqdm);
}

static unit_count *count_of(GArray *counts, const char *xzqdm)
{
    for (guint i = 0; i < counts->len; i++)
        if (g_strcmp0(g_array_index(counts, unit_count, i).xzqdm, xzqdm) == 0)
            return &g_array_index(counts, unit_count, i);
    unit_count one = {.xzqdm = xzqdm};
    g_array_append_val(counts, one);
    return &g_array_index(counts, unit_count, counts->len - 1);
}

static GArray *count_units(const sheet *s)
{
    GArray *counts = g_array_new(FALSE, TRUE, sizeof(unit_count));

    for (guint i = 0; i < s->data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(s->data->tasks, rdl_task, i);
        if (!rdl_map_leads(s->data, i) || !rdl_division_within(t->xzqdm, s->unit) ||
            !rdl_box_meets(s->data->boxes[i], s->frame->ground))
            continue;
        unit_count *c = count_of(counts, t->xzqdm);
        bool out = strcmp(rdl_state_counts(s->data->ledger, t->state), "excluded") == 0;
        bool verify = strcmp(t->kind, "verify") == 0;
        c->sites++;
        c->out += out;
        c->verify += verify && !out;
        c->rectify += !verify && !out;
    }
    g_array_sort(counts, by_code);
    return counts;
}

#define COUNTED 4

static double count_row(sheet *s, const char *name, const char *const *cells, bool bold)
{
    rdl_lettering left = {.size = 7.5, .bold = bold}, right = left;
    double wide = COLUMN_WIDTH * 0.15, first = COLUMN_WIDTH - COUNTED * wide;
    double h = rdl_page_text(s->page, &left, COLUMN, s->y, first - 4.0, name);

    right.align = RDL_RIGHT;
    for (int i = 0; i < COUNTED; i++)
        rdl_page_text(s->page, &right, COLUMN + first + i * wide, s->y, wide, cells[i]);
    return h + 1.5;
}

static void count_line(sheet *s, const char *name, const unit_count *c, bool bold)
{
    g_autofree char *sites = g_strdup_printf("%u", c->sites);
    g_autofree char *verify = g_strdup_printf("%u", c->verify);
    g_autofree char *rectify = g_strdup_printf("%u", c->rectify);
    g_autofree char *out = g_strdup_printf("%u", c->out);

    s->y += count_row(s, name, (const char *const[COUNTED]){sites, verify, rectify, out}, bold);
}

/* As many units as there is room for; what is left is one line, and the sum is the last. */
static void write_counts(sheet *s)
{
    g_autoptr(GArray) counts = count_units(s);
    double bottom = TOP + MAIN_HEIGHT, row = 13.0;
    unit_count rest = {0}, sum = {0};
    guint i, left = 0;

    s->y += 2.0 * MM;
    if (!counts->len || s->y + 16.0 + 3.0 * row > bottom)
        return;
    s->y += head(s, label(s, "counts"));
    s->y += count_row(s, label(s, "unit"),
                      (const char *const[COUNTED]){label(s, "sites"), label(s, "verify"),
                                                   label(s, "rectify"), label(s, "out")},
                      true);
    rdl_page_line(s->page, COLUMN, s->y - 0.8, COLUMN + COLUMN_WIDTH, s->y - 0.8, 0.5, 0);
    for (i = 0; i < counts->len; i++) {
        const unit_count *c = &g_array_index(counts, unit_count, i);
        bool room = s->y + (i + 1 < counts->len ? 3.0 : 2.0) * row <= bottom;
        unit_count *to = room && !left ? NULL : &rest;
        sum.sites += c->sites;
        sum.verify += c->verify;
        sum.rectify += c->rectify;
        sum.out += c->out;
        if (!to) {
            count_line(s, c->xzqdm ? rdl_map_unit_name(s->data, c->xzqdm) : label(s, "elsewhere"),
                       c, false);
            continue;
        }
        left++;
        to->sites += c->sites;
        to->verify += c->verify;
        to->rectify += c->rectify;
        to->out += c->out;
    }
    if (left) {
        g_autofree char *name = g_strdup_printf(label(s, "others"), left);
        count_line(s, name, &rest, false);
    }
    count_line(s, label(s, "sum"), &sum, true);
}

static void write_title(sheet *s)
{
    rdl_lettering look = {.size = 24.0, .bold = true, .align = RDL_CENTRE, .smallest = 13.0};
    double width = WIDTH - 40.0 * MM, h = rdl_page_measure(s->page, &look, width, s->title);

    rdl_page_text(s->page, &look, 20.0 * MM, 7.0 * MM + MAX(0.0, (16.0 * MM - h) / 2.0), width,
                  s->title);
}

/* What the pack says of secrecy and approval, in the corners: an office's own texts, so that no
 * sheet says what nobody decided. */
static void write_notice(sheet *s)
{
    const char *secrecy = rdl_ledger_word(s->data->ledger, "map.secrecy", s->data->language);
    const char *review = rdl_ledger_word(s->data->ledger, "map.review_no", s->data->language);
    rdl_lettering look = {.size = 9.0, .bold = true, .align = RDL_RIGHT};
    const double x = WIDTH / 2.0, width = WIDTH / 2.0 - 11.0 * MM;

    if (strcmp(secrecy, "map.secrecy") != 0 && *secrecy)
        rdl_page_text(s->page, &look, x, 8.0 * MM, width, secrecy);
    if (strcmp(review, "map.review_no") == 0 || !*review)
        return;
    g_autofree char *text = g_strdup_printf("%s %s", label(s, "review_no"), review);
    look.size = 7.5;
    rdl_page_text(s->page, &look, x, HEIGHT - 13.0 * MM, width, text);
}

static char *footer_of(const sheet *s)
{
    const rdl_map_data *d = s->data;
    g_autofree char *name = g_path_get_basename(d->path);

    g_autofree char *who =
        s->options->compiler
            ? g_strdup_printf("%s  %s    ", label(s, "compiler"), s->options->compiler)
            : g_strdup("");
    return g_strdup_printf("%s%s  %s    %s  %s    %s  %s  %.12s    redline " RDL_VERSION, who,
                           label(s, "date"), d->date, label(s, "as_of"), d->as_of,
                           label(s, "ledger"), name, d->digest);
}

/* There is an image, and nothing of it here. */
static void note_uncovered(sheet *s, bool after, const GPtrArray *used)
{
    if (!has_scene(s->data, after) || used->len)
        return;
    note(s, after ? "uncovered_after" : "uncovered_before");
    if (s->options->warnings)
        g_ptr_array_add(s->options->warnings,
                        g_strdup_printf("%s: %s", s->title,
                                        label(s, after ? "uncovered_after" : "uncovered_before")));
}

static void write_projection(sheet *s)
{
    g_autofree char *text = g_strconcat(s->frame->crs_name, label(s, "ticks"), NULL);

    line(s, "projection", text);
}

static bool compose(sheet *s, GError **error)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new(), after = g_ptr_array_new();
    rdl_lettering look = {.size = 9.0, .bold = true};

    rdl_page_box(s->page, 6.0 * MM, 6.0 * MM, WIDTH - 12.0 * MM, HEIGHT - 12.0 * MM, 1.4, 0);
    write_title(s);
    write_notice(s);
    s->y = TOP - 4.0 * MM;
    if (!draw_main(s, after, error) || !draw_column_top(s, before, error))
        return false;
    note_uncovered(s, false, before);
    note_uncovered(s, true, after);
    g_autofree char *dated = caption(s, true, after);
    rdl_page_text(s->page, &look, LEFT, TOP - 10.5 * MM, MAIN_WIDTH, dated);
    if (!write_legend(s, error) || !write_scale(s, error))
        return false;
    for (guint i = 0; i < after->len; i++)
        g_ptr_array_add(before, after->pdata[i]);
    write_images(s, before);
    write_projection(s);
    s->y += 2.0 * MM;
    write_notes(s);
    write_counts(s);
    return true;
}

static bool georeference(const sheet *s, const char *path, GError **error)
{
    const rdl_frame *f = s->frame;
    const rdl_pdf_map map = {.page_width = WIDTH,
                             .page_height = HEIGHT,
                             .x = f->x,
                             .y = f->y,
                             .width = f->w,
                             .height = f->h,
                             .ground = f->box,
                             .crs = f->crs};
    bool done;

    return rdl_pdf_georeference(path, &map, &done, error);
}

static bool write_file(sheet *s, const char *path, GError **error)
{
    rdl_output *output = rdl_output_begin(path, s->options->overwrite, error);
    bool pdf = g_str_has_suffix(path, ".pdf");

    if (output)
        g_ptr_array_add(s->outputs, output);
    return output &&
           rdl_page_write(s->page, rdl_output_temporary(output), pdf, s->options->dpi, error) &&
           (!pdf || georeference(s, rdl_output_temporary(output), error));
}

static bool draw_sheet(sheet *s, const char *path, GError **error)
{
    g_autofree char *footer = footer_of(s);
    rdl_page_form form = {.width = WIDTH,
                          .height = HEIGHT,
                          .title = s->title,
                          .author = s->options->compiler,
                          .date = s->data->date,
                          .language = s->data->language,
                          .footer = footer};

    s->notes = g_ptr_array_new_with_free_func(g_free);
    s->page = rdl_page_new(&form, error);
    bool good = s->page && compose(s, error) && write_file(s, path, error);
    rdl_body_clear(&s->body);
    rdl_frame_free(s->frame);
    rdl_page_free(s->page);
    g_ptr_array_unref(s->notes);
    return good;
}

/* ---- options ---- */

static bool check(const rdl_map_options *o, GError **error)
{
    if (!o->output || !*o->output)
        return rdl_fail(error, RDL_ERROR_USAGE, "a map needs a file to write: give -o FILE");
    if (strcmp(o->language, "zh") != 0 && strcmp(o->language, "en") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "language '%s' is not known: there are zh, en",
                        o->language);
    if (o->style && strcmp(o->style, "task") != 0 && strcmp(o->style, "finding") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "style '%s' is not known: there are task, finding",
                        o->style);
    if (!(o->dpi >= 50.0 && o->dpi <= 600.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--dpi %g: give 50 to 600", o->dpi);
    if (o->by && strcmp(o->by, "unit") != 0 && strcmp(o->by, "zone") != 0 &&
        strcmp(o->by, "grid") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "series by '%s' is not known: there are unit, zone, grid", o->by);
    if (strcmp(o->format, "pdf") != 0 && strcmp(o->format, "png") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "format '%s' is not known: there are pdf, png",
                        o->format);
    if (!o->by && !g_str_has_suffix(o->output, ".pdf") && !g_str_has_suffix(o->output, ".png"))
        return rdl_fail(error, RDL_ERROR_USAGE, "%s: a map is written as .pdf or .png", o->output);
    return true;
}

/* ---- one sheet, or a series ---- */

/* A sheet of a unit (NULL: all) or of a ground, counted. */
static bool write_sheet(sheet *s, const char *path, rdl_tally *tally, GError **error)
{
    const GArray *tasks = s->data->tasks;
    guint n = 0, same = 0;

    if (!draw_sheet(s, path, error))
        return false;
    for (guint i = 0; i < tasks->len; i++) {
        bool here = rdl_map_in_unit(s->data, &g_array_index(tasks, rdl_task, i), s->unit);
        n += here;
        same += here && !rdl_map_leads(s->data, i);
    }
    rdl_tally_in(tally, "map.tasks", n);
    rdl_tally_used(tally, "map.tasks", s->drawn);
    if (same)
        rdl_tally_suppressed(tally, "map.tasks", "SAME_SITE", same);
    if (n > s->drawn + same)
        rdl_tally_suppressed(tally, "map.tasks", "OUTSIDE_SHEET", n - s->drawn - same);
    return true;
}

static sheet new_sheet(const rdl_map_data *data, const rdl_map_options *o, GPtrArray *outputs)
{
    sheet s = {.options = o, .data = data, .unit = o->unit, .outputs = outputs};

    s.style = o->style ? o->style : data->findings ? "finding" : "task";
    s.title = o->title ? o->title : label(&s, data->findings ? "title_findings" : "title_tasks");
    return s;
}

static bool is_taken(const GPtrArray *outputs, const char *path)
{
    for (guint i = 0; i < outputs->len; i++)
        if (strcmp(rdl_output_path(outputs->pdata[i]), path) == 0)
            return true;
    return false;
}

/* `id` as a file's name, with -2, -3 ... where a sheet has it already: a zone may lie in several
 * features. */
static char *sheet_path(const rdl_map_options *o, const char *id, const GPtrArray *outputs)
{
    g_autofree char *safe = g_strdelimit(g_strdup(id), "/\\:*?\"<>|", '_');
    g_autofree char *file = g_strconcat(safe, ".", o->format, NULL);
    char *path = g_build_filename(o->output, file, NULL);

    for (int n = 2; is_taken(outputs, path); n++) {
        g_free(path);
        g_autofree char *next = g_strdup_printf("%s-%d.%s", safe, n, o->format);
        path = g_build_filename(o->output, next, NULL);
    }
    return path;
}

/* One sheet of a series; `id` becomes the file's name. */
static bool write_one(const rdl_map_data *data, const rdl_map_options *o, const char *id,
                      const char *name, const char *unit, rdl_box ground, GPtrArray *outputs,
                      rdl_tally *tally, GError **error)
{
    sheet s = new_sheet(data, o, outputs);
    g_autofree char *path = sheet_path(o, id, outputs);
    g_autofree char *title =
        g_strdup_printf("%s%s%s", name, strcmp(data->language, "en") == 0 ? ": " : "", s.title);

    s.unit = unit;
    s.part = true;
    s.title = title;
    s.ground = ground;
    return write_sheet(&s, path, tally, error);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Codes are lent; each once. */
static void add_codes(const rdl_map_data *data, const rdl_task *t, const char *unit,
                      GHashTable *known)
{
    g_autoptr(GArray) reaches = rdl_map_reaches(data, t);

    if (rdl_division_within(t->xzqdm, unit))
        g_hash_table_add(known, t->xzqdm);
    for (guint k = 0; reaches && k < reaches->len; k++) {
        const char *code = g_array_index(reaches, rdl_map_reach, k).xzqdm;
        if (rdl_division_within(code, unit))
            g_hash_table_add(known, (gpointer)code);
    }
}

/* A sheet for each unit that has tasks or that a site reaches into, and one for those in no unit is
 * not drawn but counted. */
static bool write_units(const rdl_map_data *data, const rdl_map_options *o, GPtrArray *outputs,
                        rdl_tally *tally, GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    guint nowhere = 0;

    for (guint i = 0; i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        nowhere += !t->xzqdm;
        if (t->xzqdm)
            add_codes(data, t, o->unit, known);
    }
    guint n;
    g_autofree gpointer *codes = g_hash_table_get_keys_as_array(known, &n);
    qsort(codes, n, sizeof *codes, by_text);
    for (guint i = 0; i < n; i++) {
        const char *code = codes[i];
        rdl_box ground;
        if (!rdl_map_ground(data, code, &ground, error) ||
            !write_one(data, o, code, rdl_map_unit_name(data, code), code, ground, outputs, tally,
                       error))
            return false;
    }
    rdl_tally_in(tally, "map.tasks", nowhere);
    rdl_tally_suppressed(tally, "map.tasks", "IN_NO_UNIT", nowhere);
    return true;
}

/* A sheet for each zone in force, with all that lies around in it. */
static bool write_zones(const rdl_map_data *data, const rdl_map_options *o, GPtrArray *outputs,
                        rdl_tally *tally, GError **error)
{
    if (!data->zones->len)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND,
                        "%s: no sheets by zone: no zone layer is at hand: give it with --zones",
                        data->path);
    for (guint i = 0; i < data->zones->len; i++) {
        const rdl_map_zone *z = &g_array_index(data->zones, rdl_map_zone, i);
        g_autofree char *number = g_strdup_printf("%03u", i + 1);
        if (rdl_map_zone_in_force(data, z) &&
            !write_one(data, o, z->zone_id ? z->zone_id : number,
                       z->name ? z->name
                               : rdl_word_of(data->ledger, RDL_WORDS_ZONE, z->zone, data->language),
                       o->unit, z->box, outputs, tally, error))
            return false;
    }
    return true;
}

/* The part of the ledger's plane a national sheet covers. */
static bool sheet_ground(const rdl_map_data *data, rdl_box degrees, rdl_box *ground, GError **error)
{
    g_autoptr(rdl_crs) lonlat = rdl_crs_parse("EPSG:4490", error);
    g_autoptr(rdl_transform) t = lonlat ? rdl_transform_new(lonlat, data->crs, error) : NULL;
    double x[4] = {degrees.xmin, degrees.xmax, degrees.xmax, degrees.xmin};
    double y[4] = {degrees.ymin, degrees.ymin, degrees.ymax, degrees.ymax};

    *ground = (rdl_box){1.0, 1.0, 0.0, 0.0};
    if (!t || !rdl_transform_points(t, 4, x, y, error))
        return false;
    for (int i = 0; i < 4; i++)
        rdl_box_grow(ground, (rdl_box){x[i], y[i], x[i], y[i]});
    return true;
}

/* A sheet for each sheet of the national division 1:50000 that has a task of the unit. */
static bool write_grid(const rdl_map_data *data, const rdl_map_options *o, GPtrArray *outputs,
                       rdl_tally *tally, GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint nowhere = 0;

    for (guint i = 0; i < data->tasks->len; i++) {
        const rdl_task *t = &g_array_index(data->tasks, rdl_task, i);
        char *number = rdl_national_sheet(t->lon, t->lat, NULL);
        nowhere += !number;
        if (number && rdl_map_in_unit(data, t, o->unit))
            g_hash_table_add(known, number);
        else
            g_free(number);
    }
    g_autoptr(GPtrArray) numbers = g_ptr_array_new();
    GHashTableIter each;
    gpointer key;
    g_hash_table_iter_init(&each, known);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(numbers, key);
    g_ptr_array_sort(numbers, by_text);
    for (guint i = 0; i < numbers->len; i++) {
        const char *number = numbers->pdata[i];
        rdl_box degrees, ground;
        if (!rdl_national_sheet_box(number, &degrees) ||
            !sheet_ground(data, degrees, &ground, error) ||
            !write_one(data, o, number, number, o->unit, ground, outputs, tally, error))
            return false;
    }
    rdl_tally_in(tally, "map.tasks", nowhere);
    rdl_tally_suppressed(tally, "map.tasks", "NO_PLACE", nowhere);
    return true;
}

/* No sheet takes the place of what it is drawn from. */
static bool apart(const char *input, const rdl_map_options *o, GError **error)
{
    const char *inputs[] = {input, o->before, o->after, o->zones, o->units, o->permits};

    return rdl_output_apart(&o->output, 1, inputs, G_N_ELEMENTS(inputs), error);
}

static bool draw_all(const rdl_map_data *data, const rdl_map_options *o, GPtrArray *outputs,
                     rdl_tally *tally, GError **error)
{
    if (o->by)
        return rdl_output_folder(o->output, error) &&
               (strcmp(o->by, "unit") == 0   ? write_units(data, o, outputs, tally, error)
                : strcmp(o->by, "zone") == 0 ? write_zones(data, o, outputs, tally, error)
                                             : write_grid(data, o, outputs, tally, error));
    sheet s = new_sheet(data, o, outputs);
    s.part = o->unit != NULL;
    return rdl_map_ground(data, o->unit, &s.ground, error) &&
           write_sheet(&s, o->output, tally, error);
}

bool rdl_map(const char *input, const rdl_map_options *o, GPtrArray *written, rdl_tally *tally,
             GError **error)
{
    const rdl_map_sources sources = {o->before, o->after,   o->zones,
                                     o->units,  o->permits, o->zones_profile};
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func((GDestroyNotify)rdl_output_free);
    g_autoptr(rdl_map_data) data = check(o, error) && apart(input, o, error)
                                       ? rdl_map_data_open(input, &sources, o->language, error)
                                       : NULL;

    if (!data || !rdl_map_unit_known(data, o->unit, error))
        return false;
    const rdl_drawn drawn = {.ledger = input,
                             .profile = "map",
                             .by = data->findings ? NULL : o->exporter,
                             .on = o->on,
                             .unit = o->unit,
                             .language = o->language};
    rdl_map_warn(data, o->warnings);
    const rdl_made made = {.command = "map",
                           .path = input,
                           .head = data->digest,
                           .as_of = data->date,
                           .language = o->language,
                           .what = o->by,
                           .unit = o->unit,
                           .drawn = data};
    g_autoptr(rdl_output) told = NULL;
    if (!draw_all(data, o, outputs, tally, error) ||
        !(told = rdl_made_begin(&made, o->output, error)) ||
        !rdl_drawn_commit(&drawn, outputs, told, error))
        return false;
    for (guint i = 0; written && i < outputs->len; i++)
        g_ptr_array_add(written, g_strdup(rdl_output_path(outputs->pdata[i])));
    return true;
}
