#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "nixie/buf.h"
#include "state_file.h"

enum { LINE_MAX_KEPT = 4096, FILE_MAX_KEPT = 512 << 10 };

/* --- secrets --------------------------------------------------------------------------------------------- */

static bool holds(const char *text, const char *word) {
    size_t len = strlen(word);
    for (; *text; text++) {
        if (strncasecmp(text, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* scheme://user:password@host */
static bool password_in_url(const char *line) {
    for (const char *at = line; (at = strstr(at, "://"));) {
        at += 3;
        size_t len = strcspn(at, "/?# \t\n'\"");
        const char *colon = memchr(at, ':', len), *end = memchr(at, '@', len);
        if (colon && end && colon < end) {
            return true;
        }
    }
    return false;
}

bool ui_history_secret_line(const char *line) {
    return holds(line, "password") || holds(line, "passwd") || password_in_url(line);
}

/* --- the file ---------------------------------------------------------------------------------------------- */

/* The newest part; false when there was more. */
static bool read_newest(int fd, nx_buf *out) {
    char chunk[16384];
    off_t size = lseek(fd, 0, SEEK_END), from = size > FILE_MAX_KEPT ? size - FILE_MAX_KEPT : 0;
    lseek(fd, from, SEEK_SET);
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) != 0;) {
        if (n > 0) {
            nx_buf_add(out, chunk, (size_t)n);
        } else if (errno != EINTR) {
            break;
        }
    }
    return from == 0;
}

/* The newest half, in a new file that takes the old one's place. */
static void cut_back(int folder, const nx_buf *all) {
    const char *from = strchr(all->data + all->len / 2, '\n');
    unlinkat(folder, "history.new", 0);
    int fd = from ? ui_state_open(folder, "history.new", O_WRONLY | O_CREAT | O_EXCL) : -1;
    if (fd < 0) {
        return;
    }
    size_t len = all->len - (size_t)(from + 1 - all->data);
    bool good = ui_state_write(fd, from + 1, len);
    if (close(fd) != 0 || !good || renameat(folder, "history.new", folder, "history") != 0) {
        unlinkat(folder, "history.new", 0);
    }
}

/* --- lines -------------------------------------------------------------------------------------------------- */

static const struct {
    char plain, letter;
} escapes[] = {{'\\', '\\'}, {'\n', 'n'}, {'\t', 't'}, {'\r', 'r'}};

static void add_escaped(nx_buf *out, const char *text) {
    for (; *text; text++) {
        size_t i = 0;
        while (i < NX_COUNT(escapes) && escapes[i].plain != *text) {
            i++;
        }
        if (i < NX_COUNT(escapes)) {
            nx_buf_addc(out, '\\');
        }
        nx_buf_addc(out, i < NX_COUNT(escapes) ? escapes[i].letter : *text);
    }
}

/* In place. */
static void unescape(char *text) {
    char *out = text;
    for (; *text; text++) {
        if (*text != '\\' || !text[1]) {
            *out++ = *text;
            continue;
        }
        text++;
        size_t i = 0;
        while (i < NX_COUNT(escapes) && escapes[i].letter != *text) {
            i++;
        }
        *out++ = i < NX_COUNT(escapes) ? escapes[i].plain : *text;
    }
    *out = '\0';
}

void ui_history_read(const char *name, void (*add)(const char *line)) {
    int folder = ui_state_folder(), fd = folder >= 0 ? ui_state_open(folder, "history", O_RDONLY) : -1;
    nx_buf all = NX_BUF, key = NX_BUF;
    if (fd >= 0) {
        if (!read_newest(fd, &all)) {
            cut_back(folder, &all);
        }
        close(fd);
    }
    add_escaped(&key, name);
    nx_buf_addc(&key, '\t');
    char *rest = NULL;
    for (char *line = all.len ? strtok_r(all.data, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, key.data, key.len) == 0) {
            unescape(line + key.len);
            add(line + key.len);
        }
    }
    nx_buf_free(&all);
    nx_buf_free(&key);
    if (folder >= 0) {
        close(folder);
    }
}

void ui_history_keep(const char *name, const char *line) {
    if (strlen(line) > LINE_MAX_KEPT || ui_history_secret_line(line)) {
        return;
    }
    int folder = ui_state_folder(), fd = folder >= 0 ? ui_state_open(folder, "history", O_WRONLY | O_CREAT | O_APPEND) : -1;
    if (fd >= 0) {
        nx_buf out = NX_BUF;
        add_escaped(&out, name);
        nx_buf_addc(&out, '\t');
        add_escaped(&out, line);
        nx_buf_addc(&out, '\n');
        ui_state_write(fd, out.data, out.len);
        nx_buf_free(&out);
        close(fd);
    }
    if (folder >= 0) {
        close(folder);
    }
}
