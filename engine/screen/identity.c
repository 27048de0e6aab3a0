#include "screen/identity.h"

#include <string.h>

static gint by_id_and_ground(gconstpointer a, gconstpointer b, gpointer user)
{
    rdl_identity_fn look = (rdl_identity_fn)user;
    rdl_identity x = look(*(gpointer *)a), y = look(*(gpointer *)b);
    int by_id = g_strcmp0(*x.id, *y.id);
    int by_ground = by_id ? 0 : g_bytes_compare(x.wkb, y.wkb);

    if (by_id || by_ground)
        return by_id ? by_id : by_ground;
    return x.fid < y.fid ? -1 : x.fid > y.fid;
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
    g_autofree char *digest = ground_digest(who.wkb);
    char *fresh = g_strconcat(*who.id, "~", digest, NULL);

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
        if (!g_bytes_equal(who.wkb, before.wkb))
            continue;
        rdl_reject(intake, spec->layer, who.fid, false, "DUPLICATE: the same as feature %"
                   G_GINT64_FORMAT, before.fid);
        rdl_tally_suppressed(intake->tally, spec->item, "DUPLICATE", 1);
        g_ptr_array_remove_index(records, i);
        end--;
    }
    for (guint i = first; end - first > 1 && i < end; i++)
        tell_apart(intake, spec, look(records->pdata[i]));
    return end;
}

void rdl_identity_sort(GPtrArray *records, rdl_identity_fn look)
{
    g_ptr_array_sort_with_data(records, by_id_and_ground, (gpointer)look);
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
        for (end = first + 1;
             end < records->len && strcmp(id, *look(records->pdata[end]).id) == 0; end++)
            ;
        end = settle_run(intake, spec, records, look, first, end);
    }
    rdl_identity_sort(records, look);
    note_same_ground(intake, spec, records, look);
}
