/* base/bundle.h - files that belong together: a folder, or a ZIP archive of one, that appears whole
 * or not at all. */
#ifndef RDL_BASE_BUNDLE_H
#define RDL_BASE_BUNDLE_H

#include "base/calendar.h"

typedef struct rdl_bundle rdl_bundle;

/** Prepare to write `path`: an archive where it ends in .zip or .kmz, else a folder. Write files
 *  below rdl_bundle_folder(), then commit. An archive that exists is refused unless `overwrite`; a
 *  folder that is not empty always, for nobody knows what else it holds.
 *  Fails: RDL_ERROR_USAGE, RDL_ERROR_IO. */
RDL_API rdl_bundle *rdl_bundle_begin(const char *path, bool overwrite, GError **error);
/** Is it to be an archive? */
RDL_API bool rdl_bundle_archive(const char *path);
RDL_API const char *rdl_bundle_folder(const rdl_bundle *bundle);
/** Path for the file `name` ("chips/a.png") with its folders made. Yours. Fails: RDL_ERROR_IO. */
RDL_API char *rdl_bundle_file(const rdl_bundle *bundle, const char *name, GError **error);
RDL_API bool rdl_bundle_text(const rdl_bundle *bundle, const char *name, const char *text,
                             GError **error);
/** Names of its files as of now ("chips/a.png"), sorted by bytes. Yours. Fails: RDL_ERROR_IO. */
RDL_API GPtrArray *rdl_bundle_names(const rdl_bundle *bundle, GError **error);
/** An archive keeps its files as they are, so that no library that packs can change a byte of it.
 */
RDL_API void rdl_bundle_store(rdl_bundle *bundle);
/** Put in place; an archive's files are sorted by name and dated `day`, or by SOURCE_DATE_EPOCH
 *  where that is set. Fails: RDL_ERROR_IO; what was there is then still there. */
RDL_API bool rdl_bundle_commit(rdl_bundle *bundle, rdl_day day, GError **error);
/** Frees; what was not committed is deleted. */
RDL_API void rdl_bundle_free(rdl_bundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_bundle, rdl_bundle_free)

/** Day of $SOURCE_DATE_EPOCH (seconds since 1970) where it is set and a number, else `day`. */
RDL_API rdl_day rdl_day_stamped(rdl_day day);
/** Names of all files below a folder, as rdl_bundle_names(). A link or a device among them is an
 *  error. Fails: RDL_ERROR_IO, RDL_ERROR_DATA. */
RDL_API GPtrArray *rdl_folder_names(const char *folder, GError **error);
/** What `sha256sum -c` reads, for all files below a folder by name, but for the one named `but`
 *  (NULL: none). Yours. Fails: as rdl_folder_names(), RDL_ERROR_IO. */
RDL_API char *rdl_folder_sums(const char *folder, const char *but, GError **error);
/** Delete a folder (NULL: none) with all that is in it; a link is deleted, not followed. */
RDL_API void rdl_folder_remove(const char *folder);
/** The archive a bundle of these files makes, over whatever is at `path`; `stored`: as after
 *  rdl_bundle_store(). */
RDL_API bool rdl_bundle_pack(const char *folder, const char *path, rdl_day day, bool stored,
                             GError **error);

#endif
