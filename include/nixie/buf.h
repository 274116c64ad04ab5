/* buf.h - a growing byte string with sticky failure.
 *
 * Invariant: data is never NULL and always NUL-terminated, so it can be read at any time. When an
 * append cannot be done (out of memory, or above `max`), the buffer becomes failed and empty and
 * ignores further appends: write everything, test nx_buf_failed() once at the end.
 */
#ifndef NIXIE_BUF_H
#define NIXIE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "nixie/arena.h"

typedef struct nx_buf {
    char *data;  /* NUL-terminated; points to static storage while nothing was appended */
    size_t len;  /* bytes before the NUL */
    size_t cap;  /* bytes allocated, 0 while static */
    size_t max;  /* ceiling in bytes, 0 for none */
    bool failed; /* an append could not be done */
} nx_buf;

/* An empty buffer; also usable as an initialiser: nx_buf b = NX_BUF; */
extern char nx_buf_empty[1];
#define NX_BUF \
    { .data = nx_buf_empty }

void nx_buf_free(nx_buf *buf);  /* frees; the buffer is empty and usable again */
void nx_buf_clear(nx_buf *buf); /* empties, keeps the memory, forgets a failure */
void nx_buf_add(nx_buf *buf, const char *bytes, size_t len);
void nx_buf_adds(nx_buf *buf, const char *s);
void nx_buf_addc(nx_buf *buf, char c);
void nx_buf_addf(nx_buf *buf, const char *format, ...) NX_PRINTF(2, 3);
void nx_buf_vaddf(nx_buf *buf, const char *format, va_list args) NX_PRINTF(2, 0);
bool nx_buf_failed(const nx_buf *buf);
void nx_buf_fail(nx_buf *buf); /* for what belongs into it and could not be made */

/* The contents as a malloc'ed string, to be freed with free(); the buffer becomes empty.
 * NULL when the buffer had failed. */
char *nx_buf_take(nx_buf *buf);

#endif
