/* One whole value, part by part. Slices asked for one by one would each cost the server all that lies before them (it
 * counts characters, and unpacks what is compressed, from the beginning); a cursor keeps the unpacked value between
 * the parts. It is cut as bytes, which is done without counting, and sent as such: nothing is written twice as long. */
#include "query.h"

#include <stdlib.h>

#include "nixie/clock.h"

enum { ROWS_MOST = 4, QUICK_MS = 250, SLOW_MS = 1000 };

#define PART_SQL "1048576"
_Static_assert(NX_STREAM_PART == 1048576, "the statement says so");

struct nx_stream {
    nx_session *session;
    nx_sql declare;
    nx_trip *trip; /* under way */
    nx_stream_part *part;
    void *owner;
    int rows; /* parts asked for at once: as many as come in a moment */
    int64_t sent_ms, at;
    bool again; /* it was begun a second time */
};

static void arrived(nx_trip *trip, void *owner);

/* --- statements ------------------------------------------------------------------------------------------ */

/* Joined to nothing, a bytea is unpacked. LIMIT keeps the planner from making the value anew for each part. */
static void declare(nx_sql *sql, const nx_field *field, const nx_key_test *key) {
    bool bytes = field->cut == NX_CUT_BYTES;
    nx_sql_add(sql, "DECLARE nixie_value NO SCROLL CURSOR FOR SELECT pg_catalog.octet_length(v.v), "
                    "pg_catalog.substring(v.v, p.at, " PART_SQL ") FROM (SELECT ");
    if (bytes) {
        nx_sql_column(sql, "t", field->name);
        nx_sql_add(sql, "::pg_catalog.bytea OPERATOR(pg_catalog.||) ''::pg_catalog.bytea");
    } else {
        nx_sql_add(sql, "pg_catalog.convert_to(");
        nx_sql_whole(sql, field);
        nx_sql_add(sql, ", CASE pg_catalog.getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)");
    }
    nx_sql_add(sql, " AS v FROM ");
    nx_sql_name(sql, field->model->schema, field->model->name);
    nx_sql_add(sql, " t WHERE true");
    nx_record_key(key, sql);
    nx_sql_add(sql, " LIMIT 1) v LEFT JOIN LATERAL pg_catalog.generate_series(1, pg_catalog.octet_length(v.v), " PART_SQL
                    ") p(at) ON true");
}

static void add_fetch(nx_stream *stream) {
    nx_sql sql = NX_SQL;
    nx_sql_addf(&sql, "FETCH FORWARD %d FROM nixie_value", stream->rows);
    nx_trip_binary(stream->trip, nx_trip_add(stream->trip, &sql));
    nx_sql_free(&sql);
    stream->sent_ms = nx_now_ms();
    nx_trip_send(stream->trip, arrived, stream);
}

static void begin(nx_stream *stream) {
    stream->rows = 1;
    stream->trip = nx_trip_new(stream->session, NX_TRIP_BEGIN_READ, "read a value");
    nx_trip_add(stream->trip, &stream->declare);
    add_fetch(stream);
}

static void go_on(nx_stream *stream) {
    stream->trip = nx_trip_new(stream->session, NX_TRIP_MORE, "read a value");
    add_fetch(stream);
}

static void ended(nx_trip *trip, void *owner) {
    (void)trip; /* nothing was written: however it ended */
    (void)owner;
}

static void end_transaction(nx_session *session) {
    nx_trip *trip = nx_trip_new(session, NX_TRIP_END, "close a value");
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "ROLLBACK");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_trip_send(trip, ended, NULL);
}

/* --- answers ----------------------------------------------------------------------------------------------- */

static void free_stream(nx_stream *stream) {
    nx_sql_free(&stream->declare);
    free(stream);
}

static void finish(nx_stream *stream, const nx_stream_piece *piece, const nx_error *err) {
    nx_stream_part *tell = stream->part;
    void *owner = stream->owner;
    if (!err || err->kind != NX_ERR_LOST) {
        end_transaction(stream->session);
    }
    free_stream(stream);
    tell(owner, piece, err);
}

/* int4 as it comes over the wire. */
static int64_t read_total(nx_value v) {
    const unsigned char *p = (const unsigned char *)v.text;
    return v.len == 4 ? (int64_t)(((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3]) : -1;
}

static void pace(nx_stream *stream) {
    int64_t ms = nx_now_ms() - stream->sent_ms;
    int more = stream->rows * 2 > ROWS_MOST ? ROWS_MOST : stream->rows * 2;
    stream->rows = ms < QUICK_MS ? more : ms > SLOW_MS ? 1 : stream->rows;
}

/* Gives out what came. False when the stream is gone. */
static bool give(nx_stream *stream, const nx_result *r) {
    for (int row = 0; row < nx_result_rows(r); row++) {
        nx_value bytes = nx_result_value(r, row, 1), total = nx_result_value(r, row, 0);
        nx_stream_piece piece = {.bytes = bytes, .at = stream->at, .total = nx_is_null(total) ? 0 : read_total(total)};
        if (nx_is_null(bytes) && !nx_is_null(total)) {
            piece.bytes = (nx_value){"", 0};
        }
        stream->at += (int64_t)bytes.len;
        piece.last = stream->at >= piece.total;
        if (piece.last) {
            finish(stream, &piece, NULL);
            return false;
        }
        if (!stream->part(stream->owner, &piece, NULL)) {
            end_transaction(stream->session);
            free_stream(stream);
            return false;
        }
    }
    return true;
}

static bool failed(nx_stream *stream, const nx_trip *trip, const nx_result *r, nx_error *err) {
    if (nx_trip_error(trip)) {
        nx_error_copy(err, nx_trip_error(trip));
    } else if (!r) {
        nx_error_set(err, NX_ERR_LOST, "the server's answer is incomplete");
    } else if (nx_result_rows(r) == 0 && stream->at > 0) {
        nx_error_set(err, NX_ERR_SERVER, "the value ended too early");
    } else if (nx_result_rows(r) == 0) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "the record is gone");
    }
    return nx_failed(err);
}

static void arrived(nx_trip *trip, void *owner) {
    nx_stream *stream = owner;
    const nx_result *r = nx_trip_result(trip, stream->at > 0 ? 0 : 1);
    nx_error err = NX_ERROR;
    stream->trip = NULL;
    if (failed(stream, trip, r, &err)) {
        if (err.kind == NX_ERR_LOST && stream->at == 0 && !stream->again) {
            stream->again = true; /* nothing was read: the connection had been dead for a while */
            begin(stream);
        } else {
            finish(stream, NULL, &err);
        }
    } else {
        pace(stream);
        if (give(stream, r)) {
            go_on(stream);
        }
    }
    nx_error_clear(&err);
}

/* --- from outside --------------------------------------------------------------------------------------------- */

nx_stream *nx_stream_start(nx_session *session, nx_field *field, const nx_value *key, nx_stream_part *part, void *owner) {
    nx_arena *arena = nx_arena_new(0);
    nx_row row = {.key = (nx_value *)(uintptr_t)key}; /* only read */
    nx_key_test test = {.n = 0};
    if (!nx_row_key(field->model, &row, arena, &test)) {
        nx_error err = NX_ERROR;
        nx_error_set(&err, NX_ERR_REFUSED, "records of %s cannot be named: it has no key", field->model->title);
        part(owner, NULL, &err);
        nx_error_clear(&err);
        nx_arena_free(arena);
        return NULL;
    }
    nx_stream *stream = nx_calloc(1, sizeof *stream);
    *stream = (nx_stream){.session = session, .declare = NX_SQL, .part = part, .owner = owner};
    declare(&stream->declare, field, &test);
    nx_arena_free(arena);
    begin(stream);
    return stream;
}

void nx_stream_drop(nx_stream *stream) {
    if (stream) {
        nx_trip_drop(stream->trip); /* without an owner the session rolls back by itself */
        free_stream(stream);
    }
}
