/* New records that stand there already, found by any unique key. */
#include "bench.h"
#include "lab/fault.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/upsert.h"

typedef struct found {
    bench *b;
    uint64_t insert;
    bool done, present, convert;
    char key[32], unique[64];
} found;

static void looked(void *owner, const nx_present *present, const nx_error *err) {
    found *f = owner;
    f->done = true;
    if (err) {
        fail_msg("%s", err->message);
    }
    f->present = present != NULL;
    if (present) {
        strncpy(f->key, present->key[0].text, sizeof f->key - 1);
        strncpy(f->unique, present->unique->fields[0]->name, sizeof f->unique - 1);
    }
    nx_error bad = NX_ERROR;
    if (present && f->convert && !nx_changeset_insert_to_update(f->b->set, f->insert, present->key, present->nkey,
                                                                present->values, present->n, &bad)) {
        fail_msg("%s", bad.message);
    }
}

static found look(bench *b, uint64_t insert, const char *field, bool convert) {
    found f = {.b = b, .insert = insert, .convert = convert};
    const nx_model *model = nx_changeset_by_id(b->set, insert)->model;
    nx_upsert_look(b->session, b->set, insert, field ? nx_model_field(model, field) : NULL, looked, &f);
    lab_wait(b->session, &f.done);
    return f;
}

static int new_bench(void **state) {
    bench_open(state);
    bench *b = *state;
    bench_sql(b, "CREATE TABLE p (id int PRIMARY KEY, slug text UNIQUE, a int, b text, n int, UNIQUE (a, b));"
                 "INSERT INTO p VALUES (1, 'one', 1, 'x', 10), (2, 'two', 2, 'y', 20), (3, NULL, NULL, NULL, 30)");
    return 0;
}

static void records_are_found_by_any_key_that_is_given_whole(void **state) {
    bench *b = *state;
    uint64_t id = bench_insert(b, "p");
    assert_false(look(b, id, NULL, false).present);
    bench_assign(b, id, "p", "a", "2");
    assert_false(look(b, id, "a", false).present);
    bench_assign(b, id, "p", "b", "y");
    found f = look(b, id, "b", false);
    assert_true(f.present);
    assert_string_equal(f.key, "2");
    assert_string_equal(f.unique, "a");
    assert_false(look(b, id, "n", false).present); /* no field of a key */
    bench_assign(b, id, "p", "slug", NULL);
    bench_assign(b, id, "p", "b", "z");
    assert_false(look(b, id, NULL, false).present);
    bench_assign(b, id, "p", "id", "1");
    assert_string_equal(look(b, id, "id", false).key, "1");
}

static void the_lookup_is_one_trip(void **state) {
    bench *b = *state;
    uint64_t id = bench_insert(b, "p");
    bench_assign(b, id, "p", "id", "9");
    bench_assign(b, id, "p", "slug", "none");
    int64_t before = nx_session_trips(b->session);
    assert_false(look(b, id, "slug", false).present);
    assert_int_equal(nx_session_trips(b->session), before + 1);
}

static void what_is_found_becomes_an_update(void **state) {
    bench *b = *state;
    uint64_t id = bench_insert(b, "p");
    bench_assign(b, id, "p", "slug", "one");
    bench_assign(b, id, "p", "n", "11");
    assert_true(look(b, id, "slug", true).present);
    const nx_change *c = nx_changeset_at(b->set, 0);
    assert_int_equal(c->kind, NX_UPDATE);
    assert_int_equal(c->nassignments, 1); /* the slug is what it was */
    bench_saved(b);
    bench_expect(b, "SELECT string_agg(concat(id, slug, n), ',' ORDER BY id) FROM p", "1one11,2two20,330");
}

static void two_new_records_with_one_key_are_noticed(void **state) {
    bench *b = *state;
    uint64_t one = bench_insert(b, "p"), two = bench_insert(b, "p");
    const nx_key *key = NULL;
    assert_true(nx_upsert_twin(b->set, two, NULL) == 0);
    bench_assign(b, one, "p", "slug", "new");
    bench_assign(b, two, "p", "slug", "new");
    assert_true(nx_upsert_twin(b->set, two, &key) == one);
    assert_string_equal(key->fields[0]->name, "slug");
    bench_assign(b, two, "p", "slug", "newer");
    assert_true(nx_upsert_twin(b->set, two, NULL) == 0);
}

/* So many keys that nobody has them: as many as are looked at, and two more. */
static void only_the_first_sixteen_keys_are_looked_at(void **state) {
    bench *b = *state;
    enum { KEYS = 18, LOOKED_AT = 16 };
    nx_buf sql = NX_BUF;
    nx_buf_adds(&sql, "CREATE TABLE keys (k01 int PRIMARY KEY");
    for (int i = 2; i <= KEYS; i++) {
        nx_buf_addf(&sql, ", k%02d int UNIQUE", i);
    }
    nx_buf_adds(&sql, "); INSERT INTO keys VALUES (1");
    for (int i = 2; i <= KEYS; i++) {
        nx_buf_addf(&sql, ", %d", i);
    }
    nx_buf_adds(&sql, ")");
    bench_sql(b, sql.data);
    nx_buf_free(&sql);
    const nx_model *model = bench_model(b, "keys");
    assert_int_equal(model->nkeys, KEYS);
    for (int same = 0; same < KEYS; same++) { /* the one key that the present record has as well */
        bench_clean(state);
        uint64_t id = bench_insert(b, "keys");
        for (int k = 0; k < KEYS; k++) {
            const char *name = model->keys[k]->fields[0]->name;
            char value[20];
            snprintf(value, sizeof value, "%d", atoi(name + 1) + (k == same ? 0 : 100));
            bench_assign(b, id, "keys", name, value);
        }
        found f = look(b, id, NULL, false);
        assert_int_equal(f.present, same < LOOKED_AT);
        if (f.present) {
            assert_string_equal(f.unique, model->keys[same]->fields[0]->name);
        }
    }
}

static void unheard(void *owner, const nx_present *present, const nx_error *err) {
    (void)present;
    (void)err;
    *(bool *)owner = true;
}

static void keep_error(void *owner, const nx_present *present, const nx_error *err) {
    bench *b = owner;
    assert_null(present);
    b->done = true;
    if (err) {
        nx_error_copy(&b->error, err);
    }
}

static void a_look_that_fails_says_why_and_one_that_is_dropped_nothing(void **state) {
    bench *b = *state;
    bool heard = false;
    uint64_t id = bench_insert(b, "p");
    assert_null(nx_upsert_look(b->session, b->set, 99, NULL, unheard, &heard)); /* no such change: nothing to look for */
    assert_true(heard);
    nx_upsert_drop(NULL);
    heard = false;
    bench_assign(b, id, "p", "slug", "one");
    nx_upsert_drop(nx_upsert_look(b->session, b->set, id, NULL, unheard, &heard));
    bench_expect(b, "SELECT 1", "1");
    bench_model(b, "p"); /* something else has been answered since */
    assert_false(heard);
    b->done = false;
    nx_upsert_look(b->session, b->set, id, NULL, keep_error, b);
    lab_fault(NULL, "PQsendQueryParams:1:EIO,PQsendQueryParams:2:EIO"); /* a read is asked again once, not twice */
    lab_wait(b->session, &b->done);
    lab_fault(NULL, NULL);
    assert_int_equal(b->error.kind, NX_ERR_LOST);
    assert_true(look(b, id, NULL, false).present);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(records_are_found_by_any_key_that_is_given_whole, bench_clean),
    cmocka_unit_test_setup(only_the_first_sixteen_keys_are_looked_at, bench_clean),
    cmocka_unit_test_setup(the_lookup_is_one_trip, bench_clean),
    cmocka_unit_test_setup(what_is_found_becomes_an_update, bench_clean),
    cmocka_unit_test_setup(two_new_records_with_one_key_are_noticed, bench_clean),
    cmocka_unit_test_setup(a_look_that_fails_says_why_and_one_that_is_dropped_nothing, bench_clean),
};

LAB_MAIN(tests, new_bench, bench_close)
