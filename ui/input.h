/* input.h - the line editor: readline inside the frame.
 *
 * An overlay that edits one value with the user's readline habits (inputrc, emacs or vi keys, history
 * per `history` name). It grows to several rows. Alt-Enter or Ctrl-J inserts a newline where `multiline`,
 * Enter accepts, Ctrl-C and Ctrl-G drop, Esc drops in emacs mode and in vi command mode. Ctrl-X Ctrl-E
 * hands the text to $EDITOR.
 *
 * A value that is no text (NULL, DEFAULT) is one of its `states`: Ctrl-X and the state's key choose it,
 * typing makes a text of it again, and the upper edge tells which it is now. While its owner waits for
 * the server (ui_input_wait) keys are kept for what comes afterwards.
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include "app.h"

typedef enum ui_input_reply {
    UI_INPUT_CLOSE, /* accepted: the editor goes away */
    UI_INPUT_KEEP   /* stays open (being judged, or refused: see ui_input_error) */
} ui_input_reply;

typedef struct ui_input_state { /* what a value can be besides a text */
    char key;          /* after Ctrl-X */
    const char *name;  /* "NULL", "DEFAULT" */
    const char *words; /* what it means here: "DEFAULT nextval('post_id_seq'::regclass)"; raw text */
} ui_input_state;

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
    /* Values to choose from (enum labels, true/false); NULL-terminated, may be NULL. The states stand
     * among them; what is typed narrows them, and is the value itself when none is like it. */
    const char *const *choices;
    bool value;              /* the text is a value: its state is told, '' is one too (Ctrl-X e) */
    const ui_input_state *states;
    int nstates;
    int state;               /* which it is in at first; -1: a text. Only looked at where nstates > 0 */
    /* Tab leaves for another way to edit it (the picker); NULL: none. The owner closes the editor. */
    void (*leave)(void *owner);
    const char *leave_words; /* "chooses"; not copied */
    /* Accepted. text is owned by the editor. An owner that opens another editor or list from here
     * closes this one first (ui_input_close) and returns UI_INPUT_KEEP. */
    ui_input_reply (*accept)(void *owner, const char *text);
    void (*changed)(void *owner, const char *text); /* after every keystroke; may be NULL */
    void (*drop)(void *owner);                      /* dropped; may be NULL */
    void (*stop)(void *owner);                      /* Esc or Ctrl-C while it waits; NULL: as drop */
    void *owner;
} ui_input_options;

/* Opens the editor over everything. The options' strings are copied. Returns its view. */
ui_view *ui_input_open(ui_app *app, const ui_input_options *options);
/* The state accepted, -1 for a text. */
int ui_input_state_now(const ui_view *input);
/* Its text, all of it. */
void ui_input_set_text(ui_view *input, const char *text);
/* Keys wait (`words` tell for what: "judging"; not copied) until it is closed, refused, or NULL is said. */
void ui_input_wait(ui_view *input, const char *words);
/* Shows an error beside the text ("invalid input syntax ..."), position 1-based or 0; the editor stays open. */
void ui_input_error(ui_view *input, const char *message, int position);
/* Closes it, as after UI_INPUT_CLOSE. */
void ui_input_close(ui_view *input);

#endif
