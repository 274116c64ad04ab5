#include "draw.h"

#include <curses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "nixie/text.h"
#include "terminal.h"
#include "theme_attr.h"

static const struct {
    const char *utf8, *ascii;
} glyphs[UI_GLYPH_COUNT] = {
    [UI_GLYPH_ASC] = {"▲", "^"},       [UI_GLYPH_DESC] = {"▼", "v"},      [UI_GLYPH_KEY] = {"⚷", "#"},
    [UI_GLYPH_REFERENCE] = {"→", ">"}, [UI_GLYPH_ARROW] = {"→", "->"},    [UI_GLYPH_POINTER] = {"▸", ">"},
    [UI_GLYPH_TRAIL] = {"›", ">"},     [UI_GLYPH_DOT] = {"·", "-"},       [UI_GLYPH_ELLIPSIS] = {"…", "~"},
    [UI_GLYPH_FOLDED] = {"▸", "+"},    [UI_GLYPH_UNFOLDED] = {"▾", "-"},  [UI_GLYPH_BAR] = {"┊", "|"},
    [UI_GLYPH_BLANK] = {"·", "_"},     [UI_GLYPH_LINE] = {"─", "-"},      [UI_GLYPH_VIEW] = {"◇", "v"},
    [UI_GLYPH_REFERRERS] = {"←", "<"},
    [UI_GLYPH_DRIFT] = {"≠", "!"},     [UI_GLYPH_MARK] = {"●", "*"},
    [UI_GLYPH_MATVIEW] = {"◆", "m"},   [UI_GLYPH_FOREIGN] = {"↗", "f"},   [UI_GLYPH_PARTITIONED] = {"▤", "p"},
};

enum { TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT, ACROSS, DOWN, SCROLL };
static const struct {
    const char *utf8, *ascii;
} lines[] = {{"╭", "+"}, {"╮", "+"}, {"╰", "+"}, {"╯", "+"}, {"─", "-"}, {"│", "|"}, {"┃", "#"}};

static struct {
    int y, x;
    bool on;
} cursor;

const char *ui_glyph(ui_glyph_id id) { return ui_term_utf8() ? glyphs[id].utf8 : glyphs[id].ascii; }
static const char *line(int id) { return ui_term_utf8() ? lines[id].utf8 : lines[id].ascii; }

ui_rect ui_rect_inside(ui_rect r) {
    int height = r.height > 2 ? r.height - 2 : 0, width = r.width > 2 ? r.width - 2 : 0;
    return (ui_rect){r.y + 1, r.x + 1, height, width};
}

ui_rect ui_rect_centre(ui_rect r, int height, int width) {
    height = height > r.height ? r.height : height;
    width = width > r.width ? r.width : width;
    return (ui_rect){r.y + (r.height - height) / 2, r.x + (r.width - width) / 2, height, width};
}

void ui_draw_begin(void) {
    werase(stdscr);
    cursor.on = false;
}

void ui_draw_end(void) {
    curs_set(cursor.on);
    if (cursor.on) {
        wmove(stdscr, cursor.y, cursor.x);
    }
    wnoutrefresh(stdscr);
    doupdate();
}

void ui_draw_cursor(int y, int x) {
    cursor.y = y;
    cursor.x = x;
    cursor.on = true;
}

static void style_set(unsigned style) {
    attr_t attrs;
    short pair;
    ui_theme_resolve(style, &attrs, &pair);
    wattr_set(stdscr, attrs, pair, NULL);
}

/* The part of [x, x+width) that is on the screen. */
static bool visible(int y, int x, int *width) {
    if (y < 0 || y >= LINES || x < 0 || x >= COLS) {
        return false;
    }
    if (*width > COLS - x) {
        *width = COLS - x;
    }
    return *width > 0;
}

/* Every write begins with a move to an absolute place, so that a terminal that measures a character
 * differently cannot shift what follows. */
static void put(int y, int x, const char *s) { mvwaddstr(stdscr, y, x, s); }

void ui_draw_fill(int y, int x, int width, unsigned style) {
    if (visible(y, x, &width)) {
        style_set(style);
        for (int i = 0; i < width; i++) {
            put(y, x + i, " ");
        }
    }
}

void ui_draw_clear(ui_rect r, unsigned style) {
    for (int i = 0; i < r.height; i++) {
        ui_draw_fill(r.y + i, r.x, r.width, style);
    }
}

/* --- text from outside ---------------------------------------------------------------------------- */

static unsigned glyph_style(unsigned style, const nx_glyph *glyph) {
    return glyph->kind == NX_GLYPH_PLAIN ? style : (style & ~0xffu) | UI_CONTROL;
}

/* Columns of s, but no more than limit + 1 are measured: enough to know whether it fits. */
static int measure(const char *s, size_t len, int limit) {
    int width = 0;
    nx_glyph glyph;
    for (size_t i = 0; i < len && width <= limit; width += glyph.width) {
        i += nx_text_next(s + i, len - i, &glyph);
    }
    return width;
}

/* Draws glyphs while they fit into room columns; ranges of s that lie in a match get its style. */
static int draw_glyphs(int y, int x, int room, unsigned style, const char *s, size_t len, const char *needle) {
    int col = 0;
    long match = needle && *needle ? nx_text_find(s, len, 0, needle) : -1;
    size_t nlen = needle ? strlen(needle) : 0;
    nx_glyph glyph;
    for (size_t i = 0; i < len;) {
        size_t used = nx_text_next(s + i, len - i, &glyph);
        if (col + glyph.width > room) {
            break;
        }
        if (match >= 0 && i >= (size_t)match + nlen) {
            match = nx_text_find(s, len, i, needle);
        }
        bool hit = match >= 0 && i >= (size_t)match;
        style_set(hit ? (style & ~0xffu) | UI_MATCH : glyph_style(style, &glyph));
        put(y, x + col, glyph.text);
        col += glyph.width;
        i += used;
    }
    return col;
}

static int draw_clipped(int y, int x, int width, unsigned style, ui_align align, const char *s, size_t len,
                        const char *needle) {
    if (!visible(y, x, &width)) {
        return 0;
    }
    ui_draw_fill(y, x, width, style);
    int total = measure(s, len, width);
    if (total > width) {
        int col = draw_glyphs(y, x, width - 1, style, s, len, needle);
        style_set((style & ~0xffu) | UI_DIM);
        put(y, x + width - 1, ui_glyph(UI_GLYPH_ELLIPSIS));
        return col + 1;
    }
    int gap = align == UI_RIGHT_ALIGN ? width - total : align == UI_CENTRE ? (width - total) / 2 : 0;
    return draw_glyphs(y, x + gap, width, style, s, len, needle);
}

int ui_draw_text(int y, int x, int width, unsigned style, ui_align align, const char *s, size_t len) {
    return draw_clipped(y, x, width, style, align, s, len, NULL);
}

int ui_draw_match(int y, int x, int width, unsigned style, const char *s, size_t len, const char *needle) {
    return draw_clipped(y, x, width, style, UI_LEFT, s, len, needle);
}

/* --- own words -------------------------------------------------------------------------------------- */

int ui_draw_words(int y, int x, int width, unsigned style, const char *words) {
    return visible(y, x, &width) ? draw_glyphs(y, x, width, style, words, strlen(words), NULL) : 0;
}

int ui_draw_wordsf(int y, int x, int width, unsigned style, const char *format, ...) {
    nx_buf buf = NX_BUF;
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&buf, format, args);
    va_end(args);
    int col = ui_draw_words(y, x, width, style, buf.data);
    nx_buf_free(&buf);
    return col;
}

/* --- frames ------------------------------------------------------------------------------------------ */

static void edge(int y, int x, int width, const char *left, const char *right) {
    put(y, x, left);
    for (int i = 1; i < width - 1; i++) {
        put(y, x + i, line(ACROSS));
    }
    put(y, x + width - 1, right);
}

static void edge_text(int y, int x, int room, unsigned style, const char *text) {
    ui_draw_fill(y, x, 1, style);
    int used = ui_draw_text(y, x + 1, room, style, UI_LEFT, text, strlen(text));
    ui_draw_fill(y, x + 1 + used, 1, style);
    unsigned border = style == UI_BOLD ? UI_BORDER_FOCUS : UI_BORDER;
    style_set(border);
    for (int i = x + used + 2; i < x + room + 1; i++) {
        put(y, i, line(ACROSS));
    }
}

void ui_draw_box(ui_rect r, bool focused, const char *title, const char *foot) {
    if (r.height < 2 || r.width < 4) {
        return;
    }
    style_set(focused ? UI_BORDER_FOCUS : UI_BORDER);
    edge(r.y, r.x, r.width, line(TOP_LEFT), line(TOP_RIGHT));
    for (int i = 1; i < r.height - 1; i++) {
        put(r.y + i, r.x, line(DOWN));
        put(r.y + i, r.x + r.width - 1, line(DOWN));
    }
    edge(r.y + r.height - 1, r.x, r.width, line(BOTTOM_LEFT), line(BOTTOM_RIGHT));
    int room = r.width - 4;
    if (title && *title && room > 2) {
        int width = nx_text_width(title, strlen(title));
        edge_text(r.y, r.x + 1, width < room ? width : room, focused ? UI_BOLD : UI_PLAIN, title);
    }
    ui_draw_foot(r, foot);
}

void ui_draw_foot(ui_rect r, const char *foot) {
    int room = r.width - 4;
    if (!foot || !*foot || room <= 2 || r.height < 2) {
        return;
    }
    int width = nx_text_width(foot, strlen(foot));
    width = width < room ? width : room;
    edge_text(r.y + r.height - 1, r.x + r.width - width - 3, width, UI_DIM, foot);
}

void ui_draw_scroll(ui_rect box, int top, int height, int total) {
    int track = box.height - 2;
    if (total <= height || track < 2) {
        return;
    }
    int size = track * height / total, at = (int)((long)track * top / total);
    size = size < 1 ? 1 : size;
    at = at + size > track ? track - size : at;
    style_set(UI_BORDER_FOCUS);
    for (int i = 0; i < size; i++) {
        put(box.y + 1 + at + i, box.x + box.width - 1, line(SCROLL));
    }
}
