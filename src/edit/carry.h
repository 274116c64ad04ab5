/* carry.h - what a statement makes known to those after it in the same trip.
 *
 * A pipeline cannot feed an answer into a later question. So the keys that a statement makes (of a new
 * record, of one whose key is edited, of one addressed by tuple id) go from its RETURNING into settings of
 * the transaction, with set_config(..., true), and later statements read them with current_setting(). They
 * are gone with the transaction, so that this is safe through a pooler.
 */
#ifndef EDIT_CARRY_H
#define EDIT_CARRY_H

#include "nixie/change.h"

/* What others want to know of new records; sorted by record. free(list). */
typedef struct nx_wanted {
    uint64_t record;
    const nx_field *field;
} nx_wanted;

typedef struct nx_wanted_list {
    nx_wanted *list;
    int n;
} nx_wanted_list;

void nx_wanted_find(const nx_changeset *set, nx_wanted_list *wanted);

/* Does its statement carry its key? */
bool nx_carry_key(const nx_change *change);
/* Is the change's statement written with its key carried? Then its result is one row: how many records it
 * touched, and their key (of the one). */
bool nx_carry_wraps(const nx_change *change, const nx_wanted_list *wanted);
/* Appends the statement as it is sent. */
void nx_carry_write(nx_sql *sql, const nx_change *change, const nx_wanted_list *wanted);

/* How many parts the identity has, for a change that may have none yet. */
int nx_carry_parts(const nx_model *model);
/* Appends the part of the key that the statement before carried. */
void nx_carry_part(nx_sql *sql, int part, const char *cast);

/* Appends what the field of a staged record has. */
void nx_carry_reference(nx_sql *sql, const nx_assignment *a);

#endif
