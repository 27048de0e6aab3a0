#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "base/bundle.h"

#define PREFIX "redline-scratch-"
#define ANY "XXXXXX" /* g_mkdtemp() */
#define TRIES 8

struct rdl_scratch {
    char *path;
    int lock; /* the folder itself, locked; the kernel lets go of it whatever ends the process */
};

/* Nobody else's. One of our own making may lie where nothing can be locked: then nobody reclaims.
 */
static bool take_lock(int fd, bool own)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || (own && errno != EWOULDBLOCK);
}

/* The folder, locked; -1: it is another's, or not there any more. */
static int lock_folder(const char *path, bool own)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat of;

    if (fd >= 0 && take_lock(fd, own) && fstat(fd, &of) == 0 && of.st_nlink > 0 &&
        of.st_uid == geteuid())
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void take_away(const char *path)
{
    int lock = lock_folder(path, false);

    if (lock < 0)
        return;
    rdl_folder_remove(path);
    close(lock);
}

static void reclaim(void)
{
    const char *home = g_get_tmp_dir(), *name;
    g_autoptr(GDir) dir = g_dir_open(home, 0, NULL);

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(home, name, NULL);
        if (g_str_has_prefix(name, PREFIX) && strlen(name) == strlen(PREFIX ANY))
            take_away(path);
    }
}

rdl_scratch *rdl_scratch_new(GError **error)
{
    reclaim();
    for (int i = 0; i < TRIES; i++) {
        g_autofree char *path = g_build_filename(g_get_tmp_dir(), PREFIX ANY, NULL);
        if (!g_mkdtemp(path))
            break;
        int lock = lock_folder(path, true);
        if (lock < 0) /* somebody who reclaims was quicker */
            continue;
        rdl_scratch *scratch = g_new0(rdl_scratch, 1);
        scratch->path = g_steal_pointer(&path);
        scratch->lock = lock;
        return scratch;
    }
    rdl_fail(error, RDL_ERROR_IO,
             "%s: no folder for temporary files can be made: %s: set TMPDIR to one that can be "
             "written",
             g_get_tmp_dir(), g_strerror(errno));
    return NULL;
}

const char *rdl_scratch_path(const rdl_scratch *scratch)
{
    return scratch->path;
}

void rdl_scratch_free(rdl_scratch *scratch)
{
    if (!scratch)
        return;
    rdl_folder_remove(scratch->path);
    close(scratch->lock);
    g_free(scratch->path);
    g_free(scratch);
}
