#include "changeset.h"

#include <stdlib.h>
#include <string.h>

#include "journal.h"

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

static void append(nx_changeset *set, const nx_step *step) {
    forget(set, set->done);
    if (set->nsteps == set->steps_cap) {
        set->steps_cap = set->steps_cap ? set->steps_cap * 2 : 32;
        set->steps = nx_realloc(set->steps, (size_t)set->steps_cap, sizeof *set->steps);
    }
    set->steps[set->nsteps++] = *step;
    set->done = set->nsteps;
}

static bool keep(const nx_changeset *set, const nx_step *steps, int n, bool back, nx_error *err) {
    return !set->journal || nx_journal_keep(set->journal, steps, n, back, err);
}

/* A step of the user is on disk before it counts; a group is when it ends. */
static bool record(nx_changeset *set, nx_step step, nx_error *err) {
    apply(set, &step);
    if (set->depth == 0 && !keep(set, &step, 1, false, err)) {
        revert(set, &step);
        nx_version_free(step.after);
        free(step.all);
        return false;
    }
    if (set->depth > 0 && !set->in_group) {
        set->group_from = set->done;
    }
    step.joined = set->depth > 0 && set->in_group;
    set->in_group = set->depth > 0;
    append(set, &step);
    return true;
}

bool nx_history_exchange(nx_changeset *set, int at, nx_version *before, nx_version *after, nx_error *err) {
    return record(set, (nx_step){.at = at, .before = before, .after = after}, err);
}

bool nx_history_take_all(nx_changeset *set, nx_error *err) {
    if (set->count == 0) {
        return true;
    }
    nx_step step = {.nall = set->count, .all = nx_realloc(NULL, (size_t)set->count, sizeof(nx_version *))};
    memcpy(step.all, set->list, (size_t)set->count * sizeof(nx_version *));
    return record(set, step, err);
}

void nx_changeset_group_begin(nx_changeset *set) {
    if (set->depth++ == 0) {
        set->in_group = false;
    }
}

static void take_back(nx_changeset *set, int from) {
    while (set->done > from) {
        set->done--;
        revert(set, &set->steps[set->done]);
    }
}

bool nx_changeset_group_end(nx_changeset *set, nx_error *err) {
    if (set->depth == 0 || --set->depth > 0 || !set->in_group) {
        return true;
    }
    set->in_group = false;
    int from = set->group_from;
    if (keep(set, set->steps + from, set->done - from, false, err)) {
        return true;
    }
    take_back(set, from);
    forget(set, from);
    return false;
}

bool nx_changeset_undo(nx_changeset *set, nx_error *err) {
    if (set->done == 0) {
        return false;
    }
    int from = set->done - 1, end = set->done;
    while (set->steps[from].joined) {
        from--;
    }
    take_back(set, from);
    if (keep(set, set->steps + from, end - from, true, err)) {
        return true;
    }
    for (; set->done < end; set->done++) {
        apply(set, &set->steps[set->done]);
    }
    return false;
}

bool nx_changeset_redo(nx_changeset *set, nx_error *err) {
    if (set->done == set->nsteps) {
        return false;
    }
    int from = set->done;
    do {
        apply(set, &set->steps[set->done]);
        set->done++;
    } while (set->done < set->nsteps && set->steps[set->done].joined);
    if (keep(set, set->steps + from, set->done - from, false, err)) {
        return true;
    }
    take_back(set, from);
    return false;
}

void nx_changeset_saved(nx_changeset *set) {
    nx_changeset_empty(set);
    nx_journal_saved(set->journal);
}

void nx_changeset_empty(nx_changeset *set) {
    forget(set, 0);
    set->done = set->count = 0;
    set->in_group = false;
    nx_version_map_free(&set->map);
}
