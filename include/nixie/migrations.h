/* migrations.h - Prisma's migrations: what the folder holds, what the database says of it, what `prisma migrate status`
 * would say of both.
 *
 * Read only: neither the table _prisma_migrations nor the folder is ever written to, and Prisma's advisory lock
 * (72707369) is looked at, never taken. The rules are those of prisma/prisma and prisma/prisma-engines, versions 6 and
 * 7 (MigrateStatus.ts, listMigrations.ts, checksum.rs, diagnose_migration_history.rs).
 */
#ifndef NIXIE_MIGRATIONS_H
#define NIXIE_MIGRATIONS_H

#include <stdbool.h>

#include "nixie/arena.h"
#include "nixie/buf.h"
#include "nixie/error.h"
#include "nixie/session.h"

typedef enum nx_migration_state {
    NX_MIGRATION_APPLIED,     /* finished, not rolled back */
    NX_MIGRATION_FAILED,      /* begun, neither finished nor rolled back */
    NX_MIGRATION_RUNNING,     /* the same, while Prisma holds its lock or for a minute */
    NX_MIGRATION_ROLLED_BACK, /* marked as rolled back */
    NX_MIGRATION_PENDING      /* in the folder, without a row in the table */
} nx_migration_state;
const char *nx_migration_state_name(nx_migration_state state); /* "applied", "failed", ..., "not applied" */

typedef struct nx_migration {
    const char *name;         /* of its folder */
    nx_migration_state state; /* by its last row: a migration may be tried several times */
    bool local;               /* the folder has it */
    bool edited;              /* its file is not what was applied: the checksum of the first row is another */
    int tries;                /* rows in the table */
    /* Of the last row, as PostgreSQL's own text; NULL where there is none. */
    const char *started_at, *finished_at, *rolled_back_at;
    const char *steps, *logs;
    const char *path;         /* of migration.sql; NULL when it is not local */
    const char *trouble;      /* why that cannot be read, or NULL */
} nx_migration;

typedef enum nx_migrations_status {
    NX_MIGRATIONS_UP_TO_DATE,
    NX_MIGRATIONS_BEHIND,    /* some have not been applied */
    NX_MIGRATIONS_DIVERGED,  /* ... and some that were are not in the folder */
    NX_MIGRATIONS_UNMANAGED, /* the database has no table of migrations */
    NX_MIGRATIONS_FAILED,
    NX_MIGRATIONS_SWITCHED   /* migration_lock.toml names another kind of database: Prisma reads no further (P3019) */
} nx_migrations_status;
const char *nx_migrations_status_name(nx_migrations_status status); /* "up to date", "behind", ... */

typedef struct nx_migrations {
    nx_arena *arena;             /* owns all of it */
    const char *folder;          /* where they were looked for; NULL: there is no project */
    const char *provider;        /* that migration_lock.toml names; NULL: there is no such file */
    bool has_table;              /* _prisma_migrations exists in the schema */
    bool has_marker;             /* prisma_contract.marker does: Prisma 8, which keeps no history here */
    int nlocal;                  /* in the folder */
    int n;                       /* the folder's, in its order, then those that only the table has, in its order */
    nx_migration *list;
    nx_migrations_status status; /* what `prisma migrate status` finds: it does not look at edited ones */
    const char *last_common;     /* NX_MIGRATIONS_DIVERGED: the last before they part, or NULL */
    /* Names as Prisma lists them, one for each row, oldest first: a migration that was tried twice is there twice. */
    const char **failed, **unknown;
    int nfailed, nunknown;
} nx_migrations;

/* Reads the folder (NULL: there is none) and the table in `schema` (NULL: public), in one trip. The callback owns what
 * it gets: nx_migrations_free(). NULL with NX_ERR_SYSTEM: a migration that was applied has no migration.sql that can be
 * read (Prisma's P3015); other errors are the server's. A folder that does not exist is an empty one. */
typedef void nx_migrations_done(void *owner, nx_migrations *migrations, const nx_error *err);
typedef struct nx_migrations_job nx_migrations_job;
nx_migrations_job *nx_migrations_load(nx_session *session, const char *folder, const char *schema,
                                      nx_migrations_done *done, void *owner);
void nx_migrations_drop(nx_migrations_job *job); /* the callback will not be called; NULL is allowed */
void nx_migrations_free(nx_migrations *migrations);

/* Appends what `prisma migrate status` prints of it, from "N migrations found in ..." on. It calls every folder
 * prisma/migrations, and so does this. */
void nx_migrations_tell(const nx_migrations *migrations, nx_buf *out);

/* Appends the first `most` bytes of migration.sql as it is now. False: it is not here, or cannot be read. */
bool nx_migration_script(const nx_migration *migration, size_t most, nx_buf *out);

#endif
