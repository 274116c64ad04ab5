#include "connect.h"

#include <string.h>

#include "connect_task.h"
#include "edit.h"
#include "labels.h"
#include "views.h"

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void rows_here(void *owner, nx_page *page, const nx_error *err);

/* Rows of `model` whose columns have these values: at most one is of interest. */
bool ui_connect_read_row(struct connecting *c, nx_model *model, const char *const *columns, const nx_value *values,
                         int n, const char *const *more, const nx_value *more_values, int nmore) {
    nx_buf text = NX_BUF;
    for (int i = 0; i < n + nmore; i++) {
        const char *column = i < n || !more ? columns[i] : more[i - n];
        const nx_field *field = nx_model_field(model, column);
        if (field) {
            nx_filter_add_test(&text, field, i < n || !more_values ? values[i] : more_values[i - n], false);
        }
    }
    nx_query_free(c->query);
    c->query = nx_query_new(model);
    nx_query_set_whole(c->query, true);
    nx_error err = NX_ERROR;
    bool good = nx_query_set_filter(c->query, text.data, &err);
    nx_buf_free(&text);
    if (!good) {
        ui_say_error(c->v->view.app, &err);
        nx_error_clear(&err);
        ui_connect_forget(c->v);
        return false;
    }
    ui_app_hold(c->v->view.app);
    nx_rows_job *job =
        nx_rows_fetch(c->v->view.app->session, c->query, &(nx_from){.kind = NX_FROM_FIRST}, 1, rows_here, c);
    if (job) {
        c->job = job;
    }
    return true;
}

void ui_connect_read_record(struct connecting *c, nx_model *model) {
    nx_query_free(c->query);
    c->query = nx_query_new(model);
    nx_query_set_whole(c->query, true);
    ui_app_hold(c->v->view.app);
    nx_rows_job *job = nx_record_load(c->v->view.app->session, model, &c->picked_key, rows_here, c);
    if (job) {
        c->job = job;
    }
}

/* --- staging what was picked ----------------------------------------------------------------------------------------
 */

static const nx_row *row_of(const nx_page *page) { return page && page->nrows ? &page->rows[0] : NULL; }

static bool same_key(const nx_row *row, const nx_key_test *key) {
    bool same = key->n > 0;
    for (int i = 0; i < key->n && same; i++) {
        same = nx_value_equal(row->key[i], key->values[i]);
    }
    return same;
}

/* The one that a 1-1 relation leads to now makes room. */
static bool make_room(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const nx_relation *r = c->relation;
    const nx_row *row = row_of(c->before);
    const nx_change *change = row ? nx_changeset_find(app->changes, r->target, row->key, c->before->nkey) : NULL;
    ui_link_owner owner = {.insert = c->insert, .values = c->values};
    bool gone = change && (change->kind == NX_DELETE || ui_link_cut(app->changes, r, &owner, NULL, change));
    if (!row || gone) {
        return true;
    }
    if (!ui_connect_can_clear(r->target, r->references, r->nfields)) {
        ui_refuse(app, "there is one already, and its %s cannot be NULL: delete it first", r->references[0]);
        return false;
    }
    return ui_connect_clear_child(c, row, c->query, c->before->nkey);
}

static bool stage_child(struct connecting *c) {
    if (c->relation->one_to_one && !make_room(c)) {
        return false;
    }
    return c->picked_insert ? ui_connect_stage_new_child(c)
                            : ui_connect_stage_child(c, row_of(c->page), c->query, c->page->nkey);
}

static void child_here(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const nx_row *row = row_of(c->page);
    const nx_change *change =
        row ? nx_changeset_find(app->changes, c->relation->target, row->key, c->page->nkey) : NULL;
    ui_link_owner owner = {.insert = c->insert, .values = c->values};
    if (row && change && change->kind == NX_DELETE) {
        ui_connect_refused(c, "this %s is staged for deletion", c->relation->target->title);
        return;
    }
    if (row && !c->insert && ui_connect_leads(row, c->query, c->relation, c->values)) {
        uint64_t cut = ui_link_cut(app->changes, c->relation, &owner, NULL, change);
        if (!cut) {
            ui_connect_refused(c, "%s has this record already", c->relation->name);
            return;
        }
        ui_connect_reset(app, cut, c->relation->references, c->relation->nfields);
        ui_connect_finish(c);
        return;
    }
    ui_connect_staged(c, stage_child);
    ui_connect_finish(c);
}

/* The pair is there already, unless it is staged to go. */
static void pair_here(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const nx_row *row = row_of(c->page);
    const nx_change *change = row ? nx_changeset_find(app->changes, c->join.model, row->key, c->page->nkey) : NULL;
    if (change && change->kind == NX_DELETE) {
        ui_edit_unstage(app, change->id);
    } else if (row) {
        ui_connect_refused(c, "%s has this record already", c->relation->name);
        return;
    } else {
        ui_connect_staged(c, ui_connect_stage_pair);
    }
    ui_connect_finish(c);
}

static bool delete_pair(struct connecting *c) {
    return ui_connect_delete(c, c->join.model, row_of(c->page), c->query, c->page->nkey);
}

static bool clear_child(struct connecting *c) {
    return ui_connect_clear_child(c, row_of(c->page), c->query, c->page->nkey);
}

static void cut_here(struct connecting *c) {
    if (!row_of(c->page)) {
        ui_connect_refused(c, "%s does not lead there any more  (r reads it again)", c->relation->name);
        return;
    }
    if (ui_connect_staged(c, c->join.model ? delete_pair : clear_child)) {
        ui_say(c->v->view.app, UI_INFO, "disconnected: staged  (- again takes that back)");
    }
    ui_connect_finish(c);
}

/* What a 1-1 relation leads to was read; now the record itself. */
static void before_here(struct connecting *c) {
    c->before = c->page;
    c->page = NULL;
    c->asked_before = false;
    const nx_row *row = row_of(c->before);
    if (row && !c->picked_insert && same_key(row, &c->picked_key)) {
        c->page = c->before;
        c->before = NULL;
        child_here(c);
    } else if (c->picked_insert) {
        ui_connect_staged(c, stage_child);
        ui_connect_finish(c);
    } else {
        ui_connect_read_record(c, c->relation->target);
    }
}

static void rows_here(void *owner, nx_page *page, const nx_error *err) {
    struct connecting *c = owner;
    c->job = NULL;
    ui_app_release(c->v->view.app);
    if (err) {
        ui_say_error(c->v->view.app, err);
        ui_connect_forget(c->v);
        return;
    }
    nx_page_free(c->page);
    c->page = page;
    void (*const next)(struct connecting *) = c->what == CONNECT_CUT ? cut_here
                                              : c->asked_before      ? before_here
                                              : c->join.model        ? pair_here
                                                                     : child_here;
    next(c);
}

/* --- picking --------------------------------------------------------------------------------------------------------
 */

static void take_pair(struct connecting *c) {
    const connect_join *j = &c->join;
    if (ui_connect_pair_staged(c)) {
        ui_connect_refused(c, "%s will have this record already", c->relation->name);
    } else if (c->insert || c->picked_insert) {
        ui_connect_staged(c, ui_connect_stage_pair);
        ui_connect_finish(c);
    } else {
        ui_connect_read_row(c, j->model, j->near, c->values, j->nnear, j->far, c->picked, j->nfar);
    }
}

static void take_child(struct connecting *c) {
    const nx_relation *r = c->relation;
    c->asked_before = r->one_to_one && c->values;
    if (c->asked_before) {
        ui_connect_read_row(c, r->target, r->references, c->values, r->nfields, NULL, NULL, 0);
    } else if (c->picked_insert) {
        ui_connect_staged(c, stage_child);
        ui_connect_finish(c);
    } else {
        ui_connect_read_record(c, r->target);
    }
}

static void keep_label(const struct connecting *c, const ui_picked *picked) {
    const nx_field *field = c->join.model                    ? nx_model_field(c->join.model, c->join.far[0])
                            : c->relation->kind == NX_TO_ONE ? nx_model_field(c->owner, c->relation->fields[0])
                                                             : NULL;
    if (picked->kind == UI_PICKED_NEW) {
        ui_labels_keep_new(picked->insert, picked->label);
    } else if (field && picked->nvalues > 0) {
        ui_labels_keep(field, picked->values[0], picked->label);
    }
}

static void chosen(void *owner, const ui_picked *picked) {
    struct connecting *c = owner;
    c->picker = NULL;
    c->picked_insert = picked->kind == UI_PICKED_NEW ? picked->insert : 0;
    c->picked = ui_connect_copy(c->arena, picked->values, picked->nvalues);
    keep_label(c, picked);
    nx_row row = {.key = ui_connect_copy(c->arena, picked->key, picked->nkey)};
    bool child = c->relation->kind == NX_TO_MANY && !c->join.model && !c->picked_insert;
    if (child && !nx_row_key(c->relation->target, &row, c->arena, &c->picked_key)) {
        ui_connect_refused(c, "records of %s have no key", c->relation->target->title);
    } else if (c->join.model) {
        take_pair(c);
    } else if (c->relation->kind == NX_TO_ONE) {
        ui_connect_staged(c, ui_connect_stage_reference);
        ui_connect_finish(c);
    } else {
        take_child(c);
    }
}

static void dropped(void *owner) {
    struct connecting *c = owner;
    c->picker = NULL; /* it closes by itself */
    ui_connect_forget(c->v);
}

static nx_field **fields_of(struct connecting *c, nx_model *model, const char *const *columns, int n) {
    nx_field **fields = nx_arena_array(c->arena, (size_t)n + 1, sizeof *fields);
    for (int i = 0; i < n; i++) {
        fields[i] = nx_model_field(model, columns[i]);
        if (!fields[i] || !fields[i]->can_select) {
            return NULL;
        }
    }
    return fields;
}

static void open_picker(struct connecting *c) {
    const nx_relation *r = c->relation;
    bool child = r->kind == NX_TO_MANY && !c->join.model;
    ui_picker_options o = {.model = c->join.model ? c->join.target : r->target,
                           .verb = "connects",
                           .state = -1,
                           .inserts = true,
                           .not_insert = c->insert,
                           .chosen = chosen,
                           .dropped = dropped,
                           .owner = c};
    o.title = nx_arena_printf(c->arena, "connect %s %s %s", r->name, ui_glyph(UI_GLYPH_ARROW), o.model->title);
    if (!child) {
        o.nfields = c->join.model ? c->join.nfar : r->nfields;
        o.fields = fields_of(c, o.model, c->join.model ? c->join.references : r->references, o.nfields);
    }
    if (!child && (!o.fields || o.nfields > UI_PICKED_FIELDS_MAX)) {
        ui_connect_refused(c, "what %s refers to may not be read", r->name);
        return;
    }
    c->picker = ui_picker_open(c->v->view.app, &o);
    if (!c->picker) {
        ui_connect_forget(c->v);
    }
}

/* --- may it be? -----------------------------------------------------------------------------------------------------
 */

/* Says why not. */
bool ui_connect_may(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const nx_relation *r = c->relation;
    const nx_change *change = c->insert ? NULL : nx_changeset_find(app->changes, c->owner, c->key, c->nkey);
    if (change && change->kind == NX_DELETE) {
        ui_refuse(app, "this %s is staged for deletion  (d takes that back)", c->owner->title);
        return false;
    }
    if (r->kind != NX_TO_ONE && !c->insert && !c->values) {
        ui_refuse(app, "the fields that %s goes by are NULL or not whole here", r->name);
        return false;
    }
    if (c->join.model) {
        return !ui_edit_refused(app, c->join.model, NULL, c->what == CONNECT_CUT ? NX_DELETE : NX_INSERT);
    }
    nx_model *model = r->kind == NX_TO_ONE ? c->owner : r->target;
    const char **columns = r->kind == NX_TO_ONE ? r->fields : r->references;
    for (int i = 0; i < r->nfields; i++) {
        nx_field *field = nx_model_field(model, columns[i]);
        bool clears = c->what == CONNECT_CUT && field && !field->nullable;
        if (!field || (!clears && ui_edit_refused(app, model, field, NX_UPDATE))) {
            return false;
        }
    }
    return true;
}

static bool stage_made(struct connecting *c) {
    uint64_t made;
    return ui_connect_stage_made(c, &made);
}

static void make(struct connecting *c) {
    ui_app *app = c->v->view.app;
    nx_model *target = c->relation->target;
    bool good = ui_connect_staged(c, stage_made);
    uint64_t made = c->picked_insert;
    ui_connect_finish(c);
    if (good) {
        ui_record_open_new(app, target, made);
    }
}

/* --- what has to be known of the models ------------------------------------------------------------------------------
 */

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    struct connecting *c = owner;
    (void)catalog;
    c->describing = NULL;
    ui_app_release(c->v->view.app);
    if (err) {
        ui_say_error(c->v->view.app, err);
        ui_connect_forget(c->v);
    } else {
        ui_connect_prepare(c);
    }
}

void ui_connect_prepare(struct connecting *c) {
    ui_app *app = c->v->view.app;
    nx_model *unknown = ui_connect_unknown(c);
    if (unknown) {
        ui_app_hold(app);
        nx_catalog_job *job = nx_catalog_describe(app->session, unknown, described, c);
        if (job) {
            c->describing = job;
        }
        return;
    }
    ui_connect_find_join(c);
    unknown = c->join.model && !c->join.target->described ? c->join.target : NULL;
    if (unknown) {
        ui_app_hold(app);
        nx_catalog_job *job = nx_catalog_describe(app->session, unknown, described, c);
        if (job) {
            c->describing = job;
        }
        return;
    }
    if (!ui_connect_may(c)) {
        ui_connect_forget(c->v);
    } else if (c->what == CONNECT_PICK) {
        open_picker(c);
    } else if (c->what == CONNECT_MAKE) {
        make(c);
    } else {
        const connect_join *j = &c->join;
        ui_connect_read_row(c, j->model, j->near, c->values, j->nnear, j->far, c->picked, j->nfar);
    }
}

/* --- the keys
 * --------------------------------------------------------------------------------------------------------- */

int ui_connect(record_view *v, record_node *node) {
    record_node *relation = ui_connect_relation(node);
    if (!relation) {
        return UI_UNHANDLED;
    }
    if (!relation->relation->target->readable) {
        return ui_refuse(v->view.app, "no right to read %s", relation->relation->target->title);
    }
    ui_connect_prepare(ui_connect_begin(v, relation, CONNECT_PICK));
    return UI_DONE;
}

int ui_connect_make(record_view *v, record_node *relation) {
    ui_connect_prepare(ui_connect_begin(v, relation, CONNECT_MAKE));
    return UI_DONE;
}
