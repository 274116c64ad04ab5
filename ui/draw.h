/* draw.h - the only file that writes to the screen.
 *
 * A turn of the loop begins a frame, views draw in rectangles, the frame ends with one doupdate.
 * Outside data goes through ui_draw_text and ui_draw_value, which use the one sanitiser
 * (nixie/text.h); ui_draw_words is for texts of this program. All clip to their width and never
 * write outside of it; each call moves to an absolute place first.
 */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "theme.h"

typedef struct ui_rect {
    int y, x, height, width;
} ui_rect;

/* Inside of a box. */
ui_rect ui_rect_inside(ui_rect r);
/* A box of at most height x width in the middle of r. */
ui_rect ui_rect_centre(ui_rect r, int height, int width);

void ui_draw_begin(void);
void ui_draw_end(void);

/* Shows the terminal's cursor at y, x at the end of this frame (a line editor's place). */
void ui_draw_cursor(int y, int x);

typedef enum ui_align { UI_LEFT, UI_RIGHT_ALIGN, UI_CENTRE } ui_align;

/* Draws text from outside in `width` columns, padded with blanks; an ellipsis when cut. `style` is an
 * ui_style with modifiers. Returns the columns that the text itself took. */
int ui_draw_text(int y, int x, int width, unsigned style, ui_align align, const char *s, size_t len);

/* The same, marking every occurrence of `needle` (any case) with UI_MATCH. needle may be NULL. */
int ui_draw_match(int y, int x, int width, unsigned style, const char *s, size_t len, const char *needle);

/* Draws own words (NUL-terminated, trusted, UTF-8 glyphs through ui_glyph), clipped, not padded.
 * Returns the columns taken. */
int ui_draw_words(int y, int x, int width, unsigned style, const char *words);
int ui_draw_wordsf(int y, int x, int width, unsigned style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Blanks. */
void ui_draw_fill(int y, int x, int width, unsigned style);
void ui_draw_clear(ui_rect r, unsigned style);

/* A frame with rounded corners; title in the upper edge at the left, `foot` in the lower edge at the
 * right, both text from outside, both may be NULL. */
void ui_draw_box(ui_rect r, bool focused, const char *title, const char *foot);
/* The foot alone, later. */
void ui_draw_foot(ui_rect box, const char *foot);

/* A vertical scroll mark on the right edge of a box: rows top..top+height-1 of total. */
void ui_draw_scroll(ui_rect box, int top, int height, int total);

/* Glyphs, in UTF-8 or ASCII as the locale can. */
typedef enum ui_glyph_id {
    UI_GLYPH_ASC,       /* sorted ascending */
    UI_GLYPH_DESC,
    UI_GLYPH_KEY,       /* part of the identity */
    UI_GLYPH_REFERENCE, /* a foreign key */
    UI_GLYPH_REFERRERS, /* a relation that leads to many */
    UI_GLYPH_ARROW,     /* 7 -> Ada */
    UI_GLYPH_POINTER,   /* the row under the cursor */
    UI_GLYPH_TRAIL,     /* between steps of the trail */
    UI_GLYPH_DOT,
    UI_GLYPH_ELLIPSIS,
    UI_GLYPH_FOLDED,
    UI_GLYPH_UNFOLDED,
    UI_GLYPH_BAR,       /* between frozen fields and the rest */
    UI_GLYPH_BLANK,     /* a trailing blank made visible */
    UI_GLYPH_LINE,
    UI_GLYPH_VIEW,      /* kinds of models */
    UI_GLYPH_MATVIEW,
    UI_GLYPH_FOREIGN,
    UI_GLYPH_PARTITIONED,
    UI_GLYPH_DRIFT,     /* differs from the Prisma schema */
    UI_GLYPH_MARK,      /* a marked row */
    UI_GLYPH_COUNT
} ui_glyph_id;
const char *ui_glyph(ui_glyph_id id);

#endif
