#include "classify.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"

/* --- errors of connecting --------------------------------------------------------------------------- */

typedef struct rule {
    const char *needle; /* in libpq's text, case and all */
    const char *sqlstate;
    wire_retry retry;
    bool next_address, starting;
    const char *hint;
} rule;

#define HINT_TLS_CA                                                                                                    \
    "sslrootcert=FILE names the authority to trust; sslmode=require in the URL connects without verifying"

/* First match wins. libpq gives no SQLSTATE for failures of connecting, and Neon's proxy says XX000 for
 * everything: the text is all there is. */
static const rule rules[] = {
    {"password authentication failed for user '", "28P01", RETRY_NEVER, false, false,
     "check the password, and the endpoint in the host too: Neon says the same when the endpoint does not exist"},
    {"password authentication failed", "28P01", RETRY_NEVER, false, false, "check the user and the password"},
    {"no password supplied", "28P01", RETRY_NEVER, false, false, "give the password in the URL or in ~/.pgpass"},
    {"Endpoint ID is not specified", "", RETRY_NEVER, false, false,
     "this libpq does not send the host's name: add options=endpoint%3D<endpoint-id> to the URL"},
    {"Inconsistent project name", "", RETRY_NEVER, false, false, "host and options=endpoint name different endpoints"},
    {"connection is insecure", "", RETRY_NEVER, false, false, "add sslmode=verify-full or sslmode=require to the URL"},
    {"endpoint cannot be found", "", RETRY_NEVER, false, false, "the endpoint was deleted, or its name is wrong"},
    {"requested endpoint could not be found", "", RETRY_NEVER, false, false,
     "the endpoint was deleted, or its name is wrong"},
    {"endpoint is disabled", "", RETRY_NEVER, false, false, "enable it in the Neon console"},
    {"endpoint is temporarily unavailable", "", RETRY_SLOWLY, false, true,
     "check the project's quotas in the Neon console"},
    {"exceeded the", "", RETRY_NEVER, false, false, "check the project's limits in the Neon console"},
    {"active endpoints limit", "", RETRY_NEVER, false, false, "suspend another endpoint in the Neon console"},
    {"Control plane request failed", "", RETRY_SOON, false, true, "Neon's control plane had a hiccup: try again"},
    {"Couldn't connect to compute node", "", RETRY_SOON, false, true, "the compute did not wake up: try again"},
    {"Too many connections attempts", "", RETRY_SLOWLY, false, false, "try again in a few seconds"},
    {"Failed to acquire permit to connect", "", RETRY_SLOWLY, false, false, "try again in a few seconds"},
    {"Too many connections to this endpoint", "", RETRY_SLOWLY, false, false, "try again in a few seconds"},
    {"Authentication timed out", "", RETRY_ONCE, false, false, NULL},
    {"Disconnected due to inactivity", "", RETRY_ONCE, false, false, NULL},
    {"is not allowed to connect to this endpoint", "", RETRY_NEVER, false, false,
     "add the address to the allow list in the Neon console; IPv4 and IPv6 count apart"},
    {"from a blocked network", "", RETRY_NEVER, false, false, "the project's network policy forbids it"},
    {"VPC endpoint", "", RETRY_NEVER, false, false, "the project's network policy forbids it"},
    {"channel binding", "", RETRY_NEVER, false, false, "remove channel_binding from the URL"},
    {"unsupported startup parameter", "08P01", RETRY_NEVER, false, false,
     "a pooler takes no options: remove them from the URL and unset PGOPTIONS, or use --direct"},
    {"remaining connection slots are reserved", "53300", RETRY_SLOWLY, false, false,
     "all connections are taken: close some, or use the pooled host"},
    {"sorry, too many clients already", "53300", RETRY_SLOWLY, false, false,
     "all connections are taken: close some, or use the pooled host"},
    {"too many connections for", "53300", RETRY_SLOWLY, false, false, "all connections are taken: close some"},
    {"no more connections allowed", "08P01", RETRY_SLOWLY, false, false, "the pooler is full: try again later"},
    {"the database system is starting up", "57P03", RETRY_SOON, false, true, "try again in a moment"},
    {"the database system is not yet accepting", "57P03", RETRY_SOON, false, true, "try again in a moment"},
    {"the database system is shutting down", "57P03", RETRY_SOON, false, true, "try again in a moment"},
    {"the database system is in recovery mode", "57P03", RETRY_SOON, false, true, "try again in a moment"},
    {"the database system is not accepting", "57P03", RETRY_NEVER, false, false, NULL},
    {"\" does not exist", NULL, RETRY_NEVER, false, false, NULL}, /* database, role, file: told apart below */
    {"no pg_hba.conf entry", "28000", RETRY_NEVER, false, false,
     "the server lets nobody in this way: check user, database, address and sslmode"},
    {"is not permitted to log in", "28000", RETRY_NEVER, false, false, NULL},
    {"authentication failed for user", "28000", RETRY_NEVER, false, false, "check the user"},
    {"server does not support SSL", "", RETRY_NEVER, false, false,
     "this server speaks no TLS: sslmode=disable in the URL connects in the clear"},
    {"does not match host name", "", RETRY_NEVER, false, false,
     "the server is not who the URL says; sslmode=require in the URL connects without verifying"},
    {"certificate has expired", "", RETRY_NEVER, false, false, "the server's certificate has to be renewed"},
    {"certificate verify failed", "", RETRY_NEVER, false, false, HINT_TLS_CA},
    {"root certificate file", "", RETRY_NEVER, false, false, HINT_TLS_CA},
    {"session is read-only", "", RETRY_NEVER, true, false, NULL},
    {"session is not read-only", "", RETRY_NEVER, true, false, NULL},
    {"server is in hot standby mode", "", RETRY_NEVER, true, false, NULL},
    {"Connection refused", "", RETRY_RESTART, true, false, "is a server running there, and is the port right?"},
    {"Resource temporarily unavailable", "", RETRY_SOON, false, false, "the server's queue is full: try again"},
    {"No such file or directory", "", RETRY_RESTART, true, false, "is the server running? its socket is not there"},
    {"Permission denied", "", RETRY_NEVER, true, false, NULL},
    {"Network is unreachable", "", RETRY_NEVER, true, false, "check the network"},
    {"No route to host", "", RETRY_NEVER, true, false, "check the network"},
    {"Cannot assign requested address", "", RETRY_NEVER, true, false, "check the network"},
    {"timed out", "", RETRY_RESTART, true, false, "check host, port, VPN and firewall"},
    {"Internal error", "", RETRY_SOON, false, false, "the proxy had a hiccup: try again"},
    {"server closed the connection unexpectedly", "", RETRY_RESTART, true, false,
     "is it PostgreSQL that answers at this port?"},
    {"Connection reset by peer", "", RETRY_RESTART, true, false, NULL},
    {"EOF detected", "", RETRY_RESTART, true, false, NULL},
};

static const rule other = {"", "", RETRY_NEVER, true, false, NULL};

static const rule *rule_for(const char *text) {
    for (size_t i = 0; i < NX_COUNT(rules); i++) {
        if (strstr(text, rules[i].needle)) {
            return &rules[i];
        }
    }
    return &other;
}

/* Behind 'connection to server at "x" (1.2.3.4), port 5432 failed: FATAL:  ' stands what happened. */
static const char *reason_of(const char *text) {
    const char *failed = strncmp(text, "connection to server", 20) == 0 ? strstr(text, " failed: ") : NULL;
    const char *reason = failed ? failed + 9 : text;
    size_t word = strspn(reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return word > 2 && strncmp(reason + word, ":  ", 3) == 0 ? reason + word + 3 : reason;
}

/* The further lines, but not those about a second attempt with other TLS. */
static char *rest_of(const char *line_end) {
    nx_buf rest = NX_BUF;
    const char *end = strstr(line_end, "\nconnection to server");
    size_t len = end ? (size_t)(end - line_end) : strlen(line_end);
    for (size_t i = 0; i < len; i++) {
        bool blank = line_end[i] == '\n' || line_end[i] == '\t' || line_end[i] == ' ';
        if (!blank) {
            nx_buf_addc(&rest, line_end[i]);
        } else if (rest.len > 0 && rest.data[rest.len - 1] != ' ') {
            nx_buf_addc(&rest, ' ');
        }
    }
    while (rest.len > 0 && rest.data[rest.len - 1] == ' ') {
        rest.data[--rest.len] = '\0';
    }
    char *text = rest.len > 0 ? nx_buf_take(&rest) : NULL;
    nx_buf_free(&rest);
    return text;
}

static void refine_missing(nx_error *err, const char *text) {
    if (strstr(text, "database \"")) {
        memcpy(err->sqlstate, "3D000", 6);
        nx_error_hint(err, "check the database's name in the URL");
    } else if (strstr(text, "role \"")) {
        memcpy(err->sqlstate, "28000", 6);
        nx_error_hint(err, "check the user in the URL");
    } else if (strstr(text, "certificate file")) {
        nx_error_hint(err, HINT_TLS_CA);
    }
}

wire_verdict wire_classify_connect(nx_error *err, const char *text, const char *place) {
    const rule *found = rule_for(text);
    const char *reason = reason_of(text);
    size_t len = strcspn(reason, "\n");
    nx_error_set(err, NX_ERR_CONNECT, "cannot connect to %s: %.*s", place, (int)len, reason);
    err->detail = rest_of(reason + len);
    if (found->hint) {
        nx_error_hint(err, "%s", found->hint);
    }
    if (found->sqlstate) {
        memcpy(err->sqlstate, found->sqlstate, strlen(found->sqlstate) + 1);
    } else {
        refine_missing(err, text);
    }
    return (wire_verdict){found->retry, found->next_address, found->starting};
}

/* --- errors of statements --------------------------------------------------------------------------- */

static const char *severity_of(const PGresult *res) {
    const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity ? severity : PQresultErrorField(res, PG_DIAG_SEVERITY);
}

bool wire_is_fatal(const PGresult *res) {
    const char *severity = severity_of(res);
    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

static nx_error_class class_of(const char *sqlstate, bool cancel_asked) {
    if (strcmp(sqlstate, "57014") == 0) {
        return cancel_asked ? NX_ERR_CANCELLED : NX_ERR_TIMEOUT;
    }
    return strcmp(sqlstate, "55P03") == 0 ? NX_ERR_TIMEOUT : NX_ERR_SERVER;
}

/* Hints where PostgreSQL has none of its own. */
static const struct {
    const char *sqlstate, *hint;
} hints[] = {
    {"55P03", "somebody else holds a lock on it: try again"},
    {"57014", "the statement timeout passed; --timeout gives it longer"},
    {"25006", "the session, the role or the server is read-only"},
    {"42501", "the role lacks the privilege"},
    {"53100", "the server's disk or the project's size limit is full"},
};

static void copy_fields(nx_error *err, const PGresult *res) {
    const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    err->detail = nx_strdup(PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL));
    err->hint = nx_strdup(PQresultErrorField(res, PG_DIAG_MESSAGE_HINT));
    err->context = nx_strdup(PQresultErrorField(res, PG_DIAG_CONTEXT));
    err->constraint = nx_strdup(PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME));
    err->column = nx_strdup(PQresultErrorField(res, PG_DIAG_COLUMN_NAME));
    err->position = position ? atoi(position) : 0;
}

/* libpq speaks without a SQLSTATE of its own matters, above all of memory. */
static void own_words(nx_error *err, const PGresult *res) {
    const char *text = PQresultErrorMessage(res);
    const char *reason = reason_of(text);
    nx_error_class kind = strstr(text, "out of memory") ? NX_ERR_MEMORY : NX_ERR_SERVER;
    nx_error_set(err, kind, "%.*s", (int)strcspn(reason, "\n"), reason);
}

void wire_classify_result(nx_error *err, const PGresult *res, const char *statement, bool cancel_asked) {
    const char *sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    if (!sqlstate) {
        own_words(err, res);
        return;
    }
    nx_error_class kind = class_of(sqlstate, cancel_asked);
    nx_error_set(err, kind, "%s", kind == NX_ERR_CANCELLED ? "cancelled" : message ? message : "refused");
    strncpy(err->sqlstate, sqlstate, sizeof err->sqlstate - 1);
    copy_fields(err, res);
    err->statement = nx_strdup(statement);
    for (size_t i = 0; i < NX_COUNT(hints) && !err->hint && kind != NX_ERR_CANCELLED; i++) {
        if (strcmp(hints[i].sqlstate, sqlstate) == 0) {
            err->hint = nx_strdup(hints[i].hint);
        }
    }
}

void wire_classify_lost(nx_error *err, const char *text, const PGresult *res) {
    const char *message = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : text;
    const char *sqlstate = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *reason = reason_of(message && *message ? message : "the server closed it");
    nx_error_set(err, NX_ERR_LOST, "the connection was lost: %.*s", (int)strcspn(reason, "\n"), reason);
    nx_error_hint(err, "the next action connects again");
    if (sqlstate) {
        strncpy(err->sqlstate, sqlstate, sizeof err->sqlstate - 1);
    }
}
