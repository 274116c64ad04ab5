/* The program as a process: secrets, signals, pipes, links that do not answer, no terminal. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "run.h"

static int set_up(void **state) {
    group_open(state);
    lab_sql(url,
            "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 20000) i;"
            /* A view whose rows take for ever. */
            "CREATE VIEW slow AS SELECT id, pg_sleep(30)::text AS v FROM t");
    return 0;
}

/* --- no connection -------------------------------------------------------------------------------------- */

/* A listener that never accepts: its backlog answers the handshake, then nothing. */
static int silent_listener(int *port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void no_connection_is_three_and_quick(void **state) {
    (void)state;
    static const char *const urls[] = {"postgresql://u:canary@127.0.0.1:1/db?sslmode=disable",
                                       "postgresql://u:canary@no-such-host.invalid/db",
                                       "postgresql://u:canary@/db?host=/nonexistent"};
    static const char *const commands[] = {"models", "check"};
    lab_clock *clock = lab_clock_new();
    char held[60];
    assert_non_null(clock);
    snprintf(held, sizeof held, "NIXIE_CLOCK=%s", lab_clock_path(clock));
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 2; k++) {
            /* With a clock that stands still: it is told at once, not after several tries. */
            run r = nixie_argv(urls[i], (const char *[]){commands[k], NULL}, (const char *[]){held, NULL});
            expect_status(&r, 3);
            assert_int_equal(strncmp(r.err, "nixie: ", 7), 0);
            assert_non_null(strstr(r.err, "\nhint: "));
            assert_null(strstr(r.err, "canary"));
            assert_null(strstr(r.out, "canary"));
            run_free(&r);
        }
    }
    lab_clock_free(clock);
}

static void a_wrong_database_is_no_connection(void **state) {
    (void)state;
    nx_buf wrong = NX_BUF;
    const char *query = strchr(url, '?');
    nx_buf_addf(&wrong, "postgresql://postgres@/no_such_database%s", query);
    run r = nixie(wrong.data, "models", NULL);
    expect_status(&r, 3);
    assert_non_null(strstr(r.err, "no_such_database"));
    run_free(&r);
    nx_buf_free(&wrong);
}

static void malformed_sources_are_usage_or_no_connection(void **state) {
    (void)state;
    run r = nixie(NULL, "models", "--url", "postgresql://h:notaport/db", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(NULL, "models", "--env", "/nonexistent/.env", NULL);
    expect_status(&r, 3);
    assert_non_null(strstr(r.err, "/nonexistent/.env"));
    run_free(&r);
    r = nixie(url, "models", "--direct", NULL);
    expect_status(&r, 2);
    run_free(&r);
}

/* --- secrets --------------------------------------------------------------------------------------------- */

static char *command_line_of(pid_t pid) {
    char path[64], bytes[4096];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    ssize_t n = read(fd, bytes, sizeof bytes - 1);
    close(fd);
    for (ssize_t i = 0; i < n; i++) {
        bytes[i] = bytes[i] ? bytes[i] : ' ';
    }
    bytes[n > 0 ? n : 0] = '\0';
    return nx_strdup(bytes);
}

/* The program is seen connecting (so it has parsed its arguments) before its command line is read. */
static void a_password_in_argv_is_gone_while_it_runs(void **state) {
    (void)state;
    int port, listener = silent_listener(&port);
    nx_buf with = NX_BUF;
    nx_buf_addf(&with, "postgresql://alice:canary@127.0.0.1:%d/shop?sslmode=disable", port);
    for (int form = 0; form < 2; form++) {
        nx_buf option = NX_BUF;
        nx_buf_addf(&option, "--url=%s", with.data);
        const char *const args[] = {"models", form ? option.data : with.data, NULL};
        running p = nixie_start(NULL, args, NULL);
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, (int)lab_patience_ms()), 1);
        int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        char *line = command_line_of(p.pid);
        if (line) {
            assert_non_null(strstr(line, "alice"));
            assert_null(strstr(line, "canary"));
        }
        free(line);
        kill(p.pid, SIGINT);
        run r = nixie_finish(&p);
        expect_status(&r, 130);
        assert_null(strstr(r.err, "canary"));
        run_free(&r);
        close(accepted);
        nx_buf_free(&option);
    }
    nx_buf_free(&with);
    close(listener);
}

static void a_password_never_comes_out(void **state) {
    (void)state;
    static const char *const broken[] = {"postgresql://u:canary@h:port/db", "postgresql://u:canary@[::1/db",
                                         "host=h password='canary", "prisma://u:canary@h/db",
                                         "postgresql://u:can%zzary-canary@h/db"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        run r = nixie(NULL, "check", broken[i], NULL);
        assert_true(r.status == 2 || r.status == 3);
        assert_null(strstr(r.out, "canary"));
        assert_null(strstr(r.err, "canary"));
        run_free(&r);
        r = nixie(broken[i], "models", NULL);
        assert_null(strstr(r.err, "canary"));
        run_free(&r);
    }
}

static void check_warns_of_a_password_in_argv(void **state) {
    (void)state;
    nx_buf with = NX_BUF;
    nx_buf_addf(&with, "postgresql://postgres:canary@%s", strstr(url, "@") + 1);
    run r = nixie(NULL, "check", with.data, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "[.findings[] | select(.what | contains(\"command line\"))] | length", "1");
    assert_null(strstr(r.out, "canary"));
    run_free(&r);
    nx_buf_free(&with);
}

/* --- signals and pipes -------------------------------------------------------------------------------------- */

static void ctrl_c_cancels_the_query_on_the_server(void **state) {
    (void)state;
#define SLEEPING "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')"
    const char *const args[] = {"rows", "slow", "--limit", "1", "--json", NULL};
    running p = nixie_start(url, args, NULL);
    lab_until_true(NULL, url, "SELECT " SLEEPING " = 1");
    kill(p.pid, SIGINT);
    run r = nixie_finish(&p);
    expect_status(&r, 130);
    assert_string_equal(r.out, "");
    run_free(&r);
    lab_until_true(NULL, url, "SELECT " SLEEPING " = 0");
}

static void the_timeout_is_the_servers(void **state) {
    (void)state;
    run r = nixie(url, "rows", "slow", "--limit", "1", "--timeout", "1", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "statement timeout")); /* the server's own words */
    run_free(&r);
}

static void a_broken_pipe_is_quiet(void **state) {
    (void)state;
    const char *const args[] = {"rows", "t", "--limit", "10000", "--json", NULL};
    running p = nixie_start(url, args, NULL);
    close(p.out);
    p.out = -1;
    run r = nixie_finish(&p);
    expect_status(&r, 1);
    assert_string_equal(r.err, "");
    run_free(&r);
}

/* --- reading only, no terminal --------------------------------------------------------------------------------- */

static void read_only_reads(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE log (n int); CREATE FUNCTION note() RETURNS int VOLATILE LANGUAGE sql AS 'INSERT INTO "
                 "log VALUES (1) RETURNING n';"
                 "CREATE VIEW writer AS SELECT id, note() AS v FROM t WHERE id = 1");
    run r = nixie(url, "rows", "t", "--read-only", "--limit", "1", "--json", NULL);
    expect_status(&r, 0);
    run_free(&r);
    r = nixie(url, "rows", "writer", "--read-only", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "read-only transaction"));
    run_free(&r);
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM log"), 0);
    r = nixie(url, "rows", "writer", NULL); /* the same without --read-only, so that the test can fail */
    expect_status(&r, 0);
    run_free(&r);
}

static void browsing_needs_a_terminal(void **state) {
    (void)state;
    static const char *const cases[][3] = {{NULL}, {"t", NULL}, {"--", "check", NULL}};
    for (size_t i = 0; i < 3; i++) {
        run r = nixie_argv(url, cases[i], NULL);
        expect_status(&r, 2);
        assert_string_equal(r.out, "");
        assert_non_null(strstr(r.err, "terminal"));
        assert_non_null(strstr(r.err, "nixie rows"));
        run_free(&r);
    }
}

static int entries(const char *path) {
    int n = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir));) {
        n += e->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

static void the_demo_without_a_terminal_shows_text_and_leaves_nothing(void **state) {
    (void)state;
    char folder[] = "/tmp/nixie-demo-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0777), 0);
    nx_buf tmp = NX_BUF;
    nx_buf_addf(&tmp, "TMPDIR=%s", folder);
    const char *const args[] = {"demo", NULL}, *const environment[] = {tmp.data, NULL};
    run r = nixie_argv(NULL, args, environment);
    expect_status(&r, 0);
    assert_non_null(strstr(r.err, "no terminal"));
    assert_non_null(strstr(r.out, "public\n"));
    assert_non_null(strstr(r.out, "audit\n"));
    assert_non_null(strstr(r.out, "\nPost\n"));
    assert_non_null(strstr(r.out, "Hello, world"));
    assert_int_equal(entries(folder), 0);
    assert_int_equal(rmdir(folder), 0);
    run_free(&r);
    nx_buf_free(&tmp);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_connection_is_three_and_quick),
    cmocka_unit_test(a_wrong_database_is_no_connection),
    cmocka_unit_test(malformed_sources_are_usage_or_no_connection),
    cmocka_unit_test(a_password_in_argv_is_gone_while_it_runs),
    cmocka_unit_test(a_password_never_comes_out),
    cmocka_unit_test(check_warns_of_a_password_in_argv),
    cmocka_unit_test(ctrl_c_cancels_the_query_on_the_server),
    cmocka_unit_test(the_timeout_is_the_servers),
    cmocka_unit_test(a_broken_pipe_is_quiet),
    cmocka_unit_test(read_only_reads),
    cmocka_unit_test(browsing_needs_a_terminal),
    cmocka_unit_test(the_demo_without_a_terminal_shows_text_and_leaves_nothing),
};

LAB_MAIN(tests, set_up, group_close)
