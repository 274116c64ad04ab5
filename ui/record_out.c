#include "record_out.h"

#include <stdlib.h>
#include <string.h>

#include "json_out.h"
#include "nixie/text.h"
#include "output.h"
#include "page_out.h"
#include "words.h"

static void add_lists(const nx_tree *tree, int row, nx_buf *out);

/* {"model","record","relations"} of one of the tree's records. */
static void add_record(const nx_tree *tree, int row, nx_buf *out) {
    nx_buf_addc(out, '{');
    ui_json_text(out, "model", nx_query_model(tree->query)->title);
    ui_json_key(out, "record");
    ui_row_json(tree->query, &tree->page->rows[row], out);
    ui_json_key(out, "relations");
    nx_buf_addc(out, '{');
    add_lists(tree, row, out);
    nx_buf_adds(out, "}}");
}

static int rows_in(const nx_tree *tree) { return tree->page ? tree->page->nrows : 0; }

static void many_json(const nx_tree *tree, nx_buf *out) {
    int n = rows_in(tree);
    nx_buf_adds(out, "{\"rows\":[");
    for (int i = 0; i < n; i++) {
        ui_json_line(out);
        add_record(tree, i, out);
    }
    nx_buf_addc(out, ']');
    char *next = n && tree->page->more_after ? nx_cursor_encode(tree->query, &tree->page->rows[n - 1].cursor) : NULL;
    ui_json_text(out, "next", next);
    nx_buf_addc(out, '}');
    free(next);
}

static void add_lists(const nx_tree *tree, int row, nx_buf *out) {
    for (int i = 0; i < tree->nincluded; i++) {
        const nx_tree *list = &tree->included[row * tree->nincluded + i];
        ui_json_key(out, list->include->relation->name);
        if (!ui_relation_is_one(list->include->relation)) {
            many_json(list, out);
        } else if (rows_in(list)) {
            add_record(list, 0, out);
        } else {
            nx_buf_adds(out, "null");
        }
    }
}

void ui_tree_json(const nx_tree *tree, nx_buf *out) {
    add_record(tree, 0, out);
    nx_buf_addc(out, '\n');
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

static void text_lists(const nx_tree *tree, int row, int indent, nx_buf *out);

/* A table where the records have nothing beneath them, else each with what is. */
static void text_many(const nx_tree *list, int indent, nx_buf *out) {
    nx_buf blanks = NX_BUF;
    spaces(&blanks, indent);
    if (list->nincluded == 0) {
        ui_page_table(list->query, list->page, blanks.data, out);
    }
    for (int i = 0; list->nincluded && i < list->page->nrows; i++) {
        nx_buf_adds(out, i ? "\n" : "");
        add_fields(list->query, &list->page->rows[i], indent, out);
        text_lists(list, i, indent + 2, out);
    }
    nx_buf_free(&blanks);
}

static void text_list(const nx_tree *list, int indent, nx_buf *out) {
    const nx_relation *relation = list->include->relation;
    int n = rows_in(list);
    nx_buf_addc(out, '\n');
    spaces(out, indent);
    nx_text_plain(out, relation->name, strlen(relation->name), false);
    nx_buf_adds(out, " -> ");
    nx_text_plain(out, relation->target->title, strlen(relation->target->title), false);
    if (!n) {
        nx_buf_adds(out, ": none\n");
    } else if (ui_relation_is_one(relation)) {
        nx_buf_addc(out, '\n');
        add_fields(list->query, &list->page->rows[0], indent + 2, out);
        text_lists(list, 0, indent + 2, out);
    } else {
        nx_buf_addf(out, ": %s%d\n", list->page->more_after ? "the first " : "", n);
        text_many(list, indent + 2, out);
    }
}

static void text_lists(const nx_tree *tree, int row, int indent, nx_buf *out) {
    for (int i = 0; i < tree->nincluded; i++) {
        text_list(&tree->included[row * tree->nincluded + i], indent, out);
    }
}

void ui_tree_text(const nx_tree *tree, nx_buf *out) {
    const char *title = nx_query_model(tree->query)->title;
    nx_text_plain(out, title, strlen(title), false);
    nx_buf_addc(out, '\n');
    add_fields(tree->query, &tree->page->rows[0], 2, out);
    text_lists(tree, 0, 0, out);
}
