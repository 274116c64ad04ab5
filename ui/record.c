/* One record: a field per line, whole values, then its relations as a tree. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "cell_draw.h"
#include "connect.h"
#include "edit.h"
#include "insert.h"
#include "views.h"
#include "words.h"

static const ui_view_ops record_ops;

static record_node *current(const record_view *v) {
    int i = ui_doc_item(&v->doc);
    return i >= 0 && i < v->nitems ? v->items[i] : NULL;
}

void ui_record_refresh(record_view *v) {
    record_node *keep = current(v);
    bool found = false;
    ui_record_rebuild(v);
    for (int i = 0; i < v->nitems && !found; i++) {
        found = v->stood.len ? ui_record_stood_on(v, v->items[i]) : v->items[i] == keep;
        if (found) {
            ui_doc_go_item(&v->doc, i);
            nx_buf_clear(&v->stood);
        }
    }
    if (!keep && !found && v->stood.len == 0) {
        ui_doc_go_item(&v->doc, 0);
    }
    ui_app_dirty(v->view.app);
}

/* --- loading --------------------------------------------------------------------------------------------------- */

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    record_view *v = owner;
    v->job = NULL;
    ui_app_release(v->view.app);
    if (err) {
        nx_error_copy(&v->error, err);
        ui_say_error(v->view.app, err);
    } else {
        nx_error_clear(&v->error);
        ui_record_remember(v, current(v));
        v->nitems = 0;
        nx_page_free(v->page);
        v->page = page;
        ui_record_plant(v);
    }
    ui_record_refresh(v);
}

void ui_record_load(record_view *v) {
    nx_rows_drop(v->job);
    ui_app_hold(v->view.app);
    v->job = nx_record_load(v->view.app->session, v->model, &v->key, arrived, v);
}

static void changed(ui_view *view) {
    record_view *v = (record_view *)view;
    const nx_change *change = v->insert ? NULL : nx_changeset_find(view->app->changes, v->model, v->key.values, v->key.n);
    v->change = change ? change->id : 0;
    ui_record_sync_new(v);
    ui_record_refresh(v);
}

static void saved(ui_view *view) {
    record_view *v = (record_view *)view;
    const nx_value *key = ui_app_saved_key(view->app, v->change, v->key.values, v->key.n);
    for (int i = 0; key && i < v->key.n; i++) {
        v->key.values[i] = nx_value_copy(v->arena, key[i]);
    }
    if (v->insert) {
        ui_record_settle(v);
    } else {
        ui_record_load(v);
    }
}

/* --- what is under the cursor --------------------------------------------------------------------------------- */

static const nx_cell *cell_under(const record_view *v, const record_node *node, const nx_row **row, int *nkey) {
    const nx_query *query;
    *row = ui_record_row(v, node, &query);
    *nkey = ui_record_nkey(v, node);
    for (int f = 0; *row && f < nx_query_nfields(query); f++) {
        if (nx_query_field(query, f) == node->field) {
            return &(*row)->cells[f];
        }
    }
    return NULL;
}

static bool make_target(const record_view *v, ui_target *t) {
    const record_node *node = current(v);
    if (!node || node->kind != NODE_FIELD) {
        return false;
    }
    const nx_row *row;
    int nkey;
    const nx_cell *cell = cell_under(v, node, &row, &nkey);
    const nx_change *change = ui_record_change(v, node);
    ui_rect r = v->view.app->main_rect;
    if (!row && change) { /* a new record */
        const nx_assignment *a = nx_change_assignment(change, node->field);
        *t = (ui_target){.model = v->model, .field = node->field, .insert_id = change->id,
                         .shown = a && a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE,
                         .anchor = {r.y + v->doc.cursor - v->doc.top, r.x, 1, r.width}};
        return true;
    }
    if (!cell) {
        return false;
    }
    const nx_query *query;
    ui_record_row(v, node, &query);
    nx_model *model = ui_record_model(v, node);
    ui_cell shown = ui_cell_of(node->field, cell, change);
    *t = (ui_target){.model = model, .field = node->field, .key = row->key, .nkey = nkey, .shown = shown.value,
                     .cut = (shown.cut || shown.withheld) && shown.staged != UI_UPDATED, .row = row, .query = query,
                     .anchor = {r.y + v->doc.cursor - v->doc.top, r.x, 1, r.width}};
    return true;
}

/* --- going places ------------------------------------------------------------------------------------------------ */

static int go_relation(record_view *v, const record_node *node) {
    const nx_query *query;
    const nx_row *row = ui_record_row(v, node->parent, &query);
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope;
    if (row && nx_relation_scope(node->relation, query, row, arena, &scope)) {
        const char *title = nx_arena_printf(arena, "%s %s %s", ui_record_model(v, node)->title, ui_glyph(UI_GLYPH_TRAIL), node->relation->name);
        ui_rows_open(v->view.app, node->relation->target, &(ui_rows_start){.scope = &scope, .scope_title = title});
    } else {
        ui_refuse(v->view.app, "there is no related record");
    }
    nx_arena_free(arena);
    return UI_DONE;
}

static int go_row(record_view *v, const record_node *node) {
    nx_model *model = node->parent->relation->target;
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    if (nx_row_key(model, &node->parent->rows[node->row], arena, &key)) {
        ui_record_open(v->view.app, model, &key);
    } else {
        ui_refuse(v->view.app, "records of %s have no key to be opened by", model->title);
    }
    nx_arena_free(arena);
    return UI_DONE;
}

/* A field of a foreign key: its to-one relation stands in the tree below. */
static int go_field(record_view *v, const record_node *node) {
    const nx_change *change = ui_record_change(v, node);
    const nx_assignment *a = change ? nx_change_assignment(change, node->field) : NULL;
    if (change && (change->kind == NX_INSERT || (a && a->kind == NX_NEW_REFERENCE))) {
        return ui_record_follow_staged(v, change, node->field);
    }
    const record_node *owner = node->parent;
    for (int i = 0; i < owner->nchildren; i++) {
        const nx_relation *r = owner->children[i]->relation;
        for (int f = 0; r && r->kind == NX_TO_ONE && f < r->nfields; f++) {
            if (strcmp(r->fields[f], node->field->name) == 0) {
                return go_relation(v, owner->children[i]);
            }
        }
    }
    return ui_refuse(v->view.app, "%s references nothing", nx_field_title(node->field));
}

static int go_new(record_view *v, const record_node *node) {
    ui_record_open_new(v->view.app, node->parent->relation->target, node->insert);
    return UI_DONE;
}

/* The saved record that a staged change links to. */
static int go_link(record_view *v, const record_node *node) {
    nx_arena *arena = nx_arena_new(0);
    nx_key_test key;
    if (ui_link_key(nx_changeset_by_id(v->view.app->changes, node->link), node->parent->relation, arena, &key)) {
        ui_rows_open(v->view.app, node->parent->relation->target, &(ui_rows_start){.key = &key});
    } else {
        ui_refuse(v->view.app, "nothing is known to find this record by");
    }
    nx_arena_free(arena);
    return UI_DONE;
}

static int follow(record_view *v) {
    const record_node *node = current(v);
    switch (node ? node->kind : NODE_NOTE) {
    case NODE_FIELD: return go_field(v, node);
    case NODE_RELATION:
        return v->insert ? ui_refuse(v->view.app, "nothing is saved there yet  (a adds one)") : go_relation(v, node);
    case NODE_ROW: return go_row(v, node);
    case NODE_NEW: return go_new(v, node);
    case NODE_LINK: return go_link(v, node);
    case NODE_NOTE: return node ? go_relation(v, node->parent) : UI_DONE;
    }
    return UI_DONE;
}

static int open_cell(record_view *v) {
    ui_target t;
    if (!make_target(v, &t)) {
        return ui_refuse(v->view.app, "no value under the cursor");
    }
    const nx_change *change = ui_record_change(v, current(v));
    const nx_assignment *a = change && change->kind != NX_DELETE ? nx_change_assignment(change, t.field) : NULL;
    if (t.insert_id && (!a || a->kind != NX_NEW_VALUE)) {
        return ui_refuse(v->view.app, "no value is given for %s  (e gives one)", nx_field_title(t.field));
    }
    ui_cell_open(v->view.app, t.field, t.key, t.nkey, a);
    return UI_DONE;
}

static int edit_action(record_view *v, ui_action action);

static int unfold(record_view *v) {
    record_node *node = current(v);
    if (!node) {
        return UI_DONE;
    }
    if (node->kind == NODE_NOTE) {
        ui_record_read_more(node->parent);
        return UI_DONE;
    }
    if (node->kind == NODE_FIELD) {
        return v->insert ? edit_action(v, UI_DO_EDIT) : open_cell(v);
    }
    if (node->kind == NODE_NEW || node->kind == NODE_LINK) {
        return node->kind == NODE_NEW ? go_new(v, node) : go_link(v, node);
    }
    return ui_record_unfold(v, node);
}

static int fold(record_view *v) {
    record_node *node = current(v);
    while (node && !node->unfolded && node->parent && node->parent != &v->root) {
        node = node->parent;
    }
    if (!node || !node->unfolded) {
        return ui_app_back(v->view.app) ? UI_DONE : UI_UNHANDLED;
    }
    for (int i = 0; i < v->nitems; i++) {
        if (v->items[i] == node) {
            ui_doc_go_item(&v->doc, i);
        }
    }
    ui_record_fold(node);
    return UI_DONE;
}

/* --- copying and staging -------------------------------------------------------------------------------------------- */

/* The index that its records could be counted by, malloc'ed; NULL where they are. */
static char *index_of(const record_node *node) {
    bool uncounted = node && node->kind == NODE_RELATION && node->counted && node->count < 0;
    return uncounted ? nx_relation_index(node->relation) : NULL;
}

static int copy(record_view *v) {
    ui_target t;
    char *index = index_of(current(v));
    if (index) {
        ui_copy(v->view.app, index, strlen(index), "statement of the index");
        free(index);
        return UI_DONE;
    }
    if (!make_target(v, &t) || nx_is_null(t.shown)) {
        return ui_refuse(v->view.app, "there is no text to copy");
    }
    ui_copy(v->view.app, t.shown.text, t.shown.len, nx_field_title(t.field));
    return UI_DONE;
}

/* The record that the cursor stands in: of the tree, or the one that is shown. */
static int delete_record(record_view *v) {
    const record_node *node = current(v);
    if (node && node->kind == NODE_NEW) {
        ui_edit_unstage(v->view.app, node->insert);
        return UI_DONE;
    }
    if (v->insert) {
        if (ui_record_staged(v)) {
            ui_edit_unstage(v->view.app, v->insert);
            ui_say(v->view.app, UI_INFO, "the new record was taken back  (u brings it again)");
        }
        return UI_CLOSE_ME;
    }
    if (!v->page || !node) {
        return ui_refuse(v->view.app, "the record is not here yet");
    }
    const nx_query *query;
    const nx_row *row = ui_record_row(v, node, &query);
    int n = nx_query_nfields(query), shown = 0;
    nx_assignment *old = nx_calloc((size_t)n + 1, sizeof *old);
    for (int f = 0; f < n; f++) {
        if (!row->cells[f].cut && !row->cells[f].withheld) {
            old[shown++] = (nx_assignment){.field = nx_query_field(query, f), .old = row->cells[f].value};
        }
    }
    ui_edit_delete(v->view.app, ui_record_model(v, node), row->key, ui_record_nkey(v, node), old, shown);
    free(old);
    return UI_DONE;
}

static int edit_action(record_view *v, ui_action action) {
    ui_target t;
    if (!make_target(v, &t)) {
        return ui_refuse(v->view.app, "no value under the cursor");
    }
    if (action == UI_DO_EDIT) {
        ui_edit_value(v->view.app, &t);
    } else {
        ui_edit_set(v->view.app, &t, action == UI_DO_SET_NULL ? NX_NEW_NULL : NX_NEW_DEFAULT);
    }
    return UI_DONE;
}

/* + and -: on a relation, in its list, or on a field that refers. */
static int link_action(record_view *v, int (*act)(record_view *v, record_node *node)) {
    record_node *node = current(v);
    if (!node || (!v->page && !v->insert)) {
        return ui_refuse(v->view.app, "the record is not here yet");
    }
    if (node->kind != NODE_FIELD) {
        return act(v, node);
    }
    record_node *relation = ui_record_reference_of(node);
    if (!relation && v->insert && nx_field_foreign_key(node->field)) {
        return edit_action(v, act == ui_connect ? UI_DO_EDIT : UI_DO_SET_DEFAULT);
    }
    if (!relation && !v->insert && act == ui_disconnect) {
        return ui_record_take_field_back(v, node);
    }
    return relation ? act(v, relation) : ui_refuse(v->view.app, "%s references nothing", nx_field_title(node->field));
}

static int refresh(record_view *v) {
    if (v->insert) {
        return ui_refuse(v->view.app, "a record that is not saved is not on the server");
    }
    ui_record_load(v);
    return UI_DONE;
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

static int act(ui_view *view, ui_action action, int count) {
    record_view *v = (record_view *)view;
    int n = count ? count : 1;
    nx_buf_clear(&v->stood);
    switch (action) {
    case UI_DO_DOWN: ui_doc_move(&v->doc, n); return UI_DONE;
    case UI_DO_UP: ui_doc_move(&v->doc, -n); return UI_DONE;
    case UI_DO_PAGE_DOWN: ui_doc_move(&v->doc, n * v->doc.height); return UI_DONE;
    case UI_DO_PAGE_UP: ui_doc_move(&v->doc, -n * v->doc.height); return UI_DONE;
    case UI_DO_FIRST: ui_doc_go_item(&v->doc, 0); return UI_DONE;
    case UI_DO_LAST: ui_doc_go_item(&v->doc, v->nitems - 1); return UI_DONE;
    case UI_DO_UNFOLD: return unfold(v);
    case UI_DO_FOLD: return fold(v);
    case UI_DO_FOLLOW: return follow(v);
    case UI_DO_CELL: return open_cell(v);
    case UI_DO_EDIT:
    case UI_DO_SET_NULL:
    case UI_DO_SET_DEFAULT: return edit_action(v, action);
    case UI_DO_DELETE: return delete_record(v);
    case UI_DO_FILTER: return ui_record_list_filter(v, current(v));
    case UI_DO_FILTER_CLEAR: return ui_record_list_clear(v, current(v));
    case UI_DO_SORT: return ui_record_list_order(v, current(v));
    case UI_DO_FIELDS: return ui_record_list_fields(v, current(v));
    case UI_DO_CONNECT: return link_action(v, ui_connect);
    case UI_DO_DISCONNECT: return link_action(v, ui_disconnect);
    case UI_DO_ADD: return ui_record_add(v, current(v));
    case UI_DO_COPY: return copy(v);
    case UI_DO_COPY_AS: return ui_record_copy_as(v);
    case UI_DO_DESCRIBE: ui_describe_open(view->app, v->model); return UI_DONE;
    case UI_DO_REFRESH: return refresh(v);
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect r) {
    record_view *v = (record_view *)view;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        ui_doc_move(&v->doc, input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3);
        return UI_DONE;
    }
    int line = v->doc.top + input->y - r.y;
    if (line >= 0 && line < v->doc.nlines && v->doc.lines[line].item >= 0) {
        ui_doc_move_to(&v->doc, line);
    }
    return input->mouse == UI_MOUSE_DOUBLE ? unfold(v) : UI_DONE;
}

/* --- words ------------------------------------------------------------------------------------------------------------- */

static void draw(ui_view *view, ui_rect r, bool focused) {
    record_view *v = (record_view *)view;
    if (v->width != r.width) {
        v->width = r.width;
        ui_record_refresh(v);
    }
    ui_doc_draw(&v->doc, r, focused);
}

static void key_words(const record_view *v, nx_buf *out) {
    for (int i = 0; i < v->key.n && v->model->identity_kind != NX_IDENTITY_TUPLE; i++) {
        nx_buf_addf(out, "%s%s", i ? "," : "", v->key.values[i].text ? v->key.values[i].text : "NULL");
    }
}

static void title(ui_view *view, nx_buf *out) {
    record_view *v = (record_view *)view;
    const nx_change *staged = ui_record_staged(v);
    if (staged) {
        ui_insert_title(staged, out);
        return;
    }
    nx_buf_addf(out, "%s%s ", v->insert ? "new " : "", v->model->title);
    key_words(v, out);
}

static void step(ui_view *view, nx_buf *out) { title(view, out); }

/* Where one is in a record that is longer than the screen. */
static void foot(ui_view *view, nx_buf *out) {
    const ui_doc *doc = &((record_view *)view)->doc;
    const nx_change *staged = ui_record_staged((record_view *)view);
    if (staged) {
        ui_insert_missing_words(staged, out);
    }
    if (doc->nlines > doc->height && doc->height > 0) {
        int last = doc->top + doc->height;
        if (out->len) {
            nx_buf_addf(out, " %s ", ui_glyph(UI_GLYPH_DOT));
        }
        nx_buf_addf(out, "lines %d-%d of %d", doc->top + 1, last > doc->nlines ? doc->nlines : last, doc->nlines);
    }
}

static void relation_status(const record_node *node, nx_buf *out) {
    const nx_relation *r = node->relation;
    char *index = index_of(node);
    if (index) {
        nx_buf_adds(out, index);
    } else {
        nx_buf_addf(out, "%s %s to %s", r->name, nx_relation_kind_name(r->kind), r->target->title);
    }
    free(index);
}

static void status(ui_view *view, nx_buf *out) {
    const record_node *node = current((record_view *)view);
    if (node && node->kind == NODE_FIELD) {
        nx_buf_addf(out, "%s %s%s", nx_field_title(node->field), node->field->type, node->field->nullable ? "" : " not null");
        if (ui_client_default(node->field)) {
            nx_buf_addf(out, "  Prisma: %s", ui_client_default(node->field));
        }
    } else if (node && node->kind == NODE_RELATION) {
        relation_status(node, out);
    } else if (node && node->kind == NODE_NEW) {
        nx_buf_addf(out, "new record of %s, not saved yet", node->parent->relation->target->title);
    } else if (node && node->kind == NODE_LINK) {
        nx_buf_addf(out, "record of %s, connected but not saved yet", node->parent->relation->target->title);
    } else if (node && node->kind == NODE_ROW) {
        nx_buf_addf(out, "record of %s", node->parent->relation->target->title);
    }
}

static const nx_model *shown_model(ui_view *view) { return ((record_view *)view)->model; }

static const ui_action *footer(ui_view *view) {
    static const ui_action field[] = {UI_DO_EDIT, UI_DO_CELL, UI_DO_COPY_AS, UI_DO_BACK, UI_DO_NOTHING};
    static const ui_action reference[] = {UI_DO_FOLLOW, UI_DO_EDIT, UI_DO_CELL, UI_DO_BACK, UI_DO_NOTHING};
    static const ui_action staged[] = {UI_DO_EDIT, UI_DO_SAVE, UI_DO_UNDO, UI_DO_CELL, UI_DO_NOTHING};
    static const ui_action form[] = {UI_DO_EDIT, UI_DO_SET_NULL, UI_DO_SET_DEFAULT, UI_DO_DELETE, UI_DO_SAVE, UI_DO_BACK, UI_DO_NOTHING};
    static const ui_action adding[] = {UI_DO_ADD, UI_DO_CONNECT, UI_DO_DISCONNECT, UI_DO_FOLLOW, UI_DO_SAVE, UI_DO_BACK, UI_DO_NOTHING};
    static const ui_action tree[] = {UI_DO_UNFOLD, UI_DO_FOLD, UI_DO_FOLLOW, UI_DO_CONNECT, UI_DO_DISCONNECT, UI_DO_ADD, UI_DO_BACK,
                                     UI_DO_NOTHING};
    static const ui_action unindexed[] = {UI_DO_UNFOLD, UI_DO_COPY, UI_DO_NOTHING};
    const record_node *node = current((record_view *)view);
    if (((record_view *)view)->insert) {
        return node && node->kind != NODE_FIELD ? adding : form;
    }
    if (node && node->kind == NODE_RELATION && node->counted && node->count < 0 && !node->relation->indexed) {
        return unindexed;
    }
    if (node && node->kind != NODE_FIELD) {
        return tree;
    }
    if (nx_changeset_count(view->app->changes) > 0) {
        return staged;
    }
    return node && nx_field_foreign_key(node->field) ? reference : field;
}

static void close_record(ui_view *view) {
    record_view *v = (record_view *)view;
    nx_rows_drop(v->job);
    nx_catalog_drop(v->describing);
    ui_connect_forget(v);
    ui_record_fell(v);
    ui_record_free_wishes(v);
    ui_record_forget_choice(v);
    nx_rows_drop(v->root.counting);
    nx_catalog_drop(v->root.describing);
    nx_page_free(v->page);
    nx_query_free(v->query);
    ui_doc_free(&v->doc);
    free(v->items);
    nx_buf_free(&v->unfolded);
    nx_buf_free(&v->stood);
    nx_error_clear(&v->error);
    nx_arena_free(v->arena);
    nx_catalog_unref(v->catalog);
    free(v);
}

static const ui_view_ops record_ops = {
    .name = "record",
    .scope = UI_SCOPE_RECORD,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .title = title,
    .foot = foot,
    .step = step,
    .status = status,
    .model = shown_model,
    .footer = footer,
    .changed = changed,
    .saved = saved,
    .close = close_record,
};

static record_view *make_view(ui_app *app, nx_model *model) {
    record_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&record_ops, app};
    v->unfolded = v->stood = (nx_buf)NX_BUF;
    v->model = model;
    v->catalog = nx_catalog_ref(model->catalog);
    v->arena = nx_arena_new(0);
    v->query = nx_query_new(model);
    nx_query_set_whole(v->query, true);
    return v;
}

/* The first field that nothing is given for is what one wants to fill in. */
static int first_missing(const record_view *v) {
    const nx_change *change = ui_record_staged(v);
    for (int i = 0; change && i < v->nitems; i++) {
        if (v->items[i]->kind == NODE_FIELD && ui_insert_fill(v->items[i]->field, change) == UI_FILL_REQUIRED) {
            return i;
        }
    }
    return 0;
}

void ui_record_open_new(ui_app *app, nx_model *model, uint64_t insert) {
    record_view *now = ui_app_view(app) && ui_app_view(app)->ops == &record_ops ? (record_view *)ui_app_view(app) : NULL;
    if (now && now->insert == insert) {
        return;
    }
    record_view *v = make_view(app, model);
    v->insert = insert;
    v->width = app->main_rect.width;
    ui_app_push(app, &v->view);
    ui_record_plant(v);
    ui_record_rebuild(v);
    ui_doc_go_item(&v->doc, first_missing(v));
    ui_app_dirty(app);
}

void ui_record_open(ui_app *app, nx_model *model, const nx_key_test *key) {
    record_view *v = make_view(app, model);
    v->key = *key;
    v->key.fields = nx_arena_array(v->arena, (size_t)key->n, sizeof *v->key.fields);
    v->key.values = nx_arena_array(v->arena, (size_t)key->n, sizeof *v->key.values);
    for (int i = 0; i < key->n; i++) {
        v->key.fields[i] = key->fields[i];
        v->key.values[i] = nx_value_copy(v->arena, key->values[i]);
    }
    const nx_change *change = nx_changeset_find(app->changes, model, v->key.values, v->key.n);
    v->change = change ? change->id : 0;
    ui_app_push(app, &v->view);
    ui_record_load(v);
    ui_record_rebuild(v);
}
