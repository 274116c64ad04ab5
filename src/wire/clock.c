#include "nixie/clock.h"

#include <stdio.h>

static void answered(nx_trip *trip, void *owner) {
    nx_clock *clock = owner;
    const nx_error *err = nx_trip_error(trip);
    const nx_result *result = nx_trip_result(trip, 0);
    if (err) {
        nx_error_copy(&clock->err, err);
    } else if (result && nx_result_rows(result) == 1 && nx_result_text(result, 0, 0)) {
        snprintf(clock->time, sizeof clock->time, "%s", nx_result_text(result, 0, 0));
    }
    clock->trip = NULL;
    clock->done = true;
}

void nx_clock_ask(nx_session *session, nx_clock *clock) {
    *clock = (nx_clock){.err = NX_ERROR};
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.clock_timestamp()::text");
    clock->trip = nx_trip_new(session, NX_TRIP_READ, "ask for the time");
    nx_trip_add(clock->trip, &sql);
    nx_trip_send(clock->trip, answered, clock);
    nx_sql_free(&sql);
}

void nx_clock_drop(nx_clock *clock) {
    if (clock->trip) {
        nx_trip_drop(clock->trip);
        clock->trip = NULL;
    }
    nx_error_clear(&clock->err);
}
