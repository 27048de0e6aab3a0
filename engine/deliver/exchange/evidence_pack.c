/* Everything about one site in one folder or archive, for whoever has to hold it against the facts:
 * what was found and by which rule, where, how it looked, what was done, by what papers, from what
 * inputs; and a list of SHA-256, by which it is verified without redline too. An archive keeps its
 * files as they are: no byte of it depends on a library that packs. */
#include "deliver/formula.h"
#include "deliver/exchange/evidence_pack.h"

#include <string.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include "deliver/card.h"
#include "deliver/evidence.h"
#include "geo/geo.h"

static const char readme_zh[] =
    "证据包：一个点位的全部材料。\r\n\r\n"
    "why.txt         判定说明：影像、图斑、管控区、规则及条款\r\n"
    "card.pdf        一点一档卡片\r\n"
    "site.json       点位、判定及触及的全部规则、任务、问题、文书目录、运行清单\r\n"
    "rules.csv       触及的规则，按规则包原文\r\n"
    "events.json     该点位的事件链及台账链首\r\n"
    "tasks.gpkg      任务及图形（台账坐标系）；tasks.geojson 同（WGS 84）\r\n"
    "chips/          前后时相影像\r\n"
    "inputs.csv      全部输入的 SHA-256\r\n"
    "documents.csv   文书目录；documents/ 按 SHA-256 收录的文书\r\n"
    "SHA256SUMS      全部文件的 SHA-256\r\n\r\n"
    "核验：redline info 本包，或在本文件夹内运行 sha256sum -c SHA256SUMS。\r\n"
    "遥感监测图斑仅为线索，须经实地核查。\r\n";
static const char readme_en[] =
    "Evidence pack: all there is about one site.\r\n\r\n"
    "why.txt         why it is held to be a problem: scenes, overlap, rules and articles\r\n"
    "card.pdf        its card\r\n"
    "site.json       site, findings with every rule that spoke, tasks, problem, papers, "
    "manifest\r\n"
    "rules.csv       those rules as the pack has them\r\n"
    "events.json     the site's events and the head of the ledger's chain\r\n"
    "tasks.gpkg      tasks and their ground in the ledger's system; tasks.geojson in WGS 84\r\n"
    "chips/          the place on both dates\r\n"
    "inputs.csv      SHA-256 of all inputs\r\n"
    "documents.csv   the papers; documents/ those that were found by their SHA-256\r\n"
    "SHA256SUMS      SHA-256 of all files\r\n\r\n"
    "To verify: redline info PACK, or sha256sum -c SHA256SUMS in this folder.\r\n"
    "A patch seen from space is a clue: it needs verification on site.\r\n";

static bool english(const rdl_export_job *job)
{
    return strcmp(job->language, "en") == 0;
}

/* ---- tables ---- */

static void add_row(GString *out, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rdl_csv_field(out, cells[i], i + 1 == n ? "\r\n" : ",");
}

/* ---- rules ---- */

static GHashTable *rules_of(JsonObject *chain)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    JsonArray *findings = json_object_get_array_member(chain, "findings");

    for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
        JsonObject *f = json_array_get_object_element(findings, i);
        JsonArray *hits =
            json_object_has_member(f, "hits") ? json_object_get_array_member(f, "hits") : NULL;
        for (guint k = 0; hits && k < json_array_get_length(hits); k++) {
            const char *id = rdl_json_text(json_array_get_object_element(hits, k), "rule_id", NULL);
            if (id)
                g_hash_table_add(ids, (gpointer)id);
        }
    }
    return ids;
}

static bool write_rules(const rdl_export_job *job, JsonObject *chain, GError **error)
{
    const rdl_csv *csv = rdl_ledger_table(job->ledger, "rules.csv", error);
    g_autoptr(GHashTable) ids = rules_of(chain);
    g_autoptr(GString) out = g_string_new(NULL);
    int n = 0;

    if (!csv)
        return *error == NULL;
    while (rdl_csv_column_name(csv, n))
        n++;
    g_autofree const char **cells = g_new(const char *, n);
    for (int c = 0; c < n; c++)
        cells[c] = rdl_csv_column_name(csv, c);
    add_row(out, cells, n);
    for (size_t r = 0; r < rdl_csv_count(csv); r++) {
        if (!g_hash_table_contains(ids, rdl_csv_at(csv, r, "rule_id")))
            continue;
        for (int c = 0; c < n; c++)
            cells[c] = rdl_csv_at(csv, r, rdl_csv_column_name(csv, c));
        add_row(out, cells, n);
    }
    return rdl_bundle_text(job->bundle, "rules.csv", out->str, error);
}

/* ---- inputs and papers ---- */

static bool write_inputs(const rdl_export_job *job, GError **error)
{
    static const char *const head[] = {"role", "path", "sha256", "date_before", "date_after"};
    g_autofree char *as_of = NULL;
    g_autoptr(GPtrArray) inputs =
        rdl_recorded_read(rdl_ledger_path(job->ledger), NULL, &as_of, error);
    g_autoptr(GString) out = g_string_new(NULL);

    add_row(out, head, G_N_ELEMENTS(head));
    for (guint i = 0; inputs && i < inputs->len; i++) {
        const rdl_recorded *r = inputs->pdata[i];
        const char *const row[] = {r->role, r->path, r->digest, r->date_before, r->date_after};
        add_row(out, row, G_N_ELEMENTS(row));
    }
    return inputs && rdl_bundle_text(job->bundle, "inputs.csv", out->str, error);
}

/* Files of the folder of papers by their SHA-256. NULL without error: there is no such folder. */
static GHashTable *papers_of(const rdl_export_job *job, GError **error)
{
    GHashTable *papers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *folder = job->options->documents;
    g_autoptr(GPtrArray) names = folder ? rdl_folder_names(folder, error) : NULL;

    for (guint i = 0; names && i < names->len; i++) {
        char *path = g_build_filename(folder, names->pdata[i], NULL);
        char *digest = rdl_digest_file(path, error);
        if (!digest) {
            g_free(path);
            g_hash_table_unref(papers);
            return NULL;
        }
        g_hash_table_insert(papers, digest, path);
    }
    if (folder && !names) {
        g_hash_table_unref(papers);
        return NULL;
    }
    return papers;
}

static bool copy_in(const rdl_export_job *job, const char *from, const char *name, GError **error)
{
    g_autofree char *to = rdl_bundle_file(job->bundle, name, error);
    g_autoptr(GFile) source = g_file_new_for_path(from);
    g_autoptr(GFile) target = to ? g_file_new_for_path(to) : NULL;
    GError *failed = NULL;

    if (!to)
        return false;
    if (g_file_copy(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &failed))
        return true;
    rdl_fail(error, RDL_ERROR_IO, "%s: cannot be copied: %s", from, failed->message);
    g_error_free(failed);
    return false;
}

/* One paper: its line, and the file where it was found. */
static bool add_paper(const rdl_export_job *job, JsonObject *paper, GHashTable *papers,
                      GString *out, guint *missing, GError **error)
{
    const char *digest = rdl_json_text(paper, "sha256", NULL);
    g_autofree char *kept = digest ? rdl_ledger_paper(job->ledger, digest) : NULL;
    const char *found = digest ? g_hash_table_lookup(papers, digest) : NULL;
    const char *from = found ? found : kept, *title = rdl_json_text(paper, "title", "");
    g_autofree char *base = from ? g_path_get_basename(found ? found : title) : NULL;
    g_autofree char *name = from ? g_strdup_printf("documents/%.12s-%s", digest, base) : NULL;
    const char *const row[] = {rdl_json_text(paper, "subject", NULL),
                               rdl_json_text(paper, "at", NULL),
                               rdl_json_text(paper, "name", NULL),
                               rdl_json_text(paper, "title", NULL),
                               digest,
                               name};

    *missing += digest && !from;
    add_row(out, row, G_N_ELEMENTS(row));
    return !from || copy_in(job, from, name, error);
}

static bool write_papers(const rdl_export_job *job, JsonObject *chain, GError **error)
{
    static const char *const head[] = {"subject", "at", "name", "title", "sha256", "file"};
    JsonArray *array = json_object_get_array_member(chain, "documents");
    g_autoptr(GHashTable) papers = papers_of(job, error);
    g_autoptr(GString) out = g_string_new(NULL);
    guint missing = 0;
    bool good = papers != NULL;

    add_row(out, head, G_N_ELEMENTS(head));
    for (guint i = 0; good && i < json_array_get_length(array); i++)
        good =
            add_paper(job, json_array_get_object_element(array, i), papers, out, &missing, error);
    if (good && missing)
        rdl_export_tell(job,
                        "%u papers are in the pack by their SHA-256 alone: name the folder that "
                        "holds them with --documents",
                        missing);
    return good && rdl_bundle_text(job->bundle, "documents.csv", out->str, error);
}

/* ---- pictures ---- */

static bool write_chips(const rdl_export_job *job, const rdl_task *task, GError **error)
{
    rdl_chips *chips = NULL;
    bool good = !task->wkb || rdl_export_chips(job, &chips, error);

    if (good && chips) {
        g_autofree char *before = rdl_bundle_file(job->bundle, "chips/before.png", error);
        g_autofree char *after = rdl_bundle_file(job->bundle, "chips/after.png", error);
        g_autofree char *name = after ? rdl_ledger_crs(job->ledger, error) : NULL;
        g_autoptr(rdl_crs) crs = name ? rdl_crs_parse(name, error) : NULL;
        g_autoptr(rdl_geometry) shape =
            crs ? rdl_geometry_from_wkb(g_bytes_get_data(task->wkb, NULL),
                                        g_bytes_get_size(task->wkb), error)
                : NULL;
        good = before && shape && rdl_chips_draw(chips, shape, crs, before, after, error);
    }
    rdl_chips_free(chips);
    return good;
}

static bool write_card(const rdl_export_job *job, const rdl_task *task, GError **error)
{
    g_autofree char *path = rdl_bundle_file(job->bundle, "card.pdf", error);
    g_autoptr(rdl_tally) tally = rdl_tally_new();
    rdl_card_options o = RDL_CARD_OPTIONS_INIT;

    o.output = path;
    o.id = task->task_id;
    o.language = job->language;
    o.before = job->options->before;
    o.after = job->options->after;
    o.warnings = job->options->warnings;
    o.in_pack = true;
    return path && rdl_card(rdl_ledger_path(job->ledger), &o, NULL, NULL, tally, error);
}

/* ---- the record ---- */

static bool write_json(const rdl_export_job *job, const char *name, JsonObject *o, GError **error)
{
    g_autoptr(JsonNode) node = rdl_json_node(json_object_ref(o));
    g_autofree char *text = rdl_json_pretty(node), *lines = g_strconcat(text, "\n", NULL);

    return rdl_bundle_text(job->bundle, name, lines, error);
}

static bool write_record(const rdl_export_job *job, JsonObject *chain, const char *head,
                         GError **error)
{
    g_autoptr(JsonObject) events = json_object_new();

    rdl_json_set_text(events, "head", head);
    json_object_set_member(events, "events", json_object_dup_member(chain, "events"));
    json_object_remove_member(chain, "events");
    return write_json(job, "site.json", chain, error) &&
           write_json(job, RDL_PACK_EVENTS, events, error);
}

static bool write_why(const rdl_export_job *job, JsonNode *chain, GError **error)
{
    g_autofree char *why = rdl_evidence_text(job->ledger, chain, job->language);

    return rdl_bundle_text(job->bundle, "why.txt", why, error) &&
           rdl_bundle_text(job->bundle, "README.txt", english(job) ? readme_en : readme_zh, error);
}

static bool write_grounds(const rdl_export_job *job, GError **error)
{
    g_autofree char *gpkg = rdl_bundle_file(job->bundle, "tasks.gpkg", error);
    g_autofree char *geojson = rdl_bundle_file(job->bundle, "tasks.geojson", error);
    rdl_export_job one = *job;

    one.path = gpkg;
    if (!gpkg || !geojson || !rdl_export_gpkg(&one, error))
        return false;
    one.path = geojson;
    return rdl_export_geojson(&one, error);
}

static bool write_manifest(const rdl_export_job *job, const rdl_task *task, const char *head,
                           GError **error)
{
    g_autoptr(rdl_manifest) manifest = rdl_manifest_new("export");
    JsonObject *o = rdl_manifest_object(manifest);

    rdl_json_set_text(o, "profile", "evidence");
    rdl_json_set_text(o, "task", task->task_id);
    rdl_json_set_text(o, "site", task->site_id);
    rdl_json_set_text(o, "date", job->date);
    g_autofree char *packed = rdl_day_text(rdl_export_day(job));
    rdl_json_set_text(o, "packed", packed);
    rdl_json_set_text(o, "head", head);
    rdl_json_set_text(o, "language", job->language);
    return write_json(job, RDL_PACK_MANIFEST, o, error);
}

static bool seal(const rdl_export_job *job, GError **error)
{
    g_autofree char *sums = rdl_folder_sums(rdl_bundle_folder(job->bundle), RDL_PACK_SUMS, error);

    rdl_bundle_store(job->bundle);
    return sums && rdl_bundle_text(job->bundle, RDL_PACK_SUMS, sums, error);
}

/* The task named, else the site's rectification, else its first. */
static const rdl_task *leading(const rdl_export_job *job)
{
    const rdl_task *best = &g_array_index(job->tasks, rdl_task, 0);

    for (guint i = 0; i < job->tasks->len; i++) {
        const rdl_task *t = &g_array_index(job->tasks, rdl_task, i);
        if (strcmp(t->task_id, job->options->task) == 0)
            return t;
        if (g_strcmp0(best->kind, "rectify") != 0 && g_strcmp0(t->kind, "rectify") == 0)
            best = t;
    }
    return best;
}

bool rdl_export_evidence(const rdl_export_job *job, GError **error)
{
    g_autoptr(JsonNode) node = rdl_ledger_chain(job->ledger, job->options->task, error);
    g_autofree char *head = node ? rdl_ledger_work_head(job->ledger, error) : NULL;

    if (!head)
        return false;
    if (!job->tasks->len)
        return rdl_fail(error, RDL_ERROR_NOT_FOUND, "%s: its site has no task", job->options->task);
    const rdl_task *task = leading(job);
    JsonObject *chain = json_node_get_object(node);
    return write_why(job, node, error) && write_rules(job, chain, error) &&
           write_inputs(job, error) && write_papers(job, chain, error) &&
           write_record(job, chain, head, error) && write_grounds(job, error) &&
           write_chips(job, task, error) && write_card(job, task, error) &&
           write_manifest(job, task, head, error) && seal(job, error);
}
