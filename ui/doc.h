/* doc.h - lines of styled text with a cursor: what the describe, changes and record views show. */
#ifndef UI_DOC_H
#define UI_DOC_H

#include "draw.h"
#include "nixie/buf.h"

typedef struct ui_span {
    unsigned style;
    const char *text; /* raw text, owned by the document */
    size_t len;
} ui_span;

typedef struct ui_doc_line {
    int item;   /* what the line belongs to, -1: nothing the cursor can stand on */
    int indent; /* columns */
    int first, nspans;
} ui_doc_line;

typedef struct ui_doc {
    nx_arena *arena;
    ui_doc_line *lines;
    int nlines;
    ui_span *spans;
    int nspans;
    int top, cursor; /* cursor is a line */
    int height;      /* at the last draw */
    char *needle;    /* marked where it stands; owned */
} ui_doc;

void ui_doc_free(ui_doc *doc);
/* Forgets the lines, keeps cursor and needle. */
void ui_doc_clear(ui_doc *doc);
/* Begins a line. */
void ui_doc_line_add(ui_doc *doc, int item, int indent);
/* Appends to the present line; text is copied. */
void ui_doc_add(ui_doc *doc, unsigned style, const char *text, size_t len);
void ui_doc_adds(ui_doc *doc, unsigned style, const char *text);
void ui_doc_addf(ui_doc *doc, unsigned style, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Pads the present line with blanks up to this column (from its indent). */
void ui_doc_pad(ui_doc *doc, int column);
/* Text in as many lines of at most `width` columns as it takes (breaking at newlines too), at most
 * `most` lines (0: all; an ellipsis line tells of the rest). The first continues the present line. */
void ui_doc_wrap(ui_doc *doc, unsigned style, const char *text, size_t len, int width, int most);

void ui_doc_draw(ui_doc *doc, ui_rect r, bool focused);
/* Moves the cursor to the next line that belongs to an item (or any line when none does). */
void ui_doc_move(ui_doc *doc, int by);
void ui_doc_move_to(ui_doc *doc, int line);
/* The item under the cursor, -1 when none. */
int ui_doc_item(const ui_doc *doc);
/* Puts the cursor on the first line of an item. */
void ui_doc_go_item(ui_doc *doc, int item);
/* Finds the needle from the line after the cursor on (step 1 or -1). False when it is nowhere. */
bool ui_doc_find(ui_doc *doc, int step);
void ui_doc_set_needle(ui_doc *doc, const char *needle);

#endif
