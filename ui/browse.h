/* browse.h - the browser itself: opens the terminal and runs the program's one poll loop. */
#ifndef UI_BROWSE_H
#define UI_BROWSE_H

#include "nixie/source.h"
#include "options.h"

/* Browses the database of `source`, opening options->model first when one was named. Returns the
 * program's exit status: 0, 2 without a usable terminal, 3 when no connection could be made. */
int ui_browse(const ui_options *options, const nx_source *source);

#endif
