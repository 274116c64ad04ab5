/* Keys as people type them, as JSON gives them, as rows carry them; and what a row's relations go by. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE account (id int PRIMARY KEY, email text NOT NULL UNIQUE, nick text UNIQUE, town text, late int NOT "
    "NULL,"
    " UNIQUE (town, nick), UNIQUE (late) DEFERRABLE);"
    "INSERT INTO account VALUES (7, 'a@b,c', 'ada', 'Oslo', 1), (8, 'x=y', NULL, 'Oslo', 2);"
    "CREATE UNIQUE INDEX ON account (email) WHERE id > 5;"
    "CREATE TABLE member (org int, \"user\" text, note text, boss_org int, boss_user text, PRIMARY KEY (org, \"user\"),"
    " FOREIGN KEY (boss_org, boss_user) REFERENCES member);"
    "INSERT INTO member VALUES (1, 'ada', 'x', NULL, NULL), (1, 'a,b', 'y', 1, 'ada'), (2, 'bob', repeat('z', 5000), "
    "1, NULL);"
    "CREATE TABLE word (word text PRIMARY KEY, parent text REFERENCES word);"
    "INSERT INTO word VALUES ('a, b=c', NULL), ('email=x', 'a, b=c'), (repeat('w', 1000), 'email=x'), ('leaf', "
    "repeat('w', 1000));"
    "CREATE TABLE log (line int, at text); INSERT INTO log VALUES (1, 'x'), (1, 'x'), (2, 'y');"
    "CREATE TABLE parts (n int) PARTITION BY RANGE (n); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO "
    "(10);"
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20); INSERT INTO parts VALUES (5), (15);"
    "CREATE VIEW sums AS SELECT town, count(*) FROM account GROUP BY town;"
    "CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE child () INHERITS (parent);";

static nx_arena *arena;
static nx_key_test key;
static nx_error err;

static int begin(void **state) {
    (void)state;
    arena = nx_arena_new(0);
    return 0;
}

static int end(void **state) {
    (void)state;
    nx_arena_free(arena);
    nx_error_clear(&err);
    return 0;
}

/* "id=7" or "org=1;user=ada"; the error's message when it is refused. */
static const char *shown(bool good) {
    nx_buf out = NX_BUF;
    if (!good) {
        return err.message;
    }
    for (int i = 0; i < key.n; i++) {
        const char *name = key.fields[i] ? key.fields[i]->name : "-";
        nx_buf_addf(&out, "%s%s=%s", i ? ";" : "", name, key.values[i].text ? key.values[i].text : "NULL");
    }
    const char *text = nx_arena_strdup(arena, out.data);
    nx_buf_free(&out);
    return text;
}

static const char *parse(const char *model, const char *text) {
    return shown(nx_key_parse(rows_lab_model(lab, model), text, arena, &key, &err));
}

static const char *parse_json(const char *model, const char *json) {
    return shown(nx_key_parse_json(rows_lab_model(lab, model), json, arena, &key, &err));
}

static void reads_the_identity(void **state) {
    (void)state;
    assert_string_equal(parse("account", "7"), "id=7");
    assert_string_equal(parse("account", "-7"), "id=-7");
    assert_string_equal(parse("member", "1,ada"), "org=1;user=ada");
    assert_string_equal(parse("member", "1,"), "org=1;user=");
    assert_string_equal(parse("member", "1,a=b"), "org=1;user=a=b");
    assert_string_equal(parse("word", "plain"), "word=plain");
    assert_string_equal(parse("word", "a, b=c"), "word=a, b=c");
    assert_string_equal(parse("word", ""), "word=");
    assert_string_equal(parse("word", "bWFu="), "word=bWFu=");
}

static void reads_any_unique_key(void **state) {
    (void)state;
    assert_string_equal(parse("account", "email=x=y"), "email=x=y");
    assert_string_equal(parse("account", "EMAIL=ada@x"), "email=ada@x");
    assert_string_equal(parse("account", "id = 7"), "id=7");
    assert_string_equal(parse("account", "  id  = 7"), "id=7");
    assert_string_equal(parse("account", "id= 7"), "id= 7");
    assert_string_equal(parse("account", "id =7"), "id=7");
    assert_string_equal(parse("account", "email= a"), "email= a"); /* a blank of the value's own */
    assert_string_equal(parse("account", "email="), "email=");
    assert_string_equal(parse("account", "nick=ada"), "nick=ada"); /* nullable: a value that is there is unique */
    assert_string_equal(parse("account", "nick=ada, town=Oslo"), "nick=ada;town=Oslo");
    assert_string_equal(parse("member", "user=ada,org=1"), "user=ada;org=1");
    assert_string_equal(parse("word", "word=a"), "word=a");
}

static void refuses_what_names_no_record(void **state) {
    (void)state;
    assert_string_equal(parse("account", "1,2"), "the key of account has 1 value, not 2");
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_string_equal(err.hint, "name a record of account by id=... or email=... or nick=... or town=...,nick=...");
    assert_string_equal(parse("member", "1"), "the key of member has 2 values, not 1");
    assert_string_equal(parse("member", "1,a,b"), "the key of member has 2 values, not 3");
    assert_string_equal(parse("account", "town=Oslo"), "these fields are no unique key of account");
    assert_string_equal(parse("account", "id=1,email=x"), "these fields are no unique key of account");
    assert_string_equal(parse("account", "id=1,id=2"), "these fields are no unique key of account");
    assert_string_equal(parse("account", "late=1"), "these fields are no unique key of account");
    assert_string_equal(parse("account", "email=a@b,c"), "\"c\" is not field=value");
    assert_string_equal(parse("account", "=x"), "account has no field \"\"");
    assert_string_equal(parse("account", "   =x"), "account has no field \"\"");
    assert_string_equal(parse("log", "line=1"), "these fields are no unique key of log");
    assert_string_equal(parse("account", "mail=x"), "account has no field \"mail\"");
    assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
    assert_string_equal(err.hint, "did you mean \"email\"?");
    assert_string_equal(parse("sums", "Oslo"), "sums has no key that records could be named by");
    assert_string_equal(err.hint, "sums has no unique key; a filter finds its records");
    assert_string_equal(parse("parent", "code=x"),
                        "these fields are no unique key of parent"); /* its children may repeat it */
}

static void reads_json(void **state) {
    (void)state;
    assert_string_equal(parse_json("member", "[1, \"a,b\"]"), "org=1;user=a,b");
    assert_string_equal(parse_json("account", "[12345678901234567890]"), "id=12345678901234567890");
    assert_string_equal(parse_json("word", "[\"\\u00e9\\n\"]"), "word=é\n");
    assert_string_equal(parse_json("account", "[]"), "the key of account has 1 value, not 0");
    assert_string_equal(parse_json("member", "[1]"), "the key of member has 2 values, not 1");
    assert_string_equal(parse_json("sums", "[\"Oslo\"]"), "sums has no key that records could be named by");
    assert_string_equal(parse_json("log", "[\"0.1.2.3\"]"), "-=(0,1);-=2;-=3");
    assert_string_equal(parse_json("log", "[\"0.1.2\"]"), "\"0.1.2\" is no tuple id");
    nx_error_clear(&err);
    assert_false(nx_key_parse_json(rows_lab_model(lab, "log"), "[null]", arena, &key, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    nx_error_clear(&err);
    assert_false(nx_key_parse_json(rows_lab_model(lab, "log"), "[1, 2]", arena, &key, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    nx_error_clear(&err);
    assert_false(nx_key_parse_json(rows_lab_model(lab, "account"), "7", arena, &key, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_false(nx_key_parse_json(rows_lab_model(lab, "account"), "[7", arena, &key, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
}

/* What nx_key_text writes, nx_key_parse reads, and the record is the same. */
static void check_round(const char *model, bool json) {
    nx_query *query = rows_lab_query(lab, model, NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_true(page->nrows > 1);
    for (int i = 0; i < page->nrows; i++) {
        nx_buf text = NX_BUF;
        nx_key_test own;
        nx_key_text(&page->rows[i], page->nkey, &text);
        assert_true(nx_row_key(nx_query_model(query), &page->rows[i], arena, &own));
        if (strchr(text.data, ',') && own.n > 1) {
            nx_buf_free(&text);
            continue; /* --key-json is for these */
        }
        if (json) {
            nx_buf array = NX_BUF;
            nx_buf_addf(&array, "[\"%s\"]", text.data);
            parse_json(model, array.data);
            nx_buf_free(&array);
        } else {
            parse(model, text.data);
        }
        assert_int_equal(key.n, own.n);
        for (int k = 0; k < key.n; k++) {
            assert_ptr_equal(key.fields[k], own.fields[k]);
            assert_true(nx_value_equal(key.values[k], own.values[k]));
        }
        nx_page *again = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_KEY, .key = key}, 1, NULL);
        assert_int_equal(again->nrows, 1);
        for (int k = 0; k < page->nkey; k++) {
            assert_true(nx_value_equal(again->rows[0].key[k], page->rows[i].key[k]));
        }
        nx_page_free(again);
        nx_buf_free(&text);
    }
    nx_page_free(page);
    nx_query_free(query);
}

static void keys_go_out_and_come_back(void **state) {
    (void)state;
    check_round("account", false);
    check_round("member", false);
    check_round("word", false);
    check_round("log", false);
    check_round("parts", false);
    check_round("log", true);
}

static void tuple_ids_are_one_token(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "log", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    nx_buf text = NX_BUF;
    nx_key_text(&page->rows[1], page->nkey, &text);
    assert_null(strchr(text.data, ','));
    assert_int_equal(strncmp(text.data, "0.2.", 4), 0);
    assert_string_equal(parse("log", "(0,1)"), "\"(0,1)\" is no tuple id");
    assert_non_null(strstr(err.hint, "log has no key"));
    static const char *const wrong[] = {"",        "1",      "0.1",    "0.1.2",   "0.1.2.3.4",
                                        "0.1.2.x", "0.1.2.", ".1.2.3", "-1.1.1.1"};
    for (size_t i = 0; i < NX_COUNT(wrong); i++) {
        nx_error_clear(&err);
        assert_false(nx_key_parse(rows_lab_model(lab, "log"), wrong[i], arena, &key, &err));
        assert_int_equal(err.kind, NX_ERR_USAGE);
    }
    nx_buf_free(&text);
    nx_page_free(page);
    nx_query_free(query);
}

/* Three values are a tuple id only where they look like one. */
static void keys_of_three_values_are_no_tuple_ids(void **state) {
    (void)state;
    static const struct {
        const char *values[3], *text;
    } keys[] = {
        {{"(0,2)", "734", "16402"}, "0.2.734.16402"}, {{"(0,2)", "734", "x"}, "(0,2),734,x"},
        {{"(0,2)", "", "5"}, "(0,2),,5"},             {{"(0,2) ", "7", "5"}, "(0,2) ,7,5"},
        {{"(0;2)", "7", "5"}, "(0;2),7,5"},           {{"a", "7", "5"}, "a,7,5"},
        {{NULL, "7", "5"}, "NULL,7,5"},               {{"(0,2)", NULL, "5"}, "(0,2),NULL,5"},
        {{"(0,2)", "7", NULL}, "(0,2),7,NULL"},       {{"(0,2)", "-7", "5"}, "(0,2),-7,5"},
    };
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        nx_value values[3];
        for (int k = 0; k < 3; k++) {
            values[k] = keys[i].values[k] ? nx_value_of(keys[i].values[k]) : NX_NULL_VALUE;
        }
        nx_buf text = NX_BUF;
        nx_key_text(&(nx_row){.key = values}, 3, &text);
        assert_string_equal(text.data, keys[i].text);
        nx_buf_free(&text);
    }
}

static void views_without_a_key_have_no_row_key(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "sums", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_false(nx_row_key(nx_query_model(query), &page->rows[0], arena, &key));
    nx_page_free(page);
    nx_query_free(query);
}

/* --- scopes ------------------------------------------------------------------------------------------------------ */

static const nx_relation *relation(const char *model, nx_relation_kind kind) {
    nx_model *m = rows_lab_model(lab, model);
    for (int i = 0; i < m->nrelations; i++) {
        if (m->relations[i]->kind == kind) {
            return m->relations[i];
        }
    }
    fail_msg("%s has no such relation", model);
    return NULL;
}

static const char *scope_of(const nx_relation *r, const nx_query *query, const nx_row *row) {
    nx_scope scope;
    nx_buf out = NX_BUF;
    if (!nx_relation_scope(r, query, row, arena, &scope)) {
        return NULL;
    }
    assert_ptr_equal(scope.relation, r);
    for (int i = 0; i < scope.nvalues; i++) {
        nx_buf_addf(&out, "%s%s", i ? ";" : "", scope.values[i].text);
    }
    const char *text = nx_arena_strdup(arena, out.data);
    nx_buf_free(&out);
    return text;
}

static void a_row_gives_its_relations_their_values(void **state) {
    (void)state;
    rows_lab_graph(lab);
    nx_query *query = rows_lab_query(lab, "member", NULL, NULL);
    const nx_relation *one = relation("member", NX_TO_ONE), *many = relation("member", NX_TO_MANY);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_string_equal(scope_of(one, query, &page->rows[0]), "1;ada"); /* (1, 'a,b') */
    assert_string_equal(scope_of(many, query, &page->rows[0]), "1;a,b");
    assert_null(scope_of(one, query, &page->rows[1])); /* (1, 'ada') has no boss */
    assert_null(scope_of(one, query, &page->rows[2])); /* half a reference refers to nothing */
    nx_field *note = nx_model_field(nx_query_model(query), "note");
    nx_query_set_fields(query, &note, 1); /* the key comes along, the reference does not */
    nx_page *narrow = rows_lab_first(lab, query, 10);
    assert_string_equal(scope_of(many, query, &narrow->rows[0]), "1;a,b");
    assert_null(scope_of(one, query, &narrow->rows[0]));
    nx_page_free(narrow);
    nx_page_free(page);
    nx_query_free(query);
}

/* A value that was cut is no value to go by; a key is always whole. */
static void cut_values_give_no_scope(void **state) {
    (void)state;
    rows_lab_graph(lab);
    nx_query *query = rows_lab_query(lab, "word", NULL, "word = leaf or word startsWith 'www'");
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_int_equal(page->nrows, 2);
    assert_null(scope_of(relation("word", NX_TO_ONE), query, &page->rows[0]));
    assert_int_equal(strlen(scope_of(relation("word", NX_TO_MANY), query, &page->rows[1])), 1000);
    nx_page_free(page);
    nx_query_set_whole(query, true);
    page = rows_lab_first(lab, query, 10);
    assert_int_equal(strlen(scope_of(relation("word", NX_TO_ONE), query, &page->rows[0])), 1000);
    nx_page_free(page);
    nx_query_free(query);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

static const struct CMUnitTest tests[] = {
    TEST(reads_the_identity),
    TEST(reads_any_unique_key),
    TEST(refuses_what_names_no_record),
    TEST(reads_json),
    TEST(keys_go_out_and_come_back),
    TEST(tuple_ids_are_one_token),
    TEST(keys_of_three_values_are_no_tuple_ids),
    TEST(views_without_a_key_have_no_row_key),
    TEST(a_row_gives_its_relations_their_values),
    TEST(cut_values_give_no_scope),
};

ROWS_MAIN(tests, script)
