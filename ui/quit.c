/* Quitting while changes are staged: nothing is thrown away without a word. */
#include <stdio.h>

#include "edit.h"
#include "list.h"
#include "nixie/journal.h"
#include "views.h"

static void discard_and_leave(ui_app *app) {
    if (app->saving) {
        ui_refuse(app, "a save is under way");
        return;
    }
    nx_error err = NX_ERROR;
    if (nx_changeset_clear(app->changes, &err)) {
        app->leave = true;
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
}

static void save_and_leave(ui_app *app) {
    ui_changes_open(app);
    app->leave_when_saved = true;
    ui_edit_save(app);
}

static void chosen(void *owner, const ui_list_item *item) {
    ui_app *app = owner;
    switch (item->key) {
    case 'k': app->leave = true; break;
    case 's': save_and_leave(app); break;
    case 'd': discard_and_leave(app); break;
    default: break;
    }
}

void ui_app_quit(ui_app *app) {
    int n = app->changes ? nx_changeset_count(app->changes) : 0;
    if (n == 0) {
        app->leave = true;
        return;
    }
    char title[64];
    snprintf(title, sizeof title, "%d staged change%s not saved. Quit?", n, n == 1 ? " is" : "s are");
    const ui_list_item items[] = {
        {.text = "keep: offer them at the next start", .key = 'k'}, /* first: nothing is lost, nothing written */
        {.text = "cancel: stay here", .key = 'c'},
        {.text = "save them, then quit", .key = 's'},
        {.text = "discard them", .key = 'd'},
    };
    int first = app->journal ? 0 : 1;
    ui_list_open(app, &(ui_list_options){.title = title, .items = items + first, .nitems = (int)NX_COUNT(items) - first,
                                         .chosen = chosen, .owner = app});
}

void ui_app_quit_discarding(ui_app *app) {
    if (app->saving) { /* its outcome is not known: what is staged stays in the journal */
        app->leave = true;
    } else {
        discard_and_leave(app);
    }
}
