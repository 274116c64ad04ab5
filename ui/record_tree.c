/* The tree of a record: its fields, its relations, their rows, and so on as deep as one wants. */
#include <stdlib.h>
#include <string.h>

#include "record.h"

record_node *ui_record_add_node(record_view *v, record_node *parent, node_kind kind) {
    record_node *n = nx_calloc(1, sizeof *n);
    n->kind = kind;
    n->parent = parent;
    n->depth = parent->depth + 1;
    n->view = v;
    n->count = -1;
    parent->children = nx_realloc(parent->children, (size_t)parent->nchildren + 1, sizeof *parent->children);
    parent->children[parent->nchildren++] = n;
    return n;
}

void ui_record_free_node(record_node *node) {
    ui_record_free_children(node);
    nx_rows_drop(node->job);
    nx_catalog_drop(node->describing);
    nx_rows_drop(node->counting);
    ui_record_drop_pages(node);
    nx_query_free(node->query);
    nx_error_clear(&node->error);
    free(node);
}

void ui_record_free_children(record_node *node) {
    for (int i = 0; i < node->nchildren; i++) {
        ui_record_free_node(node->children[i]);
    }
    free(node->children);
    node->children = NULL;
    node->nchildren = 0;
}

void ui_record_fell(record_view *v) { ui_record_free_children(&v->root); }

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
        return &row->parent->rows[row->row];
    }
    *query = v->query;
    return v->page && v->page->nrows ? &v->page->rows[0] : NULL;
}

/* --- what was unfolded before ------------------------------------------------------------------------------- */

/* "posts/102/comments": the names and keys that lead to a node. */
void ui_record_path(const record_node *node, nx_buf *out) {
    if (!node->parent) {
        return;
    }
    ui_record_path(node->parent, out);
    switch (node->kind) {
    case NODE_FIELD: nx_buf_addf(out, "/f %s", node->field->name); break;
    case NODE_RELATION: nx_buf_addf(out, "/r %s", node->relation->name); break;
    case NODE_ROW:
        nx_buf_adds(out, "/");
        nx_key_text(&node->parent->rows[node->row], node->parent->page->nkey, out);
        break;
    case NODE_NOTE: nx_buf_adds(out, "/more"); break;
    case NODE_NEW: nx_buf_addf(out, "/new %llu", (unsigned long long)node->insert); break;
    case NODE_LINK: nx_buf_addf(out, "/link %llu", (unsigned long long)node->link); break;
    }
}

static void remember_under(record_view *v, const record_node *node) {
    for (int i = 0; i < node->nchildren; i++) {
        if (node->children[i]->unfolded) {
            ui_record_path(node->children[i], &v->unfolded);
            nx_buf_addc(&v->unfolded, '\0');
            remember_under(v, node->children[i]);
        }
    }
}

void ui_record_remember(record_view *v, const record_node *cursor) {
    nx_buf_clear(&v->unfolded);
    nx_buf_clear(&v->stood);
    remember_under(v, &v->root);
    if (cursor) {
        ui_record_path(cursor, &v->stood);
    }
}

bool ui_record_stood_on(const record_view *v, const record_node *node) {
    nx_buf path = NX_BUF;
    if (v->stood.len > 0) {
        ui_record_path(node, &path);
    }
    bool same = path.len > 0 && path.len == v->stood.len && memcmp(path.data, v->stood.data, path.len) == 0;
    nx_buf_free(&path);
    return same;
}

static bool was_unfolded(const record_view *v, const record_node *node) {
    nx_buf path = NX_BUF;
    ui_record_path(node, &path);
    bool found = false;
    for (size_t at = 0; path.len && at < v->unfolded.len && !found; at += strlen(v->unfolded.data + at) + 1) {
        found = strcmp(v->unfolded.data + at, path.data) == 0;
    }
    nx_buf_free(&path);
    return found;
}

void ui_record_unfold_again(record_view *v, record_node *node) {
    for (int i = 0; v->unfolded.len > 0 && i < node->nchildren; i++) {
        record_node *child = node->children[i];
        if ((child->kind == NODE_RELATION || child->kind == NODE_ROW) && was_unfolded(v, child)) {
            ui_record_unfold(v, child);
        }
    }
}

int ui_record_nkey(const record_view *v, const record_node *node) {
    const record_node *row = node;
    while (row && row->kind != NODE_ROW) {
        row = row->parent;
    }
    return row ? row->parent->page->nkey : v->page ? v->page->nkey : 0;
}

static void plant(record_view *v, record_node *node) {
    const nx_query *query;
    ui_record_row(v, node, &query);
    nx_model *model = ui_record_model(v, node);
    const record_wish *wish = node->kind == NODE_ROW && node->parent ? ui_record_wish_of(v, node->parent) : NULL;
    for (int f = 0; f < (wish && wish->nfields ? wish->nfields : nx_query_nfields(query)); f++) {
        ui_record_add_node(v, node, NODE_FIELD)->field = wish && wish->nfields ? wish->fields[f] : nx_query_field(query, f);
    }
    for (int i = 0; i < model->nrelations; i++) {
        ui_record_add_node(v, node, NODE_RELATION)->relation = model->relations[i];
    }
    ui_record_count(v, node);
}

/* Of a record that is staged: all its fields, and the relations that children can be added to. What it refers to
 * itself stands in its fields. */
static void plant_staged(record_view *v) {
    for (int f = 0; f < v->model->nfields; f++) {
        ui_record_add_node(v, &v->root, NODE_FIELD)->field = v->model->fields[f];
    }
    for (int i = 0; i < v->model->nrelations; i++) {
        if (v->model->relations[i]->kind != NX_TO_ONE) {
            ui_record_add_node(v, &v->root, NODE_RELATION)->relation = v->model->relations[i];
        }
    }
}

void ui_record_plant(record_view *v) {
    ui_record_free_children(&v->root);
    v->root.view = v;
    v->root.depth = -1;
    if (v->insert) {
        plant_staged(v);
    } else {
        plant(v, &v->root);
        ui_record_unfold_again(v, &v->root);
    }
    ui_record_sync_new(v);
}

/* --- unfolding ---------------------------------------------------------------------------------------------- */

static bool was_read(const record_node *node) {
    bool read = node->page != NULL;
    for (int i = 0; i < node->nchildren; i++) {
        read = read || node->children[i]->kind == NODE_NOTE;
    }
    return read;
}

int ui_record_unfold(record_view *v, record_node *node) {
    node->unfolded = true;
    if (node->kind == NODE_ROW && node->nchildren == 0) {
        plant(v, node);
        ui_record_unfold_again(v, node);
        ui_record_sync_new(v);
    } else if (node->kind == NODE_RELATION && !v->insert && !was_read(node) && !node->job && !node->describing) {
        if (!node->relation->target->readable) {
            node->unfolded = false;
            return ui_refuse(v->view.app, "no right to read %s", node->relation->target->title);
        }
        ui_record_read_list(node);
    }
    ui_record_refresh(v);
    return UI_DONE;
}

void ui_record_fold(record_node *node) {
    node->unfolded = false;
    ui_record_refresh(node->view);
}
