/* The values that a field has among a query's rows, the most frequent first. Of a large table a sample of blocks is
 * read: what is frequent is frequent there too. */
#include <stdio.h>

#include "query.h"

enum { SAMPLE_FROM = 1000000, SAMPLE_ROWS = 300000 };

typedef struct distinct_more {
    nx_distinct found;
    nx_distinct_done *done;
    double scale; /* rows of the table for each that was sampled */
} distinct_more;

static void take(nx_rows_job *job, const nx_result *result) {
    distinct_more *more = job->more;
    nx_distinct *d = &more->found;
    int rows = nx_result_rows(result);
    d->more = rows > NX_DISTINCT_MAX;
    d->n = d->more ? NX_DISTINCT_MAX : rows;
    d->values = nx_arena_array(job->arena, (size_t)d->n + 1, sizeof *d->values);
    d->counts = nx_arena_array(job->arena, (size_t)d->n + 1, sizeof *d->counts);
    d->cut = nx_arena_array(job->arena, (size_t)d->n + 1, sizeof *d->cut);
    for (int i = 0; i < d->n; i++) {
        d->values[i] = nx_value_copy(job->arena, nx_result_value(result, i, 0));
        d->counts[i] = (int64_t)((double)nx_result_int(result, i, 1) * more->scale + 0.5);
        d->cut[i] = nx_result_bool(result, i, 2);
    }
    d->rows = rows ? (int64_t)((double)nx_result_int(result, 0, 3) * more->scale + 0.5) : 0;
    d->distinct = rows ? nx_result_int(result, 0, 4) : 0;
}

static void arrived(nx_rows_job *job, nx_trip *trip) {
    distinct_more *more = job->more;
    nx_error err = NX_ERROR; /* the trip's own goes with it */
    const nx_result *result = nx_trip_result(trip, 0);
    if (nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else if (result) {
        take(job, result);
    } else {
        nx_error_set(&err, NX_ERR_LOST, "the server's answer is incomplete");
    }
    more->done(job->owner, nx_failed(&err) ? NULL : &more->found, nx_failed(&err) ? &err : NULL);
    nx_error_clear(&err);
    nx_rows_job_free(job);
}

static bool is_sampled(const nx_model *model, int64_t rows) {
    bool table = model->kind != NX_KIND_VIEW && model->kind != NX_KIND_FOREIGN;
    return table && model->rows_estimate > SAMPLE_FROM && (rows < 0 || rows > SAMPLE_FROM);
}

static void add_sample(const nx_model *model, distinct_more *more, nx_sql *sql) {
    char percent[40];
    more->found.sampled = true;
    more->scale = (double)model->rows_estimate / (double)SAMPLE_ROWS;
    snprintf(percent, sizeof percent, "%.9g", 100.0 / more->scale);
    nx_sql_add(sql, " TABLESAMPLE pg_catalog.system (");
    nx_sql_param(sql, nx_value_of(percent), "pg_catalog.float4");
    nx_sql_add(sql, ")");
}

/* Equal values are those that a filter takes for equal; types without an order go by their text. */
static void add_statement(const nx_query *query, const nx_field *field, int64_t rows, distinct_more *more, nx_sql *sql) {
    nx_sql_add(sql, "SELECT pg_catalog.left(d.v, 200), d.n, COALESCE(pg_catalog.length(pg_catalog.left(d.v, 201)) "
                    "OPERATOR(pg_catalog.>) 200, false), d.s, d.c FROM (SELECT ");
    nx_sql_whole(sql, field);
    nx_sql_add(sql, " AS v, pg_catalog.count(*) AS n, pg_catalog.sum(pg_catalog.count(*)) OVER () AS s, "
                    "pg_catalog.count(*) OVER () AS c FROM ");
    nx_sql_name(sql, query->model->schema, query->model->name);
    nx_sql_add(sql, " t");
    if (is_sampled(query->model, rows)) {
        add_sample(query->model, more, sql);
    }
    nx_sql_add(sql, " WHERE ");
    if (!nx_query_conditions(query, sql)) {
        nx_sql_add(sql, "true");
    }
    nx_sql_add(sql, " GROUP BY ");
    if (field->op_eq) {
        nx_sql_column(sql, "t", field->name);
    } else {
        nx_sql_whole(sql, field);
    }
    nx_sql_addf(sql, ") d ORDER BY d.n DESC, d.v COLLATE pg_catalog.\"C\" LIMIT %d", NX_DISTINCT_MAX + 1);
}

nx_rows_job *nx_distinct_load(nx_session *session, const nx_query *query, nx_field *field, int64_t rows,
                              nx_distinct_done *done, void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, query, NULL, owner);
    distinct_more *more = nx_arena_alloc(job->arena, sizeof *more);
    more->done = done;
    more->scale = 1;
    more->found.field = field;
    job->more = more;
    nx_sql sql = NX_SQL;
    add_statement(query, field, rows, more, &sql);
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "read the values");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_rows_job_send(job, trip, arrived);
    return job;
}
