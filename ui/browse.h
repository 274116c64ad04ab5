/* browse.h - the curses program. */
#ifndef UI_BROWSE_H
#define UI_BROWSE_H

#include "nixie/source.h"
#include "options.h"

/* Browses `source` until the user quits; options->model, when given, is opened first. Returns the exit
 * status: UI_EXIT_USAGE when stdin or stdout is no terminal or TERM cannot do it. Both arguments must
 * outlive the call. */
int ui_browse(const ui_options *options, const nx_source *source);

#endif
