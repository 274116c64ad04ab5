/* Trips: segments, their errors, transactions. */
#include "calls.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

typedef struct world {
    const char *url;
    nx_session *session;
} world;

static int set_up(void **state) {
    world *w = nx_calloc(1, sizeof *w);
    w->url = url;
    lab_sql(url, "DROP TABLE IF EXISTS t, later; CREATE TABLE t (id int PRIMARY KEY, v text);"
                 "INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 5) i;"
                 "CREATE TABLE later (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    w->session = lab_session(url, NULL);
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    world *w = *state;
    lab_session_free(w->session);
    free(w);
    return 0;
}

static void assert_value(nx_session *session, const char *sql, const char *expected) {
    char *value = call_value(session, sql);
    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

static void null_and_empty_are_apart(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_READ,
             STATEMENTS("SELECT NULL::text AS a, ''::text AS b, 'x'::text AS c, 7 AS d, true AS e, NULL::bool AS f"));
    const nx_result *r = c.results[0];
    assert_false(nx_failed(&c.error));
    assert_int_equal(nx_result_rows(r), 1);
    assert_int_equal(nx_result_columns(r), 6);
    assert_null(nx_result_text(r, 0, 0));
    assert_int_equal(nx_result_length(r, 0, 0), 0);
    assert_true(nx_is_null(nx_result_value(r, 0, 0)));
    assert_string_equal(nx_result_text(r, 0, 1), "");
    assert_false(nx_is_null(nx_result_value(r, 0, 1)));
    assert_int_equal(nx_result_value(r, 0, 2).len, 1);
    assert_int_equal(nx_result_int(r, 0, 3), 7);
    assert_true(nx_result_bool(r, 0, 4));
    assert_false(nx_result_bool(r, 0, 5));
    assert_string_equal(nx_result_column_name(r, 1), "b");
    assert_string_equal(nx_result_tag(r), "SELECT 1");
    call_free(&c);
}

static void answered_null(nx_trip *trip, void *owner) {
    const nx_result *r = nx_trip_result(trip, 0);
    assert_non_null(r);
    assert_string_equal(nx_result_text(r, 0, 0), "it's");
    assert_null(nx_result_text(r, 0, 1));
    assert_string_equal(nx_result_text(r, 0, 2), "");
    assert_null(nx_trip_result(trip, 1));
    assert_null(nx_trip_result(trip, -1));
    *(bool *)owner = true;
}

static void parameters_go_as_they_are(void **state) {
    world *w = *state;
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT ");
    nx_sql_param(&sql, nx_value_of("it's"), "text");
    nx_sql_add(&sql, ", ");
    nx_sql_param(&sql, NX_NULL_VALUE, "text");
    nx_sql_add(&sql, ", ");
    nx_sql_param(&sql, nx_value_of(""), "text");
    nx_trip *trip = nx_trip_new(w->session, NX_TRIP_READ, "parameters");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql); /* the trip has its own copy */
    bool done = false;
    nx_trip_send(trip, answered_null, &done);
    lab_wait(w->session, &done);
}

static void one_failed_segment_leaves_the_others(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_READ,
             STATEMENTS("SELECT 1", "|", "INSERT INTO t VALUES (6, 'gone')", "SELECT 1/(id-id) FROM t", "SELECT 2", "|",
                        "SELECT count(*) FROM t"));
    assert_string_equal(call_text(&c, 0), "1");
    assert_false(nx_failed(&c.errors[0]));
    assert_int_equal(c.failed_at[0], -1);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(c.errors[i].kind, NX_ERR_SERVER);
        assert_string_equal(c.errors[i].sqlstate, "22012");
        assert_int_equal(c.failed_at[i], 2);
    }
    assert_string_equal(c.errors[2].statement, "SELECT 1/(id-id) FROM t");
    assert_null(c.results[2]);
    assert_null(c.results[3]);
    assert_string_equal(call_text(&c, 4), "5"); /* the insert was rolled back */
    assert_string_equal(c.error.sqlstate, "22012");
    call_free(&c);
}

static void position_points_into_the_statement(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_READ, STATEMENTS("SELECT nonsense FROM t"));
    assert_string_equal(c.error.sqlstate, "42703");
    assert_int_equal(c.error.position, 8);
    call_free(&c);
}

static void deferred_constraint_fails_its_segment(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_READ,
             STATEMENTS("INSERT INTO later VALUES (1), (1)", "|", "SELECT count(*) FROM later"));
    assert_string_equal(c.errors[0].sqlstate, "23505");
    assert_string_equal(c.errors[0].constraint, "later_id_key");
    assert_int_equal(c.failed_at[0], -1); /* no statement failed, the Sync did */
    assert_string_equal(call_text(&c, 1), "0");
    call_free(&c);
    assert_value(w->session, "SELECT 'still in step'", "still in step");
}

static void transaction_spans_two_trips(void **state) {
    world *w = *state;
    call begin, read, end;
    call_run(w->session, &begin, NX_TRIP_BEGIN,
             STATEMENTS("UPDATE t SET v = 'new' WHERE id = 1 RETURNING v", "SELECT 2"));
    assert_false(nx_failed(&begin.error));
    assert_int_equal(nx_result_affected(begin.results[0]), 1);
    assert_string_equal(nx_result_tag(begin.results[0]), "UPDATE 1");
    char *outside = lab_query(w->url, "SELECT v FROM t WHERE id = 1");
    assert_string_equal(outside, "row 1");
    free(outside);
    /* A read that comes meanwhile waits for the end. */
    call_start(w->session, &read, NX_TRIP_READ, STATEMENTS("SELECT v FROM t WHERE id = 1"));
    nx_session_step(w->session, NULL);
    call_run(w->session, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_string_equal(nx_result_tag(end.results[0]), "COMMIT");
    call_wait(w->session, &read);
    assert_string_equal(call_text(&read, 0), "new");
    call_free(&begin);
    call_free(&read);
    call_free(&end);
}

static void commit_of_failed_transaction_says_rollback(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_BEGIN, STATEMENTS("UPDATE t SET v = 'x' WHERE id = 1", "SELECT 1/0"));
    assert_string_equal(c.error.sqlstate, "22012");
    assert_int_equal(c.failed_at[0], 1);
    call_free(&c);
    call_run(w->session, &c, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_string_equal(nx_result_tag(c.results[0]), "ROLLBACK");
    call_free(&c);
    assert_value(w->session, "SELECT v FROM t WHERE id = 1", "row 1");
}

static void commit_without_transaction_is_not_sent(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_int_equal(c.error.kind, NX_ERR_LOST);
    assert_null(c.results[0]);
    call_free(&c);
}

static void end_may_be_queued_behind_its_begin(void **state) {
    world *w = *state;
    call read, begin, end;
    call_start(w->session, &read, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    call_start(w->session, &begin, NX_TRIP_BEGIN, STATEMENTS("UPDATE t SET v = 'both' WHERE id = 1"));
    call_start(w->session, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    call_wait(w->session, &end);
    assert_true(read.done && begin.done);
    assert_false(nx_failed(&begin.error));
    assert_string_equal(nx_result_tag(end.results[0]), "COMMIT");
    call_free(&read);
    call_free(&begin);
    call_free(&end);
    assert_value(w->session, "SELECT v FROM t WHERE id = 1", "both");
}

/* Its BEGIN was let go of before it was sent: alone it would be answered with COMMIT, and more of it would be a transaction
 * of its own. */
static void what_was_queued_behind_a_dropped_begin_is_not_sent(void **state) {
    world *w = *state;
    call begin, more, end;
    call_start(w->session, &begin, NX_TRIP_BEGIN, STATEMENTS("UPDATE t SET v = 'begun' WHERE id = 1"));
    call_start(w->session, &more, NX_TRIP_MORE, STATEMENTS("UPDATE t SET v = 'more' WHERE id = 2"));
    call_start(w->session, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    nx_trip_drop(begin.trip);
    call_wait(w->session, &end);
    assert_int_equal(begin.calls, 0);
    call *const refused[] = {&more, &end};
    for (size_t i = 0; i < NX_COUNT(refused); i++) {
        assert_int_equal(refused[i]->calls, 1);
        assert_int_equal(refused[i]->error.kind, NX_ERR_LOST);
        assert_string_equal(refused[i]->error.message, "the transaction is no longer open");
        assert_null(refused[i]->results[0]);
        call_free(refused[i]);
    }
    assert_value(w->session, "SELECT count(*) FROM t WHERE v LIKE 'row %'", "5");
}

/* What a transaction that is open has yet to be asked. */
static void begin_with_one_row(world *w) {
    call begin;
    call_run(w->session, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (60, 'inside')"));
    assert_false(nx_failed(&begin.error));
    call_free(&begin);
}

static void letting_go_of_more_rolls_back_and_of_the_end_does_not(void **state) {
    world *w = *state;
    call c;
    begin_with_one_row(w);
    call_start(w->session, &c, NX_TRIP_MORE, STATEMENTS("INSERT INTO t VALUES (61, 'more')"));
    nx_trip_drop(c.trip);
    assert_value(w->session, "SELECT count(*) FROM t WHERE id >= 60", "0");
    begin_with_one_row(w);
    call_start(w->session, &c, NX_TRIP_END, STATEMENTS("COMMIT"));
    nx_trip_drop(c.trip); /* it was asked for: nobody has to hear the answer */
    assert_value(w->session, "SELECT count(*) FROM t WHERE id >= 60", "1");
    assert_int_equal(c.calls, 0);
}

static void expect_cancelled(call *c) {
    assert_int_equal(c->calls, 1);
    assert_int_equal(c->error.kind, NX_ERR_CANCELLED);
    call_free(c);
}

/* What waits is cancelled, except for the end of a transaction that is open. */
static void cancelling_what_waits_leaves_no_transaction_open(void **state) {
    world *w = *state;
    call begin, read, end;
    assert_value(w->session, "SELECT 1", "1");
    call_start(w->session, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (70, 'never')"));
    call_start(w->session, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    nx_session_cancel(w->session);
    call_wait(w->session, &end);
    expect_cancelled(&begin);
    expect_cancelled(&end);
    begin_with_one_row(w);
    call_start(w->session, &end, NX_TRIP_END, STATEMENTS("COMMIT"));
    call_start(w->session, &read, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    nx_session_cancel(w->session);
    call_wait(w->session, &end);
    assert_string_equal(nx_result_tag(end.results[0]), "COMMIT");
    call_free(&end);
    expect_cancelled(&read);
    assert_value(w->session, "SELECT count(*) FROM t WHERE id >= 60", "1");
}

static void abandoned_transaction_is_rolled_back(void **state) {
    world *w = *state;
    call c;
    call_start(w->session, &c, NX_TRIP_BEGIN, STATEMENTS("UPDATE t SET v = 'lost' WHERE id = 2"));
    nx_session_step(w->session, NULL);
    nx_trip_drop(c.trip);
    assert_value(w->session, "SELECT v FROM t WHERE id = 2", "row 2");
    assert_int_equal(c.calls, 0);
    assert_value(w->session,
                 "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in tr%' AND datname = "
                 "current_database()",
                 "0");
}

static void dropped_trips_do_not_call(void **state) {
    world *w = *state;
    call sent, queued;
    call_start(w->session, &sent, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    nx_session_step(w->session, NULL);
    nx_trip_drop(sent.trip);
    call_start(w->session, &queued, NX_TRIP_READ, STATEMENTS("INSERT INTO t VALUES (99)"));
    nx_trip_drop(queued.trip);
    assert_value(w->session, "SELECT count(*) FROM t WHERE id = 99", "0");
    assert_int_equal(sent.calls + queued.calls, 0);
}

static void reads_come_back_in_order(void **state) {
    world *w = *state;
    call calls[20];
    for (int i = 0; i < 20; i++) {
        char sql[40];
        snprintf(sql, sizeof sql, "SELECT %d", i);
        call_start(w->session, &calls[i], NX_TRIP_READ, STATEMENTS(sql));
    }
    call_wait(w->session, &calls[19]);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(calls[i].calls, 1);
        assert_int_equal(atoi(call_text(&calls[i], 0)), i);
        call_free(&calls[i]);
    }
}

static void large_trips_and_answers_pass(void **state) {
    world *w = *state;
    enum { BIG = 3000000 };
    char *text = nx_alloc(BIG + 1);
    memset(text, 'x', BIG);
    text[BIG] = '\0';
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT ");
    nx_sql_param(&sql, (nx_value){text, BIG}, "text");
    nx_trip *trip = nx_trip_new(w->session, NX_TRIP_READ, "large");
    for (int i = 0; i < 3; i++) {
        nx_trip_add(trip, &sql);
        nx_trip_segment(trip);
    }
    nx_sql_free(&sql);
    free(text);
    call c = {.n = 3};
    nx_trip_send(trip, call_answered, &c);
    call_wait(w->session, &c);
    assert_false(nx_failed(&c.error));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(nx_result_length(c.results[i], 0, 0), BIG);
    }
    call_free(&c);
}

/* More columns than a statement can have: packed into records, and apart again. */
static void many_columns_come_as_they_are(void **state) {
    enum { MANY = 4001 };
    static const char *const odd[] = {"''", "NULL", "'a,b'", "'(\"x\")'", "E'\\\\ \\\\\\\\\"\"'", "E' \\n\\t '", "'plain'", "7", "true", "NULL::int8", "'\"'", "'\"\"'", "'()'", "','"};
    static const char *const values[] = {"", NULL, "a,b", "(\"x\")", "\\ \\\\\"\"", " \n\t ", "plain", "7", "t", NULL, "\"", "\"\"", "()", ","};
    world *w = *state;
    call c = {.done = false, .n = 1};
    nx_trip *trip = nx_trip_new(w->session, NX_TRIP_READ, "many");
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT ");
    for (size_t i = 0; i < MANY; i++) {
        nx_sql_entry(&sql, (int)i, MANY);
        nx_sql_add(&sql, odd[i % NX_COUNT(odd)]);
    }
    nx_sql_entry(&sql, MANY, MANY);
    nx_sql_add(&sql, " FROM pg_catalog.generate_series(1, 2)");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_trip_send(trip, call_answered, &c);
    lab_wait(w->session, &c.done);
    assert_false(nx_failed(&c.error));
    assert_int_equal(nx_result_columns(c.results[0]), MANY);
    for (int i = 0; i < 2 * MANY; i++) {
        nx_value v = nx_result_value(c.results[0], i / MANY, i % MANY);
        const char *expected = values[(size_t)(i % MANY) % NX_COUNT(values)];
        assert_int_equal(nx_is_null(v), expected == NULL);
        assert_true(!expected || strcmp(v.text, expected) == 0);
        assert_int_equal(v.len, expected ? strlen(expected) : 0);
    }
    assert_string_equal(nx_result_tag(c.results[0]), "SELECT 2");
    call_free(&c);
}

static void copy_does_not_wedge_the_session(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_READ, STATEMENTS("COPY t TO STDOUT"));
    assert_int_equal(c.error.kind, NX_ERR_REFUSED);
    call_free(&c);
    assert_value(w->session, "SELECT 'alive'", "alive");
}

static void statements_with_begin_do_not_leak_a_transaction(void **state) {
    world *w = *state;
    call c;
    call_run(w->session, &c, NX_TRIP_READ, STATEMENTS("BEGIN"));
    call_free(&c);
    assert_value(w->session, "INSERT INTO t VALUES (50, 'kept') RETURNING id", "50");
    assert_int_equal(lab_query_int(w->url, "SELECT count(*) FROM t WHERE id = 50"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(null_and_empty_are_apart),
    TEST(parameters_go_as_they_are),
    TEST(one_failed_segment_leaves_the_others),
    TEST(position_points_into_the_statement),
    TEST(deferred_constraint_fails_its_segment),
    TEST(transaction_spans_two_trips),
    TEST(commit_of_failed_transaction_says_rollback),
    TEST(commit_without_transaction_is_not_sent),
    TEST(end_may_be_queued_behind_its_begin),
    TEST(what_was_queued_behind_a_dropped_begin_is_not_sent),
    TEST(letting_go_of_more_rolls_back_and_of_the_end_does_not),
    TEST(cancelling_what_waits_leaves_no_transaction_open),
    TEST(abandoned_transaction_is_rolled_back),
    TEST(dropped_trips_do_not_call),
    TEST(reads_come_back_in_order),
    TEST(large_trips_and_answers_pass),
    TEST(many_columns_come_as_they_are),
    TEST(copy_does_not_wedge_the_session),
    TEST(statements_with_begin_do_not_leak_a_transaction),
};

LAB_MAIN(tests, group_open, group_close)
