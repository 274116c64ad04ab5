/* rows.h - which rows, in what order, from where.
 *
 * A query is a model with a scope (rows that belong to a record through a relation), a filter and an
 * order. Its rows are read in pages by keyset: a page starts after, before or at a cursor, which is
 * the exact text of the order's values of one row. Every order is completed with the model's
 * identity, so that it is total; the tie-break takes the direction of the last chosen term.
 * OFFSET is used only for views without any key, with a cap that is said.
 *
 * SQL forms: one row comparison when all terms have one direction and none is
 * nullable; else a UNION ALL of disjoint ranges where an index serves the order; else one scan.
 * Without a key: by tuple id (ctid); partitioned models leaf by leaf.
 * Values are text, with extra_float_digits, DateStyle, IntervalStyle, bytea_output and TimeZone
 * pinned, so that they can go back as parameters cast to the field's type.
 */
#ifndef NIXIE_ROWS_H
#define NIXIE_ROWS_H

#include "nixie/catalog.h"
#include "nixie/filter.h"
#include "nixie/trip.h"

/* --- order -------------------------------------------------------------------------------------- */

typedef enum nx_nulls { NX_NULLS_DEFAULT, NX_NULLS_FIRST, NX_NULLS_LAST } nx_nulls;

#define NX_ORDER_PATH_MAX 8
typedef struct nx_order_term {
    const nx_field *field; /* of the model, or of the record at the end of the path; NULL for a count */
    int npath;             /* "author.email": to-one relations to go through */
    const nx_relation *path[NX_ORDER_PATH_MAX];
    bool count;            /* "post.count": how many records the last relation of the path leads to */
    bool desc;
    nx_nulls nulls; /* default: last when ascending, first when descending (SELECT, "ORDER BY") */
} nx_order_term;

#define NX_ORDER_MAX 16
typedef struct nx_order {
    nx_order_term terms[NX_ORDER_MAX];
    int nterms; /* what the user chose; empty: the identity ascending */
} nx_order;

/* Parses "field", "field desc", "field desc nulls last", comma-separated; instead of a field also a field
 * of a record that to-one relations lead to, "author.email", and "post.count" (Prisma docs, "Filtering and
 * sorting: Sort by relation"): no index serves those. What they lead to must be described: see nx_query_prepare.
 * NX_ERR_USAGE with a position, NX_ERR_NOT_FOUND, or NX_ERR_REFUSED for a type that cannot be sorted. */
bool nx_order_parse(const nx_model *model, const char *text, nx_order *order, nx_error *err);
/* The same back as text, malloc'ed; "" for the identity. */
char *nx_order_text(const nx_order *order);
/* The term's place in the order (1 for the first), 0 when the field is not in it. */
int nx_order_place(const nx_order *order, const nx_field *field);
/* The same for how many records one of the model's relations leads to. */
int nx_order_count_place(const nx_order *order, const nx_relation *relation);

/* --- query -------------------------------------------------------------------------------------- */

typedef struct nx_scope { /* rows of `relation->target` that belong to one record of relation->model */
    const nx_relation *relation;
    int nvalues;
    nx_value *values; /* of relation->fields, in order */
} nx_scope;

typedef struct nx_query nx_query;

/* Loads what a filter and an order (texts, either may be NULL) need of the catalog and is not here yet: the
 * relations, and the descriptions of the models that they lead to. Calls back at once, before returning NULL,
 * when nothing is missing; texts that do not parse are none of its business. err: what stood in the way. */
typedef void nx_query_ready(void *owner, const nx_error *err);
typedef struct nx_prepare_job nx_prepare_job;
nx_prepare_job *nx_query_prepare(nx_session *session, nx_model *model, const char *filter, const char *order,
                                 nx_query_ready *ready, void *owner);
void nx_prepare_drop(nx_prepare_job *job); /* the owner is going away; NULL is allowed */

/* A query on a described model: all fields, no filter, the identity's order, labels for foreign
 * keys, values cut. It keeps a reference to the catalog. Free with nx_query_free(). */
nx_query *nx_query_new(nx_model *model);
nx_query *nx_query_copy(const nx_query *query);
void nx_query_free(nx_query *query);
nx_model *nx_query_model(const nx_query *query);

void nx_query_set_order(nx_query *query, const nx_order *order);
const nx_order *nx_query_order(const nx_query *query);
/* The filter's text; parsed again for the query. False with err when it does not parse; the query
 * then keeps the filter it had. NULL or "" clears. */
bool nx_query_set_filter(nx_query *query, const char *text, nx_error *err);
const nx_filter *nx_query_filter(const nx_query *query); /* NULL when none */
/* Limits to the records that belong to one record (copied); NULL clears. */
void nx_query_set_scope(nx_query *query, const nx_scope *scope);
const nx_scope *nx_query_scope(const nx_query *query);
/* Only these fields (the identity is fetched besides, for addressing). Default: all readable ones. */
void nx_query_set_fields(nx_query *query, nx_field *const *fields, int n);
void nx_query_set_fields_of(nx_query *query, const nx_query *other); /* the same as the other has, its counts too */
int nx_query_nfields(const nx_query *query);
nx_field *nx_query_field(const nx_query *query, int i);
/* Beside each row, how many records each of these to-many and many-to-many relations leads to (nx_row.counts). They are
 * read with the rows, up to a bound. Default: none. */
#define NX_ROW_COUNT_MAX 99
void nx_query_set_counts(nx_query *query, const nx_relation *const *relations, int n);
int nx_query_ncounts(const nx_query *query);
const nx_relation *nx_query_counted(const nx_query *query, int i);
/* Why this one cannot be cheap, in a word or two: no index on the other side (nx_relation_index tells which is missing)
 * unless that is known to be tiny, no right to read it, or many partitions to look into. NULL: it can. */
const char *nx_query_uncountable(const nx_query *query, int i);
const char *nx_relation_uncountable(const nx_relation *relation); /* whose own model must be described */
void nx_query_set_whole(nx_query *query, bool whole);   /* fetch whole values instead of beginnings */
void nx_query_set_labels(nx_query *query, bool labels); /* fetch labels of referenced records */
/* Does an index serve the order? When not, the program says "unindexed sort". */
bool nx_query_indexed(const nx_query *query);
/* How pages are made, in words, for the status line: "primary key", "tuple id", "offset (view without a key)". */
const char *nx_query_paging(const nx_query *query);

/* --- cells, rows, pages -------------------------------------------------------------------------- */

#define NX_CELL_CHARS 200 /* how much of a long value a page holds */

typedef struct nx_cell {
    nx_value value;    /* PostgreSQL's text, or its beginning when cut; text NULL is SQL NULL */
    bool cut;          /* the value is longer; fetch it whole with nx_record_load or nx_cell_load */
    bool withheld;     /* cut so early that nothing is here (large json, arrays); show size only */
    int64_t size;      /* bytes of the whole value (text and bytea), or its stored size; -1 unknown */
    const char *label; /* for the first field of a foreign key: the referenced record's label, or NULL */
    bool dangling;     /* a reference that points at nothing (no constraint, or not visible) */
} nx_cell;

typedef struct nx_cursor { /* a position under an order: one value per term of the completed order */
    int nvalues;
    nx_value *values;
} nx_cursor;

typedef struct nx_row {
    nx_cell *cells;      /* one per field of the query */
    nx_value *key;       /* the identity's values, whole (npage->nkey of them): for NX_IDENTITY_TUPLE
                            ctid, xmin and tableoid */
    nx_cursor cursor;
    int64_t *counts;     /* one per relation that the query counts: exact up to NX_ROW_COUNT_MAX, above that:
                            more, -1: not counted. NULL: not asked */
} nx_row;

typedef struct nx_page { /* immutable */
    nx_arena *arena; /* owns everything */
    int nrows, nkey, ncells;
    nx_row *rows;    /* in the order of the query, whatever the direction of reading was */
    bool more_before, more_after; /* there are rows before the first, after the last; true also when
                                     not known (then *_known is false) */
    bool before_known, after_known;
    int64_t rows_estimate; /* of the whole query: reltuples or the planner's; -1 unknown */
    const char *uncounted; /* why the server would not count; NULL: it did, or was not asked */
} nx_page;
void nx_page_free(nx_page *page);

typedef enum nx_from_kind {
    NX_FROM_FIRST,
    NX_FROM_LAST,
    NX_FROM_AFTER,    /* rows after the cursor */
    NX_FROM_BEFORE,   /* rows before the cursor; the page ends next to it */
    NX_FROM_AT,       /* the cursor's row, if it still exists, and those after it */
    NX_FROM_FRACTION, /* the rows from this part of the order on: sampled, approximate */
    NX_FROM_KEY       /* the row with this key (see nx_query_key), and those after it in the order */
} nx_from_kind;

typedef struct nx_key_test { /* "id = 7", or every field of a composite key */
    int n;
    const nx_field **fields; /* all NULL for a tuple id, whose values are ctid, xmin and tableoid */
    nx_value *values;
} nx_key_test;

typedef struct nx_from {
    nx_from_kind kind;
    nx_cursor cursor; /* AFTER, BEFORE, AT */
    double fraction;  /* FRACTION: 0 to 1 */
    nx_key_test key;  /* KEY */
} nx_from;

/* Reads what a person types to name a record: the identity's values, comma-separated (one that is a
 * single text keeps its commas), or "field=value,..." of any unique key; for models without a key a
 * tuple id as nx_key_text writes it. In `arena`. NX_ERR_USAGE: wrong number, or not a unique key. */
bool nx_key_parse(const nx_model *model, const char *text, nx_arena *arena, nx_key_test *key, nx_error *err);
/* The same from a JSON array of the identity's values (--key-json). */
bool nx_key_parse_json(const nx_model *model, const char *json, nx_arena *arena, nx_key_test *key, nx_error *err);
/* A row's identity as a person would type it: "102" or "12,7"; a tuple id is "0.7.734.16402" (block,
 * line, xmin, tableoid). Appends to buf. */
void nx_key_text(const nx_row *row, int nkey, nx_buf *buf);

/* The rows of the sequence are those of the query; `page` is owned by the callee when err is NULL.
 * NX_FROM_KEY with a record that is not there: NX_ERR_NOT_FOUND (outside the filter: says so). */
typedef void nx_rows_done(void *owner, nx_page *page, const nx_error *err);
typedef struct nx_rows_job nx_rows_job;

/* Fetches one page of at most `limit` rows in one trip. Two where the start must be found first: for
 * NX_FROM_FRACTION (three when the sample was empty), and for NX_FROM_KEY under another order than the
 * key's. The query is copied. A limit below 1 becomes 1, above 10,000 10,000. What cannot be asked (a
 * cursor of another order, a percentage of a view) calls back at once, before returning NULL. */
nx_rows_job *nx_rows_fetch(nx_session *session, const nx_query *query, const nx_from *from, int limit,
                           nx_rows_done *done, void *owner);
void nx_rows_drop(nx_rows_job *job); /* the owner is going away; NULL is allowed */

/* --- all rows ------------------------------------------------------------------------------------ */

/* All rows of a query, whole, in its order, page after page; the next one is read while one is dealt with. What others
 * change meanwhile is as it is when its page is read. Views without a key end with NX_ERR_REFUSED where they have too
 * many rows to be read one after the other. */
typedef struct nx_export nx_export;
/* `page` lives until it returns; NULL with err. The last call has `last` set, and the export is gone then. False: no
 * more, it is gone as well. */
typedef bool nx_export_page(void *owner, const nx_page *page, bool last, const nx_error *err);
nx_export *nx_export_start(nx_session *session, const nx_query *query, nx_export_page *page, void *owner);
void nx_export_drop(nx_export *job); /* not from the callback; NULL is allowed */

/* --- cursors as text ----------------------------------------------------------------------------- */

/* An opaque, URL-safe string that carries the values and a checksum of model, order, filter and
 * scope. malloc'ed. */
char *nx_cursor_encode(const nx_query *query, const nx_cursor *cursor);
/* NX_ERR_USAGE when it is damaged or belongs to another model, order or filter. In `arena`. */
bool nx_cursor_decode(const nx_query *query, const char *text, nx_arena *arena, nx_cursor *cursor, nx_error *err);

/* --- a window on the rows: what a grid scrolls through ------------------------------------------- */

/* Holds the pages around where the user is (at most a few hundred rows), fetches on demand and ahead
 * of the user, so that the next page is already here. */
typedef struct nx_window nx_window;

typedef enum nx_window_event {
    NX_WINDOW_RESET, /* other rows altogether: `shift` is the index of the row to put the cursor on */
    NX_WINDOW_GREW,  /* rows were added or dropped at the ends: add `shift` to every index held */
    NX_WINDOW_COUNTED, /* rows held have counts that they had not */
    NX_WINDOW_FAILED /* nx_window_error() says why; the rows stay as they were */
} nx_window_event;
typedef void nx_window_changed(void *owner, nx_window *window, nx_window_event event, int shift);

/* A window on a copy of `query`, empty until nx_window_go. */
nx_window *nx_window_new(nx_session *session, const nx_query *query, nx_window_changed *changed, void *owner);
void nx_window_free(nx_window *window);
/* Another query on the same model; the rows stay until the next nx_window_go has answered. */
void nx_window_set_query(nx_window *window, const nx_query *query);
/* Other fields of the same rows, those of `query`: nx_window_refresh or nx_window_go must follow. The rows
 * held have the fields from before until RESET. */
void nx_window_set_fields(nx_window *window, const nx_query *query);
/* The counts of `query` from now on. Rows that are held, or on their way, stay; theirs are read by their keys in a
 * trip of their own, and NX_WINDOW_COUNTED follows. */
void nx_window_set_counts(nx_window *window, const nx_query *query);
/* Why the server would not count (nx_page.uncounted); NULL: it does. */
const char *nx_window_uncounted(const nx_window *window);
const nx_query *nx_window_query(const nx_window *window);

/* Goes there: RESET follows, with the wished row as `shift` (LAST: the last row). Going to FIRST or
 * LAST when those rows are held costs no trip. */
void nx_window_go(nx_window *window, const nx_from *from);
/* Fetches the present rows again, keeping the row at `index` if it still exists, else the next one that
 * does (RESET follows). Far from the start these are two trips that are under way at the same time. */
void nx_window_refresh(nx_window *window, int index);
/* Tells where the user looks: rows top .. top+height-1, moving `direction` (-1, 0, 1). Fetches the
 * next page in that direction when less than one page is left there. */
void nx_window_look(nx_window *window, int top, int height, int direction);

int nx_window_count(const nx_window *window);
const nx_row *nx_window_row(const nx_window *window, int i);
int nx_window_nkey(const nx_window *window);
bool nx_window_at_start(const nx_window *window); /* known: no rows before row 0 */
bool nx_window_at_end(const nx_window *window);   /* known: no rows after the last */
bool nx_window_busy(const nx_window *window);     /* a fetch is under way */
bool nx_window_loaded(const nx_window *window);   /* some page has arrived */
/* The 1-based number of row i in the whole: *exact when counted from the start, else an estimate
 * from the last known fraction or from the end; -1 when unknown. */
int64_t nx_window_number(const nx_window *window, int i, bool *exact);
/* Rows of the query altogether: *exact when both ends have been seen, else an estimate; -1 unknown. */
int64_t nx_window_total(const nx_window *window, bool *exact);
/* They were counted: exact until the rows are read anew. */
void nx_window_set_total(nx_window *window, int64_t total);
const nx_error *nx_window_error(const nx_window *window); /* kind NX_OK when the last fetch went well */

/* --- one record, whole --------------------------------------------------------------------------- */

/* All readable fields of one record, whole (up to 64 MiB together, else NX_ERR_MEMORY names the
 * field), by key. The page has one row, or none with NX_ERR_NOT_FOUND. */
nx_rows_job *nx_record_load(nx_session *session, nx_model *model, const nx_key_test *key, nx_rows_done *done, void *owner);

/* One whole value (up to 64 MiB) of the record with the identity `key` (row->key). The page has one cell.
 * NX_ERR_REFUSED, at once, for models whose identity is NX_IDENTITY_NONE. */
nx_rows_job *nx_cell_load(nx_session *session, nx_field *field, const nx_value *key, nx_rows_done *done, void *owner);
/* The same, but NX_ERR_MEMORY above `most` bytes of text (at most 64 MiB). */
nx_rows_job *nx_cell_load_within(nx_session *session, nx_field *field, const nx_value *key, int64_t most, nx_rows_done *done, void *owner);

/* One whole value, however long, part by part: its text in UTF-8 (in a database in SQL_ASCII: its bytes), of a bytea its
 * bytes. It is read through a cursor in a transaction that is read-only: all parts are of one moment, and the server
 * unpacks or writes the value once, not once for each part. Until the end other trips of the session wait. */
#define NX_STREAM_PART (1 << 20) /* bytes of a part, at most */
typedef struct nx_stream nx_stream;
typedef struct nx_stream_piece {
    nx_value bytes; /* NULL for SQL NULL; lives until the callback returns, and may hold NUL bytes */
    int64_t at, total;
    bool last;
} nx_stream_piece;
/* `piece` is NULL with err, and nothing more comes. False: no more is wanted. The stream is gone after the last piece,
 * after an error, and when false is returned. */
typedef bool nx_stream_part(void *owner, const nx_stream_piece *piece, const nx_error *err);
/* NULL after an error that was told at once. */
nx_stream *nx_stream_start(nx_session *session, nx_field *field, const nx_value *key, nx_stream_part *part, void *owner);
void nx_stream_drop(nx_stream *stream); /* not from the callback; NULL is allowed */

/* How many rows the query has, exactly: all of them are read, so it may take its time and be cancelled. One
 * trip. -1 with err. The query is copied. */
typedef void nx_rows_counted(void *owner, int64_t count, const nx_error *err);
nx_rows_job *nx_rows_count(nx_session *session, const nx_query *query, nx_rows_counted *done, void *owner);

/* The values that a field has among the query's rows, the most frequent first; equal ones (as the field's own type
 * has it) count as one. Where there are more than a million rows a sample is read, and counts are estimates. */
#define NX_DISTINCT_MAX 200
typedef struct nx_distinct {
    const nx_field *field;
    int n;
    nx_value *values; /* at most 200 characters of each */
    int64_t *counts;
    bool *cut;        /* the value is longer */
    int64_t rows;     /* all that were looked at */
    int64_t distinct; /* values altogether; of a sample: those in it */
    bool more, sampled;
} nx_distinct;
typedef void nx_distinct_done(void *owner, const nx_distinct *distinct, const nx_error *err);
/* One trip. The query is copied; `rows`: how many it has, as far as is known, else -1. */
nx_rows_job *nx_distinct_load(nx_session *session, const nx_query *query, nx_field *field, int64_t rows,
                              nx_distinct_done *done, void *owner);

/* The rows with these identities (nx_row.key of each), in one trip and in no order: those that are still there,
 * whatever the query's filter, scope and order are. By tuple id another version may have come to stand in a
 * row's place: compare the key. At most NX_KEYS_MAX, else NX_ERR_REFUSED at once. */
#define NX_KEYS_MAX 1000
nx_rows_job *nx_rows_by_keys(nx_session *session, const nx_query *query, const nx_value *const *keys, int n,
                             nx_rows_done *done, void *owner);

/* The identity of a row as a key test, for the functions above; in `arena`. False for models whose
 * identity is NX_IDENTITY_NONE. */
bool nx_row_key(const nx_model *model, const nx_row *row, nx_arena *arena, nx_key_test *key);

/* How many records each relation of one record has, bounded: counts[i] is exact up to `bound`, bound+1
 * means more, -1 not counted (no index on the child's side, or no right to read). One trip. */
typedef struct nx_counts {
    int n;
    const nx_relation **relations;
    int64_t *counts;
    int64_t bound;
} nx_counts;
typedef void nx_counts_done(void *owner, const nx_counts *counts, const nx_error *err);
/* `row` is one of `query`, on the model. Only to-many and many-to-many relations are counted. Calls back
 * at once, before returning NULL, when there is nothing to ask. */
nx_rows_job *nx_relations_count(nx_session *session, nx_model *model, const nx_row *row, const nx_query *query,
                                int64_t bound, nx_counts_done *done, void *owner);

/* The statement that makes the index by which the records of a to-many or many-to-many relation could be found
 * and counted; malloc'ed. NULL where there is one, and for to-one relations. */
char *nx_relation_index(const nx_relation *relation);

/* The values of relation->fields in this row (of `query`), as a scope for the target's query. False
 * when one of them is NULL (no related record) or was not fetched whole. In `arena`. */
bool nx_relation_scope(const nx_relation *relation, const nx_query *query, const nx_row *row, nx_arena *arena, nx_scope *scope);

#endif
