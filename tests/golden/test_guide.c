/* The guide is what happens: its console blocks are typed in order into one shell, in a folder of their
 * own, and print what it shows. "..." in what is shown stands for anything; a command with nothing
 * shown only has to end well. What the guide tells a person to fill in, this program fills in.
 * REDLINE_UPDATE=1 writes what is printed now, where "..." is at the end at most: look at the
 * difference, and at the numbers in the text around it, before you commit it. */
#include <gdal.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include "suite.h"

#define MARK "\036" /* between what two commands print */

typedef struct {
    char *line;     /* to be typed */
    GString *shown; /* what the guide says it prints */
} command;

static void command_clear(gpointer p)
{
    command *c = p;

    g_free(c->line);
    g_string_free(c->shown, TRUE);
}

/* Every "$ ..." of the console blocks, with its continued lines and what follows. */
static GArray *commands_of(const char *guide)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(command));
    g_auto(GStrv) lines = g_strsplit(guide, "\n", -1);
    bool inside = false, continued = false;

    g_array_set_clear_func(all, command_clear);
    for (char **l = lines; *l; l++) {
        bool fence = g_str_has_prefix(*l, "```");
        if (fence)
            inside = strcmp(*l, "```console") == 0;
        else if (inside && g_str_has_prefix(*l, "$ ")) {
            command c = {g_strdup(*l + 2), g_string_new(NULL)};
            g_array_append_val(all, c);
        } else if (inside && all->len) {
            command *c = &g_array_index(all, command, all->len - 1);
            if (continued) {
                char *longer = g_strconcat(c->line, "\n", *l, NULL);
                g_free(c->line);
                c->line = longer;
            } else {
                g_string_append_printf(c->shown, "%s\n", *l);
            }
        }
        continued = inside && !fence && g_str_has_suffix(*l, "\\");
    }
    return all;
}

/* One accepted, one rejected as SEASON, one merged, as the guide says; the rest undecided. */
static int decide(const char *path)
{
    static const char *const edits[] = {
        "UPDATE review SET decision = 'accept' WHERE fid = 1",
        "UPDATE review SET decision = 'reject', reason = 'SEASON' WHERE fid = 2",
        "UPDATE review SET decision = 'merge', becomes = (SELECT id FROM review WHERE fid = 1)"
        " WHERE fid = 3"};

    GDALAllRegister();
    GDALDatasetH d = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    if (!d)
        return 1;
    for (size_t i = 0; i < G_N_ELEMENTS(edits); i++)
        GDALDatasetReleaseResultSet(d, GDALDatasetExecuteSQL(d, edits[i], NULL, NULL));
    GDALClose(d);
    return 0;
}

/* The guide's folder of an installation is the source tree's; the decisions come before they are read. */
static char *script_of(const GArray *commands, const char *self)
{
    GString *script = g_string_new(NULL);

    for (guint i = 0; i < commands->len; i++) {
        const command *c = &g_array_index(commands, command, i);
        g_auto(GStrv) parts = g_strsplit(c->line, "/usr/share/redline", -1);
        g_autofree char *line = g_strjoinv(suite_source("data"), parts);
        if (strstr(line, "review import"))
            g_string_append_printf(script, "'%s' decide triage/review.gpkg || exit 9\n", self);
        g_string_append_printf(script, "{ %s\n} 2>&1\nprintf '" MARK "%%d" MARK "' $?\n", line);
    }
    return g_string_free(script, FALSE);
}

/* Does `got` read as `shown`, whose "..." is anything? */
static bool reads_as(const char *shown, const char *got)
{
    g_auto(GStrv) pieces = g_strsplit(shown, "...", -1);
    guint n = g_strv_length(pieces);

    if (!*shown)
        return true;
    if (n == 1)
        return strcmp(shown, got) == 0;
    for (guint i = 0; i < n; i++) {
        g_autofree char *piece = g_strdup(pieces[i]);
        if (i + 1 == n) {
            g_strchug(piece);
            return g_str_has_suffix(got, piece);
        }
        g_strchomp(piece);
        const char *at = i == 0 ? (g_str_has_prefix(got, piece) ? got : NULL) : strstr(got, piece);
        if (!at)
            return false;
        got = at + strlen(piece);
    }
    return true;
}

static char *type_in(const GArray *commands, const char *self)
{
    g_autofree char *script = script_of(commands, self);
    g_autofree char *bin = g_build_filename(suite_folder(), "bin", NULL);
    g_autofree char *link = g_build_filename(bin, "redline", NULL);
    g_autofree char *search = g_strdup_printf("%s:%s", bin, g_getenv("PATH"));
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "PATH", search, TRUE);
    const char *argv[] = {"sh", "-c", script, NULL};
    GError *error = NULL;
    char *out = NULL;

    env = g_environ_setenv(env, "LC_ALL", "C.UTF-8", TRUE);
    env = g_environ_unsetenv(env, "LANGUAGE");
    CHECK_INT(g_mkdir(bin, 0777), 0);
    CHECK_INT(symlink(REDLINE_PROGRAM, link), 0);
    g_spawn_sync(suite_folder(), (char **)argv, env, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL,
                 &error);
    CHECK_OK(error);
    return out;
}

/* As much of what was printed as is shown now; NULL where only a person can tell how much that is. */
static char *shown_anew(const char *shown, const char *got)
{
    const char *dots = strstr(shown, "...");
    g_autoptr(GString) out = g_string_new(NULL);

    if (!dots)
        return g_strdup(got);
    if (strcmp(dots, "...\n") != 0 || (dots > shown && dots[-1] != '\n'))
        return NULL;
    for (const char *s = shown; s < dots && *got; s = strchr(s, '\n') + 1) {
        gsize n = strcspn(got, "\n") + 1;
        g_string_append_len(out, got, (gssize)n);
        got += n;
    }
    return g_strdup_printf("%s...\n", out->str);
}

static void update(char **guide, const command *c, const char *got)
{
    g_autofree char *was = g_strdup_printf("$ %s\n%s", c->line, c->shown->str);
    g_autofree char *shown = shown_anew(c->shown->str, got);
    g_autofree char *is = g_strdup_printf("$ %s\n%s", c->line, shown);
    char *at = shown ? strstr(*guide, was) : NULL;

    if (!at)
        return;
    g_autofree char *head = g_strndup(*guide, (gsize)(at - *guide));
    char *whole = g_strconcat(head, is, at + strlen(was), NULL);
    g_free(*guide);
    *guide = whole;
    g_file_set_contents(suite_source("docs/guide.md"), whole, -1, NULL);
}

static void the_guide_is_what_happens(void)
{
    g_autofree char *guide = NULL, *self = g_file_read_link("/proc/self/exe", NULL);

    CHECK(g_file_get_contents(suite_source("docs/guide.md"), &guide, NULL, NULL));
    g_autoptr(GArray) commands = commands_of(guide);
    g_autofree char *out = type_in(commands, self);
    g_auto(GStrv) parts = g_strsplit(out ? out : "", MARK, -1); /* printed, status, printed ... */
    int shown = 0;

    CHECK(commands->len > 10);
    CHECK_INT(g_strv_length(parts), 2 * commands->len + 1);
    for (guint i = 0; i < commands->len && g_strv_length(parts) > 2 * i + 1; i++) {
        const command *c = &g_array_index(commands, command, i);
        bool good = strcmp(parts[2 * i + 1], "0") == 0 && reads_as(c->shown->str, parts[2 * i]);
        if (!good && g_getenv("REDLINE_UPDATE"))
            update(&guide, c, parts[2 * i]);
        if (!good)
            printf("\n    $ %s\n    status %s, printed\n%s\n    the guide shows\n%s\n", c->line,
                   parts[2 * i + 1], parts[2 * i], c->shown->str);
        CHECK(good);
        shown += c->shown->len > 0;
    }
    CHECK(shown > 6);
}

/* In the folder the guide was typed in: drawn from elsewhere a map is the same, byte for byte, and a
 * scene that is gone is told. */
static void a_map_finds_its_images_from_any_folder(void)
{
    static const char script[] =
        "set -e; cd walk; L=out/taizhou/ledger.sqlite; redline=../bin/redline\n"
        "$redline map $L -o ../here.png --dpi 50 2>../here.err\n"
        "cd ..; mkdir elsewhere; cd elsewhere\n"
        "$redline map ../walk/$L -o there.png --dpi 50 2>there.err\n"
        "cmp ../here.png there.png; if grep warning ../here.err there.err; then exit 1; fi\n"
        "cd ../walk/out/taizhou; ../../../bin/redline map ledger.sqlite -o ../../../own.png --dpi 50\n"
        "cd ../../../elsewhere; cmp ../own.png there.png\n"
        "$redline card ../walk/$L A13 --language en -o clue.png --dpi 50\n"
        "rm ../walk/data/sample/scenes/taizhou_20030206.tif\n"
        "$redline card ../walk/$L A01 -o card.png --dpi 50 2>&1 |\n"
        "    grep -q 'taizhou_20030206.tif: is not there any more: give the file with --after'\n";
    const char *argv[] = {"sh", "-c", script, NULL};
    g_autofree char *err = NULL, *out = NULL;
    int status = -1;

    CHECK(g_spawn_sync(suite_folder(), (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                       &err, &status, NULL));
    if (status != 0)
        printf("\n    %s%s\n", out, err);
    CHECK_INT(status, 0);
}

/* At its own size this card runs over onto a third page; a little smaller it does not. */
static void no_last_page_is_left_nearly_empty(void)
{
    g_autofree char *png = NULL, *path = g_build_filename(suite_folder(), "elsewhere", "clue.png", NULL);
    size_t n = 0;

    CHECK(g_file_get_contents(path, &png, &n, NULL) && n > 24);
    guint height = n > 24 ? (guint)(guchar)png[22] << 8 | (guchar)png[23] : 0;
    CHECK_INT((int)(height / (297.0 / 25.4 * 50.0) + 0.5), 2);
}

static void three_dots_stand_for_anything(void)
{
    CHECK(reads_as("", "x\n"));
    CHECK(reads_as("a\n", "a\n"));
    CHECK(!reads_as("a\n", "a\nb\n"));
    CHECK(reads_as("a ...\n", "a b\nc\n"));
    CHECK(reads_as("a\n...\nz\n", "a\nb\nz\n"));
    CHECK(!reads_as("a\n...\nz\n", "a\nb\ny\n"));
    CHECK(!reads_as("a\n...\n", "b\n"));
}

static CU_TestInfo tests[] = {
    {"three dots stand for anything", three_dots_stand_for_anything},
    {"the guide is what happens", the_guide_is_what_happens},
    {"a map finds its images from any folder", a_map_finds_its_images_from_any_folder},
    {"no last page is left nearly empty", no_last_page_is_left_nearly_empty},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "decide") == 0)
        return decide(argv[2]);
    return run_suite("golden.guide", tests, argc, argv);
}
