/* trip.h - statements that go to the server together and come back together.
 *
 * A trip is one libpq pipeline (PostgreSQL 34.5): one action of the user, one round trip. It is
 * divided into segments, each ended by a Sync: one implicit transaction that succeeds or fails as a
 * whole, independent of the other segments. The session puts the pinned settings in front of each
 * segment (extra_float_digits, DateStyle, IntervalStyle, bytea_output, TimeZone, statement and lock
 * timeout, all with set_config(..., true)) and swallows their results; with read_only it wraps each
 * segment in BEGIN READ ONLY ... COMMIT. In front of the first trip of a connection it puts the
 * question who the server is (nx_server).
 *
 * Reads are replayed once, silently, when the connection turns out to be dead; writes never.
 */
#ifndef NIXIE_TRIP_H
#define NIXIE_TRIP_H

#include "nixie/error.h"
#include "nixie/session.h"
#include "nixie/sql.h"

typedef struct nx_trip nx_trip;
typedef struct nx_result nx_result;

typedef enum nx_trip_kind {
    NX_TRIP_READ,  /* implicit-transaction segments; replayed once after a lost connection */
    NX_TRIP_BEGIN, /* one segment: BEGIN, the pins, the statements. The transaction stays open and no
                      other trip but NX_TRIP_MORE is sent until an NX_TRIP_END. Never replayed. In read-only mode the
                      trip fails with NX_ERR_REFUSED without being sent */
    NX_TRIP_BEGIN_READ, /* the same with BEGIN READ ONLY, in read-only mode as well: for a cursor that is read piece
                      by piece. Never replayed */
    NX_TRIP_MORE,  /* one segment without pins, inside the transaction that an NX_TRIP_BEGIN[_READ] left open.
                      Never replayed */
    NX_TRIP_END    /* one statement without pins: COMMIT or ROLLBACK. Never replayed */
} nx_trip_kind;

/* Called once, inside nx_session_step(), when everything has come back or failed. The trip and its
 * results live until it returns. */
typedef void nx_trip_done(nx_trip *trip, void *owner);

/* A new trip. `what` names it to the user ("open Post"); copied. */
nx_trip *nx_trip_new(nx_session *session, nx_trip_kind kind, const char *what);

/* Begins a further segment; the first exists from the start. */
void nx_trip_segment(nx_trip *trip);

/* Adds a statement (copied). Returns its index in the trip. */
int nx_trip_add(nx_trip *trip, const nx_sql *sql);

/* The values of statement i come in PostgreSQL's binary format: a bytea as its bytes, NUL bytes among them. */
void nx_trip_binary(nx_trip *trip, int i);

/* Hands the trip to the session, which owns it from then on, connects first if need be, and sends
 * it as soon as it can (several reads may be in flight). */
void nx_trip_send(nx_trip *trip, nx_trip_done *done, void *owner);

/* The owner is going away: done will not be called. Allowed any time between send and done; a trip
 * that was not yet sent is forgotten, one in flight is let through and ignored. */
void nx_trip_drop(nx_trip *trip);

/* Frees a trip that was never sent. */
void nx_trip_discard(nx_trip *trip);

/* --- inside the callback ------------------------------------------------------------------------ */

/* The first error of the trip, or NULL when all went well. */
const nx_error *nx_trip_error(const nx_trip *trip);
/* The error of the segment that statement i belongs to, or NULL. A deferred constraint that fails
 * at the Sync is an error of the segment. */
const nx_error *nx_trip_statement_error(const nx_trip *trip, int i);
/* The statement's index at which the segment of statement i failed, or -1. */
int nx_trip_failed_at(const nx_trip *trip, int i);
/* The result of statement i; NULL when it failed or was skipped. Owned by the trip. */
const nx_result *nx_trip_result(const nx_trip *trip, int i);
/* As above, but the caller owns it from now on: nx_result_free(). */
nx_result *nx_trip_take(nx_trip *trip, int i);
nx_session *nx_trip_session(const nx_trip *trip);

/* --- results (values are PostgreSQL's own text, never converted) --------------------------------- */

int nx_result_rows(const nx_result *result);
int nx_result_columns(const nx_result *result);
/* NULL for SQL NULL; NUL-terminated; owned by the result. */
const char *nx_result_text(const nx_result *result, int row, int column);
size_t nx_result_length(const nx_result *result, int row, int column);
nx_value nx_result_value(const nx_result *result, int row, int column);
/* Convenience readers of our own catalog queries: 0 or false for NULL. */
int64_t nx_result_int(const nx_result *result, int row, int column);
bool nx_result_bool(const nx_result *result, int row, int column);
const char *nx_result_column_name(const nx_result *result, int column);
/* Rows that the command affected (PQcmdTuples), -1 when it does not say. */
int64_t nx_result_affected(const nx_result *result);
/* The command tag ("UPDATE 1", "COMMIT", "ROLLBACK"). COMMIT of a failed transaction says ROLLBACK. */
const char *nx_result_tag(const nx_result *result);
void nx_result_free(nx_result *result);

/* --- answers that were kept ------------------------------------------------------------------------ */

/* A result of these values, row by row (copied): what was kept of an answer of earlier, for the reader of the
 * server's own. nx_result_free(). NULL: too much, or no memory. */
nx_result *nx_result_of(int rows, int columns, const nx_value *values);
/* A trip that was never sent and has these results, which it takes over: nx_trip_discard(). */
nx_trip *nx_trip_answered(nx_session *session, nx_result **results, int count);

#endif
