/* Arenas, buffers, errors and the writing of SQL. */
#include "lab/test.h"
#include "nixie/error.h"
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
    cmocka_unit_test(literals_are_what_the_server_would_read_back),
    cmocka_unit_test(values_compare_bytewise),
};

LAB_MAIN(tests, NULL, NULL)
