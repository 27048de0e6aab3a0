/* base/csv.h - tables of text (RFC 4180, UTF-8, header first) that remember their lines. */
#ifndef RDL_BASE_CSV_H
#define RDL_BASE_CSV_H

#include "base/error.h"

typedef struct rdl_csv rdl_csv;

/** Read a whole file. A byte order mark and blank lines are skipped; every row must have as many
 *  fields as the header; header names must differ.
 *  Fails: RDL_ERROR_IO, RDL_ERROR_DATA with `path:line`. */
RDL_API rdl_csv *rdl_csv_read(const char *path, GError **error);
/** The same from memory; `name` stands for the path in messages. */
RDL_API rdl_csv *rdl_csv_parse(const char *text, const char *name, GError **error);
RDL_API void rdl_csv_free(rdl_csv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_csv, rdl_csv_free)

RDL_API const char *rdl_csv_name(const rdl_csv *csv);
RDL_API size_t rdl_csv_count(const rdl_csv *csv);
/** Column of that name, -1 where there is none. */
RDL_API int rdl_csv_column(const rdl_csv *csv, const char *name);
/** Name of column `c`, NULL after the last. */
RDL_API const char *rdl_csv_column_name(const rdl_csv *csv, int c);
/** True when all columns of the NULL-ended list are there; else RDL_ERROR_DATA names the first
 *  that is missing. */
RDL_API bool rdl_csv_need(const rdl_csv *csv, const char *const *columns, GError **error);
/** Field of `row` in the column called `name`: "" where it is empty or there is no such column. */
RDL_API const char *rdl_csv_at(const rdl_csv *csv, size_t row, const char *name);
/** Line of the file on which the row begins, from 1. */
RDL_API int rdl_csv_line(const rdl_csv *csv, size_t row);
/** First row whose `column` equals `value`, or -1. */
RDL_API gssize rdl_csv_find(const rdl_csv *csv, const char *column, const char *value);

#endif
