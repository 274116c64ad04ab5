/* One record, whole; one value, whole. */
#include "query.h"

#include <string.h>

/* Together the values of a record may not be larger than this. The server adds the sizes up before it sends
 * anything: of texts and bytes it knows them without reading the values, other long ones (json, arrays) it has to
 * write out for that, since their stored size, which is compressed, says nothing. Above the limit no row comes
 * back, only the sizes, which name the field to blame. */
#define RECORD_MAX (64 << 20)

typedef struct record_more {
    nx_key_test key;
    nx_columns columns;
    int64_t most;
    int row_at, sizes_at; /* statements; sizes_at is -1 where no value can be long */
} record_more;

/* --- the key ---------------------------------------------------------------------------------------------- */

/* Unlike going to a row, reading one by tuple id wants the very version that was shown: another record may have
 * come to stand in its place. */
void nx_record_key(const nx_key_test *key, nx_sql *sql) {
    nx_sql_add(sql, " AND ");
    nx_sql_key(key, sql);
    bool tuple = key->n > 1 && (!key->fields || !key->fields[0]);
    if (tuple && !nx_is_null(key->values[1])) {
        nx_sql_add(sql, " AND t.xmin OPERATOR(pg_catalog.=) ");
        nx_sql_param(sql, key->values[1], "pg_catalog.xid");
    }
}

static void copy_key(nx_arena *arena, const nx_key_test *key, nx_key_test *copy) {
    *copy = *key;
    copy->values = nx_arena_array(arena, (size_t)key->n, sizeof *copy->values);
    copy->fields = nx_arena_array(arena, (size_t)key->n, sizeof *copy->fields);
    for (int i = 0; i < key->n; i++) {
        copy->values[i] = nx_value_copy(arena, key->values[i]);
        copy->fields[i] = key->fields ? key->fields[i] : NULL;
    }
}

/* --- sizes -------------------------------------------------------------------------------------------------- */

static bool is_long(const nx_field *field) { return field->cut != NX_CUT_NONE; }

static void add_size(nx_sql *sql, const nx_field *field, int64_t most) {
    bool bytes = field->cut == NX_CUT_BYTES, guard = field->cut == NX_CUT_GUARD;
    nx_sql_add(sql, "COALESCE(");
    if (guard) { /* what is stored in more than the limit is not even written out */
        nx_sql_add(sql, "CASE WHEN pg_catalog.pg_column_size(");
        nx_sql_column(sql, "t", field->name);
        nx_sql_addf(sql, ") OPERATOR(pg_catalog.>) %lld THEN pg_catalog.pg_column_size(", (long long)most);
        nx_sql_column(sql, "t", field->name);
        nx_sql_add(sql, ") ELSE ");
    }
    nx_sql_add(sql, "pg_catalog.octet_length(");
    nx_sql_column(sql, "t", field->name);
    nx_sql_add(sql, bytes ? ")" : "::pg_catalog.text)");
    nx_sql_add(sql, guard ? " END" : "");
    nx_sql_add(sql, bytes ? "::pg_catalog.int8 OPERATOR(pg_catalog.*) 2, 0)" : "::pg_catalog.int8, 0)");
}

static bool has_long(const nx_query *query) {
    bool found = false;
    for (int i = 0; i < nx_query_nfields(query); i++) {
        found |= is_long(nx_query_field(query, i));
    }
    return found;
}

/* Appends the size of each long field: separated by " OPERATOR(pg_catalog.+) " a sum, by ", " a select list. */
static void add_sizes(nx_sql *sql, const nx_query *query, int64_t most, const char *between) {
    const char *before = "";
    for (int i = 0; i < nx_query_nfields(query); i++) {
        if (is_long(nx_query_field(query, i))) {
            nx_sql_add(sql, before);
            add_size(sql, nx_query_field(query, i), most);
            before = between;
        }
    }
}

/* --- the trip ------------------------------------------------------------------------------------------------- */

static int add_row(const nx_query *query, const record_more *more, nx_trip *trip) {
    nx_sql sql = NX_SQL;
    nx_select_begin(query, &more->columns, &sql);
    nx_record_key(&more->key, &sql);
    nx_select_end(&sql, 1);
    if (has_long(query)) {
        nx_sql_add(&sql, " WHERE ");
        add_sizes(&sql, query, more->most, " OPERATOR(pg_catalog.+) ");
        nx_sql_addf(&sql, " OPERATOR(pg_catalog.<=) %lld", (long long)more->most);
    }
    int at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    return at;
}

static int add_row_sizes(const nx_query *query, const record_more *more, nx_trip *trip) {
    if (!has_long(query)) {
        return -1;
    }
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT ");
    add_sizes(&sql, query, more->most, ", ");
    nx_sql_add(&sql, " FROM ");
    nx_query_source(query, &sql);
    nx_sql_add(&sql, " WHERE true");
    nx_record_key(&more->key, &sql);
    nx_sql_add(&sql, " LIMIT 1");
    int at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    return at;
}

static void say_not_found(const nx_model *model, const nx_key_test *key, nx_error *err) {
    nx_buf words = NX_BUF;
    for (int i = 0; i < key->n && key->fields[i]; i++) {
        nx_buf_addf(&words, "%s%s = %s", i ? ", " : "", nx_field_title(key->fields[i]),
                    key->values[i].text ? key->values[i].text : "NULL");
    }
    nx_error_set(err, NX_ERR_NOT_FOUND, "no record of %s with %s", model->title,
                 words.len ? words.data : "this tuple id any more");
    nx_buf_free(&words);
}

static void say_too_large(const nx_query *query, const nx_result *sizes, nx_error *err) {
    const nx_field *largest = NULL;
    int64_t most = -1;
    for (int i = 0, column = 0; i < nx_query_nfields(query); i++) {
        if (is_long(nx_query_field(query, i))) {
            int64_t size = nx_result_int(sizes, 0, column++);
            largest = size > most ? nx_query_field(query, i) : largest;
            most = size > most ? size : most;
        }
    }
    nx_error_set(err, NX_ERR_MEMORY, "the record is too large to be shown whole: \"%s\" alone takes %lld MiB",
                 largest ? largest->name : "?", (long long)most / (1 << 20));
    nx_error_hint(err, "at most %d MiB are read at once; its beginning stands in the rows", RECORD_MAX >> 20);
}

/* No row came back: there is none, or it is too large. */
static void explain(const nx_query *query, const record_more *more, const nx_trip *trip, nx_error *err) {
    const nx_result *sizes = more->sizes_at < 0 ? NULL : nx_trip_result(trip, more->sizes_at);
    if (sizes && nx_result_rows(sizes) > 0) {
        say_too_large(query, sizes, err);
    } else {
        say_not_found(query->model, &more->key, err);
    }
}

static void arrived(nx_rows_job *job, nx_trip *trip) {
    const record_more *more = job->more;
    const nx_result *row = nx_trip_result(trip, more->row_at);
    nx_error err = NX_ERROR;
    nx_page *page = NULL;
    if (!row || nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else if (nx_result_rows(row) == 0) {
        explain(job->query, more, trip, &err);
    } else {
        page = nx_page_decode(job->query, &more->columns, row, 1, false, &err);
    }
    if (page) {
        page->before_known = page->after_known = true;
    }
    nx_rows_job_end(job, page, page ? NULL : &err);
    nx_error_clear(&err);
}

static nx_rows_job *load(nx_session *session, nx_query *query, const nx_key_test *key, int64_t most, const char *what,
                         nx_rows_done *done, void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, query, done, owner);
    nx_query_free(query);
    record_more *more = nx_arena_alloc(job->arena, sizeof *more);
    more->most = most;
    copy_key(job->arena, key, &more->key);
    more->columns = *nx_columns_new(job->query, job->arena);
    job->more = more;
    if (key->n == 0) {
        nx_error err = NX_ERROR;
        nx_error_set(&err, NX_ERR_REFUSED, "records of %s cannot be named: it has no key", job->query->model->title);
        nx_rows_job_end(job, NULL, &err);
        nx_error_clear(&err);
        return NULL;
    }
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, what);
    more->row_at = add_row(job->query, more, trip);
    more->sizes_at = add_row_sizes(job->query, more, trip);
    nx_rows_job_send(job, trip, arrived);
    return job;
}

nx_rows_job *nx_record_load(nx_session *session, nx_model *model, const nx_key_test *key, nx_rows_done *done,
                            void *owner) {
    nx_query *query = nx_query_new(model);
    nx_query_set_whole(query, true);
    return load(session, query, key, RECORD_MAX, "read a record", done, owner);
}

nx_rows_job *nx_cell_load(nx_session *session, nx_field *field, const nx_value *key, nx_rows_done *done, void *owner) {
    return nx_cell_load_within(session, field, key, RECORD_MAX, done, owner);
}

nx_rows_job *nx_cell_load_within(nx_session *session, nx_field *field, const nx_value *key, int64_t most,
                                 nx_rows_done *done, void *owner) {
    nx_model *model = field->model;
    nx_query *query = nx_query_new(model);
    nx_query_set_fields(query, &field, 1);
    nx_query_set_whole(query, true);
    nx_query_set_labels(query, false);
    nx_arena *arena = nx_arena_new(0);
    nx_row row = {.key = (nx_value *)(uintptr_t)key}; /* only read */
    nx_key_test test = {.n = 0};
    nx_row_key(model, &row, arena, &test);
    nx_rows_job *job = load(session, query, &test, most < RECORD_MAX ? most : RECORD_MAX, "read a value", done, owner);
    nx_arena_free(arena);
    return job;
}
