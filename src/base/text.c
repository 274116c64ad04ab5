#include <stdio.h>
#include <string.h>

#include "nixie/text.h"
#include "text.h"
#include "utf8.h"

enum {
    MAX_MARKS = 4, /* on one base: what the screen library can hold */
    DOTTED_CIRCLE = 0x25CC,
    EMOJI_STYLE = 0xFE0F
};

static bool ascii_only;

void nx_text_ascii(bool on) {
    ascii_only = on;
    nx_char_ask_libc(!on);
}

static bool printable(char c) { return c >= 0x20 && c < 0x7F; }

static void set_text(nx_glyph *out, nx_glyph_kind kind, const char *text, int width) {
    out->kind = kind;
    out->width = width;
    out->len = strlen(text);
    memcpy(out->text, text, out->len + 1);
}

static void set_escaped(nx_glyph *out, int digits, uint32_t code) {
    char text[16];
    int n = snprintf(text, sizeof text, "<%0*X>", digits, (unsigned)code);
    set_text(out, NX_GLYPH_ESCAPED, text, n);
}

/* A C1 control is shown as the byte that it is in other encodings. */
static void set_hidden(nx_glyph *out, uint32_t code) { set_escaped(out, code < 0xA0 ? 2 : 4, code); }

static void set_control(nx_glyph *out, uint32_t code) {
    static const struct {
        char code;
        const char *picture, *ascii;
    } named[] = {{'\n', "␊", "\\n"}, {'\t', "␉", "\\t"}, {'\r', "␍", "\\r"}};
    for (size_t i = 0; i < NX_COUNT(named); i++) {
        if (named[i].code == (char)code) {
            set_text(out, NX_GLYPH_CONTROL, ascii_only ? named[i].ascii : named[i].picture, ascii_only ? 2 : 1);
            return;
        }
    }
    const char caret[] = {'^', (char)(code ^ 0x40), '\0'};
    set_text(out, NX_GLYPH_CONTROL, caret, 2);
}

/* Adds the marks at s to the glyph; returns the bytes used. `base` is what they stand on. */
static size_t add_marks(nx_glyph *out, const char *s, size_t len, uint32_t base) {
    size_t used = 0;
    for (int marks = 0; marks < MAX_MARKS && used < len && (s[used] & 0x80); marks++) {
        uint32_t code;
        size_t n = nx_utf8_decode(s + used, len - used, &code);
        bool style = n && code == EMOJI_STYLE && marks == 0 && nx_char_is_emoji(base);
        if (n == 0 || (!style && nx_char_classify(code) != NX_CHAR_MARK)) {
            break;
        }
        memcpy(out->text + out->len, s + used, n);
        out->len += n;
        used += n;
    }
    out->text[out->len] = '\0';
    return used;
}

/* A base with its marks. A mark without a base, or one too many, gets a circle to stand on. */
static size_t set_plain(nx_glyph *out, const char *s, size_t len, size_t n, uint32_t code, bool mark) {
    uint32_t base = mark ? DOTTED_CIRCLE : code;
    out->kind = NX_GLYPH_PLAIN;
    out->width = nx_char_width(base);
    out->len = nx_utf8_encode(out->text, base);
    size_t used = mark ? 0 : n;
    return used + add_marks(out, s + used, len - used, base);
}

static size_t next_wide(const char *s, size_t len, nx_glyph *out) {
    uint32_t code;
    size_t n = nx_utf8_decode(s, len, &code);
    if (n == 0) {
        set_escaped(out, 2, (unsigned char)*s);
        return 1;
    }
    if (ascii_only && code >= 0x7F) {
        set_hidden(out, code);
        return n;
    }
    nx_char_class class = nx_char_classify(code);
    if (class == NX_CHAR_HIDDEN) {
        set_hidden(out, code);
        return n;
    }
    return set_plain(out, s, len, n, code, class == NX_CHAR_MARK);
}

size_t nx_text_next(const char *s, size_t len, nx_glyph *out) {
    if (printable(*s) && (len == 1 || !(s[1] & 0x80))) {
        out->kind = NX_GLYPH_PLAIN;
        out->width = 1;
        out->len = 1;
        out->text[0] = *s;
        out->text[1] = '\0';
        return 1;
    }
    unsigned char c = (unsigned char)*s;
    if (c < 0x20 || c == 0x7F) {
        set_control(out, c);
        return 1;
    }
    if (ascii_only && c < 0x7F) { /* what follows is no mark here */
        return set_plain(out, s, 1, 1, c, false);
    }
    return next_wide(s, len, out);
}

/* Bytes at s that are one column each and stand alone. */
static size_t simple_run(const char *s, size_t len) {
    size_t n = 0;
    while (n < len && printable(s[n])) {
        n++;
    }
    return n && n < len && (s[n] & 0x80) ? n - 1 : n; /* the last may carry a mark */
}

int nx_text_width(const char *s, size_t len) {
    int width = 0;
    nx_glyph glyph;
    for (size_t i = 0; i < len;) {
        size_t run = simple_run(s + i, len - i);
        width += (int)run;
        i += run;
        if (i < len) {
            i += nx_text_next(s + i, len - i, &glyph);
            width += glyph.width;
        }
    }
    return width;
}

/* --- appending -------------------------------------------------------------------------------------- */

/* Takes back what was appended after the first `len` bytes. */
static void cut(nx_buf *out, size_t len) {
    if (!out->failed && len < out->len) {
        out->len = len;
        out->data[len] = '\0';
    }
}

static int sanitise_all(nx_buf *out, const char *s, size_t len) {
    int width = 0;
    nx_glyph glyph;
    for (size_t i = 0; i < len && !out->failed;) {
        size_t run = simple_run(s + i, len - i);
        nx_buf_add(out, s + i, run);
        width += (int)run;
        i += run;
        if (i < len) {
            i += nx_text_next(s + i, len - i, &glyph);
            nx_buf_add(out, glyph.text, glyph.len);
            width += glyph.width;
        }
    }
    return width;
}

int nx_text_sanitise(nx_buf *out, const char *s, size_t len, int columns) {
    if (columns < 0) {
        return sanitise_all(out, s, len);
    }
    int width = 0, kept_width = 0;
    size_t kept = out->len; /* what stays when an ellipsis must follow */
    nx_glyph glyph;
    for (size_t i = 0; i < len;) {
        i += nx_text_next(s + i, len - i, &glyph);
        if (width + glyph.width > columns) {
            cut(out, kept);
            nx_buf_adds(out, columns == 0 ? "" : ascii_only ? "~" : "…");
            return columns == 0 ? 0 : kept_width + 1;
        }
        nx_buf_add(out, glyph.text, glyph.len);
        width += glyph.width;
        if (width < columns) {
            kept = out->len;
            kept_width = width;
        }
    }
    return width;
}

void nx_text_plain(nx_buf *out, const char *s, size_t len, bool lines) {
    while (len > 0) {
        const char *end = lines ? memchr(s, '\n', len) : NULL;
        size_t line = end ? (size_t)(end - s) : len;
        sanitise_all(out, s, line);
        if (end) {
            nx_buf_addc(out, '\n');
            line++;
        }
        s += line;
        len -= line;
    }
}
