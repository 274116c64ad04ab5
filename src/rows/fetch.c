#include "fetch.h"

#include <stdio.h>

enum { MOST_ROWS = 10000 };

nx_trip *nx_fetch_trip(nx_rows_job *job) {
    nx_fetch *f = job->more;
    char what[160];
    f->page_at = f->estimate_at = f->key_at = f->exists_at = -1;
    snprintf(what, sizeof what, "read %s", job->query->model->title);
    return nx_trip_new(job->session, NX_TRIP_READ, what);
}

void nx_fetch_add_page(nx_rows_job *job, nx_trip *trip) {
    nx_fetch *f = job->more;
    nx_sql sql = NX_SQL;
    if (job->query->paging != NX_PAGING_KEY) {
        nx_tuple_settings(&sql);
        nx_trip_add(trip, &sql);
        nx_sql_free(&sql);
    }
    nx_page_sql(job->query, f->columns, &f->walk, &sql);
    f->page_at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    if (nx_estimate_is_asked(job->query)) {
        nx_trip_segment(trip);
        nx_estimate_sql(job->query, &sql);
        f->estimate_at = nx_trip_add(trip, &sql);
        nx_sql_free(&sql);
    }
}

/* One row more than asked for tells that there is more where reading went; behind the start there was a row when the
 * cursor was made, which is not knowledge. */
static void set_edges(nx_page *page, const nx_walk *walk, bool more) {
    bool open = walk->cursor != NULL;
    page->more_after = walk->backward ? open : more;
    page->after_known = !walk->backward || !open;
    page->more_before = walk->backward ? more : open;
    page->before_known = walk->backward || !open;
}

void nx_fetch_finish(nx_rows_job *job, nx_trip *trip) {
    const nx_fetch *f = job->more;
    nx_error err = NX_ERROR;
    const nx_result *result = nx_trip_result(trip, f->page_at);
    const nx_error *failed = nx_trip_statement_error(trip, f->page_at);
    if (!result || failed) {
        nx_fetch_fail(job, failed ? failed : nx_trip_error(trip));
        return;
    }
    int limit = f->walk.limit - 1;
    nx_page *page = nx_page_decode(job->query, f->columns, result, limit, f->walk.backward, &err);
    if (page) {
        set_edges(page, &f->walk, nx_result_rows(result) > limit);
        page->rows_estimate = f->estimate_at < 0 ? job->query->model->rows_estimate
                                                 : nx_estimate_read(nx_trip_result(trip, f->estimate_at));
    }
    nx_rows_job_end(job, page, page ? NULL : &err);
    nx_error_clear(&err);
}

void nx_fetch_send_page(nx_rows_job *job, const nx_cursor *cursor, bool backward, bool inclusive) {
    nx_fetch *f = job->more;
    f->walk = (nx_walk){.backward = backward, .cursor = cursor, .inclusive = inclusive, .limit = f->limit + 1};
    nx_trip *trip = nx_fetch_trip(job);
    nx_fetch_add_page(job, trip);
    nx_rows_job_send(job, trip, nx_fetch_finish);
}

static nx_value *copy_values(nx_arena *arena, const nx_value *values, int n) {
    nx_value *copy = nx_arena_array(arena, (size_t)n, sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = nx_value_copy(arena, values[i]);
    }
    return copy;
}

static nx_fetch *make_fetch(nx_rows_job *job, const nx_from *from, int limit) {
    nx_fetch *f = nx_arena_alloc(job->arena, sizeof *f);
    f->from = *from;
    f->limit = limit < 1 ? 1 : limit > MOST_ROWS ? MOST_ROWS : limit;
    if (from->kind == NX_FROM_AFTER || from->kind == NX_FROM_BEFORE || from->kind == NX_FROM_AT) {
        f->from.cursor.values = copy_values(job->arena, from->cursor.values, from->cursor.nvalues);
    } else if (from->kind == NX_FROM_KEY) {
        size_t n = (size_t)from->key.n;
        f->from.key.values = copy_values(job->arena, from->key.values, from->key.n);
        f->from.key.fields = nx_arena_array(job->arena, n, sizeof *f->from.key.fields);
        for (size_t i = 0; i < n && from->key.fields; i++) {
            f->from.key.fields[i] = from->key.fields[i];
        }
    }
    f->columns = nx_columns_new(job->query, job->arena);
    job->more = f;
    return f;
}

static bool start(nx_rows_job *job, nx_error *err) {
    const nx_fetch *f = job->more;
    const nx_cursor *cursor = &f->from.cursor;
    nx_from_kind kind = f->from.kind;
    bool at_cursor = kind == NX_FROM_AFTER || kind == NX_FROM_BEFORE || kind == NX_FROM_AT;
    if (at_cursor && cursor->nvalues != nx_query_cursor_width(job->query)) {
        nx_error_set(err, NX_ERR_USAGE, "the cursor belongs to another order");
        return false;
    }
    if (kind == NX_FROM_KEY) {
        return nx_fetch_send_key(job, err);
    }
    if (kind == NX_FROM_FRACTION && f->from.fraction > 0 && f->from.fraction < 1) {
        return nx_fetch_send_fraction(job, err);
    }
    bool last = kind == NX_FROM_LAST || (kind == NX_FROM_FRACTION && f->from.fraction >= 1);
    nx_fetch_send_page(job, at_cursor ? cursor : NULL, last || kind == NX_FROM_BEFORE, kind == NX_FROM_AT);
    return true;
}

/* A count that the server refuses (no right to a column, too long) must not take the rows away: they are read once more,
 * without any. */
void nx_fetch_fail(nx_rows_job *job, const nx_error *why) {
    nx_fetch *f = job->more;
    nx_error err = NX_ERROR;
    bool refused = why && (why->kind == NX_ERR_SERVER || why->kind == NX_ERR_TIMEOUT);
    if (!refused || !job->query->ncounts || job->query->uncounted) {
        nx_rows_job_end(job, NULL, why);
        return;
    }
    nx_query_set_uncounted(job->query, why->message);
    f->columns = nx_columns_new(job->query, job->arena);
    f->sampled_all = false;
    if (!start(job, &err)) {
        nx_rows_job_end(job, NULL, &err);
    }
    nx_error_clear(&err);
}

nx_rows_job *nx_rows_fetch(nx_session *session, const nx_query *query, const nx_from *from, int limit,
                           nx_rows_done *done, void *owner) {
    nx_error err = NX_ERROR;
    nx_rows_job *job = nx_rows_job_new(session, query, done, owner);
    make_fetch(job, from, limit);
    if (!start(job, &err)) {
        nx_rows_job_end(job, NULL, &err);
        job = NULL;
    }
    nx_error_clear(&err);
    return job;
}
