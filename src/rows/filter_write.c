/* Writing the language: names, texts, and the tests that keys make. */
#include "filter_tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool plain_name(const char *name) {
    static const char *const keywords[] = {"and", "or", "not", "in", "between", "is", "null"};
    for (size_t i = 0; i < NX_COUNT(keywords); i++) {
        if (strcasecmp(name, keywords[i]) == 0) {
            return false;
        }
    }
    nx_arena *arena = nx_arena_new(0);
    token t = nx_filter_token(name, 0, LEX_NAME, arena);
    bool plain = t.kind == TOKEN_WORD && t.end - t.start == strlen(name);
    nx_arena_free(arena);
    return plain;
}

void nx_filter_add_quoted(nx_buf *buf, char quote, const char *s, size_t len) {
    nx_buf_addc(buf, quote);
    for (size_t i = 0; i < len; i++) {
        if (s[i] == quote) {
            nx_buf_addc(buf, quote);
        }
        nx_buf_addc(buf, s[i]);
    }
    nx_buf_addc(buf, quote);
}

void nx_filter_add_name(nx_buf *buf, const char *name) {
    if (plain_name(name)) {
        nx_buf_adds(buf, name);
    } else {
        nx_filter_add_quoted(buf, '`', name, strlen(name));
    }
}

void nx_filter_add_field(nx_buf *buf, const nx_field *field) { nx_filter_add_name(buf, nx_field_title(field)); }

/* A boolean reads as true or false, not as a text. */
static void add_value(nx_buf *buf, const nx_field *field, nx_value value) {
    if (field->class == NX_TYPE_BOOL && value.len > 0) {
        nx_buf_adds(buf, value.text[0] == 't' ? "true" : "false");
    } else {
        nx_filter_add_quoted(buf, '\'', value.text, value.len);
    }
}

/* Makes what is there one operand of an "and". */
static void close_operand(nx_buf *buf, const nx_model *model) {
    nx_error none = NX_ERROR;
    nx_filter *filter = nx_filter_parse(model, buf->data, &none);
    nx_error_clear(&none);
    if (filter && nx_filter_is_empty(filter)) {
        nx_buf_clear(buf);
    } else if (!filter || (filter->root->kind == NODE_OR && !filter->root->closed)) {
        char *before = nx_strdup(buf->data);
        nx_buf_clear(buf);
        nx_buf_addf(buf, "(%s)", before);
        free(before);
    }
    nx_filter_free(filter);
}

void nx_filter_add_count(nx_buf *buf, const nx_relation *relation, const char *op, int64_t count) {
    close_operand(buf, relation->model);
    nx_buf_adds(buf, buf->len ? " and " : "");
    nx_filter_add_name(buf, relation->name);
    nx_buf_addf(buf, ".count %s %lld", op, (long long)count);
}

void nx_filter_add_test(nx_buf *buf, const nx_field *field, nx_value value, bool without) {
    close_operand(buf, field->model);
    nx_buf_adds(buf, buf->len ? " and " : "");
    bool both = without && !nx_is_null(value) && field->nullable;
    nx_buf_adds(buf, both ? "(" : "");
    nx_filter_add_field(buf, field);
    if (nx_is_null(value)) {
        nx_buf_adds(buf, without ? " is not null" : " is null");
        return;
    }
    nx_buf_adds(buf, without ? " != " : " = ");
    add_value(buf, field, value);
    if (both) {
        nx_buf_adds(buf, " or ");
        nx_filter_add_field(buf, field);
        nx_buf_adds(buf, " is null)");
    }
}
