/* Staged changes: merged, taken back, undone and redone, found again. No server. */
#include "lab/test.h"
#include "nixie/change.h"

enum { FIELDS = 3 };

static nx_model model, other;
static nx_field fields[FIELDS], others[FIELDS];

static void make_model(nx_model *m, nx_field *own, uint32_t oid, const char *name) {
    static nx_field *pointers[2][FIELDS];
    static nx_field *key_fields[2][1];
    static nx_key keys[2];
    static const char *const names[] = {"id", "title", "body"};
    int which = m == &model ? 0 : 1;
    *m = (nx_model){.oid = oid, .schema = "s", .name = name, .title = name, .described = true, .nfields = FIELDS,
                    .can_insert = true, .can_update = true, .can_delete = true,
                    .identity_kind = NX_IDENTITY_PRIMARY};
    for (int i = 0; i < FIELDS; i++) {
        own[i] = (nx_field){.model = m, .number = i + 1, .index = i, .name = names[i], .class = NX_TYPE_TEXT,
                            .cast = "\"pg_catalog\".\"text\"", .op_eq = "OPERATOR(pg_catalog.=)", .base_type = "text",
                            .nullable = true, .can_select = true, .can_update = true, .can_insert = true};
        pointers[which][i] = &own[i];
    }
    m->fields = pointers[which];
    key_fields[which][0] = &own[0];
    keys[which] =
        (nx_key){.name = "pk", .primary = true, .identifies = true, .nfields = 1, .fields = key_fields[which]};
    m->identity = &keys[which];
}

static int fresh(void **state) {
    make_model(&model, fields, 7, "Post");
    make_model(&other, others, 8, "User");
    *state = nx_changeset_new();
    return 0;
}

static int done(void **state) {
    nx_changeset_free(*state);
    return 0;
}

static nx_value text(const char *s) { return nx_value_of(s); }

static bool edit(nx_changeset *set, const char *key, int field, const char *old, const char *new) {
    nx_error err = NX_ERROR;
    nx_value k = text(key);
    bool ok = nx_changeset_update(set, &model, &k, 1, &fields[field], text(old), new ? NX_NEW_VALUE : NX_NEW_NULL,
                                  text(new), &err);
    assert_int_equal(ok, !nx_failed(&err));
    nx_error_clear(&err);
    return ok;
}

static bool delete(nx_changeset *set, const char *key) {
    nx_error err = NX_ERROR;
    nx_value k = text(key);
    bool ok = nx_changeset_delete(set, &model, &k, 1, NULL, 0, &err);
    nx_error_clear(&err);
    return ok;
}

static const nx_change *find(const nx_changeset *set, const char *key) {
    nx_value k = text(key);
    return nx_changeset_find(set, &model, &k, 1);
}

static void edits_of_one_record_are_one_update(void **state) {
    nx_changeset *set = *state;
    assert_true(edit(set, "1", 1, "a", "b"));
    assert_true(edit(set, "1", 0, "1", "9"));
    assert_int_equal(nx_changeset_count(set), 1);
    const nx_change *change = find(set, "1");
    assert_ptr_equal(change, nx_changeset_at(set, 0));
    assert_int_equal(change->nassignments, 2);
    assert_string_equal(change->key[0].text, "1");
    assert_string_equal(nx_change_assignment(change, &fields[0])->value.text, "9");
    assert_null(nx_change_assignment(change, &fields[2]));
    assert_null(nx_change_assignment(change, &others[0]));
    assert_null(find(set, "9"));
    char *sql = nx_change_exact(change);
    assert_string_equal(sql, "UPDATE \"s\".\"Post\" AS t SET \"title\" = 'b'::\"pg_catalog\".\"text\", \"id\" = "
                             "'9'::\"pg_catalog\".\"text\" WHERE t.\"id\" OPERATOR(pg_catalog.=) "
                             "'1'::\"pg_catalog\".\"text\" AND t.\"title\"::pg_catalog.text COLLATE pg_catalog.\"C\" "
                             "OPERATOR(pg_catalog.=) 'a'::pg_catalog.text AND t.\"id\"::pg_catalog.text COLLATE "
                             "pg_catalog.\"C\" OPERATOR(pg_catalog.=) '1'::pg_catalog.text");
    free(sql);
    sql = nx_change_readable(change);
    assert_string_equal(sql, "UPDATE s.\"Post\" SET title = 'b', id = '9' WHERE id = '1' AND title = 'a' AND id = '1'");
    free(sql);
}

static void an_edit_keeps_the_value_it_was_first_made_against(void **state) {
    nx_changeset *set = *state;
    edit(set, "1", 1, "a", "b");
    edit(set, "1", 1, "z", "c"); /* the grid was refreshed meanwhile and shows another session's z */
    assert_string_equal(find(set, "1")->assignments[0].old.text, "a");
    assert_string_equal(find(set, "1")->assignments[0].value.text, "c");
}

static void equal_to_the_old_value_takes_it_back(void **state) {
    nx_changeset *set = *state;
    edit(set, "1", 1, "a", "b");
    edit(set, "1", 2, NULL, "x");
    edit(set, "1", 1, "a", "a");
    assert_int_equal(find(set, "1")->nassignments, 1);
    edit(set, "1", 2, NULL, NULL);
    assert_int_equal(nx_changeset_count(set), 0);
    assert_null(find(set, "1"));
    assert_true(edit(set, "2", 1, "a", "a"));
    assert_int_equal(nx_changeset_count(set), 0);
    assert_true(edit(set, "2", 1, NULL, "")); /* '' is not NULL */
    assert_int_equal(nx_changeset_count(set), 1);
}

static void a_deletion_replaces_the_update_and_is_taken_back_by_another(void **state) {
    nx_changeset *set = *state;
    edit(set, "1", 1, "a", "b");
    uint64_t id = nx_changeset_at(set, 0)->id;
    assert_true(delete(set, "1"));
    assert_int_equal(nx_changeset_count(set), 1);
    assert_int_equal(find(set, "1")->kind, NX_DELETE);
    assert_int_equal(find(set, "1")->id, id);
    assert_false(edit(set, "1", 1, "a", "c"));
    assert_true(delete(set, "1"));
    assert_int_equal(nx_changeset_count(set), 0);
    assert_true(nx_changeset_undo(set, NULL));
    assert_true(nx_changeset_undo(set, NULL));
    assert_int_equal(find(set, "1")->kind, NX_UPDATE);
}

static void new_records_take_fields_and_defaults(void **state) {
    nx_changeset *set = *state;
    nx_error err = NX_ERROR;
    uint64_t id = nx_changeset_insert(set, &model, &err);
    assert_true(id != 0);
    char *sql = nx_change_readable(nx_changeset_by_id(set, id));
    assert_string_equal(sql, "INSERT INTO s.\"Post\" DEFAULT VALUES");
    free(sql);
    assert_true(nx_changeset_assign(set, id, &fields[1], NX_NEW_VALUE, text("it's"), &err));
    assert_true(nx_changeset_assign(set, id, &fields[2], NX_NEW_NULL, NX_NULL_VALUE, &err));
    sql = nx_change_readable(nx_changeset_by_id(set, id));
    assert_string_equal(sql, "INSERT INTO s.\"Post\" (title, body) VALUES ('it''s', NULL)");
    free(sql);
    assert_true(nx_changeset_assign(set, id, &fields[2], NX_NEW_DEFAULT, NX_NULL_VALUE, &err));
    assert_int_equal(nx_changeset_by_id(set, id)->nassignments, 1);
    assert_false(nx_changeset_assign(set, id + 1, &fields[2], NX_NEW_NULL, NX_NULL_VALUE, &err));
    assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
    assert_true(nx_changeset_remove(set, id, NULL));
    assert_false(nx_changeset_remove(set, id, NULL));
    assert_true(nx_changeset_insert(set, &model, &err) > id);
    nx_error_clear(&err);
}

static void refusals_say_why(void **state) {
    nx_changeset *set = *state;
    nx_error err = NX_ERROR;
    nx_value k = text("1");
    fields[2].generated = 's';
    assert_false(nx_changeset_update(set, &model, &k, 1, &fields[2], text("a"), NX_NEW_VALUE, text("b"), &err));
    assert_int_equal(err.kind, NX_ERR_REFUSED);
    assert_string_equal(err.message, "Post.body cannot be edited: generated from other fields");
    fields[2].generated = 0;
    fields[0].identity = 'a';
    assert_string_equal(nx_field_refusal(&fields[0], NX_INSERT), "generated always as identity");
    fields[0].identity = 'd';
    assert_null(nx_field_refusal(&fields[0], NX_INSERT));
    model.rules = true;
    assert_non_null(nx_edit_refusal(&model, NX_DELETE));
    model.rules = false;
    model.can_delete = false;
    assert_false(delete(set, "1"));
    model.identity_kind = NX_IDENTITY_NONE;
    assert_string_equal(nx_edit_refusal(&model, NX_UPDATE), "no key and no tuple id");
    assert_null(nx_edit_refusal(&model, NX_INSERT));
    model.read_only_reason = "materialized view";
    assert_string_equal(nx_edit_refusal(&model, NX_INSERT), "materialized view");
    assert_int_equal(nx_changeset_insert(set, &model, &err), 0);
    assert_int_equal(nx_changeset_count(set), 0);
    nx_error_clear(&err);
}

static void what_postgresql_cannot_store_is_refused(void **state) {
    nx_changeset *set = *state;
    nx_error err = NX_ERROR;
    nx_value k = text("1");
    nx_value nul = {"a\0b", 3}, invalid = {"\xff", 1};
    assert_false(nx_changeset_update(set, &model, &k, 1, &fields[1], text("a"), NX_NEW_VALUE, nul, &err));
    assert_non_null(strstr(err.message, "NUL byte"));
    assert_false(nx_changeset_update(set, &model, &k, 1, &fields[1], text("a"), NX_NEW_VALUE, invalid, &err));
    assert_non_null(strstr(err.message, "UTF-8"));
    assert_false(nx_changeset_update(set, &model, &k, 1, &fields[1], invalid, NX_NEW_VALUE, text("a"), &err));
    uint64_t id = nx_changeset_insert(set, &model, &err);
    assert_false(nx_changeset_assign(set, id, &fields[1], NX_NEW_VALUE, nul, &err));
    assert_int_equal(nx_changeset_by_id(set, id)->nassignments, 0);
    nx_error_clear(&err);
}

static void records_are_told_apart_by_model_and_whole_key(void **state) {
    nx_changeset *set = *state;
    nx_error err = NX_ERROR;
    nx_value one[] = {{"a", 1}, {"bc", 2}}, two[] = {{"ab", 2}, {"c", 1}};
    assert_true(nx_changeset_update(set, &model, one, 2, &fields[1], text("x"), NX_NEW_NULL, NX_NULL_VALUE, &err));
    assert_true(nx_changeset_update(set, &other, one, 2, &others[1], text("x"), NX_NEW_NULL, NX_NULL_VALUE, &err));
    assert_null(nx_changeset_find(set, &model, two, 2));
    assert_null(nx_changeset_find(set, &model, one, 1));
    assert_ptr_equal(nx_changeset_find(set, &other, one, 2), nx_changeset_at(set, 1));
    for (int i = 0; i < 3000; i++) {
        char key[20];
        snprintf(key, sizeof key, "%d", i);
        assert_true(edit(set, key, 1, "x", "y"));
    }
    for (int i = 0; i < 3000; i += 7) {
        char key[20];
        snprintf(key, sizeof key, "%d", i);
        assert_ptr_equal(find(set, key), nx_changeset_at(set, i + 2));
        assert_true(nx_changeset_remove(set, find(set, key)->id, NULL));
        assert_null(find(set, key));
        assert_true(nx_changeset_undo(set, NULL));
    }
    nx_error_clear(&err);
}

static void a_group_is_one_step(void **state) {
    nx_changeset *set = *state;
    edit(set, "0", 1, "a", "b");
    nx_changeset_group_begin(set);
    delete(set, "1");
    delete(set, "2");
    delete(set, "3");
    nx_changeset_group_end(set, NULL);
    nx_changeset_group_begin(set);
    nx_changeset_group_end(set, NULL);
    edit(set, "4", 1, "a", "b");
    assert_int_equal(nx_changeset_count(set), 5);
    assert_true(nx_changeset_undo(set, NULL));
    assert_true(nx_changeset_undo(set, NULL));
    assert_int_equal(nx_changeset_count(set), 1);
    assert_true(nx_changeset_redo(set, NULL));
    assert_int_equal(nx_changeset_count(set), 4);
    assert_true(nx_changeset_redo(set, NULL));
    assert_false(nx_changeset_redo(set, NULL));
    nx_changeset_clear(set, NULL);
    assert_int_equal(nx_changeset_count(set), 0);
    assert_null(find(set, "1"));
    assert_true(nx_changeset_undo(set, NULL));
    assert_int_equal(nx_changeset_count(set), 5);
    assert_non_null(find(set, "1"));
}

/* --- random steps against a model in plain arrays ------------------------------------------------------ */

enum { RECORDS = 6, STEPS = 400 };

typedef struct plain {
    int kind[RECORDS]; /* -1: nothing staged */
    char value[RECORDS][FIELDS];
} plain;

static const char base_value[] = "abc";

static void plain_edit(plain *p, int record, int field, char value) {
    if (p->kind[record] == NX_DELETE) {
        return;
    }
    p->value[record][field] = value;
    p->kind[record] = memcmp(p->value[record], base_value, FIELDS) == 0 ? -1 : NX_UPDATE;
}

static void plain_delete(plain *p, int record) {
    p->kind[record] = p->kind[record] == NX_DELETE ? -1 : NX_DELETE;
    memcpy(p->value[record], base_value, FIELDS);
}

static void assert_same(const nx_changeset *set, const plain *p) {
    int staged = 0;
    for (int r = 0; r < RECORDS; r++) {
        char key[] = {(char)('0' + r), '\0'};
        const nx_change *change = find(set, key);
        assert_int_equal(change ? (int)change->kind : -1, p->kind[r]);
        staged += change != NULL;
        for (int f = 0; f < FIELDS; f++) {
            const nx_assignment *a = change ? nx_change_assignment(change, &fields[f]) : NULL;
            assert_int_equal(a ? a->value.text[0] : base_value[f], p->value[r][f]);
        }
    }
    assert_int_equal(staged, nx_changeset_count(set));
}

static void random_steps_undo_and_redo_exactly(void **state) {
    nx_changeset *set = *state;
    plain *past = calloc(STEPS + 1, sizeof *past);
    int now = 0, last = 0;
    memset(&past[0], -1, sizeof past[0]);
    for (int r = 0; r < RECORDS; r++) {
        memcpy(past[0].value[r], base_value, FIELDS);
    }
    srand(20241);
    for (int i = 0; i < 20 * STEPS && last < STEPS; i++) {
        int what = rand() % 10, r = rand() % RECORDS, f = rand() % FIELDS;
        char key[] = {(char)('0' + r), '\0'}, old[] = {base_value[f], '\0'}, new[] = {"abcd"[rand() % 4], '\0'};
        if (what == 0) {
            assert_int_equal(nx_changeset_undo(set, NULL), now > 0);
            now -= now > 0;
        } else if (what == 1) {
            assert_int_equal(nx_changeset_redo(set, NULL), now < last);
            now += now < last;
        } else {
            plain next = past[now];
            if (what == 2) {
                delete(set, key);
                plain_delete(&next, r);
            } else {
                edit(set, key, f, old, new);
                plain_edit(&next, r, f, new[0]);
            }
            if (memcmp(&next, &past[now], sizeof next) != 0) { /* what changes nothing is no step */
                past[++now] = next;
                last = now;
            }
        }
        assert_same(set, &past[now]);
    }
    while (nx_changeset_undo(set, NULL)) {
        assert_same(set, &past[--now]);
    }
    assert_int_equal(now, 0);
    free(past);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

static const struct CMUnitTest tests[] = {
    TEST(edits_of_one_record_are_one_update),
    TEST(an_edit_keeps_the_value_it_was_first_made_against),
    TEST(equal_to_the_old_value_takes_it_back),
    TEST(a_deletion_replaces_the_update_and_is_taken_back_by_another),
    TEST(new_records_take_fields_and_defaults),
    TEST(refusals_say_why),
    TEST(what_postgresql_cannot_store_is_refused),
    TEST(records_are_told_apart_by_model_and_whole_key),
    TEST(a_group_is_one_step),
    TEST(random_steps_undo_and_redo_exactly),
};

LAB_MAIN(tests, NULL, NULL)
