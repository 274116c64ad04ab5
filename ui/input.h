/* input.h - the line editor: readline inside the frame.
 *
 * An overlay that edits one value with the user's readline habits (inputrc, emacs or vi keys, history
 * per `history` name). Alt-Enter or Ctrl-J inserts a newline where `multiline`, Enter accepts,
 * Ctrl-C and Ctrl-G drop, Esc drops in emacs mode and in vi command mode. Ctrl-X Ctrl-E hands the text
 * to $EDITOR.
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include "app.h"

typedef enum ui_input_reply {
    UI_INPUT_CLOSE, /* accepted: the editor goes away */
    UI_INPUT_KEEP   /* stays open (being judged, or refused: see ui_input_error) */
} ui_input_reply;

typedef struct ui_input_options {
    const char *prompt;      /* "filter", "title text not null"; raw text */
    const char *initial;     /* NULL: empty */
    const char *verb;        /* what Enter does: "stages", "filters"; not copied, NULL: "accepts" */
    const char *extension;   /* of the file for $EDITOR; not copied, NULL: "txt" */
    const char *history;     /* name of its history, NULL: none */
    bool multiline;
    ui_rect anchor;          /* the cell it edits, to be shown above or below of; width 0: the bottom line */
    /* Completion at a byte of the text; as nx_filter_complete. NULL: none. */
    char **(*complete)(void *owner, const char *text, size_t cursor, size_t *start);
    /* Values to choose from with Up/Down and Tab (enum labels, true/false); NULL-terminated, may be NULL. */
    const char *const *choices;
    /* Accepted. text is owned by the editor. An owner that opens another editor or list from here
     * closes this one first (ui_input_close) and returns UI_INPUT_KEEP. */
    ui_input_reply (*accept)(void *owner, const char *text);
    void (*changed)(void *owner, const char *text); /* after every keystroke; may be NULL */
    void (*drop)(void *owner);                      /* dropped; may be NULL */
    void *owner;
} ui_input_options;

/* Opens the editor over everything. The options' strings are copied. Returns its view. */
ui_view *ui_input_open(ui_app *app, const ui_input_options *options);
/* Shows an error beside the text ("invalid input syntax ..."), position 1-based or 0; the editor stays open. */
void ui_input_error(ui_view *input, const char *message, int position);
/* Completions that took a while: n words that may stand at byte `start` up to the cursor, each with a note
 * beside it. Both are copied. */
void ui_input_offer(ui_view *input, size_t start, const char *const *words, const char *const *notes, int n);
/* Closes it, as after UI_INPUT_CLOSE. */
void ui_input_close(ui_view *input);

#endif
