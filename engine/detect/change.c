#include "detect/change.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include "detect/change/moments.h"
#include "detect/change_io.h"
#include "detect/cloud.h"
#include "detect/direction.h"
#include "detect/fusion.h"
#include "detect/pca_fit.h"

#define ITEM "detect.pixels"
#define SHARE_KNOWN 1e-3 /* of changed pixels, below which nothing is known of `auto` */

bool rdl_detect_options_check(const rdl_detect_options *o, GError **error)
{
    const char *const outputs[] = {o->output, o->score, o->probability, o->direction};
    const char *const inputs[] = {o->before,     o->after, o->mask_before,
                                  o->mask_after, o->aoi,   o->how.dem};

    if (!o->before || !o->after || !o->output)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "two scenes and an output (-o) are needed to detect change");
    if (o->align && strcmp(o->align, "none") != 0 && strcmp(o->align, "auto") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--align %s: give none or auto", o->align);
    if (o->mask_values && !o->mask_before && !o->mask_after)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--mask-values needs --mask-before or --mask-after");
    if (!(o->mask_grow_m >= 0.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--mask-grow %g: give metres, 0 or more",
                        o->mask_grow_m);
    if (!(o->how.resolution >= 0.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--resolution %g: give metres", o->how.resolution);
    if (o->how.dem && o->how.height)
        return rdl_fail(error, RDL_ERROR_USAGE, "--dem and --height: give one of them");
    if (o->iterations < 1 || o->iterations > 1000)
        return rdl_fail(error, RDL_ERROR_USAGE, "--iterations %d: give 1 to 1000", o->iterations);
    if (!(o->tolerance > 0.0 && o->tolerance < 1.0))
        return rdl_fail(error, RDL_ERROR_USAGE, "--tolerance %g: give a number between 0 and 1",
                        o->tolerance);
    if (o->index && !strstr(o->method, "index"))
        return rdl_fail(error, RDL_ERROR_USAGE, "--index %s: is of --method index, not of %s",
                        o->index, o->method);
    if (o->direction && strcmp(o->method, "cva") != 0)
        return rdl_fail(error, RDL_ERROR_USAGE, "--direction is of --method cva");
    if (o->sieve < 0 || o->sieve > 16)
        return rdl_fail(error, RDL_ERROR_USAGE, "--sieve %d: give 1 to 16 pixels",
                        MAX(o->sieve, 0));
    if (o->memory_mib < 16)
        return rdl_fail(error, RDL_ERROR_USAGE, "--memory %d: give at least 16 MiB", o->memory_mib);
    return rdl_output_apart(outputs, G_N_ELEMENTS(outputs), inputs, G_N_ELEMENTS(inputs), error);
}

void rdl_detect_result_clear(rdl_detect_result *r)
{
    g_free(r->why);
    g_clear_pointer(&r->members, json_array_unref);
    g_free(r->date_before);
    g_free(r->date_after);
    g_free(r->output_digest);
    g_free(r->score_digest);
    g_clear_pointer(&r->manifest, rdl_manifest_free);
    g_clear_pointer(&r->tally, rdl_tally_free);
    g_clear_pointer(&r->warnings, g_ptr_array_unref);
    *r = (rdl_detect_result){0};
}

static void warn(rdl_detect_result *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void warn(rdl_detect_result *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(r->warnings, rdl_message_remember(format, args));
    va_end(args);
}

/* ---- what is known before a pixel is read ---- */

static bool settle_date(rdl_detect_result *r, const char *option, const char *given,
                        const rdl_scene *scene, char **date, GError **error)
{
    const char *said = rdl_raster_date(scene->raster);
    rdl_day day;

    if (given && !rdl_day_parse(given, &day, error)) {
        if (error && *error)
            (*error)->code = RDL_ERROR_USAGE;
        g_prefix_error(error, "%s: ", option);
        return false;
    }
    *date = given ? rdl_day_text(day) : g_strdup(said);
    if (!*date)
        warn(r, "%s: no acquisition date in its metadata: give it with %s",
             rdl_raster_path(scene->raster), option);
    return true;
}

static bool settle_dates(rdl_detect_result *r, const rdl_detect_options *o, const rdl_pair *pair,
                         GError **error)
{
    if (!settle_date(r, "--date-before", o->date_before, rdl_pair_before(pair), &r->date_before,
                     error) ||
        !settle_date(r, "--date-after", o->date_after, rdl_pair_after(pair), &r->date_after, error))
        return false;
    if (r->date_before && r->date_after && strcmp(r->date_before, r->date_after) > 0)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "the scene before (%s) is later than the scene after (%s): exchange them, "
                        "or correct --date-before and --date-after",
                        r->date_before, r->date_after);
    return true;
}

static void note_number(rdl_manifest *manifest, const char *name, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    rdl_manifest_option(manifest, name, g_ascii_dtostr(text, sizeof text, number));
}

static const char *given_mask(const char *path)
{
    return g_strcmp0(path, "none") == 0 ? NULL : path;
}

static bool note_inputs(rdl_detect_result *r, const rdl_detect_options *o, const rdl_pair *pair,
                        GError **error)
{
    rdl_manifest *m = r->manifest;
    g_autofree char *bands = rdl_scene_band_text(rdl_pair_before(pair));

    rdl_manifest_option(m, "method", o->method);
    if (o->vote)
        note_number(m, "vote", o->vote);
    rdl_manifest_option(m, "index", r->index);
    rdl_manifest_option(m, "bands", bands);
    rdl_manifest_option(m, "sensor", o->sensor);
    rdl_manifest_option(m, "threshold", o->threshold);
    note_number(m, "iterations", o->iterations);
    note_number(m, "tolerance", o->tolerance);
    if (o->sieve)
        note_number(m, "sieve", o->sieve);
    rdl_manifest_option(m, "date_before", r->date_before);
    rdl_manifest_option(m, "date_after", r->date_after);
    rdl_manifest_option(m, "mask_values", o->mask_values);
    if (o->how.resolution > 0.0)
        note_number(m, "resolution", o->how.resolution);
    if (o->how.height)
        note_number(m, "height", *o->how.height);
    if (o->mask_grow_m > 0.0)
        note_number(m, "mask_grow_m", o->mask_grow_m);
    rdl_manifest_option(m, "align", o->align && strcmp(o->align, "auto") == 0 ? "auto" : NULL);
    rdl_manifest_option(m, "cog", o->cog ? "yes" : NULL);
    g_auto(GStrv) aoi = o->aoi ? rdl_source_files(o->aoi) : NULL;
    g_auto(GStrv) before = rdl_raster_files(rdl_pair_before(pair)->raster);
    g_auto(GStrv) after = rdl_raster_files(rdl_pair_after(pair)->raster);
    const rdl_input inputs[] = {{"before", o->before, before},
                                {"after", o->after, after},
                                {"mask_before", given_mask(o->mask_before), NULL},
                                {"mask_after", given_mask(o->mask_after), NULL},
                                {"aoi", o->aoi, aoi && aoi[0] && aoi[1] ? aoi : NULL},
                                {"dem", o->how.dem, NULL}};
    return rdl_manifest_inputs(m, inputs, G_N_ELEMENTS(inputs), o->threads, error);
}

/* ---- threshold ---- */

/* Signs that the rule stands on weak feet here. */
static void doubt_limit(rdl_detect_result *r, const rdl_decision *d)
{
    double low = INFINITY, high = 0.0;

    for (int i = 0; i < 3; i++)
        if (d->limit.names[i] && isfinite(d->limit.candidates[i])) {
            low = fmin(low, d->limit.candidates[i]);
            high = fmax(high, d->limit.candidates[i]);
        }
    if (high > low * exp(2.0))
        warn(r, "the threshold is uncertain: its candidates reach from %.4g to %.4g", low, high);
}

/* Known when all is counted: what is over one limit is not yet what changed. */
static void doubt_share(rdl_detect_result *r)
{
    if ((double)r->changed < SHARE_KNOWN * (double)r->observed)
        warn(r, "less than one pixel in a thousand stands out: the threshold is uncertain");
}

/* ---- writing ---- */

static char *number_text(double number)
{
    return g_strdup_printf("%.17g", number);
}

/* As --bands takes them for either scene: by number, or where those differ by role, which both then
 * have for their bands. */
static char *bands_of_both(const rdl_pair *pair)
{
    const rdl_scene *before = rdl_pair_before(pair);
    g_autofree char *numbers = rdl_scene_band_text(before);
    g_autofree char *others = rdl_scene_band_text(rdl_pair_after(pair));

    return strcmp(numbers, others) == 0 ? g_steal_pointer(&numbers)
                                        : g_strjoinv(",", before->roles);
}

static rdl_raster_writer *create_change(const rdl_detect_options *o, const rdl_detect_result *r,
                                        const rdl_pair *pair, const rdl_blocks *blocks,
                                        GError **error)
{
    g_autofree char *limit = number_text(r->limit.value);
    g_autofree char *centre = number_text(r->centre);
    g_autofree char *sieve = g_strdup_printf("%d", r->sieve);
    g_autofree char *gate = rdl_gate_text(&r->gate);
    bool shifted = r->gate.corrected;
    g_autofree char *shift =
        shifted ? g_strdup_printf("%.3f %.3f", r->gate.found.dx, r->gate.found.dy) : NULL;
    g_autofree char *before = g_path_get_basename(o->before);
    g_autofree char *after = g_path_get_basename(o->after);
    g_autofree char *bands = bands_of_both(pair);
    g_autofree char *resolution =
        o->how.resolution > 0.0 ? g_strdup_printf("%g", o->how.resolution) : NULL;
    g_autofree char *height = o->how.height ? g_strdup_printf("%.17g", *o->how.height) : NULL;
    const char *items[] = {"REDLINE",
                           "change " RDL_VERSION,
                           "REDLINE_CLASSES",
                           "0 not observed, 1 unchanged, 2 changed",
                           "REDLINE_METHOD",
                           r->method,
                           "REDLINE_INDEX",
                           r->index ? r->index : "",
                           "REDLINE_PAPER",
                           r->paper,
                           "REDLINE_THRESHOLD",
                           limit,
                           "REDLINE_THRESHOLD_RULE",
                           r->limit.rule,
                           "REDLINE_THRESHOLD_PAPER",
                           r->limit.source,
                           "REDLINE_CENTRE",
                           centre,
                           "REDLINE_SIEVE",
                           sieve,
                           "REDLINE_BANDS",
                           bands,
                           "REDLINE_SENSOR",
                           o->sensor ? o->sensor : "",
                           "REDLINE_BEFORE",
                           before,
                           "REDLINE_AFTER",
                           after,
                           "REDLINE_BEFORE_SHA256",
                           rdl_manifest_digest(r->manifest, "before"),
                           "REDLINE_AFTER_SHA256",
                           rdl_manifest_digest(r->manifest, "after"),
                           "REDLINE_RESAMPLED",
                           r->resampled || shifted ? "after, bilinear" : "no",
                           "REDLINE_GATE",
                           gate,
                           "REDLINE_RESOLUTION",
                           resolution,
                           "REDLINE_DEM",
                           o->how.dem,
                           "REDLINE_HEIGHT",
                           height,
                           "REDLINE_SHIFT",
                           shift,
                           "REDLINE_T_BEFORE",
                           r->date_before ? r->date_before : "",
                           "REDLINE_T_AFTER",
                           r->date_after ? r->date_after : "",
                           NULL};
    for (size_t i = 1; i + 1 < G_N_ELEMENTS(items); i += 2)
        items[i] = items[i] ? items[i] : "";
    rdl_raster_form form = {.pixel = RDL_PIXEL_U8,
                            .cog = o->cog,
                            .overwrite = o->overwrite,
                            .description = "change",
                            .items = items};
    return rdl_raster_create(o->output, rdl_pair_grid(pair), blocks, &form, error);
}

/* A raster of numbers beside the change raster; NULL when `path` is NULL, or on failure. */
static rdl_raster_writer *create_numbers(const rdl_detect_options *o, const rdl_detect_result *r,
                                         const rdl_change_pass *pass, const char *path,
                                         const char *what, GError **error)
{
    g_autofree char *tag = g_strconcat(what, " ", RDL_VERSION, NULL);
    g_autofree char *centre = number_text(r->centre);
    const char *items[] = {"REDLINE", tag, "REDLINE_METHOD", r->method, "REDLINE_CENTRE",
                           centre,    NULL};
    rdl_raster_form form = {.pixel = RDL_PIXEL_F32,
                            .nodata = NAN,
                            .cog = o->cog,
                            .overwrite = o->overwrite,
                            .description = what,
                            .items = items};

    return path ? rdl_raster_create(path, rdl_pair_grid(pass->pair), &pass->blocks, &form, error)
                : NULL;
}

/* NULL when it is not wanted, or on failure. */
static rdl_raster_writer *create_direction(const rdl_detect_options *o, const rdl_change_pass *pass,
                                           GError **error)
{
    const int bands = rdl_pair_bands(pass->pair);
    g_autofree char *names = rdl_scene_band_text(rdl_pair_before(pass->pair));
    const char *items[] = {
        "REDLINE", "direction " RDL_VERSION, "REDLINE_METHOD", "cva", "REDLINE_BANDS", names, NULL};
    rdl_raster_form form = {.pixel = RDL_PIXEL_U8,
                            .cog = o->cog,
                            .overwrite = o->overwrite,
                            .description = "direction",
                            .items = items};

    if (!o->direction)
        return NULL;
    if (bands > RDL_DIRECTION_BANDS)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--direction: %d bands have too many: choose %d at most with --bands",
                        bands, RDL_DIRECTION_BANDS),
               NULL;
    return rdl_raster_create(o->direction, rdl_pair_grid(pass->pair), &pass->blocks, &form, error);
}

static bool create_all(const rdl_detect_options *o, const rdl_detect_result *r,
                       rdl_change_pass *pass, GError **error)
{
    pass->change = create_change(o, r, pass->pair, &pass->blocks, error);
    if (!pass->change)
        return false;
    pass->score = create_numbers(o, r, pass, o->score, "score", error);
    if (o->score && !pass->score)
        return false;
    pass->probability =
        create_numbers(o, r, pass, o->probability, "probability of no change", error);
    if (o->probability && !pass->probability)
        return false;
    pass->direction = create_direction(o, pass, error);
    return !o->direction || pass->direction;
}

static bool balance(const rdl_detect_options *o, rdl_detect_result *r, const rdl_pair *pair,
                    const rdl_change_pass *pass, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    gint64 all = (gint64)grid->width * grid->height;

    r->observed = pass->observed;
    r->changed = pass->changed;
    r->not_observed = all - r->observed - r->outside_aoi;
    if (r->collared &&
        !rdl_pair_outside(pair, &r->outside_aoi, &r->collared, error)) /* as aligned */
        return false;
    r->tally = rdl_tally_new();
    rdl_tally_in(r->tally, ITEM, all);
    rdl_tally_used(r->tally, ITEM, r->observed);
    rdl_tally_suppressed(r->tally, ITEM, "NOT_OBSERVED", r->not_observed - r->collared);
    if (r->collared)
        rdl_tally_suppressed(r->tally, ITEM, "COLLAR", r->collared);
    if (o->aoi)
        rdl_tally_suppressed(r->tally, ITEM, "OUTSIDE_AOI", r->outside_aoi);
    if (r->observed == 0)
        return rdl_fail(error, RDL_ERROR_DATA,
                        "no pixel is observed on both dates: nodata or masks cover them all");
    return rdl_tally_check(r->tally, error);
}

/* Known only now, and written into the change raster before it is closed. */
static bool ask_clear(rdl_detect_result *r, const rdl_pair *pair, const rdl_change_pass *pass,
                      GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(pair);
    gint64 inside = (gint64)grid->width * grid->height - r->outside_aoi;

    if (!rdl_gate_clear(&r->gate, r->observed, inside, error))
        return false;
    if (r->gate.codes & RDL_GATE_CLOUDY) {
        g_autofree char *gate = rdl_gate_text(&r->gate);
        rdl_raster_restate(pass->change, "REDLINE_GATE", gate);
        warn(r, "only %.0f%% of the area of interest are observed on both dates",
             100.0 * r->gate.clear);
    }
    return rdl_raster_finish(pass->change, error) &&
           (!pass->score || rdl_raster_finish(pass->score, error)) &&
           (!pass->probability || rdl_raster_finish(pass->probability, error)) &&
           (!pass->direction || rdl_raster_finish(pass->direction, error));
}

static bool put_in_place(const rdl_detect_options *o, rdl_detect_result *r,
                         const rdl_change_pass *pass, GError **error)
{
    g_autoptr(rdl_output) of_score = NULL, told = NULL;

    if ((o->score && !(of_score = rdl_manifest_begin(r->manifest, o->score, error))) ||
        !(told = rdl_manifest_begin(r->manifest, o->output, error)))
        return false;
    if (pass->score && !rdl_raster_commit(pass->score, error))
        return false;
    if (pass->probability && !rdl_raster_commit(pass->probability, error))
        return false;
    if (pass->direction && !rdl_raster_commit(pass->direction, error))
        return false;
    if (!rdl_raster_commit(pass->change, error))
        return false;
    r->output_digest = rdl_digest_file(o->output, error);
    if (!r->output_digest)
        return false;
    if (o->score && !(r->score_digest = rdl_digest_file(o->score, error)))
        return false;
    return (!of_score || rdl_output_commit(of_score, error)) && rdl_output_commit(told, error);
}

/* ---- all of it ---- */

/* What one detection is made of, between its steps. */
typedef struct {
    const rdl_detect_options *options;
    rdl_pair *pair;
    rdl_detector detector;
    rdl_limit_choice choice;
    rdl_scorer *scorer;
    rdl_decision *decision;
    rdl_fusion fusion; /* of several detectors; n is 0 for one */
} detection;

/* By the decision, or by votes of the change rasters at `paths`. */
static bool write_change(detection *d, rdl_detect_result *r, char *const *paths,
                         const rdl_progress *progress, GError **error)
{
    const rdl_detect_options *o = d->options;
    rdl_change_pass pass = {.pair = d->pair,
                            .decision = d->decision,
                            .blocks = rdl_pair_blocks(d->pair, o->memory_mib, o->threads),
                            .threads = o->threads};
    bool good = create_all(o, r, &pass, error) &&
                (paths ? rdl_fusion_count(&d->fusion, paths, &pass, progress, error)
                       : rdl_change_pass_run(&pass, progress, error)) &&
                (!pass.direction || rdl_direction_write(&pass, pass.direction, progress, error)) &&
                balance(o, r, d->pair, &pass, error) && ask_clear(r, d->pair, &pass, error) &&
                put_in_place(o, r, &pass, error);

    rdl_raster_writer_free(pass.change);
    rdl_raster_writer_free(pass.score);
    rdl_raster_writer_free(pass.probability);
    rdl_raster_writer_free(pass.direction);
    return good;
}

static void tell_fit(rdl_detect_result *r, const rdl_scorer *scorer)
{
    r->iterations = scorer->fit.iterations;
    r->converged = scorer->fit.converged;
    r->weight = scorer->fit.weight;
    memcpy(r->rho, scorer->fit.mad.rho, sizeof r->rho);
    if (scorer->fit.exhausted)
        warn(r, "IR-MAD stopped after %d iterations: the unchanged pixels agree exactly",
             r->iterations);
    else if (scorer->detector == RDL_DETECT_IRMAD && !r->converged)
        warn(r, "IR-MAD did not settle within %d iterations", r->iterations);
}

/* Rules that read the scores take a difference around its own middle; a number is meant as given.
 */
static bool fit(detection *d, rdl_detect_result *r, rdl_sample *sample,
                const rdl_progress *progress, GError **error)
{
    const rdl_detect_options *o = d->options;
    rdl_irmad_options how = {o->iterations, o->tolerance, o->threads, false};

    if (!rdl_scorer_fit(d->scorer, d->detector, sample, &how, progress, error) ||
        (d->detector == RDL_DETECT_PCA_KMEANS &&
         !rdl_pca_fit(d->scorer, d->pair, o->threads, progress, error)) ||
        (d->choice.rule != RDL_LIMIT_VALUE &&
         !rdl_scorer_centre(d->scorer, sample, progress, error)))
        return false;
    r->centre = d->scorer->centre;
    return true;
}

static void take_detector(detection *d, rdl_detect_result *r)
{
    const rdl_detector_fact *fact = rdl_detector_facts(d->detector);

    r->method = fact->name;
    r->detector = d->detector;
    r->paper = fact->paper;
    rdl_manifest_method(r->manifest, r->paper);
}

/* Where re-weighting has lost the unchanged, every patch says so; and what chose it for itself, and
 * not by name, goes back to before. */
static bool fall_back(detection *d, rdl_detect_result *r, rdl_sample *sample,
                      const rdl_decision_options *decide, const rdl_progress *progress,
                      GError **error)
{
    bool own_choice = strcmp(d->options->method, "auto") == 0;

    if (!d->decision->collapsed)
        return true;
    r->gate.codes |= RDL_GATE_NULL_COLLAPSED;
    warn(r,
         "NULL_COLLAPSED: re-weighting settled on pixels that are not the scene's unchanged "
         "(mean weight %.3f)%s",
         d->scorer->fit.weight, own_choice ? ": MAD decides" : "; compare with --method mad");
    if (!own_choice)
        return true;
    g_autofree char *why = r->why;
    r->why = g_strconcat(why, "; but its unchanged collapsed, and MAD decides", NULL);
    d->detector = d->scorer->detector = RDL_DETECT_MAD;
    rdl_scorer_unweigh(d->scorer);
    take_detector(d, r);
    return rdl_decide(d->decision, d->scorer, sample, decide, progress, error);
}

/* Where the sample is read for the threshold anyway. */
static bool look_for_cloud(const detection *d, rdl_detect_result *r, rdl_sample *sample,
                           const rdl_progress *progress, GError **error)
{
    double share[2];

    if (r->gate.radar || d->choice.rule == RDL_LIMIT_VALUE)
        return true;
    if (!rdl_cloud_look(sample, &r->gate.levels, share, progress, error))
        return false;
    rdl_gate_cloud(&r->gate, share);
    if (r->gate.codes & RDL_GATE_CLOUD_LIKE)
        warn(r,
             "%.1f%% of the scene before and %.1f%% of the scene after are bright in every band on "
             "that date alone: cloud that no mask marks, or new bright ground; mask cloud with "
             "--mask-before and --mask-after",
             100.0 * share[0], 100.0 * share[1]);
    return true;
}

static bool fit_and_decide(detection *d, rdl_detect_result *r, const rdl_progress *progress,
                           GError **error)
{
    const rdl_detect_options *o = d->options;
    rdl_decision_options decide = {d->choice, o->sieve, o->memory_mib, o->threads};
    g_autoptr(rdl_sample) sample =
        rdl_sample_new(d->pair, rdl_detector_facts(d->detector)->one_in, o->threads, o->memory_mib);

    r->sample_step = rdl_sample_step(sample);
    r->sample_one_in = rdl_sample_one_in(sample);
    if (!look_for_cloud(d, r, sample, progress, error) || !fit(d, r, sample, progress, error) ||
        !rdl_decide(d->decision, d->scorer, sample, &decide, progress, error) ||
        !fall_back(d, r, sample, &decide, progress, error))
        return false;
    r->limit = d->decision->limit;
    r->sieve = d->decision->sieve;
    tell_fit(r, d->scorer);
    if (d->choice.rule == RDL_LIMIT_AUTO)
        doubt_limit(r, d->decision);
    return true;
}

static bool settle_index(detection *d, rdl_detect_result *r, GError **error)
{
    const char *name = d->options->index ? d->options->index : "ndvi";
    const rdl_spectral_index *index = rdl_spectral_index_named(name);

    if (!index)
        return rdl_fail(error, RDL_ERROR_USAGE, "--index %s: no such index: give one of %s", name,
                        rdl_spectral_index_names());
    if (!rdl_pair_narrow(d->pair, index->roles, error))
        return g_prefix_error(error, "--method index: "), false;
    d->scorer->index = index;
    r->index = index->name;
    r->paper = index->paper;
    return true;
}

static bool settle_method(detection *d, rdl_detect_result *r, GError **error)
{
    const char *why;

    if (!rdl_detector_parse(d->options->method, rdl_sensor_is_radar(d->options->sensor),
                            rdl_pair_bands(d->pair), &d->detector, &why, error))
        return false;
    r->why = g_strdup(why);
    take_detector(d, r);
    if (d->detector == RDL_DETECT_INDEX && !settle_index(d, r, error))
        return false;
    d->scorer->ratio = rdl_sensor_is_radar(d->options->sensor);
    r->bands = rdl_pair_bands(d->pair);
    const rdl_detector_fact *fact = rdl_detector_facts(d->detector);
    if (d->options->probability && fact->scale != RDL_SCALE_CHI_SQUARE)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--probability: only irmad, mad and isfa have one, not %s", fact->name);
    return rdl_limit_parse(d->options->threshold, fact->scale, &d->choice, error);
}

/* Statistics are kept cell by cell until they are merged. */
static bool afford(const detection *d, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(d->pair);
    rdl_blocks cells = rdl_blocks_cells(grid->width, grid->height);
    double a_cell = sizeof(double) * (2.0 + (double)rdl_moments_size(2 * rdl_pair_bands(d->pair)));

    return rdl_blocks_afford(d->options->before, grid->width, grid->height,
                             a_cell * (double)rdl_blocks_count(&cells), d->options->memory_mib,
                             error);
}

static bool ask_gate(detection *d, rdl_detect_result *r, const rdl_progress *progress,
                     GError **error)
{
    const rdl_detect_options *o = d->options;
    const rdl_gate_question q = {.align = o->align && strcmp(o->align, "auto") == 0,
                                 .date_before = r->date_before,
                                 .date_after = r->date_after,
                                 .radar = rdl_sensor_is_radar(o->sensor),
                                 .levels_matter = d->detector == RDL_DETECT_INDEX};
    rdl_gate *g = &r->gate;

    if (!rdl_gate_pass(g, d->pair, &q, o->threads, progress, error))
        return false;
    if (g->corrected)
        rdl_manifest_method(r->manifest, "alignment: Kuglin & Hines 1975, phase correlation");
    if (rdl_sensor_is_radar(o->sensor) && rdl_pair_bands(d->pair) > 2)
        warn(r, "--sensor sar with %d bands: are they radar intensities, and no colours?",
             rdl_pair_bands(d->pair));
    if (d->detector == RDL_DETECT_CVA && r->why && rdl_pair_bands(d->pair) == 1)
        warn(r,
             "one band without a sensor is compared as optical: intensities of radar need --sensor "
             "sar");
    if (g->found.tiles == 0)
        warn(r, "the scenes share too little ground for a tile: how they lie to each other is not "
                "measured");
    rdl_gate_explain(g, d->pair, r->warnings);
    return true;
}

/* What the gate found of the pair belongs to the reasons of "auto". */
static void explain(rdl_detect_result *r)
{
    g_autofree char *codes = rdl_gate_text(&r->gate);
    g_autofree char *why = g_steal_pointer(&r->why);

    if (!why)
        return;
    r->why = r->gate.codes == 0 ? g_strdup_printf("%s; nothing at the gate speaks against it "
                                                  "(correlation of the scenes %.2f)",
                                                  why, r->gate.left.likeness)
                                : g_strdup_printf("%s; the gate says %s, for which no other "
                                                  "detector is known to be better",
                                                  why, codes);
}

/* ---- several detectors ---- */

static void take_warnings(rdl_detect_result *r, const char *name, const rdl_detect_result *member)
{
    for (guint i = 0; i < member->warnings->len; i++) {
        const char *text = member->warnings->pdata[i];
        if (!g_ptr_array_find_with_equal_func(r->warnings, text, g_str_equal, NULL))
            warn(r, "%s: %s", name, text);
    }
}

static void set_limit(JsonObject *object, const rdl_limit *limit);

static void note_member(rdl_detect_result *r, const rdl_detect_result *member)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "method", member->method);
    set_limit(object, &member->limit);
    json_object_set_int_member(object, "changed", member->changed);
    json_array_add_object_element(r->members, object);
}

static bool detect_member(detection *d, rdl_detect_result *r, const char *name, const char *path,
                          const rdl_progress *progress, GError **error)
{
    rdl_detect_options o = *d->options;
    rdl_detect_result member;

    o.method = name;
    o.output = path;
    o.score = o.probability = NULL;
    o.cog = false;
    o.vote = 0;
    bool good = rdl_detect(&o, progress, &member, error);
    if (good) {
        note_member(r, &member);
        take_warnings(r, name, &member);
    } else {
        g_prefix_error(error, "%s: ", d->options->method);
    }
    rdl_detect_result_clear(&member);
    return good;
}

static bool vote_in(const char *folder, detection *d, rdl_detect_result *r,
                    const rdl_progress *progress, GError **error)
{
    const rdl_fusion *f = &d->fusion;
    g_auto(GStrv) paths = g_new0(char *, (size_t)f->n + 1);
    bool good = true;

    r->members = json_array_new();
    for (int k = 0; k < f->n && good; k++) {
        paths[k] = g_strdup_printf("%s/%s.tif", folder, f->names[k]);
        good = detect_member(d, r, f->names[k], paths[k], progress, error);
    }
    good = good && write_change(d, r, paths, progress, error);
    for (int k = 0; k < f->n && paths[k]; k++) {
        g_autofree char *record = g_strconcat(paths[k], ".run.json", NULL);
        g_unlink(paths[k]);
        g_unlink(record);
    }
    return good;
}

/* Each detector's raster lies beside the output until the votes are counted. */
static bool vote(detection *d, rdl_detect_result *r, const rdl_progress *progress, GError **error)
{
    g_autofree char *folder = g_strconcat(d->options->output, ".votes-XXXXXX", NULL);

    if (!g_mkdtemp(folder))
        return rdl_fail(error, RDL_ERROR_IO, "%s: no folder can be made beside it: %s",
                        d->options->output, g_strerror(errno));
    bool good = vote_in(folder, d, r, progress, error);
    g_rmdir(folder);
    return good;
}

static bool settle_fusion(detection *d, rdl_detect_result *r, GError **error)
{
    rdl_fusion *f = &d->fusion;
    g_autoptr(GString) papers = g_string_new(RDL_FUSION_PAPER);

    if (d->options->probability)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--probability: a vote has none: --score gives the share of votes");
    if (!rdl_fusion_parse(d->options->method, d->options->vote, f, error))
        return false;
    rdl_manifest_method(r->manifest, RDL_FUSION_PAPER);
    for (int k = 0; k < f->n; k++) {
        rdl_detector detector;
        const char *why;
        if (!rdl_detector_parse(f->names[k], false, 1, &detector, &why, error))
            return false;
        const char *paper = rdl_detector_facts(detector)->paper;
        g_string_append_printf(papers, "; %s", paper);
        rdl_manifest_method(r->manifest, paper);
    }
    r->method = g_intern_string(d->options->method);
    r->paper = g_intern_string(papers->str);
    r->bands = rdl_pair_bands(d->pair);
    r->sieve = 1;
    r->limit = rdl_limit_value((f->vote - 0.5) / f->n);
    r->limit.rule = "vote";
    r->limit.source = RDL_FUSION_PAPER;
    return true;
}

static bool ask_aoi(const detection *d, rdl_detect_result *r, GError **error)
{
    const rdl_grid *grid = rdl_pair_grid(d->pair);

    if (!rdl_pair_outside(d->pair, &r->outside_aoi, &r->collared, error))
        return false;
    return r->outside_aoi < (gint64)grid->width * grid->height ||
           rdl_fail(error, RDL_ERROR_DATA,
                    "--aoi %s: no polygon of it reaches the middle of a pixel of %s: is it of "
                    "another place, or in another coordinate system than it says?",
                    d->options->aoi, d->options->before);
}

static bool detect(detection *d, rdl_detect_result *r, const rdl_progress *progress, GError **error)
{
    bool fused = rdl_fusion_asked(d->options->method);

    if (d->options->vote && !fused)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--vote: only --method fuse:NAME,NAME,... is decided by vote");
    if (!(fused ? settle_fusion(d, r, error) : settle_method(d, r, error)) || !afford(d, error) ||
        !ask_aoi(d, r, error) || !settle_dates(r, d->options, d->pair, error))
        return false;
    rdl_pair_look_around(d->pair, true);
    r->resampled = rdl_pair_resampled(d->pair);
    if (!note_inputs(r, d->options, d->pair, error) || !ask_gate(d, r, progress, error))
        return false;
    explain(r);
    if (!fused && !fit_and_decide(d, r, progress, error))
        return false;
    rdl_pair_look_around(d->pair, false);
    if (fused)
        return vote(d, r, progress, error);
    if (!write_change(d, r, NULL, progress, error))
        return false;
    if (d->choice.rule == RDL_LIMIT_AUTO)
        doubt_share(r);
    return true;
}

/* What is wrong with both scenes together is told of both. */
static void name_scenes(const rdl_detect_options *o, GError **error)
{
    if (error && *error && (*error)->domain == RDL_ERROR && (*error)->code == RDL_ERROR_DATA &&
        !strstr((*error)->message, o->before) && !strstr((*error)->message, o->after))
        g_prefix_error(error, "%s and %s: ", o->before, o->after);
}

bool rdl_detect(const rdl_detect_options *o, const rdl_progress *progress, rdl_detect_result *r,
                GError **error)
{
    rdl_pair_options scenes = {o->before,      o->after,      o->bands,       o->sensor,
                               o->mask_before, o->mask_after, o->mask_values, o->mask_grow_m,
                               o->aoi,         o->how};
    g_autofree rdl_scorer *scorer = g_new0(rdl_scorer, 1);
    g_auto(rdl_decision) decision = {0};

    *r = (rdl_detect_result){.limit = rdl_limit_value(NAN)};
    r->warnings = g_ptr_array_new_with_free_func(g_free);
    r->manifest = rdl_manifest_new("detect");
    if (!rdl_detect_options_check(o, error) ||
        !rdl_output_possible(o->output, o->overwrite, error) ||
        !rdl_output_possible(o->score, o->overwrite, error) ||
        !rdl_output_possible(o->probability, o->overwrite, error) ||
        !rdl_output_possible(o->direction, o->overwrite, error))
        return false;
    g_autoptr(rdl_pair) pair = rdl_pair_open(&scenes, r->warnings, error);
    if (!pair)
        return name_scenes(o, error), false;
    detection d = {.options = o, .pair = pair, .scorer = scorer, .decision = &decision};
    bool good = detect(&d, r, progress, error);
    if (!good)
        name_scenes(o, error);
    return good;
}

/* ---- JSON ---- */

static void set_number(JsonObject *object, const char *name, double number)
{
    if (isfinite(number))
        json_object_set_double_member(object, name, number);
    else
        json_object_set_null_member(object, name);
}

static void set_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

static JsonArray *numbers(int n, const double *values)
{
    JsonArray *array = json_array_new();

    for (int i = 0; i < n; i++)
        if (isfinite(values[i]))
            json_array_add_double_element(array, values[i]);
        else
            json_array_add_null_element(array);
    return array;
}

static void set_limit(JsonObject *object, const rdl_limit *limit)
{
    set_number(object, "threshold", limit->value);
    set_text(object, "threshold_rule", limit->rule);
    set_text(object, "threshold_domain", limit->domain);
    set_text(object, "threshold_paper", limit->source);
    if (isfinite(limit->power))
        set_number(object, "threshold_power", limit->power);
    if (limit->names[0]) {
        JsonArray *names = json_array_new();
        for (int i = 0; i < 3; i++)
            json_array_add_string_element(names, limit->names[i]);
        json_object_set_array_member(object, "threshold_candidates", numbers(3, limit->candidates));
        json_object_set_array_member(object, "threshold_candidate_rules", names);
    }
    if (limit->tiles) {
        json_object_set_int_member(object, "threshold_tiles", limit->tiles);
        json_object_set_int_member(object, "threshold_tiles_own", limit->tiles_own);
        if (limit->tiles_own) {
            set_number(object, "threshold_tiles_least", limit->tiles_least);
            set_number(object, "threshold_tiles_most", limit->tiles_most);
        }
    }
    if (isfinite(limit->mode)) {
        set_number(object, "null_mode", limit->mode);
        set_number(object, "alpha", limit->alpha);
        set_number(object, "share", limit->share);
    }
}

static JsonObject *digests(const rdl_detect_result *r)
{
    JsonObject *object = json_object_new();

    set_text(object, "before", rdl_manifest_digest(r->manifest, "before"));
    set_text(object, "after", rdl_manifest_digest(r->manifest, "after"));
    set_text(object, "output", r->output_digest);
    if (r->score_digest)
        set_text(object, "score", r->score_digest);
    return object;
}

JsonNode *rdl_detect_result_json(const rdl_detect_result *r)
{
    g_autoptr(JsonObject) o = json_object_new();
    JsonArray *warnings = json_array_new();

    set_text(o, "method", r->method);
    if (r->index)
        set_text(o, "index", r->index);
    if (r->why)
        set_text(o, "why", r->why);
    json_object_set_int_member(o, "iterations", r->iterations);
    json_object_set_boolean_member(o, "converged", r->converged);
    json_object_set_array_member(o, "rho", numbers(r->iterations ? r->bands : 0, r->rho));
    if (r->iterations)
        set_number(o, "weight", r->weight);
    set_number(o, "centre", r->centre);
    set_limit(o, &r->limit);
    if (r->members)
        json_object_set_array_member(o, "members", json_array_ref(r->members));
    json_object_set_int_member(o, "sieve", r->sieve);
    json_object_set_int_member(o, "observed", r->observed);
    json_object_set_int_member(o, "changed", r->changed);
    json_object_set_int_member(o, "not_observed", r->not_observed);
    json_object_set_int_member(o, "collared", r->collared);
    json_object_set_int_member(o, "outside_aoi", r->outside_aoi);
    json_object_set_int_member(o, "sample_step", r->sample_step);
    json_object_set_int_member(o, "sample_one_in", r->sample_one_in);
    json_object_set_member(o, "gate", rdl_gate_json(&r->gate));
    json_object_set_boolean_member(o, "resampled", r->resampled);
    set_text(o, "date_before", r->date_before);
    set_text(o, "date_after", r->date_after);
    json_object_set_object_member(o, "digests", digests(r));
    for (guint i = 0; i < r->warnings->len; i++)
        json_array_add_string_element(warnings, r->warnings->pdata[i]);
    json_object_set_array_member(o, "warnings", warnings);
    if (r->tally)
        json_object_set_member(o, "tally", rdl_tally_json(r->tally));
    return json_node_init_object(json_node_alloc(), o);
}
