/* The tree of a record: its fields, its relations, their rows, and so on as deep as one wants. */
#include <stdlib.h>

#include "record.h"

static record_node *add_child(record_view *v, record_node *parent, node_kind kind) {
    record_node *n = nx_calloc(1, sizeof *n);
    n->kind = kind;
    n->parent = parent;
    n->depth = parent->depth + 1;
    n->view = v;
    parent->children = nx_realloc(parent->children, (size_t)parent->nchildren + 1, sizeof *parent->children);
    parent->children[parent->nchildren++] = n;
    return n;
}

static void free_children(record_node *node);

static void free_node(record_node *node) {
    free_children(node);
    nx_rows_drop(node->job);
    nx_catalog_drop(node->describing);
    nx_page_free(node->page);
    nx_query_free(node->query);
    nx_error_clear(&node->error);
}

static void free_children(record_node *node) {
    for (int i = 0; i < node->nchildren; i++) {
        free_node(node->children[i]);
        free(node->children[i]);
    }
    free(node->children);
    node->children = NULL;
    node->nchildren = 0;
}

void ui_record_fell(record_view *v) { free_children(&v->root); }

nx_model *ui_record_model(const record_view *v, const record_node *node) {
    const record_node *row = node;
    while (row && row->kind != NODE_ROW) {
        row = row->parent;
    }
    return row ? row->parent->relation->target : v->model;
}

const nx_row *ui_record_row(const record_view *v, const record_node *node, const nx_query **query) {
    const record_node *row = node;
    while (row && row->kind != NODE_ROW) {
        row = row->parent;
    }
    if (row) {
        *query = row->parent->query;
        return &row->parent->page->rows[row->row];
    }
    *query = v->query;
    return v->page && v->page->nrows ? &v->page->rows[0] : NULL;
}

static void plant(record_view *v, record_node *node) {
    const nx_query *query;
    ui_record_row(v, node, &query);
    nx_model *model = ui_record_model(v, node);
    for (int f = 0; f < nx_query_nfields(query); f++) {
        add_child(v, node, NODE_FIELD)->field = nx_query_field(query, f);
    }
    for (int i = 0; i < model->nrelations; i++) {
        add_child(v, node, NODE_RELATION)->relation = model->relations[i];
    }
}

void ui_record_plant(record_view *v) {
    free_children(&v->root);
    v->root.view = v;
    v->root.depth = -1;
    plant(v, &v->root);
}

/* --- unfolding ---------------------------------------------------------------------------------------------- */

static void rows_arrived(void *owner, nx_page *page, const nx_error *err) {
    record_node *node = owner;
    node->job = NULL;
    if (err) {
        nx_error_copy(&node->error, err);
    } else {
        nx_page_free(node->page);
        free_children(node);
        node->page = page;
        for (int i = 0; i < page->nrows; i++) {
            add_child(node->view, node, NODE_ROW)->row = i;
        }
        if (page->more_after || page->nrows == 0) {
            add_child(node->view, node, NODE_NOTE);
        }
    }
    ui_record_refresh(node->view);
}

static void read_rows(record_node *node) {
    record_view *v = node->view;
    const nx_query *query;
    const nx_row *row = ui_record_row(v, node->parent, &query);
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope;
    if (row && nx_relation_scope(node->relation, query, row, arena, &scope)) {
        node->query = nx_query_new(node->relation->target);
        nx_query_set_scope(node->query, &scope);
        node->job = nx_rows_fetch(v->view.app->session, node->query, &(nx_from){.kind = NX_FROM_FIRST},
                                  UI_RELATION_ROWS, rows_arrived, node);
    } else {
        add_child(v, node, NODE_NOTE);
    }
    nx_arena_free(arena);
    ui_record_refresh(v);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    record_node *node = owner;
    (void)catalog;
    node->describing = NULL;
    if (err) {
        nx_error_copy(&node->error, err);
        ui_record_refresh(node->view);
    } else {
        read_rows(node);
    }
}

int ui_record_unfold(record_view *v, record_node *node) {
    node->unfolded = true;
    if (node->kind == NODE_ROW && node->nchildren == 0) {
        plant(v, node);
    } else if (node->kind == NODE_RELATION && !node->page && !node->job && !node->describing && node->nchildren == 0) {
        if (!node->relation->target->readable) {
            node->unfolded = false;
            return ui_refuse(v->view.app, "no right to read %s", node->relation->target->title);
        }
        nx_error_clear(&node->error);
        nx_catalog_job *job = nx_catalog_describe(v->view.app->session, node->relation->target, described, node);
        node->describing = job;
    }
    ui_record_refresh(v);
    return UI_DONE;
}

void ui_record_fold(record_node *node) {
    node->unfolded = false;
    ui_record_refresh(node->view);
}
