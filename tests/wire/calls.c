#include "calls.h"

#include "lab/lab.h"
#include "lab/test.h"

void call_answered(nx_trip *trip, void *owner) {
    call *c = owner;
    const nx_error *error = nx_trip_error(trip);
    if (error) {
        nx_error_copy(&c->error, error);
    }
    for (int i = 0; i < c->n; i++) {
        const nx_error *own = nx_trip_statement_error(trip, i);
        if (own) {
            nx_error_copy(&c->errors[i], own);
        }
        c->failed_at[i] = nx_trip_failed_at(trip, i);
        c->results[i] = nx_trip_take(trip, i);
    }
    c->calls++;
    c->trip = NULL;
    c->done = true;
}

void call_start(nx_session *session, call *c, nx_trip_kind kind, const char *const *statements) {
    *c = (call){.n = 0};
    c->trip = nx_trip_new(session, kind, "test");
    for (; *statements; statements++) {
        if (strcmp(*statements, "|") == 0) {
            nx_trip_segment(c->trip);
            continue;
        }
        nx_sql sql = NX_SQL;
        nx_sql_add(&sql, *statements);
        assert_int_equal(nx_trip_add(c->trip, &sql), c->n++);
        nx_sql_free(&sql);
    }
    nx_trip_send(c->trip, call_answered, c);
}

void call_wait(nx_session *session, call *c) { lab_wait(session, &c->done); }

void call_free(call *c) {
    nx_error_clear(&c->error);
    for (int i = 0; i < c->n; i++) {
        nx_error_clear(&c->errors[i]);
        nx_result_free(c->results[i]);
    }
    *c = (call){.n = 0};
}

void call_run(nx_session *session, call *c, nx_trip_kind kind, const char *const *statements) {
    call_start(session, c, kind, statements);
    call_wait(session, c);
}

const char *call_text(const call *c, int i) {
    return c->results[i] && nx_result_rows(c->results[i]) > 0 ? nx_result_text(c->results[i], 0, 0) : NULL;
}

char *call_value(nx_session *session, const char *sql) {
    call c;
    call_run(session, &c, NX_TRIP_READ, STATEMENTS(sql));
    if (nx_failed(&c.error)) {
        fail_msg("%s: %s", sql, c.error.message);
    }
    char *value = nx_strdup(call_text(&c, 0));
    call_free(&c);
    return value;
}
