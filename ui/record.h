/* record.h - the record view's own struct, shared by the files record*.c. */
#ifndef UI_RECORD_H
#define UI_RECORD_H

#include "app.h"
#include "doc.h"
#include "links.h"
#include "nixie/rows.h"
#include "nixie/save.h"

enum { UI_RELATION_ROWS = 10, UI_RECORD_VALUE_LINES = 12, UI_RECORD_COUNT_MOST = 1000 };

/* One line of the tree that the cursor can stand on. */
typedef enum node_kind { NODE_FIELD, NODE_RELATION, NODE_ROW, NODE_NOTE, NODE_NEW, NODE_LINK } node_kind;

typedef struct record_node {
    node_kind kind;
    int depth;
    struct record_node *parent;
    nx_field *field;             /* FIELD: which; its cell is in `page` of the row it belongs to */
    const nx_relation *relation; /* RELATION */
    nx_page *page;               /* RELATION: the first of the related rows, once unfolded; owned, as are all of */
    nx_page **pages;
    int npages, nrows;
    nx_row *rows;                /* what the pages have: ROW nodes are numbered by it */
    bool more;                   /* there are rows after them */
    bool counted;                /* its records were counted, or it was tried: */
    int64_t count;               /* how many; -1: not known, no index leads to them */
    nx_rows_job *counting;       /* root and ROW: the counts of its relations */
    nx_query *query;             /* RELATION: how they were read; owned */
    nx_rows_job *job;
    nx_catalog_job *describing;
    nx_error error;
    int row;                     /* ROW: of the parent's page */
    uint64_t insert;             /* NEW: a staged record that the parent's relation will lead to */
    uint64_t link;               /* NEW, LINK: the change by which it will; a LINK's record is saved */
    bool unfolded;
    struct record_node **children;
    int nchildren;
    struct record_view *view;
} record_node;

/* How a relation's list is to be read: kept when the tree is read again. */
typedef struct record_wish {
    char *path;            /* of the relation's node */
    char *filter, *order;  /* "" for none */
    nx_field **fields;     /* which are shown, NULL: all */
    int nfields;
    int rows;              /* how many were loaded */
} record_wish;

typedef struct record_view {
    ui_view view;
    nx_model *model;
    nx_catalog *catalog;
    nx_arena *arena;
    nx_key_test key;
    uint64_t change; /* of this record, 0: none is staged */
    nx_query *query; /* all fields, whole: to read relations' fields by */
    nx_page *page;   /* the record */
    uint64_t insert; /* the record is staged: its id; there is no page then */
    bool settled;    /* it was saved, and nothing is known to read it by */
    const nx_relation *adding; /* a child's model is being described: the relation, */
    struct record_node *adding_to; /* and the node that has it */
    nx_catalog_job *describing;
    nx_rows_job *job;
    struct connecting *connecting; /* a relation being edited (connect.h), or NULL */
    struct list_input *choosing; /* whose fields are being chosen */
    record_wish **wishes;
    int nwishes;
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

void ui_record_free_children(record_node *node);
void ui_record_unfold_again(record_view *v, record_node *node);
/* "posts/102/comments": the names and keys that lead to a node. */
void ui_record_path(const record_node *node, nx_buf *out);
record_node *ui_record_add_node(record_view *v, record_node *parent, node_kind kind);
void ui_record_free_node(record_node *node);

/* --- record_list.c: the list of a relation --- */
void ui_record_read_list(record_node *relation);
void ui_record_read_more(record_node *relation); /* its next page */
void ui_record_drop_pages(record_node *relation);
void ui_record_count(record_view *v, record_node *owner); /* counts the records of the owner's relations */
const record_wish *ui_record_wish_of(const record_view *v, const record_node *relation); /* NULL: as it comes */
void ui_record_free_wishes(record_view *v);
void ui_record_forget_choice(record_view *v);
/* / s c: the node is a relation, or in its list. */
int ui_record_list_filter(record_view *v, record_node *node);
int ui_record_list_order(record_view *v, record_node *node);
int ui_record_list_fields(record_view *v, record_node *node);
int ui_record_list_clear(record_view *v, record_node *node);

/* --- record_links.c: what is staged of relations --- */
/* Nodes of the records that relations will lead to, as it is staged now; of all relations of the tree. */
void ui_record_sync_new(record_view *v);
/* Whose relation the node is; `values` live in `arena`. */
ui_link_owner ui_record_owner(const record_view *v, const record_node *relation, nx_arena *arena);
/* The change by which a saved record in the tree is no longer led to, 0 when it stays. */
uint64_t ui_record_cut(const record_view *v, const record_node *row);
/* The row's values of relation->references; NULL when one of them is not here. */
nx_value *ui_record_references(const record_node *row, nx_arena *arena);

/* --- record_new.c: records that are staged --- */
/* The staged record that is shown, NULL when one that is saved is, or when it was taken back. */
const nx_change *ui_record_staged(const record_view *v);
/* The change of the record that a node's fields belong to, or NULL. */
const nx_change *ui_record_change(const record_view *v, const record_node *node);
/* Stages a new record: a child where the node is one of a relation's, else one more of the same model. */
int ui_record_add(record_view *v, record_node *node);
/* Goes to what a field of a staged record refers to. */
int ui_record_follow_staged(record_view *v, const nx_change *change, const nx_field *field);
/* After a save: the staged record is one like any other. */
void ui_record_settle(record_view *v);

/* The relation that a field is part of, NULL: none. What is staged for a field of a saved record is taken back. */
record_node *ui_record_reference_of(const record_node *field);
int ui_record_take_field_back(record_view *v, const record_node *node);

/* --- record_copy.c --- */
int ui_record_copy_as(record_view *v);

/* --- record_draw.c --- */
void ui_record_rebuild(record_view *v);

/* --- record.c --- */
void ui_record_refresh(record_view *v); /* the tree changed: build the document anew */
void ui_record_load(record_view *v);    /* reads the record again */

#endif
