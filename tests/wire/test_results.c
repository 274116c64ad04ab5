/* Results: made by hand, packed into records, asked for what they do not have; and the small questions about them. */
#include "calls.h"
#include "lab/fault.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/clock.h"
#include "nixie/explain.h"

static char *url;
static nx_session *session;

static int set_up(void **state) {
    (void)state;
    url = lab_database("results");
    session = lab_session(url, NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    lab_session_free(session);
    free(url);
    return 0;
}

static void a_result_made_by_hand_is_read_like_any_other(void **state) {
    (void)state;
    const nx_value values[] = {nx_value_of("a"), NX_NULL_VALUE, nx_value_of(""), nx_value_of("true")};
    nx_result *r = nx_result_of(2, 2, values);
    assert_non_null(r);
    assert_int_equal(nx_result_rows(r), 2);
    assert_int_equal(nx_result_columns(r), 2);
    assert_string_equal(nx_result_text(r, 0, 0), "a");
    assert_null(nx_result_text(r, 0, 1));
    assert_int_equal(nx_result_int(r, 0, 1), 0);
    assert_false(nx_result_bool(r, 0, 1));
    assert_string_equal(nx_result_text(r, 1, 0), "");
    assert_true(nx_result_bool(r, 1, 1));
    assert_null(nx_result_text(r, 0, 2)); /* there is no such column */
    assert_string_equal(nx_result_column_name(r, 0), "");
    assert_int_equal(nx_result_affected(r), -1);
    assert_string_equal(nx_result_tag(r), "");
    nx_result_free(r);
    assert_null(nx_result_of(1, 0, values));
    lab_fault(NULL, "PQmakeEmptyPGresult:1:ENOMEM");
    assert_null(nx_result_of(2, 2, values));
    lab_fault(NULL, "PQsetResultAttrs:1:ENOMEM");
    assert_null(nx_result_of(2, 2, values));
    nx_result_free(NULL);
}

/* What a packed statement gave: columns joined by "|", NULL as "-", rows by " / ". */
static char *unpacked(const char *text) {
    call c = {.n = 1};
    c.trip = nx_trip_new(session, NX_TRIP_READ, "test");
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, text);
    sql.packed = true;
    nx_trip_add(c.trip, &sql);
    nx_sql_free(&sql);
    nx_trip_send(c.trip, call_answered, &c);
    call_wait(session, &c);
    if (nx_failed(&c.error)) {
        fail_msg("%s: %s", text, c.error.message);
    }
    nx_buf out = NX_BUF;
    for (int row = 0; row < nx_result_rows(c.results[0]); row++) {
        nx_buf_adds(&out, row ? " / " : "");
        for (int column = 0; column < nx_result_columns(c.results[0]); column++) {
            const char *value = nx_result_text(c.results[0], row, column);
            nx_buf_addf(&out, "%s%s", column ? "|" : "", value ? value : "-");
        }
    }
    call_free(&c);
    return nx_buf_take(&out);
}

static void records_become_columns_and_what_is_none_stays_as_it_is(void **state) {
    (void)state;
    static const struct {
        const char *sql, *columns;
    } cases[] = {
        {"SELECT ROW(1, 'a b', NULL, '')", "1|a b|-|"},
        {"SELECT ROW('a\"b', 'c\\d', 'e,f', '(g)'), ROW(2)", "a\"b|c\\d|e,f|(g)|2"},
        {"SELECT ROW(i, NULL::text) FROM generate_series(1, 2) i", "1|- / 2|-"},
        {"SELECT ROW(1) WHERE false", ""},
        {"VALUES ('(\"a\"\"\\\\b\",c\\)d)')", "a\"\\b|c)d"},
        {"VALUES (NULL)", "-"},                          /* none of these is a record */
        {"VALUES ('x')", "x"},
        {"VALUES ('(a')", "(a"},
        {"VALUES ('(\"a)')", "(\"a)"},
        {"VALUES ('(a,b\\')", "(a,b\\"},
        {"VALUES ('(1,2)'), ('(3)')", "(1,2) / (3)"},     /* nor all of one kind */
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char *columns = unpacked(cases[i].sql);
        if (strcmp(columns, cases[i].columns) != 0) {
            fail_msg("%s: %s, not %s", cases[i].sql, columns, cases[i].columns);
        }
        free(columns);
    }
    char *many = unpacked("SELECT ('(' || repeat('1,', 16384) || '1)')"); /* more than any statement has columns */
    assert_int_equal(strncmp(many, "(1,1,", 5), 0);
    free(many);
}

static void statements_that_are_not_there_have_nothing(void **state) {
    (void)state;
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "test");
    static const int places[] = {-1, 0, 7};
    for (size_t i = 0; i < NX_COUNT(places); i++) {
        assert_null(nx_trip_result(trip, places[i]));
        assert_null(nx_trip_take(trip, places[i]));
        assert_null(nx_trip_statement_error(trip, places[i]));
        assert_int_equal(nx_trip_failed_at(trip, places[i]), -1);
    }
    nx_trip_discard(trip);
    nx_trip_discard(NULL);
    nx_session_free(NULL);
}

static void a_statement_with_too_many_parameters_is_refused_and_not_sent(void **state) {
    (void)state;
    call c = {.n = 1};
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT 1 WHERE 1 IN (1");
    for (int i = 0; i < 65536; i++) {
        nx_sql_add(&sql, ", ");
        nx_sql_param(&sql, nx_value_of("1"), "int");
    }
    nx_sql_add(&sql, ")");
    int64_t trips = nx_session_trips(session);
    c.trip = nx_trip_new(session, NX_TRIP_READ, "test");
    nx_trip_add(c.trip, &sql);
    nx_trip_send(c.trip, call_answered, &c);
    call_wait(session, &c);
    assert_int_equal(c.error.kind, NX_ERR_MEMORY);
    assert_string_equal(c.error.message, "the statement is too large to be sent");
    assert_int_equal(nx_session_trips(session), trips);
    call_free(&c);
    nx_sql_free(&sql);
}

static void the_servers_clock_is_asked_and_let_go(void **state) {
    (void)state;
    nx_clock clock;
    nx_clock_ask(session, &clock);
    lab_wait(session, &clock.done);
    assert_int_equal(strncmp(clock.time, "20", 2), 0);
    assert_false(nx_failed(&clock.err));
    nx_clock_drop(&clock);
    nx_clock_ask(session, &clock);
    nx_clock_drop(&clock); /* before it was sent */
    assert_null(clock.trip);
    nx_clock_ask(session, &clock);
    nx_session_cancel(session);
    lab_wait(session, &clock.done);
    assert_int_equal(clock.err.kind, NX_ERR_CANCELLED);
    assert_string_equal(clock.time, "");
    nx_clock_drop(&clock);
}

/* --- plans ---------------------------------------------------------------------------------------------------- */

typedef struct explained {
    bool done;
    nx_explanation *plan;
    nx_error err;
} explained;

static void told(void *owner, nx_explanation *plan, const nx_error *err) {
    explained *e = owner;
    e->done = true;
    e->plan = plan;
    if (err) {
        nx_error_copy(&e->err, err);
    }
}

static void a_statement_is_explained_with_its_parameters(void **state) {
    (void)state;
    char *params[] = {nx_strdup("7"), NULL};
    const nx_logged logged = {.text = "SELECT $1::int, $2::text", .params = params, .nparams = 2, .what = "test"};
    explained e = {.err = NX_ERROR};
    nx_explain(session, &logged, false, told, &e);
    lab_wait(session, &e.done);
    assert_false(nx_failed(&e.err));
    assert_string_equal(e.plan->lines[0].text, "Result");
    nx_explanation_free(e.plan);
    e = (explained){.err = NX_ERROR};
    nx_explain_drop(nx_explain(session, &logged, false, told, &e));
    nx_explain_drop(NULL);
    free(call_value(session, "SELECT 1"));
    assert_false(e.done); /* its owner is gone */
    free(params[0]);
}

static void an_explanation_that_is_lost_says_so(void **state) {
    (void)state;
    char *none = NULL;
    const nx_logged logged = {.text = "SELECT 1", .params = &none, .what = "test"};
    explained e = {.err = NX_ERROR};
    lab_fault(NULL, "PQsendQueryParams:1:EIO");
    nx_explain(session, &logged, true, told, &e); /* in a transaction: never asked again by itself */
    lab_wait(session, &e.done);
    assert_int_equal(e.err.kind, NX_ERR_LOST);
    assert_null(e.plan);
    nx_error_clear(&e.err);
    free(call_value(session, "SELECT 1"));
}

/* What the plan of EXPLAIN says of an index, for texts of all shapes. */
static void an_index_is_suggested_where_a_plan_says_what_it_would_need(void **state) {
    (void)state;
#define SCAN "Seq Scan on public.\"Post\" t  (cost=0.00..500.00 rows=2 width=8)\n"
    static const struct {
        const char *text, *index;
    } cases[] = {
        {SCAN "  Filter: (t.id = 7)\n", "(id)"},
        {SCAN "  Filter: ((t.a = 1) AND (t.a = 2))\n", "(a)"},           /* once is enough */
        {SCAN "  Filter: ((t.\"x\"\"y\")::text = 'b'::text)\n", "(\"x\"\"y\")"},
        {SCAN "  Filter: (t.\"open = 1)\n", NULL},
        {SCAN "  Filter: (part.id = 7)\n", NULL},                         /* another alias that ends like this one */
        {SCAN "  Filter: (tt.id = 7)\n", NULL},
        {SCAN "  Filter: (t.a <> 1)\n", NULL},
        {SCAN "  Filter: (t.a >= 1)\n", "(a)"},
        {SCAN "  Filter: (t.a = 1 AND t.b = 2 AND t.c = 3 AND t.d = 4 AND t.e = 5 AND t.f = 6 AND t.g = 7 AND t.h = 8 AND t.i = 9)\n",
         "(a, b, c"},
        {SCAN, NULL},
        {"Seq Scan on post  (cost=0.00..500.00 rows=2 width=8)\n  Filter: (post.id = 7)\n", "(id)"},
        {"Seq Scan on public.post  (cost=0.00..500.00 rows=2 width=8)\n  Filter: (post.id = 7)\n", "(id)"},
        {"Parallel " SCAN "  Filter: (t.id = 7)\n", "(id)"},
        {"Odd " SCAN "  Filter: (t.id = 7)\n", NULL},
        {"Sort  (cost=9.00..900.00 rows=2 width=8)\n  Sort Key: t.a, t.b DESC\n  ->  " SCAN, "(a, b DESC)"},
        {"Sort  (cost=9.00..900.00 rows=2 width=8)\n  Sort Key: t.a, (lower(t.b))\n  ->  " SCAN, NULL},
        {"Sort  (cost=9.00..900.00 rows=2 width=8)\n  Sort Key: t.a COLLATE \"a name that is longer than any that is looked at\"\n  ->  " SCAN, NULL},
        {"Gather  (cost=9.00..900.00 rows=2 width=8)\n  ->  " SCAN "        Filter: (t.id = 7)\n", "(id)"},
        {"Sort  (cost=9.00..900.00 rows=2 width=8)\n  Sort Key: t.a\n  ->  Subquery Scan on s  (cost=9.00..800.00 rows=2 width=8)\n"
         "        ->  " SCAN, "(a)"},
        {"Sort  (cost=9.00..900.00 rows=2 width=8)\n  Sort Key: t.a\n  ->  Hash Join  (cost=9.00..800.00 rows=2 width=8)\n"
         "        ->  " SCAN, NULL},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_explanation *plan = nx_explanation_parse(cases[i].text, false);
        bool right = cases[i].index ? plan->index && strstr(plan->index, cases[i].index) : !plan->index;
        if (!right) {
            fail_msg("%s: %s", cases[i].text, plan->index ? plan->index : "nothing");
        }
        nx_explanation_free(plan);
    }
}

static void a_node_that_never_ran_says_so(void **state) {
    (void)state;
    nx_explanation *plan = nx_explanation_parse(
        "Append  (cost=0.00..9.00 rows=2 width=8) (actual time=0.01..0.50 rows=1 loops=2)\n"
        "  ->  Result  (cost=0.00..5.00 rows=1 width=8) (never executed)\n"
        "  ->  Result  (cost=0.00..5.00 rows=1 width=8) (actual time=0.01..0.02 rows=1 loops=0)\n", true);
    assert_int_equal(plan->nlines, 3);
    assert_string_equal(plan->lines[0].numbers, "1.0 ms, 2 rows in 2 loops, estimated 2");
    assert_string_equal(plan->lines[1].numbers, "never run");
    assert_string_equal(plan->lines[2].numbers, "never run");
    nx_explanation_free(plan);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_result_made_by_hand_is_read_like_any_other),
    cmocka_unit_test(records_become_columns_and_what_is_none_stays_as_it_is),
    cmocka_unit_test(statements_that_are_not_there_have_nothing),
    cmocka_unit_test(a_statement_with_too_many_parameters_is_refused_and_not_sent),
    cmocka_unit_test(the_servers_clock_is_asked_and_let_go),
    cmocka_unit_test(a_statement_is_explained_with_its_parameters),
    cmocka_unit_test(an_explanation_that_is_lost_says_so),
    cmocka_unit_test(an_index_is_suggested_where_a_plan_says_what_it_would_need),
    cmocka_unit_test(a_node_that_never_ran_says_so),
};

LAB_MAIN(tests, set_up, tear_down)
