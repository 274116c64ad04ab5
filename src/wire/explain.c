/* Asking how a statement is run. */
#include "nixie/explain.h"

#include <stdlib.h>

#include "nixie/trip.h"

struct nx_explain_job {
    nx_session *session;
    bool analyze;
    nx_trip *trip;
    nx_explanation *plan;
    nx_error err;
    nx_explain_done *done; /* NULL: dropped while its transaction has yet to be rolled back */
    void *owner;
};

static void free_job(nx_explain_job *job) {
    nx_explanation_free(job->plan);
    nx_error_clear(&job->err);
    free(job);
}

static void end(nx_explain_job *job) {
    if (job->done) {
        nx_explanation *plan = job->plan;
        job->plan = NULL;
        job->done(job->owner, plan, plan ? NULL : &job->err);
    }
    free_job(job);
}

static void rolled_back(nx_trip *trip, void *owner) {
    (void)trip; /* whatever it says: nothing was committed */
    end(owner);
}

static void roll_back(nx_explain_job *job) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "ROLLBACK");
    job->trip = nx_trip_new(job->session, NX_TRIP_END, "roll back");
    nx_trip_add(job->trip, &sql);
    nx_sql_free(&sql);
    nx_trip_send(job->trip, rolled_back, job);
}

static void read_plan(nx_explain_job *job, const nx_trip *trip) {
    const nx_result *result = nx_trip_result(trip, 0);
    const nx_error *err = nx_trip_error(trip);
    if (err) {
        nx_error_copy(&job->err, err);
        return;
    }
    nx_buf text = NX_BUF;
    for (int i = 0; i < nx_result_rows(result); i++) {
        const char *line = nx_result_text(result, i, 0);
        nx_buf_addf(&text, "%s\n", line ? line : "");
    }
    job->plan = nx_explanation_parse(text.data, job->analyze);
    nx_buf_free(&text);
}

static void answered(nx_trip *trip, void *owner) {
    nx_explain_job *job = owner;
    job->trip = NULL;
    read_plan(job, trip);
    bool open = job->analyze && !nx_session_read_only(job->session) && job->err.kind != NX_ERR_LOST;
    if (open) {
        roll_back(job);
    } else {
        end(job);
    }
}

nx_explain_job *nx_explain(nx_session *session, const nx_logged *logged, bool analyze, nx_explain_done *done, void *owner) {
    nx_explain_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_explain_job){.session = session, .analyze = analyze, .err = NX_ERROR, .done = done, .owner = owner};
    nx_sql sql = NX_SQL, statement = {.text = NX_BUF, .nparams = (size_t)logged->nparams};
    statement.params = nx_calloc(statement.nparams + 1, sizeof *statement.params);
    for (int i = 0; i < logged->nparams; i++) {
        statement.params[i] = logged->params[i];
    }
    nx_buf_adds(&statement.text, logged->text);
    nx_sql_add(&sql, analyze ? "EXPLAIN (ANALYZE, BUFFERS, VERBOSE) " : "EXPLAIN (VERBOSE) ");
    nx_sql_append(&sql, &statement);
    free(statement.params);
    nx_buf_free(&statement.text);
    bool transaction = analyze && !nx_session_read_only(session);
    job->trip = nx_trip_new(session, transaction ? NX_TRIP_BEGIN : NX_TRIP_READ, "explain");
    nx_trip_add(job->trip, &sql);
    nx_sql_free(&sql);
    nx_trip_send(job->trip, answered, job);
    return job;
}

void nx_explain_drop(nx_explain_job *job) {
    if (!job) {
        return;
    }
    bool transaction = job->analyze && !nx_session_read_only(job->session);
    if (transaction) {
        job->done = NULL; /* the rollback has to follow */
    } else {
        nx_trip_drop(job->trip);
        free_job(job);
    }
}
