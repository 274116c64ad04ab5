/* holder.h - who kept a save waiting for a lock. Asked in one trip, after its transaction was rolled back. */
#ifndef EDIT_HOLDER_H
#define EDIT_HOLDER_H

#include "nixie/change.h"
#include "nixie/session.h"

/* "held by pid 4711 (alice, psql, idle in transaction 5 min)"; NULL when nobody was found. */
typedef void nx_holder_done(void *owner, const char *words);
typedef struct nx_holder_job nx_holder_job;

/* `change` is the one whose statement had to wait. */
nx_holder_job *nx_holder_ask(nx_session *session, const nx_change *change, nx_holder_done *done, void *owner);
void nx_holder_drop(nx_holder_job *job); /* NULL is allowed */

#endif
