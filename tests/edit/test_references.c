/* Staged records that refer to staged records, changes of all that match, inserts that become updates: merged,
 * taken back, undone. No server. */
#include "lab/test.h"
#include "nixie/change.h"

enum { FIELDS = 3 };
enum { ID, NAME, PARENT };

typedef struct fixture {
    nx_changeset *set;
    nx_model user, post;
    nx_field user_fields[FIELDS], post_fields[FIELDS];
    nx_field *user_list[FIELDS], *post_list[FIELDS];
    nx_key user_key, post_key;
    nx_error err;
} fixture;

static void make_model(nx_model *m, nx_field *own, nx_field **list, nx_key *key, uint32_t oid, const char *name) {
    static const char *const names[] = {"id", "name", "parent"};
    static const nx_type_class classes[] = {NX_TYPE_NUMBER, NX_TYPE_TEXT, NX_TYPE_NUMBER};
    static const uint32_t types[] = {23, 25, 20};
    for (int i = 0; i < FIELDS; i++) {
        own[i] = (nx_field){.model = m, .number = i + 1, .index = i, .name = names[i], .class = classes[i],
                            .type_oid = types[i], .type = i == NAME ? "text" : "integer",
                            .cast = i == NAME ? "\"pg_catalog\".\"text\"" : "\"pg_catalog\".\"int4\"",
                            .op_eq = "OPERATOR(pg_catalog.=)", .op_gt = "OPERATOR(pg_catalog.>)",
                            .sortable = true, .nullable = true, .base_type = "text",
                            .can_select = true, .can_update = true, .can_insert = true};
        list[i] = &own[i];
    }
    *key = (nx_key){.name = "pk", .primary = true, .identifies = true, .nfields = 1, .fields = list};
    *m = (nx_model){.oid = oid, .schema = "s", .name = name, .title = name, .described = true, .nfields = FIELDS,
                    .fields = list, .identity_kind = NX_IDENTITY_PRIMARY, .identity = key, .can_insert = true,
                    .can_update = true, .can_delete = true};
}

static int fresh(void **state) {
    fixture *f = calloc(1, sizeof *f);
    make_model(&f->user, f->user_fields, f->user_list, &f->user_key, 7, "User");
    make_model(&f->post, f->post_fields, f->post_list, &f->post_key, 8, "Post");
    f->set = nx_changeset_new();
    *state = f;
    return 0;
}

static int done(void **state) {
    fixture *f = *state;
    nx_changeset_free(f->set);
    nx_error_clear(&f->err);
    free(f);
    return 0;
}

static nx_value text(const char *s) { return nx_value_of(s); }

static uint64_t insert(fixture *f, nx_model *model) {
    uint64_t id = nx_changeset_insert(f->set, model, &f->err);
    assert_true(id != 0);
    return id;
}

static bool refer(fixture *f, uint64_t id, uint64_t record) {
    return nx_changeset_refer(f->set, id, &f->post_fields[PARENT], record, &f->user_fields[ID], &f->err);
}

static bool update_refer(fixture *f, const char *key, uint64_t record) {
    nx_value k = text(key);
    nx_assignment shown[] = {{.field = &f->post_fields[NAME], .old = text("n")},
                             {.field = &f->post_fields[PARENT], .old = text("4")}};
    return nx_changeset_update_refer(f->set, &f->post, &k, 1, shown, 2, &f->post_fields[PARENT], text("4"), record,
                                     &f->user_fields[ID], &f->err);
}

static const nx_assignment *parent_of(fixture *f, uint64_t id) {
    return nx_change_assignment(nx_changeset_by_id(f->set, id), &f->post_fields[PARENT]);
}

static const nx_change *post(fixture *f, const char *key) {
    nx_value k = text(key);
    return nx_changeset_find(f->set, &f->post, &k, 1);
}

static void a_new_record_refers_to_a_new_record(void **state) {
    fixture *f = *state;
    uint64_t user = insert(f, &f->user), child = insert(f, &f->post);
    assert_true(refer(f, child, user));
    assert_int_equal(parent_of(f, child)->kind, NX_NEW_REFERENCE);
    assert_true(parent_of(f, child)->record == user);
    assert_ptr_equal(parent_of(f, child)->record_field, &f->user_fields[ID]);
    assert_true(refer(f, child, user)); /* again: no step */
    assert_true(nx_changeset_undo(f->set, &f->err));
    assert_null(parent_of(f, child));
    assert_true(nx_changeset_redo(f->set, &f->err));
    assert_non_null(parent_of(f, child));
    assert_true(nx_changeset_assign(f->set, child, &f->post_fields[PARENT], NX_NEW_VALUE, text("5"), &f->err));
    assert_string_equal(parent_of(f, child)->value.text, "5");
}

static void taking_a_record_back_takes_its_references_in_the_same_step(void **state) {
    fixture *f = *state;
    uint64_t user = insert(f, &f->user), child = insert(f, &f->post);
    assert_true(refer(f, child, user));
    assert_true(nx_changeset_assign(f->set, child, &f->post_fields[NAME], NX_NEW_VALUE, text("x"), &f->err));
    assert_true(update_refer(f, "1", user));
    assert_int_equal(nx_changeset_count(f->set), 3);
    assert_true(nx_changeset_remove(f->set, user, &f->err));
    assert_int_equal(nx_changeset_count(f->set), 1); /* the update had nothing else */
    assert_null(parent_of(f, child));
    assert_int_equal(nx_changeset_by_id(f->set, child)->nassignments, 1);
    assert_true(nx_changeset_undo(f->set, &f->err));
    assert_int_equal(nx_changeset_count(f->set), 3);
    assert_true(parent_of(f, child)->record == user);
    assert_true(post(f, "1")->assignments[0].record == user);
    assert_true(nx_changeset_redo(f->set, &f->err));
    assert_null(post(f, "1"));
    assert_null(nx_changeset_by_id(f->set, user));
}

static void what_was_shown_is_kept_for_every_update(void **state) {
    fixture *f = *state;
    uint64_t user = insert(f, &f->user);
    assert_true(update_refer(f, "1", user));
    assert_int_equal(post(f, "1")->nshown, 2);
    assert_string_equal(post(f, "1")->shown[0].old.text, "n");
    nx_value k = text("1");
    assert_true(nx_changeset_update(f->set, &f->post, &k, 1, &f->post_fields[NAME], text("n"), NX_NEW_NULL,
                                    NX_NULL_VALUE, &f->err));
    assert_int_equal(post(f, "1")->nshown, 2);
    char *sql = nx_change_readable(post(f, "1"));
    assert_string_equal(sql, "UPDATE s.\"Post\" SET parent = <id of the new User>, name = NULL WHERE id = 1 AND "
                             "parent = '4' AND name = 'n'");
    free(sql);
}

static void impossible_references_are_refused(void **state) {
    fixture *f = *state;
    uint64_t a = insert(f, &f->post), b = insert(f, &f->post), c = insert(f, &f->post);
    nx_field *parent = &f->post_fields[PARENT], *id = &f->post_fields[ID], *name = &f->post_fields[NAME];
    assert_true(nx_changeset_refer(f->set, a, parent, b, id, &f->err));
    assert_true(nx_changeset_refer(f->set, b, parent, c, id, &f->err));
    assert_false(nx_changeset_refer(f->set, c, parent, a, id, &f->err));
    assert_int_equal(f->err.kind, NX_ERR_REFUSED);
    assert_non_null(strstr(f->err.message, "wait for each other"));
    assert_false(nx_changeset_refer(f->set, a, parent, a, id, &f->err));
    assert_false(nx_changeset_refer(f->set, c, name, a, id, &f->err)); /* text and integer */
    assert_int_equal(f->err.kind, NX_ERR_REFUSED);
    assert_false(nx_changeset_refer(f->set, c, parent, a, &f->user_fields[ID], &f->err)); /* a is no User */
    assert_false(nx_changeset_refer(f->set, c, parent, 99, id, &f->err));
    assert_false(update_refer(f, "1", 99));
    nx_value k = text("1");
    assert_true(nx_changeset_delete(f->set, &f->post, &k, 1, NULL, 0, &f->err));
    uint64_t user = insert(f, &f->user);
    assert_false(update_refer(f, "1", user));
    assert_int_equal(nx_changeset_by_id(f->set, c)->nassignments, 0);
}

static void all_that_match_are_one_change(void **state) {
    fixture *f = *state;
    nx_field *name = &f->post_fields[NAME];
    uint64_t id = nx_changeset_bulk(f->set, &f->post, NX_BULK_UPDATE, "id > 3", 12, name, NX_NEW_VALUE, text("x"),
                                    &f->err);
    const nx_change *change = nx_changeset_by_id(f->set, id);
    assert_non_null(change);
    assert_int_equal(change->kind, NX_BULK_UPDATE);
    assert_string_equal(change->filter, "id > 3");
    assert_true(change->expected == 12);
    assert_int_equal(change->nassignments, 1);
    assert_int_equal(change->nkey, 0);
    char *sql = nx_change_readable(change);
    assert_string_equal(sql, "UPDATE s.\"Post\" SET name = 'x' WHERE (id > 3)");
    free(sql);
    assert_true(nx_changeset_bulk(f->set, &f->post, NX_BULK_DELETE, "", 3, NULL, NX_NEW_NULL, NX_NULL_VALUE, &f->err));
    sql = nx_change_readable(nx_changeset_at(f->set, 1));
    assert_string_equal(sql, "DELETE FROM s.\"Post\"");
    free(sql);
    assert_int_equal(nx_changeset_bulk(f->set, &f->post, NX_BULK_DELETE, "nosuch = 1", 3, NULL, NX_NEW_NULL,
                                       NX_NULL_VALUE, &f->err), 0);
    assert_int_equal(f->err.kind, NX_ERR_NOT_FOUND);
    f->post.can_delete = false;
    assert_int_equal(nx_changeset_bulk(f->set, &f->post, NX_BULK_DELETE, "", 3, NULL, NX_NEW_NULL, NX_NULL_VALUE,
                                       &f->err), 0);
    assert_int_equal(f->err.kind, NX_ERR_REFUSED);
    assert_true(nx_changeset_undo(f->set, &f->err));
    assert_true(nx_changeset_undo(f->set, &f->err));
    assert_int_equal(nx_changeset_count(f->set), 0);
}

static void an_insert_becomes_an_update_of_what_is_there(void **state) {
    fixture *f = *state;
    uint64_t user = insert(f, &f->user), child = insert(f, &f->post);
    assert_true(nx_changeset_assign(f->set, user, &f->user_fields[ID], NX_NEW_VALUE, text("7"), &f->err));
    assert_true(nx_changeset_assign(f->set, user, &f->user_fields[NAME], NX_NEW_VALUE, text("new"), &f->err));
    assert_true(refer(f, child, user));
    nx_value k = text("7");
    nx_assignment present[] = {{.field = &f->user_fields[ID], .old = text("7")},
                               {.field = &f->user_fields[NAME], .old = text("old")},
                               {.field = &f->user_fields[PARENT], .old = NX_NULL_VALUE}};
    assert_false(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 1, &f->err)); /* name is not known */
    assert_int_equal(nx_changeset_by_id(f->set, user)->kind, NX_INSERT);
    assert_true(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 3, &f->err));
    const nx_change *update = nx_changeset_find(f->set, &f->user, &k, 1);
    assert_non_null(update);
    assert_int_equal(update->kind, NX_UPDATE);
    assert_true(update->id == user);
    assert_int_equal(update->nassignments, 1);
    assert_string_equal(update->assignments[0].old.text, "old");
    assert_string_equal(update->assignments[0].value.text, "new");
    assert_int_equal(update->nshown, 3);
    assert_int_equal(parent_of(f, child)->kind, NX_NEW_VALUE);
    assert_string_equal(parent_of(f, child)->value.text, "7");
    assert_true(nx_changeset_undo(f->set, &f->err));
    assert_int_equal(nx_changeset_by_id(f->set, user)->kind, NX_INSERT);
    assert_true(parent_of(f, child)->record == user);
    assert_null(nx_changeset_find(f->set, &f->user, &k, 1));
}

static void an_insert_that_brings_nothing_new_disappears(void **state) {
    fixture *f = *state;
    uint64_t user = insert(f, &f->user);
    assert_true(nx_changeset_assign(f->set, user, &f->user_fields[ID], NX_NEW_VALUE, text("7"), &f->err));
    nx_value k = text("7");
    nx_assignment present[] = {{.field = &f->user_fields[ID], .old = text("7")}};
    assert_true(nx_changeset_delete(f->set, &f->user, &k, 1, NULL, 0, &f->err));
    assert_false(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 1, &f->err)); /* it is staged already */
    assert_int_equal(f->err.kind, NX_ERR_REFUSED);
    assert_true(nx_changeset_undo(f->set, &f->err));
    assert_true(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 1, &f->err));
    assert_int_equal(nx_changeset_count(f->set), 0);
    assert_false(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 1, &f->err));
    assert_int_equal(f->err.kind, NX_ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

static const struct CMUnitTest tests[] = {
    TEST(a_new_record_refers_to_a_new_record),
    TEST(taking_a_record_back_takes_its_references_in_the_same_step),
    TEST(what_was_shown_is_kept_for_every_update),
    TEST(impossible_references_are_refused),
    TEST(all_that_match_are_one_change),
    TEST(an_insert_becomes_an_update_of_what_is_there),
    TEST(an_insert_that_brings_nothing_new_disappears),
};

LAB_MAIN(tests, NULL, NULL)
