/* redline ledger - make a ledger, load it, look after it. */
#include "verb.h"

#include <inttypes.h>
#include <stdio.h>
#include "rectify/rectify.h"

/* ---- init ---- */

static int ledger_init(int argc, char **argv)
{
    static char *pack, *crs;
    static const GOptionEntry entries[] = {{"pack", 0, 0, G_OPTION_ARG_STRING, &pack,
                                            "the jurisdiction: a name such as cn, or a folder",
                                            "PACK"},
                                           {"crs", 0, 0, G_OPTION_ARG_STRING, &crs,
                                            "coordinate system (default: the pack's)", "EPSG:CODE"},
                                           G_OPTION_ENTRY_NULL};
    static const char teach[] =
        "Example:\n"
        "  redline ledger init ledger.sqlite --pack cn --crs EPSG:4490\n\n"
        "The pack's files are kept in the ledger: what judged stays readable.";
    GError *error = NULL;

    if (cli_parse(&argc, &argv, entries, "LEDGER --pack PACK", "Make a new ledger.", teach, 1, 1,
                  &error)) {
        if (!pack)
            rdl_fail(&error, RDL_ERROR_USAGE, "a ledger needs a pack: give --pack cn");
        else if (rdl_ledger_init(argv[1], pack, crs, &error))
            cli_say("%s", argv[1]);
    }
    return cli_end(error);
}

/* ---- load ---- */

static struct {
    char **zones, **footprints, **patches, **permits, **units, **drop;
    char *findings, *letters, *profile, *problems, *as_of;
} l;

static const GOptionEntry load_entries[] = {
    {"zones", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &l.zones,
     "protected zones that 'redline screen LEDGER' is to screen with, FILE or FILE:LAYER; may be "
     "repeated, like the four that follow",
     "SRC"},
    {"footprints", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &l.footprints,
     "building and mining footprints; may be repeated", "SRC"},
    {"patches", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &l.patches,
     "patches of change, from 'redline patches'", "SRC"},
    {"permits", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &l.permits,
     "approvals; without any nothing is approved", "SRC"},
    {"units", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &l.units, "administrative units", "SRC"},
    {"drop", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &l.drop,
     "one of these five that is to be screened with no more", "SRC"},
    {"findings", 0, 0, G_OPTION_ARG_FILENAME, &l.findings, "findings, from 'redline screen'",
     "FILE"},
    {"letters", 0, 0, G_OPTION_ARG_FILENAME, &l.letters, "letters and visits, a layer of points",
     "SRC"},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &l.profile,
     "what the fields and codes of the one layer given are called: a profile's name or file",
     "PROFILE"},
    {"problems", 0, 0, G_OPTION_ARG_FILENAME, &l.problems,
     "the problem list of an inspection: XLSX, ODS or CSV", "SRC"},
    {"as-of", 0, 0, G_OPTION_ARG_STRING, &l.as_of, "day from which deadlines run (default: today)",
     "DATE"},
    G_OPTION_ENTRY_NULL};

static const struct {
    const char *role;
    char ***sources;
} layers[] = {{"zones", &l.zones},
              {"footprints", &l.footprints},
              {"patches", &l.patches},
              {"permits", &l.permits},
              {"units", &l.units}};

static bool check_load(GError **error)
{
    guint n = l.letters ? 1 : 0;

    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
        n += *layers[i].sources ? g_strv_length(*layers[i].sources) : 0;
    if (l.profile && n != 1)
        return rdl_fail(error, RDL_ERROR_USAGE,
                        "--profile is of one layer: load that layer by itself");
    return n > 0 || l.findings || l.problems || l.drop ||
           rdl_fail(error, RDL_ERROR_USAGE,
                    "nothing to load: give --findings, --letters, --problems, or layers to screen "
                    "with (--zones, --footprints ...)");
}

static bool load_layers(rdl_ledger *ledger, rdl_day as_of, rdl_tally *tally, GError **error)
{
    for (char **source = l.drop; source && *source; source++)
        if (!rdl_ledger_layer_drop(ledger, *source, as_of, error))
            return false;
    for (size_t i = 0; i < G_N_ELEMENTS(layers); i++)
        for (char **path = *layers[i].sources; path && *path; path++) {
            const rdl_source source = {*path, l.profile};
            if (!rdl_ledger_layer_add(ledger, layers[i].role, &source, as_of, tally, error))
                return false;
        }
    return true;
}

static bool load_problems(rdl_ledger *ledger, rdl_day as_of, rdl_tally *tally, GError **error)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    bool good = rdl_ledger_load_problems(ledger, l.problems, as_of, tally, notes, error);

    for (guint i = 0; i < notes->len; i++)
        cli_say("%s", (char *)notes->pdata[i]);
    return good;
}

static bool load(const char *path, rdl_tally *tally, GError **error)
{
    g_autoptr(rdl_ledger) ledger = NULL;
    rdl_day as_of;

    if (!check_load(error) || !cli_day("--as-of", l.as_of, rdl_day_today(), &as_of, error) ||
        !(ledger = rdl_ledger_open(path, true, error)) ||
        !cli_happened("--as-of", l.as_of, ledger, error))
        return false;
    return load_layers(ledger, as_of, tally, error) &&
           (!l.findings ||
            rdl_ledger_load_findings(ledger, l.findings, as_of, tally, cli_progress(), error)) &&
           (!l.letters ||
            rdl_ledger_load_letters(ledger, l.letters, l.profile, as_of, tally, error)) &&
           (!l.problems || load_problems(ledger, as_of, tally, error));
}

static int ledger_load(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n"
        "  redline ledger load ledger.sqlite --findings findings.gpkg --letters letters.gpkg \\\n"
        "      --as-of 2026-11-01\n"
        "  redline ledger load ledger.sqlite --problems 问题清单.xlsx --as-of 2026-11-01\n"
        "  redline ledger load ledger.sqlite --zones zones.gpkg --permits permits.gpkg\n\n"
        "Each footprint or patch becomes a site; a site whose gravest finding is not CLEAN gets a\n"
        "clue to be verified. A problem of a list with all six mandatory fields is registered, "
        "the\n"
        "others are clues; xx and * are unknown. Loading the same file again adds nothing.\n\n"
        "Layers are not copied: the ledger keeps where they lie and their SHA-256, and 'redline\n"
        "screen LEDGER' judges by them as long as they are what was loaded. A layer that has "
        "changed\n"
        "is loaded again; one below the ledger's folder may move with it.";
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    GError *error = NULL;

    if (cli_parse(&argc, &argv, load_entries,
                  "LEDGER --findings FILE | --letters SRC | --problems SRC | --zones SRC ...",
                  "Load findings, letters, problems, or the layers to screen with, into a ledger.",
                  teach, 1, 1, &error) &&
        load(argv[1], tally, &error)) {
        g_autofree char *text = rdl_tally_text(tally);
        if (cli_flags.json)
            cli_print_json(rdl_tally_json(tally));
        else
            cli_say("balance sheet\n%s%s", text, argv[1]);
        rdl_tally_of_use(tally, &error);
    }
    return cli_end(error);
}

/* ---- audit, rebuild, info ---- */

static struct {
    char *head, *key, *on, *by, *role;
    gboolean accept_loss;
} a;

static const GOptionEntry audit_entries[] = {
    {"head", 0, 0, G_OPTION_ARG_STRING, &a.head,
     "a head noted earlier (ledger info, the sheets of an export): nothing before it may be gone",
     "HASH"},
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &a.key,
     "a public key (PEM) whose holder must have signed the ledger", "FILE"},
    G_OPTION_ENTRY_NULL};

static const GOptionEntry sign_entries[] = {
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &a.key, "the Ed25519 key that signs, PEM", "FILE"},
    {"on", 0, 0, G_OPTION_ARG_STRING, &a.on, "day of the signature", "DATE"},
    {"by", 0, 0, G_OPTION_ARG_STRING, &a.by, "who signs", "NAME"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &a.role,
     "as what: who may is in the pack's roles.csv (sign)", "ROLE"},
    G_OPTION_ENTRY_NULL};

static const GOptionEntry rebuild_entries[] = {
    {"accept-loss", 0, 0, G_OPTION_ARG_NONE, &a.accept_loss,
     "even where the tables hold more than the events make", NULL},
    G_OPTION_ENTRY_NULL};

static bool signed_by(rdl_ledger *ledger, GError **error)
{
    g_autofree char *key = rdl_public_key(a.key, error);
    gint64 behind;

    if (!key || !rdl_ledger_signed_by(ledger, key, &behind, error))
        return false;
    cli_say("signed with %s; %" PRId64 " events since", a.key, behind);
    return true;
}

static bool sign(const char *path, GError **error)
{
    rdl_day day;

    if (!a.key || !a.on || !a.by || !a.role)
        return rdl_fail(error, RDL_ERROR_USAGE, "--key, --on, --by and --role are needed");
    if (!cli_day("--on", a.on, 0, &day, error))
        return false;
    g_autoptr(rdl_ledger) ledger = rdl_ledger_open(path, true, error);
    return ledger && cli_happened("--on", a.on, ledger, error) &&
           rdl_ledger_sign(ledger, a.key, a.on, a.by, a.role, error);
}

static int ledger_sign(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n"
        "  openssl genpkey -algorithm ed25519 -out key.pem     # once; keep it to yourself\n"
        "  redline ledger sign ledger.sqlite --key key.pem --on 2026-11-30 --by 甲 --role "
        "province\n"
        "  openssl pkey -in key.pem -pubout -out public.pem    # for those who check\n"
        "  redline ledger audit ledger.sqlite --key public.pem";
    GError *error = NULL;

    if (cli_parse(&argc, &argv, sign_entries, "LEDGER --key FILE --on DATE --by NAME --role ROLE",
                  "Sign all that a ledger holds so far.", teach, 1, 1, &error) &&
        sign(argv[1], &error))
        cli_say("%s: signed", argv[1]);
    return cli_end(error);
}

static int ledger_audit(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline ledger audit ledger.sqlite --head 3f2a91c0...\n\n"
        "Every event must be as it was written and in its place, every table what the events make\n"
        "of it. Exit status 6 when one is not. Events cut off at the end leave no trace in what\n"
        "remains: note the head (redline ledger info) outside the ledger and give it as --head.";
    g_autoptr(rdl_ledger) ledger = NULL;
    GError *error = NULL;

    if (cli_parse(&argc, &argv, audit_entries, "LEDGER", "Check a ledger against its own events.",
                  teach, 1, 1, &error) &&
        (ledger = rdl_ledger_open(argv[1], false, &error)) &&
        rdl_ledger_audit(ledger, cli_progress(), &error) &&
        (!a.head || rdl_ledger_holds(ledger, a.head, &error)) &&
        (!a.key || signed_by(ledger, &error)))
        cli_say("%s: every event and every table is in order", argv[1]);
    return cli_end(error);
}

static int ledger_rebuild(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline ledger rebuild ledger.sqlite\n\n"
        "All or nothing; the events themselves are never changed. Refused where\n"
        "the tables hold more than the events make: then events are missing, and --accept-loss "
        "keeps\n"
        "only what the events that are left make.";
    g_autoptr(rdl_ledger) ledger = NULL;
    GError *error = NULL;

    if (cli_parse(&argc, &argv, rebuild_entries, "LEDGER",
                  "Make every table again from the events.", teach, 1, 1, &error) &&
        (ledger = rdl_ledger_open(argv[1], true, &error)) &&
        rdl_ledger_rebuild(ledger, a.accept_loss, cli_progress(), &error))
        cli_say("%s: made again from its events", argv[1]);
    return cli_end(error);
}

/* Layers to screen with: a line each. */
static void print_layer(JsonArray *all, guint i, JsonNode *node, gpointer user)
{
    JsonObject *o = json_node_get_object(node);

    (void)all, (void)user;
    printf("%s  %-12s  %s, %s\n", i ? "" : "layers\n", rdl_json_text(o, "role", ""),
           rdl_json_text(o, "source", ""), rdl_json_text(o, "at", ""));
}

static void print_member(JsonObject *object, const char *name, JsonNode *node, gpointer indent)
{
    int at = GPOINTER_TO_INT(indent);

    (void)object;
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        printf("%*s%s\n", at, "", name);
        json_object_foreach_member(json_node_get_object(node), print_member,
                                   GINT_TO_POINTER(at + 2));
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        json_array_foreach_element(json_node_get_array(node), print_layer, NULL);
    } else if (json_node_get_value_type(node) == G_TYPE_STRING) {
        printf("%*s%-*s  %s\n", at, "", 14 - at, name, json_node_get_string(node));
    } else if (!JSON_NODE_HOLDS_NULL(node)) {
        g_autofree char *text = json_to_string(node, FALSE);
        printf("%*s%-*s  %s\n", at, "", 14 - at, name, text);
    }
}

static int ledger_info(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline ledger info ledger.sqlite\n\n"
        "How many events, sites, findings, problems, letters and tasks by state; the pack; the\n"
        "layers it is screened with; and the head: note it elsewhere, 'redline ledger audit "
        "--head'\n"
        "proves by it that nothing until then is gone.";
    g_autoptr(rdl_ledger) ledger = NULL;
    GError *error = NULL;
    JsonNode *info;

    if (cli_parse(&argc, &argv, NULL, "LEDGER", "Tell what a ledger holds.", teach, 1, 1, &error) &&
        (ledger = rdl_ledger_open(argv[1], false, &error)) &&
        (info = rdl_ledger_info(ledger, &error))) {
        if (cli_flags.json) {
            cli_print_json(info);
        } else {
            json_object_foreach_member(json_node_get_object(info), print_member, NULL);
            json_node_unref(info);
        }
    }
    return cli_end(error);
}

static int ledger_pack(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n  redline ledger pack ledger.sqlite cn --as-of 2026-12-01\n\n"
        "Keeps another version of the ledger's pack; the rules that judged earlier stay readable.\n"
        "From then on its workflow, deadlines and words are used, and days that were counted\n"
        "without the calendar of their year are counted again where it has that.";
    static const GOptionEntry entries[] = {
        {"as-of", 0, 0, G_OPTION_ARG_STRING, &l.as_of, "day it is added (default: today)", "DATE"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    g_autoptr(rdl_ledger) ledger = NULL;
    GError *error = NULL;
    rdl_day as_of;

    if (cli_parse(&argc, &argv, entries, "LEDGER PACK", "Add a version of the pack.", teach, 2, 2,
                  &error) &&
        cli_day("--as-of", l.as_of, rdl_day_today(), &as_of, &error) &&
        (ledger = rdl_ledger_open(argv[1], true, &error)) &&
        cli_happened("--as-of", l.as_of, ledger, &error) &&
        rdl_ledger_add_pack(ledger, argv[2], as_of, tally, &error)) {
        g_autofree char *text = rdl_tally_text(tally);
        cli_say("%s: keeps %s", argv[1], argv[2]);
        if (*text)
            cli_say("balance sheet\n%s%s", text, argv[1]);
    }
    return cli_end(error);
}

/* ---- one place or several ---- */

static struct {
    char **tasks, *on, *by, *role, *reason;
} d;

#define DECIDED                                                                               \
    {"on", 0, 0, G_OPTION_ARG_STRING, &d.on, "day it was decided", "DATE"},                   \
        {"by", 0, 0, G_OPTION_ARG_STRING, &d.by, "who decided it", "NAME"},                   \
        {"role", 0, 0, G_OPTION_ARG_STRING, &d.role, "as what: analyst, office ...", "ROLE"}, \
    {                                                                                         \
        "reason", 0, 0, G_OPTION_ARG_STRING, &d.reason, "why", "TEXT"                         \
    }

static const GOptionEntry merge_entries[] = {DECIDED, G_OPTION_ENTRY_NULL};
static const GOptionEntry split_entries[] = {
    {"task", 0, 0, G_OPTION_ARG_STRING_ARRAY, &d.tasks,
     "a task of the site that goes along, with its problem; may be repeated", "ID"},
    DECIDED,
    G_OPTION_ENTRY_NULL};

static rdl_ledger *open_to_decide(const char *path, GError **error)
{
    rdl_day day;
    g_autoptr(rdl_ledger) ledger = NULL;

    if (!d.on || !d.by || !d.role || !d.reason)
        return rdl_fail(error, RDL_ERROR_USAGE, "--on, --by, --role and --reason are needed"), NULL;
    if (!cli_day("--on", d.on, 0, &day, error) || !(ledger = rdl_ledger_open(path, true, error)) ||
        !cli_happened("--on", d.on, ledger, error))
        return NULL;
    return g_steal_pointer(&ledger);
}

/* What became of the tasks of both, each with its day, by the event that made them one. */
static void say_fates(JsonObject *chain)
{
    JsonArray *events = json_object_get_array_member(chain, "events");
    JsonArray *tasks = NULL;

    for (guint i = 0; i < json_array_get_length(events); i++) {
        JsonObject *event = json_array_get_object_element(events, i);
        JsonObject *payload = rdl_json_object(event, "payload");
        if (strcmp(rdl_json_text(event, "kind", ""), "site.merged") == 0 && payload &&
            json_object_has_member(payload, "tasks"))
            tasks = json_object_get_array_member(payload, "tasks");
    }
    for (guint i = 0; tasks && i < json_array_get_length(tasks); i++) {
        JsonObject *t = json_array_get_object_element(tasks, i);
        const char *id = rdl_json_text(t, "task_id", ""), *state = rdl_json_text(t, "state", "");
        const char *tier = rdl_json_text(t, "tier", "-"), *due = rdl_json_text(t, "due", "-");
        if (strcmp(rdl_json_text(t, "fate", ""), "KEPT") == 0)
            cli_say("%s (%s, %s) goes on, due %s", id, state, tier, due);
        else
            cli_say("%s (%s, %s) is dismissed as a duplicate; it was due %s", id, state, tier, due);
    }
}

/* That they are one, what became of the tasks, and which that made more urgent. */
static void say_merged(rdl_ledger *ledger, const char *id, const char *before, GError **error)
{
    g_autofree char *head = rdl_ledger_head(ledger, error);
    g_autoptr(JsonNode) chain = head ? rdl_ledger_chain(ledger, id, error) : NULL;
    JsonArray *rows =
        chain ? json_object_get_array_member(json_node_get_object(chain), "tightenings") : NULL;

    if (!chain)
        return;
    if (strcmp(head, before) == 0) {
        cli_say("%s: they are one site already: nothing was added", id);
        return;
    }
    cli_say("%s: merged", id);
    say_fates(json_node_get_object(chain));
    for (guint i = 0; rows && i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        g_autofree char *text = rdl_tightening_text(rdl_json_object(row, "change"));
        if (strcmp(rdl_json_text(row, "at", ""), d.on) == 0)
            cli_say("%s: %s", rdl_json_text(row, "task_id", ""), text);
    }
}

static int ledger_merge(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n"
        "  redline ledger merge ledger.sqlite S-3f2a91c04b7e S-77b1c02d9e10 --on 2026-11-05 \\\n"
        "      --by 甲 --role analyst --reason 同一厂区\n\n"
        "A site is named by its id or that of one of its tasks, findings or sources. The first\n"
        "stays; clues of the others that only waited are dismissed as duplicates, and what is "
        "left\n"
        "is due as early, and as grave, as they were. Two rectifications stay two, each with its\n"
        "day; a long-term one takes no clue over. Nothing is lost: 'redline ledger split'\n"
        "parts them again; a day that was tightened stays until 'redline task extend'.";
    g_autoptr(rdl_ledger) ledger = NULL;
    g_autofree char *head = NULL;
    GError *error = NULL;

    if (cli_parse(&argc, &argv, merge_entries,
                  "LEDGER SITE OTHER... --on DATE --by NAME --role ROLE --reason TEXT",
                  "Several sites are one place.", teach, 3, G_MAXINT, &error) &&
        (ledger = open_to_decide(argv[1], &error)) && (head = rdl_ledger_head(ledger, &error)) &&
        rdl_sites_merge(ledger, argv[2], (const char *const *)argv + 3,
                        &(rdl_who){d.on, d.by, d.role, d.reason}, &error))
        say_merged(ledger, argv[2], head, &error);
    return cli_end(error);
}

static int ledger_split(int argc, char **argv)
{
    static const char teach[] =
        "Example:\n"
        "  redline ledger split ledger.sqlite S-3f2a91c04b7e PATCH-0007 --on 2026-11-06 \\\n"
        "      --by 甲 --role analyst --reason 两处厂房\n\n"
        "The sources named become a site of their own, with their findings and ground, and a clue\n"
        "where no task goes along. One source that covers two places is divided in the register\n"
        "first: screen and load its parts, then split one off.";
    g_autoptr(rdl_ledger) ledger = NULL;
    g_autofree char *site_id = NULL;
    GError *error = NULL;

    if (cli_parse(&argc, &argv, split_entries,
                  "LEDGER SITE SOURCE... --on DATE --by NAME --role ROLE --reason TEXT",
                  "Some sources of a site are another place.", teach, 3, G_MAXINT, &error) &&
        (ledger = open_to_decide(argv[1], &error)) &&
        rdl_site_split(ledger, argv[2], (const char *const *)argv + 3, (const char *const *)d.tasks,
                       &(rdl_who){d.on, d.by, d.role, d.reason}, &site_id, &error))
        cli_say("%s", site_id);
    return cli_end(error);
}

/* ---- draws ---- */

static struct {
    char *purpose, *seed, *among, *state, *unit, *kind;
    double rate;
    gboolean cross;
} w = {.rate = 1.0};

static const GOptionEntry draw_entries[] = {
    {"purpose", 0, 0, G_OPTION_ARG_STRING, &w.purpose, "inspection, cross, audit ...", "TEXT"},
    {"seed", 0, 0, G_OPTION_ARG_STRING, &w.seed, "any text, stated before the draw", "TEXT"},
    {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &w.rate,
     "share of each county's tasks, rounded up (default 1)", "0..1"},
    {"among", 0, 0, G_OPTION_ARG_STRING, &w.among,
     "who is drawn for them: names or codes of counties, commas between", "LIST"},
    {"cross", 0, 0, G_OPTION_ARG_NONE, &w.cross, "nobody for the county of his own code", NULL},
    {"state", 0, 0, G_OPTION_ARG_STRING, &w.state,
     "only tasks in this state; without, all that are still open", "STATE"},
    {"unit", 0, 0, G_OPTION_ARG_STRING, &w.unit,
     "only this unit and those within it: 321202, 321200 or 3212", "CODE"},
    {"kind", 0, 0, G_OPTION_ARG_STRING, &w.kind, "only verify or rectify", "KIND"},
    DECIDED,
    G_OPTION_ENTRY_NULL};

static JsonNode *draw(const char *path, GError **error)
{
    g_auto(GStrv) among = w.among ? g_strsplit(w.among, ",", -1) : NULL;
    const rdl_draw how = {.purpose = w.purpose,
                          .seed = w.seed,
                          .rate = w.rate,
                          .among = (const char *const *)among,
                          .cross = w.cross,
                          .state = w.state,
                          .unit = w.unit,
                          .kind = w.kind};
    g_autoptr(rdl_ledger) ledger = NULL;
    rdl_day day;

    if (!d.on || !d.by || !d.role)
        return rdl_fail(error, RDL_ERROR_USAGE, "--on, --by and --role are needed"), NULL;
    if (!cli_day("--on", d.on, 0, &day, error) || !(ledger = rdl_ledger_open(path, true, error)) ||
        !cli_happened("--on", d.on, ledger, error))
        return NULL;
    return rdl_ledger_draw(ledger, &how, d.on, d.by, d.role, error);
}

static int ledger_draw(int argc, char **argv)
{
    static const char teach[] =
        "Examples:\n"
        "  redline ledger draw ledger.sqlite --purpose cross --seed 2026-11-20/1 --cross \\\n"
        "      --among 321202,321203,321204 --state APPLIED --on 2026-11-20 --by 甲 --role city\n"
        "  redline ledger draw ledger.sqlite --purpose inspection --seed 2026-12 --rate 0.15 \\\n"
        "      --among 甲,乙,丙 --on 2026-12-01 --by 甲 --role auditor\n\n"
        "Seed, pool and result are one event: anybody draws the same again, and an audit does.";
    GError *error = NULL;
    JsonNode *rows;

    if (cli_parse(&argc, &argv, draw_entries,
                  "LEDGER --purpose TEXT --seed TEXT --on DATE --by NAME --role ROLE",
                  "Draw tasks, and who looks at them, by lot.", teach, 1, 1, &error) &&
        (rows = draw(argv[1], &error))) {
        JsonArray *all = json_node_get_array(rows);
        for (guint i = 0; !cli_flags.json && i < json_array_get_length(all); i++) {
            JsonObject *row = json_array_get_object_element(all, i);
            printf("%s  %s  %s\n", rdl_json_text(row, "task_id", "-"),
                   rdl_json_text(row, "xzqdm", "-"), rdl_json_text(row, "drawn", "-"));
        }
        if (cli_flags.json)
            cli_print_json(rows);
        else
            json_node_unref(rows);
    }
    return cli_end(error);
}

static const cli_verb verbs[] = {
    {"init", "make a new ledger for a pack", ledger_init},
    {"load", "findings to sites and clues, letters beside them", ledger_load},
    {"pack", "keep another version of the pack", ledger_pack},
    {"info", "what a ledger holds", ledger_info},
    {"merge", "several sites are one place", ledger_merge},
    {"split", "some sources of a site are another place", ledger_split},
    {"draw", "tasks and inspectors by lot", ledger_draw},
    {"audit", "is every event and table in order", ledger_audit},
    {"sign", "sign what a ledger holds", ledger_sign},
    {"rebuild", "make every table again from the events", ledger_rebuild},
    {NULL, NULL, NULL}};

int cmd_ledger(int argc, char **argv)
{
    return cli_verbs(
        "ledger", verbs,
        "Example:\n"
        "  redline ledger init ledger.sqlite --pack cn\n"
        "  redline ledger load ledger.sqlite --findings findings.gpkg --as-of 2026-11-01",
        argc, argv);
}
