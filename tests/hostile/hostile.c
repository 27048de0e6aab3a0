#include "hostile/hostile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>

#define SECONDS 300

typedef struct {
    int status; /* minus a signal; -1000: took too long */
    char *err, *left;
} ending;

static int wait_for(GPid pid)
{
    int status;

    for (int i = 0; i < SECONDS * 500; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        g_usleep(2000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1000;
}

/* Names of the files in a folder, which is removed. */
static char *clear(const char *folder)
{
    GString *names = g_string_new(NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_string_append_printf(names, "%s ", name);
        g_unlink(path);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(folder);
    return g_string_free(names, FALSE);
}

static ending run(const char *const *argv)
{
    static int n;
    g_autofree char *folder = g_strdup_printf("%s/run-%d", suite_folder(), n++);
    g_autofree char *log = g_strconcat(folder, ".log", NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    ending e = {.status = -1001};
    GPid pid;

    g_ptr_array_add(words, (char *)REDLINE_PROGRAM);
    for (const char *const *a = argv; *a; a++)
        g_ptr_array_add(words, (char *)*a);
    g_ptr_array_add(words, NULL);
    g_mkdir(folder, 0755);
    int out = open("/dev/null", O_WRONLY), err = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (g_spawn_async_with_fds(folder, (char **)words->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                               NULL, &pid, -1, out, err, NULL))
        e.status = wait_for(pid);
    close(out);
    close(err);
    if (!g_file_get_contents(log, &e.err, NULL, NULL))
        e.err = g_strdup("");
    g_unlink(log);
    e.left = clear(folder);
    return e;
}

static const char *fault(const ending *e, const char *culprit, const char *output)
{
    if (e->status == -1000)
        return "it takes too long";
    if (e->status < 0)
        return "it crashes";
    if (e->status == 5 && !strstr(e->err, "MiB of memory"))
        return "it says it is a bug";
    if (e->status != 0 && e->status != 2 && e->status != 3 && e->status != 5 && e->status != 6)
        return "it ends with a status that is none for bad input";
    if (strstr(e->err, "Sanitizer") || strstr(e->err, "runtime error:"))
        return "a sanitizer complains";
    if (strstr(e->left, ".part-"))
        return "a half-written file is left";
    if (e->status == 0)
        return output && !strstr(e->left, output) ? "it claims success and wrote nothing" : NULL;
    if (*e->left)
        return "it fails and leaves an output";
    return culprit && !strstr(e->err, culprit) ? "its message does not name the file" : NULL;
}

static void show(const ending *e, const char *what, const char *const *argv)
{
    g_autofree char *words = g_strjoinv(" ", (char **)argv);

    printf("\n    redline %s\n    status %d: %s; left: %s\n    %s", words, e->status, what, e->left,
           e->err);
}

static void ending_clear(ending *e)
{
    g_free(e->err);
    g_free(e->left);
}

int hostile_run(const char *culprit, const char *output, const char *const *argv)
{
    ending e = run(argv);
    const char *what = fault(&e, culprit, output);
    int status = what ? -1 : e.status;

    if (what)
        show(&e, what, argv);
    CHECK(what == NULL);
    ending_clear(&e);
    return status;
}

void hostile_refused(int status, const char *part, const char *culprit, const char *const *argv)
{
    ending e = run(argv);
    const char *what = fault(&e, culprit, NULL);

    if (!what && e.status != status)
        what = "it ends with another status";
    if (!what && (g_str_has_prefix(e.err, "ERROR ") || strstr(e.err, "\nERROR ")))
        what = "a library speaks for itself";
    if (!what && !strstr(e.err, part))
        what = "its message says something else";
    if (what)
        show(&e, what, argv);
    CHECK(what == NULL);
    ending_clear(&e);
}
