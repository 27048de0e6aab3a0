#include "base/manifest.h"

#include "base/digest.h"
#include "base/output.h"
#include "base/parallel.h"
#include "base/yaml.h"

struct rdl_manifest {
    JsonObject *object; /* owns all below it */
    JsonObject *options;
    JsonArray *inputs, *methods;
};

rdl_manifest *rdl_manifest_new(const char *command)
{
    rdl_manifest *manifest = g_new0(rdl_manifest, 1);

    manifest->object = json_object_new();
    manifest->options = json_object_new();
    manifest->inputs = json_array_new();
    manifest->methods = json_array_new();
    json_object_set_string_member(manifest->object, "redline", RDL_VERSION);
    json_object_set_string_member(manifest->object, "command", command);
    json_object_set_object_member(manifest->object, "options", manifest->options);
    json_object_set_array_member(manifest->object, "inputs", manifest->inputs);
    json_object_set_array_member(manifest->object, "methods", manifest->methods);
    return manifest;
}

void rdl_manifest_free(rdl_manifest *manifest)
{
    if (manifest)
        json_object_unref(manifest->object);
    g_free(manifest);
}

static bool add_maker(JsonObject *input, const char *path, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".run.json", NULL), *text = NULL;
    JsonNode *maker;

    if (!g_file_get_contents(beside, &text, NULL, NULL))
        return true;
    if (!(maker = rdl_json_parse(text, beside, error)))
        return false;
    json_object_set_member(input, "made_by", maker);
    return true;
}

/* `digest`: NULL where the path is no plain file. */
static JsonObject *add_known(rdl_manifest *manifest, const char *role, const char *path,
                             const char *digest)
{
    JsonObject *input = json_object_new();

    json_object_set_string_member(input, "role", role);
    json_object_set_string_member(input, "path", path);
    json_array_add_object_element(manifest->inputs, input);
    if (digest)
        json_object_set_string_member(input, "sha256", digest);
    else
        json_object_set_null_member(input, "sha256");
    return input;
}

void rdl_manifest_known(rdl_manifest *manifest, const char *role, const char *path,
                        const char *sha256)
{
    add_known(manifest, role, path, sha256);
}

static bool add_input(rdl_manifest *manifest, const rdl_input *from, const char *digest,
                      GError **error)
{
    JsonObject *input = add_known(manifest, from->role, from->path, digest);

    if (from->files && *from->files)
        json_object_set_int_member(input, "files", g_strv_length((char **)from->files));
    return add_maker(input, from->path, error);
}

typedef struct {
    const rdl_input *inputs;
    char **digests;
} digesting;

static bool all_local(char *const *files)
{
    for (char *const *f = files; *f; f++)
        if (!g_file_test(*f, G_FILE_TEST_IS_REGULAR))
            return false;
    return *files != NULL;
}

static bool take_digest(void *job, void *worker, size_t i, GError **error)
{
    digesting *d = job;
    const char *path = d->inputs[i].path;
    char *const *files = d->inputs[i].files;

    (void)worker;
    if (path && files && all_local(files))
        return (d->digests[i] = rdl_digest_files(files, error)) != NULL;
    if (!path || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return true;
    d->digests[i] = rdl_digest_file(path, error);
    return d->digests[i] != NULL;
}

bool rdl_manifest_inputs(rdl_manifest *manifest, const rdl_input *inputs, size_t n, int threads,
                         GError **error)
{
    static const rdl_parallel how = {.piece = take_digest, .step = "digests"};
    digesting job = {inputs, g_new0(char *, n)};
    bool good = rdl_parallel_run(&how, &job, n, threads, NULL, error);

    for (size_t i = 0; i < n; i++) {
        if (good && inputs[i].path)
            good = add_input(manifest, &inputs[i], job.digests[i], error);
        g_free(job.digests[i]);
    }
    g_free(job.digests);
    return good;
}

bool rdl_manifest_input(rdl_manifest *manifest, const char *role, const char *path, GError **error)
{
    const rdl_input input = {role, path, NULL};

    return rdl_manifest_inputs(manifest, &input, 1, 1, error);
}

void rdl_manifest_option(rdl_manifest *manifest, const char *name, const char *value)
{
    if (value)
        json_object_set_string_member(manifest->options, name, value);
}

void rdl_manifest_method(rdl_manifest *manifest, const char *source)
{
    json_array_add_string_element(manifest->methods, source);
}

JsonObject *rdl_manifest_object(const rdl_manifest *manifest)
{
    return manifest->object;
}

const char *rdl_manifest_digest(const rdl_manifest *manifest, const char *role)
{
    for (guint i = 0; i < json_array_get_length(manifest->inputs); i++) {
        JsonObject *input = json_array_get_object_element(manifest->inputs, i);
        if (g_strcmp0(rdl_json_text(input, "role", NULL), role) == 0)
            return rdl_json_text(input, "sha256", NULL);
    }
    return NULL;
}

rdl_output *rdl_manifest_begin(const rdl_manifest *manifest, const char *output, GError **error)
{
    g_autofree char *path = g_strconcat(output, ".run.json", NULL);
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

    json_node_set_object(node, manifest->object);
    g_autofree char *text = rdl_json_pretty(node);
    g_autofree char *lines = g_strconcat(text, "\n", NULL);
    return rdl_output_begin_text(path, lines, true, error);
}

bool rdl_manifest_write(const rdl_manifest *manifest, const char *output, GError **error)
{
    g_autoptr(rdl_output) told = rdl_manifest_begin(manifest, output, error);

    return told && rdl_output_commit(told, error);
}
