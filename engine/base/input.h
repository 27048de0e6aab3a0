/* base/input.h - what may be opened: a pipe makes its reader wait for ever, a device never ends. */
#ifndef RDL_BASE_INPUT_H
#define RDL_BASE_INPUT_H

#include "base/error.h"

/** False where `path` is there and neither a file nor a folder (a pipe, a socket, a device). True
 *  for all else: what is not there and what is no path of this machine is for its reader to tell.
 *  Fails: RDL_ERROR_IO. */
RDL_API bool rdl_input_plain(const char *path, GError **error);
/** All of a file, ended by a NUL that `n` (NULL: not asked) does not count. Yours to g_free().
 *  Fails: RDL_ERROR_IO. */
RDL_API char *rdl_input_text(const char *path, gsize *n, GError **error);

#endif
