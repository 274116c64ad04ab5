#include "editor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nixie/text.h"
#include "terminal.h"

enum { VALUE_MAX = 64 << 20 };

static bool write_all(int fd, const char *data, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, data + done, len - done);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* A folder of its own, so that the file can have a name with an extension that editors know. */
static bool make_file(char *folder, size_t size, char *path, size_t psize, const char *extension, const nx_buf *text) {
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, size, "%s/nixie-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(folder)) {
        *folder = '\0';
        return false;
    }
    snprintf(path, psize, "%s/value.%s", folder, extension);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    bool good = write_all(fd, text->data, text->len);
    return close(fd) == 0 && good;
}

/* Editors replace the file as well as write into it: it is opened by its name. */
static bool read_file(const char *path, nx_buf *out) {
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat s;
    if (fd < 0 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) {
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    char chunk[8192];
    ssize_t n;
    out->max = VALUE_MAX;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR)) {
        nx_buf_add(out, chunk, n > 0 ? (size_t)n : 0);
    }
    close(fd);
    return n == 0 && !nx_buf_failed(out);
}

/* With all that the editor left in it: backups and swap files hold the value too. */
static void remove_folder(const char *folder) {
    DIR *dir = *folder ? opendir(folder) : NULL;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        unlinkat(dirfd(dir), d->d_name, 0);
    }
    if (dir) {
        closedir(dir);
        rmdir(folder);
    }
}

/* The keys that a terminal turns into signals are the editor's while it runs, as system() has it. */
static const int ours[] = {SIGINT, SIGQUIT};

static void ignore_keys(struct sigaction saved[NX_COUNT(ours)]) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    for (size_t i = 0; i < NX_COUNT(ours); i++) {
        sigaction(ours[i], &ignore, &saved[i]);
    }
}

static void heed_keys(const struct sigaction saved[NX_COUNT(ours)]) {
    for (size_t i = 0; i < NX_COUNT(ours); i++) {
        sigaction(ours[i], &saved[i], NULL);
    }
}

/* $EDITOR may hold arguments: the shell splits it, the file's name goes in as a parameter. */
static int run(const char *path) {
    const char *editor = getenv("VISUAL");
    editor = editor && *editor ? editor : getenv("EDITOR");
    nx_buf command = NX_BUF;
    nx_buf_addf(&command, "exec %s \"$1\"", editor && *editor ? editor : "vi");
    struct sigaction saved[NX_COUNT(ours)];
    ignore_keys(saved);
    pid_t pid = fork();
    if (pid == 0) {
        static const int reset[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE, SIGWINCH, SIGCONT};
        for (size_t i = 0; i < NX_COUNT(reset); i++) {
            signal(reset[i], SIG_DFL);
        }
        execl("/bin/sh", "sh", "-c", command.data, "sh", path, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    heed_keys(saved);
    nx_buf_free(&command);
    return pid < 0 ? -1 : status;
}

/* A line end that the value did not have is the editor's own, in the value's way of writing it. */
static void take_off_newline(nx_buf *now, const nx_buf *before) {
    bool had = before->len && before->data[before->len - 1] == '\n';
    if (had || !now->len || now->data[now->len - 1] != '\n') {
        return;
    }
    now->len--;
    if (strstr(before->data, "\r\n") && now->len && now->data[now->len - 1] == '\r') {
        now->len--;
    }
    now->data[now->len] = '\0';
}

static bool explain(int status, nx_error *err) {
    if (status == 0) {
        nx_error_set(err, NX_ERR_SYSTEM, "the editor left no file behind that could be read: the value is as it was");
    } else if (status > 0 && WIFSIGNALED(status)) {
        nx_error_set(err, NX_ERR_SYSTEM, "the editor was ended by signal %d: the value is as it was", WTERMSIG(status));
    } else {
        nx_error_set(err, NX_ERR_SYSTEM, "the editor ended with status %d: the value is as it was", WEXITSTATUS(status));
        nx_error_hint(err, "set VISUAL or EDITOR to the editor of your choice");
    }
    return false;
}

static bool acceptable(const nx_buf *now, nx_error *err) {
    if (memchr(now->data, '\0', now->len)) {
        nx_error_set(err, NX_ERR_REFUSED, "the text holds a NUL byte, which PostgreSQL cannot store: the value is as it was");
        return false;
    }
    if (!nx_text_valid(now->data, now->len)) {
        nx_error_set(err, NX_ERR_REFUSED, "the text is not valid UTF-8: the value is as it was");
        return false;
    }
    return true;
}

bool ui_editor_run(const char *extension, nx_buf *text, bool *altered, nx_error *err) {
    char folder[512] = "", path[600] = "";
    nx_buf now = NX_BUF;
    *altered = false;
    bool good = make_file(folder, sizeof folder, path, sizeof path, extension, text);
    if (!good) {
        nx_error_set(err, NX_ERR_SYSTEM, "no temporary file for the editor: %s", strerror(errno));
    } else {
        ui_term_leave();
        int status = run(path);
        ui_term_return();
        good = (status == 0 && read_file(path, &now)) || explain(status, err);
    }
    if (good && acceptable(&now, err)) {
        take_off_newline(&now, text);
        *altered = now.len != text->len || memcmp(now.data, text->data, now.len) != 0;
        nx_buf_clear(text);
        nx_buf_add(text, now.data, now.len);
    }
    remove_folder(folder);
    nx_buf_free(&now);
    return !nx_failed(err);
}
