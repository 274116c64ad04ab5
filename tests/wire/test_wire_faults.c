/* What libpq, the system's sockets and its threads refuse: told, mended where it can be, and nothing sent twice. */
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "lab/fault.h"
#include "lab/lab.h"
#include "lab/test.h"

static char *url;
static lab_proxy *proxy;

static int set_up(void **state) {
    (void)state;
    url = lab_database("faults");
    lab_sql(url, "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'one')");
    proxy = lab_proxy_start(url);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    lab_proxy_stop(proxy);
    free(url);
    return 0;
}

static void assert_works(nx_session *s) {
    char *value = call_value(s, "SELECT v FROM t WHERE id = 1");
    assert_string_equal(value, "one");
    free(value);
}

static bool call_is_done(void *data) { return ((call *)data)->done; }

/* --- sending --------------------------------------------------------------------------------------------------- */

typedef struct sending {
    const char *name;
    nx_trip_kind kind;
    bool read_only, first; /* the first trip of a connection asks who the server is, too */
} sending;

static void begin_for(nx_session *s, const sending *c) {
    call begin;
    if (!c->first) {
        assert_works(s);
    }
    if (c->kind == NX_TRIP_MORE || c->kind == NX_TRIP_END) {
        call_run(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (2)"));
        assert_false(nx_failed(&begin.error));
        call_free(&begin);
    }
}

/* The nth thing that is sent is not taken. True when there was an nth. */
static bool fail_to_send(const sending *c, const char *what, int nth) {
    nx_session *s = lab_session(url, &(nx_session_options){.read_only = c->read_only});
    call asked;
    char fault[60];
    begin_for(s, c);
    snprintf(fault, sizeof fault, "%s:%d:EIO", what, nth);
    lab_fault(NULL, fault);
    if (c->kind == NX_TRIP_END) {
        call_run(s, &asked, c->kind, STATEMENTS("COMMIT"));
    } else {
        call_run(s, &asked, c->kind, STATEMENTS("SELECT 'here'", "|", "SELECT 'too'"));
    }
    bool struck = lab_faults_struck(NULL) > 0;
    lab_fault(NULL, NULL);
    assert_int_equal(asked.calls, 1);
    if (struck && c->kind != NX_TRIP_READ && asked.error.kind != NX_ERR_LOST) {
        fail_msg("%s, %s: error %d", c->name, fault, (int)asked.error.kind);
    } else if (c->kind == NX_TRIP_READ) { /* asked again on a new connection */
        assert_false(nx_failed(&asked.error));
        assert_string_equal(call_text(&asked, 0), "here");
        assert_string_equal(call_text(&asked, 1), "too");
    }
    call_free(&asked);
    if (struck) {
        assert_works(s);
    }
    lab_session_free(s);
    return struck;
}

static void what_cannot_be_sent_is_lost_or_asked_again(void **state) {
    (void)state;
    static const sending cases[] = {
        {"read", NX_TRIP_READ, false, false},        {"first read", NX_TRIP_READ, false, true},
        {"read-only", NX_TRIP_READ, true, false},    {"begin", NX_TRIP_BEGIN, false, false},
        {"begin to read", NX_TRIP_BEGIN_READ, false, false}, {"more", NX_TRIP_MORE, false, false},
        {"end", NX_TRIP_END, false, false},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        int queries = 0, syncs = 0;
        while (fail_to_send(&cases[i], "PQsendQueryParams", queries + 1)) {
            queries++;
        }
        while (cases[i].kind != NX_TRIP_END && fail_to_send(&cases[i], "PQpipelineSync", syncs + 1)) {
            syncs++;
        }
        assert_true(queries >= 1);
        assert_true(syncs >= 1 || cases[i].kind == NX_TRIP_END);
        assert_int_equal(lab_query_int(url, "WITH d AS (DELETE FROM t WHERE id > 1 RETURNING 1) SELECT count(*) FROM d"),
                         cases[i].kind == NX_TRIP_END); /* the one COMMIT that was sent at last */
    }
}

static void a_connection_that_breaks_while_it_is_flushed_is_lost(void **state) {
    (void)state;
    nx_session *s = lab_session(url, NULL);
    call begin;
    assert_works(s);
    /* Looked at once before sending, and once when the flush has failed. */
    lab_fault(NULL, "PQflush:1:EPIPE,PQstatus:1:EPIPE,PQstatus:2:EPIPE");
    call_run(s, &begin, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (3)"));
    assert_int_equal(lab_faults_struck(NULL), 3);
    assert_int_equal(begin.error.kind, NX_ERR_LOST);
    call_free(&begin);
    assert_works(s);
    lab_fault(NULL, "PQflush:1:EPIPE"); /* one that fails on a good connection is not the last */
    assert_works(s);
    lab_session_free(s);
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM t"), 1);
}

/* --- receiving -------------------------------------------------------------------------------------------------- */

/* A BEGIN on its way, its answer there to be read. */
static void send_and_await(nx_session *s, call *c) {
    call_start(s, c, NX_TRIP_BEGIN, STATEMENTS("INSERT INTO t VALUES (4)"));
    nx_session_step(s, NULL);
    nx_wait wait;
    nx_session_wait(s, &wait);
    assert_int_equal(wait.nfds, 1);
    assert_int_equal(poll(wait.fds, 1, (int)lab_patience_ms()), 1);
}

static void answers_out_of_step_cost_the_connection(void **state) {
    (void)state;
    static const struct {
        const char *fault, *words;
    } cases[] = {
        {"PQresultStatus:1:EIO", "the answers are out of step with the questions"},
        {"PQgetResult:1+:EIO", "the answers are out of step with the questions"},
        {"PQgetResult:1:EIO,PQstatus:1:EIO", ""},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_session *s = lab_session(url, NULL);
        call c;
        assert_works(s);
        send_and_await(s, &c);
        lab_fault(NULL, cases[i].fault);
        for (int steps = 0; steps < 100 && !c.done; steps++) { /* what came in parts is read in parts */
            lab_step(s);
        }
        lab_fault(NULL, NULL);
        call_wait(s, &c);
        assert_int_equal(c.error.kind, NX_ERR_LOST);
        if (!strstr(c.error.message, cases[i].words) && !(c.error.detail && strstr(c.error.detail, cases[i].words))) {
            fail_msg("%s: %s (%s)", cases[i].fault, c.error.message, c.error.detail ? c.error.detail : "");
        }
        call_free(&c);
        assert_works(s);
        lab_session_free(s);
    }
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM t"), 1);
}

/* --- connecting -------------------------------------------------------------------------------------------------- */

typedef struct attempt {
    nx_source *source;
    nx_session *session;
} attempt;

static attempt try_url(const char *at) {
    static char *nothing[] = {NULL};
    nx_error err = NX_ERROR;
    attempt a = {.source = nx_source_find(&(nx_source_request){.url = at, .environment = nothing}, &err)};
    if (!a.source) {
        fail_msg("%s: %s", at, err.message);
    }
    a.session = nx_session_new(a.source, NULL);
    return a;
}

static void end(attempt *a) {
    nx_session_free(a->session);
    nx_source_free(a->source);
}

static int proxy_port(void) { return atoi(strstr(lab_proxy_url(proxy), "127.0.0.1:") + strlen("127.0.0.1:")); }

/* The proxy under a name that has to be looked up. */
static char *named_url(void) {
    nx_buf named = NX_BUF;
    const char *direct = lab_proxy_url(proxy), *host = strstr(direct, "127.0.0.1");
    assert_non_null(host);
    nx_buf_addf(&named, "%.*slocalhost%s", (int)(host - direct), direct, host + strlen("127.0.0.1"));
    return nx_buf_take(&named);
}

static void what_connecting_needs_and_cannot_have_is_told(void **state) {
    (void)state;
    static const struct {
        const char *fault, *words;
    } cases[] = {
        {"pipe:1:EMFILE", "cannot look names up: no thread could be started"},
        {"pthread_attr_init:1:ENOMEM", "cannot look names up: no thread could be started"},
        {"pthread_create:1:EAGAIN", "cannot look names up: no thread could be started"},
        {"getaddrinfo:3:EIO", "cannot find host \"localhost\": Input/output error"}, /* twice to see that it is no address */
        {"getnameinfo:1+:EIO", "cannot find host \"localhost\": Input/output error"},
        {"PQsetnonblocking:1:EIO", "cannot use the connection"},
        {"PQenterPipelineMode:1:EIO", "cannot use the connection"},
        {"PQconndefaults:1:ENOMEM", NULL}, /* does without */
    };
    lab_proxy_fault(proxy, "pass");
    char *named = named_url();
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        attempt a = try_url(named);
        call c;
        lab_fault(NULL, cases[i].fault);
        call_run(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
        assert_true(lab_faults_struck(NULL) >= 1);
        lab_fault(NULL, NULL);
        assert_int_equal(nx_failed(&c.error), cases[i].words != NULL);
        if (cases[i].words && (c.error.kind != NX_ERR_CONNECT || !strstr(c.error.message, cases[i].words))) {
            fail_msg("%s: %s", cases[i].fault, c.error.message);
        }
        call_free(&c);
        assert_works(a.session); /* the next attempt does not suffer from it */
        end(&a);
    }
    free(named);
}

/* Each name is looked up by itself: twice to see that it is no address, the first of them once more, and then in earnest. */
static void of_several_names_the_first_that_is_not_found_is_told(void **state) {
    (void)state;
    static const struct {
        const char *fault, *words;
    } cases[] = {
        {"getaddrinfo:3:EIO,getaddrinfo:5:ENOMEM", "cannot find host \"localhost\": Input/output error"},
        {"getaddrinfo:3:EIO", NULL}, /* the other one is there */
    };
    lab_proxy_fault(proxy, "pass");
    const char *database = strrchr(lab_proxy_url(proxy), '/') + 1;
    char text[200];
    snprintf(text, sizeof text, "host=localhost,LOCALHOST port=%d user=postgres sslmode=disable dbname=%.*s", proxy_port(),
             (int)strcspn(database, "?"), database);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        attempt a = try_url(text);
        call c;
        lab_fault(NULL, cases[i].fault);
        call_run(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 'there'"));
        assert_int_equal(lab_faults_struck(NULL), cases[i].words ? 2 : 1);
        lab_fault(NULL, NULL);
        assert_string_equal(cases[i].words ? c.error.message : call_text(&c, 0), cases[i].words ? cases[i].words : "there");
        call_free(&c);
        end(&a);
    }
}

static _Noreturn void no_memory(void) { _exit(9); }

static void without_memory_for_a_connection_the_program_ends(void **state) {
    (void)state;
    lab_fault(NULL, "PQconnectStartParams:1:ENOMEM");
    pid_t pid = fork();
    if (pid == 0) {
        nx_out_of_memory_handler(no_memory);
        attempt a = try_url(url);
        nx_session_connect(a.session);
        nx_session_step(a.session, NULL);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 9);
}

/* An address at which nobody takes connections: its queue is full, and what comes on top is not answered. */
typedef struct full {
    int listener, waiting[4], port;
} full;

static full fill_queue(void) {
    full q = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert_int_equal(bind(q.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(q.listener, 0), 0);
    assert_int_equal(getsockname(q.listener, (struct sockaddr *)&address, &len), 0);
    for (size_t i = 0; i < NX_COUNT(q.waiting); i++) {
        q.waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(q.waiting[i], (struct sockaddr *)&address, sizeof address);
    }
    q.port = ntohs(address.sin_port);
    return q;
}

static void empty_queue(const full *q) {
    for (size_t i = 0; i < NX_COUNT(q->waiting); i++) {
        close(q->waiting[i]);
    }
    close(q->listener);
}

static void an_address_that_swallows_everything_does_not_eat_the_time_of_the_next(void **state) {
    (void)state;
    full q = fill_queue();
    char text[200];
    const char *database = strrchr(lab_proxy_url(proxy), '/') + 1;
    snprintf(text, sizeof text, "host=127.0.0.1,127.0.0.1 port=%d,%d user=postgres sslmode=disable dbname=%.*s", q.port, proxy_port(),
             (int)strcspn(database, "?"), database);
    lab_proxy_fault(proxy, "pass");
    attempt a = try_url(text);
    call c;
    lab_clock_hold(lab_clock_own());
    call_start(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 'second'"));
    nx_session_step(a.session, NULL);
    lab_step(a.session);
    assert_false(c.done);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_CONNECTING);
    lab_clock_pass(lab_clock_own(), 4000);
    lab_until(a.session, call_is_done, &c, "the answer of the second address");
    lab_clock_run(lab_clock_own());
    assert_string_equal(call_text(&c, 0), "second");
    call_free(&c);
    end(&a);
    empty_queue(&q);
}

/* Whoever does not answer at all is named as the user would name it. */
static void silence_is_not_waited_for_forever(void **state) {
    (void)state;
    char folder[] = "/tmp/nixie-silent-XXXXXX", words[120];
    assert_non_null(mkdtemp(folder));
    lab_proxy *local = lab_proxy_start_local(url, folder);
    lab_proxy *const silent[] = {proxy, local};
    for (size_t i = 0; i < NX_COUNT(silent); i++) {
        lab_proxy_fault(silent[i], "blackhole");
        attempt a = try_url(lab_proxy_url(silent[i]));
        call c;
        lab_clock_hold(lab_clock_own());
        call_start(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
        nx_session_step(a.session, NULL);
        lab_step(a.session);
        lab_clock_pass(lab_clock_own(), 15000);
        lab_until(a.session, call_is_done, &c, "the end of patience");
        lab_clock_run(lab_clock_own());
        assert_int_equal(c.error.kind, NX_ERR_CONNECT);
        if (i == 0) {
            snprintf(words, sizeof words, "no answer from 127.0.0.1:%d within 15 s", proxy_port());
        } else {
            snprintf(words, sizeof words, "no answer from %s/.s.PGSQL.", folder);
        }
        if (!strstr(c.error.message, words)) {
            fail_msg("%s, not %s", c.error.message, words);
        }
        assert_non_null(c.error.hint);
        call_free(&c);
        lab_proxy_fault(silent[i], "pass");
        char *value = call_value(a.session, "SELECT 'back'");
        assert_string_equal(value, "back");
        free(value);
        end(&a);
    }
    lab_proxy_stop(local);
    snprintf(words, sizeof words, "%s/.s.PGSQL.5432", folder);
    unlink(words);
    assert_int_equal(rmdir(folder), 0);
}

static void where_nobody_is_the_place_is_named(void **state) {
    (void)state;
    static const struct {
        const char *url, *words;
    } cases[] = {
        {"postgresql://a@127.0.0.1:1/x", "127.0.0.1:1"},
        {"postgresql://a@[::1]:1/x", "[::1]:1"},
        {"hostaddr=127.0.0.1 port=1 user=a dbname=x", "127.0.0.1:1"},
        {"postgresql://a@%2Fnonexistent:1/x", "/nonexistent/.s.PGSQL.1"},
        {"host=127.0.0.1,127.0.0.1 hostaddr=127.0.0.1 port=1 user=a dbname=x", "127.0.0.1:1"}, /* a list that is too short */
        {"postgresql://a@/x?port=1", "the local server"},
        {"postgresql://a@/x?port=2", "/nowhere/.s.PGSQL.2"}, /* where libpq looks for it: PGHOST */
    };
    unsetenv("PGHOST");
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        attempt a = try_url(cases[i].url);
        call c;
        if (strstr(cases[i].words, "/nowhere/")) {
            setenv("PGHOST", "/nowhere", 1);
        }
        call_run(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
        unsetenv("PGHOST");
        assert_int_equal(c.error.kind, NX_ERR_CONNECT);
        if (!strstr(c.error.message, cases[i].words)) {
            fail_msg("%s: %s", cases[i].url, c.error.message);
        }
        call_free(&c);
        end(&a);
    }
}

static void what_waits_for_no_connection_is_cancelled_at_once(void **state) {
    (void)state;
    attempt a = try_url("postgresql://a@127.0.0.1:1/x");
    call c;
    call_start(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
    nx_session_cancel(a.session);
    nx_session_step(a.session, NULL);
    assert_true(c.done); /* nobody was asked: there nobody is */
    assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
    assert_int_equal(nx_session_get_state(a.session), NX_SESSION_OFF);
    call_free(&c);
    end(&a);
}

/* One step; where it waits for nothing but the end of a pause, that is now. */
static void step_over_pause(nx_session *s) {
    nx_wait wait;
    nx_session_wait(s, &wait);
    if (wait.nfds == 0) {
        lab_clock_pass_until(lab_clock_own(), wait.deadline_ms);
    }
    nx_session_step(s, NULL);
}

/* A pause, again, as often as it helps. */
static void what_may_pass_is_tried_again_so_often_and_no_more(void **state) {
    (void)state;
    static const struct {
        const char *fatal;
        int connections;
    } cases[] = {
        {"53300 sorry, too many clients already", 3},
        {"XX000 Authentication timed out", 2},
        {"28P01 password authentication failed for user \"a\"", 1},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char fault[100];
        snprintf(fault, sizeof fault, "inject %s", cases[i].fatal);
        lab_proxy_fault(proxy, "blackhole");
        int before = lab_proxy_connections(proxy);
        attempt a = try_url(lab_proxy_url(proxy));
        call c;
        lab_clock_hold(lab_clock_own());
        call_start(a.session, &c, NX_TRIP_READ, STATEMENTS("SELECT 1"));
        for (int tries = 1; !c.done; tries++) {
            while (!c.done && lab_proxy_connections(proxy) < before + tries) {
                step_over_pause(a.session);
            }
            if (!c.done) {
                lab_proxy_fault(proxy, fault);
                lab_proxy_fault(proxy, "blackhole");
            }
        }
        lab_clock_run(lab_clock_own());
        assert_int_equal(lab_proxy_connections(proxy) - before, cases[i].connections);
        assert_int_equal(c.error.kind, NX_ERR_CONNECT);
        assert_non_null(strstr(c.error.message, cases[i].fatal + 6));
        call_free(&c);
        end(&a);
    }
    lab_proxy_fault(proxy, "pass");
}

/* --- cancelling --------------------------------------------------------------------------------------------------- */

#define SLEEPS "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300%' AND state = 'active'" \
               " AND datname = current_database() AND pid <> pg_backend_pid()"

static void a_request_that_cannot_be_made_is_made_again(void **state) {
    (void)state;
    static const char *const cases[] = {"pipe:1:EMFILE", "pthread_create:1:EAGAIN",
                                        "PQgetCancel:1:ENOMEM,PQcancelCreate:1:ENOMEM"};
    nx_session *s = lab_session(url, NULL);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        call c;
        call_start(s, &c, NX_TRIP_READ, STATEMENTS("SELECT pg_sleep(300)"));
        lab_until_true(s, url, SLEEPS);
        lab_clock_hold(lab_clock_own());
        lab_fault(NULL, cases[i]);
        nx_session_cancel(s);
        nx_session_cancel(s); /* twice is once */
        assert_int_equal(lab_faults_struck(NULL), 1);
        lab_fault(NULL, NULL);
        lab_step(s);
        assert_false(c.done);
        nx_wait wait; /* it wakes up to send another */
        nx_session_wait(s, &wait);
        assert_in_range(wait.deadline_ms - nx_now_ms(), 1, 300);
        lab_clock_pass(lab_clock_own(), 300);
        lab_until(s, call_is_done, &c, "the end of what was cancelled");
        lab_clock_run(lab_clock_own());
        assert_int_equal(c.error.kind, NX_ERR_CANCELLED);
        call_free(&c);
        assert_works(s);
    }
    lab_session_free(s);
}

/* The request is still on its way when what it was meant for has ended by itself: it must not hit what comes next. */
static void a_request_that_never_arrives_costs_the_connection(void **state) {
    (void)state;
    lab_proxy_fault(proxy, "pass");
    nx_session *s = lab_session(lab_proxy_url(proxy), NULL), *other = lab_session(url, NULL);
    call lock, unlock, waiting, next;
    call_run(other, &lock, NX_TRIP_BEGIN, STATEMENTS("LOCK TABLE t"));
    call_start(s, &waiting, NX_TRIP_READ, STATEMENTS("SELECT count(*) FROM t"));
    lab_until_true(s, url, "SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND relation = 't'::regclass");
    lab_proxy_fault(proxy, "deaf");
    lab_clock_hold(lab_clock_own());
    nx_session_cancel(s);
    call_run(other, &unlock, NX_TRIP_END, STATEMENTS("COMMIT"));
    call_wait(s, &waiting);
    assert_string_equal(call_text(&waiting, 0), "1"); /* it was quicker */
    int before = lab_proxy_connections(proxy);
    lab_proxy_fault(proxy, "pass");
    call_start(s, &next, NX_TRIP_READ, STATEMENTS("SELECT 'next'"));
    lab_step(s);
    lab_step(s);
    assert_false(next.done); /* not sent while the request may still come */
    lab_clock_pass(lab_clock_own(), 1000);
    call_wait(s, &next);
    lab_clock_run(lab_clock_own());
    assert_string_equal(call_text(&next, 0), "next");
    assert_int_equal(lab_proxy_connections(proxy), before + 1);
    call_free(&lock);
    call_free(&unlock);
    call_free(&waiting);
    call_free(&next);
    lab_session_free(other);
    lab_session_free(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_cannot_be_sent_is_lost_or_asked_again),
    cmocka_unit_test(a_connection_that_breaks_while_it_is_flushed_is_lost),
    cmocka_unit_test(answers_out_of_step_cost_the_connection),
    cmocka_unit_test(what_connecting_needs_and_cannot_have_is_told),
    cmocka_unit_test(of_several_names_the_first_that_is_not_found_is_told),
    cmocka_unit_test(without_memory_for_a_connection_the_program_ends),
    cmocka_unit_test(an_address_that_swallows_everything_does_not_eat_the_time_of_the_next),
    cmocka_unit_test(silence_is_not_waited_for_forever),
    cmocka_unit_test(where_nobody_is_the_place_is_named),
    cmocka_unit_test(what_waits_for_no_connection_is_cancelled_at_once),
    cmocka_unit_test(what_may_pass_is_tried_again_so_often_and_no_more),
    cmocka_unit_test(a_request_that_cannot_be_made_is_made_again),
    cmocka_unit_test(a_request_that_never_arrives_costs_the_connection),
};

LAB_MAIN(tests, set_up, tear_down)
