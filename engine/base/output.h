/* base/output.h - a file that appears whole or not at all. */
#ifndef RDL_BASE_OUTPUT_H
#define RDL_BASE_OUTPUT_H

#include "base/error.h"

typedef struct rdl_output rdl_output;

/** Prepare to write `path`. Write to rdl_output_temporary(), a name in the same folder with the
 *  same ending, then commit. `overwrite` false: an existing `path` is refused.
 *  Fails: RDL_ERROR_USAGE when it exists, RDL_ERROR_IO when the folder cannot be written. */
RDL_API rdl_output *rdl_output_begin(const char *path, bool overwrite, GError **error);
/** Can it be begun? To be asked before hours of work; NULL: nothing to write. Fails: the same. */
RDL_API bool rdl_output_possible(const char *path, bool overwrite, GError **error);
RDL_API const char *rdl_output_temporary(const rdl_output *output);
/** The name it will have. Lent. */
RDL_API const char *rdl_output_path(const rdl_output *output);
/** Flush to disk and rename over `path`. Fails: RDL_ERROR_IO; the old file is then still there. */
RDL_API bool rdl_output_commit(rdl_output *output, GError **error);
/** Frees; what was not committed is deleted, with -journal, -wal and -shm beside it. */
RDL_API void rdl_output_free(rdl_output *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_output, rdl_output_free)

/** What to add to a message about a file that could not be written: "" unless its disk is full.
 *  Static. */
RDL_API const char *rdl_output_room(const char *path);

/** Outputs that would destroy something: `outputs` are `n_outputs` names (NULL: not asked for),
 *  `inputs` likewise; an input may be FILE:LAYER, and a Shapefile's companions count as the file.
 *  The same file by another name (a link, ./x) is found too.
 *  Fails: RDL_ERROR_USAGE when an output is an input, or two outputs are one file. */
RDL_API bool rdl_output_apart(const char *const *outputs, size_t n_outputs,
                              const char *const *inputs, size_t n_inputs, GError **error);

/** All of `text` to a file that is to be `path`, flushed and not yet in place. */
RDL_API rdl_output *rdl_output_begin_text(const char *path, const char *text, bool overwrite,
                                          GError **error);
/** All of `text` to `path`, whole or not at all. */
RDL_API bool rdl_output_text(const char *path, const char *text, bool overwrite, GError **error);
RDL_API bool rdl_output_bytes(const char *path, const void *bytes, size_t n, bool overwrite,
                              GError **error);
/** Make a folder and its parents. Fails: RDL_ERROR_IO. */
RDL_API bool rdl_output_folder(const char *path, GError **error);

#endif
