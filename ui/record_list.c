/* The list of a relation in the tree: its pages, its count, how it is filtered, ordered and shown. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "input.h"
#include "record.h"

enum { ROWS_AGAIN_MOST = 200 };

/* --- wishes --------------------------------------------------------------------------------------------------------
 */

static record_wish *find_wish(const record_view *v, const record_node *relation) {
    nx_buf path = NX_BUF;
    record_wish *found = NULL;
    if (v->nwishes > 0) {
        ui_record_path(relation, &path);
    }
    for (int i = 0; i < v->nwishes && !found; i++) {
        found = strcmp(v->wishes[i]->path, path.data) == 0 ? v->wishes[i] : NULL;
    }
    nx_buf_free(&path);
    return found;
}

const record_wish *ui_record_wish_of(const record_view *v, const record_node *relation) {
    return find_wish(v, relation);
}

static record_wish *wish_for(record_view *v, const record_node *relation) {
    record_wish *wish = find_wish(v, relation);
    if (wish) {
        return wish;
    }
    nx_buf path = NX_BUF;
    ui_record_path(relation, &path);
    wish = nx_calloc(1, sizeof *wish);
    wish->path = nx_buf_take(&path);
    wish->filter = nx_strdup("");
    wish->order = nx_strdup("");
    v->wishes = nx_realloc(v->wishes, (size_t)v->nwishes + 1, sizeof *v->wishes);
    v->wishes[v->nwishes++] = wish;
    return wish;
}

void ui_record_free_wishes(record_view *v) {
    for (int i = 0; i < v->nwishes; i++) {
        free(v->wishes[i]->path);
        free(v->wishes[i]->filter);
        free(v->wishes[i]->order);
        free(v->wishes[i]->fields);
        free(v->wishes[i]);
    }
    free(v->wishes);
    v->wishes = NULL;
    v->nwishes = 0;
}

/* --- pages ---------------------------------------------------------------------------------------------------------
 */

void ui_record_drop_pages(record_node *relation) {
    for (int i = 0; i < relation->npages; i++) {
        nx_page_free(relation->pages[i]);
    }
    free(relation->pages);
    free(relation->rows);
    relation->pages = NULL;
    relation->rows = NULL;
    relation->page = NULL;
    relation->npages = relation->nrows = 0;
    relation->more = false;
}

static void take_page(record_node *list, nx_page *page) {
    list->pages = nx_realloc(list->pages, (size_t)list->npages + 1, sizeof *list->pages);
    list->pages[list->npages++] = page;
    list->page = list->pages[0];
    list->rows = nx_realloc(list->rows, (size_t)(list->nrows + page->nrows) + 1, sizeof *list->rows);
    for (int i = 0; i < page->nrows; i++) {
        ui_record_add_node(list->view, list, NODE_ROW)->row = list->nrows;
        list->rows[list->nrows++] = page->rows[i];
    }
    list->more = page->more_after;
    if (list->more || list->nrows == 0) {
        ui_record_add_node(list->view, list, NODE_NOTE);
    }
}

static void rows_arrived(void *owner, nx_page *page, const nx_error *err) {
    record_node *list = owner;
    list->job = NULL;
    if (err) {
        nx_error_copy(&list->error, err);
    } else {
        ui_record_free_children(list);
        ui_record_drop_pages(list);
        take_page(list, page);
        ui_record_unfold_again(list->view, list);
        ui_record_sync_new(list->view);
    }
    ui_record_refresh(list->view);
}

/* Nodes that are no rows stand behind them. */
static void drop_tail(record_node *list) {
    int kept = 0;
    for (int i = 0; i < list->nchildren; i++) {
        if (list->children[i]->kind == NODE_ROW) {
            list->children[kept++] = list->children[i];
        } else {
            ui_record_free_node(list->children[i]);
        }
    }
    list->nchildren = kept;
}

static void more_arrived(void *owner, nx_page *page, const nx_error *err) {
    record_node *list = owner;
    record_view *v = list->view;
    list->job = NULL;
    ui_app_release(v->view.app);
    if (err) {
        nx_error_copy(&list->error, err);
        ui_record_refresh(v);
        return;
    }
    int first = list->nrows, item = ui_doc_item(&v->doc);
    bool there = item >= 0 && item < v->nitems && v->items[item]->kind == NODE_NOTE && v->items[item]->parent == list;
    nx_buf_clear(&v->stood);
    if (item >= 0 && item < v->nitems && !there) {
        ui_record_path(v->items[item], &v->stood);
    }
    v->nitems = 0; /* nodes of the list go */
    drop_tail(list);
    take_page(list, page);
    wish_for(v, list)->rows = list->nrows;
    ui_record_sync_new(v);
    if (there && list->nrows > first) { /* what was loaded is what one wants to see */
        ui_record_path(list->children[first], &v->stood);
    }
    ui_record_refresh(v);
}

void ui_record_read_more(record_node *relation) {
    if (!relation->more || relation->job || relation->nrows == 0) {
        return;
    }
    nx_from from = {.kind = NX_FROM_AFTER, .cursor = relation->rows[relation->nrows - 1].cursor};
    ui_app_hold(relation->view->view.app);
    nx_rows_job *job = nx_rows_fetch(relation->view->view.app->session, relation->query, &from, UI_RELATION_ROWS,
                                     more_arrived, relation);
    if (job) {
        relation->job = job;
    }
    ui_record_refresh(relation->view);
}

/* False when the filter or the order no longer parses. */
static bool take_wish(nx_query *query, const record_wish *wish, nx_error *err) {
    nx_order order = {.nterms = 0};
    if (!nx_order_parse(nx_query_model(query), wish->order, &order, err) ||
        !nx_query_set_filter(query, wish->filter, err)) {
        return false;
    }
    nx_query_set_order(query, &order);
    return true;
}

static int rows_wished(const record_wish *wish) {
    int rows = wish && wish->rows > UI_RELATION_ROWS ? wish->rows : UI_RELATION_ROWS;
    return rows > ROWS_AGAIN_MOST ? ROWS_AGAIN_MOST : rows;
}

static void read_rows(record_node *list) {
    record_view *v = list->view;
    const nx_query *query;
    const nx_row *row = ui_record_row(v, list->parent, &query);
    const record_wish *wish = find_wish(v, list);
    nx_arena *arena = nx_arena_new(0);
    nx_scope scope;
    nx_error err = NX_ERROR;
    if (row && nx_relation_scope(list->relation, query, row, arena, &scope)) {
        nx_query_free(list->query);
        list->query = nx_query_new(list->relation->target);
        nx_query_set_scope(list->query, &scope);
        if (wish && !take_wish(list->query, wish, &err)) {
            nx_error_copy(&list->error, &err);
        }
        nx_rows_drop(list->job);
        list->job = NULL;
        nx_rows_job *job = nx_rows_fetch(v->view.app->session, list->query, &(nx_from){.kind = NX_FROM_FIRST},
                                         rows_wished(wish), rows_arrived, list);
        if (job) {
            list->job = job;
        }
    } else {
        ui_record_add_node(v, list, NODE_NOTE);
    }
    nx_error_clear(&err);
    nx_arena_free(arena);
    ui_record_refresh(v);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    record_node *list = owner;
    (void)catalog;
    list->describing = NULL;
    if (err) {
        nx_error_copy(&list->error, err);
        ui_record_refresh(list->view);
    } else {
        read_rows(list);
    }
}

void ui_record_read_list(record_node *relation) {
    nx_error_clear(&relation->error);
    nx_catalog_job *job =
        nx_catalog_describe(relation->view->view.app->session, relation->relation->target, described, relation);
    if (job) {
        relation->describing = job;
    }
}

/* --- counts --------------------------------------------------------------------------------------------------------
 */

static void counted(void *owner, const nx_counts *counts, const nx_error *err) {
    record_node *node = owner;
    node->counting = NULL;
    for (int i = 0; !err && i < counts->n; i++) {
        for (int k = 0; k < node->nchildren; k++) {
            if (node->children[k]->kind == NODE_RELATION && node->children[k]->relation == counts->relations[i]) {
                node->children[k]->count = counts->counts[i];
                node->children[k]->counted = true;
            }
        }
    }
    ui_record_refresh(node->view);
}

static void described_ahead(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    (void)err; /* unfolding will say */
    ((record_node *)owner)->describing = NULL;
}

/* Together with the counts, so that unfolding a relation is one trip. */
static void describe_ahead(record_view *v, record_node *owner) {
    if (!owner->describing) {
        owner->describing = nx_catalog_describe_related(v->view.app->session, ui_record_model(v, owner), described_ahead, owner);
    }
}

void ui_record_count(record_view *v, record_node *owner) {
    const nx_query *query;
    const nx_row *row = ui_record_row(v, owner, &query);
    nx_rows_drop(owner->counting);
    owner->counting = NULL;
    if (row) {
        nx_rows_job *job = nx_relations_count(v->view.app->session, ui_record_model(v, owner), row, query,
                                              UI_RECORD_COUNT_MOST, counted, owner);
        if (job) {
            owner->counting = job;
        }
        describe_ahead(v, owner);
    }
}

/* --- filter, order, fields ------------------------------------------------------------------------------------------
 */

static record_node *list_of(record_node *node) {
    while (node && node->kind != NODE_RELATION) {
        node = node->kind == NODE_FIELD ? NULL : node->parent;
    }
    return node && node->relation->kind != NX_TO_ONE ? node : NULL;
}

static int no_list(record_view *v) {
    return ui_refuse(v->view.app, "only the list of a relation has a filter, an order and fields: stand on it");
}

typedef struct list_input { /* a filter or an order being typed */
    record_view *v;
    nx_model *model;
    char *path, *text;
    bool order;
    ui_view *input;
    nx_prepare_job *preparing;
} list_input;

static void drop_input(void *owner) {
    list_input *in = owner;
    nx_prepare_drop(in->preparing);
    free(in->path);
    free(in->text);
    free(in);
}

/* The tree may have been read again meanwhile. */
static record_node *find_list(record_node *node, const char *path) {
    nx_buf own = NX_BUF;
    ui_record_path(node, &own);
    record_node *found = own.len && strcmp(own.data, path) == 0 ? node : NULL;
    nx_buf_free(&own);
    for (int i = 0; i < node->nchildren && !found; i++) {
        found = find_list(node->children[i], path);
    }
    return found;
}

static void read_again(record_node *list) {
    list->unfolded = true;
    if (!list->describing) {
        ui_record_read_list(list);
    }
}

static void apply_input(list_input *in) {
    record_node *list = find_list(&in->v->root, in->path);
    if (list) {
        record_wish *wish = wish_for(in->v, list);
        char **text = in->order ? &wish->order : &wish->filter;
        free(*text);
        *text = nx_strdup(in->text);
        wish->rows = 0;
        read_again(list);
    }
}

static void input_ready(void *owner, const nx_error *why_not) {
    list_input *in = owner;
    in->preparing = NULL;
    nx_error err = NX_ERROR;
    nx_order order = {.nterms = 0};
    bool good = !why_not;
    if (good && in->order) {
        good = nx_order_parse(in->model, in->text, &order, &err);
    } else if (good) {
        nx_filter *filter = nx_filter_parse(in->model, in->text, &err);
        good = filter != NULL;
        nx_filter_free(filter);
    }
    if (good) {
        ui_view *input = in->input;
        apply_input(in);
        ui_input_close(input);
        drop_input(in);
    } else {
        const nx_error *e = why_not ? why_not : &err;
        ui_input_error(in->input, e->message, e->position);
    }
    nx_error_clear(&err);
}

static ui_input_reply accept_input(void *owner, const char *text) {
    list_input *in = owner;
    free(in->text);
    in->text = nx_strdup(text);
    nx_prepare_drop(in->preparing);
    in->preparing = NULL;
    nx_prepare_job *job = nx_query_prepare(in->v->view.app->session, in->model, in->order ? NULL : text,
                                           in->order ? text : NULL, input_ready, in);
    if (job) {
        in->preparing = job;
    }
    return UI_INPUT_KEEP;
}

static char **complete_input(void *owner, const char *text, size_t cursor, size_t *start) {
    list_input *in = owner;
    return nx_filter_complete(in->model, text, cursor, start);
}

static int open_input(record_view *v, record_node *node, bool order) {
    record_node *list = list_of(node);
    if (!list) {
        return no_list(v);
    }
    if (!list->relation->target->described) {
        return ui_refuse(v->view.app, "unfold %s first", list->relation->name);
    }
    nx_buf path = NX_BUF;
    ui_record_path(list, &path);
    const record_wish *wish = find_wish(v, list);
    list_input *in = nx_calloc(1, sizeof *in);
    *in = (list_input){.v = v, .model = list->relation->target, .path = nx_buf_take(&path), .order = order};
    in->input = ui_input_open(v->view.app, &(ui_input_options){
                                               .prompt = order ? "order" : "filter",
                                               .verb = order ? "orders" : "filters",
                                               .initial = !wish   ? ""
                                                          : order ? wish->order
                                                                  : wish->filter,
                                               .history = list->relation->target->title,
                                               .complete = complete_input,
                                               .accept = accept_input,
                                               .drop = drop_input,
                                               .owner = in,
                                           });
    return UI_DONE;
}

int ui_record_list_filter(record_view *v, record_node *node) { return open_input(v, node, false); }
int ui_record_list_order(record_view *v, record_node *node) { return open_input(v, node, true); }

int ui_record_list_clear(record_view *v, record_node *node) {
    record_node *list = list_of(node);
    record_wish *wish = list ? find_wish(v, list) : NULL;
    if (!wish || !*wish->filter) {
        return list ? ui_refuse(v->view.app, "there is no filter") : no_list(v);
    }
    *wish->filter = '\0';
    read_again(list);
    return UI_DONE;
}

static void fields_chosen(void *owner, const ui_fields_choice *choice) {
    list_input *in = owner;
    int n = choice->n;
    record_node *list = find_list(&in->v->root, in->path);
    if (list) {
        record_wish *wish = wish_for(in->v, list);
        free(wish->fields);
        wish->nfields = n == ui_fields_readable(in->model) ? 0 : n;
        wish->fields = nx_calloc((size_t)n + 1, sizeof *wish->fields);
        memcpy(wish->fields, choice->fields, (size_t)n * sizeof *wish->fields);
        read_again(list);
    }
}

int ui_record_list_fields(record_view *v, record_node *node) {
    record_node *list = list_of(node);
    if (!list) {
        return no_list(v);
    }
    nx_model *model = list->relation->target;
    if (!model->described) {
        return ui_refuse(v->view.app, "unfold %s first", list->relation->name);
    }
    const record_wish *wish = find_wish(v, list);
    nx_buf path = NX_BUF;
    ui_record_path(list, &path);
    if (v->choosing) {
        drop_input(v->choosing);
    }
    list_input *in = v->choosing = nx_calloc(1, sizeof *in);
    *in = (list_input){.v = v, .model = model, .path = nx_buf_take(&path)};
    ui_fields_open(v->view.app, &(ui_fields_options){
                                    .model = model,
                                    .shown = wish && wish->nfields ? wish->fields : model->fields,
                                    .nshown = wish && wish->nfields ? wish->nfields : model->nfields,
                                    .chosen = fields_chosen,
                                    .owner = in,
                                });
    return UI_DONE;
}

void ui_record_forget_choice(record_view *v) {
    if (v->choosing) {
        drop_input(v->choosing);
        v->choosing = NULL;
    }
}
