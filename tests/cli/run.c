#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/test.h"
#include "nixie/arena.h"
#include "lab/lab.h"
#include "nixie/buf.h"

enum { ARGS_MAX = 60 };

static char folder[] = "/tmp/nixie-cli-XXXXXX";
static char program[4096];

static void remove_folder(void) { rmdir(folder); }

const char *run_program(void) {
    const char *named = getenv("NIXIE_PROGRAM");
    return named ? named : ".build/san/nixie";
}

static void set_up(void) {
    if (program[0]) {
        return;
    }
    if (!realpath(run_program(), program)) {
        fail_msg("the program is not built: make .build/san/nixie");
    }
    if (!mkdtemp(folder)) {
        fail_msg("mkdtemp: %s", strerror(errno));
    }
    atexit(remove_folder);
}

const char *run_folder(void) {
    set_up();
    return folder;
}

static char **make_environment(const char *url, const char *const *more) {
    static const char *const passed[] = {"PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", NULL};
    char **env = nx_calloc(64, sizeof *env);
    size_t n = 0;
    for (size_t i = 0; passed[i]; i++) {
        const char *value = getenv(passed[i]);
        if (value) {
            nx_buf b = NX_BUF;
            nx_buf_addf(&b, "%s=%s", passed[i], value);
            env[n++] = nx_buf_take(&b);
        }
    }
    env[n++] = nx_strdup("LC_ALL=C.UTF-8");
    env[n++] = nx_strdup("HOME=/nonexistent");
    if (url) {
        nx_buf b = NX_BUF;
        nx_buf_addf(&b, "DATABASE_URL=%s", lab_way(url));
        env[n++] = nx_buf_take(&b);
    }
    for (size_t i = 0; more && more[i]; i++) {
        env[n++] = nx_strdup(more[i]);
    }
    return env;
}

static void free_strings(char **strings) {
    for (size_t i = 0; strings[i]; i++) {
        free(strings[i]);
    }
    free(strings);
}

static pid_t spawn(const char *path, char *const *argv, char *const *env, int in, int out, int err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, err, 2);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    /* A session of its own: no controlling terminal, so that no password can be asked for. */
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    pid_t pid;
    int failed = posix_spawnp(&pid, path, &actions, &attributes, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failed) {
        fail_msg("%s: %s", path, strerror(failed));
    }
    return pid;
}

/* An anonymous file that children may write to or read from. */
static int scratch(void) {
    char path[] = "/tmp/nixie-cli-out-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        fail_msg("mkstemp: %s", strerror(errno));
    }
    unlink(path);
    return fd;
}

static char *read_all(int fd, size_t *len) {
    nx_buf buf = NX_BUF;
    char chunk[65536];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR)) {
        nx_buf_add(&buf, chunk, n > 0 ? (size_t)n : 0);
    }
    if (len) {
        *len = buf.len;
    }
    return nx_buf_take(&buf);
}

static int wait_status(pid_t pid) {
    const int64_t deadline = lab_now_ms() + lab_patience_ms();
    int status;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (lab_now_ms() > deadline) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            fail_msg("the program did not end in time");
        }
        poll(NULL, 0, 5);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char **make_argv(const char *const *args) {
    char **argv = nx_calloc(ARGS_MAX + 2, sizeof *argv);
    size_t n = 0;
    argv[n++] = nx_strdup("nixie");
    for (size_t i = 0; args[i] && n < ARGS_MAX; i++) {
        argv[n++] = nx_strdup(args[i]);
    }
    return argv;
}

run nixie_argv(const char *url, const char *const *args, const char *const *environment) {
    set_up();
    char **argv = make_argv(args), **env = make_environment(url, environment);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), out = scratch(), err = scratch();
    pid_t pid = spawn(program, argv, env, null, out, err);
    run r = {.status = wait_status(pid)};
    lseek(out, 0, SEEK_SET);
    lseek(err, 0, SEEK_SET);
    r.out = read_all(out, &r.outlen);
    r.err = read_all(err, NULL);
    close(null);
    close(out);
    close(err);
    free_strings(argv);
    free_strings(env);
    return r;
}

run nixie(const char *url, ...) {
    const char *args[ARGS_MAX + 1] = {NULL};
    va_list list;
    va_start(list, url);
    for (size_t i = 0; i < ARGS_MAX && (args[i] = va_arg(list, const char *)); i++) {
    }
    va_end(list);
    return nixie_argv(url, args, NULL);
}

void run_free(run *r) {
    free(r->out);
    free(r->err);
    *r = (run){0};
}

void expect_status(const run *r, int status) {
    if (r->status != status) {
        fail_msg("exit status %d, expected %d\nstdout: %.2000s\nstderr: %.4000s", r->status, status, r->out, r->err);
    }
}

char *jq(const char *document, const char *filter) {
    set_up();
    char *argv[] = {nx_strdup("jq"), nx_strdup("-r"), nx_strdup(filter), NULL};
    char **env = make_environment(NULL, NULL);
    int in = scratch(), out = scratch(), err = scratch();
    size_t len = strlen(document);
    if (write(in, document, len) != (ssize_t)len) {
        fail_msg("write: %s", strerror(errno));
    }
    lseek(in, 0, SEEK_SET);
    int status = wait_status(spawn("jq", argv, env, in, out, err));
    lseek(out, 0, SEEK_SET);
    lseek(err, 0, SEEK_SET);
    char *said = read_all(out, NULL), *complaint = read_all(err, NULL);
    if (status) {
        fail_msg("jq %s: %s\nof: %.2000s", filter, complaint, document);
    }
    size_t n = strlen(said);
    if (n && said[n - 1] == '\n') {
        said[n - 1] = '\0';
    }
    close(in);
    close(out);
    close(err);
    free(complaint);
    free(argv[0]);
    free(argv[1]);
    free(argv[2]);
    free_strings(env);
    return said;
}

void expect_jq(const char *document, const char *filter, const char *expected) {
    char *said = jq(document, filter);
    if (strcmp(said, expected) != 0) {
        fail_msg("jq '%s' says: %.2000s\nexpected: %.2000s\nof: %.3000s", filter, said, expected, document);
    }
    free(said);
}

running nixie_start(const char *url, const char *const *args, const char *const *environment) {
    set_up();
    running r = {.err_path = "/tmp/nixie-cli-err-XXXXXX"};
    int fds[2], null = open("/dev/null", O_RDWR | O_CLOEXEC), err = mkostemp(r.err_path, O_CLOEXEC);
    if (pipe2(fds, O_CLOEXEC) != 0 || err < 0) {
        fail_msg("pipe: %s", strerror(errno));
    }
    char **argv = make_argv(args), **env = make_environment(url, environment);
    r.pid = spawn(program, argv, env, null, fds[1], err);
    r.out = fds[0];
    close(fds[1]);
    close(null);
    close(err);
    free_strings(argv);
    free_strings(env);
    return r;
}

run nixie_finish(running *r) {
    run result = {0};
    result.out = r->out >= 0 ? read_all(r->out, &result.outlen) : nx_strdup("");
    result.status = wait_status(r->pid);
    int err = open(r->err_path, O_RDONLY | O_CLOEXEC);
    result.err = read_all(err, NULL);
    close(err);
    unlink(r->err_path);
    if (r->out >= 0) {
        close(r->out);
    }
    return result;
}
