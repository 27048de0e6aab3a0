/* deliver/exchange/field.h - the fields of a task: one list for every format.
 *
 * A writer asks rdl_export_job.fields, never this list: what may leave depends on who is to read
 * it. */
#ifndef RDL_DELIVER_EXCHANGE_FIELD_H
#define RDL_DELIVER_EXCHANGE_FIELD_H

#include "rectify/rectify.h"

/** Where the words for a field's codes are; NONE: its text is no code. */
typedef enum {
    RDL_CODES_NONE,
    RDL_CODES_KIND,
    RDL_CODES_STATE,
    RDL_CODES_ZONE,
    RDL_CODES_ACTIVITY,
    RDL_CODES_RESULT,
    RDL_CODES_SEVERITY,
    RDL_CODES_TIER,
    RDL_CODES_WARNING
} rdl_code_list;

typedef struct rdl_task_field {
    rdl_field field;    /* name and type where names may be long */
    const char *pinyin; /* at most 8 letters, for a national Shapefile package */
    int width;          /* bytes of a text there; 254 is the most a DBF takes */
    rdl_code_list codes;
    const char *zh, *en; /* what people call it */
    size_t offset;       /* of a char * or double member of rdl_task */
} rdl_task_field;

/** All of them (const rdl_task_field *, static), in the order formats have them. Yours to unref. */
GPtrArray *rdl_task_fields_all(void);
/** That field of a task; NULL and NaN are RDL_NULL. Lent by the task. */
rdl_value rdl_task_value(const rdl_task_field *field, const rdl_task *task);
/** The word for a coded field's value, "" for NULL; another field's text as it is ("" for NULL or a
 *  number). Lent by the ledger or the task. */
const char *rdl_task_word(const rdl_task_field *field, const rdl_task *task, rdl_ledger *ledger,
                          const char *language);
/** Its heading in "zh" or "en". Lent. */
const char *rdl_task_heading(const rdl_task_field *field, const char *language);

#endif
