/* CSV: the tables of a law pack, moves, reasons. */
#include "base/base.h"
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return argc && argv ? 0 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    GError *error = NULL;
    rdl_csv *csv = rdl_csv_parse(text, "fuzz.csv", &error);

    fuzz_check(csv, error);
    for (size_t i = 0; csv && i < rdl_csv_count(csv); i++)
        if (!rdl_csv_at(csv, i, "rule_id") || rdl_csv_line(csv, i) < 1)
            g_error("a cell is NULL, or a line is not one");
    rdl_csv_free(csv);
    return 0;
}
