/* The staged changes as lines of text. Only those around the cursor: there can be ten thousand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "format.h"
#include "labels.h"
#include "nixie/text.h"
#include "preview.h"

enum {
    NAME_COLUMN = 18,
    ITEMS = 4096,      /* a change's items: itself, and the fields of its conflict */
    VALUE_BYTES = 300, /* of a value: z shows the whole */
    FIELDS_SHOWN = 16,
    SQL_LINES = 6,
    LEAST_LINES = 3, /* what a change takes at least */
};

int ui_changes_item(int place, int field) { return place * ITEMS + 1 + (field < ITEMS - 2 ? field : ITEMS - 2); }

void ui_changes_item_of(int item, int *place, int *field) {
    *place = item / ITEMS;
    *field = item % ITEMS - 1;
}

/* --- values ------------------------------------------------------------------------------------------------ */

void ui_changes_add_value(ui_doc *doc, nx_value value, unsigned style) {
    if (nx_is_null(value)) {
        ui_doc_adds(doc, UI_NULL, "NULL");
    } else if (value.len == 0) {
        ui_doc_adds(doc, UI_EMPTY, "''");
    } else {
        size_t most = value.len > VALUE_BYTES ? VALUE_BYTES : value.len;
        while (most < value.len && most > 0 && ((unsigned char)value.text[most] & 0xC0) == 0x80) {
            most--; /* not inside a character */
        }
        ui_doc_add(doc, style, value.text, most);
        ui_doc_adds(doc, UI_DIM, most < value.len ? ui_glyph(UI_GLYPH_ELLIPSIS) : "");
    }
}

static void add_reference(ui_doc *doc, const nx_assignment *a) {
    const char *label = ui_labels_find_new(a->record);
    ui_doc_addf(doc, UI_INSERTED, "%s of the new %s", nx_field_title(a->record_field), a->record_field->model->title);
    if (label) {
        ui_doc_addf(doc, UI_LABEL, " %s", label);
    }
}

void ui_changes_add_new(ui_doc *doc, const nx_change *c, const nx_assignment *a) {
    switch (a->kind) {
    case NX_NEW_DEFAULT: ui_doc_adds(doc, UI_DEFAULT, "DEFAULT"); break;
    case NX_NEW_NULL: ui_doc_adds(doc, UI_NULL, "NULL"); break;
    case NX_NEW_VALUE: ui_changes_add_value(doc, a->value, c->kind == NX_INSERT ? UI_INSERTED : UI_UPDATED); break;
    case NX_NEW_REFERENCE: add_reference(doc, a); break;
    }
}

/* --- whose fault ---------------------------------------------------------------------------------------------- */

static bool among(nx_field *const *fields, int n, const nx_field *field) {
    for (int i = 0; i < n; i++) {
        if (fields[i] && fields[i]->number == field->number) {
            return true;
        }
    }
    return false;
}

/* PostgreSQL's own names for check constraints: model_field_check, model_field_check1. */
static bool named_for(const char *constraint, const nx_field *field) {
    char name[256];
    snprintf(name, sizeof name, "%s_%s_check", field->model->name, field->name);
    return strncmp(constraint, name, strlen(name)) == 0;
}

static bool by_constraint(const nx_model *model, const char *name, const nx_field *field) {
    for (int i = 0; i < model->nindexes; i++) {
        if (strcmp(model->indexes[i]->name, name) == 0) {
            return among(model->indexes[i]->fields, model->indexes[i]->nfields, field);
        }
    }
    for (int i = 0; i < model->nforeign_keys; i++) {
        if (strcmp(model->foreign_keys[i]->name, name) == 0) {
            return among(model->foreign_keys[i]->fields, model->foreign_keys[i]->nfields, field);
        }
    }
    return named_for(name, field);
}

bool ui_changes_guilty(const nx_change *c, const nx_field *field) {
    const nx_error *err = &c->outcome;
    if (err->kind != NX_ERR_SERVER) {
        return false;
    }
    if (err->column) {
        return strcmp(err->column, field->name) == 0;
    }
    bool alone = c->kind == NX_UPDATE && c->nassignments == 1;
    return alone || (err->constraint && by_constraint(c->model, err->constraint, field));
}

/* --- one change ------------------------------------------------------------------------------------------------- */

/* "title  before -> after"; after on a line of its own when both do not fit. */
static void add_assignment(changes_view *v, const nx_change *c, int item, const nx_assignment *a) {
    ui_doc *doc = &v->doc;
    bool old = c->kind == NX_UPDATE;
    bool guilty = ui_changes_guilty(c, a->field);
    ui_doc_line_add(doc, item, 2);
    ui_doc_adds(doc, UI_ERROR, guilty ? "! " : "  ");
    ui_doc_adds(doc, guilty ? UI_ERROR : UI_PLAIN, nx_field_title(a->field));
    ui_doc_pad(doc, NAME_COLUMN + 2);
    ui_doc_adds(doc, UI_PLAIN, " ");
    if (old && !a->made) {
        ui_changes_add_value(doc, a->old, UI_DIM);
        size_t after = a->kind == NX_NEW_VALUE ? a->value.len : 8;
        if (NAME_COLUMN + 8 + a->old.len + after >= (size_t)(v->width > 0 ? v->width : 0)) {
            ui_doc_line_add(doc, item, 4);
            ui_doc_pad(doc, NAME_COLUMN - 2);
        }
    }
    if (old || c->kind == NX_BULK_UPDATE) {
        ui_doc_addf(doc, UI_RELATION, old && !a->made ? " %s " : "%s ", ui_glyph(UI_GLYPH_REFERENCE));
    }
    ui_changes_add_new(doc, c, a);
    ui_doc_adds(doc, UI_DIM, a->made ? "  from the schema" : "");
}

static void add_assignments(changes_view *v, const nx_change *c, int item) {
    int shown = 0, left = 0;
    for (int i = 0; i < c->nassignments; i++) {
        bool told = false; /* in the table of the conflict */
        for (int f = 0; c->conflict && f < c->conflict->n; f++) {
            told |= c->conflict->fields[f].field->number == c->assignments[i].field->number;
        }
        if (told) {
            continue;
        }
        if (shown < FIELDS_SHOWN) {
            add_assignment(v, c, item, &c->assignments[i]);
            shown++;
        } else {
            left++;
        }
    }
    if (left > 0) {
        ui_doc_line_add(&v->doc, item, 4);
        ui_doc_addf(&v->doc, UI_DIM, "and %d more field%s  (z shows all)", left, left == 1 ? "" : "s");
    }
}

static void add_key(ui_doc *doc, const nx_change *c) {
    bool keyed = c->model->identity_kind == NX_IDENTITY_PRIMARY || c->model->identity_kind == NX_IDENTITY_UNIQUE;
    for (int i = 0; keyed && i < c->nkey; i++) {
        ui_doc_adds(doc, UI_BOLD, i ? "," : " ");
        ui_doc_adds(doc, UI_BOLD, c->key[i].text ? c->key[i].text : "NULL");
    }
}

static const struct {
    const char *mark, *word;
    ui_style style;
} kinds[] = {
    [NX_UPDATE] = {"~", "update", UI_UPDATED},
    [NX_INSERT] = {"+", "insert", UI_INSERTED},
    [NX_DELETE] = {"-", "delete", UI_DELETED},
    [NX_BULK_UPDATE] = {"~", "update", UI_UPDATED},
    [NX_BULK_DELETE] = {"-", "delete", UI_DELETED},
};

/* "~ Post 102  update", "- every Post where published = false · 1,234 records  delete" */
static void add_head(changes_view *v, const nx_change *c, int item) {
    ui_doc *doc = &v->doc;
    bool bulk = c->kind == NX_BULK_UPDATE || c->kind == NX_BULK_DELETE;
    ui_doc_line_add(doc, item, 1);
    ui_doc_addf(doc, kinds[c->kind].style, "%s ", kinds[c->kind].mark);
    ui_doc_adds(doc, UI_BOLD, bulk ? "every " : "");
    ui_doc_adds(doc, UI_BOLD, c->model->title);
    if (bulk) {
        char count[24];
        bool all = !c->filter || !*c->filter;
        ui_doc_adds(doc, UI_PLAIN, all ? "" : " where ");
        ui_doc_adds(doc, UI_PLAIN, all ? "" : c->filter);
        ui_doc_addf(doc, UI_BOLD, " %s %s record%s", ui_glyph(UI_GLYPH_DOT), ui_format_exact(c->expected, count),
                    c->expected == 1 ? "" : "s");
    } else {
        add_key(doc, c);
    }
    ui_doc_addf(doc, UI_DIM, "  %s", kinds[c->kind].word);
}

static void add_outcome(changes_view *v, const nx_change *c, int item) {
    ui_doc *doc = &v->doc;
    const nx_error *err = &c->outcome;
    ui_doc_line_add(doc, item, 4);
    ui_doc_adds(doc, UI_ERROR, "not saved: ");
    ui_doc_wrap(doc, UI_ERROR, err->message, strlen(err->message), v->width - 11, 4);
    if (c->conflict && c->conflict->n > 0) {
        return; /* its table says it better */
    }
    const char *more[] = {err->detail, c->conflict ? NULL : err->hint};
    for (size_t i = 0; i < NX_COUNT(more); i++) {
        if (more[i]) {
            ui_doc_line_add(doc, item, 4);
            ui_doc_wrap(doc, i ? UI_DIM : UI_PLAIN, more[i], strlen(more[i]), v->width, 8);
        }
    }
}

static void add_statement(changes_view *v, const nx_change *c, int item) {
    char *sql = nx_change_readable(c);
    ui_doc_line_add(&v->doc, item, 4);
    ui_doc_wrap(&v->doc, UI_DIM, sql, strlen(sql), v->width, SQL_LINES);
    free(sql);
}

static void add_change(changes_view *v, int place) {
    const nx_change *c = ui_changes_at(v, place);
    int item = ui_changes_item(place, -1);
    if (ui_changes_group_begins(v, place)) {
        char count[24];
        int n = ui_changes_run(v, place);
        ui_doc_line_add(&v->doc, -1, 0);
        ui_doc_addf(&v->doc, UI_HEADER, "%s ", c->model->title);
        ui_doc_addf(&v->doc, UI_DIM, "%s change%s", ui_format_exact(n, count), n == 1 ? "" : "s");
    }
    add_head(v, c, item);
    if (c->kind != NX_DELETE && c->kind != NX_BULK_DELETE) {
        add_assignments(v, c, item);
    }
    ui_preview_add(v->view.app, &v->doc, c, item);
    if (nx_failed(&c->outcome)) {
        add_outcome(v, c, item);
    }
    if (c->conflict) {
        ui_changes_add_conflict(v, c, place);
    }
    add_statement(v, c, item);
    ui_doc_line_add(&v->doc, -1, 0);
}

/* --- what can be seen -------------------------------------------------------------------------------------------- */

/* The whole of the change under the cursor is in sight where that is possible. */
static void show_whole(changes_view *v, int height) {
    ui_doc *doc = &v->doc;
    int last = doc->cursor, place, field;
    for (int i = doc->cursor; i < doc->nlines && doc->lines[i].item >= 0; i++) {
        ui_changes_item_of(doc->lines[i].item, &place, &field);
        last = place == v->at ? i : last;
    }
    int top = last - height + 1 < doc->cursor ? last - height + 1 : doc->cursor;
    doc->top = doc->top < top ? top : doc->top;
}

void ui_changes_build(changes_view *v) {
    ui_doc *doc = &v->doc;
    int height = doc->height > 0 ? doc->height : 24, y = doc->cursor - doc->top;
    y = y < 0 ? 0 : y >= height ? height - 1 : y;
    v->width = v->view.app->main_rect.width - 8;
    v->width = v->width < 20 ? 20 : v->width;
    ui_doc_clear(doc);
    int around = height / LEAST_LINES + 2;
    for (int i = v->at > around ? v->at - around : 0; i < v->norder && i <= v->at + around; i++) {
        add_change(v, i);
    }
    if (v->norder == 0) {
        ui_doc_line_add(doc, -1, 1);
        ui_doc_adds(doc, UI_DIM, "nothing is staged  (q goes back to where e, a, o, d, x and D stage)");
    }
    doc->cursor = 0;
    ui_doc_go_item(doc, ui_changes_item(v->at, v->field));
    doc->top = doc->cursor > y ? doc->cursor - y : 0;
    if (v->at == 0 && v->field < 0) {
        doc->top = 0; /* with the heading of its group */
    }
    show_whole(v, height);
    ui_app_dirty(v->view.app);
}
