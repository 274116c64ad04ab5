/* Journals whose owner is gone: found, locked, read, and compared with where this session is. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"

enum { HEADER_MAX = 64 * 1024 };

/* --- the same database? -------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b) { return strcmp(a, b) == 0; }
static bool both(const char *a, const char *b) { return *a && *b; }
static bool differs(const char *a, const char *b) { return both(a, b) && !same(a, b); }

static void name_difference(nx_buf *out, const char *what, const char *there, const char *here) {
    if (differs(there, here)) {
        nx_buf_addf(out, "%s%s %s, now %s", out->len ? "; " : "", what, there, here);
    }
}

bool journal_same_database(const nx_binding *there, const nx_binding *here, nx_arena *arena, const char **mismatch) {
    bool place = same(there->host, here->host) && same(there->port, here->port);
    bool endpoint = both(there->endpoint, here->endpoint) && same(there->endpoint, here->endpoint);
    bool cluster = both(there->system, here->system) && same(there->system, here->system);
    if (!same(there->database, here->database) || !(place || endpoint || cluster)) {
        return false;
    }
    nx_buf words = NX_BUF;
    name_difference(&words, "branch", there->branch, here->branch);
    name_difference(&words, "endpoint", there->endpoint, here->endpoint);
    if (!place && !endpoint) {
        nx_buf_addf(&words, "%shost %s:%s, now %s:%s", words.len ? "; " : "", there->host, there->port, here->host,
                    here->port);
    }
    name_difference(&words, "database cluster", there->system, here->system);
    name_difference(&words, "timeline", there->timeline, here->timeline);
    name_difference(&words, "role", there->user, here->user);
    name_difference(&words, "time zone", there->timezone, here->timezone);
    *mismatch = words.len ? nx_arena_strdup(arena, words.data) : NULL;
    nx_buf_free(&words);
    return true;
}

/* --- one file ------------------------------------------------------------------------------------------------------ */

/* Opened and locked: then its owner is gone. -1 when it is not, or when it is not a file of the user's alone. */
static int open_locked(int folder, const char *name, struct stat *st) {
    int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    bool good = fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid() && st->st_nlink == 1 &&
                !(st->st_mode & (S_IRWXG | S_IRWXO)) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
                journal_same_file(folder, name, fd);
    if (!good && fd >= 0) {
        close(fd);
    }
    return good ? fd : -1;
}

static char *read_file(int fd, size_t size, size_t *len) {
    char *bytes = malloc(size + 1);
    *len = 0;
    while (bytes && *len < size) {
        ssize_t n = pread(fd, bytes + *len, size - *len, (off_t)*len);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        *len += n > 0 ? (size_t)n : 0;
    }
    return bytes;
}

/* Without a lock, so that nobody else's scan takes a file of another database for one with a living owner. */
static bool concerns(const nx_journal *j, const char *name) {
    int fd = openat(j->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    size_t len = 0;
    char *bytes = fd >= 0 ? read_file(fd, HEADER_MAX, &len) : NULL;
    nx_orphan o = {.arena = nx_arena_new(0)};
    nx_buf adopted = NX_BUF;
    const char *newline = bytes ? memchr(bytes, '\n', len) : NULL, *mismatch;
    bool good = len == 0 || (newline && journal_read(&o, bytes, (size_t)(newline + 1 - bytes), &adopted) &&
                             journal_same_database(&o.binding, &j->binding, o.arena, &mismatch));
    nx_buf_free(&adopted);
    nx_arena_free(o.arena);
    free(bytes);
    if (fd >= 0) {
        close(fd);
    }
    return good && fd >= 0;
}

static nx_orphan *read_orphan(const nx_journal *j, const char *name, nx_buf *adopted) {
    struct stat st = {0};
    int fd = concerns(j, name) ? open_locked(j->folder, name, &st) : -1;
    if (fd < 0) {
        return NULL;
    }
    if (st.st_size == 0) { /* what could not be removed when nothing was staged any more */
        unlinkat(j->folder, name, 0);
        close(fd);
        return NULL;
    }
    nx_arena *arena = nx_arena_new(0);
    nx_orphan *o = nx_arena_alloc(arena, sizeof *o);
    *o = (nx_orphan){.arena = arena, .fd = fd, .folder = fcntl(j->folder, F_DUPFD_CLOEXEC, 0), .time = st.st_mtime};
    o->path = nx_arena_printf(arena, "%s/%s", j->path, name);
    size_t len;
    char *bytes = read_file(fd, (size_t)st.st_size, &len);
    bool good = bytes && journal_read(o, bytes, len, adopted) && strncmp(name, o->id, strlen(o->id)) == 0 &&
                journal_same_database(&o->binding, &j->binding, arena, &o->mismatch);
    free(bytes);
    if (!good) {
        nx_orphan_free(o);
        return NULL;
    }
    return o;
}

void nx_orphan_free(nx_orphan *o) {
    if (o) {
        close(o->fd);
        if (o->folder >= 0) {
            close(o->folder);
        }
        nx_arena_free(o->arena);
    }
}

bool nx_orphan_discard(nx_orphan *o, nx_error *err) {
    if (unlinkat(o->folder, strrchr(o->path, '/') + 1, 0) != 0 && errno != ENOENT) {
        nx_error_set(err, NX_ERR_SYSTEM, "the journal %s cannot be removed: %s", o->path, strerror(errno));
        return false;
    }
    fsync(o->folder);
    return true;
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static bool ends(const char *name, const char *ending) {
    size_t n = strlen(name), e = strlen(ending);
    return n == JOURNAL_ID + e && strcmp(name + n - e, ending) == 0;
}

/* Begun by somebody who is gone before it had its name: it never counted. */
static void sweep(const nx_journal *j, const char *name) {
    struct stat st;
    int fd = open_locked(j->folder, name, &st);
    if (fd >= 0) {
        unlinkat(j->folder, name, 0);
        close(fd);
    }
}

static int by_time(const void *a, const void *b) {
    const nx_orphan *x = *(nx_orphan *const *)a, *y = *(nx_orphan *const *)b;
    return x->time != y->time ? (x->time > y->time) - (x->time < y->time) : strcmp(x->path, y->path);
}

/* Taken over already by one that died before it could remove it, or holding nothing. */
static bool superseded(const nx_orphan *o, const nx_buf *adopted) {
    return strstr(adopted->data, o->id) || (o->nchanges == 0 && !o->damaged);
}

int nx_journal_orphans(nx_journal *j, nx_orphan ***orphans) {
    *orphans = NULL;
    if (!nx_journal_check(j, NULL)) {
        return 0;
    }
    int n = 0, kept = 0, fd = openat(j->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    nx_buf adopted = NX_BUF;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        nx_orphan *o = ends(entry->d_name, JOURNAL_ENDING) && strncmp(entry->d_name, j->id, JOURNAL_ID) != 0
                           ? read_orphan(j, entry->d_name, &adopted) : NULL;
        if (o) {
            *orphans = nx_realloc(*orphans, (size_t)n + 1, sizeof **orphans);
            (*orphans)[n++] = o;
        } else if (ends(entry->d_name, JOURNAL_NEW)) {
            sweep(j, entry->d_name);
        }
    }
    if (folder) {
        closedir(folder);
    } else if (fd >= 0) {
        close(fd);
    }
    for (int i = 0; i < n; i++) {
        if (superseded((*orphans)[i], &adopted)) {
            nx_orphan_discard((*orphans)[i], NULL);
            nx_orphan_free((*orphans)[i]);
        } else {
            (*orphans)[kept++] = (*orphans)[i];
        }
    }
    nx_buf_free(&adopted);
    if (kept > 1) {
        qsort(*orphans, (size_t)kept, sizeof **orphans, by_time);
    }
    return kept;
}
