/* A save that fails at each of its steps: what the user is told, what the journal says, and that nothing is lost or done twice. */
#include <poll.h>

#include "edit/resolve.h"
#include "lab/fault.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "place.h"

static void expect_staged_after_crash(place *p, int changes) {
    place_crash(p);
    place_begin(p, p->direct);
    free(place_recover(p, place_orphan(p)));
    assert_int_equal(nx_changeset_count(p->b->set), changes);
}

/* --- the journal, before COMMIT --------------------------------------------------------------------------------- */

static void without_the_record_of_its_commit_nothing_is_saved(void **state) {
    static const struct {
        const char *fault, *words;
    } cases[] = {
        {"pwrite:1:ENOSPC", "No space left on device"},
        {"pwrite:1:half,pwrite:2:EIO", "Input/output error"},
        {"pwrite:1:half,pwrite:2:EIO,ftruncate:1+:EIO", "Input/output error"},
        {"fsync:1:EIO", "Input/output error"},
        {"fstatat:1:EIO,renameat:1:EACCES", "Permission denied"},
        {"fstatat:1:EIO,fsync:2:EIO", "Input/output error"},
    };
    place *p = *state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char value[8];
        snprintf(value, sizeof value, "new%zu", i);
        place_begin(p, p->direct);
        bench_record one = bench_read(p->b, "t", "id = 1");
        bench_set(p->b, &one, "v", value);
        lab_fault(NULL, cases[i].fault);
        nx_save_outcome outcome = bench_save(p->b);
        assert_true(lab_faults_struck(NULL) > 0);
        lab_fault(NULL, NULL);
        assert_int_equal(outcome, NX_NOT_SAVED);
        assert_int_equal(p->b->error.kind, NX_ERR_SYSTEM);
        if (strncmp(p->b->error.message, "nothing was saved: the journal ", 31) != 0 || !strstr(p->b->error.message, cases[i].words)) {
            fail_msg("%s: %s", cases[i].fault, p->b->error.message);
        }
        bench_expect(p->b, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE '%transaction%'",
                     "0");
        assert_int_equal(nx_changeset_count(p->b->set), 1);
        if (i % 2) { /* it is in the file, and what the file says of a COMMIT is not believed */
            expect_staged_after_crash(p, 1);
        }
        bench_saved(p->b);
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT v = '%s' FROM t WHERE id = 1", value);
        bench_expect(p->b, sql, "t");
        assert_int_equal(kept_files(p->folder), 0);
        place_crash(p);
        bench_sql(p->direct, "UPDATE t SET v = 'old'");
    }
    place_begin(p, p->direct);
}

static void a_journal_whose_folder_is_gone_stops_the_save(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
    kept_empty(p->folder);
    lab_fault(NULL, "openat:1:ENOENT,mkdirat:1:EACCES");
    bench_refused(p->b, NX_ERR_SYSTEM, "nothing was saved: the journal ");
    lab_fault(NULL, "openat:1:ELOOP"); /* it is looked for again */
    bench_refused(p->b, NX_ERR_SYSTEM, "nothing was saved: the journal ");
    assert_non_null(strstr(p->b->error.message, "is a symbolic link"));
    assert_int_equal(lab_faults_struck(NULL), 1);
    lab_fault(NULL, NULL);
    bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "old");
    bench_saved(p->b);
    bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "new");
}

static void a_journal_that_cannot_be_removed_after_the_save_offers_nothing_that_was_saved(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
    lab_fault(NULL, "unlinkat:1:EACCES,ftruncate:1:EIO");
    bench_saved(p->b);
    assert_int_equal(lab_faults_struck(NULL), 2);
    lab_fault(NULL, NULL);
    place_crash(p);
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    assert_non_null(orphan->xid);
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_SAVED);
    assert_int_equal(orphan->nchanges, 0);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
}

/* --- the wire ------------------------------------------------------------------------------------------------------ */

/* Whatever of a save cannot be sent: it is saved or not, known, and never twice. */
static void a_save_that_cannot_be_sent_is_not_saved_and_nothing_is_lost(void **state) {
    place *p = *state;
    int told = 0;
    for (int nth = 1;; nth++) {
        char fault[40];
        place_begin(p, p->direct);
        bench_record one = bench_read(p->b, "t", "id = 1");
        bench_set(p->b, &one, "v", "new");
        bench_assign(p->b, bench_insert(p->b, "log"), "log", "v", "x");
        snprintf(fault, sizeof fault, "PQsendQueryParams:%d:EIO", nth);
        lab_fault(NULL, fault);
        nx_save_outcome outcome = bench_save(p->b);
        bool struck = lab_faults_struck(NULL) > 0;
        lab_fault(NULL, NULL);
        bench_expect(p->b, "SELECT v FROM t WHERE id = 1", struck ? "old" : "new");
        if (!struck) {
            assert_int_equal(outcome, NX_SAVED);
            break;
        }
        assert_int_equal(outcome, NX_NOT_SAVED);
        assert_int_equal(p->b->error.kind, NX_ERR_LOST);
        assert_int_equal(nx_changeset_count(p->b->set), 2);
        told += p->b->error.hint != NULL;
        expect_staged_after_crash(p, 2);
        bench_saved(p->b);
        bench_expect(p->b, "SELECT count(*) FROM log", "1");
        place_crash(p);
        bench_sql(p->direct, "UPDATE t SET v = 'old'; DELETE FROM log");
    }
    assert_true(told > 0); /* "nothing was saved; save again" */
}

/* The answer to what was sent comes, and what is sent because of it does not go out. */
static void lose_the_rollback(bench *b) {
    bench_begin_save(b);
    nx_session_step(b->session, NULL);
    assert_false(b->done);
    lab_fault(NULL, "PQsendQueryParams:1:EIO");
    lab_wait(b->session, &b->done);
    assert_int_equal(lab_faults_struck(NULL), 1);
    lab_fault(NULL, NULL);
    assert_int_equal(b->outcome, NX_NOT_SAVED);
}

/* As soon as the server has answered; what it says stays unread. */
static void cancel_when_answered(bench *b) {
    int64_t before = nx_session_trips(b->session);
    nx_save_job *job = bench_begin_save(b);
    nx_session_step(b->session, NULL);
    nx_wait wait;
    nx_session_wait(b->session, &wait);
    assert_int_equal(poll(wait.fds, (nfds_t)wait.nfds, (int)lab_patience_ms()), 1);
    nx_save_cancel(job);
    lab_wait(b->session, &b->done);
    assert_int_equal(b->outcome, NX_NOT_SAVED);
    assert_int_equal(b->error.kind, NX_ERR_CANCELLED);
    assert_int_equal(nx_session_trips(b->session) - before, 2); /* the save and its rollback */
}

/* A field that was shown, and not edited, is gone: it would be sent again without the look at what is stored. */
static void what_would_be_sent_again_is_not_after_a_loss_or_a_cancel(void **state) {
    place *p = *state;
    for (int cancel = 0; cancel <= 1; cancel++) {
        bench_sql(p->direct, cancel ? "ALTER TABLE t ADD w int" : "SELECT 1");
        place_begin(p, p->direct);
        bench_record one = bench_read(p->b, "t", "id = 1");
        bench_set(p->b, &one, "v", "new");
        lab_sql(p->direct->url, "ALTER TABLE t DROP w");
        if (cancel) {
            cancel_when_answered(p->b);
        } else {
            lose_the_rollback(p->b);
            assert_string_equal(p->b->error.sqlstate, "42703");
        }
        bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "old");
        bench_saved(p->b);
        bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "new");
        place_crash(p);
        lab_sql(p->direct->url, "UPDATE t SET v = 'old'");
    }
    place_begin(p, p->direct);
}

/* Of two reasons the user is told the one that is about what was edited. */
static void a_conflict_is_told_rather_than_what_failed_behind_it(void **state) {
    place *p = *state;
    bench_sql(p->direct, "CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'objected'; END$$;"
                         "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED"
                         " FOR EACH ROW EXECUTE FUNCTION object()");
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
    bench_assign(p->b, bench_insert(p->b, "log"), "log", "v", "x");
    lab_sql(p->direct->url, "UPDATE t SET v = 'theirs' WHERE id = 1");
    bench_refused(p->b, NX_ERR_CONFLICT, "t 1 was changed by another session");
    assert_int_equal(p->b->failed_id, nx_changeset_at(p->b->set, 0)->id);
    lab_sql(p->direct->url, "UPDATE t SET v = 'old' WHERE id = 1");
    bench_refused(p->b, NX_ERR_SERVER, "objected");
}

/* --- what became of a commit -------------------------------------------------------------------------------------------- */

typedef struct verdict {
    bool done;
    nx_fate fate;
    char *why;
} verdict;

static void told(void *owner, nx_fate fate, const nx_error *why) {
    verdict *v = owner;
    *v = (verdict){.done = true, .fate = fate, .why = why ? nx_strdup(why->message) : NULL};
}

static void expect_unknown(bench *b, const char *xid, const char *pid, const char *words) {
    verdict v = {0};
    nx_resolve(b->session, xid, pid, told, &v);
    lab_wait(b->session, &v.done);
    assert_int_equal(v.fate, NX_FATE_UNKNOWN);
    if (!v.why || !strstr(v.why, words)) {
        fail_msg("%s: %s", xid, v.why ? v.why : "nothing");
    }
    free(v.why);
}

static void what_the_server_does_not_know_is_not_known(void **state) {
    place *p = *state;
    bench *b = p->direct;
    expect_unknown(b, "99999999999", "1", "in the future");
    char *own = lab_query(b->url, "SELECT (pg_current_xact_id()::text::bigint + 4294967296)::text");
    expect_unknown(b, own, "1", "in the future"); /* the same number an epoch later is another one */
    free(own);
    verdict v = {0};
    nx_resolve_drop(nx_resolve(b->session, "3", "1", told, &v));
    nx_resolve_drop(NULL);
    nx_settle_drop(NULL);
    bench_model(b, "t"); /* another answer has come, and nobody was told */
    assert_false(v.done);
}

static void an_orphan_of_an_unknown_transaction_keeps_everything(void **state) {
    place *p = *state;
    place_save_and_crash(p, "on-commit blackhole");
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    const char *xid = orphan->xid;
    orphan->xid = "99999999999";
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_UNKNOWN);
    assert_int_equal(orphan->nchanges, 2);
    assert_string_equal(orphan->xid, "99999999999");
    int never = -1;
    nx_settle_drop(nx_orphan_settle(orphan, p->b->session, NULL, &never)); /* its owner is gone: nobody is called */
    bench_model(p->b, "t");
    orphan->xid = xid;
    nx_kept_change *first = orphan->changes[0]; /* in whatever order they stand, each is found among what was sent */
    orphan->changes[0] = orphan->changes[1];
    orphan->changes[1] = first;
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_SAVED);
    assert_null(orphan->xid);
    assert_int_equal(orphan->nchanges, 0);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
}

/* While the answer to COMMIT does not come the user goes on: what he stages then was not in that transaction. */
static void what_was_staged_after_the_commit_went_out_is_kept(void **state) {
    place *p = *state;
    nx_save_job *job = place_save_until_commit(p, "on-commit blackhole");
    bench *b = p->b;
    nx_model *t = bench_model(p->direct, "t");
    nx_value key = nx_value_of("1"), other = nx_value_of("3");
    uint64_t log = nx_changeset_at(b->set, 1)->id;
    const nx_model *log_model = nx_changeset_at(b->set, 1)->model;
    const nx_model *own = nx_changeset_at(b->set, 0)->model;
    assert_true(nx_changeset_update(b->set, (nx_model *)(uintptr_t)own, &other, 1, nx_model_field(own, "v"), nx_value_of("old"), NX_NEW_VALUE,
                                    nx_value_of("also"), NULL));
    assert_true(nx_changeset_update(b->set, (nx_model *)(uintptr_t)own, &key, 1, nx_model_field(own, "v"), nx_value_of("old"), NX_NEW_VALUE,
                                    nx_value_of("newer"), NULL));
    assert_true(nx_changeset_assign(b->set, log, nx_model_field(log_model, "v"), NX_NEW_VALUE, nx_value_of("y"), NULL));
    nx_save_drop(job);
    place_crash(p);
    lab_proxy_fault(p->proxy, "rst");
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    assert_int_equal(orphan->nchanges, 3);
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_SAVED);
    assert_int_equal(orphan->nchanges, 2); /* a record is never made twice */
    assert_string_equal(orphan->changes[0]->model, "t");
    assert_string_equal(orphan->changes[1]->model, "t");
    free(place_recover(p, orphan));
    assert_non_null(nx_changeset_find(p->b->set, t, &other, 1));
    assert_int_equal(bench_save(p->b), NX_NOT_SAVED); /* the other was shown 'old' and is 'new' by now */
    assert_int_equal(p->b->error.kind, NX_ERR_CONFLICT);
    bench_expect(p->direct, "SELECT string_agg(v, ',' ORDER BY id) FROM t", "new,old,old,old,old");
    bench_expect(p->direct, "SELECT string_agg(v, ',') FROM log", "x");
}

/* --- who is in the way --------------------------------------------------------------------------------------------------- */

/* Stages a record that the server says is locked: by nobody any more, or never. */
static void stage_what_is_busy(place *p) {
    bench_sql(p->direct, "CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS"
                         " $$BEGIN RAISE 'too busy for %', new.v USING ERRCODE = 'lock_not_available'; END$$;"
                         "CREATE TRIGGER busy BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION busy()");
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
}

/* The server's own words have to do. */
static void a_lock_without_a_holder_is_told_in_the_servers_words(void **state) {
    place *p = *state;
    stage_what_is_busy(p);
    bench_refused(p->b, NX_ERR_TIMEOUT, "too busy for new");
    assert_true(!p->b->error.hint || !strstr(p->b->error.hint, "the lock is"));
    assert_int_equal(p->b->failed_id, nx_changeset_at(p->b->set, 0)->id);
    assert_string_equal(nx_changeset_at(p->b->set, 0)->outcome.sqlstate, "55P03");
    lose_the_rollback(p->b);
    assert_string_equal(p->b->error.sqlstate, "55P03");
    assert_int_equal(nx_session_get_state(p->b->session), NX_SESSION_LOST); /* no connection is made to ask who it is */
}

/* --- nobody waits any more -------------------------------------------------------------------------------------------- */

static void heard(void *owner, const nx_save_report *report) {
    (void)report;
    *(bool *)owner = true;
}

static void a_save_may_be_dropped_while_its_obstacle_is_asked_for(void **state) {
    place *p = *state;
    stage_what_is_busy(p);
    bool told_of_it = false;
    bench_begin_save_for(p->b, heard, &told_of_it);
    lab_until_doing(p->b->session, "see who holds the lock");
    bench_drop_save(p->b);
    bench_model(p->b, "t"); /* asked behind it, so it would have been answered */
    assert_false(told_of_it);
    assert_int_equal(nx_changeset_count(p->b->set), 1);
}

static void a_save_may_be_dropped_while_its_fate_is_asked_for(void **state) {
    place *p = *state;
    nx_save_job *job = place_save_until_commit(p, "on-commit blackhole");
    lab_proxy_fault(p->proxy, "rst");
    lab_until_doing(p->b->session, "learn what became of the commit");
    nx_save_drop(job);
    bench_model(p->b, "t");
    place_crash(p); /* nobody was told, so it is for the next start to find out */
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_SAVED);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, place_fresh, place_done)

static const struct CMUnitTest tests[] = {
    CASE(without_the_record_of_its_commit_nothing_is_saved),
    CASE(a_journal_whose_folder_is_gone_stops_the_save),
    CASE(a_journal_that_cannot_be_removed_after_the_save_offers_nothing_that_was_saved),
    CASE(a_save_that_cannot_be_sent_is_not_saved_and_nothing_is_lost),
    CASE(what_would_be_sent_again_is_not_after_a_loss_or_a_cancel),
    CASE(a_conflict_is_told_rather_than_what_failed_behind_it),
    CASE(what_the_server_does_not_know_is_not_known),
    CASE(an_orphan_of_an_unknown_transaction_keeps_everything),
    CASE(what_was_staged_after_the_commit_went_out_is_kept),
    CASE(a_lock_without_a_holder_is_told_in_the_servers_words),
    CASE(a_save_may_be_dropped_while_its_obstacle_is_asked_for),
    CASE(a_save_may_be_dropped_while_its_fate_is_asked_for),
};

LAB_MAIN(tests, place_open, place_close)
