/* peek.h - a pane beside the grid: the record under the cursor, or the one that its reference points at. It follows
 * the cursor: what is not here yet is asked for, in one trip, once the cursor rests. */
#ifndef UI_PEEK_H
#define UI_PEEK_H

#include "rows.h"

typedef struct ui_peek ui_peek;

ui_peek *ui_peek_new(rows_view *v);
void ui_peek_free(ui_peek *peek); /* NULL is allowed */
/* The cursor may be elsewhere, or what is under it have changed. */
void ui_peek_look(ui_peek *peek);
/* What was read is old: reads it again. */
void ui_peek_again(ui_peek *peek);
/* Cuts the pane's place off the grid's. */
ui_rect ui_peek_place(ui_rect *grid);
void ui_peek_draw(ui_peek *peek, ui_rect box);

#endif
