#include "project.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

project *project_new(void) {
    project *p = nx_calloc(1, sizeof *p);
    char name[] = "/tmp/nixie-prisma-XXXXXX";
    if (!mkdtemp(name)) {
        abort();
    }
    p->arena = nx_arena_new(0);
    p->folder = nx_arena_strdup(p->arena, name);
    return p;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void project_free(project *p) {
    nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    nx_arena_free(p->arena);
    free(p);
}

const char *project_path(project *p, const char *path) { return nx_arena_printf(p->arena, "%s/%s", p->folder, path); }

const char *project_write(project *p, const char *path, const char *text) {
    char *full = nx_arena_printf(p->arena, "%s/%s", p->folder, path);
    for (char *slash = full + strlen(p->folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        abort();
    }
    return full;
}
