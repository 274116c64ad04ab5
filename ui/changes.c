/* The staged changes: before and after, the SQL that will run, and what the last save said. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "edit.h"
#include "list.h"
#include "nixie/text.h"
#include "views.h"

enum { NAME_COLUMN = 18 };

typedef struct changes_view {
    ui_view view;
    ui_doc doc;
} changes_view;

static const nx_change *current(changes_view *v) {
    int i = ui_doc_item(&v->doc);
    const nx_changeset *set = v->view.app->changes;
    return i >= 0 && i < nx_changeset_count(set) ? nx_changeset_at(set, i) : NULL;
}

/* --- the document ------------------------------------------------------------------------------------------ */

static void add_value(ui_doc *doc, nx_value value, ui_style style) {
    if (nx_is_null(value)) {
        ui_doc_adds(doc, UI_NULL, "NULL");
    } else if (value.len == 0) {
        ui_doc_adds(doc, UI_EMPTY, "''");
    } else {
        size_t most = value.len > 300 ? 300 : value.len;
        ui_doc_add(doc, style, value.text, most);
        ui_doc_adds(doc, UI_DIM, most < value.len ? ui_glyph(UI_GLYPH_ELLIPSIS) : "");
    }
}

static void add_key(ui_doc *doc, const nx_change *c) {
    bool keyed = c->model->identity_kind == NX_IDENTITY_PRIMARY || c->model->identity_kind == NX_IDENTITY_UNIQUE;
    for (int i = 0; keyed && i < c->nkey; i++) {
        ui_doc_adds(doc, UI_BOLD, i ? "," : " ");
        ui_doc_adds(doc, UI_BOLD, c->key[i].text ? c->key[i].text : "NULL");
    }
}

static void add_new(ui_doc *doc, const nx_change *c, const nx_assignment *a) {
    switch (a->kind) {
    case NX_NEW_DEFAULT: ui_doc_adds(doc, UI_DEFAULT, "DEFAULT"); break;
    case NX_NEW_NULL: ui_doc_adds(doc, UI_NULL, "NULL"); break;
    case NX_NEW_VALUE: add_value(doc, a->value, c->kind == NX_INSERT ? UI_INSERTED : UI_UPDATED); break;
    case NX_NEW_REFERENCE:
        ui_doc_addf(doc, UI_INSERTED, "%s of the new %s", nx_field_title(a->record_field), a->record_field->model->title);
        break;
    }
}

/* "title  before -> after"; after on a line of its own when both do not fit. */
static void add_assignment(ui_doc *doc, const nx_change *c, int item, const nx_assignment *a, int width) {
    ui_doc_line_add(doc, item, 4);
    ui_doc_adds(doc, UI_PLAIN, nx_field_title(a->field));
    ui_doc_pad(doc, NAME_COLUMN);
    ui_doc_adds(doc, UI_PLAIN, " ");
    if (c->kind != NX_INSERT) {
        add_value(doc, a->old, UI_DIM);
        bool room = NAME_COLUMN + 8 + (int)(a->old.len + (a->kind == NX_NEW_VALUE ? a->value.len : 8)) < width;
        if (!room) {
            ui_doc_line_add(doc, item, 4);
            ui_doc_pad(doc, NAME_COLUMN - 2);
        }
        ui_doc_addf(doc, UI_RELATION, " %s ", ui_glyph(UI_GLYPH_REFERENCE));
    }
    add_new(doc, c, a);
}

static void add_change(changes_view *v, const nx_change *c, int item) {
    static const struct {
        const char *mark, *word;
        ui_style style;
    } kinds[] = {[NX_UPDATE] = {"~", "update", UI_UPDATED}, [NX_INSERT] = {"+", "insert", UI_INSERTED},
                 [NX_DELETE] = {"-", "delete", UI_DELETED}, [NX_BULK_UPDATE] = {"~", "update every match", UI_UPDATED},
                 [NX_BULK_DELETE] = {"-", "delete every match", UI_DELETED}};
    ui_doc *doc = &v->doc;
    ui_doc_line_add(doc, item, 1);
    ui_doc_addf(doc, kinds[c->kind].style, "%s ", kinds[c->kind].mark);
    ui_doc_adds(doc, UI_BOLD, c->model->title);
    add_key(doc, c);
    ui_doc_addf(doc, UI_DIM, "  %s", kinds[c->kind].word);
    int width = v->view.app->main_rect.width - 8;
    for (int i = 0; c->kind != NX_DELETE && c->kind != NX_BULK_DELETE && i < c->nassignments; i++) {
        add_assignment(doc, c, item, &c->assignments[i], width);
    }
    char *sql = nx_change_readable(c);
    ui_doc_line_add(doc, item, 4);
    ui_doc_wrap(doc, UI_DIM, sql, strlen(sql), width < 20 ? 20 : width, 8);
    free(sql);
    if (nx_failed(&c->outcome)) {
        ui_doc_line_add(doc, item, 4);
        ui_doc_adds(doc, UI_ERROR, "not saved: ");
        ui_doc_wrap(doc, UI_ERROR, c->outcome.message, strlen(c->outcome.message), width - 12, 4);
        if (c->outcome.detail) {
            ui_doc_line_add(doc, item, 4);
            ui_doc_wrap(doc, UI_PLAIN, c->outcome.detail, strlen(c->outcome.detail), width, 8);
        }
    }
    ui_doc_line_add(doc, -1, 0);
}

static void rebuild(ui_view *view) {
    changes_view *v = (changes_view *)view;
    const nx_changeset *set = view->app->changes;
    int keep = ui_doc_item(&v->doc);
    ui_doc_clear(&v->doc);
    int n = nx_changeset_count(set);
    for (int i = 0; i < n; i++) {
        add_change(v, nx_changeset_at(set, i), i);
    }
    if (n == 0) {
        ui_doc_line_add(&v->doc, -1, 1);
        ui_doc_adds(&v->doc, UI_DIM, "nothing is staged  (q goes back to where e, a, o, d, x and D stage)");
    }
    v->doc.cursor = 0;
    ui_doc_go_item(&v->doc, keep >= n ? n - 1 : keep < 0 ? 0 : keep);
    ui_app_dirty(view->app);
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

static int go_to_row(changes_view *v) {
    const nx_change *c = current(v);
    ui_app *app = v->view.app;
    bool keyed = c && c->kind != NX_INSERT && c->model->identity;
    if (!c) {
        return ui_refuse(app, "nothing is staged");
    }
    if (!keyed) {
        ui_rows_open(app, c->model, NULL);
        return UI_DONE;
    }
    const nx_field **fields = nx_calloc((size_t)c->nkey, sizeof *fields);
    nx_value *values = nx_calloc((size_t)c->nkey, sizeof *values);
    for (int i = 0; i < c->nkey; i++) {
        fields[i] = c->model->identity->fields[i];
        values[i] = c->key[i];
    }
    nx_key_test key = {.n = c->nkey, .fields = fields, .values = values};
    ui_rows_open(app, c->model, &(ui_rows_start){.key = &key});
    free(fields);
    free(values);
    return UI_DONE;
}

static int unstage(changes_view *v) {
    const nx_change *c = current(v);
    if (!c || v->view.app->saving) {
        return ui_refuse(v->view.app, c ? "a save is under way" : "nothing is staged");
    }
    ui_edit_unstage(v->view.app, c->id);
    return UI_DONE;
}

static int copy_sql(changes_view *v) {
    const nx_change *c = current(v);
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
    case UI_DO_DOWN: ui_doc_move(&v->doc, n); return UI_DONE;
    case UI_DO_UP: ui_doc_move(&v->doc, -n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_doc_move(&v->doc, 5 * n); return UI_DONE;
    case UI_DO_PAGE_UP: ui_doc_move(&v->doc, -5 * n); return UI_DONE;
    case UI_DO_FIRST: ui_doc_go_item(&v->doc, 0); return UI_DONE;
    case UI_DO_LAST: ui_doc_go_item(&v->doc, nx_changeset_count(view->app->changes) - 1); return UI_DONE;
    case UI_DO_OPEN: return go_to_row(v);
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
        ui_doc_move(&v->doc, input->mouse == UI_MOUSE_WHEEL_UP ? -1 : 1);
    } else {
        ui_doc_move_to(&v->doc, v->doc.top + input->y - r.y);
    }
    return input->mouse == UI_MOUSE_DOUBLE ? go_to_row(v) : UI_DONE;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static void draw(ui_view *view, ui_rect r, bool focused) { ui_doc_draw(&((changes_view *)view)->doc, r, focused); }

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

static const ui_action *footer(ui_view *view) {
    static const ui_action actions[] = {UI_DO_SAVE, UI_DO_UNSTAGE, UI_DO_OPEN, UI_DO_DISCARD_ALL, UI_DO_UNDO, UI_DO_NOTHING};
    static const ui_action none[] = {UI_DO_BACK, UI_DO_UNDO, UI_DO_NOTHING};
    return nx_changeset_count(view->app->changes) ? actions : none;
}

static void close_changes(ui_view *view) {
    ui_doc_free(&((changes_view *)view)->doc);
    free(view);
}

const ui_view_ops ui_changes_ops = {
    .name = "changes",
    .scope = UI_SCOPE_CHANGES,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .step = step,
    .status = status,
    .footer = footer,
    .changed = rebuild,
    .close = close_changes,
};

void ui_changes_show(ui_app *app, uint64_t id) {
    ui_view *view = ui_app_find(app, &ui_changes_ops);
    for (int i = 0; view && i < nx_changeset_count(app->changes); i++) {
        if (nx_changeset_at(app->changes, i)->id == id) {
            ui_doc_go_item(&((changes_view *)view)->doc, i);
        }
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
    ui_app_push(app, &v->view);
    rebuild(&v->view);
}
