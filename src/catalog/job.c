#include "model.h"

#include <stdlib.h>

nx_catalog_job *nx_catalog_job_new(nx_session *session, nx_catalog *catalog, const char *what, nx_catalog_read *read) {
    nx_catalog_job *job = nx_calloc(1, sizeof *job);
    job->trip = nx_trip_new(session, NX_TRIP_READ, what);
    job->catalog = catalog ? nx_catalog_ref(catalog) : NULL;
    job->loads = !catalog;
    job->read = read;
    /* The planner takes the recursive parts for enormous and would spend 100 ms on compiling them. */
    nx_sql quick = NX_SQL;
    nx_sql_add(&quick, "SELECT pg_catalog.set_config('jit', 'off', true)");
    nx_catalog_job_add(job, &quick);
    return job;
}

void nx_catalog_job_add(nx_catalog_job *job, nx_sql *sql) {
    nx_trip_add(job->trip, sql);
    nx_sql_free(sql);
}

const nx_result *nx_catalog_result(const nx_trip *trip, int i) { return nx_trip_result(trip, i + 1); }

/* The job is gone before its owner hears of the end: the owner may drop or free what it likes. */
static void finish(nx_trip *trip, void *owner) {
    nx_catalog_job *job = owner;
    nx_error err = NX_ERROR;
    if (nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else {
        job->read(job, trip, &err);
    }
    nx_catalog_job ended = *job;
    free(job);
    ended.done(ended.owner, ended.catalog, nx_failed(&err) ? &err : NULL);
    if (!ended.loads) {
        nx_catalog_unref(ended.catalog);
    }
    nx_error_clear(&err);
}

void nx_catalog_job_send(nx_catalog_job *job, nx_catalog_done *done, void *owner) {
    job->done = done;
    job->owner = owner;
    nx_trip_send(job->trip, finish, job);
}

void nx_catalog_drop(nx_catalog_job *job) {
    if (!job) {
        return;
    }
    nx_trip_drop(job->trip);
    nx_catalog_unref(job->catalog);
    free(job);
}
