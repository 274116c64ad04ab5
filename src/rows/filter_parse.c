#include "filter_tree.h"

#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 200, VALUES_MAX = 1000 };

typedef struct parser {
    const nx_model *model;
    const char *text;
    nx_arena *arena;
    token t; /* the present one */
    int depth;
    nx_error *err;
} parser;

static void next(parser *p, bool value_position) { p->t = nx_filter_token(p->text, p->t.end, value_position, p->arena); }

static void *complain(parser *p, size_t at, const char *message, const char *hint) {
    if (!nx_failed(p->err)) {
        nx_error_set(p->err, NX_ERR_USAGE, "%s", p->t.kind == TOKEN_BAD ? p->t.why : message);
        nx_error_hint(p->err, "%s", hint);
        p->err->position = nx_filter_position(p->text, at);
    }
    return NULL;
}

static filter_node *node(parser *p, filter_node_kind kind, filter_node *left, filter_node *right) {
    filter_node *n = nx_arena_alloc(p->arena, sizeof *n);
    n->kind = kind;
    n->left = left;
    n->right = right;
    return n;
}

static bool is_sign(const parser *p, const char *s) { return p->t.kind == TOKEN_SIGN && strcmp(p->t.text, s) == 0; }

/* --- values --------------------------------------------------------------------------------------------------- */

static bool is_time(const nx_field *f) { return f->class == NX_TYPE_TIME && strcmp(f->base_type, "interval") != 0; }

/* now - 30 days: the interval is a number and words, up to what ends a value. */
static bool interval(parser *p, filter_value *v) {
    token after = nx_filter_token(p->text, p->t.end, false, p->arena);
    if (after.kind != TOKEN_SIGN || (after.text[0] != '-' && after.text[0] != '+')) {
        next(p, false);
        return true;
    }
    v->sign = after.text[0];
    p->t = after;
    nx_buf words = NX_BUF;
    next(p, true);
    while ((p->t.kind == TOKEN_WORD && !nx_filter_is_word(&p->t, "and") && !nx_filter_is_word(&p->t, "or")) || p->t.kind == TOKEN_STRING) {
        nx_buf_adds(&words, words.len ? " " : "");
        nx_buf_adds(&words, p->t.text);
        next(p, true);
    }
    v->interval = nx_arena_strdup(p->arena, words.data);
    bool good = words.len > 0;
    nx_buf_free(&words);
    if (!good) {
        complain(p, p->t.start, "an interval should stand here", "for example now - 30 days");
    }
    p->t.end = p->t.start; /* read again, not as a value */
    next(p, false);
    return good;
}

static bool known_label(parser *p, const nx_field *f, const char *text) {
    if (f->nlabels == 0 || f->class != NX_TYPE_ENUM) {
        return true;
    }
    nx_buf labels = NX_BUF;
    for (int i = 0; i < f->nlabels; i++) {
        if (strcmp(f->labels[i], text) == 0) {
            nx_buf_free(&labels);
            return true;
        }
        nx_buf_addf(&labels, "%s%s", i ? ", " : "", f->labels[i]);
    }
    nx_error_set(p->err, NX_ERR_USAGE, "%s has no value \"%s\"", f->name, text);
    nx_error_hint(p->err, "its values are %s", labels.data);
    p->err->position = nx_filter_position(p->text, p->t.start);
    nx_buf_free(&labels);
    return false;
}

/* The present token is the value; afterwards it is the one behind. */
static bool value(parser *p, const filter_node *test, filter_value *v) {
    bool string = p->t.kind == TOKEN_STRING;
    if (!string && p->t.kind != TOKEN_WORD) {
        complain(p, p->t.start, "a value should stand here", "texts stand in quotes: 'Oslo' or \"Oslo\"");
        return false;
    }
    v->text = p->t.text;
    v->bare = !string;
    if (!string && nx_filter_is_word(&p->t, "null")) {
        complain(p, p->t.start, "nothing equals null", test->op == OP_NE ? "use: is not null" : "use: is null");
        return false;
    }
    if (!string && is_time(test->field) && (nx_filter_is_word(&p->t, "now") || nx_filter_is_word(&p->t, "today"))) {
        v->kind = nx_filter_is_word(&p->t, "now") ? VALUE_NOW : VALUE_TODAY;
        return interval(p, v);
    }
    bool exact = test->op == OP_EQ || test->op == OP_NE || test->op == OP_IN;
    if (exact && !test->npath && !known_label(p, test->field, v->text)) {
        return false;
    }
    next(p, false);
    return true;
}

static bool push_value(parser *p, filter_node *test) {
    if (test->nvalues == VALUES_MAX) {
        complain(p, p->t.start, "too many values", "at most 1000 can stand in a list");
        return false;
    }
    if ((test->nvalues & (test->nvalues - 1)) == 0) {
        size_t cap = test->nvalues ? (size_t)test->nvalues * 2 : 1;
        filter_value *values = nx_arena_array(p->arena, cap, sizeof *values);
        if (test->nvalues) {
            memcpy(values, test->values, sizeof *values * (size_t)test->nvalues);
        }
        test->values = values;
    }
    return value(p, test, &test->values[test->nvalues++]);
}

/* "(" value "," ... ")"; the present token is the one before. */
static bool list(parser *p, filter_node *test) {
    next(p, false);
    if (!is_sign(p, "(")) {
        complain(p, p->t.start, "a list in parentheses should stand here", "for example ('a', 'b')");
        return false;
    }
    next(p, true);
    if (is_sign(p, ")")) {
        next(p, false);
        return true;
    }
    for (;;) {
        if (!push_value(p, test)) {
            return false;
        }
        if (is_sign(p, ")")) {
            next(p, false);
            return true;
        }
        if (!is_sign(p, ",")) {
            complain(p, p->t.start, "a comma or a closing parenthesis should stand here", "for example ('a', 'b')");
            return false;
        }
        next(p, true);
    }
}

/* --- tests ---------------------------------------------------------------------------------------------------- */

static bool is_json(const nx_field *f) { return f->class == NX_TYPE_JSON; }

static bool suits(const filter_node *test, filter_suits wanted) {
    const nx_field *f = test->field;
    switch (wanted) {
    case SUITS_ALL: return true;
    case SUITS_ORDER: return test->npath || f->sortable;
    case SUITS_TEXT: return test->npath || f->class != NX_TYPE_ARRAY;
    case SUITS_ARRAY: return f->class == NX_TYPE_ARRAY && !test->npath;
    case SUITS_JSON: return is_json(f) && !test->npath;
    }
    return false;
}

static const char *why_not(const filter_node *test, const filter_op_word *op) {
    if (test->field->class == NX_TYPE_ARRAY) {
        return "for lists there are has, hasSome (...), hasEvery (...) and isEmpty";
    }
    return op->suits == SUITS_ARRAY ? "has, hasSome, hasEvery and isEmpty are for lists; for texts there is contains"
           : op->suits == SUITS_JSON ? "? is for json and jsonb fields"
                                     : "this type has no order: = and != compare its text";
}

static const filter_op_word *find_op(const parser *p) {
    for (int i = 0; i < nx_filter_nops; i++) {
        bool sign = p->t.kind == TOKEN_SIGN && strcmp(p->t.text, nx_filter_ops[i].word) == 0;
        if (sign || nx_filter_is_word(&p->t, nx_filter_ops[i].word)) {
            return &nx_filter_ops[i];
        }
    }
    return NULL;
}

static bool between(parser *p, filter_node *test) {
    test->op = OP_BETWEEN;
    if (!suits(test, SUITS_ORDER)) {
        complain(p, p->t.start, "this type has no order", "= and != compare its text");
        return false;
    }
    next(p, true);
    if (!push_value(p, test)) {
        return false;
    }
    if (!nx_filter_is_word(&p->t, "and")) {
        complain(p, p->t.start, "\"and\" should stand here", "for example between 1 and 10");
        return false;
    }
    next(p, true);
    return push_value(p, test);
}

/* is [not] null */
static filter_node *null_test(parser *p, filter_node *test) {
    next(p, false);
    bool not = nx_filter_is_word(&p->t, "not");
    if (not) {
        next(p, false);
    }
    if (!nx_filter_is_word(&p->t, "null")) {
        return complain(p, p->t.start, "\"null\" should stand here", "after \"is\" stand null or not null");
    }
    next(p, false);
    test->op = OP_IS_NULL;
    return not ? node(p, NODE_NOT, test, NULL) : test;
}

static filter_node *plain_test(parser *p, filter_node *test) {
    const filter_op_word *op = find_op(p);
    if (!op) {
        return complain(p, p->t.start, "an operator should stand here",
                        "=, !=, <, <=, >, >=, contains, startsWith, endsWith, matches, like, in, between, is null ...");
    }
    test->op = op->op;
    if (!suits(test, op->suits)) {
        nx_error_set(p->err, NX_ERR_USAGE, "%s does not suit %s, which is %s", op->word, test->field->name, test->field->type);
        nx_error_hint(p->err, "%s", why_not(test, op));
        p->err->position = nx_filter_position(p->text, p->t.start);
        return NULL;
    }
    bool good = true;
    if (op->takes == TAKES_LIST) {
        good = list(p, test);
    } else {
        next(p, op->takes == TAKES_ONE);
        good = op->takes == TAKES_NONE || push_value(p, test);
    }
    return good ? test : NULL;
}

static bool path(parser *p, filter_node *test) {
    while (is_sign(p, ".")) {
        if (!is_json(test->field)) {
            nx_error_set(p->err, NX_ERR_USAGE, "%s has no keys: it is %s", test->field->name, test->field->type);
            nx_error_hint(p->err, "only json and jsonb fields have keys");
            p->err->position = nx_filter_position(p->text, p->t.start);
            return false;
        }
        next(p, false);
        if (p->t.kind != TOKEN_WORD && p->t.kind != TOKEN_STRING && p->t.kind != TOKEN_QUOTED_FIELD) {
            complain(p, p->t.start, "a key should stand after the dot", "odd keys stand in quotes: meta.\"first name\"");
            return false;
        }
        const char **keys = nx_arena_array(p->arena, (size_t)test->npath + 1, sizeof *keys);
        if (test->npath) {
            memcpy(keys, test->path, sizeof *keys * (size_t)test->npath);
        }
        keys[test->npath++] = p->t.text;
        test->path = keys;
        next(p, false);
    }
    return true;
}

static filter_node *test(parser *p) {
    if (p->t.kind != TOKEN_WORD && p->t.kind != TOKEN_QUOTED_FIELD) {
        return complain(p, p->t.start, "a field should stand here", "a test is: field operator value");
    }
    filter_node *n = node(p, NODE_TEST, NULL, NULL);
    n->field = nx_model_find_field(p->model, p->t.text, p->err);
    if (!n->field) {
        p->err->position = nx_filter_position(p->text, p->t.start);
        return NULL;
    }
    next(p, false);
    if (!path(p, n)) {
        return NULL;
    }
    bool not = nx_filter_is_word(&p->t, "not");
    if (not) {
        next(p, false);
    }
    if (nx_filter_is_word(&p->t, "in")) {
        n->op = OP_IN;
        n = list(p, n) ? n : NULL;
    } else if (nx_filter_is_word(&p->t, "between")) {
        n = between(p, n) ? n : NULL;
    } else if (not) {
        return complain(p, p->t.start, "\"in\" or \"between\" should stand here", "to turn any test round put not before it: not (a = 1)");
    } else {
        n = nx_filter_is_word(&p->t, "is") ? null_test(p, n) : plain_test(p, n);
    }
    return n && not ? node(p, NODE_NOT, n, NULL) : n;
}

/* --- not, and, or ---------------------------------------------------------------------------------------------- */

static filter_node *expression(parser *p);

static filter_node *unary(parser *p) {
    if (p->depth >= DEPTH_MAX) {
        return complain(p, p->t.start, "this is nested too deeply", "at most 200 levels");
    }
    p->depth++;
    filter_node *n = NULL;
    if (nx_filter_is_word(&p->t, "not")) {
        next(p, false);
        n = unary(p);
        n = n ? node(p, NODE_NOT, n, NULL) : NULL;
    } else if (is_sign(p, "(")) {
        next(p, false);
        n = expression(p);
        if (n && !is_sign(p, ")")) {
            n = complain(p, p->t.start, "a closing parenthesis should stand here", "each ( needs its )");
        } else if (n) {
            next(p, false);
        }
    } else {
        n = test(p);
    }
    p->depth--;
    return n;
}

static filter_node *conjunction(parser *p) {
    filter_node *n = unary(p);
    while (n && nx_filter_is_word(&p->t, "and")) {
        next(p, false);
        filter_node *right = unary(p);
        n = right ? node(p, NODE_AND, n, right) : NULL;
    }
    return n;
}

static filter_node *expression(parser *p) {
    filter_node *n = conjunction(p);
    while (n && nx_filter_is_word(&p->t, "or")) {
        next(p, false);
        filter_node *right = conjunction(p);
        n = right ? node(p, NODE_OR, n, right) : NULL;
    }
    return n;
}

nx_filter *nx_filter_parse(const nx_model *model, const char *text, nx_error *err) {
    nx_arena *arena = nx_arena_new(0);
    nx_filter *filter = nx_arena_alloc(arena, sizeof *filter);
    filter->arena = arena;
    filter->text = nx_arena_strdup(arena, text);
    parser p = {.model = model, .text = filter->text, .arena = arena, .err = err};
    nx_error_clear(err);
    next(&p, false);
    if (p.t.kind == TOKEN_END) {
        return filter;
    }
    filter->root = expression(&p);
    if (filter->root && p.t.kind != TOKEN_END) {
        filter->root = complain(&p, p.t.start, "\"and\" or \"or\" should stand here", "tests are joined by and, or");
    }
    if (!filter->root) {
        nx_arena_free(arena);
        return NULL;
    }
    return filter;
}

void nx_filter_free(nx_filter *filter) {
    if (filter) {
        nx_arena_free(filter->arena);
    }
}

const char *nx_filter_text(const nx_filter *filter) { return filter->text; }
bool nx_filter_is_empty(const nx_filter *filter) { return !filter->root; }
