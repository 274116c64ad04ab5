/* - lets go of a record: its foreign key, ours, or the row that pairs both. */
#include "connect_task.h"
#include "edit.h"
#include "list.h"

/* What is only staged: taken back. */
static int take_back(struct connecting *c, uint64_t id) {
    ui_app *app = c->v->view.app;
    const nx_relation *r = c->relation;
    const nx_change *change = nx_changeset_by_id(app->changes, id);
    if (change && (change->kind == NX_DELETE || r->kind == NX_MANY_TO_MANY || c->join.model)) {
        ui_edit_unstage(app, id);
    } else if (change && change->kind == NX_INSERT) {
        if (!ui_connect_can_clear(r->target, r->references, r->nfields)) {
            return ui_connect_refused(c, "a new %s needs one  (d takes the new record back)", r->target->title);
        }
        ui_connect_release(app, id, r->references, r->nfields);
    } else if (change) {
        ui_connect_reset(app, id, r->kind == NX_TO_ONE ? r->fields : r->references, r->nfields);
    }
    ui_connect_finish(c);
    return UI_DONE;
}

static int cut_reference(struct connecting *c) {
    const nx_relation *r = c->relation;
    const nx_change *change = nx_changeset_find(c->v->view.app->changes, c->owner, c->key, c->nkey);
    ui_link_owner owner = {.change = change, .values = c->values};
    uint64_t cut = ui_link_cut(c->v->view.app->changes, r, &owner, NULL, NULL);
    if (cut) {
        return take_back(c, cut);
    }
    if (!c->values) {
        return ui_connect_refused(c, "%s leads to no record", r->name);
    }
    if (!ui_connect_can_clear(c->owner, r->fields, r->nfields)) {
        return ui_connect_refused(c, "%s cannot be NULL: + connects another record",
                                  nx_field_title(nx_model_field(c->owner, r->fields[0])));
    }
    if (!ui_connect_may(c)) {
        ui_connect_forget(c->v);
        return UI_DONE;
    }
    ui_connect_staged(c, ui_connect_clear_reference);
    ui_connect_finish(c);
    return UI_DONE;
}

static bool delete_listed(struct connecting *c) {
    return ui_connect_delete(c, c->relation->target, &c->listed, c->listed_query, c->listed_nkey);
}

static void delete_instead(void *owner) {
    record_view *v = owner;
    struct connecting *c = v->connecting;
    if (c && ui_connect_in_tree(&v->root, c->node)) {
        ui_connect_staged(c, delete_listed);
        ui_connect_finish(c);
    }
}

static int cut_child(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const nx_relation *r = c->relation;
    ui_connect_find_join(c);
    if (ui_edit_refused(app, r->target, NULL, c->join.model ? NX_DELETE : NX_UPDATE)) {
        ui_connect_forget(c->v);
    } else if (c->join.model) {
        ui_connect_staged(c, delete_listed);
        ui_connect_finish(c);
    } else if (!ui_connect_can_clear(r->target, r->references, r->nfields)) {
        const char *field = nx_field_title(nx_model_field(r->target, r->references[0]));
        ui_ask(app,
               nx_arena_printf(c->arena, "%s of this %s cannot be NULL. Delete the %s?", field, r->target->title,
                               r->target->title),
               delete_instead, c->v);
    } else if (!nx_row_key(r->target, &c->listed, c->arena, &c->picked_key)) {
        ui_connect_refused(c, "records of %s have no key", r->target->title);
    } else {
        ui_connect_read_record(c, r->target);
    }
    return UI_DONE;
}

static int cut_row(struct connecting *c, const record_node *node) {
    const record_node *list = node->parent;
    uint64_t cut = ui_record_cut(c->v, node);
    if (cut) {
        return take_back(c, cut);
    }
    const nx_change *change = ui_record_change(c->v, node);
    if (change && change->kind == NX_DELETE) {
        return ui_connect_refused(c, "this %s is staged for deletion  (d takes that back)",
                                  list->relation->target->title);
    }
    c->listed = list->rows[node->row];
    c->listed_query = list->query;
    c->listed_nkey = list->page->nkey;
    c->picked = ui_record_references(node, c->arena);
    if (c->relation->kind == NX_TO_ONE) {
        return cut_reference(c);
    }
    if (c->relation->kind == NX_TO_MANY) {
        return cut_child(c);
    }
    c->picked = ui_connect_copy(c->arena, c->picked, c->relation->nfields);
    if (!c->picked || !c->values) {
        return ui_connect_refused(c, "the key of this %s is not here whole", list->relation->target->title);
    }
    ui_connect_prepare(c);
    return UI_DONE;
}

int ui_disconnect(record_view *v, record_node *node) {
    record_node *relation = ui_connect_relation(node);
    if (!relation) {
        return UI_UNHANDLED;
    }
    struct connecting *c = ui_connect_begin(v, relation, CONNECT_CUT);
    if (node->kind == NODE_LINK || node->kind == NODE_NEW) {
        ui_connect_find_join(c);
        return take_back(c, node->link);
    }
    if (node->kind == NODE_ROW) {
        return cut_row(c, node);
    }
    if (c->relation->kind == NX_TO_ONE) {
        return cut_reference(c);
    }
    return ui_connect_refused(c, "which of them?  (unfold %s and stand on one)", c->relation->name);
}
