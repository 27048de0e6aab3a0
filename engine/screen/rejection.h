/* screen/rejection.h - what could not be used of a layer, or was used in another way than it stood.
 */
#ifndef RDL_SCREEN_REJECTION_H
#define RDL_SCREEN_REJECTION_H

#include "base/base.h"

#define RDL_WHOLE_LAYER G_MININT64 /* for a feature's number: said of the layer itself */

/** A row of the layer `rejected`. `used`: it is only a warning, the feature was used all the same;
 *  `repaired`: after its geometry was made valid. */
typedef struct rdl_rejection {
    char *layer, *reason;
    gint64 fid;
    bool used, repaired;
} rdl_rejection;

GArray *rdl_rejections_new(void);
/** Warnings for people (char *): what is said of whole layers; of each code of cells that could not
 *  be read how often it was met and what was made of the first; of unknown activities a line a
 * word. Yours to unref. */
GPtrArray *rdl_rejections_told(const GArray *rejections);

#endif
