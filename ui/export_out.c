#include "export_out.h"

#include <stdlib.h>

#include "nixie/copy.h"
#include "nixie/text.h"
#include "output.h"
#include "page_out.h"

static void add_csv_head(const ui_export_out *out, const nx_query *query, nx_buf *buf) {
    for (int i = 0; i < nx_query_nfields(query); i++) {
        nx_buf_adds(buf, i ? "," : "");
        ui_csv_value(buf, nx_value_of(nx_field_title(nx_query_field(query, i))), out->safe);
    }
    nx_buf_addc(buf, '\n');
}

static void add_csv_row(const ui_export_out *out, const nx_query *query, const nx_row *row, nx_buf *buf) {
    for (int i = 0; i < nx_query_nfields(query); i++) {
        /* A number is no formula, even when it begins with a minus. */
        bool guard = out->safe && nx_query_field(query, i)->class != NX_TYPE_NUMBER;
        nx_buf_adds(buf, i ? "," : "");
        ui_csv_value(buf, row->cells[i].value, guard);
    }
    nx_buf_addc(buf, '\n');
}

static void add_insert(const nx_query *query, const nx_row *row, nx_buf *buf) {
    int n = nx_query_nfields(query);
    nx_field **fields = nx_calloc((size_t)n + 1, sizeof *fields);
    for (int i = 0; i < n; i++) {
        fields[i] = nx_query_field(query, i);
    }
    nx_copy_insert(buf, fields, row->cells, n);
    nx_buf_addc(buf, '\n');
    free(fields);
}

/* JSON escapes for itself what a terminal would obey. */
static void guard_terminal(const ui_export_out *out, size_t from, nx_buf *buf) {
    if (!out->terminal || out->format == UI_FORMAT_JSON || buf->len == from) {
        return;
    }
    nx_buf exact = NX_BUF;
    nx_buf_add(&exact, buf->data + from, buf->len - from);
    buf->len = from;
    nx_text_plain(buf, exact.data, exact.len, true);
    nx_buf_free(&exact);
}

void ui_export_begin(const ui_export_out *out, const nx_query *query, nx_buf *buf) {
    size_t from = buf->len;
    if (out->format == UI_FORMAT_CSV) {
        add_csv_head(out, query, buf);
    } else if (out->format == UI_FORMAT_JSON) {
        nx_buf_adds(buf, "[");
    }
    guard_terminal(out, from, buf);
}

void ui_export_page(ui_export_out *out, const nx_query *query, const nx_page *page, nx_buf *buf) {
    size_t from = buf->len;
    for (int r = 0; r < page->nrows; r++) {
        const nx_row *row = &page->rows[r];
        if (out->format == UI_FORMAT_CSV) {
            add_csv_row(out, query, row, buf);
        } else if (out->format == UI_FORMAT_JSON) {
            nx_buf_adds(buf, out->rows ? ",\n" : "\n");
            ui_row_json(query, row, buf);
        } else {
            add_insert(query, row, buf);
        }
        out->rows++;
    }
    guard_terminal(out, from, buf);
}

void ui_export_end(const ui_export_out *out, nx_buf *buf) {
    if (out->format == UI_FORMAT_JSON) {
        nx_buf_adds(buf, out->rows ? "\n]\n" : "]\n");
    }
}
