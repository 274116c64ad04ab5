/* Reading what comes back, in the order in which it was asked. */
#include <poll.h>

#include "classify.h"
#include "result.h"
#include "session.h"

enum { STRAY_NULLS_MAX = 16 };

/* --- losing ----------------------------------------------------------------------------------------- */

static void lose(nx_session *s, const char *text, const PGresult *res) {
    nx_error why = NX_ERROR;
    wire_classify_lost(&why, text, res);
    wire_session_lose(s, nx_failed(&s->farewell) && !res ? &s->farewell : &why);
    nx_error_clear(&why);
}

/* How long the server may work without a word: answers come at the end of a segment, and the timeout
 * counts for each of its statements. */
static int64_t patience(const nx_session *s) {
    int most = 1;
    for (int i = 0; i < s->sent.head->nsegments; i++) {
        most = s->sent.head->segments[i].count > most ? s->sent.head->segments[i].count : most;
    }
    int64_t all = (int64_t)s->statement_timeout_ms * most;
    int64_t limit = s->statement_timeout_ms > SILENCE_MAX_MS ? s->statement_timeout_ms : SILENCE_MAX_MS;
    return (all < limit ? all : limit) + GRACE_MS;
}

int64_t wire_receive_deadline(const nx_session *s) { return s->sent.head ? s->progress_at + patience(s) : -1; }

static void check_deadline(nx_session *s) {
    int64_t deadline = wire_receive_deadline(s);
    if (deadline < 0 || nx_now_ms() < deadline) {
        return;
    }
    nx_error why = NX_ERROR;
    nx_error_set(&why, NX_ERR_TIMEOUT, "no answer from the server for %d s, so the connection was closed",
                 (int)(patience(s) / 1000));
    wire_session_lose(s, &why);
    nx_error_clear(&why);
}

/* --- one result ------------------------------------------------------------------------------------- */

static void segment_failed(nx_session *s, nx_trip *trip, const wire_item *item, const PGresult *res) {
    s->hello_due = s->hello_due || item->kind == ITEM_HELLO; /* asked again with the next trip */
    if (item->segment < 0 || nx_failed(&trip->segments[item->segment].error)) {
        return;
    }
    wire_segment *segment = &trip->segments[item->segment];
    bool own = item->kind == ITEM_STATEMENT;
    if (own) {
        trip->statements[item->statement].answered_at = nx_now_ms();
    }
    const char *text = own ? trip->statements[item->statement].text : NULL;
    wire_classify_result(&segment->error, res, text, trip->cancel_asked);
    segment->failed_at = own ? item->statement : -1;
}

/* Takes over res. */
static void keep(nx_session *s, nx_trip *trip, const wire_item *item, PGresult *res) {
    if (item->kind == ITEM_STATEMENT) {
        wire_statement *statement = &trip->statements[item->statement];
        nx_result_free(statement->result);
        statement->answered_at = nx_now_ms();
        statement->result = wire_result_new(res, statement->packed);
        return;
    }
    if (item->kind == ITEM_HELLO) {
        wire_hello_read(s, res, nx_now_ms() - trip->sent_at);
    } else if (item->kind == ITEM_CLUSTER) {
        wire_cluster_read(s, res);
    }
    PQclear(res);
}

static void finish_head(nx_session *s) {
    nx_trip *trip = wire_list_pop(&s->sent);
    s->round_trip_ms = nx_now_ms() - trip->sent_at;
    s->since = nx_now_ms();
    bool open = PQtransactionStatus(s->conn) != PQTRANS_IDLE;
    if (wire_trip_begins(trip) || trip->kind == NX_TRIP_MORE) {
        s->in_transaction = open && trip->done; /* without an owner nobody would end it */
    } else if (trip->kind == NX_TRIP_END) {
        s->in_transaction = false;
    }
    wire_session_finish(s, trip);
}

static void next_item(nx_session *s, nx_trip *trip) {
    trip->at++;
    trip->answered = false;
    s->stray_nulls = 0;
    if (trip->at == trip->nitems) {
        finish_head(s);
    }
}

/* A NULL ends the results of a statement; around a Sync there may be one more than the manual says,
 * after the error of a deferred constraint. */
static bool take_null(nx_session *s, nx_trip *trip, const wire_item *item) {
    if (PQstatus(s->conn) == CONNECTION_BAD) {
        lose(s, PQerrorMessage(s->conn), NULL);
        return false;
    }
    if (item->kind != ITEM_SYNC && trip->answered) {
        next_item(s, trip);
    } else if (++s->stray_nulls > STRAY_NULLS_MAX) {
        lose(s, "the answers are out of step with the questions", NULL);
        return false;
    }
    return true;
}

static bool take_error(nx_session *s, nx_trip *trip, const wire_item *item, PGresult *res) {
    bool said = PQresultErrorField(res, PG_DIAG_SQLSTATE) != NULL;
    if (wire_is_fatal(res)) {
        lose(s, NULL, res);
        PQclear(res);
        return false;
    }
    if (!said && PQstatus(s->conn) == CONNECTION_BAD) {
        lose(s, PQresultErrorMessage(res), NULL);
        PQclear(res);
        return false;
    }
    segment_failed(s, trip, item, res);
    trip->answered = item->kind != ITEM_SYNC;
    PQclear(res);
    return true;
}

/* COPY has no place in a pipeline: libpq cannot go on. Not a loss, or it would be tried again. */
static void refuse_copy(nx_session *s) {
    nx_error why = NX_ERROR;
    nx_error_set(&why, NX_ERR_REFUSED, "COPY is not possible here");
    wire_session_lose(s, &why);
    nx_error_clear(&why);
}

/* False when the connection is gone. */
static bool take(nx_session *s, PGresult *res) {
    nx_trip *trip = s->sent.head;
    const wire_item *item = &trip->items[trip->at];
    if (!res) {
        return take_null(s, trip, item);
    }
    ExecStatusType status = PQresultStatus(res);
    switch (status) {
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE: return take_error(s, trip, item, res);
    case PGRES_PIPELINE_SYNC:
    case PGRES_PIPELINE_ABORTED:
        PQclear(res);
        if ((status == PGRES_PIPELINE_SYNC) != (item->kind == ITEM_SYNC)) {
            lose(s, "the answers are out of step with the questions", NULL);
            return false;
        }
        if (status == PGRES_PIPELINE_SYNC) {
            next_item(s, trip);
        } else {
            trip->answered = true;
        }
        return true;
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        trip->answered = true;
        keep(s, trip, item, res);
        return true;
    default:
        PQclear(res);
        refuse_copy(s);
        return false;
    }
}

/* --- stepping --------------------------------------------------------------------------------------- */

static void read_results(nx_session *s) {
    while (s->sent.head && !PQisBusy(s->conn)) {
        if (!take(s, PQgetResult(s->conn))) {
            return;
        }
    }
}

/* Nobody asked, yet something came: notices, or the server's farewell. */
static void look_at_idle(nx_session *s) {
    PQisBusy(s->conn); /* parses what was read */
    if (PQstatus(s->conn) == CONNECTION_BAD || nx_failed(&s->farewell)) {
        lose(s, PQerrorMessage(s->conn), NULL);
    }
}

void wire_receive_step(nx_session *s) {
    bool readable = wire_socket_ready(PQsocket(s->conn), POLLIN);
    if (readable) {
        s->progress_at = nx_now_ms();
        PQconsumeInput(s->conn); /* a failure shows in the status, after what did arrive is read */
    }
    if (s->sent.head) {
        read_results(s);
    }
    if (s->conn && !s->sent.head && readable) {
        look_at_idle(s);
    }
    if (s->conn) {
        check_deadline(s);
    }
}
