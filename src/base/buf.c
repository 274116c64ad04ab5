#include "nixie/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char nx_buf_empty[1] = "";

static void forget(nx_buf *buf) {
    if (buf->cap) {
        free(buf->data);
    }
    buf->data = nx_buf_empty;
    buf->len = buf->cap = 0;
}

void nx_buf_free(nx_buf *buf) {
    forget(buf);
    buf->failed = false;
}

void nx_buf_clear(nx_buf *buf) {
    buf->len = 0;
    buf->failed = false;
    if (buf->cap) {
        buf->data[0] = '\0';
    }
}

void nx_buf_fail(nx_buf *buf) {
    forget(buf);
    buf->failed = true;
}

/* Room for `more` bytes and the NUL. */
static bool reserve(nx_buf *buf, size_t more) {
    if (buf->failed) {
        return false;
    }
    if (more > SIZE_MAX / 2 - buf->len - 1 || (buf->max && buf->len + more > buf->max)) {
        nx_buf_fail(buf);
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need <= buf->cap) {
        return true;
    }
    size_t cap = buf->cap ? buf->cap : 32;
    while (cap < need) {
        cap *= 2;
    }
    char *data = realloc(buf->cap ? buf->data : NULL, cap);
    if (!data) {
        nx_buf_fail(buf);
        return false;
    }
    if (!buf->cap) {
        data[0] = '\0';
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void nx_buf_add(nx_buf *buf, const char *bytes, size_t len) {
    if (len == 0 || !reserve(buf, len)) {
        return;
    }
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void nx_buf_adds(nx_buf *buf, const char *s) { nx_buf_add(buf, s, strlen(s)); }

void nx_buf_addc(nx_buf *buf, char c) { nx_buf_add(buf, &c, 1); }

void nx_buf_vaddf(nx_buf *buf, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        nx_buf_fail(buf);
    } else if (len > 0 && reserve(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void nx_buf_addf(nx_buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(buf, format, args);
    va_end(args);
}

bool nx_buf_failed(const nx_buf *buf) { return buf->failed; }

char *nx_buf_take(nx_buf *buf) {
    if (buf->failed) {
        return NULL;
    }
    char *data = buf->cap ? buf->data : nx_strdup("");
    *buf = (nx_buf){.data = nx_buf_empty, .max = buf->max};
    return data;
}
