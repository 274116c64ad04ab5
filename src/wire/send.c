/* Sending: which trip goes next, and what goes around its statements. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "classify.h"
#include "session.h"

/* libpq before 17 flushes at every Sync: what belongs together would leave in several packets, and the server would
 * answer the first before it has the last. On a Unix socket it makes no difference, and no effect. */
static void hold_packets(const nx_session *s, int on) {
#if defined(TCP_CORK)
    setsockopt(PQsocket(s->conn), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
#elif defined(TCP_NOPUSH)
    setsockopt(PQsocket(s->conn), IPPROTO_TCP, TCP_NOPUSH, &on, sizeof on);
#else
    (void)s;
    (void)on;
#endif
}

/* --- one trip --------------------------------------------------------------------------------------- */

static bool put(nx_session *s, nx_trip *trip, wire_item_kind kind, int segment, const char *sql) {
    wire_trip_item(trip, kind, segment, -1);
    return PQsendQueryParams(s->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
}

static bool put_sync(nx_session *s, nx_trip *trip, int segment) {
    wire_trip_item(trip, ITEM_SYNC, segment, -1);
    return PQpipelineSync(s->conn);
}

static bool put_pins(nx_session *s, nx_trip *trip, int segment) {
    wire_trip_item(trip, ITEM_PINS, segment, -1);
    return wire_pins_send(s);
}

static bool put_statements(nx_session *s, nx_trip *trip, int segment) {
    const wire_segment *seg = &trip->segments[segment];
    for (int i = seg->first; i < seg->first + seg->count; i++) {
        const wire_statement *statement = &trip->statements[i];
        wire_trip_item(trip, ITEM_STATEMENT, segment, i);
        const char *const *params = (const char *const *)statement->params;
        if (!PQsendQueryParams(s->conn, statement->text, statement->nparams, NULL, params, NULL, NULL,
                               statement->binary)) {
            return false;
        }
    }
    return true;
}

/* After a failure the COMMIT is skipped and the transaction would stay open: the rescue closes it in
 * the same trip, so that one failed segment never poisons the next. */
static bool put_read_only(nx_session *s, nx_trip *trip, int segment) {
    return put(s, trip, ITEM_BEGIN, segment, "BEGIN READ ONLY") && put_pins(s, trip, segment) &&
           put_statements(s, trip, segment) && put(s, trip, ITEM_COMMIT, segment, "COMMIT") &&
           put_sync(s, trip, segment) && put(s, trip, ITEM_RESCUE, -1, "ROLLBACK") && put_sync(s, trip, -1);
}

static bool put_segment(nx_session *s, nx_trip *trip, int segment) {
    if (trip->kind == NX_TRIP_READ && s->read_only) {
        return put_read_only(s, trip, segment);
    }
    bool begins = segment == 0 && wire_trip_begins(trip), pins = begins || trip->kind == NX_TRIP_READ;
    const char *begin = trip->kind == NX_TRIP_BEGIN ? "BEGIN" : "BEGIN READ ONLY";
    return (!begins || put(s, trip, ITEM_BEGIN, segment, begin)) && (!pins || put_pins(s, trip, segment)) &&
           put_statements(s, trip, segment) && put_sync(s, trip, segment);
}

static bool put_trip(nx_session *s, nx_trip *trip) {
    if (s->hello_due) {
        if (!put(s, trip, ITEM_HELLO, -1, wire_hello_sql) || !put_sync(s, trip, -1) ||
            !put(s, trip, ITEM_CLUSTER, -1, wire_cluster_sql) || !put_sync(s, trip, -1)) {
            return false;
        }
        s->hello_due = false;
    }
    for (int i = 0; i < trip->nsegments; i++) {
        if (!put_segment(s, trip, i)) {
            return false;
        }
    }
    return true;
}

static void lost(nx_session *s) {
    nx_error why = NX_ERROR;
    wire_classify_lost(&why, PQerrorMessage(s->conn), NULL);
    wire_session_lose(s, nx_failed(&s->farewell) ? &s->farewell : &why);
    nx_error_clear(&why);
}

static void send_trip(nx_session *s, nx_trip *trip) {
    wire_list_remove(&s->queued, trip);
    wire_trip_reset(trip);
    trip->state = TRIP_SENT;
    trip->sent_at = nx_now_ms();
    if (!s->sent.head) {
        s->progress_at = trip->sent_at;
    }
    trip->number = ++s->trips;
    s->in_transaction = s->in_transaction || wire_trip_begins(trip);
    wire_list_append(&s->sent, trip);
    if (!put_trip(s, trip)) {
        lost(s);
    }
}

/* --- which one -------------------------------------------------------------------------------------- */

static bool goes_on(const nx_trip *trip) { return trip->kind == NX_TRIP_MORE || trip->kind == NX_TRIP_END; }

/* What belongs into the transaction that is open. */
static nx_trip *first_inside(const nx_session *s) {
    nx_trip *trip = s->queued.head;
    while (trip && !goes_on(trip)) {
        trip = trip->next;
    }
    return trip;
}

static nx_trip *next_trip(const nx_session *s) {
    if (s->cancel.active) {
        return NULL; /* the request must not hit what it was not meant for */
    }
    if (s->in_transaction) {
        return s->sent.head ? NULL : first_inside(s);
    }
    nx_trip *trip = s->queued.head;
    bool shared = trip && trip->kind == NX_TRIP_READ && (!s->sent.head || s->sent.head->kind == NX_TRIP_READ);
    return shared || !s->sent.head ? trip : NULL;
}

/* Somebody let go of an open transaction, or typed BEGIN into a read: nothing may run inside it. */
static void close_stray_transaction(nx_session *s) {
    if (s->sent.head || s->in_transaction || PQtransactionStatus(s->conn) == PQTRANS_IDLE) {
        return;
    }
    nx_trip *trip = nx_trip_new(s, NX_TRIP_END, "roll back");
    nx_sql rollback = NX_SQL;
    nx_sql_add(&rollback, "ROLLBACK");
    nx_trip_add(trip, &rollback);
    nx_sql_free(&rollback);
    trip->own = true;
    trip->state = TRIP_QUEUED;
    wire_list_prepend(&s->queued, trip);
}

/* A COMMIT outside its transaction would be answered with COMMIT, and more of it would be one of its own. */
static bool refuse_stray(nx_session *s, nx_trip *trip) {
    if (!goes_on(trip) || trip->own || s->in_transaction) {
        return false;
    }
    wire_list_remove(&s->queued, trip);
    nx_error_set(&trip->error, NX_ERR_LOST, "the transaction is no longer open");
    wire_session_finish(s, trip);
    return true;
}

static void flush(nx_session *s) {
    int left = PQflush(s->conn);
    s->flush_due = left > 0;
    if (left < 0 && PQstatus(s->conn) == CONNECTION_BAD) {
        lost(s);
    }
}

void wire_send_step(nx_session *s) {
    if (!s->cancel.active && PQstatus(s->conn) == CONNECTION_OK) {
        close_stray_transaction(s);
    }
    bool held = s->conn && next_trip(s);
    if (held) {
        hold_packets(s, 1);
    }
    for (nx_trip *trip = next_trip(s); trip && s->conn; trip = next_trip(s)) {
        if (!refuse_stray(s, trip)) {
            send_trip(s, trip);
        }
    }
    if (s->conn && (s->sent.head || s->flush_due)) {
        flush(s);
    }
    if (s->conn && held) {
        hold_packets(s, 0);
    }
}
