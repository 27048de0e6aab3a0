/* SLD, from which QGIS's style is made. */
#include "fuzz/target.h"
#include "geo/geo.h"
#include "geo/style.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return argc && argv ? 0 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    GError *error = NULL;
    char *qml = rdl_style_qml(text, "fuzz.sld", NULL, &error);

    fuzz_check(qml, error);
    g_free(qml);
    return 0;
}
