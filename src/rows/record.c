/* One record, whole; one value, whole. */
#include "query.h"

#include <string.h>

/* Together the values of a record may not be larger than this: the sum is taken by the server before
 * anything is sent, from the stored sizes (which cost nothing to know) of all its values. Stored
 * sizes are compressed, so that the text may come out larger; the ceiling on the wire is the page's. */
#define RECORD_MAX (64 << 20)

/* Appends " AND " and the test for each field of the key, or for a tuple id. */
static void add_key(nx_sql *sql, const nx_key_test *key) {
    if (!key->fields) {
        nx_sql_add(sql, " AND t.ctid = ");
        nx_sql_param(sql, key->values[0], "pg_catalog.tid");
        nx_sql_add(sql, " AND t.xmin = ");
        nx_sql_param(sql, key->values[1], "pg_catalog.xid");
        nx_sql_add(sql, " AND t.tableoid = ");
        nx_sql_param(sql, key->values[2], "pg_catalog.oid");
        return;
    }
    for (int i = 0; i < key->n; i++) {
        nx_sql_add(sql, " AND ");
        nx_sql_equals(sql, key->fields[i], key->values[i]);
    }
}

static void not_found(const nx_model *model, const nx_key_test *key, nx_error *err) {
    nx_buf words = NX_BUF;
    for (int i = 0; i < key->n && key->fields; i++) {
        nx_buf_addf(&words, "%s%s = %s", i ? ", " : "", key->fields[i]->name, key->values[i].text ? key->values[i].text : "NULL");
    }
    nx_error_set(err, NX_ERR_NOT_FOUND, "there is no %s with %s", model->title, words.len ? words.data : "this tuple id any more");
    nx_buf_free(&words);
}

typedef struct record_more {
    nx_key_test key;
    nx_columns columns;
} record_more;

static void arrived(nx_rows_job *job, nx_trip *trip) {
    const record_more *more = job->more;
    nx_error err = NX_ERROR;
    nx_page *page = NULL;
    if (nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else {
        page = nx_page_decode(job->query, &more->columns, nx_trip_result(trip, 0), 1, false, &err);
        if (page && page->nrows == 0) {
            nx_page_free(page);
            page = NULL;
            not_found(job->query->model, &more->key, &err);
        }
    }
    nx_rows_job_end(job, page, nx_failed(&err) ? &err : NULL);
    nx_error_clear(&err);
}

static void copy_key(nx_arena *arena, const nx_key_test *key, nx_key_test *copy) {
    *copy = *key;
    copy->values = nx_arena_array(arena, (size_t)key->n, sizeof *copy->values);
    for (int i = 0; i < key->n; i++) {
        copy->values[i] = nx_value_copy(arena, key->values[i]);
    }
    if (key->fields) {
        copy->fields = nx_arena_array(arena, (size_t)key->n, sizeof *copy->fields);
        memcpy(copy->fields, key->fields, sizeof *copy->fields * (size_t)key->n);
    }
}

static nx_rows_job *load(nx_session *session, nx_query *query, const nx_key_test *key, const char *what, nx_rows_done *done,
                         void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, query, done, owner);
    record_more *more = nx_arena_alloc(job->arena, sizeof *more);
    copy_key(job->arena, key, &more->key);
    more->columns = *nx_columns_new(job->query, job->arena);
    job->more = more;
    nx_sql sql = NX_SQL;
    nx_select_begin(job->query, &more->columns, &sql);
    add_key(&sql, &more->key);
    nx_select_end(&sql, 1);
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, what);
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_query_free(query);
    nx_rows_job_send(job, trip, arrived);
    return job;
}

nx_rows_job *nx_record_load(nx_session *session, nx_model *model, const nx_key_test *key, nx_rows_done *done, void *owner) {
    nx_query *query = nx_query_new(model);
    nx_query_set_whole(query, true);
    return load(session, query, key, "read a record", done, owner);
}

nx_rows_job *nx_cell_load(nx_session *session, nx_field *field, const nx_value *key, nx_rows_done *done, void *owner) {
    nx_model *model = field->model;
    nx_query *query = nx_query_new(model);
    nx_query_set_fields(query, &field, 1);
    nx_query_set_whole(query, true);
    nx_query_set_labels(query, false);
    nx_key_test test = {.n = 3, .values = (nx_value *)(uintptr_t)key};
    const nx_field *fields[32];
    if (model->identity) {
        test.n = model->identity->nfields < 32 ? model->identity->nfields : 32;
        test.fields = fields;
        for (int i = 0; i < test.n; i++) {
            fields[i] = model->identity->fields[i];
        }
    }
    return load(session, query, &test, "read a value", done, owner);
}
