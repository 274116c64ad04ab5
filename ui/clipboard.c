/* Copying: OSC 52, which also works over ssh, and the desktop's own program where there is one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"

static const struct {
    const char *needs; /* an environment variable, NULL: always tried */
    const char *argv[4];
} programs[] = {
#ifdef __APPLE__
    {NULL, {"pbcopy", NULL}},
#else
    {"WAYLAND_DISPLAY", {"wl-copy", NULL}},
    {"DISPLAY", {"xclip", "-selection", "clipboard", NULL}},
#endif
};

static _Noreturn void feed(const char *const *argv, const char *text, size_t len) {
    int ends[2];
    if (pipe(ends) != 0) {
        _exit(1);
    }
    if (fork() == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(ends[0], STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[0]);
    for (size_t done = 0; done < len;) {
        ssize_t n = write(ends[1], text + done, len - done);
        if (n < 0 && errno != EINTR) {
            break;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    _exit(0);
}

/* A child of a child does it, so that a program that takes its time holds nothing up. */
static void run(const char *const *argv, const char *text, size_t len) {
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        signal(SIGPIPE, SIG_IGN);
        if (fork() == 0) {
            feed(argv, text, len);
        }
        _exit(0);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

void ui_copy(ui_app *app, const char *text, size_t len, const char *what) {
    bool sent = ui_term_clipboard(text, len);
    for (size_t i = 0; i < NX_COUNT(programs); i++) {
        const char *value = programs[i].needs ? getenv(programs[i].needs) : "yes";
        if (value && *value) {
            run(programs[i].argv, text, len);
            sent = true;
            break;
        }
    }
    if (sent) {
        ui_say(app, UI_INFO, "copied %s (%zu bytes)", what, len);
    } else {
        ui_say(app, UI_ERROR, "%s is too long for the terminal's clipboard (%zu bytes)", what, len);
    }
}
