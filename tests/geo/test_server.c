/* Rasters on a server: /vsicurl/ reads the pieces it needs and no more. */
#include <gio/gio.h>
#include <string.h>
#include "fixtures/scene.h"
#include "geo/geo.h"
#include "suite.h"

#define SIDE 1024

static const char *const TILED[] = {"TILED=YES", NULL};

typedef struct {
    GSocketListener *listener;
    GCancellable *stop;
    GThread *thread;
    char *bytes, *url; /* of scene.tif */
    gsize size;
    gint sent;   /* bytes of the file */
    gsize whole; /* what the server has, of `size`; less: cut off */
} server;

/* The bytes a request asks for, all without a range; false: none. */
static bool asked(const server *s, const char *request, gsize *from, gsize *n)
{
    const char *range = strstr(request, "Range: bytes=");
    char *end = NULL;
    gsize to = s->whole - 1;

    *from = range ? (gsize)g_ascii_strtoull(range + 13, &end, 10) : 0;
    if (range && g_ascii_isdigit(end[1]))
        to = MIN(to, (gsize)g_ascii_strtoull(end + 1, NULL, 10));
    *n = *from <= to ? to - *from + 1 : 0;
    return *n > 0;
}

static void answer(server *s, GIOStream *stream)
{
    GInputStream *in = g_io_stream_get_input_stream(stream);
    GOutputStream *out = g_io_stream_get_output_stream(stream);
    char request[4096] = "";
    gsize n = 0, from = 0, length = 0;

    while (n + 1 < sizeof request && !strstr(request, "\r\n\r\n")) {
        gssize got = g_input_stream_read(in, request + n, sizeof request - 1 - n, NULL, NULL);
        if (got <= 0)
            return;
        n += (gsize)got;
        request[n] = '\0';
    }
    bool there = strstr(request, " /scene.tif ") && asked(s, request, &from, &length);
    const char *status = !there                      ? "404 Not Found"
                         : strstr(request, "Range:") ? "206 Partial Content"
                                                     : "200 OK";
    g_autofree char *head =
        g_strdup_printf("HTTP/1.1 %s\r\nContent-Length: %zu\r\nAccept-Ranges: bytes\r\n"
                        "Content-Range: bytes %zu-%zu/%zu\r\nConnection: close\r\n\r\n",
                        status, length, from, from + MAX(length, 1) - 1, s->whole);
    g_output_stream_write_all(out, head, strlen(head), NULL, NULL, NULL);
    if (g_str_has_prefix(request, "GET") && there &&
        g_output_stream_write_all(out, s->bytes + from, length, &n, NULL, NULL))
        g_atomic_int_add(&s->sent, (gint)n);
}

static gpointer listen_and_answer(gpointer of)
{
    server *s = of;
    GSocketConnection *c;

    while ((c = g_socket_listener_accept(s->listener, NULL, s->stop, NULL))) {
        answer(s, G_IO_STREAM(c));
        g_io_stream_close(G_IO_STREAM(c), NULL, NULL);
        g_object_unref(c);
    }
    return NULL;
}

/* Serve `share` of the file; its end is not there. */
static void start(server *s, const char *path, double share)
{
    GError *error = NULL;

    *s = (server){.listener = g_socket_listener_new(), .stop = g_cancellable_new()};
    CHECK(g_file_get_contents(path, &s->bytes, &s->size, &error));
    s->whole = (gsize)(share * (double)s->size);
    guint16 port = g_socket_listener_add_any_inet_port(s->listener, NULL, &error);
    CHECK_OK(error);
    s->url = g_strdup_printf("/vsicurl/http://127.0.0.1:%u/scene.tif", port);
    s->thread = g_thread_new("server", listen_and_answer, s);
}

static void stop(server *s)
{
    g_cancellable_cancel(s->stop);
    g_thread_join(s->thread);
    g_socket_listener_close(s->listener);
    g_object_unref(s->listener);
    g_object_unref(s->stop);
    g_free(s->bytes);
    g_free(s->url);
}

static const char *scene(void)
{
    made_form f = MADE_FORM;
    g_autofree double *planes = g_new(double, SIDE *SIDE);

    for (int i = 0; i < SIDE * SIDE; i++)
        planes[i] = g_rand_int_range(suite_rand(), 0, 60000);
    f.width = f.height = SIDE, f.type = GDT_UInt16, f.options = TILED;
    return make_raster("scene.tif", &f, planes);
}

static bool read_corner(const char *path, float *values, GError **error)
{
    const int band = 1;
    uint8_t valid[64 * 64];
    rdl_block corner = {SIDE - 64, SIDE - 64, 64, 64};
    g_autoptr(rdl_raster) r = rdl_raster_open(path, error);

    memset(valid, 1, sizeof valid);
    return r && rdl_raster_read(r, corner, 1, &band, values, valid, error);
}

static void a_corner_is_read_without_the_rest(void)
{
    const char *path = scene();
    g_autofree float *here = g_new(float, 64 * 64), *there = g_new(float, 64 * 64);
    GError *error = NULL;
    server s;

    start(&s, path, 1.0);
    CHECK(read_corner(path, here, &error));
    CHECK_OK(error);
    CHECK(read_corner(s.url, there, &error));
    CHECK_OK(error);
    CHECK(memcmp(here, there, sizeof(float) * 64 * 64) == 0);
    CHECK(s.sent > 0 && 2 * (gsize)s.sent < s.size);
    stop(&s);
}

static void a_file_cut_off_on_the_server_is_an_error(void)
{
    g_autofree float *values = g_new(float, 64 * 64);
    GError *error = NULL;
    server s;

    start(&s, scene(), 0.7);
    CHECK(!read_corner(s.url, values, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "scene.tif");
    stop(&s);
}

static void a_file_that_is_not_there_is_an_error(void)
{
    GError *error = NULL;
    server s;

    start(&s, scene(), 1.0);
    g_autofree char *other = g_strdup_printf("%.*sother.tif", (int)strlen(s.url) - 9, s.url);
    CHECK(!rdl_raster_open(other, &error));
    CHECK_FAILS(error, RDL_ERROR_IO, "other.tif");
    stop(&s);
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {
        {"a corner is read without the rest", a_corner_is_read_without_the_rest},
        {"a file cut off on the server is an error", a_file_cut_off_on_the_server_is_an_error},
        {"a file that is not there is an error", a_file_that_is_not_there_is_an_error},
        CU_TEST_INFO_NULL,
    };

    g_setenv("no_proxy", "127.0.0.1", TRUE);
    return run_suite("geo.server", tests, argc, argv);
}
