/* Flipped bits, cuts and swapped pieces in every kind of file the sample is made of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glib/gstdio.h>
#include "hostile/hostile.h"

static char *folder_of_sample(void)
{
    const char *folder = suite_path("sample");
    g_autofree char *command = g_strdup_printf(
        "cp -r '%s' '%s' && cp -r '%s' '%s/cn' && '%s' screen -q --pack cn --as-of 2026-01-01 "
        "--zones '%s/zones.gpkg' "
        "--footprints '%s/footprints.gpkg' -o '%s/findings.gpkg' && '%s' ledger init -q "
        "'%s/l.sqlite' --pack cn && "
        "'%s' ledger load -q '%s/l.sqlite' --findings '%s/findings.gpkg' --as-of 2026-01-01",
        suite_source("data/sample"), folder, suite_source("data/packs/cn"), folder, REDLINE_PROGRAM,
        folder, folder, folder, REDLINE_PROGRAM, folder, REDLINE_PROGRAM, folder, folder);

    if (!g_file_test(folder, G_FILE_TEST_EXISTS))
        CHECK_INT(system(command), 0);
    return g_strdup(folder);
}

static void flip_bits(GRand *r, char *bytes, gsize n)
{
    int flips = g_rand_int_range(r, 1, 17);
    /* half of the time at the head, where the structure is */
    gsize reach = g_rand_boolean(r) ? MIN(n, 512) : n;

    for (int i = 0; i < flips; i++)
        bytes[(gsize)g_rand_int_range(r, 0, (int)reach)] ^= (char)(1 << g_rand_int_range(r, 0, 8));
}

static gsize mutate(GRand *r, char *bytes, gsize n)
{
    int how = g_rand_int_range(r, 0, 4);

    if (how == 0)
        return (gsize)g_rand_int_range(r, 0, (int)n);
    if (how == 1) { /* a piece over another place */
        gsize size = (gsize)g_rand_int_range(r, 1, (int)MIN(n / 2, 4096) + 1);
        gsize from = (gsize)g_rand_int_range(r, 0, (int)(n - size + 1));
        gsize to = (gsize)g_rand_int_range(r, 0, (int)(n - size + 1));
        memmove(bytes + to, bytes + from, size);
    } else {
        flip_bits(r, bytes, n);
    }
    return n;
}

/* Run `argv` with `file` of the copied sample mutated, then put it back. */
static void try(const char *file, const char *output, const char *const *argv, int times)
{
    g_autofree char *folder = folder_of_sample(), *path = g_build_filename(folder, file, NULL);
    g_autofree char *whole = NULL;
    gsize n;

    if (!CHECK(g_file_get_contents(path, &whole, &n, NULL) && n > 4))
        return;
    for (int i = 0; i < times; i++) {
        g_autofree char *bytes = g_memdup2(whole, n);
        gsize left = mutate(suite_rand(), bytes, n);
        g_file_set_contents(path, bytes, (gssize)left, NULL);
        if (hostile_run(NULL, output, argv) < 0) {
            g_autofree char *keep =
                g_strdup_printf("/tmp/redline-hostile-%d-%s", i, strrchr(path, '/') + 1);
            g_file_set_contents(keep, bytes, (gssize)left, NULL);
            printf("\n    the file is kept as %s", keep);
        }
    }
    g_file_set_contents(path, whole, (gssize)n, NULL);
}

/* REDLINE_MUTATIONS files a kind; few by default, for the sake of those who wait. */
static int times(void)
{
    const char *given = g_getenv("REDLINE_MUTATIONS");

    return given ? (int)strtol(given, NULL, 10) : 1;
}

static const char *in_sample(const char *name)
{
    g_autofree char *folder = folder_of_sample(), *relative = g_strconcat("sample/", name, NULL);

    return suite_path(relative);
}

static void scenes(void)
{
    const char *a = in_sample("scenes/taizhou_20000317.tif");
    const char *b = in_sample("scenes/taizhou_20030206.tif");

    try("scenes/taizhou_20000317.tif", "o.tif",
        HOSTILE("detect", "-j2", "--method", "cva", a, b, "-o", "o.tif"), times());
    try("scenes/taizhou_20030206.tif", "o.tif",
        HOSTILE("detect", "-j2", "--method", "irmad", "--iterations", "3", a, b, "-o", "o.tif"),
        times());
}

#define SCREEN(...)                                                              \
    HOSTILE("screen", "-j2", "--as-of", "2026-01-01", "-o", "o.gpkg", "--zones", \
            in_sample("zones.gpkg"), "--footprints", in_sample("footprints.gpkg"), __VA_ARGS__)

static void layers(void)
{
    try("zones.gpkg", "o.gpkg", SCREEN("--pack", "cn"), times());
    try("footprints.gpkg", "o.gpkg", SCREEN("--pack", "cn"), times());
    try("permits.gpkg", "o.gpkg", SCREEN("--pack", "cn", "--permits", in_sample("permits.gpkg")),
        times());
    const char *const *mines =
        HOSTILE("screen", "--pack", "cn", "--as-of", "2026-01-01", "-o", "o.gpkg", "--zones",
                in_sample("zones.gpkg"), "--footprints", in_sample("mines.shp"), "--profile",
                "footprints=mine-register");
    try("mines.shp", "o.gpkg", mines, times());
    try("mines.dbf", "o.gpkg", mines, times());
    try("mines.shx", "o.gpkg", mines, times());
    const char *const *amazon =
        HOSTILE("screen", "--pack", "demo", "--as-of", "2020-01-01", "-o", "o.gpkg", "--zones",
                in_sample("amazon/zones.fgb"), "--footprints", in_sample("amazon/footprints.fgb"));
    try("amazon/zones.fgb", "o.gpkg", amazon, times());
    try("amazon/footprints.fgb", "o.gpkg", amazon, times());
}

static void laws(void)
{
    static const char *const files[] = {"pack.yaml", "rules.csv", "zones.csv", "activities.csv",
                                        "predicates.csv"};
    const char *pack = in_sample("cn");

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_build_filename("cn", files[i], NULL);
        try(file, "o.gpkg", SCREEN("--pack", pack), times());
    }
    static const char *const of_ledger[] = {"workflow.csv", "deadlines.csv", "states.csv",
                                            "texts.csv", "calendar-2026.csv"};
    for (size_t i = 0; i < G_N_ELEMENTS(of_ledger); i++) {
        g_autofree char *file = g_build_filename("cn", of_ledger[i], NULL);
        try(file, "o.sqlite", HOSTILE("ledger", "init", "o.sqlite", "--pack", pack), times());
    }
}

static void jobs(void)
{
    try("amazon.yaml", NULL,
        HOSTILE("run", in_sample("amazon.yaml"), "-o", suite_path("out"), "--overwrite"), times());
    try("findings.gpkg", NULL, HOSTILE("info", in_sample("findings.gpkg")), times());
}

static void ledgers(void)
{
    const char *ledger = in_sample("l.sqlite");

    try("l.sqlite", "o.xlsx", HOSTILE("export", ledger, "--profile", "xlsx", "-o", "o.xlsx"),
        times());
    try("l.sqlite", NULL, HOSTILE("ledger", "audit", ledger), times());
    try("l.sqlite", NULL, HOSTILE("task", "list", ledger), times());
}

static CU_TestInfo tests[] = {
    {"scenes", scenes}, {"layers", layers},   {"laws", laws},
    {"jobs", jobs},     {"ledgers", ledgers}, CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    return run_suite("hostile.mutations", tests, argc, argv);
}
