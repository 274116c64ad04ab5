/* query.h - what the files of this room share.
 *
 * Values on a page are `column::text`, the same text that edits compare with: true/false for bool, no padding for
 * char(n). Every statement calls the model's row `t`, and reads in two layers:
 *
 *   SELECT <display list> FROM (SELECT <raw columns> FROM s.m t WHERE ... ORDER BY ... LIMIT n) t ORDER BY ...
 *
 * The inner one chooses rows by plain columns, so that wide values stay where they are stored and labels are looked up
 * for the returned rows only; the outer one cuts, measures and labels. ORDER BY always names t."column", never an
 * output column: a text alias would sort as text.
 */
#ifndef NIXIE_ROWS_QUERY_H
#define NIXIE_ROWS_QUERY_H

#include "nixie/rows.h"
#include "related.h"

/* --- the completed order ------------------------------------------------------------------------- */

typedef struct nx_sort_term {
    const nx_field *field; /* NULL for a system column and for a value of related records */
    const char *column;    /* its name: the field's, "tableoid", "ctid", or nx_order_column's */
    const nx_order_term *related; /* whose value nx_query_source adds to the row under that name, or NULL */
    const char *cast, *op_lt, *op_gt, *op_le, *op_ge, *op_eq;
    bool desc, nulls_first; /* in effect: defaults filled in */
    bool nullable, composite;
} nx_sort_term;

#define NX_SORT_MAX (NX_ORDER_MAX + 32 + 2) /* the user's terms, a key's (INDEX_MAX_KEYS), tableoid and ctid */

typedef enum nx_paging {
    NX_PAGING_KEY,   /* keyset over the completed order */
    NX_PAGING_TUPLE, /* no chosen order, no key: by tuple id, table by table */
    NX_PAGING_OFFSET /* neither key nor tuple id: numbered rows, at most NX_OFFSET_CAP */
} nx_paging;

#define NX_OFFSET_CAP    10000
#define NX_NUMBER_COLUMN "nixie row number"

typedef struct nx_counted {
    const nx_relation *relation;
    const char *why_not; /* nx_relation_uncountable */
} nx_counted;

struct nx_query {
    nx_model *model; /* holds a reference to its catalog */
    nx_order order;
    nx_filter *filter; /* NULL when none */
    bool has_scope;
    nx_scope scope;
    nx_arena *scope_arena; /* holds scope.values */
    int nfields;
    nx_field **fields;
    bool whole, labels;
    int ncounts;
    nx_counted *counts;
    char *uncounted; /* why the counts are not asked for, or NULL */

    /* Made by nx_query_complete(). For NX_PAGING_TUPLE: [tableoid,] ctid; for NX_PAGING_OFFSET the chosen terms (the
     * cursor is the row's number then, see nx_query_cursor_width). */
    nx_paging paging;
    int nsort;
    nx_sort_term sort[NX_SORT_MAX];
};

/* Fills in paging and sort; called by every setter that matters. */
void nx_query_complete(nx_query *query);
/* --- orders over relations --- */
/* Fills the term's path and field from names ("author", "email"). False with err; lack: what is not known yet. */
bool nx_order_resolve(const nx_model *model, char *const *names, int n, nx_order_term *term, nx_lack *lack, nx_error *err);
nx_lack nx_order_lack(const nx_model *model, const char *text);
/* What such a value is called among the row's columns, by its place in the order. */
const char *nx_order_column(int term);
/* Appends its value for the row `alias`. */
void nx_order_value(const nx_order_term *term, const char *alias, nx_sql *sql);

/* How many values a cursor of this query has. */
int nx_query_cursor_width(const nx_query *query);
/* Reads the model and what inherits from it: rows of several tables, so that a tuple id needs its table. */
bool nx_model_spreads(const nx_model *model);
/* The tables in which a partitioned model's rows lie, in the catalog's order: their number, and the first `max` of them
 * in `leaves`. -1 when they cannot be read one by one (a foreign table, no right to read). */
int nx_model_leaves(const nx_model *model, const nx_model **leaves, int max);

/* --- pieces of statements ------------------------------------------------------------------------ */

/* Appends the conditions of scope and filter for row `t`, joined by AND, in parentheses each; returns false and appends
 * nothing when there are none. */
bool nx_query_conditions(const nx_query *query, nx_sql *sql);
/* Appends "s"."m" t; or a row t that has the values of related records besides, where the order needs them. */
void nx_query_source(const nx_query *query, nx_sql *sql);
/* The same in two halves: TABLESAMPLE belongs between them. */
void nx_query_source_begin(const nx_query *query, nx_sql *sql);
void nx_query_source_end(const nx_query *query, nx_sql *sql);
/* Appends `t."column" = $n::cast` with the field's own operator; types without equality compare their text. NULL gives
 * IS NULL. */
void nx_sql_equals(nx_sql *sql, const nx_field *field, nx_value value);
/* Appends the condition that names one record. A test whose fields are NULL is a tuple id: its values are those of
 * nx_row.key (ctid, xmin, tableoid), or the first of them. xmin is not compared: a row that changed is still the row.
 */
void nx_sql_key(const nx_key_test *key, nx_sql *sql);
/* The same for reading one record, with " AND " before it: of a tuple id xmin is compared as well. */
void nx_record_key(const nx_key_test *key, nx_sql *sql);
/* Appends the whole of a field's value as text: t."column"::text. */
void nx_sql_whole(nx_sql *sql, const nx_field *field);

/* Appends the number of records that a relation leads to from the row `t`, at most one more than NX_ROW_COUNT_MAX. */
void nx_sql_row_count(nx_sql *sql, const nx_relation *relation);
void nx_query_set_counts_of(nx_query *query, const nx_query *other);
/* The counts cannot be had: rows come without them, as -1. NULL: they can. */
void nx_query_set_uncounted(nx_query *query, const char *why);

/* --- the select list ------------------------------------------------------------------------------ */

typedef enum nx_column_kind {
    NX_COLUMN_WHOLE, /* the value as text */
    NX_COLUMN_CUT,   /* its beginning */
    NX_COLUMN_SIZE,  /* its size, negative when NX_COLUMN_CUT does not hold all of it */
    NX_COLUMN_LABEL, /* "=" and the referenced record's label, "-" when there is no such record */
    NX_COLUMN_COUNT, /* how many records a relation leads to */
    NX_COLUMN_SYSTEM /* ctid, xmin, tableoid, or NX_NUMBER_COLUMN */
} nx_column_kind;

typedef struct nx_column {
    nx_column_kind kind;
    const nx_field *field;
    const nx_foreign_key *foreign_key; /* of a label */
    const nx_relation *relation;       /* of a count */
    const char *system;
} nx_column;

typedef struct nx_columns { /* which columns a statement returns, and which of them make up a row; -1: none */
    int n;
    nx_column *list;
    int *value, *size, *label; /* per field of the query */
    int *count;                /* per relation that it counts */
    int nkey;
    int key[32];
    int ncursor;
    int cursor[NX_SORT_MAX];
} nx_columns;

/* The columns for this query, in `arena`. */
nx_columns *nx_columns_new(const nx_query *query, nx_arena *arena);
/* Appends the display list over a row `t` that has the raw columns. */
void nx_columns_display(const nx_columns *columns, nx_sql *sql);
/* Appends the raw columns that the display list, the order and the labels need: t."a", t."b", t.ctid */
void nx_columns_raw(const nx_query *query, nx_sql *sql);
/* A page from what the display list returned. `reversed` turns the rows around; at most `limit` rows are taken (from
 * the end nearest to the cursor). Flags about what lies before and after are left false. NULL with NX_ERR_MEMORY. */
nx_page *nx_page_decode(const nx_query *query, const nx_columns *columns, const nx_result *result, int limit,
                        bool reversed, nx_error *err);

/* Appends, for statements that look up rows by condition: SELECT <display> FROM (SELECT <raw> FROM s.m t WHERE
 * (conditions of the query) -- the caller adds " AND ..." and ends with nx_select_end(). There is always a WHERE. */
void nx_select_begin(const nx_query *query, const nx_columns *columns, nx_sql *sql);
/* Appends LIMIT n) t. */
void nx_select_end(nx_sql *sql, int limit);

/* nx_rows_by_keys with a title for the trip. */
nx_rows_job *nx_rows_by_keys_titled(nx_session *session, const nx_query *query, const nx_value *const *keys, int n,
                                    const char *what, nx_rows_done *done, void *owner);

/* --- jobs ----------------------------------------------------------------------------------------- */

/* A trip whose answer somebody waits for. It frees itself after its owner has been told, or when it is dropped. */
typedef void nx_rows_arrived(nx_rows_job *job, nx_trip *trip);
struct nx_rows_job {
    nx_session *session;
    nx_query *query; /* owned copy, or NULL */
    nx_trip *trip;   /* under way */
    nx_rows_arrived *arrived;
    nx_rows_done *done; /* NULL when a job has another kind of callback */
    void *owner;
    nx_arena *arena; /* whatever the job needs besides; freed with it */
    void *more;      /* in arena */
};

nx_rows_job *nx_rows_job_new(nx_session *session, const nx_query *query, nx_rows_done *done, void *owner);
/* Sends the trip; `arrived` is called with it unless the job was dropped. It ends the job or sends again. */
void nx_rows_job_send(nx_rows_job *job, nx_trip *trip, nx_rows_arrived *arrived);
/* Frees the job, then calls done with the page (owned by the callee) or err. */
void nx_rows_job_end(nx_rows_job *job, nx_page *page, const nx_error *err);
/* Frees a job that has told its owner in its own way. */
void nx_rows_job_free(nx_rows_job *job);

#endif
