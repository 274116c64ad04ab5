/* Random changesets beside a second writer, against a model in plain arrays: everything or nothing, and nothing
 * of the other's work lost. NIXIE_RUNS=100, as `make soak` says, makes it thousands of them. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

enum { RECORDS = 8, ROUNDS = 60 };

typedef struct plain { /* one record: does it exist, and its two values (0 is NULL) */
    bool there;
    int a, b;
} plain;

static void write_value(nx_buf *buf, int value) {
    if (value == 0) {
        nx_buf_adds(buf, "NULL");
    } else {
        nx_buf_addf(buf, "%d", value);
    }
}

static void fill(bench *b, const plain *table) {
    nx_buf sql = NX_BUF;
    nx_buf_adds(&sql, "TRUNCATE r;");
    for (int i = 0; i < RECORDS; i++) {
        if (table[i].there) {
            nx_buf_addf(&sql, "INSERT INTO r VALUES (%d, ", i);
            write_value(&sql, table[i].a);
            nx_buf_adds(&sql, ", ");
            write_value(&sql, table[i].b);
            nx_buf_adds(&sql, ");");
        }
    }
    lab_sql(b->url, sql.data);
    nx_buf_free(&sql);
}

static void expect(bench *b, const plain *table) {
    nx_buf text = NX_BUF;
    for (int i = 0; i < RECORDS; i++) {
        if (table[i].there) {
            nx_buf_addf(&text, "%d:%d:%d ", i, table[i].a, table[i].b);
        }
    }
    bench_expect(b,
                 "SELECT coalesce(string_agg(concat(id, ':', coalesce(a, 0), ':', coalesce(b, 0), ' '), ''"
                 " ORDER BY id), '') FROM r",
                 text.data);
    nx_buf_free(&text);
}

/* The second writer changes one field of a record, or deletes it. */
static void interfere(bench *b, plain *table, int i, bool *a_touched, bool *b_touched, bool *deleted) {
    char sql[80];
    int what = rand() % 3, value = 100 + rand() % 3;
    if (what == 0) {
        snprintf(sql, sizeof sql, "DELETE FROM r WHERE id = %d", i);
        table[i].there = false;
        *deleted = true;
    } else if (what == 1) {
        snprintf(sql, sizeof sql, "UPDATE r SET a = %d WHERE id = %d", value, i);
        table[i].a = value;
        *a_touched = true;
    } else {
        snprintf(sql, sizeof sql, "UPDATE r SET b = %d WHERE id = %d", value, i);
        table[i].b = value;
        *b_touched = true;
    }
    lab_sql(b->url, sql);
}

static int stage_field(bench *b, const bench_record *r, const char *field, int old) {
    char value[12];
    int new = rand() % 3;
    snprintf(value, sizeof value, "%d", new);
    bench_set(b, r, field, new ? value : NULL);
    return new == old ? -1 : new;
}

typedef struct staged { /* what was staged for one record: -1 is nothing */
    int a, b;
    bool removed;
} staged;

static staged stage_record(bench *b, const plain *table, plain *after, int i) {
    char condition[20];
    snprintf(condition, sizeof condition, "id = %d", i);
    bench_record r = bench_read(b, "r", condition);
    int what = rand() % 4;
    if (what == 0) {
        bench_delete(b, &r);
        after[i].there = false;
        return (staged){-1, -1, true};
    }
    staged s = {what & 1 ? stage_field(b, &r, "a", table[i].a) : -1,
                what & 2 ? stage_field(b, &r, "b", table[i].b) : -1, false};
    after[i].a = s.a >= 0 ? s.a : after[i].a;
    after[i].b = s.b >= 0 ? s.b : after[i].b;
    return s;
}

/* Returns whether it is a conflict with what is staged for the record. */
static bool meddle(bench *b, plain *table, plain *after, int i, staged s) {
    bool a = false, other = false, gone = false;
    plain before = table[i];
    interfere(b, table, i, &a, &other, &gone);
    a = a && table[i].a != before.a; /* the value that was there already is no difference */
    other = other && table[i].b != before.b;
    after[i].there = after[i].there && !gone;
    after[i].a = a && s.a < 0 ? table[i].a : after[i].a;
    after[i].b = other && s.b < 0 ? table[i].b : after[i].b;
    bool on_a = s.removed || s.a >= 0, on_b = s.removed || s.b >= 0;
    return ((on_a || on_b) && gone) || (on_a && a) || (on_b && other);
}

/* --- a family that is only staged, and a change of all that match ----------------------------------------------- */

typedef struct more { /* what else was staged */
    int children;  /* of a new parent; -1: no new parent */
    int matching;  /* records that a bulk change was counted for; -1: none */
    int others;    /* that the second writer added to them */
} more;

static more stage_more(bench *b) {
    more m = {.children = rand() % 3 ? rand() % 4 : -1, .matching = rand() % 3 ? -1 : 4, .others = 0};
    nx_error err = NX_ERROR;
    if (m.children >= 0) {
        nx_model *child = bench_model(b, "child"), *parent = bench_model(b, "parent");
        uint64_t first = m.children ? bench_insert(b, "child") : 0; /* the child before its parent: the save sorts that out */
        uint64_t id = bench_insert(b, "parent");
        bench_assign(b, id, "parent", "v", "new");
        for (int i = 0; i < m.children; i++) {
            uint64_t c = i ? bench_insert(b, "child") : first;
            assert_true(nx_changeset_refer(b->set, c, nx_model_field(child, "parent_id"), id, nx_model_field(parent, "id"), &err));
        }
    }
    if (m.matching > 0) {
        nx_model *crowd = bench_model(b, "crowd");
        assert_true(nx_changeset_bulk(b->set, crowd, NX_BULK_UPDATE, "g = 1", m.matching, nx_model_field(crowd, "v"), NX_NEW_VALUE,
                                      nx_value_of("9"), &err) != 0);
        m.others = rand() % 4 ? 0 : rand() % 3 - 1;
        lab_sql(b->url, m.others > 0 ? "INSERT INTO crowd (g, v) VALUES (1, 0)"
                        : m.others < 0 ? "DELETE FROM crowd WHERE id = (SELECT min(id) FROM crowd WHERE g = 1)" : "SELECT 1");
    }
    return m;
}

/* Steps back and forth leave what is staged as it was. */
static void waver(bench *b) {
    nx_error err = NX_ERROR;
    int steps = rand() % 4, back = 0, count = nx_changeset_count(b->set);
    while (back < steps && nx_changeset_undo(b->set, &err)) {
        back++;
    }
    for (; back > 0; back--) {
        assert_true(nx_changeset_redo(b->set, &err));
    }
    assert_int_equal(nx_changeset_count(b->set), count);
    nx_error_clear(&err);
}

static void expect_more(bench *b, const more *m, bool saved) {
    char text[60];
    bool family = saved && m->children >= 0, bulk = saved && m->matching > 0;
    snprintf(text, sizeof text, "%d/%d/%d", family, family ? m->children : 0, bulk ? m->matching + m->others : 0);
    bench_expect(b, "SELECT concat_ws('/', (SELECT count(*) FROM parent), (SELECT count(*) FROM child JOIN parent p ON p.id = "
                    "parent_id WHERE p.v = 'new'), (SELECT count(*) FROM crowd WHERE v = 9))", text);
}

static bool one_round(bench *b) {
    plain table[RECORDS], after[RECORDS];
    for (int i = 0; i < RECORDS; i++) {
        table[i] = (plain){rand() % 4 > 0, rand() % 3, rand() % 3};
    }
    fill(b, table);
    memcpy(after, table, sizeof after);
    lab_sql(b->url, "TRUNCATE parent, child, crowd; INSERT INTO crowd (g, v) SELECT i % 3, 0 FROM generate_series(1, 12) i");
    int victim = rand() % RECORDS;
    staged of_victim = {-1, -1, false};
    for (int i = 0; i < RECORDS; i++) {
        if (table[i].there && rand() % 2) {
            staged s = stage_record(b, table, after, i);
            of_victim = i == victim ? s : of_victim;
        }
    }
    more m = stage_more(b);
    waver(b);
    bool conflict = table[victim].there && rand() % 3 && meddle(b, table, after, victim, of_victim);
    bool crowded = m.matching > 0 && m.others > 0;
    assert_int_equal(bench_save(b), conflict || crowded ? NX_NOT_SAVED : NX_SAVED);
    if (conflict || crowded) {
        assert_int_equal(b->error.kind, conflict ? NX_ERR_CONFLICT : NX_ERR_REFUSED);
    }
    expect(b, conflict || crowded ? table : after);
    expect_more(b, &m, !conflict && !crowded);
    nx_changeset_clear(b->set, NULL);
    return conflict;
}

static void everything_or_nothing_beside_another_writer(void **state) {
    (void)state;
    bench *b = bench_new("random");
    bench_sql(b, "CREATE TABLE r (id int PRIMARY KEY, a int, b int);"
                 "CREATE TABLE parent (id serial PRIMARY KEY, v text);"
                 "CREATE TABLE child (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, parent_id int NOT NULL REFERENCES parent);"
                 "CREATE TABLE crowd (id serial PRIMARY KEY, g int, v int)");
    srand(411);
    const char *said = getenv("NIXIE_RUNS");
    int conflicts = 0, rounds = said ? ROUNDS * atoi(said) : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        conflicts += one_round(b);
    }
    print_message("%d batches, %d of them in conflict, no divergence\n", rounds, conflicts);
    assert_in_range(conflicts, 5, rounds - 5);
    bench_free(b);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(everything_or_nothing_beside_another_writer)};

LAB_MAIN(tests, NULL, NULL)
