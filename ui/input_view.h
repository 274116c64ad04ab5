/* input_view.h - the parts of the line editor: keys (input.c), words and choices (input_choice.c), the
 * screen (input_draw.c). */
#ifndef UI_INPUT_VIEW_H
#define UI_INPUT_VIEW_H

#include "input.h"

typedef struct ui_lines { /* the text as rows on the screen */
    size_t *starts;       /* the byte at which each begins */
    int n, cap;
} ui_lines;

typedef struct ui_input_choice {
    char *text;
    int state; /* -1: the text itself */
} ui_input_choice;

typedef struct input_view {
    ui_view view;
    char *prompt;
    bool accepted, dropped;
    ui_input_options o; /* strings are our own */
    ui_input_state *states;
    int state;          /* -1: a text */
    const char *waiting; /* for the server, or NULL */

    ui_input_choice *choices;
    int nchoices;
    int *shown;           /* the choices that are like what was typed */
    int nshown, choice;   /* the one under the cursor, in `shown`; -1: none */

    char **words;         /* completions in sight, NULL-terminated */
    int word;             /* the one in the line, -1: none yet */
    size_t word_start;

    bool prefixed;        /* Ctrl-X was typed: the next key says what for */
    nx_buf error;
    int error_at;         /* 1-based character, 0 none */
    ui_lines lines;       /* as last drawn */
    int width, rows, top;
    int wish;             /* the column that Up and Down keep to, -1 */
} input_view;

/* input_choice.c */
void ui_input_forget_words(input_view *v);
int ui_input_count_words(const input_view *v);
void ui_input_complete(input_view *v, int step);
void ui_input_make_choices(input_view *v);
void ui_input_narrow(input_view *v, const char *typed);
void ui_input_choose(input_view *v, int step);
void ui_input_free_choices(input_view *v);

/* input_draw.c */
void ui_input_draw(ui_view *view, ui_rect screen, bool focused);
void ui_lines_of(ui_lines *lines, const char *s, size_t len, int width);
int ui_lines_find(const ui_lines *lines, size_t byte);              /* the row of a byte */
int ui_lines_column(const ui_lines *lines, const char *s, int row, size_t byte);
size_t ui_lines_byte(const ui_lines *lines, const char *s, size_t len, int row, int column);

#endif
