/* changeset.h - the inside of a changeset: what the room's files share. */
#ifndef EDIT_CHANGESET_H
#define EDIT_CHANGESET_H

#include "version.h"

/* One thing done to the list: at place `at`, `before` was exchanged for `after` (either may be
 * missing), or everything in `all` was taken out. */
typedef struct nx_step {
    int at;
    nx_version *before; /* made by an earlier step */
    nx_version *after;  /* made by this step, which owns it */
    nx_version **all;
    int nall;
    bool joined; /* belongs to the same step of the user as the one before */
} nx_step;

struct nx_changeset {
    nx_version **list;
    int count, cap;
    nx_version_map map;
    uint64_t last_id;
    nx_step *steps; /* nsteps of them; those from `done` on were undone */
    int nsteps, done, steps_cap;
    int depth;     /* open groups */
    bool in_group; /* the open group has a step already */
    int group_from; /* where the open group's steps begin */
    struct nx_journal *journal; /* or NULL */
};

/* Does one step; what had been undone can no longer be redone. False with err when the journal cannot take
 * it: then nothing was done, and `after` is freed. */
bool nx_history_exchange(nx_changeset *set, int at, nx_version *before, nx_version *after, nx_error *err);
bool nx_history_take_all(nx_changeset *set, nx_error *err);

/* --- drafts: changes being made of others ------------------------------------------------------------- */

/* Where the change stands in the list, or -1. */
int nx_changeset_place(const nx_changeset *set, uint64_t id);

/* A copy of the change's assignments (NULL: none) with room for one more. free(). */
nx_assignment *nx_draft_assignments(const nx_change *change);

/* Puts the assignment into a draft; `keep` says whether it is one at all. False when nothing changes. */
bool nx_draft_put(nx_change *draft, const nx_assignment *a, bool keep);

/* The draft takes the place of the change at `at` (the list's end: a new one). An update without
 * assignments is none. */
bool nx_changeset_restage(nx_changeset *set, int at, const nx_change *draft, nx_error *err);
/* The same; of a known conflict, what is not about the field `settled` stays told. */
bool nx_changeset_settle(nx_changeset *set, int at, const nx_change *draft, const nx_field *settled, nx_error *err);

/* One assignment to an existing record, and to a staged insert. */
bool nx_changeset_stage(nx_changeset *set, nx_model *model, const nx_value *key, int nkey, const nx_assignment *shown,
                        int n, nx_assignment a, nx_error *err);
bool nx_changeset_put(nx_changeset *set, uint64_t id, nx_assignment a, nx_error *err);

/* Takes back what refers to the staged insert `id`; or gives it the record's values, as they stand in the
 * assignments of `present`. */
bool nx_references_take_back(nx_changeset *set, uint64_t id, nx_error *err);
bool nx_references_become_values(nx_changeset *set, uint64_t id, const nx_change *present, nx_error *err);

/* After a commit: nothing is staged, history ends, the journal goes. */
void nx_changeset_saved(nx_changeset *set);
/* The same without a commit: what the journal holds stays there. */
void nx_changeset_empty(nx_changeset *set);

/* The change at i, to write its outcome. */
nx_change *nx_changeset_writable(nx_changeset *set, int i);

#endif
