/* A password that is asked for: on the terminal, without echo, at most three times, never without one. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "run.h"

static lab_server *server;
static char *alice; /* her URL, without a password */
static char hba[] = "/tmp/nixie-hba-XXXXXX";

static int set_up(void **state) {
    (void)state;
    static const char rules[] = "local all postgres trust\nlocal all all scram-sha-256\n";
    int fd = mkstemp(hba);
    assert_true(write(fd, rules, sizeof rules - 1) == (ssize_t)sizeof rules - 1);
    assert_int_equal(fchmod(fd, 0644), 0);
    close(fd);
    nx_buf settings = NX_BUF;
    nx_buf_addf(&settings, "hba_file = '%s'\npassword_encryption = 'scram-sha-256'\n", hba);
    server = lab_server_start(0, settings.data);
    nx_buf_free(&settings);
    char *admin = lab_server_url(server, "postgres");
    lab_sql(admin, "CREATE ROLE alice LOGIN PASSWORD 'canary'; CREATE TABLE public.hers (id int PRIMARY KEY);"
                   "GRANT SELECT ON public.hers TO alice");
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "postgresql://alice@%s", strchr(admin, '@') + 1);
    alice = nx_buf_take(&url);
    free(admin);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    lab_server_stop(server);
    free(alice);
    unlink(hba);
    return 0;
}

typedef struct pty {
    pid_t pid;
    int fd;
    nx_buf seen;
} pty;

/* The program in a session of its own, whose terminal is a pseudo-terminal. */
static pty start(const char *url) {
    char program[4096], name[256], environment[1024];
    pty p = {.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), .seen = NX_BUF};
    assert_non_null(realpath(run_program(), program));
    assert_int_equal(grantpt(p.fd), 0);
    assert_int_equal(unlockpt(p.fd), 0);
    assert_int_equal(ptsname_r(p.fd, name, sizeof name), 0);
    snprintf(environment, sizeof environment, "DATABASE_URL=%s", url);
    char locale[] = "LC_ALL=C.UTF-8", word[] = "nixie", command[] = "models", option[] = "--json";
    char *argv[] = {word, command, option, NULL}, *env[] = {environment, locale, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    assert_int_equal(posix_spawn(&p.pid, program, &actions, &attributes, argv, env), 0);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return p;
}

/* Reads until `text` was seen `times` times; with NULL until the program has closed its terminal. */
static void see(pty *p, const char *text, int times) {
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    for (;;) {
        int n = 0;
        for (const char *at = p->seen.data; text && (at = strstr(at, text)); at += strlen(text)) {
            n++;
        }
        if (text && n >= times) {
            return;
        }
        struct pollfd wait = {.fd = p->fd, .events = POLLIN};
        char bytes[4096];
        ssize_t got = 0;
        if (poll(&wait, 1, 1000) > 0 && (got = read(p->fd, bytes, sizeof bytes)) <= 0 && !text) {
            return; /* EIO: nobody holds the other end any more */
        }
        nx_buf_add(&p->seen, bytes, got > 0 ? (size_t)got : 0);
        if (lab_now_ms() > deadline) {
            fail_msg("never saw \"%s\" in: %s", text ? text : "the end", p->seen.data);
        }
    }
}

static void type(const pty *p, const char *text) {
    assert_int_equal(write(p->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static int finish(pty *p) {
    int status;
    see(p, NULL, 0);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    close(p->fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void the_right_password_opens(void **state) {
    (void)state;
    pty p = start(alice);
    see(&p, "Password for alice@", 1);
    type(&p, "wrong\n");
    see(&p, "Password for alice@", 2);
    type(&p, "canary\n");
    assert_int_equal(finish(&p), 0);
    assert_non_null(strstr(p.seen.data, "\"hers\""));
    assert_null(strstr(p.seen.data, "canary")); /* not echoed */
    nx_buf_free(&p.seen);
}

static void three_wrong_ones_are_enough(void **state) {
    (void)state;
    pty p = start(alice);
    for (int i = 1; i <= 3; i++) {
        see(&p, "Password for alice@", i);
        type(&p, "wrong\n");
    }
    assert_int_equal(finish(&p), 3);
    assert_non_null(strstr(p.seen.data, "nixie: "));
    nx_buf_free(&p.seen);
}

static void ctrl_c_at_the_prompt_leaves(void **state) {
    (void)state;
    pty p = start(alice);
    see(&p, "Password for alice@", 1);
    type(&p, "\x03");
    assert_int_equal(finish(&p), 130);
    nx_buf_free(&p.seen);
}

static void without_a_terminal_nobody_is_asked(void **state) {
    (void)state;
    run r = nixie(alice, "models", NULL);
    expect_status(&r, 3);
    assert_null(strstr(r.err, "Password for"));
    assert_non_null(strstr(r.err, "hint: "));
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_right_password_opens),
    cmocka_unit_test(three_wrong_ones_are_enough),
    cmocka_unit_test(ctrl_c_at_the_prompt_leaves),
    cmocka_unit_test(without_a_terminal_nobody_is_asked),
};

LAB_MAIN(tests, set_up, tear_down)
