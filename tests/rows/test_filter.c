/* The filter language: what parses, what does not and why, what keys write, what completion offers. */
#include "rows/rows_group.h"

static const char script[] = "CREATE TYPE \"Role\" AS ENUM ('USER', 'on hold', 'ADMIN');"
                             "CREATE TABLE post (id int PRIMARY KEY, title text, \"viewCount\" int NOT NULL, published "
                             "boolean, role \"Role\", tags text[],"
                             " meta jsonb, place point, at timestamptz, \"odd `name\" text, \"not\" int, \"größe\" "
                             "int, \"Title\" text, secret text);"
                             "DO $$ BEGIN CREATE ROLE filter_reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
                             "GRANT SELECT (id, title) ON post TO filter_reader";

static nx_model *post;

static int open_lab(void **state) {
    rows_group_open(state, script);
    post = rows_lab_model(lab, "post");
    return 0;
}

/* --- errors ------------------------------------------------------------------------------------- */

typedef struct mistake {
    const char *filter;
    int position;
    const char *message, *hint; /* parts of them */
} mistake;

static void check_mistake(const mistake *m, nx_error_class kind) {
    nx_error err = NX_ERROR;
    nx_filter *filter = nx_filter_parse(post, m->filter, &err);
    if (filter) {
        fail_msg("%s parses", m->filter);
    }
    if (err.kind != kind || err.position != m->position || !strstr(err.message, m->message) ||
        !strstr(err.hint, m->hint)) {
        fail_msg("%s\n  expected at %d: %s (%s)\n  but was  at %d: %s (%s)", m->filter, m->position, m->message,
                 m->hint, err.position, err.message, err.hint);
    }
    nx_error_clear(&err);
}

static void says_what_is_wrong_and_where(void **state) {
    (void)state;
    static const mistake mistakes[] = {
        {"title", 6, "expected an operator after title, but here the filter ends", "contains"},
        {"published and id = 1", 11, "expected an operator after published, not \"and\"", "published = true"},
        {"title =", 8, "expected a value, but here the filter ends", "quotes"},
        {"title = and", 9, "expected a value, not \"and\"", "quotes"},
        {"title = ,", 9, "expected a value, not \",\"", ""},
        {"title = 'abc", 9, "the quote is not closed", "doubled"},
        {"title = \"a\"\"", 9, "the quote is not closed", ""},
        {"`odd = 1", 1, "the quote is not closed", ""},
        {"title = 'a' id = 1", 13, "expected \"and\" or \"or\", not \"id\"", "quotes"},
        {"at > 2026-03-14 15:09", 17, "expected \"and\" or \"or\", not \"15:09\"", "'2026-03-14 15:09'"},
        {"title = 'a' and", 16, "expected a field, but here the filter ends", ""},
        {"or title = 'a'", 1, "expected a field, not \"or\"", "backquotes"},
        {"(id = 1", 8, "expected a closing parenthesis", ""},
        {"id = 1)", 7, "expected \"and\" or \"or\", not \")\"", ""},
        {"()", 2, "expected a field, not \")\"", ""},
        {"'title' = 1", 1, "expected a field", "backquotes"},
        {"1 = 1", 1, "expected a field, not \"1\"", "field operator value"},
        {"id == 1", 4, "expected an operator", "single ="},
        {"id = 1 && id = 2", 8, "expected \"and\" or \"or\"", "the word and"},
        {"id = 1 || id = 2", 8, "expected \"and\" or \"or\"", "the word or"},
        {"! id = 1", 1, "expected a field", "the word not"},
        {"title !~ 'x'", 7, "expected an operator", "not field matches"},
        {"id = null", 6, "nothing compares with null", "use: is null"},
        {"id != NULL", 7, "nothing compares with null", "use: is not null"},
        {"id in (1, null)", 11, "nothing compares with null", "or field is null"},
        {"id is 1", 7, "expected null or not null, not \"1\"", ""},
        {"id is not", 10, "expected null, but here the filter ends", ""},
        {"id in 1", 7, "expected a list in parentheses, not \"1\"", "('a', 'b')"},
        {"id in (1", 9, "expected a comma or a closing parenthesis", ""},
        {"id in (1 2)", 10, "expected a comma or a closing parenthesis, not \"2\"", ""},
        {"id in (1,)", 10, "expected a value, not \")\"", ""},
        {"id between 1", 13, "expected and, but here the filter ends", "between 1 and 10"},
        {"id between 1 or 2", 14, "expected and, not \"or\"", ""},
        {"id not 5", 8, "expected in or between after not", "not stands before it"},
        {"tags contains 'x'", 6, "contains does not suit tags, which is text[]", "has"},
        {"tags like 'x'", 6, "like does not suit tags", "hasSome"},
        {"title has 'x'", 7, "has does not suit title, which is text", "contains"},
        {"meta has 'x'", 6, "has does not suit meta", "?"},
        {"title ? 'x'", 7, "? does not suit title", "json"},
        {"place < '(1,2)'", 7, "< does not suit place, which is point", "no order"},
        {"place between '(1,2)' and '(3,4)'", 7, "between does not suit place", "no order"},
        {"title.length > 3", 6, "title has no keys: it is text", "json"},
        {"meta.", 6, "expected a key after the dot", "quotes"},
        {"meta.(", 6, "expected a key after the dot, not \"(\"", ""},
        {"role = admin", 8, "role has no value \"admin\"", "did you mean \"ADMIN\"?"},
        {"role in (USER, GUEST)", 16, "role has no value \"GUEST\"", "USER, on hold, ADMIN"},
        {"role > low", 8, "role has no value \"low\"", ""},
        {"at > now -", 11, "expected an interval", "now - 30 days"},
        {"at > now - and id = 1", 12, "expected an interval", ""},
        {"größe == 1", 7, "expected an operator", ""}, /* characters, not bytes */
        {"title = 'é' ü = 1", 13, "expected \"and\" or \"or\", not \"ü\"", ""},
        {"id = 1 ; DROP TABLE post", 8, "expected \"and\" or \"or\", not \";\"", ""},
    };
    for (size_t i = 0; i < NX_COUNT(mistakes); i++) {
        check_mistake(&mistakes[i], NX_ERR_USAGE);
    }
}

static void names_the_nearest_field(void **state) {
    (void)state;
    static const mistake mistakes[] = {
        {"titel = 'x'", 1, "no field \"titel\"", "\"title\""},
        {"id = 1 and (viewcounts > 2)", 13, "no field \"viewcounts\"", "\"viewCount\""},
        {"TITLE = 1", 1, "differ only in case", ""},
        {"`odd name` = 1", 1, "no field \"odd name\"", ""},
    };
    for (size_t i = 0; i < NX_COUNT(mistakes); i++) {
        check_mistake(&mistakes[i], NX_ERR_NOT_FOUND);
    }
}

static void refuses_unreadable_fields(void **state) {
    (void)state;
    nx_buf url = NX_BUF;
    const char *user = strstr(lab->url, "postgres@");
    nx_buf_add(&url, lab->url, (size_t)(user - lab->url));
    nx_buf_addf(&url, "filter_reader%s", user + strlen("postgres"));
    rows_lab reader = {.url = url.data, .session = lab_session(url.data, NULL)};
    rows_lab_reload(&reader);
    nx_error err = NX_ERROR;
    assert_null(nx_filter_parse(rows_lab_model(&reader, "post"), "id = 1 and secret = 'x'", &err));
    assert_int_equal(err.kind, NX_ERR_REFUSED);
    assert_int_equal(err.position, 12);
    assert_string_equal(err.message, "you may not read secret");
    nx_error_clear(&err);
    nx_catalog_unref(reader.catalog);
    lab_session_free(reader.session);
    nx_buf_free(&url);
}

/* --- limits ------------------------------------------------------------------------------------- */

static void repeat(nx_buf *buf, const char *s, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_adds(buf, s);
    }
}

static bool parses(const char *text, nx_error *err) {
    nx_filter *filter = nx_filter_parse(post, text, err);
    nx_filter_free(filter);
    return filter != NULL;
}

static bool nests(const char *open, const char *close, int n, nx_error *err) {
    nx_buf text = NX_BUF;
    repeat(&text, open, n);
    nx_buf_adds(&text, "id = 1");
    repeat(&text, close, n);
    bool good = parses(text.data, err);
    nx_buf_free(&text);
    return good;
}

static void limits_depth(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    assert_true(nests("(", ")", 200, &err));
    assert_true(nests("not ", "", 200, &err));
    assert_false(nests("(", ")", 201, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_int_equal(err.position, 201);
    assert_string_equal(err.message, "this is nested too deeply");
    assert_false(nests("(", "", 1000000, &err));
    assert_false(nests("not ", "", 1000000, &err));
    nx_error_clear(&err);
}

/* Long chains are flat: they neither nest here nor on the server. */
static void chains_have_no_depth(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, "id = 0");
    for (int i = 1; i < 5000; i++) {
        nx_buf_addf(&text, " or id = %d", i);
    }
    lab_sql(lab->url, "INSERT INTO post (id, \"viewCount\") VALUES (4999, 1), (5000, 1)");
    nx_query *query = rows_lab_query(lab, "post", NULL, text.data);
    nx_page *page = rows_lab_first(lab, query, 10);
    char *ids = rows_lab_column(page, 0);
    assert_string_equal(ids, "4999");
    free(ids);
    nx_page_free(page);
    nx_query_free(query);
    repeat(&text, " or id = 1", 5001);
    assert_false(parses(text.data, &err));
    assert_string_equal(err.message, "too many values");
    nx_buf_clear(&text);
    nx_buf_adds(&text, "id in (1");
    repeat(&text, ",1", 999);
    nx_buf_adds(&text, ")");
    assert_true(parses(text.data, &err));
    text.data[text.len - 1] = ',';
    nx_buf_adds(&text, "1)");
    assert_false(parses(text.data, &err));
    nx_error_clear(&err);
    nx_buf_free(&text);
}

static void keeps_its_text(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_filter *filter = nx_filter_parse(post, " id  =  1 ", &err);
    assert_string_equal(nx_filter_text(filter), " id  =  1 ");
    assert_false(nx_filter_is_empty(filter));
    nx_filter_free(filter);
    filter = nx_filter_parse(post, " \t\n", &err);
    assert_true(nx_filter_is_empty(filter));
    nx_sql sql = NX_SQL;
    nx_filter_sql(filter, "t", &sql);
    assert_string_equal(sql.text.data, "(true)");
    nx_sql_free(&sql);
    nx_filter_free(filter);
}

/* --- tests that keys add ---------------------------------------------------------------------------------------- */

static void check_added(const char *before, const char *field, const char *value, bool without, const char *expected) {
    nx_buf text = NX_BUF;
    nx_error err = NX_ERROR;
    nx_buf_adds(&text, before);
    nx_filter_add_test(&text, nx_model_field(post, field), nx_value_of(value), without);
    assert_string_equal(text.data, expected);
    assert_true(parses(text.data, &err));
    nx_error_clear(&err);
    nx_buf_free(&text);
}

static void adds_tests(void **state) {
    (void)state;
    check_added("", "title", "it's", false, "title = 'it''s'");
    check_added("", "title", NULL, false, "title is null");
    check_added("", "title", NULL, true, "title is not null");
    check_added("", "title", "x", true, "(title != 'x' or title is null)");
    check_added("", "viewCount", "5", true, "viewCount != '5'"); /* NOT NULL */
    check_added("  ", "id", "1", false, "id = '1'");
    check_added("id = 1", "title", "", false, "id = 1 and title = ''");
    check_added("id = 1 or id = 2", "title", "x", false, "(id = 1 or id = 2) and title = 'x'");
    check_added("(id = 1 or id = 2)", "id", "1", false, "(id = 1 or id = 2) and id = '1'");
    check_added("id = 1 and (id = 2 or id = 3)", "id", "1", false, "id = 1 and (id = 2 or id = 3) and id = '1'");
    check_added("title = ' or '", "id", "1", false, "title = ' or ' and id = '1'");
    check_added("not (id = 1) or id = 2", "not", "1", false, "(not (id = 1) or id = 2) and `not` = '1'");
    check_added("", "odd `name", "a", true, "(`odd ``name` != 'a' or `odd ``name` is null)");
    check_added("", "role", "on hold", false, "role = 'on hold'");
    check_added("", "published", "true", true, "(published != true or published is null)");
    check_added("", "größe", "1", false, "größe = '1'");
}

/* --- completion --------------------------------------------------------------------------------- */

/* The words for the text before "|", joined by " / ", behind where they begin: "6: contains / ..." */
static char *complete(const char *text) {
    nx_buf out = NX_BUF, typed = NX_BUF;
    size_t start = 999, cursor = strcspn(text, "|");
    nx_buf_add(&typed, text, cursor);
    nx_buf_adds(&typed, text + cursor + (text[cursor] == '|'));
    char **words = nx_filter_complete(post, typed.data, cursor, &start);
    nx_buf_addf(&out, "%zu:", start);
    for (size_t i = 0; words && words[i]; i++) {
        nx_buf_addf(&out, "%s%s", i ? " / " : " ", words[i]);
        free(words[i]);
    }
    free(words);
    nx_buf_free(&typed);
    return nx_buf_take(&out);
}

static void completes(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"t|", "0: title / tags / Title"},
        {"PUB|", "0: published"},
        {"|", "0: id / title / viewCount / published / role / tags / meta / place / at / `odd ``name` / `not` / größe "
              "/ Title / "
              "secret / not"},
        {"odd|", "0: `odd ``name`"},
        {"`od|", "0: `odd ``name`"},
        {"id = 1 and (no|", "12: `not` / not"},
        {"zzz|", "0:"},
        {"title |", "6: = / != / < / <= / > / >= / =~ / contains / startsWith / endsWith / matches / like / icontains "
                    "/ istartsWith / "
                    "iendsWith / imatches / ilike / in ( / not in ( / is null / is not null / between  / not between "},
        {"title st|", "6: startsWith"},
        {"title =|", "6: = / =~"},
        {"tags |",
         "5: = / != / < / <= / > / >= / has / hasSome / hasEvery / isEmpty / in ( / not in ( / is null / is not null / "
         "between  / not between "},
        {"tags HAS|", "5: has / hasSome / hasEvery"},
        {"place b|", "6:"},
        {"place i|", "6: icontains / istartsWith / iendsWith / imatches / ilike / in ( / is null / is not null"},
        {"meta.a.b c|", "9: contains"},
        {"meta ?|", "6:"}, /* whole */
        {"role = |", "7: USER / 'on hold' / ADMIN"},
        {"role = ad|", "7: ADMIN"},
        {"role = 'on|", "7: 'on hold'"},
        {"role = \"on|", "7: \"on hold\""},
        {"role in (USER, |", "15: USER / 'on hold' / ADMIN"},
        {"published = t|", "12: true"},
        {"at > |", "5: now / now - 30 days / today"},
        {"at > now - 30 days |", "19: and / or"},
        {"at > now - 30 days a|", "19: and"},
        {"title = 'x' |", "12: and / or"},
        {"title = 'x' o|", "12: or"},
        {"title is |", "9: null / not null"},
        {"title is not n|", "13: null"},
        {"title not |", "10: in ( / between "},
        {"id between 1 |", "13: and"},
        {"id between 1 and 2 |", "19: and / or"},
        {"title = |", "8:"},
        {"titel = 'x' |", "12:"},
        {"ti| = 'x'", "0: title / Title"},
        {"größe |= 1",
         "8: = / != / < / <= / > / >= / =~ / contains / startsWith / endsWith / matches / like / icontains / "
         "istartsWith / iendsWith / imatches / ilike / in ( / not in ( / is null / is not null / between  / not "
         "between "},
    };
    int wrong = 0;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char *words = complete(cases[i][0]);
        if (strcmp(words, cases[i][1]) != 0) {
            print_error("%s\n  expected %s\n  but was  %s\n", cases[i][0], cases[i][1], words);
            wrong++;
        }
        free(words);
    }
    assert_int_equal(wrong, 0);
}

/* No text, however broken, does harm; what parses gives SQL whose parameters are all there. */
static void survives_any_text(void **state) {
    (void)state;
    static const char *const pieces[] = {"id",      "title", "meta",  "tags",     "role", "at", "and",     "or",
                                         "not",     "(",     ")",     "=",        "!=",   "in", "between", "is",
                                         "null",    "'x'",   "\"y\"", "`",        "'",    "1",  "now",     "-",
                                         "30 days", ",",     ".",     "contains", "has",  "?",  "USER",    "\xc3",
                                         "\xff",    "$1",    "--",    "isEmpty",  " ",    "\n"};
    unsigned seed = 20240607;
    for (int round = 0; round < 20000; round++) {
        nx_buf text = NX_BUF;
        nx_error err = NX_ERROR;
        for (int i = 0; i < 2 + round % 9; i++) {
            seed = seed * 1103515245u + 12345u;
            nx_buf_adds(&text, pieces[(seed >> 16) % NX_COUNT(pieces)]);
            nx_buf_adds(&text, (seed >> 8) % 4 ? " " : "");
        }
        nx_filter *filter = nx_filter_parse(post, text.data, &err);
        if (filter) {
            nx_sql sql = NX_SQL;
            nx_filter_sql(filter, "t", &sql);
            assert_false(nx_buf_failed(&sql.text));
            nx_sql_free(&sql);
        } else {
            assert_non_null(err.message);
            assert_in_range(err.position, 1, text.len + 1);
        }
        size_t start;
        char **words = nx_filter_complete(post, text.data, text.len, &start);
        assert_true(start <= text.len);
        for (size_t i = 0; words && words[i]; i++) {
            free(words[i]);
        }
        free(words);
        nx_filter_free(filter);
        nx_error_clear(&err);
        nx_buf_free(&text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(says_what_is_wrong_and_where),
    cmocka_unit_test(names_the_nearest_field),
    cmocka_unit_test(refuses_unreadable_fields),
    cmocka_unit_test(limits_depth),
    cmocka_unit_test(chains_have_no_depth),
    cmocka_unit_test(keeps_its_text),
    cmocka_unit_test(adds_tests),
    cmocka_unit_test(completes),
    cmocka_unit_test(survives_any_text),
};

LAB_MAIN(tests, open_lab, rows_group_close)
