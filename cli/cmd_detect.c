/* redline detect - a change raster from two scenes. */
#include "verb.h"

#include <inttypes.h>
#include <math.h>
#include "detect/detect.h"

static rdl_detect_options o;
static gboolean cog;
static double height;

#define SIEVE_UNSET G_MININT

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output, "change raster to write", "FILE"},
    {"score", 0, 0, G_OPTION_ARG_FILENAME, &o.score, "score raster to write as well", "FILE"},
    {"probability", 0, 0, G_OPTION_ARG_FILENAME, &o.probability,
     "raster of the probability of no change to write as well (irmad, mad, isfa)", "FILE"},
    {"direction", 0, 0, G_OPTION_ARG_FILENAME, &o.direction,
     "of cva: raster of which bands rose to write as well (1 + 1, 2, 4 ... for the first, second, "
     "third band)",
     "FILE"},
    {"method", 0, 0, G_OPTION_ARG_STRING, &o.method,
     "auto, irmad, mad, isfa, cva, pca-kmeans, index, logratio, meanratio or fuse:NAME,NAME,... "
     "(default auto)",
     "NAME"},
    {"vote", 0, 0, G_OPTION_ARG_INT, &o.vote,
     "of fuse: detectors that must agree (default more than half)", "N"},
    {"index", 0, 0, G_OPTION_ARG_STRING, &o.index,
     "of method index: ndvi, ndbi, mndwi, ndwi, ndmi, nbr or bsi (default ndvi)", "NAME"},
    {"bands", 0, 0, G_OPTION_ARG_STRING, &o.bands,
     "bands to use, with their parts: blue=1,green=2,red=3,nir=4", "LIST"},
    CLI_PAIR(o, height),
    {"mask-grow", 0, 0, G_OPTION_ARG_DOUBLE, &o.mask_grow_m, "bad pixels grow by so many metres",
     "M"},
    {"aoi", 0, 0, G_OPTION_ARG_FILENAME, &o.aoi,
     "tell changes inside these polygons only; what is learnt is learnt from the whole pair",
     "FILE"},
    {"align", 0, 0, G_OPTION_ARG_STRING, &o.align, "none or auto (default none)", "HOW"},
    {"threshold", 0, 0, G_OPTION_ARG_STRING, &o.threshold,
     "auto, otsu, kapur, ki, em, local: and one of these four, fdr:RATE, pvalue:P or a number "
     "(default auto)",
     "RULE"},
    {"sieve", 0, 0, G_OPTION_ARG_INT, &o.sieve,
     "pixels a change has at least (default 4 with auto for optical scenes, else 1)", "PIXELS"},
    {"iterations", 0, 0, G_OPTION_ARG_INT, &o.iterations, "of IR-MAD at most (default 30)", "N"},
    {"date-before", 0, 0, G_OPTION_ARG_STRING, &o.date_before, "acquisition date", "DATE"},
    {"date-after", 0, 0, G_OPTION_ARG_STRING, &o.date_after, "acquisition date", "DATE"},
    {"cog", 0, 0, G_OPTION_ARG_NONE, &cog, "write cloud-optimised GeoTIFFs", NULL},
    G_OPTION_ENTRY_NULL};

static void print_shift(const rdl_gate *g)
{
    if (g->corrected)
        cli_say("aligned: the scene after lay %.2f pixels to the right and %.2f below, and was "
                "shifted back; left are %.2f and %.2f",
                g->found.dx, g->found.dy, g->left.dx, g->left.dy);
    else if (g->asked && g->found.sure)
        cli_say(
            "aligned: nothing to correct: the shift measured (%.2f, %.2f pixels) is less than a "
            "fifth of a pixel, or than its own noise (%.2f)",
            g->found.dx, g->found.dy, g->found.spread);
}

static void print(const rdl_detect_result *r)
{
    for (guint i = 0; i < r->warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)r->warnings->pdata[i]);
    if (cli_flags.json) {
        cli_print_json(rdl_detect_result_json(r));
        return;
    }
    print_shift(&r->gate);
    if (r->why)
        cli_say("%s, because: %s", r->method, r->why);
    cli_say("%s: threshold %.6g (%s), %" PRId64 " of %" PRId64 " observed pixels changed, %" PRId64
            " not observed",
            r->method, r->limit.value, r->limit.rule, r->changed, r->observed, r->not_observed);
    if (r->limit.tiles)
        cli_say(
            "that is the median of the limits of %d of %d tiles, %.6g to %.6g, which hold there",
            r->limit.tiles_own, r->limit.tiles, r->limit.tiles_least, r->limit.tiles_most);
    if (r->outside_aoi)
        cli_say("outside the area of interest: %" PRId64 " pixels", r->outside_aoi);
}

static bool check_dates(GError **error)
{
    rdl_day day;

    return cli_day("--date-before", o.date_before, 0, &day, error) &&
           cli_day("--date-after", o.date_after, 0, &day, error);
}

int cmd_detect(int argc, char **argv)
{
    GError *error = NULL;
    rdl_detect_result result = {0};

    o = (rdl_detect_options)RDL_DETECT_OPTIONS_INIT;
    height = NAN;
    o.sieve = SIEVE_UNSET;
    if (!cli_parse(&argc, &argv, entries, "BEFORE AFTER -o CHANGE",
                   "Find what changed between two "
                   "scenes.",
                   "For index the threshold applies to the size of the difference.", 2, 2,
                   &error) ||
        !check_dates(&error))
        return cli_end(error);
    o.before = argv[1];
    o.after = argv[2];
    o.cog = cog;
    o.how.height = isnan(height) ? NULL : &height;
    if (o.sieve == 0)
        o.sieve = -1; /* given so: 0 is what none given is in rdl_detect_options */
    else if (o.sieve == SIEVE_UNSET)
        o.sieve = 0;
    o.overwrite = cli_flags.overwrite;
    o.threads = cli_flags.threads;
    o.memory_mib = cli_flags.memory_mib;
    if (rdl_detect(&o, cli_progress(), &result, &error))
        print(&result);
    rdl_detect_result_clear(&result);
    return cli_end(error);
}
