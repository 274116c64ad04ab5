/* Finding the schema: what Prisma's own tools would take. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nixie/json.h"

#include "find_config.h"
#include "files.h"

typedef enum entry { NOTHING, A_FILE, A_FOLDER } entry;

static entry look(const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) {
        return NOTHING;
    }
    return S_ISDIR(st.st_mode) ? A_FOLDER : S_ISREG(st.st_mode) ? A_FILE : NOTHING;
}

/* `path` as seen from `base`; both may be relative to the current folder. */
static const char *join(nx_arena *arena, const char *base, const char *path) {
    while (path[0] == '.' && path[1] == '/') {
        path += 2;
    }
    if (path[0] == '/' || strcmp(base, ".") == 0) {
        return nx_arena_strdup(arena, path);
    }
    return nx_arena_printf(arena, strcmp(base, "/") == 0 ? "%s%s" : "%s/%s", base, path);
}

static const char *folder_of(nx_arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    return !slash ? "." : slash == path ? "/" : nx_arena_strndup(arena, path, (size_t)(slash - path));
}

/* Settles on a path. The migrations stand beside the schema's file, as far as nobody says otherwise; for
 * a folder beside the file with the datasource, which is in it. */
static bool settle(const char *path, const char *migrations, const char *origin, nx_arena *arena,
                   nx_prisma_where *where) {
    entry what = look(path);
    where->path = path;
    where->is_folder = what == A_FOLDER;
    where->folder = where->is_folder ? path : folder_of(arena, path);
    where->migrations = migrations ? migrations : join(arena, where->folder, "migrations");
    where->origin = origin;
    /* The folder prisma/schema with prisma/migrations beside it, as many keep them. */
    if (where->is_folder && !migrations && look(where->migrations) == NOTHING) {
        const char *beside = join(arena, folder_of(arena, path), "migrations");
        where->migrations = look(beside) == A_FOLDER ? beside : where->migrations;
    }
    return what != NOTHING;
}

static bool missing(const char *path, const char *origin, nx_error *err) {
    nx_error_set(err, NX_ERR_SYSTEM, "the Prisma schema %s cannot be opened: %s", path, strerror(ENOENT));
    if (strcmp(origin, "--prisma") == 0) {
        nx_error_hint(err, "--prisma takes the path of a schema.prisma, or of a folder with *.prisma files");
    } else {
        nx_error_hint(err, "%s names it; --prisma PATH takes another", origin);
    }
    return false;
}

static bool settle_named(const char *path, const char *migrations, const char *origin, nx_arena *arena,
                         nx_prisma_where *where, nx_error *err) {
    return settle(path, migrations, origin, arena, where) || missing(path, origin, err);
}

/* --- one folder ------------------------------------------------------------------------------------- */

typedef enum outcome { NOT_HERE, FOUND, BROKEN } outcome;

/* prisma.config.* says where the schema is; one that does not leaves it at its usual places, but its
 * migrations folder counts. */
static outcome in_config(const char *folder, nx_arena *arena, nx_prisma_where *where, const char **migrations,
                         nx_error *err) {
    nx_prisma_config config;
    if (!nx_prisma_config_find(folder, arena, &config)) {
        return NOT_HERE;
    }
    *migrations = config.migrations ? join(arena, config.folder, config.migrations) : NULL;
    if (!config.schema) {
        return NOT_HERE;
    }
    const char *path = join(arena, config.folder, config.schema);
    return settle_named(path, *migrations, config.file, arena, where, err) ? FOUND : BROKEN;
}

static const char *string_in(const nx_json_line *line, nx_arena *arena) {
    nx_error err = NX_ERROR;
    nx_value *values;
    const char *array = nx_arena_printf(arena, "[%.*s]", (int)line->len, line->text);
    const char *text = *line->text == '"' && nx_json_read_array(array, arena, &values, &err) == 1 ? values[0].text : NULL;
    nx_error_clear(&err);
    return text;
}

static bool is_key(const nx_json_line *line, const char *key) {
    return line->key && line->keylen == strlen(key) && memcmp(line->key, key, line->keylen) == 0;
}

/* {"prisma": {"schema": "..."}} */
static const char *schema_in_package(const char *json, size_t len, nx_arena *arena) {
    nx_json_line *lines;
    long n = nx_json_lines(json, len, arena, &lines);
    bool inside = false;
    for (long i = 0; i < n; i++) {
        if (lines[i].depth == 1 && lines[i].key) {
            inside = is_key(&lines[i], "\"prisma\"");
        } else if (inside && lines[i].depth == 2 && is_key(&lines[i], "\"schema\"")) {
            return string_in(&lines[i], arena);
        }
    }
    return NULL;
}

static outcome in_package(const char *folder, nx_arena *arena, nx_prisma_where *where, const char *migrations,
                          nx_error *err) {
    size_t len = 0;
    char *json = nx_prisma_file(join(arena, folder, "package.json"), &len);
    const char *schema = json ? schema_in_package(json, len, arena) : NULL;
    free(json);
    if (!schema) {
        return NOT_HERE;
    }
    return settle_named(join(arena, folder, schema), migrations, "package.json", arena, where, err) ? FOUND : BROKEN;
}

static outcome at_usual_place(const char *folder, nx_arena *arena, nx_prisma_where *where, const char *migrations) {
    static const struct {
        const char *path;
        entry what;
    } places[] = {{"schema.prisma", A_FILE}, {"prisma/schema.prisma", A_FILE}, {"prisma/schema", A_FOLDER}};
    for (size_t i = 0; i < NX_COUNT(places); i++) {
        const char *path = join(arena, folder, places[i].path);
        if (look(path) == places[i].what && settle(path, migrations, places[i].path, arena, where)) {
            return FOUND;
        }
    }
    return NOT_HERE;
}

static outcome in_folder(const char *folder, nx_arena *arena, nx_prisma_where *where, nx_error *err) {
    const char *migrations = NULL;
    outcome found = in_config(folder, arena, where, &migrations, err);
    if (found == NOT_HERE) {
        found = in_package(folder, arena, where, migrations, err);
    }
    return found == NOT_HERE ? at_usual_place(folder, arena, where, migrations) : found;
}

/* --- upwards ---------------------------------------------------------------------------------------- */

static bool is_project(const char *folder, nx_arena *arena) {
    return look(join(arena, folder, "package.json")) == A_FILE;
}

/* Is there a project at or above this folder? Without one only the folder itself is looked into: a stray
 * schema in a home folder is nobody's project. */
static bool has_project(const char *folder, nx_arena *arena) {
    for (const char *at = folder;; at = folder_of(arena, at)) {
        if (is_project(at, arena)) {
            return true;
        }
        if (strcmp(at, "/") == 0) {
            return false;
        }
    }
}

static bool same(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The config that a schema which is named belongs to, in its folder or above it up to the package.json (not far, where
 * there is none), may say where the migrations are; unless it names another schema. */
static void ask_config(nx_arena *arena, nx_prisma_where *where) {
    char *real = realpath(where->path, NULL);
    const char *at = nx_arena_strdup(arena, real ? real : "/");
    free(real);
    nx_prisma_config config;
    for (int level = 0; level < 4 && strcmp(at, "/") != 0; level++) {
        at = level > 0 || !where->is_folder ? folder_of(arena, at) : at;
        if (nx_prisma_config_find(at, arena, &config)) {
            bool its = !config.schema || same(join(arena, config.folder, config.schema), where->path);
            where->migrations = its && config.migrations ? join(arena, config.folder, config.migrations) : where->migrations;
            return;
        }
        if (is_project(at, arena)) {
            return;
        }
    }
}

bool nx_prisma_find(const char *from, const char *path, nx_arena *arena, nx_prisma_where *where, nx_error *err) {
    *where = (nx_prisma_where){.path = NULL};
    if (path) {
        if (!settle_named(path, NULL, "--prisma", arena, where, err)) {
            return false;
        }
        ask_config(arena, where);
        return true;
    }
    char *real = realpath(from ? from : ".", NULL);
    if (!real) {
        return false;
    }
    const char *at = nx_arena_strdup(arena, real);
    free(real);
    bool climbs = has_project(at, arena);
    outcome found = in_folder(from ? at : ".", arena, where, err); /* so that people read short paths */
    while (found == NOT_HERE && climbs && !is_project(at, arena) && strcmp(at, "/") != 0) {
        at = folder_of(arena, at);
        found = in_folder(at, arena, where, err);
    }
    return found == FOUND;
}
