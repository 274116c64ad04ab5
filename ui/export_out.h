/* export_out.h - all rows of a query as CSV, as one JSON array or as INSERT statements. */
#ifndef UI_EXPORT_OUT_H
#define UI_EXPORT_OUT_H

#include "nixie/rows.h"
#include "options.h"

typedef struct ui_export_out {
    ui_format format;
    bool safe;     /* CSV: spreadsheets must not run values as formulas */
    bool terminal; /* what is written must not act on a terminal */
    int64_t rows;
} ui_export_out;

void ui_export_begin(const ui_export_out *out, const nx_query *query, nx_buf *buf);
void ui_export_page(ui_export_out *out, const nx_query *query, const nx_page *page, nx_buf *buf);
void ui_export_end(const ui_export_out *out, nx_buf *buf);

#endif
