/* Cancelling: the request travels on a connection of its own, on a thread of its own, because libpq's
 * request blocks for as long as the network likes. */
#include "session.h"

#if defined(LIBPQ_HAS_ASYNC_CANCEL)
/* Encrypted as the session is (libpq 17). */
static void *make_request(PGconn *conn) { return PQcancelCreate(conn); }
static void work(void *request) { PQcancelBlocking(request); }
static void discard(void *request) { PQcancelFinish(request); }
#else
static void *make_request(PGconn *conn) { return PQgetCancel(conn); }
static void work(void *request) {
    char text[256]; /* PQcancel()'s recommended size; whether it worked shows on the session */
    PQcancel(request, text, sizeof text);
}
static void discard(void *request) { PQfreeCancel(request); }
#endif

static wire_errand *start_request(nx_session *s) {
    void *request = make_request(s->conn);
    return request ? wire_errand_start(work, discard, request) : NULL;
}

void wire_cancel_fire(nx_session *s) { wire_errand_release(start_request(s)); }

void wire_cancel_reset(nx_session *s) {
    wire_errand_release(s->cancel.request);
    s->cancel = (wire_cancel){.active = false};
}

static void send_request(nx_session *s, int64_t now) {
    s->cancel.request = start_request(s);
    s->cancel.repeat_at = now + CANCEL_REPEAT_MS;
}

/* A COMMIT or ROLLBACK that waits to be sent stays: its transaction has to end. */
static void cancel_queued(nx_session *s, const nx_error *why) {
    for (nx_trip *trip = s->queued.head, *next; trip; trip = next) {
        next = trip->next;
        if (trip->kind != NX_TRIP_END || !s->in_transaction) {
            wire_list_remove(&s->queued, trip);
            nx_error_copy(&trip->error, why);
            wire_session_finish(s, trip);
        }
    }
}

static void cancel_connecting(nx_session *s, const nx_error *why) {
    wire_connect_abandon(s);
    wire_session_hang_up(s, false);
    nx_error_copy(&s->error, why);
    wire_session_phase(s, PHASE_OFF);
    wire_session_fail_queued(s, why);
}

void nx_session_cancel(nx_session *s) {
    nx_error why = NX_ERROR;
    nx_error_set(&why, NX_ERR_CANCELLED, "cancelled");
    if (s->phase == PHASE_UP) {
        cancel_queued(s, &why);
        for (nx_trip *trip = s->sent.head; trip; trip = trip->next) {
            trip->cancel_asked = true;
        }
        if (s->sent.head && !s->cancel.active) {
            int64_t now = nx_now_ms();
            s->cancel = (wire_cancel){.active = true, .deadline = now + CANCEL_PATIENCE_MS};
            send_request(s, now);
        }
    } else if (s->phase != PHASE_OFF && s->phase != PHASE_LOST) {
        cancel_connecting(s, &why);
    } else {
        wire_session_fail_queued(s, &why);
    }
    nx_error_clear(&why);
}

static void give_up(nx_session *s) {
    nx_error why = NX_ERROR;
    nx_error_set(&why, NX_ERR_CANCELLED, "cancelled; the server did not answer, so the connection was closed");
    wire_session_lose(s, &why);
    nx_error_clear(&why);
}

/* Nothing runs any more. A request still on its way could hit the next statement, so nothing is sent
 * until it has arrived (wire_send_step); one that never arrives costs the connection. */
static void wind_down(nx_session *s, int64_t now) {
    if (!s->cancel.request) {
        wire_cancel_reset(s);
        s->kicked = true;
    } else if (now >= s->cancel.deadline) {
        wire_cancel_reset(s);
        wire_session_hang_up(s, false);
        s->in_transaction = false;
        wire_session_phase(s, PHASE_OFF);
    }
}

void wire_cancel_step(nx_session *s) {
    if (!s->cancel.active) {
        return;
    }
    int64_t now = nx_now_ms();
    if (s->cancel.request && wire_errand_done(s->cancel.request)) {
        wire_errand_release(s->cancel.request);
        s->cancel.request = NULL;
    }
    if (!s->sent.head) {
        wind_down(s, now);
    } else if (now >= s->cancel.deadline) {
        give_up(s);
    } else if (!s->cancel.request && now >= s->cancel.repeat_at) {
        send_request(s, now);
    }
}
