#include "changeset.h"

#include <stdlib.h>
#include <string.h>

static void list_insert(nx_changeset *set, int at, nx_version *version) {
    if (set->count == set->cap) {
        set->cap = set->cap ? set->cap * 2 : 16;
        set->list = nx_realloc(set->list, (size_t)set->cap, sizeof(nx_version *));
    }
    memmove(set->list + at + 1, set->list + at, (size_t)(set->count - at) * sizeof(nx_version *));
    set->list[at] = version;
    set->count++;
}

static void list_remove(nx_changeset *set, int at) {
    set->count--;
    memmove(set->list + at, set->list + at + 1, (size_t)(set->count - at) * sizeof(nx_version *));
}

static void exchange(nx_changeset *set, int at, nx_version *out, nx_version *in) {
    if (out) {
        nx_version_map_remove(&set->map, out);
        list_remove(set, at);
    }
    if (in) {
        list_insert(set, at, in);
        nx_version_map_add(&set->map, in);
    }
}

static void apply(nx_changeset *set, const nx_step *step) {
    if (!step->all) {
        exchange(set, step->at, step->before, step->after);
        return;
    }
    while (set->count > 0) {
        exchange(set, set->count - 1, set->list[set->count - 1], NULL);
    }
}

static void revert(nx_changeset *set, const nx_step *step) {
    if (!step->all) {
        exchange(set, step->at, step->after, step->before);
        return;
    }
    for (int i = 0; i < step->nall; i++) {
        exchange(set, i, NULL, step->all[i]);
    }
}

static void forget(nx_changeset *set, int from) {
    for (int i = from; i < set->nsteps; i++) {
        nx_version_free(set->steps[i].after);
        free(set->steps[i].all);
    }
    set->nsteps = from;
}

static void record(nx_changeset *set, nx_step step) {
    forget(set, set->done);
    if (set->nsteps == set->steps_cap) {
        set->steps_cap = set->steps_cap ? set->steps_cap * 2 : 32;
        set->steps = nx_realloc(set->steps, (size_t)set->steps_cap, sizeof *set->steps);
    }
    step.joined = set->depth > 0 && set->in_group;
    set->in_group = set->depth > 0;
    set->steps[set->nsteps++] = step;
    set->done = set->nsteps;
    apply(set, &step);
}

void nx_history_exchange(nx_changeset *set, int at, nx_version *before, nx_version *after) {
    record(set, (nx_step){.at = at, .before = before, .after = after});
}

void nx_history_take_all(nx_changeset *set) {
    if (set->count == 0) {
        return;
    }
    nx_step step = {.nall = set->count, .all = nx_realloc(NULL, (size_t)set->count, sizeof(nx_version *))};
    memcpy(step.all, set->list, (size_t)set->count * sizeof(nx_version *));
    record(set, step);
}

void nx_changeset_group_begin(nx_changeset *set) {
    if (set->depth++ == 0) {
        set->in_group = false;
    }
}

void nx_changeset_group_end(nx_changeset *set) {
    if (set->depth > 0) {
        set->depth--;
    }
}

bool nx_changeset_undo(nx_changeset *set) {
    if (set->done == 0) {
        return false;
    }
    do {
        set->done--;
        revert(set, &set->steps[set->done]);
    } while (set->steps[set->done].joined);
    return true;
}

bool nx_changeset_redo(nx_changeset *set) {
    if (set->done == set->nsteps) {
        return false;
    }
    do {
        apply(set, &set->steps[set->done]);
        set->done++;
    } while (set->done < set->nsteps && set->steps[set->done].joined);
    return true;
}

void nx_changeset_saved(nx_changeset *set) {
    forget(set, 0);
    set->done = set->count = 0;
    set->in_group = false;
    nx_version_map_free(&set->map);
}
