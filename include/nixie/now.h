/* now.h - the one clock that everything is timed by, and the one place where the program sleeps.
 *
 * Whatever the engine or the program decides by the time (a deadline, a pause before the next attempt, how long keys
 * are held back for rows on their way) it asks of nx_now_ms(), and it waits for it in nx_poll(). Tests put a clock of
 * their own in the place of both, one that stands still until they move it (tests/lab/clock.h).
 */
#ifndef NIXIE_NOW_H
#define NIXIE_NOW_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* Milliseconds of the monotonic clock (CLOCK_MONOTONIC); only differences mean anything. */
int64_t nx_now_ms(void);

/* The sooner of two deadlines on this clock; a negative one means that there is none. */
static inline int64_t nx_sooner(int64_t a_ms, int64_t b_ms) {
    return a_ms < 0 || (b_ms >= 0 && b_ms < a_ms) ? b_ms : a_ms;
}

/* Sleeps in poll() until one of the descriptors is ready, a signal comes, or deadline_ms (on nx_now_ms()'s scale; -1:
 * none) is reached; it may also return early for no reason. Returns what poll() returned, with revents filled in.
 *
 * `pending`: somebody else's answer is on its way, and time that passes until then is not the program's own. It does
 * not change how long is slept here; a clock that tests hold goes on by itself only when nothing is pending. */
int nx_poll(struct pollfd *fds, int nfds, int64_t deadline_ms, bool pending);

#endif
