/* Another session wrote, too: what is told of it, and what keeping, taking and inserting again make of it. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static void make_doc(bench *b) {
    bench_sql(b, "DROP TABLE IF EXISTS doc; CREATE TABLE doc (id int PRIMARY KEY, a text, b text, c text);"
                 "INSERT INTO doc VALUES (1, 'a', 'b', 'c'), (2, 'x', 'y', NULL)");
}

static const nx_change *only(const bench *b) {
    assert_int_equal(nx_changeset_count(b->set), 1);
    return nx_changeset_at(b->set, 0);
}

static const nx_field *field(bench *b, const char *name) { return nx_model_field(only(b)->model, name); }

static void assert_value(nx_value value, const char *text) {
    if (!text || !value.text) {
        assert_true(!text && !value.text);
    } else {
        assert_int_equal(value.len, strlen(text));
        assert_memory_equal(value.text, text, value.len);
    }
}

/* The i-th field of the only change's conflict. */
static void assert_told(const bench *b, int i, const char *name, const char *base, const char *theirs) {
    const nx_change *change = only(b);
    assert_int_equal(change->outcome.kind, NX_ERR_CONFLICT);
    assert_non_null(change->conflict);
    assert_false(change->conflict->gone);
    assert_true(i < change->conflict->n);
    assert_string_equal(change->conflict->fields[i].field->name, name);
    assert_value(change->conflict->fields[i].base, base);
    assert_value(change->conflict->fields[i].theirs, theirs);
    assert_false(change->conflict->fields[i].cut);
}

typedef bool settle(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err);

static void settled(bench *b, settle *how, const char *name) {
    nx_error err = NX_ERROR;
    if (!how(b->set, only(b)->id, name ? field(b, name) : NULL, &err)) {
        fail_msg("%s", err.message);
    }
}

static void not_settled(bench *b, settle *how, const char *name, const char *part) {
    nx_error err = NX_ERROR;
    assert_false(how(b->set, only(b)->id, name ? field(b, name) : NULL, &err));
    assert_non_null(err.message);
    assert_non_null(strstr(err.message, part));
    nx_error_clear(&err);
}

/* Row 1 with a and b edited, while another session wrote both and c. */
static void both_wrote(bench *b) {
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "my a");
    bench_set(b, &r, "b", "my b");
    lab_sql(b->url, "UPDATE doc SET a = 'their a', b = NULL, c = 'their c' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed by another session");
}

/* --- what is told --------------------------------------------------------------------------------------------- */

static void base_and_theirs_are_told_per_field(void **state) {
    bench *b = *state;
    both_wrote(b);
    assert_int_equal(only(b)->conflict->n, 2); /* not c, which is not edited */
    assert_told(b, 0, "a", "a", "their a");
    assert_told(b, 1, "b", "b", NULL);
    bench_expect(b, "SELECT a || c FROM doc WHERE id = 1", "their atheir c");
}

static void different_fields_do_not_conflict(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "UPDATE doc SET b = 'theirs', c = NULL WHERE id = 1");
    bench_saved(b);
    bench_expect(b, "SELECT (a, b, c)::text FROM doc WHERE id = 1", "(mine,theirs,)");
}

static void writing_the_same_again_is_no_change(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "UPDATE doc SET a = a, b = b WHERE id = 1");
    bench_saved(b);
    bench_expect(b, "SELECT a FROM doc WHERE id = 1", "mine");
}

static void null_is_a_value_of_its_own(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 2");
    bench_set(b, &r, "c", "mine");
    lab_sql(b->url, "UPDATE doc SET c = '' WHERE id = 2");
    bench_refused(b, NX_ERR_CONFLICT, "doc 2 was changed");
    assert_told(b, 0, "c", NULL, "");
    settled(b, nx_changeset_keep_mine, "c");
    lab_sql(b->url, "UPDATE doc SET c = NULL WHERE id = 2");
    bench_refused(b, NX_ERR_CONFLICT, "doc 2 was changed");
    assert_told(b, 0, "c", "", NULL);
    settled(b, nx_changeset_keep_mine, "c");
    bench_saved(b);
    bench_expect(b, "SELECT c FROM doc WHERE id = 2", "mine");
}

static void types_without_equality_conflict_too(void **state) {
    static const struct {
        const char *type, *base, *mine, *theirs;
    } cases[] = {
        {"json", "{\"n\": 1}", "{\"n\": 3}", "{\"n\":1}"}, {"xml", "<a/>", "<c/>", "<b/>"},
        {"point", "(1,2)", "(5,6)", "(3,4)"},              {"numeric", "1.0", "2", "1.00"},
        {"jsonb", "[1]", "[3]", "[2]"},                    {"text[]", "{a,NULL}", "{c}", "{a,\"NULL\"}"},
        {"bytea", "\\x00ff", "\\x02", "\\x0100"},           {"timestamptz", "2026-01-01 00:00:00+00",
                                                             "2026-01-03 00:00:00+00", "2026-01-01 00:00:00.000001+00"},
    };
    bench *b = *state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char script[400];
        snprintf(script, sizeof script,
                 "SET timezone = 'UTC'; DROP TABLE IF EXISTS one; CREATE TABLE one (id int PRIMARY KEY, v %s);"
                                        "INSERT INTO one VALUES (1, '%s')", cases[i].type, cases[i].base);
        bench_sql(b, script);
        bench_record r = bench_read(b, "one", "id = 1");
        bench_set(b, &r, "v", cases[i].mine);
        snprintf(script, sizeof script, "UPDATE one SET v = '%s'", cases[i].theirs);
        lab_sql(b->url, script);
        bench_refused(b, NX_ERR_CONFLICT, "one 1 was changed");
        assert_int_equal(only(b)->conflict->n, 1);
        settled(b, nx_changeset_keep_mine, "v");
        bench_saved(b);
        snprintf(script, sizeof script, "SELECT v::text = '%s'::%s::text FROM one", cases[i].mine, cases[i].type);
        bench_expect(b, script, "t");
    }
}

static void long_values_are_told_whole(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_sql(b, "UPDATE doc SET a = repeat('é', 1000) WHERE id = 1");
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "UPDATE doc SET a = repeat('é', 999) || 'e' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    const nx_conflict_field *f = &only(b)->conflict->fields[0];
    assert_int_equal(f->base.len, 2000);
    assert_int_equal(f->theirs.len, 1999);
    assert_false(f->cut);
    settled(b, nx_changeset_keep_mine, NULL);
    bench_saved(b);
    bench_expect(b, "SELECT a FROM doc WHERE id = 1", "mine");
}

static void values_too_long_to_keep_say_so(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    bench_set(b, &r, "b", "my b");
    lab_sql(b->url, "UPDATE doc SET a = repeat('é', 50000), b = 'their b' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    assert_true(only(b)->conflict->fields[0].cut);
    assert_int_equal(only(b)->conflict->fields[0].theirs.len, 400);
    not_settled(b, nx_changeset_keep_mine, "a", "longer than 64 KiB");
    not_settled(b, nx_changeset_keep_mine, NULL, "longer than 64 KiB");
    settled(b, nx_changeset_keep_mine, "b");
    settled(b, nx_changeset_take_theirs, "a");
    bench_saved(b);
    bench_expect(b, "SELECT length(a) || b FROM doc WHERE id = 1", "50000my b");
}

/* --- what is done about it ------------------------------------------------------------------------------------- */

static void mine_is_kept_and_a_second_writer_is_found(void **state) {
    bench *b = *state;
    both_wrote(b);
    settled(b, nx_changeset_keep_mine, NULL);
    assert_null(only(b)->conflict);
    assert_false(nx_failed(&only(b)->outcome));
    lab_sql(b->url, "UPDATE doc SET a = 'their second' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    assert_int_equal(only(b)->conflict->n, 1);
    assert_told(b, 0, "a", "their a", "their second");
    settled(b, nx_changeset_keep_mine, "a");
    bench_saved(b);
    bench_expect(b, "SELECT (a, b, c)::text FROM doc WHERE id = 1", "(\"my a\",\"my b\",\"their c\")");
}

static void each_field_is_settled_by_itself(void **state) {
    bench *b = *state;
    both_wrote(b);
    settled(b, nx_changeset_take_theirs, "a");
    assert_int_equal(only(b)->nassignments, 1);
    assert_int_equal(only(b)->conflict->n, 1); /* b is still open */
    assert_told(b, 0, "b", "b", NULL);
    not_settled(b, nx_changeset_keep_mine, "a", "doc.a is not in conflict");
    settled(b, nx_changeset_keep_mine, "b");
    assert_null(only(b)->conflict);
    bench_saved(b);
    bench_expect(b, "SELECT (a, b)::text FROM doc WHERE id = 1", "(\"their a\",\"my b\")");
}

static void taking_theirs_of_everything_takes_the_change_back(void **state) {
    bench *b = *state;
    both_wrote(b);
    settled(b, nx_changeset_take_theirs, NULL);
    assert_int_equal(nx_changeset_count(b->set), 0);
    both_wrote(b);
    settled(b, nx_changeset_take_theirs, "b");
    settled(b, nx_changeset_take_theirs, "a");
    assert_int_equal(nx_changeset_count(b->set), 0);
}

static void settling_is_undone_and_redone(void **state) {
    bench *b = *state;
    both_wrote(b);
    settled(b, nx_changeset_keep_mine, "a");
    settled(b, nx_changeset_take_theirs, "b");
    assert_null(only(b)->conflict);
    assert_true(nx_changeset_undo(b->set, NULL));
    assert_told(b, 0, "b", "b", NULL);
    assert_int_equal(only(b)->nassignments, 2);
    assert_true(nx_changeset_undo(b->set, NULL));
    assert_told(b, 0, "a", "a", "their a");
    assert_told(b, 1, "b", "b", NULL);
    assert_true(nx_changeset_redo(b->set, NULL));
    assert_true(nx_changeset_redo(b->set, NULL));
    assert_null(only(b)->conflict);
    bench_saved(b);
    bench_expect(b, "SELECT (a, b)::text FROM doc WHERE id = 1", "(\"my a\",)");
}

static void what_both_wrote_alike_is_no_argument(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "same");
    bench_set(b, &r, "b", "my b");
    lab_sql(b->url, "UPDATE doc SET a = 'same' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    assert_told(b, 0, "a", "a", "same");
    settled(b, nx_changeset_keep_mine, "a");
    assert_int_equal(only(b)->nassignments, 1); /* nothing is left to be written there */
    bench_saved(b);
    bench_expect(b, "SELECT (a, b)::text FROM doc WHERE id = 1", "(same,\"my b\")");
}

static void editing_on_is_made_against_theirs(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "my a");
    bench_set(b, &r, "b", "my b");
    lab_sql(b->url, "UPDATE doc SET a = 'their a', b = 'their b' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    bench_set(b, &r, "a", "both"); /* the screen still shows the first values */
    assert_told(b, 0, "b", "b", "their b");
    bench_set(b, &r, "a", "both of us");
    assert_told(b, 0, "b", "b", "their b");
    bench_set(b, &r, "c", "and c");
    settled(b, nx_changeset_keep_mine, NULL);
    bench_saved(b);
    bench_expect(b, "SELECT (a, b, c)::text FROM doc WHERE id = 1", "(\"both of us\",\"my b\",\"and c\")");
}

/* --- gone ------------------------------------------------------------------------------------------------------ */

static void a_deleted_record_is_inserted_again(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    bench_edit(b, &r, "c", NX_NEW_NULL, NULL);
    lab_sql(b->url, "DELETE FROM doc WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 is gone");
    assert_true(only(b)->conflict->gone);
    assert_int_equal(only(b)->conflict->n, 0);
    not_settled(b, nx_changeset_keep_mine, NULL, "is gone");
    nx_error err = NX_ERROR;
    assert_true(nx_changeset_insert_again(b->set, only(b)->id, &err));
    assert_int_equal(only(b)->kind, NX_INSERT);
    assert_true(nx_changeset_undo(b->set, NULL));
    assert_int_equal(only(b)->kind, NX_UPDATE);
    assert_true(only(b)->conflict->gone);
    assert_true(nx_changeset_redo(b->set, NULL));
    bench_saved(b);
    bench_expect(b, "SELECT (id, a, b, c)::text FROM doc WHERE id = 1", "(1,mine,b,)");
}

static void its_key_comes_back_with_it(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE keyed (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text, w int DEFAULT 7,"
                 " g int GENERATED ALWAYS AS (w * 2) STORED); INSERT INTO keyed (v) VALUES ('x'), ('y')");
    bench_record r = bench_read(b, "keyed", "id = 2");
    bench_set(b, &r, "v", "mine");
    bench_edit(b, &r, "w", NX_NEW_DEFAULT, NULL);
    lab_sql(b->url, "DELETE FROM keyed WHERE id = 2");
    bench_refused(b, NX_ERR_CONFLICT, "keyed 2 is gone");
    assert_true(nx_changeset_insert_again(b->set, only(b)->id, NULL));
    bench_saved(b);
    bench_expect(b, "SELECT (id, v, w, g)::text FROM keyed WHERE id = 2", "(2,mine,7,14)");
}

static void deleted_and_made_anew_is_another_record(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "DELETE FROM doc WHERE id = 1; INSERT INTO doc VALUES (1, 'anew', 'b', 'c')");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    assert_told(b, 0, "a", "a", "anew");
    settled(b, nx_changeset_keep_mine, NULL);
    lab_sql(b->url, "DELETE FROM doc WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 is gone");
    lab_sql(b->url, "INSERT INTO doc VALUES (1, 'once more', 'b', 'c')");
    assert_true(nx_changeset_insert_again(b->set, only(b)->id, NULL));
    bench_refused(b, NX_ERR_SERVER, "duplicate key");
    bench_expect(b, "SELECT a FROM doc WHERE id = 1", "once more");
}

static void a_deletion_of_what_changed_is_kept_or_dropped(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_delete(b, &r);
    lab_sql(b->url, "UPDATE doc SET b = 'precious' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    assert_told(b, 0, "b", "b", "precious");
    settled(b, nx_changeset_take_theirs, "b");
    assert_int_equal(nx_changeset_count(b->set), 0);
    assert_true(nx_changeset_undo(b->set, NULL));
    settled(b, nx_changeset_keep_mine, NULL);
    lab_sql(b->url, "UPDATE doc SET b = 'even more so' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
    assert_told(b, 0, "b", "precious", "even more so");
    settled(b, nx_changeset_keep_mine, NULL);
    bench_saved(b);
    bench_expect(b, "SELECT count(*) FROM doc", "1");
}

static void a_deletion_of_what_is_gone_has_nothing_to_do(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_delete(b, &r);
    lab_sql(b->url, "DELETE FROM doc WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "doc 1 is gone");
    nx_error err = NX_ERROR;
    assert_false(nx_changeset_insert_again(b->set, only(b)->id, &err));
    assert_non_null(strstr(err.message, "cannot be inserted again"));
    nx_error_clear(&err);
    settled(b, nx_changeset_take_theirs, NULL);
    assert_int_equal(nx_changeset_count(b->set), 0);
}

static void without_a_key_only_dropping_is_safe(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE bare (a text, b text); INSERT INTO bare VALUES ('a', 'b')");
    bench_record r = bench_read(b, "bare", "a = 'a'");
    bench_set(b, &r, "a", "mine");
    lab_sql(b->url, "UPDATE bare SET b = b"); /* it moves */
    bench_refused(b, NX_ERR_CONFLICT, "is gone");
    nx_error err = NX_ERROR;
    assert_false(nx_changeset_insert_again(b->set, only(b)->id, &err));
    assert_non_null(strstr(err.message, "there would be two of it"));
    nx_error_clear(&err);
    not_settled(b, nx_changeset_keep_mine, NULL, "is gone");
    settled(b, nx_changeset_take_theirs, NULL);
    assert_int_equal(nx_changeset_count(b->set), 0);
    bench_expect(b, "SELECT (a, b)::text FROM bare", "(a,b)");
}

static void without_a_save_there_is_no_conflict(void **state) {
    bench *b = *state;
    make_doc(b);
    bench_record r = bench_read(b, "doc", "id = 1");
    bench_set(b, &r, "a", "mine");
    not_settled(b, nx_changeset_keep_mine, NULL, "no conflict");
    not_settled(b, nx_changeset_take_theirs, NULL, "no conflict");
    lab_sql(b->url, "UPDATE doc SET a = 'theirs' WHERE id = 1");
    bench_refused(b, NX_ERR_CONFLICT, "was changed");
    lab_sql(b->url, "UPDATE doc SET a = 'a' WHERE id = 1"); /* and back: the next save says what holds then */
    bench_saved(b);
}

/* A save that fails for another reason says nothing of the conflict that was told before: it may be over. */
static void a_conflict_is_forgotten_when_the_next_save_fails_otherwise(void **state) {
    bench *b = *state;
    for (int first = 0; first < 2; first++) { /* the one in conflict stands before the other, and behind it */
        bench_clean(state);
        make_doc(b);
        bench_sql(b, "ALTER TABLE doc ADD CHECK (c IS DISTINCT FROM 'never')");
        bench_record one = bench_read(b, "doc", "id = 1"), two = bench_read(b, "doc", "id = 2");
        if (first == 0) {
            bench_set(b, &one, "a", "mine");
        }
        bench_set(b, &two, "b", "mine, too");
        if (first == 1) {
            bench_set(b, &one, "a", "mine");
        }
        const nx_change *argued = nx_changeset_at(b->set, first);
        lab_sql(b->url, "UPDATE doc SET a = 'theirs' WHERE id = 1");
        bench_refused(b, NX_ERR_CONFLICT, "doc 1 was changed");
        assert_non_null(argued->conflict);
        lab_sql(b->url, "UPDATE doc SET a = 'a' WHERE id = 1");
        bench_set(b, &two, "c", "never");
        bench_refused(b, NX_ERR_SERVER, "check constraint");
        assert_null(argued->conflict);
        assert_int_not_equal(argued->outcome.kind, NX_ERR_CONFLICT);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, bench_clean)

static const struct CMUnitTest tests[] = {
    TEST(base_and_theirs_are_told_per_field),
    TEST(different_fields_do_not_conflict),
    TEST(writing_the_same_again_is_no_change),
    TEST(null_is_a_value_of_its_own),
    TEST(types_without_equality_conflict_too),
    TEST(long_values_are_told_whole),
    TEST(values_too_long_to_keep_say_so),
    TEST(mine_is_kept_and_a_second_writer_is_found),
    TEST(each_field_is_settled_by_itself),
    TEST(taking_theirs_of_everything_takes_the_change_back),
    TEST(settling_is_undone_and_redone),
    TEST(what_both_wrote_alike_is_no_argument),
    TEST(editing_on_is_made_against_theirs),
    TEST(a_deleted_record_is_inserted_again),
    TEST(its_key_comes_back_with_it),
    TEST(deleted_and_made_anew_is_another_record),
    TEST(a_deletion_of_what_changed_is_kept_or_dropped),
    TEST(a_deletion_of_what_is_gone_has_nothing_to_do),
    TEST(without_a_key_only_dropping_is_safe),
    TEST(without_a_save_there_is_no_conflict),
    TEST(a_conflict_is_forgotten_when_the_next_save_fails_otherwise),
};

LAB_MAIN(tests, bench_open, bench_close)
