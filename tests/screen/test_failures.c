/* The real program without memory and without a disk: what the user is told, and that nothing staged is lost. */
#include <sys/wait.h>

#include "hands.h"
#include "lab/fault.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char *url, root[40], state_home[64];

static int setup(void **state) {
    (void)state;
    url = lab_database("failures");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(url);
    return 0;
}

static int fresh(void **state) {
    (void)state;
    snprintf(root, sizeof root, "/tmp/nixie-failing-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s", root);
    hands_make_e(url);
    return 0;
}

static int done(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static screen *start(const char *option) {
    const char *const argv[] = {screen_program(), "--url", url, "e", option, NULL};
    return screen_start(24, 110, argv, (const char *[]){state_home, NULL});
}

/* An edit is staged, and at the next keys there is no memory any more. */
static void run_out_of_memory(screen *s, const char *words) {
    screen_wait(s, "three");
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_wait_line(s, 0, "1 staged");
    screen_settle(s);
    lab_fault(screen_clock(s), "alloc:1+:ENOMEM");
    screen_type(s, "<Enter>");
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    screen_wait(s, words);
    assert_true(screen_terminal_restored(s));
    screen_stop(s);
}

static void without_memory_the_program_ends_and_what_was_staged_is_offered_again(void **state) {
    (void)state;
    run_out_of_memory(start(NULL), "there is no more memory; what was staged is in the journal, and offered at the next start");
    screen *s = start(NULL);
    screen_wait(s, "Unsaved changes of ");
    screen_wait(s, "1 update of e");
    screen_type(s, "r");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_quit(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "uno");
}

static void without_memory_and_journal_it_says_that_all_is_lost(void **state) {
    (void)state;
    run_out_of_memory(start("--no-journal"), "there is no more memory; without a journal, what was staged is lost");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one");
}

static void a_disk_that_fails_refuses_the_step_and_the_save_and_loses_nothing(void **state) {
    (void)state;
    screen *s = start(NULL);
    screen_wait(s, "three");
    screen_type(s, "l");
    lab_fault(screen_clock(s), "pwrite:1:ENOSPC");
    hands_edit(s, "uno");
    screen_wait_line(s, -1, "nothing was staged: the journal ");
    screen_wait_line(s, -1, "No space left on device");
    assert_int_equal(lab_faults_struck(screen_clock(s)), 1);
    screen_wait(s, "one");
    hands_edit(s, "uno");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    lab_fault(screen_clock(s), "fsync:1:EIO");
    screen_type(s, "W");
    screen_wait(s, "Input/output error");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "W");
    screen_wait_gone(s, "not saved yet");
    screen_wait_line(s, -1, "saved ");
    hands_quit(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "uno");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fresh, done)

static const struct CMUnitTest tests[] = {
    CASE(without_memory_the_program_ends_and_what_was_staged_is_offered_again),
    CASE(without_memory_and_journal_it_says_that_all_is_lost),
    CASE(a_disk_that_fails_refuses_the_step_and_the_save_and_loses_nothing),
};

LAB_MAIN(tests, setup, teardown)
