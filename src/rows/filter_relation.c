/* Tests of related records: some, every, none, is, count, and a dot to one of them. */
#include "filter_parser.h"

#include <string.h>

static bool is_field(const nx_model *model, const char *typed) {
    nx_error none = NX_ERROR;
    bool is = nx_model_find_field(model, typed, &none) != NULL;
    nx_error_clear(&none);
    return is;
}

/* A field that is shown under this very name. */
static bool is_titled(const nx_model *model, const char *typed) {
    for (int i = 0; i < model->nfields; i++) {
        if (strcmp(nx_field_title(model->fields[i]), typed) == 0) {
            return true;
        }
    }
    return false;
}

/* A field comes first, also in another case; else a relation exactly, then in any case. */
const nx_relation *nx_filter_relation(filter_parser *p) {
    if (is_titled(p->model, p->t.text)) {
        return NULL;
    }
    const nx_relation *relation = nx_relation_named(p->model, p->t.text);
    if (relation && strcmp(relation->name, p->t.text) == 0) {
        return relation;
    }
    if (is_field(p->model, p->t.text)) {
        return NULL;
    }
    p->lack.graph = p->lack.graph || !p->model->graph_known;
    return relation;
}

static bool usable(filter_parser *p, const nx_relation *r) {
    if (!r->target->described) {
        p->lack.model = r->target;
        nx_filter_complain(p, NX_ERR_NOT_FOUND, "ask again when it is known", "%s is not described yet", r->target->title);
        return false;
    }
    if (!r->target->readable) {
        nx_filter_complain(p, NX_ERR_REFUSED, "its owner can GRANT SELECT", "you may not read %s", r->target->title);
        return false;
    }
    return true;
}

/* The condition, about the records of the relation's target. */
static filter_node *of_target(filter_parser *p, const nx_relation *r, filter_node *parse(filter_parser *)) {
    if (!usable(p, r) || !nx_filter_deeper(p)) {
        return NULL;
    }
    const nx_model *here = p->model;
    p->model = r->target;
    filter_node *n = parse(p);
    p->model = here;
    p->depth--;
    return n;
}

/* "(" [expression] ")": the present token is the word before it. */
static bool condition(filter_parser *p, filter_node *n) {
    nx_filter_next(p, LEX_NAME);
    if (!nx_filter_at_sign(p, "(")) {
        nx_filter_expected(p, "a condition in parentheses", "for example: some (published = true), or some () for any");
        return false;
    }
    nx_filter_next(p, LEX_NAME);
    if (!nx_filter_at_sign(p, ")")) {
        n->first = of_target(p, n->relation, nx_filter_expression);
        if (!n->first) {
            return false;
        }
    }
    if (!nx_filter_at_sign(p, ")")) {
        nx_filter_expected(p, "a closing parenthesis, \"and\" or \"or\"", "each ( needs its )");
        return false;
    }
    nx_filter_next(p, LEX_NAME);
    return true;
}

/* is [not] null, is [not] (...) */
static bool is_test(filter_parser *p, filter_node **n) {
    nx_filter_next(p, LEX_NAME);
    nx_filter_want(p, WANT_NULL, *n);
    bool turned = nx_filter_at_word(p, "not");
    if (turned) {
        nx_filter_next(p, LEX_NAME);
        nx_filter_want(p, WANT_NULL_ONLY, *n);
    }
    if (nx_filter_at_word(p, "null")) {
        (*n)->quantifier = REL_ABSENT;
        nx_filter_next(p, LEX_NAME);
        *n = turned ? nx_filter_node(p, NODE_NOT, *n) : *n;
        return true;
    }
    if (nx_filter_at_sign(p, "(")) {
        (*n)->quantifier = turned ? REL_NONE : REL_SOME;
        p->t.end = p->t.start; /* condition() reads the parenthesis itself */
        return condition(p, *n);
    }
    nx_filter_expected(p, "null, not null or a condition in parentheses", "for example: author is null");
    return false;
}

static const struct {
    const char *sign;
    filter_op op;
} comparisons[] = {{"=", OP_EQ}, {"!=", OP_NE}, {"<>", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"<", OP_LT}, {">", OP_GT}};

static bool whole_number(const char *s) { return *s && strlen(s) < 19 && !s[strspn(s, "0123456789")]; }

/* count OP number: the present token is the word count. */
static bool count_test(filter_parser *p, filter_node *n) {
    n->quantifier = REL_COUNT;
    nx_filter_next(p, LEX_NAME);
    size_t i = 0;
    while (i < NX_COUNT(comparisons) && !nx_filter_at_sign(p, comparisons[i].sign)) {
        i++;
    }
    if (i == NX_COUNT(comparisons)) {
        nx_filter_expected(p, "= != < <= > or >= after count", "for example: posts.count > 5");
        return false;
    }
    n->op = comparisons[i].op;
    nx_filter_next(p, LEX_VALUE);
    if (p->t.kind != TOKEN_WORD || !whole_number(p->t.text)) {
        nx_filter_expected(p, "a whole number", "for example: posts.count > 5");
        return false;
    }
    n->nvalues = 1;
    n->values = nx_arena_array(p->arena, 1, sizeof *n->values);
    n->values[0] = (filter_value){.kind = VALUE_TEXT, .bare = true, .text = p->t.text};
    nx_filter_next(p, LEX_NAME);
    return true;
}

/* After the dot: a test of the one related record, or the count of many. */
static bool related(filter_parser *p, filter_node *n) {
    nx_filter_next(p, LEX_NAME);
    nx_filter_want(p, WANT_RELATED, n);
    if (nx_related_to_one(n->relation)) {
        n->quantifier = REL_SOME;
        n->first = of_target(p, n->relation, nx_filter_parse_test);
        return n->first != NULL;
    }
    if (nx_filter_at_word(p, "count")) {
        return count_test(p, n);
    }
    nx_buf hint = NX_BUF;
    nx_buf_adds(&hint, "there can be many: ");
    nx_filter_add_name(&hint, n->relation->name);
    nx_buf_addf(&hint, " some (%s ...)", p->t.text);
    nx_filter_expected(p, "count after the dot", hint.data);
    nx_buf_free(&hint);
    return false;
}

filter_node *nx_filter_parse_relation(filter_parser *p, const nx_relation *relation) {
    static const struct {
        const char *word;
        filter_quantifier quantifier;
    } words[] = {{"some", REL_SOME}, {"every", REL_EVERY}, {"none", REL_NONE}};
    filter_node *n = nx_filter_node(p, NODE_RELATION, NULL);
    n->relation = relation;
    nx_filter_next(p, LEX_NAME);
    nx_filter_want(p, WANT_QUANTIFIER, n);
    for (size_t i = 0; i < NX_COUNT(words); i++) {
        if (nx_filter_at_word(p, words[i].word)) {
            n->quantifier = words[i].quantifier;
            return condition(p, n) ? n : NULL;
        }
    }
    if (nx_filter_at_word(p, "is")) {
        return is_test(p, &n) ? n : NULL;
    }
    if (nx_filter_at_sign(p, ".")) {
        return related(p, n) ? n : NULL;
    }
    bool one = nx_related_to_one(relation);
    nx_buf what = NX_BUF;
    nx_buf_addf(&what, one ? "a dot and a field, or is, after the relation %s"
                           : "some, every, none, is null or .count after the relation %s", relation->name);
    nx_filter_expected(p, what.data, one ? "for example: author.email endsWith '@neon.tech', author is null"
                                         : "for example: posts some (published = true), posts.count > 5");
    nx_buf_free(&what);
    return NULL;
}
