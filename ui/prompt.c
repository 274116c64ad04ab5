/* The command prompt (:), with completion: actions by their names, models, and settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "keymap.h"
#include "label_choice.h"
#include "list.h"
#include "migrations.h"
#include "nixie/text.h"
#include "views.h"

static void set_mouse(ui_app *app, bool on) {
    ui_term_mouse(on);
    ui_say(app, UI_INFO, on ? "the mouse is nixie's" : "the mouse is the terminal's: text can be selected");
}

static void set_system(ui_app *app, bool on) {
    app->show_system = on;
    ui_models_catalog(app->models);
}

static const struct setting {
    const char *name;
    void (*set)(ui_app *app, bool on);
} settings[] = {{"mouse", set_mouse}, {"system", set_system}};

/* "set mouse off", "set system", "set nosystem" */
static bool run_set(ui_app *app, const char *words) {
    for (size_t i = 0; i < NX_COUNT(settings); i++) {
        size_t len = strlen(settings[i].name);
        bool no = strncmp(words, "no", 2) == 0;
        if (strncmp(words + (no ? 2 : 0), settings[i].name, len) == 0) {
            const char *rest = words + (no ? 2 : 0) + len;
            if (!*rest || strcmp(rest, " on") == 0 || strcmp(rest, " off") == 0) {
                settings[i].set(app, !no && strcmp(rest, " off") != 0);
                return true;
            }
        }
    }
    ui_say(app, UI_ERROR, "unknown setting: %s  (set mouse on|off, set system on|off)", words);
    return false;
}

static void open_model(ui_app *app, const char *name) {
    nx_error err = NX_ERROR;
    nx_model *model = app->catalog ? nx_catalog_find(app->catalog, name, NULL, &err) : NULL;
    if (model) {
        ui_rows_open(app, model, NULL);
    } else if (nx_failed(&err)) {
        ui_say(app, UI_ERROR, "no command and no model: %s", name);
    } else {
        ui_refuse(app, "the catalog is still being read");
    }
    nx_error_clear(&err);
}

static void run(ui_app *app, const char *text) {
    while (*text == ' ') {
        text++;
    }
    ui_action action = ui_action_find(text);
    if (!*text) {
        return;
    }
    if (strcmp(text, "q") == 0 || strcmp(text, "q!") == 0) {
        if (text[1]) {
            ui_app_quit_discarding(app);
        } else {
            ui_app_quit(app);
        }
    } else if (strcmp(text, "w") == 0) {
        ui_app_do(app, UI_DO_SAVE, 0);
    } else if (strncmp(text, "set ", 4) == 0) {
        run_set(app, text + 4);
    } else if (strcmp(text, "order") == 0 || strncmp(text, "order ", 6) == 0) {
        ui_rows_order(app, text[5] ? text + 6 : "");
    } else if (strcmp(text, "label") == 0 || strncmp(text, "label ", 6) == 0) {
        ui_label_choose(app, text[5] ? text + 6 : "");
    } else if (strcmp(text, "migrations") == 0) {
        ui_migrations_open(app);
    } else if (action != UI_DO_NOTHING) {
        ui_app_do(app, action, 0);
    } else {
        open_model(app, text);
    }
}

/* The editor is still open while it accepts: the command runs once it is closed. */
typedef struct prompt {
    ui_app *app;
    ui_view *input;
} prompt;

static ui_input_reply accept(void *owner, const char *text) {
    prompt p = *(prompt *)owner;
    free(owner);
    ui_input_close(p.input);
    run(p.app, text);
    return UI_INPUT_KEEP; /* closed already */
}

/* --- completion --------------------------------------------------------------------------------------------------- */

typedef struct words {
    char **list;
    size_t n;
} words;

static void add(words *w, const char *prefix, size_t len, const char *word) {
    if (strncasecmp(word, prefix, len) == 0 && w->n < 200) {
        w->list = nx_realloc(w->list, w->n + 2, sizeof *w->list);
        w->list[w->n++] = nx_strdup(word);
        w->list[w->n] = NULL;
    }
}

static void add_labels(words *w, ui_app *app, const char *prefix, size_t len) {
    const nx_model *model = ui_label_model(app);
    for (int i = 0; model && i < model->nfields; i++) {
        add(w, prefix, len, nx_field_title(model->fields[i]));
    }
}

static char **complete(void *owner, const char *text, size_t cursor, size_t *start) {
    ui_app *app = ((prompt *)owner)->app;
    words w = {0};
    if (strncmp(text, "label ", 6) == 0 && cursor >= 6) {
        *start = 6;
        add_labels(&w, app, text + 6, cursor - 6);
        return w.list;
    }
    bool set = strncmp(text, "set ", 4) == 0 && cursor >= 4;
    *start = set ? 4 : 0;
    const char *prefix = text + *start;
    size_t len = cursor - *start;
    static const char *const states[] = {"on", "off"};
    for (size_t i = 0; set && i < 2 * NX_COUNT(settings); i++) {
        char line[40];
        snprintf(line, sizeof line, "%s %s", settings[i / 2].name, states[i % 2]);
        add(&w, prefix, len, line);
    }
    for (int i = 1; !set && i < UI_ACTION_COUNT; i++) {
        add(&w, prefix, len, ui_action_name((ui_action)i));
    }
    if (!set) {
        add(&w, prefix, len, "set ");
        add(&w, prefix, len, "order ");
        add(&w, prefix, len, "label ");
        add(&w, prefix, len, "migrations");
    }
    for (int i = 0; !set && len > 0 && app->catalog && i < nx_catalog_count(app->catalog); i++) {
        add(&w, prefix, len, nx_catalog_model(app->catalog, i)->title);
    }
    return w.list;
}

void ui_command_open(ui_app *app) {
    prompt *p = nx_calloc(1, sizeof *p);
    p->app = app;
    p->input = ui_input_open(app, &(ui_input_options){.prompt = "command", .verb = "runs", .history = "command", .accept = accept,
                                                      .complete = complete, .drop = free, .owner = p});
}
