/* A conflict in the Changes view: what stood there, mine and theirs, and what can be done about it. */
#include <stdlib.h>
#include <string.h>

#include "cell_draw.h"
#include "changes.h"
#include "edit.h"
#include "keymap.h"
#include "list.h"
#include "nixie/text.h"

enum { NAME_MAX = 18, NAME_MIN = 5, GAP = 2, CELL_MIN = 6 };

/* --- the table --------------------------------------------------------------------------------------------- */

/* As much of the text as fits, an ellipsis where something is left out. */
static void add_cut(ui_doc *doc, unsigned style, const char *text, size_t len, int columns) {
    nx_glyph glyph;
    size_t at = 0, fits = 0;
    int width = 0;
    while (at < len) {
        size_t used = nx_text_next(text + at, len - at, &glyph);
        if (width + glyph.width > columns) {
            ui_doc_add(doc, style, text, fits);
            ui_doc_adds(doc, UI_DIM, ui_glyph(UI_GLYPH_ELLIPSIS));
            return;
        }
        width += glyph.width;
        at += used;
        fits = width < columns ? at : fits; /* room for the ellipsis behind it */
    }
    ui_doc_add(doc, style, text, len);
}

static void add_cell(ui_doc *doc, nx_value value, unsigned style, int columns) {
    if (nx_is_null(value) || value.len == 0) {
        ui_changes_add_value(doc, value, style);
    } else {
        add_cut(doc, style, value.text, value.len, columns);
    }
}

static bool alike(const nx_assignment *mine, nx_value theirs) {
    return (mine->kind == NX_NEW_VALUE && nx_value_equal(mine->value, theirs)) ||
           (mine->kind == NX_NEW_NULL && nx_is_null(theirs));
}

static void add_mine(ui_doc *doc, const nx_change *c, const nx_assignment *mine, int columns) {
    if (c->kind == NX_DELETE) {
        ui_doc_adds(doc, UI_DELETED, "deleted");
    } else if (!mine) {
        ui_doc_adds(doc, UI_DIM, "as it was");
    } else if (mine->kind == NX_NEW_VALUE) {
        add_cell(doc, mine->value, UI_UPDATED, columns);
    } else {
        ui_changes_add_new(doc, c, mine);
    }
}

typedef struct table {
    int name, cell;
} table;

static table measure(const nx_conflict *conflict, int width) {
    int name = NAME_MIN;
    for (int i = 0; i < conflict->n; i++) {
        const char *title = nx_field_title(conflict->fields[i].field);
        int wanted = nx_text_width(title, strlen(title));
        name = wanted > name ? wanted : name;
    }
    name = name > NAME_MAX ? NAME_MAX : name;
    int cell = (width - name - 3 * GAP) / 3;
    return (table){name, cell < CELL_MIN ? CELL_MIN : cell};
}

static int column(const table *t, int i) { return t->name + GAP + i * (t->cell + GAP); }

static void add_row(changes_view *v, const nx_change *c, int item, const table *t, const nx_conflict_field *f) {
    ui_doc *doc = &v->doc;
    const nx_assignment *mine = c->kind == NX_DELETE ? NULL : nx_change_assignment(c, f->field);
    const char *title = nx_field_title(f->field);
    ui_doc_line_add(doc, item, 4);
    add_cut(doc, UI_BOLD, title, strlen(title), t->name);
    ui_doc_pad(doc, column(t, 0));
    add_cell(doc, f->base, UI_DIM, t->cell);
    ui_doc_pad(doc, column(t, 1));
    add_mine(doc, c, mine, t->cell);
    ui_doc_pad(doc, column(t, 2));
    if (mine && alike(mine, f->theirs)) {
        ui_doc_adds(doc, UI_GOOD, "already so");
    } else {
        add_cell(doc, f->theirs, ui_cell_style(f->field), f->cut ? t->cell - 1 : t->cell);
        ui_doc_adds(doc, UI_DIM, f->cut ? ui_glyph(UI_GLYPH_ELLIPSIS) : "");
    }
}

/* A record without a key can only be taken back. */
const ui_action *ui_changes_choices(const nx_change *c, bool field) {
    static const ui_action fields[] = {UI_DO_KEEP_MINE, UI_DO_TAKE_THEIRS, UI_DO_EDIT, UI_DO_CELL, UI_DO_UNDO,
                                       UI_DO_NOTHING};
    static const ui_action whole[] = {UI_DO_KEEP_MINE, UI_DO_TAKE_THEIRS, UI_DO_UNSTAGE, UI_DO_OPEN, UI_DO_UNDO,
                                      UI_DO_NOTHING};
    static const ui_action gone[] = {UI_DO_INSERT_AGAIN, UI_DO_UNSTAGE, UI_DO_UNDO, UI_DO_NOTHING};
    if (!c || !c->conflict || !c->model->identity || (c->conflict->gone && c->kind != NX_UPDATE)) {
        return NULL;
    }
    return c->conflict->gone ? gone : field && c->kind == NX_UPDATE ? fields : whole;
}

/* The bottom line is taken by what went wrong: the keys stand here, too. */
static void add_choices(changes_view *v, const nx_change *c, int item) {
    const ui_action *choices = ui_changes_choices(c, true);
    ui_doc_line_add(&v->doc, item, 4);
    for (int i = 0; choices && choices[i] != UI_DO_UNDO; i++) {
        if (i > 0) {
            ui_doc_addf(&v->doc, UI_DIM, " %s ", ui_glyph(UI_GLYPH_DOT));
        }
        ui_doc_addf(&v->doc, UI_KEY, "%s ", ui_keymap_key(UI_SCOPE_CHANGES, choices[i]));
        ui_doc_adds(&v->doc, UI_DIM, ui_keymap_label(UI_SCOPE_CHANGES, choices[i]));
    }
    if (!choices) {
        ui_doc_adds(&v->doc, UI_DIM, c->outcome.hint ? c->outcome.hint : "");
    }
}

static void add_table(changes_view *v, const nx_change *c, int place) {
    static const char *const heads[] = {"base", "mine", "theirs"};
    table t = measure(c->conflict, v->width);
    ui_doc_line_add(&v->doc, ui_changes_item(place, -1), 4);
    ui_doc_adds(&v->doc, UI_HEADER, "field");
    for (int i = 0; i < 3; i++) {
        ui_doc_pad(&v->doc, column(&t, i));
        ui_doc_adds(&v->doc, UI_HEADER, heads[i]);
    }
    for (int i = 0; i < c->conflict->n; i++) {
        add_row(v, c, ui_changes_item(place, i), &t, &c->conflict->fields[i]);
    }
}

void ui_changes_add_conflict(changes_view *v, const nx_change *c, int place) {
    if (c->conflict->n > 0) {
        add_table(v, c, place);
    }
    add_choices(v, c, ui_changes_item(place, -1));
}

/* --- settling it ----------------------------------------------------------------------------------------------- */

static const struct settling {
    ui_action action;
    bool (*settle)(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err);
    const char *done;
} settlings[] = {
    {UI_DO_KEEP_MINE, nx_changeset_keep_mine, "mine is kept"},
    {UI_DO_TAKE_THEIRS, nx_changeset_take_theirs, "theirs is taken"},
};

static bool insert_again(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err) {
    (void)field;
    return nx_changeset_insert_again(set, id, err);
}

static const struct settling inserting = {UI_DO_INSERT_AGAIN, insert_again, "it is inserted again"};

static int unsettled(const nx_changeset *set) {
    int n = 0;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        n += nx_changeset_at(set, i)->conflict != NULL;
    }
    return n;
}

static void tell(ui_app *app, const char *done) {
    int open = unsettled(app->changes);
    if (nx_changeset_count(app->changes) == 0) {
        ui_say(app, UI_INFO, "%s, and nothing is left to save", done);
    } else if (open == 0) {
        ui_say(app, UI_INFO, "%s: W saves", done);
    } else {
        ui_say(app, UI_INFO, "%s, %d conflict%s left", done, open, open == 1 ? "" : "s");
    }
}

int ui_changes_settle(changes_view *v, ui_action action) {
    ui_app *app = v->view.app;
    const nx_change *c = ui_changes_current(v);
    const nx_conflict_field *f = ui_changes_field(v);
    const struct settling *s = &inserting;
    for (size_t i = 0; i < NX_COUNT(settlings); i++) {
        s = settlings[i].action == action ? &settlings[i] : s;
    }
    if (!c || !c->conflict || app->saving) {
        return ui_refuse(app, app->saving ? "a save is under way" : "no conflict here: only a save finds one");
    }
    nx_error err = NX_ERROR;
    if (s->settle(app->changes, c->id, f ? f->field : NULL, &err)) {
        ui_app_changed(app);
        tell(app, s->done);
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    return UI_DONE;
}

/* --- one value --------------------------------------------------------------------------------------------------- */

int ui_changes_edit(changes_view *v) {
    ui_app *app = v->view.app;
    const nx_change *c = ui_changes_current(v);
    const nx_conflict_field *f = ui_changes_field(v);
    const nx_assignment *a = c && f ? nx_change_assignment(c, f->field) : NULL;
    if (c && !f && c->nassignments == 1 && (c->kind == NX_UPDATE || c->kind == NX_INSERT)) {
        a = &c->assignments[0];
    }
    if (!a || c->kind == NX_DELETE || a->kind == NX_NEW_REFERENCE) {
        return ui_refuse(app, "no single value here to edit  (Enter goes to the row)");
    }
    if (f && f->cut) {
        return ui_refuse(app, "their value is longer than 64 KiB: take theirs, and edit it in the rows");
    }
    ui_rect r = app->main_rect;
    ui_edit_value(app, &(ui_target){.model = c->model, .field = nx_model_field(c->model, a->field->name), .key = c->key,
                                    .nkey = c->nkey, .insert_id = c->kind == NX_INSERT ? c->id : 0,
                                    .shown = a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE,
                                    .anchor = {r.y + v->doc.cursor - v->doc.top, r.x, 1, r.width}});
    return UI_DONE;
}

static void add_whole(nx_buf *out, const char *what, nx_value value, bool cut) {
    nx_buf_addf(out, "%s:\n", what);
    if (value.text) {
        nx_buf_add(out, value.len ? value.text : "''", value.len ? value.len : 2);
    } else {
        nx_buf_adds(out, "NULL");
    }
    nx_buf_adds(out, cut ? "\n(the beginning of a longer value)\n\n" : "\n\n");
}

static void add_whole_new(nx_buf *out, const char *what, const nx_assignment *a) {
    if (a->kind == NX_NEW_REFERENCE) {
        nx_buf_addf(out, "%s:\n%s of the new %s\n\n", what, nx_field_title(a->record_field),
                    a->record_field->model->title);
    } else if (a->kind == NX_NEW_DEFAULT) {
        nx_buf_addf(out, "%s:\nDEFAULT\n\n", what);
    } else {
        add_whole(out, what, a->kind == NX_NEW_NULL ? NX_NULL_VALUE : a->value, false);
    }
}

static void whole_conflict(nx_buf *out, const nx_change *c, const nx_conflict_field *f) {
    const nx_assignment *mine = c->kind == NX_DELETE ? NULL : nx_change_assignment(c, f->field);
    add_whole(out, "base", f->base, false);
    if (mine) {
        add_whole_new(out, "mine", mine);
    }
    add_whole(out, "theirs", f->theirs, f->cut);
}

static void whole_change(nx_buf *out, const nx_change *c) {
    for (int i = 0; i < c->nassignments; i++) {
        const nx_assignment *a = &c->assignments[i];
        nx_buf_addf(out, "%s ", nx_field_title(a->field));
        if (c->kind == NX_UPDATE || c->kind == NX_DELETE) {
            add_whole(out, "before", a->old, false);
        }
        if (c->kind != NX_DELETE) {
            add_whole_new(out, c->kind == NX_UPDATE ? "after" : "value", a);
        }
    }
    char *sql = nx_change_readable(c);
    nx_buf_addf(out, "%s\n", sql);
    free(sql);
}

int ui_changes_whole(changes_view *v) {
    const nx_change *c = ui_changes_current(v);
    const nx_conflict_field *f = ui_changes_field(v);
    if (!c) {
        return ui_refuse(v->view.app, "nothing is staged");
    }
    nx_buf out = NX_BUF;
    if (f) {
        whole_conflict(&out, c, f);
    } else {
        whole_change(&out, c);
    }
    ui_text_open(v->view.app, f ? nx_field_title(f->field) : c->model->title, out.data, out.len);
    nx_buf_free(&out);
    return UI_DONE;
}
