/* geo/memory.h - datasets that live in memory for the length of one drawing. */
#ifndef RDL_GEO_MEMORY_H
#define RDL_GEO_MEMORY_H

#include "base/base.h"

/** A name under /vsimem nobody else has, with the ending ".fgb". Yours to rdl_memory_free(). */
RDL_API char *rdl_memory_name(const char *ending);
/** Delete the dataset, if there is one, and free the name. NULL is nothing. */
RDL_API void rdl_memory_free(char *take_name);

#endif
