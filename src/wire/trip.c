#include "trip.h"

#include <stdlib.h>

#include "session.h"

enum { PARAMS_MAX = 65535 }; /* the protocol counts them in 16 bits */

/* --- building --------------------------------------------------------------------------------------- */

nx_trip *nx_trip_new(nx_session *session, nx_trip_kind kind, const char *what) {
    nx_trip *trip = nx_calloc(1, sizeof *trip);
    trip->session = session;
    trip->kind = kind;
    trip->what = nx_strdup(what);
    nx_trip_segment(trip);
    return trip;
}

void nx_trip_segment(nx_trip *trip) {
    if (trip->nsegments > 0 && trip->segments[trip->nsegments - 1].count == 0) {
        return; /* an empty one is as good as a new one */
    }
    trip->segments = nx_realloc(trip->segments, (size_t)trip->nsegments + 1, sizeof *trip->segments);
    trip->segments[trip->nsegments++] = (wire_segment){.first = trip->nstatements, .failed_at = -1};
}

int nx_trip_add(nx_trip *trip, const nx_sql *sql) {
    trip->oversized = trip->oversized || nx_buf_failed(&sql->text) || sql->nparams > PARAMS_MAX;
    size_t nparams = trip->oversized ? 0 : sql->nparams;
    wire_statement statement = {.text = nx_strdup(sql->text.data), .nparams = (int)nparams};
    statement.params = nx_calloc(nparams + 1, sizeof *statement.params);
    for (size_t i = 0; i < nparams; i++) {
        statement.params[i] = nx_strdup(sql->params[i]);
    }
    statement.packed = sql->packed;
    statement.segment = trip->nsegments - 1;
    trip->segments[statement.segment].count++;
    trip->statements = nx_realloc(trip->statements, (size_t)trip->nstatements + 1, sizeof *trip->statements);
    trip->statements[trip->nstatements] = statement;
    return trip->nstatements++;
}

void nx_trip_binary(nx_trip *trip, int i) { trip->statements[i].binary = true; }

void wire_trip_item(nx_trip *trip, wire_item_kind kind, int segment, int statement) {
    if (trip->nitems == trip->items_cap) {
        trip->items_cap = trip->items_cap ? trip->items_cap * 2 : 16;
        trip->items = nx_realloc(trip->items, (size_t)trip->items_cap, sizeof *trip->items);
    }
    trip->items[trip->nitems++] = (wire_item){kind, segment, statement};
}

void wire_trip_reset(nx_trip *trip) {
    for (int i = 0; i < trip->nstatements; i++) {
        nx_result_free(trip->statements[i].result);
        trip->statements[i].result = NULL;
        trip->statements[i].answered_at = 0;
    }
    for (int i = 0; i < trip->nsegments; i++) {
        nx_error_clear(&trip->segments[i].error);
        trip->segments[i].failed_at = -1;
    }
    nx_error_clear(&trip->error);
    trip->nitems = trip->at = 0;
    trip->answered = false;
}

void wire_trip_free(nx_trip *trip) {
    wire_trip_reset(trip);
    for (int i = 0; i < trip->nstatements; i++) {
        for (int k = 0; k < trip->statements[i].nparams; k++) {
            free(trip->statements[i].params[k]);
        }
        free(trip->statements[i].params);
        free(trip->statements[i].text);
    }
    free(trip->statements);
    free(trip->segments);
    free(trip->items);
    free(trip->what);
    free(trip);
}

void nx_trip_discard(nx_trip *trip) {
    if (trip) {
        wire_trip_free(trip);
    }
}

nx_trip *nx_trip_answered(nx_session *session, nx_result **results, int count) {
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "kept");
    nx_sql nothing = NX_SQL;
    nx_sql_add(&nothing, "");
    for (int i = 0; i < count; i++) {
        int at = nx_trip_add(trip, &nothing);
        trip->statements[at].result = results[i];
    }
    nx_sql_free(&nothing);
    return trip;
}

/* --- handing over and letting go -------------------------------------------------------------------- */

void nx_trip_send(nx_trip *trip, nx_trip_done *done, void *owner) {
    trip->done = done;
    trip->owner = owner;
    wire_session_take(trip->session, trip);
}

void nx_trip_drop(nx_trip *trip) {
    trip->done = NULL;
    /* A COMMIT or ROLLBACK that was asked for is sent all the same: the transaction must end. */
    if (trip->state == TRIP_QUEUED && trip->kind != NX_TRIP_END) {
        nx_session *s = trip->session;
        wire_list_remove(&s->queued, trip);
        s->in_transaction = s->in_transaction && trip->kind != NX_TRIP_MORE; /* nobody would end it */
        s->kicked = true;
        wire_trip_free(trip);
    }
}

/* --- queues ----------------------------------------------------------------------------------------- */

void wire_list_append(wire_list *list, nx_trip *trip) {
    trip->next = NULL;
    if (list->tail) {
        list->tail->next = trip;
    } else {
        list->head = trip;
    }
    list->tail = trip;
}

void wire_list_prepend(wire_list *list, nx_trip *trip) {
    trip->next = list->head;
    list->head = trip;
    if (!list->tail) {
        list->tail = trip;
    }
}

void wire_list_remove(wire_list *list, nx_trip *trip) {
    nx_trip *before = NULL;
    for (nx_trip *at = list->head; at && at != trip; at = at->next) {
        before = at;
    }
    if (before) {
        before->next = trip->next;
    } else {
        list->head = trip->next;
    }
    if (list->tail == trip) {
        list->tail = before;
    }
    trip->next = NULL;
}

nx_trip *wire_list_pop(wire_list *list) {
    nx_trip *trip = list->head;
    if (trip) {
        wire_list_remove(list, trip);
    }
    return trip;
}

/* --- what came back --------------------------------------------------------------------------------- */

static const wire_segment *segment_of(const nx_trip *trip, int i) {
    return i >= 0 && i < trip->nstatements ? &trip->segments[trip->statements[i].segment] : NULL;
}

const nx_error *nx_trip_error(const nx_trip *trip) {
    if (nx_failed(&trip->error)) {
        return &trip->error;
    }
    for (int i = 0; i < trip->nsegments; i++) {
        if (nx_failed(&trip->segments[i].error)) {
            return &trip->segments[i].error;
        }
    }
    return NULL;
}

const nx_error *nx_trip_statement_error(const nx_trip *trip, int i) {
    const wire_segment *segment = segment_of(trip, i);
    if (segment && nx_failed(&segment->error)) {
        return &segment->error;
    }
    return nx_failed(&trip->error) ? &trip->error : NULL;
}

int nx_trip_failed_at(const nx_trip *trip, int i) {
    const wire_segment *segment = segment_of(trip, i);
    return segment ? segment->failed_at : -1;
}

const nx_result *nx_trip_result(const nx_trip *trip, int i) {
    return i >= 0 && i < trip->nstatements ? trip->statements[i].result : NULL;
}

nx_result *nx_trip_take(nx_trip *trip, int i) {
    if (i < 0 || i >= trip->nstatements) {
        return NULL;
    }
    nx_result *result = trip->statements[i].result;
    trip->statements[i].result = NULL;
    return result;
}

nx_session *nx_trip_session(const nx_trip *trip) { return trip->session; }
