/* The staged changes: before and after, the SQL that will run, and what the last save said. */
#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "format.h"
#include "list.h"
#include "preview.h"
#include "views.h"

const nx_change *ui_changes_current(const changes_view *v) { return ui_changes_at(v, v->at); }

const nx_conflict_field *ui_changes_field(const changes_view *v) {
    const nx_change *c = ui_changes_current(v);
    bool there = c && c->conflict && v->field >= 0 && v->field < c->conflict->n;
    return there ? &c->conflict->fields[v->field] : NULL;
}

/* The cursor stays on its change; where that is gone, on the one that took its place. */
static void changed(ui_view *view) {
    changes_view *v = (changes_view *)view;
    ui_changes_arrange(v);
    const nx_change *here = ui_changes_at(v, v->at);
    for (int i = 0; v->id && (!here || here->id != v->id) && i < v->norder; i++) {
        if (ui_changes_at(v, i)->id == v->id) {
            v->at = i;
            break;
        }
    }
    ui_changes_go(v, v->at, v->field);
    if (ui_app_view(view->app) == view) {
        ui_preview_refresh(view->app);
    }
}

/* --- keys ----------------------------------------------------------------------------------------------------- */

static void discard_all(void *owner) {
    changes_view *v = owner;
    ui_app *app = v->view.app;
    nx_error err = NX_ERROR;
    if (nx_changeset_clear(app->changes, &err)) {
        ui_say(app, UI_INFO, "all taken back  (u brings it again)");
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
}

static int ask_discard(changes_view *v) {
    if (nx_changeset_count(v->view.app->changes) == 0) {
        return ui_refuse(v->view.app, "nothing is staged");
    }
    ui_ask(v->view.app, "Take all staged changes back?", discard_all, v);
    return UI_DONE;
}

/* The field that the server stumbled over, else the one under the cursor, else the only one. */
static const nx_field *meant_field(const changes_view *v, const nx_change *c) {
    const nx_conflict_field *f = ui_changes_field(v);
    for (int i = 0; !f && i < c->nassignments; i++) {
        if (ui_changes_guilty(c, c->assignments[i].field)) {
            return c->assignments[i].field;
        }
    }
    bool one = c->kind != NX_DELETE && c->nassignments == 1;
    return f ? f->field : one ? c->assignments[0].field : NULL;
}

static int go_to_row(changes_view *v) {
    const nx_change *c = ui_changes_current(v);
    if (!c) {
        return ui_refuse(v->view.app, "nothing is staged");
    }
    const nx_key *identity = c->model->identity;
    const nx_field **fields = nx_calloc((size_t)c->nkey + 1, sizeof *fields); /* none: a tuple id */
    for (int i = 0; identity && i < c->nkey; i++) {
        fields[i] = identity->fields[i];
    }
    nx_key_test key = {.n = c->nkey, .fields = fields, .values = c->key};
    bool single = c->kind == NX_UPDATE || c->kind == NX_DELETE;
    ui_rows_open(v->view.app, c->model, &(ui_rows_start){.key = single ? &key : NULL, .field = meant_field(v, c),
                                                         .insert_id = c->kind == NX_INSERT ? c->id : 0,
                                                         .filter = single ? NULL : c->filter});
    free(fields);
    return UI_DONE;
}

static int unstage(changes_view *v) {
    const nx_change *c = ui_changes_current(v);
    if (!c || v->view.app->saving) {
        return ui_refuse(v->view.app, c ? "a save is under way" : "nothing is staged");
    }
    ui_edit_unstage(v->view.app, c->id);
    return UI_DONE;
}

static int copy_sql(changes_view *v) {
    const nx_change *c = ui_changes_current(v);
    if (!c) {
        return ui_refuse(v->view.app, "nothing is staged");
    }
    char *sql = nx_change_exact(c);
    ui_copy(v->view.app, sql, strlen(sql), "statement");
    free(sql);
    return UI_DONE;
}

static int act(ui_view *view, ui_action action, int count) {
    changes_view *v = (changes_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: ui_changes_step(v, n); return UI_DONE;
    case UI_DO_UP: ui_changes_step(v, -n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_changes_page(v, n); return UI_DONE;
    case UI_DO_PAGE_UP: ui_changes_page(v, -n); return UI_DONE;
    case UI_DO_FIRST: ui_changes_go(v, 0, -1); return UI_DONE;
    case UI_DO_LAST: ui_changes_go(v, v->norder - 1, -1); return UI_DONE;
    case UI_DO_OPEN: return go_to_row(v);
    case UI_DO_CELL: return ui_changes_whole(v);
    case UI_DO_EDIT: return ui_changes_edit(v);
    case UI_DO_KEEP_MINE:
    case UI_DO_TAKE_THEIRS:
    case UI_DO_INSERT_AGAIN: return ui_changes_settle(v, action);
    case UI_DO_UNSTAGE: return unstage(v);
    case UI_DO_DISCARD_ALL: return ask_discard(v);
    case UI_DO_SAVE: ui_edit_save(view->app); return UI_DONE;
    case UI_DO_COPY: return copy_sql(v);
    case UI_DO_CHANGES: return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    changes_view *v = (changes_view *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        ui_changes_step(v, input->mouse == UI_MOUSE_WHEEL_UP ? -1 : 1);
    } else {
        ui_changes_go_line(v, v->doc.top + input->y - r.y);
    }
    return input->mouse == UI_MOUSE_DOUBLE ? go_to_row(v) : UI_DONE;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static void draw(ui_view *view, ui_rect r, bool focused) {
    changes_view *v = (changes_view *)view;
    if (v->doc.height != r.height || v->width != r.width - 8) {
        v->doc.height = r.height;
        ui_changes_build(v);
    }
    ui_doc_draw(&v->doc, r, focused);
}

static void title(ui_view *view, nx_buf *out) {
    int n = nx_changeset_count(view->app->changes);
    nx_buf_addf(out, "Changes %s %d staged", ui_glyph(UI_GLYPH_DOT), n);
}

static void step(ui_view *view, nx_buf *out) {
    (void)view;
    nx_buf_adds(out, "Changes");
}

static void status(ui_view *view, nx_buf *out) {
    nx_buf_adds(out, view->app->saving ? "saving" : nx_changeset_count(view->app->changes) ? "not saved yet" : "");
}

static void foot(ui_view *view, nx_buf *out) {
    changes_view *v = (changes_view *)view;
    char a[24], b[24];
    if (v->norder > 1) {
        nx_buf_addf(out, "%s of %s", ui_format_exact(v->at + 1, a), ui_format_exact(v->norder, b));
    }
}

static const ui_action *footer(ui_view *view) {
    static const ui_action plain[] = {UI_DO_SAVE, UI_DO_UNSTAGE, UI_DO_OPEN, UI_DO_DISCARD_ALL, UI_DO_UNDO,
                                      UI_DO_NOTHING};
    static const ui_action none[] = {UI_DO_BACK, UI_DO_UNDO, UI_DO_NOTHING};
    const changes_view *v = (changes_view *)view;
    const nx_change *c = ui_changes_current(v);
    const ui_action *choices = ui_changes_choices(c, v->field >= 0);
    return choices ? choices : c ? plain : none;
}

static void close_changes(ui_view *view) {
    changes_view *v = (changes_view *)view;
    ui_doc_free(&v->doc);
    free(v->order);
    free(v);
}

const ui_view_ops ui_changes_ops = {
    .name = "changes",
    .scope = UI_SCOPE_CHANGES,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .foot = foot,
    .step = step,
    .status = status,
    .footer = footer,
    .changed = changed,
    .close = close_changes,
};

void ui_changes_show(ui_app *app, uint64_t id) {
    changes_view *v = (changes_view *)ui_app_find(app, &ui_changes_ops);
    for (int i = 0; v && i < v->norder; i++) {
        const nx_change *c = ui_changes_at(v, i);
        if (c->id == id) {
            ui_changes_go(v, i, c->conflict && c->conflict->n > 0 ? 0 : -1);
        }
    }
}

void ui_changes_foreseen(ui_app *app) {
    ui_view *view = ui_app_find(app, &ui_changes_ops);
    if (view) {
        ui_changes_build((changes_view *)view);
    }
}

void ui_changes_close(ui_app *app) {
    ui_view *view = ui_app_find(app, &ui_changes_ops);
    if (view && nx_changeset_count(app->changes) == 0) {
        ui_app_drop(app, view);
    }
}

void ui_changes_open(ui_app *app) {
    ui_view *now = ui_app_view(app);
    if (now && now->ops == &ui_changes_ops) {
        app->focus_models = false;
        return;
    }
    changes_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&ui_changes_ops, app};
    v->field = -1;
    ui_app_push(app, &v->view);
    changed(&v->view);
}
