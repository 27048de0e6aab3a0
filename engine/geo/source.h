/* geo/source.h - what a file holds, before anything in it is opened for work. */
#ifndef RDL_GEO_SOURCE_H
#define RDL_GEO_SOURCE_H

#include "base/base.h"

/** Names of the vector layers of a file, NULL-ended; empty where it has none. Yours to
 *  g_strfreev(). Fails: RDL_ERROR_IO when it is neither a raster nor a vector source. */
RDL_API char **rdl_source_layers(const char *path, bool *raster, GError **error);

/** The local files a source is read from, NULL-ended, by name: the companions of a Shapefile, the
 *  pieces of a virtual raster, what a format keeps beside it, the metadata, bands and masks of a
 *  product, the log of a database. FILE:LAYER is FILE. Empty where it cannot be opened or any of it
 *  is no local file (a database, /vsi...). Yours to g_strfreev(). */
RDL_API char **rdl_source_files(const char *source);

/** False where the file is a description of data that lie elsewhere (a virtual raster or layer, a web
 *  service, that names another machine or a virtual path). Fails: RDL_ERROR_DATA says so. */
RDL_API bool rdl_source_stays(const char *path, GError **error);

/** Names of the files in a zip archive, NULL-ended. Yours. Fails: RDL_ERROR_IO. */
RDL_API char **rdl_archive_names(const char *path, GError **error);
/** All of one of them as text. Yours. Fails: RDL_ERROR_IO when it cannot be read whole. */
RDL_API char *rdl_archive_text(const char *path, const char *name, GError **error);

/** All files of a foreign archive into `folder`, which is there and empty. Nothing is written for
 *  names that lead out of it (rdl_zip_name_safe()), or where all of them are more than `most`
 *  bytes. Fails: RDL_ERROR_DATA for those, RDL_ERROR_IO. */
RDL_API bool rdl_archive_unpack(const char *path, const char *folder, guint64 most, GError **error);

/** How a source may be shown and kept: a database's without its password. Yours to free. */
RDL_API char *rdl_source_shown(const char *source);

#endif
