/* deliver/exchange/profile.h - one writer of a format, as rdl_export() sees it. */
#ifndef RDL_DELIVER_EXCHANGE_PROFILE_H
#define RDL_DELIVER_EXCHANGE_PROFILE_H

#include "deliver/exchange.h"
#include "deliver/exchange/field.h"
#include "geo/geo.h"

/** What every writer needs; lent for the length of the call. */
typedef struct rdl_export_job {
    rdl_ledger *ledger;      /* as it stood on as_of */
    rdl_ledger *present;     /* as it is: what is made is put on record there */
    const GArray *tasks;     /* of rdl_task, by id */
    const GPtrArray *fields; /* of const rdl_task_field *: what may be told, in this order */
    const char *path;        /* a temporary name: nothing is there yet */
    const char *language;    /* "zh", "en" */
    rdl_day as_of;
    const char *date; /* latest date of the ledger, or the past day: what a file is dated by */
    const rdl_export_options *options;
    rdl_bundle *bundle;   /* of several files; NULL: one file, at `path` */
    const char *issue;    /* of a package of work; else NULL */
    const char *reaching; /* reach.h: what a unit's tasks lack, or "not known"; NULL: nothing */
    JsonObject **rows;    /* of a package of work: package_rows.h; the event keeps them */
    guint *no_place;      /* a writer counts tasks its format cannot hold, for they lie nowhere */
} rdl_export_job;

/** Tell what people should know of what was written; `format` as printf. */
void rdl_export_tell(const rdl_export_job *job, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Midnight's day of the ledger's date, or of SOURCE_DATE_EPOCH. */
rdl_day rdl_export_day(const rdl_export_job *job);
/** `text` as XML can hold it: what XML 1.0 has no letter for becomes U+FFFD, and "]]>", which ends
 *  a CDATA section wherever it stands, gets a space. NULL for NULL. Yours. */
char *rdl_export_xml(const char *text);
/** A field among those that may be told, by its name; NULL: it may not. */
const rdl_task_field *rdl_export_field(const rdl_export_job *job, const char *name);
/** The word of that field, "" where it may not be told or there is none. Lent. */
const char *rdl_export_word(const rdl_export_job *job, const rdl_task *task, const char *name);
/** What a task is called in lists of places: its number, what is suspected or found, the activity
 *  ("12 疑似 采石"), as far as it may be told. Yours. */
char *rdl_export_name(const rdl_export_job *job, const rdl_task *task);

typedef struct rdl_chips rdl_chips;
/** The pair of scenes the ledger records or the options name, for pictures of both dates: *chips
 *  NULL, and people told why, where there is none. Fails: a scene that was named cannot be read. */
bool rdl_export_chips(const rdl_export_job *job, rdl_chips **chips, GError **error);

bool rdl_export_gpkg(const rdl_export_job *job, GError **error);
bool rdl_export_geojson(const rdl_export_job *job, GError **error);
bool rdl_export_flatgeobuf(const rdl_export_job *job, GError **error);
bool rdl_export_csv(const rdl_export_job *job, GError **error);
bool rdl_export_gpx(const rdl_export_job *job, GError **error);
bool rdl_export_kml(const rdl_export_job *job, GError **error);
bool rdl_export_evidence(const rdl_export_job *job, GError **error);
bool rdl_export_postgis(const rdl_export_job *job, GError **error);
bool rdl_export_stac(const rdl_export_job *job, GError **error);
bool rdl_export_shapefile(const rdl_export_job *job, GError **error);
bool rdl_export_xlsx(const rdl_export_job *job, GError **error);
/** A package of work: package.h. */
bool rdl_export_package(const rdl_export_job *job, GError **error);

/** Take out the tasks nobody but the office may know of (disclosure.h), each counted in `left` as
 *  suppressed `item`; of the others, and of the list of fields, what data/disclosure/public.csv
 * does not let out: names, exact places, all but the result. Texts left empty for a name of two or
 * more characters in them are told. Fails: RDL_ERROR_DATA, RDL_ERROR_NOT_FOUND. */
bool rdl_export_public(const rdl_export_job *job, GArray *tasks, GPtrArray *fields,
                       const char *item, rdl_tally *left, GError **error);

/** Layer `task` of a dataset being written; of a package with each task's `revision` as its last
 *  field. */
bool rdl_export_task_layer(rdl_vector *out, const rdl_export_job *job, GError **error);

/** A text a spreadsheet would run as a formula is shown as text: an apostrophe goes before it
 * (OWASP, CSV injection), in `room`; *n grows. Any other value as it is. */
rdl_value rdl_csv_guarded(rdl_value value, GString *room, guint *n);

#endif
