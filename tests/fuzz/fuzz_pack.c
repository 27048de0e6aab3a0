/* The rules of a law pack: a copy of the pack `cn` whose rules.csv is what is fed. */
#include <stdlib.h>
#include "fuzz/target.h"
#include "screen/screen.h"

static char *folder, *rules;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    folder = g_dir_make_tmp("redline-fuzz-XXXXXX", NULL);
    rules = g_build_filename(folder, "cn", "rules.csv", NULL);
    g_autofree char *command =
        g_strdup_printf("cp -r '%s/data/packs/cn' '%s'", REDLINE_SOURCE, folder);
    return argc && argv && system(command) == 0 ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *pack_folder = g_path_get_dirname(rules);
    GError *error = NULL;

    if (!fuzz_write(rules, data, size))
        return 0;
    rdl_pack *pack = rdl_pack_open(pack_folder, NULL, &error);
    fuzz_check(pack, error);
    rdl_pack_free(pack);
    return 0;
}
