/* terminfo.h - what the terminal's description says; apart, because <term.h> defines common words. */
#ifndef UI_TERMINFO_H
#define UI_TERMINFO_H

#include <stdbool.h>

#include "nixie/error.h"

/* Can this terminal hold a screen? False with NX_ERR_USAGE and a hint. */
bool ui_terminfo_usable(nx_error *err);

#endif
