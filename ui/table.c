/* Tables of text and CSV. */
#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"
#include "output.h"

typedef struct column {
    char *name; /* sanitised; NULL when it has none */
    bool right;
    int width;
} column;

struct ui_table {
    int ncolumns;
    column *columns;
    char **cells; /* sanitised, row by row */
    size_t ncells, cap;
};

/* Would it be mistaken for something else, or could its ends not be seen? */
static bool needs_quotes(nx_value v) {
    if (v.len == 0) {
        return true;
    }
    bool blank_ends = v.text[0] == ' ' || v.text[v.len - 1] == ' ';
    return blank_ends || v.text[0] == '\'' || (v.len == 4 && memcmp(v.text, "NULL", 4) == 0);
}

void ui_text_value(nx_buf *out, nx_value value, int columns) {
    if (nx_is_null(value)) {
        nx_buf_adds(out, "NULL");
        return;
    }
    if (!needs_quotes(value)) {
        nx_text_sanitise(out, value.text, value.len, columns);
        return;
    }
    nx_buf quoted = NX_BUF;
    nx_buf_addc(&quoted, '\'');
    for (size_t i = 0; i < value.len; i++) {
        nx_buf_add(&quoted, value.text + i, 1);
        if (value.text[i] == '\'') {
            nx_buf_addc(&quoted, '\'');
        }
    }
    nx_buf_addc(&quoted, '\'');
    nx_text_sanitise(out, quoted.data, quoted.len, columns);
    nx_buf_free(&quoted);
}

ui_table *ui_table_new(int ncolumns) {
    ui_table *table = nx_calloc(1, sizeof *table);
    table->ncolumns = ncolumns;
    table->columns = nx_calloc((size_t)ncolumns + 1, sizeof *table->columns);
    return table;
}

void ui_table_free(ui_table *table) {
    if (!table) {
        return;
    }
    for (int i = 0; i < table->ncolumns; i++) {
        free(table->columns[i].name);
    }
    for (size_t i = 0; i < table->ncells; i++) {
        free(table->cells[i]);
    }
    free(table->columns);
    free(table->cells);
    free(table);
}

static char *shown(const char *text) {
    nx_buf buf = NX_BUF;
    nx_text_sanitise(&buf, text, strlen(text), -1);
    char *copy = nx_buf_take(&buf);
    return copy ? copy : nx_strdup("");
}

static void widen(column *c, const char *text) {
    int width = nx_text_width(text, strlen(text));
    if (width > c->width) {
        c->width = width;
    }
}

void ui_table_head(ui_table *table, int i, const char *name, bool right) {
    column *c = &table->columns[i];
    free(c->name);
    c->name = name ? shown(name) : NULL;
    c->right = right;
    if (c->name) {
        widen(c, c->name);
    }
}

static void add_cell(ui_table *table, char *owned) {
    if (table->ncells == table->cap) {
        table->cap = table->cap ? table->cap * 2 : 64;
        table->cells = nx_realloc(table->cells, table->cap, sizeof *table->cells);
    }
    widen(&table->columns[table->ncells % (size_t)table->ncolumns], owned);
    table->cells[table->ncells++] = owned;
}

void ui_table_cell(ui_table *table, const char *text) { add_cell(table, shown(text ? text : "")); }

void ui_table_shown(ui_table *table, const nx_buf *text) { add_cell(table, nx_strdup(text->data)); }

void ui_table_value(ui_table *table, nx_value value, int columns) {
    nx_buf buf = NX_BUF;
    ui_text_value(&buf, value, columns);
    ui_table_shown(table, &buf);
    nx_buf_free(&buf);
}

static void spaces(nx_buf *out, int n) {
    while (n-- > 0) {
        nx_buf_addc(out, ' ');
    }
}

static void drop_trailing_blanks(nx_buf *out) {
    while (out->len && out->data[out->len - 1] == ' ') {
        out->data[--out->len] = '\0';
    }
}

static void put_cell(nx_buf *out, const column *c, const char *text) {
    int gap = c->width - nx_text_width(text, strlen(text));
    spaces(out, c->right ? gap : 0);
    nx_buf_adds(out, text);
    spaces(out, c->right ? 0 : gap);
}

static void put_head(const ui_table *table, const char *indent, nx_buf *out) {
    nx_buf_adds(out, indent);
    for (int i = 0; i < table->ncolumns; i++) {
        spaces(out, i ? 2 : 0);
        put_cell(out, &table->columns[i], table->columns[i].name ? table->columns[i].name : "");
    }
    drop_trailing_blanks(out);
    nx_buf_addc(out, '\n');
    nx_buf_adds(out, indent);
    for (int i = 0; i < table->ncolumns; i++) {
        spaces(out, i ? 2 : 0);
        for (int k = 0; k < table->columns[i].width; k++) {
            nx_buf_addc(out, '-');
        }
    }
    nx_buf_addc(out, '\n');
}

void ui_table_print(const ui_table *table, const char *indent, nx_buf *out) {
    if (table->ncolumns && table->columns[0].name) {
        put_head(table, indent, out);
    }
    size_t n = (size_t)table->ncolumns;
    for (size_t i = 0; n && i + n <= table->ncells; i += n) {
        nx_buf_adds(out, indent);
        for (size_t k = 0; k < n; k++) {
            spaces(out, k ? 2 : 0);
            put_cell(out, &table->columns[k], table->cells[i + k]);
        }
        drop_trailing_blanks(out);
        nx_buf_addc(out, '\n');
    }
}

static bool is_formula(nx_value v) { return v.len && strchr("=+-@\t\r", v.text[0]); }

void ui_csv_value(nx_buf *out, nx_value value, bool safe) {
    if (nx_is_null(value)) {
        return;
    }
    bool guard = safe && is_formula(value);
    bool quote = value.len == 0 || guard || value.text[0] == ' ' || value.text[value.len - 1] == ' ';
    for (size_t i = 0; i < value.len && !quote; i++) {
        quote = value.text[i] && strchr(",\"\r\n", value.text[i]);
    }
    if (quote) {
        nx_buf_addc(out, '"');
    }
    if (guard) {
        nx_buf_addc(out, '\'');
    }
    for (size_t i = 0; i < value.len; i++) {
        nx_buf_add(out, value.text + i, 1);
        if (value.text[i] == '"') {
            nx_buf_addc(out, '"');
        }
    }
    if (quote) {
        nx_buf_addc(out, '"');
    }
}
