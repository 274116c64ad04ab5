/* parse.h - the state of a parser of Prisma's schema language. */
#ifndef NIXIE_PRISMA_PARSE_H
#define NIXIE_PRISMA_PARSE_H

#include "nixie/prisma.h"

enum { NX_PSL_DEPTH_MAX = 64 };

typedef struct nx_psl_list { /* elements of one size, growing */
    char *items;
    size_t count, cap, size;
} nx_psl_list;

typedef struct nx_psl {
    nx_arena *arena;
    const char *file;
    const char *at, *end;
    const char *line_start;
    const char *counted; /* columns of this line are counted up to here */
    int column;
    int line, depth;
    nx_buf comment; /* the /// lines since the last declaration */
    nx_psl_list models, enums, configs;
    nx_error *err;
} nx_psl;

/* Elements are copied into the arena by nx_psl_list_done, which frees the list. */
void nx_psl_list_add(nx_psl_list *list, const void *item);
void *nx_psl_list_done(nx_psl_list *list, nx_arena *arena, int *count);

nx_psl_place nx_psl_here(nx_psl *p);
/* "file:3:7: expected WHAT"; keeps the first complaint. Returns false. */
bool nx_psl_expected(nx_psl *p, const char *what);
bool nx_psl_wrong(nx_psl *p, nx_psl_place place, const char *format, ...) NX_PRINTF(3, 4);

/* The next byte, 0 at the end. */
char nx_psl_peek(const nx_psl *p);
void nx_psl_blanks(nx_psl *p); /* spaces, tabs and block comments within the line */
void nx_psl_space(nx_psl *p);  /* these, line ends and comments; /// lines are kept in p->comment */
/* The same between declarations, where a comment with an empty line below it belongs to nothing. */
void nx_psl_between(nx_psl *p);
bool nx_psl_take(nx_psl *p, char c);
/* The rest of the line, with a comment at its end. False when something else stands there. */
bool nx_psl_line_end(nx_psl *p);
void nx_psl_skip_line(nx_psl *p);
const char *nx_psl_ident(nx_psl *p); /* NULL when none stands here */
const char *nx_psl_path(nx_psl *p);  /* idents with dots between */
const char *nx_psl_comment(nx_psl *p); /* what was collected, NULL when nothing; begins anew */

const nx_psl_value *nx_psl_expression(nx_psl *p);
/* An argument list whose "(" has been taken. */
bool nx_psl_arguments(nx_psl *p, const nx_psl_arg **args, int *count);
/* @name(...), the @ taken already. */
bool nx_psl_read_attribute(nx_psl *p, nx_psl_attribute *attribute);

/* Reads all declarations of the text. */
bool nx_psl_document(nx_psl *p);
/* Fills in what follows from attributes and from names of other models. */
bool nx_psl_resolve(nx_prisma *prisma, nx_error *err);

#endif
