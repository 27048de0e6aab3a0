/* The package a higher office takes: Shapefiles with pinyin fields, what the fields mean, what the
 * files are, and what was looked at before it was sent. Names and widths follow the field's habit
 * (docs/decisions/0027). */
#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include "deliver/formula.h"
#include "deliver/exchange/ground.h"

#define NUMBER_WIDTH 18 /* N(18,4): the field's habit for areas */
#define NUMBER_DECIMALS 4
#define DEGREE_WIDTH 13 /* N(13,8) */
#define DEGREE_DECIMALS 8

/* A column of the table: a field, the word for a field's code, or hectares. */
typedef enum { VALUE, WORD, HECTARES } column_kind;

typedef struct {
    const rdl_task_field *field;
    column_kind kind;
    char name[11]; /* pinyin */
    int width, decimals;
} column;

typedef struct {
    const rdl_export_job *job;
    const char *encoding; /* "GBK", "UTF-8" */
    GArray *columns;      /* of column */
    rdl_value *row;
    GPtrArray *texts; /* of GString, one a column: what was cut */
    rdl_export_ground *ground;
    char *unit, *day; /* of the files' names */
    GString *checks;  /* rows of the list of checks */
    guint cut, found, beside;
    GHashTable *ids, *grounds; /* uniqueness: id, and digest of a ground -> site */
} package;

/* ---- columns ---- */

static void add_column(GArray *columns, const rdl_task_field *f, column_kind kind,
                       const char *pinyin, const char *ending)
{
    bool degrees = strcmp(f->field.name, "lon") == 0 || strcmp(f->field.name, "lat") == 0;
    column c = {.field = f, .kind = kind};

    g_snprintf(c.name, sizeof c.name, "%s%s", pinyin, ending);
    if (kind == WORD)
        c.width = 60;
    else if (f->field.type == RDL_FIELD_TEXT)
        c.width = f->width;
    else
        c.width = degrees ? DEGREE_WIDTH : NUMBER_WIDTH;
    if (kind != WORD && f->field.type == RDL_FIELD_REAL)
        c.decimals = degrees ? DEGREE_DECIMALS : NUMBER_DECIMALS;
    g_array_append_val(columns, c);
}

static GArray *columns_of(const GPtrArray *fields)
{
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(column));

    for (guint i = 0; i < fields->len; i++) {
        const rdl_task_field *f = fields->pdata[i];
        add_column(columns, f, VALUE, f->pinyin, "");
        if (f->codes != RDL_CODES_NONE)
            add_column(columns, f, WORD, f->pinyin, "MC"); /* 名称 */
        if (strcmp(f->field.name, "area_m2") == 0)
            add_column(columns, f, HECTARES, "MJ", ""); /* 面积(公顷) */
    }
    return columns;
}

static char *meaning(const column *c, const char *language)
{
    const char *heading = rdl_task_heading(c->field, language);
    bool en = strcmp(language, "en") == 0;

    if (c->kind == HECTARES)
        return g_strdup(en ? "area (ha)" : "面积(公顷)");
    if (c->kind == WORD)
        return g_strdup_printf(en ? "%s in words" : "%s名称", heading);
    if (c->field->codes == RDL_CODES_NONE)
        return g_strdup(heading);
    return g_strdup_printf(en ? "%s, code" : "%s代码", heading);
}

/* ---- texts that fit ---- */

/* Bytes of one letter in the package's encoding; 0 where it has none. */
static gsize bytes_of(const package *p, const char *letter, gsize n)
{
    gsize written = 0;

    if (strcmp(p->encoding, "UTF-8") == 0)
        return n;
    g_autofree char *bytes =
        g_convert(letter, (gssize)n, p->encoding, "UTF-8", NULL, &written, NULL);
    return bytes ? written : 0;
}

/* How much of `text` fits `width` bytes, in whole letters. Fails: a letter the encoding lacks. */
static bool measure(const package *p, const char *text, int width, gsize *fits, GError **error)
{
    gsize used = 0;

    *fits = 0;
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gsize letter = (gsize)(g_utf8_next_char(c) - c), n = bytes_of(p, c, letter);
        if (!n)
            return rdl_fail(error, RDL_ERROR_DATA,
                            "'%.*s' in '%.60s' is not in %s: give --encoding UTF-8", (int)letter, c,
                            text, p->encoding);
        if (used + n <= (gsize)width)
            *fits = (gsize)(c - text) + letter;
        used += n;
    }
    if (used <= (gsize)width)
        *fits = strlen(text);
    return true;
}

static void note(package *p, const char *task, const char *what, const char *field,
                 const char *detail)
{
    g_autofree char *line = g_strdelimit(g_strdup(detail), "\r\n", ' ');
    const char *const cells[] = {task, what, field, line};

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        rdl_csv_field(p->checks, cells[i], i + 1 == G_N_ELEMENTS(cells) ? "\r\n" : ",");
}

static const char *said(const package *p, const char *zh, const char *en)
{
    return strcmp(p->job->language, "en") == 0 ? en : zh;
}

static bool set_text(package *p, guint i, const char *text, const char *task, GError **error)
{
    const column *c = &g_array_index(p->columns, column, i);
    gsize fits;

    if (!text || !*text) {
        p->row[i] = RDL_NULL;
        return true;
    }
    if (!measure(p, text, c->width, &fits, error)) {
        g_prefix_error(error, "task %s, field %s: ", task, c->name);
        return false;
    }
    GString *kept = p->texts->pdata[i];
    g_string_truncate(kept, 0);
    g_string_append_len(kept, text, (gssize)fits);
    p->row[i] = rdl_text(kept->str);
    if (fits < strlen(text)) {
        p->cut++;
        note(p, task, said(p, "截断", "cut"), c->name, text);
    }
    return true;
}

/* ---- checks before sending ---- */

static void find_lack(package *p, const rdl_task *t, const char *name, bool lacks)
{
    const rdl_task_field *f = rdl_export_field(p->job, name);

    if (!f || !lacks)
        return; /* what may not be told is not asked for */
    p->found++;
    note(p, t->task_id, said(p, "缺项", "missing"), f->pinyin,
         rdl_task_heading(f, p->job->language));
}

static void check_unique(package *p, const rdl_task *t, GBytes *wkb)
{
    if (!g_hash_table_add(p->ids, t->task_id)) {
        p->found++;
        note(p, t->task_id, said(p, "编号重复", "id repeats"), "RWBH", t->task_id);
    }
    if (!wkb)
        return;
    char *digest = rdl_digest_bytes(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb));
    const char *other = g_hash_table_lookup(p->grounds, digest);
    if (other && g_strcmp0(other, t->site_id) != 0) {
        p->found++;
        note(p, t->task_id, said(p, "图形重复", "ground repeats"), "DWBH", other);
    }
    g_hash_table_insert(p->grounds, digest, t->site_id);
}

static bool check_ground(package *p, const rdl_task *t, const rdl_geometry *g, GError **error)
{
    g_autofree char *reason = NULL;
    bool valid = true;

    if (!g || rdl_geometry_empty(g)) {
        p->found++;
        note(p, t->task_id, said(p, "无图形", "no ground"), "-", "-");
        return true;
    }
    if (!rdl_geometry_valid(g, &valid, &reason, error))
        return false;
    if (!valid) {
        p->found++;
        note(p, t->task_id, said(p, "图形错误", "ground not valid"), "-", reason);
    }
    return true;
}

/* An administrative code is digits, six of them at least. */
static bool coded(const char *xzqdm)
{
    return xzqdm && strspn(xzqdm, "0123456789") == strlen(xzqdm) && strlen(xzqdm) >= 6;
}

static bool check_task(package *p, const rdl_task *t, GBytes *wkb, const rdl_geometry *g,
                       GError **error)
{
    find_lack(p, t, "xzqdm", !coded(t->xzqdm));
    find_lack(p, t, "zone", !t->zone);
    find_lack(p, t, "activity", !t->activity);
    find_lack(p, t, "lon", !isfinite(t->lon));
    find_lack(p, t, "lat", !isfinite(t->lat));
    find_lack(p, t, "area_m2", !(t->area_m2 > 0.0));
    check_unique(p, t, wkb);
    return check_ground(p, t, g, error);
}

/* ---- the layers: a Shapefile holds one dimension ---- */

static const struct {
    const char *zh, *ascii, *geometry;
} kinds[] = {{"整改任务点", "ZGRWD", "MultiPoint"},
             {"整改任务线", "ZGRWX", "MultiLineString"},
             {"整改任务图斑", "ZGRWTB", "MultiPolygon"}};

/* County code, content, date: the habit of the field, "321200整改任务图斑_20261214". */
static char *layer_name(const package *p, int dimension)
{
    return g_strdup_printf("%s%s_%s", p->unit, kinds[dimension].zh, p->day);
}

static int begin_layer(const package *p, rdl_vector *out, int dimension, GError **error)
{
    const guint n = p->columns->len;
    g_autofree rdl_field *fields = g_new(rdl_field, n);
    g_autofree int *widths = g_new(int, n), *decimals = g_new(int, n);
    g_autofree char *name = layer_name(p, dimension);
    g_autofree char *day = rdl_day_text(rdl_export_day(p->job));
    g_autofree char *dated = g_strconcat("DBF_DATE_LAST_UPDATE=", day, NULL);
    bool gbk = strcmp(p->encoding, "GBK") == 0;
    const char *const driver[] = {gbk ? "ENCODING=LDID/77" : "ENCODING=UTF-8", dated, NULL};
    const rdl_vector_options options = {driver, widths, decimals};

    for (guint i = 0; i < n; i++) {
        const column *c = &g_array_index(p->columns, column, i);
        rdl_field_type type = c->kind == WORD ? RDL_FIELD_TEXT : c->field->field.type;
        fields[i] = (rdl_field){c->name, type};
        widths[i] = c->width;
        decimals[i] = c->decimals;
    }
    int layer = rdl_vector_layer_with(out, name, rdl_export_ground_crs(p->ground),
                                      kinds[dimension].geometry, fields, (int)n, &options, error);
    /* the driver writes a code page, or its number in the table: readers want both */
    g_autofree char *cpg = g_strconcat(name, ".cpg", NULL);
    return layer < 0 || (gbk && !rdl_bundle_text(p->job->bundle, cpg, "GBK", error)) ? -1 : layer;
}

static bool set_row(package *p, const rdl_task *t, GError **error)
{
    bool good = true;

    for (guint i = 0; good && i < p->columns->len; i++) {
        const column *c = &g_array_index(p->columns, column, i);
        rdl_value value = rdl_task_value(c->field, t);
        if (c->kind == WORD)
            good = set_text(p, i, rdl_task_word(c->field, t, p->job->ledger, p->job->language),
                            t->task_id, error);
        else if (c->field->field.type == RDL_FIELD_TEXT)
            good = set_text(p, i, value.set ? value.text : NULL, t->task_id, error);
        else
            p->row[i] = c->kind == HECTARES && value.set ? rdl_real(value.real / 1e4) : value;
    }
    return good;
}

/* Members of the highest dimension; a Shapefile cannot hold the others beside them. */
static rdl_geometry *of_dimension(package *p, const rdl_geometry *g, int dimension, GError **error)
{
    rdl_geometry *all = NULL;

    for (int i = 0; i < rdl_geometry_components(g); i++) {
        const rdl_geometry *one = rdl_geometry_component(g, i);
        if (rdl_geometry_dimension(one) != dimension) {
            p->beside++;
            continue;
        }
        rdl_geometry *more = all ? rdl_geometry_union(all, one, error)
                                 : rdl_geometry_scaled(one, 0.0, 0.0, 1.0, 1.0, error);
        rdl_geometry_free(all);
        all = more;
        if (!all)
            return NULL;
    }
    return all;
}

static bool mixed(const rdl_geometry *g, int dimension)
{
    for (int i = 0; i < rdl_geometry_components(g); i++)
        if (rdl_geometry_dimension(rdl_geometry_component(g, i)) != dimension)
            return true;
    return false;
}

static bool write_task(package *p, rdl_vector *out, int layers[3], const rdl_task *t,
                       GError **error)
{
    g_autoptr(GBytes) wkb = NULL;
    g_autoptr(rdl_geometry) g = NULL;

    if (!rdl_export_ground_of(p->ground, t, &wkb, error) ||
        (wkb &&
         !(g = rdl_geometry_from_wkb(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb), error))))
        return false;
    int dimension = g && !rdl_geometry_empty(g) ? rdl_geometry_dimension(g) : 2;
    if (layers[dimension] < 0 && (layers[dimension] = begin_layer(p, out, dimension, error)) < 0)
        return false;
    g_autoptr(rdl_geometry) part =
        g && mixed(g, dimension) ? of_dimension(p, g, dimension, error) : NULL;
    if (g && mixed(g, dimension) && !part)
        return false;
    g_autoptr(GBytes) bytes = part ? rdl_geometry_wkb(part, error) : NULL;
    return (!part || bytes) && check_task(p, t, wkb, g, error) && set_row(p, t, error) &&
           rdl_vector_write(out, layers[dimension], p->row, part ? bytes : wkb, error);
}

static bool write_layers(package *p, GError **error)
{
    rdl_vector *out = rdl_vector_create(rdl_bundle_folder(p->job->bundle), "ESRI Shapefile", error);
    int layers[3] = {-1, -1, out ? begin_layer(p, out, 2, error) : -1};
    bool good = layers[2] >= 0;

    for (guint i = 0; good && i < p->job->tasks->len; i++)
        good = write_task(p, out, layers, &g_array_index(p->job->tasks, rdl_task, i), error);
    if (good)
        return rdl_vector_finish(out, error);
    rdl_vector_abandon(out);
    return false;
}

/* ---- what goes along ---- */

static bool write_list(const package *p, const char *zh, const char *en, const char *text,
                       GError **error)
{
    g_autofree char *marked = g_strconcat("\xef\xbb\xbf", text, NULL);

    return rdl_bundle_text(p->job->bundle, said(p, zh, en), marked, error);
}

static bool write_fields(const package *p, GError **error)
{
    g_autoptr(GString) out = g_string_new(
        said(p, "字段名称,含义,类型,长度,小数位\r\n", "field,meaning,type,width,decimals\r\n"));

    for (guint i = 0; i < p->columns->len; i++) {
        const column *c = &g_array_index(p->columns, column, i);
        g_autofree char *text = meaning(c, p->job->language);
        g_string_append_printf(out, "%s,%s,%s,%d,%d\r\n", c->name, text, c->decimals ? "N" : "C",
                               c->width, c->decimals);
    }
    return write_list(p, "字段说明.csv", "fields.csv", out->str, error);
}

/* "321200整改任务图斑_20261214.shp" -> "321200_ZGRWTB_20261214.shp", for systems that cannot open
 * the other; "" for what is read by people. */
static char *ascii_twin(const package *p, const char *name)
{
    for (int i = 0; i < (int)G_N_ELEMENTS(kinds); i++) {
        g_autofree char *layer = layer_name(p, i);
        if (g_str_has_prefix(name, layer))
            return g_strdup_printf("%s_%s_%s%s", p->unit, kinds[i].ascii, p->day,
                                   name + strlen(layer));
    }
    return g_strdup("");
}

static bool write_files(const package *p, GError **error)
{
    g_autoptr(GPtrArray) names = rdl_bundle_names(p->job->bundle, error);
    g_autoptr(GString) out = g_string_new(
        said(p, "文件,英文名,SHA-256,字节\r\n", "file,name in ASCII,SHA-256,bytes\r\n"));

    for (guint i = 0; names && i < names->len; i++) {
        g_autofree char *path = rdl_bundle_file(p->job->bundle, names->pdata[i], error);
        g_autofree char *digest = path ? rdl_digest_file(path, error) : NULL;
        g_autofree char *twin = ascii_twin(p, names->pdata[i]);
        GStatBuf s = {0};
        if (!digest || g_stat(path, &s) != 0)
            return false;
        g_string_append_printf(out, "%s,%s,%s,%" G_GINT64_FORMAT "\r\n", (char *)names->pdata[i],
                               twin, digest, (gint64)s.st_size);
    }
    return names && write_list(p, "文件清单.csv", "files.csv", out->str, error);
}

static bool write_along(const package *p, GError **error)
{
    g_autofree char *checks = g_strconcat(
        said(p, "任务编号,情况,字段,内容\r\n", "task,what,field,detail\r\n"), p->checks->str, NULL);

    return write_fields(p, error) && write_list(p, "检查结果.csv", "checks.csv", checks, error) &&
           write_files(p, error);
}

static void tell(const package *p)
{
    const char *list = said(p, "检查结果.csv", "checks.csv");

    if (p->cut)
        rdl_export_tell(p->job, "%u texts were longer than their field and were cut: %s names them",
                        p->cut, list);
    if (p->found)
        rdl_export_tell(p->job,
                        "missing, wrong or there twice: %u things: look at %s before it is sent",
                        p->found, list);
    if (p->beside)
        rdl_export_tell(p->job,
                        "%u points or lines beside polygons are left out: a Shapefile holds one "
                        "kind",
                        p->beside);
}

/* ---- the package ---- */

/* Digits all codes begin with, as a code: "321202" and "321204" -> "321200". */
static char *common_unit(const GArray *tasks)
{
    const char *first = NULL;
    size_t n = 0;

    for (guint i = 0; i < tasks->len; i++) {
        const char *code = g_array_index(tasks, rdl_task, i).xzqdm;
        if (!coded(code))
            continue;
        n = first ? MIN(n, strlen(code)) : strlen(code);
        first = first ? first : code;
        while (n && strncmp(first, code, n) != 0)
            n--;
    }
    n = n >= 6 ? n : n / 2 * 2; /* province, prefecture and county have two digits each */
    g_autofree char *head = g_strndup(first ? first : "", n);
    return g_strdup_printf("%s%.*s", head, (int)(n >= 6 ? 0 : 6 - n), "000000");
}

static char *unit_of(const rdl_export_job *job)
{
    return rdl_export_field(job, "xzqdm") ? common_unit(job->tasks) : g_strdup("000000");
}

static char *day_of(const rdl_export_job *job)
{
    g_auto(GStrv) parts = g_strsplit(job->date, "-", -1);

    return g_strjoinv("", parts);
}

/* The national system: the ledger's own where it stands on CGCS2000. */
static rdl_export_ground *national_ground(const rdl_export_job *job, GError **error)
{
    g_autofree char *name = rdl_ledger_crs(job->ledger, error);
    g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;
    const char *wkt = crs ? rdl_crs_wkt(crs) : "";
    bool national = strstr(wkt, "China 2000") || strstr(wkt, "China_2000");

    return crs ? rdl_export_ground_new(job, national ? name : "EPSG:4490", error) : NULL;
}

static void clear(package *p)
{
    for (guint i = 0; i < p->texts->len; i++)
        g_string_free(p->texts->pdata[i], TRUE);
    g_ptr_array_unref(p->texts);
    g_array_unref(p->columns);
    g_free(p->row);
    rdl_export_ground_free(p->ground);
    g_free(p->unit);
    g_free(p->day);
    g_string_free(p->checks, TRUE);
    g_hash_table_unref(p->ids);
    g_hash_table_unref(p->grounds);
}

bool rdl_export_shapefile(const rdl_export_job *job, GError **error)
{
    const char *encoding = job->options->encoding;
    package p = {.job = job,
                 .encoding = encoding ? encoding : "GBK",
                 .columns = columns_of(job->fields),
                 .texts = g_ptr_array_new(),
                 .unit = unit_of(job),
                 .day = day_of(job),
                 .checks = g_string_new(NULL),
                 .ids = g_hash_table_new(g_str_hash, g_str_equal),
                 .grounds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};

    p.row = g_new(rdl_value, p.columns->len);
    for (guint i = 0; i < p.columns->len; i++)
        g_ptr_array_add(p.texts, g_string_new(NULL));
    bool good = (p.ground = national_ground(job, error)) && write_layers(&p, error) &&
                write_along(&p, error);
    if (good)
        tell(&p);
    clear(&p);
    return good;
}
