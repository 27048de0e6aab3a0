/* redline task sample, judge, accuracy - how right the list itself is. */
#include "verb.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "deliver/deliver.h"
#include "geo/geo.h"

static struct {
    char *of, *seed, *unit, *since, *sample, *output, *on, *by, *role, *reason;
    int size, least;
    double rate, level;
    gboolean correct;
} o = {.least = 2, .level = 0.95};

#define WHO                                                                                 \
    {"on", 0, 0, G_OPTION_ARG_STRING, &o.on, "the day", "DATE"},                            \
        {"by", 0, 0, G_OPTION_ARG_STRING, &o.by, "who does it", "NAME"},                    \
        {"role", 0, 0, G_OPTION_ARG_STRING, &o.role, "as what: auditor, city ...", "ROLE"}, \
    {                                                                                       \
        "reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why", "TEXT"                       \
    }

static bool who(rdl_ledger *ledger, rdl_who *to, GError **error)
{
    *to = (rdl_who){o.on, o.by, o.role, o.reason};
    return ((o.on && o.by && o.role) ||
            rdl_fail(error, RDL_ERROR_USAGE, "--on, --by and --role are needed")) &&
           cli_happened("--on", o.on, ledger, error);
}

/* ---- sample ---- */

static const GOptionEntry sample_entries[] = {
    {"of", 0, 0, G_OPTION_ARG_STRING, &o.of, "findings or closeouts", "WHAT"},
    {"size", 0, 0, G_OPTION_ARG_INT, &o.size,
     "how many: the least of each stratum, the rest in proportion to what is left", "N"},
    {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &o.rate, "or this share of each stratum, rounded up",
     "0..1"},
    {"least", 0, 0, G_OPTION_ARG_INT, &o.least,
     "of each stratum, where there are so many (default 2)", "N"},
    {"seed", 0, 0, G_OPTION_ARG_STRING, &o.seed, "any text, stated before the draw", "TEXT"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, &o.unit, "only of this unit: a code or its beginning",
     "CODE"},
    {"since", 0, 0, G_OPTION_ARG_STRING, &o.since,
     "only what was loaded, or closed, that day or later", "DATE"},
    {"sample", 0, 0, G_OPTION_ARG_STRING, &o.sample,
     "draw nothing: write the sheet of a sample drawn before", "ID"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output,
     "sheet to fill in: a GeoPackage (.gpkg) or a table (.csv)", "FILE"},
    WHO,
    G_OPTION_ENTRY_NULL};

/* A sheet leaves the house: that is on record like any export. */
static bool write_sheet(rdl_ledger *ledger, const char *id, GError **error)
{
    g_autofree char *sha256 = NULL;

    return rdl_sample_write(ledger, id, o.output, cli_flags.overwrite, error) &&
           (sha256 = rdl_digest_file(o.output, error)) &&
           rdl_ledger_outgoing(
               ledger,
               &(rdl_outgoing){.profile = "sample", .sha256 = sha256, .on = o.on, .by = o.by},
               error);
}

static char *sample(const char *path, GError **error)
{
    rdl_sampling how = {.of = o.of,
                        .seed = o.seed,
                        .size = o.size,
                        .rate = o.rate,
                        .least = o.least,
                        .unit = o.unit};
    rdl_who by;

    if (!cli_day("--since", o.since, RDL_DAY_PAST, &how.since, error) ||
        !rdl_sample_possible(o.output, cli_flags.overwrite, error))
        return NULL;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    if (!ledger || !who(ledger, &by, error))
        return NULL;
    g_autofree char *id =
        o.sample ? g_strdup(o.sample) : rdl_ledger_sample(ledger, &how, &by, error);
    return id && (!o.output || write_sheet(ledger, id, error)) ? g_steal_pointer(&id) : NULL;
}

int cli_task_sample(int argc, char **argv)
{
    static const char teach[] =
        "Examples:\n"
        "  redline task sample ledger.sqlite --of findings --size 200 --seed 2027-01-10/1 \\\n"
        "      --on 2027-01-10 --by 甲 --role auditor -o audit.gpkg\n"
        "  redline task sample ledger.sqlite --of closeouts --rate 0.15 --since 2026-10-01 \\\n"
        "      --seed 2027-Q1 --on 2027-01-10 --by 甲 --role auditor -o audit.csv\n\n"
        "A stratified random sample of the list itself, to be looked at again: findings by county "
        "and\n"
        "detector, close-outs by county and what they were closed as. Seed, pool and result are "
        "one\n"
        "event: anybody draws the same again, and an audit of the ledger does. Fill in the "
        "columns\n"
        "answer (right, wrong, cannot_tell), judged_by, judged_on and evidence, and give the "
        "sheet\n"
        "to 'redline task judge'. A sheet says what was drawn; column now tells what has CHANGED or is\n"
        "GONE since. The same draw of the same list again adds nothing.";
    GError *error = NULL;
    g_autofree char *id = NULL;

    if (cli_parse(&argc, &argv, sample_entries,
                  "LEDGER --of WHAT --size N|--rate R --seed TEXT --on DATE --by NAME --role ROLE",
                  "Draw a sample of the list, to find out how right it is.", teach, 1, 1, &error)) {
        rdl_geo_start(); /* other tasks need no GDAL */
        if ((id = sample(argv[1], &error)))
            printf("%s\n", id);
        rdl_geo_stop();
    }
    return cli_end(error);
}

/* ---- judge ---- */

static const GOptionEntry judge_entries[] = {
    WHO,
    {"correct", 0, 0, G_OPTION_ARG_NONE, &o.correct,
     "an answer that contradicts the one on record takes its place; both stay on record", NULL},
    G_OPTION_ENTRY_NULL};

static bool judge(const char *path, const char *sheet, rdl_tally *tally, GPtrArray *notes,
                  GError **error)
{
    g_autoptr(GArray) answers = rdl_sample_read(sheet, error);
    g_autoptr(rdl_ledger) ledger = answers ? rdl_ledger_open(path, true, error) : NULL;
    rdl_who by;

    return ledger && who(ledger, &by, error) &&
           rdl_ledger_judge(ledger, (const rdl_judgement *)answers->data, answers->len, &by,
                            o.correct, tally, notes, error);
}

int cli_task_judge(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n"
        "  redline task judge ledger.sqlite audit.csv --on 2027-02-01 --by 甲 --role auditor\n\n"
        "Each answer becomes an event: right, wrong or cannot_tell, by whom, on which day, by "
        "what\n"
        "evidence. Where the sheet names no judge or day, --by and --on stand for them. Giving a "
        "sheet\n"
        "again adds nothing; an answer that contradicts the one on record is told and not taken.";
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);

    if (cli_parse(&argc, &argv, judge_entries, "LEDGER SHEET --on DATE --by NAME --role ROLE",
                  "Put what was found of a sample on record.", teach, 2, 2, &error)) {
        rdl_geo_start();
        if (judge(argv[1], argv[2], tally, notes, &error))
            cli_report(tally, notes, argv[1], &error);
        rdl_geo_stop();
    }
    return cli_end(error);
}

/* ---- accuracy ---- */

static const GOptionEntry accuracy_entries[] = {
    {"sample", 0, 0, G_OPTION_ARG_STRING, &o.sample, "only this one (default: every sample)", "ID"},
    {"level", 0, 0, G_OPTION_ARG_DOUBLE, &o.level, "of the intervals (default 0.95)", "P"},
    G_OPTION_ENTRY_NULL};

static void add_cell(GPtrArray *cells, const char *text)
{
    g_ptr_array_add(cells, g_strdup(text));
}

static void add_count(GPtrArray *cells, JsonObject *row, const char *member)
{
    g_ptr_array_add(cells, g_strdup_printf("%.0f", rdl_json_real(row, member, 0.0)));
}

static void add_percent(GPtrArray *cells, JsonObject *row, const char *member)
{
    double share = rdl_json_real(row, member, NAN);

    g_ptr_array_add(cells, isnan(share) ? g_strdup("-") : g_strdup_printf("%.1f%%", 100.0 * share));
}

static void add_row(GPtrArray *cells, JsonObject *row, const char *unit, const char *class)
{
    static const char *const counts[] = {"population", "drawn",       "right",
                                         "wrong",      "cannot_tell", "unanswered"};

    add_cell(cells, *unit ? unit : "-");
    add_cell(cells, class);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        add_count(cells, row, counts[i]);
    add_percent(cells, row, "error_rate");
    add_percent(cells, row, "low");
    add_percent(cells, row, "high");
    add_cell(cells, rdl_json_text(row, "why", rdl_json_text(row, "interval", "")));
    JsonObject *ground = rdl_json_object(row, "area");
    add_percent(cells, ground ? ground : row, "error_share");
}

static void add_rows(GPtrArray *cells, JsonObject *sample, const char *member)
{
    JsonArray *rows = json_object_get_array_member(sample, member);

    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        add_row(cells, row, rdl_json_text(row, "unit", "*"), rdl_json_text(row, "class", "*"));
    }
}

static void print_sample(JsonObject *sample)
{
    static const char *const heads[] = {"UNIT",  "CLASS",       "LIST",       "DRAWN", "RIGHT",
                                        "WRONG", "CANNOT_TELL", "UNANSWERED", "ERROR", "LOW",
                                        "HIGH",  "INTERVAL",    "OF_AREA"};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add_cell(cells, heads[i]);
    add_rows(cells, sample, "strata");
    add_rows(cells, sample, "by_unit");
    add_rows(cells, sample, "by_class");
    add_row(cells, json_object_get_object_member(sample, "total"), "*", "*");
    g_autofree char *text = rdl_table_text(cells, G_N_ELEMENTS(heads));
    printf("%s  %s  %s  seed %s  level %g\n%s", rdl_json_text(sample, "sample_id", "?"),
           rdl_json_text(sample, "of", "?"), rdl_json_text(sample, "on", "?"),
           rdl_json_text(sample, "seed", "?"), rdl_json_real(sample, "level", 0.0), text);
}

static JsonNode *accuracy(const char *path, GError **error)
{
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, false, error);
    g_autofree char *head = ledger ? rdl_ledger_head(ledger, error) : NULL;

    return head ? rdl_ledger_accuracy(ledger, o.sample, o.level, error) : NULL;
}

int cli_task_accuracy(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline task accuracy ledger.sqlite --json\n\n"
        "How much of the list is wrong, by the samples that were judged; each sample by itself.\n"
        "LIST: how many there are. ERROR: wrong of those judged; of several strata each by its "
        "share of\nthe list (Olofsson et al. 2014, corrected for the length of the list). What "
        "cannot be told\nis counted and in no rate. INTERVAL: exact (Clopper-Pearson, one "
        "stratum), normal (several),\ncensus (all were judged), or why there is none: NOT_JUDGED, "
        "ONE_JUDGED (one of several in a\nstratum), NO_DIFFERENCE (all alike: see the strata). "
        "OF_AREA: the same by area.";
    GError *error = NULL;
    JsonNode *all;

    if (cli_parse(&argc, &argv, accuracy_entries, "LEDGER [--sample ID]",
                  "Tell error rates of the list from its samples.", teach, 1, 1, &error) &&
        (all = accuracy(argv[1], &error))) {
        JsonArray *samples = json_node_get_array(all);
        for (guint i = 0; !cli_flags.json && i < json_array_get_length(samples); i++)
            print_sample(json_array_get_object_element(samples, i));
        if (cli_flags.json)
            cli_print_json(all);
        else
            json_node_unref(all);
    }
    return cli_end(error);
}
