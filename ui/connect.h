/* connect.h - the relations of a record are edited: connected, disconnected, a related record made.
 *
 * connect.c asks which record and reads what is needed; connect_stage.c stages. One at a time for a record view.
 */
#ifndef UI_CONNECT_H
#define UI_CONNECT_H

#include "picker.h"
#include "record.h"

/* Rows that pair records of two models: an implicit many-to-many table's, or those of a model that has nothing
 * else in a unique key than two references. */
typedef struct connect_join {
    nx_model *model; /* NULL: the relation goes through none */
    int nnear, nfar;
    const char **near; /* columns that point at the owner, pairwise to relation->fields */
    const char **far;
    nx_model *target; /* what far points at, by these columns */
    const char **references;
} connect_join;

struct connecting {
    record_view *v;
    nx_arena *arena;
    enum connect_what { CONNECT_PICK, CONNECT_MAKE, CONNECT_CUT } what;
    const nx_relation *relation;
    record_node *node; /* to be unfolded in the end, if it is still there */
    connect_join join;
    nx_model *owner; /* whose relation it is: a staged record, or one with this key */
    uint64_t insert;
    int nkey, nshown;
    nx_value *key;
    nx_assignment *shown;   /* its values on the screen (field and old) */
    nx_value *values;       /* of relation->fields; NULL where one of them is */
    nx_key_test picked_key; /* the record on the other side: its key, the values that are referred to, */
    nx_value *picked;
    uint64_t picked_insert; /* or the staged new one */
    bool asked_before;      /* what a 1-1 relation leads to now is being read */
    nx_row listed;          /* the row of the tree that is disconnected, its query and identity */
    const nx_query *listed_query;
    int listed_nkey;
    nx_page *page, *before; /* what had to be read before it can be staged */
    nx_query *query;
    nx_catalog_job *describing;
    nx_rows_job *job;
    ui_view *picker;
};

/* + and -, and `a` for relations to one record and many-to-many ones; the node is a relation or in its list. */
int ui_connect(record_view *v, record_node *node);
int ui_connect_make(record_view *v, record_node *relation);
int ui_disconnect(record_view *v, record_node *node);
/* What is under way is dropped. */
void ui_connect_forget(record_view *v);

/* --- connect_stage.c: what was read and picked is staged; false when it was refused, which is said --- */
bool ui_connect_stage_reference(struct connecting *c); /* to-one: the owner's fields */
bool ui_connect_stage_child(struct connecting *c, const nx_row *row, const nx_query *query, int nkey);
bool ui_connect_stage_new_child(struct connecting *c);
bool ui_connect_stage_pair(struct connecting *c);
bool ui_connect_stage_made(struct connecting *c, uint64_t *made);
bool ui_connect_clear_reference(struct connecting *c);
bool ui_connect_clear_child(struct connecting *c, const nx_row *row, const nx_query *query, int nkey);
bool ui_connect_delete(struct connecting *c, nx_model *model, const nx_row *row, const nx_query *query, int nkey);
/* Sets the columns of an update back to what they were. */
bool ui_connect_reset(ui_app *app, uint64_t change, const char *const *columns, int n);
/* May one of the columns be NULL? */
bool ui_connect_can_clear(const nx_model *model, const char *const *columns, int n);

#endif
