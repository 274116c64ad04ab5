/* keyset.h - statements that read one page; private to this room, and read by its tests. */
#ifndef NIXIE_ROWS_KEYSET_H
#define NIXIE_ROWS_KEYSET_H

#include "query.h"

/* How far an index serves the completed order. */
typedef struct nx_serving {
    int matched;                   /* leading terms that an index delivers in order; 0: none */
    bool split;                    /* only when NULLs of the first term are read apart from the rest */
    bool nulls_first[NX_SORT_MAX]; /* the null placement to ask for, term by term, so that the index is used */
} nx_serving;

void nx_query_serving(const nx_query *query, nx_serving *serving);

/* What to read: from an end or from a cursor. */
typedef struct nx_walk {
    bool backward;           /* the rows come back reversed */
    const nx_cursor *cursor; /* NULL: from the end */
    bool inclusive;          /* the cursor's own row too */
    int limit;
} nx_walk;

/* Appends the whole statement for one page. */
void nx_page_sql(const nx_query *query, const nx_columns *columns, const nx_walk *walk, nx_sql *sql);

/* The row source of each way of paging, from which nx_page_sql selects: FROM (...) t ORDER BY ... LIMIT. */
void nx_keyset_source(const nx_query *query, const nx_walk *walk, nx_sql *sql);
void nx_tuple_source(const nx_query *query, const nx_walk *walk, nx_sql *sql);
void nx_offset_source(const nx_query *query, const nx_walk *walk, nx_sql *sql);
/* Settings for the segment of the latter two: rows come in physical order, the same each time. */
void nx_tuple_settings(nx_sql *sql);

/* Appends " ORDER BY t."a" DESC, ..."; `nulls` gives the null placement of each term before turning around. */
void nx_sort_sql(const nx_query *query, const bool *nulls, bool backward, nx_sql *sql);

/* Appends a statement that returns, as text, the order's values of the row at this part of the order. */
bool nx_fraction_sql(const nx_query *query, double fraction, bool whole, nx_sql *sql, nx_error *err);

#endif
