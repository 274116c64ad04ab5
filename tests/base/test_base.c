/* Arenas, buffers, errors and the writing of SQL. */
#include "lab/test.h"
#include "nixie/error.h"
#include "nixie/secret.h"
#include "nixie/sql.h"

static void arena_gives_zeroed_aligned_memory(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    for (size_t size = 1; size < 5000; size += 37) {
        unsigned char *p = nx_arena_alloc(arena, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xAB, size);
    }
    assert_string_equal(nx_arena_printf(arena, "%s-%d", "x", 7), "x-7");
    assert_null(nx_arena_strdup(arena, NULL));
    nx_arena_free(arena);
    nx_arena_free(NULL);
}

static void arena_try_observes_its_limit(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(100000);
    assert_non_null(nx_arena_try(arena, 90000));
    assert_null(nx_arena_try(arena, 20000));
    assert_null(nx_arena_try(arena, SIZE_MAX - 3));
    assert_non_null(nx_arena_try(arena, 5000));
    assert_true(nx_arena_used(arena) >= 95000);
    nx_arena_free(arena);
}

static void buf_is_never_null_and_fails_for_good(void **state) {
    (void)state;
    nx_buf buf = NX_BUF;
    assert_string_equal(buf.data, "");
    buf.max = 10;
    nx_buf_addf(&buf, "%d", 12345);
    nx_buf_adds(&buf, "67890");
    assert_string_equal(buf.data, "1234567890");
    nx_buf_addc(&buf, 'x');
    assert_true(nx_buf_failed(&buf));
    nx_buf_adds(&buf, "a");
    assert_string_equal(buf.data, "");
    assert_null(nx_buf_take(&buf));
    nx_buf_clear(&buf);
    nx_buf_adds(&buf, "again");
    char *taken = nx_buf_take(&buf);
    assert_string_equal(taken, "again");
    assert_string_equal(buf.data, "");
    free(taken);
    nx_buf_free(&buf);
}

static void buf_take_of_an_empty_buffer_is_a_string(void **state) {
    (void)state;
    nx_buf buf = NX_BUF;
    char *taken = nx_buf_take(&buf);
    assert_string_equal(taken, "");
    free(taken);
}

static void error_can_quote_itself(void **state) {
    (void)state;
    nx_error err = NX_ERROR, copy = NX_ERROR;
    nx_error_set(&err, NX_ERR_SERVER, "first");
    nx_error_hint(&err, "try %s", "again");
    nx_error_set(&err, NX_ERR_LOST, "second after %s", err.message);
    assert_string_equal(err.message, "second after first");
    assert_null(err.hint);
    nx_error_detail(&err, "d");
    nx_error_copy(&copy, &err);
    nx_error_clear(&err);
    assert_false(nx_failed(&err));
    assert_int_equal(copy.kind, NX_ERR_LOST);
    assert_string_equal(copy.detail, "d");
    nx_error_move(&err, &copy);
    assert_false(nx_failed(&copy));
    assert_true(nx_failed(&err));
    nx_error_clear(&err);
    nx_error_set(NULL, NX_ERR_LOST, "nobody listens");
}

static void sql_quotes_identifiers_and_numbers_parameters(void **state) {
    (void)state;
    nx_sql inner = NX_SQL, sql = NX_SQL;
    nx_sql_column(&inner, "t", "odd $1 \"name");
    nx_sql_add(&inner, " = ");
    nx_sql_param(&inner, nx_value_of("it's"), "text");
    nx_sql_add(&sql, "SELECT ");
    nx_sql_param(&sql, NX_NULL_VALUE, NULL);
    nx_sql_add(&sql, " WHERE ");
    nx_sql_append(&sql, &inner);
    assert_string_equal(sql.text.data, "SELECT $1 WHERE t.\"odd $1 \"\"name\" = $2::text");
    assert_int_equal(sql.nparams, 2);
    assert_null(sql.params[0]);
    assert_string_equal(sql.params[1], "it's");
    char *readable = nx_sql_readable(&sql);
    assert_string_equal(readable, "SELECT NULL WHERE t.\"odd $1 \"\"name\" = 'it''s'::text");
    free(readable);
    nx_sql_free(&inner);
    nx_sql_free(&sql);
}

static void only_numbered_marks_outside_quotes_are_parameters(void **state) {
    (void)state;
    static const struct {
        const char *text, *readable;
    } cases[] = {
        {"$1 $2 $3 $0", "'a' NULL NULL NULL"}, {"'$1' \"$1\" $x $ $1", "'$1' \"$1\" $x $ 'a'"}, {"$12", "NULL"}, {"", ""},
        {"'open $1", "'open $1"}, {"$:1", "$:1"}, {"$", "$"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_sql sql = NX_SQL;
        nx_sql_param(&sql, nx_value_of("a"), NULL);
        nx_sql_param(&sql, NX_NULL_VALUE, NULL);
        nx_buf_clear(&sql.text);
        nx_sql_add(&sql, cases[i].text);
        char *readable = nx_sql_readable(&sql);
        assert_string_equal(readable, cases[i].readable);
        free(readable);
        nx_sql_free(&sql);
    }
}

static void secret_names_and_the_parameters_behind_them(void **state) {
    (void)state;
    static const char *const secret[] = {"key", "PIN", "Password", "apiKey", "user_token", "otpCode"};
    static const char *const open[] = {"keys", "pinned", "monkey", "name", ""};
    for (size_t i = 0; i < NX_COUNT(secret); i++) {
        assert_true(nx_secret_name(secret[i]));
    }
    for (size_t i = 0; i < NX_COUNT(open); i++) {
        assert_false(nx_secret_name(open[i]));
    }
    static const struct {
        const char *text, *marks; /* y: its parameter is secret */
    } cases[] = {
        {"$1", "n"}, {"$2 $0 $", "nn"}, {"$:1 $/", "n"}, {"\"pin\" $1 'it''s \"name\"' $2", "yy"}, {"\"pin", "n"}, {"'open $1", "n"},
        {"\"pin\" = $1::\"name\" AND \"id\" = $2", "yn"}, {"\"pin\" = $1::\"s\".x OR $2", "yy"},
        {"\"pin\".\"id\" = $1 \"id\".\"pin\" = $2", "ny"}, {"\"pin\" = f(pg_catalog.\"x\", $1)", "y"},
        {"(\"a\", \"pin\") VALUES ($1, $2, $3), ($4)", "nyyy"},
        {"(\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"pin\",\"r\") VALUES"
         " (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,$1,$2)", "yn"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        size_t n = strlen(cases[i].marks);
        bool found[4] = {false};
        nx_secret_params(cases[i].text, found, n);
        for (size_t k = 0; k < n; k++) {
            if (found[k] != (cases[i].marks[k] == 'y')) {
                fail_msg("%s: $%zu", cases[i].text, k + 1);
            }
        }
    }
}

static void literals_are_what_the_server_would_read_back(void **state) {
    (void)state;
    nx_buf buf = NX_BUF;
    nx_sql_literal(&buf, nx_value_of("a\\b'c"));
    nx_sql_literal(&buf, NX_NULL_VALUE);
    nx_sql_literal(&buf, nx_value_of(""));
    assert_string_equal(buf.data, "E'a\\\\b''c'NULL''");
    nx_buf_free(&buf);
}

static void values_compare_bytewise(void **state) {
    (void)state;
    assert_true(nx_value_equal(NX_NULL_VALUE, nx_value_of(NULL)));
    assert_false(nx_value_equal(NX_NULL_VALUE, nx_value_of("")));
    assert_false(nx_value_equal(nx_value_of("1.0"), nx_value_of("1.00")));
    assert_true(nx_value_equal(nx_value_of("x"), (nx_value){"xy", 1}));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(arena_gives_zeroed_aligned_memory),
    cmocka_unit_test(arena_try_observes_its_limit),
    cmocka_unit_test(buf_is_never_null_and_fails_for_good),
    cmocka_unit_test(buf_take_of_an_empty_buffer_is_a_string),
    cmocka_unit_test(error_can_quote_itself),
    cmocka_unit_test(sql_quotes_identifiers_and_numbers_parameters),
    cmocka_unit_test(only_numbered_marks_outside_quotes_are_parameters),
    cmocka_unit_test(secret_names_and_the_parameters_behind_them),
    cmocka_unit_test(literals_are_what_the_server_would_read_back),
    cmocka_unit_test(values_compare_bytewise),
};

LAB_MAIN(tests, NULL, NULL)
