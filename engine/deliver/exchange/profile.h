/* deliver/exchange/profile.h - one writer of a format, as rdl_export() sees it. */
#ifndef RDL_DELIVER_EXCHANGE_PROFILE_H
#define RDL_DELIVER_EXCHANGE_PROFILE_H

#include "deliver/exchange/field.h"

/** What every writer needs; lent for the length of the call. */
typedef struct rdl_export_job {
    rdl_ledger *ledger;
    const GArray *tasks;     /* of rdl_task, by id */
    const GPtrArray *fields; /* of const rdl_task_field *: what may be told, in this order */
    const char *path;        /* a temporary name: nothing is there yet */
    const char *language;    /* "zh", "en" */
    rdl_day as_of;
    const char *date; /* latest date of the ledger: what a file is dated by */
} rdl_export_job;

bool rdl_export_gpkg(const rdl_export_job *job, GError **error);
bool rdl_export_geojson(const rdl_export_job *job, GError **error);
bool rdl_export_xlsx(const rdl_export_job *job, GError **error);

#endif
