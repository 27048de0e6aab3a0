#include "screen/land.h"

static void land_free(gpointer p)
{
    rdl_land *land = p;

    g_free(land->class);
    g_bytes_unref(land->wkb);
    g_free(land);
}

GPtrArray *rdl_lands_new(void)
{
    return g_ptr_array_new_with_free_func(land_free);
}

typedef struct {
    rdl_intake *intake;
    const char *item;
    GPtrArray *lands;
} taking;

static bool take_land(const rdl_record *record, void *user, GError **error)
{
    taking *t = user;
    const char *class = rdl_record_text(record, "class");

    (void)error;
    if (!class) {
        rdl_tally_failed(t->intake->tally, t->item, "NO_CLASS", 1);
        rdl_reject(t->intake, "land", rdl_record_fid(record), false, "NO_CLASS");
        return true;
    }
    rdl_land *land = g_new0(rdl_land, 1);
    land->class = g_strdup(class);
    land->wkb = g_bytes_ref(rdl_record_wkb(record));
    land->box = rdl_record_box(record);
    g_ptr_array_add(t->lands, land);
    rdl_tally_used(t->intake->tally, t->item, 1);
    return true;
}

bool rdl_lands_read(rdl_intake *intake, const char *item, const rdl_source *source,
                    GPtrArray *lands, GError **error)
{
    static const char *const needed[] = {"class", NULL};
    const rdl_intake_spec spec = {item, "land", needed, 2, needed, NULL};
    taking t = {intake, item, lands};

    return rdl_intake_read(intake, &spec, source, take_land, &t, error);
}
