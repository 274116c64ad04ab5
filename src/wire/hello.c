/* Who the server is: asked in front of the first trip of a connection, so it costs no trip. */
#include <stdlib.h>
#include <string.h>

#include "session.h"

enum hello_column {
    HELLO_VERSION,
    HELLO_VERSION_TEXT,
    HELLO_DATABASE,
    HELLO_USER,
    HELLO_SESSION_USER,
    HELLO_TIMEZONE,
    HELLO_ENCODING,
    HELLO_RECOVERY,
    HELLO_READ_ONLY,
    HELLO_PID,
    HELLO_ENDPOINT,
    HELLO_BRANCH,
    HELLO_PROJECT,
    HELLO_COLUMNS
};

#define SETTING(name) "pg_catalog.current_setting('" name "')"
#define NEON(name)    "COALESCE(pg_catalog.current_setting('neon." name "', true), '')"

const char
    wire_hello_sql[] =
        "SELECT " SETTING("server_version_num") ", " SETTING(
            "server_version") ", pg_catalog.current_database(), "
                              "current_user, session_user, " SETTING("TimeZone") ", " SETTING(
                                  "server_encoding") ", "
                                                     "pg_catalog.pg_is_in_recovery(), " SETTING("transaction_read_only") ", pg_catalog.pg_backend_pid(), " NEON(
                                                         "endpoint_id") ", " NEON("branch_id") ", " NEON("project_id");

const char wire_cluster_sql[] =
    "SELECT s.system_identifier, COALESCE(pg_catalog.current_setting('neon.timeline_id', true), "
    "c.timeline_id::pg_catalog.text) FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c";

static bool is_loopback(const char *address) {
    return address && (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0);
}

/* A backend whose pid is not the connection's own stands behind a pooler. Neon's proxy hides the pid
 * on direct connections too. */
static bool seems_pooled(const nx_session *s, const PGresult *res) {
    return !s->source->endpoint && atoi(PQgetvalue(res, 0, HELLO_PID)) != PQbackendPID(s->conn);
}

static void read_link(const nx_session *s, nx_arena *arena, nx_server *server) {
    const char *host = PQhost(s->conn), *port = PQport(s->conn), *mode = s->source->sslmode;
    server->host = nx_arena_strdup(arena, host ? host : "");
    server->port = nx_arena_strdup(arena, port ? port : "");
    server->tls = PQsslInUse(s->conn) != 0;
    server->tls_verified = server->tls && mode && strcmp(mode, "verify-full") == 0;
    server->local = server->host[0] == '/' || server->host[0] == '@' || is_loopback(PQhostaddr(s->conn));
}

static void read_answer(const nx_session *s, const PGresult *res, nx_arena *arena, nx_server *server) {
#define TEXT(column) nx_arena_strdup(arena, PQgetvalue(res, 0, column))
    server->version = atoi(PQgetvalue(res, 0, HELLO_VERSION));
    server->system = server->timeline = "";
    server->version_text = TEXT(HELLO_VERSION_TEXT);
    server->database = TEXT(HELLO_DATABASE);
    server->user = TEXT(HELLO_USER);
    server->session_user = TEXT(HELLO_SESSION_USER);
    server->encoding = TEXT(HELLO_ENCODING);
    server->endpoint = TEXT(HELLO_ENDPOINT);
    server->branch = TEXT(HELLO_BRANCH);
    server->project = TEXT(HELLO_PROJECT);
    server->pooled = s->source->pooled || seems_pooled(s, res);
    server->replica = PQgetvalue(res, 0, HELLO_RECOVERY)[0] == 't';
    server->read_only = server->replica || s->read_only || strcmp(PQgetvalue(res, 0, HELLO_READ_ONLY), "on") == 0;
#undef TEXT
    if (!*server->endpoint && s->source->endpoint) {
        server->endpoint = nx_arena_strdup(arena, s->source->endpoint);
    }
}

void wire_hello_read(nx_session *s, const PGresult *res, int64_t ms) {
    if (PQntuples(res) != 1 || PQnfields(res) != HELLO_COLUMNS) {
        return;
    }
    nx_arena *arena = nx_arena_new(0);
    nx_server *server = nx_arena_alloc(arena, sizeof *server);
    read_answer(s, res, arena, server);
    read_link(s, arena, server);
    /* Kept over reconnects: values that were read under one zone must be written under it. */
    if (!s->timezone) {
        s->timezone = nx_strdup(PQgetvalue(res, 0, HELLO_TIMEZONE));
    }
    server->timezone = nx_arena_strdup(arena, s->timezone);
    server->connect_ms = s->connect_ms;
    server->first_query_ms = ms;
    s->sql_ascii = strcmp(server->encoding, "SQL_ASCII") == 0;
    nx_arena_free(s->server_arena);
    s->server_arena = arena;
    s->server = server;
}

void wire_cluster_read(nx_session *s, const PGresult *res) {
    if (s->server && PQntuples(res) == 1 && PQnfields(res) == 2) {
        s->server->system = nx_arena_strdup(s->server_arena, PQgetvalue(res, 0, 0));
        s->server->timeline = nx_arena_strdup(s->server_arena, PQgetvalue(res, 0, 1));
    }
}
