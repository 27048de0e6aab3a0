#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

/* pthread mutexes, not GLib's: the thread sanitizer sees through them. */
typedef struct {
    const rdl_parallel *how;
    void *job;
    size_t n;
    atomic_size_t next;
    atomic_bool stop;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t moved;
    size_t done;
    int running;
    size_t failed_piece;
    GError *error;
} crew;

static void crew_fail(crew *c, size_t piece, GError *take_error)
{
    pthread_mutex_lock(&c->lock);
    if (!c->error || piece < c->failed_piece) {
        g_clear_error(&c->error);
        c->error = take_error;
        c->failed_piece = piece;
    } else {
        g_error_free(take_error);
    }
    atomic_store(&c->stop, true);
    pthread_mutex_unlock(&c->lock);
}

static void crew_count(crew *c, size_t done, int running)
{
    pthread_mutex_lock(&c->lock);
    c->done += done;
    c->running += running;
    pthread_cond_signal(&c->moved);
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *arg)
{
    crew *c = arg;
    GError *error = NULL;
    void *worker = NULL;

    if (c->how->worker_new && !(worker = c->how->worker_new(c->job, &error))) {
        crew_fail(c, 0, error);
        crew_count(c, 0, -1);
        return NULL;
    }
    for (;;) {
        if (atomic_load(&c->stop))
            break;
        size_t i = atomic_fetch_add(&c->next, 1);
        if (i >= c->n)
            break;
        if (!c->how->piece(c->job, worker, i, &error)) {
            crew_fail(c, i, error);
            break;
        }
        crew_count(c, 1, 0);
    }
    if (worker && c->how->worker_free)
        c->how->worker_free(worker);
    crew_count(c, 0, -1);
    return NULL;
}

/* The calling thread waits, tells progress and passes on a request to stop. */
static void crew_watch(crew *c, const rdl_progress *progress)
{
    pthread_mutex_lock(&c->lock);
    while (c->running > 0) {
        size_t done = c->done;

        pthread_mutex_unlock(&c->lock);
        GError *error = NULL;
        if (!atomic_load(&c->stop) &&
            !rdl_progress_tell(progress, (double)done / (double)c->n, c->how->step, &error))
            crew_fail(c, c->n, error);
        pthread_mutex_lock(&c->lock);
        if (c->running > 0 && c->done == done)
            pthread_cond_wait(&c->moved, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
}

bool rdl_parallel_run(const rdl_parallel *how, void *job, size_t n, int threads,
                      const rdl_progress *progress, GError **error)
{
    crew c = {.how = how, .job = job, .n = n};
    size_t wanted = threads < 1 ? 1 : MIN((size_t)threads, n);
    g_autofree pthread_t *ids = g_new(pthread_t, MAX(wanted, 1));
    size_t started = 0;

    if (n == 0)
        return rdl_progress_tell(progress, 1.0, how->step, error);
    pthread_mutex_init(&c.lock, NULL);
    pthread_cond_init(&c.moved, NULL);
    c.running = (int)wanted;
    while (started < wanted && pthread_create(&ids[started], NULL, work, &c) == 0)
        started++;
    if (started < wanted) {
        GError *e = NULL;
        rdl_fail(&e, RDL_ERROR_INTERNAL, "%s: the system gives no more threads", how->step);
        crew_fail(&c, 0, e);
        crew_count(&c, 0, -(int)(wanted - started));
    }
    crew_watch(&c, progress);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    pthread_cond_destroy(&c.moved);
    pthread_mutex_destroy(&c.lock);
    if (c.error) {
        g_propagate_error(error, c.error);
        return false;
    }
    return rdl_progress_tell(progress, 1.0, how->step, error);
}

int rdl_processors(void)
{
    return MAX(1, (int)g_get_num_processors());
}
