/* Where to begin: at a part of the order, or at the row with a key. */
#include "fetch.h"

/* --- a part of the order: the sample, then the page ----------------------------------------------------- */

static void fraction_arrived(nx_rows_job *job, nx_trip *trip) {
    nx_fetch *f = job->more;
    nx_error err = NX_ERROR;
    const nx_result *result = nx_trip_result(trip, f->key_at);
    if (!result) {
        nx_rows_job_end(job, NULL, nx_trip_error(trip));
        return;
    }
    if (nx_result_rows(result) == 0) { /* few rows pass the filter: look at all, then there are none */
        bool all = f->sampled_all;
        f->sampled_all = true;
        if (all || !nx_fetch_send_fraction(job, &err)) {
            nx_fetch_send_page(job, NULL, false, false);
        }
        nx_error_clear(&err);
        return;
    }
    nx_cursor *cursor = &f->from.cursor;
    cursor->nvalues = nx_result_columns(result);
    cursor->values = nx_arena_array(job->arena, (size_t)cursor->nvalues, sizeof *cursor->values);
    for (int i = 0; i < cursor->nvalues; i++) {
        cursor->values[i] = nx_value_copy(job->arena, nx_result_value(result, 0, i));
    }
    nx_fetch_send_page(job, cursor, false, true);
}

bool nx_fetch_send_fraction(nx_rows_job *job, nx_error *err) {
    nx_fetch *f = job->more;
    nx_sql sql = NX_SQL;
    bool ok = nx_fraction_sql(job->query, f->from.fraction, f->sampled_all, &sql, err);
    if (ok) {
        nx_trip *trip = nx_fetch_trip(job);
        f->key_at = nx_trip_add(trip, &sql);
        nx_rows_job_send(job, trip, fraction_arrived);
    }
    nx_sql_free(&sql);
    return ok;
}

/* --- a key: the record, whether it is outside the filter, and the page ----------------------------------- */

static void add_lookup(nx_rows_job *job, nx_trip *trip) {
    nx_fetch *f = job->more;
    nx_sql sql = NX_SQL;
    nx_select_begin(job->query, f->columns, &sql);
    nx_sql_add(&sql, " AND ");
    nx_sql_key(&f->from.key, &sql);
    nx_select_end(&sql, 1);
    f->key_at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    if (job->query->filter || job->query->has_scope) {
        nx_trip_segment(trip);
        nx_sql_add(&sql, "SELECT 1 FROM ");
        nx_query_source(job->query, &sql);
        nx_sql_add(&sql, " WHERE ");
        nx_sql_key(&f->from.key, &sql);
        nx_sql_add(&sql, " LIMIT 1");
        f->exists_at = nx_trip_add(trip, &sql);
        nx_sql_free(&sql);
    }
}

static nx_value key_value(const nx_key_test *key, const nx_sort_term *term) {
    for (int i = 0; i < key->n; i++) {
        bool system = !term->field && !key->fields[i] && i == (term->column[0] == 'c' ? 0 : 2);
        if (system || (term->field && key->fields[i] == term->field)) {
            return key->values[i];
        }
    }
    return NX_NULL_VALUE;
}

/* Where the order consists of the key, the key is the cursor, and the page needs no second trip. */
static bool key_is_cursor(nx_rows_job *job) {
    nx_fetch *f = job->more;
    const nx_query *q = job->query;
    nx_cursor *cursor = &f->from.cursor;
    cursor->nvalues = q->nsort;
    cursor->values = nx_arena_array(job->arena, (size_t)q->nsort, sizeof *cursor->values);
    for (int i = 0; i < q->nsort; i++) {
        cursor->values[i] = key_value(&f->from.key, &q->sort[i]);
        if (nx_is_null(cursor->values[i])) {
            return false;
        }
    }
    return true;
}

static void say_not_found(nx_rows_job *job, nx_trip *trip) {
    const nx_fetch *f = job->more;
    const nx_key_test *key = &f->from.key;
    nx_error err = NX_ERROR;
    nx_buf text = NX_BUF;
    for (int i = 0; i < key->n; i++) {
        const char *name = key->fields[i] ? nx_field_title(key->fields[i]) : "tuple id";
        nx_buf_addf(&text, "%s%s = %s", i ? ", " : "", name, nx_is_null(key->values[i]) ? "NULL" : key->values[i].text);
    }
    const nx_result *exists = f->exists_at < 0 ? NULL : nx_trip_result(trip, f->exists_at);
    bool outside = exists && nx_result_rows(exists) > 0;
    nx_error_set(&err, NX_ERR_NOT_FOUND, "%s of %s with %s%s", outside ? "the record" : "no record",
                 job->query->model->title, text.data, outside ? " is outside the filter" : "");
    if (outside) {
        nx_error_hint(&err, "clear the filter to see it");
    }
    nx_buf_free(&text);
    nx_rows_job_end(job, NULL, &err);
    nx_error_clear(&err);
}

static void send_page_of(nx_rows_job *job, const nx_result *found) {
    nx_fetch *f = job->more;
    nx_cursor *cursor = &f->from.cursor;
    cursor->nvalues = f->columns->ncursor;
    for (int i = 0; i < cursor->nvalues; i++) {
        cursor->values[i] = nx_value_copy(job->arena, nx_result_value(found, 0, f->columns->cursor[i]));
    }
    nx_fetch_send_page(job, cursor, false, true);
}

static void key_arrived(nx_rows_job *job, nx_trip *trip) {
    nx_fetch *f = job->more;
    const nx_result *found = nx_trip_result(trip, f->key_at);
    if (!found) {
        const nx_error *failed = nx_trip_statement_error(trip, f->key_at);
        nx_fetch_fail(job, failed ? failed : nx_trip_error(trip));
    } else if (nx_result_rows(found) == 0) {
        say_not_found(job, trip);
    } else if (f->page_at >= 0) {
        nx_fetch_finish(job, trip);
    } else {
        send_page_of(job, found);
    }
}

bool nx_fetch_send_key(nx_rows_job *job, nx_error *err) {
    nx_fetch *f = job->more;
    if (job->query->paging == NX_PAGING_OFFSET) {
        nx_error_set(err, NX_ERR_REFUSED, "%s has no key to go to", job->query->model->title);
        return false;
    }
    nx_trip *trip = nx_fetch_trip(job);
    add_lookup(job, trip);
    if (key_is_cursor(job)) {
        f->walk = (nx_walk){.cursor = &f->from.cursor, .inclusive = true, .limit = f->limit + 1};
        nx_trip_segment(trip);
        nx_fetch_add_page(job, trip);
    }
    nx_rows_job_send(job, trip, key_arrived);
    return true;
}
