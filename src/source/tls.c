/* Which TLS: verify-full against the system's certificates wherever the network is involved and nothing
 * else was asked for, and for Neon always. */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "draft.h"

enum { LIBPQ_SYSTEM_ROOTS = 160000 }; /* the first with sslrootcert=system */

/* Where systems keep their certificates: Debian, Red Hat, SUSE, Alpine and macOS, the BSDs. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/etc/openssl/certs/ca-certificates.crt",
};

static const char *const modes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};

static bool known_mode(const char *mode) {
    for (size_t i = 0; i < NX_COUNT(modes); i++) {
        if (strcmp(modes[i], mode) == 0) {
            return true;
        }
    }
    return false;
}

const char *nx_tls_system_roots(nx_draft *draft, int libpq_version) {
    if (libpq_version >= LIBPQ_SYSTEM_ROOTS) {
        return "system";
    }
    /* OpenSSL's own variable, which "system" would obey. */
    const char *own = nx_draft_env(draft, "SSL_CERT_FILE");
    if (own && access(own, R_OK) == 0) {
        return own;
    }
    for (size_t i = 0; i < NX_COUNT(bundles); i++) {
        if (access(bundles[i], R_OK) == 0) {
            return bundles[i];
        }
    }
    nx_draft_notice(draft, "no file with the system's certificates was found: give one with sslrootcert=FILE");
    return NULL;
}

/* A file named relative to the schema, as Prisma reads it. */
static const char *beside_schema(const nx_draft *draft, const char *file) {
    static const char *const places[] = {"prisma/", ""};
    for (size_t i = 0; *file != '/' && draft->folder && i < NX_COUNT(places); i++) {
        const char *path = nx_arena_printf(draft->arena, "%s/%s%s", draft->folder, places[i], file);
        if (access(path, R_OK) == 0) {
            return path;
        }
    }
    return file;
}

/* sslcert is the authority's certificate to Prisma and the client's to libpq, where it needs sslkey. */
static void place_sslcert(nx_draft *draft) {
    if (!draft->sslcert) {
        return;
    }
    if (nx_draft_get(draft, "sslkey")) {
        nx_draft_set(draft, "sslcert", draft->sslcert);
    } else if (!nx_draft_get(draft, "sslrootcert")) {
        nx_draft_set(draft, "sslrootcert", beside_schema(draft, draft->sslcert));
    }
}

static void place_sslpassword(nx_draft *draft) {
    if (nx_draft_get(draft, "sslpassword") && !nx_draft_get(draft, "sslkey")) {
        nx_draft_unset(draft, "sslpassword");
        nx_draft_notice(draft, "sslpassword dropped: there is no sslkey");
    }
}

/* The mode that was asked for, in whatever words, or NULL. */
static const char *asked_mode(const nx_draft *draft) {
    const char *mode = nx_draft_get(draft, "sslmode");
    bool disable = mode && strcmp(mode, "disable") == 0;
    if (draft->sslaccept && strcmp(draft->sslaccept, "accept_invalid_certs") != 0 && !disable) {
        return "verify-full"; /* "strict", and any other word, as Prisma takes it */
    }
    if (mode) {
        return mode;
    }
    if (draft->sslaccept) {
        return "require";
    }
    if (draft->ssl) {
        bool off = strcasecmp(draft->ssl, "false") == 0 || strcmp(draft->ssl, "0") == 0;
        return off ? "disable" : "require";
    }
    return nx_draft_env(draft, "PGSSLMODE");
}

/* Would libpq itself find certificates to verify with? */
static bool own_roots(const nx_draft *draft) {
    const char *home = nx_draft_env(draft, "HOME");
    return home && access(nx_arena_printf(draft->arena, "%s/.postgresql/root.crt", home), R_OK) == 0;
}

static void place_roots(nx_draft *draft, bool ours) {
    const char *roots = nx_draft_get(draft, "sslrootcert");
    roots = roots ? roots : nx_draft_env(draft, "PGSSLROOTCERT");
    bool full = strcmp(draft->source->sslmode, "verify-full") == 0;
    bool system = roots ? strcmp(roots, "system") == 0 : full && (ours || !own_roots(draft));
    if (system) {
        roots = nx_tls_system_roots(draft, PQlibVersion());
        draft->source->sslmode = "verify-full"; /* libpq allows nothing weaker with them */
    }
    if (roots) {
        nx_draft_set(draft, "sslrootcert", roots);
    } else {
        nx_draft_unset(draft, "sslrootcert");
    }
}

bool nx_draft_tls(nx_draft *draft, nx_error *err) {
    place_sslcert(draft);
    place_sslpassword(draft);
    const char *asked = asked_mode(draft);
    if (asked && !known_mode(asked)) {
        nx_error_set(err, NX_ERR_USAGE, "unknown sslmode");
        nx_error_hint(err, "it is one of disable, allow, prefer, require, verify-ca, verify-full");
        return false;
    }
    bool neon = draft->source->endpoint;
    bool ours = neon || (!asked && !draft->source->local);
    draft->source->sslmode = nx_arena_strdup(draft->arena, ours ? "verify-full" : asked ? asked : "prefer");
    place_roots(draft, ours);
    if (neon && asked && strcmp(asked, "disable") == 0) {
        nx_draft_notice(draft, "sslmode=disable not used: Neon answers only over TLS");
    }
    bool obeyed = asked && strcmp(asked, draft->source->sslmode) == 0;
    draft->source->tls = obeyed ? NX_TLS_EXPLICIT : NX_TLS_DEFAULT;
    nx_draft_set(draft, "sslmode", draft->source->sslmode);
    return true;
}
