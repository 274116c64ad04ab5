/* filter_tree.h - the filter language's tokens and tree; private to filter*.c. */
#ifndef NIXIE_ROWS_FILTER_TREE_H
#define NIXIE_ROWS_FILTER_TREE_H

#include "nixie/filter.h"

/* --- tokens ---------------------------------------------------------------------------------------- */

typedef enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED_FIELD, TOKEN_STRING, TOKEN_SIGN, TOKEN_BAD } token_kind;

typedef struct token {
    token_kind kind;
    const char *text; /* of words and strings: the value; of signs: "=", "(", "." ... In the arena */
    size_t start;     /* byte at which it begins */
    size_t end;
    const char *why;  /* of TOKEN_BAD */
} token;

/* The token at or after byte `at`. In value position bare words run to the next blank, comma,
 * parenthesis or quote, so that numbers, dates and times need no quotes. */
token nx_filter_token(const char *text, size_t at, bool value_position, nx_arena *arena);
bool nx_filter_is_word(const token *t, const char *keyword); /* any case */
/* 1-based character at byte `at`. */
int nx_filter_position(const char *text, size_t at);

/* --- operators ------------------------------------------------------------------------------------- */

typedef enum filter_op {
    OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE,
    OP_IEQ, OP_CONTAINS, OP_STARTS, OP_ENDS, OP_MATCHES, OP_LIKE,
    OP_ICONTAINS, OP_ISTARTS, OP_IENDS, OP_IMATCHES, OP_ILIKE,
    OP_HAS, OP_HAS_SOME, OP_HAS_EVERY, OP_IS_EMPTY,
    OP_IN, OP_BETWEEN, OP_IS_NULL, OP_KEY
} filter_op;

typedef enum filter_suits { SUITS_ALL = 1, SUITS_ORDER = 2, SUITS_TEXT = 4, SUITS_ARRAY = 8, SUITS_JSON = 16 } filter_suits;

typedef struct filter_op_word {
    const char *word;
    filter_op op;
    filter_suits suits;
    enum { TAKES_NONE, TAKES_ONE, TAKES_LIST } takes;
} filter_op_word;

extern const filter_op_word nx_filter_ops[];
extern const int nx_filter_nops;

/* --- tree ------------------------------------------------------------------------------------------- */

typedef struct filter_value {
    enum { VALUE_TEXT, VALUE_NOW, VALUE_TODAY } kind;
    bool bare;            /* without quotes: numbers and true/false keep their type in JSON */
    const char *text;
    char sign;            /* '+' or '-' and an interval after now and today, else 0 */
    const char *interval;
} filter_value;

typedef enum filter_node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST } filter_node_kind;

typedef struct filter_node {
    filter_node_kind kind;
    struct filter_node *left, *right;
    nx_field *field;
    filter_op op;
    int nvalues;
    filter_value *values;
    int npath;
    const char **path; /* keys into a JSON field */
} filter_node;

struct nx_filter {
    nx_arena *arena;
    const char *text;
    filter_node *root; /* NULL: every row */
};

#endif
