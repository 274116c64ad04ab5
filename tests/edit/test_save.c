/* Saving against a real server: exactly the record that was shown, and nobody else's work lost. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

/* --- the record that was shown, and no other -------------------------------------------------------------- */

static void a_key_with_microseconds_finds_its_own_record(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE ticks (at timestamptz PRIMARY KEY, v text);"
                 "INSERT INTO ticks VALUES ('2024-01-01 00:00:00.123456+00', 'a'), ('2024-01-01 "
                 "00:00:00.123457+00', 'b')");
    bench_record r = bench_read(b, "ticks", "v = 'b'");
    bench_set(b, &r, "v", "B");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(v, ',' ORDER BY at) FROM ticks", "a,B");
}

static void tables_without_a_key_are_edited_by_tuple_id(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE loose (a int, b text); INSERT INTO loose VALUES (1,'x'), (1,'x'), (1,'x')");
    bench_record r = bench_read(b, "loose", "ctid = '(0,2)'");
    assert_int_equal(r.model->identity_kind, NX_IDENTITY_TUPLE);
    bench_set(b, &r, "b", "y");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(b, ',' ORDER BY b) FROM loose", "x,x,y");
    r = bench_read(b, "loose", "ctid = '(0,1)'");
    bench_delete(b, &r);
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(b, ',' ORDER BY b) FROM loose", "x,y");
    r = bench_read(b, "loose", "b = 'x'");
    bench_set(b, &r, "b", "mine");
    lab_sql(b->url, "UPDATE loose SET a = a WHERE b = 'x'"); /* moves it: another version */
    bench_refused(b, NX_ERR_CONFLICT, "is gone");
}

static void a_rewritten_table_does_not_lend_its_places(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE packed (a int, b text); INSERT INTO packed SELECT i, 'same' FROM "
                 "generate_series(1,10) i; CREATE INDEX from_behind ON packed (a DESC)");
    bench_record r = bench_read(b, "packed", "ctid = '(0,5)'");
    bench_set(b, &r, "b", "mine");
    /* Written anew in another order: (0,5) is lent to another record of the same transaction, with the same xmin and the
     * same old b. (VACUUM FULL moves nothing while a transaction anywhere on the server may still see a dead record.) */
    lab_sql(b->url, "CLUSTER packed USING from_behind");
    assert_int_equal(lab_query_int(b->url, "SELECT a FROM packed WHERE ctid = '(0,5)'"), 6);
    assert_int_equal(lab_query_int(b->url, "SELECT count(DISTINCT xmin::text) FROM packed"), 1);
    bench_refused(b, NX_ERR_CONFLICT, "changed by another session");
    bench_expect(b, "SELECT count(*) FROM packed WHERE b = 'mine'", "0");
}

static void partitions_and_children_without_a_key(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE parts (a int, v text) PARTITION BY LIST (a);"
                 "CREATE TABLE parts1 PARTITION OF parts FOR VALUES IN (1); CREATE TABLE parts2 PARTITION OF parts "
                 "FOR VALUES IN (2);"
                 "INSERT INTO parts VALUES (1,'x'), (2,'x'); CREATE TABLE mum (v text); CREATE TABLE kid () "
                 "INHERITS (mum);"
                 "INSERT INTO mum VALUES ('x'); INSERT INTO kid VALUES ('x')");
    bench_record r = bench_read(b, "parts", "a = 2"), k = bench_read(b, "mum", "tableoid = 'kid'::regclass");
    bench_set(b, &r, "v", "y");
    bench_set(b, &k, "v", "y");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(a || v, ',' ORDER BY a) FROM parts", "1x,2y");
    bench_expect(b, "SELECT string_agg(tableoid::regclass || v, ',' ORDER BY v) FROM mum", "mumx,kidy");
    r = bench_read(b, "parts", "a = 2");
    bench_set(b, &r, "a", "1"); /* moves to the other partition */
    bench_saved(b);
    bench_expect(b, "SELECT count(*) FROM parts1", "2");
    r = bench_read(b, "parts", "v = 'y'");
    bench_set(b, &r, "a", "3");
    bench_refused(b, NX_ERR_SERVER, "no partition of relation");
}

static void keys_of_every_kind(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE pair (a int, b text, v text, PRIMARY KEY (b, a));"
                 "INSERT INTO pair VALUES (1,'x','1x'), (1,'y','1y'), (2,'x','2x');"
                 "CREATE TABLE uniq (code varchar(5) NOT NULL UNIQUE, v text); INSERT INTO uniq VALUES ('a','1'), "
                 "('b','2');"
                 "CREATE TABLE dotted (\"a.b\" int PRIMARY KEY, \"Odd \"\"name$1\" text); INSERT INTO dotted VALUES "
                 "(1,'x');"
                 "ALTER TABLE dotted RENAME TO \"my.table\"");
    bench_record r = bench_read(b, "pair", "a = 1 AND b = 'y'"), u = bench_read(b, "uniq", "code = 'b'");
    assert_int_equal(u.model->identity_kind, NX_IDENTITY_UNIQUE);
    bench_record d = bench_read(b, "my.table", "true");
    bench_set(b, &r, "v", "!");
    bench_set(b, &u, "v", "!");
    bench_set(b, &d, "Odd \"name$1", "it's $1");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(v, ',' ORDER BY a, b) FROM pair", "1x,!,2x");
    bench_expect(b, "SELECT string_agg(v, ',' ORDER BY code) FROM uniq", "1,!");
    bench_expect(b, "SELECT \"Odd \"\"name$1\" FROM \"my.table\"", "it's $1");
}

static void a_changed_key_moves_with_its_record(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE moving (id int PRIMARY KEY, v text);"
                 "CREATE TABLE follows (id int REFERENCES moving ON UPDATE CASCADE);"
                 "INSERT INTO moving VALUES (1,'a'), (2,'b'); INSERT INTO follows VALUES (1)");
    bench_record r = bench_read(b, "moving", "id = 1");
    bench_set(b, &r, "id", "9");
    bench_set(b, &r, "v", "A");
    assert_int_equal(nx_changeset_count(b->set), 1);
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(id || v, ',' ORDER BY id) FROM moving", "2b,9A");
    bench_expect(b, "SELECT id FROM follows", "9");
    r = bench_read(b, "moving", "id = 9");
    bench_set(b, &r, "id", "2");
    bench_refused(b, NX_ERR_SERVER, "duplicate key");
    assert_string_equal(b->error.sqlstate, "23505");
    assert_string_equal(b->error.constraint, "moving_pkey");
}

/* --- nobody else's work is lost ---------------------------------------------------------------------------- */

static void another_sessions_change_is_told_not_overwritten(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE doc (id int PRIMARY KEY, title text, body text); INSERT INTO doc VALUES "
                 "(1,'base','b')");
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "title", "mine");
    lab_sql(b->url, "UPDATE doc SET title = 'theirs'");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed by another session");
    assert_string_equal(b->error.detail, "title: was 'base', yours 'mine', theirs 'theirs'");
    assert_int_equal(b->failed_id, nx_changeset_at(b->set, 0)->id);
    assert_int_equal(nx_changeset_at(b->set, 0)->outcome.kind, NX_ERR_CONFLICT);
    bench_expect(b, "SELECT title FROM doc", "theirs");
    /* Editing again, now that the conflict is known, is made against the new value. */
    r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "title", "both");
    bench_saved(b);
    bench_expect(b, "SELECT title FROM doc", "both");
    /* A change of a field that is not edited is no conflict. */
    r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "title", "again");
    lab_sql(b->url, "UPDATE doc SET body = 'other'");
    bench_saved(b);
    bench_expect(b, "SELECT title || body FROM doc", "againother");
}

static void differences_that_typed_equality_would_not_see(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
                 "CREATE TABLE lax (id int PRIMARY KEY, n numeric, t text COLLATE ci, f float8, j json, p point, x "
                 "xml);"
                 "INSERT INTO lax VALUES (1, 1.0, 'hello', 0, '{\"a\":1}', '(1,1)', '<a/>')");
    static const char *const changed[][2] = {{"n", "1.00"}, {"t", "HELLO"}, {"f", "-0"}, {"j", "{\"a\": 1}"},
                                             {"p", "(1,2)"}, {"x", "<b/>"}};
    static const char *const mine[] = {"2", "mine", "3", "[]", "(3,3)", "<c/>"};
    for (size_t i = 0; i < NX_COUNT(changed); i++) {
        bench_record r = bench_read(b, "lax", "id = 1");
        bench_set(b, &r, changed[i][0], mine[i]);
        char script[100];
        snprintf(script, sizeof script, "UPDATE lax SET %s = '%s'", changed[i][0], changed[i][1]);
        lab_sql(b->url, script);
        bench_refused(b, NX_ERR_CONFLICT, "changed by another session");
        nx_changeset_clear(b->set, NULL);
    }
}

static void of_three_changes_with_one_record_gone_none_is_committed(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE three (id int PRIMARY KEY, v text); INSERT INTO three VALUES (1,'a'), (2,'b'), "
                 "(3,'c')");
    for (int i = 1; i <= 3; i++) {
        char condition[20];
        snprintf(condition, sizeof condition, "id = %d", i);
        bench_record r = bench_read(b, "three", condition);
        bench_set(b, &r, "v", "mine");
    }
    lab_sql(b->url, "DELETE FROM three WHERE id = 2");
    bench_refused(b, NX_ERR_CONFLICT, "three 2 is gone");
    assert_int_equal(b->count, 3);
    assert_int_equal(b->failed_id, nx_changeset_at(b->set, 1)->id);
    assert_int_equal(nx_changeset_at(b->set, 0)->outcome.kind, NX_OK);
    bench_expect(b, "SELECT string_agg(v, ',' ORDER BY id) FROM three", "a,c");
    assert_true(nx_changeset_remove(b->set, b->failed_id, NULL));
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(v, ',' ORDER BY id) FROM three", "mine,mine");
}

static void a_deletion_checks_what_was_shown(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE del (id int PRIMARY KEY, v text); INSERT INTO del VALUES (1,'a'), (2,'b')");
    bench_record one = bench_read(b, "del", "id = 1"), two = bench_read(b, "del", "id = 2");
    bench_delete(b, &one);
    lab_sql(b->url, "UPDATE del SET v = 'new' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "changed by another session");
    assert_string_equal(b->error.detail, "v: was 'a', theirs 'new'");
    nx_changeset_clear(b->set, NULL);
    bench_delete(b, &two);
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(v, ',') FROM del", "new");
}

static void a_column_that_does_not_matter_may_go(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE slim (id int PRIMARY KEY, a text, b text); INSERT INTO slim VALUES (1,'x','x')");
    bench_record r = bench_read(b, "slim", "id = 1");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "ALTER TABLE slim DROP b");
    bench_saved(b);
    bench_expect(b, "SELECT a FROM slim", "mine");
}

static void a_table_made_anew_is_noticed(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE anew (id int PRIMARY KEY, a text, b text); INSERT INTO anew VALUES (1,'x','x')");
    bench_record r = bench_read(b, "anew", "id = 1");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "ALTER TABLE anew RENAME a TO c; ALTER TABLE anew RENAME b TO a");
    bench_refused(b, NX_ERR_CONFLICT, "anew.a was altered");
    lab_sql(b->url, "DROP TABLE anew; CREATE TABLE anew (id int PRIMARY KEY, a text, b text); INSERT INTO anew "
                    "VALUES (1,'x','x')");
    bench_refused(b, NX_ERR_CONFLICT, "anew was altered");
    lab_sql(b->url, "DROP TABLE anew");
    bench_refused(b, NX_ERR_SERVER, "does not exist");
    nx_changeset_clear(b->set, NULL);
}

#define TEST(name) cmocka_unit_test_setup(name, bench_clean)

static const struct CMUnitTest tests[] = {
    TEST(a_key_with_microseconds_finds_its_own_record),
    TEST(tables_without_a_key_are_edited_by_tuple_id),
    TEST(a_rewritten_table_does_not_lend_its_places),
    TEST(partitions_and_children_without_a_key),
    TEST(keys_of_every_kind),
    TEST(a_changed_key_moves_with_its_record),
    TEST(another_sessions_change_is_told_not_overwritten),
    TEST(differences_that_typed_equality_would_not_see),
    TEST(of_three_changes_with_one_record_gone_none_is_committed),
    TEST(a_deletion_checks_what_was_shown),
    TEST(a_column_that_does_not_matter_may_go),
    TEST(a_table_made_anew_is_noticed),
};

LAB_MAIN(tests, bench_open, bench_close)
