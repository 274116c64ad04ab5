/* What a test that fails leaves of its screens: a program with such a test is run inside a test. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/test.h"
#include "screen.h"

static void leaves_two_screens(void **state) {
    (void)state;
    screen *stopped = screen_start(5, 40, (const char *[]){"/bin/echo", "closed", NULL}, NULL);
    screen_wait(stopped, "closed");
    screen_stop(stopped);
    screen *a = screen_start(5, 40, (const char *[]){"/bin/echo", "on the first", NULL}, NULL);
    screen *b = screen_start(5, 40, (const char *[]){"/bin/echo", "-e", "on \\033[1mthe second", NULL}, NULL);
    screen_wait(a, "on the first");
    screen_wait(b, "on the second");
    assert_true(screen_has(a, "something else"));
}

static int run_failing(void) {
    static const struct CMUnitTest inner[] = {cmocka_unit_test(leaves_two_screens)};
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        unsetenv("ONLY");
        _exit(lab_main("tests/screen/test_inner.c", inner, 1, NULL, NULL));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The whole of .build/failed/screen-test_inner.leaves_two_screens`ending`, which is removed; malloc'ed, NULL: none. */
static char *take(const char *ending) {
    char path[128];
    snprintf(path, sizeof path, ".build/failed/screen-test_inner.leaves_two_screens%s", ending);
    FILE *file = fopen(path, "r");
    if (!file) {
        return NULL;
    }
    char *text = calloc(1, 4096);
    assert_true(fread(text, 1, 4095, file) > 0);
    fclose(file);
    unlink(path);
    return text;
}

static void assert_kept(const char *ending, const char *part) {
    char *text = take(ending);
    assert_non_null(text);
    if (!strstr(text, part)) {
        fail_msg("%s is: %s", ending, text);
    }
    free(text);
}

static void the_screens_of_a_failed_test_are_kept(void **state) {
    (void)state;
    assert_int_equal(run_failing(), 1);
    assert_kept(".txt", "on the first\n");
    assert_kept(".bytes", "on the first\r\n");
    assert_kept(".2.txt", "on the second\n");
    assert_kept(".2.bytes", "on \033[1mthe second\r\n");
    assert_null(take(".3.txt")); /* what had been stopped before is no news */
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(the_screens_of_a_failed_test_are_kept)};

LAB_MAIN(tests, NULL, NULL)
