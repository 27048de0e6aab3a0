/* base/paths.h - where redline's own data are. */
#ifndef RDL_BASE_PATHS_H
#define RDL_BASE_PATHS_H

#include "base/error.h"

/** A folder or file of redline's data, `what` as "packs/cn" or "styles/finding.sld". Looked for in
 *  $REDLINE_DATA, in the installed library's prefix and beside an installed program (wherever they
 *  were moved to), and in the source tree above a library or program that was only built. Yours to free. Fails: RDL_ERROR_NOT_FOUND names where it looked. */
RDL_API char *rdl_data_path(const char *what, GError **error);
/** The file this code was loaded from: the library, or the program it is linked into. Yours. */
RDL_API char *rdl_code_file(void);
/** A name a user gave: a path when it has a slash or exists, else rdl_data_path("<kind>/<name>"). */
RDL_API char *rdl_data_named(const char *kind, const char *name, GError **error);
/** `path` as seen from the folder of the file `from`; absolute and /vsi paths stay. Yours. */
RDL_API char *rdl_path_beside(const char *from, const char *path);

#endif
