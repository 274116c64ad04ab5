#include "session.h"

#include <stdlib.h>
#include <sys/socket.h>

/* --- life ------------------------------------------------------------------------------------------- */

static int positive(int value, int otherwise) { return value > 0 ? value : otherwise; }

nx_session *nx_session_new(const nx_source *source, const nx_session_options *options) {
    static const nx_session_options none = {.read_only = false};
    const nx_session_options *o = options ? options : &none;
    nx_session *s = nx_calloc(1, sizeof *s);
    s->source = source;
    s->read_only = o->read_only;
    s->statement_timeout_ms = positive(o->statement_timeout_ms, positive(source->statement_timeout_ms, 30000));
    s->lock_timeout_ms = positive(o->lock_timeout_ms, 3000);
    s->application_name = nx_strdup(o->application_name);
    s->round_trip_ms = -1;
    s->since = nx_now_ms();
    return s;
}

nx_session *nx_session_beside(const nx_session *session, const nx_session_options *options) {
    nx_session *s = nx_session_new(session->source, options);
    s->password = nx_strdup(session->password);
    return s;
}

static void free_trips(wire_list *list) {
    for (nx_trip *trip = wire_list_pop(list); trip; trip = wire_list_pop(list)) {
        wire_trip_free(trip);
    }
}

/* Through volatile, so that it is not optimised away: explicit_bzero() is not everywhere. */
static void forget_password(nx_session *s) {
    for (volatile char *p = s->password; p && *p; p++) {
        *p = '\0';
    }
    free(s->password);
    s->password = NULL;
}

static void destroy(nx_session *s) {
    if (s->gone) {
        *s->gone = true;
    }
    nx_error_clear(&s->error);
    nx_error_clear(&s->farewell);
    wire_log_free(&s->log);
    nx_arena_free(s->server_arena);
    free(s->timezone);
    free(s->application_name);
    free(s);
}

void nx_session_free(nx_session *s) {
    if (!s || s->doomed) {
        return;
    }
    s->doomed = true;
    if (s->sent.head) {
        wire_cancel_fire(s); /* closing the socket alone would leave the server working */
    }
    wire_connect_abandon(s);
    wire_cancel_reset(s);
    wire_session_hang_up(s, !s->sent.head);
    free_trips(&s->queued);
    free_trips(&s->sent);
    free_trips(&s->finished);
    forget_password(s);
    if (!s->stepping) {
        destroy(s);
    }
}

/* --- what others see -------------------------------------------------------------------------------- */

static nx_session_state state_up(const nx_session *s) {
    if (s->sent.head) {
        return s->cancel.active ? NX_SESSION_CANCELLING : NX_SESSION_BUSY;
    }
    return s->queued.head ? NX_SESSION_BUSY : NX_SESSION_READY;
}

nx_session_state nx_session_get_state(const nx_session *s) {
    static const nx_session_state of[] = {
        [PHASE_OFF] = NX_SESSION_OFF,
        [PHASE_RESOLVING] = NX_SESSION_RESOLVING,
        [PHASE_CONNECTING] = NX_SESSION_CONNECTING,
        [PHASE_BACKOFF] = NX_SESSION_CONNECTING,
        [PHASE_LOST] = NX_SESSION_LOST,
    };
    if (s->phase == PHASE_UP) {
        return state_up(s);
    }
    return wire_connect_waking(s) ? NX_SESSION_WAKING : of[s->phase];
}

int64_t nx_session_elapsed_ms(const nx_session *s) {
    bool connecting = s->phase != PHASE_OFF && s->phase != PHASE_LOST && s->phase != PHASE_UP;
    int64_t since = connecting ? s->connect.began : s->sent.head ? s->sent.head->sent_at : s->since;
    return nx_now_ms() - since;
}

const char *nx_session_activity(const nx_session *s) {
    const nx_trip *trip = s->sent.head ? s->sent.head : s->queued.head;
    return trip ? trip->what : NULL;
}

int64_t nx_session_round_trip_ms(const nx_session *s) { return s->round_trip_ms; }
int64_t nx_session_trips(const nx_session *s) { return s->trips; }
const nx_server *nx_session_server(const nx_session *s) { return s->server; }
const nx_source *nx_session_source(const nx_session *s) { return s->source; }
const nx_error *nx_session_error(const nx_session *s) { return &s->error; }
bool nx_session_needs_password(const nx_session *s) { return s->needs_password; }

bool nx_session_read_only(const nx_session *s) { return s->read_only || (s->server && s->server->read_only); }

void nx_session_set_password(nx_session *s, const char *password) {
    forget_password(s);
    s->password = nx_strdup(password);
}

void nx_session_on_notice(nx_session *s, nx_session_notice *notice, void *owner) {
    s->notice = notice;
    s->notice_owner = owner;
}

/* --- trips ------------------------------------------------------------------------------------------ */

void wire_session_finish(nx_session *s, nx_trip *trip) {
    trip->state = TRIP_FINISHED;
    wire_list_append(&s->finished, trip);
    s->kicked = true;
}

/* An END needs a transaction that is open or about to be: a COMMIT sent outside would be answered
 * with COMMIT. */
static bool has_transaction(const nx_session *s) {
    const nx_trip *trip = s->queued.head;
    while (trip && !wire_trip_begins(trip)) {
        trip = trip->next;
    }
    return s->in_transaction || trip;
}

void wire_session_take(nx_session *s, nx_trip *trip) {
    s->kicked = true;
    if (trip->oversized) {
        nx_error_set(&trip->error, NX_ERR_MEMORY, "the statement is too large to be sent");
    } else if (trip->kind == NX_TRIP_BEGIN && nx_session_read_only(s)) {
        nx_error_set(&trip->error, NX_ERR_REFUSED, "this session is read-only");
    } else if ((trip->kind == NX_TRIP_END || trip->kind == NX_TRIP_MORE) && !has_transaction(s)) {
        nx_error_set(&trip->error, NX_ERR_LOST, "the transaction is no longer open");
    }
    if (nx_failed(&trip->error)) {
        wire_session_finish(s, trip);
        return;
    }
    trip->state = TRIP_QUEUED;
    wire_list_append(&s->queued, trip);
}

void wire_session_fail_queued(nx_session *s, const nx_error *why) {
    for (nx_trip *trip = wire_list_pop(&s->queued); trip; trip = wire_list_pop(&s->queued)) {
        nx_error_copy(&trip->error, why);
        wire_session_finish(s, trip);
    }
}

/* --- the end of a connection ------------------------------------------------------------------------ */

void wire_session_phase(nx_session *s, wire_phase phase) {
    s->phase = phase;
    s->since = nx_now_ms();
    s->kicked = true;
}

void wire_session_hang_up(nx_session *s, bool orderly) {
    if (!s->conn) {
        return;
    }
    /* PQfinish() writes a farewell and TLS's close: on a dead link they must find the door shut. */
    if (!orderly && PQsocket(s->conn) >= 0) {
        shutdown(PQsocket(s->conn), SHUT_RDWR);
    }
    PQfinish(s->conn);
    s->conn = NULL;
    s->flush_due = false;
}

/* What a trip in flight ends with. Whether a COMMIT was heard is never known, not even when it was
 * the user who gave up waiting. */
static void end_lost(nx_trip *trip, const nx_error *why) {
    bool writes = trip->kind == NX_TRIP_BEGIN || trip->kind == NX_TRIP_MORE;
    bool unknown = trip->kind == NX_TRIP_END || (writes && why->kind == NX_ERR_TIMEOUT);
    wire_trip_reset(trip);
    nx_error_copy(&trip->error, why);
    if (unknown) {
        trip->error.kind = NX_ERR_LOST;
    }
}

static void requeue_or_end(nx_session *s, wire_list *again, nx_trip *trip, const nx_error *why) {
    bool replay = trip->kind == NX_TRIP_READ && why->kind == NX_ERR_LOST && !trip->replayed && !trip->cancel_asked;
    if (!trip->done) {
        wire_trip_free(trip);
    } else if (replay) {
        wire_trip_reset(trip);
        trip->replayed = true;
        trip->state = TRIP_QUEUED;
        wire_list_append(again, trip);
    } else {
        end_lost(trip, why);
        wire_session_finish(s, trip);
    }
}

/* The transaction that this was to go on with or to end died with the connection. */
static void end_orphan(nx_session *s, const nx_error *why) {
    nx_trip *trip = s->in_transaction ? s->queued.head : NULL;
    while (trip && trip->kind != NX_TRIP_MORE && trip->kind != NX_TRIP_END) {
        trip = trip->next;
    }
    if (trip) {
        wire_list_remove(&s->queued, trip);
        requeue_or_end(s, &s->queued, trip, why);
    }
}

void wire_session_lose(nx_session *s, const nx_error *why) {
    nx_error reason = NX_ERROR;
    nx_error_copy(&reason, why); /* `why` may live in what is about to go */
    wire_session_hang_up(s, false);
    wire_cancel_reset(s);
    end_orphan(s, &reason);
    wire_list again = {NULL, NULL};
    for (nx_trip *trip = wire_list_pop(&s->sent); trip; trip = wire_list_pop(&s->sent)) {
        requeue_or_end(s, &again, trip, &reason);
    }
    for (nx_trip *trip = wire_list_pop(&s->queued); trip; trip = wire_list_pop(&s->queued)) {
        wire_list_append(&again, trip);
    }
    s->queued = again;
    s->in_transaction = false;
    nx_error_move(&s->error, &reason);
    nx_error_clear(&s->farewell);
    wire_session_phase(s, PHASE_LOST);
}
