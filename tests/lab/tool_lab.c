/* tool_lab run -- CMD...: runs a command beside a PostgreSQL server that it shares with its children.
 * tool_lab alone -- CMD...: runs it without one; a signal ends all that it has started all the same.
 * tool_lab versions: the major versions found, newest first, in one line.
 *
 * The server's socket folder is in NIXIE_LAB while CMD runs. When CMD ends, or this program does,
 * everything is stopped and removed. The exit status is CMD's. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "lab/lab.h"
#include "lab/shared.h"

static volatile int stop;
static volatile sig_atomic_t command;

static void on_signal(int sig) {
    stop = sig;
    if (command > 0) {
        kill(-(pid_t)command, sig);
    }
}

static void complain(nx_error *err) {
    fprintf(stderr, "lab: %s\n", err->message);
    if (err->detail) {
        fprintf(stderr, "%s\n", err->detail);
    }
    if (err->hint) {
        fprintf(stderr, "hint: %s\n", err->hint);
    }
    nx_error_clear(err);
}

static int run_command(char *const *argv) {
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0); /* a signal ends what CMD has started, too */
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        execvp(argv[0], argv);
        fprintf(stderr, "lab: could not run %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    setpgid(pid, pid);
    command = pid;
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    command = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int tell_versions(void) {
    const int *versions = lab_versions();
    for (int i = 0; versions[i] != 0; i++) {
        printf("%d ", versions[i]);
    }
    return 0;
}

/* Beside a server with the sample data in it, that the environment names. */
static int run_with_server(char *const *argv) {
    nx_error err = NX_ERROR;
    int status = 1;
    ui_server *server = ui_server_start(&(ui_server_options){.version = lab_usual_version(), .settings = LAB_SETTINGS, .stop = &stop}, &err);
    if (server && lab_make_sample(server, &err) && stop == 0) {
        setenv("NIXIE_LAB", ui_server_folder(server), 1);
        status = run_command(argv);
    } else if (stop == 0) {
        complain(&err);
    }
    ui_server_stop(server);
    return status;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "versions") == 0) {
        return tell_versions();
    }
    bool alone = argc >= 4 && strcmp(argv[1], "alone") == 0;
    if (argc < 4 || strcmp(argv[2], "--") != 0 || !(alone || strcmp(argv[1], "run") == 0)) {
        fprintf(stderr, "usage: tool_lab run -- CMD..., tool_lab alone -- CMD..., or tool_lab versions\n");
        return 2;
    }
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < NX_COUNT(signals); i++) {
        struct sigaction action = {.sa_handler = on_signal};
        sigemptyset(&action.sa_mask);
        sigaction(signals[i], &action, NULL);
    }
    int status = alone ? run_command(argv + 3) : run_with_server(argv + 3);
    return stop != 0 ? 128 + stop : status;
}
