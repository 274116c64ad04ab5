/* What a Neon user sees: who answers is on the screen, and a compute that was suspended wakes by itself. */
#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"

static lab_server *server;
static char url[600], plain[200];

/* A server that answers to an endpoint's name, with a certificate for it. */
static int setup(void **state) {
    (void)state;
    static const char host[] = "ep-cool-darkness-123456.us-east-2.aws.neon.tech";
    server = lab_server_start(0, NULL);
    const char *authority = lab_server_tls(server, host);
    char *tcp = lab_server_tcp_url(server, "postgres"), *own = lab_server_url(server, "postgres");
    snprintf(plain, sizeof plain, "%s", own);
    const char *port = strrchr(tcp, ':') + 1;
    snprintf(url, sizeof url, "postgresql://postgres@%s:%d/postgres?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=%s", host,
             atoi(port), authority);
    lab_sql(plain, "CREATE TABLE note AS SELECT i AS id, 'note ' || i AS body FROM generate_series(1, 500) i;"
                   "ALTER TABLE note ADD PRIMARY KEY (id); ANALYZE note");
    free(tcp);
    free(own);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    lab_server_stop(server);
    return 0;
}

static void a_suspended_compute_is_told_and_woken_by_the_next_action(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 130, url, (const char *[]){"note", NULL});
    screen_wait(s, "note 1");
    screen_wait_line(s, 0, "postgres@ep-cool-darkness-123456");
    screen_wait_line(s, 0, "direct");
    screen_wait_line(s, 0, "us-east-2.aws");
    assert_false(screen_has(s, "TLS"));
    lab_sql(plain, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = "
                   "'client backend'");
    screen_wait_line(s, 0, "compute asleep");
    screen_type(s, "G");
    screen_wait(s, "note 500");
    screen_wait_gone(s, "asleep");
    assert_false(screen_has(s, "lost"));
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(a_suspended_compute_is_told_and_woken_by_the_next_action)};

LAB_MAIN(tests, setup, teardown)
