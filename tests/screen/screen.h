/* screen.h - the real program in a pseudo-terminal, seen through a terminal emulator (libvterm).
 *
 * A frame arrives in pieces, so that every assertion is a wait with a deadline: screen_wait() steps the
 * terminal until the text is there, or fails the test with a picture of the screen.
 */
#ifndef NIXIE_SCREEN_H
#define NIXIE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "lab/clock.h"
#include "nixie/buf.h"

typedef struct screen screen;

/* Starts the program (argv[0] is its path) in a terminal of this size. `env` holds "NAME=value" strings
 * besides the pinned ones (TERM=xterm-256color, LC_ALL=C.UTF-8, no LINES and COLUMNS, an XDG_STATE_HOME of its own), ended by NULL; NULL: none. */
screen *screen_start(int rows, int columns, const char *const *argv, const char *const *env);
/* The program under test: NIXIE in the environment, else .build/san/nixie. */
const char *screen_program(void);
/* The same without sanitizers: NIXIE_PLAIN in the environment, else .build/plain/nixie. */
const char *screen_plain_program(void);
/* Starts nixie on a database; `more` are further arguments, NULL-terminated, or NULL. */
screen *screen_nixie(int rows, int columns, const char *url, const char *const *more);
/* Ends it: kills the program if it still runs, frees everything. */
void screen_stop(screen *s);

/* Types. "<Enter>", "<Esc>", "<Tab>", "<Up>", "<PgDn>", "<C-f>", "<A-Left>", "<BS>", "<Home>", "<lt>" are keys;
 * the rest are characters. */
void screen_type(screen *s, const char *keys);
void screen_send(screen *s, const char *bytes, size_t len);
void screen_paste(screen *s, const char *text);                /* as a bracketed paste */
void screen_click(screen *s, int row, int column, bool twice); /* 0-based */
void screen_resize(screen *s, int rows, int columns);

/* Waits (20 s at most) until the text stands on some line; fails the test when it does not. */
void screen_wait(screen *s, const char *text);
/* For what the program says or does because an answer takes long: its time passes although it waits for the server. */
void screen_wait_late(screen *s, const char *text);
void screen_wait_line_late(screen *s, int row, const char *text);
/* Until it is not shown, and the frame that replaced it is whole. */
void screen_wait_gone(screen *s, const char *text);
/* Until it stands on this line (from 0; negative: from the bottom). */
void screen_wait_line(screen *s, int row, const char *text);
/* Until the condition holds. */
void screen_until(screen *s, bool (*condition)(screen *s, void *data), void *data, const char *what);
/* Reads what is there now without waiting for more than `ms`. */
void screen_pump(screen *s, int ms);

/* The program's clock. It is held: it stands still while the program works or waits for the server, and moves on while a
 * test waits for the screen and the program for nothing but the clock. So nothing that the program does after a time
 * depends on how busy the machine is. */
lab_clock *screen_clock(screen *s);

/* What the program does, in words, for the report of a test that failed: it rests, waits for an answer, ... */
void screen_doing(screen *s, nx_buf *out);
/* Lets that much time pass for the program, whatever it waits for. */
void screen_pass(screen *s, int ms);
/* Until the program has read all that was typed, and waits. */
void screen_rest(screen *s);
/* Until the program also waits for no answer, and has nothing to do within a moment (250 ms of its clock). */
void screen_settle(screen *s);

bool screen_has(screen *s, const char *text);
/* Finds the text; its row and column (in cells). */
bool screen_find(screen *s, const char *text, int *row, int *column);
/* One line as UTF-8 without trailing blanks; valid until the next call. */
const char *screen_line(screen *s, int row);
/* The whole screen; valid until the next call. */
const char *screen_text(screen *s);
int screen_rows(const screen *s);
int screen_columns(const screen *s);
bool screen_cursor_visible(const screen *s);
bool screen_alternate(const screen *s); /* the alternate screen is on */

typedef struct screen_cell {
    char text[32]; /* "" where nothing was written and for the second half of a wide character */
    int width;
    int fg, bg;              /* palette index, -1 for the default */
    unsigned rgb_fg, rgb_bg; /* 0xRRGGBB */
    bool bold, italic, underline, reverse;
} screen_cell;
screen_cell screen_at(screen *s, int row, int column);

int screen_pid(const screen *s);
bool screen_ended(screen *s); /* by itself or by a signal */
/* Waits for the program's end; its wait status. */
int screen_wait_exit(screen *s);
/* Every byte the program has sent, for tests of what reaches a terminal. */
const char *screen_bytes(screen *s, size_t *len);
/* The terminal's attributes (tcgetattr) are those it had before the program ran. */
bool screen_terminal_restored(screen *s);

#endif
