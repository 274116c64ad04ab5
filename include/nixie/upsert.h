/* upsert.h - a new record that stands there already: found by its unique keys before it is saved.
 *
 * What becomes of it is the user's to say: nx_changeset_insert_to_update() (nixie/change.h) makes the staged
 * insert an update of that record.
 */
#ifndef NIXIE_UPSERT_H
#define NIXIE_UPSERT_H

#include "nixie/change.h"
#include "nixie/session.h"

typedef struct nx_present { /* a record that has what the staged one is to have in a unique key */
    const nx_key *unique;
    int nkey; /* its identity */
    const nx_value *key;
    int n;    /* its readable values, whole (field and old) */
    const nx_assignment *values;
} nx_present;

/* Are all fields of the key given, and none NULL? */
bool nx_upsert_given(const nx_change *insert, const nx_key *key);
/* The other staged insert that has the same in a unique key, 0 when there is none; *key (may be NULL): which key. */
uint64_t nx_upsert_twin(const nx_changeset *set, uint64_t id, const nx_key **key);

/* `present` is NULL when there is no such record; valid inside the callback only. */
typedef void nx_upsert_done(void *owner, const nx_present *present, const nx_error *err);
typedef struct nx_upsert_job nx_upsert_job;
/* Looks whether a record stands in the way of the staged insert `id`: by each unique key that is given whole and that
 * `field` is part of (NULL: any). All in one trip. NULL, with the callback made, when there is nothing to ask. */
nx_upsert_job *nx_upsert_look(nx_session *session, const nx_changeset *set, uint64_t id, const nx_field *field,
                              nx_upsert_done *done, void *owner);
void nx_upsert_drop(nx_upsert_job *job); /* the owner is going away; NULL is allowed */

#endif
