/* Getting a connection, or a clear word why not. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static lab_server *server; /* asks for passwords over TCP; later speaks TLS as "localhost" */
static const char *authority;
static int port;

static int set_up(void **state) {
    (void)state;
    server = lab_server_start(0, "listen_addresses = '127.0.0.1'\npassword_encryption = 'scram-sha-256'\n");
    char *url = lab_server_url(server, "postgres");
    lab_sql(url, "CREATE ROLE ann LOGIN PASSWORD 'sesame7 open'");
    char *hba = lab_query(url, "SHOW hba_file");
    FILE *file = fopen(hba, "w");
    assert_non_null(file);
    fputs("local all all trust\nhost all ann 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 trust\n", file);
    assert_int_equal(fclose(file), 0);
    lab_server_restart(server);
    port = (int)lab_query_int(url, "SHOW port");
    free(hba);
    free(url);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    lab_server_stop(server);
    return 0;
}

/* --- trying ------------------------------------------------------------------------------------------- */

typedef struct attempt {
    nx_source *source;
    nx_session *session;
} attempt;

static attempt try_url(const char *url) {
    static char *nothing[] = {NULL};
    nx_error err = NX_ERROR;
    attempt a = {.source = nx_source_find(&(nx_source_request){.url = url, .environment = nothing}, &err)};
    if (!a.source) {
        fail_msg("%s: %s", url, err.message);
    }
    a.session = nx_session_new(a.source, NULL);
    return a;
}

static void end(attempt *a) {
    nx_session_free(a->session);
    nx_source_free(a->source);
}

static void silent(const char *text) {
    if (text) {
        assert_null(strstr(text, "sesame"));
    }
}

/* Sends a trip on a URL that does not work; checks the error. */
static void assert_refused(const char *url, const char *words, const char *sqlstate, bool needs_password) {
    attempt a = try_url(url);
    call c;
    call_run(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    if (!nx_failed(&c.error) || !strstr(c.error.message, words)) {
        fail_msg("%s: \"%s\" instead of \"%s\"", url, nx_failed(&c.error) ? c.error.message : "connected", words);
    }
    assert_int_equal(c.error.kind, NX_ERR_CONNECT);
    assert_string_equal(c.error.sqlstate, sqlstate);
    assert_non_null(c.error.hint);
    assert_string_equal(nx_session_error(a.session)->message, c.error.message);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_OFF);
    assert_int_equal(nx_session_needs_password(a.session), needs_password);
    silent(c.error.message);
    silent(c.error.detail);
    silent(c.error.hint);
    call_free(&c);
    end(&a);
}

static char *tcp(const char *user, const char *host, const char *rest) {
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "postgresql://%s@%s:%d/%s", user, host, port, rest);
    return nx_buf_take(&url);
}

static void refused(const char *user, const char *rest, const char *words, const char *sqlstate, bool needs_password) {
    char *url = tcp(user, "127.0.0.1", rest);
    assert_refused(url, words, sqlstate, needs_password);
    free(url);
}

/* --- words -------------------------------------------------------------------------------------------- */

static void refusals_are_clear(void **state) {
    (void)state;
    refused("ann:sesame8", "postgres?sslmode=disable", "password authentication failed", "28P01", false);
    refused("ann", "postgres?sslmode=disable", "no password supplied", "28P01", true);
    refused("postgres", "nope?sslmode=disable", "database \"nope\" does not exist", "3D000", false);
    refused("stranger", "postgres?sslmode=disable", "no pg_hba.conf entry", "28000", false);
}

static void nobody_there(void **state) {
    (void)state;
    lab_clock_hold(lab_clock_own()); /* it is told at once, not after several tries */
    assert_refused("postgresql://ann:sesame@127.0.0.1:1/x", "cannot connect to 127.0.0.1:1: Connection refused", "",
                   false);
    assert_refused("postgresql://ann@/x?host=/tmp/no-such-folder", "/tmp/no-such-folder/.s.PGSQL.5432", "", false);
    assert_refused("postgresql://ann:sesame@x.invalid/x?sslmode=disable", "cannot find host \"x.invalid\"", "", false);
    lab_clock_run(lab_clock_own());
}

static void password_can_be_given_later(void **state) {
    (void)state;
    char *url = tcp("ann", "127.0.0.1", "postgres?sslmode=disable");
    attempt a = try_url(url);
    static const struct {
        const char *password;
        bool good;
    } tries[] = {{NULL, false}, {"sesame8", false}, {"sesame7 open", true}};
    for (size_t i = 0; i < NX_COUNT(tries); i++) {
        nx_session_set_password(a.session, tries[i].password);
        call c;
        call_run(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT current_user"));
        assert_int_equal(nx_failed(&c.error), !tries[i].good);
        assert_int_equal(nx_session_needs_password(a.session), i == 0);
        if (tries[i].good) {
            assert_string_equal(call_text(&c, 0), "ann");
        }
        call_free(&c);
    }
    end(&a);
    free(url);
}

static void name_goes_with_the_address(void **state) {
    (void)state;
    char *url = tcp("postgres", "localhost", "postgres?sslmode=disable");
    attempt a = try_url(url);
    nx_session_connect(a.session);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_RESOLVING);
    char *value = call_value(a.session, "SELECT 1");
    assert_string_equal(value, "1");
    assert_string_equal(nx_session_server(a.session)->host, "localhost");
    assert_true(nx_session_server(a.session)->local);
    free(value);
    end(&a);
    free(url);
}

/* --- TLS ---------------------------------------------------------------------------------------------- */

static char *tls_url(const char *host, const char *mode, const char *roots) {
    nx_buf rest = NX_BUF;
    nx_buf_addf(&rest, "postgres?sslmode=%s", mode);
    if (roots) {
        nx_buf_addf(&rest, "&sslrootcert=%s", roots);
    }
    char *url = tcp("postgres", host, rest.data);
    nx_buf_free(&rest);
    return url;
}

static void certificates_are_verified(void **state) {
    (void)state;
    authority = lab_server_tls(server, "localhost");
    static const struct {
        const char *host, *mode;
        bool known_authority;
        const char *refusal; /* NULL: let in */
        bool verified;
    } cases[] = {
        {"localhost", "verify-full", true, NULL, true},
        {"127.0.0.1", "verify-full", true, "does not match host name", false},
        {"localhost", "verify-full", false, "certificate verify failed", false},
        {"localhost", "require", false, NULL, false},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        const char *roots = cases[i].known_authority                ? authority
                            : strcmp(cases[i].mode, "require") == 0 ? NULL
                                                                    : lab_server_stranger(server);
        char *url = tls_url(cases[i].host, cases[i].mode, roots);
        if (cases[i].refusal) {
            assert_refused(url, cases[i].refusal, "", false);
        } else {
            nx_session *s = lab_session(url, NULL);
            free(call_value(s, "SELECT 1"));
            assert_true(nx_session_server(s)->tls);
            assert_int_equal(nx_session_server(s)->tls_verified, cases[i].verified);
            call c; /* cancelling and ending work under TLS as well */
            call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(20)"));
            nx_session_step(s, NULL);
            nx_session_cancel(s);
            call_wait(s, &c);
            assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
            assert_int_equal(nx_session_get_state(s), NX_SESSION_READY);
            call_free(&c);
            lab_session_free(s);
        }
        free(url);
    }
}

static void plain_server_is_not_taken_for_tls(void **state) {
    (void)state;
    refused("postgres", "postgres?sslmode=require", "server does not support SSL", "", false);
}

/* --- a server that lets us wait ------------------------------------------------------------------------- */

static int mute_listener(int *at) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *at = ntohs(address.sin_port);
    return fd;
}

static void waiting_has_a_name_and_an_end(void **state) {
    (void)state;
    int at, fd = mute_listener(&at);
    char url[100];
    snprintf(url, sizeof url, "postgresql://ann:sesame@127.0.0.1:%d/x?sslmode=disable", at);
    attempt a = try_url(url);
    call c;
    lab_clock_hold(lab_clock_own());
    call_start(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    nx_session_step(a.session, NULL);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_CONNECTING);
    assert_string_equal(nx_session_activity(a.session), "test");
    nx_wait wait; /* the loop wakes up to say so */
    nx_session_wait(a.session, &wait);
    assert_in_range(wait.deadline_ms - nx_now_ms(), 1, 1000);
    lab_clock_pass(lab_clock_own(), 1000);
    nx_session_step(a.session, NULL);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_WAKING);
    assert_true(nx_session_elapsed_ms(a.session) >= 1000);
    nx_session_wait(a.session, &wait);
    assert_in_range(wait.deadline_ms - nx_now_ms(), 1000, 15000);
    nx_session_cancel(a.session);
    call_wait(a.session, &c);
    assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_OFF);
    lab_clock_run(lab_clock_own());
    call_free(&c);
    end(&a);
    close(fd);
}

static bool has_one(void *data) { return lab_proxy_connections(data) >= 1; }
static bool has_two(void *data) { return lab_proxy_connections(data) >= 2; }

static void starting_server_is_waited_for(void **state) {
    (void)state;
    char *url = lab_server_url(server, "postgres");
    lab_proxy *proxy = lab_proxy_start(url);
    lab_proxy_fault(proxy, "blackhole");
    attempt a = try_url(lab_proxy_url(proxy));
    call c;
    call_start(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 'up'"));
    lab_until(a.session, has_one, proxy, "a connection");
    lab_proxy_fault(proxy, "inject 57P03 the database system is starting up");
    lab_until(a.session, has_two, proxy, "another one: it tries again by itself");
    call_wait(a.session, &c);
    assert_false(nx_failed(&c.error));
    assert_string_equal(call_text(&c, 0), "up");
    call_free(&c);
    end(&a);
    lab_proxy_stop(proxy);
    free(url);
}

static void next_host_is_tried(void **state) {
    (void)state;
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "host=127.0.0.1,localhost port=1,%d user=postgres dbname=postgres sslmode=disable", port);
    attempt a = try_url(url.data);
    char *value = call_value(a.session, "SELECT 'second'");
    assert_string_equal(value, "second");
    assert_string_equal(nx_session_server(a.session)->host, "localhost");
    free(value);
    end(&a);
    nx_buf_free(&url);
}

/* --- pooler ------------------------------------------------------------------------------------------- */

static void works_through_a_pooler(void **state) {
    (void)state;
    char *url = lab_database("pooled");
    lab_sql(url, "CREATE TABLE t (id int)");
    lab_pooler *pooler = lab_pooler_start(url);
    if (!pooler) {
        free(url);
        skip();
    }
    nx_session *a = lab_session(lab_pooler_url(pooler), NULL), *b = lab_session(lab_pooler_url(pooler), NULL);
    nx_session *read_only = lab_session(lab_pooler_url(pooler), &(nx_session_options){.read_only = true});
    call begin, end_of_it;
    call_run(a, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (1)", "SELECT pg_current_xact_id()"));
    assert_false(nx_failed(&begin.error));
    char *count = call_value(b, "SELECT count(*) FROM t");
    assert_string_equal(count, "0");
    assert_true(nx_session_server(b)->pooled);
    call_run(a, &end_of_it, NX_TRIP_END, STATEMENTS("COMMIT"));
    assert_string_equal(nx_result_tag(end_of_it.results[0]), "COMMIT");
    call c;
    call_run(
        read_only, &c, NX_TRIP_READ,
        STATEMENTS("DELETE FROM t", "|", "SELECT count(*) FROM t", "|", "SELECT current_setting('IntervalStyle')"));
    assert_string_equal(c.errors[0].sqlstate, "25006");
    assert_string_equal(call_text(&c, 1), "1");
    call_free(&c);
    call_run(b, &c, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (2)")); /* nothing leaked: b may write */
    assert_false(nx_failed(&c.error));
    call_free(&c);
    call_run(b, &c, NX_TRIP_END, STATEMENTS("ROLLBACK"));
    call_free(&c);
    lab_sql(url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "pid <> pg_backend_pid()");
    char *after = call_value(b, "SELECT count(*) FROM t");
    assert_string_equal(after, "1");
    /* At last: PgBouncer 1.18 ends when a server is lost behind a cancellation. */
    call_start(a, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(20)"));
    nx_session_step(a, NULL);
    nx_session_cancel(a);
    call_wait(a, &c);
    assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
    call_free(&c);
    free(count);
    free(after);
    call_free(&begin);
    call_free(&end_of_it);
    lab_session_free(a);
    lab_session_free(b);
    lab_session_free(read_only);
    lab_pooler_stop(pooler);
    free(url);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(refusals_are_clear),
    cmocka_unit_test(nobody_there),
    cmocka_unit_test(password_can_be_given_later),
    cmocka_unit_test(name_goes_with_the_address),
    cmocka_unit_test(plain_server_is_not_taken_for_tls),
    cmocka_unit_test(certificates_are_verified),
    cmocka_unit_test(waiting_has_a_name_and_an_end),
    cmocka_unit_test(starting_server_is_waited_for),
    cmocka_unit_test(next_host_is_tried),
    cmocka_unit_test(works_through_a_pooler),
};

LAB_MAIN(tests, set_up, tear_down)
