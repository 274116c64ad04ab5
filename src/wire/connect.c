/* Connecting: look the name up on a thread, then try one address after the other, and begin anew
 * where waiting helps. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "classify.h"
#include "session.h"

enum { RESTART_PATIENCE_MS = 5000, SLOW_RETRIES = 2, PAUSE_MIN_MS = 250, PAUSE_MAX_MS = 4000, SLOW_PAUSE_MS = 2500 };

/* --- keywords and values ---------------------------------------------------------------------------- */

typedef struct keywords {
    const char **keys, **values;
    size_t n;
} keywords;

static void put(keywords *k, const char *key, const char *value) {
    if (value) {
        k->keys[k->n] = key;
        k->values[k->n++] = value;
    }
}

/* Whether the session says this itself, so that the source's value is left out. */
static bool overridden(const nx_session *s, const char *key) {
    return strcmp(key, "host") == 0 || strcmp(key, "hostaddr") == 0 || strcmp(key, "port") == 0 ||
           (strcmp(key, "password") == 0 && s->password) ||
           (strcmp(key, "application_name") == 0 && s->application_name);
}

static PGconn *start(const nx_session *s) {
    const wire_target *target = &s->connect.targets.list[s->connect.at];
    size_t room = s->source->nparams + 8;
    keywords k = {nx_calloc(room, sizeof *k.keys), nx_calloc(room, sizeof *k.values), 0};
    put(&k, "fallback_application_name", "nixie");
    for (size_t i = 0; i < s->source->nparams; i++) {
        if (!overridden(s, s->source->params[i].keyword)) {
            put(&k, s->source->params[i].keyword, s->source->params[i].value);
        }
    }
    put(&k, "host", target->host); /* beside the address: TLS and .pgpass go by the name */
    put(&k, "hostaddr", target->address);
    put(&k, "port", target->port);
    put(&k, "password", s->password);
    put(&k, "application_name", s->application_name);
    PGconn *conn = PQconnectStartParams(k.keys, k.values, 0);
    free(k.keys);
    free(k.values);
    return conn;
}

/* What a person calls the server that is being tried. */
static void name_place(const nx_session *s, nx_buf *place) {
    const wire_connect *c = &s->connect;
    const wire_target *target = &c->targets.list[c->at];
    const char *host = target->host ? target->host : target->address;
    const char *port = target->port ? target->port : s->source->port;
    if (!host) {
        nx_buf_adds(place, "the local server");
    } else if (host[0] == '/') {
        nx_buf_addf(place, "%s/.s.PGSQL.%s", host, port);
    } else {
        nx_buf_addf(place, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    }
}

/* --- ends ------------------------------------------------------------------------------------------- */

static void clear(wire_connect *c) {
    wire_errand_release(c->lookup);
    c->lookup = NULL;
    wire_targets_free(&c->targets);
    c->at = 0;
}

void wire_connect_abandon(nx_session *s) { clear(&s->connect); }

static void fail(nx_session *s, nx_error *why) {
    if (s->conn) {
        s->needs_password = PQconnectionNeedsPassword(s->conn) != 0;
    }
    wire_session_hang_up(s, false);
    clear(&s->connect);
    nx_error_move(&s->error, why);
    wire_session_phase(s, PHASE_OFF);
    wire_session_fail_queued(s, &s->error);
}

static void fail_late(nx_session *s) {
    nx_error why = NX_ERROR;
    nx_buf place = NX_BUF;
    name_place(s, &place);
    int64_t seconds = (nx_now_ms() - s->connect.began + 500) / 1000;
    nx_error_set(&why, NX_ERR_CONNECT, "no answer from %s within %d s", place.data, (int)seconds);
    nx_error_hint(&why, "check host, port, VPN and firewall; connect_timeout in the URL gives it longer");
    nx_buf_free(&place);
    fail(s, &why);
}

static void succeed(nx_session *s) {
    if (PQsetnonblocking(s->conn, 1) != 0 || !PQenterPipelineMode(s->conn)) {
        nx_error why = NX_ERROR;
        nx_error_set(&why, NX_ERR_CONNECT, "cannot use the connection: %s", PQerrorMessage(s->conn));
        fail(s, &why);
        return;
    }
    s->connect_ms = nx_now_ms() - s->connect.began;
    clear(&s->connect);
    s->was_up = s->hello_due = true;
    s->stray_nulls = 0;
    s->progress_at = nx_now_ms();
    nx_error_clear(&s->error);
    nx_error_clear(&s->farewell);
    wire_session_phase(s, PHASE_UP);
}

/* --- attempts --------------------------------------------------------------------------------------- */

static void attempt_failed(nx_session *s, const char *text);

static void attempt(nx_session *s) {
    wire_session_hang_up(s, false);
    s->connect.attempt_began = nx_now_ms();
    s->connect.events = POLLOUT; /* "as if PQconnectPoll had said PGRES_POLLING_WRITING" */
    wire_session_phase(s, PHASE_CONNECTING);
    s->conn = start(s);
    if (!s->conn) {
        nx_out_of_memory();
    }
    wire_notice_install(s);
    if (PQstatus(s->conn) == CONNECTION_BAD) {
        attempt_failed(s, PQerrorMessage(s->conn));
    }
}

/* Half to one and a half of the step, so that many programs do not come back in one beat. */
static int jittered(int ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return ms / 2 + (int)((t.tv_nsec / 1000) % (ms + 1));
}

/* The pause before the next attempt, or -1 when there is to be none. */
static int pause_before_retry(const nx_session *s, wire_retry retry) {
    const wire_connect *c = &s->connect;
    int step = PAUSE_MIN_MS << (c->tries < 4 ? c->tries : 4);
    int pause = jittered(step < PAUSE_MAX_MS ? step : PAUSE_MAX_MS);
    int64_t now = nx_now_ms();
    switch (retry) {
    case RETRY_NEVER: return -1;
    case RETRY_ONCE: return c->tries < 1 ? pause : -1;
    case RETRY_RESTART:
        if (!s->source->endpoint && !(s->was_up && now - c->began < RESTART_PATIENCE_MS)) {
            return -1;
        }
        break;
    case RETRY_SLOWLY:
        if (c->tries >= SLOW_RETRIES) {
            return -1;
        }
        pause = SLOW_PAUSE_MS + jittered(PAUSE_MIN_MS);
        break;
    case RETRY_SOON: break;
    }
    return now + pause < c->deadline ? pause : -1;
}

static void attempt_failed(nx_session *s, const char *text) {
    nx_error why = NX_ERROR;
    nx_buf place = NX_BUF;
    name_place(s, &place);
    wire_verdict verdict = wire_classify_connect(&why, text, place.data);
    nx_buf_free(&place);
    wire_connect *c = &s->connect;
    c->starting = verdict.starting;
    if (verdict.next_address && c->at + 1 < c->targets.n) {
        c->at++;
        attempt(s);
        nx_error_clear(&why);
        return;
    }
    int pause = pause_before_retry(s, verdict.retry);
    if (pause < 0) {
        fail(s, &why);
    } else {
        wire_session_hang_up(s, false);
        c->at = 0;
        c->tries++;
        c->retry_at = nx_now_ms() + pause;
        wire_session_phase(s, PHASE_BACKOFF);
    }
    nx_error_clear(&why);
}

/* --- beginning -------------------------------------------------------------------------------------- */

void wire_connect_begin(nx_session *s) {
    wire_connect *c = &s->connect;
    wire_session_hang_up(s, false);
    clear(c);
    int64_t patience = (int64_t)s->source->connect_timeout_s * 1000;
    c->began = nx_now_ms();
    c->deadline = c->began + (patience > CONNECT_PATIENCE_MS ? patience : CONNECT_PATIENCE_MS);
    c->tries = 0;
    c->starting = false;
    s->needs_password = false;
    nx_error_clear(&s->error);
    c->targets = wire_targets_of(s->source);
    if (!wire_targets_need_lookup(&c->targets)) {
        attempt(s);
        return;
    }
    wire_session_phase(s, PHASE_RESOLVING);
    c->lookup = wire_errand_start(wire_lookup_work, wire_lookup_discard, wire_lookup_new(&c->targets));
    if (!c->lookup) {
        nx_error why = NX_ERROR;
        nx_error_set(&why, NX_ERR_CONNECT, "cannot look names up: no thread could be started");
        fail(s, &why);
    }
}

static void lookup_done(nx_session *s) {
    wire_connect *c = &s->connect;
    wire_lookup *lookup = wire_errand_data(c->lookup);
    if (lookup->found.n == 0) {
        nx_error why = NX_ERROR;
        nx_error_set(&why, NX_ERR_CONNECT, "cannot find host \"%s\": %s", lookup->failed_host, lookup->failure);
        nx_error_hint(&why, "check the spelling of the host and the network");
        fail(s, &why);
        return;
    }
    wire_targets_free(&c->targets);
    c->targets = lookup->found;
    lookup->found = (wire_targets){NULL, 0};
    wire_errand_release(c->lookup);
    c->lookup = NULL;
    c->at = 0;
    attempt(s);
}

/* --- stepping --------------------------------------------------------------------------------------- */

static void poll_attempt(nx_session *s) {
    switch (PQconnectPoll(s->conn)) {
    case PGRES_POLLING_OK: succeed(s); break;
    case PGRES_POLLING_FAILED: attempt_failed(s, PQerrorMessage(s->conn)); break;
    case PGRES_POLLING_WRITING: s->connect.events = POLLOUT; break;
    default: s->connect.events = POLLIN; break;
    }
}

/* An address that swallows packets must not eat the time of its siblings. */
static int64_t attempt_deadline(const nx_session *s) {
    const wire_connect *c = &s->connect;
    bool dialling = s->conn && PQstatus(s->conn) == CONNECTION_STARTED;
    int64_t own = c->attempt_began + ADDRESS_PATIENCE_MS;
    return dialling && c->at + 1 < c->targets.n && own < c->deadline ? own : c->deadline;
}

static void step_connecting(nx_session *s) {
    /* Bounded by the handshake itself; each turn has consumed something from the socket. */
    while (s->phase == PHASE_CONNECTING && wire_socket_ready(PQsocket(s->conn), s->connect.events)) {
        poll_attempt(s);
    }
    if (s->phase == PHASE_CONNECTING && nx_now_ms() >= attempt_deadline(s) && nx_now_ms() < s->connect.deadline) {
        s->connect.at++;
        attempt(s);
    }
}

void wire_connect_step(nx_session *s) {
    if (s->phase == PHASE_RESOLVING && wire_errand_done(s->connect.lookup)) {
        lookup_done(s);
    }
    if (s->phase == PHASE_BACKOFF && nx_now_ms() >= s->connect.retry_at) {
        attempt(s);
    }
    if (s->phase == PHASE_CONNECTING) {
        step_connecting(s);
    }
    bool trying = s->phase == PHASE_RESOLVING || s->phase == PHASE_CONNECTING || s->phase == PHASE_BACKOFF;
    if (trying && nx_now_ms() >= s->connect.deadline) {
        fail_late(s);
    }
}

bool wire_connect_waking(const nx_session *s) {
    const wire_connect *c = &s->connect;
    bool there = s->phase == PHASE_BACKOFF && c->starting;
    if (s->phase == PHASE_CONNECTING) {
        ConnStatusType status = PQstatus(s->conn);
        there = c->starting || status == CONNECTION_AWAITING_RESPONSE || status == CONNECTION_AUTH_OK;
    }
    return there && nx_now_ms() - c->began >= WAKING_AFTER_MS;
}

void wire_connect_wait(const nx_session *s, nx_wait *wait) {
    const wire_connect *c = &s->connect;
    int64_t deadline = -1;
    if (s->phase == PHASE_RESOLVING) {
        wait->fds[wait->nfds++] = (struct pollfd){.fd = wire_errand_fd(c->lookup), .events = POLLIN};
        deadline = c->deadline;
    } else if (s->phase == PHASE_CONNECTING) {
        int64_t waking = c->began + WAKING_AFTER_MS;
        wait->fds[wait->nfds++] = (struct pollfd){.fd = PQsocket(s->conn), .events = c->events};
        deadline = nx_now_ms() < waking ? waking : attempt_deadline(s);
    } else if (s->phase == PHASE_BACKOFF) {
        deadline = c->retry_at;
    }
    wait->pending = s->phase == PHASE_RESOLVING || s->phase == PHASE_CONNECTING;
    wait->deadline_ms = nx_sooner(wait->deadline_ms, deadline);
}
