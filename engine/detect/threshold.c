#include "detect/threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "base/base.h"
#include "detect/threshold/classic.h"

#define EFRON "Efron 2004, JASA 99"
#define KITTLER "Kittler & Illingworth 1986, Pattern Recognition 19"
#define OTSU "Otsu 1979, IEEE SMC 9"
#define KAPUR "Kapur, Sahoo & Wong 1985, CVGIP 29"
#define BRUZZONE "Bruzzone & Prieto 2000, IEEE TGRS 38(3)"
#define BOX "Box & Cox 1964, JRSS B 26"

#define FEW 0.01  /* share of change up to which minimum error works on the logarithm */
#define MANY 0.16 /* and from which on the highest power */
#define FAR 4.0   /* times what the null explains: a limit beyond may be that of a far heap */
#define RATE 0.2  /* local false discovery rate that counts as changed */
#define RATIO_BINS 256
#define LOCAL "local:"
#define RATIO_ROUNDS 300 /* of expectation and maximisation */

static rdl_limit limit_of(double value, const char *rule, const char *domain, const char *source)
{
    return (rdl_limit){.value = value,
                       .rule = rule,
                       .domain = domain,
                       .source = source,
                       .power = NAN,
                       .mode = NAN,
                       .alpha = NAN,
                       .share = NAN,
                       .candidates = {NAN, NAN, NAN}};
}

rdl_limit rdl_limit_pvalue(double tail, int p)
{
    return limit_of(gsl_cdf_chisq_Qinv(tail, p), "pvalue", "", NULL);
}

rdl_limit rdl_limit_value(double value)
{
    return limit_of(value, "value", "", NULL);
}

/* ---- parsing ---- */

static bool number_of(const char *text, double *number)
{
    char *end = NULL;

    *number = g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number);
}

static bool parse_share(const char *text, const char *digits, rdl_limit_choice *choice,
                        GError **error)
{
    if (number_of(digits, &choice->number) && choice->number > 0.0 && choice->number < 1.0)
        return true;
    return rdl_fail(error, RDL_ERROR_USAGE,
                    "--threshold %s: a probability between 0 and 1 is needed", text);
}

static bool parse_rate(const char *text, rdl_scale scale, rdl_limit_choice *choice, GError **error)
{
    if (scale != RDL_SCALE_CHI_SQUARE && scale != RDL_SCALE_MAGNITUDE)
        return rdl_fail(
            error, RDL_ERROR_USAGE,
            "--threshold %s: a difference has its unchanged at 0, and no side from which "
            "to tell them: only irmad, mad, isfa and cva have false discovery rates",
            text);
    choice->rule = RDL_LIMIT_FDR;
    return parse_share(text, text + strlen("fdr:"), choice, error);
}

static bool parse_pvalue(const char *text, rdl_scale scale, rdl_limit_choice *choice,
                         GError **error)
{
    if (scale != RDL_SCALE_CHI_SQUARE)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--threshold %s: only the chi-square of irmad, mad and isfa has p-values",
                        text);
    choice->rule = RDL_LIMIT_PVALUE;
    return parse_share(text, text + strlen("pvalue:"), choice, error);
}

bool rdl_limit_parse(const char *text, rdl_scale scale, rdl_limit_choice *choice, GError **error)
{
    static const struct {
        const char *name;
        rdl_limit_rule rule;
    } names[] = {{"auto", RDL_LIMIT_AUTO},
                 {"otsu", RDL_LIMIT_OTSU},
                 {"kapur", RDL_LIMIT_KAPUR},
                 {"ki", RDL_LIMIT_KI},
                 {"em", RDL_LIMIT_EM}};

    bool local = g_str_has_prefix(text, LOCAL);
    const char *name = text + (local ? strlen(LOCAL) : 0);

    *choice = (rdl_limit_choice){RDL_LIMIT_VALUE, NAN, local};
    for (size_t i = local; i < G_N_ELEMENTS(names); i++) /* "auto" looks at the whole scene */
        if (strcmp(name, names[i].name) == 0) {
            choice->rule = names[i].rule;
            return true;
        }
    if (local)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--threshold %s: give otsu, kapur, ki or em after local:", text);
    if (g_str_has_prefix(text, "fdr:"))
        return parse_rate(text, scale, choice, error);
    if (g_str_has_prefix(text, "pvalue:"))
        return parse_pvalue(text, scale, choice, error);
    if (number_of(text, &choice->number) && choice->number >= 0.0)
        return true;
    return rdl_fail(
        error, RDL_ERROR_USAGE,
        "--threshold %s: give auto, otsu, kapur, ki, em, local:RULE, fdr:RATE, pvalue:P or a "
        "number that is not negative",
        text);
}

/* ---- one rule ---- */

static bool spread(const rdl_bins *bins, GError **error)
{
    if (bins->n >= 2)
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "all scores are equal: there is no threshold to find, give one as a number");
}

static bool found(rdl_limit *limit, GError **error)
{
    if (isfinite(limit->value))
        return true;
    return rdl_fail(error, RDL_ERROR_DATA,
                    "--threshold %s finds no limit in these scores: give another rule or a number",
                    limit->rule);
}

typedef double (*dividing)(const rdl_coarse *coarse);

static double divide(const rdl_bins *bins, rdl_domain domain, int n, dividing rule)
{
    g_auto(rdl_coarse) h = rdl_coarse_of(bins, domain, n, 0);

    return h.width > 0.0 ? rdl_domain_back(domain, rule(&h)) : NAN;
}

double rdl_bins_share_above(const rdl_bins *bins, double z)
{
    double sum = 0.0;

    for (size_t i = bins->n; i-- > 0 && bins->value[i] > z;)
        sum += bins->count[i];
    return sum / bins->total;
}

static bool fit_null(const rdl_bins *bins, rdl_null *null, rdl_limit *limit, GError **error)
{
    if (!spread(bins, error))
        return false;
    if (!rdl_null_fit(bins, null))
        return rdl_fail(error, RDL_ERROR_DATA, "the scores do not spread: give a threshold");
    limit->mode = null->mode;
    return true;
}

static bool limit_of_rate(const rdl_bins *bins, double rate, rdl_limit *limit, GError **error)
{
    rdl_null null;

    *limit = limit_of(NAN, "fdr", "ln", EFRON);
    if (!fit_null(bins, &null, limit, error))
        return false;
    limit->alpha = rate;
    limit->value = rdl_null_limit(&null, rate);
    limit->share = rdl_bins_share_above(bins, limit->value);
    return true;
}

bool rdl_limit_find(rdl_limit_choice choice, rdl_scale scale, int freedom, const rdl_bins *bins,
                    rdl_limit *limit, GError **error)
{
    static const struct {
        const char *name, *source;
        dividing rule;
        int bins;
        rdl_domain of_squares;
    } rules[] = {
        [RDL_LIMIT_OTSU] = {"otsu", OTSU, rdl_otsu, 1024, RDL_DOMAIN_ROOT},
        [RDL_LIMIT_KAPUR] = {"kapur", KAPUR, rdl_kapur, 1024, RDL_DOMAIN_ROOT},
        [RDL_LIMIT_KI] = {"ki", KITTLER, rdl_minimum_error, 512, RDL_DOMAIN_LOGARITHM},
        [RDL_LIMIT_EM] = {"em", BRUZZONE, rdl_expectation, 512, RDL_DOMAIN_LOGARITHM},
    };

    if (choice.rule == RDL_LIMIT_VALUE || choice.rule == RDL_LIMIT_PVALUE) {
        *limit = choice.rule == RDL_LIMIT_VALUE ? rdl_limit_value(choice.number)
                                                : rdl_limit_pvalue(choice.number, freedom);
        return true;
    }
    if (choice.rule == RDL_LIMIT_FDR)
        return limit_of_rate(bins, choice.number, limit, error);
    g_assert(choice.rule < G_N_ELEMENTS(rules) && rules[choice.rule].rule);
    rdl_domain domain =
        scale == RDL_SCALE_CHI_SQUARE ? rules[choice.rule].of_squares : RDL_DOMAIN_LINEAR;
    *limit =
        limit_of(NAN, rules[choice.rule].name, rdl_domain_name(domain), rules[choice.rule].source);
    if (!spread(bins, error))
        return false;
    limit->value = divide(bins, domain, rules[choice.rule].bins, rules[choice.rule].rule);
    return found(limit, error);
}

/* ---- several rules ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Median of those that are numbers; the geometric mean of the middle two of an even number. */
static double median(const double *values, int n)
{
    double sorted[3];
    int count = 0;

    for (int i = 0; i < n; i++)
        if (isfinite(values[i]))
            sorted[count++] = values[i];
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    if (count == 0)
        return NAN;
    return count % 2 ? sorted[count / 2] : sqrt(sorted[count / 2 - 1] * sorted[count / 2]);
}

/* NaN where it would divide the unchanged. */
static double minimum_error(const rdl_bins *bins, rdl_domain domain, const rdl_null *null)
{
    g_auto(rdl_coarse) h =
        rdl_coarse_of(bins, domain, RDL_NULL_BINS, rdl_bins_quantile(bins, 0.0001));
    double z = h.width > 0.0 ? rdl_domain_back(domain, rdl_minimum_error(&h)) : NAN;

    return z > exp(null->mode) ? z : NAN;
}

/* 0 where a share of `low` stands out, 1 from `high` on, even steps of the logarithm between. */
static double ramp(double share, double low, double high)
{
    return CLAMP(log(fmax(share, 1e-12) / low) / log(high / low), 0.0, 1.0);
}

/* Minimum error on a power that grows as long as what stands out of all asks for more. */
static void settle_power(const rdl_bins *all, const rdl_bins *bins, const rdl_null *null,
                         double most, rdl_limit *limit)
{
    double next = 0.0;

    for (double power = -1.0; next > power + 1e-3;) {
        double z = minimum_error(bins, next, null);
        if (isnan(z))
            return;
        limit->power = power = next;
        limit->value = z;
        limit->share = rdl_bins_share_above(all, z);
        next = most * ramp(limit->share, FEW, MANY);
    }
}

static rdl_bins bins_up_to(const rdl_bins *bins, double z)
{
    rdl_bins part = {0, bins->value, bins->count, 0.0};

    while (part.n < bins->n && bins->value[part.n] <= z)
        part.total += bins->count[part.n++];
    return part;
}

/* A far heap, as of cloud, draws the limit to itself: what lies below is divided anew for as long
 * as the limit is out of all proportion to what the null explains. */
static void settle_below_heaps(const rdl_bins *bins, const rdl_null *null, double most,
                               rdl_limit *limit)
{
    const double explained = limit->candidates[0];

    settle_power(bins, bins, null, most, limit);
    while (limit->value > FAR * explained) {
        rdl_limit below = *limit;
        const rdl_bins part = bins_up_to(bins, limit->value);
        below.value = NAN;
        settle_power(bins, &part, null, most, &below);
        if (!(below.value > explained))
            return;
        *limit = below;
    }
}

bool rdl_limit_power(const rdl_bins *bins, double most, rdl_limit *limit, GError **error)
{
    rdl_null null;

    *limit = limit_of(NAN, "ki of power", "power", KITTLER "; " BOX);
    if (!fit_null(bins, &null, limit, error))
        return false;
    limit->alpha = RATE;
    limit->names[0] = "fdr";
    limit->names[1] = "ki ln";
    limit->names[2] = "ki most";
    limit->candidates[0] = rdl_null_limit(&null, RATE);
    limit->candidates[1] = minimum_error(bins, RDL_DOMAIN_LOGARITHM, &null);
    limit->candidates[2] = minimum_error(bins, most, &null);
    settle_below_heaps(bins, &null, most, limit);
    if (isfinite(limit->value))
        return true;
    limit->rule = "fdr";
    limit->source = EFRON;
    limit->power = NAN;
    limit->value = limit->candidates[0];
    limit->share = rdl_bins_share_above(bins, limit->value);
    return true;
}

bool rdl_limit_null(const rdl_bins *bins, rdl_limit *limit, GError **error)
{
    rdl_null null;

    *limit = limit_of(NAN, "null+ki", "ln", EFRON "; " KITTLER);
    if (!fit_null(bins, &null, limit, error))
        return false;
    limit->share = rdl_bins_share_above(bins, rdl_null_limit(&null, 0.5));
    limit->alpha = RATE + (0.5 - RATE) * ramp(limit->share, 0.02, 0.1);
    limit->names[0] = "fdr";
    limit->names[1] = "ki ln";
    limit->names[2] = "ki sqrt";
    limit->candidates[0] = rdl_null_limit(&null, limit->alpha);
    limit->candidates[1] = minimum_error(bins, RDL_DOMAIN_LOGARITHM, &null);
    limit->candidates[2] = minimum_error(bins, RDL_DOMAIN_ROOT, &null);
    limit->value = median(limit->candidates, 3);
    return true;
}

/* The top one of three normals, begun at the median, at the 99.98 % quantile and half way. */
static double top_of_three(const rdl_coarse *h)
{
    double low = NAN, high = NAN, sum = 0.0, range = h->n * h->width;

    for (int i = 0; i < h->n; i++) {
        sum += h->count[i];
        if (isnan(low) && sum > 0.5 * h->total)
            low = rdl_coarse_middle(h, i);
        if (isnan(high) && sum > 0.9998 * h->total)
            high = rdl_coarse_middle(h, i);
    }
    rdl_mixture m = {.n = 3,
                     .weight = {0.8, 0.1, 0.1},
                     .mean = {low, 0.5 * (low + high), high},
                     .deviation = {range / 9.0, range / 9.0, range / 9.0}};
    rdl_mixture_fit(h, RATIO_ROUNDS, &m);
    return rdl_mixture_limit(h, &m);
}

bool rdl_limit_log_ratio(const rdl_bins *bins, rdl_limit *limit, GError **error)
{
    *limit = limit_of(NAN, "median of three", "linear", OTSU "; " KAPUR "; " BRUZZONE);
    if (!spread(bins, error))
        return false;
    limit->names[0] = "otsu";
    limit->names[1] = "kapur";
    limit->names[2] = "em of three";
    limit->candidates[0] = divide(bins, RDL_DOMAIN_LINEAR, RATIO_BINS, rdl_otsu);
    limit->candidates[1] = divide(bins, RDL_DOMAIN_LINEAR, RATIO_BINS, rdl_kapur);
    limit->candidates[2] = divide(bins, RDL_DOMAIN_ROOT, RATIO_BINS, top_of_three);
    limit->value = median(limit->candidates, 3);
    return found(limit, error);
}
