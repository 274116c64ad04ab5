/* Expressions: and, or, not and parentheses, by recursive descent. */
#include "filter_parser.h"

#include <string.h>

enum { DEPTH_MAX = 200 };

/* --- the parser's tools --------------------------------------------------------------------------------- */

/* Is the token still being typed? Closed texts, parentheses and commas are whole. */
static bool unfinished(const filter_parser *p) {
    bool open = p->t.kind == TOKEN_WORD || p->t.kind == TOKEN_OPEN_QUOTE ||
                (p->t.kind == TOKEN_SIGN && strchr("=!<>", p->t.text[0]));
    return p->typing && open && p->t.end == p->length;
}

void nx_filter_next(filter_parser *p, lex_mode mode) {
    p->t = nx_filter_token(p->text, p->t.end, mode, p->arena);
    if (unfinished(p)) {
        p->t = (token){.kind = TOKEN_END, .text = "", .start = p->t.start, .end = p->t.start};
    }
}

bool nx_filter_at_sign(const filter_parser *p, const char *sign) {
    return p->t.kind == TOKEN_SIGN && strcmp(p->t.text, sign) == 0;
}

bool nx_filter_at_word(const filter_parser *p, const char *keyword) { return nx_filter_is_word(&p->t, keyword); }

void nx_filter_want(filter_parser *p, filter_want want, const filter_node *test) {
    if (p->typing && p->t.kind == TOKEN_END && p->wish.want == WANT_NOTHING) {
        p->wish = (filter_wish){.want = want, .start = p->t.start};
        if (test) {
            p->wish.field = test->field;
            p->wish.relation = test->relation;
            p->wish.path = test->npath > 0;
        }
        p->wish.model = p->model;
    }
}

void *nx_filter_complain(filter_parser *p, nx_error_class kind, const char *hint, const char *format, ...) {
    if (!nx_failed(p->err)) {
        nx_buf message = NX_BUF;
        va_list args;
        va_start(args, format);
        nx_buf_vaddf(&message, format, args);
        va_end(args);
        nx_error_set(p->err, kind, "%s", message.data);
        nx_error_hint(p->err, "%s", hint);
        p->err->position = nx_filter_position(p->text, p->t.start);
        nx_buf_free(&message);
    }
    return NULL;
}

/* What people know from elsewhere. */
static const char *known_elsewhere(const filter_parser *p) {
    static const char *const signs[][2] = {
        {"==", "equality is a single ="},
        {"&&", "use the word and"},
        {"||", "use the word or"},
        {"!", "use the word not, or != between field and value"},
        {"!~", "use: not field matches 'pattern'"},
    };
    for (size_t i = 0; i < NX_COUNT(signs); i++) {
        if (nx_filter_at_sign(p, signs[i][0])) {
            return signs[i][1];
        }
    }
    return NULL;
}

void *nx_filter_expected(filter_parser *p, const char *what, const char *hint) {
    const char *better = known_elsewhere(p);
    hint = better ? better : hint;
    switch (p->t.kind) {
    case TOKEN_END: return nx_filter_complain(p, NX_ERR_USAGE, hint, "expected %s, but here the filter ends", what);
    case TOKEN_OPEN_QUOTE:
        return nx_filter_complain(p, NX_ERR_USAGE, "inside a text its own quote is doubled: 'it''s'",
                                  "the quote is not closed");
    default: break;
    }
    token shown = p->t; /* "15:09", where only its first character was looked at */
    if (strchr("0123456789", shown.text[0])) {
        shown = nx_filter_token(p->text, p->t.start, LEX_VALUE, p->arena);
    }
    return nx_filter_complain(p, NX_ERR_USAGE, hint, "expected %s, not \"%s\"", what, shown.text);
}

filter_node *nx_filter_node(filter_parser *p, filter_node_kind kind, filter_node *first) {
    filter_node *n = nx_arena_alloc(p->arena, sizeof *n);
    n->kind = kind;
    n->first = first;
    return n;
}

/* --- not, and, or ----------------------------------------------------------------------------------------- */

bool nx_filter_deeper(filter_parser *p) {
    if (p->depth == DEPTH_MAX) {
        nx_filter_complain(p, NX_ERR_USAGE, "at most 200 levels of parentheses and not", "this is nested too deeply");
        return false;
    }
    p->depth++;
    return true;
}

static filter_node *parentheses(filter_parser *p) {
    nx_filter_next(p, LEX_NAME);
    filter_node *n = nx_filter_expression(p);
    if (n && !nx_filter_at_sign(p, ")")) {
        return nx_filter_expected(p, "a closing parenthesis, \"and\" or \"or\"", "each ( needs its )");
    }
    if (n) {
        n->closed = true;
        nx_filter_next(p, LEX_NAME);
    }
    return n;
}

static filter_node *unary(filter_parser *p) {
    bool not = nx_filter_at_word(p, "not");
    if (!not &&!nx_filter_at_sign(p, "(")) {
        return nx_filter_parse_test(p);
    }
    if (!nx_filter_deeper(p)) {
        return NULL;
    }
    filter_node *n;
    if (not ) {
        nx_filter_next(p, LEX_NAME);
        n = unary(p);
        n = n ? nx_filter_node(p, NODE_NOT, n) : NULL;
    } else {
        n = parentheses(p);
    }
    p->depth--;
    return n;
}

/* What stands between `word` and `word`, side by side: chains of any length take no depth. */
static filter_node *chain(filter_parser *p, filter_node *operand(filter_parser *), const char *word,
                          filter_node_kind kind) {
    filter_node *first = operand(p), *last = first;
    if (!first || !nx_filter_at_word(p, word)) {
        return first;
    }
    while (nx_filter_at_word(p, word)) {
        nx_filter_next(p, LEX_NAME);
        last->next = operand(p);
        if (!last->next) {
            return NULL;
        }
        last = last->next;
    }
    return nx_filter_node(p, kind, first);
}

static filter_node *conjunction(filter_parser *p) { return chain(p, unary, "and", NODE_AND); }

filter_node *nx_filter_expression(filter_parser *p) {
    filter_node *n = chain(p, conjunction, "or", NODE_OR);
    if (n) {
        nx_filter_want(p, WANT_JOIN, NULL);
    }
    return n;
}

/* --- whole texts -------------------------------------------------------------------------------------------- */

static filter_node *whole(filter_parser *p) {
    filter_node *n = nx_filter_expression(p);
    if (n && p->t.kind != TOKEN_END) {
        return nx_filter_expected(p, "\"and\" or \"or\"", "a value with blanks or commas stands in quotes: '2026-03-14 15:09'");
    }
    return n;
}

nx_filter *nx_filter_parse(const nx_model *model, const char *text, nx_error *err) {
    nx_arena *arena = nx_arena_new(0);
    nx_filter *filter = nx_arena_alloc(arena, sizeof *filter);
    filter->arena = arena;
    filter->text = nx_arena_strdup(arena, text ? text : "");
    filter_parser p = {.model = model, .text = filter->text, .arena = arena, .err = err};
    nx_error_clear(err);
    nx_filter_next(&p, LEX_NAME);
    if (p.t.kind == TOKEN_END) {
        return filter;
    }
    filter->root = whole(&p);
    if (!filter->root) {
        nx_arena_free(arena);
        return NULL;
    }
    return filter;
}

filter_wish nx_filter_wish(const nx_model *model, const char *text, nx_arena *arena) {
    nx_error err = NX_ERROR;
    filter_parser p = {
        .model = model, .text = text, .arena = arena, .err = &err, .typing = true, .length = strlen(text)};
    nx_filter_next(&p, LEX_NAME);
    whole(&p);
    nx_error_clear(&err);
    return p.wish;
}

nx_lack nx_filter_lack(const nx_model *model, const char *text) {
    nx_error err = NX_ERROR;
    nx_arena *arena = nx_arena_new(0);
    filter_parser p = {.model = model, .text = text, .arena = arena, .err = &err};
    nx_filter_next(&p, LEX_NAME);
    if (p.t.kind != TOKEN_END) {
        whole(&p);
    }
    nx_error_clear(&err);
    nx_arena_free(arena);
    return p.lack;
}

void nx_filter_free(nx_filter *filter) {
    if (filter) {
        nx_arena_free(filter->arena);
    }
}

const char *nx_filter_text(const nx_filter *filter) { return filter->text; }
bool nx_filter_is_empty(const nx_filter *filter) { return !filter->root; }
