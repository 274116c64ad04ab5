#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nixie/arena.h"
#include "process.h"

static bool fail(ui_export_file *file, const char *what, nx_error *err) {
    int number = errno;
    nx_error_set(err, NX_ERR_SYSTEM, "could not %s %s: %s", what, file->path ? file->path : "standard output", strerror(number));
    file->broken = number == EPIPE;
    return false;
}

/* A link leads to the file that is meant; what is no file (a device, a pipe) is written to as it is. */
static bool resolve(ui_export_file *file, struct stat *old) {
    if (stat(file->path, old) != 0) {
        return false;
    }
    char *real = realpath(file->path, NULL);
    if (real) {
        free(file->path);
        file->path = real;
    }
    return true;
}

static mode_t wanted_mode(const struct stat *old, bool exists) {
    mode_t mask = umask(0);
    umask(mask);
    return exists ? old->st_mode & 0777 : 0666 & ~mask;
}

bool ui_export_file_open(ui_export_file *file, const char *path, nx_error *err) {
    *file = (ui_export_file){.fd = STDOUT_FILENO};
    if (!path) {
        return true;
    }
    struct stat old = {0};
    file->path = nx_strdup(path);
    bool exists = resolve(file, &old);
    bool directly = exists && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode);
    if (exists && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        file->fd = -1;
    } else if (directly) {
        file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    } else {
        nx_buf name = NX_BUF;
        nx_buf_addf(&name, "%s.XXXXXX", file->path);
        file->temporary = nx_buf_take(&name);
        file->fd = mkstemp(file->temporary);
    }
    if (file->fd < 0) {
        fail(file, "write", err);
        free(file->temporary);
        free(file->path);
        *file = (ui_export_file){.fd = -1};
        return false;
    }
    fcntl(file->fd, F_SETFD, FD_CLOEXEC);
    if (file->temporary) {
        fchmod(file->fd, wanted_mode(&old, exists));
    }
    return true;
}

bool ui_export_file_write(ui_export_file *file, nx_buf *buf, nx_error *err) {
    const char *data = buf->data;
    size_t left = buf->len;
    if (nx_buf_failed(buf)) {
        nx_error_set(err, NX_ERR_MEMORY, "out of memory while writing");
        return false;
    }
    while (left > 0) {
        ssize_t n = write(file->fd, data, left);
        if (n < 0 && errno == EINTR && !ui_stop) {
            continue;
        }
        if (n <= 0) {
            return fail(file, "write to", err);
        }
        data += n;
        left -= (size_t)n;
        file->bytes += n;
    }
    nx_buf_clear(buf);
    return true;
}

/* The name too is on disk then; where a folder cannot be synced it will be there by itself. */
static void sync_folder(const char *path) {
    char *folder = nx_strdup(path), *slash = strrchr(folder, '/');
    if (slash) {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

static void forget(ui_export_file *file) {
    free(file->temporary);
    free(file->path);
    *file = (ui_export_file){.fd = -1, .broken = file->broken};
}

bool ui_export_file_finish(ui_export_file *file, nx_error *err) {
    bool good = true;
    if (file->temporary) {
        good = fsync(file->fd) == 0 || errno == EINVAL || errno == ENOTSUP;
        good = good ? close(file->fd) == 0 : (close(file->fd), false);
        good = good && rename(file->temporary, file->path) == 0;
        if (!good) {
            fail(file, "write", err);
            unlink(file->temporary);
        } else {
            sync_folder(file->path);
        }
    } else if (file->path) {
        good = close(file->fd) == 0 || fail(file, "write to", err);
    }
    forget(file);
    return good;
}

void ui_export_file_drop(ui_export_file *file) {
    if (file->path && file->fd >= 0) {
        close(file->fd);
    }
    if (file->temporary) {
        unlink(file->temporary);
    }
    forget(file);
}
