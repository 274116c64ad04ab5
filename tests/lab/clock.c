/* The test's side of a clock that is held still. */
#include "lab/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/clock_page.h"
#include "lab/fault.h"
#include "nixie/arena.h"

enum { PATIENCE_MS = 180000 };

struct lab_clock {
    lab_clock_page *page;
    int64_t ticket; /* the last question asked */
    bool lent;      /* the file is another's */
    char path[40];
};

int64_t lab_patience_ms(void) { return PATIENCE_MS + (int64_t)PATIENCE_MS * lab_slow_ms() / 10; }

static lab_clock *map(lab_clock *clock, int fd) {
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *clock->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) {
        close(fd);
    }
    if (page == MAP_FAILED) {
        free(clock);
        return NULL;
    }
    clock->page = page;
    return clock;
}

lab_clock *lab_clock_new(void) {
    lab_clock *clock = nx_calloc(1, sizeof *clock);
    snprintf(clock->path, sizeof clock->path, "/tmp/nixie-clock-XXXXXX");
    int fd = mkostemp(clock->path, O_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, sizeof *clock->page) != 0) {
        close(fd);
        fd = -1;
    }
    clock = map(clock, fd);
    if (clock) {
        lab_clock_hold(clock);
    }
    return clock;
}

lab_clock *lab_clock_open(const char *path) {
    lab_clock *clock = nx_calloc(1, sizeof *clock);
    clock->lent = true;
    return map(clock, open(path, O_RDWR | O_CLOEXEC));
}

void lab_clock_free(lab_clock *clock) {
    if (clock) {
        munmap(clock->page, sizeof *clock->page);
        if (!clock->lent) {
            unlink(clock->path);
        }
        free(clock);
    }
}

const char *lab_clock_path(const lab_clock *clock) { return clock->path; }

lab_clock *lab_clock_own(void) {
    static lab_clock own;
    own.page = lab_clock_page_here();
    return &own;
}

void lab_clock_hold(lab_clock *clock) {
    if (!clock->page->held) {
        clock->page->now_ms = lab_clock_page_now(clock->page);
        clock->page->held = 1;
    }
}

void lab_clock_run(lab_clock *clock) {
    if (clock->page->held) {
        clock->page->ahead_ms = clock->page->now_ms - lab_now_ms();
        clock->page->held = 0;
    }
}

bool lab_clock_held(const lab_clock *clock) { return clock->page->held != 0; }

void lab_clock_pass(lab_clock *clock, int64_t ms) {
    if (clock->page->held) {
        clock->page->now_ms += ms;
    } else {
        clock->page->ahead_ms += ms;
    }
}

int64_t lab_clock_now(const lab_clock *clock) { return lab_clock_page_now(clock->page); }

void lab_clock_ask(lab_clock *clock) { clock->ticket = ++clock->page->asked; }

bool lab_clock_rests(const lab_clock *clock, lab_rest *rest) {
    if (clock->page->told < clock->ticket) {
        return false;
    }
    *rest = (lab_rest){.pending = clock->page->pending != 0, .deadline_ms = clock->page->deadline_ms};
    return true;
}

void lab_clock_pass_until(lab_clock *clock, int64_t deadline_ms) {
    if (clock->page->held && deadline_ms > clock->page->now_ms) {
        clock->page->now_ms = deadline_ms;
    }
}

int64_t lab_clock_until(const lab_clock *clock, int64_t deadline_ms) {
    int64_t left = deadline_ms - lab_clock_page_now(clock->page);
    return deadline_ms < 0 ? -1 : left < 0 ? 0 : left;
}

void lab_fault(lab_clock *clock, const char *faults) { lab_fault_arm((clock ? clock : lab_clock_own())->page, faults); }

int lab_faults_struck(lab_clock *clock) { return (int)(clock ? clock : lab_clock_own())->page->struck; }
