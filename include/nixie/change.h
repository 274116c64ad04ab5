/* change.h - staged changes: what the user proposes, until it is saved.
 *
 * A changeset is the ordered set of changes of one database, one change per record at most: editing
 * two fields of a row, or its key and another field, is one update made against the values that were
 * shown. Values are PostgreSQL's own text. Nothing here talks to the server; nixie/save.h does. With a journal
 * (nixie/journal.h) each step of the user is on disk before the function that does it returns true; where it
 * cannot be written the function fails with NX_ERR_SYSTEM, and nothing was done.
 */
#ifndef NIXIE_CHANGE_H
#define NIXIE_CHANGE_H

#include "nixie/catalog.h"
#include "nixie/rows.h"

typedef enum nx_change_kind {
    NX_UPDATE,
    NX_INSERT,
    NX_DELETE,
    NX_BULK_UPDATE, /* every record that a filter matches: one statement */
    NX_BULK_DELETE
} nx_change_kind;

typedef enum nx_new_kind {
    NX_NEW_VALUE,     /* this text */
    NX_NEW_NULL,      /* NULL */
    NX_NEW_DEFAULT,   /* the column's DEFAULT; on insert: the field is left out */
    NX_NEW_REFERENCE, /* what a record that is itself only staged will have in one of its fields */
} nx_new_kind;

typedef struct nx_assignment { /* one field of a change */
    const nx_field *field;
    nx_new_kind kind;
    nx_value value; /* for NX_NEW_VALUE */
    nx_value old;   /* what was shown (whole); unused for inserts */
    bool made;      /* filled in as the application would (nixie/prisma.h, nx_client_value), not by the user: of
                       updates it is not compared at the save, and alone it is no change */
    uint64_t record;              /* for NX_NEW_REFERENCE: the staged insert's id */
    const nx_field *record_field; /* ... and its field */
} nx_assignment;

/* Another session altered a record that is staged: what stood there when it was shown, and what stands
 * there now, for each compared field that differs. "Mine" is the change's own assignment to the field,
 * if it has one (of a deletion and by tuple id all shown fields are compared). */
typedef struct nx_conflict_field {
    const nx_field *field;
    nx_value base, theirs;
    bool cut; /* theirs is only the beginning of a value longer than 64 KiB: mine cannot be kept against it */
} nx_conflict_field;

typedef struct nx_conflict {
    bool gone; /* the record is no longer there; n is 0 */
    int n;
    nx_conflict_field *fields;
} nx_conflict;

typedef struct nx_change {
    uint64_t id; /* never reused within a changeset */
    nx_change_kind kind;
    nx_model *model;
    int nkey;        /* the identity's values (as nx_row.key); 0 for inserts */
    nx_value *key;
    int nassignments;
    nx_assignment *assignments; /* for updates and inserts; for deletes the old values shown */
    nx_error outcome; /* why the last save did not take it, kind NX_OK otherwise */
    const nx_conflict *conflict; /* with an outcome of NX_ERR_CONFLICT: what differs; else NULL */
    int nshown;       /* updates: the record's whole values as shown (field and old). Compared at the
                         save where the record is addressed by tuple id; kept otherwise so that a record
                         that is gone can be inserted again */
    nx_assignment *shown;
    const char *filter; /* bulk changes: the filter's text (nixie/filter.h), "" for every record */
    int64_t expected;   /* bulk changes: the records counted when it was staged */
} nx_change;

typedef struct nx_changeset nx_changeset;

nx_changeset *nx_changeset_new(void);
void nx_changeset_free(nx_changeset *set);

int nx_changeset_count(const nx_changeset *set);
const nx_change *nx_changeset_at(const nx_changeset *set, int i);
const nx_change *nx_changeset_by_id(const nx_changeset *set, uint64_t id);
/* The change of the record with this identity, or NULL. Fast: called for every row drawn. */
const nx_change *nx_changeset_find(const nx_changeset *set, const nx_model *model, const nx_value *key, int nkey);
/* The assignment to `field` in a change, or NULL. */
const nx_assignment *nx_change_assignment(const nx_change *change, const nx_field *field);

/* Can this model, this field be edited? NULL when it can, else the reason in words, owned by the
 * catalog or static: "generated always", "view with GROUP BY", "no key and no tuple id", ... */
const char *nx_edit_refusal(const nx_model *model, nx_change_kind kind);
const char *nx_field_refusal(const nx_field *field, nx_change_kind kind);

/* Stages one field's new value of an existing record. `old` is the whole value that was shown. An
 * assignment equal to the old value takes the assignment back; an update without assignments
 * disappears. Editing a record that is staged for deletion, or a refused field: NX_ERR_REFUSED.
 * Editing a field again keeps the value it was first made against, so that another session's change
 * in between is still found at the save; only after a save has told of that conflict is `old` taken anew. */
bool nx_changeset_update(nx_changeset *set, nx_model *model, const nx_value *key, int nkey, const nx_field *field,
                         nx_value old, nx_new_kind kind, nx_value value, nx_error *err);
/* The same with all whole values on the screen (n of them: field and old). Models addressed by tuple id
 * need them: after VACUUM FULL another record can stand in the same place with the same xmin. Of other
 * models they are only kept (nx_change.shown). */
bool nx_changeset_update_shown(nx_changeset *set, nx_model *model, const nx_value *key, int nkey,
                               const nx_assignment *shown, int n, const nx_field *field, nx_value old,
                               nx_new_kind kind, nx_value value, nx_error *err);
/* Stages a new record; fields not assigned take their defaults, but those that the application fills in have a
 * value of that kind already (made); set to their default they get a new one. An update sets, when it is first
 * staged, the fields that the application sets to the time (@updatedAt). Returns its id, 0 with err. */
uint64_t nx_changeset_insert(nx_changeset *set, nx_model *model, nx_error *err);
/* Sets a field of a staged insert. */
bool nx_changeset_assign(nx_changeset *set, uint64_t id, const nx_field *field, nx_new_kind kind, nx_value value, nx_error *err);
/* Sets fields to what the staged insert `record` will have in `record_field`: of a staged insert (by id),
 * or of an existing record (as nx_changeset_update). The save writes `record` first and carries its value
 * over. Refused (NX_ERR_REFUSED) where the types differ, where `record` is no staged insert, and where
 * records would wait for each other in a circle. Taking the insert back takes its references back too
 * (set to the default on inserts, unassigned on updates), in the same step. */
bool nx_changeset_refer(nx_changeset *set, uint64_t id, const nx_field *field, uint64_t record,
                        const nx_field *record_field, nx_error *err);
bool nx_changeset_update_refer(nx_changeset *set, nx_model *model, const nx_value *key, int nkey,
                               const nx_assignment *shown, int n, const nx_field *field, nx_value old,
                               uint64_t record, const nx_field *record_field, nx_error *err);
/* Stages one change of every record that `filter` matches (its text; "" is all), counted as `expected`
 * when it was shown to the user: sets `field` (NX_BULK_UPDATE; kind and value as above) or deletes
 * (NX_BULK_DELETE; field NULL). At the save one statement runs; when it touches more records than
 * expected, nothing is saved. Returns its id, 0 with err. Staged changes of single records run before it. */
uint64_t nx_changeset_bulk(nx_changeset *set, nx_model *model, nx_change_kind kind, const char *filter,
                           int64_t expected, const nx_field *field, nx_new_kind new_kind, nx_value value, nx_error *err);

/* After a conflict, per field: keep mine (what stands there now becomes what the change is made
 * against), or take theirs (the assignment goes; a change without assignments disappears). Field NULL:
 * all of them; what is not settled yet stays told. Theirs of a deletion, of a record that is gone or of one
 * without a key takes the whole change back; mine cannot be kept there, nor against a value that is cut
 * (NX_ERR_REFUSED). Without a conflict NX_ERR_NOT_FOUND. Each is a step for undo. */
bool nx_changeset_keep_mine(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err);
bool nx_changeset_take_theirs(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err);
/* After a conflict with a record that is gone: the update becomes an insert with the values that were
 * shown and the new ones, its key included. Fields that were not shown whole take their defaults. Refused
 * without a key (the record may only have moved). */
bool nx_changeset_insert_again(nx_changeset *set, uint64_t id, nx_error *err);
/* A staged insert whose unique key exists already becomes an update of that record: `key` is its
 * identity, `present` its values (field and old, n of them); fields that are equal are left out. */
bool nx_changeset_insert_to_update(nx_changeset *set, uint64_t id, const nx_value *key, int nkey,
                                   const nx_assignment *present, int n, nx_error *err);

/* Stages a deletion; `shown` are the values on the screen (n of them, kind and value unused; NULL
 * and 0 allowed). A staged update of the record is replaced by it. Deleting what is staged for
 * deletion takes that back (and the update with it comes back by undo only). */
bool nx_changeset_delete(nx_changeset *set, nx_model *model, const nx_value *key, int nkey,
                         const nx_assignment *shown, int n, nx_error *err);
/* Takes one change back. False when there is no such change (err untouched), or with err. */
bool nx_changeset_remove(nx_changeset *set, uint64_t id, nx_error *err);
/* Takes everything back; undo brings it again. */
bool nx_changeset_clear(nx_changeset *set, nx_error *err);

/* What is staged between these two is one step for undo and redo: deleting all marked rows, a row
 * duplicated field by field. They nest; a group that stages nothing leaves no step. False with err when the
 * journal cannot take the group: then nothing of it is staged. */
void nx_changeset_group_begin(nx_changeset *set);
bool nx_changeset_group_end(nx_changeset *set, nx_error *err);

/* Steps through the user's own steps. False when there is nothing (err untouched), or with err. History ends
 * at a save. */
bool nx_changeset_undo(nx_changeset *set, nx_error *err);
bool nx_changeset_redo(nx_changeset *set, nx_error *err);

/* The statement of a change for people to read: names as short as they may be, values as literals, and none of
 * the qualified operators, collations and casts that make the server mistake nothing. What a new record will
 * have is written <id of the new User>. malloc'ed. */
char *nx_change_readable(const nx_change *change);
/* The statement exactly as it runs, with its values as literals: to copy, and to run elsewhere. (At the save
 * RETURNING is added where others need to know the key.) malloc'ed. */
char *nx_change_exact(const nx_change *change);

#endif
