/* The lab itself: what every other test builds on. */
#include <signal.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/arena.h"
#include "nixie/trip.h"

static void databases_are_fresh_and_apart(void **state) {
    (void)state;
    char *a = lab_database("Fresh one");
    char *b = lab_database("Fresh one");
    assert_string_not_equal(a, b);
    lab_sql(a, "CREATE TABLE t (n int); INSERT INTO t VALUES (7)");
    assert_int_equal(lab_query_int(a, "SELECT n FROM t"), 7);
    assert_int_equal(lab_query_int(b, "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 't'"), 0);
    assert_null(lab_query(a, "SELECT NULL"));
    assert_null(lab_query(a, "SELECT n FROM t WHERE n > 7"));
    char *encoding = lab_query(a, "SHOW server_encoding");
    assert_string_equal(encoding, "UTF8");
    free(encoding);
    free(a);
    free(b);
}

static void databases_come_in_other_encodings(void **state) {
    (void)state;
    static const char *const encodings[] = {"SQL_ASCII", "LATIN1"};
    for (size_t i = 0; i < 2; i++) {
        char *url = lab_database_encoded("encoded", encodings[i]);
        char *encoding = lab_query(url, "SHOW server_encoding");
        assert_string_equal(encoding, encodings[i]);
        free(encoding);
        free(url);
    }
}

static void sample_has_a_hundred_thousand_posts(void **state) {
    (void)state;
    char *url = lab_sample_database("sample");
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM \"Post\""), 100000);
    free(url);
}

static void sample_has_every_shape_of_model(void **state) {
    (void)state;
    static const struct {
        const char *what, *sql;
        int64_t least;
    } shapes[] = {
        {"composite foreign key", "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 2", 1},
        {"self relation", "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid", 3},
        {"partitions", "SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit.\"Event\"'::regclass", 5},
        {"no key", "SELECT (NOT EXISTS (SELECT FROM pg_index WHERE indrelid = '\"ImportLog\"'::regclass))::int", 1},
        {"generated", "SELECT count(*) FROM pg_attribute WHERE attgenerated = 's'", 1},
        {"identity", "SELECT count(*) FROM pg_attribute WHERE attidentity <> ''", 2},
        {"materialized view", "SELECT count(*) FROM \"PostsPerDay\"", 1000},
        {"updatable view", "SELECT (pg_relation_is_updatable('\"PublishedPost\"'::regclass, false) & 28 = 28)::int", 1},
        {"grouping view", "SELECT count(*) FROM \"AuthorStats\"", 500},
        {"big cell", "SELECT max(octet_length(body)) FROM \"Document\"", 3000000},
        {"many to many", "SELECT count(*) FROM \"_CategoryToPost\"", 90000},
        {"types of the specimen", "SELECT count(DISTINCT atttypid) FROM pg_attribute "
                                  "WHERE attrelid = '\"Specimen\"'::regclass AND attnum > 0", 75},
        {"values of the specimen", "SELECT count(*) FROM \"Specimen\"", 20},
        {"same instant", "SELECT count(*) - count(DISTINCT \"createdAt\") FROM \"Post\"", 1000},
    };
    char *url = lab_sample_database("shapes");
    for (size_t i = 0; i < NX_COUNT(shapes); i++) {
        if (lab_query_int(url, shapes[i].sql) < shapes[i].least) {
            fail_msg("the sample lacks: %s", shapes[i].what);
        }
    }
    free(url);
}

static void sample_is_the_same_every_time(void **state) {
    (void)state;
    char *url = lab_sample_database("same");
    char *sum = lab_query(url, "SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM \"Post\" p WHERE id <= 5000");
    assert_string_equal(sum, "c9a8fcd1237c584daa6e4f24206e14c3");
    free(sum);
    free(url);
}

/* --- a server of one's own ------------------------------------------------------------------------------- */

static void versions_are_newest_first(void **state) {
    (void)state;
    const int *versions = lab_versions();
    assert_true(versions[0] >= 14);
    for (int i = 1; versions[i] != 0; i++) {
        assert_true(versions[i] < versions[i - 1]);
    }
}

static void every_version_serves(void **state) {
    (void)state;
    int versions[40] = {0};
    for (int i = 0; lab_versions()[i] != 0 && i < 39; i++) {
        versions[i] = lab_versions()[i];
    }
    for (int i = 0; versions[i] != 0; i++) {
        lab_server *server = lab_server_start(versions[i], NULL);
        char *url = lab_server_url(server, "postgres");
        assert_int_equal(lab_version(url), versions[i]);
        free(url);
        lab_server_stop(server);
    }
}

static void settings_restart_and_crash(void **state) {
    (void)state;
    lab_server *server = lab_server_start(0, "work_mem = '5MB'");
    char *url = lab_server_url(server, "postgres");
    char *tcp = lab_server_tcp_url(server, "postgres");
    char *work_mem = lab_query(tcp, "SHOW work_mem");
    assert_string_equal(work_mem, "5MB");
    lab_sql(url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    lab_server_restart(server);
    assert_int_equal(lab_query_int(tcp, "SELECT n FROM kept"), 1);
    lab_server_signal(server, SIGKILL);
    lab_server_restart(server);
    assert_int_equal(lab_query_int(url, "SELECT n FROM kept"), 1);
    free(work_mem);
    free(url);
    free(tcp);
    lab_server_stop(server);
}

static PGconn *connect_verifying(const char *tcp, const char *authority) {
    char url[600];
    snprintf(url, sizeof url, "%s?host=localhost&hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=%s", tcp, authority);
    return PQconnectdb(url);
}

static void tls_is_verified(void **state) {
    (void)state;
    lab_server *server = lab_server_start(0, NULL);
    const char *authority = lab_server_tls(server, "localhost");
    char *tcp = lab_server_tcp_url(server, "postgres");
    PGconn *good = connect_verifying(tcp, authority);
    assert_int_equal(PQstatus(good), CONNECTION_OK);
    assert_true(PQsslInUse(good));
    PGconn *stranger = connect_verifying(tcp, lab_server_stranger(server));
    assert_int_equal(PQstatus(stranger), CONNECTION_BAD);
    PQfinish(good);
    PQfinish(stranger);
    free(tcp);
    lab_server_stop(server);
}

/* --- pooler ------------------------------------------------------------------------------------------------ */

static void pooler_is_in_transaction_mode(void **state) {
    (void)state;
    char *url = lab_database("pooled");
    lab_pooler *pooler = lab_pooler_start(url);
    if (!pooler) {
        free(url);
        skip();
    }
    PGconn *a = PQconnectdb(lab_pooler_url(pooler));
    PGconn *b = PQconnectdb(lab_pooler_url(pooler));
    assert_int_equal(PQstatus(a), CONNECTION_OK);
    assert_int_equal(PQstatus(b), CONNECTION_OK);
    PQclear(PQexec(a, "SET application_name = 'leak'"));
    PGresult *first = PQexec(a, "SELECT pg_backend_pid()");
    PGresult *second = PQexec(b, "SELECT pg_backend_pid()");
    /* Two clients, one backend: it is theirs for a transaction only. */
    assert_string_equal(PQgetvalue(first, 0, 0), PQgetvalue(second, 0, 0));
    PQclear(first);
    PQclear(second);
    PQfinish(a);
    PQfinish(b);
    lab_pooler_stop(pooler);
    free(url);
}

/* --- sessions ---------------------------------------------------------------------------------------------- */

static void heard(nx_trip *trip, void *owner) {
    (void)trip;
    *(bool *)owner = nx_trip_error(trip) == NULL;
}

static void sessions_connect_and_answer(void **state) {
    (void)state;
    char *url = lab_database("session");
    lab_pooler *pooler = lab_pooler_start(url);
    const char *urls[] = {url, pooler ? lab_pooler_url(pooler) : url};
    for (size_t i = 0; i < NX_COUNT(urls); i++) {
        nx_session *session = lab_session(urls[i], NULL);
        nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "ask");
        nx_sql sql = NX_SQL;
        nx_sql_add(&sql, "SELECT 1");
        nx_trip_add(trip, &sql);
        nx_sql_free(&sql);
        bool answered = false;
        nx_trip_send(trip, heard, &answered);
        lab_wait(session, &answered);
        lab_session_free(session);
    }
    lab_pooler_stop(pooler);
    free(url);
}

/* --- fault proxy ------------------------------------------------------------------------------------------- */

typedef struct through {
    char *url;
    lab_proxy *proxy;
    PGconn *conn;
} through;

static through go_through(const char *hint) {
    through t = {.url = lab_database(hint)};
    lab_sql(t.url, "CREATE TABLE t (n int)");
    t.proxy = lab_proxy_start(t.url);
    t.conn = PQconnectdb(lab_proxy_url(t.proxy));
    assert_int_equal(PQstatus(t.conn), CONNECTION_OK);
    return t;
}

static void come_back(through *t) {
    PQfinish(t->conn);
    lab_proxy_stop(t->proxy);
    free(t->url);
}

static ExecStatusType status_of(PGconn *conn, const char *sql) {
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status;
}

static void proxy_counts_round_trips(void **state) {
    (void)state;
    through t = go_through("trips");
    assert_int_equal(lab_proxy_connections(t.proxy), 1);
    assert_true(lab_proxy_trips(t.proxy) >= 1);
    lab_proxy_reset_trips(t.proxy);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(status_of(t.conn, "SELECT 1"), PGRES_TUPLES_OK);
    }
    assert_int_equal(lab_proxy_trips(t.proxy), 3);

    /* A pipeline of four statements is one trip. */
    lab_proxy_reset_trips(t.proxy);
    assert_true(PQenterPipelineMode(t.conn));
    for (int i = 0; i < 4; i++) {
        assert_true(PQsendQueryParams(t.conn, "SELECT 1", 0, NULL, NULL, NULL, NULL, 0));
    }
    assert_true(PQpipelineSync(t.conn));
    for (ExecStatusType last = PGRES_EMPTY_QUERY; last != PGRES_PIPELINE_SYNC;) {
        PGresult *result = PQgetResult(t.conn);
        last = result ? PQresultStatus(result) : PGRES_EMPTY_QUERY;
        PQclear(result);
    }
    assert_int_equal(lab_proxy_trips(t.proxy), 1);
    come_back(&t);
}

static void proxy_delays_and_drips(void **state) {
    (void)state;
    through t = go_through("slow");
    lab_proxy_fault(t.proxy, "delay 40");
    int64_t start = lab_now_ms();
    assert_int_equal(status_of(t.conn, "SELECT 1"), PGRES_TUPLES_OK);
    assert_true(lab_now_ms() - start >= 80);

    lab_proxy_fault(t.proxy, "drip 20 5");
    start = lab_now_ms();
    PGresult *result = PQexec(t.conn, "SELECT repeat('x', 400)");
    assert_int_equal(PQgetlength(result, 0, 0), 400);
    PQclear(result);
    assert_true(lab_now_ms() - start >= 100);

    lab_proxy_fault(t.proxy, "pass");
    result = PQexec(t.conn, "SELECT repeat('x', 5000000)");
    assert_int_equal(PQgetlength(result, 0, 0), 5000000);
    PQclear(result);
    come_back(&t);
}

static void proxy_cuts_refuses_and_injects(void **state) {
    (void)state;
    static const char *const cuts[] = {"rst", "fin", "dropafter 30"};
    through t = go_through("cut");
    for (size_t i = 0; i < NX_COUNT(cuts); i++) {
        lab_proxy_fault(t.proxy, cuts[i]);
        PGresult *result = PQexec(t.conn, "SELECT repeat('x', 100)");
        assert_int_not_equal(PQresultStatus(result), PGRES_TUPLES_OK);
        PQclear(result);
        assert_int_equal(PQstatus(t.conn), CONNECTION_BAD);
        PQreset(t.conn);
        assert_int_equal(PQstatus(t.conn), CONNECTION_OK);
    }
    lab_proxy_fault(t.proxy, "blackhole");
    assert_true(PQsendQuery(t.conn, "SELECT 1"));
    lab_proxy_fault(t.proxy, "inject 57P01 going down");
    PGresult *result = PQgetResult(t.conn);
    assert_non_null(strstr(PQresultErrorMessage(result), "going down"));
    PQclear(result);
    lab_proxy_fault(t.proxy, "refuse");
    PQreset(t.conn);
    assert_int_equal(PQstatus(t.conn), CONNECTION_BAD);
    lab_proxy_fault(t.proxy, "listen");
    PQreset(t.conn);
    assert_int_equal(PQstatus(t.conn), CONNECTION_OK);
    come_back(&t);
}

/* What the client hears of a COMMIT, and what became of it. */
static void proxy_loses_commits(void **state) {
    (void)state;
    through t = go_through("commit");
    lab_proxy_fault(t.proxy, "on-commit rst");
    assert_int_equal(status_of(t.conn, "BEGIN"), PGRES_COMMAND_OK);
    assert_int_equal(status_of(t.conn, "INSERT INTO t VALUES (1)"), PGRES_COMMAND_OK);
    assert_int_equal(status_of(t.conn, "COMMIT"), PGRES_FATAL_ERROR);
    assert_int_equal(PQstatus(t.conn), CONNECTION_BAD);
    assert_int_equal(lab_query_int(t.url, "SELECT count(*) FROM t"), 1);

    PQreset(t.conn);
    lab_proxy_fault(t.proxy, "on-commit-req rst");
    assert_int_equal(status_of(t.conn, "BEGIN"), PGRES_COMMAND_OK);
    assert_int_equal(status_of(t.conn, "INSERT INTO t VALUES (2)"), PGRES_COMMAND_OK);
    PGresult *result = PQexecParams(t.conn, "commit", 0, NULL, NULL, NULL, NULL, 0);
    assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
    PQclear(result);
    assert_int_equal(lab_query_int(t.url, "SELECT count(*) FROM t"), 1);

    /* A fault fires once. */
    PQreset(t.conn);
    assert_int_equal(status_of(t.conn, "BEGIN; INSERT INTO t VALUES (3); COMMIT"), PGRES_COMMAND_OK);
    assert_int_equal(lab_query_int(t.url, "SELECT count(*) FROM t"), 2);
    come_back(&t);
}

static bool readable_within(const PGconn *conn, int ms) {
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
    return poll(&fd, 1, ms) > 0;
}

static void proxy_is_a_black_hole(void **state) {
    (void)state;
    through t = go_through("hole");
    lab_proxy_fault(t.proxy, "blackhole");
    assert_true(PQsendQuery(t.conn, "SELECT 1"));
    assert_false(readable_within(t.conn, 100));
    lab_proxy_fault(t.proxy, "pass");
    assert_true(readable_within(t.conn, (int)lab_patience_ms()));
    PQclear(PQgetResult(t.conn));
    assert_null(PQgetResult(t.conn));

    /* Only the connection that lost its COMMIT is deaf. */
    lab_proxy_fault(t.proxy, "on-commit blackhole");
    assert_int_equal(status_of(t.conn, "BEGIN"), PGRES_COMMAND_OK);
    assert_int_equal(status_of(t.conn, "INSERT INTO t VALUES (1)"), PGRES_COMMAND_OK);
    assert_true(PQsendQuery(t.conn, "COMMIT"));
    assert_false(readable_within(t.conn, 100));
    assert_int_equal(lab_query_int(lab_proxy_url(t.proxy), "SELECT count(*) FROM t"), 1);
    come_back(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(databases_are_fresh_and_apart),   cmocka_unit_test(databases_come_in_other_encodings),
    cmocka_unit_test(sample_has_a_hundred_thousand_posts), cmocka_unit_test(sample_has_every_shape_of_model),
    cmocka_unit_test(sample_is_the_same_every_time),   cmocka_unit_test(versions_are_newest_first),
    cmocka_unit_test(every_version_serves),            cmocka_unit_test(settings_restart_and_crash),
    cmocka_unit_test(tls_is_verified),                 cmocka_unit_test(pooler_is_in_transaction_mode),
    cmocka_unit_test(proxy_counts_round_trips),        cmocka_unit_test(proxy_delays_and_drips),
    cmocka_unit_test(proxy_cuts_refuses_and_injects),  cmocka_unit_test(proxy_loses_commits),
    cmocka_unit_test(proxy_is_a_black_hole),           cmocka_unit_test(sessions_connect_and_answer),
};

LAB_MAIN(tests, NULL, NULL)
