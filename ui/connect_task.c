/* One edit of a relation: whose it is, and how it ends. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "connect_task.h"

/* --- what is under way ------------------------------------------------------------------------------------------- */

static void stop_reading(struct connecting *c) {
    nx_catalog_drop(c->describing);
    nx_rows_drop(c->job);
    c->describing = NULL;
    c->job = NULL;
}

void ui_connect_forget(record_view *v) {
    struct connecting *c = v->connecting;
    if (!c) {
        return;
    }
    v->connecting = NULL;
    stop_reading(c);
    if (c->picker) {
        ui_app_remove(v->view.app, c->picker);
    }
    nx_page_free(c->page);
    nx_page_free(c->before);
    nx_query_free(c->query);
    nx_arena_free(c->arena);
    free(c);
    ui_app_release(v->view.app);
}

record_node *ui_connect_relation(record_node *node) {
    while (node && node->kind != NODE_RELATION) {
        node = node->kind == NODE_FIELD ? NULL : node->parent;
    }
    return node;
}

static void take_shown(struct connecting *c, const nx_row *row, const nx_query *query) {
    c->shown = nx_arena_array(c->arena, (size_t)nx_query_nfields(query) + 1, sizeof *c->shown);
    for (int f = 0; f < nx_query_nfields(query); f++) {
        if (!row->cells[f].cut && !row->cells[f].withheld) {
            c->shown[c->nshown++] =
                (nx_assignment){.field = nx_query_field(query, f), .old = nx_value_copy(c->arena, row->cells[f].value)};
        }
    }
}

nx_value *ui_connect_copy(nx_arena *arena, const nx_value *values, int n) {
    nx_value *copy = values ? nx_arena_array(arena, (size_t)n + 1, sizeof *copy) : NULL;
    for (int i = 0; copy && i < n; i++) {
        copy[i] = nx_value_copy(arena, values[i]);
    }
    return copy;
}

/* The tree may be read anew while one chooses: everything about the owner is copied. */
struct connecting *ui_connect_begin(record_view *v, record_node *relation, enum connect_what what) {
    ui_connect_forget(v);
    struct connecting *c = nx_calloc(1, sizeof *c);
    c->v = v;
    c->arena = nx_arena_new(0);
    c->what = what;
    c->relation = relation->relation;
    c->node = relation;
    c->owner = ui_record_model(v, relation->parent);
    v->connecting = c;
    ui_link_owner owner = ui_record_owner(v, relation, c->arena);
    c->insert = owner.insert;
    c->values = ui_connect_copy(c->arena, owner.values, c->relation->nfields);
    const nx_query *query;
    const nx_row *row = ui_record_row(v, relation->parent, &query);
    if (row && !c->insert) {
        c->nkey = ui_record_nkey(v, relation->parent);
        c->key = ui_connect_copy(c->arena, row->key, c->nkey);
        take_shown(c, row, query);
    }
    return c;
}

bool ui_connect_in_tree(const record_node *node, const record_node *sought) {
    bool found = node == sought;
    for (int i = 0; i < node->nchildren && !found; i++) {
        found = ui_connect_in_tree(node->children[i], sought);
    }
    return found;
}

/* What was staged is to be seen: its list is unfolded. */
void ui_connect_finish(struct connecting *c) {
    record_view *v = c->v;
    record_node *node = ui_connect_in_tree(&v->root, c->node) ? c->node : NULL;
    ui_connect_forget(v);
    ui_app_changed(v->view.app);
    if (node && !node->unfolded) {
        ui_record_unfold(v, node);
    }
}

int ui_connect_refused(struct connecting *c, const char *format, ...) {
    char why[300];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    ui_refuse(c->v->view.app, "%s", why);
    ui_connect_forget(c->v);
    return UI_DONE;
}

/* One u takes all of it back. */
bool ui_connect_staged(struct connecting *c, bool (*stage)(struct connecting *c)) {
    ui_app *app = c->v->view.app;
    nx_error err = NX_ERROR;
    nx_changeset_group_begin(app->changes);
    bool good = stage(c);
    if (!nx_changeset_group_end(app->changes, &err)) {
        ui_say_error(app, &err);
        good = false;
    } else if (!good) {
        nx_changeset_undo(app->changes, &err); /* half of it is none */
    }
    nx_error_clear(&err);
    return good;
}
