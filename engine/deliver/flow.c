#include "deliver/flow.h"

#include <string.h>

#define PAD 2.2        /* points between a rule and a letter */
#define LONGEST 700    /* characters of a cell in one row */
#define RULE 0x999999  /* colour of rules */
#define SHADE 0xeef1f4 /* ground of labels and heads */
#define MAX_COLUMNS 16

void rdl_flow_need(rdl_flow *f, double height)
{
    if (f->y + height <= f->bottom || f->y <= f->top)
        return;
    rdl_page_next(f->page);
    f->y = f->top;
}

void rdl_flow_head(rdl_flow *f, const char *text, double follows)
{
    rdl_lettering look = {.size = 10.5 * f->scale, .bold = true, .rgb = 0x1f3a5f};

    rdl_flow_need(f, 20.0 + follows);
    f->y += f->y > f->top ? 5.0 * f->scale : 0.0;
    rdl_page_fill(f->page, f->left, f->y + 2.5 * f->scale, 2.6, 11.5 * f->scale, 0x1f3a5f);
    f->y +=
        rdl_page_text(f->page, &look, f->left + 7.0, f->y, f->width - 7.0, text) + 1.5 * f->scale;
}

void rdl_flow_text(rdl_flow *f, double size, unsigned rgb, const char *text)
{
    rdl_lettering look = {.size = size * f->scale, .rgb = rgb};

    rdl_flow_need(f, rdl_page_measure(f->page, &look, f->width, text));
    f->y += rdl_page_text(f->page, &look, f->left, f->y, f->width, text) + 1.5;
}

/* ---- rows ---- */

typedef struct {
    const char *text;
    double width;
    rdl_lettering look;
    bool shaded;
} cell;

static double row_height(rdl_flow *f, const cell *cells, guint n)
{
    double height = 0.0;

    for (guint i = 0; i < n; i++) {
        double h =
            rdl_page_measure(f->page, &cells[i].look, cells[i].width - 2.0 * PAD, cells[i].text);
        height = MAX(height, h + PAD * f->scale);
    }
    return height;
}

static void draw_row(rdl_flow *f, const cell *cells, guint n, double height)
{
    double x = f->left;

    for (guint i = 0; i < n; i++) {
        if (cells[i].shaded)
            rdl_page_fill(f->page, x, f->y, cells[i].width, height, SHADE);
        rdl_page_text(f->page, &cells[i].look, x + PAD, f->y + PAD / 2.0 * f->scale,
                      cells[i].width - 2.0 * PAD, cells[i].text);
        rdl_page_box(f->page, x, f->y, cells[i].width, height, 0.4, RULE);
        x += cells[i].width;
    }
    f->y += height;
}

void rdl_flow_pairs(rdl_flow *f, const char *const *cells, guint n)
{
    rdl_lettering label = {.size = 8.0 * f->scale, .rgb = 0x333333},
                  value = {.size = 8.5 * f->scale};
    double wide = f->width * 0.15, text = f->width / 2.0 - wide;

    for (guint i = 0; i + 1 < n;) {
        bool alone = i + 2 >= n || !cells[i + 2];
        cell row[4] = {{cells[i], wide, label, true},
                       {cells[i + 1], alone ? f->width - wide : text, value, false}};
        guint k = 2;
        if (!alone && i + 3 < n) {
            row[2] = (cell){cells[i + 2], wide, label, true};
            row[3] = (cell){cells[i + 3], text, value, false};
            k = 4;
        }
        double h = row_height(f, row, k);
        rdl_flow_need(f, h);
        draw_row(f, row, k, h);
        i += alone && i + 2 < n ? 3 : k;
    }
}

/* ---- tables ---- */

static guint heads_of(const rdl_column *columns, guint n, const char **heads)
{
    guint there = 0;

    for (guint i = 0; i < n; i++) {
        heads[i] = columns[i].head;
        there += columns[i].head != NULL;
    }
    return there;
}

static void set_row(rdl_flow *f, double size, const rdl_column *columns, guint n,
                    const char *const *texts, bool head, cell *row)
{
    bool bold = head || (texts[0] && texts[0][0] == '*');

    for (guint i = 0; i < n; i++) {
        const char *text = i == 0 && !head && bold ? texts[0] + 1 : texts[i];
        row[i] = (cell){
            text,
            f->width * columns[i].share,
            {.size = size * f->scale, .bold = bold, .align = head ? RDL_CENTRE : columns[i].align},
            head};
    }
}

/* The piece of a text that goes into one row; *rest what is left, NULL when nothing is. */
static char *piece(const char *text, const char **rest)
{
    *rest = NULL;
    if (!text || g_utf8_strlen(text, -1) <= LONGEST)
        return g_strdup(text);
    *rest = g_utf8_offset_to_pointer(text, LONGEST);
    return g_strndup(text, (gsize)(*rest - text));
}

static void write_row(rdl_flow *f, double size, const rdl_column *columns, guint n,
                      const char *const *heads, const char *const *texts)
{
    const char *left[MAX_COLUMNS];
    bool more = true;

    memcpy(left, texts, n * sizeof *left);
    while (more) {
        g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
        const char *now[MAX_COLUMNS];
        cell row[MAX_COLUMNS];
        more = false;
        for (guint i = 0; i < n; i++) {
            char *text = piece(left[i], &left[i]);
            g_ptr_array_add(owned, text);
            now[i] = text;
            more = more || left[i];
        }
        set_row(f, size, columns, n, now, false, row);
        double h = row_height(f, row, n);
        bool fresh = f->y + h > f->bottom && f->y > f->top;
        rdl_flow_need(f, h);
        if (fresh && heads) {
            cell head[MAX_COLUMNS];
            set_row(f, size, columns, n, heads, true, head);
            draw_row(f, head, n, row_height(f, head, n));
        }
        draw_row(f, row, n, h);
    }
}

void rdl_flow_table(rdl_flow *f, double size, const rdl_column *columns, guint n,
                    const GPtrArray *cells)
{
    const char *heads[MAX_COLUMNS];
    cell row[MAX_COLUMNS];

    g_assert(n <= MAX_COLUMNS && cells->len % n == 0);
    bool headed = heads_of(columns, n, heads) > 0;
    if (headed) {
        set_row(f, size, columns, n, heads, true, row);
        double h = row_height(f, row, n);
        rdl_flow_need(f, 2.5 * h);
        draw_row(f, row, n, h);
    }
    for (guint i = 0; i < cells->len; i += n)
        write_row(f, size, columns, n, headed ? heads : NULL,
                  (const char *const *)(void *)(cells->pdata + i));
}
