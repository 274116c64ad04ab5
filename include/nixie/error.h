/* error.h - errors are values: made once, passed up, shown by the program. No room prints.
 *
 * Functions that can fail take an `nx_error *err` (never NULL unless said so) and return false, -1
 * or NULL after filling it. All strings in an error are owned by it; nx_error_clear() frees them.
 * A message says what went wrong and with what; the hint says what to do. Messages begin in lower
 * case and have no full stop, as PostgreSQL's do ("Error Message Style Guide").
 * Texts may carry the server's bytes: they pass nixie/text.h on their way to a screen.
 */
#ifndef NIXIE_ERROR_H
#define NIXIE_ERROR_H

#include <stdbool.h>

#include "nixie/arena.h"

typedef enum nx_error_class {
    NX_OK = 0,
    NX_ERR_USAGE,     /* what the user asked for is malformed: bad filter, bad cursor, bad option */
    NX_ERR_CONNECT,   /* no session could be made: name, network, TLS, password, start-up */
    NX_ERR_LOST,      /* the connection broke after it had been usable */
    NX_ERR_SERVER,    /* the server refused a statement; sqlstate is set */
    NX_ERR_NOT_FOUND, /* no such model, field, key or record */
    NX_ERR_CONFLICT,  /* the row is not the one that was shown: changed or deleted meanwhile */
    NX_ERR_REFUSED,   /* nixie will not do it: read-only, no identity, generated field */
    NX_ERR_CANCELLED, /* the user cancelled */
    NX_ERR_TIMEOUT,   /* a deadline passed: ours, or the server's statement or lock timeout */
    NX_ERR_IN_DOUBT,  /* connection lost around COMMIT, and the outcome could not be learned */
    NX_ERR_MEMORY,    /* a large allocation failed, or a ceiling was reached */
    NX_ERR_SYSTEM     /* a file or another operating-system matter */
} nx_error_class;

typedef struct nx_error {
    nx_error_class kind; /* NX_OK when there is no error */
    char sqlstate[6];    /* five characters, or "" */
    char *message;       /* never NULL when kind != NX_OK */
    char *detail;        /* the following may be NULL */
    char *hint;
    char *context;
    char *statement;  /* the SQL that was refused, without its parameters */
    char *constraint; /* PG_DIAG_CONSTRAINT_NAME, PG_DIAG_COLUMN_NAME */
    char *column;
    int position; /* 1-based character in `statement` or in the user's text, 0 when unknown */
} nx_error;

#define NX_ERROR \
    { .kind = NX_OK }

/* Replaces whatever err holds. err may be NULL: then nothing happens. */
void nx_error_set(nx_error *err, nx_error_class kind, const char *format, ...) NX_PRINTF(3, 4);
void nx_error_hint(nx_error *err, const char *format, ...) NX_PRINTF(2, 3);
void nx_error_detail(nx_error *err, const char *format, ...) NX_PRINTF(2, 3);
void nx_error_copy(nx_error *to, const nx_error *from); /* deep copy, replaces *to */
void nx_error_move(nx_error *to, nx_error *from);       /* *from becomes NX_OK */
void nx_error_clear(nx_error *err);
static inline bool nx_failed(const nx_error *err) { return err->kind != NX_OK; }

#endif
