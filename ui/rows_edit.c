/* Staging changes from the grid, and copying from it. */
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "insert.h"
#include "list.h"
#include "nixie/copy.h"
#include "rows.h"
#include "views.h"

enum { COPIED_ROWS = 50 };

/* --- the field under the cursor as something to edit ------------------------------------------------------ */

static bool make_target(const rows_view *v, ui_target *t) {
    const nx_row *row = ui_rows_current(v);
    uint64_t insert = ui_rows_current_insert(v);
    nx_field *field = ui_rows_field(v);
    if (!field || (!row && !insert)) {
        return false;
    }
    int y = v->view.app->main_rect.y + 1 + (row ? ui_rows_inserts_shown(v, v->height) + v->row - v->top : 0);
    *t = (ui_target){.model = v->model, .field = field, .insert_id = insert,
                     .anchor = {y, v->view.app->main_rect.x, 1, v->view.app->main_rect.width}};
    const nx_change *change = ui_rows_current_change(v);
    ui_cell cell = ui_cell_of(field, row ? &row->cells[v->field] : NULL, change);
    const nx_assignment *a = change ? nx_change_assignment(change, field) : NULL;
    t->shown = a && a->kind == NX_NEW_REFERENCE ? NX_NULL_VALUE : cell.value; /* what stands for it is no value */
    if (row) {
        t->key = row->key;
        t->nkey = nx_window_nkey(v->window);
        t->row = row;
        t->query = v->query;
        t->cut = (cell.cut || cell.withheld) && cell.staged != UI_UPDATED;
    }
    return true;
}

/* A new record stands in the grid too, and its form is opened. Among the records of another one it belongs to it. */
static int add(rows_view *v) {
    ui_app *app = v->view.app;
    uint64_t id = v->scope && v->scope->relation->target == v->model
                      ? ui_insert_child(app, v->scope->relation, 0, v->scope->values)
                      : ui_edit_add(app, v->model);
    if (id) {
        v->row = -1;
        ui_record_open_new(app, v->model, id);
    }
    return UI_DONE;
}

static void fill_duplicate(rows_view *v, nx_field *const *fields, const nx_cell *cells, int n) {
    ui_app *app = v->view.app;
    nx_changeset_group_begin(app->changes); /* one u takes the whole record back */
    uint64_t id = ui_edit_add(app, v->model);
    nx_error err = NX_ERROR;
    for (int i = 0; id && i < n; i++) {
        if (ui_insert_copies(v->model, fields[i])) {
            nx_new_kind kind = nx_is_null(cells[i].value) ? NX_NEW_NULL : NX_NEW_VALUE;
            nx_changeset_assign(app->changes, id, fields[i], kind, cells[i].value, &err);
        }
    }
    nx_error_clear(&err);
    if (!nx_changeset_group_end(app->changes, &err)) {
        ui_say_error(app, &err);
        ui_app_changed(app);
        id = 0;
    }
    nx_error_clear(&err);
    if (id) {
        v->row = -1;
        ui_app_changed(app);
        ui_record_open_new(app, v->model, id);
        ui_say(app, UI_INFO, "duplicated without its identity, generated and unique fields");
    }
}

/* --- whole records -------------------------------------------------------------------------------------- */

static void copy_record(rows_view *v, nx_field *const *fields, const nx_cell *cells, int n) {
    nx_buf out = NX_BUF;
    switch (v->copy_as) {
    case 'j': nx_copy_json(&out, fields, cells, n); break;
    case 'c': nx_copy_csv(&out, fields, cells, n); break;
    case 'i': nx_copy_insert(&out, fields, cells, n); break;
    case 'o': fill_duplicate(v, fields, cells, n); break;
    default: break;
    }
    if (v->copy_as != 'o') {
        const char *what = v->copy_as == 'j' ? "record as JSON" : v->copy_as == 'c' ? "record as CSV" : "record as INSERT";
        ui_copy(v->view.app, out.data, out.len, what);
    }
    nx_buf_free(&out);
}

static void record_arrived(void *owner, nx_page *page, const nx_error *err) {
    rows_view *v = owner;
    v->job = NULL;
    if (err) {
        ui_say_error(v->view.app, err);
    } else if (page->nrows == 1) {
        nx_field **fields = nx_calloc((size_t)page->ncells, sizeof *fields);
        int n = 0;
        for (int i = 0; i < v->model->nfields && n < page->ncells; i++) {
            if (v->model->fields[i]->can_select) {
                fields[n++] = v->model->fields[i];
            }
        }
        copy_record(v, fields, page->rows[0].cells, n);
        free(fields);
    }
    nx_page_free(page);
}

static bool whole_row(const rows_view *v, const nx_row *row) {
    if (!ui_rows_all_fields(v)) {
        return false;
    }
    for (int f = 0; f < nx_query_nfields(v->query); f++) {
        if (row->cells[f].cut || row->cells[f].withheld) {
            return false;
        }
    }
    return true;
}

/* Uses the row as it is here when it is whole, else fetches the record. */
static int with_record(rows_view *v, char purpose) {
    const nx_row *row = ui_rows_current(v);
    if (!row) {
        return ui_refuse(v->view.app, "no saved record under the cursor");
    }
    v->copy_as = purpose;
    int n = nx_query_nfields(v->query);
    if (whole_row(v, row)) {
        nx_field **fields = nx_calloc((size_t)n, sizeof *fields);
        for (int f = 0; f < n; f++) {
            fields[f] = nx_query_field(v->query, f);
        }
        copy_record(v, fields, row->cells, n);
        free(fields);
        return UI_DONE;
    }
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    nx_rows_drop(v->job);
    v->job = NULL;
    if (nx_row_key(v->model, row, arena, &key)) {
        v->job = nx_record_load(v->view.app->session, v->model, &key, record_arrived, v);
    } else {
        ui_refuse(v->view.app, "this record has values that are cut, and no key to fetch it whole by");
    }
    nx_arena_free(arena);
    return UI_DONE;
}

/* From the first row in sight, where that is not the first of all. */
static void copy_view(rows_view *v, bool prisma) {
    bool first = v->top == 0 && nx_window_at_start(v->window);
    nx_buf out = NX_BUF;
    if (prisma) {
        nx_copy_prisma(&out, v->query, first ? NULL : nx_window_row(v->window, v->top), COPIED_ROWS);
    } else {
        nx_copy_query(&out, v->query, COPIED_ROWS);
    }
    ui_copy(v->view.app, out.data, out.len, prisma ? "view as findMany" : "view as SQL");
    nx_buf_free(&out);
}

static void copy_where(rows_view *v) {
    const nx_row *row = ui_rows_current(v);
    nx_buf out = NX_BUF;
    if (row && nx_copy_prisma_where(&out, v->model, row)) {
        ui_copy(v->view.app, out.data, out.len, "record as Prisma where");
    } else {
        ui_refuse(v->view.app, row ? "records of %s have no key" : "no saved record of %s under the cursor", v->model->title);
    }
    nx_buf_free(&out);
}

static void copy_chosen(void *owner, const ui_list_item *item) {
    switch (item->key) {
    case 'p': copy_view(owner, true); break;
    case 's': copy_view(owner, false); break;
    case 'w': copy_where(owner); break;
    default: with_record(owner, item->key); break;
    }
}

int ui_rows_copy_as(rows_view *v) {
    static const ui_list_item items[] = {
        {.text = "JSON", .key = 'j', .note = "this record"},
        {.text = "CSV", .key = 'c', .note = "this record"},
        {.text = "INSERT", .key = 'i', .note = "this record"},
        {.text = "Prisma where", .key = 'w', .note = "this record"},
        {.text = "prisma.findMany", .key = 'p', .note = "these rows: filter, order, fields"},
        {.text = "SQL", .key = 's', .note = "these rows: filter, order, fields"}};
    if (!v->window || !nx_window_loaded(v->window)) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    ui_list_open(v->view.app, &(ui_list_options){.title = "copy as", .items = items, .nitems = (int)NX_COUNT(items),
                                                 .chosen = copy_chosen, .owner = v});
    return UI_DONE;
}

/* --- one value -------------------------------------------------------------------------------------------- */

static void copy_value(ui_app *app, const nx_field *field, nx_value value) {
    if (nx_is_null(value)) {
        ui_refuse(app, "%s is NULL: there is no text to copy", nx_field_title(field));
    } else {
        ui_copy(app, value.text, value.len, nx_field_title(field));
    }
}

static void value_arrived(void *owner, nx_page *page, const nx_error *err) {
    rows_view *v = owner;
    v->job = NULL;
    if (err) {
        ui_say_error(v->view.app, err);
    } else if (page->nrows == 1) {
        copy_value(v->view.app, ui_rows_field(v), page->rows[0].cells[0].value);
    }
    nx_page_free(page);
}

int ui_rows_copy(rows_view *v) {
    ui_target t;
    if (!make_target(v, &t)) {
        return ui_refuse(v->view.app, "no value under the cursor");
    }
    if (!t.cut) {
        copy_value(v->view.app, t.field, t.shown);
        return UI_DONE;
    }
    nx_rows_drop(v->job);
    v->job = nx_cell_load(v->view.app->session, t.field, t.key, value_arrived, v);
    return UI_DONE;
}

/* --- actions ------------------------------------------------------------------------------------------------ */

static int delete_row(rows_view *v) {
    ui_app *app = v->view.app;
    uint64_t insert = ui_rows_current_insert(v);
    const nx_row *row = ui_rows_current(v);
    if (insert) {
        ui_edit_unstage(app, insert);
        return UI_DONE;
    }
    if (!row) {
        return ui_refuse(app, "no record under the cursor");
    }
    int n = nx_query_nfields(v->query), shown = 0;
    nx_assignment *old = nx_calloc((size_t)n + 1, sizeof *old);
    for (int f = 0; f < n; f++) {
        if (!row->cells[f].cut && !row->cells[f].withheld) {
            old[shown++] = (nx_assignment){.field = nx_query_field(v->query, f), .old = row->cells[f].value};
        }
    }
    ui_edit_delete(app, v->model, row->key, nx_window_nkey(v->window), old, shown);
    free(old);
    return UI_DONE;
}

int ui_rows_edit_action(rows_view *v, ui_action action) {
    if (!v->query) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    switch (action) {
    case UI_DO_ADD: return add(v);
    case UI_DO_DUPLICATE: return with_record(v, 'o');
    case UI_DO_DELETE: return delete_row(v);
    default: break;
    }
    ui_target t;
    if (!make_target(v, &t)) {
        bool here = v->window && nx_window_loaded(v->window);
        return ui_refuse(v->view.app, here ? "no record under the cursor  (a adds one)" : "the rows are not here yet");
    }
    switch (action) {
    case UI_DO_EDIT: ui_edit_value(v->view.app, &t); return UI_DONE;
    case UI_DO_SET_NULL: ui_edit_set(v->view.app, &t, NX_NEW_NULL); return UI_DONE;
    case UI_DO_SET_DEFAULT: ui_edit_set(v->view.app, &t, NX_NEW_DEFAULT); return UI_DONE;
    default: return UI_UNHANDLED;
    }
}
