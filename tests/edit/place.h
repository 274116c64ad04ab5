/* place.h - a database with a folder of journals, for tests of what a crash leaves behind. */
#ifndef TESTS_EDIT_PLACE_H
#define TESTS_EDIT_PLACE_H

#include "bench.h"
#include "kept.h"
#include "lab/lab.h"

typedef struct place { /* a database, directly and through a proxy, and a folder of journals */
    bench *direct, *far;
    lab_proxy *proxy;
    nx_journal *journal; /* of `b`, which is one of the two */
    bench *b;
    char root[40], folder[64];
} place;

int place_open(void **state);
int place_close(void **state);
/* Before and after each test: fresh tables t, heap, u and log, no journal. */
int place_fresh(void **state);
int place_done(void **state);

/* Opens a journal in the folder; from now on `b` is this one. */
void place_begin(place *p, bench *b);
/* As kill -9: nothing is said any more, the file stays. */
void place_crash(place *p);

/* The only orphan there is. */
nx_orphan *place_orphan(place *p);
/* Describes the models that it speaks of, as far as they are there. */
void place_describe(place *p, const nx_orphan *orphan);
/* Recovers and lets go of it; the notes, for the caller to free. */
char *place_recover(place *p, nx_orphan *orphan);

/* Saves v = 'new' of t 1, staged as change 0, and a new record of log, through the proxy, which swallows the COMMIT or its
 * answer ("on-commit blackhole"): until it has, and the journal says so. */
nx_save_job *place_save_until_commit(place *p, const char *fault);
/* The same, and the process is killed before it learns of it. */
void place_save_and_crash(place *p, const char *fault);
/* The journal holds the record of a COMMIT. */
bool place_noted_commit(void *place);
/* Asks what became of it. */
nx_settled place_settle(place *p, nx_orphan *orphan);

#endif
