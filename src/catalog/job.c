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

/* --- one answer for all who ask the same ------------------------------------------------------------------- */

static void unlink_job(nx_catalog_job **list, const nx_catalog_job *job) {
    while (*list && *list != job) {
        list = &(*list)->next;
    }
    if (*list) {
        *list = job->next;
    }
}

nx_catalog_job *nx_catalog_job_follow(nx_session *session, nx_catalog *catalog, nx_catalog_read *read,
                                      const nx_model *model, nx_catalog_done *done, void *owner) {
    nx_catalog_job *leader = catalog->jobs;
    while (leader && (leader->read != read || leader->model != model || nx_trip_session(leader->trip) != session)) {
        leader = leader->next;
    }
    if (!leader) {
        return NULL;
    }
    nx_catalog_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_catalog_job){.catalog = nx_catalog_ref(catalog), .done = done, .owner = owner, .leader = leader,
                            .next = leader->followers};
    leader->followers = job;
    return job;
}

static void tell_followers(nx_catalog_job *job, const nx_error *err) {
    while (job->followers) { /* each may let go of others */
        nx_catalog_job follower = *job->followers;
        free(job->followers);
        job->followers = follower.next;
        follower.done(follower.owner, follower.catalog, err);
        nx_catalog_unref(follower.catalog);
    }
}

/* --- coming and going ---------------------------------------------------------------------------------------- */

/* The job is out of the catalog before its owner hears of the end: the owner may ask for more at once. */
static void finish(nx_trip *trip, void *owner) {
    nx_catalog_job *job = owner;
    nx_error err = NX_ERROR;
    if (nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else {
        job->read(job, trip, &err);
    }
    if (!job->loads) {
        unlink_job(&job->catalog->jobs, job);
    }
    job->ended = true;
    const nx_error *why = nx_failed(&err) ? &err : NULL;
    if (job->done) {
        job->done(job->owner, job->catalog, why);
    }
    tell_followers(job, why);
    if (!job->loads) {
        nx_catalog_unref(job->catalog);
    }
    free(job);
    nx_error_clear(&err);
}

void nx_catalog_job_send(nx_catalog_job *job, nx_catalog_done *done, void *owner) {
    job->done = done;
    job->owner = owner;
    if (job->catalog) {
        job->next = job->catalog->jobs;
        job->catalog->jobs = job;
    }
    nx_trip_send(job->trip, finish, job);
}

void nx_catalog_drop(nx_catalog_job *job) {
    if (!job) {
        return;
    }
    if (job->followers) { /* others wait for its answer */
        job->done = NULL;
        return;
    }
    nx_catalog_job *leader = job->leader;
    if (leader) {
        unlink_job(&leader->followers, job);
    } else {
        if (job->catalog) {
            unlink_job(&job->catalog->jobs, job);
        }
        nx_trip_drop(job->trip);
    }
    nx_catalog_unref(job->catalog);
    free(job);
    if (leader && !leader->done && !leader->followers && !leader->ended) {
        nx_catalog_drop(leader); /* nobody waits any more */
    }
}
