/* Judging a value before it is staged: as an assignment would, with the server's own words. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static int open_bench(void **state) {
    bench_open(state);
    bench *b = *state;
    bench_sql(b, "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN pos AS int CHECK (value > 0);"
                 "CREATE DOMAIN must AS text NOT NULL; CREATE TYPE pair AS (a int, b text); CREATE DOMAIN code AS "
                 "varchar(3);"
                 "CREATE TABLE v (i int, v3 varchar(3), c5 char(5), n numeric(5,2), ts timestamp(3), m mood, p pos, "
                 "must must,"
                 " ps pos[], v3s varchar(3)[], pair pair, j json, jb jsonb, b bool, ip inet, bit3 bit(3), box box, "
                 "code code,"
                 " t text, nn text NOT NULL, gen int GENERATED ALWAYS AS (i) STORED, iv interval hour to minute, d "
                 "date);");
    return 0;
}

static void good_values_come_back_as_they_are_stored(void **state) {
    static const char *const cases[][3] = {
        {"i", " 42 ", "42"}, {"v3", "abc", "abc"}, {"v3", "ab   ", "ab "}, {"c5", "ab", "ab"}, {"n", "1.239", "1.24"},
        {"ts", "2024-01-01 00:00:00.12345", "2024-01-01 00:00:00.123"}, {"m", "ok", "ok"}, {"p", "7", "7"},
        {"ps", "{1,NULL}", "{1,NULL}"}, {"v3s", "{abc,\"N\\\"U\",NULL}", "{abc,\"N\\\"U\",NULL}"},
        {"pair", "(1,\"x y\")", "(1,\"x y\")"}, {"j", "{\"a\":  1.10}", "{\"a\":  1.10}"}, {"j", "null", "null"},
        {"jb", "{\"a\":  1.10}", "{\"a\": 1.10}"}, {"b", "yes", "true"}, {"ip", "10.0.0.1", "10.0.0.1/32"},
        {"bit3", "101", "101"}, {"box", "(1,1),(0,0)", "(1,1),(0,0)"}, {"code", "abc", "abc"},
        {"t", "", ""}, {"t", "NULL", "NULL"}, {"t", "a\nb\\\"{},'c", "a\nb\\\"{},'c"},
        {"t", "\xf0\x9f\x90\x98", "\xf0\x9f\x90\x98"},
        {"d", "infinity", "infinity"}, {"iv", "1:02:33", "01:02:00"}, {"must", "", ""},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        const char *stored = bench_validate(*state, "v", cases[i][0], cases[i][1]);
        if (!stored) {
            fail_msg("%s: %s", cases[i][0], ((bench *)*state)->error.message);
        }
        assert_string_equal(stored, cases[i][2]);
    }
}

static void bad_values_are_refused_in_the_servers_words(void **state) {
    bench *b = *state;
    static const char *const cases[][3] = {
        {"i", "abc", "invalid input syntax for type integer: \"abc\""},
        {"i", "", "invalid input syntax for type integer: \"\""},
        {"i", "99999999999", "out of range"},
        {"v3", "abcd", "value too long for type character varying(3)"},
        {"c5", "abcdef", "value too long for type character(5)"},
        {"n", "1234.5", "numeric field overflow"},
        {"m", "happy", "invalid input value for enum mood: \"happy\""},
        {"p", "0", "value for domain pos violates check constraint \"pos_check\""},
        {"ps", "{1,-1}", "value for domain pos violates check constraint \"pos_check\""},
        {"v3s", "{abcd}", "value too long"},
        {"v3s", "abc", "malformed array literal"},
        {"pair", "(x,1)", "invalid input syntax for type integer"},
        {"j", "{a:1}", "invalid input syntax for type json"},
        {"jb", "", "invalid input syntax for type json"},
        {"bit3", "10101", "does not match type bit(3)"},
        {"code", "abcd", "value too long"},
        {"d", "2024-02-30", "date/time field value out of range"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        assert_null(bench_validate(b, "v", cases[i][0], cases[i][1]));
        assert_int_equal(b->error.kind, NX_ERR_SERVER);
        if (!strstr(b->error.message, cases[i][2])) {
            fail_msg("%s: %s", cases[i][0], b->error.message);
        }
    }
}

static void null_is_judged_too(void **state) {
    bench *b = *state;
    assert_null(bench_validate(b, "v", "t", NULL));
    assert_int_equal(b->error.kind, NX_OK);
    assert_null(bench_validate(b, "v", "p", NULL));
    assert_int_equal(b->error.kind, NX_OK);
    bench_validate(b, "v", "nn", NULL);
    assert_string_equal(b->error.message, "nn cannot be NULL");
    bench_validate(b, "v", "must", NULL);
    assert_string_equal(b->error.message, "domain must does not allow null values");
}

static void what_cannot_be_sent_is_refused_without_a_trip(void **state) {
    bench *b = *state;
    bench_model(b, "v");
    int64_t trips = nx_session_trips(b->session);
    bench_validate(b, "v", "t", "\xc3");
    assert_non_null(strstr(b->error.message, "not valid UTF-8"));
    bench_validate(b, "v", "gen", "1");
    assert_string_equal(b->error.message, "gen cannot be edited: generated from other fields");
    assert_int_equal(nx_session_trips(b->session), trips);
}

static void a_renamed_field_is_noticed(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE soon (id int PRIMARY KEY, a int)");
    nx_model *model = bench_model(b, "soon");
    assert_non_null(model);
    lab_sql(b->url, "ALTER TABLE soon RENAME a TO b");
    assert_null(bench_validate(b, "soon", "a", "1"));
    assert_int_equal(b->error.kind, NX_ERR_CONFLICT);
}

static void must_not_be_called(void *owner, nx_value stored, const nx_error *err) {
    (void)stored;
    (void)err;
    fail_msg("%s", (const char *)owner);
}

static void a_dropped_question_is_not_answered(void **state) {
    bench *b = *state;
    nx_field *field = nx_model_field(bench_model(b, "v"), "i");
    char owner[] = "answered after it was dropped";
    nx_validate_drop(nx_validate(b->session, field, nx_value_of("1"), must_not_be_called, owner));
    nx_validate_job *job = nx_validate(b->session, field, nx_value_of("1"), must_not_be_called, owner);
    nx_session_step(b->session, NULL);
    nx_validate_drop(job);
    assert_string_equal(bench_validate(b, "v", "i", "5"), "5");
    nx_validate_drop(NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(good_values_come_back_as_they_are_stored),
    cmocka_unit_test(bad_values_are_refused_in_the_servers_words),
    cmocka_unit_test(null_is_judged_too),
    cmocka_unit_test(what_cannot_be_sent_is_refused_without_a_trip),
    cmocka_unit_test(a_renamed_field_is_noticed),
    cmocka_unit_test(a_dropped_question_is_not_answered),
};

LAB_MAIN(tests, open_bench, bench_close)
