/* redline normalise - one scene in the radiometry of another. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include "detect/detect.h"

static rdl_normalise_options o;
static double height;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output,
     "AFTER as float32 in the radiometry of BEFORE (default: coefficients only)", "FILE"},
    {"bands", 0, 0, G_OPTION_ARG_STRING, &o.bands, "bands to use", "LIST"},
    CLI_PAIR(o, height),
    {"unchanged", 0, 0, G_OPTION_ARG_DOUBLE, &o.unchanged,
     "probability of no change asked of invariant pixels (default 0.95)", "P"},
    {"iterations", 0, 0, G_OPTION_ARG_INT, &o.iterations, "of IR-MAD at most (default 50)", "N"},
    G_OPTION_ENTRY_NULL};

static void print(const rdl_normalise_result *r)
{
    for (guint i = 0; i < r->warnings->len; i++)
        cli_say("redline: warning: %s", (const char *)r->warnings->pdata[i]);
    if (cli_flags.json) {
        cli_print_json(rdl_normalise_result_json(r));
        return;
    }
    printf("%" G_GINT64_FORMAT
           " invariant pixels; before = intercept + slope * after; a third held "
           "out for the tests\n"
           "band       slope   intercept  correlation     rmse  p(means)  p(variances)\n",
           r->pixels);
    for (int k = 0; k < r->bands; k++) {
        const rdl_band_fit *b = &r->fit[k];
        printf("%4d %11.6f %11.4f %12.4f %8.3f %9.4f %13.4f\n", b->band, b->slope, b->intercept,
               b->correlation, b->rmse, b->t_p, b->f_p);
    }
}

int cmd_normalise(int argc, char **argv)
{
    GError *error = NULL;
    rdl_normalise_result result = {0};

    o = (rdl_normalise_options)RDL_NORMALISE_OPTIONS_INIT;
    height = NAN;
    if (!cli_parse(&argc, &argv, entries, "BEFORE AFTER [-o FILE]",
                   "Bring one scene into the radiometry of another, by pixels that did not change.",
                   NULL, 2, 2, &error))
        return cli_end(error);
    o.how.height = isnan(height) ? NULL : &height;
    o.before = argv[1];
    o.after = argv[2];
    o.overwrite = cli_flags.overwrite;
    o.threads = cli_flags.threads;
    o.memory_mib = cli_flags.memory_mib;
    if (rdl_normalise(&o, cli_progress(), &result, &error))
        print(&result);
    rdl_normalise_result_clear(&result);
    return cli_end(error);
}
