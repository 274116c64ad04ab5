/* session.h - one connection to PostgreSQL, driven from outside, never blocking.
 *
 * The program's one poll loop asks nx_session_wait() what to wait for, polls, and calls
 * nx_session_step(). All work is done in step; completion callbacks of trips (nixie/trip.h) run
 * inside it. Name look-ups (getaddrinfo) and cancel requests (PQcancel) run on short-lived helper
 * threads that report through a pipe which is among the descriptors.
 *
 * Everything sent is safe through a pooler in transaction mode (PgBouncer, Neon "-pooler"): unnamed
 * statements, settings pinned with set_config(..., true) inside each segment, no session state.
 * Nothing is sent while the user does nothing: no heartbeat.
 */
#ifndef NIXIE_SESSION_H
#define NIXIE_SESSION_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "nixie/error.h"
#include "nixie/now.h"
#include "nixie/source.h"

typedef struct nx_session nx_session;

typedef enum nx_session_state {
    NX_SESSION_OFF,        /* not connected and not trying; the next trip connects */
    NX_SESSION_RESOLVING,  /* looking the host's name up */
    NX_SESSION_CONNECTING, /* network, TLS, authentication */
    NX_SESSION_WAKING,     /* authenticated or nearly so, and the server takes its time (> 1 s): on Neon
                              the proxy is waking the compute */
    NX_SESSION_READY,      /* usable, nothing under way */
    NX_SESSION_BUSY,       /* trips under way */
    NX_SESSION_CANCELLING, /* a cancel request is under way */
    NX_SESSION_LOST        /* the connection broke; the next trip reconnects */
} nx_session_state;

typedef struct nx_session_options {
    bool read_only;            /* every segment runs inside BEGIN READ ONLY ... COMMIT */
    int statement_timeout_ms;  /* pinned per segment; 0: 30,000 */
    int lock_timeout_ms;       /* pinned per segment; 0: 3,000 */
    const char *application_name; /* NULL: "nixie" */
} nx_session_options;

/* What the first trip learned; strings may be "" but are not NULL. */
typedef struct nx_server {
    int version;           /* server_version_num: 150018 */
    const char *version_text;
    const char *database, *user, *session_user;
    const char *host, *port; /* as connected; a socket folder for a Unix socket */
    const char *endpoint, *branch, *project; /* Neon; "" elsewhere */
    const char *system, *timeline; /* the cluster's identifier and its timeline (Neon's where there is one);
                                "" when the role may not ask */
    const char *timezone;    /* the session's own, pinned from then on */
    const char *encoding;    /* server_encoding */
    bool pooled;       /* by host, by parameter, or seen (the backend's pid is not the connection's) */
    bool replica;      /* pg_is_in_recovery() */
    bool read_only;    /* replica, --read-only, or default_transaction_read_only */
    bool tls;          /* the connection is encrypted */
    bool tls_verified; /* ... and the certificate was verified (verify-full) */
    bool local;        /* Unix socket or loopback */
    int64_t connect_ms, first_query_ms; /* measured at the last connect */
} nx_server;

/* What to wait for: nx_poll() for these, until deadline_ms (-1: none). */
#define NX_WAIT_MAX 4
typedef struct nx_wait {
    struct pollfd fds[NX_WAIT_MAX];
    int nfds;
    int64_t deadline_ms;
    bool pending; /* an answer of the server (or of a name service) is on its way */
} nx_wait;

/* A session on `source`, not yet connected. It keeps a reference to source, which must outlive it.
 * Never NULL. */
nx_session *nx_session_new(const nx_source *source, const nx_session_options *options);

/* A further session beside another one: on its source, with the password that it was given. Not yet connected. */
nx_session *nx_session_beside(const nx_session *session, const nx_session_options *options);

/* Ends it at once: undelivered trips are dropped without callback, an open transaction is abandoned
 * (the server rolls it back), the socket is closed without waiting. */
void nx_session_free(nx_session *session);

/* Starts connecting if off or lost. Progress through step. Trips do this by themselves. */
void nx_session_connect(nx_session *session);

void nx_session_wait(const nx_session *session, nx_wait *wait);

/* Does whatever can be done without waiting. `wait` is what nx_session_wait() gave with revents
 * filled in, or NULL to try everything. May call completion callbacks. */
void nx_session_step(nx_session *session, const nx_wait *wait);

/* Asks the server to cancel what is running (57014) and drops queued trips that were not sent:
 * their callbacks get NX_ERR_CANCELLED. Repeats the request while the statement still runs; when
 * nothing has come back after one second the socket is closed and the session is LOST, and the
 * trips end with NX_ERR_CANCELLED. While connecting: gives up at once. Idle: does nothing. */
void nx_session_cancel(nx_session *session);

nx_session_state nx_session_get_state(const nx_session *session);
/* Milliseconds since the present state or trip began: for "waking compute 1.4 s". */
int64_t nx_session_elapsed_ms(const nx_session *session);
/* What is under way ("open Post"), or NULL. Owned by the session. */
const char *nx_session_activity(const nx_session *session);
/* Time of the last completed trip in milliseconds, -1 when none. */
int64_t nx_session_round_trip_ms(const nx_session *session);
/* Trips sent so far (each is one round trip). */
int64_t nx_session_trips(const nx_session *session);
/* NULL until the first trip came back. Owned by the session; replaced at a reconnect. */
const nx_server *nx_session_server(const nx_session *session);
const nx_source *nx_session_source(const nx_session *session);
bool nx_session_read_only(const nx_session *session); /* by option or as the server said */
/* Why the last connect attempt failed or the connection was lost; kind NX_OK when it did not. */
const nx_error *nx_session_error(const nx_session *session);
/* True when connecting failed for want of a password (PQconnectionNeedsPassword). */
bool nx_session_needs_password(const nx_session *session);
/* Used at the next connect; the copy is wiped when the session ends. */
void nx_session_set_password(nx_session *session, const char *password);

/* Receives the server's notices (raw text: sanitise). Called inside step. */
typedef void nx_session_notice(void *owner, const char *message);
void nx_session_on_notice(nx_session *session, nx_session_notice *notice, void *owner);

/* For programs without a loop of their own (commands, tests): polls and steps until *flag is true
 * or `timeout_ms` passed (-1: no limit) or *stop becomes non-zero (a signal handler's flag; NULL:
 * none). Returns *flag. The engine itself never calls it. */
bool nx_session_run(nx_session *session, const bool *flag, int timeout_ms, const volatile int *stop);

#endif
