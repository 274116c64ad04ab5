#include "nixie/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every missing folder of the path, as the user's alone. */
static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    mkdir(path, 0700); /* where it cannot be made it cannot be opened */
}

static bool is_own(int fd, mode_t kind) {
    struct stat st;
    return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == kind && st.st_uid == geteuid() &&
           !(st.st_mode & (S_IWGRP | S_IWOTH)) && (kind == S_IFDIR || st.st_nlink == 1);
}

static int own(int fd, mode_t kind) {
    if (fd >= 0 && !is_own(fd, kind)) {
        close(fd);
        return -1;
    }
    return fd;
}

int nx_home_folder(const char *variable, const char *fallback) {
    const char *named = getenv(variable), *home = getenv("HOME");
    nx_buf path = NX_BUF;
    if (named && *named == '/') {
        nx_buf_addf(&path, "%s/nixie", named);
    } else if (home && *home == '/') {
        nx_buf_addf(&path, "%s/%s/nixie", home, fallback);
    }
    int fd = -1;
    if (path.len && !nx_buf_failed(&path)) {
        make_folders(path.data);
        fd = own(open(path.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), S_IFDIR);
    }
    nx_buf_free(&path);
    return fd;
}

int nx_home_open(int folder, const char *name, int flags) {
    return own(openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600), S_IFREG);
}

bool nx_home_read(int fd, nx_buf *out, size_t most) {
    char chunk[16384];
    ssize_t n = 1;
    while (n != 0 && out->len <= most) {
        n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno != EINTR) {
            break;
        }
        nx_buf_add(out, chunk, n > 0 ? (size_t)n : 0);
    }
    close(fd);
    return n == 0 && out->len <= most && !nx_buf_failed(out);
}

bool nx_home_write(int fd, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool nx_home_replace(int folder, const char *name, const char *bytes, size_t len) {
    char draft[64];
    snprintf(draft, sizeof draft, "new-%ld", (long)getpid());
    unlinkat(folder, draft, 0);
    int fd = nx_home_open(folder, draft, O_WRONLY | O_CREAT | O_EXCL);
    bool good = fd >= 0 && nx_home_write(fd, bytes, len);
    good = fd >= 0 && close(fd) == 0 && good;
    good = good && renameat(folder, draft, folder, name) == 0;
    if (!good) {
        unlinkat(folder, draft, 0);
    }
    return good;
}
