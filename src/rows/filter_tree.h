/* filter_tree.h - the filter language's tokens, operators and tree; private to filter_*.c. */
#ifndef NIXIE_ROWS_FILTER_TREE_H
#define NIXIE_ROWS_FILTER_TREE_H

#include "nixie/filter.h"
#include "related.h"

/* --- tokens ---------------------------------------------------------------------------------------- */

typedef enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED_FIELD,
    TOKEN_STRING,
    TOKEN_OPEN_QUOTE,
    TOKEN_SIGN
} token_kind;

typedef struct token {
    token_kind kind;
    const char *text; /* of words and strings: the value; of signs: "=", "(", "." ... In the arena */
    size_t start;     /* bytes at which it begins and ends */
    size_t end;
} token;

typedef enum lex_mode {
    LEX_NAME,  /* fields, keywords, operators */
    LEX_VALUE, /* bare words run to a blank, comma, parenthesis or quote: numbers, dates and times need no quotes */
    LEX_KEY    /* keys into JSON: may begin with a digit */
} lex_mode;

/* The token at or after byte `at`. TOKEN_OPEN_QUOTE is a quoted text that does not end. */
token nx_filter_token(const char *text, size_t at, lex_mode mode, nx_arena *arena);
bool nx_filter_is_word(const token *t, const char *keyword); /* any case */
/* The 1-based character at byte `at`. */
int nx_filter_position(const char *text, size_t at);

/* --- operators ------------------------------------------------------------------------------------- */

typedef enum filter_op {
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IEQ,
    OP_CONTAINS,
    OP_STARTS,
    OP_ENDS,
    OP_MATCHES,
    OP_LIKE,
    OP_ICONTAINS,
    OP_ISTARTS,
    OP_IENDS,
    OP_IMATCHES,
    OP_ILIKE,
    OP_HAS,
    OP_HAS_SOME,
    OP_HAS_EVERY,
    OP_IS_EMPTY,
    OP_IN,
    OP_BETWEEN,
    OP_IS_NULL,
    OP_KEY
} filter_op;

typedef enum filter_suits { SUITS_ALL, SUITS_ORDER, SUITS_TEXT, SUITS_ARRAY, SUITS_JSON } filter_suits;

typedef struct filter_op_word {
    const char *word;
    filter_op op;
    filter_suits suits;
    enum { TAKES_NONE, TAKES_ONE, TAKES_LIST } takes;
} filter_op_word;

extern const filter_op_word nx_filter_ops[]; /* those of one word; in, between and is are the parser's */
extern const int nx_filter_nops;

/* Does such an operator suit the field, or what a path leads to in it? */
bool nx_filter_suits(filter_suits suits, const nx_field *field, bool path);
/* now and today mean something to it: it has a date or a time of day. */
bool nx_filter_is_moment(const nx_field *field);

/* --- tree ------------------------------------------------------------------------------------------- */

typedef struct filter_value {
    enum { VALUE_TEXT, VALUE_NOW, VALUE_TODAY } kind;
    bool bare; /* without quotes: numbers and true/false keep their type in JSON */
    const char *text;
    char sign; /* '+' or '-' and an interval after now and today, else 0 */
    const char *interval;
} filter_value;

typedef enum filter_node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST, NODE_RELATION } filter_node_kind;

typedef enum filter_quantifier { /* of the related records, Prisma's words */
    REL_SOME,  /* also "is (...)" and a dot to one */
    REL_NONE,  /* also "is not (...)" */
    REL_EVERY,
    REL_ABSENT, /* "is null" */
    REL_COUNT
} filter_quantifier;

typedef struct filter_node {
    filter_node_kind kind;
    bool closed;               /* it stands in parentheses */
    struct filter_node *first; /* what NODE_AND, NODE_OR and NODE_NOT are made of; of NODE_RELATION the
                                  condition on the related records, NULL for any */
    struct filter_node *next;  /* beside it, under the same parent */
    const nx_relation *relation;
    filter_quantifier quantifier;
    nx_field *field;           /* the rest: of a test */
    filter_op op;              /* of a test, and of a relation's count */
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

/* --- completion ------------------------------------------------------------------------------------- */

typedef enum filter_want {
    WANT_NOTHING,
    WANT_FIELD,
    WANT_QUANTIFIER, /* after a relation */
    WANT_RELATED,    /* after a relation and a dot */
    WANT_OP,
    WANT_RANGE, /* in, between: after not */
    WANT_VALUE,
    WANT_NULL, /* null, not null: after is */
    WANT_NULL_ONLY,
    WANT_AND, /* after between's first value */
    WANT_JOIN /* and, or: after a test */
} filter_want;

typedef struct filter_wish { /* what could stand at the end of a text */
    filter_want want;
    size_t start; /* the byte at which the word that is being typed begins */
    const nx_model *model; /* whose fields are meant there */
    const nx_field *field;
    const nx_relation *relation;
    bool path;
} filter_wish;

/* Parses a text that is being typed; WANT_NOTHING when it went wrong before its end. */
filter_wish nx_filter_wish(const nx_model *model, const char *text, nx_arena *arena);

nx_lack nx_filter_lack(const nx_model *model, const char *text);

/* --- SQL -------------------------------------------------------------------------------------------- */

void nx_filter_write(const filter_node *n, const char *alias, nx_sql *sql);
/* Of a NODE_RELATION; writes its condition through nx_filter_write. */
void nx_filter_relation_sql(const filter_node *n, const char *alias, nx_sql *sql);
extern const char *const nx_filter_plain_ops[]; /* by OP_EQ ... OP_GE, with blanks around */

/* --- writing ---------------------------------------------------------------------------------------- */

/* Appends text between quotes, which are doubled inside; and a field's name, in backquotes where needed. */
void nx_filter_add_quoted(nx_buf *buf, char quote, const char *s, size_t len);
void nx_filter_add_name(nx_buf *buf, const char *name);
void nx_filter_add_field(nx_buf *buf, const nx_field *field);

#endif
