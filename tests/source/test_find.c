/* Where a source is found: the order, the project's files, --direct, libpq's own variables, and what follows
 * from the host. */
#include <sys/stat.h>
#include <unistd.h>

#include "lab/test.h"
#include "nixie/buf.h"
#include "source/draft.h"
#include "source_table.h"

/* --- a temporary project -------------------------------------------------------------------------------- */

static const char *const files[] = {".env", ".env.local", "package.json", "prisma/.env", "other.env", "ca.pem"};
static const char *const folders[] = {"prisma", "sub/deep", "sub"};

static char *in_folder(const char *folder, const char *file) {
    nx_buf path = NX_BUF;
    nx_buf_addf(&path, "%s/%s", folder, file);
    return nx_buf_take(&path);
}

static int make_project(void **state) {
    char *folder = nx_strdup("/tmp/nixie-source-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    static const char *const order[] = {"prisma", "sub", "sub/deep"};
    for (size_t i = 0; i < NX_COUNT(order); i++) {
        char *path = in_folder(folder, order[i]);
        mkdir(path, 0700);
        free(path);
    }
    *state = folder;
    return 0;
}

static int remove_project(void **state) {
    for (size_t i = 0; i < NX_COUNT(files) + NX_COUNT(folders); i++) {
        bool file = i < NX_COUNT(files);
        char *path = in_folder(*state, file ? files[i] : folders[i - NX_COUNT(files)]);
        if (file) {
            unlink(path);
        } else {
            rmdir(path);
        }
        free(path);
    }
    rmdir(*state);
    free(*state);
    return 0;
}

static void write_file(const char *folder, const char *file, const char *text) {
    char *path = in_folder(folder, file);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    free(path);
}

/* --- asking ---------------------------------------------------------------------------------------------- */

typedef struct question {
    const char *url, *env_file, *folder;
    bool direct;
    const char *environment[6];
} question;

static nx_source *ask(const question *q, nx_error *err) {
    char *environment[NX_COUNT(q->environment) + 1] = {NULL};
    for (size_t i = 0; i < NX_COUNT(q->environment); i++) {
        environment[i] = nx_strdup(q->environment[i]);
    }
    nx_source_request request = {
        .url = q->url, .env_file = q->env_file, .direct = q->direct, .folder = q->folder, .environment = environment};
    nx_source *source = nx_source_find(&request, err);
    for (size_t i = 0; i < NX_COUNT(q->environment); i++) {
        free(environment[i]);
    }
    assert_int_equal(source == NULL, nx_failed(err));
    return source;
}

/* Finds a source and compares its database and origin, the two things that tell places apart. */
static void check_found(const question *q, const char *database, const char *origin) {
    nx_error err = NX_ERROR;
    nx_source *source = ask(q, &err);
    if (!source) {
        fail_msg("%s", err.message);
        return;
    }
    if (database) {
        assert_non_null(source->database);
        assert_string_equal(source->database, database);
    } else {
        assert_null(source->database);
    }
    assert_string_equal(source->origin, origin);
    nx_source_free(source);
}

static void check_refused(const question *q, nx_error_class kind, const char *message) {
    nx_error err = NX_ERROR;
    assert_null(ask(q, &err));
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.message, message));
    assert_non_null(err.hint);
    nx_error_clear(&err);
}

/* --- the order -------------------------------------------------------------------------------------------- */

static void the_first_place_wins(void **state) {
    const char *folder = *state;
    write_file(folder, ".env", "DATABASE_URL=postgresql://h/dotenv\n");
    write_file(folder, "prisma/.env", "DATABASE_URL=postgresql://h/prisma\n");
    write_file(folder, "other.env", "DATABASE_URL=postgresql://h/other\n");
    char *other = in_folder(folder, "other.env");
    question q = {.url = "postgresql://h/url",
                  .env_file = other,
                  .folder = folder,
                  .environment = {"DATABASE_URL=postgresql://h/environment", "PGDATABASE=libpq"}};
    check_found(&q, "url", "--url");
    q.url = NULL;
    nx_buf origin = NX_BUF;
    nx_buf_addf(&origin, "DATABASE_URL in %s", other);
    check_found(&q, "other", origin.data);
    nx_buf_free(&origin);
    q.env_file = NULL;
    check_found(&q, "environment", "DATABASE_URL in the environment");
    q.environment[0] = "DATABASE_URL=";
    check_found(&q, "dotenv", "DATABASE_URL in .env");
    write_file(folder, ".env", "UNRELATED=1\n");
    check_found(&q, "prisma", "DATABASE_URL in prisma/.env");
    write_file(folder, "prisma/.env", "DATABASE_URL=\n");
    check_found(&q, "libpq", "libpq defaults");
    free(other);
}

static void the_project_is_looked_for_upwards(void **state) {
    const char *folder = *state;
    char *deep = in_folder(folder, "sub/deep");
    question q = {.folder = deep};
    write_file(folder, "package.json", "{}");
    check_found(&q, NULL, "libpq defaults");
    write_file(folder, "prisma/.env", "DATABASE_URL='postgresql://h/prisma'\n");
    check_found(&q, "prisma", "DATABASE_URL in prisma/.env");
    write_file(folder, ".env", "DATABASE_URL='postgresql://h/dotenv'\n");
    check_found(&q, "dotenv", "DATABASE_URL in .env");
    free(deep);
}

static void values_are_expanded_and_unquoted(void **state) {
    const char *folder = *state;
    write_file(folder, ".env", "DB=app\nPW='c#d'\nDATABASE_URL=\"postgresql://u:${PW}@h/${DB}\"\n");
    question q = {.folder = folder, .environment = {"PW=x"}};
    check_found(&q, "app", "DATABASE_URL in .env");
    q.environment[1] = "DATABASE_URL=\"postgresql://h/quoted\"";
    check_found(&q, "quoted", "DATABASE_URL in the environment");
}

static void files_that_cannot_serve_are_errors_of_the_system(void **state) {
    const char *folder = *state;
    char *path = in_folder(folder, "other.env");
    question q = {.env_file = path, .folder = folder, .environment = {"DATABASE_URL=postgresql://h/environment"}};
    check_refused(&q, NX_ERR_SYSTEM, "cannot read");
    write_file(folder, "other.env", "A=1\n");
    check_refused(&q, NX_ERR_SYSTEM, "has no DATABASE_URL");
    q.env_file = folder;
    check_refused(&q, NX_ERR_SYSTEM, "cannot read");
    free(path);
}

static void a_malformed_url_is_traced_to_its_place(void **state) {
    const char *folder = *state;
    write_file(folder, ".env", "DATABASE_URL=postgresql://u:canary@h:x/db\n");
    nx_error err = NX_ERROR;
    assert_null(ask(&(question){.folder = folder}, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_string_equal(err.detail, "found as DATABASE_URL in .env");
    assert_null(strstr(err.message, "canary"));
    nx_error_clear(&err);
}

static void what_is_not_read_is_mentioned(void **state) {
    const char *folder = *state;
    write_file(folder, ".env", "POSTGRES_URL=postgresql://u:canary@h/db\n");
    write_file(folder, ".env.local", "DATABASE_URL=postgresql://u:canary@h/db\n");
    nx_error err = NX_ERROR;
    nx_source *source = ask(&(question){.folder = folder, .environment = {"POSTGRES_PRISMA_URL=x"}}, &err);
    assert_non_null(source);
    assert_string_equal(source->origin, "libpq defaults");
    assert_true(source_notice(source, "POSTGRES_URL in .env not used"));
    assert_true(source_notice(source, "POSTGRES_PRISMA_URL in the environment not used"));
    assert_true(source_notice(source, "--env .env.local"));
    assert_false(source_notice(source, "canary"));
    nx_source_free(source);
}

/* --- direct ------------------------------------------------------------------------------------------------- */

#define POOLED "postgresql://u@ep-a-b-1-pooler.us-east-2.aws.neon.tech/pooled?pgbouncer=true"

static void direct_takes_the_direct_url_of_the_first_place(void **state) {
    const char *folder = *state;
    write_file(folder, ".env",
               "DATABASE_URL=" POOLED
               "\nDATABASE_URL_UNPOOLED=postgresql://h/unpooled\nDIRECT_URL=postgresql://h/direct\n");
    question q = {.folder = folder, .direct = true};
    check_found(&q, "direct", "DIRECT_URL in .env");
    write_file(folder, ".env", "DATABASE_URL=" POOLED "\nDATABASE_URL_UNPOOLED=postgresql://h/unpooled\n");
    check_found(&q, "unpooled", "DATABASE_URL_UNPOOLED in .env");
    /* another place may mean another database */
    q.environment[0] = "DATABASE_URL=" POOLED;
    check_found(&q, "pooled", "DATABASE_URL in the environment");
    q.environment[1] = "DIRECT_URL=postgresql://h/shell";
    check_found(&q, "shell", "DIRECT_URL in the environment");
    q.direct = false;
    check_found(&q, "pooled", "DATABASE_URL in the environment");
}

static void direct_takes_the_pooler_out_of_the_host(void **state) {
    nx_error err = NX_ERROR;
    nx_source *source = ask(&(question){.url = POOLED "&options=x", .direct = true, .folder = *state}, &err);
    assert_non_null(source);
    assert_string_equal(source->host, "ep-a-b-1.us-east-2.aws.neon.tech");
    assert_false(source->pooled);
    assert_string_equal(source_param(source, "options"), "x");
    nx_source_free(source);
    source = ask(&(question){.url = "postgresql://a-pooler.x,b.y,c-pooler/db", .direct = true}, &err);
    assert_non_null(source);
    assert_string_equal(source->host, "a.x,b.y,c");
    nx_source_free(source);
    source = ask(&(question){.url = "postgresql://ep-a-b-1.us-east-2.aws.neon.tech/db", .direct = true}, &err);
    assert_non_null(source); /* direct already */
    nx_source_free(source);
}

static void direct_without_a_direct_url_is_wrong_usage(void **state) {
    question q = {.url = "postgresql://h/db", .direct = true, .folder = *state};
    check_refused(&q, NX_ERR_USAGE, "no direct connection");
    q.url = NULL;
    check_refused(&q, NX_ERR_USAGE, "no direct connection");
    q.environment[0] = "DATABASE_URL=postgresql://h/db?pgbouncer=true";
    check_refused(&q, NX_ERR_USAGE, "no direct connection");
}

/* --- the host: Neon, pooled, local, TLS ----------------------------------------------------------------------- */

static const struct {
    const char *url, *endpoint, *region;
    bool pooled, local;
    const char *sslmode;
    nx_tls_wish tls;
    const char *title;
} hosts[] = {
    {"postgresql://u@ep-cool-darkness-123456.us-east-2.aws.neon.tech/db", "ep-cool-darkness-123456", "us-east-2.aws",
     false, false, "verify-full", NX_TLS_DEFAULT, "u@ep-cool-darkness-123456"},
    {"postgresql://u@ep-small-art-aqyiv0es-pooler.c-8.us-east-1.aws.neon.tech/"
     "db?sslmode=require&channel_binding=require",
     "ep-small-art-aqyiv0es", "us-east-1.aws", true, false, "verify-full", NX_TLS_DEFAULT, "u@ep-small-art-aqyiv0es"},
    {"postgresql://u@EP-A-B-1.GWC.AZURE.NEON.TECH./db", "EP-A-B-1", "GWC.AZURE", false, false, "verify-full",
     NX_TLS_DEFAULT, "u@EP-A-B-1"},
    {"postgresql://u@ep-a-b-1.us-east-2.aws.neon.build/db?sslmode=disable", "ep-a-b-1", "us-east-2.aws", false, false,
     "verify-full", NX_TLS_DEFAULT, "u@ep-a-b-1"},
    {"postgresql://u@old-name-123.cloud.neon.tech/db", "old-name-123", NULL, false, false, "verify-full",
     NX_TLS_DEFAULT, "u@old-name-123"},
    {"postgresql://u@ep-a-b-1.us-east-2.aws.neon.tech/db?sslmode=verify-full", "ep-a-b-1", "us-east-2.aws", false,
     false, "verify-full", NX_TLS_EXPLICIT, "u@ep-a-b-1"},
    {"postgresql://u@neon.tech/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT, "u@neon.tech"},
    {"postgresql://u@x.notneon.tech/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT, "u@x.notneon.tech"},
    {"postgresql://u@ep-a.neon.tech.evil.example/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@ep-a.neon.tech.evil.example"},
    {"postgresql://u@db-pooler.example/db", NULL, NULL, true, false, "verify-full", NX_TLS_DEFAULT,
     "u@db-pooler.example"},
    {"postgresql://u@db.x-pooler.example/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@db.x-pooler.example"},
    {"postgresql://u@db.example/db?sslmode=disable", NULL, NULL, false, false, "disable", NX_TLS_EXPLICIT,
     "u@db.example"},
    {"postgresql://u@db.example/db?sslmode=require", NULL, NULL, false, false, "require", NX_TLS_EXPLICIT,
     "u@db.example"},
    {"postgresql://u@db.example,localhost/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT, "u@db.example"},
    {"postgresql://u@localhost/db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@localhost"},
    {"postgresql://u@LocalHost/db?sslmode=verify-ca", NULL, NULL, false, true, "verify-ca", NX_TLS_EXPLICIT,
     "u@LocalHost"},
    {"postgresql://u@127.1.2.3/db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@127.1.2.3"},
    {"postgresql://u@127.0.0.1.example/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@127.0.0.1.example"},
    {"postgresql://u@[::1]/db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@::1"},
    {"postgresql://u@[::2]/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT, "u@::2"},
    {"postgresql://u@128.0.0.1/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT, "u@128.0.0.1"},
    {"postgresql://u@/db?host=/tmp/x", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@local"},
    {"postgresql://u@/db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@local"},
    {"host=/tmp-pooler user=u", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@local"},
    {"postgresql://u@ep-a-b-1.c-x.us-east-1.aws.neon.tech/db", "ep-a-b-1", "c-x.us-east-1.aws", false, false,
     "verify-full", NX_TLS_DEFAULT, "u@ep-a-b-1"},
    {"postgresql://u@ep-a-b-1.c-8.neon.tech/db", "ep-a-b-1", NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@ep-a-b-1"},
    {"postgresql://u@ep-a-b-1.neon.tech/db", "ep-a-b-1", NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@ep-a-b-1"},
    {"postgresql://u@-pooler.us-east-2.aws.neon.tech/db", "-pooler", "us-east-2.aws", false, false, "verify-full",
     NX_TLS_DEFAULT, "u@-pooler"},
    {"postgresql://u@[::ffff:127.0.0.1]/db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@::ffff:127.0.0.1"},
    {"postgresql://u@[::ffff:10.0.0.1]/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@::ffff:10.0.0.1"},
    {"postgresql://u@localhost./db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@localhost."},
    {"postgresql://u@localhost.example/db", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT,
     "u@localhost.example"},
    {"postgresql://u@127.0.0.1,[::1],localhost/db", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@127.0.0.1"},
    {"host=@abstract user=u", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@local"},
    {"hostaddr=127.0.0.1 user=u", NULL, NULL, false, true, "prefer", NX_TLS_DEFAULT, "u@127.0.0.1"},
    {"hostaddr=10.0.0.1 user=u", NULL, NULL, false, false, "verify-full", NX_TLS_DEFAULT, "u@10.0.0.1"},
};

static void the_host_decides(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(hosts); i++) {
        nx_error err = NX_ERROR;
        nx_source *source = source_of(hosts[i].url, &err);
        assert_non_null(source);
        if (!source->endpoint != !hosts[i].endpoint || source->pooled != hosts[i].pooled ||
            source->local != hosts[i].local || strcmp(source->sslmode, hosts[i].sslmode) != 0 ||
            source->tls != hosts[i].tls || !source->region != !hosts[i].region) {
            fail_msg("%s: endpoint %s pooled %d local %d sslmode %s tls %d region %s", hosts[i].url, source->endpoint,
                     source->pooled, source->local, source->sslmode, source->tls, source->region);
        }
        if (source->endpoint) {
            assert_string_equal(source->endpoint, hosts[i].endpoint);
        }
        if (source->region) {
            assert_string_equal(source->region, hosts[i].region);
        }
        assert_string_equal(nx_source_title(source), hosts[i].title);
        assert_string_equal(source_param(source, "sslmode"), hosts[i].sslmode);
        nx_source_free(source);
    }
}

static void roots_are_the_systems_unless_named(void **state) {
    const char *folder = *state;
    write_file(folder, "ca.pem", "");
    nx_buf home = NX_BUF, variable = NX_BUF;
    nx_buf_addf(&home, "HOME=%s", folder);
    nx_buf_addf(&variable, "SSL_CERT_FILE=%s/ca.pem", folder);
    const char *bundle = strchr(variable.data, '=') + 1;
    nx_error err = NX_ERROR;
    bool old = PQlibVersion() < 160000;
    const char *system[] = {"postgresql://h/db", "postgresql://h/db?sslrootcert=system",
                            "postgresql://h/db?sslmode=verify-full",
                            "postgresql://localhost/db?sslrootcert=system&sslmode=require",
                            "postgresql://ep-a.b.c.neon.tech/db?sslmode=disable"};
    for (size_t i = 0; i < NX_COUNT(system); i++) {
        nx_source *source =
            ask(&(question){.url = system[i], .folder = folder, .environment = {home.data, variable.data}}, &err);
        assert_non_null(source);
        assert_string_equal(source->sslmode, "verify-full");
        assert_string_equal(source_param(source, "sslrootcert"), old ? bundle : "system");
        nx_source_free(source);
    }
    nx_source *source =
        ask(&(question){.url = "postgresql://h/db?sslrootcert=/own.pem", .environment = {variable.data}}, &err);
    assert_non_null(source);
    assert_string_equal(source_param(source, "sslrootcert"), "/own.pem");
    assert_string_equal(source->sslmode, "verify-full");
    nx_source_free(source);
    source = ask(&(question){.url = "postgresql://h/db?sslmode=require", .environment = {variable.data}}, &err);
    assert_non_null(source);
    assert_null(source_param(source, "sslrootcert"));
    nx_source_free(source);
    nx_buf_free(&home);
    nx_buf_free(&variable);
}

static void roots_depend_on_the_version_of_libpq(void **state) {
    (void)state;
    char *none[] = {NULL};
    nx_draft draft = {.arena = nx_arena_new(0), .environment = none};
    assert_string_equal(nx_tls_system_roots(&draft, 160000), "system");
    assert_string_equal(nx_tls_system_roots(&draft, 180001), "system");
    const char *bundle = nx_tls_system_roots(&draft, 159999);
    if (bundle) {
        assert_int_equal(access(bundle, R_OK), 0);
    } else {
        assert_int_equal(draft.nnotices, 1);
    }
    nx_arena_free(draft.arena);
}

static void prismas_certificate_is_beside_the_schema(void **state) {
    const char *folder = *state;
    write_file(folder, "ca.pem", "");
    nx_error err = NX_ERROR;
    write_file(folder, ".env", "DATABASE_URL=postgresql://h/db?sslcert=ca.pem\n");
    nx_source *source = ask(&(question){.folder = folder}, &err);
    assert_non_null(source);
    const char *roots = source_param(source, "sslrootcert");
    assert_non_null(roots);
    assert_int_equal(*roots, '/');
    assert_int_equal(access(roots, R_OK), 0);
    nx_source_free(source);
}

/* --- libpq's own ------------------------------------------------------------------------------------------------ */

static void libpqs_variables_fill_the_gaps(void **state) {
    nx_error err = NX_ERROR;
    question q = {
        .folder = *state,
        .environment = {"PGHOST=db.example", "PGPORT=5499", "PGUSER=me", "PGSSLMODE=require", "PGCONNECT_TIMEOUT=33"}};
    nx_source *source = ask(&q, &err);
    assert_non_null(source);
    assert_string_equal(source->origin, "libpq defaults");
    assert_string_equal(source->host, "db.example");
    assert_string_equal(source->port, "5499");
    assert_string_equal(nx_source_title(source), "me@db.example");
    assert_string_equal(source->sslmode, "require");
    assert_int_equal(source->tls, NX_TLS_EXPLICIT);
    assert_int_equal(source->connect_timeout_s, 33);
    assert_false(source->local);
    assert_false(source->has_password);
    nx_source_free(source);
    /* a host in the URL does not take another host's port */
    q.url = "postgresql://other.example/db";
    source = ask(&q, &err);
    assert_non_null(source);
    assert_string_equal(source->host, "other.example");
    assert_string_equal(source->port, "5432");
    assert_string_equal(source->user, "me");
    nx_source_free(source);
    source = ask(&(question){.folder = *state, .environment = {"PGHOST=/tmp/socket"}}, &err);
    assert_non_null(source);
    assert_true(source->local);
    nx_source_free(source);
}

static void a_pooler_gets_no_options_from_the_environment(void **state) {
    setenv("PGOPTIONS", "-c geqo=off", 1);
    nx_error err = NX_ERROR;
    nx_source *source = ask(&(question){.url = "postgresql://h/db", .folder = *state}, &err);
    nx_source_free(source);
    assert_non_null(getenv("PGOPTIONS"));
    source = ask(&(question){.url = POOLED, .folder = *state, .environment = {"PGOPTIONS=-c geqo=off"}}, &err);
    assert_non_null(source);
    assert_true(source_notice(source, "PGOPTIONS ignored"));
    assert_null(getenv("PGOPTIONS"));
    nx_source_free(source);
}

static void a_service_tells_its_host(void **state) {
    const char *folder = *state;
    write_file(
        folder, "other.env",
        "[mine]\nhost=service.example\nport=5477\ndbname=served\nuser=server\npassword=canary\nsslmode=verify-ca\n");
    char *path = in_folder(folder, "other.env");
    setenv("PGSERVICEFILE", path, 1);
    nx_error err = NX_ERROR;
    nx_source *source = ask(&(question){.url = "service=mine user=me", .folder = folder}, &err);
    assert_non_null(source);
    assert_string_equal(source->host, "service.example");
    assert_string_equal(source->port, "5477");
    assert_string_equal(source->database, "served");
    assert_string_equal(source->user, "me");
    assert_string_equal(source->sslmode, "verify-ca");
    assert_string_equal(source_param(source, "service"), "mine");
    assert_null(source_param(source, "password")); /* libpq reads it itself */
    nx_source_free(source);
    assert_null(getenv("PGSERVICE"));
    unsetenv("PGSERVICEFILE");
    free(path);
}

#define WITH_PROJECT(test) cmocka_unit_test_setup_teardown(test, make_project, remove_project)

static int forget_own_variables(void **state) {
    (void)state;
    static const char *const own[] = {"PGHOST",    "PGPORT",    "PGUSER",   "PGDATABASE",
                                      "PGSERVICE", "PGSSLMODE", "PGOPTIONS"};
    for (size_t i = 0; i < NX_COUNT(own); i++) {
        unsetenv(own[i]);
    }
    return 0;
}

static const struct CMUnitTest tests[] = {
    WITH_PROJECT(the_first_place_wins),
    WITH_PROJECT(the_project_is_looked_for_upwards),
    WITH_PROJECT(values_are_expanded_and_unquoted),
    WITH_PROJECT(files_that_cannot_serve_are_errors_of_the_system),
    WITH_PROJECT(a_malformed_url_is_traced_to_its_place),
    WITH_PROJECT(what_is_not_read_is_mentioned),
    WITH_PROJECT(direct_takes_the_direct_url_of_the_first_place),
    WITH_PROJECT(direct_takes_the_pooler_out_of_the_host),
    WITH_PROJECT(direct_without_a_direct_url_is_wrong_usage),
    cmocka_unit_test(the_host_decides),
    WITH_PROJECT(roots_are_the_systems_unless_named),
    cmocka_unit_test(roots_depend_on_the_version_of_libpq),
    WITH_PROJECT(prismas_certificate_is_beside_the_schema),
    WITH_PROJECT(libpqs_variables_fill_the_gaps),
    WITH_PROJECT(a_pooler_gets_no_options_from_the_environment),
    WITH_PROJECT(a_service_tells_its_host),
};

LAB_MAIN(tests, forget_own_variables, NULL)
