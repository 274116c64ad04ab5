/* The journal's folder: made where it is missing, and nobody else's to write to. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"

char *nx_journal_default_folder(void) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    nx_buf path = NX_BUF;
    if (state && *state == '/') { /* a relative one is to be ignored (XDG Base Directory Specification) */
        nx_buf_addf(&path, "%s/nixie/journal", state);
    } else if (home && *home) {
        nx_buf_addf(&path, "%s/.local/state/nixie/journal", home);
    } else {
        return NULL;
    }
    return nx_buf_take(&path);
}

static void failed(nx_error *err, const char *path, const char *why) {
    nx_error_set(err, NX_ERR_SYSTEM, "the journal %s: %s", path, why);
}

/* Every missing folder of the path, as the user's alone. */
static bool make_parents(const char *path, nx_error *err) {
    char *part = nx_strdup(path);
    bool good = true;
    for (char *slash = strchr(part + 1, '/'); good && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        good = mkdir(part, 0700) == 0 || errno == EEXIST || errno == EISDIR || access(part, F_OK) == 0;
        if (!good) {
            failed(err, part, strerror(errno));
        }
        *slash = '/';
    }
    free(part);
    return good;
}

static int open_folder(int parent, const char *name, const char *path, nx_error *err) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0) {
        bool link = errno == ELOOP || (errno == ENOTDIR && fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                                       S_ISLNK(st.st_mode));
        failed(err, path, link ? "is a symbolic link" : strerror(errno));
        return -1;
    }
    const char *why = fstat(fd, &st) != 0              ? strerror(errno)
                      : st.st_uid != geteuid()         ? "belongs to somebody else"
                      : st.st_mode & (S_IWGRP | S_IWOTH) ? "can be written by others"
                                                       : NULL;
    if (why) {
        failed(err, path, why);
        nx_error_hint(err, "chown and chmod 700 make it yours alone");
        close(fd);
        return -1;
    }
    return fd;
}

/* The folder and the one it stands in: whoever can write to either could put another in its place. */
int journal_folder_open(const char *path, nx_error *err) {
    char *parent_path = nx_strdup(path);
    char *slash = strrchr(parent_path, '/');
    int fd = -1;
    if (!slash || slash == parent_path) {
        failed(err, path, "is no folder of its own");
    } else if (make_parents(path, err)) {
        *slash = '\0';
        char *name = strrchr(parent_path, '/');
        int above = open(name == parent_path ? "/" : (*name = '\0', parent_path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        *name = '/';
        if (above < 0) {
            failed(err, parent_path, strerror(errno));
        }
        int parent = above < 0 ? -1 : open_folder(above, name + 1, parent_path, err);
        if (parent >= 0 && mkdirat(parent, slash + 1, 0700) != 0 && errno != EEXIST) {
            failed(err, path, strerror(errno));
        } else if (parent >= 0) {
            fd = open_folder(parent, slash + 1, path, err);
        }
        close(above);
        close(parent);
    }
    if (fd >= 0 && faccessat(fd, ".", W_OK | X_OK, 0) != 0) {
        failed(err, path, strerror(errno));
        close(fd);
        fd = -1;
    }
    free(parent_path);
    return fd;
}

bool journal_same_file(int folder, const char *name, int fd) {
    struct stat there, here;
    return fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &here) == 0 &&
           there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

bool journal_write_all(int fd, const char *bytes, size_t len, off_t at) {
    for (size_t done = 0; done < len;) {
        ssize_t n = pwrite(fd, bytes + done, len - done, at + (off_t)done);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
        if (n == 0) {
            errno = ENOSPC;
            return false;
        }
    }
    return true;
}
