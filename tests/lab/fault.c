/* Failures on purpose: the linker sends the calls of a program under test here. See fault.h. */
#include "lab/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/clock_page.h"

/* What a fault does: an errno, or one of these. */
enum { WORKS = 0, HALF = -1, NONE = -2 };

static const struct {
    const char *name;
    int how;
} ways[] = {{"half", HALF},       {"none", NONE},       {"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EDQUOT", EDQUOT},
            {"EEXIST", EEXIST},   {"EFBIG", EFBIG},     {"EINTR", EINTR},   {"EINVAL", EINVAL}, {"EIO", EIO},
            {"ELOOP", ELOOP},     {"EMFILE", EMFILE},   {"ENOENT", ENOENT}, {"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC},
            {"ENOTDIR", ENOTDIR}, {"EPERM", EPERM},     {"EPIPE", EPIPE},   {"EROFS", EROFS},   {"EWOULDBLOCK", EWOULDBLOCK}};

/* --- what the test says -------------------------------------------------------------------------------------- */

static _Noreturn void misread(const char *faults) {
    fprintf(stderr, "no fault reads like this: %s\n", faults);
    abort();
}

/* "CALL:FIRST[+]:HOW" up to a comma; returns what stands behind it. */
static const char *read_one(const char *faults, lab_fault_rule *rule) {
    char how[16];
    long long first;
    int used = 0;
    if (sscanf(faults, "%23[A-Za-z_]:%lld%n", rule->call, &first, &used) != 2 || first < 1) {
        misread(faults);
    }
    rule->first = first;
    rule->last = faults[used] == '+' ? INT64_MAX : first;
    used += faults[used] == '+';
    int behind = 0;
    if (sscanf(faults + used, ":%15[A-Za-z]%n", how, &behind) != 1) {
        misread(faults);
    }
    rule->how = WORKS;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        rule->how = strcmp(ways[i].name, how) == 0 ? ways[i].how : rule->how;
    }
    const char *end = faults + used + behind;
    if (rule->how == WORKS || (*end && *end != ',')) {
        misread(faults);
    }
    return *end ? end + 1 : end;
}

void lab_fault_arm(lab_clock_page *page, const char *faults) {
    page->nfaults = 0;
    page->struck = 0;
    int n = 0;
    for (const char *at = faults; at && *at; n++) {
        if (n == LAB_FAULTS) {
            misread(faults);
        }
        at = read_one(at, &page->faults[n]);
        page->faults[n].seen = 0;
    }
    page->nfaults = n;
}

/* --- what a call asks ---------------------------------------------------------------------------------------- */

/* The page of this program, with the faults of its environment. Finding it allocates and opens, so that these calls
 * are let through; so are those of other threads meanwhile. */
static lab_clock_page *page_here(void) {
    static _Atomic(lab_clock_page *) page;
    static atomic_flag looking = ATOMIC_FLAG_INIT;
    if (!page && !atomic_flag_test_and_set(&looking)) {
        lab_clock_page *here = lab_clock_page_here();
        const char *faults = getenv("NIXIE_FAULT");
        if (faults) {
            lab_fault_arm(here, faults);
        }
        page = here;
    }
    return page;
}

volatile bool lab_faults_rest;

static int strike(const char *call, const char *also) {
    lab_clock_page *page = lab_faults_rest ? NULL : page_here();
    int how = WORKS;
    for (int i = 0; page && i < page->nfaults; i++) {
        lab_fault_rule *rule = &page->faults[i];
        if (strcmp(rule->call, call) == 0 || strcmp(rule->call, also) == 0) {
            int64_t nth = ++rule->seen;
            how = nth >= rule->first && nth <= rule->last ? rule->how : how;
        }
    }
    if (how != WORKS) {
        page->struck++;
        errno = how > 0 ? how : errno;
    }
    return how;
}

/* --- the calls ------------------------------------------------------------------------------------------------ */

/* One that fails with `failed` and errno. */
#define CALL_ALSO(type, name, also, parameters, arguments, failed)                            \
    type __real_##name parameters;                                                            \
    type __wrap_##name parameters;                                                            \
    type __wrap_##name parameters { return strike(#name, also) ? (failed) : __real_##name arguments; }
#define CALL(type, name, parameters, arguments, failed) CALL_ALSO(type, name, #name, parameters, arguments, failed)

/* One that moves bytes. */
#define MOVE(name, parameters, arguments, half)                                               \
    ssize_t __real_##name parameters;                                                         \
    ssize_t __wrap_##name parameters;                                                         \
    ssize_t __wrap_##name parameters {                                                        \
        int how = strike(#name, #name);                                                       \
        return how == WORKS ? __real_##name arguments : how == HALF ? __real_##name half : how == NONE ? 0 : -1; \
    }

CALL_ALSO(void *, malloc, "alloc", (size_t size), (size), NULL)
CALL_ALSO(void *, calloc, "alloc", (size_t count, size_t size), (count, size), NULL)
CALL_ALSO(void *, realloc, "alloc", (void *p, size_t size), (p, size), NULL)

MOVE(read, (int fd, void *buf, size_t len), (fd, buf, len), (fd, buf, (len + 1) / 2))
MOVE(write, (int fd, const void *buf, size_t len), (fd, buf, len), (fd, buf, (len + 1) / 2))
MOVE(pread, (int fd, void *buf, size_t len, off_t at), (fd, buf, len, at), (fd, buf, (len + 1) / 2, at))
MOVE(pwrite, (int fd, const void *buf, size_t len, off_t at), (fd, buf, len, at), (fd, buf, (len + 1) / 2, at))

CALL(int, fsync, (int fd), (fd), -1)
CALL(int, ftruncate, (int fd, off_t size), (fd, size), -1)
CALL(int, flock, (int fd, int how), (fd, how), -1)
CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
CALL(int, fstatat, (int folder, const char *name, struct stat *st, int flags), (folder, name, st, flags), -1)
CALL(int, faccessat, (int folder, const char *name, int mode, int flags), (folder, name, mode, flags), -1)
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
CALL(int, mkdirat, (int folder, const char *name, mode_t mode), (folder, name, mode), -1)
CALL(int, rename, (const char *from, const char *to), (from, to), -1)
CALL(int, renameat, (int in, const char *from, int out, const char *to), (in, from, out, to), -1)
CALL(int, unlink, (const char *path), (path), -1)
CALL(int, unlinkat, (int folder, const char *name, int flags), (folder, name, flags), -1)
CALL(DIR *, fdopendir, (int fd), (fd), NULL)
CALL(int, getentropy, (void *buf, size_t len), (buf, len), -1)

CALL(int, pipe, (int ends[2]), (ends), -1)
CALL(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
CALL(int, connect, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len), -1)
CALL(int, getaddrinfo, (const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found),
     (host, port, hints, found), EAI_SYSTEM)
CALL(int, getnameinfo,
     (const struct sockaddr *address, socklen_t len, char *host, socklen_t hosts, char *port, socklen_t ports, int flags),
     (address, len, host, hosts, port, ports, flags), EAI_SYSTEM)
CALL(int, pthread_create,
     (pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *data), (thread, attributes, run, data), errno)
CALL(int, pthread_attr_init, (pthread_attr_t *attributes), (attributes), errno)

CALL(PQconninfoOption *, PQconndefaults, (void), (), NULL)
CALL(PGconn *, PQconnectStartParams, (const char *const *keys, const char *const *values, int expand), (keys, values, expand), NULL)
CALL(int, PQsetnonblocking, (PGconn *conn, int on), (conn, on), -1)
CALL(int, PQenterPipelineMode, (PGconn *conn), (conn), 0)
CALL(int, PQsendQueryParams,
     (PGconn *conn, const char *sql, int n, const Oid *types, const char *const *values, const int *lengths, const int *formats,
      int format),
     (conn, sql, n, types, values, lengths, formats, format), 0)
CALL(int, PQpipelineSync, (PGconn *conn), (conn), 0)
CALL(PGresult *, PQgetResult, (PGconn *conn), (conn), NULL)
CALL(ConnStatusType, PQstatus, (const PGconn *conn), (conn), CONNECTION_BAD)
CALL(ExecStatusType, PQresultStatus, (const PGresult *result), (result), PGRES_PIPELINE_SYNC)
CALL(int, PQflush, (PGconn *conn), (conn), -1)
CALL(PGcancel *, PQgetCancel, (PGconn *conn), (conn), NULL)
#if defined(LIBPQ_HAS_ASYNC_CANCEL)
CALL(PGcancelConn *, PQcancelCreate, (PGconn *conn), (conn), NULL)
#endif
CALL(PGresult *, PQmakeEmptyPGresult, (PGconn *conn, ExecStatusType status), (conn, status), NULL)
CALL(int, PQsetResultAttrs, (PGresult *result, int n, PGresAttDesc *columns), (result, n, columns), 0)

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) { /* on Linux a descriptor is gone also when its close() fails */
    bool fails = strike("close", "close") != WORKS;
    int why = errno, done = __real_close(fd);
    errno = fails ? why : errno;
    return fails ? -1 : done;
}

/* It is passed only where a file may be made. */
static mode_t mode_of(int flags, va_list more) {
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    return strike("open", "open") ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    return strike("openat", "openat") ? -1 : __real_openat(folder, path, flags, mode);
}
