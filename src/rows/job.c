#include "query.h"

#include <stdlib.h>

nx_rows_job *nx_rows_job_new(nx_session *session, const nx_query *query, nx_rows_done *done, void *owner) {
    nx_rows_job *job = nx_calloc(1, sizeof *job);
    job->session = session;
    job->query = query ? nx_query_copy(query) : NULL;
    job->done = done;
    job->owner = owner;
    job->arena = nx_arena_new(0);
    return job;
}

static void trip_done(nx_trip *trip, void *owner) {
    nx_rows_job *job = owner;
    job->trip = NULL;
    job->arrived(job, trip);
}

void nx_rows_job_send(nx_rows_job *job, nx_trip *trip, nx_rows_arrived *arrived) {
    job->trip = trip;
    job->arrived = arrived;
    nx_trip_send(trip, trip_done, job);
}

void nx_rows_job_free(nx_rows_job *job) {
    nx_query_free(job->query);
    nx_arena_free(job->arena);
    free(job);
}

void nx_rows_job_end(nx_rows_job *job, nx_page *page, const nx_error *err) {
    nx_rows_done *done = job->done;
    void *owner = job->owner;
    nx_error copy = NX_ERROR; /* err may live in what is freed now */
    if (err) {
        nx_error_copy(&copy, err);
    } else if (!page) {
        nx_error_set(&copy, NX_ERR_LOST, "the server's answer is incomplete");
    }
    nx_rows_job_free(job);
    done(owner, page, page ? NULL : &copy);
    nx_error_clear(&copy);
}

void nx_rows_drop(nx_rows_job *job) {
    if (job) {
        if (job->trip) {
            nx_trip_drop(job->trip);
        }
        nx_rows_job_free(job);
    }
}
