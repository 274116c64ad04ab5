/* migrations.h - what the files of the migrations share. */
#ifndef NIXIE_PRISMA_MIGRATIONS_H
#define NIXIE_PRISMA_MIGRATIONS_H

#include "nixie/migrations.h"

enum { NX_MIGRATIONS_MOST = 20000 }; /* folders, and rows of the table */

/* --- the folder ------------------------------------------------------------------------------------------------- */

/* A script with the checksums that count as its own: as it is, and with its line ends made LF or CRLF. */
enum { NX_SCRIPT_SUMS = 3, NX_SHA256_HEX = 65 };
typedef struct nx_script {
    const char *name, *path;
    const char *trouble; /* why it cannot be read, or NULL */
    unsigned char sums[NX_SCRIPT_SUMS][32];
} nx_script;

/* The folders in it, by name; links to folders are none, as with Prisma. False with NX_ERR_SYSTEM: there are too many. */
bool nx_migrations_read_folder(const char *folder, nx_arena *arena, nx_script **scripts, int *count, nx_error *err);
/* The provider that migration_lock.toml names, read as Prisma reads it; NULL where there is no such file. */
const char *nx_migrations_read_lock(const char *folder, nx_arena *arena);
void nx_script_sum(const char *text, size_t len, nx_script *out);
/* Is this one of the script's checksums, in hexadecimal digits? Prisma once wrote them without leading zeros. */
bool nx_script_has_sum(const nx_script *script, const char *hex);

/* --- the table -------------------------------------------------------------------------------------------------- */

typedef struct nx_migration_row {
    const char *name, *checksum, *started_at, *finished_at, *rolled_back_at, *steps, *logs;
    bool young; /* begun within a minute */
} nx_migration_row;

/* Lays the rows, oldest first, beside the scripts: fills list, n, failed, unknown, status and last_common. Strings are
 * borrowed. `has_table` and `provider` are set before. `locked`: Prisma is at work. False with NX_ERR_SYSTEM: a script
 * that was applied cannot be read. */
bool nx_migrations_compare(nx_migrations *m, const nx_script *scripts, const nx_migration_row *rows, int nrows, bool locked,
                           nx_error *err);

#endif
