/* find_config.h - what can be read from prisma.config.* without running it. */
#ifndef NIXIE_PRISMA_FIND_CONFIG_H
#define NIXIE_PRISMA_FIND_CONFIG_H

#include <stdbool.h>

#include "nixie/arena.h"

typedef struct nx_prisma_config {
    const char *file;       /* its name, for messages */
    const char *folder;     /* what its paths are relative to */
    const char *schema;     /* as written, or NULL */
    const char *migrations; /* migrations.path, or NULL */
} nx_prisma_config;

/* Looks for prisma.config.{js,ts,mjs,cjs,mts,cts} and .config/prisma.* in the folder. */
bool nx_prisma_config_find(const char *folder, nx_arena *arena, nx_prisma_config *config);
/* Reads the text of one: the string after schema: and that after path: in migrations. A path put together
 * by path.join("a", "b") is joined; anything cleverer is not understood and left out. */
void nx_prisma_config_scan(const char *text, size_t len, nx_arena *arena, nx_prisma_config *config);

#endif
