/* project.h - a temporary folder with the files of a project. */
#ifndef TESTS_PRISMA_PROJECT_H
#define TESTS_PRISMA_PROJECT_H

#include <stdbool.h>

#include "nixie/arena.h"

typedef struct project {
    nx_arena *arena;
    const char *folder; /* real path */
} project;

project *project_new(void);
void project_free(project *p); /* removes the folder */
/* Writes a file, making the folders on its way. Returns its path. */
const char *project_write(project *p, const char *path, const char *text);
const char *project_path(project *p, const char *path);

#endif
