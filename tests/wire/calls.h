/* calls.h - short ways to say "send this and wait for what comes back". */
#ifndef TEST_WIRE_CALLS_H
#define TEST_WIRE_CALLS_H

#include "nixie/trip.h"

/* What remains of a trip after its callback. */
typedef struct call {
    bool done;
    int calls;          /* how often the callback ran */
    nx_error error;     /* of the trip */
    nx_error errors[8]; /* of its statements */
    int failed_at[8];   /* of their segments */
    nx_result *results[8];
    int n;
    nx_trip *trip; /* until it is done */
} call;

/* Sends one trip; "|" among the statements begins a further segment. NULL ends the list. */
void call_start(nx_session *session, call *c, nx_trip_kind kind, const char *const *statements);
void call_wait(nx_session *session, call *c);
void call_free(call *c);

/* Sends, waits: the common case. */
void call_run(nx_session *session, call *c, nx_trip_kind kind, const char *const *statements);
#define STATEMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The callback of all this: takes the results over into the call that is the owner. */
void call_answered(nx_trip *trip, void *owner);

/* Value of row 0, column 0 of statement i; NULL when there is none. */
const char *call_text(const call *c, int i);

/* One read of one value: fails the test on an error. malloc'ed. */
char *call_value(nx_session *session, const char *sql);

#endif
