/* clock.h - the server's clock, asked for in one tiny trip: is it there, and how fast does it answer? */
#ifndef NIXIE_CLOCK_H
#define NIXIE_CLOCK_H

#include <stdbool.h>

#include "nixie/trip.h"

typedef struct nx_clock { /* owned by the caller */
    nx_trip *trip; /* under way; NULL otherwise */
    bool done;
    char time[64]; /* timestamp with time zone as text, "" when it failed */
    nx_error err;
} nx_clock;

/* Asks. `clock` must stay where it is until done or nx_clock_drop(). */
void nx_clock_ask(nx_session *session, nx_clock *clock);
/* Gives up a question under way and frees what the clock holds. */
void nx_clock_drop(nx_clock *clock);

#endif
