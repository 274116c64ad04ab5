/* The parameters of a connection URL: what Prisma and node-postgres mean by them, in libpq's words. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "draft.h"

typedef struct param_rule param_rule;
typedef bool apply(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err);

struct param_rule {
    const char *name;
    apply *apply;
    const char *reason; /* of a drop */
};

static bool drop(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)value, (void)err;
    nx_draft_notice(draft, "%s dropped: %s", rule->name, rule->reason);
    return true;
}

static bool ignore(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)draft, (void)rule, (void)value, (void)err;
    return true;
}

static bool schema(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)rule, (void)err;
    draft->source->schema = nx_arena_strdup(draft->arena, value);
    return true;
}

static bool is_true(const char *value) {
    return strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0 || strcasecmp(value, "yes") == 0;
}

static bool pgbouncer(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)rule, (void)err;
    draft->source->pooled = draft->source->pooled || is_true(value);
    return true;
}

/* Whole seconds, -1 when value is no number. */
static int seconds(const char *value) {
    char *end;
    long n = strtol(value, &end, 10);
    return end == value || *end || n < 0 ? -1 : n > INT_MAX / 1000 ? INT_MAX / 1000 : (int)n;
}

static bool connect_timeout(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)err;
    int s = seconds(value);
    if (s < 0) {
        nx_draft_notice(draft, "%s dropped: it is not a number of seconds", rule->name);
        return true;
    }
    /* 0 is no limit in libpq and Prisma; everything here has an end, and the user can give up earlier. */
    draft->source->connect_timeout_s = s == 0 ? 3600 : s;
    return true;
}

static bool socket_timeout(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)err;
    int s = seconds(value);
    if (s < 0) {
        nx_draft_notice(draft, "%s dropped: it is not a number of seconds", rule->name);
        return true;
    }
    draft->source->statement_timeout_ms = s * 1000;
    return true;
}

static bool sslmode(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)rule, (void)err;
    nx_draft_set(draft, "sslmode", strcmp(value, "no-verify") == 0 ? "require" : value);
    return true;
}

static bool keep_ssl(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)rule, (void)err;
    draft->ssl = nx_arena_strdup(draft->arena, value);
    return true;
}

static bool keep_sslaccept(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)rule, (void)err;
    draft->sslaccept = nx_arena_strdup(draft->arena, value);
    return true;
}

static bool keep_sslcert(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)rule, (void)err;
    draft->sslcert = nx_arena_strdup(draft->arena, value);
    return true;
}

static bool sslidentity(nx_draft *draft, const param_rule *rule, const char *value, nx_error *err) {
    (void)draft, (void)value;
    nx_error_set(err, NX_ERR_USAGE, "%s cannot be used: libpq does not read PKCS#12 files", rule->name);
    nx_error_hint(err,
                  "split it with openssl pkcs12 -in FILE -clcerts -nokeys -out client.crt and "
                  "openssl pkcs12 -in FILE -nocerts -out client.key, then use sslcert=client.crt&sslkey=client.key");
    return false;
}

/* In a URL: Prisma's words first, libpq's after them. */
static const param_rule url_rules[] = {
    {"schema", schema, NULL},
    {"pgbouncer", pgbouncer, NULL},
    {"connection_limit", drop, "nixie uses one connection"},
    {"pool_timeout", drop, "nixie uses one connection"},
    {"max_connection_lifetime", drop, "nixie uses one connection"},
    {"max_idle_connection_lifetime", drop, "nixie uses one connection"},
    {"statement_cache_size", drop, "nixie prepares no statements"},
    {"single_use_connections", drop, "nixie uses one connection"},
    {"uselibpqcompat", ignore, NULL},
    {"socket_timeout", socket_timeout, NULL},
    {"sslmode", sslmode, NULL},
    {"ssl", keep_ssl, NULL},
    {"sslaccept", keep_sslaccept, NULL},
    {"sslcert", keep_sslcert, NULL},
    {"sslidentity", sslidentity, NULL},
};

static const param_rule libpq_rules[] = {
    {"connect_timeout", connect_timeout, NULL},
    {"client_encoding", drop, "nixie always uses UTF-8"},
    {"gssencmode", drop, "nixie does not use GSSAPI encryption"},
    {"replication", drop, "nixie reads tables"},
    {"fallback_application_name", ignore, NULL},
};

static const param_rule *find_rule(const param_rule *rules, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rules[i].name, name) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

void nx_draft_libpq_param(nx_draft *draft, const char *name, const char *value) {
    const param_rule *rule = find_rule(libpq_rules, NX_COUNT(libpq_rules), name);
    if (rule) {
        rule->apply(draft, rule, value, NULL);
    } else {
        nx_draft_set(draft, name, value);
    }
}

/* A name that may be repeated in a notice: with a raw & in a password, a piece of it can look like one. */
static bool presentable(const char *name) {
    size_t len = strlen(name);
    return len && len <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == len;
}

bool nx_draft_url_param(nx_draft *draft, const char *name, const char *value, nx_error *err) {
    const param_rule *rule = find_rule(url_rules, NX_COUNT(url_rules), name);
    if (rule) {
        return rule->apply(draft, rule, value, err);
    }
    if (nx_draft_knows(draft, name)) {
        nx_draft_libpq_param(draft, name, value);
    } else if (presentable(name)) {
        nx_draft_notice(draft, "%s dropped: this version of libpq does not know it", name);
    } else {
        nx_draft_notice(draft, "a parameter dropped: libpq does not know it");
    }
    return true;
}
