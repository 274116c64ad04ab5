/* long.h - a long text, or bytes as a hex dump, with a cursor: lines are made when they are drawn, so that it takes
 * little more memory than the bytes themselves. */
#ifndef UI_LONG_H
#define UI_LONG_H

#include "draw.h"

typedef struct ui_long {
    const char *bytes; /* not owned; NUL bytes may be among them */
    size_t len;
    bool hex;
    int width;
    size_t *marks;     /* where every so manieth line begins */
    int nlines;
    size_t last;       /* where the last line begins */
    int top, cursor;   /* lines */
    int height;        /* at the last draw */
    char *needle;      /* marked where it stands; owned */
} ui_long;

void ui_long_free(ui_long *l);
/* Shows these bytes from now on, in lines for this width; cursor and needle stay. */
void ui_long_set(ui_long *l, const char *bytes, size_t len, bool hex, int width);
/* The same bytes, perhaps elsewhere, and more behind them. */
void ui_long_grow(ui_long *l, const char *bytes, size_t len);
void ui_long_draw(ui_long *l, ui_rect r, bool focused);
void ui_long_move_to(ui_long *l, int line);
void ui_long_set_needle(ui_long *l, const char *needle);
/* Finds the needle from the next line on (step 1), or the one before (-1). Of bytes it is a text among them, or
 * "00 ff": pairs of hex digits. False when it is nowhere. */
bool ui_long_find(ui_long *l, int step);

#endif
