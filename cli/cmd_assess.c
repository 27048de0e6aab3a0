/* redline assess - how good a map of change is, and the sample to find out. */
#include "cli.h"

#include <stdio.h>
#include "detect/detect.h"

static rdl_assess_options o;
static rdl_design_options d;
static int seed;

static const GOptionEntry entries[] = {
    {"reference", 'r', 0, G_OPTION_ARG_FILENAME, &o.reference,
     "what is true: a raster, polygons of change, or labelled points", "FILE"},
    {"changed", 0, 0, G_OPTION_ARG_STRING, &o.changed,
     "values of a reference raster that are changed: 2 or 1-3,7 or 128- (default: all but 0; 2 of "
     "a "
     "change raster)",
     "VALUES"},
    {"unchanged", 0, 0, G_OPTION_ARG_STRING, &o.unchanged,
     "values that are unchanged, all others are unknown (default: 0; 1 of a change raster)",
     "VALUES"},
    {"map-changed", 0, 0, G_OPTION_ARG_STRING, &o.map_changed,
     "values of CHANGE, a raster, that are changed (the same defaults)", "VALUES"},
    {"map-unchanged", 0, 0, G_OPTION_ARG_STRING, &o.map_unchanged,
     "values of CHANGE that are unchanged, all others are not observed", "VALUES"},
    {"field", 0, 0, G_OPTION_ARG_STRING, &o.field,
     "of points or polygons: changed or unchanged, as found there (default reference)", "NAME"},
    {"score", 0, 0, G_OPTION_ARG_FILENAME, &o.score, "score raster, for the area under the curve",
     "FILE"},
    {"overlap", 0, 0, G_OPTION_ARG_DOUBLE, &o.overlap,
     "share of an object that must agree (default 0.5)", "SHARE"},
    {"level", 0, 0, G_OPTION_ARG_DOUBLE, &o.level, "of confidence intervals (default 0.95)", "P"},
    {"design", 0, 0, G_OPTION_ARG_INT, &d.points,
     "draw a stratified sample of so many points instead", "N"},
    {"least", 0, 0, G_OPTION_ARG_INT, &d.least,
     "of them among changed pixels (default 50, or half)", "N"},
    {"seed", 0, 0, G_OPTION_ARG_INT, &seed, "of the drawing (default 1)", "N"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &d.output, "GeoPackage of the sample to write",
     "FILE"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Area-adjusted figures take the labelled pixels or points for a random sample within each "
    "class "
    "of\nthe map. A sample made with --design is filled in (field reference: changed or unchanged) "
    "and given\nback with --reference.";

static void print(const rdl_assess_result *r)
{
    for (guint i = 0; i < r->warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)r->warnings->pdata[i]);
    if (cli_flags.json) {
        cli_print_json(rdl_assess_result_json(r));
        return;
    }
    g_autofree char *text = rdl_assess_result_text(r);
    fputs(text, stdout);
}

static int design(const char *change)
{
    GError *error = NULL;

    d.change = change;
    d.seed = (guint32)seed;
    d.overwrite = cli_flags.overwrite;
    if (rdl_assess_design(&d, cli_progress(), &error))
        cli_say("%s: at most %d points, to be labelled in the field reference", d.output, d.points);
    return cli_end(error);
}

int cmd_assess(int argc, char **argv)
{
    GError *error = NULL;
    rdl_assess_result result = {0};

    o = (rdl_assess_options)RDL_ASSESS_OPTIONS_INIT;
    d = (rdl_design_options){0};
    seed = 1;
    if (!cli_parse(&argc, &argv, entries, "CHANGE --reference REFERENCE",
                   "Measure a map of change against what is true.", teach, 1, 1, &error))
        return cli_end(error);
    if (d.points)
        return design(argv[1]);
    if (d.output)
        return rdl_fail(&error, RDL_ERROR_USAGE,
                        "-o %s: only --design N writes a file; figures are printed", d.output),
               cli_end(error);
    o.change = argv[1];
    if (rdl_assess(&o, cli_progress(), &result, &error))
        print(&result);
    rdl_assess_result_clear(&result);
    return cli_end(error);
}
