/* What is staged of the relations in the tree: records that they will lead to, and those that they will not. */
#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "links.h"
#include "record.h"

/* --- the nodes ---------------------------------------------------------------------------------------------------- */

static bool is_link(const record_node *node) { return node->kind == NODE_NEW || node->kind == NODE_LINK; }

static bool same_link(const record_node *node, const ui_link *link) {
    return is_link(node) && node->link == link->change && node->insert == link->insert;
}

static bool has_link(const ui_link *links, int n, const record_node *node) {
    for (int i = 0; i < n; i++) {
        if (same_link(node, &links[i])) {
            return true;
        }
    }
    return false;
}

static bool has_node(const record_node *list, const ui_link *link) {
    for (int i = 0; i < list->nchildren; i++) {
        if (same_link(list->children[i], link)) {
            return true;
        }
    }
    return false;
}

/* Nodes that stay stay where they are: the cursor is on one of them. */
static void set_links(record_node *list, const ui_link *links, int n) {
    int kept = 0;
    for (int i = 0; i < list->nchildren; i++) {
        record_node *child = list->children[i];
        if (is_link(child) && !has_link(links, n, child)) {
            ui_record_free_node(child);
        } else {
            list->children[kept++] = child;
        }
    }
    list->nchildren = kept;
    for (int i = 0; i < n; i++) {
        if (!has_node(list, &links[i])) {
            record_node *node = ui_record_add_node(list->view, list, links[i].insert ? NODE_NEW : NODE_LINK);
            node->insert = links[i].insert;
            node->link = links[i].change;
        }
    }
}

ui_link_owner ui_record_owner(const record_view *v, const record_node *relation, nx_arena *arena) {
    if (v->insert && relation->parent == &v->root) {
        return (ui_link_owner){.insert = v->insert};
    }
    const nx_query *query;
    const nx_row *row = ui_record_row(v, relation->parent, &query);
    nx_scope scope = {.values = NULL};
    bool known = row && nx_relation_scope(relation->relation, query, row, arena, &scope);
    return (ui_link_owner){.change = ui_record_change(v, relation->parent), .values = known ? scope.values : NULL};
}

static void sync_relation(record_view *v, record_node *node) {
    nx_arena *arena = nx_arena_new(0);
    ui_link_owner owner = ui_record_owner(v, node, arena);
    ui_link *links;
    int n = ui_links(v->view.app->changes, node->relation, &owner, &links);
    set_links(node, links, n);
    node->unfolded = owner.insert ? n > 0 : node->unfolded;
    free(links);
    nx_arena_free(arena);
}

static void sync_under(record_view *v, record_node *node) {
    for (int i = 0; i < node->nchildren; i++) {
        record_node *child = node->children[i];
        if (child->kind == NODE_RELATION) {
            sync_relation(v, child);
        }
        sync_under(v, child);
    }
}

void ui_record_sync_new(record_view *v) { sync_under(v, &v->root); }

/* --- what leaves ---------------------------------------------------------------------------------------------------
 */

/* The row's values of relation->references; NULL when one of them is not here. */
nx_value *ui_record_references(const record_node *row, nx_arena *arena) {
    const nx_relation *r = row->parent->relation;
    const nx_query *query = row->parent->query;
    nx_value *values = nx_arena_array(arena, (size_t)r->nfields + 1, sizeof *values);
    for (int i = 0; i < r->nfields; i++) {
        const nx_cell *cell = NULL;
        for (int f = 0; !cell && f < nx_query_nfields(query); f++) {
            bool it = strcmp(nx_query_field(query, f)->name, r->references[i]) == 0;
            cell = it ? &row->parent->rows[row->row].cells[f] : NULL;
        }
        if (!cell || cell->cut || cell->withheld) {
            return NULL;
        }
        values[i] = cell->value;
    }
    return values;
}

uint64_t ui_record_cut(const record_view *v, const record_node *row) {
    nx_arena *arena = nx_arena_new(0);
    ui_link_owner owner = ui_record_owner(v, row->parent, arena);
    uint64_t cut = ui_link_cut(v->view.app->changes, row->parent->relation, &owner, ui_record_references(row, arena),
                               ui_record_change(v, row));
    nx_arena_free(arena);
    return cut;
}

/* --- fields that refer ---------------------------------------------------------------------------------------------
 */

record_node *ui_record_reference_of(const record_node *field) {
    for (int i = 0; i < field->parent->nchildren; i++) {
        record_node *sibling = field->parent->children[i];
        const nx_relation *r = sibling->kind == NODE_RELATION ? sibling->relation : NULL;
        for (int f = 0; r && r->kind == NX_TO_ONE && f < r->nfields; f++) {
            if (strcmp(r->fields[f], field->field->name) == 0) {
                return sibling;
            }
        }
    }
    return NULL;
}

/* What is staged for the field is taken back. */
int ui_record_take_field_back(record_view *v, const record_node *node) {
    const nx_change *change = ui_record_change(v, node);
    const nx_assignment *a = change && change->kind == NX_UPDATE ? nx_change_assignment(change, node->field) : NULL;
    if (!a) {
        return ui_refuse(v->view.app, "nothing is staged for %s", nx_field_title(node->field));
    }
    ui_connect_reset(v->view.app, change->id, &node->field->name, 1);
    ui_app_changed(v->view.app);
    return UI_DONE;
}
