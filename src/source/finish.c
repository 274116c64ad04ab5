/* From the draft to the finished source: libpq's defaults, the local test, the fixed parameters. */
#include <arpa/inet.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "draft.h"

enum { MIN_CONNECT_TIMEOUT_S = 15 }; /* a sleeping Neon compute needs a while to wake */

/* --- defaults --------------------------------------------------------------------------------------- */

/* What libpq finds in the service file, which it reads when PGSERVICE is set. The variable is changed for
 * the moment of the call: sources are found at the start, before there is a second thread. */
static PQconninfoOption *service_options(const char *service) {
    char *before = nx_strdup(getenv("PGSERVICE"));
    setenv("PGSERVICE", service, 1);
    PQconninfoOption *options = PQconndefaults();
    if (before) {
        setenv("PGSERVICE", before, 1);
    } else {
        unsetenv("PGSERVICE");
    }
    free(before);
    return options;
}

/* Copies what nixie must know; the rest (passwords above all) stays libpq's business. */
static void read_service(nx_draft *draft) {
    static const char *const wanted[] = {"host", "port", "user", "dbname", "sslmode", "sslrootcert"};
    const char *service = nx_draft_get(draft, "service");
    service = service ? service : nx_draft_env(draft, "PGSERVICE");
    PQconninfoOption *options = service ? service_options(service) : NULL;
    for (PQconninfoOption *o = options; o && o->keyword; o++) {
        bool set = o->val && *o->val && !(o->compiled && strcmp(o->val, o->compiled) == 0);
        for (size_t i = 0; set && i < NX_COUNT(wanted); i++) {
            if (strcmp(o->keyword, wanted[i]) == 0 && !nx_draft_get(draft, o->keyword)) {
                nx_draft_set(draft, o->keyword, o->val);
            }
        }
        nx_wipe_string(o->val);
    }
    PQconninfoFree(options);
}

static void from_environment(nx_draft *draft, const char *keyword, const char *variable) {
    const char *value = nx_draft_env(draft, variable);
    if (value && !nx_draft_get(draft, keyword)) {
        nx_draft_set(draft, keyword, value);
    }
}

void nx_draft_defaults(nx_draft *draft) {
    read_service(draft);
    /* PGPORT belongs to PGHOST: a URL that names a host and no port means PostgreSQL's usual one. */
    if (!nx_draft_get(draft, "host") && !nx_draft_get(draft, "hostaddr")) {
        from_environment(draft, "port", "PGPORT");
        from_environment(draft, "host", "PGHOST");
        from_environment(draft, "hostaddr", "PGHOSTADDR");
    }
    if (!nx_draft_get(draft, "port")) {
        nx_draft_set(draft, "port", "5432");
    }
    from_environment(draft, "user", "PGUSER");
    from_environment(draft, "dbname", "PGDATABASE");
    const char *timeout = nx_draft_env(draft, "PGCONNECT_TIMEOUT");
    if (timeout && !draft->source->connect_timeout_s) {
        nx_draft_libpq_param(draft, "connect_timeout", timeout);
    }
}

/* --- local or not ----------------------------------------------------------------------------------- */

static bool is_loopback(const char *host) {
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, host, &four) == 1) {
        return ntohl(four.s_addr) >> 24 == 127;
    }
    if (inet_pton(AF_INET6, host, &six) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
    }
    return strcasecmp(host, "localhost") == 0 || strcasecmp(host, "localhost.") == 0;
}

/* A folder of sockets, an abstract socket, libpq's default, or a loopback address. */
static bool is_local_host(const char *host) { return !*host || *host == '/' || *host == '@' || is_loopback(host); }

static bool is_local(nx_draft *draft) {
    const char *s = nx_draft_get(draft, "host");
    s = s ? s : nx_draft_get(draft, "hostaddr");
    while (s && *s) {
        size_t len = strcspn(s, ",");
        if (!is_local_host(nx_arena_strndup(draft->arena, s, len))) {
            return false;
        }
        s += len + (s[len] == ',');
    }
    return true;
}

/* --- what is always sent ------------------------------------------------------------------------------ */

static const nx_source_param fixed[] = {{"gssencmode", "disable"}, {"client_encoding", "UTF8"}};

/* What a URL may say otherwise. */
static const nx_source_param usual[] = {{"application_name", "nixie"},
                                        {"keepalives", "1"},
                                        {"keepalives_idle", "30"},
                                        {"keepalives_interval", "10"},
                                        {"keepalives_count", "3"}};

static void add_usual(nx_draft *draft, const char *keyword, const char *value) {
    if (!nx_draft_get(draft, keyword) && nx_draft_knows(draft, keyword)) {
        nx_draft_set(draft, keyword, value);
    }
}

static void add_params(nx_draft *draft) {
    for (size_t i = 0; i < NX_COUNT(fixed); i++) {
        nx_draft_set(draft, fixed[i].keyword, fixed[i].value);
    }
    for (size_t i = 0; i < NX_COUNT(usual); i++) {
        add_usual(draft, usual[i].keyword, usual[i].value);
    }
    if (!draft->source->local) {
        add_usual(draft, "tcp_user_timeout", "20000");
    }
}

/* A pooler refuses start-up options, and libpq takes them from the environment too. */
static void drop_options(nx_draft *draft) {
    if (!draft->source->pooled) {
        return;
    }
    if (nx_draft_get(draft, "options")) {
        nx_draft_unset(draft, "options");
        nx_draft_notice(draft, "options dropped: a pooler refuses them; --direct keeps them");
    }
    if (nx_draft_env(draft, "PGOPTIONS")) {
        nx_draft_notice(draft, "PGOPTIONS ignored: a pooler refuses it");
    }
    unsetenv("PGOPTIONS");
    unsetenv("PGGEQO");
}

/* --- title -------------------------------------------------------------------------------------------- */

static const char *system_user(nx_draft *draft) {
    const struct passwd *user = getpwuid(geteuid());
    return user ? nx_arena_strdup(draft->arena, user->pw_name) : NULL;
}

static const char *title(nx_draft *draft) {
    const nx_source *source = draft->source;
    const char *user = source->user ? source->user : system_user(draft);
    const char *host = source->host ? source->host : "";
    host = nx_arena_strndup(draft->arena, host, strcspn(host, ","));
    if (source->endpoint) {
        host = source->endpoint;
    } else if (!*host || *host == '/' || *host == '@') {
        host = "local";
    }
    return user ? nx_arena_printf(draft->arena, "%s@%s", user, host) : host;
}

const char *nx_source_title(const nx_source *source) { return source->title; }

static void publish(nx_draft *draft) {
    nx_source *source = draft->source;
    source->params = nx_arena_array(draft->arena, draft->nparams + 1, sizeof *source->params);
    memcpy(source->params, draft->params, draft->nparams * sizeof *source->params);
    source->nparams = draft->nparams;
    source->notices = nx_arena_array(draft->arena, draft->nnotices + 1, sizeof *source->notices);
    memcpy(source->notices, draft->notices, draft->nnotices * sizeof *source->notices);
    source->nnotices = draft->nnotices;
    const char *host = nx_draft_get(draft, "host");
    source->host = host ? host : nx_draft_get(draft, "hostaddr");
    source->port = nx_draft_get(draft, "port");
    source->user = nx_draft_get(draft, "user");
    source->database = nx_draft_get(draft, "dbname");
    source->has_password = nx_draft_get(draft, "password");
    source->title = title(draft);
}

bool nx_draft_finish(nx_draft *draft, nx_error *err) {
    nx_draft_defaults(draft);
    if (!nx_draft_neon(draft, err)) {
        return false;
    }
    nx_source *source = draft->source;
    source->local = is_local(draft);
    if (source->connect_timeout_s < MIN_CONNECT_TIMEOUT_S) {
        source->connect_timeout_s = MIN_CONNECT_TIMEOUT_S;
    }
    if (!nx_draft_tls(draft, err)) {
        return false;
    }
    drop_options(draft);
    add_params(draft);
    publish(draft);
    return true;
}
