#include "record_out.h"

#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "nixie/text.h"
#include "output.h"
#include "page_out.h"
#include "words.h"

/* {"model","record","relations"} without the last brace's contents. */
static void open_record(const nx_query *query, const nx_row *row, nx_buf *out) {
    nx_buf_addc(out, '{');
    ui_json_text(out, "model", nx_query_model(query)->title);
    ui_json_key(out, "record");
    ui_row_json(query, row, out);
    ui_json_key(out, "relations");
    nx_buf_addc(out, '{');
}

static void leaf_record(const nx_query *query, const nx_row *row, nx_buf *out) {
    open_record(query, row, out);
    nx_buf_adds(out, "}}");
}

static void one_json(const ui_included *in, nx_buf *out) {
    if (in->page && in->page->nrows) {
        leaf_record(in->query, &in->page->rows[0], out);
    } else {
        nx_buf_adds(out, "null");
    }
}

static void many_json(const ui_included *in, nx_buf *out) {
    int n = in->page ? in->page->nrows : 0;
    nx_buf_adds(out, "{\"rows\":[");
    for (int i = 0; i < n; i++) {
        ui_json_line(out);
        leaf_record(in->query, &in->page->rows[i], out);
    }
    nx_buf_addc(out, ']');
    char *next = n && in->page->more_after ? nx_cursor_encode(in->query, &in->page->rows[n - 1].cursor) : NULL;
    ui_json_text(out, "next", next);
    nx_buf_addc(out, '}');
    free(next);
}

void ui_record_json(const ui_record *record, nx_buf *out) {
    open_record(record->query, record->row, out);
    for (int i = 0; i < record->nincluded; i++) {
        const ui_included *in = &record->included[i];
        ui_json_key(out, in->relation->name);
        ui_relation_is_one(in->relation) ? one_json(in, out) : many_json(in, out);
    }
    nx_buf_adds(out, "}}\n");
}

static void spaces(nx_buf *out, int n) {
    while (n-- > 0) {
        nx_buf_addc(out, ' ');
    }
}

/* A whole value; its further lines stand under its first one. */
static void add_value(nx_buf *out, nx_value value, int indent) {
    const char *newline = value.text ? memchr(value.text, '\n', value.len) : NULL;
    if (!newline) {
        ui_text_value(out, value, -1);
        return;
    }
    const char *p = value.text, *end = value.text + value.len;
    for (; newline; newline = memchr(p, '\n', (size_t)(end - p))) {
        nx_text_sanitise(out, p, (size_t)(newline - p), -1);
        nx_buf_addc(out, '\n');
        spaces(out, indent);
        p = newline + 1;
    }
    nx_text_sanitise(out, p, (size_t)(end - p), -1);
}

static void add_fields(const nx_query *query, const nx_row *row, int indent, nx_buf *out) {
    int width = 0;
    for (int i = 0; i < nx_query_nfields(query); i++) {
        const char *name = nx_field_title(nx_query_field(query, i));
        int w = nx_text_width(name, strlen(name));
        width = w > width ? w : width;
    }
    for (int i = 0; i < nx_query_nfields(query); i++) {
        const char *name = nx_field_title(nx_query_field(query, i));
        spaces(out, indent);
        int w = nx_text_sanitise(out, name, strlen(name), -1);
        spaces(out, width - w + 2);
        add_value(out, row->cells[i].value, indent + width + 2);
        nx_buf_addc(out, '\n');
    }
}

static void add_relation(const ui_included *in, nx_buf *out) {
    int n = in->page ? in->page->nrows : 0;
    nx_buf_addc(out, '\n');
    nx_text_plain(out, in->relation->name, strlen(in->relation->name), false);
    nx_buf_adds(out, " -> ");
    nx_text_plain(out, in->relation->target->title, strlen(in->relation->target->title), false);
    if (!n) {
        nx_buf_adds(out, ": none\n");
    } else if (ui_relation_is_one(in->relation)) {
        nx_buf_addc(out, '\n');
        add_fields(in->query, &in->page->rows[0], 2, out);
    } else {
        nx_buf_addf(out, ": %s%d\n", in->page->more_after ? "the first " : "", n);
        ui_page_table(in->query, in->page, "  ", out);
    }
}

void ui_record_text(const ui_record *record, nx_buf *out) {
    const char *title = nx_query_model(record->query)->title;
    nx_text_plain(out, title, strlen(title), false);
    nx_buf_addc(out, '\n');
    add_fields(record->query, record->row, 2, out);
    for (int i = 0; i < record->nincluded; i++) {
        add_relation(&record->included[i], out);
    }
}
