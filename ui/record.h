/* record.h - the record view's own struct, shared by the files record*.c. */
#ifndef UI_RECORD_H
#define UI_RECORD_H

#include "app.h"
#include "doc.h"
#include "nixie/rows.h"

enum { UI_RELATION_ROWS = 10, UI_RECORD_VALUE_LINES = 12 };

/* One line of the tree that the cursor can stand on. */
typedef enum node_kind { NODE_FIELD, NODE_RELATION, NODE_ROW, NODE_NOTE } node_kind;

typedef struct record_node {
    node_kind kind;
    int depth;
    struct record_node *parent;
    nx_field *field;             /* FIELD: which; its cell is in `page` of the row it belongs to */
    const nx_relation *relation; /* RELATION */
    nx_page *page;               /* RELATION: the related rows, once unfolded; owned */
    nx_query *query;             /* RELATION: how they were read; owned */
    nx_rows_job *job;
    nx_catalog_job *describing;
    nx_error error;
    int row;                     /* ROW: of the parent's page */
    bool unfolded;
    struct record_node **children;
    int nchildren;
    struct record_view *view;
} record_node;

typedef struct record_view {
    ui_view view;
    nx_model *model;
    nx_catalog *catalog;
    nx_arena *arena;
    nx_key_test key;
    nx_query *query; /* all fields, whole: to read relations' fields by */
    nx_page *page;   /* the record */
    nx_rows_job *job;
    record_node root; /* its children are the fields, then the relations */
    record_node **items; /* the nodes in sight, by the document's item */
    int nitems;
    ui_doc doc;
    int width;
    nx_error error;
    nx_buf unfolded; /* paths of what was unfolded before the record was read again, each ended by a NUL */
    nx_buf stood;    /* path of what the cursor stood on, until it is here again or a key is pressed */
} record_view;

/* --- record_tree.c --- */
void ui_record_plant(record_view *v); /* fields and relations of the record */
void ui_record_fell(record_view *v);  /* frees all nodes */
int ui_record_unfold(record_view *v, record_node *node);
void ui_record_fold(record_node *node);
/* Remembers what is unfolded and where the cursor is; planting what was unfolded unfolds it again. */
void ui_record_remember(record_view *v, const record_node *cursor);
/* Has `node` the path that the cursor stood on? */
bool ui_record_stood_on(const record_view *v, const record_node *node);
/* The row and the query that a node's fields and relations are read from. */
const nx_row *ui_record_row(const record_view *v, const record_node *node, const nx_query **query);
int ui_record_nkey(const record_view *v, const record_node *node);
nx_model *ui_record_model(const record_view *v, const record_node *node);

/* --- record_draw.c --- */
void ui_record_rebuild(record_view *v);

/* --- record.c --- */
void ui_record_refresh(record_view *v); /* the tree changed: build the document anew */

#endif
