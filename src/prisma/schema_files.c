/* Reading a schema from its file, or from all files of its folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

enum { FOLDERS_MAX = 16, FILES_MAX = 2000, WHOLE_MAX = 16 * 1024 * 1024 };

static char *read_open(int fd, size_t size, size_t *len) {
    char *text = nx_alloc(size + 1);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, text + n, size - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            free(text);
            return NULL;
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
    }
    text[n] = '\0';
    *len = n;
    return text;
}

char *nx_prisma_file(const char *path, size_t *len) {
    /* A pipe that nobody writes to must not hold us up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return NULL;
    }
    struct stat st;
    char *text = NULL;
    if (fstat(fd, &st) == 0) {
        bool regular = S_ISREG(st.st_mode);
        errno = S_ISDIR(st.st_mode) ? EISDIR : !regular ? EINVAL : st.st_size > NX_PRISMA_FILE_MAX ? EFBIG : 0;
        text = errno ? NULL : read_open(fd, (size_t)st.st_size, len);
    }
    int why = errno;
    close(fd);
    errno = why;
    return text;
}

/* --- folders ---------------------------------------------------------------------------------------- */

typedef struct reader {
    nx_arena *arena;
    nx_prisma_text texts[FILES_MAX];
    size_t count, bytes;
    struct { dev_t device; ino_t file; } above[FOLDERS_MAX]; /* where we are: a link back ends there */
    int depth;
    nx_error *err;
} reader;

static bool add_file(reader *r, const char *path) {
    size_t len = 0;
    char *text = nx_prisma_file(path, &len);
    if (!text) {
        nx_error_set(r->err, NX_ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
        return false;
    }
    r->bytes += len;
    if (r->count == FILES_MAX || r->bytes > WHOLE_MAX) {
        nx_error_set(r->err, NX_ERR_SYSTEM, "the schema has too many files, or too long ones, at %s", path);
        free(text);
        return false;
    }
    r->texts[r->count++] = (nx_prisma_text){.file = path, .text = text, .len = len};
    return true;
}

static int by_text(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names in a folder, sorted: the order of files must not be the disk's. */
static char **names_in(const char *folder, size_t *count) {
    DIR *dir = opendir(folder);
    size_t n = 0, cap = 0;
    char **names = NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL && n < FILES_MAX * 4;) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "node_modules") == 0) {
            continue;
        }
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            names = nx_realloc(names, cap, sizeof *names);
        }
        names[n++] = nx_strdup(entry->d_name);
    }
    if (dir) {
        closedir(dir);
    }
    if (n) {
        qsort(names, n, sizeof *names, by_text);
    }
    *count = n;
    return names;
}

static bool enter(reader *r, const struct stat *st) {
    for (int i = 0; i < r->depth; i++) {
        if (r->above[i].device == st->st_dev && r->above[i].file == st->st_ino) {
            return false;
        }
    }
    if (r->depth == FOLDERS_MAX) {
        return false;
    }
    r->above[r->depth].device = st->st_dev;
    r->above[r->depth++].file = st->st_ino;
    return true;
}

static bool add_folder(reader *r, const char *folder);

static bool add_entry(reader *r, const char *folder, const char *name) {
    const char *path = nx_arena_printf(r->arena, "%s/%s", folder, name);
    size_t len = strlen(name);
    struct stat st;
    if (stat(path, &st) != 0) {
        return true; /* a link that leads nowhere */
    }
    if (S_ISDIR(st.st_mode)) {
        return add_folder(r, path);
    }
    return !S_ISREG(st.st_mode) || len < 8 || strcmp(name + len - 7, ".prisma") != 0 || add_file(r, path);
}

static bool add_folder(reader *r, const char *folder) {
    struct stat st;
    if (stat(folder, &st) != 0 || !enter(r, &st)) {
        return true;
    }
    size_t n;
    char **names = names_in(folder, &n);
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        ok = ok && add_entry(r, folder, names[i]);
        free(names[i]);
    }
    free(names);
    r->depth--;
    return ok;
}

static nx_prisma *parse(reader *r, const nx_prisma_where *where, nx_error *err) {
    if (r->count == 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "%s holds no *.prisma file", where->path);
        return NULL;
    }
    nx_prisma *prisma = nx_prisma_parse(r->texts, r->count, err);
    if (prisma) {
        prisma->where = (nx_prisma_where){
            .path = nx_arena_strdup(prisma->arena, where->path),
            .is_folder = where->is_folder,
            .folder = nx_arena_strdup(prisma->arena, where->folder),
            .migrations = nx_arena_strdup(prisma->arena, where->migrations),
            .origin = nx_arena_strdup(prisma->arena, where->origin),
        };
    }
    return prisma;
}

nx_prisma *nx_prisma_read(const nx_prisma_where *where, nx_error *err) {
    reader *r = nx_calloc(1, sizeof *r);
    r->arena = nx_arena_new(0);
    r->err = err;
    bool ok = where->is_folder ? add_folder(r, where->path) : add_file(r, where->path);
    nx_prisma *prisma = ok ? parse(r, where, err) : NULL;
    for (size_t i = 0; i < r->count; i++) {
        free((char *)(uintptr_t)r->texts[i].text);
    }
    nx_arena_free(r->arena);
    free(r);
    return prisma;
}
