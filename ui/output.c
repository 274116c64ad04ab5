#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "nixie/text.h"
#include "process.h"

static const int exit_statuses[] = {
    [NX_ERR_USAGE] = UI_EXIT_USAGE,
    [NX_ERR_CONNECT] = UI_EXIT_CONNECT,
    [NX_ERR_LOST] = UI_EXIT_CONNECT,
};

int ui_exit_status(const nx_error *err) {
    size_t i = (size_t)err->kind;
    return i < NX_COUNT(exit_statuses) && exit_statuses[i] ? exit_statuses[i] : UI_EXIT_REFUSED;
}

static bool write_all(int fd, const char *bytes, size_t len) {
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR && !ui_stop) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static void say_error(const char *what, const char *text) {
    nx_buf line = NX_BUF;
    nx_buf_adds(&line, what);
    nx_text_plain(&line, text, strlen(text), true);
    nx_buf_addc(&line, '\n');
    write_all(STDERR_FILENO, line.data, line.len);
    nx_buf_free(&line);
}

int ui_fail(nx_error *err) {
    int status = ui_exit_status(err);
    say_error("nixie: ", err->message ? err->message : "unknown error");
    if (err->detail && *err->detail) {
        say_error("detail: ", err->detail);
    }
    if (err->hint && *err->hint) {
        say_error("hint: ", err->hint);
    }
    nx_error_clear(err);
    return status;
}

static void say_format(const char *what, const char *format, va_list args) NX_PRINTF(2, 0);

static void say_format(const char *what, const char *format, va_list args) {
    nx_buf text = NX_BUF;
    nx_buf_vaddf(&text, format, args);
    say_error(what, text.data);
    nx_buf_free(&text);
}

void ui_note(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_format("nixie: ", format, args);
    va_end(args);
}

void ui_hint(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_format("hint: ", format, args);
    va_end(args);
}

int ui_write(nx_buf *buf) {
    nx_error err = NX_ERROR;
    int status = UI_EXIT_DONE;
    if (nx_buf_failed(buf)) {
        nx_error_set(&err, NX_ERR_MEMORY, "out of memory while writing the result");
        status = ui_fail(&err);
    } else if (!write_all(STDOUT_FILENO, buf->data, buf->len)) {
        status = UI_EXIT_REFUSED;
        if (ui_stop) {
            status = ui_process_stopped();
        } else if (errno != EPIPE) { /* the reader has what it wanted: nothing to complain about */
            nx_error_set(&err, NX_ERR_SYSTEM, "could not write to standard output: %s", strerror(errno));
            status = ui_fail(&err);
        }
    }
    nx_buf_free(buf);
    return status;
}

bool ui_point_at(nx_error *err, const char *option, const char *text) {
    if (err->position < 1 || (size_t)err->position > strlen(text) + 1 || !nx_text_valid(text, strlen(text))) {
        return false;
    }
    nx_glyph glyph;
    size_t at = 0;
    int columns = 0, left = (int)strlen(text);
    for (int i = 1; i < err->position && left > 0; i++) {
        size_t n = 1;
        while (at + n < strlen(text) && ((unsigned char)text[at + n] & 0xC0u) == 0x80u) {
            n++; /* positions count characters, not the glyphs that they combine to */
        }
        nx_text_next(text + at, n, &glyph);
        columns += glyph.width;
        at += n;
        left -= (int)n;
    }
    nx_error_detail(err, "--%s %s\n%*s^", option, text, columns + (int)strlen(option) + 11, "");
    return false;
}
