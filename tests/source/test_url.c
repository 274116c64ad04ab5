/* Connection URLs and keyword strings: what becomes of each part, and what an error says. */
#include "lab/test.h"
#include "nixie/buf.h"
#include "source_table.h"

static void check_param(const char *url, const nx_source *source, const char *keyword, const char *want) {
    const char *value = source_param(source, keyword);
    if (want ? !value || strcmp(value, want) != 0 : value != NULL) {
        fail_msg("%s: %s is %s, not %s", url, keyword, value ? value : "missing", want ? want : "missing");
    }
}

/* --- parts -------------------------------------------------------------------------------------------- */

static const struct {
    const char *url, *host, *port, *user, *password, *dbname;
} parts[] = {
    {"postgresql://u:p@h:5433/db", "h", "5433", "u", "p", "db"},
    {"postgres://h", "h", "5432", NULL, NULL, NULL},
    {"POSTGRESQL://h/db", "h", "5432", NULL, NULL, "db"},
    {"  postgresql://h/db \r\n", "h", "5432", NULL, NULL, "db"},
    {"postgresql://", NULL, "5432", NULL, NULL, NULL},
    {"postgresql:///db", NULL, "5432", NULL, NULL, "db"},
    {"postgresql://u@/db", NULL, "5432", "u", NULL, "db"},
    {"postgresql://:p@h/", "h", "5432", NULL, "p", NULL},
    {"postgresql://u:@h", "h", "5432", "u", NULL, NULL},
    {"postgresql://postgres@/db?host=/tmp/x&port=5433", "/tmp/x", "5433", "postgres", NULL, "db"},
    {"postgresql://u:p@localhost/db?host=/var/run/postgresql", "/var/run/postgresql", "5432", "u", "p", "db"},
    {"postgresql://%2Fvar%2Frun/db", "/var/run", "5432", NULL, NULL, "db"},
    {"postgresql://h:/db", "h", "5432", NULL, NULL, "db"},
    {"postgresql://[::1]/db", "::1", "5432", NULL, NULL, "db"},
    {"postgresql://u@[2001:db8::1234]:5433/db", "2001:db8::1234", "5433", "u", NULL, "db"},
    {"postgresql://[fe80::1%25eth0]/", "fe80::1%eth0", "5432", NULL, NULL, NULL},
    {"postgresql://h1:1,h2,[::1]:3/db", "h1,h2,::1", "1,,3", NULL, NULL, "db"},
    {"postgresql://h1,h2/db", "h1,h2", "5432", NULL, NULL, "db"},
    {"postgresql://h/d%20b%2Fx%3F", "h", "5432", NULL, NULL, "d b/x?"},
    {"postgresql://h/a/b", "h", "5432", NULL, NULL, "a/b"},
    {"postgresql://h/db#part", "h", "5432", NULL, NULL, "db"},
    {"postgresql://h?dbname=x&user=y&password=z", "h", "5432", "y", "z", "x"},
    {"postgresql://h/db?user=a%26b", "h", "5432", "a&b", NULL, "db"},
    {"postgresql://h/db?application_name=a@b", "h", "5432", NULL, NULL, "db"},
    {"postgresql://h:5433/db?application_name=a@b", "h", "5433", NULL, NULL, "db"},
    /* passwords as people have them */
    {"postgresql://u:p%40%3a%2f%3f%23%25@h/db", "h", "5432", "u", "p@:/?#%", "db"},
    {"postgresql://u:p%40%3A%2F%3F%23%25@h/db", "h", "5432", "u", "p@:/?#%", "db"},
    {"postgresql://u:a:b@h/db", "h", "5432", "u", "a:b", "db"},
    {"postgresql://u:a@b@h/db", "h", "5432", "u", "a@b", "db"},
    {"postgresql://u:100%@h/db", "h", "5432", "u", "100%", "db"},
    {"postgresql://u:100%zz%4@h/db", "h", "5432", "u", "100%zz%4", "db"},
    {"postgresql://u:p+w d'\"\\=&@h/db", "h", "5432", "u", "p+w d'\"\\=&", "db"},
    {"postgresql://us%20er:p%C3%A9@h/db", "h", "5432", "us er", "p\xc3\xa9", "db"},
    /* keyword strings */
    {"host=h port=5433 dbname=db user=u password='a b\\'c'", "h", "5433", "u", "a b'c", "db"},
    {"host=/tmp dbname='postgres://x'", "/tmp", "5432", NULL, NULL, "postgres://x"},
    {"dbname=db", NULL, "5432", NULL, NULL, "db"},
};

static void parts_arrive_decoded(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(parts); i++) {
        nx_error err = NX_ERROR;
        nx_source *source = source_of(parts[i].url, &err);
        if (!source) {
            fail_msg("%s: %s", parts[i].url, err.message);
            return;
        }
        check_param(parts[i].url, source, "host", parts[i].host);
        check_param(parts[i].url, source, "port", parts[i].port);
        check_param(parts[i].url, source, "user", parts[i].user);
        check_param(parts[i].url, source, "password", parts[i].password);
        check_param(parts[i].url, source, "dbname", parts[i].dbname);
        assert_int_equal(source->has_password, parts[i].password != NULL);
        assert_string_equal(source->port, parts[i].port);
        nx_source_free(source);
    }
}

static void every_source_is_complete(void **state) {
    (void)state;
    static const nx_source_param want[] = {{"gssencmode", "disable"},     {"client_encoding", "UTF8"},
                                           {"application_name", "nixie"}, {"keepalives", "1"},
                                           {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
                                           {"keepalives_count", "3"},     {"tcp_user_timeout", "20000"},
                                           {"connect_timeout", NULL},     {"sslmode", "verify-full"}};
    nx_error err = NX_ERROR;
    nx_source *source = source_of("postgresql://h/db?connect_timeout=3&client_encoding=LATIN1&gssencmode=prefer", &err);
    assert_non_null(source);
    for (size_t i = 0; i < NX_COUNT(want); i++) {
        check_param("h", source, want[i].keyword, want[i].value);
    }
    assert_int_equal(source->connect_timeout_s, 15);
    assert_true(source_notice(source, "client_encoding dropped"));
    assert_string_equal(source->origin, "--url");
    nx_source_free(source);
    source = source_of("postgresql://localhost/db?application_name=mine&keepalives_idle=5", &err);
    assert_non_null(source);
    check_param("localhost", source, "tcp_user_timeout", NULL);
    check_param("localhost", source, "application_name", "mine");
    check_param("localhost", source, "keepalives_idle", "5");
    nx_source_free(source);
}

/* --- Prisma's parameters -------------------------------------------------------------------------------- */

static const struct {
    const char *query, *keyword, *value, *notice;
} translated[] = {
    {"connection_limit=5", "connection_limit", NULL, "connection_limit dropped"},
    {"pool_timeout=5", "pool_timeout", NULL, "pool_timeout dropped"},
    {"statement_cache_size=0", "statement_cache_size", NULL, "statement_cache_size dropped"},
    {"max_connection_lifetime=0", "max_connection_lifetime", NULL, "max_connection_lifetime dropped"},
    {"max_idle_connection_lifetime=0", "max_idle_connection_lifetime", NULL, "dropped"},
    {"made_up=canary", "made_up", NULL, "made_up dropped"},
    {"sslmode=no-verify", "sslmode", "require", NULL},
    {"sslmode=disable", "sslmode", "disable", NULL},
    {"sslmode=prefer", "sslmode", "prefer", NULL},
    {"ssl=true", "sslmode", "require", NULL},
    {"ssl=false", "sslmode", "disable", NULL},
    {"ssl=true&sslmode=verify-ca", "sslmode", "verify-ca", NULL},
    {"sslaccept=strict", "sslmode", "verify-full", NULL},
    {"sslaccept=anything", "sslmode", "verify-full", NULL},
    {"sslaccept=strict&sslmode=require", "sslmode", "verify-full", NULL},
    {"sslaccept=strict&sslmode=disable", "sslmode", "disable", NULL},
    {"sslaccept=accept_invalid_certs", "sslmode", "require", NULL},
    {"sslaccept=accept_invalid_certs&sslmode=verify-full", "sslmode", "verify-full", NULL},
    {"sslcert=/ca.pem", "sslrootcert", "/ca.pem", NULL},
    {"sslcert=/ca.pem", "sslcert", NULL, NULL},
    {"sslcert=/c.pem&sslkey=/k.pem", "sslcert", "/c.pem", NULL},
    {"sslpassword=canary", "sslpassword", NULL, "sslpassword dropped"},
    {"sslpassword=canary&sslkey=/k.pem", "sslpassword", "canary", NULL},
    {"channel_binding=require", "channel_binding", "require", NULL},
    {"options=-c%20geqo%3Doff", "options", "-c geqo=off", NULL},
    {"target_session_attrs=read-write", "target_session_attrs", "read-write", NULL},
    {"uselibpqcompat=true", "uselibpqcompat", NULL, NULL},
    {"replication=database", "replication", NULL, "replication dropped"},
    {"pgbouncer=true&options=canary", "options", NULL, "options dropped"},
    {"application_name=", "application_name", "nixie", NULL},
    {"application_name", "application_name", "nixie", NULL},
    {"&&application_name=a&application_name=b&", "application_name", "b", NULL},
    {"ssl=0", "sslmode", "disable", NULL},
    {"ssl=FALSE", "sslmode", "disable", NULL},
    {"ssl=no", "sslmode", "require", NULL},
    {"sslaccept=accept_invalid_certs&sslmode=disable", "sslmode", "disable", NULL},
    {"sslcert=/ca.pem&sslrootcert=/own.pem", "sslrootcert", "/own.pem", NULL},
    {"sslcert=not/there.pem", "sslrootcert", "not/there.pem", NULL},
    {"connect_timeout=5x", "connect_timeout", NULL, "connect_timeout dropped"},
    /* only what looks like a name is repeated: it may be a piece of a password */
    {"=canary", "application_name", "nixie", "a parameter dropped"},
    {"ary!canary=x", "application_name", "nixie", "a parameter dropped"},
    {"a_name_of_forty_characters_it_is_long___=x", "application_name", "nixie", "a_name_of_forty_characters_it_is"},
    {"a_name_of_more_than_forty_characters_canary=x", "application_name", "nixie", "a parameter dropped"},
};

static void parameters_are_translated_or_dropped(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(translated); i++) {
        nx_error err = NX_ERROR;
        nx_buf url = NX_BUF;
        nx_buf_addf(&url, "postgresql://u:canary@db.example/app?%s", translated[i].query);
        nx_source *source = source_of(url.data, &err);
        assert_non_null(source);
        check_param(url.data, source, translated[i].keyword, translated[i].value);
        if (translated[i].notice) {
            assert_true(source_notice(source, translated[i].notice));
        } else {
            assert_int_equal(source->nnotices, 0);
        }
        assert_false(source_notice(source, "canary"));
        nx_source_free(source);
        nx_buf_free(&url);
    }
}

static void parameters_of_our_own_are_kept(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_source *source =
        source_of("postgresql://h/db?schema=my%20app&pgbouncer=true&socket_timeout=7&connect_timeout=40", &err);
    assert_non_null(source);
    assert_string_equal(source->schema, "my app");
    assert_true(source->pooled);
    assert_int_equal(source->statement_timeout_ms, 7000);
    assert_int_equal(source->connect_timeout_s, 40);
    nx_source_free(source);
    source = source_of("postgresql://h/db?pgbouncer=false&socket_timeout=x&connect_timeout=-1", &err);
    assert_non_null(source);
    assert_null(source->schema);
    assert_false(source->pooled);
    assert_int_equal(source->statement_timeout_ms, 0);
    assert_int_equal(source->connect_timeout_s, 15);
    assert_true(source_notice(source, "socket_timeout dropped"));
    nx_source_free(source);
    source = source_of("postgresql://h/db?connect_timeout=0", &err);
    assert_non_null(source);
    assert_true(source->connect_timeout_s > 600); /* no limit was asked for */
    nx_source_free(source);
}

static void switches_and_seconds_are_read_as_prisma_does(void **state) {
    (void)state;
    static const struct {
        const char *query;
        bool pooled;
        int statement_ms, connect_s;
    } cases[] = {
        {"pgbouncer=1", true, 0, 15},
        {"pgbouncer=YES", true, 0, 15},
        {"pgbouncer=True", true, 0, 15},
        {"pgbouncer=0", false, 0, 15},
        {"pgbouncer=", false, 0, 15},
        {"pgbouncer=true&pgbouncer=false", true, 0, 15},
        {"socket_timeout=0", false, 0, 15},
        {"socket_timeout=99999999999999999999", false, 2147483000, 15},
        {"socket_timeout=2147484", false, 2147483000, 15},
        {"connect_timeout=16", false, 0, 16},
        {"connect_timeout=14", false, 0, 15},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        nx_buf url = NX_BUF;
        nx_buf_addf(&url, "postgresql://h/db?%s", cases[i].query);
        nx_source *source = source_of(url.data, &err);
        assert_non_null(source);
        if (source->pooled != cases[i].pooled || source->statement_timeout_ms != cases[i].statement_ms ||
            source->connect_timeout_s != cases[i].connect_s) {
            fail_msg("%s: pooled %d statement_timeout_ms %d connect_timeout_s %d", url.data, source->pooled,
                     source->statement_timeout_ms, source->connect_timeout_s);
        }
        nx_source_free(source);
        nx_buf_free(&url);
    }
}

/* However many are dropped: the first ones are said. */
static void notices_have_an_end(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_buf url = NX_BUF;
    nx_buf_adds(&url, "postgresql://h/db?");
    for (int i = 0; i < 100; i++) {
        nx_buf_addf(&url, "made_up_%d=x&", i);
    }
    nx_source *source = source_of(url.data, &err);
    assert_non_null(source);
    assert_int_equal(source->nnotices, 32);
    assert_true(source_notice(source, "made_up_0 dropped"));
    assert_true(source_notice(source, "made_up_31 dropped"));
    assert_false(source_notice(source, "made_up_32 dropped"));
    nx_source_free(source);
    nx_buf_free(&url);
}

/* A later libpq knows more: what the running one does not know must not reach it. */
static void parameters_follow_the_version_of_libpq(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_source *source = source_of("postgresql://h/db?sslnegotiation=direct", &err);
    assert_non_null(source);
    bool known = source_param(source, "sslnegotiation");
    assert_int_equal(known, !source_notice(source, "sslnegotiation dropped"));
    nx_source_free(source);
}

/* --- Prisma's own protocol ---------------------------------------------------------------------------------- */

/* {"a":1,"databaseUrl":"postgres://postgres:canary@localhost:51214/template1?sslmode=disable\u0026connection_limit=1"}
 */
static const char local_key[] =
    "eyJhIjoxLCJkYXRhYmFzZVVybCI6InBvc3RncmVzOi8vcG9zdGdyZXM6Y2FuYXJ5QGxvY2FsaG9zdDo1MTIxNC90ZW1wbGF0ZTE_"
    "c3NsbW9kZT1kaXNhYmxlXHUwMDI2Y29ubmVjdGlvbl9saW1pdD0xIn0";

static void a_local_prisma_server_reveals_its_database(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "prisma+postgres://localhost:51213/?api_key=%s%%3D&x=y", local_key);
    nx_source *source = source_of(url.data, &err);
    assert_non_null(source);
    assert_string_equal(source->host, "localhost");
    assert_string_equal(source->port, "51214");
    assert_string_equal(source->database, "template1");
    check_param(url.data, source, "password", "canary");
    assert_string_equal(source->sslmode, "disable");
    nx_source_free(source);
    nx_buf_free(&url);
}

/* In base64 of both kinds, with and without padding: {"databaseUrl":"postgres://h?application_name=..."} */
static void its_key_is_read_in_any_base64(void **state) {
    (void)state;
    static const char *const urls[] = {
        "prisma+postgres://127.0.0.1:1/?api_key="
        "eyJkYXRhYmFzZVVybCI6InBvc3RncmVzOi8vaD9hcHBsaWNhdGlvbl9uYW1lPWE+YWE/In0=",
        "PRISMA+POSTGRES://LOCALHOST:1/?x=y&api_key="
        "eyJkYXRhYmFzZVVybCI6InBvc3RncmVzOi8vaD9hcHBsaWNhdGlvbl9uYW1lPWE-YWE_In0#z",
        "prisma://localhost?api_key=eyJkYXRhYmFzZVVybCI6InBvc3RncmVzOi8vaD9hcHBsaWNhdGlvbl9uYW1lPWE-YWE_In0&x=y",
    };
    for (size_t i = 0; i < NX_COUNT(urls); i++) {
        nx_error err = NX_ERROR;
        nx_source *source = source_of(urls[i], &err);
        if (!source) {
            fail_msg("%s: %s", urls[i], err.message);
        }
        assert_string_equal(source->host, "h");
        check_param(urls[i], source, "application_name", "a>aa?");
        nx_source_free(source);
    }
}

/* --- errors ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *url;
    int position; /* 0: none is given */
    const char *hint;
} wrong[] = {
    {"", 1, "postgresql://"},
    {"canary", 1, "postgresql://"},
    {"canary:canary", 1, "postgresql://"},
    {"mysql://u:canary@h/db", 1, "postgresql://"},
    {"file:///etc/passwd", 1, "postgresql://"},
    {"prisma://accelerate.prisma-data.net/?api_key=canary", 0, "DIRECT_URL"},
    {"prisma+postgres://accelerate.prisma-data.net/?api_key=canary", 0, "DIRECT_URL"},
    {"prisma+postgres://localhost:51213/?api_key=canary", 0, "DIRECT_URL"},
    {"prisma+postgres://localhost:51213/", 0, "DIRECT_URL"},
    /* keys that hold no address of PostgreSQL: a number, null, one deeper, an array, another name, another server's */
    {"prisma+postgres://localhost/?api_key=eyJkYXRhYmFzZVVybCI6NX0", 0, "DIRECT_URL"},
    {"prisma+postgres://localhost/?api_key=eyJkYXRhYmFzZVVybCI6bnVsbH0", 0, "DIRECT_URL"},
    {"prisma://localhost/?api_key=eyJhIjp7ImRhdGFiYXNlVXJsIjoicG9zdGdyZXM6Ly9oL2NhbmFyeSJ9fQ", 0, "DIRECT_URL"},
    {"prisma+postgres://localhost/?api_key=WyJkYXRhYmFzZVVybCJd", 0, "DIRECT_URL"},
    {"prisma+postgres://localhost/?api_key=eyJkYXRhYmFzZVVSTCI6InBvc3RncmVzOi8vaC9jYW5hcnkifQ", 0, "DIRECT_URL"},
    {"prisma+postgres://localhost/?api_key=eyJkYXRhYmFzZVVybCI6Im15c3FsOi8vaC9jYW5hcnkifQ", 1, "--url"},
    {"prisma+postgres://localhost/?api_key=", 0, "DIRECT_URL"},
    {"1postgres://canary", 1, "postgresql://"},
    {"+postgres://canary", 1, "postgresql://"},
    {"post gres://canary", 1, "postgresql://"},
    {"postgresqlx://canary", 1, "postgresql://"},
    {"postgresql://u:canary@h/d\x7f" "b", 26, "one line"},
    {"postgresql://[11111111111111111111111111111111111111111111111111111111111111111111::1]/db", 15, "[::1]"},
    {"postgresql://h:x/db", 16, "%2F"},
    {"postgresql://h:0/db", 16, "5432"},
    {"postgresql://h:65536/db", 16, "5432"},
    {"postgresql://h:99999999999999999999/db", 16, ""},
    {"postgresql://h1,h2:y/db", 20, ""},
    {"postgresql://::1/db", 15, "brackets"},
    {"postgresql://2001:db8::1/db", 19, "brackets"},
    {"postgresql://[::1/db", 14, "[::1]"},
    {"postgresql://[canary]/db", 15, "[::1]"},
    {"postgresql://[::1]x/db", 19, "[::1]:5432"},
    {"postgresql://h ost/db", 15, ""},
    {"postgresql://h/d%zz", 17, "%25"},
    {"postgresql://h/db%0", 18, "%25"},
    {"postgresql://h/db?user=%", 24, "%25"},
    {"postgresql://u:can%00ary@h/db", 19, ""},
    {"postgresql://u:canary@h/d\nb", 26, "one line"},
    {"postgresql://u\xc3\xa9:canary@h:x/db", 26, ""}, /* counted in characters */
    /* passwords that should have been encoded */
    {"postgresql://u:can/ary@h/db", 19, "%2F"},
    {"postgresql://u:can?ary@h/db", 19, "%3F"},
    {"postgresql://u:can#ary@h/db", 19, "%23"},
    {"postgresql://u:1234/canary@h/db", 20, "%2F"},
    {"postgresql://u:1234?canary@h/db", 20, "%3F"},
    {"postgresql://u:1234#canary@h/db", 20, "%23"},
    {"postgresql://u:p@h/db?sslmode=canary", 0, "verify-full"},
    {"postgresql://u:p@h/db?sslidentity=canary.p12&sslpassword=canary", 0, "openssl pkcs12"},
    {"host=h password=my canary", 0, "quote"},
    {"host=h canary=1", 0, "an example"},
    {"host='h password=canary", 0, "quote"},
};

static void errors_say_where_and_never_what(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(wrong); i++) {
        nx_error err = NX_ERROR;
        nx_source *source = source_of(wrong[i].url, &err);
        if (source) {
            fail_msg("accepted: %s", wrong[i].url);
        }
        assert_int_equal(err.kind, NX_ERR_USAGE);
        if (err.position != wrong[i].position) {
            fail_msg("%s: position %d", wrong[i].url, err.position);
        }
        assert_non_null(err.hint);
        if (!strstr(err.hint, wrong[i].hint)) {
            fail_msg("%s: hint %s", wrong[i].url, err.hint);
        }
        const char *const texts[] = {err.message, err.hint, err.detail, err.context, err.statement};
        for (size_t k = 0; k < NX_COUNT(texts); k++) {
            assert_false(texts[k] && strstr(texts[k], "canary"));
        }
        nx_error_clear(&err);
    }
}

/* Every beginning of a URL, and every URL with one byte changed, is read or refused without a crash. */
static void damaged_urls_do_no_harm(void **state) {
    (void)state;
    static const char url[] =
        "postgresql://us%20er:p%C3%A9@[::1]:5433,h2:1/d%62?sslmode=require&schema=a%20b&options=x#f";
    static const char bytes[] = "%@:/?#&=[],\x80 "; /* and NUL */
    for (size_t i = 0; i < sizeof url - 1; i++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            char *copy = nx_strdup(url);
            copy[i] = bytes[k];
            nx_error err = NX_ERROR;
            nx_source *source = source_of(copy, &err);
            assert_int_equal(source == NULL, nx_failed(&err));
            nx_source_free(source);
            nx_error_clear(&err);
            free(copy);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(parts_arrive_decoded),
    cmocka_unit_test(every_source_is_complete),
    cmocka_unit_test(parameters_are_translated_or_dropped),
    cmocka_unit_test(parameters_of_our_own_are_kept),
    cmocka_unit_test(switches_and_seconds_are_read_as_prisma_does),
    cmocka_unit_test(notices_have_an_end),
    cmocka_unit_test(parameters_follow_the_version_of_libpq),
    cmocka_unit_test(its_key_is_read_in_any_base64),
    cmocka_unit_test(a_local_prisma_server_reveals_its_database),
    cmocka_unit_test(errors_say_where_and_never_what),
    cmocka_unit_test(damaged_urls_do_no_harm),
};

LAB_MAIN(tests, NULL, NULL)
