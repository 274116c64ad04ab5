/* Statements for people: what the server needs to mistake nothing (qualified operators, collations, casts), a
 * reader does not. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statement.h"

typedef struct reader {
    const nx_change *change;
    const nx_sql *sql;
    const char *at;
    bool alias; /* t. says something: there are other tables in the statement */
    nx_buf out;
} reader;

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool starts(const reader *r, const char *what) { return strncmp(r->at, what, strlen(what)) == 0; }

static bool at_word(const reader *r) { return r->at == r->sql->text.data || !is_word(r->at[-1]); }

/* --- names -------------------------------------------------------------------------------------------- */

static int by_text(const void *key, const void *entry) { return strcmp(key, *(const char *const *)entry); }

/* PostgreSQL's reserved words (its appendix C), sorted. */
static bool reserved(const char *name) {
    static const char *const words[] = {
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary",
        "both", "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint", "create",
        "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
        "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end",
        "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike",
        "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like",
        "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or",
        "order", "outer", "overlaps", "placing", "primary", "references", "returning", "right", "select",
        "session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample", "then", "to",
        "trailing", "true", "union", "unique", "user", "using", "variadic", "verbose", "when", "where", "window",
        "with"};
    return bsearch(name, words, NX_COUNT(words), sizeof words[0], by_text) != NULL;
}

static bool plain_name(const char *name, size_t len) {
    char word[64];
    if (len == 0 || len >= sizeof word || (name[0] >= '0' && name[0] <= '9')) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_word(name[i]) || (name[i] >= 'A' && name[i] <= 'Z')) {
            return false;
        }
    }
    memcpy(word, name, len);
    word[len] = '\0';
    return !reserved(word);
}

/* Behind a quoted thing, its doubled quotes included. */
static const char *behind_quoted(const char *p) {
    char quote = *p++;
    while (*p && (*p != quote || p[1] == quote)) {
        p += *p == quote ? 2 : 1;
    }
    return *p ? p + 1 : p;
}

static void read_name(reader *r) {
    const char *end = behind_quoted(r->at);
    size_t len = (size_t)(end - r->at);
    bool plain = len > 2 && plain_name(r->at + 1, len - 2);
    nx_buf_add(&r->out, plain ? r->at + 1 : r->at, plain ? len - 2 : len);
    r->at = end;
}

/* --- values ------------------------------------------------------------------------------------------- */

/* Behind a type: names, quoted or not, with dots, and []. */
static const char *behind_type(const char *p) {
    while (*p == '"' || *p == '.' || is_word(*p) || *p == '[' || *p == ']') {
        p = *p == '"' ? behind_quoted(p) : p + 1;
    }
    return p;
}

static bool number_type(const char *type, size_t len) {
    static const char *const types[] = {"\"int2\"", "\"int4\"", "\"int8\"", "\"numeric\"", "\"float4\"", "\"float8\"",
                                        "\"oid\"",  ".int2",    ".int4",    ".int8"};
    for (size_t i = 0; i < NX_COUNT(types); i++) {
        size_t n = strlen(types[i]);
        if (len > n && memcmp(type + len - n, types[i], n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_number(const char *text) {
    size_t digits = strspn(text + (*text == '-'), "0123456789.");
    return digits > 0 && digits < 40 && text[digits + (*text == '-')] == '\0';
}

static void read_value(reader *r) {
    char *end;
    size_t n = strtoul(r->at + 1, &end, 10);
    nx_value value = n >= 1 && n <= r->sql->nparams ? nx_value_of(r->sql->params[n - 1]) : NX_NULL_VALUE;
    const char *type = strncmp(end, "::", 2) == 0 ? end + 2 : end;
    r->at = behind_type(type);
    if (value.text && type > end && number_type(type, (size_t)(r->at - type)) && is_number(value.text)) {
        nx_buf_add(&r->out, value.text, value.len);
    } else {
        nx_sql_literal(&r->out, value);
    }
}

#define CARRIED "pg_catalog.substr(NULLIF(pg_catalog.current_setting('nixie.record_"

/* What a new record will have has no value yet. */
static void read_carried(reader *r) {
    uint64_t record = 0;
    int number = 0;
    sscanf(r->at + strlen(CARRIED), "%" SCNu64 "_%d", &record, &number);
    for (int i = 0; i < r->change->nassignments; i++) {
        const nx_assignment *a = &r->change->assignments[i];
        if (a->kind == NX_NEW_REFERENCE && a->record == record && a->record_field->number == number) {
            nx_buf_addf(&r->out, "<%s of the new %s>", nx_field_title(a->record_field), a->record_field->model->title);
            break;
        }
    }
    const char *end = strstr(r->at, "2)::");
    r->at = end ? behind_type(end + 4) : r->at + strlen(r->at);
}

/* --- the rest ------------------------------------------------------------------------------------------- */

static void read_operator(reader *r) {
    const char *open = r->at + strlen("OPERATOR("), *close = strchr(open, ')');
    const char *from = open;
    for (const char *p = open; close && p < close; p++) {
        from = *p == '.' ? p + 1 : from;
    }
    nx_buf_add(&r->out, from, close ? (size_t)(close - from) : strlen(from));
    r->at = close ? close + 1 : from + strlen(from);
}

/* What is left out. */
static bool skip(reader *r) {
    static const char collate[] = " COLLATE pg_catalog.\"C\"", schema[] = "pg_catalog.", alias[] = " AS t";
    if (starts(r, collate)) {
        r->at += sizeof collate - 1;
    } else if (starts(r, schema) && at_word(r)) {
        r->at += sizeof schema - 1;
    } else if (starts(r, "::")) {
        r->at = behind_type(r->at + 2);
    } else if (!r->alias && starts(r, alias) && !is_word(r->at[sizeof alias - 1])) {
        r->at += sizeof alias - 1;
    } else if (!r->alias && starts(r, "t.") && at_word(r)) {
        r->at += 2;
    } else {
        return false;
    }
    return true;
}

static void read_one(reader *r) {
    if (*r->at == '"') {
        read_name(r);
    } else if (*r->at == '\'') {
        const char *end = behind_quoted(r->at);
        nx_buf_add(&r->out, r->at, (size_t)(end - r->at));
        r->at = end;
    } else if (*r->at == '$') {
        read_value(r);
    } else if (starts(r, CARRIED)) {
        read_carried(r);
    } else if (starts(r, "OPERATOR(") && at_word(r)) {
        read_operator(r);
    } else if (!skip(r)) {
        nx_buf_addc(&r->out, *r->at++);
    }
}

char *nx_change_readable(const nx_change *change) {
    nx_sql sql = NX_SQL;
    nx_statement_write(&sql, change);
    reader r = {.change = change, .sql = &sql, .at = sql.text.data, .out = NX_BUF};
    r.alias = strstr(sql.text.data, "SELECT ") != NULL;
    while (*r.at) {
        read_one(&r);
    }
    nx_sql_free(&sql);
    char *text = nx_buf_take(&r.out);
    return text ? text : nx_strdup("");
}

char *nx_change_exact(const nx_change *change) {
    nx_sql sql = NX_SQL;
    nx_statement_write(&sql, change);
    char *text = nx_sql_readable(&sql);
    nx_sql_free(&sql);
    return text;
}
