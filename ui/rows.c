/* The rows of a model: a grid on a window of the database. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "export.h"
#include "list.h"
#include "peek.h"
#include "views.h"
#include "watch.h"

static const ui_view_ops rows_ops;

/* --- what is under the cursor ------------------------------------------------------------------------------ */

const nx_row *ui_rows_current(const rows_view *v) {
    bool there = v->window && v->row >= 0 && v->row < nx_window_count(v->window);
    return there ? nx_window_row(v->window, v->row) : NULL;
}

uint64_t ui_rows_current_insert(const rows_view *v) {
    return v->row < 0 && v->row >= -v->ninserts ? v->inserts[v->ninserts + v->row] : 0;
}

const nx_change *ui_rows_current_change(const rows_view *v) {
    uint64_t insert = ui_rows_current_insert(v);
    if (insert) {
        return nx_changeset_by_id(v->view.app->changes, insert);
    }
    const nx_row *row = ui_rows_current(v);
    return row ? nx_changeset_find(v->view.app->changes, v->model, row->key, nx_window_nkey(v->window)) : NULL;
}

nx_field *ui_rows_field(const rows_view *v) {
    bool there = v->query && v->field < nx_query_nfields(v->query);
    return there ? nx_query_field(v->query, v->field) : NULL;
}

/* --- staged new records --------------------------------------------------------------------------------------- */

static void changed(ui_view *view) {
    rows_view *v = (rows_view *)view;
    const nx_changeset *set = view->app->changes;
    v->ninserts = 0;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *change = nx_changeset_at(set, i);
        if (change->kind == NX_INSERT && change->model->oid == v->model->oid) {
            v->inserts = nx_realloc(v->inserts, (size_t)v->ninserts + 1, sizeof *v->inserts);
            v->inserts[v->ninserts++] = change->id;
        }
    }
    if (v->row < -v->ninserts) {
        v->row = v->ninserts ? -v->ninserts : v->top;
    }
    ui_peek_look(v->peek);
}

void ui_rows_read_again(rows_view *v) {
    int row = v->row < 0 ? v->top : v->row;
    v->offset = row - v->top;
    nx_window_refresh(v->window, row);
}

/* The record under the cursor has another key now: the cursor follows it. */
static bool follow_key(rows_view *v) {
    const nx_row *row = ui_rows_current(v);
    const nx_key *identity = v->model->identity;
    int nkey = row && identity ? nx_window_nkey(v->window) : 0;
    const nx_value *key = nkey ? ui_app_saved_key(v->view.app, v->here, row->key, nkey) : NULL;
    if (!key) {
        return false;
    }
    const nx_field **fields = nx_calloc((size_t)nkey, sizeof *fields);
    nx_value *values = nx_calloc((size_t)nkey, sizeof *values);
    for (int i = 0; i < nkey; i++) {
        fields[i] = identity->fields[i];
        values[i] = key[i];
    }
    v->offset = v->row - v->top;
    v->followed = true;
    nx_window_go(v->window, &(nx_from){.kind = NX_FROM_KEY, .key = {nkey, fields, values}});
    free(fields);
    free(values);
    return true;
}

static void saved(ui_view *view) {
    rows_view *v = (rows_view *)view;
    ui_rows_range_drop(v); /* what was marked was meant for this save; tuple ids are others now */
    ui_rows_marked_drop(v);
    ui_marks_clear(v->marks);
    ui_peek_again(v->peek);
    if (v->window && !follow_key(v)) {
        ui_rows_read_again(v);
    }
}

/* The staged new record that was asked for. */
static void go_to_insert(rows_view *v) {
    for (int i = 0; v->start_insert && i < v->ninserts; i++) {
        if (v->inserts[i] == v->start_insert) {
            v->row = i - v->ninserts;
        }
    }
    v->start_insert = 0;
}

static void go_to_field(rows_view *v) {
    for (int i = 0; v->start_field && i < nx_query_nfields(v->query); i++) {
        if (nx_query_field(v->query, i)->number == v->start_field) {
            v->field = i;
        }
    }
}

/* --- loading ------------------------------------------------------------------------------------------------------ */

static void arrived_there(rows_view *v) {
    v->going = false;
    ui_app_release(v->view.app);
}

static void window_changed(void *owner, nx_window *window, nx_window_event event, int shift) {
    rows_view *v = owner;
    ui_app_dirty(v->view.app);
    ui_rows_range_moved(v, event, shift);
    switch (event) {
    case NX_WINDOW_RESET:
        arrived_there(v);
        v->followed = false;
        ui_rows_fields_arrived(v);
        v->owed = 0;
        v->row = v->row < 0 && v->offset >= 0 ? v->row : shift;
        /* The wished row stands where it stood before a refresh, else at the top, or at the bottom when it
         * is the last one. */
        if (v->offset >= 0) {
            v->top = shift - v->offset;
        } else {
            v->top = nx_window_at_end(window) && shift == nx_window_count(window) - 1 ? shift - v->height + 1 : shift;
        }
        v->top = v->top < 0 ? 0 : v->top;
        v->offset = -1;
        go_to_insert(v);
        ui_watch_arrived(v->watch);
        ui_rows_look(v, shift > 0 ? -1 : 1);
        break;
    case NX_WINDOW_COUNTED: break;
    case NX_WINDOW_GREW:
        v->row += v->row >= 0 ? shift : 0;
        v->top += shift;
        ui_watch_arrived(v->watch);
        ui_rows_pay(v);
        break;
    case NX_WINDOW_FAILED:
        arrived_there(v);
        ui_rows_fields_failed(v);
        v->owed = 0;
        v->offset = -1;
        if (!v->followed) {
            ui_say_error(v->view.app, nx_window_error(window));
            if (ui_rows_is_shape_error(nx_window_error(window))) {
                ui_rows_check_shape(v, true);
            }
            ui_watch_failed(v, nx_window_error(window));
        }
        if (v->followed) { /* it is not among these rows any more */
            v->followed = false;
            ui_rows_read_again(v);
        }
        if (v->start_key && !nx_window_loaded(window) && nx_window_error(window)->kind == NX_ERR_NOT_FOUND) {
            v->start_key = NULL; /* the record is gone: its neighbours are not */
            ui_rows_go(v, &(nx_from){.kind = NX_FROM_FIRST});
        }
        break;
    }
    ui_peek_look(v->peek);
}

static void start_window(rows_view *v) {
    ui_app *app = v->view.app;
    v->query = nx_query_new(v->model);
    ui_rows_fields_start(v);
    ui_rows_counts_start(v);
    v->columns = nx_calloc((size_t)ui_rows_ncolumns(v) + 1, sizeof *v->columns);
    nx_query_set_scope(v->query, v->scope);
    nx_error err = NX_ERROR;
    if (v->filter && !nx_query_set_filter(v->query, v->filter, &err)) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    v->window = nx_window_new(app->session, v->query, window_changed, v);
    nx_from from = {.kind = NX_FROM_FIRST};
    if (v->start_key) {
        from = (nx_from){.kind = NX_FROM_KEY, .key = *v->start_key};
    }
    go_to_field(v);
    ui_rows_go(v, &from);
    changed(&v->view);
    ui_rows_relate(v);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    rows_view *v = owner;
    (void)catalog;
    v->describing = NULL;
    ui_app_dirty(v->view.app);
    if (err) {
        ui_app_release(v->view.app);
        nx_error_copy(&v->error, err);
        ui_say_error(v->view.app, err);
        return;
    }
    start_window(v);
}

static void describe(rows_view *v) {
    nx_error_clear(&v->error);
    nx_catalog_job *job = nx_catalog_describe(v->view.app->session, v->model, described, v);
    if (job) {
        v->describing = job;
    }
}

static int refresh(rows_view *v) {
    if (!v->window) {
        if (!v->describing) {
            describe(v);
        }
        return UI_DONE;
    }
    if (nx_window_count(v->window) == 0) {
        nx_window_go(v->window, &(nx_from){.kind = NX_FROM_FIRST});
    } else {
        ui_rows_read_again(v);
    }
    ui_rows_check_shape(v, false); /* in the same trip */
    return UI_DONE;
}

static nx_scope *copy_scope(nx_arena *arena, const nx_scope *scope) {
    nx_scope *copy = nx_arena_alloc(arena, sizeof *copy);
    *copy = *scope;
    copy->values = nx_arena_array(arena, (size_t)scope->nvalues, sizeof *copy->values);
    for (int i = 0; i < scope->nvalues; i++) {
        copy->values[i] = nx_value_copy(arena, scope->values[i]);
    }
    return copy;
}

static nx_key_test *copy_key(nx_arena *arena, const nx_key_test *key) {
    nx_key_test *copy = nx_arena_alloc(arena, sizeof *copy);
    *copy = *key;
    copy->fields = nx_arena_array(arena, (size_t)key->n, sizeof *copy->fields);
    copy->values = nx_arena_array(arena, (size_t)key->n, sizeof *copy->values);
    for (int i = 0; i < key->n; i++) {
        copy->fields[i] = key->fields[i];
        copy->values[i] = nx_value_copy(arena, key->values[i]);
    }
    return copy;
}

void ui_rows_open(ui_app *app, nx_model *model, const ui_rows_start *start) {
    if (!model->readable) {
        ui_refuse(app, "no right to read %s", model->title);
        return;
    }
    rows_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&rows_ops, app};
    v->model = model;
    v->catalog = nx_catalog_ref(model->catalog);
    v->arena = nx_arena_new(0);
    v->marks = ui_marks_new();
    v->height = 20;
    v->offset = -1;
    if (start) {
        v->scope = start->scope ? copy_scope(v->arena, start->scope) : NULL;
        v->scope_title = nx_arena_strdup(v->arena, start->scope_title);
        v->filter = nx_arena_strdup(v->arena, start->filter);
        v->start_key = start->key ? copy_key(v->arena, start->key) : NULL;
        v->start_field = start->field ? start->field->number : 0;
        v->start_insert = start->insert_id;
    }
    ui_app_push(app, &v->view);
    ui_app_hold(app);
    describe(v);
}

/* --- more of a record ------------------------------------------------------------------------------------------------ */

static int open_record(rows_view *v) {
    const nx_row *row = ui_rows_current(v);
    uint64_t insert = ui_rows_current_insert(v);
    if (insert) {
        ui_record_open_new(v->view.app, v->model, insert);
        return UI_DONE;
    }
    if (!row) {
        return ui_refuse(v->view.app, "no record under the cursor");
    }
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    if (nx_row_key(v->model, row, arena, &key)) {
        ui_record_open(v->view.app, v->model, &key);
    } else {
        ui_refuse(v->view.app, "records of %s have no key to be opened by", v->model->title);
    }
    nx_arena_free(arena);
    return UI_DONE;
}

static int open_cell(rows_view *v) {
    const nx_row *row = ui_rows_current(v);
    nx_field *field = ui_rows_field(v);
    const nx_change *change = ui_rows_current_change(v);
    const nx_assignment *staged = change && field && change->kind != NX_DELETE ? nx_change_assignment(change, field) : NULL;
    if (!field || (!row && !staged)) {
        return ui_refuse(v->view.app, "no value under the cursor");
    }
    bool keyless = v->model->identity_kind == NX_IDENTITY_NONE;
    if (!staged && keyless) {
        const nx_cell *cell = &row->cells[v->field];
        if (cell->cut || cell->withheld) {
            return ui_refuse(v->view.app, "records of %s have no key to fetch the whole value by", v->model->title);
        }
        ui_text_open(v->view.app, nx_field_title(field), cell->value.text ? cell->value.text : "NULL", cell->value.text ? cell->value.len : 4);
        return UI_DONE;
    }
    ui_cell_open(v->view.app, field, row ? row->key : NULL, row ? nx_window_nkey(v->window) : 0, staged);
    return UI_DONE;
}

/* --- keys -------------------------------------------------------------------------------------------------------------- */

static int width_action(rows_view *v, ui_action action, int count) {
    if (!v->query || v->field >= ui_rows_ncolumns(v)) {
        return UI_DONE;
    }
    rows_column *c = &v->columns[v->field];
    if (action == UI_DO_FIT) {
        ui_rows_fit(v, v->field);
        return UI_DONE;
    }
    int by = 2 * (count ? count : 1);
    c->chosen = true;
    c->width += action == UI_DO_WIDER ? by : -by;
    c->width = c->width < UI_COLUMN_MIN ? UI_COLUMN_MIN : c->width > 500 ? 500 : c->width;
    return UI_DONE;
}

/* What is done to the record under the cursor must not hit another one than is meant. */
static bool needs_record(ui_action action) {
    static const ui_action actions[] = {UI_DO_OPEN, UI_DO_CELL, UI_DO_FILTER_KEEP, UI_DO_FILTER_DROP, UI_DO_FOLLOW,
                                        UI_DO_REFERRERS, UI_DO_COPY, UI_DO_COPY_AS, UI_DO_EDIT, UI_DO_DUPLICATE,
                                        UI_DO_DELETE, UI_DO_SET_NULL, UI_DO_SET_DEFAULT, UI_DO_MARK, UI_DO_MARK_RANGE};
    for (size_t i = 0; i < NX_COUNT(actions); i++) {
        if (actions[i] == action) {
            return true;
        }
    }
    return false;
}

static int export_rows(rows_view *v) {
    if (!v->window) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    ui_export_ask(v->view.app, v->wanted ? v->wanted : v->query);
    return UI_DONE;
}

static int peek(rows_view *v) {
    if (v->peek) {
        ui_peek_free(v->peek);
        v->peek = NULL;
    } else {
        v->peek = ui_peek_new(v);
    }
    return UI_DONE;
}

static int perform(ui_view *view, ui_action action, int count) {
    rows_view *v = (rows_view *)view;
    if (v->going && needs_record(action)) {
        return ui_refuse(view->app, "the rows are still on their way  (Ctrl-C cancels)");
    }
    int flags = ui_rows_relation_action(v, action);
    if (flags != UI_UNHANDLED || ui_rows_marked_action(v, action)) {
        return flags == UI_UNHANDLED ? UI_DONE : flags;
    }
    switch (action) {
    case UI_DO_MARK: return ui_rows_mark(v, count);
    case UI_DO_MARK_RANGE: return ui_rows_mark_range(v);
    case UI_DO_ESCAPE: return ui_rows_unmark(v);
    case UI_DO_BULK: return ui_rows_change_all(v);
    case UI_DO_OPEN: return open_record(v);
    case UI_DO_CELL: return open_cell(v);
    case UI_DO_DESCRIBE: ui_describe_open(view->app, v->model); return UI_DONE;
    case UI_DO_REFRESH:
        ui_peek_again(v->peek);
        return refresh(v);
    case UI_DO_SORT: return ui_rows_sort(v, false);
    case UI_DO_SORT_MORE: return ui_rows_sort(v, true);
    case UI_DO_FIELDS: return ui_rows_fields(v);
    case UI_DO_PEEK: return peek(v);
    case UI_DO_EXPORT: return export_rows(v);
    case UI_DO_WATCH: return ui_watch_key(v, count);
    case UI_DO_COUNT: return ui_rows_count(v);
    case UI_DO_VALUES: return ui_rows_values(v);
    case UI_DO_FILTER: return ui_rows_filter(v);
    case UI_DO_FILTER_KEEP: return ui_rows_filter_by_value(v, false);
    case UI_DO_FILTER_DROP: return ui_rows_filter_by_value(v, true);
    case UI_DO_FILTER_CLEAR: return ui_rows_filter_clear(v);
    case UI_DO_GO_KEY: return ui_rows_go_key(v);
    case UI_DO_FOLLOW: return ui_rows_follow(v);
    case UI_DO_REFERRERS: return ui_rows_referrers(v);
    case UI_DO_COPY: return ui_rows_copy(v);
    case UI_DO_COPY_AS: return ui_rows_copy_as(v);
    case UI_DO_NARROWER:
    case UI_DO_WIDER:
    case UI_DO_FIT: return width_action(v, action, count);
    case UI_DO_EDIT:
    case UI_DO_ADD:
    case UI_DO_DUPLICATE:
    case UI_DO_DELETE:
    case UI_DO_SET_NULL:
    case UI_DO_SET_DEFAULT: return ui_rows_edit_action(v, action);
    default: return ui_rows_move(v, action, count);
    }
}

static int act(ui_view *view, ui_action action, int count) {
    rows_view *v = (rows_view *)view;
    int flags = perform(view, action, count);
    ui_peek_look(v->peek);
    return flags;
}

/* --- words ---------------------------------------------------------------------------------------------------------------- */

static void title(ui_view *view, nx_buf *out) {
    rows_view *v = (rows_view *)view;
    nx_buf_adds(out, v->scope_title ? v->scope_title : v->model->title);
    const nx_filter *filter = v->query ? nx_query_filter(v->query) : NULL;
    if (filter) {
        nx_buf_addf(out, " %s %s", ui_glyph(UI_GLYPH_DOT), nx_filter_text(filter));
    }
    if (v->watch) {
        nx_buf_addf(out, " %s every %d s", ui_glyph(UI_GLYPH_DOT), ui_watch_seconds(v->watch));
    }
}

static void step(ui_view *view, nx_buf *out) {
    rows_view *v = (rows_view *)view;
    /* The step before this one names the record that the scope belongs to. */
    nx_buf_adds(out, v->scope ? v->scope->relation->name : v->model->title);
    const nx_row *row = ui_rows_current(v);
    bool keyed = v->model->identity_kind == NX_IDENTITY_PRIMARY || v->model->identity_kind == NX_IDENTITY_UNIQUE;
    if (row && v->model->described && keyed) {
        nx_buf_addf(out, " %s ", ui_glyph(UI_GLYPH_TRAIL));
        nx_key_text(row, nx_window_nkey(v->window), out);
    }
}

static void status(ui_view *view, nx_buf *out) {
    const nx_field *field = ui_rows_field((rows_view *)view);
    if (ui_rows_relation((rows_view *)view)) {
        ui_rows_count_status((rows_view *)view, out);
    }
    if (!field) {
        return;
    }
    nx_buf_addf(out, "%s %s%s", nx_field_title(field), field->type, field->nullable ? "" : " not null");
    const nx_foreign_key *fk = nx_field_foreign_key(field);
    if (fk) {
        nx_buf_addf(out, " %s %s", ui_glyph(UI_GLYPH_REFERENCE), fk->target->title);
    }
}

static const nx_model *shown_model(ui_view *view) { return ((rows_view *)view)->model; }

/* What matters most comes first: a narrow screen shows no more. */
static const ui_action *footer(ui_view *view) {
    rows_view *v = (rows_view *)view;
    const nx_field *field = ui_rows_field(v);
    bool here = ui_rows_current(v) != NULL || ui_rows_current_insert(v), relation = ui_rows_relation(v) != NULL;
    bool described = v->model->described, keyed = described && v->model->identity_kind != NX_IDENTITY_NONE;
    bool fixed = nx_session_read_only(view->app->session) || !described || nx_edit_refusal(v->model, NX_UPDATE);
    bool change = ui_rows_current_change(v) != NULL, staged = nx_changeset_count(view->app->changes) > 0;
    const struct {
        ui_action action;
        bool fits;
    } all[] = {
        {UI_DO_FILTER_CLEAR, !here && v->query && nx_query_filter(v->query)},
        {UI_DO_FOLLOW, here && !change && (relation || (field && nx_field_foreign_key(field)))},
        {UI_DO_EDIT, here && !fixed && !relation},
        {UI_DO_SAVE, staged},
        {UI_DO_CHANGES, change},
        {UI_DO_UNDO, staged},
        {UI_DO_OPEN, here && keyed && !change && !relation},
        {UI_DO_CELL, here && (fixed || !keyed) && !relation},
        {UI_DO_FILTER, true},
        {UI_DO_FILTER_CLEAR, here && v->query && nx_query_filter(v->query)},
        {UI_DO_SORT, here},
        {UI_DO_REFERRERS, here && keyed && !change && !relation},
        {UI_DO_ADD, !fixed},
    };
    int n = 0;
    for (size_t i = 0; i < NX_COUNT(all); i++) {
        if (all[i].fits) {
            v->footer[n++] = all[i].action;
        }
    }
    v->footer[n] = UI_DO_NOTHING;
    return v->footer;
}

static void close_rows(ui_view *view) {
    rows_view *v = (rows_view *)view;
    ui_app_release(view->app);
    ui_count_drop(view->app, v);
    ui_watch_free(v->watch);
    ui_peek_free(v->peek);
    ui_rows_range_drop(v);
    ui_rows_marked_drop(v);
    ui_app_timer_drop(view->app, v);
    ui_rows_bulk_drop(v);
    ui_marks_free(v->marks);
    nx_catalog_drop(v->describing);
    ui_rows_check_drop(v);
    nx_catalog_drop(v->relating);
    nx_rows_drop(v->job);
    nx_prepare_drop(v->preparing);
    free(v->wished);
    nx_window_free(v->window);
    nx_query_free(v->query);
    nx_query_free(v->wanted);
    free(v->columns);
    free(v->inserts);
    free(v->relations);
    nx_error_clear(&v->error);
    nx_arena_free(v->arena);
    nx_catalog_unref(v->catalog);
    free(v);
}

static const ui_view_ops rows_ops = {
    .name = "rows",
    .scope = UI_SCOPE_ROWS,
    .draw = ui_rows_draw,
    .act = act,
    .mouse = ui_rows_mouse,
    .title = title,
    .foot = ui_rows_foot,
    .step = step,
    .status = status,
    .model = shown_model,
    .footer = footer,
    .changed = changed,
    .saved = saved,
    .close = close_rows,
};
