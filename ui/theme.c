#include "theme.h"

#include <curses.h>
#include <stdlib.h>

#include "nixie/arena.h"
#include "theme_attr.h"

enum { NONE = -1 };

/* One row per style: colours in 256 and in 16, and the attributes that stand also without colour. */
static const struct look {
    short fg256, bg256;
    short fg16, bg16;
    attr_t attrs;      /* with colour */
    attr_t mono;       /* without */
} looks[UI_STYLE_COUNT] = {
    [UI_PLAIN] = {NONE, NONE, NONE, NONE, 0, 0},
    [UI_DIM] = {244, NONE, NONE, NONE, 0, A_DIM},
    [UI_BOLD] = {NONE, NONE, NONE, NONE, A_BOLD, A_BOLD},
    [UI_TITLE] = {252, 236, COLOR_WHITE, NONE, 0, A_REVERSE},
    [UI_TITLE_BRAND] = {214, 236, COLOR_YELLOW, NONE, A_BOLD, A_REVERSE | A_BOLD},
    [UI_TITLE_WARN] = {203, 236, COLOR_RED, NONE, A_BOLD, A_REVERSE | A_BOLD},
    [UI_BORDER] = {240, NONE, NONE, NONE, 0, A_DIM},
    [UI_BORDER_FOCUS] = {214, NONE, COLOR_YELLOW, NONE, 0, A_BOLD},
    [UI_HEADER] = {250, NONE, COLOR_WHITE, NONE, A_BOLD, A_BOLD},
    [UI_HEADER_MARK] = {214, NONE, COLOR_YELLOW, NONE, 0, A_BOLD},
    [UI_KEY] = {214, NONE, COLOR_YELLOW, NONE, 0, A_BOLD},
    [UI_NUMBER] = {117, NONE, COLOR_CYAN, NONE, 0, 0},
    [UI_TIME] = {180, NONE, COLOR_YELLOW, NONE, 0, 0},
    [UI_BOOL] = {150, NONE, COLOR_GREEN, NONE, 0, 0},
    [UI_JSON] = {115, NONE, COLOR_GREEN, NONE, 0, 0},
    [UI_ENUM] = {176, NONE, COLOR_MAGENTA, NONE, 0, 0},
    [UI_OTHER] = {146, NONE, COLOR_CYAN, NONE, 0, 0},
    [UI_NULL] = {242, NONE, COLOR_BLUE, NONE, A_ITALIC | A_DIM, A_DIM | A_UNDERLINE},
    [UI_EMPTY] = {242, NONE, COLOR_BLUE, NONE, A_ITALIC | A_DIM, A_DIM | A_UNDERLINE},
    [UI_DEFAULT] = {242, NONE, COLOR_BLUE, NONE, A_ITALIC, A_DIM | A_UNDERLINE},
    [UI_LABEL] = {251, NONE, COLOR_WHITE, NONE, 0, 0},
    [UI_RELATION] = {214, NONE, COLOR_YELLOW, NONE, 0, A_BOLD},
    [UI_CONTROL] = {209, NONE, COLOR_RED, NONE, A_UNDERLINE, A_UNDERLINE},
    [UI_MATCH] = {16, 221, COLOR_BLACK, COLOR_YELLOW, 0, A_REVERSE},
    [UI_UPDATED] = {221, NONE, COLOR_YELLOW, NONE, A_BOLD, A_BOLD | A_UNDERLINE},
    [UI_INSERTED] = {114, NONE, COLOR_GREEN, NONE, A_BOLD, A_BOLD},
    [UI_DELETED] = {203, NONE, COLOR_RED, NONE, A_DIM, A_DIM},
    [UI_INFO] = {117, NONE, COLOR_CYAN, NONE, 0, 0},
    [UI_GOOD] = {114, NONE, COLOR_GREEN, NONE, A_BOLD, A_BOLD},
    [UI_ERROR] = {203, NONE, COLOR_RED, NONE, A_BOLD, A_BOLD},
};

/* Backgrounds of the cursor's row and cell. */
enum { ROW_BG = 237, MARK_BG = 23,  CURSOR_BG = 214, CURSOR_FG = 16, UNFOCUSED_BG = 239 };

static int colours; /* 0, 16 (or 8), 256 */
static bool italics; /* the terminal can */

/* Pairs: style (1..), style on the row (OFFSET+), and three for the cursor. */
enum { ROW_OFFSET = UI_STYLE_COUNT + 1, MARK_OFFSET = 2 * UI_STYLE_COUNT + 1, CURSOR_PAIR = 3 * UI_STYLE_COUNT + 2, UNFOCUSED_PAIR, PAIRS };

static void make_pairs(void) {
    bool many = colours == 256;
    for (int i = 0; i < UI_STYLE_COUNT; i++) {
        short fg = many ? looks[i].fg256 : looks[i].fg16;
        short bg = many ? looks[i].bg256 : looks[i].bg16;
        init_pair((short)(i + 1), fg, bg);
        init_pair((short)(i + MARK_OFFSET), fg, many && bg == NONE ? MARK_BG : bg);
        init_pair((short)(i + ROW_OFFSET), fg, many && bg == NONE ? ROW_BG : bg);
    }
    if (many) {
        init_pair(CURSOR_PAIR, CURSOR_FG, CURSOR_BG);
        init_pair(UNFOCUSED_PAIR, NONE, UNFOCUSED_BG);
    }
}

void ui_theme_init(void) {
    const char *no_color = getenv("NO_COLOR");
    colours = 0;
    italics = termattrs() & A_ITALIC;
    if ((no_color && *no_color) || !has_colors() || start_color() != OK) {
        return;
    }
    use_default_colors();
    colours = COLORS >= 256 && COLOR_PAIRS >= PAIRS ? 256 : 16;
    make_pairs();
}

static attr_t cursor_attrs(unsigned mods) {
    if (mods & UI_UNFOCUSED) {
        return colours == 256 ? 0 : A_UNDERLINE;
    }
    return colours == 256 ? 0 : A_REVERSE;
}

void ui_theme_resolve(unsigned style, attr_t *attrs, short *pair) {
    unsigned id = style & 0xffu;
    const struct look *look = &looks[id];
    *attrs = colours ? look->attrs : look->mono;
    if ((*attrs & A_ITALIC) && !italics) { /* never by colour alone */
        *attrs = (*attrs & ~(attr_t)A_ITALIC) | A_UNDERLINE;
    }
    *pair = colours ? (short)(id + 1) : 0;
    if (style & UI_ON_MARK) {
        *pair = colours ? (short)(id + MARK_OFFSET) : 0;
        *attrs |= colours == 256 ? 0 : A_BOLD;
    }
    if ((style & UI_ON_ROW) && !(style & UI_ON_CURSOR)) {
        *pair = colours ? (short)(id + ROW_OFFSET) : 0;
        *attrs |= colours == 256 ? 0 : A_BOLD;
    }
    if (style & UI_ON_CURSOR) {
        *attrs |= cursor_attrs(style);
        *attrs &= ~(attr_t)A_DIM;
        if (colours == 256) {
            *pair = style & UI_UNFOCUSED ? UNFOCUSED_PAIR : CURSOR_PAIR;
        }
    }
}
