/* Databases on the run's server, and plain SQL against them. */
#include "lab/lab.h"

#include <unistd.h>

#include "lab/shared.h"
#include "lab/test.h"
#include "nixie/buf.h"

extern const char nx_sample_sql[];
extern const unsigned long nx_sample_sql_len;

enum { DATABASES_MAX = 1000 };

/* What this test program has made; undone when it ends. */
static struct {
    pid_t owner;       /* only this process cleans up, not what it forked */
    ui_server *server; /* its own, when it was not started by tool_lab */
    bool has_sample;
    char *databases[DATABASES_MAX];
    size_t ndatabases;
    int serial;
} made;

void lab_fail(nx_error *err, const char *what) {
    char text[4000];
    snprintf(text, sizeof text, "%s: %s\n%s", what, err->message ? err->message : "?", err->detail ? err->detail : "");
    nx_error_clear(err);
    fail_msg("%s", text);
}

/* The result; when the server objects the connection is ended and the test fails. */
static PGresult *run_on(PGconn *conn, const char *sql) {
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        char text[2000];
        snprintf(text, sizeof text, "%s", PQresultErrorMessage(result));
        PQclear(result);
        PQfinish(conn);
        fail_msg("%.300s\n%s", sql, text);
    }
    return result;
}

/* --- the run's server --------------------------------------------------------------------------------- */

static void drop_databases(void) {
    char *url = lab_shared_url("postgres");
    PGconn *conn = PQconnectdb(url);
    for (size_t i = 0; i < made.ndatabases; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", made.databases[i]);
        PQclear(PQexec(conn, sql));
        free(made.databases[i]);
    }
    made.ndatabases = 0;
    PQfinish(conn);
    free(url);
}

static void clean_up(void) {
    if (getpid() != made.owner) {
        return;
    }
    lab_let_go();
    if (made.server) {
        for (size_t i = 0; i < made.ndatabases; i++) {
            free(made.databases[i]);
        }
        ui_server_stop(made.server);
        made.server = NULL;
    } else {
        drop_databases();
    }
}

static void own_up(void) {
    if (made.owner == 0) {
        made.owner = getpid();
        atexit(clean_up);
    }
}

char *lab_shared_url(const char *database) {
    const char *folder = getenv("NIXIE_LAB");
    own_up();
    if (folder && *folder) {
        nx_buf url = NX_BUF;
        nx_buf_addf(&url, "postgresql://postgres@/%s?host=%s", database, folder);
        return nx_buf_take(&url);
    }
    if (!made.server) {
        nx_error err = NX_ERROR;
        made.server = ui_server_start(&(ui_server_options){.version = lab_usual_version(), .settings = LAB_SETTINGS}, &err);
        if (!made.server) {
            lab_fail(&err, "the test server");
        }
    }
    return ui_server_url(made.server, database);
}

bool lab_make_sample(const ui_server *server, nx_error *err) {
    static const char *const create[] = {"--template=template0", LAB_SAMPLE, NULL};
    static const char *const feed[] = {"--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=" LAB_SAMPLE, NULL};
    return ui_server_run(server, "createdb", create, NULL, 0, NULL, err) &&
           ui_server_run(server, "psql", feed, nx_sample_sql, nx_sample_sql_len, NULL, err);
}

static void need_sample(void) {
    nx_error err = NX_ERROR;
    if (made.server && !made.has_sample && !lab_make_sample(made.server, &err)) {
        lab_fail(&err, "the sample data");
    }
    made.has_sample = true;
}

/* --- databases ------------------------------------------------------------------------------------------ */

/* At most 63 bytes, and nothing that would have to be quoted in a URL. */
static void make_name(const char *hint, char *name, size_t size) {
    char clean[24] = "";
    size_t len = 0;
    for (const char *c = hint; *c && len + 1 < sizeof clean; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
        clean[len++] = plain ? *c : '_';
    }
    snprintf(name, size, "t_%s_%ld_%d", clean, (long)getpid(), ++made.serial);
}

/* Copying the template's files costs the server a third of what writing them to its log costs, which is what it does
 * by itself since version 15; before, copying was the only way. */
static const char *cheapest_copy(const PGconn *admin) {
    return PQserverVersion(admin) >= 150000 ? "STRATEGY FILE_COPY" : "";
}

static char *make_database(const char *hint, const char *how) {
    char name[64];
    make_name(hint, name, sizeof name);
    char *url = lab_shared_url("postgres");
    assert_true(made.ndatabases < DATABASES_MAX);
    made.databases[made.ndatabases++] = nx_strdup(name);

    PGconn *admin = lab_borrow(url);
    nx_buf sql = NX_BUF;
    nx_buf_addf(&sql, "CREATE DATABASE \"%s\" %s %s", name, how, cheapest_copy(admin));
    PQclear(run_on(admin, sql.data));
    nx_buf_free(&sql);
    lab_give_back(url, admin);
    free(url);
    return lab_shared_url(name);
}

char *lab_database(const char *hint) { return make_database(hint, "TEMPLATE template0"); }

char *lab_database_encoded(const char *hint, const char *encoding) {
    char how[100];
    snprintf(how, sizeof how, "TEMPLATE template0 ENCODING '%s' LOCALE 'C'", encoding);
    return make_database(hint, how);
}

char *lab_sample_database(const char *hint) {
    free(lab_shared_url("postgres")); /* the server must run before the template can be made */
    need_sample();
    return make_database(hint, "TEMPLATE " LAB_SAMPLE);
}

/* --- SQL ------------------------------------------------------------------------------------------------- */

static PGresult *run(const char *url, const char *sql, PGconn **conn) {
    *conn = lab_borrow(url);
    return run_on(*conn, sql);
}

void lab_sql(const char *url, const char *script) {
    PGconn *conn = NULL;
    PQclear(run(url, script, &conn));
    lab_give_back(url, conn);
}

char *lab_query(const char *url, const char *sql) {
    PGconn *conn = NULL;
    PGresult *result = run(url, sql, &conn);
    char *value = NULL;
    if (PQntuples(result) > 0 && PQnfields(result) > 0 && !PQgetisnull(result, 0, 0)) {
        value = nx_strdup(PQgetvalue(result, 0, 0));
    }
    PQclear(result);
    lab_give_back(url, conn);
    return value;
}

int64_t lab_query_int(const char *url, const char *sql) {
    char *text = lab_query(url, sql);
    if (!text) {
        fail_msg("no value: %s", sql);
    }
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0') {
        fail_msg("not a number: %s", text);
    }
    free(text);
    return value;
}

int lab_version(const char *url) { return (int)lab_query_int(url, "SELECT current_setting('server_version_num')::int / 10000"); }
