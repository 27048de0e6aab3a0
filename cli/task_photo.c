#include "task_photo.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "deliver/deliver.h"
#include "geo/geo.h"
#include "verb.h"

static struct {
    char *on, *by, *role, *reason;
    double within;
    gint64 revision;
} o;

static const GOptionEntry entries[] = {
    {"on", 0, 0, G_OPTION_ARG_STRING, &o.on, "day they are put on record", "DATE"},
    {"by", 0, 0, G_OPTION_ARG_STRING, &o.by, "who does it", "NAME"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &o.role,
     "as what: office, county, city, province, resp_unit ...", "ROLE"},
    {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "what they show", "TEXT"},
    {"within", 0, 0, G_OPTION_ARG_DOUBLE, &o.within,
     "metres from the site that are near it (default: the pack's photo_near_m, else 50)", "M"},
    {"revision", 0, 0, G_OPTION_ARG_INT64, &o.revision,
     "refuse if the task has changed since (task show tells)", "N"},
    G_OPTION_ENTRY_NULL};

static const char teach[] =
    "Example:\n"
    "  redline task photo ledger.sqlite V-3f2a91c04b7e IMG_1.jpg IMG_2.jpg --on 2026-11-03 \\\n"
    "      --by 甲 --role county\n\n"
    "Reads what the camera tells (EXIF): where (on WGS 84), which way (true or magnetic north),\n"
    "when; and says whether that is INSIDE the site, NEAR it, FAR, NO_POSITION or NOT_PLAUSIBLE,\n"
    "and TIMED, NO_TIME, FUTURE, BEFORE_ONSET or DISAGREES (clock and GPS). Each is kept beside\n"
    "the ledger by its SHA-256, whatever it tells; all are put on record or none. One that COUNTS\n"
    "is inside or near, timed, and of no other site: it is what a move can ask for\n"
    "(PHOTO_AT_SITE), and still no proof. The same picture at another site is told. Without FILE:\n"
    "the photos that are on record.";

/* "123° T"; "-" where it is not told. */
static char *way_of(JsonObject *p)
{
    double azimuth = rdl_json_real(p, "azimuth", NAN);
    const char *north = rdl_json_text(p, "north", "");

    if (isnan(azimuth))
        return g_strdup("-");
    return g_strdup_printf("%.1f%s", azimuth,
                           strcmp(north, "true") == 0       ? " T"
                           : strcmp(north, "magnetic") == 0 ? " M"
                                                            : "");
}

static char *metres_of(JsonObject *p)
{
    double m = rdl_json_real(p, "distance_m", NAN);

    return isnan(m) ? g_strdup("-") : g_strdup_printf("%.0f", m);
}

static void print_photos(JsonArray *photos)
{
    static const char *const heads[] = {"PHOTO", "PLACE", "METRES", "AZIMUTH",
                                        "TAKEN", "TIME",  "COUNTS", "SHA-256"};
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        g_ptr_array_add(cells, g_strdup(heads[i]));
    for (guint i = 0; i < json_array_get_length(photos); i++) {
        JsonObject *p = json_array_get_object_element(photos, i);
        const char *gps = rdl_json_text(p, "gps_time", "-");
        g_ptr_array_add(cells, g_strdup(rdl_json_text(p, "title", "-")));
        g_ptr_array_add(cells, g_strdup(rdl_json_text(p, "place", "-")));
        g_ptr_array_add(cells, metres_of(p));
        g_ptr_array_add(cells, way_of(p));
        g_ptr_array_add(cells, g_strdup(rdl_json_text(p, "shot", gps)));
        g_ptr_array_add(cells, g_strdup(rdl_json_text(p, "time", "-")));
        g_ptr_array_add(cells,
                        g_strdup(json_object_get_boolean_member(p, "counts") ? "yes" : "no"));
        g_ptr_array_add(cells, g_strndup(rdl_json_text(p, "sha256", "-"), 12));
    }
    g_autofree char *text = rdl_table_text(cells, G_N_ELEMENTS(heads));
    fputs(text, stdout);
}

/* What people should know of them before they rely on one. */
static void warn(JsonArray *photos)
{
    for (guint i = 0; i < json_array_get_length(photos); i++) {
        JsonObject *p = json_array_get_object_element(photos, i);
        JsonArray *elsewhere = json_object_get_array_member(p, "elsewhere");
        const char *title = rdl_json_text(p, "title", "?"), *why = rdl_json_text(p, "why", NULL);
        for (guint k = 0; k < json_array_get_length(elsewhere); k++)
            cli_say("redline: warning: %s: is a photo of %s too, at another site: it counts for "
                    "neither",
                    title, json_array_get_string_element(elsewhere, k));
        if (why)
            cli_say("redline: warning: %s: the position it tells cannot be: %s", title, why);
    }
}

static JsonNode *put(rdl_ledger *ledger, char **argv, rdl_tally *tally, GError **error)
{
    const rdl_move who = {.task_id = argv[2],
                          .to = "noted",
                          .on = o.on,
                          .by = o.by,
                          .role = o.role,
                          .reason = o.reason,
                          .revision = o.revision};
    const rdl_photo_files files = {(const char *const *)argv + 3, o.within};
    JsonNode *report = NULL;

    return cli_happened("--on", o.on, ledger, error) &&
                   rdl_task_photo(ledger, &who, &files, tally, &report, error)
               ? report
               : NULL;
}

static JsonNode *photos(int argc, char **argv, rdl_tally *tally, GError **error)
{
    rdl_day day;

    if (argc > 3 && (!o.on || !o.by || !o.role))
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "photos need --on, --by and --role (--help tells more)"),
               NULL;
    if (o.on && !cli_day("--on", o.on, 0, &day, error))
        return NULL;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(argv[1], argc > 3, error);
    if (!ledger)
        return NULL;
    if (argc > 3)
        return put(ledger, argv, tally, error);
    const rdl_task_filter one = {.id = argv[2], .no_ground = true};
    g_autoptr(GArray) tasks = rdl_task_list(ledger, &one, error);
    if (tasks && !tasks->len)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: no task %s: redline task list shows them",
                        argv[1], argv[2]),
               NULL;
    return tasks ? rdl_ledger_photos(ledger, argv[2], error) : NULL;
}

/* Of all of redline task this alone reads pictures. */
static JsonNode *with_geo(int argc, char **argv, rdl_tally *tally, GError **error)
{
    rdl_geo_start();
    JsonNode *node = photos(argc, argv, tally, error);
    rdl_geo_stop();
    return node;
}

int task_photo(int argc, char **argv)
{
    GError *error = NULL;
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(JsonNode) node = NULL;

    o.within = NAN;
    if (cli_parse(&argc, &argv, entries, "LEDGER ID [FILE... --on DATE --by NAME --role ROLE]",
                  "Put photos of the field on record, or list them.", teach, 2, -1, &error) &&
        (node = with_geo(argc, argv, tally, &error))) {
        g_autofree char *text = rdl_tally_text(tally);
        warn(json_node_get_array(node));
        if (cli_flags.json)
            cli_print_json(json_node_ref(node));
        else
            print_photos(json_node_get_array(node));
        if (*text)
            cli_say("%s", text);
    }
    return cli_end(error);
}
