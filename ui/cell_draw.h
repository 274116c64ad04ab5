/* cell_draw.h - one value as a person must be able to tell it: NULL, '', the text NULL, JSON null,
 * infinity, trailing blanks and control characters all look different. */
#ifndef UI_CELL_DRAW_H
#define UI_CELL_DRAW_H

#include "draw.h"
#include "nixie/change.h"
#include "nixie/rows.h"

/* What is to be shown of a field: the cell as it came, or what is staged for it. */
typedef struct ui_cell {
    const nx_field *field;
    nx_value value;
    bool cut, withheld, dangling;
    int64_t size;
    const char *label;
    bool is_default; /* the server will fill in the default */
    ui_style staged; /* UI_UPDATED, UI_INSERTED or UI_DELETED, UI_PLAIN when not staged */
} ui_cell;

/* `cell` may be NULL (a new record); `change` and its assignment to the field are looked up when not NULL. */
ui_cell ui_cell_of(const nx_field *field, const nx_cell *cell, const nx_change *change);

/* The style of plain values of a type. */
ui_style ui_cell_style(const nx_field *field);

/* Columns that the cell would like, at most max. */
int ui_cell_width(const ui_cell *cell, int max);

void ui_cell_draw(int y, int x, int width, unsigned mods, const ui_cell *cell);

#endif
