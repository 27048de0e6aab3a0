#include "base/message.h"

#include <libintl.h>
#include <string.h>
#include "base/paths.h"

#define DOMAIN "redline"
#define MOST 256 /* the oldest are forgotten: what is still to be told is young */

typedef struct {
    char *english, *own;
} saying;

static struct {
    GMutex lock;
    bool bound;
    GQueue sayings; /* of saying *, the youngest first */
} said;

void rdl_messages_bind(void)
{
    g_autofree char *folder = rdl_data_path("locale", NULL);

    if (!folder)
        return;
    bindtextdomain(DOMAIN, folder);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    said.bound = true;
}

const char *rdl_message(const char *english)
{
    return said.bound && *english ? dgettext(DOMAIN, english) : english;
}

static void free_saying(saying *s)
{
    g_free(s->english);
    g_free(s->own);
    g_free(s);
}

static void remember(char *take_english, char *take_own)
{
    saying *s = g_new(saying, 1);

    *s = (saying){take_english, take_own};
    g_mutex_lock(&said.lock);
    g_queue_push_head(&said.sayings, s);
    if (g_queue_get_length(&said.sayings) > MOST)
        free_saying(g_queue_pop_tail(&said.sayings));
    g_mutex_unlock(&said.lock);
}

/* A file under way has another name until it is whole (base/output.h); people know it by the one it
 * is to get. */
static char *with_final_names(char *take_message)
{
    static GRegex *under_way;
    g_autofree char *message = take_message;

    if (!strstr(message, ".part-"))
        return g_steal_pointer(&message);
    if (g_once_init_enter(&under_way))
        g_once_init_leave(&under_way, g_regex_new("\\.part-[0-9]+-", 0, 0, NULL));
    char *plain = g_regex_replace_literal(under_way, message, -1, 0, "", 0, NULL);
    return plain ? plain : g_steal_pointer(&message);
}

char *rdl_message_remember(const char *format, va_list args)
{
    const char *own = rdl_message(format);
    va_list again;

    va_copy(again, args);
    char *english = with_final_names(g_strdup_vprintf(format, args));
    if (own != format) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        remember(g_strdup(english), with_final_names(g_strdup_vprintf(own, again)));
#pragma GCC diagnostic pop
    }
    va_end(again);
    return english;
}

char *rdl_say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *english = rdl_message_remember(format, args);
    va_end(args);
    return english;
}

/* What was said last may hold what was said before it. */
char *rdl_message_said(const char *english)
{
    GString *text = g_string_new(english);

    g_mutex_lock(&said.lock);
    for (GList *l = said.sayings.head; l; l = l->next) {
        const saying *s = l->data;
        if (*s->english)
            g_string_replace(text, s->english, s->own, 0);
    }
    g_mutex_unlock(&said.lock);
    return g_string_free(text, FALSE);
}
