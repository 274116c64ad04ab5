#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "edit.h"
#include "export.h"
#include "nixie/save.h"
#include "list.h"
#include "recovery.h"
#include "saved.h"
#include "views.h"

enum { HOLD_MS = 400 };

void ui_app_dirty(ui_app *app) { app->dirty = true; }

void ui_app_hold(ui_app *app) { app->hold_until_ms = nx_now_ms() + HOLD_MS; }
void ui_app_release(ui_app *app) {
    if (!app->graph_job) { /* keys that mean relations would come too early: they are right behind the rows */
        app->hold_until_ms = 0;
    }
}

void ui_app_timer_drop(ui_app *app, const void *owner) {
    for (int i = 0; i < UI_TIMERS_MAX; i++) {
        if (app->timers[i].owner == owner) {
            app->timers[i] = (ui_timer){0};
        }
    }
}

void ui_app_timer(ui_app *app, int ms, void (*run)(void *owner), void *owner) {
    ui_app_timer_drop(app, owner);
    for (int i = 0; i < UI_TIMERS_MAX; i++) {
        if (!app->timers[i].run) {
            app->timers[i] = (ui_timer){nx_now_ms() + ms, run, owner};
            return;
        }
    }
    run(owner);
}

/* --- the trail --------------------------------------------------------------------------------------- */

static void close_view(ui_view *view) {
    if (view == view->app->early) {
        view->app->early = NULL;
    }
    view->ops->close(view);
}

ui_view *ui_app_view(ui_app *app) { return app->at >= 0 ? app->trail[app->at] : NULL; }

/* The trail stands somewhere else: the models pane points at the model that is shown there. */
static void moved(ui_app *app) {
    ui_view *view = ui_app_view(app);
    const nx_model *model = view && view->ops->model ? view->ops->model(view) : NULL;
    if (model) {
        ui_models_show(app->models, model);
    }
    app->focus_models = !view;
    ui_app_dirty(app);
}

/* Closes what lies after the present view. */
static void cut_trail(ui_app *app) {
    while (app->ntrail > app->at + 1) {
        close_view(app->trail[--app->ntrail]);
    }
}

void ui_app_push(ui_app *app, ui_view *view) {
    cut_trail(app);
    if (app->ntrail == UI_TRAIL_MAX) { /* the trail is bounded: the oldest step is forgotten */
        close_view(app->trail[0]);
        memmove(app->trail, app->trail + 1, sizeof(app->trail[0]) * (UI_TRAIL_MAX - 1));
        app->ntrail--;
    }
    app->trail[app->ntrail] = view;
    app->at = app->ntrail++;
    moved(app);
}

bool ui_app_back(ui_app *app) {
    if (app->at <= 0) {
        return false;
    }
    app->at--;
    moved(app);
    return true;
}

bool ui_app_forward(ui_app *app) {
    if (app->at + 1 >= app->ntrail || app->trail[app->at + 1] == app->early) {
        return false;
    }
    app->at++;
    moved(app);
    return true;
}

void ui_app_pop(ui_app *app) {
    if (app->at < 0) {
        return;
    }
    app->at--;
    cut_trail(app);
    moved(app);
}

void ui_app_drop(ui_app *app, ui_view *view) {
    bool here = ui_app_view(app) == view;
    for (int i = 0; i < app->ntrail; i++) {
        if (app->trail[i] == view) {
            memmove(app->trail + i, app->trail + i + 1, sizeof(app->trail[0]) * (size_t)(app->ntrail - i - 1));
            app->ntrail--;
            app->at -= app->at >= i;
            close_view(view);
            break;
        }
    }
    if (here) {
        moved(app);
    }
}

ui_view *ui_app_find(ui_app *app, const ui_view_ops *ops) {
    for (int i = app->at; i >= 0; i--) {
        if (app->trail[i]->ops == ops) {
            return app->trail[i];
        }
    }
    return NULL;
}

/* --- overlays ---------------------------------------------------------------------------------------- */

void ui_app_overlay(ui_app *app, ui_view *view) {
    if (app->noverlays == UI_OVERLAY_MAX) {
        close_view(view);
        return;
    }
    app->overlays[app->noverlays++] = view;
    ui_app_dirty(app);
}

void ui_app_remove(ui_app *app, ui_view *overlay) {
    for (int i = 0; i < app->noverlays; i++) {
        if (app->overlays[i] == overlay) {
            memmove(app->overlays + i, app->overlays + i + 1, sizeof(app->overlays[0]) * (size_t)(app->noverlays - i - 1));
            app->noverlays--;
            close_view(overlay);
            ui_app_dirty(app);
            return;
        }
    }
}

/* --- messages ---------------------------------------------------------------------------------------- */

void ui_say(ui_app *app, ui_style style, const char *format, ...) {
    va_list args;
    va_start(args, format);
    nx_buf_clear(&app->message);
    nx_buf_vaddf(&app->message, format, args);
    va_end(args);
    app->message_style = style;
    ui_app_dirty(app);
}

void ui_say_error(ui_app *app, const nx_error *err) {
    nx_error_copy(&app->last_error, err);
    ui_style style = err->kind == NX_ERR_CANCELLED ? UI_INFO : UI_ERROR;
    bool more = err->detail || err->hint || err->statement;
    ui_say(app, style, "%s%s", err->message, more && style == UI_ERROR ? "  (E: more)" : "");
}

int ui_refuse(ui_app *app, const char *format, ...) {
    va_list args;
    va_start(args, format);
    nx_buf_clear(&app->message);
    nx_buf_vaddf(&app->message, format, args);
    va_end(args);
    app->message_style = UI_INFO;
    ui_app_dirty(app);
    return UI_DONE;
}

/* --- the changeset ------------------------------------------------------------------------------------ */

void ui_app_changed(ui_app *app) {
    for (int i = 0; i < app->ntrail; i++) {
        if (app->trail[i]->ops->changed) {
            app->trail[i]->ops->changed(app->trail[i]);
        }
    }
    ui_app_dirty(app);
}

const nx_value *ui_app_saved_key(const ui_app *app, uint64_t id, const nx_value *key, int nkey) {
    const nx_save_report *report = app->report;
    for (int i = 0; report && id && i < report->nsaved; i++) {
        const nx_saved_change *c = &report->saved[i];
        if (c->id != id || c->kind != NX_UPDATE || c->nkey != nkey) {
            continue;
        }
        for (int k = 0; k < nkey; k++) {
            if (!nx_value_equal(c->key[k], key[k])) {
                return c->key;
            }
        }
    }
    return NULL;
}

void ui_app_saved(ui_app *app) {
    for (int i = 0; i < app->ntrail; i++) {
        if (app->trail[i]->ops->saved) {
            app->trail[i]->ops->saved(app->trail[i]);
        }
    }
    ui_app_changed(app);
}

/* --- actions ------------------------------------------------------------------------------------------ */

static bool running(const ui_app *app) {
    switch (nx_session_get_state(app->session)) {
    case NX_SESSION_OFF:
    case NX_SESSION_READY:
    case NX_SESSION_LOST: return false;
    default: return true;
    }
}

static void do_cancel(ui_app *app) {
    if (app->exporting) {
        ui_export_cancel(app);
    } else if (running(app) && app->saving) {
        nx_save_cancel(app->saving); /* says itself what became of it */
    } else if (running(app)) {
        nx_session_cancel(app->session);
        ui_say(app, UI_INFO, "cancelled");
    } else if (ui_count_elapsed_ms(app, NULL) >= 0) {
        ui_count_cancel(app);
        ui_say(app, UI_INFO, "the count is cancelled");
    }
}

static void do_escape(ui_app *app) {
    if (running(app) || app->exporting || ui_count_elapsed_ms(app, NULL) >= 0) {
        do_cancel(app);
    } else if (!ui_app_back(app) && !app->focus_models) {
        app->focus_models = true;
    }
}

static void do_close(ui_app *app) {
    if (app->focus_models || app->at <= 0) {
        ui_app_quit(app);
    } else {
        ui_app_pop(app);
    }
}

static void do_save(ui_app *app) {
    if (nx_changeset_count(app->changes) == 0) {
        ui_refuse(app, "nothing is staged");
    } else {
        ui_changes_open(app);
    }
}

static void do_refresh(ui_app *app) { ui_refuse(app, "nothing to read again here"); }
static void do_help(ui_app *app) {
    ui_help_open(app, ui_app_focused(app)->ops->scope);
}
static void do_next_pane(ui_app *app) {
    if (ui_app_view(app)) {
        app->focus_models = !app->focus_models;
    }
}
static void do_error(ui_app *app) {
    if (nx_failed(&app->last_error)) {
        ui_error_open(app, &app->last_error);
    } else if (!ui_saved_open(app)) {
        ui_refuse(app, "there was no error");
    }
}
/* Of the model on the screen; beside the list of models, of the one chosen there. */
static void do_map(ui_app *app) {
    ui_view *view = ui_app_view(app);
    const nx_model *model = !app->focus_models && view && view->ops->model ? view->ops->model(view) : NULL;
    nx_model *found = model ? nx_catalog_by_oid(model->catalog, model->oid) : ui_models_selected(app->models);
    if (app->catalog) {
        ui_map_open(app, found, found ? found->catalog : app->catalog);
    } else {
        ui_refuse(app, "the catalog is still being read");
    }
}

static void do_redraw(ui_app *app) {
    (void)app;
    ui_term_redraw_all();
}
static void do_suspend(ui_app *app) {
    (void)app;
    ui_term_suspend();
}
static void do_back(ui_app *app) {
    if (!ui_app_back(app)) {
        ui_refuse(app, "this is where the trail began");
    }
}
static void do_forward(ui_app *app) {
    if (!ui_app_forward(app)) {
        ui_refuse(app, "nothing to go forward to");
    }
}

/* What actions mean that no view takes for itself. */
static const struct {
    ui_action action;
    void (*run)(ui_app *app);
} general[] = {
    {UI_DO_HELP, do_help},         {UI_DO_COMMAND, ui_command_open}, {UI_DO_NEXT_PANE, do_next_pane},
    {UI_DO_ESCAPE, do_escape},     {UI_DO_CLOSE, do_close},          {UI_DO_QUIT, ui_app_quit},
    {UI_DO_CANCEL, do_cancel},     {UI_DO_REDRAW, do_redraw},        {UI_DO_SUSPEND, do_suspend},
    {UI_DO_RECOVER, ui_recovery_open}, {UI_DO_REFRESH, do_refresh},   {UI_DO_ERROR, do_error},          {UI_DO_CHANGES, ui_changes_open},
    {UI_DO_SAVE, do_save},         {UI_DO_UNDO, ui_edit_undo},       {UI_DO_REDO, ui_edit_redo},
    {UI_DO_BACK, do_back},         {UI_DO_FORWARD, do_forward},      {UI_DO_GO_MODEL, ui_finder_open},
    {UI_DO_MAP, do_map},
    {UI_DO_LOG, ui_log_open},
};

ui_view *ui_app_focused(ui_app *app) {
    if (app->noverlays > 0) {
        return app->overlays[app->noverlays - 1];
    }
    ui_view *view = ui_app_view(app);
    return app->focus_models || !view ? app->models : view;
}

static void apply(ui_app *app, ui_view *view, int flags) {
    if (flags & UI_STOP) {
        ui_app_quit(app);
    }
    if (flags & UI_CLOSE_ME) {
        if (app->noverlays > 0 && app->overlays[app->noverlays - 1] == view) {
            ui_app_remove(app, view);
        } else {
            ui_app_pop(app);
        }
    }
}

void ui_app_do(ui_app *app, ui_action action, int count) {
    ui_app_dirty(app);
    ui_view *view = ui_app_focused(app);
    int flags = view->ops->act ? view->ops->act(view, action, count) : UI_UNHANDLED;
    apply(app, view, flags);
    if (!(flags & UI_UNHANDLED)) {
        return;
    }
    bool overlay = app->noverlays > 0 && app->overlays[app->noverlays - 1] == view;
    for (size_t i = 0; i < NX_COUNT(general); i++) {
        if (general[i].action == action) {
            /* Under an overlay nothing else moves; leaving it, cancelling and help are all that remains. */
            if (overlay && (action == UI_DO_ESCAPE || action == UI_DO_CLOSE || action == UI_DO_CANCEL)) {
                ui_app_remove(app, view);
            } else if (!overlay || action == UI_DO_HELP || action == UI_DO_REDRAW || action == UI_DO_SUSPEND) {
                general[i].run(app);
            }
            return;
        }
    }
}
