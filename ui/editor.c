#include "editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

static bool read_file(const char *path, nx_buf *out) {
    FILE *file = fopen(path, "r");
    if (!file) {
        return false;
    }
    char chunk[8192];
    out->max = VALUE_MAX;
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        nx_buf_add(out, chunk, n);
    }
    bool good = !ferror(file) && !nx_buf_failed(out);
    fclose(file);
    return good;
}

/* $EDITOR may hold arguments: the shell splits it, the file's name goes in as a parameter. */
static int run(const char *path) {
    const char *editor = getenv("VISUAL");
    editor = editor && *editor ? editor : getenv("EDITOR");
    nx_buf command = NX_BUF;
    nx_buf_addf(&command, "exec %s \"$1\"", editor && *editor ? editor : "vi");
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
    nx_buf_free(&command);
    return pid < 0 ? -1 : status;
}

static void take_off_newline(nx_buf *now, const nx_buf *before) {
    bool had = before->len && before->data[before->len - 1] == '\n';
    if (!had && now->len && now->data[now->len - 1] == '\n') {
        now->data[--now->len] = '\0';
    }
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
        good = status == 0 && read_file(path, &now);
        if (!good) {
            nx_error_set(err, NX_ERR_SYSTEM, "the editor ended with status %d: nothing was altered", WEXITSTATUS(status));
            nx_error_hint(err, "set VISUAL or EDITOR to the editor of your choice");
        }
    }
    if (good && memchr(now.data, '\0', now.len)) {
        good = false;
        nx_error_set(err, NX_ERR_REFUSED, "the text holds a NUL byte, which PostgreSQL cannot store");
    }
    if (good) {
        take_off_newline(&now, text);
        *altered = now.len != text->len || memcmp(now.data, text->data, now.len) != 0;
        nx_buf_clear(text);
        nx_buf_add(text, now.data, now.len);
    }
    unlink(path);
    rmdir(folder);
    nx_buf_free(&now);
    return good;
}
