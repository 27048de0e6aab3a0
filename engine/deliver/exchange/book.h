/* deliver/exchange/book.h - a workbook with the few formats our sheets use. */
#ifndef RDL_DELIVER_EXCHANGE_BOOK_H
#define RDL_DELIVER_EXCHANGE_BOOK_H

#include <xlsxwriter.h>
#include "deliver/exchange/profile.h"
#include "deliver/map_data.h"

typedef struct rdl_book {
    const rdl_export_job *job;
    lxw_workbook *workbook;
    lxw_format *head, *title, *text, *date, *whole, *real2, *real4, *real6, *rate;
    GStringChunk *kept;        /* texts made up for cells */
    GHashTable *dossiers;      /* rectify/dossier.h; NULL: nobody but the office may see them */
    const rdl_map_data *units; /* their names, and which sites reach into them; NULL likewise */
    bool failed;               /* a cell was refused: the file is not to be used */
} rdl_book;

/** Cells; NULL or "" text, NaN and what is no ISO date leave the cell empty but framed. */
void rdl_book_text(rdl_book *b, lxw_worksheet *sheet, guint row, int column, const char *text,
                   lxw_format *format);
void rdl_book_date(rdl_book *b, lxw_worksheet *sheet, guint row, int column, const char *iso);
void rdl_book_real(rdl_book *b, lxw_worksheet *sheet, guint row, int column, double value,
                   lxw_format *format);
void rdl_book_whole(rdl_book *b, lxw_worksheet *sheet, guint row, int column, gint64 value);
/** A word of this folder in the job's language. */
const char *rdl_book_word(const rdl_book *b, const char *key);
/** A new sheet, A3 landscape, one page wide; `key` of its name. NULL: `failed`. */
lxw_worksheet *rdl_book_sheet(rdl_book *b, const char *key);

/** *when: a day as a workbook has it. False: `iso` is NULL or no day. */
bool rdl_book_when(const char *iso, lxw_datetime *when);
/** What does not fit a cell, cut and saying so; NULL: it fits. Yours. */
char *rdl_book_cut(const char *text);
/** libxlsxwriter writes through temporary files and does not notice when a disk is full: what was
 *  written is read again, and each part must be whole XML. Fails: RDL_ERROR_IO. */
bool rdl_book_check(const char *path, GError **error);

void rdl_sheet_statistics(rdl_book *b);
void rdl_sheet_codes(rdl_book *b);

#endif
