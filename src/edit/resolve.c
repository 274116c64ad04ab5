#include "resolve.h"

#include <stdlib.h>
#include <string.h>

enum {
    ASKED_BEFORE_FENCE = 10, /* questions, 0.1 s apart */
    ASKED_AT_MOST = 40
};

struct nx_resolve_job {
    nx_session *session;
    nx_trip *trip;
    char *xid, *pid;
    int asked, answer_at;
    nx_resolve_done *done;
    void *owner;
};

static void free_job(nx_resolve_job *job) {
    free(job->xid);
    free(job->pid);
    free(job);
}

static void end(nx_resolve_job *job, nx_fate fate, const nx_error *why) {
    job->done(job->owner, fate, why);
    free_job(job);
}

static void add_wait(nx_trip *trip) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.pg_sleep(0.1)");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
}

/* Ends the backend, but only while it is in this very transaction: its number may be another's by now. */
static void add_fence(nx_trip *trip, const nx_resolve_job *job) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a"
                     " WHERE a.pid OPERATOR(pg_catalog.=) ");
    nx_sql_param(&sql, nx_value_of(job->pid), "pg_catalog.int4");
    nx_sql_add(&sql, " AND a.backend_xid OPERATOR(pg_catalog.=) ");
    nx_sql_param(&sql, nx_value_of(job->xid), "pg_catalog.xid8");
    nx_sql_add(&sql, "::pg_catalog.xid");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
}

static int add_question(nx_trip *trip, const nx_resolve_job *job) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.pg_xact_status(");
    nx_sql_param(&sql, nx_value_of(job->xid), "pg_catalog.xid8");
    nx_sql_add(&sql, ")");
    int at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    return at;
}

static nx_trip_done answered;

static void ask(nx_resolve_job *job) {
    job->trip = nx_trip_new(job->session, NX_TRIP_READ, "learn what became of the commit");
    if (job->asked == ASKED_BEFORE_FENCE) {
        add_fence(job->trip, job);
        nx_trip_segment(job->trip);
    }
    if (job->asked++ > 0) {
        add_wait(job->trip);
    }
    job->answer_at = add_question(job->trip, job);
    nx_trip_send(job->trip, answered, job);
}

/* "committed", "aborted", "in progress", or NULL for too long ago. */
static void read_answer(nx_resolve_job *job, const char *status) {
    if (status && strcmp(status, "committed") == 0) {
        end(job, NX_FATE_COMMITTED, NULL);
    } else if (status && strcmp(status, "aborted") == 0) {
        end(job, NX_FATE_ABORTED, NULL);
    } else if (status && strcmp(status, "in progress") == 0 && job->asked < ASKED_AT_MOST) {
        ask(job);
    } else {
        nx_error why = NX_ERROR;
        nx_error_set(&why, NX_ERR_IN_DOUBT, "the server says \"%s\"", status ? status : "too long ago");
        end(job, NX_FATE_UNKNOWN, &why);
        nx_error_clear(&why);
    }
}

static void answered(nx_trip *trip, void *owner) {
    nx_resolve_job *job = owner;
    job->trip = NULL;
    const nx_result *result = nx_trip_result(trip, job->answer_at);
    if (result && nx_result_rows(result) == 1) {
        read_answer(job, nx_result_text(result, 0, 0));
    } else {
        end(job, NX_FATE_UNKNOWN, nx_trip_error(trip));
    }
}

nx_resolve_job *nx_resolve(nx_session *session, const char *xid, const char *pid, nx_resolve_done *done, void *owner) {
    nx_resolve_job *job = nx_calloc(1, sizeof *job);
    job->session = session;
    job->xid = nx_strdup(xid);
    job->pid = nx_strdup(pid);
    job->done = done;
    job->owner = owner;
    ask(job);
    return job;
}

void nx_resolve_drop(nx_resolve_job *job) {
    if (!job) {
        return;
    }
    if (job->trip) {
        nx_trip_drop(job->trip);
    }
    free_job(job);
}
