#include "nixie/copy.h"

#include <stdlib.h>
#include <string.h>

#include "nixie/json.h"

void nx_copy_json(nx_buf *out, nx_field *const *fields, const nx_cell *cells, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, i ? ", " : "{");
        nx_json_cstring(out, nx_field_title(fields[i]));
        nx_buf_adds(out, ": ");
        nx_json_value(out, cells[i].value);
    }
    nx_buf_adds(out, n ? "}" : "{}");
}

/* NULL is empty, '' is "" (as COPY ... CSV writes them). */
static void csv_value(nx_buf *out, nx_value v) {
    bool quote = !nx_is_null(v) && (v.len == 0 || strpbrk(v.text, ",\"\r\n") || v.text[0] == ' ');
    if (!quote) {
        nx_buf_add(out, v.text ? v.text : "", v.len);
        return;
    }
    nx_buf_addc(out, '"');
    for (size_t i = 0; i < v.len; i++) {
        nx_buf_adds(out, v.text[i] == '"' ? "\"" : "");
        nx_buf_addc(out, v.text[i]);
    }
    nx_buf_addc(out, '"');
}

void nx_copy_csv(nx_buf *out, nx_field *const *fields, const nx_cell *cells, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, i ? "," : "");
        csv_value(out, nx_value_of(nx_field_title(fields[i])));
    }
    nx_buf_adds(out, "\n");
    nx_copy_csv_row(out, cells, n);
}

void nx_copy_csv_row(nx_buf *out, const nx_cell *cells, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_adds(out, i ? "," : "");
        csv_value(out, cells[i].value);
    }
    nx_buf_adds(out, "\n");
}

/* Generated fields cannot be given and identity ALWAYS would be refused: the statement leaves the
 * former out and overrides the latter, so that it makes the same record elsewhere. */
void nx_copy_insert(nx_buf *out, nx_field *const *fields, const nx_cell *cells, int n) {
    nx_sql sql = NX_SQL;
    bool always = false, first = true;
    nx_sql_add(&sql, "INSERT INTO ");
    nx_sql_name(&sql, fields[0]->model->schema, fields[0]->model->name);
    nx_sql_add(&sql, " (");
    for (int i = 0; i < n; i++) {
        if (!fields[i]->generated) {
            nx_sql_add(&sql, first ? "" : ", ");
            nx_sql_ident(&sql, fields[i]->name);
            always |= fields[i]->identity == 'a';
            first = false;
        }
    }
    nx_sql_add(&sql, always ? ") OVERRIDING SYSTEM VALUE VALUES (" : ") VALUES (");
    first = true;
    for (int i = 0; i < n; i++) {
        if (!fields[i]->generated) {
            nx_sql_add(&sql, first ? "" : ", ");
            nx_sql_param(&sql, cells[i].value, NULL);
            first = false;
        }
    }
    nx_sql_add(&sql, ");");
    char *text = nx_sql_readable(&sql);
    nx_buf_adds(out, text);
    free(text);
    nx_sql_free(&sql);
}
