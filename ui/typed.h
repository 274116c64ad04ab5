/* typed.h - what is typed to narrow a list: its keys, the same wherever one types so. */
#ifndef UI_TYPED_H
#define UI_TYPED_H

#include "nixie/buf.h"
#include "terminal.h"

/* Takes a character, the first line of a paste, Backspace, Ctrl-W or Ctrl-U into the text. False: none of these. */
bool ui_typed_take(nx_buf *text, const ui_input *input);

#endif
