#include <poll.h>

#include "session.h"

enum { LOOK_MS = 200 }; /* how late a signal that came between the look and the poll is noticed */

static int timeout_of(const nx_wait *wait, int64_t until, bool looking) {
    int64_t deadline = wait->deadline_ms;
    if (until >= 0 && (deadline < 0 || until < deadline)) {
        deadline = until;
    }
    int64_t left = deadline < 0 ? -1 : deadline - nx_now_ms();
    if (deadline >= 0 && left < 0) {
        left = 0;
    }
    if (looking && (left < 0 || left > LOOK_MS)) {
        left = LOOK_MS;
    }
    return left > 60000 ? 60000 : (int)left;
}

bool nx_session_run(nx_session *s, const bool *flag, int timeout_ms, const volatile int *stop) {
    int64_t until = timeout_ms < 0 ? -1 : nx_now_ms() + timeout_ms;
    bool gone = false;
    bool *outer = s->gone;
    s->gone = &gone;
    while (!*flag && !gone && !(stop && *stop) && (until < 0 || nx_now_ms() < until)) {
        nx_wait wait;
        nx_session_wait(s, &wait);
        poll(wait.fds, (nfds_t)wait.nfds, timeout_of(&wait, until, stop != NULL));
        nx_session_step(s, &wait);
    }
    if (!gone) {
        s->gone = outer;
    } else if (outer) {
        *outer = true;
    }
    return *flag;
}
