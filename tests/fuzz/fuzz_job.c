/* Job files: YAML that must be strict about its keys. */
#include "fuzz/target.h"
#include "run/run.h"

static char *path;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    int fd = g_file_open_tmp("redline-fuzz-XXXXXX.yaml", &path, NULL);

    return argc && argv && fd >= 0 ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GError *error = NULL;

    if (!fuzz_write(path, data, size))
        return 0;
    rdl_job *job = rdl_job_read(path, &error);
    fuzz_check(job, error);
    rdl_job_free(job);
    return 0;
}
