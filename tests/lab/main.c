/* The main() of every test program: which tests run, and what is done when one fails. */
#include "lab/test.h"

#include <fnmatch.h>

enum { MOST_TESTS = 256, MOST_HOOKS = 8 };

/* cmocka ends a failed test by a longjmp and tells nobody. So it is given stand-ins for each test's three functions,
 * which know by where a test has come to whether it ended by itself. */
static struct {
    struct CMUnitTest tests[MOST_TESTS]; /* those that run, in their order */
    size_t count, begun;                 /* the one that runs is tests[begun - 1] */
    bool unfinished;                     /* it has begun, and neither come to its end nor been skipped */
} group;

static struct {
    void (*call)(void *data);
    void *data;
} hooks[MOST_HOOKS];
static size_t nhooks;

static char program[128];

const char *lab_program(void) { return program; }
const char *lab_test(void) { return group.begun ? group.tests[group.begun - 1].name : ""; }

void lab_on_failure(void (*hook)(void *data), void *data) {
    if (nhooks == MOST_HOOKS) {
        fail_msg("more than %d hooks", MOST_HOOKS);
    }
    hooks[nhooks].call = hook;
    hooks[nhooks++].data = data;
}

void lab_skip(const char *file, int line) {
    group.unfinished = false;
    _skip(file, line);
}

/* Tells the hooks when the last test that began did not come to its end. */
static void look_back(void) {
    if (group.unfinished) {
        group.unfinished = false;
        for (size_t i = 0; i < nhooks; i++) {
            hooks[i].call(hooks[i].data);
        }
    }
}

static int begin(void **state) {
    look_back(); /* a test whose set-up failed has no teardown */
    const struct CMUnitTest *test = &group.tests[group.begun++];
    group.unfinished = true;
    return test->setup_func ? test->setup_func(state) : 0;
}

static void run(void **state) {
    group.tests[group.begun - 1].test_func(state);
    group.unfinished = false;
}

static int end(void **state) {
    look_back();
    const struct CMUnitTest *test = &group.tests[group.begun - 1];
    return test->teardown_func ? test->teardown_func(state) : 0;
}

/* "edit/test_save" of ".../tests/edit/test_save.c". */
static void name_program(const char *file) {
    const char *from = file;
    for (const char *at = file; (at = strstr(at, "tests/")); at++) {
        from = at + strlen("tests/");
    }
    snprintf(program, sizeof program, "%.*s", (int)strcspn(from, "."), from);
}

static void choose(const struct CMUnitTest *tests, size_t count) {
    const char *only = getenv("ONLY");
    group.count = group.begun = 0;
    for (size_t i = 0; i < count; i++) {
        if (only && *only && fnmatch(only, tests[i].name, 0) != 0) {
            continue;
        }
        if (group.count == MOST_TESTS) {
            fprintf(stderr, "%s: more than %d tests\n", program, MOST_TESTS);
            abort();
        }
        group.tests[group.count++] = tests[i];
    }
}

int lab_main(const char *file, const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup,
             CMFixtureFunction teardown) {
    name_program(file);
    choose(tests, count);
    if (!group.count) {
        fprintf(stderr, "%s has no test %s\n", program, getenv("ONLY"));
        return 2;
    }
    static struct CMUnitTest watched[MOST_TESTS]; /* static: cmocka keeps its place in it over a longjmp */
    for (size_t i = 0; i < group.count; i++) {
        watched[i] = (struct CMUnitTest){group.tests[i].name, run, begin, end, group.tests[i].initial_state};
    }
    int failed = _cmocka_run_group_tests("tests", watched, group.count, setup, teardown);
    look_back();
    return failed;
}
