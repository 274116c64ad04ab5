/* Rows by their identities: those that were marked, wherever they are. */
#include "query.h"

typedef struct keys_more {
    nx_columns *columns;
    int limit;
} keys_more;

static void arrived(nx_rows_job *job, nx_trip *trip) {
    const keys_more *more = job->more;
    nx_error err = NX_ERROR;
    nx_page *page = NULL;
    const nx_result *result = nx_trip_result(trip, 0);
    if (!result || nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else {
        page = nx_page_decode(job->query, more->columns, result, more->limit, false, &err);
    }
    nx_rows_job_end(job, page, page ? NULL : &err);
    nx_error_clear(&err);
}

/* One array, so that the index is asked once; composite keys and tuple ids one by one. */
static void add_keys(const nx_model *model, const nx_value *const *keys, int n, nx_arena *arena, nx_sql *sql) {
    const nx_field *alone = model->identity && model->identity->nfields == 1 ? model->identity->fields[0] : NULL;
    if (alone && alone->op_eq) {
        nx_sql_column(sql, "t", alone->name);
        nx_sql_addf(sql, " %s ANY (ARRAY[", alone->op_eq);
    }
    for (int i = 0; i < n; i++) {
        if (alone && alone->op_eq) {
            nx_sql_add(sql, i ? ", " : "");
            nx_sql_param(sql, keys[i][0], alone->cast);
            continue;
        }
        nx_row row = {.key = (nx_value *)(uintptr_t)keys[i]}; /* only read */
        nx_key_test test = {.n = 0};
        nx_row_key(model, &row, arena, &test);
        nx_sql_add(sql, i ? " OR (" : "(");
        nx_sql_key(&test, sql);
        nx_sql_add(sql, ")");
    }
    nx_sql_add(sql, alone && alone->op_eq ? "])" : "");
}

nx_rows_job *nx_rows_by_keys(nx_session *session, const nx_query *query, const nx_value *const *keys, int n,
                             nx_rows_done *done, void *owner) {
    return nx_rows_by_keys_titled(session, query, keys, n, "read the marked records", done, owner);
}

nx_rows_job *nx_rows_by_keys_titled(nx_session *session, const nx_query *query, const nx_value *const *keys, int n,
                                    const char *what, nx_rows_done *done, void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, query, done, owner);
    if (n < 1 || n > NX_KEYS_MAX || query->model->identity_kind == NX_IDENTITY_NONE) {
        nx_error err = NX_ERROR;
        nx_error_set(&err, NX_ERR_REFUSED, "these records of %s cannot be read by key", query->model->title);
        nx_rows_job_end(job, NULL, &err);
        nx_error_clear(&err);
        return NULL;
    }
    /* Keys name the records: neither filter nor order has a say. */
    nx_query_set_filter(job->query, NULL, NULL);
    nx_query_set_scope(job->query, NULL);
    nx_query_set_order(job->query, &(nx_order){.nterms = 0});
    keys_more *more = nx_arena_alloc(job->arena, sizeof *more);
    more->columns = nx_columns_new(job->query, job->arena);
    more->limit = n;
    job->more = more;
    nx_sql sql = NX_SQL;
    nx_select_begin(job->query, more->columns, &sql);
    nx_sql_add(&sql, " AND (");
    add_keys(query->model, keys, n, job->arena, &sql);
    nx_sql_add(&sql, ")");
    nx_select_end(&sql, n);
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, what);
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_rows_job_send(job, trip, arrived);
    return job;
}
