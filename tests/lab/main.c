/* The main() of every test program: which tests run, what is done when one fails, and that the others run all the same.
 *
 * After a failed test the program's memory is in a state that nobody foresaw: an assertion leaves by a longjmp, perhaps
 * out of the middle of a callback, with transactions open and terminals running. So the tests run in a process of their
 * own, which ends after a test that failed (or in it); the tests behind it run in a fresh one.
 */
#include "lab/test.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/fault.h"

enum { MOST_TESTS = 256, MOST_HOOKS = 8 };

/* cmocka ends a failed test by a longjmp and tells nobody. So it is given stand-ins for each test's three functions,
 * which know by where a test has come to whether it ended by itself. */
static struct {
    struct CMUnitTest tests[MOST_TESTS]; /* those that run, in their order */
    struct CMUnitTest watched[MOST_TESTS];
    size_t count;
    CMFixtureFunction setup, teardown;
    size_t *begun;       /* the one that runs is tests[*begun - 1]; shared by the processes that run the group */
    bool unfinished;     /* it has begun, and neither come to its end nor been skipped */
    bool failed, leaving; /* one did, in this process; this process is about to end */
} group;

static struct {
    void (*call)(void *data);
    void *data;
} hooks[MOST_HOOKS];
static size_t nhooks;

static char program[128];

const char *lab_program(void) { return program; }
const char *lab_test(void) { return group.begun && *group.begun ? group.tests[*group.begun - 1].name : ""; }

const char *lab_topic(void) {
    static const char prefix[] = "test_";
    const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
    return strncmp(name, prefix, sizeof prefix - 1) == 0 ? name + sizeof prefix - 1 : name;
}

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

/* --- a test, watched --------------------------------------------------------------------------------------- */

/* Tells the hooks when the last test that began did not come to its end. */
static void look_back(void) {
    lab_fault(NULL, NULL);
    if (group.unfinished) {
        group.unfinished = false;
        group.failed = true;
        for (size_t i = 0; i < nhooks; i++) {
            hooks[i].call(hooks[i].data);
        }
    }
}

/* Ends this process in front of the test that was about to begin. What is leaked is no news after a failed test. */
static _Noreturn void leave(void **state) {
    if (!group.leaving) {
        group.leaving = true;
        print_message("after a failed test the rest runs in a new process\n");
        if (group.teardown) {
            group.teardown(state);
        }
    }
    fflush(NULL);
    _exit(1);
}

static int begin(void **state) {
    look_back(); /* a test whose set-up failed has no teardown */
    if (group.failed) {
        leave(state);
    }
    const struct CMUnitTest *test = &group.tests[(*group.begun)++];
    group.unfinished = true;
    return test->setup_func ? test->setup_func(state) : 0;
}

static void run(void **state) {
    group.tests[*group.begun - 1].test_func(state);
    group.unfinished = false;
}

static int end(void **state) {
    look_back();
    const struct CMUnitTest *test = &group.tests[*group.begun - 1];
    return test->teardown_func ? test->teardown_func(state) : 0;
}

/* --- a group ----------------------------------------------------------------------------------------------- */

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
    group.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (only && *only && fnmatch(only, tests[i].name, 0) != 0) {
            continue;
        }
        if (group.count == MOST_TESTS) {
            fprintf(stderr, "%s: more than %d tests\n", program, MOST_TESTS);
            abort();
        }
        group.watched[group.count] = (struct CMUnitTest){tests[i].name, run, begin, end, tests[i].initial_state};
        group.tests[group.count++] = tests[i];
    }
}

/* The tests that have not begun yet. */
static int run_rest(void) {
    group.unfinished = group.failed = group.leaving = false;
    size_t from = *group.begun;
    int failed = _cmocka_run_group_tests("tests", group.watched + from, group.count - from, group.setup, group.teardown);
    look_back();
    return failed;
}

/* In a process of its own; whether it ended well. */
static bool run_rest_apart(void) {
    fflush(NULL);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        exit(getppid() == parent && run_rest() == 0 ? 0 : 1);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child > 0 && WIFSIGNALED(status)) {
        fprintf(stderr, "%s ended by signal %d (%s)\n", program, WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int lab_main(const char *file, const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup,
             CMFixtureFunction teardown) {
    name_program(file);
    choose(tests, count);
    group.setup = setup;
    group.teardown = teardown;
    if (!group.count) {
        fprintf(stderr, "%s has no test %s\n", program, getenv("ONLY"));
        return 2;
    }
    size_t here = 0;
    group.begun = &here;
    if (group.count == 1) { /* no rest to care for; and a debugger stays where it is */
        return run_rest() ? 1 : 0;
    }
    group.begun = mmap(NULL, sizeof *group.begun, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (group.begun == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    bool well = true;
    for (size_t before = 0;; before = *group.begun) {
        well = run_rest_apart() && well;
        if (*group.begun == before || *group.begun == group.count) { /* a set-up that fails would fail again */
            break;
        }
    }
    munmap(group.begun, sizeof *group.begun);
    group.begun = NULL;
    return well ? 0 : 1;
}
