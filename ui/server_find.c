/* Which PostgreSQL programs are installed, and where. */
#include "server.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

/* Distributions keep the server's programs out of PATH, because several versions live side by side. */
static const char *const hiding_places[] = {
    "/usr/lib/postgresql/*/bin",                   /* Debian, Ubuntu */
    "/usr/pgsql-*/bin",                            /* PostgreSQL's own RPMs */
    "/usr/libexec/postgresql*",                    /* Alpine */
    "/usr/lib/postgresql*/bin",                    /* SUSE */
    "/usr/lib64/postgresql*/bin",                  /* Gentoo */
    "/usr/local/pgsql/bin",                        /* built from source */
    "/usr/local/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",           /* Homebrew on Apple silicon */
    "/usr/local/opt/postgresql*/bin",              /* Homebrew on Intel */
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/opt/local/lib/postgresql*/bin",              /* MacPorts */
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/pkg/bin",                                /* NetBSD */
};

static bool has_program(const char *folder, const char *name) {
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    return len > 0 && (size_t)len < sizeof path && access(path, X_OK) == 0;
}

int ui_server_parse_version(const char *output, char *text, size_t size) {
    const char *at = strstr(output, ") ");
    if (!at) {
        return 0;
    }
    at += 2;
    size_t len = strcspn(at, " \n");
    if (len >= size) {
        len = size - 1;
    }
    memcpy(text, at, len);
    text[len] = '\0';
    long major = strtol(text, NULL, 10);
    return major > 0 && major < 1000 ? (int)major : 0;
}

static int ask_version(const char *folder, char *text, size_t size) {
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/initdb", folder);
    char *argv[] = {path, (char[]){"--version"}, NULL};
    nx_buf output = NX_BUF;
    output.max = 4096;
    int status = ui_child_run(&(ui_child){.argv = argv, .output = &output});
    int version = status == 0 ? ui_server_parse_version(output.data, text, size) : 0;
    nx_buf_free(&output);
    return version;
}

static void add(ui_server_programs *programs, const char *folder) {
    char real[PATH_MAX];
    if (!has_program(folder, "initdb") || !has_program(folder, "postgres") || !realpath(folder, real)) {
        return;
    }
    for (size_t i = 0; i < programs->count; i++) {
        if (strcmp(programs->list[i].folder, real) == 0) {
            return;
        }
    }
    ui_server_program program = {0};
    program.version = ask_version(real, program.text, sizeof program.text);
    if (program.version < UI_SERVER_OLDEST) {
        programs->too_old = program.version > programs->too_old ? program.version : programs->too_old;
        return;
    }
    program.folder = nx_strdup(real);
    programs->list = nx_realloc(programs->list, programs->count + 1, sizeof programs->list[0]);
    programs->list[programs->count++] = program;
}

static void add_path(ui_server_programs *programs) {
    char *path = nx_strdup(getenv("PATH"));
    char *rest = NULL;
    for (char *folder = path ? strtok_r(path, ":", &rest) : NULL; folder; folder = strtok_r(NULL, ":", &rest)) {
        if (folder[0] == '/') {
            add(programs, folder);
        }
    }
    free(path);
}

static int newest_first(const void *a, const void *b) {
    const ui_server_program *x = a;
    const ui_server_program *y = b;
    return (y->version > x->version) - (y->version < x->version);
}

void ui_server_find(ui_server_programs *programs) {
    *programs = (ui_server_programs){0};
    add_path(programs);
    for (size_t i = 0; i < NX_COUNT(hiding_places); i++) {
        glob_t found;
        if (glob(hiding_places[i], 0, NULL, &found) == 0) {
            for (size_t j = 0; j < found.gl_pathc; j++) {
                add(programs, found.gl_pathv[j]);
            }
            globfree(&found);
        }
    }
    if (programs->count > 1) {
        qsort(programs->list, programs->count, sizeof programs->list[0], newest_first);
    }
}

void ui_server_programs_free(ui_server_programs *programs) {
    for (size_t i = 0; i < programs->count; i++) {
        free(programs->list[i].folder);
    }
    free(programs->list);
    *programs = (ui_server_programs){0};
}
