/* Failures on purpose: the call that was named fails, and no other. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/fault.h"
#include "lab/test.h"

static int scratch(void) {
    char path[] = "/tmp/nixie-fault-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

static void the_call_that_was_named_fails_and_no_other(void **state) {
    (void)state;
    int fd = scratch();
    lab_fault(NULL, "pwrite:3:ENOSPC");
    for (int i = 1; i <= 4; i++) {
        errno = 0;
        assert_int_equal(pwrite(fd, "abcd", 4, 0), i == 3 ? -1 : 4);
        assert_int_equal(errno, i == 3 ? ENOSPC : 0);
        assert_int_equal(lab_faults_struck(NULL), i >= 3);
    }
    lab_fault(NULL, "fsync:2+:EIO,ftruncate:1:EPERM");
    assert_int_equal(fsync(fd), 0);
    assert_int_equal(fsync(fd), -1);
    assert_int_equal(fsync(fd), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(ftruncate(fd, 0), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(lab_faults_struck(NULL), 3);
    lab_fault(NULL, NULL);
    assert_int_equal(fsync(fd), 0);
    assert_int_equal(lab_faults_struck(NULL), 0);
    close(fd);
}

static void a_write_can_be_short(void **state) {
    (void)state;
    int fd = scratch();
    char back[8] = "";
    lab_fault(NULL, "pwrite:1:half,pwrite:2:none,pread:1:half,pread:2:EINTR");
    assert_int_equal(pwrite(fd, "abcd", 4, 0), 2);
    assert_int_equal(pwrite(fd, "abcd", 4, 0), 0);
    assert_int_equal(pwrite(fd, "abcd", 4, 0), 4);
    assert_int_equal(pread(fd, back, 4, 0), 2);
    assert_int_equal(pread(fd, back, 4, 0), -1);
    assert_int_equal(errno, EINTR);
    assert_int_equal(pread(fd, back, 4, 0), 4);
    assert_string_equal(back, "abcd");
    close(fd);
}

static void *nothing(void *data) { return data; }

static void memory_threads_and_descriptors_can_be_refused(void **state) {
    (void)state;
    int ends[2];
    pthread_t thread;
    lab_fault(NULL, "alloc:2:ENOMEM,pipe:1:EMFILE,pthread_create:1:EAGAIN,close:1:EIO");
    char *first = malloc(10), *second = calloc(1, 10), *third = realloc(first, 20);
    assert_non_null(first);
    assert_null(second);
    assert_non_null(third);
    free(third);
    assert_int_equal(pipe(ends), -1);
    assert_int_equal(errno, EMFILE);
    assert_int_equal(pthread_create(&thread, NULL, nothing, NULL), EAGAIN);
    int fd = scratch();
    assert_int_equal(close(fd), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed all the same */
}

static void a_child_has_the_faults_of_its_parent(void **state) {
    (void)state;
    lab_fault(NULL, "open:1:EMFILE");
    pid_t pid = fork();
    if (pid == 0) {
        _exit(open("/dev/null", O_RDONLY) < 0 ? errno : 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), EMFILE);
    assert_int_equal(lab_faults_struck(NULL), 1);
    int fd = open("/dev/null", O_RDONLY); /* that was the first of them, theirs or ours */
    assert_true(fd >= 0);
    close(fd);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_call_that_was_named_fails_and_no_other),
    cmocka_unit_test(a_write_can_be_short),
    cmocka_unit_test(memory_threads_and_descriptors_can_be_refused),
    cmocka_unit_test(a_child_has_the_faults_of_its_parent),
};

LAB_MAIN(tests, NULL, NULL)
