/* canvas.h - boxes, lines and words on a plane of cells, before they are drawn on the screen or printed.
 *
 * Lines that meet join: each cell remembers in which directions lines leave it.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include "draw.h"
#include "nixie/buf.h"

typedef struct ui_canvas ui_canvas;

ui_canvas *ui_canvas_new(int height, int width);
void ui_canvas_free(ui_canvas *canvas);

/* Lines from one cell to another in the same row or column, both included. */
void ui_canvas_line(ui_canvas *canvas, int y, int x, int to_y, int to_x, unsigned style);
/* A box with rounded corners; title is raw text and stands in its upper edge. Its inside is cleared. */
void ui_canvas_box(ui_canvas *canvas, ui_rect r, unsigned style, const char *title, unsigned title_style);
/* Raw text, sanitised, at most `width` columns. Returns the columns taken. */
int ui_canvas_text(ui_canvas *canvas, int y, int x, int width, unsigned style, const char *text);

/* Draws the part that begins at row `top` and column `left` into r. */
void ui_canvas_draw(const ui_canvas *canvas, ui_rect r, int top, int left);
/* Appends everything as text, without blanks at the ends of lines. */
void ui_canvas_print(const ui_canvas *canvas, nx_buf *out);

#endif
