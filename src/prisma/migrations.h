/* migrations.h - what the files of the migrations share. */
#ifndef NIXIE_PRISMA_MIGRATIONS_H
#define NIXIE_PRISMA_MIGRATIONS_H

#include "nixie/migrations.h"

/* A script with the checksums that count as its own: as it is, and with its line ends made LF or CRLF. */
enum { NX_SCRIPT_SUMS = 3, NX_SHA256_HEX = 65 };
typedef struct nx_script {
    const char *name, *path;
    unsigned char sums[NX_SCRIPT_SUMS][32];
} nx_script;

/* The folders in it, by name. False with NX_ERR_SYSTEM: one has no migration.sql that can be read. */
bool nx_migrations_read_folder(const char *folder, nx_arena *arena, nx_script **scripts, int *count, nx_error *err);
/* Is this one of the script's checksums, in hexadecimal digits? Prisma once wrote them without leading zeros. */
bool nx_script_has_sum(const nx_script *script, const char *hex);

#endif
