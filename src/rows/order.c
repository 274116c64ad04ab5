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
    nx_lack lack;   /* what of the catalog the order needs that is not here yet */
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

static bool same_value(const nx_order_term *a, const nx_order_term *b) {
    return a->field == b->field && a->count == b->count && a->npath == b->npath &&
           memcmp(a->path, b->path, (size_t)a->npath * sizeof a->path[0]) == 0;
}

static bool stands_already(const nx_order *order, const nx_order_term *term) {
    for (int i = 0; i < order->nterms; i++) {
        if (same_value(&order->terms[i], term)) {
            return true;
        }
    }
    return false;
}

static bool check_term(const nx_model *model, const nx_order_term *term, const nx_order *order, nx_error *err) {
    const nx_field *field = term->field;
    if (term->npath && !model->identity) {
        nx_error_set(err, NX_ERR_REFUSED, "%s has no key: it cannot be sorted by its relations", model->title);
    } else if (stands_already(order, term)) {
        nx_error_set(err, NX_ERR_USAGE, "\"%s\" stands twice in the order", field ? nx_field_title(field) : "count");
    } else if (order->nterms == NX_ORDER_MAX) {
        nx_error_set(err, NX_ERR_USAGE, "an order has at most %d fields", NX_ORDER_MAX);
    } else if (term->count) {
        return true;
    } else if (!field->can_select) {
        nx_error_set(err, NX_ERR_REFUSED, "you may not read \"%s\", so it cannot sort", nx_field_title(field));
    } else if (!field->sortable || !field->op_lt || !field->op_gt || !field->op_eq) {
        nx_error_set(err, NX_ERR_REFUSED, "\"%s\" cannot be sorted: type %s has no order", nx_field_title(field), field->type);
    } else {
        return true;
    }
    return false;
}

/* The names of a path: in one word with dots, or word by word where some are quoted. */
typedef struct path {
    nx_arena *arena;
    char *names[NX_ORDER_PATH_MAX + 2];
    int n;
} path;

static void push_name(path *p, const char *name, size_t len) {
    if (p->n < (int)NX_COUNT(p->names)) {
        p->names[p->n++] = nx_arena_strndup(p->arena, name, len);
    }
}

static void push_names(path *p, const char *word, bool quoted) {
    while (!quoted && strchr(word, '.')) {
        size_t len = strcspn(word, ".");
        push_name(p, word, len);
        word += len + 1;
    }
    push_name(p, word, strlen(word));
}

static bool read_path(reader *r, path *p, bool quoted, nx_error *err) {
    push_names(p, r->word.data, quoted);
    while (*r->at == '.') {
        r->at++;
        quoted = *r->at == '`' || *r->at == '"';
        size_t begin = r->word_at;
        if (!read_word(r, err)) {
            return false;
        }
        push_names(p, r->word.len ? r->word.data : "", quoted);
        r->word_at = begin; /* the whole path is what is wrong, if anything is */
    }
    return true;
}

static bool resolve(reader *r, const nx_model *model, bool quoted, nx_order_term *term, nx_error *err) {
    term->field = nx_model_find_field(model, r->word.data, err);
    if (term->field || (*r->at != '.' && (quoted || !strchr(r->word.data, '.')))) {
        return term->field != NULL;
    }
    nx_error_clear(err);
    path p = {.arena = nx_arena_new(0)};
    bool good = read_path(r, &p, quoted, err) && nx_order_resolve(model, p.names, p.n, term, &r->lack, err);
    nx_arena_free(p.arena);
    return good;
}

static bool read_term(reader *r, const nx_model *model, nx_order *order, nx_error *err) {
    skip_blanks(r);
    bool quoted = *r->at == '`' || *r->at == '"';
    if (!read_word(r, err) || (r->word.len == 0 && !refuse_word(r, err, "a field"))) {
        return false;
    }
    nx_order_term term = {.npath = 0};
    if (!resolve(r, model, quoted, &term, err) || !check_term(model, &term, order, err) || !read_direction(r, &term, err)) {
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

nx_lack nx_order_lack(const nx_model *model, const char *text) {
    nx_error err = NX_ERROR;
    nx_order read = {.nterms = 0};
    reader r = {.text = text, .at = text, .word = NX_BUF};
    read_terms(&r, model, &read, &err);
    nx_error_clear(&err);
    nx_buf_free(&r.word);
    return r.lack;
}

static void add_name(nx_buf *out, const char *name, bool in_path) {
    if (*name && !strpbrk(name, in_path ? " \t\r\n,`\"." : " \t\r\n,`\"")) {
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
        for (int k = 0; k < term->npath; k++) {
            add_name(&out, term->path[k]->name, true);
            nx_buf_addc(&out, '.');
        }
        add_name(&out, term->count ? "count" : nx_field_title(term->field), term->npath > 0);
        nx_buf_adds(&out, term->desc ? " desc" : "");
        nx_buf_adds(&out, nulls[term->nulls]);
    }
    char *text = nx_buf_take(&out);
    return text ? text : nx_strdup("");
}

int nx_order_count_place(const nx_order *order, const nx_relation *relation) {
    for (int i = 0; i < order->nterms; i++) {
        const nx_order_term *term = &order->terms[i];
        if (term->count && term->npath == 1 && term->path[0] == relation) {
            return i + 1;
        }
    }
    return 0;
}

int nx_order_place(const nx_order *order, const nx_field *field) {
    for (int i = 0; i < order->nterms; i++) {
        if (order->terms[i].field == field && !order->terms[i].npath) {
            return i + 1;
        }
    }
    return 0;
}
