#include "nixie/error.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"

static char *format_text(const char *format, va_list args) NX_PRINTF(1, 0);

static char *format_text(const char *format, va_list args) {
    nx_buf buf = NX_BUF;
    nx_buf_vaddf(&buf, format, args);
    char *text = nx_buf_take(&buf);
    return text ? text : nx_strdup("out of memory");
}

void nx_error_clear(nx_error *err) {
    if (!err) {
        return;
    }
    free(err->message);
    free(err->detail);
    free(err->hint);
    free(err->context);
    free(err->statement);
    free(err->constraint);
    free(err->column);
    *err = (nx_error)NX_ERROR;
}

void nx_error_set(nx_error *err, nx_error_class kind, const char *format, ...) {
    if (!err) {
        return;
    }
    /* Formatted first: the arguments may come from the error that is being replaced. */
    va_list args;
    va_start(args, format);
    char *message = format_text(format, args);
    va_end(args);
    nx_error_clear(err);
    err->kind = kind;
    err->message = message;
}

void nx_error_hint(nx_error *err, const char *format, ...) {
    if (!err) {
        return;
    }
    va_list args;
    va_start(args, format);
    char *hint = format_text(format, args);
    va_end(args);
    free(err->hint);
    err->hint = hint;
}

void nx_error_detail(nx_error *err, const char *format, ...) {
    if (!err) {
        return;
    }
    va_list args;
    va_start(args, format);
    char *detail = format_text(format, args);
    va_end(args);
    free(err->detail);
    err->detail = detail;
}

void nx_error_copy(nx_error *to, const nx_error *from) {
    if (!to || to == from) {
        return;
    }
    nx_error copy = *from;
    copy.message = nx_strdup(from->message);
    copy.detail = nx_strdup(from->detail);
    copy.hint = nx_strdup(from->hint);
    copy.context = nx_strdup(from->context);
    copy.statement = nx_strdup(from->statement);
    copy.constraint = nx_strdup(from->constraint);
    copy.column = nx_strdup(from->column);
    nx_error_clear(to);
    *to = copy;
}

void nx_error_move(nx_error *to, nx_error *from) {
    if (to == from) {
        return;
    }
    if (to) {
        nx_error_clear(to);
        *to = *from;
        *from = (nx_error)NX_ERROR;
    } else {
        nx_error_clear(from);
    }
}
