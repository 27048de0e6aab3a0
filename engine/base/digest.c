#include "base/digest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>

const char rdl_digest_end[] = "";

char *rdl_digest_file(const char *path, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guchar buffer[65536];
    size_t n;
    FILE *f = g_fopen(path, "rb");

    if (!f) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be opened to take its digest: %s", path,
                 g_strerror(errno));
        return NULL;
    }
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
        g_checksum_update(sum, buffer, (gssize)n);
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read to take its digest", path);
        return NULL;
    }
    return g_strdup(g_checksum_get_string(sum));
}

char *rdl_digest_bytes(const void *bytes, size_t n)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, n ? bytes : (const guchar *)"", n);
}

char *rdl_digest_id(const char *prefix, ...)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    va_list parts;
    const char *part;

    va_start(parts, prefix);
    while ((part = va_arg(parts, const char *)) != RDL_DIGEST_END) {
        if (part)
            g_checksum_update(sum, (const guchar *)part, -1);
        g_checksum_update(sum, (const guchar *)"\x1f", 1);
    }
    va_end(parts);
    return g_strdup_printf("%s%.12s", prefix, g_checksum_get_string(sum));
}
