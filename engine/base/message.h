/* base/message.h - what is said to people, in their language.
 *
 * The engine speaks and writes English, whatever the locale: results never depend on it. Once a
 * program has bound the catalogues (data/locale/LANGUAGE.po, GNU gettext), what rdl_fail() and
 * rdl_say() said is remembered in the user's language too, and a terminal asks for that. */
#ifndef RDL_BASE_MESSAGE_H
#define RDL_BASE_MESSAGE_H

#include <glib.h>
#include "base/api.h"

/** By LC_MESSAGES and LANGUAGE, after setlocale(). Without a catalogue all stays English. */
RDL_API void rdl_messages_bind(void);
/** A line of words that is no error, in English: a warning. Yours. */
RDL_API char *rdl_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** A format in the user's language. Lent. */
RDL_API const char *rdl_message(const char *english) G_GNUC_FORMAT(1);
/** A whole text, with all that was said in it, in the user's language. Yours. */
RDL_API char *rdl_message_said(const char *english);

/** For rdl_fail(): what `format` says in English, remembered. Yours. */
char *rdl_message_remember(const char *format, va_list args);

#endif
