#include "base/csv.h"

#include <string.h>
#include "base/input.h"

struct rdl_csv {
    char *name;
    GPtrArray *header; /* of char * */
    GHashTable *columns;
    GPtrArray *rows; /* of GPtrArray of char * */
    GArray *lines;
};

static void row_free(gpointer row)
{
    g_ptr_array_free(row, TRUE);
}

void rdl_csv_free(rdl_csv *csv)
{
    if (!csv)
        return;
    g_free(csv->name);
    g_clear_pointer(&csv->header, row_free);
    g_clear_pointer(&csv->columns, g_hash_table_unref);
    g_clear_pointer(&csv->rows, g_ptr_array_unref);
    if (csv->lines)
        g_array_free(csv->lines, TRUE);
    g_free(csv);
}

/* One field from *p into `field`; *p is left on the comma, line end or NUL after it. */
static bool read_field(const char **p, int *line, GString *field)
{
    const char *s = *p;

    g_string_truncate(field, 0);
    if (*s != '"') {
        size_t n = strcspn(s, ",\r\n");
        g_string_append_len(field, s, (gssize)n);
        *p = s + n;
        return !memchr(s, '"', n);
    }
    for (s++; *s; s++) {
        if (*s == '"' && s[1] == '"')
            s++;
        else if (*s == '"')
            break;
        *line += *s == '\n';
        g_string_append_c(field, *s);
    }
    if (*s != '"')
        return false;
    *p = s + 1;
    return **p == '\0' || strchr(",\r\n", **p);
}

static GPtrArray *read_row(const char **p, int *line)
{
    g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) field = g_string_new(NULL);

    for (;;) {
        if (!read_field(p, line, field))
            return NULL;
        g_ptr_array_add(row, g_strdup(field->str));
        if (**p != ',')
            break;
        ++*p;
    }
    if (**p == '\r')
        ++*p;
    if (**p == '\n') {
        ++*p;
        ++*line;
    }
    return g_steal_pointer(&row);
}

static bool take_header(rdl_csv *csv, GPtrArray *take_row, GError **error)
{
    csv->header = take_row;
    csv->columns = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < take_row->len; i++) {
        char *column = take_row->pdata[i];
        if (!g_hash_table_insert(csv->columns, column, GINT_TO_POINTER((int)i + 1)))
            return rdl_fail(error, RDL_ERROR_DATA, "%s:1: column '%s' stands twice in the header",
                            csv->name, column);
    }
    return true;
}

static bool take_line(rdl_csv *csv, GPtrArray *take_row, int line, GError **error)
{
    if (!csv->header)
        return take_header(csv, take_row, error);
    if (take_row->len == 1 && !*(char *)take_row->pdata[0] && csv->header->len > 1) {
        row_free(take_row); /* a blank line */
        return true;
    }
    guint got = take_row->len;
    g_ptr_array_add(csv->rows, take_row);
    g_array_append_val(csv->lines, line);
    if (got != csv->header->len)
        return rdl_fail(error, RDL_ERROR_DATA, "%s:%d: %u fields where the header has %u",
                        csv->name, line, got, csv->header->len);
    return true;
}

rdl_csv *rdl_csv_parse(const char *text, const char *name, GError **error)
{
    g_autoptr(rdl_csv) csv = g_new0(rdl_csv, 1);
    const char *p = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    int line = 1;

    csv->name = g_strdup(name);
    csv->rows = g_ptr_array_new_with_free_func(row_free);
    csv->lines = g_array_new(FALSE, FALSE, sizeof(int));
    if (!g_utf8_validate(text, -1, NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: not UTF-8: save it as UTF-8", name), NULL;
    while (*p) {
        int start = line;
        GPtrArray *row = read_row(&p, &line);
        if (!row) {
            rdl_fail(error, RDL_ERROR_DATA, "%s:%d: quotes do not match", name, start);
            return NULL;
        }
        if (!take_line(csv, row, start, error))
            return NULL;
    }
    if (!csv->header)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: empty, a header is needed", name), NULL;
    return g_steal_pointer(&csv);
}

rdl_csv *rdl_csv_read(const char *path, GError **error)
{
    size_t n = 0;
    g_autofree char *text = rdl_input_text(path, &n, error);

    if (!text)
        return NULL;
    if (strlen(text) != n)
        return rdl_fail(error, RDL_ERROR_DATA, "%s: holds NUL bytes, not a text table", path), NULL;
    return rdl_csv_parse(text, path, error);
}

const char *rdl_csv_name(const rdl_csv *csv)
{
    return csv->name;
}

size_t rdl_csv_count(const rdl_csv *csv)
{
    return csv->rows->len;
}

int rdl_csv_column(const rdl_csv *csv, const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(csv->columns, name)) - 1;
}

const char *rdl_csv_column_name(const rdl_csv *csv, int c)
{
    return c >= 0 && (guint)c < csv->header->len ? csv->header->pdata[c] : NULL;
}

bool rdl_csv_need(const rdl_csv *csv, const char *const *columns, GError **error)
{
    for (; *columns; columns++)
        if (rdl_csv_column(csv, *columns) < 0)
            return rdl_fail(error, RDL_ERROR_DATA, "%s:1: column '%s' is missing", csv->name,
                            *columns);
    return true;
}

const char *rdl_csv_at(const rdl_csv *csv, size_t row, const char *name)
{
    int column = rdl_csv_column(csv, name);
    GPtrArray *fields = g_ptr_array_index(csv->rows, row);

    return column < 0 ? "" : fields->pdata[column];
}

int rdl_csv_line(const rdl_csv *csv, size_t row)
{
    return g_array_index(csv->lines, int, row);
}

gssize rdl_csv_find(const rdl_csv *csv, const char *column, const char *value)
{
    for (size_t i = 0; i < rdl_csv_count(csv); i++)
        if (strcmp(rdl_csv_at(csv, i, column), value) == 0)
            return (gssize)i;
    return -1;
}
