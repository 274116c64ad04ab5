/* Following references, and what refers here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "list.h"
#include "nixie/text.h"
#include "rows.h"
#include "views.h"

enum { COUNT_BOUND = 1000 };

/* The value of a field of the current record as it is shown: staged, else as it came. */
static bool shown_value(const rows_view *v, const nx_field *field, nx_value *value) {
    const nx_change *change = ui_rows_current_change(v);
    const nx_assignment *a = change && change->kind != NX_DELETE ? nx_change_assignment(change, field) : NULL;
    if (a) {
        *value = a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE;
        return true;
    }
    const nx_row *row = ui_rows_current(v);
    for (int f = 0; row && f < nx_query_nfields(v->query); f++) {
        if (nx_query_field(v->query, f) == field && !row->cells[f].cut && !row->cells[f].withheld) {
            *value = row->cells[f].value;
            return true;
        }
    }
    return false;
}

bool ui_rows_reference(const rows_view *v, const nx_foreign_key *fk, nx_arena *arena, nx_key_test *key) {
    key->n = fk->nfields;
    key->fields = nx_arena_array(arena, (size_t)fk->nfields, sizeof *key->fields);
    key->values = nx_arena_array(arena, (size_t)fk->nfields, sizeof *key->values);
    for (int i = 0; i < fk->nfields; i++) {
        key->fields[i] = nx_model_field(fk->target, fk->references[i]);
        if (!key->fields[i] || !shown_value(v, fk->fields[i], &key->values[i]) || nx_is_null(key->values[i])) {
            return false;
        }
    }
    return true;
}

int ui_rows_follow(rows_view *v) {
    ui_app *app = v->view.app;
    nx_field *field = ui_rows_field(v);
    const nx_foreign_key *fk = field ? nx_field_foreign_key(field) : NULL;
    const nx_change *change = ui_rows_current_change(v);
    const nx_assignment *a = change && field ? nx_change_assignment(change, field) : NULL;
    if (a && a->kind == NX_NEW_REFERENCE) {
        ui_record_open_new(app, a->record_field->model, a->record);
        return UI_DONE;
    }
    if (!fk) {
        return ui_refuse(app, "%s references nothing  (F: what refers here)", field ? nx_field_title(field) : "this");
    }
    if (!fk->target->readable) {
        return ui_refuse(app, "no right to read %s", fk->target->title);
    }
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    if (ui_rows_reference(v, fk, arena, &key)) {
        ui_rows_open(app, fk->target, &(ui_rows_start){.key = &key});
    } else {
        ui_refuse(app, "%s is NULL: there is nothing to follow", nx_field_title(field));
    }
    nx_arena_free(arena);
    return UI_DONE;
}

/* --- what refers here ------------------------------------------------------------------------------------ */

static void close_list(rows_view *v) {
    v->list = NULL;
    free(v->relations);
    v->relations = NULL;
    nx_rows_drop(v->job);
    v->job = NULL;
}

static void record_title(const rows_view *v, const nx_row *row, nx_buf *out) {
    nx_buf_addf(out, "%s ", v->model->title);
    if (v->model->identity_kind == NX_IDENTITY_PRIMARY || v->model->identity_kind == NX_IDENTITY_UNIQUE) {
        nx_key_text(row, nx_window_nkey(v->window), out);
    } else {
        nx_buf_adds(out, "record");
    }
}

void ui_rows_open_relation(rows_view *v, const nx_relation *relation) {
    const nx_row *row = ui_rows_current(v);
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope;
    if (!row || !nx_relation_scope(relation, v->query, row, arena, &scope)) {
        ui_refuse(v->view.app, "the fields that %s goes by are NULL or not whole here", relation->name);
    } else {
        nx_buf title = NX_BUF;
        record_title(v, row, &title);
        nx_buf_addf(&title, " %s %s", ui_glyph(UI_GLYPH_TRAIL), relation->name);
        ui_rows_open(v->view.app, relation->target, &(ui_rows_start){.scope = &scope, .scope_title = title.data});
        nx_buf_free(&title);
    }
    nx_arena_free(arena);
}

static void open_relation(void *owner, const ui_list_item *item) {
    ui_rows_open_relation(owner, item->data);
    close_list(owner);
}

static void list_dropped(void *owner) { close_list(owner); }

static void counted(void *owner, const nx_counts *counts, const nx_error *err) {
    rows_view *v = owner;
    v->job = NULL;
    if (err) {
        ui_say_error(v->view.app, err);
        return;
    }
    for (int i = 0; v->list && i < counts->n; i++) {
        for (int r = 0; r < v->nrelations; r++) {
            if (v->relations[r] != counts->relations[i]) {
                continue;
            }
            char note[40], number[24];
            if (counts->counts[i] < 0) {
                snprintf(note, sizeof note, v->relations[r]->indexed ? "?" : "not counted: no index");
            } else if (counts->counts[i] > counts->bound) {
                snprintf(note, sizeof note, "more than %s", ui_format_exact(counts->bound, number));
            } else {
                snprintf(note, sizeof note, "%s", ui_format_exact(counts->counts[i], number));
            }
            ui_list_note(v->list, r, note);
        }
    }
    ui_app_dirty(v->view.app);
}

static int collect(rows_view *v, ui_list_item **items) {
    v->relations = nx_calloc((size_t)v->model->nrelations, sizeof *v->relations);
    *items = nx_calloc((size_t)v->model->nrelations, sizeof **items);
    v->nrelations = 0;
    for (int i = 0; i < v->model->nrelations; i++) {
        const nx_relation *r = v->model->relations[i];
        if (r->kind != NX_TO_ONE) {
            bool hidden = !r->target->readable;
            (*items)[v->nrelations] = (ui_list_item){.text = r->name, .note = hidden ? "no right to read" : "…",
                                                     .disabled = hidden, .data = v->model->relations[i]};
            v->relations[v->nrelations++] = r;
        }
    }
    return v->nrelations;
}

int ui_rows_referrers(rows_view *v) {
    ui_app *app = v->view.app;
    const nx_row *row = ui_rows_current(v);
    if (!row) {
        bool loading = !v->window || nx_window_busy(v->window);
        return ui_refuse(app, "%s", loading ? "the rows are not here yet" : "nothing refers to a record that is not saved");
    }
    if (!v->model->graph_known) {
        return ui_refuse(app, "the relations are still being read");
    }
    nx_rows_drop(v->job);
    v->job = NULL;
    ui_list_item *items;
    free(v->relations);
    if (collect(v, &items) == 0) {
        free(items);
        return ui_refuse(app, "no model refers to %s", v->model->title);
    }
    nx_buf title = NX_BUF;
    nx_buf_adds(&title, "what refers to ");
    record_title(v, row, &title);
    v->list = ui_list_open(app, &(ui_list_options){.title = title.data, .items = items, .nitems = v->nrelations,
                                                   .chosen = open_relation, .dropped = list_dropped, .owner = v});
    nx_buf_free(&title);
    free(items);
    v->job = nx_relations_count(app->session, v->model, row, v->query, COUNT_BOUND, counted, v);
    return UI_DONE;
}

int ui_rows_click(rows_view *v, int x, bool twice) {
    const nx_row *row = ui_rows_current(v);
    const nx_cell *cell = row && ui_rows_field(v) ? &row->cells[v->field] : NULL;
    if (cell && cell->label && !nx_is_null(cell->value)) {
        int at = nx_text_width(cell->value.text, cell->value.len) + 1;
        if (x == at) {
            return ui_rows_follow(v);
        }
    }
    if (twice) {
        ui_app_do(v->view.app, UI_DO_OPEN, 0);
    }
    return UI_DONE;
}
