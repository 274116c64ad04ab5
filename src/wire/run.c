#include "session.h"

enum { LOOK_MS = 200 }; /* how late a signal that came between the look and the poll is noticed */

static int64_t deadline_of(const nx_wait *wait, int64_t until, bool looking) {
    int64_t deadline = nx_sooner(wait->deadline_ms, until);
    return looking ? nx_sooner(deadline, nx_now_ms() + LOOK_MS) : deadline;
}

bool nx_session_run(nx_session *s, const bool *flag, int timeout_ms, const volatile int *stop) {
    int64_t until = timeout_ms < 0 ? -1 : nx_now_ms() + timeout_ms;
    bool gone = false;
    bool *outer = s->gone;
    s->gone = &gone;
    while (!*flag && !gone && !(stop && *stop) && (until < 0 || nx_now_ms() < until)) {
        nx_wait wait;
        nx_session_wait(s, &wait);
        nx_poll(wait.fds, wait.nfds, deadline_of(&wait, until, stop != NULL), wait.pending);
        nx_session_step(s, &wait);
    }
    if (!gone) {
        s->gone = outer;
    } else if (outer) {
        *outer = true;
    }
    return *flag;
}
