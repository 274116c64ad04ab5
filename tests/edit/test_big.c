/* Big saves: parts of one transaction, told of, cancelled, refused as a whole. And saves that wait for others. */
#include <libpq-fe.h>

#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

enum { MANY = 2300 };

static int open_bench(void **state) {
    bench_open(state);
    bench *b = *state;
    lab_sql(b->url, "CREATE TABLE big (id int PRIMARY KEY, v text NOT NULL, n int DEFAULT 7)");
    return 0;
}

static int fresh(void **state) {
    bench *b = *state;
    bench_clean(state);
    bench_sql(b, "TRUNCATE big; INSERT INTO big SELECT i, 'old' FROM generate_series(1, 2300) i");
    return 0;
}

/* A third each: updated, deleted, inserted. */
static void stage_many(bench *b) {
    nx_model *model = bench_model(b, "big");
    nx_error err = NX_ERROR;
    nx_changeset_group_begin(b->set);
    for (int i = 1; i <= MANY; i++) {
        char text[20];
        snprintf(text, sizeof text, "%d", i % 3 == 0 ? i + MANY : i);
        nx_value key = nx_value_of(text);
        if (i % 3 == 0) {
            bench_assign(b, bench_insert(b, "big"), "big", "id", text);
            bench_assign(b, nx_changeset_at(b->set, nx_changeset_count(b->set) - 1)->id, "big", "v", "new");
        } else if (i % 3 == 1) {
            assert_true(nx_changeset_update(b->set, model, &key, 1, model->fields[1], nx_value_of("old"),
                                            NX_NEW_VALUE, nx_value_of("new"), &err));
        } else {
            assert_true(nx_changeset_delete(b->set, model, &key, 1, NULL, 0, &err));
        }
    }
    assert_true(nx_changeset_group_end(b->set, &err));
    assert_int_equal(nx_changeset_count(b->set), MANY);
}

static const char state_sql[] = "SELECT count(*) || ' ' || count(*) FILTER (WHERE v = 'new') FROM big";

static void a_few_trips_carry_many_changes(void **state) {
    bench *b = *state;
    stage_many(b);
    int64_t trips = nx_session_trips(b->session);
    bench_saved(b);
    assert_int_equal(nx_session_trips(b->session) - trips, 4); /* three parts and COMMIT */
    assert_int_equal(b->count, MANY);
    bench_expect(b, state_sql, "2299 1533");
}

static void one_of_the_last_refused_takes_all_back(void **state) {
    bench *b = *state;
    stage_many(b);
    lab_sql(b->url, "UPDATE big SET v = 'theirs' WHERE id = 2299");
    bench_refused(b, NX_ERR_CONFLICT, "big 2299 was changed by another session");
    assert_string_equal(nx_changeset_by_id(b->set, b->failed_id)->key[0].text, "2299");
    bench_expect(b, state_sql, "2300 0");
    lab_sql(b->url, "UPDATE big SET v = 'old' WHERE id = 2299");
    bench_saved(b);
    bench_expect(b, state_sql, "2299 1533");
}

/* --- giving up -------------------------------------------------------------------------------------------------- */

typedef struct ending {
    bool done;
    nx_save_outcome outcome;
    nx_error error;
} ending;

static void ended(void *owner, const nx_save_report *report) {
    ending *e = owner;
    e->done = true;
    e->outcome = report->outcome;
    if (report->error) {
        nx_error_copy(&e->error, report->error);
    }
}

static void expect_cancelled(bench *b, ending *e) {
    lab_wait(b->session, &e->done);
    assert_int_equal(e->outcome, NX_NOT_SAVED);
    assert_int_equal(e->error.kind, NX_ERR_CANCELLED);
    assert_int_equal(nx_changeset_count(b->set), MANY);
    bench_expect(b, state_sql, "2300 0");
    nx_error_clear(&e->error);
    bench_saved(b); /* everything is still there, and the session is good for more */
    bench_expect(b, state_sql, "2299 1533");
}

static void a_save_is_cancelled_between_its_parts(void **state) {
    bench *b = *state;
    stage_many(b);
    ending e = {.done = false, .error = NX_ERROR};
    nx_save_job *job = bench_begin_save_for(b, ended, &e);
    int answered = 0, count = 0;
    while (!e.done && nx_save_progress(job, &answered, &count) && answered < 1000) {
        lab_step(b->session);
    }
    assert_false(e.done);
    assert_int_equal(answered, 1000);
    assert_int_equal(count, MANY);
    nx_save_cancel(job);
    expect_cancelled(b, &e);
}

static void a_save_is_cancelled_before_anything_is_sent(void **state) {
    bench *b = *state;
    stage_many(b);
    ending e = {.done = false, .error = NX_ERROR};
    nx_save_cancel(bench_begin_save_for(b, ended, &e));
    expect_cancelled(b, &e);
}

static void a_commit_takes_its_course(void **state) {
    bench *b = *state;
    bench_record r = bench_read(b, "big", "id = 1");
    bench_set(b, &r, "v", "new");
    ending e = {.done = false, .error = NX_ERROR};
    nx_save_job *job = bench_begin_save_for(b, ended, &e);
    int answered, count;
    while (!e.done && nx_save_progress(job, &answered, &count)) {
        lab_step(b->session);
    }
    if (!e.done) {
        nx_save_cancel(job);
    }
    lab_wait(b->session, &e.done);
    assert_int_equal(e.outcome, NX_SAVED);
    bench_expect(b, state_sql, "2300 1");
}

/* --- waiting for others ------------------------------------------------------------------------------- */

static PGconn *hold(bench *b, const char *script) {
    PGconn *conn = PQconnectdb(b->url);
    PQclear(PQexec(conn, "SET application_name = 'the other'"));
    PGresult *res = PQexec(conn, script);
    assert_int_not_equal(PQresultStatus(res), PGRES_FATAL_ERROR);
    PQclear(res);
    return conn;
}

static void a_lock_names_who_holds_it(void **state) {
    bench *b = *state;
    static const char *const scripts[] = {"BEGIN; SELECT * FROM big WHERE id = 1 FOR UPDATE",
                                          "BEGIN; LOCK TABLE big IN ACCESS EXCLUSIVE MODE",
                                          "BEGIN; INSERT INTO big VALUES (9000, 'x')"};
    nx_session_options quick = {.lock_timeout_ms = 150};
    bench *w = bench_on(b->url, &quick);
    for (size_t i = 0; i < NX_COUNT(scripts); i++) {
        bench_clean((void **)&w);
        bench_record r = bench_read(w, "big", "id = 1");
        if (i < 2) {
            bench_set(w, &r, "v", i ? "again" : "mine");
        } else {
            uint64_t id = bench_insert(w, "big");
            bench_assign(w, id, "big", "id", "9000");
            bench_assign(w, id, "big", "v", "y");
        }
        PGconn *conn = hold(b, scripts[i]);
        char expected[80];
        snprintf(expected, sizeof expected, "held by pid %d (postgres, the other, idle in transaction 0 s)",
                 PQbackendPID(conn));
        assert_int_equal(bench_save(w), NX_NOT_SAVED);
        assert_string_equal(w->error.sqlstate, "55P03");
        assert_non_null(w->error.hint);
        if (!strstr(w->error.hint, expected)) {
            fail_msg("%s", w->error.hint);
        }
        assert_non_null(strstr(nx_changeset_by_id(w->set, w->failed_id)->outcome.hint, expected));
        PQfinish(conn);
        bench_saved(w); /* saving again works once the other is gone */
    }
    bench_free(w);
}

static void row_security_is_explained(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP ROLE IF EXISTS saver; CREATE ROLE saver; CREATE TABLE safe (id int PRIMARY KEY, owner text, v "
                 "text); INSERT INTO safe VALUES (1, 'saver', 'a'); GRANT ALL ON safe TO saver;"
                 "ALTER TABLE safe ENABLE ROW LEVEL SECURITY;"
                 "CREATE POLICY mine ON safe USING (owner = current_user);"
                 "CREATE POLICY anyone ON safe FOR INSERT WITH CHECK (id > 0); GRANT saver TO postgres");
    char url[400];
    snprintf(url, sizeof url, "%s&options=-crole%%3Dsaver", b->url);
    bench *s = bench_on(url, NULL);
    bench_record r = bench_read(s, "safe", "id = 1");
    assert_true(r.model->row_security);
    bench_set(s, &r, "owner", "other");
    bench_refused(s, NX_ERR_SERVER, "row-level security");
    assert_non_null(strstr(s->error.detail, "mine"));
    assert_non_null(s->error.hint);
    bench_clean((void **)&s);
    /* A record that one may write but not read: RETURNING would have it refused. */
    uint64_t id = bench_insert(s, "safe");
    bench_assign(s, id, "safe", "id", "5");
    bench_assign(s, id, "safe", "owner", "other");
    bench_saved(s);
    bench_expect(b, "SELECT owner FROM safe WHERE id = 5", "other");
    bench_free(s);
    lab_sql(b->url, "DROP TABLE safe; DROP ROLE saver");
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

static const struct CMUnitTest tests[] = {
    TEST(a_few_trips_carry_many_changes),
    TEST(one_of_the_last_refused_takes_all_back),
    TEST(a_save_is_cancelled_between_its_parts),
    TEST(a_save_is_cancelled_before_anything_is_sent),
    TEST(a_commit_takes_its_course),
    TEST(a_lock_names_who_holds_it),
    TEST(row_security_is_explained),
};

LAB_MAIN(tests, open_bench, bench_close)
