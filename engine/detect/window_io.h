/* detect/window_io.h - the last pass where pixels are judged with their surroundings. */
#ifndef RDL_DETECT_WINDOW_IO_H
#define RDL_DETECT_WINDOW_IO_H

#include "detect/change_io.h"

/** As rdl_change_pass_run(), for decisions with a margin or components, and where probabilities
 *  are wanted. */
bool rdl_window_pass_run(rdl_change_pass *pass, const rdl_progress *progress, GError **error);

#endif
