/* The frame of all test programs: small programs are run inside a test, and what they print is looked at. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/test.h"

/* What a program has printed, and its exit status. */
typedef struct outcome {
    char text[8192];
    int status;
} outcome;

static void watch(void *data) { print_message("hook %s in %s: %s\n", (const char *)data, lab_program(), lab_test()); }

/* The program of these tests, with ONLY in its environment unless it is NULL. */
static outcome run_program(const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup, const char *only) {
    outcome o = {.status = -1};
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fileno(file), STDOUT_FILENO);
        dup2(fileno(file), STDERR_FILENO);
        unsetenv("ONLY");
        if (only) {
            setenv("ONLY", only, 1);
        }
        lab_on_failure(watch, (char[]){"saw"});
        int status = lab_main("somewhere/tests/room/test_inner.c", tests, count, setup, NULL);
        fflush(NULL);
        _exit(status);
    }
    assert_int_equal(waitpid(pid, &o.status, 0), pid);
    assert_true(WIFEXITED(o.status));
    o.status = WEXITSTATUS(o.status);
    rewind(file);
    o.text[fread(o.text, 1, sizeof o.text - 1, file)] = '\0';
    fclose(file);
    return o;
}

static void assert_has(const outcome *o, const char *text) {
    if (!strstr(o->text, text)) {
        fail_msg("no \"%s\" in:\n%s", text, o->text);
    }
}

static void assert_has_not(const outcome *o, const char *text) {
    if (strstr(o->text, text)) {
        fail_msg("\"%s\" in:\n%s", text, o->text);
    }
}

/* --- small programs ------------------------------------------------------------------------------------------ */

static int ready(void **state) {
    (void)state;
    print_message("set up\n");
    return 0;
}

static int not_ready(void **state) {
    (void)state;
    fail_msg("no set-up");
    return 1;
}

static int tidy(void **state) {
    (void)state;
    print_message("tidied after %s\n", lab_test());
    return 0;
}

static void first(void **state) { (void)state; }
static void second(void **state) { (void)state; }
static void third(void **state) { (void)state; }

static void fails(void **state) {
    (void)state;
    assert_int_equal(1, 2);
}

static void crashes(void **state) {
    (void)state;
    raise(SIGKILL);
}

static void skipped(void **state) {
    (void)state;
    skip();
}

/* --- tests --------------------------------------------------------------------------------------------------- */

static const struct CMUnitTest all_well[] = {cmocka_unit_test(first), cmocka_unit_test(second), cmocka_unit_test(third)};

static void all_run_in_their_order(void **state) {
    (void)state;
    outcome o = run_program(all_well, 3, ready, NULL);
    assert_int_equal(o.status, 0);
    assert_has(&o, "set up\n[ RUN      ] first\n[       OK ] first\n[ RUN      ] second\n[       OK ] second\n"
                   "[ RUN      ] third\n[       OK ] third\n");
    assert_has_not(&o, "hook");
}

static void only_what_is_named_runs(void **state) {
    (void)state;
    outcome o = run_program(all_well, 3, ready, "second");
    assert_int_equal(o.status, 0);
    assert_has(&o, "set up");
    assert_has(&o, "OK ] second");
    assert_has_not(&o, "first");
    assert_has_not(&o, "third");
    o = run_program(all_well, 3, ready, "*i*"); /* first and third */
    assert_int_equal(o.status, 0);
    assert_has(&o, "OK ] first");
    assert_has(&o, "OK ] third");
    assert_has_not(&o, "second");
    o = run_program(all_well, 3, ready, "secon");
    assert_int_equal(o.status, 2);
    assert_string_equal(o.text, "room/test_inner has no test secon\n"); /* and no set-up */
}

static void a_failed_test_does_not_take_the_rest_along(void **state) {
    (void)state;
    const struct CMUnitTest inner[] = {cmocka_unit_test(first),  cmocka_unit_test(fails), cmocka_unit_test(second),
                                       cmocka_unit_test(crashes), cmocka_unit_test(third)};
    outcome o = run_program(inner, 5, ready, NULL);
    assert_int_equal(o.status, 1);
    assert_has(&o, "OK ] first");
    assert_has(&o, "FAILED  ] fails");
    assert_has(&o, "OK ] second");
    assert_has(&o, "ended by signal 9");
    assert_has(&o, "OK ] third");
}

static void hooks_hear_of_failures_while_the_test_stands(void **state) {
    (void)state;
    const struct CMUnitTest inner[] = {cmocka_unit_test_teardown(first, tidy), cmocka_unit_test_teardown(fails, tidy),
                                       cmocka_unit_test(skipped), cmocka_unit_test_setup(second, not_ready),
                                       cmocka_unit_test(third)};
    outcome o = run_program(inner, 5, NULL, NULL);
    assert_int_equal(o.status, 1);
    assert_has(&o, "hook saw in room/test_inner: fails\ntidied after fails\n");
    assert_has(&o, "hook saw in room/test_inner: second\n"); /* its set-up failed */
    assert_has(&o, "OK ] third");
    assert_has_not(&o, "room/test_inner: first");
    assert_has_not(&o, "room/test_inner: skipped");
    assert_has_not(&o, "room/test_inner: third");
}

static void one_test_alone_fails_too(void **state) {
    (void)state;
    const struct CMUnitTest inner[] = {cmocka_unit_test(first), cmocka_unit_test_teardown(fails, tidy)};
    outcome o = run_program(inner, 2, ready, "fails");
    assert_int_equal(o.status, 1);
    assert_has(&o, "hook saw in room/test_inner: fails\ntidied after fails\n");
}

static void a_set_up_that_fails_is_not_tried_again(void **state) {
    (void)state;
    outcome o = run_program(all_well, 3, not_ready, NULL);
    assert_int_equal(o.status, 1);
    assert_has_not(&o, "OK ]");
    const char *once = strstr(o.text, "no set-up");
    assert_non_null(once);
    assert_null(strstr(once + 1, "no set-up"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_run_in_their_order),
    cmocka_unit_test(only_what_is_named_runs),
    cmocka_unit_test(a_failed_test_does_not_take_the_rest_along),
    cmocka_unit_test(hooks_hear_of_failures_while_the_test_stands),
    cmocka_unit_test(one_test_alone_fails_too),
    cmocka_unit_test(a_set_up_that_fails_is_not_tried_again),
};

LAB_MAIN(tests, NULL, NULL)
