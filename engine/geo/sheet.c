#include "geo/sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <cpl_conv.h>
#include <cpl_csv.h>
#include <cpl_error.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include "geo/crs_handle.h"

/* Rows as they stand: no row is taken for a header, no text for a number. */
static GDALDatasetH open_raw(const char *path)
{
    static const char *const names[][2] = {{"OGR_XLSX_HEADERS", "DISABLE"},
                                           {"OGR_ODS_HEADERS", "DISABLE"},
                                           {"OGR_XLSX_FIELD_TYPES", "STRING"},
                                           {"OGR_ODS_FIELD_TYPES", "STRING"}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        CPLSetThreadLocalConfigOption(names[i][0], names[i][1]);
    GDALDatasetH dataset = rdl_gdal_open(path, GDAL_OF_VECTOR, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        CPLSetThreadLocalConfigOption(names[i][0], NULL);
    return dataset;
}

static char *cell_of(const char *text, const char *path, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return rdl_fail(error, RDL_ERROR_DATA, "%s: a cell is no UTF-8: save it as UTF-8", path),
               NULL;
    return g_strdup(g_str_has_prefix(text, "\xEF\xBB\xBF") ? text + 3 : text);
}

static char **row_of(OGRFeatureH feature, const char *path, GError **error)
{
    int n = OGR_F_GetFieldCount(feature);
    g_auto(GStrv) row = g_new0(char *, n + 1);

    for (int i = 0; i < n; i++)
        if (!(row[i] = cell_of(OGR_F_GetFieldAsString(feature, i), path, error)))
            return NULL;
    return g_steal_pointer(&row);
}

/* ---- CSV: the driver gives every row as many cells as the first has, and that may be a title ----
 */

static bool is_csv(const char *path)
{
    return g_str_has_suffix(path, ".csv") || g_str_has_suffix(path, ".CSV");
}

#define RECORDS_MOST 32 /* that are looked at: titles, the header, what follows */

/* Cells of the first records, were `separator` what divides them; how many there are. */
static int count_cells(const char *text, size_t n, char separator, int *cells)
{
    bool quoted = false, blank = true;
    int records = 0, of_this = 1;

    for (size_t i = 0; i < n && records < RECORDS_MOST; i++) {
        quoted ^= text[i] == '"';
        of_this += !quoted && text[i] == separator;
        if ((text[i] == '\n' && !quoted) || i + 1 == n) {
            if (!blank)
                cells[records++] = of_this;
            of_this = 1;
            blank = true;
        } else if (text[i] != '\r') {
            blank = false;
        }
    }
    return records;
}

/* The most records that agree in how many cells they have, three or more. */
static int agreeing(const int *cells, int records)
{
    int most = 0;

    for (int i = 0; i < records; i++) {
        int same = 0;
        for (int k = 0; k < records; k++)
            same += cells[i] >= 3 && cells[k] == cells[i];
        most = MAX(most, same);
    }
    return most;
}

/* A title, or a text, may hold what divides the cells of other files: it is that by which most of
 * the first records are divided alike; a comma where none is. */
static char separator_of(VSILFILE *file)
{
    static const char separators[] = {',', ';', '\t'};
    char text[65536], best = ',';
    const size_t n = VSIFReadL(text, 1, sizeof text, file);
    int most = 0;

    for (size_t s = 0; s < G_N_ELEMENTS(separators); s++) {
        int cells[RECORDS_MOST], records = count_cells(text, n, separators[s], cells);
        int agree = agreeing(cells, records);
        if (agree > most) {
            most = agree;
            best = separators[s];
        }
    }
    return best;
}

static bool add_line(GPtrArray *rows, char **line, const char *path, GError **error)
{
    char **row = g_new0(char *, g_strv_length(line) + 1);

    g_ptr_array_add(rows, row);
    for (int i = 0; line[i]; i++)
        if (!(row[i] = cell_of(line[i], path, error)))
            return false;
    return true;
}

/* A quote that is never closed would take all that follows into its cell, and a NUL would end its
 * row. */
static bool whole_cells(VSILFILE *file, const char *path, GError **error)
{
    guint8 bytes[65536];
    gint64 line = 1, opened = 0; /* 0: no quote is open */
    size_t n;

    while ((n = VSIFReadL(bytes, 1, sizeof bytes, file)) > 0)
        for (size_t i = 0; i < n; i++) {
            if (bytes[i] == 0)
                return rdl_fail(error, RDL_ERROR_DATA,
                                "%s: line %" PRId64 " holds a zero byte: write it again as text",
                                path, line);
            if (bytes[i] == '"')
                opened = opened ? 0 : line;
            line += bytes[i] == '\n';
        }
    return !opened ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "%s: the quote on line %" PRId64 " is never closed: close it, or take "
                    "it out",
                    path, opened);
}

static GPtrArray *read_lines(const char *path, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    VSILFILE *file = VSIFOpenL(path, "rb");
    bool good = file != NULL;
    char **line;

    if (!good)
        return rdl_fail(error, RDL_ERROR_IO, "%s: %s", path, g_strerror(errno)), NULL;
    good = whole_cells(file, path, error);
    VSIRewindL(file);
    const char separator = separator_of(file);
    VSIRewindL(file);
    while (good && (line = CSVReadParseLine2L(file, separator))) {
        good = add_line(rows, line, path, error); /* blank ones too: rows have numbers */
        CSLDestroy(line);
    }
    VSIFCloseL(file);
    return good ? g_steal_pointer(&rows) : NULL;
}

/* ---- what GDAL reads ---- */

static GPtrArray *read_rows(OGRLayerH layer, const char *path, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    OGRFeatureH feature;

    OGR_L_ResetReading(layer);
    CPLErrorReset();
    while ((feature = OGR_L_GetNextFeature(layer))) {
        char **row = row_of(feature, path, error);
        OGR_F_Destroy(feature);
        if (!row)
            return NULL;
        g_ptr_array_add(rows, row);
    }
    if (CPLGetLastErrorType() >= CE_Failure)
        return rdl_fail_gdal(error, RDL_ERROR_DATA, path), NULL;
    return g_steal_pointer(&rows);
}

/* "FILE:SHEET" in two, where FILE is not itself a name that is there. */
static void name_parts(const char *path, char **file, char **sheet)
{
    const char *colon = strrchr(path, ':');
    bool whole = !colon || colon == path || g_file_test(path, G_FILE_TEST_EXISTS);

    *file = whole ? g_strdup(path) : g_strndup(path, (gsize)(colon - path));
    *sheet = whole ? NULL : g_strdup(colon + 1);
}

GPtrArray *rdl_sheet_read(const char *path, GError **error)
{
    g_autofree char *file = NULL, *sheet = NULL;
    GPtrArray *rows = NULL;

    name_parts(path, &file, &sheet);
    if (!sheet && is_csv(file))
        return read_lines(file, error);
    GDALDatasetH dataset = open_raw(file);
    if (!dataset)
        return rdl_fail_gdal(error, RDL_ERROR_IO, path), NULL;
    OGRLayerH layer =
        sheet ? GDALDatasetGetLayerByName(dataset, sheet) : GDALDatasetGetLayer(dataset, 0);
    if (layer)
        rows = read_rows(layer, path, error);
    else
        rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: has no sheet %s", file, sheet ? sheet : "at all");
    GDALClose(dataset);
    return rows;
}
