/* Input on its way to a view: counts, keys, pastes, the mouse. */
#include "input_route.h"

#include "keymap.h"

static void close_or_pop(ui_app *app, ui_view *view, int flags) {
    if (flags & UI_CLOSE_ME) {
        ui_app_remove(app, view);
    }
    if (flags & UI_STOP) {
        ui_app_quit(app);
    }
}

/* Digits before a motion are a count; 0 alone is a key of its own. */
static bool take_digit(ui_app *app, ui_scope scope, ui_key key) {
    bool counts = scope == UI_SCOPE_ROWS || scope == UI_SCOPE_MODELS || scope == UI_SCOPE_RECORD ||
                  scope == UI_SCOPE_CELL || scope == UI_SCOPE_MAP || scope == UI_SCOPE_LOG || scope == UI_SCOPE_PLAN || scope == UI_SCOPE_DESCRIBE || scope == UI_SCOPE_TEXT ||
                  scope == UI_SCOPE_CHANGES;
    if (!counts || key.mods || key.code < '0' || key.code > '9' || (key.code == '0' && app->count < 0)) {
        return false;
    }
    int digit = (int)(key.code - '0');
    app->count = app->count < 0 ? digit : app->count * 10 + digit;
    app->count = app->count > 999999 ? 999999 : app->count;
    return true;
}

static void forget_message(ui_app *app) {
    if (app->message.len) {
        nx_buf_clear(&app->message);
        ui_app_dirty(app);
    }
}

static void route_key(ui_app *app, const ui_input *input) {
    ui_view *view = ui_app_focused(app);
    if (take_digit(app, view->ops->scope, input->key)) {
        ui_app_dirty(app);
        return;
    }
    int count = app->count < 0 ? 0 : app->count;
    app->count = -1;
    ui_action action = ui_keymap_find(view->ops->scope, input->key);
    if (action != UI_DO_NOTHING) {
        ui_app_do(app, action, count);
        return;
    }
    char name[32];
    ui_refuse(app, "%s has no meaning here  (? shows the keys)", ui_key_name(input->key, name));
}

static bool inside(ui_rect r, int y, int x) {
    return y >= r.y - 1 && y <= r.y + r.height && x >= r.x - 1 && x <= r.x + r.width;
}

static void route_mouse(ui_app *app, const ui_input *input) {
    ui_view *view = ui_app_focused(app);
    ui_rect r = app->screen;
    if (app->noverlays == 0) {
        bool on_models = app->models_rect.width > 0 && inside(app->models_rect, input->y, input->x);
        if (!on_models && !ui_app_view(app)) {
            return;
        }
        app->focus_models = on_models;
        view = on_models ? app->models : ui_app_view(app);
        r = on_models ? app->models_rect : app->main_rect;
    }
    if (view->ops->mouse) {
        int flags = view->ops->mouse(view, input, r);
        close_or_pop(app, view, flags & ~UI_UNHANDLED);
    }
    ui_app_dirty(app);
}

void ui_route_input(ui_app *app, const ui_input *input) {
    forget_message(app);
    ui_view *view = ui_app_focused(app);
    if (view->ops->input && input->kind != UI_INPUT_MOUSE) {
        int flags = view->ops->input(view, input);
        close_or_pop(app, view, flags);
        ui_app_dirty(app);
        if (!(flags & UI_UNHANDLED)) {
            app->count = -1;
            return;
        }
    }
    switch (input->kind) {
    case UI_INPUT_KEY: route_key(app, input); break;
    case UI_INPUT_MOUSE: route_mouse(app, input); break;
    case UI_INPUT_PASTE: /* pasted text must never run as keys */
        ui_refuse(app, "pasted text ignored: nothing is being edited  (e edits, / filters)");
        break;
    }
}
