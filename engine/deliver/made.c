#include "deliver/made.h"

#include <glib/gstdio.h>

static void add_known(rdl_manifest *m, const char *role, const char *path, const char *sha256)
{
    g_autofree char *name = g_path_get_basename(path);

    rdl_manifest_known(m, role, name, sha256);
}

/* A file that stands in for a recorded one has no digest yet. */
static bool add_read(rdl_manifest *m, const char *role, const char *path, const char *recorded,
                     GError **error)
{
    bool plain = !recorded && g_file_test(path, G_FILE_TEST_IS_REGULAR);
    g_autofree char *digest = plain ? rdl_digest_file(path, error) : g_strdup(recorded);

    if (plain && !digest)
        return false;
    add_known(m, role, path, digest);
    return true;
}

static bool add_drawn(rdl_manifest *m, const rdl_map_data *drawn, GError **error)
{
    for (guint i = 0; i < drawn->scenes->len; i++) {
        const rdl_map_scene *s = &g_array_index(drawn->scenes, rdl_map_scene, i);
        if (!add_read(m, s->after ? "after" : "before", s->path, s->digest, error))
            return false;
    }
    for (guint i = 0; i < drawn->layers->len; i++) {
        const rdl_map_layer *l = &g_array_index(drawn->layers, rdl_map_layer, i);
        if (!add_read(m, l->role, l->path, l->digest, error))
            return false;
    }
    return true;
}

rdl_output *rdl_made_begin(const rdl_made *made, const char *product, GError **error)
{
    g_autoptr(rdl_manifest) m = rdl_manifest_new(made->command);
    const bool findings = made->drawn && made->drawn->findings;

    rdl_manifest_option(m, "as_of", made->as_of);
    rdl_manifest_option(m, "language", made->language);
    rdl_manifest_option(m, "what", made->what);
    rdl_manifest_option(m, "unit", made->unit);
    if (!findings)
        rdl_manifest_option(m, "head", made->head);
    if (!findings)
        add_known(m, "ledger", made->path, NULL);
    else if (!add_read(m, "findings", made->path, NULL, error))
        return NULL;
    return !made->drawn || add_drawn(m, made->drawn, error) ? rdl_manifest_begin(m, product, error)
                                                            : NULL;
}

void rdl_made_nothing(const char *product)
{
    g_autofree char *path = g_strconcat(product, ".run.json", NULL);

    g_unlink(path);
}
