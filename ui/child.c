#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { STOP_CHECK_MS = 100, DESCRIPTORS_MAX = 4096 };

void ui_child_settle(void) {
    static const int signals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE, SIGTSTP,
                                  SIGTTIN, SIGTTOU, SIGWINCH, SIGCHLD, SIGCONT, SIGALRM};
    for (size_t i = 0; i < NX_COUNT(signals); i++) {
        signal(signals[i], SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    size_t kept = 0;
    for (size_t i = 0; environ && environ[i]; i++) {
        if (strncmp(environ[i], "PG", 2) != 0) {
            environ[kept++] = environ[i];
        }
    }
    if (environ) {
        environ[kept] = NULL;
    }
}

void ui_child_close_all(int keep, int keep_too) {
    long max = sysconf(_SC_OPEN_MAX);
    int last = max > 0 && max < DESCRIPTORS_MAX ? (int)max : DESCRIPTORS_MAX;
    for (int fd = 3; fd < last; fd++) {
        if (fd != keep && fd != keep_too) {
            close(fd);
        }
    }
}

/* The input as a file without a name: the child reads at its own pace, and nobody writes into a
 * pipe whose reader may be gone. */
static int input_file(const ui_child *child) {
    if (!child->input) {
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    char path[] = "/tmp/nixie-in-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) {
        return -1;
    }
    unlink(path);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    size_t done = 0;
    while (done < child->input_len) {
        ssize_t n = write(fd, child->input + done, child->input_len - done);
        if (n < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static NX_NORETURN void become(const ui_child *child, int input, int output) {
    setpgid(0, 0);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    ui_child_settle();
    execvp(child->argv[0], child->argv);
    _exit(127);
}

static bool wants_stop(const ui_child *child, const struct pollfd *watch) {
    return (child->stop && *child->stop) || (watch->fd >= 0 && watch->revents != 0);
}

/* Reads until the child's end of the pipe is closed. False when it is to be stopped. */
static bool follow(const ui_child *child, int pipe) {
    struct pollfd fds[2] = {{.fd = pipe, .events = POLLIN}, {.fd = child->watch ? *child->watch : -1, .events = POLLIN}};
    char bytes[4096];
    for (;;) {
        int n = poll(fds, 2, child->stop ? STOP_CHECK_MS : -1);
        if (wants_stop(child, &fds[1])) {
            return false;
        }
        if (n <= 0 || fds[0].revents == 0) {
            continue;
        }
        ssize_t got = read(pipe, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
            return true;
        }
        if (got > 0 && child->output) {
            nx_buf_add(child->output, bytes, (size_t)got);
        }
    }
}

static int reap(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return UI_CHILD_FAILED;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int ui_child_run(const ui_child *child) {
    int result = UI_CHILD_FAILED;
    int pipes[2] = {-1, -1};
    int input = input_file(child);
    if (input < 0 || pipe(pipes) != 0) {
        goto done;
    }
    fcntl(pipes[0], F_SETFD, FD_CLOEXEC);
    fcntl(pipes[1], F_SETFD, FD_CLOEXEC);

    pid_t pid = fork();
    if (pid == 0) {
        become(child, input, pipes[1]);
    }
    close(pipes[1]);
    pipes[1] = -1;
    if (pid < 0) {
        goto done;
    }
    setpgid(pid, pid); /* also here: whoever comes first, the group exists before it is signalled */
    if (follow(child, pipes[0])) {
        result = reap(pid);
    } else {
        kill(-pid, SIGTERM);
        reap(pid);
        result = UI_CHILD_STOPPED;
    }
done:
    if (input >= 0) {
        close(input);
    }
    for (int i = 0; i < 2; i++) {
        if (pipes[i] >= 0) {
            close(pipes[i]);
        }
    }
    return result;
}
