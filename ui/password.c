#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "nixie/arena.h"
#include "nixie/text.h"
#include "process.h"

enum { PASSWORD_MAX = 1024, SLICE_MS = 250 };

static void say(int fd, const char *text, size_t len) {
    while (len) {
        ssize_t n = write(fd, text, len);
        if (n <= 0) {
            return;
        }
        text += n;
        len -= (size_t)n;
    }
}

static void prompt(int fd, const char *who, bool again) {
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, again ? "That was not it. Password for " : "Password for ");
    nx_text_plain(&text, who, strlen(who), false);
    nx_buf_adds(&text, ": ");
    say(fd, text.data, text.len);
    nx_buf_free(&text);
}

/* Waits for something to read. In slices, because Ctrl-C may come between looking at ui_stop and going to sleep. */
static bool readable(int fd) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (!ui_stop) {
        int n = poll(&wait, 1, SLICE_MS);
        if (n > 0 || (n < 0 && errno != EINTR)) {
            return n > 0;
        }
    }
    return false;
}

/* One line without its newline; false at its end without any, and on Ctrl-C. */
static bool read_line(int fd, char line[PASSWORD_MAX]) {
    size_t len = 0;
    for (;;) {
        char c;
        ssize_t n = readable(fd) ? read(fd, &c, 1) : -1;
        if (n <= 0 || c == '\n') {
            line[len] = '\0';
            return n > 0 && len > 0;
        }
        if (len < PASSWORD_MAX - 1) {
            line[len++] = c;
        }
    }
}

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};

/* Whoever asks may have handlers of its own, which a prompt would not hear of: ui_stop is set meanwhile. */
static void catch_signals(struct sigaction before[NX_COUNT(stopping)]) {
    for (size_t i = 0; i < NX_COUNT(stopping); i++) {
        sigaction(stopping[i], NULL, &before[i]);
    }
    ui_process_catch();
}

static void restore_signals(const struct sigaction before[NX_COUNT(stopping)]) {
    for (size_t i = 0; i < NX_COUNT(stopping); i++) {
        sigaction(stopping[i], &before[i], NULL);
    }
}

char *ui_ask_password(const char *who, bool again) {
    struct sigaction before[NX_COUNT(stopping)];
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    struct termios was;
    if (fd < 0 || tcgetattr(fd, &was) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    struct termios silent = was;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ICANON | ISIG;
    catch_signals(before);
    tcsetattr(fd, TCSAFLUSH, &silent);
    prompt(fd, who, again);
    char line[PASSWORD_MAX];
    bool ok = read_line(fd, line);
    tcsetattr(fd, TCSAFLUSH, &was);
    restore_signals(before);
    say(fd, "\n", 1);
    close(fd);
    char *password = ok ? nx_strdup(line) : NULL;
    ui_wipe(line, sizeof line);
    return password;
}

void ui_forget_password(char *password) {
    if (password) {
        ui_wipe(password, strlen(password));
        free(password);
    }
}
