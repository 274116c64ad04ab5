/* copy.h - a record as text for other programs. */
#ifndef NIXIE_COPY_H
#define NIXIE_COPY_H

#include "nixie/rows.h"

/* Appends the record as a JSON object, as CSV with a header line (NULL empty, '' as ""), or as an
 * INSERT statement. Values are whole: cells that are cut are the caller's concern. n is at least 1. */
void nx_copy_json(nx_buf *out, nx_field *const *fields, const nx_cell *cells, int n);
void nx_copy_csv(nx_buf *out, nx_field *const *fields, const nx_cell *cells, int n);
void nx_copy_csv_row(nx_buf *out, const nx_cell *cells, int n); /* without the header */
void nx_copy_insert(nx_buf *out, nx_field *const *fields, const nx_cell *cells, int n);

/* The query as a call of Prisma Client, prisma.post.findMany({...}), beginning at `from` where it is not NULL; what
 * Prisma Client cannot say is a comment in it. And as SQL to be read and run. */
void nx_copy_prisma(nx_buf *out, const nx_query *query, const nx_row *from, int take);
void nx_copy_query(nx_buf *out, const nx_query *query, int limit);
/* where: { id: 7 }. False for records without a key. */
bool nx_copy_prisma_where(nx_buf *out, const nx_model *model, const nx_row *row);

#endif
