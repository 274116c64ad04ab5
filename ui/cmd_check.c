/* nixie check: is the database there, how is it reached, how fast does it answer. Always JSON. */
#include <stdlib.h>
#include <string.h>

#include "check_pair.h"
#include "command.h"
#include "json_out.h"
#include "open.h"
#include "output.h"

enum { OLDEST_SERVER = 140000, NEWEST_SERVER = 190000 }; /* from 14, below 19 */

static void finding(nx_buf *out, const char *what, const char *hint) {
    ui_json_next(out);
    nx_buf_addc(out, '{');
    ui_json_text(out, "what", what);
    ui_json_text(out, "hint", hint);
    nx_buf_addc(out, '}');
}

static void server_findings(const nx_server *server, nx_buf *out) {
    if (!server->local && !server->tls) {
        finding(out, "the connection is not encrypted", "use sslmode=verify-full");
    } else if (!server->local && !server->tls_verified) {
        finding(out, "the connection is encrypted, but the server's certificate was not verified",
                "use sslmode=verify-full");
    }
    if (server->replica) {
        finding(out, "the server is a replica: it refuses every write", "connect to the primary to edit");
    }
    if (server->version && (server->version < OLDEST_SERVER || server->version >= NEWEST_SERVER)) {
        finding(out, "the server's version is none that nixie is tested with", "PostgreSQL 14 to 18 are");
    }
    if (strcmp(server->encoding, "SQL_ASCII") == 0) {
        finding(out, "the database does not know its encoding (SQL_ASCII)",
                "bytes that are not UTF-8 are shown as bytes");
    }
}

static void pair_finding(void *owner, const char *what, const char *hint) { finding(owner, what, hint); }

static void add_findings(const ui_link *link, const nx_server *server, nx_buf *out) {
    ui_json_key(out, "findings");
    nx_buf_addc(out, '[');
    for (size_t i = 0; i < link->source->nnotices; i++) {
        finding(out, link->source->notices[i], NULL);
    }
    if (link->options->password_in_argv) {
        finding(out, "the password was given on the command line, where the shell's history keeps it",
                "put the URL into .env or DATABASE_URL, or leave the password out to be asked for it");
    }
    if (server) {
        server_findings(server, out);
    }
    ui_check_pair(link->options, link->source, server, pair_finding, out);
    nx_buf_addc(out, ']');
}

/* Empty text is "not known" here. */
static void known(nx_buf *out, const char *name, const char *text) {
    ui_json_text(out, name, text && *text ? text : NULL);
}

static void unknown(nx_buf *out, const char *name) { ui_json_text(out, name, NULL); }

static void flag(nx_buf *out, const char *name, const nx_server *server, bool value) {
    server ? ui_json_bool(out, name, value) : unknown(out, name);
}

static void add_place(const ui_link *link, const nx_server *server, nx_buf *out) {
    const nx_source *source = link->source;
    const char *port = server && *server->port ? server->port : source->port;
    known(out, "server_version", server ? server->version_text : NULL);
    known(out, "database", server ? server->database : source->database);
    known(out, "user", server ? server->user : source->user);
    known(out, "host", server && *server->host ? server->host : source->host);
    ui_json_number(out, "port", port && *port ? atol(port) : -1);
    known(out, "endpoint", server && *server->endpoint ? server->endpoint : source->endpoint);
    known(out, "branch", server ? server->branch : NULL);
    ui_json_bool(out, "pooled", server ? server->pooled : source->pooled);
    flag(out, "replica", server, server && server->replica);
    flag(out, "read_only", server, server && server->read_only);
    flag(out, "tls", server, server && server->tls);
}

static void add_latency(const nx_server *server, int64_t warm_ms, nx_buf *out) {
    ui_json_key(out, "latency_ms");
    nx_buf_addc(out, '{');
    ui_json_number(out, "connect", server ? server->connect_ms : -1);
    ui_json_number(out, "first_query", server ? server->first_query_ms : -1);
    ui_json_number(out, "warm_query", warm_ms);
    nx_buf_addc(out, '}');
}

static int write_report(const ui_link *link, bool healthy, const char *time, int64_t warm_ms) {
    const nx_server *server = nx_session_server(link->session);
    nx_buf out = NX_BUF;
    nx_buf_addc(&out, '{');
    ui_json_text(&out, "status", healthy ? "healthy" : "unhealthy");
    add_place(link, server, &out);
    add_latency(server, warm_ms, &out);
    known(&out, "server_time", time);
    add_findings(link, server, &out);
    ui_json_text(&out, "error", healthy ? NULL : link->err.message);
    nx_buf_adds(&out, "}\n");
    return ui_write(&out);
}

int ui_cmd_check(const ui_options *options, const nx_source *source) {
    char time[64] = "";
    int64_t warm_ms = -1;
    ui_link link;
    ui_link_start(&link, options, source);
    bool healthy = ui_link_time(&link, time) && ui_link_time(&link, time); /* the second one is warm */
    if (healthy) {
        warm_ms = nx_session_round_trip_ms(link.session);
    }
    return ui_link_close(&link, write_report(&link, healthy, time, warm_ms));
}
