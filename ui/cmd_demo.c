/* nixie demo: a throw-away server with sample data, browsed, and gone on exit. */
#include <unistd.h>

#include "browse.h"
#include "command.h"
#include "demo.h"
#include "output.h"
#include "process.h"

enum { DEMO_ROWS = 20 };

/* Without a terminal: what a first look at the screen would have told. */
static int show_as_text(const ui_options *options, const nx_source *source) {
    ui_note("no terminal to browse in: here are the models and the first posts as text");
    ui_options models = *options, rows = *options;
    models.command = UI_COMMAND_MODELS;
    rows.command = UI_COMMAND_ROWS;
    rows.model = "Post";
    rows.limit = DEMO_ROWS;
    int status = ui_cmd_models(&models, source);
    nx_buf heading = NX_BUF;
    nx_buf_adds(&heading, "\nPost\n");
    status = status == UI_EXIT_DONE ? ui_write(&heading) : status;
    nx_buf_free(&heading);
    return status == UI_EXIT_DONE ? ui_cmd_rows(&rows, source) : status;
}

static int browse_demo(const ui_options *wishes, const char *url, nx_error *err) {
    ui_options demo = *wishes;
    const ui_options *options = &demo;
    demo.foreign = true; /* a schema in the current folder is about another database */
    const nx_source_request request = {.url = url};
    nx_source *source = nx_source_find(&request, err);
    if (!source) {
        return UI_EXIT_CONNECT;
    }
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    int status = terminal ? ui_browse(options, source) : show_as_text(options, source);
    nx_source_free(source);
    return status;
}

int ui_cmd_demo(const ui_options *options, const nx_source *source) {
    (void)source;
    ui_demo *demo = NULL;
    nx_error err = NX_ERROR;
    ui_process_catch();
    int status = ui_demo_start(&demo, &ui_stop, &err);
    if (status == UI_EXIT_DONE) {
        status = browse_demo(options, ui_demo_url(demo), &err);
    }
    if (nx_failed(&err)) {
        ui_fail(&err);
    }
    ui_demo_stop(demo);
    return status;
}
