/* statement.h - the SQL of a change. */
#ifndef EDIT_STATEMENT_H
#define EDIT_STATEMENT_H

#include "nixie/change.h"

/* Appends the statement as far as it concerns the record (nx_carry_write adds to it): UPDATE or DELETE of the
 * one record with this key whose compared values are still the ones that were shown; INSERT of the assigned
 * fields; bulk changes of all that match. */
void nx_statement_write(nx_sql *sql, const nx_change *change);

/* Appends a look at the record as it is now, by key alone. Column 0: is it still the same version (by
 * tuple id, else true); then for each compared value NX_LOOK_COLUMNS: is it what was shown; its present
 * text, whole up to NX_LOOK_WHOLE bytes, else its beginning; and whether that is all. Then, with `stored`,
 * what nx_stored_read_at reads, from the column that is returned. Not for inserts and bulk changes. */
enum { NX_LOOK_SAME, NX_LOOK_TEXT, NX_LOOK_ALL, NX_LOOK_COLUMNS };
enum { NX_LOOK_WHOLE = 64 << 10, NX_LOOK_CHARS = 200 };
static inline int nx_look_column(int compared, int column) { return 1 + compared * NX_LOOK_COLUMNS + column; }
int nx_statement_look(nx_sql *sql, const nx_change *change, bool stored);

/* Appends the condition that finds the record (t) by its key alone, whatever its version. */
void nx_statement_key(nx_sql *sql, const nx_change *change);

/* Does it give the record another key? By tuple id every change does. */
bool nx_change_edits_key(const nx_change *change);

/* The i-th value that is compared with what was shown: the assignments, then what else was shown. NULL
 * behind the last. */
const nx_assignment *nx_change_compared(const nx_change *change, int i);

/* "Post 102": the record of a change in words. Appends. */
void nx_change_name(nx_buf *buf, const nx_change *change);

/* False with NX_ERR_REFUSED for a NUL byte or invalid UTF-8. */
bool nx_value_storable(nx_value value, const char *name, nx_error *err);

#endif
