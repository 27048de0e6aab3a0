/* steps ZONES PROFILE FOOTPRINTS PROFILE THREADS OUTPUT [patch]: screen them by pack `cn`, print
 * how long each step took: its name, wall seconds, seconds of the processors; at last the peak in
 * MiB. `patch`: the second layer holds patches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "geo/geo.h"
#include "screen/screen.h"

typedef struct {
    const char *step;
    gint64 wall;
    double cpu;
} clock_of_step;

static double processors(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static bool tell(double fraction, const char *step, void *user)
{
    clock_of_step *c = user;
    gint64 wall = g_get_monotonic_time();
    double cpu = processors();

    (void)fraction;
    if (g_strcmp0(c->step, step) == 0)
        return true;
    printf("%-20s %8.3f %8.3f\n", c->step, (double)(wall - c->wall) * 1e-6, cpu - c->cpu);
    *c = (clock_of_step){step, wall, cpu};
    return true;
}

static const char *profile(const char *name)
{
    return strcmp(name, "-") ? name : NULL;
}

int main(int argc, char **argv)
{
    if (argc < 7)
        return fputs("usage: steps ZONES PROFILE FOOTPRINTS PROFILE THREADS OUTPUT [patch]\n",
                     stderr),
               2;
    clock_of_step c = {"start", g_get_monotonic_time(), 0.0};
    const rdl_progress progress = {tell, &c};
    const rdl_source zones = {argv[1], profile(argv[2])}, others = {argv[3], profile(argv[4])};
    rdl_screen_options o = RDL_SCREEN_OPTIONS_INIT;
    rdl_screen_result result = {0};
    GError *error = NULL;
    struct rusage use;

    rdl_geo_start();
    o.zones = &zones;
    o.n_zones = 1;
    if (argc > 7) {
        o.patches = &others;
        o.n_patches = 1;
    } else {
        o.footprints = &others;
        o.n_footprints = 1;
    }
    o.pack = "cn";
    o.threads = atoi(argv[5]);
    o.output = argv[6];
    o.overwrite = true;
    bool good =
        rdl_day_parse("2026-11-01", &o.as_of, &error) && rdl_screen(&o, &progress, &result, &error);
    tell(1.0, "end", &c);
    getrusage(RUSAGE_SELF, &use);
    printf("%-20s %8.0f\n", "peak", (double)use.ru_maxrss / 1024.0);
    if (!good)
        fprintf(stderr, "steps: %s\n", error ? error->message : "failed");
    g_clear_error(&error);
    rdl_screen_result_clear(&result);
    rdl_geo_stop();
    return good ? 0 : 1;
}
