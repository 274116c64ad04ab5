/* session.h - the inside of a session, shared by the files of this room. */
#ifndef WIRE_SESSION_H
#define WIRE_SESSION_H

#include <libpq-fe.h>

#include "errand.h"
#include "nixie/session.h"
#include "nixie/trip.h"
#include "target.h"
#include "trip.h"

enum {
    WAKING_AFTER_MS = 1000,      /* from then on the wait has a name */
    CANCEL_REPEAT_MS = 300,      /* a request that comes before its query is lost without a word */
    CANCEL_PATIENCE_MS = 1000,   /* then the socket is closed */
    GRACE_MS = 5000,             /* on top of the statement timeout, for a link that went silent */
    SILENCE_MAX_MS = 600000,     /* but no longer than this without a byte */
    CONNECT_PATIENCE_MS = 15000, /* at least: a sleeping compute may take that long */
    ADDRESS_PATIENCE_MS = 4000,  /* for one of several addresses to accept a connection */
    NOTICES_MAX = 100            /* kept between two steps */
};

typedef enum wire_phase {
    PHASE_OFF,
    PHASE_RESOLVING,
    PHASE_CONNECTING,
    PHASE_BACKOFF, /* waiting to try again */
    PHASE_UP,
    PHASE_LOST
} wire_phase;

typedef struct wire_connect {
    wire_errand *lookup;
    wire_targets targets;
    size_t at;                       /* the target being tried */
    int64_t began, deadline;         /* of the whole, retries included */
    int64_t attempt_began, retry_at; /* of the present attempt; end of the back-off */
    int tries;
    short events;  /* what PQconnectPoll() waits for */
    bool starting; /* the last attempt met a server that is starting up */
} wire_connect;

typedef struct wire_cancel {
    bool active;
    wire_errand *request; /* under way; NULL between two requests */
    int64_t repeat_at, deadline;
} wire_cancel;

typedef struct wire_notices {
    char *texts[NOTICES_MAX];
    int n;
    int lost; /* more than fit */
} wire_notices;

typedef struct wire_logged wire_logged;
typedef struct wire_log { /* a ring of the last statements */
    wire_logged *ring; /* NULL until the first */
    int first, count;
    int64_t number; /* of the last */
    size_t bytes;
} wire_log;

struct nx_session {
    const nx_source *source;
    bool read_only;
    int statement_timeout_ms, lock_timeout_ms;
    char *application_name; /* NULL: the source's */
    char *password;         /* NULL: the source's */

    wire_phase phase;
    int64_t since; /* the phase began */
    PGconn *conn;
    wire_connect connect;
    wire_cancel cancel;
    bool was_up; /* once: then a refusing server is one that restarts */
    bool needs_password;
    bool kicked; /* something can be done without waiting */

    wire_list queued, sent, finished;
    bool hello_due;      /* the next trip asks who the server is */
    bool in_transaction; /* an NX_TRIP_BEGIN was sent and its NX_TRIP_END not yet answered */
    bool flush_due;      /* libpq holds bytes for a full socket */
    int stray_nulls;
    int64_t progress_at; /* something was sent or came back */
    int64_t round_trip_ms, trips, connect_ms;

    nx_arena *server_arena;
    nx_server *server;
    char *timezone; /* NULL until learned; then pinned */
    bool sql_ascii; /* bytes come as they are stored */
    nx_error error;
    nx_error farewell; /* a FATAL that came while nothing was asked */

    wire_log log;
    nx_session_notice *notice;
    void *notice_owner;
    wire_notices notices;
    bool stepping, doomed;
    bool *gone; /* set when the session is freed: nx_session_run() looks */
};

/* session.c */
void wire_session_phase(nx_session *s, wire_phase phase);
void wire_session_take(nx_session *s, nx_trip *trip);
void wire_session_finish(nx_session *s, nx_trip *trip); /* its owner is told later in the same step */
void wire_session_fail_queued(nx_session *s, const nx_error *why);
/* Drops the socket. `orderly`: say goodbye if that does not block. */
void wire_session_hang_up(nx_session *s, bool orderly);
/* The connection is gone: reads are queued again once, everything else ends with `why`. */
void wire_session_lose(nx_session *s, const nx_error *why);
bool wire_socket_ready(int fd, short events);

/* connect.c */
void wire_connect_begin(nx_session *s);
void wire_connect_step(nx_session *s);
void wire_connect_abandon(nx_session *s);
void wire_connect_wait(const nx_session *s, nx_wait *wait);
bool wire_connect_waking(const nx_session *s);

/* send.c, receive.c */
void wire_send_step(nx_session *s);
void wire_receive_step(nx_session *s);
int64_t wire_receive_deadline(const nx_session *s); /* -1: none */

/* pins.c */
bool wire_pins_send(nx_session *s);

/* hello.c */
extern const char wire_hello_sql[];
void wire_hello_read(nx_session *s, const PGresult *res, int64_t ms);
extern const char wire_cluster_sql[];
void wire_cluster_read(nx_session *s, const PGresult *res);

/* cancel.c */
void wire_cancel_step(nx_session *s);
void wire_cancel_reset(nx_session *s);
void wire_cancel_fire(nx_session *s); /* one request, nobody waits for it */

/* log.c */
void wire_log_trip(nx_session *s, nx_trip *trip); /* takes its statements over */
void wire_log_free(wire_log *log);

/* notice.c */
void wire_notice_install(nx_session *s);
void wire_notice_deliver(nx_session *s);

#endif
