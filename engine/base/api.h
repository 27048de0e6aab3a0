/* base/api.h - what is exported from libredline. */
#ifndef RDL_BASE_API_H
#define RDL_BASE_API_H

#define RDL_API __attribute__((visibility("default")))
#define RDL_VERSION "0.1.0"

#endif
