#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draft.h"

enum { MAX_FILE = 256 * 1024 };

static char *read_all(int fd, size_t *len) {
    char *text = nx_alloc(MAX_FILE + 1);
    size_t n = 0;
    ssize_t got = 1;
    while (n <= MAX_FILE && got > 0) {
        got = read(fd, text + n, MAX_FILE + 1 - n);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        n += got > 0 ? (size_t)got : 0;
    }
    if (got < 0 || n > MAX_FILE) {
        int why = got < 0 ? errno : EFBIG;
        nx_wipe(text, n);
        free(text);
        errno = why;
        return NULL;
    }
    text[n] = '\0';
    *len = n;
    return text;
}

char *nx_file_read(const char *path, bool any, size_t *len) {
    /* A pipe that nobody writes to must not hold us up at a place that we only look into. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (any ? 0 : O_NONBLOCK));
    if (fd < 0) {
        return NULL;
    }
    struct stat st;
    char *text = NULL;
    if (fstat(fd, &st) == 0) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        text = S_ISREG(st.st_mode) || (any && !S_ISDIR(st.st_mode)) ? read_all(fd, len) : NULL;
    }
    int why = errno;
    close(fd);
    errno = why;
    return text;
}

static bool has(const char *folder, const char *file) {
    char *path = nx_alloc(strlen(folder) + strlen(file) + 2);
    stpcpy(stpcpy(stpcpy(path, folder), "/"), file);
    struct stat st;
    bool found = stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
    free(path);
    return found;
}

char *nx_project_folder(const char *from) {
    char *folder = realpath(from ? from : ".", NULL);
    while (folder && *folder) {
        if (has(folder, ".env") || has(folder, "package.json")) {
            return folder;
        }
        *strrchr(folder, '/') = '\0';
    }
    free(folder);
    return NULL;
}
