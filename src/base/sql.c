#include "nixie/sql.h"

#include <stdlib.h>
#include <string.h>

bool nx_value_equal(nx_value a, nx_value b) {
    if (!a.text || !b.text) {
        return a.text == b.text;
    }
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

nx_value nx_value_of(const char *s) { return s ? (nx_value){s, strlen(s)} : NX_NULL_VALUE; }

nx_value nx_value_copy(nx_arena *arena, nx_value v) {
    return v.text ? (nx_value){nx_arena_strndup(arena, v.text, v.len), v.len} : v;
}

void nx_sql_free(nx_sql *sql) {
    nx_buf_free(&sql->text);
    for (size_t i = 0; i < sql->nparams; i++) {
        free(sql->params[i]);
    }
    free(sql->params);
    *sql = (nx_sql)NX_SQL;
}

void nx_sql_add(nx_sql *sql, const char *literal) { nx_buf_adds(&sql->text, literal); }

void nx_sql_addf(nx_sql *sql, const char *format, ...) {
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&sql->text, format, args);
    va_end(args);
}

void nx_sql_ident(nx_sql *sql, const char *name) {
    nx_buf_addc(&sql->text, '"');
    for (const char *p = name; *p; p++) {
        if (*p == '"') {
            nx_buf_addc(&sql->text, '"');
        }
        nx_buf_addc(&sql->text, *p);
    }
    nx_buf_addc(&sql->text, '"');
}

void nx_sql_name(nx_sql *sql, const char *schema, const char *name) {
    nx_sql_ident(sql, schema);
    nx_buf_addc(&sql->text, '.');
    nx_sql_ident(sql, name);
}

void nx_sql_column(nx_sql *sql, const char *alias, const char *field) {
    nx_sql_add(sql, alias);
    nx_buf_addc(&sql->text, '.');
    nx_sql_ident(sql, field);
}

static void push(nx_sql *sql, char *value) {
    if (sql->nparams == sql->cap) {
        sql->cap = sql->cap ? sql->cap * 2 : 8;
        sql->params = nx_realloc(sql->params, sql->cap, sizeof *sql->params);
    }
    sql->params[sql->nparams++] = value;
}

void nx_sql_param(nx_sql *sql, nx_value value, const char *cast) {
    push(sql, value.text ? nx_strndup(value.text, value.len) : NULL);
    nx_buf_addf(&sql->text, "$%zu", sql->nparams);
    if (cast) {
        nx_buf_addf(&sql->text, "::%s", cast);
    }
}

void nx_sql_entry(nx_sql *sql, int i, int n) {
    enum { COLUMNS_MOST = 1600, RECORD = 1000 };
    if (n <= COLUMNS_MOST) {
        nx_sql_add(sql, i > 0 && i < n ? ", " : "");
        return;
    }
    sql->packed = true;
    nx_sql_add(sql, i == 0 ? "ROW(" : i == n ? ")" : i % RECORD == 0 ? "), ROW(" : ", ");
}

/* Where the next "$digits" outside quotes begins, or the end of the text. */
static const char *next_mark(const char *p) {
    for (char quote = '\0'; *p; p++) {
        if (quote) {
            quote = *p == quote ? '\0' : quote;
        } else if (*p == '"' || *p == '\'') {
            quote = *p;
        } else if (*p == '$' && p[1] >= '0' && p[1] <= '9') {
            return p;
        }
    }
    return p;
}

void nx_sql_append(nx_sql *sql, const nx_sql *other) {
    size_t base = sql->nparams;
    for (const char *p = other->text.data; *p;) {
        const char *mark = next_mark(p);
        nx_buf_add(&sql->text, p, (size_t)(mark - p));
        p = mark;
        if (*mark) {
            char *end;
            nx_buf_addf(&sql->text, "$%zu", base + strtoul(mark + 1, &end, 10));
            p = end;
        }
    }
    for (size_t i = 0; i < other->nparams; i++) {
        push(sql, nx_strdup(other->params[i]));
    }
}

void nx_sql_literal(nx_buf *buf, nx_value value) {
    if (!value.text) {
        nx_buf_adds(buf, "NULL");
        return;
    }
    bool escapes = memchr(value.text, '\\', value.len) != NULL;
    nx_buf_adds(buf, escapes ? "E'" : "'");
    for (size_t i = 0; i < value.len; i++) {
        char c = value.text[i];
        if (c == '\'' || c == '\\') {
            nx_buf_addc(buf, c);
        }
        nx_buf_addc(buf, c);
    }
    nx_buf_addc(buf, '\'');
}

char *nx_sql_readable(const nx_sql *sql) {
    nx_buf out = NX_BUF;
    for (const char *p = sql->text.data; *p;) {
        const char *mark = next_mark(p);
        nx_buf_add(&out, p, (size_t)(mark - p));
        p = mark;
        if (*mark) {
            char *end;
            size_t n = strtoul(mark + 1, &end, 10);
            nx_sql_literal(&out, n >= 1 && n <= sql->nparams ? nx_value_of(sql->params[n - 1]) : NX_NULL_VALUE);
            p = end;
        }
    }
    char *text = nx_buf_take(&out);
    return text ? text : nx_strdup("");
}
