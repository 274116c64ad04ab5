/* editor.h - the user's own editor on one value. */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

#include <stdbool.h>

#include "nixie/buf.h"
#include "nixie/error.h"

/* Hands `text` to $VISUAL, $EDITOR or vi in a private temporary file (0600, removed afterwards), gives the
 * terminal away meanwhile, and reads back what was written. A final newline that the editor added is
 * taken off. `altered` tells whether it differs. False with err when the editor failed: nothing is
 * altered then. */
bool ui_editor_run(const char *extension, nx_buf *text, bool *altered, nx_error *err);

#endif
