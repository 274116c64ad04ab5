/* log.h - what was sent to the server: every statement with its parameters, time and rows.
 *
 * A session keeps the last 1,000 statements, at most 8 MiB of them. Settings that are pinned around each segment and
 * the question who the server is are not among them. Values of fields whose names sound secret (nixie/secret.h)
 * are masked where statements are made readable.
 */
#ifndef NIXIE_LOG_H
#define NIXIE_LOG_H

#include "nixie/session.h"
#include "nixie/sql.h"

typedef struct nx_logged { /* one statement */
    int64_t number;       /* of the session, from 1 */
    int64_t trip;         /* the round trip it was part of, from 1 */
    const char *what;     /* what the trip was for: "open Post" */
    const char *text;     /* the statement with $1, $2 ... */
    int nparams;
    char *const *params;  /* NULL entries are SQL NULL */
    int64_t ms;           /* from sending the trip to this answer; -1: there was none */
    int64_t rows;         /* returned or affected, -1: not said */
    bool transaction;     /* part of an explicit transaction: a save */
    bool retried;         /* the trip was sent again on a new connection */
    const char *sqlstate; /* "" where it went well */
    const char *error;    /* the server's message, or why there was no answer; NULL where it went well */
} nx_logged;

int nx_log_count(const nx_session *session);
/* The i-th of those kept, oldest first. Owned by the session; good until its next step. */
const nx_logged *nx_log_at(const nx_session *session, int i);

/* The statement as one can run it in psql: parameters as quoted literals, secret ones as '***'. malloc'ed. */
char *nx_logged_readable(const nx_logged *logged);

#endif
