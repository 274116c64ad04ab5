/* The clock and the sleep of programs under test, in the place of src/base/now.c. See clock.h. */
#include "nixie/now.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lab/clock.h"
#include "lab/clock_page.h"

enum {
    SLICE_MS = 5,    /* how late it is noticed that the clock was moved, or that the test asks */
    EARLY_MS = 200   /* a signal that came before the sleep began is noticed by waking for no reason */
};

int64_t lab_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int lab_slow_ms(void) {
    const char *slow = getenv("NIXIE_SLOW");
    int ms = slow ? atoi(slow) : 0;
    return ms > 0 ? ms : 0;
}

lab_clock_page *lab_clock_page_here(void) {
    static lab_clock_page alone, *page; /* without memory to share the clock runs, and nobody can hold it */
    if (!page) {
        const char *path = getenv("NIXIE_CLOCK");
        int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
        int how = MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0);
        void *shared = mmap(NULL, sizeof alone, PROT_READ | PROT_WRITE, how, fd, 0);
        page = shared != MAP_FAILED ? shared : &alone;
        if (fd >= 0) {
            close(fd);
        }
    }
    return page;
}

int64_t lab_clock_page_now(lab_clock_page *page) { return page->held ? page->now_ms : lab_now_ms() + page->ahead_ms; }

int64_t nx_now_ms(void) { return lab_clock_page_now(lab_clock_page_here()); }

static void sleep_slowly(void) {
    int ms = lab_slow_ms();
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

int nx_poll(struct pollfd *fds, int nfds, int64_t deadline_ms, bool pending) {
    lab_clock_page *page = lab_clock_page_here();
    int64_t early = lab_now_ms() + EARLY_MS;
    for (;;) {
        int64_t asked = page->asked;
        int n = poll(fds, (nfds_t)nfds, 0);
        int64_t now = lab_clock_page_now(page);
        if (n != 0 || (deadline_ms >= 0 && now >= deadline_ms) || lab_now_ms() >= early) {
            sleep_slowly();
            return n;
        }
        page->pending = pending;
        page->deadline_ms = deadline_ms;
        page->told = asked;
        int64_t slice = page->held || deadline_ms < 0 || deadline_ms - now > SLICE_MS ? SLICE_MS : deadline_ms - now;
        n = poll(fds, (nfds_t)nfds, (int)slice);
        if (n != 0) {
            sleep_slowly();
            return n;
        }
    }
}
