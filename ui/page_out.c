#include "page_out.h"

#include <string.h>

#include "json_out.h"
#include "nixie/text.h"
#include "output.h"

enum { CELL_COLUMNS = 48 };

void ui_row_json(const nx_query *query, const nx_row *row, nx_buf *out) {
    nx_buf_addc(out, '{');
    for (int i = 0; i < nx_query_nfields(query); i++) {
        ui_json_key(out, nx_field_title(nx_query_field(query, i)));
        nx_json_value(out, row->cells[i].value);
    }
    nx_buf_addc(out, '}');
}

void ui_page_csv(const nx_query *query, const nx_page *page, bool safe, nx_buf *out) {
    int n = nx_query_nfields(query);
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, i ? "," : "");
        ui_csv_value(out, nx_value_of(nx_field_title(nx_query_field(query, i))), safe);
    }
    nx_buf_addc(out, '\n');
    for (int r = 0; r < page->nrows; r++) {
        for (int i = 0; i < n; i++) {
            /* A number is no formula, even when it begins with a minus. */
            bool guard = safe && nx_query_field(query, i)->class != NX_TYPE_NUMBER;
            nx_buf_adds(out, i ? "," : "");
            ui_csv_value(out, page->rows[r].cells[i].value, guard);
        }
        nx_buf_addc(out, '\n');
    }
}

static void add_size(nx_buf *text, const nx_cell *cell) {
    if (cell->size >= 0) {
        nx_buf_addf(text, "(%lld bytes)", (long long)cell->size);
    } else {
        nx_buf_adds(text, "(large)");
    }
}

static void add_cell(ui_table *table, const nx_cell *cell) {
    nx_buf text = NX_BUF;
    if (cell->withheld) {
        add_size(&text, cell);
    } else {
        ui_text_value(&text, cell->value, CELL_COLUMNS);
    }
    if (cell->label && !nx_is_null(cell->value)) {
        nx_buf_adds(&text, " -> ");
        nx_text_sanitise(&text, cell->label, strlen(cell->label), CELL_COLUMNS);
    }
    ui_table_shown(table, &text);
    nx_buf_free(&text);
}

void ui_page_table(const nx_query *query, const nx_page *page, const char *indent, nx_buf *out) {
    int n = nx_query_nfields(query);
    ui_table *table = ui_table_new(n);
    for (int i = 0; i < n; i++) {
        const nx_field *field = nx_query_field(query, i);
        ui_table_head(table, i, nx_field_title(field), field->class == NX_TYPE_NUMBER && !nx_field_foreign_key(field));
    }
    for (int r = 0; r < page->nrows; r++) {
        for (int i = 0; i < n; i++) {
            add_cell(table, &page->rows[r].cells[i]);
        }
    }
    ui_table_print(table, indent, out);
    ui_table_free(table);
}
