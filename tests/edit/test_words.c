/* What people read of changes: statements, conflicts, what a deletion does, records for other programs. No server. */
#include "edit/conflict.h"
#include "edit/preview_default.h"
#include "edit/statement.h"
#include "lab/test.h"
#include "nixie/copy.h"
#include "nixie/preview.h"

enum { FIELDS = 8 };
enum { ID, SELECT, FIRST, UPPER, LONG, QUOTED, GENERATED, NUMBER };

typedef struct fixture {
    nx_model model;
    nx_field fields[FIELDS], *list[FIELDS];
    nx_key key;
    nx_changeset *set;
    nx_arena *arena;
} fixture;

static int fresh(void **state) {
    static const char *const names[] = {"id", "select", "1st", "Upper", "a_name_that_is_as_long_as_any_name_can_be_but_no_word_____________",
                                        "a\"b", "made", "n"};
    fixture *f = *state = calloc(1, sizeof *f);
    for (int i = 0; i < FIELDS; i++) {
        bool number = i == ID || i == NUMBER;
        f->fields[i] = (nx_field){.model = &f->model, .number = i + 1, .index = i, .name = names[i], .type = number ? "integer" : "text",
                                  .cast = number ? "\"pg_catalog\".\"int4\"" : "\"pg_catalog\".\"text\"", .base_type = number ? "int4" : "text",
                                  .class = number ? NX_TYPE_NUMBER : NX_TYPE_TEXT, .op_eq = "OPERATOR(pg_catalog.=)",
                                  .op_gt = "OPERATOR(pg_catalog.>)", .sortable = true, .nullable = true, .generated = i == GENERATED,
                                  .identity = i == ID ? 'a' : '\0', .can_select = true, .can_insert = true, .can_update = true};
        f->list[i] = &f->fields[i];
    }
    f->key = (nx_key){.name = "pk", .primary = true, .identifies = true, .nfields = 1, .fields = f->list};
    f->model = (nx_model){.oid = 7, .schema = "s", .name = "Post", .title = "Post", .described = true, .nfields = FIELDS, .fields = f->list,
                          .identity_kind = NX_IDENTITY_PRIMARY, .identity = &f->key, .can_insert = true, .can_update = true,
                          .can_delete = true, .kind = NX_KIND_TABLE};
    f->set = nx_changeset_new();
    f->arena = nx_arena_new(0);
    return 0;
}

static int done(void **state) {
    fixture *f = *state;
    nx_changeset_free(f->set);
    nx_arena_free(f->arena);
    free(f);
    return 0;
}

static bool update(fixture *f, const char *key, int field, const char *old, nx_new_kind kind, const char *value) {
    nx_value k = nx_value_of(key);
    return nx_changeset_update(f->set, &f->model, &k, 1, &f->fields[field], nx_value_of(old), kind, nx_value_of(value), NULL);
}

/* --- statements --------------------------------------------------------------------------------------------------- */

static void statements_are_written_as_a_person_would(void **state) {
    static const struct {
        int field;
        nx_new_kind kind;
        const char *value, *set;
    } cases[] = {
        {NUMBER, NX_NEW_VALUE, "-5", "n = -5"},          {NUMBER, NX_NEW_VALUE, "1.5", "n = 1.5"},
        {NUMBER, NX_NEW_VALUE, "1e5", "n = '1e5'"},      {NUMBER, NX_NEW_VALUE, "", "n = ''"},
        {NUMBER, NX_NEW_VALUE, "-", "n = '-'"},          {NUMBER, NX_NEW_VALUE, "12345678901234567890123456789012345678901", "n = '12345678901234567890123456789012345678901'"},
        {NUMBER, NX_NEW_NULL, NULL, "n = NULL"},         {NUMBER, NX_NEW_DEFAULT, NULL, "n = DEFAULT"},
        {SELECT, NX_NEW_VALUE, "5", "\"select\" = '5'"}, {FIRST, NX_NEW_VALUE, "it's", "\"1st\" = 'it''s'"},
        {UPPER, NX_NEW_VALUE, "a\\b", "\"Upper\" = E'a\\\\b'"}, {QUOTED, NX_NEW_VALUE, "$1 t.x::y", "\"a\"\"b\" = '$1 t.x::y'"},
        {LONG, NX_NEW_VALUE, "x", "\"a_name_that_is_as_long_as_any_name_can_be_but_no_word_____________\" = 'x'"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_changeset_clear(f->set, NULL);
        assert_true(update(f, "7", cases[i].field, "before", cases[i].kind, cases[i].value));
        char *sql = nx_change_readable(nx_changeset_at(f->set, 0)), expected[200];
        snprintf(expected, sizeof expected, "UPDATE s.\"Post\" SET %s WHERE id = 7", cases[i].set);
        if (strncmp(sql, expected, strlen(expected)) != 0) {
            fail_msg("%s\nnot\n%s", sql, expected);
        }
        free(sql);
    }
}

/* --- one change and the server ------------------------------------------------------------------------------------- */

typedef struct verdict {
    bool one;
    nx_error err;
} verdict;

/* What is said of the only change when the statement touched `affected` and the look found this: its version, and for the
 * compared field whether it is the same, its text, and whether that is all. NULL: nothing. */
static verdict judge(fixture *f, int affected, const char *const *found) {
    nx_value values[4];
    for (int i = 0; found && i < 4; i++) {
        values[i] = nx_value_of(found[i]);
    }
    nx_result *look = nx_result_of(found ? 1 : 0, 4, values);
    verdict v = {.err = NX_ERROR};
    v.one = nx_change_judge(nx_changeset_at(f->set, 0), affected, look, &v.err);
    nx_result_free(look);
    return v;
}

static void expect_judged(verdict v, nx_error_class kind, const char *message, const char *detail) {
    assert_false(v.one);
    assert_int_equal(v.err.kind, kind);
    assert_string_equal(v.err.message, message);
    if (detail && (!v.err.detail || strcmp(v.err.detail, detail) != 0)) {
        fail_msg("%s: %s", message, v.err.detail ? v.err.detail : "no detail");
    }
    assert_non_null(v.err.hint);
    nx_error_clear(&v.err);
}

static void a_change_that_is_not_one_record_says_what_stands_there(void **state) {
    fixture *f = *state;
    static const char *const same[] = {"t", "t", "before", "t"}, *const newer[] = {"f", "t", "before", "t"},
                      *const other[] = {"t", "f", "theirs", "t"}, *const null[] = {"t", "f", NULL, "t"};
    assert_true(update(f, "7", SELECT, "before", NX_NEW_VALUE, "mine"));
    assert_true(judge(f, 1, same).one);
    expect_judged(judge(f, 2, same), NX_ERR_REFUSED, "Post 7 is not one record: the statement touches 2", NULL);
    expect_judged(judge(f, 0, NULL), NX_ERR_CONFLICT, "Post 7 is gone", NULL);
    expect_judged(judge(f, 0, same), NX_ERR_REFUSED, "the server left Post 7 as it was", NULL);
    expect_judged(judge(f, 0, newer), NX_ERR_CONFLICT, "Post 7 was changed by another session", "The record has a newer version.");
    expect_judged(judge(f, 0, other), NX_ERR_CONFLICT, "Post 7 was changed by another session",
                  "select: was 'before', yours 'mine', theirs 'theirs'");
    expect_judged(judge(f, 0, null), NX_ERR_CONFLICT, "Post 7 was changed by another session",
                  "select: was 'before', yours 'mine', theirs NULL");
    assert_true(update(f, "7", SELECT, "before", NX_NEW_DEFAULT, NULL));
    expect_judged(judge(f, 0, other), NX_ERR_CONFLICT, "Post 7 was changed by another session",
                  "select: was 'before', yours DEFAULT, theirs 'theirs'");
    assert_true(update(f, "7", SELECT, "before", NX_NEW_NULL, NULL));
    expect_judged(judge(f, 0, other), NX_ERR_CONFLICT, "Post 7 was changed by another session",
                  "select: was 'before', yours NULL, theirs 'theirs'");
}

static void long_values_are_cut_between_characters(void **state) {
    fixture *f = *state;
    char text[100], expected[200];
    for (int before = 55; before <= 60; before++) { /* the cut at 60 bytes falls into each byte of the character */
        memset(text, 'x', sizeof text);
        memcpy(text + before, "\xf0\x9f\x98\x80", 4);
        text[90] = '\0';
        const char *const found[] = {"t", "f", text, "t"};
        nx_changeset_clear(f->set, NULL);
        assert_true(update(f, "7", SELECT, "before", NX_NEW_VALUE, "mine"));
        int cut = before + 4 <= 60 ? 60 : before;
        snprintf(expected, sizeof expected, "select: was 'before', yours 'mine', theirs '%.*s'...", cut, text);
        expect_judged(judge(f, 0, found), NX_ERR_CONFLICT, "Post 7 was changed by another session", expected);
    }
}

static void changes_have_names(void **state) {
    fixture *f = *state;
    nx_buf out = NX_BUF;
    assert_true(nx_changeset_bulk(f->set, &f->model, NX_BULK_DELETE, "n > 3", 2, NULL, NX_NEW_VALUE, NX_NULL_VALUE, NULL) != 0);
    assert_true(nx_changeset_bulk(f->set, &f->model, NX_BULK_DELETE, NULL, 2, NULL, NX_NEW_VALUE, NX_NULL_VALUE, NULL) != 0);
    assert_true(nx_changeset_insert(f->set, &f->model, NULL) != 0);
    nx_value keys[] = {nx_value_of("a"), NX_NULL_VALUE};
    const nx_change two = {.kind = NX_DELETE, .model = &f->model, .key = keys, .nkey = 2};
    const nx_change *const changes[] = {nx_changeset_at(f->set, 0), nx_changeset_at(f->set, 1), nx_changeset_at(f->set, 2), &two};
    for (size_t i = 0; i < NX_COUNT(changes); i++) {
        nx_buf_adds(&out, i ? "; " : "");
        nx_change_name(&out, changes[i]);
    }
    assert_string_equal(out.data, "Post where n > 3; Post (all); Post (new); Post a,NULL");
    nx_buf_free(&out);
}

/* --- what a deletion does ----------------------------------------------------------------------------------------------- */

static void defaults_that_are_constants_are_known(void **state) {
    static const struct {
        const char *expression;
        bool known;
        const char *value;
    } cases[] = {
        {NULL, true, NULL},                         {"'x'::text", true, "x"},
        {"'it''s'::character varying(20)", true, "it's"}, {"'a'", true, "a"},
        {"''::text", true, ""},                     {"'a'::text || 'b'", false, NULL},
        {"'open", false, NULL},                     {"'a'::x[]", true, "a"},
        {"NULL", true, NULL},                       {"NULL::integer", true, NULL},
        {"NULL + 1", false, NULL},                  {"7", true, "7"},
        {"1.5", true, "1.5"},                       {"7::bigint", true, "7"},
        {"7 + 1", false, NULL},                     {"true", true, "true"},
        {"false", true, "false"},                   {"truth()", false, NULL},
        {"now()", false, NULL},                     {"nextval('s'::regclass)", false, NULL},
    };
    fixture *f = *state;
    nx_value value;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        f->fields[NUMBER].default_expression = cases[i].expression;
        bool known = preview_default(f->arena, &f->fields[NUMBER], &value);
        if (known != cases[i].known || (known && !nx_value_equal(value, nx_value_of(cases[i].value)))) {
            fail_msg("%s: %s", cases[i].expression, known ? value.text ? value.text : "NULL" : "unknown");
        }
    }
    static const char *const some[] = {NULL, "7"};
    for (size_t i = 0; i < 2; i++) { /* what makes its own values has no constant; what a domain says is not looked at */
        f->fields[GENERATED].default_expression = f->fields[ID].default_expression = some[i];
        assert_false(preview_default(f->arena, &f->fields[GENERATED], &value));
        assert_false(preview_default(f->arena, &f->fields[ID], &value));
    }
    f->fields[NUMBER].default_expression = NULL;
    f->fields[NUMBER].domain = true;
    assert_false(preview_default(f->arena, &f->fields[NUMBER], &value));
}

static void expect_told(const nx_preview_tree *tree, const char *words) {
    nx_buf out = NX_BUF;
    nx_preview_words(tree, &out);
    assert_string_equal(out.data, words);
    nx_buf_free(&out);
}

static void the_line_of_a_deletion_names_every_part(void **state) {
    fixture *f = *state;
    nx_model other = f->model;
    other.title = "Like";
    const nx_effect effects[] = {
        {.model = &f->model, .action = NX_EFFECT_CASCADE, .count = 2},
        {.model = &f->model, .action = NX_EFFECT_CASCADE, .count = 1000, .more = true},
        {.model = &other, .action = NX_EFFECT_CASCADE, .count = -1, .uncounted = "no index"},
        {.model = &other, .action = NX_EFFECT_CASCADE, .update = true, .count = 1},
        {.model = &other, .action = NX_EFFECT_SET_NULL, .count = 3},
        {.model = &other, .action = NX_EFFECT_SET_DEFAULT, .count = 4},
        {.model = &f->model, .action = NX_EFFECT_SET_DEFAULT, .count = 5, .more = true},
        {.model = &other, .action = NX_EFFECT_RESTRICT, .count = 6, .refusal = NX_EFFECT_REFUSES},
        {.model = &f->model, .action = NX_EFFECT_NO_ACTION, .count = 7, .refusal = NX_EFFECT_MAY_REFUSE, .why = "unless"},
        {.model = &other, .action = NX_EFFECT_NO_ACTION, .count = -1, .uncounted = "no index"},
    };
    nx_preview_tree tree = {.kind = NX_DELETE, .model = &f->model, .count = 1};
    expect_told(&tree, "deletes 1 Post; nothing refers to it");
    tree.count = 0;
    expect_told(&tree, "Post: nothing is there any more");
    tree = (nx_preview_tree){.kind = NX_BULK_DELETE, .model = &f->model, .count = -1, .n = NX_COUNT(effects), .effects = effects};
    expect_told(&tree, "deletes Post, cascades to 1002+ Post and Like (not counted), changes 1 Like, sets NULL in 3 Like,"
                       " sets the default in 4 Like and 5+ Post; may be refused by Post (7: unless) and Like (not counted);"
                       " refused by Like (6)");
    tree = (nx_preview_tree){.kind = NX_BULK_UPDATE, .model = &f->model, .count = 1000, .more = true};
    expect_told(&tree, "changes the key of 1000+ Post; nothing refers to it");
    nx_buf out = NX_BUF;
    for (size_t i = 0; i < 3; i++) {
        nx_effect_words(&effects[i], &out);
        nx_buf_adds(&out, "; ");
    }
    assert_string_equal(out.data, "2 Post; 1000+ Post; Like (not counted: no index); ");
    nx_buf_free(&out);
    static const char *const names[] = {"cascade", "set null", "set default", "restrict", "no action"};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        assert_string_equal(nx_effect_action_name((nx_effect_action)i), names[i]);
    }
}

/* --- for other programs --------------------------------------------------------------------------------------------------- */

static void records_are_copied_as_other_programs_read_them(void **state) {
    fixture *f = *state;
    static const char *const texts[FIELDS] = {"7", NULL, "", "a,b", "say \"x\"", " blank", "made", "two\nlines"};
    nx_cell cells[FIELDS] = {{.value = NX_NULL_VALUE}};
    for (int i = 0; i < FIELDS; i++) {
        cells[i].value = nx_value_of(texts[i]);
    }
    nx_buf out = NX_BUF;
    nx_copy_csv(&out, f->list, cells, FIELDS);
    assert_string_equal(out.data,
                        "id,select,1st,Upper,a_name_that_is_as_long_as_any_name_can_be_but_no_word_____________,\"a\"\"b\",made,n\n"
                        "7,,\"\",\"a,b\",\"say \"\"x\"\"\",\" blank\",made,\"two\nlines\"\n");
    nx_buf_clear(&out);
    nx_copy_insert(&out, f->list, cells, 4);
    assert_string_equal(out.data, "INSERT INTO \"s\".\"Post\" (\"id\", \"select\", \"1st\", \"Upper\") OVERRIDING SYSTEM VALUE VALUES"
                                  " ('7', NULL, '', 'a,b');");
    nx_buf_clear(&out);
    nx_copy_insert(&out, f->list + QUOTED, cells + QUOTED, 3); /* what is generated cannot be given */
    assert_string_equal(out.data, "INSERT INTO \"s\".\"Post\" (\"a\"\"b\", \"n\") VALUES (' blank', 'two\nlines');");
    nx_buf_clear(&out);
    nx_copy_json(&out, f->list, cells, 3);
    assert_string_equal(out.data, "{\"id\": \"7\", \"select\": null, \"1st\": \"\"}");
    nx_buf_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

static const struct CMUnitTest tests[] = {
    TEST(statements_are_written_as_a_person_would), TEST(a_change_that_is_not_one_record_says_what_stands_there),
    TEST(long_values_are_cut_between_characters),   TEST(changes_have_names),
    TEST(defaults_that_are_constants_are_known),    TEST(the_line_of_a_deletion_names_every_part),
    TEST(records_are_copied_as_other_programs_read_them),
};

LAB_MAIN(tests, NULL, NULL)
