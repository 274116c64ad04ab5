/* rows_lab.h - what the tests of this room share: a database with its session and catalog, and fetches that wait. */
#ifndef ROWS_LAB_H
#define ROWS_LAB_H

#include "lab/lab.h"
#include "nixie/rows.h"

typedef struct rows_lab {
    char *url;
    nx_session *session;
    nx_catalog *catalog;
} rows_lab;

/* A new database, filled by `script`; its catalog loaded. */
rows_lab *rows_lab_open(const char *hint, const char *script, const nx_session_options *options);
void rows_lab_close(rows_lab *lab);
/* Loads the catalog again, after the test has changed it. */
void rows_lab_reload(rows_lab *lab);

/* Makes the relations known. */
void rows_lab_graph(rows_lab *lab);

/* A model of schema public, described. */
nx_model *rows_lab_model(rows_lab *lab, const char *name);
/* A query on it with this order and filter; either may be NULL. */
nx_query *rows_lab_query(rows_lab *lab, const char *model, const char *order, const char *filter);

/* One page; a failed test on an error, unless `err` is given: then NULL and the error. */
nx_page *rows_lab_fetch(rows_lab *lab, const nx_query *query, const nx_from *from, int limit, nx_error *err);
nx_page *rows_lab_first(rows_lab *lab, const nx_query *query, int limit);
nx_page *rows_lab_last(rows_lab *lab, const nx_query *query, int limit);
nx_page *rows_lab_from(rows_lab *lab, const nx_query *query, nx_from_kind kind, const nx_cursor *cursor, int limit);

/* The values of the page's field `i`, joined by blanks: "1 2 3". malloc'ed. */
char *rows_lab_column(const nx_page *page, int i);
void rows_lab_assert_column(const nx_page *page, const char *expected); /* the first field's */
/* The cell of the field with this name. */
const nx_cell *rows_lab_cell(const nx_page *page, const nx_query *query, int row, const char *field);

/* The statement of a page of 50 behind the cursor (NULL: from the end one comes from), as it could be run; malloc'ed. */
char *rows_lab_page_text(const nx_query *query, const nx_cursor *cursor, bool backward, const char *before);
/* What EXPLAIN ANALYZE says of it, as JSON; malloc'ed. */
char *rows_lab_plan(rows_lab *lab, const nx_query *query, const nx_cursor *cursor, bool backward);
long rows_lab_buffers(const char *plan); /* blocks that were looked at */

#endif
