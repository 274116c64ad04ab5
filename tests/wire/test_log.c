/* The statement log, and how statements are explained. */
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/explain.h"
#include "nixie/secret.h"
#include "nixie/trip.h"

typedef struct desk {
    char *url;
    nx_session *session;
    bool done;
    nx_explanation *plan;
    nx_error err;
} desk;

static int open_desk(void **state) {
    desk *d = *state = calloc(1, sizeof *d);
    d->url = lab_database("log");
    lab_sql(d->url, "CREATE TABLE post (id int PRIMARY KEY, title text, kind varchar(9), n int, \"Odd\" int);"
                    "INSERT INTO post SELECT i, 'title ' || i, i % 50, i, i FROM generate_series(1, 20000) i; ANALYZE post");
    d->session = lab_session(d->url, NULL);
    return 0;
}

static int close_desk(void **state) {
    desk *d = *state;
    lab_session_free(d->session);
    free(d->url);
    free(d);
    return 0;
}

static void trip_done(nx_trip *trip, void *owner) {
    (void)trip;
    ((desk *)owner)->done = true;
}

static void add(nx_trip *trip, const char *text, const char *param) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, text);
    if (param) {
        nx_sql_param(&sql, nx_value_of(param), "pg_catalog.text");
    }
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
}

static void run(desk *d, nx_trip *trip) {
    d->done = false;
    nx_trip_send(trip, trip_done, d);
    lab_wait(d->session, &d->done);
}

static const nx_logged *last(const desk *d, int back) { return nx_log_at(d->session, nx_log_count(d->session) - 1 - back); }

static void every_statement_is_there(void **state) {
    desk *d = *state;
    nx_trip *trip = nx_trip_new(d->session, NX_TRIP_READ, "look around");
    add(trip, "SELECT id FROM post WHERE id < 4 OR title = ", "it's");
    nx_trip_segment(trip);
    add(trip, "SELECT 1/0", NULL);
    add(trip, "SELECT 2", NULL);
    run(d, trip);
    const nx_logged *good = last(d, 2), *bad = last(d, 1), *skipped = last(d, 0);
    assert_string_equal(good->what, "look around");
    assert_string_equal(good->text, "SELECT id FROM post WHERE id < 4 OR title = $1::pg_catalog.text");
    assert_int_equal(good->nparams, 1);
    assert_int_equal(good->rows, 3);
    assert_true(good->ms >= 0 && !good->error && !good->transaction);
    assert_int_equal(good->trip, nx_session_trips(d->session));
    assert_int_equal(skipped->number, good->number + 2);
    char *readable = nx_logged_readable(good);
    assert_string_equal(readable, "SELECT id FROM post WHERE id < 4 OR title = 'it''s'::pg_catalog.text");
    free(readable);
    assert_string_equal(bad->sqlstate, "22012");
    assert_non_null(strstr(bad->error, "division by zero"));
    assert_string_equal(skipped->sqlstate, "");
    assert_string_equal(skipped->error, "not run: an earlier statement failed");
    assert_int_equal(skipped->ms, -1);
}

static void only_so_many_are_kept(void **state) {
    desk *d = *state;
    for (int k = 0; k < 12; k++) {
        nx_trip *trip = nx_trip_new(d->session, NX_TRIP_READ, "many");
        for (int i = 0; i < 100; i++) {
            add(trip, "SELECT 1", NULL);
        }
        run(d, trip);
    }
    assert_int_equal(nx_log_count(d->session), 1000);
    assert_null(nx_log_at(d->session, 1000));
    assert_int_equal(last(d, 0)->number - nx_log_at(d->session, 0)->number, 999);
    char *wide = malloc(5 << 20);
    memset(wide, 'x', (5 << 20) - 1);
    wide[(5 << 20) - 1] = '\0';
    for (int i = 0; i < 3; i++) {
        nx_trip *trip = nx_trip_new(d->session, NX_TRIP_READ, "wide");
        add(trip, "SELECT pg_catalog.length(", wide);
        run(d, trip); /* a syntax error: it is kept all the same */
    }
    free(wide);
    assert_int_equal(nx_log_count(d->session), 1); /* two would be more than the log holds */
}

static void secrets_are_masked(void **state) {
    (void)state;
    static const struct {
        const char *text, *secret; /* one letter for each parameter */
    } cases[] = {
        {"SELECT 1 FROM \"public\".\"User\" t WHERE t.\"password\"::pg_catalog.text COLLATE pg_catalog.\"C\" "
         "OPERATOR(pg_catalog.=) $1::pg_catalog.text AND t.\"id\" OPERATOR(pg_catalog.=) $2", "yn"},
        {"UPDATE \"public\".\"User\" AS t SET \"name\" = $1::\"pg_catalog\".\"text\", \"apiToken\" = $2::\"x\".\"secret\","
         " \"age\" = $3 WHERE t.\"id\" = $4", "nynn"},
        {"INSERT INTO \"public\".\"User\" (\"id\", \"passwordHash\", \"name\") VALUES ($1::pg_catalog.int4, $2, DEFAULT)"
         " RETURNING \"id\" = $3", "nyn"},
        {"INSERT INTO s.t (\"a\", \"pin\") VALUES (pg_catalog.f($1, 'pin'), $2)", "ny"},
        {"SELECT $1 WHERE \"pi\"\"n\" = $2 AND \"title\" = $3", "nnn"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        size_t n = strlen(cases[i].secret);
        bool secret[8] = {false};
        nx_secret_params(cases[i].text, secret, n);
        for (size_t k = 0; k < n; k++) {
            if (secret[k] != (cases[i].secret[k] == 'y')) {
                fail_msg("%s: $%zu", cases[i].text, k + 1);
            }
        }
    }
}

static void what_is_read_shows_no_secret(void **state) {
    (void)state;
    char *const params[] = {(char[]){"7"}, (char[]){"sesame"}, NULL};
    const nx_logged logged = {.text = "UPDATE t SET \"id\" = $1, \"password\" = $2, \"apiToken\" = $3", .params = params,
                              .nparams = (int)NX_COUNT(params)};
    char *readable = nx_logged_readable(&logged);
    assert_string_equal(readable, "UPDATE t SET \"id\" = '7', \"password\" = '***', \"apiToken\" = NULL");
    free(readable);
}

/* --- plans ------------------------------------------------------------------------------------------------ */

static void explained(void *owner, nx_explanation *plan, const nx_error *err) {
    desk *d = owner;
    d->done = true;
    d->plan = plan;
    if (err) {
        nx_error_copy(&d->err, err);
    }
}

static nx_explanation *plan_of(desk *d, const char *text, bool analyze) {
    char *none = NULL;
    nx_logged logged = {.text = text, .params = &none, .what = "test"};
    d->done = false;
    d->plan = NULL;
    nx_error_clear(&d->err);
    nx_explain(d->session, &logged, analyze, explained, d);
    lab_wait(d->session, &d->done);
    return d->plan;
}

static void the_index_that_would_help_is_named(void **state) {
    desk *d = *state;
    static const struct {
        const char *sql, *index; /* NULL: none */
    } cases[] = {
        {"SELECT * FROM public.post t ORDER BY t.title, t.id DESC LIMIT 50",
         "CREATE INDEX CONCURRENTLY ON public.post (title, id DESC);"},
        {"SELECT * FROM public.post t WHERE t.kind = '7' ORDER BY t.n LIMIT 5",
         "CREATE INDEX CONCURRENTLY ON public.post (kind, n);"},
        {"SELECT * FROM public.post t WHERE t.\"Odd\" = 7", "CREATE INDEX CONCURRENTLY ON public.post (\"Odd\");"},
        {"SELECT * FROM public.post t WHERE t.n > 19990 AND t.title = 'x'", "CREATE INDEX CONCURRENTLY ON public.post (title, n);"},
        {"SELECT * FROM public.post t WHERE t.title LIKE '%9%'", NULL},
        {"SELECT * FROM public.post t WHERE t.id = 7", NULL},
        {"SELECT * FROM public.post t ORDER BY pg_catalog.md5(t.title)", NULL},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_explanation *plan = plan_of(d, cases[i].sql, i % 2);
        assert_non_null(plan);
        if ((plan->index == NULL) != (cases[i].index == NULL) || (plan->index && strcmp(plan->index, cases[i].index) != 0)) {
            fail_msg("%s: %s", cases[i].sql, plan->index ? plan->index : "nothing");
        }
        if (plan->index) {
            lab_sql(d->url, plan->index); /* it can be run as it is */
            lab_sql(d->url, "DO $$ DECLARE i name; BEGIN SELECT indexrelid::regclass::text INTO i FROM pg_index WHERE indrelid ="
                            " 'post'::regclass AND NOT indisprimary; EXECUTE format('DROP INDEX %s', i); END $$");
        }
        nx_explanation_free(plan);
    }
}

static void the_expensive_node_is_marked(void **state) {
    desk *d = *state;
    nx_explanation *plan = plan_of(d, "SELECT * FROM public.post t ORDER BY t.title LIMIT 50", true);
    assert_true(plan->analyzed);
    int nodes = 0, marked = 0;
    double all = 0;
    for (int i = 0; i < plan->nlines; i++) {
        nodes += plan->lines[i].node;
        marked += plan->lines[i].expensive;
        all += plan->lines[i].share;
        assert_null(strstr(plan->lines[i].text, "Output: "));
    }
    assert_string_equal(plan->lines[0].text, "Limit");
    assert_true(nodes >= 3 && marked == 1 && all > 0.99 && all < 1.01);
    assert_non_null(strstr(plan->lines[0].numbers, "50 rows, estimated 50"));
    nx_explanation_free(plan);
}

/* Of nodes that cost the same the first one is marked. */
static void one_of_equals_is_marked(void **state) {
    (void)state;
    nx_explanation *plan = nx_explanation_parse("Append  (cost=0.00..2.00 rows=2 width=4)\n"
                                                "  ->  Result  (cost=0.00..1.00 rows=1 width=4)\n"
                                                "  ->  Result  (cost=0.00..1.00 rows=1 width=4)\n", false);
    assert_int_equal(plan->nlines, 3);
    assert_false(plan->lines[0].expensive);
    assert_true(plan->lines[1].expensive);
    assert_false(plan->lines[2].expensive);
    nx_explanation_free(plan);
}

/* Rows that came, and of a command that returns none those that it changed. */
static void rows_are_those_that_came_or_changed(void **state) {
    desk *d = *state;
    nx_trip *trip = nx_trip_new(d->session, NX_TRIP_BEGIN, "write");
    add(trip, "UPDATE post SET title = title WHERE id < 4", NULL);
    add(trip, "UPDATE post SET title = title WHERE id < 6 RETURNING id", NULL);
    add(trip, "SET LOCAL work_mem = '4MB'", NULL);
    run(d, trip);
    assert_int_equal(last(d, 2)->rows, 3);
    assert_int_equal(last(d, 1)->rows, 5);
    assert_int_equal(last(d, 0)->rows, -1);
    trip = nx_trip_new(d->session, NX_TRIP_END, "roll back");
    add(trip, "ROLLBACK", NULL);
    run(d, trip);
}

static void analyzing_a_write_changes_nothing(void **state) {
    desk *d = *state;
    nx_explanation *plan = plan_of(d, "DELETE FROM public.post", true);
    assert_non_null(plan);
    assert_non_null(strstr(plan->lines[0].text, "Delete on public.post"));
    nx_explanation_free(plan);
    assert_int_equal(lab_query_int(d->url, "SELECT count(*) FROM post"), 20000);
    assert_null(plan_of(d, "COMMIT", true));
    assert_string_equal(d->err.sqlstate, "42601");
    nx_error_clear(&d->err);
    nx_explain_drop(nx_explain(d->session, last(d, 0), true, explained, d)); /* the rollback follows all the same */
    plan = plan_of(d, "SELECT 1", false);
    assert_non_null(plan);
    nx_explanation_free(plan);
}

static void a_read_only_session_lets_the_server_refuse(void **state) {
    desk *d = *state;
    desk r = {.session = lab_session(d->url, &(nx_session_options){.read_only = true})};
    assert_null(plan_of(&r, "DELETE FROM public.post", true));
    assert_string_equal(r.err.sqlstate, "25006");
    nx_explanation *plan = plan_of(&r, "SELECT 1", true);
    assert_non_null(plan);
    nx_explanation_free(plan);
    nx_error_clear(&r.err);
    lab_session_free(r.session);
}

static void odd_texts_are_no_trouble(void **state) {
    (void)state;
    static const char hostile[] = "Seq Scan on \"a  (cost=0.00..1.00 rows=1 width=1)\n  Filter: (\"a.b = 1)\n  Sort Key: ";
    static const char *const texts[] = {"", "\n\n", "nothing\n", "->  ", "      ->  \n  ->  x  (cost=1..", hostile,
                                        "Result  (cost=a..b rows= width=)\n"};
    for (size_t i = 0; i < NX_COUNT(texts); i++) {
        nx_explanation_free(nx_explanation_parse(texts[i], false));
        nx_explanation_free(nx_explanation_parse(texts[i], true));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_statement_is_there),
    cmocka_unit_test(only_so_many_are_kept),
    cmocka_unit_test(secrets_are_masked),
    cmocka_unit_test(what_is_read_shows_no_secret),
    cmocka_unit_test(the_index_that_would_help_is_named),
    cmocka_unit_test(the_expensive_node_is_marked),
    cmocka_unit_test(one_of_equals_is_marked),
    cmocka_unit_test(rows_are_those_that_came_or_changed),
    cmocka_unit_test(analyzing_a_write_changes_nothing),
    cmocka_unit_test(a_read_only_session_lets_the_server_refuse),
    cmocka_unit_test(odd_texts_are_no_trouble),
};

LAB_MAIN(tests, open_desk, close_desk)
