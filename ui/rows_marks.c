/* Marking rows: one by one, or a range, which may go over rows that are not here. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "rows.h"

enum { RANGE_MAX = 20000, RANGE_PAGE = 2500, FAR = 1 << 28 };

bool ui_rows_marked(const rows_view *v, int i) {
    const nx_row *row = nx_window_row(v->window, i);
    return ui_marks_find(v->marks, row->key, nx_window_nkey(v->window)) >= 0;
}

static bool between(int i, int a, int b) { return a <= b ? i >= a && i <= b : i >= b && i <= a; }

bool ui_rows_in_range(const rows_view *v, int i) {
    return v->range.on && v->row >= 0 && (v->range.known ? between(i, v->range.row, v->row) : i == v->row);
}

static bool cannot_mark(const rows_view *v) {
    ui_app *app = v->view.app;
    if (v->acting) {
        ui_refuse(app, "the marked records are still being read  (Ctrl-C cancels)");
    } else if (v->model->described && v->model->identity_kind == NX_IDENTITY_NONE) {
        ui_refuse(app, "records of %s have no key to be marked by", v->model->title);
    } else if (ui_rows_current_insert(v)) {
        ui_refuse(app, "a new record is not marked: only those that are saved are");
    } else if (!ui_rows_current(v)) {
        ui_refuse(app, "no record under the cursor");
    } else {
        return false;
    }
    return true;
}

int ui_rows_mark(rows_view *v, int count) {
    for (int i = 0; i < (count ? count : 1) && !cannot_mark(v); i++) {
        const nx_row *row = ui_rows_current(v);
        int nkey = nx_window_nkey(v->window), at = v->row;
        if (ui_rows_marked(v, v->row)) {
            ui_marks_remove(v->marks, row->key, nkey);
        } else {
            ui_marks_add(v->marks, row->key, nkey);
        }
        ui_rows_move(v, UI_DO_DOWN, 1);
        if (v->row == at) {
            break;
        }
    }
    return UI_DONE;
}

/* --- a range ---------------------------------------------------------------------------------------------------- */

void ui_rows_range_drop(rows_view *v) {
    nx_rows_drop(v->range.job);
    nx_arena_free(v->range.arena);
    nx_query_free(v->range.query);
    ui_marks_free(v->range.found);
    v->range = (rows_range){0};
}

static nx_row *copy_row(nx_arena *arena, const nx_row *row, int nkey) {
    nx_row *copy = nx_arena_alloc(arena, sizeof *copy);
    int n = row->cursor.nvalues;
    *copy = (nx_row){.key = nx_arena_array(arena, (size_t)nkey, sizeof *copy->key)};
    copy->cursor = (nx_cursor){n, nx_arena_array(arena, (size_t)n, sizeof *copy->cursor.values)};
    for (int i = 0; i < nkey; i++) {
        copy->key[i] = nx_value_copy(arena, row->key[i]);
    }
    for (int i = 0; i < n; i++) {
        copy->cursor.values[i] = nx_value_copy(arena, row->cursor.values[i]);
    }
    return copy;
}

static bool same_key(const nx_row *a, const nx_row *b, int nkey) {
    for (int i = 0; i < nkey; i++) {
        if (!nx_value_equal(a->key[i], b->key[i])) {
            return false;
        }
    }
    return true;
}

static void begin_range(rows_view *v) {
    v->range = (rows_range){.on = true, .known = true, .row = v->row, .nkey = nx_window_nkey(v->window)};
    v->range.arena = nx_arena_new(0);
    v->range.from = copy_row(v->range.arena, ui_rows_current(v), v->range.nkey);
    ui_say(v->view.app, UI_INFO, "a range begins here: move, then V marks it  (Esc drops it)");
}

void ui_rows_range_moved(rows_view *v, nx_window_event event, int shift) {
    if (!v->range.on || event == NX_WINDOW_FAILED || event == NX_WINDOW_COUNTED) {
        return;
    }
    if (event == NX_WINDOW_GREW) {
        v->range.row += shift;
        return;
    }
    v->range.known = false;
    for (int i = 0; i < nx_window_count(v->window) && !v->range.known; i++) {
        v->range.known = same_key(nx_window_row(v->window, i), v->range.from, v->range.nkey);
        v->range.row = i;
    }
    if (!v->range.known && (v->went == NX_FROM_FIRST || v->went == NX_FROM_LAST)) { /* beyond what is here */
        v->range.row = v->went == NX_FROM_FIRST ? FAR : -FAR;
        v->range.known = true;
    }
}

static void tell_marked(rows_view *v, int before) {
    char n[24];
    ui_say(v->view.app, UI_INFO, "%s marked  (e x D d act on all of them, Esc takes the marks away)",
           ui_format_exact(ui_marks_count(v->marks), n));
    if (ui_marks_count(v->marks) == before) {
        ui_say(v->view.app, UI_INFO, "all of them were marked already");
    }
}

static void mark_here(rows_view *v) {
    int before = ui_marks_count(v->marks);
    for (int i = 0; i < nx_window_count(v->window); i++) {
        if (ui_rows_in_range(v, i)) {
            ui_marks_add(v->marks, nx_window_row(v->window, i)->key, v->range.nkey);
        }
    }
    ui_rows_range_drop(v);
    tell_marked(v, before);
}

static void walk(rows_view *v, nx_from_kind kind, const nx_cursor *cursor);

static void commit_found(rows_view *v) {
    int before = ui_marks_count(v->marks);
    for (int i = 0; i < ui_marks_slots(v->range.found); i++) {
        ui_marks_add(v->marks, ui_marks_at(v->range.found, i), v->range.nkey);
    }
    ui_rows_range_drop(v);
    tell_marked(v, before);
}

/* Nothing of that name down to the end, or too far: the other way round, where the way was not known. */
static void not_found(rows_view *v, bool bound) {
    if (v->range.both_ways) {
        v->range.both_ways = false;
        v->range.backward = true;
        ui_marks_clear(v->range.found);
        walk(v, NX_FROM_AT, &v->range.to->cursor);
        return;
    }
    ui_rows_range_drop(v);
    char n[24];
    ui_refuse(v->view.app, bound ? "more than %s rows lie between: nothing is marked  (B changes all that match)"
                                 : "the rows between have changed: nothing is marked  (%s at most)", ui_format_exact(RANGE_MAX, n));
}

static void walked(void *owner, nx_page *page, const nx_error *err) {
    rows_view *v = owner;
    v->range.job = NULL;
    ui_app_dirty(v->view.app);
    if (err) {
        ui_rows_range_drop(v);
        ui_say_error(v->view.app, err);
        return;
    }
    const nx_row *end = v->range.backward ? v->range.from : v->range.to;
    bool found = false;
    for (int i = 0; i < page->nrows && !found; i++) {
        ui_marks_add(v->range.found, page->rows[i].key, v->range.nkey);
        found = same_key(&page->rows[i], end, v->range.nkey);
    }
    int n = ui_marks_count(v->range.found);
    if (found) {
        commit_found(v);
    } else if (n >= RANGE_MAX || !page->more_after || page->nrows == 0) {
        not_found(v, n >= RANGE_MAX);
    } else {
        char words[24];
        ui_say(v->view.app, UI_INFO, "reading the range: %s rows so far  (Ctrl-C cancels)", ui_format_exact(n, words));
        walk(v, NX_FROM_AFTER, &page->rows[page->nrows - 1].cursor);
    }
    nx_page_free(page);
}

static void walk(rows_view *v, nx_from_kind kind, const nx_cursor *cursor) {
    nx_from from = {.kind = kind, .cursor = *cursor};
    nx_rows_job *job = nx_rows_fetch(v->view.app->session, v->range.query, &from, RANGE_PAGE, walked, v);
    if (v->range.on) {
        v->range.job = job;
    }
}

/* Only keys are read: one field has to be, besides. */
static void read_range(rows_view *v) {
    nx_field *field = v->model->identity ? v->model->identity->fields[0] : nx_query_field(v->query, 0);
    v->range.query = nx_query_copy(v->query);
    nx_query_set_fields(v->range.query, &field, 1);
    nx_query_set_counts(v->range.query, NULL, 0);
    nx_query_set_labels(v->range.query, false);
    v->range.found = ui_marks_new();
    v->range.to = copy_row(v->range.arena, ui_rows_current(v), v->range.nkey);
    v->range.both_ways = !v->range.known;
    v->range.backward = v->range.known && v->range.row > v->row;
    walk(v, NX_FROM_AT, v->range.backward ? &v->range.to->cursor : &v->range.from->cursor);
}

int ui_rows_mark_range(rows_view *v) {
    if (v->range.job) {
        return ui_refuse(v->view.app, "the range is being read  (Ctrl-C cancels)");
    }
    if (cannot_mark(v)) {
        return UI_DONE;
    }
    if (!v->range.on) {
        begin_range(v);
    } else if (v->range.known && v->range.row >= 0 && v->range.row < nx_window_count(v->window)) {
        mark_here(v);
    } else {
        read_range(v);
    }
    return UI_DONE;
}

/* Esc takes away one thing at a time. */
int ui_rows_unmark(rows_view *v) {
    if (v->range.job || v->acting) {
        return UI_UNHANDLED; /* it cancels what runs */
    }
    if (v->range.on) {
        ui_rows_range_drop(v);
        ui_say(v->view.app, UI_INFO, "the range is dropped");
    } else if (ui_marks_count(v->marks) > 0) {
        ui_marks_clear(v->marks);
        ui_say(v->view.app, UI_INFO, "the marks are taken away");
    } else {
        return UI_UNHANDLED;
    }
    return UI_DONE;
}
