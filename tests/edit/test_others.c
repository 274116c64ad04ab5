/* What other sessions and the server's own limits do to a save: told by its name, nothing lost, nothing half done. */
#include <libpq-fe.h>

#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static int open_bench(void **state) {
    bench_open(state);
    bench *b = *state;
    lab_sql(b->url, "CREATE TABLE pair (id int PRIMARY KEY, v text, n int)");
    return 0;
}

static int fresh(void **state) {
    bench *b = *state;
    bench_clean(state);
    bench_sql(b, "TRUNCATE pair; INSERT INTO pair VALUES (1, 'one', 1), (2, 'two', 2)");
    return 0;
}

/* --- another session ----------------------------------------------------------------------------------- */

static PGconn *other(bench *b, const char *script) {
    PGconn *conn = PQconnectdb(b->url);
    PGresult *res = PQexec(conn, script);
    assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
    PQclear(res);
    return conn;
}

/* The save has come to the record that the other session holds. */
static bool is_waiting_or_done(void *data) {
    bench *b = data;
    return b->done || lab_query_int(b->url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                            " AND wait_event_type = 'Lock'") > 0;
}

static void save_until_it_waits(bench *b) {
    bench_begin_save(b);
    lab_until(b->session, is_waiting_or_done, b, "the save to wait");
    if (b->done) {
        fail_msg("the save never waited: %s", b->error.message ? b->error.message : "done");
    }
}

static void refused_as(bench *b, const char *sqlstate, const char *hint) {
    assert_int_equal(b->outcome, NX_NOT_SAVED);
    assert_string_equal(b->error.sqlstate, sqlstate);
    if (!b->error.hint || !strstr(b->error.hint, hint)) {
        fail_msg("%s: %s", b->error.message, b->error.hint ? b->error.hint : "no hint");
    }
}

static void a_deadlock_takes_the_whole_save_back(void **state) {
    bench *b = *state;
    PGconn *conn = other(b, "SET deadlock_timeout = '30s'; BEGIN; UPDATE pair SET n = 20 WHERE id = 2");
    bench_record one = bench_read(b, "pair", "id = 1"), two = bench_read(b, "pair", "id = 2");
    bench_set(b, &one, "v", "mine");
    bench_set(b, &two, "v", "mine too");
    save_until_it_waits(b);
    PQsendQuery(conn, "UPDATE pair SET n = 10 WHERE id = 1; COMMIT");
    lab_wait(b->session, &b->done);
    refused_as(b, "40P01", "nothing was saved, and saving again will probably work");
    for (PGresult *res; (res = PQgetResult(conn)); PQclear(res)) {
        assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
    }
    PQfinish(conn);
    bench_expect(b, "SELECT string_agg(v || n, ' ' ORDER BY id) FROM pair", "one10 two20");
    assert_int_equal(nx_changeset_count(b->set), 2);
    bench_saved(b); /* other fields were written meanwhile: no conflict */
    bench_expect(b, "SELECT string_agg(v || n, ' ' ORDER BY id) FROM pair", "mine10 mine too20");
}

/* Where the role or the database asks for more isolation, the server refuses what another has written meanwhile. */
static void a_serialization_failure_is_not_tried_again_silently(void **state) {
    bench *b = *state;
    LAB_DIRECT("the pooler keeps connections that have the settings of before");
    char *alter = lab_query(b->url, "SELECT format('ALTER DATABASE %I SET default_transaction_isolation = serializable',"
                                    " current_database())");
    lab_sql(b->url, alter);
    bench *strict = bench_on(b->url, NULL);
    PGconn *conn = other(b, "BEGIN; UPDATE pair SET n = 20 WHERE id = 2");
    bench_record two = bench_read(strict, "pair", "id = 2");
    bench_set(strict, &two, "v", "mine");
    save_until_it_waits(strict);
    PQclear(PQexec(conn, "COMMIT"));
    PQfinish(conn);
    lab_wait(strict->session, &strict->done);
    refused_as(strict, "40001", "nothing was saved");
    bench_expect(b, "SELECT v || n FROM pair WHERE id = 2", "two20");
    assert_int_equal(nx_changeset_count(strict->set), 1);
    bench_saved(strict);
    bench_expect(b, "SELECT v || n FROM pair WHERE id = 2", "mine20");
    bench_free(strict);
    strcpy(strstr(alter, " SET "), " RESET ALL");
    lab_sql(b->url, alter);
    free(alter);
}

/* --- limits ---------------------------------------------------------------------------------------------- */

static void a_statement_that_takes_too_long_is_ended_by_the_server(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE slow (id int PRIMARY KEY, v text); INSERT INTO slow VALUES (1, 'a');"
                 "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS"
                 " 'BEGIN PERFORM pg_sleep(30); RETURN new; END';"
                 "CREATE TRIGGER doze BEFORE UPDATE ON slow FOR EACH ROW EXECUTE FUNCTION doze()");
    bench_record r = bench_read(b, "slow", "id = 1"); /* unhurried: only the save is to take too long */
    bench *hasty = bench_on(b->url, &(nx_session_options){.statement_timeout_ms = 150});
    bench_set(hasty, &r, "v", "b");
    assert_int_equal(bench_save(hasty), NX_NOT_SAVED);
    refused_as(hasty, "57014", "the statement took longer than its timeout");
    assert_int_equal(nx_changeset_count(hasty->set), 1);
    bench_expect(b, "SELECT v FROM slow", "a");
    bench_free(hasty);
}

/* What is staged is on this side only: the server sees no transaction while the user thinks. */
static void no_transaction_is_open_while_changes_are_staged(void **state) {
    bench *b = *state;
    bench_record one = bench_read(b, "pair", "id = 1");
    bench_set(b, &one, "v", "mine");
    assert_string_equal(bench_validate(b, "pair", "n", "7"), "7");
    bench_expect(b, "SELECT string_agg(DISTINCT state, ',') FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name = 'nixie'", "idle");
    bench_expect(b, "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE"
                    " a.datname = current_database() AND a.pid <> pg_backend_pid()", "0");
    bench_saved(b);
}

/* The server may end a transaction that waits; between the two trips of a save lies no more than the way there. */
static void a_transaction_ended_for_idling_is_known_not_to_be_saved(void **state) {
    bench *b = *state;
    lab_proxy *proxy = lab_proxy_start(b->url);
    bench *far = bench_on(lab_proxy_url(proxy), NULL);
    bench_record one = bench_read(far, "pair", "id = 1");
    bench_set(far, &one, "v", "mine");
    nx_save_job *job = bench_begin_save(far);
    int answered, count;
    while (nx_save_progress(job, &answered, &count) && answered == 0 && !far->done) {
        lab_step(far->session);
        if (lab_query_int(b->url, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
                                  " datname = current_database() AND state = 'idle in transaction'") > 0) {
            break;
        }
    }
    if (!far->done) {
        lab_wait(far->session, &far->done);
    }
    bool saved = far->outcome == NX_SAVED;
    assert_int_not_equal(far->outcome, NX_IN_DOUBT);
    bench_expect(b, "SELECT v FROM pair WHERE id = 1", saved ? "mine" : "one");
    assert_int_equal(nx_changeset_count(far->set), saved ? 0 : 1);
    bench_free(far);
    lab_proxy_stop(proxy);
}

/* COMMIT of a transaction that cannot be committed succeeds, with another word. */
static void a_commit_answered_with_rollback_is_a_failure(void **state) {
    bench *b = *state;
    lab_proxy *proxy = lab_proxy_start(b->url);
    bench *far = bench_on(lab_proxy_url(proxy), NULL);
    bench_record one = bench_read(far, "pair", "id = 1");
    bench_set(far, &one, "v", "mine");
    lab_proxy_fault(proxy, "on-commit-req abort");
    bench_refused(far, NX_ERR_SERVER, "the server rolled the transaction back at COMMIT");
    bench_expect(b, "SELECT v FROM pair WHERE id = 1", "one");
    assert_int_equal(nx_changeset_count(far->set), 1);
    bench_saved(far);
    bench_expect(b, "SELECT v FROM pair WHERE id = 1", "mine");
    bench_free(far);
    lab_proxy_stop(proxy);
}

/* A check that only COMMIT makes, and that cannot be asked for earlier. */
static void what_commit_itself_refuses_is_told(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE late (id int PRIMARY KEY, v text); INSERT INTO late VALUES (1, 'a');"
                 "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
                 " IF new.v = 'bad' THEN SET CONSTRAINTS later DEFERRED; UPDATE late SET v = 'worse' WHERE id = new.id;"
                 " ELSIF new.v = 'worse' THEN RAISE 'too late for %', new.v; END IF; RETURN NULL; END$$;"
                 "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON late DEFERRABLE INITIALLY DEFERRED"
                 " FOR EACH ROW EXECUTE FUNCTION late()");
    bench_record r = bench_read(b, "late", "id = 1");
    bench_set(b, &r, "v", "bad");
    bench_refused(b, NX_ERR_SERVER, "too late for worse");
    bench_expect(b, "SELECT v FROM late", "a");
    assert_int_equal(nx_changeset_count(b->set), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

static const struct CMUnitTest tests[] = {
    TEST(a_deadlock_takes_the_whole_save_back),
    TEST(a_serialization_failure_is_not_tried_again_silently),
    TEST(a_statement_that_takes_too_long_is_ended_by_the_server),
    TEST(no_transaction_is_open_while_changes_are_staged),
    TEST(a_transaction_ended_for_idling_is_known_not_to_be_saved),
    TEST(a_commit_answered_with_rollback_is_a_failure),
    TEST(what_commit_itself_refuses_is_told),
};

LAB_MAIN(tests, open_bench, bench_close)
