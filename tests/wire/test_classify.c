/* What libpq's texts mean: the servers that say these things are not at hand. */
#include "lab/test.h"
#include "wire/classify.h"

#define AT "connection to server at \"ep-x.us-east-2.aws.neon.tech\" (1.2.3.4), port 5432 failed: "

static const struct {
    const char *text, *message, *sqlstate;
    wire_retry retry;
    const char *hint; /* a word of it, or NULL */
} cases[] = {
    {AT "FATAL:  password authentication failed for user \"ann\"\n",
     "cannot connect to h:5432: password authentication failed for user \"ann\"", "28P01", RETRY_NEVER, "password"},
    {AT "ERROR:  password authentication failed for user 'ann'\n",
     "cannot connect to h:5432: password authentication failed for user 'ann'", "28P01", RETRY_NEVER, "endpoint"},
    {AT "ERROR:  Control plane request failed\n", "cannot connect to h:5432: Control plane request failed", "",
     RETRY_SOON, "again"},
    {AT "ERROR:  Control plane request failed: endpoint cannot be found\n", NULL, "", RETRY_NEVER, "endpoint"},
    {AT "ERROR:  Control plane request failed: endpoint is disabled\n", NULL, "", RETRY_NEVER, "console"},
    {AT
     "ERROR:  Control plane request failed: endpoint is temporarily unavailable. Check your quotas and/or contact our "
     "support.\n",
     NULL, "", RETRY_SLOWLY, "quotas"},
    {AT "ERROR:  Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.\n",
     NULL, "", RETRY_NEVER, "limits"},
    {AT "ERROR:  Couldn't connect to compute node\n", NULL, "", RETRY_SOON, "wake"},
    {AT "ERROR:  Too many connections attempts\n", NULL, "", RETRY_SLOWLY, NULL},
    {AT "ERROR:  connection is insecure (try using `sslmode=require`)\n", NULL, "", RETRY_NEVER, "sslmode"},
    {AT
     "ERROR:  Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support",
     NULL, "", RETRY_NEVER, "options=endpoint"},
    {AT "ERROR:  This IP address 1.2.3.4 is not allowed to connect to this endpoint. Please add it", NULL, "",
     RETRY_NEVER, "allow list"},
    {AT "ERROR:  unsupported startup parameter in options: statement_timeout. Please use unpooled connection", NULL,
     "08P01", RETRY_NEVER, "--direct"},
    {AT "FATAL:  the database system is starting up\n", "cannot connect to h:5432: the database system is starting up",
     "57P03", RETRY_SOON, NULL},
    {AT "FATAL:  sorry, too many clients already\n", NULL, "53300", RETRY_SLOWLY, "pooled"},
    {AT "FATAL:  database \"nope\" does not exist\n", NULL, "3D000", RETRY_NEVER, "database"},
    {AT "FATAL:  role \"nope\" does not exist\n", NULL, "28000", RETRY_NEVER, "user"},
    {AT "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n",
     "cannot connect to h:5432: Connection refused", "", RETRY_RESTART, "running"},
    {AT
     "root certificate file \"/root/.postgresql/root.crt\" does not exist\nEither provide the file or change sslmode\n",
     NULL, "", RETRY_NEVER, "sslrootcert"},
    {AT "SSL error: certificate verify failed\n", NULL, "", RETRY_NEVER, "sslrootcert"},
    {AT "server certificate for \"a\" does not match host name \"b\"\n", NULL, "", RETRY_NEVER, "sslmode"},
    {"invalid sslmode value: \"x\"\n", "cannot connect to h:5432: invalid sslmode value: \"x\"", "", RETRY_NEVER, NULL},
    {"", "cannot connect to h:5432: ", "", RETRY_NEVER, NULL},
};

static void texts_have_their_meaning(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        wire_verdict verdict = wire_classify_connect(&err, cases[i].text, "h:5432");
        assert_int_equal(err.kind, NX_ERR_CONNECT);
        assert_int_equal(verdict.retry, cases[i].retry);
        assert_string_equal(err.sqlstate, cases[i].sqlstate);
        assert_null(strchr(err.message, '\n'));
        if (cases[i].message) {
            assert_string_equal(err.message, cases[i].message);
        }
        if (cases[i].hint && (!err.hint || !strstr(err.hint, cases[i].hint))) {
            fail_msg("%s: hint is %s", cases[i].text, err.hint ? err.hint : "missing");
        }
        nx_error_clear(&err);
    }
}

static void further_lines_become_the_detail(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    wire_classify_connect(&err,
                          AT "FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", SSL encryption\n" AT
                             "FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", no encryption\n",
                          "h:5432");
    assert_string_equal(err.message,
                        "cannot connect to h:5432: no pg_hba.conf entry for host \"1.2.3.4\", SSL encryption");
    assert_null(err.detail); /* the second attempt, without TLS, is not a detail of the first */
    wire_classify_connect(&err, AT "Connection refused\n\tIs the server running on that host?\n", "h:5432");
    assert_string_equal(err.detail, "Is the server running on that host?");
    nx_error_clear(&err);
}

static void lost_connections_say_why(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    wire_classify_lost(&err,
                       "FATAL:  terminating connection due to administrator command\n"
                       "server closed the connection unexpectedly\n\tThis probably means the server terminated\n",
                       NULL);
    assert_int_equal(err.kind, NX_ERR_LOST);
    assert_string_equal(err.message, "the connection was lost: terminating connection due to administrator command");
    wire_classify_lost(&err, "", NULL);
    assert_string_equal(err.message, "the connection was lost: the server closed it");
    wire_classify_lost(&err, NULL, NULL);
    assert_string_equal(err.message, "the connection was lost: the server closed it");
    nx_error_clear(&err);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(texts_have_their_meaning),
    cmocka_unit_test(further_lines_become_the_detail),
    cmocka_unit_test(lost_connections_say_why),
};

LAB_MAIN(tests, NULL, NULL)
