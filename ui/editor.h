/* editor.h - the user's own editor on one value. */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

#include <stdbool.h>

#include "nixie/buf.h"
#include "nixie/error.h"

/* Hands `text` to $VISUAL, $EDITOR or vi in a private temporary file (0600, removed afterwards with what the
 * editor left beside it), gives the terminal away meanwhile, and reads back what was written. Editors end a
 * file with a newline: one that the value did not have is taken off, one that it had stays. Ctrl-C and
 * Ctrl-\ are the editor's. `altered` tells whether it differs. False with err when the editor failed:
 * nothing is altered then. */
bool ui_editor_run(const char *extension, nx_buf *text, bool *altered, nx_error *err);

#endif
