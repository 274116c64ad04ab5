#include "changeset.h"

#include <stdlib.h>
#include <string.h>

#include "conflict.h"
#include "made.h"
#include "nixie/text.h"
#include "statement.h"

nx_changeset *nx_changeset_new(void) { return nx_calloc(1, sizeof(nx_changeset)); }

void nx_changeset_free(nx_changeset *set) {
    if (!set) {
        return;
    }
    nx_changeset_empty(set);
    free(set->list);
    free(set->steps);
    free(set);
}

int nx_changeset_count(const nx_changeset *set) { return set->count; }

const nx_change *nx_changeset_at(const nx_changeset *set, int i) {
    return i >= 0 && i < set->count ? &set->list[i]->change : NULL;
}

nx_change *nx_changeset_writable(nx_changeset *set, int i) { return &set->list[i]->change; }

int nx_changeset_place(const nx_changeset *set, uint64_t id) {
    for (int i = 0; i < set->count; i++) {
        if (set->list[i]->change.id == id) {
            return i;
        }
    }
    return -1;
}

const nx_change *nx_changeset_by_id(const nx_changeset *set, uint64_t id) {
    return nx_changeset_at(set, nx_changeset_place(set, id));
}

const nx_change *nx_changeset_find(const nx_changeset *set, const nx_model *model, const nx_value *key, int nkey) {
    const nx_version *version = nx_version_map_find(&set->map, model, key, nkey);
    return version ? &version->change : NULL;
}

/* By number, not by pointer: the field may come from a catalog that was loaded again. */
static int assignment_index(const nx_change *change, const nx_field *field) {
    for (int i = 0; i < change->nassignments; i++) {
        if (change->assignments[i].field->number == field->number) {
            return i;
        }
    }
    return -1;
}

const nx_assignment *nx_change_assignment(const nx_change *change, const nx_field *field) {
    int i = change->model->oid == field->model->oid ? assignment_index(change, field) : -1;
    return i < 0 ? NULL : &change->assignments[i];
}

static bool refuse(nx_error *err, const nx_model *model, const nx_field *field, const char *why) {
    nx_error_set(err, NX_ERR_REFUSED, "%s%s%s cannot be edited: %s", model->title, field ? "." : "",
                 field ? nx_field_title(field) : "", why);
    return false;
}

bool nx_value_storable(nx_value value, const char *name, nx_error *err) {
    if (!value.text) {
        return true;
    }
    if (memchr(value.text, '\0', value.len)) {
        nx_error_set(err, NX_ERR_REFUSED, "%s: the value holds a NUL byte, which PostgreSQL cannot store", name);
        nx_error_hint(err, "binary data belongs in a bytea field, written as \\x and hexadecimal digits");
        return false;
    }
    if (!nx_text_valid(value.text, value.len)) {
        nx_error_set(err, NX_ERR_REFUSED, "%s: the value is not valid UTF-8", name);
        return false;
    }
    return true;
}

static bool assigns(const nx_assignment *a, nx_value old) {
    return a->kind == NX_NEW_DEFAULT || a->kind == NX_NEW_REFERENCE ||
           !nx_value_equal(a->kind == NX_NEW_NULL ? NX_NULL_VALUE : a->value, old);
}

static bool same_assignment(const nx_assignment *a, const nx_assignment *b) {
    if (a->kind != b->kind || !nx_value_equal(a->old, b->old)) {
        return false;
    }
    if (a->kind == NX_NEW_REFERENCE) {
        return a->record == b->record && a->record_field->number == b->record_field->number;
    }
    return a->made == b->made && (a->kind != NX_NEW_VALUE || nx_value_equal(a->value, b->value));
}

nx_assignment *nx_draft_assignments(const nx_change *change) {
    size_t n = change ? (size_t)change->nassignments : 0;
    nx_assignment *copy = nx_calloc(n + 1, sizeof *copy);
    if (n > 0) {
        memcpy(copy, change->assignments, n * sizeof *copy);
    }
    return copy;
}

static void draft_remove(nx_change *draft, int i) {
    draft->nassignments--;
    memmove(draft->assignments + i, draft->assignments + i + 1,
            (size_t)(draft->nassignments - i) * sizeof *draft->assignments);
}

bool nx_draft_put(nx_change *draft, const nx_assignment *a, bool keep) {
    int i = assignment_index(draft, a->field);
    if (!keep) {
        if (i >= 0) {
            draft_remove(draft, i);
        }
        return i >= 0;
    }
    if (i >= 0 && same_assignment(&draft->assignments[i], a)) {
        return false;
    }
    draft->assignments[i >= 0 ? i : draft->nassignments++] = *a;
    return true;
}

bool nx_changeset_settle(nx_changeset *set, int at, const nx_change *draft, const nx_field *settled, nx_error *err) {
    nx_version *before = at < set->count ? set->list[at] : NULL, *after = NULL;
    if (draft->kind != NX_UPDATE || !nx_made_alone(draft)) {
        after = nx_version_new(draft);
        nx_conflict_carry(after, before, settled);
    }
    return nx_history_exchange(set, at, before, after, err);
}

bool nx_changeset_restage(nx_changeset *set, int at, const nx_change *draft, nx_error *err) {
    return nx_changeset_settle(set, at, draft, NULL, err);
}

/* The update as it becomes with `a` in it. */
static bool stage_update(nx_changeset *set, nx_change *draft, const nx_change *present, const nx_assignment *a,
                         nx_error *err) {
    bool good = true;
    size_t had = present ? (size_t)present->nassignments : 0;
    nx_arena *arena = nx_arena_new(0);
    draft->assignments = nx_calloc(had + 1 + (size_t)draft->model->nfields, sizeof *draft->assignments);
    draft->nassignments = (int)had;
    for (size_t i = 0; i < had; i++) {
        draft->assignments[i] = present->assignments[i];
    }
    if (nx_draft_put(draft, a, assigns(a, a->old))) {
        if (!present) { /* later it is there, or was taken back */
            nx_made_update(draft, arena);
        }
        draft->id = present ? present->id : ++set->last_id;
        int at = present ? nx_changeset_place(set, present->id) : set->count;
        good = nx_changeset_settle(set, at, draft, a->field, err);
    }
    free(draft->assignments);
    nx_arena_free(arena);
    return good;
}

static bool may_update(const nx_model *model, const nx_change *present, int nkey, const nx_assignment *a,
                       nx_error *err) {
    const char *why = nx_field_refusal(a->field, NX_UPDATE);
    if (!why && nkey < 1) {
        why = "the record has no identity";
    }
    if (!why && present && present->kind == NX_DELETE) {
        why = "the record is staged for deletion";
    }
    if (!why && a->old.text && !nx_text_valid(a->old.text, a->old.len)) {
        why = "its present value is not valid UTF-8";
    }
    if (why) {
        return refuse(err, model, a->field, why);
    }
    return a->kind != NX_NEW_VALUE || nx_value_storable(a->value, nx_field_title(a->field), err);
}

static nx_value normal_old(const nx_change *present, const nx_field *field, nx_value old) {
    /* The first value shown is what the edit was made against. Taking a newer one silently would
     * overwrite what another session wrote in between; once a save has told of it, that is known. */
    const nx_assignment *had = present ? nx_change_assignment(present, field) : NULL;
    had = had && had->made ? NULL : had; /* that was made against nothing */
    const nx_conflict_field *told = had ? nx_conflict_of(present, field) : NULL;
    if (told && !told->cut && nx_value_equal(old, had->old)) {
        return told->theirs; /* a screen that was not read again still shows the first one */
    }
    bool open = had && present->outcome.kind == NX_ERR_CONFLICT && (told || !present->conflict);
    return had && !open ? had->old : old;
}

/* Again the first ones, as for the edited fields; a conflict that is known makes room for newer ones. */
static bool keeps_shown(const nx_change *present, int n) {
    return present && present->nshown > 0 && (n == 0 || present->outcome.kind != NX_ERR_CONFLICT);
}

bool nx_changeset_stage(nx_changeset *set, nx_model *model, const nx_value *key, int nkey, const nx_assignment *shown,
                        int n, nx_assignment a, nx_error *err) {
    const nx_change *present = nx_changeset_find(set, model, key, nkey);
    if (a.kind == NX_NEW_VALUE && !a.value.text) {
        a.kind = NX_NEW_NULL;
    }
    a.old = normal_old(present, a.field, a.old);
    if (!may_update(model, present, nkey, &a, err)) {
        return false;
    }
    nx_change draft = {.kind = NX_UPDATE, .model = model, .nkey = nkey};
    draft.key = nx_calloc((size_t)nkey, sizeof *draft.key);
    memcpy(draft.key, key, (size_t)nkey * sizeof *key);
    nx_assignment *seen = nx_calloc((size_t)n + 1, sizeof *seen);
    draft.shown = seen;
    if (keeps_shown(present, n)) {
        draft.shown = present->shown;
        draft.nshown = present->nshown;
    } else if (n > 0) {
        memcpy(seen, shown, (size_t)n * sizeof *seen);
        draft.nshown = n;
    }
    bool good = stage_update(set, &draft, present, &a, err);
    free(seen);
    free(draft.key);
    return good;
}

bool nx_changeset_update_shown(nx_changeset *set, nx_model *model, const nx_value *key, int nkey,
                               const nx_assignment *shown, int n, const nx_field *field, nx_value old,
                               nx_new_kind kind, nx_value value, nx_error *err) {
    nx_assignment a = {.field = field, .kind = kind, .value = value, .old = old};
    return nx_changeset_stage(set, model, key, nkey, shown, n, a, err);
}

bool nx_changeset_update(nx_changeset *set, nx_model *model, const nx_value *key, int nkey, const nx_field *field,
                         nx_value old, nx_new_kind kind, nx_value value, nx_error *err) {
    return nx_changeset_update_shown(set, model, key, nkey, NULL, 0, field, old, kind, value, err);
}

uint64_t nx_changeset_insert(nx_changeset *set, nx_model *model, nx_error *err) {
    const char *why = nx_edit_refusal(model, NX_INSERT);
    if (why) {
        nx_error_set(err, NX_ERR_REFUSED, "no record can be added to %s: %s", model->title, why);
        return 0;
    }
    nx_arena *arena = nx_arena_new(0);
    nx_change draft = {.id = ++set->last_id, .kind = NX_INSERT, .model = model};
    draft.assignments = nx_arena_array(arena, (size_t)model->nfields + 1, sizeof *draft.assignments);
    draft.nassignments = nx_made_insert(model, arena, draft.assignments);
    bool good = nx_history_exchange(set, set->count, NULL, nx_version_new(&draft), err);
    nx_arena_free(arena);
    return good ? draft.id : 0;
}

bool nx_changeset_put(nx_changeset *set, uint64_t id, nx_assignment a, nx_error *err) {
    int at = nx_changeset_place(set, id);
    if (at < 0 || set->list[at]->change.kind != NX_INSERT) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "no such new record is staged");
        return false;
    }
    nx_change draft = set->list[at]->change;
    if (a.kind == NX_NEW_VALUE && !a.value.text) {
        a.kind = NX_NEW_NULL;
    }
    const char *why = a.kind == NX_NEW_DEFAULT ? NULL : nx_field_refusal(a.field, NX_INSERT);
    if (why) {
        return refuse(err, draft.model, a.field, why);
    }
    if (a.kind == NX_NEW_VALUE && !nx_value_storable(a.value, nx_field_title(a.field), err)) {
        return false;
    }
    nx_arena *arena = nx_arena_new(0);
    if (a.kind == NX_NEW_DEFAULT && a.field->model == draft.model) {
        nx_made_value(a.field, arena, &a);
    }
    draft.assignments = nx_draft_assignments(&set->list[at]->change);
    bool good = true;
    if (nx_draft_put(&draft, &a, a.kind != NX_NEW_DEFAULT)) { /* a field left out takes its default */
        good = nx_changeset_restage(set, at, &draft, err);
    }
    free(draft.assignments);
    nx_arena_free(arena);
    return good;
}

bool nx_changeset_assign(nx_changeset *set, uint64_t id, const nx_field *field, nx_new_kind kind, nx_value value,
                         nx_error *err) {
    return nx_changeset_put(set, id, (nx_assignment){.field = field, .kind = kind, .value = value}, err);
}

bool nx_changeset_delete(nx_changeset *set, nx_model *model, const nx_value *key, int nkey,
                         const nx_assignment *shown, int n, nx_error *err) {
    const char *why = nx_edit_refusal(model, NX_DELETE);
    if (why || nkey < 1) {
        nx_error_set(err, NX_ERR_REFUSED, "no record of %s can be deleted: %s", model->title,
                     why ? why : "the record has no identity");
        return false;
    }
    const nx_change *present = nx_changeset_find(set, model, key, nkey);
    int at = present ? nx_changeset_place(set, present->id) : set->count;
    nx_version *before = present ? set->list[at] : NULL;
    if (present && present->kind == NX_DELETE) {
        return nx_history_exchange(set, at, before, NULL, err);
    }
    nx_change draft = {.id = present ? present->id : ++set->last_id, .kind = NX_DELETE, .model = model, .nkey = nkey};
    draft.key = nx_calloc((size_t)nkey, sizeof *draft.key);
    memcpy(draft.key, key, (size_t)nkey * sizeof *key);
    draft.assignments = nx_calloc((size_t)n + 1, sizeof *draft.assignments);
    for (int i = 0; i < n; i++) {
        /* A value that cannot be sent back cannot be compared either; the key still is. */
        if (!shown[i].old.text || nx_text_valid(shown[i].old.text, shown[i].old.len)) {
            draft.assignments[draft.nassignments++] =
                (nx_assignment){.field = shown[i].field, .kind = NX_NEW_NULL, .old = shown[i].old};
        }
    }
    bool good = nx_history_exchange(set, at, before, nx_version_new(&draft), err);
    free(draft.assignments);
    free(draft.key);
    return good;
}

bool nx_changeset_remove(nx_changeset *set, uint64_t id, nx_error *err) {
    int at = nx_changeset_place(set, id);
    if (at < 0) {
        return false;
    }
    nx_changeset_group_begin(set);
    bool good = set->list[at]->change.kind != NX_INSERT || nx_references_take_back(set, id, err);
    at = nx_changeset_place(set, id); /* changes before it may have gone */
    good = good && nx_history_exchange(set, at, set->list[at], NULL, err);
    return nx_changeset_group_end(set, err) && good;
}

bool nx_changeset_clear(nx_changeset *set, nx_error *err) { return nx_history_take_all(set, err); }
