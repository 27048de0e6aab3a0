#include "screen/unit.h"

#include "screen/identity.h"

static const char *const needed[] = {"xzqdm", NULL};
static const char *const contents[] = {"xzqdm", "name", NULL};
static const rdl_intake_spec spec = {"screen.units", "unit", needed, 2, contents, NULL};

static void unit_free(gpointer p)
{
    rdl_unit *unit = p;

    g_free(unit->xzqdm);
    g_free(unit->name);
    if (unit->wkb)
        g_bytes_unref(unit->wkb);
    g_free(unit);
}

GPtrArray *rdl_units_new(void)
{
    return g_ptr_array_new_with_free_func(unit_free);
}

static bool take_unit(const rdl_record *record, void *user, GError **error)
{
    rdl_unit *unit = g_new0(rdl_unit, 1);

    (void)error;
    g_ptr_array_add(user, unit);
    unit->fid = rdl_record_fid(record);
    unit->content = rdl_identity_content(record, contents);
    unit->xzqdm = g_strdup(rdl_record_text(record, "xzqdm"));
    unit->name = g_strdup(rdl_record_text(record, "name"));
    unit->box = rdl_record_box(record);
    unit->wkb = g_bytes_ref(rdl_record_wkb(record));
    return true;
}

bool rdl_units_read(rdl_intake *intake, const rdl_source *source, GPtrArray *units, GError **error)
{
    return rdl_intake_read(intake, &spec, source, take_unit, units, error);
}

static rdl_identity identity(gpointer p)
{
    rdl_unit *unit = p;

    return (rdl_identity){&unit->xzqdm,
                          {g_bytes_get_data(unit->wkb, NULL), g_bytes_get_size(unit->wkb)},
                          unit->content,
                          unit->fid};
}

void rdl_units_settle(rdl_intake *intake, GPtrArray *units)
{
    rdl_identity_sort(units, identity);
    rdl_tally_used(intake->tally, spec.item, units->len);
}
