#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_MOST = 1 << 20 };

static bool make_folder(const char *path) { return mkdir(path, 0700) == 0 || errno == EEXIST; }

/* A folder of the user's own; the last part must be a folder itself, not a link to one. */
int ui_state_folder(void) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    nx_buf path = NX_BUF;
    if (state && *state == '/') {
        nx_buf_adds(&path, state);
        make_folder(path.data);
    } else if (home && *home == '/') {
        nx_buf_addf(&path, "%s/.local", home);
        make_folder(path.data);
        nx_buf_adds(&path, "/state");
        make_folder(path.data);
    }
    int fd = -1;
    if (path.len) {
        nx_buf_adds(&path, "/nixie");
        make_folder(path.data);
        fd = open(path.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    nx_buf_free(&path);
    struct stat s;
    if (fd >= 0 && (fstat(fd, &s) != 0 || s.st_uid != geteuid() || (s.st_mode & 022))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* A regular file of the user's own, locked; -1 when there is none. */
int ui_state_open(int folder, const char *name, int flags) {
    int fd = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    struct stat s;
    if (fd >= 0 && (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_uid != geteuid() || s.st_nlink > 1)) {
        close(fd);
        return -1;
    }
    if (fd >= 0) {
        fchmod(fd, 0600);
        flock(fd, LOCK_EX);
    }
    return fd;
}

bool ui_state_write(int fd, const char *data, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

void ui_state_read(const char *name, nx_buf *out) {
    int folder = ui_state_folder(), fd = folder >= 0 ? ui_state_open(folder, name, O_RDONLY) : -1;
    char chunk[4096];
    for (ssize_t n; fd >= 0 && out->len < READ_MOST && (n = read(fd, chunk, sizeof chunk)) != 0;) {
        if (n > 0) {
            nx_buf_add(out, chunk, (size_t)n);
        } else if (errno != EINTR) {
            break;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    if (folder >= 0) {
        close(folder);
    }
}

bool ui_state_append(const char *name, const nx_buf *text) {
    int folder = ui_state_folder(), fd = folder >= 0 ? ui_state_open(folder, name, O_WRONLY | O_CREAT | O_APPEND) : -1;
    bool good = fd >= 0 && ui_state_write(fd, text->data, text->len);
    if (fd >= 0) {
        good = close(fd) == 0 && good;
    }
    if (folder >= 0) {
        close(folder);
    }
    return good;
}
