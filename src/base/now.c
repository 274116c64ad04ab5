#include "nixie/now.h"

#include <time.h>

enum { LONGEST_MS = 60000 }; /* poll() takes an int; who wants to sleep longer is woken and sleeps again */

int64_t nx_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int nx_poll(struct pollfd *fds, int nfds, int64_t deadline_ms, bool pending) {
    (void)pending;
    int64_t left = -1;
    if (deadline_ms >= 0) {
        left = deadline_ms - nx_now_ms();
        left = left < 0 ? 0 : left > LONGEST_MS ? LONGEST_MS : left;
    }
    return poll(fds, (nfds_t)nfds, (int)left);
}
