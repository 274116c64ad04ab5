/* check_pair.h - DATABASE_URL and DIRECT_URL as a pair, for nixie check. */
#ifndef UI_CHECK_PAIR_H
#define UI_CHECK_PAIR_H

#include "nixie/buf.h"
#include "nixie/session.h"
#include "options.h"

/* Where a DIRECT_URL (or DATABASE_URL_UNPOOLED) is known beside the source that was checked: connects to it too, and
 * calls `add` for each thing that is wrong with the two. `server`: who answered at the first. */
void ui_check_pair(const ui_options *options, const nx_source *source, const nx_server *server,
                   void (*add)(void *owner, const char *what, const char *hint), void *owner);

#endif
