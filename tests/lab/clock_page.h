/* clock_page.h - the page of memory that tests/lab/now.c and fault.c (in the program) and clock.c (in the test) share. */
#ifndef LAB_CLOCK_PAGE_H
#define LAB_CLOCK_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

enum { LAB_FAULTS = 8 };

typedef struct lab_fault_rule { /* see fault.h */
    char call[24];
    int64_t first, last; /* of its calls */
    int how;
    _Atomic int64_t seen;
} lab_fault_rule;

typedef struct lab_clock_page {
    _Atomic int64_t held;        /* 1: the clock stands at now_ms; 0: it runs, later than the real one by ahead_ms */
    _Atomic int64_t now_ms, ahead_ms;
    _Atomic int64_t asked, told; /* the test's question whether the program rests, and the last one answered */
    _Atomic int64_t pending, deadline_ms;
    _Atomic int64_t nfaults, struck;
    lab_fault_rule faults[LAB_FAULTS]; /* the first nfaults of them are in force */
} lab_clock_page;

/* That of this process: the file that NIXIE_CLOCK names, else memory of its own, shared with what it forks from then on. */
lab_clock_page *lab_clock_page_here(void);
int64_t lab_clock_page_now(lab_clock_page *page);
/* Puts these faults in force; NULL: none. */
void lab_fault_arm(lab_clock_page *page, const char *faults);

#endif
