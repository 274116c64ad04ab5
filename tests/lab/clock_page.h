/* clock_page.h - the page of memory that tests/lab/now.c (in the program) and tests/lab/clock.c (in the test) share. */
#ifndef LAB_CLOCK_PAGE_H
#define LAB_CLOCK_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct lab_clock_page {
    _Atomic int64_t held;        /* 1: the clock stands at now_ms; 0: it runs, later than the real one by ahead_ms */
    _Atomic int64_t now_ms, ahead_ms;
    _Atomic int64_t asked, told; /* the test's question whether the program rests, and the last one answered */
    _Atomic int64_t pending, deadline_ms;
} lab_clock_page;

/* That of this process: the file that NIXIE_CLOCK names, else memory of its own, shared with what it forks from then on. */
lab_clock_page *lab_clock_page_here(void);
int64_t lab_clock_page_now(lab_clock_page *page);

#endif
