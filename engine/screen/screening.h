/* screen/screening.h - zones, footprints, patches, permits and units to findings. */
#ifndef RDL_SCREEN_SCREENING_H
#define RDL_SCREEN_SCREENING_H

#include <math.h>
#include "base/base.h"
#include "screen/intake.h"

typedef struct rdl_screen_options {
    const rdl_source *zones, *footprints, *patches, *permits, *units, *letters; /* arrays */
    size_t n_letters; /* held against footprints and patches: screen/letter.h */
    size_t n_zones, n_footprints, n_patches, n_permits, n_units; /* no permits: none known */
    bool planned;      /* the footprints are projects on a list: answers, nothing is accused */
    const char *pack;  /* name or path */
    const char *local; /* labels of LOCAL rows to switch on, "S1,S4"; NULL: none */
    rdl_day as_of;     /* the law of a standing state; RDL_DAY_FUTURE is refused */
    double residual_m; /* co-registration residual of the patches' scenes; default 0 */
    double sliver_m2, sliver_width_m; /* NaN: the pack's, of projects 0; 0: none is */
    int threads;                      /* default 1 */
    const char *output;               /* findings.gpkg; its manifest goes to output.run.json */
    bool overwrite;
} rdl_screen_options;
#define RDL_SCREEN_OPTIONS_INIT                                                        \
    {                                                                                  \
        .as_of = RDL_DAY_FUTURE, .threads = 1, .sliver_m2 = NAN, .sliver_width_m = NAN \
    }

typedef struct rdl_screen_result {
    rdl_tally *tally;  /* screen.zones, screen.footprints, screen.patches, screen.parts ... */
    JsonNode *summary; /* {"as_of", "pack", "findings", "by_result", "area_own_m2", "asked", ...} */
    GPtrArray *warnings; /* of char *: about whole layers; the rest is in layer `rejected` */
} rdl_screen_result;

/** Fails: what reading the layers and the pack fails with; RDL_ERROR_BALANCE when counts or areas
 * do not add up; RDL_ERROR_USAGE for options that lack zones, or footprints and patches both, or
 * name a local label the pack does not have. No output is left then. */
RDL_API bool rdl_screen(const rdl_screen_options *options, const rdl_progress *progress,
                        rdl_screen_result *result, GError **error);
/** Is `list` ("SUSPECT,EDGE") one of results? Fails: RDL_ERROR_USAGE, naming those there are. */
RDL_API bool rdl_screen_check_results(const char *list, GError **error);
/** Does some finding have one of the results listed? */
RDL_API bool rdl_screen_has_result(const rdl_screen_result *result, const char *list);
RDL_API void rdl_screen_result_clear(rdl_screen_result *result);

#endif
