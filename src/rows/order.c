#include "query.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The text being read. A word is a run without blanks, commas and quotes; names with such characters stand in
 * backquotes or double quotes, doubled to stand for themselves. */
typedef struct reader {
    const char *text, *at;
    nx_buf word;
    size_t word_at; /* where the last word begins */
} reader;

static int position_of(const reader *r, size_t byte) {
    int n = 1;
    for (size_t i = 0; i < byte; i++) {
        n += ((unsigned char)r->text[i] & 0xC0) != 0x80;
    }
    return n;
}

static void skip_blanks(reader *r) { r->at += strspn(r->at, " \t\r\n"); }

static bool read_quoted(reader *r, nx_error *err) {
    char quote = *r->at++;
    for (; *r->at; r->at++) {
        if (*r->at == quote && *++r->at != quote) {
            return true;
        }
        nx_buf_addc(&r->word, *r->at);
    }
    nx_error_set(err, NX_ERR_USAGE, "the quote in the order is not closed");
    nx_error_hint(err, "end the name with %c", quote);
    return false;
}

/* The next word; empty at a comma or the end. */
static bool read_word(reader *r, nx_error *err) {
    skip_blanks(r);
    nx_buf_clear(&r->word);
    r->word_at = (size_t)(r->at - r->text);
    if (*r->at == '`' || *r->at == '"') {
        return read_quoted(r, err);
    }
    size_t len = strcspn(r->at, " \t\r\n,`\"");
    nx_buf_add(&r->word, r->at, len);
    r->at += len;
    return true;
}

static bool word_is(const reader *r, const char *keyword) { return strcasecmp(r->word.data, keyword) == 0; }

static bool refuse_word(const reader *r, nx_error *err, const char *expected) {
    if (r->word.len) {
        nx_error_set(err, NX_ERR_USAGE, "\"%s\" was not expected in the order", r->word.data);
    } else {
        nx_error_set(err, NX_ERR_USAGE, "the order ends too early");
    }
    nx_error_hint(err, "expected %s, as in: createdAt desc nulls last, id", expected);
    return false;
}

static bool read_nulls(reader *r, nx_order_term *term, nx_error *err) {
    if (!read_word(r, err)) {
        return false;
    }
    if (word_is(r, "first") || word_is(r, "last")) {
        term->nulls = word_is(r, "first") ? NX_NULLS_FIRST : NX_NULLS_LAST;
        return read_word(r, err);
    }
    return refuse_word(r, err, "\"first\" or \"last\"");
}

/* What follows the name: the reader stands behind it, and then at a comma or the end. */
static bool read_direction(reader *r, nx_order_term *term, nx_error *err) {
    if (!read_word(r, err)) {
        return false;
    }
    if (word_is(r, "asc") || word_is(r, "desc")) {
        term->desc = word_is(r, "desc");
        if (!read_word(r, err)) {
            return false;
        }
    }
    if (word_is(r, "nulls") && !read_nulls(r, term, err)) {
        return false;
    }
    return r->word.len == 0 || refuse_word(r, err, "asc, desc, nulls first, nulls last or a comma");
}

static bool check_field(const nx_field *field, const nx_order *order, nx_error *err) {
    if (!field->can_select) {
        nx_error_set(err, NX_ERR_REFUSED, "you may not read \"%s\", so it cannot sort", field->name);
    } else if (!field->sortable || !field->op_lt || !field->op_gt || !field->op_eq) {
        nx_error_set(err, NX_ERR_REFUSED, "\"%s\" cannot be sorted: type %s has no order", field->name, field->type);
    } else if (nx_order_place(order, field)) {
        nx_error_set(err, NX_ERR_USAGE, "\"%s\" stands twice in the order", field->name);
    } else if (order->nterms == NX_ORDER_MAX) {
        nx_error_set(err, NX_ERR_USAGE, "an order has at most %d fields", NX_ORDER_MAX);
    } else {
        return true;
    }
    return false;
}

static bool read_term(reader *r, const nx_model *model, nx_order *order, nx_error *err) {
    if (!read_word(r, err) || (r->word.len == 0 && !refuse_word(r, err, "a field"))) {
        return false;
    }
    nx_order_term term = {.field = nx_model_find_field(model, r->word.data, err)};
    if (!term.field || !check_field(term.field, order, err) || !read_direction(r, &term, err)) {
        return false;
    }
    order->terms[order->nterms++] = term;
    return true;
}

static bool read_terms(reader *r, const nx_model *model, nx_order *order, nx_error *err) {
    skip_blanks(r);
    if (!*r->at) {
        return true;
    }
    while (read_term(r, model, order, err)) {
        skip_blanks(r);
        if (!*r->at) {
            return true;
        }
        r->at++; /* the comma: read_direction stops nowhere else */
    }
    return false;
}

bool nx_order_parse(const nx_model *model, const char *text, nx_order *order, nx_error *err) {
    nx_order read = {.nterms = 0};
    reader r = {.text = text ? text : "", .at = text ? text : "", .word = NX_BUF};
    bool ok = read_terms(&r, model, &read, err);
    if (ok) {
        *order = read;
    } else {
        err->position = position_of(&r, r.word_at);
    }
    nx_buf_free(&r.word);
    return ok;
}

static void add_name(nx_buf *out, const char *name) {
    if (*name && !strpbrk(name, " \t\r\n,`\"")) {
        nx_buf_adds(out, name);
        return;
    }
    nx_buf_addc(out, '`');
    for (const char *p = name; *p; p++) {
        nx_buf_adds(out, *p == '`' ? "`" : "");
        nx_buf_addc(out, *p);
    }
    nx_buf_addc(out, '`');
}

char *nx_order_text(const nx_order *order) {
    static const char *const nulls[] = {"", " nulls first", " nulls last"};
    nx_buf out = NX_BUF;
    for (int i = 0; i < order->nterms; i++) {
        const nx_order_term *term = &order->terms[i];
        nx_buf_adds(&out, i ? ", " : "");
        add_name(&out, term->field->name);
        nx_buf_adds(&out, term->desc ? " desc" : "");
        nx_buf_adds(&out, nulls[term->nulls]);
    }
    char *text = nx_buf_take(&out);
    return text ? text : nx_strdup("");
}

int nx_order_place(const nx_order *order, const nx_field *field) {
    for (int i = 0; i < order->nterms; i++) {
        if (order->terms[i].field == field) {
            return i + 1;
        }
    }
    return 0;
}
