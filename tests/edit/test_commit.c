/* Whatever happens to the link around COMMIT: the outcome that is told is what the table holds. */
#include "bench.h"
#include "edit/resolve.h"
#include "lab/lab.h"
#include "lab/test.h"

typedef struct line { /* the same database, directly and through a proxy */
    bench *direct, *far;
    lab_proxy *proxy;
} line;

static int open_link(void **state) {
    line *l = *state = calloc(1, sizeof *l);
    l->direct = bench_new("commit");
    bench_sql(l->direct, "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'old');"
                         "CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)");
    l->proxy = lab_proxy_start(l->direct->url);
    l->far = bench_on(lab_proxy_url(l->proxy), NULL);
    return 0;
}

static int close_link(void **state) {
    line *l = *state;
    bench_free(l->far);
    lab_proxy_stop(l->proxy);
    bench_free(l->direct);
    free(l);
    return 0;
}

/* One update and one insert, so that both a lost and a doubled write would show. */
static void stage(line *l) {
    lab_sql(l->direct->url, "UPDATE t SET v = 'old'; TRUNCATE log");
    nx_changeset_clear(l->far->set, NULL);
    bench_record r = bench_read(l->far, "t", "id = 1");
    bench_set(l->far, &r, "v", "new");
    bench_assign(l->far, bench_insert(l->far, "log"), "log", "v", "x");
}

static void expect_saved(line *l, bool saved) {
    bench_expect(l->direct, "SELECT v FROM t", saved ? "new" : "old");
    bench_expect(l->direct, "SELECT count(*) FROM log", saved ? "1" : "0");
    assert_int_equal(nx_changeset_count(l->far->set), saved ? 0 : 2);
}

static bool is_connecting_or_done(void *data) {
    bench *b = data;
    return b->done || nx_session_get_state(b->session) == NX_SESSION_CONNECTING;
}

static void without_any_way_back_the_outcome_is_in_doubt(void **state) {
    line *l = *state;
    stage(l);
    lab_proxy_fault(l->proxy, "refuse");
    lab_proxy_fault(l->proxy, "on-commit rst");
    bench_begin_save(l->far);
    lab_until(l->far->session, is_connecting_or_done, l->far, "an attempt to connect again");
    nx_session_cancel(l->far->session); /* the user does not wait for the connection */
    lab_wait(l->far->session, &l->far->done);
    lab_proxy_fault(l->proxy, "pass");
    lab_proxy_fault(l->proxy, "listen");
    assert_int_equal(l->far->outcome, NX_IN_DOUBT);
    assert_int_equal(l->far->error.kind, NX_ERR_IN_DOUBT);
    assert_non_null(strstr(l->far->error.hint, "pg_xact_status"));
    assert_int_equal(nx_changeset_count(l->far->set), 2);
    bench_expect(l->direct, "SELECT v FROM t", "new"); /* it was saved: saving again finds that out */
    assert_int_equal(bench_save(l->far), NX_NOT_SAVED);
    assert_int_equal(l->far->error.kind, NX_ERR_CONFLICT);
    bench_expect(l->direct, "SELECT count(*) FROM log", "1");
}

static void a_link_cut_after_any_number_of_bytes(void **state) {
    line *l = *state;
    int saved = 0, lost = 0;
    for (int bytes = 1; bytes < 2900; bytes += 95) {
        stage(l);
        char fault[40];
        snprintf(fault, sizeof fault, "dropafter %d", bytes);
        lab_proxy_fault(l->proxy, fault);
        nx_save_outcome outcome = bench_save(l->far);
        lab_proxy_fault(l->proxy, "pass");
        assert_int_not_equal(outcome, NX_IN_DOUBT);
        expect_saved(l, outcome == NX_SAVED);
        saved += outcome == NX_SAVED;
        lost += outcome == NX_NOT_SAVED;
    }
    assert_true(saved > 0 && lost > 0);
}

static void a_dropped_save_is_rolled_back(void **state) {
    line *l = *state;
    stage(l);
    bench_begin_save(l->far);
    lab_step(l->far->session); /* under way */
    bench_drop_save(l->far);
    bench_expect(l->direct, "SELECT v FROM t", "old");
    bench_record r = bench_read(l->far, "t", "id = 1"); /* the session is usable, outside any transaction */
    assert_string_equal(r.values[1].text, "old");
    expect_saved(l, false);
    bench_begin_save(l->far);
    bench_drop_save(l->far); /* never sent */
    bench_saved(l->far);
    expect_saved(l, true);
}

static void through_a_pooler(void **state) {
    line *l = *state;
    lab_pooler *pooler = lab_pooler_start(l->direct->url);
    if (!pooler) {
        print_message("pgbouncer is not installed: not tested\n");
        skip();
    }
    bench *b = bench_on(lab_pooler_url(pooler), NULL);
    lab_sql(l->direct->url, "UPDATE t SET v = 'old'; TRUNCATE log");
    for (int i = 0; i < 3; i++) {
        bench_record r = bench_read(b, "t", "id = 1");
        char value[20];
        snprintf(value, sizeof value, "round %d", i);
        bench_set(b, &r, "v", value);
        bench_assign(b, bench_insert(b, "log"), "log", "v", value);
        bench_saved(b);
        bench_set(b, &r, "v", "stale");
        bench_refused(b, NX_ERR_CONFLICT, "t 1 was changed");
        nx_changeset_clear(b->set, NULL);
    }
    bench_expect(l->direct, "SELECT v || (SELECT count(*) FROM log) FROM t", "round 23");
    bench_free(b);
    lab_pooler_stop(pooler);
}

/* --- the resolver alone ---------------------------------------------------------------------------------- */

typedef struct answer {
    bool done;
    nx_fate fate;
} answer;

static void told(void *owner, nx_fate fate, const nx_error *why) {
    answer *a = owner;
    assert_int_equal(why != NULL, fate == NX_FATE_UNKNOWN);
    *a = (answer){true, fate};
}

static nx_fate fate_of(bench *b, const char *xid, const char *pid) {
    answer a = {false, NX_FATE_UNKNOWN};
    nx_resolve(b->session, xid, pid, told, &a);
    lab_wait(b->session, &a.done);
    return a.fate;
}

typedef struct ids {
    bool done;
    char xid[32], pid[16];
} ids;

static void keep_ids(nx_trip *trip, void *owner) {
    ids *i = owner;
    i->done = true;
    assert_null(nx_trip_error(trip));
    snprintf(i->xid, sizeof i->xid, "%s", nx_result_text(nx_trip_result(trip, 0), 0, 0));
    snprintf(i->pid, sizeof i->pid, "%s", nx_result_text(nx_trip_result(trip, 0), 0, 1));
}

static void a_stuck_transaction_is_ended_to_know_its_fate(void **state) {
    line *l = *state;
    bench *stuck = bench_on(l->direct->url, NULL);
    nx_trip *trip = nx_trip_new(stuck->session, NX_TRIP_BEGIN, "hold");
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_current_xact_id()::text, pg_backend_pid()");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    ids i = {.done = false};
    nx_trip_send(trip, keep_ids, &i);
    lab_wait(stuck->session, &i.done);
    assert_int_equal(fate_of(l->direct, i.xid, i.pid), NX_FATE_ABORTED);
    bench_free(stuck);
}

static void known_and_unknown_fates(void **state) {
    line *l = *state;
    char *xid = lab_query(l->direct->url, "SELECT pg_current_xact_id()::text");
    assert_int_equal(fate_of(l->direct, xid, "1"), NX_FATE_COMMITTED);
    assert_int_equal(fate_of(l->direct, "99999999999", "1"), NX_FATE_UNKNOWN); /* of another server: in the future */
    free(xid);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_any_way_back_the_outcome_is_in_doubt),
    cmocka_unit_test(a_link_cut_after_any_number_of_bytes),
    cmocka_unit_test(a_dropped_save_is_rolled_back),
    cmocka_unit_test(through_a_pooler),
    cmocka_unit_test(a_stuck_transaction_is_ended_to_know_its_fate),
    cmocka_unit_test(known_and_unknown_fates),
};

LAB_MAIN(tests, open_link, close_link)
