#include "base/zip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include <libdeflate.h>
#include "base/input.h"

#define LEVEL 6
#define VERSION 20      /* needed to extract: deflate and folders */
#define UTF8 (1u << 11) /* general purpose bit: the name is UTF-8 */
#define MOST_FILES 65535

typedef struct {
    char *name;
    guint32 crc, packed, whole, offset;
    guint16 method; /* 0 stored, 8 deflated */
} member;

struct rdl_zip {
    char *path;
    FILE *file;
    GArray *members; /* of member */
    guint16 day;     /* as MS-DOS counts it */
    guint64 written;
    bool stored;
    struct libdeflate_compressor *deflate;
};

static void member_clear(gpointer p)
{
    g_free(((member *)p)->name);
}

static guint16 dos_day(rdl_day day)
{
    const rdl_day first = rdl_day_of(1980, 1, 1), last = rdl_day_of(2107, 12, 31);
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)CLAMP(day, first, last));
    return (guint16)((g_date_get_year(&date) - 1980) << 9 | (int)g_date_get_month(&date) << 5 |
                     g_date_get_day(&date));
}

static bool fail_io(const rdl_zip *zip, GError **error)
{
    return rdl_fail(error, RDL_ERROR_IO, "%s: cannot be written: %s", zip->path, g_strerror(errno));
}

rdl_zip *rdl_zip_new(const char *path, rdl_day day, GError **error)
{
    rdl_zip *zip = g_new0(rdl_zip, 1);

    zip->path = g_strdup(path);
    zip->day = dos_day(day);
    zip->members = g_array_new(FALSE, FALSE, sizeof(member));
    g_array_set_clear_func(zip->members, member_clear);
    zip->deflate = libdeflate_alloc_compressor(LEVEL);
    zip->file = g_fopen(path, "wb");
    if (zip->file && zip->deflate)
        return zip;
    fail_io(zip, error);
    rdl_zip_abandon(zip);
    return NULL;
}

void rdl_zip_store(rdl_zip *zip)
{
    zip->stored = true;
}

void rdl_zip_abandon(rdl_zip *take_zip)
{
    if (!take_zip)
        return;
    if (take_zip->file)
        fclose(take_zip->file);
    if (take_zip->deflate)
        libdeflate_free_compressor(take_zip->deflate);
    g_array_unref(take_zip->members);
    g_free(take_zip->path);
    g_free(take_zip);
}

static void put(GByteArray *out, guint32 value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        guint8 byte = (guint8)(value >> 8 * i);
        g_byte_array_append(out, &byte, 1);
    }
}

/* What the header before a file and its line in the list at the end have in common. */
static void put_facts(GByteArray *out, const rdl_zip *zip, const member *m)
{
    put(out, VERSION, 2);
    put(out, UTF8, 2);
    put(out, m->method, 2);
    put(out, 0, 2); /* midnight */
    put(out, zip->day, 2);
    put(out, m->crc, 4);
    put(out, m->packed, 4);
    put(out, m->whole, 4);
    put(out, (guint32)strlen(m->name), 2);
    put(out, 0, 2); /* no extra field */
}

static bool write_bytes(rdl_zip *zip, const void *bytes, size_t n, GError **error)
{
    if (zip->written + n > G_MAXUINT32)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "%s: more than 4 GiB do not fit an archive: write a folder", zip->path);
    if (fwrite(bytes, 1, n, zip->file) != n)
        return fail_io(zip, error);
    zip->written += n;
    return true;
}

static bool write_member(rdl_zip *zip, const member *m, const void *bytes, GError **error)
{
    g_autoptr(GByteArray) head = g_byte_array_new();

    put(head, 0x04034b50, 4);
    put_facts(head, zip, m);
    g_byte_array_append(head, (const guint8 *)m->name, (guint)strlen(m->name));
    return write_bytes(zip, head->data, head->len, error) &&
           write_bytes(zip, bytes, m->packed, error);
}

static bool check_room(const rdl_zip *zip, const char *name, gsize n, GError **error)
{
    if (strlen(name) > G_MAXUINT16 || n > G_MAXINT32 || zip->members->len >= MOST_FILES)
        return rdl_fail(
            error, RDL_ERROR_DATA,
            "%s: %s does not fit an archive (2 GiB a file, 65535 files): write a folder", zip->path,
            name);
    return true;
}

bool rdl_zip_add(rdl_zip *zip, const char *name, const char *file, GError **error)
{
    GError *failed = NULL;
    if (!rdl_input_plain(file, error))
        return false;
    GMappedFile *mapped = g_mapped_file_new(file, FALSE, &failed);

    if (!mapped) {
        rdl_fail(error, RDL_ERROR_IO, "%s: cannot be read: %s", file, failed->message);
        g_error_free(failed);
        return false;
    }
    const gsize n = g_mapped_file_get_length(mapped);
    const char *bytes = n ? g_mapped_file_get_contents(mapped) : "";
    bool good = check_room(zip, name, n, error);
    if (good) {
        member m = {.name = g_strdup(name),
                    .crc = libdeflate_crc32(0, bytes, n),
                    .whole = (guint32)n,
                    .offset = (guint32)zip->written};
        g_autofree void *packed = n && !zip->stored ? g_malloc(n) : NULL;
        size_t k = packed ? libdeflate_deflate_compress(zip->deflate, bytes, n, packed, n) : 0;
        m.method = k ? 8 : 0;
        m.packed = k ? (guint32)k : (guint32)n;
        good = write_member(zip, &m, k ? packed : (const void *)bytes, error);
        g_array_append_val(zip->members, m);
    }
    g_mapped_file_unref(mapped);
    return good;
}

static GByteArray *list_at_end(const rdl_zip *zip)
{
    GByteArray *out = g_byte_array_new();

    for (guint i = 0; i < zip->members->len; i++) {
        const member *m = &g_array_index(zip->members, member, i);
        put(out, 0x02014b50, 4);
        put(out, 3u << 8 | VERSION, 2); /* made on Unix: the rights below are read */
        put_facts(out, zip, m);
        put(out, 0, 2); /* no comment */
        put(out, 0, 2); /* one disk */
        put(out, 0, 2);
        put(out, (guint32)0100644 << 16, 4);
        put(out, m->offset, 4);
        g_byte_array_append(out, (const guint8 *)m->name, (guint)strlen(m->name));
    }
    const guint32 n = out->len;
    put(out, 0x06054b50, 4);
    put(out, 0, 4); /* one disk */
    put(out, zip->members->len, 2);
    put(out, zip->members->len, 2);
    put(out, n, 4);
    put(out, (guint32)zip->written, 4);
    put(out, 0, 2);
    return out;
}

bool rdl_zip_finish(rdl_zip *take_zip, GError **error)
{
    g_autoptr(GByteArray) list = list_at_end(take_zip);
    bool good = write_bytes(take_zip, list->data, list->len, error);
    FILE *file = g_steal_pointer(&take_zip->file);

    if (fclose(file) != 0 && good)
        good = fail_io(take_zip, error);
    rdl_zip_abandon(take_zip);
    return good;
}

bool rdl_zip_name_safe(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    bool safe = *name && g_utf8_validate(name, -1, NULL) && !strpbrk(name, "\\:");

    for (const char *c = name; safe && *c; c++)
        safe = (guchar)*c >= 0x20 && *c != 0x7f;
    for (char **p = parts; safe && *p; p++)
        safe = **p && strcmp(*p, ".") != 0 && strcmp(*p, "..") != 0;
    return safe;
}
