/* terminal.h - the terminal: opened, read, suspended and restored on every way out.
 *
 * The only globals of the program are the terminal's own, here. SIGWINCH, SIGINT, SIGTERM, SIGHUP,
 * SIGTSTP and SIGCONT arrive through a pipe that the loop polls; fatal signals (QUIT, ABRT, SEGV, BUS, FPE, ILL)
 * restore the terminal with async-signal-safe calls and then act as they always do.
 */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "key.h"
#include "nixie/error.h"

typedef enum ui_input_kind { UI_INPUT_KEY, UI_INPUT_PASTE, UI_INPUT_MOUSE } ui_input_kind;
typedef enum ui_mouse { UI_MOUSE_CLICK, UI_MOUSE_DOUBLE, UI_MOUSE_WHEEL_UP, UI_MOUSE_WHEEL_DOWN } ui_mouse;

typedef struct ui_input {
    ui_input_kind kind;
    ui_key key;     /* UI_INPUT_KEY */
    char text[8];   /* UI_INPUT_KEY: the character in UTF-8, or "" for special keys */
    char *paste;    /* UI_INPUT_PASTE: NUL-terminated, at most 1 MiB, valid until the next read */
    bool cut;       /* UI_INPUT_PASTE: it was longer */
    bool nul;       /* UI_INPUT_PASTE: it held NUL bytes, which are left out */
    ui_mouse mouse; /* UI_INPUT_MOUSE */
    int y, x;
} ui_input;

typedef enum ui_signal {
    UI_SIGNAL_NONE, UI_SIGNAL_RESIZE, UI_SIGNAL_QUIT, UI_SIGNAL_INTERRUPT, UI_SIGNAL_CONT, UI_SIGNAL_STOP
} ui_signal;

/* Opens the terminal: curses in raw mode with nonl, colours, mouse, bracketed paste. False with
 * NX_ERR_USAGE when stdin or stdout is no terminal or TERM cannot do it. */
bool ui_term_open(nx_error *err);
/* Restores the terminal. Safe to call twice. */
void ui_term_close(void);
/* Leaves the terminal to another program and comes back (an editor, the shell). */
void ui_term_leave(void);
void ui_term_return(void);
/* Ctrl-Z: restores the terminal, stops the whole process group, and sets up again when continued. */
void ui_term_suspend(void);

int ui_term_fd(void);        /* to poll for input */
int ui_term_signal_fd(void); /* to poll for signals */
ui_signal ui_term_signal(void); /* the next signal that arrived, without waiting */
int ui_term_quit_signal(void);  /* the signal that asked to quit, 0 when none */
/* The next input without waiting; false when there is none. Terminal replies and garbage are
 * swallowed. */
bool ui_term_read(ui_input *input);
/* Something was read that ui_term_read has not told yet: there is no need to wait for the terminal. */
bool ui_term_waiting(void);
/* True when the terminal is gone (read said so). */
bool ui_term_gone(void);

int ui_term_height(void);
int ui_term_width(void);
/* Takes over the terminal's present size. */
void ui_term_resize(void);
void ui_term_redraw_all(void); /* the next draw sends everything */
bool ui_term_utf8(void);
void ui_term_mouse(bool on);
/* Puts text on the clipboard with OSC 52 (at most 100,000 bytes: false when longer). */
bool ui_term_clipboard(const char *text, size_t len);

#endif
