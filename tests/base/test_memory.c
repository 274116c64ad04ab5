/* Memory that is not there: a small thing ends the program, a large one is refused. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/fault.h"
#include "lab/test.h"
#include "nixie/error.h"
#include "nixie/sql.h"

static nx_arena *arena;
static void alloc(void) { free(nx_alloc(10)); }
static void alloc_nothing(void) { free(nx_alloc(0)); }
static void cleared(void) { free(nx_calloc(2, 10)); }
static void cleared_nothing(void) { free(nx_calloc(0, 0)); }
static void larger(void) { free(nx_realloc(NULL, 2, 10)); }
static void larger_nothing(void) { free(nx_realloc(NULL, 0, 0)); }
static void copied(void) { free(nx_strdup("text")); }
static void new_arena(void) { nx_arena_free(nx_arena_new(0)); }
static void from_arena(void) { nx_arena_alloc(arena, 10); }
static void too_many(void) { nx_arena_array(arena, SIZE_MAX / 2, 3); }
static void too_many_larger(void) { free(nx_realloc(NULL, SIZE_MAX / 2, 3)); }

static _Noreturn void no_memory(void) { _exit(9); }

/* How a process ends that does this: with which status, or by which signal (negative). */
static int end_of(void (*what)(void), bool handled, bool fails) {
    lab_fault(NULL, fails ? "alloc:1:ENOMEM" : NULL);
    pid_t pid = fork();
    if (pid == 0) {
        nx_out_of_memory_handler(handled ? no_memory : NULL);
        what();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    lab_fault(NULL, NULL);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void without_memory_for_a_small_thing_the_program_ends(void **state) {
    (void)state;
    static void (*const small[])(void) = {alloc,  alloc_nothing, cleared,   cleared_nothing, larger, larger_nothing,
                                          copied, new_arena,     from_arena};
    static void (*const impossible[])(void) = {too_many, too_many_larger};
    arena = nx_arena_new(0);
    for (size_t i = 0; i < NX_COUNT(small); i++) {
        assert_int_equal(end_of(small[i], true, true), 9);
        assert_int_equal(end_of(small[i], true, false), 0);
    }
    assert_int_equal(end_of(alloc, false, true), -SIGABRT); /* nobody who would say why */
    for (size_t i = 0; i < NX_COUNT(impossible); i++) {
        assert_int_equal(end_of(impossible[i], true, false), 9);
    }
    nx_arena_free(arena);
}

static void a_large_thing_is_refused_and_the_rest_goes_on(void **state) {
    (void)state;
    nx_arena *limited = nx_arena_new(1000), *a = nx_arena_new(0);
    assert_null(nx_arena_try(limited, 1001));
    assert_non_null(nx_arena_try(limited, 0));
    assert_null(nx_arena_try(a, SIZE_MAX));
    assert_null(nx_arena_try(a, SIZE_MAX - 3));
    assert_null(nx_arena_try(a, SIZE_MAX - 20)); /* would fit, without what the arena itself needs */
    lab_fault(NULL, "calloc:1:ENOMEM");
    assert_null(nx_arena_try(a, 100000));
    lab_fault(NULL, NULL);
    assert_non_null(nx_arena_try(a, 100000));
    nx_arena_free(limited);
    nx_arena_free(a);
}

static void a_buffer_without_memory_has_failed_and_is_empty(void **state) {
    (void)state;
    nx_buf buf = NX_BUF;
    nx_buf_adds(&buf, "some");
    lab_fault(NULL, "realloc:1:ENOMEM");
    nx_buf_adds(&buf, "thing that needs more room than there was in the beginning");
    assert_true(nx_buf_failed(&buf));
    assert_string_equal(buf.data, "");
    nx_buf_addf(&buf, "%d", 7);
    assert_null(nx_buf_take(&buf));
    nx_buf_free(&buf);
    const volatile size_t endless = SIZE_MAX;
    nx_buf_add(&buf, "x", endless);
    assert_true(nx_buf_failed(&buf));
    nx_buf_free(&buf);
    nx_buf_addf(&buf, "%s", "");
    assert_false(nx_buf_failed(&buf));
    nx_buf_addf(&buf, "%ls", L"\u20ac"); /* no character of the C locale, in which tests run */
    assert_true(nx_buf_failed(&buf));
    nx_buf_free(&buf);
    nx_arena *a = nx_arena_new(0);
    assert_string_equal(nx_arena_printf(a, "%ls", L"\u20ac"), "");
    nx_arena_free(a);
}

static void an_error_without_memory_for_its_words_says_so(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    lab_fault(NULL, "realloc:1+:ENOMEM");
    nx_error_set(&err, NX_ERR_LOST, "what a %s it was", "long story");
    nx_error_hint(&err, "try %s", "again");
    nx_error_detail(&err, "in %s", "detail");
    nx_sql sql = {.text = {.data = (char[]){"SELECT 1"}, .len = 8}};
    char *readable = nx_sql_readable(&sql);
    lab_fault(NULL, NULL);
    assert_int_equal(err.kind, NX_ERR_LOST);
    assert_string_equal(err.message, "out of memory");
    assert_string_equal(err.hint, "out of memory");
    assert_string_equal(err.detail, "out of memory");
    assert_string_equal(readable, "");
    free(readable);
    nx_error_clear(&err);
}

static void errors_of_nobody_and_of_oneself(void **state) {
    (void)state;
    nx_error err = NX_ERROR, other = NX_ERROR;
    nx_error_clear(NULL);
    nx_error_hint(NULL, "h");
    nx_error_detail(NULL, "d");
    nx_error_set(&err, NX_ERR_SERVER, "mine");
    nx_error_copy(NULL, &err);
    nx_error_copy(&err, &err);
    nx_error_move(&err, &err);
    assert_string_equal(err.message, "mine");
    nx_error_move(NULL, &err); /* nobody wants it */
    assert_false(nx_failed(&err));
    assert_null(err.message);
    nx_error_set(&other, NX_ERR_SERVER, "theirs");
    nx_error_move(&err, &other);
    assert_string_equal(err.message, "theirs");
    nx_error_clear(&err);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_memory_for_a_small_thing_the_program_ends),
    cmocka_unit_test(a_large_thing_is_refused_and_the_rest_goes_on),
    cmocka_unit_test(a_buffer_without_memory_has_failed_and_is_empty),
    cmocka_unit_test(an_error_without_memory_for_its_words_says_so),
    cmocka_unit_test(errors_of_nobody_and_of_oneself),
};

LAB_MAIN(tests, NULL, NULL)
