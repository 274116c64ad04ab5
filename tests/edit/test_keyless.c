/* Models without a key: by tuple id, version and all fields together; exactly one record, or none. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static bench_record read_tuple(bench *b, const char *model, const char *condition) {
    bench_record r = bench_read(b, model, condition);
    assert_int_equal(r.model->identity_kind, NX_IDENTITY_TUPLE);
    assert_null(nx_edit_refusal(r.model, NX_UPDATE));
    return r;
}

/* Each of these has a unique index that does not tell every record from the others. */
static void unique_indexes_that_identify_nothing(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE nullable (k int UNIQUE, v text); INSERT INTO nullable VALUES (NULL, 'a'), (NULL, 'a'), (1, 'a');"
                 "CREATE TABLE expressed (k text NOT NULL, v text); CREATE UNIQUE INDEX ON expressed (lower(k));"
                 "INSERT INTO expressed VALUES ('A', 'a'), ('b', 'a');"
                 "CREATE TABLE partly (k int NOT NULL, v text); CREATE UNIQUE INDEX ON partly (k) WHERE k > 0;"
                 "INSERT INTO partly VALUES (0, 'a'), (0, 'a'), (1, 'a');"
                 "CREATE TABLE later (k int NOT NULL UNIQUE DEFERRABLE, v text); INSERT INTO later VALUES (1, 'a'), (2, 'a')");
    static const char *const models[] = {"nullable", "expressed", "partly", "later"};
    for (size_t i = 0; i < NX_COUNT(models); i++) {
        bench_record r = read_tuple(b, models[i], "ctid = '(0,2)'");
        bench_set(b, &r, "v", "changed");
        bench_saved(b);
        char sql[120];
        snprintf(sql, sizeof sql, "SELECT count(*) FILTER (WHERE v = 'changed') || ' ' || count(*) FILTER (WHERE v = 'a') FROM %s", models[i]);
        bench_expect(b, sql, strcmp(models[i], "nullable") == 0 || strcmp(models[i], "partly") == 0 ? "1 2" : "1 1");
    }
}

/* Records of two partitions stand at the same place of their tables. */
static void partitions_without_a_key(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE log (k int, v text) PARTITION BY LIST (k); CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);"
                 "CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2); INSERT INTO log VALUES (1, 'same'), (2, 'same')");
    bench_record one = read_tuple(b, "log", "k = 1"), two = read_tuple(b, "log", "k = 2");
    assert_string_equal(one.key[0].text, two.key[0].text);
    bench_set(b, &one, "v", "first");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(k || v, ' ' ORDER BY k) FROM log", "1first 2same");
    bench_delete(b, &two);
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(k || v, ' ' ORDER BY k) FROM log", "1first");
    one = read_tuple(b, "log", "k = 1");
    bench_set(b, &one, "k", "2"); /* to the other partition */
    bench_saved(b);
    bench_expect(b, "SELECT tableoid::regclass || v FROM log", "log_2first");
    one = read_tuple(b, "log", "k = 2");
    bench_set(b, &one, "k", "3");
    bench_refused(b, NX_ERR_SERVER, "no partition");
}

/* Parent and child have a record each that are alike in every field and stand at the same place. */
static void exactly_one_of_parent_and_child(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE up (id int PRIMARY KEY, v text); CREATE TABLE down () INHERITS (up);"
                 "INSERT INTO up VALUES (1, 'x'); INSERT INTO down VALUES (1, 'x')");
    bench_record child = read_tuple(b, "up", "tableoid = 'down'::regclass");
    bench_set(b, &child, "v", "y");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(tableoid::regclass || v, ' ' ORDER BY v) FROM up", "upx downy");
    bench_record parent = read_tuple(b, "up", "tableoid = 'up'::regclass");
    bench_delete(b, &parent);
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(tableoid::regclass || v, ' ' ORDER BY v) FROM up", "downy");
}

/* Whatever another session did to the record, its version is another one. */
static void a_record_that_was_written_meanwhile_is_a_conflict(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE heap (k int, v text, w text); INSERT INTO heap VALUES (1, 'a', 'b'), (1, 'a', 'b')");
    bench_record r = read_tuple(b, "heap", "ctid = '(0,1)'"), s = read_tuple(b, "heap", "ctid = '(0,2)'");
    bench_sql(b, "UPDATE heap SET w = 'other' WHERE ctid = '(0,1)'");
    r.model = s.model = bench_model(b, "heap");
    bench_set(b, &r, "v", "mine");
    bench_refused(b, NX_ERR_CONFLICT, "");
    nx_changeset_clear(b->set, NULL);
    bench_delete(b, &r);
    bench_refused(b, NX_ERR_CONFLICT, "");
    nx_changeset_clear(b->set, NULL);
    bench_delete(b, &s); /* the other one is as it was */
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(v || w, ' ') FROM heap", "aother");
}

/* Another record at the same place: there is no telling that it is the same one, so there is nothing to keep it in. */
static void a_record_at_the_same_place_is_not_written_over(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE rewritten (k int, v text); INSERT INTO rewritten VALUES (1, 'a')");
    bench_record r = read_tuple(b, "rewritten", "true");
    bench_set(b, &r, "v", "mine");
    bench_set(b, &r, "k", "2");
    lab_sql(b->url, "TRUNCATE rewritten; INSERT INTO rewritten VALUES (1, 'theirs')");
    bench_refused(b, NX_ERR_CONFLICT, "was changed by another session");
    const nx_change *change = nx_changeset_at(b->set, 0);
    assert_false(change->conflict->gone);
    nx_error err = NX_ERROR;
    assert_false(nx_changeset_keep_mine(b->set, change->id, NULL, &err));
    assert_int_equal(err.kind, NX_ERR_REFUSED);
    assert_non_null(strstr(err.message, "its records have no key"));
    assert_non_null(err.hint);
    nx_error_clear(&err);
    assert_false(nx_changeset_insert_again(b->set, change->id, &err));
    nx_error_clear(&err);
    assert_true(nx_changeset_take_theirs(b->set, change->id, nx_model_field(change->model, "v"), NULL));
    assert_int_equal(nx_changeset_count(b->set), 0); /* the change as a whole */
    bench_expect(b, "SELECT v FROM rewritten", "theirs");
}

static void all_that_match_need_no_key(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE bag (k int, v text) PARTITION BY LIST (k); CREATE TABLE bag_1 PARTITION OF bag DEFAULT;"
                 "INSERT INTO bag SELECT i % 3, 'v' FROM generate_series(1, 9) i");
    bench_bulk(b, "bag", "k = 1", 3, "v", "set");
    bench_saved(b);
    bench_bulk(b, "bag", "k = 2", 3, NULL, NULL);
    bench_saved(b);
    bench_expect(b, "SELECT count(*) || ' ' || count(*) FILTER (WHERE v = 'set') FROM bag", "6 3");
}

static void what_cannot_be_told_apart_says_why(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE base (k int, v text); CREATE VIEW over AS SELECT k, v FROM base;"
                 "CREATE VIEW grouped AS SELECT k, count(*) FROM base GROUP BY k; CREATE MATERIALIZED VIEW kept AS SELECT 1 AS a;"
                 "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE there (a int) SERVER far;"
                 "CREATE TABLE ruled (a int); CREATE RULE r AS ON DELETE TO ruled DO INSTEAD NOTHING");
    static const struct {
        const char *model, *why;
    } all[] = {{"over", "primary key"}, {"grouped", "groups"}, {"kept", "refresh"}, {"there", "foreign table"}, {"ruled", "rules"}};
    for (size_t i = 0; i < NX_COUNT(all); i++) {
        const char *why = nx_edit_refusal(bench_model(b, all[i].model), NX_UPDATE);
        assert_non_null(why);
        assert_non_null(strstr(why, all[i].why));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(unique_indexes_that_identify_nothing, bench_clean),
    cmocka_unit_test_setup(partitions_without_a_key, bench_clean),
    cmocka_unit_test_setup(exactly_one_of_parent_and_child, bench_clean),
    cmocka_unit_test_setup(a_record_that_was_written_meanwhile_is_a_conflict, bench_clean),
    cmocka_unit_test_setup(a_record_at_the_same_place_is_not_written_over, bench_clean),
    cmocka_unit_test_setup(all_that_match_need_no_key, bench_clean),
    cmocka_unit_test_setup(what_cannot_be_told_apart_says_why, bench_clean),
};

LAB_MAIN(tests, bench_open, bench_close)
