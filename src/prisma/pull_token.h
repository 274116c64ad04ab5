/* pull_token.h - PostgreSQL's text of a default, or of an array, in pieces. */
#ifndef NIXIE_PRISMA_PULL_TOKEN_H
#define NIXIE_PRISMA_PULL_TOKEN_H

#include "pull.h"

typedef enum nx_pull_token {
    NX_TOKEN_END,
    NX_TOKEN_COMMA,
    NX_TOKEN_OPEN,
    NX_TOKEN_CLOSE,
    NX_TOKEN_OPEN_SQUARE,
    NX_TOKEN_CLOSE_SQUARE,
    NX_TOKEN_OPEN_CURLY,
    NX_TOKEN_CLOSE_CURLY,
    NX_TOKEN_MINUS,
    NX_TOKEN_DOT,
    NX_TOKEN_CAST,
    NX_TOKEN_QUOTED, /* "..." */
    NX_TOKEN_STRING, /* '...' */
    NX_TOKEN_DIGITS,
    NX_TOKEN_WORD,   /* letters, digits, _ and -, a letter first */
    NX_TOKEN_OTHER
} nx_pull_token;

typedef struct nx_pull_tokens {
    nx_arena *arena;
    const char *at;   /* what is left, without blanks before it */
    const char *text; /* the piece that was eaten last */
    size_t len;
} nx_pull_tokens;

nx_pull_tokens nx_pull_tokens_of(nx_arena *arena, const char *text);
nx_pull_token nx_pull_peek(const nx_pull_tokens *t);
bool nx_pull_eat(nx_pull_tokens *t, nx_pull_token token); /* if it is the next one */
bool nx_pull_is_word(const nx_pull_tokens *t, const char *word); /* the eaten one, in any case */
const char *nx_pull_unquote(const nx_pull_tokens *t);            /* the eaten string or quoted name; in the arena */
/* Nothing is left, or one piece: Prisma overlooks that one. */
bool nx_pull_at_end(const nx_pull_tokens *t);

#endif
