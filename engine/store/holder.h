/* store/holder.h - which process holds a database locked. */
#ifndef RDL_STORE_HOLDER_H
#define RDL_STORE_HOLDER_H

#include <glib.h>
#include <stdbool.h>

/** Another process of this machine that holds a lock to write on the database at `path`, or on the
 *  -shm beside it: "PID (NAME)", yours. NULL: none is to be seen (another machine, another
 *  container, a system without /proc/locks). The file is not opened: to close it again would drop
 *  the locks this process has (POSIX). */
char *rdl_store_holder(const char *path);
/** The same of `locks`, the text of /proc/locks. */
char *rdl_store_holder_of(const char *locks, const char *path);

#endif
