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

#endif
