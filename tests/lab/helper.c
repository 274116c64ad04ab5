#include "lab/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "lab/test.h"

lab_helper lab_helper_start(void (*run)(void *owner, int control), void *owner, int keep) {
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setsid();
        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        ui_child_close_all(ends[1], keep);
        run(owner, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    return (lab_helper){.pid = pid, .control = ends[0]};
}

void lab_helper_stop(lab_helper *helper) {
    close(helper->control);
    while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

void lab_helper_read(const lab_helper *helper, char *line, size_t size) {
    size_t len = 0;
    while (len + 1 < size) {
        ssize_t n = read(helper->control, line + len, 1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            fail_msg("a helper of the lab ended");
        }
        if (line[len] == '\n') {
            break;
        }
        len++;
    }
    line[len] = '\0';
}

void lab_helper_ask(const lab_helper *helper, const char *question, char *answer, size_t size) {
    char line[300];
    size_t len = strlen(question);
    assert_true(len + 1 < sizeof line);
    memcpy(line, question, len);
    line[len++] = '\n';
    assert_int_equal(write(helper->control, line, len), (ssize_t)len);
    lab_helper_read(helper, answer, size);
}
