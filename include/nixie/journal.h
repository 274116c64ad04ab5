/* journal.h - the changeset's copy on disk: what is staged survives a crash, a closed terminal, a kill.
 *
 * Each running instance that has something staged owns one file in the journal folder and holds a lock on it
 * as long as it lives. Every step of the user is one write and one fsync, done before the step counts
 * (nixie/change.h). The file goes when nothing is staged any more. A file without a living owner is an orphan:
 * the next instance on that database offers what it holds.
 *
 * A file is lines of "crc length json": the CRC-32C and the length are those of the JSON. The first line says
 * what the changes were staged against; never a password. An incomplete last line is a write that never
 * counted, and ignored; a damaged line is reported, and what stands before it is recovered.
 */
#ifndef NIXIE_JOURNAL_H
#define NIXIE_JOURNAL_H

#include "nixie/change.h"
#include "nixie/session.h"

typedef struct nx_journal nx_journal;

/* What changes are staged against. Strings, "" where unknown. */
typedef struct nx_binding {
    const char *host, *port;
    const char *endpoint, *branch; /* Neon's */
    const char *system, *timeline;
    const char *database, *user, *timezone;
} nx_binding;

/* $XDG_STATE_HOME/nixie/journal, with ~/.local/state where that is not set; malloc'ed. NULL when neither is. */
char *nx_journal_default_folder(void);
/* A journal in `folder` (copied; NULL: there is none, and nothing can be staged). Touches no file. */
nx_journal *nx_journal_new(const char *folder, const nx_server *server);
/* Can it be written? Makes the folder (0700); refuses one that others could write to. */
bool nx_journal_check(nx_journal *journal, nx_error *err);
/* Lets go of it. Its file stays when something is staged. NULL is allowed. */
void nx_journal_free(nx_journal *journal);
/* From now on every step of the changeset is written there; the changeset is empty and must be freed before
 * the journal. */
void nx_changeset_journal(nx_changeset *set, nx_journal *journal);
/* The file's path while something is staged, else the folder's. */
const char *nx_journal_path(nx_journal *journal);

/* --- orphans ---------------------------------------------------------------------------------------------- */

/* A change as a journal holds it: names where nx_change has pointers. */
typedef struct nx_kept_field {
    const char *field, *type; /* field NULL: part of a tuple id */
    nx_new_kind kind;
    nx_value value, old;
    bool made;                /* see nx_assignment */
    uint64_t record;          /* NX_NEW_REFERENCE */
    const char *record_field;
} nx_kept_field;

typedef struct nx_kept_change {
    uint64_t id;
    nx_change_kind kind;
    const char *schema, *model, *title;
    uint32_t oid;
    const char *identity; /* nx_identity_name() */
    int nkey, nassignments, nshown;
    nx_kept_field *key, *assignments, *shown;
    const char *filter;
    int64_t expected;
    uint32_t crc; /* of the whole change as written */
} nx_kept_change;

typedef struct nx_orphan { /* held under lock: no other instance is offered it meanwhile */
    nx_arena *arena;
    nx_binding binding;
    const char *path;
    int64_t time; /* seconds since 1970: when it was last written */
    int64_t pid;  /* of the process that is gone */
    int nchanges;
    nx_kept_change **changes;
    int damaged;          /* the number of the first damaged line, 0 when none is */
    const char *mismatch; /* what differs between its binding and this session, NULL when nothing does */
    const char *xid;      /* a COMMIT of this transaction was sent and its answer never noted down; or NULL */
    const char *backend;
    /* private */
    const struct nx_json *sent; /* what that transaction held */
    const char *id;
    int fd, folder;
} nx_orphan;

/* The orphans of the session's database, oldest first; the array is freed with free(), each orphan with
 * nx_orphan_free(). Returns how many. Files that cannot be trusted or read are left alone. */
int nx_journal_orphans(nx_journal *journal, nx_orphan ***orphans);
/* Lets go of it: it stays for later. NULL is allowed. */
void nx_orphan_free(nx_orphan *orphan);

/* Learns what became of the transaction `xid`, and forgets what it saved. */
typedef enum nx_settled { NX_SETTLED_SAVED, NX_SETTLED_NOT_SAVED, NX_SETTLED_UNKNOWN } nx_settled;
typedef void nx_orphan_settled(void *owner, nx_settled what);
typedef struct nx_settle_job nx_settle_job;
nx_settle_job *nx_orphan_settle(nx_orphan *orphan, nx_session *session, nx_orphan_settled *done, void *owner);
void nx_settle_drop(nx_settle_job *job); /* NULL is allowed */

/* The model of a change in this catalog: by name, else by oid where the binding is the same; or NULL. */
nx_model *nx_orphan_model(const nx_orphan *orphan, const nx_kept_change *change, const nx_catalog *catalog);
/* Stages what it holds, as one step of the user, and removes its file: the changes are in the changeset's own
 * journal from then on. Models must be described. What cannot be staged is told in `notes`, a line each, and
 * then a copy of the file stays beside it (its name in the last line). False with err when nothing was done:
 * the journal cannot be written, or a record is staged here already. */
bool nx_orphan_recover(nx_orphan *orphan, const nx_catalog *catalog, nx_changeset *set, nx_buf *notes, nx_error *err);
/* Removes it with everything it holds. */
bool nx_orphan_discard(nx_orphan *orphan, nx_error *err);

#endif
