/* page_out.h - a page of rows as JSON, CSV or a table of text. */
#ifndef UI_PAGE_OUT_H
#define UI_PAGE_OUT_H

#include "nixie/rows.h"

/* {"id":"1","title":null}: every value PostgreSQL's own text. */
void ui_row_json(const nx_query *query, const nx_row *row, nx_buf *out);
/* The head, then one record per row. */
void ui_page_csv(const nx_query *query, const nx_page *page, bool safe, nx_buf *out);
/* Sanitised, long values cut, references with the label of what they point at. */
void ui_page_table(const nx_query *query, const nx_page *page, const char *indent, nx_buf *out);

#endif
