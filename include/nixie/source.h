/* source.h - where to connect, and how that was found.
 *
 * Order: an explicit URL; --env FILE; DATABASE_URL in the environment; the
 * project's .env; libpq's own PG* variables and service file. With `direct`: DIRECT_URL, else
 * DATABASE_URL_UNPOOLED, else the host without "-pooler", else an NX_ERR_USAGE.
 *
 * URLs are parsed here, not by libpq: Prisma's parameters are translated or dropped with a notice
 * (Prisma docs, "PostgreSQL connector: Arguments"), user and password are percent-decoded, and
 * the result goes to PQconnectStartParams as keywords and values. A string with '=' and without
 * "://" is a libpq keyword/value string and is parsed by PQconninfoParse.
 * No password ever appears in a notice, an error or a description made here.
 */
#ifndef NIXIE_SOURCE_H
#define NIXIE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "nixie/error.h"

typedef struct nx_source_param {
    const char *keyword; /* a libpq connection keyword (libpq 34.1.2) */
    const char *value;
} nx_source_param;

typedef enum nx_tls_wish {
    NX_TLS_DEFAULT, /* not said: verify-full unless the host is local (see nx_source_find) */
    NX_TLS_EXPLICIT /* an sslmode was given and is obeyed */
} nx_tls_wish;

typedef struct nx_source {
    nx_arena *arena;         /* owns everything below */
    const char *origin;      /* "--url", "DATABASE_URL in the environment", "DATABASE_URL in .env",
                                "libpq defaults" */
    nx_source_param *params; /* complete: with sslmode, sslrootcert, gssencmode=disable,
                                client_encoding=UTF8, application_name, keepalives */
    size_t nparams;
    const char *host;     /* as given: name, address, socket folder, or NULL for libpq's default */
    const char *port;     /* "5432" when not given */
    const char *user;     /* NULL when libpq decides */
    const char *database; /* NULL when libpq decides */
    const char *schema;   /* Prisma's ?schema=, or NULL */
    const char *endpoint; /* Neon endpoint id ("ep-..."), or NULL when the host is not Neon's */
    const char *region;   /* Neon region and cloud ("us-east-2.aws"), or NULL */
    const char *title;    /* see nx_source_title() */
    bool pooled;          /* "-pooler" in the host's first label, or pgbouncer=true */
    bool local;           /* Unix socket or loopback */
    bool has_password;
    nx_tls_wish tls;
    const char *sslmode;       /* the mode in force */
    int connect_timeout_s;     /* at least 15 */
    int statement_timeout_ms;  /* from socket_timeout, 0 when not given */
    const char **notices;      /* "connection_limit dropped: nixie uses one connection" */
    size_t nnotices;
} nx_source;

typedef struct nx_source_request {
    const char *url;      /* --url or the positional URL; NULL when absent */
    const char *env_file; /* --env FILE; NULL when absent. Missing file: NX_ERR_SYSTEM */
    bool direct;          /* --direct */
    const char *folder;   /* where the project's .env is looked for; NULL: the current directory.
                             Walks up to the nearest folder with a package.json or .env, then
                             also tries prisma/.env there */
    char **environment;   /* "NAME=value" strings, NULL: the process's own (tests pass theirs) */
} nx_source_request;

/* Finds the source. The caller owns it: nx_source_free(). NULL with err on failure:
 * NX_ERR_USAGE for a malformed URL (position says where) or prisma:// schemes (with a hint);
 * NX_ERR_SYSTEM for an unreadable --env file or one without DATABASE_URL.
 * TLS: no sslmode and a host that is not local, or a Neon host: verify-full against the system's
 * certificates (the first of the known bundles when libpq is older than 16, else
 * sslrootcert=system). Pooled hosts get no `options`; PGOPTIONS is ignored for them. */
nx_source *nx_source_find(const nx_source_request *request, nx_error *err);
void nx_source_free(nx_source *source); /* wipes the password first */

/* "role@host", with the Neon endpoint id in place of a Neon host, a socket as "role@local".
 * In the source's arena. Raw text: sanitise before showing. */
const char *nx_source_title(const nx_source *source);

/* --- dotenv (dotenv 16/17's LINE grammar; Prisma's ${NAME} expansion) -------------------------- */

typedef struct nx_dotenv nx_dotenv;

/* Parses the text of a .env file; never fails: lines that do not match are skipped, as dotenv
 * does. A later duplicate wins. No expansion is done here. */
nx_dotenv *nx_dotenv_parse(const char *text, size_t len);
void nx_dotenv_free(nx_dotenv *env);
/* The value, or NULL. Owned by env. */
const char *nx_dotenv_get(const nx_dotenv *env, const char *name);
/* The value with ${NAME} expanded as Prisma's dotenvExpand does (the process environment wins over
 * the file, unknown names become "", "\${" is a literal "${", recursion is bounded). malloc'ed, or NULL. */
char *nx_dotenv_expand(const nx_dotenv *env, const char *name, char *const *environment);

#endif
