/* What a save tells afterwards: keys, what the server changed, what went along. And its order. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static void told(bench *b, const char *expected) { assert_string_equal(b->told.data, expected); }

/* --- what the server changed ---------------------------------------------------------------------------------- */

static void defaults_and_keys_of_new_records(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, state text DEFAULT 'new',"
                 "              n int, up text GENERATED ALWAYS AS (upper(name)) STORED)");
    uint64_t id = bench_insert(b, "u");
    bench_assign(b, id, "u", "name", "ann");
    bench_insert(b, "u");
    bench_saved(b);
    told(b, "insert u 1: id NULL -> '1', state NULL -> 'new', up NULL -> 'ANN'; "
            "insert u 2: id NULL -> '2', state NULL -> 'new'");
    assert_null(b->summary);
}

static void what_triggers_and_types_make_of_a_value(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE tr (id int PRIMARY KEY, v text, n numeric(8,2), seen int, touched text);"
                 "CREATE FUNCTION trim_it() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN NEW.v := btrim(NEW.v); NEW.seen := NEW.seen + 1; RETURN NEW; END $$;"
                 "CREATE TRIGGER t BEFORE UPDATE ON tr FOR EACH ROW EXECUTE FUNCTION trim_it();"
                 "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN UPDATE tr SET touched = 'after' WHERE id = NEW.id AND touched IS NULL; RETURN NULL; END $$;"
                 "CREATE TRIGGER a AFTER UPDATE ON tr FOR EACH ROW WHEN (OLD.touched IS NULL) EXECUTE FUNCTION touch();"
                 "INSERT INTO tr VALUES (1, 'a', 1, 0), (2, 'b', 1, 0)");
    bench_record one = bench_read(b, "tr", "id = 1"), two = bench_read(b, "tr", "id = 2");
    bench_set(b, &one, "v", " x ");
    bench_set(b, &one, "n", "2.5");
    bench_set(b, &two, "v", "plain");
    bench_set(b, &two, "id", "7");
    bench_saved(b);
    told(b, "update tr 1: v ' x ' -> 'x', n '2.5' -> '2.50', seen NULL -> '2', touched NULL -> 'after'; "
            "update tr 7: seen NULL -> '2', touched NULL -> 'after'");
    assert_string_equal(b->summary, "2 tr updated too");
}

/* Written, and gone when it is looked at: it is saved, and there is nothing to tell of its fields. */
static void a_record_that_a_trigger_takes_away_is_saved(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE brief (id int PRIMARY KEY, v text, n int); INSERT INTO brief VALUES (1, 'a', 1), (2, 'b', 2);"
                 "CREATE FUNCTION sweep() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN DELETE FROM brief WHERE v = 'done'; RETURN NULL; END $$;"
                 "CREATE TRIGGER s AFTER UPDATE ON brief FOR EACH ROW EXECUTE FUNCTION sweep()");
    bench_record one = bench_read(b, "brief", "id = 1"), two = bench_read(b, "brief", "id = 2");
    bench_set(b, &one, "v", "done");
    bench_set(b, &two, "v", "open");
    bench_saved(b);
    told(b, "update brief; update brief 2");
    bench_expect(b, "SELECT string_agg(v, ',') FROM brief", "open");
}

static void nothing_to_tell_when_all_is_as_sent(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE same (id int PRIMARY KEY, v text, long text, j json); INSERT INTO same VALUES "
                 "(1, 'a', repeat('x', 5000), '{}'), (2, 'b', '', '{}')");
    bench_record r = bench_read(b, "same", "id = 1"), d = bench_read(b, "same", "id = 2");
    bench_set(b, &r, "v", NULL);
    bench_set(b, &r, "j", "{\"a\": 1.50}");
    bench_delete(b, &d);
    bench_saved(b);
    told(b, "update same 1; delete same");
    r = bench_read(b, "same", "id = 1");
    bench_set(b, &r, "v", "x");
    /* The end of a long value that was left alone. */
    lab_sql(b->url, "UPDATE same SET long = repeat('x', 4999) || 'y'");
    bench_saved(b);
    assert_non_null(strstr(b->told.data, "update same 1: long NULL -> 'xxx"));
}

static void records_without_a_key_views_and_partitions(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE loose (a int, b text DEFAULT 'd'); INSERT INTO loose VALUES (1, 'x');"
                 "CREATE TABLE base (id serial PRIMARY KEY, v text, up text);"
                 "CREATE VIEW face AS SELECT id, v, up FROM base;"
                 "CREATE FUNCTION redo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                 "INSERT INTO base (v, up) VALUES (NEW.v, upper(NEW.v)) RETURNING * INTO NEW; RETURN NEW; END $$;"
                 "CREATE TRIGGER r INSTEAD OF INSERT ON face FOR EACH ROW EXECUTE FUNCTION redo();"
                 "CREATE TABLE part (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);"
                 "CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);"
                 "CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2); INSERT INTO part VALUES (1, 1, 'a');"
                 "CREATE TABLE lost (a int) PARTITION BY LIST (a); CREATE TABLE lost1 PARTITION OF lost DEFAULT;"
                 "INSERT INTO lost VALUES (1)");
    bench_record r = bench_read(b, "loose", "true");
    bench_set(b, &r, "a", "2");
    uint64_t id = bench_insert(b, "loose");
    bench_assign(b, id, "loose", "a", "5");
    bench_saved(b);
    assert_non_null(strstr(b->told.data, "b NULL -> 'd'"));
    assert_non_null(strstr(b->told.data, "insert loose (0,2),")); /* where it stands now */
    id = bench_insert(b, "face");
    bench_assign(b, id, "face", "v", "abc");
    bench_saved(b);
    told(b, "insert face 1: id NULL -> '1', up NULL -> 'ABC'");
    r = bench_read(b, "part", "id = 1");
    bench_set(b, &r, "k", "2");
    bench_saved(b);
    told(b, "update part 1,2");
    assert_null(b->summary); /* a move is no deletion */
    r = bench_read(b, "lost", "true");
    bench_set(b, &r, "a", "3");
    bench_insert(b, "lost");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(a::text, ',' ORDER BY a) FROM lost", "3");
}

/* --- what went along ------------------------------------------------------------------------------------------- */

static const char family[] =
    "CREATE TABLE author (id int PRIMARY KEY, name text);"
    "CREATE TABLE post (id int PRIMARY KEY, author int REFERENCES author ON DELETE CASCADE, t text);"
    "CREATE TABLE remark (id int PRIMARY KEY, post int REFERENCES post ON DELETE CASCADE ON UPDATE CASCADE);"
    "CREATE TABLE file (id int PRIMARY KEY, post int REFERENCES post ON DELETE SET NULL ON UPDATE CASCADE);"
    "CREATE TABLE log (what text);"
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO log VALUES ('x'); RETURN NULL; END $$;"
    "CREATE TRIGGER n AFTER DELETE ON remark FOR EACH ROW EXECUTE FUNCTION note();"
    "INSERT INTO author VALUES (1, 'a'), (2, 'b'); INSERT INTO post VALUES (1, 1), (2, 1), (3, 2), (4, NULL);"
    "INSERT INTO remark SELECT i, 1 + i % 3 FROM generate_series(1, 12) i;"
    "INSERT INTO file VALUES (1, 1), (2, 2), (3, 3)";

static void a_deletion_tells_what_it_took_along(void **state) {
    bench *b = *state;
    bench_sql(b, family);
    bench_model(b, "author");
    bench_graph(b);
    bench_record r = bench_read(b, "author", "id = 1"), own = bench_read(b, "remark", "id = 1");
    bench_delete(b, &r);
    bench_delete(b, &own);
    bench_saved(b);
    told(b, "delete remark; delete author");
    assert_non_null(strstr(b->summary, "2 post deleted by cascade"));
    assert_non_null(strstr(b->summary, "7 remark deleted by cascade")); /* the eighth was staged */
    assert_non_null(strstr(b->summary, "2 file set NULL"));
    assert_non_null(strstr(b->summary, "8 log added by a trigger"));
    r = bench_read(b, "post", "id = 3");
    bench_set(b, &r, "id", "30");
    bench_saved(b);
    assert_non_null(strstr(b->summary, "4 remark updated by cascade"));
    assert_non_null(strstr(b->summary, "1 file updated by cascade"));
    r = bench_read(b, "post", "id = 4");
    bench_delete(b, &r);
    bench_saved(b);
    assert_null(b->summary);
}

/* The same for changes of all that match: their words are the same, and no trigger is blamed. */
static void a_change_of_all_that_match_tells_it_as_well(void **state) {
    bench *b = *state;
    bench_sql(b, "DROP TABLE author, post, remark, file, log CASCADE; DROP FUNCTION note");
    bench_sql(b, family);
    bench_model(b, "post");
    bench_graph(b);
    bench_bulk(b, "post", "id = 3", 1, "id", "30");
    bench_saved(b);
    assert_non_null(strstr(b->summary, "4 remark updated by cascade"));
    assert_non_null(strstr(b->summary, "1 file updated by cascade"));
    bench_bulk(b, "post", "id = 30", 1, NULL, NULL);
    bench_saved(b);
    assert_non_null(strstr(b->summary, "4 remark deleted by cascade"));
    assert_non_null(strstr(b->summary, "1 file set NULL"));
}

/* --- all that match ---------------------------------------------------------------------------------------------- */

static void all_that_match_and_no_more(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE heap (id int PRIMARY KEY, v text); INSERT INTO heap SELECT i, 'it''s' FROM "
                 "generate_series(1, 10) i");
    bench_bulk(b, "heap", "id > 4 and v = 'it''s'", 6, "v", "new");
    bench_saved(b);
    told(b, "update all heap (6)");
    assert_null(b->summary);
    bench_expect(b, "SELECT count(*) FROM heap WHERE v = 'new'", "6");
    bench_bulk(b, "heap", "v = new", 5, NULL, NULL);
    bench_refused(b, NX_ERR_REFUSED, "6 records of heap match now, 5 were counted");
    assert_int_equal(b->failed_id, nx_changeset_at(b->set, 0)->id);
    bench_expect(b, "SELECT count(*) FROM heap", "10");
    bench_clean(state);
    bench_record r = bench_read(b, "heap", "id = 10"); /* single records run before it */
    bench_bulk(b, "heap", "v = new", 8, NULL, NULL);
    bench_set(b, &r, "v", "spared");
    bench_saved(b);
    assert_string_equal(b->summary, "5 heap deleted where 8 were counted");
    bench_expect(b, "SELECT string_agg(id::text, ',' ORDER BY id) FROM heap", "1,2,3,4,10");
    bench_bulk(b, "heap", "", 5, "v", "x");
    lab_sql(b->url, "INSERT INTO heap VALUES (99, 'z')");
    bench_refused(b, NX_ERR_REFUSED, "6 records of heap match now");
    lab_sql(b->url, "ALTER TABLE heap RENAME v TO w");
    bench_refused(b, NX_ERR_SERVER, "does not exist");
}

#define TEST(name) cmocka_unit_test_setup(name, bench_clean)

static const struct CMUnitTest tests[] = {
    TEST(defaults_and_keys_of_new_records),
    TEST(what_triggers_and_types_make_of_a_value),
    TEST(a_record_that_a_trigger_takes_away_is_saved),
    TEST(nothing_to_tell_when_all_is_as_sent),
    TEST(records_without_a_key_views_and_partitions),
    TEST(a_deletion_tells_what_it_took_along),
    TEST(a_change_of_all_that_match_tells_it_as_well),
    TEST(all_that_match_and_no_more),
};

LAB_MAIN(tests, bench_open, bench_close)
