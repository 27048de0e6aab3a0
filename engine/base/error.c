#include "base/error.h"
#include "base/message.h"

GQuark rdl_error_quark(void)
{
    return g_quark_from_static_string("rdl-error");
}

bool rdl_fail(GError **error, rdl_error code, const char *format, ...)
{
    va_list args;

    if (!error)
        return false;
    va_start(args, format);
    g_autofree char *message = rdl_message_remember(format, args);
    va_end(args);
    g_propagate_error(error, g_error_new_literal(RDL_ERROR, (gint)code, message));
    return false;
}

int rdl_exit_status(const GError *error)
{
    if (!error)
        return 0;
    if (error->domain == G_OPTION_ERROR)
        return 2;
    if (error->domain != RDL_ERROR)
        return 3;
    switch ((rdl_error)error->code) {
    case RDL_ERROR_USAGE:
        return 2;
    case RDL_ERROR_IO:
    case RDL_ERROR_DATA:
    case RDL_ERROR_CRS:
    case RDL_ERROR_NOT_FOUND:
        return 3;
    case RDL_ERROR_CONFLICT:
        return 4;
    case RDL_ERROR_BALANCE:
        return 6;
    case RDL_ERROR_CANCELLED:
        return 130;
    case RDL_ERROR_INTERNAL:
        break;
    }
    return 5;
}
