/* base/error.h - the one error domain of redline.
 *
 * A call that can fail returns bool or a pointer and takes GError ** last; a function without it
 * is pure and cannot fail. Codes say what a caller can do; messages say what happened, to which
 * thing, doing what, and the way out: one line, lower case, no full stop. */
#ifndef RDL_BASE_ERROR_H
#define RDL_BASE_ERROR_H

#include <glib.h>
#include <stdbool.h>
#include "base/api.h"

typedef enum {
    RDL_ERROR_USAGE,     /* the call's options are wrong: call again, corrected */
    RDL_ERROR_IO,        /* a file cannot be read or written */
    RDL_ERROR_DATA,      /* the input's content cannot be used */
    RDL_ERROR_CRS,       /* coordinate systems are missing or do not fit */
    RDL_ERROR_NOT_FOUND, /* the thing asked for is not there */
    RDL_ERROR_CONFLICT,  /* somebody else holds or moved it */
    RDL_ERROR_BALANCE,   /* counts or areas do not add up: the result is not to be used */
    RDL_ERROR_CANCELLED, /* the caller asked to stop */
    RDL_ERROR_INTERNAL   /* no memory, or a bug */
} rdl_error;

#define RDL_ERROR rdl_error_quark()
RDL_API GQuark rdl_error_quark(void);

/** Set `error` and return false, so that a failing call is one statement. */
RDL_API bool rdl_fail(GError **error, rdl_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Exit status of a program that ends with `error` (NULL: 0), as the man page lists them. */
RDL_API int rdl_exit_status(const GError *error);

#endif
