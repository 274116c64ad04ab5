#include "nixie/save.h"

#include <stdlib.h>
#include <string.h>

#include "blame.h"
#include "changeset.h"
#include "conflict.h"
#include "effects.h"
#include "holder.h"
#include "journal.h"
#include "nixie/filter.h"
#include "batch.h"
#include "resolve.h"

struct nx_save_job {
    nx_session *session;
    nx_changeset *set;
    nx_save_done *done;
    void *owner;
    nx_trip *trip; /* the one under way */
    nx_resolve_job *resolve;
    nx_holder_job *holder;
    nx_batch batch;
    nx_catalog **catalogs; /* what the report speaks of outlives the changes */
    int ncatalogs;
    int answered;
    bool cancelled, committing;
    bool again; /* after the rollback it is sent once more, see nx_batch_again */
    char *xid, *pid;
    const char *summary;
    nx_error error;     /* why it is not saved */
    uint64_t failed_id;
};

static void free_job(nx_save_job *job) {
    nx_error_clear(&job->error);
    nx_batch_free(&job->batch);
    for (int i = 0; i < job->ncatalogs; i++) {
        nx_catalog_unref(job->catalogs[i]);
    }
    free(job->catalogs);
    free(job->xid);
    free(job->pid);
    free(job);
}

static void finish(nx_save_job *job, nx_save_outcome outcome) {
    nx_save_report report = {.outcome = outcome, .count = job->batch.count, .failed_id = job->failed_id,
                             .error = outcome == NX_SAVED ? NULL : &job->error};
    if (outcome == NX_SAVED) {
        nx_changeset_saved(job->set);
        report.failed_id = 0;
        report.nsaved = job->batch.count;
        report.saved = job->batch.saved;
        report.summary = job->summary;
    } else if (outcome == NX_NOT_SAVED) {
        nx_journal_not_saved(job->set->journal);
    }
    job->done(job->owner, &report);
    free_job(job);
}

/* --- why not ------------------------------------------------------------------------------------------- */

static void blame(nx_save_job *job, int i, const nx_error *why) {
    nx_change *change = nx_changeset_writable(job->set, i);
    nx_error_copy(&change->outcome, why);
    if (job->failed_id == 0) {
        job->failed_id = change->id;
        nx_error_copy(&job->error, why);
    }
}

/* The server refused a statement: whose was it? */
static void blame_refused(nx_save_job *job, int failed_at, const nx_error *why) {
    nx_error err = NX_ERROR;
    nx_error_copy(&err, why);
    int guilty = nx_batch_whose(&job->batch, failed_at);
    guilty = guilty >= 0 ? guilty : nx_blame_constraint(job->set, why->constraint);
    nx_blame_explain(&err, guilty >= 0 ? nx_changeset_at(job->set, guilty) : NULL);
    if (guilty >= 0 && err.kind != NX_ERR_CANCELLED) {
        blame(job, guilty, &err);
    } else if (!nx_failed(&job->error)) {
        nx_error_copy(&job->error, &err);
    }
    nx_error_clear(&err);
}

static void blame_cancelled(nx_save_job *job) {
    nx_error_set(&job->error, NX_ERR_CANCELLED, "the save was cancelled");
    nx_error_hint(&job->error, "nothing was saved, everything is still staged");
    job->failed_id = 0;
}

/* --- the end ------------------------------------------------------------------------------------------- */

static void held(void *owner, const char *words) {
    nx_save_job *job = owner;
    job->holder = NULL;
    nx_change *change = nx_changeset_writable(job->set, nx_changeset_place(job->set, job->failed_id));
    if (words) {
        nx_error_hint(&job->error, "nothing was saved: the lock is %s", words);
        nx_error_copy(&change->outcome, &job->error);
    }
    finish(job, NX_NOT_SAVED);
}

static bool connected(const nx_session *session) {
    nx_session_state state = nx_session_get_state(session);
    return state == NX_SESSION_READY || state == NX_SESSION_BUSY || state == NX_SESSION_CANCELLING;
}

static void not_saved(nx_save_job *job) {
    bool waited = strcmp(job->error.sqlstate, "55P03") == 0 && job->failed_id != 0;
    if (waited && connected(job->session)) {
        job->holder = nx_holder_ask(job->session, nx_changeset_by_id(job->set, job->failed_id), held, job);
    } else {
        finish(job, NX_NOT_SAVED);
    }
}

static void begin(nx_save_job *job);

static void begin_again(nx_save_job *job) {
    job->again = false;
    job->failed_id = 0;
    job->answered = 0;
    nx_error_clear(&job->error);
    free(job->xid);
    free(job->pid);
    job->xid = job->pid = NULL;
    nx_batch_again(&job->batch);
    begin(job);
}

static void rolled_back(nx_trip *trip, void *owner) {
    nx_save_job *job = owner;
    job->trip = NULL; /* whatever it says: COMMIT was never sent */
    if (job->again && !job->cancelled && !nx_trip_error(trip)) {
        begin_again(job);
    } else {
        not_saved(job);
    }
}

static nx_trip *send_end(nx_session *session, const char *what, const char *text, nx_trip_done *done, void *owner) {
    nx_trip *trip = nx_trip_new(session, NX_TRIP_END, what);
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, text);
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
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

/* --- the parts ----------------------------------------------------------------------------------------- */

static void remember(nx_save_job *job, nx_trip *trip) {
    nx_batch *batch = &job->batch;
    const nx_result *result = nx_trip_result(trip, batch->transaction_at);
    if (result && nx_result_rows(result) == 1) {
        job->xid = nx_strdup(nx_result_text(result, 0, 0));
        job->pid = nx_strdup(nx_result_text(result, 0, 1));
    }
    if (batch->before_at >= 0) {
        batch->before = nx_trip_take(trip, batch->before_at);
    }
}

static nx_trip_done written;

static void send_part(nx_save_job *job, nx_trip_kind kind) {
    job->trip = nx_trip_new(job->session, kind, "save");
    nx_batch_part(&job->batch, job->trip);
    nx_trip_send(job->trip, written, job);
}

static void begin(nx_save_job *job) {
    for (int i = 0; i < job->batch.count; i++) {
        nx_conflict_forget(job->set->list[i]);
    }
    send_part(job, NX_TRIP_BEGIN);
}

static void roll_back(nx_save_job *job) {
    if (connected(job->session)) {
        job->trip = send_end(job->session, "roll back", "ROLLBACK", rolled_back, job);
    } else {
        finish(job, NX_NOT_SAVED); /* the transaction went with the connection */
    }
}

/* What the part did, and why it cannot stay. `failed_at`: the statement that was refused. */
static void judge(nx_save_job *job, nx_trip *trip, const nx_error *err) {
    int guilty = nx_batch_judge(&job->batch, trip);
    if (guilty >= 0) {
        const nx_change *change = nx_changeset_at(job->set, guilty);
        nx_error_copy(&job->error, &change->outcome);
        job->failed_id = change->id;
    }
    int failed_at = nx_trip_failed_at(trip, 0);
    job->again = guilty < 0 && err && strcmp(err->sqlstate, "42703") == 0 && !job->batch.bare &&
                 nx_batch_looked(&job->batch, failed_at);
    if (err) {
        blame_refused(job, err->kind == NX_ERR_LOST ? -1 : failed_at, err);
    }
    if (job->cancelled || (err && err->kind == NX_ERR_CANCELLED)) {
        blame_cancelled(job);
    }
}

static void written(nx_trip *trip, void *owner) {
    nx_save_job *job = owner;
    nx_batch *batch = &job->batch;
    job->trip = NULL;
    const nx_error *err = nx_trip_error(trip);
    remember(job, trip);
    judge(job, trip, err);
    if (err || nx_failed(&job->error) || !job->xid) {
        roll_back(job);
        return;
    }
    job->answered = batch->to;
    if (!nx_batch_is_last(batch)) {
        send_part(job, NX_TRIP_MORE);
        return;
    }
    job->summary = nx_effects_tell(batch->arena, batch->saved, batch->count, job->set, batch->before,
                                   nx_trip_result(trip, batch->after_at));
    /* Whoever comes after a crash between COMMIT and its answer must know whom to ask. */
    if (nx_journal_commit(job->set->journal, job->xid, job->pid, &job->error)) {
        job->committing = true;
        job->trip = send_end(job->session, "commit", "COMMIT", committed, job);
    } else {
        roll_back(job);
    }
}

/* --- the door ---------------------------------------------------------------------------------------- */

static nx_save_job *at_once(nx_changeset *set, nx_save_done *done, void *owner, uint64_t failed_id,
                            const nx_error *err) {
    nx_save_report report = {.outcome = err ? NX_NOT_SAVED : NX_SAVED, .count = nx_changeset_count(set),
                             .failed_id = failed_id, .error = err};
    if (!err) {
        nx_changeset_saved(set);
    }
    done(owner, &report);
    return NULL;
}

/* A filter that no longer means anything (a field is gone) has no statement. */
static bool filters_stand(nx_changeset *set, uint64_t *failed_id, nx_error *err) {
    for (int i = 0; i < nx_changeset_count(set); i++) {
        nx_change *change = nx_changeset_writable(set, i);
        nx_filter *filter = change->filter ? nx_filter_parse(change->model, change->filter, err) : NULL;
        nx_filter_free(filter);
        if (change->filter && !filter) {
            nx_error_copy(&change->outcome, err);
            *failed_id = change->id;
            return false;
        }
    }
    return true;
}

static bool may_save(const nx_session *session, nx_changeset *set, uint64_t *failed_id, nx_error *err) {
    if (nx_session_read_only(session)) {
        nx_error_set(err, NX_ERR_REFUSED, "nothing can be saved: the session is read-only");
        nx_error_hint(err, "start nixie without --read-only, or connect to the primary");
        return false;
    }
    return filters_stand(set, failed_id, err);
}

static void keep_catalogs(nx_save_job *job) {
    nx_catalog *last = NULL;
    for (int i = 0; i < job->batch.count; i++) {
        nx_catalog *catalog = nx_changeset_at(job->set, i)->model->catalog;
        if (catalog && catalog != last) {
            job->catalogs = nx_realloc(job->catalogs, (size_t)job->ncatalogs + 1, sizeof *job->catalogs);
            job->catalogs[job->ncatalogs++] = nx_catalog_ref(catalog);
            last = catalog;
        }
    }
}

nx_save_job *nx_save(nx_session *session, nx_changeset *set, nx_save_done *done, void *owner) {
    nx_error err = NX_ERROR;
    uint64_t failed_id = 0;
    if (nx_changeset_count(set) == 0) {
        return at_once(set, done, owner, 0, NULL);
    }
    if (!may_save(session, set, &failed_id, &err)) {
        at_once(set, done, owner, failed_id, &err);
        nx_error_clear(&err);
        return NULL;
    }
    nx_save_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_save_job){.session = session, .set = set, .done = done, .owner = owner};
    nx_batch_make(&job->batch, set);
    keep_catalogs(job);
    begin(job);
    return job;
}

bool nx_save_progress(const nx_save_job *job, int *answered, int *count) {
    *answered = job->answered;
    *count = job->batch.count;
    return !job->committing;
}

void nx_save_cancel(nx_save_job *job) {
    /* A COMMIT takes its course; nobody has to wait for an answer that does not come: it is asked for elsewhere. */
    job->cancelled = !job->committing && !nx_failed(&job->error);
    nx_session_cancel(job->session);
}

void nx_save_drop(nx_save_job *job) {
    if (!job) {
        return;
    }
    nx_resolve_drop(job->resolve);
    nx_holder_drop(job->holder);
    if (job->trip) {
        nx_trip_drop(job->trip); /* the session closes a transaction that nobody waits for */
    }
    free_job(job);
}
