/* sql.h - the one way in which SQL is written.
 *
 * A statement under construction: text plus text-format parameters. Fixed words come from string
 * literals through nx_sql(); every identifier goes through nx_sql_ident() or nx_sql_name(); every
 * value becomes a parameter through nx_sql_param(). There is no function that puts a value into the
 * text. Names are always schema-qualified: search_path is never relied on and never changed.
 */
#ifndef NIXIE_SQL_H
#define NIXIE_SQL_H

#include <stdbool.h>
#include <stddef.h>

#include "nixie/buf.h"

typedef struct nx_value {
    const char *text; /* PostgreSQL's own text, NUL-terminated; NULL is SQL NULL */
    size_t len;       /* bytes */
} nx_value;

#define NX_NULL_VALUE ((nx_value){NULL, 0})
static inline bool nx_is_null(nx_value v) { return v.text == NULL; }
bool nx_value_equal(nx_value a, nx_value b); /* bytewise; NULL equals NULL */
nx_value nx_value_of(const char *s);         /* s may be NULL; not copied */
nx_value nx_value_copy(nx_arena *arena, nx_value v);

typedef struct nx_sql {
    nx_buf text;
    char **params; /* owned copies; NULL entries are SQL NULL */
    size_t nparams, cap;
    bool packed; /* its select list was written with nx_sql_entry and is packed: results come unpacked */
} nx_sql;

#define NX_SQL \
    { .text = NX_BUF }

void nx_sql_free(nx_sql *sql);

/* Appends fixed SQL. Call it with string literals (or other text that this program wrote). */
void nx_sql_add(nx_sql *sql, const char *literal);

/* Appends printf-formatted fixed SQL; only integers and literals may be arguments. */
void nx_sql_addf(nx_sql *sql, const char *format, ...) NX_PRINTF(2, 3);

/* Appends a double-quoted identifier (PostgreSQL 4.1.1; embedded quotes doubled). */
void nx_sql_ident(nx_sql *sql, const char *name);

/* Appends "schema"."name". */
void nx_sql_name(nx_sql *sql, const char *schema, const char *name);

/* Appends `alias`."field". `alias` is a literal of ours, such as "t". */
void nx_sql_column(nx_sql *sql, const char *alias, const char *field);

/* Adds a parameter and appends $n, or $n::cast when cast is not NULL. `cast` is a type written by
 * nixie/catalog.h (nx_field.cast: qualified and quoted), or a literal of ours such as "text". */
void nx_sql_param(nx_sql *sql, nx_value value, const char *cast);

/* A select list of n entries: appends what stands before the i-th of them (from 0), and with i = n what stands behind
 * the last. Where a statement cannot have so many columns (1,664 at most) they are packed into records, and
 * nx_result has them as columns again. The list is all that the statement selects. */
void nx_sql_entry(nx_sql *sql, int i, int n);

/* Appends another statement's text and parameters, with its $n renumbered.
 * `other` is unchanged. Its text must hold $ only as parameter marks or inside quoted identifiers. */
void nx_sql_append(nx_sql *sql, const nx_sql *other);

/* The statement as one could run it in psql: parameters inserted as quoted literals. For people to
 * read and copy (Changes, errors); never sent. malloc'ed. */
char *nx_sql_readable(const nx_sql *sql);

/* Quotes a text literal for people to read: 'it''s', E'...' where needed. Appends to buf. */
void nx_sql_literal(nx_buf *buf, nx_value value);

#endif
