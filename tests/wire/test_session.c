/* A session on a healthy server: who it is, settings, read-only, notices, cancelling, time limits. */
#include <unistd.h>

#include "calls.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int make_database(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'one')");
    return 0;
}

/* --- who the server is -------------------------------------------------------------------------------- */

static void first_trip_learns_the_server(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    assert_int_equal(nx_session_get_state(s), NX_SESSION_READY);
    assert_null(nx_session_server(s));
    assert_int_equal(nx_session_trips(s), 0);
    assert_int_equal(nx_session_round_trip_ms(s), -1);
    char *version = call_value(s, "SELECT pg_catalog.current_setting('server_version_num')");
    char *zone = call_value(s, "SELECT pg_catalog.current_setting('TimeZone')");
    const nx_server *server = nx_session_server(s);
    assert_int_equal(nx_session_trips(s), 2);
    assert_int_equal(server->version, atoi(version));
    assert_true(strlen(server->version_text) > 3);
    assert_string_equal(server->user, "postgres");
    assert_string_equal(server->session_user, "postgres");
    assert_string_equal(server->encoding, "UTF8");
    assert_string_equal(server->timezone, zone);
    assert_int_equal(server->host[0], '/');
    assert_string_equal(server->endpoint, "");
    assert_true(server->local);
    assert_false(server->tls || server->tls_verified || server->pooled || server->replica || server->read_only);
    assert_true(server->connect_ms >= 0 && server->first_query_ms >= 0 && nx_session_round_trip_ms(s) >= 0);
    char *name = call_value(s, "SELECT current_database()");
    assert_string_equal(server->database, name);
    char *application = call_value(s, "SELECT pg_catalog.current_setting('application_name')");
    assert_string_equal(application, "nixie");
    free(version);
    free(zone);
    free(name);
    free(application);
    lab_session_free(s);
}

/* Asked with the first trip of a connection: who it is, and which cluster. Neither is needed to go on. */
static void a_server_that_does_not_say_who_it_is_serves_all_the_same(void **state) {
    (void)state;
    static const char *const functions[] = {"pg_is_in_recovery", "pg_control_system"};
    for (size_t i = 0; i < NX_COUNT(functions); i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "ALTER FUNCTION pg_catalog.%s() RENAME TO hidden", functions[i]);
        lab_sql(url, sql);
        nx_session *s = lab_session(url, NULL);
        call c;
        call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT v FROM t WHERE id = 1"));
        snprintf(sql, sizeof sql, "ALTER FUNCTION pg_catalog.hidden() RENAME TO %s", functions[i]);
        lab_sql(url, sql);
        assert_false(nx_failed(&c.error));
        assert_string_equal(call_text(&c, 0), "one");
        call_free(&c);
        const nx_server *server = nx_session_server(s);
        if (i == 0) {
            assert_null(server);
        } else {
            assert_string_equal(server->system, "");
        }
        free(call_value(s, "SELECT 1")); /* who it is is asked again */
        assert_non_null(nx_session_server(s));
        assert_int_equal(*nx_session_server(s)->system != '\0', i == 0);
        lab_session_free(s);
    }
}

static void application_name_is_passed_on(void **state) {
    (void)state;
    nx_session *s = lab_session(url, &(nx_session_options){.application_name = "nixie count"});
    char *name = call_value(s, "SELECT pg_catalog.current_setting('application_name')");
    assert_string_equal(name, "nixie count");
    free(name);
    lab_session_free(s);
}

/* --- settings ----------------------------------------------------------------------------------------- */

static void settings_hold_against_hostile_defaults(void **state) {
    (void)state;
    char *hostile = lab_database("hostile");
    lab_sql(hostile,
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = ''SQL, DMY''', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET IntervalStyle = sql_standard', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET extra_float_digits = 0', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET bytea_output = escape', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET array_nulls = off', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET statement_timeout = 300', current_database());"
            "EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Europe/Berlin''', current_database()); END $$");
    nx_session *s = lab_session(hostile, &(nx_session_options){.statement_timeout_ms = 12000, .lock_timeout_ms = 2000});
    static const struct {
        const char *sql, *expected;
    } cases[] = {
        {"SELECT 0.1::float8 + 0.2::float8", "0.30000000000000004"},
        {"SELECT '2024-03-01 12:00:00+00'::timestamptz", "2024-03-01 13:00:00+01"},
        {"SELECT '1 year 2 days 03:00'::interval", "1 year 2 days 03:00:00"},
        {"SELECT '\\x00ff'::bytea", "\\x00ff"},
        {"SELECT ('{NULL,a}'::text[])[1] IS NULL", "t"},
        {"SELECT pg_catalog.current_setting('statement_timeout')", "12s"},
        {"SELECT pg_catalog.current_setting('lock_timeout')", "2s"},
        {"SELECT pg_catalog.current_setting('TimeZone')", "Europe/Berlin"},
    };
    call c; /* all of them in one trip, the first of this connection: each segment is pinned for itself */
    const char *statements[2 * NX_COUNT(cases)];
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        statements[2 * i] = cases[i].sql;
        statements[2 * i + 1] = i + 1 < NX_COUNT(cases) ? "|" : NULL;
    }
    call_run(s, &c, NX_TRIP_READ, statements);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        assert_false(nx_failed(&c.errors[i]));
        assert_string_equal(call_text(&c, (int)i), cases[i].expected);
    }
    call_free(&c);
    assert_string_equal(nx_session_server(s)->timezone, "Europe/Berlin");
    lab_session_free(s);
    free(hostile);
}

static void timezone_stays_over_a_reconnect(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    char *before = call_value(s, "SELECT pg_catalog.current_setting('TimeZone')");
    lab_sql(url, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database());"
                 "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                 "AND pid <> pg_backend_pid(); END $$");
    char *after = call_value(s, "SELECT pg_catalog.current_setting('TimeZone')");
    assert_string_not_equal(before, "Asia/Tokyo");
    assert_string_equal(after, before);
    lab_sql(url, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET TimeZone', current_database()); END $$");
    free(before);
    free(after);
    lab_session_free(s);
}

static void ascii_database_gives_its_bytes(void **state) {
    (void)state;
    char *raw = lab_database_encoded("raw", "SQL_ASCII");
    lab_sql(raw, "SET client_encoding = 'SQL_ASCII'; CREATE TABLE t (v text); INSERT INTO t VALUES (E'a\\xff')");
    nx_session *s = lab_session(raw, NULL);
    for (int i = 0; i < 2; i++) { /* the first trip does not know the encoding yet */
        char *value = call_value(s, "SELECT v FROM t");
        assert_string_equal(value, "a\xff");
        free(value);
    }
    assert_string_equal(nx_session_server(s)->encoding, "SQL_ASCII");
    lab_session_free(s);
    free(raw);
}

/* --- read-only ---------------------------------------------------------------------------------------- */

static void read_only_is_the_servers_word(void **state) {
    (void)state;
    nx_session *s = lab_session(url, &(nx_session_options){.read_only = true});
    call c;
    call_run(s, &c, NX_TRIP_READ,
             STATEMENTS("SELECT v FROM t", "|", "INSERT INTO t VALUES (2, 'two')", "|", "SELECT count(*) FROM t", "|",
                        "SELECT pg_catalog.current_setting('transaction_read_only')"));
    assert_string_equal(call_text(&c, 0), "one");
    assert_string_equal(c.errors[1].sqlstate, "25006");
    assert_int_equal(c.failed_at[1], 1);
    assert_string_equal(call_text(&c, 2), "1");
    assert_string_equal(call_text(&c, 3), "on");
    call_free(&c);
    call_run(s, &c, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (2, 'two')"));
    assert_int_equal(c.error.kind, NX_ERR_REFUSED);
    call_free(&c);
    assert_true(nx_session_read_only(s));
    assert_true(nx_session_server(s)->read_only);
    char *zone = call_value(s, "SELECT pg_catalog.current_setting('extra_float_digits')");
    assert_string_equal(zone, "1");
    free(zone);
    lab_session_free(s);
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM t"), 1);
}

static void read_only_role_is_noticed(void **state) {
    (void)state;
    char *guarded = lab_database("guarded");
    lab_sql(guarded, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
                     "current_database()); END $$");
    nx_session *s = lab_session(guarded, NULL);
    assert_false(nx_session_read_only(s)); /* not known yet */
    free(call_value(s, "SELECT 1"));
    assert_true(nx_session_read_only(s));
    lab_session_free(s);
    free(guarded);
}

/* --- notices ------------------------------------------------------------------------------------------ */

typedef struct heard {
    int n;
    char last[200];
    nx_session *free_me;
} heard;

static void hear(void *owner, const char *message) {
    heard *h = owner;
    h->n++;
    snprintf(h->last, sizeof h->last, "%s", message);
    if (h->free_me) {
        lab_session_free(h->free_me);
    }
}

static void notices_reach_the_listener_raw(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    heard h = {.n = 0};
    nx_session_on_notice(s, hear, &h);
    free(call_value(s, "SELECT 1"));
    assert_int_equal(h.n, 0);
    call c;
    call_run(s, &c, NX_TRIP_READ, STATEMENTS("DO $$ BEGIN RAISE WARNING E'\\x1b]0;pwned\\x07'; END $$"));
    assert_int_equal(h.n, 1);
    assert_string_equal(h.last, "WARNING: \x1b]0;pwned\x07");
    call_free(&c);
    call_run(s, &c, NX_TRIP_READ,
             STATEMENTS("DO $$ BEGIN FOR i IN 1..500 LOOP RAISE NOTICE 'n%', i; END LOOP; END $$"));
    assert_in_range(h.n, 2, 501); /* bounded: how many depends on how they arrive */
    call_free(&c);
    nx_session_on_notice(s, NULL, NULL);
    call_run(s, &c, NX_TRIP_READ, STATEMENTS("DO $$ BEGIN RAISE WARNING 'unheard'; END $$"));
    call_free(&c);
    lab_session_free(s);
}

static void read_only_makes_no_noise(void **state) {
    (void)state;
    nx_session *s = lab_session(url, &(nx_session_options){.read_only = true});
    heard h = {.n = 0};
    nx_session_on_notice(s, hear, &h);
    free(call_value(s, "SELECT 1"));
    assert_int_equal(h.n, 0);
    lab_session_free(s);
}

static void listener_may_free_the_session(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    heard h = {.free_me = s};
    nx_session_on_notice(s, hear, &h);
    call c;
    call_start(s, &c, NX_TRIP_READ, STATEMENTS("DO $$ BEGIN RAISE NOTICE 'bye'; END $$", "SELECT 1"));
    assert_false(nx_session_run(s, &c.done, (int)lab_patience_ms(), NULL));
    assert_int_equal(h.n, 1);
    assert_int_equal(c.calls, 0);
}

/* --- callbacks ---------------------------------------------------------------------------------------- */

typedef struct chain {
    int left;
    bool done, free_session;
} chain;

static void again(nx_trip *trip, void *owner) {
    chain *ch = owner;
    assert_null(nx_trip_error(trip));
    nx_session *s = nx_trip_session(trip);
    if (ch->left-- == 0) {
        ch->done = true;
        if (ch->free_session) {
            lab_session_free(s);
        }
        return;
    }
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT 1");
    nx_trip *next = nx_trip_new(s, NX_TRIP_READ, "again");
    nx_trip_add(next, &sql);
    nx_sql_free(&sql);
    nx_trip_send(next, again, ch);
}

static void start_chain(nx_session *s, chain *ch) {
    nx_trip *trip = nx_trip_new(s, NX_TRIP_READ, "first");
    nx_trip_send(trip, again, ch); /* a trip without statements comes back as well */
}

static void callbacks_may_start_trips(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    chain ch = {.left = 30};
    start_chain(s, &ch);
    lab_wait(s, &ch.done);
    assert_int_equal(nx_session_trips(s), 31);
    lab_session_free(s);
}

static void callbacks_may_free_the_session(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    chain ch = {.left = 1, .free_session = true};
    start_chain(s, &ch);
    assert_true(nx_session_run(s, &ch.done, (int)lab_patience_ms(), NULL));
}

typedef struct meddling {
    nx_session *session;
    call *third;
} meddling;

/* What a callback should not do, and some day one does: step the session, run it, free it. */
static void meddle(nx_trip *trip, void *owner) {
    meddling *m = owner;
    bool done = true;
    (void)trip;
    call_start(m->session, m->third, NX_TRIP_END, STATEMENTS("COMMIT"));
    nx_session_step(m->session, NULL);
    assert_int_equal(m->third->calls, 0); /* it has its turn when this callback has returned */
    assert_true(nx_session_run(m->session, &done, 0, NULL));
    lab_session_free(m->session);
}

/* A COMMIT without a transaction is refused at once: so the two are answered in one step. */
static void callbacks_that_step_and_free_the_session_are_the_last(void **state) {
    (void)state;
    call second, third;
    meddling m = {.session = lab_session(url, NULL), .third = &third};
    nx_trip_send(nx_trip_new(m.session, NX_TRIP_END, "first"), meddle, &m);
    call_start(m.session, &second, NX_TRIP_END, STATEMENTS("COMMIT"));
    bool never = false;
    assert_false(nx_session_run(m.session, &never, (int)lab_patience_ms(), NULL));
    assert_int_equal(second.calls + third.calls, 0);
}

#define RUNNING                                                                                                       \
    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND"              \
    " datname = current_database() AND pid <> pg_backend_pid()"

static void freeing_a_busy_session_is_quick_and_quiet(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    call running, waiting;
    call_start(s, &running, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(30)"));
    call_start(s, &waiting, NX_TRIP_BEGIN, STATEMENTS("SELECT 1"));
    nx_session_step(s, NULL);
    assert_int_equal(nx_session_get_state(s), NX_SESSION_BUSY);
    lab_until_true(NULL, url, "SELECT (" RUNNING ") = 1");
    lab_session_free(s);
    assert_int_equal(running.calls + waiting.calls, 0);
    lab_sql(url, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND"
                 " datname = current_database()");
}

/* --- waiting ------------------------------------------------------------------------------------------ */

static void idle_session_waits_for_nothing_but_its_socket(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    free(call_value(s, "SELECT 1"));
    nx_wait wait;
    nx_session_wait(s, &wait);
    assert_int_equal(wait.nfds, 1);
    assert_int_equal(wait.fds[0].events, POLLIN);
    assert_int_equal(wait.deadline_ms, -1);
    assert_null(nx_session_activity(s));
    nx_session_cancel(s); /* nothing runs: nothing happens */
    assert_int_equal(nx_session_get_state(s), NX_SESSION_READY);
    lab_session_free(s);
}

static void activity_names_what_runs(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    call c;
    call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    assert_string_equal(nx_session_activity(s), "test");
    nx_session_step(s, NULL);
    assert_string_equal(nx_session_activity(s), "test");
    call_wait(s, &c);
    assert_null(nx_session_activity(s));
    call_free(&c);
    lab_session_free(s);
}

static void run_ends_in_time_and_at_a_signal(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    bool never = false;
    int64_t began = nx_now_ms();
    assert_false(nx_session_run(s, &never, 60, NULL));
    assert_true(nx_now_ms() - began >= 60);
    const volatile int stop = 1;
    assert_false(nx_session_run(s, &never, -1, &stop));
    lab_session_free(s);
}

/* --- limits and cancelling ---------------------------------------------------------------------------- */

static void wait_until_running(nx_session *s) { lab_until_true(s, url, "SELECT (" RUNNING ") > 0"); }

static bool call_is_done(void *data) { return ((call *)data)->done; }

static bool is_cancelled_or_running(void *data) { return call_is_done(data) || lab_query_int(url, RUNNING) > 0; }

static void cancel_ends_a_long_statement(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    call running, behind, begin;
    call_start(s, &running, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(30)", "|", "SELECT 2"));
    wait_until_running(s);
    call_start(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (77)")); /* queued behind the read */
    call_start(s, &behind, NX_TRIP_READ, STATEMENTS("SELECT 3"));
    lab_clock_hold(lab_clock_own()); /* else a busy machine could let the second pass in which the server has to answer */
    nx_session_cancel(s);
    assert_int_equal(nx_session_get_state(s), NX_SESSION_CANCELLING);
    lab_until(s, call_is_done, &running, "the end of what was cancelled");
    lab_clock_run(lab_clock_own());
    assert_int_equal(running.errors[0].kind, NX_ERR_CANCELLED);
    assert_string_equal(running.errors[0].sqlstate, "57014");
    assert_int_equal(begin.error.kind, NX_ERR_CANCELLED);
    assert_int_equal(behind.error.kind, NX_ERR_CANCELLED);
    char *value = call_value(s, "SELECT count(*) FROM t WHERE id = 77"); /* the same connection goes on */
    assert_string_equal(value, "0");
    assert_int_equal(nx_session_get_state(s), NX_SESSION_READY);
    free(value);
    call_free(&running);
    call_free(&begin);
    call_free(&behind);
    lab_session_free(s);
}

static void cancel_right_after_sending_is_not_lost(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    free(call_value(s, "SELECT 1"));
    for (int i = 0; i < 3; i++) {
        call c;
        call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(20)"));
        nx_session_step(s, NULL);
        lab_clock_hold(lab_clock_own());
        nx_session_cancel(s);
        lab_until(s, is_cancelled_or_running, &c, "the server to be at work, or to have stopped");
        lab_clock_pass(lab_clock_own(), 300); /* a request that came before its query is sent again */
        lab_until(s, call_is_done, &c, "the end of what was cancelled");
        lab_clock_run(lab_clock_own());
        assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
        assert_int_equal(nx_session_get_state(s), NX_SESSION_READY); /* not given up */
        call_free(&c);
    }
    lab_session_free(s);
}

static void time_limits_are_named(void **state) {
    (void)state;
    nx_session *s = lab_session(url, &(nx_session_options){.statement_timeout_ms = 100, .lock_timeout_ms = 50});
    call c, holder, ended;
    call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(10)", "|", "SELECT 'next'"));
    assert_int_equal(c.errors[0].kind, NX_ERR_TIMEOUT);
    assert_string_equal(c.errors[0].sqlstate, "57014");
    assert_non_null(c.errors[0].hint);
    assert_string_equal(call_text(&c, 1), "next");
    call_free(&c);
    nx_session *other = lab_session(url, NULL);
    call_run(other, &holder, NX_TRIP_BEGIN, STATEMENTS("LOCK TABLE t"));
    call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT * FROM t"));
    assert_int_equal(c.error.kind, NX_ERR_TIMEOUT);
    assert_string_equal(c.error.sqlstate, "55P03");
    call_run(other, &ended, NX_TRIP_END, STATEMENTS("ROLLBACK"));
    call_free(&c);
    call_free(&holder);
    call_free(&ended);
    lab_session_free(other);
    lab_session_free(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(first_trip_learns_the_server),
    cmocka_unit_test(a_server_that_does_not_say_who_it_is_serves_all_the_same),
    cmocka_unit_test(application_name_is_passed_on),
    cmocka_unit_test(settings_hold_against_hostile_defaults),
    cmocka_unit_test(timezone_stays_over_a_reconnect),
    cmocka_unit_test(ascii_database_gives_its_bytes),
    cmocka_unit_test(read_only_is_the_servers_word),
    cmocka_unit_test(read_only_role_is_noticed),
    cmocka_unit_test(notices_reach_the_listener_raw),
    cmocka_unit_test(read_only_makes_no_noise),
    cmocka_unit_test(listener_may_free_the_session),
    cmocka_unit_test(callbacks_may_start_trips),
    cmocka_unit_test(callbacks_may_free_the_session),
    cmocka_unit_test(callbacks_that_step_and_free_the_session_are_the_last),
    cmocka_unit_test(freeing_a_busy_session_is_quick_and_quiet),
    cmocka_unit_test(idle_session_waits_for_nothing_but_its_socket),
    cmocka_unit_test(activity_names_what_runs),
    cmocka_unit_test(run_ends_in_time_and_at_a_signal),
    cmocka_unit_test(cancel_ends_a_long_statement),
    cmocka_unit_test(cancel_right_after_sending_is_not_lost),
    cmocka_unit_test(time_limits_are_named),
};

LAB_MAIN(tests, make_database, group_close)
