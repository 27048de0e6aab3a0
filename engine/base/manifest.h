/* base/manifest.h - what made an output: version, options, inputs with digests, method sources.
 *
 * No clock and no host name: the same work writes the same bytes. */
#ifndef RDL_BASE_MANIFEST_H
#define RDL_BASE_MANIFEST_H

#include <json-glib/json-glib.h>
#include "base/error.h"
#include "base/output.h"

typedef struct rdl_manifest rdl_manifest;

RDL_API rdl_manifest *rdl_manifest_new(const char *command);
RDL_API void rdl_manifest_free(rdl_manifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_manifest, rdl_manifest_free)

/** An input by role ("zones"): its path as given and, for a local file, its SHA-256. A source that
 *  is no plain file (a folder, /vsi...) is recorded with "sha256": null, one of several local files
 *  with the SHA-256 of the lines "<SHA-256 of a file>  <its name>" and the number of "files". What
 * made the input, where a manifest lies beside it, goes along as "made_by". Fails: RDL_ERROR_IO,
 * RDL_ERROR_DATA. */
RDL_API bool rdl_manifest_input(rdl_manifest *manifest, const char *role, const char *path,
                                GError **error);
/** An input whose digest (NULL: none) is known already, and no maker is looked for. */
RDL_API void rdl_manifest_known(rdl_manifest *manifest, const char *role, const char *path,
                                const char *sha256);
typedef struct rdl_input {
    const char *role, *path; /* path NULL: left out */
    char *const *files;      /* what a source of several files is put together from, NULL-ended;
                                NULL: the path is all */
} rdl_input;
/** The same for `n` inputs, in their order; digests are taken side by side on `threads` threads. */
RDL_API bool rdl_manifest_inputs(rdl_manifest *manifest, const rdl_input *inputs, size_t n,
                                 int threads, GError **error);
RDL_API void rdl_manifest_option(rdl_manifest *manifest, const char *name, const char *value);
RDL_API void rdl_manifest_method(rdl_manifest *manifest, const char *source);
/** {"redline", "command", "options", "inputs": [{role, path, sha256}], "methods"}. Lent. */
RDL_API JsonObject *rdl_manifest_object(const rdl_manifest *manifest);
/** SHA-256 of the input of that role, NULL where there is none. Lent. */
RDL_API const char *rdl_manifest_digest(const rdl_manifest *manifest, const char *role);
/** <output>.run.json, written and not yet in place: commit it when the output is, so that neither is
 *  there without the other. Replaces one that is there. Fails: RDL_ERROR_IO, RDL_ERROR_USAGE. */
RDL_API rdl_output *rdl_manifest_begin(const rdl_manifest *manifest, const char *output,
                                       GError **error);
/** To `output`.run.json, beside the output. Overwrites. */
RDL_API bool rdl_manifest_write(const rdl_manifest *manifest, const char *output, GError **error);

#endif
