#include "nixie/save.h"

#include <stdlib.h>
#include <string.h>

#include "changeset.h"
#include "conflict.h"
#include "journal.h"
#include "resolve.h"
#include "statement.h"
#include "verify.h"

typedef struct place { /* where a change's statements stand in the trip */
    int statement, look, verify; /* look: -1 for inserts */
} place;

struct nx_save_job {
    nx_session *session;
    nx_changeset *set;
    nx_save_done *done;
    void *owner;
    nx_trip *trip; /* the one under way */
    nx_resolve_job *resolve;
    int count;
    place *places;
    int transaction_at; /* the statement that tells xid and pid */
    char *xid, *pid;
    nx_error error;     /* why it is not saved */
    uint64_t failed_id;
};

static void free_job(nx_save_job *job) {
    nx_error_clear(&job->error);
    free(job->places);
    free(job->xid);
    free(job->pid);
    free(job);
}

static void finish(nx_save_job *job, nx_save_outcome outcome) {
    nx_save_report report = {.outcome = outcome, .count = job->count, .failed_id = job->failed_id,
                             .error = outcome == NX_SAVED ? NULL : &job->error};
    if (outcome == NX_SAVED) {
        nx_changeset_saved(job->set);
        report.failed_id = 0;
    } else if (outcome == NX_NOT_SAVED) {
        nx_journal_not_saved(job->set->journal);
    }
    job->done(job->owner, &report);
    free_job(job);
}

/* --- trip 1: the statements -------------------------------------------------------------------------- */

static int add(nx_trip *trip, nx_sql *sql) {
    int at = nx_trip_add(trip, sql);
    nx_sql_free(sql);
    return at;
}

static int add_text(nx_trip *trip, const char *text) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, text);
    return add(trip, &sql);
}

static void add_change(nx_save_job *job, int i) {
    const nx_change *change = nx_changeset_at(job->set, i);
    nx_sql write = NX_SQL, look = NX_SQL;
    nx_statement_write(&write, change);
    job->places[i].statement = add(job->trip, &write);
    job->places[i].look = -1;
    if (change->kind != NX_INSERT) {
        nx_statement_look(&look, change);
        job->places[i].look = add(job->trip, &look);
    }
}

/* One question for each model. */
static void add_verification(nx_save_job *job, int i) {
    const nx_model *model = nx_changeset_at(job->set, i)->model;
    for (int before = 0; before < i; before++) {
        if (nx_changeset_at(job->set, before)->model->oid == model->oid) {
            job->places[i].verify = job->places[before].verify;
            return;
        }
    }
    job->places[i].verify = nx_verify_ask(job->trip, model);
}

static void add_statements(nx_save_job *job) {
    job->transaction_at =
        add_text(job->trip, "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text, pg_catalog.pg_backend_pid()");
    for (int i = 0; i < job->count; i++) {
        add_change(job, i);
    }
    for (int i = 0; i < job->count; i++) {
        add_verification(job, i);
    }
    /* Deferred constraints object now, where it can be told from a failed COMMIT. */
    add_text(job->trip, "SET CONSTRAINTS ALL IMMEDIATE");
}

/* --- what became of it ------------------------------------------------------------------------------- */

static void blame(nx_save_job *job, int i, const nx_error *why) {
    nx_change *change = nx_changeset_writable(job->set, i);
    nx_error_copy(&change->outcome, why);
    if (job->failed_id == 0) {
        job->failed_id = change->id;
        nx_error_copy(&job->error, why);
    }
}

static bool has_constraint(const nx_model *model, const char *name) {
    for (int i = 0; i < model->nforeign_keys; i++) {
        if (strcmp(model->foreign_keys[i]->name, name) == 0) {
            return true;
        }
    }
    for (int i = 0; i < model->nindexes; i++) {
        if (strcmp(model->indexes[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A deferred constraint does not say which statement broke it: only where one change alone can have. */
static int broke_constraint(const nx_save_job *job, const char *name) {
    int found = job->count == 1 ? 0 : -1;
    for (int i = 0; name && job->count > 1 && i < job->count; i++) {
        if (has_constraint(nx_changeset_at(job->set, i)->model, name)) {
            if (found >= 0) {
                return -1;
            }
            found = i;
        }
    }
    return found;
}

static void add_hint(nx_error *err) {
    static const struct {
        const char *sqlstate, *hint;
    } hints[] = {
        {"40P01", "nothing was saved, and saving again will probably work"},
        {"40001", "nothing was saved; refresh, then save again"},
        {"55P03", "nothing was saved: another session holds the record or the table"},
        {"25006", "nothing was saved: this server or this role is read-only"},
        {"42P01", "the models have changed: reload them"},
        {"42703", "the models have changed: reload them"},
    };
    for (size_t i = 0; i < NX_COUNT(hints) && !err->hint; i++) {
        if (strcmp(err->sqlstate, hints[i].sqlstate) == 0) {
            nx_error_hint(err, "%s", hints[i].hint);
        }
    }
}

/* The server refused a statement: whose was it? */
static void blame_refused(nx_save_job *job, int failed_at, const nx_error *why) {
    nx_error err = NX_ERROR;
    nx_error_copy(&err, why);
    add_hint(&err);
    int guilty = broke_constraint(job, why->constraint);
    for (int i = 0; i < job->count; i++) {
        if (failed_at == job->places[i].statement || (failed_at >= 0 && failed_at == job->places[i].look)) {
            guilty = i;
        }
    }
    if (guilty >= 0) {
        blame(job, guilty, &err);
    } else if (!nx_failed(&job->error)) {
        nx_error_copy(&job->error, &err);
    }
    nx_error_clear(&err);
}

/* Judges every change whose statement was answered. */
static void judge(nx_save_job *job, nx_trip *trip) {
    for (int i = 0; i < job->count; i++) {
        const nx_change *change = nx_changeset_at(job->set, i);
        const nx_result *result = nx_trip_result(trip, job->places[i].statement);
        const nx_result *look = job->places[i].look < 0 ? NULL : nx_trip_result(trip, job->places[i].look);
        const nx_result *verify = nx_trip_result(trip, job->places[i].verify);
        nx_error err = NX_ERROR;
        if (verify && !nx_verify_change(change, verify, &err)) {
            blame(job, i, &err);
        } else if (result && !nx_change_judge(change, nx_result_affected(result), look, &err)) {
            blame(job, i, &err);
            if (err.kind == NX_ERR_CONFLICT) {
                nx_conflict_tell(job->set->list[i], look);
            }
        }
        nx_error_clear(&err);
    }
}

static void remember_transaction(nx_save_job *job, nx_trip *trip) {
    const nx_result *result = nx_trip_result(trip, job->transaction_at);
    if (result && nx_result_rows(result) == 1) {
        job->xid = nx_strdup(nx_result_text(result, 0, 0));
        job->pid = nx_strdup(nx_result_text(result, 0, 1));
    }
}

/* --- trip 2: the end --------------------------------------------------------------------------------- */

static void rolled_back(nx_trip *trip, void *owner) {
    (void)trip; /* whatever it says: COMMIT was never sent */
    finish(owner, NX_NOT_SAVED);
}

static bool connected(const nx_session *session) {
    nx_session_state state = nx_session_get_state(session);
    return state == NX_SESSION_READY || state == NX_SESSION_BUSY || state == NX_SESSION_CANCELLING;
}

static nx_trip *send_end(nx_session *session, const char *what, const char *text, nx_trip_done *done, void *owner) {
    nx_trip *trip = nx_trip_new(session, NX_TRIP_END, what);
    add_text(trip, text);
    nx_trip_send(trip, done, owner);
    return trip;
}

static void resolved(void *owner, nx_fate fate, const nx_error *why) {
    nx_save_job *job = owner;
    job->resolve = NULL;
    if (fate == NX_FATE_COMMITTED) {
        finish(job, NX_SAVED);
    } else if (fate == NX_FATE_ABORTED) {
        nx_error_set(&job->error, NX_ERR_LOST, "the connection broke before the commit: transaction %s was rolled back",
                     job->xid);
        nx_error_hint(&job->error, "nothing was saved; save again");
        finish(job, NX_NOT_SAVED);
    } else {
        nx_error_set(&job->error, NX_ERR_IN_DOUBT,
                     "the connection broke during the commit, and it is not known whether transaction %s was saved",
                     job->xid);
        nx_error_detail(&job->error, "%s", why && why->message ? why->message : "no answer");
        nx_error_hint(&job->error, "look at the records before saving again; SELECT pg_xact_status('%s') tells",
                      job->xid);
        finish(job, NX_IN_DOUBT);
    }
}

static void committed(nx_trip *trip, void *owner) {
    nx_save_job *job = owner;
    job->trip = NULL;
    const nx_result *result = nx_trip_result(trip, 0);
    const nx_error *err = nx_trip_error(trip);
    if (!err && result && strcmp(nx_result_tag(result), "COMMIT") == 0) {
        finish(job, NX_SAVED);
    } else if (!err && result) { /* COMMIT of a failed transaction says ROLLBACK, and succeeds */
        nx_error_set(&job->error, NX_ERR_SERVER, "the server rolled the transaction back at COMMIT");
        finish(job, NX_NOT_SAVED);
    } else if (err && err->sqlstate[0] && err->kind != NX_ERR_LOST && connected(job->session)) {
        blame_refused(job, -1, err); /* an error in answer to COMMIT rolls back */
        finish(job, NX_NOT_SAVED);
    } else {
        job->resolve = nx_resolve(job->session, job->xid, job->pid, resolved, job);
    }
}

static void written(nx_trip *trip, void *owner) {
    nx_save_job *job = owner;
    job->trip = NULL;
    const nx_error *err = nx_trip_error(trip);
    remember_transaction(job, trip);
    judge(job, trip);
    if (err) {
        blame_refused(job, err->kind == NX_ERR_LOST ? -1 : nx_trip_failed_at(trip, job->transaction_at), err);
    }
    /* Whoever comes after a crash between COMMIT and its answer must know whom to ask. */
    if (!err && !nx_failed(&job->error) && job->xid &&
        nx_journal_commit(job->set->journal, job->xid, job->pid, &job->error)) {
        job->trip = send_end(job->session, "commit", "COMMIT", committed, job);
    } else if (connected(job->session) && (!err || err->kind != NX_ERR_REFUSED)) {
        job->trip = send_end(job->session, "roll back", "ROLLBACK", rolled_back, job);
    } else {
        finish(job, NX_NOT_SAVED); /* the transaction went with the connection, or never began */
    }
}

/* --- the door ---------------------------------------------------------------------------------------- */

static nx_save_job *at_once(nx_changeset *set, nx_save_done *done, void *owner, const nx_error *err) {
    nx_save_report report = {.outcome = err ? NX_NOT_SAVED : NX_SAVED, .count = nx_changeset_count(set), .error = err};
    if (!err) {
        nx_changeset_saved(set);
    }
    done(owner, &report);
    return NULL;
}

nx_save_job *nx_save(nx_session *session, nx_changeset *set, nx_save_done *done, void *owner) {
    int count = nx_changeset_count(set);
    if (count == 0) {
        return at_once(set, done, owner, NULL);
    }
    if (nx_session_read_only(session)) {
        nx_error err = NX_ERROR;
        nx_error_set(&err, NX_ERR_REFUSED, "nothing can be saved: the session is read-only");
        nx_error_hint(&err, "start nixie without --read-only, or connect to the primary");
        at_once(set, done, owner, &err);
        nx_error_clear(&err);
        return NULL;
    }
    nx_save_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_save_job){.session = session, .set = set, .done = done, .owner = owner, .count = count};
    job->places = nx_calloc((size_t)count, sizeof *job->places);
    for (int i = 0; i < count; i++) {
        nx_conflict_forget(set->list[i]);
    }
    job->trip = nx_trip_new(session, NX_TRIP_BEGIN, "save");
    add_statements(job);
    nx_trip_send(job->trip, written, job);
    return job;
}

void nx_save_drop(nx_save_job *job) {
    if (!job) {
        return;
    }
    nx_resolve_drop(job->resolve);
    if (job->trip) {
        nx_trip_drop(job->trip); /* the session closes a transaction that nobody waits for */
    }
    free_job(job);
}
