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

static void what_a_role_may_not_do_is_said_before_it_is_staged(void **state) {
    fixture *f = *state;
    static const struct {
        nx_change_kind kind;
        bool generated, no_insert, no_update, no_select;
        char identity;
        const char *why;
    } fields[] = {
        {NX_UPDATE, true, false, false, false, 0, "generated from other fields"},
        {NX_BULK_UPDATE, true, false, false, false, 0, "generated from other fields"},
        {NX_INSERT, true, false, false, false, 0, "generated from other fields"},
        {NX_UPDATE, false, false, false, false, 'a', "generated always as identity"},
        {NX_BULK_UPDATE, false, false, false, false, 'a', "generated always as identity"},
        {NX_INSERT, false, false, false, false, 'a', "generated always as identity"},
        {NX_INSERT, false, false, false, false, 'd', NULL},
        {NX_INSERT, false, true, false, false, 0, "this role may not insert into this field"},
        {NX_INSERT, false, false, true, true, 0, NULL},
        {NX_UPDATE, false, false, true, false, 0, "this role may not update this field"},
        {NX_BULK_UPDATE, false, false, true, false, 0, "this role may not update this field"},
        {NX_UPDATE, false, true, false, true, 0, "this role may not read this field"},
        {NX_BULK_UPDATE, false, true, false, true, 0, NULL},
        {NX_DELETE, true, true, true, true, 'a', NULL}, /* a deletion is of the record, not of its fields */
        {NX_BULK_DELETE, true, true, true, true, 'a', NULL},
    };
    for (size_t i = 0; i < NX_COUNT(fields); i++) {
        nx_field field = f->post_fields[NAME];
        field.generated = fields[i].generated;
        field.identity = fields[i].identity;
        field.can_insert = !fields[i].no_insert;
        field.can_update = !fields[i].no_update;
        field.can_select = !fields[i].no_select;
        const char *why = nx_field_refusal(&field, fields[i].kind);
        if ((why == NULL) != (fields[i].why == NULL) || (why && strcmp(why, fields[i].why) != 0)) {
            fail_msg("case %zu: %s", i, why ? why : "allowed");
        }
    }
    static const nx_change_kind kinds[] = {NX_UPDATE, NX_INSERT, NX_DELETE, NX_BULK_UPDATE, NX_BULK_DELETE};
    static const char *const parts[] = {"may not update", "may not insert", "may not delete", "may not update", "may not delete"};
    for (size_t i = 0; i < NX_COUNT(kinds); i++) {
        nx_model m = f->post;
        assert_null(nx_edit_refusal(&m, kinds[i]));
        m.identity_kind = NX_IDENTITY_NONE;
        assert_int_equal(nx_edit_refusal(&m, kinds[i]) != NULL, kinds[i] == NX_UPDATE || kinds[i] == NX_DELETE);
        m.can_update = m.can_insert = m.can_delete = false;
        assert_non_null(strstr(nx_edit_refusal(&m, kinds[i]), parts[i]));
        m.rules = true;
        assert_non_null(strstr(nx_edit_refusal(&m, kinds[i]), "rewrite rules"));
        m.read_only_reason = "a view of views";
        assert_string_equal(nx_edit_refusal(&m, kinds[i]), "a view of views");
        m.described = false;
        assert_string_equal(nx_edit_refusal(&m, kinds[i]), "not described yet");
    }
}

static void what_cannot_be_done_to_all_is_refused(void **state) {
    fixture *f = *state;
    static const struct {
        nx_change_kind kind;
        int field; /* -1: none */
        nx_new_kind how;
        const char *value, *filter, *words;
    } cases[] = {
        {NX_BULK_UPDATE, -1, NX_NEW_VALUE, "x", "", "the records of Post cannot be changed: no field was named"},
        {NX_BULK_UPDATE, NAME, NX_NEW_REFERENCE, NULL, "", "cannot be changed: many records cannot be given one"},
        {NX_BULK_UPDATE, NAME, NX_NEW_VALUE, "\xff", "", "name"},
        {NX_BULK_UPDATE, NAME, NX_NEW_VALUE, "x", "nothing = 1", "nothing"},
        {NX_BULK_DELETE, -1, NX_NEW_VALUE, NULL, "(", "expected a field"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        const nx_field *field = cases[i].field < 0 ? NULL : &f->post_fields[cases[i].field];
        assert_true(nx_changeset_bulk(f->set, &f->post, cases[i].kind, cases[i].filter, 3, field, cases[i].how, text(cases[i].value), &f->err) == 0);
        if (!strstr(f->err.message, cases[i].words)) {
            fail_msg("%s: %s", cases[i].words, f->err.message);
        }
    }
    f->post.can_delete = f->post.can_update = false;
    assert_true(nx_changeset_bulk(f->set, &f->post, NX_BULK_DELETE, "", 3, NULL, NX_NEW_VALUE, NX_NULL_VALUE, &f->err) == 0);
    assert_non_null(strstr(f->err.message, "the records of Post cannot be deleted: this role"));
    assert_true(nx_changeset_bulk(f->set, &f->post, NX_BULK_UPDATE, "", 3, &f->post_fields[NAME], NX_NEW_VALUE, text("x"), &f->err) == 0);
    assert_non_null(strstr(f->err.message, "the records of Post.name cannot be changed: this role"));
    assert_int_equal(nx_changeset_count(f->set), 0);
    f->post.can_update = true;
    assert_true(nx_changeset_bulk(f->set, &f->post, NX_BULK_UPDATE, NULL, 3, &f->post_fields[NAME], NX_NEW_VALUE, NX_NULL_VALUE, &f->err) != 0);
    const nx_change *all = nx_changeset_at(f->set, 0);
    assert_string_equal(all->filter, "");
    assert_int_equal(all->assignments[0].kind, NX_NEW_NULL);
}

/* What refers to a new record that stands there already gets what that record has: a value, nothing, or another new one. */
static void references_follow_a_record_that_is_there_already(void **state) {
    fixture *f = *state;
    static const struct {
        const char *there;      /* what the field has that is referred to; NULL: nothing */
        bool known, other;      /* is it among what is known of the record; does it refer to another new one itself */
        int kind;               /* what the new record's reference becomes; -1: all is refused */
        int updates;            /* of the record whose reference was 4 */
    } cases[] = {
        {"5", true, false, NX_NEW_VALUE, 1}, {"4", true, false, NX_NEW_VALUE, 0}, {NULL, true, false, NX_NEW_NULL, 1},
        {"5", false, false, -1, 1},          {"5", true, true, NX_NEW_REFERENCE, 1},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        assert_true(nx_changeset_clear(f->set, &f->err));
        uint64_t other = insert(f, &f->user), user = insert(f, &f->user), child = insert(f, &f->post);
        nx_field *to = &f->user_fields[PARENT];
        assert_true(nx_changeset_refer(f->set, child, &f->post_fields[PARENT], user, to, &f->err));
        nx_value k = text("1"), there = text("9");
        assert_true(nx_changeset_update_refer(f->set, &f->post, &k, 1, NULL, 0, &f->post_fields[PARENT], text("4"), user, to, &f->err));
        if (cases[i].other) {
            assert_true(nx_changeset_refer(f->set, user, to, other, &f->user_fields[ID], &f->err));
        }
        nx_assignment present[] = {{.field = &f->user_fields[ID], .old = there}, {.field = to, .old = text(cases[i].there)}};
        bool good = nx_changeset_insert_to_update(f->set, user, &there, 1, present, cases[i].known ? 2 : 1, &f->err);
        assert_int_equal(good, cases[i].kind >= 0);
        if (!good) {
            assert_non_null(strstr(f->err.message, "Post.parent refers to parent, whose present value is not known"));
            assert_int_equal(nx_changeset_by_id(f->set, user)->kind, NX_INSERT);
            continue;
        }
        const nx_assignment *a = parent_of(f, child);
        assert_int_equal(a->kind, (nx_new_kind)cases[i].kind);
        assert_true(a->kind != NX_NEW_VALUE || strcmp(a->value.text, cases[i].there) == 0);
        assert_true(a->kind != NX_NEW_REFERENCE || a->record == other);
        assert_int_equal(post(f, "1") != NULL, cases[i].updates);
        assert_true(nx_changeset_undo(f->set, &f->err));
        assert_true(parent_of(f, child)->record == user);
    }
}

static void a_record_that_cannot_be_updated_is_not_taken_instead(void **state) {
    fixture *f = *state;
    uint64_t user = insert(f, &f->user);
    nx_value k = text("7");
    nx_assignment present[] = {{.field = &f->user_fields[NAME], .old = text("old")}};
    assert_false(nx_changeset_insert_to_update(f->set, user, &k, 0, present, 1, &f->err));
    assert_non_null(strstr(f->err.message, "cannot be updated instead: it has no identity"));
    assert_true(nx_changeset_assign(f->set, user, &f->user_fields[NAME], NX_NEW_NULL, NX_NULL_VALUE, &f->err));
    f->user_fields[NAME].can_update = false;
    assert_false(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 1, &f->err));
    assert_non_null(strstr(f->err.message, "User.name of the present record cannot be set: this role may not update this field"));
    f->user.can_update = false;
    assert_false(nx_changeset_insert_to_update(f->set, user, &k, 1, present, 1, &f->err));
    assert_non_null(strstr(f->err.message, "cannot be updated instead: this role may not update it"));
    assert_int_equal(nx_changeset_by_id(f->set, user)->kind, NX_INSERT);
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
    TEST(what_a_role_may_not_do_is_said_before_it_is_staged),
    TEST(what_cannot_be_done_to_all_is_refused),
    TEST(references_follow_a_record_that_is_there_already),
    TEST(a_record_that_cannot_be_updated_is_not_taken_instead),
};

LAB_MAIN(tests, NULL, NULL)
