/* draft.h - a source while it is being put together.
 *
 * A URL, a keyword string or nothing at all fills the draft with libpq's keywords; then the
 * service file and the environment fill the gaps, and Neon, TLS and the fixed parameters are decided.
 */
#ifndef NIXIE_SOURCE_DRAFT_H
#define NIXIE_SOURCE_DRAFT_H

#include <libpq-fe.h>

#include "nixie/source.h"

#define NX_DRAFT_PARAMS  128 /* libpq has about 50 keywords, and each is held once */
#define NX_DRAFT_NOTICES 32

typedef struct nx_draft {
    nx_arena *arena;
    nx_source *source;
    char *const *environment;
    const char *folder;      /* the project's, for relative paths; NULL when unknown */
    PQconninfoOption *known; /* the keywords of the libpq that is running */
    nx_source_param params[NX_DRAFT_PARAMS];
    size_t nparams;
    const char *notices[NX_DRAFT_NOTICES];
    size_t nnotices;
    const char *ssl;       /* node-postgres' ssl=..., Prisma's sslaccept=... and sslcert=...: */
    const char *sslaccept; /* they decide only together with the rest */
    const char *sslcert;
    bool direct;       /* --direct was asked for */
    bool known_direct; /* ... and the URL comes from a variable that names a direct one */
} nx_draft;

/* Overwrites `len` bytes in a way that is not optimised away. NULL is allowed. */
void nx_wipe(const char *secret, size_t len);
void nx_wipe_string(const char *secret);

const char *nx_draft_get(const nx_draft *draft, const char *keyword);
/* Copies value; an empty one takes the keyword away, as libpq ignores empty values. */
void nx_draft_set(nx_draft *draft, const char *keyword, const char *value);
void nx_draft_unset(nx_draft *draft, const char *keyword);
void nx_draft_notice(nx_draft *draft, const char *format, ...) NX_PRINTF(2, 3);
/* Is it a keyword of the libpq that is running? */
bool nx_draft_knows(const nx_draft *draft, const char *keyword);

/* The value of an environment variable, NULL when absent; the second also when empty. */
const char *nx_environment_get(char *const *environment, const char *name);
const char *nx_draft_env(const nx_draft *draft, const char *name);

/* Reads a URL or a keyword string into the draft. */
bool nx_draft_read(nx_draft *draft, const char *text, nx_error *err);
/* The URL inside a prisma+postgres://localhost api_key (base64url of JSON), malloc'ed, or NULL. */
char *nx_prisma_local_url(const char *api_key, size_t len);
/* One parameter of a URL, as Prisma and node-postgres mean it. */
bool nx_draft_url_param(nx_draft *draft, const char *name, const char *value, nx_error *err);
/* One of libpq's keywords, as libpq means it: drops what nixie decides itself. */
void nx_draft_libpq_param(nx_draft *draft, const char *name, const char *value);

/* Fills what libpq would take from the service file and the environment and nixie must know. */
void nx_draft_defaults(nx_draft *draft);
/* Endpoint, region, pooler; --direct. */
bool nx_draft_neon(nx_draft *draft, nx_error *err);
bool nx_draft_tls(nx_draft *draft, nx_error *err);
/* The system's certificates for a libpq of that version: "system", a bundle's path, or NULL. */
const char *nx_tls_system_roots(nx_draft *draft, int libpq_version);
/* Everything after reading, up to the finished source. */
bool nx_draft_finish(nx_draft *draft, nx_error *err);

/* Where the text comes from: malloc'ed, or NULL without an error when nothing names a source. */
char *nx_source_locate(nx_draft *draft, const nx_source_request *request, nx_error *err);

/* A file's text, malloc'ed, at most 256 KiB. NULL with errno set. `any`: pipes too. */
char *nx_file_read(const char *path, bool any, size_t *len);
/* The nearest folder at or above `from` (NULL: the current one) with a package.json or .env;
 * malloc'ed, or NULL. */
char *nx_project_folder(const char *from);

#endif
