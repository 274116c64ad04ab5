/* The values of a field with their counts. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE author (id int PRIMARY KEY, name text);"
    "CREATE TABLE post (id int PRIMARY KEY, status text, mood mood, n numeric, doc json, long text, point point, author int REFERENCES author);"
    "INSERT INTO author VALUES (0, 'Ada'), (1, 'Grace');"
    "INSERT INTO post SELECT i, CASE WHEN i % 5 = 0 THEN NULL WHEN i % 5 = 1 THEN '' ELSE 'live' END, 'ok',"
    "  CASE WHEN i % 2 = 0 THEN 1.0 ELSE 1.00 END, '{\"a\":1}', repeat('x', 150 + 100 * (i % 2)), point(i % 2, 0), i % 2"
    "  FROM generate_series(1, 1000) i;"
    "CREATE TABLE big (id int, kind text); INSERT INTO big SELECT i, CASE WHEN i % 10 = 0 THEN 'rare' ELSE 'often' END"
    "  FROM generate_series(1, 20000) i; ANALYZE;"
    "UPDATE pg_class SET reltuples = 20000000 WHERE relname = 'big'";

typedef struct answer {
    bool here, more, sampled;
    int n;
    int64_t rows, distinct;
    char words[4000]; /* "live 600|NULL 200|'' 200" */
    nx_error err;
} answer;

static void loaded(void *owner, const nx_distinct *d, const nx_error *err) {
    answer *a = owner;
    a->here = true;
    if (err) {
        nx_error_copy(&a->err, err);
        return;
    }
    a->n = d->n;
    a->more = d->more;
    a->sampled = d->sampled;
    a->rows = d->rows;
    a->distinct = d->distinct;
    for (int i = 0; i < d->n && i < 10; i++) {
        const char *text = d->values[i].text;
        size_t used = strlen(a->words);
        snprintf(a->words + used, sizeof a->words - used, "%s%.*s%s %lld", i ? "|" : "", 6, text ? *text ? text : "''" : "NULL",
                 d->cut[i] ? "..." : "", (long long)d->counts[i]);
    }
}

static answer ask(const char *model, const char *field, const char *filter, int64_t rows) {
    answer a = {.err = NX_ERROR};
    nx_query *query = rows_lab_query(lab, model, NULL, filter);
    nx_field *f = nx_model_field(nx_query_model(query), field);
    assert_non_null(f);
    nx_distinct_load(lab->session, query, f, rows, loaded, &a);
    nx_query_free(query);
    assert_true(nx_session_run(lab->session, &a.here, 20000, NULL));
    return a;
}

static void assert_values(const char *field, const char *filter, const char *expected) {
    answer a = ask("post", field, filter, -1);
    assert_false(nx_failed(&a.err));
    assert_false(a.sampled);
    assert_string_equal(a.words, expected);
}

static void values_come_with_their_counts(void **state) {
    (void)state;
    assert_values("status", NULL, "live 600|'' 200|NULL 200");
    assert_values("mood", NULL, "ok 1000");
    assert_values("n", "id <= 9", "1.00 9"); /* equal is what a filter finds */
    assert_values("doc", NULL, "{\"a\":1 1000");
    assert_values("point", NULL, "(0,0) 500|(1,0) 500");
    assert_values("long", NULL, "xxxxxx 500|xxxxxx... 500");
    assert_values("status", "id = 0", "");
}

static void filter_and_scope_limit_them(void **state) {
    (void)state;
    assert_values("status", "status is not null and id <= 10", "live 6|'' 2");
    rows_lab_graph(lab);
    nx_model *author = rows_lab_model(lab, "author");
    nx_query *query = rows_lab_query(lab, "post", NULL, NULL);
    nx_value one = nx_value_of("1");
    nx_query_set_scope(query, &(nx_scope){.relation = author->relations[0], .nvalues = 1, .values = &one});
    answer a = {.err = NX_ERROR};
    nx_distinct_load(lab->session, query, nx_model_field(nx_query_model(query), "status"), -1, loaded, &a);
    nx_query_free(query);
    assert_true(nx_session_run(lab->session, &a.here, 20000, NULL));
    assert_string_equal(a.words, "live 300|'' 100|NULL 100");
    assert_int_equal(a.rows, 500);
}

static void there_are_only_so_many(void **state) {
    (void)state;
    answer a = ask("post", "id", NULL, -1);
    assert_int_equal(a.n, NX_DISTINCT_MAX);
    assert_true(a.more);
    assert_int_equal(a.distinct, 1000);
    a = ask("post", "id", "id <= 200", -1);
    assert_int_equal(a.n, 200);
    assert_false(a.more);
}

static void large_tables_are_sampled(void **state) {
    (void)state;
    answer a = ask("big", "kind", NULL, -1); /* it thinks it has 20 million rows: 1.5 % of the blocks are read */
    assert_false(nx_failed(&a.err));
    assert_true(a.sampled);
    a = ask("big", "kind", "id < 101", 100); /* few rows by the planner's estimate */
    assert_false(a.sampled);
    assert_string_equal(a.words, "often 90|rare 10");
}

static void what_the_server_says_is_told(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "post", NULL, NULL);
    lab_sql(lab->url, "ALTER TABLE post RENAME COLUMN long TO longer");
    answer a = {.err = NX_ERROR};
    nx_distinct_load(lab->session, query, nx_model_field(nx_query_model(query), "long"), -1, loaded, &a);
    nx_query_free(query);
    assert_true(nx_session_run(lab->session, &a.here, 20000, NULL));
    assert_string_equal(a.err.sqlstate, "42703");
    nx_error_clear(&a.err);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_come_with_their_counts),
    cmocka_unit_test(filter_and_scope_limit_them),
    cmocka_unit_test(there_are_only_so_many),
    cmocka_unit_test(large_tables_are_sampled),
    cmocka_unit_test(what_the_server_says_is_told),
};

ROWS_MAIN(tests, script)
