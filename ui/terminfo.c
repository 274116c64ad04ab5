#include "terminfo.h"

#include <stdlib.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

/* A terminal without cursor addressing cannot hold a screen: TERM=dumb and the like. */
bool ui_terminfo_usable(nx_error *err) {
    int status;
    const char *name = getenv("TERM");
    if (!name || !*name || setupterm(NULL, STDOUT_FILENO, &status) != OK) {
        nx_error_set(err, NX_ERR_USAGE, "the terminal type \"%s\" is unknown", name ? name : "");
    } else if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
        nx_error_set(err, NX_ERR_USAGE, "the terminal type \"%s\" cannot place the cursor", name);
    } else {
        del_curterm(cur_term); /* newterm makes its own */
        return true;
    }
    nx_error_hint(err, "set TERM, for example to xterm-256color; nixie rows MODEL prints without a screen");
    return false;
}
