/* stored.h - what the server made of a change: the record is looked at again behind its statement. */
#ifndef EDIT_STORED_H
#define EDIT_STORED_H

#include "carry.h"
#include "nixie/save.h"
#include "nixie/trip.h"

/* Where the record is found once it is written. */
typedef enum nx_whereabouts {
    NX_NOWHERE,    /* deleted, or it cannot be told */
    NX_AT_ITS_KEY, /* where it was, or where an insert put it */
    NX_AT_CARRIED  /* where its statement says (carry.h) */
} nx_whereabouts;
nx_whereabouts nx_stored_where(const nx_change *change);

/* The columns that show what is stored: their number, and the end of a select list of n entries, from the one at `at` on
 * (see nx_sql_entry); for a row called t. */
int nx_stored_count(const nx_change *change);
void nx_stored_columns(nx_sql *sql, const nx_change *change, int at, int n);
/* Appends a statement of the key and these columns. Not for NX_NOWHERE. */
void nx_stored_look(nx_sql *sql, const nx_change *change, nx_whereabouts where);

/* Reads the answer of nx_stored_look, or the columns from `column` on of another look at the record at its
 * key: key and fields of `out`, from the arena. */
void nx_stored_read(nx_arena *arena, const nx_change *change, const nx_result *look, nx_saved_change *out);
void nx_stored_read_at(nx_arena *arena, const nx_change *change, const nx_result *look, int column,
                       nx_saved_change *out);

#endif
