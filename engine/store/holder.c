#include "store/holder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_locked_file(guint64 inode, const char *path)
{
    g_autofree char *shm = g_strconcat(path, "-shm", NULL);
    const char *const files[] = {path, shm};
    struct stat of;

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (stat(files[i], &of) == 0 && (guint64)of.st_ino == inode)
            return true;
    return false;
}

/* A line of /proc/locks (proc(5)); 0: not a lock to write on that file, or our own. */
static long holder_of(const char *line, const char *path)
{
    unsigned long device[2];
    uint64_t inode;
    long pid;

    return sscanf(line, "%*d: POSIX %*s WRITE %ld %lx:%lx:%" SCNu64, &pid, &device[0], &device[1],
                  &inode) == 4 &&
                   pid > 0 && pid != (long)getpid() && is_locked_file(inode, path)
               ? pid
               : 0;
}

char *rdl_store_holder(const char *path)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/locks", &text, NULL, NULL))
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        long pid = holder_of(*line, path);
        g_autofree char *comm = pid ? g_strdup_printf("/proc/%ld/comm", pid) : NULL;
        g_autofree char *name = NULL;
        if (pid && g_file_get_contents(comm, &name, NULL, NULL))
            return g_strdup_printf("%ld (%s)", pid, g_strstrip(name));
        if (pid)
            return g_strdup_printf("%ld", pid);
    }
    return NULL;
}
