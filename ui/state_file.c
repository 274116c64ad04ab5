#include "state_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "nixie/home.h"

enum { READ_MOST = 1 << 20 };

int ui_state_folder(void) { return nx_home_folder("XDG_STATE_HOME", ".local/state"); }

int ui_state_open(int folder, const char *name, int flags) {
    int fd = nx_home_open(folder, name, flags);
    if (fd >= 0) {
        flock(fd, LOCK_EX);
    }
    return fd;
}

bool ui_state_write(int fd, const char *data, size_t len) { return nx_home_write(fd, data, len); }

void ui_state_read(const char *name, nx_buf *out) {
    int folder = ui_state_folder(), fd = folder >= 0 ? ui_state_open(folder, name, O_RDONLY) : -1;
    if (fd >= 0) {
        nx_home_read(fd, out, READ_MOST);
    }
    if (folder >= 0) {
        close(folder);
    }
}

bool ui_state_append(const char *name, const nx_buf *text) {
    int folder = ui_state_folder(), fd = folder >= 0 ? ui_state_open(folder, name, O_WRONLY | O_CREAT | O_APPEND) : -1;
    bool good = fd >= 0 && nx_home_write(fd, text->data, text->len);
    if (fd >= 0) {
        good = close(fd) == 0 && good;
    }
    if (folder >= 0) {
        close(folder);
    }
    return good;
}
