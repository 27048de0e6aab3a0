/* rectify/paper.h - the papers that come with a step, and those it needs. */
#ifndef RDL_RECTIFY_PAPER_H
#define RDL_RECTIFY_PAPER_H

#include "base/base.h"

/** The file a paper names; NULL: there is none. What others name lies in `folder` or nowhere;
 *  `folder` NULL: as it is named. Yours. */
char *rdl_paper_file(const char *title, const char *folder);

/** `folder`: where the files are that others name, and nowhere else; NULL: as they are named.
 *  `given`: "NAME=FILE", a file or a title, several with | between; NULL: none. `needed`: names
 * with | between. Each needed one must be there by its name (核查意见=FILE, or the name itself as a
 *  title), except that one single paper without a name stands for all that is needed.
 *  Returns [{"name", "title", "sha256"}], yours: name NULL where it is none of the needed, sha256
 *  NULL where the paper is a title only. Fails: RDL_ERROR_USAGE naming what is missing,
 *  RDL_ERROR_NOT_FOUND for NAME=FILE without such a file and (`folder` NULL) for a title with a
 *  slash or a file's ending that is none, RDL_ERROR_IO. */
JsonArray *rdl_papers(const char *given, const char *needed, const char *folder, GError **error);

#endif
