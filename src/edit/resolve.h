/* resolve.h - what became of a transaction whose COMMIT got no answer.
 *
 * Asked on whatever connection the session makes next. While the transaction is still in progress the
 * question is repeated (the server waits in between, not the client); then the backend that is stuck
 * with it is ended, so that there is an answer.
 */
#ifndef EDIT_RESOLVE_H
#define EDIT_RESOLVE_H

#include "nixie/trip.h"

typedef enum nx_fate { NX_FATE_COMMITTED, NX_FATE_ABORTED, NX_FATE_UNKNOWN } nx_fate;

/* `why` tells what stood in the way of an answer; NULL when there is one. */
typedef void nx_resolve_done(void *owner, nx_fate fate, const nx_error *why);
typedef struct nx_resolve_job nx_resolve_job;

/* `xid` is pg_current_xact_id() and `pid` pg_backend_pid() of the transaction, as text (copied). */
nx_resolve_job *nx_resolve(nx_session *session, const char *xid, const char *pid, nx_resolve_done *done, void *owner);
void nx_resolve_drop(nx_resolve_job *job);

#endif
