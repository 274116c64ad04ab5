/* save.h - saving a changeset, and judging values before they are staged.
 *
 * A save is one transaction in two trips (so that a commit in doubt can be resolved):
 *   1. BEGIN, pins, pg_current_xact_id(), for each change its statement followed by a look at the row
 *      as it is now, SET CONSTRAINTS ALL IMMEDIATE; more than 1,000 changes (or 4 MB) go in further trips
 *      of the same transaction;
 *   2. COMMIT when every statement affected exactly one row, else ROLLBACK.
 * The changes run in an order of their own: what is referred to before what refers to it, deletions the other way
 * round, a unique value freed before it is taken, changes of all that match last. Keys that the server makes
 * reach the statements that need them within the trip.
 * A row is addressed by its key and the old text of the edited fields, each compared as
 * text under COLLATE "C", NULL equal to NULL; by tuple id it is also addressed by xmin and all
 * values shown. Values are cast without the type modifier, so that assignment refuses what does not
 * fit instead of cutting it.
 * When the connection is lost around COMMIT, the outcome is asked with pg_xact_status() on a new
 * connection. Nothing is ever sent twice.
 */
#ifndef NIXIE_SAVE_H
#define NIXIE_SAVE_H

#include "nixie/change.h"
#include "nixie/session.h"

typedef enum nx_save_outcome {
    NX_SAVED,     /* committed, known */
    NX_NOT_SAVED, /* rolled back or never begun, known; the changeset is as it was */
    NX_IN_DOUBT   /* could not be learned: the changeset is as it was */
} nx_save_outcome;

/* What one change did, known once it is saved. Valid inside the callback only. */
typedef struct nx_saved_field { /* the server stored something else than was sent, or filled it in */
    const nx_field *field;
    nx_value sent;   /* text NULL where nothing was sent (defaults, triggers) */
    nx_value stored; /* its beginning where it is long */
} nx_saved_field;

typedef struct nx_saved_change {
    uint64_t id;
    nx_change_kind kind;
    nx_model *model;
    int64_t affected;  /* records; 1 but for bulk changes */
    int nkey;          /* the identity now (new for inserts and edited keys); 0 when deleted or unknown */
    const nx_value *key;
    int nfields;       /* "the server changed it": fields of an update that hold something else than
                          what was sent or shown; for inserts the fields that were not sent */
    const nx_saved_field *fields;
} nx_saved_change;

typedef struct nx_save_report {
    nx_save_outcome outcome;
    int count;               /* changes in the save */
    uint64_t failed_id;      /* the first change that was refused, 0 when none */
    const nx_error *error;   /* why not, NULL when saved. NX_ERR_CONFLICT: detail tells base, mine and
                                theirs of the fields that differ, or that the record is gone */
    int nsaved;              /* on NX_SAVED: what each change did, in the order they ran */
    const nx_saved_change *saved;
    const char *summary;     /* on NX_SAVED, words for what went beyond the changes themselves: "12 Comment
                                deleted by cascade, 3 Post set NULL"; NULL when nothing did */
} nx_save_report;

/* Called once. On NX_SAVED the changeset is empty and its history ended; else each change's outcome
 * says what became of it. */
typedef void nx_save_done(void *owner, const nx_save_report *report);
typedef struct nx_save_job nx_save_job;

/* Saves everything. The changeset must not be altered until done has been called. NULL when there was
 * nothing to send and done has already been called (nothing staged, or refused: read-only). A job ends
 * by itself with its callback. */
nx_save_job *nx_save(nx_session *session, nx_changeset *set, nx_save_done *done, void *owner);
/* How far it is: changes sent and answered, of how many. False when the COMMIT is under way. */
bool nx_save_progress(const nx_save_job *job, int *answered, int *count);
/* Gives up: cleanly rolled back when COMMIT was not sent (done gets NX_NOT_SAVED with NX_ERR_CANCELLED). After
 * that only the waiting ends: a server that is silent is abandoned and the outcome asked for on a new connection. */
void nx_save_cancel(nx_save_job *job);
/* The owner is going away: done will not be called. Before COMMIT was sent the transaction is rolled
 * back; after that it takes its course. NULL is allowed. */
void nx_save_drop(nx_save_job *job);

/* Asks the server whether `value` is good for the field: the type's own input function judges it, with
 * the column's modifier, so domains, modifiers and enums apply. One trip; NULL, with the callback made at
 * once, when none is needed. `stored` is the value as the server would store it (its own text), owned by
 * the call. err: the server's words. Not-null is judged here too. */
typedef void nx_validate_done(void *owner, nx_value stored, const nx_error *err);
typedef struct nx_validate_job nx_validate_job;
nx_validate_job *nx_validate(nx_session *session, const nx_field *field, nx_value value, nx_validate_done *done, void *owner);
void nx_validate_drop(nx_validate_job *job); /* the owner is going away; NULL is allowed */

#endif
