#include "screen/identity.h"

#include <string.h>

static gint by_id_and_content(gconstpointer a, gconstpointer b, gpointer user)
{
    rdl_identity_fn look = (rdl_identity_fn)user;
    rdl_identity x = look(*(gpointer *)a), y = look(*(gpointer *)b);
    int by_id = g_strcmp0(*x.id, *y.id);

    return by_id ? by_id : strcmp(x.content, y.content);
}

static char *ground_digest(GBytes *wkb)
{
    g_autofree char *digest = rdl_digest_bytes(g_bytes_get_data(wkb, NULL), g_bytes_get_size(wkb));

    return g_strndup(digest, 12);
}

static void name_nameless(rdl_intake *intake, const rdl_intake_spec *spec, rdl_identity who)
{
    g_autofree char *digest = ground_digest(who.wkb);

    *who.id = g_strconcat("~", digest, NULL);
    rdl_reject(intake, spec->layer, who.fid, true, "NO_ID: named %s by its geometry", *who.id);
}

static void note_same_ground(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                             rdl_identity_fn look)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_bytes_hash, g_bytes_equal);

    for (guint i = 0; i < records->len; i++) {
        rdl_identity who = look(records->pdata[i]);
        const char *first = g_hash_table_lookup(seen, who.wkb);
        if (first)
            rdl_reject(intake, spec->layer, who.fid, true, "SAME_GEOMETRY: %s lies exactly on %s",
                       *who.id, first);
        else
            g_hash_table_insert(seen, who.wkb, *who.id);
    }
}

static void tell_apart(rdl_intake *intake, const rdl_intake_spec *spec, rdl_identity who)
{
    char *fresh = g_strdup_printf("%s~%.12s", *who.id, who.content);

    rdl_reject(intake, spec->layer, who.fid, true, "REPEATED_ID: %s is now %s", *who.id, fresh);
    g_free(*who.id);
    *who.id = fresh;
}

/* From the sorted run first..end of one id: drop copies, tell the rest apart. */
static guint settle_run(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                        rdl_identity_fn look, guint first, guint end)
{
    for (guint i = end - 1; i > first; i--) {
        rdl_identity who = look(records->pdata[i]), before = look(records->pdata[i - 1]);
        if (strcmp(who.content, before.content) != 0)
            continue;
        rdl_reject(intake, spec->layer, who.fid, false,
                   "DUPLICATE: the same as feature %" G_GINT64_FORMAT, before.fid);
        rdl_tally_suppressed(intake->tally, spec->item, "DUPLICATE", 1);
        g_ptr_array_remove_index(records, i);
        end--;
    }
    for (guint i = first; end - first > 1 && i < end; i++)
        tell_apart(intake, spec, look(records->pdata[i]));
    return end;
}

char *rdl_identity_content(const rdl_record *record, const char *const *fields)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GBytes) wkb = rdl_geometry_wkb(rdl_record_geometry(record), NULL);

    for (; *fields; fields++) {
        const char *text = rdl_record_text(record, *fields);
        g_checksum_update(sum, (const guchar *)(text ? text : ""), -1);
        g_checksum_update(sum, (const guchar *)"\x1f", 1);
    }
    if (wkb)
        g_checksum_update(sum, g_bytes_get_data(wkb, NULL), (gssize)g_bytes_get_size(wkb));
    return g_strdup(g_checksum_get_string(sum));
}

void rdl_identity_sort(GPtrArray *records, rdl_identity_fn look)
{
    g_ptr_array_sort_with_data(records, by_id_and_content, (gpointer)look);
}

void rdl_identity_settle(rdl_intake *intake, const rdl_intake_spec *spec, GPtrArray *records,
                         rdl_identity_fn look)
{
    guint end;

    for (guint i = 0; i < records->len; i++) {
        rdl_identity who = look(records->pdata[i]);
        if (!*who.id)
            name_nameless(intake, spec, who);
    }
    rdl_identity_sort(records, look);
    for (guint first = 0; first < records->len; first = end) {
        const char *id = *look(records->pdata[first]).id;
        for (end = first + 1; end < records->len && strcmp(id, *look(records->pdata[end]).id) == 0;
             end++)
            ;
        end = settle_run(intake, spec, records, look, first, end);
    }
    rdl_identity_sort(records, look);
    note_same_ground(intake, spec, records, look);
}
