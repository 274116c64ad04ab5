#include <stdlib.h>
#include <string.h>

#include "changeset.h"

static const nx_assignment *shown_of(const nx_assignment *present, int n, const nx_field *field) {
    for (int i = 0; i < n; i++) {
        if (present[i].field->number == field->number) {
            return &present[i];
        }
    }
    return NULL;
}

/* Appends to the update what the insert assigned and the record does not have yet. */
static bool add_difference(nx_change *draft, const nx_assignment *a, const nx_assignment *present, int n,
                           nx_error *err) {
    const nx_assignment *now = shown_of(present, n, a->field);
    if (a->made && !a->field->updated_at) {
        return true; /* the record has an identifier of its own */
    }
    nx_value value = a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE;
    if (now && a->kind != NX_NEW_REFERENCE && nx_value_equal(now->old, value)) {
        return true;
    }
    const char *why = now ? nx_field_refusal(a->field, NX_UPDATE) : "its present value is not known whole";
    if (why) {
        nx_error_set(err, NX_ERR_REFUSED, "%s.%s of the present record cannot be set: %s", draft->model->title,
                     nx_field_title(a->field), why);
        return false;
    }
    draft->assignments[draft->nassignments] = *a;
    draft->assignments[draft->nassignments++].old = now->old;
    return true;
}

/* What the record will have, for those that refer to it: its present values, and the new ones over them. */
static nx_assignment *outlook(const nx_change *draft, const nx_assignment *present, int n) {
    nx_assignment *all = nx_calloc((size_t)n + 1, sizeof *all);
    for (int i = 0; i < n; i++) {
        const nx_assignment *a = nx_change_assignment(draft, present[i].field);
        all[i] = a ? *a : (nx_assignment){.field = present[i].field, .kind = NX_NEW_VALUE, .value = present[i].old};
    }
    return all;
}

static bool become(nx_changeset *set, int at, const nx_change *draft, const nx_assignment *present, int n,
                   nx_error *err) {
    uint64_t id = draft->id;
    nx_assignment *values = outlook(draft, present, n);
    nx_change after = {.model = draft->model, .nassignments = n, .assignments = values};
    nx_changeset_group_begin(set);
    /* First those that refer to it: it can go when nothing remains of it. */
    bool good = nx_references_become_values(set, id, &after, err);
    at = good ? nx_changeset_place(set, id) : at;
    good = good && nx_changeset_restage(set, at, draft, err);
    free(values);
    return nx_changeset_group_end(set, err) && good;
}

bool nx_changeset_insert_to_update(nx_changeset *set, uint64_t id, const nx_value *key, int nkey,
                                   const nx_assignment *present, int n, nx_error *err) {
    int at = nx_changeset_place(set, id);
    const nx_change *insert = at < 0 ? NULL : &set->list[at]->change;
    if (!insert || insert->kind != NX_INSERT) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "no such new record is staged");
        return false;
    }
    const char *why = nx_edit_refusal(insert->model, NX_UPDATE);
    if (!why && nkey < 1) {
        why = "it has no identity";
    }
    if (!why && nx_changeset_find(set, insert->model, key, nkey)) {
        why = "a change of it is staged already";
    }
    if (why) {
        nx_error_set(err, NX_ERR_REFUSED, "the present record of %s cannot be updated instead: %s",
                     insert->model->title, why);
        return false;
    }
    nx_change draft = {.id = id, .kind = NX_UPDATE, .model = insert->model, .nkey = nkey, .nshown = n};
    draft.key = nx_calloc((size_t)nkey, sizeof *draft.key);
    memcpy(draft.key, key, (size_t)nkey * sizeof *key);
    draft.shown = nx_calloc((size_t)n + 1, sizeof *draft.shown);
    for (int i = 0; i < n; i++) {
        draft.shown[i] = present[i];
    }
    draft.assignments = nx_calloc((size_t)insert->nassignments + 1, sizeof *draft.assignments);
    bool good = true;
    for (int i = 0; good && i < insert->nassignments; i++) {
        good = add_difference(&draft, &insert->assignments[i], present, n, err);
    }
    good = good && become(set, at, &draft, present, n, err);
    free(draft.assignments);
    free(draft.shown);
    free(draft.key);
    return good;
}
