/* readline_glue.h - readline without a terminal of its own: it gets bytes from us and draws nothing.
 *
 * Readline's state is global, so one line is edited at a time.
 */
#ifndef UI_READLINE_GLUE_H
#define UI_READLINE_GLUE_H

#include <stdbool.h>
#include <stddef.h>

#include "key.h"
#include "terminal.h"

/* Begins a line with the text in it and the cursor at its end. `history` names its history, NULL: none. */
void ui_readline_begin(const char *initial, const char *history);
/* Ends it; with `remember` the line goes into the history. */
void ui_readline_end(bool remember);
/* Gives readline a key. False when it has no bytes to stand for it. */
bool ui_readline_key(const ui_input *input);
void ui_readline_insert(const char *text);               /* at the cursor */
void ui_readline_replace(size_t start, const char *text); /* from byte `start` to the cursor */
void ui_readline_set(const char *text);                  /* the whole line */
const char *ui_readline_text(void);
size_t ui_readline_cursor(void); /* in bytes */
void ui_readline_move(size_t byte);
/* True once a key of the user's own made readline accept the line. */
bool ui_readline_accepted(void);
/* Would Esc leave the editor (emacs mode, vi command mode), rather than vi's insert mode? */
bool ui_readline_escape_leaves(void);
/* With vi keys: "insert" or "command"; NULL with emacs keys. */
const char *ui_readline_mode(void);

#endif
