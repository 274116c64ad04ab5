#include "svg.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "nixie/arena.h"

enum { CELL_W = 10, CELL_H = 20, PAD = 12, BAR = 26 };

/* Which arms a box-drawing character has: left, right, up, down. */
static const struct {
    const char *glyph;
    int left, right, up, down, round;
} boxes[] = {
    {"─", 1, 1, 0, 0, 0}, {"│", 0, 0, 1, 1, 0}, {"╭", 0, 1, 0, 1, 1}, {"╮", 1, 0, 0, 1, 1},
    {"╰", 0, 1, 1, 0, 1}, {"╯", 1, 0, 1, 0, 1}, {"┃", 0, 0, 2, 2, 0},
};

static bool draw_box_glyph(FILE *f, const char *text, int x, int y, unsigned rgb) {
    for (size_t i = 0; i < NX_COUNT(boxes); i++) {
        if (strcmp(boxes[i].glyph, text) != 0) {
            continue;
        }
        int cx = x + CELL_W / 2, cy = y + CELL_H / 2;
        fprintf(f, "<path fill=\"none\" stroke=\"#%06x\" stroke-width=\"%d\" d=\"", rgb, boxes[i].up == 2 ? 3 : 1);
        if (boxes[i].round) {
            int hx = boxes[i].left ? x : x + CELL_W, vy = boxes[i].up ? y : y + CELL_H;
            fprintf(f, "M%d %dQ%d %d %d %d", hx, cy, cx, cy, cx, vy);
        } else {
            fprintf(f, "M%d %dL%d %d", boxes[i].left ? x : cx, boxes[i].up ? y : cy, boxes[i].right ? x + CELL_W : cx,
                    boxes[i].down ? y + CELL_H : cy);
        }
        fprintf(f, "\"/>\n");
        return true;
    }
    return false;
}

static void escaped(FILE *f, const char *s) {
    for (; *s; s++) {
        switch (*s) {
        case '<': fputs("&lt;", f); break;
        case '>': fputs("&gt;", f); break;
        case '&': fputs("&amp;", f); break;
        default: fputc(*s, f);
        }
    }
}

static void draw_cell(FILE *f, const screen_cell *c, int row, int column) {
    int x = PAD + column * CELL_W, y = BAR + PAD + row * CELL_H, width = CELL_W * (c->width > 1 ? c->width : 1);
    unsigned fg = c->reverse ? c->rgb_bg : c->rgb_fg, bg = c->reverse ? c->rgb_fg : c->rgb_bg;
    if (bg != 0x16181d) {
        fprintf(f, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", x, y, width, CELL_H, bg);
    }
    if (!*c->text || strcmp(c->text, " ") == 0 || draw_box_glyph(f, c->text, x, y, fg)) {
        return;
    }
    fprintf(f, "<text x=\"%d\" y=\"%d\" fill=\"#%06x\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"%s%s%s>", x, y + 15, fg,
            width, c->bold ? " font-weight=\"bold\"" : "", c->italic ? " font-style=\"italic\"" : "",
            c->underline ? " text-decoration=\"underline\"" : "");
    escaped(f, c->text);
    fputs("</text>\n", f);
}

bool svg_write(screen *s, const char *path) {
    FILE *f = fopen(path, "w");
    if (!f) {
        return false;
    }
    int width = screen_columns(s) * CELL_W + 2 * PAD, height = screen_rows(s) * CELL_H + 2 * PAD + BAR;
    fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", width, height, width, height);
    fprintf(f, "<rect width=\"%d\" height=\"%d\" rx=\"9\" fill=\"#16181d\"/>\n", width, height);
    static const char *const dots[] = {"#ff5f57", "#febc2e", "#28c840"};
    for (int i = 0; i < 3; i++) {
        fprintf(f, "<circle cx=\"%d\" cy=\"18\" r=\"5.5\" fill=\"%s\"/>\n", 20 + 18 * i, dots[i]);
    }
    fprintf(f, "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"16\" xml:space=\"preserve\">\n");
    for (int row = 0; row < screen_rows(s); row++) {
        for (int column = 0; column < screen_columns(s); column++) {
            screen_cell c = screen_at(s, row, column);
            draw_cell(f, &c, row, column);
            column += c.width > 1 ? c.width - 1 : 0;
        }
    }
    fprintf(f, "</g>\n</svg>\n");
    return fclose(f) == 0;
}
