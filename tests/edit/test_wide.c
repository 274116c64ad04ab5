/* Tables as wide as they can be, where statements cannot select each field twice. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static int open_bench(void **state) {
    bench_open(state);
    bench *b = *state;
    bench_sql(b, "DO $$ BEGIN EXECUTE 'CREATE TABLE wide (id int PRIMARY KEY, ' || (SELECT string_agg('c' || i || ' text' || CASE WHEN i > 1490 THEN ' DEFAULT ''d' || i || '''' ELSE '' END, ', ')"
                 " FROM generate_series(1, 1599) i) || ')'; END $$;"
                 "DO $$ BEGIN EXECUTE 'CREATE TABLE loose (' || (SELECT string_agg('c' || i || ' text', ', ')"
                 " FROM generate_series(1, 1600) i) || ')'; END $$;"
                 "INSERT INTO wide VALUES (1, 'a'), (2, 'b'); INSERT INTO loose VALUES ('a'), ('b')");
    return 0;
}

static void a_record_is_edited_and_deleted(void **state) {
    bench *b = *state;
    bench_record r = bench_read(b, "wide", "id = 1");
    bench_set(b, &r, "c1599", "late");
    bench_set(b, &r, "c7", NULL);
    bench_saved(b);
    bench_expect(b, "SELECT c1599 || coalesce(c7, '-') || c1598 FROM wide WHERE id = 1", "late-d1598");
    r = bench_read(b, "wide", "id = 2");
    bench_delete(b, &r);
    bench_saved(b);
    bench_expect(b, "SELECT count(*) FROM wide", "1");
}

static void set_all(bench *b, const bench_record *r) {
    for (int i = 1; i < 1600; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        bench_set(b, r, name, "m");
    }
}

/* Nobody's work is lost: what changed meanwhile is found, and named. */
static void a_conflict_is_told(void **state) {
    bench *b = *state;
    bench_record r = bench_read(b, "wide", "id = 1");
    lab_sql(b->url, "UPDATE wide SET c1500 = 'theirs' WHERE id = 1");
    set_all(b, &r);
    bench_refused(b, NX_ERR_CONFLICT, "was changed by another session");
    assert_string_equal(b->error.detail, "c1500: was 'd1500', yours 'm', theirs 'theirs'");
    bench_expect(b, "SELECT c1 || c1500 FROM wide WHERE id = 1", "atheirs");
    nx_error err = NX_ERROR;
    assert_true(nx_changeset_clear(b->set, &err));
    r = bench_read(b, "wide", "id = 1");
    set_all(b, &r);
    bench_saved(b);
    bench_expect(b, "SELECT c1 || c1500 || c1599 FROM wide WHERE id = 1", "mmm");
}

/* Without a key every field is compared. */
static void a_record_without_a_key(void **state) {
    bench *b = *state;
    bench_record r = bench_read(b, "loose", "c1 = 'a'");
    bench_set(b, &r, "c2", "changed");
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(c2, ' ' ORDER BY c2) FROM loose", "changed");
    r = bench_read(b, "loose", "c1 = 'a'");
    lab_sql(b->url, "UPDATE loose SET c1600 = 'theirs' WHERE c1 = 'a'");
    bench_set(b, &r, "c2", "again");
    bench_refused(b, NX_ERR_CONFLICT, "gone");
}

/* What the server filled in is told of every field. */
static void a_new_record(void **state) {
    bench *b = *state;
    uint64_t id = bench_insert(b, "wide");
    bench_assign(b, id, "wide", "id", "9");
    bench_assign(b, id, "wide", "c2", "given");
    nx_buf_clear(&b->told);
    bench_saved(b);
    bench_expect(b, "SELECT c2 || c1599 FROM wide WHERE id = 9", "givend1599");
    assert_non_null(strstr(b->told.data, "d1599"));
}

#define TEST(f) cmocka_unit_test_setup(f, bench_clean)

static const struct CMUnitTest tests[] = {
    TEST(a_record_is_edited_and_deleted),
    TEST(a_conflict_is_told),
    TEST(a_record_without_a_key),
    TEST(a_new_record),
};

LAB_MAIN(tests, open_bench, bench_close)
