/* terminal_paste.h - what is pasted, read by the thousand: curses takes one byte at a time and looks at each. */
#ifndef UI_TERMINAL_PASTE_H
#define UI_TERMINAL_PASTE_H

#include <stdint.h>

#include "nixie/buf.h"
#include "terminal.h"

/* Reads up to the end mark into `text`, of which the result is the string; what came behind the mark is in
 * the pipe *rest, -1 for none. Sets input's cut and nul. */
char *ui_paste_read(nx_buf *text, int *rest, bool utf8, ui_input *input);

void ui_encode_utf8(uint32_t c, char out[8]);

#endif
