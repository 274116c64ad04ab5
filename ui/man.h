/* man.h - the manual page: nixie(1) in roff, made of the tables of commands, options and keys. */
#ifndef UI_MAN_H
#define UI_MAN_H

#include "nixie/buf.h"

/* Appends the whole page. */
void ui_man(nx_buf *out);

#endif
