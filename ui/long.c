#include "long.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/buf.h"
#include "nixie/text.h"

enum { MARK_EVERY = 64, HEX_WIDE = 16, HEX_ROOM = 10 + 3 * HEX_WIDE + 1 + 1 + HEX_WIDE + 2 };

void ui_long_free(ui_long *l) {
    free(l->marks);
    free(l->needle);
    *l = (ui_long){0};
}

/* --- lines ------------------------------------------------------------------------------------------------ */

static size_t hex_line(const ui_long *l) { return l->width >= HEX_ROOM ? HEX_WIDE : HEX_WIDE / 2; }

/* A printable ASCII character that nothing is combined with, or else whatever the sanitiser makes of it. */
static size_t glyph_at(const ui_long *l, size_t i, int *width) {
    const unsigned char *s = (const unsigned char *)l->bytes;
    if (s[i] >= 0x20 && s[i] < 0x7f && (i + 1 == l->len || s[i + 1] < 0x80)) {
        *width = 1;
        return 1;
    }
    nx_glyph glyph;
    size_t used = nx_text_next(l->bytes + i, l->len - i, &glyph);
    *width = glyph.width;
    return used;
}

/* Where the line that begins at `at` ends, and where the next one begins; false: it is the last. Lines break at
 * newlines, else after the last blank that has room, else anywhere. */
static bool line_at(const ui_long *l, size_t at, size_t *end, size_t *next) {
    if (l->hex) {
        size_t n = hex_line(l);
        *next = *end = l->len - at > n ? at + n : l->len;
        return *end < l->len;
    }
    int room = l->width - 2 < 8 ? 8 : l->width - 2, column = 0;
    size_t blank = at;
    for (size_t i = at; i < l->len;) {
        int width;
        if (l->bytes[i] == '\n') {
            *end = i;
            *next = i + 1;
            return true;
        }
        size_t used = glyph_at(l, i, &width);
        if (column + width > room && i > at) {
            *next = *end = blank > at ? blank : i;
            return true;
        }
        column += width;
        i += used;
        blank = l->bytes[i - 1] == ' ' ? i : blank;
    }
    *next = *end = l->len;
    return false;
}

static void mark(ui_long *l) {
    int n = l->nlines / MARK_EVERY;
    if (l->nlines % MARK_EVERY == 0) {
        if ((n & (n - 1)) == 0) {
            l->marks = nx_realloc(l->marks, n ? (size_t)n * 2 : 1, sizeof *l->marks);
        }
        l->marks[n] = l->last;
    }
    l->nlines++;
}

/* From the last line known to the end. */
static void count_lines(ui_long *l) {
    size_t end, next;
    while (l->nlines < INT_MAX - 1 && line_at(l, l->last, &end, &next)) {
        l->last = next;
        mark(l);
    }
}

void ui_long_set(ui_long *l, const char *bytes, size_t len, bool hex, int width) {
    l->bytes = bytes;
    l->len = len;
    l->hex = hex;
    l->width = width;
    l->nlines = 0;
    l->last = 0;
    mark(l);
    count_lines(l);
}

void ui_long_grow(ui_long *l, const char *bytes, size_t len) {
    l->bytes = bytes;
    l->len = len;
    count_lines(l);
}

static size_t start_of(const ui_long *l, int line) {
    size_t at = l->marks[line / MARK_EVERY], end, next;
    for (int i = line / MARK_EVERY * MARK_EVERY; i < line && line_at(l, at, &end, &next); i++) {
        at = next;
    }
    return at;
}

/* The line in which this byte stands. */
static int line_of(const ui_long *l, size_t byte) {
    int low = 0, high = (l->nlines - 1) / MARK_EVERY;
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (l->marks[middle] <= byte) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    int line = low * MARK_EVERY;
    size_t at = l->marks[low], end, next;
    while (line_at(l, at, &end, &next) && next <= byte) {
        at = next;
        line++;
    }
    return line;
}

/* --- drawing ------------------------------------------------------------------------------------------------ */

static void draw_bytes(const ui_long *l, size_t at, size_t end, int y, ui_rect r, unsigned mods) {
    static const char digits[] = "0123456789abcdef";
    nx_buf hex = NX_BUF, chars = NX_BUF;
    size_t n = hex_line(l);
    for (size_t i = at; i < at + n; i++) {
        unsigned char byte = i < end ? (unsigned char)l->bytes[i] : 0;
        nx_buf_adds(&hex, i > at && (i - at) % 8 == 0 ? " " : "");
        nx_buf_addc(&hex, i < end ? digits[byte >> 4] : ' ');
        nx_buf_addc(&hex, i < end ? digits[byte & 15] : ' ');
        nx_buf_addc(&hex, ' ');
        if (i < end) {
            nx_buf_addc(&chars, byte >= 0x20 && byte < 0x7f ? (char)byte : '.');
        }
    }
    int x = r.x + 1, right = r.x + r.width;
    x += ui_draw_wordsf(y, x, right - x, UI_DIM | mods, "%08zx  ", at);
    if (x < right) {
        x += ui_draw_match(y, x, (int)hex.len < right - x ? (int)hex.len : right - x, UI_PLAIN | mods, hex.data, hex.len, l->needle);
    }
    if (++x < right) {
        ui_draw_match(y, x, (int)chars.len < right - x ? (int)chars.len : right - x, UI_TIME | mods, chars.data, chars.len, l->needle);
    }
    nx_buf_free(&hex);
    nx_buf_free(&chars);
}

static void draw_line(const ui_long *l, size_t at, size_t end, int y, ui_rect r, unsigned mods) {
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    if (l->hex) {
        draw_bytes(l, at, end, y, r, mods);
    } else if (end > at && r.width > 2) {
        int width = nx_text_width(l->bytes + at, end - at);
        ui_draw_match(y, r.x + 1, width < r.width - 1 ? width : r.width - 1, UI_PLAIN | mods, l->bytes + at, end - at, l->needle);
    }
}

void ui_long_draw(ui_long *l, ui_rect r, bool focused) {
    l->height = r.height;
    l->top = l->cursor < l->top ? l->cursor : l->top;
    l->top = l->cursor >= l->top + r.height ? l->cursor - r.height + 1 : l->top;
    size_t at = start_of(l, l->top), end, next = 0;
    bool more = true;
    for (int i = 0; i < r.height && more; i++, at = next) {
        bool on = l->top + i == l->cursor;
        more = line_at(l, at, &end, &next);
        draw_line(l, at, end, r.y + i, r, on && focused ? UI_ON_ROW : 0);
        if (on) {
            ui_draw_words(r.y + i, r.x, 1, UI_KEY | (focused ? UI_ON_ROW : 0), ui_glyph(UI_GLYPH_POINTER));
        }
    }
}

void ui_long_move_to(ui_long *l, int line) {
    l->cursor = line >= l->nlines ? l->nlines - 1 : line;
    l->cursor = l->cursor < 0 ? 0 : l->cursor;
}

/* --- searching -------------------------------------------------------------------------------------------------- */

void ui_long_set_needle(ui_long *l, const char *needle) {
    free(l->needle);
    l->needle = needle && *needle ? nx_strdup(needle) : NULL;
}

static int nibble(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "00 ff" as bytes: at least two pairs, with blanks between. Their number, 0 when it is something else. */
static size_t pairs(const char *s, char *out, size_t max) {
    size_t n = 0;
    while (n < max && nibble(s[0]) >= 0 && nibble(s[1]) >= 0) {
        out[n++] = (char)(nibble(s[0]) * 16 + nibble(s[1]));
        s += 2;
        if (*s == '\0') {
            return n > 1 ? n : 0;
        }
        if (*s++ != ' ') {
            return 0;
        }
    }
    return 0;
}

/* The first one in bytes from..to (it may end behind), -1: none. */
static long find_in(const ui_long *l, size_t from, size_t to) {
    char bytes[64];
    size_t n = l->hex ? pairs(l->needle, bytes, sizeof bytes) : 0, length = n ? n : strlen(l->needle);
    size_t end = to + length - 1 < l->len ? to + length - 1 : l->len;
    if (!n) {
        return nx_text_find(l->bytes, end, from, l->needle);
    }
    const char *found = end > from ? memmem(l->bytes + from, end - from, bytes, n) : NULL;
    return found ? (long)(found - l->bytes) : -1;
}

/* The last one there: piece by piece from behind. */
static long find_last_in(const ui_long *l, size_t from, size_t to) {
    enum { PIECE = 64 * 1024 };
    while (to > from) {
        size_t begin = to - from > PIECE ? to - PIECE : from;
        long last = -1;
        for (long at = find_in(l, begin, to); at >= 0; at = find_in(l, (size_t)at + 1, to)) {
            last = at;
        }
        if (last >= 0) {
            return last;
        }
        to = begin;
    }
    return -1;
}

bool ui_long_find(ui_long *l, int step) {
    if (!l->needle || l->len == 0) {
        return false;
    }
    size_t here = start_of(l, l->cursor), end, next = l->len;
    if (!line_at(l, here, &end, &next)) {
        next = l->len;
    }
    long found = step > 0 ? find_in(l, next, l->len) : find_last_in(l, 0, here);
    if (found < 0) { /* and around */
        found = step > 0 ? find_in(l, 0, next) : find_last_in(l, here, l->len);
    }
    if (found >= 0) {
        ui_long_move_to(l, line_of(l, (size_t)found));
    }
    return found >= 0;
}
