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

/* Told of the n steps that make one step of the user before that counts, or of their being taken back (from
 * the last to the first) by undo; `count` changes are staged then. False with err: it does not count. */
typedef bool nx_keep(void *keeper, const nx_step *steps, int n, bool back, int count, nx_error *err);

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
    nx_keep *keep;  /* the journal, or NULL */
    void *keeper;
};

/* Does one step; what had been undone can no longer be redone. False with err when the journal cannot take
 * it: then nothing was done, and `after` is freed. */
bool nx_history_exchange(nx_changeset *set, int at, nx_version *before, nx_version *after, nx_error *err);
bool nx_history_take_all(nx_changeset *set, nx_error *err);

/* After a commit: nothing is staged, history ends. */
void nx_changeset_saved(nx_changeset *set);

/* The change at i, to write its outcome. */
nx_change *nx_changeset_writable(nx_changeset *set, int i);

#endif
