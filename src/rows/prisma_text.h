/* prisma_text.h - a query as a call of Prisma Client; private to prisma_*.c. */
#ifndef NIXIE_ROWS_PRISMA_TEXT_H
#define NIXIE_ROWS_PRISMA_TEXT_H

#include "filter_tree.h"

/* Appends a member's name, in quotes where it needs them. */
void nx_prisma_name(nx_buf *out, const char *name);
/* Appends a value of the field: 7, 7n, 'text', true, new Date('...'). */
void nx_prisma_text(nx_buf *out, const nx_field *field, const char *text);
void nx_prisma_value(nx_buf *out, const nx_field *field, const filter_value *value);
/* Appends the condition's members, without braces around them: a: 1, b: { gt: 2 }. */
void nx_prisma_members(nx_buf *out, const filter_node *node);

#endif
