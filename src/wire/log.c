/* The last statements of a session. They are taken over from trips that have come to their end, not copied. */
#include <stdlib.h>
#include <string.h>

#include "nixie/log.h"
#include "nixie/secret.h"
#include "session.h"

enum { LOG_MOST = 1000 };
static const size_t bytes_most = 8u << 20;

struct wire_logged {
    nx_logged shown;
    size_t bytes;
};

static void free_logged(wire_logged *l) {
    for (int i = 0; i < l->shown.nparams; i++) {
        free(l->shown.params[i]);
    }
    free((void *)(uintptr_t)l->shown.params);
    free((void *)(uintptr_t)l->shown.text);
    free((void *)(uintptr_t)l->shown.what);
    free((void *)(uintptr_t)l->shown.error);
    free((void *)(uintptr_t)l->shown.sqlstate);
    *l = (wire_logged){.bytes = 0};
}

static wire_logged *logged_at(const wire_log *log, int i) { return &log->ring[(log->first + i) % LOG_MOST]; }

static void drop_oldest(wire_log *log) {
    wire_logged *l = logged_at(log, 0);
    log->bytes -= l->bytes;
    free_logged(l);
    log->first = (log->first + 1) % LOG_MOST;
    log->count--;
}

static size_t bytes_of(const wire_statement *statement) {
    size_t bytes = sizeof(wire_logged) + strlen(statement->text);
    for (int i = 0; i < statement->nparams; i++) {
        bytes += statement->params[i] ? strlen(statement->params[i]) : 0;
    }
    return bytes;
}

static int64_t rows_of(const nx_result *result) {
    if (!result) {
        return -1;
    }
    int64_t affected = nx_result_affected(result);
    return nx_result_columns(result) > 0 ? nx_result_rows(result) : affected;
}

static const nx_error *error_of(const nx_trip *trip, const wire_statement *statement) {
    const wire_segment *segment = &trip->segments[statement->segment];
    return statement->result ? NULL : nx_failed(&segment->error) ? &segment->error : nx_failed(&trip->error) ? &trip->error : NULL;
}

static void take(wire_log *log, nx_trip *trip, wire_statement *statement) {
    const nx_error *err = error_of(trip, statement);
    bool own = err && trip->segments[statement->segment].failed_at == (int)(statement - trip->statements);
    wire_logged l = {.bytes = bytes_of(statement)};
    while (log->count > 0 && (log->count == LOG_MOST || log->bytes + l.bytes > bytes_most)) {
        drop_oldest(log);
    }
    l.shown = (nx_logged){
        .number = ++log->number,
        .trip = trip->number,
        .what = nx_strdup(trip->what),
        .text = statement->text,
        .nparams = statement->nparams,
        .params = statement->params,
        .ms = statement->answered_at ? statement->answered_at - trip->sent_at : -1,
        .rows = rows_of(statement->result),
        .transaction = trip->kind != NX_TRIP_READ,
        .retried = trip->replayed,
        .sqlstate = nx_strdup(own || (err && err == &trip->error) ? err->sqlstate : ""),
        .error = !err ? NULL : nx_strdup(own || err == &trip->error ? err->message : "not run: an earlier statement failed"),
    };
    statement->text = NULL;
    statement->params = NULL;
    statement->nparams = 0;
    log->bytes += l.bytes;
    *logged_at(log, log->count++) = l;
}

void wire_log_trip(nx_session *s, nx_trip *trip) {
    if (!trip->number) {
        return; /* never sent */
    }
    if (!s->log.ring) {
        s->log.ring = nx_calloc(LOG_MOST, sizeof *s->log.ring);
    }
    for (int i = 0; i < trip->nstatements; i++) {
        take(&s->log, trip, &trip->statements[i]);
    }
}

void wire_log_free(wire_log *log) {
    while (log->count > 0) {
        drop_oldest(log);
    }
    free(log->ring);
}

int nx_log_count(const nx_session *session) { return session->log.count; }

const nx_logged *nx_log_at(const nx_session *session, int i) {
    return i >= 0 && i < session->log.count ? &logged_at(&session->log, i)->shown : NULL;
}

char *nx_logged_readable(const nx_logged *logged) {
    size_t n = (size_t)logged->nparams;
    bool *secret = nx_calloc(n + 1, sizeof *secret);
    char **params = nx_calloc(n + 1, sizeof *params);
    static char mask[] = "***";
    nx_secret_params(logged->text, secret, n);
    for (size_t i = 0; i < n; i++) {
        params[i] = secret[i] && logged->params[i] ? mask : logged->params[i];
    }
    nx_sql sql = {.text = NX_BUF, .params = params, .nparams = n};
    nx_buf_adds(&sql.text, logged->text);
    char *readable = nx_sql_readable(&sql);
    nx_buf_free(&sql.text);
    free(params);
    free(secret);
    return readable;
}
