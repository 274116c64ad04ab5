/* What filters mean, asked of a real server. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TYPE \"Role\" AS ENUM ('USER', 'on hold', 'ADMIN');"
    "CREATE DOMAIN percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);"
    "CREATE DOMAIN words AS text[];"
    "CREATE TYPE pair AS (a int, b text);"
    "CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
    "CREATE TABLE thing (id int PRIMARY KEY, title text, code varchar(20), flag boolean, n int, price numeric,"
    " day date, at timestamptz, tod time, span interval, role \"Role\", tags text[], nums int[], meta jsonb, doc json,"
    " uid uuid, raw bytea, place point, spots point[], ci text COLLATE anycase, ch char(5), share percent, list words,"
    " two pair, \"odd `name\" text, \"and\" int, ratio double precision, net inet);"
    "INSERT INTO thing (id, title, code, flag, n, price, day, role, tags, nums, meta, doc) VALUES"
    " (1, 'Neon', 'a1', true, 10, 1.50, '2026-01-01', 'ADMIN', '{red,blue}', '{1,2}',"
    "   '{\"lang\":\"en\",\"n\":5,\"ok\":true,\"deep\":{\"a b\":[10,{\"z\":\"q\"}]}}', '{\"b\": 1}'),"
    " (2, 'neon lights', 'A1', false, 20, 1.5, '2026-02-01', 'USER', '{}', '{}', "
    "'{\"lang\":\"de\",\"n\":\"5\",\"ok\":\"true\"}', '[]'),"
    " (3, '100% sure', 'b_2', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    " (4, 'under_score', 'b-2', true, -5, 'NaN', 'infinity', 'USER', '{red}', '{NULL,3}', "
    "'{\"n\":50,\"ok\":false,\"lang\":null}', 'null'),"
    " (5, 'back\\slash', '', false, 0, 0, '0044-03-15 BC', 'on hold', '{it''s,\"a,b\"}', '{3}', '[1,\"lang\"]', "
    "'{\"b\":1}'),"
    " (6, 'O''Brien \"x\"', NULL, NULL, 7, 12345678901234567890.123, '2026-03-01', NULL, NULL, NULL, NULL, NULL),"
    " (7, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    " (8, 'NULL', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    " (9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);"
    "UPDATE thing SET uid = '6f1ed002-ab53-4b1c-8a3f-5d1b0f9a2c11', raw = '\\x00ff', place = '(1,2)', spots = "
    "'{\"(1,2)\",\"(3,4)\"}',"
    " ci = 'Straße', ch = 'ab', share = 50, list = '{x,y}', two = (1, 'x'), \"odd `name\" = 'odd', \"and\" = 1, ratio "
    "= 0.1,"
    " span = '1 day', tod = '10:30', net = '192.0.2.1/24' WHERE id = 1;"
    "UPDATE thing SET place = '(2,1)', ci = 'HELLO', ch = 'a', two = (NULL, NULL), ratio = 'NaN', span = '24:00:00' "
    "WHERE id = 2;"
    "UPDATE thing SET at = CASE id WHEN 1 THEN now() WHEN 2 THEN now() - interval '10 days' WHEN 4 THEN now() + "
    "interval '1 hour'"
    " WHEN 5 THEN '-infinity' END, day = CASE id WHEN 6 THEN CURRENT_DATE WHEN 8 THEN CURRENT_DATE - 1 ELSE day END;"
    "CREATE TABLE keep (id int PRIMARY KEY); INSERT INTO keep VALUES (1)";

/* The ids of the rows that match, "1 2 3"; an error's SQLSTATE and message when the server refuses. */
static char *ask(const char *filter) {
    nx_query *query = rows_lab_query(lab, "thing", NULL, filter);
    nx_error err = NX_ERROR;
    nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FIRST}, 100, &err);
    char *ids = NULL;
    if (page) {
        ids = rows_lab_column(page, 0);
    } else {
        nx_buf text = NX_BUF;
        nx_buf_addf(&text, "%s %s", err.sqlstate, err.message);
        ids = nx_buf_take(&text);
    }
    nx_error_clear(&err);
    nx_page_free(page);
    nx_query_free(query);
    return ids;
}

typedef struct expectation {
    const char *filter, *ids;
} expectation;

static void check_all(const expectation *list, size_t n) {
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        char *ids = ask(list[i].filter);
        if (strcmp(ids, list[i].ids) != 0) {
            print_error("%s\n  expected %s\n  but was  %s\n", list[i].filter, list[i].ids, ids);
            wrong++;
        }
        free(ids);
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(...)                                                                                                     \
    do {                                                                                                               \
        static const expectation list_[] = {__VA_ARGS__};                                                              \
        check_all(list_, NX_COUNT(list_));                                                                             \
    } while (0)

static void equality(void **state) {
    (void)state;
    CHECK({"title = 'Neon'", "1"}, {"title = Neon", "1"}, {"TITLE = \"Neon\"", "1"}, {"title=neon", ""},
          {"title = ''", "7"}, {"title = 'NULL'", "8"}, {"title = \"O'Brien \"\"x\"\"\"", "6"},
          {"title = 'O''Brien \"x\"'", "6"}, {"title = 'back\\slash'", "5"}, {"title != 'Neon'", "2 3 4 5 6 7 8"},
          {"title <> Neon", "2 3 4 5 6 7 8"}, {"code = ''", "5"}, {"n = 10", "1"}, {"n = '10'", "1"},
          {"n != 10", "2 4 5 6"}, {"flag = true", "1 4"}, {"flag = f", "2 5"}, {"flag != true", "2 5"},
          {"price = 1.500", "1 2"}, {"price = NaN", "4"}, {"price = 12345678901234567890.123", "6"},
          {"role = ADMIN", "1"}, {"role = 'on hold'", "5"}, {"uid = 6F1ED002-ab53-4b1c-8a3f-5d1b0f9a2c11", "1"},
          {"raw = '\\x00FF'", "1"}, {"ratio = 0.1", "1"}, {"ratio = NaN", "2"}, {"net = 192.0.2.1/24", "1"},
          {"span = '1 day'", "1 2"}, {"tod = 10:30", "1"}, {"share = 50.0", "1"}, {"ch = ab", "1"}, {"ci = hello", "2"},
          {"`odd ``name` = odd", "1"}, {"`and` = 1", "1"}, {"two = '(1,x)'", "1"}, {"tags = '{red,blue}'", "1"},
          {"nums = {3}", "5"}, {"list = '{x,y}'", "1"});
}

static void types_without_equality(void **state) {
    (void)state;
    CHECK({"place = '(1,2)'", "1"}, {"place != '(1,2)'", "2"}, {"place in ('(1,2)', '(2,1)')", "1 2"},
          {"doc = '{\"b\": 1}'", "1"}, {"doc != '{\"b\": 1}'", "2 4 5"}, {"place is null", "3 4 5 6 7 8 9"},
          {"place contains '2,'", "2"}, {"spots has '(1,2)'", "1"}, {"spots has '(1,2'", ""},
          {"spots hasEvery ('(3,4)', '(1,2)')", "1"}, {"spots hasSome ('(9,9)')", ""});
}

static void order(void **state) {
    (void)state;
    CHECK({"n < 10", "4 5 6"}, {"n <= 10", "1 4 5 6"}, {"n > 10", "2"}, {"n >= 10", "1 2"}, {"n > -5", "1 2 5 6"},
          {"n<-4", "4"}, {"price > 2", "4 6"}, {"day > 2026-01-15 and id < 6", "2 4"}, {"day < '0001-01-01'", "5"},
          {"role > USER", "1 5"}, {"role >= 'on hold'", "1 5"}, {"title >= 'o'", "4"}, {"ci > 'HALLO'", "1 2"},
          {"n between 0 and 10", "1 5 6"}, {"n not between 0 and 10", "2 4"}, {"n between 10 and 0", ""},
          {"not n between 0 and 10", "2 4"}, {"nums > '{2}'", "4 5"}, {"share < 60", "1"}, {"raw < '\\x01'", "1"});
}

static void lists_of_values(void **state) {
    (void)state;
    CHECK({"n in (10, 20, 30)", "1 2"}, {"n not in (10, 20)", "4 5 6"}, {"n in ()", ""},
          {"n not in ()", "1 2 3 4 5 6 7 8 9"}, {"title in ('Neon', 'NULL', '')", "1 7 8"}, {"id IN(1,2)", "1 2"},
          {"role in (ADMIN, 'on hold')", "1 5"}, {"nums in ('{3}', '{1,2}')", "1 5"}, {"tags in ('{}')", "2"},
          {"meta.lang in (en, \"de\")", "1 2"}, {"meta.n in (5, 50)", "1 4"}, {"ci in ('hello', 'x')", "2"},
          {"two in ('(1,x)')", "1"}, {"share in (50)", "1"}, {"day in (2026-01-01, today)", "1 6"});
}

static void nulls(void **state) {
    (void)state;
    CHECK({"n is null", "3 7 8 9"}, {"n is not null", "1 2 4 5 6"}, {"title is null", "9"}, {"not (n = 10)", "2 4 5 6"},
          {"not not n = 10", "1"}, {"n = 10 or n is null", "1 3 7 8 9"}, {"not n is null", "1 2 4 5 6"},
          {"two is null", "3 4 5 6 7 8 9"}, {"two is not null", "1 2"});
}

static void texts(void **state) {
    (void)state;
    CHECK({"title contains 'eon'", "1 2"}, {"title contains '%'", "3"}, {"title contains '_'", "4"},
          {"title contains '\\'", "5"}, {"title contains ''", "1 2 3 4 5 6 7 8"}, {"title startsWith 'ne'", "2"},
          {"title startsWith '100%'", "3"}, {"title startsWith '%'", ""}, {"title endsWith lights", "2"},
          {"title endsWith '\"x\"'", "6"}, {"title endsWith '_'", ""}, {"title like 'n%'", "2"},
          {"title like 'Ne_n'", "1"}, {"title like '100\\% sure'", "3"}, {"title ilike 'N%'", "1 2 8"},
          {"title matches '^n.*s$'", "2"}, {"title imatches '^NEON$'", "1"}, {"title icontains 'NEON'", "1 2"},
          {"title istartsWith 'u'", "4"}, {"title iendsWith 'SLASH'", "5"}, {"title =~ 'NEON'", "1"},
          {"title =~ 'ne_n'", ""}, {"title =~ '%'", ""}, {"title icontains '_'", "4"},
          {"not title contains 'e'", "5 7 8"});
}

static void texts_of_other_types(void **state) {
    (void)state;
    CHECK({"n contains 0", "1 2 5"}, {"n startsWith '-'", "4"}, {"code contains '_'", "3"}, {"role startsWith on", "5"},
          {"flag contains tr", "1 4"}, {"day startsWith '2026-0' and id < 6", "1 2"}, {"uid icontains AB53", "1"},
          {"raw contains 'ff'", "1"}, {"doc contains 'b'", "1 5"}, {"meta contains 'lang'", "1 2 4 5"},
          {"ch endsWith b", "1"}, {"net startsWith '192.'", "1"});
}

/* LIKE refuses nondeterministic collations: these compare byte by byte. */
static void nondeterministic_collations(void **state) {
    (void)state;
    CHECK({"ci contains 'ell'", ""}, {"ci contains 'ELL'", "2"}, {"ci icontains 'ell'", "2"}, {"ci like 'Stra%'", "1"},
          {"ci ilike 'stra%'", "1"}, {"ci matches '^H'", "2"}, {"ci =~ 'hello'", "2"}, {"ci startsWith 'Straß'", "1"});
}

static void arrays(void **state) {
    (void)state;
    CHECK({"tags has red", "1 4"}, {"tags has 'it''s'", "5"}, {"tags has 'a,b'", "5"}, {"tags has ''", ""},
          {"nums has 3", "4 5"}, {"tags hasSome (blue, 'a,b')", "1 5"}, {"tags hasEvery ('red', 'blue')", "1"},
          {"tags hasSome ()", ""}, {"tags hasEvery ()", "1 2 4 5"}, {"tags isEmpty", "2"},
          {"not tags isEmpty", "1 4 5"}, {"tags is null", "3 6 7 8 9"}, {"not tags has red", "2 5"},
          {"list has x", "1"}, {"list hasSome (y, z)", "1"});
}

static void json(void **state) {
    (void)state;
    CHECK({"meta.lang = \"en\"", "1"}, {"meta.lang = en", "1"}, {"meta.lang != en", "2"}, {"meta.n = 5", "1"},
          {"meta.n = '5'", "1 2"}, {"meta.n > 9", "4"}, {"meta.n >= 5", "1 4"}, {"meta.n < 10", "1"},
          {"meta.n between 1 and 10", "1"}, {"meta.ok = true", "1"}, {"meta.ok = 'true'", "1 2"},
          {"meta.ok = false", "4"}, {"meta.deep.\"a b\".0 = 10", "1"}, {"meta.deep.`a b`.1.z = q", "1"},
          {"meta.lang is null", "3 4 5 6 7 8 9"}, {"meta.lang is not null", "1 2"}, {"meta.lang startsWith e", "1"},
          {"meta.lang =~ EN", "1"}, {"meta ? 'lang'", "1 2 4 5"}, {"meta.deep ? \"a b\"", "1"}, {"meta ? nothing", ""},
          {"meta = '[1, \"lang\"]'", "5"}, {"doc.b = 1", "1 5"}, {"doc ? b", "1 5"}, {"meta.n = 05", ""},
          {"meta.n = 5.0", "1"}, {"meta.n = 1e", ""}, {"meta.n = +5", ""}, {"meta.1 = lang", "5"},
          {"meta.lang > 'de'", "1"}, {"not meta.n = 5", "2 4"});
}

static void clock_of_the_server(void **state) {
    (void)state;
    CHECK({"at <= now", "1 2 5"}, {"at > now", "4"}, {"at > now - 30 days", "1 2 4"}, {"at >now-1 days", "1 4"},
          {"at > now - '1 day 2 hours' and id < 3", "1"}, {"at < now + 2 hours", "1 2 4 5"}, {"day = today", "6"},
          {"day = today - 1 day", "8"}, {"day < TODAY and day > today-2 days", "8"}, {"day = now", "6"},
          {"at between now - 20 days and now - 5 days", "2"}, {"at in (now - 10 days)", ""},
          {"at > now - 30 days or id = 9", "1 2 4 9"}, {"(at > now - 30 days)", "1 2 4"}, {"day = infinity", "4"},
          {"tod < now or tod >= now", "1"}, {"title = now", ""}, {"at contains now", ""});
}

static void precedence(void **state) {
    (void)state;
    CHECK({"id = 1 or id = 2 and n = 0", "1"}, {"(id = 1 or id = 2) and n = 20", "2"}, {"not id = 1 and id < 3", "2"},
          {"not (id = 1 or id = 2) and id < 4", "3"}, {"id = 1 AND Not flag = false", "1"}, {"", "1 2 3 4 5 6 7 8 9"},
          {"  ", "1 2 3 4 5 6 7 8 9"}, {"((((id = 3))))", "3"});
}

/* These find nothing, and all is still there afterwards. */
static void nothing_typed_becomes_sql(void **state) {
    (void)state;
    static const char *const attempts[] = {
        "title = '''; DROP TABLE keep; --'",
        "title contains '%'' OR true --'",
        "title = '$1'",
        "meta.\"x'] = '' OR true --\" = 'a'",
        "title in ('a'')) OR (true', 'b')",
        "meta ? 'x'' OR true'",
        "tags has '\"}''; DROP TABLE keep'",
        "meta.$1 = 1",
    };
    for (size_t i = 0; i < NX_COUNT(attempts); i++) {
        nx_error err = NX_ERROR;
        nx_filter *filter = nx_filter_parse(rows_lab_model(lab, "thing"), attempts[i], &err);
        if (filter) {
            nx_sql sql = NX_SQL;
            nx_filter_sql(filter, "t", &sql);
            assert_null(strstr(sql.text.data, "DROP"));
            assert_null(strstr(sql.text.data, "true"));
            char *ids = ask(attempts[i]);
            assert_string_equal(ids, "");
            free(ids);
            nx_sql_free(&sql);
            nx_filter_free(filter);
        }
        nx_error_clear(&err);
    }
    char *kept = lab_query(lab->url, "SELECT count(*) FROM keep");
    assert_string_equal(kept, "1");
    free(kept);
}

/* The type's own input function judges, in its own words. */
static void values_of_the_wrong_kind(void **state) {
    (void)state;
    CHECK({"n = ten", "22P02 invalid input syntax for type integer: \"ten\""},
          {"day > soon", "22007 invalid input syntax for type date: \"soon\""},
          {"flag = maybe", "22P02 invalid input syntax for type boolean: \"maybe\""},
          {"uid = 1", "22P02 invalid input syntax for type uuid: \"1\""},
          {"nums has x", "22P02 invalid input syntax for type integer: \"x\""},
          {"title matches '('", "2201B invalid regular expression: parentheses () not balanced"},
          {"at > now - 3 bananas", "22007 invalid input syntax for type interval: \"3 bananas\""});
}

/* An operator with the same name and nearer types, first in the path, is not what a filter means. */
static void operators_of_others(void **state) {
    (void)state;
    char *database = lab_query(lab->url, "SELECT current_database()");
    nx_buf script_ = NX_BUF;
    nx_buf_addf(
        &script_,
        "CREATE SCHEMA evil; CREATE FUNCTION evil.yes(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.yes);"
        "CREATE OPERATOR evil.~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.yes);"
        "ALTER DATABASE %s SET search_path = evil, public, pg_catalog",
        database);
    lab_sql(lab->url, script_.data);
    nx_buf_free(&script_);
    free(database);
    nx_session *before = lab->session;
    lab->session = lab_session(lab->url, NULL);
    CHECK({"title = 'Neon'", "1"}, {"title contains 'eon'", "1 2"}, {"title in ('Neon')", "1"}, {"tags has red", "1 4"},
          {"meta.lang = en", "1"});
    lab_session_free(lab->session);
    lab->session = before;
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(equality),
    cmocka_unit_test(types_without_equality),
    cmocka_unit_test(order),
    cmocka_unit_test(lists_of_values),
    cmocka_unit_test(nulls),
    cmocka_unit_test(texts),
    cmocka_unit_test(texts_of_other_types),
    cmocka_unit_test(nondeterministic_collations),
    cmocka_unit_test(arrays),
    cmocka_unit_test(json),
    cmocka_unit_test(clock_of_the_server),
    cmocka_unit_test(precedence),
    cmocka_unit_test(nothing_typed_becomes_sql),
    cmocka_unit_test(values_of_the_wrong_kind),
    cmocka_unit_test(operators_of_others),
};

ROWS_MAIN(tests, script)
