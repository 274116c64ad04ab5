/* Records that are staged: the form of a new one, and children of the record shown. */
#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "edit.h"
#include "insert.h"
#include "record.h"
#include "views.h"

const nx_change *ui_record_staged(const record_view *v) {
    return v->insert ? nx_changeset_by_id(v->view.app->changes, v->insert) : NULL;
}

const nx_change *ui_record_change(const record_view *v, const record_node *node) {
    const nx_query *query;
    const nx_row *row = ui_record_row(v, node, &query);
    if (row) {
        return nx_changeset_find(v->view.app->changes, ui_record_model(v, node), row->key, ui_record_nkey(v, node));
    }
    return ui_record_staged(v);
}

/* --- adding ------------------------------------------------------------------------------------------------------ */

static record_node *relation_of(record_node *node) {
    while (node && node->kind != NODE_RELATION) {
        node = node->kind == NODE_FIELD ? NULL : node->parent;
    }
    return node;
}

static bool add_child(record_view *v, const nx_relation *relation, const record_node *owner) {
    ui_app *app = v->view.app;
    const nx_query *query;
    const nx_row *row = ui_record_row(v, owner, &query);
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope = {.values = NULL};
    bool staged = !row && ui_record_staged(v), known = staged || (row && nx_relation_scope(relation, query, row, arena, &scope));
    uint64_t id = 0;
    if (known) {
        id = ui_insert_child(app, relation, staged ? v->insert : 0, scope.values);
    } else {
        ui_refuse(app, "the fields that %s goes by are NULL or not whole here", relation->name);
    }
    nx_arena_free(arena);
    if (id) {
        ui_record_open_new(app, relation->target, id);
    }
    return id != 0;
}

static void target_described(void *owner, nx_catalog *catalog, const nx_error *err) {
    record_view *v = owner;
    const nx_relation *relation = v->adding;
    (void)catalog;
    v->describing = NULL;
    v->adding = NULL;
    ui_app_release(v->view.app);
    if (err) {
        ui_say_error(v->view.app, err);
    } else {
        add_child(v, relation, v->adding_to);
    }
    ui_app_dirty(v->view.app);
}

static int add_to(record_view *v, record_node *node) {
    const nx_relation *relation = node->relation;
    if (relation->kind != NX_TO_MANY) {
        return ui_connect_make(v, node);
    }
    nx_catalog_drop(v->describing);
    v->describing = NULL;
    v->adding = relation;
    v->adding_to = node->parent;
    ui_app_hold(v->view.app);
    nx_catalog_job *job = nx_catalog_describe(v->view.app->session, relation->target, target_described, v);
    if (job) {
        v->describing = job;
    }
    return UI_DONE;
}

int ui_record_add(record_view *v, record_node *node) {
    record_node *relation = relation_of(node);
    if (relation) {
        return add_to(v, relation);
    }
    uint64_t id = v->model->described ? ui_edit_add(v->view.app, v->model) : 0;
    if (id) {
        ui_record_open_new(v->view.app, v->model, id);
    }
    return UI_DONE;
}

/* --- going there -------------------------------------------------------------------------------------------------- */

int ui_record_follow_staged(record_view *v, const nx_change *change, const nx_field *field) {
    ui_app *app = v->view.app;
    const nx_assignment *a = nx_change_assignment(change, field);
    const nx_foreign_key *fk = nx_field_foreign_key(field);
    if (a && a->kind == NX_NEW_REFERENCE) {
        ui_record_open_new(app, a->record_field->model, a->record);
        return UI_DONE;
    }
    if (!fk) {
        return ui_refuse(app, "%s references nothing", nx_field_title(field));
    }
    const nx_field *fields[32];
    nx_value values[32];
    nx_key_test key = {.n = fk->nfields, .fields = fields, .values = values};
    for (int i = 0; i < fk->nfields; i++) {
        const nx_assignment *given = i < (int)NX_COUNT(fields) ? nx_change_assignment(change, fk->fields[i]) : NULL;
        if (!given || given->kind != NX_NEW_VALUE) {
            return ui_refuse(app, "%s has no value yet  (e chooses a record)", nx_field_title(fk->fields[i]));
        }
        fields[i] = nx_model_field(fk->target, fk->references[i]);
        values[i] = given->value;
        if (!fields[i]) {
            return ui_refuse(app, "%s is not described yet", fk->target->title);
        }
    }
    ui_rows_open(app, fk->target, &(ui_rows_start){.key = &key});
    return UI_DONE;
}

/* --- after a save --------------------------------------------------------------------------------------------------- */

static const nx_saved_change *saved_as(const nx_save_report *report, uint64_t id) {
    for (int i = 0; report && i < report->nsaved; i++) {
        if (report->saved[i].id == id) {
            return &report->saved[i];
        }
    }
    return NULL;
}

/* The key it was saved with is known from what the save read back. */
void ui_record_settle(record_view *v) {
    const nx_saved_change *saved = saved_as(v->view.app->report, v->insert);
    if (!saved) {
        return;
    }
    nx_row row = {.key = (nx_value *)(uintptr_t)saved->key}; /* only read */
    nx_key_test key;
    if (saved->nkey < 1 || !nx_row_key(v->model, &row, v->arena, &key)) {
        v->settled = true;
        return;
    }
    v->key = key;
    for (int i = 0; i < key.n; i++) {
        v->key.values[i] = nx_value_copy(v->arena, key.values[i]);
    }
    v->insert = 0;
    ui_record_load(v);
}
