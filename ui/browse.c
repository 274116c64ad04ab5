#include "browse.h"

#include "command.h"
#include "output.h"
#include "terminal.h"

int ui_browse(const ui_options *options, const nx_source *source) {
    (void)options;
    (void)source;
    nx_error err = NX_ERROR;
    if (!ui_term_open(&err)) {
        return ui_fail(&err);
    }
    ui_term_close();
    return UI_EXIT_DONE;
}
