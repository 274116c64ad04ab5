#include "canvas.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"
#include "process.h"

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

typedef struct cell {
    unsigned char lines; /* directions in which lines leave it */
    bool covered;        /* the second column of a wide glyph */
    unsigned style;
    char text[28];
} cell;

struct ui_canvas {
    int height, width;
    cell *cells;
};

ui_canvas *ui_canvas_new(int height, int width) {
    ui_canvas *c = nx_calloc(1, sizeof *c);
    c->height = height > 0 ? height : 1;
    c->width = width > 0 ? width : 1;
    c->cells = nx_calloc((size_t)c->height * (size_t)c->width, sizeof *c->cells);
    return c;
}

void ui_canvas_free(ui_canvas *canvas) {
    if (canvas) {
        free(canvas->cells);
        free(canvas);
    }
}

static cell *at(const ui_canvas *c, int y, int x) {
    bool inside = y >= 0 && x >= 0 && y < c->height && x < c->width;
    return inside ? &c->cells[y * c->width + x] : NULL;
}

static void add_lines(ui_canvas *c, int y, int x, int lines, unsigned style) {
    cell *here = at(c, y, x);
    if (here) {
        here->lines |= (unsigned char)lines;
        here->style = style;
        here->text[0] = '\0';
    }
}

void ui_canvas_line(ui_canvas *c, int y, int x, int to_y, int to_x, unsigned style) {
    int dy = to_y > y ? 1 : to_y < y ? -1 : 0, dx = to_x > x ? 1 : to_x < x ? -1 : 0;
    int forward = dy > 0 ? DOWN : dy < 0 ? UP : dx > 0 ? RIGHT : LEFT;
    int back = dy > 0 ? UP : dy < 0 ? DOWN : dx > 0 ? LEFT : RIGHT;
    for (bool first = true; dy || dx; y += dy, x += dx, first = false) {
        bool last = y == to_y && x == to_x;
        add_lines(c, y, x, (first ? 0 : back) | (last ? 0 : forward), style);
        if (last) {
            return;
        }
    }
}

static void clear(ui_canvas *c, ui_rect r) {
    for (int y = r.y; y < r.y + r.height; y++) {
        for (int x = r.x; x < r.x + r.width; x++) {
            if (at(c, y, x)) {
                *at(c, y, x) = (cell){.style = UI_PLAIN};
            }
        }
    }
}

void ui_canvas_box(ui_canvas *c, ui_rect r, unsigned style, const char *title, unsigned title_style) {
    int bottom = r.y + r.height - 1, right = r.x + r.width - 1;
    clear(c, r);
    for (int x = r.x + 1; x < right; x++) {
        add_lines(c, r.y, x, LEFT | RIGHT, style);
        add_lines(c, bottom, x, LEFT | RIGHT, style);
    }
    for (int y = r.y + 1; y < bottom; y++) {
        add_lines(c, y, r.x, UP | DOWN, style);
        add_lines(c, y, right, UP | DOWN, style);
    }
    add_lines(c, r.y, r.x, RIGHT | DOWN, style);
    add_lines(c, r.y, right, LEFT | DOWN, style);
    add_lines(c, bottom, r.x, RIGHT | UP, style);
    add_lines(c, bottom, right, LEFT | UP, style);
    if (title && r.width > 4) {
        ui_canvas_text(c, r.y, r.x + 1, 1, style, " ");
        int used = ui_canvas_text(c, r.y, r.x + 2, r.width - 4, title_style, title);
        ui_canvas_text(c, r.y, r.x + 2 + used, 1, style, " ");
    }
}

static void put(ui_canvas *c, int y, int x, unsigned style, const char *bytes, size_t len, int width) {
    for (int i = 0; i < width; i++) {
        cell *here = at(c, y, x + i);
        if (here) {
            *here = (cell){.style = style, .covered = i > 0};
            if (i == 0 && len < sizeof here->text) {
                memcpy(here->text, bytes, len);
            }
        }
    }
}

int ui_canvas_text(ui_canvas *c, int y, int x, int width, unsigned style, const char *text) {
    nx_buf safe = NX_BUF;
    nx_text_sanitise(&safe, text, strlen(text), width);
    int used = 0;
    for (size_t i = 0; i < safe.len;) {
        nx_glyph glyph;
        size_t n = nx_text_next(safe.data + i, safe.len - i, &glyph);
        put(c, y, x + used, style, safe.data + i, n, glyph.width);
        used += glyph.width;
        i += n;
    }
    nx_buf_free(&safe);
    return used;
}

/* By the directions: of lines that join, in UTF-8 and in ASCII. */
static const char *glyph_of(const cell *here) {
    static const char *const joined[16] = {" ", "╵", "╷", "│", "╴", "╯", "╮", "┤", "╶", "╰", "╭", "├", "─", "┴", "┬", "┼"};
    static const char *const ascii[16] = {" ", "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+"};
    if (here->text[0]) {
        return here->text;
    }
    return (ui_process_utf8() ? joined : ascii)[here->lines & 15];
}

void ui_canvas_draw(const ui_canvas *c, ui_rect r, int top, int left) {
    nx_buf run = NX_BUF;
    for (int y = 0; y < r.height; y++) {
        for (int x = 0; x < r.width;) {
            const cell *first = at(c, top + y, left + x);
            int begin = x;
            nx_buf_clear(&run);
            for (const cell *here = first; here && x < r.width && here->style == first->style; here = at(c, top + y, left + ++x)) {
                nx_buf_adds(&run, here->covered ? "" : glyph_of(here));
            }
            if (!first) {
                break;
            }
            ui_draw_words(r.y + y, r.x + begin, r.width - begin, first->style, run.data);
        }
    }
    nx_buf_free(&run);
}

void ui_canvas_print(const ui_canvas *c, nx_buf *out) {
    for (int y = 0; y < c->height; y++) {
        int end = c->width;
        const cell *row = &c->cells[y * c->width];
        while (end > 0 && !row[end - 1].text[0] && !row[end - 1].lines && !row[end - 1].covered) {
            end--;
        }
        for (int x = 0; x < end; x++) {
            nx_buf_adds(out, row[x].covered ? "" : glyph_of(&row[x]));
        }
        nx_buf_addc(out, '\n');
    }
}
