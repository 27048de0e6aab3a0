/* redline patches - polygons of change from a change raster. */
#include "cli.h"

#include <inttypes.h>

#include "detect/detect.h"

static rdl_patches_options o;
static gboolean recorded, keep_suppressed;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output, "GeoPackage to write", "FILE"},
    {"before", 0, 0, G_OPTION_ARG_FILENAME, &o.before, "scene before, to tell kinds of change",
     "FILE"},
    {"after", 0, 0, G_OPTION_ARG_FILENAME, &o.after, "scene after", "FILE"},
    {"bands", 0, 0, G_OPTION_ARG_STRING, &o.bands,
     "which bands are red and nir: red=3,nir=4 (default: as at detect)", "LIST"},
    {"sensor", 0, 0, G_OPTION_ARG_STRING, &o.sensor, "take the bands from this sensor's file",
     "NAME"},
    {"recorded-scenes", 0, 0, G_OPTION_ARG_NONE, &recorded,
     "take the scenes that CHANGE.run.json names", NULL},
    {"score", 0, 0, G_OPTION_ARG_FILENAME, &o.score, "score raster, for score_mean and score_max",
     "FILE"},
    {"probability", 0, 0, G_OPTION_ARG_FILENAME, &o.probability,
     "raster of the probability of no change, for prob", "FILE"},
    {"series", 0, 0, G_OPTION_ARG_FILENAME, &o.series,
     "raster of NDVI of earlier dates, a band each: tells crop rotation", "FILE"},
    {"min-area", 0, 0, G_OPTION_ARG_DOUBLE, &o.min_area_m2,
     "least area on the ellipsoid, square metres; 0 keeps all (default: four pixels)", "M2"},
    {"fill-holes", 0, 0, G_OPTION_ARG_DOUBLE, &o.fill_m2,
     "fill holes up to this area, square metres (default 0: none)", "M2"},
    {"simplify", 0, 0, G_OPTION_ARG_DOUBLE, &o.simplify,
     "outlines without steps, less than half a pixel off, where a patch's area changes by no more "
     "than this share (default 0: the pixels' outlines)",
     "SHARE"},
    {"suppress", 0, 0, G_OPTION_ARG_STRING, &o.suppress,
     "leave out nuisance: mask-edge, snow, water-level, crop-rotation, misregistration, all or "
     "none "
     "(default)",
     "LIST"},
    {"keep-suppressed", 0, 0, G_OPTION_ARG_NONE, &keep_suppressed,
     "write what was left out to layer suppressed, with its reason", NULL},
    {"previous", 0, 0, G_OPTION_ARG_FILENAME, &o.previous,
     "patches of the epoch before: tell what is the same, grew, shrank, split, merged, is gone, "
     "unseen, partly seen, left out or returned",
     "FILE"},
    G_OPTION_ENTRY_NULL};

static void print(const rdl_patches_result *r)
{
    for (guint i = 0; i < r->warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)r->warnings->pdata[i]);
    if (cli_flags.json) {
        cli_print_json(rdl_patches_result_json(r));
        return;
    }
    cli_say("%" PRId64 " patches of %.1f m2 from %" PRId64
            " components; the others are too small%s",
            r->patches, r->area_m2, r->components, o.suppress ? " or suppressed" : "");
    if (o.previous)
        cli_say("of the epoch before %" PRId64 " are gone, %" PRId64 " could not be seen, %" PRId64
                " go on as change that is suppressed or too small",
                r->gone, r->unseen, r->left_out);
}

int cmd_patches(int argc, char **argv)
{
    GError *error = NULL;
    rdl_patches_result result = {0};

    o = (rdl_patches_options)RDL_PATCHES_OPTIONS_INIT;
    if (!cli_parse(&argc, &argv, entries, "CHANGE -o PATCHES", "Draw patches of change.", NULL, 1,
                   1, &error))
        return cli_end(error);
    o.change = argv[1];
    o.recorded = recorded;
    o.keep_suppressed = keep_suppressed;
    o.overwrite = cli_flags.overwrite;
    o.threads = cli_flags.threads;
    o.memory_mib = cli_flags.memory_mib;
    if (rdl_patches(&o, cli_progress(), &result, &error))
        print(&result);
    rdl_patches_result_clear(&result);
    return cli_end(error);
}
