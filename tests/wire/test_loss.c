/* Connections that break, stall or are cut at any byte. */
#include <signal.h>

#include "calls.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static lab_proxy *proxy;

static int set_up(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'one')");
    proxy = lab_proxy_start(url);
    return 0;
}

static int tear_down(void **state) {
    lab_proxy_stop(proxy);
    group_close(state);
    return 0;
}

static nx_session *through_proxy(const nx_session_options *options) {
    lab_proxy_fault(proxy, "pass");
    nx_session *s = lab_session(lab_proxy_url(proxy), options);
    free(call_value(s, "SELECT 1"));
    return s;
}

static void kill_backends(void) {
    lab_sql(url, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "pid <> pg_backend_pid() AND backend_type = 'client backend'");
}

static bool is_lost(void *data) { return nx_session_get_state(data) == NX_SESSION_LOST; }

static void step_until_lost(nx_session *s) { lab_until(s, is_lost, s, "the loss of the connection"); }

static void wait_for_sleep(nx_session *s) {
    lab_until_true(s, url, "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3%' AND state = 'active'"
                           " AND datname = current_database() AND pid <> pg_backend_pid()");
}

static void assert_works(nx_session *s) {
    char *value = call_value(s, "SELECT v FROM t WHERE id = 1");
    assert_string_equal(value, "one");
    free(value);
}

static bool is_ready(void *data) { return nx_session_get_state(data) == NX_SESSION_READY; }

/* Asked for while it is under way or there: nothing happens. After a loss: it is made again, before anything is asked. */
static void a_connection_is_made_once_and_again_when_it_is_lost(void **state) {
    (void)state;
    lab_proxy_fault(proxy, "pass");
    int before = lab_proxy_connections(proxy);
    nx_session *s = lab_session(lab_proxy_url(proxy), NULL);
    for (int i = 0; i < 4; i++) {
        nx_session_connect(s);
        nx_session_step(s, NULL);
    }
    lab_until(s, is_ready, s, "the connection");
    nx_session_connect(s);
    assert_works(s);
    assert_int_equal(lab_proxy_connections(proxy), before + 1);
    lab_proxy_fault(proxy, "rst");
    step_until_lost(s);
    nx_session_connect(s);
    lab_until(s, is_ready, s, "the connection that is made again");
    assert_int_equal(lab_proxy_connections(proxy), before + 2);
    lab_session_free(s);
}

/* --- idle --------------------------------------------------------------------------------------------- */

static void killed_while_idle_is_noticed_and_mended(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    assert_works(s);
    kill_backends();
    step_until_lost(s);
    assert_int_equal(nx_session_error(s)->kind, NX_ERR_LOST);
    assert_string_equal(nx_session_error(s)->sqlstate, "57P01");
    assert_non_null(strstr(nx_session_error(s)->message, "terminating connection"));
    nx_wait wait; /* and nothing is done about it until somebody wants something */
    nx_session_wait(s, &wait);
    assert_int_equal(wait.nfds, 0);
    assert_works(s);
    assert_false(nx_failed(nx_session_error(s)));
    lab_session_free(s);
}

static void reads_and_writes_after_an_unnoticed_loss(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    assert_works(s);
    kill_backends();
    assert_works(s); /* no step in between */
    kill_backends();
    call begin, end; /* nothing had been sent, so a transaction may begin on a new connection */
    call_run(s, &begin, NX_TRIP_BEGIN, STATEMENTS("UPDATE t SET v = 'one' WHERE id = 1"));
    assert_false(nx_failed(&begin.error));
    call_run(s, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_string_equal(nx_result_tag(end.results[0]), "COMMIT");
    call_free(&begin);
    call_free(&end);
    lab_session_free(s);
}

static void reset_while_idle(void **state) {
    (void)state;
    static const char *const faults[] = {"rst", "fin",
                                         "inject 57P01 terminating connection due to administrator command"};
    nx_session *s = through_proxy(NULL);
    for (size_t i = 0; i < NX_COUNT(faults); i++) {
        int before = lab_proxy_connections(proxy);
        lab_proxy_fault(proxy, faults[i]);
        step_until_lost(s);
        assert_int_equal(lab_proxy_connections(proxy), before);
        assert_works(s);
        assert_int_equal(lab_proxy_connections(proxy), before + 1);
    }
    lab_session_free(s);
}

/* --- under way ---------------------------------------------------------------------------------------- */

static void read_under_way_is_replayed_once(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    call c;
    call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(0.3), pg_backend_pid() AS pg_sleep(3"));
    call_wait(s, &c); /* a syntax error is no loss */
    assert_string_equal(c.error.sqlstate, "42601");
    call_free(&c);
    call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(300), 'back'"));
    wait_for_sleep(s);
    kill_backends();
    wait_for_sleep(s); /* again, on a new connection */
    kill_backends();
    call_wait(s, &c);
    assert_int_equal(c.error.kind, NX_ERR_LOST); /* twice is enough */
    assert_int_equal(c.errors[0].kind, NX_ERR_LOST); /* the loss of all of it is that of each statement */
    assert_int_equal(c.calls, 1);
    call_free(&c);
    assert_works(s);
    lab_session_free(s);
}

static void write_under_way_is_never_replayed(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    call begin, end;
    call_start(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (5)", "SELECT pg_sleep(30)"));
    wait_for_sleep(s);
    kill_backends();
    call_wait(s, &begin);
    assert_int_equal(begin.error.kind, NX_ERR_LOST);
    assert_null(begin.results[0]);
    call_run(s, &end, NX_TRIP_END, STATEMENTS("COMMIT")); /* must not end another transaction */
    assert_int_equal(end.error.kind, NX_ERR_LOST);
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM t WHERE id = 5"), 0);
    call_free(&begin);
    call_free(&end);
    assert_works(s);
    lab_session_free(s);
}

static void transaction_lost_between_its_trips(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    call begin, end;
    call_run(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (6)"));
    assert_false(nx_failed(&begin.error));
    lab_proxy_fault(proxy, "rst");
    call_run(s, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_int_equal(end.error.kind, NX_ERR_LOST);
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM t WHERE id = 6"), 0);
    call_free(&begin);
    call_free(&end);
    assert_works(s);
    lab_session_free(s);
}

static void lost_commit_is_said_to_be_lost(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    call begin, end;
    call_run(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (7)"));
    lab_proxy_fault(proxy, "on-commit rst");
    call_run(s, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_int_equal(end.error.kind, NX_ERR_LOST);
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM t WHERE id = 7"), 1); /* and it was heard */
    call_free(&begin);
    call_free(&end);
    lab_sql(url, "DELETE FROM t WHERE id = 7");
    lab_session_free(s);
}

static void answer_cut_at_any_byte_is_never_half_an_answer(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    for (int cut = 1; cut < 700; cut += 23) {
        char fault[40];
        snprintf(fault, sizeof fault, "dropafter %d", cut);
        lab_proxy_fault(proxy, fault);
        call c;
        call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT g, repeat('x', 10) FROM generate_series(1, 8) g"));
        if (nx_failed(&c.error)) {
            fail_msg("cut after %d bytes: %s", cut, c.error.message);
        }
        assert_int_equal(nx_result_rows(c.results[0]), 8);
        assert_int_equal(c.calls, 1);
        call_free(&c);
    }
    lab_session_free(s);
}

/* --- silence ------------------------------------------------------------------------------------------ */

static void black_hole_is_abandoned_by_cancel(void **state) {
    (void)state;
    static const nx_trip_kind kinds[] = {NX_TRIP_READ, NX_TRIP_BEGIN};
    for (size_t i = 0; i < NX_COUNT(kinds); i++) {
        nx_session *s = through_proxy(NULL);
        lab_proxy_fault(proxy, "blackhole");
        call c;
        call_start(s, &c, kinds[i], STATEMENTS("SELECT 1"));
        nx_session_step(s, NULL);
        lab_clock_hold(lab_clock_own());
        nx_session_cancel(s);
        lab_step(s);
        assert_int_equal(c.calls, 0); /* it has a second to say so */
        lab_clock_pass(lab_clock_own(), 1000);
        nx_session_step(s, NULL);
        lab_clock_run(lab_clock_own());
        assert_int_equal(c.calls, 1);
        assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
        assert_int_equal(nx_session_get_state(s), NX_SESSION_LOST);
        call_free(&c);
        lab_proxy_fault(proxy, "pass");
        assert_works(s);
        lab_session_free(s);
    }
}

static void black_holed_commit_is_in_doubt_even_when_cancelled(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    call begin, end;
    call_run(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (8)"));
    lab_proxy_fault(proxy, "on-commit blackhole");
    call_start(s, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    nx_session_step(s, NULL);
    nx_session_cancel(s);
    call_wait(s, &end);
    assert_int_equal(end.error.kind, NX_ERR_LOST); /* not "cancelled": nobody knows */
    call_free(&begin);
    call_free(&end);
    lab_session_free(s);
    lab_sql(url, "DELETE FROM t WHERE id = 8");
}

static void black_hole_is_not_waited_for_forever(void **state) {
    (void)state;
    nx_session *s = through_proxy(&(nx_session_options){.statement_timeout_ms = 1});
    lab_proxy_fault(proxy, "blackhole");
    call c;
    call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    lab_clock_hold(lab_clock_own());
    nx_session_step(s, NULL);
    nx_wait wait;
    nx_session_wait(s, &wait);
    assert_in_range(wait.deadline_ms - nx_now_ms(), 1, 6000);
    lab_clock_pass_until(lab_clock_own(), wait.deadline_ms);
    nx_session_step(s, NULL);
    lab_clock_run(lab_clock_own());
    assert_int_equal(c.calls, 1);
    assert_int_equal(c.error.kind, NX_ERR_TIMEOUT);
    call_free(&c);
    lab_session_free(s);
}

static void free_does_not_wait_for_a_black_hole(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    lab_proxy_fault(proxy, "blackhole");
    call c;
    call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    nx_session_step(s, NULL);
    lab_session_free(s); /* returns at all: nobody will ever answer */
    assert_int_equal(c.calls, 0);
}

static void slow_drip_gets_there(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    lab_proxy_fault(proxy, "drip 40 1");
    call c;
    call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT g FROM generate_series(1, 200) g"));
    assert_false(nx_failed(&c.error));
    assert_int_equal(nx_result_rows(c.results[0]), 200);
    call_free(&c);
    lab_session_free(s);
}

/* --- round trips -------------------------------------------------------------------------------------- */

static void a_trip_is_one_round_trip(void **state) {
    (void)state;
    lab_proxy_fault(proxy, "pass");
    lab_proxy_turns(proxy, lab_clock_own());
    static const bool modes[] = {false, true};
    for (size_t i = 0; i < NX_COUNT(modes); i++) {
        nx_session *s = lab_session(lab_proxy_url(proxy), &(nx_session_options){.read_only = modes[i]});
        for (int k = 0; k < 2; k++) { /* the first one asks who the server is, too */
            lab_proxy_reset_trips(proxy);
            call c;
            call_run(s, &c, NX_TRIP_READ,
                     STATEMENTS("SELECT 1", "SELECT 2", "|", "SELECT 1/0", "|", "SELECT v FROM t", "|", "SELECT 4"));
            assert_string_equal(call_text(&c, 4), "4");
            assert_int_equal(lab_proxy_trips(proxy), 1);
            call_free(&c);
        }
        assert_non_null(nx_session_server(s));
        lab_session_free(s);
    }
    lab_proxy_fault(proxy, "pass");
}

static void idle_session_sends_nothing(void **state) {
    (void)state;
    nx_session *s = through_proxy(NULL);
    lab_proxy_reset_trips(proxy);
    lab_clock_hold(lab_clock_own());
    for (int hour = 0; hour < 24; hour++) {
        lab_clock_pass(lab_clock_own(), 3600 * 1000);
        lab_step(s);
    }
    lab_clock_run(lab_clock_own());
    assert_int_equal(lab_proxy_trips(proxy), 0);
    lab_session_free(s);
}

/* --- a server that goes and comes ---------------------------------------------------------------------- */

static void restart_is_survived(void **state) {
    (void)state;
    lab_server *server = lab_server_start(0, NULL);
    char *own = lab_server_url(server, "postgres");
    nx_session *s = lab_session(own, NULL);
    free(call_value(s, "SELECT 1"));
    lab_server_restart(server);
    char *value = call_value(s, "SELECT 'back'");
    assert_string_equal(value, "back");
    free(value);
    /* One backend that dies takes all down; the server says 57P03 until it has recovered. */
    char *pid = call_value(s, "SELECT pg_backend_pid()");
    assert_int_equal(kill(atoi(pid), SIGKILL), 0);
    /* A connection made before the server noticed is lost as well: only so often can a read be replayed. */
    call c;
    call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT 'again'"));
    for (int tries = 0; c.error.kind == NX_ERR_LOST && tries < 3; tries++) {
        call_free(&c);
        call_run(s, &c, NX_TRIP_READ, STATEMENTS("SELECT 'again'"));
    }
    assert_string_equal(call_text(&c, 0), "again");
    call_free(&c);
    free(pid);
    lab_session_free(s);
    free(own);
    lab_server_stop(server);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_connection_is_made_once_and_again_when_it_is_lost),
    cmocka_unit_test(killed_while_idle_is_noticed_and_mended),
    cmocka_unit_test(reads_and_writes_after_an_unnoticed_loss),
    cmocka_unit_test(reset_while_idle),
    cmocka_unit_test(read_under_way_is_replayed_once),
    cmocka_unit_test(write_under_way_is_never_replayed),
    cmocka_unit_test(transaction_lost_between_its_trips),
    cmocka_unit_test(lost_commit_is_said_to_be_lost),
    cmocka_unit_test(answer_cut_at_any_byte_is_never_half_an_answer),
    cmocka_unit_test(black_hole_is_abandoned_by_cancel),
    cmocka_unit_test(black_holed_commit_is_in_doubt_even_when_cancelled),
    cmocka_unit_test(black_hole_is_not_waited_for_forever),
    cmocka_unit_test(free_does_not_wait_for_a_black_hole),
    cmocka_unit_test(slow_drip_gets_there),
    cmocka_unit_test(a_trip_is_one_round_trip),
    cmocka_unit_test(idle_session_sends_nothing),
    cmocka_unit_test(restart_is_survived),
};

LAB_MAIN(tests, set_up, tear_down)
