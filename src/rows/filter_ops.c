/* The operators of one word, and what they suit. */
#include "filter_tree.h"

#include <string.h>

const filter_op_word nx_filter_ops[] = {
    {"=", OP_EQ, SUITS_ALL, TAKES_ONE},
    {"!=", OP_NE, SUITS_ALL, TAKES_ONE},
    {"<>", OP_NE, SUITS_ALL, TAKES_ONE},
    {"<", OP_LT, SUITS_ORDER, TAKES_ONE},
    {"<=", OP_LE, SUITS_ORDER, TAKES_ONE},
    {">", OP_GT, SUITS_ORDER, TAKES_ONE},
    {">=", OP_GE, SUITS_ORDER, TAKES_ONE},
    {"=~", OP_IEQ, SUITS_TEXT, TAKES_ONE},
    {"contains", OP_CONTAINS, SUITS_TEXT, TAKES_ONE},
    {"startsWith", OP_STARTS, SUITS_TEXT, TAKES_ONE},
    {"endsWith", OP_ENDS, SUITS_TEXT, TAKES_ONE},
    {"matches", OP_MATCHES, SUITS_TEXT, TAKES_ONE},
    {"like", OP_LIKE, SUITS_TEXT, TAKES_ONE},
    {"icontains", OP_ICONTAINS, SUITS_TEXT, TAKES_ONE},
    {"istartsWith", OP_ISTARTS, SUITS_TEXT, TAKES_ONE},
    {"iendsWith", OP_IENDS, SUITS_TEXT, TAKES_ONE},
    {"imatches", OP_IMATCHES, SUITS_TEXT, TAKES_ONE},
    {"ilike", OP_ILIKE, SUITS_TEXT, TAKES_ONE},
    {"has", OP_HAS, SUITS_ARRAY, TAKES_ONE},
    {"hasSome", OP_HAS_SOME, SUITS_ARRAY, TAKES_LIST},
    {"hasEvery", OP_HAS_EVERY, SUITS_ARRAY, TAKES_LIST},
    {"isEmpty", OP_IS_EMPTY, SUITS_ARRAY, TAKES_NONE},
    {"?", OP_KEY, SUITS_JSON, TAKES_ONE},
};
const int nx_filter_nops = (int)NX_COUNT(nx_filter_ops);

bool nx_filter_suits(filter_suits suits, const nx_field *field, bool path) {
    switch (suits) {
    case SUITS_ALL: return true;
    case SUITS_ORDER: return path || field->sortable;
    case SUITS_TEXT: return path || field->class != NX_TYPE_ARRAY;
    case SUITS_ARRAY: return !path && field->class == NX_TYPE_ARRAY;
    case SUITS_JSON: return field->class == NX_TYPE_JSON;
    }
    return false;
}

bool nx_filter_is_moment(const nx_field *field) {
    return field->class == NX_TYPE_TIME && strcmp(field->base_type, "interval") != 0;
}
