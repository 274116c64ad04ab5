/* The session's one step: whatever can be done without waiting. */
#include <poll.h>

#include "session.h"

enum { ROUNDS_MAX = 8 }; /* callbacks that keep starting trips must not keep the program from its keys */

bool wire_socket_ready(int fd, short events) {
    struct pollfd one = {.fd = fd, .events = events};
    return fd >= 0 && poll(&one, 1, 0) > 0;
}

void nx_session_connect(nx_session *s) {
    if (s->phase == PHASE_OFF || s->phase == PHASE_LOST) {
        wire_connect_begin(s);
    }
}

/* --- waiting ---------------------------------------------------------------------------------------- */

static void add_fd(nx_wait *wait, int fd, short events) {
    if (fd >= 0 && wait->nfds < NX_WAIT_MAX) {
        wait->fds[wait->nfds++] = (struct pollfd){.fd = fd, .events = events};
    }
}

static void sooner(nx_wait *wait, int64_t deadline) { wait->deadline_ms = nx_sooner(wait->deadline_ms, deadline); }

static void wait_up(const nx_session *s, nx_wait *wait) {
    add_fd(wait, PQsocket(s->conn), (short)(POLLIN | (s->flush_due ? POLLOUT : 0)));
    sooner(wait, wire_receive_deadline(s));
    wait->pending = s->sent.head || s->queued.head || s->cancel.active;
    if (s->cancel.active) {
        sooner(wait, s->cancel.request ? s->cancel.deadline : s->cancel.repeat_at);
        sooner(wait, s->cancel.deadline);
    }
    if (s->cancel.request) {
        add_fd(wait, wire_errand_fd(s->cancel.request), POLLIN);
    }
}

void nx_session_wait(const nx_session *s, nx_wait *wait) {
    *wait = (nx_wait){.deadline_ms = -1};
    if (s->kicked) {
        wait->deadline_ms = nx_now_ms();
    }
    if (s->phase == PHASE_UP) {
        wait_up(s, wait);
    } else {
        wire_connect_wait(s, wait);
    }
}

/* --- stepping --------------------------------------------------------------------------------------- */

static void advance(nx_session *s) {
    if (s->phase == PHASE_UP) {
        wire_receive_step(s);
    } else {
        wire_connect_step(s);
    }
    wire_cancel_step(s);
    if ((s->phase == PHASE_OFF || s->phase == PHASE_LOST) && s->queued.head) {
        wire_connect_begin(s);
    }
    if (s->phase == PHASE_UP) {
        wire_send_step(s);
    }
}

static void deliver(nx_session *s) {
    wire_notice_deliver(s);
    /* Only what is there now: what callbacks add has its turn in the next round. */
    wire_list batch = s->finished;
    s->finished = (wire_list){NULL, NULL};
    for (nx_trip *trip = wire_list_pop(&batch); trip; trip = wire_list_pop(&batch)) {
        wire_log_trip(s, trip);
        if (trip->done && !s->doomed) {
            trip->done(trip, trip->owner);
        }
        wire_trip_free(trip);
    }
}

void nx_session_step(nx_session *s, const nx_wait *wait) {
    (void)wait; /* asking the sockets again costs a microsecond and cannot be out of date */
    if (s->stepping) {
        return; /* called by a callback of this very step, which goes on when that returns */
    }
    s->stepping = true;
    int rounds = 0;
    do {
        s->kicked = false;
        advance(s);
        deliver(s);
    } while (s->kicked && !s->doomed && ++rounds < ROUNDS_MAX);
    s->stepping = false;
    if (s->doomed) {
        s->doomed = false;
        nx_session_free(s);
    }
}
