/* How many rows a query has, exactly. */
#include "query.h"

typedef struct count_more {
    nx_rows_counted *done;
} count_more;

static void arrived(nx_rows_job *job, nx_trip *trip) {
    nx_rows_counted *done = ((count_more *)job->more)->done;
    void *owner = job->owner;
    nx_error err = NX_ERROR; /* the trip's own goes with it */
    const nx_result *result = nx_trip_result(trip, 0);
    int64_t count = -1;
    if (nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else if (result && nx_result_rows(result) == 1) {
        count = nx_result_int(result, 0, 0);
    } else {
        nx_error_set(&err, NX_ERR_LOST, "the server's answer is incomplete");
    }
    nx_rows_job_free(job);
    done(owner, count, nx_failed(&err) ? &err : NULL);
    nx_error_clear(&err);
}

nx_rows_job *nx_rows_count(nx_session *session, const nx_query *query, nx_rows_counted *done, void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, query, NULL, owner);
    count_more *more = nx_arena_alloc(job->arena, sizeof *more);
    more->done = done;
    job->more = more;
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.count(*) FROM ");
    nx_sql_name(&sql, query->model->schema, query->model->name);
    nx_sql_add(&sql, " t WHERE ");
    if (!nx_query_conditions(query, &sql)) {
        nx_sql_add(&sql, "true");
    }
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "count the rows");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_rows_job_send(job, trip, arrived);
    return job;
}
