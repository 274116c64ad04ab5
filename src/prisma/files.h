/* files.h - reading the user's files, within bounds. */
#ifndef NIXIE_PRISMA_FILES_H
#define NIXIE_PRISMA_FILES_H

#include "nixie/prisma.h"

enum { NX_PRISMA_FILE_MAX = 4 * 1024 * 1024 };

/* The whole regular file, NUL-terminated and malloc'ed; NULL with errno. */
char *nx_prisma_file(const char *path, size_t *len);

#endif
