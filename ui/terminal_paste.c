#include "terminal_paste.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "nixie/now.h"

enum { PASTE_MAX = 1 << 20, PASTE_CHUNK = 16384, PIECE_MS = 200 };

void ui_encode_utf8(uint32_t c, char out[8]) {
    if (c < 0x80) {
        out[0] = (char)c;
        out[1] = '\0';
        return;
    }
    int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(lead[n] | c);
    out[n] = '\0';
}

static const char paste_begin[] = "\033[200~", paste_end[] = "\033[201~";

static void keep_rest(int *rest, const char *bytes, size_t len) {
    int ends[2];
    if (len == 0 || pipe(ends) != 0) {
        return;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ssize_t n = write(ends[1], bytes, len); /* a pipe takes more than one read of a terminal gives */
    (void)n;
    close(ends[1]);
    *rest = ends[0];
}

/* In locales that are not UTF-8 the terminal sends its own characters. */
static void to_utf8(nx_buf *text) {
    nx_buf out = NX_BUF;
    mbstate_t state = {0};
    for (size_t i = 0; i < text->len;) {
        wchar_t c;
        char utf8[8];
        size_t used = mbrtowc(&c, text->data + i, text->len - i, &state);
        bool good = used > 0 && used <= text->len - i;
        ui_encode_utf8(good ? (uint32_t)c : '?', utf8);
        nx_buf_adds(&out, utf8);
        i += good ? used : 1;
    }
    nx_buf_free(text);
    *text = out;
}

/* A terminal sends the end of a line as CR, some as LF: a newline either way. CR LF is what the text has.
 * A beginning of a paste within it is no part of the text. */
static void clean_paste(nx_buf *text, ui_input *input) {
    char *out = text->data;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        if (c == '\033' && strncmp(text->data + i, paste_begin, sizeof paste_begin - 1) == 0) {
            i += sizeof paste_begin - 2;
            continue;
        }
        input->nul |= c == '\0';
        *out++ = c == '\r' && text->data[i + 1] != '\n' ? '\n' : c;
    }
    text->len = text->len ? (size_t)(out - text->data) : 0;
    if (text->len) {
        *out = '\0';
    }
}

static void cut_paste(nx_buf *text, ui_input *input) {
    if (text->len <= PASTE_MAX) {
        return;
    }
    input->cut = true;
    text->len = PASTE_MAX;
    while (text->len > 0 && ((unsigned char)text->data[text->len] & 0xC0) == 0x80) {
        text->len--; /* not within a character */
    }
    text->data[text->len] = '\0';
}

/* Takes what came; true when the end mark is among it. Beyond the limit only the mark is looked for. */
static bool take_chunk(nx_buf *all, int *rest, const char *chunk, size_t n) {
    size_t before = all->len, mark = sizeof paste_end - 1;
    nx_buf_add(all, chunk, n);
    size_t from = before > mark ? before - mark : 0;
    char *end = memmem(all->data + from, all->len - from, paste_end, mark);
    if (end) {
        size_t len = (size_t)(end - all->data);
        keep_rest(rest, end + mark, all->len - len - mark);
        all->len = len;
        *end = '\0';
        return true;
    }
    size_t most = PASTE_MAX + 2 * PASTE_CHUNK;
    if (all->len > most) {
        memmove(all->data + most - PASTE_CHUNK, all->data + all->len - mark, mark);
        all->len = most - PASTE_CHUNK + mark;
        all->data[all->len] = '\0';
    }
    return false;
}

/* Waits a moment for the rest of a paste that arrives in pieces. */
static bool more_input(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return nx_poll(&p, 1, nx_now_ms() + PIECE_MS, true) > 0;
}

/* From what was read too far before, then from the terminal. */
static ssize_t read_chunk(int *rest, char *chunk, size_t size) {
    ssize_t n = 0;
    if (*rest >= 0) {
        n = read(*rest, chunk, size);
        close(*rest); /* it held no more than that */
        *rest = -1;
    }
    return n > 0 ? n : more_input(STDIN_FILENO) ? read(STDIN_FILENO, chunk, size) : 0;
}

char *ui_paste_read(nx_buf *text, int *rest, bool utf8, ui_input *input) {
    char chunk[PASTE_CHUNK];
    nx_buf_clear(text);
    for (bool ended = false; !ended;) {
        ssize_t n = read_chunk(rest, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break; /* the end mark never came */
        }
        ended = take_chunk(text, rest, chunk, (size_t)n);
    }
    if (!utf8) {
        to_utf8(text);
    }
    clean_paste(text, input);
    cut_paste(text, input);
    return text->data;
}
