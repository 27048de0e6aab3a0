/* store/store.h - the door to SQLite and SpatiaLite: the only folder that includes their headers.
 */
#ifndef RDL_STORE_H
#define RDL_STORE_H

#include "store/connection.h"
#include "store/expression.h"
#include "store/geopackage.h"

#endif
