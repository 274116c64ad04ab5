/* classify.h - what a text or a result of libpq means. */
#ifndef WIRE_CLASSIFY_H
#define WIRE_CLASSIFY_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "nixie/error.h"

typedef enum wire_retry {
    RETRY_NEVER,
    RETRY_ONCE,
    RETRY_RESTART, /* only when the server was seen alive, or is one that sleeps and wakes */
    RETRY_SLOWLY,  /* a limit was met: a few times, seconds apart */
    RETRY_SOON     /* until the deadline, with growing pauses */
} wire_retry;

typedef struct wire_verdict {
    wire_retry retry;
    bool next_address; /* another address of the same host may do better */
    bool starting;     /* the server is there and getting up */
} wire_verdict;

/* Makes an NX_ERR_CONNECT from libpq's text. `place` is what a person calls the server. */
wire_verdict wire_classify_connect(nx_error *err, const char *text, const char *place);

/* Makes an error of class NX_ERR_SERVER, _CANCELLED, _TIMEOUT or _MEMORY from a refused statement. */
void wire_classify_result(nx_error *err, const PGresult *res, const char *statement, bool cancel_asked);

/* True for an error after which the server closes the connection. */
bool wire_is_fatal(const PGresult *res);

/* Makes an NX_ERR_LOST from the result, or from libpq's words about the connection. */
void wire_classify_lost(nx_error *err, const char *text, const PGresult *res);

#endif
