/* Commands whose output goes to a terminal, and not to a file: what is in the data must not reach it as it is. */
#include <sys/wait.h>

#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char *url, variable[400];

static int setup(void **state) {
    (void)state;
    url = lab_database("printed");
    lab_sql(url, "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, E'a\\033]0;evil\\007b'), (2, 'plain');"
                 "CREATE TABLE far (id int PRIMARY KEY, t_id int REFERENCES t); ANALYZE");
    snprintf(variable, sizeof variable, "DATABASE_URL=%s", url);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(url);
    return 0;
}

/* Runs it in a terminal of this width, to its end. */
static screen *print(int columns, const char *const *arguments) {
    const char *argv[12] = {screen_program()};
    for (int i = 0; arguments[i]; i++) {
        argv[i + 1] = arguments[i];
    }
    screen *s = screen_start(24, columns, argv, (const char *[]){variable, NULL});
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    return s;
}

static void nothing_in_the_data_reaches_the_terminal_as_it_is(void **state) {
    (void)state;
    static const char *const commands[][7] = {
        {"rows", "t", NULL},
        {"rows", "t", "--format", "csv", NULL},
        {"export", "t", "--format", "csv", NULL},
        {"record", "t", "1", NULL},
        {"export", "t", "--format", "json", NULL},
    };
    for (size_t i = 0; i < NX_COUNT(commands); i++) {
        screen *s = print(100, commands[i]);
        size_t len;
        const char *bytes = screen_bytes(s, &len);
        screen_wait(s, "evil");
        assert_null(memmem(bytes, len, "\033]0;", 4));
        assert_null(memchr(bytes, '\007', len));
        screen_stop(s);
    }
}

static void a_map_is_as_wide_as_the_terminal(void **state) {
    (void)state;
    static const struct {
        int columns, most;
    } cases[] = {{60, 60}, {140, 140}, {30, 100}}; /* too narrow for any map: as if printed to a file */
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        screen *s = print(cases[i].columns, (const char *const[]){"map", "t", NULL});
        screen_wait(s, "t_id");
        size_t len, longest = 0, line = 0;
        const char *bytes = screen_bytes(s, &len);
        for (size_t k = 0; k < len; k++) {
            bool begins = ((unsigned char)bytes[k] & 0xC0) != 0x80; /* of a character: each is one column wide here */
            line = bytes[k] == '\n' ? 0 : line + (begins && bytes[k] != '\r');
            longest = line > longest ? line : longest;
        }
        assert_true(longest <= (size_t)cases[i].most);
        screen_stop(s);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_in_the_data_reaches_the_terminal_as_it_is),
    cmocka_unit_test(a_map_is_as_wide_as_the_terminal),
};

LAB_MAIN(tests, setup, teardown)
