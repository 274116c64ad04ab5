/* statement.h - the SQL of a change. */
#ifndef EDIT_STATEMENT_H
#define EDIT_STATEMENT_H

#include "nixie/change.h"

/* Appends the statement: UPDATE or DELETE of the one record with this key whose compared values are
 * still the ones that were shown; INSERT of the assigned fields. */
void nx_statement_write(nx_sql *sql, const nx_change *change);

/* The transaction's own setting that holds what the new record `id` has in `field`, for those that refer to
 * it. Set with set_config(..., true), it is gone with the transaction, and costs no trip. */
enum { NX_CARRIED_MAX = 64 };
void nx_statement_carried(char out[NX_CARRIED_MAX], uint64_t id, const nx_field *field);

/* Appends a look at the record as it is now, by key alone. Column 0: is it still the same version (by
 * tuple id, else true); then for each compared value NX_LOOK_COLUMNS: is it what was shown; its present
 * text, whole up to NX_LOOK_WHOLE bytes, else its beginning; and whether that is all. Not for inserts. */
enum { NX_LOOK_SAME, NX_LOOK_TEXT, NX_LOOK_ALL, NX_LOOK_COLUMNS };
enum { NX_LOOK_WHOLE = 64 << 10, NX_LOOK_CHARS = 200 };
static inline int nx_look_column(int compared, int column) { return 1 + compared * NX_LOOK_COLUMNS + column; }
void nx_statement_look(nx_sql *sql, const nx_change *change);

/* The i-th value that is compared with what was shown: the assignments, then what else was shown. NULL
 * behind the last. */
const nx_assignment *nx_change_compared(const nx_change *change, int i);

/* "Post 102": the record of a change in words. Appends. */
void nx_change_name(nx_buf *buf, const nx_change *change);

/* False with NX_ERR_REFUSED for a NUL byte or invalid UTF-8. */
bool nx_value_storable(nx_value value, const char *name, nx_error *err);

#endif
