#include "base/input.h"

#include <sys/stat.h>
#include <glib/gstdio.h>

bool rdl_input_plain(const char *path, GError **error)
{
    GStatBuf of;

    return g_stat(path, &of) != 0 || S_ISREG(of.st_mode) || S_ISDIR(of.st_mode) ||
           rdl_fail(
               error, RDL_ERROR_IO,
               "%s: is a pipe or a device, no file: save what it gives to a file and name that",
               path);
}

char *rdl_input_text(const char *path, gsize *n, GError **error)
{
    g_autoptr(GError) failed = NULL;
    char *text = NULL;

    if (!rdl_input_plain(path, error))
        return NULL;
    if (!g_file_get_contents(path, &text, n, &failed))
        rdl_fail(error, RDL_ERROR_IO, "%s", failed->message);
    return text;
}
