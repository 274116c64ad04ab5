/* The order of a save, and keys that are carried from one staged record to the next. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static int open_bench(void **state) {
    bench_open(state);
    bench *b = *state;
    lab_sql(b->url,
            "CREATE TABLE author (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, "
            "boss int REFERENCES author);"
            "CREATE TABLE post (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "
            "author bigint REFERENCES author, t text);"
            "CREATE TABLE remark (post uuid NOT NULL REFERENCES post, n int, v text, PRIMARY KEY (post, n));"
            "CREATE TABLE slot (id int PRIMARY KEY, code text UNIQUE NOT NULL, late text UNIQUE DEFERRABLE);"
            "CREATE TABLE item (id int PRIMARY KEY, slot int NOT NULL REFERENCES slot);"
            "CREATE TABLE seat (id int PRIMARY KEY, line int, place int, UNIQUE (line, place))");
    return 0;
}

static int fresh(void **state) {
    bench *b = *state;
    bench_clean(state);
    bench_sql(b, "TRUNCATE author, post, remark, slot, item, seat RESTART IDENTITY");
    return 0;
}

static uint64_t new_record(bench *b, const char *model, const char *field, const char *value) {
    uint64_t id = bench_insert(b, model);
    bench_assign(b, id, model, field, value);
    return id;
}

/* --- generated keys ---------------------------------------------------------------------------------- */

static void children_of_new_parents_in_two_trips(void **state) {
    bench *b = *state;
    uint64_t remark = new_record(b, "remark", "v", "first!"), post = new_record(b, "post", "t", "hello");
    uint64_t author = new_record(b, "author", "name", "ann"), boss = new_record(b, "author", "name", "bob");
    bench_assign(b, remark, "remark", "n", "1");
    bench_refer(b, remark, "remark", "post", post, "post", "id");
    bench_refer(b, post, "post", "author", author, "author", "id");
    bench_refer(b, author, "author", "boss", boss, "author", "id");
    int64_t trips = nx_session_trips(b->session);
    bench_saved(b);
    assert_int_equal(nx_session_trips(b->session) - trips, 2);
    bench_expect(b, "SELECT b.name || ' ' || a.name || ' ' || p.t || ' ' || r.v FROM remark r JOIN post p ON p.id = "
                    "r.post JOIN author a ON a.id = p.author JOIN author b ON b.id = a.boss",
                 "bob ann hello first!");
    assert_non_null(strstr(b->told.data, "insert author 1:"));
    assert_non_null(strstr(b->told.data, "insert remark "));
}

static void a_present_record_moves_to_a_new_one(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO post (t) VALUES ('old')");
    bench_record r = bench_read(b, "post", "true");
    uint64_t author = new_record(b, "author", "name", "it's \"$1\" '=");
    nx_error err = NX_ERROR;
    nx_model *post = bench_model(b, "post"), *model = bench_model(b, "author");
    nx_field *field = nx_model_field(post, "author");
    /* By name too: any field of the new record can be what is referred to. */
    assert_true(nx_changeset_update_refer(b->set, post, r.key, 1, NULL, 0, field, r.values[field->index], author,
                                          nx_model_field(model, "id"), &err));
    field = nx_model_field(post, "t");
    assert_true(nx_changeset_update_refer(b->set, post, r.key, 1, NULL, 0, field, r.values[field->index], author,
                                          nx_model_field(model, "name"), &err));
    bench_saved(b);
    bench_expect(b, "SELECT p.author || p.t FROM post p JOIN author a ON a.id = p.author AND a.name = p.t",
                 "1it's \"$1\" '=");
}

static void triggers_and_row_security_do_not_break_the_chain(void **state) {
    bench *b = *state;
    lab_sql(b->url, "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := 4711; RETURN NEW; "
                    "END $$; CREATE TRIGGER o BEFORE INSERT ON slot FOR EACH ROW EXECUTE FUNCTION other()");
    uint64_t item = new_record(b, "item", "id", "1"), slot = new_record(b, "slot", "code", "a");
    bench_assign(b, slot, "slot", "id", "5");
    bench_refer(b, item, "item", "slot", slot, "slot", "id");
    bench_saved(b);
    bench_expect(b, "SELECT slot FROM item", "4711");
    assert_non_null(strstr(b->told.data, "insert slot 4711: id '5' -> '4711'"));
    lab_sql(b->url, "DROP TRIGGER o ON slot");
}

static void a_parent_that_is_refused_takes_its_children_along(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO author (name) VALUES ('ann')");
    uint64_t post = new_record(b, "post", "t", "x"), author = new_record(b, "author", "name", "ann");
    bench_refer(b, post, "post", "author", author, "author", "id");
    bench_refused(b, NX_ERR_SERVER, "duplicate key");
    assert_true(b->failed_id == author);
    bench_expect(b, "SELECT count(*) FROM post", "0");
}

/* --- keys given by value ------------------------------------------------------------------------------- */

static void the_order_of_staging_does_not_matter(void **state) {
    bench *b = *state;
    uint64_t item = new_record(b, "item", "id", "1");
    bench_assign(b, item, "item", "slot", "7");
    uint64_t slot = new_record(b, "slot", "code", "a");
    bench_assign(b, slot, "slot", "id", "7");
    bench_saved(b);
    bench_record child = bench_read(b, "item", "true"), parent = bench_read(b, "slot", "true");
    bench_delete(b, &parent);
    bench_delete(b, &child);
    bench_saved(b);
    bench_expect(b, "SELECT count(*) FROM slot", "0");
}

static void a_child_leaves_before_its_parent_goes(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO slot VALUES (1, 'a'), (2, 'b'); INSERT INTO item VALUES (1, 1)");
    bench_record parent = bench_read(b, "slot", "id = 1"), child = bench_read(b, "item", "true");
    bench_delete(b, &parent);
    bench_set(b, &child, "slot", "3"); /* one that is staged below */
    uint64_t slot = new_record(b, "slot", "code", "a"); /* with the code of the one that goes: a circle */
    bench_assign(b, slot, "slot", "id", "3");
    bench_refused(b, NX_ERR_SERVER, "");
    bench_assign(b, slot, "slot", "code", "c");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(id || code, ',' ORDER BY id) FROM slot", "2b,3c");
}

/* Of a key of two fields one is left alone: that counts as well. */
static void a_place_is_left_before_it_is_taken(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO seat VALUES (1, 1, 1), (2, 1, 2)");
    bench_record first = bench_read(b, "seat", "id = 1"), second = bench_read(b, "seat", "id = 2");
    bench_set(b, &first, "place", "2");
    bench_set(b, &second, "place", "3");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(line || '-' || place, ',' ORDER BY id) FROM seat", "1-2,1-3");
}

/* Nobody has loaded the relations: that one refers to the other is known from the models' own foreign keys. */
static void families_leave_from_the_youngest_on(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO author (name) VALUES ('ann'), ('bob');"
                    "INSERT INTO post VALUES ('11111111-1111-1111-1111-111111111111', 1, 'a'),"
                    " ('22222222-2222-2222-2222-222222222222', 2, 'b');"
                    "INSERT INTO remark SELECT id, 1, 'r' FROM post; INSERT INTO slot VALUES (1, 'a');"
                    "INSERT INTO item VALUES (1, 1)");
    static const struct {
        const char *model, *condition;
    } eldest_first[] = {{"author", "id = 1"},   {"author", "id = 2"},    {"slot", "id = 1"},   {"post", "t = 'a'"},
                        {"post", "t = 'b'"},    {"item", "id = 1"},      {"remark", "post::text LIKE '1%'"},
                        {"remark", "post::text LIKE '2%'"}};
    for (size_t i = 0; i < NX_COUNT(eldest_first); i++) {
        bench_record r = bench_read(b, eldest_first[i].model, eldest_first[i].condition);
        assert_false(r.model->graph_known);
        bench_delete(b, &r);
    }
    bench_saved(b);
    bench_expect(b, "SELECT (SELECT count(*) FROM author) + (SELECT count(*) FROM post) + (SELECT count(*) FROM remark)"
                    " + (SELECT count(*) FROM slot) + (SELECT count(*) FROM item)", "0");
}

static void unique_values_move_where_an_order_exists(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO slot VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    bench_record one = bench_read(b, "slot", "id = 1"), two = bench_read(b, "slot", "id = 2"),
                 three = bench_read(b, "slot", "id = 3");
    bench_set(b, &one, "code", "b"); /* a chain: 1 takes 2's, 2 takes 3's, 3 goes */
    bench_set(b, &two, "code", "c");
    bench_delete(b, &three);
    uint64_t slot = new_record(b, "slot", "code", "a"); /* takes 1's, and 3's key */
    bench_assign(b, slot, "slot", "id", "3");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(id || code, ',' ORDER BY id) FROM slot", "1b,2c,3a");
}

static void a_swap_passes_where_the_constraint_can_wait(void **state) {
    bench *b = *state;
    lab_sql(b->url, "INSERT INTO slot VALUES (1, 'a', 'x'), (2, 'b', 'y')");
    bench_record one = bench_read(b, "slot", "id = 1"), two = bench_read(b, "slot", "id = 2");
    bench_set(b, &one, "late", "y");
    bench_set(b, &two, "late", "x");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(id || late, ',' ORDER BY id) FROM slot", "1y,2x");
    one = bench_read(b, "slot", "id = 1");
    two = bench_read(b, "slot", "id = 2");
    bench_set(b, &one, "code", "b");
    bench_set(b, &two, "code", "a");
    bench_refused(b, NX_ERR_SERVER, "duplicate key");
}

/* A long chain of staged records, last first: depth must not matter. */
static void a_chain_of_a_thousand(void **state) {
    enum { CHAIN = 1000 };
    bench *b = *state;
    uint64_t ids[CHAIN];
    for (int i = 0; i < CHAIN; i++) {
        char name[20];
        snprintf(name, sizeof name, "n%d", i);
        ids[i] = new_record(b, "author", "name", name);
    }
    nx_model *model = bench_model(b, "author");
    nx_error err = NX_ERROR;
    for (int i = 0; i + 1 < CHAIN; i++) {
        assert_true(nx_changeset_refer(b->set, ids[i], nx_model_field(model, "boss"), ids[i + 1],
                                       nx_model_field(model, "id"), &err));
    }
    bench_saved(b);
    bench_expect(b, "SELECT count(*) FROM author a JOIN author b ON b.id = a.boss AND b.name = 'n' || "
                    "(substr(a.name, 2)::int + 1)",
                 "999");
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

static const struct CMUnitTest tests[] = {
    TEST(children_of_new_parents_in_two_trips),
    TEST(a_present_record_moves_to_a_new_one),
    TEST(triggers_and_row_security_do_not_break_the_chain),
    TEST(a_parent_that_is_refused_takes_its_children_along),
    TEST(the_order_of_staging_does_not_matter),
    TEST(a_child_leaves_before_its_parent_goes),
    TEST(a_place_is_left_before_it_is_taken),
    TEST(families_leave_from_the_youngest_on),
    TEST(unique_values_move_where_an_order_exists),
    TEST(a_swap_passes_where_the_constraint_can_wait),
    TEST(a_chain_of_a_thousand),
};

LAB_MAIN(tests, open_bench, bench_close)
