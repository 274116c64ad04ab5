/* One test: a field, an operator that suits it, and values. */
#include "filter_parser.h"

#include <string.h>
#include <strings.h>

/* --- the field ---------------------------------------------------------------------------------------------- */

static bool at_name(filter_parser *p) {
    bool joins = nx_filter_at_word(p, "and") || nx_filter_at_word(p, "or");
    if (joins || (p->t.kind != TOKEN_WORD && p->t.kind != TOKEN_QUOTED_FIELD)) {
        bool odd = joins || p->t.kind == TOKEN_STRING;
        nx_filter_expected(p, "a field",
                           odd ? "a field with an odd name stands in `backquotes`" : "a test is: field operator value");
        return false;
    }
    return true;
}

/* "Post" where there are "Post via authorId" and "Post via editorId". */
static void hint_relations(filter_parser *p) {
    nx_buf hint = NX_BUF;
    for (int i = 0; i < p->model->nrelations; i++) {
        const char *name = p->model->relations[i]->name;
        if (strncasecmp(name, p->t.text, strlen(p->t.text)) == 0) {
            nx_buf_adds(&hint, hint.len ? " or " : "did you mean ");
            nx_filter_add_name(&hint, name);
        }
    }
    if (hint.len) {
        nx_error_hint(p->err, "%s?", hint.data);
    }
    nx_buf_free(&hint);
}

static bool find_field(filter_parser *p, filter_node *test) {
    test->field = nx_model_find_field(p->model, p->t.text, p->err);
    if (!test->field) {
        hint_relations(p);
        p->err->position = nx_filter_position(p->text, p->t.start);
        return false;
    }
    if (!test->field->can_select) {
        nx_filter_complain(p, NX_ERR_REFUSED, "its owner can GRANT SELECT", "you may not read %s", nx_field_title(test->field));
        return false;
    }
    nx_filter_next(p, LEX_NAME);
    return true;
}

static void push_key(filter_parser *p, filter_node *test) {
    const char **keys = nx_arena_array(p->arena, (size_t)test->npath + 1, sizeof *keys);
    if (test->npath) {
        memcpy(keys, test->path, sizeof *keys * (size_t)test->npath);
    }
    keys[test->npath++] = p->t.text;
    test->path = keys;
}

/* Keys into a JSON field: .address.city, .items.0."first name" */
static bool path(filter_parser *p, filter_node *test) {
    enum { PATH_MAX_KEYS = 100 };
    while (nx_filter_at_sign(p, ".")) {
        if (test->field->class != NX_TYPE_JSON) {
            nx_filter_complain(p, NX_ERR_USAGE, "only json and jsonb fields have keys", "%s has no keys: it is %s",
                               nx_field_title(test->field), test->field->type);
            return false;
        }
        nx_filter_next(p, LEX_KEY);
        if (p->t.kind != TOKEN_WORD && p->t.kind != TOKEN_STRING && p->t.kind != TOKEN_QUOTED_FIELD) {
            nx_filter_expected(p, "a key after the dot", "odd keys stand in quotes: meta.\"first name\"");
            return false;
        }
        if (test->npath == PATH_MAX_KEYS) {
            nx_filter_complain(p, NX_ERR_USAGE, "at most 100 keys", "this path is too long");
            return false;
        }
        push_key(p, test);
        nx_filter_next(p, LEX_NAME);
    }
    return true;
}

/* --- operators ------------------------------------------------------------------------------------------------ */

static const filter_op_word *find_op(const filter_parser *p) {
    for (int i = 0; i < nx_filter_nops; i++) {
        const filter_op_word *op = &nx_filter_ops[i];
        if (nx_filter_at_sign(p, op->word) || nx_filter_at_word(p, op->word)) {
            return op;
        }
    }
    return NULL;
}

static void *no_operator(filter_parser *p, const filter_node *test) {
    nx_buf what = NX_BUF, hint = NX_BUF;
    nx_buf_addf(&what, "an operator after %s", nx_field_title(test->field));
    if (test->field->class == NX_TYPE_BOOL) {
        nx_buf_addf(&hint, "for example: %s = true", nx_field_title(test->field));
    } else {
        nx_buf_adds(&hint, "operators are ");
        for (int i = 0; i < nx_filter_nops; i++) {
            if (nx_filter_suits(nx_filter_ops[i].suits, test->field, test->npath > 0)) {
                nx_buf_addf(&hint, "%s, ", nx_filter_ops[i].word);
            }
        }
        nx_buf_adds(&hint, "in, between, is null");
    }
    nx_filter_expected(p, what.data, hint.data);
    nx_buf_free(&what);
    nx_buf_free(&hint);
    return NULL;
}

static void *unsuitable(filter_parser *p, const filter_node *test, const char *word, filter_suits suits) {
    const nx_field *f = test->field;
    bool list = f->class == NX_TYPE_ARRAY && !test->npath;
    const char *hint = "this type has no order: = and != compare its text";
    if (list && suits == SUITS_TEXT) {
        hint = "for lists there are has, hasSome (...), hasEvery (...) and isEmpty";
    } else if (suits == SUITS_ARRAY) {
        hint = f->class == NX_TYPE_JSON ? "for JSON there is ?: meta ? 'key'"
                                        : "it is for lists; for texts there is contains";
    } else if (suits == SUITS_JSON) {
        hint = "it asks whether a json or jsonb field has a key";
    }
    return nx_filter_complain(p, NX_ERR_USAGE, hint, "%s does not suit %s, which is %s", word, nx_field_title(f), f->type);
}

static bool between(filter_parser *p, filter_node *test) {
    test->op = OP_BETWEEN;
    if (!nx_filter_suits(SUITS_ORDER, test->field, test->npath > 0)) {
        unsuitable(p, test, "between", SUITS_ORDER);
        return false;
    }
    nx_filter_next(p, LEX_VALUE);
    if (!nx_filter_parse_value(p, test)) {
        return false;
    }
    nx_filter_want(p, WANT_AND, test);
    if (!nx_filter_at_word(p, "and")) {
        nx_filter_expected(p, "and", "for example: between 1 and 10");
        return false;
    }
    nx_filter_next(p, LEX_VALUE);
    return nx_filter_parse_value(p, test);
}

/* is [not] null */
static filter_node *null_test(filter_parser *p, filter_node *test) {
    nx_filter_next(p, LEX_NAME);
    nx_filter_want(p, WANT_NULL, test);
    bool not = nx_filter_at_word(p, "not");
    if (not ) {
        nx_filter_next(p, LEX_NAME);
        nx_filter_want(p, WANT_NULL_ONLY, test);
    }
    if (!nx_filter_at_word(p, "null")) {
        return nx_filter_expected(p, not ? "null" : "null or not null", "for anything else there is =");
    }
    nx_filter_next(p, LEX_NAME);
    test->op = OP_IS_NULL;
    return not ? nx_filter_node(p, NODE_NOT, test) : test;
}

static filter_node *plain_test(filter_parser *p, filter_node *test) {
    const filter_op_word *op = find_op(p);
    if (!op) {
        return no_operator(p, test);
    }
    if (!nx_filter_suits(op->suits, test->field, test->npath > 0)) {
        return unsuitable(p, test, op->word, op->suits);
    }
    test->op = op->op;
    if (op->takes == TAKES_LIST) {
        return nx_filter_parse_list(p, test) ? test : NULL;
    }
    nx_filter_next(p, op->takes == TAKES_ONE ? LEX_VALUE : LEX_NAME);
    return op->takes == TAKES_NONE || nx_filter_parse_value(p, test) ? test : NULL;
}

filter_node *nx_filter_parse_test(filter_parser *p) {
    filter_node *n = nx_filter_node(p, NODE_TEST, NULL);
    nx_filter_want(p, WANT_FIELD, NULL);
    if (!at_name(p)) {
        return NULL;
    }
    const nx_relation *relation = nx_filter_relation(p);
    if (relation) {
        return nx_filter_parse_relation(p, relation);
    }
    if (!find_field(p, n) || !path(p, n)) {
        return NULL;
    }
    nx_filter_want(p, WANT_OP, n);
    bool not = nx_filter_at_word(p, "not");
    if (not ) {
        nx_filter_next(p, LEX_NAME);
        nx_filter_want(p, WANT_RANGE, n);
    }
    if (nx_filter_at_word(p, "in")) {
        n->op = OP_IN;
        n = nx_filter_parse_list(p, n) ? n : NULL;
    } else if (nx_filter_at_word(p, "between")) {
        n = between(p, n) ? n : NULL;
    } else if (not ) {
        return nx_filter_expected(p, "in or between after not",
                                  "to turn any other test round, not stands before it: not a = 1");
    } else {
        n = nx_filter_at_word(p, "is") ? null_test(p, n) : plain_test(p, n);
    }
    return n && not ? nx_filter_node(p, NODE_NOT, n) : n;
}
