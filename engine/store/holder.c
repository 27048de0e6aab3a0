#include "store/holder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The kernel names the device of the file system, which is not always the one a file is told to be
 * on (overlays, subvolumes): there the process must be seen to have the file open. */
static bool has_open(long pid, const struct stat *file)
{
    g_autofree char *folder = g_strdup_printf("/proc/%ld/fd", pid);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    bool found = false;

    while (dir && !found && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat of;
        found = stat(path, &of) == 0 && of.st_dev == file->st_dev && of.st_ino == file->st_ino;
    }
    if (dir)
        g_dir_close(dir);
    return found;
}

static bool is_locked_file(dev_t device, guint64 inode, long pid, const char *path)
{
    g_autofree char *shm = g_strconcat(path, "-shm", NULL);
    const char *const files[] = {path, shm};
    struct stat of;

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (stat(files[i], &of) == 0 && (guint64)of.st_ino == inode &&
            (of.st_dev == device || has_open(pid, &of)))
            return true;
    return false;
}

/* A line of /proc/locks (proc(5)); 0: not a lock to write on that file, or our own. */
static long holder_of(const char *line, const char *path)
{
    unsigned device[2];
    uint64_t inode;
    long pid;

    return sscanf(line, "%*d: POSIX %*s WRITE %ld %x:%x:%" SCNu64, &pid, &device[0], &device[1],
                  &inode) == 4 &&
                   pid > 0 && pid != (long)getpid() &&
                   is_locked_file(makedev(device[0], device[1]), inode, pid, path)
               ? pid
               : 0;
}

char *rdl_store_holder_of(const char *locks, const char *path)
{
    g_auto(GStrv) lines = g_strsplit(locks, "\n", -1);

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

char *rdl_store_holder(const char *path)
{
    g_autofree char *text = NULL;

    return g_file_get_contents("/proc/locks", &text, NULL, NULL) ? rdl_store_holder_of(text, path)
                                                                 : NULL;
}
