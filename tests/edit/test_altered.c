/* Between staging and saving the ground moves: tables altered, rights revoked, partitions. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

/* Record 1 of a fresh table with a and b edited. */
static void stage(bench *b) {
    nx_changeset_clear(b->set, NULL);
    bench_sql(b, "DROP TABLE IF EXISTS t, moved; CREATE TABLE t (id int PRIMARY KEY, a text, b int, c text);"
                 "INSERT INTO t VALUES (1, 'a', 1, 'c')");
    bench_record r = bench_read(b, "t", "id = 1");
    bench_set(b, &r, "a", "mine");
    bench_set(b, &r, "b", "2");
}

static void an_altered_table_is_not_written_to(void **state) {
    static const struct {
        const char *script, *message;
        nx_error_class kind;
    } cases[] = {
        {"ALTER TABLE t ALTER b TYPE bigint", "t.b was altered", NX_ERR_CONFLICT},
        {"ALTER TABLE t ALTER b TYPE text", "t.b was altered", NX_ERR_CONFLICT},
        {"ALTER TABLE t RENAME b TO d; ALTER TABLE t ADD b int DEFAULT 1", "t.b was altered", NX_ERR_CONFLICT},
        {"ALTER TABLE t RENAME b TO d", "does not exist", NX_ERR_SERVER},
        {"ALTER TABLE t DROP b", "does not exist", NX_ERR_SERVER},
        {"ALTER TABLE t RENAME TO moved", "does not exist", NX_ERR_SERVER},
        {"ALTER TABLE t RENAME TO moved; CREATE TABLE t AS TABLE moved", "t was altered", NX_ERR_CONFLICT},
        {"DROP TABLE t", "does not exist", NX_ERR_SERVER},
    };
    bench *b = *state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        stage(b);
        lab_sql(b->url, cases[i].script);
        bench_refused(b, cases[i].kind, cases[i].message);
        assert_non_null(b->error.hint);
        assert_non_null(strstr(b->error.hint, "reload"));
        assert_null(nx_changeset_at(b->set, 0)->conflict); /* nothing that could be settled field by field */
    }
}

static void what_does_not_touch_the_edited_fields_is_no_obstacle(void **state) {
    static const char *const scripts[] = {"ALTER TABLE t DROP c", "ALTER TABLE t RENAME c TO d",
                                          "ALTER TABLE t ALTER c TYPE varchar(10)",
                                          "ALTER TABLE t ADD e int NOT NULL DEFAULT 5",
                                          "VACUUM FULL t"};
    bench *b = *state;
    for (size_t i = 0; i < NX_COUNT(scripts); i++) {
        stage(b);
        lab_sql(b->url, scripts[i]);
        bench_saved(b);
        bench_expect(b, "SELECT a || b FROM t", "mine2");
    }
}

static void a_right_revoked_meanwhile_is_told(void **state) {
    bench *b = *state;
    stage(b);
    lab_sql(b->url, "DROP ROLE IF EXISTS altered_clerk; CREATE ROLE altered_clerk LOGIN;"
                    "GRANT SELECT, UPDATE, INSERT ON t TO altered_clerk");
    char url[600];
    snprintf(url, sizeof url, "%s&user=altered_clerk", b->url);
    bench *clerk = bench_on(url, NULL);
    bench_record r = bench_read(clerk, "t", "id = 1");
    bench_set(clerk, &r, "a", "clerk's");
    lab_sql(b->url, "REVOKE UPDATE ON t FROM altered_clerk");
    bench_refused(clerk, NX_ERR_SERVER, "permission denied");
    assert_string_equal(clerk->error.sqlstate, "42501");
    lab_sql(b->url, "GRANT UPDATE ON t TO altered_clerk");
    bench_saved(clerk); /* nothing of it was lost */
    bench_free(clerk);
    bench_expect(b, "SELECT a FROM t", "clerk's");
    lab_sql(b->url, "DROP OWNED BY altered_clerk; DROP ROLE altered_clerk");
}

static void a_record_moves_to_another_partition(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE part (id int, region text, v text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);"
                 "CREATE TABLE part_n PARTITION OF part FOR VALUES IN ('n');"
                 "CREATE TABLE part_s PARTITION OF part FOR VALUES IN ('s'); INSERT INTO part VALUES (1, 'n', 'x')");
    bench_record r = bench_read(b, "part", "id = 1");
    bench_set(b, &r, "region", "s");
    bench_set(b, &r, "v", "moved");
    bench_saved(b);
    bench_expect(b, "SELECT v FROM part_s", "moved");
    r = bench_read(b, "part", "id = 1");
    bench_set(b, &r, "region", "w");
    bench_refused(b, NX_ERR_SERVER, "no partition of relation");
    assert_string_equal(b->error.sqlstate, "23514");
    bench_expect(b, "SELECT region FROM part", "s");
}

#define TEST(name) cmocka_unit_test_setup(name, bench_clean)

static const struct CMUnitTest tests[] = {
    TEST(an_altered_table_is_not_written_to),
    TEST(what_does_not_touch_the_edited_fields_is_no_obstacle),
    TEST(a_right_revoked_meanwhile_is_told),
    TEST(a_record_moves_to_another_partition),
};

LAB_MAIN(tests, bench_open, bench_close)
