/* filter_parser.h - the state of a parse; private to filter_parse.c, filter_predicate.c and filter_value.c. */
#ifndef NIXIE_ROWS_FILTER_PARSER_H
#define NIXIE_ROWS_FILTER_PARSER_H

#include "filter_tree.h"

typedef struct filter_parser {
    const nx_model *model;
    const char *text;
    nx_arena *arena;
    token t; /* the present one */
    int depth, nvalues;
    nx_error *err;
    bool typing; /* the text is being typed: a word that touches its end is not there yet */
    size_t length;
    filter_wish wish;
    nx_lack lack;
} filter_parser;

void nx_filter_next(filter_parser *p, lex_mode mode);
bool nx_filter_at_sign(const filter_parser *p, const char *sign);
bool nx_filter_at_word(const filter_parser *p, const char *keyword);

/* Notes what could stand here, when this is the end of a text that is being typed. */
void nx_filter_want(filter_parser *p, filter_want want, const filter_node *test);

/* "expected WHAT, not ...", at the present token. Returns NULL. */
void *nx_filter_expected(filter_parser *p, const char *what, const char *hint);
/* Any other message, at the present token. Returns NULL. The first complaint stands. */
void *nx_filter_complain(filter_parser *p, nx_error_class kind, const char *hint, const char *format, ...)
    NX_PRINTF(4, 5);

filter_node *nx_filter_node(filter_parser *p, filter_node_kind kind, filter_node *first);

/* An expression up to what cannot belong to it; depth is watched by nx_filter_deeper. */
filter_node *nx_filter_expression(filter_parser *p);
/* One level deeper; false with a complaint at the limit. p->depth-- leads out. */
bool nx_filter_deeper(filter_parser *p);

/* A relation of the model by the present token's name, or NULL (p->lack tells when it is not known yet). */
const nx_relation *nx_filter_relation(filter_parser *p);
/* The test of a relation; the present token is its name, afterwards the one behind the test. */
filter_node *nx_filter_parse_relation(filter_parser *p, const nx_relation *relation);

/* One test; the present token is its first, afterwards the one behind it. */
filter_node *nx_filter_parse_test(filter_parser *p);
/* The present token is a value of the test; afterwards it is the one behind it. */
bool nx_filter_parse_value(filter_parser *p, filter_node *test);
/* "(" values ")": the present token is the one before it. */
bool nx_filter_parse_list(filter_parser *p, filter_node *test);

#endif
