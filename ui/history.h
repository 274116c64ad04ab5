/* history.h - what was typed before, on disk: $XDG_STATE_HOME/nixie/history (else ~/.local/state).
 *
 * One file of lines "name TAB text", appended to as one goes, 0600 in a folder that is ours alone, never
 * through a symbolic link, cut back to its newest half when it grows beyond 512 KiB. Without such a
 * folder nothing is kept. Secrets never come here: neither the values of fields with a secret's name nor
 * lines with a password in them.
 */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include <stdbool.h>

/* Calls `add` for every line kept under this name, the oldest first. */
void ui_history_read(const char *name, void (*add)(const char *line));
/* Keeps a line. What is long or has a password in it is not kept. */
void ui_history_keep(const char *name, const char *line);

/* Has this line a password in it (a URL's, or the word)? */
bool ui_history_secret_line(const char *line);

#endif
