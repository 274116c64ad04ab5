#include "protect.h"

#include <stdlib.h>
#include <string.h>

#include "input.h"

typedef struct question {
    ui_app *app;
    ui_view *input;
    void (*yes)(void *app);
} question;

static const char *database(const ui_app *app) {
    const nx_server *server = nx_session_server(app->session);
    return server ? server->database : app->source->database ? app->source->database : "";
}

static void dropped(void *owner) {
    question *q = owner;
    q->app->leave_when_saved = false;
    ui_say(q->app, UI_INFO, "nothing was saved");
    free(q);
}

static ui_input_reply typed(void *owner, const char *text) {
    question q = *(question *)owner;
    bool right = strcmp(text, database(q.app)) == 0;
    free(owner);
    ui_input_close(q.input);
    if (right) {
        q.yes(q.app);
    } else {
        q.app->leave_when_saved = false;
        ui_say(q.app, UI_ERROR, "nothing was saved: this is not the database's name");
    }
    return UI_INPUT_KEEP; /* closed already */
}

bool ui_protect_ask(ui_app *app, void (*yes)(void *app)) {
    if (!app->options->settings.protected) {
        return false;
    }
    question *q = nx_calloc(1, sizeof *q);
    *q = (question){.app = app, .yes = yes};
    q->input = ui_input_open(app, &(ui_input_options){.prompt = "protected: type the database's name to save",
                                                      .verb = "saves", .accept = typed, .drop = dropped, .owner = q});
    return true;
}

const char *ui_protect_read_only(const ui_app *app) {
    const nx_server *server = nx_session_server(app->session);
    if (app->options->settings.read_only) {
        return "the config says that this host is read-only";
    }
    if (app->options->read_only) {
        return "nixie was started with --read-only";
    }
    if (server && server->replica) {
        return "this is a replica, which only reads";
    }
    if (app->turned_read_only) {
        return "the server has become read-only";
    }
    return nx_session_read_only(app->session) ? "this session is read-only" : NULL;
}

void ui_protect_refused(ui_app *app, const nx_error *err) {
    app->turned_read_only = app->turned_read_only || strcmp(err->sqlstate, "25006") == 0;
}
