/* What became of a COMMIT that was sent, and its sender died before the answer was noted down. */
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "nixie/json.h"
#include "resolve.h"

struct nx_settle_job {
    nx_orphan *orphan;
    nx_resolve_job *resolve;
    nx_orphan_settled *done;
    void *owner;
};

/* What the transaction held of this change; looked for from `from` on, which is where it nearly always is. */
static const nx_json *find_sent(const nx_json *list, const nx_json *from, uint64_t id) {
    for (const nx_json *at = from; at; at = at->next) {
        if ((uint64_t)nx_json_int(at, "id", 0) == id) {
            return at;
        }
    }
    for (const nx_json *at = list->first; at && at != from; at = at->next) {
        if ((uint64_t)nx_json_int(at, "id", 0) == id) {
            return at;
        }
    }
    return NULL;
}

/* Saved is what still stands as it was sent. An update that was edited on stays, and its conflict will show; but
 * a record is never made twice. */
static bool was_saved(const nx_json *sent, const nx_kept_change *c) {
    bool again = c->kind == NX_UPDATE || c->kind == NX_DELETE;
    return sent && ((uint32_t)nx_json_int(sent, "crc", 0) == c->crc || !again);
}

static void forget_saved(nx_orphan *o) {
    const nx_json *list = nx_json_member(o->sent, "sent"), *next = list ? list->first : NULL;
    int kept = 0;
    for (int i = 0; list && i < o->nchanges; i++) {
        const nx_json *sent = find_sent(list, next, o->changes[i]->id);
        next = sent ? sent->next : next;
        if (!was_saved(sent, o->changes[i])) {
            o->changes[kept++] = o->changes[i];
        }
    }
    o->nchanges = kept;
}

static void settled(void *owner, nx_fate fate, const nx_error *why) {
    nx_settle_job job = *(nx_settle_job *)owner;
    (void)why;
    free(owner);
    if (fate == NX_FATE_COMMITTED) {
        forget_saved(job.orphan);
    }
    if (fate != NX_FATE_UNKNOWN) {
        job.orphan->xid = NULL;
    }
    job.done(job.owner, fate == NX_FATE_COMMITTED ? NX_SETTLED_SAVED
                        : fate == NX_FATE_ABORTED ? NX_SETTLED_NOT_SAVED
                                                  : NX_SETTLED_UNKNOWN);
}

/* Transaction ids mean something only on the cluster and the timeline that gave them. */
static bool can_tell(const nx_orphan *o, const nx_server *server) {
    const char *system = nx_json_text(o->sent, "system"), *timeline = nx_json_text(o->sent, "timeline");
    return server && system && timeline && strcmp(system, server->system) == 0 && strcmp(timeline, server->timeline) == 0;
}

nx_settle_job *nx_orphan_settle(nx_orphan *orphan, nx_session *session, nx_orphan_settled *done, void *owner) {
    if (!orphan->xid || !can_tell(orphan, nx_session_server(session))) {
        done(owner, NX_SETTLED_UNKNOWN);
        return NULL;
    }
    nx_settle_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_settle_job){.orphan = orphan, .done = done, .owner = owner};
    job->resolve = nx_resolve(session, orphan->xid, orphan->backend, settled, job);
    return job;
}

void nx_settle_drop(nx_settle_job *job) {
    if (job) {
        nx_resolve_drop(job->resolve);
        free(job);
    }
}
